"""Word documents: every text is reached, formatting is kept, nothing is lost, and hostile files do no harm."""

import io
import re
import socket
import struct
import sys
import zipfile
from functools import cache

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from hypothesis import given, settings
from hypothesis import strategies as st

from vistka import cli
from vistka.datatypes import Kept, New
from vistka.documents.read import MEDIA_TYPES, read, read_path
from vistka.documents.write import write, write_bytes, write_document
from vistka.errors import (
    EmptyInputError,
    InputError,
    NotTextError,
    TooLargeError,
    UnsupportedFormatError,
    UsageError,
)
from vistka.tests.scripted_engine import ScriptedEngine
from vistka.text.segments import segment_block

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NS = nsdecls("w", "r")
PLAIN_TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml"


# --- making and looking ---------------------------------------------------------------------------------------------


def saved(document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def docx_of(*paragraphs: str) -> bytes:
    """A document whose paragraphs have this XML inside."""
    archive = zipfile.ZipFile(io.BytesIO(empty()))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        for name in archive.namelist():
            content = archive.read(name)
            if name == "word/document.xml":
                inside = "".join(f"<w:p {NS}>{one}</w:p>" for one in paragraphs)
                content = content.replace(b"<w:sectPr", inside.encode() + b"<w:sectPr", 1)
            target.writestr(zipfile.ZipInfo(name), content)
    return file.getvalue()


@cache
def empty() -> bytes:
    """A document of python-docx without its picture and its many styles."""
    document = docx.Document()
    styles = document.styles.element
    for style in list(styles.iter(f"{W}style")):
        if style.get(qn("w:default")) is None:
            styles.remove(style)
    return saved(document)


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


BOLD, ITALIC = "<w:b/>", "<w:i/>"


def changed(data: bytes, members: dict[str, bytes | None], types: dict[str, str] | None = None) -> bytes:
    """The archive with other members (None takes one out) and content types."""
    source = zipfile.ZipFile(io.BytesIO(data))
    contents = {name: source.read(name) for name in source.namelist()} | members
    overrides = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in (types or {}).items())
    listed = contents["[Content_Types].xml"].replace(b"</Types>", overrides.encode() + b"</Types>")
    contents["[Content_Types].xml"] = listed
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            if content is not None:
                archive.writestr(name, content)
    return file.getvalue()


def item_of(data: bytes, name: str = "a.docx"):
    return read(data, name=name, max_mib=4)


def texts(item) -> list[str]:
    return [block.text for block in item.blocks]


def parts(data: bytes) -> dict[str, bytes]:
    archive = zipfile.ZipFile(io.BytesIO(data))
    return {name: archive.read(name) for name in archive.namelist()}


def in_english(data: bytes, english: dict[str, str | tuple]) -> tuple[bytes, tuple[str, ...]]:
    """The document with blocks of these texts rewritten: as new words, or as pieces."""
    item = item_of(data)
    rewrites = {
        index: (New(english[block.text]),) if isinstance(english[block.text], str) else english[block.text]
        for index, block in enumerate(item.blocks)
        if block.text in english
    }
    assert len(rewrites) >= len(english), texts(item)
    written = write_document(item, rewrites)
    docx.Document(io.BytesIO(written.data))
    return written.data, written.notes


def body(data: bytes):
    return docx.Document(io.BytesIO(data)).element.body


def looks(data: bytes, index: int = 0) -> list[tuple[str, str]]:
    """(text, formatting) of each run of a paragraph; a link's runs have `link` before it."""
    found: list[tuple[str, str]] = []
    for element in body(data).findall(f"{W}p")[index].iter(f"{W}r"):
        text = "".join(child.text or "" for child in element.iter(f"{W}t"))
        properties = element.find(f"{W}rPr")
        look = " ".join(child.tag.removeprefix(W) for child in ([] if properties is None else properties))
        if element.getparent().tag == f"{W}hyperlink":
            look = f"link {look}".strip()
        if found and found[-1][1] == look:
            found[-1] = (found[-1][0] + text, look)
        elif text:
            found.append((text, look))
    return found


def written_as(inside: str, english: str | tuple, source: str | None = None):
    """A paragraph with one block in English: its runs and the notes."""
    data = docx_of(inside)
    data, notes = in_english(data, {source or texts(item_of(data))[0]: english})
    return looks(data), notes


# --- what is reached ------------------------------------------------------------------------------------------------


NOTE = (
    f'<w:footnotes {NS}><w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r>{run(" Це виноска.")}</w:p>'
    "</w:footnote></w:footnotes>"
)
COMMENT = f'<w:comments {NS}><w:comment w:id="0"><w:p>{run("Це примітка.")}</w:p></w:comment></w:comments>'
TEXT_BOX = (
    '<w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
    '<mc:Choice Requires="wps"><w:drawing><w:txbxContent><w:p><w:r><w:t>Текст у рамці.</w:t></w:r></w:p>'
    "</w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent><w:p><w:r><w:t>Текст у рамці.</w:t>"
    "</w:r></w:p></w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
)


def everything() -> bytes:
    document = docx.Document()
    document.core_properties.title = "Заголовок у властивостях"
    document.core_properties.language = "uk-UA"
    document.add_heading("Головний заголовок", 0)
    document.add_heading("Розділ перший", 1)
    document.add_paragraph("Звичайний абзац.")
    document.add_paragraph("Пункт списку", style="List Bullet")
    document.add_paragraph("Цитата дня", style="Quote")
    table = document.add_table(1, 2)
    table.cell(0, 0).text = "Клітинка"
    table.cell(0, 1).add_table(1, 1).cell(0, 0).text = "Вкладена клітинка"
    document.element.body.insert(0, parse_xml(f"<w:p {NS}>{run('Абзац із рамкою.')}{TEXT_BOX}</w:p>"))
    section = document.sections[0]
    section.different_first_page_header_footer = True
    section.header.paragraphs[0].text = "Верхній колонтитул"
    section.first_page_header.paragraphs[0].text = "Перший колонтитул"
    section.footer.paragraphs[0].text = "Нижній колонтитул"
    return changed(
        saved(document),
        {"word/footnotes.xml": NOTE.encode(), "word/comments.xml": COMMENT.encode()},
        {"word/footnotes.xml": f"{PLAIN_TYPES}.footnotes+xml", "word/comments.xml": f"{PLAIN_TYPES}.comments+xml"},
    )


def test_every_text_is_a_block():
    data = everything()
    item = item_of(data)
    assert [(block.kind, block.text) for block in item.blocks] == [
        ("title", "Заголовок у властивостях"),
        ("paragraph", "Абзац із рамкою."),
        ("caption", "Текст у рамці."),
        ("heading", "Головний заголовок"),
        ("heading", "Розділ перший"),
        ("paragraph", "Звичайний абзац."),
        ("list-item", "Пункт списку"),
        ("quote", "Цитата дня"),
        ("cell", "Клітинка"),
        ("cell", "Вкладена клітинка"),
        ("caption", "Верхній колонтитул"),
        ("caption", "Перший колонтитул"),
        ("caption", "Нижній колонтитул"),
        ("caption", "Це виноска."),
        ("caption", "Це примітка."),
    ]
    assert (item.format, item.title, item.binary) == ("docx", "Головний заголовок", data)
    assert all(item.raw[block.start : block.end] == block.text for block in item.blocks)


def test_every_block_is_written():
    item = item_of(everything())
    data = write_bytes(item, {index: (New(f"Block {index}"),) for index in range(len(item.blocks))})
    assert texts(item_of(data)) == [f"Block {index}" for index in range(len(item.blocks))]
    for name, content in parts(data).items():
        if name.startswith("word/") and name.endswith(".xml"):
            assert not re.search("[а-яіїєґ]", content.decode()), name
    assert parts(data)["word/document.xml"].count(b"Block 2<") == 2  # the box, and its copy for old programs


def test_the_text_view_is_the_text_of_the_blocks():
    item = item_of(docx_of(run("Перше."), run("Друге.")))
    assert item.raw == "Перше.\n\nДруге.\n"
    assert write(item, {1: (New("Second."),)}) == "Перше.\n\nSecond.\n"


def test_metadata_stands_in_the_first_lines():
    item = item_of(
        docx_of(
            run("Міністр відкрив нову школу"), run("https://news.example.ua/1"), run("Сьогодні відкрили нову школу.")
        )
    )
    assert (item.title, item.url, item.source) == (
        "Міністр відкрив нову школу",
        "https://news.example.ua/1",
        "news.example.ua",
    )


def test_tabs_and_breaks_between_sentences_part_blocks():
    inside = f"{run('Київ')}<w:r><w:tab/><w:t>15 млн</w:t><w:br/><w:t>Новий рядок</w:t></w:r>"
    assert texts(item_of(docx_of(inside))) == ["Київ", "15 млн", "Новий рядок"]


def test_a_break_inside_a_sentence_stays_in_its_block():
    inside = "<w:r><w:t>Президент України</w:t><w:br/><w:t>підписав закон</w:t></w:r>"
    data = docx_of(inside)
    assert texts(item_of(data)) == ["Президент України\nпідписав закон"]
    data, _ = in_english(data, {"Президент України\nпідписав закон": "The President of Ukraine signed the law"})
    paragraph = docx.Document(io.BytesIO(data)).paragraphs[0]
    assert paragraph.text.count("\n") == 1
    assert " ".join(paragraph.text.split()) == "The President of Ukraine signed the law"


# --- formatting -----------------------------------------------------------------------------------------------------


def test_the_formatting_of_whole_sentences_is_exact():
    inside = run("Перше речення. ") + run("Друге жирне.", BOLD) + run(" Третє ", ITALIC) + run("похиле.", ITALIC)
    data = docx_of(inside)
    text = texts(item_of(data))[0]
    pieces: list = []
    for segment, english in zip(segment_block(text, 0), ["First one.", "Second, bold.", "Third."], strict=True):
        end = segment.start + len(segment.text.rstrip())
        pieces += [New(english), Kept(end, segment.end)] if end < segment.end else [New(english)]
    data, notes = in_english(data, {text: tuple(pieces)})
    assert looks(data) == [("First one. ", ""), ("Second, bold.", "b"), (" Third.", "i")]
    assert notes == ()


def test_a_bold_name_stays_bold():
    inside = run("Президент Фінляндії ") + run("Олександр Стубб", BOLD) + run(" приїхав до Києва.")
    assert written_as(inside, "Finnish President Alexander Stubb has come to Kyiv.") == (
        [("Finnish President ", ""), ("Alexander Stubb", "b"), (" has come to Kyiv.", "")],
        (),
    )


def test_names_may_change_places():
    inside = run("Шольц", BOLD) + run(" чекає на ") + run("Зеленського", ITALIC) + run(".")
    assert written_as(inside, "Zelenskyy is awaited by Scholz.") == (
        [("Zelenskyy", "i"), (" is awaited by ", ""), ("Scholz", "b"), (".", "")],
        (),
    )


def test_a_label_keeps_its_formatting_up_to_its_colon():
    inside = run("Що сталося:", BOLD) + run(" на сході тривають бої.")
    assert written_as(inside, "What happened: fighting goes on in the east.")[0] == [
        ("What happened:", "b"),
        (" fighting goes on in the east.", ""),
    ]


def test_quoted_words_keep_their_formatting():
    inside = run("Він назвав це ") + run("«повною дурницею»", ITALIC) + run(".")
    assert written_as(inside, "He called it “complete nonsense”.")[0] == [
        ("He called it ", ""),
        ("“complete nonsense”", "i"),
        (".", ""),
    ]


def test_runs_that_look_the_same_are_one_text():
    inside = "".join(
        run(text, f'<w:lang w:val="{language}"/>')
        for text, language in (("За", "uk-UA"), ("кон ухва", "ru-RU"), ("лено.", "uk-UA"))
    )
    data, notes = in_english(docx_of(inside), {"Закон ухвалено.": "The law is passed."})
    assert looks(data) == [("The law is passed.", "lang")]
    assert [lang.get(qn("w:val")) for lang in body(data).iter(f"{W}lang")] == ["en-US"]
    assert notes == ()


def test_formatting_without_a_counterpart_is_told_of():
    inside = run("Уряд ") + run("нарешті", BOLD) + run(" вирішив, що так буде краще для всіх людей.")
    found, notes = written_as(inside, "At last they have come to think it is better for everybody.")
    assert found == [("At last they have come to think it is better for everybody.", "")]
    assert len(notes) == 1
    assert "“нарешті”" in notes[0]


LINK = '<w:hyperlink r:id="rId1"><w:r><w:t>{}</w:t></w:r></w:hyperlink>'


def test_a_link_stays_on_its_words():
    inside = run("Про це пише ") + LINK.format("Reuters") + run(" у середу.")
    assert written_as(inside, "Reuters writes this on Wednesday.")[0] == [
        ("Reuters", "link"),
        (" writes this on Wednesday.", ""),
    ]


def test_a_link_is_never_lost():
    inside = run("Про це пише ") + LINK.format("ця видатна газета") + run(" у середу.")
    found, notes = written_as(inside, "It was in the papers.")
    assert sum(look == "link" and bool(text.strip()) for text, look in found) == 1
    assert "ця видатна газета" in notes[0]


def test_a_link_on_a_whole_sentence_is_exact():
    inside = LINK.format("Читайте також") + run(".", BOLD)
    assert written_as(inside, "Read also.") == ([("Read also", "link"), (".", "b")], ())


def field(instruction: str, shown: str) -> str:
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    return (
        f"{mark.format('begin')}<w:r><w:instrText>{instruction}</w:instrText></w:r>{mark.format('separate')}"
        f"{run(shown)}{mark.format('end')}"
    )


def test_computed_fields_are_kept_whole():
    inside = run("Сторінка ") + field(" PAGE ", "7") + run(" звіту")
    data = docx_of(inside)
    item = item_of(data)
    assert texts(item) == ["Сторінка 7 звіту"]
    assert [span.of("Сторінка 7 звіту") for span in item.blocks[0].markup] == ["7"]
    data, _ = in_english(data, {"Сторінка 7 звіту": (New("The report, page "), Kept(9, 10))})
    marks = [mark.get(qn("w:fldCharType")) for mark in body(data).iter(f"{W}fldChar")]
    assert marks == ["begin", "separate", "end"]
    assert texts(item_of(data)) == ["The report, page 7"]


def test_the_number_of_a_field_is_not_looked_for_inside_another():
    data = docx_of(run("На 15 сторінках, остання ") + field(" PAGE ", "5") + run(" вчора"))
    pieces = (New("On 1"), Kept(25, 26), New(" pages, the last one is 5 yesterday"))
    data, _ = in_english(data, {"На 15 сторінках, остання 5 вчора": pieces})
    before = next(mark for mark in body(data).iter(f"{W}fldChar")).getparent().getprevious()
    assert "".join(text.text for text in before.iter(f"{W}t")) == "On 15 pages, the last one is "


def test_a_large_first_letter_is_no_word():
    found, notes = written_as(run("П", BOLD) + run("резидент мовчить."), "The President is silent.")
    assert found == [("The President is silent.", "")]
    assert "“П”" in notes[0]


def test_a_field_that_the_english_leaves_out_is_put_back():
    data, notes = in_english(
        docx_of(run("Дивись розділ ") + field(" REF a ", "Рисунок") + run(".")),
        {"Дивись розділ Рисунок.": "See the part."},
    )
    assert "Рисунок" in texts(item_of(data))[0]
    assert any("F9" in note for note in notes)


def test_the_words_of_a_link_field_are_translated():
    inside = run("Пише ") + field(' HYPERLINK "https://a.example" ', "Українська правда") + run(".")
    data, _ = in_english(docx_of(inside), {"Пише Українська правда.": "Ukrainska Pravda writes."})
    assert texts(item_of(data)) == ["Ukrainska Pravda writes."]
    order = [element.tag.removeprefix(W) for element in body(data).iter(f"{W}fldChar", f"{W}t")]
    assert order == ["fldChar", "fldChar", "t", "fldChar", "t"]


REFERENCE = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="2"/></w:r>'
PICTURE = "<w:r><w:drawing/></w:r>"


def flat(data: bytes) -> str:
    """The text of the first paragraph, `^` for a footnote reference, `#` for a picture."""
    signs = {f"{W}footnoteReference": "^", f"{W}drawing": "#"}
    return "".join(
        signs.get(element.tag, element.text or "") for element in body(data).find(f"{W}p").iter(f"{W}t", *signs)
    )


@pytest.mark.parametrize(
    ("inside", "english", "expected"),
    [
        (run("Усе добре.") + REFERENCE, "All is well.", "All is well.^"),
        (run("Усе добре") + REFERENCE + run("."), "All is well.", "All is well^."),
        (PICTURE + run("Усе добре."), "All is well.", "#All is well."),
        (run("Мер Кличко") + REFERENCE + run(" мовчить."), "Mayor Klitschko is silent.", "Mayor Klitschko^ is silent."),
        (run("Заробив 15 грн,") + REFERENCE + run(" каже."), "Earned 15, he says.", "Earned 15^, he says."),
    ],
)  # fmt: skip
def test_things_keep_their_place(inside, english, expected):
    data = docx_of(inside)
    data, _ = in_english(data, {texts(item_of(data))[0]: english})
    assert flat(data).replace(",^", "^,") == expected


def test_deleted_text_of_tracked_changes_is_kept():
    inside = (
        run("Новий ") + '<w:del w:id="1" w:author="a"><w:r><w:delText>старий </w:delText></w:r></w:del>' + run("закон.")
    )
    data, _ = in_english(docx_of(inside), {"Новий закон.": "New law."})
    assert "".join(text.text for text in body(data).iter(f"{W}delText")) == "старий "


def test_comments_stay_around_words():
    inside = (
        run("Суд ") + '<w:commentRangeStart w:id="0"/>' + run("у Києві") + '<w:commentRangeEnd w:id="0"/>'
        '<w:r><w:commentReference w:id="0"/></w:r>' + run(" мовчить.")
    )  # fmt: skip
    data, _ = in_english(docx_of(inside), {"Суд у Києві мовчить.": "The court in Kyiv is silent."})
    tags = [element.tag.removeprefix(W) for element in body(data).find(f"{W}p") if element.tag != f"{W}pPr"]
    assert tags.index("commentRangeStart") < tags.index("commentRangeEnd")
    assert "".join(text for text, _ in looks(data)) == "The court in Kyiv is silent."


def test_words_that_xml_cannot_hold_are_shown_as_such():
    data, _ = in_english(docx_of(run("Текст.")), {"Текст.": "A & <b>\x00 \n\t c\ud800"})
    assert texts(item_of(data)) == ["A & <b>\ufffd   c\ufffd"]


def test_languages_become_english():
    data, _ = in_english(everything(), {"Звичайний абзац.": "A plain paragraph."})
    assert docx.Document(io.BytesIO(data)).core_properties.language == "en"
    styled = parts(docx_of(run("а")))["word/styles.xml"].replace(b'w:lang w:val="en-US"', b'w:lang w:val="uk-UA"')
    marked = changed(docx_of(run("Текст.", '<w:lang w:val="uk-UA"/>'), run("Другий.")), {"word/styles.xml": styled})
    assert b"uk-UA" in parts(marked)["word/styles.xml"]
    data, _ = in_english(marked, {"Текст.": "Text."})
    assert not any(b"uk-UA" in content for content in parts(data).values())


def test_what_is_left_alone_is_told():
    data = changed(docx_of(run("Текст.")), {"word/charts/chart1.xml": b"<a/>", "word/charts/style1.xml": b"<a/>"})
    assert in_english(data, {"Текст.": "Text."})[1] == ("1 chart: the text inside was left as it was",)


# --- nothing else changes -------------------------------------------------------------------------------------------


def test_without_rewrites_it_is_the_same_file():
    data = everything()
    item = item_of(data)
    assert write_bytes(item, {}) == data
    assert write_bytes(item, {3: (Kept(0, 8), Kept(8, len(item.blocks[3].text)))}) == data


def test_parts_without_new_words_are_the_same_to_the_byte():
    data = changed(
        everything(), {"word/media/image1.png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "customXml/a.bin": b""}
    )
    after = parts(in_english(data, {"Верхній колонтитул": "Header"})[0])
    before = parts(data)
    assert list(after) == list(before)
    different = {name for name in before if before[name] != after[name]}
    assert len(different) == 2  # the header, and the language of the properties
    assert "docProps/core.xml" in different


def test_a_rewrite_of_a_block_that_is_not_there_is_a_fault():
    with pytest.raises(ValueError, match="no block 7"):
        write_bytes(item_of(docx_of(run("Текст."))), {7: (New("x"),)})


FRAGMENTS = st.sampled_from(
    [
        run("Київ "), run("Олександр Стубб", BOLD), run(" сказав, що ", ITALIC), run("15,5 млрд"), run("."), run("! "),
        run(" "), run(""), run(", «так»", BOLD + ITALIC), LINK.format("Reuters"), LINK.format("посилання "),
        LINK.format(""), REFERENCE, PICTURE, "<w:r><w:tab/></w:r>", "<w:r><w:t>а</w:t><w:br/><w:t>б</w:t></w:r>",
        '<w:r><w:br w:type="page"/></w:r>', '<w:bookmarkStart w:id="1" w:name="a"/>', '<w:bookmarkEnd w:id="1"/>',
        field(" PAGE ", "7"), field(' HYPERLINK "a" ', "слово"), field(" TOC ", ""),
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>', '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>',
        '<w:fldSimple w:instr="DATE"><w:r><w:t>21</w:t></w:r></w:fldSimple>',
        f'<w:ins w:id="3">{run("додано ")}{LINK.format("там")}</w:ins>',
        '<w:del w:id="4"><w:r><w:delText>геть</w:delText></w:r></w:del>',
        f"<w:sdt><w:sdtPr/><w:sdtContent>{run('поле')}{REFERENCE}</w:sdtContent></w:sdt>", "<w:sdt/>", "<w:hyperlink/>",
        f"<w:smartTag><w:smartTagPr/>{run('мітка ', BOLD)}</w:smartTag>", '<w:proofErr w:type="spellStart"/>',
        "<w:r><w:noBreakHyphen/><w:softHyphen/><w:sym/></w:r>", "<w:r><w:lastRenderedPageBreak/></w:r>", TEXT_BOX,
        "<!-- comment -->", "<?pi x?>", "\n  ",
    ]
)  # fmt: skip
LAID_OUT = {f"{W}{name}" for name in ("proofErr", "lastRenderedPageBreak")}
REMADE = {
    f"{W}{name}"
    for name in "r t rPr b i vertAlign hyperlink noBreakHyphen softHyphen ins smartTag smartTagPr fldChar"
    " instrText".split()
}


def things(data: bytes) -> dict[str, int]:
    """How many elements of each kind, but for runs and what may be written more than once."""
    counted: dict[str, int] = {}
    for element in body(data).iter():
        if element.tag not in REMADE | LAID_OUT:
            name = str(element.tag)
            counted[name] = counted.get(name, 0) + 1
    return counted


@st.composite
def pieces_for(draw, text: str):
    """Some way to write a block anew: kept parts in any order, new words between them."""
    kept = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(lambda pair: Kept(min(pair), max(pair)))
    new = st.sampled_from(
        ["Kyiv ", "Alexander Stubb", " said that ", "15.5 billion", ".", "", " ", "Reuters", "“so”", "\n"]
    )
    return tuple(draw(st.lists(kept | new.map(New), max_size=6)))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_the_english_is_nothing_is_lost(data):
    before = docx_of(*("".join(data.draw(st.lists(FRAGMENTS, max_size=9))) for _ in range(2)), run("Кінець."))
    item = item_of(before)
    chosen = (
        data.draw(st.sets(st.sampled_from(range(len(item.blocks) - 1)), max_size=3)) if len(item.blocks) > 1 else set()
    )
    rewrites = {index: data.draw(pieces_for(item.blocks[index].text)) for index in chosen}
    after = write_bytes(item, rewrites)
    if after == before:
        return
    assert things(after) == things(before)
    assert body(after)[-2].xpath("string()") == "Кінець."
    again = docx.Document(io.BytesIO(after))
    for paragraph in again.element.body.iter(f"{W}p"):
        marks = [m.get(qn("w:fldCharType")) for m in paragraph.iter(f"{W}fldChar")]
        assert marks.count("begin") - marks.count("end") in range(-9, 10)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["Київ", "слово ", " ", "Рим.", "15"]), st.sampled_from(["", BOLD, ITALIC])),
        min_size=1,
        max_size=8,
    ),
    st.lists(st.sampled_from(["Kyiv", "word ", " ", "Rome.", "15", "x"]), max_size=8),
)
def test_the_words_are_those_of_the_english(source, english):
    data = docx_of("".join(run(text, look) for text, look in source), run("Кінець."))
    item = item_of(data)
    if len(item.blocks) < 2:
        return
    after = item_of(write_bytes(item, {0: (New("".join(english)),)}))
    wanted = "".join(english).strip()
    assert texts(after)[:-1] == ([wanted] if any(character.isalnum() for character in wanted) else [])


# --- which files are taken ------------------------------------------------------------------------------------------


def test_it_is_told_by_its_content(tmp_path):
    data = docx_of(run("Текст."))
    for name in ("-", "a.docx", "a.txt", "a.bin"):
        assert read(data, name=name, max_mib=4).format == "docx"
    assert read(data, name="-", format="docx", max_mib=4).format == "docx"
    path = tmp_path / "a.DOCX"
    path.write_bytes(data)
    assert read_path(path, max_mib=4).format == "docx"
    with pytest.raises(UnsupportedFormatError):
        read(data, name="a.txt", format="text", max_mib=4)
    assert MEDIA_TYPES["docx"] == "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def other_main(kind: str) -> bytes:
    data = docx_of(run("Текст."))
    listed = parts(data)["[Content_Types].xml"]
    return changed(
        data, {"[Content_Types].xml": listed.replace(f"{PLAIN_TYPES}.document.main+xml".encode(), kind.encode())}
    )


@pytest.mark.parametrize(
    ("data", "error", "says"),
    [
        (b"", EmptyInputError, "nothing"),
        (b"text", NotTextError, "not a ZIP archive"),
        (OLE, UnsupportedFormatError, "old Microsoft Office"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), UnsupportedFormatError, "password"),
        (docx_of(), EmptyInputError, "no text"),
        (docx_of(run(" … ")), EmptyInputError, "no text"),
        (docx_of(run("Текст."))[:-200], InputError, "damaged"),
        (docx_of(run("Текст."))[:300], InputError, "damaged"),
        (changed(docx_of(run("а")), {"word/vbaProject.bin": b"x"}), UnsupportedFormatError, "macros"),
        (other_main("application/vnd.ms-word.document.macroEnabled.main+xml"), UnsupportedFormatError, "macros"),
        (other_main(f"{PLAIN_TYPES}.template.main+xml"), UnsupportedFormatError, "not a Word document"),
        (
            changed(docx_of(run("а")), {"word/document.xml": None, "content.xml": b"<a/>"}),
            UnsupportedFormatError, "no DOCX",
        ),
        (changed(docx_of(run("а")), {"word/document.xml": b"<a"}), InputError, "damaged"),
        (changed(docx_of(run("а")), {"word/document.xml": b""}), UnsupportedFormatError, "UTF-8"),
        (changed(docx_of(run("а")), {"../../evil": b"x"}), InputError, "outside"),
        (changed(docx_of(run("а")), {"/etc/passwd": b"x"}), InputError, "outside"),
        (changed(docx_of(run("а")), {"word\\..\\..\\x": b"x"}), InputError, "outside"),
        (changed(docx_of(run("а")), {"C:/x": b"x"}), InputError, "outside"),
        (changed(docx_of(run("а")), {"WORD/document.xml": b"x"}), InputError, "one name"),
        (
            changed(docx_of(run("а")), {
                "word/document.xml": b'<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"/>'
            }),
            UnsupportedFormatError, "Strict",
        ),
    ],
)  # fmt: skip
def test_what_is_no_docx_is_refused_in_one_line(data, error, says):
    with pytest.raises(error, match=says) as caught:
        item_of(data)
    assert caught.value.next_step
    assert "\n" not in caught.value.line()


@pytest.mark.parametrize("name", ["a.docm", "a.dotx", "a.doc", "a.odt", "a.rtf"])
def test_its_relatives_are_refused_by_name(name):
    with pytest.raises(UnsupportedFormatError):
        read(docx_of(run("Текст.")), name=name, max_mib=4)


def test_a_text_is_no_docx():
    with pytest.raises(NotTextError):
        read("текст", format="docx", max_mib=4)
    with pytest.raises(UsageError):
        read("текст", format="doc", max_mib=4)


# --- hostile files --------------------------------------------------------------------------------------------------

ENTITY = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("member", ["word/document.xml", "word/styles.xml", "[Content_Types].xml", "docProps/core.xml",
                                    "word/_rels/document.xml.rels", "customXml/item1.xml"])  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
def test_a_dtd_is_refused_in_every_part(member, encoding):
    data = changed(docx_of(run("а")), {"customXml/item1.xml": b"<a/>"})
    text = parts(data)[member].decode("utf-8")
    hostile = re.sub(r"^(<\?xml.*?\?>)?", lambda match: ENTITY, text, count=1).encode(encoding)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts(data).items():
            archive.writestr(name, hostile if name == member else content)
    with pytest.raises(UnsupportedFormatError, match="DTD"):
        item_of(file.getvalue())


@pytest.mark.parametrize("encoding", ["utf-7", "cp037", "utf-32", "koi8-u"])
def test_a_dtd_cannot_hide_in_another_encoding(encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?>{ENTITY}<a/>'
    with pytest.raises(UnsupportedFormatError):
        item_of(changed(docx_of(run("а")), {"word/document.xml": text.encode(encoding)}))


def test_bombs_are_refused_before_they_are_unpacked():
    zeros = bytes(50 * 1024 * 1024)
    with pytest.raises(TooLargeError, match="unpacks"):
        item_of(changed(docx_of(run("а")), {"word/media/a.bin": zeros}))
    with pytest.raises(TooLargeError, match="members"):
        item_of(changed(docx_of(run("а")), {f"a{index}": b"" for index in range(5000)}))
    long = docx_of(*[run(f"слово {index} " * 40) for index in range(1500)])
    with pytest.raises(TooLargeError, match="XML"):
        read(changed(long, {}), name="a.docx", max_mib=0.1)


def test_a_member_that_lies_of_its_size_is_damaged():
    zeros = bytes(5 * 1024 * 1024)
    data = changed(docx_of(run("а")), {"word/media/a.bin": zeros})
    lying = data.replace(struct.pack("<L", len(zeros)), struct.pack("<L", 1000))
    with pytest.raises(InputError):
        item_of(lying)


def test_an_encrypted_archive_is_refused():
    data = bytearray(docx_of(run("а")))
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(magic)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(magic, at + 4)
    with pytest.raises(UnsupportedFormatError, match="encrypted"):
        item_of(bytes(data))


def test_no_address_in_it_is_opened(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("a socket was opened")

    document = docx.Document()
    for kind in ("image", "attachedTemplate", "hyperlink"):
        relation = f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"
        document.part.relate_to("http://127.0.0.1:9/x", relation, is_external=True)
    document.add_paragraph("Текст.")
    data = saved(document)
    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    assert in_english(data, {"Текст.": "Text."})[0]


@pytest.mark.parametrize(
    "inside",
    [
        "<w:ins>" * 200 + run("Текст.") + "</w:ins>" * 200,
        "".join(f'<w:bookmarkStart w:id="{index}" w:name="b{index}"/>' for index in range(3000)) + run("Текст."),
        "".join(run("слово ", BOLD if index % 2 else "") for index in range(600)),
        "".join(field(" PAGE ", "7") for _ in range(300)) + run("Текст."),
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>' * 500 + run("Текст."),
    ],
)
@pytest.mark.timeout(20)
def test_odd_paragraphs_are_read_and_written(inside):
    item = item_of(docx_of(inside))
    data = write_bytes(item, {len(item.blocks) - 1: (New("Word Kyiv. " * 60),)})
    assert "Word Kyiv." in item_of(data).raw


def test_elements_keep_their_identity_numbers():
    """A content control is never written twice, for its number may stand once only."""
    control = f'<w:sdt><w:sdtPr><w:id w:val="5"/></w:sdtPr><w:sdtContent>{run("Стубб")}{PICTURE}</w:sdtContent></w:sdt>'
    data, _ = in_english(
        docx_of(run("Там ") + control + run(" і Шольц.")), {"Там Стубб і Шольц.": "Scholz and Stubb are there."}
    )
    assert len(list(body(data).iter(f"{W}sdt"))) == 1
    assert len(list(body(data).iter(f"{W}drawing"))) == 1


# --- the command line -----------------------------------------------------------------------------------------------


@pytest.fixture
def vistka(tmp_path, monkeypatch, capsysbinary):
    """(exit status, standard output, standard error) of a call, with a model that knows two sentences."""
    known = {
        "Рада ухвалила": "The Rada adopted the law on schools.",
        "Стубб": "President Alexander Stubb came to Kyiv.",
    }

    def answer(request):
        return next((english for source, english in known.items() if source in request.text), "The text is here.")

    def ready_engine(*_, **__):
        return ScriptedEngine(answer)

    def call(*args: str):
        monkeypatch.setattr(sys, "argv", ["vistka", *args])
        capsysbinary.readouterr()
        try:
            cli.main()
        except SystemExit as exit_:
            code = exit_.code
        out, err = capsysbinary.readouterr()
        return code, out, err.decode()

    monkeypatch.setattr("vistka.pipeline.ready_engine", ready_engine)
    monkeypatch.chdir(tmp_path)
    for variable in ("VISTKA_CACHE", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    return call


NEWS = (
    run("Рада ухвалила закон про школи"),
    run("Президент ") + run("Александер Стубб", BOLD) + run(" приїхав до Києва."),
    run("Nothing to do here.", ITALIC),
)


def test_a_file_is_translated_into_a_file(tmp_path, vistka):
    (tmp_path / "news.docx").write_bytes(docx_of(*NEWS))
    code, out, _ = vistka("translate", "news.docx", "-o", "news.en.docx", "-q")
    assert (code or 0, out) == (0, b"")
    data = (tmp_path / "news.en.docx").read_bytes()
    assert looks(data)[0][0] == "The Rada adopted the law on schools"  # a headline has no stop
    assert ("Alexander Stubb", "b") in looks(data, 1)
    assert looks(data, 2) == [("Nothing to do here.", "i")]


def test_a_blurb_is_made_of_a_file(tmp_path, vistka):
    (tmp_path / "news.docx").write_bytes(docx_of(*NEWS[:2]))
    code, out, _ = vistka("blurb", "news.docx")
    assert (code or 0) == 0
    assert b"Alexander Stubb came to Kyiv." in out


def test_binary_results_do_not_go_to_a_screen_or_into_one_stream(tmp_path, vistka, monkeypatch):
    for name in ("a.docx", "b.docx"):
        (tmp_path / name).write_bytes(docx_of(*NEWS))
    code, out, err = vistka("translate", "a.docx", "b.docx")
    assert (code, out) == (2, b"")
    assert "-o" in err
    (tmp_path / "english").mkdir()
    code, _, _ = vistka("translate", "a.docx", "b.docx", "-o", "english", "-q")
    assert (code or 0) == 0
    assert all(item_of((tmp_path / "english" / name).read_bytes()) for name in ("a.docx", "b.docx"))
    code, out, _ = vistka("translate", "a.docx", "-q")
    assert item_of(out).format == "docx"


def test_what_found_no_place_is_told(tmp_path, vistka):
    (tmp_path / "a.docx").write_bytes(
        docx_of(run("Цей довгий текст ") + run("чомусь", BOLD) + run(" тут лежить давно."))
    )
    code, _, err = vistka("translate", "a.docx", "-o", "b.docx")
    assert (code or 0) == 0
    assert "a.docx: " in err
    assert "чомусь" in err

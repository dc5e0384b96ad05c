"""Pages: every tag stays, and the article alone."""

import contextlib
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vistka.datatypes import Kept, New
from vistka.documents.html_tokens import tokens
from vistka.documents.read import read, read_path
from vistka.documents.write import write, write_bytes
from vistka.errors import InputError, VistkaError

SHARED = Path(__file__).parents[1].parent / "shared"


def page(source):
    return read(source, format="html", max_mib=4)


def texts(source):
    return [block.text for block in page(source).blocks]


def test_inline_tags_are_markup_and_block_tags_part_blocks():
    item = page("<div><h1>Назва</h1><p>Це <b>дуже</b> важливо.<p>Друге<ul><li>раз<li>два</ul></div>")
    assert [(block.kind, block.text) for block in item.blocks] == [
        ("heading", "Назва"),
        ("paragraph", "Це <b>дуже</b> важливо."),
        ("paragraph", "Друге"),
        ("list-item", "раз"),
        ("list-item", "два"),
    ]
    assert [span.of(item.blocks[1].text) for span in item.blocks[1].markup] == ["<b>", "</b>"]


def test_tags_around_the_whole_run_stay_outside_and_halves_come_in():
    assert texts("<p> <a href=x><i>Новини</i></a> </p>") == ["Новини"]
    assert texts("<p><b>Джерело:</b> ЗСУ</p>") == ["<b>Джерело:</b> ЗСУ"]


def test_two_line_breaks_part_paragraphs_and_one_does_not():
    assert texts("<div>раз<br>два<br>\n<br/>три</div>") == ["раз<br>два", "три"]


def test_character_references_are_decoded_and_point_back():
    source = "<p>&laquo;Дія&raquo; &amp; ко&nbsp;&#8212; &copy2020 &bogus; &NotEqualTilde;x</p>"
    block = page(source).blocks[0]
    assert block.text == "«Дія» & ко\xa0— ©2020 &bogus; \u2242\u0338x"
    assert block.offsets is not None
    assert len(block.offsets) == len(block.text) + 1
    assert source[block.offsets[0] : block.offsets[1]] == "&laquo;"
    item = page(source)
    assert write(item, {0: tuple(Kept(i, i + 1) for i in range(len(block.text)))}) == source


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>var a = 'Київ <p>';</script>",
        "<style>a{}</style>",
        "<pre>Київ</pre>",
        "<textarea>Київ</textarea>",
        "<svg><title>Київ</title><text>Київ</text></svg>",
        "<template><p>Київ</p></template>",
        "<!-- Київ <p> -->",
        '<div translate="no"><p>Київ</p></div>',
        '<div class="x notranslate">Київ</div>',
        "<code>Київ</code>",
    ],
)
def test_what_is_not_for_reading_is_no_block(hidden):
    assert texts(f"<p>До</p>{hidden}<p>Після</p>") == ["До", "Після"]


def test_code_inside_a_sentence_is_markup():
    block = page("<p>Команда <code>вийти &amp; все</code> закриє.</p>").blocks[0]
    words = "".join(c for i, c in enumerate(block.text) if not any(s.start <= i < s.end for s in block.markup))
    assert words == "Команда  закриє."


def test_titles_descriptions_and_attributes_are_blocks_and_are_escaped():
    source = (
        '<html lang="uk-UA"><head><title>Назва — сайт</title><meta name="description" content="Опис &quot;тут&quot;">'
        "<meta name=viewport content='ні'></head><body><img src=a.png alt=Київ><p title='Підказка'>Текст</p>"
    )
    item = page(source)
    assert [block.text for block in item.blocks] == ["Назва — сайт", 'Опис "тут"', "Київ", "Підказка", "Текст"]
    words = ["A <b> title", 'It\'s "here" & there', "Kyiv at night", "It's", "1 < 2 & 3"]
    written = write(item, {index: (New(text),) for index, text in enumerate(words)})
    assert [block.text for block in page(written).blocks] == words
    assert written.startswith('<html lang="en"><head><title>A &lt;b&gt; title</title>')
    assert 'alt="Kyiv at night"' in written


def test_the_language_of_the_page_changes_only_with_new_words():
    source = '<!DOCTYPE html>\n<html lang="uk"><p>Так</p>'
    assert write(page(source), {}) == source
    assert write(page(source), {0: (Kept(0, 3),)}) == source
    assert 'lang="en"' in write(page(source), {0: (New("Yes"),)})
    other = '<html lang="ru"><p>Так</p>'
    assert 'lang="ru"' in write(page(other), {0: (New("Yes"),)})


def test_an_old_page_keeps_its_encoding_when_new_words_do_not_fit():
    source = '<meta charset="windows-1251"><p>Ціна</p>'.encode("cp1251")
    item = read(source, name="a.html", max_mib=1)
    assert write_bytes(item, {}) == source
    assert write_bytes(item, {0: (New("₴5"),)}) == b'<meta charset="windows-1251"><p>&#8372;5</p>'


BROKEN = [
    "<p>5 < 6 і 7 > 3 <3 <-",
    "<p>Нуль\0тут</p>",
    "<b><i>хрест</b>навхрест</i>",
    "<a href='незакрито>текст",
    "<p <p <p>",
    "</",
    "<",
    "<!",
    "<!--",
    "<!-->х<!--->у",
    "</>а</ б>в",
    "<?php echo 'привіт' ?>так",
    "<![CDATA[ хто ]]>там",
    "<script>кінця нема",
    "<title>назва",
    '<p title="a" title=\'b\' =x "y>слово',
    "&#0;&#x110000;&#99999999999999999999;&;&",
    "<SCRIPT>х</ScRiPt >видно",
]


@pytest.mark.parametrize("source", BROKEN)
def test_broken_html_loses_nothing(source):
    item = page(source)
    covered = [(token.start, token.end) for token in tokens(source)]
    assert "".join(source[start:end] for start, end in covered) == source
    assert write(item, {i: (Kept(0, len(block.text)),) for i, block in enumerate(item.blocks)}) == source


@pytest.mark.parametrize(
    "piece",
    ["<div>", "<", "<!--", "<a ", "&", "<p>а", "</b>", "<b>", '<a b="', "<title>", "<script>", "]]>", "<p a", "<br>"],
)
def test_hostile_repetition_takes_linear_time(piece):
    # Quadratic work on this many pieces takes minutes; processor time does not count what else the machine does.
    source = piece * (120_000 // len(piece))
    began = time.process_time()
    assert write(page(source), {}) == source
    assert time.process_time() - began < 5


ARTICLE = """<!DOCTYPE html><html><head><title>Назва - Сайт</title>
<link rel="canonical" href="https://news.example.com.ua/a/1"><meta property="og:title" content="Назва новини про уряд">
<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [{"@type": "NewsArticle",
"datePublished": "2024-05-07T10:30:00+03:00"}]}</script></head><body>
<nav><ul><li><a href="/">Головна</a></li><li><a href="/n">Новини</a></li></ul></nav>
<article><h1>Назва новини про уряд</h1>
<p>Кабінет Міністрів ухвалив рішення про <b>виділення коштів</b> на ремонт доріг у трьох областях України.</p>
<p>Про це повідомила пресслужба уряду в середу, після засідання, яке тривало понад дві години поспіль.</p>
<p>Кошти мають надійти до громад упродовж місяця, а роботи на дорогах почнуться наступного тижня.</p></article>
<footer><p>Усі права захищено</p></footer></body></html>"""


def test_the_article_of_a_page_is_a_text_with_its_metadata():
    item = read(ARTICLE, name="a.html", as_article=True, max_mib=1)
    assert item.format == "text"
    assert item.title == item.blocks[0].text == "Назва новини про уряд"
    assert item.blocks[0].kind == "title"
    assert len(item.blocks) == 4
    assert item.blocks[1].text.endswith("про виділення коштів на ремонт доріг у трьох областях України.")
    assert (item.source, item.url) == ("news.example.com.ua", "https://news.example.com.ua/a/1")
    assert item.published == datetime(2024, 5, 7, 7, 30, tzinfo=UTC)
    assert all(block.text == item.raw[block.start : block.end] for block in item.blocks)
    assert "Головна" not in item.raw
    assert "захищено" not in item.raw


def test_a_local_time_or_a_date_of_a_page_is_not_guessed():
    for time_written in ("2024-05-07T10:30:00", "2024-05-07", "учора"):
        assert page(f'<meta property="article:published_time" content="{time_written}"><p>а').published is None


def test_a_page_without_an_article_says_so():
    with pytest.raises(InputError, match="no article found"):
        read("<html><body></body></html>", as_article=True, max_mib=1)


def test_the_article_reader_opens_no_file(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("таємниця")
    doctype = f'<!DOCTYPE html [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY y "&x;&x;">]>'
    item = read(doctype + ARTICLE[15:].replace("у середу", "&x; &y;"), name="a.html", as_article=True, max_mib=1)
    assert "таємниця" not in item.raw


@pytest.mark.parametrize("source", ["<div>" * 50_000 + "слово", "<p>" * 2000 + "слово", "<ul><li>" * 5000 + "слово"])
def test_deep_pages_do_not_break_the_article_reader(source):
    with contextlib.suppress(VistkaError):
        read(source, format="html", as_article=True, max_mib=1)


@pytest.mark.skipif(not (SHARED / "eval/hostile").is_dir(), reason="shared evaluation data is not here")
def test_hostile_files_come_back_byte_for_byte():
    for path in sorted((SHARED / "eval/hostile").iterdir()):
        for form in ("html", "text", "markdown"):
            assert write_bytes(read_path(path, format=form, max_mib=4), {}) == path.read_bytes(), (path, form)


@pytest.mark.skipif(not (SHARED / "eval/documents/html").is_dir(), reason="shared evaluation data is not here")
def test_a_saved_news_page_comes_back_and_gives_its_article():
    path = next((SHARED / "eval/documents/html").glob("*.html"))
    item = read_path(path, max_mib=4)
    assert write_bytes(item, {}) == path.read_bytes()
    article = read_path(path, as_article=True, max_mib=4)
    assert article.source == "zaxid.net"
    assert article.published is not None
    assert 4 < len(article.blocks) < 15

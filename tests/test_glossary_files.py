"""Glossary files in and out: every format gives back the terms it was given, and says every fault with its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vistka.errors import ConfigurationError, UsageError
from vistka.text.lemmas import word_forms
from vistka.translate.glossary_check import check_glossary
from vistka.translate.glossary_files import (
    FORMATS,
    format_of,
    glossaries_in_force,
    parse_glossary,
    read_glossary,
    user_glossary_path,
    write_glossary,
)
from vistka.translate.glossary_terms import Parsed
from vistka.translate.lexicon_entries import Entry, entry_key

DRONE = Entry("дрон", ("drone", "UAV"), pos="noun", domain="war", note="not `безпілотник`", by_user=True)
POINT = Entry("Пункт незламності", ("Point of Invincibility",), by_user=True)
SUMY = Entry("Суми", ("Sumy",), pos="place", note="homograph", by_user=True)


def parsed(text: str, glossary_format: str) -> Parsed:
    return parse_glossary(text.encode(), format_of("-", glossary_format))


def faults(text: str, glossary_format: str) -> list[str]:
    return [str(fault) for fault in parsed(text, glossary_format).faults]


def pairs(text: str, glossary_format: str) -> list[tuple[str, tuple[str, ...]]]:
    found = parsed(text, glossary_format)
    assert found.faults == ()
    return [(entry.lemma, entry.senses) for entry in found.entries]


# --- there and back -------------------------------------------------------------------------------------------------

CELL = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), max_size=12).map(
    lambda text: " ".join(text.split())
)
UKRAINIAN = st.from_regex(r"[А-ЩЬЮЯЄІЇҐа-щьюяєіїґ'’ʼ\" ,;<&]{1,12}", fullmatch=True).map(
    lambda text: " ".join(text.split())
)
SENSE = st.builds(lambda text, end: " ".join(f"{text}{end}".split()), CELL, st.sampled_from("abз9"))
SLASHES = re.compile(r"(^|\s)/(\s|$)")


def is_a_lemma(text: str) -> bool:
    return bool(word_forms(text) and re.search("[а-яєіїґ]", text.lower()))


@st.composite
def glossaries(draw: st.DrawFn) -> list[Entry]:
    lemmas = draw(st.lists(UKRAINIAN.filter(is_a_lemma), max_size=4))
    found = {}
    for lemma in lemmas:
        entry = Entry(
            lemma,
            tuple(draw(st.lists(SENSE, min_size=1, max_size=3, unique=True))),
            pos=draw(
                st.sampled_from(["", "noun", "verb", "adj", "adv", "name", "place", "org", "abbr", "phrase", "x y"])
            ),
            domain=draw(CELL),
            note=draw(CELL),
            by_user=True,
        )
        found[entry_key(entry)] = entry
    return list(found.values())


@pytest.mark.parametrize("glossary_format", ["toml", "tbx", "tbx-2008"])
@settings(max_examples=60)
@given(entries=glossaries())
def test_what_is_exported_is_read_back(glossary_format: str, entries: list[Entry]):
    written = write_glossary(entries, format_of("-", glossary_format))
    assert written.losses == ()
    back = parse_glossary(written.data, format_of("-", glossary_format))
    assert (back.entries, back.faults, back.left_out) == (entries, (), ())


@pytest.mark.parametrize("glossary_format", ["tsv", "csv"])
@settings(max_examples=60)
@given(entries=glossaries())
def test_a_table_reads_back_all_that_it_does_not_name_as_lost(glossary_format: str, entries: list[Entry]):
    written = write_glossary(entries, format_of("-", glossary_format))
    back = parse_glossary(written.data, format_of("-", glossary_format))
    assert back.faults == ()
    slashed = [sense for entry in entries for sense in entry.senses if SLASHES.search(sense)]
    assert len(written.losses) == len(slashed)
    if not slashed:
        assert back.entries == entries


@settings(max_examples=60)
@given(entries=glossaries())
def test_pairs_read_back_term_and_first_english(entries: list[Entry]):
    data = write_glossary(entries, "deepl").data
    back = parse_glossary(data, "deepl")
    assert back.faults == ()
    assert [(e.lemma, e.senses) for e in back.entries] == [(e.lemma, (e.sense,)) for e in entries]


def test_a_term_in_latin_letters_is_not_the_first_pair():
    written = write_glossary([Entry("Patriot", ("Patriot",)), Entry("дрон", ("drone",))], "deepl")
    assert written.data == "дрон,drone\nPatriot,Patriot\n".encode()


def test_what_a_format_cannot_hold_is_named():
    either = Entry("або", ("and / or",), by_user=True)
    assert write_glossary([either], "tsv").losses == (
        "або: 'and / or' becomes 'and/or', since ` / ` separates English terms",
    )
    assert write_glossary([DRONE, SUMY], "deepl").losses == (
        "дрон: only 'drone' of 2 English terms",
        "pos of 2 terms",
        "domain of 1 terms",
        "note of 2 terms",
    )
    for name in FORMATS[:2]:
        assert write_glossary([DRONE, POINT, SUMY], name).losses == ()


# --- tables ---------------------------------------------------------------------------------------------------------


def test_the_lexicons_own_form():
    text = "lemma\tpos\tsenses\r\n# remark\r\n\r\nдрон\tnoun\tdrone / UAV\r\nСуми\t\tSumy"
    assert pairs(text, "tsv") == [("дрон", ("drone", "UAV")), ("Суми", ("Sumy",))]
    assert parsed("\ufeff" + text, "tsv").entries[0].pos == "noun"


@pytest.mark.parametrize(
    "text",
    [
        "дрон,drone\nРада,Parliament\n",
        "source,target\nдрон,drone\nРада,Parliament\n",
        "дрон;drone\nРада;Parliament\n",
        '"дрон","drone"\r\n"Рада","Parliament"\r\n',
        "дрон,drone,uk,en\nРада,Parliament,UK,en-GB\n",
        "source,target,source_lang,target_lang\nдрон,drone,uk,en\nParliament,Рада,en,uk\n",
    ],
)
def test_deepls_forms(text: str):
    assert pairs(text, "csv") == [("дрон", ("drone",)), ("Рада", ("Parliament",))]


def test_pairs_of_other_languages_are_counted():
    found = parsed("source,target,source_lang,target_lang\nдрон,drone,uk,en\nдрон,Drohne,uk,de\n", "csv")
    assert len(found.entries) == 1
    assert found.left_out == ("1 pairs of other languages",)


def test_a_quoted_cell_over_two_lines_is_one_row():
    text = 'lemma,senses,note\nдрон,drone,"one\ntwo, ""three"""\nРада,,\n'
    found = parsed(text, "csv")
    assert found.entries == [Entry("дрон", ("drone",), note='one two, "three"', by_user=True)]
    assert [str(fault) for fault in found.faults] == ["line 4: no English for 'Рада'"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lemma\tsenses\nдрон\t\n", ["line 2: no English for 'дрон'"]),
        ("lemma\tsenses\nдрон\tdrone /  / UAV\n", ["line 2: an empty English term for 'дрон'"]),
        ("lemma\tsenses\n\tdrone\n", ["line 2: no Ukrainian term"]),
        ("lemma\tsenses\n!\tdrone\n", ["line 2: no word in '!'"]),
        ("lemma\tsenses\nдрон\t—\n", ["line 2: no word in the English of 'дрон'"]),
        ("lemma\tsenses\nдрон\tdrone\tmore\n", ["line 2: more cells than columns (more)"]),
        (
            "lemma\tsenses\tcolour\n",
            ["line 1: unknown column 'colour'; the columns are lemma, pos, senses, domain, note"],
        ),
        ("lemma\tpos\n", ["line 1: no column senses"]),
        ("lemma\tsenses\tsenses\n", ["line 1: the column senses stands twice"]),
        (
            "lemma\tsenses\nдрон\tdrone\nДрон\tUAV\n",
            ["line 3: 'Дрон' stands in line 2 too, with other English (drone)"],
        ),
        ("lemma\tsenses\nдрон\tdr\x07one\n", ["line 2: a control character in 'дрон'"]),
        ("lemma\tsenses\n \tdrone\nдрон\t\n", ["line 2: no Ukrainian term", "line 3: no English for 'дрон'"]),
    ],
)
def test_every_fault_of_a_table_with_its_line(text: str, said: list[str]):
    assert faults(text, "tsv") == said


def test_columns_that_changed_places():
    assert "may have changed places" in faults("drone,дрон\n", "csv")[0]
    assert "the first line has to name the columns" in faults("one,two,three\n", "csv")[0]
    assert faults('дрон,"dro', "csv") == ["line 1: no CSV: unexpected end of data"]
    assert faults("дрон,drone,ukrainian language,en\n", "csv") == [
        "line 1: 'ukrainian language' is no code of a language"
    ]


def test_a_file_that_is_not_utf_8():
    found = parse_glossary("дрон,drone\nвода,water\n".encode("cp1251"), "csv")
    assert [str(fault) for fault in found.faults] == ["line 1: not UTF-8; save the file as UTF-8"]


# --- TOML -----------------------------------------------------------------------------------------------------------


def test_toml():
    text = (
        '# mine\n[[term]]\nlemma = "дрон"\nenglish = ["drone", "UAV"]\npos = "noun"\n\n'
        '[[term]]\nlemma = "Рада"\nenglish = "Parliament"\n'
    )
    assert pairs(text, "toml") == [("дрон", ("drone", "UAV")), ("Рада", ("Parliament",))]
    assert [term.line for term in parsed(text, "toml").terms] == [2, 7]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[term]]\nlemma = \n", "line 2: no TOML: Invalid value"),
        ("[[term]]\nlemma='а'\nenglish=['b']\ncolour='c'\n", "line 1: unknown key 'colour'"),
        ("[[term]]\nlemma=1\nenglish=['b']\n", "line 1: lemma has to be text"),
        ("[[term]]\nlemma='а'\nenglish=[1]\n", "line 1: english has to be a list of texts"),
        ("[[term]]\nlemma='а'\n", "line 1: no English for 'а'"),
        ("term = 3\n", "`term` has to be written as [[term]]"),
        ("[terms]\n", "unknown key 'terms'"),
        ("a=" + "[" * 5000, "no TOML"),
    ],
)
def test_every_fault_of_toml(text: str, said: str):
    assert faults(text, "toml")[0].startswith(said)


# --- TBX ------------------------------------------------------------------------------------------------------------

TBX_2008 = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE martif SYSTEM "TBXcoreStructV02.dtd">
<martif type="TBX" xml:lang="en"><martifHeader><fileDesc><sourceDesc><p>x</p></sourceDesc></fileDesc></martifHeader>
<text><body>
<termEntry id="1"><descripGrp><descrip type="subjectField">war</descrip></descripGrp><note>remark</note>
 <langSet xml:lang="en-US"><tig><term>drone</term></tig></langSet>
 <langSet xml:lang="uk-UA">
  <ntig><termGrp><term>дрон</term><termNote type="partOfSpeech">noun</termNote></termGrp></ntig>
  <tig><term>БпЛА</term><termNote type="termType">acronym</termNote><termNote type="partOfSpeech">noun</termNote></tig>
 </langSet>
 <langSet xml:lang="de"><tig><term>Drohne</term></tig></langSet>
</termEntry>
<termEntry id="2"><langSet xml:lang="uk"><tig><term>кава</term></tig></langSet></termEntry>
</body></text></martif>"""

TBX_2019_DCT = """<tbx style="dct" type="TBX-Basic" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2"
 xmlns:min="http://www.tbxinfo.net/ns/min" xmlns:basic="http://www.tbxinfo.net/ns/basic">
<tbxHeader><fileDesc><sourceDesc><p>x</p></sourceDesc></fileDesc></tbxHeader><text><body>
<conceptEntry id="c1"><min:subjectField>law</min:subjectField>
 <langSec xml:lang="en">
  <termSec><term>detention centre</term>
   <min:administrativeStatus>admittedTerm-admn-sts</min:administrativeStatus></termSec>
  <termSec><term>remand <hi>prison</hi></term>
   <min:administrativeStatus>preferredTerm-admn-sts</min:administrativeStatus></termSec>
  <termSec><term>SIZO</term>
   <min:administrativeStatus>deprecatedTerm-admn-sts</min:administrativeStatus></termSec>
 </langSec>
 <langSec xml:lang="uk"><termSec><term>слідчий ізолятор</term>
   <min:partOfSpeech>noun</min:partOfSpeech></termSec></langSec>
</conceptEntry>
<conceptEntry id="c2">
 <langSec xml:lang="uk"><termSec><term>слідчий  ізолятор</term>
   <min:partOfSpeech>noun</min:partOfSpeech></termSec></langSec>
 <langSec xml:lang="en"><termSec><!-- no --><term>jail</term></termSec></langSec>
</conceptEntry></body></text></tbx>"""


def test_tbx_of_2008():
    found = parsed(TBX_2008, "tbx")
    assert found.faults == ()
    assert found.entries == [
        Entry("дрон", ("drone",), "noun", "war", "remark", by_user=True),
        Entry("БпЛА", ("drone",), "abbr", "war", "remark", by_user=True),
    ]
    assert found.left_out == ("1 concepts without Ukrainian or English",)


def test_tbx_of_2019_with_elements_for_types():
    found = parsed(TBX_2019_DCT, "tbx")
    assert found.faults == ()
    assert found.entries == [
        Entry("слідчий ізолятор", ("remand prison", "detention centre", "jail"), "noun", "law", by_user=True)
    ]
    assert found.left_out == ("1 English terms marked as deprecated or superseded",)


def test_british_english_comes_first():
    section = '<langSec xml:lang="{}"><termSec><term>{}</term></termSec></langSec>'
    langs = [("uk", "центр"), ("en-US", "center"), ("en-GB", "centre")]
    body = "".join(section.format(*one) for one in langs)
    assert pairs(f"<tbx><text><body><conceptEntry>{body}</conceptEntry></body></text></tbx>", "tbx") == [
        ("центр", ("centre", "center"))
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<tbx>", "not well-formed XML"),
        ("", "not well-formed XML"),
        ("<tmx/>", "line 1: no TBX: it begins with <tmx>"),
        ('<!DOCTYPE tbx [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n<tbx>&a;</tbx>', "line 2: its DOCTYPE defines"),
        ("<!DOCTYPE tbx [<!ELEMENT tbx ANY>]>\n<tbx/>", "line 2: its DOCTYPE defines"),
        (
            (
                '<!DOCTYPE martif SYSTEM "x.dtd">\n<martif><text><body>\n<termEntry><langSet xml:lang="uk"><tig>'
                "<term>&a;</term></tig></langSet></termEntry></body></text></martif>"
            ),
            "line 3: &a; is not defined",
        ),
        (
            (
                "<tbx><text><body><conceptEntry>\n<langSec><termSec><term>а</term></termSec></langSec>"
                "</conceptEntry></body></text></tbx>"
            ),
            "line 2: a <langSec> without xml:lang",
        ),
    ],
)
def test_tbx_that_is_refused(text: str, said: str):
    assert said in faults(text, "tbx")[0]


def test_a_bomb_of_entities_is_refused_at_once():
    layers = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    found = faults(f'<!DOCTYPE tbx [<!ENTITY l0 "lol">{layers}]><tbx id="&l11;">&l11;</tbx>', "tbx")
    assert len(found) == 1


# --- files ----------------------------------------------------------------------------------------------------------


def test_one_function_reads_every_format(tmp_path: Path):
    for name, glossary_format in (("a.tsv", "tsv"), ("a.csv", "csv"), ("a.toml", "toml"), ("a.TBX", "tbx")):
        path = tmp_path / name
        path.write_bytes(write_glossary([DRONE, POINT], format_of("-", glossary_format)).data)
        assert read_glossary(path) == [DRONE, POINT]
    bare = tmp_path / "terms"
    bare.write_text("lemma\tsenses\nРада\tParliament\n", encoding="utf-8")
    assert read_glossary(bare)[0].sense == "Parliament"
    bare.write_text("Рада,Parliament\n", encoding="utf-8")
    assert read_glossary(bare, "csv")[0].by_user


def test_a_faulty_file_names_all_its_faults(tmp_path: Path):
    path = tmp_path / "own.tsv"
    path.write_text("lemma\tsenses\n" + "дрон\t\n" * 25, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"own\.tsv: line 2: .*; line 21: .*and 5 more"):
        read_glossary(path)
    for missing in (tmp_path / "none.tsv", tmp_path, Path("a\0b.tsv")):
        with pytest.raises(ConfigurationError, match="cannot be read"):
            read_glossary(missing, "tsv")


def test_formats():
    assert format_of("a.xml") == "tbx"
    assert format_of("a.bin", "TBX-2008") == "tbx-2008"
    with pytest.raises(UsageError, match="use one of tsv, csv"):
        format_of("a.csv", "excel")
    with pytest.raises(UsageError, match=r"'\.bin' is the suffix of no glossary format"):
        format_of("a.bin")
    with pytest.raises(UsageError, match="no suffix"):
        format_of("-")


def test_the_users_own_glossary_comes_before_the_named_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    own, named = tmp_path / "mine.toml", tmp_path / "named.tsv"
    monkeypatch.setenv("VISTKA_GLOSSARY", str(own))
    assert user_glossary_path() == own
    assert glossaries_in_force([named]) == (named,)
    own.write_text("", encoding="utf-8")
    assert glossaries_in_force([named]) == (own, named)
    monkeypatch.delenv("VISTKA_GLOSSARY")
    assert user_glossary_path().name == "glossary.toml"


# --- doubts ---------------------------------------------------------------------------------------------------------

LEXICON = [Entry("дрон", ("drone",)), Entry("рада", ("council", "parliament"))]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("дронів\tdrone", "warn: 'дронів' is no dictionary form but one of 'дрон': its other forms are not found"),
        ("дрон\tdrone", "info: 'дрон' = 'drone' is in the lexicon already"),
        ("рада\tcouncil of elders", "info: 'рада' replaces the lexicon's 'council / parliament'"),
        ("Kиїв\tKyiv", "warn: 'Kиїв' mixes alphabets: K is a Latin letter, which only looks alike"),
        ("хата\tсottage", "warn: 'сottage' mixes alphabets: с is a Cyrillic letter, which only looks alike"),
        ("Bayraktar\tBayraktar", "warn: 'Bayraktar' has no Ukrainian letter"),
        ("подъезд\tentrance", "warn: 'подъезд' has a letter that Ukrainian has not"),
        ("хата\tхата house", "warn: Cyrillic in the English 'хата house'"),
        ("бавовнятко\tcotton", "info: the dictionary does not know 'бавовнятко': some of its forms may not be found"),
    ],
)
def test_doubts(row: str, said: str):
    found = check_glossary(parsed(f"lemma\tsenses\n{row}\n", "tsv"), LEXICON)
    assert said in [f"{fault.severity}: {fault.what}" for fault in found]
    assert {fault.line for fault in found} == {2}


@pytest.mark.parametrize(
    "lemma", ["хата", "п’ять", "ЗСУ", "довічне ув'язнення", "ракети С-300", "Т-72", "SIM-картка", "ножиці"]
)
def test_nothing_to_doubt(lemma: str):
    assert check_glossary(parsed(f"lemma\tsenses\n{lemma}\tthing\n", "tsv"), LEXICON) == []


def test_a_lemma_twice():
    text = "lemma\tpos\tsenses\nвода\t\twater\nвода\t\twater\nвода\tnoun\tdrink\nвода\tnoun\tsea\n"
    assert [(fault.line, fault.severity) for fault in check_glossary(parsed(text, "tsv"), ())] == [
        (3, "warn"),
        (4, "warn"),
        (5, "error"),
    ]

"""TMX out and in: nothing lost of our own files, every fault of any file named, nothing outside it opened."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vistka.errors import InputError, TooLargeError
from vistka.memory import tmx_read
from vistka.memory.corrections import Correction, lost_spans
from vistka.memory.store import Memory
from vistka.memory.tmx_read import read_tmx
from vistka.memory.tmx_write import write_tmx

HOSTILE = Path(__file__).parents[1].parent / "shared" / "eval" / "hostile"

CHARACTERS = st.one_of(
    st.sampled_from("\t\n\r\u0085\u2028\u00a0<>&\"'’ʼ]"),
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
)
TEXTS = st.text(CHARACTERS, min_size=1, max_size=40).map(str.strip).filter(bool)
LINES = st.text(CHARACTERS, max_size=20).map(lambda text: " ".join(text.split()))
DATES = st.datetimes(datetime(1970, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)).map(
    lambda date: date.replace(microsecond=0)
)
CORRECTIONS = st.builds(
    Correction, source=TEXTS, target=TEXTS, author=LINES, date=DATES, model=LINES, revision=LINES, glossary=LINES
).filter(lambda correction: not lost_spans(correction.source, correction.target))


def unit(uk: str = "<seg>Так.</seg>", en: str = "<seg>Yes.</seg>", about: str = "") -> str:
    return f'<tu {about}>\n<tuv xml:lang="uk">{uk}</tuv>\n<tuv xml:lang="en">{en}</tuv>\n</tu>'


def tmx(*units: str, head: str = "") -> bytes:
    header = '<header srclang="uk" segtype="sentence"/>'
    return (
        f'<?xml version="1.0"?>\n{head}<tmx version="1.4">{header}<body>\n' + "\n".join(units) + "\n</body></tmx>"
    ).encode()


def pairs(*units: str) -> list[tuple[str, str]]:
    found = read_tmx(tmx(*units), "t.tmx")
    assert found.faults == ()
    return [(correction.source, correction.target) for correction in found.corrections]


# --- our own files --------------------------------------------------------------------------------------------------


@given(st.lists(CORRECTIONS, max_size=5))
def test_what_is_written_is_read_back(corrections: list[Correction]):
    found = read_tmx(write_tmx(corrections, version="1"), "t.tmx")
    assert list(found.corrections) == corrections
    assert (found.faults, found.other_languages, found.codes_left_out) == ((), 0, 0)


@settings(max_examples=25)  # each writes two files, and waits for the disk
@given(st.lists(CORRECTIONS, max_size=6))
def test_a_memory_goes_through_a_file_into_another_one(
    tmp_path_factory: pytest.TempPathFactory, corrections: list[Correction]
):
    folder = tmp_path_factory.mktemp("memories")
    first, second = Memory(folder / "a"), Memory(folder / "b")
    first.add_all(corrections)
    second.add_all(read_tmx(write_tmx(e.correction for e in first.in_force()), "t.tmx").corrections)
    assert [e.correction for e in second.in_force()] == [e.correction for e in first.in_force()]
    first.close()
    second.close()


def test_a_file_says_who_when_and_what_was_corrected():
    written = write_tmx(
        [
            Correction(
                source="Так.",
                target="Yes.",
                author="О. Редактор",
                date=datetime(2026, 1, 31, 9, 5, tzinfo=UTC),
                model="opus",
                revision="abc",
                glossary="g7",
            )
        ]
    ).decode()
    assert '<tu creationdate="20260131T090500Z" creationid="О. Редактор">' in written
    assert '<prop type="x-vistka-revision">abc</prop>' in written
    assert '<tuv xml:lang="uk">\n        <seg>Так.</seg>' in written


# --- files of other tools -------------------------------------------------------------------------------------------


def test_ukrainian_and_english_are_taken_from_units_of_many_languages():
    data = tmx(
        '<tu><tuv xml:lang="PL"><seg>Tak.</seg></tuv><tuv xml:lang="EN-US"><seg>Yeah.</seg></tuv>'
        '<tuv xml:lang="en_GB"><seg>Yes.</seg></tuv><tuv xml:lang="UK-UA"><seg>Так.</seg></tuv></tu>',
        '<tu><tuv xml:lang="pl"><seg>Nie.</seg></tuv><tuv xml:lang="en"><seg>No.</seg></tuv></tu>',
        '<tu><tuv lang="uk"><seg>Ні.</seg></tuv><tuv lang="en"><seg>No.</seg></tuv></tu>',
        head='<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n',
    )
    found = read_tmx(data, "t.tmx")
    assert [(c.source, c.target, c.date) for c in found.corrections] == [("Так.", "Yes.", None), ("Ні.", "No.", None)]
    assert (found.other_languages, found.faults) == (1, ())


def test_the_last_change_counts_before_the_creation():
    about = 'creationdate="20240101T000000Z" creationid="Ann" changedate="20250101T000000Z" changeid="Bob"'
    correction = read_tmx(tmx(unit(about=about)), "t.tmx").corrections[0]
    assert (correction.author, correction.date) == ("Bob", datetime(2025, 1, 1, tzinfo=UTC))


def test_inline_codes_stay_where_they_are_protected_text_on_both_sides():
    bold = '<seg>{}<bpt i="1">&lt;b&gt;</bpt>{}<ept i="1">&lt;/b&gt;</ept>{}</seg>'
    assert pairs(unit(bold.format("Він ", "тут", "."), bold.format("He is ", "here", "."))) == [
        ("Він <b>тут</b>.", "He is <b>here</b>.")
    ]
    assert pairs(
        unit("<seg>Є <ph>{0}</ph> місць.</seg>", "<seg>{0} seats left.</seg>".replace("{0}", "<ph>{0}</ph>"))
    ) == [("Є {0} місць.", "{0} seats left.")]


def test_other_inline_codes_are_left_out_and_counted():
    data = tmx(
        unit(
            '<seg>Він<ph type="lb"/><hi type="b">тут <bpt i="1">\\b </bpt>був</hi><!-- x -->.</seg>',
            "<seg>He was here<ut>{\\cf1 }</ut>.</seg>",
        )
    )
    found = read_tmx(data, "t.tmx")
    assert [(c.source, c.target) for c in found.corrections] == [("Він тут був.", "He was here.")]
    assert found.codes_left_out == 3


def test_every_fault_is_named_with_its_line_and_the_rest_is_there():
    data = tmx(
        unit(),
        unit(en="<seg> </seg>"),
        unit(en=""),
        unit(about='creationdate="yesterday"'),
        unit(about='creationdate="29990101T000000Z"'),
        "<tu><tuv><seg>Так.</seg></tuv></tu>",
        '<tu>\n<tuv xml:lang="uk"><seg>Так.</seg></tuv>\n<tuv xml:lang="UK"><seg>Ні.</seg></tuv></tu>',
        unit("<seg><b>Так</b>.</seg>"),
        unit("<seg>Див. https://a.example/x</seg>", "<seg>See.</seg>"),
    )
    found = read_tmx(data, "t.tmx")
    assert len(found.corrections) == 1
    assert list(found.faults) == [
        "line 7: the target is empty",
        "line 13: a <tuv> with 0 <seg>",
        "line 15: creationdate='yesterday' is no date such as 20260131T090500Z",
        "line 19: the date 2999-01-01T00:00:00Z lies in the future",
        "line 23: a <tuv> without xml:lang",
        "line 26: a second <tuv> in uk",
        "line 28: <b> may not stand in a <seg>",
        "line 31: the target leaves out or adds https://a.example/x",
    ]
    with pytest.raises(InputError, match=r"t\.tmx: 8 faults: line 7: the target is empty; line 13.*line 31"):
        found.require_faultless("t.tmx")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", r"t\.tmx: line \d+: not well-formed XML"),
        (b"<tmx>\n<body>\n</tmx>", r"t\.tmx: line 3: not well-formed XML"),
        (b"<html/>", r"t\.tmx: line 1: no TMX file: it begins with <html>"),
        (b"PK\x03\x04", "not well-formed XML"),
        (tmx(unit("<seg>&who;</seg>")), "line 4: not well-formed XML .*who"),
    ],
)
def test_what_is_no_tmx_is_refused_with_its_line(data: bytes, message: str):
    with pytest.raises(InputError, match=message):
        read_tmx(data, "t.tmx")


def test_a_file_that_is_too_large_is_refused_whole(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tmx_read, "MAX_TMX_MIB", 0.0001)
    with pytest.raises(TooLargeError, match="split the file"):
        read_tmx(tmx(unit()), "t.tmx")


# --- hostile files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "define", ['<!ENTITY who SYSTEM "file://{}">', '<!ENTITY who "&#x430;">', '<!ENTITY % p SYSTEM "file://{}"> %p;']
)
def test_entities_are_refused_and_no_file_is_read(tmp_path: Path, define: str):
    secret = tmp_path / "secret.txt"
    secret.write_text("<!ENTITY who 'secret words'>")
    head = f"<!DOCTYPE tmx [{define.format(secret)}]>\n"
    with pytest.raises(InputError) as caught:
        read_tmx(tmx(unit("<seg>&who;</seg>"), head=head), "t.tmx")
    assert "secret words" not in str(caught.value)


def test_an_entity_that_a_dtd_elsewhere_may_define_is_a_fault():
    head = '<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n'
    assert read_tmx(tmx(unit("<seg>Він &who; тут.</seg>"), head=head), "t.tmx").faults == (
        "line 5: &who; is not defined",
    )


@pytest.mark.skipif(not HOSTILE.is_dir(), reason="the hostile XML files are not there")
def test_every_hostile_file_is_refused():
    files = sorted(HOSTILE.glob("*.x*"))
    assert files
    for file in files:
        with pytest.raises(InputError):
            read_tmx(file.read_bytes(), file.name)


@given(st.binary(max_size=60), st.sampled_from(["", "UTF-16", "ascii", "nonsense"]))
def test_any_bytes_give_a_file_or_an_input_error(data: bytes, codec: str):
    head = f'<?xml version="1.0" encoding="{codec}"?>'.encode() if codec else b""
    for whole in (data, head + b"<tmx>" + data, head + tmx(unit()).replace(b'<?xml version="1.0"?>\n', b"")):
        with suppress(InputError):
            read_tmx(whole, "t.tmx")

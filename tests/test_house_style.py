"""House style: data that is checked when it is read, changes that are told, values that stay."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vistka.errors import ConfigurationError
from vistka.summarize.house_style import load_style, style_names
from vistka.summarize.quotations import quotations
from vistka.summarize.styled import apply_style
from vistka.text.numbers import quantities

# A Thursday.
PUBLISHED = datetime.fromisoformat("2025-01-16T08:00:00+02:00")


def styled(text: str, style: str = "default") -> str:
    return apply_style(text, load_style(style), published=PUBLISHED).text


@pytest.mark.parametrize(
    ("text", "default", "agency"),
    [
        ("It opened on Dec. 5, 2024.", "It opened on 5 December 2024.", "It opened on Dec. 5, 2024."),
        ("It opened on the 5th of December.", "It opened on 5 December.", "It opened on Dec. 5."),
        ("It opened on 5 Dec. It works.", "It opened on 5 December. It works.", "It opened on Dec. 5. It works."),
        ("It opened yesterday.", "It opened on 15 January.", "It opened on Wednesday."),
        ("Yesterday evening it closed.", "On the evening of 15 January it closed.", None),
        ("It will last until tomorrow.", "It will last until 17 January.", "It will last until Friday."),
        ("They organized defense.", "They organised defence.", "They organized defense."),
        ("They recognised the centre.", "They recognised the centre.", "They recognized the center."),
        ("He met president Duda.", "He met President Duda.", "He met President Duda."),
        ("He met general Bondar.", "He met general Bondar.", "He met Gen. Bondar."),
        ("Agence France-Presse reported.", "AFP reported.", "AFP reported."),
        ("It rose by 12 per cent.", "It rose by 12%.", "It rose by 12%."),
        ("It hit 5 houses.", "It hit five houses.", "It hit five houses."),
        ('He said "no" twice.', "He said “no” twice.", 'He said "no" twice.'),
        ("Police found rifles, pistols, and knives.", None, "Police found rifles, pistols and knives."),
    ],
)
def test_the_two_styles(text: str, default: str | None, agency: str | None) -> None:
    if default is not None:
        assert styled(text) == default
    if agency is not None:
        assert styled(text, "agency") == agency


@pytest.mark.parametrize(
    "text",
    [
        "“They organized 5 shows yesterday,” he said.",
        "The World Health Organization and the Department of Defense agreed.",
        "The General Staff reported it.",
        "Air defence shot down 5 of 74 drones for 4 million hryvnias, 5% more.",
        "The boy, aged 5, is 5 years old and lives in Category 5 of Article 5.",
        "See https://example.org/organized/5 people.",
        "The mayor, a lawyer, and his wife came.",
        "Yesterday's strike hit the town.",
        "The price today is high.",
        "On 2025-01-05 and 05.01.2025 and 1-2 January it rained.",
        "The general Moscow named is here.",
    ],
)
def test_what_is_left_as_it_is(text: str) -> None:
    assert styled(text) == text


def test_what_was_changed_is_told() -> None:
    found = apply_style("It hit 5 houses yesterday.", published=PUBLISHED)
    assert [(change.rule, change.before, change.after) for change in found.changes] == [
        ("relative-day", "yesterday", "on 15 January"),
        ("number-word", "5", "five"),
    ]


def test_a_headline_keeps_its_figures_and_without_a_time_yesterday_stays() -> None:
    assert apply_style("5 houses hit", is_headline=True).text == "5 houses hit"
    assert apply_style("It opened yesterday.").text == "It opened yesterday."


PARTS = (
    "president Duda", "general Bondar", "yesterday", "today", "5 people", "12 per cent", "4%", "Dec. 5",
    "5 December 2024", "December 5, 2024", "organized", "recognise", "defense", "“5 colors yesterday”",
    '"organised 3"', "said", "will",
    "on", "REUTERS", "by", "the", "rifles, pistols, and knives", ".", ",", "1.5 million hryvnias", "«no»", "tomorrow",
    "UAH 5",
    "the 5th of May", "On Monday", "last night", "7 of 9", "“", "”", '"', "\n", "May", "Sept. 3-4",
)  # fmt: skip


@given(
    st.lists(st.sampled_from(PARTS), max_size=9).map(" ".join), st.sampled_from(["default", "agency"]), st.booleans()
)
def test_twice_is_once_and_values_stay(text: str, style: str, is_headline: bool) -> None:
    once = apply_style(text, load_style(style), published=PUBLISHED, is_headline=is_headline)
    twice = apply_style(once.text, load_style(style), published=PUBLISHED, is_headline=is_headline)
    assert (twice.text, twice.changes) == (once.text, ())
    assert [q.inner.of(text) for q in quotations(text)] == [q.inner.of(once.text) for q in quotations(once.text)]
    if not {"relative-day", "date-form"} & {change.rule for change in once.changes}:
        assert [q.values() for q in quantities(text, "en")] == [q.values() for q in quantities(once.text, "en")]


def test_the_built_in_styles_are_right() -> None:
    assert style_names() == ["agency", "default"]
    assert all(load_style(name).description for name in style_names())


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('extends = "default"\n[dates]\nform = "day"\nshort_month = true\n[quote]\nmarks = "curly"\n')
    with pytest.raises(ConfigurationError) as raised:
        load_style(str(file))
    line = raised.value.line()
    assert "3 faults" in line
    assert "form = 'day' is not one of day-month, month-day" in line
    assert "unknown key 'short_month' (did you mean short_months?)" in line
    assert "unknown key 'quote' (did you mean quotes?)" in line


def test_a_style_of_ones_own_gives_only_what_differs(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('extends = "agency"\n[numbers]\npercent = "per cent"\n')
    own = load_style(str(file))
    assert (own.percent, own.date_form, own.words_below) == ("per cent", "month-day", 10)
    assert apply_style("It rose by 5%.", own).text == "It rose by 5 per cent."


@pytest.mark.parametrize(
    ("content", "message"),
    [("[dates]\n", "is missing"), ("dates = 1\n", "not a table"), ("[dates\n", "not TOML"), (b"\xff\xfe", "not UTF-8")],
)
def test_what_cannot_be_read(tmp_path: Path, content: str | bytes, message: str) -> None:
    file = tmp_path / "own.toml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ConfigurationError, match=message):
        load_style(str(file))


def test_an_unknown_style_and_one_that_extends_itself(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"no such style: agncy .*agency, default"):
        load_style("agncy")
    file = tmp_path / "own.toml"
    file.write_text(f"extends = '{file}'\n")
    with pytest.raises(ConfigurationError, match="itself"):
        load_style(str(file))

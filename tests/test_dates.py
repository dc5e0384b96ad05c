from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vistka.text.dates import compare, dates, parse_timestamp


def read(text, language="uk"):
    return [(d.kind, d.year, d.month, d.day) for d in dates(text, language)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("11 грудня", [("date", None, 12, 11)]),
        ("11 грудня 2025 року", [("date", 2025, 12, 11)]),
        ("11.12.2025", [("date", 2025, 12, 11)]),
        ("2025-12-11", [("date", 2025, 12, 11)]),
        ("1-2 січня", [("date", None, 1, 1), ("date", None, 1, 2)]),
        ("з 24 лютого до 3 березня", [("date", None, 2, 24), ("date", None, 3, 3)]),
        ("24-го лютого", [("date", None, 2, 24)]),
        ("у січні–лютому", [("month", None, 1, None), ("month", None, 2, None)]),
        ("у 2013 році", [("year", 2013, None, None)]),
        ("минулого року", [("relative", None, None, None)]),
        ("квітневі пенсії", [("month", None, 4, None)]),
        ("лютий мороз", []),
        ("я маю план", []),
    ],
)
def test_ukrainian_dates(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dec 11", [("date", None, 12, 11)]),
        ("11 December 2025", [("date", 2025, 12, 11)]),
        ("January 6, 2025", [("date", 2025, 1, 6)]),
        ("the 24th of February", [("date", None, 2, 24)]),
        ("January 1-2", [("date", None, 1, 1), ("date", None, 1, 2)]),
        ("No. 5 of January 12, 2024", [("date", 2024, 1, 12)]),
        ("in May", [("month", None, 5, None)]),
        ("You may march on", []),
        ("May I?", []),
        ("in 2013", [("year", 2013, None, None)]),
        ("last year", [("relative", None, None, None)]),
    ],
)
def test_english_dates(text, expected):
    assert read(text, "en") == expected


def test_quarters_and_times():
    assert [d.quarter for d in dates("у І кварталі, ІІІ квартал, 2-й квартал, і квартали", "uk")] == [1, 3, 2]
    assert [d.quarter for d in dates("the first quarter, Q3", "en")] == [1, 3]
    assert [d.minutes for d in dates("о 17:15", "uk")] == [17 * 60 + 15]
    assert [d.minutes for d in dates("at 5:15 pm", "en")] == [17 * 60 + 15]


@pytest.mark.parametrize(
    ("source", "target", "kinds"),
    [
        ("24 лютого", "On 24 February 2022", []),
        ("26 березня", "March 26", []),
        ("у березні", "in March", []),
        ("26 березня", "26 May", ["missing", "added"]),
        ("26 березня", "March 27", ["missing", "added"]),
        ("11 грудня 2025 року", "December 11, 2024", ["missing", "added"]),
        ("у березні", "in spring", ["missing"]),
    ],
)
def test_a_changed_day_or_month_is_reported(source, target, kinds):
    assert [found.kind for found in compare(dates(source, "uk"), dates(target, "en"))] == kinds


@pytest.mark.parametrize(
    ("line", "utc"),
    [
        ("Thu, 16 Jan 2025 06:08:40 +0200", datetime(2025, 1, 16, 4, 8, 40, tzinfo=UTC)),
        ("2023-01-01T05:49:00Z", datetime(2023, 1, 1, 5, 49, tzinfo=UTC)),
        ("11 грудня 2025, 20:54", datetime(2025, 12, 11, 18, 54, tzinfo=UTC)),
        ("11 липня 2025, 20:54", datetime(2025, 7, 11, 17, 54, tzinfo=UTC)),
        ("Четвер, 11 грудня 2025, 20:54", datetime(2025, 12, 11, 18, 54, tzinfo=UTC)),
        ("П’ятниця, 5 квітня 2024, 08:10", datetime(2024, 4, 5, 5, 10, tzinfo=UTC)),
        ("20:54, 11.12.2025", datetime(2025, 12, 11, 18, 54, tzinfo=UTC)),
    ],
)
def test_timestamps(line, utc):
    found = parse_timestamp(line)
    assert found is not None
    assert found.utcoffset() is not None
    assert found.astimezone(UTC) == utc


@pytest.mark.parametrize("line", ["", "11 грудня", "Сьогодні дощ", "31.02.2025", "31 лютого 2025, 10:00", "2025-13-01"])
def test_what_is_no_timestamp(line):
    assert parse_timestamp(line) is None


@given(st.text())
def test_any_text_can_be_read(text):
    for language in ("uk", "en"):
        assert all(found.span.of(text) == found.text for found in dates(text, language))
    found = parse_timestamp(text)
    assert found is None or found.utcoffset() is not None


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2099, 1, 1)))
def test_iso_comes_back(moment):
    zoned = moment.replace(tzinfo=UTC)
    assert parse_timestamp(zoned.isoformat()) == zoned


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("У лютому ціни зросли.", ["лютому"]),
        ("У лютому відбулися вибори.", ["лютому"]),
        ("Загинув у лютому бою.", []),
        ("на лютому морозі", []),
    ],
)
def test_the_fierce_month_before_another_word(text: str, months: list[str]) -> None:
    assert [found.text for found in dates(text, "uk")] == months

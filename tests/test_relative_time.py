"""Relative time: days in Kyiv, told from when the item was published, and never a guess."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vistka.text.relative_time import RelativeTime, relative_times, tense_near, weekdays_named

# A Wednesday.
PUBLISHED = datetime.fromisoformat("2025-12-10T08:00:00+02:00")


def only(text: str, published: datetime | None = PUBLISHED) -> RelativeTime:
    language = "en" if text.isascii() else "uk"
    (found,) = relative_times(text, language, published)
    return found


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("сьогодні", "2025-12-10", "2025-12-10"),
        ("учора ввечері", "2025-12-09", "2025-12-09"),
        ("Позавчора", "2025-12-08", "2025-12-08"),
        ("завтра", "2025-12-11", "2025-12-11"),
        ("минулої п'ятниці", "2025-12-05", "2025-12-05"),
        ("минулої пʼятниці", "2025-12-05", "2025-12-05"),
        ("цієї п’ятниці", "2025-12-12", "2025-12-12"),
        ("наступного вівторка", "2025-12-16", "2025-12-16"),
        ("наступного тижня", "2025-12-15", "2025-12-21"),
        ("минулого місяця", "2025-11-01", "2025-11-30"),
        ("торік", "2024-01-01", "2024-12-31"),
        ("три дні тому", "2025-12-07", "2025-12-07"),
        ("у ніч на 5 грудня", "2025-12-04", "2025-12-05"),
        ("вранці 5-го пролунали вибухи", "2025-12-05", "2025-12-05"),
        ("у ніч на вівторок збили дрони", "2025-12-08", "2025-12-09"),
        ("цієї ночі", "2025-12-09", "2025-12-10"),
        ("У понеділок міст відкрили", "2025-12-08", "2025-12-08"),
        ("У п'ятницю міст відкриють", "2025-12-12", "2025-12-12"),
        ("У п'ятницю було відкрито міст", "2025-12-05", "2025-12-05"),
        ("31 грудня", "2025-12-31", "2025-12-31"),
        ("5 січня", "2026-01-05", "2026-01-05"),
        ("24 лютого 2022 року", "2022-02-24", "2022-02-24"),
        ("yesterday", "2025-12-09", "2025-12-09"),
        ("last Friday", "2025-12-05", "2025-12-05"),
        ("The bridge opened on Monday", "2025-12-08", "2025-12-08"),
        ("The bridge will open on Monday", "2025-12-15", "2025-12-15"),
        ("overnight", "2025-12-09", "2025-12-10"),
        ("tonight", "2025-12-10", "2025-12-11"),
        ("in two days", "2025-12-12", "2025-12-12"),
        ("last year", "2024-01-01", "2024-12-31"),
    ],
)
def test_what_is_plain_is_resolved(text: str, first: str, last: str) -> None:
    found = only(text)
    assert (found.first, found.last) == (date.fromisoformat(first), date.fromisoformat(last))
    assert found.certainty in {"certain", "likely"}


@pytest.mark.parametrize(
    ("text", "published", "candidates"),
    [
        # A Sunday: the Friday two days ago, or the one before?
        ("минулої п'ятниці", "2025-12-07T10:00:00+02:00", ["2025-12-05", "2025-11-28"]),
        ("last Friday", "2025-12-07T10:00:00+02:00", ["2025-12-05", "2025-11-28"]),
        ("наступної п'ятниці", "2025-12-10T10:00:00+02:00", ["2025-12-12", "2025-12-19"]),
        ("вранці 5-го", "2025-12-20T10:00:00+02:00", ["2025-11-05", "2025-12-05", "2026-01-05"]),
        ("цієї ночі", "2025-12-10T21:00:00+02:00", ["2025-12-09", "2025-12-10"]),
        ("У понеділок — концерт", "2025-12-10T10:00:00+02:00", ["2025-12-08", "2025-12-15"]),
        ("10 червня", "2025-12-10T10:00:00+02:00", ["2024-06-10", "2025-06-10", "2026-06-10"]),
    ],
)
def test_what_has_two_readings_is_not_guessed(text: str, published: str, candidates: list[str]) -> None:
    found = only(text, datetime.fromisoformat(published))
    assert found.certainty == "unresolved"
    assert not found.is_resolved
    assert found.interval() is None
    assert [day.isoformat() for day in found.candidates] == candidates


@pytest.mark.parametrize("text", ["учора", "last Friday", "у ніч на 5 грудня", "вранці 5-го", "три дні тому"])
def test_without_the_time_of_the_item_nothing_is_resolved(text: str) -> None:
    found = only(text, None)
    assert (found.first, found.last, found.certainty) == (None, None, "unresolved")


def test_the_day_is_the_day_in_kyiv() -> None:
    # 22:30 in London is half past midnight of the next day in Kyiv.
    assert only("вчора", datetime(2025, 1, 15, 22, 30, tzinfo=UTC)).first == date(2025, 1, 15)
    # In summer Kyiv is three hours ahead.
    assert only("вчора", datetime(2025, 7, 15, 21, 30, tzinfo=UTC)).first == date(2025, 7, 15)


@pytest.mark.parametrize(("day", "hours"), [("2025-03-30", 23), ("2025-10-26", 25), ("2025-12-10", 24)])
def test_days_are_as_long_as_the_clocks_make_them(day: str, hours: int) -> None:
    interval = only("сьогодні", datetime.fromisoformat(f"{day}T12:00:00+02:00")).interval()
    assert interval is not None
    # Moments of one zone are subtracted by their clocks: only in UTC is it time that has passed.
    start, end = (moment.astimezone(UTC) for moment in interval)
    assert end - start == timedelta(hours=hours)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        only("вчора", datetime(2025, 1, 15, 12, 0))


@pytest.mark.parametrize("text", ["вранці 5-го корпусу", "на 5-му кілометрі", "Вівторок", "середа", "the 5th brigade"])
def test_what_is_no_time(text: str) -> None:
    assert relative_times(text, "en" if text.isascii() else "uk", PUBLISHED) == []


def test_both_languages_have_one_key() -> None:
    for ukrainian, english in (
        ("учора", "yesterday"),
        ("минулої п'ятниці", "last Friday"),
        ("наступного тижня", "next week"),
        ("минулої ночі", "last night"),
        ("три дні тому", "three days ago"),
    ):
        assert only(ukrainian).key == only(english).key


def test_tense_and_weekdays() -> None:
    text = "The mayor said on Monday that the school will open on Friday."
    monday, friday = relative_times(text, "en", PUBLISHED)
    assert (tense_near(text, monday.span, "en"), tense_near(text, friday.span, "en")) == ("past", "future")
    assert weekdays_named("до понеділка чи п’ятницю", "uk") == {0, 4}


@given(
    st.text(alphabet="вчора сьогодні 5-го грудня у ніч на last Friday yesterday", max_size=60),
    st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1), timezones=st.just(UTC)),
)
def test_spans_stand_in_the_text_in_order(text: str, published: datetime) -> None:
    for language in ("uk", "en"):
        found = relative_times(text, language, published)
        assert all(one.span.of(text) == one.text for one in found)
        assert all(one.span.end <= other.span.start for one, other in pairwise(found))
        assert all(one.is_resolved == (one.certainty != "unresolved") for one in found)

"""Relative time of a text ("yesterday", «минулої п'ятниці») as days, told from when it was published.

Days are days in Kyiv. What can be read in two ways comes back unresolved, with the days it may be: nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

from vistka.datatypes import Language, Span
from vistka.text.dates import KYIV, DateValue, dates
from vistka.text.lemmas import readings
from vistka.text.numbers import quantities

Certainty = Literal["certain", "likely", "unresolved"]
PartOfDay = Literal["", "morning", "day", "evening", "night"]
Tense = Literal["past", "future", ""]

_NEAR_DAYS = 10
"""A bare day of the month («вранці 5-го») is the nearest one if it is at most this far away."""
_NEAR_YEAR_DAYS = 120
"""A day and month without a year are the nearest such day if it is at most this far away."""
_NOON = 12
_TONIGHT = "night+0-evening"
_DAYS_OF_WEEK = 7


@dataclass(frozen=True, slots=True)
class RelativeTime:
    """One expression of relative time.

    Attributes:
        span: its characters in the text.
        text: those characters.
        key: what it says, the same in both languages and without resolving it: `day-1`, `weekday4-last`, `week+1`.
        first, last: the days it covers, both included; None where it is unresolved.
        part: the part of the day it names.
        certainty: `certain`; `likely`: the nearest reading of several; `unresolved`.
        candidates: the first days that it may be, where it is unresolved for having more than one reading.
    """

    span: Span
    text: str
    key: str
    first: date | None = None
    last: date | None = None
    part: PartOfDay = ""
    certainty: Certainty = "unresolved"
    candidates: tuple[date, ...] = ()

    @property
    def is_resolved(self) -> bool:
        """Whether it is known which days it covers."""
        return self.first is not None

    def has(self, day: date) -> bool:
        """Whether `day` is one of the days it covers."""
        return self.first is not None and self.last is not None and self.first <= day <= self.last

    def interval(self) -> tuple[datetime, datetime] | None:
        """The days as moments in Kyiv time, half-open: 23 or 25 hours long on the days when the clocks change."""
        if self.first is None or self.last is None:
            return None
        return _midnight(self.first), _midnight(self.last + timedelta(days=1))


def _midnight(day: date) -> datetime:
    from zoneinfo import ZoneInfo

    return datetime.combine(day, time.min, ZoneInfo(KYIV))


def in_kyiv(moment: datetime) -> datetime:
    """`moment`, which has a zone, by the clocks of Kyiv.

    Raises:
        ValueError: it has no zone.
    """
    from zoneinfo import ZoneInfo

    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment.astimezone(ZoneInfo(KYIV))


# --- what an expression says --------------------------------------------------------------------------------------

Which = Literal["last", "this", "next", "bare"]


@dataclass(frozen=True, slots=True)
class _Days:
    """Days from, and days to, both included; `candidates` in their place where there are several readings."""

    first: date | None = None
    last: date | None = None
    certainty: Certainty = "certain"
    candidates: tuple[date, ...] = ()


_UNRESOLVED = _Days(certainty="unresolved")


def _one(day: date, certainty: Certainty = "certain") -> _Days:
    return _Days(day, day, certainty)


def _several(*days: date) -> _Days:
    return _Days(certainty="unresolved", candidates=days)


def _weekday(today: date, weekday: int, which: Which, tense: str) -> _Days:
    """`weekday` (0 = Monday). "Last Friday" said on a Sunday may be two days ago or nine: two readings."""
    monday = today - timedelta(days=today.weekday())
    here = monday + timedelta(days=weekday)
    week = timedelta(days=_DAYS_OF_WEEK)
    if which == "this":
        return _one(here)
    if which == "last":
        return _one(here - week) if here >= today else _several(here, here - week)
    if which == "next":
        return _one(here + week) if here <= today else _several(here, here + week)
    if tense == "past":
        return _one(here if here <= today else here - week, "likely")
    if tense == "future":
        return _one(here if here >= today else here + week, "likely")
    # Neither tense: the two nearest are as likely.
    return _several(*((here - week, here) if here >= today else (here, here + week)))


def _week(today: date, offset: int) -> _Days:
    monday = today - timedelta(days=today.weekday()) + timedelta(days=_DAYS_OF_WEEK * offset)
    return _Days(monday, monday + timedelta(days=_DAYS_OF_WEEK - 1))


def _month(today: date, offset: int) -> _Days:
    first = _month_start(today, offset)
    return _Days(first, _month_start(first, 1) - timedelta(days=1))


def _month_start(day: date, offset: int) -> date:
    months = day.year * 12 + day.month - 1 + offset
    return date(months // 12, months % 12 + 1, 1)


def _year(today: date, offset: int) -> _Days:
    return _Days(date(today.year + offset, 1, 1), date(today.year + offset, 12, 31))


def _night(moment: datetime, key: str) -> _Days:
    """The night behind ("last night") or the one that "this night" means, which only the morning makes plain."""
    today = moment.date()
    if key == _TONIGHT:
        return _Days(today, today + timedelta(days=1))
    past = _Days(today - timedelta(days=1), today)
    if moment.hour < _NOON:
        return past
    # Later in the day "last night" is still the one before it; «цієї ночі» may be the one to come.
    return replace(past, certainty="likely") if key == "night-1" else _several(today - timedelta(days=1), today)


def _month_day(today: date, month: int, day: int) -> _Days:
    found = [d for year in (-1, 0, 1) if (d := _date(today.year + year, month, day)) is not None]
    near = [d for d in found if abs((d - today).days) <= _NEAR_YEAR_DAYS]
    return _one(near[0], "likely") if len(near) == 1 else _several(*found)


def _day_of_month(today: date, number: int) -> _Days:
    starts = [_month_start(today, offset) for offset in (-1, 0, 1)]
    found = [d for start in starts if (d := _date(start.year, start.month, number)) is not None]
    near = [d for d in found if abs((d - today).days) <= _NEAR_DAYS]
    return _one(near[0], "likely") if len(near) == 1 else _several(*found)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


# --- finding the expressions ----------------------------------------------------------------------------------------

_A = "['’ʼ]"
_WEEKDAYS_UK = (
    r"понеділ(?:ок|ка|ку|ком)", r"вівтор(?:ок|ка|ку|ком)", r"серед(?:а|и|і|у|ою)", r"четвер(?:г|га|гу|гом)?",
    rf"п{_A}?ятниц(?:я|і|ю|ею)", r"субот(?:а|и|і|у|ою)", r"неділ(?:я|і|ю|ею)",
)  # fmt: skip
_WEEKDAYS_EN = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PARTS: tuple[tuple[PartOfDay, str], ...] = (
    ("morning", r"вранці|зранку|уранці|рано вранці|morning"),
    ("day", r"вдень|удень|опівдні|після обіду|afternoon|noon"),
    ("evening", r"ввечері|увечері|звечора|evening"),
    ("night", r"вночі|уночі|night|overnight"),
)
_PART_UK = r"(?:вранці|зранку|уранці|вдень|удень|опівдні|ввечері|увечері|звечора|вночі|уночі)"
_PART_EN = r"(?:morning|afternoon|evening|night)"
_DAY_UK = {"позавчора": -2, "вчора": -1, "учора": -1, "сьогодні": 0, "завтра": 1, "післязавтра": 2}
_DAY_EN = {
    "the day before yesterday": -2, "yesterday": -1, "today": 0, "tomorrow": 1, "the day after tomorrow": 2,
}  # fmt: skip
_UNITS_UK = {"тиж": "week", "місяц": "month", "рок": "year", "рік": "year", "році": "year"}
_OFFSETS_UK = {"поза": -2, "мину": -1, "наст": 1, "поточ": 0, "цьо": 0, "цей": 0, "цього": 0}
_OFFSETS_EN = {"last": -1, "previous": -1, "this": 0, "current": 0, "next": 1}
_WHICH_UK: dict[str, Which] = {
    "мину": "last",
    "наст": "next",
    "ціє": "this",
    "цю": "this",
    "цьо": "this",
    "цей": "this",
}
_NO_NOUN = r"(?!\s+(?:корпус|бригад|кілометр|полк|армі|батальйон|поверх|квартал|клас|етап|разу?|місц|раунд|тур|хвилин))"


def _words(table: Sequence[str]) -> str:
    return "|".join(f"(?P<w{index}>{form})" for index, form in enumerate(table))


_NIGHT_BEFORE_UK = r"(?P<night>\b[ув]\s+ніч\s+(?:(?:з|із|зі)\s+\S+\s+)?на\s+)"
_PATTERNS_UK: tuple[tuple[str, str], ...] = (
    ("day", rf"{_NIGHT_BEFORE_UK}?\b(?P<day>{'|'.join(_DAY_UK)})(?:,?\s+(?P<part>{_PART_UK}))?\b"),
    (
        "weekday",
        (
            rf"(?:{_NIGHT_BEFORE_UK}|(?:\b(?:[ув]|на)\s+)?\b(?P<which>минул|наступн|ціє|цю|цьо|цей)\w*\s+|\b[ув]\s+)"
            rf"(?:{_words(_WEEKDAYS_UK)})(?:,?\s+(?P<part>{_PART_UK}))?\b"
        ),
    ),
    ("night", r"\b(?P<which>минул|ціє)\w*\s+ночі\b"),
    (
        "unit",
        (
            r"\b(?P<which>позаминул|минул|наступн|поточн|цього|цьому|цей)\w*\s+"
            r"(?P<unit>тижн|тижд|місяц|рок|рік|році)(?:я|і|ь|ень|у|ю|ем|ом|ів)?\b"
        ),
    ),
    ("year-word", r"\b(?P<year>торік|позаторік|цьогоріч)\b"),
    (
        "ago",
        r"(?P<count>\b\w+)\s+(?:дні|днів|день|дня)\s+тому\b|\b(?P<ahead>через)\s+(?P<count2>\w+)\s+(?:дні|днів|день)\b",
    ),
    (
        "number",
        (
            rf"(?:\b{_PART_UK}\s+(?P<number>[12]?\d|3[01])(?:-го|\s+числа)\b|\b(?P<number2>[12]?\d|3[01])(?:-го)?\s+числа\b)"
            rf"{_NO_NOUN}"
        ),
    ),
)
_PATTERNS_EN: tuple[tuple[str, str], ...] = (
    (
        "day",
        (
            rf"\b(?:(?P<day>{'|'.join(sorted(_DAY_EN, key=len, reverse=True))})(?:\s+(?P<part>{_PART_EN}))?"
            rf"|this\s+(?P<today>morning|afternoon|evening))\b"
        ),
    ),
    ("night", r"\b(?P<which>last|this|to)[\s-]?night\b|\bovernight\b"),
    (
        "weekday",
        (
            rf"\b(?:(?:on\s+|by\s+)?(?P<which>last|next|this)\s+|(?:on|by|since|until|from|before|after)\s+"
            rf"(?:the\s+{_PART_EN}\s+of\s+)?)(?:{_words(_WEEKDAYS_EN)})(?:\s+(?P<part>{_PART_EN}))?\b"
        ),
    ),
    ("unit", r"\b(?P<which>last|previous|this|current|next)\s+(?P<unit>week|month|year)\b"),
    ("ago", r"\b(?P<count>\w+)\s+days?\s+ago\b|\b(?P<ahead>in)\s+(?P<count2>\w+)\s+days\b(?!['’])"),
    (
        "number",
        rf"\bon\s+the\s+(?:{_PART_EN}\s+of\s+the\s+)?(?P<number>[12]?\d|3[01])(?:st|nd|rd|th)\b(?!\s+(?:of\s+)?\w)",
    ),
)


@lru_cache(maxsize=2)
def _compiled(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    patterns = _PATTERNS_EN if language == "en" else _PATTERNS_UK
    return tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in patterns)


@dataclass(frozen=True, slots=True)
class _Found:
    match: re.Match[str]
    language: Language
    moment: datetime | None

    def group(self, name: str) -> str:
        """The group in lower case; empty where it took no part or the pattern has none."""
        return (self.match.groupdict().get(name) or "").lower()


def _part(text: str) -> PartOfDay:
    lower = text.lower()
    return next((part for part, forms in _PARTS if re.search(rf"\b(?:{forms})", lower)), "")


def _offset(words: dict[str, int], word: str) -> int:
    return next(offset for start, offset in words.items() if word.startswith(start))


def _read_day(found: _Found) -> tuple[str, Callable[[date], _Days]]:
    table = _DAY_EN if found.language == "en" else _DAY_UK
    offset = 0 if found.group("today") else table[" ".join(found.group("day").split())]
    if found.group("night"):
        return f"night-to-day{offset:+d}", lambda today: _night_to(_one(today + timedelta(days=offset)))
    return f"day{offset:+d}", lambda today: _one(today + timedelta(days=offset))


def _night_to(day: _Days) -> _Days:
    """«У ніч на 5 грудня» begins in the evening of the 4th."""
    return day if day.first is None else replace(day, first=day.first - timedelta(days=1))


def _read_weekday(found: _Found) -> tuple[str, Callable[[date], _Days]]:
    number = next(n for n in range(_DAYS_OF_WEEK) if found.group(f"w{n}"))
    which: Which = "bare"
    word = found.group("which")
    if word:
        table: dict[str, Which] = (
            _WHICH_UK if found.language != "en" else {"last": "last", "next": "next", "this": "this"}
        )
        which = next(value for start, value in table.items() if word.startswith(start))
    span = Span(found.match.start(), found.match.end())
    tense = tense_near(found.match.string, span, found.language) if which == "bare" else ""
    if found.group("night"):
        return f"night-to-weekday{number}", lambda today: _night_to(_weekday(today, number, which, tense))
    return f"weekday{number}-{which}", lambda today: _weekday(today, number, which, tense)


def _read_night(found: _Found) -> tuple[str, Callable[[date], _Days]]:
    word = found.group("which")
    key = "night-1" if word in {"last", "минул", ""} else _TONIGHT if word == "to" else "night+0"
    moment = found.moment
    return key, lambda _today: _night(moment, key) if moment else _UNRESOLVED


def _read_unit(found: _Found) -> tuple[str, Callable[[date], _Days]]:
    english = found.language == "en"
    offset = _offset(_OFFSETS_EN if english else _OFFSETS_UK, found.group("which"))
    unit = found.group("unit") if english else _unit_uk(found.group("unit"))
    read = {"week": _week, "month": _month, "year": _year}[unit]
    return f"{unit}{offset:+d}", lambda today: read(today, offset)


def _unit_uk(word: str) -> str:
    return next(unit for start, unit in _UNITS_UK.items() if word.startswith(start))


def _read_year_word(found: _Found) -> tuple[str, Callable[[date], _Days]]:
    offset = {"торік": -1, "позаторік": -2, "цьогоріч": 0}[found.group("year")]
    return f"year{offset:+d}", lambda today: _year(today, offset)


def _read_ago(found: _Found) -> tuple[str, Callable[[date], _Days]]:
    word = found.group("count") or found.group("count2")
    value = next((q.value for q in quantities(word, found.language) if q.value is not None), None)
    if value is None or value.denominator != 1 or value > 31:
        return "days", lambda _today: _UNRESOLVED
    offset = int(value) if found.group("ahead") else -int(value)
    return f"day{offset:+d}", lambda today: _one(today + timedelta(days=offset))


def _read_number(found: _Found) -> tuple[str, Callable[[date], _Days]]:
    number = int(found.group("number") or found.group("number2"))
    return f"number{number}", lambda today: _day_of_month(today, number)


_READERS: dict[str, Callable[[_Found], tuple[str, Callable[[date], _Days]]]] = {
    "day": _read_day,
    "weekday": _read_weekday,
    "night": _read_night,
    "unit": _read_unit,
    "year-word": _read_year_word,
    "ago": _read_ago,
    "number": _read_number,
}


# --- tense: a bare weekday is the one behind or the one ahead ---------------------------------------------------------

_CLAUSE_END = re.compile(r"[.!?;…]")
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")
_FUTURE_EN = frozenset("will shall would plans plan expected scheduled due going".split())
_PAST_EN = frozenset(
    "was were had did said told took held began became came went gave got made met led left lost won hit shot struck "
    "sent fell rose grew saw found kept brought broke built bought sold paid spoke wrote died ran".split()
)


def tense_near(text: str, span: Span, language: Language) -> Tense:
    """The tense of the verb nearest to `span` in its sentence; empty where no verb shows one."""
    start, end = span.start, span.end
    ends = [match.end() for match in _CLAUSE_END.finditer(text, 0, start)]
    before = _WORD.findall(text[ends[-1] if ends else 0 : start])
    stop = _CLAUSE_END.search(text, end)
    after = _WORD.findall(text[end : stop.start() if stop else len(text)])
    of = _tense_en if language == "en" else _tense_uk
    near = [(steps, of(word)) for words in (list(reversed(before)), after) for steps, word in enumerate(words)]
    return next((tense for _, tense in sorted(near, key=lambda pair: pair[0]) if tense), "")


def _tense_en(word: str) -> Tense:
    lower = word.lower()
    if lower in _FUTURE_EN:
        return "future"
    return "past" if lower in _PAST_EN or (lower.endswith("ed") and len(lower) > 4) else ""


@lru_cache(maxsize=4096)
def _tense_uk(word: str) -> Tense:
    found = readings(word)
    # An impersonal form is of the past, and never the likeliest reading: `відкрито`, `збито`.
    if any(reading.pos == "VERB" and "Impe" in reading.grammemes for reading in found):
        return "past"
    if found[0].pos != "VERB":
        return ""
    if "past" in found[0].grammemes:
        return "past"
    return "future" if "futr" in found[0].grammemes else ""


# --- the whole ------------------------------------------------------------------------------------------------------


def relative_times(text: str, language: Language, published: datetime | None) -> list[RelativeTime]:
    """The relative times of `text` and its days without a year, in order, not overlapping.

    Args:
        text: English, or anything else, which reads as Ukrainian.
        language: `en` or another.
        published: when the item was published, with its zone; None = nothing can be resolved.

    Raises:
        ValueError: `published` has no zone.
    """
    moment = in_kyiv(published) if published is not None else None
    found: list[RelativeTime] = []
    for one in (*_nights_and_days(text, language, moment), *_expressions(text, language, moment)):
        if not any(one.span.overlaps(other.span) for other in found):
            found.append(one)
    return sorted(found, key=lambda one: one.span)


def weekdays_named(text: str, language: Language) -> frozenset[int]:
    """The weekdays (0 = Monday) that `text` names in whatever form."""
    names = _WEEKDAYS_EN if language == "en" else _WEEKDAYS_UK
    return frozenset(n for n, name in enumerate(names) if re.search(rf"\b(?:{name})\b", text, re.IGNORECASE))


def _expressions(text: str, language: Language, moment: datetime | None) -> Iterator[RelativeTime]:
    for kind, pattern in _compiled("en" if language == "en" else "uk"):
        for match in pattern.finditer(text):
            key, days_from = _READERS[kind](_Found(match, language, moment))
            part: PartOfDay = "night" if kind == "night" or key.startswith("night") else _part(match.group())
            yield _made(
                match.start(), match.end(), text, key, days_from(moment.date()) if moment else _UNRESOLVED, part
            )


def _made(start: int, end: int, text: str, key: str, days: _Days, part: PartOfDay) -> RelativeTime:
    span = Span(start, end)
    return RelativeTime(span, span.of(text), key, days.first, days.last, part, days.certainty, days.candidates)


_NIGHT_UK = re.compile(r"\b[ув]\s+ніч\s+(?:(?:з|із|зі)\s+(?:\d{1,2}(?:-го)?(?:\s+\S+)?\s+)?)?на\s+$", re.IGNORECASE)
_NIGHT_EN = re.compile(r"\b(?:on|in|over)\s+the\s+night\s+(?P<to>of|before|to)\s+$", re.IGNORECASE)
_PART_BEFORE = re.compile(rf"(?:\b{_PART_UK},?|\b(?:on|in)\s+the\s+{_PART_EN}\s+of)\s+$", re.IGNORECASE)


def _nights_and_days(text: str, language: Language, moment: datetime | None) -> Iterator[RelativeTime]:
    """Days of a month, with the year that they must have, and with the night or part of day before them."""
    for value in dates(text, language):
        if value.kind == "date" and value.month and value.day:
            yield _dated(value, text, language, moment)


def _dated(value: DateValue, text: str, language: Language, moment: datetime | None) -> RelativeTime:
    before = text[: value.span.start]
    night = (_NIGHT_EN if language == "en" else _NIGHT_UK).search(before)
    part = _PART_BEFORE.search(before)
    days = _days_of(value, moment)
    start = value.span.start
    named: PartOfDay = ""
    if night:
        start, named = night.start(), "night"
        # "On the night of 5 December" does not say which of its two nights; «на» and "before" do.
        days = days if (night.groupdict().get("to") or "").lower() == "of" else _night_to(days)
    elif part:
        start, named = part.start(), _part(part.group())
    return _made(start, value.span.end, text, f"date{value.month}-{value.day}", days, named)


def _days_of(value: DateValue, moment: datetime | None) -> _Days:
    month, day = value.month or 0, value.day or 0
    if value.year is not None:
        exact = _date(value.year, month, day)
        return _one(exact) if exact else _UNRESOLVED
    return _month_day(moment.date(), month, day) if moment else _UNRESOLVED

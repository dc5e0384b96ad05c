"""Dates and times of day in Ukrainian and English text as values, their comparison, and timestamps of news pages.

Month and weekday names come from the CLDR data of Babel; the other cases of the Ukrainian names from pymorphy3.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal

from vistka.datatypes import Language, Span
from vistka.text.lemmas import analyzer, normal_word, readings
from vistka.text.mismatch import Mismatch

DateKind = Literal["date", "month", "year", "quarter", "time", "relative"]

KYIV = "Europe/Kyiv"


@dataclass(frozen=True, slots=True)
class DateValue:
    """One date or time of day of a text.

    Attributes:
        span: its characters in the text.
        text: those characters.
        kind: `date` (a day), `month`, `year`, `quarter`, `time`, or `relative` (last year: not resolved).
        year, month, day, quarter: numbers, None where the text does not say.
        minutes: minutes after midnight.
    """

    span: Span
    text: str
    kind: DateKind
    year: int | None = None
    month: int | None = None
    day: int | None = None
    quarter: int | None = None
    minutes: int | None = None


@lru_cache(maxsize=1)
def _ukrainian_months() -> dict[str, int]:
    """Every case form of the month names, Ukrainian and Russian, and of their adjectives → 1 to 12."""
    from babel import Locale

    months: dict[str, int] = {}
    for language in ("ru", "uk"):
        names = Locale(language).months
        for number in range(1, 13):
            name = names["stand-alone"]["wide"][number].lower()
            months |= {name: number, names["format"]["wide"][number].lower(): number}
            months |= dict.fromkeys(_singular_forms(name, language), number)
    for form in _NEVER_MONTHS:
        months.pop(form, None)
    return months | {stem + ending: number for number, stem in _ADJECTIVES.items() for ending in _ADJECTIVE_ENDINGS}


# April pensions: `квітневі пенсії`.
_ADJECTIVES = {
    1: "січнев", 3: "березнев", 4: "квітнев", 5: "травнев", 6: "червнев", 7: "липнев", 8: "серпнев", 9: "вереснев",
    10: "жовтнев", 11: "листопадов", 12: "груднев",
}  # fmt: skip
_ADJECTIVE_ENDINGS = ("ий", "ого", "ому", "им", "а", "ої", "ій", "у", "ою", "е", "і", "их", "ими")


def _singular_forms(name: str, language: str) -> list[str]:
    for parse in analyzer(language).parse(name):
        if parse.normal_form == name and parse.tag.POS == "NOUN" and "Surn" not in parse.tag:
            return [form.word for form in parse.lexeme if "plur" not in form.tag]
    return []


@lru_cache(maxsize=1)
def _english_months() -> dict[str, int]:
    """Full and short English month names, lower case → 1 to 12."""
    from babel import Locale

    formats = Locale("en").months["format"]
    months = {formats[width][number].lower(): number for width in ("wide", "abbreviated") for number in range(1, 13)}
    return months | {"sept": 9}


def _alternatives(words: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_ORDINAL_EN = r"(?:st|nd|rd|th)?"
_DASH = r"\s*[-–—‑]\s*"
_NUMERIC = re.compile(
    r"(?<![\d.])(?P<day>0?[1-9]|[12]\d|3[01])\.(?P<month>0[1-9]|1[0-2])\.(?P<year>(?:19|20)\d\d|\d\d)(?!\d)"
    r"|(?<!\d)(?P<iso_year>(?:19|20)\d\d)-(?P<iso_month>0[1-9]|1[0-2])-(?P<iso_day>[0-2]\d|3[01])(?!\d)"
)
_YEAR_UK = re.compile(
    r"(?<![\d.,])(?P<year>1\d{3}|20\d{2})(?:-?(?:го|му|й))?\s+(?:року|році|роком|рік|роки|рр?\.)", re.IGNORECASE
)
_YEAR_EN = re.compile(
    r"\b(?:in|since|by|until|from|of|during|year)\s+(?P<year>1\d{3}|20\d{2})\b(?![,.]\d)", re.IGNORECASE
)
# Case matters: `і квартали` is "and city blocks".
_QUARTER_UK = re.compile(r"\b(?:(?P<roman>[IІ]{1,3}|[IІ]V)|(?P<digit>[1-4])(?:-\w{1,3})?)\s+квартал(?:у|і|ом)?\b")
_QUARTER_EN = re.compile(
    r"\b(?:(?P<word>first|second|third|fourth)|(?P<digit>[1-4])(?:st|nd|rd|th))\s+quarter\b|\bQ(?P<short>[1-4])\b",
    re.IGNORECASE,
)
_QUARTER_WORDS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_TIME = re.compile(
    r"(?<![\d:,.])(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?![\d:])(?:\s*(?P<half>[ap])\.?m\b\.?)?"
    r"|\b(?P<bare>1[0-2]|[1-9])\s*(?P<bare_half>[ap])\.?m\b\.?",
    re.IGNORECASE,
)
_RELATIVE_UK = re.compile(
    r"\b(?:сьогодні|вчора|учора|завтра|позавчора|торік|(?:минул|наступн|поточн|цьог|цьому|цей|ц)\w*\s+"
    r"(?:рок|рік|році|місяц|тиж|ноч|ніч|вечор|понеділ|вівтор|серед|четвер|п['’ʼ]ятниц|субот|неділ)\w*)",
    re.IGNORECASE,
)
_RELATIVE_EN = re.compile(
    r"\b(?:today|yesterday|tomorrow|(?:last|next|this)\s+(?:year|month|week|night|evening|(?:mon|tues|wednes|thurs|fri|"
    r"satur|sun)day))\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=1)
def _month_uk() -> re.Pattern[str]:
    """A Ukrainian month with the day or days before it and the year after it."""
    names = _alternatives(list(_ukrainian_months()))
    return re.compile(
        rf"(?:(?<![\d.,])(?P<day>0?[1-9]|[12]\d|3[01])(?:-?(?:го|му|е|ше|те))?"
        rf"(?:(?:{_DASH}|\s+(?:до|по|та|і|й)\s+|,\s*)(?P<day2>[12]\d|3[01]|0?[1-9])(?:-?(?:го|му|е))?)?\s+)?"
        rf"\b(?P<month>{names})\b(?:{_DASH}(?P<month2>{names})\b)?"
        rf"(?:,?\s+(?P<year>1\d{{3}}|20\d{{2}})(?!\d)(?:-?го)?(?:\s+(?:року|р\.|році))?)?",
        re.IGNORECASE,
    )


@lru_cache(maxsize=1)
def _month_en() -> re.Pattern[str]:
    """An English month with the day before or after it and the year after both."""
    names = _alternatives([name.capitalize() for name in _english_months()])
    day = rf"(?:0?[1-9]|[12]\d|3[01]){_ORDINAL_EN}(?![\d:,.]\d|\d)"
    return re.compile(
        rf"(?:(?<![\d.,])(?P<before>{day})(?:(?:{_DASH}|\s+(?:to|and)\s+)(?P<before2>{day}))?\s+(?:of\s+)?)?"
        rf"\b(?P<month>{names}|{names.upper()})\b\.?(?:{_DASH}(?P<month2>{names})\b)?"
        rf"(?:\s+(?:the\s+)?(?P<after>{day})(?!\s*(?:million|billion|thousand|%))"
        rf"(?:(?:{_DASH}|\s+(?:to|and)\s+)(?P<after2>{day}))?)?"
        rf"(?:,?\s+(?P<year>1\d{{3}}|20\d{{2}})\b)?",
    )


_AMBIGUOUS_EN = frozenset({"may", "march", "mar", "jun", "dec", "sep", "oct", "jan", "apr", "aug", "feb", "jul", "nov"})
_BEFORE_MONTH_EN = re.compile(
    r"\b(?:in|of|since|until|till|by|from|this|last|next|during|to|late|early|mid)[\s-]+$", re.IGNORECASE
)
_BEFORE_MONTH_UK = re.compile(r"(?:^|[\s(«\"])(?:у|в|на|до|з|із|від|по|за|й|і|та|[-–—])\s*$", re.IGNORECASE)
# `лютий` is also "fierce", `Марта` a name: alone these need a preposition. `маю` is "I have" and never May.
_AMBIGUOUS_UK = frozenset(
    {"лютий", "лютого", "лютому", "лютим", "лютім", "марта", "март", "марту", "марте", "май", "мая", "мае", "август"}
)
_NEVER_MONTHS = frozenset({"маю", "маем"})


def _is_month_uk(match: re.Match[str], text: str) -> bool:
    if match["day"] or match["year"] or match["month2"]:
        return True
    if match["month"].lower() not in _AMBIGUOUS_UK:
        return True
    after = re.match(r"\s+([а-яґєії’'ʼ]{3,})", text[match.end() :])
    described = after is not None and _may_be_fierce(match["month"].lower(), after[1])
    return bool(_BEFORE_MONTH_UK.search(text[: match.start()])) and not described


_CASES_OF_FIERCE = {
    "лютий": {"nomn", "accs"},
    "лютого": {"gent", "accs"},
    "лютому": {"datv", "loct"},
    "лютим": {"ablt"},
}


def _may_be_fierce(word: str, after: str) -> bool:
    """`у лютому бою`, but not `у лютому ціни`: whether the noun that follows agrees with the adjective."""
    cases = _CASES_OF_FIERCE.get(word)
    if cases is None:
        return True
    return any(
        reading.pos in {"NOUN", "ADJF"} and cases & reading.grammemes and not {"femn", "plur"} & reading.grammemes
        for reading in readings(after)
    )


def _is_month_en(match: re.Match[str], text: str) -> bool:
    if match["before"] or match["after"] or match["year"] or match["month2"]:
        return True
    if match["month"].lower() not in _AMBIGUOUS_EN:
        return True
    before = text[: match.start()]
    # In the middle of a sentence `March` is a month; `MAY` in capitals or at a start may be anything.
    inside = match["month"][1:].islower() and len(match["month"]) > 3 and bool(re.search(r"[a-z,;]\s$", before))
    return inside or bool(_BEFORE_MONTH_EN.search(before))


def _number(digits: str | None) -> int | None:
    found = re.match(r"\d+", digits or "")
    return int(found.group()) if found else None


def _value(match: re.Match[str], kind: DateKind, **parts: int | None) -> DateValue:
    return DateValue(Span(match.start(), match.end()), match.group(), kind, **parts)


def _month_values(match: re.Match[str], months: dict[str, int], days: Sequence[str | None]) -> list[DateValue]:
    year = _number(match["year"])
    first = months[match["month"].lower()]
    numbers = [number for number in map(_number, days) if number is not None]
    if numbers:
        return [_value(match, "date", year=year, month=first, day=number) for number in numbers]
    second = match["month2"]
    named = [first, months[second.lower()]] if second else [first]
    return [_value(match, "month", year=year, month=number) for number in named]


def _months(text: str, language: Language) -> list[DateValue]:
    found: list[DateValue] = []
    if language == "en":
        for match in _month_en().finditer(text):
            if _is_month_en(match, text):
                # `No. 5 of January 12`: the number that follows the month is the day.
                place = "after" if match["after"] else "before"
                days = [match[place], match[place + "2"]]
                found += _month_values(match, _english_months(), days)
        return found
    for match in _month_uk().finditer(text):
        if _is_month_uk(match, text):
            found += _month_values(match, _ukrainian_months(), [match["day"], match["day2"]])
    return found


def _numerics(text: str) -> list[DateValue]:
    return [
        _value(
            match,
            "date",
            year=_full_year(int(match["year"] or match["iso_year"])),
            month=int(match["month"] or match["iso_month"]),
            day=int(match["day"] or match["iso_day"]),
        )
        for match in _NUMERIC.finditer(text)
    ]


def _full_year(year: int) -> int:
    return year + 2000 if year < 100 else year


def _times(text: str) -> list[DateValue]:
    found = []
    for match in _TIME.finditer(text):
        hour = int(match["hour"] or match["bare"])
        half = (match["half"] or match["bare_half"] or "").lower()
        hour = hour % 12 + 12 if half == "p" else hour % 12 if half == "a" else hour
        found.append(_value(match, "time", minutes=hour * 60 + int(match["minute"] or 0)))
    return found


def _quarters(text: str, language: Language) -> list[DateValue]:
    if language == "en":
        return [
            _value(match, "quarter", quarter=_QUARTER_WORDS.get((match["word"] or "").lower()) or _quarter_digit(match))
            for match in _QUARTER_EN.finditer(text)
        ]
    return [_value(match, "quarter", quarter=_quarter_uk(match)) for match in _QUARTER_UK.finditer(text)]


def _quarter_digit(match: re.Match[str]) -> int:
    return int(match["digit"] or match["short"])


def _quarter_uk(match: re.Match[str]) -> int:
    roman = match["roman"]
    if not roman:
        return int(match["digit"])
    return 4 if roman.upper().endswith("V") else len(roman)


def dates(text: str, language: Language) -> list[DateValue]:
    """The dates and times of `text` in order; `1-2 січня` gives two values with the same span.

    `language` is `en` or anything else, which reads as Ukrainian. Nothing is resolved against today.
    """
    found = [*_numerics(text), *_months(text, language), *_quarters(text, language), *_times(text)]
    years, relative = (_YEAR_EN, _RELATIVE_EN) if language == "en" else (_YEAR_UK, _RELATIVE_UK)
    taken = [value.span for value in found]
    found += [
        _value(match, "year", year=int(match["year"]))
        for match in years.finditer(text)
        if not any(span.start < match.end() and match.start() < span.end for span in taken)
    ]
    found += [_value(match, "relative") for match in relative.finditer(text)]
    return sorted(found, key=lambda value: (value.span.start, value.day or 0))


# --- comparison -----------------------------------------------------------------------------------------------------


def compare(source: Sequence[DateValue], target: Sequence[DateValue]) -> list[Mismatch]:
    """Days and months that a source and its translation do not share.

    A date may be written more or less fully on one side (`24 лютого` for `24 February 2022`). Bare years, times and
    relative dates are not compared here: years and times are numbers, see `vistka.text.number_mismatches`.
    """
    found = [
        Mismatch("missing", value.text, value.span, f"{value.text} is not in the English")
        for value in source
        if not _has(value, target)
    ]
    found += [
        Mismatch("added", value.text, value.span, f"{value.text} is not in the source")
        for value in target
        if not _has(value, source)
    ]
    return found


def _has(value: DateValue, others: Sequence[DateValue]) -> bool:
    if value.kind == "quarter":
        return any(other.quarter == value.quarter for other in others if other.kind == "quarter")
    if value.kind not in {"date", "month"}:
        return True
    return any(_agree(value, other) for other in others if other.kind in {"date", "month"})


def _agree(one: DateValue, other: DateValue) -> bool:
    pairs = ((one.year, other.year), (one.month, other.month), (one.day, other.day))
    return all(mine is None or theirs is None or mine == theirs for mine, theirs in pairs)


# --- timestamps -----------------------------------------------------------------------------------------------------

_UKRAINIAN_STAMP = re.compile(
    r"(?P<day>\d{1,2})\s+(?P<month>[а-яґєії]+)[,.]?\s+(?P<year>\d{4})(?:\s*(?:року|р\.))?"
    r"(?:\s*[,|·•—–-]?\s*(?:об?\s+)?(?P<hour>\d{1,2}):(?P<minute>\d\d))?",
    re.IGNORECASE,
)
_DOTTED_STAMP = re.compile(
    r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})(?:\s*[,|·•—–-]?\s*(?:об?\s+)?(?P<hour>\d{1,2}):(?P<minute>\d\d))?"
)
_CLOCK_FIRST = re.compile(r"^(?P<clock>\d{1,2}:\d\d),?\s+(?P<rest>\D*\d.*)$")


def parse_timestamp(line: str) -> datetime | None:
    """The moment that a line names when it is nothing but a timestamp; None where it is anything else.

    Reads RFC 5322 (`Thu, 16 Jan 2025 06:08:40 +0200`), ISO 8601 (`2023-01-01T05:49:00Z`), and the lines of Ukrainian
    sites (`11 грудня 2025, 20:54`; `11.12.2025 20:54`). A line with no zone is in Kyiv time; with no clock, midnight.
    """
    text = " ".join(line.split()).strip(" .,|")
    for read in (_rfc_5322, _iso_8601, _ukrainian_stamp):
        moment = read(text)
        if moment is not None:
            return moment
    return None


def _in_kyiv(moment: datetime) -> datetime:
    from zoneinfo import ZoneInfo

    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(KYIV))


def _rfc_5322(text: str) -> datetime | None:
    from email.utils import parsedate_to_datetime

    if not re.match(r"(?:[A-Za-z]{3},\s*)?\d{1,2} [A-Za-z]{3} \d{4} \d", text):
        return None
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    # RFC 5322 writes -0000 for "the zone is not known, this is UTC"; email.utils then leaves the zone out.
    return moment.replace(tzinfo=UTC) if text.endswith("-0000") else _in_kyiv(moment)


def _iso_8601(text: str) -> datetime | None:
    if not re.match(r"\d{4}-\d\d-\d\d", text):
        return None
    try:
        return _in_kyiv(datetime.fromisoformat(text))
    except ValueError:
        return None


def _ukrainian_stamp(text: str) -> datetime | None:
    clock_first = _CLOCK_FIRST.match(text)
    if clock_first:
        text = f"{clock_first['rest'].strip(' ,')}, {clock_first['clock']}"
    text = _without_weekday(text)
    match = _UKRAINIAN_STAMP.fullmatch(text) or _DOTTED_STAMP.fullmatch(text)
    if match is None:
        return None
    month = _stamp_month(match["month"])
    if month is None:
        return None
    try:
        moment = datetime(
            int(match["year"]), month, int(match["day"]), int(match["hour"] or 0), int(match["minute"] or 0)
        )  # fmt: skip
    except ValueError:
        return None
    return _in_kyiv(moment)


def _stamp_month(word: str) -> int | None:
    return int(word) if word.isdigit() else _ukrainian_months().get(word.lower())


@lru_cache(maxsize=1)
def _weekdays() -> frozenset[str]:
    from babel import Locale

    names = Locale("uk").days["format"]
    return frozenset(normal_word(name) for width in ("wide", "short", "abbreviated") for name in names[width].values())


def _without_weekday(text: str) -> str:
    """`text` without the day of the week that it begins with."""
    first, _, rest = text.partition(" ")
    return rest if normal_word(first.rstrip(",")) in _weekdays() else text

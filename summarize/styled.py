"""An English text in the house style, with a report of every change.

Quotations and addresses are never touched, and a rule that would change the value of a number or a date is not applied:
the values of the text are compared before and after each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from vistka.datatypes import Span
from vistka.summarize.house_style import HouseStyle, load_style
from vistka.summarize.quotations import quotations
from vistka.text import dates, numbers
from vistka.text.protected import protected_spans
from vistka.text.relative_time import RelativeTime, relative_times, tense_near
from vistka.text.units import unit_of


@dataclass(frozen=True, slots=True)
class Change:
    """What one rule changed.

    Attributes:
        rule: `date-form`, `relative-day`, `ending`, `spelling`, `title`, `agency`, `percent`, `number-word`,
            `quotation-marks` or `serial-comma`.
        before, after: the characters that were changed, and what stands for them.
    """

    rule: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Styled:
    """A text in house style and how it came to be so."""

    text: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class _Context:
    style: HouseStyle
    published: datetime | None
    is_headline: bool


_MAX_CHANGES = 200
"""Rules that undo each other, in a style of the user's own, must come to an end."""

_Edit = tuple[Span, str]
_Rule = Callable[[str, _Context], Iterable[_Edit]]


def apply_style(
    text: str, style: HouseStyle | None = None, *, published: datetime | None = None, is_headline: bool = False
) -> Styled:
    """`text`, English, as the house writes. Applying it again changes nothing.

    Args:
        text: one line or more.
        style: None = `style/default.toml`.
        published: when the item was published; without it "yesterday" and the like stay.
        is_headline: numbers stay in figures, as headlines have them.
    """
    context = _Context(style or load_style(), published, is_headline)
    changes: list[Change] = []
    before = None
    # One rule may make way for another: until all have nothing more to say.
    while text != before and len(changes) <= _MAX_CHANGES:
        before = text
        for name, rule in _RULES:
            text, made = _applied(name, rule, text, context)
            changes += made
    return Styled(text, tuple(changes))


def _applied(name: str, rule: _Rule, text: str, context: _Context) -> tuple[str, list[Change]]:
    edits = list(_unlocked(text, rule(text, context), marks=name == _MARKS))
    if not edits:
        return text, []
    changed = _edited(text, edits)
    # A rule that has more to say of its own words, or that changes a value, is left out here.
    again = _edited(changed, list(_unlocked(changed, rule(changed, context), marks=name == _MARKS)))
    if again != changed or changed == text or _values(changed, context.published) != _values(text, context.published):
        return text, []
    return changed, [Change(name, span.of(text), new) for span, new in edits if span.of(text) != new]


def _unlocked(text: str, edits: Iterable[_Edit], *, marks: bool) -> Iterator[_Edit]:
    edits = sorted(edits, key=lambda edit: edit[0])
    if not edits:
        return  # the usual case: nothing to look up
    locked = protected_spans(text)
    if not marks:
        locked += [quotation.span for quotation in quotations(text)]
    last = 0
    for span, new in edits:
        if span.start >= last and not any(span.overlaps(other) for other in locked):
            last = span.end
            yield span, new


def _edited(text: str, edits: Sequence[_Edit]) -> str:
    for span, new in reversed(edits):
        text = text[: span.start] + new + text[span.end :]
    return text


def _values(text: str, published: datetime | None) -> tuple[list[str], list[str], list[tuple[str, ...]]]:
    """Numbers, days and quotations of `text` as values, in order of value."""
    times = relative_times(text, "en", published)
    spans = [time.span for time in times]
    counts = [
        repr((quantity.low, quantity.high, quantity.unit))
        for quantity in numbers.quantities(text, "en")
        if not any(quantity.span.overlaps(span) for span in spans)
    ]
    days = [repr((time.first, time.last)) if time.is_resolved else time.key for time in times]
    days += [
        repr((value.kind, value.year, value.month, value.quarter, value.minutes))
        for value in dates.dates(text, "en")
        if value.kind not in {"date", "relative"}
    ]
    words = [tuple(quotation.inner.of(text).split()) for quotation in quotations(text)]
    return sorted(counts), sorted(days), words


# --- dates ----------------------------------------------------------------------------------------------------------

_AP_SHORT = {1: "Jan.", 2: "Feb.", 8: "Aug.", 9: "Sept.", 10: "Oct.", 11: "Nov.", 12: "Dec."}
_MONTH_WORD = re.compile(r"[A-Za-z]{3,}")
_NO_ON = re.compile(r"\b(?:until|till|since|by|from|before|after|of|for|on|between|through|to)\s+$", re.IGNORECASE)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_RELATIVE_KEYS = frozenset({"day-1", "day+0", "day+1"})
_FULL_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def _month(number: int, context: _Context) -> str:
    full = _FULL_MONTHS[number - 1]
    return _AP_SHORT.get(number, full) if context.style.short_months else full


def _day(day: int, month: int, year: int | None, context: _Context) -> str:
    if context.style.date_form == "day-month":
        return f"{day} {_month(month, context)}" + (f" {year}" if year else "")
    return f"{_month(month, context)} {day}" + (f", {year}" if year else "")


def _date_form(text: str, context: _Context) -> Iterator[_Edit]:
    found = [value for value in dates.dates(text, "en") if value.kind == "date"]
    spans = [value.span for value in found]
    for value in found:
        # One span with two days is a range, and a numeric date may be read in two ways: both stay.
        if spans.count(value.span) > 1 or not _MONTH_WORD.search(value.text) or not (value.day and value.month):
            continue
        new = _day(value.day, value.month, value.year, context)
        end = value.span.end
        if value.text.endswith(".") and re.match(r"\s*$|\s+[A-Z“\"]", text[end:]) and not new.endswith("."):
            end -= 1  # the full stop of the sentence
        the = re.search(r"\bthe\s+$", text[: value.span.start])
        yield Span(the.start() if the else value.span.start, end), new


def _relative_day(text: str, context: _Context) -> Iterator[_Edit]:
    if context.published is None or context.style.relative_days == "keep" or context.is_headline:
        return
    for time in relative_times(text, "en", context.published):
        if time.key in _RELATIVE_KEYS and time.first is not None and _says_a_day(text, time):
            yield time.span, _as_day(text, time, time.first, context)


def _says_a_day(text: str, time: RelativeTime) -> bool:
    """Not `yesterday's`, and not a "today" that means these years: a verb must say when."""
    if re.match(r"['’-]", text[time.span.end :]):
        return False
    return time.key != "day+0" or bool(tense_near(text, time.span, "en"))


def _as_day(text: str, time: RelativeTime, day: date, context: _Context) -> str:
    if context.style.relative_days == "weekday":
        name = _WEEKDAYS[day.weekday()]
    else:
        name = _day(day.day, day.month, None, context)
    if time.part:
        name = f"the {'afternoon' if time.part == 'day' else time.part} of {name}"
    if _NO_ON.search(text[: time.span.start]):
        return name
    starts = not text[: time.span.start].strip() or bool(re.search(r"[.!?…]\s+$", text[: time.span.start]))
    return f"{'On' if starts else 'on'} {name}"


# --- words ----------------------------------------------------------------------------------------------------------

_SUFFIXES = r"(?:e|ed|es|er|ers|ing|ation|ations|ational|able)"


@lru_cache(maxsize=8)
def _ending_pattern(style: HouseStyle) -> re.Pattern[str]:
    stems = "|".join(re.escape(stem) for stem in sorted(style.stems, key=len, reverse=True))
    return re.compile(rf"\b(?P<stem>(?:un|re|de|dis)?(?:{stems}))i[sz](?P<suffix>{_SUFFIXES})\b")


def _ending(text: str, context: _Context) -> Iterator[_Edit]:
    if context.style.ending == "keep" or not context.style.stems:
        return
    for match in _ending_pattern(context.style).finditer(text):
        yield _span(match), f"{match['stem']}{context.style.ending[:2]}{match['suffix']}"


@lru_cache(maxsize=16)
def _alternatives(words: tuple[str, ...], flags: int = 0) -> re.Pattern[str] | None:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])", flags) if words else None


def _span(match: re.Match[str]) -> Span:
    return Span(match.start(), match.end())


def _replaced(text: str, table: tuple[tuple[str, str], ...]) -> Iterator[_Edit]:
    pattern = _alternatives(tuple(key for key, _ in table))
    known = dict(table)
    for match in pattern.finditer(text) if pattern else ():
        yield _span(match), known[match.group()]


def _spelling(text: str, context: _Context) -> Iterator[_Edit]:
    # Lower case only: a capital may be a name (Department of Defense).
    return _replaced(text, context.style.words)


def _agency(text: str, context: _Context) -> Iterator[_Edit]:
    return _replaced(text, context.style.agencies)


_NAME_BEHIND = re.compile(r"\s+(?P<name>[A-Z][a-z’'-]+)")
_ARTICLE = re.compile(r"\b(?:the|a|an)\s+$", re.IGNORECASE)
_NO_NAMES = frozenset({*_WEEKDAYS, *_FULL_MONTHS})


def _title(text: str, context: _Context) -> Iterator[_Edit]:
    known = dict(context.style.titles)
    pattern = _alternatives(tuple(known), re.IGNORECASE)
    for match in pattern.finditer(text) if pattern else ():
        behind = _NAME_BEHIND.match(text, match.end())
        if behind is None or behind["name"] in context.style.not_before or behind["name"] in _NO_NAMES:
            continue
        # `the general Moscow sent`: no title, two things side by side.
        if not _ARTICLE.search(text[: match.start()]):
            yield _span(match), known[match.group().lower()]


_PERCENT = re.compile(r"(?<=\d)(?:%|\s*(?:per cent|percent)\b)(?![-\w])")


def _percent(text: str, context: _Context) -> Iterator[_Edit]:
    wanted = context.style.percent
    for match in _PERCENT.finditer(text):
        yield _span(match), wanted if wanted == "%" else f" {wanted}"


_DIGIT = re.compile(
    r"(?P<before>(?:^|[a-z,;:]\s|[.!?]\s))(?P<digit>[1-9])(?=\s(?P<next>[a-z]{3,})(?:\s(?P<after>[a-z]+))?\b)(?!\s[a-z]+-)"
)
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_COUNTED = frozenset({None, "people", "day", "week", "month", "year", "hour", "minute"})
_NO_COUNT = frozenset("million billion trillion thousand hundred percent per and out points".split())
_NUMBERED = re.compile(
    r"\b(?:article|category|chapter|channel|clause|day|group|level|magnitude|number|page|paragraph|part|phase|point"
    r"|room|rule|section|stage|step|type|unit|aged?|no)\.?\s$",
    re.IGNORECASE,
)


def _number_word(text: str, context: _Context) -> Iterator[_Edit]:
    if context.is_headline:
        return
    times = [time.span for time in relative_times(text, "en", None)]
    for match in _DIGIT.finditer(text):
        at = match.start("digit")
        if int(match["digit"]) < context.style.words_below and _is_count(match, text, at, times):
            word = _WORDS[int(match["digit"])]
            yield Span(at, at + 1), word.capitalize() if match["before"].strip() in {"", ".", "!", "?"} else word


def _is_count(match: re.Match[str], text: str, at: int, times: Sequence[Span]) -> bool:
    if any(span.start <= at < span.end for span in times) or _NUMBERED.search(text[:at]):
        return False
    # Ages stay in figures: `9 years old`.
    if match["next"] in _NO_COUNT or match["after"] == "old":
        return False
    return unit_of(match["next"]) in _COUNTED


# --- marks ----------------------------------------------------------------------------------------------------------

_MARKS = "quotation-marks"
_DOUBLE = frozenset('“”«»„"')


def _quotation_marks(text: str, context: _Context) -> Iterator[_Edit]:
    if context.style.marks == "keep":
        return
    opening, closing = ("“", "”") if context.style.marks == "curly" else ('"', '"')
    for quotation in quotations(text):
        span = quotation.span
        inside = quotation.inner.of(text)
        # Marks inside marks would no longer be told apart.
        if quotation.is_closed and text[span.start] in _DOUBLE and not _DOUBLE & set(inside):
            yield Span(span.start, span.start + 1), opening
            yield Span(span.end - 1, span.end), closing


# One-word plurals alone: "the mayor, a lawyer, and his wife" are two people or three, by this comma.
_SERIES = re.compile(r"(?<=[a-z]s, )(?P<item>[a-z]+s)(?P<comma>,?) (?P<joins>and|or) (?=[a-z]+s\b)")


def _serial_comma(text: str, context: _Context) -> Iterator[_Edit]:
    if context.style.serial_comma == "keep":
        return
    comma = "," if context.style.serial_comma == "add" else ""
    for match in _SERIES.finditer(text):
        yield _span(match), f"{match['item']}{comma} {match['joins']} "


_RULES: tuple[tuple[str, _Rule], ...] = (
    ("relative-day", _relative_day),
    ("date-form", _date_form),
    ("ending", _ending),
    ("spelling", _spelling),
    ("title", _title),
    ("agency", _agency),
    ("percent", _percent),
    ("number-word", _number_word),
    (_MARKS, _quotation_marks),
    ("serial-comma", _serial_comma),
)

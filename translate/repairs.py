"""Puts words right without a model, where it is plain which of the English are meant: dates, sums, abbreviations."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vistka.datatypes import Span
from vistka.text import dates, number_mismatches, numbers
from vistka.text.lemmas import word_forms
from vistka.text.romanisation import romanise
from vistka.translate.checks import shows
from vistka.translate.english_dates import by_stretch, english_date
from vistka.translate.glossary import Match
from vistka.translate.sums import english_sum


def repaired(source: str, english: str) -> tuple[str, list[str]]:
    """`english` with its one wrong date and its one wrong sum replaced by those of `source`, and what was put in.

    Only where exactly one value of the source is missing and exactly one of the English is made up: they are then
    each other's counterpart. A day that opens the source and is missing from an English without dates opens the
    English too. Anything else is left for a person.
    """
    put: list[str] = []
    for find in (_wrong_date, _wrong_sum):
        found = find(source, english)
        if found is not None:
            span, right = found
            english = english[: span.start] + right + english[span.end :]
            put.append(right)
    opening = _left_out_opening(source, english)
    if opening is not None:
        english = f"On {opening}, {_within_sentence(english)}"
        put.append(opening)
    return english, put


def spelled_out(english: str, matches: Sequence[Match]) -> str:
    """`english` with abbreviations that the model only put into Latin letters (ОВА → OVA) as the glossary has them."""
    for match in matches:
        letters = romanise(match.entry.lemma)
        if match.entry.pos != "abbr" or not letters.isupper() or letters in match.entry.sense:
            continue
        if not shows(english, match.entry.sense):
            # A letter more is how the model writes the Cyrillic `І` at times (ZMIE).
            english = re.sub(rf"\b{re.escape(letters)}E?\b", match.entry.sense.replace("\\", r"\\"), english)
    return english


_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATED = re.compile(
    rf"\b(?P<day>(?:(?:{_MONTHS}) \d{{1,2}}(?:st|nd|rd|th)?|\d{{1,2}}(?:st|nd|rd|th)? (?:{_MONTHS}))),? \d{{4}}\b"
)
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)|\bр(?:ік|ок)")


def without_invented_years(source: str, english: str) -> str:
    """`December 30, 2021` of a source that says `30 грудня` and no year anywhere: the day alone."""
    return english if _YEAR.search(source) else _DATED.sub(lambda match: match["day"], english)


def without_doubled(english: str, protected: Sequence[str]) -> str:
    """`english` without a mark that came out twice on end (`tanks.****`); `protected` are the marks of the source."""
    for piece in dict.fromkeys(protected):
        while english.count(piece) > protected.count(piece) and piece * 2 in english:
            english = english.replace(piece * 2, piece, 1)
    return english


def _wrong_date(source: str, english: str) -> tuple[Span, str] | None:
    there = dates.dates(source, "uk")
    mismatches = dates.compare(there, dates.dates(english, "en"))
    missing = {m.span for m in mismatches if m.kind == "missing"}
    added = {m.span for m in mismatches if m.kind == "added"}
    if len(missing) != 1 or len(added) != 1:
        return None
    right = next((english_date(group) for group in by_stretch(there) if group[0].span in missing), None)
    return (added.pop(), right) if right else None


# A date that is nearly all of the text is no opening of a sentence.
_MIN_WORDS_AFTER = 3


def _left_out_opening(source: str, english: str) -> str | None:
    """The day that `source` opens with (`11 грудня на саміті …`), where `english` names no day at all."""
    there = dates.dates(source, "uk")
    if not there or there[0].span.start != 0 or dates.dates(english, "en"):
        return None
    opening = by_stretch(there)[:1]
    # With a second date in the source it would not be plain which of them the English lacks.
    if not opening or len(opening[0]) != len(there) or opening[0][0].day is None:
        return None
    if len(word_forms(source[there[0].span.end :])) < _MIN_WORDS_AFTER:
        return None
    return english_date(opening[0])


_LOWERED = re.compile(
    r"(?:The|An?|On|In|At|For|By|From|With|After|Before|During|Its?|He|She|They|We|His|Her|Their|This|That|These|Those"
    r"|There|Some|All|Both|Several|Many|More|Most|Another|According|As)\b"
)


def _within_sentence(english: str) -> str:
    """`english` as it goes on behind an opening: only words that never are names lose their capital."""
    return english[:1].lower() + english[1:] if _LOWERED.match(english) else english


def _wrong_sum(source: str, english: str) -> tuple[Span, str] | None:
    there, here = numbers.quantities(source, "uk"), numbers.quantities(english, "en")
    mismatches = number_mismatches.compare(there, here)
    missing = [m.span for m in mismatches if m.kind == "missing"]
    added = [m.span for m in mismatches if m.kind == "added"]
    if len(missing) != 1 or len(added) != 1 or len(mismatches) != 2:
        return None
    wanted = next(quantity for quantity in there if quantity.span == missing[0])
    wrong = next(quantity for quantity in here if quantity.span == added[0])
    right = english_sum(wanted)
    # A wrong number of another thing (people for a sum of money) is not this number gone wrong.
    return (added[0], right) if right and wanted.unit == wrong.unit else None

"""Puts words right without a model, where it is plain which of the English are meant: dates, sums, abbreviations."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vistka.datatypes import Span
from vistka.text import dates, numbers
from vistka.text.romanisation import romanise
from vistka.translate.checks import shows
from vistka.translate.english_dates import by_stretch, english_date
from vistka.translate.glossary import Match
from vistka.translate.sums import english_sum


def repaired(source: str, english: str) -> tuple[str, list[str]]:
    """`english` with its one wrong date and its one wrong sum replaced by those of `source`, and what was put in.

    Only where exactly one value of the source is missing and exactly one of the English is made up: they are then
    each other's counterpart. Anything else is left for a person.
    """
    put: list[str] = []
    for find in (_wrong_date, _wrong_sum):
        found = find(source, english)
        if found is not None:
            span, right = found
            english = english[: span.start] + right + english[span.end :]
            put.append(right)
    return english, put


def spelled_out(english: str, matches: Sequence[Match]) -> str:
    """`english` with abbreviations that the model only put into Latin letters (ОВА → OVA) as the glossary has them."""
    for match in matches:
        letters = romanise(match.entry.lemma)
        if match.entry.pos != "abbr" or not letters.isupper() or letters in match.entry.sense:
            continue
        if not shows(english, match.entry.sense):
            english = re.sub(rf"\b{re.escape(letters)}\b", match.entry.sense.replace("\\", r"\\"), english)
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


def _wrong_sum(source: str, english: str) -> tuple[Span, str] | None:
    there, here = numbers.quantities(source, "uk"), numbers.quantities(english, "en")
    mismatches = numbers.compare(there, here)
    missing = [m.span for m in mismatches if m.kind == "missing"]
    added = [m.span for m in mismatches if m.kind == "added"]
    if len(missing) != 1 or len(added) != 1 or len(mismatches) != 2:
        return None
    wanted = next(quantity for quantity in there if quantity.span == missing[0])
    wrong = next(quantity for quantity in here if quantity.span == added[0])
    right = english_sum(wanted)
    # A wrong number of another thing (people for a sum of money) is not this number gone wrong.
    return (added[0], right) if right and wanted.unit == wrong.unit else None

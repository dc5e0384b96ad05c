"""A person's English for one sentence as the English of another that differs from it in numbers alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from vistka.datatypes import Span
from vistka.memory.normal import normalised
from vistka.text.lemmas import readings
from vistka.text.number_mismatches import compare
from vistka.text.numbers import Quantity, quantities
from vistka.text.units import CURRENCIES, unit_of

_FIGURE = re.compile(r"(?<![\w.,])\d+(?:,\d{3})*(?:\.\d+)?(?![\d]|[.,]\d|[^\W\d_])")
_ARTICLE = re.compile(r"\ban?\s+$", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ-][^\W\d_]+)*")
_MAX_DECIMALS = 2
_GROUPED_FROM = 1000
_SCALED_BELOW = 1000
_NEAR = 2
"""So many words after a number, and one before it, take their form from it (`3 нові будинки`, `12 нових будинків`)."""


def with_numbers_of(new: str, stored: str, target: str) -> str | None:
    """`target`, the English of `stored`, with the numbers of `new` in place of those of `stored`.

    None where the two sources differ in anything else, or where it is not plain what to write: a number in words, a
    range or a date that changed, a number that English has more than once for different things, a change from one to
    many (the noun would have to follow), `a` that would have to be `an`.
    """
    new, stored = normalised(new), normalised(stored)
    ours, theirs = quantities(new, "uk"), quantities(stored, "uk")
    if not ours or len(ours) != len(theirs) or not _same_but_for_numbers(new, ours, stored, theirs):
        return None
    changes = _changes(theirs, ours)
    if not changes:
        return None
    edits = _edits(target, changes, theirs)
    if edits is None:
        return None
    for span, figure in sorted(edits, reverse=True):
        target = target[: span.start] + figure + target[span.end :]
    return None if compare(ours, quantities(target, "en")) else target


# --- the two sources ------------------------------------------------------------------------------------------------


def _same_but_for_numbers(new: str, ours: Sequence[Quantity], stored: str, theirs: Sequence[Quantity]) -> bool:
    frames = zip(_frames(new, ours), _frames(stored, theirs), strict=True)
    last = len(ours)
    return all(
        _same_frame(mine, other, after=index > 0, before=index < last) for index, (mine, other) in enumerate(frames)
    )


def _frames(text: str, found: Sequence[Quantity]) -> list[str]:
    """What stands before, between and after the numbers."""
    edges = [0, *(edge for quantity in found for edge in (quantity.span.start, quantity.span.end)), len(text)]
    # Two quantities may share their characters (the day and the year of 12.03.2026).
    return [text[start:end] for start, end in list(pairwise(edges))[::2]]


def _same_frame(mine: str, other: str, *, after: bool, before: bool) -> bool:
    if mine == other:
        return True
    if _WORD.sub("", mine) != _WORD.sub("", other):
        return False
    words = list(zip(_WORD.findall(mine), _WORD.findall(other), strict=True))
    return all(
        one == two or (((after and place < _NEAR) or (before and place == len(words) - 1)) and _other_form(one, two))
        for place, (one, two) in enumerate(words)
    )


def _other_form(one: str, two: str) -> bool:
    """Whether two words are forms of one that only its number sets apart: a noun, an adjective, a verb in the past."""
    for mine in readings(one):
        for other in readings(two):
            if mine.lemma != other.lemma or mine.pos != other.pos or not (mine.known and other.known):
                continue
            if mine.pos in {"NOUN", "ADJF", "PRTF"} or {"past"} <= mine.grammemes & other.grammemes:
                return True
    return False


# --- what changes ---------------------------------------------------------------------------------------------------


def _changes(theirs: Sequence[Quantity], ours: Sequence[Quantity]) -> dict[Fraction, tuple[Quantity, Fraction]] | None:
    """Old value → (its quantity, new value), for the values that differ; None where one cannot be put in."""
    changes: dict[Fraction, tuple[Quantity, Fraction]] = {}
    kept: set[Fraction] = set()
    for old, fresh in zip(theirs, ours, strict=True):
        if _meaning(old) == _meaning(fresh):
            kept |= set(old.values())
            continue
        pair = _pair(old, fresh)
        if pair is None or changes.get(pair[0], (old, pair[1]))[1] != pair[1]:
            return None
        changes[pair[0]] = (old, pair[1])
    return None if kept & set(changes) else changes


def _meaning(quantity: Quantity) -> tuple[object, ...]:
    return (quantity.kind, quantity.low, quantity.high, quantity.unit, quantity.ordinal, quantity.in_words)


def _pair(old: Quantity, fresh: Quantity) -> tuple[Fraction, Fraction] | None:
    """Old and new value, where both are plain numbers of the same thing in digits."""
    marks = [(q.kind, q.unit, q.ordinal, q.approx, q.in_words) for q in (old, fresh)]
    if marks[0] != marks[1] or old.kind not in {"number", "year"} or old.in_words or old.ordinal:
        return None
    if old.value is None or fresh.value is None or old.also or fresh.also or not _same_unit_words(old, fresh):
        return None
    # From one to many, the English noun would have to follow.
    return None if (old.value == 1) != (fresh.value == 1) else (old.value, fresh.value)


def _same_unit_words(old: Quantity, fresh: Quantity) -> bool:
    """Whether both name the unit by the same word: `осіб` and `чоловіків` are one unit and two translations."""
    if old.unit is None or old.unit in CURRENCIES or old.unit == "percent":
        return True
    mine, other = ([word for word in _WORD.findall(q.text) if unit_of(word.lower())] for q in (old, fresh))
    if len(mine) != len(other):
        return False
    return all(one == two or _other_form(one, two) for one, two in zip(mine, other, strict=True))


# --- the English ----------------------------------------------------------------------------------------------------


def _edits(
    target: str, changes: dict[Fraction, tuple[Quantity, Fraction]], theirs: Sequence[Quantity]
) -> list[tuple[Span, str]] | None:
    english = quantities(target, "en")
    edits: list[tuple[Span, str]] = []
    for value, (old, fresh) in changes.items():
        there = [quantity for quantity in english if value in quantity.values()]
        if len(there) != sum(value in quantity.values() for quantity in theirs):
            return None
        for quantity in there:
            edit = _edit(target, quantity, old, value, fresh)
            if edit is None:
                return None
            edits.append(edit)
    return edits


def _edit(target: str, quantity: Quantity, old: Quantity, value: Fraction, fresh: Fraction) -> tuple[Span, str] | None:
    """The figure of `quantity` in `target` and what takes its place."""
    same_thing = quantity.unit == old.unit or quantity.unit is None
    if quantity.value is None or quantity.ordinal or not same_thing:
        return None
    figures = list(_FIGURE.finditer(target, quantity.span.start, quantity.span.end))
    if len(figures) != 1:
        return None
    figure = figures[0].group()
    number = Fraction(figure.replace(",", ""))
    if not number:
        return None
    written = _written(fresh * number / value, figure, scaled=value != number, is_year=old.kind == "year")
    if written is None or (
        _ARTICLE.search(target[: figures[0].start()]) and _starts_with_vowel(figure) != _starts_with_vowel(written)
    ):
        return None
    return Span(*figures[0].span()), written


def _written(number: Fraction, like: str, *, scaled: bool, is_year: bool) -> str | None:
    """`number` in the style of the figure `like`; None where that reads badly (0.95 million) or is not exact."""
    hundredths = number * 10**_MAX_DECIMALS
    if hundredths.denominator != 1 or number < 0 or (scaled and not 1 <= number < _SCALED_BELOW):
        return None
    whole, rest = divmod(int(hundredths), 10**_MAX_DECIMALS)
    ungrouped = is_year or (float(like.replace(",", "")) >= _GROUPED_FROM and "," not in like)
    decimals = f"{rest:0{_MAX_DECIMALS}d}".rstrip("0")
    return (str(whole) if ungrouped else f"{whole:,}") + (f".{decimals}" if decimals else "")


def _starts_with_vowel(figure: str) -> bool:
    """Whether the figure is read with a vowel first: eight, eleven, eighteen, eighty, and their thousands."""
    head = re.split("[.,]", figure)[0]
    return head.startswith("8") or head in {"11", "18"}

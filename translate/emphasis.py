"""Marks of emphasis taken off a sentence before it is translated, and put around the same words of its English.

A model that has to carry `**` along writes worse, and a sentence cut at its marks loses its grammar. Where the words
between the marks can be found in the English, by the senses that the glossary has for them, the sentence is translated
whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from vistka.datatypes import Span
from vistka.text.lemmas import tokens
from vistka.translate.coverage import Coverage, EnglishWord, coverage
from vistka.translate.glossary import Match

_MARK = re.compile(r"(?P<plain>\*{1,3}|_{1,3}|~~)|<(?P<close>/?)(?P<tag>b|i|u|em|strong|mark|s)>", re.IGNORECASE)
_TERMINALS = ".!?…"
_LEAST_SHARE = 0.5
"""Share of the emphasised words that must be found in the English."""
_AHEAD = frozenset(
    "a an the not no does do did has have had is are was were will would be been to due cannot can't doesn't "
    "take takes took taken taking".split()
)
"""Little words that belong to what follows them."""
_PREPOSITIONS = frozenset("in on at by for from with of to after before during against between over under".split())


@dataclass(frozen=True, slots=True)
class Emphasis:
    """One pair of marks.

    Attributes:
        opening, closing: the marks in the source.
    """

    opening: Span
    closing: Span


@dataclass(frozen=True, slots=True)
class Bare:
    """A sentence without its marks.

    Attributes:
        text: the sentence.
        protected: what else is protected in it.
        inner: what stood between the marks of each pair, in order.
        marks: the marks themselves, likewise: (opening, closing).
    """

    text: str
    protected: tuple[Span, ...]
    inner: tuple[Span, ...]
    marks: tuple[tuple[str, str], ...]


def emphases(source: str, protected: Sequence[Span]) -> list[Emphasis]:
    """The pairs of marks among `protected`, in order; empty where one has no partner or they stand in each other."""
    pairs: list[Emphasis] = []
    opening: Span | None = None
    for span in _joined(source, protected):
        mark = _MARK.fullmatch(span.of(source))
        if mark is None:
            continue
        if opening is None and not mark["close"]:
            opening = span
        elif opening is not None and _belong(opening.of(source), span.of(source)):
            pairs.append(Emphasis(opening, span))
            opening = None
        else:
            return []
    return pairs if opening is None else []


def _joined(source: str, protected: Sequence[Span]) -> list[Span]:
    """`protected` with equal characters side by side as one: `**` may come as two."""
    found: list[Span] = []
    for span in protected:
        before = found[-1] if found else None
        if before is not None and before.end == span.start and set(before.of(source)) == set(span.of(source)):
            found[-1] = Span(before.start, span.end)
        else:
            found.append(span)
    return found


def _belong(opening: str, closing: str) -> bool:
    return closing.lower() == (opening.lower().replace("<", "</") if opening.startswith("<") else opening)


def without_marks(source: str, protected: Sequence[Span], pairs: Sequence[Emphasis]) -> Bare:
    """`source` with the marks of `pairs` cut out."""
    marks = sorted([span for pair in pairs for span in (pair.opening, pair.closing)], key=lambda span: span.start)
    # `**наголошує**міністр`: two words, though nothing but the mark stands between them.
    cuts = [Span(mark.start + _joins_words(source, mark), mark.end) for mark in marks]

    def moved(position: int) -> int:
        return position - sum(min(cut.end, position) - cut.start for cut in cuts if cut.start < position)

    text, at = "", 0
    for mark, cut in zip(marks, cuts, strict=True):
        text, at = text + source[at : mark.start] + " " * (cut.start - mark.start), mark.end
    left = [span for span in protected if not any(mark.start <= span.start and span.end <= mark.end for mark in marks)]
    return Bare(
        text=text + source[at:],
        protected=tuple(Span(moved(span.start), moved(span.end)) for span in left),
        inner=tuple(Span(moved(pair.opening.end), moved(pair.closing.start)) for pair in pairs),
        marks=tuple((pair.opening.of(source), pair.closing.of(source)) for pair in pairs),
    )


def _joins_words(source: str, mark: Span) -> bool:
    return source[max(0, mark.start - 1) : mark.start].isalnum() and source[mark.end : mark.end + 1].isalnum()


def with_marks(bare: Bare, english: str, matches: tuple[Match, ...]) -> str | None:
    """`english` with the marks around the words that stand for what was emphasised; None where they are not found.

    Args:
        bare: the sentence.
        english: its English.
        matches: the glossary's entries in the sentence.
    """
    if len(bare.inner) == 1 and bare.inner[0].of(bare.text).strip() == bare.text.strip():
        places: list[Span | None] = [Span(0, len(english))]
    else:
        found = coverage(bare.text, english, matches)
        places = [_place(bare, inner, english, found, matches) for inner in bare.inner]
    known = [place for place in places if place is not None]
    if len(known) < len(places) or any(a.end > b.start for a, b in pairwise(known)):
        return None
    for place, (opening, closing) in reversed(list(zip(known, bare.marks, strict=True))):
        english = english[: place.start] + opening + place.of(english) + closing + english[place.end :]
    return english


def _place(bare: Bare, inner: Span, english: str, found: Coverage, matches: Sequence[Match]) -> Span | None:
    """Where the words of `inner` stand in the English: as many of them as can be, and none of the others."""
    ours = [set(unit.traces) for unit in found.units if _is_in(unit.span, inner)]
    rest = [unit.traces for unit in found.units if unit.span.end <= inner.start or inner.end <= unit.span.start]
    told = _told_words([match for match in matches if _is_in(match.span, inner)], english, found.english)
    known = sorted(set().union(told, *ours))
    best: tuple[int, int, int, int, int] | None = None
    for first in known:
        for last in (at for at in known if at >= first):
            inside = range(first, last + 1)
            if any(traces and all(at in inside for at in traces) for traces in rest):
                break  # a longer stretch holds it too
            units = sum(any(at in inside for at in traces) for traces in ours)
            words = sum(at in inside for at in known)
            best = max(best or (0, 0, 0, 0, 0), (units, words, first - last, first, last))
    if best is None or best[0] < max(1, _LEAST_SHARE * len(ours)):
        return None
    first, last = _with_little_words(inner.of(bare.text), found.english, best[3]), best[4]
    end = found.english[last].span.end
    if inner.of(bare.text).rstrip().endswith(tuple(_TERMINALS)):
        end += len(english[end:]) - len(english[end:].lstrip(_TERMINALS))
    return Span(found.english[first].span.start, end)


def _is_in(span: Span, inner: Span) -> bool:
    return inner.start <= span.start and span.end <= inner.end


def _told_words(matches: Sequence[Match], english: str, words: Sequence[EnglishWord]) -> set[int]:
    """Numbers of the English words that are a sense of one of `matches` to the letter."""
    senses = {sense for match in matches for sense in match.entry.senses}
    found = [one.span() for sense in senses for one in re.finditer(rf"\b{re.escape(sense)}\b", english, re.IGNORECASE)]
    return {
        at
        for at, word in enumerate(words)
        if any(start <= word.span.start and word.span.end <= end for start, end in found)
    }


def _with_little_words(inner: str, words: Sequence[EnglishWord], first: int) -> int:
    """The number of the first word, with those ahead of it that belong to it."""
    opens = next(iter(tokens(inner)), None)
    ahead = _AHEAD | _PREPOSITIONS if opens is not None and opens.pos == "PREP" else _AHEAD
    while first and words[first - 1].text.lower() in ahead:
        first -= 1
    return first

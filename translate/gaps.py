"""Finds the stretch of a source that its English leaves out: words in a row without a trace, and English too short.

A score is a log-likelihood ratio, "these words were left out" against "they were translated": the sum over the words
of the stretch, what the length of the whole says, and what English words say that nothing in the source accounts for
(a free translation has some, and more words without a trace elsewhere; an omission leaves none behind). The numbers
were measured on sentence pairs of speeches and of news (`benchmarks/planted_errors.py`, what is developed on).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from vistka.datatypes import Span
from vistka.translate.coverage import Coverage, Unit

# Kind of unit → weight of a word without a trace, and of one with a trace. In human translations 92 of 100 nouns have
# one, 83 of 100 verbs, 97 of 100 names.
_WEIGHTS: dict[str, tuple[float, float]] = {
    "NOUN": (2.3, -1.7),
    "VERB": (1.5, -1.5),
    "ADJF": (2.0, -1.6),
    "ADVB": (1.6, -1.2),
    "phrase": (1.7, -1.7),
    "proper": (2.6, -2.2),
}
_OTHER_WEIGHTS = (1.4, -1.4)
_SAID_AGAIN = 0.3
"""Weight of a word that the source says more often than the English: good style, or an omission."""

# English has so many characters for one of the source: natural logarithm, its deviation, and what a short text adds.
_LENGTH, _DEVIATION, _SHORT_TEXT = math.log(1.085), 0.135, 0.36
_LENGTH_WEIGHT = 2.0
_MOST_BY_LENGTH = 6.0
_LONGEST_SHARE = 0.9
_LOOSE_WORDS = 0.6
"""English words without a counterpart, for each word of the source without a trace, in a complete translation."""
_LOOSE_WEIGHT = 1.4
_ELSEWHERE_WEIGHT = -0.4
"""Weight of each word without a trace that stands outside the stretch."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of the source that the English seems to leave out.

    Attributes:
        span: its characters in the source.
        score: log-likelihood ratio; above 0 = likelier left out than not.
        untraced: how many of its words or phrases have no trace.
    """

    span: Span
    score: float
    untraced: int


def widest_gap(found: Coverage, source_chars: int, english_chars: int) -> Gap | None:
    """The stretch with the highest score, None where no word lacks a trace."""
    weights = _weights(found.units)
    without = [weight > _SAID_AGAIN for weight in weights]
    untraced, loose = sum(without), len(found.spare)
    best: Gap | None = None
    for first, unit in enumerate(found.units):
        words, count = 0.0, 0
        for last in range(first, len(found.units)):
            words += weights[last]
            count += without[last]
            if words <= 0:
                break
            span = Span(unit.span.start, found.units[last].span.end)
            share = (span.end - span.start) / max(1, source_chars)
            score = words + _by_length(source_chars, english_chars, share) + _by_loose_words(loose, untraced, count)
            score += _ELSEWHERE_WEIGHT * (untraced - count)
            if count and (best is None or score > best.score):
                best = Gap(span, score, count)
    return best


def _weights(units: Sequence[Unit]) -> list[float]:
    seen: Counter[tuple[int, ...]] = Counter()
    weights = []
    for unit in units:
        lost, kept = _WEIGHTS.get(unit.kind, _OTHER_WEIGHTS)
        if not unit.traces:
            weights.append(lost if unit.known else 0.0)
            continue
        seen[unit.traces] += 1
        weights.append(kept if seen[unit.traces] <= len(unit.traces) else _SAID_AGAIN)
    return weights


def _by_length(source_chars: int, english_chars: int, share: float) -> float:
    """What the length of the English says, were `share` of the source left out."""
    ratio = math.log(max(1, english_chars) / max(1, source_chars)) - _LENGTH
    variance = _DEVIATION**2 + _SHORT_TEXT / max(1, source_chars)
    left = math.log(1 - min(_LONGEST_SHARE, share))
    gain = _LENGTH_WEIGHT * (ratio**2 - (ratio - left) ** 2) / (2 * variance)
    return max(-_MOST_BY_LENGTH, min(_MOST_BY_LENGTH, gain))


def _by_loose_words(loose: int, untraced: int, left_out: int) -> float:
    """What English words without a counterpart say: Poisson, with a rate by the source words without a trace."""
    kept = _LOOSE_WORDS * (untraced - left_out) + _LOOSE_WORDS
    everything = _LOOSE_WORDS * untraced + _LOOSE_WORDS
    return _LOOSE_WEIGHT * (loose * math.log(kept / everything) + _LOOSE_WORDS * left_out)

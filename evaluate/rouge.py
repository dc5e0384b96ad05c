"""ROUGE-1, ROUGE-2 and ROUGE-L of abstracts, as F1.

Source: Lin 2004, ROUGE: A Package for Automatic Evaluation of Summaries, sections 2 and 3.1. Words are runs of letters
and digits in lower case, not stemmed, stop words kept: what the package rouge-score does by default for English letters
(which is not used because it brings nltk).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Rouge:
    """F1 of an abstract against its reference, or the mean of many; 0 to 1."""

    rouge1_0_1: float
    rouge2_0_1: float
    rouge_l_0_1: float


def words(text: str) -> list[str]:
    """The words that ROUGE counts."""
    return _WORD.findall(text.lower())


def rouge(hypothesis: str, reference: str) -> Rouge:
    """One abstract against one reference."""
    ours, theirs = words(hypothesis), words(reference)
    return Rouge(rouge_n(ours, theirs, 1), rouge_n(ours, theirs, 2), rouge_l(ours, theirs))


def rouge_n(hypothesis: Sequence[str], reference: Sequence[str], n: int) -> float:
    """F1 of the n-grams that both have, each counted as often as both have it."""
    ours, theirs = _ngrams(hypothesis, n), _ngrams(reference, n)
    return _f1((ours & theirs).total(), ours.total(), theirs.total())


def rouge_l(hypothesis: Sequence[str], reference: Sequence[str]) -> float:
    """F1 of the longest common subsequence of the two texts, each taken as one sequence of words."""
    from rapidfuzz.distance import LCSseq

    return _f1(LCSseq.similarity(hypothesis, reference), len(hypothesis), len(reference))


def mean_rouge(hypotheses: Sequence[str], references: Sequence[str]) -> Rouge:
    """Mean over n abstracts, n above 0."""
    each = [rouge(ours, theirs) for ours, theirs in zip(hypotheses, references, strict=True)]
    return Rouge(
        sum(one.rouge1_0_1 for one in each) / len(each),
        sum(one.rouge2_0_1 for one in each) / len(each),
        sum(one.rouge_l_0_1 for one in each) / len(each),
    )


def _ngrams(sequence: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(sequence[i : i + n]) for i in range(len(sequence) - n + 1))


def _f1(common: int, ours: int, theirs: int) -> float:
    # 2PR / (P + R) with P = common / ours and R = common / theirs
    return 2 * common / (ours + theirs) if common else 0.0

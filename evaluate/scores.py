"""BLEU and chrF of plain lists, by sacrebleu, with the signature that says how they were counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from typing import Any

from vistka.errors import InputError
from vistka.evaluate.extras import extra_module

References = Sequence[Sequence[str]]
"""One or more references for each hypothesis: `references[i]` belongs to `hypotheses[i]`."""

LENGTH_EDGES = (1, 10, 15, 20, 25, 30, 40)
"""Where the buckets of source length begin, in words; the last one has no end."""


@dataclass(frozen=True, slots=True)
class CorpusScores:
    """Scores of a whole set, each with its recipe.

    Attributes:
        bleu_0_100, chrf_0_100: corpus scores (not means of sentence scores).
        bleu_signature, chrf_signature: sacrebleu's own.
    """

    bleu_0_100: float
    chrf_0_100: float
    bleu_signature: str
    chrf_signature: str


@dataclass(frozen=True, slots=True)
class LengthBucket:
    """Scores of the segments whose source has `start` up to but not including `end` words; end None = and more."""

    start: int
    end: int | None
    segments: int
    bleu_0_100: float
    chrf_0_100: float

    @property
    def label(self) -> str:
        """`10–14` or `40+`."""
        return f"{self.start}+" if self.end is None else f"{self.start}–{self.end - 1}"


def metrics() -> Any:
    """sacrebleu's module of metrics.

    Raises:
        UsageError: sacrebleu is not installed.
    """
    return extra_module("sacrebleu", needed_for="scores").metrics


def streams(hypotheses: Sequence[str], references: References) -> list[list[str | None]]:
    """References as sacrebleu wants them: [reference number][segment], None where a segment has fewer.

    Raises:
        InputError: not one list of references for each hypothesis, or there are none at all.
    """
    if len(hypotheses) != len(references):
        raise InputError(
            f"{len(hypotheses)} hypotheses for {len(references)} references",
            next_step="give one hypothesis for each reference, in the same order",
        )
    if not hypotheses or not all(references):
        raise InputError("nothing to score", next_step="give at least one hypothesis and a reference for each")
    return [list(column) for column in zip_longest(*references)]


def corpus_scores(hypotheses: Sequence[str], references: References) -> CorpusScores:
    """BLEU and chrF of n hypotheses against n lists of references.

    Source: Papineni et al. 2002 (BLEU), Popović 2015 (chrF), as sacrebleu counts them (Post 2018).

    Raises:
        InputError: n differs, or is 0.
        UsageError: sacrebleu is not installed.
    """
    columns = streams(hypotheses, references)
    bleu, chrf = metrics().BLEU(), metrics().CHRF()
    bleu_score, chrf_score = bleu.corpus_score(hypotheses, columns), chrf.corpus_score(hypotheses, columns)
    return CorpusScores(bleu_score.score, chrf_score.score, str(bleu.get_signature()), str(chrf.get_signature()))


def sentence_chrf(hypotheses: Sequence[str], references: References) -> list[float]:
    """chrF of each hypothesis, 0 to 100: n in, n out, same order.

    BLEU is not offered for a sentence: most sentences have no four words in a row in common with their reference.

    Raises:
        InputError: n differs, or is 0.
        UsageError: sacrebleu is not installed.
    """
    streams(hypotheses, references)
    chrf = metrics().CHRF()
    return [
        float(chrf.sentence_score(hypothesis, list(row)).score)
        for hypothesis, row in zip(hypotheses, references, strict=True)
    ]


def scores_by_length(
    sources: Sequence[str], hypotheses: Sequence[str], references: References, edges: Sequence[int] = LENGTH_EDGES
) -> list[LengthBucket]:
    """Corpus scores of the segments of each source length; a bucket without a segment is left out.

    Args:
        sources: n lines; their length is counted in words (white space apart).
        hypotheses: n lines.
        references: n lists of references.
        edges: ascending first lengths of the buckets, in words; a shorter source counts in the first bucket.

    Raises:
        InputError: n differs, or is 0.
        UsageError: sacrebleu is not installed.
    """
    streams(hypotheses, references)
    lengths = [max(edges[0], len(source.split())) for source in sources]
    rows = list(zip(lengths, hypotheses, references, strict=True))
    buckets: list[LengthBucket] = []
    for start, end in pairwise([*edges, None]):
        inside = [row for row in rows if start is not None and start <= row[0] and (end is None or row[0] < end)]
        if inside and start is not None:
            scores = corpus_scores([row[1] for row in inside], [row[2] for row in inside])
            buckets.append(LengthBucket(start, end, len(inside), scores.bleu_0_100, scores.chrf_0_100))
    return buckets

"""Whether a confidence tells good segments from bad ones, and whether it means what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

BINS = 10
DEFAULT_GOOD_CHRF = 40.0
"""Sentence chrF from which on a segment counts as good: a convention of the report, not a fact of the language."""


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Segments whose confidence is from `low_0_1` up to but not including `high_0_1` (the last bin includes 1).

    Attributes:
        segments: how many there are; never 0.
        mean_confidence_0_1: what they claim.
        share_good_0_1: what they keep.
    """

    low_0_1: float
    high_0_1: float
    segments: int
    mean_confidence_0_1: float
    share_good_0_1: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far a confidence can be trusted.

    Attributes:
        good_chrf: sentence chrF from which on a segment counts as good.
        good, bad: segments of each kind.
        auroc_0_1: chance that a good segment has more confidence than a bad one; 0.5 = none; None without both kinds.
        calibration_error_0_1: mean distance between claimed and kept, weighted by segments (ECE).
        bins: the bins that have a segment, ascending.
    """

    good_chrf: float
    good: int
    bad: int
    auroc_0_1: float | None
    calibration_error_0_1: float
    bins: tuple[ReliabilityBin, ...]


def auroc(scores: Sequence[float], good: Sequence[bool]) -> float | None:
    """Area under the ROC curve: the chance that a random good one scores above a random bad one, ties counted half.

    Args:
        scores: n scores, any scale.
        good: n labels.

    Returns:
        0 to 1; None where all are of one kind.

    Source: Mann and Whitney 1947; Hanley and McNeil 1982.
    """
    ranked = sorted(zip(scores, good, strict=True), key=lambda pair: pair[0])
    goods = sum(good)
    bads = len(ranked) - goods
    if not goods or not bads:
        return None
    wins, bads_below = 0.0, 0
    for _, tied in groupby(ranked, key=lambda pair: pair[0]):
        labels = [label for _, label in tied]
        tied_bads = len(labels) - sum(labels)
        wins += sum(labels) * (bads_below + tied_bads / 2)
        bads_below += tied_bads
    return wins / (goods * bads)


def reliability(confidences_0_1: Sequence[float], good: Sequence[bool], *, bins: int = BINS) -> list[ReliabilityBin]:
    """What was claimed beside what was kept, in `bins` equal steps of confidence; empty bins are left out.

    Source: Murphy and Winkler 1977; the bins of Guo et al. 2017.
    """
    rows: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for confidence, label in zip(confidences_0_1, good, strict=True):
        rows[min(bins - 1, max(0, int(confidence * bins)))].append((confidence, label))
    return [
        ReliabilityBin(
            low_0_1=index / bins,
            high_0_1=(index + 1) / bins,
            segments=len(row),
            mean_confidence_0_1=sum(confidence for confidence, _ in row) / len(row),
            share_good_0_1=sum(label for _, label in row) / len(row),
        )
        for index, row in enumerate(rows)
        if row
    ]


def calibration(
    confidences_0_1: Sequence[float], chrf_0_100: Sequence[float], *, good_chrf: float = DEFAULT_GOOD_CHRF
) -> Calibration:
    """The confidences of n segments held against their sentence chrF.

    Args:
        confidences_0_1: n confidences.
        chrf_0_100: n sentence scores.
        good_chrf: from which score on a segment is good.
    """
    good = [score >= good_chrf for score in chrf_0_100]
    table = reliability(confidences_0_1, good)
    error = sum(row.segments * abs(row.mean_confidence_0_1 - row.share_good_0_1) for row in table)
    return Calibration(
        good_chrf=good_chrf,
        good=sum(good),
        bad=len(good) - sum(good),
        auroc_0_1=auroc(confidences_0_1, good),
        calibration_error_0_1=error / len(good) if good else 0.0,
        bins=tuple(table),
    )

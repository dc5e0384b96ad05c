"""Everything that was measured of one or two systems, each number with what it takes to measure it again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace

from vistka.evaluate.calibration import calibration
from vistka.evaluate.comet import Comet
from vistka.evaluate.outputs import SegmentOutput, SystemOutput
from vistka.evaluate.report_base import PLACES, Report, environment, seconds_summary
from vistka.evaluate.scores import corpus_scores, scores_by_length, sentence_chrf
from vistka.evaluate.sets import Pairs
from vistka.evaluate.significance import RESAMPLES, paired_bootstrap


def translation_report(
    pairs: Pairs,
    systems: Sequence[SystemOutput],
    *,
    good_chrf: float,
    comets: Sequence[Comet | None],
    comet_absence: str = "",
) -> Report:
    """The scores of one or two systems; the second is the baseline of the first.

    Args:
        pairs: n sources with their references.
        systems: n segments each.
        good_chrf: sentence chrF from which on a segment is good, for the calibration.
        comets: for each system its COMET, None where it was not measured.
        comet_absence: why it was not.

    Raises:
        InputError: a system does not have n segments.
        UsageError: sacrebleu is not installed.
    """
    reports = [_system(pairs, one, comet, good_chrf) for one, comet in zip(systems, comets, strict=True)]
    signatures = {key: reports[0].pop(f"{key}_signature") for key in ("bleu", "chrf")}
    for report in reports[1:]:
        for key in signatures:
            report.pop(f"{key}_signature")
    return {
        "kind": "translation",
        "set": {"name": pairs.name, "segments": len(pairs.sources), "of": pairs.total, "chosen": pairs.chosen},
        "systems": reports,
        "comparison": _comparison(pairs, systems),
        "comet": {"measured": not comet_absence, "why_not": comet_absence},
        "signatures": signatures,
        **environment(),
    }


def _system(pairs: Pairs, output: SystemOutput, comet: Comet | None, good_chrf: float) -> Report:
    scores = corpus_scores(output.texts(), pairs.references)
    buckets = scores_by_length(pairs.sources, output.texts(), pairs.references)
    return {
        "name": output.name,
        "bleu_0_100": round(scores.bleu_0_100, PLACES),
        "chrf_0_100": round(scores.chrf_0_100, PLACES),
        "bleu_signature": scores.bleu_signature,
        "chrf_signature": scores.chrf_signature,
        "comet": None if comet is None else {"score": round(comet.score, PLACES), "model": comet.model},
        "empty_hypotheses": sum(not text.strip() for text in output.texts()),
        "flags": _flags(output.segments),
        **_speed(output.segments),
        "peak_memory_mib": output.peak_memory_mib,
        "calibration": _calibration(pairs, output, good_chrf),
        "by_length": [
            {
                **asdict(bucket),
                "bleu_0_100": round(bucket.bleu_0_100, PLACES),
                "chrf_0_100": round(bucket.chrf_0_100, PLACES),
            }
            for bucket in buckets
        ],
        "recipe": dict(output.recipe),
        "hardware": dict(output.hardware),
    }


def _flags(segments: Sequence[SegmentOutput]) -> Report | None:
    """How many segments have a flag: of each severity (the worst of a segment counts), and of each code."""
    rows = [segment.flags for segment in segments]
    known = [row for row in rows if row is not None]
    if len(known) < len(rows):
        return None
    worst = Counter(_worst(row) for row in known if row)
    codes = Counter(code for row in known for code in {code for code, _ in row})
    return {
        "segments": sum(worst.values()),
        "by_worst_severity": {severity: worst[severity] for severity in ("error", "warn", "info") if worst[severity]},
        "segments_by_code": dict(sorted(codes.items(), key=lambda pair: (-pair[1], pair[0]))),
    }


def _worst(flags: Sequence[tuple[str, str]]) -> str:
    order = {"error": 0, "warn": 1, "info": 2}
    return min((severity for _, severity in flags), key=lambda severity: order.get(severity, len(order)))


def _speed(segments: Sequence[SegmentOutput]) -> Report:
    seconds = [segment.seconds for segment in segments if segment.seconds is not None]
    engine_s = sum(segment.engine_s or 0.0 for segment in segments)
    tokens = sum(segment.output_tokens or 0 for segment in segments)
    return {
        "seconds_a_segment": seconds_summary(seconds) if len(seconds) == len(segments) else None,
        "tokens_per_s": round(tokens / engine_s, 1) if engine_s and tokens else None,
    }


def _calibration(pairs: Pairs, output: SystemOutput, good_chrf: float) -> Report | None:
    confidences = [one.confidence_0_1 for one in output.segments if one.confidence_0_1 is not None]
    if len(confidences) < len(output.segments):
        return None
    chrf = sentence_chrf(output.texts(), pairs.references)
    found = calibration(confidences, chrf, good_chrf=good_chrf)
    auroc = found.auroc_0_1
    rounded = replace(
        found,
        auroc_0_1=None if auroc is None else round(auroc, PLACES),
        calibration_error_0_1=round(found.calibration_error_0_1, PLACES),
        bins=tuple(
            replace(
                row,
                mean_confidence_0_1=round(row.mean_confidence_0_1, PLACES),
                share_good_0_1=round(row.share_good_0_1, PLACES),
            )
            for row in found.bins
        ),
    )
    return asdict(rounded)


def _comparison(pairs: Pairs, systems: Sequence[SystemOutput]) -> Report | None:
    if len(systems) == 1:
        return None
    system, baseline = systems
    found = paired_bootstrap(system.texts(), baseline.texts(), pairs.references)
    rows = [
        {
            key: round(value, PLACES) if isinstance(value, float) else value
            for key, value in {**asdict(one), "difference": one.difference}.items()
        }
        for one in found
    ]
    return {
        "system": system.name,
        "baseline": baseline.name,
        "test": "paired bootstrap",
        "resamples": RESAMPLES,
        "scores": rows,
    }

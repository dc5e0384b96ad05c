"""Whether one system is better than another on the same segments: paired bootstrap, by sacrebleu."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from vistka.errors import InputError, UsageError
from vistka.evaluate.extras import extra_module
from vistka.evaluate.scores import References, metrics, streams

RESAMPLES = 1000
_SEED_VARIABLE = "SACREBLEU_SEED"
_KEYS = {"BLEU": "bleu_0_100", "chrF2": "chrf_0_100"}
"""sacrebleu's name of a score → ours."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One score of two systems.

    Attributes:
        score: `bleu_0_100` or `chrf_0_100`.
        system, baseline: the scores of the whole set.
        system_mean, baseline_mean: mean of the resamples.
        system_ci95, baseline_ci95: half the width of the interval that holds 95 % of the resamples.
        p_value: how often a difference as large comes by chance where there is none.
        signature: sacrebleu's, with seed and number of resamples.
    """

    score: str
    system: float
    baseline: float
    system_mean: float
    system_ci95: float
    baseline_mean: float
    baseline_ci95: float
    p_value: float
    signature: str

    @property
    def difference(self) -> float:
        """Positive: the system is better than the baseline."""
        return self.system - self.baseline


def paired_bootstrap(
    hypotheses: Sequence[str], baseline: Sequence[str], references: References, *, resamples: int = RESAMPLES
) -> list[Comparison]:
    """BLEU and chrF of two systems on the same n segments, and whether they differ by more than chance.

    Seeded by sacrebleu (12345, or SACREBLEU_SEED), so the same input gives the same numbers. Two systems that wrote the
    very same have p = 1: sacrebleu's own count would give 1 / (resamples + 1) there, as if they surely differed.

    Source: Koehn 2004, Statistical significance tests for machine translation evaluation; sacrebleu's PairedTest.

    Raises:
        InputError: n differs, or is 0.
        UsageError: sacrebleu is not installed, or SACREBLEU_SEED is no number.
    """
    columns = streams(hypotheses, references)
    if len(baseline) != len(hypotheses):
        raise InputError(
            f"{len(hypotheses)} hypotheses against {len(baseline)} of the baseline",
            next_step="compare systems on the same segments",
        )
    _check_seed()
    paired = extra_module("sacrebleu.significance", needed_for="comparison").PairedTest(
        [("baseline", list(baseline)), ("system", list(hypotheses))],
        {"BLEU": metrics().BLEU(), "chrF2": metrics().CHRF()},
        columns,
        test_type="bs",
        n_samples=resamples,
    )
    signatures, results = paired()
    same = list(hypotheses) == list(baseline)
    return [
        _comparison(key, results[name][0], results[name][1], str(signatures[name]), same=same)
        for name, key in _KEYS.items()
    ]


def _comparison(score: str, baseline: Any, system: Any, signature: str, *, same: bool) -> Comparison:
    return Comparison(
        score=score,
        system=float(system.score),
        baseline=float(baseline.score),
        system_mean=float(system.mean),
        system_ci95=float(system.ci),
        baseline_mean=float(baseline.mean),
        baseline_ci95=float(baseline.ci),
        p_value=1.0 if same else float(system.p_value),
        signature=signature,
    )


def _check_seed() -> None:
    seed = os.environ.get(_SEED_VARIABLE, "0")
    if not seed.isdecimal():
        raise UsageError(f"{seed} is not a seed", where=_SEED_VARIABLE, next_step="set it to a number, or unset it")

"""How sure to be of a segment's English, from 0 to 1, so that a person knows where to look first.

A logistic regression over what is known when the English is written: the model's mean log-probability (Fomicheva et
al., 2020, "Unsupervised Quality Estimation for Neural Machine Translation"), the similarity of source and English, the
findings of the checks, lengths, terms shown, and whether the ladder was climbed. Its weights stand in
`confidence.toml`, fitted and measured by `benchmarks/confidence.py`; what they aim at is that of segments with
confidence 0.8, 8 in 10 are good enough to start from.
"""

from __future__ import annotations

import math
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from vistka.datatypes import Origin, Severity
from vistka.translate.findings import Finding

CALIBRATION_FILE = Path(__file__).parent / "confidence.toml"

BIAS = "bias"
GROUPS = ("numbers", "names", "negation", "broken", "other", "doubts")
"""Kinds of findings that are weighed together: there are too few planted and real errors to fit each code alone."""

SIGNALS = ("similarity", "logprob", "length", "terms", *GROUPS, "rung")
"""What is weighed. Each is 0 for an ordinary good segment, and higher is better."""

_MOST_FINDINGS = 2
_FURTHEST = 6.0
_MIN_CHARS_FOR_RATIO = 20


@dataclass(frozen=True, slots=True)
class Features:
    """What is known of one segment's English.

    Attributes:
        origin: who wrote it.
        source_chars, english_chars: lengths, white space at the ends not counted.
        mean_logprob: as the engine gave it (natural logarithm, at most 0); None where nobody knows.
        similarity: cosine of source and English; None where there is no embedding model.
        findings: code and severity of what the checks say.
        terms, missed_terms: how many were offered, and how many of them the English does not show.
        rung: the step of the ladder it came from; 0 = first try.
    """

    origin: Origin
    source_chars: int
    english_chars: int
    mean_logprob: float | None = None
    similarity: float | None = None
    findings: tuple[tuple[str, Severity], ...] = ()
    terms: int = 0
    missed_terms: int = 0
    rung: int = 0


def features_of(
    source: str,
    english: str,
    *,
    mean_logprob: float | None = None,
    similarity: float | None = None,
    findings: Sequence[Finding] = (),
    terms: int = 0,
    missed_terms: int = 0,
    rung: int = 0,
    origin: Origin = "model",
) -> Features:
    """The features of `english` as a translation of `source`; the rest as in `Features`."""
    return Features(
        origin=origin,
        source_chars=len(source.strip()),
        english_chars=len(english.strip()),
        mean_logprob=mean_logprob,
        similarity=similarity,
        findings=tuple((finding.code, finding.severity) for finding in findings),
        terms=terms,
        missed_terms=missed_terms,
        rung=rung,
    )


@dataclass(frozen=True, slots=True)
class Calibration:
    """The content of `confidence.toml`.

    Attributes:
        version: names the fit, for a recipe.
        embedder: the embedding model whose cosines `scale` and `weights` belong to.
        origins: confidence of what no model wrote.
        scale: middle and spread of the raw values, each measured on good translations.
        groups: code of a finding → one of `GROUPS`; a code that is not named is `other`, or `doubts` as a warning.
        weights: weight of each of `SIGNALS`, and the bias.
        weights_without_similarity: the same, fitted without an embedding model.
    """

    version: str
    embedder: str
    origins: Mapping[str, float]
    scale: Mapping[str, float]
    groups: Mapping[str, str]
    weights: Mapping[str, float]
    weights_without_similarity: Mapping[str, float]


@lru_cache(maxsize=1)
def load_calibration() -> Calibration:
    """The calibration that belongs to this version of Vistka."""
    return Calibration(**tomllib.loads(CALIBRATION_FILE.read_text(encoding="utf-8")))


def confidence_0_1(features: Features) -> float:
    """How likely the English is good enough to start from: 0.0 for an empty one, under 1 for any that a model wrote."""
    calibration = load_calibration()
    if features.origin != "model":
        return calibration.origins[features.origin]
    if not features.english_chars:
        return 0.0
    return round(min(0.999, 1 / (1 + math.exp(-sum(contributions(features).values())))), 3)


def contributions(features: Features) -> dict[str, float]:
    """What each of `SIGNALS` and the bias adds to the log-odds: why a segment has the confidence it has."""
    calibration = load_calibration()
    weights = calibration.weights if features.similarity is not None else calibration.weights_without_similarity
    values = signals(features, calibration)
    return {BIAS: weights[BIAS]} | {name: weights[name] * values[name] for name in SIGNALS}


def signals(features: Features, calibration: Calibration) -> dict[str, float]:
    """The value of each of `SIGNALS`; 0 for what is not known."""
    counts = Counter(_group(code, severity, calibration) for code, severity in features.findings)
    return {
        "similarity": _standard(features.similarity, "similarity", calibration.scale),
        "logprob": _standard(features.mean_logprob, "logprob", calibration.scale),
        "length": _length(features, calibration.scale),
        "terms": -features.missed_terms / features.terms if features.terms else 0.0,
        **{group: -float(min(_MOST_FINDINGS, counts[group])) for group in GROUPS},
        "rung": -1.0 if features.rung else 0.0,
    }


def _group(code: str, severity: Severity, calibration: Calibration) -> str:
    if severity == "error":
        return calibration.groups.get(code, "other")
    return "doubts" if severity == "warn" else ""


def _standard(value: float | None, name: str, scale: Mapping[str, float]) -> float:
    """`value` in spreads from its middle, within ±6."""
    if value is None:
        return 0.0
    return max(-_FURTHEST, min(_FURTHEST, (value - scale[f"{name}_middle"]) / scale[f"{name}_spread"]))


def _length(features: Features, scale: Mapping[str, float]) -> float:
    """How far the ratio of lengths is from the usual one, as a negative number; of a few words it says nothing."""
    if features.source_chars < _MIN_CHARS_FOR_RATIO or not features.english_chars:
        return 0.0
    return -abs(_standard(math.log(features.english_chars / features.source_chars), "length", scale))

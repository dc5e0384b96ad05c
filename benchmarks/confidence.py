"""How well the confidence of a segment tells good English from bad, and `--fit`: the weights it is made with.

    python benchmarks/confidence.py --data ../shared/eval --outputs outputs.json [--fit]

Two kinds of segments, lines with even numbers to fit on and lines with odd numbers to report on:

- planted: English that people wrote (`speeches/para.*` under 300 characters, `tatoeba/*.tsv`), as it is (good) and with
  one error from `error_planters.py`, or another line's English (bad). Nobody knows what log-probability a model would
  have given it: that signal is 0 here.
- real: what a model wrote, from `--outputs`: a JSON list of objects with `set`, `line`, `source`, `references` and
  `hypotheses`, each with `text`, `mean_logprob`, `tokens`, `finished` and `rung`. The best hypothesis is chosen by the
  checks as the ladder does. Bad is what a person read as bad (`good` is false: a wrong sense, something left out or
  added, words that nobody can follow); beside it stands bad by sentence chrF, under the value that a third of the even
  lines stay under. Fitted on a person's reading where there is one.

AUROC is the chance that a good segment gets the higher value of the two; 0.5 is chance. The expected calibration error
is the mean distance of confidence and share of good segments in bins with the same number of segments.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vistka.benchmarks.error_planters import PLANTERS, pools
from vistka.benchmarks.number_checks import read_speeches, read_tatoeba
from vistka.models.engine import Output
from vistka.text.places import places
from vistka.translate import confidence
from vistka.translate.checks import shows
from vistka.translate.confidence import BIAS, SIGNALS, Calibration, Features, features_of, load_calibration, signals
from vistka.translate.glossary import Glossary, load_glossary
from vistka.translate.hints import hints_for
from vistka.translate.hypotheses import Hypothesis, Work
from vistka.translate.similarity import embedder_name, similarities

Pair = tuple[str, str]
Matrix = NDArray[np.float64]
SEED = 11
MAX_CHARS = 300
CLEAN, WRONG_SENTENCE, REAL = "clean", "wrong sentence", "real"
BINS = 5
_RIDGE = 0.005
_STEPS = 4000


@dataclass(frozen=True, slots=True)
class Row:
    """One segment to rate.

    Attributes:
        kind: `clean`, the name of a planted error, or `real`.
        line: its number in its file; even = to fit on, odd = to report on.
        features: what is known of it.
        good: whether it should get a high confidence.
        read_as: what a person said of it, if one did.
        old: the confidence before there was a calibration, for comparison.
    """

    kind: str
    line: int
    features: Features
    good: bool
    read_as: bool | None = None
    old: float = 0.0


MARKS = {"quotation: marks dropped", "quotation: marks put in"}
"""Matters of style: no reason to call a segment bad."""


def planted_rows(pairs: Sequence[tuple[int, Pair]], glossary: Glossary) -> list[Row]:
    """Each pair as it is, and with one error of the family that was planted least often so far."""
    rng = random.Random(SEED)  # noqa: S311 - no secret hangs on it
    where = pools([pair[1] for _, pair in pairs], [english for forms in places().values() for english in forms[:1]])
    planted: Counter[str] = Counter()
    found: list[tuple[str, int, str, str]] = []
    for line, pair in pairs:
        found.append((CLEAN, line, *pair))
        # Of the same half, so that nothing of the even lines is in the odd ones.
        other = rng.choice([one[1] for at, one in pairs if at % 2 == line % 2 and at != line])
        tried = {WRONG_SENTENCE: other} | {kind: planter(pair, rng, where) for kind, planter in PLANTERS.items()}
        kinds = [kind for kind, english in tried.items() if english and english != pair[1] and kind not in MARKS]
        kind = min(kinds, key=lambda one: (planted[_family(one)], planted[one]))
        planted.update({kind, _family(kind)})
        found.append((_family(kind), line, pair[0], str(tried[kind])))
    cosines = similarities([row[2] for row in found], [row[3] for row in found])
    rows = []
    for (kind, line, source, english), cosine in zip(found, cosines, strict=True):
        work = _work(source, english, glossary)
        rows.append(Row(kind, line, _features(work, work.best, cosine), kind == CLEAN))
    return rows


def _family(kind: str) -> str:
    return kind.partition(":")[0]


def _work(source: str, english: str, glossary: Glossary) -> Work:
    """The English as if it were a model's answer, unpolished: what was planted has to stay."""
    work = Work(source, (), hints_for(source, glossary))
    work.hypotheses.append(work.hypothesis(english, 0.0, finished=True, rung=0))
    return work


def _features(work: Work, best: Hypothesis, cosine: float | None, mean_logprob: float | None = None) -> Features:
    terms = work.hints.terms
    return features_of(
        work.source,
        best.text,
        mean_logprob=mean_logprob,
        similarity=cosine,
        findings=best.findings,
        terms=len(terms),
        missed_terms=sum(not shows(best.text, english) for _, english in terms),
        rung=best.rung,
    )


def real_rows(file: Path, glossary: Glossary) -> tuple[list[Row], float]:
    """One row for each object of `file`, and the chrF under which a row is bad."""
    from sacrebleu.metrics import CHRF

    objects: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    works = [_answered(entry, glossary) for entry in objects]
    cosines = similarities([work.source for work in works], [work.best.text for work in works])
    chrf = CHRF()
    scores = [
        chrf.sentence_score(work.best.text, entry["references"]).score
        for work, entry in zip(works, objects, strict=True)
    ]
    even = [score for score, entry in zip(scores, objects, strict=True) if entry["line"] % 2 == 0]
    threshold = float(np.quantile(even, 1 / 3))
    rows = [
        Row(
            kind=REAL,
            line=entry["line"],
            features=_features(work, work.best, cosine, work.best.mean_logprob),
            good=score >= threshold,
            read_as=entry.get("good"),
            old=_before_calibration(work.best),
        )
        for entry, work, cosine, score in zip(objects, works, cosines, scores, strict=True)
    ]
    return rows, threshold


def _answered(entry: dict[str, Any], glossary: Glossary) -> Work:
    work = Work(entry["source"], (), hints_for(entry["source"], glossary))
    for one in entry["hypotheses"]:
        output = Output(one["text"], 0, one["tokens"], one["mean_logprob"], finished=one["finished"])
        work.add(output, one["rung"])
    return work


def _before_calibration(best: Hypothesis) -> float:
    """Mean token probability, halved for each error and times 0.85 for each warning: the rule this one replaces."""
    factors = {"error": 0.5, "warn": 0.85, "info": 1.0}
    return math.exp(min(0.0, best.mean_logprob)) * math.prod(factors[one.severity] for one in best.findings)


def matrix(rows: Sequence[Row], calibration: Calibration) -> Matrix:
    """[rows, signals]."""
    return np.array([[signals(row.features, calibration)[name] for name in SIGNALS] for row in rows])


def scale_of(rows: Sequence[Row]) -> dict[str, float]:
    """Middle and spread of what is measured, on good rows of the even lines."""
    good = [row.features for row in rows if row.good]
    values = {
        "similarity": [one.similarity for one in good if one.similarity is not None],
        "logprob": [one.mean_logprob for one in good if one.mean_logprob is not None],
        "length": [math.log(one.english_chars / one.source_chars) for one in good if one.source_chars >= 20],
    }
    scale = {}
    for name, known in values.items():
        scale[f"{name}_middle"] = round(float(np.mean(known)), 4)
        scale[f"{name}_spread"] = round(float(np.std(known)), 4)
    return scale


def fit(rows: Sequence[Row], calibration: Calibration, unused: Sequence[str] = ()) -> dict[str, float]:
    """Weights by logistic regression, none below 0: every signal is made so that higher is better.

    Planted and real rows weigh the same in sum, with the share of good ones that the real ones have.
    """
    columns = matrix(rows, calibration) * [name not in unused for name in SIGNALS]
    inputs = np.hstack([np.ones((len(rows), 1)), columns])
    good = np.array([row.good for row in rows], dtype=float)
    shares = np.array(_shares(rows, share_good([row for row in rows if row.kind == REAL])))
    weights = np.zeros(inputs.shape[1])
    momentum, spread = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, _STEPS + 1):
        error = shares * (1 / (1 + np.exp(-inputs @ weights)) - good)
        gradient = inputs.T @ error + _RIDGE * np.concatenate([[0.0], weights[1:]])
        momentum = 0.9 * momentum + 0.1 * gradient
        spread = 0.999 * spread + 0.001 * gradient**2
        weights -= 0.02 * (momentum / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.999**step)) + 1e-9)
        weights[1:] = np.maximum(0.0, weights[1:])
    return {name: round(float(weight), 3) for name, weight in zip((BIAS, *SIGNALS), weights, strict=True)}


def share_good(rows: Sequence[Row]) -> float:
    """How many of `rows` are good, as a share."""
    return sum(row.good for row in rows) / len(rows)


def _shares(rows: Sequence[Row], good: float) -> list[float]:
    """Weight of each row: the good ones sum to `good` and the bad ones to the rest of 1, planted and real apart."""
    same = Counter((row.kind == REAL, row.good) for row in rows)
    return [(good if row.good else 1 - good) / same[row.kind == REAL, row.good] for row in rows]


def as_read(rows: Sequence[Row]) -> list[Row]:
    """`rows` as a person judged them, where one did."""
    return [row if row.read_as is None else replace(row, good=row.read_as) for row in rows]


def auroc(values: Sequence[float], good: Sequence[bool]) -> float | None:
    """Chance that a good one has the higher value, ties by half; None where there is only one kind."""
    high = np.array([value for value, is_good in zip(values, good, strict=True) if is_good])
    low = np.array([value for value, is_good in zip(values, good, strict=True) if not is_good])
    if not len(high) or not len(low):
        return None
    above = (high[:, None] > low).mean() + 0.5 * (high[:, None] == low).mean()
    return round(float(above), 3)


def without_similarity(row: Row) -> Row:
    """`row` as it is on a machine with no embedding model."""
    return replace(row, features=replace(row.features, similarity=None))


def aurocs(rows: Sequence[Row], good: Sequence[bool], calibration: Calibration) -> dict[str, float | None]:
    """AUROC of each signal alone, of all findings, and of the whole."""
    columns = matrix(rows, calibration)
    alone = {name: auroc(list(columns[:, index]), good) for index, name in enumerate(SIGNALS)}
    findings = [-sum(1.0 if severity == "error" else 0.1 for _, severity in row.features.findings) for row in rows]
    return alone | {
        "all findings": auroc(findings, good),
        "before calibration": auroc([row.old for row in rows], good) if rows and rows[0].kind == REAL else None,
        "whole, without similarity": auroc(whole([without_similarity(row) for row in rows]), good),
        "whole": auroc(whole(rows), good),
    }


def reliability(values: Sequence[float], rows: Sequence[Row], weights: Sequence[float]) -> dict[str, object]:
    """Confidence and share of good rows, bin by bin, and the mean distance of the two."""
    order = sorted(range(len(rows)), key=lambda index: values[index])
    table, distance = [], 0.0
    for chosen in np.array_split(np.array(order), BINS):
        weight = sum(weights[index] for index in chosen)
        mean = sum(values[index] * weights[index] for index in chosen) / weight
        share = sum(rows[index].good * weights[index] for index in chosen) / weight
        distance += abs(mean - share) * weight / sum(weights)
        table.append({"segments": len(chosen), "confidence": round(mean, 3), "share_good": round(share, 3)})
    return {"expected_calibration_error": round(distance, 3), "bins": table}


def whole(rows: Sequence[Row]) -> list[float]:
    """The confidence of each row."""
    return [confidence.confidence_0_1(row.features) for row in rows]


def measure(planted: list[Row], real: list[Row], calibration: Calibration) -> dict[str, object]:
    """All figures on the odd lines."""
    planted, real = ([row for row in rows if row.line % 2] for rows in (planted, real))
    clean = [row for row in planted if row.good]
    read = as_read([row for row in real if row.read_as is not None])
    prior = share_good(read or real)
    kinds = sorted({row.kind for row in planted} - {CLEAN})
    by_kind = {}
    for kind in kinds:
        rows = [*clean, *(row for row in planted if row.kind == kind)]
        found = aurocs(rows, [row.good for row in rows], calibration)
        by_kind[kind] = {
            "planted": len(rows) - len(clean),
            **{name: found[name] for name in ("similarity", "all findings", "whole, without similarity", "whole")},
        }
    figures: dict[str, object] = {
        "planted": {
            "good": len(clean),
            "bad": len(planted) - len(clean),
            "auroc": aurocs(planted, [row.good for row in planted], calibration),
            "auroc_by_error": by_kind,
            "reliability_at_the_share_good_of_real": reliability(whole(planted), planted, _shares(planted, prior)),
        },
        "real_by_chrf": real_figures(real, calibration),
    }
    if read:
        agree = sum(
            row.good == one.good for row, one in zip(as_read(real), real, strict=True) if one.read_as is not None
        )
        figures["real_by_reading"] = real_figures(read, calibration) | {"agrees_with_chrf": round(agree / len(read), 3)}
    return figures


def real_figures(rows: Sequence[Row], calibration: Calibration) -> dict[str, object]:
    """AUROC and reliability for what a model wrote."""
    return {
        "good": sum(row.good for row in rows),
        "bad": sum(not row.good for row in rows),
        "auroc": aurocs(rows, [row.good for row in rows], calibration),
        "reliability": reliability(whole(rows), rows, [1.0] * len(rows)),
        "reliability_before_calibration": reliability([row.old for row in rows], rows, [1.0] * len(rows)),
    }


def milliseconds(pairs: Sequence[Pair]) -> dict[str, float]:
    """CPU time of a segment, the median over `pairs` one at a time, and the mean in one batch."""

    def each(action: Callable[[Pair], object]) -> float:
        times = []
        for pair in pairs:
            started = time.thread_time()
            action(pair)
            times.append(1000 * (time.thread_time() - started))
        return round(float(np.median(times)), 2)

    started = time.thread_time()
    similarities([uk for uk, _ in pairs], [en for _, en in pairs])
    batch = 1000 * (time.thread_time() - started) / len(pairs)
    return {
        "similarity_alone": each(lambda pair: similarities([pair[0]], [pair[1]])),
        "similarity_in_a_batch": round(batch, 2),
        "confidence": each(lambda pair: confidence.confidence_0_1(features_of(*pair, similarity=0.9))),
    }


def refit(rows: list[Row], calibration: Calibration) -> Calibration:
    """Scale and weights from the even lines."""
    rows = as_read([row for row in rows if row.line % 2 == 0])
    scaled = replace(calibration, embedder=embedder_name(), scale=scale_of(rows))
    return replace(
        scaled,
        weights=fit(rows, scaled),
        weights_without_similarity=fit([without_similarity(row) for row in rows], scaled, ["similarity"]),
    )


def write_calibration(calibration: Calibration, file: Path) -> None:
    """The numbers of `calibration` put into the file, whose comments and other tables stay."""
    text = file.read_text(encoding="utf-8")
    text = re.sub(r"^embedder = .*$", f'embedder = "{calibration.embedder}"', text, flags=re.MULTILINE)
    tables = ("scale", "weights", "weights_without_similarity")
    for table in tables:
        for name, value in getattr(calibration, table).items():
            pattern = rf"(\[{table}\][^\[]*?^{name} *= *)[-\d.]+"
            text, count = re.subn(pattern, rf"\g<1>{value}", text, count=1, flags=re.MULTILINE)
            if not count:
                raise SystemExit(f"{file}: [{table}] has no {name}")
    file.write_text(text, encoding="utf-8")


def main() -> int:
    """Fit if asked to, measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with speeches/ and tatoeba/")
    parser.add_argument("--outputs", type=Path, required=True, help="JSON of what a model wrote")
    parser.add_argument("--outputs-of", default="", help="what made the outputs, for the record")
    parser.add_argument("--every", type=int, default=2, help="take every n-th two lines")
    parser.add_argument("--fit", action="store_true", help="write new weights into translate/confidence.toml")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results/confidence.json")
    arguments = parser.parse_args()
    glossary = load_glossary()
    pairs = [*read_speeches(arguments.data), *read_tatoeba(arguments.data)]
    # Whole pairs of an even and an odd line, so that both halves have as many.
    chosen = [
        (line, pair)
        for line, pair in enumerate(pairs)
        if line // 2 % arguments.every == 0 and pair[1].strip() and len(pair[0]) < MAX_CHARS
    ]
    planted = planted_rows(chosen, glossary)
    real, threshold = real_rows(arguments.outputs, glossary)
    if arguments.fit:
        write_calibration(refit([*planted, *real], load_calibration()), confidence.CALIBRATION_FILE)
        load_calibration.cache_clear()
    calibration = load_calibration()
    figures = {
        "reported_on": "odd lines; fitted on even ones",
        "embedder": embedder_name(),
        "glossary": glossary.version,
        "calibration": calibration.version,
        "outputs_of": arguments.outputs_of,
        "real_is_bad_under_chrf": round(threshold, 1),
        **measure(planted, real, calibration),
        "cpu_milliseconds": milliseconds([pair for _, pair in chosen[:40]]),
    }
    arguments.out.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())

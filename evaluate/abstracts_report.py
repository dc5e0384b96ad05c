"""Everything that was measured of abstracts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from statistics import median

from vistka.evaluate.abstracts import GIVEN, REFUSED, AbstractsRun, Case, checked_kinds, factuality, lead, lead_within
from vistka.evaluate.report_base import PLACES, Report, environment, seconds_summary
from vistka.evaluate.rouge import mean_rouge


def abstracts_report(
    path: Path, cases: Sequence[Case], run: AbstractsRun, *, max_chars: int, total: int, chosen: str
) -> Report:
    """ROUGE beside lead-3, and unsupported facts by verdict.

    Args:
        path: the file of the cases.
        cases: n cases.
        run: n abstracts.
        max_chars: the limit that abstracts which were written now had to keep.
        total: lines of the whole file.
        chosen: in words, which of them were taken.
    """
    written = run.written
    found = factuality(written, cases)
    limited = [case for case in cases if len(checked_kinds(case)) < len(checked_kinds(replace(case, english="x")))]
    seconds = [one.seconds for one in written if one.seconds is not None]
    return {
        "kind": "abstracts",
        "set": {"name": path.name, "abstracts": len(cases), "of": total, "chosen": chosen},
        "system": run.name,
        "rouge": _rouge_table(cases, [one.text for one in written], 0 if run.name == GIVEN else max_chars),
        "verdicts": dict(sorted(Counter(one.verdict for one in written).items())),
        "methods": dict(sorted(Counter(one.method for one in written if one.verdict not in {GIVEN, REFUSED}).items())),
        "refused": [
            {"where": case.where, "why": one.method}
            for case, one in zip(cases, written, strict=True)
            if one.verdict == REFUSED
        ],
        "unsupported": {
            verdict: {
                "abstracts": one.abstracts,
                "with_unsupported": one.unfaithful,
                "share_0_1": round(one.share_0_1, PLACES),
                "by_kind": dict(one.by_kind),
                "where": [cases[index].where for index in one.indices],
            }
            for verdict, one in found.items()
        },
        "only_numbers_and_dates_checked": len(limited),
        "characters": {
            "median": median(len(one.text) for one in written),
            "longest": max(len(one.text) for one in written),
        },
        "seconds_an_abstract": seconds_summary(seconds) if len(seconds) == len(written) else None,
        "recipe": dict(run.recipe),
        **environment(),
    }


def _rouge_table(cases: Sequence[Case], texts: Sequence[str], max_chars: int) -> Report | None:
    """ROUGE of the abstracts and of lead-3, over the same documents; lead-3 needs them in English."""
    references = [case.reference for case in cases if case.reference is not None]
    if len(references) < len(cases):
        return None
    english = [
        (case.english or case.document, reference)
        for case, reference in zip(cases, references, strict=True)
        if case.english or case.language != "uk"
    ]
    theirs = [reference for _, reference in english]
    rows = {"abstracts": _rouge(texts, references)}
    if english:
        rows["lead-3"] = _rouge([lead(document) for document, _ in english], theirs)
    if english and max_chars:
        # Three sentences are longer than most abstracts, and what is longer recalls more: this one keeps the limit too.
        leads = [lead_within(document, max_chars) for document, _ in english]
        rows[f"lead within {max_chars} characters"] = _rouge(leads, theirs)
    return rows


def _rouge(texts: Sequence[str], references: Sequence[str]) -> Report:
    scores = {key: round(value, PLACES) for key, value in asdict(mean_rouge(texts, references)).items()}
    return {"documents": len(texts), "median_characters": median(map(len, texts)), **scores}

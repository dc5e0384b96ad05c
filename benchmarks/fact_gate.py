"""How many faithful and unfaithful summary sentences the fact gate tells apart, on two sets that people have judged.

    python benchmarks/fact_gate.py [SHARED] [RESULT.json]

FRANK (validation, its CNN/DailyMail half) judges whole system summaries: one with a factuality of 1.0 is taken as
faithful, one with 0.0 as not. QAGS (CNN/DailyMail) judges sentences, by three people: the majority decides. Both are
lower-cased or re-cased by the systems, so names are compared in lower case there: what is measured of the names is
less than the gate does on text in its own spelling. The references of FRANK are reported apart: people who write them
leave the words of the article more than a blurb may.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from vistka.summarize.facts import MIN_FROM_ONE, MIN_FROM_TWO, Support, unsupported

HERE = Path(__file__).parent
Case = tuple[str, str, bool]
"""Article, text, whether people found the text faithful."""


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _frank(path: Path) -> Iterator[Case]:
    for row in _rows(path):
        if row["dataset"] != "cnndm":
            continue
        for system in row["systems"]:
            judged = system["human"]["Factuality"]
            # UNK is a hole that a system left, no word that the gate could judge.
            if judged in {0.0, 1.0} and "UNK" not in system["summary"]:
                yield row["article"], _untokenised(system["summary"]), judged == 1.0


def _references(path: Path) -> Iterator[Case]:
    for row in _rows(path):
        if row["dataset"] == "cnndm":
            yield row["article"], _untokenised(row["reference"]), True


def _qags(path: Path) -> Iterator[Case]:
    for row in _rows(path):
        for sentence in row["summary_sentences"]:
            yes = sum(answer["response"] == "yes" for answer in sentence["responses"])
            yield _untokenised(row["article"]), _untokenised(sentence["sentence"]), 2 * yes > len(sentence["responses"])


def _untokenised(text: str) -> str:
    """The spaces that the systems' tokenisers put before marks and clitics, taken out."""
    text = re.sub(r"(?<=\d) ?([.,]) ?(?=\d)", r"\1", text)
    return re.sub(r" (?=[.,;:!?%]|'s\b|’s\b|n't\b)", "", text)


def measured(cases: Iterable[Case]) -> dict[str, Any]:
    """Shares of 0 to 1: `false_alarms` of the faithful, `caught` of the unfaithful; and what was found, by kind."""
    faithful, alarms, unfaithful, caught = 0, 0, 0, 0
    kinds: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for article, text, is_faithful in cases:
        found = unsupported(text, Support(article, "en", article))
        kinds[is_faithful].update({fact.kind for fact in found})
        if is_faithful:
            faithful, alarms = faithful + 1, alarms + bool(found)
        else:
            unfaithful, caught = unfaithful + 1, caught + bool(found)
    return {
        "faithful": faithful,
        "false_alarms": round(alarms / max(faithful, 1), 3),
        "unfaithful": unfaithful,
        "caught": round(caught / max(unfaithful, 1), 3),
        "kinds_in_faithful": dict(sorted(kinds[True].items())),
        "kinds_in_unfaithful": dict(sorted(kinds[False].items())),
    }


def main() -> None:
    """Measure, write, print."""
    shared = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parents[1] / "shared"
    target = Path(sys.argv[2]) if len(sys.argv) > 2 else HERE / "results" / "fact_gate.json"
    folder = shared / "eval" / "summaries"
    result = {
        "min_from_one": MIN_FROM_ONE,
        "min_from_two": MIN_FROM_TWO,
        "frank_systems": measured(_frank(folder / "frank-validation.jsonl")),
        "frank_references": measured(_references(folder / "frank-validation.jsonl")),
        "qags_sentences": measured(_qags(folder / "mturk_cnndm.jsonl")),
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()

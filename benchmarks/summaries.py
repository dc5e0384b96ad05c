"""Abstracts that are made without a model: how much of the reference they have, and whether a fact of them is new.

    python benchmarks/summaries.py [SHARED] [RESULT.json]

BBC-300 (references are picked sentences, about 40 % of an article, in lower case) and FRANK (validation; references are
written by people), both English. Each article goes through the summariser as `vistka summarize --method extractive`
would take it, with the limit of 200 characters; beside it stand `lead` (the same with `--method lead`), the first three
sentences (which have no limit), and as many first sentences as fit into the limit.

`unsupported` counts abstracts and headlines with a numeral or a capitalised word that the article does not have, by the
verdict of their blurb. It is told by plain regular expressions and not by the gate that it is there to judge.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vistka.datatypes import Blurb, Item
from vistka.documents.read import read
from vistka.evaluate.rouge import mean_rouge
from vistka.options import Method, Options
from vistka.pipeline import modelless_summarizer
from vistka.summarize.clean import news_sentences
from vistka.summarize.fit import join_within

HERE = Path(__file__).parent
SETS = {"bbc-300": ("document", "summary"), "frank-validation": ("article", "reference")}
_NUMERAL = re.compile(r"\d+(?:[.,]\d+)*")
_CAPITALISED = re.compile(r"(?<![.!?…:“\"‘'(] )(?<!^)(?<![“\"‘'(])\b[A-Z]\w+")
_WORD = re.compile(r"\w+")


def _rows(path: Path, keys: tuple[str, str]) -> Iterator[tuple[str, str]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield row[keys[0]], row[keys[1]]


def new_facts(text: str, source: str) -> list[str]:
    """Numerals and capitalised words of `text` that do not stand in `source`."""
    numerals = set(_NUMERAL.findall(source))
    words = {word.lower() for word in _WORD.findall(source)}
    found = [numeral for numeral in _NUMERAL.findall(text) if numeral not in numerals]
    return found + [word for word in _CAPITALISED.findall(text) if word.lower() not in words]


def _blurbs(items: list[Item], method: Method) -> list[Blurb]:
    summarizer = modelless_summarizer(Options(method=method))
    return [summarizer.blurb(item) for item in items]


def _scores(texts: list[str], references: list[str]) -> dict[str, Any]:
    rouge = mean_rouge(texts, references)
    return {
        "rouge1": round(100 * rouge.rouge1_0_1, 2),
        "rouge2": round(100 * rouge.rouge2_0_1, 2),
        "rougeL": round(100 * rouge.rouge_l_0_1, 2),
        "mean_chars": round(sum(map(len, texts)) / len(texts), 1),
    }


def _by_verdict(blurbs: list[Blurb], sources: list[str]) -> dict[str, Any]:
    verdicts: Counter[str] = Counter(blurb.verdict for blurb in blurbs)
    bad: Counter[str] = Counter()
    examples = []
    for blurb, source in zip(blurbs, sources, strict=True):
        found = new_facts(blurb.headline, source) + new_facts(blurb.abstract, source)
        bad[blurb.verdict] += bool(found)
        examples += found
    return {
        verdict: {"blurbs": verdicts[verdict], "unsupported": bad[verdict]} for verdict in ("pass", "warn", "block")
    } | {"examples": examples[:10]}


def measured(rows: list[tuple[str, str]]) -> dict[str, Any]:
    """ROUGE F1 (0 to 100) of each way, and the unsupported facts of the extractive one."""
    items = [read(article, name=f"{n}.txt", as_article=True, max_mib=4) for n, (article, _) in enumerate(rows)]
    references = [reference for _, reference in rows]
    started = time.process_time()
    extractive = _blurbs(items, "extractive")
    seconds = time.process_time() - started
    sentences = [[sentence.text for sentence in news_sentences(item)] for item in items]
    limit = Options().max_chars
    return {
        "articles": len(rows),
        "extractive": _scores([blurb.abstract for blurb in extractive], references),
        "lead": _scores([blurb.abstract for blurb in _blurbs(items, "lead")], references),
        "lead_within_limit": _scores([join_within(found, limit) for found in sentences], references),
        "lead_3": _scores([" ".join(found[:3]) for found in sentences], references),
        "verdicts": _by_verdict(extractive, [article for article, _ in rows]),
        "cpu_seconds_a_blurb": round(seconds / len(rows), 4),
    }


def main() -> None:
    """Measure, write, print."""
    shared = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parents[1] / "shared"
    target = Path(sys.argv[2]) if len(sys.argv) > 2 else HERE / "results" / "summaries.json"
    folder = shared / "eval" / "summaries"
    result = {name: measured(list(_rows(folder / f"{name}.jsonl", keys))) for name, keys in SETS.items()}
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()

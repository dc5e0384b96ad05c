"""What the lexicon costs: the time to load it, and of hints and checks for each sentence of the news.

    python benchmarks/lexicon_speed.py --data ../shared/eval/news/news-100.jsonl [--profile]

Loading is measured in fresh processes, as processor time of `load_glossary`, the import of its module not counted.
Hints and checks run one after the other on every Ukrainian sentence of the items, with the sentence's own words as the
English that is checked, cut to ASCII: so no model is needed, and every check has as much to read as in earnest. Each
sentence is timed at its first run, with the words of the sentences before it known, and once more at the end.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from vistka.benchmarks.news_sentences import news_items, sentences
from vistka.text.romanisation import romanise
from vistka.translate.checks import Checked, check
from vistka.translate.glossary import Glossary, load_glossary
from vistka.translate.hints import hints_for

RESULT = Path(__file__).parent / "results" / "lexicon_speed.json"
LOADS = 7
_LOAD = (
    "import time, vistka.translate.glossary as g; t = time.process_time(); g.load_glossary();"
    "print((time.process_time() - t) * 1000)"
)


def load_times_ms() -> list[float]:
    """Processor time of loading, in fresh processes."""
    runs = [subprocess.run([sys.executable, "-c", _LOAD], capture_output=True, check=True) for _ in range(LOADS)]  # noqa: S603 - our own
    return [float(run.stdout) for run in runs]


def work(source: str, english: str, glossary: Glossary) -> None:
    """What the program does for one sentence besides the model's own work."""
    hints = hints_for(source, glossary)
    check(Checked(source, english, matches=hints.matches, spellings=hints.spellings))


def times_ms(pairs: Sequence[tuple[str, str]], glossary: Glossary) -> list[float]:
    """Wall time of each sentence."""
    found: list[float] = []
    for source, english in pairs:
        started = time.perf_counter()
        work(source, english, glossary)
        found.append((time.perf_counter() - started) * 1000)
    return found


def summary(times: Sequence[float]) -> dict[str, float]:
    """Median, 95th percentile and mean."""
    cuts = statistics.quantiles(times, n=20)
    return {
        "median_ms": round(statistics.median(times), 2),
        "p95_ms": round(cuts[-1], 2),
        "mean_ms": round(statistics.fmean(times), 2),
    }


def main() -> None:
    """Measure, print and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="JSONL file with `title` and `text`")
    parser.add_argument("--out", type=Path, default=RESULT)
    parser.add_argument("--profile", action="store_true", help="show where the time goes, and write nothing")
    arguments = parser.parse_args()
    found = [segment.text.strip() for segment in sentences(news_items(arguments.data))]
    pairs = [(text, romanise(text)) for text in found if text]
    glossary = load_glossary()
    work(*pairs[0], glossary)
    if arguments.profile:
        profile = cProfile.Profile()
        profile.runcall(times_ms, pairs, glossary)
        pstats.Stats(profile).sort_stats("cumulative").print_stats(45)
        return
    loads = load_times_ms()
    result = {
        "load_cpu_ms": {"median": round(statistics.median(loads), 1), "max": round(max(loads), 1), "runs": LOADS},
        "entries": len(glossary),
        "sentences": len(pairs),
        "first_run": summary(times_ms(pairs, glossary)),
        "second_run": summary(times_ms(pairs, glossary)),
    }
    arguments.out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()

"""How long the memory takes: opening, exact and similar sources, adding one, for a growing number of corrections.

    python benchmarks/memory_lookup.py [RESULT.json]

Looking things up is measured in CPU time, since other work may share the machine; adding waits for the disk, so there
the clock on the wall counts. The sources are words of the lexicon in random order, 6 to 18 in each; half of the
questions are stored sources with a word more, half are new: the hardest case, since all are made of the same words.
"""

from __future__ import annotations

import json
import platform
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from vistka.memory.corrections import Correction
from vistka.memory.recall import Recaller
from vistka.memory.store import Memory

HERE = Path(__file__).parent
SIZES = (1_000, 10_000, 100_000)
QUESTIONS = 200
COMMON_WORDS = 4_000


def _words() -> list[str]:
    words: list[str] = []
    for file in sorted((HERE.parent / "translate" / "lexicon").glob("general_*.tsv")):
        for line in file.read_text(encoding="utf-8").splitlines()[1:]:
            lemma = line.split("\t")[0]
            if lemma and not lemma.startswith("#"):
                words.append(lemma)
    return words[:COMMON_WORDS]


def _sentence(chooser: random.Random, words: list[str]) -> str:
    return " ".join(chooser.choices(words, k=chooser.randint(6, 18))).capitalize() + "."


def _times_ms(calls: Iterable[Callable[[], object]], clock: Callable[[], float] = time.process_time) -> list[float]:
    times = []
    for call in calls:
        start = clock()
        call()
        times.append((clock() - start) * 1000)
    return times


def _summary(times: list[float]) -> dict[str, float]:
    return {
        "median_ms": round(statistics.median(times), 3),
        "p95_ms": round(sorted(times)[int(0.95 * (len(times) - 1))], 3),
    }


def measured(size: int, folder: Path) -> dict[str, object]:
    """The times for one size."""
    chooser, words = random.Random(size), _words()  # noqa: S311 - the same sentences each time, no secret
    sources = [_sentence(chooser, words) for _ in range(size)]
    memory = Memory(folder / f"{size}.sqlite")
    memory.add_all([Correction(source=source, target="English.") for source in sources])
    memory.close()

    memory = Memory(memory.path)
    recaller = Recaller(memory)
    changed = [source.replace(" ", " не ", 1) for source in chooser.sample(sources, QUESTIONS // 2)]
    fresh = [_sentence(chooser, words) for _ in range(QUESTIONS // 2)]
    first = _times_ms([lambda: recaller.similar(fresh[:1])])[0]
    recaller.similar(changed[:2])  # loads the morphology that the names need
    found = recaller.similar(changed)
    result = {
        "corrections": size,
        "index_ms": round(first, 1),
        "exact": _summary(_times_ms((lambda s=s: recaller.exact(s)) for s in (*sources[:100], *fresh))),  # type: ignore[misc]
        "similar_found": _summary(_times_ms((lambda s=s: recaller.similar([s])) for s in changed)),  # type: ignore[misc]
        "similar_none": _summary(_times_ms((lambda s=s: recaller.similar([s])) for s in fresh)),  # type: ignore[misc]
        "found": sum(hit is not None for hit in found),
        "asked": len(changed),
    }

    def post(number: int) -> None:
        memory.add(Correction(source=f"{_sentence(chooser, words)} {number}", target="English."))
        recaller.similar(fresh[:1])

    return result | {
        "add_and_ask_again_wall": _summary(
            _times_ms(((lambda n=n: post(n)) for n in range(50)), time.perf_counter)  # type: ignore[misc]
        )
    }


def main() -> None:
    """Measure every size and write the result."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "results" / "memory_lookup.json"
    with tempfile.TemporaryDirectory() as folder:
        rows = [measured(size, Path(folder)) for size in SIZES]
    for row in rows:
        print(json.dumps(row))
    result = {"machine": f"{platform.machine()}, Python {platform.python_version()}", "rows": rows}
    target.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

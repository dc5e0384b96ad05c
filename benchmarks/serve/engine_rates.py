"""Sentences a second of the engine alone, by how many are given to each worker at once: what batching can gain at most.

    python benchmarks/serve/engine_rates.py --work serve-bench     # the folder of load.py, which has made the model

It adds its figures to `results/serve.json`. Same weights, beam and length as in `load.py`, two threads with a worker
each, no service around it: with one sentence at a time this is what LibreTranslate does when it is tuned.
"""

from __future__ import annotations

import argparse
import itertools
import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from vistka.benchmarks.serve.load import BEAM, FORCED_LENGTH, RESULTS
from vistka.benchmarks.serve.random_marian import WRITTEN_TOKENS
from vistka.benchmarks.serve.sentences import sentences
from vistka.models.ctranslate2_library import ctranslate2_library
from vistka.models.threads import usable_cores

SIZES = (1, 4, 8, 16, 32)
ROUNDS = 3
_SECONDS = 6.0


def main() -> int:
    """Measure in a process that has the forced length, and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path("serve-bench"), help="folder with the model")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.here:
        print(json.dumps(rates(arguments.work)))
        return 0
    call = [sys.executable, __file__, "--work", str(arguments.work), "--here"]
    environment = {"PYTHONPATH": str(FORCED_LENGTH)}
    done = subprocess.run(call, check=True, stdout=subprocess.PIPE, text=True, env=environment)  # noqa: S603 - this script
    found = json.loads(done.stdout.splitlines()[-1])
    print(found)
    results = json.loads(RESULTS.read_text(encoding="utf-8")) | {"engine_alone_sentences_per_s": found}
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return 0


def rates(work: Path) -> dict[str, float]:
    """Size of the batches → sentences a second of all workers; the best of the rounds, which take turns."""
    import sentencepiece

    folder = next(one for one in (work / "cache/models/random/conversions").iterdir() if one.is_dir())
    workers = usable_cores()
    library = ctranslate2_library()
    engine = library.Translator(str(folder), compute_type="int8", inter_threads=workers, intra_threads=1)
    pieces: Any = sentencepiece.SentencePieceProcessor(model_file=str(work / "marian" / "source.spm"))
    texts = [[*pieces.encode(text, out_type=str), "</s>"] for text in itertools.islice(sentences(3_000_000), 512)]
    _rate(engine, texts, 1, workers)
    found: dict[str, float] = dict.fromkeys(map(str, SIZES), 0.0)
    for _ in range(ROUNDS):
        for size in SIZES:
            found[str(size)] = max(found[str(size)], round(_rate(engine, texts, size, workers), 1))
    return found


def _rate(engine: Any, texts: list[list[str]], size: int, workers: int) -> float:
    done = [0] * workers
    end = time.perf_counter() + _SECONDS

    def work(number: int) -> None:
        start = number * len(texts) // workers
        while time.perf_counter() < end:
            batch = [texts[(start + done[number] + offset) % len(texts)] for offset in range(size)]
            results = engine.translate_batch(batch, beam_size=BEAM)
            if any(len(result.hypotheses[0]) != WRITTEN_TOKENS for result in results):
                raise SystemExit("the length is not forced")
            done[number] += size

    threads = [threading.Thread(target=work, args=(number,)) for number in range(workers)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - began)


if __name__ == "__main__":
    sys.exit(main())

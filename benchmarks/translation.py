"""Scores a model on parallel sentences, with and without hints: BLEU, chrF, seconds a sentence, peak memory.

    python benchmarks/translation.py --data ../shared/eval/flores-dev --every 10

Each way of translating runs in a process of its own, so that its peak memory is its own. The sentences are whole
documents to the program: what is measured is what `vistka translate` prints.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from pathlib import Path

from vistka.datatypes import Block, Item
from vistka.options import DEFAULT_MODEL, Options
from vistka.pipeline import open_pipeline, vistka_version
from vistka.progress import SilentProgress

RESULTS = Path(__file__).parent / "results"
WAYS = {
    "no hints": {"hints": False, "ladder": False},
    "hints": {"hints": True, "ladder": False},
    "hints and ladder": {"hints": True, "ladder": True},
}


def main() -> int:
    """Run every way, print a table, write the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with one .uk and one .en file, a line each")
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--every", type=int, default=1, help="take every n-th sentence, from the first on")
    parser.add_argument("--ways", default=",".join(WAYS), help="which of: " + ", ".join(WAYS))
    parser.add_argument("--output", type=Path, default=RESULTS / "translation.json")
    parser.add_argument("--one-way", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    sources, references = read_pairs(arguments.data, arguments.every)
    if arguments.one_way:
        print(json.dumps(translate(sources, arguments.model, arguments.one_way), ensure_ascii=False))
        return 0
    runs = [run(way, arguments, references) for way in arguments.ways.split(",")]
    write_results(arguments, runs, len(sources))
    return 0


def read_pairs(folder: Path, every: int) -> tuple[list[str], list[str]]:
    """Sources and references, line by line."""
    source_file, reference_file = next(folder.glob("*.uk")), next(folder.glob("*.en"))
    sources = source_file.read_text(encoding="utf-8").splitlines()
    references = reference_file.read_text(encoding="utf-8").splitlines()
    pairs = list(zip(sources, references, strict=True))[::every]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def translate(sources: list[str], model: str, way: str) -> dict[str, object]:
    """Translate in this process."""
    options = Options(model=model, use_memory=False, hints=WAYS[way]["hints"], ladder=WAYS[way]["ladder"])
    pipeline = open_pipeline(options, SilentProgress(), writes_abstracts=False)
    started = time.monotonic()
    texts, flagged, rungs = [], 0, 0
    for source in sources:
        draft = pipeline.translator.draft(Item(source, (Block(source, "paragraph", 0, len(source)),)))
        texts.append(" ".join("".join(draft.block_texts()).split()))
        flagged += any(flag.severity == "error" for flag in draft.flags())
        rungs += any(part.rung for part in draft.segments)
    seconds = time.monotonic() - started
    pipeline.close()
    return {
        "texts": texts,
        "seconds_a_sentence": round(seconds / len(sources), 2),
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "flagged": flagged,
        "settled_on_a_later_rung": rungs,
        "revision": pipeline.translator.recipe.revision,
        "glossary": pipeline.translator.recipe.glossary,
    }


def run(way: str, arguments: argparse.Namespace, references: list[str]) -> dict[str, object]:
    """Translate in a process of its own, and score."""
    import sacrebleu

    call = [sys.executable, __file__, "--data", str(arguments.data), "--every", str(arguments.every)]
    call += ["--model", arguments.model, "--one-way", way]
    done = subprocess.run(call, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - this script
    result: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    texts = result.pop("texts")
    bleu, chrf = sacrebleu.metrics.BLEU(), sacrebleu.metrics.CHRF()
    result = {
        "name": f"{arguments.model}, {way}",
        "bleu": round(bleu.corpus_score(texts, [references]).score, 2),
        "chrf": round(chrf.corpus_score(texts, [references]).score, 2),
        **result,
    }
    result["signatures"] = [str(bleu.get_signature()), str(chrf.get_signature())]
    print({key: value for key, value in result.items() if key != "signatures"})
    return result


def write_results(arguments: argparse.Namespace, runs: list[dict[str, object]], sentences: int) -> None:
    """The figures with what they were measured on."""
    signatures = runs[0]["signatures"]
    for one in runs:
        del one["signatures"]
    chosen = "all" if arguments.every == 1 else f"every {arguments.every}th, from the first on"
    result = {
        "data": arguments.data.name,
        "sentences": sentences,
        "chosen": f"{chosen}, of {arguments.data.name}",
        "machine": f"{os.cpu_count()} CPU cores ({platform.machine()})",
        "signature": " and ".join(signatures) if isinstance(signatures, list) else "",
        "version": vistka_version(),
        "runs": runs,
    }
    arguments.output.parent.mkdir(exist_ok=True)
    arguments.output.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

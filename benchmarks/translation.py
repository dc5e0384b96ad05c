"""Scores the embedded model on parallel sentences, by how it is helped: BLEU, chrF, paired significance, speed.

    python benchmarks/translation.py --sets flores-dev,ntrex --records records.sqlite --hypotheses drafts
    python benchmarks/translation.py --sets ntrex --every 20 --forms --records records.sqlite
    python benchmarks/translation.py --speed 40

What is measured is what `vistka translate --engine ctranslate2` prints for each sentence. The outputs of the model are
kept in the file of `--records`, so that a run that was stopped goes on, and a change of the checks asks only what is
new; the hypotheses of each way are written as lines, for `vistka eval --hypotheses`. `--forms` tells the same terms in
other forms, and with the sense that the reference has (see `hint_formats`). `--speed` times so many sentences with each
engine, in a process of its own, with nothing kept.
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
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from vistka.benchmarks.hint_formats import FORMS, ReformingEngine
from vistka.benchmarks.recorded_engine import RecordedEngine
from vistka.evaluate.model_runs import item_of_lines
from vistka.evaluate.scores import corpus_scores
from vistka.evaluate.sets import Pairs, choose, read_set
from vistka.evaluate.significance import paired_bootstrap
from vistka.evaluate.ways import WAYS
from vistka.options import DEFAULT_MODEL, Options
from vistka.pipeline import Pipeline, open_pipeline, vistka_version
from vistka.progress import SilentProgress
from vistka.translate.drafts import Remembered, Translator

RESULTS = Path(__file__).parent / "results" / "translation.json"
SETS = Path(__file__).parent.parent.parent / "shared" / "eval"
BASELINE = "no hints"
MEASURED = (BASELINE, "hints", "hints and ladder")
ENGINES = ("llamacpp", "ctranslate2")
_LINES_AT_ONCE = 48


def main() -> int:
    """Translate what is missing, score, print, write the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=SETS, help="folder of the sets")
    parser.add_argument("--sets", default="flores-dev", help="which, with commas")
    parser.add_argument("--every", type=int, default=1, help="take every n-th sentence, from the first on")
    parser.add_argument("--ways", default=",".join(MEASURED), help="which of: " + ", ".join(WAYS))
    parser.add_argument("--records", type=Path, help="where the model's outputs are kept; no part of the project")
    parser.add_argument("--hypotheses", type=Path, help="folder for what each way wrote, a line for each sentence")
    parser.add_argument("--forms", action="store_true", help="compare forms of the hints")
    parser.add_argument("--speed", type=int, default=0, help="time so many sentences with each engine")
    parser.add_argument("--output", type=Path, default=RESULTS)
    parser.add_argument("--one-engine", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one_engine:
        print(json.dumps(timed(arguments.one_engine, _first_set(arguments), arguments.speed)))
        return 0
    results = _read(arguments.output)
    if arguments.speed:
        results["speed"] = [_in_a_process(engine, arguments) for engine in ENGINES]
        _write(arguments.output, results)
        return 0
    for name in arguments.sets.split(","):
        pairs = choose(read_set(name, arguments.data), every=arguments.every)
        results["forms" if arguments.forms else "sets"][f"{name}, {pairs.chosen}"] = measured(pairs, arguments)
        _write(arguments.output, results)
    return 0


# --- scores ---------------------------------------------------------------------------------------------------------


def measured(pairs: Pairs, arguments: argparse.Namespace) -> dict[str, Any]:
    """Scores of each way or form on one set, and each against the first."""
    pipeline = open_pipeline(_options(), SilentProgress(), writes_abstracts=False)
    recipe = pipeline.translator.recipe
    engine: Any = pipeline.translator.engine
    if arguments.records:
        engine = RecordedEngine(engine, arguments.records, recipe.revision)
    human = _by_source(pairs)
    runs: list[tuple[str, list[str], dict[str, Any]]] = []
    for name in FORMS if arguments.forms else arguments.ways.split(","):
        way = WAYS["hints" if arguments.forms else name]
        told = ReformingEngine(engine, name, pipeline.translator.glossary, human) if arguments.forms else engine
        texts, counts = _translated(_helped(pipeline, told, way.hints, way.ladder), pairs, name)
        runs.append((name, texts, counts))
        if arguments.hypotheses:
            arguments.hypotheses.mkdir(parents=True, exist_ok=True)
            place = arguments.hypotheses / f"{pairs.name}.{name.replace(' ', '-')}.en"
            place.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    engine.close()
    return {
        "sentences": len(pairs.sources),
        "model": DEFAULT_MODEL,
        "engine": "ctranslate2",
        "glossary": recipe.glossary,
        "version": vistka_version(),
        "signatures": _signatures(pairs),
        "runs": [_scored(name, texts, counts, pairs) for name, texts, counts in runs],
        "comparisons": [_compared(runs[0], other, pairs) for other in runs[1:]],
    }


def _options() -> Options:
    return Options(use_memory=False, engine="ctranslate2")


def _helped(pipeline: Pipeline, engine: Any, hints: bool, ladder: bool) -> Translator:
    options = replace(pipeline.translator.options, hints=hints, ladder=ladder)
    return replace(pipeline.translator, engine=engine, options=options, remembered=Remembered())


def _translated(translator: Translator, pairs: Pairs, name: str) -> tuple[list[str], dict[str, Any]]:
    """The English of each sentence, some dozens of them at a time as one document, and what came up."""
    texts: list[str] = []
    flagged = later = 0
    for start in range(0, len(pairs.sources), _LINES_AT_ONCE):
        lines = pairs.sources[start : start + _LINES_AT_ONCE]
        draft = translator.draft(item_of_lines(lines))
        for number in range(len(lines)):
            parts = [part for part in draft.segments if part.segment.block == number]
            texts.append(" ".join("".join(part.text for part in parts).split()))
            flagged += any(flag.severity == "error" for part in parts for flag in part.flags)
            later += any(part.rung for part in parts)
        print(f"{pairs.name}, {name}: {len(texts)} of {len(pairs.sources)}", file=sys.stderr, flush=True)
    return texts, {"flagged": flagged, "settled_on_a_later_rung": later}


def _by_source(pairs: Pairs) -> dict[str, str]:
    return dict(zip(pairs.sources, pairs.first_references(), strict=True))


def _signatures(pairs: Pairs) -> list[str]:
    scores = corpus_scores(pairs.first_references(), pairs.references)
    return [scores.bleu_signature, scores.chrf_signature]


def _scored(name: str, texts: Sequence[str], counts: Mapping[str, Any], pairs: Pairs) -> dict[str, Any]:
    scores = corpus_scores(texts, pairs.references)
    row = {"name": name, "bleu": round(scores.bleu_0_100, 2), "chrf": round(scores.chrf_0_100, 2), **counts}
    print(row, flush=True)
    return row


def _compared(baseline: tuple[str, list[str], Any], other: tuple[str, list[str], Any], pairs: Pairs) -> dict[str, Any]:
    """Paired bootstrap of `other` against `baseline`."""
    found: dict[str, Any] = {"system": other[0], "baseline": baseline[0]}
    for one in paired_bootstrap(other[1], baseline[1], pairs.references):
        found[one.score] = {"difference": round(one.difference, 2), "p": round(one.p_value, 4)}
        found["resamples"] = one.signature
    print(found, flush=True)
    return found


# --- speed ----------------------------------------------------------------------------------------------------------


def timed(engine: str, pairs: Pairs, count: int) -> dict[str, Any]:
    """Seconds a sentence and peak memory in this process, one sentence at a time and all at once."""
    sources = pairs.sources[:: max(1, len(pairs.sources) // count)][:count]
    began = time.monotonic()
    pipeline = open_pipeline(replace(_options(), engine=engine), SilentProgress(), writes_abstracts=False)
    load_s = time.monotonic() - began
    result: dict[str, Any] = {"engine": engine, "sentences": len(sources), "load_s": round(load_s, 1)}
    for name, groups in (("alone", [[source] for source in sources]), ("together", [list(sources)])):
        translator = replace(pipeline.translator, remembered=Remembered())
        began = time.monotonic()
        for lines in groups:
            translator.draft(item_of_lines(lines))
        result[f"seconds_a_sentence_{name}"] = round((time.monotonic() - began) / len(sources), 2)
    pipeline.close()
    result["peak_memory_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    return result | {"peak_memory_of_its_server_mib": children}


def _in_a_process(engine: str, arguments: argparse.Namespace) -> dict[str, Any]:
    call = [sys.executable, __file__, "--data", str(arguments.data), "--sets", arguments.sets]
    call += ["--speed", str(arguments.speed), "--one-engine", engine]
    done = subprocess.run(call, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - this script
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(result, flush=True)
    return result


def _first_set(arguments: argparse.Namespace) -> Pairs:
    return read_set(arguments.sets.split(",")[0], arguments.data)


# --- results --------------------------------------------------------------------------------------------------------


def _read(file: Path) -> dict[str, Any]:
    """What was measured before: a set that is not measured now keeps its figures."""
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return {"sets": known.get("sets", {}), "forms": known.get("forms", {}), "speed": known.get("speed", [])}


def _write(file: Path, results: Mapping[str, Any]) -> None:
    machine = f"{os.cpu_count()} CPU cores ({platform.machine()})"
    file.write_text(json.dumps({**results, "machine": machine}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

"""Precision and recall of sentence boundaries, and of languages, on the shared sets; other libraries beside it.

    python benchmarks/segmentation.py [SHARED] [RESULT.json]

A library that is not installed is left out and named in the result. Boundaries are those inside a paragraph or a
case; where white space stands between two sentences, the boundary is the first character after it.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

from vistka.text.languages import dominant_language
from vistka.text.sentences import sentence_spans

HERE = Path(__file__).parent
Segmenter = Callable[[str], list[str]]


def _own() -> Segmenter:
    return lambda text: [span.of(text) for span in sentence_spans(text, "uk")]


def _choppa() -> Segmenter:
    choppa: Any = import_module("choppa")
    document = choppa.SrxDocument(ruleset=choppa.DEFAULT_SRX_RULESET)
    return lambda text: list(choppa.SrxTextIterator(document, "uk_two", text))


def _tokenize_uk() -> Segmenter:
    module: Any = import_module("tokenize_uk")
    return lambda text: list(module.tokenize_sents(text))


def _pysbd() -> Segmenter:
    module: Any = import_module("pysbd")
    return lambda text: list(module.Segmenter(language="ru", clean=False).segment(text))


def _sentencex() -> Segmenter:
    module: Any = import_module("sentencex")
    return lambda text: list(module.segment("uk", text))


def _blingfire() -> Segmenter:
    module: Any = import_module("blingfire")
    return lambda text: str(module.text_to_sentences(text)).split("\n")


def _razdel() -> Segmenter:
    module: Any = import_module("razdel")
    return lambda text: [sentence.text for sentence in module.sentenize(text)]


def _simplemma() -> Segmenter:
    module: Any = import_module("simplemma")
    return lambda text: list(module.split_sentences(text, lang="uk"))


SYSTEMS: dict[str, tuple[str, Callable[[], Segmenter]]] = {
    "vistka": ("vistka", _own),
    "choppa (LanguageTool's rules)": ("choppa-srx", _choppa),
    "tokenize-uk": ("tokenize-uk", _tokenize_uk),
    "pysbd (Russian)": ("pysbd", _pysbd),
    "sentencex": ("sentencex", _sentencex),
    "blingfire": ("blingfire", _blingfire),
    "razdel": ("razdel", _razdel),
    "simplemma": ("simplemma", _simplemma),
}


def _sets(shared: Path) -> Iterator[tuple[str, list[list[str]]]]:
    folder = shared / "eval" / "segmentation"
    lines = (folder / "parlamint-testdev.paragraphs.jsonl").read_text(encoding="utf-8").splitlines()
    yield "parlamint", [[part["text"] + " " for part in json.loads(line)["sentences"]] for line in lines]
    cases = json.loads((folder / "languagetool-uk.json").read_text(encoding="utf-8"))["cases"]
    yield "languagetool", [case["sentences"] for case in cases]


def _starts(text: str, sentences: list[str]) -> set[int]:
    """Where each sentence but the first begins."""
    starts: set[int] = set()
    position = 0
    for sentence in map(str.strip, sentences):
        if sentence:
            position = max(text.find(sentence, position), position)
            if text[:position].strip():
                starts.add(position)
            position += len(sentence)
    return starts


def _score(segment: Segmenter, texts: list[list[str]]) -> dict[str, float]:
    both = found = gold = exact = characters = 0
    started = time.perf_counter()
    for sentences in texts:
        text = "".join(sentences)
        expected, given = _starts(text, sentences), _starts(text, segment(text))
        both += len(expected & given)
        gold += len(expected)
        found += len(given)
        exact += expected == given
        characters += len(text)
    return {
        "boundaries": gold,
        "precision": round(both / found if found else 1.0, 4),
        "recall": round(both / gold, 4),
        "f1": round(2 * both / (found + gold), 4),
        "texts": len(texts),
        "texts_exact": exact,
        "us_per_character": round(1e6 * (time.perf_counter() - started) / characters, 2),
    }


def _language_counts(shared: Path) -> dict[str, dict[str, int]]:
    """For each set and the language that it says: how many lines were taken for which language."""
    counts: dict[str, dict[str, int]] = {}

    def count(name: str, text: str) -> None:
        found = dominant_language(text)
        counts.setdefault(name, {})
        counts[name][found] = counts[name].get(found, 0) + 1

    folder = shared / "eval"
    paragraphs = (folder / "segmentation" / "parlamint-testdev.paragraphs.jsonl").read_text(encoding="utf-8")
    for line in paragraphs.splitlines():
        for part in json.loads(line)["sentences"]:
            if part["lang"]:
                count(f"parlamint {part['lang']}", part["text"])
    for language in ("uk", "en"):
        for line in (folder / "speeches" / f"para.{language}").read_text(encoding="utf-8").splitlines():
            count(f"speeches {language}", line)
    return counts


def main() -> None:
    """Measure, print and write the result."""
    shared = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parents[1] / "shared"
    target = Path(sys.argv[2]) if len(sys.argv) > 2 else HERE / "results" / "segmentation.json"
    sets = list(_sets(shared))
    result: dict[str, Any] = {"sentences": {}, "not_installed": []}
    for name, (distribution, load) in SYSTEMS.items():
        try:
            segment = load()
        except ImportError:
            result["not_installed"].append(name)
            continue
        scores = {set_name: _score(segment, texts) for set_name, texts in sets}
        result["sentences"][name] = {"version": metadata.version(distribution), **scores}
        print(name, *(f"{key} P {s['precision']} R {s['recall']} F1 {s['f1']}" for key, s in scores.items()), sep="; ")
    result["languages"] = _language_counts(shared)
    print(result["languages"])
    result["notes"] = [
        "languagetool is the test set of the rules that choppa runs: seen by them, not by the others",
        "parlamint marks 5 sentences as ru; read by eye they are Ukrainian",
        "speeches uk holds whole paragraphs spoken in Russian and in English",
    ]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

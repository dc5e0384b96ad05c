"""Drafts of news items, and what a second, simpler pair of eyes finds in them that no flag tells of.

    python benchmarks/news_drafts.py --data ../shared/eval/news --every 3 --engine ctranslate2 --drafts drafts.jsonl
    python benchmarks/news_drafts.py --data ../shared/eval/news --every 3 --drafts drafts.jsonl --read 50

The first call translates (and goes on where an earlier one stopped; with `--records` a new version of the program asks
the model only what is new), compares numbers, currencies and expansions of
source and English by rules that share no code with the program's own checks, and writes the counts. The second prints
segments drawn at random for a person to read; verdicts go into `news_reading.tsv`, which names each segment by its
item, its index and a digest of its source, since the texts may not be passed on.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from vistka.benchmarks.news_sentences import news_items
from vistka.benchmarks.recorded_engine import RecordedEngine
from vistka.datatypes import Draft
from vistka.documents.plain_text import read_text
from vistka.options import Options
from vistka.pipeline import open_pipeline, vistka_version
from vistka.progress import SilentProgress
from vistka.result_lines import LOW_CONFIDENCE_0_1

HERE = Path(__file__).parent
READING = HERE / "news_reading.tsv"
SEED = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One Ukrainian segment and its draft."""

    item: int
    index: int
    source: str
    english: str
    confidence: float
    flags: tuple[str, ...]

    @property
    def digest(self) -> str:
        """The first eight hexadecimal digits of the source's SHA-256."""
        return hashlib.sha256(self.source.encode()).hexdigest()[:8]


def main() -> int:
    """Translate what is missing, then check or print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with news-100.jsonl")
    parser.add_argument("--every", type=int, default=1, help="take every n-th item, from the first on")
    parser.add_argument("--engine", default="", help="which engine runs the model")
    parser.add_argument("--drafts", type=Path, required=True, help="the file of drafts, no part of the project")
    parser.add_argument("--records", type=Path, help="where the model's outputs are kept; no part of the project")
    parser.add_argument("--read", type=int, default=0, help="print so many segments drawn at random, and stop")
    parser.add_argument("--output", type=Path, default=HERE / "results" / "news_drafts.json")
    arguments = parser.parse_args()
    texts = dict(enumerate(news_items(arguments.data / "news-100.jsonl")))
    chosen = {number: text for number, text in texts.items() if number % arguments.every == 0}
    rows = translated(chosen, arguments)
    if arguments.read:
        show(random.Random(SEED).sample(rows, min(arguments.read, len(rows))))  # noqa: S311 - a sample to read
        return 0
    report(rows, len(chosen), arguments.output)
    return 0


def translated(texts: dict[int, str], arguments: argparse.Namespace) -> list[Row]:
    """The drafts of `texts`, those in the file of drafts as they are, the rest made now and added to it."""
    kept = arguments.drafts
    records = [json.loads(line) for line in kept.read_text("utf-8").splitlines()] if kept.exists() else []
    there = {record["item"] for record in records}
    missing = [number for number in texts if number not in there]
    if missing:
        options = Options(use_memory=False, engine=arguments.engine)
        pipeline = open_pipeline(options, SilentProgress(), writes_abstracts=False)
        translator = pipeline.translator
        if arguments.records:
            recorded = RecordedEngine(translator.engine, arguments.records, translator.recipe.revision)
            translator = replace(translator, engine=recorded)
        with kept.open("a", encoding="utf-8") as file:
            for number in missing:
                draft = translator.draft(read_text(texts[number], str(number)))
                record = {"item": number, "rows": [list(row) for row in _rows(draft)]}
                records.append(record)
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
                file.flush()
        pipeline.close()
    return [
        Row(record["item"], index, source, english, confidence, _shown_flags(flags, confidence))
        for record in records
        if record["item"] in texts
        for index, source, english, confidence, flags in record["rows"]
    ]


def _shown_flags(flags: Sequence[str], confidence: float) -> tuple[str, ...]:
    """What the command line says of a segment: its flags, else that it is probably wrong."""
    return tuple(flags) or (("low-confidence",) if confidence < LOW_CONFIDENCE_0_1 else ())


def _rows(draft: Draft) -> list[tuple[int, str, str, float, list[str]]]:
    return [
        (index, part.segment.text.strip(), part.text.strip(), part.confidence_0_1, [flag.code for flag in part.flags])
        for index, part in enumerate(draft.segments)
        if part.segment.language == "uk" and part.origin != "source"
    ]


# --- the second pair of eyes ----------------------------------------------------------------------------------------

_DIGITS = re.compile(r"\d+(?:[ \u00a0\u202f]\d{3}(?!\d))*(?:[.,:]\d+)*")
_WORDS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()
_ORDINALS = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth".split()
_MULTIPLES = {"тис": 3, "млн": 6, "мільйон": 6, "млрд": 9, "мільярд": 9}
_CURRENCIES = {
    "hryvnia": (r"грн\b|гривн|гривень", r"hryvn|UAH|₴"),
    "dollar": (r"\$|долар|\bдол\.|USD", r"\$|dollar|USD"),
    "euro": (r"€|\bєвро\b|EUR\b", r"€|\beuros?\b|EUR\b"),
    "ruble": (r"₽|рубл", r"₽|r(?:o)?uble|RUB\b"),
    "pound": (r"£|фунт(?:ів|и|а)? стерлінг", r"£|\bpounds?\b|GBP"),
}
_PARENTHESES = re.compile(r"\(([^()]*)\)")


def lost_numbers(source: str, english: str) -> list[str]:
    """The numbers in figures of `source` that `english` has neither in figures, spelled out, nor multiplied out."""
    there = {_plain(found) for found in _DIGITS.findall(english)}
    low = english.lower()
    return [
        found.group()
        for found in _DIGITS.finditer(source)
        if not (_forms(found, source) & there or any(re.search(rf"\b{word}", low) for word in _spelled(found.group())))
    ]


def _plain(figures: str) -> str:
    """`1 500`, `1,500` → 1500; `2,5` → 2.5; `03` → 3."""
    joined = re.sub(r"[ \u00a0\u202f]|,(?=\d{3}(?!\d))", "", figures).replace(",", ".")
    return joined.lstrip("0") or "0"


def _forms(found: re.Match[str], source: str) -> set[str]:
    plain = _plain(re.sub(",", ".", found.group()))
    forms = {plain, *plain.split("."), *plain.split(":")} if "." in plain or ":" in plain else {plain}
    if clock := re.fullmatch(r"(1[3-9]|2[0-3]):(\d\d)", found.group()):
        forms.add(f"{int(clock[1]) - 12}:{clock[2]}")  # 4:38 p.m.
    after = source[found.end() : found.end() + 10].lstrip(" \u00a0").lower()
    for stem, power in _MULTIPLES.items():
        if after.startswith(stem) and re.fullmatch(r"\d+(\.\d+)?", plain):
            forms.add(str(round(float(plain) * 10**power)))
    return forms


def _spelled(figures: str) -> list[str]:
    if not figures.isdigit() or int(figures) >= len(_WORDS):
        return []
    value = int(figures)
    return [_WORDS[value], *([_ORDINALS[value]] if value < len(_ORDINALS) else [])]


def currencies(text: str, language: int) -> set[str]:
    """The currencies that `text` names; `language` 0 is Ukrainian, 1 is English."""
    return {name for name, patterns in _CURRENCIES.items() if re.search(patterns[language], text, re.IGNORECASE)}


def expansions(source: str, english: str) -> list[str]:
    """What stands in parentheses in the English beyond what the source has in them."""
    found = _PARENTHESES.findall(english)
    return found[len(_PARENTHESES.findall(source)) :] if len(found) > source.count("(") else []


def suspicions(row: Row) -> list[str]:
    """What looks wrong in a draft."""
    found = [f"number {number}" for number in lost_numbers(row.source, row.english)]
    found += [f"currency {name}" for name in sorted(currencies(row.source, 0) ^ currencies(row.english, 1))]
    return found + [f"expansion ({text})" for text in expansions(row.source, row.english)]


# --- what comes of it -----------------------------------------------------------------------------------------------


def show(rows: list[Row]) -> None:
    """Segments as a person reads them."""
    for row in rows:
        print(f"{row.item}.{row.index} {row.digest} {row.confidence} {' '.join(row.flags)}")
        print(f"  UK {row.source}\n  EN {row.english}")


def reading() -> list[dict[str, str]]:
    """The verdicts that a person wrote down."""
    if not READING.exists():
        return []
    with READING.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t"))


def report(rows: list[Row], items: int, output: Path) -> None:
    """Print what is suspected, write the counts."""
    told: list[tuple[Row, str]] = []
    untold: list[tuple[Row, str]] = []
    for row in rows:
        for suspicion in suspicions(row):
            (told if row.flags else untold).append((row, suspicion))
    for row, suspicion in untold:
        print(f"not flagged: {row.item}.{row.index} {suspicion}\n  UK {row.source}\n  EN {row.english}")
    verdicts = reading()
    result = {
        "items": items,
        "segments": len(rows),
        "flagged_segments": sum(bool(row.flags) for row in rows),
        "suspicions_on_flagged_segments": _counts([what for _, what in told]),
        "suspicions_not_flagged": _counts([what for _, what in untold]),
        "read_by_a_person": {
            "segments": len(verdicts),
            "verdicts": dict(Counter(row["verdict"] for row in verdicts)),
            "wrong_currency_number_or_expansion": sum(row["fact"] == "wrong" for row in verdicts),
            "of_these_without_a_flag": sum(row["fact"] == "wrong" and not row["flags"] for row in verdicts),
        },
        "version": vistka_version(),
    }
    output.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, ensure_ascii=False, indent=1))


def _counts(found: list[str]) -> dict[str, int]:
    return dict(Counter(what.split()[0] for what in found))


if __name__ == "__main__":
    sys.exit(main())

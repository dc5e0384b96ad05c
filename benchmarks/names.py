"""How often names come out in the right nominative and the right English spelling.

Usage: `python benchmarks/names.py --data FOLDER [--out FILE] [--show]`

FOLDER holds `names/spelling.jsonl` (a list of official English spellings), `names/kmu2010-examples.tsv` (romanisation
by resolution 55) and `news/news-100.jsonl` (for the time a sentence takes). Reported:

- `spelling_nominative`: share of the list spelled as it says, from the nominative.
- `places_inflected`: the places of the list that the dictionary declines, in five cases; share of forms folded to the
  right nominative (`lemma`) and spelled right (`spelling`); `by_ending_alone` without the lexicon of names, and
  `dictionary_first` the first lemma that the dictionary gives, for comparison.
- `people`: the inflected full names of `names_inflected.tsv`, written for this benchmark. The rules were tuned on the
  rows `tuned`; those marked `held-out` were written afterwards and only measured.
- `romanisation`: share of the examples of resolution 55.
- `time`: what the book of an item costs in processor time.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vistka.text.lemmas import analyzer, lemmas, normal_word
from vistka.text.name_forms import place_forms
from vistka.text.romanisation import romanise
from vistka.text.segments import segment_block
from vistka.translate.name_book import NameBook

HERE = Path(__file__).parent
_PLACES = {"City", "Settlement", "Village", "Town"}
_CASES = ("gent", "datv", "accs", "ablt", "loct")
_MAX_SHOWN = 60


def share(right: int, of: int) -> dict[str, float | int]:
    """A share with what it is made of."""
    return {"right": right, "of": of, "share": round(right / of, 4) if of else 0.0}


def read_list(folder: Path) -> list[dict[str, Any]]:
    """The rows of the spelling list, corrected where the list's notes correct them."""
    lines = (folder / "names/spelling.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [row | {"uk": row.get("uk_corrected", row["uk"]), "en": row.get("en_corrected", row["en"])} for row in rows]


def inflected(place: str) -> Iterator[str]:
    """The case forms of a one-word place that the dictionary knows as a thing, capitalised as the place is."""
    word = normal_word(place)
    parses = [p for p in analyzer().parse(word) if p.normal_form == word and "inan" in p.tag]
    for case in _CASES:
        form = parses[0].inflect({case}) if parses else None
        if form:
            yield "-".join(part.capitalize() for part in form.word.split("-"))


def measure_places(rows: list[dict[str, Any]], book: NameBook, wrong: list[str]) -> dict[str, Any]:
    """Figures for the case forms of places."""
    counts = dict.fromkeys(("lemma", "spelling", "by_ending_alone", "dictionary_first"), 0)
    total = places = 0
    for row in rows:
        if row["category"] not in _PLACES or " " in row["uk"]:
            continue
        forms = list(inflected(row["uk"]))
        places += bool(forms)
        for form in forms:
            total += 1
            # Behind a word that says so, as texts have it: alone, `Суми` may be sums.
            named = [name for name in book.mentions(f"у місті {form}") if name.names[0].kind == "place"]
            spelling = named[0].spelling if named else book.spelling(form)
            counts["lemma"] += normal_word(spelling.nominative) == normal_word(row["uk"])
            counts["spelling"] += spelling.english == row["en"]
            counts["by_ending_alone"] += place_forms(form)[0].lemma == normal_word(row["uk"])
            counts["dictionary_first"] += lemmas(form)[0] == normal_word(row["uk"])
            if spelling.english != row["en"]:
                wrong.append(f"{form}: {spelling.english} for {row['en']}")
    return {"places": places} | {name: share(count, total) for name, count in counts.items()}


def measure_people(book: NameBook, wrong: list[str]) -> dict[str, Any]:
    """Figures for the inflected full names."""
    right: dict[str, int] = {}
    total: dict[str, int] = {}
    for line in (HERE / "names_inflected.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        kind, nominative, forms = line.split("\t")
        for form in forms.split("|"):
            found = book.spelling(form).nominative
            total[kind] = total.get(kind, 0) + 1
            right[kind] = right.get(kind, 0) + (found == nominative)
            if found != nominative:
                wrong.append(f"{form}: {found} for {nominative}")
    return {kind.replace("-", "_"): share(right[kind], total[kind]) for kind in total}


def measure_time(folder: Path) -> dict[str, float | int]:
    """Milliseconds of processor time a sentence to make an item's book of, and to read all mentions from it."""
    lines = (folder / "news/news-100.jsonl").read_text(encoding="utf-8").splitlines()
    # The odd lines are held out from all tuning.
    items = [[s.text for s in segment_block(json.loads(line)["text"], 0, ())] for line in lines[::2]]
    sentences = sum(map(len, items))
    NameBook.from_segments(items[0])
    start = time.process_time()
    books = [NameBook.from_segments(item) for item in items]
    made = time.process_time()
    for book, item in zip(books, items, strict=True):
        for text in item:
            book.mentions(text)
    read = time.process_time()
    return {
        "sentences": sentences,
        "ms_a_sentence_to_make": round(1000 * (made - start) / sentences, 3),
        "ms_a_sentence_to_read": round(1000 * (read - made) / sentences, 3),
    }


def main() -> None:
    """Measure and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="folder with names/ and news/")
    parser.add_argument("--out", type=Path, default=HERE / "results/names.json")
    parser.add_argument("--show", action="store_true", help="print what was wrong")
    arguments = parser.parse_args()
    book = NameBook.from_segments([])
    rows = [row for row in read_list(arguments.data) if row["category"] != "Phrase"]
    wrong = [row["uk"] for row in rows if book.spelling(row["uk"]).english != row["en"]]
    nominative = share(len(rows) - len(wrong), len(rows))
    examples = (arguments.data / "names/kmu2010-examples.tsv").read_text(encoding="utf-8").splitlines()[1:]
    pairs = [line.split("\t") for line in examples]
    figures = {
        "spelling_nominative": nominative,
        "places_inflected": measure_places(rows, book, wrong),
        "people": measure_people(book, wrong),
        "romanisation": share(sum(romanise(uk) == en for uk, en in pairs), len(pairs)),
        "time": measure_time(arguments.data),
    }
    arguments.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=2))
    if arguments.show:
        print(*wrong[:_MAX_SHOWN], sep="\n")


if __name__ == "__main__":
    main()

"""How many running content words of Ukrainian texts the lexicon knows.

    python benchmarks/coverage.py --data ../shared/eval [--uncovered FILE]

FOLDER holds `news/news-100.jsonl`, `speeches/para.uk`, `flores-dev/flores-dev.uk` and `ntrex/newstest2019.uk`. Every
other news item, from the first on, and the speeches were used to choose words; the other half of the news, flores-dev
and ntrex were not, and of these only counts are made.

A content word is a noun, verb, adjective, adverb or name of a Ukrainian sentence: no number, no function word, no word
in Latin letters, nothing in an address or a handle. Reported for each set, by running
words:

- `entry`: it stands in a match of the glossary, or in a label or line that the lexicon has whole.
- `name_rule`: no entry, but a name of a person or place that is romanised by rule.
- `not_covered`: the rest, with `unknown_name` for the capitalised words the dictionary does not know (foreign names).
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from vistka.benchmarks.news_sentences import line_items, news_items, sentences
from vistka.datatypes import Segment, Span
from vistka.text.lemmas import Token, readings, tokens
from vistka.text.names import names
from vistka.translate.glossary import Glossary, load_glossary
from vistka.translate.plan import plan

Verdict = Literal["entry", "name_rule", "unknown_name", "word"]

RESULT = Path(__file__).parent / "results" / "coverage.json"
CONTENT = frozenset({"NOUN", "VERB", "ADJF", "ADJS", "COMP", "ADVB", "GRND", "PRTF", "PRTS", "PRED", ""})
# A form that may be one of these is taken for it: `мені` is no rare noun. The dictionary has no frequencies.
FUNCTION_POS = frozenset({"NPRO", "PREP", "CONJ", "PRCL", "NUMR"})
# What the dictionary files among adverbs, adjectives and verbs: pronominal ones, particles, the copula.
FUNCTION = frozenset(
    "бути це той цей такий який котрий чий мій твій свій наш ваш їхній сам самий весь увесь всякий кожен кожний інший "
    "ніякий жоден деякий якийсь так як там тут де куди звідки коли тоді чому тому ось он лише тільки навіть вже уже "
    "ще не ні немати нема нехай також теж один".split()
)
ROWS_OF_UNCOVERED = 6000


@dataclass(frozen=True, slots=True)
class Word:
    """A content word and how it is covered."""

    token: Token
    verdict: Verdict


def is_content(word: Token) -> bool:
    """Whether the word is counted."""
    text = word.text
    if not text[0].isalpha() or not any("\u0400" <= letter <= "\u052f" for letter in text):
        return False
    known = readings(text)
    if len(text) == 1 or any(reading.lemma in FUNCTION or reading.pos in FUNCTION_POS for reading in known):
        return False
    return known[0].pos in CONTENT


def words_of(segment: Segment, glossary: Glossary) -> Iterator[Word]:
    """The content words of one sentence."""
    text = segment.text
    matches = [match.span for match in glossary.matches(text)]
    whole = [Span(part.start, part.end) for part in plan(segment, glossary) if part.kind == "known"]
    known_names = names(text)
    by_rule = [name.span for name in known_names if name.kind != "other"]
    unknown = [name.span for name in known_names if name.kind == "other"]
    for word in tokens(text):
        if _in(word, segment.protected) or not is_content(word):
            continue
        if _in(word, matches) or _in(word, whole):
            yield Word(word, "entry")
        elif _in(word, by_rule):
            yield Word(word, "name_rule")
        else:
            yield Word(word, "unknown_name" if _in(word, unknown) else "word")


def _in(word: Token, spans: Iterable[Span]) -> bool:
    return any(span.start < word.end and word.start < span.end for span in spans)


def counted(items: Iterable[str], glossary: Glossary) -> dict[str, object]:
    """The figures of one set."""
    found = Counter(word.verdict for segment in sentences(items) for word in words_of(segment, glossary))
    total = found.total()
    shares = {verdict: round(found[verdict] / total, 4) for verdict in ("entry", "name_rule")}
    return {
        "content_words": total,
        "covered": round((found["entry"] + found["name_rule"]) / total, 4),
        **shares,
        "not_covered": round((found["word"] + found["unknown_name"]) / total, 4),
        "unknown_name": round(found["unknown_name"] / total, 4),
    }


def uncovered(sets: dict[str, list[str]], glossary: Glossary) -> list[str]:
    """Lines `lemma, part of speech, kind, count, count in each set, forms`, the commonest first, under a header."""
    counts: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    forms: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for name, items in sets.items():
        for segment in sentences(items):
            for word in words_of(segment, glossary):
                if word.verdict in {"word", "unknown_name"}:
                    key = (word.token.lemma, str(word.token.pos), str(word.verdict))
                    counts[key][name] += 1
                    forms[key][word.token.text] += 1
    ranked = sorted(counts, key=lambda key: (-counts[key].total(), key))[:ROWS_OF_UNCOVERED]
    lines = ["\t".join(("lemma", "pos", "kind", "count", *sets, "forms"))]
    for key in ranked:
        per_set = [str(counts[key][name]) for name in sets]
        shown = " ".join(form for form, _ in forms[key].most_common(3))
        lines.append("\t".join((*key, str(counts[key].total()), *per_set, shown)))
    return lines


def main() -> None:
    """Measure all sets, print and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with the evaluation sets")
    parser.add_argument("--out", type=Path, default=RESULT)
    parser.add_argument("--uncovered", type=Path, help="write the uncovered words of the sets for choosing here")
    arguments = parser.parse_args()
    data: Path = arguments.data
    glossary = load_glossary()
    news = news_items(data / "news" / "news-100.jsonl")
    choosing = {"news_used": news[::2], "speeches": line_items(data / "speeches" / "para.uk")}
    sets = {
        "news_held_out": news[1::2],
        "flores_dev": line_items(data / "flores-dev" / "flores-dev.uk"),
        "ntrex": line_items(data / "ntrex" / "newstest2019.uk"),
        **choosing,
    }
    figures = {name: counted(items, glossary) for name, items in sets.items()}
    result = {"glossary": glossary.version, "entries": len(glossary), "sets": figures}
    arguments.out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))
    if arguments.uncovered:
        arguments.uncovered.write_text("\n".join([*uncovered(choosing, glossary), ""]), encoding="utf-8")


if __name__ == "__main__":
    main()

"""How many faithful and unfaithful summary sentences the fact gate tells apart, on two sets that people have judged.

    python benchmarks/fact_gate.py [SHARED] [RESULT.json]

FRANK (validation, its CNN/DailyMail half) judges whole system summaries: one with a factuality of 1.0 is taken as
faithful, one with 0.0 as not. QAGS (CNN/DailyMail) judges sentences, by three people: the majority decides. Both are
lower-cased or re-cased by the systems, so names are compared in lower case there: what is measured of the names is
less than the gate does on text in its own spelling. The references of FRANK are reported apart: people who write them
leave the words of the article more than a blurb may.

`planted` makes errors of its own in the sentences of FRANK's articles, which have their capitals: two names that change
places around a verb, a name of another article, a verb of another sentence, a changed number, a changed word inside a
quotation, and quotation marks that the article lacks. `untouched` are the same sentences as they stand.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from vistka.summarize.facts import MIN_FROM_ONE, MIN_FROM_TWO, Support, unsupported
from vistka.text.sentences import sentence_spans

HERE = Path(__file__).parent
Case = tuple[str, str, bool]
"""Article, text, whether people found the text faithful."""


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _frank(path: Path) -> Iterator[Case]:
    for row in _rows(path):
        if row["dataset"] != "cnndm":
            continue
        for system in row["systems"]:
            judged = system["human"]["Factuality"]
            # UNK is a hole that a system left, no word that the gate could judge.
            if judged in {0.0, 1.0} and "UNK" not in system["summary"]:
                yield row["article"], _untokenised(system["summary"]), judged == 1.0


def _references(path: Path) -> Iterator[Case]:
    for row in _rows(path):
        if row["dataset"] == "cnndm":
            yield row["article"], _untokenised(row["reference"]), True


def _qags(path: Path) -> Iterator[Case]:
    for row in _rows(path):
        for sentence in row["summary_sentences"]:
            yes = sum(answer["response"] == "yes" for answer in sentence["responses"])
            yield _untokenised(row["article"]), _untokenised(sentence["sentence"]), 2 * yes > len(sentence["responses"])


def _untokenised(text: str) -> str:
    """The spaces that the systems' tokenisers put before marks and clitics, taken out."""
    text = re.sub(r"(?<=\d) ?([.,]) ?(?=\d)", r"\1", text)
    return re.sub(r" (?=[.,;:!?%]|'s\b|’s\b|n't\b)", "", text)


def measured(cases: Iterable[Case]) -> dict[str, Any]:
    """Shares of 0 to 1: `false_alarms` of the faithful, `caught` of the unfaithful; and what was found, by kind."""
    faithful, alarms, unfaithful, caught = 0, 0, 0, 0
    kinds: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for article, text, is_faithful in cases:
        found = unsupported(text, Support(article, "en", article))
        kinds[is_faithful].update({fact.kind for fact in found})
        if is_faithful:
            faithful, alarms = faithful + 1, alarms + bool(found)
        else:
            unfaithful, caught = unfaithful + 1, caught + bool(found)
    return {
        "faithful": faithful,
        "false_alarms": round(alarms / max(faithful, 1), 3),
        "unfaithful": unfaithful,
        "caught": round(caught / max(unfaithful, 1), 3),
        "kinds_in_faithful": dict(sorted(kinds[True].items())),
        "kinds_in_unfaithful": dict(sorted(kinds[False].items())),
    }


# --- planted errors ---------------------------------------------------------------------------------------------------

_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}(?: [A-Z][a-z]{2,})?")
_ED = re.compile(r"(?<=[a-z] )[a-z]{3,}ed(?= )")
_NUMBER = re.compile(r"(?<![\w.,£$€-])[2-9]\d?(?![\w.,%-])")
_QUOTED = re.compile(r"(?<=[“‘])[^“”‘’]{20,}(?=[”’])")
_PLAIN = re.compile(r"(?<=[a-z] )[a-z]{4,} [a-z]{4,} [a-z]{4,}(?= [a-z])")


_WHOLE_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}(?: [A-Z][a-z]{2,}){0,2}(?![\w’'-]| [A-Z])")
_CALENDAR = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Jan|Febr)uary|March|April|May|June|July|August"
    r"|(?:Sept|Nov|Dec)ember|October"
)


def _swapped_names(sentence: str) -> str | None:
    """Two whole names, no days or months, with a verb between them, in each other's place."""
    names = [name for name in _WHOLE_NAME.finditer(sentence) if not _CALENDAR.search(name.group())]
    if len(names) < 2 or names[0].group() == names[-1].group():
        return None
    first, last = names[0], names[-1]
    if not _ED.search(sentence, first.end(), last.start()):
        return None
    between = sentence[first.end() : last.start()]
    return f"{sentence[: first.start()]}{last.group()}{between}{first.group()}{sentence[last.end() :]}"


def _replaced(pattern: re.Pattern[str], sentence: str, others: list[str], rng: random.Random) -> str | None:
    """One match of the pattern with one of another sentence that this article does not have here."""
    found = pattern.search(sentence)
    choice: list[str] = [word for other in others for word in pattern.findall(other) if word not in sentence]
    if found is None or not choice:
        return None
    return sentence[: found.start()] + rng.choice(choice) + sentence[found.end() :]


def _changed_number(sentence: str, rng: random.Random) -> str | None:
    found = _NUMBER.search(sentence)
    changed = str(rng.randint(200, 899)) if found else ""
    return sentence[: found.start()] + changed + sentence[found.end() :] if found else None


def _changed_quotation(sentence: str) -> str | None:
    found = _QUOTED.search(sentence)
    words = found.group().split() if found else []
    if found is None or len(words) < 4:
        return None
    words[2] = "really"
    return sentence[: found.start()] + " ".join(words) + sentence[found.end() :]


def _added_marks(sentence: str) -> str | None:
    found = _PLAIN.search(sentence)
    if found is None or re.search("[“”‘’\"']", sentence):
        return None
    return f"{sentence[: found.start()]}“{found.group()}”{sentence[found.end() :]}"


_SENTENCES_AN_ARTICLE = 5


def _planted(article: str, foreign: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    """(kind, sentence with one error of that kind) for the first sentences of an article that can have it."""
    own = [span.of(article).strip() for span in sentence_spans(article, "en")]
    words = set(re.findall(r"\w+", article))
    names = [f"by {name}" for name in _NAME.findall(foreign) if not set(name.split()) & words]
    for index, sentence in enumerate(own[:_SENTENCES_AN_ARTICLE]):
        verbs = [other for at, other in enumerate(own) if abs(at - index) > 1]
        made = {
            "untouched": sentence,
            "swapped_names": _swapped_names(sentence),
            "invented_name": _replaced(_NAME, sentence, names, rng),
            "foreign_verb": _replaced(_ED, sentence, verbs, rng),
            "changed_number": _changed_number(sentence, rng),
            "changed_quotation": _changed_quotation(sentence),
            "added_quotation_marks": _added_marks(sentence),
        }
        yield from ((kind, text) for kind, text in made.items() if text is not None)


def planted(path: Path) -> dict[str, Any]:
    """For each kind of planted error the number of sentences and the share (0 to 1) in which the gate finds fault."""
    rng = random.Random(7)  # noqa: S311 - the same errors each time, nothing secret
    articles = [row["article"] for row in _rows(path)]
    made: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for number, article in enumerate(articles):
        support = Support(article, "en", article)
        for kind, text in _planted(article, articles[number - 1], rng):
            made[kind] += 1
            refused[kind] += bool(unsupported(text, support))
    return {kind: {"sentences": made[kind], "refused": round(refused[kind] / made[kind], 3)} for kind in made}


def main() -> None:
    """Measure, write, print."""
    shared = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parents[1] / "shared"
    target = Path(sys.argv[2]) if len(sys.argv) > 2 else HERE / "results" / "fact_gate.json"
    folder = shared / "eval" / "summaries"
    result = {
        "min_from_one": MIN_FROM_ONE,
        "min_from_two": MIN_FROM_TWO,
        "frank_systems": measured(_frank(folder / "frank-validation.jsonl")),
        "frank_references": measured(_references(folder / "frank-validation.jsonl")),
        "qags_sentences": measured(_qags(folder / "mturk_cnndm.jsonl")),
        "planted": planted(folder / "frank-validation.jsonl"),
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()

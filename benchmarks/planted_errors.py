"""Precision and recall of every check: on good translations, and on the same with one planted error each.

    python benchmarks/planted_errors.py [--data FOLDER] [--out FILE] [--show KIND] [--part NAME]

FOLDER holds `speeches/para.uk` + `speeches/para.en` (paragraph pairs), `tatoeba/tatoeba-1000.tsv` (uk, tab,
references joined by ` ||| `; the first is read), and the sentences of `flores-dev` and `ntrex`. Without it only the
sentences of this file are read. A paragraph with as many sentences on both sides is cut into them, since a sentence is
what the checks are given; others of fewer than `MAX_CHARS` characters are read whole. Checks were developed on the
pairs of even line numbers and on flores-dev; the figures to quote are those `held out`, the odd ones of speeches,
tatoeba and the news of ntrex.

Reported for each set:

- `clean`: share of the pairs as they are with a finding of severity error, with one of severity warn and no error, and
  with either; and for each code. Some hold true faults of the reference.
- `kinds`: for each kind of error how many were planted (at most `MAX_PLANTED`, in pairs drawn at random), in how many a
  finding of the right family appeared that the pair did not have before (`recall`), in how many one of severity error
  (`recall_as_error`), and any new finding at all (`recall_any`).
- `precision_at_base_rate`: the share of flagged segments that are truly wrong, were `BASE_RATE` of the segments wrong,
  in equal parts by each family: recall x rate / (recall x rate + clean flagged x (1 - rate)).
- `ms`: median and 95th percentile of the time of all checks, and the median of each, in ms a pair.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from vistka.benchmarks.error_planters import PLANTERS, Pair, Pools, pools
from vistka.evaluate.sets import read_set
from vistka.text.places import places
from vistka.text.sentences import sentence_spans
from vistka.translate.checks import CHECKS, Checked, check
from vistka.translate.findings import Finding
from vistka.translate.glossary import Glossary, load_glossary
from vistka.translate.hints import hints_for

SEED = 11
MAX_CHARS = 400
MAX_PLANTED = 300
BASE_RATE = 0.2
LIKELY_RATIO = (0.6, 1.8)
RESULTS = Path(__file__).parent / "results"

# Code of a finding → the families of errors that it tells of.
FAMILIES: dict[str, tuple[str, ...]] = {
    "number": ("number-", "date-"),
    "unit": ("number-", "date-"),
    "name": ("name-", "russian-form"),
    "clause dropped": ("too-short", "content-missing"),
    "negation lost": ("negation-",),
    "expansion": ("expansion", "name-added", "too-long"),
    "cyrillic": ("leftover-cyrillic",),
    "repetition": ("repetition", "too-long"),
    "quotation": ("quotation-",),
}

# Written for this file: every kind of error can be planted in them.
OWN: tuple[Pair, ...] = (
    ("За рік компанія заробила 12,5 млн грн.", "In a year the company earned 12.5 million hryvnias."),
    ("Уночі росіяни випустили 48 дронів і 7 ракет.", "Overnight the Russians launched 48 drones and 7 missiles."),
    ("Пошкоджено 120 будинків і 3 школи.", "It damaged 120 houses and 3 schools."),
    ("Колона проїхала 40 кілометрів за 6 годин.", "The column drove 40 kilometers in 6 hours."),
    ("Дві третини мешканців уже виїхали з міста.", "Two thirds of the residents have already left the city."),
    ("Чверть бюджету піде на школи.", "A quarter of the budget will go to schools."),
    (
        "Міністр Олександр Кравченко прибув до Полтави, щоб оглянути нову лікарню.",
        "Minister Oleksandr Kravchenko arrived in Poltava to inspect the new hospital.",
    ),
    (
        "Мер Житомира розповів, що міст відремонтують восени, а дорогу до вокзалу вже відкрили.",
        "The mayor of Zhytomyr said that the bridge would be repaired in autumn, and the road to the station is open.",
    ),
    (
        "Рятувальники загасили пожежу на складі, але один працівник отримав опіки рук і потрапив до лікарні.",
        "Rescuers put out the fire at the warehouse, but one worker had his hands burnt and was taken to hospital.",
    ),
    ("Суд не задовольнив скаргу підприємства.", "The court did not grant the company's complaint."),
    ("Ніхто з пасажирів не постраждав.", "None of the passengers was hurt, they could not see the train."),
    ("СБУ затримала колишнього чиновника в Одесі.", "The SBU detained a former official in Odesa."),
    (
        "«Ми відновимо світло до вечора», – сказав начальник станції.",
        "“We will restore power by the evening,” said the head of the station.",
    ),
    (
        "Президент назвав угоду «важливим кроком до миру» і подякував послам.",
        "The president called the agreement “an important step towards peace” and thanked the ambassadors.",
    ),
)


@dataclass(frozen=True, slots=True)
class Known:
    """A pair with what the glossary knows of its source, looked up once for all that is planted in it."""

    pair: Pair
    clean: Checked
    findings: tuple[Finding, ...]


def cut(pair: Pair) -> list[Pair]:
    """The sentences of a paragraph pair where both sides have as many, else the pair, if it is short enough."""
    uk, en = pair
    sources = [span.of(uk).strip() for span in sentence_spans(uk, "uk")]
    targets = [span.of(en).strip() for span in sentence_spans(en, "en")]
    if len(sources) == len(targets):
        parts = [(a, b) for a, b in zip(sources, targets, strict=True) if a and b]
        # A sentence far longer or shorter than its counterpart is not its counterpart.
        if all(LIKELY_RATIO[0] < (len(b) + 10) / (len(a) + 10) < LIKELY_RATIO[1] for a, b in parts):
            return parts
    return [pair] if len(uk) < MAX_CHARS else []


def read_sets(folder: Path | None) -> dict[str, list[Pair]]:
    """Name of the set → its pairs; a set of sentences comes as the paragraphs it is to be cut from."""
    sets = {"own": list(OWN)}
    if folder is None:
        return sets
    uk = (folder / "speeches/para.uk").read_text(encoding="utf-8").split("\n")
    en = (folder / "speeches/para.en").read_text(encoding="utf-8").split("\n")
    paragraphs = [(a.strip(), b.strip()) for a, b in zip(uk, en, strict=True)]
    lines = (folder / "tatoeba/tatoeba-1000.tsv").read_text(encoding="utf-8").splitlines()[1:]
    short = [(row[0], row[1].split(" ||| ")[0]) for row in (line.split("\t") for line in lines)]
    for name, remainder in (("developed on", 0), ("held out", 1)):
        half = [pair for number, pair in enumerate(paragraphs, start=1) if number % 2 == remainder]
        half = [pair for pair in half if all(pair)]
        sets[f"speeches, sentences, {name}"] = half
        sets[f"speeches, paragraphs, {name}"] = [pair for pair in half if len(pair[0]) < MAX_CHARS]
        sets[f"tatoeba, {name}"] = [pair for number, pair in enumerate(short, start=1) if number % 2 == remainder]
    sets["flores-dev, developed on"] = _sentences("flores-dev", folder)
    news = _sentences("ntrex", folder)
    sets["ntrex, developed on"], sets["ntrex, held out"] = news[1::2], news[::2]
    return sets


def _sentences(name: str, folder: Path) -> list[Pair]:
    pairs = read_set(name, folder)
    return list(zip(pairs.sources, pairs.first_references(), strict=True))


def known(pair: Pair, glossary: Glossary) -> Known:
    """The pair and what the checks say of it as it is."""
    hints = hints_for(pair[0], glossary)
    clean = Checked(*pair, matches=hints.matches, spellings=hints.spellings, names=hints.names)
    return Known(pair, clean, tuple(check(clean)))


def new_findings(one: Known, english: str) -> list[Finding]:
    """What the checks say of `english` and did not say of the clean pair."""
    before = Counter((finding.code, finding.message) for finding in one.findings)
    found = []
    for finding in check(replace(one.clean, english=english)):
        key = (finding.code, finding.message)
        if before[key] > 0:
            before[key] -= 1
        else:
            found.append(finding)
    return found


def plant(kind: str, rows: Sequence[Known], where: Pools, show: str) -> dict[str, float | int]:
    """Recall of one kind of error."""
    rng = random.Random(f"{SEED} {kind}")  # noqa: S311 - no secret hangs on it
    codes = FAMILIES[kind.split(":")[0]]
    planted = right = as_error = anything = 0
    for row in rng.sample(rows, len(rows)):
        english = PLANTERS[kind](row.pair, rng, where)
        if english is None or english == row.pair[1]:
            continue
        if planted == MAX_PLANTED:
            break
        fresh = new_findings(row, english)
        fitting = [finding for finding in fresh if finding.code.startswith(codes)]
        planted += 1
        right += bool(fitting)
        as_error += any(finding.severity == "error" for finding in fitting)
        anything += bool(fresh)
        if kind == show and not fitting:
            print("MISSED", row.pair[0], row.pair[1], english, "", sep="\n")
    share = {"recall": right, "recall_as_error": as_error, "recall_any": anything}
    return {"planted": planted} | {name: round(count / planted, 4) if planted else 0 for name, count in share.items()}


def clean_shares(rows: Sequence[Known]) -> dict[str, object]:
    """Shares of the clean pairs that are flagged."""
    errors = sum(any(f.severity == "error" for f in row.findings) for row in rows)
    flagged = sum(any(f.severity != "info" for f in row.findings) for row in rows)
    codes = Counter(code for row in rows for code in {f"{f.code} ({f.severity})" for f in row.findings})
    return {
        "pairs": len(rows),
        "error": round(errors / len(rows), 4),
        "warn_only": round((flagged - errors) / len(rows), 4),
        "error_or_warn": round(flagged / len(rows), 4),
        "codes": {code: round(count / len(rows), 4) for code, count in codes.most_common()},
    }


def precision(kinds: dict[str, dict[str, float | int]], flagged: float) -> dict[str, float]:
    """Precision at the base rate: recall is the mean of the families', each the mean of its kinds."""
    families: dict[str, list[float]] = {}
    for kind, figures in kinds.items():
        if figures["planted"]:
            families.setdefault(kind.split(":")[0], []).append(float(figures["recall_any"]))
    recall = statistics.mean(statistics.mean(values) for values in families.values()) if families else 0.0
    caught = recall * BASE_RATE
    value = caught / (caught + flagged * (1 - BASE_RATE)) if caught else 0.0
    return {"base_rate": BASE_RATE, "recall_any": round(recall, 4), "precision": round(value, 4)}


def times(rows: Sequence[Known]) -> dict[str, object]:
    """Milliseconds of the checks, for clean pairs whose words have been looked up before."""
    sample = rows[:400]
    each: dict[str, float] = {}
    for one in CHECKS:
        spent = [_ms(lambda checked=row.clean, one=one: one(checked)) for row in sample]
        each[one.__name__] = round(statistics.median(spent), 3)
    whole = sorted(_ms(lambda checked=row.clean: check(checked)) for row in sample)
    return {
        "all_median": round(statistics.median(whole), 3),
        "all_p95": round(whole[int(0.95 * (len(whole) - 1))], 3),
        "each_median": each,
    }


def _ms(run: object) -> float:
    start = time.perf_counter()
    run()  # type: ignore[operator]
    return (time.perf_counter() - start) * 1000


def measure(pairs: Sequence[Pair], glossary: Glossary, where: Pools, show: str) -> dict[str, object]:
    """All figures of one set."""
    rows = [known(pair, glossary) for pair in pairs]
    if show in {"clean", *(finding.code for row in rows for finding in row.findings)}:
        for row in rows:
            for finding in row.findings:
                if show in {"clean", finding.code}:
                    print(f"{finding.code} ({finding.severity}): {finding.message}", *row.pair, "", sep="\n")
    kinds = {kind: plant(kind, rows, where, show) for kind in PLANTERS}
    clean = clean_shares(rows)
    return {
        "clean": clean,
        "kinds": kinds,
        "precision_at_base_rate": precision(kinds, float(str(clean["error_or_warn"]))),
        "ms": times(rows),
    }


def table(figures: dict[str, object]) -> str:
    """One set's figures as lines."""
    clean, kinds = figures["clean"], figures["kinds"]
    lines = [f"  clean: {clean}"]
    for kind, row in kinds.items() if isinstance(kinds, dict) else ():
        lines.append(
            f"  {kind:38} n {row['planted']:5}  recall {row['recall']:6.3f}  as error {row['recall_as_error']:6.3f}"
            f"  any {row['recall_any']:6.3f}"
        )
    return "\n".join([*lines, f"  {figures['precision_at_base_rate']}", f"  {figures['ms']}"])


def main() -> None:
    """Measure every set and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with the sets")
    parser.add_argument("--out", type=Path, default=RESULTS / "planted_errors.json")
    parser.add_argument("--part", default="", help="only the sets whose name has these letters; nothing is written")
    parser.add_argument("--show", default="", help="print the misses of this kind, or the clean pairs with this code")
    arguments = parser.parse_args()
    glossary = load_glossary()
    sets = {name: pairs for name, pairs in read_sets(arguments.data).items() if re.search(arguments.part, name)}
    for name, pairs in sets.items():
        if "sentences" in name:
            sets[name] = [part for pair in pairs for part in cut(pair)]
    names = [english for forms in places().values() for english in forms[:1]]
    where = pools([english for pairs in sets.values() for _, english in pairs], names)
    figures: dict[str, object] = {}
    for name, pairs in sets.items():
        figures[name] = found = measure(pairs, glossary, where, arguments.show)
        print(name, table(found), sep="\n", flush=True)
    recipe = {"seed": SEED, "glossary": glossary.version, "max_chars": MAX_CHARS}
    if not arguments.part:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"recipe": recipe, "sets": figures}, indent=2, ensure_ascii=False)
        arguments.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""How often the number and date checks are wrong: on human translations, and on the same with planted errors.

Usage: `python benchmarks/number_checks.py --data FOLDER [--out FILE] [--show N]`

FOLDER holds `speeches/para.uk` + `speeches/para.en` (paragraph pairs) and `tatoeba/tatoeba-1000.tsv` (uk, tab,
references joined by ` ||| `; the first is read). The rules were tuned on all of these (first on the first 500
paragraphs), so the shares flagged are lower here than on new text. Reported for each set:

- `flagged`: share of the pairs as they are that the check flags. Some hold true faults of the reference.
- `recall_number`: share of pairs flagged after one number of the English, of three or more, is changed, for pairs
  that were not flagged before.
- `recall_currency`: share flagged after the currency of a sum in the English is swapped.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Callable
from pathlib import Path

from vistka.text import dates as date_values
from vistka.text.number_mismatches import compare
from vistka.text.numbers import Quantity, quantities
from vistka.text.units import CURRENCIES

Pair = tuple[str, str]
SEED = 7
FIRST = 500
_SWAPS = {"dollar": "ruble", "hryvnia": "ruble", "euro": "dollar", "ruble": "dollar", "USD": "EUR", "UAH": "RUB"}
_WORD_LINE = "three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty"
_WORDS = _WORD_LINE.split()


def read_speeches(folder: Path) -> list[Pair]:
    """All paragraph pairs."""
    uk = (folder / "speeches/para.uk").read_text(encoding="utf-8").split("\n")
    en = (folder / "speeches/para.en").read_text(encoding="utf-8").split("\n")
    return list(zip(uk, en, strict=True))


def read_tatoeba(folder: Path) -> list[Pair]:
    """All pairs, with the first reference of each."""
    lines = (folder / "tatoeba/tatoeba-1000.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = [line.split("\t") for line in lines]
    return [(uk, en.split(" ||| ")[0]) for uk, en in rows]


def is_flagged(pair: Pair) -> bool:
    """Whether the numbers or the dates of a pair disagree."""
    uk, en = pair
    return bool(compare(quantities(uk, "uk"), quantities(en, "en"))) or bool(
        date_values.compare(date_values.dates(uk, "uk"), date_values.dates(en, "en"))
    )


def _other_number(quantity: Quantity, rng: random.Random) -> str | None:
    """The words of `quantity` with another value, or None where there is no simple way to write one."""
    digits = re.search(r"\d+", quantity.text)
    if digits:
        old = digits.group()
        place = rng.randrange(len(old))
        choices = [figure for figure in "123456789" if figure != old[place]]
        new = old[:place] + rng.choice(choices) + old[place + 1 :]
        return quantity.text[: digits.start()] + new + quantity.text[digits.end() :]
    for word in _WORDS:
        if re.search(rf"\b{word}\b", quantity.text, re.IGNORECASE):
            other = rng.choice([choice for choice in _WORDS if choice != word])
            return re.sub(rf"\b{word}\b", other, quantity.text, count=1, flags=re.IGNORECASE)
    return None


def plant_number(pair: Pair, rng: random.Random) -> Pair | None:
    """The pair with one number of its English changed."""
    uk, en = pair
    found = [part for part in quantities(en, "en") if part.kind != "designation" and (part.low or 0) >= 3]
    rng.shuffle(found)
    for quantity in found:
        new = _other_number(quantity, rng)
        if new:
            return uk, en[: quantity.span.start] + new + en[quantity.span.end :]
    return None


def plant_currency(pair: Pair, _: random.Random) -> Pair | None:
    """The pair with the currency of a sum of its English swapped."""
    uk, en = pair
    for quantity in quantities(en, "en"):
        if quantity.unit not in CURRENCIES:
            continue
        for old, new in _SWAPS.items():
            if old in quantity.text:
                return uk, en[: quantity.span.start] + quantity.text.replace(old, new) + en[quantity.span.end :]
        if "$" in quantity.text:
            return uk, en[: quantity.span.start] + quantity.text.replace("$", "€") + en[quantity.span.end :]
    return None


def recall(pairs: list[Pair], plant: Callable[[Pair, random.Random], Pair | None]) -> dict[str, float | int]:
    """Share of planted errors that are flagged, and how many were planted. Pairs flagged before are left out."""
    rng = random.Random(SEED)  # noqa: S311 - no secret hangs on it
    planted = [plant(pair, rng) for pair in pairs if not is_flagged(pair)]
    wrong = [pair for pair in planted if pair]
    caught = sum(is_flagged(pair) for pair in wrong)
    return {"planted": len(wrong), "caught": caught, "share": round(caught / len(wrong), 4) if wrong else 0.0}


def measure(pairs: list[Pair]) -> dict[str, object]:
    """All figures of one set."""
    with_numbers = [pair for pair in pairs if quantities(pair[0], "uk") or quantities(pair[1], "en")]
    flagged = sum(is_flagged(pair) for pair in pairs)
    return {
        "pairs": len(pairs),
        "pairs_with_numbers": len(with_numbers),
        "flagged": flagged,
        "flagged_share": round(flagged / len(pairs), 4),
        "flagged_share_of_pairs_with_numbers": round(flagged / max(1, len(with_numbers)), 4),
        "recall_number": recall(pairs, plant_number),
        "recall_currency": recall(pairs, plant_currency),
    }


def show(pairs: list[Pair], limit: int) -> None:
    """Print flagged pairs with what was found in them."""
    for uk, en in [pair for pair in pairs if is_flagged(pair)][:limit]:
        found = compare(quantities(uk, "uk"), quantities(en, "en")) + date_values.compare(
            date_values.dates(uk, "uk"), date_values.dates(en, "en")
        )
        print([(part.kind, part.text) for part in found], uk, en, "", sep="\n")


def main() -> None:
    """Measure both sets and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="folder with speeches/ and tatoeba/")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results/number_checks.json")
    parser.add_argument("--show", type=int, default=0, help="print that many flagged pairs of each set")
    arguments = parser.parse_args()
    speeches = read_speeches(arguments.data)
    sets = {"speeches": speeches[:FIRST], "speeches_rest": speeches[FIRST:], "tatoeba": read_tatoeba(arguments.data)}
    for pairs in sets.values():
        show(pairs, arguments.show)
    figures = {name: measure(pairs) for name, pairs in sets.items()} | {"seed": SEED}
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()

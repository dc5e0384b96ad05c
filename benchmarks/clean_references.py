"""How often the checks doubt English that people wrote: each doubt of a clean reference is a false alarm.

Usage: `python benchmarks/clean_references.py --data FOLDER [--pairs N] [--out FILE] [--show CODE]`

FOLDER holds `para.uk` + `para.en` (paragraph pairs of speeches, line by line). Pairs of fewer than `MAX_CHARS`
characters are read, which is what a segment of a text is; some of their references do hold the faults they are flagged
for. The thresholds of `checks.py` were chosen on all of these pairs, so new text will be flagged somewhat more.

Reported for the first N pairs and for all of them:

- `share_with_error`: share of pairs with a finding that would make the ladder climb.
- `shares`: the same for each code, with its severity.
- `length_ratio`: characters of English for one of Ukrainian, at these quantiles, for sources of 40 characters and more.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from vistka.translate.checks import Checked, check
from vistka.translate.findings import Finding
from vistka.translate.glossary import Glossary, load_glossary
from vistka.translate.hints import hints_for

Pair = tuple[str, str]
MAX_CHARS = 400
MIN_CHARS_FOR_RATIO = 40
QUANTILES = (0.0, 0.001, 0.005, 0.01, 0.5, 0.99, 0.995, 0.999, 1.0)


def read_pairs(folder: Path) -> list[Pair]:
    """All pairs with words on both sides and a source short enough."""
    uk = (folder / "para.uk").read_text(encoding="utf-8").split("\n")
    en = (folder / "para.en").read_text(encoding="utf-8").split("\n")
    return [(a, b) for a, b in zip(uk, en, strict=True) if a.strip() and b.strip() and len(a) < MAX_CHARS]


def findings(pair: Pair, glossary: Glossary) -> list[Finding]:
    """What the checks say of the reference, as they would of a model's answer."""
    uk, en = pair
    hints = hints_for(uk, glossary)
    return check(Checked(uk, en, matches=hints.matches, spellings=hints.spellings))


def length_ratios(pairs: list[Pair]) -> dict[str, float]:
    """Quantile → characters of English for one of Ukrainian."""
    ratios = sorted(len(en) / len(uk) for uk, en in pairs if len(uk) >= MIN_CHARS_FOR_RATIO)
    return {str(q): round(ratios[int(q * (len(ratios) - 1))], 3) for q in QUANTILES}


def measure(pairs: list[Pair], found: list[list[Finding]]) -> dict[str, object]:
    """All figures of one set."""
    codes = Counter(code for row in found for code in {f"{one.code} ({one.severity})" for one in row})
    wrong = sum(any(one.severity == "error" for one in row) for row in found)
    return {
        "pairs": len(pairs),
        "share_with_error": round(wrong / len(pairs), 4),
        "shares": {code: round(count / len(pairs), 4) for code, count in codes.most_common()},
        "length_ratio": length_ratios(pairs),
    }


def main() -> None:
    """Measure both sets and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="folder with para.uk and para.en")
    parser.add_argument("--pairs", type=int, default=400, help="size of the first set")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results/clean_references.json")
    parser.add_argument("--show", default="", help="print the pairs with a finding of this code")
    arguments = parser.parse_args()
    glossary = load_glossary()
    pairs = read_pairs(arguments.data)
    found = [findings(pair, glossary) for pair in pairs]
    for pair, row in zip(pairs, found, strict=True):
        for one in row:
            if one.code == arguments.show:
                print(one.message, *pair, "", sep="\n")
    figures = {
        f"first_{arguments.pairs}": measure(pairs[: arguments.pairs], found[: arguments.pairs]),
        "all": measure(pairs, found),
        "glossary": glossary.version,
    }
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()

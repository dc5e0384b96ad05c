"""Checks the lexicon and compiles it into the one file that the run time loads.

    python tools/build_lexicon.py            checks every entry and writes translate/lexicon/compiled.txt
    python tools/build_lexicon.py --check    checks every entry, and exits 1 where the file is stale
    python tools/build_lexicon.py --tidy     also takes out of the TSV files the rows that CLDR gives

The entries are the rows of translate/lexicon/*.tsv, then those that CLDR gives (`translate/lexicon_cldr.py`).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from vistka.translate.glossary import LEXICON_FOLDER
from vistka.translate.lexicon_checks import Row, entries_of, faults, read_rows
from vistka.translate.lexicon_cldr import cldr_rows, without_repeats
from vistka.translate.lexicon_compiled import COMPILED_LEXICON, compiled

_SHOWN = 50


def build(folder: Path = LEXICON_FOLDER) -> tuple[list[Row], list[Row], list[str]]:
    """All rows to compile, the rows left out because CLDR gives them, and every fault found."""
    written, wrong = read_rows(folder)
    from_cldr, wrong_news = cldr_rows()
    kept, repeats, contradictions = without_repeats(written, from_cldr)
    rows = [*kept, *from_cldr]
    return rows, repeats, [*wrong, *wrong_news, *contradictions, *faults(rows)]


def tidy(folder: Path, repeats: Sequence[Row]) -> None:
    """Take the lines of `repeats` out of their files."""
    by_file: dict[str, set[int]] = {}
    for row in repeats:
        name, _, number = row.where.rpartition(":")
        by_file.setdefault(name, set()).add(int(number))
    for name, numbers in by_file.items():
        lines = (folder / name).read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for number, line in enumerate(lines, start=1) if number not in numbers]
        (folder / name).write_text("".join(kept), encoding="utf-8")


def _say(stream: TextIO, *lines: str) -> None:
    stream.write("\n".join([*lines, ""]))


def main() -> int:
    """Exit status: 0 when all is well, 1 when an entry is wrong or the file is stale."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument("--tidy", action="store_true", help="take out rows that CLDR gives")
    arguments = parser.parse_args()
    rows, repeats, wrong = build()
    if wrong:
        more = [f"and {len(wrong) - _SHOWN} more"] if len(wrong) > _SHOWN else []
        _say(sys.stderr, *wrong[:_SHOWN], *more)
        return 1
    text = compiled(entries_of(rows))
    if arguments.check:
        if not COMPILED_LEXICON.is_file() or COMPILED_LEXICON.read_text(encoding="utf-8") != text:
            _say(sys.stderr, f"{COMPILED_LEXICON.name} is stale: run python tools/build_lexicon.py")
            return 1
        return 0
    COMPILED_LEXICON.write_text(text, encoding="utf-8")
    if arguments.tidy:
        tidy(LEXICON_FOLDER, repeats)
    _say(sys.stdout, f"{len(rows):,} entries, {len(text.encode()) / 1e6:.2f} MB; {len(repeats)} rows repeat CLDR")
    return 0


if __name__ == "__main__":
    sys.exit(main())

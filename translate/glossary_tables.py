"""Glossaries as tables: TSV (the lexicon's own form), CSV with the same columns, and the bare pairs of DeepL.

A pair table has two columns without a header (`term,English`), or four: `source,target,source_lang,target_lang`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from vistka.translate.glossary_terms import Collected, Parsed
from vistka.translate.lexicon_entries import COLUMNS, SENSE_SEPARATOR, Entry

PAIR_COLUMNS = ("source", "target", "source_lang", "target_lang")

_DELIMITERS = ",;\t"
_SAMPLE_LINES, _SAMPLE_CHARS = 20, 8000
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_BETWEEN_SENSES = re.compile(r"(?:^|\s)/(?=\s|$)")
# What a cell of senses cannot hold, since ` / ` separates them there.
_SEPARATOR_IN_SENSE = re.compile(r"(?:^|\s+)/(?:\s+|$)")

_Row = tuple[int, list[str]]
"""The number of the line that a row starts at, and its cells."""


def read_tsv(text: str) -> Parsed:
    """The terms of a tab-separated file; a line that begins with `#` is a remark.

    Columns: `lemma` and `senses`, and where there are any `pos`, `domain`, `note`; or pairs without a header.
    """
    return _parsed(_tsv_rows(text), Collected())


def tsv_columns(text: str) -> tuple[str, ...]:
    """The columns of a TSV file without a fault; those of pairs where it has no header."""
    _, header = next(iter(_tsv_rows(text)), (0, list(COLUMNS)))
    names = tuple(_name(cell) for cell in header)
    return names if "lemma" in names or names[:2] == PAIR_COLUMNS[:2] else PAIR_COLUMNS[: len(names)]


def _tsv_rows(text: str) -> Iterator[_Row]:
    for number, line in enumerate(text.split("\n"), start=1):
        cells = line.removesuffix("\r").split("\t")
        if any(cell.strip() for cell in cells) and not cells[0].startswith("#"):
            yield number, cells


def read_csv(text: str) -> Parsed:
    """The terms of a CSV file with the columns of the TSV form, or of DeepL's pairs.

    Comma, semicolon or tab: whichever stands in most of the first lines.
    """
    collected = Collected()
    return _parsed(_csv_rows(text, collected), collected)


def _csv_rows(text: str, collected: Collected) -> Iterator[_Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True, skipinitialspace=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        collected.fault(line, f"no CSV: {error}")


def _delimiter(text: str) -> str:
    """What separates the cells: the mark that stands in most of the first lines, outside of quotes; else the comma."""
    sample = re.sub(r'"(?:[^"]|"")*"', "", text[:_SAMPLE_CHARS]).splitlines()[:_SAMPLE_LINES]
    return max(_DELIMITERS, key=lambda mark: sum(mark in line for line in sample))


def _parsed(rows: Iterator[_Row], collected: Collected) -> Parsed:
    first = next(rows, None)
    if first is None:
        return collected.parsed()
    names = [_name(cell) for cell in first[1]]
    if {"lemma", "senses"} & set(names):
        if _header_is_right(first[0], names, COLUMNS, ("lemma", "senses"), collected):
            _read_named(rows, names, collected)
    elif names[:2] == ["source", "target"]:
        if _header_is_right(first[0], names, PAIR_COLUMNS, PAIR_COLUMNS[:2], collected):
            _read_pairs(rows, len(names), collected)
    elif len(names) in (2, 4) and _CYRILLIC.search("".join(first[1])):
        _read_pairs(_again(first, rows), len(names), collected)
    else:
        collected.fault(
            first[0],
            f"the first line has to name the columns {', '.join(COLUMNS)} (at least lemma and senses), or hold a"
            " Ukrainian term and its English",
        )
    return collected.parsed()


def _again(first: _Row, rows: Iterator[_Row]) -> Iterator[_Row]:
    yield first
    yield from rows


def _name(cell: str) -> str:
    return cell.strip().lower()


def _header_is_right(
    line: int, names: Sequence[str], known: Sequence[str], needed: Sequence[str], collected: Collected
) -> bool:
    faults = [f"unknown column {name!r}; the columns are {', '.join(known)}" for name in names if name not in known]
    faults += [f"no column {name}" for name in needed if name not in names]
    faults += [f"the column {name} stands twice" for name in dict.fromkeys(names) if names.count(name) > 1]
    for what in faults:
        collected.fault(line, what)
    return not faults


def _read_named(rows: Iterable[_Row], names: Sequence[str], collected: Collected) -> None:
    for line, cells in rows:
        if _has_width(line, cells, len(names), collected):
            row = dict(zip(names, [*cells, *[""] * (len(names) - len(cells))], strict=False))
            collected.term(
                line,
                row["lemma"],
                _senses(row["senses"]),
                pos=row.get("pos", ""),
                domain=row.get("domain", ""),
                note=row.get("note", ""),
            )


def _has_width(line: int, cells: Sequence[str], width: int, collected: Collected) -> bool:
    nameless = [cell for cell in cells[width:] if cell.strip()]
    if nameless:
        collected.fault(line, f"more cells than columns ({nameless[0]})")
    return not nameless


def _senses(cell: str) -> list[str]:
    """The senses of one cell; one that is empty stays, to be told of."""
    return [sense.strip() for sense in _BETWEEN_SENSES.split(cell)] if cell.strip() else []


def _read_pairs(rows: Iterable[_Row], width: int, collected: Collected) -> None:
    for line, cells in rows:
        if not _has_width(line, cells, width, collected):
            continue
        source, target, *languages = [*(cell.strip() for cell in cells), *[""] * (width - len(cells))]
        wrong = [code for code in languages[:2] if not _LANGUAGE.fullmatch(code)]
        pair = tuple(code.lower().replace("_", "-").split("-")[0] for code in languages[:2])
        if wrong:
            collected.fault(line, f"{wrong[0]!r} is no code of a language")
        elif pair in ((), ("uk", "en")):
            collected.term(line, source, [target] if target else [])
        elif pair == ("en", "uk"):
            collected.term(line, target, [source] if source else [])
        else:
            collected.leave_out("pairs of other languages")


# --- writing --------------------------------------------------------------------------------------------------------


def write_tsv(entries: Sequence[Entry]) -> tuple[str, list[str]]:
    """The lexicon's own form, and what it cannot hold."""
    rows = ["\t".join(row) for row in (COLUMNS, *(table_row(entry) for entry in entries))]
    return "\n".join(rows) + "\n", _separators_lost(entries)


def write_csv(entries: Sequence[Entry]) -> tuple[str, list[str]]:
    """The columns of the TSV form as CSV, and what it cannot hold."""
    return _csv([COLUMNS, *(table_row(entry) for entry in entries)]), _separators_lost(entries)


def write_pairs(entries: Sequence[Entry]) -> tuple[str, list[str]]:
    """DeepL's two columns without a header, and what they cannot hold."""
    losses = [
        f"{entry.lemma}: only {entry.sense!r} of {len(entry.senses)} English terms"
        for entry in entries
        if len(entry.senses) > 1
    ]
    for name in ("pos", "domain", "note"):
        count = sum(bool(getattr(entry, name)) for entry in entries)
        losses += [f"{name} of {count} terms"] if count else []
    # A first line without Cyrillic might be a header.
    ordered = sorted(entries, key=lambda entry: not _CYRILLIC.search(entry.lemma))
    return _csv([(entry.lemma, entry.sense) for entry in ordered]), losses


def table_row(entry: Entry) -> tuple[str, ...]:
    """The cells of an entry, in the order of `COLUMNS`."""
    senses = SENSE_SEPARATOR.join(_SEPARATOR_IN_SENSE.sub("/", sense) for sense in entry.senses)
    return (entry.lemma, entry.pos, senses, entry.domain, entry.note)


def _csv(rows: Iterable[Sequence[str]]) -> str:
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\n").writerows(rows)
    return file.getvalue()


def _separators_lost(entries: Iterable[Entry]) -> list[str]:
    return [
        f"{entry.lemma}: {sense!r} becomes {_SEPARATOR_IN_SENSE.sub('/', sense)!r}, since ` / ` separates English terms"
        for entry in entries
        for sense in entry.senses
        if _SEPARATOR_IN_SENSE.search(sense)
    ]

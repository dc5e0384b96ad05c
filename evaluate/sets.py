"""Parallel sentences to measure on: two text files, one TSV, or a named folder of either."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vistka.documents.decode import decode
from vistka.errors import InputError, UsageError

MAX_FILE_MIB = 512.0
"""The largest file that is read whole."""

REFERENCE_SEPARATOR = " ||| "
"""Stands between several references of one source in the second column of a TSV."""

_HEADER_NAMES = frozenset({"uk", "source", "src", "ukrainian"})
_COLUMNS = 2


@dataclass(frozen=True, slots=True)
class Pairs:
    """Sources with their references: `sources[i]` belongs to `references[i]`.

    Attributes:
        name: what the set is called in a report.
        sources: n lines, none blank.
        references: n times one or more lines, none blank.
        total: lines of the whole set, of which these were taken.
        positions: n indices of these lines in the whole set, from 0.
        chosen: in words, which lines were taken.
    """

    name: str
    sources: tuple[str, ...]
    references: tuple[tuple[str, ...], ...]
    total: int
    positions: tuple[int, ...]
    chosen: str = "all"

    def first_references(self) -> list[str]:
        """One reference for each source."""
        return [references[0] for references in self.references]


def read_lines(path: Path) -> list[str]:
    """The lines of a text file, in any encoding that `decode` knows.

    Only a line feed (with or without a carriage return before it) ends a line: a form feed or a Unicode line separator
    inside a sentence must not shift all that follows.

    Raises:
        InputError: the file is not there or not text; EmptyInputError, TooLargeError: see `decode`.
    """
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot be read: {reason}", where=str(path), next_step="give a text file") from error
    text = decode(data, str(path), max_mib=MAX_FILE_MIB).text
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    return lines[:-1] if lines[-1] == "" else lines


def read_pair(source: Path, reference: Path) -> Pairs:
    """Two text files, a line each.

    Raises:
        InputError: they differ in their number of lines, a line is blank, or a file cannot be read.
    """
    sources, references = read_lines(source), read_lines(reference)
    if len(sources) != len(references):
        raise InputError(
            f"{len(sources)} lines, but {reference} has {len(references)}",
            where=str(source),
            next_step="give files in which line n of one belongs to line n of the other",
        )
    _refuse_blank(source, sources)
    _refuse_blank(reference, references)
    return _whole(source.name, sources, [(line,) for line in references])


def read_tsv(path: Path) -> Pairs:
    """One file with a source and a reference on each line, a tab between them.

    Several references are joined by ` ||| `. A first line whose first cell is `uk` or `source` is a header.

    Raises:
        InputError: a line does not have two cells, a cell is blank, or the file cannot be read.
    """
    sources: list[str] = []
    references: list[tuple[str, ...]] = []
    for number, line in enumerate(read_lines(path), start=1):
        cells = line.split("\t")
        if number == 1 and cells[0].strip().lower() in _HEADER_NAMES:
            continue
        if len(cells) != _COLUMNS or not all(part.strip() for part in _cells(cells)):
            raise InputError(
                f"{len(cells)} cells, or a blank one, where a source and a reference should be",
                where=f"{path}:{number}",
                next_step="write source, tab, reference on each line",
            )
        sources.append(cells[0])
        references.append(tuple(cells[1].split(REFERENCE_SEPARATOR)))
    if not sources:
        raise InputError("nothing but a header in it", where=str(path), next_step="give at least one pair")
    return _whole(path.name, sources, references)


def _cells(cells: Sequence[str]) -> list[str]:
    return [cells[0], *cells[1].split(REFERENCE_SEPARATOR)]


def read_set(name: str, folder: Path) -> Pairs:
    """The set `name` below `folder`: a folder with one `.uk` and one `.en` file, or with one `.tsv` file.

    Raises:
        UsageError: there is no such set.
        InputError: see `read_pair` and `read_tsv`.
    """
    files = _set_files(folder / name)
    if not files:
        known = sorted(path.name for path in _folders(folder) if _set_files(path))
        raise UsageError(
            f"no set of that name in {folder}",
            where=name,
            next_step=f"use one of {', '.join(known)}" if known else "name the folder of the sets with --data",
        )
    pairs = read_pair(*files) if len(files) > 1 else read_tsv(files[0])
    return _whole(name, pairs.sources, pairs.references)


def _folders(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []


def _set_files(folder: Path) -> list[Path]:
    """Its source and reference file, or its one TSV; none where it holds no set."""
    sources, references = sorted(folder.glob("*.uk")), sorted(folder.glob("*.en"))
    if len(sources) == len(references) == 1:
        return [*sources, *references]
    tables = sorted(folder.glob("*.tsv"))
    return tables if len(tables) == 1 and not sources and not references else []


def choose(pairs: Pairs, *, every: int = 1, limit: int | None = None) -> Pairs:
    """Every `every`-th pair, from the first on, and of those the first `limit`.

    Raises:
        UsageError: `every` or `limit` is below 1.
    """
    positions = chosen_positions(len(pairs.sources), every=every, limit=limit)
    return Pairs(
        name=pairs.name,
        sources=tuple(pairs.sources[i] for i in positions),
        references=tuple(pairs.references[i] for i in positions),
        total=pairs.total,
        positions=tuple(positions),
        chosen=chosen_words(every, limit),
    )


def chosen_positions(total: int, *, every: int, limit: int | None) -> list[int]:
    """Which of `total` lines `--every` and `--limit` take, counted from 0.

    Raises:
        UsageError: `every` or `limit` is below 1.
    """
    for value, option in ((every, "--every"), (limit, "--limit")):
        if value is not None and value < 1:
            raise UsageError(f"{value} is not a number of lines", where=option, next_step="give 1 or more")
    return list(range(0, total, every))[:limit]


def chosen_words(every: int, limit: int | None) -> str:
    """The choice in words: `all`, `the first 5`, `every 10th line, from the first on`."""
    words = f"every {ordinal(every)} line, from the first on" if every > 1 else "all"
    if limit is None:
        return words
    return f"the first {limit}" if every == 1 else f"{words}, the first {limit} of them"


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st."""
    teens = 10 < number % 100 < 20
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _refuse_blank(path: Path, lines: Sequence[str]) -> None:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            raise InputError(
                "a blank line cannot be scored",
                where=f"{path}:{number}",
                next_step="take the line out of both files",
            )


def _whole(name: str, sources: Sequence[str], references: Sequence[tuple[str, ...]]) -> Pairs:
    return Pairs(name, tuple(sources), tuple(references), len(sources), tuple(range(len(sources))))

"""A run on disk, a line for each result as it comes, so that a stopped run goes on where it was.

The first line says how the results are made; each other line is one result with its index and the digest of its
source. A run is only continued with the same sources and the same making: two halves of different systems would be
scored as one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from vistka.errors import InputError, ResourceError, UsageError

FORMAT = "vistka-eval-run-1"
_BROKEN = "it is not a run that `vistka eval --save` wrote"


def digest(source: str) -> str:
    """What a result is bound to: SHA-256 of its source, in hexadecimal."""
    return sha256(source.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class SavedRun:
    """What a file holds.

    Attributes:
        head: how the results were made: `kind`, `system`, `settings`, `recipe`, `hardware`.
        records: the results, in order from the first on.
        whole_bytes: length of the part of the file that is whole lines, in bytes.
    """

    head: Mapping[str, Any]
    records: tuple[Mapping[str, Any], ...]
    whole_bytes: int


def is_run_file(path: Path) -> bool:
    """Whether a file was written by `--save` (and is not a list of plain hypotheses)."""
    try:
        with path.open("rb") as file:
            return file.read(200).startswith(f'{{"format": "{FORMAT}"'.encode())
    except OSError:
        return False


def read_run(path: Path) -> SavedRun:
    """The results in a file; a last line that was cut off in writing is left out.

    Raises:
        InputError: the file cannot be read or is no run.
    """
    try:
        data = path.read_bytes()
        # Cut before it is decoded: the end of a stopped run may be half a letter.
        whole = data[: data.rfind(b"\n") + 1]
        lines = whole.decode("utf-8").split("\n")[:-1]
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise InputError(_BROKEN, where=str(path), next_step="name another file") from error
    rows = [_object(line, f"{path}:{number}") for number, line in enumerate(lines, start=1)]
    if not rows or rows[0].get("format") != FORMAT:
        raise InputError(_BROKEN, where=str(path), next_step="name another file")
    for index, row in enumerate(rows[1:]):
        if row.get("index") != index or not isinstance(row.get("source_sha256"), str):
            raise InputError(f"{_BROKEN}, or lines are missing", where=f"{path}:{index + 2}")
    return SavedRun(rows[0], tuple(rows[1:]), len(whole))


def _object(line: str, where: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError as error:
        raise InputError(_BROKEN, where=where, next_step="name another file") from error
    if not isinstance(value, dict):
        raise InputError(_BROKEN, where=where, next_step="name another file")
    return value


def saved_part(saved: SavedRun, name: str) -> Mapping[str, object]:
    """`recipe` or `hardware` of a saved run; empty where it does not say."""
    part = saved.head.get(name)
    return part if isinstance(part, dict) else {}


def check_sources(path: Path, records: Sequence[Mapping[str, Any]], sources: Sequence[str]) -> None:
    """Refuse results of other sources.

    Raises:
        InputError: there are more results than sources, or one was made of another source.
    """
    if len(records) > len(sources):
        raise InputError(
            f"{len(records)} results for {len(sources)} sources",
            where=str(path),
            next_step="give the set it was made of",
        )
    for index, (record, source) in enumerate(zip(records, sources, strict=False)):
        if record["source_sha256"] != digest(source):
            raise InputError(
                "made of another source than the one given",
                where=f"{path}:{index + 2}",
                next_step="give the same set with the same --every and --limit",
            )


class RunFile:
    """Writes results as they come. Use as a context manager; leaving it closes the file."""

    def __init__(self, path: Path | None, *, resume: bool) -> None:
        """Look at what is there, and write nothing yet.

        Args:
            path: None = keep nothing.
            resume: go on with the results that are there; False = a file that is there is an error.

        Raises:
            UsageError: the file is there and `resume` is False.
            InputError: it is no run.
        """
        self._path = path
        self._file: TextIOWrapper | None = None
        self.saved: SavedRun | None = None
        if path is None or not path.exists():
            return
        if not resume:
            raise UsageError(
                "there already, and would be written over",
                where=str(path),
                next_step="go on with it by --resume, or name another file",
            )
        if path.stat().st_size:
            self.saved = read_run(path)

    def check(self, sources: Sequence[str], **head: object) -> None:
        """Refuse to go on with results of other sources or of another making.

        Raises:
            InputError: they are of other sources.
            UsageError: they were made in another way than `head` says.
        """
        if self.saved is None or self._path is None:
            return
        for name, wanted in head.items():
            found = self.saved.head.get(name)
            if found != json.loads(json.dumps(wanted)):
                raise UsageError(
                    f"it was made with another {name}: {_difference(found, wanted)}",
                    where=str(self._path),
                    next_step="run it as before, or name another file",
                )
        check_sources(self._path, self.saved.records, sources)

    def open(self, **head: object) -> None:
        """Begin to write: after the whole lines that are there, or with a first line of `head`.

        Raises:
            InputError, ResourceError: the file cannot be written.
        """
        if self._path is None:
            return
        try:
            self._file = self._path.open("r+" if self.saved else "w", encoding="utf-8", newline="\n")
            if self.saved:
                self._file.truncate(self.saved.whole_bytes)
                self._file.seek(0, 2)
        except OSError as error:
            raise InputError(
                f"cannot be written: {error.strerror}", where=str(self._path), next_step="name another file"
            ) from error
        if not self.saved:
            self._write({"format": FORMAT, **head})

    def add(self, index: int, source: str, result: Mapping[str, object]) -> None:
        """One result more, on the disk before this returns.

        Raises:
            ResourceError: no room.
        """
        if self._file is not None:
            self._write({"index": index, "source_sha256": digest(source), **result})

    def _write(self, row: Mapping[str, object]) -> None:
        if self._file is None:
            return
        try:
            self._file.write(json.dumps(row, ensure_ascii=False) + "\n")
            self._file.flush()
        except OSError as error:
            raise ResourceError(
                f"cannot be written: {error.strerror}",
                where=str(self._path),
                next_step="free some room and go on with --resume",
            ) from error

    def __enter__(self) -> RunFile:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _difference(found: object, wanted: object) -> str:
    """What differs, in words; of two tables only the keys that do."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        keys = [key for key in sorted({*found, *wanted}) if found.get(key) != wanted.get(key)]
        return ", ".join(f"{key} was {found.get(key)!r}, is {wanted.get(key)!r}" for key in keys)
    return f"was {found!r}, is {wanted!r}"

"""The memory: a journal of corrections that only grows, and what of it is in force.

Of the corrections of one source the newest that nobody has taken back is in force. Taking back (`undo`) is a row of
the journal itself, so it can be seen, and taken back in turn.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from vistka.errors import InputError, UnknownCorrectionError, UsageError
from vistka.memory.corrections import Correction, Entry, EntryKind, EntryState, checked, from_iso, iso
from vistka.memory.database import Database
from vistka.memory.normal import correction_key, source_key
from vistka.options import Options
from vistka.sqlite_file import BUSY_TIMEOUT_S

PATH_VARIABLE = "VISTKA_MEMORY"

_ADD = (
    "INSERT INTO journal (kind, author, date, key, source_key, source, target, model, revision, glossary,"
    " source_language, target_language) VALUES ('correction', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_NEWEST_FIRST = "ORDER BY date DESC, id DESC"


def memory_path(named: Path | None = None) -> Path:
    """The file of the memory: `named`, else VISTKA_MEMORY, else `memory.sqlite` in the user's data folder."""
    chosen = named or os.environ.get(PATH_VARIABLE)
    if chosen:
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("vistka", appauthor=False) / "memory.sqlite"


def open_memory(options: Options) -> Memory | None:
    """The memory that the options name; None where they want none. Nothing is opened or made yet."""
    return Memory(memory_path(options.memory)) if options.use_memory else None


@dataclass(frozen=True, slots=True)
class Added:
    """What came of adding many corrections.

    Attributes:
        entries: what was stored, in the order given.
        known: how many were left out because the very same one (source, target, author and date) is in force already.
    """

    entries: tuple[Entry, ...]
    known: int


class Memory:
    """Corrections in one SQLite file. Threads may share an object; processes open the same file each.

    Args:
        path: the file; the first correction makes it.
        busy_timeout_s: how long a writer waits for another.
    """

    def __init__(self, path: Path, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        self.path = path
        self._database = Database(path, busy_timeout_s=busy_timeout_s)

    def add(self, correction: Correction) -> Entry:
        """Store one correction; it is in force at once, for every process.

        Raises:
            InputError: see `checked`.
            ResourceError, ConfigurationError: the file cannot be used.
        """
        now = _now()
        whole = checked(correction, now=now)
        with self._database.writing() as connection:
            return self._entry(connection, _insert(connection, whole, wins=correction.date is None))

    def add_all(self, corrections: Sequence[Correction]) -> Added:
        """Store many corrections, or none if one of them is refused. One with a date takes its place by that date.

        Raises:
            InputError: see `checked`; `where` is the index of the first that is refused, from 0.
            ResourceError, ConfigurationError: the file cannot be used.
        """
        now = _now()
        whole = [_checked_at(index, correction, now) for index, correction in enumerate(corrections)]
        stored: list[int] = []
        with self._database.writing() as connection:
            for correction, given in zip(whole, corrections, strict=True):
                if given.date is None or not _is_known(connection, correction):
                    stored.append(_insert(connection, correction, wins=given.date is None))
            entries = tuple(self._entry(connection, row) for row in stored)
        return Added(entries, len(whole) - len(entries))

    def undo(self, entry_id: int | None = None, *, author: str = "") -> Entry:
        """Take back a row of the journal: a correction, or an `undo`, which puts the correction in force again.

        Args:
            entry_id: the row; None = the correction that was stored last and is still in force.
            author: who takes it back.

        Returns:
            The new row.

        Raises:
            UsageError: no such row, or it is taken back already.
            ResourceError, ConfigurationError: the file cannot be used.
        """
        with self._database.writing() as connection:
            about, kind = _to_undo(connection, entry_id)
            found = connection.execute(
                "INSERT INTO journal (kind, about, author, date) VALUES (?, ?, ?, ?)",
                (kind, about, " ".join(author.split()), iso(_now())),
            )
            return self._entry(connection, int(found.lastrowid or 0))

    def exact(self, source: str, source_language: str = "uk", target_language: str = "en") -> Entry | None:
        """The correction in force for `source`, whatever model its draft came from; None where there is none."""
        rows = self._database.read(
            f"SELECT * FROM active WHERE source_key = ? {_NEWEST_FIRST} LIMIT 1",  # noqa: S608 - a constant of this module
            (source_key(source, source_language, target_language),),
        )
        return _correction_entry(rows[0], "active") if rows else None

    def in_force(self) -> list[Entry]:
        """The correction in force of every source, the oldest first."""
        newest: dict[str, sqlite3.Row] = {}
        for row in self._database.read("SELECT * FROM active ORDER BY date, id"):
            newest.pop(row["source_key"], None)  # so that the place in the order is the newest one's
            newest[row["source_key"]] = row
        return [_correction_entry(row, "active") for row in newest.values()]

    def sources_in_force(self, source_keys: Iterable[str] | None = None) -> dict[str, tuple[int, str]]:
        """Source key → (id of the correction in force, its source); of all sources, or of those named."""
        query = "SELECT id, source_key, source FROM active"
        if source_keys is None:
            rows = self._database.read(f"{query} ORDER BY date, id")
        else:
            one = f"{query} WHERE source_key = ? ORDER BY date, id"
            rows = [row for key in source_keys for row in self._database.read(one, (key,))]
        return {row["source_key"]: (row["id"], row["source"]) for row in rows}

    def entries(self, ids: Sequence[int]) -> list[Entry]:
        """The corrections of these ids that are not taken back, in the order of `ids`."""
        query = "SELECT * FROM active WHERE id = ?"
        return [_correction_entry(row, "active") for one in ids for row in self._database.read(query, (one,))]

    def version(self) -> int:
        """Id of the last row: what the memory says is the same as long as this is."""
        rows = self._database.read("SELECT coalesce(max(id), 0) FROM journal")
        return int(rows[0][0]) if rows else 0

    def touched_since(self, version: int) -> set[str]:
        """Keys of the sources that rows after `version` are about."""
        rows = self._database.read(
            "SELECT coalesce(j.source_key, c.source_key) FROM journal AS j LEFT JOIN journal AS c ON c.id = j.about"
            " WHERE j.id > ?",
            (version,),
        )
        return {str(row[0]) for row in rows}

    def journal(self) -> list[Entry]:
        """Every row ever written, in order."""
        rows = self._database.read("SELECT * FROM journal ORDER BY id")
        active = {int(row["id"]) for row in self._database.read("SELECT id FROM active")}
        winners = {entry.id for entry in self.in_force()}
        corrections: dict[int, Entry] = {}
        entries: list[Entry] = []
        for row in rows:
            if row["kind"] == "correction":
                entry = _correction_entry(row, _state(int(row["id"]), active, winners))
                corrections[entry.id] = entry
            else:
                entry = _other_entry(row, corrections[int(row["about"])].correction)
            entries.append(entry)
        return entries

    def close(self) -> None:
        """Give the file back; the next call opens it again."""
        self._database.close()

    @staticmethod
    def _entry(connection: sqlite3.Connection, entry_id: int) -> Entry:
        row = connection.execute("SELECT * FROM journal WHERE id = ?", (entry_id,)).fetchone()
        if row["kind"] != "correction":
            about = connection.execute("SELECT * FROM journal WHERE id = ?", (row["about"],)).fetchone()
            return _other_entry(row, _correction(about))
        winner = connection.execute(
            f"SELECT id FROM active WHERE source_key = ? {_NEWEST_FIRST} LIMIT 1",  # noqa: S608 - a constant of this module
            (row["source_key"],),
        ).fetchone()
        return _correction_entry(row, "active" if winner["id"] == entry_id else "superseded")


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _checked_at(index: int, correction: Correction, now: datetime) -> Correction:
    try:
        return checked(correction, now=now)
    except InputError as error:
        raise InputError(error.what, where=f"correction {index}", next_step=error.next_step) from error


def _insert(connection: sqlite3.Connection, correction: Correction, *, wins: bool) -> int:
    """Append a checked correction. `wins`: it is made now, so it is the newest even where the clock went back."""
    key = source_key(correction.source, correction.source_language, correction.target_language)
    date = iso(correction.date or _now())
    if wins:
        latest = connection.execute(
            "SELECT max(date) FROM journal WHERE kind = 'correction' AND source_key = ?", (key,)
        ).fetchone()[0]
        date = max(date, latest or date)
    whole_key = correction_key(
        correction.source,
        correction.source_language,
        correction.target_language,
        model=correction.model,
        revision=correction.revision,
        glossary=correction.glossary,
    )
    values = (
        correction.author,
        date,
        whole_key,
        key,
        correction.source,
        correction.target,
        correction.model,
        correction.revision,
        correction.glossary,
        correction.source_language,
        correction.target_language,
    )
    return int(connection.execute(_ADD, values).lastrowid or 0)


def _is_known(connection: sqlite3.Connection, correction: Correction) -> bool:
    key = source_key(correction.source, correction.source_language, correction.target_language)
    rows = connection.execute(
        "SELECT 1 FROM active WHERE source_key = ? AND target = ? AND author = ? AND date = ?",
        (key, correction.target, correction.author, iso(correction.date or _now())),
    )
    return rows.fetchone() is not None


def _to_undo(connection: sqlite3.Connection, entry_id: int | None) -> tuple[int, EntryKind]:
    """The correction that an undo of `entry_id` is about, and whether that takes it back or puts it in force."""
    if entry_id is None:
        last = connection.execute("SELECT max(id) FROM active").fetchone()[0]
        if last is None:
            raise UsageError(
                "no correction is in force", next_step="`vistka memory list --all` shows the whole journal"
            )
        return int(last), "undo"
    row = connection.execute("SELECT kind, about FROM journal WHERE id = ?", (entry_id,)).fetchone()
    if row is None:
        raise UnknownCorrectionError(
            f"the journal has no row {entry_id}", next_step="`vistka memory list --all` shows the ids"
        )
    about = entry_id if row["kind"] == "correction" else int(row["about"])
    last_about = connection.execute(
        "SELECT id, kind FROM journal WHERE about = ? ORDER BY id DESC LIMIT 1", (about,)
    ).fetchone()
    is_last = row["kind"] == "correction" or last_about["id"] == entry_id
    undone = last_about is not None and last_about["kind"] == "undo"
    if not is_last or (row["kind"] == "correction" and undone):
        raise UsageError(
            f"row {entry_id} is taken back already, by row {last_about['id']}",
            next_step=f"`vistka memory undo {last_about['id']}` takes that back",
        )
    return about, "redo" if undone else "undo"


def _state(entry_id: int, active: set[int], winners: set[int]) -> EntryState:
    if entry_id in winners:
        return "active"
    return "superseded" if entry_id in active else "undone"


def _correction(row: sqlite3.Row) -> Correction:
    return Correction(
        source=row["source"],
        target=row["target"],
        author=row["author"],
        date=from_iso(row["date"]),
        model=row["model"],
        revision=row["revision"],
        glossary=row["glossary"],
        source_language=row["source_language"],
        target_language=row["target_language"],
    )


def _correction_entry(row: sqlite3.Row, state: EntryState) -> Entry:
    return Entry(row["id"], "correction", None, from_iso(row["date"]), row["author"], _correction(row), state)


def _other_entry(row: sqlite3.Row, correction: Correction) -> Entry:
    return Entry(row["id"], row["kind"], row["about"], from_iso(row["date"]), row["author"], correction, "")

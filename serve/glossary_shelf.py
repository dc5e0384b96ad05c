"""Named glossaries that clients of the service make, each seen by the caller alone who made it.

They are Ukrainian to English, immutable (a changed one is a new one), and kept in one SQLite file. A request that names
some of them is translated with the built-in lexicon, the user's own glossary, and these on top.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import unicodedata
import uuid
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from vistka.errors import NotFoundError, UsageError
from vistka.sqlite_file import Layout, SqliteFile
from vistka.text.lemmas import word_forms
from vistka.translate.glossary import Glossary, built_in_lexicon
from vistka.translate.glossary_files import glossaries_in_force, read_glossary
from vistka.translate.lexicon_compiled import version_of
from vistka.translate.lexicon_entries import Entry, entry_key

if TYPE_CHECKING:
    from vistka.serve.access import Caller

MAX_GLOSSARIES = 1000
"""Glossaries of one caller."""
MAX_ENTRIES = 50_000
MAX_TEXT_BYTES = 1024
"""Bytes (UTF-8) of a name, a term or an English."""

_CACHED = 16
_STATEMENTS = (
    """CREATE TABLE glossary (
        id TEXT PRIMARY KEY,
        owner TEXT NOT NULL,
        name TEXT NOT NULL,
        created TEXT NOT NULL,
        version TEXT NOT NULL,
        entry_count INTEGER NOT NULL
    ) STRICT""",
    "CREATE INDEX glossary_owner ON glossary (owner, created)",
    """CREATE TABLE entry (
        glossary TEXT NOT NULL REFERENCES glossary (id) ON DELETE CASCADE,
        place INTEGER NOT NULL,
        lemma TEXT NOT NULL,
        senses TEXT NOT NULL,
        pos TEXT NOT NULL,
        domain TEXT NOT NULL,
        note TEXT NOT NULL,
        PRIMARY KEY (glossary, place)
    ) STRICT, WITHOUT ROWID""",
)
_LAYOUT = Layout(what="the glossaries of the service", application_id=0x56534B47, version=1, statements=_STATEMENTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelvedGlossary:
    """What is known of a glossary without its entries.

    Attributes:
        id: a random UUID.
        owner: id of the caller who made it.
        name: what the caller calls it; two may have one name.
        created: in UTC.
        version: twelve hexadecimal digits that change with any entry.
        entry_count: how many entries it holds.
    """

    id: str
    owner: str
    name: str
    created: datetime
    version: str
    entry_count: int


class GlossaryShelf:
    """The glossaries of every caller, in one file; safe to use from several threads.

    Args:
        path: the SQLite file, made by the first write.
        user_files: glossary files of whoever runs the service, as in `Options.glossaries`.
    """

    def __init__(self, path: Path, *, user_files: tuple[Path, ...] = ()) -> None:
        self._file = SqliteFile(path, _LAYOUT)
        self._user_files = user_files
        self._lock = threading.RLock()
        self._made: OrderedDict[tuple[object, ...], Glossary] = OrderedDict()

    def create(self, caller: Caller, *, name: str, entries: Sequence[Entry]) -> ShelvedGlossary:
        """Keep `entries`, in order, under a new id.

        Raises:
            UsageError: no name, no entries, one that says nothing, a term that stands there twice, or too many.
            ResourceError: the file cannot be used.
        """
        _check_text(name, "the name of the glossary")
        _check_entries(entries)
        made = ShelvedGlossary(
            id=str(uuid.uuid4()),
            owner=caller.id,
            name=name,
            created=datetime.now(UTC),
            version=version_of(entries),
            entry_count=len(entries),
        )
        rows = [
            (made.id, place, e.lemma, json.dumps(e.senses, ensure_ascii=False), e.pos, e.domain, e.note)
            for place, e in enumerate(entries)
        ]
        with self._file.writing() as connection:
            count = connection.execute("SELECT count(*) FROM glossary WHERE owner = ?", (caller.id,)).fetchone()[0]
            if count >= MAX_GLOSSARIES:
                raise UsageError(f"there are {count} glossaries, and more are not kept", next_step="delete one first")
            created = made.created.isoformat()
            connection.execute(
                "INSERT INTO glossary VALUES (?, ?, ?, ?, ?, ?)",
                (made.id, made.owner, made.name, created, made.version, made.entry_count),
            )
            connection.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        return made

    def list(self, caller: Caller) -> tuple[ShelvedGlossary, ...]:
        """The caller's glossaries, the oldest first.

        Raises:
            ResourceError: the file cannot be used.
        """
        query = "SELECT * FROM glossary WHERE owner = ? ORDER BY created, id"
        return tuple(_shelved(row) for row in self._file.read(query, (caller.id,)))

    def get(self, glossary_id: str, caller: Caller) -> ShelvedGlossary:
        """One of the caller's glossaries.

        Raises:
            NotFoundError: the caller has none of that id.
            ResourceError: the file cannot be used.
        """
        rows = self._file.read("SELECT * FROM glossary WHERE id = ? AND owner = ?", (glossary_id, caller.id))
        if not rows:
            raise NotFoundError(
                "no such glossary", where=glossary_id[:80], next_step="list the glossaries to see their ids"
            )
        return _shelved(rows[0])

    def entries(self, glossary_id: str, caller: Caller) -> tuple[Entry, ...]:
        """The entries of one of the caller's glossaries, in their order, each `by_user`.

        Raises:
            NotFoundError: the caller has none of that id.
            ResourceError: the file cannot be used.
        """
        self.get(glossary_id, caller)
        rows = self._file.read("SELECT * FROM entry WHERE glossary = ? ORDER BY place", (glossary_id,))
        return tuple(
            Entry(
                lemma=row["lemma"],
                senses=tuple(json.loads(row["senses"])),
                pos=row["pos"],
                domain=row["domain"],
                note=row["note"],
                by_user=True,
            )
            for row in rows
        )

    def delete(self, glossary_id: str, caller: Caller) -> None:
        """Forget one of the caller's glossaries.

        Raises:
            NotFoundError: the caller has none of that id.
            ResourceError: the file cannot be used.
        """
        self.get(glossary_id, caller)
        with self._file.writing() as connection:
            connection.execute("DELETE FROM glossary WHERE id = ? AND owner = ?", (glossary_id, caller.id))

    def glossary(self, ids: Sequence[str], caller: Caller) -> Glossary | None:
        """The lexicon, the user's own terms, and the caller's glossaries of these ids on top; None without ids.

        Where two of them have the same term, the one that `ids` names first stands. Made once for the same entries.

        Raises:
            NotFoundError: the caller has none of one of the ids.
            ConfigurationError: a glossary file of the service cannot be read or is not right.
            ResourceError: the file cannot be used.
        """
        wanted = [self.get(glossary_id, caller) for glossary_id in dict.fromkeys(ids)]
        if not wanted:
            return None
        files = glossaries_in_force(self._user_files)
        key = (tuple((path, _changed_ns(path)) for path in files), tuple(one.version for one in wanted))
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        own = [entry for path in files for entry in read_glossary(path)]
        for one in reversed(wanted):  # the last entry of a term is the one that counts
            own += [entry for entry in self.entries(one.id, caller) if word_forms(entry.lemma)]
        glossary = Glossary(own, lexicon=built_in_lexicon())
        with self._lock:
            self._made[key] = glossary
            while len(self._made) > _CACHED:
                self._made.popitem(last=False)
        return glossary

    def close(self) -> None:
        """Give the file back. Closing twice is fine; the next call opens it again."""
        self._file.close()


def unused_terms(entries: Sequence[Entry]) -> list[str]:
    """The terms of a glossary that no sentence is matched with, in order.

    One without a word in it (`№`), and one that a later term of the glossary replaces since they differ in nothing that
    a sentence shows (`суми` and `Суми` with other English).
    """
    last = {entry_key(entry): entry for entry in entries if word_forms(entry.lemma)}
    return [
        entry.lemma
        for entry in entries
        if not word_forms(entry.lemma) or last[entry_key(entry)].senses[0] != entry.senses[0]
    ]


def creation_time(glossary: ShelvedGlossary) -> str:
    """When it was made, with three digits of a second and the zone: `2026-01-02T03:04:05.678Z`."""
    whole = glossary.created.astimezone(UTC)
    return (whole - timedelta(microseconds=whole.microsecond % 1000)).isoformat(timespec="milliseconds")[:-6] + "Z"


def _shelved(row: sqlite3.Row) -> ShelvedGlossary:
    return ShelvedGlossary(
        id=row["id"],
        owner=row["owner"],
        name=row["name"],
        created=datetime.fromisoformat(row["created"]),
        version=row["version"],
        entry_count=row["entry_count"],
    )


def _check_entries(entries: Sequence[Entry]) -> None:
    if not entries:
        raise UsageError("the glossary has no entries", next_step="give at least one term and its English")
    if len(entries) > MAX_ENTRIES:
        raise UsageError(f"{len(entries)} entries", next_step=f"a glossary holds {MAX_ENTRIES} at most: make several")
    seen: dict[str, int] = {}
    for number, entry in enumerate(entries, start=1):
        where = f"entry {number}"
        _check_text(entry.lemma, where)
        if not entry.senses:
            raise UsageError("no English", where=where, next_step="give every term its English")
        for text in entry.senses:
            _check_text(text, where)
        for text in (entry.pos, entry.domain, entry.note):
            if text:
                _check_text(text, where)
        first = seen.setdefault(entry.lemma, number)
        if first != number:
            raise UsageError(f"{entry.lemma} stands in entry {first} too", where=where, next_step="give each term once")


def _check_text(text: str, where: str) -> None:
    if not text.strip():
        raise UsageError("empty", where=where, next_step="fill it in or leave the entry out")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise UsageError("a control character, or half a surrogate pair", where=where, next_step="take it out")
    size = len(text.encode())
    if size > MAX_TEXT_BYTES:
        raise UsageError(f"{size} bytes", where=where, next_step=f"{MAX_TEXT_BYTES} is the most")


def _changed_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0  # reading it will say what is wrong

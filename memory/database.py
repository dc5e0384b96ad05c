"""The SQLite file of the memory: a journal that only grows, and what is told of its faults."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from vistka.errors import ConfigurationError, ResourceError
from vistka.sqlite_file import BUSY_TIMEOUT_S, Layout, SqliteFile

SCHEMA_VERSION = 1

# Rows are only ever added, and the triggers hold everybody to it: what was said stays to be seen.
_SCHEMA = (
    """CREATE TABLE journal (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL CHECK (kind IN ('correction', 'undo', 'redo')),
        about INTEGER REFERENCES journal (id),
        author TEXT NOT NULL,
        date TEXT NOT NULL,
        key TEXT,
        source_key TEXT,
        source TEXT,
        target TEXT,
        model TEXT,
        revision TEXT,
        glossary TEXT,
        source_language TEXT,
        target_language TEXT,
        CHECK ((kind = 'correction') = (about IS NULL)),
        CHECK (kind <> 'correction' OR (
            key IS NOT NULL AND source_key IS NOT NULL AND source IS NOT NULL AND target IS NOT NULL
            AND model IS NOT NULL AND revision IS NOT NULL AND glossary IS NOT NULL
            AND source_language IS NOT NULL AND target_language IS NOT NULL))
    )""",
    "CREATE INDEX journal_source ON journal (source_key, date, id) WHERE kind = 'correction'",
    "CREATE INDEX journal_about ON journal (about, id) WHERE about IS NOT NULL",
    "CREATE TRIGGER journal_keeps BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END",
    "CREATE TRIGGER journal_stays BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END",
    """CREATE VIEW active AS SELECT * FROM journal AS c WHERE c.kind = 'correction' AND coalesce(
        (SELECT u.kind FROM journal AS u WHERE u.about = c.id ORDER BY u.id DESC LIMIT 1), 'redo') = 'redo'""",
)

_LAYOUT = Layout(
    what="the memory",
    application_id=0x56534B4D,  # VSKM
    version=SCHEMA_VERSION,
    statements=_SCHEMA,
)
_WITHOUT = "--no-memory works without it"


class Database(SqliteFile):
    """One connection, shared by the threads of a process; processes have one each.

    The file is made by the first write. Reading where there is none finds nothing and leaves nothing behind.
    """

    _shrinks = False

    def __init__(self, path: Path, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        super().__init__(path, _LAYOUT, busy_timeout_s=busy_timeout_s)

    def read(self, query: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """Rows of one query; none where the file is not there yet.

        Raises:
            ResourceError: the file is damaged, locked or may not be read.
            ConfigurationError: it is no memory, or one of a newer version.
        """
        with self._lock:
            if self._connection is None and not self.path.exists():
                return []
            return super().read(query, values)

    def _make(self) -> None:
        # The file itself is SQLite's to make: it has the rights that the user's other files have.
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unusable(error.strerror or str(error)) from error

    def _foreign(self) -> ConfigurationError:
        return ConfigurationError(
            "is an SQLite file of another program", where=str(self.path), next_step="name another file"
        )

    def _of_version(self, found: int) -> ConfigurationError:
        return ConfigurationError(
            f"is a memory of version {found}, and this program reads version {SCHEMA_VERSION}",
            where=str(self.path),
            next_step="use the newer Vistka, or export it there as TMX and import that here",
        )

    def _locked(self) -> ResourceError:
        return ResourceError(
            f"another program has held the memory locked for {self._busy_timeout_s:g} seconds",
            where=str(self.path),
            next_step=f"try again, or see what uses it; {_WITHOUT}",
        )

    def _damaged(self) -> ResourceError:
        return ResourceError(
            "the memory is damaged, or is no SQLite file; it was left as it is",
            where=str(self.path),
            next_step=f"put a copy of it back, or name another file with --memory; {_WITHOUT}",
        )

    def _unusable(self, why: str) -> ResourceError:
        return ResourceError(
            f"the memory cannot be used ({why})",
            where=str(self.path),
            next_step=f"allow it, or name another file with --memory; {_WITHOUT}",
        )

"""The SQLite file of the memory: opened, set up once, and every fault of it told as one clear error."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from vistka.errors import ConfigurationError, ResourceError

SCHEMA_VERSION = 1
BUSY_TIMEOUT_S = 10.0
"""How long a writer waits for another one."""

_APPLICATION_ID = 0x56534B4D  # VSKM: SQLite keeps it in the file's head, so another program's file is told apart
_RETRY_S = 0.05

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


class Database:
    """One connection, shared by the threads of a process; processes have one each.

    The file is made by the first write. Reading where there is none finds nothing and leaves nothing behind.
    """

    def __init__(self, path: Path, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        self.path = path
        self._busy_timeout_s = busy_timeout_s
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._owner = 0

    def read(self, query: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """Rows of one query; none where the file is not there yet.

        Raises:
            ResourceError: the file is damaged, locked or may not be read.
            ConfigurationError: it is no memory, or one of a newer version.
        """
        with self._lock, self._faults_told():
            if self._connection is None and not self.path.exists():
                return []
            return self._opened().execute(query, values).fetchall()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all that is written in it is stored, or nothing is.

        Raises:
            ResourceError: the file is damaged, locked or may not be written, or the disk is full.
            ConfigurationError: it is no memory, or one of a newer version.
        """
        with self._lock, self._faults_told():
            self._make_folder()
            connection = self._opened()
            # IMMEDIATE takes the lock before anything is read: no other writer comes between.
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Give the file back. Closing twice is fine; the next call opens it again."""
        with self._lock:
            if self._connection is not None and self._owner == os.getpid():
                self._connection.close()
            self._connection = None

    def _make_folder(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unusable(error.strerror or str(error)) from error

    def _opened(self) -> sqlite3.Connection:
        # A connection must not cross a fork (sqlite.org/howtocorrupt.html, 2.6): the child opens one of its own.
        if self._connection is None or self._owner != os.getpid():
            self._connection = self._open()
            self._owner = os.getpid()
        return self._connection

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=self._busy_timeout_s, isolation_level=None, check_same_thread=False
        )
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            # A correction that was acknowledged is there after a power cut, too.
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA trusted_schema = OFF")
            if self._is_empty(connection):
                self._set_up(connection)
            self._check_ours(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _set_up(self, connection: sqlite3.Connection) -> None:
        self._write_ahead(connection)
        connection.execute("BEGIN IMMEDIATE")
        try:
            if self._is_empty(connection):  # else another process was first
                for statement in _SCHEMA:
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise

    def _write_ahead(self, connection: sqlite3.Connection) -> None:
        """Switch to a write-ahead log: readers then never wait for a writer. SQLite's own waiting does not cover it."""
        end = time.monotonic() + self._busy_timeout_s
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if _primary_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                    raise
                time.sleep(_RETRY_S)
            else:
                return

    @staticmethod
    def _is_empty(connection: sqlite3.Connection) -> bool:
        return (
            _pragma(connection, "user_version") == 0
            and not connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
        )

    def _check_ours(self, connection: sqlite3.Connection) -> None:
        if _pragma(connection, "application_id") != _APPLICATION_ID:
            raise ConfigurationError(
                "is an SQLite file of another program", where=str(self.path), next_step="name another file"
            )
        found = _pragma(connection, "user_version")
        if found != SCHEMA_VERSION:
            raise ConfigurationError(
                f"is a memory of version {found}, and this program reads version {SCHEMA_VERSION}",
                where=str(self.path),
                next_step="use the newer Vistka, or export it there as TMX and import that here",
            )

    @contextmanager
    def _faults_told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._told(error) from error

    def _told(self, error: sqlite3.Error) -> ResourceError:
        code = _primary_code(error)
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            return ResourceError(
                f"another program has held the memory locked for {self._busy_timeout_s:g} seconds",
                where=str(self.path),
                next_step="try again, or see what uses it; --no-memory works without it",
            )
        if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
            return ResourceError(
                "the memory is damaged, or is no SQLite file; it was left as it is",
                where=str(self.path),
                next_step="put a copy of it back, or name another file with --memory; --no-memory works without it",
            )
        if code == sqlite3.SQLITE_FULL:
            return ResourceError(
                "no disk space for the memory; nothing was stored",
                where=str(self.path),
                next_step="free some space",
            )
        return self._unusable(str(error))

    def _unusable(self, why: str) -> ResourceError:
        return ResourceError(
            f"the memory cannot be used ({why})",
            where=str(self.path),
            next_step="allow it, or name another file with --memory; --no-memory works without it",
        )


def _pragma(connection: sqlite3.Connection, name: str) -> Any:
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


def _primary_code(error: sqlite3.Error) -> int:
    """SQLite's result code without its extension; 0 for an error of the module itself."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF

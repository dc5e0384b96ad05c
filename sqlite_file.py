"""An SQLite file of ours: set up once, shared by threads and processes, every fault of it one clear error."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vistka.errors import ConfigurationError, ResourceError

BUSY_TIMEOUT_S = 10.0
"""How long a writer waits for another one."""

_RETRY_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What a file holds.

    Attributes:
        what: its name in messages, as in "the keys".
        application_id: 32 bits that SQLite keeps in the file's head, so another program's file is told apart.
        version: of the statements.
        statements: they set an empty file up.
    """

    what: str
    application_id: int
    version: int
    statements: tuple[str, ...]


class SqliteFile:
    """One connection, shared by the threads of a process; processes have one each.

    The first use makes the file, for its owner's eyes alone.
    """

    _shrinks = True
    """Whether rows are ever deleted, so that room can be given back."""

    def __init__(self, path: Path, layout: Layout, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        self.path = path
        self._layout = layout
        self._busy_timeout_s = busy_timeout_s
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._owner = 0

    def read(self, query: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """Rows of one query.

        Raises:
            ResourceError: the file is damaged, locked or may not be read.
            ConfigurationError: it is a file of another kind, or of a newer version.
        """
        with self._lock, self._faults_told():
            return self._opened().execute(query, values).fetchall()

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """A transaction: all that is written in it is stored, or nothing is.

        Args:
            durable: what is stored is there after a power cut, too. Without, it is there after any end of the process,
                and costs no wait for the disk.

        Raises:
            ResourceError: the file is damaged, locked or may not be written, or the disk is full.
            ConfigurationError: it is a file of another kind, or of a newer version.
        """
        with self._lock, self._faults_told():
            connection = self._opened()
            connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            # IMMEDIATE takes the lock before anything is read: no other writer comes between.
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise

    def give_room_back(self) -> None:
        """Shrink the file by what was deleted from it.

        Raises:
            ResourceError: the file is damaged, locked or may not be written.
        """
        with self._lock, self._faults_told():
            connection = self._opened()
            # Each step of the pragma frees a page: it does its work as its rows are fetched.
            connection.execute("PRAGMA incremental_vacuum").fetchall()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Give the file back. Closing twice is fine; the next call opens it again."""
        with self._lock:
            if self._connection is not None and self._owner == os.getpid():
                self._connection.close()
            self._connection = None

    def _make(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # SQLite gives its write-ahead log the rights of the file itself.
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise self._unusable(error.strerror or str(error)) from error

    def _opened(self) -> sqlite3.Connection:
        # A connection must not cross a fork (sqlite.org/howtocorrupt.html, 2.6): the child opens one of its own.
        if self._connection is None or self._owner != os.getpid():
            self._connection = self._open()
            self._owner = os.getpid()
        return self._connection

    def _open(self) -> sqlite3.Connection:
        self._make()
        connection = sqlite3.connect(
            self.path, timeout=self._busy_timeout_s, isolation_level=None, check_same_thread=False
        )
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA trusted_schema = OFF")
            if _is_empty(connection):
                self._set_up(connection)
            self._check_ours(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _set_up(self, connection: sqlite3.Connection) -> None:
        if self._shrinks:
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # has an effect before the first table alone
        self._write_ahead(connection)
        connection.execute("BEGIN IMMEDIATE")
        try:
            if _is_empty(connection):  # else another process was first
                for statement in self._layout.statements:
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {self._layout.application_id}")
                connection.execute(f"PRAGMA user_version = {self._layout.version}")
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

    def _check_ours(self, connection: sqlite3.Connection) -> None:
        if _pragma(connection, "application_id") != self._layout.application_id:
            raise self._foreign()
        found = _pragma(connection, "user_version")
        if found != self._layout.version:
            raise self._of_version(found)

    def _foreign(self) -> ConfigurationError:
        return ConfigurationError(
            f"does not hold {self._layout.what}; it is an SQLite file of another kind",
            where=str(self.path),
            next_step="name another folder with --data",
        )

    def _of_version(self, found: int) -> ConfigurationError:
        return ConfigurationError(
            f"{self._layout.what} are of version {found}, and this program reads version {self._layout.version}",
            where=str(self.path),
            next_step="use the newer Vistka, or name another folder with --data",
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
            return self._locked()
        if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
            return self._damaged()
        if code == sqlite3.SQLITE_FULL:
            return ResourceError(
                f"no disk space for {self._layout.what}; nothing was stored",
                where=str(self.path),
                next_step="free some space",
            )
        return self._unusable(str(error))

    def _locked(self) -> ResourceError:
        return ResourceError(
            f"another program has held {self._layout.what} locked for {self._busy_timeout_s:g} seconds",
            where=str(self.path),
            next_step="try again, or see what uses the file",
        )

    def _damaged(self) -> ResourceError:
        return ResourceError(
            f"the file of {self._layout.what} is damaged, or is no SQLite file; it was left as it is",
            where=str(self.path),
            next_step="put a copy of it back, or name another folder with --data",
        )

    def _unusable(self, why: str) -> ResourceError:
        return ResourceError(
            f"the file of {self._layout.what} cannot be used ({why})",
            where=str(self.path),
            next_step="allow it, or name another folder with --data",
        )


def _is_empty(connection: sqlite3.Connection) -> bool:
    return (
        _pragma(connection, "user_version") == 0
        and not connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
    )


def _pragma(connection: sqlite3.Connection, name: str) -> Any:
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


def _primary_code(error: sqlite3.Error) -> int:
    """SQLite's result code without its extension; 0 for an error of the module itself."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF

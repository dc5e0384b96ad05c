"""API keys: made once, kept as digests, and what each of them used in a month.

A key reads `vk_ID_SECRET`. ID is public and finds the row; SECRET is 256 random bits, of which only the SHA-256 is
kept. A slow hash would guard a password that a person thought up; 256 random bits cannot be guessed with any hash.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

from vistka.errors import UsageError
from vistka.sqlite_file import BUSY_TIMEOUT_S, Layout, SqliteFile

Scope = Literal["translate", "summarize", "documents", "glossaries", "memory", "metrics", "admin"]
"""What a key may do. `memory` changes what every caller gets; `admin` is all of it."""

SCOPES: tuple[Scope, ...] = get_args(Scope)
DEFAULT_SCOPES: frozenset[Scope] = frozenset({"translate", "summarize", "documents", "glossaries"})

FILE_NAME = "keys.sqlite"
"""In the folder of the service's state."""

_PREFIX = "vk"
_ID_BYTES = 6
_SECRET_BYTES = 32
_MAX_KEY_CHARS = 128
_MAX_NAME_CHARS = 100
_NO_DIGEST = bytes(32)

_LAYOUT = Layout(
    what="the keys",
    application_id=0x56534B4B,  # VSKK
    version=1,
    statements=(
        """CREATE TABLE keys (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            digest BLOB NOT NULL CHECK (length(digest) = 32),
            scopes TEXT NOT NULL,
            requests_a_minute INTEGER CHECK (requests_a_minute > 0),
            characters_a_month INTEGER CHECK (characters_a_month > 0),
            created TEXT NOT NULL,
            revoked TEXT,
            last_used TEXT
        ) WITHOUT ROWID""",
        "CREATE UNIQUE INDEX keys_in_force ON keys (name) WHERE revoked IS NULL",
        """CREATE TABLE usage (
            key_id TEXT NOT NULL REFERENCES keys (id),
            month TEXT NOT NULL,
            requests INTEGER NOT NULL DEFAULT 0,
            characters INTEGER NOT NULL DEFAULT 0,
            documents INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (key_id, month)
        ) WITHOUT ROWID""",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """What is known of a key; the key itself is not.

    Attributes:
        id: the public part of the key.
        name: whose it is; one key in force has it.
        requests_a_minute, characters_a_month: its limits; None = none.
        last_used: to the minute.
    """

    id: str
    name: str
    scopes: frozenset[Scope]
    requests_a_minute: int | None
    characters_a_month: int | None
    created: datetime
    revoked: datetime | None
    last_used: datetime | None


@dataclass(frozen=True, slots=True)
class Used:
    """What a key used in a month."""

    requests: int = 0
    characters: int = 0
    documents: int = 0


def month_of(moment: datetime) -> str:
    """The month, in UTC, that a moment counts for: `2026-11`."""
    return f"{moment.astimezone(UTC):%Y-%m}"


def checked_scopes(names: Iterable[str]) -> frozenset[Scope]:
    """Names of scopes as scopes.

    Raises:
        UsageError: one of them is none.
    """
    wanted = list(names)
    found: frozenset[Scope] = frozenset(scope for scope in SCOPES if scope in wanted)
    wrong = sorted({name for name in wanted if name not in SCOPES})
    if wrong:
        raise UsageError("no such scope: " + ", ".join(wrong), where="--scope", next_step="use " + ", ".join(SCOPES))
    return found


class KeyStore:
    """Keys and their usage in one SQLite file. Threads may share an object; processes open the same file each.

    All methods raise ResourceError or ConfigurationError where the file cannot be used.
    """

    def __init__(self, path: Path, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        self.path = path
        self._file = SqliteFile(path, _LAYOUT, busy_timeout_s=busy_timeout_s)

    def add(
        self,
        name: str,
        *,
        scopes: Iterable[Scope] = DEFAULT_SCOPES,
        requests_a_minute: int | None = None,
        characters_a_month: int | None = None,
    ) -> tuple[ApiKey, str]:
        """Make a key.

        Returns:
            What is kept of it, and the key itself, which nobody can find out again.

        Raises:
            UsageError: the name is empty, too long or in force already; no scope; a limit below 1.
        """
        clean = _checked_name(name)
        kept = frozenset(scopes)
        if not kept:
            raise UsageError("a key without a scope opens nothing", where="--scope", next_step="give one or more")
        _check_limit(requests_a_minute, "--rate")
        _check_limit(characters_a_month, "--characters")
        key_id, secret = secrets.token_hex(_ID_BYTES), secrets.token_urlsafe(_SECRET_BYTES)
        with self._file.writing() as connection:
            taken = connection.execute("SELECT id FROM keys WHERE name = ? AND revoked IS NULL", (clean,)).fetchone()
            if taken is not None:
                raise UsageError(
                    f"a key of that name is in force: {taken['id']}",
                    where=clean,
                    next_step=f"choose another name, or `vistka keys revoke {taken['id']}` first",
                )
            connection.execute(
                "INSERT INTO keys (id, name, digest, scopes, requests_a_minute, characters_a_month, created)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    key_id,
                    clean,
                    _digest(secret),
                    " ".join(sorted(kept)),
                    requests_a_minute,
                    characters_a_month,
                    _iso(_now()),
                ),
            )
            row = connection.execute("SELECT * FROM keys WHERE id = ?", (key_id,)).fetchone()
        return _api_key(row), f"{_PREFIX}_{key_id}_{secret}"

    def find(self, key: str) -> ApiKey | None:
        """What is kept of a key that is in force; None where it is not one."""
        prefix, _, rest = key.partition("_")
        key_id, _, secret = rest.partition("_")
        if len(key) > _MAX_KEY_CHARS or prefix != _PREFIX or not secret:
            return None
        rows = self._read("SELECT * FROM keys WHERE id = ?", (key_id,))
        # An id that is there and one that is not take the same steps.
        expected = bytes(rows[0]["digest"]) if rows else _NO_DIGEST
        same = hmac.compare_digest(_digest(secret), expected)
        return _api_key(rows[0]) if rows and same and rows[0]["revoked"] is None else None

    def key(self, key_id: str) -> ApiKey | None:
        """What is kept of the key with an id, in force or not."""
        rows = self._read("SELECT * FROM keys WHERE id = ?", (key_id,))
        return _api_key(rows[0]) if rows else None

    def all_keys(self) -> list[ApiKey]:
        """All keys, the oldest first."""
        return [_api_key(row) for row in self._read("SELECT * FROM keys ORDER BY created, id")]

    def count_in_force(self) -> int:
        """How many keys are in force."""
        rows = self._read("SELECT count(*) FROM keys WHERE revoked IS NULL")
        return int(rows[0][0]) if rows else 0

    def revoke(self, name_or_id: str) -> ApiKey:
        """Take a key out of force, for every process and from the next request on. Its usage stays to be seen.

        Raises:
            UsageError: no such key in force.
        """
        wanted = " ".join(name_or_id.split())
        if not self.path.exists():
            raise _no_key(wanted)
        with self._file.writing() as connection:
            row = connection.execute(
                "SELECT * FROM keys WHERE (id = ?1 OR name = ?1) AND revoked IS NULL ORDER BY id = ?1 DESC", (wanted,)
            ).fetchone()
            if row is None:
                raise _no_key(wanted)
            connection.execute("UPDATE keys SET revoked = ? WHERE id = ?", (_iso(_now()), row["id"]))
            return _api_key(connection.execute("SELECT * FROM keys WHERE id = ?", (row["id"],)).fetchone())

    def spend(self, key_id: str, characters: int, *, documents: int = 0, at: datetime | None = None) -> int | None:
        """Count one request of a key, if its month has room for it; two processes cannot both take the last of it.

        Args:
            key_id: of a key that is in the store.
            characters: Unicode code points of the source; 0 or more.
            documents: how many it brings.
            at: when; now where None.

        Returns:
            None if it was counted; else how many characters are left, and nothing was counted.
        """
        moment = at or _now()
        month = month_of(moment)
        with self._file.writing(durable=False) as connection:
            limit = connection.execute("SELECT characters_a_month FROM keys WHERE id = ?", (key_id,)).fetchone()[0]
            used = _used(connection.execute(_USAGE, (key_id, month)).fetchone())
            # What costs nothing goes on over the limit, too: a client may still ask for its usage.
            if limit is not None and characters and used.characters + characters > limit:
                return max(0, int(limit) - used.characters)
            _count(connection, key_id, month, Used(1, characters, documents))
            connection.execute(
                "UPDATE keys SET last_used = ? WHERE id = ?", (_iso(moment.replace(second=0, microsecond=0)), key_id)
            )
        return None

    def give_back(self, key_id: str, characters: int, *, documents: int = 0, at: datetime | None = None) -> None:
        """Take characters out of the count again: nothing came of them. The request stays counted."""
        with self._file.writing(durable=False) as connection:
            _count(connection, key_id, month_of(at or _now()), Used(0, -characters, -documents))

    def used(self, key_id: str, *, at: datetime | None = None) -> Used:
        """What a key used in the month of a moment; now where None."""
        rows = self._read(_USAGE, (key_id, month_of(at or _now())))
        return _used(rows[0] if rows else None)

    def _read(self, query: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """Where nobody made a key yet there is none; looking for one leaves no file behind."""
        return self._file.read(query, values) if self.path.exists() else []

    def close(self) -> None:
        """Give the file back; the next call opens it again."""
        self._file.close()


_USAGE = "SELECT requests, characters, documents FROM usage WHERE key_id = ? AND month = ?"


def _count(connection: sqlite3.Connection, key_id: str, month: str, more: Used) -> None:
    connection.execute(
        "INSERT INTO usage (key_id, month, requests, characters, documents) VALUES (?1, ?2, ?3, max(0, ?4), max(0, ?5))"
        " ON CONFLICT (key_id, month) DO UPDATE SET requests = requests + ?3,"
        " characters = max(0, characters + ?4), documents = max(0, documents + ?5)",
        (key_id, month, more.requests, more.characters, more.documents),
    )


def _used(row: sqlite3.Row | None) -> Used:
    return Used(int(row["requests"]), int(row["characters"]), int(row["documents"])) if row is not None else Used()


def _digest(secret: str) -> bytes:
    # A header may hold any byte; what is no UTF-8 came in as Latin-1 and is no key, but must not be a fault here.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _checked_name(name: str) -> str:
    clean = " ".join(name.split())
    if not clean or len(clean) > _MAX_NAME_CHARS or not clean.isprintable():
        raise UsageError(
            "not a name for a key", where=clean[:_MAX_NAME_CHARS], next_step=f"give 1 to {_MAX_NAME_CHARS} characters"
        )
    return clean


def _check_limit(limit: int | None, where: str) -> None:
    if limit is not None and not 1 <= limit < 2**63:
        raise UsageError(f"{limit} is not a limit", where=where, next_step="give 1 or more, or leave it out for none")


def _no_key(wanted: str) -> UsageError:
    return UsageError("no such key in force", where=wanted, next_step="`vistka keys list` shows them")


def _api_key(row: sqlite3.Row) -> ApiKey:
    kept = str(row["scopes"]).split()
    return ApiKey(
        id=row["id"],
        name=row["name"],
        scopes=frozenset(scope for scope in SCOPES if scope in kept),
        requests_a_minute=row["requests_a_minute"],
        characters_a_month=row["characters_a_month"],
        created=datetime.fromisoformat(row["created"]),
        revoked=_moment(row["revoked"]),
        last_used=_moment(row["last_used"]),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _now() -> datetime:
    return datetime.now(UTC)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")

"""The same request sent twice under one `Idempotency-Key` is done once and answered twice.

After the IETF draft "The Idempotency-Key HTTP Header Field": a key that comes again with the same request gets the
first answer; with another request 422; while the first is still under way 409. What failed is not kept, so a client may
try it again under the same key. Answers are in SQLite, for a day, and live through a restart.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Awaitable, Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from vistka.errors import ConflictError, InputError
from vistka.serve.access import Caller
from vistka.sqlite_file import Layout, SqliteFile

KEPT_S = 24 * 60 * 60.0
MAX_KEY_CHARS = 255
MAX_KEPT_MIB = 256.0

_Name = tuple[str, str, str]
_STATEMENTS = (
    """CREATE TABLE answer (
        owner TEXT NOT NULL,
        place TEXT NOT NULL,
        key TEXT NOT NULL,
        request TEXT NOT NULL,
        body TEXT NOT NULL,
        size INTEGER NOT NULL,
        stored REAL NOT NULL,
        PRIMARY KEY (owner, place, key)
    ) STRICT""",
    "CREATE INDEX answer_stored ON answer (stored)",
)
_LAYOUT = Layout(what="the answers that are kept", application_id=0x56534B49, version=1, statements=_STATEMENTS)
# What goes out of the file first: answers past their time, then the oldest until the rest is within its limit.
_OUTDATED = "DELETE FROM answer WHERE stored < ?"
_TOO_MUCH = """DELETE FROM answer WHERE rowid IN (
    SELECT rowid FROM (SELECT rowid, sum(size) OVER (ORDER BY stored DESC, rowid DESC) AS so_far FROM answer)
    WHERE so_far > ?
)"""


class Idempotency:
    """Answers by caller, place and key. One event loop and its threads share it.

    Args:
        path: the SQLite file; the first answer makes it.
        kept_s: how long an answer is kept.
        max_mib: what all answers may come to; past that the oldest go.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        path: Path,
        *,
        kept_s: float = KEPT_S,
        max_mib: float = MAX_KEPT_MIB,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._file = SqliteFile(path, _LAYOUT)
        self._kept_s = kept_s
        self._max_bytes = int(max_mib * 2**20)
        self._clock = clock
        self._lock = threading.Lock()
        self._under_way: set[_Name] = set()

    async def once(
        self, key: str | None, caller: Caller, place: str, request: str, work: Callable[[], Awaitable[Any]]
    ) -> Any:
        """The answer of `work`, or the one that was given under this key before.

        Args:
            key: as the client sent it; None = do the work.
            caller: whose key it is: two callers may choose the same.
            place: of what the key is: at another place it is another key.
            request: what tells this request from any other there, see `request_digest`.
            work: gives a plain JSON value.

        Raises:
            InputError: the key was used for another request, or is none.
            ConflictError: the first request under this key is still under way.
            ResourceError, ConfigurationError: the file cannot be used.
            Whatever `work` raises.
        """
        if key is None:
            return await work()
        name = (caller.id, place, checked_key(key))
        with self._lock:
            if name in self._under_way:
                raise ConflictError(
                    "the first request under this Idempotency-Key is still under way", next_step="try again later"
                )
            self._under_way.add(name)
        try:
            kept = await asyncio.to_thread(self._kept, name, request)
            if kept is not None:
                return json.loads(kept)
            answer = await work()
            await asyncio.to_thread(self._keep, name, request, json.dumps(answer, ensure_ascii=False))
            return answer
        finally:
            with self._lock:
                self._under_way.discard(name)

    def close(self) -> None:
        """Give the file back. Closing twice is fine; the next call opens it again."""
        self._file.close()

    def _kept(self, name: _Name, request: str) -> str | None:
        rows = self._file.read(
            "SELECT request, body FROM answer WHERE owner = ? AND place = ? AND key = ? AND stored >= ?",
            (*name, self._clock() - self._kept_s),
        )
        if not rows:
            return None
        if rows[0]["request"] != request:
            raise InputError(
                "this Idempotency-Key was used for another request", next_step="use a new key for a new request"
            )
        return str(rows[0]["body"])

    def _keep(self, name: _Name, request: str, body: str) -> None:
        now = self._clock()
        with self._file.writing(durable=False) as connection:
            connection.execute(_OUTDATED, (now - self._kept_s,))
            connection.execute(
                "INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*name, request, body, len(body.encode()), now),
            )
            connection.execute(_TOO_MUCH, (self._max_bytes,))


def request_digest(query: str, body: bytes) -> str:
    """What tells a request from any other of its place."""
    parts = (query.encode(), body)
    return sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).hexdigest()


def checked_key(key: str) -> str:
    """The key without the quotes that the draft's grammar puts around it."""
    bare = key[1:-1] if len(key) >= 2 and key[0] == key[-1] == '"' else key
    if not 0 < len(bare) <= MAX_KEY_CHARS or not bare.isascii() or not bare.isprintable():
        raise InputError(
            f"an Idempotency-Key is 1 to {MAX_KEY_CHARS} printable ASCII characters", next_step="use a random UUID"
        )
    return bare

"""Jobs, their documents and each finished segment, in one SQLite file.

A segment is inserted and never replaced, in the same transaction that counts it: what was kept once is there after any
stop of the process, and keeping it twice is an error of SQLite's own.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from vistka.errors import BusyError, InputError, NotFoundError
from vistka.serve.jobs.job import Job
from vistka.sqlite_file import Layout, SqliteFile

RETRY_AFTER_S = 60.0
"""When a place among the waiting jobs may be free again."""

_OPEN = "state IN ('queued', 'running')"
_LAYOUT = Layout(
    what="the jobs",
    application_id=0x56534B4A,  # VSKJ
    version=1,
    statements=(
        """CREATE TABLE jobs (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            secret TEXT NOT NULL UNIQUE,
            owner TEXT NOT NULL,
            label TEXT NOT NULL,
            name TEXT NOT NULL,
            format TEXT NOT NULL,
            asked_format TEXT,
            glossaries TEXT NOT NULL,
            state TEXT NOT NULL DEFAULT 'queued'
                CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
            plan TEXT NOT NULL,
            segments_total INTEGER NOT NULL,
            segments_done INTEGER NOT NULL DEFAULT 0 CHECK (segments_done <= segments_total),
            characters INTEGER NOT NULL,
            flags_raised INTEGER NOT NULL DEFAULT 0,
            error TEXT NOT NULL DEFAULT '',
            error_kind TEXT NOT NULL DEFAULT '',
            error_status INTEGER NOT NULL DEFAULT 0,
            created REAL NOT NULL,
            finished REAL,
            worked_s REAL NOT NULL DEFAULT 0,
            starts INTEGER NOT NULL DEFAULT 0,
            downloaded INTEGER NOT NULL DEFAULT 0,
            request_key TEXT,
            request_digest TEXT
        )""",
        "CREATE UNIQUE INDEX jobs_request ON jobs (owner, request_key) WHERE request_key IS NOT NULL",
        "CREATE INDEX jobs_owner ON jobs (owner, number)",
        "CREATE INDEX jobs_state ON jobs (state, number)",
        """CREATE TABLE documents (
            job TEXT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
            input BLOB NOT NULL,
            result BLOB,
            media_type TEXT,
            notes TEXT,
            recipe TEXT
        )""",
        """CREATE TABLE segments (
            job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            kept TEXT NOT NULL,
            PRIMARY KEY (job, number)
        ) WITHOUT ROWID""",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """What is known of a job when it is sent in; see `Job`.

    Attributes:
        asked_format: what the caller said that the format is; None = nothing.
        plan: digest of how the document was cut into segments.
        data: the document.
        request_key: by which the same request, sent again, is known; None = it is not.
        request_digest: of all that the request says.
    """

    id: str
    secret: str
    owner: str
    label: str
    name: str
    format: str
    asked_format: str | None
    glossaries: tuple[str, ...]
    plan: str
    segments_total: int
    characters: int
    data: bytes
    request_key: str | None = None
    request_digest: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A document as it came, and what the caller said that its format is; None = nothing."""

    data: bytes
    asked_format: str | None


@dataclass(frozen=True, slots=True)
class Result:
    """A document in English, its media type with the charset, what to know of how it was written, and its recipe."""

    data: bytes
    media_type: str
    notes: tuple[str, ...]
    recipe: Mapping[str, Any]


class JobStore:
    """The jobs of one data folder. Threads share an object; each process has its own.

    Every method raises ResourceError where the file cannot be used, and ConfigurationError where it is another's.
    """

    def __init__(self, path: Path) -> None:
        self._file = SqliteFile(path, _LAYOUT)

    def add(
        self, new: NewJob, *, max_waiting: int, max_bytes: int, before: Callable[[], object] = lambda: None
    ) -> tuple[Job, bool]:
        """A job that waits for its turn, and whether it is new: a request that was sent before gives the job of then.

        Args:
            new: the job.
            max_waiting: jobs that may be queued or running at once.
            max_bytes: what the documents of all jobs that are kept may come to.
            before: called once it is sure that the job is new and has room; what it raises keeps the job out.

        Raises:
            BusyError: there are as many as there may be.
            InputError: another request was sent with the same key.
        """
        with self._file.writing() as connection:
            known = _known(connection, new)
            if known is not None:
                return known, False
            _require_room(connection, len(new.data), max_waiting, max_bytes)
            before()
            connection.execute(
                "INSERT INTO jobs (id, secret, owner, label, name, format, asked_format, glossaries, plan,"
                " segments_total, characters, created, request_key, request_digest)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    new.id,
                    new.secret,
                    new.owner,
                    new.label,
                    new.name,
                    new.format,
                    new.asked_format,
                    json.dumps(new.glossaries),
                    new.plan,
                    new.segments_total,
                    new.characters,
                    time.time(),
                    new.request_key,
                    new.request_digest,
                ),
            )
            connection.execute("INSERT INTO documents (job, input) VALUES (?, ?)", (new.id, new.data))
            return _one(connection, new.id), True

    def sent_before(self, owner: str, request_key: str, request_digest: str) -> Job | None:
        """The job of the same request, where it was sent before.

        Raises:
            InputError: another request was sent with the same key.
        """
        rows = self._file.read("SELECT * FROM jobs WHERE owner = ? AND request_key = ?", (owner, request_key))
        return _same_request(rows[0], request_digest) if rows else None

    def get(self, job_id: str) -> Job | None:
        """The job of that id, whoever's it is."""
        rows = self._file.read("SELECT * FROM jobs WHERE id = ?", (job_id,))
        return _job(rows[0]) if rows else None

    def by_secret(self, secret: str) -> Job | None:
        """The job of that secret."""
        rows = self._file.read("SELECT * FROM jobs WHERE secret = ?", (secret,))
        return _job(rows[0]) if rows else None

    def of_owner(self, owner: str, *, limit: int) -> list[Job]:
        """A caller's jobs, the newest first."""
        rows = self._file.read("SELECT * FROM jobs WHERE owner = ? ORDER BY number DESC LIMIT ?", (owner, limit))
        return [_job(row) for row in rows]

    def source(self, job_id: str) -> Source | None:
        """The document as it came; None where the job is gone."""
        rows = self._file.read(
            "SELECT input, asked_format FROM documents JOIN jobs ON jobs.id = documents.job WHERE job = ?", (job_id,)
        )
        return Source(bytes(rows[0]["input"]), rows[0]["asked_format"]) if rows else None

    def result(self, job_id: str) -> Result | None:
        """The document in English; None where there is none."""
        rows = self._file.read(
            "SELECT result, media_type, notes, recipe FROM documents WHERE job = ? AND result IS NOT NULL", (job_id,)
        )
        if not rows:
            return None
        return Result(
            bytes(rows[0]["result"]),
            rows[0]["media_type"],
            tuple(json.loads(rows[0]["notes"])),
            json.loads(rows[0]["recipe"]),
        )

    def plan(self, job_id: str) -> str | None:
        """How the document was cut when its segments were translated; None where the job is gone."""
        rows = self._file.read("SELECT plan FROM jobs WHERE id = ?", (job_id,))
        return str(rows[0][0]) if rows else None

    def kept(self, job_id: str) -> dict[int, str]:
        """The finished segments of a job by number, in order."""
        rows = self._file.read("SELECT number, kept FROM segments WHERE job = ? ORDER BY number", (job_id,))
        return {int(number): str(kept) for number, kept in rows}

    # --- work -----------------------------------------------------------------------------------------------------

    def queue_interrupted(self, *, on_purpose: bool) -> int:
        """Queue again what was running when the work stopped; how many jobs that were.

        Args:
            on_purpose: the stop was none that the job may have caused.
        """
        with self._file.writing() as connection:
            return connection.execute(
                "UPDATE jobs SET state = 'queued', starts = CASE WHEN ? THEN 0 ELSE starts END WHERE state = 'running'",
                (on_purpose,),
            ).rowcount

    def claim(self) -> tuple[Job, int] | None:
        """The job whose turn it is, now running: the oldest one of the caller who has the fewest running.

        Returns:
            The job, and how often it was begun without a segment being kept since.
        """
        if not self._file.read("SELECT 1 FROM jobs WHERE state = 'queued' LIMIT 1"):
            return None
        with self._file.writing() as connection:
            row = connection.execute(
                "SELECT id, starts FROM jobs AS waiting WHERE state = 'queued' ORDER BY (SELECT count(*) FROM jobs"
                " AS busy WHERE busy.owner = waiting.owner AND busy.state = 'running'), number LIMIT 1"
            ).fetchone()
            if row is None:
                return None
            connection.execute("UPDATE jobs SET state = 'running', starts = starts + 1 WHERE id = ?", (row["id"],))
            return _one(connection, row["id"]), int(row["starts"])

    def fit(self, job_id: str, plan: str, segments_total: int) -> None:
        """Drop what was kept of a job where its document is cut in another way than it was.

        A newer version of Vistka may do that: then the segments that were kept are none of the document's any more.
        """
        with self._file.writing() as connection:
            changed = connection.execute(
                "UPDATE jobs SET plan = ?, segments_total = ?, segments_done = 0, flags_raised = 0, worked_s = 0"
                " WHERE id = ? AND plan <> ?",
                (plan, segments_total, job_id, plan),
            )
            if changed.rowcount:
                connection.execute("DELETE FROM segments WHERE job = ?", (job_id,))

    def keep(self, job_id: str, kept: Mapping[int, str], *, flags: int, worked_s: float) -> bool:
        """Keep finished segments; False, and nothing is kept, where the job runs no more."""
        with self._file.writing() as connection:
            counted = connection.execute(
                "UPDATE jobs SET segments_done = segments_done + ?, flags_raised = flags_raised + ?,"
                " worked_s = worked_s + ?, starts = 0 WHERE id = ? AND state = 'running'",
                (len(kept), flags, worked_s, job_id),
            )
            if counted.rowcount:
                connection.executemany(
                    "INSERT INTO segments (job, number, kept) VALUES (?, ?, ?)",
                    [(job_id, number, line) for number, line in kept.items()],
                )
            return counted.rowcount > 0

    def finish(self, job_id: str, result: Result) -> bool:
        """Keep the document in English; False where the job runs no more."""
        return self._end(
            job_id,
            "done",
            "UPDATE documents SET result = ?, media_type = ?, notes = ?, recipe = ? WHERE job = ?",
            (result.data, result.media_type, json.dumps(result.notes), json.dumps(result.recipe), job_id),
        )

    def fail(self, job_id: str, *, error: str, kind: str, status: int) -> bool:
        """Note why a job cannot be done; False where it runs no more."""
        return self._end(
            job_id,
            "failed",
            "UPDATE jobs SET error = ?, error_kind = ?, error_status = ? WHERE id = ?",
            (error, kind, status, job_id),
        )

    def _end(self, job_id: str, state: str, also: str, values: Sequence[object]) -> bool:
        with self._file.writing() as connection:
            ended = connection.execute(
                "UPDATE jobs SET state = ?, finished = ? WHERE id = ? AND state = 'running'",
                (state, time.time(), job_id),
            )
            if ended.rowcount:
                connection.execute(also, values)
            return ended.rowcount > 0

    # --- ends -----------------------------------------------------------------------------------------------------

    def cancel(self, job_id: str) -> bool:
        """End a job that waits or runs, and delete what was kept of it; False where it was over already."""
        with self._file.writing() as connection:
            ended = connection.execute(
                f"UPDATE jobs SET state = 'cancelled', finished = ? WHERE id = ? AND {_OPEN}",  # noqa: S608 - a constant of this module
                (time.time(), job_id),
            )
            if ended.rowcount:
                connection.execute("DELETE FROM segments WHERE job = ?", (job_id,))
                connection.execute("UPDATE documents SET input = x'' WHERE job = ?", (job_id,))
            return ended.rowcount > 0

    def delete(self, job_id: str) -> None:
        """Delete a job and all that is kept of it."""
        with self._file.writing() as connection:
            connection.execute("DELETE FROM jobs WHERE id = ?", (job_id,))

    def expire(self, older_than_s: float) -> int:
        """Delete the jobs that were over so many seconds ago; how many."""
        with self._file.writing() as connection:
            gone = connection.execute(
                "DELETE FROM jobs WHERE finished IS NOT NULL AND finished <= ?", (time.time() - older_than_s,)
            ).rowcount
        if gone:
            self._file.give_room_back()
        return gone

    def mark_downloaded(self, job_id: str) -> None:
        """Note that the result was fetched."""
        with self._file.writing() as connection:
            connection.execute("UPDATE jobs SET downloaded = 1 WHERE id = ? AND downloaded = 0", (job_id,))

    def unfinished(self) -> int:
        """Jobs that wait or run."""
        return int(self._file.read(f"SELECT count(*) FROM jobs WHERE {_OPEN}")[0][0])  # noqa: S608 - a constant of this module

    def close(self) -> None:
        """Give the file back."""
        self._file.close()


def _known(connection: sqlite3.Connection, new: NewJob) -> Job | None:
    if new.request_key is None:
        return None
    row = connection.execute(
        "SELECT * FROM jobs WHERE owner = ? AND request_key = ?", (new.owner, new.request_key)
    ).fetchone()
    return None if row is None else _same_request(row, new.request_digest)


def _same_request(row: sqlite3.Row, digest: str) -> Job:
    if row["request_digest"] != digest:
        raise InputError(
            "this Idempotency-Key was used for another request", next_step="use a new key for a new request"
        )
    return _job(row)


def _require_room(connection: sqlite3.Connection, size: int, max_waiting: int, max_bytes: int) -> None:
    waiting = connection.execute(f"SELECT count(*) FROM jobs WHERE {_OPEN}").fetchone()[0]  # noqa: S608 - a constant of this module
    if waiting >= max_waiting:
        raise BusyError(
            f"{waiting} documents wait already", retry_after_s=RETRY_AFTER_S, next_step="send it again later"
        )
    stored = connection.execute(
        "SELECT coalesce(sum(length(input) + coalesce(length(result), 0)), 0) FROM documents"
    ).fetchone()[0]
    if stored + size > max_bytes:
        raise BusyError(
            "there is no room for more documents until old ones are deleted",
            retry_after_s=RETRY_AFTER_S,
            next_step="delete the jobs that are done with, or send it again later",
        )


def _one(connection: sqlite3.Connection, job_id: str) -> Job:
    row = connection.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone()
    if row is None:
        raise NotFoundError("no such job", where=job_id)
    return _job(row)


def _job(row: sqlite3.Row) -> Job:
    return Job(
        id=row["id"],
        secret=row["secret"],
        owner=row["owner"],
        label=row["label"],
        name=row["name"],
        format=row["format"],
        glossaries=tuple(json.loads(row["glossaries"])),
        state=row["state"],
        segments_total=row["segments_total"],
        segments_done=row["segments_done"],
        characters=row["characters"],
        flags_raised=row["flags_raised"],
        error=row["error"],
        error_kind=row["error_kind"],
        error_status=row["error_status"],
        created=datetime.fromtimestamp(row["created"], UTC),
        finished=None if row["finished"] is None else datetime.fromtimestamp(row["finished"], UTC),
        worked_s=row["worked_s"],
        downloaded=bool(row["downloaded"]),
    )

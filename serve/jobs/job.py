"""What a caller sees of a job: how far it is, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from vistka import errors
from vistka.datatypes import Draft
from vistka.documents.read import Format
from vistka.errors import VistkaError

JobState = Literal["queued", "running", "done", "failed", "cancelled"]

_KINDS: dict[str, type[VistkaError]] = {
    name: kind for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, VistkaError)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A document on its way to English.

    Attributes:
        id: names it in addresses; of no use to anyone but its owner.
        secret: 64 hexadecimal digits that nobody can guess: who has it may fetch the result without a key.
        owner: id of the caller who sent it; empty = sent without a key.
        label: the dialect that it came through.
        name: file name of the document, without a path.
        format: what it was read as: `text`, `markdown`, `html`, `docx`.
        glossaries: ids of the caller's glossaries that it is translated with.
        state: `queued` before the first segment; `done`: the result is there; `failed`: `error` says why.
        segments_total, segments_done: sentences of the document, and how many of them are in English and kept.
        characters: of the document's text.
        flags_raised: what a person should look at in the segments that are done.
        error: one line; empty unless it failed.
        error_kind, error_status: class of that error and its HTTP status; empty and 0 unless it failed. `failure` is
            the error itself.
        created, finished: in UTC; `finished` is None until it is done, failed or cancelled.
        worked_s: seconds that were spent on the segments that are done.
        downloaded: the result was fetched at least once.
    """

    id: str
    secret: str
    owner: str
    label: str
    name: str
    format: Format
    glossaries: tuple[str, ...]
    state: JobState
    segments_total: int
    segments_done: int
    characters: int
    flags_raised: int
    error: str
    error_kind: str
    error_status: int
    created: datetime
    finished: datetime | None
    worked_s: float
    downloaded: bool

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in ("done", "failed", "cancelled")

    @property
    def failure(self) -> VistkaError | None:
        """The error that it failed with, to be told in the form of a dialect; None unless it failed."""
        if self.state != "failed":
            return None
        kind = _KINDS.get(self.error_kind, VistkaError)
        error = kind.__new__(kind)
        VistkaError.__init__(error, self.error)
        return error

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes at the pace so far; None before there is a pace, and when it is over."""
        if self.is_over or not self.segments_done:
            return None
        return self.worked_s / self.segments_done * (self.segments_total - self.segments_done)


@dataclass(frozen=True, slots=True)
class JobResult:
    """The document in English.

    Attributes:
        data: the whole file.
        name: file name for it: `report.docx` gives `report.en.docx`.
        media_type: with its charset, where it is text.
        notes: what a person should know of how it was written, such as formatting that found no place.
        etag: changes with `data`, without quotation marks.
    """

    data: bytes
    name: str
    media_type: str
    notes: tuple[str, ...]
    etag: str


@dataclass(frozen=True, slots=True)
class JobDraft:
    """A finished job's document, sentence by sentence.

    Attributes:
        job: the job.
        draft: source and English with their flags.
    """

    job: Job
    draft: Draft

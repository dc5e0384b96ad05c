"""Threads that take up jobs, the interrupted ones too, and bring each to its end chunk by chunk.

Jobs take turns: a thread does one chunk of a job and goes on to the next job, so a book does not hold up a letter.
A chunk is kept whole or not at all, so after a kill no segment is translated again that was kept.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from vistka.errors import (
    BusyError,
    ConfigurationError,
    EngineError,
    ModelError,
    ResourceError,
    ServiceError,
    VistkaError,
    WorkCancelledError,
)
from vistka.serve.jobs.job import Job
from vistka.serve.jobs.kept_segments import kept_json
from vistka.serve.jobs.open_job import GlossaryFor, OpenJob, SegmentTranslator, finished, open_job
from vistka.serve.jobs.pace import Pace
from vistka.serve.jobs.store import JobStore
from vistka.serve.logs import log, log_fault
from vistka.serve.metrics import Metrics
from vistka.serve.ticket import Ticket
from vistka.translate.glossary import Glossary

MAX_OPEN = 8
"""Jobs that take turns; the others wait in the store."""
MAX_FAILURES = 5
"""Times in a row that the model or the disk may fail a job."""
MAX_STARTS = 20
"""Times that a job may be begun without a segment being kept: one that kills the process must not do so for ever."""

_OPERATORS = (ModelError, ResourceError, ConfigurationError)
"""Faults that whoever runs the service must see to."""
_POLL_S = 0.5
"""Another process may have put a job into the store, or have ended and left the lock free."""
_EXPIRE_EVERY_S = 60.0
_FAILURE_WAIT_S = 2.0
_STOP_S = 30.0


@dataclass(slots=True)
class _Taken:
    """A job that takes turns with the others.

    Attributes:
        job: as it was when it was taken up.
        ticket: its right to the model; cancelling it ends the work.
        starts: times that it was begun before, without a segment being kept since.
        document: in memory from the first turn on.
        failures: turns in a row that failed for a reason that may pass.
    """

    job: Job
    ticket: Ticket
    starts: int
    document: OpenJob | None = field(default=None, repr=False)
    failures: int = 0


class Runner:
    """Works on the jobs of one store. Of several processes with one store, one works.

    Args:
        store: the jobs.
        translator: the service.
        glossary_for: finds the glossaries of a job's owner.
        changed: told the id of each job that went on.
        metrics: told of each job that is over.
        lock: file that the process holds which works.
        workers: threads.
        max_mib: the largest document.
        kept_s: seconds for which a job that is over is kept.
    """

    def __init__(
        self,
        store: JobStore,
        translator: SegmentTranslator,
        *,
        glossary_for: GlossaryFor,
        changed: Callable[[str], None],
        metrics: Metrics,
        lock: Path,
        workers: int,
        max_mib: float,
        kept_s: float,
    ) -> None:
        self._store = store
        self._translator = translator
        self._glossary_for = glossary_for
        self._changed = changed
        self._metrics = metrics
        self._process_lock = FileLock(lock, thread_local=False)  # taken by one thread and given back by another
        self._max_mib = max_mib
        self._kept_s = kept_s
        self._pace = Pace()
        self._stopping = threading.Event()
        self._work_waits = threading.Semaphore(0)
        self._lock = threading.Lock()
        self._taken: dict[str, _Taken] = {}
        self._idle: deque[_Taken] = deque()
        self._keeper = threading.Thread(target=self._keep_house, name="vistka-jobs", daemon=True)
        self._workers = [
            threading.Thread(target=self._work, name=f"vistka-jobs-{number}", daemon=True) for number in range(workers)
        ]

    def start(self) -> None:
        """Begin, as soon as no other process works on this store."""
        self._keeper.start()

    def wake(self) -> None:
        """A job was put into the store."""
        self._work_waits.release()

    def drop(self, job_id: str) -> None:
        """Stop working on a job that is cancelled or deleted in the store."""
        with self._lock:
            taken = self._taken.get(job_id)
        if taken is not None:
            taken.ticket.cancel()

    def stop(self) -> None:
        """End the work; what is under way is queued again, with every segment that is done."""
        self._stopping.set()
        with self._lock:
            for taken in self._taken.values():
                taken.ticket.cancel()
        for _ in self._workers:
            self._work_waits.release()
        for thread in (self._keeper, *self._workers):
            if thread.ident is not None:
                thread.join(_STOP_S)
        if self._process_lock.is_locked:
            self._store.queue_interrupted(on_purpose=True)
            self._process_lock.release()

    # --- one process works, and keeps house ------------------------------------------------------------------------

    def _keep_house(self) -> None:
        while not self._stopping.is_set() and not self._is_the_one():
            self._stopping.wait(_POLL_S)
        while not self._stopping.is_set():
            try:
                self._store.expire(self._kept_s)
            except VistkaError as error:
                log("jobs-not-expired", level=logging.WARNING, error=error.line())
            self._stopping.wait(_EXPIRE_EVERY_S)

    def _is_the_one(self) -> bool:
        try:
            self._process_lock.acquire(blocking=False)
            self._store.queue_interrupted(on_purpose=False)
        except Timeout:
            return False
        except (VistkaError, OSError) as error:
            log("jobs-not-worked-on", level=logging.WARNING, error=str(error))
            return False
        for thread in self._workers:
            thread.start()
        return True

    # --- a worker --------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while not self._stopping.is_set():
            # While the model loads, or if it cannot be loaded, jobs wait: nothing is wrong with them.
            went_on = self._translator.state == "ready" and self._turn()
            if not went_on:
                self._work_waits.acquire(timeout=_POLL_S)

    def _turn(self) -> bool:
        """One chunk of the job whose turn it is; False where there is none."""
        try:
            taken = self._next()
        except VistkaError as error:
            log("jobs-not-read", level=logging.WARNING, error=error.line())
            return False
        if taken is None:
            return False
        try:
            more = self._step(taken)
        except Exception as error:
            more = self._went_wrong(taken, error)
        with self._lock:
            if more:
                self._idle.append(taken)
            else:
                self._taken.pop(taken.job.id, None)
        self._changed(taken.job.id)
        return True

    def _next(self) -> _Taken | None:
        with self._lock:
            if self._stopping.is_set():
                return None
            claimed = self._store.claim() if len(self._taken) < MAX_OPEN else None
            if claimed is None:
                return self._idle.popleft() if self._idle else None
            job, starts = claimed
            taken = _Taken(job, Ticket(priority="job", label=job.label), starts)
            self._taken[job.id] = taken
            return taken

    def _step(self, taken: _Taken) -> bool:
        """One chunk; whether there is more to do.

        Raises:
            VistkaError: whatever went wrong.
        """
        taken.ticket.check()
        if taken.starts >= MAX_STARTS:
            raise ServiceError("the service stopped each time that it worked on this document", where=taken.job.name)
        if taken.document is None:
            taken.document = open_job(taken.job, self._store, max_mib=self._max_mib)
        glossary = self._glossary_for(taken.job.glossaries, taken.job.owner)
        if taken.document.book is None:
            taken.document.book = self._translator.name_book(taken.document.segments, glossary=glossary)
        if not self._chunk(taken, taken.document, glossary):
            return False
        recipe = self._translator.recipe
        if not taken.document.is_whole or recipe is None:
            return True
        if self._store.finish(taken.job.id, finished(taken.document, recipe, glossary)):
            self._ended(taken.job, "ok")
        return False

    def _chunk(self, taken: _Taken, document: OpenJob, glossary: Glossary | None) -> bool:
        """Translate and keep the next segments; False where the job was ended meanwhile."""
        numbers = document.next_numbers(self._pace.size)
        if not numbers:
            return True
        begin = time.monotonic()
        parts = document.translate(numbers, self._translator, taken.ticket, glossary)
        took_s = time.monotonic() - begin
        lines = {number: kept_json(part) for number, part in parts.items()}
        flags = sum(len(part.flags) for part in parts.values())
        if not self._store.keep(taken.job.id, lines, flags=flags, worked_s=took_s):
            return False
        self._pace.learn(len(numbers), took_s)
        document.done.update(parts)
        taken.failures = taken.starts = 0
        return True

    def _went_wrong(self, taken: _Taken, error: Exception) -> bool:
        """Whether the job is tried again."""
        if isinstance(error, WorkCancelledError):
            return False
        if isinstance(error, BusyError):
            # Whoever waits at a screen goes first: a job has time.
            self._stopping.wait(min(_FAILURE_WAIT_S, error.retry_after_s or _FAILURE_WAIT_S))
            return True
        if isinstance(error, (EngineError, ResourceError)):
            taken.failures += 1
            if taken.failures < MAX_FAILURES:
                log("job-again", level=logging.WARNING, job=taken.job.id, error=type(error).__name__)
                self._stopping.wait(_FAILURE_WAIT_S * taken.failures)
                return True
        return self._give_up(taken, error)

    def _give_up(self, taken: _Taken, error: Exception) -> bool:
        """Note why the job failed; whether that has to be tried again."""
        if isinstance(error, VistkaError):
            # Where the machine's own files are is for the log alone.
            line = error.what if isinstance(error, _OPERATORS) else error.line()
            kind, status = type(error).__name__, error.http_status
            log("job-failed", level=logging.WARNING, job=taken.job.id, kind=kind, error=error.line())
        else:
            line, kind, status = "a fault of the program; its log says more", "VistkaError", VistkaError.http_status
            log_fault("job-failed", job=taken.job.id)
        try:
            if self._store.fail(taken.job.id, error=line, kind=kind, status=status):
                self._ended(taken.job, kind)
        except VistkaError as unusable:
            log("job-not-given-up", level=logging.WARNING, job=taken.job.id, error=unusable.line())
            self._stopping.wait(_FAILURE_WAIT_S)
            return True
        return False

    def _ended(self, job: Job, outcome: str) -> None:
        self._metrics.result(f"{job.label}-document", outcome, time.time() - job.created.timestamp(), job.characters)

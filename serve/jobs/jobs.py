"""The jobs as the dialects use them: documents in, progress and results out, each caller's own alone."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, suppress
from functools import partial
from pathlib import Path

from vistka.datatypes import Recipe
from vistka.errors import ConflictError, NotFoundError, NothingToTranslateError, WorkCancelledError
from vistka.serve.access import Access, Caller
from vistka.serve.glossary_shelf import GlossaryShelf
from vistka.serve.jobs.bells import Bells
from vistka.serve.jobs.document import file_name, read_document, result_name
from vistka.serve.jobs.job import Job, JobDraft, JobResult
from vistka.serve.jobs.kept_segments import plan_of
from vistka.serve.jobs.open_job import NATIVE, SegmentTranslator, finished_draft
from vistka.serve.jobs.runner import Runner
from vistka.serve.jobs.store import JobStore, NewJob, Result
from vistka.serve.metrics import Metrics
from vistka.serve.settings import ServeSettings
from vistka.translate.drafts import has_ukrainian, item_segments
from vistka.translate.glossary import Glossary

STORE_NAME = "jobs.sqlite"
LOCK_NAME = "jobs.lock"
MAX_LISTED = 200

_READERS = 2
"""Documents that are read at the same time: reading is work for a processor."""
_LOOK_EVERY_S = 1.0
"""Another process may be the one that works, and its bells are not heard here."""
_LEAST_S = 0.1
"""Between two events of one job."""
_MIB = 2**20


class Jobs:
    """Documents on their way to English. Call `start` when the service starts and `stop` when it ends.

    A document is translated chunk by chunk over minutes or hours. The corrections in the memory, the lexicon and the
    glossaries that are named count as they are when each chunk is translated: what is corrected meanwhile counts from
    the next chunk on, and what is done already stays as it is. Names are spelled alike through the whole document.

    Args:
        folder: where the store is.
        settings: limits.
        service: translates segments.
        access: counts what callers use.
        glossaries: callers' own.
        metrics: told how many wait and how long they take.
    """

    def __init__(
        self,
        folder: Path,
        *,
        settings: ServeSettings,
        service: SegmentTranslator,
        access: Access,
        glossaries: GlossaryShelf,
        metrics: Metrics,
    ) -> None:
        self._settings = settings
        self._access = access
        self._glossaries = glossaries
        self._store = JobStore(folder / STORE_NAME)
        self._bells = Bells()
        self._stopped = False
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="vistka-documents")
        self._runner = Runner(
            self._store,
            service,
            glossary_for=self._glossary,
            changed=self._bells.ring,
            metrics=metrics,
            lock=folder / LOCK_NAME,
            workers=settings.job_workers,
            max_mib=settings.max_document_mib,
            kept_s=settings.documents_kept_h * 3600,
        )
        metrics.gauge("vistka_jobs_unfinished", "Jobs that wait or run", self._store.unfinished)

    def start(self) -> None:
        """Take up what waits in the store and what was interrupted.

        Raises:
            ResourceError, ConfigurationError: the store cannot be used.
        """
        self._store.unfinished()
        self._runner.start()

    def stop(self) -> None:
        """End the work, and let nobody wait any more; jobs that are not done go on at the next start.

        Stopping twice is fine.
        """
        self._stopped = True
        self._bells.ring_all()
        self._readers.shutdown(cancel_futures=True)
        self._runner.stop()
        self._store.close()

    async def submit(
        self,
        data: bytes,
        *,
        name: str,
        format: str | None = None,  # noqa: A002 - as everywhere in Vistka
        caller: Caller,
        label: str = NATIVE,
        glossaries: tuple[str, ...] = (),
        request_key: str | None = None,
    ) -> Job:
        """A document that waits for its turn. It is read at once, so what cannot be read is told at once.

        Args:
            data: the document.
            name: its file name; the suffix tells the format where `format` does not.
            format: one of `documents.read.FORMATS`; None = by the suffix, or by the beginning of the document.
            caller: whose it is.
            label: the dialect that it came through.
            glossaries: ids of the caller's glossaries.
            request_key: an Idempotency-Key: the same request sent again with it gives the same job.

        Raises:
            UsageError: there is no such format.
            InputError: the document cannot be read: TooLargeError, EmptyInputError, NotTextError,
                UnsupportedFormatError, NothingToTranslateError; or another request was sent with this `request_key`.
            NotFoundError: no such glossary.
            BusyError: as many wait as may.
            RateLimitError, QuotaError, KeyInvalidError: see `Access.spend`.
            WorkCancelledError: the service is shutting down.
            ResourceError, ConfigurationError: the store cannot be used.
        """
        work = partial(self._submit, data, file_name(name), format, caller, label, glossaries, request_key)
        try:
            reading = asyncio.get_running_loop().run_in_executor(self._readers, work)
        except RuntimeError as error:  # the threads take no more
            raise _stopping() from error
        return await reading

    def get(self, job_id: str, caller: Caller) -> Job:
        """A job of this caller.

        Raises:
            NotFoundError: there is none of that id, or it is another caller's.
        """
        job = self._store.get(job_id)
        if job is None or job.owner != caller.id:
            raise NotFoundError("no such job", next_step="jobs are deleted some time after they are done")
        return job

    def by_secret(self, secret: str) -> Job:
        """The job of that secret, whoever asks.

        Raises:
            NotFoundError: there is none.
        """
        job = self._store.by_secret(secret)
        if job is None:
            raise NotFoundError("no such document", next_step="documents are deleted some time after they are done")
        return job

    def of_caller(self, caller: Caller, *, limit: int = MAX_LISTED) -> list[Job]:
        """The caller's jobs, the newest first."""
        return self._store.of_owner(caller.id, limit=min(limit, MAX_LISTED))

    def result(self, job_id: str, caller: Caller) -> JobResult:
        """The document in English.

        Raises:
            NotFoundError: see `get`.
            ConflictError: the job is not done.
        """
        return self.result_of(self.get(job_id, caller))

    def result_of(self, job: Job) -> JobResult:
        """The document in English, for who may see the job.

        Raises:
            NotFoundError: it was deleted meanwhile.
            ConflictError: the job is not done.
        """
        result = self._finished(job)
        self._store.mark_downloaded(job.id)
        return JobResult(
            data=result.data,
            name=result_name(job.name, job.format),
            media_type=result.media_type,
            notes=result.notes,
            etag=hashlib.sha256(result.data).hexdigest()[:32],
        )

    def draft(self, job_id: str, caller: Caller) -> JobDraft:
        """A finished document sentence by sentence, with what to look at.

        Raises:
            NotFoundError: see `get`.
            ConflictError: the job is not done.
        """
        job = self.get(job_id, caller)
        recipe = Recipe(**self._finished(job).recipe)
        draft = finished_draft(job, self._store, recipe, max_mib=self._settings.max_document_mib)
        return JobDraft(job, draft)

    def cancel(self, job_id: str, caller: Caller) -> Job:
        """End a job that waits or runs; one that is over stays as it is.

        Raises:
            NotFoundError: see `get`.
        """
        job = self.get(job_id, caller)
        if self._store.cancel(job.id):
            self._runner.drop(job.id)
            self._bells.ring(job.id)
        return self.get(job_id, caller)

    def delete(self, job_id: str, caller: Caller) -> None:
        """Delete a job and all that is kept of it; end it before, if it runs.

        Raises:
            NotFoundError: see `get`.
        """
        job = self.get(job_id, caller)
        self._store.delete(job.id)
        self._runner.drop(job.id)
        self._bells.ring(job.id)

    async def events(self, job_id: str, caller: Caller) -> AsyncGenerator[Job]:
        """The job as it is, and again each time that it has moved on, until it is over or deleted.

        Raises:
            NotFoundError: see `get`; at the first step alone.
            WorkCancelledError: the service is shutting down.
        """
        loop = asyncio.get_running_loop()
        with self._bells.listening(job_id) as bell:
            last = await loop.run_in_executor(None, self.get, job_id, caller)
            yield last
            while not last.is_over:
                with suppress(TimeoutError):
                    await asyncio.wait_for(bell.wait(), _LOOK_EVERY_S)
                bell.clear()
                if self._stopped:
                    raise _stopping()
                try:
                    now = await loop.run_in_executor(None, self.get, job_id, caller)
                except NotFoundError:
                    return
                if now != last:
                    yield now
                    last = now
                    await asyncio.sleep(_LEAST_S)

    async def wait(self, job_id: str, caller: Caller) -> Job:
        """The job when it is over.

        Raises:
            NotFoundError: see `get`; also where it is deleted meanwhile.
            WorkCancelledError: the service is shutting down.
        """
        async with aclosing(self.events(job_id, caller)) as events:
            async for job in events:
                if job.is_over:
                    return job
        raise NotFoundError("the job was deleted")

    def _submit(
        self,
        data: bytes,
        name: str,
        asked_format: str | None,
        caller: Caller,
        label: str,
        glossaries: tuple[str, ...],
        request_key: str | None,
    ) -> Job:
        digest = _digest(data, name, asked_format, label, glossaries)
        if request_key is not None:
            known = self._store.sent_before(caller.id, request_key, digest)
            if known is not None:
                return known
        item = read_document(data, name, asked_format, max_mib=self._settings.max_document_mib)
        segments = item_segments(item)
        if not has_ukrainian(segments):
            raise NothingToTranslateError(
                "not a word of Ukrainian in it", where=name, next_step="send a document in Ukrainian"
            )
        self._glossary(glossaries, caller.id)
        characters = sum(len(segment.text) for segment in segments)
        new = NewJob(
            id=secrets.token_hex(16),
            secret=secrets.token_hex(32),
            owner=caller.id,
            label=label,
            name=name,
            format=item.format,
            asked_format=asked_format,
            glossaries=glossaries,
            plan=plan_of(segments),
            segments_total=len(segments),
            characters=characters,
            data=data,
            request_key=request_key,
            request_digest=digest,
        )
        job, is_new = self._store.add(
            new,
            max_waiting=self._settings.max_jobs,
            max_bytes=int(self._settings.max_jobs_mib * _MIB),
            before=lambda: self._access.spend(caller, characters, documents=1),
        )
        if is_new:
            self._runner.wake()
        return job

    def _glossary(self, ids: tuple[str, ...], owner: str) -> Glossary | None:
        return self._glossaries.glossary(ids, Caller(owner, "", frozenset())) if ids else None

    def _finished(self, job: Job) -> Result:
        if job.state != "done":
            why = job.error or f"{job.segments_done} of {job.segments_total} segments are done"
            raise ConflictError(f"the job is {job.state}, so it has no result: {why}", where=job.id)
        result = self._store.result(job.id)
        if result is None:
            raise NotFoundError("no such job", where=job.id)
        return result


def _stopping() -> WorkCancelledError:
    return WorkCancelledError("the service is shutting down", next_step="try again later")


def _digest(data: bytes, *rest: object) -> str:
    return hashlib.sha256(data + b"\0" + json.dumps(rest).encode()).hexdigest()

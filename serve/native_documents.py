"""Documents of the native API: sent in, watched, fetched, cancelled."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, File, Form, Request, Response, UploadFile, status
from fastapi.concurrency import run_in_threadpool
from pydantic import Field
from sse_starlette import EventSourceResponse, ServerSentEvent

from vistka.documents.read import MEDIA_TYPES, Format
from vistka.errors import ScopeError, WorkCancelledError
from vistka.result_json import draft_json
from vistka.serve.access import Caller
from vistka.serve.bind_rule import is_loopback
from vistka.serve.context import Context
from vistka.serve.etags import bytes_with_etag, json_with_etag
from vistka.serve.idempotency import checked_key
from vistka.serve.jobs.job import Job, JobState
from vistka.serve.native_models import Answer, DraftModel
from vistka.serve.native_requests import NOT_MODIFIED, IdempotencyKey, Native, Responses, errors
from vistka.serve.problems import error_code

PING_S = 15
"""Between two comments that keep proxies from closing a silent stream."""

_FROM_OUTSIDE = {
    # A page that somebody sent in must not run on the service's own origin.
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
}
_RESULT_RESPONSES: Responses = NOT_MODIFIED | {
    200: {
        "description": "The document, in the format that it came in.",
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA_TYPES.values()},
    },
}
_EVENT_RESPONSES: Responses = {
    200: {
        "description": "`progress` with the job each time that it moves on, and `end` when it is over.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}


class JobErrorModel(Answer):
    """Why a job failed."""

    code: str = Field(description="The kind of error, for programs.", examples=["engine"])
    detail: str = Field(description="What is wrong, and what to do.")


class JobLinks(Answer):
    """Addresses that go with a job, from the root of the API."""

    self: str = Field(examples=["/v1/jobs/0f5ad98a02647d83285a36021911c6aa"])
    events: str = Field(description="Progress as server-sent events.")
    result: str = Field(description="The document in English, once it is done.")
    draft: str = Field(description="Source and English sentence by sentence, once it is done.")


class JobModel(Answer):
    """A document on its way to English."""

    id: str = Field(description="Names it in addresses.", examples=["0f5ad98a02647d83285a36021911c6aa"])
    name: str = Field(description="File name of the document.", examples=["звіт.txt"])
    format: Format = Field(description="What it was read as.")
    state: JobState = Field(
        description="`queued` before its turn; `done`: the result is there; `failed`: `error` says why."
    )
    segments_total: int = Field(ge=0, description="Sentences of the document.", examples=[120])
    segments_done: int = Field(ge=0, description="Those that are in English.", examples=[48])
    characters: int = Field(ge=0, description="Of the document's text.", examples=[9310])
    flags_raised: int = Field(ge=0, description="What to look at in the sentences that are done.", examples=[3])
    seconds_left: float | None = Field(
        description="At the pace so far; null where there is none yet, and when it is over.", examples=[31.5]
    )
    error: JobErrorModel | None = Field(description="Why it failed; null unless it did.")
    created: datetime = Field(description="When it came, in UTC.")
    finished: datetime | None = Field(description="When it was done, failed or cancelled, in UTC.")
    expires: datetime | None = Field(description="When it is deleted with all that is kept of it; null until over.")
    links: JobLinks = Field(description="Addresses that go with it.")


class JobsModel(Answer):
    """The caller's jobs."""

    jobs: list[JobModel] = Field(description="The newest first; at most 200.")


class _Documents:
    """What the routes do.

    Args:
        context: the running service.
        native: what the native routes share.
    """

    def __init__(self, context: Context, native: Native) -> None:
        self._native = native
        self._jobs = context.jobs
        self._kept_h = context.settings.documents_kept_h
        self._nobody_else_asks = is_loopback(context.settings.host)

    def _caller(self, request: Request) -> Caller:
        return self._native.caller(request, "documents")

    def _shown(self, job: Job) -> JobModel:
        return job_model(job, kept_h=self._kept_h)

    async def send(
        self,
        request: Request,
        response: Response,
        file: Annotated[UploadFile, File(description="Text, Markdown, HTML or DOCX.")],
        format: Annotated[  # noqa: A002 - as everywhere in Vistka
            Format | None, Form(description="Else by the name of the file, and by its beginning.")
        ] = None,
        glossaries: Annotated[
            list[str] | None, Form(description="Ids of your glossaries; of two with one term the first counts.")
        ] = None,
        idempotency_key: IdempotencyKey = None,
    ) -> JobModel:
        """Have a document translated. What cannot be read is refused at once; the rest is a job that goes on by itself.

        Corrections and glossaries count as they are when each part is translated.
        """
        caller = self._caller(request)
        job = await self._jobs.submit(
            await file.read(),
            name=file.filename or "",
            format=format,
            caller=caller,
            glossaries=tuple(glossaries or ()),
            request_key=None if idempotency_key is None else checked_key(idempotency_key),
        )
        model = self._shown(job)
        response.headers["Location"] = model.links.self
        return model

    def list_all(self, request: Request) -> JobsModel:
        """The jobs of this API key; where no keys are needed, everybody's, and only if nobody from outside can ask."""
        caller = self._caller(request)
        if not caller.id and not self._nobody_else_asks:
            raise ScopeError("jobs are listed for an API key alone", next_step="keep the id that you got for each")
        return JobsModel(jobs=[self._shown(job) for job in self._jobs.of_caller(caller)])

    def get(self, request: Request, job_id: str) -> JobModel:
        """One job."""
        return self._shown(self._jobs.get(job_id, self._caller(request)))

    async def watch(self, request: Request, job_id: str) -> EventSourceResponse:
        """The job as it is now and each time that it has moved on, as server-sent events; the stream ends with it."""
        caller = self._caller(request)
        await run_in_threadpool(self._jobs.get, job_id, caller)
        return EventSourceResponse(self._events(job_id, caller), ping=PING_S)

    async def _events(self, job_id: str, caller: Caller) -> AsyncIterator[ServerSentEvent]:
        # A stream that ends without `end` is one to open again: the service stops, and starts again.
        with suppress(WorkCancelledError):
            async with aclosing(self._jobs.events(job_id, caller)) as jobs:
                async for job in jobs:
                    kind = "end" if job.is_over else "progress"
                    yield ServerSentEvent(self._shown(job).model_dump_json(), event=kind, id=str(job.segments_done))

    def result(self, request: Request, job_id: str) -> Response:
        """The document of a job that is done, with an ETag."""
        result = self._jobs.result(job_id, self._caller(request))
        disposition = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(result.name)}"}
        return bytes_with_etag(request, result.data, media_type=result.media_type, headers=disposition | _FROM_OUTSIDE)

    def draft(self, request: Request, job_id: str) -> Response:
        """The draft of a job that is done: every sentence with its confidence and flags, with an ETag."""
        return json_with_etag(request, draft_json(self._jobs.draft(job_id, self._caller(request)).draft))

    def cancel(self, request: Request, job_id: str) -> JobModel:
        """End a job that waits or runs, and delete its document. One that is over stays as it is."""
        return self._shown(self._jobs.cancel(job_id, self._caller(request)))

    def delete(self, request: Request, job_id: str) -> None:
        """Delete a job with all that is kept of it; one that waits or runs is cancelled."""
        self._jobs.delete(job_id, self._caller(request))


_ID = "cc102e6e8300730fe7ae361ccca447c3"
EXAMPLE_DOCUMENT = "У селі відкрили школу.\n\nOnly English here.\n\nЧерез річку збудували міст.\n"
_SENT: dict[str, object] = {
    "id": _ID,
    "name": "звіт.txt",
    "format": "text",
    "state": "queued",
    "segments_total": 3,
    "segments_done": 0,
    "characters": 67,
    "flags_raised": 0,
    "seconds_left": None,
    "error": None,
    "created": "2026-11-22T08:08:05.787189Z",
    "finished": None,
    "expires": None,
    "links": {
        "self": f"/v1/jobs/{_ID}",
        "events": f"/v1/jobs/{_ID}/events",
        "result": f"/v1/jobs/{_ID}/result",
        "draft": f"/v1/jobs/{_ID}/draft",
    },
}
_DONE = _SENT | {
    "state": "done",
    "segments_done": 3,
    "finished": "2026-11-22T08:08:07.101544Z",
    "expires": "2026-11-23T08:08:07.101544Z",
}


def _example(status_code: int, value: object) -> Responses:
    """One of OpenAPI's examples; a test sends EXAMPLE_DOCUMENT and compares."""
    return {status_code: {"content": {"application/json": {"example": value}}}}


def router(context: Context) -> APIRouter:
    """`/v1/documents` and `/v1/jobs`."""
    native = Native(context)
    documents = _Documents(context, native)
    routes = native.routes("documents")
    lists_jobs = errors() | _example(200, {"jobs": [_DONE]})
    of_a_job, shows_job = errors(404), errors(404) | _example(200, _DONE)
    routes.add_api_route(
        "/documents",
        documents.send,
        methods=["POST"],
        status_code=status.HTTP_202_ACCEPTED,
        summary="Send a document",
        responses=errors(404, 409) | _example(202, _SENT),
    )
    routes.add_api_route(
        "/jobs",
        documents.list_all,
        methods=["GET"],
        summary="Your jobs",
        responses=lists_jobs,
    )
    routes.add_api_route(
        "/jobs/{job_id}",
        documents.get,
        methods=["GET"],
        summary="How far a job is",
        responses=shows_job,
    )
    routes.add_api_route(
        "/jobs/{job_id}/events",
        documents.watch,
        methods=["GET"],
        summary="Progress of a job",
        response_class=EventSourceResponse,
        responses=_EVENT_RESPONSES | of_a_job,
    )
    routes.add_api_route(
        "/jobs/{job_id}/result",
        documents.result,
        methods=["GET"],
        summary="The document in English",
        response_class=Response,
        responses=_RESULT_RESPONSES | errors(404, 409),
    )
    routes.add_api_route(
        "/jobs/{job_id}/draft",
        documents.draft,
        methods=["GET"],
        summary="Source and English, sentence by sentence",
        response_model=DraftModel,
        responses=NOT_MODIFIED | errors(404, 409),
    )
    routes.add_api_route(
        "/jobs/{job_id}/cancel",
        documents.cancel,
        methods=["POST"],
        summary="Cancel a job",
        responses=shows_job,
    )
    routes.add_api_route(
        "/jobs/{job_id}",
        documents.delete,
        methods=["DELETE"],
        status_code=status.HTTP_204_NO_CONTENT,
        summary="Cancel and delete a job",
        responses=of_a_job,
    )
    return routes


def job_model(job: Job, *, kept_h: float) -> JobModel:
    """A job as the native API shows it."""
    at = f"/v1/jobs/{job.id}"
    failure = job.failure
    return JobModel(
        id=job.id,
        name=job.name,
        format=job.format,
        state=job.state,
        segments_total=job.segments_total,
        segments_done=job.segments_done,
        characters=job.characters,
        flags_raised=job.flags_raised,
        seconds_left=None if job.seconds_left is None else round(job.seconds_left, 1),
        error=JobErrorModel(code=error_code(failure), detail=job.error) if failure else None,
        created=job.created,
        finished=job.finished,
        expires=None if job.finished is None else job.finished + timedelta(hours=kept_h),
        links=JobLinks(self=at, events=f"{at}/events", result=f"{at}/result", draft=f"{at}/draft"),
    )

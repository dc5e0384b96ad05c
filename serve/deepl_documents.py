"""DeepL's documents: uploaded, asked after, fetched; each is a job of the service."""

from __future__ import annotations

import asyncio
import hmac
import math
from contextlib import suppress
from pathlib import PurePath
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from vistka.errors import NotFoundError, UsageError
from vistka.serve.access import Caller, key_in_headers
from vistka.serve.context import Context
from vistka.serve.deepl_requests import check_formality, check_target, glossary_ids, source_of
from vistka.serve.deepl_translate import LABEL
from vistka.serve.jobs.job import Job, JobState
from vistka.serve.problems import plain_response
from vistka.serve.request_fields import Fields, read_fields

_WAIT_S = 1.5

_STATUSES: dict[JobState, str] = {
    "queued": "queued",
    "running": "translating",
    # DeepL's `downloaded` says that a document cannot be fetched any more; here it still can.
    "done": "done",
    "failed": "error",
    "cancelled": "error",
}


async def upload(context: Context, request: Request) -> Response:
    """Take a document.

    Raises:
        VistkaError: whatever is wrong with it.
    """
    caller = context.access.caller(key_in_headers(request.headers), "documents")
    fields = await read_fields(request)
    check_target(fields)
    source_of(fields)
    check_formality(fields)
    file = fields.files.get("file")
    if file is None:
        raise UsageError("Parameter 'file' not specified.")
    name = fields.text("filename") or file.name
    _check_output(fields, name)
    job = await context.jobs.submit(file.data, name=name, caller=caller, label=LABEL, glossaries=glossary_ids(fields))
    return JSONResponse({"document_id": job.id, "document_key": job.secret})


async def status(context: Context, request: Request) -> Response:
    """How far a document is. One that is soon done is waited for: clients ask again only after five seconds."""
    job = await _job(context, request)
    if not job.is_over:
        with suppress(TimeoutError):
            await asyncio.wait_for(_end_of(context, job), _WAIT_S)
        job = await run_in_threadpool(context.jobs.get, job.id, Caller(job.owner, "", frozenset()))
    return JSONResponse(_shown(job))


async def result(context: Context, request: Request) -> Response:
    """The document in English; 503, which clients take for "not yet", while it is not done."""
    job = await _job(context, request)
    if job.state != "done":
        ended = job.error or "the translation of the document was cancelled"
        return plain_response(400 if job.is_over else 503, ended if job.is_over else "Document not ready", "deepl")
    found = await run_in_threadpool(context.jobs.result_of, job)
    return Response(found.data, media_type=found.media_type)


async def _end_of(context: Context, job: Job) -> None:
    with suppress(NotFoundError):
        await context.jobs.wait(job.id, Caller(job.owner, "", frozenset()))


async def _job(context: Context, request: Request) -> Job:
    """The job that the path and the `document_key` name.

    Raises:
        NotFoundError: there is none of the two.
        VistkaError: no or a wrong API key.
    """
    caller = context.access.caller(key_in_headers(request.headers), "documents")
    document_key = (await read_fields(request)).text("document_key")
    job = await run_in_threadpool(context.jobs.get, request.path_params["document_id"], caller)
    if not hmac.compare_digest(job.secret.encode(), document_key.encode()):
        raise NotFoundError("no such document", next_step="send the document_key that came with its document_id")
    return job


def _shown(job: Job) -> dict[str, Any]:
    shown: dict[str, Any] = {"document_id": job.id, "status": _STATUSES[job.state]}
    if job.state == "running" and job.seconds_left is not None:
        shown["seconds_remaining"] = math.ceil(job.seconds_left)
    if job.state == "done":
        shown["billed_characters"] = job.characters
    if shown["status"] == "error":
        shown["error_message"] = job.error or "the translation of the document was cancelled"
    return shown


def _check_output(fields: Fields, name: str) -> None:
    wanted = fields.text("output_format").lower().removeprefix(".")
    if wanted and wanted != PurePath(name).suffix.lower().removeprefix("."):
        raise UsageError(f"Value for 'output_format' not supported: a document comes back in its own format ({name}).")

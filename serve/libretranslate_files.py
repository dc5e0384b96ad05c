"""LibreTranslate's way with documents: one goes in, and an address comes back that the English can be fetched from."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import suppress
from pathlib import PurePath
from typing import Any, Literal
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from vistka.documents.read import EXTENSIONS
from vistka.errors import EmptyInputError, NotFoundError, UnsupportedFormatError, UsageError, VistkaError
from vistka.serve.access import Caller
from vistka.serve.answers import slow_json
from vistka.serve.context import Context
from vistka.serve.dialects import say_dialect
from vistka.serve.jobs.job import Job
from vistka.serve.libretranslate_request import language_pair, required
from vistka.serve.problems import error_response
from vistka.serve.request_fields import Upload, read_fields, request_key
from vistka.serve.ticket import Ticket

LABEL: Literal["libretranslate"] = "libretranslate"
DOWNLOAD_ROUTE = "libretranslate-download"


class Files:
    """`/translate_file` and `/download_file`.

    Args:
        context: the running service.
    """

    def __init__(self, context: Context) -> None:
        self._context = context

    async def translate_file(self, request: Request) -> Response:
        """Answer `/translate_file`: a document becomes a job, which this request waits for."""
        fields = await read_fields(request)
        caller = self._context.access.caller(fields.text("api_key"), "documents")
        upload = fields.files.get("file")
        if upload is None:
            raise UsageError("Invalid request: missing file parameter")
        language_pair(required(fields, "source"), required(fields, "target"))
        if not upload.name or not upload.data:
            raise UsageError("Invalid request: empty file")
        if PurePath(upload.name).suffix.lower() not in EXTENSIONS:
            raise UsageError("Invalid request: file format not supported")

        async def work(_ticket: Ticket) -> dict[str, Any]:
            job = await self._done(upload, caller)
            name = f"{job.secret}.{job.name}"
            return {"translatedFileUrl": str(request.url_for(DOWNLOAD_ROUTE, name=quote(name)))}

        digest = hashlib.sha256(upload.data).hexdigest()
        key = request_key(LABEL, caller.id, "file", upload.name, digest)
        return await slow_json(
            request,
            self._context.merger.run(key, work, label=LABEL),
            on_error=lambda error: error_response(error, LABEL),
            after_s=self._context.settings.heartbeat_after_s,
            every_s=self._context.settings.heartbeat_every_s,
        )

    async def _done(self, upload: Upload, caller: Caller) -> Job:
        """The finished job of a document; it is cancelled when nobody waits for it any more."""
        jobs = self._context.jobs
        sending = asyncio.ensure_future(jobs.submit(upload.data, name=upload.name, caller=caller, label=LABEL))
        try:
            # Shielded, since a job that is made in spite of the cancellation would be nobody's.
            job = await jobs.wait((await asyncio.shield(sending)).id, caller)
        except UnsupportedFormatError as error:
            raise UsageError("Invalid request: file format not supported") from error
        except EmptyInputError as error:
            raise UsageError("Invalid request: empty file") from error
        except asyncio.CancelledError:
            sending.add_done_callback(lambda sent: self._drop(sent, caller))
            raise
        if job.state != "done":
            failed = VistkaError(job.error or "the document was cancelled")
            failed.http_status = job.error_status or failed.http_status
            raise failed
        return job

    def _drop(self, sent: asyncio.Future[Job], caller: Caller) -> None:
        if not sent.cancelled() and sent.exception() is None:
            with suppress(NotFoundError):
                self._context.jobs.cancel(sent.result().id, caller)

    async def download_file(self, request: Request, name: str) -> Response:
        """Answer `/download_file`: the document in English. Its address holds a secret, so it needs no key."""
        say_dialect(request.scope, LABEL)
        jobs = self._context.jobs
        result = jobs.result_of(jobs.by_secret(name.partition(".")[0]))
        disposition = f"attachment; filename*=utf-8''{quote(result.name)}"
        return Response(result.data, media_type=result.media_type, headers={"Content-Disposition": disposition})

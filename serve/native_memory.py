"""The native API: the corrections that people made, which count from the next request on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request, Response

from vistka.errors import (
    ConflictError,
    EmptyInputError,
    NotFoundError,
    UnknownCorrectionError,
    UnsupportedFormatError,
    UsageError,
)
from vistka.memory.corrections import Correction, Entry
from vistka.memory.scope_notes import scope_notes
from vistka.memory.store import Memory
from vistka.memory.tmx_read import read_tmx
from vistka.memory.tmx_write import write_tmx
from vistka.pipeline import vistka_version
from vistka.result_json import entry_json
from vistka.serve.context import Context
from vistka.serve.etags import bytes_with_etag, json_with_etag
from vistka.serve.native_examples import examples
from vistka.serve.native_models import (
    AddedCorrection,
    CorrectionRequest,
    ImportResponse,
    MemoryEntry,
    MemoryQuery,
    MemoryResponse,
    UndoRequest,
)
from vistka.serve.native_requests import NOT_MODIFIED, IdempotencyKey, Native, Responses, errors

TMX = "application/x-tmx+xml"
_TMX_TYPES = (TMX, "application/xml", "text/xml", "application/octet-stream")
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_TMX_ANSWER: Responses = {200: {"description": "TMX 1.4b, UTF-8.", "content": {TMX: _BINARY}}}


def router(context: Context) -> APIRouter:
    """`/v1/memory`."""
    native = Native(context)
    memory = _Corrections(native.memory)
    routes = native.routes("memory")

    @routes.get(
        "/memory",
        summary="List corrections",
        response_model=None,
        responses=errors(404) | NOT_MODIFIED | examples("GET /v1/memory").answers(MemoryResponse),
    )
    async def listed(query: Annotated[MemoryQuery, Query()], request: Request) -> Response:
        """The corrections in force, the oldest first, or the whole journal. Conditional: send `If-None-Match`."""
        native.caller(request, "memory")
        return json_with_etag(request, await asyncio.to_thread(memory.page, query))

    @routes.post(
        "/memory",
        summary="Correct a sentence",
        status_code=201,
        response_model=None,
        responses=errors(404, 409) | examples("POST /v1/memory").answers(AddedCorrection, 201),
    )
    async def add(
        body: Annotated[CorrectionRequest, Body(openapi_examples=examples("POST /v1/memory").requests())],
        request: Request,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """Keep a person's English for one sentence: from now on it stands in every translation of it."""
        caller = native.caller(request, "memory")

        async def work() -> dict[str, Any]:
            return await asyncio.to_thread(memory.add, body, body.author or caller.name)

        return await native.once(request, caller, idempotency_key, work, status=201)

    @routes.post(
        "/memory/undo",
        summary="Take a correction back",
        status_code=201,
        response_model=None,
        responses=errors(404, 409) | examples("POST /v1/memory/undo").answers(MemoryEntry, 201),
    )
    async def undo(
        body: Annotated[UndoRequest, Body(openapi_examples=examples("POST /v1/memory/undo").requests())],
        request: Request,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """Take a correction back, or an undo of one. The journal keeps both rows; the answer is the new one."""
        caller = native.caller(request, "memory")

        async def work() -> dict[str, Any]:
            return await asyncio.to_thread(memory.undo, body.id, body.author or caller.name)

        return await native.once(request, caller, idempotency_key, work, status=201)

    @routes.post(
        "/memory/import",
        summary="Import TMX",
        response_model=None,
        openapi_extra=_tmx_body(),
        responses=errors(404, 409) | examples("POST /v1/memory/import").answers(ImportResponse),
    )
    async def import_(
        request: Request,
        skip_faulty: Annotated[
            bool, Query(description="Take the units without a fault; else a fault anywhere refuses all of them.")
        ] = False,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """Keep the Ukrainian-English units of a TMX file of any tool; the body is the file."""
        caller = native.caller(request, "memory")
        _refuse_type(request.headers.get("content-type", TMX))
        data = await request.body()

        async def work() -> dict[str, Any]:
            return await asyncio.to_thread(memory.import_tmx, data, skip_faulty)

        return await native.once(request, caller, idempotency_key, work)

    @routes.get(
        "/memory/export", summary="Export TMX", response_model=None, responses=errors(404) | NOT_MODIFIED | _TMX_ANSWER
    )
    async def export(request: Request) -> Response:
        """The corrections in force as TMX 1.4b. Conditional: send `If-None-Match`."""
        native.caller(request, "memory")
        data = await asyncio.to_thread(memory.export_tmx)
        shown = {"Content-Disposition": 'attachment; filename="corrections.tmx"'}
        return bytes_with_etag(request, data, media_type=TMX, headers=shown)

    return routes


class _Corrections:
    """The memory in the words of the API.

    Args:
        memory: None = the service runs without; then each call is refused.
    """

    def __init__(self, memory: Memory | None) -> None:
        self._memory = memory

    @property
    def _there(self) -> Memory:
        if self._memory is None:
            raise NotFoundError("this service keeps no corrections")
        return self._memory

    def page(self, query: MemoryQuery) -> dict[str, Any]:
        rows = self._there.journal() if query.all else self._there.in_force()
        wanted = query.search.casefold()
        found = [entry for entry in rows if wanted in _searched(entry)]
        end = query.offset + query.limit
        return {
            "entries": [entry_json(entry) for entry in found[query.offset : end]],
            "total": len(found),
            "next": end if end < len(found) else None,
        }

    def add(self, body: CorrectionRequest, author: str) -> dict[str, Any]:
        recipe = body.recipe
        correction = Correction(
            source=body.source,
            target=body.target,
            author=author,
            model=recipe.model if recipe else "",
            revision=recipe.revision if recipe else "",
            glossary=recipe.glossary if recipe else "",
        )
        entry = self._there.add(correction)
        return {"entry": entry_json(entry), "notes": list(_notes(entry.correction.source))}

    def undo(self, entry_id: int | None, author: str) -> dict[str, Any]:
        try:
            return entry_json(self._there.undo(entry_id, author=author))
        except UsageError as error:
            fitting = NotFoundError if isinstance(error, UnknownCorrectionError) else ConflictError
            raise fitting(error.what, next_step="GET /v1/memory?all=true shows the journal") from error

    def import_tmx(self, data: bytes, skip_faulty: bool) -> dict[str, Any]:
        if not data.strip():
            raise EmptyInputError("the body is empty", next_step="send a TMX file")
        found = read_tmx(data, "the file")
        if not skip_faulty:
            found.require_faultless("the file")
        added = self._there.add_all(found.corrections)
        return {
            "imported": len(added.entries),
            "known": added.known,
            "other_languages": found.other_languages,
            "faults": list(found.faults),
            "codes_left_out": found.codes_left_out,
        }

    def export_tmx(self) -> bytes:
        return write_tmx((entry.correction for entry in self._there.in_force()), version=vistka_version())


def _tmx_body() -> dict[str, Any]:
    """What OpenAPI says of a body that is a file."""
    content = dict.fromkeys(_TMX_TYPES, _BINARY | {"examples": examples("POST /v1/memory/import").requests()})
    return {"requestBody": {"required": True, "content": content}}


def _searched(entry: Entry) -> str:
    return "\n".join((entry.correction.source, entry.correction.target, entry.author)).casefold()


def _notes(source: str) -> Iterator[str]:
    """`scope_notes` as sentences."""
    return (f"{note[0].upper()}{note[1:]}." for note in scope_notes(source))


def _refuse_type(content_type: str) -> None:
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type not in _TMX_TYPES:
        raise UnsupportedFormatError(f"{media_type[:80]} is no TMX", next_step=f"send {TMX}")

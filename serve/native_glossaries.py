"""The native API: glossaries that clients keep, for `/v1/translate` to use."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Request, Response

from vistka.serve.context import Context
from vistka.serve.etags import json_with_etag
from vistka.serve.glossary_shelf import ShelvedGlossary
from vistka.serve.native_examples import examples
from vistka.serve.native_models import GlossariesResponse, GlossaryModel, GlossaryRequest, GlossaryWithEntries
from vistka.serve.native_requests import NOT_MODIFIED, IdempotencyKey, Native, errors
from vistka.translate.lexicon_entries import Entry

_Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Id of the glossary.")]


def router(context: Context) -> APIRouter:
    """`/v1/glossaries`."""
    native = Native(context)
    shelf = context.glossaries
    routes = native.routes("glossaries")

    @routes.post(
        "/glossaries",
        summary="Keep a glossary",
        status_code=201,
        response_model=None,
        responses=errors(409) | examples("POST /v1/glossaries").answers(GlossaryModel, 201),
    )
    async def create(
        body: Annotated[GlossaryRequest, Body(openapi_examples=examples("POST /v1/glossaries").requests())],
        request: Request,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """Keep Ukrainian terms and their English. A glossary never changes: keep a new one and delete the old."""
        caller = native.caller(request, "glossaries")
        entries = [Entry(lemma=term.source, senses=(term.target,), by_user=True) for term in body.entries]

        async def work() -> dict[str, Any]:
            return _json(await asyncio.to_thread(shelf.create, caller, name=body.name, entries=entries))

        return await native.once(request, caller, idempotency_key, work, status=201)

    @routes.get(
        "/glossaries",
        summary="List glossaries",
        response_model=None,
        responses=errors() | NOT_MODIFIED | examples("GET /v1/glossaries").answers(GlossariesResponse),
    )
    async def listed(request: Request) -> Response:
        """The caller's glossaries, the oldest first. Conditional: send `If-None-Match`."""
        caller = native.caller(request, "glossaries")
        found = await asyncio.to_thread(shelf.list, caller)
        return json_with_etag(request, {"glossaries": [_json(one) for one in found]})

    @routes.get(
        "/glossaries/{glossary_id}",
        summary="A glossary",
        response_model=None,
        responses=errors(404)
        | NOT_MODIFIED
        | examples("GET /v1/glossaries/{glossary_id}").answers(GlossaryWithEntries),
    )
    async def one(glossary_id: _Id, request: Request) -> Response:
        """A glossary with its terms. Conditional: send `If-None-Match`."""
        caller = native.caller(request, "glossaries")
        found = await asyncio.to_thread(shelf.get, glossary_id, caller)
        entries = await asyncio.to_thread(shelf.entries, glossary_id, caller)
        terms = [{"source": entry.lemma, "target": entry.sense} for entry in entries]
        return json_with_etag(request, {**_json(found), "entries": terms})

    @routes.delete(
        "/glossaries/{glossary_id}",
        summary="Forget a glossary",
        status_code=204,
        response_model=None,
        responses=errors(404),
    )
    async def delete(glossary_id: _Id, request: Request) -> Response:
        """Forget a glossary."""
        caller = native.caller(request, "glossaries")
        await asyncio.to_thread(shelf.delete, glossary_id, caller)
        return Response(status_code=204)

    return routes


def _json(glossary: ShelvedGlossary) -> dict[str, Any]:
    return {
        "id": glossary.id,
        "name": glossary.name,
        "created": glossary.created.isoformat(),
        "entry_count": glossary.entry_count,
    }

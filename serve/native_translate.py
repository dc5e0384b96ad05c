"""The native API: drafts, detection, models, and what stands at an address."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request, Response

from vistka.datatypes import Draft, Item
from vistka.documents.write import write
from vistka.memory.recall import Recaller
from vistka.memory.store import Memory
from vistka.options import METHODS
from vistka.result_json import draft_json, recipe_json
from vistka.serve.access import Caller
from vistka.serve.context import Context
from vistka.serve.etags import json_with_etag
from vistka.serve.native_examples import examples
from vistka.serve.native_models import (
    DetectRequest,
    DetectResponse,
    FetchRequest,
    FetchResponse,
    ModelsResponse,
    TranslateRequest,
    TranslateResponse,
)
from vistka.serve.native_requests import NOT_MODIFIED, IdempotencyKey, Native, errors, work_errors
from vistka.serve.native_sources import Sources, blocks_json, characters, with_address
from vistka.serve.pages import fetched_feed, fetched_item, is_feed
from vistka.serve.ticket import Ticket
from vistka.serve.url_intake import Fetched
from vistka.summarize.house_style import style_names


def router(context: Context) -> APIRouter:
    """`/v1/translate`, `/v1/detect`, `/v1/models`, `/v1/fetch`."""
    native = Native(context)
    sources = Sources(context)
    drafts = Drafts(context, sources, native.memory)
    routes = native.routes("translate", sources.close)

    @routes.post(
        "/translate",
        summary="Translate",
        response_model=None,
        responses=work_errors() | examples("POST /v1/translate").answers(TranslateResponse),
    )
    async def translate(
        body: Annotated[TranslateRequest, Body(openapi_examples=examples("POST /v1/translate").requests())],
        request: Request,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """The Ukrainian of a text, of a list of texts, of a page or of what is at an address, in English.

        Every sentence comes with its confidence and with flags that say what to look at; what is not Ukrainian comes
        back as it was. An answer that takes long begins with white space; by then its status is 200, so an error then
        stands in the body as a problem with its `status`.
        """
        caller = native.caller(request, "translate")
        if isinstance(body.text, list):
            sources.check_count(body.text)

        async def work(ticket: Ticket) -> dict[str, Any]:
            return await drafts.answer(body, caller, ticket)

        return await native.worked_on(request, caller, idempotency_key, work)

    @routes.post(
        "/detect",
        summary="Detect languages",
        response_model=None,
        responses=errors() | examples("POST /v1/detect").answers(DetectResponse),
    )
    async def detect(
        body: Annotated[DetectRequest, Body(openapi_examples=examples("POST /v1/detect").requests())], request: Request
    ) -> dict[str, Any]:
        """The languages of each text by their share of its letters, the likeliest first. Needs no model."""
        context.access.spend(native.caller(request, "translate"), 0)
        texts = body.text if isinstance(body.text, list) else [body.text]
        sources.check_count(texts)
        sources.check_size([Item(text, ()) for text in texts])
        found = [await context.service.detected(text) for text in texts]
        return {"detections": [_detection(candidates) for candidates in found]}

    @routes.get(
        "/models",
        summary="Models",
        response_model=None,
        responses=errors() | NOT_MODIFIED | examples("GET /v1/models").answers(ModelsResponse),
    )
    async def models(request: Request) -> Response:
        """Every model of the catalogue and what the service works with. Conditional: send `If-None-Match`."""
        native.caller(request, "translate")
        return json_with_etag(request, await asyncio.to_thread(_models, context))

    @routes.post(
        "/fetch",
        summary="Fetch a page or a feed",
        response_model=None,
        responses=work_errors() | examples("POST /v1/fetch").answers(FetchResponse),
    )
    async def fetch(
        body: Annotated[FetchRequest, Body(openapi_examples=examples("POST /v1/fetch").requests())], request: Request
    ) -> dict[str, Any]:
        """The article of a page, or the items of a feed, of which each can then be translated by its address.

        Only http and https; private addresses are refused, also behind redirects and names.
        """
        caller = native.caller(request, "translate")
        found = await sources.fetched(body.url, caller)
        limit = context.settings.max_fetch_mib
        return {"fetched": await asyncio.to_thread(_feed_json if is_feed(found) else _page_json, found, limit)}

    return routes


class Drafts:
    """Translates what a request gives.

    Args:
        context: the running service.
        sources: reads it.
        memory: the corrections; None = there are none.
    """

    def __init__(self, context: Context, sources: Sources, memory: Memory | None) -> None:
        self._context = context
        self._sources = sources
        self._recaller = Recaller(memory) if memory is not None else None

    async def answer(self, body: TranslateRequest, caller: Caller, ticket: Ticket) -> dict[str, Any]:
        """The whole answer, as `TranslateResponse` describes it.

        Raises:
            InputError, UsageError, ServiceError, ModelError: see `Sources`, `GlossaryShelf`, `Service`.
        """
        items = await self._items(body, caller)
        self._sources.check_size(items)
        shelf = self._context.glossaries
        glossary = await asyncio.to_thread(shelf.glossary, body.glossaries, caller) if body.glossaries else None
        with self._context.access.spending(caller, sum(map(characters, items))):
            drafts = await self._context.service.drafts(
                items,
                ticket=ticket,
                glossary=glossary,
                use_memory=body.memory,
                # A request can do without; where the service itself does without, asking does not help.
                hints=None if body.hints else False,
                ladder=None if body.ladder else False,
            )
        if body.recall != body.memory:
            drafts = await asyncio.to_thread(self._recalled if body.recall else _not_recalled, drafts)
        return {"translations": [_translation(draft) for draft in drafts]}

    async def _items(self, body: TranslateRequest, caller: Caller) -> list[Item]:
        if body.html is not None:
            item = await self._sources.given(body.html, "html", "html", article=bool(body.article))
            return [with_address(item, body.url)]
        if body.text is None:
            return [await self._sources.page(body.url or "", caller, article=body.article is not False)]
        if isinstance(body.text, str):
            return [with_address(await self._sources.given(body.text, "text", body.format), body.url)]
        return [
            with_address(await self._sources.given(text, f"text {number}", body.format), body.url)
            for number, text in enumerate(body.text, start=1)
        ]

    def _recalled(self, drafts: Sequence[Draft]) -> list[Draft]:
        """The drafts, each Ukrainian segment with the correction that comes closest, which did not count."""
        if self._recaller is None:
            return list(drafts)
        found = []
        for draft in drafts:
            sources = [" ".join(part.segment.text.split()) for part in draft.segments]
            wanted = [index for index, part in enumerate(draft.segments) if part.segment.language == "uk"]
            similar = self._recaller.similar([sources[index] for index in wanted])
            parts = list(draft.segments)
            for index, near in zip(wanted, similar, strict=True):
                recalled = self._recaller.exact(sources[index]) or near
                if recalled is not None:
                    parts[index] = replace(parts[index], memory=recalled.match)
            found.append(replace(draft, segments=tuple(parts)))
        return found


def _not_recalled(drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts without corrections that are only near: where one was taken, it is still said."""
    return [
        replace(
            draft,
            segments=tuple(part if part.origin == "memory" else replace(part, memory=None) for part in draft.segments),
        )
        for draft in drafts
    ]


def _translation(draft: Draft) -> dict[str, Any]:
    return {
        "draft": draft_json(draft),
        "text": write(draft.item, draft.rewrites()),
        "format": draft.item.format,
        "blocks": blocks_json(draft.item),
        "characters": characters(draft.item),
    }


def _detection(candidates: Sequence[tuple[str, float]]) -> dict[str, Any]:
    found = [{"language": code, "confidence": share} for code, share in candidates]
    return {**(found[0] if found else {"language": "und", "confidence": 0.0}), "candidates": found}


def _models(context: Context) -> dict[str, Any]:
    from vistka.models.catalogue import load_catalogue
    from vistka.models.weights import locate

    rows = [
        {
            "id": entry.id,
            "name": entry.name,
            "note": entry.note,
            "tasks": list(entry.tasks),
            "engines": list(entry.engines),
            "source_languages": list(entry.source_languages),
            "target_languages": list(entry.target_languages),
            "license": entry.license,
            "commercial_use": entry.commercial_use,
            "size_bytes": entry.size_bytes,
            "here": locate(entry) is not None,
            "in_use": entry.id == context.service.options.model,
        }
        for entry in load_catalogue().entries.values()
    ]
    recipe = recipe_json(context.service.recipe)
    return {"models": rows, "recipe": recipe, "styles": style_names(), "methods": list(METHODS)}


def _feed_json(found: Fetched, _: float) -> dict[str, Any]:
    feed = fetched_feed(found)
    items = [
        asdict(entry) | {"published": entry.published.isoformat() if entry.published else None}
        for entry in feed.entries
    ]
    return {"kind": "feed", "url": found.url, "title": feed.title, "items": items}


def _page_json(found: Fetched, max_mib: float) -> dict[str, Any]:
    item = fetched_item(found, article=True, max_mib=max_mib)
    return {
        "kind": "page",
        "url": found.url,
        "title": item.title,
        "source": item.source,
        "published": item.published.isoformat() if item.published else None,
        "text": item.raw,
        "blocks": blocks_json(item),
    }

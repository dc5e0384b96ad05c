"""The native API: abstracts and "Latest news" blurbs."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request, Response

from vistka.datatypes import Item
from vistka.result_json import blurb_json
from vistka.serve.context import Context
from vistka.serve.native_examples import examples
from vistka.serve.native_models import BlurbRequest, BlurbResponse, SummarizeRequest, SummarizeResponse
from vistka.serve.native_requests import IdempotencyKey, Native, work_errors
from vistka.serve.native_sources import Sources, blocks_json, characters
from vistka.serve.ticket import Ticket

_OF_AN_ABSTRACT = ("abstract", "verdict", "method", "evidence", "flags", "recipe")


def router(context: Context) -> APIRouter:
    """`/v1/summarize`, `/v1/blurb`."""
    native = Native(context)
    sources = Sources(context)
    routes = native.routes("summarize", sources.close)

    @routes.post(
        "/summarize",
        summary="Summarize",
        response_model=None,
        responses=work_errors() | examples("POST /v1/summarize").answers(SummarizeResponse),
    )
    async def summarize(
        body: Annotated[SummarizeRequest, Body(openapi_examples=examples("POST /v1/summarize").requests())],
        request: Request,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """An English abstract of a Ukrainian or English text: whole sentences within a limit, each borne out by it.

        The verdict and the flags are those of the blurb that the abstract stands in, its headline among it.
        """
        caller = native.caller(request, "summarize")

        async def work(ticket: Ticket) -> dict[str, Any]:
            item = await sources.one(body.text, None, None, caller)
            item = item if body.title is None else replace(item, title=body.title)
            with context.access.spending(caller, characters(item)):
                blurb = await context.service.blurb(item, ticket=ticket, max_chars=body.max_chars, method=body.method)
            whole = blurb_json(blurb, item.name)
            told = {name: whole[name] for name in _OF_AN_ABSTRACT}
            return {**told, "blocks": blocks_json(item), "characters": characters(item)}

        return await native.worked_on(request, caller, idempotency_key, work)

    @routes.post(
        "/blurb",
        summary="Blurb",
        response_model=None,
        responses=work_errors() | examples("POST /v1/blurb").answers(BlurbResponse),
    )
    async def blurb(
        body: Annotated[BlurbRequest, Body(openapi_examples=examples("POST /v1/blurb").requests())],
        request: Request,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """A "Latest news" card: an English headline and abstract, where each fact stands in the source, and a verdict.

        An answer that takes long begins with white space; by then its status is 200, so an error then stands in the
        body as a problem with its `status`.
        """
        caller = native.caller(request, "summarize")

        async def work(ticket: Ticket) -> dict[str, Any]:
            item = _told(await sources.one(body.text, body.html, body.url, caller), body)
            with context.access.spending(caller, characters(item)):
                card = await context.service.blurb(
                    item, ticket=ticket, max_chars=body.max_chars, method=body.method, style=body.style
                )
            return {
                "blurb": blurb_json(card, item.name),
                "title": item.title,
                "blocks": blocks_json(item),
                "characters": characters(item),
            }

        return await native.worked_on(request, caller, idempotency_key, work)

    return routes


def _told(item: Item, body: BlurbRequest) -> Item:
    """The item with what the request says of it, which wins over what it says itself."""
    return replace(
        item,
        title=item.title if body.title is None else body.title,
        source=item.source if body.source is None else body.source,
        published=body.published or item.published,
    )

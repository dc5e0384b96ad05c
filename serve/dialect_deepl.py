"""The dialect of DeepL, version 2: at the root, and under `/deepl/` for who wants each dialect at a place of its own.

Errors that are raised here leave as `{"message": string}`: `problems` tells by the path whose form they take.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from vistka.serve import deepl_documents, deepl_glossaries
from vistka.serve.access import key_in_headers
from vistka.serve.context import Context
from vistka.serve.deepl_translate import translate
from vistka.serve.problems import plain_response
from vistka.serve.request_fields import read_fields

PREFIXES = ("", "/deepl")

_Handler = Callable[[Context, Request], Awaitable[Response]]

_SOURCES = [{"language": "UK", "name": "Ukrainian"}]
_TARGETS = [
    {"language": "EN-GB", "name": "English (British)", "supports_formality": False},
    {"language": "EN-US", "name": "English (American)", "supports_formality": False},
]
_NO_LIMIT = 1_000_000_000_000
"""What DeepL itself answers for an account without a limit; its clients need a number."""


async def _languages(context: Context, request: Request) -> Response:
    """The languages of the `type` in the query, or in the form that some clients send with a GET."""
    context.access.caller(key_in_headers(request.headers), "translate")
    kind = (await read_fields(request)).text("type").lower() or "source"
    if kind not in ("source", "target"):
        return plain_response(400, "Value for 'type' not supported.", "deepl")
    return JSONResponse(_TARGETS if kind == "target" else _SOURCES)


async def _usage(context: Context, request: Request) -> Response:
    caller = context.access.caller(key_in_headers(request.headers), "translate")
    usage = context.access.usage(caller)
    return JSONResponse(
        {
            "character_count": usage.character_count,
            "character_limit": _NO_LIMIT if usage.character_limit is None else usage.character_limit,
        }
    )


async def _absent(_context: Context, request: Request) -> Response:
    """What DeepL has and this service has not (versions 3, rephrasing), and what nobody has."""
    return plain_response(404, f"Not found: this server has no {request.method} {request.url.path[:200]}", "deepl")


_ALL_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_ROUTES: tuple[tuple[str, tuple[str, ...], _Handler], ...] = (
    ("/v2/translate", ("POST",), translate),
    ("/v2/languages", ("GET", "POST"), _languages),
    ("/v2/usage", ("GET", "POST"), _usage),
    ("/v2/document", ("POST",), deepl_documents.upload),
    ("/v2/document/{document_id}", ("POST",), deepl_documents.status),
    ("/v2/document/{document_id}/result", ("POST",), deepl_documents.result),
    ("/v2/glossaries", ("POST",), deepl_glossaries.create),
    ("/v2/glossaries", ("GET",), deepl_glossaries.list_all),
    ("/v2/glossaries/{glossary_id}", ("GET",), deepl_glossaries.show),
    ("/v2/glossaries/{glossary_id}", ("DELETE",), deepl_glossaries.delete),
    ("/v2/glossaries/{glossary_id}/entries", ("GET",), deepl_glossaries.show_entries),
    ("/v2/glossary-language-pairs", ("GET",), deepl_glossaries.language_pairs),
    ("/v2/{rest:path}", _ALL_METHODS, _absent),
    ("/v3/{rest:path}", _ALL_METHODS, _absent),
)


def router(context: Context) -> APIRouter:
    """The routes of the dialect. They are not in the service's OpenAPI: DeepL describes them itself."""
    routes = APIRouter(include_in_schema=False)
    for prefix in PREFIXES:
        for path, methods, handler in _ROUTES:
            routes.add_api_route(
                prefix + path, _endpoint(context, handler), methods=list(methods), response_class=JSONResponse
            )
    return routes


def _endpoint(context: Context, handler: _Handler) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        return await handler(context, request)

    return endpoint

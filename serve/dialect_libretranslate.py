"""The dialect of LibreTranslate: text, documents, detection, suggestions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from starlette.requests import Request
from starlette.responses import Response

from vistka.documents.read import EXTENSIONS
from vistka.errors import ScopeError, UsageError
from vistka.memory.corrections import Correction
from vistka.pipeline import vistka_version
from vistka.serve.answers import slow_json
from vistka.serve.context import Context
from vistka.serve.dialect_apertium import Apertium
from vistka.serve.libretranslate_files import DOWNLOAD_ROUTE, LABEL, Files
from vistka.serve.libretranslate_request import Asked, asked, language_pair, required
from vistka.serve.libretranslate_spec import operation
from vistka.serve.problems import error_response
from vistka.serve.request_fields import is_text, read_fields, request_key
from vistka.serve.ticket import Ticket
from vistka.serve.wire_languages import NAMES


def router(context: Context) -> APIRouter:
    """LibreTranslate's paths; `/translate` takes Apertium's requests, too."""
    dialect, files = LibreTranslate(context), Files(context)
    routes = APIRouter(tags=["LibreTranslate"])
    for path, method, endpoint in (
        ("/translate", "POST", dialect.translate),
        ("/translate", "GET", dialect.translate),
        ("/detect", "POST", dialect.detect),
        ("/languages", "GET", dialect.languages),
        ("/translate_file", "POST", files.translate_file),
        ("/suggest", "POST", dialect.suggest),
        ("/frontend/settings", "GET", dialect.frontend_settings),
        ("/health", "GET", dialect.health),
    ):
        routes.add_api_route(path, endpoint, methods=[method], **operation(path, method, context.settings))
        # Clients of Python's urllib do not follow the redirect that this would get otherwise.
        routes.add_api_route(f"{path}/", endpoint, methods=[method], include_in_schema=False)
    routes.add_api_route(
        "/download_file/{name:path}", files.download_file, methods=["GET"], name=DOWNLOAD_ROUTE, include_in_schema=False
    )
    spec = get_openapi(title="LibreTranslate", version=vistka_version() or "0", routes=routes.routes)
    routes.add_api_route("/spec", lambda: JSONResponse(spec), methods=["GET"], include_in_schema=False)
    return routes


class LibreTranslate:
    """LibreTranslate's requests and answers.

    Args:
        context: the running service.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._apertium = Apertium(context)

    async def translate(self, request: Request) -> Response:
        """Answer `/translate`."""
        fields = await read_fields(request)
        if "langpair" in fields:
            return await self._apertium.translate(request, fields)
        caller = self._context.access.caller(fields.text("api_key"), "translate")
        wanted = asked(fields, self._context.settings)
        if wanted.is_probe:
            return JSONResponse({"translatedText": list(wanted.texts) if wanted.is_batch else wanted.texts[0]})

        async def work(ticket: Ticket) -> dict[str, Any]:
            with self._context.access.spending(caller, wanted.characters):
                return await self._translated(wanted, ticket)

        key = request_key(LABEL, caller.id, asdict(wanted))
        return await slow_json(
            request,
            self._context.merger.run(key, work, label=LABEL),
            on_error=lambda error: error_response(error, LABEL),
            after_s=self._context.settings.heartbeat_after_s,
            every_s=self._context.settings.heartbeat_every_s,
        )

    async def _translated(self, wanted: Asked, ticket: Ticket) -> dict[str, Any]:
        service = self._context.service
        found = await service.translate_texts(wanted.texts, format=wanted.format, ticket=ticket, with_confidence=False)
        columns: dict[str, list[Any]] = {"translatedText": [one.text for one in found]}
        if wanted.source == "auto":
            columns["detectedLanguage"] = [(await run_in_threadpool(self._detected, text))[0] for text in wanted.texts]
        if wanted.alternatives:
            columns["alternatives"] = await self._alternatives(wanted, columns["translatedText"], ticket)
        return {name: values if wanted.is_batch else values[0] for name, values in columns.items()}

    async def _alternatives(self, wanted: Asked, chosen: Sequence[str], ticket: Ticket) -> list[list[str]]:
        """Other translations of each text, without repetitions; as many as wanted or fewer, and none of HTML."""
        others: list[list[str]] = [[] for _ in wanted.texts]
        for variant in range(1, wanted.alternatives + 1) if wanted.format == "text" else ():
            found = await self._context.service.translate_texts(
                wanted.texts, ticket=ticket, with_confidence=False, variant=variant
            )
            for row, first, other in zip(others, chosen, found, strict=True):
                if other.text not in (first, *row):
                    row.append(other.text)
        return others

    async def detect(self, request: Request) -> Response:
        """Answer `/detect`."""
        fields = await read_fields(request)
        self._context.access.caller(fields.text("api_key"), "translate")
        q = fields.get("q")
        if not q:
            raise UsageError("Invalid request: missing q parameter")
        texts = q if isinstance(q, list) else [q]
        if not all(map(is_text, texts)):
            raise UsageError("Invalid request: q parameter is not a string or a list of strings")
        text = "\n".join(texts)
        limit = self._context.settings.max_text_chars
        if len(text) > limit:
            raise UsageError(f"Invalid request: request ({len(text)}) exceeds text limit ({limit})")
        return JSONResponse(await run_in_threadpool(self._detected, text))

    def _detected(self, text: str) -> list[dict[str, Any]]:
        """The languages of a text, best first; never empty, since clients read the first."""
        found = self._context.service.detect(text) or [("und", 0.0)]
        return [{"confidence": round(100 * share, 1), "language": code} for code, share in found]

    async def languages(self) -> Response:
        """Answer `/languages`; its clients send a form along, which says nothing."""
        targets = {"uk": ["en"], "en": []}
        return JSONResponse([{"code": code, "name": name, "targets": targets[code]} for code, name in NAMES.items()])

    async def suggest(self, request: Request) -> Response:
        """Answer `/suggest`: a correction for the memory."""
        if not self._context.settings.suggestions:
            raise ScopeError("Suggestions are disabled on this server.")
        fields = await read_fields(request)
        caller = self._context.access.caller(fields.text("api_key"), "memory")
        source, target = required(fields, "q"), required(fields, "s")
        language_pair(required(fields, "source"), required(fields, "target"))
        await self._context.service.ready()
        memory = self._context.service.memory
        if memory is None:
            raise ScopeError("Suggestions are disabled on this server.")
        await run_in_threadpool(memory.add, Correction(source=source, target=target, author=caller.name))
        return JSONResponse({"success": True})

    async def frontend_settings(self) -> Response:
        """Answer `/frontend/settings`: what a page that translates has to know."""
        settings, access = self._context.settings, self._context.access
        return JSONResponse(
            {
                "charLimit": settings.max_text_chars,
                "frontendTimeout": round(1000 * _TYPING_PAUSE_S),
                "apiKeys": access.keys_required,
                "keyRequired": access.keys_required,
                "suggestions": settings.suggestions,
                "filesTranslation": True,
                "supportedFilesFormat": list(EXTENSIONS),
                "language": {
                    "source": {"code": "uk", "name": NAMES["uk"]},
                    "target": {"code": "en", "name": NAMES["en"]},
                },
            }
        )

    async def health(self) -> Response:
        """Answer `/health`: the process is there; `/readyz` tells whether its model is loaded."""
        return JSONResponse({"status": "ok"})


_TYPING_PAUSE_S = 0.5
"""How long a page should wait after a key before it asks."""

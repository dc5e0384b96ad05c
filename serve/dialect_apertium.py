"""The dialect of Apertium APy: what OmegaT and Weblate speak to an Apertium server.

`/translate` is a path of LibreTranslate's too; a request with a `langpair` is one of this dialect, so that router
hands it over.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from starlette.requests import Request
from starlette.responses import Response

from vistka.datatypes import Draft, DraftSegment, New
from vistka.documents.write import write
from vistka.errors import TooLargeError, UsageError
from vistka.serve.answers import slow_json
from vistka.serve.context import Context
from vistka.serve.dialects import say_dialect
from vistka.serve.problems import error_response
from vistka.serve.request_fields import Fields, read_fields, request_key
from vistka.serve.service import TranslatedText
from vistka.serve.ticket import Ticket
from vistka.serve.wire_languages import THREE_LETTERS, wire_language
from vistka.translate.checks import CYRILLIC

_PAIRS = (("ukr", "eng"),)
_LISTS_OF_TOOLS = ("analyzers", "analysers", "generators", "taggers", "disambiguators", "spellers", "guessers")
_YES = ("yes", "true", "1")
_TWO_LETTERS = {three: two for two, three in THREE_LETTERS.items()}
_CYRILLIC_WORD = re.compile(rf"(?:{CYRILLIC.pattern})(?:['’ʼ-](?:{CYRILLIC.pattern}))*")


def router(context: Context) -> APIRouter:
    """The paths of APy but for `/translate`."""
    dialect = Apertium(context)
    routes = APIRouter(tags=["Apertium"], include_in_schema=False)
    for method in ("GET", "POST"):
        routes.add_api_route("/listPairs", dialect.list_pairs, methods=[method])
        routes.add_api_route("/list", dialect.list_pairs, methods=[method])
        routes.add_api_route("/listLanguageNames", dialect.list_language_names, methods=[method])
        routes.add_api_route("/identifyLang", dialect.identify_language, methods=[method])
    return routes


class Apertium:
    """APy's requests and answers.

    Args:
        context: the running service.
    """

    def __init__(self, context: Context) -> None:
        self._context = context

    async def translate(self, request: Request, fields: Fields) -> Response:
        """Answer `/translate` where it came with a `langpair`.

        Raises:
            VistkaError: what is wrong with the request, or why it cannot be done.
        """
        say_dialect(request.scope, "apertium")
        caller = self._context.access.caller(_key(request, fields), "translate")
        _check_pair(fields.text("langpair"))
        text = _argument(fields, "q")
        limit = self._context.settings.max_text_chars
        if len(text) > limit:
            raise TooLargeError(f"{len(text)} characters are more than the {limit} that are taken at once")
        text_format = _format(fields)
        marks = (fields.text("markUnknown") or "yes").lower() in _YES

        async def work(ticket: Ticket) -> dict[str, Any]:
            with self._context.access.spending(caller, len(text)):
                (one,) = await self._context.service.translate_texts(
                    [text], format=text_format, ticket=ticket, with_confidence=False
                )
            return _response({"translatedText": marked(one) if marks else one.text})

        key = request_key("apertium", caller.id, text, text_format, marks)
        return await slow_json(
            request,
            self._context.merger.run(key, work, label="apertium"),
            on_error=lambda error: error_response(error, "apertium"),
            after_s=self._context.settings.heartbeat_after_s,
            every_s=self._context.settings.heartbeat_every_s,
        )

    async def list_pairs(self, request: Request) -> Response:
        """Answer `/listPairs`: what can be translated."""
        fields = await self._fields(request)
        wanted = fields.text("q") or "pairs"
        if wanted in _LISTS_OF_TOOLS:
            return JSONResponse({})
        if wanted != "pairs":
            accepted = "analysers, generators, guessers, spellers, disambiguators, or pairs"
            raise UsageError(f"Expecting q argument to be one of {accepted}")
        source = _two_letters(fields.text("src"))
        pairs = [pair for pair in _PAIRS if not source or _two_letters(pair[0]) == source]
        if fields.text("include_deprecated_codes"):
            pairs += [(_two_letters(one), _two_letters(other)) for one, other in pairs]
        return JSONResponse(_response([{"sourceLanguage": one, "targetLanguage": other} for one, other in pairs]))

    async def list_language_names(self, request: Request) -> Response:
        """Answer `/listLanguageNames?locale=uk&languages=ukr eng`: what languages are called."""
        fields = await self._fields(request)
        locale = _argument(fields, "locale")
        return JSONResponse(_language_names(locale, fields.text("languages").split()))

    async def identify_language(self, request: Request) -> Response:
        """Answer `/identifyLang`: language → how sure, from 0 to 1."""
        fields = await self._fields(request)
        self._context.access.caller(_key(request, fields), "translate")
        text = _argument(fields, "q")
        if not text:
            raise UsageError("Missing q argument")
        found = await run_in_threadpool(self._context.service.detect, text)
        return JSONResponse({THREE_LETTERS[code]: round(confidence, 4) for code, confidence in found})

    @staticmethod
    async def _fields(request: Request) -> Fields:
        say_dialect(request.scope, "apertium")
        return await read_fields(request)


def marked(translated: TranslatedText) -> str:
    """The English with a `*` before each word that the model left in Cyrillic."""
    draft = translated.draft
    if draft is None or not any(CYRILLIC.search(part.text) for part in draft.segments):
        return translated.text
    parts = tuple(map(_marked_segment, draft.segments))
    return write(draft.item, Draft(draft.item, parts, draft.recipe).rewrites())


def _marked_segment(part: DraftSegment) -> DraftSegment:
    # Kept pieces are what stays as it is on purpose; only what the model wrote can be unknown.
    pieces = (
        New(_CYRILLIC_WORD.sub(r"*\g<0>", piece.text)) if isinstance(piece, New) else piece for piece in part.pieces
    )
    return replace(part, pieces=tuple(pieces))


def _response(data: Any) -> dict[str, Any]:
    return {"responseData": data, "responseDetails": None, "responseStatus": 200}


def _argument(fields: Fields, name: str) -> str:
    if name not in fields:
        raise UsageError(f"Missing argument {name}")
    return fields.text(name)


def _key(request: Request, fields: Fields) -> str | None:
    """The field `key`, or the password of an address such as `http://any:KEY@host`: Weblate has no other place."""
    return fields.text("key") or _password(request.headers)


def _password(headers: Mapping[str, str]) -> str | None:
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2] or None
    except (binascii.Error, UnicodeDecodeError):
        return None


def _check_pair(pair: str) -> None:
    languages = [wire_language(code) for code in pair.split("|")]
    if len(languages) != 2:
        raise UsageError("That pair is invalid, use e.g. eng|spa")
    if languages != ["uk", "en"]:
        raise UsageError("That pair is not installed")


def _format(fields: Fields) -> Literal["text", "html"]:
    """APy takes every text for HTML if it is told nothing; a `<` of a plain text has to come out as it is."""
    named = fields.text("format") or fields.text("deformat")
    return "html" if named.startswith(("html", "apertium-deshtml")) else "text"


def _two_letters(code: str) -> str:
    return _TWO_LETTERS.get(code, code)


def _language_names(locale: str, languages: list[str]) -> dict[str, str]:
    from babel import Locale, UnknownLocaleError

    try:
        names: Mapping[str, str] = Locale.parse(_two_letters(locale).replace("-", "_")).languages
    except (UnknownLocaleError, ValueError, TypeError):
        return {}
    if not languages:
        return dict(names)
    return {code: names[_two_letters(code)] for code in languages if _two_letters(code) in names}

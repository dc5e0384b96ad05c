"""Every error as the client that made the request can read it, and nothing of the program's inside in any of them.

native           RFC 9457 problem details (application/problem+json)
DeepL            {"message": string}
LibreTranslate   {"error": string}
Apertium         {"status": "error", "code": status, "message": phrase, "explanation": string}
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vistka.errors import (
    ConfigurationError,
    FaultError,
    KeyInvalidError,
    KeyMissingError,
    ModelError,
    QuotaError,
    RateLimitError,
    ResourceError,
    VistkaError,
    WorkCancelledError,
)
from vistka.serve.dialects import Dialect, dialect_of
from vistka.serve.logs import log, log_fault

PROBLEM_JSON = "application/problem+json"

_MAX_FAULTS = 20
_MAX_WORDS_CHARS = 2000
_CANCELLED_RETRY_S = 1.0

# Statuses that a dialect's clients do not know, and those that they get for them. DeepL's take 401 for an accident and
# know 403 alone; 456 is DeepL's own; 499 is of no standard, and who reads it waits for a service that is closing.
_STATUSES: dict[Dialect, dict[int, int]] = {
    "native": {456: 429, 499: 503},
    "deepl": {401: 403, 409: 400, 415: 400, 422: 400, 499: 503, 507: 503},
    "libretranslate": {401: 400, 409: 400, 415: 400, 422: 400, 456: 429, 499: 503, 507: 503},
    "apertium": {401: 403, 409: 400, 415: 400, 422: 400, 456: 429, 499: 503, 507: 503},
}
_CODES = {413: "too-large", 415: "unsupported-format"}
"""Of errors that are found before a router is asked: the codes of the same errors found by one."""

_LIBRETRANSLATE_WORDS: dict[type[VistkaError], str] = {
    KeyMissingError: "Please contact the server operator to get an API key",
    KeyInvalidError: "Invalid API key",
}
_OPERATORS = (ResourceError, ModelError, ConfigurationError)
"""Faults that whoever runs the service must see to: where they are and what to do is for the log, not for a client."""


class Fault(BaseModel):
    """One of several things that are wrong with a request."""

    pointer: str = Field(description="Where it is: a JSON pointer into the body, or the name of a parameter.")
    detail: str


class Problem(BaseModel):
    """Why it was not done (RFC 9457)."""

    type: str = "about:blank"
    title: str = Field(description="The status in words.")
    status: int
    detail: str = Field(description="What is wrong with this request, and what to do.")
    code: str = Field(description="The kind of error, for programs: `rate-limit`, `key-missing`, `too-large`.")
    errors: list[Fault] | None = Field(
        None, description="All that is wrong with the request, where that is told apart."
    )


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a native route says in OpenAPI of its errors: `responses=problem_responses(400, 413)`."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": _phrase(status), "model": Problem, "content": {PROBLEM_JSON: {"schema": schema}}}
        for status in statuses
    }


def error_response(error: VistkaError, dialect: Dialect) -> JSONResponse:
    """An error in the form of a dialect, with its status and, where trying again helps, `Retry-After`."""
    status = _STATUSES[dialect].get(error.http_status, error.http_status)
    retry_after_s = _CANCELLED_RETRY_S if isinstance(error, WorkCancelledError) else error.retry_after_s
    return plain_response(
        status, _words(error, dialect), dialect, code=error_code(error), headers=_headers(error, status, retry_after_s)
    )


def plain_response(
    status: int,
    message: str,
    dialect: Dialect,
    *,
    code: str = "",
    headers: Mapping[str, str] | None = None,
    faults: Sequence[Fault] = (),
) -> JSONResponse:
    """A status and a message in the form of a dialect.

    Args:
        status: of HTTP, as it goes out.
        message: one line.
        dialect: whose form.
        code: of the native form; by the status where empty.
        headers: to send along.
        faults: of the native form, each of what `message` says.
    """
    message = _readable(message)
    content: dict[str, Any]
    media_type = "application/json"
    if dialect == "deepl":
        content = {"message": message}
    elif dialect == "libretranslate":
        content = {"error": message}
    elif dialect == "apertium":
        content = {"status": "error", "code": status, "message": _phrase(status), "explanation": message}
    else:
        media_type = PROBLEM_JSON
        problem = Problem(
            title=_phrase(status),
            status=status,
            detail=message,
            code=code or _CODES.get(status) or _phrase(status).lower().replace(" ", "-"),
            errors=list(faults) or None,
        )
        content = problem.model_dump(exclude_none=True)
    return JSONResponse(content, status, headers=dict(headers or {}), media_type=media_type)


def install(app: FastAPI) -> None:
    """Answer every error of `app` in the form of its dialect. `UnexpectedErrors` goes around all of it."""
    app.add_exception_handler(VistkaError, _on_vistka_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_exception)


class UnexpectedErrors:
    """ASGI middleware: what nobody foresaw is logged under an id, and the answer carries the id and nothing else.

    Args:
        app: what it goes around.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the app; see ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def noting_send(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, noting_send)
        except ClientDisconnect:
            return  # nobody hears an answer
        except Exception as error:
            answer = self._answer(error, scope)
            # An answer that has begun cannot be taken back: leaving it unfinished makes the server drop the connection.
            if not started:
                await answer(scope, receive, send)

    def _answer(self, error: Exception, scope: Scope) -> Response:
        dialect = dialect_of(scope)
        if isinstance(error, VistkaError):  # raised by a middleware, outside of the app's own handlers
            return _told(error, dialect)
        return error_response(FaultError(log_fault("fault", method=scope["method"], path=scope["path"])), dialect)


async def _on_vistka_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, VistkaError):
        raise error
    return _told(error, dialect_of(request.scope))


async def _on_validation_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    dialect = dialect_of(request.scope)
    found = error.errors()
    faults = [Fault(pointer=_readable(_where(one)), detail=_readable(_said(one))) for one in found[:_MAX_FAULTS]]
    broken = any(one.get("type") == "json_invalid" for one in found)
    message = "; ".join(f"{fault.pointer}: {fault.detail}" if fault.pointer else fault.detail for fault in faults)
    if len(found) > _MAX_FAULTS:
        message += f"; and {len(found) - _MAX_FAULTS} more"
    status = 422 if dialect == "native" and not broken else 400
    code = "broken-json" if broken else "invalid-request"
    return plain_response(status, message, dialect, code=code, faults=faults)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code in {204, 304}:
        return Response(status_code=error.status_code, headers=error.headers)
    message = error.detail if isinstance(error.detail, str) else _phrase(error.status_code)
    if error.status_code == HTTPStatus.BAD_REQUEST and message == _FASTAPI_UNREADABLE:
        message = "the body cannot be read as its Content-Type says (JSON must be UTF-8, and not nested too deep)"
    return plain_response(error.status_code, message, dialect_of(request.scope), headers=error.headers)


_FASTAPI_UNREADABLE = "There was an error parsing the body"


def _told(error: VistkaError, dialect: Dialect) -> JSONResponse:
    if isinstance(error, _OPERATORS):
        log("refused", level=logging.ERROR, kind=type(error).__name__, error=error.line())
    return error_response(error, dialect)


def _words(error: VistkaError, dialect: Dialect) -> str:
    if isinstance(error, _OPERATORS):
        return " ".join(error.what.split())
    if dialect == "libretranslate":
        if isinstance(error, RateLimitError | QuotaError):
            return f"Slowdown: {error.line()}"
        return _LIBRETRANSLATE_WORDS.get(type(error), error.line())
    return error.line()


def _headers(error: VistkaError, status: int, retry_after_s: float | None) -> dict[str, str]:
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}
    if retry_after_s is not None:
        headers["Retry-After"] = str(max(1, math.ceil(retry_after_s)))
    if isinstance(error, FaultError):
        headers["X-Fault-Id"] = error.fault_id
    return headers


def error_code(error: VistkaError) -> str:
    """KeyMissingError → key-missing."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(error).__name__.removesuffix("Error")).lower()


_ALTERNATIVE = re.compile(r"constrained-\w+|(?:list|dict|tuple|function-\w+|nullable)\[.*\]|str|int|float|bool|none")
"""What pydantic puts between the steps to a fault where several types are accepted."""


def _where(fault: Mapping[str, Any]) -> str:
    """Where a fault is, as RFC 9457 shows it: `#/texts/0` in the body, else the name of the parameter."""
    place, *rest = fault.get("loc", ()) or ("",)
    if fault.get("type") == "json_invalid":
        return ""  # no step leads to what cannot be read
    if place != "body":
        return ".".join(str(part) for part in rest)
    parts = [str(part) for part in rest if not (isinstance(part, str) and _ALTERNATIVE.fullmatch(part))]
    steps = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)
    return f"#{steps}" if steps else ""


def _said(fault: Mapping[str, Any]) -> str:
    message = str(fault.get("msg", "not accepted")).removeprefix("Value error, ")
    if fault.get("type") == "json_invalid":
        reason = fault.get("ctx", {}).get("error", "")
        at = fault.get("loc", ())[-1:]
        message = f"not JSON: {reason}, at character {at[0]}" if reason and at else "not JSON"
    return " ".join(message.split())


def _readable(text: str) -> str:
    """`text` as it can be sent: names of fields are the client's, and may be long or no text at all."""
    whole = text.encode("utf-8", "replace").decode()
    return whole if len(whole) <= _MAX_WORDS_CHARS else whole[: _MAX_WORDS_CHARS - 1] + "…"


def _phrase(status: int) -> str:
    """The name of a status; Python has older names for some."""
    named = {413: "Content Too Large", 422: "Unprocessable Content", 456: "Quota Exceeded"}.get(status)
    try:
        return named or HTTPStatus(status).phrase
    except ValueError:
        return "Error"

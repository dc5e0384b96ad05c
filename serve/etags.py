"""Answers with an ETag: who has the same already is told so and gets no body (RFC 9110, section 13)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

_HEX_DIGITS = 32


def json_with_etag(request: Request, value: Any) -> Response:
    """`value` as JSON, or 304 where the client has it."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return bytes_with_etag(request, body, media_type="application/json")


def bytes_with_etag(
    request: Request, body: bytes, *, media_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    """`body` with a strong ETag of its bytes, or 304 where the client has them.

    Caches may keep it for this client alone, and ask each time.
    """
    etag = f'"{sha256(body).hexdigest()[:_HEX_DIGITS]}"'
    told = {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": "Authorization, X-API-Key"}
    if _has_it(request.headers.getlist("if-none-match"), etag):
        return Response(status_code=304, headers=told)
    return Response(body, media_type=media_type, headers={**told, **(headers or {})})


def _has_it(conditions: list[str], etag: str) -> bool:
    """Whether one of the tags is this one; weak ones count too (RFC 9110, section 13.1.2)."""
    tags = {tag.strip().removeprefix("W/") for line in conditions for tag in line.split(",")}
    return "*" in tags or etag in tags

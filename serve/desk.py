"""The editor's desk: a page at `/` and the files it is made of, under a policy that lets nothing else in.

The files are read once, so what can be asked for is what stands in the folder and nothing that a path could lead to.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath

from fastapi import APIRouter, Request, Response

from vistka.errors import NotFoundError
from vistka.serve.context import Context
from vistka.serve.etags import bytes_with_etag

PAGE = "index.html"

_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_PLAIN = "text/plain; charset=utf-8"
"""Licences, and the list of what was taken from elsewhere."""

_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the desk."""

    body: bytes
    media_type: str


def assets() -> dict[str, Asset]:
    """Every file of the desk by its path in the folder, such as `vendor/htm.mjs`."""
    return {
        str(path): Asset(file.read_bytes(), _MEDIA_TYPES.get(path.suffix, _PLAIN))
        for path, file in _walk(files("vistka.serve") / "desk", PurePosixPath())
    }


def _walk(folder: Traversable, at: PurePosixPath) -> Iterator[tuple[PurePosixPath, Traversable]]:
    for entry in folder.iterdir():
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _walk(entry, at / entry.name)
        else:
            yield at / entry.name, entry


def content_security_policy(page: str) -> str:
    """What the page may do: load the desk's own files, call its own service, and nothing else.

    The one script that stands in the page (the map of module names, which browsers take from nowhere else) is named by
    its digest. No text becomes markup: the page may make no HTML out of strings at all (Trusted Types).
    """
    digests = [base64.b64encode(sha256(script.encode()).digest()).decode() for script in _INLINE_SCRIPT.findall(page)]
    return "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src 'self'", *(f"'sha256-{digest}'" for digest in digests))),
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def router(_: Context) -> APIRouter:
    """`/` and `/desk/...`."""
    routes = APIRouter(include_in_schema=False)
    known = assets()
    headers = {
        "Content-Security-Policy": content_security_policy(known[PAGE].body.decode()),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }

    def answer(request: Request, asset: Asset) -> Response:
        # Always asked for again and answered by 304 while it is the same: the files need no versions in their names,
        # and never come from two versions of the program at once.
        return bytes_with_etag(request, asset.body, media_type=asset.media_type, headers=headers)

    @routes.api_route("/", methods=["GET", "HEAD"])
    def page(request: Request) -> Response:
        return answer(request, known[PAGE])

    @routes.api_route("/desk/{path:path}", methods=["GET", "HEAD"])
    def asset(request: Request, path: str) -> Response:
        found = known.get(path)
        if found is None or path == PAGE:
            raise NotFoundError("the desk has no such file", next_step="the page is at /")
        return answer(request, found)

    return routes

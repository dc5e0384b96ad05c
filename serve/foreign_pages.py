"""Web pages of other origins: what their scripts may do here.

Where callers need a key, a page that has none can do nothing, and CORS is all there is to say. Where none is needed,
every page that somebody on this machine has open could use the service behind their back: read the memory, change it,
have it fetch addresses. There a foreign page may only do what the dialects' browser tools do, which leaves no trace.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from vistka.serve.dialects import dialect_of
from vistka.serve.problems import plain_response

EXPOSED_HEADERS = ("Retry-After", "ETag", "Location", "Content-Disposition", "X-Request-Id", "X-Fault-Id")
"""What scripts of foreign pages may read of the heads of answers."""

_OPEN = frozenset("translate detect languages usage listPairs listLanguageNames identifyLang settings".split())
_OPEN_NATIVE = frozenset("translate summarize blurb detect models".split())


class ForeignPages:
    """ASGI middleware for a service without keys: pages of origins that were not named may translate, and no more.

    On loopback it also answers to no public name that was not named, so that a page cannot pass for one of ours by
    having its own name point here (DNS rebinding).

    Args:
        app: what it goes around.
        origins: that may do everything, such as `https://desk.example.org`; `*` stands for those that may translate.
        any_name: answer to every name: the service is meant for other machines, which may call it by any.
    """

    def __init__(self, app: ASGIApp, *, origins: Collection[str], any_name: bool) -> None:
        self._app = app
        self._any_name = any_name
        self._origins = frozenset(origin.rstrip("/").lower() for origin in origins)
        self._names = frozenset(urlsplit(origin).hostname for origin in self._origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the app; see ASGI."""
        reason = self._reason(scope) if scope["type"] == "http" else ""
        if not reason:
            await self._app(scope, receive, send)
            return
        answer = plain_response(403, reason, dialect_of(scope), code="foreign-page")
        await answer(scope, receive, send)

    def _reason(self, scope: Scope) -> str:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        name = _name(host)
        if not self._any_name and _is_public(name) and name not in self._names:
            return (
                f"this service needs no keys and does not answer to the name {name}; "
                f"whoever runs it can allow it with --cors-origin {scope.get('scheme', 'http')}://{host}"
            )
        origin = headers.get("origin", "").lower()
        if not origin or origin in self._origins or urlsplit(origin).netloc == host.lower() or _may_be_foreign(scope):
            return ""
        return (
            "pages of other origins may only translate here, as no key is needed; "
            f"whoever runs this service can allow more with --cors-origin {origin}"
        )


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:  # half an IPv6 address
        return ""


def _is_public(name: str) -> bool:
    """Whether anybody could own a name: it has a dot, and is no address."""
    if "." not in name.rstrip(".") or name.rstrip(".").endswith(".localhost"):
        return False
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return True
    return False


def _may_be_foreign(scope: Scope) -> bool:
    last = str(scope["path"]).rstrip("/").rpartition("/")[2]
    return last in (_OPEN_NATIVE if dialect_of(scope) == "native" else _OPEN)

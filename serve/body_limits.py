"""How much a request may bring, and how long it may take to bring it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vistka.serve.dialects import dialect_of
from vistka.serve.problems import plain_response
from vistka.serve.settings import ServeSettings

MIB = 2**20

_FORM_BYTES = 64 * 2**10
"""What the form around a document may add to it."""

_DRAINED_BYTES = 64 * MIB
_DRAIN_S = 5.0
_DISCONNECTED: Message = {"type": "http.disconnect"}


def largest_body(settings: ServeSettings) -> int:
    """Bytes of the largest body of any route; the routes' own limits may be lower."""
    return int(max(settings.max_body_mib * MIB, settings.max_document_mib * MIB + _FORM_BYTES))


class BodyLimits:
    """ASGI middleware: a body that is too large, too slow or packed gets its answer, and no router sees it whole.

    Nobody needs packed requests, so none are unpacked, and no body can be larger than it looks.

    Args:
        app: what it goes around.
        max_bytes: the largest body.
        timeout_s: the longest that a body may take to arrive.
    """

    def __init__(self, app: ASGIApp, *, max_bytes: int, timeout_s: float) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._timeout_s = timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the app; see ASGI."""
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        length = headers.get("content-length", "")
        if "transfer-encoding" not in headers and length in {"", "0"}:
            await self._app(scope, receive, send)
            return
        guard = _Guard(scope, receive, send, self._max_bytes, asyncio.get_running_loop().time() + self._timeout_s)
        packing = headers.get("content-encoding", "identity").strip().lower()
        if packing not in {"", "identity"}:
            await guard.refuse(
                415, "a packed body is not taken; send it without Content-Encoding", {"Accept-Encoding": "identity"}
            )
        elif length.isdecimal() and int(length) > self._max_bytes:
            await guard.refuse(413, too_large(self._max_bytes))
        else:
            await self._app(scope, guard.receive, guard.send)


def too_large(max_bytes: int) -> str:
    """What is said of a body over the limit."""
    return f"the body is larger than the {max_bytes / MIB:g} MiB that are taken"


class _Guard:
    """One request whose body is on its way."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, max_bytes: int, deadline: float) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._max_bytes = max_bytes
        self._deadline = deadline
        self._bytes = 0
        self._whole = False
        self._started = False
        self._refused = False

    async def receive(self) -> Message:
        """The next part of the body; once the request is refused, the client is gone for the app."""
        if self._refused:
            return _DISCONNECTED
        if self._whole:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._next()
        except TimeoutError:
            await self.refuse(408, "the body took too long to arrive", drain=False)
            return _DISCONNECTED
        if self._bytes > self._max_bytes:
            await self.refuse(413, too_large(self._max_bytes))
            return _DISCONNECTED
        return message

    async def send(self, message: Message) -> None:
        """A part of the app's answer; dropped if the request was refused meanwhile."""
        if self._refused:
            return
        if message["type"] == "http.response.start":
            await self._make_way(message)
            self._started = True
        await self._send(message)

    async def refuse(
        self, status: int, text: str, headers: Mapping[str, str] | None = None, *, drain: bool = True
    ) -> None:
        """Answer instead of the app, and have the connection closed, for what is still on its way."""
        self._refused = True
        if self._started:
            return  # left unfinished, the answer of the app ends with the connection
        if drain:
            await self._drain()
        answer = plain_response(
            status, text, dialect_of(self._scope), headers={**(headers or {}), "Connection": "close"}
        )
        await answer(self._scope, self._receive, self._send)

    async def _make_way(self, message: Message) -> None:
        """An answer that comes before the body is whole: many clients read it only when they have sent all of that."""
        if not self._whole:
            await self._drain()
        if not self._whole:
            message["headers"] = [*message.get("headers", ()), (b"connection", b"close")]

    async def _drain(self) -> None:
        """Throw away the rest of the body, within limits of its own."""
        if self._bytes == 0 and "expect" in Headers(scope=self._scope):
            return  # the client waits for leave to send it
        end = asyncio.get_running_loop().time() + _DRAIN_S
        try:
            async with asyncio.timeout_at(min(end, self._deadline)):
                while not self._whole and self._bytes < _DRAINED_BYTES:
                    if (await self._next())["type"] == "http.disconnect":
                        return
        except TimeoutError:
            return

    async def _next(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._bytes += len(message.get("body", b""))
            self._whole = not message.get("more_body", False)
        return message

"""One log line and one count for each HTTP answer. The query is not in the line: it may hold text and keys."""

from __future__ import annotations

import secrets
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vistka.serve.dialects import dialect_of
from vistka.serve.logs import log, milliseconds_since
from vistka.serve.metrics import Metrics

_QUIET_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds by machines: counted, not logged."""


class RequestLog:
    """ASGI middleware around all others. Every answer carries the id that its log line has, as `X-Request-Id`.

    Args:
        app: what it goes around.
        metrics: told of each answer.
    """

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the app; see ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begin = time.monotonic()
        request_id = secrets.token_hex(8)
        status, sent_bytes = 0, 0

        async def noting_send(message: Message) -> None:
            nonlocal status, sent_bytes
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
            elif message["type"] == "http.response.body":
                sent_bytes += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, noting_send)
        finally:
            self._metrics.answered(scope["method"], status)
            if scope["path"] not in _QUIET_PATHS:
                log(
                    "request",
                    id=request_id,
                    method=scope["method"],
                    path=scope["path"],
                    dialect=dialect_of(scope),
                    status=status,
                    ms=milliseconds_since(begin),
                    sent_bytes=sent_bytes,
                )

"""More requests at once than the service is made for are told to come again, before anything is done for them."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from vistka.errors import BusyError
from vistka.serve.dialects import dialect_of
from vistka.serve.problems import error_response

_ALWAYS = frozenset({"/healthz", "/readyz", "/metrics"})
"""Whoever watches over a busy service is let in."""


class ConnectionLimit:
    """ASGI middleware.

    Args:
        app: what it goes around.
        limit: requests at once.
        retry_after_s: when to come again.
    """

    def __init__(self, app: ASGIApp, *, limit: int, retry_after_s: Callable[[], float]) -> None:
        self._app = app
        self._limit = limit
        self._retry_after_s = retry_after_s
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the app, or answer 503; see ASGI."""
        if scope["type"] != "http" or scope["path"] in _ALWAYS:
            await self._app(scope, receive, send)
            return
        if self._open >= self._limit:
            error = BusyError(
                f"{self._open} requests are being served already",
                retry_after_s=self._retry_after_s(),
                next_step="try again later",
            )
            await error_response(error, dialect_of(scope))(scope, receive, send)
            return
        self._open += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._open -= 1

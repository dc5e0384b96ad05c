"""Connections that are held open for nothing: what uvicorn has no limit for.

A client that sends half a request, or does not read its answer, holds a place for as long as it likes, and the places
are counted. Here it loses it.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from vistka.serve.dialects import dialect_of
from vistka.serve.problems import plain_response
from vistka.serve.settings import ServeSettings

CROWDED_RETRY_S = 2
"""When a connection may be free again."""

_IDLE_FOR_EACH = 2
"""Connections for each request that may be served at once: clients keep some open that they do not use now."""


def timed_connections(settings: ServeSettings) -> type[H11Protocol]:
    """The class of connections for `uvicorn.Config(http=…)`, with the limits of the settings.

    - Past twice `max_connections` a new connection gets one answer, 503 with Retry-After. (That many may be served at
      once, and others lie idle between two requests.)
    - The head of a request has `body_timeout_s` to arrive, the first on a connection and every other.
    - A client that reads nothing of its answer for `body_timeout_s` is dropped.
    """

    class TimedConnection(_TimedConnection):
        max_connections = _IDLE_FOR_EACH * settings.max_connections
        timeout_s = settings.body_timeout_s

    return TimedConnection


class _TimedConnection(H11Protocol):
    max_connections: int
    timeout_s: float

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        self._head_timer: asyncio.TimerHandle | None = None
        self._write_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        _send_at_once(transport)
        if len(self.connections) > self.max_connections:
            self.app = _crowded
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._wait_for_head()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_head_timer()
        self._stop_write_timer()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._write_timer is None:
            self._write_timer = self.loop.call_later(self.timeout_s, self.transport.abort)

    def resume_writing(self) -> None:
        self._stop_write_timer()
        super().resume_writing()

    def _wait_for_head(self) -> None:
        """Time the client as long as no request is worked on; what trickles in does not give it more time."""
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_head_timer()
        elif self._head_timer is None and not self.transport.is_closing():
            self._head_timer = self.loop.call_later(self.timeout_s, self.transport.close)

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _stop_write_timer(self) -> None:
        if self._write_timer is not None:
            self._write_timer.cancel()
            self._write_timer = None


async def _crowded(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        return
    headers = {"Retry-After": str(CROWDED_RETRY_S), "Connection": "close"}
    answer = plain_response(
        503, "too many connections; try again soon", dialect_of(scope), code="busy", headers=headers
    )
    await answer(scope, receive, send)


def _send_at_once(transport: asyncio.Transport) -> None:
    """Head and body of an answer go out as they are written.

    asyncio sees to that only for sockets that were made with the protocol named, and Python's `create_server` names
    none. The body would wait for the client to acknowledge the head: 40 ms for each answer but the first.
    """
    connection = transport.get_extra_info("socket")
    if connection is not None and connection.family in {socket.AF_INET, socket.AF_INET6}:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

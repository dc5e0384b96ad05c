"""uvicorn around the application: it listens at once, says where, and stops without losing what is under way."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from fastapi import FastAPI

from vistka.errors import ResourceError
from vistka.serve.bind_rule import is_loopback
from vistka.serve.context import Context
from vistka.serve.settings import ServeSettings
from vistka.serve.timed_connections import timed_connections

_BACKLOG = 2048


class Server(uvicorn.Server):
    """A server for one application.

    Args:
        app: of `make_app`.
        context: its parts.
        announce: told the URL once it listens.
    """

    def __init__(self, app: FastAPI, context: Context, announce: Callable[[str], None] | None = None) -> None:
        settings = context.settings
        super().__init__(
            uvicorn.Config(
                app,
                host=settings.host,
                port=settings.port,
                root_path=settings.url_prefix.rstrip("/"),
                http=timed_connections(settings),
                ws="none",
                lifespan="on",
                log_config=None,  # `logs` has seen to it
                access_log=False,  # its lines hold the query, and a query may hold text and keys
                server_header=False,
                backlog=_BACKLOG,
                timeout_graceful_shutdown=settings.shutdown_s,
            )
        )
        self._context = context
        self._announce = announce
        self._sockets: list[socket.socket] = []

    def serve_until_stopped(self) -> None:
        """Listen and serve until SIGTERM or Ctrl-C; the second Ctrl-C does not wait for what is under way.

        Raises:
            ResourceError: the address is taken or may not be listened on.
            ModelError, UsageError: the model cannot be loaded; the service has ended.
        """
        self._sockets = [listening_socket(self._context.settings)]
        self._context.service.on_failure(self._stop)
        # uvicorn raises the signal again once it has stopped in good order: it has done its work.
        with suppress(KeyboardInterrupt):
            self.run(self._sockets)
        if self._context.service.failure is not None:
            raise self._context.service.failure

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """See uvicorn."""
        await super().startup(sockets)
        if self.started and self._announce:
            self._announce(self.url())

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """See uvicorn. Jobs stop first, so that those who wait for an answer have the model to themselves."""
        await asyncio.to_thread(self._context.jobs.stop)
        await super().shutdown(sockets)

    def url(self) -> str:
        """Where a person on this machine finds it."""
        settings = self._context.settings
        port = self.servers[0].sockets[0].getsockname()[1]
        if is_loopback(settings.host):
            return f"http://{_in_url(settings.host)}:{port}"
        return f"http://{_in_url(_reachable(settings.host))}:{port}"

    def _stop(self) -> None:
        self.should_exit = True


def listening_socket(settings: ServeSettings) -> socket.socket:
    """A socket bound to the address of the settings.

    Raises:
        ResourceError: it cannot be had.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise ResourceError(
            f"cannot listen there ({error.strerror or error})",
            where=f"{settings.host}:{settings.port}",
            next_step="stop what listens there, or give another --port",
        ) from error


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _reachable(host: str) -> str:
    """A host that can be called, for one that stands for all addresses."""
    return socket.gethostname() if host in {"", "0.0.0.0", "::"} else host  # noqa: S104 - it is asked, not bound

"""The service as clients meet it: behind a loopback port, with an empty home and no way out of this machine."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from vistka.models.engine import Request
from vistka.serve.context import Context
from vistka.serve.key_store import KeyStore
from vistka.tests.scripted_engine import Answer, ScriptedEngine
from vistka.tests.serve_app import running, scripted_app
from vistka.text.romanisation import romanise

ENGLISH = {
    "Уряд ухвалив бюджет.": "The government adopted the budget.",
    "Відкрити файл": "Open the file",
    "Зберегти зміни": "Save the changes",
    "Вийти": "Sign out",
}
"""What the scripted engine knows; all else it writes in Latin letters."""


def english(request: Request) -> Answer:
    """What the scripted engine answers."""
    return ENGLISH.get(request.text, romanise(request.text))


@dataclass(frozen=True)
class WireServer:
    """A running service.

    Attributes:
        url: without a slash at its end.
        app: the application.
        engine: its model.
    """

    url: str
    app: FastAPI
    engine: ScriptedEngine

    @property
    def context(self) -> Context:
        context: Context = self.app.state.context
        return context

    def key(self, name: str, **about: Any) -> str:
        """A new API key; `about` as `KeyStore.add` takes it."""
        folder = self.context.settings.data
        assert folder is not None
        store = KeyStore(folder / "keys.sqlite")
        try:
            return store.add(name, **about)[1]
        finally:
            store.close()


@contextmanager
def wire_server(
    folder: Path,
    *,
    prefix: str = "",
    script: Callable[[Request], Answer] = english,
    engine: ScriptedEngine | None = None,
    **settings: Any,
) -> Iterator[WireServer]:
    """Serve on a free port. Nothing leaves this machine, and at the end the home is still empty.

    Args:
        folder: empty; the home and the state of the service are made in it.
        prefix: a path that a proxy in front of the service takes off, such as `/mt`.
        script: of the engine.
        engine: in place of one with that script.
        settings: fields of ServeSettings.
    """
    home = folder / "home"
    home.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("VISTKA_", "XDG_", "HF_", "DEEPL_"))]:
            patch.delenv(name)
        patch.setenv("HOME", str(home))
        _close_the_way_out(patch)
        engine = engine or ScriptedEngine(script, kind="seq2seq")
        app = scripted_app(folder, engine=engine, **settings)
        with running(Prefixed(app, prefix) if prefix else app) as url:
            yield WireServer(url + prefix, app, engine)
    assert list(home.iterdir()) == []


def _close_the_way_out(patch: pytest.MonkeyPatch) -> None:
    """As for every test, but from the start of the service on, which is before the first test begins."""
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if host and host != "localhost" and not ipaddress.ip_address(host).is_loopback:
            raise ConnectionRefusedError(f"a test wants to connect to {address}")
        connect(self, address)

    patch.setattr(socket.socket, "connect", connect_here)


class Prefixed:
    """ASGI: `app` under a path of its own, as a reverse proxy serves it; nothing else is there."""

    def __init__(self, app: Any, prefix: str) -> None:
        self._app, self._prefix = app, prefix
        self.state = app.state

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            assert scope["path"].startswith(self._prefix + "/"), scope["path"]
            scope = {**scope, "root_path": self._prefix}
        await self._app(scope, receive, send)

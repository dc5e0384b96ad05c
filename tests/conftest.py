"""What every test starts from: no connection to other machines, and examples that may be slow."""

from __future__ import annotations

import ipaddress
import os
import signal
import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# The machine that runs the tests may be busy with a model: no example fails for being slow once. CI tries the same
# examples each time, so that it judges the change and not the luck of the draw.
settings.register_profile("vistka", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "vistka")

# A job that a shell runs in the background ignores Ctrl-C, and so would every program that the tests start and stop.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

_connect = socket.socket.connect


def _is_local(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # a path: a Unix socket
    host = address[0]
    return host == "localhost" or ipaddress.ip_address(host).is_loopback


@pytest.fixture(autouse=True)
def own_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the corrections and terms of whoever runs the tests out of them."""
    monkeypatch.setenv("VISTKA_MEMORY", str(tmp_path / "memory.sqlite"))
    monkeypatch.setenv("VISTKA_GLOSSARY", str(tmp_path / "glossary.toml"))


@pytest.fixture(autouse=True)
def no_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves this machine: no test may need one."""

    def connect(self: socket.socket, address: Any) -> None:
        if not _is_local(address):
            raise AssertionError(f"a test wants to connect to {address}")
        _connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)

"""Calls that Ctrl-C can interrupt, and the number of cores."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from vistka.models import threads


def test_a_result_and_an_error_come_through() -> None:
    assert threads.run_interruptibly(lambda cancelled: cancelled.is_set()) is False

    def fail(_cancelled: threading.Event) -> None:
        raise ValueError("from the other thread")

    with pytest.raises(ValueError, match="from the other thread"):
        threads.run_interruptibly(fail)


def test_an_interrupt_reaches_the_call() -> None:
    heard = threading.Event()

    def call(cancelled: threading.Event) -> None:
        os.kill(os.getpid(), 2)
        if cancelled.wait(10):
            heard.set()

    with pytest.raises(KeyboardInterrupt):
        threads.run_interruptibly(call)
    assert heard.is_set()


@pytest.mark.parametrize(
    ("granted", "expected"), [("max 100000", 8), ("150000 100000", 2), ("50000 100000", 1), ("nonsense", 8)]
)
def test_a_container_may_grant_less(
    granted: str, expected: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cpu.max").write_text(granted, encoding="ascii")
    monkeypatch.setattr(threads, "_CGROUP_LIMIT", tmp_path / "cpu.max")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    assert threads.usable_cores() == expected

"""Tells coroutines that wait for a job that a thread has moved it on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_Waiting = tuple[asyncio.AbstractEventLoop, asyncio.Event]


class Bells:
    """A bell for each coroutine that waits. Rung from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, list[_Waiting]] = {}

    @contextmanager
    def listening(self, job_id: str) -> Iterator[asyncio.Event]:
        """While the block runs, the event is set each time that the job moves on."""
        mine = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            self._waiting.setdefault(job_id, []).append(mine)
        try:
            yield mine[1]
        finally:
            with self._lock:
                others = self._waiting[job_id]
                others.remove(mine)
                if not others:
                    del self._waiting[job_id]

    def ring(self, job_id: str) -> None:
        """The job has moved on."""
        with self._lock:
            waiting = list(self._waiting.get(job_id, ()))
        _ring(waiting)

    def ring_all(self) -> None:
        """Something has happened to all of them."""
        with self._lock:
            waiting = [one for of_a_job in self._waiting.values() for one in of_a_job]
        _ring(waiting)


def _ring(waiting: list[_Waiting]) -> None:
    for loop, event in waiting:
        # A loop that is closed has nobody waiting any more.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(event.set)

"""How many segments make a chunk: as many as take about a second, since that much is lost when the process dies."""

from __future__ import annotations

import threading

CHUNK_S = 1.0
FIRST_CHUNK, MAX_CHUNK = 4, 64


class Pace:
    """Learns from each chunk how large the next one may be. Threads share it."""

    def __init__(self) -> None:
        self._size = FIRST_CHUNK
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """Segments of the next chunk."""
        return self._size

    def learn(self, segments: int, took_s: float) -> None:
        """A chunk of so many segments took so long. A chunk is at most twice and at least half the one before."""
        with self._lock:
            if segments < self._size and took_s < CHUNK_S:
                return  # the end of a document says nothing of a whole chunk
            fitting = segments * CHUNK_S / max(took_s, 0.001)
            self._size = max(1, min(MAX_CHUNK, round(min(max(fitting, self._size / 2), self._size * 2))))

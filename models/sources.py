"""What the sources of weights share."""

from __future__ import annotations

from vistka.progress import Progress


class SourceFailedError(Exception):
    """One source could not give the weights; the next one may.

    Args:
        reason: what it answered, in one line.
        next_step: what a person could do about it; may be empty.
    """

    def __init__(self, reason: str, next_step: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.next_step = next_step


class ByteMeter:
    """Moves a progress bar to positions, never backwards: an estimate made on the way is made good later."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._shown_bytes = 0

    def reach(self, position_bytes: int) -> None:
        """So many bytes are there now."""
        if position_bytes > self._shown_bytes:
            self._progress.advance(position_bytes - self._shown_bytes)
            self._shown_bytes = position_bytes

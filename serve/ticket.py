"""One request's right to the model: how urgent it is, until when, and whether anybody still waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from vistka.errors import DeadlineError, WorkCancelledError

Priority = Literal["interactive", "job"]


class Ticket:
    """Goes with a request through every thread that works on it.

    Args:
        priority: somebody waits at a screen, or a job runs by itself.
        deadline_s: seconds from now after which nobody wants the result; None = no end.
        label: the dialect, for metrics.

    Attributes:
        priority, label: as given.
    """

    def __init__(
        self, *, priority: Priority = "interactive", deadline_s: float | None = None, label: str = "native"
    ) -> None:
        self.priority = priority
        self.label = label
        self._deadline_s = deadline_s
        self._begin = time.monotonic()
        self._lock = threading.Lock()
        self._wakes: list[Callable[[], None]] = []
        self._cancelled = False

    @property
    def is_cancelled(self) -> bool:
        """Whether nobody waits any more."""
        return self._cancelled

    def cancel(self) -> None:
        """Nobody waits any more: whoever works on it is woken and stops. From any thread, any number of times."""
        with self._lock:
            self._cancelled = True
            wakes, self._wakes = self._wakes, []
        for wake in wakes:
            wake()

    def age_s(self) -> float:
        """Seconds since it was made."""
        return time.monotonic() - self._begin

    def remaining_s(self) -> float | None:
        """Seconds to the deadline, 0 when it is over; None where there is none."""
        return None if self._deadline_s is None else max(0.0, self._deadline_s - self.age_s())

    def is_over(self) -> bool:
        """Whether working on it makes no sense any more."""
        return self._cancelled or self.remaining_s() == 0

    def check(self) -> None:
        """Stop whoever works in vain.

        Raises:
            WorkCancelledError: nobody waits any more.
            DeadlineError: the deadline is over.
        """
        if self._cancelled:
            raise WorkCancelledError("nobody waits for the result any more")
        if self.remaining_s() == 0:
            raise DeadlineError(
                f"not done within {self._deadline_s:g} seconds", next_step="send less at once, or try again later"
            )

    @contextmanager
    def waking(self, wake: Callable[[], None]) -> Iterator[None]:
        """While the block runs, `cancel` calls `wake`; at once if it is cancelled already."""
        with self._lock:
            already = self._cancelled
            if not already:
                self._wakes.append(wake)
        if already:
            wake()
        try:
            yield
        finally:
            with self._lock:
                if wake in self._wakes:
                    self._wakes.remove(wake)

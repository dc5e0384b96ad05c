"""How far a long step has come, without knowing who shows it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Shows one long step at a time; the command line draws a bar, a service may count."""

    def start(self, description: str, total: int | None, unit: str) -> None:
        """A step begins. `total` in `unit` (`bytes` or `segments`), None when it cannot be told."""

    def advance(self, amount: int) -> None:
        """`amount` more of the step is done."""

    def note(self, message: str) -> None:
        """One line that a person should read now (what is about to be downloaded, and why)."""

    def finish(self) -> None:
        """The step that was started has ended, well or not."""


class SilentProgress:
    """Shows nothing."""

    def start(self, description: str, total: int | None, unit: str) -> None:
        """See Progress."""

    def advance(self, amount: int) -> None:
        """See Progress."""

    def note(self, message: str) -> None:
        """See Progress."""

    def finish(self) -> None:
        """See Progress."""

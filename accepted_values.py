"""What a value in a configuration file must be, and how all faults of a file are told at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any


class NotAcceptedError(Exception):
    """A value is not accepted; the argument says which would be. Whoever reads the file tells the user."""


Check = Callable[[object], Any]
"""A value as it is read → the value as it is used.

Raises:
    NotAcceptedError: it is not accepted.
"""


def text(value: object) -> str:
    """One line of text that is not blank."""
    if not isinstance(value, str) or not value.strip() or "\n" in value:
        raise NotAcceptedError("one line of text")
    return value


def flag(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise NotAcceptedError("true or false")
    return value


def one_of(*allowed: str) -> Check:
    """One of some words."""

    def check(value: object) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise NotAcceptedError("one of " + ", ".join(allowed))
        return value

    return check


def all_faults(faults: Sequence[str]) -> str:
    """One message for all faults of a file."""
    if len(faults) == 1:
        return faults[0]
    return f"{len(faults)} faults: " + "; ".join(f"({n}) {fault}" for n, fault in enumerate(faults, 1))

"""Other wordings of the same text: the engine, asked a little differently each time, and always the same way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from vistka.models.engine import Decoding, Engine, Output, Request
from vistka.models.wrapped_engine import WrappedEngine

_PENALTY = 0.15
"""Added to the repetition penalty with each variant: it moves the choice of words, and every engine knows it."""


class VariantEngine(WrappedEngine):
    """An engine that words things another way.

    Args:
        inner: the engine.
        variant: 1, 2, …
    """

    def __init__(self, inner: Engine, variant: int) -> None:
        super().__init__(inner)
        self._variant = variant

    def generate(self, requests: Sequence[Request], decoding: Decoding) -> list[Output]:
        """See Engine."""
        penalty = decoding.repetition_penalty + self._variant * _PENALTY
        return super().generate(requests, replace(decoding, repetition_penalty=penalty))

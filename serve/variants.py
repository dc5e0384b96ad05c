"""Other wordings of the same text: the engine, asked a little differently each time, and always the same way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from vistka.models.engine import Decoding, Engine, Output, Request

_PENALTY = 0.15
"""Added to the repetition penalty with each variant: it moves the choice of words, and every engine knows it."""


class VariantEngine:
    """An engine that words things another way.

    Args:
        inner: the engine.
        variant: 1, 2, …
    """

    def __init__(self, inner: Engine, variant: int) -> None:
        self._inner = inner
        self._variant = variant
        self.name = inner.name
        self.kind = inner.kind
        self.batch_size = inner.batch_size
        self.parallel = inner.parallel
        self.max_source_tokens = inner.max_source_tokens

    def count_tokens(self, text: str) -> int:
        """See Engine."""
        return self._inner.count_tokens(text)

    def generate(self, requests: Sequence[Request], decoding: Decoding) -> list[Output]:
        """See Engine."""
        penalty = decoding.repetition_penalty + self._variant * _PENALTY
        return self._inner.generate(requests, replace(decoding, repetition_penalty=penalty))

    def close(self) -> None:
        """See Engine."""
        self._inner.close()

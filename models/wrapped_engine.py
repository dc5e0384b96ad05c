"""An engine around another one: a start for those that change one thing about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from vistka.models.engine import Decoding, Engine, Output, Request


class WrappedEngine:
    """Everything as `inner` has it.

    Args:
        inner: the engine.
    """

    def __init__(self, inner: Engine) -> None:
        self._inner = inner
        self.name: str = inner.name
        self.kind: Literal["chat", "seq2seq"] = inner.kind
        self.batch_size = inner.batch_size
        self.parallel = inner.parallel
        self.max_source_tokens = inner.max_source_tokens

    def count_tokens(self, text: str) -> int:
        """See Engine."""
        return self._inner.count_tokens(text)

    def generate(self, requests: Sequence[Request], decoding: Decoding) -> list[Output]:
        """See Engine."""
        return self._inner.generate(requests, decoding)

    def close(self) -> None:
        """See Engine."""
        self._inner.close()

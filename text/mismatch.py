"""What a comparison of a source with its translation reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vistka.datatypes import Span

MismatchKind = Literal["missing", "added", "unit"]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One value that source and target do not share.

    Attributes:
        kind: `missing`: the source has it and the target has not; `added`: the other way round;
            `unit`: the value is in both, with another unit or currency.
        text: the words of the side that `span` counts in.
        span: characters of the source for `missing` and `unit`, of the target for `added`.
        message: one sentence for a person.
    """

    kind: MismatchKind
    text: str
    span: Span
    message: str

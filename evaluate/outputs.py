"""What a system made of a set: one output for each source, with what is known of its making."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from vistka.errors import InputError

KIND = "translation"
"""What a saved run of translations calls itself."""


@dataclass(frozen=True, slots=True)
class SegmentOutput:
    """One hypothesis.

    Attributes:
        text: the English, on one line.
        confidence_0_1: the lowest confidence of the sentences of the line; None where it is not known.
        flags: (code, severity) of every flag; None where no check was run.
        seconds: how long the line took, checks and retries included; None where it was not measured.
        output_tokens: tokens that the model wrote for it, on every rung; None where not counted.
        engine_s: the part of `seconds` that the model took; None where not measured.
    """

    text: str
    confidence_0_1: float | None = None
    flags: tuple[tuple[str, str], ...] | None = None
    seconds: float | None = None
    output_tokens: int | None = None
    engine_s: float | None = None


@dataclass(frozen=True, slots=True)
class SystemOutput:
    """The hypotheses of one system, in the order of the sources.

    Attributes:
        name: what a report calls it.
        segments: n outputs for n sources.
        recipe: how they were made, as JSON values; empty for a file that does not say.
        peak_memory_mib: the most memory that the process had while it ran, in MiB; None where it was not measured.
        hardware: what it ran on, as JSON values; empty where that is not known.
    """

    name: str
    segments: tuple[SegmentOutput, ...]
    recipe: Mapping[str, object] = field(default_factory=dict)
    peak_memory_mib: int | None = None
    hardware: Mapping[str, object] = field(default_factory=dict)

    def texts(self) -> list[str]:
        """The hypotheses."""
        return [segment.text for segment in self.segments]


def segment_of(record: Mapping[str, Any], where: str) -> SegmentOutput:
    """The output that a saved record holds.

    Raises:
        InputError: a part of it is missing or of the wrong type.
    """
    try:
        return SegmentOutput(
            text=str(record["hypothesis"]),
            confidence_0_1=float(record["confidence"]),
            flags=tuple((str(code), str(severity)) for code, severity in record["flags"]),
            seconds=float(record["seconds"]),
            output_tokens=int(record["output_tokens"]),
            engine_s=float(record["engine_s"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError("a result lacks a part, or has a wrong one", where=where) from error


def record_of(segment: SegmentOutput) -> dict[str, object]:
    """An output as it is saved."""
    return {
        "hypothesis": segment.text,
        "confidence": segment.confidence_0_1,
        "flags": [list(flag) for flag in segment.flags or ()],
        "seconds": segment.seconds,
        "output_tokens": segment.output_tokens,
        "engine_s": segment.engine_s,
    }

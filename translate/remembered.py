"""What the memory says of a segment: a person's words in its place, or a sentence like it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vistka.datatypes import DraftSegment, Flag, Kept, MemoryMatch, New, Piece, Segment
from vistka.memory.recall import Recalled, Recaller
from vistka.translate.hypotheses import PROTECTED_CHANGED, lost_protected
from vistka.translate.pieces import kept_text, on_one_line, with_kept
from vistka.translate.plan import Part


@dataclass(frozen=True, slots=True)
class Told:
    """What the memory says of a segment.

    Attributes:
        recalled: the correction; None where there is none.
        pieces: the segment in the person's words; empty where they cannot stand for it, and the model translates.
        left_out: protected characters of the segment that the correction has lost.
    """

    recalled: Recalled | None = None
    pieces: tuple[Piece, ...] = ()
    left_out: tuple[str, ...] = ()


def stretches(segment: Segment, parts: Sequence[Part]) -> list[Part]:
    """What a correction of the segment may have been made for: the whole of it, or without what frames its words."""
    worded = [part for part in parts if part.kind != "kept"]
    if not worded:
        return []
    text = segment.text
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    bounds = dict.fromkeys([(start, end), (worded[0].start, worded[-1].end)])
    return [
        Part(first, last, "words", protected=tuple(s for s in segment.protected if first <= s.start and s.end <= last))
        for first, last in bounds
    ]


def exact_correction(memory: Recaller, segment: Segment, stretch: Part) -> Told | None:
    """What was corrected for the very words of `stretch`; None where nothing was."""
    recalled = memory.exact(on_one_line(segment, stretch)[0])
    return None if recalled is None else placed(segment, stretch, recalled)


def placed(segment: Segment, stretch: Part, recalled: Recalled) -> Told:
    """The person's words where they stand for `stretch`, with what frames it, and its addresses and tags, kept."""
    if recalled.kind == "similar":
        return Told(recalled)
    line, protected = on_one_line(segment, stretch)
    wanted = [span.of(line) for span in protected]
    lost = [f.source_text for f in lost_protected(wanted, line, recalled.english) if f.code == PROTECTED_CHANGED]
    if lost:
        return Told(recalled, left_out=tuple(lost))
    words = with_kept(segment, stretch, recalled.english, wanted)
    before, after = (0, stretch.start), (stretch.end, len(segment.text))
    ends = [[Kept(segment.start + a, segment.start + b)] if a < b else [] for a, b in (before, after)]
    return Told(recalled, (*ends[0], *words, *ends[1]))


_MAX_EXAMPLE_CHARS = 700


def example(recalled: Recalled) -> str:
    """A line for a chat engine: a sentence like this one, and how a person translated it.

    None of it may close the fence around the text, and none may be so long that it pushes the text out of sight.
    """
    source, target = (" ".join(text.split()) for text in (recalled.match.source, recalled.match.target))
    if len(source) + len(target) > _MAX_EXAMPLE_CHARS or "<text>" in source + target or "</text>" in source + target:
        return ""
    return f"Example: {source} = {target}"


def corrected_segment(index: int, segment: Segment, told: Told) -> DraftSegment:
    """A segment in a person's words."""
    assert told.recalled is not None  # noqa: S101 - pieces come from a correction
    match = told.recalled.match
    flags: tuple[Flag, ...] = ()
    if told.recalled.kind == "other-numbers":
        what = "; ".join(match.differences)
        flags = (Flag("memory-fuzzy", f"From a correction{_by(match)} of another sentence; {what}.", index),)
    return DraftSegment(
        segment=segment,
        text="".join(piece.text if isinstance(piece, New) else kept_text(segment, piece) for piece in told.pieces),
        pieces=told.pieces,
        origin="memory",
        confidence_0_1=match.score_0_1,
        flags=flags,
        memory=match,
    )


def with_match(index: int, part: DraftSegment, told: Told) -> DraftSegment:
    """A segment that the model translated, with the correction that comes closest."""
    if told.recalled is None:
        return part
    flags = part.flags
    if told.left_out:
        lost = ", ".join(told.left_out)
        message = f"A correction{_by(told.recalled.match)} was not used: {lost} is not in it."
        flags = (*flags, Flag("memory-protected", message, index))
    return replace(part, flags=flags, memory=told.recalled.match)


def _by(match: MemoryMatch) -> str:
    return f" by {match.author}" if match.author else ""

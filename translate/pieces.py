"""Where the English of a segment meets its document: one line for the model, and pieces to write back."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vistka.datatypes import Kept, New, Piece, Segment, Span
from vistka.translate.hypotheses import blanked
from vistka.translate.plan import Part


def carried(segment: Segment, part: Part) -> list[Span]:
    """The protected spans of `part` that its English has to hold: all but the `> ` of a quotation's next line."""
    text = segment.text
    return [s for s in part.protected if text[s.start - 1 : s.start] != "\n" or s.of(text).strip("> \t")]


def on_one_line(segment: Segment, part: Part) -> tuple[str, tuple[Span, ...]]:
    """The words of `part` with one space where its document was wrapped, and where its protected spans are in them."""
    spans_to_carry = carried(segment, part)
    text = blanked(segment.text, [span for span in part.protected if span not in spans_to_carry])
    line, spans, position = "", [], part.start
    for span in spans_to_carry:
        line += re.sub(r"\s+", " ", text[position : span.start])
        spans.append(Span(len(line), len(line) + span.end - span.start))
        line += re.sub(r"\s", " ", span.of(text))
        position = span.end
    return line + re.sub(r"\s+", " ", text[position : part.end]), tuple(spans)


def kept_text(segment: Segment, piece: Kept) -> str:
    """The characters of the source that `piece` keeps."""
    return segment.text[piece.start - segment.start : piece.end - segment.start]


def with_kept(segment: Segment, part: Part, english: str, wanted: Sequence[str]) -> list[Piece]:
    """The English with each protected span that came through as a kept piece, so that it is written back raw."""
    pieces: list[Piece] = []
    position = 0
    waiting = list(zip(carried(segment, part), wanted, strict=True))
    while waiting:
        found = [(english.find(text, position), span, text) for span, text in waiting]
        found = [hit for hit in found if hit[0] >= 0]
        if not found:
            break
        at, span, text = min(found, key=lambda hit: (hit[0], -len(hit[2])))
        if at > position:
            pieces.append(New(english[position:at]))
        pieces.append(Kept(segment.start + span.start, segment.start + span.end))
        position = at + len(text)
        waiting.remove((span, text))
    if position < len(english):
        pieces.append(New(english[position:]))
    return pieces

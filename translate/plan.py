"""What of a segment has to go through a model, and what is kept or known already.

A segment is cut into parts that join to it: white space and protected spans at its ends are kept, a label such as
«Джерело:» and boilerplate such as «фото з відкритих джерел» come from the glossary, and the rest are words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from vistka.datatypes import Segment, Span
from vistka.translate.emphasis import emphases
from vistka.translate.glossary import Entry, Glossary

PartKind = Literal["kept", "known", "words"]

MAX_PART_CHARS = 420
"""A longer run of words is cut at a clause: small models drop the end of what is longer."""

_MAX_LABEL_CHARS = 60
# Bullets and dashes that open a line; they are no part of the sentence.
_OPENERS = re.compile(r"(?:\d{1,2}[.)]|[•·▪▫●○■□►▶–—-])\s+")
_CLAUSE_ENDS = (re.compile(r"[;:]\s+"), re.compile(r",\s+"), re.compile(r"\s+"))


@dataclass(frozen=True, slots=True)
class Part:
    """Characters `start`..`end` of a segment.

    Attributes:
        kind: `kept` comes out as it went in; `known` becomes the sense of `entry`; `words` need a model.
        protected: spans inside `words` that come out as they went in, counted from the segment's start.
    """

    start: int
    end: int
    kind: PartKind
    entry: Entry | None = None
    protected: tuple[Span, ...] = ()


def plan(segment: Segment, glossary: Glossary) -> list[Part]:
    """Parts that join to `segment.text`, in order.

    Only a Ukrainian segment has parts that are not kept.
    """
    text = segment.text
    if segment.language != "uk" or not any(character.isalpha() for character in text):
        return [Part(0, len(text), "kept")] if text else []
    core = _core(text, segment.protected, 0, len(text))
    parts = [*_kept(0, core.start), *_core_parts(segment, core, glossary), *_kept(core.end, len(text))]
    parts = _with_partners(parts, text, segment.protected)
    assert "".join(text[part.start : part.end] for part in parts) == text  # noqa: S101 - the promise of this module
    return parts


def _kept(start: int, end: int) -> list[Part]:
    return [Part(start, end, "kept")] if end > start else []


def _core(text: str, protected: Sequence[Span], start: int, end: int) -> Span:
    """`start`..`end` of `text` without white space, bullets and protected spans at its ends."""
    moved = True
    while moved:
        moved = False
        while start < end and text[start].isspace() and not _overlaps(start, start + 1, protected):
            start, moved = start + 1, True
        while end > start and text[end - 1].isspace() and not _overlaps(end - 1, end, protected):
            end, moved = end - 1, True
        for span in protected:
            if span.start == start < span.end <= end:
                start, moved = span.end, True
            if start <= span.start < span.end == end:
                end, moved = span.start, True
        opener = _OPENERS.match(text, start, end)
        if opener and not _overlaps(start, opener.end(), protected):
            start, moved = opener.end(), True
    return Span(start, end)


def _core_parts(segment: Segment, core: Span, glossary: Glossary) -> list[Part]:
    text = segment.text
    if core.start == core.end:
        return []
    known = _known(text, core, segment.protected, glossary)
    if known:
        return known
    colon = text.find(":", core.start, min(core.end, core.start + _MAX_LABEL_CHARS))
    if colon > core.start:
        # `Джерело:**` or `Джерело**:`: the label ends at the first markup or at the colon.
        label_end = min([colon, *(s.start for s in segment.protected if core.start < s.start < colon)])
        label = _known(text, Span(core.start, label_end), segment.protected, glossary)
        if label:
            rest = _core(text, segment.protected, colon + 1, core.end)
            return [
                *label,
                *_kept(label_end, rest.start),
                *_core_parts(segment, rest, glossary),
                *_kept(rest.end, core.end),
            ]
    return _words(text, core, segment.protected)


def _known(text: str, span: Span, protected: Sequence[Span], glossary: Glossary) -> list[Part]:
    """The parts of `span` where all that it says is one exact entry, else none."""
    if _overlaps(span.start, span.end, protected):
        return []
    match = glossary.exact(span.of(text))
    if match is None:
        return []
    found = match.span.shifted(span.start)
    return [
        *_kept(span.start, found.start),
        Part(found.start, found.end, "known", match.entry),
        *_kept(found.end, span.end),
    ]


def _words(text: str, core: Span, protected: Sequence[Span]) -> list[Part]:
    inside = [s for s in protected if core.start <= s.start and s.end <= core.end]
    parts: list[Part] = []
    start = core.start
    while core.end - start > MAX_PART_CHARS:
        cut = _cut(text, start, start + MAX_PART_CHARS, inside)
        # The white space at the cut is kept between the parts.
        words_end = start + len(text[start:cut].rstrip())
        parts.append(_words_part(start, words_end, inside))
        parts.extend(_kept(words_end, cut))
        start = cut
    if core.end > start:
        parts.append(_words_part(start, core.end, inside))
    return parts


def _words_part(start: int, end: int, protected: Sequence[Span]) -> Part:
    return Part(start, end, "words", protected=tuple(s for s in protected if start <= s.start and s.end <= end))


def _cut(text: str, start: int, limit: int, protected: Sequence[Span]) -> int:
    """Where to end a part that may reach to `limit`: after a clause in its second half, else at a space."""
    middle = start + (limit - start) // 2
    for pattern in _CLAUSE_ENDS:
        cuts = [m.end() for m in pattern.finditer(text, middle, limit) if not _is_inside(m.end(), protected)]
        if cuts:
            return cuts[-1]
    inside = next((s for s in protected if s.start < limit < s.end), None)
    if inside is None:
        return limit
    return inside.start if inside.start > start else inside.end


def _with_partners(parts: Sequence[Part], text: str, protected: Sequence[Span]) -> list[Part]:
    """`parts` where words that hold one mark of a pair of emphasis reach over the other, if it stands beside them.

    `Це сталося **вперше.**`: the closing mark ends the segment, but the opening one can only be understood with it.
    """
    found = list(parts)
    for pair in emphases(text, protected):
        for at, part in enumerate(found):
            if part.kind != "words":
                continue
            holds_opening = part.start <= pair.opening.start and pair.opening.end <= part.end
            holds_closing = part.start <= pair.closing.start and pair.closing.end <= part.end
            if holds_opening and pair.closing.start == part.end:
                found[at : at + 2] = _moved_edge(part, found[at + 1], pair.closing.end, protected)
            elif holds_closing and pair.opening.end == part.start:
                found[at - 1 : at + 1] = _moved_edge(found[at - 1], part, pair.opening.start, protected)
    return found


def _moved_edge(first: Part, second: Part, edge: int, protected: Sequence[Span]) -> list[Part]:
    """Two parts side by side, one of them words, that meet at `edge` instead."""
    if first.kind == "words":
        return [_words_part(first.start, edge, protected), *_kept(edge, second.end)]
    return [*_kept(first.start, edge), _words_part(edge, second.end, protected)]


def _overlaps(start: int, end: int, protected: Sequence[Span]) -> bool:
    return any(s.start < end and start < s.end for s in protected)


def _is_inside(position: int, protected: Sequence[Span]) -> bool:
    return any(s.start < position < s.end for s in protected)

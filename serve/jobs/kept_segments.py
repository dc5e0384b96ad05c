"""A translated segment as one line of JSON and back: what the store keeps of it.

The source is not kept with it: the document itself is, and it is cut into the same segments again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from vistka.datatypes import DraftSegment, Flag, Kept, MemoryMatch, New, Piece, Segment


def plan_of(segments: Sequence[Segment]) -> str:
    """A digest of how a document was cut: what was kept of its segments fits as long as this is the same."""
    rows = [
        [s.text, s.language, s.block, s.start, s.end, [[span.start, span.end] for span in s.protected]]
        for s in segments
    ]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=True).encode()).hexdigest()


def kept_json(part: DraftSegment) -> str:
    """All of `part` but its source."""
    match = part.memory
    return json.dumps(
        {
            "text": part.text,
            "pieces": [piece.text if isinstance(piece, New) else [piece.start, piece.end] for piece in part.pieces],
            "origin": part.origin,
            "confidence": part.confidence_0_1,
            "flags": [[flag.code, flag.message, flag.severity] for flag in part.flags],
            "terms": part.terms,
            "missed_terms": part.missed_terms,
            "rung": part.rung,
            "memory": None
            if match is None
            else [
                match.id,
                match.source,
                match.target,
                match.score_0_1,
                match.author,
                match.date.isoformat(),
                match.differences,
            ],
        },
        ensure_ascii=False,
    )


def from_kept_json(line: str, index: int, segment: Segment) -> DraftSegment:
    """The translation of segment number `index` of its document, as it was before `kept_json`."""
    kept = json.loads(line)
    return DraftSegment(
        segment=segment,
        text=kept["text"],
        pieces=tuple(_piece(one) for one in kept["pieces"]),
        origin=kept["origin"],
        confidence_0_1=kept["confidence"],
        flags=tuple(Flag(code, message, index, severity) for code, message, severity in kept["flags"]),
        terms=_pairs(kept["terms"]),
        missed_terms=_pairs(kept["missed_terms"]),
        rung=kept["rung"],
        memory=_match(kept["memory"]),
    )


def renumbered(part: DraftSegment, index: int) -> DraftSegment:
    """`part` with flags that say which segment of the whole document they are about."""
    return replace(part, flags=tuple(replace(flag, segment=index) for flag in part.flags))


def _piece(kept: str | list[int]) -> Piece:
    return New(kept) if isinstance(kept, str) else Kept(*kept)


def _pairs(kept: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((lemma, english) for lemma, english in kept)


def _match(kept: list[Any] | None) -> MemoryMatch | None:
    if kept is None:
        return None
    row, source, target, score, author, date, differences = kept
    return MemoryMatch(row, source, target, score, author, datetime.fromisoformat(date), tuple(differences))

"""DeepL's `preserve_formatting`: how a sentence begins and ends is how its source does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from vistka.datatypes import DraftSegment, New, Piece
from vistka.translate.hypotheses import blanked
from vistka.translate.pieces import kept_text

_ENDING = ".!?…:;,"
_CLOSING = "»”“\"'’)]"
_ABBREVIATION = re.compile(r"(?:\b[A-Za-z]\.|\b(?:Inc|Ltd|Co|Corp|Jr|Sr|St|No|etc|approx|vs))\.?$")
_TAG = re.compile(r"</?[^\W\d_][^<>]*>")
# Words that are no names: only these may lose a capital that the model gave them.
_EVERYDAY = re.compile(
    r"(?:The|An?|On|In|At|For|By|From|With|After|Before|During|Its?|He|She|They|We|You|His|Her|Their|This|That|These"
    r"|Those|There|Some|All|Both|Several|Many|More|Most|Another|According|As|And|But|Or|If|When|While|To|Of|Not|Is|Are"
    r"|Was|Were)\b"
)


def preserved(part: DraftSegment) -> DraftSegment:
    """The part with the case of the first letter, and the punctuation at the end, of its source."""
    segment = part.segment
    source = blanked(segment.text, segment.protected).strip()
    pieces = list(part.pieces)
    first, last = _outer(part, range(len(pieces))), _outer(part, range(len(pieces) - 1, -1, -1))
    if source and first is not None:
        pieces[first] = New(_begun_as(source, _words(pieces[first])))
    if source and last is not None:
        pieces[last] = New(_ended_as(source, _words(pieces[last])))
    return replace(part, pieces=tuple(pieces))


def _outer(part: DraftSegment, places: Sequence[int]) -> int | None:
    """The first place of new words, where nothing but white space and tags comes before it."""
    for place in places:
        piece = part.pieces[place]
        if isinstance(piece, New):
            return place
        if _TAG.sub("", kept_text(part.segment, piece)).strip():
            return None
    return None


def _words(piece: Piece) -> str:
    return piece.text if isinstance(piece, New) else ""


def _begun_as(source: str, english: str) -> str:
    if source[0].isupper():
        return english[:1].upper() + english[1:]
    if source[0].islower() and _EVERYDAY.match(english):
        return english[:1].lower() + english[1:]
    return english


def _ended_as(source: str, english: str) -> str:
    words = english.rstrip()
    wanted, found = _ending(source), _ending(words)
    if wanted == found or not words or not (words[-1].isalnum() or found):
        return english
    # «Так.» has its full stop inside.
    if not wanted and (_ending(source.rstrip(_CLOSING)) or _ABBREVIATION.search(words)):
        return english
    return words[: len(words) - len(found)] + wanted + english[len(words) :]


def _ending(text: str) -> str:
    return text[len(text.rstrip(_ENDING)) :]

"""Quotation marks of an English sentence set as its source has them.

Ukrainian news quotes as «…», – сказав він; a quotation often opens in one sentence and closes in a later one, which a
model that sees one sentence at a time cannot know.
"""

from __future__ import annotations

import re

_OPENERS, _CLOSERS = "«“„", "»”"
_ANY = re.compile(r"[\"“”«»]")
_ATTRIBUTION = re.compile(r"[»”\"]\s*[,.!?]?\s*[–—-]\s")
_DASH = re.compile(r"(?P<mark>[,.!?]?)(?P<quote>[\"”]?)(?P<comma>,?)\s*\s[–—-]\s+(?=[a-z])")
_PAIRS = {'"': '"', "“": "”", "«": "»", "'": "'"}
_TERMINALS = ".!?…"


def quoted_as(source: str, text: str) -> str:
    """`text` with quotation marks where `source` has them, as far as that is plain."""
    if not text or not source:
        return text
    opening = '"' if '"' in source else "“"
    source = _directed(source)
    text = _without_added(source, text)
    opened = sum(source.count(mark) for mark in _OPENERS)
    closed = sum(source.count(mark) for mark in _CLOSERS)
    if source[0] in _OPENERS and opened > closed:
        text = _left_open(text, opening)
    elif source[0] in _OPENERS and opened == closed == 1 and not _ANY.search(text):
        text = opening + text + _PAIRS[opening] if source.rstrip(_TERMINALS)[-1] in _CLOSERS else text
    if _ATTRIBUTION.search(source):
        text = _attributed(text, closes=closed > opened)
        if opened < 2 and closed == 1:
            text = _closed_before_speaker(text, opens=source[0] in _OPENERS and opened == 1, opening=opening)
    return text


def _without_added(source: str, text: str) -> str:
    """Marks around the whole where the source has none at its start."""
    closing = _PAIRS.get(text[:1])
    if len(text) < 3 or closing is None or source[:1] in "«„“\"'" or not text.endswith((closing, closing + ".")):
        return text
    inner = text[1:].removesuffix(".").removesuffix(closing)
    return text if closing in inner or text[0] in inner else inner


_STRAIGHT = re.compile(r"(?P<opens>(?:(?<=[\s(\[–—-])|^)\"(?=\S))|\"")


def _directed(source: str) -> str:
    """`source` with straight marks, which many sites use, as « and »: by whether a word begins or ends there."""
    return _STRAIGHT.sub(lambda match: "«" if match["opens"] else "»", source)


def _left_open(text: str, opening: str) -> str:
    """The quotation goes on in the next sentence: it opens here and does not close."""
    marks = _ANY.findall(text)
    if not marks:
        return opening + text
    if len(marks) == 2 and text[0] == marks[0] and text[-1] == marks[1]:
        return text[:-1]
    return text


def _attributed(text: str, *, closes: bool) -> str:
    """`, – said he` as English has it: `,” said he`. The mark is put in where a quotation closes here."""

    def joined(match: re.Match[str]) -> str:
        quote = match["quote"] or ("”" if closes and not _ANY.search(text) else "")
        mark = match["mark"] if match["mark"] in {"!", "?"} else ","
        return f"{mark}{quote} "

    return _DASH.sub(joined, text, count=1)


_SPEAKING = (
    "said|says|added|noted|commented|stressed|explained|emphasi[sz]ed|wrote|reported|stated|told|concluded|recalled|"
    "believes|admitted|declared|announced|assured|warned"
)
_NAMED = r"(?:he|she|they|(?:the )?(?:[A-Z]\w+ ?)+)\s+"
_SPEAKER = re.compile(rf",\s+(?=(?:(?:{_SPEAKING})\s|{_NAMED}(?:{_SPEAKING})\b)[^,]*$)")


def _closed_before_speaker(text: str, *, opens: bool, opening: str) -> str:
    """`We will win, said he` of a quotation that ends there: the model read its marks and wrote none."""
    found = None if _ANY.search(text) else _SPEAKER.search(text)
    if found is None:
        return text
    return (opening if opens else "") + text[: found.start()] + "," + _PAIRS[opening] + " " + text[found.end() :]

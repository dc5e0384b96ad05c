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
    text = _without_added(source, text)
    opened = sum(source.count(mark) for mark in _OPENERS)
    closed = sum(source.count(mark) for mark in _CLOSERS)
    if source[0] in _OPENERS and opened > closed:
        text = _left_open(text)
    elif source[0] in _OPENERS and opened == closed == 1 and not _ANY.search(text):
        text = f"“{text}”" if source.rstrip(_TERMINALS)[-1] in _CLOSERS else text
    if _ATTRIBUTION.search(source):
        text = _attributed(text, closes=closed > opened)
    return text


def _without_added(source: str, text: str) -> str:
    """Marks around the whole where the source has none at its start."""
    closing = _PAIRS.get(text[:1])
    if len(text) < 3 or closing is None or source[:1] in "«„“\"'" or not text.endswith((closing, closing + ".")):
        return text
    inner = text[1:].removesuffix(".").removesuffix(closing)
    return text if closing in inner or text[0] in inner else inner


def _left_open(text: str) -> str:
    """The quotation goes on in the next sentence: it opens here and does not close."""
    marks = _ANY.findall(text)
    if not marks:
        return "“" + text
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

"""Whole sentences within a number of characters."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SENTENCE_END = re.compile(r"[.!?…][”\"»')\]]*$")
# Clauses that can be left off the end of an English sentence and leave a sentence: they come after a comma.
_LOOSE_CLAUSES = re.compile(
    r",\s+(?=(?:which|who|whose|where|while|whereas|as well as|including|although|though|because|since|so that|after"
    r"|before|when|citing|adding|noting|saying|according to|thus|in particular|among (?:them|others|other things)"
    r"|rather than|despite|amid|following|in order to|and|but|or|\w+ing)\b)",
    re.IGNORECASE,
)
_OPEN_TO_CLOSE = {"“": "”", "«": "»", "(": ")", "[": "]"}


def ends_as_sentence(text: str) -> bool:
    """Whether `text` ends with the mark of a whole sentence."""
    return bool(_SENTENCE_END.search(text)) and not text.endswith("..")


def is_balanced(text: str) -> bool:
    """Whether every quotation mark and bracket that opens also closes."""
    pairs = all(text.count(opening) == text.count(closing) for opening, closing in _OPEN_TO_CLOSE.items())
    return pairs and text.count('"') % 2 == 0


def join_within(sentences: Sequence[str], max_chars: int) -> str:
    """As many of `sentences` from the first on, joined by spaces, as fit whole; empty where the first does not."""
    text = ""
    for sentence in sentences:
        longer = f"{text} {sentence}".strip()
        if len(longer) > max_chars:
            break
        text = longer
    return text


def shortened(sentence: str, max_chars: int) -> str:
    """`sentence` without clauses at its end so that it fits; empty where none can be left off.

    What is left is a whole sentence with the end mark of the original; nothing is cut inside a clause, a quotation or
    brackets.
    """
    if len(sentence) <= max_chars:
        return sentence
    end = _SENTENCE_END.search(sentence)
    mark = end.group()[0] if end else "."
    cuts = [match.start() for match in _LOOSE_CLAUSES.finditer(sentence)]
    for cut in reversed(cuts):
        head = sentence[:cut].rstrip(" ,;:–—-")
        # A remark between two commas ("X, who said Y, did Z") is no end: the verb would be lost.
        if len(head) + 1 <= max_chars and is_balanced(head) and len(head.split()) >= 6:
            return head + mark
    return ""

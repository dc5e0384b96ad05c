"""Whole sentences within a number of characters."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SENTENCE_END = re.compile(r"[.!?…][”\"»')\]]*$")
# Clauses that can be left off the end of an English sentence and leave a sentence that says no less truth: they come
# after a comma. Who said it, and what is set against it (`but`), is never left off.
_LOOSE_CLAUSES = re.compile(
    r",\s+(?=(?P<joins>and\b)|(?:which|who|whose|where|as well as|including|because|since|so that|after|before|when"
    r"|adding|noting|thus|in particular|among (?:them|others|other things)|despite|amid|following|in order to"
    r"|(?!according|citing)\w+ing)\b)",
    re.IGNORECASE,
)
# A sign that a clause has a verb of its own.
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|has|have|had|will|would|can|could|may|might|must|should|do|does|did|said|says|told|took"
    r"|held|began|became|came|went|gave|got|made|met|led|left|lost|won|hit|shot|struck|sent|set|put|cut|fell|rose|grew"
    r"|saw|found|kept|brought|broke|built|bought|sold|paid|spoke|wrote|\w{3,}ed)\b",
    re.IGNORECASE,
)
_VERB_AFTER_REMARK = re.compile(r",\s+" + _VERB.pattern, re.IGNORECASE)
_MIN_HEAD_WORDS = 6
# `X, who took office in May, resigned`: said besides, and the sentence is whole without it.
_REMARK = re.compile(
    r",\s+(?:who|whose|which|where)\b(?P<inside>[^“”\"«»;:()]+?),\s+(?=" + _VERB.pattern + ")", re.IGNORECASE
)
# What is cut off without a comma must not be a condition of what is left.
_WHEN = re.compile(r"\s+(?=(?:after|when|while|following|amid|despite)\s)")
_OPEN = re.compile(
    r"\b(?:will|would|could|may|might|can|should|shall|must|to|if|unless|only|until|not|no|never|\w+n[’']t|as)\b",
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
    for cut in reversed([match for match in _LOOSE_CLAUSES.finditer(sentence) if _is_loose(match, sentence)]):
        head = sentence[: cut.start()].rstrip(" ,;:–—-")
        if len(head) + 1 <= max_chars and is_balanced(head) and len(head.split()) >= _MIN_HEAD_WORDS:
            return head + mark
    return ""


def without_remark(sentence: str, max_chars: int) -> str:
    """`sentence` without a remark between commas, or without when and after what it happened, so that it fits.

    The last resort for a first sentence, which says the news: what is left is still what it says. Empty where nothing
    can be left out, and where that might turn a condition into a fact.
    """
    for match in _REMARK.finditer(sentence):
        without = sentence[: match.start()] + " " + sentence[match.end() :]
        if has_verb(match["inside"]) and is_balanced(without) and (short := shortened(without, max_chars)):
            return short
    end = _SENTENCE_END.search(sentence)
    for match in reversed(list(_WHEN.finditer(sentence))):
        head = sentence[: match.start()].rstrip(" ,;:–—-")
        whole = len(head) < max_chars and is_balanced(head) and len(head.split()) >= _MIN_HEAD_WORDS
        if end and whole and has_verb(head) and not _OPEN.search(head):
            return head + end.group()[0]
    return ""


def has_verb(text: str) -> bool:
    """Whether there is a sign of a verb: without one a clause is a list, or lost its predicate."""
    return bool(_VERB.search(text))


def _is_loose(match: re.Match[str], sentence: str) -> bool:
    """Whether a sentence may end here: not in a list (`A, B, and C said`), not before its verb (`X, who …, did`)."""
    tail = sentence[match.end() :]
    if not has_verb(sentence[: match.start()]) or _VERB_AFTER_REMARK.search(tail):
        return False
    return match["joins"] is None or has_verb(tail)

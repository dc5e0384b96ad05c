"""Who reported it: the sentence "This was reported by X." folded into the sentence before it, as agencies write."""

from __future__ import annotations

import re

_NAMED_LAST = re.compile(
    r"(?:This|That|It|The (?:information|news)) (?:was|is|has been|were) (?:also )?"
    r"(?:reported|announced|stated|said|told|written|confirmed|published|informed|disclosed|revealed)"
    r"(?: (?:about|on this|today|yesterday))? (?:by|in|on) (?P<who>[^.;:!?“”\"]{3,120})\.?"
)
_NAMED_FIRST = re.compile(
    r"(?P<who>[^,.;:!?“”\"]{3,100}?) (?:has |have )?"
    r"(?:reported|reports|report|announced|stated|said|informed|informs|writes|wrote)"
    r"(?: (?:about|on))? (?:this|it|that)\.?"
)
_BY_ACCORDING = re.compile(r"This is according to (?P<who>[^.;:!?“”\"]{3,120})\.?")
_ALREADY = re.compile(
    r"\b(?:according to|said|says|reported|reports|stated|announced|told|point(?:s|ed)? out|noted|confirmed|warned"
    r"|claimed?|believes?|informed|added)\b",
    re.IGNORECASE,
)
_NO_NAME = re.compile(r"(?:he|she|they|it|we|i|who|which)\b", re.IGNORECASE)
_KEEPS_CAPITAL = re.compile(r"(?!(?:The|A|An|His|Her|Their|Its|Local|Regional|Law|Police|Officials|Rescuers)\b)")


def source_named(sentence: str) -> str:
    """Who is named by a sentence that says nothing but who reported the news; empty for any other sentence."""
    for pattern in (_NAMED_LAST, _BY_ACCORDING, _NAMED_FIRST):
        match = pattern.fullmatch(sentence.strip())
        if match and not _NO_NAME.match(match["who"]):
            return match["who"].strip()
    return ""


def with_source(sentence: str, who: str) -> str:
    """`sentence` with `, according to who` before its full stop; as it was where it names a source itself."""
    body = sentence.removesuffix(".")
    if not who or body == sentence or _ALREADY.search(sentence):
        return sentence
    if not _KEEPS_CAPITAL.match(who):
        who = who[:1].lower() + who[1:]
    return f"{body}, according to {who}."

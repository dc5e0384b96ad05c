"""Small repairs of a hypothesis that need no model: what surrounds the sentence, not what it says."""

from __future__ import annotations

import re

_FENCE = re.compile(r"</?text>")
_QUOTES = {'"': '"', "“": "”", "«": "»", "'": "'"}
_TERMINALS = ".!?…"


def polish(source: str, hypothesis: str) -> str:
    """`hypothesis` on one line, without the prompt's fence, quoted and ended as `source` is.

    Args:
        source: the sentence, as the model was given it.
        hypothesis: what the model wrote.
    """
    text = " ".join(_FENCE.sub(" ", hypothesis).split())
    text = text.replace("«", "“").replace("»", "”")
    text = _without_added_quotes(source, text)
    return _with_end_of(source, text)


def _without_added_quotes(source: str, text: str) -> str:
    """Quotation marks around the whole where the source has none at its start."""
    closing = _QUOTES.get(text[:1])
    if len(text) < 3 or closing is None or source[:1] in "«„“\"'" or not text.endswith((closing, closing + ".")):
        return text
    inner = text[1:].removesuffix(".").removesuffix(closing)
    return text if closing in inner or text[0] in inner else inner


def _with_end_of(source: str, text: str) -> str:
    """The full stop of a sentence, none after a headline."""
    bare = source.rstrip("»”\"')")
    if not text or not bare:
        return text
    if bare[-1] == "." and text[-1].isalnum():
        return text + "."
    if bare[-1].isalnum() and text[-1] == "." and text[-2:-1].islower() and text.count(".") == 1:
        return text[:-1]
    if bare[-1] == ":" and text[-1] in _TERMINALS:
        return text[:-1] + ":"
    return text

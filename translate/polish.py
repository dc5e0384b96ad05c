"""Small repairs of a hypothesis that need no model: what surrounds the sentence, not what it says."""

from __future__ import annotations

import re

from vistka.text.names import russian_forms

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
    text = officially_spelled(text.replace("«", "“").replace("»", "”"))
    text = _with_opening_quote(source, _without_added_quotes(source, text))
    return _with_end_of(source, text)


def officially_spelled(text: str) -> str:
    """`text` with Russian-based spellings of Ukrainian names replaced by the official ones (Kiev → Kyiv)."""
    for form in reversed(russian_forms(text)):
        text = text[: form.span.start] + form.official + text[form.span.end :]
    return text


def _without_added_quotes(source: str, text: str) -> str:
    """Quotation marks around the whole where the source has none at its start."""
    closing = _QUOTES.get(text[:1])
    if len(text) < 3 or closing is None or source[:1] in "«„“\"'" or not text.endswith((closing, closing + ".")):
        return text
    inner = text[1:].removesuffix(".").removesuffix(closing)
    return text if closing in inner or text[0] in inner else inner


def _with_opening_quote(source: str, text: str) -> str:
    """Quotation marks that the model left out around a sentence, or before one whose quotation goes on after it."""
    if not text or source[:1] not in "«“„" or re.search(r"[\"“”«»]", text):
        return text
    closers = source.count("»") + source.count("”")
    if closers == 0:
        return "“" + text
    return f"“{text}”" if closers == 1 and source.rstrip(_TERMINALS)[-1] in "»”" else text


def _with_end_of(source: str, text: str) -> str:
    """The full stop of a sentence, none after a headline."""
    bare = source.rstrip().rstrip("»”\"')")
    if not text or not bare:
        return text
    if bare[-1] == "." and text[-1].isalnum():
        return text + "."
    if bare[-1].isalnum() and text[-1] == "." and text[-2:-1].islower() and text.count(".") == 1:
        return text[:-1]
    if bare[-1] in ":,;" and text[-1] in _TERMINALS:
        return text[:-1] + bare[-1]
    return text

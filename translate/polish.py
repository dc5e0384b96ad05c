"""Small repairs of a hypothesis that need no model: what surrounds the sentence, not what it says."""

from __future__ import annotations

import re

from vistka.text.names import russian_forms
from vistka.translate.quotation_marks import quoted_as

# `The Ukrainian text "…" translates to English as: "…"`
_ANNOUNCED = re.compile(
    r"^(?:the )?(?:given |ukrainian )*text (?:[\"“][^\"“”]*[\"”] )?(?:translates|is translated) "
    r"(?:in)?to english as:?\s*[\"“](?P<english>.+?)[\"”]?\s*$",
    re.IGNORECASE,
)
_FENCE = re.compile(r"</?text>")
_TERMINALS = ".!?…"
# `mercenarys`: the model puts a term into the plural as it stands.
_WRONG_PLURAL = re.compile(r"\b([a-z]{2,}[^\W\daeiou])ys\b")


def polish(source: str, hypothesis: str) -> str:
    """`hypothesis` on one line, without the prompt's fence, quoted and ended as `source` is.

    Args:
        source: the sentence, as the model was given it.
        hypothesis: what the model wrote.
    """
    text = " ".join(_FENCE.sub(" ", hypothesis).split())
    if announced := _ANNOUNCED.match(text):
        text = announced["english"].strip()
    text = officially_spelled(_WRONG_PLURAL.sub(r"\1ies", text.replace("«", "“").replace("»", "”")))
    return _with_end_of(source, quoted_as(source, text))


def officially_spelled(text: str) -> str:
    """`text` with Russian-based spellings of Ukrainian names replaced by the official ones (Kiev → Kyiv)."""
    for form in reversed(russian_forms(text)):
        text = text[: form.span.start] + form.official + text[form.span.end :]
    return text


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

"""Language codes as clients write them: `uk`, `uk-UA`, `uk_UA`, `ukr`, in any case."""

from __future__ import annotations

from typing import Literal

Wire = Literal["uk", "en"]

NAMES: dict[Wire, str] = {"en": "English", "uk": "Ukrainian"}
"""English names of the languages that are translated between."""

THREE_LETTERS = {"uk": "ukr", "en": "eng", "ru": "rus", "be": "bel", "und": "und", "other": "mis"}
"""ISO 639-3 codes of what a text may be found to be written in; `mis` is its code for a language without one."""

_KNOWN: dict[str, Wire] = {"uk": "uk", "ukr": "uk", "en": "en", "eng": "en"}


def wire_language(code: str) -> Wire | None:
    """The language that `code` names, whatever region or script follows; None where it is another."""
    return _KNOWN.get(code.strip().lower().replace("_", "-").partition("-")[0])

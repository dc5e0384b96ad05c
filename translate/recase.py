"""Ordinary capitals for a text that is written in capitals throughout."""

from __future__ import annotations

import re

from vistka.text.lemmas import readings, tokens
from vistka.translate.glossary import PROPER, Glossary, Match, is_all_caps

# Latin words (NATO, PATRIOT) and designations (С-300, Т-72) among Cyrillic ones.
_KEPT_CAPITALS = re.compile(r"[A-Za-z][\w.-]*|\b[^\W\d_]{1,4}[-‑–]?\d[\w-]*")
_NAME_MARKS = frozenset({"Name", "Surn", "Patr", "Geox"})


def sentence_case(text: str, glossary: Glossary) -> str:
    """`text` as it is unless it is all capitals; then lower case, but for names, abbreviations and its first letter.

    Names are those that the glossary or the dictionary knows as such. Characters keep their places.
    """
    lower = text.lower()
    # A capital whose small form is two characters (İ) would move what follows; Ukrainian has none.
    if not is_all_caps(text) or len(lower) != len(text):
        return text
    letters = list(lower)
    raised = [
        index for match in glossary.matches(text) if match.entry.pos in PROPER for index in _capitals(text, match)
    ]
    raised += [token.start for token in tokens(text) if _is_name(token.text)]
    raised += [index for match in _KEPT_CAPITALS.finditer(text) for index in range(*match.span())]
    raised += [index for index, letter in enumerate(text) if letter.isalpha()][:1]
    for index in raised:
        letters[index] = text[index]
    return "".join(letters)


def _capitals(text: str, match: Match) -> list[int]:
    """Where the entry's own spelling has capitals, carried over word by word to the form in the text."""
    own = tokens(match.entry.lemma)
    there = tokens(match.span.of(text))
    found: list[int] = []
    for word, form in zip(own, there, strict=True):
        start = match.span.start + form.start
        if word.is_upper:
            found += range(start, match.span.start + form.end)
        elif word.is_capitalised:
            found.append(start)
    return found


def _is_name(word: str) -> bool:
    """Whether the dictionary knows the word as a name and as nothing else."""
    known = [reading for reading in readings(word) if reading.known]
    return bool(known) and all(reading.grammemes & _NAME_MARKS for reading in known)

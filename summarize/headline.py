"""Headlines as an agency writes them: sentence case, no slot names at the end, no full stop."""

from __future__ import annotations

import re

_SLOTS = re.compile(
    r"[\s.,;:–—-]*[(\[]?\b(?:VIDEO|PHOTOS?|PHOTO REPORT|INFOGRAPHICS?|UPDATED?|EXCLUSIVE)\b[)\]]?"
    r"(?:\s*[,+&]\s*(?:VIDEO|PHOTOS?))*[.!]?$"
)
_SHOUTED = re.compile(r"\b[A-Z]{4,}\b")
_WORD = re.compile(r"[^\W\d_]+")


def headline(title: str, body: str) -> str:
    """`title`, English, as a headline.

    Args:
        title: the item's title in English.
        body: the English of the item, where names and abbreviations are written as they should be.
    """
    text = " ".join(_SLOTS.sub("", " ".join(title.split())).split())
    text = _sentence_case(text, body)
    if text.endswith(".") and not text.endswith("..") and text.count(". ") == 0 and text.split()[-1].count(".") == 1:
        text = text[:-1]
    return text


def _sentence_case(text: str, body: str) -> str:
    letters = [character for character in text if character.isalpha()]
    if not letters or sum(letter.isupper() for letter in letters) < 0.7 * len(letters) or len(text.split()) < 2:
        return text
    written = {word.lower(): word for word in _WORD.findall(body) if word[0].isupper() and not word.isupper()}
    acronyms = {word for word in _WORD.findall(body) if word.isupper() and len(word) > 1}
    inside = {word for word in _WORD.findall(body) if word.islower()}

    def cased(match: re.Match[str]) -> str:
        word = match.group()
        lower = word.lower()
        if word in acronyms:
            return word
        return lower if lower in inside else written.get(lower, lower)

    text = _WORD.sub(cased, text)
    return text[:1].upper() + text[1:]

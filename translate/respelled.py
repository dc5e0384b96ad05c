"""Names that the model wrote nearly as it was told, spelled as it was told: Denis Shmyhal → Denys Shmyhal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from vistka.text.names import Name
from vistka.text.phonetic import sounds_alike

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_MIN_CHARS = 4
_ALIKE = 0.8
"""Share of letters in common from which two spellings are one name, however they sound."""
_SOUNDS_AND_ALIKE = 0.6
"""The same for words that sound alike, too: Valery and Valerii."""
_OF_A_PLACE = ("an", "ans", "ish", "ese", "ic", "er", "ers", "i", "is")
"""How English ends words made from places: Crimean is no slip for Crimea."""


def respelled(english: str, names: Sequence[Name], spellings: Mapping[str, str], kept: Sequence[str] = ()) -> str:
    """`english` with each name that was given to the model, and came out with another spelling, as it was given.

    Only where the English lacks the name and exactly one of its words with a capital can be meant.

    Args:
        english: the hypothesis.
        names: the names of the source, a word each.
        spellings: lemma of a word of a name → its English, those that the model was given.
        kept: characters that stay as they are.
    """
    given = {name.lemma: name for name in names if name.kind in {"person", "place"}}
    wanted = {lemma: word for lemma, word in spellings.items() if lemma in given and _WORD.fullmatch(word)}
    right = {word.lower() for word in spellings.values()}
    for lemma, word in wanted.items():
        there = [found for found in _WORD.finditer(english) if found.group()[0].isupper()]
        if len(word) < _MIN_CHARS or any(found.group().lower() == word.lower() for found in there):
            continue
        # A name of the source that came out right is not what was meant here.
        open_ones = [found for found in there if found.group().lower() not in right and not _is_in(found, kept)]
        meant = [found for found in open_ones if _is_slip(found, word, given[lemma])]
        if len({found.group() for found in meant}) == 1:
            for found in reversed(meant):
                english = english[: found.start()] + word + english[found.end() :]
    return english


def _is_in(found: re.Match[str], kept: Sequence[str]) -> bool:
    return any(found.group() in piece for piece in kept)


def _is_slip(found: re.Match[str], word: str, name: Name) -> bool:
    from rapidfuzz.distance import Levenshtein

    slip = found.group()
    if len(slip) < _MIN_CHARS or (name.kind == "place" and slip.lower().endswith(_OF_A_PLACE)):
        return False
    alike = Levenshtein.normalized_similarity(slip.lower(), word.lower())
    if name.kind == "person" and found.start() > 0 and alike >= _SOUNDS_AND_ALIKE and sounds_alike(name.lemma, slip):
        return True
    return alike >= _ALIKE

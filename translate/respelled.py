"""Names that the model wrote nearly as it was told, spelled as it was told: Denis Shmyhal → Denys Shmyhal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vistka.text.phonetic import sounds_alike
from vistka.text.romanisation import romanise

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+|['’](?!s\b)[^\W\d_]+)*")
_MIN_CHARS = 4
_ADDED = 4
"""Letters by which an adjective (волноваський) may differ from the place that it is told as (Volnovakha)."""
_ALIKE = 0.8
"""Share of letters in common from which two spellings are one name, however they sound."""
_SOUNDS_AND_ALIKE = 0.6
"""The same for words that sound alike, too: Valery and Valerii."""
_OF_A_PLACE = ("an", "ans", "ish", "ese", "ic", "er", "ers", "i", "is", "es")
"""How English ends words made from places: Crimean is no slip for Crimea, nor Swedes for Sweden."""
_OF_OUR_PLACES = ("an", "ans", "ite", "ites")
"""The same for places that are romanised by rule: Kyivans."""


@dataclass(frozen=True, slots=True)
class ToldSpelling:
    """A word of a name as the model was told to spell it.

    Attributes:
        lemma: in Ukrainian, lower case.
        english: its spelling.
        is_person: else it is a place.
    """

    lemma: str
    english: str
    is_person: bool = False


def respelled(english: str, told: Sequence[ToldSpelling], kept: Sequence[str] = ()) -> str:
    """`english` with each name that was given to the model, and came out with another spelling, as it was given.

    Only where the English lacks the name and exactly one of its words with a capital can be meant.

    Args:
        english: the hypothesis.
        told: the names of the source, a word each.
        kept: characters that stay as they are.
    """
    right = {name.english.lower() for name in told}
    for name in told:
        word = name.english
        there = [found for found in _WORD.finditer(english) if found.group()[0].isupper()]
        is_there = any(found.group().lower() == word.lower() for found in there)
        if is_there or len(word) < _MIN_CHARS or not _WORD.fullmatch(word):
            continue
        # A name of the source that came out right is not what was meant here.
        open_ones = [found for found in there if found.group().lower() not in right and not _is_in(found, kept)]
        meant = [found for found in open_ones if _is_slip(found, name)]
        if len({found.group() for found in meant}) == 1:
            for found in reversed(meant):
                english = english[: found.start()] + word + english[found.end() :]
    return english


def _is_in(found: re.Match[str], kept: Sequence[str]) -> bool:
    return any(found.group() in piece for piece in kept)


_ADJECTIVE = re.compile(r"[сцз]ьк(?:ий|а|е)$")


def _is_by_rule(lemma: str, english: str) -> bool:
    """Whether the English is the lemma romanised; of an adjective (волноваський), the place that it is of."""
    romanised = romanise(lemma).lower()
    if not _ADJECTIVE.search(lemma):
        return romanised == english.lower()
    least = max(_MIN_CHARS, len(english) - _ADDED)
    return romanised[:least] == english.lower()[:least]


def _is_slip(found: re.Match[str], name: ToldSpelling) -> bool:
    from rapidfuzz.distance import Levenshtein

    slip, word = found.group(), name.english
    # Foreign places have English words made from them that sound alike: French is no slip for France.
    is_ours = _is_by_rule(name.lemma, word)
    made_from_it = _OF_OUR_PLACES if is_ours else _OF_A_PLACE
    if len(slip) < _MIN_CHARS or (not name.is_person and slip.lower().endswith(made_from_it)):
        return False
    alike = Levenshtein.normalized_similarity(slip.lower(), word.lower())
    by_sound = found.start() > 0 and (name.is_person or is_ours)
    if by_sound and alike >= _SOUNDS_AND_ALIKE and sounds_alike(name.lemma, slip):
        return True
    return alike >= _ALIKE

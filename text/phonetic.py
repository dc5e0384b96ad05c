"""How alike a Cyrillic name and an English word sound, whichever way the name was spelled in Latin letters.

Foreign names come to Ukrainian by sound and go back to English by their own spelling (`Шольц` is Scholz, `Байден` is
Biden), so letters cannot be compared. Both sides are reduced to the classes of their consonants; vowels are dropped.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import product

from vistka.text.romanisation import romanise

_CYRILLIC_CLASSES = {
    "б": "B", "п": "P", "в": "F", "ф": "F", "г": "K", "ґ": "K", "х": "K", "к": "K", "ж": "S", "ш": "S", "щ": "S",
    "ч": "S", "з": "S", "с": "S", "ц": "S", "т": "T", "д": "D", "л": "L", "р": "R", "м": "M", "н": "N",
}  # fmt: skip
_LATIN_CLASSES = {
    "b": "B", "p": "P", "v": "F", "w": "F", "f": "F", "g": "K", "k": "K", "q": "K", "x": "KS", "h": "K", "c": "K",
    "s": "S", "z": "S", "j": "S", "t": "T", "d": "D", "l": "L", "r": "R", "m": "M", "n": "N",
}  # fmt: skip
_ACCENTS = str.maketrans(
    "čćšśžźżńłáàâäãåąéèêëęíìîïóòôöõøőúùûüűýÿñçřťďğşæ", "ccsszzznlaaaaaaaeeeeeiiiiooooooouuuuuyyncrtdgsa"
)
# Letters that English words of different origin read in different ways; each reading is tried as a whole.
_HARD = (
    (r"shch|sch|tsch|sh|ch|zh|ts|tz|cz|dzh|dj", "s"),
    (r"kh|gh", "k"),
    (r"ph", "f"),
    (r"th", "t"),
    (r"c(?=[eiy])", "s"),
)
_SOFT = (
    (r"shch|tsch|sch|sh|zh|ts|tz|cz", "s"), (r"ch|kh", "k"), (r"gh|h", ""), (r"ph", "f"), (r"[gc](?=[eiy])", "s"),
    (r"j", ""),
)  # fmt: skip
_SPANISH = ((r"ch", "s"), (r"h", ""), (r"j|x|g(?=[ei])", "h"), (r"c(?=[ei])", "s"))
# `Newt`, `Lawson`: w as part of a vowel.
_VOWEL_W = re.compile(r"(?<=[aeou])w")
# `Уолт`, `Уейн`: у as w.
_CONSONANT_U = re.compile(r"(?:\b|(?<=[аеиіоуєюя-]))у(?=[аеиіоєя])")

_MIN_SCORE = 0.68 - 1e-9
_SKELETON_WEIGHT = 0.6


def _collapsed(classes: str) -> str:
    return re.sub(r"(.)\1+", r"\1", classes)


@lru_cache(maxsize=16384)
def cyrillic_skeleton(word: str) -> str:
    """The consonant classes of a Ukrainian word."""
    classes = _CONSONANT_U.sub("в", word.lower().replace("дж", "ж"))
    return _collapsed("".join(_CYRILLIC_CLASSES.get(letter, "") for letter in classes))


@lru_cache(maxsize=16384)
def latin_skeletons(word: str) -> tuple[str, ...]:
    """The consonant classes of an English word, in each way it may be read."""
    plain = word.lower().translate(_ACCENTS)
    found = []
    spellings = dict.fromkeys((plain, _VOWEL_W.sub("", plain)))
    for spelling, rules in product(spellings, (_HARD, _SOFT, _SPANISH)):
        read = spelling
        for pattern, to in rules:
            read = re.sub(pattern, to, read)
        found.append(_collapsed("".join(_LATIN_CLASSES.get(letter, "") for letter in read)))
    return tuple(dict.fromkeys(found))


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


# Endings that half of all Ukrainian surnames share, so that sharing one says nothing.
_CYRILLIC_ENDING = re.compile(r"(?<=\w\w)(?:енко|[сцз]ький)$")
_LATIN_ENDING = re.compile(r"(?<=\w\w)(?:enko|[sct]+k(?:yi|yy|iy|y|i))$")


@lru_cache(maxsize=65536)
def likeness_0_1(ukrainian: str, english: str) -> float:
    """How alike two words sound, from 0 to 1: by consonant classes and, with less weight, by all letters.

    The ending of a surname that both have (-enko, -skyi) is left out.
    """
    ukrainian, english = ukrainian.lower(), english.lower()
    if _CYRILLIC_ENDING.search(ukrainian) and _LATIN_ENDING.search(english):
        ukrainian, english = _CYRILLIC_ENDING.sub("", ukrainian), _LATIN_ENDING.sub("", english)
    skeleton = cyrillic_skeleton(ukrainian)
    consonants = max(_ratio(skeleton, other) for other in latin_skeletons(english))
    letters = _ratio(romanise(ukrainian).lower(), english.lower().translate(_ACCENTS))
    return _SKELETON_WEIGHT * consonants + (1 - _SKELETON_WEIGHT) * letters


def sounds_alike(ukrainian: str, english: str) -> bool:
    """Whether `english` may be the name `ukrainian` in Latin letters, however it was spelled."""
    return likeness_0_1(ukrainian, english) >= _MIN_SCORE

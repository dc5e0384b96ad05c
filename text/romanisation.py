"""Ukrainian in Latin letters by the Cabinet of Ministers of Ukraine, resolution 55 of 27 January 2010.

The rules are the table of that resolution and its two notes: `зг` is `zgh` (so that it differs from `ж` = `zh`),
and the soft sign and the apostrophe are not written.
"""

from __future__ import annotations

import re

APOSTROPHES = "'’ʼ"
"""The three characters that stand for the Ukrainian apostrophe: typewriter, quotation mark, letter."""

_ANYWHERE = {
    "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "g", "д": "d", "е": "e", "є": "ie", "ж": "zh", "з": "z",
    "и": "y", "і": "i", "ї": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p",
    "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch",
    "ь": "", "ю": "iu", "я": "ia",
}  # fmt: skip
_WORD_START = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
_STRESS = "\u0301"

# A word for the resolution is a run of Ukrainian letters: the parts of `Корсунь-Шевченківський` are two words, so
# the hyphen is no part of it. An apostrophe is, but only between letters: elsewhere it is a quotation mark.
_WORD = re.compile(rf"[а-яґєії](?:[{APOSTROPHES}](?=[а-яґєії])|{_STRESS}|[а-яґєії])*", re.IGNORECASE)


def _letter(word: str, index: int) -> str:
    lower = word[index].lower()
    if lower == "г" and index and word[index - 1].lower() == "з":
        return "gh"
    if index == 0 and lower in _WORD_START:
        return _WORD_START[lower]
    # Letters of other Cyrillic alphabets (ы, э, ъ) are not in the resolution: they stay, for a check to find.
    return _ANYWHERE.get(lower, word[index])


def _shouted(word: str, index: int) -> bool:
    """Whether a capital stands among capitals, so that all of its Latin letters are capitals too."""
    near = [letter for letter in word[max(0, index - 1) : index + 2] if letter.isalpha()]
    return len(near) > 1 and all(letter.isupper() for letter in near)


def _word(word: str) -> str:
    out: list[str] = []
    for index, letter in enumerate(word):
        if letter in APOSTROPHES or letter == _STRESS:
            continue
        latin = _letter(word, index)
        if letter.isupper():
            latin = latin.upper() if _shouted(word, index) else latin[:1].upper() + latin[1:]
        out.append(latin)
    return "".join(out)


def romanise(text: str) -> str:
    """`text` with every Ukrainian word in Latin letters; all other characters stay as they are.

    Capitals: one capital letter gives one capital (`Щука` → `Shchuka`), a capital among capitals gives all of them
    (`ЩУКА` → `SHCHUKA`). Stress marks over Ukrainian letters are dropped.

    Source:
        Cabinet of Ministers of Ukraine, resolution 55 of 27 January 2010.
    """
    return _WORD.sub(lambda match: _word(match.group()), text)

"""Headlines as an agency writes them: sentence case, no slot names, no full stop, no clickbait."""

from __future__ import annotations

import re
from functools import lru_cache

from vistka.summarize.house_style import HouseStyle, load_style
from vistka.summarize.quotations import words_of

_SLOTS = re.compile(
    r"[\s.,;:–—-]*[(\[]?\b(?:VIDEO|PHOTOS?|PHOTO REPORT|INFOGRAPHICS?|UPDATED?|EXCLUSIVE)\b[)\]]?"
    r"(?:\s*[,+&]\s*(?:VIDEO|PHOTOS?))*[.!]?$"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SHOUTED_SHARE = 0.7
_MIN_SHOUTED = 4
"""Letters of a word in capitals, in a title that is not all in capitals, from which on it may be shouting."""
_LONGEST_ACRONYM = 5
"""A lone word in capitals is an abbreviation up to this length, and a shouted word beyond it."""
_RUN = re.compile(r"(?:\b[A-Z]+(?:['’][A-Z]+)*\b[ ,]*){3,}")
_MONTHS_TOO = re.compile(r"(?<=\bin |\bof |\bby )(?:march|may)(?=$|[,.:;]|\s(?!be\b))")


def headline(title: str, body: str, style: HouseStyle | None = None) -> str:
    """`title`, English, as a headline.

    Args:
        title: the item's title in English.
        body: the English of the item, where names and abbreviations are written as they should be.
        style: None = `style/default.toml`.
    """
    style = style or load_style()
    text = " ".join(_SLOTS.sub("", " ".join(title.split())).split())
    text = _without_labels(text, style)
    text = _sentence_case(text, body, style)
    text = text.rstrip("!") if text.endswith("!") else text
    if text.endswith(".") and not text.endswith("..") and text.count(". ") == 0 and text.split()[-1].count(".") == 1:
        text = text[:-1]
    return text


def objection(head: str, title: str, style: HouseStyle | None = None) -> str:
    """Why `head` is no headline for a newsroom; empty where it is one.

    Args:
        head: the headline, English.
        title: the item's own title in its own language: a question may stand where the source asks it.
        style: whose `clickbait` phrases count; None = `style/default.toml`.
    """
    style = style or load_style()
    words = " ".join(words_of(head))
    phrase = next((phrase for phrase in style.clickbait if " ".join(words_of(phrase)) in words), "")
    if phrase:
        return f"clickbait: {phrase}"
    if head.rstrip("”\"’'").endswith("?") and "?" not in title:
        return "a question that the source does not ask"
    return ""


def _without_labels(text: str, style: HouseStyle) -> str:
    """Without `BREAKING:`, `SHOCK!` and the like at its start: they need capitals or a mark to be labels."""
    for label in sorted(style.labels, key=len, reverse=True):
        match = re.match(rf"[\W_]*{re.escape(label)}\s*(?P<mark>[:!|–—-]+)\s*(?=\S)", text, re.IGNORECASE)
        if match and (":" in match["mark"] or text[: match.start("mark")].strip().isupper()):
            rest = text[match.end() :]
            return rest[:1].upper() + rest[1:]
    return text


# --- case -----------------------------------------------------------------------------------------------------------


# Words of country names, and months, that are as often common words.
_ALSO_COMMON = (
    "may march islands island republic new united states south north west east central kingdom city state democratic "
    "coast outlying territories territory southern northern western ocean regions region unknown turkey chad simple "
    "modern traditional"
)


@lru_cache(maxsize=1)
def _always_capital() -> dict[str, str]:
    """Words that English always writes with a capital: months, weekdays, countries; lower case → as written."""
    from babel import Locale

    locale = Locale("en")
    names = [*locale.months["format"]["wide"].values(), *locale.days["format"]["wide"].values()]
    names += [str(name) for code, name in locale.territories.items() if len(code) == 2]
    names += [name for name in locale.languages.values() if name.isalpha()]
    words: dict[str, str] = {word.lower(): word for name in names for word in _WORD.findall(name) if word[0].isupper()}
    for word in _ALSO_COMMON.split():
        words.pop(word, None)
    return words | {word.lower(): word for word in ("British", "French", "American", "Indian", "European", "EU")}


def _sentence_case(text: str, body: str, style: HouseStyle) -> str:
    letters = [character for character in text if character.isalpha()]
    shouted = bool(letters) and sum(letter.isupper() for letter in letters) >= _SHOUTED_SHARE * len(letters)
    case = _Case(body, style, one_word=len(_WORD.findall(text)) == 1)
    if not shouted:
        text = _RUN.sub(lambda run: _WORD.sub(lambda match: case.of(match.group()), run.group()), text)
        return _WORD.sub(lambda match: case.of_shouted(match.group()), text)
    cased = _WORD.sub(lambda match: case.of(match.group()), text)
    cased = _MONTHS_TOO.sub(lambda match: match.group().capitalize(), cased)
    return cased[:1].upper() + cased[1:]


class _Case:
    """How words in capitals are written in the item's own text."""

    def __init__(self, body: str, style: HouseStyle, *, one_word: bool) -> None:
        words = _WORD.findall(body)
        self.written: dict[str, str] = {
            word.lower(): word for word in words if word[0].isupper() and not word.isupper()
        }
        self.acronyms = {word for word in words if word.isupper() and len(word) > 1}
        self.inside = {word for word in words if word.islower()}
        self.style = style
        self.one_word = one_word

    def of(self, word: str) -> str:
        """A word of a title that is all in capitals."""
        lower = word.lower()
        if lower in self.inside:
            return lower
        if word in self.acronyms:
            return word
        if lower in self.written:
            return self.written[lower]
        if word in self.style.abbreviations or (self.one_word and len(word) <= _LONGEST_ACRONYM):
            return word
        return _always_capital().get(lower, lower)

    def of_shouted(self, word: str) -> str:
        """A word of any other title: only one that the text proves to be no abbreviation is changed."""
        if len(word) < _MIN_SHOUTED or not word.isupper() or word in self.acronyms:
            return word
        lower = word.lower()
        return lower if lower in self.inside else self.written.get(lower, word)

"""Ukrainian words and their dictionary forms, by pymorphy3 with its Ukrainian dictionary.

The dictionary has no frequencies: all readings of a form score alike, so this module orders them itself.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_CACHED_WORDS = 65_536

_OTHER_APOSTROPHES = str.maketrans({"’": "'", "ʼ": "'", "`": "'", "ʹ": "'", "′": "'", "‘": "'"})
_STRESS = "\u0301"

# A word: letters with apostrophes and hyphens inside (`п'ять`, `міністр-президент`), or digits glued to letters
# by a hyphen (`34-річний`); or a number alone.
_TOKEN = re.compile(
    rf"\d+(?:[-‑–][^\W\d_]+)+|[^\W\d_](?:[^\W_]|{_STRESS}|[-‑'’ʼ](?=[^\W_]))*|\d+(?:[.,]\d+)*",
)

# Readings that the rules below would put in the wrong order, or forms the dictionary gives a wrong lemma.
# form → (lemma, part of speech)
_FIRST: dict[str, tuple[str, str]] = {
    "сорока": ("сорок", "NUMR"),
    "січні": ("січень", "NOUN"),
    "січня": ("січень", "NOUN"),
    "травні": ("травень", "NOUN"),
    "липні": ("липень", "NOUN"),
    "серпні": ("серпень", "NOUN"),
    "вересні": ("вересень", "NOUN"),
    "лютого": ("лютий", "NOUN"),
    "лютому": ("лютий", "NOUN"),
    "десятки": ("десяток", "NOUN"),
    "десятків": ("десяток", "NOUN"),
    "дітей": ("дитина", "NOUN"),
    "діти": ("дитина", "NOUN"),
    "дітям": ("дитина", "NOUN"),
    "дітьми": ("дитина", "NOUN"),
    "людей": ("людина", "NOUN"),
    "люди": ("людина", "NOUN"),
    "людям": ("людина", "NOUN"),
    "людьми": ("людина", "NOUN"),
    "росіян": ("росіянин", "NOUN"),
    "росіяни": ("росіянин", "NOUN"),
    "років": ("рік", "NOUN"),
    "роки": ("рік", "NOUN"),
    "році": ("рік", "NOUN"),
    "року": ("рік", "NOUN"),
    "разі": ("раз", "NOUN"),
    "дня": ("день", "NOUN"),
    "дні": ("день", "NOUN"),
    "міста": ("місто", "NOUN"),
    "місті": ("місто", "NOUN"),
    "зараз": ("зараз", "NPRO"),
    "війни": ("війна", "NOUN"),
    "війну": ("війна", "NOUN"),
    "світу": ("світ", "NOUN"),
    "світі": ("світ", "NOUN"),
    "понад": ("понад", "PREP"),
    "яка": ("який", "ADJF"),
    "яку": ("який", "ADJF"),
    "тих": ("той", "ADJF"),
    "того": ("той", "ADJF"),
    "тому": ("тому", "ADVB"),
    "коли": ("коли", "ADVB"),
    "при": ("при", "PREP"),
    "для": ("для", "PREP"),
    "після": ("після", "PREP"),
    "й": ("й", "CONJ"),
    "та": ("та", "CONJ"),
    "але": ("але", "CONJ"),
    "має": ("мати", "VERB"),
    "мають": ("мати", "VERB"),
    "стала": ("стати", "VERB"),
    "стали": ("стати", "VERB"),
    "стало": ("стати", "VERB"),
    "була": ("бути", "VERB"),
    "були": ("бути", "VERB"),
}
_PROPER = frozenset({"Name", "Surn", "Patr", "Geox", "Orgn", "Trad"})
_UNLIKELY = frozenset({"alt", "Arch", "Slng", "Subx", "bad", "rare", "voct", "impr", "Infr", "Erro"})


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a word form.

    Attributes:
        lemma: the dictionary form, lower case, with the apostrophe `'`.
        pos: part of speech as pymorphy3 names it (`NOUN`, `ADJF`, `VERB`, `NUMR` …); empty where it cannot tell.
        grammemes: all the marks of the reading (`Surn`, `plur`, `gent` …).
        known: the form is in the dictionary, not guessed from its ending.
    """

    lemma: str
    pos: str
    grammemes: frozenset[str]
    known: bool


@dataclass(frozen=True, slots=True)
class Token:
    """A word or number of a text.

    Attributes:
        start, end: its characters in the text.
        text: those characters.
        lemma, pos: its likeliest reading.
        is_capitalised: its first letter is a capital.
        is_upper: it has two letters or more and all are capitals.
    """

    start: int
    end: int
    text: str
    lemma: str
    pos: str
    is_capitalised: bool
    is_upper: bool


@lru_cache(maxsize=_CACHED_WORDS)
def normal_word(word: str) -> str:
    """`word` as the dictionary writes it: lower case, apostrophe `'`, plain hyphen, no stress marks."""
    return word.translate(_OTHER_APOSTROPHES).replace(_STRESS, "").replace("‑", "-").lower()


_LOADING = threading.Lock()


def analyzer(language: str = "uk") -> Any:
    """pymorphy3's analyser, loaded at the first call (about 0.2 s) and kept. `language` is `uk` or `ru`."""
    with _LOADING:  # threads that ask at once would each load it
        return _analyzer(language)


@lru_cache(maxsize=2)
def _analyzer(language: str) -> Any:
    import pymorphy3

    return pymorphy3.MorphAnalyzer(lang=language)


def _order(reading: Reading, *, form: str, capitalised: bool) -> tuple[bool, ...]:
    """Sort key: False comes first. Ties keep the dictionary's own order."""
    proper = bool(reading.grammemes & _PROPER)
    return (
        _FIRST.get(form, (reading.lemma, reading.pos)) != (reading.lemma, reading.pos),
        not reading.known,
        bool(reading.grammemes & _UNLIKELY),
        proper != capitalised and proper,
        reading.pos == "NOUN" and "plur" in reading.grammemes and "accs" in reading.grammemes,
    )


# What pymorphy3 can be asked: it fails on letters that have no Unicode name, and knows no other scripts.
_READABLE = re.compile(r"[\u0400-\u052f\da-z'-]*[\u0400-\u052f][\u0400-\u052f\da-z'-]*")


@lru_cache(maxsize=_CACHED_WORDS)
def _readings(form: str, capitalised: bool) -> tuple[Reading, ...]:
    if not _READABLE.fullmatch(form):
        return (Reading(form, "", frozenset(), known=False),)
    parses = analyzer().parse(form)
    found = [
        Reading(
            lemma=parse.normal_form,
            # A plain string: pymorphy's own raises when it is compared with what is no part of speech.
            pos=str(parse.tag.POS or ""),
            grammemes=frozenset(parse.tag.grammemes),
            known=bool(parse.is_known),
        )
        for parse in parses
    ]
    found.sort(key=lambda reading: _order(reading, form=form, capitalised=capitalised))
    return tuple(found)


def readings(word: str) -> tuple[Reading, ...]:
    """Every reading of one word form, the likely ones first; never empty for a word with a letter in it.

    A capitalised word may be a proper name; in a lower-case word such readings come last.
    """
    return _readings(normal_word(word), word[:1].isupper())


@lru_cache(maxsize=_CACHED_WORDS)
def lemmas(word: str) -> tuple[str, ...]:
    """The possible dictionary forms of `word`, each once, the likeliest first, lower case, with the apostrophe `'`."""
    return tuple(dict.fromkeys(reading.lemma for reading in readings(word)))


def lemma_set(word: str) -> frozenset[str]:
    """The same forms as `lemmas`, in no order: half the time, where thousands of words are looked up at once."""
    form = normal_word(word)
    return frozenset(analyzer().normal_forms(form)) if _READABLE.fullmatch(form) else frozenset({form})


def tokens(text: str) -> list[Token]:
    """The words and numbers of `text` in order, each with its likeliest lemma; spaces and punctuation left out."""
    return list(_tokens(text))


# One sentence is asked for by many steps, one soon after the other.
@lru_cache(maxsize=256)
def _tokens(text: str) -> tuple[Token, ...]:
    return tuple(Token(match.start(), match.end(), match[0], *_facts(match[0])) for match in _TOKEN.finditer(text))


@lru_cache(maxsize=_CACHED_WORDS)
def _facts(word: str) -> tuple[str, str, bool, bool]:
    """Of a token its lemma, part of speech, whether it is capitalised, and whether it is all in capitals."""
    best = readings(word)[0] if not word.isdigit() else None
    letters = [letter for letter in word if letter.isalpha()]
    is_upper = len(letters) > 1 and all(letter.isupper() for letter in letters)
    return best.lemma if best else word, best.pos if best else "NUMB", word[0].isupper(), is_upper


def word_forms(text: str) -> list[str]:
    """The words and numbers of `text` as `tokens` cuts them, without looking any of them up."""
    return _TOKEN.findall(text)

"""Forms of English words and terms, by lemminflect: plurals, past tenses, and what is a form of the same word."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

# Where what follows the head of a term begins: `chief | of staff`, `unmanned aerial vehicle | (UAV)`.
_AFTER_HEAD = re.compile(r"(?<=\w)\s+(?:(?:of|for|in|at|on|to|from|with|by|against|under)\s|[(\[])", re.IGNORECASE)
# The dictionary has `aircrafts` before `aircraft`, as it has `points` before `point`.
_SAME_IN_PLURAL = re.compile(r"(?:.craft|^(?:sheep|fish|deer|species|series|personnel|offspring|salmon))$")
_LAST_WORD = re.compile(r"[A-Za-z]+(?=[^A-Za-z]*$)")
_FIRST_WORD = re.compile(r"[A-Za-z]+")
_VOWELS = re.compile(r"[aeiouy]+")
_SHORT = 2
"""Groups of vowels in an adjective that may take -er and -est."""


@lru_cache(maxsize=1)
def _lemminflect() -> Any:
    """The library, loaded at the first call (a second or two) and kept."""
    import lemminflect

    return lemminflect


@lru_cache(maxsize=4096)
def plural(term: str) -> str:
    """`term` in the plural, by its head: `field hospital` → `field hospitals`, `chief of staff` → `chiefs of staff`.

    A term that is a plural already, or has no head that can be one, stays as it is.
    """
    break_at = _AFTER_HEAD.search(term)
    end = break_at.start() if break_at else len(term)
    head = _LAST_WORD.search(term, 0, end)
    if head is None:
        return term
    return term[: head.start()] + _plural_word(head.group()) + term[head.end() :]


def _plural_word(word: str) -> str:
    if len(word) > 1 and word.isupper():
        return word + "s"
    lower = word.lower()
    if lower not in _lemminflect().getLemma(lower, upos="NOUN"):
        return word  # `forces`
    options = () if _SAME_IN_PLURAL.search(lower) else _lemminflect().getInflection(lower, tag="NNS")
    if not options:
        return word
    return str(options[0]).capitalize() if word[0].isupper() else str(options[0])


def past(term: str) -> str:
    """`term`, which begins with a verb, in the past tense: `take into custody` → `took into custody`."""
    return _with_first_word(term, "VBD")


def third_person(term: str) -> str:
    """`term`, which begins with a verb, in the third person of the present: `detain` → `detains`."""
    return _with_first_word(term, "VBZ")


def present_participle(term: str) -> str:
    """`term`, which begins with a verb, as what goes on: `take into custody` → `taking into custody`."""
    return _with_first_word(term, "VBG")


def past_participle(term: str) -> str:
    """`term`, which begins with a verb, as what was done: `take into custody` → `taken into custody`."""
    return _with_first_word(term, "VBN")


def comparative(adjective: str) -> str:
    """`strong` → `stronger`, `optimistic` → `more optimistic`."""
    return _degree(adjective, "JJR") or f"more {adjective}"


def superlative(adjective: str) -> str:
    """`strong` → `strongest`, `optimistic` → `most optimistic`."""
    return _degree(adjective, "JJS") or f"most {adjective}"


@lru_cache(maxsize=8192)
def _degree(adjective: str, tag: str) -> str:
    # By the dictionary alone: by rule the library would say `optimisticer`.
    options = _lemminflect().getInflection(adjective, tag=tag, inflect_oov=False)
    return str(options[0]) if options and len(_VOWELS.findall(adjective)) <= _SHORT else ""


@lru_cache(maxsize=4096)
def adverb(adjective: str) -> str:
    """`anonymous` → `anonymously`, `heroic` → `heroically`; empty where the dictionary has no such adverb."""
    if adjective.endswith("ic"):
        made = adjective + "ally"
    elif adjective.endswith("le"):
        made = adjective[:-1] + "y"
    elif adjective.endswith("y"):
        made = adjective[:-1] + "ily"
    else:
        made = adjective + ("y" if adjective.endswith("ll") else "ly")
    return made if set(_lemminflect().getAllLemmas(made)) == {"ADV"} else ""


@lru_cache(maxsize=16_384)
def _with_first_word(term: str, tag: str) -> str:
    verb = _FIRST_WORD.match(term)
    options = _lemminflect().getInflection(verb.group(), tag=tag) if verb else ()
    return str(options[0]) + term[verb.end() :] if verb and options else term


@lru_cache(maxsize=4096)
def word_forms_of(word: str) -> frozenset[str]:
    """Every form of an English word, in lower case, itself among them: serviceman, servicemen."""
    known = _lemminflect().getAllInflections(word.lower())
    return frozenset({word.lower(), *(form.lower() for forms in known.values() for form in forms)})

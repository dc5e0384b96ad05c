"""The fact gate: every number, date, sum, name and quotation of an English text must trace to its source by value."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from vistka.datatypes import Language
from vistka.text import dates, numbers
from vistka.text.romanisation import romanise


@dataclass(frozen=True, slots=True)
class Support:
    """What a text may draw on.

    Attributes:
        text: the source, in its own language.
        language: that language.
        english: the source in English (`text` itself where it is English): drafts of what was used of it.
    """

    text: str
    language: Language
    english: str


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A fact of a text that its source does not have.

    Attributes:
        kind: `number`, `date`, `name`, `quotation` or `words`.
        text: as it stands in the text.
    """

    kind: str
    text: str


_QUOTED = re.compile(r"[“\"«]([^”\"»]{3,})[”\"»]")
# Capitalised words and acronyms; a hyphen or apostrophe inside belongs to the word.
_CAPITALISED = re.compile(r"\b[A-Z][\w]*(?:[-’'][A-Za-z]\w*)*")
_WORD = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*")
_SENTENCE_START = re.compile(r"(?:^|[.!?…:]\s+|[.!?…][”\"’']\s+|[“\"‘(])\W*$")
_POSSESSIVE = re.compile(r"[’']s?$")
_CONTENT = re.compile(r"[^\W\d_]{4,}")
_COMMON = frozenset(
    "about above after again also although among been before being below between both could does down during each "
    "from further have having here into itself just like made make many more most much must need only other over "
    "same shall should since some such than that their them then there these they this those through under until "
    "upon very were what when where which while whom whose will with within without would your said says according "
    "reported told noted added stated announced including near around because due amid".split()
)

MAX_NEW_WORDS = 0.25
"""Share of the content words of a clause that its source need not have: word order and grammar change, facts do not."""


def _word_forms(text: str) -> set[str]:
    forms: set[str] = set()
    for word in _WORD.findall(text):
        lower = _POSSESSIVE.sub("", word.lower())
        forms.update({lower, *lower.split("-")})
    return forms


def _stem(word: str) -> str:
    return word.lower()[:5]


def new_numbers(text: str, support: Support) -> list[Unsupported]:
    """Numbers, sums and dates of `text` that neither the source nor its English has."""
    own_numbers, own_dates = numbers.quantities(text, "en"), dates.dates(text, "en")
    found = [
        *(("number", m) for m in numbers.compare(numbers.quantities(support.text, support.language), own_numbers)),
        *(("date", m) for m in dates.compare(dates.dates(support.text, support.language), own_dates)),
    ]
    return [Unsupported(kind, mismatch.text) for kind, mismatch in found if mismatch.kind != "missing"]


def new_names(text: str, support: Support) -> list[Unsupported]:
    """Capitalised words of `text` that stand nowhere in the source."""
    known = _word_forms(support.english) | _word_forms(romanise(support.text))
    found: list[Unsupported] = []
    for match in _CAPITALISED.finditer(text):
        parts = [_POSSESSIVE.sub("", part.lower()) for part in (match.group(), *match.group().split("-"))]
        if parts[0] in known or all(part in known for part in parts[1:]):
            continue
        if _SENTENCE_START.search(text[: match.start()]) and not match.group().isupper() and _is_word(match.group()):
            continue
        found.append(Unsupported("name", match.group()))
    return found


def _is_word(word: str) -> bool:
    """Whether a word at the start of a sentence may be no name: those are caught as new words instead."""
    return word.isalpha()


def new_quotations(text: str, support: Support) -> list[Unsupported]:
    """Words in quotation marks that the source does not have in that order."""
    whole = " ".join(_WORD.findall(support.english.lower()))
    return [
        Unsupported("quotation", quoted)
        for quoted in _QUOTED.findall(text)
        if " ".join(_WORD.findall(quoted.lower())) not in whole
    ]


def overlap_0_1(clause: str, english: str) -> float:
    """Share of the content words of `clause` whose stem stands in `english`; 1.0 for a clause with none."""
    words = [word.lower() for word in _CONTENT.findall(clause) if word.lower() not in _COMMON]
    if not words:
        return 1.0
    there = {_stem(word) for word in _CONTENT.findall(english)}
    return sum(_stem(word) in there for word in words) / len(words)


def new_words(text: str, support: Support) -> list[Unsupported]:
    """Clauses that say what the source does not: too many of their content words are new."""
    return [
        Unsupported("words", clause)
        for clause in clauses(text)
        if overlap_0_1(clause, support.english) < 1 - MAX_NEW_WORDS
    ]


_CLAUSE_BREAK = re.compile(
    r"(?<=[;:])\s+|(?<=,)\s+(?=(?:and|but|or|which|who|while|as|after|before|when)\b)|(?<=[.!?…])\s+"
)


def clauses(text: str) -> list[str]:
    """The clauses of an English text; they join, with single spaces, to its words."""
    return [clause for clause in _CLAUSE_BREAK.split(text) if clause.strip()]


def unsupported(text: str, support: Support) -> list[Unsupported]:
    """Everything in `text` that does not trace to `support`."""
    checks: Iterable[list[Unsupported]] = (
        new_numbers(text, support),
        new_names(text, support),
        new_quotations(text, support),
        new_words(text, support),
    )
    return [fact for found in checks for fact in found]

"""The fact gate: every number, date, sum, name and quotation of an English text must trace to its source by value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from vistka.datatypes import Language
from vistka.text import dates, numbers
from vistka.text.romanisation import romanise
from vistka.text.sentences import sentence_spans


@dataclass(frozen=True, slots=True)
class Support:
    """What a text may draw on.

    Attributes:
        text: the source, in its own language.
        language: that language.
        english: the source in English (`text` itself where it is English): drafts of what was used of it.
        sentences: `english` sentence by sentence; empty = told from `english`.
    """

    text: str
    language: Language
    english: str
    sentences: tuple[str, ...] = ()


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
_DENIAL = re.compile(r"\b(?:not|no|never|none|neither|nor|nobody|nothing|without|cannot|\w+n[’']t)\b", re.IGNORECASE)
_CONTENT = re.compile(r"[^\W\d_]{4,}")
_COMMON = frozenset(
    "about above after again also although among been before being below between both could does down during each "
    "from further have having here into itself just like made make many more most much must need only other over "
    "same shall should since some such than that their them then there these they this those through under until "
    "upon very were what when where which while whom whose will with within without would your said says according "
    "reported told noted added stated announced including near around because due amid".split()
)

MIN_FROM_ONE = 0.67
"""Share of the content words of a clause that a single sentence of its source must have: a clause that is put together
from many places says what none of them says."""
MIN_FROM_TWO = 0.9
"""The same for the best two sentences together. Both were tuned on judged summaries: see benchmarks/fact_gate.py."""


def _word_forms(text: str) -> set[str]:
    forms: set[str] = set()
    for word in _WORD.findall(text):
        lower = _POSSESSIVE.sub("", word.lower())
        forms.update({lower, *lower.split("-")})
    return forms


@lru_cache(maxsize=4)
def _known_forms(support: Support) -> frozenset[str]:
    return frozenset(_word_forms(support.english) | _word_forms(romanise(support.text)))


def _stem(word: str) -> str:
    return word.lower()[:5]


@lru_cache(maxsize=4)
def _values(text: str, language: Language) -> tuple[tuple[numbers.Quantity, ...], tuple[dates.DateValue, ...]]:
    """Numbers and dates of a source, which many texts are compared with."""
    return tuple(numbers.quantities(text, language)), tuple(dates.dates(text, language))


def new_numbers(text: str, support: Support) -> list[Unsupported]:
    """Numbers, sums and dates of `text` that the source does not have, or has with another unit."""
    own = numbers.quantities(text, "en")
    there, days_there = _values(support.text, support.language)
    # Compared from the text to the source, so that the text may leave out what it likes.
    bare = {quantity.span for quantity in own if quantity.unit is None}
    found = [
        Unsupported("number", mismatch.text)
        for mismatch in numbers.compare(own, there)
        if mismatch.kind == "missing" or (mismatch.kind == "unit" and mismatch.span not in bare)
    ]
    days = dates.compare(dates.dates(text, "en"), days_there)
    return found + [Unsupported("date", mismatch.text) for mismatch in days if mismatch.kind == "missing"]


def new_names(text: str, support: Support) -> list[Unsupported]:
    """Capitalised words of `text` that stand nowhere in the source."""
    known = _known_forms(support)
    # UAH, January and the like are compared by value.
    valued = [value.span for value in numbers.quantities(text, "en")]
    valued += [value.span for value in dates.dates(text, "en")]
    found: list[Unsupported] = []
    for match in _CAPITALISED.finditer(text):
        if any(span.start <= match.start() < span.end for span in valued):
            continue
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


def _content_stems(text: str) -> frozenset[str]:
    return frozenset(_stem(word) for word in _CONTENT.findall(text) if word.lower() not in _COMMON)


@lru_cache(maxsize=4)
def _sentences(support: Support) -> tuple[tuple[frozenset[str], bool], ...]:
    """(stems of the content words, whether it denies something) of each sentence."""
    english = support.english
    sentences = support.sentences or tuple(span.of(english) for span in sentence_spans(english, "en"))
    return tuple((_content_stems(sentence), bool(_DENIAL.search(sentence))) for sentence in sentences)


def overlap_0_1(clause: str, english: str) -> float:
    """Share of the content words of `clause` whose stem stands in `english`; 1.0 for a clause with none."""
    words = _content_stems(clause)
    return len(words & _content_stems(english)) / len(words) if words else 1.0


def new_words(text: str, support: Support) -> list[Unsupported]:
    """Clauses that say what no sentence of the source says: their words are new, or gathered from many places."""
    sentences = _sentences(support)
    return [Unsupported("words", clause) for clause in clauses(text) if not _is_said(clause, sentences)]


def _is_said(clause: str, sentences: Sequence[tuple[frozenset[str], bool]]) -> bool:
    words = _content_stems(clause)
    if not words:
        return True
    one, denies = max(sentences, key=lambda sentence: len(words & sentence[0]), default=(frozenset(), False))
    rest = words - one
    other, also_denies = max(sentences, key=lambda sentence: len(rest & sentence[0]), default=(frozenset(), False))
    if _DENIAL.search(clause) and not denies and not (rest & other and also_denies):
        return False
    new = len(rest - other) / len(words)
    return len(words & one) / len(words) >= MIN_FROM_ONE and 1 - new >= MIN_FROM_TWO


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

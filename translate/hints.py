"""Which terms go with a sentence to the model: its sums by value, its names, and what the glossary knows of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vistka.datatypes import Span
from vistka.text.dates import dates
from vistka.text.lemmas import readings, tokens
from vistka.text.names import Name
from vistka.text.numbers import Quantity, quantities
from vistka.translate.derived_words import derived
from vistka.translate.english_dates import by_stretch, english_date
from vistka.translate.findings import Finding
from vistka.translate.glossary import PROPER, Glossary, Match
from vistka.translate.name_book import NameBook, NamedSpan, unsure_spellings
from vistka.translate.name_origin import follows_the_rules
from vistka.translate.place_units import place_units
from vistka.translate.sums import english_sum

MAX_HINT_CHARS = 420
"""About 110 tokens: hints are read at every segment, and past that they cost more time than they help."""

_NEXT_WORD_CHARS = 40


@dataclass(frozen=True, slots=True)
class Hint:
    """One term for the model.

    Attributes:
        span: where it stands in the sentence.
        lemma, english: what is offered, `lemma = english`.
        rank: the lower, the sooner it is offered when there are too many.
    """

    span: Span
    lemma: str
    english: str
    rank: int


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known of a sentence.

    Attributes:
        terms: (Ukrainian, English) pairs for the model, in the order of the sentence.
        matches: the glossary entries found.
        spellings: lemma of a name → its English spelling.
        names: the words that are names, each with its nominative.
        findings: what is in doubt before any model has answered.
    """

    terms: tuple[tuple[str, str], ...]
    matches: tuple[Match, ...]
    spellings: dict[str, str]
    names: tuple[Name, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def offered_spellings(self) -> dict[str, str]:
        """Those of `spellings` that stand among `terms`."""
        words = {word for _, english in self.terms for word in english.split()}
        return {lemma: english for lemma, english in self.spellings.items() if english in words}

    @property
    def offered_place_words(self) -> dict[str, str]:
        """The word that names the place, of terms that say more: дніпропетровська → Dnipropetrovsk (Oblast)."""
        entries = [match.entry for match in self.matches if match.entry.pos in {"place", "adj"}]
        told = {(one.lemma, one.sense) for one in entries}
        words = {
            lemma.split()[0].lower(): english.split()[0]
            for lemma, english in self.terms
            if (lemma, english) in told or _OF_PLACE.match(lemma)
        }
        return {
            lemma: word
            for lemma, word in words.items()
            if word[0].isupper() and lemma not in self.spellings and not word.endswith(_ADJECTIVE_ENDS)
        }


_OF_PLACE = re.compile(r"[А-ЯҐЄІЇ][\w'-]+[сцз]ьк(?:ий|а|е) ")
"""Terms such as `Дніпропетровська ОВА` and `Очеретинська громада`."""

_ADJECTIVE_ENDS = ("an", "ish", "ese", "ic", "i")
"""Of English adjectives that are made from places: where the term is `Russian`, `Russia` is no slip."""

_USER, _SUM, _NAME, _PROPER, _PHRASE, _WORD = range(6)


def hints_for(text: str, glossary: Glossary, book: NameBook | None = None) -> Hints:
    """Everything that is known of `text`, one Ukrainian sentence.

    Args:
        text: the sentence.
        glossary: its words and phrases.
        book: the names of the whole item, so that each is spelled alike in all of it; else those of `text` alone.
    """
    book = book or NameBook.from_segments([text], glossary)
    matches = tuple(glossary.matches(text))
    named = book.mentions(text)
    found = [_from_match(match) for match in matches if match.entry.by_user or match.entry.lemma not in _PLAIN]
    taken = [hint.span for hint in found if hint.rank == _USER]
    found += [*_from_sums(text, taken), *_from_dates(text, taken)]
    found += [*_from_place_units(text, matches, book), *_from_names(named, matches)]
    found += _from_derived_words(text, [*(hint.span for hint in found), *(match.span for match in matches)], glossary)
    return Hints(
        terms=_within_budget(_without_overlaps(found)),
        matches=matches,
        spellings=_spellings(named)
        | {match.entry.lemma.lower(): match.entry.sense for match in matches if match.entry.pos in PROPER},
        names=tuple(name for one in named for name in one.names),
        findings=tuple(unsure_spellings(named)),
    )


def _spellings(named: Sequence[NamedSpan]) -> dict[str, str]:
    """Each word of a name with its English, where the two have as many words; `Сполучені Штати` is one name."""
    found: dict[str, str] = {}
    for one in named:
        words = one.spelling.english.split()
        if len(words) == len(one.names):
            found |= {name.lemma: word for name, word in zip(one.names, words, strict=True)}
        elif len(one.names) == 1:
            found[one.names[0].lemma] = one.spelling.english
    return found


# Words so common that every model knows them, and that mean one thing: a hint costs reading time and helps nobody.
_PLAIN = frozenset(
    "рік день час людина жінка чоловік дитина місто країна робота вже також лише дуже більше менше мати бути стати "
    "сказати говорити новий великий малий перший другий тепер сьогодні вчора завтра ранок вечір ніч "
    "дім будинок вулиця школа лікарня рука голос слово ім'я світ життя вода земля дорога гроші "
    "тут там де коли але або якщо після до при між через".split()
)


def _from_match(match: Match) -> Hint:
    entry = match.entry
    if entry.by_user:
        rank = _USER
    elif entry.pos in PROPER:
        rank = _PROPER
    else:
        rank = _PHRASE if match.words > 1 else _WORD
    return Hint(match.span, entry.lemma, entry.sense, rank)


def _from_sums(text: str, taken: Sequence[Span]) -> list[Hint]:
    found = quantities(text, "uk")
    sums = [(quantity, _age(text, quantity) or english_sum(quantity)) for quantity in found]
    return [
        Hint(quantity.span, quantity.text, english, _SUM)
        for quantity, english in sums
        if english and english != quantity.text and not _overlaps(quantity.span, taken)
    ]


_YEARS = re.compile(r"(?P<years>\d{1,3})-річн")


def _age(text: str, quantity: Quantity) -> str | None:
    """`34-річний житель` is 34-year-old, `10-річний контракт` is 10-year: it depends on what follows."""
    match = _YEARS.match(quantity.text)
    if match is None:
        return None
    after = next(iter(tokens(text[quantity.span.end : quantity.span.end + _NEXT_WORD_CHARS])), None)
    known = readings(after.text) if after else ()
    is_thing = any(r.pos == "NOUN" for r in known) and not any("anim" in r.grammemes for r in known)
    return f"{match['years']}-year" + ("" if is_thing else "-old")


def _from_dates(text: str, taken: Sequence[Span]) -> list[Hint]:
    groups = [(group[0], english_date(group)) for group in by_stretch(dates(text, "uk"))]
    return [
        Hint(first.span, first.text, english, _SUM)
        for first, english in groups
        if english and not _overlaps(first.span, taken)
    ]


def _from_place_units(text: str, matches: Sequence[Match], book: NameBook) -> list[Hint]:
    """Communities and fronts that the lexicon does not list."""
    listed = [match.span for match in matches if match.words > 1]
    others = {match.entry.lemma for match in matches if match.entry.pos == "adj"}
    units = place_units(text, tokens(text), book.places, others)
    return [Hint(unit.span, unit.nominative, unit.english, _NAME) for unit in units if not _overlaps(unit.span, listed)]


def _from_derived_words(text: str, taken: Sequence[Span], glossary: Glossary) -> list[Hint]:
    """Words that nothing else knows, by the words that they are made of."""
    spans = ((word, Span(word.start, word.end)) for word in tokens(text))
    unknown = ((word, span) for word, span in spans if not _overlaps(span, taken))
    told = ((span, derived(word, glossary)) for word, span in unknown)
    return [Hint(span, *lemma_and_english, _WORD) for span, lemma_and_english in told if lemma_and_english]


def _from_names(named: Sequence[NamedSpan], matches: Sequence[Match]) -> list[Hint]:
    """One hint for each name whose spelling is known; what is neither person nor place the lexicon knows better.

    A foreign name that the lexicon lacks had Latin letters once, and the model restores them better (Scholz) than
    romanisation does (Sholts).
    """
    known = [match.span for match in matches]
    return [
        Hint(one.span, one.spelling.nominative, one.spelling.english, _NAME)
        for one in named
        if _is_spelled(one) and not (one.names[0].kind == "other" and _overlaps(one.span, known))
    ]


def _is_spelled(named: NamedSpan) -> bool:
    ground = named.spelling.ground
    alone = len(named.names) == 1 and named.names[0].kind != "place"
    if ground == "resolution-55" and alone:
        return follows_the_rules(named.names[0].lemma)
    return ground != "guess"


def _overlaps(span: Span, others: Sequence[Span]) -> bool:
    return any(span.overlaps(other) for other in others)


def _without_overlaps(found: Sequence[Hint]) -> list[Hint]:
    """One hint for each stretch of the sentence: a sum says more than the currency inside it."""
    kept: list[Hint] = []
    for hint in sorted(found, key=lambda hint: hint.rank):
        if not _overlaps(hint.span, [other.span for other in kept]):
            kept.append(hint)
    return kept


def _within_budget(found: Sequence[Hint]) -> tuple[tuple[str, str], ...]:
    chosen: list[Hint] = []
    seen: set[str] = set()
    chars = 0
    for hint in sorted(found, key=lambda hint: (hint.rank, -len(hint.lemma))):
        size = len(hint.lemma) + len(hint.english) + 5
        if hint.lemma in seen or chars + size > MAX_HINT_CHARS:
            continue
        seen.add(hint.lemma)
        chars += size
        chosen.append(hint)
    chosen.sort(key=lambda hint: hint.span)
    return tuple((hint.lemma, hint.english) for hint in chosen)

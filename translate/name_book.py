"""One spelling for each name through an item: the first full mention decides, and all mentions decide the nominative.

`Олександру Чернишову` alone may be a man or a woman; `Чернишова заявила` in the next sentence tells. The book is made
of an item's sentences, or of a batch's, and answers for each name how English writes it and on what ground.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from vistka.datatypes import Span
from vistka.text.lemmas import normal_word
from vistka.text.name_forms import NameForm, given_forms, surname_forms
from vistka.text.name_mentions import Mention, mentions, with_reading
from vistka.text.name_people import Person
from vistka.text.names import Name
from vistka.translate.findings import Finding
from vistka.translate.glossary import Glossary, load_glossary
from vistka.translate.name_index import NameIndex, by_rules, capitalised, name_index
from vistka.translate.name_origin import NameOrigin, person_origin, place_origin, surname_origin

Ground = Literal["lexicon", "resolution-55", "guess"]

UNSURE = "name-foreign-unsure"


@dataclass(frozen=True, slots=True)
class Spelling:
    """How English writes a name.

    Attributes:
        nominative: the Ukrainian, `Олександр Сирський`.
        english: `Oleksandr Syrskyi`.
        ground: `lexicon`: listed; `resolution-55`: romanised by the rules; `guess`: likewise, but of a foreign name,
            which has a spelling of its own that is not known.
    """

    nominative: str
    english: str
    ground: Ground


@dataclass(frozen=True, slots=True)
class NamedSpan:
    """A mention in a text with its spelling.

    Attributes:
        span: its characters.
        names: its words, each with its nominative.
        spelling: of the whole mention; a patronymic is left out.
    """

    span: Span
    names: tuple[Name, ...]
    spelling: Spelling


_LISTED_FULL, _LISTED, _MAX_SUPPORT, _SAME_LEMMA = 4.0, 2.0, 3.0, 0.5
_USUAL_GIVEN = 0.5
_FULL_MENTION, _LEAST_SURE = 2.0, 0.1


@dataclass
class _Evidence:
    """What the mentions of an item say together.

    Attributes:
        surnames, givens: nominative → how much speaks for it.
        full: surname → given name of its first full mention.
        bearers: given name → the surnames it stands beside.
    """

    surnames: dict[str, float] = field(default_factory=dict)
    givens: dict[str, float] = field(default_factory=dict)
    full: dict[str, str] = field(default_factory=dict)
    bearers: dict[str, set[str]] = field(default_factory=dict)


class NameBook:
    """The names of an item or a batch. Made by `from_segments`; never changes after that."""

    def __init__(self, index: NameIndex, evidence: _Evidence) -> None:
        self._index = index
        self._evidence = evidence
        self._known = index.known.with_people([*evidence.surnames, *evidence.givens])

    @classmethod
    def from_segments(cls, texts: Iterable[str], glossary: Glossary | None = None) -> NameBook:
        """The book of an item's Ukrainian sentences, in their order; `glossary` is the built-in lexicon by default.

        Raises:
            ConfigurationError: the lexicon cannot be read.
        """
        index = name_index(load_glossary() if glossary is None else glossary)
        found = [mention for text in texts for mention in mentions(text, index.known) if mention.readings]
        evidence = _Evidence()
        for mention in found:
            _weigh(evidence, mention.readings, index)
        book = cls(index, evidence)
        for mention in found:
            person = book._choose(mention.readings)
            if person.given and person.surname and not person.given.endswith("."):
                evidence.full.setdefault(person.surname, person.given)
                evidence.bearers.setdefault(person.given, set()).add(person.surname)
        return book

    @property
    def places(self) -> Mapping[str, str]:
        """Place, in lower case → its English, of all that the glossary knows."""
        return self._index.places

    def mentions(self, text: str) -> list[NamedSpan]:
        """The people and places that `text`, Ukrainian, names, in order, each with its spelling."""
        found = []
        for mention in mentions(text, self._known):
            person = self._choose(mention.readings) if mention.readings else None
            settled = with_reading(mention, person) if person else mention
            spelling = self._person(person, settled) if person else self._thing(settled)
            found.append(NamedSpan(settled.span, settled.names, spelling))
        return found

    def names(self, text: str) -> list[Name]:
        """The words of `text` that are names, as `vistka.text.names.names` gives them, with the book's nominatives."""
        return [name for mention in self.mentions(text) for name in mention.names]

    def spelling(self, name: Name | str) -> Spelling:
        """The spelling of one word of a name, or of a whole name in any case form (`Олександра Сирського`).

        A part of a full name that the lexicon lists is spelled as there: `Сергій` is Sergey where the item's only
        Сергій is Сергій Лавров.
        """
        if isinstance(name, str):
            found = self.mentions(name)
            if found and found[0].span.end - found[0].span.start >= len(name.strip()):
                return found[0].spelling
            return self._word(normal_word(name), _readings_of(name))
        if name.kind == "place":
            return self._place(name.lemma)
        alone = [NameForm(name.lemma, "any", frozenset(), 0.0)]
        return self._word(name.lemma, _readings_of(name.text) or alone)

    # --- choosing the nominative --------------------------------------------------------------------------------------

    def _choose(self, readings: Sequence[Person]) -> Person:
        """The reading that the mention itself and the rest of the item speak for most."""
        return max(readings, key=self._score)

    def _score(self, person: Person) -> float:
        evidence = self._evidence
        support = evidence.surnames.get(person.surname, 0.0) + evidence.givens.get(person.given, 0.0)
        return person.weight + min(_MAX_SUPPORT, support) + _listed(person, self._index)

    def _word(self, lemma: str, readings: Iterable[NameForm]) -> Spelling:
        """A word by itself: the nominative among `readings` that the item knows, or else `lemma`."""
        evidence = self._evidence
        support = {
            reading.lemma: evidence.surnames.get(reading.lemma, 0.0) + evidence.givens.get(reading.lemma, 0.0)
            for reading in readings
        }
        if any(support.values()):
            support[lemma] = support.get(lemma, 0.0) + _SAME_LEMMA
            lemma = max(support, key=lambda key: support[key])
        return self._part(lemma)

    # --- spelling -----------------------------------------------------------------------------------------------------

    def _person(self, person: Person, mention: Mention) -> Spelling:
        given, surname = person.given, person.surname
        if not given or not surname:
            return self._part(surname or given)
        nominative = f"{capitalised(given)} {capitalised(surname)}"
        listed = self._listed_full(given, surname)
        if listed:
            return Spelling(nominative, listed, "lexicon")
        if given.endswith("."):
            part = self._part(surname)
            return Spelling(nominative, f"{by_rules(given)} {part.english}", part.ground)
        patronymic = any(name.kind == "patronymic" for name in mention.names)
        origin = person_origin(
            given.split(), surname, ukrainian=self._index.ukrainian_given, patronymic=patronymic
        )  # fmt: skip
        # A Ukrainian who bears the surname of somebody listed is not that person: Ivan Klychko is no Klitschko.
        namesake = origin == "ukrainian" and surname in self._index.bearers
        parts = [self._single(name, origin) for name in given.split()]
        parts.append(self._ruled(surname, origin) if namesake else self._single(surname, origin))
        return Spelling(nominative, " ".join(part.english for part in parts), _weakest(parts))

    def _part(self, lemma: str) -> Spelling:
        """A surname or given name by itself, by the full mention that it belongs to."""
        evidence = self._evidence
        given = evidence.full.get(lemma)
        listed = self._listed_full(given, lemma) if given else None
        if listed:
            return Spelling(capitalised(lemma), listed.split()[-1], "lexicon")
        if given:
            origin = person_origin(given.split(), lemma, ukrainian=self._index.ukrainian_given)
            namesake = origin == "ukrainian" and lemma in self._index.bearers
            return self._ruled(lemma, origin) if namesake else self._single(lemma, origin)
        bearers = evidence.bearers.get(lemma, set())
        bearer = self._listed_full(lemma, next(iter(bearers))) if len(bearers) == 1 else None
        if bearer:
            return Spelling(capitalised(lemma), bearer.split()[0], "lexicon")
        return self._single(lemma, surname_origin(lemma))

    def _single(self, lemma: str, origin: NameOrigin) -> Spelling:
        """One name by the lexicon, or else by the rules."""
        # `Марко` is listed as Marco, but a Ukrainian's is Marko.
        is_own = origin == "ukrainian" and lemma in self._index.ukrainian_given
        listed = None if is_own else self._listed_single(lemma, origin)
        return Spelling(capitalised(lemma), listed, "lexicon") if listed else self._ruled(lemma, origin)

    def _ruled(self, lemma: str, origin: NameOrigin) -> Spelling:
        return Spelling(capitalised(lemma), by_rules(lemma), "guess" if origin == "foreign" else "resolution-55")

    def _listed_full(self, given: str, surname: str) -> str | None:
        people = self._index.people
        return people.get(f"{given} {surname}") or people.get(f"{surname} {given}")

    def _listed_single(self, lemma: str, origin: NameOrigin) -> str | None:
        index = self._index
        if lemma in index.people:
            return index.people[lemma]
        if lemma in index.surnames and not self._evidence.full.get(lemma):
            return index.surnames[lemma]
        # The wife or sister of somebody listed: Умєров is Umerov, so Умєрова is Umerova.
        man = lemma.removesuffix("а")
        is_his = man != lemma and man.endswith(("ов", "єв", "ев", "ін", "ин")) and origin != "foreign"
        return index.people[man] + "a" if is_his and man in index.people else None

    def _thing(self, mention: Mention) -> Spelling:
        lemma = " ".join(name.lemma for name in mention.names)
        return self._part(lemma) if mention.names[0].kind == "other" else self._place(lemma)

    def _place(self, lemma: str) -> Spelling:
        listed = self._index.places.get(lemma)
        if listed:
            return Spelling(capitalised(lemma), listed, "lexicon")
        return Spelling(
            capitalised(lemma), by_rules(lemma), "guess" if place_origin(lemma) == "foreign" else "resolution-55"
        )  # fmt: skip


def _weigh(evidence: _Evidence, readings: Sequence[Person], index: NameIndex) -> None:
    """Add what one mention says: each reading by its share, a full mention for more than a surname alone."""
    scores = [person.weight + _listed(person, index) for person in readings]
    shares = [math.exp(score - max(scores)) for score in scores]
    # A mention that may be read in two ways says little: the clear ones decide.
    sure = max(_LEAST_SURE, 1.0 - (sorted(shares)[-2] if len(shares) > 1 else 0.0))
    for person, share in zip(readings, shares, strict=True):
        weight = sure * share / sum(shares) * (_FULL_MENTION if person.given and person.surname else 1.0)
        if person.surname:
            evidence.surnames[person.surname] = evidence.surnames.get(person.surname, 0.0) + weight
        if person.given and not person.given.endswith("."):
            evidence.givens[person.given] = evidence.givens.get(person.given, 0.0) + weight


def _listed(person: Person, index: NameIndex) -> float:
    """How much the lexicon speaks for a reading: of a full name, only the full name, since others share its parts."""
    if person.given and person.surname and not person.given.endswith("."):
        if f"{person.given} {person.surname}" in index.people:
            return _LISTED_FULL
        usual = person.given in index.ukrainian_given and surname_origin(person.surname) != "foreign"
        return _USUAL_GIVEN if usual else 0.0
    part = person.surname or person.given
    return _LISTED if part in index.people or part in index.surnames else 0.0


def _readings_of(word: str) -> list[NameForm]:
    return [*given_forms(word), *surname_forms(word)] if word.strip() and " " not in word.strip() else []


def _weakest(parts: Sequence[Spelling]) -> Ground:
    grounds = {part.ground for part in parts}
    return "guess" if "guess" in grounds else ("resolution-55" if "resolution-55" in grounds else "lexicon")


def unsure_spellings(named: Iterable[NamedSpan]) -> list[Finding]:
    """The foreign names among `named` that the lexicon lacks, each once, for a person to look up."""
    found: dict[str, Finding] = {}
    for one in named:
        nominative = one.spelling.nominative
        if one.spelling.ground == "guess":
            message = f"{nominative} is a foreign name that the lexicon does not have: check its spelling."
            found.setdefault(nominative, Finding(UNSURE, message, "warn", nominative))
    return list(found.values())

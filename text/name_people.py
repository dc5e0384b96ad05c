"""Who a run of name words names: given name and surname in the nominative, read together.

`Олександра Сирського` is Олександр Сирський, since only a man's genitive fits both words; `Олександру Чернишову` may
be a man (to him) or a woman (saw her). The readings that fit are returned with their weights; what the sentence shows
beside the name (a title, a verb in the past) weighs in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from vistka.text.lemmas import normal_word, readings
from vistka.text.name_forms import ALL_CASES, Cases, Gender, NameForm, given_forms, rule_forms, surname_forms

MAX_READINGS = 12
"""Readings kept of one mention."""


@dataclass(frozen=True, slots=True)
class Clue:
    """What a word beside a name says of it.

    Attributes:
        gender: of the person; `any` where the word does not tell.
        cases: that the name may stand in.
        weight: what a reading gains that fits.
    """

    gender: Gender
    cases: Cases
    weight: float = 1.5


@dataclass(frozen=True, slots=True)
class Person:
    """One way to read a mention of a person.

    Attributes:
        given, surname: nominatives, lower case; empty where the mention has none. Middle names stand with `given`.
        gender: `plur` for a family (`Зеленські`), whose surname is given as the man's.
        cases: that the mention may stand in.
        weight: to compare readings of one mention, no probability.
        lemmas: the nominative of each word of the mention, patronymics among them, in the mention's order.
    """

    given: str
    surname: str
    gender: Gender
    cases: Cases
    weight: float
    lemmas: tuple[str, ...]


_GIVEN_UNKNOWN = 0.5
_INITIAL = re.compile(r"[А-ЯҐЄІЇ]\.")
_UKRAINIAN_END = re.compile(r"(?:[єе]нко|[сцз]ьк(?:ий|а)|[уюя]к|чук|ець|ишин|[ії]в)$")
_TYPICAL = 0.8
# The commonest case of names in the news.
_NOMINATIVE = 0.3


@lru_cache(maxsize=8192)
def person_readings(words: tuple[str, ...], clues: tuple[Clue, ...] = ()) -> tuple[Person, ...]:
    """The ways to read `words`, the name words of one mention in order, the likeliest first; initials (`О.`) allowed.

    Raises:
        ValueError: there are no words.
    """
    if not words:
        raise ValueError("a mention has one word or more")
    roles = _roles(words)
    columns = [_column(word, role) for word, role in zip(words, roles, strict=True)]
    found = [
        person
        for row in product(*columns)
        if (person := _person(row, roles, clues)) is not None
    ]  # fmt: skip
    best: dict[tuple[str, ...], Person] = {}
    for person in sorted(found, key=lambda person: -person.weight):
        best.setdefault((*person.lemmas, person.gender), person)
    return tuple(best.values())[:MAX_READINGS]


def _roles(words: Sequence[str]) -> list[str]:
    """`given`, `surname`, `patronymic` or `fixed` (initials, particles) for each word."""
    roles = ["" if word[0].isupper() and not _INITIAL.fullmatch(word) else "fixed" for word in words]
    open_ = [index for index, role in enumerate(roles) if not role]
    # `Борис Павлович` without a surname may have one that looks like a patronymic: as such no letter of it is lost.
    for index in open_[1:] if len(open_) > 2 else ():
        if _is_patronymic(words[index]):
            roles[index] = "patronymic"
    open_ = [index for index in open_ if not roles[index]]
    if len(open_) == 1:
        index = open_[0]
        forms = given_forms(words[index])
        in_nominative = any("nomn" in form.cases for form in forms)
        is_given = forms and ("patronymic" in roles or in_nominative or not _has_surname(words[index]))
        roles[index] = "given" if is_given and "fixed" not in roles else "surname"
        return roles
    turned = given_forms(words[open_[-1]]) and not given_forms(words[open_[0]])
    before_patronymic = roles[open_[-1] + 1 : open_[-1] + 2] == ["patronymic"]
    surname = open_[0] if turned or before_patronymic else open_[-1]
    for index in open_:
        roles[index] = "surname" if index == surname else "given"
    return roles


def _has_surname(word: str) -> bool:
    return any(reading.known and "Surn" in reading.grammemes for reading in readings(word))


def _is_patronymic(word: str) -> bool:
    return any(reading.known and "Patr" in reading.grammemes for reading in readings(word.capitalize()))


@lru_cache(maxsize=8192)
def _patronymic_forms(word: str) -> tuple[NameForm, ...]:
    return tuple(
        NameForm(
            reading.lemma, "femn" if "femn" in reading.grammemes else "masc", reading.grammemes & ALL_CASES, 1.0
        )
        for reading in readings(word.capitalize())
        if reading.known and "Patr" in reading.grammemes
    )  # fmt: skip


_PER_WORD = 10


def _column(word: str, role: str) -> tuple[NameForm, ...]:
    if role == "fixed":
        return (NameForm(word.lower(), "any", ALL_CASES, 0.0),)
    if role == "patronymic":
        return _patronymic_forms(word)
    if role == "surname":
        return surname_forms(word)[:_PER_WORD]
    known = given_forms(word)
    if known:
        return known
    guessed = [NameForm(r.lemma, r.gender, r.cases, r.weight * _GIVEN_UNKNOWN) for r in rule_forms(normal_word(word))]
    return tuple(guessed[:_PER_WORD]) or (NameForm(normal_word(word), "any", ALL_CASES, _GIVEN_UNKNOWN),)


def _person(row: Sequence[NameForm], roles: Sequence[str], clues: Iterable[Clue]) -> Person | None:
    genders: set[Gender] = {form.gender for form in row if form.gender != "any"}
    cases = frozenset.intersection(*(form.cases for form in row))
    if len(genders) > 1:
        return None
    gender: Gender = next(iter(genders), "any")
    if not cases:
        return None
    weight = sum(form.weight for form in row) + sum(clue.weight for clue in clues if _fits(clue, gender, cases))
    surname = "-".join(form.lemma for form, role in zip(row, roles, strict=True) if role == "surname")
    given = " ".join(form.lemma for form, role in zip(row, roles, strict=True) if role in {"given", "fixed"})
    weight += _TYPICAL if _UKRAINIAN_END.search(surname) else 0.0
    weight += _NOMINATIVE if "nomn" in cases else 0.0
    return Person(given, surname, gender, cases, weight, tuple(form.lemma for form in row))


def _fits(clue: Clue, gender: Gender, cases: Cases) -> bool:
    return bool(clue.cases & cases) and ("any" in (clue.gender, gender) or clue.gender == gender)

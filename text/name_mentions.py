"""Mentions of people and places in a Ukrainian text: the name words that belong together, read together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from vistka.datatypes import Span
from vistka.text.lemmas import Reading, Token, lemmas, normal_word, readings, tokens
from vistka.text.name_forms import ALL_CASES, Cases, Gender
from vistka.text.name_people import Clue, Person, person_readings
from vistka.text.name_words import NOTHING_KNOWN, KnownNames, Name, name_words


@dataclass(frozen=True, slots=True)
class Mention:
    """A name as it stands in a text: one word of it or several.

    Attributes:
        span: its characters, initials (`О. Чернишов`) among them.
        names: its words, each with the nominative of the likeliest reading.
        readings: for a person, the ways to read it, the likeliest first; empty for a place.
        words: what was read: the words of the mention with its initials and particles.
    """

    span: Span
    names: tuple[Name, ...]
    readings: tuple[Person, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def is_person(self) -> bool:
        """Whether it names a person: two unknown words in a row (`Ульф Крістерссон`) are taken for one."""
        return any(name.kind == "person" for name in self.names) or len(self.names) > 1


_PERSONAL = frozenset({"person", "patronymic", "other"})
# Between the words of foreign names: `Урсула фон дер Ляєн`.
_PARTICLES = r"(?:фон|дер|ден|ван|де|да|ді|ду|дель|делла|ла|ле|ель|аль|бін|ібн|дос|сан|цу)"
# Also short words that are no name by themselves: `Йонас Гар Стьоре`, `Кім Чен Ин`.
_BETWEEN = re.compile(rf"[ \u00a0\u202f\n]+(?:(?:(?i:{_PARTICLES})|[А-ЯҐЄІЇ][а-яґєії]{{1,3}})[ \u00a0\n]+){{0,2}}")
_INITIALS_BEFORE = re.compile(r"(?:(?<!\w)[А-ЯҐЄІЇ]\.[ \u00a0\u202f]?){1,2}$")
_INITIAL = re.compile(r"[А-ЯҐЄІЇ]\.")
_MAX_WORDS = 5


def mentions(text: str, known: KnownNames = NOTHING_KNOWN) -> list[Mention]:
    """The mentions of people and places in `text`, Ukrainian, in order, not overlapping."""
    words = tokens(text)
    return [_mention(text, words, group) for group in _groups(text, name_words(text, words, known))]


def _groups(text: str, found: Sequence[Name]) -> Iterator[list[Name]]:
    """Words that follow each other with nothing but a space or a particle between, as parts of one person's name."""
    group: list[Name] = []
    for name in found:
        if group and not _belongs(text, group, name):
            yield group
            group = []
        group.append(name)
    if group:
        yield group


def _belongs(text: str, group: Sequence[Name], name: Name) -> bool:
    if len(group) >= _MAX_WORDS or not {group[-1].kind, name.kind} <= _PERSONAL:
        return False
    return _BETWEEN.fullmatch(text[group[-1].span.end : name.span.start]) is not None


def _mention(text: str, words: Sequence[Token], group: Sequence[Name]) -> Mention:
    span = Span(group[0].span.start, group[-1].span.end)
    if not {name.kind for name in group} <= _PERSONAL:
        return Mention(span, tuple(group))
    if group[0].kind == "other" and len(group) == 1:
        return Mention(span, tuple(group))
    initials = _INITIALS_BEFORE.search(text[: span.start]) if len(group) == 1 else None
    span = Span(initials.start() if initials else span.start, span.end)
    parts = (*(_INITIAL.findall(initials.group()) if initials else ()), *_parts(text, group))
    clues = tuple(_clues(text, words, span))
    found = person_readings(parts, clues)
    if not found:
        return Mention(span, tuple(group), (), parts)
    return with_reading(Mention(span, tuple(group), found, parts), found[0])


def _parts(text: str, group: Sequence[Name]) -> list[str]:
    """The words of a group with the particles between them; a word in capitals in ordinary ones."""
    parts = []
    end = group[0].span.start
    for name in group:
        parts += text[end : name.span.start].split()
        parts.append(name.text.title() if name.text.isupper() else name.text)
        end = name.span.end
    return parts


def with_reading(mention: Mention, person: Person) -> Mention:
    """`mention` with the nominatives of `person`, one of its readings."""
    by_word = {normal_word(word): lemma for word, lemma in zip(mention.words, person.lemmas, strict=True)}
    named = tuple(replace(name, lemma=by_word.get(normal_word(name.text), name.lemma)) for name in mention.names)
    return replace(mention, names=named)


# --- what stands beside ---------------------------------------------------------------------------------------------

_NOMINATIVE: Cases = frozenset({"nomn"})
_OBLIQUE: Cases = ALL_CASES - {"nomn", "voct"}
# A verb beside that agrees says more than the dictionary's readings of the name.
_SUBJECT, _MAN = 4.0, 1.0
_FAMILY = 3.0
_FAMILIES = frozenset({"родина", "сім'я", "подружжя", "брат", "сестра", "батько", "династія", "рід"})


def _clues(text: str, words: Sequence[Token], span: Span) -> Iterator[Clue]:
    """What the words before and after a mention say of its bearer and its case."""
    before = _touching(text, words, span.start, before=True)
    after = _touching(text, words, span.end, before=False)
    if before is not None:
        yield from _from_title(before)
        if any(r.known and r.pos == "PREP" for r in readings(before.text)):
            yield Clue("any", _OBLIQUE)
    for word in (before, after):
        if word is not None:
            yield from _from_verb(readings(word.text)[0])


def _touching(text: str, words: Sequence[Token], at: int, *, before: bool) -> Token | None:
    """The word that only a space parts from place `at`."""
    for word in reversed(words) if before else words:
        edge = word.end if before else word.start
        if edge <= at if before else edge >= at:
            gap = text[edge:at] if before else text[at:edge]
            return word if gap.isspace() else None
    return None


def _from_title(word: Token) -> Iterator[Clue]:
    """`міністра` is a genitive; of a man or a woman, but `речниці` is a woman."""
    known = [r for r in readings(word.text) if r.known and r.pos == "NOUN" and "anim" in r.grammemes]
    if not _FAMILIES.isdisjoint(lemmas(word.text)):
        yield Clue("plur", ALL_CASES, _FAMILY)
    for gender in ("masc", "femn"):
        own = [r for r in known if gender in r.grammemes]
        cases = frozenset(case for r in own for case in r.grammemes & ALL_CASES)
        if cases:
            bearer: Gender = "femn" if gender == "femn" else "any"
            yield Clue(bearer, cases)


def _from_verb(reading: Reading) -> Iterator[Clue]:
    """A past tense tells the gender of its subject: `заявила Чернишова`."""
    if reading.known and reading.pos == "VERB" and "past" in reading.grammemes:
        if "femn" in reading.grammemes:
            yield Clue("femn", _NOMINATIVE, _SUBJECT)
        elif "masc" in reading.grammemes:
            # Of a man's name in -а the form may be the object: `Стармера підтримав`.
            yield Clue("masc", _NOMINATIVE, _MAN)

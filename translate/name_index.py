"""The names of a glossary, arranged to be looked up by the nominatives that a text yields."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from vistka.text.lemmas import lemmas, normal_word, word_forms
from vistka.text.name_words import KnownNames
from vistka.text.places import places
from vistka.text.romanisation import romanise
from vistka.translate.glossary import LEXICON_FOLDER, Entry, Glossary, read_entries

_HOMOGRAPH = "homograph"
_UKRAINIAN_GIVEN_NAMES = LEXICON_FOLDER / "given_names.tsv"

# Ukrainian given names that the lexicon lists as something else: an everyday word, a place, a foreigner's name.
_ALSO_GIVEN = frozenset(
    "віра надія любов влада рада лев богдана божена борислав ізяслав едем сервер емір марко едуард жанна данута ілона "
    "кароліна ліна лука майя мілана мілена мустафа рената стефанія теодор юлій єва ігнат ельвіра платон аліса".split()
)

# Given names that Ukrainians and others bear: the surname decides.
_INTERNATIONAL = frozenset(
    "адам адріан аліна альберт анна артур валентин валентина вероніка віктор вікторія герман давид діана ева "
    "елла емма клара лариса маргарита марина марк марта мартин микола наталія ніна роберт роман сабіна софія станіслав "
    "сусанна тамара тереза тимур христина ян яна ярослав ярослава мирослав мирослава ростислав владислав богдан андрій"
    .split()
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NameIndex:
    """What a glossary knows of names. All keys are nominatives, lower case, with the apostrophe `'`.

    Attributes:
        people: full name or single name → its English.
        surnames: surname → its English, where the full names that bear it agree on one.
        bearers: surnames of the full names.
        places: place → its English.
        ukrainian_given: given names that tell a Ukrainian.
        known: the same names as the reading of texts takes them.
    """

    people: Mapping[str, str]
    surnames: Mapping[str, str]
    bearers: frozenset[str]
    places: Mapping[str, str]
    ukrainian_given: frozenset[str]
    known: KnownNames


_BUILDING = threading.Lock()


def name_index(glossary: Glossary) -> NameIndex:
    """The index of `glossary`, made once for each (in about a second): threads that ask at once wait for the one.

    Raises:
        ConfigurationError: the list of Ukrainian given names cannot be read.
    """
    with _BUILDING:
        return _name_index(glossary)


@lru_cache(maxsize=16)
def _name_index(glossary: Glossary) -> NameIndex:
    people = _english(entry for entry in glossary.entries if entry.pos == "name")
    located = _english(entry for entry in glossary.entries if entry.pos == "place")
    for name, english in places().items():
        located.setdefault(name, english[0])
    listed = [entry for entry in glossary.entries if entry.pos == "name" and " " not in entry.lemma]
    own = {normal_word(entry.lemma) for entry in read_entries(_UKRAINIAN_GIVEN_NAMES)}
    plain = {normal_word(entry.lemma) for entry in listed if not entry.has_tag(_HOMOGRAPH)}
    return NameIndex(
        people=people,
        surnames=_surnames(people),
        bearers=frozenset(name.split()[-1] for name in people if " " in name),
        places=located,
        ukrainian_given=frozenset((own | _ALSO_GIVEN) - _INTERNATIONAL),
        known=KnownNames(
            people=frozenset(plain),
            places=frozenset(_one_word_places(glossary.entries)),
            place_pairs=_pairs(entry for entry in glossary.entries if entry.pos == "place"),
        ),
    )


def _english(entries: Iterable[Entry]) -> dict[str, str]:
    """Nominative → first sense; the user's entry stands, and else the first."""
    found: dict[str, str] = {}
    for entry in entries:
        if entry.by_user:
            found[normal_word(entry.lemma)] = entry.sense
        else:
            found.setdefault(normal_word(entry.lemma), entry.sense)
    return found


def _one_word_places(entries: Iterable[Entry]) -> Iterable[str]:
    for entry in entries:
        # `лівобережжя` is listed as a place, but is no name.
        if entry.pos == "place" and " " not in entry.lemma and entry.lemma[:1].isupper():
            yield normal_word(entry.lemma)


def _surnames(people: Mapping[str, str]) -> dict[str, str]:
    """The last words of full names, where all that share the Ukrainian one share the English one."""
    spellings: dict[str, set[str]] = {}
    for name, english in people.items():
        if name.count(" ") == 1 == english.count(" "):
            spellings.setdefault(name.split()[1], set()).add(english.split()[1])
    found = {surname: next(iter(english)) for surname, english in spellings.items() if len(english) == 1}
    return {surname: english for surname, english in found.items() if surname not in people}


def _pairs(entries: Iterable[Entry]) -> dict[tuple[str, str], str]:
    """Two-word places (`Біла Церква`) by the dictionary forms of their words; regions and waters are no such names."""
    found: dict[tuple[str, str], str] = {}
    for entry in entries:
        words = word_forms(entry.lemma)
        if len(words) != 2 or " " not in entry.lemma or not all(word[:1].isupper() for word in words):
            continue
        for first in lemmas(words[0]):
            for second in lemmas(words[1]):
                found.setdefault((first, second), normal_word(entry.lemma))
    return found


def capitalised(lemma: str) -> str:
    """A name in lower case as it is written: each word and each hyphenated part with a capital, particles without."""
    words = ["-".join(part[:1].upper() + part[1:] for part in word.split("-")) for word in lemma.split(" ")]
    return " ".join(word.lower() if word.lower() in PARTICLES and index else word for index, word in enumerate(words))


PARTICLES = frozenset({"фон", "дер", "ден", "ван", "де", "да", "ді", "дель", "бін", "ібн", "аль", "цу"})


def by_rules(lemma: str) -> str:
    """The English of a nominative by resolution 55."""
    return romanise(capitalised(lemma))

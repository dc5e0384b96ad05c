"""Names of people and places in a Ukrainian sentence, and whether an English one keeps them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from vistka.datatypes import Span
from vistka.text.lemmas import lemmas, normal_word
from vistka.text.name_mentions import mentions
from vistka.text.name_words import NOTHING_KNOWN, KnownNames, Name, NameKind
from vistka.text.phonetic import sounds_alike
from vistka.text.places import places
from vistka.text.romanisation import romanise

__all__ = [
    "NOTHING_KNOWN", "KnownNames", "Name", "NameKind", "RussianForm", "missing_names", "names", "russian_forms",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class RussianForm:
    """A Ukrainian name in English letters by its Russian form.

    Attributes:
        span: its characters in the English text.
        text: those characters.
        official: the spelling to use.
    """

    span: Span
    text: str
    official: str


def names(text: str, known: KnownNames = NOTHING_KNOWN) -> list[Name]:
    """The words of `text`, Ukrainian, that are names, in order; first and last name are two.

    A capital at the start of a sentence says nothing: there a word counts only when the dictionary has it as a
    name and as nothing else, the next word is a surname or a verb, or `known` has it. A text in capitals yields no
    names.
    """
    return [name for mention in mentions(text, known) for name in mention.names]


# --- keeping --------------------------------------------------------------------------------------------------------

_ENGLISH_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def missing_names(source_names: Iterable[Name], english: str, spellings: Mapping[str, str]) -> list[Name]:
    """The names of a source that its English does not show, in order, each lemma once.

    A name is kept when the English has its spelling in `spellings` (lemma, lower case → English; a lemma of several
    words speaks for each of them), an English name of the place, its romanisation by resolution 55, or a word that
    sounds like it. Patronymics and Ukraine itself may be left out.
    """
    words = _english_words(english)
    found: dict[str, Name] = {}
    for name in source_names:
        required = name.kind in {"person", "place"} and name.lemma != "україна"
        if required and not _is_kept(name, english, words, spellings):
            found.setdefault(name.lemma, name)
    return list(found.values())


def _english_words(english: str) -> tuple[str, ...]:
    words: list[str] = []
    for word in _ENGLISH_WORD.findall(english):
        plain = re.sub(r"['’]s?$", "", word)
        words.append(plain)
        words.extend(part for part in plain.split("-") if part != plain)
    return tuple(dict.fromkeys(words))


def _is_kept(name: Name, english: str, words: Sequence[str], spellings: Mapping[str, str]) -> bool:
    folded = english.lower()
    expected = [*_spelled(name.lemma, spellings), *places().get(name.lemma, ())]
    if any(re.search(rf"(?<!\w){re.escape(form.lower())}(?!\w)", folded) for form in expected):
        return True
    if name.kind == "place" and places().get(name.lemma, (romanise(name.lemma),))[0].lower() != romanise(name.lemma):
        # `Німеччина` does not sound like Germany: what sounds like it would be another word.
        return any(_same_stem(form, word) for form in expected for word in words)
    candidates = [word for word in words if word[0].isupper() and len(word) > 1]
    if " " in name.lemma:
        return all(any(sounds_alike(part, word) for word in candidates) for part in name.lemma.split())
    own = {name.lemma, normal_word(name.text), *lemmas(name.text)}
    return any(sounds_alike(form, word) for form in own for word in candidates)


def _same_stem(one: str, other: str) -> bool:
    """`Hungary` and `Hungarians`."""
    length = max(4, min(len(one), len(other)) - 3)
    return other[:1].isupper() and one[:length].lower() == other[:length].lower()


def _spelled(lemma: str, spellings: Mapping[str, str]) -> list[str]:
    """The official English of a lemma, by itself or as a word of a longer entry."""
    return [
        english for key, english in spellings.items() if key == lemma or lemma in normal_word(key).split()
    ]  # fmt: skip


# --- Russian forms --------------------------------------------------------------------------------------------------

# Ukrainian names as English took them from Russian; the official spelling by resolution 55 or, for people, their own.
_RUSSIAN_FORMS = {
    "Kiev": "Kyiv", "Odessa": "Odesa", "Kharkov": "Kharkiv", "Lvov": "Lviv", "Nikolaev": "Mykolaiv",
    "Nikolayev": "Mykolaiv", "Zaporozhye": "Zaporizhzhia", "Zaporozhe": "Zaporizhzhia",
    "Zaporizhia": "Zaporizhzhia", "Zaporizhya": "Zaporizhzhia", "Zaporizhzhya": "Zaporizhzhia",
    "Dnepr": "Dnipro", "Dnepropetrovsk": "Dnipropetrovsk", "Chernobyl": "Chornobyl", "Chernigov": "Chernihiv",
    "Chernovtsy": "Chernivtsi", "Vinnitsa": "Vinnytsia", "Vinnytsya": "Vinnytsia", "Rovno": "Rivne",
    "Ternopol": "Ternopil", "Lugansk": "Luhansk", "Uzhgorod": "Uzhhorod", "Zhitomir": "Zhytomyr",
    "Krivoy Rog": "Kryvyi Rih", "Kryvyy Rih": "Kryvyi Rih", "Kremenchug": "Kremenchuk", "Slavyansk": "Sloviansk",
    "Artemovsk": "Bakhmut", "Artyomovsk": "Bakhmut", "Severodonetsk": "Sievierodonetsk",
    "Lisichansk": "Lysychansk", "Ugledar": "Vuhledar", "Avdeevka": "Avdiivka", "Avdeyevka": "Avdiivka",
    "Gorlovka": "Horlivka", "Izum": "Izium", "Izyum": "Izium", "Kupyansk": "Kupiansk", "Volchansk": "Vovchansk",
    "Pokrovskoe": "Pokrovske", "Energodar": "Enerhodar", "Gostomel": "Hostomel", "Irpen": "Irpin",
    "Cherkassy": "Cherkasy", "Khmelnitsky": "Khmelnytskyi", "Khmelnitskiy": "Khmelnytskyi",
    "Kirovograd": "Kropyvnytskyi", "Belaya Tserkov": "Bila Tserkva", "Borispol": "Boryspil", "Nezhin": "Nizhyn",
    "Konstantinovka": "Kostiantynivka", "Krasnoarmeysk": "Pokrovsk", "Genichesk": "Henichesk",
    "Zelensky": "Zelenskyy", "Zelenskiy": "Zelenskyy", "Zelenski": "Zelenskyy",
    "Zaluzhny": "Zaluzhnyi", "Zaluzhniy": "Zaluzhnyi", "Syrsky": "Syrskyi",
    "Syrskiy": "Syrskyi", "Shmygal": "Shmyhal", "Donbass": "Donbas", "Dnieper River": "Dnipro River",
}  # fmt: skip


@lru_cache(maxsize=1)
def _russian_pattern() -> re.Pattern[str]:
    forms = sorted(_RUSSIAN_FORMS, key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(map(re.escape, forms)) + r")\b", re.IGNORECASE)


def russian_forms(english: str) -> list[RussianForm]:
    """The Ukrainian names of `english` that are spelled from Russian, or in an older way, with the official spelling.

    A form in lower case is no name, except in an address, and is passed over.
    """
    by_fold = {form.lower(): official for form, official in _RUSSIAN_FORMS.items()}
    return [
        RussianForm(Span(match.start(), match.end()), match.group(), by_fold[match.group().lower()])
        for match in _russian_pattern().finditer(english)
        if match.group()[0].isupper()
    ]

"""Names of people and places in a Ukrainian sentence, and whether an English one keeps them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from vistka.datatypes import Span
from vistka.text.lemmas import lemmas, normal_word, readings
from vistka.text.name_mentions import mentions
from vistka.text.name_words import NOTHING_KNOWN, KnownNames, Name, NameKind
from vistka.text.phonetic import sounds_alike
from vistka.text.place_short_forms import has_short_form
from vistka.text.places import places
from vistka.text.romanisation import romanise

__all__ = [
    "NOTHING_KNOWN", "KnownNames", "Name", "NameKind", "RussianForm", "is_of_same_stem",
    "missing_names", "missing_unknown_names", "names", "russian_forms",
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
    words = _english_name_words(english)
    found: dict[str, Name] = {}
    for name in source_names:
        required = name.kind in {"person", "place"} and name.lemma != "україна"
        if required and not _is_kept(name, english, words, spellings):
            found.setdefault(name.lemma, name)
    return list(found.values())


def _english_name_words(english: str) -> tuple[str, ...]:
    """The words of an English text that a name may be one of, with the parts of those that a hyphen joins.

    Two capitalised words side by side also come as one (`Siem Reap` is Сіємреап).
    """
    words: list[str] = []
    found = list(_ENGLISH_WORD.finditer(english))
    for match in found:
        plain = re.sub(r"['’]s?$", "", match.group())
        words.append(plain)
        words.extend(part for part in plain.split("-") if part != plain)
    for one, other in pairwise(found):
        if english[one.end() : other.start()] == " " and one.group()[0].isupper() and other.group()[0].isupper():
            words.append(one.group() + other.group().lower())
    return tuple(dict.fromkeys(words))


def _foreign_parts(lemma: str) -> list[str]:
    """The words of a name, joined by hyphens or not, that are no everyday ones: `піке` of `піке-молодший`."""
    return [part for part in re.split(r"[ -]", lemma) if len(part) > 2 and not any(r.known for r in readings(part))]


def _is_kept(name: Name, english: str, words: Sequence[str], spellings: Mapping[str, str]) -> bool:
    folded = english.lower()
    expected = [*_spelled(name.lemma, spellings), *places().get(name.lemma, ())]
    if any(re.search(rf"(?<!\w){re.escape(form.lower())}(?!\w)", folded) for form in expected):
        return True
    if any(has_short_form(form, english) for form in expected):
        return True
    if name.kind == "place" and places().get(name.lemma, (romanise(name.lemma),))[0].lower() != romanise(name.lemma):
        # `Німеччина` does not sound like Germany: what sounds like it would be another word.
        return any(_is_derived(form, words) for form in expected)
    candidates = [word for word in words if word[0].isupper() and len(word) > 1]
    if any(" " in form and _is_derived(form, words) for form in expected):
        return True
    own = {name.lemma, normal_word(name.text), *lemmas(name.text)}
    if " " not in name.lemma and any(sounds_alike(form, word) for form in own for word in candidates):
        return True
    # `Ред-Лейк` is Red Lake.
    parts = name.lemma.split() if " " in name.lemma else _foreign_parts(name.lemma) if "-" in name.lemma else []
    return bool(parts) and all(any(sounds_alike(part, word) for word in candidates) for part in parts)


def missing_unknown_names(
    source: str, source_names: Iterable[Name], english: str, spellings: Mapping[str, str]
) -> list[Span]:
    """Where capitalised words that no dictionary knows stand side by side and the English shows none of them.

    A brand may have another name in English, so this is a doubt and no proof.
    """
    words = _english_name_words(english)
    runs: list[list[Name]] = []
    for name in source_names:
        # `КАБи` is an abbreviation with an ending.
        if name.kind != "other" or name.text[:2].isupper() or not _foreign_parts(name.lemma):
            continue
        if runs and source[runs[-1][-1].span.end : name.span.start].isspace():
            runs[-1].append(name)
        else:
            runs.append([name])
    lost = [run for run in runs if not any(_is_kept(name, english, words, spellings) for name in run)]
    return [Span(run[0].span.start, run[-1].span.end) for run in lost]


_SHORTEST_STEM = 4


def _is_derived(name: str, words: Sequence[str]) -> bool:
    """Whether each word of `name` is among `words`, or a word made from it: `ancient Egyptian` of Ancient Egypt."""
    parts = [part for part in name.split() if part[0].isupper()]
    if len(parts) < 2:
        words = [word for word in words if word[0].isupper()]
    return bool(parts) and all(any(is_of_same_stem(part, word) for word in words) for part in parts)


def is_of_same_stem(name: str, word: str) -> bool:
    """Whether an English word may be made from a name: `Hungarians` from Hungary."""
    length = max(_SHORTEST_STEM, min(len(name), len(word)) - 3)
    return name[:length].lower() == word[:length].lower()


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

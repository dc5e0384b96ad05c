"""Every nominative that a form of a Ukrainian name may have, with its gender and cases.

The dictionary knows the surnames of the famous; the rest decline by a few patterns that the ending shows (Ukrainian
orthography of 2019, sections 82 to 98). A form often fits several: `Чернишова` is a woman, or of a man. All are
returned, weighted, for the words beside to decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import Literal

from vistka.text.lemmas import Reading, normal_word, readings

Gender = Literal["masc", "femn", "neut", "plur", "any"]
Cases = frozenset[str]

ALL_CASES: Cases = frozenset({"nomn", "gent", "datv", "accs", "ablt", "loct", "voct"})
_NOMINATIVE: Cases = frozenset({"nomn"})


@dataclass(frozen=True, slots=True)
class NameForm:
    """One way to read a form of a name.

    Attributes:
        lemma: the nominative, lower case, with the apostrophe `'`; of a family (`Зеленські`), the man's.
        gender: of the bearer; `any` for what does not tell.
        cases: that the form may stand in, as pymorphy3 names them.
        weight: how likely by the form alone; to compare readings of one form, no probability.
    """

    lemma: str
    gender: Gender
    cases: Cases
    weight: float


@dataclass(frozen=True, slots=True)
class _Pattern:
    """Forms that end in `ending` have a nominative in `lemma_ending`, where what stands before them is `stem`."""

    stem: re.Pattern[str]
    ending: str
    lemma_ending: str
    gender: Gender
    cases: Cases
    weight: float


def _cases(line: str) -> Cases:
    return frozenset(line.split("/"))


# What stands before the ending | nominative ending | gender | weight | ending:cases …
# `0` is no ending. The stem is matched at its end. Weights: 2 typical of such names, 1 possible, below 1 rare.
_SURNAMES = r"""
[сцз]ьк                     ий  masc 2.4  ий:nomn/voct ого:gent/accs ому:datv/loct им:ablt ім:loct
[сцз]ьк                     а   femn 2.4  а:nomn/voct ої:gent ій:datv/loct у:accs ою:ablt
[сцз]ьк                     ий  plur 1.6  і:nomn/voct их:gent/accs/loct им:datv ими:ablt
[нлкртвхбдпмгз]             ий  masc 1.3  ий:nomn/voct им:ablt ім:loct
[нлкртвхбдпмгз]             ий  masc 1.8  ого:gent/accs ому:datv/loct
[нлкртвхбдпмгз]             а   femn 0.7  а:nomn/voct ої:gent ій:datv/loct у:accs ою:ablt
[нлртвд]                    ий  plur 0.6  і:nomn/voct их:gent/accs/loct им:datv ими:ablt
н                           ій  masc 1.2  ій:nomn/voct ього:gent/accs ьому:datv/loct ім:ablt/loct
н                           я   femn 0.8  я:nomn/voct ьої:gent ій:datv/loct ю:accs ьою:ablt
(?:[оеєїі]в|[иіїє]н)        0   masc 2.0  0:nomn/voct а:gent/accs у:datv/loct ові:datv/loct им:ablt
(?:[оеєїі]в|[иіїє]н)        0   masc 0.8  і:loct
(?:[оеєї]в|[иіїє]н)         а   femn 1.9  а:nomn/voct ої:gent ій:datv/loct у:accs ою:ablt
(?:[оеєї]в|[иіїє]н)         0   plur 1.1  и:nomn их:gent/accs/loct им:datv ими:ablt
(?:[єе]нк|[^аеєиіїоуюя]к)   о   masc 2.2  о:nomn/voct а:gent/accs у:datv/loct ові:datv/loct ом:ablt
(?:[єе]нк|[^аеєиіїоуюя]к)   о   plur 1.3  и:nomn ів:gent/accs ам:datv ами:ablt ах:loct
(?:[аиуюїяй]л|[рн]л|[бдт]л) о   masc 1.5  о:nomn/voct а:gent/accs у:datv/loct ові:datv/loct ом:ablt
(?:[аиуюїяй]л|[рн]л|[бдт]л) о   plur 0.8  и:nomn ів:gent/accs ам:datv ами:ablt ах:loct
[^аеєиіїоуюяйь]             о   masc 0.5  о:nomn/voct а:gent/accs у:datv/loct ові:datv/loct ом:ablt
[уюияа]к                    0   masc 2.2  0:nomn а:gent/accs у:datv/loct ові:datv/loct ом:ablt
[уюияа]к                    0   plur 1.2  и:nomn ів:gent/accs ам:datv ами:ablt ах:loct
[бвгґдзклмнпрстфхц]         0   masc 1.4  0:nomn а:gent/accs у:datv/loct ові:datv/loct ом:ablt
[бвгґдзклмнпрстфхц]         0   masc 0.8  і:loct
[бвгґдзклмнпрстфх]          0   plur 0.5  и:nomn ів:gent/accs ам:datv ами:ablt ах:loct
(?:ич|[жчшщ])               0   masc 1.9  0:nomn а:gent/accs у:datv/loct еві:datv/loct ем:ablt
(?:ич|[жчшщ])               0   masc 0.8  і:loct
[жчшщ]                      0   plur 0.9  і:nomn ів:gent/accs ам:datv ами:ablt ах:loct
[нлдтсзц]                   ь   masc 1.7  ь:nomn я:gent/accs ю:datv/loct еві:datv/loct ем:ablt
[нлдтсзц]                   ь   masc 0.8  і:loct
[нлдтсз]                    ь   plur 0.7  і:nomn ів:gent/accs ям:datv ями:ablt ях:loct
[ая]р                       0   masc 1.6  я:gent/accs ю:datv/loct еві:datv/loct ем:ablt
[аеєиіїоуюя]                й   masc 1.8  й:nomn я:gent/accs ю:datv/loct єві:datv/loct єм:ablt
[аеєиіїоуюя]                й   masc 0.8  ї:loct
[аеєиіїоуюя]                й   plur 0.8  ї:nomn їв:gent/accs ям:datv ями:ablt ях:loct
[бвгґдзклмнпрстфхц]         а   any  1.3  а:nomn и:gent у:accs ою:ablt о:voct
[бвдзлмнпрстфц]             а   any  1.1  і:datv/loct
[бвгґдзклмнпрстфх]          а   plur 0.4  и:nomn ам:datv ами:ablt ах:loct
[жчшщ]                      а   any  1.1  а:nomn і:gent/datv/loct у:accs ею:ablt
[нлдтсзцр]                  я   any  1.1  я:nomn і:gent/datv/loct ю:accs ею:ablt
[аеєиіїоуюяь]               я   any  1.3  я:nomn ї:gent/datv/loct ю:accs єю:ablt
"""

_PLACES = r"""
[сцз]ьк                     0   masc 2.2  0:nomn/accs а:gent у:datv/loct ом:ablt
[сцз]ьк                     е   neut 2.0  е:nomn/accs ого:gent ому:datv/loct им:ablt ім:loct
[сцз]ьк                     ий  masc 1.7  ий:nomn/accs ого:gent ому:datv/loct им:ablt ім:loct
(?:[оеє]в|[^аеєиіїоуюяь]н|[иі]н|ен|л|р) е neut 1.6 е:nomn/accs ого:gent ому:datv/loct им:ablt
[оеє]в                      0   masc 0.9  0:nomn/accs а:gent у:datv/loct ом:ablt і:loct
[иії]н                      0   masc 1.5  0:nomn/accs а:gent у:datv/loct ом:ablt і:loct
[ії]вк                      а   femn 2.5  а:nomn и:gent у:accs ою:ablt
[бвгґдзклмнпрстфх]          а   femn 1.4  а:nomn и:gent у:accs ою:ablt
[бвдзлмнпрстф]              а   femn 1.2  і:datv/loct
[жчшщ]                      а   femn 1.3  а:nomn і:gent/datv/loct у:accs ею:ablt
[сцз]ьк|[иое]в|н            а   femn 0.9  ої:gent ій:datv/loct
[нлдтсцр]                   я   femn 1.2  я:nomn і:gent/datv/loct ю:accs ею:ablt
[аеєиіїоуюя]                я   femn 1.4  я:nomn ї:gent/datv/loct ю:accs єю:ablt
(.)\1|['ь]|[бвмпф]'         я   neut 1.6  я:nomn/gent/accs ю:datv ям:ablt і:loct
[лнт]                       ь   masc 1.4  ь:nomn/accs я:gent ю:datv ем:ablt і:loct
[бвгґдзклмнпрстфхжчшщ]      0   masc 1.3  0:nomn/accs а:gent у:gent/datv/loct ом:ablt ем:ablt і:loct
[бвгґдзклмнпрстфхжчшщ]      и   plur 1.0  и:nomn/accs ів:gent ам:datv ами:ablt ах:loct 0:gent
[ц]                         і   plur 1.8  і:nomn/accs ів:gent ям:datv ями:ablt ях:loct
[аеєиіїоуюя]                й   masc 1.2  й:nomn/accs я:gent ю:datv єм:ablt ї:loct
[бвгґдзклмнпрстфх]          о   neut 0.8  о:nomn/accs а:gent у:datv ом:ablt і:loct
"""


def _patterns(table: str) -> Iterator[_Pattern]:
    for line in table.strip().splitlines():
        stem, lemma_ending, gender, weight, *forms = line.split()
        for form in forms:
            ending, cases = form.split(":")
            yield _Pattern(
                re.compile(rf"(?:{stem})$"),
                ending.replace("0", ""),
                lemma_ending.replace("0", ""),
                gender,  # type: ignore[arg-type]  # the table above has no other words
                _cases(cases),
                float(weight),
            )


@lru_cache(maxsize=2)
def _by_ending(table: str) -> dict[str, tuple[_Pattern, ...]]:
    grouped: dict[str, list[_Pattern]] = {}
    for pattern in _patterns(table):
        grouped.setdefault(pattern.ending, []).append(pattern)
    return {ending: tuple(group) for ending, group in grouped.items()}


_MIN_STEM = 2
_LONGEST_ENDING = 4

# Stems whose last vowel or consonant changes: form stem → nominative, gender, cases, weight.
# `Лубінця`, `Лубінцем` is Лубінець; `Чорновола` is Чорновіл; `Качці`, `Сибізі`, `Свисі` are of Качка, Сибіга, Свиха.
_FLEETING = re.compile(r"^(.*[^аеєиіїоуюяьй])(ь?)ц(я|ю|еві|ем|і|ів|ям|ями|ях)$")
_IV_GENITIVE = re.compile(r"^(.{2,})(?:[еоі]в|єв|їв)(а|у|им|ові)$")
_IV_CASES = {"а": _cases("gent/accs"), "у": _cases("datv/loct"), "ові": _cases("datv/loct"), "им": _cases("ablt")}
_SOFT_CASES = {
    "я": _cases("gent/accs"), "ю": _cases("datv/loct"), "еві": _cases("datv/loct"), "ем": _cases("ablt"),
    "і": _cases("loct"),
}  # fmt: skip
_DATIVE_SOFTENING = {"з": "г", "ц": "к", "с": "х"}
_DATIVE: Cases = frozenset({"datv", "loct"})


def _changed_stems(form: str) -> Iterator[NameForm]:
    fleeting = _FLEETING.match(form)
    if fleeting:
        stem, _, ending = fleeting.groups()
        gender: Gender = "masc" if ending in _SOFT_CASES else "plur"
        yield NameForm(f"{stem}ець", gender, _SOFT_CASES.get(ending, ALL_CASES - _NOMINATIVE), 2.0)
    possessive = _IV_GENITIVE.match(form)
    if possessive:
        stem, ending = possessive.groups()
        vowel = "ї" if stem[-1] in "аеєиіїоуюя'" else "і"
        yield NameForm(f"{stem.rstrip('ь')}{vowel}в", "masc", _IV_CASES[ending], 1.0)
    if form[-1:] == "і" and form[-2:-1] in _DATIVE_SOFTENING:
        yield NameForm(f"{form[:-2]}{_DATIVE_SOFTENING[form[-2]]}а", "any", _DATIVE, 1.5)


_UNCHANGING_END = re.compile(r"(?:[еєиіїоуюэ]|[аеіоуя][аеіоу]|х|их|ко|ло|но)$")
_CONSONANT_END = re.compile(r"[бвгґджзйклмнпрстфхцчшщь]$")


def _unchanged(form: str) -> Iterator[NameForm]:
    """The form as its own nominative in every case: foreign names on a vowel, women's names on a consonant or -о."""
    if _UNCHANGING_END.search(form):
        yield NameForm(form, "any", ALL_CASES, 1.0)
    if _CONSONANT_END.search(form) or form.endswith("о"):
        yield NameForm(form, "femn", ALL_CASES, 1.5)


@lru_cache(maxsize=16384)
def rule_forms(form: str) -> tuple[NameForm, ...]:
    """The readings of `form`, lower case, that the patterns of declension give, the dictionary left aside."""
    found = list(_by_table(form, _SURNAMES))
    if len(form) > _MIN_STEM:
        found += [*_changed_stems(form), *_unchanged(form)]
    return _merged(found)


def _by_table(form: str, table: str) -> Iterator[NameForm]:
    for length in range(min(_LONGEST_ENDING, len(form) - _MIN_STEM) + 1):
        ending = form[len(form) - length :]
        stem = form[: len(form) - length]
        for pattern in _by_ending(table).get(ending, ()):
            if pattern.stem.search(stem):
                yield NameForm(stem + pattern.lemma_ending, pattern.gender, pattern.cases, pattern.weight)


# `Харкова` is Харків, `Києва` is Київ: і before a last consonant where the other cases have о or е.
_CLOSED_SYLLABLE = re.compile(r"^(.+)([оеє])([вгґдзклмнпрст]ь?)$")


def _changed_places(form: str) -> Iterator[NameForm]:
    for ending, cases in _PLACE_ENDINGS:
        if form.endswith(ending):
            closed = _CLOSED_SYLLABLE.match(form.removesuffix(ending))
            if closed:
                stem, vowel, last = closed.groups()
                yield NameForm(f"{stem}{'ї' if vowel == 'є' else 'і'}{last}", "masc", cases, 1.3)
    if form.endswith("ці"):
        yield NameForm(form[:-2] + "ка", "femn", _DATIVE, 2.2)
        yield NameForm(form[:-1] + "я", "femn", _DATIVE | {"gent"}, 1.3)
    fleeting = _FLEETING.match(form)
    if fleeting:
        yield NameForm(f"{fleeting.group(1)}ець", "masc", ALL_CASES, 1.3)


_PLACE_ENDINGS = (
    ("а", frozenset({"gent"})), ("у", _DATIVE), ("ові", _DATIVE), ("ом", frozenset({"ablt"})), ("і", _DATIVE),
)  # fmt: skip


@lru_cache(maxsize=16384)
def place_forms(word: str) -> tuple[NameForm, ...]:
    """How a place name of one word may be read, the likeliest first: by the dictionary, then by its ending."""
    form = normal_word(word)
    if "-" in form:
        return _merged(r for row in product(*(_place_part(part) for part in form.split("-"))) if (r := _joined(row)))
    known = list(_from_dictionary(form, "inan"))
    return _merged([*known, *_by_table(form, _PLACES), *_changed_places(form)]) or (_as_it_is(form),)


def _place_part(part: str) -> tuple[NameForm, ...]:
    return (*place_forms(part)[:_MAX_PART_READINGS], NameForm(part, "any", ALL_CASES, 0.6))


def _merged(found: Iterable[NameForm]) -> tuple[NameForm, ...]:
    """One reading for each nominative and gender: all its cases and its best weight; the likeliest first."""
    best: dict[tuple[str, Gender], NameForm] = {}
    for reading in found:
        key = (reading.lemma, reading.gender)
        known = best.get(key)
        if known:
            reading = NameForm(*key, known.cases | reading.cases, max(known.weight, reading.weight))
        best[key] = reading
    return tuple(sorted(best.values(), key=lambda reading: -reading.weight))


_LOCATIVE_FACTOR = 0.5


def _rare_if_locative(reading: NameForm) -> NameForm:
    """People are seldom spoken of in the locative: a form that is nothing else is more likely of another name."""
    if not reading.cases <= {"loct", "voct"}:
        return reading
    return replace(reading, weight=min(_LOCATIVE_FACTOR * _KNOWN_WEIGHT / 2, reading.weight * _LOCATIVE_FACTOR))


_KNOWN_WEIGHT = 4.0
_RARE = frozenset({"alt", "Arch", "bad", "rare", "Erro", "Infr"})


def _gender(reading: Reading) -> Gender:
    if "plur" in reading.grammemes:
        return "plur"
    return "femn" if "femn" in reading.grammemes else "masc"


def _from_dictionary(form: str, mark: str) -> Iterator[NameForm]:
    for reading in readings(form.capitalize()):
        if reading.known and mark in reading.grammemes:
            # The dictionary search takes ґ for г: `Магдалена` is no Маґдалена.
            lemma = reading.lemma if "ґ" in form else reading.lemma.replace("ґ", "г")
            weight = _KNOWN_WEIGHT - (1.0 if reading.grammemes & _RARE else 0.0)
            yield NameForm(lemma, _gender(reading), frozenset(reading.grammemes & ALL_CASES), weight)


@lru_cache(maxsize=16384)
def surname_forms(word: str) -> tuple[NameForm, ...]:
    """How a surname may be read, the likeliest first; of a double-barrelled one the parts agree."""
    form = normal_word(word)
    parts = form.split("-")
    if len(parts) == 1:
        found = _merged([*_from_dictionary(form, "Surn"), *rule_forms(form)])
        return _merged(_rare_if_locative(reading) for reading in found) or (_as_it_is(form),)
    joined = [reading for row in product(*(_surname_part(part) for part in parts)) if (reading := _joined(row))]
    return _merged(joined)[:12] or (_as_it_is(form),)


def _as_it_is(form: str) -> NameForm:
    return NameForm(form, "any", ALL_CASES, 0.1)


_MAX_PART_READINGS = 8


def _surname_part(part: str) -> tuple[NameForm, ...]:
    """The readings of one part of a double-barrelled surname; the first part may stay as it is (Драй-Хмару)."""
    return (*surname_forms(part)[:_MAX_PART_READINGS], NameForm(part, "any", ALL_CASES, 0.2))


def _joined(row: tuple[NameForm, ...]) -> NameForm | None:
    cases = frozenset.intersection(*(reading.cases for reading in row))
    genders = {reading.gender for reading in row} - {"any"}
    if not cases or len(genders) > 1:
        return None
    weight = sum(reading.weight for reading in row) / len(row)
    return NameForm("-".join(reading.lemma for reading in row), next(iter(genders), "any"), cases, weight)


@lru_cache(maxsize=16384)
def given_forms(word: str) -> tuple[NameForm, ...]:
    """How a given name may be read by the dictionary, the likeliest first; empty where it knows no such name."""
    form = normal_word(word)
    known = list(_from_dictionary(form, "Name"))
    if not known and "-" in form:
        rows = product(*(given_forms(part) for part in form.split("-")))
        known = [reading for row in rows if row and (reading := _joined(row))]
    known += [
        NameForm(reading.lemma, _gender(reading), frozenset(reading.grammemes & ALL_CASES), _KNOWN_WEIGHT)
        for reading in readings(form.capitalize())
        if reading.known and reading.lemma in _UNMARKED_GIVEN and "anim" in reading.grammemes
    ]
    return _merged(reading for reading in known if reading.gender != "plur")


# Given names that the dictionary has without the mark of one.
_UNMARKED_GIVEN = frozenset({"володимир"})

"""Number words of Ukrainian, Russian and English with their values, in every inflected form.

The Cyrillic forms are generated from the lemmas below by pymorphy3, so the table holds lemmas only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from vistka.text.lemmas import analyzer

Role = Literal["unit", "hundred", "scale", "ordinal", "fraction", "vague", "collective"]


@dataclass(frozen=True, slots=True)
class NumberWord:
    """What one word form adds to a number.

    Attributes:
        value: what it stands for.
        role: `unit` adds (seven, twenty, двісті), `hundred` and `scale` multiply what stands before, `ordinal`
            adds and ends the number, `fraction` is a part of what follows (half), `collective` stands alone
            (двоє, both), `vague` is no number (dozens, сотні).
    """

    value: Fraction
    role: Role


def _series(words: str) -> list[str]:
    """A list written as a line of text, so that it can be read as one."""
    return words.split()


_UNITS_UK = _series(
    "нуль один два три чотири п'ять шість сім вісім дев'ять десять одинадцять дванадцять тринадцять чотирнадцять "
    "п'ятнадцять шістнадцять сімнадцять вісімнадцять дев'ятнадцять"
)
_TENS_UK = _series("двадцять тридцять сорок п'ятдесят шістдесят сімдесят вісімдесят дев'яносто")
_HUNDREDS_UK = _series("сто двісті триста чотириста п'ятсот шістсот сімсот вісімсот дев'ятсот")
_ORDINALS_UK = _series(
    "перший другий третій четвертий п'ятий шостий сьомий восьмий дев'ятий десятий одинадцятий дванадцятий "
    "тринадцятий чотирнадцятий п'ятнадцятий шістнадцятий сімнадцятий вісімнадцятий дев'ятнадцятий"
)
_TENS_ORDINALS_UK = _series(
    "двадцятий тридцятий сороковий п'ятдесятий шістдесятий сімдесятий вісімдесятий дев'яностий сотий"
)
_HUNDREDS_ORDINALS_UK = _series(
    "двохсотий трьохсотий чотирьохсотий п'ятисотий шестисотий семисотий восьмисотий дев'ятисотий"
)
_COLLECTIVES_UK = _series("двоє троє четверо п'ятеро шестеро семеро восьмеро дев'ятеро десятеро")
_UNITS_RU = _series(
    "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать "
    "пятнадцать шестнадцать семнадцать восемнадцать девятнадцать"
)
_TENS_RU = _series("двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто")
_HUNDREDS_RU = _series("сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот")
_ORDINALS_RU = _series("первый второй третий четвёртый пятый шестой седьмой восьмой девятый десятый")

_SCALES = {
    "тисяча": 10**3, "мільйон": 10**6, "мільярд": 10**9, "трильйон": 10**12,
    "тысяча": 10**3, "миллион": 10**6, "миллиард": 10**9, "триллион": 10**12,
}  # fmt: skip
ABBREVIATED_SCALES = frozenset({"тис", "тыс", "млн", "млрд", "трлн", "mln", "bln", "bn", "trn", "tn"})
_SHORT_SCALES = {
    "тис": 10**3, "тыс": 10**3, "млн": 10**6, "млрд": 10**9, "трлн": 10**12,
    "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12,
    "mln": 10**6, "bln": 10**9, "bn": 10**9, "trn": 10**12, "tn": 10**12,
}  # fmt: skip
_VAGUE_PLURALS = ("сотня", "десяток", "тисяча", "мільйон", "мільярд", "трильйон")

_UNITS_EN = _series(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS_EN = _series("twenty thirty forty fifty sixty seventy eighty ninety")
_ORDINALS_EN = _series(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth"
)
_TENS_ORDINALS_EN = _series("twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth hundredth")
_OTHERS_EN: dict[str, tuple[Fraction, Role]] = {
    "hundred": (Fraction(100), "hundred"),
    "half": (Fraction(1, 2), "fraction"),
    "quarter": (Fraction(1, 4), "fraction"),
    "couple": (Fraction(2), "collective"),
    "pair": (Fraction(2), "collective"),
    "both": (Fraction(2), "collective"),
    "twice": (Fraction(2), "collective"),
    "double": (Fraction(2), "collective"),
    "once": (Fraction(1), "collective"),
    "dozen": (Fraction(12), "vague"),
    "dozens": (Fraction(12), "vague"),
    "tens": (Fraction(10), "vague"),
    "hundreds": (Fraction(100), "vague"),
    "thousands": (Fraction(1000), "vague"),
    "millions": (Fraction(10**6), "vague"),
    "billions": (Fraction(10**9), "vague"),
    "trillions": (Fraction(10**12), "vague"),
}
_OTHERS_UK: dict[str, tuple[Fraction, Role]] = {
    "півтора": (Fraction(3, 2), "unit"),
    "півтори": (Fraction(3, 2), "unit"),
    "полтора": (Fraction(3, 2), "unit"),
    "полторы": (Fraction(3, 2), "unit"),
    "пів": (Fraction(1, 2), "fraction"),
    "чверть": (Fraction(1, 4), "fraction"),
    "двічі": (Fraction(2), "collective"),
    "тричі": (Fraction(3), "collective"),
    "вдвічі": (Fraction(2), "collective"),
    "удвічі": (Fraction(2), "collective"),
    "втричі": (Fraction(3), "collective"),
    "вдвох": (Fraction(2), "collective"),
    "удвох": (Fraction(2), "collective"),
    "втрьох": (Fraction(3), "collective"),
    "пара": (Fraction(2), "collective"),
    "пару": (Fraction(2), "collective"),
    "пари": (Fraction(2), "collective"),
    "сто": (Fraction(100), "unit"),
    "ста": (Fraction(100), "unit"),
    "стам": (Fraction(100), "unit"),
    "стами": (Fraction(100), "unit"),
    "двома": (Fraction(2), "unit"),
    "обома": (Fraction(2), "collective"),
}


def _forms(lemma: str, language: str, parts: tuple[str, ...]) -> Iterator[tuple[str, frozenset[str]]]:
    """Every form of `lemma` as one of `parts` of speech, with its grammemes; the lemma alone if unknown."""
    yield lemma, frozenset()
    for parse in analyzer(language).parse(lemma):
        if parse.normal_form == lemma and parse.tag.POS in parts:
            yield from ((form.word, frozenset(form.tag.grammemes)) for form in parse.lexeme)
            return


def _cyrillic_lists(language: str) -> Iterator[tuple[str, int, Role]]:
    """(lemma, value, role) of the regular series of one language."""
    ukrainian = language == "uk"
    units, tens, hundreds, ordinals = (
        (_UNITS_UK, _TENS_UK, _HUNDREDS_UK, _ORDINALS_UK)
        if ukrainian
        else (_UNITS_RU, _TENS_RU, _HUNDREDS_RU, _ORDINALS_RU)
    )
    yield from ((lemma, value, "unit") for value, lemma in enumerate(units))
    yield from ((lemma, 20 + 10 * step, "unit") for step, lemma in enumerate(tens))
    yield from ((lemma, 100 + 100 * step, "unit") for step, lemma in enumerate(hundreds))
    yield from ((lemma, 1 + step, "ordinal") for step, lemma in enumerate(ordinals))
    if ukrainian:
        yield from ((lemma, 20 + 10 * step, "ordinal") for step, lemma in enumerate(_TENS_ORDINALS_UK))
        yield from ((lemma, 200 + 100 * step, "ordinal") for step, lemma in enumerate(_HUNDREDS_ORDINALS_UK))
        yield from ((lemma, 2 + step, "collective") for step, lemma in enumerate(_COLLECTIVES_UK))
        yield "обидва", 2, "collective"
        yield "обоє", 2, "collective"


_PARTS: dict[Role, tuple[str, ...]] = {
    "unit": ("NUMR", "ADJF", "NPRO", "NOUN"),
    "collective": ("NUMR", "NPRO"),
    "ordinal": ("ADJF",),
}


def _forms_or_declined(lemma: str, language: str, role: Role) -> Iterator[str]:
    found = [form for form, _ in _forms(lemma, language, _PARTS[role])]
    # The dictionary lacks `двохсотий` and its like: they decline as any adjective does.
    regular = role == "ordinal" and len(found) == 1 and lemma.endswith("ий")
    yield from (lemma[:-2] + ending for ending in _ADJECTIVE_ENDINGS) if regular else found


_ADJECTIVE_ENDINGS = ("ий", "ого", "ому", "им", "ім", "а", "ої", "ій", "у", "ою", "е", "і", "их", "ими")


def _cyrillic(language: str) -> dict[str, NumberWord]:
    table: dict[str, NumberWord] = {}
    for lemma, value, role in _cyrillic_lists(language):
        for form in _forms_or_declined(lemma, language, role):
            table.setdefault(form, NumberWord(Fraction(value), role))
    for lemma, value in _SCALES.items():
        if (language == "uk") == ("и" in lemma[:3] or "і" in lemma):
            for form, _ in _forms(lemma, language, ("NOUN", "NUMR")):
                table.setdefault(form, NumberWord(Fraction(value), "scale"))
    return table


def _english() -> dict[str, NumberWord]:
    table = {word: NumberWord(Fraction(value), "unit") for value, word in enumerate(_UNITS_EN)}
    table |= {word: NumberWord(Fraction(20 + 10 * step), "unit") for step, word in enumerate(_TENS_EN)}
    table |= {word: NumberWord(Fraction(1 + step), "ordinal") for step, word in enumerate(_ORDINALS_EN)}
    table |= {word: NumberWord(Fraction(20 + 10 * step), "ordinal") for step, word in enumerate(_TENS_ORDINALS_EN)}
    table |= {word: NumberWord(value, role) for word, (value, role) in _OTHERS_EN.items()}
    return table


@lru_cache(maxsize=1)
def number_words() -> dict[str, NumberWord]:
    """Lower-case form with the apostrophe `'` → what it adds. Built at the first call (about 0.5 s)."""
    # Ukrainian goes last: where the two languages share a form, this is a reader of Ukrainian.
    table = _cyrillic("ru") | _cyrillic("uk")
    table |= {form: NumberWord(value, role) for form, (value, role) in _OTHERS_UK.items()}
    for lemma in _VAGUE_PLURALS[:2]:
        table |= {
            form: NumberWord(Fraction(100 if lemma == "сотня" else 10), "vague")
            for form, _ in _forms(lemma, "uk", ("NOUN",))
        }
    table |= {word: NumberWord(Fraction(value), "scale") for word, value in _SHORT_SCALES.items()}
    return table | _english()


@lru_cache(maxsize=1)
def _vague_scale_forms() -> frozenset[str]:
    forms: set[str] = set()
    for lemma in _VAGUE_PLURALS:
        forms |= {form for form, marks in _forms(lemma, "uk", ("NOUN", "NUMR")) if "plur" in marks}
    return frozenset(forms)


def is_plural_scale(word: str) -> bool:
    """Whether a scale word that stands alone is a plural, which says no number: `тисячі`, `мільйонів`."""
    return word in _vague_scale_forms()


@lru_cache(maxsize=1)
def compound_prefixes() -> dict[str, Fraction]:
    """First parts of compound adjectives: `три`(денний), `п'яти`(поверховий), `двадцяти`(річний)."""
    prefixes: dict[str, Fraction] = {
        "одно": Fraction(1), "дво": Fraction(2), "двох": Fraction(2), "три": Fraction(3), "трьох": Fraction(3),
        "чотири": Fraction(4), "чотирьох": Fraction(4), "сорока": Fraction(40), "сто": Fraction(100),
        "дев'яносто": Fraction(90), "двохсот": Fraction(200), "трьохсот": Fraction(300),
        "п'ятсот": Fraction(500), "п'ятисот": Fraction(500), "півтора": Fraction(3, 2), "пів": Fraction(1, 2),
    }  # fmt: skip
    regular = [*enumerate(_UNITS_UK), *((20 + 10 * step, lemma) for step, lemma in enumerate(_TENS_UK))]
    for value, lemma in regular:
        if value >= 5:
            genitives = (form for form, marks in _forms(lemma, "uk", ("NUMR",)) if "gent" in marks)
            prefixes |= {form: Fraction(value) for form in genitives}
    return prefixes


@dataclass(frozen=True, slots=True)
class FractionPart:
    """What a word that names a part adds to a fraction.

    Attributes:
        value: 1/3 for `третина` and `thirds`.
        plural: the form that stands after two and more (`п'ятих`, `thirds`); None where it may be either.
        noun: a word for the part and nothing else (`третина`, `quarter`), not an ordinal as well (`п'ята`, `third`).
    """

    value: Fraction
    plural: bool | None
    noun: bool


_PART_NOUNS_UK = {"третина": 3, "чверть": 4}
_PARTS_UK = {3: "третя", 5: "п'ята", 6: "шоста", 7: "сьома", 8: "восьма", 10: "десята"}
_PART_GENITIVES_UK = {3: "третіх", 5: "п'ятих", 6: "шостих", 7: "сьомих", 8: "восьмих", 10: "десятих"}


@lru_cache(maxsize=1)
def fraction_parts() -> dict[str, FractionPart]:
    """Lower-case form with the apostrophe `'` → the part it names. A half is a number word: see `number_words`."""
    table: dict[str, FractionPart] = {}
    for lemma, part in _PART_NOUNS_UK.items():
        # `третини` is both the genitive of one and the plural: a count before it tells.
        table |= {form: FractionPart(Fraction(1, part), None, True) for form, _ in _forms(lemma, "uk", ("NOUN",))}
    table |= {word: FractionPart(Fraction(1, part), False, False) for part, word in _PARTS_UK.items()}
    table |= {word: FractionPart(Fraction(1, part), True, False) for part, word in _PART_GENITIVES_UK.items()}
    table["треті"] = table["третіх"]
    for part, word in enumerate(_ORDINALS_EN[2:10], start=3):
        table[word] = FractionPart(Fraction(1, part), False, False)
        table[word + "s"] = FractionPart(Fraction(1, part), True, False)
    return table | {
        "quarter": FractionPart(Fraction(1, 4), False, True),
        "quarters": FractionPart(Fraction(1, 4), True, True),
    }

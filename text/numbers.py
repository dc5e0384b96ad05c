"""Numbers, sums and quantities of a Ukrainian, Russian or English text as values.

`1,5 млн грн`, `півтора мільйона гривень`, `UAH 1.5 million` and `1,500,000 hryvnias` are one value here. A number is
compared by value and unit and never by its letters, so a translation may write it in any way it likes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from vistka.datatypes import Language, Span
from vistka.text.lemmas import normal_word
from vistka.text.number_words import (
    ABBREVIATED_SCALES,
    FractionPart,
    NumberWord,
    compound_prefixes,
    fraction_parts,
    is_plural_scale,
    number_words,
)
from vistka.text.units import CURRENCIES, powered, unit_of

QuantityKind = Literal["number", "range", "vague", "designation", "time", "date", "year"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of a text.

    Attributes:
        span: its characters in the text, the unit included.
        text: those characters.
        kind: `number`; `range` (`low` to `high`); `vague` (dozens: no value); `designation` (Т-72: compared by its
            digits); `time` (`low` in minutes after midnight); `date` (a day of a numeric date); `year`.
        low, high: the value; equal but for a range; None for `vague`.
        unit: ISO 4217 code, SI symbol or English noun; None where the text names none.
        ordinal: first, 20-й, ХХІ.
        approx: the text says about, almost, more than.
        in_words: not written in digits.
        also: other values that the same characters may stand for.
    """

    span: Span
    text: str
    kind: QuantityKind
    low: Fraction | None
    high: Fraction | None
    unit: str | None = None
    ordinal: bool = False
    approx: bool = False
    in_words: bool = False
    also: tuple[Fraction, ...] = ()

    @property
    def value(self) -> Fraction | None:
        """The value where it is a single one."""
        return self.low if self.low == self.high else None

    def values(self) -> tuple[Fraction, ...]:
        """Its value, or both ends of its range; none for `vague`."""
        return tuple(dict.fromkeys(end for end in (self.low, self.high) if end is not None))


# --- atoms: the text cut into numerals, words and signs -------------------------------------------------------------

# Space, no-break space, narrow no-break space, thin space, and the Swiss apostrophe.
_GROUP = "[ \u00a0\u202f\u2009'’]"
_SKIP = (
    r"(?P<skip>https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.]+|[@#][^\W\d]\w*"
    r"|(?:\+\d{1,3}[\s(-]*|\b0|\(0)\d{2}[\s)-]+\d{2,3}(?:[\s-]?\d{2}){2}\b|\+\d{9,}\b)"
)
# Letters glued or hyphened to digits: Т-72, F-16, БМП-2, С-300, COVID-19, XBB.1.5, MH17, G7.
_DESIGNATION = (
    r"(?P<designation>(?<![\w.])(?!(?:No|UAH|USD|EUR|GBP|RUB|PLN|CHF)[-.]?\d)"
    r"(?:[^\W\d_]{1,10}[-‑–]|[A-ZА-ЯІЇЄҐ]{1,4})\d+(?:[.\-‑]\d+)*[^\W\d_]{0,3}(?![\w])"
    r"|(?<![\w.])[A-ZА-Я]{2,4}(?:\.\d+)+|\b24/7\b)"
)
_DATE = r"(?P<date>(?<![\d.])(?P<day>0?[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2])\.(?P<year>(?:19|20)\d{2}|\d{2})(?![\d]))"
# `о 17.15`: a point stands in a time only after the preposition that says so.
_TIME = (
    r"(?P<time>(?<![\d:,.])(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?(?![\d:])"
    r"|(?:(?<=\bо )|(?<=\bоб ))(?:[01]?\d|2[0-4])\.[0-5]\d(?![\d.,%]))"
)
_NUMERAL = rf"(?P<numeral>\d{{1,3}}(?:{_GROUP}\d{{3}})+(?![\d])(?:[.,]\d+)?|\d+(?:[.,]\d+)*)"
_WORD = r"(?P<word>[^\W\d_](?:[^\W\d_]|['’ʼ](?=[^\W\d_]))*(?:[²³]|(?<=[mм])[23]\b)?|°[CС]?)"
_ATOM = re.compile("|".join((_SKIP, _DATE, _TIME, _DESIGNATION, _NUMERAL, _WORD, r"(?P<sign>[^\s\w])")))


@dataclass(frozen=True, slots=True)
class _Atom:
    kind: str
    text: str
    start: int
    end: int
    glued: bool
    """No space before it."""


def _atoms(text: str) -> list[_Atom]:
    found: list[_Atom] = []
    for match in _ATOM.finditer(text):
        kind = match.lastgroup or "sign"
        if kind in {"day", "year"}:
            kind = "date"
        raw = match.group()
        form = normal_word(raw) if kind == "word" else raw
        found.append(_Atom(kind, form, match.start(), match.end(), bool(found) and found[-1].end == match.start()))
    return found


def _numeral(digits: str, language: Language) -> tuple[Fraction, tuple[Fraction, ...]]:
    """The value of a numeral, and the values it may also have. The same mark is a decimal in one language only."""
    plain = re.sub(_GROUP, "", digits)
    decimal_mark, group_mark = (".", ",") if language == "en" else (",", ".")
    if re.fullmatch(rf"\d{{1,3}}(?:{re.escape(group_mark)}\d{{3}})+(?:{re.escape(decimal_mark)}\d+)?", plain):
        grouped = Fraction(plain.replace(group_mark, "").replace(decimal_mark, "."))
        one_mark = plain.count(group_mark) == 1 and decimal_mark not in plain
        return grouped, ((Fraction(plain.replace(group_mark, ".")),) if one_mark else ())
    if re.fullmatch(r"\d+[.,]\d+", plain):
        value = Fraction(plain.replace(",", "."))
        joined = Fraction(re.sub("[.,]", "", plain))
        return value, ((joined,) if re.fullmatch(r"\d{1,3}[.,]\d{3}", plain) else ())
    return Fraction(re.sub("[.,]", "", plain)), ()


# --- one number -----------------------------------------------------------------------------------------------------

_ORDINAL_SUFFIXES = frozenset(
    {
        "й",
        "го",
        "му",
        "м",
        "ма",
        "ти",
        "та",
        "те",
        "ту",
        "ій",
        "ої",
        "ою",
        "ю",
        "ї",
        "х",
        "ми",
        "ого",
        "ому",
        "а",
        "е",
        "ий",
    }
    | {"ая", "ый", "ой", "ого", "st", "nd", "rd", "th", "s", "ть", "ох", "им", "их", "ими", "тий", "ти", "ро"}
)
_CARDINAL_SUFFIXES = frozenset({"ти", "ма", "х", "ох", "ть", "ро", "s"})
_DASHES = frozenset("-–—‑−")
_GLUED_SCALES = {"k": 10**3, "к": 10**3, "m": 10**6, "b": 10**9}
_BIG = 10**3


@dataclass(slots=True)
class _Sum:
    """A number being read from left to right: `total` is what a scale has closed, `open` what is still growing."""

    total: Fraction = Fraction(0)
    open: Fraction | None = None
    last_scale: Fraction | None = None
    also: tuple[Fraction, ...] = ()
    ordinal: bool = False
    digits: bool = False
    vague: bool = False
    done: bool = False

    def value(self) -> Fraction:
        return self.total + (self.open or 0)

    @property
    def empty(self) -> bool:
        return self.open is None and self.last_scale is None

    def takes(self, value: Fraction) -> bool:
        """Whether a word of `value` goes on with this number (`двадцять` + `один`) or begins another."""
        if self.open is None:
            return self.last_scale is None or value < self.last_scale
        if value >= 100 or self.digits or self.open.denominator != 1 or self.open == 0:
            return False
        room = 10 if value < 10 and self.open % 100 >= 20 else 100
        return self.open % room == 0

    def add(self, value: Fraction) -> None:
        self.open = (self.open or Fraction(0)) + value

    def multiply(self, by: Fraction) -> bool:
        """Multiply what is open by a scale; False where the scale cannot belong to this number."""
        if self.last_scale is not None and (self.open is None or by >= self.last_scale):
            return False
        self.total += (self.open if self.open is not None else 1) * by
        self.also = tuple(other * by for other in self.also)
        self.open, self.last_scale, self.digits = None, by, False
        return True


class _Reader:
    """Reads the numbers of one text, left to right."""

    def __init__(self, text: str, language: Language) -> None:
        self.text = text
        self.language = language
        self.atoms = _atoms(text)
        self.words = number_words()

    def at(self, index: int) -> _Atom:
        return (
            self.atoms[index]
            if 0 <= index < len(self.atoms)
            else _Atom("end", "", len(self.text), len(self.text), False)
        )

    def word(self, index: int) -> NumberWord | None:
        atom = self.at(index)
        return self.words.get(atom.text) if atom.kind == "word" else None

    # A number in digits and words -----------------------------------------------------------------------------------

    def number(self, index: int) -> tuple[_Sum, int] | None:
        """The number that starts at atom `index` and the atom after it."""
        so_far = _Sum()
        here = index
        while not so_far.done and (step := self._step(so_far, here)):
            here += step
        if here == index:
            return None
        return so_far, here

    def _step(self, so_far: _Sum, index: int) -> int:
        """Take one more atom or two into the number; the count of atoms taken, 0 at its end."""
        atom = self.at(index)
        if atom.kind == "numeral":
            return self._take_numeral(so_far, index)
        word = self.word(index)
        if word is None:
            return self._take_joint(so_far, index)
        return self._take_word(so_far, word, index)

    def _take_numeral(self, so_far: _Sum, index: int) -> int:
        value, also = _numeral(self.at(index).text, self.language)
        if not so_far.empty:
            fits = so_far.open is None and so_far.last_scale is not None and value < _BIG and value.denominator == 1
            if not fits or so_far.last_scale == 10**6:
                return 0
        so_far.add(value)
        so_far.also, so_far.digits = also, True
        return 1 + self._suffix(so_far, index + 1)

    def _suffix(self, so_far: _Sum, index: int) -> int:
        """Take the letters that stand on a numeral: `20-м`, `20th`, `$5m`, `10k`."""
        mark, letters = self.at(index), self.at(index + 1)
        if mark.kind == "word" and mark.glued:
            if mark.text in _GLUED_SCALES and (mark.text != "m" or self._after_money(index)):
                so_far.multiply(Fraction(_GLUED_SCALES[mark.text]))
                return 1
            letters, taken = mark, 1
        elif mark.text in _DASHES and mark.glued and letters.kind == "word" and letters.glued:
            taken = 2
        else:
            return 0
        if letters.text not in _ORDINAL_SUFFIXES or (taken == 1 and letters.text == "м"):
            return 0
        so_far.ordinal = letters.text not in _CARDINAL_SUFFIXES
        so_far.done = so_far.ordinal
        return taken

    def _after_money(self, index: int) -> bool:
        return unit_of(self.at(index - 2).text.lower()) in CURRENCIES

    def _take_joint(self, so_far: _Sum, index: int) -> int:
        """Take the words inside a number that are none: `hundred and five`, `twenty-five`, `half a million`."""
        if so_far.empty:
            return 0
        atom, following = self.at(index), self.word(index + 1)
        if self._half_follows(index):
            so_far.add(Fraction(1, 2))
            return self._half_follows(index)
        if following is None:
            return 0
        tens = so_far.open is not None and so_far.open % 10 == 0 and so_far.open % 100 >= 20
        if atom.text == "-" and atom.glued and tens and following.role in {"unit", "ordinal"}:
            return int(following.value < 10)
        if atom.text in {"-", "a", "an"} and following.role == "scale" and so_far.last_scale is None:
            return 1
        hundred = so_far.open is not None and so_far.open >= 100
        if atom.text == "and" and following.value < 100 and not so_far.digits and (hundred or so_far.last_scale):
            return int(following.role == "unit")
        return 0

    def _half_follows(self, index: int) -> int:
        """Count of atoms of `and a half` / `з половиною` at `index`; 0 where they are not there."""
        first, second, third = (self.at(index + step).text for step in range(3))
        if first in {"з", "із", "и", "с", "і"} and second.startswith(("половин", "полов")):
            return 2
        return 3 if (first, second, third) == ("and", "a", "half") else 0

    def _take_word(self, so_far: _Sum, word: NumberWord, index: int) -> int:
        if word.role == "vague" and so_far.open is not None and so_far.last_scale is None:
            # After a number these count: `п'ять сотень`, `two dozen`, `1.2 billions`.
            word = NumberWord(word.value, "scale")
            so_far.also += (so_far.open * 10 / 12,) if word.value == 12 else ()
        if so_far.digits and word.role not in {"scale", "hundred"}:
            return 0
        if word.role == "scale":
            return self._take_scale(so_far, word, index)
        if word.role == "hundred":
            return self._take_hundred(so_far)
        if word.role == "fraction":
            return self._take_fraction(so_far, word, index)
        if word.role in {"vague", "collective"}:
            if not so_far.empty:
                return 0
            so_far.add(word.value)
            so_far.vague = word.role == "vague"
            so_far.done = not (word.role == "collective" and (after := self.word(index + 1)) and after.role == "scale")
            return 1
        if not so_far.takes(word.value):
            return 0
        so_far.add(word.value)
        so_far.ordinal = so_far.done = word.role == "ordinal"
        return 1

    def _take_scale(self, so_far: _Sum, word: NumberWord, index: int) -> int:
        atom = self.at(index)
        bare = so_far.empty
        if not so_far.multiply(word.value):
            return 0
        so_far.vague |= self.at(index - 1).text in {"пара", "пару", "пари"}
        if bare:
            # `мільйон` is one; `мільйони`, `several million` and an abbreviation with no number are not.
            several = self.at(index - 1).text in {"десятки", "сотні", "кілька", "кількох", "декілька", "several", "few"}
            # `a couple of thousand` is as vague as `пара тисяч`.
            several |= [self.at(index - 2).text, self.at(index - 1).text] == ["couple", "of"]
            so_far.vague = several or atom.text in ABBREVIATED_SCALES or is_plural_scale(atom.text)
        # `тис.`: the full stop belongs to the abbreviation.
        dot = self.at(index + 1)
        return 2 if dot.text == "." and dot.glued and atom.text in {"тис", "тыс", "млн", "млрд", "трлн"} else 1

    def _take_hundred(self, so_far: _Sum) -> int:
        if so_far.open is None:
            so_far.add(Fraction(100))
        elif so_far.open < 100:
            so_far.open *= 100
            so_far.digits = False
        else:
            return 0
        return 1

    def _take_fraction(self, so_far: _Sum, word: NumberWord, index: int) -> int:
        if not so_far.empty:
            return 0
        so_far.add(word.value)
        step = 2 if self.at(index + 1).text in {"a", "an", "-"} else 1
        following = self.word(index + step)
        # Half of a million is a number; half of the city is none that a translation has to keep.
        so_far.done = following is None or following.role != "scale"
        return 1

    # What stands around a number ------------------------------------------------------------------------------------

    def unit(self, index: int) -> tuple[str | None, int]:
        """The unit at atom `index`, or after one word before it; and the count of atoms it takes."""
        step = 1 if self.at(index).text in _DASHES and self.at(index).glued else 0
        first, second, third = (self.at(index + step + ahead) for ahead in range(3))
        if (first.text, second.text) == ("per", "cent"):
            return "percent", step + 2
        found = self._unit_word(first)
        if found:
            return found, step + 1
        if first.kind != "word":
            return None, 0
        skip = 1 if second.text == "." and second.glued else 0
        noun = third if skip else second
        found = self._unit_word(noun)
        if not found:
            return None, 0
        if powered(found, first.text):
            return powered(found, first.text), step + skip + 2
        # `мільйонів американських доларів`: one word may stand between, but no preposition and no second number.
        between = len(first.text) > 3 and self.word(index + step) is None and found in CURRENCIES
        return (found, step + skip + 2) if between and not skip else (None, 0)

    def _unit_word(self, atom: _Atom) -> str | None:
        if atom.kind == "sign":
            return "percent" if atom.text == "%" else unit_of(atom.text)
        return unit_of(atom.text) if atom.kind == "word" else None

    def money_before(self, index: int) -> tuple[str | None, int]:
        """The currency written before the number (`$`, `US$`, `UAH`), and the count of atoms it takes."""
        atom = self.at(index - 1)
        currency = unit_of(atom.text) if index else None
        if currency not in CURRENCIES or (atom.kind == "word" and len(atom.text) != 3):
            return None, 0
        return currency, 2 if atom.text == "$" and self.at(index - 2).text == "us" else 1

    def is_negative(self, index: int) -> bool:
        """Whether the numeral at `index` has a minus: the word, the sign, or a hyphen that follows a space."""
        mark, numeral = self.at(index - 1), self.at(index)
        if mark.text in {"мінус", "minus"}:
            return True
        return mark.text in _DASHES and numeral.glued and not mark.glued and self.at(index - 2).kind != "numeral"

    def approx(self, index: int) -> bool:
        return any(self.at(index - step).text in _ABOUT for step in (1, 2))


_ABOUT_WORDS = (
    "близько приблизно майже понад до біля орієнтовно більше менше около почти "
    "about approximately almost nearly over around roughly some than"
)
_ABOUT = frozenset(_ABOUT_WORDS.split())
_RANGE_WORDS = frozenset({"до", "to", "and"})
_RANGE_STARTS = frozenset({"від", "з", "із", "зі", "між", "from", "between"})
_YEAR_NOUNS = frozenset({"рік", "року", "році", "роком", "р", "рр", "роки", "роках", "років", "году", "года", "год"})


def quantities(text: str, language: Language) -> list[Quantity]:
    """The numbers of `text`, in order and not overlapping.

    `language` decides what a comma and a point in a numeral mean; any value but `en` reads as Ukrainian. Telephone
    numbers, addresses, handles and hashtags hold no quantities.
    """
    reader = _Reader(text, language)
    found: list[Quantity] = []
    index = 0
    while index < len(reader.atoms):
        taken, fresh = _read_at(reader, index)
        found.extend(fresh)
        index += taken
    return found


def _read_at(reader: _Reader, index: int) -> tuple[int, list[Quantity]]:
    """What starts at atom `index`: the count of atoms it takes (at least 1) and its quantities."""
    atom = reader.at(index)
    if atom.kind == "date":
        return 1, _numeric_date(reader, atom)
    if atom.kind == "time":
        return _clock(reader, index)
    if atom.kind == "designation":
        return 1, [_designation(reader, atom)]
    if atom.kind in {"word", "numeral"}:
        for read in (_roman, _worded_fraction, _compound, _plain):
            result = read(reader, index)
            if result:
                return result
    return 1, []


def _quantity(
    reader: _Reader, first: int, after: int, kind: QuantityKind, value: Fraction | None, **marks: object
) -> Quantity:
    span = Span(reader.at(first).start, reader.at(after - 1).end)
    quantity = Quantity(span, span.of(reader.text), kind, value, value)
    return replace(quantity, **marks)  # type: ignore[arg-type]


def _numeric_date(reader: _Reader, atom: _Atom) -> list[Quantity]:
    day, _, year = atom.text.split(".")
    full_year = int(year) + (2000 if len(year) == 2 else 0)
    span = Span(atom.start, atom.end)
    return [
        Quantity(span, atom.text, "date", Fraction(int(day)), Fraction(int(day))),
        Quantity(span, atom.text, "year", Fraction(full_year), Fraction(full_year)),
    ]


def _clock(reader: _Reader, index: int) -> tuple[int, list[Quantity]]:
    hours, minutes = (int(part) for part in re.split("[:.]", reader.at(index).text)[:2])
    half, taken = _half_of_day(reader, index + 1)
    value = Fraction(_on_24_hours(hours, half) * 60 + minutes)
    return 1 + taken, [_quantity(reader, index, index + 1 + taken, "time", value)]


def _half_of_day(reader: _Reader, index: int) -> tuple[str, int]:
    """`am` or `pm` at atom `index`, with the count of atoms it takes; empty where the text names none."""
    first, dot, second = (reader.at(index + step).text for step in range(3))
    if first in {"am", "pm"}:
        return first, 1
    if first in {"a", "p"} and (dot, second) == (".", "m"):
        return first + "m", 4 if reader.at(index + 3).text == "." else 3
    return "", 0


def _on_24_hours(hours: int, half: str) -> int:
    if half == "pm" and hours < 12:
        return hours + 12
    return 0 if half == "am" and hours == 12 else hours


def _designation(reader: _Reader, atom: _Atom) -> Quantity:
    digits = Fraction("".join(letter for letter in atom.text if letter.isdigit()))
    return Quantity(Span(atom.start, atom.end), atom.text, "designation", digits, digits)


_LOOK_ALIKE = str.maketrans("іхсмлІХСМЛ", "ixcmlIXCML")
_ROMAN = re.compile(r"(?=[IVXLCM])M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_ROMAN_NOUNS = (
    "ст", "століт", "сторіч", "квартал", "півріч", "тисячоліт", "з'їзд", "скликан", "етап", "рівн", "груп", "ступен",
    "centur", "quarter", "millenn",
)  # fmt: skip
_ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "M": 1000}


def _roman_value(letters: str) -> int:
    digits = [_ROMAN_DIGITS[letter] for letter in letters]
    following = [*digits[1:], 0]
    return sum(-digit if digit < after else digit for digit, after in zip(digits, following, strict=True))


def _roman(reader: _Reader, index: int) -> tuple[int, list[Quantity]] | None:
    """A Roman numeral before a century, a quarter and the like; `І` and `С` are also words and initials."""
    atom = reader.at(index)
    if atom.kind != "word":
        return None
    letters = reader.text[atom.start : atom.end].translate(_LOOK_ALIKE)
    if not _ROMAN.fullmatch(letters):
        return None
    named = reader.at(index + 1).text.startswith(_ROMAN_NOUNS)
    if not named and (len(letters) < 2 or set(letters) - set("IVX")):
        return None
    value = Fraction(_roman_value(letters))
    # `World War II`, `груп І та ІІ`: without a noun that says so it may be something else, so it is not required.
    return 1, [_quantity(reader, index, index + 1, "number", value, ordinal=True, in_words=not named)]


def _worded_fraction(reader: _Reader, index: int) -> tuple[int, list[Quantity]] | None:
    """`дві третини`, `чверть`, `two thirds`, `a quarter of`: a part, but no `third quarter` and no `a third time`."""
    first = reader.word(index)
    counted = first is not None and first.role == "unit" and 1 <= first.value <= 9
    article = reader.at(index).text in {"a", "an"}
    at = index + 1 if counted or article else index
    if (counted or article) and reader.at(at).text == "-":
        at += 1
    part = fraction_parts().get(reader.at(at).text)
    if part is None or not _is_part(reader, at, part, many=counted and first is not None and first.value > 1):
        return None
    if at == index and reader.language == "en":
        return None
    value = part.value * (first.value if counted and first is not None else 1)
    after = at + 1
    while reader.at(after).text in {"of", "a"}:
        after += 1
    scale = reader.word(after)
    if scale is not None and scale.role == "scale":  # `чверть мільйона`, `a quarter of a million`
        unit, taken = reader.unit(after + 1)
        value, after = value * scale.value, after + 1 + taken
        return after - index, [_quantity(reader, index, after, "number", value, unit=unit, in_words=True)]
    if value >= 1:
        return None
    return at + 1 - index, [_quantity(reader, index, at + 1, "number", value, in_words=True, also=(value * 100,))]


def _is_part(reader: _Reader, at: int, part: FractionPart, *, many: bool) -> bool:
    """Whether the word at atom `at` is a part and no ordinal: `дві п'ятих`, `one fifth of`."""
    if part.plural is not None and part.plural != many:
        return False
    return many or part.noun or reader.at(at + 1).text in _AFTER_A_PART


# `a fifth of`, `one third less`
_AFTER_A_PART = frozenset("of від less more lower higher fewer smaller larger cheaper shorter longer faster".split())


def _compound(reader: _Reader, index: int) -> tuple[int, list[Quantity]] | None:
    """One word that holds a number and what it counts: `тридцятирічний`, `двогодинний`, `півмільйона`."""
    atom = reader.at(index)
    if atom.kind != "word" or len(atom.text) < 6 or atom.text in reader.words:
        return None
    prefixes = compound_prefixes()
    for length in range(min(_LONGEST_PREFIX, len(atom.text) - 3), 1, -1):
        value, rest = prefixes.get(atom.text[:length]), atom.text[length:]
        if value is None:
            continue
        # `двадцяти` + `п'яти` + `річний`
        unit_prefix = next((part for part in prefixes if value >= 20 and rest.startswith(part)), None)
        if unit_prefix and 1 <= prefixes[unit_prefix] < 10:
            value, rest = value + prefixes[unit_prefix], rest[len(unit_prefix) :]
        scale = _scale_of(reader, rest)
        if scale:
            unit, taken = reader.unit(index + 1)
            after = index + 1 + taken
            sum_ = _quantity(reader, index, after, "number", value * scale, unit=unit, in_words=True)
            return after - index, [sum_]
        if rest.startswith(_COUNTED_STEMS) and not (value < 1 and rest.startswith("денн")):
            # `південний` is southern. Half a year is six months as well.
            also = (value * 12,) if rest.startswith(_YEAR_STEMS) else ()
            unit = unit_of(rest)
            return 1, [_quantity(reader, index, index + 1, "number", value, unit=unit, in_words=True, also=also)]
    return None


def _scale_of(reader: _Reader, rest: str) -> Fraction | None:
    """The scale that the end of a compound names: `мільйона`, `мільйонний`."""
    scale = reader.words.get(rest)
    if scale and scale.role == "scale":
        return scale.value
    return next((Fraction(size) for stem, size in _SCALE_STEMS.items() if rest.startswith(stem)), None)


_SCALE_STEMS = {"тисячн": 10**3, "мільйонн": 10**6, "мільярдн": 10**9}
_YEAR_STEMS = ("річн", "року", "рок", "рік")


_LONGEST_PREFIX = 14
_COUNTED_STEMS = (
    "річн", "року", "рок", "рік", "денн", "добов", "годинн", "хвилинн", "місячн", "тижнев", "кілометров", "метров",
    "міліметров",
    "кілограмов", "відсотков", "тонн", "градусн", "поверхов", "поверхівк", "кімнатн", "колісн", "разов",
)  # fmt: skip


_DECADES = frozenset({"decade", "decades"})
_MOST_DECADES = 9


def _plain(reader: _Reader, index: int) -> tuple[int, list[Quantity]] | None:
    """A number or a range with what stands around it."""
    read = reader.number(index)
    if read is None:
        return None
    number, after = read
    first = index
    currency, before = reader.money_before(index)
    high, after = _range_end(reader, index - before, number, after, currency)
    if reader.at(after).text in _DECADES and number.value() <= _MOST_DECADES:
        # `two decades` are twenty years.
        number.also += (number.value() * 10,)
    half, taken = _half_of_day(reader, after)
    if half and number.value() <= 12:
        minutes = Fraction(_on_24_hours(int(number.value()), half) * 60)
        return after + taken - index, [_quantity(reader, index, after + taken, "time", minutes)]
    unit, taken = (currency, 0) if currency else reader.unit(after)
    first -= before
    kind, value, marks = _described(reader, index, number, after)
    marks |= {"unit": unit, "approx": reader.approx(first)}
    if kind == "year":
        marks["unit"], taken = None, 0
    if unit == "°C" and value is not None and reader.is_negative(index):
        value = -value
    quantity = _quantity(reader, first, after + taken, kind, value, **marks)
    if high is not None and kind != "vague":
        quantity = _as_range(quantity, number, high)
    return after + taken - index, [quantity]


def _described(
    reader: _Reader, index: int, number: _Sum, after: int
) -> tuple[QuantityKind, Fraction | None, dict[str, object]]:
    """Kind, value and marks of a number by itself."""
    if number.vague:
        return "vague", None, {"in_words": True}
    value = number.value()
    marks: dict[str, object] = {
        "ordinal": number.ordinal,
        "also": number.also,
        "in_words": not any(
            letter.isdigit() for letter in reader.text[reader.at(index).start : reader.at(after - 1).end]
        ),
    }
    is_year = value.denominator == 1 and 1000 <= value <= 2100 and reader.at(after).text in _YEAR_NOUNS
    return ("year" if is_year and not number.last_scale else "number"), value, marks


def _range_end(reader: _Reader, first: int, number: _Sum, after: int, currency: str | None) -> tuple[_Sum | None, int]:
    """The upper end of a range whose lower end, in `currency`, was read, and the atom after it."""
    joint = reader.at(after)
    dashed = joint.text in _DASHES and not number.ordinal
    worded = joint.text in _RANGE_WORDS and any(reader.at(first - step).text in _RANGE_STARTS for step in (1, 2))
    if number.vague or not (dashed or worded):
        return None, after
    start = after + 1
    other = unit_of(reader.at(start).text)
    if other in CURRENCIES:
        if currency is not None and other != currency:
            return None, after
        start += 1
    end = reader.number(start)
    if end is None or end[0].vague or (dashed and not _is_end(number, end[0])):
        return None, after
    return end


def _is_end(low: _Sum, high: _Sum) -> bool:
    """Whether a dash between two numbers means a range: the second is greater, after its scale."""
    return low.value() < high.value() or low.value() < (high.total / (high.last_scale or 1))


def _as_range(quantity: Quantity, low: _Sum, high: _Sum) -> Quantity:
    """`150-200 мільярдів`: a scale after the upper end counts for both ends."""
    lowest, highest = low.value(), high.value()
    also = quantity.also
    if high.last_scale and low.last_scale is None and lowest * high.last_scale < highest:
        also = (*also, lowest)
        lowest *= high.last_scale
    return replace(quantity, kind="range", low=lowest, high=highest, also=also)

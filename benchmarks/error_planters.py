"""Makes errors in good translations, one of a kind at a time, as small models make them.

A planter takes a pair of Ukrainian and English and returns the English with one error in it, or None where the
English offers no place for one. Planters look at the English by patterns of their own and do not ask the checks what
they would see. All choices come from the random generator that is passed in.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from vistka.text.romanisation import romanise

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Pools:
    """What may take a name's place.

    Attributes:
        lower: the words that the English of the set writes in small letters somewhere: they are no names.
        places: English names of places.
        people: surnames and first names.
    """

    lower: frozenset[str]
    places: tuple[str, ...]
    people: tuple[str, ...]


Planter = Callable[[Pair, random.Random, Pools], str | None]

_PEOPLE = (
    "Hordiienko Savchuk Tkachenko Marchuk Oliinyk Rybak Polishchuk Ponomarenko Shevchuk Vasylenko Zinchenko Kuzmenko "
    "Petrenko Bondarenko Kravets Lysenko Moroz Dmytro Ihor Taras Yurii Nadiia Halyna Svitlana Bohdan Larysa Miller "
    "Anderson Rossi Schmidt Lefebvre Nowak Tanaka Peterson Garcia Lindqvist"
)
_NOT_NAMES = frozenset(
    """January February March April May June July August September October November December Monday Tuesday Wednesday
    Thursday Friday Saturday Sunday President Minister Prime Council Assembly Union Nations United States European
    Commission Parliament Congress Senate Government Cabinet Supreme Security Constitution Commander Chief General
    Armed Forces Guard Army Navy Ministry Office State Church Orthodox Catholic Christmas Easter God Lord Glory Hero
    Heroes Order Independence Square Bundestag House Representatives Chancellor King Queen Pope Holy Father Secretary
    Chairman Chairwoman Speaker East West North South Kingdom Republic Federation World War Nazi Nazis Nazism Internet
    English German French Spanish Polish Italian Chinese Japanese Dutch British Turkish Greek Russians Ukrainians
    Soviet Arabic Latin Berber Esperanto""".split()
)
_ADJECTIVE = re.compile(r"(?:ian|ians|ish|ese|ists?|ism|ic)$")
_NAME = re.compile(r"(?<=[a-z,;:] )[A-Z][a-z]{3,}(?![\w’'-])")


def pools(english: Sequence[str], places: Iterable[str]) -> Pools:
    """The pools of one set of texts."""
    lower = frozenset(word for text in english for word in re.findall(r"\b[a-z]+\b", text))
    known = tuple(sorted({name for name in places if re.fullmatch(r"[A-Z][a-z]{3,}", name)}))
    return Pools(lower, known, tuple(_PEOPLE.split()))


def _replace(text: str, match: re.Match[str], new: str) -> str:
    return text[: match.start()] + new + text[match.end() :]


def _pick(rng: random.Random, found: Iterable[re.Match[str]]) -> re.Match[str] | None:
    options = list(found)
    return rng.choice(options) if options else None


# --- numbers --------------------------------------------------------------------------------------------------------

_DESIGNATION_BEFORE = re.compile(r"[\w.,:/-]$|[A-Z]$")
_DIGITS = re.compile(r"(?<![\w.,:/-])\d[\d,]*(?:\.\d+)?(?![\w/-])")
_NUMBER_WORD_LINE = (
    "three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty thirty forty fifty sixty seventy eighty ninety"
)
_NUMBER_WORDS = _NUMBER_WORD_LINE.split()
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(_NUMBER_WORDS)})\b(?!-)", re.IGNORECASE)


def changed_digits(pair: Pair, rng: random.Random, _: Pools) -> str | None:
    """One digit of one number is another, or the number has one digit less or more."""
    match = _pick(rng, _DIGITS.finditer(pair[1]))
    if match is None:
        return None
    old = match.group().rstrip(",")
    places = [at for at, letter in enumerate(old) if letter.isdigit()]
    at = rng.choice(places)
    choices = [figure for figure in "123456789" if figure != old[at]]
    return pair[1][: match.start() + at] + rng.choice(choices) + pair[1][match.start() + at + 1 :]


def changed_number_word(pair: Pair, rng: random.Random, _: Pools) -> str | None:
    """A number in words, three or more, is another."""
    match = _pick(rng, _NUMBER_WORD.finditer(pair[1]))
    if match is None:
        return None
    old = match.group()
    pool = _NUMBER_WORDS[:17] if old.lower() in _NUMBER_WORDS[:17] else _NUMBER_WORDS[17:]
    new = rng.choice([word for word in pool if word != old.lower()])
    return _replace(pair[1], match, new.capitalize() if old[0].isupper() else new)


_SCALE = re.compile(r"\b(?:thousand|million|billion|trillion)\b")


def changed_scale(pair: Pair, rng: random.Random, _: Pools) -> str | None:
    """Millions become billions."""
    match = _pick(rng, _SCALE.finditer(pair[1]))
    if match is None:
        return None
    others = [word for word in ("thousand", "million", "billion") if word != match.group()]
    return _replace(pair[1], match, rng.choice(others))


def dropped_number(pair: Pair, rng: random.Random, _: Pools) -> str | None:
    """A number in digits is gone: "killed 12 people" → "killed people"."""
    match = _pick(rng, re.finditer(_DIGITS.pattern + r" (?=[a-z])", pair[1]))
    return _replace(pair[1], match, "") if match else None


def swapped_numbers(pair: Pair, rng: random.Random, _: Pools) -> str | None:
    """Two numbers that follow each other have changed places."""
    found = [m for m in _DIGITS.finditer(pair[1]) if not pair[1][m.end() :].lstrip().startswith(("%", "January"))]
    ends = [(a, b) for a, b in pairwise(found) if a.group() != b.group()]
    if not ends:
        return None
    one, other = rng.choice(ends)
    text = pair[1]
    return text[: one.start()] + other.group() + text[one.end() : other.start()] + one.group() + text[other.end() :]


_FRACTION = re.compile(
    r"\b(?:(?:a|one) (?:third|quarter|fifth|tenth)|two[- ](?:thirds|fifths)|three[- ]quarters|half(?= (?:of|a|the)))\b",
    re.IGNORECASE,
)
_FRACTIONS = ("a third", "a quarter", "two thirds", "three quarters", "a fifth", "two fifths")


def changed_fraction(pair: Pair, rng: random.Random, _: Pools) -> str | None:
    """A fraction in words is another."""
    match = _pick(rng, _FRACTION.finditer(pair[1]))
    if match is None:
        return None
    old = re.sub("^one ", "a ", match.group().lower().replace("-", " "))
    return _replace(pair[1], match, rng.choice([f for f in _FRACTIONS if f != old]))


# --- units ----------------------------------------------------------------------------------------------------------

_UNIT_GROUPS = (
    "kilometers metres miles", "kilometres meters miles", "km m", "tons kilograms barrels", "tonnes kilograms barrels",
    "hours days weeks", "minutes hours days", "days weeks months", "years months weeks", "weeks days months",
    "months weeks years", "degrees kilometres percent", "percent kilometres tons", "hectares kilometres",
    "kg tonnes km",
    "meters kilometers", "metres kilometres", "miles kilometers", "kilograms tons", "seconds hours",
)  # fmt: skip
_CURRENCIES = ("dollars", "euros", "hryvnias", "rubles", "pounds", "zlotys", "yen")
_UNITS = {line.split()[0]: line.split()[1:] for line in reversed(_UNIT_GROUPS)}
_COUNT = rf"(?:\d[\d,.]*(?: (?:thousand|million|billion))?|(?:{'|'.join(_NUMBER_WORDS)}))"
_MEASURE = re.compile(rf"(?i:\b{_COUNT}[ -])(?P<unit>{'|'.join(_UNITS)})\b")
_MONEY_WORD = re.compile(r"\b(?P<name>hryvnia|dollar|euro|ruble|rouble|pound|zloty)s?\b|(?P<sign>[$€£])(?=\d)")


def changed_unit(pair: Pair, rng: random.Random, _: Pools) -> str | None:
    """A measure after a number is another one."""
    match = _pick(rng, _MEASURE.finditer(pair[1]))
    if match is None:
        return None
    start = match.start("unit")
    return pair[1][:start] + rng.choice(_UNITS[match["unit"]]) + pair[1][match.end() :]


def changed_currency(pair: Pair, rng: random.Random, _: Pools) -> str | None:
    """A sum is in another currency."""
    money = [m for m in _MONEY_WORD.finditer(pair[1]) if m["sign"] or re.search(r"\d|illion|thousand", pair[1])]
    match = _pick(rng, money)
    if match is None:
        return None
    if match["sign"]:
        return _replace(pair[1], match, rng.choice([sign for sign in "$€£" if sign != match["sign"]]))
    return _replace(pair[1], match, rng.choice([name for name in _CURRENCIES if not name.startswith(match["name"])]))


_COUNTED = re.compile(rf"\b{_COUNT} (?P<noun>[a-z]{{4,}}s)\b(?! (?:of|and|ago))")
_MEASURES = ("kilometres", "kilograms", "percent", "tons", "meters", "hectares")


def count_to_measure(pair: Pair, rng: random.Random, _: Pools) -> str | None:
    """`120 houses` becomes `120 kilometres`."""
    units = {unit for line in _UNIT_GROUPS for unit in line.split()}
    skipped = units | {"times", "hryvnias", "euros", "dollars", "rubles", "pounds", "years", "thousands", "millions"}
    match = _pick(rng, (m for m in _COUNTED.finditer(pair[1]) if m["noun"] not in skipped))
    if match is None:
        return None
    return pair[1][: match.start("noun")] + rng.choice(_MEASURES) + pair[1][match.end() :]


# --- names ----------------------------------------------------------------------------------------------------------


def _names(pair: Pair, where: Pools) -> list[re.Match[str]]:
    return [
        match
        for match in _NAME.finditer(pair[1])
        if match.group() not in _NOT_NAMES
        and match.group().lower() not in where.lower
        and not _ADJECTIVE.search(match.group())
        and match.group() not in {"Ukraine", "Russia"}
    ]


# Capitalised nouns that end an institution's name, and patronymics, which English leaves out.
_INSTITUTION = re.compile(
    r"(?:Cent(?:er|re)|Service|Inspectorate|Fund|River|Sea|Bank|Agency|Group|Company|Forum|Convention|Region|Oblast"
    r"|Airport|Front|Staff|Force|Police|Number|Program(?:me)?|Plan|Summit|Court|Tax|Stream|Plant|Party|Bureau|Times"
    r"|Rada|Codes?|Jews|Muslims|Pact|Emirates|Palace|Department|Railways|Loans|Directorate|Square|Street|Hall"
    r"|ovych|yovych|evych|ivna|yivna|ovna|ivich|ovich|evich)$"
)


def _people(pair: Pair, where: Pools) -> list[re.Match[str]]:
    """Names that are no place, stand after a title or another name, end it, and begin as a name of the source does."""
    return [
        match
        for match in _names(pair, where)
        if match.group() not in where.places
        and not _INSTITUTION.search(match.group())
        and not re.match(r" [A-Z]", pair[1][match.end() :])
        and match.group()[0].lower() in {romanise(word)[0].lower() for word in re.findall(r"\b[А-ЯҐЄІЇ]\w+", pair[0])}
        and (before := re.search(r"([A-Z][a-z]+|Mr\.|Mrs\.) $", pair[1][: match.start()]))
        and before[1] not in {"New", "The", "In", "South", "North", "East", "West", "Saint", "State", "Public"}
    ]


def swapped_person(pair: Pair, rng: random.Random, where: Pools) -> str | None:
    """Another person's name."""
    match = _pick(rng, _people(pair, where))
    if match is None:
        return None
    return _replace(pair[1], match, rng.choice([name for name in where.people if name[0] != match.group()[0]]))


def _place_matches(pair: Pair, where: Pools) -> list[re.Match[str]]:
    return [match for match in _names(pair, where) if match.group() in where.places]


def swapped_place(pair: Pair, rng: random.Random, where: Pools) -> str | None:
    """Another place."""
    match = _pick(rng, _place_matches(pair, where))
    if match is None:
        return None
    here = set(re.findall(r"\w+", pair[1]))
    others = [name for name in where.places if name[0] != match.group()[0] and name not in here]
    return _replace(pair[1], match, rng.choice(others))


def dropped_person(pair: Pair, rng: random.Random, where: Pools) -> str | None:
    """A person is not named any more; first name and title go too."""
    match = _pick(rng, _people(pair, where))
    if match is None:
        return None
    before = re.sub(r"(?:[A-Z][a-z]+ )+$", "", pair[1][: match.start()])
    if not before.strip():
        return None
    return before + "he" + pair[1][match.end() :]


def dropped_place(pair: Pair, rng: random.Random, where: Pools) -> str | None:
    """A place is not named any more."""
    match = _pick(rng, _place_matches(pair, where))
    if match is None:
        return None
    before = re.sub(r"(?:\b(?:in|to|from|of|at|near|for) (?:the )?)$", "", pair[1][: match.start()])
    text = re.sub(r"\s+([.,])", r"\1", re.sub(r"  +", " ", before + pair[1][match.end() :]))
    # The place may be named twice; then it is still named.
    return text if not re.search(rf"\b{match.group()}", text) else None


# --- words ----------------------------------------------------------------------------------------------------------

_MIN_CLAUSE = 25
_CLAUSE_START = (
    r"(?:, | – | - | — |; |(?<=\w) (?=(?:and|but|because|which|who|while|so that|when|where|after|if|as well as)\b))"
)


def dropped_clause(pair: Pair, rng: random.Random, _: Pools) -> str | None:
    """A clause of at least 25 characters is gone: between commas or dashes, or from a conjunction to the end."""
    english = pair[1]
    starts = [match.start() for match in re.finditer(_CLAUSE_START, english)]
    ends = sorted({*starts, *(match.start() for match in re.finditer(r"[.!?…;](?=\s|$|[”\"])", english))})
    spans = [(a, b) for a in starts for b in [next((end for end in ends if end > a), None)] if b is not None]
    spans = [(a, b) for a, b in spans if b - a >= _MIN_CLAUSE and not re.search(r"[.!?…]", english[a:b])]
    if not spans:
        return None
    start, end = rng.choice(spans)
    return english[:start] + english[end:]


_NOT = re.compile(
    r"(?<=do)n['’]t | (?:do|does|did) not(?= )|(?<=[a-z])n['’]t\b|(?<=can)not\b| not\b| never\b|\bno (?=[a-z])"
)


def lost_negation(pair: Pair, rng: random.Random, _: Pools) -> str | None:
    """The only "not" of the English is gone."""
    found = [
        m
        for m in _NOT.finditer(pair[1])
        if not re.match(r" (?:only|just|merely|to mention|least|matter|longer than)", pair[1][m.end() :])
    ]
    if len(found) != 1 or re.search(r"\bне\s+(?:лише|тільки|просто)\b", pair[0]):
        return None
    return re.sub(r"\bwo\b", "will", _replace(pair[1], found[0], "" if found[0].group() != "n't " else " "))


_ABBREVIATION = re.compile(r"\b[A-Z]{2,5}\b(?! \()")
_BRACKETED = ("Zapadnyy Sichy Upravlenie", "Central Bureau of State Affairs", "Ukrainian Special Directorate")
_UNBRACKETED = (
    ", or the Service of State Bureaus,",
    ", the Union of Western Directorates,",
    ", also known as the Central Security Bureau,",
    ", which stands for the Special State Agency,",
)


def expansion_in_brackets(pair: Pair, rng: random.Random, where: Pools) -> str | None:
    """An abbreviation or name is spelt out in brackets as the model makes it up."""
    match = _pick(rng, [*_ABBREVIATION.finditer(pair[1]), *_place_matches(pair, where)])
    return pair[1][: match.end()] + f" ({rng.choice(_BRACKETED)})" + pair[1][match.end() :] if match else None


def expansion_without_brackets(pair: Pair, rng: random.Random, _: Pools) -> str | None:
    """An abbreviation is spelt out between commas."""
    match = _pick(rng, _ABBREVIATION.finditer(pair[1]))
    if match is None or re.match(r"[^\s.,]", pair[1][match.end() : match.end() + 1]):
        return None
    after = pair[1][match.end() :]
    added = rng.choice(_UNBRACKETED)
    return pair[1][: match.end()] + (added[:-1] if after[:1] in {".", ","} else added) + after


def leftover_word(pair: Pair, rng: random.Random, _: Pools) -> str | None:
    """A word of the source stands in the English."""
    word = _pick(rng, re.finditer(r"\b[a-z]{4,}\b", pair[1]))
    left = _pick(rng, re.finditer(r"[А-ЯҐЄІЇа-яґєії’']{4,}", pair[0]))
    return _replace(pair[1], word, left.group()) if word and left else None


_LOOK_ALIKE = str.maketrans("aeopcxiAEOPCXIBHKMT", "аеорсхіАЕОРСХІВНКМТ")


def leftover_letter(pair: Pair, rng: random.Random, _: Pools) -> str | None:
    """One Latin letter is the Cyrillic one that looks the same."""
    match = _pick(rng, re.finditer(r"[aeopcxi]", pair[1]))
    return _replace(pair[1], match, match.group().translate(_LOOK_ALIKE)) if match else None


def looped(pair: Pair, rng: random.Random, _: Pools) -> str | None:
    """A run of three to six words comes twice or three times more."""
    words = list(re.finditer(r"\S+", pair[1]))
    length = rng.choice((3, 4, 5, 6))
    if len(words) < length + 1:
        return None
    first = rng.randrange(len(words) - length + 1)
    run = pair[1][words[first].start() : words[first + length - 1].end()]
    end = words[first + length - 1].end()
    return pair[1][:end] + (" " + run) * rng.choice((1, 2, 3)) + pair[1][end:]


def said_twice(pair: Pair, _rng: random.Random, _: Pools) -> str | None:
    """The whole sentence comes again."""
    return pair[1] + " " + pair[1] if len(pair[1].split()) >= 4 else None


# --- quotations -----------------------------------------------------------------------------------------------------

_QUOTED = re.compile(r"[“\"](?P<inside>[^“”\"]{4,})[”\"]")
_OTHER_WORDS = ("weather", "furniture", "kitchen", "holiday", "music", "bicycle", "orchard", "lantern", "carpet")


def altered_quotation(pair: Pair, rng: random.Random, _: Pools) -> str | None:
    """A word of four letters or more inside quotation marks is another."""
    if not re.search(r"[«„“\"]", pair[0]):
        return None
    inside = [
        (quoted.start("inside") + word.start(), quoted.start("inside") + word.end())
        for quoted in _QUOTED.finditer(pair[1])
        for word in re.finditer(r"\b[a-z]{4,}\b", quoted["inside"])
        if word.group() not in _LITTLE_WORDS
    ]
    if not inside:
        return None
    start, end = rng.choice(inside)
    return pair[1][:start] + rng.choice(_OTHER_WORDS) + pair[1][end:]


_LITTLE_WORDS = frozenset(
    "that this with from they them their there were have been will would should about which when what where these "
    "those than then your only also into more must does very just such some here".split()
)


def unquoted(pair: Pair, rng: random.Random, _: Pools) -> str | None:
    """The marks of a quotation, not of a title, are gone: of more than three words, or in small letters."""
    if not re.search(r"[«„“\"]", pair[0]):
        return None
    found = [m for m in _QUOTED.finditer(pair[1]) if m["inside"].count(" ") > 2 or m["inside"][0].islower()]
    match = _pick(rng, found)
    return _replace(pair[1], match, match["inside"]) if match else None


def quoted(pair: Pair, rng: random.Random, _: Pools) -> str | None:
    """Two words that nobody quoted stand in quotation marks."""
    match = _pick(rng, re.finditer(r"(?<= )[a-z]{3,} [a-z]{4,}(?= )", pair[1]))
    return _replace(pair[1], match, f"“{match.group()}”") if match else None


PLANTERS: dict[str, Planter] = {
    "number: a digit changed": changed_digits,
    "number: a word changed": changed_number_word,
    "number: the scale changed": changed_scale,
    "number: dropped": dropped_number,
    "number: two swapped": swapped_numbers,
    "number: a fraction in words changed": changed_fraction,
    "unit: measure changed": changed_unit,
    "unit: currency changed": changed_currency,
    "unit: a count turned into a measure": count_to_measure,
    "name: person swapped": swapped_person,
    "name: place swapped": swapped_place,
    "name: person dropped": dropped_person,
    "name: place dropped": dropped_place,
    "clause dropped": dropped_clause,
    "negation lost": lost_negation,
    "expansion: in brackets": expansion_in_brackets,
    "expansion: without brackets": expansion_without_brackets,
    "cyrillic: a word": leftover_word,
    "cyrillic: a letter": leftover_letter,
    "repetition: a run of words": looped,
    "repetition: the whole": said_twice,
    "quotation: a word changed": altered_quotation,
    "quotation: marks dropped": unquoted,
    "quotation: marks put in": quoted,
}
"""Name of the kind → what plants it; the part before the colon names the family."""

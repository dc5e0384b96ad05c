"""Which words of a Ukrainian text are names, each for itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

from vistka.datatypes import Span
from vistka.text.lemmas import Reading, Token, lemmas, normal_word, readings
from vistka.text.listed_places import listed_places
from vistka.text.name_forms import ALL_CASES, place_forms, surname_forms
from vistka.text.places import TWO_WORD_PLACES, places

NameKind = Literal["person", "patronymic", "place", "other"]


@dataclass(frozen=True, slots=True)
class Name:
    """One word of a name.

    Attributes:
        span: its characters in the text.
        text: those characters.
        lemma: the nominative, lower case, with the apostrophe `'`.
        kind: `person` (first or last name), `patronymic` (English leaves it out), `place`, or `other`: a
            capitalised word that the dictionary does not know (a foreign name, a brand).
    """

    span: Span
    text: str
    lemma: str
    kind: NameKind


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Names that are known besides the dictionary's: from a lexicon, or from the rest of an item.

    Attributes:
        people: given names and surnames, each in the nominative, lower case.
        places: of one word, likewise.
        place_pairs: the dictionary forms of two words (an adjective in the masculine) → the place they name.
        more_people: people that only this item names. Apart, because `people` holds thousands and all items share it.
    """

    people: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    place_pairs: Mapping[tuple[str, str], str] = field(default_factory=lambda: MappingProxyType({}))
    more_people: frozenset[str] = frozenset()

    def with_people(self, names: Iterable[str]) -> KnownNames:
        """These, and `names`."""
        return replace(self, more_people=self.more_people | frozenset(names))

    def is_person(self, name: str) -> bool:
        """Whether `name`, a nominative in lower case, is one of a person."""
        return name in self.people or name in self.more_people


NOTHING_KNOWN = KnownNames()

_PERSON = frozenset({"Name", "Surn"})
_SENTENCE_END = re.compile(r"(?:^|[.!?…:;\n*•—–]|^\s*[-–—*•])[\s«»\"“”„()*_]*$")
_INITIAL = re.compile(r"[А-ЯҐЄІЇ]\.\s?$")
_GENDERS = frozenset({"masc", "femn", "neut", "plur"})
# Words before a surname: `президент Зеленський`.
_TITLES = frozenset({
    "президент", "прем'єр", "прем'єр-міністр", "міністр", "канцлер", "депутат", "пан", "пані", "генерал", "полковник",
    "майор", "голова", "мер", "посол", "речник", "речниця", "директор", "сенатор", "король", "королева", "радник",
    "папа", "губернатор", "очільник", "глава", "лідер", "журналіст", "журналістка", "капітан", "лейтенант", "сержант",
    "родина", "сім'я", "подружжя",
    "підполковник", "солдат", "адмірал", "командувач", "секретар", "конгресмен", "спікер", "прокурор", "суддя",
})  # fmt: skip
# Capitalised in institutions or in forms of address, and also somebody's name or surname in the dictionary.
_NEVER = frozenset({
    "рада", "слава", "бог", "господь", "перемога", "герой", "сила", "мир", "воля", "честь", "день", "уряд", "народ",
    "закон", "кодекс", "захід", "схід", "північ", "південь", "надія", "віра", "любов", "король", "мова", "майдан",
    "президент", "армія", "дума", "кабінет", "міністр", "союз", "штат", "європарламент", "євросоюз", "єврокомісія",
    "генштаб", "мінфін", "міноборони", "нацбанк", "нацгвардія", "тероборона", "держава", "україна", "зірка", "велика",
    "українець", "українка", "росіянин", "дедал", "мати", "хрест", "церква", "свобода", "ради", "різдво", "великдень",
    "земля", "батьківщина", "вітчизна", "сайт", "вторгнення", "незалежність", "банк", "фонд", "укрзалізниця",
    "нафтогаз", "нато", "гаагський", "женевський", "цельсій", "фаренгейт",
})  # fmt: skip


def name_words(text: str, words: Sequence[Token], known: KnownNames = NOTHING_KNOWN) -> list[Name]:
    """The words of `text`, Ukrainian, that are names, in order, each with the nominative that it has by itself.

    Args:
        text: the sentence.
        words: its words, as `vistka.text.lemmas.tokens` cuts them.
        known: names to look for besides the dictionary's.
    """
    shouted = _is_shouted(words)
    found: list[Name] = []
    doubtful: list[int] = []
    for index, word in enumerate(words):
        if found and word.start < found[-1].span.end:
            continue
        pair = _place_of_two_words(text, words, index, known)
        if pair:
            found.append(pair)
        elif _may_be_name(word) and (not word.is_upper or (not shouted and _is_shouted_name(words, index, known))):
            kind, lemma = _kind(text, words, index, known)
            if kind:
                found.append(Name(Span(word.start, word.end), word.text, lemma, kind))
            else:
                doubtful.append(index)
    found += _named_elsewhere((words[index] for index in doubtful), known.with_people(_people(found)))
    return sorted([*found, *_in_lists(text, words, found, doubtful)], key=lambda name: name.span)


def _people(names: Iterable[Name]) -> list[str]:
    return [name.lemma for name in names if name.kind == "person"]


def _in_lists(text: str, words: Sequence[Token], found: Sequence[Name], doubtful: Sequence[int]) -> list[Name]:
    """Places among `doubtful` that stand in a list with others; what begins a sentence says nothing."""
    taken = {name.span.start for name in found}
    left = [
        index
        for index in doubtful
        if words[index].start not in taken
        and words[index].lemma not in _NEVER
        and not _starts_sentence(text, words[index])
    ]
    places_found = [(name.span.start, name.span.end) for name in found if name.kind == "place"]
    return [
        Name(Span(words[at].start, words[at].end), words[at].text, place_forms(words[at].text)[0].lemma, "place")
        for at in listed_places(text, words, left, places_found)
    ]


def _starts_sentence(text: str, word: Token) -> bool:
    before = text[: word.start]
    return bool(_SENTENCE_END.search(before)) and not _INITIAL.search(before)


def _is_shouted(words: Sequence[Token]) -> bool:
    """Whether half of the words or more are in capitals: a headline, where capitals say nothing."""
    long = [word for word in words if len(word.text) > 2 and not word.text.isdigit()]
    return 2 * sum(word.is_upper for word in long) >= len(long)


_MIN_SHOUTED = 4


def _is_shouted_name(words: Sequence[Token], index: int, known: KnownNames) -> bool:
    """Whether a word in capitals is a surname (`Олександр СИРСЬКИЙ`, `ЗЕЛЕНСЬКИЙ: …`) and no abbreviation."""
    word = words[index]
    if len(word.text) < _MIN_SHOUTED:
        return False
    title = word.text.capitalize()
    marked = any(reading.known and "Surn" in reading.grammemes for reading in readings(title))
    before = words[index - 1] if index else None
    beside = before is not None and not before.is_upper and _marked(before, {"Name"})
    return marked or beside or any(map(known.is_person, lemmas(title)))


_UNCHANGING = frozenset({"ADVB", "CONJ", "PREP", "PRCL", "NPRO", "PRED", "INTJ"})


def _named_elsewhere(doubtful: Iterable[Token], known: KnownNames) -> list[Name]:
    """Words that say nothing where they stand (the start of a sentence) but name somebody named elsewhere."""
    named = []
    for word in doubtful:
        found = readings(word.text)
        if any(reading.known and reading.pos in _UNCHANGING for reading in found):
            # `Далі` opens more sentences as an adverb than as a form of the name Даля.
            continue
        own = [reading.lemma for reading in found if not reading.known or _is_personal(reading)]
        # `Влада` is no form of Влад unless the item has a Влад.
        ordinary = any(reading.known and not _is_personal(reading) for reading in found)
        named_here = known.more_people.__contains__ if ordinary else known.is_person
        lemma = next((lemma for lemma in own if named_here(lemma) and lemma not in _NEVER), None)
        if lemma:
            named.append(Name(Span(word.start, word.end), word.text, lemma, "person"))
    return named


def _place_of_two_words(text: str, words: Sequence[Token], index: int, known: KnownNames) -> Name | None:
    """`Кривого Рогу` as one name."""
    first, second = words[index], words[index + 1] if index + 1 < len(words) else None
    if second is None or not (first.is_capitalised and second.is_capitalised):
        return None
    if not text[first.end : second.start].isspace():
        return None
    keys = ((one, other) for one in lemmas(first.text) for other in lemmas(second.text))
    found = (TWO_WORD_PLACES.get(key) or known.place_pairs.get(key) for key in keys)
    lemma = next((place for place in found if place), None)
    span = Span(first.start, second.end)
    return Name(span, span.of(text), lemma, "place") if lemma else None


# First names that the dictionary has without the mark of a name.
_UNMARKED_NAMES = frozenset({"володимир"})

# Offices that the dictionary lacks, or takes for a form of a surname (Головко).
_OFFICES = frozenset({"головком", "главком", "воєнком", "нардеп", "нардепка", "ексміністр", "експрезидент"})

# A form of the name Люда, too, which nobody means by it.
_EVERYDAY = frozenset({"люди"})
_NO_NAMES = _OFFICES | _EVERYDAY

_CYRILLIC = re.compile(r"[а-яґєії]", re.IGNORECASE)


def _may_be_name(word: Token) -> bool:
    if not _CYRILLIC.match(word.text):
        return False
    if normal_word(word.text) in _NO_NAMES:
        return False
    return word.is_capitalised and len(word.text) > 2 and not any(map(str.isdigit, word.text))


def _kind(text: str, words: Sequence[Token], index: int, given: KnownNames) -> tuple[NameKind | None, str]:
    """What kind of name the word is, None for no name, and its lemma."""
    word = words[index]
    known = [reading for reading in readings(word.text) if reading.known]
    starts = _starts_sentence(text, word)
    place = _place_lemma(word, given)
    personal = [r for r in known if _is_personal(r) and (r.lemma not in _NEVER or _is_virtue(r, text, words, index))]
    if starts and any(reading.pos in _UNCHANGING for reading in known):
        personal = []  # `Далі Роза рушила`: the capital is the sentence's.
    patronymic = next((reading.lemma for reading in known if "Patr" in reading.grammemes), None)
    # `президент Люксембургу` heads a country: before what may be a place, a title says nothing.
    beside = _beside_name(text, words, index, titles=place is None)
    if patronymic:
        return "patronymic", patronymic
    if personal and (beside or (not place and _is_person_alone(words, index, known, starts))):
        return "person", personal[0].lemma
    if place and not (starts and (place in _COMMON_PLACES or place not in places())) and not _describes(words, index):
        return "place", place
    if known and _after_given(text, words, index):
        return "person", surname_forms(word.text)[0].lemma
    if _after_cue(text, words, index):
        return "place", place_forms(word.text)[0].lemma
    if known:
        return _village(words[index], known, starts=starts)
    return _unknown_word(words, index, given, beside=beside, starts=starts)


# What comes before the name of a settlement or a water: `у селі Роздолівка`, `біля Кліщіївки`.
_PLACE_CUES = frozenset({
    "село", "селище", "місто", "смт", "хутір", "станція", "річка", "озеро", "містечко", "громада", "поблизу", "околиця",
})  # fmt: skip
_VILLAGE_END = ("івка", "ївка", "ськ", "цьк", "ське", "цьке", "пілля")


def _village(word: Token, known: Sequence[Reading], *, starts: bool) -> tuple[NameKind | None, str]:
    """A settlement that the dictionary has as an everyday word: by its ending, under a capital."""
    nouns = [r.lemma for r in known if r.pos == "NOUN" and "inan" in r.grammemes and r.lemma.endswith(_VILLAGE_END)]
    is_named = nouns and not any(r.pos == "ADJF" for r in known) and nouns[0] not in _NEVER
    return ("place", nouns[0]) if is_named and not starts else (None, word.lemma)


_SHORT_CUE = re.compile(r"(?<!\w)(?:м|с|смт|сел|оз|ст)\.[ \u00a0]$")


def _after_cue(text: str, words: Sequence[Token], index: int) -> bool:
    before, word = words[index - 1] if index else None, words[index]
    if _SHORT_CUE.search(text[: word.start]):
        return True
    if before is None or before.is_capitalised or not text[before.end : word.start].isspace():
        return False
    return not _PLACE_CUES.isdisjoint(lemmas(before.text))


def _unknown_word(
    words: Sequence[Token], index: int, given: KnownNames, *, beside: bool, starts: bool
) -> tuple[NameKind | None, str]:
    """A word that the dictionary does not know: a name, unless only the start of the sentence gave it the capital."""
    word = words[index]
    acts = _is_verb(words, index + 1)
    if not _is_foreign(word) or (starts and not beside and not acts):
        return None, word.lemma
    if beside or (acts and _UKRAINIAN_SURNAME.search(normal_word(word.text))):
        return "person", _guessed_lemma(word)
    surname = next((form.lemma for form in surname_forms(word.text) if form.lemma in given.people), None)
    if surname:
        return "person", surname
    village = place_forms(word.text)[0].lemma
    if village.endswith(_VILLAGE_END) and not _is_adjective(word):
        return "place", village
    return "other", _guessed_lemma(word)


def _is_adjective(word: Token) -> bool:
    """Whether a word is written like `Сирського`: a surname as well as a village (Сирське)."""
    return re.search(r"[сцз]ьк(?:ого|ому|им|ім|ій|ої|ою|а|у)$", normal_word(word.text)) is not None


# The nominative of surnames that no common noun ends like.
_UKRAINIAN_SURNAME = re.compile(r"(?:[єе]нко|[сцз]ьк(?:ий|а)|[уюя]к|чук|ишин|[оеє]ва?)$")


def _is_verb(words: Sequence[Token], index: int) -> bool:
    """Whether word number `index` is a verb that a person can be the subject of: `Деркач заявив`."""
    if index >= len(words) or words[index].is_capitalised:
        return False
    return any(r.known and r.pos == "VERB" for r in readings(words[index].text)[:1])


def _is_virtue(reading: Reading, text: str, words: Sequence[Token], index: int) -> bool:
    """Whether `Віра`, `Надія`, `Любов` is the woman's name, before a surname, and no virtue."""
    return reading.lemma in {"віра", "надія", "любов"} and _before_name(text, words, index)


def _after_given(text: str, words: Sequence[Token], index: int) -> bool:
    """Whether an everyday word under a capital is a surname: after a given name in the same case (`Леся Чубата`)."""
    word, before = words[index], words[index - 1] if index else None
    if word.lemma in _NEVER:
        return False
    if _INITIAL.search(text[: word.start]):
        return True
    if before is None or not before.is_capitalised or not text[before.end : word.start].isspace():
        return False
    given = [r for r in readings(before.text) if r.known and "Name" in r.grammemes and r.lemma not in _NEVER]
    typical = _UKRAINIAN_SURNAME.search(surname_forms(word.text)[0].lemma) is not None
    if not given or not (typical or readings(before.text)[0].lemma in {r.lemma for r in given}):
        return False
    cases = frozenset(case for r in given for case in r.grammemes & ALL_CASES)
    return any(r.pos in {"NOUN", "ADJF"} and r.grammemes & cases for r in readings(word.text))


def _is_personal(reading: Reading) -> bool:
    unmarked = reading.lemma in _UNMARKED_NAMES and "anim" in reading.grammemes
    return unmarked or bool(reading.grammemes & _PERSON)


def _guessed_lemma(word: Token) -> str:
    """The nominative of a word that the dictionary does not know, by the ending that surnames have."""
    return surname_forms(word.text)[0].lemma


def _place_lemma(word: Token, known: KnownNames) -> str | None:
    own = [normal_word(word.text), *lemmas(word.text)]
    if not any(reading.known for reading in readings(word.text)):
        own += [form.lemma for form in place_forms(word.text)]
    return next((name for name in own if _is_place(name, known) and name not in _NEVER), None)


def _describes(words: Sequence[Token], index: int) -> bool:
    """Whether the word may be an adjective and the next one is its noun: `біля Південного полюса` names no Південне."""
    adjectives = [r for r in readings(words[index].text) if r.known and r.pos == "ADJF" and not _is_personal(r)]
    return bool(adjectives) and _agrees_with_next(words, index, adjectives)


def _is_place(name: str, known: KnownNames) -> bool:
    """Whether `name` is a place, or two joined by a hyphen (`Сватове-Кремінна`, a line of the front)."""
    if name in places() or name in known.places:
        return True
    return "-" in name and all(part in places() or part in known.places for part in name.split("-"))


# Also plain words, which may stand at the start of a sentence.
_COMMON_PLACES_LINE = (
    "щастя бар рівне суми лиман острог стрий канів буча балта південне сарни пологи лозова сміла славута прилуки хуст "
    "керч броди малин того малі чад гана мале"
)
_COMMON_PLACES = frozenset(_COMMON_PLACES_LINE.split())


def _is_foreign(word: Token) -> bool:
    """Whether a word that the dictionary does not know is written like a name and not like a compound."""
    return word.lemma not in _NEVER and not any(word.lemma.startswith(stem) for stem in _INSTITUTION_STEMS)


_INSTITUTION_STEMS = (
    "укр",
    "держ",
    "мін",
    "нац",
    "обл",
    "євро",
    "ген",
    "спец",
    "міськ",
    "рос",
    "тер",
    "агро",
    "енерго",
)


def _is_person_alone(words: Sequence[Token], index: int, known: Sequence[Reading], starts: bool) -> bool:
    """Whether a word with a name among its readings is one, though no other name stands beside it."""
    others = [reading for reading in known if not _is_personal(reading)]
    if not others:
        return True
    if not starts:
        # `Роман` is also a novel, but then has no capital.
        own = {reading.lemma for reading in known if _is_personal(reading)}
        others = [reading for reading in others if reading.lemma not in own or reading.pos == "ADJF"]
    # `Зеленський` is also an adjective (of Zelene), `Чорний` is black: the first reads as a name at the start too.
    typical = normal_word(words[index].text).startswith(tuple(lemma[:-2] for lemma in _typical_surnames(known)))
    if starts and not typical:
        return False
    return all(reading.pos == "ADJF" for reading in others) and not _agrees_with_next(words, index, others)


def _typical_surnames(known: Iterable[Reading]) -> tuple[str, ...]:
    ends = ("ський", "цький", "зький")
    return tuple(reading.lemma for reading in known if "Surn" in reading.grammemes and reading.lemma.endswith(ends))


def _beside_name(text: str, words: Sequence[Token], index: int, *, titles: bool) -> bool:
    """Whether a first name, an initial or a title stands before the word, or the rest of a full name after it."""
    word = words[index]
    if _INITIAL.search(text[: word.start]):
        return True
    before = words[index - 1] if index else None
    if before and text[before.end : word.start].isspace():
        if _marked(before, {"Name"}):
            return _is_surname(word) or _marked(word, {"Name"})
        if titles and any(lemma in _TITLES for lemma in lemmas(before.text)):
            return not _agrees_with_next(words, index, [r for r in readings(word.text) if r.pos == "ADJF"])
    return _before_name(text, words, index)


def _before_name(text: str, words: Sequence[Token], index: int) -> bool:
    """Whether a surname follows a first name, or a first name or patronymic follows a surname."""
    word = words[index]
    after = words[index + 1] if index + 1 < len(words) else None
    if after is None or not after.is_capitalised or not text[word.end : after.start].isspace():
        return False
    if _marked(word, {"Name"}) and (_is_surname(after) or _marked(after, {"Patr"})):
        return True
    # `Головком Олександр Сирський`: a word that the dictionary lacks is no surname before a full name.
    full = index + 2 < len(words) and words[index + 2].is_capitalised and _is_surname(words[index + 2])
    turned = _marked(after, {"Patr"}) or (_marked(after, {"Name"}) and (not full or _marked(word, {"Surn"})))
    return _is_surname(word) and turned


def _is_surname(word: Token) -> bool:
    return _marked(word, {"Surn"}) or not any(reading.known for reading in readings(word.text))


def _marked(word: Token, marks: set[str]) -> bool:
    if not word.is_capitalised:
        return False
    if "Name" in marks and any(reading.lemma in _UNMARKED_NAMES for reading in readings(word.text)):
        return True
    return any(reading.known and reading.grammemes & marks for reading in readings(word.text))


def _agrees_with_next(words: Sequence[Token], index: int, adjectives: Sequence[Reading]) -> bool:
    """Whether the next word is a noun or adjective in the same case: `Харківська область` is no Mr Kharkivskyi."""
    if index + 1 >= len(words):
        return False
    if words[index + 1].is_upper and adjectives:
        return True  # `Полтавська ОВА`
    following = [reading for reading in readings(words[index + 1].text) if reading.pos in {"NOUN", "ADJF"}]
    mine = {(case, gender) for reading in adjectives for case, gender in _agreement(reading)}
    return any(pair in mine for reading in following for pair in _agreement(reading))


def _agreement(reading: Reading) -> list[tuple[str, str]]:
    return [(case, gender) for case in reading.grammemes & ALL_CASES for gender in reading.grammemes & _GENDERS]

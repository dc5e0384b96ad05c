"""Names of people and places in a Ukrainian sentence, and whether an English one keeps them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from vistka.datatypes import Span
from vistka.text.lemmas import Reading, Token, lemmas, normal_word, readings, tokens
from vistka.text.phonetic import sounds_alike
from vistka.text.places import TWO_WORD_PLACES, places
from vistka.text.romanisation import romanise

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


_PERSON = frozenset({"Name", "Surn"})
_SENTENCE_END = re.compile(r"(?:^|[.!?…:;\n*•—–]|^\s*[-–—*•])[\s«»\"“”„()*_]*$")
_INITIAL = re.compile(r"[А-ЯҐЄІЇ]\.\s?$")
_CASES = frozenset({"nomn", "gent", "datv", "accs", "ablt", "loct"})
_GENDERS = frozenset({"masc", "femn", "neut", "plur"})
# Words before a surname: `президент Зеленський`.
_TITLES = frozenset({
    "президент", "прем'єр", "прем'єр-міністр", "міністр", "канцлер", "депутат", "пан", "пані", "генерал", "полковник",
    "майор", "голова", "мер", "посол", "речник", "речниця", "директор", "сенатор", "король", "королева", "радник",
    "папа", "губернатор", "очільник", "глава", "лідер", "журналіст", "журналістка", "капітан", "лейтенант", "сержант",
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
    "нафтогаз", "нато", "гаагський", "женевський",
})  # fmt: skip


def names(text: str) -> list[Name]:
    """The words of `text`, Ukrainian, that are names, in order; first and last name are two.

    A capital at the start of a sentence says nothing: there a word counts only when the dictionary has it as a
    name and as nothing else, or the next word is a surname. A text in capitals yields no names.
    """
    words = tokens(text)
    found: list[Name] = []
    doubtful: list[Token] = []
    for index, word in enumerate(words):
        if found and word.start < found[-1].span.end:
            continue
        pair = _place_of_two_words(text, words, index)
        if pair:
            found.append(pair)
        elif _may_be_name(word):
            kind, lemma = _kind(text, words, index)
            if kind:
                found.append(Name(Span(word.start, word.end), word.text, lemma, kind))
            else:
                doubtful.append(word)
    return sorted([*found, *_named_elsewhere(doubtful, found)], key=lambda name: name.span)


def _named_elsewhere(doubtful: Iterable[Token], found: Iterable[Name]) -> list[Name]:
    """Words that say nothing where they stand (the start of a sentence) but name somebody named in full elsewhere."""
    people = {name.lemma for name in found if name.kind == "person"}
    named = []
    for word in doubtful:
        lemma = next((reading.lemma for reading in readings(word.text) if reading.lemma in people), None)
        if lemma:
            named.append(Name(Span(word.start, word.end), word.text, lemma, "person"))
    return named


def _place_of_two_words(text: str, words: Sequence[Token], index: int) -> Name | None:
    """`Кривого Рогу` as one name."""
    first, second = words[index], words[index + 1] if index + 1 < len(words) else None
    if second is None or not (first.is_capitalised and second.is_capitalised):
        return None
    if not text[first.end : second.start].isspace():
        return None
    keys = ((one, other) for one in lemmas(first.text) for other in lemmas(second.text))
    lemma = next((TWO_WORD_PLACES[key] for key in keys if key in TWO_WORD_PLACES), None)
    span = Span(first.start, second.end)
    return Name(span, span.of(text), lemma, "place") if lemma else None


# First names that the dictionary has without the mark of a name.
_UNMARKED_NAMES = frozenset({"володимир"})

_CYRILLIC = re.compile(r"[а-яґєії]", re.IGNORECASE)


def _may_be_name(word: Token) -> bool:
    if not _CYRILLIC.match(word.text):
        return False
    return word.is_capitalised and not word.is_upper and len(word.text) > 2 and not any(map(str.isdigit, word.text))


def _kind(text: str, words: Sequence[Token], index: int) -> tuple[NameKind | None, str]:
    """What kind of name the word is, None for no name, and its lemma."""
    word = words[index]
    known = [reading for reading in readings(word.text) if reading.known]
    starts = bool(_SENTENCE_END.search(text[: word.start])) and not _INITIAL.search(text[: word.start])
    place = _place_lemma(word)
    personal = [reading for reading in known if _is_personal(reading) and reading.lemma not in _NEVER]
    if any("Patr" in reading.grammemes for reading in known):
        return "patronymic", next(reading.lemma for reading in known if "Patr" in reading.grammemes)
    # `президент Люксембургу` heads a country: before what may be a place, a title says nothing.
    beside = _beside_name(text, words, index, titles=place is None)
    if personal and (beside or (not place and _is_person_alone(words, index, known, starts))):
        return "person", _person_lemma(words, index, personal)
    if place and not (starts and place in _COMMON_PLACES):
        return "place", place
    if not known and _is_foreign(word) and (beside or not starts):
        lemma = _in_gender(_guessed_lemma(word), _genders_beside(words, index)) if beside else _guessed_lemma(word)
        return ("person" if beside else "other"), lemma
    return None, word.lemma


def _is_personal(reading: Reading) -> bool:
    unmarked = reading.lemma in _UNMARKED_NAMES and "anim" in reading.grammemes
    return unmarked or bool(reading.grammemes & _PERSON)


def _guessed_lemma(word: Token) -> str:
    """The nominative of a word that the dictionary does not know: as of a surname, else of a noun, else the word."""
    guesses = readings(word.text)
    for marks in (_PERSON, frozenset({"anim"}), frozenset({"NOUN"})):
        for reading in guesses:
            if reading.grammemes & marks:
                return reading.lemma
    return normal_word(word.text)


def _place_lemma(word: Token) -> str | None:
    own = (normal_word(word.text), *lemmas(word.text))
    return next((lemma for lemma in own if lemma in places() and lemma not in _NEVER), None)


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
    return _is_surname(word) and _marked(after, {"Name", "Patr"})


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
    return [(case, gender) for case in reading.grammemes & _CASES for gender in reading.grammemes & _GENDERS]


def _person_lemma(words: Sequence[Token], index: int, personal: Sequence[Reading]) -> str:
    """The nominative in the gender that the first name or patronymic beside the word shows."""
    genders = _genders_beside(words, index)
    fitting = [reading for reading in personal if reading.grammemes & genders] if len(genders) == 1 else []
    return _in_gender((fitting or list(personal))[0].lemma, genders)


def _genders_beside(words: Sequence[Token], index: int) -> set[str]:
    """The genders that the first name or patronymic before or after the word may have."""
    genders: set[str] = set()
    for near in (index - 1, index + 1):
        if 0 <= near < len(words) and words[near].is_capitalised:
            for reading in readings(words[near].text):
                if reading.grammemes & {"Name", "Patr"}:
                    genders |= reading.grammemes & {"masc", "femn"}
    return genders


_FEMININE_SURNAME = re.compile(r"(?<=[оеєиії][вн])а$")


def _in_gender(lemma: str, genders: set[str]) -> str:
    """`lemma`, but a surname read as a woman's (`синєгубова`) beside a man's first name was his genitive."""
    return _FEMININE_SURNAME.sub("", lemma) if genders == {"masc"} else lemma


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

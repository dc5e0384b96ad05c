"""Checks that follow words of the source into the English: omissions, numbers beside other words, names made up."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from vistka.datatypes import Language, Severity, Span
from vistka.text import numbers
from vistka.text.lemmas import normal_word, tokens
from vistka.text.names import is_of_same_stem
from vistka.text.numbers import Quantity
from vistka.text.phonetic import sounds_alike
from vistka.text.place_short_forms import has_short_form
from vistka.text.places import places
from vistka.text.units import CURRENCIES, unit_of
from vistka.translate.coverage import Coverage, Unit, coverage
from vistka.translate.english_stems import WORD, stem
from vistka.translate.findings import Checked, Finding
from vistka.translate.gaps import widest_gap
from vistka.translate.glossary import load_glossary


def covered(checked: Checked) -> Coverage:
    """How source and English answer each other."""
    return coverage(checked.source, checked.english, checked.matches)


@lru_cache(maxsize=64)
def quantities(text: str, language: Language) -> tuple[Quantity, ...]:
    """The numbers of `text`; several checks ask."""
    return tuple(numbers.quantities(text, language))


# --- omissions ------------------------------------------------------------------------------------------------------

_WARN_SCORE, _ERROR_SCORE = 4.9, 7.0
# In a sentence of a few words one free rendering is a great part of it.
_SHORT_CHARS, _SHORT_EXTRA = 90, 0.025
_MOST_SHOWN = 80


def dropped_clause(checked: Checked) -> list[Finding]:
    """Words in a row of which the English shows nothing."""
    gap = widest_gap(covered(checked), len(checked.source), len(checked.english))
    extra = _SHORT_EXTRA * max(0, _SHORT_CHARS - len(checked.source))
    if gap is None or gap.score < _WARN_SCORE + extra:
        return []
    text = gap.span.of(checked.source)
    shown = text if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN].rsplit(" ", 1)[0] + " …"
    severity: Severity = "error" if gap.score >= _ERROR_SCORE + extra else "warn"
    return [Finding("content-missing", f"The English seems to leave out “{shown}”.", severity, text)]


# --- currencies -----------------------------------------------------------------------------------------------------

_MONEY = re.compile(r"[^\W\d_]{3,}(?:['’][^\W\d_]+)?|[$€£₴₽¥]")


def changed_currency(checked: Checked) -> list[Finding]:
    """A currency of the source that is not in the English, which names another: also of sums without a figure."""
    source, english = _currencies(checked.source), _currencies(checked.english)
    lost, added = ([name for name in one if name not in other] for one, other in ((source, english), (english, source)))
    if not (lost and added):
        return []
    return [Finding("number-unit", f"{source[lost[0]]} became {english[added[0]]}.", "error", source[lost[0]])]


def _currencies(text: str) -> dict[str, str]:
    """Currency → how the text names it. TRY in small letters is no Turkish lira."""
    found: dict[str, str] = {}
    for word in _MONEY.findall(text):
        unit = unit_of(normal_word(word)) if word.isupper() or word.lower() != "try" else None
        if unit in CURRENCIES:
            found.setdefault(str(unit), word)
    return found


# --- numbers in each other's place ----------------------------------------------------------------------------------

_NEAR_CHARS = 30


def swapped_numbers(checked: Checked) -> list[Finding]:
    """Two numbers that have changed places, told by the units and words beside them and by their order."""
    turned_pair = _turned_pair(checked.source, checked.english)
    if turned_pair:
        return [Finding("number-swapped", f"{turned_pair} stands the other way round.", "error", turned_pair)]
    source, english = quantities(checked.source, "uk"), quantities(checked.english, "en")
    pairs = [(one, twin) for one in source if (twin := _only_twin(one, source, english))]
    if len(pairs) < 2:
        return []
    found = covered(checked)
    for (one, one_there), (other, other_there) in pairwise(pairs):
        turned = other_there.span.start < one_there.span.start
        places = [
            _place(found, one, _unit_after(found, one, checked.source, other), one_there, other_there),
            _place(found, other, _unit_after(found, other, checked.source, None), other_there, one_there),
        ]
        message = f"{one.text} and {other.text} seem to have changed places."
        if (turned and "other" in places and "own" not in places) or places == ["other", "other"]:
            return [Finding("number-swapped", message, "error", one.text)]
        if turned and "own" not in places:
            return [Finding("number-swapped", message, "warn", one.text)]
    return []


_PAIR = re.compile(
    r"(?<![\d.,:/–-])(?P<one>\d+(?:[.,]\d+)?)(?:-?(?:х|ти|ма|ми|го|му|а))?"
    r"(?:\s?[–—:-]\s?|\s(?:до|та|і|to|and)\s)(?P<other>\d+(?:[.,]\d+)?)(?![\d:/–-]|[.,]\d)"
)


def _turned_pair(source: str, english: str) -> str:
    """A range, a score or two years of the source (`1418–1450`) that the English has as `1450–1418`; else empty."""
    theirs = {(match["one"].replace(",", "."), match["other"].replace(",", ".")) for match in _PAIR.finditer(english)}
    for match in _PAIR.finditer(source):
        one, other = match["one"].replace(",", "."), match["other"].replace(",", ".")
        if one != other and (other, one) in theirs and (one, other) not in theirs:
            return match.group()
    return ""


def _only_twin(one: Quantity, source: Sequence[Quantity], english: Sequence[Quantity]) -> Quantity | None:
    """The number of the English that is this one and no other."""
    if one.value is None or sum(one.value in other.values() for other in source) != 1:
        return None
    twins = [other for other in english if one.value in other.values()]
    return twins[0] if len(twins) == 1 else None


def _unit_after(found: Coverage, number: Quantity, source: str, following: Quantity | None) -> Unit | None:
    """The word that says what is counted."""
    end = following.span.start if following and following.span.start > number.span.end else len(source)
    for unit in found.units:
        if number.span.end <= unit.span.start < min(end, number.span.end + _NEAR_CHARS):
            return unit
    return None


def _place(found: Coverage, number: Quantity, unit: Unit | None, own: Quantity, other: Quantity) -> str:
    """Whether what `number` counts goes with its `own` value in the English or with the `other`; empty if unknown."""
    if number.unit and own.unit != other.unit and number.unit in {own.unit, other.unit}:
        return "own" if number.unit == own.unit else "other"
    if unit is None or not unit.traces:
        return ""
    starts = [found.english[at].span.start for at in unit.traces]
    to_own, to_other = (min(_distance(number.span, start) for start in starts) for number in (own, other))
    return "" if to_own == to_other else "own" if to_own < to_other else "other"


def _distance(number: Span, start: int) -> int:
    """Characters from a number to the word; English counts what follows, so what stands before is far."""
    return start - number.end if start >= number.end else 3 * (number.start - start)


# --- names made up --------------------------------------------------------------------------------------------------

_ENGLISH_CAPITALS = frozenset(
    """january february march april may june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday mr mrs ms dr president minister prime council assembly union nations united states
    state european commission parliament congress senate government cabinet supreme security constitution commander
    chief general armed forces guard army navy ministry office lord god hero heroes order glory ukraine ukrainian
    ukrainians russia russian russians kyiv christmas easter english internet earth west east north south western
    eastern northern southern republic federation kingdom great britain""".split()
)
_SENTENCE_START = re.compile(r"(?:^|[.!?…:;]|[-–—•\"“”«(]|\n)[\s\"“”«(]*$")


def added_names(checked: Checked) -> list[Finding]:
    """Names in the English that nothing in the source sounds like."""
    found = covered(checked)
    spare = [found.english[at] for at in found.spare]
    capitals = [
        word
        for word in spare
        if word.text[0].isupper()
        and word.text[1:].islower()
        and len(word.text) > 3
        and _plain(word.text).lower() not in _ENGLISH_CAPITALS
        and not _SENTENCE_START.search(checked.english[: word.span.start])
    ]
    if not capitals:
        return []
    source_words = [token.text for token in tokens(checked.source)]
    added = [name for word in capitals if not _is_in_source(name := _plain(word.text), source_words)]
    known = [name for name in added if name in _place_words()]
    if known:
        return [Finding("name-added", f"{known[0]} is not in the source.", "error")]
    # Division and Management are words that a title of English makes a name of.
    unknown = [name for name in added if not _is_common(name)]
    return [Finding("name-added", f"{unknown[0]} is not in the source.")] if unknown else []


def _plain(word: str) -> str:
    return re.split("['’]", word)[0]


def _is_common(name: str) -> bool:
    """Whether the lexicon's English has the word in small letters, or in the name of an institution."""
    small, institutions = _common_words()
    return stem(name) in small or name.lower() in institutions


@lru_cache(maxsize=1)
def _common_words() -> tuple[frozenset[str], frozenset[str]]:
    entries = [
        (entry.pos in {"org", "abbr"}, WORD.findall(" ".join(entry.senses))) for entry in load_glossary().entries
    ]
    small = frozenset(stem(word) for _, words in entries for word in words if word.islower())
    return small, frozenset(word.lower() for is_institution, words in entries if is_institution for word in words)


_UNSAID_PLACES = frozenset({"Ukraine", "Ukrainian", "Ukrainians", "Russia", "Russian", "Russians", "United"})


def lost_places(checked: Checked) -> list[Finding]:
    """Places of the glossary, adjectives among them (`Харківська область`), that the English does not name."""
    found = covered(checked)
    senses = {match.span: match.entry.senses for match in checked.matches}
    lost = []
    for unit in found.units:
        if unit.kind != "proper" or unit.traces:
            continue
        if any(has_short_form(sense, checked.english) for sense in senses.get(unit.span, ())):
            continue
        words = [word for sense in senses.get(unit.span, ()) for word in re.findall(r"[A-Z][a-z]{3,}", sense)]
        if any(word in _place_words() for word in words) and not _UNSAID_PLACES & set(words):
            if any(is_of_same_stem(name, one.text) for name in words for one in found.english if one.text[0].isupper()):
                continue  # Greece, Greek
            text = unit.span.of(checked.source)
            lost.append(Finding("name-missing", f"The name {text} is not found in the English.", "error", text))
    return lost


# `пенджабський` is of Punjab.
_ADJECTIVE_END = re.compile(r"[сзц]ьк\w{1,3}$")


def _is_in_source(name: str, source_words: Iterable[str]) -> bool:
    keys = _place_words().get(name, frozenset())
    for word in source_words:
        parts = [word, *(word.split("-") if "-" in word else ()), _ADJECTIVE_END.sub("", word)]
        if word == name or any(len(part) > 2 and sounds_alike(part, name) for part in parts):
            return True
        plain = normal_word(word)
        if any(plain.startswith(key) for key in keys):
            return True
    return False


@lru_cache(maxsize=1)
def _place_words() -> dict[str, frozenset[str]]:
    """English word of a place's name → how the Ukrainian names of such places begin."""
    table: dict[str, set[str]] = {}
    for lemma, forms in places().items():
        for form in forms:
            for word in re.findall(r"[A-Z][a-z]{3,}", form):
                table.setdefault(word, set()).update(part[: max(3, len(part) - 3)] for part in lemma.split())
    return {word: frozenset(keys) for word, keys in table.items()}


# --- negation -------------------------------------------------------------------------------------------------------

# `не лише`, `чи не найбільший`, `де б він не був` carry no negation over; `немає`, `ніхто`, `жоден` do.
_NO_NEGATION = re.compile(
    r"\b(?:(?:чи|мало|ледь|ледве|чуть) не|як ніколи"
    r"|(?:як\w*|хто|кого|ким|чим|що|де|куди|скільки)\s+би?\s+(?:\w+\s+){0,3}не|(?:поки|доки)\s+(?:\w+\s+){0,2}не)\b"
    r"|\bне\s+(?:лише|тільки|просто|раз|менш\w*|більш\w*|пізніше|раніше|забудь\w*|забувай\w*)\b"
    r"|\bне\s+(?:хоті\w+|мог\w+|міг|могл\w+|проти|заперечу\w+|підкаж\w+)\b(?=[^.!]*\?)",
    re.IGNORECASE,
)
_UK_NEGATION = re.compile(
    r"\b(?:не|ні|ніхто|нічого|ніколи|ніде|жод\w+|нема|немає|неможливо|неможна|недостатн\w+|замало)\b",
    re.IGNORECASE,
)
_EN_NEGATION = re.compile(
    r"\b(?:not?|never|none|nobody|nothing|nowhere|neither|nor|cannot|without|non\w*|hardly|absen\w+|except"
    r"|un(?!der|til|ion|it|iv|ique|ifor|less\b|cle|fort)\w{3,}|unless"
    r"|in(?:ability|capable|sufficient|complete)\w*|im(?:possible|probable)\w*|dis\w{4,}|fail\w*|lack\w*|refus\w*"
    r"|den(?:y|ied|ies)\w*|prevent\w*|avoid\w*|reject\w*|miss(?:ed|ing)|far from|stop\w*|ban\w*|prohibit\w*|only"
    r"|(?:is|are|be|was|were) gone|beyond|vain\w*|inadmissib\w*|indescrib\w*|[a-z]+less|reluctan\w*|hard to"
    r"|rather than|more of an?|apart from|instead|until|yet|trouble|seldom|rarely|barely|scarcely|little|few(?:er)?"
    r"|minimal\w*|differ\w*|separat\w*|out of|yet to|scarce|short(?:age)? of|struggl\w+|stay away|block\w*)\b|n['’]t\b",
    re.IGNORECASE,
)
# Words that say "not" in some sentences only.
_MAYBE = re.compile(
    r"only|until|yet|stop\w*|instead|beyond|ban\w*|little|few(?:er)?|minimal\w*|differ\w*|separat\w*|out of|trouble"
    r"|more of an?|apart from",
    re.IGNORECASE,
)
_WORDS_BEFORE, _WORDS_AFTER = 7, 4
# `не було доставлено`: between the negation and what it is about.
_LITTLE_WORDS = re.compile(r"(?:\s+(?:бу\w{2,3}|є|мож\w+|міг|могл\w|має|мають|слід|варто|треба|потрібно)\b)*")
_MOST_TRACES = 2


def lost_negation(checked: Checked) -> list[Finding]:
    """A "not" of the source that the English says in none of the usual ways, near its word where that is found."""
    source = _NO_NEGATION.sub(lambda match: " " * len(match.group()), checked.source)
    negations = list(_UK_NEGATION.finditer(source))
    if not negations:
        return []
    said = [match.start() for match in _EN_NEGATION.finditer(checked.english)]
    sure = [match.start() for match in _EN_NEGATION.finditer(checked.english) if not _MAYBE.fullmatch(match.group())]
    lost = negations[0] if not said else next((n for n in negations if _is_lost(checked, n, sure)), None)
    if lost is None:
        return []
    return [Finding("negation-lost", "The source says “not” and the English does not.", "error", lost.group())]


def _is_lost(checked: Checked, negation: re.Match[str], said: Sequence[int]) -> bool:
    """Whether the word after a `не` is in the English, and no negation stands near it."""
    if negation.group().lower() != "не":
        return False
    found = covered(checked)
    little = _LITTLE_WORDS.match(checked.source, negation.end())
    end = little.end() if little else negation.end()
    unit = next((unit for unit in found.units if 0 <= unit.span.start - end <= 1), None)
    if unit is None or not 0 < len(unit.traces) <= _MOST_TRACES:
        return False
    starts = [word.span.start for word in found.english]
    near = {place for at in unit.traces for place in range(at - _WORDS_BEFORE, at + _WORDS_AFTER + 1)}
    places = {bisect_left(starts, at + 1) - 1 for at in said} - set(unit.traces)
    return near.isdisjoint(places)

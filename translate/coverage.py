"""Which words of a source its English speaks of, by the senses that the glossary has for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from vistka.datatypes import Span
from vistka.text.lemmas import Token, normal_word, tokens
from vistka.text.phonetic import sounds_alike
from vistka.text.romanisation import romanise
from vistka.text.units import unit_of
from vistka.translate.english_stems import WORD, content_stems, is_content, stem
from vistka.translate.glossary import PROPER, Match, load_glossary

_SHORTEST_WORD = 3
_SHORTEST_COGNATE = 4


@dataclass(frozen=True, slots=True)
class EnglishWord:
    """One word of the English.

    Attributes:
        span: its characters.
        text: those characters.
        stem: as `english_stems.stem` gives it.
    """

    span: Span
    text: str
    stem: str

    @property
    def is_content(self) -> bool:
        """Whether it says something by itself."""
        return is_content(self.text)


@dataclass(frozen=True, slots=True)
class Unit:
    """A word or set phrase of the source that says something.

    Attributes:
        span: its characters in the source.
        lemma: the glossary's, or the word's own.
        kind: `proper`, `phrase`, or the part of speech of a single word.
        words: how many words of the source it holds.
        known: the glossary has senses for it.
        traces: numbers of the English words that may stand for it, in order.
    """

    span: Span
    lemma: str
    kind: str
    words: int
    known: bool
    traces: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How a source and its English answer each other, word by word.

    Attributes:
        units: of the source, in order.
        english: the words of the English, in order.
        spare: numbers of the English content words that no unit accounts for.
    """

    units: tuple[Unit, ...]
    english: tuple[EnglishWord, ...]
    spare: tuple[int, ...]


# Parts of speech and lemmas that good translations leave out, turn into grammar, or say in a hundred ways.
_SKIPPED_PARTS = frozenset({"PREP", "CONJ", "PRCL", "NPRO", "INTJ", "NUMR", "NUMB", "PRED", "LATN", "PNCT"})
_SKIPPED_LEMMAS = frozenset(
    """
    бути мати могти той цей такий який весь свій наш ваш мій твій його її їхній самий сам інший кожен кожний
    один два три також лише тільки вже уже ще дуже більш більше менш менше так там тут тепер зараз потім тоді
    коли де як що хто чий ні не це то бо аби щоб якщо хоча якийсь щось хтось будь-який певний стати мусити треба
    потрібно можна слід рік час саме навіть просто майже зокрема отже однак проте тому адже їх жоден ніякий
    деякий перший другий третій перед під над між через після до від за при про на у в з із зі та і й а але або
    чи же ж би б хай нехай ось он відповідний тисяча місяць лютий повинний для приблизно близько теж самостійно
    насправді доволі досить зробити робити змогти гаразд справді дійсно взагалі якомога можливо звичайно звісно
    мало багато сотня десяток
    """.split()
)


@lru_cache(maxsize=1)
def _near_synonyms() -> dict[str, frozenset[str]]:
    """Stem → stems that stand beside it as senses of one entry of the lexicon: occupier → invader."""
    table: dict[str, set[str]] = {}
    for entry in load_glossary().entries:
        if len(entry.senses) < 2 or entry.pos in PROPER:
            continue
        single = [stems[0] for stems in map(content_stems, entry.senses) if len(stems) == 1]
        for one in single:
            table.setdefault(one, set()).update(single)
    return {one: frozenset(others) for one, others in table.items()}


class _English:
    """The words of the English, found by stem."""

    def __init__(self, text: str) -> None:
        self.words = tuple(
            EnglishWord(Span(match.start(), match.end()), match.group(), stem(match.group()))
            for match in WORD.finditer(text)
        )
        self._by_stem: dict[str, list[int]] = {}
        self._by_start: dict[str, list[int]] = {}
        for at, word in enumerate(self.words):
            if word.is_content:
                self._by_stem.setdefault(word.stem, []).append(at)
                for length in range(4, min(5, len(word.stem)) + 1):
                    self._by_start.setdefault(word.stem[:length], []).append(at)

    def find(self, wanted: str) -> list[int]:
        """The words of the family of `wanted`: the same stem, or five letters of it, or four where one has no more."""
        if wanted in self._by_stem:
            return self._by_stem[wanted]
        if len(wanted) >= 5:
            near = self._by_start.get(wanted[:5], [])
            return near or [at for at in self._by_start.get(wanted[:4], ()) if len(self.words[at].stem) == 4]
        return self._by_start.get(wanted, []) if len(wanted) == 4 else []

    def alike(self, name: str) -> list[int]:
        """The capitalised words that sound like `name`."""
        found = [at for at, word in enumerate(self.words) if len(word.text) > 3 and word.text[0].isupper()]
        return [at for at in found if self.words[at].is_content and sounds_alike(name, self.words[at].text)]


@lru_cache(maxsize=16)
def coverage(source: str, english: str, matches: tuple[Match, ...]) -> Coverage:
    """What `english` shows of the words of `source`; `matches` are the glossary's entries in `source`.

    A unit has a trace where the English has a word of the family of any content word of any of its senses, of a near
    synonym of one, or of its own letters romanised (інфраструктура, infrastructure).
    """
    found = _English(english)
    units = tuple(_units(source, found, matches))
    used = {at for unit in units for at in unit.traces}
    spare = tuple(at for at, word in enumerate(found.words) if word.is_content and at not in used)
    return Coverage(units, found.words, spare)


def _units(source: str, english: _English, matches: Iterable[Match]) -> Iterator[Unit]:
    by_start = {match.span.start: match for match in matches}
    end = 0
    for token in tokens(source):
        if token.start < end:
            continue
        match = by_start.get(token.start)
        end = match.span.end if match else token.end
        if (match is None or match.words == 1) and _says_nothing(token):
            continue
        unit = _unit_of_match(match, token, english) if match else _unit_of_word(token, english)
        if unit:
            yield unit


def _says_nothing(token: Token) -> bool:
    if token.pos in _SKIPPED_PARTS or token.lemma in _SKIPPED_LEMMAS:
        return True
    # What is counted and measured is compared by value.
    return token.text.isdigit() or len(token.text) < _SHORTEST_WORD or unit_of(normal_word(token.text)) is not None


def _unit_of_match(match: Match, token: Token, english: _English) -> Unit | None:
    """None where the glossary's senses are little words only: `під час`, `як`."""
    entry = match.entry
    senses = [stems for stems in map(_telling_stems, entry.senses) if stems]
    if not senses:
        return None
    traces = [at for stems in senses for one in stems for at in english.find(one)]
    proper = entry.pos in PROPER or all(sense[:1].isupper() for sense in entry.senses)
    if not traces and not proper:
        near = _near_synonyms()
        single = [stems[0] for stems in senses if len(stems) == 1]
        traces = [at for one in single for other in near.get(one, ()) for at in english.find(other)]
    if not traces:
        traces = _cognates(entry.lemma if match.words == 1 else token.lemma, english, proper=token.is_capitalised)
    kind = "proper" if proper else "phrase" if match.words > 1 else str(token.pos)
    return Unit(match.span, entry.lemma, kind, match.words, True, tuple(sorted(set(traces))))


_GENERIC = re.compile(r"\b(?:oblast|region|raion|district|city|river|sea|village|island|of|the)\b", re.IGNORECASE)


@lru_cache(maxsize=65536)
def _telling_stems(sense: str) -> tuple[str, ...]:
    """The stems of a sense; of a name (`Kharkiv region`) without the word that any such name may have."""
    return (content_stems(_GENERIC.sub("", sense)) if sense[:1].isupper() else ()) or content_stems(sense)


def _unit_of_word(token: Token, english: _English) -> Unit:
    traces = _cognates(token.lemma, english, proper=token.is_capitalised)
    return Unit(Span(token.start, token.end), token.lemma, str(token.pos), 1, False, tuple(sorted(set(traces))))


def _cognates(lemma: str, english: _English, *, proper: bool) -> list[int]:
    letters = stem(romanise(lemma))
    found = english.find(letters) if len(letters) >= _SHORTEST_COGNATE else []
    return found or (english.alike(lemma) if proper else [])

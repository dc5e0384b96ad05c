"""Communities and fronts that are named after a place: `Очеретинської громади` is Ocheretyne community.

The lexicon lists those that are often in the news. There are fifteen hundred communities and a front for every town, so
the rest are worked out: from the adjective back to a place that is known, else from the letters of the adjective.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from vistka.datatypes import Span
from vistka.text.lemmas import Token, lemmas, normal_word
from vistka.text.romanisation import romanise

_ENDS = r"(?:ий|ого|ому|им|ім|а|ої|ій|у|ою|е|і|их|ими)"
_OF_PLACE = re.compile(rf"(?P<stem>.{{3,}}?)(?P<end>сь|ць|зь)к{_ENDS}$")

# What is named → its English, and how the nominative of the adjective ends before it.
_COMMUNITIES = frozenset({"громада", "тергромада"})
_UNITS = {"громада": ("community", "ка"), "тергромада": ("community", "ка"), "напрямок": ("front", "кий")}
# `Лиманська міська громада`
_KINDS = {"міський": "urban", "селищний": "settlement", "сільський": "rural", "територіальний": "territorial"}
_SMALL = frozenset({"селищний", "сільський"})
_AND = frozenset({"і", "й", "та"})

# How an adjective's stem became of a place's name, the commonest way first: Горлів|ський is of Горлів + ка.
_BEFORE: dict[str, tuple[str, ...]] = {
    "сь": ("ськ", "ка", "", "и", "е", "а", "о", "я", "ха", "ь", "і", "не", "ське"),
    "ць": ("цьк", "ка", "ч", "ці", "цьке", "ця", "чі", "ць"),
    "зь": ("зьк", "га", "ж", "за", "жа", "з", "жжя"),
}
_VOWEL_CHANGES = (
    ("ів$", "ове"), ("ів$", "еве"), ("ів$", "ева"), ("ів$", "ова"), ("їв$", "єве"), ("піль$", "поле"),
    ("піль$", "пілля"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlaceUnit:
    """A community or a front.

    Attributes:
        span: its characters: the adjective, and where it stands beside it the noun.
        nominative: in Ukrainian, as terms are told.
        english: its name.
    """

    span: Span
    nominative: str
    english: str


def place_units(
    text: str, words: Sequence[Token], places: Mapping[str, str], others: Collection[str] = ()
) -> Iterator[PlaceUnit]:
    """Communities and fronts of `text`, in order; `на Волноваському і Донецькому напрямках` holds two.

    Args:
        text: the sentence.
        words: its words.
        places: place, in lower case → its English.
        others: adjectives that are of no town, unless `places` has one: `єврейський`.
    """
    for index, word in enumerate(words):
        match = _OF_PLACE.fullmatch(normal_word(word.text)) if word.is_capitalised and not word.is_upper else None
        if match is None:
            continue
        noun = _noun(text, words, index)
        if noun is None:
            continue
        unit = next(lemma for lemma in lemmas(words[noun].text) if lemma in _UNITS)
        english, ending = _UNITS[unit]
        adjective = match["stem"] + match["end"]
        kinds = [lemma for at in range(index + 1, noun) for lemma in lemmas(words[at].text)[:1] if lemma in _KINDS]
        place = _place(match["stem"], match["end"], places, small=not _SMALL.isdisjoint(kinds))
        if place is None and (unit not in _COMMUNITIES or adjective + "кий" in others):
            continue
        end = words[noun].end if noun == index + 1 + len(kinds) else word.end
        yield PlaceUnit(
            Span(word.start, end),
            " ".join([(adjective + ending).capitalize(), *(kind[:-2] + "а" for kind in kinds), unit]),
            " ".join([place or romanise((adjective + "ка").capitalize()), *(_KINDS[kind] for kind in kinds), english]),
        )


def _noun(text: str, words: Sequence[Token], index: int) -> int | None:
    """The number of the noun that adjective number `index` belongs to, past its kind and other adjectives."""
    at = index + 1
    while at < len(words) and _goes_on(text, words, at):
        if not _UNITS.keys().isdisjoint(lemmas(words[at].text)):
            return at
        another = words[at].is_capitalised and _OF_PLACE.fullmatch(normal_word(words[at].text))
        if not (another or words[at].text in _AND or not _KINDS.keys().isdisjoint(lemmas(words[at].text))):
            return None
        at += 1
    return None


def _goes_on(text: str, words: Sequence[Token], at: int) -> bool:
    return text[words[at - 1].end : words[at].start].strip() in {"", ","}


def _place(stem: str, end: str, places: Mapping[str, str], *, small: bool) -> str | None:
    """The English of the place that an adjective is of; a small one is rather Покровське than Покровськ."""
    known = [name for name in _names(stem, end) if name in places]
    known.sort(key=lambda name: small and name == f"{stem}{end}к")
    return places[known[0]] if known else None


def _names(stem: str, end: str) -> Iterator[str]:
    for added in _BEFORE[end]:
        yield stem + added
    for pattern, to in _VOWEL_CHANGES:
        changed = re.sub(pattern, to, stem)
        if changed != stem:
            yield changed
    if stem.endswith("в"):  # Дніпро: дніпровський
        yield stem[:-1]

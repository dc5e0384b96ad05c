"""The user's terms in the English of a model that takes no hints.

Where a user's term was missed, a sequence-to-sequence model is asked again with the English of the term in place of the
Ukrainian words, which such a model may copy, as it copies any word in Latin letters (Dinu et al. 2019, "Training Neural
Machine Translation to Apply Terminology Constraints", train models to do so). Where that fails, with a placeholder such
as `XX1`, which becomes the English afterwards. An answer counts only if the checks like it better.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from vistka.datatypes import Span
from vistka.models.engine import Output
from vistka.text.lemmas import Reading, Token, normal_word, readings, tokens, word_forms
from vistka.translate.english_forms import past, plural, third_person
from vistka.translate.glossary import Match
from vistka.translate.hints import Hints
from vistka.translate.hypotheses import Work
from vistka.translate.lexicon_entries import PROPER
from vistka.translate.polish import polish
from vistka.translate.repairs import spelled_out

if TYPE_CHECKING:
    from vistka.translate.ladder import Climber

MARKS = ("XX", "TERM", "ZQ", "QX")
"""What a placeholder may begin with, in the order in which they are tried; a number follows."""

_MISSED = "term-missed"
_SPARE_TOKENS = 16
"""Room that the special tokens of a model may need beside its source."""


def user_terms(hints: Hints) -> tuple[tuple[str, str], ...]:
    """The user's terms in a sentence, each `(lemma, English)` once: what a model without hints is held to."""
    return tuple(dict.fromkeys((m.entry.lemma, m.entry.sense) for m in hints.matches if m.entry.by_user))


def enforce_terms(climber: Climber, works: Sequence[Work], rung: int) -> None:
    """Ask again for what misses a user's term: with the English in the source, then with placeholders."""
    asked = [_Asked(work, places, "") for work in works if (places := _missed(work))]
    _ask(climber, asked, rung)
    for mark in MARKS:
        asked = [
            _Asked(one.work, places, mark)
            for one in asked
            if (places := _missed(one.work)) and not one.survived and mark.lower() not in one.work.source.lower()
        ]
        _ask(climber, asked, rung)


@dataclass(frozen=True, slots=True)
class Place:
    """A user's term where it stands in a sentence.

    Attributes:
        span: the Ukrainian words.
        sense: the English as the glossary has it.
        english: in the number or tense of the Ukrainian.
    """

    span: Span
    sense: str
    english: str


@dataclass(slots=True)
class _Asked:
    """A work that is asked for again. `mark` is empty where the English itself stands in the source."""

    work: Work
    places: Sequence[Place]
    mark: str
    survived: bool = False
    """Every placeholder came back; what the checks then say would be no better with another mark."""

    @property
    def source(self) -> str:
        """The sentence with something in Latin letters for each of the places."""
        text = self.work.source
        for number, place in reversed(list(enumerate(self.places, start=1))):
            put = f"{self.mark}{number}" if self.mark else _capital_at_start(place.english, text[: place.span.start])
            text = text[: place.span.start] + put + text[place.span.end :]
        return text

    def take(self, output: Output, rung: int) -> None:
        """Keep an answer that the checks like better than the best so far."""
        restored = with_terms(output.text, self.places, self.mark) if self.mark else output.text
        self.survived = bool(self.mark) and restored is not None
        if restored is None:
            return
        text = spelled_out(polish(self.work.source, restored), self.work.hints.matches)
        found = self.work.hypothesis(text, output.mean_logprob, finished=output.finished, rung=rung)
        if found.order[:-1] < self.work.best.order[:-1]:
            self.work.hypotheses.append(found)


def _ask(climber: Climber, asked: Sequence[_Asked], rung: int) -> None:
    room = climber.engine.max_source_tokens - _SPARE_TOKENS
    fitting = [one for one in asked if climber.engine.count_tokens(one.source) <= room]
    if not fitting:
        return
    requests = [climber.request(replace(one.work, source=one.source, protected=(), hypotheses=[])) for one in fitting]
    longest = max(len(one.source) for one in fitting)
    for one, output in zip(fitting, climber.generate(requests, longest, climber.decoding), strict=True):
        one.take(output, rung)


def _missed(work: Work) -> list[Place]:
    """Where the user's terms stand that the best answer so far misses; none inside what comes out as it went in."""
    missed = {finding.source_text for finding in work.best.findings if finding.code == _MISSED}
    if not missed:
        return []
    words = tokens(work.source)
    return [
        Place(match.span, match.entry.sense, in_context(match, words))
        for match in work.hints.matches
        if match.entry.by_user
        and match.span.of(work.source) in missed
        and not any(match.span.overlaps(kept) for kept in work.protected)
    ]


# --- placeholders become English ------------------------------------------------------------------------------------

_BEFORE = r"(?P<before>\b(?:an?|the)\s+)?"
_POSSESSIVE_OR_PLURAL = r"(?P<ending>s?(?:['’]s?)?)"
# By sound, not by letter: an SBU officer, a UAV, a unit.
_TAKES_AN = re.compile(r"[AEFHILMNORSX][A-Z]+\b|[aeioAEIO][a-z]|[uU](?!ni|s[aeiou]|k)[a-z]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SENTENCE_START = re.compile(r"(?:^|[.!?…][\"”’»)]*\s+)\W*$")


def with_terms(english: str, places: Sequence[Place], mark: str) -> str | None:
    """`english` with the terms in place of `mark` and their numbers; None where a placeholder did not survive.

    The model may have written a plural or a possessive (`XX1s`, `XX1's`), a space (`XX 1`) or other capitals; its
    article is made to fit. A term that stands in the source twice may come once.
    """
    survived: set[str] = set()
    for number, place in reversed(list(enumerate(places, start=1))):
        pattern = re.compile(
            rf"{_BEFORE}(?<![^\W_]){re.escape(mark)}[ \-]?{number}{_POSSESSIVE_OR_PLURAL}(?![^\W_])", re.IGNORECASE
        )
        english, count = pattern.subn(partial(_restored, place=place), english)
        survived |= {place.sense} if count else set()
    if re.search(rf"(?<![^\W_]){re.escape(mark)}[ \-]?\d", english, re.IGNORECASE):
        return None  # a placeholder that was never put in
    return english if survived == {place.sense for place in places} else None


def _restored(found: re.Match[str], place: Place) -> str:
    article, ending = found["before"] or "", found["ending"]
    term = place.english
    possessive = ending.removeprefix("s")
    if article.strip().lower() in {"a", "an"}:
        term = place.sense
        article = article[0] + ("n " if _TAKES_AN.match(term) else " ")
    elif ending.startswith("s"):
        term = plural(place.sense)
    if not article or re.match(r"(?:the|an?)\s", term, re.IGNORECASE):
        return _capital_at_start(term, found.string[: found.start()]) + possessive
    return article + term + possessive


def _capital_at_start(text: str, before: str) -> str:
    return text[:1].upper() + text[1:] if _SENTENCE_START.search(before) else text


# --- number and tense -----------------------------------------------------------------------------------------------


def in_context(match: Match, words: Sequence[Token]) -> str:
    """The English of `match` in the number of a noun, or the tense of a verb, that the sentence has.

    Names and abbreviations stay as they are, as does English of which the Ukrainian is a plural in the glossary too.
    """
    entry = match.entry
    inside = [i for i, word in enumerate(words) if match.span.start <= word.start and word.end <= match.span.end]
    own = word_forms(entry.lemma)
    if entry.pos in PROPER or len(inside) != len(own):
        return entry.sense
    if entry.pos == "verb" or (not entry.pos and "infn" in readings(own[0])[0].grammemes):
        return _in_tense(entry.sense, words[inside[0]])
    head = _head(own)
    if entry.pos in {"adj", "adv"} or head is None:
        return entry.sense
    return plural(entry.sense) if _is_plural(normal_word(own[head]), inside, head, words) else entry.sense


def _head(words: Sequence[str]) -> int | None:
    """The word of a term that has its number: the first that is a noun in the nominative singular; None = none is."""
    found = [index for index, word in enumerate(words) if _is_singular_noun(word)]
    # `вогнева` (of fire) may be a noun too, in the dictionary alone; `тонна` (a tonne) may be an adjective.
    return next((index for index in found if readings(words[index])[0].pos != "ADJF"), found[0] if found else None)


def _is_singular_noun(word: str) -> bool:
    return any(r.pos == "NOUN" and "nomn" in r.grammemes and "plur" not in r.grammemes for r in readings(word))


def _in_tense(sense: str, word: Token) -> str:
    grammemes = next((r.grammemes for r in readings(word.text) if r.pos == "VERB"), frozenset())
    if "past" in grammemes:
        return past(sense)
    if {"pres", "3per"} <= grammemes and "plur" not in grammemes:
        return third_person(sense)
    return sense


def _is_plural(lemma: str, inside: Sequence[int], head: int, words: Sequence[Token]) -> bool:
    word = words[inside[head]]
    nouns = [r for r in readings(word.text) if r.pos == "NOUN" and "voct" not in r.grammemes]
    nouns = [r for r in nouns if r.lemma == lemma] or nouns
    numeral = _numeral_before(words, inside[0])
    if numeral is not None and _counts_many(numeral, nouns):
        return True
    said = {"plur" in reading.grammemes for reading in nouns}
    if len(said) < 2:
        return True in said
    before = words[inside[head] - 1] if inside[head] else None
    after = words[inside[-1] + 1] if inside[-1] + 1 < len(words) else None
    agreed = _agreed_number(before, "ADJF")
    if agreed is not None:
        return agreed
    # `ракети` is `of a rocket` or `rockets`: after a noun the former, as subject or object the latter.
    if before is None or before.pos == "VERB":
        return True
    return before.pos != "NOUN" and _agreed_number(after, "VERB") is True


def _agreed_number(word: Token | None, pos: str) -> bool | None:
    """Whether a word that agrees with the noun is in the plural; None where it does not say."""
    if word is None:
        return None
    said = {"plur" in reading.grammemes for reading in readings(word.text) if reading.pos == pos}
    return said.pop() if len(said) == 1 else None


def _numeral_before(words: Sequence[Token], index: int) -> Token | None:
    """The numeral that counts the noun at `index`, adjectives between them passed over."""
    while index > 0 and words[index - 1].pos == "ADJF":
        index -= 1
    before = words[index - 1] if index else None
    return before if before is not None and (before.pos == "NUMR" or _NUMBER.fullmatch(before.text)) else None


def _counts_many(numeral: Token, nouns: Sequence[Reading]) -> bool:
    """Whether English counts in the plural here: `5 дронів`, `21 дрон`, `1,5 дрона`, but not `1 дрон`, `24 лютого`."""
    if numeral.text == "1" or numeral.lemma == "один":
        return False
    grammemes = [reading.grammemes for reading in nouns]
    if any("plur" in marks for marks in grammemes):
        return True
    is_decimal = not numeral.text.isdigit() and numeral.pos != "NUMR"
    return is_decimal or (numeral.text.endswith("1") and any("nomn" in marks for marks in grammemes))

"""Which English words stand for some words of a Ukrainian sentence, as far as their looks tell.

Names, numbers, Latin words and loan words look or sound alike in both; the marks between them (quotation marks,
brackets, colons) and the words at their sides tell the place of others. What none of this places is not placed.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from vistka.datatypes import Span
from vistka.text.phonetic import likeness_0_1

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’ʼ-][^\W\d_]+)*|[^\W_]+")
_MARKS = {
    "quotation": re.compile(r"[«»“”„\"]"),
    "bracket": re.compile(r"[()\[\]]"),
    "colon": re.compile(r":"),
    "dash": re.compile(r"(?<=\s)[–—-](?=\s)"),
    "stop": re.compile(r"[;?!…]"),
    "comma": re.compile(r","),
}
_LEAST_NAME, _LEAST_WORD = 0.68, 0.74
_FEWEST_LETTERS = 3
_DISTANCE_WEIGHT = 0.2
_MOST_PAIRS = 60_000
"""Pairs of words that are compared by sound; a longer text is aligned by equal words alone."""
_LEANS_ON_THE_NEXT = frozenset(
    "a an the of in on at to for from with by and or but that as into over under its".split()
)
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")


def words_of(text: str) -> list[Span]:
    """The words and numbers of a text."""
    return [Span(*match.span()) for match in _WORD.finditer(text)]


@dataclass(frozen=True)
class Alignment:
    """A sentence and its English, with the pairs of words that stand for each other.

    Attributes:
        source, english: the two.
        known: pairs of spans that are known to be the same.
    """

    source: str
    english: str
    known: tuple[tuple[Span, Span], ...] = ()

    @cached_property
    def source_words(self) -> list[Span]:
        """The words of the source."""
        return words_of(self.source)

    @cached_property
    def english_words(self) -> list[Span]:
        """The words of the English."""
        return words_of(self.english)

    @cached_property
    def partner(self) -> dict[int, int]:
        """Index of a source word → index of its English word, each at most once."""
        partner: dict[int, int] = {}
        taken: set[int] = set()
        for one, other in self._known_pairs():
            partner[one] = other
            taken.add(other)
        for _, one, other in sorted(self._scored()):
            if one not in partner and other not in taken:
                partner[one] = other
                taken.add(other)
        return partner

    @cached_property
    def _partners(self) -> frozenset[int]:
        """The English words that have a source word."""
        return frozenset(self.partner.values())

    def _known_pairs(self) -> list[tuple[int, int]]:
        pairs: list[tuple[int, int]] = []
        for theirs, ours in self.known:
            left, right = _inside(self.source_words, theirs), _inside(self.english_words, ours)
            if len(left) == len(right):
                pairs.extend(zip(left, right, strict=True))
        return pairs

    def _scored(self) -> list[tuple[float, int, int]]:
        """Pairs of words that are alike: (the better the smaller, index of the source word, of the English one)."""
        left = [span.of(self.source) for span in self.source_words]
        right = [span.of(self.english) for span in self.english_words]
        if len(left) * len(right) > _MOST_PAIRS:
            return [(0.0, *pair) for pair in _equal_words(left, right)]
        scored = []
        for one, word in enumerate(left):
            for other, english in enumerate(right):
                score = _likeness(word, english)
                if score:
                    distance = abs(one / len(left) - other / len(right))
                    scored.append((_DISTANCE_WEIGHT * distance - score, one, other))
        return scored

    # --- spans ------------------------------------------------------------------------------------------------------

    def place(self, span: Span) -> Span | None:
        """The English characters for `span` of the source; None where nothing tells."""
        touched = _inside(self.source_words, span)
        if not touched:
            return self._edge(span)
        # Of a large first letter nothing tells in the English.
        inside = [index for index in touched if _covers(span, self.source_words[index])]
        if not inside:
            return None
        if len(inside) == len(self.source_words):
            start, end = self.position(span.start)[0], self.position(span.end)[0]
            return Span(start, end) if start < end else None
        found = self._by_words(inside) or self._by_marks(span) or self._by_neighbours(inside)
        return None if found is None else self._with_marks(span, found)

    def _edge(self, span: Span) -> Span | None:
        """Where the marks before the first word or behind the last one stand; None for others."""
        words = self.source_words
        if words and words[0].start < span.start and span.end < words[-1].end:
            return None
        start, end = self.position(span.start)[0], self.position(span.end)[0]
        return Span(start, end) if start < end else None

    def _by_words(self, inside: Sequence[int]) -> Span | None:
        """Where at least half of the words have a partner, and the partners stand together."""
        found = sorted(self.partner[index] for index in inside if index in self.partner)
        if not found or len(found) * 2 < len(inside):
            return None
        first, last = found[0], found[-1]
        strangers = any(other in self._partners and other not in found for other in range(first, last + 1))
        if last - first >= len(inside) + 2 or strangers:
            return None
        # A word at an edge without a partner is the free one beside those that have one, mostly on its own side; a
        # genitive comes before its noun in English (`президент Фінляндії` is the Finnish president).
        missing = [side for side, edge in ((-1, inside[0]), (1, inside[-1])) if edge not in self.partner]
        for side in missing:
            for tried in (side, -side):
                steps = self._free_beside(first if tried < 0 else last, tried)
                if steps and last - first + 1 < len(inside):
                    first, last = min(first, first + tried * steps), max(last, last + tried * steps)
                    break
        return self._english(first, last)

    def _free_beside(self, index: int, side: int) -> int:
        """How many words beside `index` may belong to it: 1, or 2 with an `of` between (`Minister of Education`)."""
        if self._is_free(index, side):
            return 1
        between = index + side
        is_of = 0 < between < len(self.english_words) and self.english_words[between].of(self.english) == "of"
        return 2 if side > 0 and is_of and self._is_free(between, side) else 0

    def _is_free(self, index: int, side: int) -> bool:
        """Whether the word beside `index` has no partner, is no small word and is parted by a space alone."""
        beside = index + side
        if not 0 <= beside < len(self.english_words) or beside in self._partners:
            return False
        left, right = sorted((self.english_words[index], self.english_words[beside]))
        word = self.english_words[beside].of(self.english)
        is_small = len(word) <= _FEWEST_LETTERS or word in _LEANS_ON_THE_NEXT
        return not is_small and self.english[left.end : right.start] == " "

    def _by_neighbours(self, inside: Sequence[int]) -> Span | None:
        """Between the partners of the words on both sides."""
        if not inside:
            return None
        before, after = inside[0] - 1, inside[-1] + 1
        at_start, at_end = before < 0, after >= len(self.source_words)
        if (at_start and at_end) or not ((at_start or before in self.partner) and (at_end or after in self.partner)):
            return None
        first = 0 if at_start else self.partner[before] + 1
        last = len(self.english_words) - 1 if at_end else self.partner[after] - 1
        between = last - first + 1
        if not 0 < between <= 2 * len(inside) + 1 or any(other in self._partners for other in range(first, last + 1)):
            return None
        return self._english(first, last)

    def _by_marks(self, span: Span) -> Span | None:
        """Between the same two marks, or a mark and the end, where both texts have as many of them."""
        left, right = self._mark_before(span.start), self._mark_after(span.end)
        if left is None or right is None or (left, right) == (0, len(self.english)) or left >= right:
            return None
        words = _inside(self.english_words, Span(left, right))
        return self._english(words[0], words[-1]) if words else None

    def _mark_before(self, at: int) -> int | None:
        """Behind which character of the English a span goes that begins at `at`: behind the same mark."""
        here = self._marks.get(_forth(self.source, at))
        before = _back(self.source, at)
        if here is None and before:
            here = self._marks.get(before - 1)
        if here is None:
            return None if before else 0
        return here + 1

    def _mark_after(self, at: int) -> int | None:
        """Before which character of the English a span goes that ends at `at`: before the same mark."""
        here = self._marks.get(_back(self.source, at) - 1)
        if here is not None:
            return here
        following = _forth(self.source, at)
        if following >= len(self.source) or (self.source[following] in ".!?…" and at >= self.source_words[-1].end):
            return len(self.english)
        return self._marks.get(following)

    @cached_property
    def _marks(self) -> dict[int, int]:
        """Where a mark stands in the source → where it stands in the English."""
        marks: dict[int, int] = {}
        for pattern in _MARKS.values():
            theirs = [match.start() for match in pattern.finditer(self.source)]
            ours = [match.start() for match in pattern.finditer(self.english)]
            if len(theirs) == len(ours):
                marks.update(zip(theirs, ours, strict=True))
        return marks

    def _english(self, first: int, last: int) -> Span:
        return Span(self.english_words[first].start, self.english_words[last].end)

    def _with_marks(self, span: Span, found: Span) -> Span:
        """With the quotation mark, the stop or the space at an edge, where the span of the source has one there."""
        text, words = span.of(self.source), span.of(self.source).strip()
        start, end = found.start, found.end
        if start and _is_mark(words[:1]) and _is_mark(self.english[start - 1]):
            start -= 1
        if end < len(self.english) and _is_mark(words[-1:]) and _is_mark(self.english[end]):
            end += 1
        if text[:1].isspace() and self.english[:start][-1:].isspace():
            start -= 1
        if text[-1:].isspace() and self.english[end : end + 1].isspace():
            end += 1
        return Span(start, end)

    def guess(self, span: Span, free: Sequence[int]) -> Span | None:
        """English words about as far into the sentence as `span` is; None where no word is free.

        Args:
            span: characters of the source.
            free: indices of the English words that may be taken, in order.
        """
        if not free:
            return None
        inside = _inside(self.source_words, span)
        count = max(1, len(self.source_words))
        first = inside[0] if inside else bisect_left([word.start for word in self.source_words], span.start)
        at = bisect_left(free, round(first * len(self.english_words) / count))
        start = end = free[min(at, len(free) - 1)]
        wanted = max(1, round(len(inside) * len(self.english_words) / count))
        while end + 1 in free and end + 1 - start < wanted:
            end += 1
        return self._english(start, end)

    # --- points -----------------------------------------------------------------------------------------------------

    def position(self, at: int) -> tuple[int, bool]:
        """Where in the English a thing goes that stands at `at` in the source, and whether anything tells so."""
        words = self.source_words
        if not words or at <= words[0].start:
            return _lead(self.english, self.source[:at]), True
        if at >= words[-1].end:
            return len(self.english) - _tail(self.english, self.source[at:]), True
        here = bisect_right(words, at, key=lambda word: word.end) - 1
        gap = self.source[words[here].end : at] if here >= 0 else ""
        if here in self.partner:
            end = self.english_words[self.partner[here]].end
            return end + len(_common(gap, self.english[end : end + len(gap)])), True
        if here + 1 in self.partner and words[here + 1].start >= at:
            start = self.english_words[self.partner[here + 1]].start
            return start if gap[-1:].isspace() else _back(self.english, start), True
        beside = self._marks.get(_back(self.source, at) - 1)
        if beside is not None:
            return beside + 1, True
        beside = self._marks.get(_forth(self.source, at))
        if beside is not None:
            return _back(self.english, beside), True
        return self._proportional((here + 1) / len(self.source_words)), False

    def _proportional(self, share_0_1: float) -> int:
        """The end of the word that is so far into the English, but not of an article or a preposition."""
        index = round(share_0_1 * len(self.english_words)) - 1
        while index > 0 and self.english_words[index].of(self.english) in _LEANS_ON_THE_NEXT:
            index -= 1
        return self.english_words[index].end if 0 <= index < len(self.english_words) else 0


def _inside(words: Sequence[Span], span: Span) -> Sequence[int]:
    """Indices of the words that have a character in `span`; the words are in order."""
    first = bisect_right(words, span.start, key=lambda word: word.end)
    return range(first, max(first, bisect_left(words, span.end, key=lambda word: word.start)))


def _covers(span: Span, word: Span) -> bool:
    """Whether at least half of a word is in `span`."""
    return (min(span.end, word.end) - max(span.start, word.start)) * 2 >= word.end - word.start


def _back(text: str, at: int) -> int:
    """`at`, or where the white space before it begins."""
    while at > 0 and text[at - 1].isspace():
        at -= 1
    return at


def _forth(text: str, at: int) -> int:
    """`at`, or where the white space there ends."""
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _is_mark(text: str) -> bool:
    return bool(text) and not text.isspace() and not text.isalnum()


def _common(gap: str, following: str) -> str:
    """The punctuation that stands before a thing in the source and in the English too: `слово.¹` is `word.¹`."""
    kept = 0
    for mine, theirs in zip(gap, following, strict=False):
        if mine != theirs and not (_is_mark(mine) and _is_mark(theirs)):
            break
        kept += 1
    return following[:kept]


def _lead(english: str, before: str) -> int:
    """How much of the beginning of the English answers to `before`, which has no words."""
    return len(_common(before, english))


def _tail(english: str, after: str) -> int:
    """How much of the end of the English answers to `after`, which has no words."""
    return len(_common(after[::-1], english[::-1]))


def _equal_words(left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The first of a word with the first of the same word, the second with the second, and so on."""
    there: dict[str, list[int]] = {}
    for index in range(len(right) - 1, -1, -1):
        there.setdefault(right[index].casefold(), []).append(index)
    for index, word in enumerate(left):
        others = there.get(word.casefold())
        if others:
            yield index, others.pop()


def _likeness(one: str, other: str) -> float:
    """How surely two words stand for each other; 0.0 where their looks do not say so."""
    if one.casefold() == other.casefold():
        return 1.0
    if one[0].isdigit() or other[0].isdigit():
        return float(re.sub(r"\D", "", one) == re.sub(r"\D", "", other) and one[0].isdigit() and other[0].isdigit())
    if min(len(one), len(other)) < _FEWEST_LETTERS or not _CYRILLIC.search(one) or _CYRILLIC.search(other):
        return 0.0
    least = _LEAST_NAME if one[0].isupper() and other[0].isupper() else _LEAST_WORD
    score = likeness_0_1(one, other)
    return score if score >= least else 0.0

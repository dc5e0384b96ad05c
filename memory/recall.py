"""What the memory says of a segment: a person's words for it, or for one that is like it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from vistka.datatypes import MemoryMatch
from vistka.memory.corrections import Entry
from vistka.memory.differences import differences
from vistka.memory.other_numbers import with_numbers_of
from vistka.memory.similar import MIN_SCORE, Finder
from vistka.memory.store import Memory

MIN_SCORE_FOR_OTHER_NUMBERS = 0.95


@dataclass(frozen=True, slots=True)
class Recalled:
    """A correction that has to do with a segment.

    Attributes:
        kind: `exact`: it was made for this very source; `other-numbers`: for one that differs in numbers alone, which
            `english` has right; `similar`: for one that is like it, so `english` is not a translation of the segment.
        english: the person's words, with the segment's numbers where `kind` is `other-numbers`.
        match: where it comes from and what differs.
    """

    kind: Literal["exact", "other-numbers", "similar"]
    english: str
    match: MemoryMatch


class Recaller:
    """Asks one memory. It holds no answers back: what is posted or taken back counts from the next question."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._finder = Finder(memory)

    def exact(self, source: str) -> Recalled | None:
        """The correction in force for `source`.

        Raises:
            ResourceError, ConfigurationError: the memory's file cannot be used.
        """
        entry = self._memory.exact(source)
        return Recalled("exact", entry.correction.target, _match(entry, 1.0, ())) if entry else None

    def similar(self, sources: Sequence[str]) -> list[Recalled | None]:
        """For each of `sources` the correction of the source that is most like it. n in, n out, in order.

        Raises:
            ResourceError, ConfigurationError: the memory's file cannot be used.
        """
        found = self._finder.similar(sources, MIN_SCORE)
        return [
            _recalled(source, *entries[0]) if entries else None for source, entries in zip(sources, found, strict=True)
        ]


def _recalled(source: str, entry: Entry, score: float) -> Recalled:
    correction = entry.correction
    match = _match(entry, score, differences(correction.source, source))
    if score >= MIN_SCORE_FOR_OTHER_NUMBERS:
        english = with_numbers_of(source, correction.source, correction.target)
        if english is not None:
            return Recalled("other-numbers", english, match)
    return Recalled("similar", correction.target, match)


def _match(entry: Entry, score: float, found: tuple[str, ...]) -> MemoryMatch:
    correction = entry.correction
    return MemoryMatch(entry.id, correction.source, correction.target, score, entry.author, entry.date, found)

"""Which stored sources are like a new one, fast for a hundred thousand of them.

The score is rapidfuzz's normalised Indel similarity (twice the longest common subsequence by the sum of the lengths)
of the `comparable` texts. Two bounds leave out what cannot reach the wanted score, and nothing else: the lengths, and
the letters that two texts have in common, since a common subsequence has no more of them.

What is searched has one byte a letter, since rapidfuzz is three times as fast on that. A letter that the code page does
not have is `?` there, so that a score can only come out too high; `score` then measures the texts themselves.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from vistka.memory.corrections import Entry
from vistka.memory.normal import comparable, comparable_bytes, normalised
from vistka.memory.store import Memory

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MIN_SCORE = 0.75
MIN_CHARS = 12
"""Shorter sources are alike by chance (`Так.`, `Там.`)."""

NOT_THE_SAME = 0.99
"""The most that a source gets which differs in case or numbers alone."""

_CLASSES = 64
"""Letters are counted in so many classes. Letters that share one only weaken the bound."""

_CANDIDATES = 8
_MAX_FRESH = 2_000
_ROUNDING = 1e-9


class SourceIndex:
    """The sources of some corrections, ready to be searched. It does not change.

    Args:
        sources: source key → (id of the correction, source).
    """

    def __init__(self, sources: Mapping[str, tuple[int, str]]) -> None:
        import numpy as np

        texts = comparable_bytes([source for _, source in sources.values()])
        lengths: NDArray[np.int64] = np.array([len(text) for text in texts], dtype=np.int64)
        order = np.argsort(lengths, kind="stable")
        self._lengths = lengths[order]
        self._letters = _letter_counts(texts, lengths)[order]
        self._texts = _objects([text.decode("latin-1") for text in texts])[order]
        keys = list(sources)
        self._places = {keys[one]: place for place, one in enumerate(order)}
        self._ids: NDArray[np.int64] = np.array([one for one, _ in sources.values()], dtype=np.int64)[order]

    def all_but(self, keys: Iterable[str]) -> NDArray[np.bool_]:
        """Which sources are to be searched when those of `keys` are not: [sources]."""
        import numpy as np

        alive = np.ones(len(self._texts), dtype=bool)
        alive[[self._places[key] for key in keys if key in self._places]] = False
        return alive

    def nearest(self, source: str, min_score: float, alive: NDArray[np.bool_]) -> list[int]:
        """Ids of the corrections whose sources reach `min_score`, the likest first, `_CANDIDATES` at most.

        `alive`: what is searched, of `all_but`.
        """
        import numpy as np
        from rapidfuzz import process
        from rapidfuzz.distance import Indel

        wanted = comparable_bytes([source])[0]
        length = len(wanted)
        # 2 * shorter / (shorter + longer) is the best score that two lengths allow.
        ratio = min_score / (2 - min_score)
        low, high = np.searchsorted(self._lengths, [length * ratio - _ROUNDING, length / ratio + 1])
        letters = _letter_counts([wanted], np.array([length]))
        shared = np.minimum(self._letters[low:high], letters).sum(axis=1, dtype=np.int64)
        hopeful = 2 * shared >= (min_score - _ROUNDING) * (self._lengths[low:high] + length)
        places = np.flatnonzero(hopeful & alive[low:high]) + low
        found = process.extract(
            wanted.decode("latin-1"),
            self._texts[places].tolist(),
            scorer=Indel.normalized_similarity,
            score_cutoff=min_score - _ROUNDING,
            limit=_CANDIDATES,
        )
        return [int(self._ids[places[index]]) for _, _, index in found]


class Finder:
    """Finds the corrections in force that are like a source; follows what is added to the memory and taken back."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._lock = threading.Lock()
        self._version = 0
        self._base = self._fresh = SourceIndex({})
        self._base_alive = self._fresh_alive = self._base.all_but(())
        self._touched: set[str] = set()
        """Keys that changed after `_base` was made: `_fresh` speaks for them."""

    def similar(self, sources: Sequence[str], min_score: float = MIN_SCORE) -> list[list[tuple[Entry, float]]]:
        """For each of `sources` the corrections of at least `min_score` with their scores, the likest first.

        n sources in, n lists out. Of equal scores the newer correction comes first.
        """
        if not any(_is_long_enough(source) for source in sources):
            return [[] for _ in sources]
        with self._lock:
            self._refresh()
            return [self._similar(source, min_score) if _is_long_enough(source) else [] for source in sources]

    def _similar(self, source: str, min_score: float) -> list[tuple[Entry, float]]:
        ids = [
            *self._base.nearest(source, min_score, self._base_alive),
            *self._fresh.nearest(source, min_score, self._fresh_alive),
        ]
        scored = [(entry, score(entry.correction.source, source)) for entry in self._memory.entries(ids)]
        scored = [(entry, value) for entry, value in scored if value >= min_score]
        return sorted(scored, key=lambda pair: (pair[1], pair[0].date, pair[0].id), reverse=True)

    def _refresh(self) -> None:
        version = self._memory.version()
        if version == self._version:
            return
        touched = self._touched | self._memory.touched_since(self._version)
        if version < self._version or self._version == 0 or len(touched) > _MAX_FRESH:
            self._base, self._touched = SourceIndex(self._memory.sources_in_force()), set()
        else:
            self._touched = touched
        self._fresh = SourceIndex(self._memory.sources_in_force(self._touched))
        self._base_alive, self._fresh_alive = self._base.all_but(self._touched), self._fresh.all_but(())
        self._version = version


def score(stored: str, new: str) -> float:
    """How alike two sources are, 0 to 1; 1.0 only where they are the same after `normalised`."""
    from rapidfuzz.distance import Indel

    if normalised(stored) == normalised(new):
        return 1.0
    alike = Indel.normalized_similarity(comparable(stored), comparable(new))
    return round(min(alike, NOT_THE_SAME), 3)


def _is_long_enough(source: str) -> bool:
    return len(normalised(source)) >= MIN_CHARS


def _letter_counts(texts: Sequence[bytes], lengths: NDArray[np.int64]) -> NDArray[np.uint16]:
    """How often each class of letters stands in each text: [texts, _CLASSES]."""
    import numpy as np

    # A correction has at most 20,000 characters, which 16 bits hold.
    letters = np.frombuffer(b"".join(texts), dtype=np.uint8) % _CLASSES
    rows = np.repeat(np.arange(len(texts), dtype=np.int64), lengths)
    counts = np.bincount(rows * _CLASSES + letters, minlength=len(texts) * _CLASSES)
    return counts.reshape(len(texts), _CLASSES).astype(np.uint16)


def _objects(strings: Sequence[str]) -> NDArray[np.object_]:
    """Strings that can be picked by an array of places, a hundred thousand at once."""
    import numpy as np

    array = np.empty(len(strings), dtype=object)
    array[:] = strings
    return array

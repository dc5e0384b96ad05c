"""Places that only their list tells: `на околицях Водяного, Пречистівки і Богоявленки`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from vistka.text.lemmas import Token, lemmas, readings

_AND = frozenset({"і", "й", "та"})
_DESCRIBING = frozenset({"ADJF", "NPRO", "NUMR"})
_UNITS = frozenset({"район", "область", "громада", "напрямок", "міськрада", "міськрайонний"})
_ENDS = frozenset(',.;:()…!?»"”')


def listed_places(
    text: str, words: Sequence[Token], doubtful: Iterable[int], places: Iterable[tuple[int, int]]
) -> Iterator[int]:
    """Which of `doubtful` are places, because each stands beside a place in a list.

    Args:
        text: the sentence.
        words: its words.
        doubtful: numbers of the words with a capital that say nothing by themselves.
        places: the characters (start, end) of the names of places.
    """
    starts = {start for start, _ in places}
    ends = {end for _, end in places}
    left = [index for index in doubtful if _may_be_listed(text, words, index)]
    while found := next((i for i in left if _is_beside(text, words, i, starts, ends)), None):
        left.remove(found)
        starts.add(words[found].start)
        ends.add(words[found].end)
        yield found


def _may_be_listed(text: str, words: Sequence[Token], index: int) -> bool:
    """Whether the word stands for itself: nothing describes it, and it describes nothing.

    `Офісі президента`, `Святого Престолу`, `у цьому Плані` and `Дніпровському та Кам'янському районах` are no places.
    """
    known = {reading.pos for reading in readings(words[index].text) if reading.known}
    if not index or known.isdisjoint({"NOUN", "ADJF"}) or _is_described(text, words, index):
        return False
    following = text[words[index].end :].lstrip()
    return (not following or following[0] in _ENDS or _is_and(words, index + 1)) and not _describes(text, words, index)


def _is_described(text: str, words: Sequence[Token], index: int) -> bool:
    before = words[index - 1]
    if not text[before.end : words[index].start].isspace() or _is_and(words, index - 1):
        return False
    return before.is_capitalised or any(reading.pos in _DESCRIBING for reading in readings(before.text))


def _describes(text: str, words: Sequence[Token], index: int) -> bool:
    """Whether the list ends in what its words belong to: `районах`."""
    while (after := _next(text, words, index)) is not None and words[after].is_capitalised:
        index = after
    return index + 1 < len(words) and not _UNITS.isdisjoint(lemmas(words[index + 1].text))


def _is_beside(text: str, words: Sequence[Token], index: int, starts: set[int], ends: set[int]) -> bool:
    before, after = _previous(text, words, index), _next(text, words, index)
    return (before is not None and words[before].end in ends) or (after is not None and words[after].start in starts)


def _previous(text: str, words: Sequence[Token], index: int) -> int | None:
    """The word that ends the item of the list before this one."""
    if _is_and(words, index - 1) and text[words[index - 1].end : words[index].start].isspace():
        joint = text[words[index - 2].end : words[index - 1].start] if index > 1 else "none"
        return index - 2 if joint.strip() in {"", ","} else None
    return index - 1 if text[words[index - 1].end : words[index].start].strip() == "," else None


def _next(text: str, words: Sequence[Token], index: int) -> int | None:
    """The word that begins the item of the list after this one."""
    if _is_and(words, index + 1) and index + 2 < len(words):
        joint = text[words[index + 1].end : words[index + 2].start]
        return index + 2 if joint.isspace() else None
    if index + 1 < len(words) and text[words[index].end : words[index + 1].start].strip() == ",":
        return index + 1
    return None


def _is_and(words: Sequence[Token], index: int) -> bool:
    return 0 <= index < len(words) and words[index].text in _AND

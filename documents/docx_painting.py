"""Which formatting each English character of a sentence gets: that of the source words that it stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from vistka.datatypes import Span
from vistka.documents.docx_inline import Container, Node, W
from vistka.documents.word_alignment import Alignment

if TYPE_CHECKING:
    from lxml import etree

_NO_LOOK = frozenset(f"{W}{name}" for name in ("lang", "noProof", "bCs", "iCs", "szCs", "rPrChange"))
"""Properties of a run that do not change how Ukrainian or English looks."""
_SWITCHED_ON = frozenset((f"{W}val", value) for value in ("1", "true", "on"))
"""`<w:b w:val="1"/>` is `<w:b/>`."""
_MOST_GROUPS = 500
"""Of looks in one sentence; more come from no person's hand, and each is compared with the others."""
_FEWER_LETTERS = 3
_MUST_STAY = frozenset({"hyperlink", "field", "fldSimple", "sdt"})
"""Containers that are put on the likeliest words where nothing tells the right ones; around a wrong word, a tracked
insertion or a smart tag would do more harm than good."""

Key = Container | tuple[str, ...]
Painted = list[tuple[Node, Span]]
Known = Sequence[tuple[Span, Span]]


@dataclass(frozen=True, slots=True)
class Part:
    """Characters of the source, and the node whose formatting they have."""

    node: Node
    span: Span


@dataclass(slots=True)
class Report:
    """What could not be placed.

    Attributes:
        fallen_back: source words whose formatting became that of their sentence.
        guessed: source words whose link, field or content control went to the likeliest place.
    """

    fallen_back: list[str] = field(default_factory=list)
    guessed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Group:
    """Parts in a row with one look, or in one container."""

    key: Key
    parts: tuple[Part, ...]

    @property
    def span(self) -> Span:
        return Span(self.parts[0].span.start, self.parts[-1].span.end)


def look_of(run: etree._Element | None) -> tuple[str, ...]:
    """The properties of a run that a reader sees, in a form that can be compared."""
    properties = None if run is None else run.find(f"{W}rPr")
    if properties is None:
        return ()
    return tuple(sorted(_canonical(child) for child in properties if child.tag not in _NO_LOOK))


def _canonical(element: etree._Element) -> str:
    attributes = sorted(
        (name, value)
        for name, value in element.attrib.items()
        if name != f"{W}hint" and (name, value) not in _SWITCHED_ON
    )
    return f"{element.tag} {attributes} {[_canonical(child) for child in element]}"


def painted(parts: Sequence[Part], source: str, english: str, known: Known, report: Report, depth: int = 0) -> Painted:
    """The nodes that the English takes its formatting from: n spans that join to the whole of `english`, in order.

    Args:
        parts: those of the source, in order, with text; at least one.
        source: the words of a sentence or of a part of one that was translated as a whole.
        english: its English.
        known: pairs of spans that are the same in both, such as addresses.
        report: grows by what could not be placed.
        depth: how many containers all of `parts` have in common.
    """
    if not english:
        return []
    groups = _groups(parts, source, depth)
    if len(groups) == 1:
        if isinstance(groups[0].key, Container):
            return painted(parts, source, english, known, report, depth + 1)
        return [(parts[0].node, Span(0, len(english)))]
    if len(groups) > _MOST_GROUPS:
        report.fallen_back.append(source)
        return [(max(parts, key=lambda part: len(part.span.of(source).strip())).node, Span(0, len(english)))]
    alignment = Alignment(source, english, tuple(known))
    base = _base(groups, alignment)
    taken = _taken([group for group in groups if group.key != base.key], alignment, report)
    result: Painted = []
    position = 0
    inner = partial(_inner, source=source, english=english, known=known, report=report, depth=depth)
    for span, group in sorted(taken, key=lambda pair: pair[0]):
        if result and not english[position : span.start].strip():
            node, before = result.pop()
            result.append((node, Span(before.start, span.start)))
        elif span.start > position:
            result.append((_main_node(base, source), Span(position, span.start)))
        result.extend(inner(group, span))
        position = span.end
    if position < len(english):
        result.append((_main_node(base, source), Span(position, len(english))))
    return result


def _inner(
    group: _Group, span: Span, *, source: str, english: str, known: Known, report: Report, depth: int
) -> Painted:
    """The painting of what stands in a group that has its place."""
    if not isinstance(group.key, Container):
        return [(group.parts[0].node, span)]
    there = group.span
    parts = [Part(part.node, Span(part.span.start - there.start, part.span.end - there.start)) for part in group.parts]
    inside = [
        (Span(a.start - there.start, a.end - there.start), Span(b.start - span.start, b.end - span.start))
        for a, b in known
        if there.start <= a.start and a.end <= there.end and span.start <= b.start and b.end <= span.end
    ]
    found = painted(parts, there.of(source), span.of(english), inside, report, depth + 1)
    return [(node, its.shifted(span.start)) for node, its in found]


def _groups(parts: Sequence[Part], source: str, depth: int) -> list[_Group]:
    """Parts by container or by look; white space between words counts to what stands before it."""

    def key(part: Part) -> Key:
        path = part.node.path
        return path[depth] if len(path) > depth else look_of(part.node.run)

    groups: list[_Group] = []
    for found, row in groupby(parts, key):
        group = _Group(found, tuple(row))
        blank = not group.span.of(source).strip() and not isinstance(found, Container)
        if groups and (groups[-1].key == found or blank):
            groups[-1] = _Group(groups[-1].key, groups[-1].parts + group.parts)
        else:
            groups.append(group)
    return groups


def _base(groups: Sequence[_Group], alignment: Alignment) -> _Group:
    """The group of the look that most letters have; a container only where there is nothing else.

    Where all of that look has its place, another look without one may need the rest of the English more.
    """
    letters: dict[Key, int] = {}
    homeless: dict[Key, int] = {}
    for group in groups:
        count = _letters(group, alignment.source)
        letters[group.key] = letters.get(group.key, 0) + count
        has_place = count == 0 or alignment.place(group.span) is not None
        homeless[group.key] = homeless.get(group.key, 0) + (0 if has_place else count)

    def weight(key: Key) -> tuple[bool, int]:
        return letters[key] > 0 and not isinstance(key, Container), letters[key]

    best = max(letters, key=weight)
    others = [
        key for key in letters if not isinstance(key, Container) and homeless[key] * _FEWER_LETTERS > letters[best]
    ]
    if others and not homeless[best]:
        best = max(others, key=homeless.__getitem__)
    return _Group(best, tuple(part for group in groups if group.key == best for part in group.parts))


def _letters(group: _Group, source: str) -> int:
    return sum(character.isalnum() for part in group.parts for character in part.span.of(source))


def _main_node(base: _Group, source: str) -> Node:
    """The node that the words outside of all placed groups look like: that of the longest part of the base."""
    return max(base.parts, key=lambda part: len(part.span.of(source).strip())).node


def _taken(groups: Sequence[_Group], alignment: Alignment, report: Report) -> list[tuple[Span, _Group]]:
    """The groups that found a place, no two of which overlap: containers first, for none of them may be lost."""
    taken: list[tuple[Span, _Group]] = []
    homeless: list[_Group] = []
    order = sorted(groups, key=lambda group: (not isinstance(group.key, Container), group.span.start - group.span.end))
    for group in order:
        place = alignment.place(group.span)
        if place is not None and not any(place.start < span.end and span.start < place.end for span, _ in taken):
            taken.append((place, group))
        elif _must_stay(group) or _letters(group, alignment.source):
            homeless.append(group)
    for group in sorted(homeless, key=lambda group: group.span):
        _settle(group, taken, alignment, report)
    return taken


def _must_stay(group: _Group) -> bool:
    return isinstance(group.key, Container) and group.key.kind in _MUST_STAY


def _settle(group: _Group, taken: list[tuple[Span, _Group]], alignment: Alignment, report: Report) -> None:
    words = group.span.of(alignment.source).strip()
    if not _must_stay(group):
        report.fallen_back.append(words)
        return
    free = [
        index
        for index, word in enumerate(alignment.english_words)
        if not any(word.start < span.end and span.start < word.end for span, _ in taken)
    ]
    guess = alignment.guess(group.span, free)
    report.guessed.append(words)
    if guess is not None:
        taken.append((guess, group))

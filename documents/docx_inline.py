"""One paragraph of a DOCX as a flat row of nodes, and the paragraph built again from such a row.

A node is a piece of text, or something that is not text and must not be lost: a picture, a footnote reference, a break,
a bookmark. Each knows its run, whose formatting it has, and the hyperlinks, tracked insertions, content controls and
fields that it stands in. A row can be cut, changed and put in another order; building makes runs and hyperlinks of it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

NodeKind = Literal["text", "break", "separator", "object", "field", "marker", "layout"]
"""`text`: characters; `break`: a line break inside a sentence; `separator`: a tab, a page break, or a line break
between sentences; `object`: something seen, such as a picture or a footnote reference; `field`: a computed text, such
as a page number; `marker`: something without a look, such as a bookmark; `layout`: Word's notes to itself."""

_TRANSLATED_FIELDS = frozenset({"HYPERLINK", "TOC", "FORMTEXT", "QUOTE", "MACROBUTTON", "GOTOBUTTON", "INDEX", "TOA"})
"""Fields whose shown text was written by a person, or is made of what is translated; others are computed again."""

_CONTAINERS = {
    f"{W}{name}": name for name in ("hyperlink", "ins", "moveTo", "smartTag", "customXml", "sdt", "bdo", "dir")
}
_PROPERTIES = frozenset(f"{W}{name}" for name in ("smartTagPr", "customXmlPr", "sdtPr", "sdtEndPr", "pPr", "rPr"))
_LAYOUT = frozenset(f"{W}{name}" for name in ("proofErr", "lastRenderedPageBreak"))
_MARKERS = frozenset(
    f"{W}{name}"
    for name in (
        "bookmarkStart", "bookmarkEnd", "commentRangeStart", "commentRangeEnd", "permStart", "permEnd", "fldChar",
        "instrText", "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd",
        "customXmlInsRangeStart", "customXmlInsRangeEnd", "customXmlDelRangeStart", "customXmlDelRangeEnd", "del",
        "moveFrom", "commentReference", "footnoteRef", "endnoteRef", "annotationRef",
    )
)  # fmt: skip
_CHARACTERS = {f"{W}noBreakHyphen": "\u2011", f"{W}softHyphen": "\u00ad"}


@dataclass(eq=False, slots=True)
class Container:
    """An element that nodes stand in. A second copy may be opened where its nodes do not stay together.

    Attributes:
        kind: the name of the element, or `field` for one made of runs.
        element: the element; None for such a field.
        inner: where the content goes; `element` itself, but for content controls.
        before, after: the nodes that open and close such a field.
        opened: how often it stands in the paragraph that is being built.
    """

    kind: str
    element: etree._Element | None = None
    inner: etree._Element | None = None
    before: Sequence[Node] = ()
    after: Sequence[Node] = ()
    opened: int = 0

    @property
    def may_be_copied(self) -> bool:
        """A content control has an identity of its own."""
        return self.kind != "sdt"


@dataclass(eq=False, slots=True)
class Node:
    """A piece of text or a thing in a paragraph.

    Attributes:
        kind: what it is.
        text: the characters that a reader sees; a line break is a line feed.
        element: the element; None for text that is new.
        run: the `w:r` it came from; None where it stands outside of runs.
        path: the containers that it stands in, the outermost first.
        parts: a computed field is several nodes that stay together.
        is_new: English words, so that the run they come into is marked as English.
    """

    kind: NodeKind
    text: str
    element: etree._Element | None
    run: etree._Element | None
    path: tuple[Container, ...] = ()
    parts: tuple[Node, ...] = ()
    is_new: bool = False


def nodes_of(paragraph: etree._Element) -> list[Node]:
    """The nodes of a paragraph, in order."""
    return _line_breaks(_with_fields(list(_children(paragraph, ()))))


def _children(parent: etree._Element, path: tuple[Container, ...]) -> Iterator[Node]:
    for child in parent:
        tag = child.tag
        if tag in _PROPERTIES:
            continue
        if tag == f"{W}r":
            yield from _run_nodes(child, path)
        elif tag in _CONTAINERS or (tag == f"{W}fldSimple" and _is_translated(child.get(f"{W}instr", ""))):
            inner = child.find(f"{W}sdtContent") if tag == f"{W}sdt" else child
            if inner is None:
                yield Node("object", "", child, None, path)
                continue
            container = Container(_CONTAINERS.get(tag, "fldSimple"), child, inner)
            inside = list(_children(inner, (*path, container)))
            yield from inside or [Node("marker", "", child, None, path)]
        elif tag == f"{W}fldSimple":
            yield Node("field", "".join(text.text or "" for text in child.iter(f"{W}t")), child, None, path)
        else:
            yield Node(_kind(child), "", child, None, path)


def _run_nodes(run: etree._Element, path: tuple[Container, ...]) -> Iterator[Node]:
    for child in run:
        tag = child.tag
        if tag == f"{W}rPr":
            continue
        if tag == f"{W}t":
            yield Node("text", child.text or "", child, run, path)
        elif tag in _CHARACTERS:
            yield Node("text", _CHARACTERS[tag], child, run, path)
        elif tag in (f"{W}tab", f"{W}ptab"):
            yield Node("separator", "", child, run, path)
        elif tag in (f"{W}br", f"{W}cr"):
            soft = child.get(f"{W}type", "textWrapping") == "textWrapping"
            yield Node("break" if soft else "separator", "", child, run, path)
        else:
            yield Node(_kind(child), "", child, run, path)


def bare_text_like(node: Node) -> Node:
    """An empty text without formatting, to stand beside `node` where a paragraph has no text to look like."""
    atom = next(_atoms([node]))
    element = atom.element if atom.run is None else atom.run
    run = None if element is None else element.makeelement(f"{W}r", nsmap=element.nsmap)
    return Node("text", "", None, run, node.path)


def _kind(element: etree._Element) -> NodeKind:
    # Comments and processing instructions have a function for a tag.
    if element.tag in _MARKERS or not isinstance(element.tag, str):
        return "marker"
    return "layout" if element.tag in _LAYOUT else "object"


def _line_breaks(nodes: list[Node]) -> list[Node]:
    """Line breaks before a small letter are inside a sentence; all others part two texts, as in an address."""
    following = ""
    for node in reversed(nodes):
        if node.kind == "break":
            if following[:1].islower():
                node.text = "\n"
            else:
                node.kind = "separator"
        following = "" if node.kind == "separator" else node.text.lstrip() or following
    return nodes


# --- fields ---------------------------------------------------------------------------------------------------------


def _is_translated(instruction: str) -> bool:
    words = instruction.split(maxsplit=1)
    return bool(words) and words[0].upper() in _TRANSLATED_FIELDS


def _with_fields(nodes: Iterable[Node]) -> list[Node]:
    """Fields that begin and end in the paragraph become containers or single nodes; halves of others stay markers."""
    row: list[Node] = []
    open_fields: list[tuple[int, int]] = []
    for node in nodes:
        row.append(node)
        mark = _field_mark(node)
        if mark == "begin":
            open_fields.append((len(row) - 1, -1))
        elif mark == "separate" and open_fields:
            open_fields[-1] = (open_fields[-1][0], len(row) - 1)
        elif mark == "end" and open_fields:
            first, middle = open_fields.pop()
            part = row[first:]
            del row[first:]
            row.extend(_field(part, middle - first if middle >= 0 else len(part) - 1))
    return row


def _field_mark(node: Node) -> str:
    if node.element is None or node.element.tag != f"{W}fldChar":
        return ""
    return str(node.element.get(f"{W}fldCharType", ""))


def _field(nodes: list[Node], middle: int) -> list[Node]:
    """The nodes of one field, `middle` being where its instruction ends."""
    path = nodes[0].path
    if any(node.path[: len(path)] != path for node in nodes) or nodes[-1].path != path:
        return nodes
    instruction = "".join(
        node.element.text or ""
        for node in nodes[:middle]
        if node.element is not None and node.element.tag == f"{W}instrText"
    )
    result = nodes[middle + 1 : -1]
    if not _is_translated(instruction):
        shown = "".join(
            node.text if node.kind in ("text", "field") else " " * (node.kind == "separator") for node in result
        )
        return [Node("field", shown, None, None, path, tuple(nodes))]
    if not result:
        return nodes
    container = Container("field", before=nodes[: middle + 1], after=nodes[-1:])
    for node in result:
        _enter(node, container, len(path))
    return result


def _enter(node: Node, container: Container, depth: int) -> None:
    node.path = (*node.path[:depth], container, *node.path[depth:])
    for part in node.parts:
        _enter(part, container, depth)


# --- building -------------------------------------------------------------------------------------------------------


def build(paragraph: etree._Element, old: Sequence[Node], new: Sequence[Node]) -> None:
    """Make `paragraph`, whose nodes were `old`, consist of `new`.

    A container that no new node stands in is kept, empty, at the end: it may hold a link that a person wants back.
    """
    containers = list(dict.fromkeys(container for node in _atoms(old) for container in node.path))
    for container in containers:
        container.opened = 0
    for run in dict.fromkeys(node.run for node in _all_atoms(old) if node.run is not None):
        _empty(run)
    for container in containers:
        if container.inner is not None:
            _empty(container.inner)
    _empty(paragraph)
    used = {container for node in _atoms(new) for container in node.path}
    _Builder().build(paragraph, list(_atoms(new)), 0)
    for container in containers:
        if container not in used and container.element is not None and container.element.getparent() is None:
            paragraph.append(container.element)


def _atoms(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        if node.parts:
            yield from _atoms(node.parts)
        else:
            yield node


def _all_atoms(nodes: Iterable[Node]) -> Iterator[Node]:
    """Those that open and close fields too."""
    for node in _atoms(nodes):
        yield node
        for container in node.path:
            yield from _atoms([*container.before, *container.after])


def _empty(element: etree._Element) -> None:
    for child in list(element):
        if child.tag not in _PROPERTIES:
            element.remove(child)


@dataclass(slots=True)
class _Builder:
    """Builds one paragraph; remembers which of its runs stand in it already."""

    placed_runs: set[etree._Element] = field(default_factory=set)

    def build(self, parent: etree._Element, nodes: Sequence[Node], depth: int) -> None:
        def container_of(node: Node) -> Container | None:
            return node.path[depth] if len(node.path) > depth else None

        for container, group in groupby(nodes, container_of):
            inside = list(group)
            if container is None:
                self._runs(parent, inside)
            else:
                self._container(parent, container, inside, depth)

    def _container(self, parent: etree._Element, container: Container, inside: Sequence[Node], depth: int) -> None:
        container.opened += 1
        if container.opened > 1 and not container.may_be_copied:
            self.build(parent, inside, depth + 1)
            return
        if container.element is None or container.inner is None:
            first = container.opened == 1
            self.build(parent, [*_atoms(container.before if first else _copies(container.before))], depth)
            self.build(parent, inside, depth + 1)
            self.build(parent, [*_atoms(container.after if first else _copies(container.after))], depth)
            return
        if container.opened == 1:
            parent.append(container.element)
            self.build(container.inner, inside, depth + 1)
        else:
            shell = _shell(container.element)
            parent.append(shell)
            self.build(shell, inside, depth + 1)

    def _runs(self, parent: etree._Element, nodes: Sequence[Node]) -> None:
        def run_of(node: Node) -> tuple[etree._Element | None, bool]:
            return node.run, node.is_new

        for (run, is_new), group in groupby(nodes, run_of):
            if run is None:
                for node in group:
                    if node.element is not None:
                        node.element.tail = None
                        parent.append(node.element)
                continue
            target = _shell(run) if run in self.placed_runs else run
            self.placed_runs.add(run)
            parent.append(target)
            _fill(target, list(group))
            if is_new:
                _mark_as_english(target)


def _copies(nodes: Sequence[Node]) -> list[Node]:
    return [Node(n.kind, n.text, copy.deepcopy(n.element), n.run, n.path, tuple(_copies(n.parts))) for n in nodes]


def _shell(element: etree._Element) -> etree._Element:
    """A copy of a run or a container without its content."""
    shell = element.makeelement(element.tag, dict(element.attrib), element.nsmap)
    for child in element:
        if child.tag in _PROPERTIES:
            shell.append(copy.deepcopy(child))
    return shell


def _mark_as_english(run: etree._Element) -> None:
    """Word often takes Ukrainian for Russian: whatever language the run was marked with, it is English now."""
    language = run.find(f"{W}rPr/{W}lang")
    if language is not None and not (language.get(f"{W}val") or "en").lower().startswith("en"):
        language.set(f"{W}val", "en-US")


def _fill(run: etree._Element, nodes: Sequence[Node]) -> None:
    for new, group in groupby(nodes, lambda node: node.element is None):
        if not new:
            for node in group:
                if node.element is not None:
                    node.element.tail = None
                    run.append(node.element)
            continue
        text = run.makeelement(f"{W}t", nsmap=run.nsmap)
        text.text = "".join(node.text for node in group)
        if text.text != text.text.strip():
            text.set(_XML_SPACE, "preserve")
        run.append(text)

"""The stories of a DOCX (its text, headers, footers, notes, comments) and the stretches of text in each paragraph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from vistka.datatypes import BlockKind, Span
from vistka.documents.docx_inline import Node, W, nodes_of
from vistka.documents.docx_safety import MAIN_PART, Package
from vistka.errors import UnsupportedFormatError

if TYPE_CHECKING:
    from lxml import etree

STYLES_PART = "word/styles.xml"
SETTINGS_PART = "word/settings.xml"
CORE_PART = "docProps/core.xml"
DC = "{http://purl.org/dc/elements/1.1/}"
_CONTENT_TYPES = "[Content_Types].xml"
_CT = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_TITLE_LEVEL = "0"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of text between two tabs, breaks or ends of its paragraph.

    Attributes:
        nodes: the nodes of the whole paragraph.
        first, last: half-open range of `nodes` that is the stretch.
        words: the characters of `text` without white space around them: these are the block.
        text: of all nodes of the stretch.
    """

    nodes: Sequence[Node]
    first: int
    last: int
    words: Span
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph with words in it.

    Attributes:
        element: the `w:p`.
        kind: what its stretches are.
        stretches: those with words, in order.
        title_rank: 0 for a title by its style, 1 for a heading of the first level, else 2.
        twins: paragraphs that say the same for programs that know no modern text boxes.
    """

    element: etree._Element
    kind: BlockKind
    stretches: tuple[Stretch, ...]
    title_rank: int
    twins: tuple[etree._Element, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """A part of the document that has text.

    Attributes:
        member: its name in the archive.
        root: its root element.
        paragraphs: those with words, in reading order.
    """

    member: str
    root: etree._Element
    paragraphs: tuple[Paragraph, ...]


class Stories:
    """All stories of a package, the main text first."""

    def __init__(self, package: Package) -> None:
        self.package = package
        members = _story_members(package)
        styles = _styles(package)
        self.stories = tuple(self._story(member, styles) for member in members)

    def _story(self, member: str, styles: dict[str, _Style]) -> Story:
        root = self.package.tree(member)
        if root is None:
            raise UnsupportedFormatError(f"no {member} in the DOCX", where=self.package.name, next_step="save it again")
        if root.tag.startswith(f"{{{_STRICT}}}"):
            raise UnsupportedFormatError(
                "this is Strict Open XML", where=self.package.name, next_step="save it as a Word document (.docx)"
            )
        return Story(member, root, tuple(_paragraphs(root, styles, is_main=member == MAIN_PART)))

    @cached_property
    def core(self) -> etree._Element | None:
        """The root of the core properties."""
        return self.package.tree(CORE_PART)

    def core_title(self) -> etree._Element | None:
        """The element of the title in the core properties, where it says something."""
        title = None if self.core is None else self.core.find(f"{DC}title")
        return title if title is not None and (title.text or "").strip() and not len(title) else None


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    level: str
    parent: str


def _story_members(package: Package) -> list[str]:
    """The names of the parts with text, by their content types.

    Raises:
        UnsupportedFormatError: the main part is of another kind: a template, or a document with macros.
    """
    from docx.opc.constants import CONTENT_TYPE as CT

    types = package.tree(_CONTENT_TYPES)
    told = {
        (override.get("PartName") or "").lstrip("/"): override.get("ContentType") or ""
        for override in ([] if types is None else types.iter(f"{_CT}Override"))
    }
    main = told.get(MAIN_PART, "")
    if "macroenabled" in main.lower():
        raise UnsupportedFormatError(
            "documents with macros are not read", where=package.name, next_step="save it as .docx, which has none"
        )
    if main != CT.WML_DOCUMENT_MAIN:
        raise UnsupportedFormatError(
            f"the main part is not a Word document but {main[:120]!a}",
            where=package.name,
            next_step="save it as a Word document (.docx)",
        )
    wanted = (CT.WML_HEADER, CT.WML_FOOTER, CT.WML_FOOTNOTES, CT.WML_ENDNOTES, CT.WML_COMMENTS)
    others = [
        member
        for kind in wanted
        for member in sorted(told, key=_numbered)
        if told[member] == kind and member in package.members and member != MAIN_PART
    ]
    return [MAIN_PART, *others]


def _numbered(member: str) -> tuple[int, str]:
    """`header2.xml` before `header10.xml`."""
    return len(member), member


def _styles(package: Package) -> dict[str, _Style]:
    root = package.tree(STYLES_PART)
    found: dict[str, _Style] = {}
    for style in () if root is None else root.iter(f"{W}style"):
        name, level, parent = (style.find(path) for path in (f"{W}name", f"{W}pPr/{W}outlineLvl", f"{W}basedOn"))
        found[style.get(f"{W}styleId") or ""] = _Style(
            "" if name is None else (name.get(f"{W}val") or "").lower(),
            "" if level is None else level.get(f"{W}val") or "",
            "" if parent is None else parent.get(f"{W}val") or "",
        )
    return found


def _paragraphs(root: etree._Element, styles: dict[str, _Style], *, is_main: bool) -> Iterator[Paragraph]:
    twins = _twins(root)
    doubles = {twin for group in twins.values() for twin in group}
    for element in root.iter(f"{W}p"):
        if element in doubles:
            continue
        stretches = tuple(stretches_of(element))
        if stretches:
            kind, rank = _kind(element, styles) if is_main else ("caption", 2)
            yield Paragraph(element, kind, stretches, rank, tuple(twins.get(element, ())))


def stretches_of(paragraph: etree._Element) -> Iterator[Stretch]:
    """The stretches of a paragraph that have words."""
    nodes = nodes_of(paragraph)
    ends = [index for index, node in enumerate(nodes) if node.kind == "separator"]
    first = 0
    for last in [*ends, len(nodes)]:
        text = "".join(node.text for node in nodes[first:last])
        bare = text.strip()
        if any(character.isalnum() for character in bare):
            start = len(text) - len(text.lstrip())
            yield Stretch(nodes, first, last, Span(start, start + len(bare)), text)
        first = last + 1


def _twins(root: etree._Element) -> dict[etree._Element, list[etree._Element]]:
    """Paragraph of a text box → its copies in the fallback for old programs, where they say the same."""
    twins: dict[etree._Element, list[etree._Element]] = {}
    for alternate in root.iter(f"{_MC}AlternateContent"):
        choice, fallback = alternate.find(f"{_MC}Choice"), alternate.find(f"{_MC}Fallback")
        if choice is None or fallback is None:
            continue
        ours, theirs = list(choice.iter(f"{W}p")), list(fallback.iter(f"{W}p"))
        if [_plain(paragraph) for paragraph in ours] == [_plain(paragraph) for paragraph in theirs]:
            for one, other in zip(ours, theirs, strict=True):
                twins.setdefault(one, []).append(other)
    return twins


def _plain(paragraph: etree._Element) -> str:
    return "".join(text.text or "" for text in paragraph.iter(f"{W}t"))


_KIND_BY_STYLE: tuple[tuple[str, BlockKind], ...] = (
    ("heading", "heading"),
    ("subtitle", "heading"),
    ("toc", "caption"),
    ("caption", "caption"),
    ("header", "caption"),
    ("footer", "caption"),
    ("quote", "quote"),
    ("intense quote", "quote"),
    ("list", "list-item"),
)
"""By how the name of a built-in style begins; Word keeps these names in English in every language."""


def _kind(paragraph: etree._Element, styles: dict[str, _Style]) -> tuple[BlockKind, int]:
    properties = paragraph.find(f"{W}pPr")
    style = None if properties is None else properties.find(f"{W}pStyle")
    names, level = _inherited("" if style is None else style.get(f"{W}val") or "", styles)
    own_level = None if properties is None else properties.find(f"{W}outlineLvl")
    level = level if own_level is None else own_level.get(f"{W}val") or ""
    rank = 0 if "title" in names else 1 if level == _TITLE_LEVEL else 2
    around = {ancestor.tag for ancestor in paragraph.iterancestors()}
    if f"{W}txbxContent" in around:
        return "caption", 2
    if f"{W}tc" in around:
        return "cell", 2
    if level and level != "9":
        return "heading", rank
    for name in names:
        for start, kind in _KIND_BY_STYLE:
            if name.startswith(start):
                return kind, rank
    if rank == 0:
        return "heading", rank
    return "list-item" if properties is not None and properties.find(f"{W}numPr") is not None else "paragraph", rank


def _inherited(style: str, styles: dict[str, _Style]) -> tuple[list[str], str]:
    """The names of a style and of those that it is based on, and its outline level (`0` is a first heading)."""
    names: list[str] = []
    level = ""
    seen: set[str] = set()
    while style in styles and style not in seen:
        seen.add(style)
        names.append(styles[style].name)
        level = level or styles[style].level
        style = styles[style].parent
    return names, level

"""A DOCX item and its rewrites → the DOCX in English: every part that no word of changed is the same to the byte."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vistka.datatypes import Item, New, Piece, Rewrites
from vistka.documents.docx_inline import Node, W, build
from vistka.documents.docx_read import blocks_of
from vistka.documents.docx_safety import Package, open_package, repacked, safe_tree
from vistka.documents.docx_stories import (
    CORE_PART,
    DC,
    SETTINGS_PART,
    STYLES_PART,
    Paragraph,
    Stories,
    Stretch,
    stretches_of,
)
from vistka.documents.docx_stretch import clean, rewritten, short

if TYPE_CHECKING:
    from lxml import etree

_FROM = re.compile(r"(?:uk|ua)(?:[-_]|$)", re.IGNORECASE)
_WORD_LANGUAGE, _CORE_LANGUAGE = "en-US", "en"
_LEFT_ALONE = (("word/charts/chart", "chart"), ("word/diagrams/data", "diagram"))
_Row = dict[int, tuple[Piece, ...]]
"""`Stretch.first` → what the stretch becomes."""


def write_docx(item: Item, rewrites: Rewrites) -> tuple[bytes, tuple[str, ...]]:
    """The document with the named blocks rewritten, and what a person should know of it, a line for each.

    Without new words it is `item.binary` itself. With them, also `w:lang` of Ukrainian text becomes `en-US` and the
    language of the properties `en`, as spelling checkers and screen readers go by them. Formatting of a whole sentence
    is kept; that of some of its words goes to the English words that stand for them (see `word_alignment`), and is
    told of where they cannot be found. Pictures, notes, breaks, fields and bookmarks are always kept.

    Raises:
        ValueError: a rewrite names a block that is not there. That is a fault of the program.
    """
    new = {
        index: tuple(pieces)
        for index, pieces in rewrites.items()
        if not (0 <= index < len(item.blocks)) or not _is_unchanged(item.blocks[index].text, pieces)
    }
    for index in new:
        if not 0 <= index < len(item.blocks):
            raise ValueError(f"{item.name}: no block {index} among {len(item.blocks)}")
    if not new:
        return item.binary, ()
    # What was read was within the limits of its reader; none is set a second time.
    stories = Stories(open_package(item.binary, item.name, max_mib=float("inf")))
    return _Writer(stories, new).write()


def _is_unchanged(text: str, pieces: Sequence[Piece]) -> bool:
    position = 0
    for piece in pieces:
        if isinstance(piece, New) or piece.start != position:
            return False
        position = piece.end
    return position == len(text)


@dataclass(slots=True)
class _Writer:
    stories: Stories
    rewrites: Rewrites
    changed: dict[str, bytes] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def write(self) -> tuple[bytes, tuple[str, ...]]:
        package = self.stories.package
        touched = self._rewrite_paragraphs()
        translated = any(isinstance(piece, New) for pieces in self.rewrites.values() for piece in pieces)
        for story in self.stories.stories:
            # One sweep over the part: `or` would leave the languages of a rewritten part as they are.
            if (translated and _translate_languages(story.root)) | (story.member in touched):
                self.changed[story.member] = _xml(story.root)
        if translated:
            for member in (STYLES_PART, SETTINGS_PART):
                self._other_part(package, member)
            self._core_language()
            self._left_alone(package)
        if self.stories.core is not None and CORE_PART in touched:
            self.changed[CORE_PART] = _xml(self.stories.core)
        return repacked(package, self.changed), tuple(self.notes)

    def _rewrite_paragraphs(self) -> set[str]:
        """The members that have a paragraph rewritten."""
        touched: set[str] = set()
        by_paragraph: dict[etree._Element, tuple[Paragraph, _Row]] = {}
        for index, (block, place) in enumerate(blocks_of(self.stories)):
            if index not in self.rewrites:
                continue
            if place is None:
                self._core_title(block.text, self.rewrites[index])
                touched.add(CORE_PART)
                continue
            story, paragraph, stretch = place
            touched.add(story.member)
            by_paragraph.setdefault(paragraph.element, (paragraph, {}))[1][stretch.first] = self.rewrites[index]
        for paragraph, row in by_paragraph.values():
            self._rewrite(paragraph, row)
        return touched

    def _rewrite(self, paragraph: Paragraph, row: _Row) -> None:
        _rebuild(paragraph.element, paragraph.stretches, row, self.notes)
        for twin in paragraph.twins:
            stretches = tuple(stretches_of(twin))
            if [stretch.text for stretch in stretches] == [stretch.text for stretch in paragraph.stretches]:
                pairs = zip(paragraph.stretches, stretches, strict=True)
                its_row = {theirs.first: row[ours.first] for ours, theirs in pairs if ours.first in row}
                _rebuild(twin, stretches, its_row, [])
            else:
                shown = short(" ".join(stretch.text for stretch in paragraph.stretches))
                self.notes.append(f"“{shown}”: the copy of this text box for old programs was left as it was")

    def _core_title(self, text: str, pieces: Sequence[Piece]) -> None:
        title = self.stories.core_title()
        if title is not None:
            title.text = clean("".join(p.text if isinstance(p, New) else text[p.start : p.end] for p in pieces))

    def _core_language(self) -> None:
        core = self.stories.core
        language = None if core is None else core.find(f"{DC}language")
        if core is not None and language is not None and _FROM.match((language.text or "").strip()):
            language.text = _CORE_LANGUAGE
            self.changed[CORE_PART] = _xml(core)

    def _other_part(self, package: Package, member: str) -> None:
        if member in package.members:
            root = safe_tree(package.members[member], f"{package.name}: {member}")
            if _translate_languages(root):
                self.changed[member] = _xml(root)

    def _left_alone(self, package: Package) -> None:
        for folder, what in _LEFT_ALONE:
            count = sum(re.fullmatch(rf"{folder}\d*\.xml", name) is not None for name in package.members)
            if count:
                self.notes.append(f"{count} {what}{'s' * (count > 1)}: the text inside was left as it was")


def _xml(root: etree._Element) -> bytes:
    from lxml import etree

    return bytes(etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True))


def _translate_languages(root: etree._Element) -> bool:
    """Whether any text or style was marked as Ukrainian, and is English now."""
    found = False
    for tag in (f"{W}lang", f"{W}themeFontLang"):
        for element in root.iter(tag):
            if _FROM.match(element.get(f"{W}val") or ""):
                element.set(f"{W}val", _WORD_LANGUAGE)
                found = True
    return found


def _rebuild(element: etree._Element, stretches: Sequence[Stretch], row: _Row, notes: list[str]) -> None:
    old = stretches[0].nodes
    new: list[Node] = []
    position = 0
    for stretch in stretches:
        if stretch.first in row:
            new.extend(old[position : stretch.first])
            new.extend(rewritten(stretch, row[stretch.first], notes))
            position = stretch.last
    new.extend(old[position:])
    build(element, old, new)

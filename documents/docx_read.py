"""A DOCX → an item: each stretch of text of each paragraph is a block, and the file itself is the skeleton."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from vistka.datatypes import Block, BlockKind, Item, Span
from vistka.documents.decode import check_size
from vistka.documents.docx_safety import open_package
from vistka.documents.docx_stories import Paragraph, Stories, Story, Stretch
from vistka.documents.metadata import TextMetadata, is_heading_like, is_meta_line, text_metadata
from vistka.errors import EmptyInputError

_BETWEEN_BLOCKS = "\n\n"


def read_docx(data: bytes, name: str, *, max_mib: float) -> Item:
    """A Word document as an item.

    The blocks are the title of its properties, then all text in the order of the stories: main text with its tables and
    text boxes, headers, footers, footnotes, endnotes, comments. `Item.binary` is the file; `Item.raw` is the text of
    the blocks alone, so that their positions mean something. Shown text of computed fields is a span of markup.

    The title is the paragraph in the style Title, or else the first heading of the first level, or else that of the
    properties, or else what stands like a headline at the top; source, address and time are taken from lines of their
    own at the top, as in a plain text.

    Raises:
        TooLargeError: over `max_mib`, or a ZIP bomb.
        EmptyInputError: no text in it.
        UnsupportedFormatError: encrypted, with macros, a template, or no DOCX at all.
        InputError: damaged.
    """
    check_size(len(data), name, max_mib=max_mib)
    stories = Stories(open_package(data, name, max_mib=max_mib))
    blocks = _placed([block for block, _ in blocks_of(stories)])
    if not blocks:
        raise EmptyInputError("no text in the document", where=name, next_step="give a text")
    raw = _BETWEEN_BLOCKS.join(block.text for block in blocks) + "\n"
    check_size(len(raw.encode("utf-8", "surrogatepass")), name, max_mib=max_mib)
    meta = _metadata(stories)
    return Item(
        raw=raw,
        blocks=blocks,
        format="docx",
        name=name,
        title=meta.title,
        source=meta.source,
        url=meta.url,
        published=meta.published,
        binary=data,
    )


def blocks_of(stories: Stories) -> Iterator[tuple[Block, tuple[Story, Paragraph, Stretch] | None]]:
    """Every block, not yet placed in `Item.raw`, and where it comes from: None for the title of the properties."""
    title = stories.core_title()
    if title is not None:
        yield _block((title.text or "").strip(), "title"), None
    for story in stories.stories:
        for paragraph in story.paragraphs:
            for stretch in paragraph.stretches:
                yield _stretch_block(stretch, paragraph.kind), (story, paragraph, stretch)


def _stretch_block(stretch: Stretch, kind: BlockKind) -> Block:
    markup: list[Span] = []
    position = -stretch.words.start
    for node in stretch.nodes[stretch.first : stretch.last]:
        end = position + len(node.text)
        if node.kind == "field" and 0 <= position < end <= stretch.words.end - stretch.words.start:
            markup.append(Span(position, end))
        position = end
    return _block(stretch.words.of(stretch.text), kind, tuple(markup))


def _block(text: str, kind: BlockKind, markup: tuple[Span, ...] = ()) -> Block:
    return Block(text, kind, 0, len(text), markup=markup)


def _placed(blocks: list[Block]) -> tuple[Block, ...]:
    placed: list[Block] = []
    position = 0
    for block in blocks:
        placed.append(replace(block, start=position, end=position + len(block.text)))
        position += len(block.text) + len(_BETWEEN_BLOCKS)
    return tuple(placed)


def _metadata(stories: Stories) -> TextMetadata:
    main = stories.stories[0].paragraphs
    lines = [(paragraph, " ".join(_words(paragraph).split())) for paragraph in main]
    told = text_metadata([_block(line, _line_kind(line)) for _, line in lines])
    ranked = [line for rank in (0, 1) for paragraph, line in lines if paragraph.title_rank == rank]
    core = stories.core_title()
    stated = ranked[0] if ranked else "" if core is None else " ".join((core.text or "").split())
    return replace(told, title=stated or told.title)


def _words(paragraph: Paragraph) -> str:
    return " ".join(stretch.words.of(stretch.text) for stretch in paragraph.stretches)


def _line_kind(line: str) -> BlockKind:
    if is_meta_line(line):
        return "caption"
    return "heading" if is_heading_like(line) else "paragraph"

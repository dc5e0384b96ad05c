"""A saved news page → the article alone, as text: menus, advertising and lists of other news are left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from vistka.datatypes import Block, BlockKind, Item
from vistka.documents.html_metadata import PageMetadata, page_metadata
from vistka.errors import InputError

_BETWEEN_BLOCKS = "\n\n"
_KINDS: dict[str, BlockKind] = {
    "head": "heading",
    "p": "paragraph",
    "item": "list-item",
    "quote": "quote",
    "cell": "cell",
}
"""Elements of trafilatura's own tree (TEI names) that hold text."""


class _Element(Protocol):
    """What is used of an lxml element."""

    tag: object
    text: str | None
    tail: str | None

    def __iter__(self) -> Iterator[_Element]: ...
    def iter(self) -> Iterator[_Element]: ...


def read_article(raw: str, name: str) -> Item:
    """The article of a page as a text item: its headline, then its paragraphs, a blank line between them.

    `Item.raw` is the text that was found, not the page: what is written back is a text.

    Method: trafilatura (Barbaresi, 2021, ACL demo 15). The page is parsed as HTML, for which libxml2 knows no
    entities but those of HTML and opens no file and no connection.

    Raises:
        InputError: no article in it.
    """
    meta = page_metadata(raw)
    parts = list(_body(raw, name))
    if meta.title:
        parts = [("title", meta.title), *_without_repeated_title(parts, meta.title)]
    return _text_item(parts, name, meta)


def _body(raw: str, name: str) -> Iterator[tuple[BlockKind, str]]:
    import trafilatura

    document = trafilatura.bare_extraction(raw, include_comments=False, include_formatting=False, with_metadata=False)
    body = getattr(document, "body", None)
    if body is None:
        raise InputError(
            "no article found in this page", where=name, next_step="translate the whole page with `vistka translate`"
        )
    yield from _paragraphs(body)


def _paragraphs(body: _Element) -> Iterator[tuple[BlockKind, str]]:
    for element in body.iter():
        kind = _KINDS.get(str(element.tag))
        if kind is None:
            continue
        # What an inner paragraph holds is yielded when its own turn comes.
        own = "".join(_own_text(element))
        text = " ".join(own.split())
        if text:
            yield kind, text


def _own_text(element: _Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if str(child.tag) not in _KINDS:
            yield " " if child.tag == "lb" else ""
            yield from _own_text(child)
        yield child.tail or ""


def _without_repeated_title(parts: list[tuple[BlockKind, str]], title: str) -> list[tuple[BlockKind, str]]:
    """`parts` without a first heading that is the title once more."""
    if parts and parts[0][1].casefold() == title.casefold():
        return parts[1:]
    return parts


def _text_item(parts: list[tuple[BlockKind, str]], name: str, meta: PageMetadata) -> Item:
    blocks: list[Block] = []
    position = 0
    for kind, text in parts:
        blocks.append(Block(text, kind, position, position + len(text)))
        position += len(text) + len(_BETWEEN_BLOCKS)
    return Item(
        raw=_BETWEEN_BLOCKS.join(text for _, text in parts) + "\n",
        blocks=tuple(blocks),
        format="text",
        name=name,
        title=meta.title,
        source=meta.source,
        url=meta.url,
        published=meta.published,
    )

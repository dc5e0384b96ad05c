"""Item + rewrites → the document, every byte outside the rewritten words as it was; and whole files only."""

from __future__ import annotations

import errno
import html
import os
import re
import stat
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from vistka.datatypes import Block, Item, Kept, New, Piece, Rewrites, Span
from vistka.documents.decode import encode, encoding_for
from vistka.documents.docx_write import write_docx
from vistka.documents.html_tokens import tokens
from vistka.documents.markdown_escape import escape_markdown
from vistka.errors import InputError, ResourceError, VistkaError

_PAGE_LANGUAGES = frozenset({"uk", "ua"})
"""`ua` is a country, but many pages say so."""
_TRANSLATED_LANGUAGE = "en"
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.ENOMEM, errno.EMFILE, errno.ENFILE})


@dataclass(frozen=True, slots=True)
class Written:
    """A document in English.

    Attributes:
        data: the whole file.
        notes: what a person should know of how it was written, a line for each.
    """

    data: bytes
    notes: tuple[str, ...] = ()


def write(item: Item, rewrites: Rewrites) -> str:
    """The document with the named blocks rewritten; of a document that is no text (DOCX) only the text of its blocks.

    A kept piece is copied from the source; new words are escaped as the format needs. Without rewrites: `item.raw`.
    In an HTML page with new words one more thing changes: `lang="uk"` (or `xml:lang`) of its `<html>` tag becomes `en`,
    since browsers and screen readers go by it.

    Raises:
        ValueError: a rewrite names a block that is not there. That is a fault of the program.
    """
    translated = any(isinstance(piece, New) for pieces in rewrites.values() for piece in pieces)
    edits = [*_language_edits(item)] if translated else []
    for index, pieces in rewrites.items():
        if not 0 <= index < len(item.blocks):
            raise ValueError(f"{item.name}: no block {index} among {len(item.blocks)}")
        block = item.blocks[index]
        edits.append((block.start, block.end, _WRITERS[item.format](item, block, pieces)))
    parts: list[str] = []
    position = 0
    for start, end, text in sorted(edits):
        parts.extend((item.raw[position:start], text))
        position = end
    return "".join([*parts, item.raw[position:]])


def write_document(item: Item, rewrites: Rewrites) -> Written:
    """The document as a file: a DOCX, or `write` in the item's own encoding, its byte-order mark first.

    Where that encoding cannot hold the new words, an HTML page gets character references and any other text becomes
    UTF-8; a note says so. The notes of a DOCX tell what formatting found no place.
    """
    if item.format == "docx":
        return Written(*write_docx(item, rewrites))
    text = write(item, rewrites)
    if encoding_for(text, item) != item.encoding:
        return Written(encode(text, item), (f"written as UTF-8, since {item.encoding} cannot hold the English",))
    return Written(encode(text, item))


def write_bytes(item: Item, rewrites: Rewrites) -> bytes:
    """`write_document` without its notes."""
    return write_document(item, rewrites).data


def _text(item: Item, block: Block, pieces: Sequence[Piece]) -> str:
    return "".join(piece.text if isinstance(piece, New) else _kept(item, block, piece) for piece in pieces)


def _html(item: Item, block: Block, pieces: Sequence[Piece]) -> str:
    # Captions may be attribute values; elsewhere an escaped quotation mark does no harm.
    quotes = block.kind == "caption"
    written = "".join(
        html.escape(piece.text, quote=quotes) if isinstance(piece, New) else _kept(item, block, piece)
        for piece in pieces
    )
    # Words outside of tags never follow a `=` directly in a block of their own: this is a value without quotes.
    unquoted = quotes and item.raw[block.start - 1 : block.start] == "="
    return f'"{written}"' if unquoted and any(isinstance(piece, New) for piece in pieces) else written


def _markdown(item: Item, block: Block, pieces: Sequence[Piece]) -> str:
    written = ""
    for piece in pieces:
        if isinstance(piece, New):
            written += escape_markdown(
                piece.text,
                kind=block.kind,
                at_line_start=not written.strip() or written.endswith(("\n", "\r")),
                has_definitions=_has_definitions(item.raw),
            )
        else:
            written += _kept(item, block, piece)
    return written


_DEFINITION = re.compile(r"^[ >\t*+-]*\[[^\]\n]+\]:", re.MULTILINE)
"""A link definition turns any `[its name]` into a link."""


@lru_cache(maxsize=1)
def _has_definitions(raw: str) -> bool:
    return _DEFINITION.search(raw) is not None


_WRITERS: dict[str, Callable[[Item, Block, Sequence[Piece]], str]] = {
    "text": _text,
    "markdown": _markdown,
    "html": _html,
    "docx": _text,
}


def _kept(item: Item, block: Block, piece: Kept) -> str:
    return block.raw_span(Span(piece.start, piece.end)).of(item.raw)


def _language_edits(item: Item) -> Iterator[tuple[int, int, str]]:
    """The language of the `<html>` tag, where it says Ukrainian: `uk`, `uk-UA`."""
    if item.format != "html":
        return
    tag = next((token for token in tokens(item.raw) if token.kind == "start"), None)
    if tag is None or tag.name != "html":
        return
    for attribute in tag.attributes:
        language = re.split("[-_]", attribute.value.lower())[0]
        if attribute.name in ("lang", "xml:lang") and language in _PAGE_LANGUAGES:
            yield attribute.start, attribute.end, _TRANSLATED_LANGUAGE


def write_path(path: str | Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all; one that was there before stays until then.

    A link is followed; a device or a pipe is written to directly.

    Raises:
        ResourceError: no room on the disk.
        InputError: the folder is not there or may not be written to.
    """
    target = Path(path)
    try:
        target = target.resolve()
        if target.exists() and not target.is_file():
            if target.is_dir():
                raise IsADirectoryError(errno.EISDIR, "this is a folder")
            target.write_bytes(data)
        else:
            _replace(target, data)
    except (OSError, ValueError) as error:
        raise _output_error(error, str(path)) from error


def _replace(target: Path, data: bytes) -> None:
    handle, temporary = tempfile.mkstemp(prefix=f".{target.name[:40]}.", suffix=".part", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(_mode(target))
        Path(temporary).replace(target)
    except BaseException:
        # Ctrl-C too must leave no half file behind.
        Path(temporary).unlink(missing_ok=True)
        raise


def _mode(target: Path) -> int:
    """The permissions of the file that is replaced, or those that a new file gets."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _output_error(error: OSError | ValueError, where: str) -> VistkaError:
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return ResourceError(
            f"cannot be written: {error.strerror}", where=where, next_step="free some room and try again"
        )
    if isinstance(error, FileNotFoundError):
        return InputError("cannot be written: no such folder", where=where, next_step="make it first")
    if isinstance(error, IsADirectoryError):
        return InputError("cannot be written: this is a folder", where=where, next_step="name a file in it")
    if isinstance(error, PermissionError):
        return InputError("no permission to write it", where=where, next_step="name another file")
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return InputError(f"cannot be written: {reason}", where=where, next_step="name another file")

"""Bytes, text or a file → Item."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Literal, get_args

from vistka.datatypes import Item
from vistka.documents.decode import MIB, Decoded, check_size, decode
from vistka.documents.docx_read import read_docx
from vistka.documents.docx_safety import looks_like_docx
from vistka.documents.html_article import read_article
from vistka.documents.html_page import read_page
from vistka.documents.markdown import read_markdown
from vistka.documents.plain_text import read_text
from vistka.errors import EmptyInputError, InputError, NotTextError, UnsupportedFormatError, UsageError

Format = Literal["text", "markdown", "html", "docx"]
FORMATS: tuple[Format, ...] = get_args(Format)
MEDIA_TYPES: dict[Format, str] = {
    "text": "text/plain",
    "markdown": "text/markdown",
    "html": "text/html",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}

_BY_EXTENSION: dict[str, Format] = {
    **dict.fromkeys((".html", ".htm", ".xhtml", ".xht"), "html"),
    **dict.fromkeys((".md", ".markdown", ".mdown", ".mkd"), "markdown"),
    **dict.fromkeys((".txt", ".text"), "text"),
    ".docx": "docx",
}
EXTENSIONS: tuple[str, ...] = tuple(_BY_EXTENSION)
"""Of file names that tell a format which is read."""
_UNSUPPORTED = {
    **dict.fromkeys((".doc", ".odt", ".rtf"), "save it as DOCX, text, Markdown or HTML first"),
    **dict.fromkeys((".docm", ".dotx", ".dotm"), "save it as .docx, which has no macros, first"),
    **dict.fromkeys((".xlsx", ".xls", ".ods", ".pptx", ".ppt", ".odp"), "copy its text into a text file"),
    **dict.fromkeys((".pdf", ".djvu"), "extract its text first, for example with pdftotext"),
    **dict.fromkeys((".epub", ".fb2", ".mobi"), "convert it to HTML or text first"),
    **dict.fromkeys((".zip", ".gz", ".xz", ".bz2", ".7z", ".rar", ".tar"), "unpack it first"),
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".webp", ".mp3", ".mp4"), "give the text itself"),
}
_TEXT_READERS: dict[str, Callable[[str, str], Item]] = {
    "text": read_text,
    "markdown": read_markdown,
    "html": read_page,
}
_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)*"
    r"<(?:!doctype\s+html|(?:html|head|body|title|meta|link|script|style|div|p|h[1-6]|ul|ol|li|table|article|section|"
    r"main|header|footer|nav|figure|blockquote|span|a|b|i|em|strong|br|hr|img|center|font)(?=[\s/>]))",
    re.IGNORECASE | re.DOTALL,
)
_SNIFFED = 8192


def read(
    data: bytes | str,
    *,
    name: str = "-",
    format: Format | None = None,  # noqa: A002  the option is called so on the command line
    as_article: bool = False,
    max_mib: float,
) -> Item:
    """One document as an item.

    Args:
        data: the document; bytes are decoded (see `decode`) or are a DOCX, a str is taken as it is.
        name: file name or `-`; its extension tells the format where `format` does not.
        format: one of FORMATS; None = DOCX if it is one, or else by extension, or else HTML if it begins like HTML, or
            else text.
        as_article: of an HTML page take the article alone, as a text item; other formats are not touched by it.
        max_mib: the largest size that is accepted, in MiB.

    Raises:
        TooLargeError, EmptyInputError, NotTextError, UnsupportedFormatError: see `decode`.
        UnsupportedFormatError: the extension is that of a format that is not read.
        TooLargeError, EmptyInputError, UnsupportedFormatError, InputError: see `docx_read.read_docx`.
        InputError: no article in the page.
        UsageError: `format` is not one of FORMATS.
    """
    _refuse_format(name, format)
    named = format or _BY_EXTENSION.get(Path(name).suffix.lower())
    if named == "docx" or (format is None and isinstance(data, bytes) and looks_like_docx(data)):
        return _docx(data, name, max_mib)
    decoded = _decoded(data, name, named, max_mib)
    told = named or ("html" if _HTML_START.match(decoded.text[:_SNIFFED]) else "text")
    if as_article and told == "html":
        # The article is a new text, which owes nothing to the encoding of the page.
        return read_article(decoded.text, name)
    return replace(_TEXT_READERS[told](decoded.text, name), encoding=decoded.encoding, bom=decoded.bom)


def _docx(data: bytes | str, name: str, max_mib: float) -> Item:
    if isinstance(data, str):
        raise NotTextError("a DOCX is no text", where=name, next_step="give the file itself")
    if not data.strip():
        raise EmptyInputError("nothing in it but white space", where=name, next_step="give a text")
    return read_docx(data, name, max_mib=max_mib)


def _refuse_format(name: str, format: str | None) -> None:  # noqa: A002  as above
    if format is not None and format not in FORMATS:
        raise UsageError(f"no such format: {format}", where=name, next_step="use one of " + ", ".join(FORMATS))
    suffix = Path(name).suffix.lower()
    if format is None and suffix in _UNSUPPORTED:
        raise UnsupportedFormatError(f"{suffix} files are not read", where=name, next_step=_UNSUPPORTED[suffix])


def _decoded(data: bytes | str, name: str, named: Format | None, max_mib: float) -> Decoded:
    if isinstance(data, bytes):
        looks_html = named == "html" or (named is None and data[:_SNIFFED].lstrip().startswith(b"<"))
        return decode(data, name, max_mib=max_mib, html=looks_html)
    try:
        size = len(data.encode("utf-8"))
    except UnicodeEncodeError as error:
        raise NotTextError(
            f"character {error.start} is half a surrogate pair, not text", where=name, next_step="give it as UTF-8"
        ) from error
    check_size(size, name, max_mib=max_mib)
    if not data.strip():
        raise EmptyInputError("nothing in it but white space", where=name, next_step="give a text")
    return Decoded(data, "utf-8")


def read_path(
    path: str | Path,
    *,
    format: Format | None = None,  # noqa: A002  as above
    as_article: bool = False,
    max_mib: float,
) -> Item:
    """The document in a file; its size is looked at before it is read.

    Raises:
        InputError: it is not there, is a folder or may not be read; and all that `read` raises.
    """
    name = str(path)
    _refuse_format(name, format)
    try:
        with Path(path).open("rb") as file:
            status = os.fstat(file.fileno())
            if stat.S_ISREG(status.st_mode):
                check_size(status.st_size, name, max_mib=max_mib)
            return read_stream(file, name=name, format=format, as_article=as_article, max_mib=max_mib)
    except (OSError, ValueError) as error:
        raise _input_error(error, name) from error


def read_stream(
    stream: BinaryIO,
    *,
    name: str = "-",
    format: Format | None = None,  # noqa: A002  as above
    as_article: bool = False,
    max_mib: float,
) -> Item:
    """The document in an open binary stream, such as standard input; no more is read than the limit and one byte.

    Raises:
        See `read`.
    """
    data = stream.read(int(max_mib * MIB) + 1)
    return read(data, name=name, format=format, as_article=as_article, max_mib=max_mib)


def _input_error(error: OSError | ValueError, name: str) -> InputError:
    if isinstance(error, FileNotFoundError):
        return InputError("no such file", where=name, next_step="check the path")
    if isinstance(error, IsADirectoryError):
        return InputError("this is a folder", where=name, next_step="name the files in it")
    if isinstance(error, PermissionError):
        return InputError("no permission to read it", where=name, next_step="change its permissions")
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return InputError(f"cannot be read: {reason}", where=name, next_step="check the path")

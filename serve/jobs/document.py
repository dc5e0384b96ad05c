"""A document as it is sent in and sent back: read, cut into segments, written in English."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePath, PurePosixPath, PureWindowsPath

from vistka.datatypes import Draft, Item
from vistka.documents.decode import encoding_for
from vistka.documents.read import EXTENSIONS, FORMATS, MEDIA_TYPES, Format, read
from vistka.documents.write import write, write_document
from vistka.errors import UnsupportedFormatError, UsageError
from vistka.result_json import recipe_json
from vistka.serve.jobs.store import Result

_MAX_NAME = 120
_NAMELESS = "document"
_SUFFIXES: dict[Format, str] = {"text": ".txt", "markdown": ".md", "html": ".html", "docx": ".docx"}
_CHARSETS = {
    "utf-16-le": "utf-16",
    "utf-16-be": "utf-16",
    "utf-32-le": "utf-32",
    "utf-32-be": "utf-32",
    "cp866": "ibm866",
    "mac-cyrillic": "x-mac-cyrillic",
}
_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,7}")
"""What tells a format; a name may well end in `.2026` or `. Частина друга`."""


def file_name(name: str) -> str:
    """The last part of a client's file name, of characters that can be shown, at most 120 of them."""
    last = PurePosixPath(PureWindowsPath(name).name).name
    shown = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip().lstrip(".")
    suffix = PurePath(shown).suffix
    return (shown if len(shown) <= _MAX_NAME else shown[: _MAX_NAME - len(suffix)] + suffix) or _NAMELESS


def result_name(name: str, document_format: Format) -> str:
    """`report.docx` → `report.en.docx`; a name without a suffix gets its format's."""
    path = PurePath(name)
    return f"{path.stem}.en{path.suffix or _SUFFIXES[document_format]}"


def read_document(data: bytes, name: str, asked_format: str | None, *, max_mib: float) -> Item:
    """The document of a job.

    Raises:
        UsageError: there is no format of that name.
        UnsupportedFormatError: no format was named, and the file's name is that of another one.
        InputError: it cannot be read; see `documents.read.read`.
    """
    chosen: Format | None = next((known for known in FORMATS if known == asked_format), None)
    if asked_format and chosen is None:
        raise UsageError(f"no such format: {asked_format}", where=name, next_step="use one of " + ", ".join(FORMATS))
    item = read(data, name=name, format=chosen, max_mib=max_mib)
    suffix = PurePath(name).suffix
    # `read` takes any text for text. A file of subtitles or of a CAT tool must not be: its English would be damaged.
    if chosen is None and _SUFFIX.fullmatch(suffix) and suffix.lower() not in EXTENSIONS:
        raise UnsupportedFormatError(
            f"{suffix} files are not read", where=name, next_step="send one of " + ", ".join(EXTENSIONS)
        )
    return item


def write_draft(draft: Draft) -> Result:
    """The document in English, with its recipe."""
    item, rewrites = draft.item, draft.rewrites()
    written = write_document(item, rewrites)
    kind = MEDIA_TYPES[item.format]
    if not item.binary:
        kind += f"; charset={_charset(encoding_for(write(item, rewrites), item))}"
    return Result(written.data, kind, written.notes, recipe_json(draft.recipe))


def _charset(encoding: str) -> str:
    """The name that HTTP has for one of Python's codecs (IANA's list of character sets)."""
    named = re.sub(r"^cp(?=125\d$)", "windows-", re.sub(r"^iso8859-", "iso-8859-", encoding))
    # A mark at the beginning tells the order of the bytes.
    return _CHARSETS.get(named, named)

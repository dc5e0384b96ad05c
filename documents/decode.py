"""Bytes → text, in the encodings that Ukrainian documents come in, and back.

UTF-8 is tried strictly first: a text of a few words is never valid UTF-8 by chance. Then a charset that the document
declares. Then the 8-bit encodings of old Ukrainian files, told apart by how Ukrainian their letters look.
Nothing is replaced or dropped: what cannot be told is an error that names the byte.
"""

from __future__ import annotations

import codecs
import math
import re
from dataclasses import dataclass

from vistka.datatypes import Item
from vistka.errors import EmptyInputError, NotTextError, TooLargeError, UnsupportedFormatError

MIB = 1024 * 1024

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAVE_AS_TEXT = "save it as plain text, Markdown or HTML first"
_OFFICE = "a ZIP archive or an office document (DOCX, XLSX, ODT, EPUB)"
_MAGIC = (
    (b"%PDF-", "a PDF", "extract its text first, for example with pdftotext"),
    (b"PK\x03\x04", _OFFICE, f"{_SAVE_AS_TEXT}, for example with pandoc"),
    (b"PK\x05\x06", _OFFICE, _SAVE_AS_TEXT),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Microsoft Office document", _SAVE_AS_TEXT),
    (b"{\\rtf", "an RTF document", _SAVE_AS_TEXT),
    (b"\x1f\x8b", "a GZIP archive", "unpack it first with gunzip"),
    (b"BZh", "a BZIP2 archive", "unpack it first with bunzip2"),
    (b"\xfd7zXZ\x00", "an XZ archive", "unpack it first with unxz"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it first"),
    (b"Rar!\x1a", "a RAR archive", "unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", "unpack it first with unzstd"),
    (b"\x89PNG\r\n", "a PNG image", "give the text itself"),
    (b"\xff\xd8\xff", "a JPEG image", "give the text itself"),
    (b"GIF8", "a GIF image", "give the text itself"),
    (b"RIFF", "a WEBP image, WAV or AVI file", "give the text itself"),
    (b"\x7fELF", "a program", "give the text itself"),
    (b"GGUF", "model weights", "give the text itself"),
    (b"SQLite format 3\x00", "an SQLite database", "give the text itself"),
)
_TEXT_LIKE_MAGIC = (b"BZh", b"GIF8", b"RIFF", b"GGUF")
"""Letters that a text could begin with as well: these count only when bytes follow that no text has."""

_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]+)|<meta[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:-]+)""", re.I
)
_DECLARED_WITHIN = 4096
"""Bytes searched for a declared charset; the HTML standard says 1,024, real pages put it later."""

_OLD_UKRAINIAN = ("cp1251", "koi8-u", "cp1125", "iso8859-5", "mac-cyrillic")

# Frequency of the letters of Ukrainian news text, per cent, rounded; the order is what matters here.
_FREQUENCY = {
    "о": 9.4, "а": 8.3, "н": 7.0, "и": 6.1, "і": 6.2, "в": 5.5, "т": 5.2, "е": 5.0, "р": 5.0, "с": 4.4, "к": 3.9,
    "л": 3.6, "у": 3.5, "д": 3.3, "п": 3.1, "м": 3.0, "я": 2.3, "з": 2.3, "ь": 1.8, "б": 1.6, "г": 1.6, "й": 1.3,
    "ч": 1.2, "х": 1.1, "ц": 0.9, "ж": 0.8, "ю": 0.8, "є": 0.6, "ї": 0.7, "ш": 0.7, "щ": 0.5, "ф": 0.4, "ґ": 0.05,
    "ы": 0.05, "э": 0.03, "ъ": 0.02, "ё": 0.02,
}  # fmt: skip
_LOG = {letter: math.log(share / 100) for letter, share in _FREQUENCY.items()}
_OTHER_CHARACTER = math.log(0.0002)
_ODD_COMPANY = -3.0
_USUAL_MARKS = frozenset("«»“”„’‘–—…№•©\xa0°§")
_USUAL_MARK = math.log(0.025)
_LEAST_LIKELY_TEXT = -4.5
"""Mean log-probability below which a reading is no Ukrainian or Russian: running text has about -3.0, the wrong
encoding of the same text -5 and less."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and what is needed to write it back: its codec and the byte-order mark that stood first."""

    text: str
    encoding: str
    bom: bytes = b""


def decode(data: bytes, name: str, *, max_mib: float, html: bool = False) -> Decoded:
    """The text of `data`, exactly: `bom + text.encode(encoding)` is `data` again.

    Args:
        data: the whole document.
        name: its name, for messages.
        max_mib: the largest size that is accepted, in MiB.
        html: a charset declared in the document counts; an XML declaration counts in any document.

    Raises:
        TooLargeError: over `max_mib`.
        EmptyInputError: nothing in it but white space.
        UnsupportedFormatError: a known format that is no text, such as PDF or DOCX.
        NotTextError: binary, or in an encoding that cannot be told.
    """
    check_size(len(data), name, max_mib=max_mib)
    decoded = _with_bom(data, name)
    if decoded is None:
        _refuse_binary(data, name)
        decoded = _utf8(data) or _declared(data, html=html) or _old_ukrainian(data, name)
    if not decoded.text.strip():
        raise EmptyInputError("nothing in it but white space", where=name, next_step="give a text")
    return decoded


def check_size(size: int, name: str, *, max_mib: float) -> None:
    """Refuse `size` bytes over the limit.

    Raises:
        TooLargeError: over `max_mib`.
    """
    if size > max_mib * MIB:
        raise TooLargeError(
            f"{size / MIB:.1f} MiB is over the limit of {max_mib:g} MiB",
            where=name,
            next_step="split it, or raise --max-input-mib",
        )


def _with_bom(data: bytes, name: str) -> Decoded | None:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            try:
                return Decoded(data[len(bom) :].decode(encoding), encoding, bom)
            except UnicodeDecodeError as error:
                at = len(bom) + error.start
                raise NotTextError(
                    f"byte 0x{data[at]:02x} at offset {at} is not {encoding}, which its byte-order mark promises",
                    where=name,
                    next_step="save it again as UTF-8",
                ) from error
    return None


def _refuse_binary(data: bytes, name: str) -> None:
    at = data.find(b"\0")
    for magic, what, next_step in _MAGIC:
        if data.startswith(magic) and (at >= 0 or magic not in _TEXT_LIKE_MAGIC):
            raise UnsupportedFormatError(f"this is {what}, not text", where=name, next_step=next_step)
    if at < 0:
        return
    wide = _wide_encoding(data)
    if wide:
        raise NotTextError(
            f"byte 0x00 at offset {at}: this looks like {wide} without a byte-order mark",
            where=name,
            next_step=f"convert it with iconv -f {wide} -t utf-8",
        )
    raise NotTextError(f"binary data: byte 0x00 at offset {at}", where=name, next_step="give a text file")


def _wide_encoding(data: bytes) -> str:
    """UTF-16 without a mark: spaces and line ends leave a NUL in every second place of one parity."""
    sample = data[: 4096 - len(data[:4096]) % 2]
    for encoding in ("UTF-16LE", "UTF-16BE"):
        try:
            text = sample.decode(encoding)
        except UnicodeDecodeError:
            continue
        usual = sum(character < "\u0500" and (character.isprintable() or character.isspace()) for character in text)
        if text and usual / len(text) > 0.95:
            return encoding
    return ""


def _utf8(data: bytes) -> Decoded | None:
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return None


def _declared(data: bytes, *, html: bool) -> Decoded | None:
    match = _DECLARED.search(data[:_DECLARED_WITHIN])
    if not match or not (html or match[1]):
        return None
    label = (match[1] or match[2]).decode("ascii", "replace").lower()
    # The Encoding standard reads these labels as windows-1252.
    for encoding in ("cp1252", "latin-1") if label in ("iso-8859-1", "latin1", "us-ascii") else (label,):
        try:
            text = data.decode(encoding)
            if text.encode(encoding) == data:
                return Decoded(text, codecs.lookup(encoding).name)
        except (LookupError, ValueError):
            continue
    return None


def _old_ukrainian(data: bytes, name: str) -> Decoded:
    """The likeliest of the old encodings, when it is likely enough.

    Raises:
        NotTextError: none is.
    """
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        at = error.start
    ranked = sorted(((_likelihood(text), encoding, text) for encoding, text in _readings(data)), reverse=True)
    if ranked and not _mostly_utf8(data) and ranked[0][0] > _LEAST_LIKELY_TEXT:
        _, encoding, text = ranked[0]
        return Decoded(text, encoding)
    raise NotTextError(
        f"byte 0x{data[at]:02x} at offset {at} is not UTF-8, and no Ukrainian encoding makes sense of the whole",
        where=name,
        next_step="convert it with iconv -f ENCODING -t utf-8, or mend that byte",
    )


def _readings(data: bytes) -> list[tuple[str, str]]:
    readings = []
    for encoding in _OLD_UKRAINIAN:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.encode(encoding) == data:
            readings.append((encoding, text))
    return readings


def _mostly_utf8(data: bytes) -> bool:
    """Whether it is UTF-8 with a few damaged bytes: then another encoding would turn all of it to nonsense."""
    high = sum(byte >= 0x80 for byte in data)
    kept = sum(byte >= 0x80 for byte in data.decode("utf-8", "ignore").encode("utf-8"))
    return kept > high * 0.7


def _likelihood(text: str) -> float:
    """Mean log-probability of the characters above ASCII, as letters of Ukrainian in their usual company."""
    total = 0.0
    count = 0
    before = " "
    for character in text:
        if character > "\x7f":
            count += 1
            total += _USUAL_MARK if character in _USUAL_MARKS else _LOG.get(character.lower(), _OTHER_CHARACTER)
            total += _odd_company(before, character)
        elif before > "\x7f":
            total += _odd_company(character, before)
        before = character
    return total / count if count else _OTHER_CHARACTER


def _odd_company(neighbour: str, character: str) -> float:
    """The price of `caf` + `й`, and of `кИЇВ`: the bytes of KOI8 and of windows-1251 swap the case of letters."""
    if not character.isalpha():
        return 0.0
    if neighbour.isascii() and neighbour.isalpha():
        return _ODD_COMPANY
    return _ODD_COMPANY if character.isupper() and neighbour.islower() else 0.0


def encoding_for(text: str, item: Item) -> str:
    """The codec that `encode` will use: the item's own, or UTF-8 when a text has characters that it cannot hold.

    An HTML page keeps its encoding: it can write any character as a reference.
    """
    if item.format == "html":
        return item.encoding
    try:
        text.encode(item.encoding)
    except UnicodeEncodeError:
        return "utf-8"
    return item.encoding


def encode(text: str, item: Item) -> bytes:
    """`text` in the encoding of `item`, its byte-order mark first; nothing is lost (see `encoding_for`).

    Raises:
        NotTextError: half of a surrogate pair, which no encoding can hold.
    """
    encoding = encoding_for(text, item)
    errors = "xmlcharrefreplace" if item.format == "html" else "strict"
    try:
        body = text.encode(encoding, errors)
    except UnicodeEncodeError as error:
        raise NotTextError(
            f"character U+{ord(text[error.start]):04X} at offset {error.start} is half a surrogate pair",
            where=item.name,
            next_step="remove that character",
        ) from error
    return (item.bom if encoding == item.encoding else b"") + body

"""The ZIP archive of a DOCX, unpacked in memory, once nothing in it can do harm.

A file from outside may be a bomb, hold a DTD, or name members outside of its folder; all of that is refused here, with
the archive's own table of contents, before a byte is unpacked. Nothing is written to a disk and no address is opened.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vistka.documents.decode import MIB
from vistka.errors import InputError, NotTextError, TooLargeError, UnsupportedFormatError

if TYPE_CHECKING:
    from lxml import etree

MAIN_PART = "word/document.xml"
ZIP_MAGIC = b"PK\x03\x04"
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_MOST_MEMBERS = 4096
_UNPACKED_TIMES = 32
"""Unpacked bytes for each byte that an input may have: pictures hardly shrink, so a true document stays far below."""
_XML_TIMES = 4
_MOST_RATIO = 200
"""Unpacked for packed bytes of one member; the XML of Word documents reaches 20, of long empty tables 100."""
_RATIO_COUNTS_FROM = MIB
_ENCRYPTED_FLAG = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_MACROS = re.compile(r"(?:^|/)vbaProject\.bin$|(?:^|/)vbaData\.xml$", re.IGNORECASE)
_XML_NAME = re.compile(r"\.(?:xml|rels)$", re.IGNORECASE)
_DTD_MARKS = ("<!DOCTYPE", "<!ENTITY")
_XML_START = re.compile(rb"\s*<")
_ENCODING = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"']*)""")
_SAFE_ENCODINGS = (b"utf-8", b"utf8", b"us-ascii", b"ascii")
_SAVE_AGAIN = "open it in Word or LibreOffice and save it as a new .docx"


@dataclass(frozen=True, slots=True)
class Package:
    """The members of a DOCX, unpacked.

    Attributes:
        members: name → bytes, in the order of the archive.
        infos: what the archive says of each member.
        name: of the file, for messages.
    """

    members: Mapping[str, bytes]
    infos: tuple[zipfile.ZipInfo, ...]
    name: str

    def tree(self, member: str) -> etree._Element | None:
        """The root element of an XML member; None where there is no such member.

        Raises:
            InputError: it is no well-formed XML.
            UnsupportedFormatError: it has a DTD, or is in an encoding other than UTF-8 and UTF-16.
        """
        data = self.members.get(member)
        return None if data is None else safe_tree(data, f"{self.name}: {member}")


def looks_like_docx(data: bytes) -> bool:
    """Whether `data` is a ZIP archive with a Word document in it, by its table of contents."""
    if not data.startswith(ZIP_MAGIC):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return MAIN_PART in archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False


def open_package(data: bytes, name: str, *, max_mib: float) -> Package:
    """The members of a DOCX, checked and unpacked.

    Args:
        data: the file; its own size has been checked.
        name: of the file, for messages.
        max_mib: the largest input that is accepted, in MiB; 32 times that may be unpacked, 4 times that of XML.

    Raises:
        TooLargeError: a bomb, or too much in it.
        UnsupportedFormatError: encrypted, with macros, or no DOCX at all.
        InputError: damaged.
    """
    _refuse_other_files(data, name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            _check_table(infos, name, max_mib)
            members = {info.filename: archive.read(info) for info in infos}
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError) as error:
        raise InputError(f"the DOCX is damaged: {error}", where=name, next_step=_SAVE_AGAIN) from error
    for member, content in members.items():
        if _XML_NAME.search(member):
            _refuse_dtd(content, f"{name}: {member}")
    return Package(members, tuple(infos), name)


def _refuse_other_files(data: bytes, name: str) -> None:
    if data.startswith(_OLE_MAGIC):
        if _ENCRYPTED_PACKAGE in data:
            raise UnsupportedFormatError(
                "the document is protected by a password", where=name, next_step="save it without the password first"
            )
        raise UnsupportedFormatError(
            "this is an old Microsoft Office document, not a DOCX", where=name, next_step="save it as .docx first"
        )
    if not data.startswith(ZIP_MAGIC):
        raise NotTextError("this is no DOCX: it is not a ZIP archive", where=name, next_step="check its extension")


def _check_table(infos: list[zipfile.ZipInfo], name: str, max_mib: float) -> None:
    names = [info.filename for info in infos]
    if MAIN_PART not in names:
        raise UnsupportedFormatError(
            f"this is a ZIP archive without {MAIN_PART}, no DOCX", where=name, next_step="check its extension"
        )
    _check_sizes(infos, name, max_mib)
    if len({one.lower() for one in names}) < len(names):
        raise InputError("two members of the DOCX have one name", where=name, next_step=_SAVE_AGAIN)
    for info in infos:
        _check_member(info, name)


def _check_sizes(infos: list[zipfile.ZipInfo], name: str, max_mib: float) -> None:
    """What is declared is also the most that zipfile unpacks of a member, so lies gain nothing."""
    if len(infos) > _MOST_MEMBERS:
        raise TooLargeError(f"more than {_MOST_MEMBERS} members in the DOCX", where=name, next_step=_SAVE_AGAIN)
    for info in infos:
        if info.file_size > max(_RATIO_COUNTS_FROM, info.compress_size * _MOST_RATIO):
            raise TooLargeError(
                f"{_member(info)} unpacks to {info.file_size / MIB:.0f} MiB from {info.compress_size} bytes",
                where=name,
                next_step="do not open it: this looks like a ZIP bomb",
            )
    xml = sum(info.file_size for info in infos if _XML_NAME.search(info.filename))
    for size, times, what in ((xml, _XML_TIMES, "XML"), (sum(i.file_size for i in infos), _UNPACKED_TIMES, "content")):
        if size > max_mib * times * MIB:
            raise TooLargeError(
                f"{size / MIB:.1f} MiB of {what} in the DOCX is over the limit of {max_mib * times:g} MiB",
                where=name,
                next_step="split it, or raise --max-input-mib",
            )


def _check_member(info: zipfile.ZipInfo, name: str) -> None:
    if info.flag_bits & _ENCRYPTED_FLAG:
        raise UnsupportedFormatError(
            "the archive is encrypted", where=name, next_step="save it without the password first"
        )
    if info.compress_type not in _METHODS:
        raise UnsupportedFormatError(
            f"{_member(info)} is packed in a way that no DOCX is", where=name, next_step=_SAVE_AGAIN
        )
    parts = info.filename.replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or ":" in parts[0]:
        # Nothing is unpacked to a disk here, but our output would carry the trick on to whoever does.
        raise InputError(
            f"the member {_member(info)} points outside of the DOCX", where=name, next_step="do not open it"
        )
    if _MACROS.search(info.filename):
        raise UnsupportedFormatError(
            "documents with macros are not read", where=name, next_step="save it as .docx, which has none"
        )


def _member(info: zipfile.ZipInfo) -> str:
    return ascii(info.filename[:80])


def _refuse_dtd(data: bytes, where: str) -> None:
    """A DTD can define entities; no Office program writes one, so none is accepted."""
    if any(mark.encode(encoding) in data for mark in _DTD_MARKS for encoding in ("ascii", "utf-16-le", "utf-16-be")):
        raise UnsupportedFormatError("a DTD, which no DOCX has", where=where, next_step="do not open it")


def _refuse_encoding(data: bytes, where: str) -> None:
    """OPC allows UTF-8 and UTF-16 alone; in another encoding a DTD could hide from the search for it."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) and not data.startswith(b"\xff\xfe\0\0"):
        return
    body = data.removeprefix(b"\xef\xbb\xbf")
    declared = _ENCODING.match(body)
    if not _XML_START.match(body) or (declared and declared[1].lower() not in _SAFE_ENCODINGS):
        raise UnsupportedFormatError("XML neither in UTF-8 nor in UTF-16", where=where, next_step=_SAVE_AGAIN)


def safe_tree(data: bytes, where: str) -> etree._Element:
    """The root element of some XML, of python-docx's classes: no DTD, no entity, no network, no huge text nodes.

    Raises:
        InputError: it is no well-formed XML.
        UnsupportedFormatError: it has a DTD, or is in an encoding other than UTF-8 and UTF-16.
    """
    from docx.oxml.parser import element_class_lookup
    from lxml import etree

    _refuse_dtd(data, where)
    _refuse_encoding(data, where)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    parser.set_element_class_lookup(element_class_lookup)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise InputError(f"the DOCX is damaged: {error}", where=where, next_step=_SAVE_AGAIN) from error


def repacked(package: Package, changed: Mapping[str, bytes]) -> bytes:
    """The archive with some members changed and all others as they were, in the same order and with the same dates."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for info in package.infos:
            archive.writestr(_fresh(info), changed.get(info.filename, package.members[info.filename]))
    return target.getvalue()


def _fresh(info: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """What may be copied of a member's entry: sizes and offsets are those of the new archive."""
    fresh = zipfile.ZipInfo(info.filename, info.date_time)
    fresh.compress_type = info.compress_type
    fresh.external_attr, fresh.create_system, fresh.comment = info.external_attr, info.create_system, info.comment
    return fresh

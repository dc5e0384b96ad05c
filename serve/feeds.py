"""A feed (RSS 2.0, RSS 1.0, Atom 1.0) → its title and items. What cannot be read of an item is empty."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from html import unescape
from html.entities import html5
from typing import Any
from urllib.parse import urljoin, urlsplit

from vistka.documents.timestamps import stated_time
from vistka.errors import InputError

_ROOT = re.compile(rb"<(?:rss|feed|(?:\w{1,20}:)?RDF)[\s>]")
_LONGEST_PROLOG = 65_536
_SPACE = re.compile(rb"\s*")
_BOM = b"\xef\xbb\xbf"
_BEFORE_ROOT = ((b"<?", b"?>"), (b"<!--", b"-->"))
_MARK = re.compile(rb"&(?:(#\d{1,7}|#x[0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{0,31});)?")
_XML_NAMES = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})
_BREAK = re.compile(r"(</?(?:p|br|div|li|h[1-6]|td|blockquote)\b)", re.IGNORECASE)
_FEED_ROOTS = frozenset({"rss", "feed", "rdf"})
_SUMMARIES = ("description", "summary", "encoded", "content")
_TIMES = ("pubdate", "published", "date", "issued", "updated", "modified")


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An item of a feed.

    Attributes:
        title: plain text; may be empty.
        url: absolute, http or https; may be empty.
        published: None where the feed states no zone, since that would be a guess.
        summary: plain text; may be empty.
    """

    title: str
    url: str
    published: datetime | None
    summary: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed with its items, in its own order."""

    title: str
    entries: tuple[FeedEntry, ...]


def looks_like_feed(data: bytes) -> bool:
    """Whether the root of the document is that of a feed, whatever the server calls it."""
    return _ROOT.match(_from_root(data)) is not None


def _from_root(data: bytes) -> bytes:
    """`data` without what may stand before the root: declarations, instructions, comments, white space."""
    data = data[:_LONGEST_PROLOG]
    position = len(_BOM) if data.startswith(_BOM) else 0
    while True:
        position = _after_space(data, position)
        end_mark = next((end for start, end in _BEFORE_ROOT if data.startswith(start, position)), None)
        found = data.find(end_mark, position) if end_mark else -1
        if end_mark is None or found < 0:
            return data[position : position + 64]
        position = found + len(end_mark)


def _after_space(data: bytes, position: int) -> int:
    found = _SPACE.match(data, position)
    return found.end() if found else position


def read_feed(data: bytes, url: str) -> Feed:
    """The feed in `data`; relative addresses count from `url`.

    No entity is expanded and nothing is fetched; a document type is refused.

    Raises:
        InputError: it is no feed.
    """
    from lxml import etree

    if _from_root(data).upper().startswith(b"<!DOCTYPE"):
        raise InputError("a feed with a document type is not read", where=url[:100])
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(_MARK.sub(_as_xml, data), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InputError("not a feed: it is no XML", where=url[:100]) from error
    if _name(root) not in _FEED_ROOTS:
        raise InputError("not a feed: neither RSS nor Atom", where=url[:100])
    if root.getroottree().docinfo.internalDTD is not None:
        raise InputError("a feed with a document type is not read", where=url[:100])
    head = next((one for one in root if _name(one) == "channel"), root)
    items = [one for one in root.iter() if _name(one) in {"item", "entry"}]
    return Feed(_plain(_child(head, "title")), tuple(_entry(item, url) for item in items))


def _entry(item: Any, base: str) -> FeedEntry:
    return FeedEntry(
        title=_plain(_child(item, "title")),
        url=_link(item, base),
        published=_first_time(item),
        summary=next((text for text in (_plain(_child(item, name)) for name in _SUMMARIES) if text), ""),
    )


def _name(element: Any) -> str:
    """Local name in lower case; empty for a comment, an instruction or an entity."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _child(parent: Any, name: str) -> Any | None:
    """The first child of that name, the one without a namespace of its own first: `media:title` is a picture's."""
    found = [one for one in parent if _name(one) == name]
    plain = [one for one in found if one.prefix in {None, "content", "dc", "atom"}]
    return next(iter(plain), None)


def _as_xml(found: re.Match[bytes]) -> bytes:
    """HTML's own references (`&nbsp;`) and a bare `&` as XML has them; both read the same again in `_plain`."""
    name = found[1]
    if name is None:
        return b"&amp;"
    if name.startswith(b"#") or name in _XML_NAMES:
        return found[0]
    characters = html5.get(name.decode("ascii") + ";")
    return "".join(f"&#{ord(one)};" for one in characters).encode() if characters else b"&amp;" + name + b";"


def _plain(element: Any | None) -> str:
    """The words of an element: feeds put HTML into it, escaped, as CDATA, or (Atom's `xhtml`) as elements."""
    if element is None:
        return ""
    text = " ".join("".join(element.itertext()).split())
    if "<" not in text and "&" not in text:
        return text
    import lxml.html
    from lxml import etree

    try:
        found = lxml.html.fragment_fromstring(_BREAK.sub(r" \1", text), create_parent=True)
    except (etree.ParserError, ValueError):
        return text
    for one in found.iter("script", "style"):
        one.text = None
    return " ".join(str(found.text_content()).split())


def _link(item: Any, base: str) -> str:
    """Where the item is: the page, not its comments, picture or feed."""
    for one in item:
        if _name(one) == "link" and one.get("rel", "alternate") == "alternate":
            found = _web_address(one.get("href") or one.text or "", base)
            if found:
                return found
    guid = _child(item, "guid")
    return _web_address(guid.text or "", "") if guid is not None and guid.get("isPermaLink") != "false" else ""


def _web_address(text: str, base: str) -> str:
    try:
        address = urljoin(base, unescape(text.strip()))
        return address if urlsplit(address).scheme in {"http", "https"} and text.strip() else ""
    except ValueError:
        return ""


def _first_time(item: Any) -> datetime | None:
    for name in _TIMES:
        element = _child(item, name)
        text = "".join(element.itertext()).strip() if element is not None else ""
        moment = (_rfc_5322(text) or stated_time(text)) if text else None
        if moment is not None:
            return moment
    return None


def _rfc_5322(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else None

"""What was fetched → an item, or a feed of them."""

from __future__ import annotations

import codecs
import re
from dataclasses import replace
from urllib.parse import urlsplit

from vistka.datatypes import Item
from vistka.documents.read import Format, read
from vistka.errors import InputError, UnsupportedFormatError
from vistka.serve.feeds import Feed, looks_like_feed, read_feed
from vistka.serve.url_intake import XML_TYPES, Fetched

_SNIFFED = 4096
_CHARSET = re.compile(
    r"(?:utf-?8|utf-?16(?:le|be)?|(?:windows|cp|x-cp)-?\d{3,5}|koi8-[ru]|iso-?8859-?\d{1,2}|us-ascii)"
)


def is_feed(fetched: Fetched) -> bool:
    """Whether it is a feed, whatever its server says."""
    return looks_like_feed(fetched.data)


def fetched_feed(fetched: Fetched) -> Feed:
    """The feed that was fetched.

    Raises:
        InputError: it is none.
    """
    return read_feed(fetched.data, fetched.url)


def fetched_item(fetched: Fetched, *, article: bool, max_mib: float) -> Item:
    """The page or text that was fetched.

    Args:
        fetched: what came.
        article: of a page take the article alone.
        max_mib: the largest size that is accepted, in MiB.

    Raises:
        InputError: it is a feed, or no text, or no article is in it.
    """
    if is_feed(fetched):
        raise InputError(
            "this is a feed of many items, not one",
            where=fetched.url[:100],
            next_step="POST /v1/fetch lists them: give the address of one",
        )
    if fetched.media_type in XML_TYPES and b"<html" not in fetched.data[:_SNIFFED].lower():
        raise UnsupportedFormatError("XML that is neither a feed nor a page", where=fetched.url[:100])
    named: Format = "text" if fetched.media_type == "text/plain" else "html"
    item = read(_text(fetched), name=fetched.url, format=named, as_article=article, max_mib=max_mib)
    return replace(
        item,
        url=item.url or fetched.url,
        source=item.source or (urlsplit(fetched.url).hostname or "").removeprefix("www."),
    )


def _text(fetched: Fetched) -> str | bytes:
    """The body in the charset that the server says; else as it is, for `documents` to tell."""
    data = fetched.data
    marked = data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if marked or not _CHARSET.fullmatch(fetched.charset):
        return data
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return data.decode(fetched.charset.removeprefix("x-"))
        except (LookupError, UnicodeDecodeError):
            pass
    return data

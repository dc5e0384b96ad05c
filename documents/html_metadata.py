"""What a page says of itself: title, address, publisher, time. Only what stands there; nothing is guessed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from urllib.parse import urlsplit

from vistka.documents.html_tokens import Token, tokens
from vistka.documents.timestamps import stated_time

_TIME_NAMES = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "pubdate",
    "publishdate",
    "publish-date",
    "dc.date.issued",
    "dcterms.issued",
)
"""Names of metadata that hold a time of publication, the likeliest to be right first."""


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """What a page says of itself; empty or None where it says nothing.

    Attributes:
        title: the headline it gives to other sites, or else its first `h1`, or else its `title`.
        source: the host name of its address, or else the name of the site.
        url: its canonical address, absolute.
        published: only when the page gives a time with a zone.
    """

    title: str = ""
    source: str = ""
    url: str = ""
    published: datetime | None = None


@dataclass(slots=True)
class _Found:
    """Raw findings, the first of each name."""

    named: dict[str, str] = field(default_factory=dict)
    canonical: str = ""
    title: str = ""
    heading: str = ""
    linked_data: list[str] = field(default_factory=list)


def page_metadata(raw: str) -> PageMetadata:
    """Read the metadata of a page: Open Graph, `meta`, microdata, JSON-LD and the canonical link."""
    found = _collect(raw)
    url = _absolute(found.canonical) or _absolute(found.named.get("og:url", ""))
    return PageMetadata(
        title=found.named.get("og:title", "") or found.heading or found.title,
        source=(urlsplit(url).hostname or "") or found.named.get("og:site_name", ""),
        url=url,
        published=_published(found),
    )


def _collect(raw: str) -> _Found:
    found = _Found()
    heading: list[str] | None = None
    linked_data = False
    for token in tokens(raw):
        written = raw[token.start : token.end]
        if token.kind == "start":
            _note_tag(found, token)
            linked_data = token.name == "script" and token.get("type").strip().lower() == "application/ld+json"
        elif token.kind == "raw" and token.name == "title":
            found.title = found.title or _one_line(unescape(written))
        elif token.kind == "raw" and linked_data:
            found.linked_data.append(written)
        if token.name == "h1" and not found.heading:
            if heading is not None and token.kind == "end":
                found.heading = _one_line(unescape("".join(heading)))
            heading = [] if token.kind == "start" else None
        elif heading is not None and token.kind == "text":
            heading.append(written)
    return found


def _note_tag(found: _Found, token: Token) -> None:
    if token.name == "link" and "canonical" in token.get("rel").lower().split():
        found.canonical = found.canonical or token.get("href").strip()
    value = token.get("content") if token.name == "meta" else token.get("datetime")
    if token.name not in ("meta", "time") or not value.strip():
        return
    for name in (token.get("property"), token.get("name"), token.get("itemprop")):
        if name:
            found.named.setdefault(name.lower(), _one_line(value))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _absolute(address: str) -> str:
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return ""
    return address.strip() if parts.scheme in ("http", "https") and parts.hostname else ""


def _published(found: _Found) -> datetime | None:
    written = [found.named[name] for name in _TIME_NAMES if name in found.named]
    for script in found.linked_data:
        written.extend(_dates_published(script))
    for line in written:
        time = stated_time(line)
        if time is not None:
            return time
    return None


def _dates_published(script: str) -> Iterator[str]:
    """`datePublished` of the page itself in a JSON-LD script; those of articles it links to are nested deeper."""
    script = re.sub(r"^\s*<!--|-->\s*$", "", script)
    try:
        data = json.loads(script, strict=False)
    except (ValueError, RecursionError):
        return
    things = data if isinstance(data, list) else [data]
    for thing in things:
        if isinstance(thing, dict):
            graph = thing.get("@graph")
            for node in [thing, *(graph if isinstance(graph, list) else [])]:
                if isinstance(node, dict) and isinstance(node.get("datePublished"), str):
                    yield node["datePublished"]

"""HTML source → tokens that cover every character of it, so that a page can be written back byte for byte.

The tokenizer follows the WHATWG HTML standard, section 13.2.5 (tokenization), for what matters here: where tags,
comments and raw-text elements begin and end. It is our own because `html.parser` gives no end of a token, differs
between patch releases of Python, and takes quadratic time on unclosed comments and declarations (CVE-2025-6069).
Every pattern below moves forward only (possessive quantifiers), so the time is linear in the source.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.entities import html5
from typing import Literal

TokenKind = Literal["text", "start", "end", "comment", "raw"]

RAW_TEXT = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"})
"""Elements in which `<` begins no tag until their own end tag."""

_OPEN = re.compile(r"<(?:(?=[a-zA-Z])|/(?=[a-zA-Z])|(?=[!?])|/(?=[^a-zA-Z>]))|</>")
_NAME = re.compile(r"</?([a-zA-Z][^\s/>]*+)")
_ATTRIBUTE = re.compile(
    r"[\s/]*+(?P<name>=?[^\s/>=]*+)"
    r"(?:\s*+=\s*+(?:\"(?P<double>[^\"]*+)(?:\"|\Z)|'(?P<single>[^']*+)(?:'|\Z)|(?P<bare>[^\s>\"'][^\s>]*+)|(?=>)))?"
)
_COMMENT_END = re.compile(r"--!?>")
_CHARREF = re.compile(r"&(?:#(?:[0-9]++|[xX][0-9a-fA-F]++);?|[a-zA-Z][a-zA-Z0-9]*+;?)")
_LONGEST_NAME = 32


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a start tag; `start`..`end` is its value in the source, quotes left out."""

    name: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Token:
    """Characters `start`..`end` of the source.

    Attributes:
        kind: `text`; a `start` or `end` tag; a `comment` (declarations too); `raw`, what a raw-text element holds.
        name: the tag in lower case; for `raw` that of the element.
        attributes: of a start tag, the first of each name, values decoded.
        self_closing: the start tag ends in `/>`.
    """

    kind: TokenKind
    start: int
    end: int
    name: str = ""
    attributes: tuple[Attribute, ...] = ()
    self_closing: bool = False

    def get(self, name: str) -> str:
        """The decoded value of an attribute, empty where it has none."""
        return next((attribute.value for attribute in self.attributes if attribute.name == name), "")


def tokens(source: str) -> Iterator[Token]:
    """Every character of `source` in exactly one token, in order. Nothing is an error in HTML."""
    position = 0
    while position < len(source):
        found = _OPEN.search(source, position)
        begin = found.start() if found else len(source)
        if begin > position:
            yield Token("text", position, begin)
        if not found:
            return
        token = _markup(source, begin)
        yield token
        position = token.end
        if token.kind == "start" and token.name in RAW_TEXT:
            end = _raw_end(source, token.name, position)
            if end > position:
                yield Token("raw", position, end, token.name)
            position = end


def _markup(source: str, begin: int) -> Token:
    """The tag, comment or declaration that begins at `begin`."""
    named = _NAME.match(source, begin)
    if named:
        return _tag(source, begin, named)
    if source.startswith("<!--", begin):
        # `<!-->` and `<!--->` are comments that are over at once.
        for short in ("<!-->", "<!--->"):
            if source.startswith(short, begin):
                return Token("comment", begin, begin + len(short))
        closed = _COMMENT_END.search(source, begin + 4)
        return Token("comment", begin, closed.end() if closed else len(source))
    end = source.find(">", begin)
    return Token("comment", begin, end + 1 if end >= 0 else len(source))


def _tag(source: str, begin: int, named: re.Match[str]) -> Token:
    position = named.end()
    attributes: dict[str, Attribute] = {}
    while position < len(source) and source[position] != ">":
        match = _ATTRIBUTE.match(source, position)
        if match is None or match.end() == position:
            # A stray quote where a name should stand: the standard takes it as part of a name.
            position += 1
            continue
        position = match.end()
        _add(attributes, match)
    kind: TokenKind = "end" if source[begin + 1] == "/" else "start"
    end = min(position + 1, len(source))
    closing = kind == "start" and source[end - 2 : end] == "/>"
    return Token(kind, begin, end, named[1].lower(), tuple(attributes.values()), closing)


def _add(attributes: dict[str, Attribute], match: re.Match[str]) -> None:
    name = match["name"].lower()
    if not name or name in attributes:
        return
    group = next((g for g in ("double", "single", "bare") if match[g] is not None), None)
    if group is None:
        attributes[name] = Attribute(name, "", match.end(), match.end())
    else:
        attributes[name] = Attribute(name, html.unescape(match[group]), match.start(group), match.end(group))


def _raw_end(source: str, name: str, position: int) -> int:
    """Where the end tag of a raw-text element begins, or the end of the source."""
    match = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(source, position)
    return match.start() if match else len(source)


def decode_references(source: str, start: int, end: int) -> tuple[str, list[int]]:
    """Text `start`..`end` of the source with character references decoded.

    Returns:
        The text, and for each of its characters the offset in `source` (one past the end is left to the caller).
        A reference that stands for two characters gives the second the offset of its own end, so that
        the two together cover the reference and neither covers it twice.
    """
    text: list[str] = []
    offsets: list[int] = []
    position = start
    for match in _CHARREF.finditer(source, start, end):
        decoded, length = _reference(match[0])
        if not decoded:
            continue
        text.append(source[position : match.start()])
        offsets.extend(range(position, match.start()))
        position = match.start() + length
        text.append(decoded)
        offsets.extend([match.start(), *[position] * (len(decoded) - 1)])
    text.append(source[position:end])
    offsets.extend(range(position, end))
    return "".join(text), offsets


def _reference(written: str) -> tuple[str, int]:
    """What a reference stands for and how many characters of it count; `""` when it is no reference."""
    if written[1] == "#":
        decoded = html.unescape(written[:_LONGEST_NAME])
        return ("", 0) if decoded.startswith("&") else (decoded, len(written))
    name = written[1:]
    if name in html5:
        return html5[name], len(written)
    # A few old names count without their semicolon, even with letters after them: `&copy2020`.
    for length in range(min(len(name), _LONGEST_NAME), 1, -1):
        if name[:length] in html5:
            return html5[name[:length]], length + 1
    return "", 0

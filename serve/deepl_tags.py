"""A text with tags, as DeepL's `tag_handling` has them → an item whose blocks are the words between the tags.

The text itself stays the skeleton: every tag comes back character for character as it came, `<x id="7"></x>` too. XML
is parsed by expat, which says where in the source each tag begins; HTML goes the way of web pages.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal
from xml.parsers import expat

from vistka.datatypes import Block, Item, Span
from vistka.documents.html_page import read_page
from vistka.documents.html_tokens import decode_references, tokens
from vistka.errors import UsageError

TagHandling = Literal["xml", "html"]

_ROOT = "vistka"
_OPENING = f"<{_ROOT}>".encode()
_CLOSING = f"</{_ROOT}>".encode()
# Characters that XML has no way to write, and an `&` that begins no reference: both are plain text to us. What stands
# in for them while parsing has as many bytes.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NO_XML_WIDE = re.compile("[\ufffe\uffff]")
_BARE_AMPERSAND = re.compile(r"&(?!(?:lt|gt|amp|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)")
_REFUSED_REFERENCE = re.compile(r"&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])|x0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]));")
_DECLARATION = re.compile(r"\s*<\?xml\s[^<>]*\?>")


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRules:
    """How the tags of a text are to be taken.

    Attributes:
        handling: which language the tags are of.
        ignore: names of elements whose words stay as they are.
        splitting: XML alone: names of tags that end a sentence.
        non_splitting: XML alone: names of tags that never end one.
        outline: XML alone: tell from the text which tags hold sentences and which stand in them.
    """

    handling: TagHandling
    ignore: frozenset[str] = frozenset()
    splitting: frozenset[str] = frozenset()
    non_splitting: frozenset[str] = frozenset()
    outline: bool = True


def tagged_item(text: str, rules: TagRules) -> Item:
    """The text as an item; writing it without rewrites gives `text` back, but for CDATA, which becomes plain text.

    Raises:
        UsageError: the text is no XML.
    """
    if rules.handling == "html":
        return _with_ignored(read_page(text, "-"), rules.ignore)
    pieces = _pieces(text)
    if any(piece.kind == "cdata" for piece in pieces):
        text = _without_cdata(text, pieces)
        pieces = _pieces(text)
    return Item(raw=text, blocks=tuple(_Outline(text, pieces, rules).blocks()), format="html")


def is_intact(before: str, after: str) -> bool:
    """Whether `after` is XML with the tags of `before`, each as often as there."""
    try:
        found = [sorted(_markup(text)) for text in (before, after)]
    except UsageError:
        return False
    return found[0] == found[1]


def _markup(text: str) -> Iterator[str]:
    for piece in _pieces(text):
        if piece.kind != "text":
            yield text[piece.start : piece.end]


# --- XML ------------------------------------------------------------------------------------------------------------

_Kind = Literal["text", "start", "end", "other", "cdata"]


@dataclass(frozen=True, slots=True)
class _Piece:
    """Characters `start`..`end` of the text; `element` is the number of the element that a tag or a text belongs to.

    The two tags of `<br/>` are an empty start and an end with all of its characters.
    """

    kind: _Kind
    start: int
    end: int
    name: str = ""
    element: int = 0


def _pieces(text: str) -> list[_Piece]:
    """Every character of the text in exactly one piece, in order.

    Raises:
        UsageError: the text is no XML.
    """
    declaration = _DECLARATION.match(text)
    head = declaration.end() if declaration else 0
    data = _parsable(text[head:]).encode()
    events = _events(data)
    positions = [head + position for position in _characters(data, [event[1] for event in events])]
    pieces = [_Piece("other", 0, head)] if head else []
    for (kind, _, name, element), (start, end) in zip(events, pairwise([*positions, len(text)]), strict=True):
        last = pieces[-1] if pieces else None
        if kind == "text" and last is not None and last.kind == "text" and last.element == element:
            pieces[-1] = replace(last, end=end)
        else:
            pieces.append(_Piece(kind, start, end, name, element))
    return pieces


def _parsable(text: str) -> str:
    """The text for the parser, each character with as many bytes as it has in `text`."""
    text = _NO_XML_WIDE.sub("\ufffd", _NO_XML.sub(" ", text))
    text = _REFUSED_REFERENCE.sub(lambda match: "+" * len(match[0]), text)
    return _BARE_AMPERSAND.sub("+", text)


_Event = tuple[_Kind, int, str, int]
"""Kind, the byte of the data it begins at, name of the tag, number of the element."""


def _events(data: bytes) -> list[_Event]:
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = False
    events: list[_Event] = []
    # The root is ours, so that a text with several elements or none is well-formed.
    path = [0]
    count = 0

    def add(kind: _Kind, name: str = "") -> None:
        events.append((kind, parser.CurrentByteIndex - len(_OPENING), name, path[-1]))

    def start(name: str, _attributes: object) -> None:
        nonlocal count
        if parser.CurrentByteIndex >= len(_OPENING):
            count += 1
            path.append(count)
            add("start", name)

    def end(name: str) -> None:
        if len(path) > 1:
            add("end", name)
            path.pop()

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = lambda _text: add("text")
    parser.CommentHandler = lambda _text: add("other")
    parser.ProcessingInstructionHandler = lambda _target, _text: add("other")
    parser.StartCdataSectionHandler = lambda: add("cdata")
    parser.EndCdataSectionHandler = lambda: add("cdata")
    try:
        parser.Parse(_OPENING + data + _CLOSING, True)
    except expat.ExpatError as error:
        # The line and column are those of the text: the root that was put around it opens the first line.
        column = error.offset - (len(_OPENING) if error.lineno == 1 else 0)
        raise UsageError(
            f"Tag handling parsing failed, please check input: {expat.ErrorString(error.code)} at line "
            f"{error.lineno}, column {max(0, column)}"
        ) from error
    return events


def _characters(data: bytes, positions: Sequence[int]) -> list[int]:
    """The offsets in characters of byte offsets that go upwards."""
    found: list[int] = []
    done = count = 0
    for position in positions:
        count += len(data[done:position].decode())
        done = position
        found.append(count)
    return found


def _without_cdata(text: str, pieces: Sequence[_Piece]) -> str:
    """The same XML with the text of CDATA sections written with references: new words are written so, too."""
    parts: list[str] = []
    inside = False
    for piece in pieces:
        if piece.kind == "cdata":
            inside = not inside
            continue
        written = text[piece.start : piece.end]
        parts.append(written.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") if inside else written)
    return "".join(parts)


class _Outline:
    """Finds the runs of words of an XML text, and makes blocks of them."""

    def __init__(self, text: str, pieces: Sequence[_Piece], rules: TagRules) -> None:
        self._text = text
        self._pieces = pieces
        self._rules = rules
        self._hidden = self._ignored()
        self._breaking = self._breaking_elements()

    def blocks(self) -> Iterator[Block]:
        run: list[int] = []
        for index, piece in enumerate(self._pieces):
            if piece.kind in ("start", "end") and piece.element in self._breaking:
                yield from self._block(run)
                run = []
            else:
                run.append(index)
        yield from self._block(run)

    def _ignored(self) -> dict[int, int]:
        """Of each piece inside of an ignored element, its tags too: the number of the outermost one."""
        hidden: dict[int, int] = {}
        outermost: int | None = None
        for index, piece in enumerate(self._pieces):
            if outermost is None and piece.kind == "start" and piece.name in self._rules.ignore:
                outermost = piece.element
            if outermost is not None:
                hidden[index] = outermost
            if piece.kind == "end" and piece.element == outermost:
                outermost = None
        return hidden

    def _breaking_elements(self) -> frozenset[int]:
        """The elements whose tags end a sentence.

        By the outline these are the outermost elements that hold words themselves, and all that is around those: what
        is inside of them stands in a sentence.
        """
        starts = [piece for piece in self._pieces if piece.kind == "start"]
        breaking = {piece.element for piece in starts if piece.name in self._rules.splitting}
        if self._rules.outline:
            worded = self._worded_elements()
            path = [0]
            inside = int(0 in worded)
            for piece in self._pieces:
                if piece.kind == "start":
                    if not inside and piece.name not in self._rules.non_splitting:
                        breaking.add(piece.element)
                    path.append(piece.element)
                    inside += piece.element in worded
                elif piece.kind == "end":
                    inside -= path.pop() in worded
        return frozenset(breaking)

    def _worded_elements(self) -> set[int]:
        """The elements with words of their own; those of a tag that never splits are its parent's."""
        path: list[tuple[int, str]] = [(0, "")]
        worded: set[int] = set()
        for index, piece in enumerate(self._pieces):
            if piece.kind == "start":
                path.append((piece.element, piece.name))
            elif piece.kind == "end":
                path.pop()
            elif self._is_words(index):
                worded.add(next(element for element, name in reversed(path) if name not in self._rules.non_splitting))
        return worded

    def _is_words(self, index: int) -> bool:
        piece = self._pieces[index]
        return piece.kind == "text" and index not in self._hidden and not self._text[piece.start : piece.end].isspace()

    def _block(self, run: Sequence[int]) -> Iterator[Block]:
        words = [place for place, index in enumerate(run) if self._is_words(index)]
        if not words:
            return
        first, last = self._with_matching_tags(run, words[0], words[-1])
        text, offsets, markup = self._read(run[first : last + 1])
        start, end = len(text) - len(text.lstrip()), len(text.rstrip())
        offsets = offsets[start : end + 1]
        side_by_side = offsets[-1] - offsets[0] == end - start
        yield Block(
            text=text[start:end],
            kind="paragraph",
            start=offsets[0],
            end=offsets[-1],
            offsets=None if side_by_side else tuple(offsets),
            markup=tuple(span.shifted(-start) for span in markup),
        )

    def _with_matching_tags(self, run: Sequence[int], first: int, last: int) -> tuple[int, int]:
        """`first`..`last` widened until no tag inside has its other half outside, within the run."""
        ends: dict[int, list[int]] = {}
        for place, index in enumerate(run):
            if self._pieces[index].kind in ("start", "end"):
                ends.setdefault(self._pieces[index].element, []).append(place)
        low, high = first, last
        waiting = list(range(first, last + 1))
        while waiting:
            piece = self._pieces[run[waiting.pop()]]
            if piece.kind not in ("start", "end"):
                continue
            halves = ends[piece.element]
            waiting.extend(range(halves[0], low))
            low = min(low, halves[0])
            waiting.extend(range(high + 1, halves[-1] + 1))
            high = max(high, halves[-1])
        return low, high

    def _read(self, run: Sequence[int]) -> tuple[str, list[int], list[Span]]:
        """The words and tags of a run; the offset of each character and one past the end; what is no words."""
        texts: list[str] = []
        offsets: list[int] = []
        markup: list[Span] = []
        ignored: int | None = None
        for index in run:
            piece = self._pieces[index]
            ignored_before, ignored = ignored, self._hidden.get(index)
            if piece.kind == "text" and ignored is None:
                text, its_offsets = decode_references(self._text, piece.start, piece.end)
            else:
                text, its_offsets = self._text[piece.start : piece.end], list(range(piece.start, piece.end))
                # An ignored element is one thing, its tags and all that is in it.
                whole = ignored is not None and ignored == ignored_before
                start = markup.pop().start if whole else len(offsets)
                markup.append(Span(start, len(offsets) + len(text)))
            texts.append(text)
            offsets.extend(its_offsets)
        offsets.append(self._pieces[run[-1]].end)
        return "".join(texts), offsets, [span for span in markup if span.end > span.start]


# --- HTML -----------------------------------------------------------------------------------------------------------


def _with_ignored(item: Item, ignore: frozenset[str]) -> Item:
    """The item of a page whose elements of these names are no words."""
    names = frozenset(name.lower() for name in ignore)
    ignored = list(_ignored_spans(item.raw, names)) if names else []
    if not ignored:
        return item
    blocks = [kept for block in item.blocks if (kept := _block_with_ignored(block, ignored)) is not None]
    return replace(item, blocks=tuple(blocks))


def _ignored_spans(raw: str, names: frozenset[str]) -> Iterator[Span]:
    """The outermost elements of these names; one that is never closed reaches to the end."""
    open_name, depth, start = "", 0, 0
    for token in tokens(raw):
        if not open_name and token.kind == "start" and token.name in names and not token.self_closing:
            open_name, depth, start = token.name, 1, token.start
        elif token.name == open_name and token.kind in ("start", "end"):
            depth += 1 if token.kind == "start" else -1
            if not depth:
                yield Span(start, token.end)
                open_name = ""
    if open_name:
        yield Span(start, len(raw))


def _block_with_ignored(block: Block, ignored: Sequence[Span]) -> Block | None:
    """The block with what is ignored in it as markup; None where nothing else is left."""
    offsets = block.offsets or tuple(range(block.start, block.end + 1))
    hidden = [
        Span(bisect_left(offsets, max(span.start, block.start)), bisect_left(offsets, min(span.end, block.end)))
        for span in ignored
        if span.start < block.end and block.start < span.end
    ]
    if not hidden:
        return block
    inside = [span for span in block.markup if not any(h.start <= span.start and span.end <= h.end for h in hidden)]
    return replace(block, markup=tuple(sorted([*inside, *hidden])))

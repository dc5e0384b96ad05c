"""A web page → blocks over its own source, so that translating it leaves every tag where it stood.

A block is a run of text and inline tags between two block-level tags. Inline tags inside a run are spans of markup in
`Block.text`; character references are decoded there, with `Block.offsets` pointing back into the source. Titles,
descriptions and the attributes that people read (`alt`, `title`, `placeholder`, `aria-label`) are blocks too, except
those on a tag inside a run: the blocks of an item do not overlap. Code, scripts, drawings, comments and whatever says
`translate="no"` is never part of a block's words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from vistka.datatypes import Block, BlockKind, Item, Span
from vistka.documents.html_metadata import page_metadata
from vistka.documents.html_tokens import Attribute, Token, decode_references, tokens

# Tags after which the sentence goes on. Everything else, unknown tags too, ends a run.
_INLINE = frozenset(
    {"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "cite", "code", "data", "del", "dfn", "em", "font", "i",
     "img", "ins", "kbd", "label", "mark", "math", "meter", "nobr", "output", "progress", "q", "rp", "rt", "ruby", "s",
     "samp", "script", "small", "span", "strike", "strong", "style", "sub", "sup", "svg", "template", "time", "tt", "u",
     "var", "wbr"}
)  # fmt: skip
_NOT_WORDS = frozenset(
    {"script", "style", "code", "pre", "textarea", "svg", "math", "template", "xmp", "iframe", "noembed", "noframes",
     "kbd", "samp", "var", "canvas", "object", "audio", "video"}
)  # fmt: skip
_FOREIGN = ("svg", "math")
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_KINDS: dict[str, BlockKind] = {
    **dict.fromkeys(_HEADINGS, "heading"),
    **dict.fromkeys(("li", "dt", "dd", "option"), "list-item"),
    **dict.fromkeys(("td", "th"), "cell"),
    **dict.fromkeys(("figcaption", "caption", "legend"), "caption"),
    "blockquote": "quote",
}
# A start tag of the first group ends an open element of the second (HTML standard, 13.1.2.4, optional tags).
_IMPLIED_END: dict[str, frozenset[str]] = {
    "li": frozenset({"li"}),
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
    "tr": frozenset({"tr", "td", "th"}),
    "td": frozenset({"td", "th"}),
    "th": frozenset({"td", "th"}),
    "option": frozenset({"option"}),
}
_READ_ATTRIBUTES = frozenset({"title", "alt", "placeholder", "aria-label"})
_READ_META = frozenset({"description", "og:title", "og:description", "twitter:title", "twitter:description"})


@dataclass(frozen=True, slots=True)
class _Part:
    """A token of a run; `visible`: its text is words, or its attributes may be read."""

    token: Token
    visible: bool


@dataclass(frozen=True, slots=True)
class _Open:
    """An element that is open. `kind` is what a run inside it is, taken from its parents where it has none."""

    name: str
    kind: BlockKind
    hidden: bool


class _Reader:
    """Walks the tokens once; every open element is pushed and popped once, so the time is linear."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.blocks: list[Block] = []
        self.stack: list[_Open] = []
        self.open_names: Counter[str] = Counter()
        self.hidden_depth = 0
        self.run: list[_Part] = []

    def read(self) -> tuple[Block, ...]:
        for token in tokens(self.raw):
            if token.kind == "start":
                self._start(token)
            elif token.kind == "end":
                self._end(token)
            elif token.kind == "raw" and token.name == "title":
                self._page_title(token)
            else:
                self.run.append(_Part(token, token.kind == "text" and not self.hidden_depth))
        self._flush()
        # An attribute of a tag around a run may stand before it, but is found only when the run is over.
        return tuple(sorted(self.blocks, key=lambda block: block.start))

    def _page_title(self, token: Token) -> None:
        # Inside a drawing it is the drawing's tooltip.
        if not self.hidden_depth:
            self._flush()
            self._emit([_Part(token, visible=True)], "title")

    def _start(self, token: Token) -> None:
        self._end_what_it_implies(token.name)
        hides = token.name in _NOT_WORDS or _must_not_be_translated(token)
        part = _Part(token, not hides and not self.hidden_depth)
        if token.name == "br" and self._after_break():
            self._flush()
        if _is_inline(token):
            self.run.append(part)
        else:
            self._flush()
            self._attributes(part)
        foreign = bool(token.name in _FOREIGN or any(self.open_names[name] for name in _FOREIGN))
        if token.name not in _VOID and not (token.self_closing and foreign):
            self._push(token.name, hides=hides)

    def _after_break(self) -> bool:
        """Whether a line break was the last thing: two in a row are how old pages part paragraphs."""
        words = (part for part in reversed(self.run[-2:]) if not self.raw[part.token.start : part.token.end].isspace())
        last = next(words, None)
        return last is not None and last.token.name == "br"

    def _end(self, token: Token) -> None:
        part = _Part(token, visible=False)
        if token.name in _INLINE:
            self.run.append(part)
        else:
            self._flush()
        if self.open_names[token.name]:
            self._pop_to(token.name)

    def _end_what_it_implies(self, name: str) -> None:
        if name not in _INLINE and self.open_names["p"]:
            self._flush()
            self._pop_to("p")
        closes = _IMPLIED_END.get(name, frozenset())
        while self.stack and self.stack[-1].name in closes:
            self._flush()
            self._pop()

    def _push(self, name: str, *, hides: bool) -> None:
        inherited = self.stack[-1].kind if self.stack else "paragraph"
        self.stack.append(_Open(name, _KINDS.get(name, inherited), hides))
        self.open_names[name] += 1
        self.hidden_depth += hides

    def _pop(self) -> str:
        element = self.stack.pop()
        self.open_names[element.name] -= 1
        self.hidden_depth -= element.hidden
        return element.name

    def _pop_to(self, name: str) -> None:
        while self._pop() != name:
            pass

    def _flush(self) -> None:
        """End the run: its words become a block, and tags around the words give their attributes."""
        run, self.run = self.run, []
        words = [index for index, part in enumerate(run) if part.visible and _is_words(part.token, self.raw)]
        first, last = _with_matching_tags(run, words[0], words[-1]) if words else (len(run), len(run))
        for part in [*run[:first], *run[last + 1 :]]:
            self._attributes(part)
        if words:
            self._emit(run[first : last + 1], self.stack[-1].kind if self.stack else "paragraph")

    def _attributes(self, part: _Part) -> None:
        if part.token.kind != "start" or not part.visible:
            return
        for attribute in part.token.attributes:
            # The writer tells by the character before a value how it is quoted; `alt= x` leaves it no way to.
            quoted = self.raw[attribute.start - 1] in "\"'="
            if quoted and _is_read(part.token, attribute) and _has_letters(attribute.value):
                self._emit([_Part(Token("text", attribute.start, attribute.end), visible=True)], "caption", trim=False)

    def _emit(self, parts: Sequence[_Part], kind: BlockKind, *, trim: bool = True) -> None:
        text, offsets, markup = self._read_parts(parts)
        start = len(text) - len(text.lstrip()) if trim else 0
        end = len(text.rstrip()) if trim else len(text)
        if start >= end:
            return
        offsets = offsets[start : end + 1]
        # A reference is longer than what it stands for, so equal lengths mean that none was decoded.
        side_by_side = offsets[-1] - offsets[0] == end - start
        self.blocks.append(
            Block(
                text=text[start:end],
                kind=kind,
                start=offsets[0],
                end=offsets[-1],
                offsets=None if side_by_side else tuple(offsets),
                markup=tuple(Span(span.start - start, span.end - start) for span in markup),
            )
        )

    def _read_parts(self, parts: Sequence[_Part]) -> tuple[str, list[int], list[Span]]:
        texts: list[str] = []
        offsets: list[int] = []
        markup: list[Span] = []
        for part in parts:
            start, end = part.token.start, part.token.end
            if part.visible and part.token.kind in ("text", "raw"):
                text, its_offsets = decode_references(self.raw, start, end)
            else:
                text, its_offsets = self.raw[start:end], list(range(start, end))
                markup.append(Span(len(offsets), len(offsets) + len(text)))
            texts.append(text)
            offsets.extend(its_offsets)
        offsets.append(parts[-1].token.end)
        return "".join(texts), offsets, markup


def _is_inline(token: Token) -> bool:
    # A picture with a caption of its own ends the run, so that the caption can be translated.
    return token.name in _INLINE and not (token.name == "img" and _has_letters(token.get("alt")))


def _must_not_be_translated(token: Token) -> bool:
    return token.get("translate").lower() == "no" or "notranslate" in token.get("class").split()


def _is_read(token: Token, attribute: Attribute) -> bool:
    if token.name == "meta":
        named = (token.get("name") or token.get("property")).lower()
        return attribute.name == "content" and named in _READ_META
    return attribute.name in _READ_ATTRIBUTES


def _has_letters(text: str) -> bool:
    return any(character.isalpha() for character in text)


def _is_words(token: Token, raw: str) -> bool:
    return token.kind == "text" and not decode_references(raw, token.start, token.end)[0].isspace()


def _with_matching_tags(run: Sequence[_Part], first: int, last: int) -> tuple[int, int]:
    """`first`..`last` widened until no tag inside has its other half outside, within the run."""
    match = _matches(run)
    low, high = first, last
    waiting = list(range(first, last + 1))
    while waiting:
        other = match.get(waiting.pop())
        if other is None:
            continue
        waiting.extend(range(other, low))
        low = min(low, other)
        waiting.extend(range(high + 1, other + 1))
        high = max(high, other)
    return low, high


def _matches(run: Sequence[_Part]) -> dict[int, int]:
    """For each tag of a run that has its other half there, the index of that half."""
    match: dict[int, int] = {}
    waiting: list[tuple[str, int]] = []
    names: Counter[str] = Counter()
    for index, part in enumerate(run):
        name = part.token.name
        if part.token.kind == "start" and name not in _VOID:
            waiting.append((name, index))
            names[name] += 1
        elif part.token.kind == "end" and names[name]:
            other, at = "", 0
            while other != name:
                other, at = waiting.pop()
                names[other] -= 1
            match[at], match[index] = index, at
    return match


def read_page(raw: str, name: str) -> Item:
    """A whole page as an item; `raw` is the page itself.

    Title, source, URL and time come from the page's metadata, and are empty where it has none.
    """
    meta = page_metadata(raw)
    return Item(
        raw=raw,
        blocks=_Reader(raw).read(),
        format="html",
        name=name,
        title=meta.title,
        source=meta.source,
        url=meta.url,
        published=meta.published,
    )

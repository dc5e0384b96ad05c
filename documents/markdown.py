"""Markdown → blocks over its own source: headings, paragraphs, list items, quotes and table cells.

markdown-it-py tells the structure by line and the inline markup by position; code, HTML, link definitions and front
matter are no blocks. Everything that is not words (`**`, link targets, code, the `>` of a quote's next line) is a span
of markup, so `Block.text` is `raw[start:end]` always.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from vistka.datatypes import Block, BlockKind, Item, Span
from vistka.documents.timestamps import stated_time

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

    Rule = Callable[[StateInline, bool], bool]
    Note = Callable[[StateInline, int, int], None]

# The breaks that CommonMark knows (2.1), and the pattern that markdown-it normalises with.
_LINE = re.compile(r"[^\r\n]*+(?:\r\n?|\n)?+")
_FRONT_MATTER = re.compile(
    r"---[ \t]*(?:\r\n?|\n)(?:(?!---|\.\.\.)[^\r\n]*+(?:\r\n?|\n))*+(?:---|\.\.\.)[ \t]*(?:\r\n?|\n|\Z)"
)
_FIELD = re.compile(r"^(title|date|source|url|link):[ \t]*(.+?)[ \t]*$", re.MULTILINE | re.IGNORECASE)
_KINDS: dict[str, BlockKind] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("th", "td"), "cell"),
    "li": "list-item",
    "blockquote": "quote",
}
"""Kinds by the tag that an element becomes in HTML; the innermost counts."""
_HEADING_MARKS = re.compile(r"[^#\w]*#{1,6}[ \t]+")
_DELIMITER_RULES = ("emphasis", "strikethrough")
_ESCAPABLE = tuple("\n!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


def read_markdown(raw: str, name: str) -> Item:
    """A Markdown document (CommonMark with tables and strikethrough) as an item.

    Title, date, source and URL are those of the front matter; without a title there, the first heading of the first
    level is it.
    """
    front = _FRONT_MATTER.match(raw)
    body = front.end() if front else 0
    blocks = tuple(_blocks(raw, body))
    stated = {match[1].lower(): match[2].strip("\"'") for match in _FIELD.finditer(front[0])} if front else {}
    return Item(
        raw=raw,
        blocks=blocks,
        format="markdown",
        name=name,
        title=stated.get("title", "") or next((words(block) for block in blocks if block.kind == "title"), ""),
        source=stated.get("source", ""),
        url=stated.get("url", "") or stated.get("link", ""),
        published=stated_time(stated["date"]) if "date" in stated else None,
    )


def words(block: Block) -> str:
    """The text of a block without its markup."""
    kept = []
    position = 0
    for span in block.markup:
        kept.append(block.text[position : span.start])
        position = span.end
    return "".join([*kept, block.text[position:]])


def _blocks(raw: str, body: int) -> Iterator[Block]:
    watch = _Watch()
    parser = _parser(watch)
    env: dict[str, Any] = {}
    lines = [match.span() for match in _LINE.finditer(raw, body) if match[0]]
    cells = _CellFinder(raw, lines)
    containers: list[str] = []
    titled = False
    # The core rules after `block` would parse the inline text as well, unwatched.
    parser.core.ruler.enableOnly(["normalize", "block"])
    for token in parser.parse(raw[body:], env):
        if token.nesting:
            _step(containers, token)
        elif token.type == "inline" and token.map and token.content:
            kind = _kind(containers)
            first, end = token.map
            offsets = (
                cells.offsets(first, token.content)
                if kind == "cell"
                else _offsets(raw, lines[first:end], token.content)
            )
            if offsets:
                if containers[-1] == "h1" and not titled:
                    kind, titled = "title", True
                yield _block(raw, offsets, watch.markup(parser, token.content, env), kind)


def _step(containers: list[str], token: Token) -> None:
    if token.nesting > 0:
        containers.append(token.tag)
    else:
        containers.pop()


def _kind(containers: Sequence[str]) -> BlockKind:
    return next((_KINDS[tag] for tag in reversed(containers) if tag in _KINDS), "paragraph")


def _block(raw: str, offsets: Sequence[int], markup: Sequence[tuple[int, int]], kind: BlockKind) -> Block:
    start, end = offsets[0], offsets[-1] + 1
    spans = [(offsets[begin], offsets[stop - 1] + 1) for begin, stop in markup]
    if kind == "cell":
        bars = [offset for offset in offsets if raw[offset] == "|"]
        spans.extend((bar - 1, bar) for bar in bars)
        start -= start in bars
    else:
        spans.extend(_line_prefixes(offsets, raw))
    merged: list[Span] = []
    for begin, stop in sorted(spans):
        if merged and begin - start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, stop - start))
        else:
            merged.append(Span(begin - start, stop - start))
    return Block(raw[start:end], kind, start, end, markup=tuple(merged))


def _line_prefixes(offsets: Sequence[int], raw: str) -> Iterator[tuple[int, int]]:
    """What stands before the words of a next line and is more than white space: the `>` of a quote."""
    for before, after in pairwise(offsets):
        if after > before + 1 and raw[before] in "\r\n":
            begin = before + (2 if raw.startswith("\r\n", before) else 1)
            if raw[begin:after].strip():
                yield begin, after


def _offsets(raw: str, lines: Sequence[tuple[int, int]], content: str) -> list[int]:
    """For each character of an inline text its offset in `raw`; empty where it cannot be found."""
    offsets: list[int] = []
    remaining = iter(lines)
    line_end = 0
    for written in content.split("\n"):
        words = written.strip()
        first = -1
        while first < 0:
            start, stop = next(remaining, (-1, -1))
            if start < 0:
                return []
            if offsets:
                offsets.append(line_end)
            line = raw[start:stop].rstrip("\r\n")
            line_end = start + len(line)
            at = _find(line.replace("\0", "\ufffd"), words)
            if at >= 0:
                first = start + at
            elif offsets:
                return []
        # A tab that indents may have become spaces: those all stand where the words begin.
        indent = len(written) - len(written.lstrip())
        offsets.extend([first] * indent)
        offsets.extend(range(first, first + len(written) - indent))
    return offsets


def _find(line: str, words: str) -> int:
    """Where `words` stand in their line: after the marks of a heading, or else at the end."""
    marks = _HEADING_MARKS.match(line)
    if marks and line.startswith(words, marks.end()):
        return marks.end()
    bare = line.rstrip()
    return len(bare) - len(words) if bare.endswith(words) else line.find(words)


class _CellFinder:
    r"""Finds table cells in their row, left to right; a `|` inside a cell is written `\|`."""

    def __init__(self, raw: str, lines: Sequence[tuple[int, int]]) -> None:
        self.raw = raw
        self.lines = lines
        self.position: dict[int, int] = {}

    def offsets(self, line: int, content: str) -> list[int]:
        """For each character of a cell its offset in `raw`; empty where it cannot be found."""
        start, stop = self.lines[line]
        at = self.raw.find(content.replace("|", "\\|"), self.position.get(line, start), stop)
        if at < 0:
            return []
        offsets = []
        for character in content:
            at += character == "|"
            offsets.append(at)
            at += 1
        self.position[line] = at
        return offsets


class _Watch:
    """Notes where the inline rules of a parser find markup in the text it is given."""

    def __init__(self) -> None:
        self.source = ""
        self.spans: list[tuple[int, int]] = []
        self.delimiters: list[tuple[Token, int, int]] = []

    def markup(self, parser: MarkdownIt, content: str, env: dict[str, Any]) -> list[tuple[int, int]]:
        """The ranges of `content` that are markup."""
        self.source, self.spans, self.delimiters = content, [], []
        parser.inline.parse(content, parser, env, [])
        # A delimiter that found no partner stays text; the outer half of `**` is emptied, the inner becomes the tag.
        paired = [(start, end) for token, start, end in self.delimiters if token.type != "text" or not token.content]
        return [*self.spans, *paired]

    def whole(self, state: StateInline, begin: int, _tokens: int) -> None:
        """All that the rule took is markup."""
        self.spans.append((begin, state.pos))

    def backslash(self, _state: StateInline, begin: int, _tokens: int) -> None:
        """The backslash is markup, what it escapes is not."""
        if self.source[begin + 1 : begin + 2] in _ESCAPABLE:
            self.spans.append((begin, begin + 1))

    def brackets(self, state: StateInline, begin: int, _tokens: int) -> None:
        """Of a link or an image all but the words in its brackets is markup."""
        opening = 2 if self.source[begin] == "!" else 1
        end = state.md.helpers.parseLinkLabel(state, begin + opening - 1, opening == 1)
        self.spans.extend([(begin, begin + opening), (end, state.pos)])

    def delimiter_run(self, state: StateInline, begin: int, tokens: int) -> None:
        """Which of them are markup is known only when all are paired."""
        for token in state.tokens[tokens:]:
            if token.content.strip("*_~"):
                continue  # the text that stood before them
            self.delimiters.append((token, begin, begin + len(token.content)))
            begin += len(token.content)

    def rule(self, name: str, rule: Rule, note: Note) -> Rule:
        """`rule`, and a note of it when it takes something of the watched text."""

        def watched(state: StateInline, silent: bool) -> bool:
            begin, tokens = state.pos, len(state.tokens)
            pending = bool(state.pending)
            taken = rule(state, silent)
            # The description of an image is parsed as a text of its own, at positions of its own.
            if taken and not silent and state.src is self.source:
                note(state, begin, tokens + (pending and name in _DELIMITER_RULES))
            return taken

        return watched


def _parser(watch: _Watch) -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    ruler = parser.inline.ruler
    notes: dict[str, Note] = {
        **dict.fromkeys(("backticks", "autolink", "html_inline", "entity"), watch.whole),
        **dict.fromkeys(_DELIMITER_RULES, watch.delimiter_run),
        **dict.fromkeys(("link", "image"), watch.brackets),
        "escape": watch.backslash,
    }
    active = dict(zip(ruler.get_active_rules(), ruler.getRules(""), strict=True))
    for name, note in notes.items():
        ruler.at(name, watch.rule(name, active[name], note))
    # Joining would put the text of unpaired delimiters into tokens that `markup` looks at.
    parser.inline.ruler2.disable("fragments_join")
    return parser

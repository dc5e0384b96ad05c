"""Plain text → blocks: paragraphs, and single lines where each line stands for itself.

A paragraph that was wrapped at some column (as mail and html2text do at 72 to 80) is one block. Menus, headlines and
lists, where a line break means a break, are a block a line. Which it is, is read from the document: see `wrap_width`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from vistka.datatypes import Block, BlockKind, Item, Span
from vistka.documents.metadata import is_heading_like, is_meta_line, text_metadata

# The line breaks that people make; a form feed or a vertical tab is white space inside a line.
_LINE = re.compile(r"[^\r\n\u2028\u2029]*+(?:\r\n|[\r\n\u2028\u2029])?+")
_BULLET = re.compile(r"[ \t]*+(?:[•●▪‣◦∙·*+–—-][ \t\xa0]++|\d{1,3}[.)][ \t\xa0]++(?=\S))(?=\S)")
_QUOTE = re.compile(r"[ \t]*+>[> \t]*+")
_BOLD = re.compile(r"\*\*(?=\S)[^*\n]++(?:\n[^*\n]++)*+(?<=\S)\*\*")
_NEARLY_FULL = 0.75
_SLACK = 6
_NARROWEST_WRAP, _WIDEST_WRAP = 50, 100
"""Columns. Text is wrapped at 60 to 80 by custom; the last word of the longest line may fall short of it."""


@dataclass(frozen=True, slots=True)
class _Line:
    """The words of a line, `start`..`end` of the document: no break, no white space at the ends, no mark before them.

    `mark` is the kind of mark that stood before them, if any; `line_start` is where the line itself begins.
    """

    text: str
    start: int
    end: int
    line_start: int
    mark: BlockKind | None = None

    @property
    def first_word(self) -> int:
        return len(self.text.split(maxsplit=1)[0])


def read_text(raw: str, name: str) -> Item:
    """A text as an item: a block for each paragraph or free-standing line; `Block.text` is `raw[start:end]`.

    The lines of a wrapped paragraph stay apart in `Block.text`. `**bold**` marks, as html2text leaves them, are
    markup. Title, source, URL and time are taken from lines that state them, see `metadata.py`.
    """
    groups = _paragraphs(_runs(raw))
    blocks = [_block(raw, group) for group in groups]
    meta = text_metadata(blocks)
    titled = [
        replace(block, kind="title") if index in meta.title_blocks else block for index, block in enumerate(blocks)
    ]
    return Item(
        raw=raw,
        blocks=tuple(titled),
        format="text",
        name=name,
        title=meta.title,
        source=meta.source,
        url=meta.url,
        published=meta.published,
    )


def _runs(raw: str) -> list[list[_Line]]:
    """The lines between blank lines, run by run."""
    runs: list[list[_Line]] = [[]]
    for match in _LINE.finditer(raw):
        line = _line(match[0], match.start(), runs[-1][-1] if runs[-1] else None)
        if line.text:
            runs[-1].append(line)
        elif match[0] and runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _line(written: str, line_start: int, before: _Line | None) -> _Line:
    bullet, quote = _BULLET.match(written), _QUOTE.match(written)
    if bullet and before and _is_dash_of_sentence(written[bullet.end() - 2 :], before):
        bullet = None
    marked = bullet or quote
    words = written[marked.end() :] if marked else written
    text = words.strip()
    start = line_start + len(written) - len(words.lstrip())
    mark: BlockKind | None = ("list-item" if bullet else "quote") if marked else None
    return _Line(text, start, start + len(text), line_start, mark)


def _begins_low(line: _Line) -> bool:
    return line.text.lstrip("–—- ")[:1].islower()


def _is_dash_of_sentence(written: str, before: _Line) -> bool:
    """Whether a line begins with a dash only because the one before it was full: `…ракету` / `– на підході`."""
    goes_on = before.mark is None and len(before.text) >= _NARROWEST_WRAP and before.text[-1] not in ".!?:;…"
    return goes_on and written[0] in "–—-" and written[2:3].islower()


def wrap_width(runs: Sequence[Sequence[_Line]]) -> int:
    """The column that the document was wrapped at, or 0.

    The evidence is a long line followed by one that goes on in lower case; the longest such line gives the width.
    """
    widths = [
        len(line.text)
        for run in runs
        for line, after in pairwise(run)
        if _NARROWEST_WRAP <= len(line.text) <= _WIDEST_WRAP and _goes_on(line, after) and _begins_low(after)
    ]
    return max(widths, default=0)


def _goes_on(line: _Line, after: _Line) -> bool:
    """Whether `after` may be the next line of a wrapped paragraph, by what the two are."""
    same = after.mark is None if line.mark == "list-item" else after.mark == line.mark
    return same and after.mark != "list-item" and not is_meta_line(line.text) and not is_meta_line(after.text)


def _paragraphs(runs: Sequence[Sequence[_Line]]) -> list[list[_Line]]:
    width = wrap_width(runs)
    groups: list[list[_Line]] = []
    for run in runs:
        groups.append([run[0]])
        for line, after in pairwise(run):
            if width and _is_full(line, after, width) and _goes_on(line, after):
                groups[-1].append(after)
            else:
                groups.append([after])
    return groups


def _is_full(line: _Line, after: _Line, width: int) -> bool:
    """Whether the next word would not have fitted on the line: only then did wrapping break it there.

    Programs that wrap count marks which are gone now, so a long line that goes on in lower case counts as full too.
    """
    fits = len(line.text) + 1 + after.first_word <= width
    if fits and _begins_low(after) and len(line.text) >= width * _NEARLY_FULL:
        return True
    unwrapped = len(line.text) > width + _SLACK and " " in line.text
    return not fits and not unwrapped


def _block(raw: str, lines: Sequence[_Line]) -> Block:
    start, end = lines[0].start, lines[-1].end
    text = raw[start:end]
    markup = [Span(line.line_start - start, line.start - start) for line in lines[1:] if line.mark]
    for match in _BOLD.finditer(text):
        markup.extend((Span(match.start(), match.start() + 2), Span(match.end() - 2, match.end())))
    return Block(text, _kind(lines, text), start, end, markup=tuple(sorted(markup)))


def _kind(lines: Sequence[_Line], text: str) -> BlockKind:
    if lines[0].mark:
        return lines[0].mark
    if len(lines) == 1 and is_meta_line(text):
        return "caption"
    return "heading" if len(lines) == 1 and is_heading_like(text) else "paragraph"

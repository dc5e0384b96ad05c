r"""Plain words → Markdown that shows exactly those words: a backslash only where markup would arise by accident."""

from __future__ import annotations

import re

from vistka.datatypes import BlockKind

_ASCII_PUNCTUATION = r"!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~"
_ANYWHERE = re.compile(
    "|".join(
        (
            rf"\\(?=[{_ASCII_PUNCTUATION}]|$)",  # an escape or a hard break
            "`",  # code
            r"\*(?!(?<=\s\*)\s)",  # emphasis, unless white space stands on both sides
            r"(?<![^\W_])_|_(?![^\W_])",  # emphasis, unless inside a word
            "~",  # strikethrough
            r"<(?=[a-zA-Z/!?])",  # a tag or an autolink
            r"&(?=#?\w+;)",  # a character reference
            r"\](?=[(\[])",  # the second half of a link
        )
    )
)
_LINE_START = re.compile(r"(?:#{1,6}(?=\s|$)|[-+](?=\s|$)|[>=]|-+(?=\s*$)|\|)|(?P<number>\d{1,9})(?=[.)](?:\s|$))")
_CLOSING_MARKS = re.compile(r"(?<=\s)#(?=#*\s*$)|^#(?=#*\s*$)")


def escape_markdown(text: str, *, kind: BlockKind, at_line_start: bool, has_definitions: bool = False) -> str:
    """`text` as Markdown source of one block; a reader sees the same words, line breaks as spaces.

    Args:
        text: plain words.
        kind: of the block they go into: a heading may not end in `#`, a cell may not hold `|`.
        at_line_start: they begin a line, where `#`, `-` or `1.` would begin another block.
        has_definitions: the document defines links, so that `[words]` alone may be one.
    """
    # A line break in new words could begin a block of its own on the next line.
    words = re.sub(r"\s*[\r\n]\s*", " ", text)
    if at_line_start:
        words = words.lstrip()
    written = _ANYWHERE.sub(r"\\\g<0>", words)
    if has_definitions:
        written = written.replace("[", r"\[")
    if kind in ("heading", "title"):
        # Over a line of dashes a bar makes a table of one column; escaped, the words at least stay whole.
        written = _CLOSING_MARKS.sub(r"\\#", written).replace("|", r"\|")
    if kind == "cell":
        return written.replace("|", r"\|")
    return _escape_line_start(written, has_definitions=has_definitions) if at_line_start else written


def _escape_line_start(written: str, *, has_definitions: bool) -> str:
    # Under a link definition a line in quotation marks or parentheses would be the title of that link.
    if re.match(r"\[[^\]]*\]:", written) or (has_definitions and written[:1] in ('"', "'", "(")):
        return "\\" + written
    match = _LINE_START.match(written)
    if match is None:
        return written
    if match["number"]:
        return f"{match['number']}\\{written[match.end() :]}"
    return "\\" + written

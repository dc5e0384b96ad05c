"""The quotations of a text: what stands between quotation marks, of every kind that newsrooms use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vistka.datatypes import Span

_PAIRS = {"“": "”", "«": "»", "„": "”“", '"': '"', "‘": "’", "'": "'", "`": "'"}
_SINGLE = frozenset("‘'`")
_WORD = re.compile(r"[^\W_]+(?:[-’'ʼ][^\W_]+)*")
_PARAGRAPH = re.compile(r"\n\s*\n")
MARKS = '“”«»„"'
"""The marks that stand for nothing but a quotation or a title; a single mark may be an apostrophe."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """One quotation.

    Attributes:
        span: its characters, marks included.
        inner: the characters between the marks.
        is_closed: it has both marks; else it runs to the end of its paragraph, as one of several paragraphs does.
    """

    span: Span
    inner: Span
    is_closed: bool


def _may_open(text: str, at: int) -> bool:
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if not after or after.isspace():
        return text[at] == "`"  # a tokeniser set it apart
    return not before or before.isspace() or before in "([—–-/“«"


def _closes(text: str, at: int, opener: str) -> bool:
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if opener not in _SINGLE:
        return opener != '"' or not before.isspace() or not after or not after.isalnum()
    if after.isalnum() or before.isspace():
        return False
    # `the players’ efforts`: an apostrophe, not the end.
    return not (before == "s" and re.match(r"\s[a-z]", text[at + 1 : at + 3]))


def quotations(text: str) -> list[Quotation]:
    """The quotations of `text` in order, the outer ones only. An apostrophe opens none."""
    found: list[Quotation] = []
    at = 0
    while at < len(text):
        one = _opened_at(text, at) if text[at] in _PAIRS and _may_open(text, at) else None
        if one is not None:
            found.append(one)
            at = one.span.end
        else:
            at += 1
    return found


def _opened_at(text: str, at: int) -> Quotation | None:
    opener = text[at]
    paragraph = _PARAGRAPH.search(text, at)
    end = paragraph.start() if paragraph else len(text)
    depth = 1
    for index in range(at + 1, end):
        if text[index] in _PAIRS[opener] and _closes(text, index, opener):
            depth -= 1
            if not depth:
                return Quotation(Span(at, index + 1), Span(at + 1, index), is_closed=True)
        elif text[index] == opener and opener == "«":
            depth += 1  # «Не «так»»
        elif text[index] == opener and opener not in _SINGLE and _may_open(text, index):
            end = index
            break
    return None if opener in _SINGLE else Quotation(Span(at, end), Span(at + 1, end), is_closed=False)


def words_of(text: str) -> tuple[str, ...]:
    """The words and numbers of `text` in lower case, with one kind of apostrophe."""
    return tuple(word.lower().replace("’", "'").replace("ʼ", "'") for word in _WORD.findall(text))


def has_marks(text: str) -> bool:
    """Whether there is a quotation mark in `text`."""
    return any(mark in text for mark in MARKS) or bool(quotations(text))


def quoted_words(texts: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The words of each quotation of each of `texts`."""
    for text in texts:
        for quotation in quotations(text):
            yield words_of(quotation.inner.of(text))


def stands_in(words: Sequence[str], others: Sequence[str]) -> bool:
    """Whether `words` stand in `others` one after the other."""
    size = len(words)
    return any(tuple(others[at : at + size]) == tuple(words) for at in range(len(others) - size + 1))

"""The plain data that every step passes on: Item → Segment → Draft → Blurb.

All positions are half-open ranges of characters (Python string indices, not bytes).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Language = Literal["uk", "ru", "be", "en", "other", "und"]
"""`other`: letters of a language that is none of the four; `und`: no letters to tell by."""

BlockKind = Literal["title", "heading", "paragraph", "list-item", "quote", "cell", "caption"]
Origin = Literal["model", "memory", "glossary", "source"]
Severity = Literal["info", "warn", "error"]
Verdict = Literal["pass", "warn", "block"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters `start` up to but not including `end` of some text."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: {self.start}..{self.end}")

    def of(self, text: str) -> str:
        """The characters of `text` that this span covers."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """Whether the two have a character in common."""
        return self.start < other.end and other.start < self.end

    def shifted(self, by: int) -> Span:
        """The same characters counted from a point `by` characters earlier."""
        return Span(self.start + by, self.end + by)


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text between two breaks of its document: a paragraph, a heading, a table cell.

    Attributes:
        text: what a person reads, entities decoded, inline markup still in place.
        kind: what the block is in its document.
        start, end: the characters of `Item.raw` that the block came from.
        offsets: for each character of `text` (and one past the end) its offset in `Item.raw`,
            or None where the two run side by side, so that offset = start + index.
        markup: spans of `text` that are markup and not words (tags, `**`, link targets).
    """

    text: str
    kind: BlockKind
    start: int
    end: int
    offsets: tuple[int, ...] | None = None
    markup: tuple[Span, ...] = ()

    def raw_span(self, span: Span) -> Span:
        """Where `span` of `text` stands in `Item.raw`."""
        if self.offsets is None:
            return span.shifted(self.start)
        return Span(self.offsets[span.start], self.offsets[span.end])


@dataclass(frozen=True, slots=True)
class Item:
    """One document as it was read: what the steps work on, and what is needed to write it back unchanged.

    Attributes:
        raw: the whole document, decoded, exactly as it stood; also the skeleton to write back into. Of a document that
            is no text (`binary`) it is the text of the blocks alone.
        blocks: in reading order, not overlapping.
        format: the reader that made it and the writer that takes it back.
        name: file name or `-`, for messages.
        title, source, url, published, language: empty or None where the document does not say;
            `source` is a domain or a publisher's name; `published` always has a zone.
        encoding: the codec `raw` was decoded with, to write it back in; `bom`: a byte-order mark stood first.
        binary: the document itself where its format is no text (DOCX): then this is the skeleton.
    """

    raw: str
    blocks: tuple[Block, ...]
    format: Literal["text", "markdown", "html", "docx"] = "text"
    name: str = "-"
    title: str = ""
    source: str = ""
    url: str = ""
    published: datetime | None = None
    language: Language = "und"
    encoding: str = "utf-8"
    bom: bytes = b""
    binary: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """A part of a block that is written back exactly as it stood (`start`..`end` of `Block.text`)."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class New:
    """Words that take a place in a block: plain text, which the writer escapes as its format needs."""

    text: str


Piece = Kept | New
Rewrites = Mapping[int, tuple[Piece, ...]]
"""Block index → what the block becomes. A block that is not named stays as it is, byte for byte."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One sentence of one block in one language. The segments of a block join to `Block.text`.

    Attributes:
        text: the sentence with the white space after it.
        language: what it is written in.
        block: index of its block in the item.
        start, end: its characters in `Block.text`.
        protected: spans of `text` that come out exactly as they went in.
    """

    text: str
    language: Language
    block: int = 0
    start: int = 0
    end: int = 0
    protected: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Flag:
    """Something a person should look at.

    Attributes:
        code: stable name of the kind of doubt, such as `number-changed`.
        message: one sentence for a person.
        segment: index of the segment in `Draft.segments`; for a blurb, of the clause.
        severity: `error` when the English is probably wrong, `warn` to look at, `info` to know.
    """

    code: str
    message: str
    segment: int
    severity: Severity = "warn"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a result was made, so that it can be made again.

    Attributes:
        model, revision, engine, decoding: what wrote it, and how.
        glossary: version of the lexicon with the user's terms on top.
        confidence: version of the calibration, and what measured the similarity of source and English.
        version: of this program.
    """

    model: str
    revision: str = ""
    engine: str = ""
    decoding: Mapping[str, object] = field(default_factory=dict)
    glossary: str = ""
    confidence: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class MemoryMatch:
    """A correction that a person made of the same sentence, or of one like it.

    Attributes:
        id: its row in the memory's journal.
        source, target: the sentence that was corrected, and the person's English.
        score_0_1: how alike the two sources are; 1.0 = the same but for white space and the kind of apostrophe.
        author: who corrected it; may be empty.
        date: when, in UTC.
        differences: what the two sources do not share, `kind: theirs → ours`: numbers, names, negation.
    """

    id: int
    source: str
    target: str
    score_0_1: float
    author: str
    date: datetime
    differences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftSegment:
    """A segment and its English.

    Attributes:
        segment: the source.
        text: the English with the source's white space around it; the source itself when `origin` is `source`.
        pieces: `text` as kept and new parts, counted in the block's text.
        origin: who wrote the English.
        confidence_0_1: how sure; 1.0 for what was left as it was.
        flags: what to look at.
        terms: glossary terms that were offered, each `(lemma, English)`.
        missed_terms: those of `terms` that the English does not show.
        rung: how far up the ladder the checks drove it; 0 = first try.
        memory: the correction that the English comes from, or that comes closest; None where there is none.
    """

    segment: Segment
    text: str
    pieces: tuple[Piece, ...]
    origin: Origin
    confidence_0_1: float
    flags: tuple[Flag, ...] = ()
    terms: tuple[tuple[str, str], ...] = ()
    missed_terms: tuple[tuple[str, str], ...] = ()
    rung: int = 0
    memory: MemoryMatch | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """An item in English, segment by segment, in the item's own order."""

    item: Item
    segments: tuple[DraftSegment, ...]
    recipe: Recipe

    def rewrites(self) -> Rewrites:
        """What each block that has new words becomes."""
        by_block: dict[int, list[Piece]] = {}
        for part in self.segments:
            by_block.setdefault(part.segment.block, []).extend(part.pieces)
        return {
            index: tuple(pieces)
            for index, pieces in by_block.items()
            if any(isinstance(piece, New) for piece in pieces)
        }

    def block_texts(self) -> list[str]:
        """The English of each block, as a person reads it. n blocks in, n strings out."""
        texts = ["" for _ in self.item.blocks]
        for part in self.segments:
            texts[part.segment.block] += part.text
        return texts

    def flags(self) -> Iterator[Flag]:
        """Every flag of every segment, in order."""
        for part in self.segments:
            yield from part.flags


@dataclass(frozen=True, slots=True)
class Evidence:
    """What in the source supports one clause of the abstract.

    Attributes:
        clause: the clause of the headline or abstract.
        block: index of the block in the item.
        start, end: the supporting characters of that block's text.
        quote: those characters.
    """

    clause: str
    block: int
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Blurb:
    """A "Latest news" card.

    Attributes:
        headline, abstract: English; the abstract is whole sentences within the character limit.
        source, published, url: from the item, empty or None where it does not say.
        verdict: `pass`: every number, name and quotation traces to the source; `warn`: look at the flags;
            `block`: do not publish.
        evidence: one entry for each clause that is supported.
        method: how the abstract was made: `whole` (the item was short enough), `lead`, `extractive`, `abstractive`.
    """

    headline: str
    abstract: str
    source: str
    published: datetime | None
    url: str
    verdict: Verdict
    evidence: tuple[Evidence, ...]
    flags: tuple[Flag, ...]
    method: str
    recipe: Recipe

"""A text of a DeepL request → its sentences, as the request wants them cut → the text in English."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from vistka.datatypes import Block, Draft, DraftSegment, Item, Language, Recipe, Segment, Span
from vistka.documents.plain_text import read_text
from vistka.documents.write import write
from vistka.serve.deepl_preserved import preserved
from vistka.serve.deepl_requests import SplitSentences, TextRequest
from vistka.serve.deepl_tags import is_intact, tagged_item
from vistka.text.languages import spans_of_sentences
from vistka.text.protected import merged_spans, protected_spans
from vistka.text.segments import segment_block
from vistka.translate.drafts import item_segments

_LINE = re.compile(r"[^\r\n\u2028\u2029]+")
_LINE_BREAK = re.compile(r"[\r\n\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A text that is ready for the model.

    Attributes:
        item: the text with its blocks.
        segments: its sentences, in order.
    """

    item: Item
    segments: tuple[Segment, ...]

    def language(self) -> Language:
        """The language that most letters of the text are in; `und` where it has none."""
        letters: dict[Language, int] = {}
        for segment in self.segments:
            if segment.language != "und":
                count = sum(map(str.isalpha, segment.text))
                letters[segment.language] = letters.get(segment.language, 0) + count
        return max(letters, key=lambda one: letters[one], default="und")

    def written(self, parts: Sequence[DraftSegment], *, preserve: bool) -> str:
        """The text with these translations of its segments; `preserve` as in `TextRequest`."""
        kept = [preserved(part) for part in parts] if preserve else list(parts)
        draft = Draft(self.item, tuple(kept), Recipe(model=""))
        return write(self.item, draft.rewrites())


def item_of(text: str, request: TextRequest) -> Item:
    """One text of the request with its blocks.

    Raises:
        UsageError: its tags cannot be parsed.
    """
    return tagged_item(text, request.tags) if request.tags else _plain_item(text, request.split)


def prepared(item: Item, split: SplitSentences | None) -> Prepared:
    """The item with its blocks cut into sentences, `split` as in `TextRequest`."""
    if split not in ("0", "nonewlines"):
        return Prepared(item, tuple(item_segments(item)))
    # A line break is a space to who reads the words; the document keeps it where it is kept.
    blocks = tuple(replace(block, text=_LINE_BREAK.sub(" ", block.text)) for block in item.blocks)
    item = replace(item, blocks=blocks)
    cut = _whole_block if split == "0" else segment_block
    return Prepared(
        item, tuple(segment for i, block in enumerate(blocks) for segment in cut(block.text, i, block.markup))
    )


def lost_tags(before: Prepared, after: str, request: TextRequest) -> bool:
    """Whether the tags of an XML text did not all come through, or stand where they are no XML any more."""
    is_xml = request.tags is not None and request.tags.handling == "xml"
    return is_xml and not is_intact(before.item.raw, after)


def between_tags(before: Prepared) -> Prepared:
    """The same text with what stands between two tags on its own, so that no tag can move."""
    blocks = [part for block in before.item.blocks for part in _parts_between(block)]
    item = replace(before.item, blocks=tuple(blocks))
    return Prepared(item, tuple(item_segments(item)))


def _parts_between(block: Block) -> list[Block]:
    edges = [0, *(edge for span in block.markup for edge in (span.start, span.end)), len(block.text)]
    parts: list[Block] = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        words = block.text[start:end]
        first, last = start + len(words) - len(words.lstrip()), start + len(words.rstrip())
        if first < last:
            offsets = block.offsets[first : last + 1] if block.offsets else None
            begin, stop = (offsets[0], offsets[-1]) if offsets else (block.start + first, block.start + last)
            parts.append(replace(block, text=block.text[first:last], start=begin, end=stop, offsets=offsets, markup=()))
    return parts


def _plain_item(text: str, split: SplitSentences | None) -> Item:
    if split is None:
        return read_text(text, "-")
    if split == "1":
        spans = [match.span() for match in _LINE.finditer(text) if not match[0].isspace()]
    else:
        spans = [(0, len(text))] if text.strip() else []
    blocks = [_paragraph(text, start, end) for start, end in spans]
    return Item(raw=text, blocks=tuple(blocks))


def _paragraph(text: str, start: int, end: int) -> Block:
    words = text[start:end]
    first = start + len(words) - len(words.lstrip())
    return Block(words.strip(), "paragraph", first, first + len(words.strip()))


def _whole_block(text: str, block_index: int, markup: Sequence[Span]) -> list[Segment]:
    """The segments of a block that is one sentence: one for each language that it is in."""
    protected = merged_spans(protected_spans(text), tuple(markup))
    return [
        Segment(
            text=text[part.start : part.end],
            language=part.language,
            block=block_index,
            start=part.start,
            end=part.end,
            protected=tuple(s.shifted(-part.start) for s in protected if part.start <= s.start and s.end <= part.end),
        )
        for part in spans_of_sentences(text, [Span(0, len(text))], protected)
    ]

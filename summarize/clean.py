"""The sentences of an item that are news: no navigation, no appeals, no links to other items, no captions."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from vistka.datatypes import Block, Item, Segment, Span
from vistka.errors import InputError
from vistka.text.dates import parse_timestamp
from vistka.text.languages import dominant_language
from vistka.text.segments import segment_block

_TABLE = Path(__file__).with_name("boilerplate.tsv")
# The labels that agencies put before a paragraph; they are no part of the sentence.
_LABEL = re.compile(
    r"(?:source|details|quote(?: from [^:]{1,40})?|verbatim|background|why this is important|updated?|reminder"
    r"|джерело|деталі|дослівно|пряма мова(?: [^:]{1,40})?|що цьому передувало|передісторія|нагадаємо|оновлено"
    r"|доповнено|цитата(?: [^:]{1,40})?|чому це важливо|що відомо)\s*:",
    re.IGNORECASE,
)
_QUOTE_LABEL = re.compile(r"quote|verbatim|дослівно|пряма мова|цитата", re.IGNORECASE)
_SOURCE_LABEL = re.compile(r"source|джерело", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[\w-]+(?:\.[\w-]+)+/?", re.IGNORECASE)
# `КИЇВ, 11 грудня (Агентство). `, `KYIV, Dec. 11 (Agency) — `, `KYIV (Agency) - `: where and when a report was filed.
_DATELINE = re.compile(
    r"(?:[A-ZА-ЯІЇЄҐ][\w’'ʼ-]+(?: [A-ZА-ЯІЇЄҐ][\w’'ʼ-]+){0,2},\s*"
    r"(?:\d{1,2}\s+[^\W\d]{3,10}|[^\W\d]{3,10}\.?\s+\d{1,2})(?:,?\s+\d{4}(?:\s+(?:року|р\.))?)?"
    r"(?:\s*[(/][^()/]{2,40}[)/])?|[A-ZА-ЯІЇЄҐ]{3,}(?:[ -][A-ZА-ЯІЇЄҐ]{3,})?\s*\([^()]{2,40}\))"
    r"\s*(?:[.–—-]+(?=\s|$)|$)"
)
# What pages glue to the first word of a text: `(CNN)They may …`, `Media playback is not supported on this deviceHe …`.
_GLUED = re.compile(
    r"\([A-Z][\w ]{1,30}\)(?:\s*[–—-]+\s*)?(?=[A-Z“\"])"
    r"|Media playback is (?:not supported|unsupported) on (?:this|your) device\s*"
    r"|Share this with(?:[A-Z][A-Za-z]*?|\s)*Copy this link\s*|(?:Video|Image) caption\s+(?=[A-Z])"
)
_MIN_WORDS = 4
_WORD = re.compile(r"\w+")
_QUOTE_CHARS = "«»“”„\"'’‘*_ "


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the news text.

    Attributes:
        segment: where it stands and what it is written in; label and white space at its ends left out.
        position: its place among the sentences of the news text, from 0.
        is_quotation: it stands under a label that says so, or inside quotation marks: somebody's own words.
    """

    segment: Segment
    position: int
    is_quotation: bool

    @property
    def text(self) -> str:
        """The sentence on one line."""
        return " ".join(self.segment.text.split())


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """(lines to leave out, lines at which the item ends)."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    line, end = ("|".join(f"(?:{row['pattern']})" for row in rows if row["kind"] == kind) for kind in ("line", "end"))
    return re.compile(line, re.IGNORECASE), re.compile(end, re.IGNORECASE)


def _bare(text: str) -> str:
    """`text` on one line without bullets, markup and emoji at its start."""
    return re.sub(r"^[^\w«“\"(©]+", "", " ".join(text.split()))


def is_boilerplate(text: str) -> bool:
    """Whether a line belongs to the page and not to the news."""
    line, end = _patterns()
    bare = _bare(text)
    return not bare or bool(line.match(bare) or end.match(bare))


def ends_item(text: str) -> bool:
    """Whether the item is over before this line."""
    return bool(_patterns()[1].match(_bare(text)))


def _same(one: str, other: str) -> bool:
    return [w.lower() for w in _WORD.findall(one)] == [w.lower() for w in _WORD.findall(other)]


def _body(item: Item) -> list[tuple[int, Block]]:
    """The blocks from behind the title (its last copy near the top) to where the item ends."""
    blocks = list(enumerate(item.blocks))
    if item.title:
        copies = [index for index, block in blocks if _same(block.text, item.title)]
        first = copies[0] if copies else -1
        # A title above the body is repeated at once; one far below belongs to a list of other items.
        last = max((index for index in copies if index - first <= 6), default=-1)
        blocks = [pair for pair in blocks if pair[0] > last]
    kept: list[tuple[int, Block]] = []
    for index, block in blocks:
        if ends_item(block.text) and kept:
            break
        kept.append((index, block))
    return kept


def title_block(item: Item) -> int | None:
    """The index of the block that holds the item's title; None where no block is just that."""
    return next((n for n, block in enumerate(item.blocks) if item.title and _same(block.text, item.title)), None)


def _is_news(block: Block) -> bool:
    text = " ".join(block.text.split())
    if block.kind in {"caption", "title"} or is_boilerplate(text):
        return False
    return _ADDRESS.fullmatch(text) is None and parse_timestamp(text) is None


def news_sentences(item: Item) -> list[Sentence]:
    """The sentences of the item's news text in order; its title is not among them.

    A line without an end mark is a heading, a caption or a link, unless the item has nothing else.
    """
    return _sentences(item, strict=True) or _sentences(item, strict=False)


def require_news(item: Item, found: Sequence[Sentence]) -> list[Sentence]:
    """Those of `found`, the item's news sentences, that a blurb can be made from: Ukrainian or English.

    Raises:
        InputError: there are none.
    """
    sentences = [sentence for sentence in found if sentence.segment.language in {"uk", "en"}]
    if not sentences:
        raise InputError(
            "no sentence of Ukrainian or English news was found in it",
            where=item.name,
            next_step="give the text of the article",
        )
    return sentences


def needs_translation(item: Item, sentences: Sequence[Sentence]) -> bool:
    """Whether a blurb of the item, made from `sentences`, has to be translated."""
    return dominant_language(item.title) == "uk" or any(s.segment.language == "uk" for s in sentences)


def _sentences(item: Item, *, strict: bool) -> list[Sentence]:
    sentences: list[Sentence] = []
    for index, block in _body(item):
        if not _is_news(block):
            continue
        for segment in segment_block(block.text, index, block.markup):
            found = _sentence(segment, sentences, strict=strict)
            if found is not None:
                sentences.append(found)
    return sentences


def _sentence(segment: Segment, before: Sequence[Sentence], *, strict: bool) -> Sentence | None:
    text = segment.text
    start = _skip_edges(text, 0, segment.protected)
    label = _LABEL.match(text, start)
    if label:
        if _SOURCE_LABEL.match(label.group()):
            return None
        start = _skip_edges(text, label.end(), segment.protected)
    dateline = _DATELINE.match(text, start)
    if dateline:
        start = _skip_edges(text, dateline.end(), segment.protected)
    glued = _GLUED.match(text, start)
    if glued:
        start = _skip_edges(text, glued.end(), segment.protected)
    end = _trim_end(text, start, segment.protected)
    core = text[start:end]
    if is_boilerplate(core) or (strict and not _is_whole(core)):
        return None
    part = Segment(
        text=core,
        language=segment.language,
        block=segment.block,
        start=segment.start + start,
        end=segment.start + end,
        protected=tuple(s.shifted(-start) for s in segment.protected if start <= s.start and s.end <= end),
    )
    return Sentence(part, len(before), _is_quotation(label, core, part, before))


def _is_whole(core: str) -> bool:
    return len(_WORD.findall(core)) >= _MIN_WORDS and core.rstrip(_QUOTE_CHARS).endswith(tuple(".!?…"))


def _is_quotation(label: re.Match[str] | None, core: str, segment: Segment, before: Sequence[Sentence]) -> bool:
    if label and _QUOTE_LABEL.match(label.group()):
        return True
    # The next sentences of a paragraph that opened with a quotation belong to it as long as its marks are open.
    open_before = [s for s in before if s.segment.block == segment.block]
    text = "".join(s.segment.text for s in open_before)
    if text.count("«") > text.count("»") or text.count("“") > text.count("”") or text.count('"') % 2:
        return True
    return core[:1] in '«“"„' and core.rstrip(".!?…")[-1:] in '»”"'


def _skip_edges(text: str, start: int, protected: Sequence[Span]) -> int:
    while start < len(text):
        inside = next((span for span in protected if span.start <= start < span.end), None)
        if inside is not None:
            start = inside.end
        elif text[start].isspace() or text[start] in "*•·–—-":
            start += 1
        else:
            break
    return start


def _trim_end(text: str, start: int, protected: Sequence[Span]) -> int:
    end = len(text)
    while end > start:
        inside = next((span for span in protected if span.start < end <= span.end and span.start > start), None)
        if inside is not None:
            end = inside.start
        elif text[end - 1].isspace() or text[end - 1] == "*":
            end -= 1
        else:
            break
    return end

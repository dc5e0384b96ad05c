"""The Ukrainian sentences of evaluation texts, as the program would cut them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from vistka.datatypes import Segment
from vistka.documents.plain_text import read_text
from vistka.text.segments import segment_block


def news_items(file: Path) -> list[str]:
    """Headline and text of each article of a JSONL file with `title` and `text`, in order."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [f"{row['title']}\n\n{row['text']}\n" for row in rows]


def line_items(file: Path) -> list[str]:
    """Each line that is not empty as an item."""
    return [line for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]


def sentences(items: Iterable[str]) -> Iterator[Segment]:
    """The Ukrainian segments of the items, in order; what is in another language is left out."""
    for text in items:
        for index, block in enumerate(read_text(text, "item").blocks):
            for segment in segment_block(block.text, index, block.markup):
                if segment.language == "uk":
                    yield segment

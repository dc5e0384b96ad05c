"""What a plain text says of itself: its title, source, address and time. Empty where it does not say.

News copied from a page begins with lines such as a menu, the headline, the site, the time and the headline again, and
may end in other news with headlines and times of their own. So the lines count that stand before the first sentence of
running text; a site or a time further down counts only when it is the only one in the document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from vistka.datatypes import Block
from vistka.documents.timestamps import stated_time
from vistka.text.dates import parse_timestamp

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}", re.IGNORECASE)
_URL = re.compile(r"https?://\S+", re.IGNORECASE)
_SENTENCE_END = re.compile(r"""[.;:,…]["'»”’)\]]*$""")
_LABEL = re.compile(r"\*\*[^*]+\*\*.|(?:Джерело|Источник|Source)\s*:", re.IGNORECASE)
"""`**Деталі:** …` and `Source: …` begin running text, even where it lacks its stop."""
_LONGEST_TITLE = 200
_FEWEST_TITLE_WORDS = 3
_LONGEST_META_LINE = 500


@dataclass(frozen=True, slots=True)
class TextMetadata:
    """What was found, and which blocks (by index) are the title."""

    title: str = ""
    title_blocks: frozenset[int] = frozenset()
    source: str = ""
    url: str = ""
    published: datetime | None = None


def is_meta_line(line: str) -> bool:
    """Whether the whole line is an address, the name of a site or a time."""
    line = line.strip()
    if not line or len(line) > _LONGEST_META_LINE:
        return False
    return bool(_URL.fullmatch(line) or _DOMAIN.fullmatch(line)) or parse_timestamp(line) is not None


def is_heading_like(line: str) -> bool:
    """Whether the line could be a headline by its looks: short, with words, and no sentence that ends in a stop."""
    has_words = any(character.isalpha() for character in line)
    return has_words and len(line) <= _LONGEST_TITLE and not _SENTENCE_END.search(line) and not _LABEL.match(line)


def text_metadata(blocks: Sequence[Block]) -> TextMetadata:
    """The metadata of a text from its blocks, in order; `heading` and `caption` blocks are what it looks at."""
    body = next((i for i, block in enumerate(blocks) if block.kind in ("paragraph", "quote")), len(blocks))
    lines = [(index, block.text) for index, block in enumerate(blocks) if block.kind == "caption"]
    url = _the_one([(i, text) for i, text in lines if _URL.fullmatch(text)], body)
    site = _the_one([(i, text) for i, text in lines if _DOMAIN.fullmatch(text)], body)
    time = _the_one([(i, text) for i, text in lines if stated_time(text)], body)
    first_meta = min((index for index, _ in lines if index < body), default=None)
    title = _title(blocks, body, first_meta)
    return TextMetadata(
        title=title,
        title_blocks=_repeats(blocks, body, title),
        source=site or _host(url),
        url=url,
        published=stated_time(time),
    )


def _the_one(found: Sequence[tuple[int, str]], body: int) -> str:
    """The first finding before the body, or else the only one in the document."""
    before = [text for index, text in found if index < body]
    if before:
        return before[0]
    return found[0][1] if len(found) == 1 else ""


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _title(blocks: Sequence[Block], body: int, first_meta: int | None) -> str:
    """A heading said twice; or else the one above the first address or time; or else the first above the body."""
    headings = [(index, block.text) for index, block in enumerate(blocks[:body]) if block.kind == "heading"]
    texts = [text for _, text in headings]
    repeated = next((text for text in texts if _is_title(text) and texts.count(text) > 1), "")
    if repeated:
        return repeated
    if first_meta is not None:
        above = [text for index, text in headings if index < first_meta and _is_title(text)]
        if above:
            return above[-1]
    # A headline has something under it; a single line alone is the text itself.
    return next((text for index, text in headings if _is_title(text) and index + 1 < len(blocks)), "")


def _is_title(text: str) -> bool:
    return len(text.split()) >= _FEWEST_TITLE_WORDS


def _repeats(blocks: Sequence[Block], body: int, title: str) -> frozenset[int]:
    if not title:
        return frozenset()
    return frozenset(i for i, block in enumerate(blocks[:body]) if block.kind == "heading" and block.text == title)

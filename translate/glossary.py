"""The words and set phrases whose English is known, and where they stand in a sentence, in whatever case form.

An entry is written once, in its dictionary form; a sentence is matched by the lemmas of its words, the longest
phrase first. The built-in lexicon and a user's glossaries have one format (see `lexicon/README.md`).
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from vistka.datatypes import Span
from vistka.errors import ConfigurationError
from vistka.text.lemmas import Token, lemmas, normal_word, tokens

LEXICON_FOLDER = Path(__file__).parent / "lexicon"
COLUMNS = ("lemma", "pos", "senses", "domain", "note")
_REQUIRED = ("lemma", "senses")
SENSE_SEPARATOR = " / "

PROPER = frozenset({"name", "place", "org", "abbr"})
"""Parts of speech that keep their capitals."""

# What may stand between two words of one phrase: `т. зв.`, `кв. м`, `прем'єр-міністр`, a hard-wrapped line.
_BETWEEN_WORDS = frozenset(" \t\n\r\u00a0\u202f.-‑–")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a glossary.

    Attributes:
        lemma: word or set phrase in its dictionary form.
        senses: its English, the commonest in the news first.
        pos, domain, note: as in the file; `note` may hold marks such as `exact`.
        by_user: from a user's own glossary, so a draft that does not follow it is flagged.
    """

    lemma: str
    senses: tuple[str, ...]
    pos: str = ""
    domain: str = ""
    note: str = ""
    by_user: bool = False

    @property
    def sense(self) -> str:
        """The first sense."""
        return self.senses[0]

    @property
    def is_exact(self) -> bool:
        """Whether a segment that is nothing but this phrase needs no model."""
        return self.by_user or "exact" in self.note.split()


@dataclass(frozen=True, slots=True)
class Match:
    """An entry found in a text, over `span` of it, covering `words` words."""

    entry: Entry
    span: Span
    words: int


@dataclass
class _Node:
    entry: Entry | None = None
    upper_entry: Entry | None = None
    children: dict[str, _Node] = field(default_factory=dict)


class Glossary:
    """Entries, found by lemma. A later entry replaces an earlier one of the same lemma."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        by_lemma: dict[str, Entry] = {}
        for entry in entries:
            key = _entry_key(entry)
            known = by_lemma.get(key)
            # Two lines of one lemma in the lexicon (noun and verb): the first stands, a user's word replaces both.
            if known is None or entry.by_user:
                by_lemma[key] = entry
        self.entries = tuple(by_lemma.values())
        self._root = _Node()
        for entry in self.entries:
            self._add(entry)

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def version(self) -> str:
        """Twelve hexadecimal digits that change with any entry: part of every result's recipe."""
        rows = sorted((e.lemma, e.senses, e.pos, e.note, e.by_user) for e in self.entries)
        return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()[:12]

    def _add(self, entry: Entry) -> None:
        words = tokens(entry.lemma)
        nodes = [self._root]
        for word in words:
            # Every reading of every word of the phrase leads on, since the form in the phrase may be read several ways.
            nodes = [node.children.setdefault(key, _Node()) for node in nodes for key in _keys(word, len(words) == 1)]
        for node in nodes:
            if _is_capitals(entry):
                node.upper_entry = entry
            elif node.entry is None or entry.by_user:
                node.entry = entry

    def matches(self, text: str, words: Sequence[Token] | None = None) -> list[Match]:
        """Where entries stand in `text`: left to right, the longest first, not overlapping."""
        found: list[Match] = []
        words = tokens(text) if words is None else words
        shouted = is_all_caps(text)
        index = 0
        while index < len(words):
            match = self._longest(text, words, index, shouted)
            if match is None:
                index += 1
                continue
            found.append(match)
            index += match.words
        return found

    def _longest(self, text: str, words: Sequence[Token], first: int, shouted: bool) -> Match | None:
        best: Match | None = None
        nodes = [self._root]
        for last in range(first, len(words)):
            if last > first and not _is_joined(text, words[last - 1].end, words[last].start):
                break
            keys = (normal_word(words[last].text), *lemmas(words[last].text))
            nodes = [node.children[key] for node in nodes for key in dict.fromkeys(keys) if key in node.children]
            if not nodes:
                break
            entry = _entry_of(nodes, words[first : last + 1], shouted)
            if entry is not None:
                best = Match(entry, Span(words[first].start, words[last].end), last - first + 1)
        return best

    def exact(self, text: str) -> Match | None:
        """The entry marked `exact` that is all that `text` says, but for case and punctuation around it."""
        words = tokens(text)
        match = self._longest(text, words, 0, is_all_caps(text)) if words else None
        if match is None or match.words != len(words) or not match.entry.is_exact:
            return None
        outside = text[: match.span.start] + text[match.span.end :]
        return match if not any(character.isalnum() for character in outside) else None


def _entry_key(entry: Entry) -> str:
    return entry.lemma if _is_capitals(entry) else normal_word(entry.lemma)


def _is_capitals(entry: Entry) -> bool:
    """Whether the entry is an abbreviation in capitals, so that САП does not match the horse disease `сап`."""
    letters = [c for c in entry.lemma if c.isalpha()]
    return len(letters) > 1 and all(c.isupper() for c in letters)


def is_all_caps(text: str) -> bool:
    """Whether `text` is written in capitals throughout, as some headlines are."""
    words = [w for w in tokens(text) if len(w.text) > 1 and w.text[0].isalpha()]
    letters = [c for w in words for c in w.text if c.isalpha()]
    return len(words) > 1 and sum(c.isupper() for c in letters) > 0.9 * len(letters)


def _keys(word: Token, alone: bool) -> tuple[str, ...]:
    own = normal_word(word.text)
    return (own,) if alone else tuple(dict.fromkeys((own, *lemmas(word.text))))


def _is_joined(text: str, end: int, start: int) -> bool:
    return all(character in _BETWEEN_WORDS for character in text[end:start])


def _entry_of(nodes: Sequence[_Node], words: Sequence[Token], shouted: bool) -> Entry | None:
    if shouted or all(word.text.isupper() for word in words):
        for node in nodes:
            if node.upper_entry is not None:
                return node.upper_entry
    found = [node.entry for node in nodes if node.entry is not None]
    return next((entry for entry in found if _fits_case(entry, words, shouted)), None)


def _fits_case(entry: Entry, words: Sequence[Token], shouted: bool) -> bool:
    """A name must be capitalised in the text: `Суми` is a city, `суми` are sums."""
    return shouted or entry.pos not in PROPER or not entry.lemma[:1].isupper() or words[0].is_capitalised


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        content = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigurationError(
            f"the glossary cannot be read ({error.strerror})", where=str(path), next_step="give the path of a TSV file"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            "the glossary is not UTF-8", where=str(path), next_step="save it as UTF-8 and try again"
        ) from error
    reader = csv.reader(io.StringIO(content), delimiter="\t", quoting=csv.QUOTE_NONE)
    header = next(reader, [])
    missing = [name for name in _REQUIRED if name not in header]
    unknown = [name for name in header if name not in COLUMNS]
    if missing or unknown:
        raise ConfigurationError(
            f"its first line must name the columns {', '.join(COLUMNS)} (at least {' and '.join(_REQUIRED)}), "
            f"separated by tabs; it has {', '.join(header) or 'nothing'}",
            where=f"{path}:1",
            next_step="add or mend the first line",
        )
    for row in reader:
        if any(cell.strip() for cell in row) and not row[0].startswith("#"):
            yield reader.line_num, dict(zip(header, row + [""] * (len(header) - len(row)), strict=False))


def read_entries(path: Path, *, by_user: bool = False) -> list[Entry]:
    """The entries of one TSV file.

    Raises:
        ConfigurationError: naming every line that is not right.
    """
    entries: list[Entry] = []
    faults: list[str] = []
    for line, row in _rows(path):
        lemma = row["lemma"].strip()
        senses = tuple(sense.strip() for sense in row["senses"].split(SENSE_SEPARATOR) if sense.strip())
        if not lemma or not senses:
            faults.append(f"line {line}: {'no lemma' if not lemma else 'no English'}")
            continue
        if not tokens(lemma):
            faults.append(f"line {line}: no word in {lemma!r}")
            continue
        entries.append(
            Entry(
                lemma=lemma,
                senses=senses,
                pos=row.get("pos", "").strip(),
                domain=row.get("domain", "").strip(),
                note=row.get("note", "").strip(),
                by_user=by_user,
            )
        )
    if faults:
        raise ConfigurationError("; ".join(faults), where=str(path), next_step="mend these lines")
    return entries


@lru_cache(maxsize=1)
def _lexicon_entries() -> tuple[Entry, ...]:
    return tuple(entry for path in sorted(LEXICON_FOLDER.glob("*.tsv")) for entry in read_entries(path))


@lru_cache(maxsize=8)
def load_glossary(user_files: tuple[Path, ...] = ()) -> Glossary:
    """The built-in lexicon with the user's own glossaries on top, the last file winning.

    Raises:
        ConfigurationError: a file cannot be read or is not right.
    """
    own = [entry for path in user_files for entry in read_entries(path, by_user=True)]
    return Glossary([*_lexicon_entries(), *own])

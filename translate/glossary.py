"""The words and set phrases whose English is known, and where they stand in a sentence, in whatever case form.

An entry is written once, in its dictionary form; a sentence is matched by the lemmas of its words, the longest
phrase first. The built-in lexicon and a user's glossaries have one format (see `lexicon/README.md`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from vistka.datatypes import Span
from vistka.errors import ConfigurationError
from vistka.text.lemmas import Token, lemma_set, lemmas, normal_word, tokens, word_forms

LEXICON_FOLDER = Path(__file__).parent / "lexicon"
COLUMNS = ("lemma", "pos", "senses", "domain", "note")
_REQUIRED = ("lemma", "senses")
SENSE_SEPARATOR = " / "

PROPER = frozenset({"name", "place", "org", "abbr"})
"""Parts of speech that keep their capitals."""

WHOLE_ONLY = frozenset({"label", "boilerplate"})
"""Parts of speech that are looked for as a whole segment or label, and not inside a sentence."""

# What may stand between two words of one phrase: `т. зв.`, `кв. м`, `прем'єр-міністр`, a hard-wrapped line.
_BETWEEN_WORDS = frozenset(" \t\n\r\u00a0\u202f.-‑–")
# In boilerplate also what stands in «Фото: з відкритих джерел».
_BETWEEN_WORDS_OF_A_LINE = _BETWEEN_WORDS | frozenset(':,;«»"“”')

# Marks a key of the tree that stands for one form of a word, and not for all forms of its lemma.
_FORM = "="


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a glossary.

    Attributes:
        lemma: word or set phrase in its dictionary form.
        senses: its English, the commonest in the news first.
        pos, domain, note: as in the file; `note` holds tags and remarks, separated by `;`.
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
        return self.by_user or self.has_tag("exact")

    def has_tag(self, tag: str) -> bool:
        """Whether the note has `tag` (see `lexicon/README.md`)."""
        return tag in (part.strip() for part in self.note.split(";"))


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
    waiting: list[tuple[Entry, tuple[str, ...]]] = field(default_factory=list)
    next_nodes: dict[str, _Node] = field(default_factory=dict)

    def add(self, entry: Entry, words: tuple[str, ...], *, alone: bool) -> None:
        """Hang `entry` below this node, under the words of it that are left."""
        if not words:
            self._end(entry)
            return
        # Every reading of every word of the phrase leads on, since the form in the phrase may be read several ways.
        for key in _entry_keys(entry, words[0], alone=alone):
            self.next_nodes.setdefault(key, _Node()).waiting.append((entry, words[1:]))

    def _end(self, entry: Entry) -> None:
        if _is_capitals(entry):
            self.upper_entry = entry
        elif self.entry is None or entry.by_user:
            self.entry = entry

    def opened(self) -> _Node:
        """The node itself, with all that hangs below it.

        A phrase is looked up word by word in the dictionary, and most phrases begin in no text at hand: the words
        after the first wait until one does.
        """
        for entry, words in self.waiting:
            self.add(entry, words, alone=False)
        # Cleared last: another thread that comes by hangs the same entries once more, and never finds half of them.
        self.waiting = []
        return self


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
        self._whole_root = _Node()
        for entry in self.entries:
            words = tuple(word_forms(entry.lemma))
            if entry.pos not in WHOLE_ONLY:
                self._root.add(entry, words, alone=len(words) == 1)
            if entry.is_exact:
                self._whole_root.add(entry, words, alone=len(words) == 1)

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def version(self) -> str:
        """Twelve hexadecimal digits that change with any entry: part of every result's recipe."""
        rows = sorted((e.lemma, e.senses, e.pos, e.note, e.by_user) for e in self.entries)
        return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()[:12]

    def matches(self, text: str, words: Sequence[Token] | None = None) -> list[Match]:
        """Where entries stand in `text`: left to right, the longest first, not overlapping."""
        found: list[Match] = []
        words = tokens(text) if words is None else words
        shouted = is_all_caps(text)
        index = 0
        while index < len(words):
            match = _longest(self._root, text, words, index, shouted, _BETWEEN_WORDS)
            if match is None or _is_everyday_word(match, index, shouted):
                index += 1
                continue
            found.append(match)
            index += match.words
        return found

    def exact(self, text: str) -> Match | None:
        """The entry marked `exact` that is all that `text` says, but for case and punctuation around it."""
        words = tokens(text)
        shouted = is_all_caps(text)
        match = _longest(self._whole_root, text, words, 0, shouted, _BETWEEN_WORDS_OF_A_LINE) if words else None
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


def _entry_keys(entry: Entry, word: str, *, alone: bool) -> tuple[str, ...]:
    own = normal_word(word)
    if entry.has_tag("fixed"):
        return (_FORM + own,)
    return (own,) if alone else tuple(dict.fromkeys((own, *lemma_set(word))))


def _longest(
    root: _Node, text: str, words: Sequence[Token], first: int, shouted: bool, between: frozenset[str]
) -> Match | None:
    """The longest entry that starts at word number `first`."""
    best: Match | None = None
    nodes = [root]
    for last in range(first, len(words)):
        if last > first and not all(c in between for c in text[words[last - 1].end : words[last].start]):
            break
        form = normal_word(words[last].text)
        keys = dict.fromkeys((_FORM + form, form, *lemmas(words[last].text)))
        nodes = [node.next_nodes[key].opened() for node in nodes for key in keys if key in node.next_nodes]
        if not nodes:
            break
        entry = _entry_of(nodes, words[first : last + 1], shouted)
        if entry is not None:
            best = Match(entry, Span(words[first].start, words[last].end), last - first + 1)
    return best


def _is_everyday_word(match: Match, index: int, shouted: bool) -> bool:
    """Whether a name such as Рівне may be the everyday word, since its capital says nothing there."""
    return match.words == 1 and match.entry.has_tag("homograph") and (index == 0 or shouted)


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


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str], list[str]]]:
    """Number, named cells and cells without a name of each line that holds anything."""
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
    lines = [line.split("\t") for line in content.split("\n")]
    header = [name.strip() for name in lines[0] if name.strip()]
    missing = [name for name in _REQUIRED if name not in header]
    unknown = [name for name in header if name not in COLUMNS]
    if missing or unknown:
        raise ConfigurationError(
            f"its first line must name the columns {', '.join(COLUMNS)} (at least {' and '.join(_REQUIRED)}), "
            f"separated by tabs; it has {', '.join(header) or 'nothing'}",
            where=f"{path}:1",
            next_step="add or mend the first line",
        )
    for number, row in enumerate(lines[1:], start=2):
        if any(cell.strip() for cell in row) and not row[0].startswith("#"):
            named, nameless = row[: len(header)], row[len(header) :]
            named += [""] * (len(header) - len(named))
            yield number, dict(zip(header, named, strict=True)), [cell for cell in nameless if cell.strip()]


def read_entries(path: Path, *, by_user: bool = False) -> list[Entry]:
    """The entries of one TSV file.

    Raises:
        ConfigurationError: naming every line that is not right.
    """
    entries: list[Entry] = []
    faults: list[str] = []
    for line, row, nameless in _rows(path):
        lemma = row["lemma"].strip()
        senses = tuple(sense.strip() for sense in row["senses"].split(SENSE_SEPARATOR) if sense.strip())
        if fault := _fault(lemma, senses, nameless):
            faults.append(f"line {line}: {fault}")
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


def _fault(lemma: str, senses: Sequence[str], nameless: Sequence[str]) -> str:
    """What is wrong with one line; empty where nothing is."""
    if not lemma:
        return "no lemma"
    if not senses:
        return "no English"
    if nameless:
        return f"more cells than the first line has columns ({nameless[0]})"
    return "" if word_forms(lemma) else f"no word in {lemma!r}"


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

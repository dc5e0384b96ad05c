"""One entry of a glossary, the TSV files that hold entries, and the words by which an entry is looked up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vistka.errors import ConfigurationError
from vistka.text.lemmas import lemma_set, normal_word, word_forms

COLUMNS = ("lemma", "pos", "senses", "domain", "note")
_REQUIRED = ("lemma", "senses")
SENSE_SEPARATOR = " / "

PROPER = frozenset({"name", "place", "org", "abbr"})
"""Parts of speech that keep their capitals."""

# Marks a key that stands for one form of a word, and not for all forms of its lemma.
FORM = "="


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
        return bool(self.note) and tag in (part.strip() for part in self.note.split(";"))


def entry_key(entry: Entry) -> str:
    """What two entries of one lemma have in common: the lemma, in lower case unless it is an abbreviation."""
    return entry.lemma if is_capitals(entry) else normal_word(entry.lemma)


def is_capitals(entry: Entry) -> bool:
    """Whether the entry is an abbreviation in capitals, so that САП does not match the horse disease `сап`."""
    letters = [c for c in entry.lemma if c.isalpha()]
    return len(letters) > 1 and all(c.isupper() for c in letters)


WordKeys = tuple[str, ...]
"""The lemmas (or `=` and a form) in a text that may stand for one word of an entry."""


def entry_keys(entry: Entry) -> tuple[WordKeys, ...]:
    """For each word of `entry`, what it is looked up by.

    A single word is its own lemma. In a phrase (`люди похилого віку`) a word stands in some form of its own, so every
    reading of it counts.
    """
    words = [normal_word(word) for word in word_forms(entry.lemma)]
    if entry.has_tag("fixed"):
        return tuple((FORM + word,) for word in words)
    if len(words) == 1:
        return ((words[0],),)
    return tuple((word, *sorted(lemma_set(word) - {word})) for word in words)


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
        senses = split_senses(row["senses"])
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


def split_senses(cell: str) -> tuple[str, ...]:
    """The senses of one cell, in order."""
    return tuple(sense.strip() for sense in cell.split(SENSE_SEPARATOR) if sense.strip())


def _fault(lemma: str, senses: Sequence[str], nameless: Sequence[str]) -> str:
    """What is wrong with one line; empty where nothing is."""
    if not lemma:
        return "no lemma"
    if not senses:
        return "no English"
    if nameless:
        return f"more cells than the first line has columns ({nameless[0]})"
    return "" if word_forms(lemma) else f"no word in {lemma!r}"

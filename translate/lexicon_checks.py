"""What can be checked of the lexicon without a translator: its form, its spelling, and that its words are lemmas."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from vistka.text.lemmas import readings, word_forms
from vistka.text.romanisation import romanise
from vistka.translate.lexicon_entries import COLUMNS, SENSE_SEPARATOR, Entry, split_senses

HEADER = "\t".join(COLUMNS)
POS = frozenset("noun verb adj adv name place org abbr phrase boilerplate label".split())
DOMAINS = frozenset(
    "war state law economy energy diplomacy region weather sport culture science health media general".split()
)
_WORDS = frozenset({"noun", "verb", "adj", "adv"})
_WHOLE = frozenset({"boilerplate", "label"})

# A Ukrainian word made of parts that the romanisation treats as one: `Євробачення` is no place to be romanised.
_NOT_ROMANISED = frozenset({"Євробачення"})

_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_LATIN = re.compile(r"[A-Za-z]")
_OTHER_LETTERS = re.compile("[’ʼ`ыэъёЫЭЪЁ]")
_PARTS = re.compile(r"[\s\-+/]+")


class Row(NamedTuple):
    """One line of a TSV file as it stands; `where` is `file:line`."""

    lemma: str
    pos: str
    senses: str
    domain: str
    note: str
    where: str

    @property
    def first(self) -> str:
        """The first sense."""
        return self.senses.split(SENSE_SEPARATOR)[0]

    @property
    def tags(self) -> frozenset[str]:
        """The parts of the note."""
        return frozenset(self.note.split("; "))

    def entry(self) -> Entry:
        """The row as the run time has it."""
        return Entry(self.lemma, split_senses(self.senses), self.pos, self.domain, self.note)


def read_rows(folder: Path) -> tuple[list[Row], list[str]]:
    """The rows of all TSV files of `folder`, in the order of their names, and what is wrong with the files."""
    rows: list[Row] = []
    wrong: list[str] = []
    for path in sorted(folder.glob("*.tsv")):
        text = path.read_bytes().decode("utf-8")  # carriage returns stay to be seen
        head, *lines = text.split("\n")
        if head != HEADER or lines[-1:] != [""] or "\r" in text:
            wrong.append(f"{path.name}: needs the columns {HEADER!r}, a line feed at each end of line and no other")
            continue
        for number, line in enumerate(lines[:-1], start=2):
            cells = line.split("\t")
            if len(cells) == len(COLUMNS):
                rows.append(Row._make([*cells, f"{path.name}:{number}"]))
            else:
                wrong.append(f"{path.name}:{number}: {len(cells)} columns")
    return rows, wrong


def faults(rows: Sequence[Row]) -> list[str]:
    """What is wrong with the rows, a line each, naming file, line and lemma; nothing where all is well."""
    return [fault for check in CHECKS for fault in check(rows)]


Check = Callable[[Sequence[Row]], Iterator[str]]


def _said(row: Row, what: str) -> str:
    return f"{row.where} {row.lemma}: {what}"


def repeated(rows: Sequence[Row]) -> Iterator[str]:
    """A pair of lemma and part of speech stands once."""
    counts = Counter((row.lemma, row.pos) for row in rows)
    yield from (_said(row, f"is there more than once as {row.pos}") for row in rows if counts[row.lemma, row.pos] > 1)


def misshapen(rows: Sequence[Row]) -> Iterator[str]:
    """No cell is empty or padded, no sense stands twice."""
    for row in rows:
        senses = row.senses.split(SENSE_SEPARATOR)
        if not all(row[:4]) or not all(senses) or not word_forms(row.lemma):
            yield _said(row, "a cell is empty, or has no word")
        if any(cell != " ".join(cell.split()) for cell in row[:5]):
            yield _said(row, "a cell has a space too many")
        if len(set(senses)) != len(senses):
            yield _said(row, "a sense stands twice")


def outside_the_lists(rows: Sequence[Row]) -> Iterator[str]:
    """Part of speech and domain are of the closed lists; what is matched whole is `exact`, and nothing else."""
    for row in rows:
        if row.pos not in POS or row.domain not in DOMAINS:
            yield _said(row, f"no such part of speech or domain: {row.pos}, {row.domain}")
        if ("exact" in row.tags) != (row.pos in _WHOLE):
            yield _said(row, "labels and boilerplate have the tag `exact`, and nothing else has")


def misspelt(rows: Sequence[Row]) -> Iterator[str]:
    """English has no Cyrillic; a Ukrainian word no Latin letter, no letter of Russian, no apostrophe but `'`."""
    for row in rows:
        if _CYRILLIC.search(row.senses):
            yield _said(row, "Cyrillic in the English")
        if any(_CYRILLIC.search(word) and _LATIN.search(word) for word in _PARTS.split(row.lemma)):
            yield _said(row, "a Latin letter in a Ukrainian word")
        if _OTHER_LETTERS.search(row.lemma):
            yield _said(row, "a letter that Ukrainian has not, or an apostrophe that is not '")


def is_lemma(word: str) -> bool:
    """Whether the dictionary knows `word` as a dictionary form."""
    return any(reading.known and reading.lemma == word for reading in readings(word))


def not_lemmas(rows: Sequence[Row]) -> Iterator[str]:
    """A single word is a lemma of the dictionary, or says that it is not."""
    for row in rows:
        if row.pos not in _WORDS:
            continue
        if " " in row.lemma:
            yield _said(row, f"two words, and no `phrase` but {row.pos}")
        elif is_lemma(row.lemma.lower()) == ("not-in-dictionary" in row.tags):
            marked = "has the tag `not-in-dictionary` and is" if "not-in-dictionary" in row.tags else "is not"
            yield _said(row, f"{marked} a lemma of the dictionary")


_PARTS_OF_SPEECH = {
    "noun": frozenset({"NOUN", "NPRO"}),
    "verb": frozenset({"VERB", "INFN", "GRND", "PRTF", "PRTS"}),
}


def of_another_part_of_speech(rows: Sequence[Row]) -> Iterator[str]:
    """A single word is marked as a noun or a verb only if the dictionary has it as one."""
    for row in rows:
        if row.pos not in _PARTS_OF_SPEECH or " " in row.lemma:
            continue
        known = {reading.pos for reading in readings(row.lemma) if reading.known}
        if known and known.isdisjoint(_PARTS_OF_SPEECH[row.pos]):
            yield _said(row, f"is no {row.pos}")


def romanised(rows: Sequence[Row]) -> Iterator[str]:
    """Ukrainian places and persons follow resolution 55 of 2010, or say that they do not."""
    for row in rows:
        if row.pos not in {"place", "name"} or row.lemma in _NOT_ROMANISED:
            continue
        if (romanise(row.lemma) == row.first) == ("not-kmu55" in row.tags):
            yield _said(row, f"{row.first}, by resolution 55 {romanise(row.lemma)}: see the tag `not-kmu55`")


CHECKS: tuple[Check, ...] = (
    repeated,
    misshapen,
    outside_the_lists,
    misspelt,
    not_lemmas,
    of_another_part_of_speech,
    romanised,
)


def entries_of(rows: Iterable[Row]) -> list[Entry]:
    """The rows as the run time has them, in order."""
    return [row.entry() for row in rows]

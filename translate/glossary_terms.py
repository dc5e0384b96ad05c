"""What every reader of glossary files gives: entries with their lines, and every fault instead of the first one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from vistka.text.lemmas import word_forms
from vistka.translate.lexicon_entries import Entry, entry_key

FaultSeverity = Literal["error", "warn", "info"]

_CYRILLIC = re.compile(r"[\u0400-\u052f]")
# XML has no way to write these, and no text means them.
_NO_TEXT = re.compile("[\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something to look at in a glossary file.

    Attributes:
        line: where it is, from 1; 0 = no one line.
        what: what it is, without a full stop.
        severity: `error`: the file is not read; `warn`: probably not what was meant; `info`: to know.
    """

    line: int
    what: str
    severity: FaultSeverity = "error"

    def __str__(self) -> str:
        return f"line {self.line}: {self.what}" if self.line else self.what


@dataclass(frozen=True, slots=True)
class Term:
    """An entry and the line of the file that it starts at."""

    entry: Entry
    line: int


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a glossary file holds.

    Attributes:
        terms: those without a fault, in order.
        faults: what keeps the file from being read.
        left_out: what is no fault and yet no term, such as pairs of other languages, one clause each.
    """

    terms: tuple[Term, ...]
    faults: tuple[Fault, ...]
    left_out: tuple[str, ...] = ()

    @property
    def entries(self) -> list[Entry]:
        """The entries alone."""
        return [term.entry for term in self.terms]


class Collected:
    """Terms and faults as a reader meets them."""

    def __init__(self) -> None:
        self._terms: list[Term] = []
        self._faults: list[Fault] = []
        self._left_out: dict[str, int] = {}

    def fault(self, line: int, what: str) -> None:
        """Note something that is not right."""
        self._faults.append(Fault(line, what))

    def leave_out(self, what: str) -> None:
        """Count one pair that is left out; `what` says which kind, as in `3 pairs of other languages`."""
        self._left_out[what] = self._left_out.get(what, 0) + 1

    def term(
        self, line: int, lemma: str, senses: Sequence[str], *, pos: str = "", domain: str = "", note: str = ""
    ) -> None:
        """Take a term, or note every fault of it."""
        entry = user_entry(lemma, senses, pos=pos, domain=domain, note=note)
        found = list(entry_faults(entry))
        for what in found:
            self.fault(line, what)
        if not found:
            self._terms.append(Term(replace(entry, senses=tuple(dict.fromkeys(entry.senses))), line))

    def parsed(self) -> Parsed:
        """All of it, and what is wrong between the terms."""
        repeats = [fault for fault in repeated(self._terms) if fault.severity == "error"]
        faults = sorted([*self._faults, *repeats], key=lambda fault: fault.line)
        left_out = tuple(f"{count} {what}" for what, count in self._left_out.items())
        return Parsed(tuple(self._terms), tuple(faults), left_out)


def user_entry(lemma: str, senses: Sequence[str], *, pos: str = "", domain: str = "", note: str = "") -> Entry:
    """A user's entry, each cell on one line with single spaces."""
    one_line = [" ".join(text.split()) for text in (lemma, pos, domain, note)]
    return Entry(
        lemma=one_line[0],
        senses=tuple(" ".join(sense.split()) for sense in senses),
        pos=one_line[1],
        domain=one_line[2],
        note=one_line[3],
        by_user=True,
    )


def entry_faults(entry: Entry) -> Iterator[str]:
    """Why `entry` cannot be used; nothing where it can."""
    if not entry.lemma:
        yield "no Ukrainian term"
    elif entry.lemma.startswith("#"):
        yield f"{entry.lemma} begins with #, which marks a remark"
    elif not word_forms(entry.lemma):
        yield f"no word in {entry.lemma!r}"
    yield from _sense_faults(entry)
    if any(_is_no_text(cell) for cell in (entry.lemma, *entry.senses, entry.pos, entry.domain, entry.note)):
        yield f"a control character in {entry.lemma!r}"


def _sense_faults(entry: Entry) -> Iterator[str]:
    if not entry.senses:
        yield f"no English for {entry.lemma!r}"
    elif not all(entry.senses):
        yield f"an empty English term for {entry.lemma!r}"
    elif not all(re.search(r"[^\W_]", sense) for sense in entry.senses):
        yield f"no word in the English of {entry.lemma!r}"
    if not _CYRILLIC.search(entry.lemma) and all(_CYRILLIC.search(sense) for sense in entry.senses) and entry.senses:
        yield f"{entry.lemma!r} is no Ukrainian, and its English is Cyrillic: the two may have changed places"


def _is_no_text(text: str) -> bool:
    return bool(_NO_TEXT.search(text)) or any(unicodedata.category(character) in {"Cc", "Cs"} for character in text)


def repeated(terms: Iterable[Term]) -> Iterator[Fault]:
    """Terms that stand in one file more than once; only one of them can count."""
    before: dict[str, Term] = {}
    for term in terms:
        key = entry_key(term.entry)
        first = before.setdefault(key, term)
        if first is term:
            continue
        same_pos, same_english = first.entry.pos == term.entry.pos, first.entry.senses == term.entry.senses
        at = f"{term.entry.lemma!r} stands in line {first.line} too"
        if same_english:
            yield Fault(term.line, at, "warn")
        elif same_pos:
            yield Fault(term.line, f"{at}, with other English ({first.entry.sense})")
        else:
            yield Fault(
                term.line, f"{at}, as {first.entry.pos or 'no part of speech'}; only the last one counts", "warn"
            )
        before[key] = term

"""A glossary file that terms are added to and taken from, by several programs at once if need be.

Only the terms that change are rewritten: remarks, blank lines and the order of a file that a person keeps stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from vistka.documents.write import write_path
from vistka.errors import ConfigurationError, ResourceError, UsageError, VistkaError
from vistka.translate.glossary_files import (
    file_bytes,
    format_of,
    parse_glossary,
    require_faultless,
    user_glossary_path,
)
from vistka.translate.glossary_tables import PAIR_COLUMNS, table_row, tsv_columns
from vistka.translate.glossary_terms import Parsed, Term
from vistka.translate.glossary_toml import HEAD, toml_term
from vistka.translate.lexicon_entries import COLUMNS, Entry, entry_key

LOCK_TIMEOUT_S = 10.0
"""How long a writer waits for another one."""

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Put:
    """What came of adding terms.

    Attributes:
        added: those whose lemma was new.
        replaced: (before, now) of those whose lemma was there with something else.
        known: those that were there just so.
    """

    added: tuple[Entry, ...]
    replaced: tuple[tuple[Entry, Entry], ...]
    known: tuple[Entry, ...]


class GlossaryStore:
    """One TOML or TSV file of terms. The first term makes it.

    Args:
        path: the file; None = the user's own glossary.
        lock_timeout_s: how long a writer waits for another.
    """

    def __init__(self, path: Path | None = None, *, lock_timeout_s: float = LOCK_TIMEOUT_S) -> None:
        # A link is followed, so that two names of one file share one lock.
        self.path = (path or user_glossary_path()).resolve()
        self._is_own = path is None
        self._lock_timeout_s = lock_timeout_s

    def entries(self) -> list[Entry]:
        """The terms, in the order of the file; none where there is no file yet.

        Raises:
            ConfigurationError: the file cannot be read or has faults.
        """
        return self._parsed(self._text()).entries

    def put(self, entries: Sequence[Entry]) -> Put:
        """Add terms; one whose lemma is there already takes the place of what is there.

        Raises:
            UsageError: the file is of a format that is not edited, or has no column for what a term holds.
            ConfigurationError: the file cannot be read or has faults.
            ResourceError: no room, or another program holds the file.
            InputError: the file or its folder may not be written to.
        """
        latest = {entry_key(entry): entry for entry in entries}
        with self._locked():
            text = self._text()
            before = {entry_key(term.entry): term.entry for term in self._parsed(text).terms}
            changed = {key: entry for key, entry in latest.items() if before.get(key) != entry}
            done = Put(
                added=tuple(entry for key, entry in changed.items() if key not in before),
                replaced=tuple((before[key], entry) for key, entry in changed.items() if key in before),
                known=tuple(entry for key, entry in latest.items() if key not in changed),
            )
            if changed:
                self._write(text, changed, frozenset(changed))
        return done

    def remove(self, lemma: str) -> list[Entry]:
        """Take out every entry of `lemma`; they are returned.

        Raises:
            UsageError: there is none, or the file is of a format that is not edited.
            ConfigurationError, ResourceError, InputError: as for `put`.
        """
        key = entry_key(Entry(" ".join(lemma.split()), ()))
        with self._locked():
            text = self._text()
            found = [term.entry for term in self._parsed(text).terms if entry_key(term.entry) == key]
            if not found:
                raise UsageError(
                    f"no term {lemma!r}", where=str(self.path), next_step="see `vistka glossary list --search`"
                )
            self._write(text, {}, frozenset({key}))
        return found

    def _text(self) -> str:
        """The file decoded, its byte-order mark kept."""
        if not self.path.exists():
            return ""
        try:
            return file_bytes(self.path).decode("utf-8")
        except UnicodeDecodeError as error:
            raise ConfigurationError(
                "the glossary is not UTF-8", where=str(self.path), next_step="save it as UTF-8 and try again"
            ) from error

    def _parsed(self, text: str) -> Parsed:
        parsed = parse_glossary(text.encode(), format_of(self.path))
        require_faultless(parsed, str(self.path))
        return parsed

    @contextmanager
    def _locked(self) -> Iterator[None]:
        if format_of(self.path) not in _EDITORS:
            raise UsageError(
                "terms are added to and removed from .toml and .tsv files alone",
                where=str(self.path),
                next_step="import the file, or convert it with `vistka glossary export --glossary FILE NEW.toml`",
            )
        from filelock import FileLock, Timeout

        if not self._is_own and not self.path.parent.is_dir():
            raise UsageError("no such folder", where=str(self.path.parent), next_step="make it first")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.path.with_name(f".{self.path.name}.lock"), timeout=self._lock_timeout_s)
            with lock:
                yield
        except Timeout as error:
            raise ResourceError(
                f"another program has been writing to it for {self._lock_timeout_s:g} s",
                where=str(self.path),
                next_step="try again when it is done",
            ) from error
        except OSError as error:
            raise ResourceError(
                f"cannot be written to ({error.strerror or error})",
                where=str(self.path),
                next_step="name another file with --glossary",
            ) from error

    def _write(self, text: str, changed: dict[str, Entry], gone: frozenset[str]) -> None:
        """Take the terms of `gone` out of the text and put those of `changed` there or at the end."""
        glossary_format = format_of(self.path)
        terms = parse_glossary(text.encode(), glossary_format).terms
        mark, text = text[: text.startswith(_BOM)], text.removeprefix(_BOM)
        edited = mark + _EDITORS[glossary_format](text, terms, changed, gone)
        self._require_change(edited, terms, changed, gone)
        write_path(self.path, edited.encode())

    def _require_change(
        self, edited: str, terms: Sequence[Term], changed: dict[str, Entry], gone: frozenset[str]
    ) -> None:
        """Make sure that the new text says what was wanted and nothing else, before it takes the file's place."""
        try:
            got = self._parsed(edited).entries
        except VistkaError:
            got = []
        kept = [term.entry for term in terms if entry_key(term.entry) not in gone]
        if sorted(map(repr, got)) != sorted(map(repr, [*kept, *changed.values()])):
            raise UsageError(
                "the file cannot hold this change without losing something",
                where=str(self.path),
                next_step="edit it by hand, or convert it to TOML with `vistka glossary export`",
            )


_Editor = Callable[[str, Sequence[Term], dict[str, Entry], frozenset[str]], str]


def _edit_toml(text: str, terms: Sequence[Term], changed: dict[str, Entry], gone: frozenset[str]) -> str:
    starts = [match.start() for match in HEAD.finditer(text)]
    if len(starts) != len(terms):
        return text  # not as expected (`[[term]]` inside a text): the caller sees that nothing changed
    line_end = "\r\n" if "\r\n" in text else "\n"
    waiting = dict(changed)
    parts = [text[: starts[0]] if starts else text]
    for term, start, end in zip(terms, starts, [*starts, len(text)][1:], strict=True):
        if entry_key(term.entry) not in gone:
            parts.append(text[start:end])
            continue
        entry = waiting.pop(entry_key(term.entry), None)
        parts.append(_ended(toml_term(entry), line_end) if entry else "")
        parts.append(_after_term(text[start:end]))
    return _joined_toml("".join(parts), [toml_term(entry) for entry in waiting.values()], line_end)


def _after_term(block: str) -> str:
    """The blank lines and remarks at the end of a term: they may belong to the next one."""
    lines = block.splitlines(keepends=True)
    last = max(index for index, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#"))
    return "".join(lines[last + 1 :])


def _joined_toml(text: str, blocks: Sequence[str], line_end: str) -> str:
    for block in blocks:
        if text.strip():
            text = text.rstrip(" \t\r\n") + line_end * 2
        text += _ended(block, line_end)
    return text


def _ended(block: str, line_end: str) -> str:
    return block.replace("\n", line_end)


def _edit_tsv(text: str, terms: Sequence[Term], changed: dict[str, Entry], gone: frozenset[str]) -> str:
    line_end = "\r\n" if "\r\n" in text else "\n"
    # `Fault` and `Term` count lines by their line feeds alone, as the reader does.
    lines = text.split("\n")
    if not text.strip():
        lines = ["\t".join(COLUMNS), ""]
    columns = tsv_columns("\n".join(lines))
    waiting = dict(changed)
    by_line = {term.line - 1: entry_key(term.entry) for term in terms if entry_key(term.entry) in gone}
    kept: list[str] = []
    for number, line in enumerate(lines):
        if number not in by_line:
            kept.append(line)
        elif entry := waiting.pop(by_line[number], None):
            kept.append(_tsv_line(entry, columns) + ("\r" if line.endswith("\r") else ""))
    whole = "\n".join(kept)
    for entry in waiting.values():
        whole += "" if not whole or whole.endswith("\n") else line_end
        whole += _tsv_line(entry, columns) + line_end
    return whole


def _tsv_line(entry: Entry, columns: Sequence[str]) -> str:
    row = dict(zip(COLUMNS, table_row(entry), strict=True))
    row |= dict(zip(PAIR_COLUMNS, (entry.lemma, row["senses"], "uk", "en"), strict=True))
    return "\t".join(row[column] for column in columns)


_EDITORS: dict[str, _Editor] = {"toml": _edit_toml, "tsv": _edit_tsv}

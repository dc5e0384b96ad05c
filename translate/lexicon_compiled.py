"""The built-in lexicon as the run time loads it: one file in which every entry stands beside its lookup keys.

The file is made from the TSV files and from CLDR by `tools/build_lexicon.py`. Its first line is a JSON object (format,
number of entries, version); each line after it is an entry: its keys (for each word its lemmas, joined by `|`, the
words separated by spaces; nothing where that is the lemma of the entry itself), then the five columns of the TSV files.
The dictionary is not needed to load it, and an entry is parsed when a text first has its first word.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

from vistka.errors import ConfigurationError
from vistka.translate.lexicon_entries import SENSE_SEPARATOR, Entry, WordKeys, entry_key, entry_keys, split_senses

COMPILED_LEXICON = Path(__file__).parent / "lexicon" / "compiled.txt"
_FORMAT = 1
_NEXT_STEP = "install Vistka again, or run `python tools/build_lexicon.py` in a checkout"


class CompiledLexicon:
    """The entries of one compiled file."""

    def __init__(self, version: str, lines: Sequence[str]) -> None:
        self.version = version
        self._lines = lines
        # One number by itself, where most words open one entry only: lists for all would take longer to make.
        index: dict[str, int | list[int]] = {}
        for number, line in enumerate(lines):
            keys, lemma, _ = line.split("\t", 2)
            first = (keys or lemma).partition(" ")[0]
            for key in first.split("|") if "|" in first else (first,):
                known = index.get(key)
                if known is None:
                    index[key] = number
                elif isinstance(known, int):
                    index[key] = [known, number]
                else:
                    known.append(number)
        self._index = index

    def starting(self, key: str) -> list[tuple[Entry, tuple[WordKeys, ...]]]:
        """The entries whose first word may be `key`, each with the keys of its words, in the order of the lexicon."""
        found = self._index.get(key, [])
        numbers = [found] if isinstance(found, int) else found
        return [(_entry(self._lines[number]), _keys(self._lines[number])) for number in numbers]

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """All entries."""
        return tuple(_entry(line) for line in self._lines)


def _entry(line: str) -> Entry:
    _keys, lemma, pos, senses, domain, note = line.split("\t")
    return Entry(lemma, split_senses(senses), pos, domain, note)


def _keys(line: str) -> tuple[WordKeys, ...]:
    cell, lemma, _rest = line.split("\t", 2)
    return tuple(tuple(word.split("|")) for word in (cell or lemma).split(" "))


def distinct(entries: Iterable[Entry]) -> list[Entry]:
    """`entries` with each pair of lemma and part of speech once, the first one standing.

    Two parts of speech of one lemma (`мати`, mother and have) both stay: the sentence decides.
    """
    return list({(entry_key(entry), entry.pos): entry for entry in reversed(list(entries))}.values())[::-1]


def version_of(entries: Iterable[Entry]) -> str:
    """Twelve hexadecimal digits that change with any entry, and not with the order."""
    rows = sorted((e.lemma, e.senses, e.pos, e.note, e.by_user) for e in entries)
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()[:12]


def compiled(entries: Iterable[Entry]) -> str:
    """The compiled file: the same for the same entries."""
    kept = distinct(entries)
    head = {"format": _FORMAT, "entries": len(kept), "version": version_of(kept)}
    lines = ["\t".join((_keys_cell(e), e.lemma, e.pos, SENSE_SEPARATOR.join(e.senses), e.domain, e.note)) for e in kept]
    return "\n".join([json.dumps(head), *lines, ""])


def _keys_cell(entry: Entry) -> str:
    keys = " ".join("|".join(word) for word in entry_keys(entry))
    return "" if keys == entry.lemma else keys


def load_compiled(path: Path = COMPILED_LEXICON) -> CompiledLexicon:
    """Read a compiled file.

    Raises:
        ConfigurationError: it is missing, cut off or of another version of Vistka.
    """
    try:
        head, *lines = path.read_text(encoding="utf-8").split("\n")
        found = json.loads(head)
        if found["format"] != _FORMAT or found["entries"] != len(lines) - 1 or lines.pop():
            raise ConfigurationError("the built-in lexicon is damaged", where=str(path), next_step=_NEXT_STEP)
        return CompiledLexicon(str(found["version"]), lines)
    except OSError as error:
        raise ConfigurationError(
            f"the built-in lexicon cannot be read ({error.strerror})", where=str(path), next_step=_NEXT_STEP
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigurationError("the built-in lexicon is damaged", where=str(path), next_step=_NEXT_STEP) from error

"""The built-in lexicon as the run time loads it: one file of entries, sorted by what they are looked up by.

The file is made from the TSV files and from CLDR by `tools/build_lexicon.py`. Its first line is a JSON object
(format, number of entries and of lines, version). Each line after it is a key, which a word of a text may have, and
an entry that begins with it: the entry's keys (for each word its lemmas, joined by `|`, the words separated by
spaces; nothing where that is the lemma of the entry itself), then the five columns of the TSV files. An entry whose
first word has several lemmas has a line for each. The lines are in the order of their keys' bytes, those of one key
in the order of the lexicon: loading is no more than cutting the file into lines, and an entry is parsed when a text
has its first word.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

from vistka.errors import ConfigurationError
from vistka.translate.lexicon_entries import SENSE_SEPARATOR, Entry, WordKeys, entry_key, entry_keys, split_senses

COMPILED_LEXICON = Path(__file__).parent / "lexicon" / "compiled.txt"
_FORMAT = 2
_NEXT_STEP = "install Vistka again, or run `python tools/build_lexicon.py` in a checkout"


class CompiledLexicon:
    """The entries of one compiled file.

    Args:
        version: see `version_of`.
        lines: of the file, in its order, in UTF-8.
    """

    def __init__(self, version: str, lines: Sequence[bytes]) -> None:
        self.version = version
        self._lines = lines

    def starting(self, key: str) -> list[tuple[Entry, tuple[WordKeys, ...]]]:
        """The entries whose first word may be `key`, each with the keys of its words, in the order of the lexicon."""
        start = f"{key}\t".encode()
        found: list[tuple[Entry, tuple[WordKeys, ...]]] = []
        for number in range(bisect_left(self._lines, start), len(self._lines)):
            if not self._lines[number].startswith(start):
                break
            line = self._lines[number].decode()
            found.append((_entry(line), _keys(line)))
        return found

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, in the order of their keys."""
        lines = (line.decode() for line in self._lines)
        return tuple(_entry(line) for line in lines if _is_first(line))


def _entry(line: str) -> Entry:
    _key, _keys, lemma, pos, senses, domain, note = line.split("\t")
    return Entry(lemma, split_senses(senses), pos, domain, note)


def _is_first(line: str) -> bool:
    """Whether the line is the first one of its entry: each entry has one such line."""
    return line.partition("\t")[0] == _keys(line)[0][0]


def _keys(line: str) -> tuple[WordKeys, ...]:
    _key, cell, lemma, _rest = line.split("\t", 3)
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
    lines = [(key, _line(entry)) for entry in kept for key in entry_keys(entry)[0]]
    # By bytes, as they are looked for; sorting leaves those of one key in their order.
    lines.sort(key=lambda line: line[0].encode() + b"\t")
    head = {"format": _FORMAT, "entries": len(kept), "lines": len(lines), "version": version_of(kept)}
    return "\n".join([json.dumps(head), *("\t".join(line) for line in lines), ""])


def _line(entry: Entry) -> str:
    senses = SENSE_SEPARATOR.join(entry.senses)
    return "\t".join((_keys_cell(entry), entry.lemma, entry.pos, senses, entry.domain, entry.note))


def _keys_cell(entry: Entry) -> str:
    keys = " ".join("|".join(word) for word in entry_keys(entry))
    return "" if keys == entry.lemma else keys


def load_compiled(path: Path = COMPILED_LEXICON) -> CompiledLexicon:
    """Read a compiled file.

    Raises:
        ConfigurationError: it is missing, cut off or of another version of Vistka.
    """
    try:
        head, *lines = path.read_bytes().split(b"\n")
        found = json.loads(head)
        if found["format"] != _FORMAT or found["lines"] != len(lines) - 1 or lines.pop():
            raise ConfigurationError("the built-in lexicon is damaged", where=str(path), next_step=_NEXT_STEP)
        return CompiledLexicon(str(found["version"]), lines)
    except OSError as error:
        raise ConfigurationError(
            f"the built-in lexicon cannot be read ({error.strerror})", where=str(path), next_step=_NEXT_STEP
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigurationError("the built-in lexicon is damaged", where=str(path), next_step=_NEXT_STEP) from error

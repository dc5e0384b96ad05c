"""What is kept of a correction, and what may be one."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from vistka.errors import InputError
from vistka.text.protected import protected_spans

EntryKind = Literal["correction", "undo", "redo"]
EntryState = Literal["active", "superseded", "undone", ""]

MAX_CHARS = 20_000
"""Characters of a source or a target. A correction is made for a segment, and no segment is longer."""

_MAX_AUTHOR_CHARS = 200
_FIRST_YEAR = 1970
_CLOCKS_DIFFER = timedelta(minutes=5)
# What no XML file can hold (XML 1.0, section 2.2), lone surrogates among it: such a correction could never leave again.
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """The English that a person wants for a Ukrainian segment.

    Attributes:
        source: the segment.
        target: the person's words.
        author: who says so; may be empty.
        date: when, in UTC, to the second; None = when it is stored.
        model, revision: the model whose draft was corrected; empty where it is not known.
        glossary: version of the glossary of that draft.
        source_language, target_language: codes of ISO 639-1.
    """

    source: str
    target: str
    author: str = ""
    date: datetime | None = None
    model: str = ""
    revision: str = ""
    glossary: str = ""
    source_language: str = "uk"
    target_language: str = "en"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the journal.

    Attributes:
        id: its number; later rows have higher ones.
        kind: `correction`; `undo` takes one back, `redo` puts it in force again.
        about: for `undo` and `redo` the id of the correction; None for a correction.
        date: when, in UTC.
        correction: the correction itself, also in the rows about it, with its own author and date.
        author: who wrote this row.
        state: of a correction: `active` is in force, `superseded` gave way to a newer one of its source, `undone` was
            taken back. Empty for other rows.
    """

    id: int
    kind: EntryKind
    about: int | None
    date: datetime
    author: str
    correction: Correction
    state: EntryState


def checked(correction: Correction, *, now: datetime) -> Correction:
    """`correction` as it is stored: ends stripped, date set; the words in between stay as they are.

    Raises:
        InputError: source or target is empty, too long, holds what is no text, or leaves out an address, handle, tag or
            placeholder of the source; or the date lies in the future.
    """
    source, target = correction.source.strip(), correction.target.strip()
    for name, text in (("source", source), ("target", target)):
        _check_text(name, text)
    author = " ".join(correction.author.split())
    if len(author) > _MAX_AUTHOR_CHARS:
        raise InputError(f"the author's name has more than {_MAX_AUTHOR_CHARS} characters")
    for name, text in (
        ("author's name", author),
        ("model's name", correction.model),
        ("model's revision", correction.revision),
        ("glossary's version", correction.glossary),
    ):
        _check_characters(name, text)
    left_out = lost_spans(source, target)
    if left_out:
        raise InputError(
            f"the target leaves out or adds {', '.join(left_out)}",
            next_step="addresses, handles, tags and placeholders come out as they went in",
        )
    date = (correction.date or now).astimezone(UTC).replace(microsecond=0)
    if date.year < _FIRST_YEAR:
        raise InputError(f"the date {date.isoformat()} is before {_FIRST_YEAR}")
    if date > now + _CLOCKS_DIFFER:
        raise InputError(f"the date {iso(date)} lies in the future")
    return replace(correction, source=source, target=target, author=author, date=date)


def _check_text(name: str, text: str) -> None:
    if not text:
        raise InputError(f"the {name} is empty")
    if len(text) > MAX_CHARS:
        raise InputError(
            f"the {name} has {len(text)} characters, more than {MAX_CHARS}", next_step="correct one sentence at a time"
        )
    _check_characters(name, text)


def _check_characters(name: str, text: str) -> None:
    odd = _NOT_TEXT.search(text)
    if odd:
        raise InputError(f"the {name} holds U+{ord(odd.group()):04X}, which is no text", next_step="leave it out")


def lost_spans(source: str, target: str) -> list[str]:
    """Addresses, handles, tags and the like that one of the two has more often than the other, each once."""
    there, here = (_protected(text) for text in (source, target))
    return [piece for piece in dict.fromkeys([*there, *here]) if there.count(piece) != here.count(piece)]


def _protected(text: str) -> list[str]:
    return [span.of(text) for span in protected_spans(text)]


def iso(date: datetime) -> str:
    """`date` in UTC as `2026-01-31T09:05:00Z`."""
    return date.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_iso(text: str) -> datetime:
    """The date that `iso` wrote."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)

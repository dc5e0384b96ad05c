"""Glossary files of every format, in and out: TSV, CSV, DeepL's pairs, TOML, TBX.

What is told here is what keeps a file from being read; `glossary_check` looks for what is merely doubtful.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from vistka.errors import ConfigurationError, UsageError
from vistka.translate.glossary_tables import read_csv, read_tsv, write_csv, write_pairs, write_tsv
from vistka.translate.glossary_tbx_read import read_tbx
from vistka.translate.glossary_tbx_write import write_tbx
from vistka.translate.glossary_terms import Fault, Parsed
from vistka.translate.glossary_toml import read_toml, write_toml
from vistka.translate.lexicon_entries import Entry

Format = Literal["tsv", "csv", "deepl", "toml", "tbx", "tbx-2008"]
FORMATS: tuple[Format, ...] = ("tsv", "csv", "deepl", "toml", "tbx", "tbx-2008")

PATH_VARIABLE = "VISTKA_GLOSSARY"
MAX_GLOSSARY_MIB = 64.0

_BY_SUFFIX: dict[str, Format] = {
    ".tsv": "tsv",
    ".tab": "tsv",
    ".txt": "tsv",
    ".csv": "csv",
    ".toml": "toml",
    ".tbx": "tbx",
    ".xml": "tbx",
}
_SHOWN_FAULTS = 20


def user_glossary_path() -> Path:
    """The user's own glossary: VISTKA_GLOSSARY, else `glossary.toml` in the user's data folder. It may not be there."""
    named = os.environ.get(PATH_VARIABLE)
    if named:
        return Path(named).expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("vistka", appauthor=False) / "glossary.toml"


def glossaries_in_force(named: Iterable[Path] = ()) -> tuple[Path, ...]:
    """The files of a run, the last one winning: the user's own glossary where there is one, then those `named`."""
    own = user_glossary_path()
    return (*([own] if own.exists() else []), *named)


def format_of(name: str | Path, named: str | None = None) -> Format:
    """The format that a person named, else the one that the file's suffix stands for.

    Raises:
        UsageError: no such format, or the suffix says nothing.
    """
    accepted = "use one of " + ", ".join(FORMATS)
    if named:
        found = next((known for known in FORMATS if known == named.lower()), None)
        if found is None:
            raise UsageError(f"no such format: {named}", where="--format", next_step=accepted)
        return found
    suffix = Path(name).suffix.lower()
    if suffix not in _BY_SUFFIX:
        said = f"{suffix!r} is the suffix of no glossary format" if suffix else "no suffix tells the format"
        raise UsageError(said, where=str(name), next_step=f"name it with --format; {accepted}")
    return _BY_SUFFIX[suffix]


_TEXT_READERS: dict[Format, Callable[[str], Parsed]] = {
    "tsv": read_tsv,
    "csv": read_csv,
    "deepl": read_csv,
    "toml": read_toml,
}


def parse_glossary(data: bytes, glossary_format: Format) -> Parsed:
    """The terms and the faults of a whole file, as bytes."""
    if len(data) > MAX_GLOSSARY_MIB * 2**20:
        return Parsed((), (Fault(0, f"more than {MAX_GLOSSARY_MIB:g} MiB; split the file"),))
    if glossary_format in ("tbx", "tbx-2008"):
        return read_tbx(data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Parsed((), (Fault(line, "not UTF-8; save the file as UTF-8"),))
    return _TEXT_READERS[glossary_format](text)


def require_faultless(parsed: Parsed, name: str) -> None:
    """Refuse a file with a fault in it.

    Raises:
        ConfigurationError: with every fault and its line; of more than 20 the first ones and how many there are.
    """
    if not parsed.faults:
        return
    more = len(parsed.faults) - _SHOWN_FAULTS
    shown = "; ".join(str(fault) for fault in parsed.faults[:_SHOWN_FAULTS]) + (
        f"; and {more} more" if more > 0 else ""
    )
    raise ConfigurationError(shown, where=name, next_step="mend the file; `vistka glossary check` shows all of it")


def read_glossary(path: Path, glossary_format: str | None = None) -> list[Entry]:
    """The user's entries in a file of any format, in order, each `by_user`.

    Args:
        path: the file.
        glossary_format: one of `FORMATS`; None = by the suffix, and for an unknown suffix TSV.

    Raises:
        ConfigurationError: the file cannot be read, or naming every line that is not right.
        UsageError: no such format.
    """
    if glossary_format is None and path.suffix.lower() not in _BY_SUFFIX:
        glossary_format = "tsv"
    parsed = parse_glossary(file_bytes(path), format_of(path, glossary_format))
    require_faultless(parsed, str(path))
    return parsed.entries


def file_bytes(path: Path) -> bytes:
    """A glossary file whole, or the beginning of one that is too large.

    Raises:
        ConfigurationError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(int(MAX_GLOSSARY_MIB * 2**20) + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise ConfigurationError(
            f"the glossary cannot be read ({why})", where=str(path), next_step="give the path of a glossary file"
        ) from error


@dataclass(frozen=True, slots=True)
class Written:
    """A glossary as a file.

    Attributes:
        data: the whole file, UTF-8.
        losses: what the format could not hold, one clause each.
    """

    data: bytes
    losses: tuple[str, ...]


_TEXT_WRITERS: dict[Format, Callable[[Sequence[Entry]], tuple[str, list[str]]]] = {
    "tsv": write_tsv,
    "csv": write_csv,
    "deepl": write_pairs,
    "toml": write_toml,
}


def write_glossary(entries: Sequence[Entry], glossary_format: Format) -> Written:
    """`entries` as a file; reading it gives the same entries but for the losses that are named."""
    if glossary_format in ("tbx", "tbx-2008"):
        return Written(write_tbx(entries, edition=2008 if glossary_format == "tbx-2008" else 2019), ())
    text, losses = _TEXT_WRITERS[glossary_format](entries)
    return Written(text.encode(), tuple(losses))

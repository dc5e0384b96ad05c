"""House style as data: `style/*.toml`, or a file of the user's own, read with every fault at once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

from vistka.accepted_values import Check, NotAcceptedError, all_faults, flag, one_of, text
from vistka.errors import ConfigurationError

STYLE_FOLDER = Path(__file__).parents[1] / "style"
DEFAULT_STYLE = "default"
_SHOWN_CHARS = 60
_MAX_EXTENDS = 4

Table = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HouseStyle:
    """How a newsroom writes. Every field is one key of the file; see the remarks in `style/default.toml`.

    Attributes:
        name: the id of a built-in style, or the path of the file.
        description: one line for a person.
        date_form: `day-month` or `month-day`.
        short_months: `Dec. 5` for `December 5`.
        relative_days: `date`, `weekday` or `keep`: what stands for "yesterday" and "today".
        ending: `ise`, `ize` or `keep`; stems: of the verbs that have either.
        words: spelling → the spelling of this house, lower case.
        titles: title, lower case → how it stands before a name; not_before: words after which it is none.
        agencies: variant → the agency's name.
        percent: `%`, `per cent` or `percent`.
        words_below: counts below this are written in words.
        marks: `curly`, `straight` or `keep`.
        serial_comma: `remove`, `add` or `keep`.
        abbreviations: words that stay in capitals in a headline; labels: what is taken off its start;
            clickbait: phrases that a headline must not have.
    """

    name: str
    description: str
    date_form: str
    short_months: bool
    relative_days: str
    ending: str
    stems: tuple[str, ...]
    words: Table
    titles: Table
    not_before: tuple[str, ...]
    agencies: Table
    percent: str
    words_below: int
    marks: str
    serial_comma: str
    abbreviations: tuple[str, ...]
    labels: tuple[str, ...]
    clickbait: tuple[str, ...]


def _below_ten(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 10:
        raise NotAcceptedError("a whole number from 0 to 10")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        raise NotAcceptedError("a list of texts")
    return tuple(value)


def _table(value: object) -> Table:
    if not isinstance(value, dict) or not all(isinstance(one, str) and one.strip() for one in value.values()):
        raise NotAcceptedError("a table of texts")
    return tuple((key.lower(), one) for key, one in value.items())


def _variants(value: object) -> Table:
    if not isinstance(value, dict):
        raise NotAcceptedError("a table of lists of texts")
    return tuple((variant, name) for name, variants in value.items() for variant in _texts(variants))


# Section → key → (field, check). The key "" is the section itself.
_FIELDS: dict[str, dict[str, tuple[str, Check]]] = {
    "dates": {
        "form": ("date_form", one_of("day-month", "month-day")),
        "short_months": ("short_months", flag),
        "relative_days": ("relative_days", one_of("date", "weekday", "keep")),
    },
    "spelling": {
        "ending": ("ending", one_of("ise", "ize", "keep")),
        "stems": ("stems", _texts),
        "words": ("words", _table),
    },
    "titles": {"before_name": ("titles", _table), "not_before": ("not_before", _texts)},
    "agencies": {"": ("agencies", _variants)},
    "numbers": {
        "percent": ("percent", one_of("%", "per cent", "percent")),
        "words_below": ("words_below", _below_ten),
    },
    "quotes": {"marks": ("marks", one_of("curly", "straight", "keep"))},
    "lists": {"serial_comma": ("serial_comma", one_of("remove", "add", "keep"))},
    "headline": {
        "abbreviations": ("abbreviations", _texts),
        "labels": ("labels", _texts),
        "clickbait": ("clickbait", _texts),
    },
}
_TOP: dict[str, Check] = {"description": text, "extends": text}


def style_names() -> list[str]:
    """The ids of the built-in styles."""
    return sorted(path.stem for path in STYLE_FOLDER.glob("*.toml"))


@lru_cache(maxsize=8)
def load_style(name: str = DEFAULT_STYLE) -> HouseStyle:
    """A built-in style by its id, or a style file by its path.

    Raises:
        ConfigurationError: there is no such style, or one error that names every fault of it.
    """
    faults: list[str] = []
    values = _values(name, faults, 0)
    if values is not None and not faults:
        faults += [f"{_shown(name)}: {field} is missing" for field in _missing(values)]
    if faults or values is None:
        raise ConfigurationError(all_faults(faults), next_step="correct every one of them")
    return HouseStyle(name=name, **values)


def _missing(values: Mapping[str, Any]) -> list[str]:
    needed = [
        (field, f"[{section}] {key}".rstrip()) for section, keys in _FIELDS.items() for key, (field, _) in keys.items()
    ]
    return [where for field, where in [*needed, ("description", "description")] if field not in values]


def _path(name: str) -> Path:
    built_in = STYLE_FOLDER / f"{name}.toml"
    return built_in if name in style_names() else Path(name).expanduser()


def _shown(name: str) -> str:
    return str(_path(name))


def _values(name: str, faults: list[str], depth: int) -> dict[str, Any] | None:
    """The fields that the style and what it extends give; None where there is nothing to read."""
    raw = _raw(name, faults)
    if raw is None:
        return None
    reader = _Reader(_shown(name), faults)
    own = reader.values(raw)
    below = raw.get("extends")
    if below is None or not isinstance(below, str):
        return own
    if depth >= _MAX_EXTENDS:
        faults.append(f"{_shown(name)}: extends more than {_MAX_EXTENDS} styles, or itself")
        return own
    # A table or list that is given takes the place of the other whole.
    return (_values(below, faults, depth + 1) or {}) | own


def _raw(name: str, faults: list[str]) -> dict[str, Any] | None:
    path = _path(name)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        faults.append(f"no such style: {name} (built in are {', '.join(style_names())}; or give the path of a file)")
    except OSError as error:
        faults.append(f"{path}: cannot be read ({error.strerror or error})")
    except UnicodeDecodeError:
        faults.append(f"{path}: is not UTF-8 text")
    except tomllib.TOMLDecodeError as error:
        faults.append(f"{path}: is not TOML ({error})")
    except ValueError as error:
        faults.append(f"{name!r}: is not the name of a file ({error})")
    return None


class _Reader:
    """Reads one file and notes every fault it meets."""

    def __init__(self, file: str, faults: list[str]) -> None:
        self.file = file
        self.faults = faults

    def values(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Field → value, of every key that is right."""
        found: dict[str, Any] = {}
        for key, value in raw.items():
            if key in _TOP:
                self._check("the top of the file", key, value, "" if key == "extends" else key, _TOP[key], found)
            elif key not in _FIELDS:
                self._unknown("the top of the file", key, [*_TOP, *_FIELDS])
            elif "" in _FIELDS[key]:
                field, check = _FIELDS[key][""]
                self._check("the top of the file", key, value, field, check, found)
            else:
                self._section(key, value, found)
        return found

    def _section(self, section: str, table: object, found: dict[str, Any]) -> None:
        if not isinstance(table, dict):
            self.faults.append(f"{self.file}: {section} is not a table [{section}]")
            return
        known = _FIELDS[section]
        for key, value in table.items():
            if key in known:
                field, check = known[key]
                self._check(f"[{section}]", key, value, field, check, found)
            else:
                self._unknown(f"[{section}]", key, list(known))

    def _check(self, where: str, key: str, value: object, field: str, check: Check, found: dict[str, Any]) -> None:
        try:
            checked = check(value)
        except NotAcceptedError as bad:
            shown = repr(value)
            shown = shown if len(shown) <= _SHOWN_CHARS else shown[:_SHOWN_CHARS] + "…"
            self.faults.append(f"{self.file}: {where} {key} = {shown} is not {bad}")
        else:
            if field:
                found[field] = checked

    def _unknown(self, where: str, key: str, known: list[str]) -> None:
        near = get_close_matches(key, known, n=1)
        hint = f"did you mean {near[0]}?" if near else "known are " + ", ".join(known)
        self.faults.append(f"{self.file}: {where} has an unknown key {key!r} ({hint})")

"""The ways a model can be helped, by the names that a report gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from vistka.errors import UsageError
from vistka.options import Options


@dataclass(frozen=True, slots=True)
class Way:
    """How a model is helped: `hints` = with the lexicon's terms, `ladder` = a failed check is tried again."""

    hints: bool
    ladder: bool


WAYS: Mapping[str, Way] = {
    "no hints": Way(hints=False, ladder=False),
    "hints": Way(hints=True, ladder=False),
    "ladder": Way(hints=False, ladder=True),
    "hints and ladder": Way(hints=True, ladder=True),
}
DEFAULT_WAY = "hints and ladder"

_CHANGES_NOTHING = frozenset({"threads", "offline", "max_input_mib"})
"""Options that a result does not depend on."""


def in_way(options: Options, name: str) -> Options:
    """`options` with the help of the way `name`.

    Raises:
        UsageError: there is no such way.
    """
    way = WAYS.get(name)
    if way is None:
        raise UsageError(f"no such way: {name}", next_step="use one of " + ", ".join(WAYS))
    return replace(options, hints=way.hints, ladder=way.ladder)


def way_of(options: Options) -> str:
    """The name of the way that `options` ask for."""
    return next(name for name, way in WAYS.items() if (way.hints, way.ladder) == (options.hints, options.ladder))


def system_name(options: Options) -> str:
    """What a report calls a model run with `options`."""
    return f"{options.model}, {way_of(options)}"


def settings_of(options: Options) -> dict[str, object]:
    """What of the options changes a result, as JSON values: known before a model is loaded."""
    return {name: _json(value) for name, value in asdict(options).items() if name not in _CHANGES_NOTHING}


def _json(value: object) -> object:
    if isinstance(value, tuple | list):
        return [_json(one) for one in value]
    return str(value) if isinstance(value, Path) else value

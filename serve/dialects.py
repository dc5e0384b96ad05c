"""Which client a request comes from: each of the four expects its errors in a form of its own."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import parse_qsl

from starlette.types import Scope

Dialect = Literal["native", "deepl", "libretranslate", "apertium"]

_STATE = "dialect"
_VERSIONS: dict[str, Dialect] = {"v1": "native", "v2": "deepl", "v3": "deepl"}
_APERTIUM = frozenset("apertium listPairs listLanguageNames identifyLang".split())
_LIBRETRANSLATE = frozenset("translate detect languages translate_file download_file suggest health spec".split())
_LIBRETRANSLATE_TWO = frozenset({("frontend", "settings")})


def dialect_of(scope: Scope) -> Dialect:
    """The dialect of a request, by what a router said, else by its path under any prefix, and its query.

    `/translate` is LibreTranslate's and Apertium's: a query with `langpair` is Apertium's.
    """
    said: Dialect | None = scope.get("state", {}).get(_STATE)
    if said is not None:
        return said
    parts = [part for part in str(scope.get("path", "")).split("/") if part]
    for part in parts:
        if part in _VERSIONS:
            return _VERSIONS[part]
    if _APERTIUM.intersection(parts) or (parts[-1:] == ["translate"] and _has_langpair(scope)):
        return "apertium"
    if _LIBRETRANSLATE.intersection(parts[-2:]) or tuple(parts[-2:]) in _LIBRETRANSLATE_TWO:
        return "libretranslate"
    return "native"


def say_dialect(scope: Scope, dialect: Dialect) -> None:
    """Note the dialect of a request whose path does not tell, before anything can fail in it."""
    state: dict[str, Any] = scope.setdefault("state", {})
    state[_STATE] = dialect


def _has_langpair(scope: Scope) -> bool:
    query = scope.get("query_string", b"").decode("latin-1")
    try:
        return any(name == "langpair" for name, _ in parse_qsl(query, keep_blank_values=True, max_num_fields=100))
    except ValueError:  # more fields than that
        return False

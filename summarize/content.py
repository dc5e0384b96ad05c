"""The words of an English text that say something, each as a stem that its forms share."""

from __future__ import annotations

import re

_STEM = 5
_WORD = re.compile(r"[^\W\d_]{4,}")
_COMMON = frozenset(
    "about above after again also although among been before being below between both could does down during each "
    "from further have having here into itself just like made make many more most much must need only other over "
    "same shall should since some such than that their them then there these they this those through under until "
    "upon very were what when where which while whom whose will with within without would your said says according "
    "reported told noted added stated announced including near around because due amid".split()
)
_CALENDAR = frozenset(
    "january february march april june july august september october november december "
    "monday tuesday wednesday thursday friday saturday sunday".split()
)
"""Dates are compared by value."""
_LEFT_OUT = _COMMON | _CALENDAR


def content_stems(text: str) -> list[str]:
    """Stems of the content words of `text` in order: at least four letters, and none of the commonest words."""
    return [word[:_STEM] for match in _WORD.findall(text) if (word := match.lower()) not in _LEFT_OUT]

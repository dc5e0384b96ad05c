"""What else English calls a few places: UK, U.S., NYC."""

from __future__ import annotations

import re

_BRITISH = ("UK", "U.K", "GB", "BST", "HMP", "Britain", "British")
_AMERICAN = ("US", "U.S", "USA", "America", "American")
_SHORT: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("United Kingdom", "Great Britain", "Britain", "British"), _BRITISH),
    **dict.fromkeys(("United States", "United States of America", "America", "American", "Americans"), _AMERICAN),
    "New York": ("NYC",),
    "District of Columbia": ("DC", "D.C"),
}


def has_short_form(name: str, english: str) -> bool:
    """Whether a text calls the place of that English name, or what is of it, by another short one.

    Capitals count: `US` is the country, `us` is not.
    """
    forms = _SHORT.get(name, ())
    return any(re.search(rf"(?<!\w){re.escape(form)}(?!\w)", english) for form in forms)

"""What two sources that are nearly the same do not share, where it changes what is said: numbers, names, negation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from vistka.text.names import names
from vistka.text.numbers import Quantity, quantities

_NEGATION = re.compile(r"\b(?:не|ні|ніхто|нічого|ніколи|ніде|нікого|нікому|жод\w+|нема|немає|без)\b", re.IGNORECASE)
_NOTHING = "–"


def differences(stored: str, new: str) -> tuple[str, ...]:
    """One line for each kind that differs, `numbers: 12 → 15`; none where all three kinds agree."""
    kinds = (
        ("numbers", _numbers(stored), _numbers(new)),
        ("names", _names(stored), _names(new)),
        ("negation", _negations(stored), _negations(new)),
    )
    return tuple(
        f"{kind}: {_only_in(theirs, ours)} → {_only_in(ours, theirs)}"
        for kind, theirs, ours in kinds
        if Counter(value for value, _ in theirs) != Counter(value for value, _ in ours)
    )


_Shown = tuple[object, str]
"""What is compared, and how a person reads it."""


def _numbers(text: str) -> list[_Shown]:
    return [(_value(quantity), quantity.text) for quantity in quantities(text, "uk")]


def _value(quantity: Quantity) -> object:
    # A designation (Т-72) is compared by its letters, too.
    name = quantity.text if quantity.kind in {"designation", "vague"} else ""
    return (quantity.kind, quantity.low, quantity.high, quantity.unit, name)


def _names(text: str) -> list[_Shown]:
    return [(name.lemma, name.text) for name in names(text)]


def _negations(text: str) -> list[_Shown]:
    return [(word.lower(), word) for word in _NEGATION.findall(text)]


def _only_in(these: Sequence[_Shown], those: Sequence[_Shown]) -> str:
    left = Counter(value for value, _ in those)
    shown = []
    for value, text in these:
        if left[value] > 0:
            left[value] -= 1
        else:
            shown.append(text)
    return ", ".join(shown) or _NOTHING

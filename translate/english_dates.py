"""A day of the calendar as an English news text writes it: `5 січня` → `5 January`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from vistka.text.dates import DateValue


@lru_cache(maxsize=1)
def _months() -> dict[int, str]:
    from babel.dates import get_month_names

    return dict(get_month_names("wide", locale="en_GB"))


def english_date(values: Sequence[DateValue]) -> str | None:
    """The date in English, or None where it names no month.

    Args:
        values: the values of one stretch of text: one, or the days of a range in one month (`1-2 січня`).
    """
    first = values[0]
    if first.month is None or any((v.month, v.year) != (first.month, first.year) for v in values):
        return None
    days = "–".join(str(value.day) for value in values if value.day is not None)
    year = str(first.year) if first.year is not None else ""
    return " ".join(part for part in (days, _months()[first.month], year) if part)


def by_stretch(values: Sequence[DateValue]) -> list[list[DateValue]]:
    """The values that name a month, those of one stretch of text together."""
    groups: list[list[DateValue]] = []
    for value in values:
        if value.month is None:
            continue
        if groups and groups[-1][0].span == value.span:
            groups[-1].append(value)
        else:
            groups.append([value])
    return groups

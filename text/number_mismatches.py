"""What the numbers of a source and of its translation do not share.

They are compared by value and unit and never by their letters, so a translation may write them in any way it likes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from vistka.text.mismatch import Mismatch
from vistka.text.numbers import Quantity
from vistka.text.units import CURRENCIES, MEASURES, SOFT_UNITS

_HALF_DAY = 12 * 60


def _readings(quantity: Quantity) -> set[Fraction]:
    """Every value that may stand on the other side for this quantity."""
    values = {*quantity.values(), *quantity.also}
    if quantity.kind == "time" and quantity.low is not None:
        hours, minutes = divmod(quantity.low, 60)
        values |= {Fraction(hours), Fraction(hours % 12), Fraction(minutes), quantity.low % _HALF_DAY}
    return values | {short for value in quantity.values() if (short := _short_year(value)) is not None}


def _short_year(value: Fraction) -> Fraction | None:
    """`90-ті` for the 1990s, `14-15-му роках` for 2014 and 2015."""
    return value % 100 if value.denominator == 1 and 1900 <= value <= 2100 else None


def _is_required(quantity: Quantity) -> bool:
    """Whether the other side has to show this number.

    One and two, first and second, half and zero are left out when written in words: good translations write them
    as articles, as both or again, or not at all.
    """
    if quantity.kind == "vague" or quantity.low is None:
        return False
    # A day and a night (доба) is 24 hours in English.
    if (
        (quantity.low == 24 and quantity.unit == "hour")
        or quantity.text == "24/7"
        or quantity.values() in ((Fraction(1),), (Fraction(0),))
    ):
        return False
    # A third and two fifths are figures; half and a quarter are also manners of speaking (`quarters`, `half the city`).
    figure = quantity.low.denominator > 2 and quantity.text.lower() != "quarter"
    small = quantity.low <= 2 and quantity.unit is None and not figure
    # `о третій годині` is a figure, the third of its kind is not.
    ordinal = quantity.ordinal and quantity.unit != "hour"
    return not (quantity.in_words and (small or ordinal or _round_word(quantity)))


def _round_word(quantity: Quantity) -> bool:
    """A lone hundred or thousand: as often a manner of speaking as a count."""
    return quantity.unit is None and quantity.low in {100, 1000, 10**6, 10**9} and quantity.low == quantity.high


def _units_clash(one: str | None, other: str | None) -> bool:
    if one is None or other is None or one == other:
        return False
    return not {one, other} <= SOFT_UNITS


def _all_readings(quantities_there: Iterable[Quantity]) -> set[Fraction]:
    there: set[Fraction] = set()
    for quantity in quantities_there:
        there |= _readings(quantity)
    return there


def _absent(quantity: Quantity, there: set[Fraction]) -> bool:
    mine = {*quantity.also, *_readings(quantity)}
    if quantity.kind == "range" and quantity.low is not None and quantity.high is not None:
        low, high = quantity.low, quantity.high
        low_there = bool({low, _short_year(low), *quantity.also} & there)
        return not (low_there and ({high, _short_year(high)} & there))
    if quantity.kind == "time" and quantity.low is not None:
        return quantity.low not in there and quantity.low % _HALF_DAY not in there and not _clock_parts(quantity, there)
    return not mine & there


def _clock_parts(quantity: Quantity, there: set[Fraction]) -> bool:
    """Whether the other side says the time in words: `о другій тридцять`, `half past two` for 2:30."""
    hours, minutes = divmod(quantity.low or Fraction(0), 60)
    said_hour = Fraction(hours) in there or Fraction(hours % 12) in there
    return said_hour and (minutes == 0 or minutes in there or minutes / 60 in there)


def compare(
    source: Sequence[Quantity], target: Sequence[Quantity], *, target_says_more: bool = False
) -> list[Mismatch]:
    """What the numbers of a source and of its translation do not share: by value, and by unit where values agree.

    A value that stands several times on one side may stand once on the other. See `_is_required` for the numbers that
    a translation may leave out or add.

    Args:
        source: the numbers of one side.
        target: those of the other.
        target_says_more: the target is a whole article, which may give the value to other things, too.
    """
    found: list[Mismatch] = []
    in_target, in_source = _all_readings(target), _all_readings(source)
    counted_in_target = _all_readings(quantity for quantity in target if not quantity.ordinal)
    for quantity in source:
        # `2%` is not kept by the second group.
        there = counted_in_target if _is_measured(quantity) else in_target
        if _is_required(quantity) and _absent(quantity, there):
            found.append(Mismatch("missing", quantity.text, quantity.span, f"{quantity.text} is not in the English"))
        elif clash := _clashing_unit(quantity, source, target, target_says_more=target_says_more):
            found.append(Mismatch("unit", quantity.text, quantity.span, f"{quantity.text} became {clash.text}"))
    found.extend(
        Mismatch("added", quantity.text, quantity.span, f"{quantity.text} is not in the source")
        for quantity in target
        if quantity.kind != "designation" and _is_required(quantity) and _absent(quantity, in_source)
    )
    return found


def _is_measured(quantity: Quantity) -> bool:
    return quantity.unit in MEASURES | CURRENCIES and not quantity.ordinal


def _clashing_unit(
    quantity: Quantity, source: Sequence[Quantity], target: Sequence[Quantity], *, target_says_more: bool
) -> Quantity | None:
    """A quantity of the target with the same value and another unit, if none has the same unit."""
    mine = set(quantity.values())
    twins = [other for other in target if mine & set(other.values()) and not (_is_measured(quantity) and other.ordinal)]
    if not mine or quantity.kind not in {"number", "range"} or not twins:
        return None
    if quantity.unit is None:
        # The source names no unit here: a currency or measure that it names nowhere was made up.
        named = {other.unit for other in source}
        made_up = [other for other in twins if other.unit in CURRENCIES | MEASURES and other.unit not in named]
        return next((other for other in made_up if len(mine) == 1 or mine == set(other.values())), None)
    if all(_units_clash(quantity.unit, other.unit) for other in twins):
        return twins[0]
    # `53-й день … 53 дні` and `the 53rd day … 53 weeks`: one twin is right, the unit of the other is nobody's.
    return None if target_says_more else next((other for other in twins if _is_foreign(other, source)), None)


def _is_foreign(quantity: Quantity, source: Sequence[Quantity]) -> bool:
    """Whether no quantity of the source that has the value of `quantity` goes with its unit.

    `36 днів! 36!` names the unit once: what stands bare beside it is of that unit too.
    """
    mine = set(quantity.values())
    units = [other.unit for other in source if mine & {*other.values(), *other.also}]
    named = [unit for unit in units if unit is not None] or units
    return all(_units_clash(unit, quantity.unit) for unit in named)

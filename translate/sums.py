"""A number with its unit as an English news text writes it: `1,5 млн грн` → `1.5 million hryvnias`."""

from __future__ import annotations

from fractions import Fraction

from vistka.text.numbers import Quantity

# The short names of the news: CLDR has "Ukrainian hryvnias" and "Swiss francs", where the source says less than that.
_CURRENCIES = {
    "UAH": ("hryvnia", "hryvnias"),
    "USD": ("dollar", "dollars"),
    "EUR": ("euro", "euros"),
    "GBP": ("pound", "pounds"),
    "RUB": ("rouble", "roubles"),
    "PLN": ("zloty", "zlotys"),
    "CHF": ("franc", "francs"),
    "JPY": ("yen", "yen"),
    "CNY": ("yuan", "yuan"),
    "TRY": ("lira", "liras"),
    "KZT": ("tenge", "tenge"),
    "ILS": ("shekel", "shekels"),
    "HUF": ("forint", "forints"),
}
_MEASURES = {
    "people": ("person", "people"),
    "t": ("tonne", "tonnes"),
    "barrel": ("barrel", "barrels"),
    "ha": ("hectare", "hectares"),
    **{symbol: (symbol, symbol) for symbol in ("km", "m", "kg", "m²", "km²", "m³", "kW", "MW", "GW")},
}
_DURATIONS = ("minute", "hour", "day", "week", "month", "year")
_SMALL = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"))
_MAX_DECIMALS = 6


def english_sum(quantity: Quantity) -> str | None:
    """The quantity in English, or None where the digits alone say it or the value is not known.

    Only sums of money, percentages, lengths of time and numbers of a thousand and more: small models change those. A
    number whose unit has no English name here is None too, since the unit must not get lost.
    """
    if quantity.kind not in {"number", "range"} or quantity.ordinal or quantity.low is None or quantity.high is None:
        return None
    if quantity.unit in _DURATIONS:
        return _duration(quantity)
    if quantity.unit is None and _may_be_a_year(quantity.text):
        return None
    names = (_CURRENCIES | _MEASURES | {None: ("", ""), "percent": ("", "")}).get(quantity.unit)
    if names is None or (quantity.unit not in {*_CURRENCIES, "percent"} and quantity.high < 1000):
        return None
    scale, word = next(((size, name) for size, name in _SCALES if _suits(quantity, size)), (1, ""))
    ends = [_figure(Fraction(end) / scale) for end in quantity.values()]
    if None in ends:
        return None
    figures = "–".join(end for end in ends if end)
    if quantity.unit == "percent":
        return figures + "%"
    name = names[0 if quantity.low == quantity.high == 1 else 1]
    return " ".join(part for part in (figures, word, name) if part)


def _may_be_a_year(text: str) -> bool:
    """Four digits alone, `у 2019`: English writes no comma into a year, and a number needs none."""
    return len(text) == 4 and text.isdecimal()


def _duration(quantity: Quantity) -> str | None:
    """`за два тижні` → `two weeks`."""
    value = quantity.value
    if value is None or value.denominator != 1 or value >= 1000:
        return None
    number = _SMALL[int(value)] if value < len(_SMALL) else str(value)
    return f"{number} {quantity.unit}{'' if value == 1 else 's'}"


def _suits(quantity: Quantity, scale: int) -> bool:
    """Whether its values read well in `scale`: 1.5 million, and not 1.234567 million."""
    thousandths = [end * 1000 / scale for end in quantity.values()]
    return thousandths[-1] >= 1000 and all(end.denominator == 1 for end in thousandths)


def _figure(value: Fraction) -> str | None:
    """`value` with a decimal point and grouped thousands; None where it has no short decimal form."""
    scaled = value * 10**_MAX_DECIMALS
    if scaled.denominator != 1:
        return None
    whole, rest = divmod(int(scaled), 10**_MAX_DECIMALS)
    decimals = f"{rest:0{_MAX_DECIMALS}d}".rstrip("0")
    return f"{whole:,}" + (f".{decimals}" if decimals else "")

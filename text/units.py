"""Units and currencies as Ukrainian, Russian and English write them, under one short name each.

Names are ISO 4217 for money, SI symbols for measures, and English nouns for what is counted in days or people.
"""

from __future__ import annotations

from functools import lru_cache


def _series(words: str) -> frozenset[str]:
    return frozenset(words.split())


CURRENCY_SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP", "₴": "UAH", "₽": "RUB", "zł": "PLN", "¥": "JPY"}

# Stems of the Ukrainian and Russian words; a word belongs to the longest stem it starts with. Stems and no dictionary
# forms, because the same table then reads surzhyk and the compounds (`34-річний`, `100-метровий`).
_CYRILLIC_STEMS: dict[str, str] = {
    "грив": "UAH", "грн": "UAH", "долар": "USD", "доллар": "USD", "дол": "USD", "євро": "EUR", "евро": "EUR",
    "фунт": "GBP", "рубл": "RUB", "руб": "RUB", "злот": "PLN", "франк": "CHF", "ієн": "JPY", "йен": "JPY",
    "єн": "JPY", "юан": "CNY", "крон": "krone", "лір": "TRY", "тенге": "KZT", "біткоїн": "BTC","шекел": "ILS",
    "леї": "MDL",
    "форинт": "HUF", "карбован": "UAK", "крб": "UAK",
    "відсот": "percent", "процент": "percent",
    "кілометр": "km", "километр": "km", "км": "km", "міліметр": "mm", "мм": "mm", "сантиметр": "cm", "см": "cm",
    "метр": "m", "миль": "mile", "милі": "mile", "миля": "mile",
    "гектар": "ha", "га": "ha", "літр": "l", "літер": "l", "мілілітр": "ml",
    "кілограм": "kg", "килограмм": "kg", "кг": "kg", "грам": "g", "тонн": "t", "барел": "barrel",
    "кілотон": "kt", "мегатон": "Mt",
    "кіловат": "kW", "квт": "kW", "мегават": "MW", "мвт": "MW", "гігават": "GW", "гвт": "GW",
    "градус": "°C", "вольт": "V",
    "рік": "year", "рок": "year", "річн": "year", "літ": "year", "лет": "year", "год": "hour", "час": "hour",
    "хвилин": "minute", "минут": "minute", "хв": "minute", "секунд": "second", "сек": "second",
    "день": "day", "дн": "day", "денн": "day", "добов": "day", "діб": "day", "сут": "day",
    "тиж": "week", "недел": "week", "місяц": "month", "місяч": "month", "місяців": "month", "месяц": "month",
    "людин": "people", "осіб": "people", "особ": "people", "особи": "people",
    "особами": "people", "особам": "people", "чолов": "people", "людей": "people", "челов": "people",
}  # fmt: skip
# Short stems that would swallow other words: they must be the whole word.
_WHOLE_ONLY = _series(
    "дол руб км мм см га кг квт мвт гвт год хв сек дн леї доб діб літ лет рік час єн миль особ євро евро"
)
_CYRILLIC_WHOLE: dict[str, str] = {
    "м": "m", "т": "t", "г": "g", "л": "l", "м²": "m²", "м2": "m²", "м³": "m³", "м3": "m³", "км²": "km²",
    "км2": "km²", "дні": "day", "днів": "day", "дня": "day", "дней": "day", "день": "day", "днями": "day",
    "днях": "day", "дням": "day", "доба": "day", "доби": "day", "добу": "day", "років": "year", "р": "year",
    "години": "hour", "годин": "hour", "годину": "hour", "годинами": "hour", "година": "hour", "часа": "hour",
    "часов": "hour", "годинний": "hour", "год": "hour", "лет": "year", "года": "year", "годы": "year",
    "годині": "hour", "годиною": "hour", "годинах": "hour", "годинам": "hour",
    "чоловік": "people", "людей": "people", "роки": "year", "року": "year", "роками": "year", "роках": "year",
    "рокам": "year", "рр": "year",
}  # fmt: skip
_ENGLISH: dict[str, str] = {
    "hryvnia": "UAH", "hryvnya": "UAH", "hryvna": "UAH", "uah": "UAH", "usd": "USD", "dollar": "USD", "buck": "USD",
    "eur": "EUR", "euro": "EUR", "gbp": "GBP", "pound": "GBP", "rub": "RUB", "rur": "RUB", "ruble": "RUB",
    "rouble": "RUB", "pln": "PLN", "zloty": "PLN", "chf": "CHF", "franc": "CHF", "jpy": "JPY", "yen": "JPY",
    "cny": "CNY", "yuan": "CNY", "krone": "krone", "kroner": "krone", "krona": "krone", "crown": "krone",
    "try": "TRY", "lira": "TRY", "tenge": "KZT", "bitcoin": "BTC","shekel": "ILS",
    "forint": "HUF", "karbovanets": "UAK", "karbovantsi": "UAK",
    "%": "percent", "percent": "percent", "percentage": "percent", "pct": "percent",
    "km": "km", "kilometre": "km", "kilometer": "km", "mm": "mm", "millimetre": "mm", "millimeter": "mm",
    "cm": "cm", "centimetre": "cm", "centimeter": "cm", "m": "m", "metre": "m", "meter": "m", "mile": "mile",
    "ha": "ha", "hectare": "ha", "l": "l", "litre": "l", "liter": "l", "ml": "ml", "millilitre": "ml",
    "milliliter": "ml", "kg": "kg", "kilogram": "kg", "kilo": "kg", "kilogramme": "kg", "g": "g", "gram": "g",
    "t": "t", "ton": "t", "tonne": "t", "barrel": "barrel", "kiloton": "kt", "megaton": "Mt",
    "kw": "kW", "kilowatt": "kW", "mw": "MW", "megawatt": "MW", "gw": "GW", "gigawatt": "GW", "volt": "V",
    "degree": "°C", "°c": "°C", "year": "year", "hour": "hour", "hr": "hour", "minute": "minute", "min": "minute",
    "second": "second", "sec": "second", "day": "day", "week": "week", "month": "month", "people": "people",
    "person": "people", "men": "people", "man": "people", "m²": "m²", "m2": "m²", "km²": "km²", "km2": "km²",
    "m³": "m³", "m3": "m³",
}  # fmt: skip
_SQUARE = {"m": "m²", "km": "km²", "cm": "cm²"}
_CUBIC = {"m": "m³", "cm": "cm³"}
SQUARE_WORDS = ("кв", "квадратн", "square", "sq")
CUBIC_WORDS = ("куб", "кубічн", "кубометр", "cubic", "cu")

CURRENCIES = _series("UAH USD EUR GBP RUB PLN CHF JPY CNY krone TRY KZT BTC ILS MDL HUF UAK")
MEASURES = _series("percent km mm cm m mile ha l ml kg g t barrel kt Mt kW MW GW V m² km² cm² m³ cm³ °C")
"""What things measure; a count of things or of days never becomes one of these."""
SOFT_UNITS = frozenset({"people", "second"})
"""What a good translation may leave out or put in without changing what is meant."""


@lru_cache(maxsize=8192)
def unit_of(word: str) -> str | None:
    """The unit that `word` names, in any form or language; None for a word that is no unit.

    `word` is lower case, without a full stop.
    """
    if word in CURRENCY_SYMBOLS:
        return CURRENCY_SYMBOLS[word]
    if word.isascii() or word in _ENGLISH:
        return _english(word)
    if word in _CYRILLIC_WHOLE:
        return _CYRILLIC_WHOLE[word]
    for length in range(len(word), 1, -1):
        stem = word[:length]
        if stem in _CYRILLIC_STEMS and (length == len(word) or stem not in _WHOLE_ONLY):
            return _CYRILLIC_STEMS[stem]
    return None


def _english(word: str) -> str | None:
    singular = [word, word.removesuffix("s"), word.removesuffix("es")]
    if word.endswith("ies"):
        singular.append(word[:-3] + "y")
    return next((_ENGLISH[form] for form in singular if form in _ENGLISH), None)


def powered(unit: str, word: str) -> str | None:
    """`unit` squared or cubed by the word before it (`кв`, `cubic`); None when that word does neither."""
    if word.startswith(SQUARE_WORDS):
        return _SQUARE.get(unit)
    if word.startswith(CUBIC_WORDS):
        return _CUBIC.get(unit)
    return None

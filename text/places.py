"""Places with their English names: countries and capitals from Babel's CLDR data, Ukrainian places listed here."""

from __future__ import annotations

import re
from functools import lru_cache

from vistka.text.romanisation import romanise

# Oblast centres and the places that the news of the war names most. English is made by resolution 55, which is also
# what the official registers of place names use, so only the Ukrainian has to be listed.
_UKRAINIAN_PLACES = """
Авдіївка Алушта Амвросіївка Андріївка Балаклія Балта Бар Бахмут Бердичів Бердянськ Берегове Бережани
Берислав Білгород-Дністровський Бориспіль Бородянка Борщів Бровари Броди Буча Васильків Василівка Верховина
Вилкове Вінниця Вишгород Вишневе Вовчанськ Вознесенськ Волноваха Волочиськ Ворзель Вугледар Гадяч Гайсин Генічеськ
Глухів Горлівка Гостомель Дебальцеве Дніпро Добропілля Докучаєвськ Донецьк Дрогобич Дружківка
Енергодар Жашків Житомир Жмеринка Запоріжжя Звягель Знам'янка Золочів Ізмаїл Ізюм Іллінці Іловайськ Ірпінь
Івано-Франківськ Кам'янське Канів Каховка Керч Київ Кобеляки Ковель Козятин Коломия Конотоп Коростень Костянтинівка
Краматорськ Красногорівка Кременчук Кремінна Кропивницький Куп'янськ Курахове Лебедин Лиман Лисичанськ
Лозова Лубни Луганськ Луцьк Львів Макарів Малин Мар'їнка Марганець Маріуполь Мелітополь Миколаїв Миргород
Мирноград Мостиськ Мукачево Надвірна Ніжин Нікополь Новомосковськ Обухів Одеса Олександрія Олешки Оріхів Острог
Охтирка Очаків Павлоград Первомайськ Переяслав Покровськ Пологи Полтава Попасна Прилуки Прип'ять Роздільна Рівне
Ромни Рубіжне Сарни Світловодськ Святогірськ Селидове Сімферополь Сєвєродонецьк Скадовськ Славута Славутич Слов'янськ
Сміла Снігурівка Соледар Старобільськ Стрий Суми Тернопіль Токмак Торецьк Тростянець Трускавець Тульчин Ужгород
Умань Фастів Феодосія Харків Херсон Хмельницький Хотин Хуст Черкаси Чернівці Чернігів Чоп Чорнобаївка
Чорнобиль Чорноморськ Чортків Чугуїв Шепетівка Шостка Щастя Южне Южноукраїнськ Яворів Ялта Яготин
"""

# Lemmas of the two words, as pymorphy3 gives them (adjectives in the masculine) → the name in the nominative.
TWO_WORD_PLACES = {
    ("кривий", "ріг"): "кривий ріг",
    ("білий", "церква"): "біла церква",
    ("часів", "яр"): "часів яр",
    ("час", "яр"): "часів яр",
    ("голий", "пристань"): "гола пристань",
    ("великий", "новосілка"): "велика новосілка",
    ("великий", "британія"): "велика британія",
}

# What English says otherwise than resolution 55, and countries under the short names of the news.
_AUTHORED: dict[str, tuple[str, ...]] = {
    "україна": ("Ukraine", "Ukrainian"),
    "крим": ("Crimea", "Crimean"),
    "донбас": ("Donbas", "Donbass"),
    "буковина": ("Bukovyna", "Bukovina"),
    "дніпро": ("Dnipro", "Dnieper"),
    "чорнобиль": ("Chornobyl", "Chernobyl"),
    "росія": ("Russia", "Russian", "Russians"),
    "рф": ("Russia", "Russian", "RF"),
    "польща": ("Poland", "Polish", "Poles"),
    "німеччина": ("Germany", "German", "Germans"),
    "франція": ("France", "French"),
    "британія": ("Britain", "British", "UK", "United Kingdom"),
    "велика британія": ("Great Britain", "Britain", "British", "UK", "United Kingdom", "U.K"),
    "великобританія": ("Great Britain", "Britain", "British", "UK", "United Kingdom", "U.K"),
    "англія": ("England", "English"),
    "шотландія": ("Scotland", "Scottish"),
    "іспанія": ("Spain", "Spanish"),
    "нідерланди": ("Netherlands", "Dutch"),
    "голландія": ("Holland", "Netherlands", "Dutch"),
    "швеція": ("Sweden", "Swedish"),
    "швейцарія": ("Switzerland", "Swiss"),
    "данія": ("Denmark", "Danish"),
    "фінляндія": ("Finland", "Finnish"),
    "туреччина": ("Turkey", "Türkiye", "Turkish"),
    "чехія": ("Czechia", "Czech"),
    "угорщина": ("Hungary", "Hungarian"),
    "греція": ("Greece", "Greek"),
    "бельгія": ("Belgium", "Belgian"),
    "китай": ("China", "Chinese"),
    "іран": ("Iran", "Iranian"),
    "ізраїль": ("Israel", "Israeli"),
    "ірландія": ("Ireland", "Irish"),
    "америка": ("America", "American", "Americans", "US", "U.S", "United States", "USA"),
    "європа": ("Europe", "European", "Europeans"),
    "азія": ("Asia", "Asian"),
    "африка": ("Africa", "African"),
    "москва": ("Moscow", "Muscovy"),
    "брюссель": ("Brussels",),
    "женева": ("Geneva",),
    "санкт-петербург": ("Petersburg",),
    "петербург": ("Petersburg",),
    "лондон": ("London",),
    "сирія": ("Syria", "Syrian"),
    "грузія": ("Georgia", "Georgian"),
    "білорусь": ("Belarus", "Belarusian"),
    "мюнхен": ("Munich",),
    "гаага": ("Hague",),
    "давос": ("Davos",),
    "єльня": ("Yelnya",),
}


def _babel() -> dict[str, tuple[str, ...]]:
    from babel import Locale

    uk, en = Locale("uk"), Locale("en")
    found: dict[str, tuple[str, ...]] = {}
    for code, name in uk.territories.items():
        english = en.territories.get(code)
        if english and len(code) == 2 and re.fullmatch(r"[^\W\d_]{4,}", name):
            found[name.lower()] = (english,)
    for zone, data in uk.time_zones.items():
        city = data.get("city")
        english = en.time_zones.get(zone, {}).get("city") or zone.rpartition("/")[2].replace("_", " ")
        if city and re.fullmatch(r"[^\W\d_]{4,}", city):
            found.setdefault(city.lower(), (english,))
    return found


@lru_cache(maxsize=1)
def places() -> dict[str, tuple[str, ...]]:
    """Lower-case nominative with the apostrophe `'` → the English words that may stand for it, the official first."""
    ukrainian = {name.lower().replace("’", "'"): (romanise(name),) for name in _UKRAINIAN_PLACES.split()}
    pairs = {name: (romanise(name.title()),) for name in TWO_WORD_PLACES.values()}
    return _babel() | ukrainian | pairs | _AUTHORED

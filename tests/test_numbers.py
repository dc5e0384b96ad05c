from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vistka.text.number_mismatches import compare
from vistka.text.numbers import quantities

HALF = Fraction(1, 2)


def read(text, language="uk"):
    return [(q.low if q.low == q.high else (q.low, q.high), q.unit) for q in quantities(text, language)]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1,5 млн грн", 1_500_000, "UAH"),
        ("800 тис.", 800_000, None),
        ("800 000", 800_000, None),
        ("800\u00a0000", 800_000, None),
        ("800\u2009000", 800_000, None),
        ("800\u202f000 осіб", 800_000, "people"),
        ("800 тисяч", 800_000, None),
        ("2,5%", Fraction(5, 2), "percent"),
        ("2,5 відсотка", Fraction(5, 2), "percent"),
        ("$300 млрд", 300 * 10**9, "USD"),
        ("7,5 млрд франків", 7_500_000_000, "CHF"),
        ("34-річного", 34, "year"),
        ("20-м", 20, None),
        ("27-ма", 27, None),
        ("ХХІ ст.", 21, None),
        ("XXI ст.", 21, None),
        ("І квартал", 1, None),
        ("500 кв. м", 500, "m²"),
        ("пів мільйона", 500_000, None),
        ("півмільйона гривень", 500_000, "UAH"),
        ("півтора року", Fraction(3, 2), "year"),
        ("два з половиною роки", Fraction(5, 2), "year"),
        ("двоє", 2, None),
        ("десятеро", 10, None),
        ("двох", 2, None),
        ("п'ятьма", 5, None),
        ("п’ятьма", 5, None),
        ("сорока", 40, None),
        ("третього", 3, None),
        ("двадцять першого", 21, None),
        ("десять тисяч сімсот", 10_700, None),
        ("10 тисяч 700", 10_700, None),
        ("двісті сорок три тисячі п'ятсот", 243_500, None),
        ("15 мільйонів американських доларів", 15_000_000, "USD"),
        ("152-мм", 152, "mm"),
        ("50 кВт", 50, "kW"),
        ("3 МВт", 3, "MW"),
        ("−5 °C", -5, "°C"),
        ("тридцятирічний", 30, "year"),
        ("двадцятип'ятирічний", 25, "year"),
        ("півроку", HALF, "year"),
        ("пятьсот рублей", 500, "RUB"),
        ("п'ять сотень", 500, None),
    ],
)
def test_one_ukrainian_quantity(text, value, unit):
    assert read(text) == [(value, unit)]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1.5 million hryvnias", 1_500_000, "UAH"),
        ("$1.5bn", 1_500_000_000, "USD"),
        ("US$5m", 5_000_000, "USD"),
        ("UAH 1.5 million", 1_500_000, "UAH"),
        ("800,000", 800_000, None),
        ("800 thousand", 800_000, None),
        ("half a million", 500_000, None),
        ("34-year-old", 34, "year"),
        ("20th", 20, None),
        ("21st century", 21, None),
        ("two and a half", Fraction(5, 2), None),
        ("one and a half years", Fraction(3, 2), "year"),
        ("one hundred and five", 105, None),
        ("twenty-five", 25, None),
        ("two hundred and forty-three thousand five hundred", 243_500, None),
        ("5 per cent", 5, "percent"),
        ("500 square metres", 500, "m²"),
        ("1.2 billions", 1_200_000_000, None),
        ("two dozen", 24, None),
        ("2.2 million km2", 2_200_000, "km²"),
    ],
)
def test_one_english_quantity(text, value, unit):
    assert read(text, "en") == [(value, unit)]


def test_ranges_share_what_stands_after_them():
    assert read("близько 150-200 мільярдів франків") == [((150 * 10**9, 200 * 10**9), "CHF")]
    assert quantities("близько 150-200 мільярдів франків", "uk")[0].approx
    assert read("від 5 до 10 мільйонів доларів") == [((5_000_000, 10_000_000), "USD")]
    assert read("from $10 to $12 billion", "en") == [((10 * 10**9, 12 * 10**9), "USD")]
    assert read("1-2 січня") == [((1, 2), None)]


def test_time_is_minutes_after_midnight():
    assert [(q.kind, q.low) for q in quantities("о 17:15", "uk")] == [("time", 17 * 60 + 15)]
    assert [(q.kind, q.low) for q in quantities("at 5:15 p.m.", "en")] == [("time", 17 * 60 + 15)]
    assert [(q.kind, q.low) for q in quantities("at 6 pm", "en")] == [("time", 18 * 60)]


@pytest.mark.parametrize("text", ["сотні", "десятки людей", "тисячі", "dozens", "hundreds", "thousands of people"])
def test_vague_words_have_no_value(text):
    (found,) = quantities(text, "en" if text.isascii() else "uk")
    assert found.kind == "vague"
    assert found.value is None


@pytest.mark.parametrize("text", ["XBB.1.5", "Т-72", "F-16", "БМП-2", "Ка-52", "С-300", "COVID-19"])
def test_designations_are_no_numbers(text):
    (found,) = quantities(text, "uk")
    assert (found.kind, found.text) == ("designation", text)


@pytest.mark.parametrize(
    "text",
    ["+380 44 123 45 67", "(044) 123-45-67", "https://a.ua/2024/15?p=7", "a1@b2.ua", "@user99", "південний вітер"],
)
def test_no_quantity(text):
    assert quantities(text, "uk") == []


def test_the_mark_of_a_decimal_depends_on_the_language():
    assert quantities("1,500", "en")[0].value == 1500
    assert quantities("1,500", "uk")[0].value == Fraction(3, 2)
    assert 1500 in quantities("1,500", "uk")[0].also


def test_an_article_may_give_a_value_to_other_things_too():
    own, there = (
        quantities("He married eight men.", "en"),
        quantities("Eight men, and eight years later he died.", "en"),
    )
    assert [found.kind for found in compare(own, there)] == ["unit"]
    assert compare(own, there, target_says_more=True) == []
    wrong = compare(own, quantities("Eight years later he died.", "en"), target_says_more=True)
    assert [found.kind for found in wrong] == ["unit"]


SAME = [
    ("двоє волонтерів", "two volunteers"),
    ("двоє волонтерів", "a couple of volunteers"),
    ("обидва заводи", "both plants"),
    ("1,5 млн грн", "UAH 1,500,000"),
    ("1,5 млн грн", "1.5 million hryvnias"),
    ("близько 200 осіб", "about two hundred people"),
    ("26 березня", "March 26"),
    ("п'ятого вересня", "September 5"),
    ("один дрон", "a drone"),
    ("10 відсотків", "10 per cent"),
    ("ХХІ століття", "the twenty-first century"),
    ("о 18:00", "at 6 pm"),
    ("о 17.15", "at 17:15"),
    ("12 країн Європи", "12 European countries"),
    ("о другій тридцять", "at 2:30"),
    ("у 90-х роках", "in the 1990s"),
    ("за добу", "in 24 hours"),
    ("за півроку", "in six months"),
    ("півмільйонне місто", "a half-million city"),
    ("танк Т-72", "a T-72 tank"),
    ("11.12.2025", "December 11, 2025"),
    ("від 5 до 10 млн грн", "between 5 and 10 million hryvnias"),
    ("сотні людей", "hundreds of people"),
    ("п'ятиповерховий будинок", "a five-story building"),
    ("дев'ятиповерхівка", "a nine-storey block"),
    ("пара тисяч людей", "a couple of thousand people"),
    ("трильйони миль", "trillions of miles"),
    ("двох десятків років", "two decades"),
    ("два десятиліття", "two decades"),
    ("площа 6 м2", "an area of 6 m2"),
    ("800 000 людей і ще раз 800 тисяч", "800,000 people"),
]


@pytest.mark.parametrize(("source", "target"), SAME)
def test_a_translation_may_write_a_number_its_own_way(source, target):
    assert compare(quantities(source, "uk"), quantities(target, "en")) == []


@pytest.mark.parametrize(
    ("source", "target", "kinds"),
    [
        ("1,5 млн грн", "1.5 million rubles", ["unit"]),
        ("отримав 1,5 млн", "got 1.5 million rubles", ["unit"]),
        ("50 км", "50 kg", ["unit"]),
        ("від 8 до 100 пасажирів", "from 8 to 100 percent", ["unit"]),
        ("від 11000 до 22500 доларів", "from US$11,000 to £22,500", ["unit"]),
        ("двох десятків років", "three decades", ["missing", "added"]),
        ("1,5 млн грн", "1.5 billion hryvnias", ["missing", "added"]),
        ("34-річний", "a 43-year-old", ["missing", "added"]),
        ("сім дронів", "eight drones", ["missing", "added"]),
        ("12 поранених", "the wounded", ["missing"]),
        ("поранені", "12 wounded", ["added"]),
        ("танк Т-72", "a T-80 tank", ["missing"]),
        ("о 17:15", "at 17:45", ["missing", "added"]),
        ("150-200 млрд франків", "150–250 billion francs", ["missing", "added"]),
    ],
)
def test_another_value_is_reported(source, target, kinds):
    assert [found.kind for found in compare(quantities(source, "uk"), quantities(target, "en"))] == kinds


@given(st.text())
def test_spans_are_in_order_and_inside(text):
    for language in ("uk", "en"):
        found = quantities(text, language)
        assert all(q.text == q.span.of(text) for q in found)
        assert [q.span.start for q in found] == sorted(q.span.start for q in found)


PARTS = (
    "5 12 30-30 150-200 2,5 1.5 800 000 % $ € грн UAH млн тис. million half a and from to від до between і двадцять "
    "п'ять сто тисяч сотні hundred dozen two first другий ХХІ ст. 17:15 pm 6 - – — . , Т-72 11.12.2025 року years km м"
).split()


@given(st.lists(st.sampled_from(PARTS)), st.lists(st.sampled_from(PARTS)), st.sampled_from(["", " "]))
def test_no_arrangement_of_numbers_breaks_the_comparison(source, target, joint):
    ukrainian, english = quantities(joint.join(source), "uk"), quantities(joint.join(target), "en")
    assert all(found.span for found in compare(ukrainian, english))
    assert compare(ukrainian, ukrainian) == []
    assert compare(english, english) == []


@given(st.integers(min_value=0, max_value=10**12))
def test_grouping_changes_no_value(number):
    grouped = f"{number:,}"
    assert quantities(grouped, "en")[0].value == number
    assert quantities(grouped.replace(",", "\u00a0"), "uk")[0].value == number


@pytest.mark.parametrize("text", ["one third less than", "a third less", "one-third more", "one third of them"])
def test_a_part_before_a_comparison(text: str) -> None:
    assert [found.low for found in quantities(text, "en")] == [Fraction(1, 3)]

"""Communities and fronts by the adjective of a place."""

import pytest

from vistka.text.lemmas import tokens
from vistka.translate.glossary import load_glossary
from vistka.translate.hints import hints_for
from vistka.translate.place_units import place_units

PLACES = {
    "волноваха": "Volnovakha", "горлівка": "Horlivka", "лиман": "Lyman", "апостолове": "Apostolove",
    "марганець": "Marhanets", "лисичанськ": "Lysychansk", "покровськ": "Pokrovsk", "покровське": "Pokrovske",
    "дніпро": "Dnipro", "запоріжжя": "Zaporizhzhia", "краснопілля": "Krasnopillia",
}  # fmt: skip


def found(text: str, *others: str) -> list[tuple[str, str]]:
    return [(unit.nominative, unit.english) for unit in place_units(text, tokens(text), PLACES, others)]


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("Біля Марганецької громади.", "Marhanets community"),
        ("Мер Апостолівської громади.", "Apostolove community"),
        ("Бої на Лисичанському напрямку.", "Lysychansk front"),
        ("Бої на Запорізькому напрямку.", "Zaporizhzhia front"),
        ("У Краснопільській селищній громаді.", "Krasnopillia settlement community"),
        ("У Дніпровській територіальній громаді.", "Dnipro territorial community"),
        ("У Покровській міській громаді.", "Pokrovsk urban community"),
        ("У Покровській селищній громаді.", "Pokrovske settlement community"),
        ("У Стерненківській громаді.", "Sternenkivska community"),
    ],
)
def test_a_community_or_front_is_named_after_its_place(text: str, english: str):
    assert [unit[1] for unit in found(text)] == [english]


def test_two_adjectives_before_one_noun():
    text = "Тихо на Волноваському та Горлівському напрямках."
    assert found(text) == [
        ("Волноваський напрямок", "Volnovakha front"),
        ("Горлівський напрямок", "Horlivka front"),
    ]
    spans = [unit.span.of(text) for unit in place_units(text, tokens(text), PLACES)]
    assert spans == ["Волноваському", "Горлівському напрямках"]


@pytest.mark.parametrize(
    "text",
    [
        "У місцевій громаді.",
        "На Європейському напрямку.",
        "Лиманський ринок, громада.",
        "ЛИМАНСЬКА ГРОМАДА",
        "Лиманська",
    ],
)
def test_what_is_no_such_name(text: str):
    assert found(text) == []


def test_an_adjective_of_no_town_is_left_alone():
    assert found("Єврейська громада свята.", "єврейський") == []
    assert found("Лиманська громада.", "лиманський") == [("Лиманська громада", "Lyman community")]


def test_the_model_is_told_and_what_it_misspells_is_known():
    hints = hints_for("Обстріли на околицях Очеретинської громади.", load_glossary())
    assert ("Очеретинська громада", "Ocheretyne community") in hints.terms
    assert hints.offered_place_words["очеретинська"] == "Ocheretyne"

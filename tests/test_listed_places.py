"""Places that only their list tells."""

import pytest

from vistka.text.names import names
from vistka.translate.glossary import load_glossary
from vistka.translate.hints import hints_for


def places_in(text: str) -> list[str]:
    return [name.lemma for name in names(text) if name.kind == "place"]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Обстріли зафіксовано біля Вугледара, Пречистівки і Богоявленки.", ["вугледар", "пречистівка", "богоявленка"]),
        ("Прильоти по Зарічному, Вугледару та Авдіївці.", ["зарічне", "вугледар", "авдіївка"]),
        ("Обстріляли Оріхів, Ольгівське, Полтавку (без жертв).", ["оріхів", "ольгівське", "полтавка"]),
        # What something depends on, is no place of its own, or opens a sentence.
        ("У Києві, Львові та Офісі президента це обговорили.", ["київ", "львів"]),
        ("Домовилися з Польщею, Литвою і Президентом.", ["польща", "литва"]),
        ("Зарічному, Вугледару й Авдіївці допоможуть.", ["вугледар", "авдіївка"]),
        ("Посли Латвії, Литви, Святого Престолу, Словенії.", ["латвія", "литва", "словенія"]),
        ("У цьому Плані, Польща має місце.", ["польща"]),
        ("Збили у Зарічненському та Кам'янському районах.", ["кам'янське"]),
        ("Він назвав Київ; Перемога близько.", ["київ"]),
    ],
)
def test_a_word_in_a_list_of_places_is_a_place(text: str, places: list[str]) -> None:
    assert places_in(text) == places


def test_two_places_joined_by_a_hyphen_are_spelled_by_rule() -> None:
    terms = hints_for("Контратаки тривали вздовж лінії Сватове-Кремінна.", load_glossary()).terms
    assert ("Сватове-Кремінна", "Svatove-Kreminna") in terms

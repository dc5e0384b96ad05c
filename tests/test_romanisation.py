"""Romanisation by resolution 55: the examples are those of the resolution's own table, or follow from its rules."""

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vistka.text.romanisation import romanise

SHARED = Path(__file__).parents[1].parent / "shared"


@pytest.mark.parametrize(
    ("ukrainian", "english"),
    [
        ("Алушта", "Alushta"),
        ("Вінниця", "Vinnytsia"),
        ("Гадяч", "Hadiach"),
        ("Ґалаґан", "Galagan"),
        ("Донецьк", "Donetsk"),
        ("Єнакієве", "Yenakiieve"),
        ("Гаєвич", "Haievych"),
        ("Короп'є", "Koropie"),
        ("Житомир", "Zhytomyr"),
        ("Згорани", "Zghorany"),
        ("Розгон", "Rozghon"),
        ("Медвин", "Medvyn"),
        ("Їжакевич", "Yizhakevych"),
        ("Кадиївка", "Kadyivka"),
        ("Мар'їне", "Marine"),
        ("Йосипівка", "Yosypivka"),
        ("Стрий", "Stryi"),
        ("Харків", "Kharkiv"),
        ("Біла Церква", "Bila Tserkva"),
        ("Шостка", "Shostka"),
        ("Щербухи", "Shcherbukhy"),
        ("Гоща", "Hoshcha"),
        ("Гаращенко", "Harashchenko"),
        ("Юрій", "Yurii"),
        ("Корюківка", "Koriukivka"),
        ("Яготин", "Yahotyn"),
        ("Костянтин", "Kostiantyn"),
        ("Знам'янка", "Znamianka"),
        ("Феодосія", "Feodosiia"),
    ],
)
def test_the_examples_of_the_resolution(ukrainian, english):
    assert romanise(ukrainian) == english


@pytest.mark.parametrize(
    ("ukrainian", "english"),
    [
        ("ЩУКА", "SHCHUKA"),
        ("Щука", "Shchuka"),
        ("ЮРІЙ", "YURII"),
        ("ЗГУРСЬКИЙ", "ZGHURSKYI"),
        ("Згурський", "Zghurskyi"),
        ("Я йду", "Ya ydu"),
        ("Є.", "Ye."),
        ("Корсунь-Шевченківський", "Korsun-Shevchenkivskyi"),
        ("Нью-Йорк", "Niu-York"),
        ("Івано-Яр", "Ivano-Yar"),
        ("м’ята, мʼята, м'ята", "miata, miata, miata"),
        ("«Юлія»", "«Yuliia»"),
        ("'Юлія'", "'Yuliia'"),
        ("Чинаді\u0301йово", "Chynadiiovo"),
        ("ЗСУ: 24 Abrams, ok", "ZSU: 24 Abrams, ok"),
    ],
)
def test_capitals_hyphens_and_apostrophes(ukrainian, english):
    assert romanise(ukrainian) == english


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])).filter(lambda text: text.isascii()))
def test_what_is_not_ukrainian_stays(text):
    assert romanise(text) == text


@given(st.text(alphabet="абвгґдеєжзиіїйклмнопрстуфхцчшщьюяАЇЩ' -"))
def test_nothing_ukrainian_is_left(text):
    assert not any("а" <= letter.lower() <= "ї" or letter in "ґҐ" for letter in romanise(text))


def _needs(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"{path} is not here")
    return path


def test_the_cases_of_another_implementation():
    path = _needs(SHARED / "eval/names/kmu2010-examples.tsv")
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            assert romanise(row["uk"]) == row["en"]


def test_official_spellings_of_places():
    path = _needs(SHARED / "eval/names/spelling.jsonl")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    pairs = [(row.get("uk_corrected", row["uk"]), row.get("en_corrected", row["en"])) for row in rows]
    agreeing = sum(romanise(ukrainian) == english for ukrainian, english in pairs)
    # The others have an English of their own (Ukraine, Klitschko) or an error in the list.
    assert agreeing / len(pairs) >= 0.985

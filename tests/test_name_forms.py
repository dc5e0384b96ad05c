import pytest
from hypothesis import given
from hypothesis import strategies as st

from vistka.text.name_forms import given_forms, place_forms, rule_forms, surname_forms
from vistka.text.name_people import Clue, person_readings


@pytest.mark.parametrize(
    ("form", "nominative"),
    [
        ("Гнатюшенка", "гнатюшенко"),
        ("Загребельського", "загребельський"),
        ("Загребельською", "загребельська"),
        ("Лебединцем", "лебединець"),
        ("Савчишиним", "савчишин"),
        ("Ведмідчуком", "ведмідчук"),
        ("Палаєм", "палай"),
        ("Підгорбунських", "підгорбунський"),
    ],
)
def test_the_likeliest_nominative_of_a_surname(form, nominative):
    assert surname_forms(form)[0].lemma == nominative


def test_a_form_of_two_names_yields_both():
    found = {(reading.lemma, reading.gender) for reading in surname_forms("Чернишову")}
    assert {("чернишов", "masc"), ("чернишова", "femn")} <= found


def test_the_dative_softens_the_stem():
    assert "сибига" in {reading.lemma for reading in rule_forms("сибизі")}
    assert "дзвонюха" in {reading.lemma for reading in rule_forms("дзвонюсі")}


@pytest.mark.parametrize(
    ("form", "nominative"),
    [
        ("Зеленодольська", "зеленодольськ"),
        ("Красногорівці", "красногорівка"),
        ("Новоселиці", "новоселиця"),
        ("Чернівцях", "чернівці"),
        ("Харкова", "харків"),
        ("Нововасилівкою", "нововасилівка"),
    ],
)
def test_the_likeliest_nominative_of_a_place(form, nominative):
    assert place_forms(form)[0].lemma == nominative


def test_given_names_are_told_by_gender():
    assert {(r.lemma, r.gender) for r in given_forms("Валентина")} == {("валентин", "masc"), ("валентина", "femn")}


@pytest.mark.parametrize(
    ("words", "nominative"),
    [
        ("Олександра Сирського", "олександр сирський"),
        ("Олександра Петренко", "олександра петренко"),
        ("Олександра Петренка", "олександр петренко"),
        ("Юлією Свириденко", "юлія свириденко"),
        ("Романишин Марії Іванівни", "романишин марія іванівна"),
        ("Івана Нечуя-Левицького", "іван нечуй-левицький"),
        ("Урсулою фон дер Ляєн", "урсула фон дер ляєн"),
        ("О. Чернишовим", "о. чернишов"),
    ],
)
def test_first_name_and_surname_decide_together(words, nominative):
    assert " ".join(person_readings(tuple(words.split()))[0].lemmas) == nominative


def test_what_stands_beside_decides_where_the_name_does_not():
    woman = Clue("femn", frozenset({"nomn"}), 4.0)
    assert person_readings(("Чернишова",), (woman,))[0].surname == "чернишова"
    assert person_readings(("Чернишова",), (Clue("any", frozenset({"gent"})),))[0].surname == "чернишов"


def test_no_words_are_no_mention():
    with pytest.raises(ValueError, match="one word"):
        person_readings(())


@given(st.text(alphabet="абвгґдеєжзиіїйклмнопрстуфхцчшщьюя'-АБВ", min_size=1, max_size=14))
def test_every_word_has_a_reading(word):
    assert surname_forms(word)
    assert place_forms(word) is not None

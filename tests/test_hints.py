"""What is offered to the model with a sentence: sums by value, names, glossary terms."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vistka.text.numbers import quantities
from vistka.translate.glossary import Entry, Glossary, load_glossary
from vistka.translate.hints import MAX_HINT_CHARS, hints_for
from vistka.translate.name_index import capitalised
from vistka.translate.sums import english_sum

NOTHING = Glossary([])


@pytest.mark.parametrize(
    ("ukrainian", "english"),
    [
        ("1,5 млн грн", "1.5 million hryvnias"),
        ("150–200 млрд франків", "150–200 billion francs"),
        ("2,5%", "2.5%"),
        ("2,5 відсотка", "2.5%"),
        ("800 тис.", "800,000"),
        ("800 тис. людей", "800,000 people"),
        ("12 тисяч тонн", "12,000 tonnes"),
        ("$1,4 млрд", "1.4 billion dollars"),
        ("€300 тис.", "300,000 euros"),
        ("1 гривня", "1 hryvnia"),
        ("за два тижні", "two weeks"),
        ("30 днів", "30 days"),
        ("1 година", "one hour"),
        ("25 гривень", "25 hryvnias"),
        ("3 трлн юанів", "3 trillion yuan"),
        ("1 234 567", "1,234,567"),
    ],
)
def test_sums_by_value(ukrainian: str, english: str):
    (quantity,) = quantities(ukrainian, "uk")
    assert english_sum(quantity) == english


@pytest.mark.parametrize("text", ["5 яблук", "у 2019", "криза 2007.", "2022 рік", "20-й", "о 17:30", "Т-72", "десятки"])
def test_what_the_digits_say_themselves_needs_no_hint(text: str):
    assert [english_sum(quantity) for quantity in quantities(text, "uk")] in ([None], [])


def test_a_unit_without_an_english_name_is_not_dropped():
    (quantity,) = quantities("2 млн крон", "uk")
    assert quantity.low == Fraction(2_000_000)
    assert english_sum(quantity) is None


@settings(max_examples=60)
@given(st.integers(1000, 10**15))
def test_the_english_has_the_value_of_the_ukrainian(value: int):
    (ukrainian,) = quantities(f"{value} грн", "uk")
    english = english_sum(ukrainian)
    assert english is not None
    (again,) = quantities(english, "en")
    assert (again.low, again.unit) == (Fraction(value), "UAH")


def test_sums_names_and_terms_in_the_order_of_the_sentence():
    known = Glossary([Entry("довічне ув'язнення", ("life imprisonment",), pos="phrase")])
    hints = hints_for("Олег Синєгубов заплатив 1,5 млн грн, щоб уникнути довічного ув’язнення.", known)
    assert hints.terms == (
        ("Олег Синєгубов", "Oleh Syniehubov"),
        ("1,5 млн грн", "1.5 million hryvnias"),
        ("довічне ув'язнення", "life imprisonment"),
    )
    assert [match.entry.sense for match in hints.matches] == ["life imprisonment"]


def test_a_sum_says_more_than_the_currency_inside_it():
    known = Glossary([Entry("грн", ("hryvnia",), pos="abbr"), Entry("млн", ("million",), pos="abbr")])
    assert hints_for("Отримав 1,5 млн грн.", known).terms == (("1,5 млн грн", "1.5 million hryvnias"),)


def test_a_users_term_wins_over_everything():
    own = Entry("млн грн", ("UAH million",), by_user=True)
    assert hints_for("Отримав 1,5 млн грн.", Glossary([own])).terms == (("млн грн", "UAH million"),)


def test_a_name_that_the_glossary_knows_is_not_romanised_again():
    known = Glossary([Entry("Володимир Зеленський", ("Volodymyr Zelenskyy",), pos="name")])
    hints = hints_for("Про це сказав Володимиру Зеленському речник.", known)
    assert hints.terms == (("Володимир Зеленський", "Volodymyr Zelenskyy"),)
    assert hints.spellings == {
        "володимир зеленський": "Volodymyr Zelenskyy",
        "володимир": "Volodymyr",
        "зеленський": "Zelenskyy",
    }


def test_nothing_is_offered_twice():
    known = Glossary([Entry("обстріл", ("shelling",), pos="noun")])
    hints = hints_for("Після обстрілу був ще один обстріл.", known)
    assert hints.terms == (("обстріл", "shelling"),)
    assert len(hints.matches) == 2


def test_what_does_not_fit_is_left_out_and_names_go_before_words():
    words = ["обстріл", "наступ", "оборона", "танк", "літак", "ракета", "міна", "снаряд"]
    known = Glossary(
        [Entry(word, (word[0] + "x" * 60,), pos="noun") for word in words]
        + [Entry("Харків", ("Kharkiv",), pos="place"), Entry("тил", ("rear",), by_user=True)]
    )
    terms = hints_for(f"{', '.join(words)}, тил і Харків, 3 млн грн.", known).terms
    offered = [lemma for lemma, _ in terms]
    assert {"тил", "Харків", "3 млн грн"} <= set(offered)
    assert 0 < len(set(offered) & set(words)) < len(words)
    assert sum(len(lemma) + len(english) + 5 for lemma, english in terms) <= MAX_HINT_CHARS
    assert [match.entry.lemma for match in hints_for(", ".join(words), known).matches] == words


def test_a_sentence_with_nothing_known():
    hints = hints_for("Так.", NOTHING)
    assert (hints.terms, hints.matches, hints.spellings) == ((), (), {})
    assert hints_for("", NOTHING).terms == ()


def test_the_capitals_of_a_name():
    assert capitalised("нечуй-левицький") == "Нечуй-Левицький"
    assert capitalised("") == ""


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet="Олег Синєгубов 1,5 млн грн % СБУ у Києві 24 лютого'«».", max_size=80))
def test_any_text_has_hints_within_the_budget(text: str):
    terms = hints_for(text, load_glossary()).terms
    assert len({lemma for lemma, _ in terms}) == len(terms)
    assert sum(len(lemma) + len(english) + 5 for lemma, english in terms) <= MAX_HINT_CHARS


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("засудили 34-річного жителя міста", "34-year-old"),
        ("оголосили підозру 27-річному Р. Задорожному", "27-year-old"),
        ("підписали 10-річний контракт", "10-year"),
    ],
)
def test_an_age_is_told_from_a_term(text: str, english: str):
    assert english in [sense for _, sense in hints_for(text, NOTHING).terms]


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("у ніч на 5 січня", "5 January"),
        ("1-2 лютого 2025 року", "1–2 February 2025"),
        ("у березні", "March"),
        ("24.02.2022", "24 February 2022"),
    ],
)
def test_a_date_is_offered_in_english(text: str, english: str):
    assert english in [sense for _, sense in hints_for(text, NOTHING).terms]


def test_a_year_alone_needs_no_hint():
    assert hints_for("у 2013 році", NOTHING).terms == ()


def test_a_full_name_is_one_hint_in_the_nominative():
    glossary = Glossary([Entry("Олег", ("Oleh",), pos="name")])
    terms = hints_for("Про це запитали Олега Синєгубова в Харкові.", glossary).terms
    assert ("Олег Синєгубов", "Oleh Syniehubov") in terms


def test_a_foreign_name_is_left_to_the_model():
    terms = hints_for("Про це сказав Столтенберг у Брюсселі.", NOTHING).terms
    assert not any("Stol" in english for _, english in terms)


def test_words_that_every_model_knows_are_not_offered_unless_the_user_says_so():
    assert hints_for("Це сталося вчора в місті.", Glossary([Entry("місто", ("city",))])).terms == ()
    mine = Glossary([Entry("місто", ("town",), by_user=True)])
    assert hints_for("Це сталося вчора в місті.", mine).terms == (("місто", "town"),)


def test_a_capital_makes_no_name_of_a_word_that_the_lexicon_has() -> None:
    glossary = Glossary([Entry("шахед", ("Shahed drone",), "noun")])
    assert hints_for("про загрозу атаки «Шахедів»", glossary).terms == (("шахед", "Shahed drone"),)

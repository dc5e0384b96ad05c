import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vistka.translate.glossary import Entry, Glossary
from vistka.translate.name_book import UNSURE, NameBook, unsure_spellings
from vistka.translate.name_origin import person_origin, place_origin, surname_origin

KNOWN = Glossary(
    [
        Entry("Володимир Зеленський", ("Volodymyr Zelenskyy",), pos="name", note="not-kmu55"),
        Entry("Зеленський", ("Zelenskyy",), pos="name", note="not-kmu55"),
        Entry("Віталій Кличко", ("Vitali Klitschko",), pos="name", note="not-kmu55"),
        Entry("Сергій Лавров", ("Sergey Lavrov",), pos="name", note="not-kmu55"),
        Entry("Умєров", ("Umerov",), pos="name", note="not-kmu55"),
        Entry("Боб Ділан", ("Bob Dylan",), pos="name", note="not-kmu55"),
        Entry("Джеймі", ("Jamie",), pos="name", note="not-kmu55; given name"),
        Entry("Галіфакс", ("Halifax",), pos="place", note="not-kmu55"),
        Entry("Костянтинівка", ("Kostiantynivka",), pos="place"),
    ]
)


def spelled(*texts, of=-1):
    book = NameBook.from_segments(texts, KNOWN)
    return [named.spelling.english for named in book.mentions(texts[of])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Головком Олександр Сирський прибув до Костянтинівки.", ["Oleksandr Syrskyi", "Kostiantynivka"]),
        ("Боб Ділан співав у Галіфаксі.", ["Bob Dylan", "Halifax"]),
        ("Про це повідомив О. Чернишов.", ["O. Chernyshov"]),
        ("Олександр СИРСЬКИЙ доповів про ситуацію.", ["Oleksandr Syrskyi"]),
        ("Свириденко заявила про це.", ["Svyrydenko"]),
        ("Родині Пархоменків допомогли сусіди.", ["Parkhomenko"]),
        ("Нагородили Олену Умєрову.", ["Olena Umerova"]),
        ("Прибули до міста Зеленодольська.", ["Zelenodolsk"]),
        ("Виступила Надія Савченко.", ["Nadiia Savchenko"]),
    ],
)
def test_spelling_in_a_sentence(text, expected):
    assert spelled(text) == expected


def test_a_later_surname_follows_the_full_mention():
    assert spelled("Мер Віталій Кличко приїхав.", "Кличка зустріли.") == ["Klitschko"]
    assert spelled("Учень Іван Кличко приїхав.", "Кличка зустріли.") == ["Klychko"]


def test_all_mentions_together_decide_between_man_and_woman():
    doubtful = "Олександру Чернишову бачили вдома."
    assert spelled(doubtful, "Чернишова заявила про це.", of=0) == ["Oleksandra Chernyshova"]
    assert spelled(doubtful, "Чернишов заявив про це.", of=0) == ["Oleksandr Chernyshov"]


def test_a_name_at_the_start_of_a_sentence_is_known_from_elsewhere():
    assert spelled("Зустріч вів Остап Дзвінчук.", "Дзвінчуку аплодували.") == ["Dzvinchuk"]


def test_one_word_is_spelled_as_its_person():
    book = NameBook.from_segments(["Приїхав Сергій Лавров.", "Лаврова зустріли."], KNOWN)
    assert book.spelling("Сергія").english == "Sergey"
    assert book.spelling("Сергія Лаврова").nominative == "Сергій Лавров"
    given_name, surname = book.names("Бачили Сергія Лаврова.")
    assert (book.spelling(given_name).english, book.spelling(surname).english) == ("Sergey", "Lavrov")


def test_the_book_gives_the_nominative_of_each_word():
    book = NameBook.from_segments([], KNOWN)
    assert [name.lemma for name in book.names("Бачили Олександра Сирського.")] == ["олександр", "сирський"]


def test_a_foreign_name_that_is_not_known_is_flagged_once():
    text = "Джеймі Сімінофф заснував фірму. Джеймі Сімінофф її продав."
    found = unsure_spellings(NameBook.from_segments([text], KNOWN).mentions(text))
    assert [(finding.code, finding.severity, finding.source_text) for finding in found] == [
        (UNSURE, "warn", "Джеймі Сімінофф")
    ]
    assert "check its spelling" in found[0].message


def test_known_and_ukrainian_names_are_not_flagged():
    text = "Боб Ділан, Тарас Гриценко та О. Чернишов були у Галіфаксі й Костянтинівці."
    assert unsure_spellings(NameBook.from_segments([text], KNOWN).mentions(text)) == []


@pytest.mark.parametrize("surname", ["порошенко", "ковальчук", "романишин", "чернишов", "притула", "гайдай"])
def test_ukrainian_surnames_are_not_foreign(surname):
    assert surname_origin(surname) != "foreign"


@pytest.mark.parametrize("surname", ["джонсон", "сімінофф", "суріссо", "маккарті", "нассер", "зурабішвілі"])
def test_foreign_surnames(surname):
    assert surname_origin(surname) == "foreign"


def test_the_given_name_decides_before_the_surname():
    assert person_origin(["тарас"], "джонсон", ukrainian={"тарас"}) == "ukrainian"
    assert person_origin(["якуб"], "качинський", ukrainian={"тарас"}) == "foreign"
    assert person_origin(["о."], "качинський", ukrainian={"тарас"}) == "unclear"


def test_places_by_their_endings():
    assert place_origin("стельмахівка") == "ukrainian"
    assert place_origin("оксфорд") == "foreign"


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60))
def test_any_text_can_be_booked(text):
    book = NameBook.from_segments([text], KNOWN)
    assert all(named.span.end <= len(text) for named in book.mentions(text))
    assert book.spelling(text).english is not None

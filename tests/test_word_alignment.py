"""Which English words stand for which Ukrainian ones, as a reader can see for himself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vistka.datatypes import Span
from vistka.documents.word_alignment import Alignment

STUBB = (
    "Президент Фінляндії Олександр Стубб заявив, що Україна потребує гарантій безпеки.",
    "Finnish President Alexander Stubb said that Ukraine needs security guarantees.",
)
REGION = (
    "Деталі: ЗСУ звільнили 12 сіл у Харківській області.",
    "Details: the Ukrainian army liberated 12 villages in the Kharkiv region.",
)
RATE = (
    "Курс гривні становить 41,5 за долар, пише «Українська правда».",
    "The hryvnia rate is 41.5 per dollar, “Ukrainska Pravda” writes.",
)


def span_of(text: str, words: str) -> Span:
    start = text.index(words)
    return Span(start, start + len(words))


@pytest.mark.parametrize(
    ("pair", "words", "english"),
    [
        (STUBB, "Олександр Стубб", "Alexander Stubb"),
        (STUBB, "Президент Фінляндії", "Finnish President"),  # a genitive comes first in English
        (STUBB, "Україна", "Ukraine"),
        (STUBB, "заявив", None),  # nothing in its looks, and the words beside it are no help
        (REGION, "Деталі:", "Details:"),
        (REGION, "12", "12"),
        (REGION, "Харківській області", "Kharkiv region"),
        (RATE, "41,5", "41.5"),
        (RATE, "«Українська правда»", "“Ukrainska Pravda”"),
        (
            ("разом із міністром освіти Лісовим", "with Minister of Education Lisovyi"),
            "міністром освіти",
            "Minister of Education",
        ),
        (("Він каже: ніколи.", "He says: never."), "ніколи", "never"),  # between a colon and the end
        (("Мер Кличко щойно приїхав.", "Mayor Klitschko has just come."), "щойно приїхав", "has just come"),
    ],
)
def test_words_find_their_english(pair, words, english):
    found = Alignment(*pair).place(span_of(pair[0], words))
    assert (found and found.of(pair[1])) == english


@pytest.mark.parametrize(
    ("pair", "after", "before_it", "sure"),
    [
        (STUBB, "Стубб", "Finnish President Alexander Stubb", True),
        (STUBB, "безпеки.", STUBB[1], True),
        (STUBB, "безпеки", STUBB[1][:-1], True),
        (RATE, "долар,", "The hryvnia rate is 41.5 per dollar,", True),
        (("Десь тут у лісі є щось.", "Somewhere in the forest there is a thing."), "Десь тут", "Somewhere", False),
    ],
)
def test_things_stay_behind_the_same_word(pair, after, before_it, sure):
    alignment = Alignment(*pair)
    assert alignment.position(span_of(pair[0], after).end) == (len(before_it), sure)


def test_what_is_known_counts_more_than_looks():
    source, english = "Див. a.ua і b.ua", "See b.ua and a.ua"
    known = ((span_of(source, "b.ua"), span_of(english, "b.ua")), (span_of(source, "a.ua"), span_of(english, "a.ua")))
    found = Alignment(source, english, known).place(span_of(source, "a.ua"))
    assert found is not None
    assert found.of(english) == "a.ua"


def test_a_guess_takes_free_words_alone():
    alignment = Alignment("Раз два три чотири", "One two three four")
    guess = alignment.guess(Span(8, 11), [0, 2, 3])
    assert guess is not None
    assert guess.of(alignment.english) == "three"
    assert alignment.guess(Span(8, 11), []) is None


TEXTS = st.lists(st.sampled_from(["Київ", "Kyiv", " ", ",", "«", "”", "15", "(", ": ", "слово ", "-", "."])).map(
    "".join
)


@given(TEXTS, TEXTS, st.integers(0, 60), st.integers(0, 60))
def test_every_answer_is_inside_the_english(source, english, one, other):
    span = Span(min(one, other, len(source)), min(max(one, other), len(source)))
    alignment = Alignment(source, english)
    found = alignment.place(span)
    assert found is None or 0 <= found.start < found.end <= len(english)
    position, _ = alignment.position(span.start)
    assert 0 <= position <= len(english)
    guess = alignment.guess(span, range(len(alignment.english_words)))
    assert (guess is None) == (not alignment.english_words)

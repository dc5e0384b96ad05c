"""A foreign name has one spelling through an item."""

from vistka.models.engine import Output
from vistka.translate.glossary import load_glossary
from vistka.translate.hints import hints_for
from vistka.translate.hypotheses import Work
from vistka.translate.name_book import NameBook
from vistka.translate.one_spelling import with_one_spelling

SOURCES = ["Про це заявив Герхард Карнер.", "Карнер відповів на запитання.", "Карнер пішов, а Зеленський лишився."]


def works(*english: str) -> list[Work]:
    glossary = load_glossary()
    book = NameBook.from_segments(SOURCES, glossary)
    made = [Work(source, (), hints_for(source, glossary, book)) for source in SOURCES[: len(english)]]
    for work, text in zip(made, english, strict=True):
        work.add(Output(text, -0.1, 10, True), 0)
    return made


def test_equally_common_spellings_yield_to_what_sounds_most_like_the_name():
    made = works("Gerhard Karner said this.", "Carnier answered a question.")
    with_one_spelling(made)
    assert [work.best.text for work in made] == ["Gerhard Karner said this.", "Karner answered a question."]


def test_the_commonest_spelling_stands():
    made = works("Gerhard Kaerner said this.", "Kaerner answered.", "Karner's hat left and Zelenskyy stayed.")
    with_one_spelling(made)
    assert made[2].best.text == "Kaerner's hat left and Zelenskyy stayed."


def test_where_two_words_may_be_the_name_nothing_is_guessed():
    made = works("Gerhard Karner said this.", "Kaerner answered, Carnier did not.")
    with_one_spelling(made)
    assert made[1].best.text == "Kaerner answered, Carnier did not."


def test_what_was_translated_before_is_followed_and_kept():
    old, new = works("Gerhard Carnier said this.", "Karner answered a question.")
    with_one_spelling([new], [old])
    assert (old.best.text, new.best.text) == ("Gerhard Carnier said this.", "Carnier answered a question.")


def test_what_the_model_was_told_is_not_touched():
    made = works("Karner said this.", "Karner answered.", "Karner left and Zelenskyy stayed.")
    before = [work.best.text for work in made]
    with_one_spelling(made)
    assert [work.best.text for work in made] == before

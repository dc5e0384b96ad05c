"""Languages told apart by what a reader of them sees at once."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vistka.datatypes import Language
from vistka.text.languages import dominant_language, language_spans


def spans(text: str) -> list[tuple[str, Language]]:
    return [(text[span.start : span.end], span.language) for span in language_spans(text)]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Міністерство оборони заявило про втрати ворога.", "uk"),
        ("МІНІСТЕРСТВО ОБОРОНИ ЗАЯВИЛО ПРО ВТРАТИ", "uk"),
        ("Слава Україні", "uk"),
        ("Москва", "uk"),  # could be either
        ("Я так считаю шо він правильно зробив, канешно", "uk"),  # surzhyk
        ("мiсто Київ", "uk"),  # Latin i
        ("об'єкт", "uk"),
        ("МИНИСТЕРСТВО ОБОРОНЫ ЗАЯВИЛО", "ru"),
        ("Президент подписал закон.", "ru"),  # no letter tells
        ("Москва готова к войне", "ru"),
        ("Прэзідэнт падпісаў закон", "be"),
        ("Ён заявіў, што гэта праўда", "be"),
        ("Президентът заяви, че войната ще продължи", "other"),
        ("Председник је рекао да ће доћи", "other"),
        ("Претседателот рече дека ќе дојде", "other"),
        ("The minister said that it was good.", "en"),
        ("Er ist nicht da und wir sind froh.", "other"),
        ("12:30, 5 %", "und"),
        ("🔥 https://example.com/war", "und"),
        ("2023-01-05T12:14:00Z", "und"),
        ("", "und"),
    ],
)
def test_dominant_language(text: str, language: Language) -> None:
    assert dominant_language(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "Україна отримала Patriot і HIMARS, пише The Guardian та Neue Zürcher Zeitung з посиланням на CNN.",
        "На полі бою помітили BMP Puma, а в містах – COVID XBB.1.5.",
        "Про це повідомляє Institute for the Study of War у звіті.",
        "iPhone 15 Pro Max вийшов.",
    ],
)
def test_names_in_latin_letters_belong_to_the_sentence(text: str) -> None:
    assert spans(text) == [(text, "uk")]


@pytest.mark.parametrize(
    "expected",
    [
        [("додати ще новини ", "uk"), ("more news", "en")],
        [("The photo ", "en"), ("(«фото з відкритих джерел») ", "uk"), ("was added.", "en")],
        [("Про це сказав він. ", "uk"), ("We will never give up. ", "en"), ("Зал аплодував.", "uk")],
        [("Він сказав: ", "uk"), ("«Мы не отступим никогда», ", "ru"), ("і пішов.", "uk")],
        [("«Слава Україні!» ", "uk"), ("was shouted in Kyiv by people.", "en")],
    ],
)
def test_mixed_text(expected: list[tuple[str, Language]]) -> None:
    assert spans("".join(part for part, _ in expected)) == expected


def test_what_could_be_either_takes_after_its_surroundings() -> None:
    assert dominant_language("Он был уверен, что это правда. Завтра погода на море.") == "ru"
    assert spans("Він певен, що це правда. Завтра погода на море.")[0][1] == "uk"


PIECES = st.sampled_from(
    [
        "Він",
        "сказав",
        "that",
        "we",
        "will",
        "мы",
        "это",
        "ў",
        "Patriot",
        "«",
        "»",
        '"',
        "(",
        ")",
        ". ",
        " ",
        ", ",
        "\n",
        "5",
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join)))
def test_spans_cover_the_text_and_differ_from_their_neighbours(text: str) -> None:
    found = language_spans(text)
    assert "".join(text[span.start : span.end] for span in found) == text
    assert all(left.end == right.start for left, right in itertools.pairwise(found))
    assert all(left.language != right.language for left, right in itertools.pairwise(found))
    assert all(span.end > span.start for span in found)

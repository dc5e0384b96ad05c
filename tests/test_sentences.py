"""Sentence ends that a reader can check by hand, and nothing lost."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vistka.datatypes import Language, Span
from vistka.text.sentences import sentence_spans


def sentences(text: str, language: Language = "uk") -> list[str]:
    return [span.of(text) for span in sentence_spans(text, language)]


@pytest.mark.parametrize(
    "one",
    [
        "Зустріч пройде у м. Київ на вул. Хрещатик, 5.",
        "Школа ім. Т. Г. Шевченка отримала 1,5 млрд грн. на ремонт.",
        "Про це заявив О. Чернишов, а не Ю.В.Коваль.",
        "Генерал звернувся до ген. Іваненка та полк. Петренка.",
        "У смт. Гостомель і на бул. Шевченка тихо.",
        "Справу відкрили за п.1 ч.2 ст.115 Кримінального кодексу.",
        "Йдеться про ст. 115 кодексу, див. рис. 5.",
        "Це т. зв. «сіра зона» та ін. території.",
        "О 17.15 курс був 2.5, а 11.12.2025 упав.",
        "«Ми вистоїмо!» – сказав він.",
        '"Ми вистоїмо!" - сказав він.',
        "Передача «Що? Де? Коли?» повернулася.",
        "Читайте на https://example.com.ua/a.b/?q=1. і далі.",
        "За даними Суспільне.Новини, вибухів не було.",
        "Дж.Байден прибув.",
        "Доставили близько 350\nпоранених військових.",
        "2. Друге речення списку.",
        "Він... вагався.",
        "Люблю ❤️ Україну.",
        "Розслідування «Крим. Реалії» вийшло.",
    ],
)
def test_one_sentence_stays_one(one: str) -> None:
    assert sentences(one) == [one]


@pytest.mark.parametrize(
    "parts",
    [
        ["Сума – 100 тис. грн. ", "Банк мовчить."],
        ["Що?! ", "Як так?.. ", "Ніяк."],
        ["Так і т. д. ", "Президент пішов."],
        ["Упав ВВП.", "Однак ціни ростуть."],
        ["Вибухи у Києві🔥 ", "Працює ППО."],
        ["Відбій. ", "🔥 Працює ППО."],
        ["Йдемо далі. ", "19 людей чекають."],
        ["Він пішов (сам). ", "«Так», – сказав він."],
        ["Перелік:\n", "- один;\n", "- два;\n", "- три."],
        ["Кроки.\n", "1. Раз.\n", "2. Два."],
        ["Заголовок без крапки\n\n", "Перше речення."],
        ["**Деталі:** так.** ", "На це **він** мовчав."],
        ["<b>Так.</b> ", "<i>Ні.</i>"],
        ["Генштаб назвав втрати\n", "За минулу добу наші захисники знищили багато ворожої техніки на сході."],
        ["  Перше. ", "Друге.\n\n"],
        ["Дивіться на example.com. ", "Там усе."],
    ],
)
def test_splits(parts: list[str]) -> None:
    assert sentences("".join(parts)) == parts


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("en", ["Mr. Smith of the U.S. Marine Corps left at 5 p.m. ", "He met Gen. Adams."]),
        ("en", ['"We will win!" he said. ', "Nobody answered."]),
        ("ru", ["В 2022 г. он жил на ул. Ленина и т. д. ", "Потом уехал."]),
        ("ru", ["«Победим!» – сказал он. ", "А. С. Иванов молчал."]),
    ],
)
def test_other_languages(language: Language, parts: list[str]) -> None:
    assert sentences("".join(parts), language) == parts


def test_nothing_is_cut_inside_what_the_caller_keeps_whole() -> None:
    text = "Перше. Друге. Третє."
    assert [span.of(text) for span in sentence_spans(text, "uk", [Span(0, 13)])] == ["Перше. Друге. ", "Третє."]


def test_empty_and_blank() -> None:
    assert sentences("") == []
    assert sentences(" \n") == [" \n"]


PIECES = st.sampled_from(
    [
        *'слово Київ м. О. т. д. 5 млн грн . … ?! « » " ( ) – - 🔥 ** <b> > https://a.ua 1. • ВВП.Однак А'.split(),
        " ",
        "\n",
        "\n\n",
        "\xa0",
        "\r\n",
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join)), st.sampled_from(["uk", "ru", "be", "en"]))
def test_sentences_join_to_the_text(text: str, language: Language) -> None:
    parts = sentences(text, language)
    assert "".join(parts) == text
    assert all(parts)
    assert all(not part[:1].isspace() for part in parts[1:])


@pytest.mark.parametrize("piece", ["а", "(((((", "....", "\n", "\n- ", "«", "А. ", "* "])
def test_time_is_linear(piece: str) -> None:
    text = (piece * 50_000)[:50_000]
    started = time.perf_counter()
    sentence_spans(text, "uk")
    assert time.perf_counter() - started < 10

"""Which sentences are chosen: the first, who reported it, and what shares most with the title."""

from __future__ import annotations

import pytest

from vistka.documents.read import read
from vistka.summarize.clean import Sentence, news_sentences
from vistka.summarize.evidence import choose, leans

ARTICLE = """На Волині відкрили новий міст через Стир

У середу на Волині відкрили новий міст через Стир, який будували чотири роки.
Він сполучає два береги міста й витримує вантажівки вагою до сорока тонн.
Про це повідомили в обласній адміністрації.

Раніше мешканці об'їжджали ріку через сусідній район, витрачаючи на це годину.
Погода в день відкриття була сонячна, а на березі грав духовий оркестр.
Новий міст через Стир коштував бюджету області 96 млн грн.
"""


def sentences() -> list[Sentence]:
    return news_sentences(read(ARTICLE, name="a", as_article=True, max_mib=1))


def test_the_first_the_source_and_what_shares_with_the_title_are_chosen_in_order() -> None:
    chosen = [
        sentence.position for sentence in choose(sentences(), "На Волині відкрили новий міст через Стир", "uk", 3)
    ]
    assert chosen == [0, 2, 5]


def test_a_short_item_is_taken_whole() -> None:
    everything = sentences()
    assert choose(everything[:5], "", "uk", 1, max_chars=2000) == everything[:5]
    assert [sentence.position for sentence in choose(everything, "", "uk", 1, max_chars=200)] == [0]


@pytest.mark.parametrize("text", ["Він прийшов.", "Про це повідомили.", "They left.", "However, so.", "Однак дощило."])
def test_what_cannot_stand_alone(text: str) -> None:
    assert leans(text)


@pytest.mark.parametrize("text", ["Вінниця святкує.", "Theatres opened.", "Адміністрація працює.", "Italy won."])
def test_what_can(text: str) -> None:
    assert not leans(text)

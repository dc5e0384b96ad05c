"""Ordinary capitals for a headline in capitals."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vistka.translate.glossary import Entry, Glossary, load_glossary
from vistka.translate.recase import sentence_case

KNOWN = Glossary(
    [
        Entry("ЗСУ", ("Armed Forces of Ukraine",), pos="abbr"),
        Entry("Верховна Рада", ("Verkhovna Rada",), pos="org"),
        Entry("Україна", ("Ukraine",), pos="place"),
        Entry("Рівне", ("Rivne",), pos="place", note="homograph"),
    ]
)


@pytest.mark.parametrize(
    ("shouted", "wanted"),
    [
        ("ВЕРХОВНА РАДА УХВАЛИЛА ЗАКОН", "Верховна Рада ухвалила закон"),
        ("РЕЧНИК ЗСУ: УКРАЇНА ВІДБИЛА АТАКУ", "Речник ЗСУ: Україна відбила атаку"),
        ("УКРАЇНА ОТРИМАЛА PATRIOT ТА 20 F-16", "Україна отримала PATRIOT та 20 F-16"),
        ("ЗСУ ЗНИЩИЛИ С-300 ТА Т-72", "ЗСУ знищили С-300 та Т-72"),
        ("ЗАТРИМАНО 34-РІЧНОГО ВОДІЯ", "Затримано 34-річного водія"),
        ("БЮДЖЕТ УКРАЇНИ — 1,5 МЛРД", "Бюджет України — 1,5 млрд"),
        ("«НОВИЙ ЗАКОН» УХВАЛЕНО", "«Новий закон» ухвалено"),
    ],
)
def test_a_headline_in_capitals(shouted: str, wanted: str):
    assert sentence_case(shouted, KNOWN) == wanted


def test_a_headline_with_the_built_in_lexicon():
    assert sentence_case("ЗЕЛЕНСЬКИЙ ЗУСТРІВСЯ З МАКРОНОМ У КИЄВІ", load_glossary()) == (
        "Зеленський зустрівся з Макроном у Києві"
    )


@pytest.mark.parametrize(
    "text", ["Верховна Рада ухвалила закон", "ЗСУ", "Речник ЗСУ та СБУ", "", "1,5 %", "ЗСУ відбили атаку"]
)
def test_other_texts_stay_as_they_are(text: str):
    assert sentence_case(text, KNOWN) == text


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet="АБВГҐЄІЇЮЯʼ'’-İẞ 1«»абв.", max_size=40))
def test_characters_keep_their_places(text: str):
    changed = sentence_case(text, KNOWN)
    assert len(changed) == len(text)
    assert changed.lower() == text.lower()

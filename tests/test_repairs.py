"""A changed date or sum is put right where it is plain which one it is, and only there."""

import pytest

from vistka.translate.glossary import Entry, Glossary
from vistka.translate.repairs import repaired, spelled_out, without_doubled, without_invented_years


@pytest.mark.parametrize(
    ("source", "english", "right"),
    [
        (
            "У ніч на 5 січня війська атакували область.",
            "On the night of December 5, troops attacked the region.",
            "On the night of 5 January, troops attacked the region.",
        ),
        (
            "За це отримав 1,5 млн грн.",
            "For this he got 1.5 billion hryvnias.",
            "For this he got 1.5 million hryvnias.",
        ),
        ("Ціни зросли на 2,5%.", "Prices rose by 25%.", "Prices rose by 2.5%."),
        (
            "11 грудня на зустрічі лідери погодили допомогу.",
            "At the meeting, the leaders agreed on aid.",
            "On 11 December, at the meeting, the leaders agreed on aid.",
        ),
        ("5 січня 2026 року Київ відновив рух.", "Kyiv resumed traffic.", "On 5 January 2026, Kyiv resumed traffic."),
    ],
)
def test_one_wrong_value_is_replaced(source: str, english: str, right: str):
    text, put = repaired(source, english)
    assert text == right
    assert len(put) == 1


@pytest.mark.parametrize(
    ("source", "english"),
    [
        # Right already.
        ("За це отримав 1,5 млн грн.", "For this he got UAH 1.5 million."),
        # Two are missing: nobody can tell which of them the one in the English was.
        ("Виділили 2 млн грн і 3 млн грн.", "They gave 5 million hryvnias."),
        # Two days are missing: nobody can tell where the other one goes.
        ("11 грудня лідери скасували зустріч 15 грудня.", "The leaders cancelled the meeting."),
        # The day does not open the source.
        ("Лідери зустрілися 11 грудня.", "The leaders met."),
        # Nothing in the English to replace.
        ("Виділили 2 млн грн.", "They gave money."),
        # Another thing was counted.
        ("Виділили 2 млн грн.", "They helped 7 million people."),
        ("5 січня", "the fifth day"),
    ],
)
def test_anything_else_is_left_for_a_person(source: str, english: str):
    assert repaired(source, english) == (english, [])


GLOSSARY = Glossary(
    [
        Entry("ОВА", ("oblast military administration",), pos="abbr"),
        Entry("СБУ", ("Security Service of Ukraine (SBU)",), pos="abbr"),
    ]
)


@pytest.mark.parametrize(
    ("source", "english", "right"),
    [
        ("Про це повідомили в ОВА.", "The OVA reported this.", "The oblast military administration reported this."),
        ("Його затримала СБУ.", "The SBU detained him.", "The SBU detained him."),
        ("Про це повідомили в ОВА.", "OVAL reported this.", "OVAL reported this."),
        ("Про це повідомили.", "The OVA reported this.", "The OVA reported this."),
    ],
)
def test_an_abbreviation_in_latin_letters_is_spelled_out(source: str, english: str, right: str):
    assert spelled_out(english, GLOSSARY.matches(source)) == right


@pytest.mark.parametrize(
    ("source", "english", "right"),
    [
        ("30 грудня знищено 10 машин.", "On December 30, 2021, 10 cars were hit.", "On December 30, 10 cars were hit."),
        ("30 грудня це було.", "It was on 30 December 2022.", "It was on 30 December."),
        ("30 грудня 2022 року це було.", "It was on 30 December 2022.", "It was on 30 December 2022."),
        ("30 грудня минулого року.", "30 December 2021.", "30 December 2021."),
        ("Торік їх було 2021.", "There were 2021 of them.", "There were 2021 of them."),
    ],
)
def test_a_year_that_the_source_does_not_name_is_left_out(source: str, english: str, right: str) -> None:
    assert without_invented_years(source, english) == right


@pytest.mark.parametrize(
    ("english", "protected", "right"),
    [
        ("The **tanks.****", ["**", "**"], "The **tanks.**"),
        ("The **tanks** and ****", ["**", "**", "**", "**"], "The **tanks** and ****"),
        ("See @rada@rada now", ["@rada"], "See @rada now"),
        ("See @rada and @rada", ["@rada"], "See @rada and @rada"),
        ("The tanks", [], "The tanks"),
    ],
)
def test_a_mark_that_came_out_twice_on_end_is_written_once(english: str, protected: list[str], right: str) -> None:
    assert without_doubled(english, protected) == right

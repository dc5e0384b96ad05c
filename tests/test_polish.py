"""Small repairs around the sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vistka.translate.polish import polish


@pytest.mark.parametrize(
    ("source", "hypothesis", "wanted"),
    [
        # One line, no fence.
        ("Місто спить.", "<text>\nThe city\nsleeps.\n</text>", "The city sleeps."),
        ("Місто спить.", "  The city  sleeps.  ", "The city sleeps."),
        # Ukrainian quotation marks become English ones.
        ("Завод «Азовсталь» стоїть.", "The «Azovstal» plant stands.", "The “Azovstal” plant stands."),
        # Quotation marks around the whole that the source has not.
        ("Місто спить.", '"The city sleeps."', "The city sleeps."),
        ("Місто спить.", "“The city sleeps”.", "The city sleeps."),
        ("«Місто спить».", "“The city sleeps”.", "“The city sleeps”."),
        ("Місто «Суми» і місто «Ромни».", "“Sumy” and “Romny”.", "“Sumy” and “Romny”."),
        # A full stop where the source has one, none after a headline.
        ("Місто спить.", "The city sleeps", "The city sleeps."),
        ("Місто спить", "The city sleeps.", "The city sleeps"),
        ("Місто спить", "The city sleeps", "The city sleeps"),
        ("Він живе в США", "He lives in the U.S.", "He lives in the U.S."),
        ("Місто спить!", "The city sleeps!", "The city sleeps!"),
        ("Він сказав:", "He said.", "He said:"),
        ("Він прийшов,", "He came.", "He came,"),
        ("Він прийшов;", "He came.", "He came;"),
        ("Місто спить.", "", ""),
        ("Харків спить.", "Kharkov sleeps.", "Kharkiv sleeps."),
        (
            "Найманці йшли два дні.",
            "The mercenarys and the Kennedys rode two days.",
            "The mercenaries and the Kennedys rode two days.",
        ),
    ],
)
def test_known_answers(source: str, hypothesis: str, wanted: str):
    assert polish(source, hypothesis) == wanted


@given(st.text(alphabet="Місто .«»:\"'"), st.text(alphabet="City .,“”\"'«»!?:\n<>"))
def test_letters_are_never_changed(source: str, hypothesis: str):
    once = polish(source, hypothesis)
    assert [c for c in once if c.isalpha()] == [c for c in hypothesis if c.isalpha()]
    assert "\n" not in once


@pytest.mark.parametrize(
    "hypothesis",
    [
        'The text translates to English as: "It was warm."',
        'The Ukrainian text "Bulo teplo" translates to English as "It was warm."',
        "It was warm.",
    ],
)
def test_what_the_model_says_of_its_task_goes(hypothesis: str) -> None:
    assert polish("Було тепло.", hypothesis) == "It was warm."

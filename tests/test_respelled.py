"""Names come out as the model was told to spell them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vistka.translate.respelled import ToldSpelling, respelled

PEOPLE = {"денис": "Denys", "шмигаль": "Shmyhal", "валерій": "Valerii"}
PLACES = {
    "дніпропетровськ": "Dnipropetrovsk",
    "крим": "Crimea",
    "конго": "Congo",
    "швеція": "Sweden",
    "франція": "France",
    "богоявленка": "Bohoiavlenka",
    "полтава": "Poltava",
}
NAMES = [ToldSpelling(lemma, english, is_person=True) for lemma, english in PEOPLE.items()]
NAMES += [ToldSpelling(lemma, english) for lemma, english in PLACES.items()]


@pytest.mark.parametrize(
    ("english", "right"),
    [
        ("Minister Denis Shmyhal spoke.", "Minister Denys Shmyhal spoke."),
        ("Denis spoke.", "Denys spoke."),
        ("The head, Valery Ivanov", "The head, Valerii Ivanov"),
        ("Dnipropropetrovsk's council", "Dnipropetrovsk's council"),
        # It is there already, or what is like it says something else.
        ("Denys met Denis.", "Denys met Denis."),
        ("The Crimean Tatars", "The Crimean Tatars"),
        ("The Swedes and the French", "The Swedes and the French"),
        ("Two Poltavans", "Two Poltavans"),
        ("the outskirts of Bogoavlenki", "the outskirts of Bohoiavlenka"),
        ("Two who may be meant: Denis and Denies", "Two who may be meant: Denis and Denies"),
        ("nothing with a denis capital", "nothing with a denis capital"),
    ],
)
def test_known_answers(english: str, right: str) -> None:
    assert respelled(english, NAMES) == right


def test_what_is_kept_stays() -> None:
    assert respelled("See #Denis.", NAMES, kept=["#Denis"]) == "See #Denis."


@given(st.text(max_size=80))
def test_without_names_nothing_changes(english: str) -> None:
    assert respelled(english, []) == english


@given(st.lists(st.sampled_from(["Denis", "Denys", "Shmygal", "a", "The", "Kyiv", ","]), max_size=8).map(" ".join))
def test_twice_is_once(english: str) -> None:
    once = respelled(english, NAMES)
    assert respelled(once, NAMES) == once

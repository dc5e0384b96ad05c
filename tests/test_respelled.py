"""Names come out as the model was told to spell them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vistka.datatypes import Span
from vistka.text.names import Name
from vistka.translate.respelled import respelled

PEOPLE = {"денис": "Denys", "шмигаль": "Shmyhal", "валерій": "Valerii"}
PLACES = {"дніпропетровськ": "Dnipropetrovsk", "крим": "Crimea", "конго": "Congo"}
NAMES = [Name(Span(0, 1), lemma, lemma, "person") for lemma in PEOPLE]
NAMES += [Name(Span(0, 1), lemma, lemma, "place") for lemma in PLACES]


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
        ("Two who may be meant: Denis and Denies", "Two who may be meant: Denis and Denies"),
        ("nothing with a denis capital", "nothing with a denis capital"),
    ],
)
def test_known_answers(english: str, right: str) -> None:
    assert respelled(english, NAMES, PEOPLE | PLACES) == right


def test_what_is_kept_stays() -> None:
    assert respelled("See #Denis.", NAMES, PEOPLE, kept=["#Denis"]) == "See #Denis."


@given(st.text(max_size=80))
def test_without_names_nothing_changes(english: str) -> None:
    assert respelled(english, [], PEOPLE) == english


@given(st.lists(st.sampled_from(["Denis", "Denys", "Shmygal", "a", "The", "Kyiv", ","]), max_size=8).map(" ".join))
def test_twice_is_once(english: str) -> None:
    once = respelled(english, NAMES, PEOPLE)
    assert respelled(once, NAMES, PEOPLE) == once

"""Whole sentences within a limit: nothing is ever cut inside a word, a number or a quotation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vistka.summarize.fit import ends_as_sentence, is_balanced, join_within, shortened, without_remark

BRIDGE = (
    "The city council of Lviv approved the repair of three bridges for 1,500,000 hryvnias on Tuesday, which the mayor "
    "had asked for in March, adding that the work would take two years"
)

words = st.lists(
    st.sampled_from(["troops", "Kyiv", "1,500", "was", "held", "said", "and", "which", "“new”", "(ISW)", "2.5%"]),
    min_size=1,
    max_size=8,
).map(" ".join)
sentences = st.builds(
    lambda clauses, joint, end: joint.join(clauses) + end,
    st.lists(words, min_size=1, max_size=6),
    st.sampled_from([", ", ", and ", ", which ", ", including "]),
    st.sampled_from([".", "!", ".”", "", "…"]),
)
limits = st.integers(min_value=10, max_value=200)


@given(sentences, limits)
def test_shortened_is_a_beginning_of_whole_words_within_the_limit(sentence: str, limit: int) -> None:
    short = shortened(sentence, limit)
    assert len(short) <= limit
    if short and short != sentence:
        assert is_balanced(short)
        assert ends_as_sentence(short)
        assert sentence.startswith(short[:-1])
        assert sentence[len(short) - 1 :].lstrip().startswith(","), "cut inside a clause"
    if len(sentence) <= limit:
        assert short == sentence


@given(st.lists(sentences, max_size=5), limits)
def test_join_within_takes_as_many_whole_sentences_as_fit(found: list[str], limit: int) -> None:
    text = join_within(found, limit)
    taken = next(count for count in range(len(found), -1, -1) if " ".join(found[:count]) == text)
    assert len(text) <= limit
    assert taken == len(found) or len(" ".join(found[: taken + 1])) > limit


def test_clauses_are_left_off_from_the_end() -> None:
    sentence = BRIDGE + "."
    head = "The city council of Lviv approved the repair of three bridges for 1,500,000 hryvnias on Tuesday"
    assert shortened(sentence, 160) == head + ", which the mayor had asked for in March."
    assert shortened(sentence, 120) == head + "."
    assert shortened(sentence, 90) == ""


@pytest.mark.parametrize(
    "sentence",
    [
        # The verb stands behind the remark.
        "The head of the regional emergency service for rescue work, who took office in May, resigned on Friday.",
        "The driver accused of leaving the scene of the accident, who was found in Odesa, was released on bail.",
        # A list is not to be broken.
        "Police in the northern districts of the city found two rifles, four pistols, and a box of cartridges.",
        # What is set against a claim, and who made it, stay.
        "The minister said in Brussels that the programme would go on next year, but only with the help of partners.",
        "Up to four hundred people were killed in the collapse of the old mine, according to the local rescuers there.",
        # A quotation stays whole.
        "The mayor told reporters after a meeting in the town hall: “We held on, including the children of the town.”",
    ],
)
def test_what_would_change_the_meaning_is_not_cut(sentence: str) -> None:
    assert shortened(sentence, len(sentence) - 1) == ""


@pytest.mark.parametrize(
    ("text", "ends", "balanced"),
    [
        ("It ended.", True, True),
        ("“It ended.”", True, True),
        ("It goes on...", False, True),
        ("It goes on", False, True),
        ("“It ended.", True, False),
        ('He said "no.', True, False),
        ("A note (short.", True, False),
    ],
)
def test_ends_and_pairs(text: str, ends: bool, balanced: bool) -> None:
    assert (ends_as_sentence(text), is_balanced(text)) == (ends, balanced)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "The head of the service, who took office in May, resigned on Friday.",
            "The head of the service resigned on Friday.",
        ),
        ("The mayor opened the new bridge in Lviv after it was repaired.", "The mayor opened the new bridge in Lviv."),
        ("The mayor will open the new bridge in Lviv after it is repaired.", ""),
        ("The mayor did not open the new bridge in Lviv after the storm.", ""),
    ],
)
def test_a_remark_is_left_out_and_never_a_condition(sentence: str, expected: str) -> None:
    assert without_remark(sentence, 60) == expected

"""Quotations are found by their marks, and locked word for word."""

from __future__ import annotations

import pytest

from vistka.summarize.facts import Support, unsupported
from vistka.summarize.quotations import has_marks, quotations
from vistka.summarize.relations import parted_words, wrong_relations


@pytest.mark.parametrize(
    ("text", "inside", "closed"),
    [
        ("He said: “We won.”", ["We won."], [True]),
        ('He said: "We won," and "no".', ["We won,", "no"], [True, True]),
        ("Вона: «Не «так», а інакше» – і все.", ["Не «так», а інакше"], [True]),
        ("„Так“, – сказав він.", ["Так"], [True]),
        ("The fans' 'great' boss said it's over.", ["great"], [True]),
        ("‘I’d go,’ said Tom. The players’ efforts failed.", ["I’d go,"], [True]),
        ('"More to come.\n\n"And the end."', ["More to come.", "And the end."], [False, True]),
        ("It's the players' day; об'єкт.", [], []),
    ],
)
def test_what_is_quoted(text: str, inside: list[str], closed: list[bool]) -> None:
    found = quotations(text)
    assert [quotation.inner.of(text) for quotation in found] == inside
    assert [quotation.is_closed for quotation in found] == closed
    assert has_marks(text) == bool(inside)


ENGLISH = "The mayor said: “The old bridge will stand for years.” He praised the brave workers of Lviv."


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("“The old bridge will stand for years,” the mayor said.", False),
        ("The mayor said the “old bridge” will stand for years.", False),
        ("“The old bridge will stand for months,” the mayor said.", True),
        ("“The bridge old will stand for years,” the mayor said.", True),
        ("“The old bridge will stand for year,” the mayor said.", True),
        ("He praised the “brave workers” of Lviv.", True),
        ("The mayor said: “The old bridge will stand for years.", True),
    ],
)
def test_a_quotation_is_locked(text: str, refused: bool) -> None:
    found = unsupported(text, Support(ENGLISH, "en", ENGLISH))
    assert ("quotation" in {fact.kind for fact in found}) == refused


def test_marks_that_only_the_draft_has_are_refused() -> None:
    english = "The mayor praised the “brave workers” of Lviv."
    for source, refused in (("Мер похвалив сміливих робітників Львова.", True), ("Мер похвалив «сміливих».", False)):
        support = Support(source, "uk", english, (english,), ((source, english),))
        assert ("quotation" in {fact.kind for fact in unsupported(english, support)}) == refused


SENTENCES = ["Police arrested Bondar in Odesa.", "Marchuk praised Kovalenko.", "He was attacked by Petrenko in Kyiv."]


@pytest.mark.parametrize(
    ("clause", "wrong"),
    [
        ("In Odesa police arrested Bondar.", False),
        ("On Monday Marchuk praised Kovalenko.", False),
        ("On Monday Kovalenko praised Marchuk.", True),
        ("Kovalenko was praised by Marchuk.", False),
        ("In Kyiv police arrested Petrenko.", True),
    ],
)
def test_who_did_what(clause: str, wrong: bool) -> None:
    # Every name also stands inside a sentence, so that a capital at a start is known to be one.
    source = [*SENTENCES, "There were Bondar, Marchuk, Kovalenko and Petrenko."]
    assert wrong_relations([clause], source) == ([clause] if wrong else [])


@pytest.mark.parametrize(
    ("clause", "wrong"),
    [
        ("The mayor of Poltava, Ivan Bondar, will meet the coach of Dynamo, Petro Marchuk, on Sunday", False),
        ("The mayor of Poltava, Petro Marchuk, will meet the coach of Dynamo, Ivan Bondar, on Sunday", True),
        ("The coach of Dynamo, Petro Marchuk, will be met on Sunday by the mayor of Poltava, Ivan Bondar", False),
    ],
)
def test_a_name_keeps_its_own_company(clause: str, wrong: bool) -> None:
    source = ["On Sunday the mayor of Poltava, Ivan Bondar, will meet the coach of Dynamo, Petro Marchuk, at noon."]
    assert wrong_relations([clause], source) == ([clause] if wrong else [])


def test_words_that_no_sentence_holds_together() -> None:
    source = [frozenset({"farme", "plant"}), frozenset({"thiev", "robbe"})]
    assert parted_words("Farmers planted it", source) == []
    assert parted_words("Farmers robbed it", source) == [("farme", "robbe")]

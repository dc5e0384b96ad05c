"""English of words that are made of words which the lexicon has."""

from __future__ import annotations

import pytest

from vistka.text.lemmas import tokens
from vistka.translate.derived_words import derived
from vistka.translate.glossary import Entry, Glossary
from vistka.translate.hints import hints_for

_ROWS = [
    ("виголошувати", "deliver", "verb"),
    ("піднятися", "climb", "verb"),
    ("принести", "bring", "verb"),
    ("взяти під варту", "take into custody", "verb"),
    ("узгодити", "agree on", "verb"),
    ("обговорити", "discuss", "verb"),
    ("колекціонувати", "collect", "verb"),
    ("похмурий", "gloomy", "adj"),
    ("оптимістичний", "optimistic", "adj"),
    ("анонімний", "anonymous", "adj"),
    ("судовий", "court", "adj"),
    ("багатий", "rich", "adj"),
    ("президент", "president", "noun"),
    ("модель", "model", "noun"),
    ("акт", "act", "noun"),
]
_GLOSSARY = Glossary(Entry(lemma, (sense,), pos) for lemma, sense, pos in _ROWS)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("виголошуючи", ("виголошуючи", "delivering")),
        ("піднявшись", ("піднявшись", "having climbed")),
        ("принісши", ("принісши", "having brought")),
        ("узгодивши", ("узгодивши", "having agreed on")),
        ("обговореному", ("обговорений", "discussed")),
        ("найпохмурішого", ("найпохмуріший", "gloomiest")),
        ("оптимістичнішим", ("оптимістичніший", "more optimistic")),
        ("найоптимістичніші", ("найоптимістичніший", "most optimistic")),
        ("анонімно", ("анонімно", "anonymously")),
        ("колекціонування", ("колекціонування", "collecting")),
        ("екс-президентом", ("екс-президент", "former president")),
        ("супермоделі", ("супермодель", "supermodel")),
        ("супербагатий", ("супербагатий", "super-rich")),
        ("похмуро-оптимістичного", ("похмуро-оптимістичний", "gloomy-optimistic")),
    ],
)
def test_a_word_is_told_by_the_word_that_it_is_made_of(word: str, expected: tuple[str, str]) -> None:
    assert derived(tokens(word)[0], _GLOSSARY) == expected


@pytest.mark.parametrize(
    "word",
    [
        "контракт",  # no counter-act
        "судово",  # no adverb is made of the noun `court`
        "малюючи",  # its verb is not known
        "президент",  # made of nothing
        "НАТО",
        "2,5",
    ],
)
def test_nothing_is_guessed(word: str) -> None:
    assert derived(tokens(word)[0], _GLOSSARY) is None


def test_a_derived_word_is_a_hint_where_the_lexicon_has_no_entry() -> None:
    with_entry = Glossary([*_GLOSSARY.entries, Entry("виголошуючи", ("giving",), "adv")])
    text = "Виголошуючи промову, він був оптимістичнішим."
    assert hints_for(text, _GLOSSARY).terms == (
        ("виголошуючи", "delivering"),
        ("оптимістичніший", "more optimistic"),
    )
    assert hints_for(text, with_entry).terms[0] == ("виголошуючи", "giving")

"""Checks that follow the words of the source into the English."""

import pytest

from vistka.translate.checks import Checked, check
from vistka.translate.coverage import coverage
from vistka.translate.english_stems import content_stems, stem
from vistka.translate.findings import Finding
from vistka.translate.gaps import widest_gap
from vistka.translate.glossary import Entry, Glossary
from vistka.translate.hints import hints_for

KNOWN = Glossary(
    [
        Entry("рятувальник", ("rescuer",), "noun"),
        Entry("загасити", ("put out", "extinguish"), "verb"),
        Entry("пожежа", ("fire",), "noun"),
        Entry("склад", ("warehouse", "depot"), "noun"),
        Entry("працівник", ("worker", "employee"), "noun"),
        Entry("отримати", ("receive", "suffer"), "verb"),
        Entry("опік", ("burn",), "noun"),
        Entry("лікарня", ("hospital",), "noun"),
        Entry("потрапити", ("end up", "get"), "verb"),
        Entry("будинок", ("house", "building"), "noun"),
        Entry("школа", ("school",), "noun"),
        Entry("харківський", ("Kharkiv",), "adj"),
        Entry("область", ("region", "oblast"), "noun"),
        Entry("важливий", ("important",), "adj"),
        Entry("крок", ("step",), "noun"),
        Entry("мир", ("peace",), "noun"),
        Entry("зупинятися", ("stop",), "verb"),
        Entry("допомога", ("help",), "noun"),
        Entry("допомагати", ("help", "assist"), "verb"),
        Entry("говорити", ("speak", "talk"), "verb"),
    ]
)


def found(source: str, english: str) -> list[Finding]:
    hints = hints_for(source, KNOWN)
    return check(Checked(source, english, True, hints.matches, hints.spellings))


def codes(source: str, english: str) -> set[str]:
    return {one.code for one in found(source, english)}


FIRE = "Рятувальники загасили пожежу на складі, але працівник отримав опіки й потрапив до лікарні."


def test_a_dropped_clause():
    whole = "Rescuers put out the fire at the warehouse, but an employee suffered burns and ended up in hospital."
    assert codes(FIRE, whole) == set()
    (finding,) = [one for one in found(FIRE, "Rescuers put out the fire at the warehouse.") if one.code[:3] == "con"]
    assert finding.severity == "error"
    assert "опіки" in finding.source_text


def test_a_free_translation_is_no_gap():
    free = "Firefighters extinguished the blaze at the depot, but one of the staff was burned and hospitalized."
    assert "content-missing" not in codes(FIRE, free)


def test_coverage_says_which_words_are_found():
    matches = hints_for(FIRE, KNOWN).matches
    answer = coverage(FIRE, "The fire at the depot is out, said John.", matches)
    traced = {unit.lemma for unit in answer.units if unit.traces}
    assert {"пожежа", "склад"} <= traced
    assert "лікарня" not in traced
    assert [answer.english[at].text for at in answer.spare] == ["said", "John"]


def test_a_gap_needs_a_word_without_a_trace():
    source, english = "Пожежа на складі.", "The fire at the warehouse."
    answer = coverage(source, english, hints_for(source, KNOWN).matches)
    assert widest_gap(answer, len(source), len(english)) is None


@pytest.mark.parametrize(
    ("source", "english", "code"),
    [
        ("Пошкоджено 120 будинків і 3 школи.", "It damaged 3 houses and 120 schools.", "number-swapped"),
        ("За 6 днів проїхали 40 км.", "They drove 6 km in 40 days.", "number-swapped"),
        ("Король правив у 1418–1450 роках.", "The king reigned in 1450–1418.", "number-swapped"),
        ("Матч закінчився 5:3.", "The match ended 3-5.", "number-swapped"),
        (
            "Їм не було допомоги.",
            "They had help all through that long and hard winter, and nobody died.",
            "negation-lost",
        ),
        ("Пошкоджено 120 будинків.", "It damaged 120 kilometres.", "number-unit"),
        ("Витратили десятки мільярдів доларів.", "Tens of billions of yen were spent.", "number-unit"),
        ("Дві третини міста без світла.", "Three quarters of the city is without light.", "number-missing"),
        ("Чверть бюджету піде на школи.", "A third of the budget goes to schools.", "number-missing"),
        ("Уже 53-й день, чекаємо 53 дні.", "It is the 53rd day, we have waited for 53 weeks.", "number-unit"),
        ("Виступ о третій годині.", "The speech is in the afternoon.", "number-missing"),
        ("Бої в Харківській області.", "Fighting in the region.", "name-missing"),
        ("Бої в Харківській області.", "Fighting in the Lisbon region.", "name-added"),
        ("Він говорив із мером.", "He spoke with mayor Peterson.", "name-added"),
        ("Не зупиняйтеся.", "Stop.", "negation-lost"),
        ("Вони не допомагають, а лише говорять.", "They help and only talk.", "negation-lost"),
        ("СБУ затримала його.", "The SBU, or the Service of State Bureaus, detained him.", "expansion"),
        ("СБУ затримала його.", "The SBU, also known as Central Special Bureau, detained him.", "expansion"),
        (
            "Він назвав це «важливим кроком до миру».",
            "He called it “an important carpet to peace”.",
            "quotation-altered",
        ),
        ("Пожежа на складі.", "The fire at the warehouse the fire at the warehouse.", "repetition"),
    ],
)
def test_bad_english_is_doubted(source: str, english: str, code: str):
    assert code in codes(source, english)


@pytest.mark.parametrize(
    ("source", "english"),
    [
        ("Пошкоджено 120 будинків і 3 школи.", "It damaged 120 houses and 3 schools."),
        ("За 6 днів проїхали 40 км.", "They drove 40 km in 6 days."),
        ("Витратили десятки мільярдів доларів.", "Tens of billions of dollars were spent."),
        ("Уже 53-й день, чекаємо 53 дні.", "It is the 53rd day, we have waited for 53 days."),
        ("Виступ о третій годині.", "The speech is at 3 pm."),
        ("Бої в Харківській області.", "Fighting in the Kharkiv region."),
        ("Не зупиняйтеся.", "Do not stop."),
        ("Вони не допомагають, а лише говорять.", "They do not help, they only talk."),
        ("Не забудьте спитати.", "Make sure to ask."),
        ("Це зовсім не схоже на школу.", "It is very different from a school."),
        ("Матч закінчився 5:3.", "The match ended 5-3."),
        ("Поки не загасили пожежу, склад стояв.", "Until the fire was put out, the warehouse stood."),
        ("Він назвав це «важливим кроком до миру».", "He called it “an important step to peace”."),
    ],
)
def test_good_english_is_not_doubted(source: str, english: str):
    assert codes(source, english) == set()


@pytest.mark.parametrize(
    "family",
    ["decide decides decision", "fight fought", "liked like likes", "city cities", "stop stopped", "use used uses"],
)
def test_words_of_one_family_are_alike(family: str):
    assert len({stem(word) for word in family.split()}) == 1


def test_little_words_say_nothing():
    assert content_stems("to be able to do it") == (stem("able"),)
    assert content_stems("it isn't") == ()

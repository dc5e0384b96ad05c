"""The user's terms with a model that takes no hints: put into the source, or through a placeholder."""

from __future__ import annotations

import re

import pytest

from vistka.datatypes import Span
from vistka.models.engine import Decoding, Request
from vistka.progress import SilentProgress
from vistka.tests.scripted_engine import Script, ScriptedEngine
from vistka.text.lemmas import tokens
from vistka.translate.enforced_terms import MARKS, Place, enforce_terms, in_context, user_terms, with_terms
from vistka.translate.english_forms import past, plural, third_person, word_forms_of
from vistka.translate.glossary import Entry, Glossary
from vistka.translate.hints import hints_for
from vistka.translate.hypotheses import Work
from vistka.translate.ladder import Climber, climb

UAV = Entry("безпілотник", ("drone",), pos="noun", by_user=True)
POINT = Entry("Пункт незламності", ("Point of Invincibility",), by_user=True)
TEAM = Entry("мобільна вогнева група", ("mobile fire team",), by_user=True)
OWN = Glossary([UAV, POINT, TEAM, Entry("місто", ("town",), pos="noun")])

SOURCE = "Безпілотники атакували місто."


def work(source: str, *protected: str, glossary: Glossary = OWN) -> Work:
    spans = tuple(Span(source.index(piece), source.index(piece) + len(piece)) for piece in protected)
    return Work(source, spans, hints_for(source, glossary))


def climbed(script: Script, *works: Work, **fields: object) -> ScriptedEngine:
    engine = ScriptedEngine(script, kind="seq2seq", **fields)  # type: ignore[arg-type]
    climber = Climber(engine, OWN, Decoding(), hints=True)
    climb(climber, works, ladder=True, progress=SilentProgress())
    return engine


def test_the_english_is_put_into_the_source():
    one = work(SOURCE)
    engine = climbed({SOURCE: "UAVs attacked the city.", "Drones атакували місто.": "Drones attacked the city."}, one)
    assert engine.texts == [SOURCE, "Drones атакували місто."]
    assert (one.best.text, one.best.findings) == ("Drones attacked the city.", ())
    assert one.best.rung > 0


def test_what_is_right_at_once_is_not_asked_again():
    one = work(SOURCE)
    assert climbed({SOURCE: "The drones attacked the city."}, one).texts == [SOURCE]
    assert user_terms(one.hints) == (("безпілотник", "drone"),)


def copies_latin_in_capitals(request: Request) -> str:
    """A model that spoils foreign words but for those in capitals with a number."""
    mark = re.search(r"\b[A-Z]+\d\b", request.text)
    return f"{mark.group()} attacked the city." if mark else "Bezpilotnyky attacked the city."


def test_a_placeholder_where_the_english_is_not_copied():
    one = work(SOURCE)
    engine = climbed(copies_latin_in_capitals, one)
    assert engine.texts == [SOURCE, "Drones атакували місто.", "XX1 атакували місто."]
    assert one.best.text == "Drones attacked the city."


def test_the_first_placeholder_that_survives():
    def answer(request: Request) -> str:
        return "ZQ1 attacked the city." if "ZQ" in request.text else "Something attacked the city."

    one = work(SOURCE)
    engine = climbed(answer, one)
    assert engine.texts[2:5] == ["XX1 атакували місто.", "TERM1 атакували місто.", "ZQ1 атакували місто."]
    assert one.best.text == "Drones attacked the city."


def test_when_nothing_helps_the_first_answer_stays_with_its_finding():
    one = work(SOURCE)
    engine = climbed(lambda _: "It attacked the city.", one)
    assert len([text for text in engine.texts if any(mark in text for mark in MARKS)]) == len(MARKS)
    assert one.best.text == "It attacked the city."
    assert [finding.code for finding in one.best.findings] == ["content-missing", "term-missed"]


def test_an_answer_with_the_term_but_with_another_error_is_not_taken():
    one = work("Безпілотники атакували місто 12 разів.")
    climbed(lambda request: "Drones attacked." if "Drones" in request.text else "UAVs attacked the city 12 times.", one)
    assert one.best.text == "UAVs attacked the city 12 times."


def test_protected_spans_come_through_and_are_not_written_over():
    source = "Безпілотники атакували #безпілотники місто."
    one = work(source, "#безпілотники")

    def answer(request: Request) -> str:
        return (
            "Drones attacked #безпілотники town." if "Drones" in request.text else "UAVs attacked #безпілотники town."
        )

    engine = climbed(answer, one)
    assert engine.texts[1] == "Drones атакували #безпілотники місто."
    assert one.best.text == "Drones attacked #безпілотники town."


def test_many_sentences_go_in_one_batch():
    works = [work(f"Безпілотники атакували місто {number} годин.") for number in (2, 3, 4)]
    engine = climbed(
        lambda request: (
            request.text.replace("атакували місто", "attacked the city")
            .replace("годин.", "hours.")
            .replace("Безпілотники", "UAVs")
        ),
        *works,
    )
    assert [len(batch) for batch, _ in engine.calls] == [3, 3]
    assert [one.best.text for one in works] == [f"Drones attacked the city {number} hours." for number in (2, 3, 4)]


def test_a_sentence_that_would_be_too_long_is_not_asked_again():
    one = work(SOURCE)
    climbed({SOURCE: "UAVs attacked the city."}, one, max_source_tokens=3)
    assert one.best.text == "UAVs attacked the city."


def test_without_a_users_term_nothing_is_asked():
    one = work("Місто спить.")
    one.hypotheses.append(one.hypothesis("Місто sleeps.", -0.1, finished=True, rung=0))
    engine = ScriptedEngine(kind="seq2seq")
    enforce_terms(Climber(engine, OWN, Decoding(), hints=True), [one], 2)
    assert engine.calls == []


# --- placeholders become English ------------------------------------------------------------------------------------

ONE = [Place(Span(0, 1), "drone", "drone")]
MANY = [Place(Span(0, 1), "drone", "drones")]


@pytest.mark.parametrize(
    ("english", "places", "restored"),
    [
        ("XX1 flew.", ONE, "Drone flew."),
        ("It was shot. XX1 fell.", MANY, "It was shot. Drones fell."),
        ("“XX1 fell,” he said.", MANY, "“Drones fell,” he said."),
        ("The XX1 flew.", MANY, "The drones flew."),
        ("A XX1 flew.", MANY, "A drone flew."),
        ("Five xx1s flew.", ONE, "Five drones flew."),
        ("the XX 1's wing", ONE, "the drone's wing"),
        ("the XX-1 and the XX1", ONE, "the drone and the drone"),
        ("a XX1 was here", [Place(Span(0, 1), "air raid", "air raid")], "an air raid was here"),
        ("an XX1 was here", [Place(Span(0, 1), "UAV", "UAV")], "a UAV was here"),
        ("the XX1 met", [Place(Span(0, 1), "the Rada", "the Rada")], "The Rada met"),
        ("XX2 hit XX1", [*ONE, Place(Span(1, 2), "tank", "tanks")], "Tanks hit drone"),
        ("XX1 hit it", [*ONE, Place(Span(1, 2), "tank", "tanks")], None),
        ("XX1 hit XX3", ONE, None),
        ("XX12 hit", ONE, None),
        ("It hit.", ONE, None),
        ("XX1 hit", [*ONE, Place(Span(1, 2), "drone", "drones")], "Drone hit"),
    ],
)
def test_restoring(english: str, places: list[Place], restored: str | None):
    assert with_terms(english, places, "XX") == restored


# --- number and tense -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "english"),
    [
        ("Безпілотник упав.", "drone"),
        ("Безпілотники впали.", "drones"),
        ("Збито п'ять безпілотників.", "drones"),
        ("Збито 21 ворожий безпілотник.", "drones"),
        ("Збито 1 безпілотник.", "drone"),
        ("Збито один безпілотник.", "drone"),
        ("Уламки безпілотника впали.", "drone"),
        ("Працюють десять Пунктів незламності.", "Points of Invincibility"),
        ("Відкрили Пункт незламності.", "Point of Invincibility"),
        ("Працювали мобільні вогневі групи.", "mobile fire teams"),
        ("Робота мобільної вогневої групи тривала.", "mobile fire team"),
    ],
)
def test_number(source: str, english: str):
    (match,) = [match for match in OWN.matches(source) if match.entry.by_user]
    assert in_context(match, tokens(source)) == english


@pytest.mark.parametrize(
    ("entry", "source", "english"),
    [
        (Entry("ракета", ("missile",), by_user=True), "Ракети влучили в дім.", "missiles"),
        (Entry("ракета", ("missile",), by_user=True), "Уламки нової ракети впали.", "missile"),
        (Entry("ракета", ("missile",), by_user=True), "Уламки ракети впали.", "missile"),
        (Entry("ракета", ("missile",), by_user=True), "Випустили 2 ракети.", "missiles"),
        (Entry("тонна", ("tonne",), by_user=True), "Це 1,5 тонни зерна.", "tonnes"),
        (Entry("гроші", ("funds",), by_user=True), "Нема грошей.", "funds"),
        (Entry("збройні сили", ("armed forces",), by_user=True), "Нема збройних сил.", "armed forces"),
        (Entry("затримати", ("detain",), pos="verb", by_user=True), "Його затримали.", "detained"),
        (Entry("затримувати", ("detain",), by_user=True), "Він затримує авто.", "detains"),
        (Entry("БпЛА", ("UAV",), pos="abbr", by_user=True), "Збито 5 БпЛА.", "UAV"),
        (Entry("Суми", ("Sumy",), pos="place", by_user=True), "У Сумах тихо.", "Sumy"),
        (Entry("новий", ("brand-new",), pos="adj", by_user=True), "Це нові дома.", "brand-new"),
    ],
)
def test_number_and_tense(entry: Entry, source: str, english: str):
    (match,) = Glossary([entry]).matches(source)
    assert in_context(match, tokens(source)) == english


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("drone", "drones"),
        ("serviceman", "servicemen"),
        ("chief of staff", "chiefs of staff"),
        ("Point of Invincibility", "Points of Invincibility"),
        ("unmanned aerial vehicle (UAV)", "unmanned aerial vehicles (UAV)"),
        ("UAV", "UAVs"),
        ("aircraft", "aircraft"),
        ("armed forces", "armed forces"),
        ("S-300", "S-300"),
        ("300", "300"),
    ],
)
def test_plural(one: str, many: str):
    assert plural(one) == many


def test_verbs_and_forms():
    assert past("take into custody") == "took into custody"
    assert third_person("carry out") == "carries out"
    assert past("300") == "300"
    assert word_forms_of("Take") == {"take", "takes", "took", "taken", "taking"}

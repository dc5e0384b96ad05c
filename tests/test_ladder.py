"""What is tried when a check finds something wrong, and which answer is kept."""

import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vistka.datatypes import Span
from vistka.errors import EngineError
from vistka.models.engine import Decoding, Output, Request
from vistka.progress import SilentProgress
from vistka.tests.scripted_engine import Answer, ScriptedEngine
from vistka.translate.findings import Finding
from vistka.translate.glossary import Entry, Glossary, load_glossary
from vistka.translate.hints import hints_for
from vistka.translate.hypotheses import Hypothesis, Work, blanked, lost_protected, without
from vistka.translate.ladder import Climber, climb, token_limit
from vistka.translate.prompts import INSTRUCTION

NOTHING = Glossary([])
SLEEPS = "Місто спить."


class Steps(SilentProgress):
    def __init__(self) -> None:
        self.steps: list[int] = []

    def advance(self, amount: int) -> None:
        self.steps.append(amount)


def work(source: str, *protected: str, glossary: Glossary = NOTHING) -> Work:
    spans = tuple(Span(source.index(piece), source.index(piece) + len(piece)) for piece in protected)
    return Work(source, spans, hints_for(source, glossary))


def asked_text(request: Request) -> str:
    """What stands between the fence marks."""
    match = re.search(r"<text>\n(.*)\n</text>$", request.text, re.DOTALL)
    return match[1] if match else request.text


def engine(answer: Callable[[str], Answer], **fields: object) -> ScriptedEngine:
    return ScriptedEngine(lambda request: answer(asked_text(request)), **fields)  # type: ignore[arg-type]


def in_turn(*answers: str) -> Callable[[Request], Answer]:
    """One answer after the other, the last one for ever."""
    left = list(answers)
    return lambda _request: left.pop(0) if len(left) > 1 else left[0]


def run(
    model: ScriptedEngine, *works: Work, ladder: bool = True, beam_size: int = 1, glossary: Glossary = NOTHING
) -> Steps:
    steps = Steps()
    climb(Climber(model, glossary, Decoding(beam_size=beam_size), hints=True), works, ladder=ladder, progress=steps)
    return steps


def found_in(one: Work) -> set[str]:
    return {finding.code for finding in one.best.findings}


def test_a_good_first_try_is_all():
    model = engine(lambda _: "The city sleeps.")
    one = work(SLEEPS)
    assert run(model, one).steps == [1]
    assert (one.best.text, one.best.rung, one.best.findings) == ("The city sleeps.", 0, ())
    assert len(model.requests) == 1
    assert model.requests[0].instruction == INSTRUCTION


def test_an_error_makes_it_climb_and_the_advice_says_what_went_wrong():
    model = ScriptedEngine(in_turn("He received a lot of hryvnias.", "He received 1.5 million hryvnias."))
    one = work("Він отримав 1,5 млн грн.")
    run(model, one)
    assert (one.best.text, one.best.findings) == ("He received 1.5 million hryvnias.", ())
    assert one.best.rung > 0
    assert len(model.requests) == 2
    assert "Keep this number exactly: 1,5 млн грн." not in model.texts[0]
    assert "Keep this number exactly: 1,5 млн грн." in model.texts[1]
    assert "Terms: 1,5 млн грн = 1.5 million hryvnias" in model.texts[1]


@pytest.mark.parametrize(
    ("source", "bad", "advice"),
    [
        ("Він не прийшов.", "He came.", "keep the negation"),
        ("Олег Синєгубов прибув.", "He arrived.", "Name Oleh"),
        ("Місто спить.", "Місто sleeps.", "Use Latin letters only."),
        ("СБУ затримала його.", "The SBU (security service) detained him.", "Do not explain"),
        ("Це сталося 24 лютого.", "It happened in winter.", "Keep this date exactly: 24 лютого."),
        ("Місто спить.", "", "Translate the whole text faithfully."),
    ],
)
def test_advice(source: str, bad: str, advice: str):
    model = engine(lambda _: bad)
    run(model, work(source))
    assert any(advice in text for text in model.texts[1:])


def test_without_the_ladder_there_is_one_try():
    model = engine(lambda _: "Місто sleeps.")
    one = work(SLEEPS)
    run(model, one, ladder=False)
    assert len(model.requests) == 1
    assert found_in(one) == {"leftover-cyrillic"}


def test_only_what_is_not_settled_is_tried_again():
    model = engine(lambda text: "He came." if "не" in text else "The city sleeps.")
    good, bad = work(SLEEPS), work("Він не прийшов.")
    run(model, good, bad)
    assert [asked_text(request) for request in model.requests].count(SLEEPS) == 1
    assert len(good.hypotheses) == 1
    assert len(bad.hypotheses) > 2


def test_the_other_decoding_makes_repeats_less_likely():
    model = engine(lambda _: "the city the city the city the city the city")
    run(model, work(SLEEPS))
    assert [decoding.repetition_penalty for _, decoding in model.calls] == [1.0, 1.0, 1.15]


def test_the_best_of_all_answers_is_kept():
    """The second answer has one error, those before and after it have two."""
    two = "Місто received much."
    model = ScriptedEngine(in_turn(two, "He received much.", two))
    one = work("Він отримав 70 грн.")
    run(model, one)
    assert one.best.text == "He received much."
    assert len(one.hypotheses) >= 3


def test_among_equals_the_likelier_wins():
    outputs = [Output("He came.", 5, 2, -2.0), Output("He arrived.", 5, 2, -0.5), Output("He went.", 5, 2, -1.0)]
    model = ScriptedEngine({}, default=None)
    model.script = lambda _request: outputs[min(len(model.calls), 3) - 1]
    one = work("Він не прийшов.")
    run(model, one)
    assert one.best.text == "He arrived."


FIRST = "Мешканці міста чекають на світло та воду,"
SECOND = "а влада обіцяє все полагодити до ранку."


def test_the_halves_are_joined_in_order():
    answers = {
        FIRST: "The residents of the city are waiting for light and water.",
        SECOND: "and the authorities promise to mend everything by morning.",
    }
    model = engine(lambda text: answers.get(text.strip(), "Light."))
    one = work(f"{FIRST} {SECOND}")
    run(model, one)
    assert one.best.text == (
        "The residents of the city are waiting for light and water, "
        "and the authorities promise to mend everything by morning."
    )
    assert one.best.findings == ()


def test_a_short_text_is_not_halved():
    model = engine(lambda _: "Місто спить, спить.")
    run(model, work("Місто спить, а люди ні."))
    assert {asked_text(request) for request in model.requests} == {"Місто спить, а люди ні."}


ADDRESS = "https://example.com/a"


def test_a_mangled_address_comes_back():
    answers = {"Читайте на": "Read on", "про це місто.": "about this city."}
    model = engine(lambda text: answers.get(text.strip(), "Read on https://example.org about this city."))
    one = work(f"Читайте на {ADDRESS} про це місто.", ADDRESS)
    run(model, one)
    assert one.best.text == f"Read on {ADDRESS} about this city."
    assert one.best.findings == ()


def test_a_lost_address_is_worse_than_any_other_doubt():
    lost = Hypothesis("a", -0.1, (Finding("protected-changed", "", "error"),), 0)
    bad = Hypothesis("b", -0.1, (Finding("x", "", "error"), Finding("y", "", "error")), 1)
    assert min([lost, bad], key=lambda hypothesis: hypothesis.order) is bad


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from(["<b>", "</b>", "**", "*", "#Київ", "@news", "🔥", "{name}", ADDRESS]), max_size=5),
    st.lists(st.sampled_from(["місто", "спить", "люди чекають,", "нема", "1,5 млн грн"]), min_size=6, max_size=6),
    st.sampled_from(["", "It is here.", "місто", "* ** and #Київ", "<text>{name}</text>"]),
)
def test_protected_spans_survive_any_model(marks: list[str], words: list[str], answer: str):
    source, spans = words[0], []
    for mark, word in zip(marks, words[1:], strict=False):
        spans.append(Span(len(source) + 1, len(source) + 1 + len(mark)))
        source += f" {mark} {word}"
    one = Work(source, tuple(spans), hints_for(source, NOTHING))
    run(engine(lambda _: answer), one)
    for mark in marks:
        assert one.best.text.count(mark) >= marks.count(mark), (mark, one.best.text)
    if ("<b>", "</b>") in pairwise(marks):
        assert one.best.text.index("<b>") < one.best.text.rindex("</b>")


def test_counting_protected_spans_with_one_inside_another():
    assert lost_protected(["**", "**", "*", "*"], "**а** *б*", "**a** *b*") == []
    assert [f.source_text for f in lost_protected(["**", "**", "*", "*"], "**а** *б*", "**a** *b")] == ["*"]
    assert [f.source_text for f in lost_protected(["🔥"], "🔥 а", "🔥 a 🔥")] == ["🔥"]
    assert lost_protected(["#1"], "#1 і #1", "#1 and one") == []


def test_a_tag_may_not_end_before_it_begins():
    assert lost_protected(["<b>", "</b>"], "<b>а</b> б", "a <b>b</b>") == []
    assert [f.source_text for f in lost_protected(["<b>", "</b>"], "<b>а</b> б", "a</b> <b>b")] == ["<b>"]


def test_marks_of_emphasis_are_put_where_they_belong():
    source = "Температура **вперше перевищила норму.**"
    marks = [Span(12, 14), Span(38, 40)]
    model = ScriptedEngine(
        in_turn("The temperature exceeded.", "The temperature exceeded the norm for the first time.")
    )
    glossary = load_glossary()
    one = Work(source, tuple(marks), hints_for(source, glossary))
    run(model, one, glossary=glossary)
    assert one.best.text == "The temperature **exceeded the norm for the first time.**"
    assert model.texts[1].endswith("<text>\nТемпература вперше перевищила норму.\n</text>")


def test_another_model_is_asked_what_the_first_never_gets_right():
    first = engine(lambda text: "He received 3 dollars." if "грн" in text else "The city sleeps.")
    second = ScriptedEngine({"Він отримав 1,5 млн грн.": "He got 1.5 million hryvnias."}, kind="seq2seq")
    works = [work(SLEEPS), work("Він отримав 1,5 млн грн.")]
    climber = Climber(first, NOTHING, Decoding(), hints=True, second=second)
    climb(climber, works, ladder=True, progress=SilentProgress())
    assert [one.best.text for one in works] == ["The city sleeps.", "He got 1.5 million hryvnias."]
    assert second.texts == ["Він отримав 1,5 млн грн."]
    assert [decoding.beam_size for _, decoding in second.calls] == [4]
    assert works[1].best.rung > max(one.rung for one in works[1].hypotheses[:-1])


def test_another_model_that_does_no_better_changes_nothing():
    first = engine(lambda _: "He received 3 dollars.")
    second = ScriptedEngine(lambda _: "He received 7 and 8 dollars.", kind="seq2seq")
    one = work("Він отримав 1,5 млн грн.")
    climb(Climber(first, NOTHING, Decoding(), True, second), [one], ladder=True, progress=SilentProgress())
    assert "7 and 8" not in one.best.text


def test_blanking_keeps_places():
    assert blanked("ab cd ab", (Span(6, 8),)) == "ab cd   "
    assert without("ab cd ab", ["ab"]) == "   cd ab"
    assert without("**a** *b*", ["**", "**", "*", "*"]) == "  a    b "


def test_at_last_cyrillic_becomes_latin_and_is_flagged():
    model = engine(lambda _: "The city of Суми sleeps.")
    one = work("Місто Суми спить.")
    run(model, one)
    assert one.best.text == "The city of Sumy sleeps."
    assert found_in(one) == {"romanised"}
    assert one.best.errors == 0


def test_a_hashtag_stays_cyrillic_when_the_rest_becomes_latin():
    model = engine(lambda text: "Місто sleeps #Суми" if "#" in text else "Місто sleeps")
    one = work("Місто спить #Суми сьогодні", "#Суми")
    run(model, one)
    assert "#Суми" in one.best.text
    assert "Misto" in one.best.text


@pytest.mark.parametrize("kind", ["chat", "seq2seq"])
def test_an_error_of_the_engine_is_passed_on(kind: str):
    with pytest.raises(EngineError):
        run(engine(lambda _: "The city sleeps.", kind=kind, failures=1), work(SLEEPS))


def test_an_error_on_the_way_up_is_passed_on_and_the_first_answer_is_not_lost():
    answers = ["He came.", EngineError("out of memory")]
    model = ScriptedEngine(lambda _request: answers.pop(0))
    one = work("Він не прийшов.")
    with pytest.raises(EngineError):
        run(model, one)
    assert one.best.text == "He came."


def test_an_engine_is_asked_in_batches_of_the_size_it_likes_and_a_sequence_to_sequence_engine_gets_the_bare_text():
    model = ScriptedEngine(lambda request: f"It is number {request.text.split()[-1]}", kind="seq2seq", batch_size=8)
    works = [work(f"Це номер {number}") for number in range(11)]
    steps = run(model, *works, beam_size=2)
    assert [len(batch) for batch, _ in model.calls] == [8, 3]
    assert steps.steps == [8, 3]
    assert {decoding.beam_size for _, decoding in model.calls} == {2}
    assert model.texts == [one.source for one in works]
    assert {request.instruction for request in model.requests} == {""}
    assert [one.best.text for one in works] == [f"It is number {number}" for number in range(len(works))]


def test_a_sequence_to_sequence_engine_climbs_with_a_wider_beam_in_one_batch():
    model = engine(lambda text: "He came." if "не" in text else "The city sleeps.", kind="seq2seq")
    run(model, work(SLEEPS), work("Він не прийшов."), work("Вона не прийшла."))
    assert [(len(batch), decoding.beam_size) for batch, decoding in model.calls] == [(3, 1), (2, 4)]


def test_a_chat_engine_is_asked_one_by_one():
    model = engine(lambda _: "The city sleeps.")
    assert run(model, work(SLEEPS), work(SLEEPS)).steps == [1, 1]
    assert [len(batch) for batch, _ in model.calls] == [1, 1]


def test_the_limit_of_tokens_grows_with_the_text():
    model = engine(lambda _: "The city sleeps.")
    run(model, work(SLEEPS), ladder=False)
    assert model.calls[0][1].max_new_tokens == token_limit(len(SLEEPS)) == 38


def test_an_answer_with_doubts_is_trusted_less():
    clean, doubted = work(SLEEPS), work(SLEEPS)
    clean.hypotheses.append(Hypothesis("The city sleeps.", -0.2, (), 0))
    doubt = Finding("number-missing", "", "error")
    doubted.hypotheses.append(Hypothesis("The city sleeps.", -0.2, (doubt,), 0))
    assert 0.0 < doubted.confidence_0_1 < clean.confidence_0_1 < 1.0


def test_a_users_term_is_asked_for_again():
    known = Glossary([Entry("місто", ("municipality",), by_user=True)])
    model = ScriptedEngine(in_turn("The city sleeps.", "The municipality sleeps."))
    one = work(SLEEPS, glossary=known)
    run(model, one)
    assert one.best.text == "The municipality sleeps."
    assert "Use the English given under Terms for Місто." in model.texts[1]


def test_a_piece_within_a_sentence_begins_without_a_capital_unless_it_is_a_name():
    def answer(text: str) -> str:
        pieces = {"У спілці кажуть,": "The union says,", "поки не підтверджують.": "They have not confirmed it."}
        return pieces.get(text.strip(), "It is cold, they wait.")

    one = work("У спілці кажуть, #спілка поки не підтверджують.", "#спілка")
    run(engine(answer), one)
    assert one.best.text == "The union says, #спілка they have not confirmed it."


def test_a_piece_that_begins_the_sentence_has_its_capital():
    one = work("Кажуть у #спілка про холод.", "#спілка")
    run(engine(lambda text: {"Кажуть у": "they say in", "про холод.": "of the cold."}.get(text.strip(), "Cold.")), one)
    assert one.best.text == "They say in #спілка of the cold."

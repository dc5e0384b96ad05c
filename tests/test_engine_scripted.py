"""The stand-in keeps the protocol that it stands in for."""

from __future__ import annotations

import pytest

from vistka.errors import EngineError, InputError
from vistka.models.engine import Decoding, Engine, Output, Request
from vistka.tests.scripted_engine import ScriptedEngine


def test_answers_come_in_order_and_are_recorded() -> None:
    engine: Engine = ScriptedEngine({"так": "yes", "ні": ["no", "nope"]})
    outputs = engine.generate([Request("ні"), Request("так"), Request("ні"), Request("може")], Decoding())
    assert [output.text for output in outputs] == ["no", "yes", "nope", "може"]
    assert isinstance(engine, ScriptedEngine)
    assert engine.texts == ["ні", "так", "ні", "може"]


def test_a_function_can_answer_and_an_output_goes_through_untouched() -> None:
    made = Output("Kyiv", 3, 1, -0.5, finished=False)
    engine = ScriptedEngine(lambda request: made if request.instruction else request.text.upper())
    assert engine.generate([Request("a"), Request("b", "system")], Decoding())[0].text == "A"
    assert engine.generate([Request("b", "system")], Decoding()) == [made]


def test_it_stops_at_the_limit_and_says_so() -> None:
    output = ScriptedEngine({"а": "one two three"}).generate([Request("а")], Decoding(max_new_tokens=2))[0]
    assert (output.text, output.output_tokens, output.finished) == ("one two", 2, False)


def test_it_refuses_what_is_too_long_and_fails_when_told() -> None:
    engine = ScriptedEngine(max_source_tokens=2, failures=1)
    with pytest.raises(EngineError, match="scripted failure"):
        engine.generate([Request("а")], Decoding())
    with pytest.raises(InputError, match="3 tokens"):
        engine.generate([Request("а б в")], Decoding())
    engine.close()
    engine.close()
    with pytest.raises(EngineError, match="closed"):
        engine.generate([Request("а")], Decoding())

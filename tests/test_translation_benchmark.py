"""What the benchmark of translation rests on: outputs that are kept, and terms told in other forms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest

from vistka.benchmarks.hint_formats import FORMS, ReformingEngine
from vistka.benchmarks.recorded_engine import RecordedEngine
from vistka.models.engine import Decoding, Output, Request
from vistka.translate.glossary import Entry, Glossary
from vistka.translate.prompts import INSTRUCTION, translation_request


@dataclass
class Engine:
    """Writes the number of what it was asked; stops after `ends_after` tokens."""

    ends_after: int = 5
    asked: list[Request] = field(default_factory=list)
    name: str = "stand-in"
    kind: Literal["chat", "seq2seq"] = "chat"
    batch_size: int = 8
    parallel: int = 1
    max_source_tokens: int = 500

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def generate(self, requests: Sequence[Request], decoding: Decoding) -> list[Output]:
        self.asked += requests
        tokens = min(self.ends_after, decoding.max_new_tokens)
        first = len(self.asked) - len(requests)
        finished = tokens == self.ends_after
        return [Output(f"answer {first + i}", 9, tokens, -0.5, finished) for i in range(len(requests))]

    def close(self) -> None:
        pass


def asked(file: Path, requests: Sequence[str], *, room: int = 20, revision: str = "r1") -> tuple[list[str], int]:
    """The answers, and how many of them the model was asked for."""
    inner = Engine()
    engine = RecordedEngine(inner, file, revision)
    outputs = engine.generate([Request(text, "go") for text in requests], Decoding(max_new_tokens=room))
    engine.close()
    return [output.text for output in outputs], len(inner.asked)


def test_what_was_asked_once_is_not_asked_again(tmp_path: Path):
    file = tmp_path / "records.sqlite"
    assert asked(file, ["a", "b"]) == (["answer 0", "answer 1"], 2)
    assert asked(file, ["b", "c", "b", "a"]) == (["answer 1", "answer 0", "answer 1", "answer 0"], 1)


def test_another_model_is_asked_anew(tmp_path: Path):
    file = tmp_path / "records.sqlite"
    asked(file, ["a"])
    assert asked(file, ["a"], revision="r2")[1] == 1


def test_an_output_that_had_less_room_is_not_taken(tmp_path: Path):
    file = tmp_path / "records.sqlite"
    asked(file, ["a"], room=3)
    assert asked(file, ["a"], room=3)[1] == 0
    assert asked(file, ["a"], room=20)[1] == 1
    assert asked(file, ["a"], room=9)[1] == 0
    assert asked(file, ["a"], room=4)[1] == 1


GLOSSARY = Glossary(
    [Entry("рада", ("council", "advice"), "noun"), Entry("закон", ("law", "statute", "rule", "canon"), "noun")]
)
TEXT = "Рада ухвалила закон."
TERMS = [("рада", "council"), ("закон", "law"), ("1,5 млн", "1.5 million")]
FENCED = f"<text>\n{TEXT}\n</text>"
SUM = "1,5 млн = 1.5 million"


def told(form: str, *, advice: str = "") -> Request:
    inner = Engine()
    engine = ReformingEngine(inner, form, GLOSSARY, {TEXT: "The council passed a statute."})
    engine.generate([translation_request(TEXT, TERMS, "chat", advice=advice)], Decoding())
    return inner.asked[0]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("first sense, one line", f"Terms: рада = council; закон = law; {SUM}\n{FENCED}"),
        ("first sense, a line each", f"Terms:\nрада = council\nзакон = law\n{SUM}\n{FENCED}"),
        (
            "three senses, one line",
            f"Terms: рада = council / advice; закон = law / statute / rule; {SUM}\n{FENCED}",
        ),
        (
            "first sense in the sentence",
            f"Terms: {SUM}\n<text>\nРада [council] ухвалила закон [law].\n</text>",
        ),
        (
            "oracle: the sense that the reference has",
            f"Terms: рада = council; закон = statute; {SUM}\n{FENCED}",
        ),
    ],
)
def test_each_form_tells_the_same_terms(form: str, expected: str):
    assert told(form) == Request(expected, INSTRUCTION)


def test_all_forms_are_tried():
    assert len(FORMS) == 5


def test_a_request_without_terms_stays_as_it_is():
    inner = Engine()
    engine = ReformingEngine(inner, "first sense, a line each", GLOSSARY, {})
    plain = translation_request(TEXT, [], "chat")
    engine.generate([plain], Decoding())
    assert inner.asked == [plain]


def test_the_other_lines_of_a_request_stay():
    assert "\nKeep this.\n<text>" in told("first sense, a line each", advice="Keep this.").text

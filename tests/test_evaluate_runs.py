"""Models run over a set: what is kept of each line, stopped runs that go on, and what is refused."""

from __future__ import annotations

import json
import mmap
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from vistka.errors import EngineError, InputError, UsageError
from vistka.evaluate import model_runs
from vistka.evaluate.hypothesis_files import read_system
from vistka.evaluate.model_runs import item_of_lines, run_system
from vistka.evaluate.outputs import SystemOutput
from vistka.evaluate.peak_memory import peak_mib, reset_peak
from vistka.evaluate.run_files import read_run
from vistka.evaluate.sets import Pairs, choose
from vistka.evaluate.ways import in_way, way_of
from vistka.models.engine import Request
from vistka.options import Options
from vistka.progress import SilentProgress
from vistka.tests.scripted_engine import ScriptedEngine

ENGLISH = {
    "Місто спить.": "The city sleeps.",
    "Люди чекають на світло.": "People are waiting for light.",
    "Дощ іде з ночі.": "It has been raining since the night.",
    "Суд розглянув 12 справ.": "The court heard 15 cases.",
}
SOURCES = list(ENGLISH)
NO_HINTS = in_way(Options(use_memory=False), "no hints")


def words_of(request: Request) -> str:
    found = re.search(r"<text>\n(.*)\n</text>$", request.text, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ScriptedEngine:
    monkeypatch.setenv("VISTKA_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("VISTKA_MODELS", raising=False)
    scripted = ScriptedEngine(lambda request: ENGLISH[words_of(request)])

    def ready_engine(*_: object, **__: object) -> ScriptedEngine:
        scripted.closed = False
        return scripted

    monkeypatch.setattr("vistka.pipeline.ready_engine", ready_engine)
    return scripted


def run(save: Path | None = None, options: Options = NO_HINTS, **more: object) -> SystemOutput:
    return run_system(options, SOURCES, SilentProgress(), save=save, **more)  # type: ignore[arg-type]


def pairs() -> Pairs:
    references = tuple((text,) for text in ENGLISH.values())
    return Pairs("own", tuple(SOURCES), references, len(SOURCES), tuple(range(len(SOURCES))))


def test_each_line_has_its_english_flags_confidence_tokens_and_time(engine: ScriptedEngine) -> None:
    found = run()
    assert found.texts() == list(ENGLISH.values())
    assert found.name == "embedded, no hints"
    assert found.recipe["decoding"] == {"beam_size": 1, "temperature": 0.0, "hints": False, "ladder": False}
    assert [one.output_tokens for one in found.segments] == [3, 5, 7, 5]
    assert [bool(one.flags) for one in found.segments] == [False, False, False, True]
    assert {code for code, _ in found.segments[3].flags or ()} >= {"number-missing"}
    assert (found.segments[3].confidence_0_1 or 1) < (found.segments[0].confidence_0_1 or 0)
    assert all((one.seconds or 0) >= (one.engine_s or 0) >= 0 for one in found.segments)
    assert engine.closed


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("batch_lines", [2, 3, 100])
def test_lines_given_at_once_come_out_as_one_by_one(batch_lines: int) -> None:
    alone, together = run(), run(batch_lines=batch_lines)
    for one, other in zip(alone.segments, together.segments, strict=True):
        assert (one.text, one.flags, one.confidence_0_1) == (other.text, other.flags, other.confidence_0_1)
    assert sum(one.output_tokens or 0 for one in together.segments) == 20


def test_lines_are_the_paragraphs_of_one_document() -> None:
    item = item_of_lines(["Місто\u2028спить.", "Дощ."])
    assert [item.raw[block.start : block.end] for block in item.blocks] == ["Місто\u2028спить.", "Дощ."]


def stopped_after(count: int, engine: ScriptedEngine) -> None:
    """The engine fails at the request after `count` good ones."""
    asked: list[str] = []

    def answer(request: Request) -> str | Exception:
        asked.append(words_of(request))
        return ENGLISH[asked[-1]] if len(asked) <= count else EngineError("stopped")

    engine.script = answer


def test_a_stopped_run_goes_on_where_it_was(engine: ScriptedEngine, tmp_path: Path) -> None:
    save, whole = tmp_path / "run.jsonl", engine.script
    stopped_after(2, engine)
    with pytest.raises(EngineError):
        run(save)
    assert engine.closed
    assert [row["hypothesis"] for row in read_run(save).records] == list(ENGLISH.values())[:2]
    engine.script, before = whole, len(engine.calls)
    found = run(save, resume=True)
    assert found.texts() == list(ENGLISH.values())
    assert len(engine.calls) - before == 2
    # What is whole needs no model, and the file says all that the run said.
    assert run(save, resume=True).segments == found.segments
    assert len(engine.calls) - before == 2
    saved = read_system(save, pairs())
    assert (saved.name, saved.segments, saved.recipe) == (found.name, found.segments, found.recipe)


def test_a_line_that_was_cut_off_is_made_again(engine: ScriptedEngine, tmp_path: Path) -> None:
    save = tmp_path / "run.jsonl"
    run(save)
    data = save.read_bytes()
    lines = data.splitlines(keepends=True)
    # In the middle of a letter of two bytes, which a strict decoder would refuse.
    save.write_bytes(b"".join(lines[:3]) + '{"index": 2, "hypothesis": "Київ'.encode()[:-1])
    before = len(engine.calls)
    assert run(save, resume=True).texts() == list(ENGLISH.values())
    assert len(engine.calls) - before == 2
    assert len(save.read_bytes().splitlines()) == len(lines)
    assert [json.loads(line)["index"] for line in save.read_text().splitlines()[1:]] == [0, 1, 2, 3]


@pytest.mark.usefixtures("engine")
def test_no_run_is_written_over_or_gone_on_with_in_another_way(tmp_path: Path) -> None:
    save = tmp_path / "run.jsonl"
    run(save)
    data = save.read_bytes()
    with pytest.raises(UsageError, match="--resume"):
        run(save)
    with pytest.raises(UsageError, match="another settings: hints was False, is True"):
        run(save, in_way(Options(use_memory=False), "hints"), resume=True)
    with pytest.raises(InputError, match=r"run\.jsonl:2: made of another source"):
        run_system(NO_HINTS, SOURCES[1:] + SOURCES[:1], SilentProgress(), save=save, resume=True)
    with pytest.raises(InputError, match="4 results for 1 sources"):
        run_system(NO_HINTS, SOURCES[:1], SilentProgress(), save=save, resume=True)
    assert save.read_bytes() == data
    head, *rows = data.decode().splitlines()
    save.write_text("\n".join([head.replace('"glossary": "', '"glossary": "old-'), *rows[:2]]) + "\n")
    with pytest.raises(UsageError, match="another recipe: glossary was 'old-"):
        run(save, resume=True)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda rows: [*rows[:2], *rows[3:]], "lines are missing"),
        (lambda rows: [rows[0], "[]"], "not a run"),
        (lambda rows: [rows[0], "{"], "not a run"),
        (lambda rows: [rows[0].replace("run-1", "run-9")], "not a run"),
        (lambda rows: ["\udcff"], "not a run"),
        (lambda rows: [row.replace('"confidence"', '"confidance"') for row in rows], "lacks a part"),
    ],
)
def test_a_file_that_is_no_run_is_refused(
    tmp_path: Path, spoil: Callable[[list[str]], list[str]], message: str
) -> None:
    save = tmp_path / "run.jsonl"
    run(save)
    rows = spoil(save.read_text(encoding="utf-8").splitlines())
    save.write_bytes(("\n".join(rows) + "\n").encode(errors="surrogateescape"))
    with pytest.raises(InputError, match=message):
        run(save, resume=True)


@pytest.mark.usefixtures("engine")
def test_a_saved_run_counts_as_hypotheses_only_when_it_is_whole_and_of_these_sources(tmp_path: Path) -> None:
    save = tmp_path / "run.jsonl"
    run(save)
    with pytest.raises(InputError, match="4 results for 2 sources"):
        read_system(save, choose(pairs(), every=2))
    lines = save.read_text(encoding="utf-8").splitlines(keepends=True)
    save.write_text("".join(lines[:3]), encoding="utf-8")
    with pytest.raises(InputError, match="a stopped run: 2 results for 4 sources"):
        read_system(save, pairs())
    save.write_text("".join([lines[0].replace("translation", "abstracts"), *lines[1:]]), encoding="utf-8")
    with pytest.raises(InputError, match="of the kind abstracts"):
        read_system(save, pairs())


@pytest.mark.usefixtures("engine")
def test_a_run_that_cannot_be_saved_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        run(tmp_path / "no folder" / "run.jsonl")


def test_ways_have_names_both_ways() -> None:
    for name in ("no hints", "hints", "ladder", "hints and ladder"):
        assert way_of(in_way(Options(), name)) == name
    with pytest.raises(UsageError, match="use one of no hints, hints"):
        in_way(Options(), "magic")


def test_the_peak_is_of_what_ran_since_it_was_reset(monkeypatch: pytest.MonkeyPatch) -> None:
    if not reset_peak():
        pytest.skip("this system does not forget its peak")
    before = peak_mib()
    assert before is not None
    # Pages of its own: an array might be put where the process has room from before.
    with mmap.mmap(-1, 64 * 1024 * 1024) as block:
        for page in range(0, len(block), mmap.PAGESIZE):
            block[page] = 1
        during = peak_mib()
    assert during is not None
    assert during - before >= 50
    assert reset_peak()
    after = peak_mib()
    assert after is not None
    assert during - after >= 50
    monkeypatch.setattr("vistka.evaluate.peak_memory._CLEAR", Path("/nowhere/clear"))
    monkeypatch.setattr("vistka.evaluate.peak_memory._STATUS", Path("/nowhere/status"))
    assert not reset_peak()
    assert peak_mib() is None


@pytest.mark.usefixtures("engine")
def test_a_peak_that_may_be_of_something_else_is_not_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_runs, "reset_peak", lambda: False)
    assert run().peak_memory_mib is None

"""`vistka eval` as a person meets it."""

from __future__ import annotations

import builtins
import importlib.util
import json
import sys
import types
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import typer

from vistka import cli
from vistka.commands.evaluate import evaluate
from vistka.evaluate import comet
from vistka.evaluate.plot import plot_by_length
from vistka.evaluate.scores import LengthBucket
from vistka.evaluate.tables import Table, plain_text
from vistka.models.engine import Request
from vistka.tests.scripted_engine import ScriptedEngine

Run = Callable[..., tuple[int, str, str]]
PAIRS = (("Місто спить.", "The city sleeps."), ("Люди чекають на світло.", "People are waiting for light."))
GOOD = dict(PAIRS)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """(exit status, standard output, standard error) of a call, in a folder of its own with a set in it."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command("eval")(evaluate)
    app.callback()(lambda: None)
    monkeypatch.setattr(cli, "app", app)
    monkeypatch.setenv("VISTKA_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("VISTKA_MODELS", raising=False)
    monkeypatch.delenv("VISTKA_DEBUG", raising=False)
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name, column in (("a.uk", 0), ("a.en", 1)):
        (folder / name).write_text("".join(f"{pair[column]}\n" for pair in PAIRS), encoding="utf-8")

    def call(*args: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["vistka", "eval", *args])
        capsys.readouterr()
        code: str | int | None = 0
        try:
            cli.main()
        except SystemExit as exit_:
            code = exit_.code
        out, err = capsys.readouterr()
        return int(code or 0), out, err

    return call


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> ScriptedEngine:
    """Translates well with hints and badly without: with hints there is a line of terms in its prompt."""

    def answer(request: Request) -> str:
        found = next(english for source, english in GOOD.items() if source in request.text)
        return found if "Terms:" in request.text else "Something else, then."

    scripted = ScriptedEngine(answer)

    def ready_engine(*_: object, **__: object) -> ScriptedEngine:
        scripted.closed = False
        return scripted

    monkeypatch.setattr("vistka.pipeline.ready_engine", ready_engine)
    return scripted


def rows(out: str) -> dict[str, list[str]]:
    """First cell of each line → the others."""
    return {cells[0]: cells[1:] for cells in (line.split() for line in out.splitlines()) if cells}


# --- translations ---------------------------------------------------------------------------------------------------


def test_a_file_of_hypotheses_needs_no_model(run: Run) -> None:
    code, out, err = run("a.uk", "a.en", "--hypotheses", "a.en")
    assert (code, err) == (0, "")
    assert out.startswith("a.uk: 2 segments\n")
    assert rows(out)["BLEU"][0].startswith("nrefs:1")
    assert "BLEU            100.0\n" in out
    assert "COMET not measured: the package unbabel-comet is not installed\n" in out
    assert "peak memory" not in out


@pytest.mark.usefixtures("engine")
def test_a_model_is_measured_against_itself_without_hints(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("a.uk", "a.en", "--against", "no hints", "--save", "run.jsonl", "--json", "r.json")
    assert code == 0
    assert "embedded, hints and ladder against embedded, no hints\n" in out
    report = json.loads((tmp_path / "work" / "r.json").read_text(encoding="utf-8"))
    good, bad = report["systems"]
    assert good["chrf_0_100"] == pytest.approx(100)
    assert bad["chrf_0_100"] < 50
    assert report["comparison"]["scores"][1]["difference"] == pytest.approx(good["chrf_0_100"] - bad["chrf_0_100"])
    assert (good["recipe"]["decoding"]["hints"], bad["recipe"]["decoding"]["hints"]) == (True, False)
    assert (good["calibration"]["good"], bad["calibration"]["bad"]) == (2, 2)
    assert good["seconds_a_segment"]["median"] >= 0
    assert report["hardware"]["cores"] >= 1
    assert report["signatures"]["chrf"].endswith(report["versions"]["sacrebleu"])
    # Saved runs take the place of the models, with all that was measured of them.
    again = run("a.uk", "a.en", "--hypotheses", "run.jsonl", "--baseline", "run.baseline.jsonl", "--json", "-")
    assert again[0] == 0
    for one, other in zip(json.loads(again[1])["systems"], report["systems"], strict=True):
        assert {**one, "peak_memory_mib": None} == {**other, "peak_memory_mib": None}


def test_a_whole_run_is_resumed_without_a_model(run: Run, engine: ScriptedEngine) -> None:
    first = run("a.uk", "a.en", "--save", "run.jsonl", "--json", "-")
    asked = len(engine.calls)
    code, out, err = run("a.uk", "a.en", "--save", "run.jsonl", "--resume", "--json", "-")
    assert (code, len(engine.calls)) == (0, asked)
    assert err == "run.jsonl: 2 of 2 are there already\n"
    assert json.loads(out)["systems"][0]["flags"] == json.loads(first[1])["systems"][0]["flags"]
    code, _, err = run("a.uk", "a.en", "--save", "run.jsonl")
    assert (code, err.count("\n")) == (2, 1)


@pytest.mark.usefixtures("engine")
def test_a_baseline_is_a_file_or_a_model(run: Run) -> None:
    assert "embedded, hints and ladder against a.en\n" in run("a.uk", "a.en", "--baseline", "a.en")[1]
    assert (
        "a.en against opus, hints and ladder\n" in run("a.uk", "a.en", "--hypotheses", "a.en", "--baseline", "opus")[1]
    )
    for wrong in ("b.txt", "no-such-model"):
        code, out, err = run("a.uk", "a.en", "--hypotheses", "a.en", "--baseline", wrong)
        assert (code, out, err.count("\n")) == (2, "", 1)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "nothing to measure"),
        (["a.uk", "a.en", "--set", "x"], "more than one thing to measure"),
        (["a.uk", "a.en", "a.en"], "3 files"),
        (["a.uk", "a.en", "--way", "magic"], "no such way: magic"),
        (["a.uk", "a.en", "--against", "magic"], "no such way: magic"),
        (["a.uk", "a.en", "--against", "hints", "--baseline", "a.en"], "--baseline: cannot go with --against"),
        (["a.uk", "a.en", "--against", "hints", "--hypotheses", "a.en"], "--against: cannot go with --hypotheses"),
        (["a.uk", "a.en", "--resume"], "--resume: nothing to go on with; name the file with --save"),
        (["a.uk", "a.en", "--every", "0"], "--every: 0 is not a number of lines"),
        (["a.uk", "a.en", "--batch-lines", "0"], "--batch-lines: 0 is not a number of lines"),
        (["a.uk", "a.en", "--good-chrf", "101"], "--good-chrf: 101 is not a chrF"),
        (["a.uk", "a.en", "--plot", "p.gif"], "--plot: not a plot's name: p.gif"),
        (["a.uk", "a.en", "--comet", "."], "--comet: the package unbabel-comet is not installed"),
        (["--abstracts", "a.jsonl", "--plot", "p.png"], "--plot: cannot go with --abstracts"),
        (["--abstracts", "a.jsonl", "--method", "magic"], "no such method: magic"),
        (["--set", "x"], "no set of that name"),
    ],
)
def test_a_wrong_call_is_one_line_and_loads_no_model(run: Run, args: list[str], message: str) -> None:
    code, out, err = run(*args)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert message in err


def test_files_that_do_not_pair_up_are_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "work" / "b.en").write_text("One.\n")
    code, out, err = run("a.uk", "b.en")
    assert (code, out) == (3, "")
    assert err.startswith("vistka: a.uk: 2 lines, but b.en has 1; ")


# --- abstracts ------------------------------------------------------------------------------------------------------


def test_abstracts_are_measured_by_rouge_and_by_their_facts(run: Run, tmp_path: Path) -> None:
    document = "The council of Lviv met on Tuesday. It gave 12 million hryvnias for the new bridge."
    cases = [
        {"text": document, "reference": "The council met.", "hypothesis": "The council met."},
        {"text": document, "reference": "The council met.", "hypothesis": "The council gave 13 million hryvnias."},
    ]
    path = tmp_path / "work" / "a.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in cases))
    code, out, err = run("--abstracts", "a.jsonl", "--fields", "document=text", "--json", "r.json")
    assert (code, err) == (0, "")
    assert rows(out)["given"] == ["2", "1", "50.0", "%", "1", "0", "0", "0"]
    report = json.loads((tmp_path / "work" / "r.json").read_text())
    # 1 for the same words; 2 of 3 words of 6 in common: 2 * 2 / (6 + 3).
    assert report["rouge"]["abstracts"]["rouge1_0_1"] == pytest.approx((1 + 4 / 9) / 2, abs=1e-4)
    assert report["unsupported"]["given"]["where"] == ["a.jsonl:2"]
    code, out, _ = run("--abstracts", "a.jsonl", "--fields", "document=text", "--limit", "1")
    assert out.startswith("a.jsonl: 1 of 2 abstracts (the first 1), given\n")


# --- what may be missing --------------------------------------------------------------------------------------------


def missing(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    """As if `package` were not installed."""
    true_import = builtins.__import__
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.setattr(builtins, "__import__", true_import)


@pytest.mark.parametrize("package", ["matplotlib", "sacrebleu"])
def test_a_package_that_is_not_installed_is_told_before_anything_runs(
    run: Run, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    missing(monkeypatch, package)
    code, out, err = run("a.uk", "a.en", "--plot", "p.svg")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert f"the package {package} is not installed; install it with: pip install 'vistka[eval]'" in err


def comet_package(monkeypatch: pytest.MonkeyPatch, *, fails: bool = False) -> list[Sequence[dict[str, str]]]:
    """A stand-in for unbabel-comet: 1 for what is the reference, else 0; what it was asked."""
    asked: list[Sequence[dict[str, str]]] = []

    class Model:
        def predict(self, rows: Sequence[dict[str, str]], **_: object) -> types.SimpleNamespace:
            if fails:
                raise RuntimeError("no room")
            asked.append(rows)
            scores = [float(row["mt"] == row["ref"]) for row in rows]
            return types.SimpleNamespace(scores=scores, system_score=sum(scores) / len(scores))

    module = types.ModuleType("comet")
    module.__spec__ = importlib.util.spec_from_loader("comet", None)
    module.load_from_checkpoint = lambda _path: Model()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "comet", module)
    return asked


def test_comet_is_measured_where_package_and_model_are_there_and_the_pickle_is_trusted(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = comet_package(monkeypatch)
    call = ("a.uk", "a.en", "--hypotheses", "a.en", "--json", "-")
    assert json.loads(run(*call)[1])["comet"]["why_not"] == comet.comet_absence(None) != ""
    code, _, err = run(*call, "--comet", "model")
    assert (code, "0 files checkpoints/*.ckpt" in err) == (4, True)
    (tmp_path / "work" / "model" / "checkpoints").mkdir(parents=True)
    (tmp_path / "work" / "model" / "checkpoints" / "model.ckpt").touch()
    code, _, err = run(*call, "--comet", "model")
    assert (code, "--allow-pickle" in err) == (2, True)
    code, out, _ = run(*call, "--comet", "model", "--allow-pickle")
    assert json.loads(out)["systems"][0]["comet"] == {"score": 1.0, "model": "model"}
    assert asked == [[{"src": source, "mt": english, "ref": english} for source, english in PAIRS]]
    comet_package(monkeypatch, fails=True)
    code, _, err = run(*call, "--comet", "model", "--allow-pickle")
    assert (code, "COMET failed: no room" in err) == (4, True)


# --- pictures and tables --------------------------------------------------------------------------------------------


def test_a_plot_is_drawn_for_each_system(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    call = ("a.uk", "a.en", "--hypotheses", "a.en", "--baseline", "a.uk")
    assert run(*call, "--plot", "p.png")[0] == 0
    assert (tmp_path / "work" / "p.png").read_bytes().startswith(b"\x89PNG")
    assert run(*call, "--plot", "p.svg")[0] == 0
    drawn = (tmp_path / "work" / "p.svg").read_text(encoding="utf-8")
    for shown in ("a.en", "a.uk", "chrF", "BLEU", "1–9", "n = 2*", "Words in the source"):
        assert shown in drawn, shown


def test_a_plot_takes_any_name_as_it_is_and_is_the_same_each_time() -> None:
    pytest.importorskip("matplotlib")
    buckets = [LengthBucket(1, None, 12, 0.0, 51.23)]
    name, title = "_a$x^{$.txt", "новини & <b>"
    picture = plot_by_length([(name, buckets)], title, "svg")
    assert name in picture.decode()
    assert "новини &amp; &lt;b&gt;" in picture.decode()
    assert picture == plot_by_length([(name, buckets)], title, "svg")


def test_a_table_in_a_pipe_is_lined_up() -> None:
    table = Table("Title", ("", "first", "b"), (("row", "1", "22.5"), ("longer row", "–", "3.0")), ("a note",))
    assert plain_text([table, table]).split("\n\n")[0] == (
        "Title\n            first     b\nrow             1  22.5\nlonger row      –   3.0\na note"
    )


def test_on_a_terminal_names_in_brackets_are_no_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    from vistka.evaluate.tables import print_tables

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "dumb")
    stream = Terminal()
    print_tables([Table("[red]set", ("", "[bold]a.txt"), (("BLEU", "1.0"),), ("[/] note",))], stream)
    for shown in ("[red]set", "[bold]a.txt", "[/] note", "1.0"):
        assert shown in stream.getvalue()

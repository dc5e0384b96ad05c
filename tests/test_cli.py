"""The command line as a person meets it: results and nothing else on standard output, one line for each fault."""

from __future__ import annotations

import errno
import io
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from vistka import cli
from vistka.errors import EngineError
from vistka.models.engine import Request
from vistka.tests.scripted_engine import ScriptedEngine

LAW = "Рада ухвалила закон"
VISTKA = [sys.executable, "-m", "vistka.cli"]
Run = Callable[..., tuple[int, bytes, str]]


def translated(request: Request) -> str:
    """A model that knows one sentence, wherever it stands in the prompt."""
    return "The Rada adopted the law." if LAW in request.text else "The text is here."


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> ScriptedEngine:
    scripted = ScriptedEngine(translated)

    def ready_engine(*_: object, **__: object) -> ScriptedEngine:
        scripted.closed = False
        return scripted

    monkeypatch.setattr("vistka.pipeline.ready_engine", ready_engine)
    return scripted


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test sees the weights, settings or files of the person who runs it."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("VISTKA_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.delenv("VISTKA_MODELS", raising=False)
    monkeypatch.delenv("VISTKA_DEBUG", raising=False)
    return folder


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Run:
    """(exit status, standard output, standard error) of a call."""

    def call(*args: str, stdin: bytes = b"") -> tuple[int, bytes, str]:
        monkeypatch.setattr(sys, "argv", ["vistka", *args])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsysbinary.readouterr()
        code: str | int | None = 0
        try:
            cli.main()
        except SystemExit as exit_:
            code = exit_.code
        out, err = capsysbinary.readouterr()
        return int(code or 0), out, err.decode()

    return call


def process(*args: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*VISTKA, *args], input=stdin, capture_output=True, check=False, timeout=60, env={**os.environ, **environment}
    )


# --- what comes out -------------------------------------------------------------------------------------------------


def test_a_second_model_tries_again_what_the_first_does_not_get_right(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    engines = {
        "embedded": ScriptedEngine(lambda _: "He received 3 dollars."),
        "opus-big": ScriptedEngine(lambda _: "He received 1.5 million euros.", kind="seq2seq"),
    }
    monkeypatch.setattr("vistka.pipeline.ready_engine", lambda entry, **_: engines[entry.id])
    code, out, _ = run("translate", "--second-model", "opus-big", "--json", "--no-memory", "Він отримав 1,5 млн євро.")
    result = json.loads(out)
    assert (code, [one["english"] for one in result["segments"]]) == (0, ["He received 1.5 million euros."])
    assert result["recipe"]["decoding"]["second_model"].startswith("opus-big ")
    assert all(engine.closed for engine in engines.values())


@pytest.mark.parametrize(("model", "said"), [("embedded", "already"), ("bart", "cannot translate"), ("none", "none")])
def test_what_cannot_be_a_second_model(run: Run, engine: ScriptedEngine, model: str, said: str) -> None:
    code, out, err = run("translate", "--second-model", model, "Місто спить.")
    assert (code != 0, out) == (True, b"")
    assert said in err
    assert len(err.splitlines()) == 1


def test_a_text_is_translated_to_standard_output(run: Run, engine: ScriptedEngine) -> None:
    assert run("translate", f"{LAW}.") == (0, b"The Rada adopted the law.\n", "")
    assert engine.closed


@pytest.mark.parametrize(
    ("codec", "mark", "end"),
    [("utf-8", b"\xef\xbb\xbf", "\r\n"), ("cp1251", b"", "\r\n"), ("utf-16-le", b"\xff\xfe", "\n")],
)
@pytest.mark.usefixtures("engine")
def test_all_but_the_words_comes_out_byte_for_byte(run: Run, home: Path, codec: str, mark: bytes, end: str) -> None:
    def document(words: str) -> bytes:
        return mark + f"  Notes for editors, kept as they are.{end}{end}\t{words}{end}{end}".encode(codec)

    (home / "a.txt").write_bytes(document(f"{LAW} про підтримку громад і відновлення мостів."))
    assert run("translate", "a.txt")[1] == document("The Rada adopted the law.")
    assert run("translate", "-", stdin=(home / "a.txt").read_bytes())[1] == document("The Rada adopted the law.")
    assert run("translate", "a.txt", "-o", "b.txt")[:2] == (0, b"")
    assert (home / "b.txt").read_bytes() == document("The Rada adopted the law.")
    assert sorted(path.name for path in home.iterdir()) == ["a.txt", "b.txt"]


@pytest.mark.usefixtures("engine")
def test_several_inputs_come_in_order_under_their_names(run: Run, home: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (home / name).write_text(f"{LAW}.\n", encoding="utf-8")
    code, out, _ = run("translate", "b.txt", "a.txt")
    law = "The Rada adopted the law.\n"
    assert (code, out.decode()) == (0, f"==> b.txt <==\n{law}\n==> a.txt <==\n{law}")
    (home / "english").mkdir()
    assert run("translate", "a.txt", "b.txt", "-o", "english")[:2] == (0, b"")
    assert [(home / "english" / name).read_text() for name in ("a.txt", "b.txt")] == [law, law]


@pytest.mark.usefixtures("engine")
def test_no_result_is_written_over_an_input_or_another_result(run: Run, home: Path) -> None:
    for folder in ("one", "two"):
        (home / folder).mkdir()
        (home / folder / "a.txt").write_text(f"{LAW}.\n", encoding="utf-8")
    both = ["one/a.txt", "two/a.txt"]
    for args in ([*both, "-o", "."], ["one/a.txt", "-o", "one"], [*both, "-o", "x"]):
        code, out, err = run("translate", *args)
        assert (code, out, err.count("\n")) == (2, b"", 1), args
    assert (home / "one" / "a.txt").read_text(encoding="utf-8") == f"{LAW}.\n"


@pytest.mark.usefixtures("engine")
def test_json_is_one_object_a_line(run: Run, home: Path) -> None:
    (home / "a.txt").write_text(f"{LAW}.\n", encoding="utf-8")
    code, out, _ = run("translate", "--json", "a.txt", "a.txt")
    first, second = (json.loads(line) for line in out.splitlines())
    assert (code, first) == (0, second)
    assert first["segments"][0]["english"].strip() == "The Rada adopted the law."
    assert first["recipe"]["model"] == "embedded"
    article = "The cabinet met on Tuesday in Kyiv. The meeting was reported by the press service of the cabinet.\n"
    code, out, _ = run("blurb", "--json", "--quiet", article)
    blurb = json.loads(out)
    assert (code, blurb["verdict"], blurb["method"], blurb["abstract"]) == (0, "pass", "whole", article.strip())


@pytest.mark.usefixtures("engine")
def test_summarize_prints_the_abstract_alone_and_blurb_the_card(run: Run) -> None:
    abstract = "The council met on Tuesday in Lviv and chose a new head of the regional museum."
    title = "Regional museum gets a new head"
    article = f"{title}\n\nhttps://example.org/1\n2026-01-05T08:40:00+02:00\n\n{abstract}\n"
    assert run("summarize", "-", stdin=article.encode())[:2] == (0, f"{abstract}\n".encode())
    assert run("blurb", "-", stdin=article.encode())[1].decode() == (
        f"{title}\n{abstract}\nexample.org\nMon, 05 Jan 2026 08:40:00 +0200\nhttps://example.org/1\nverdict: pass\n"
    )


# --- what bad input gets --------------------------------------------------------------------------------------------


def fault(result: tuple[int, bytes, str]) -> tuple[int, str]:
    """Exit status and the one line, once it is sure that there is nothing else."""
    code, out, err = result
    assert out == b""
    assert err.startswith("vistka: ")
    assert err.endswith("\n")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    assert "; " in err, "no next step"
    return code, err


@pytest.mark.parametrize("command", ["translate", "summarize", "blurb"])
@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("empty.txt", b"", "white space"),
        ("blank.txt", b" \n\t\r\n \xc2\xa0\n", "white space"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "PNG"),
        ("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "png"),
        ("archive.zip", b"PK\x03\x04\x14\0\0\0", "zip"),
        ("archive.txt", b"PK\x03\x04\x14\0\0\0", "ZIP"),
        ("broken.txt", bytes(range(128, 256)) * 3, "0x80"),
    ],
)
def test_what_is_no_text_is_refused(run: Run, home: Path, command: str, name: str, data: bytes, says: str) -> None:
    (home / name).write_bytes(data)
    code, line = fault(run(command, name))
    assert code == 3
    assert line.startswith(f"vistka: {name}: ")
    assert says.lower() in line.lower()


def test_twenty_megabytes_are_refused_at_once(run: Run, home: Path) -> None:
    (home / "big.txt").write_bytes(f"{LAW}. ".encode() * 500_000)
    start = time.monotonic()
    assert fault(run("translate", "big.txt"))[0] == 3
    assert fault(run("blurb", "-", stdin=(home / "big.txt").read_bytes()))[0] == 3
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The parliament adopted the law on Tuesday.\r\n", "English"),
        ("Правительство объявило о новых мерах поддержки, сообщили вчера в министерстве.\n", "Russian"),
    ],
)
def test_without_ukrainian_a_text_comes_out_unchanged_and_says_so(run: Run, text: str, language: str) -> None:
    code, out, err = run("translate", "-", stdin=text.encode())
    assert (code, out.decode(), err.count("\n")) == (3, text, 1)
    assert language in err


def test_a_blurb_of_russian_is_refused_before_any_model_is_asked_for(run: Run) -> None:
    text = "Правительство объявило о новых мерах поддержки, сообщили вчера в министерстве.\n"
    code, line = fault(run("blurb", text))
    assert code == 3
    assert "no sentence of Ukrainian or English" in line


@pytest.mark.parametrize("text", [LAW, "Plain English words."])
def test_an_unknown_model_is_told_with_the_nearest(run: Run, text: str) -> None:
    code, line = fault(run("translate", "--model", "embeded", text))
    assert code == 2
    assert "did you mean embedded" in line
    assert fault(run("models", "show", "embeded"))[0] == 2


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["nothing.txt"], 3, "nothing.txt: no such file"),
        (["."], 3, "folder"),
        ([""], 3, "white space"),
        (["--glossary", "no.tsv", LAW], 2, "no.tsv"),
        (["--format", "pdf", LAW], 2, "--format"),
        (["--threads", "-1", LAW], 2, "--threads"),
        (["--beam-size", "0", LAW], 2, "beam"),
        (["--max-input-mib", "0", LAW], 2, "--max-input-mib"),
    ],
)
def test_a_wrong_call_is_one_line(run: Run, args: list[str], code: int, says: str) -> None:
    found, line = fault(run("translate", *args))
    assert found == code
    assert says in line


@pytest.mark.parametrize(
    ("args", "says"),
    [(["--max-chars", "10"], "40 or more"), (["--method", "guess"], "lead, extractive, abstractive")],
)
def test_a_wrong_option_of_a_blurb_is_one_line(run: Run, args: list[str], says: str) -> None:
    code, line = fault(run("blurb", *args, "The cabinet met on Tuesday in Kyiv."))
    assert code == 2
    assert says in line


def test_offline_without_weights_names_the_command(run: Run, home: Path) -> None:
    code, line = fault(run("translate", "--offline", LAW))
    assert code == 4
    assert "vistka models pull embedded" in line
    assert not (home.parent / "cache" / "models" / "embedded").exists()


def test_a_damaged_weight_file_is_told(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = home / "weights"
    weights.mkdir()
    (weights / "model.gguf").write_bytes(b"GGUF" + b"\0" * 100)
    catalogue = home / "mine.toml"
    catalogue.write_text(
        f"""[models.mine]
name = "mine"
note = "a test"
tasks = ["translate", "summarize"]
kind = "chat"
engines = ["llamacpp"]
source_languages = ["uk"]
target_languages = ["en"]
license = "Apache-2.0"
commercial_use = true
file = "model.gguf"
[models.mine.sha256]
"model.gguf" = "{"0" * 64}"
[[models.mine.sources]]
kind = "folder"
path = "{weights}"
""",
        encoding="utf-8",
    )
    monkeypatch.setenv("VISTKA_MODELS", str(catalogue))
    code, line = fault(run("translate", "--model", "mine", LAW))
    assert code == 4
    assert "mine" in line


@pytest.mark.usefixtures("engine")
def test_a_full_disk_leaves_the_old_file(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "out.txt").write_text("before")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    code, line = fault(run("translate", LAW, "-o", "out.txt"))
    assert code == 5
    assert "out.txt" in line
    assert [path.name for path in home.iterdir()] == ["out.txt"]
    assert (home / "out.txt").read_text() == "before"


@pytest.mark.usefixtures("engine")
def test_a_folder_that_is_not_there_is_told(run: Run) -> None:
    assert fault(run("translate", LAW, "-o", "none/out.txt"))[0] == 3


def test_a_model_that_fails_is_told(run: Run, engine: ScriptedEngine, home: Path) -> None:
    engine.script = lambda _: EngineError("it ran and failed", where="scripted", next_step="try another")
    assert fault(run("translate", LAW, "-o", "out.txt"))[0] == 4
    assert not list(home.iterdir())


def test_a_fault_of_the_program_is_one_line_too(run: Run, engine: ScriptedEngine) -> None:
    engine.script = lambda _: ZeroDivisionError("by\nnought")
    code, line = fault(run("translate", LAW))
    assert (code, "ZeroDivisionError: by nought" in line) == (cli.EXIT_BUG, True)


# --- as a process of its own ----------------------------------------------------------------------------------------


def test_help_is_quick_and_loads_nothing_heavy() -> None:
    code = (
        "import sys\nsys.argv = ['vistka', '--help']\nfrom vistka import cli\n"
        "try:\n    cli.main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'torch', 'transformers', 'pymorphy3', 'trafilatura', 'numpy', 'babel', 'ctranslate2'}\n"
        "sys.exit(' '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Examples:" in done.stdout
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 0.4


def test_ukrainian_survives_the_c_locale(home: Path) -> None:
    (home / "вістка.txt").write_text("Правительство объявило о мерах.\n", encoding="utf-8")
    done = process("translate", "вістка.txt", LC_ALL="C")
    assert done.stdout.decode() == "Правительство объявило о мерах.\n"
    assert done.returncode == 3
    assert done.stderr.startswith("vistka: вістка.txt: ".encode())


def test_a_reader_that_goes_away_is_no_fault(home: Path) -> None:
    (home / "a.txt").write_text("The parliament adopted the law on Tuesday.\n" * 100)
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*VISTKA, "translate", "a.txt"], stdout=writer, stderr=subprocess.PIPE, check=False, timeout=60
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


def test_ctrl_c_leaves_one_line_and_no_file(home: Path) -> None:
    code = (
        "import time\nfrom vistka import cli, pipeline\n"
        "class Slow:\n    kind = 'chat'; name = 'slow'; batch_size = 1; max_source_tokens = 999\n"
        "    def count_tokens(self, text): return 1\n"
        "    def generate(self, requests, decoding):\n        print('working', flush=True)\n        time.sleep(60)\n"
        "    def close(self): pass\n"
        "pipeline.ready_engine = lambda *a, **k: Slow()\ncli.main()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, "translate", LAW, "-o", "out.txt"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout
        assert running.stderr
        assert running.stdout.readline() == b"working\n"
        running.send_signal(signal.SIGINT)
        errors = running.stderr.read().decode()
        assert running.wait(timeout=60) == 130
    assert (errors.count("\n"), errors.startswith("vistka: interrupted; ")) == (1, True), errors
    assert not list(home.iterdir())

"""`vistka memory` as a person meets it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from vistka.commands.memory import app
from vistka.errors import InputError, ResourceError, UsageError

LAW, PASSED = "Рада ухвалила закон.", "Parliament passed the law."
Run = Callable[..., tuple[str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """(standard output, standard error) of a call that works; what it raises otherwise."""
    monkeypatch.setenv("VISTKA_MEMORY", str(tmp_path / "memory.sqlite"))
    monkeypatch.chdir(tmp_path)

    def call(*args: str, stdin: bytes = b"") -> tuple[str, str]:
        done = CliRunner().invoke(app, args, input=stdin)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.stdout, done.stderr

    return call


def rows(run: Run, *args: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in run("list", "--json", *args)[0].splitlines()]


def test_add_list_undo_and_redo(run: Run):
    assert run("add", LAW, PASSED, "--author", "Ann") == ("1\n", "")
    out, _ = run("list")
    assert "Ann" in out
    assert f"{LAW} = {PASSED}" in out
    assert rows(run)[0] | {"date": ""} == {
        "id": 1,
        "kind": "correction",
        "about": None,
        "state": "active",
        "date": "",
        "author": "Ann",
        "source": LAW,
        "target": PASSED,
        "model": "",
        "revision": "",
        "glossary": "",
    }
    assert run("undo", "--author", "Bob")[0] == "1 taken back; `vistka memory undo 2` reverses this\n"
    assert run("list") == ("", "")
    assert [(row["kind"], row["author"], row["state"]) for row in rows(run, "--all")] == [
        ("correction", "Ann", "undone"),
        ("undo", "Bob", ""),
    ]
    assert run("undo", "2")[0] == "1 in force again; `vistka memory undo 3` reverses this\n"
    assert rows(run)[0]["state"] == "active"
    with pytest.raises(UsageError, match="no row 77"):
        run("undo", "77")


def test_a_model_is_recorded_with_its_revision_and_the_glossary(run: Run):
    run("add", LAW, PASSED, "--model", "embedded")
    row = rows(run)[0]
    assert row["model"] == "embedded"
    assert row["revision"]
    assert row["glossary"]


def test_search_reads_source_target_and_author_in_any_case(run: Run):
    run("add", LAW, PASSED, "--author", "Ann")
    run("add", "Мер приїхав.", "The mayor came.", "--author", "Bob")
    for words, found in (("ЗАКОН", [1]), ("mayor", [2]), ("bob", [2]), ("nothing", []), ("", [1, 2])):
        assert [row["id"] for row in rows(run, "--search", words)] == found


def test_a_text_of_two_sentences_or_in_english_is_noted(run: Run):
    assert "reads as 2 sentences" in run("add", f"{LAW} Люди чекають на світло.", "x")[1]
    assert "does not read as Ukrainian" in run("add", "The law was passed.", "x")[1]
    assert run("add", "The law was passed today.", "x", "--quiet")[1] == ""


def test_export_and_import_into_another_memory(run: Run, tmp_path: Path):
    run("add", LAW, PASSED, "--author", "Ann", "--model", "embedded")
    run("add", "Мер приїхав.", "The mayor came.")
    run("export", "out.tmx")
    assert run("export", "-")[0].encode() == (tmp_path / "out.tmx").read_bytes()
    there = ("--memory", "other.sqlite")
    assert run("import", "out.tmx", *there)[1] == "out.tmx: 2 imported\n"
    assert (
        run("import", "-", *there, stdin=(tmp_path / "out.tmx").read_bytes())[1] == "-: 0 imported, 2 known already\n"
    )
    assert rows(run, *there) == rows(run)


def test_a_file_with_a_fault_is_imported_only_if_asked_to(run: Run, tmp_path: Path):
    seg = '<tuv xml:lang="uk"><seg>{}</seg></tuv><tuv xml:lang="en"><seg>{}</seg></tuv>'
    units = f"<tu>{seg.format(LAW, PASSED)}</tu>\n<tu>{seg.format('Так.', '')}</tu>"
    (tmp_path / "a.tmx").write_text(f"<tmx><body>\n{units}\n<tu/></body></tmx>", encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.tmx: line 3: the target is empty"):
        run("import", "a.tmx")
    assert rows(run) == []
    assert run("import", "a.tmx", "--skip-faulty")[1].splitlines() == [
        "a.tmx: line 3: the target is empty",
        "a.tmx: 1 imported, 1 without Ukrainian or English, 1 with a fault",
    ]
    with pytest.raises(InputError, match=r"missing\.tmx: cannot be read"):
        run("import", "missing.tmx")


def test_a_damaged_file_is_one_clear_error(run: Run, tmp_path: Path):
    (tmp_path / "memory.sqlite").write_bytes(b"not a database" * 100)
    for args in (("list",), ("add", LAW, PASSED), ("undo",), ("export", "-")):
        with pytest.raises(ResourceError, match=r"memory\.sqlite: the memory is damaged"):
            run(*args)


def test_a_correction_survives_the_process_that_made_it(run: Run, tmp_path: Path):
    code = "from vistka.commands.memory import app; app()"
    subprocess.run([sys.executable, "-c", code, "add", LAW, PASSED], check=True, capture_output=True)
    assert [row["target"] for row in rows(run)] == [PASSED]

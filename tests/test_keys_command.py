"""`vistka keys` as a person meets it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from vistka.commands.keys import app
from vistka.errors import ResourceError, UsageError
from vistka.serve.key_store import KeyStore

Run = Callable[..., tuple[str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """(standard output, standard error) of a call that works; what it raises otherwise."""
    monkeypatch.setenv("VISTKA_DATA", str(tmp_path / "data"))

    def call(*args: str) -> tuple[str, str]:
        done = CliRunner().invoke(app, args)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.stdout, done.stderr

    return call


def test_a_key_is_printed_once_and_alone(run: Run, tmp_path: Path):
    out, told = run("add", "Weblate")
    key = out.removesuffix("\n")
    assert len(key.split()) == 1
    assert key not in told
    store = KeyStore(tmp_path / "data" / "keys.sqlite")
    kept = store.find(key)
    assert kept is not None
    assert told == (
        f"Weblate: key {kept.id} for translate, summarize, documents, glossaries; keep it now, it is not shown again\n"
    )
    for args in (("list",), ("list", "--json")):
        assert key.split("_", 2)[2] not in run(*args)[0]
    assert run("add", "Other", "--quiet")[1] == ""


def test_list_shows_limits_usage_and_state(run: Run, tmp_path: Path):
    assert run("list") == ("", "")
    assert not (tmp_path / "data").exists()
    run("add", "Weblate", "--scope", "translate", "--scope", "metrics", "--rate", "60", "--characters", "1000")
    run("add", "news room", "--scope", "admin")
    store = KeyStore(tmp_path / "data" / "keys.sqlite")
    first, second = store.all_keys()
    store.spend(first.id, 250, documents=1)
    rows = [json.loads(line) for line in run("list", "--json")[0].splitlines()]
    assert rows[0] | {"created": "", "last_used": ""} == {
        "id": first.id,
        "name": "Weblate",
        "scopes": ["translate", "metrics"],
        "requests_a_minute": 60,
        "characters_a_month": 1000,
        "created": "",
        "revoked": None,
        "last_used": "",
        "this_month": {"requests": 1, "characters": 250, "documents": 1},
    }
    assert run("revoke", "news room")[0] == f"news room: key {second.id} revoked\n"
    head, one, two = run("list")[0].splitlines()
    assert head.split("  ")[0] == "id"
    assert "translate,metrics" in one
    assert "250 of 1000" in one
    assert one.endswith("in force")
    assert "never" in two
    assert two.endswith("revoked")


def test_what_is_wrong_is_told(run: Run, tmp_path: Path):
    with pytest.raises(UsageError, match="no such scope: all; use translate"):
        run("add", "a", "--scope", "all")
    with pytest.raises(UsageError, match="--rate: 0 is not a limit"):
        run("add", "a", "--rate", "0")
    with pytest.raises(UsageError, match="no such key in force"):
        run("revoke", "a")
    run("add", "a")
    with pytest.raises(UsageError, match="a key of that name is in force"):
        run("add", "a")
    (tmp_path / "file").write_text("")
    with pytest.raises(ResourceError, match="cannot be used"):
        run("add", "a", "--data", str(tmp_path / "file"))


def test_it_is_a_command_of_vistka(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-m", "vistka.cli", "keys", "add", "a", "--data", str(tmp_path), "--scope", "x"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("vistka: --scope: no such scope: x; use translate, ")

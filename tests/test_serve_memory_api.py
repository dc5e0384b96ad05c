"""The memory over HTTP: add, list, take back, import and export."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from vistka.memory.store import Memory
from vistka.options import Options
from vistka.serve.native_models import AddedCorrection, ImportResponse, MemoryEntry, MemoryResponse
from vistka.tests.serve_app import scripted_app

TMX = "application/x-tmx+xml"
ENTITY = (
    b'<!DOCTYPE tmx [<!ENTITY a SYSTEM "file:///etc/passwd">]><tmx version="1.4"><body><tu><tuv xml:lang="uk">'
    b'<seg>&a;</seg></tuv><tuv xml:lang="en"><seg>x</seg></tuv></tu></body></tmx>'
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Path]]:
    folder = tmp_path_factory.mktemp("service")
    with TestClient(scripted_app(folder)) as client:
        yield client, folder / "memory.sqlite"


@pytest.fixture
def client(shared: tuple[TestClient, Path]) -> TestClient:
    """The service with an empty memory."""
    one, path = shared
    while Memory(path).in_force():
        one.post("/v1/memory/undo", json={}).raise_for_status()
    return one


def add(client: TestClient, source: str, target: str, **more: Any) -> Any:
    answer = client.post("/v1/memory", json={"source": source, "target": target, **more})
    assert answer.status_code == 201, answer.text
    AddedCorrection.model_validate_json(answer.content)
    return answer.json()


def page(client: TestClient, **query: Any) -> Any:
    answer = client.get("/v1/memory", params=query)
    assert answer.status_code == 200, answer.text
    MemoryResponse.model_validate_json(answer.content)
    return answer.json()


def problem(answer: Any, status: int) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["detail"])


def tmx(*pairs: tuple[str, str]) -> str:
    units = "".join(
        f'<tu><tuv xml:lang="uk"><seg>{source}</seg></tuv><tuv xml:lang="en"><seg>{target}</seg></tuv></tu>'
        for source, target in pairs
    )
    head = (
        '<header creationtool="t" creationtoolversion="1" segtype="sentence" o-tmf="t" adminlang="en" srclang="uk"'
        ' datatype="plaintext"/>'
    )
    return f'<?xml version="1.0" encoding="utf-8"?><tmx version="1.4">{head}<body>{units}</body></tmx>'


def test_a_correction_is_kept_with_its_draft_and_author(client: TestClient) -> None:
    recipe = {
        "model": "embedded", "revision": "abc", "engine": "llamacpp", "decoding": {"beam_size": 1},
        "glossary": "core-1", "confidence": "1", "version": "0.1",
    }  # fmt: skip
    entry = add(
        client, " Суд відклав слухання. ", "The court adjourned the hearing.", author="O.  Editor", recipe=recipe
    )
    found = entry["entry"]
    assert (found["source"], found["author"], found["state"]) == ("Суд відклав слухання.", "O. Editor", "active")
    assert (found["model"], found["revision"], found["glossary"]) == ("embedded", "abc", "core-1")
    assert entry["notes"] == []
    assert page(client)["entries"] == [found]


@pytest.mark.parametrize(
    ("source", "note"), [("Так. Ні.", "2 sentences"), ("In English already.", "not read as Ukrainian")]
)
def test_what_a_person_should_know(client: TestClient, source: str, note: str) -> None:
    assert note in add(client, source, "Yes. No.")["notes"][0]


@pytest.mark.parametrize(
    "body",
    [
        {}, {"source": "Так."}, {"source": "", "target": "Yes."}, {"source": " ", "target": "Yes."},
        {"source": "Так.", "target": "\u0000"}, {"source": "Так.", "target": "a" * 20_001},
        {"source": "Див. https://a.example/", "target": "See."},
        {"source": "Так.", "target": "Yes.", "date": "2026-01-01"},
        {"source": "Так.", "target": "Yes.", "author": "a" * 201}, {"source": "Так.", "target": 7},
    ],
)  # fmt: skip
def test_what_is_no_correction(client: TestClient, body: dict[str, Any]) -> None:
    assert problem(client.post("/v1/memory", json=body), 422)
    assert page(client)["total"] == 0


def test_the_newest_counts_and_an_undo_brings_the_older_back(client: TestClient) -> None:
    old = add(client, "Так.", "Yes.")["entry"]["id"]
    new = add(client, "Так.", "Indeed.")["entry"]["id"]
    assert [one["target"] for one in page(client)["entries"]] == ["Indeed."]
    undone = client.post("/v1/memory/undo", json={"id": new, "author": "B"})
    assert undone.status_code == 201
    MemoryEntry.model_validate_json(undone.content)
    assert (undone.json()["kind"], undone.json()["about"], undone.json()["author"]) == ("undo", new, "B")
    assert [one["id"] for one in page(client)["entries"]] == [old]
    assert "taken back already" in problem(client.post("/v1/memory/undo", json={"id": new}), 409)
    redone = client.post("/v1/memory/undo", json={"id": undone.json()["id"]}).json()
    assert redone["kind"] == "redo"
    assert [one["id"] for one in page(client)["entries"]] == [new]
    states = {one["id"]: one["state"] for one in page(client, all=True, limit=1000)["entries"]}
    assert (states[old], states[new]) == ("superseded", "active")


def test_an_undo_of_nothing(client: TestClient) -> None:
    problem(client.post("/v1/memory/undo", json={}), 409)
    problem(client.post("/v1/memory/undo", json={"id": 999_999}), 404)
    for wrong in (0, -1, "1", 2**53, 1.5, True):
        problem(client.post("/v1/memory/undo", json={"id": wrong}), 422)


def test_pages_and_search(client: TestClient) -> None:
    for number in range(5):
        add(client, f"Речення номер {number}.", f"Sentence {number}.", author="Олена" if number == 3 else "")
    first = page(client, limit=2)
    assert (len(first["entries"]), first["total"], first["next"]) == (2, 5, 2)
    rest = page(client, limit=3, offset=first["next"])
    assert rest["next"] is None
    targets = [one["target"] for one in first["entries"] + rest["entries"]]
    assert targets == [f"Sentence {number}." for number in range(5)]
    assert page(client, search="ОЛЕНА")["total"] == 1
    assert page(client, search="номер 4")["total"] == 1
    assert page(client, search="nothing like it") == {"entries": [], "total": 0, "next": None}
    for query in (
        {"limit": 0},
        {"limit": 1001},
        {"offset": -1},
        {"search": "a" * 501},
        {"page": 1},
        {"all": "perhaps"},
    ):
        problem(client.get("/v1/memory", params=query), 422)


def test_out_and_in_again(client: TestClient) -> None:
    add(
        client, "Ціна &lt;зросла&gt; на 5% — «Енергоатом».", "The price &lt;rose&gt; by 5%: Energoatom.", author="О'Ніл"
    )
    before = page(client)["entries"]
    export = client.get("/v1/memory/export")
    assert export.headers["content-type"] == TMX
    assert "attachment" in export.headers["content-disposition"]
    again = client.post("/v1/memory/import", content=export.content, headers={"Content-Type": TMX}).json()
    assert again == {"imported": 0, "known": 1, "other_languages": 0, "faults": [], "codes_left_out": 0}
    client.post("/v1/memory/undo", json={}).raise_for_status()
    back = client.post("/v1/memory/import", content=export.content, headers={"Content-Type": TMX})
    ImportResponse.model_validate_json(back.content)
    assert back.json()["imported"] == 1
    after = page(client)["entries"]
    told = ("source", "target", "author", "date")
    assert [[one[name] for name in told] for one in after] == [[one[name] for name in told] for one in before]


def test_a_fault_refuses_the_whole_file_unless_it_is_skipped(client: TestClient) -> None:
    data = tmx(("Так.", "Yes."), ("Ні.", "")).encode()
    headers = {"Content-Type": "application/xml"}
    assert "line" in problem(client.post("/v1/memory/import", content=data, headers=headers), 422)
    assert page(client)["total"] == 0
    answer = client.post("/v1/memory/import?skip_faulty=true", content=data, headers=headers).json()
    assert (answer["imported"], len(answer["faults"])) == (1, 1)


@pytest.mark.parametrize(
    ("data", "media_type", "status"),
    [
        (b"", TMX, 422), (b"<a/>", TMX, 422), (b"no XML", TMX, 422), (b"PK\x03\x04", "application/zip", 415),
        (b"{}", "application/json", 415), (tmx(("Так.", "Yes.")).encode(), "text/plain", 415),
        (ENTITY, TMX, 422),
    ],
)  # fmt: skip
def test_what_is_no_tmx(client: TestClient, data: bytes, media_type: str, status: int) -> None:
    detail = problem(client.post("/v1/memory/import", content=data, headers={"Content-Type": media_type}), status)
    assert "root:" not in detail
    assert page(client)["total"] == 0


def test_a_correction_made_elsewhere_counts_at_once(shared: tuple[TestClient, Path], client: TestClient) -> None:
    from vistka.memory.corrections import Correction

    Memory(shared[1]).add(Correction(source="Суд відклав слухання.", target="The hearing was adjourned."))
    found = client.post("/v1/translate", json={"text": "Суд відклав слухання."}).json()["translations"][0]
    assert found["text"] == "The hearing was adjourned."
    assert found["draft"]["segments"][0]["memory"]["score"] == 1


def test_a_service_without_a_memory(tmp_path: Path) -> None:
    with TestClient(scripted_app(tmp_path, options=Options(use_memory=False))) as client:
        for answer in (
            client.get("/v1/memory"),
            client.get("/v1/memory/export"),
            client.post("/v1/memory", json={"source": "Так.", "target": "Yes."}),
            client.post("/v1/memory/undo", json={}),
            client.post("/v1/memory/import", content=tmx(("Так.", "Yes.")), headers={"Content-Type": TMX}),
        ):
            assert "no corrections" in problem(answer, 404)
        shown = client.post("/v1/translate", json={"text": "Так.", "memory": False}).json()
        assert shown["translations"][0]["draft"]["segments"][0]["memory"] is None

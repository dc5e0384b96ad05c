from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from vistka.memory.corrections import Correction
from vistka.memory.store import Memory
from vistka.models.engine import Request
from vistka.options import Options
from vistka.serve.key_store import KeyStore
from vistka.serve.native_documents import EXAMPLE_DOCUMENT
from vistka.tests.scripted_engine import ScriptedEngine
from vistka.tests.serve_app import romanising_engine, running, scripted_app
from vistka.text.romanisation import romanise

TEXT = "У селі відкрили школу.\n\nOnly English here.\n\nЧерез річку збудували міст.\n"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[httpx.Client]:
    with running(scripted_app(tmp_path)) as url, httpx.Client(base_url=url, timeout=30) as one:
        yield one


def send(client: httpx.Client, text: str | bytes = TEXT, name: str = "звіт.txt", **more: Any) -> httpx.Response:
    headers = more.pop("headers", None)
    return client.post("/v1/documents", files={"file": (name, text)}, data=more, headers=headers)


def events(client: httpx.Client, job_id: str, **more: Any) -> list[tuple[str, dict[str, Any]]]:
    """Every event of a job: its name and data."""
    found = []
    with client.stream("GET", f"/v1/jobs/{job_id}/events", **more) as stream:
        assert stream.status_code == 200
        assert stream.headers["content-type"].startswith("text/event-stream")
        kind = ""
        for line in stream.iter_lines():
            if line.startswith("event:"):
                kind = line.removeprefix("event:").strip()
            elif line.startswith("data:"):
                found.append((kind, json.loads(line.removeprefix("data:"))))
    return found


def done(client: httpx.Client, sent: httpx.Response, **more: Any) -> dict[str, Any]:
    """The job when it is over."""
    assert sent.status_code == 202, sent.text
    kind, job = events(client, sent.json()["id"], **more)[-1]
    assert kind == "end"
    return job


def test_a_document_is_sent_watched_and_fetched(client: httpx.Client) -> None:
    sent = send(client)
    assert sent.status_code == 202
    job = sent.json()
    assert sent.headers["location"] == job["links"]["self"] == f"/v1/jobs/{job['id']}"
    assert (job["name"], job["format"], job["segments_total"], job["error"]) == ("звіт.txt", "text", 3, None)
    assert "secret" not in job
    over = done(client, sent)
    assert (over["state"], over["segments_done"], over["seconds_left"]) == ("done", 3, None)
    assert over["expires"] > over["finished"] > over["created"]
    assert client.get(job["links"]["self"]).json() == over
    assert client.get("/v1/jobs").json() == {"jobs": [over]}
    result = client.get(job["links"]["result"])
    lines = result.text.split("\n\n")
    assert lines[0] == romanise("У селі відкрили школу.")
    assert lines[1] == "Only English here."
    assert result.headers["content-type"] == "text/plain; charset=utf-8"
    assert result.headers["content-disposition"].endswith("%D0%B7%D0%B2%D1%96%D1%82.en.txt")
    assert "sandbox" in result.headers["content-security-policy"]


def test_the_examples_of_openapi_are_what_comes_out(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()["paths"]

    def example(path: str, method: str, status: str) -> Any:
        return document[path][method]["responses"][status]["content"]["application/json"]["example"]

    def shown(answer: dict[str, Any]) -> dict[str, Any]:
        # FastAPI leaves every null out of its document.
        return {key: value for key, value in answer.items() if value is not None}

    sent = send(client, EXAMPLE_DOCUMENT, "звіт.txt")
    ours = {key: sent.json()[key] for key in ("id", "created", "links")}
    assert shown(sent.json()) == example("/v1/documents", "post", "202") | ours
    job = done(client, sent)
    ours |= {key: job[key] for key in ("finished", "expires", "flags_raised")}
    for path, method in (("/v1/jobs/{job_id}", "get"), ("/v1/jobs/{job_id}/cancel", "post")):
        answer = client.request(method, path.format(job_id=job["id"]))
        assert shown(answer.json()) == example(path, method, "200") | ours
    assert shown(client.get("/v1/jobs").json()["jobs"][0]) == example("/v1/jobs", "get", "200")["jobs"][0] | ours


def test_a_result_has_an_etag(client: httpx.Client) -> None:
    job = done(client, send(client))
    for link in ("result", "draft"):
        first = client.get(job["links"][link])
        assert first.status_code == 200
        again = client.get(job["links"][link], headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert client.get(job["links"][link], headers={"If-None-Match": '"other"'}).status_code == 200


def test_the_draft_shows_what_to_look_at(client: httpx.Client) -> None:
    job = done(client, send(client))
    draft = client.get(job["links"]["draft"]).json()
    assert [part["origin"] for part in draft["segments"]] == ["model", "source", "model"]
    assert draft["segments"][0]["source"].strip() == "У селі відкрили школу."
    assert draft["recipe"]["model"] == "scripted"
    assert job["flags_raised"] == sum(len(part["flags"]) for part in draft["segments"])


def test_every_format_comes_back_as_it_came(client: httpx.Client) -> None:
    page = "<!doctype html><html lang='uk'><body><p>У селі <b>відкрили</b> школу.</p></body></html>"
    for name, text, media_type in (("a.html", page, "text/html"), ("a.md", f"# {TEXT}", "text/markdown")):
        job = done(client, send(client, text, name))
        result = client.get(job["links"]["result"])
        assert result.headers["content-type"].split(";")[0] == media_type
        assert result.text[:2] == text[:2]
        assert "школу" not in result.text


def test_a_word_document_comes_back_as_one(client: httpx.Client) -> None:
    docx = pytest.importorskip("docx")
    document = docx.Document()
    document.add_paragraph("У селі відкрили школу.")
    data = io.BytesIO()
    document.save(data)
    job = done(client, send(client, data.getvalue(), "наказ.docx"))
    assert (job["state"], job["format"]) == ("done", "docx")
    result = client.get(job["links"]["result"])
    assert result.headers["content-type"] == DOCX
    paragraphs = docx.Document(io.BytesIO(result.content)).paragraphs
    assert [one.text for one in paragraphs] == [romanise("У селі відкрили школу.")]


@pytest.mark.parametrize(
    ("name", "text", "status", "code"),
    [
        ("a.txt", b"", 422, "empty-input"),
        ("a.txt", b"Only English here.", 422, "nothing-to-translate"),
        ("a.txt", b"\x00\x01", 422, "not-text"),
        ("a.pdf", b"%PDF-1.7", 415, "unsupported-format"),
        ("a.xliff", TEXT.encode(), 415, "unsupported-format"),
        ("a.docx", b"no ZIP at all", 422, "not-text"),
    ],
)
def test_what_cannot_be_read_is_refused_at_once(
    client: httpx.Client, name: str, text: bytes, status: int, code: str
) -> None:
    answer = send(client, text, name)
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert client.get("/v1/jobs").json() == {"jobs": []}


def test_a_request_that_is_none_is_refused(client: httpx.Client) -> None:
    assert client.post("/v1/documents", json={"file": "text"}).status_code == 422
    assert client.post("/v1/documents", data={"file": "text"}).status_code == 422
    assert send(client, format="xliff").status_code == 422
    assert send(client, glossaries="none-such").status_code == 404
    assert send(client, headers={"Idempotency-Key": "x" * 300}).status_code == 422
    for path in ("", "/events", "/result", "/draft"):
        assert client.get(f"/v1/jobs/none-such{path}").status_code == 404
    assert client.post("/v1/jobs/none-such/cancel").status_code == 404
    assert client.delete("/v1/jobs/none-such").status_code == 404


def test_too_large_a_document_is_refused(tmp_path: Path) -> None:
    app = scripted_app(tmp_path, max_document_mib=0.01)
    with running(app) as url, httpx.Client(base_url=url, timeout=30) as client:
        assert send(client, TEXT * 500).status_code == 413


def test_more_documents_than_may_wait_are_told_to_come_again(tmp_path: Path) -> None:
    gate = threading.Event()
    app = scripted_app(tmp_path, load=_waiting_load(gate), max_jobs=1)
    with running(app) as url, httpx.Client(base_url=url, timeout=30) as client:
        first = send(client)
        refused = send(client)
        assert (refused.status_code, refused.json()["code"]) == (503, "busy")
        assert int(refused.headers["retry-after"]) > 0
        gate.set()
        assert done(client, first)["state"] == "done"
        assert send(client).status_code == 202


def _waiting_load(gate: threading.Event) -> Any:
    from vistka.tests.serve_app import scripted_pipeline

    def load(options: Options) -> Any:
        assert gate.wait(30)
        return scripted_pipeline(romanising_engine(), options)

    return load


def test_a_document_may_come_before_the_model_is_there(tmp_path: Path) -> None:
    gate = threading.Event()
    app = scripted_app(tmp_path, load=_waiting_load(gate))
    with running(app) as url, httpx.Client(base_url=url, timeout=30) as client:
        sent = send(client)
        job = client.get(sent.headers["location"]).json()
        assert (job["state"], job["segments_done"]) == ("queued", 0)
        early = client.get(job["links"]["result"])
        assert (early.status_code, early.json()["code"]) == (409, "conflict")
        gate.set()
        assert done(client, sent)["state"] == "done"


def test_the_same_key_gives_the_same_job(client: httpx.Client) -> None:
    key = {"Idempotency-Key": '"3f0c"'}
    first = send(client, headers=key)
    again = send(client, headers=key)
    assert again.status_code == 202
    assert again.json()["id"] == first.json()["id"]
    bare = send(client, headers={"Idempotency-Key": "3f0c"})
    assert bare.json()["id"] == first.json()["id"]
    other = send(client, "Інше село.", headers=key)
    assert other.status_code == 422
    assert len(client.get("/v1/jobs").json()["jobs"]) == 1


def test_a_job_can_be_cancelled_and_deleted(tmp_path: Path) -> None:
    gate = threading.Event()
    app = scripted_app(tmp_path, load=_waiting_load(gate))
    with running(app) as url, httpx.Client(base_url=url, timeout=30) as client:
        job = send(client).json()
        cancelled = client.post(f"/v1/jobs/{job['id']}/cancel").json()
        assert cancelled["state"] == "cancelled"
        assert client.get(cancelled["links"]["result"]).status_code == 409
        gate.set()
        assert [kind for kind, _ in events(client, job["id"])] == ["end"]
        deleted = client.delete(cancelled["links"]["self"])
        assert (deleted.status_code, deleted.content) == (204, b"")
        assert client.get(cancelled["links"]["self"]).status_code == 404
        over = done(client, send(client))
        assert client.delete(over["links"]["self"]).status_code == 204
        assert client.get("/v1/jobs").json() == {"jobs": []}


@pytest.fixture
def keyed(tmp_path: Path) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """Two clients with keys of their own."""
    store = KeyStore(tmp_path / "data" / "keys.sqlite")
    keys = [store.add(name)[1] for name in ("ann", "bob")]
    store.close()
    with running(scripted_app(tmp_path, keys_required=True)) as url:
        ann, bob = (httpx.Client(base_url=url, timeout=30, headers={"Authorization": f"Bearer {key}"}) for key in keys)
        with ann, bob:
            yield ann, bob


def test_jobs_of_others_are_not_there(keyed: tuple[httpx.Client, httpx.Client]) -> None:
    ann, bob = keyed
    job = done(ann, send(ann))
    assert bob.get("/v1/jobs").json() == {"jobs": []}
    for link in job["links"].values():
        assert bob.get(link).status_code == 404
        assert bob.get(link, headers={"Authorization": ""}).status_code == 401
    assert bob.delete(job["links"]["self"]).status_code == 404
    assert bob.post(job["links"]["self"] + "/cancel").status_code == 404
    assert ann.get(job["links"]["result"]).status_code == 200


def test_jobs_are_not_listed_for_the_whole_network(tmp_path: Path) -> None:
    app = scripted_app(tmp_path, host="0.0.0.0", keys_required=False, open_without_keys=True)
    with running(app) as url, httpx.Client(base_url=url, timeout=30) as client:
        job = done(client, send(client))
        assert client.get(job["links"]["result"]).status_code == 200
        assert client.get("/v1/jobs").status_code == 403


def test_who_watches_a_job_does_not_keep_the_service_from_stopping(tmp_path: Path) -> None:
    gate, begun = threading.Event(), threading.Event()
    lines: list[str] = []

    def watch(url: str, job_id: str) -> None:
        with httpx.stream("GET", f"{url}/v1/jobs/{job_id}/events", timeout=60) as stream:
            for line in stream.iter_lines():
                lines.append(line)
                begun.set()

    with running(scripted_app(tmp_path, load=_waiting_load(gate))) as url:
        with httpx.Client(base_url=url) as client:
            watcher = threading.Thread(target=watch, args=(url, send(client).json()["id"]))
        watcher.start()
        assert begun.wait(30)
    watcher.join(30)
    gate.set()
    assert not watcher.is_alive()
    assert "event: progress" in lines
    assert "event: end" not in lines


# --- what counts in a long document -----------------------------------------------------------------------------------


def test_a_name_is_spelled_as_the_last_page_tells(tmp_path: Path) -> None:
    # Of the first sentence alone, she might be a man: the forms of Олександр and Олександра are the same there.
    text = "Учора вітали Олександру Чернишову.\n\n" + "".join(f"О {hour} годині було тихо.\n\n" for hour in range(30))
    engine = ScriptedEngine(lambda request: romanise(request.text.splitlines()[-1]), kind="chat")
    app = scripted_app(tmp_path, engine=engine, options=Options(ladder=False, memory=tmp_path / "memory.sqlite"))
    with running(app) as url, httpx.Client(base_url=url, timeout=60) as client:
        terms = []
        for last in ("Був вечір.", "Чернишова подякувала всім."):
            job = done(client, send(client, text + last))
            assert job["state"] == "done"
            draft = client.get(job["links"]["draft"]).json()
            terms.append(dict(draft["segments"][0]["terms"]))
    named = [[english for english in one.values() if english.startswith("Oleks")] for one in terms]
    assert named == [["Oleksandr Chernyshov"], ["Oleksandra Chernyshova"]]


def test_a_correction_counts_from_the_next_part_on(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.sqlite")
    sources = [f"О {hour} годині було тихо." for hour in range(40)]
    corrected = threading.Event()

    def answer(request: Request) -> str:
        # While the first part is translated, somebody corrects the last sentence, and the first one too.
        if not corrected.is_set():
            corrected.set()
            for source in (sources[0], sources[-1]):
                memory.add(Correction(source=source, target="It was quiet.", author="Ann"))
        return romanise(request.text)

    engine = ScriptedEngine(answer, kind="seq2seq")
    app = scripted_app(tmp_path, engine=engine, job_workers=1)
    with running(app) as url, httpx.Client(base_url=url, timeout=60) as client:
        job = done(client, send(client, "\n\n".join(sources)))
        lines = client.get(job["links"]["result"]).text.split("\n\n")
    memory.close()
    assert lines[0] == romanise(sources[0])
    assert lines[-1] == "It was quiet."

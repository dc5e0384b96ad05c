"""The service as a whole on a scripted engine: warm-up, results, overload, disconnects, shutdown, metrics and logs."""

from __future__ import annotations

import asyncio
import http.client
import io
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI

from vistka.documents.read import read
from vistka.errors import (
    BusyError,
    DeadlineError,
    ModelMissingError,
    ResourceError,
    UsageError,
    WorkCancelledError,
)
from vistka.memory.corrections import Correction
from vistka.models.engine import Decoding, Output, Request
from vistka.options import Options
from vistka.pipeline import Pipeline
from vistka.serve.logs import LOGGER, write_logs
from vistka.serve.server import listening_socket
from vistka.serve.service import Service
from vistka.serve.settings import ServeSettings
from vistka.serve.ticket import Ticket
from vistka.tests.scripted_engine import ScriptedEngine
from vistka.tests.serve_app import romanising_engine, running, scripted_app, scripted_pipeline
from vistka.translate import drafts
from vistka.translate.glossary import Entry, Glossary

Result = TypeVar("Result")
LETTER = "Місто отримало листа від міністра."


@pytest.fixture(autouse=True)
def no_embedder(monkeypatch: pytest.MonkeyPatch) -> None:
    """The true one takes its time."""
    monkeypatch.setattr(drafts, "similarities", lambda sources, _: [None] * len(sources))


class GatedEngine(ScriptedEngine):
    """A romanising engine whose calls begin when `gate` is set."""

    def __init__(self, *, is_open: bool = False, **fields: Any) -> None:
        super().__init__(romanising_engine().script, **{"kind": "seq2seq"} | fields)
        self.gate = threading.Event()
        self.begun = threading.Event()
        if is_open:
            self.gate.set()

    def generate(self, requests: Sequence[Request], decoding: Decoding) -> list[Output]:
        self.begun.set()
        assert self.gate.wait(30)
        return super().generate(requests, decoding)


def with_service(app: FastAPI, work: Callable[[Service], Awaitable[Result]]) -> Result:
    """Run `work` on the service of `app`, without HTTP."""

    async def run() -> Result:
        service = app.state.context.service
        service.start()
        try:
            return await work(service)
        finally:
            await asyncio.to_thread(service.close)

    return asyncio.run(run())


def post(url: str, text: str, timeout_s: float = 30.0) -> tuple[int, Any, str | None]:
    """Status, body and Retry-After of a translation, on a connection of its own."""
    with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=timeout_s)) as connection:
        body = json.dumps({"q": text, "source": "uk", "target": "en"})
        connection.request("POST", "/translate", body=body, headers={"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read()), answer.headers.get("Retry-After")


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


# --- results --------------------------------------------------------------------------------------------------------


def test_n_texts_in_n_texts_out(tmp_path: Path) -> None:
    texts = ["Добрий день!\n\nЯк справи?\n", "", "   ", "Good morning.", "Так."]

    async def work(service: Service) -> None:
        found = await service.translate_texts(texts, ticket=Ticket())
        assert [one.text for one in found] == ["Dobryi den!\n\nYak spravy?\n", "", "   ", "Good morning.", "Tak."]
        assert [one.source_language for one in found] == ["uk", "und", "und", "en", "uk"]
        assert [one.characters for one in found] == [len(text) for text in texts]
        assert [one.draft is None for one in found] == [False, True, True, False, False]

    with_service(scripted_app(tmp_path), work)


def test_html_keeps_its_tags(tmp_path: Path) -> None:
    async def work(service: Service) -> str:
        found = await service.translate_texts(["<p>Добрий <b>день</b>!</p>"], format="html", ticket=Ticket())
        return found[0].text

    assert with_service(scripted_app(tmp_path), work) == "<p>Dobryi <b>den</b>!</p>"


def test_the_texts_of_a_request_go_to_the_engine_together(tmp_path: Path) -> None:
    engine = romanising_engine()
    texts = [f"Це речення число {number}." for number in range(20)]

    async def work(service: Service) -> None:
        await service.translate_texts(texts, ticket=Ticket())

    with_service(scripted_app(tmp_path, engine=engine), work)
    assert len(engine.calls[0][0]) == 20


def test_a_flag_points_at_a_segment_of_its_own_text(tmp_path: Path) -> None:
    texts = ["Перше речення. Друге речення.", "Третє речення має 25 слів."]

    async def work(service: Service) -> list[list[tuple[str, int]]]:
        found = await service.translate_texts(texts, ticket=Ticket())
        return [[(flag.code, flag.segment) for flag in one.draft.flags()] for one in found if one.draft]

    engine = ScriptedEngine(default="The sentence has some words.", kind="seq2seq")
    first, second = with_service(scripted_app(tmp_path, engine=engine), work)
    assert ("number-missing", 0) in second
    assert all(segment < 2 for _, segment in first)


def test_a_sentence_that_comes_again_is_not_asked_again(tmp_path: Path) -> None:
    engine = romanising_engine()

    async def work(service: Service) -> None:
        for _ in range(3):
            await service.translate_texts([LETTER], ticket=Ticket())

    with_service(scripted_app(tmp_path, engine=engine), work)
    assert len(engine.requests) == 1


def test_what_is_remembered_has_an_end(tmp_path: Path) -> None:
    engine = romanising_engine()

    async def work(service: Service) -> None:
        for text in ("Перше речення.", "Друге речення.", "Третє речення.", "Перше речення."):
            await service.translate_texts([text], ticket=Ticket())

    with_service(scripted_app(tmp_path, engine=engine, remembered_sentences=2), work)
    assert len(engine.requests) == 4


def test_the_same_sentence_asked_for_at_once_from_many_sides(tmp_path: Path) -> None:
    async def work(service: Service) -> None:
        asked = [service.translate_texts([LETTER, "Так."], ticket=Ticket()) for _ in range(40)]
        for found in await asyncio.gather(*asked):
            assert [one.text for one in found] == ["Misto otrymalo lysta vid ministra.", "Tak."]

    with_service(scripted_app(tmp_path), work)


def test_similarity_is_measured_only_for_who_sees_the_confidence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured: list[int] = []

    def similarities(sources: Sequence[str], _: Sequence[str]) -> list[float | None]:
        measured.append(len(sources))
        return [0.9] * len(sources)

    monkeypatch.setattr(drafts, "similarities", similarities)

    async def work(service: Service) -> None:
        await service.ready()
        measured.clear()  # of the warm-up
        await service.translate_texts([LETTER], ticket=Ticket(), with_confidence=False)
        assert measured == []
        # It was translated already, and is measured now.
        await service.translate_texts([LETTER], ticket=Ticket())
        assert measured == [1]
        await service.translate_texts([LETTER], ticket=Ticket())
        assert sum(measured) == 1

    with_service(scripted_app(tmp_path), work)


def test_another_glossary_is_another_answer(tmp_path: Path) -> None:
    user = Glossary([Entry("лист", ("missive",), "noun", by_user=True)])
    engine = ScriptedEngine(default="The city received a letter from the minister.", kind="seq2seq")

    async def work(service: Service) -> None:
        plain = await service.translate_texts([LETTER], ticket=Ticket())
        own = await service.translate_texts([LETTER], ticket=Ticket(), glossary=user)
        again = await service.translate_texts([LETTER], ticket=Ticket())
        assert own[0].draft is not None
        assert own[0].draft.recipe.glossary == user.version
        assert ("лист", "missive") in own[0].draft.segments[0].terms
        assert plain[0].draft is not None
        assert plain[0].draft.segments[0].terms == ()
        assert plain[0].text == again[0].text

    with_service(scripted_app(tmp_path, engine=engine), work)


def test_a_correction_counts_from_the_next_request(tmp_path: Path) -> None:
    async def work(service: Service) -> None:
        await service.translate_texts([LETTER], ticket=Ticket())
        assert service.memory is not None
        service.memory.add(Correction(source=LETTER, target="The minister wrote to the city.", author="Olha"))
        found = await service.translate_texts([LETTER], ticket=Ticket())
        assert found[0].text == "The minister wrote to the city."
        without = await service.translate_texts([LETTER], ticket=Ticket(), use_memory=False)
        assert without[0].text == "Misto otrymalo lysta vid ministra."

    with_service(scripted_app(tmp_path), work)


def test_drafts_without_a_ladder_say_so(tmp_path: Path) -> None:
    item = read(LETTER, max_mib=1.0)

    async def work(service: Service) -> None:
        (plain,) = await service.drafts([item], ticket=Ticket())
        (bare,) = await service.drafts([item], ticket=Ticket(), ladder=False)
        assert "ladder" not in plain.recipe.decoding
        assert bare.recipe.decoding["ladder"] is False

    with_service(scripted_app(tmp_path), work)


def test_variants_ask_the_engine_in_another_way(tmp_path: Path) -> None:
    engine = romanising_engine()

    async def work(service: Service) -> None:
        for variant in (0, 1, 2):
            await service.translate_texts([LETTER], ticket=Ticket(), variant=variant)

    with_service(scripted_app(tmp_path, engine=engine), work)
    assert [decoding.repetition_penalty for _, decoding in engine.calls] == pytest.approx([1.0, 1.15, 1.3])


def test_languages_by_their_share_of_the_letters(tmp_path: Path) -> None:
    async def work(service: Service) -> None:
        assert await service.detected("Добрий день, як справи?") == [("uk", 1.0)]
        mixed = await service.detected("Це речення українською мовою. And this sentence is in English, of course.")
        assert {code for code, _ in mixed} == {"uk", "en"}
        assert sum(share for _, share in mixed) == pytest.approx(1.0)
        assert mixed == sorted(mixed, key=lambda one: -one[1])
        assert await service.detected("12 345 — …") == []

    with_service(scripted_app(tmp_path), work)


def test_a_client_names_no_file_as_a_style_and_no_method_that_is_not_there(tmp_path: Path) -> None:
    style = tmp_path / "own.toml"
    style.write_text('extends = "default"\n', encoding="utf-8")
    item = read("Місто відкрило нову лікарню для дітей у центрі. Її будували два роки.", max_mib=1.0)

    async def work(service: Service) -> None:
        card = await service.blurb(item, ticket=Ticket(), max_chars=120, method="lead", style="agency")
        assert card.method in {"whole", "lead"}
        for wrong in ({"style": str(style)}, {"style": "nobody"}, {"method": "magic"}, {"max_chars": 3}):
            with pytest.raises(UsageError):
                await service.blurb(item, ticket=Ticket(), **wrong)  # type: ignore[arg-type]
        with pytest.raises(UsageError, match="no model that writes abstracts"):
            await service.blurb(item, ticket=Ticket(), method="abstractive")

    with_service(scripted_app(tmp_path), work)


def test_models_of_the_catalogue(tmp_path: Path) -> None:
    service: Service = scripted_app(tmp_path).state.context.service
    models = service.models()
    assert [model.id for model in models if model.translates] == ["embedded"]
    assert all(model.target_languages == ("en",) for model in models if "translate" in model.tasks)
    service.close()


# --- warm-up --------------------------------------------------------------------------------------------------------


def slow_load(gate: threading.Event, failure: Exception | None = None) -> Callable[[Options], Pipeline]:
    def load(options: Options) -> Pipeline:
        assert gate.wait(30)
        if failure is not None:
            raise failure
        return scripted_pipeline(romanising_engine(), options)

    return load


def test_a_request_that_comes_during_warm_up_waits(tmp_path: Path) -> None:
    gate = threading.Event()
    with running(scripted_app(tmp_path, load=slow_load(gate))) as url, ThreadPoolExecutor(4) as pool:
        assert httpx.get(url + "/healthz").json() == {"status": "ok"}
        early = httpx.get(url + "/readyz")
        assert (early.status_code, early.json()) == (503, {"status": "starting"})
        asked = pool.submit(post, url, LETTER)
        time.sleep(0.3)
        assert not asked.done()
        gate.set()
        assert asked.result()[:2] == (200, {"translatedText": "Misto otrymalo lysta vid ministra."})
        assert httpx.get(url + "/readyz").json() == {"status": "ready"}


def test_a_model_that_cannot_be_loaded_is_told_to_everybody(tmp_path: Path) -> None:
    gate = threading.Event()
    load = slow_load(gate, ModelMissingError("not here", next_step="run `vistka models pull`"))
    app = scripted_app(tmp_path, load=load)
    service: Service = app.state.context.service
    told = threading.Event()
    service.on_failure(told.set)
    with running(app) as url:
        gate.set()
        until(lambda: service.state == "failed")
        answer = httpx.get(url + "/readyz")
        assert (answer.status_code, answer.json()["status"]) == (503, "failed")
        assert "models pull" in answer.json()["error"]
        assert post(url, LETTER)[0] == 503
        assert httpx.get(url + "/healthz").status_code == 200
        assert told.wait(5)


def test_no_more_wait_for_the_model_to_be_loaded_than_may_wait_for_it_later(tmp_path: Path) -> None:
    gate = threading.Event()

    async def work(service: Service) -> None:
        early = [asyncio.create_task(service.translate_texts(["Так."], ticket=Ticket())) for _ in range(2)]
        await asyncio.sleep(0.05)
        with pytest.raises(BusyError, match="2 requests wait for the model to be loaded"):
            await service.translate_texts(["Ні."], ticket=Ticket())
        gate.set()
        assert [found[0].text for found in await asyncio.gather(*early)] == ["Tak.", "Tak."]

    with_service(scripted_app(tmp_path, load=slow_load(gate), queue_requests=2), work)


def test_a_deadline_counts_during_warm_up(tmp_path: Path) -> None:
    gate = threading.Event()

    async def work(service: Service) -> None:
        with pytest.raises(DeadlineError):
            await service.translate_texts([LETTER], ticket=Ticket(deadline_s=0.1))
        # Who stopped waiting has not stopped the loading.
        gate.set()
        assert (await service.translate_texts(["Так."], ticket=Ticket()))[0].text == "Tak."

    with_service(scripted_app(tmp_path, load=slow_load(gate)), work)


def test_a_closed_service_says_so(tmp_path: Path) -> None:
    engine = romanising_engine()
    app = scripted_app(tmp_path, engine=engine)

    async def work(service: Service) -> None:
        await service.ready()
        service.close()
        service.close()
        assert (service.state, engine.closed) == ("closed", True)
        with pytest.raises(WorkCancelledError):
            await service.translate_texts([LETTER], ticket=Ticket())

    with_service(app, work)


# --- overload -------------------------------------------------------------------------------------------------------


def test_300_connections_with_a_queue_for_50(tmp_path: Path) -> None:
    engine = GatedEngine(is_open=True, batch_size=4)
    app = scripted_app(tmp_path, engine=engine, queue_requests=50, max_connections=400, heartbeat_after_s=60.0)
    service: Service = app.state.context.service
    with running(app) as url, ThreadPoolExecutor(300) as pool:
        until(lambda: service.state == "ready")
        engine.gate.clear()
        asked = [pool.submit(post, url, f"Речення число {number} у довгій черзі.") for number in range(300)]
        until(lambda: sum(one.done() for one in asked) >= 240)
        engine.gate.set()
        answers = [one.result() for one in asked]
        statuses = [status for status, _, _ in answers]
        assert set(statuses) == {200, 503}
        assert 50 <= statuses.count(200) <= 60
        assert all(int(retry or 0) >= 1 for status, _, retry in answers if status == 503)
        assert all("error" in body for status, body, _ in answers if status == 503)
        assert post(url, LETTER)[0] == 200


def test_more_requests_at_once_than_are_served(tmp_path: Path) -> None:
    engine = GatedEngine()
    with running(scripted_app(tmp_path, engine=engine, max_connections=3)) as url, ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(post, url, f"Речення число {number}.") for number in range(3)]
        until(lambda: "vistka_queue_requests 2" in httpx.get(url + "/metrics").text or engine.begun.is_set())
        time.sleep(0.3)
        status, body, retry = post(url, "Зайве речення.")
        assert (status, int(retry or 0) >= 1) == (503, True)
        assert "3 requests" in body["error"]
        assert httpx.get(url + "/healthz").status_code == 200
        engine.gate.set()
        assert [one.result()[0] for one in asked] == [200, 200, 200]


def test_a_busy_service_refuses_without_work(tmp_path: Path) -> None:
    engine = GatedEngine(batch_size=1)

    async def work(service: Service) -> None:
        asked = [asyncio.create_task(service.translate_texts(["Перше речення."], ticket=Ticket()))]
        await asyncio.to_thread(engine.begun.wait, 20)
        asked += [asyncio.create_task(service.translate_texts([f"Речення {n}."], ticket=Ticket())) for n in range(2)]
        await asyncio.to_thread(until, lambda: service.depth() == 2)
        with pytest.raises(BusyError):
            await service.translate_texts([LETTER], ticket=Ticket())
        engine.gate.set()
        await asyncio.gather(*asked)

    with_service(scripted_app(tmp_path, engine=engine, queue_requests=2), work)


def test_a_client_that_goes_away_frees_its_work(tmp_path: Path) -> None:
    engine = GatedEngine(batch_size=1)
    app = scripted_app(tmp_path, engine=engine)
    service: Service = app.state.context.service
    with running(app) as url, ThreadPoolExecutor(2) as pool:
        first = pool.submit(post, url, "Перше речення.")
        assert engine.begun.wait(10)
        parts = urlsplit(url)
        body = json.dumps({"q": "Друге речення.", "source": "uk", "target": "en"}).encode()
        lines = (
            "POST /translate HTTP/1.1",
            f"Host: {parts.netloc}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
        )
        head = "".join(f"{line}\r\n" for line in lines)
        with socket.create_connection((parts.hostname or "", parts.port or 0)) as client:
            client.sendall(head.encode() + b"\r\n" + body)
            until(lambda: service.depth() == 1)
        until(lambda: service.depth() == 0)
        engine.gate.set()
        assert first.result()[0] == 200
    assert [request.text for request in engine.requests] == ["Перше речення."]


# --- the end --------------------------------------------------------------------------------------------------------


SERVED = """
import sys, threading, time
from pathlib import Path
from vistka.options import Options
from vistka.serve.app import make_app, make_context
from vistka.serve.logs import write_logs
from vistka.serve.server import Server
from vistka.serve.settings import ServeSettings
from vistka.tests.serve_app import romanising_engine, scripted_pipeline

class Slow(type(romanising_engine())):
    def generate(self, requests, decoding):
        print("asked", flush=True)
        time.sleep(1.0)
        return super().generate(requests, decoding)

folder = Path(sys.argv[1])
engine = Slow(romanising_engine().script, kind="seq2seq")
context = make_context(
    ServeSettings(port=0, data=folder), Options(memory=folder / "m.sqlite"), lambda o: scripted_pipeline(engine, o)
)
write_logs()
Server(make_app(context), context, lambda url: print(url, flush=True)).serve_until_stopped()
print("ended", flush=True)
"""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A service in a process of its own; its first line is its URL."""
    # As `vistka` does before anything else: SIGTERM is heard as Ctrl-C is.
    head = "import signal; signal.signal(signal.SIGTERM, signal.default_int_handler)\n"
    process = subprocess.Popen(
        [sys.executable, "-c", head + SERVED, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_service_that_is_told_to_stop_finishes_what_runs(served: subprocess.Popen[str], how: int) -> None:
    assert served.stdout is not None
    url = served.stdout.readline().strip()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(post, url, LETTER)
        assert served.stdout.readline().strip() == "asked"
        os.kill(served.pid, how)
        assert asked.result()[:2] == (200, {"translatedText": "Misto otrymalo lysta vid ministra."})
    out, err = served.communicate(timeout=30)
    assert out.splitlines()[-1] == "ended"
    assert served.returncode == 0
    assert "Traceback" not in err


def test_an_address_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = ServeSettings(port=taken.getsockname()[1], data=tmp_path)
        with pytest.raises(ResourceError, match="cannot listen there"):
            listening_socket(settings)


# --- what it tells of itself ----------------------------------------------------------------------------------------


def test_metrics_tell_of_batches_tokens_results_and_flags(tmp_path: Path) -> None:
    engine = ScriptedEngine(default="The city got a letter.", kind="seq2seq")
    with running(scripted_app(tmp_path, engine=engine)) as url:
        post(url, "Місто отримало 25 листів.")
        text = httpx.get(url + "/metrics").text
    for expected in (
        "vistka_batch_requests_count",
        "vistka_batch_padded_tokens_sum",
        'vistka_tokens_total{direction="output"}',
        'vistka_result_seconds_count{dialect="libretranslate",outcome="ok"} 1.0',
        'vistka_source_characters_total{dialect="libretranslate"} 25.0',
        'vistka_flags_raised_total{code="number-missing",severity="error"} 1.0',
        'vistka_http_answers_total{method="POST",status="200"} 1.0',
        "vistka_queue_requests 0.0",
        "vistka_model_ready 1.0",
    ):
        assert expected in text


def test_log_lines_are_json_and_hold_neither_text_nor_query(tmp_path: Path) -> None:
    logger = logging.getLogger(LOGGER)
    before = (logger.handlers, logger.propagate, logger.level)
    stream = io.StringIO()
    try:
        write_logs(stream)
        with running(scripted_app(tmp_path)) as url:
            post(url, "Таємниця редакції.")
            httpx.get(url + "/translate", params={"langpair": "uk|en", "q": "Таємниця редакції."})
            httpx.get(url + "/healthz")
    finally:
        logger.handlers, logger.propagate, logger.level = before
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["model-ready", "request", "request"]
    assert {key: lines[1][key] for key in ("method", "path", "status", "dialect")} == {
        "method": "POST",
        "path": "/translate",
        "status": 200,
        "dialect": "libretranslate",
    }
    assert lines[2]["dialect"] == "apertium"
    assert "редакції" not in stream.getvalue()
    assert "langpair" not in stream.getvalue()


def test_log_lines_hold_the_text_if_that_is_asked_for(tmp_path: Path) -> None:
    logger = logging.getLogger(LOGGER)
    before = (logger.handlers, logger.propagate, logger.level)
    stream = io.StringIO()
    try:
        write_logs(stream)
        with running(scripted_app(tmp_path, log_text=True)) as url:
            post(url, "Таємниця редакції.")
            httpx.post(url + "/v1/blurb", json={"text": "Таємниця редакції. Рада ухвалила закон."})
    finally:
        logger.handlers, logger.propagate, logger.level = before
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    texts = [(line["dialect"], line["texts"]) for line in lines if line["event"] == "texts"]
    assert texts == [
        ("libretranslate", ["Таємниця редакції."]),
        ("native", ["Таємниця редакції. Рада ухвалила закон."]),
    ]


def test_every_answer_carries_the_id_of_its_log_line(tmp_path: Path) -> None:
    with running(scripted_app(tmp_path)) as url:
        ids = {httpx.get(url + path).headers["x-request-id"] for path in ("/healthz", "/nowhere")}
    assert len(ids) == 2

"""Answers that take long, and identical requests that are under way."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from vistka.errors import DeadlineError, VistkaError
from vistka.serve.answers import slow_json
from vistka.serve.in_flight import InFlight
from vistka.serve.metrics import Metrics
from vistka.serve.ticket import Ticket
from vistka.tests.serve_app import running


def on_error(error: VistkaError) -> JSONResponse:
    return JSONResponse({"error": error.line()}, error.http_status)


def app_of(work: Callable[[], Awaitable[Any]]) -> FastAPI:
    app = FastAPI()

    @app.post("/slow")
    async def slow(request: Request) -> Response:
        await request.body()
        return await slow_json(request, work(), on_error=on_error, after_s=0.2, every_s=0.1)

    return app


@dataclass
class Answer:
    """What a client saw; `first_s`: seconds to the head of the answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    first_s: float


def post(url: str, timeout_s: float = 20.0) -> Answer:
    begin = time.monotonic()
    with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=timeout_s)) as connection:
        connection.request("POST", "/slow", body=b"{}")
        answer = connection.getresponse()
        first_s = time.monotonic() - begin
        return Answer(answer.status, answer.headers, answer.read(), first_s)


# --- slow_json ------------------------------------------------------------------------------------------------------


def test_an_answer_that_is_soon_ready_is_plain_json() -> None:
    async def work() -> dict[str, str]:
        return {"text": "Добрий день"}

    with running(app_of(work)) as url:
        answer = post(url)
    body = answer.body
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.headers["content-length"] == str(len(body))
    assert json.loads(body) == {"text": "Добрий день"}
    assert not body.startswith(b" ")


def test_an_answer_that_takes_long_begins_with_white_space() -> None:
    async def work() -> list[int]:
        await asyncio.sleep(0.65)
        return [1, 2]

    with running(app_of(work)) as url:
        answer = post(url, timeout_s=0.5)  # a client that would give up before the result is there
    body = answer.body
    assert answer.status == 200
    assert answer.headers["transfer-encoding"] == "chunked"
    assert answer.first_s < 0.45
    assert 2 <= len(body) - len(body.lstrip()) <= 6
    assert json.loads(body) == [1, 2]


def test_an_error_that_comes_soon_has_its_own_status() -> None:
    async def work() -> None:
        raise DeadlineError("too late")

    with running(app_of(work)) as url:
        answer = post(url)
        assert (answer.status, json.loads(answer.body)) == (504, {"error": "too late"})


def test_an_error_that_comes_late_is_in_the_body() -> None:
    async def work() -> None:
        await asyncio.sleep(0.4)
        raise DeadlineError("too late")

    with running(app_of(work)) as url:
        answer = post(url)
        assert (answer.status, json.loads(answer.body)) == (200, {"error": "too late"})


def test_a_fault_of_the_program_shows_nothing_of_its_inside() -> None:
    async def work() -> None:
        raise RuntimeError("a secret in /root")

    with running(app_of(work)) as url:
        answer = post(url)
    body = answer.body.decode()
    assert answer.status >= 500
    assert "finds it in the log as" in body
    assert "secret" not in body


def test_a_whole_response_goes_out_as_it_is() -> None:
    async def work() -> Response:
        return JSONResponse({"made": 1}, 201, {"ETag": '"x"'})

    with running(app_of(work)) as url:
        answer = post(url)
        assert (answer.status, answer.headers["etag"], json.loads(answer.body)) == (201, '"x"', {"made": 1})


@pytest.mark.parametrize("after_s", [0.05, 0.5])
def test_a_client_that_goes_away_cancels_the_work(after_s: float) -> None:
    cancelled = threading.Event()

    async def work() -> None:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    with running(app_of(work)) as url:
        parts = urlsplit(url)
        with socket.create_connection((parts.hostname or "", parts.port or 0)) as client:
            client.sendall(b"POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
            time.sleep(after_s)
            assert not cancelled.is_set()
        assert cancelled.wait(5)


# --- InFlight -------------------------------------------------------------------------------------------------------


class Work:
    """Work that ends when it is told to, and remembers its tickets."""

    def __init__(self, result: object = "done") -> None:
        self.tickets: list[Ticket] = []
        self.go = asyncio.Event()
        self.cancelled = 0
        self._result = result

    async def __call__(self, ticket: Ticket) -> object:
        self.tickets.append(ticket)
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if isinstance(self._result, Exception):
            raise self._result
        return self._result


def merger() -> InFlight:
    return InFlight(deadline_s=5.0, metrics=Metrics())


def test_identical_requests_are_done_once() -> None:
    async def check() -> None:
        flights, work = merger(), Work()
        asked = [asyncio.create_task(flights.run("key", work, label="deepl")) for _ in range(3)]
        await asyncio.sleep(0.01)
        work.go.set()
        assert await asyncio.gather(*asked) == ["done"] * 3
        assert len(work.tickets) == 1
        assert work.tickets[0].label == "deepl"
        assert 4 < (work.tickets[0].remaining_s() or 0) <= 5
        assert len(flights) == 0
        # What has landed is not kept: the next one is done anew.
        assert await flights.run("key", work) == "done"
        assert len(work.tickets) == 2

    asyncio.run(check())


def test_other_keys_and_none_are_not_shared() -> None:
    async def check() -> None:
        flights, work = merger(), Work()
        work.go.set()
        await asyncio.gather(*(flights.run(key, work) for key in ("a", "b", None, None)))
        assert len(work.tickets) == 4

    asyncio.run(check())


def test_everybody_who_waits_gets_the_error() -> None:
    async def check() -> None:
        flights, work = merger(), Work(DeadlineError("too late"))
        asked = [asyncio.create_task(flights.run("key", work)) for _ in range(2)]
        await asyncio.sleep(0.01)
        work.go.set()
        found = await asyncio.gather(*asked, return_exceptions=True)
        assert [type(one) for one in found] == [DeadlineError, DeadlineError]

    asyncio.run(check())


def test_the_work_goes_on_until_the_last_one_has_gone() -> None:
    async def check() -> None:
        flights, work = merger(), Work()
        first, second = (asyncio.create_task(flights.run("key", work)) for _ in range(2))
        await asyncio.sleep(0.01)
        first.cancel()
        await asyncio.sleep(0.01)
        assert not work.tickets[0].is_cancelled
        second.cancel()
        await asyncio.sleep(0.01)
        assert work.tickets[0].is_cancelled
        assert work.cancelled == 1
        assert len(flights) == 0

    asyncio.run(check())


def test_who_comes_after_the_last_one_has_gone_begins_anew() -> None:
    async def check() -> None:
        flights, work = merger(), Work()
        first = asyncio.create_task(flights.run("key", work))
        await asyncio.sleep(0.01)
        first.cancel()
        await asyncio.sleep(0)
        second = asyncio.create_task(flights.run("key", work))
        await asyncio.sleep(0.01)
        work.go.set()
        assert await second == "done"
        assert [ticket.is_cancelled for ticket in work.tickets] == [True, False]

    asyncio.run(check())


def test_merged_requests_are_counted() -> None:
    async def check() -> None:
        metrics = Metrics()
        flights, work = InFlight(deadline_s=None, metrics=metrics), Work()
        asked = [asyncio.create_task(flights.run("key", work)) for _ in range(3)]
        await asyncio.sleep(0.01)
        work.go.set()
        await asyncio.gather(*asked)
        assert work.tickets[0].remaining_s() is None
        assert b"vistka_merged_requests_total 2.0" in metrics.text()

    asyncio.run(check())

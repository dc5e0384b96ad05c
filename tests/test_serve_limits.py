"""Limits that hold before any router is asked: bodies, slow clients, connections, foreign pages, where to listen."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request
from starlette.responses import StreamingResponse
from starlette.testclient import TestClient

from vistka.errors import UsageError
from vistka.serve import problems
from vistka.serve.bind_rule import is_loopback, keys_needed
from vistka.serve.body_limits import BodyLimits, largest_body
from vistka.serve.foreign_pages import ForeignPages
from vistka.serve.server import listening_socket
from vistka.serve.settings import ServeSettings
from vistka.serve.timed_connections import timed_connections

TIMEOUT_S = 0.6
MAX_BYTES = 1000
PATIENCE_S = 20.0


class Probe:
    """What the app under test saw."""

    def __init__(self) -> None:
        self.bodies: list[int] = []
        self.gone = threading.Event()
        self.stopped = threading.Event()


def probing_app(probe: Probe) -> FastAPI:
    app = FastAPI()

    @app.post("/v1/read")
    @app.post("/v2/read")
    async def read(request: Request) -> dict[str, int]:
        try:
            body = await request.body()
        except BaseException:
            probe.gone.set()
            raise
        probe.bodies.append(len(body))
        return {"bytes": len(body)}

    @app.post("/v1/early")
    async def early() -> dict[str, str]:
        return {"said": "no"}

    @app.get("/v1/long")
    async def long() -> StreamingResponse:
        async def parts() -> Any:
            try:
                for _ in range(4000):
                    yield b"x" * 65536
            finally:
                probe.stopped.set()

        return StreamingResponse(parts())

    problems.install(app)
    app.add_middleware(BodyLimits, max_bytes=MAX_BYTES, timeout_s=TIMEOUT_S)
    app.add_middleware(problems.UnexpectedErrors)
    return app


@contextmanager
def served(app: FastAPI, settings: ServeSettings) -> Iterator[uvicorn.Server]:
    config = uvicorn.Config(app, http=timed_connections(settings), log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening_socket(settings)],))
    thread.start()
    try:
        wait_until(lambda: server.started)
        yield server
    finally:
        server.should_exit = True
        thread.join(PATIENCE_S)


def port_of(server: uvicorn.Server) -> int:
    return int(server.servers[0].sockets[0].getsockname()[1])


def wait_until(what: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture(scope="module")
def probe() -> Probe:
    return Probe()


@pytest.fixture(scope="module")
def server(probe: Probe) -> Iterator[uvicorn.Server]:
    with served(probing_app(probe), ServeSettings(port=0, body_timeout_s=TIMEOUT_S, max_connections=8)) as found:
        yield found


@pytest.fixture(scope="module")
def port(server: uvicorn.Server) -> int:
    return port_of(server)


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)


def read_all(connection: socket.socket) -> bytes:
    """All that comes until the service closes the connection."""
    data = b""
    while part := connection.recv(65536):
        data += part
    return data


def answer(raw: bytes) -> tuple[int, dict[str, str], Any]:
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return int(first.split()[1]), headers, json.loads(body)


def ask(port: int, *parts: bytes, pause_s: float = 0.0) -> tuple[int, dict[str, str], Any]:
    with closing(connect(port)) as connection:
        for part in parts:
            connection.sendall(part)
            time.sleep(pause_s)
        return answer(read_all(connection))


def post(path: str, *headers: str, length: int | None = None) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", *headers]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def test_a_body_at_the_limit_is_read(port: int):
    status, _, body = ask(port, post("/v1/read", "Connection: close", length=MAX_BYTES), b"x" * MAX_BYTES)
    assert (status, body) == (200, {"bytes": MAX_BYTES})


@pytest.mark.parametrize("length", [MAX_BYTES + 1, 3_000_000])
def test_a_body_that_says_it_is_larger_is_refused_and_the_client_can_read_why(port: int, probe: Probe, length: int):
    before = len(probe.bodies)
    status, headers, body = ask(port, post("/v2/read", length=length), b"x" * length)
    assert (status, headers["connection"]) == (413, "close")
    assert body == {"message": "the body is larger than the 0.000953674 MiB that are taken"}
    assert len(probe.bodies) == before


def test_a_client_that_waits_for_leave_is_refused_before_it_sends(port: int):
    status, _, body = ask(port, post("/v1/read", "Expect: 100-continue", length=5000))
    assert (status, body["code"]) == (413, "too-large")


def test_a_body_of_unknown_size_is_refused_when_it_grows_too_large(port: int, probe: Probe):
    before = len(probe.bodies)
    chunk = b"190\r\n" + b"x" * 400 + b"\r\n"
    status, _, body = ask(port, post("/v2/read", "Transfer-Encoding: chunked"), *[chunk] * 20, b"0\r\n\r\n")
    assert (status, list(body)) == (413, ["message"])
    assert len(probe.bodies) == before
    small = ask(port, post("/v2/read", "Transfer-Encoding: chunked", "Connection: close"), chunk, b"0\r\n\r\n")
    assert (small[0], small[2]) == (200, {"bytes": 400})


def test_a_packed_body_is_refused(port: int):
    bomb = gzip.compress(b"\0" * 100_000)
    status, headers, body = ask(port, post("/v1/read", "Content-Encoding: gzip", length=len(bomb)), bomb)
    assert (status, headers["accept-encoding"], body["status"]) == (415, "identity", 415)
    plain = post("/v1/read", "Content-Encoding: Identity", "Connection: close", length=2)
    assert ask(port, plain, b"ab")[2] == {"bytes": 2}


def test_a_body_that_stops_half_way_is_told_and_dropped(port: int, probe: Probe):
    probe.gone.clear()
    begin = time.monotonic()
    status, headers, body = ask(port, post("/v2/read", length=100), b"x" * 50)
    assert (status, headers["connection"]) == (408, "close")
    assert body == {"message": "the body took too long to arrive"}
    assert TIMEOUT_S * 0.9 < time.monotonic() - begin < TIMEOUT_S + 5
    assert probe.gone.wait(PATIENCE_S)


def test_a_body_that_trickles_has_no_more_time(port: int):
    with closing(connect(port)) as connection:
        connection.sendall(post("/v1/read", length=100))
        begin = time.monotonic()
        stop = threading.Event()

        def trickle() -> None:
            while not stop.wait(0.05):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

        thread = threading.Thread(target=trickle)
        thread.start()
        try:
            first = connection.recv(65536)
        finally:
            stop.set()
            thread.join()
        assert first.startswith(b"HTTP/1.1 408 ")
        assert time.monotonic() - begin < TIMEOUT_S + 5


def test_a_client_that_goes_away_half_way_leaves_nothing_behind(port: int, probe: Probe):
    probe.gone.clear()
    before = len(probe.bodies)
    with closing(connect(port)) as connection:
        connection.sendall(post("/v1/read", length=100) + b"x" * 50)
    assert probe.gone.wait(PATIENCE_S)
    assert len(probe.bodies) == before
    assert ask(port, post("/v1/read", "Connection: close", length=1), b"x")[0] == 200


def test_an_answer_before_the_body_is_read_waits_for_it(port: int):
    status, headers, body = ask(port, post("/v1/early", "Connection: close", length=900), b"x" * 500, b"x" * 400)
    assert (status, body) == (200, {"said": "no"})
    # If the body does not come, the answer goes out and the connection ends: where would the next request begin?
    begin = time.monotonic()
    status, headers, body = ask(port, post("/v1/early", length=900), b"x" * 500)
    assert (status, headers["connection"], body) == (200, "close", {"said": "no"})
    assert time.monotonic() - begin < TIMEOUT_S + 5


def test_two_requests_may_use_one_connection(port: int):
    with closing(connect(port)) as connection:
        for _ in range(2):
            connection.sendall(post("/v1/early", length=900) + b"x" * 900)
            data = b""
            while not data.endswith(b'{"said":"no"}'):
                data += connection.recv(65536)
            assert data.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "begun", [b"", b"POST /v1/read HTT", b"GET /v1/long HTTP/1.1\r\nHost: a\r\n", post("/v1/early", length=1) + b"xGET"]
)
def test_half_a_head_is_dropped(port: int, begun: bytes):
    with closing(connect(port)) as connection:
        connection.sendall(begun)
        begin = time.monotonic()
        read_all(connection)
        assert time.monotonic() - begin < TIMEOUT_S + 6


def test_a_head_that_trickles_has_no_more_time(port: int):
    with closing(connect(port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        begin = time.monotonic()

        def trickle() -> None:
            while time.monotonic() - begin < PATIENCE_S:
                connection.sendall(b"X-A: b\r\n")
                time.sleep(0.05)

        with pytest.raises(OSError, match=r"pipe|reset"):
            trickle()
        assert time.monotonic() - begin < TIMEOUT_S + 5


def test_who_does_not_read_the_answer_is_dropped(port: int, probe: Probe):
    probe.stopped.clear()
    with closing(connect(port)) as connection:
        connection.sendall(b"GET /v1/long HTTP/1.1\r\nHost: a\r\n\r\n")
        assert probe.stopped.wait(PATIENCE_S)


def test_too_many_connections_get_an_answer_each(port: int):
    wait_until(lambda: ask(port, post("/v1/early", "Connection: close", length=0))[0] == 200)
    held = [connect(port) for _ in range(16)]
    try:
        time.sleep(0.1)
        request = b"POST /v2/read HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
        status, headers, body = ask(port, request)
        assert (status, headers["retry-after"], list(body)) == (503, "2", ["message"])
    finally:
        for connection in held:
            connection.close()
    wait_until(lambda: ask(port, post("/v1/early", "Connection: close", length=0))[0] == 200)


def test_the_largest_body_leaves_room_for_a_form_around_a_document():
    settings = ServeSettings(max_body_mib=2, max_document_mib=1)
    assert largest_body(settings) == 2 * 2**20
    assert largest_body(replace(settings, max_document_mib=4)) == 4 * 2**20 + 65536


# --- foreign pages --------------------------------------------------------------------------------------------------


@pytest.fixture
def pages() -> Iterator[TestClient]:
    app = FastAPI()

    @app.api_route("/{path:path}", methods=["GET", "POST", "DELETE"])
    async def anything(path: str) -> dict[str, str]:
        return {"path": path}

    app.add_middleware(ForeignPages, origins=["*", "https://desk.example.org/"], any_name=False)
    with TestClient(app, base_url="http://127.0.0.1:5000") as client:
        yield client


FOREIGN = "https://evil.example.com"


@pytest.mark.parametrize(
    ("method", "path", "origin", "allowed"),
    [
        ("POST", "/v1/memory", None, True),
        ("POST", "/v1/memory", "http://127.0.0.1:5000", True),
        ("POST", "/v1/memory", "https://desk.example.org", True),
        ("POST", "/v1/memory", FOREIGN, False),
        ("GET", "/v1/memory", FOREIGN, False),
        ("POST", "/v1/memory", "null", False),
        ("POST", "/v1/memory", "http://127.0.0.1:5001", False),
        ("POST", "/v1/fetch", FOREIGN, False),
        ("POST", "/v1/documents", FOREIGN, False),
        ("DELETE", "/v2/glossaries/1", FOREIGN, False),
        ("GET", "/metrics", FOREIGN, False),
        ("POST", "/suggest", FOREIGN, False),
        ("POST", "/v1/translate", FOREIGN, True),
        ("POST", "/v2/translate", FOREIGN, True),
        ("POST", "/lt/translate", FOREIGN, True),
        ("GET", "/listPairs", FOREIGN, True),
        ("GET", "/frontend/settings", FOREIGN, True),
    ],
)
def test_what_a_foreign_page_may_do_without_keys(
    pages: TestClient, method: str, path: str, origin: str | None, allowed: bool
):
    found = pages.request(method, path, headers={"origin": origin} if origin else {})
    assert found.status_code == (200 if allowed else 403)
    assert allowed or "--cors-origin" in found.text


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("localhost:5000", True),
        ("127.0.0.1", True),
        ("[::1]:5000", True),
        ("192.168.1.5:5000", True),
        ("vistka:5000", True),
        ("vistka.localhost", True),
        ("desk.example.org", True),
        ("evil.example.com:5000", False),
        ("evil.example.com.", False),
        ("127.0.0.1.evil.com", False),
        ("[::1", True),
    ],
)
def test_a_public_name_that_was_not_named_is_not_answered_to(pages: TestClient, host: str, allowed: bool):
    assert (pages.get("/v1/memory", headers={"host": host}).status_code == 200) == allowed


def test_a_service_for_other_machines_answers_to_every_name_but_not_to_every_page():
    app = FastAPI()

    @app.get("/v1/memory")
    async def memory() -> dict[str, str]:
        return {}

    app.add_middleware(ForeignPages, origins=["*"], any_name=True)
    with TestClient(app, base_url="http://vistka.example.net") as client:
        assert client.get("/v1/memory").status_code == 200
        assert client.get("/v1/memory", headers={"origin": "http://vistka.example.net"}).status_code == 200
        assert client.get("/v1/memory", headers={"origin": FOREIGN}).status_code == 403


# --- where to listen ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("localhost", True),
        ("::ffff:127.0.0.1", True),
        ("", False),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.1", False),
        ("::ffff:192.0.2.1", False),
    ],
)
def test_what_is_loopback(host: str, loopback: bool):
    assert is_loopback(host) == loopback


def test_a_host_that_is_none():
    for host in ("999.1.2.3", "a\x00b", "x" * 300, "no such host"):
        with pytest.raises(UsageError, match="no such host"):
            is_loopback(host)


def test_loopback_needs_no_keys_unless_told():
    assert not keys_needed(ServeSettings(), keys_in_force=0)
    assert not keys_needed(ServeSettings(), keys_in_force=1)
    assert keys_needed(ServeSettings(keys_required=True), keys_in_force=0)


def test_beyond_loopback_it_needs_keys_unless_told_twice():
    world = ServeSettings(host="0.0.0.0")
    assert keys_needed(world, keys_in_force=1)
    assert keys_needed(replace(world, open_without_keys=True), keys_in_force=1)
    for settings in (world, replace(world, keys_required=True), replace(world, open_without_keys=True)):
        with pytest.raises(UsageError, match="no API key yet; make one with `vistka keys add NAME`"):
            keys_needed(settings, keys_in_force=0)
    once = replace(world, keys_required=False)
    for count in (0, 1):
        with pytest.raises(UsageError, match="without a key; leave --no-keys out; or"):
            keys_needed(once, keys_in_force=count)
        assert not keys_needed(replace(once, open_without_keys=True), keys_in_force=count)


def test_a_port_that_is_none():
    for port in (-1, 65536):
        with pytest.raises(UsageError, match="not a port"):
            keys_needed(ServeSettings(port=port), keys_in_force=0)


def test_the_body_of_an_answer_does_not_wait_until_the_client_has_seen_its_head(server: uvicorn.Server, port: int):
    with closing(connect(port)):
        wait_until(lambda: bool(server.server_state.connections))
        for connection in list(server.server_state.connections):
            accepted = connection.transport.get_extra_info("socket")
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)

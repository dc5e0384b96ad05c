"""Every error in the form that the client of its path can read."""

from __future__ import annotations

import inspect
import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import pytest
from fastapi import FastAPI, Request
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse
from starlette.testclient import TestClient

from vistka import errors
from vistka.errors import (
    BusyError,
    ConfigurationError,
    FaultError,
    KeyInvalidError,
    KeyMissingError,
    QuotaError,
    RateLimitError,
    ResourceError,
    ScopeError,
    TooLargeError,
    UsageError,
    VistkaError,
    WorkCancelledError,
)
from vistka.serve.answers import slow_json
from vistka.serve.dialects import Dialect, dialect_of, say_dialect
from vistka.serve.logs import LOGGER, write_logs
from vistka.serve.problems import PROBLEM_JSON, UnexpectedErrors, error_response, install, problem_responses

DIALECTS: tuple[Dialect, ...] = ("native", "deepl", "libretranslate", "apertium")
SECRET = "таємний текст"


def words(dialect: Dialect, body: dict[str, Any]) -> str:
    """What the answer says, and that it is in the form of the dialect."""
    if dialect == "deepl":
        assert list(body) == ["message"]
        return str(body["message"])
    if dialect == "libretranslate":
        assert list(body) == ["error"]
        return str(body["error"])
    if dialect == "apertium":
        assert (list(body), body["status"]) == (["status", "code", "message", "explanation"], "error")
        return str(body["explanation"])
    assert {"type", "title", "status", "detail", "code"} <= set(body) <= {*body, "errors"}
    return str(body["detail"])


@pytest.mark.parametrize(
    ("path", "query", "dialect"),
    [
        ("/v1/translate", "", "native"),
        ("/v1/glossaries/v2", "", "native"),
        ("/v2/translate", "", "deepl"),
        ("/v2", "", "deepl"),
        ("/deepl/v2/document/x/result", "", "deepl"),
        ("/v3/glossaries", "", "deepl"),
        ("/translate", "", "libretranslate"),
        ("/lt/translate", "q=langpair", "libretranslate"),
        ("/languages", "", "libretranslate"),
        ("/download_file/abc.txt", "", "libretranslate"),
        ("/frontend/settings", "", "libretranslate"),
        ("/translate", "q=a&langpair=uk|en", "apertium"),
        ("/translate", "langpair=", "apertium"),
        ("/apy/listPairs", "", "apertium"),
        ("/", "", "native"),
        ("/nothing/here", "", "native"),
        ("/healthz", "", "native"),
        ("/metrics", "", "native"),
        ("/translate", "&".join("a" * 101), "libretranslate"),
    ],
)
def test_the_dialect_is_told_by_the_path(path: str, query: str, dialect: Dialect):
    assert dialect_of({"type": "http", "path": path, "query_string": query.encode()}) == dialect


def test_a_router_may_say_the_dialect():
    scope = {"type": "http", "path": "/translate", "query_string": b""}
    say_dialect(scope, "apertium")
    assert dialect_of(scope) == "apertium"


def all_errors() -> Iterator[VistkaError]:
    for _, kind in inspect.getmembers(errors, inspect.isclass):
        if issubclass(kind, VistkaError):
            more: dict[str, Any] = {"retry_after_s": 1.2} if kind in {BusyError, RateLimitError} else {}
            yield FaultError("1f") if kind is FaultError else kind("what\nhappened", **more)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("error", [*all_errors()], ids=lambda error: type(error).__name__)
def test_every_error_has_its_form_and_a_status_that_the_clients_know(error: VistkaError, dialect: Dialect):
    answer = error_response(error, dialect)
    body = json.loads(answer.body)
    assert "what happened" in words(dialect, body) or isinstance(error, KeyMissingError | KeyInvalidError | FaultError)
    assert answer.media_type == (PROBLEM_JSON if dialect == "native" else "application/json")
    if dialect in {"native", "apertium"}:
        assert body.get("status") == answer.status_code or body.get("code") == answer.status_code
    if dialect != "native":
        # What the real clients treat as an answer and not as an accident.
        assert answer.status_code in {400, 403, 404, 413, 429, 456, 500, 503, 504}
    assert (answer.headers.get("retry-after") is not None) == (
        isinstance(error, BusyError | RateLimitError | WorkCancelledError)
    )


def test_statuses_and_words_of_each_dialect():
    def told(error: VistkaError, dialect: Dialect) -> tuple[int, str]:
        answer = error_response(error, dialect)
        return answer.status_code, words(dialect, json.loads(answer.body))

    missing = KeyMissingError("an API key is needed")
    assert [told(missing, dialect)[0] for dialect in DIALECTS] == [401, 403, 400, 403]
    assert told(missing, "libretranslate") == (400, "Please contact the server operator to get an API key")
    assert told(KeyInvalidError("no such API key"), "libretranslate") == (403, "Invalid API key")
    assert told(ScopeError("not for this"), "libretranslate") == (403, "not for this")
    rate = RateLimitError("more than 5 a minute", retry_after_s=11.2, next_step="wait")
    assert told(rate, "libretranslate") == (429, "Slowdown: more than 5 a minute; wait")
    assert error_response(rate, "deepl").headers["retry-after"] == "12"
    assert [told(QuotaError("used up"), dialect)[0] for dialect in DIALECTS] == [429, 456, 429, 429]
    assert told(TooLargeError("too long", where="q", next_step="cut it"), "deepl") == (413, "q: too long; cut it")


def test_the_native_form_is_that_of_rfc_9457():
    answer = error_response(KeyMissingError("an API key is needed", next_step="ask for one"), "native")
    assert json.loads(answer.body) == {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "detail": "an API key is needed; ask for one",
        "code": "key-missing",
    }
    assert answer.headers["www-authenticate"] == "Bearer"
    assert json.loads(error_response(RateLimitError("x", retry_after_s=1), "native").body)["code"] == "rate-limit"


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("kind", [ResourceError, ConfigurationError])
def test_a_client_does_not_learn_where_files_are(kind: type[VistkaError], dialect: Dialect):
    error = kind("the disk is full", where="/srv/secret/keys.sqlite", next_step="use --data /srv/other")
    assert b"/srv" not in error_response(error, dialect).body


class Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: list[Annotated[str, StringConstraints(max_length=100)]]
    count: int = 1
    style: Annotated[str, StringConstraints(min_length=1)] | list[str] = "plain"


def app() -> FastAPI:
    made = FastAPI(docs_url=None, redoc_url=None)

    async def take(asked: Asked) -> dict[str, object]:
        return {"text": asked.text}

    async def fail(kind: str) -> None:
        raise {
            "usage": UsageError("no such language", where="target"),
            "busy": BusyError("the queue is full", retry_after_s=3),
            "text": ValueError(SECRET),
            "group": ExceptionGroup("more", [ValueError(SECRET)]),
            "http": HTTPException(418, detail={"a": [SECRET]}),  # type: ignore[arg-type]
            "deep": RecursionError(),
        }[kind]

    async def late() -> StreamingResponse:
        async def parts() -> Any:
            yield b" "
            raise ValueError(SECRET)

        return StreamingResponse(parts())

    async def slow(request: Request, dialect: Dialect) -> Response:
        async def work() -> None:
            raise ValueError(SECRET)

        return await slow_json(request, work(), on_error=lambda error: error_response(error, dialect))

    for prefix in ("/v1", "/v2", "", "/apertium"):
        made.add_api_route(f"{prefix}/suggest", slow, methods=["GET"])
        made.add_api_route(f"{prefix}/translate", take, methods=["POST"])
        made.add_api_route(f"{prefix}/detect", fail, methods=["GET"])
        made.add_api_route(f"{prefix}/late", late, methods=["GET"])
    install(made)
    made.add_middleware(UnexpectedErrors)
    return made


PATHS: list[tuple[str, Dialect]] = [
    ("/v1", "native"),
    ("/v2", "deepl"),
    ("", "libretranslate"),
    ("/apertium", "apertium"),
]


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(app()) as made:
        yield made


@pytest.mark.parametrize(("prefix", "dialect"), PATHS)
def test_wrong_requests(client: TestClient, prefix: str, dialect: Dialect):
    invalid = 422 if dialect == "native" else 400
    json_type = {"content-type": "application/json"}
    for body, status, part in (
        (b'{"text": "a"}', invalid, "valid list"),
        (b"{}", invalid, "required"),
        (b'{"text": ["\\ud800"]}', invalid, "text"),
        (b'{"text": ["a"], "\\ud800": 1}', invalid, "unicode string"),
        (b'{"text": ["a"], "' + b"x" * 100_000 + b'": 1}', invalid, "x"),
        (json.dumps({str(n): 1 for n in range(50)}).encode(), invalid, "; and 31 more"),
        (b'{"text": ["a"], "count": "many"}', invalid, "count"),
        (b'{"text": ', 400, "not JSON"),
        (b"", invalid, "required"),
        (b"null", invalid, ""),
        (b"[" * 100_000, 400, "nested too deep"),
        ('{"text": ["їжак"]}'.encode("cp1251"), 400, "UTF-8"),
        (b'{"text": ["\xff"]}', 400, "UTF-8"),
        (b'{"text": ["a"], "count": ' + b"9" * 5000 + b"}", 400, "cannot be read"),
    ):
        answer = client.post(f"{prefix}/translate", content=body, headers=json_type)
        assert answer.status_code == status, (body[:40], answer.text)
        assert part in words(dialect, answer.json()), (body[:40], answer.text)
    assert client.post(f"{prefix}/translate", content=b'{"text": ["a"]}', headers=json_type).json() == {"text": ["a"]}


def test_where_a_fault_is(client: TestClient):
    def errors(body: bytes) -> object:
        answer = client.post("/v1/translate", content=body, headers={"content-type": "application/json"})
        return answer.json()["errors"]

    valid_list = "Input should be a valid list"
    assert errors(b'{"text": {"a": 1}}') == [{"pointer": "#/text", "detail": valid_list}]
    assert errors(b'{"text": ["a", 1]}') == [{"pointer": "#/text/1", "detail": "Input should be a valid string"}]
    assert errors(b'{"text": [], "a/b~": 1}') == [{"pointer": "#/a~1b~0", "detail": "Extra inputs are not permitted"}]
    assert errors(b'{"text": [], "style": 1}') == [
        {"pointer": "#/style", "detail": "Input should be a valid string"},
        {"pointer": "#/style", "detail": valid_list},
    ]
    assert errors(b'{"text": [}') == [{"pointer": "", "detail": "not JSON: Expecting value, at character 10"}]


@pytest.mark.parametrize(("prefix", "dialect"), PATHS)
def test_other_errors_of_the_app(client: TestClient, prefix: str, dialect: Dialect):
    answer = client.get(f"{prefix}/detect?kind=usage")
    assert (answer.status_code, words(dialect, answer.json())) == (400, "target: no such language")
    answer = client.get(f"{prefix}/detect?kind=busy")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "3")
    assert words(dialect, client.get(f"{prefix}/detect").json()) == "kind: Field required"
    answer = client.put(f"{prefix}/translate")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert words(dialect, answer.json()) == "Method Not Allowed"
    answer = client.get(f"{prefix}/detect?kind=http")
    assert answer.status_code == 418
    assert SECRET not in answer.text
    words(dialect, answer.json())


def test_a_path_that_is_not_there(client: TestClient):
    for path, dialect in (("/v1/x", "native"), ("/v2/x", "deepl"), ("/x", "native"), ("/apertium/x", "apertium")):
        answer = client.get(path)
        assert (answer.status_code, words(dialect, answer.json())) == (404, "Not Found")  # type: ignore[arg-type]


@contextmanager
def log_lines(*, log_text: bool = False) -> Iterator[io.StringIO]:
    """What is logged meanwhile."""
    logger = logging.getLogger(LOGGER)
    before = (logger.handlers, logger.propagate, logger.level)
    stream = io.StringIO()
    try:
        write_logs(stream, log_text=log_text)
        yield stream
    finally:
        logger.handlers, logger.propagate, logger.level = before


@pytest.mark.parametrize(("prefix", "dialect"), PATHS)
@pytest.mark.parametrize(
    ("kind", "error"), [("text", "ValueError"), ("group", "ExceptionGroup"), ("deep", "RecursionError")]
)
def test_the_unexpected_has_an_id_and_nothing_else(
    client: TestClient, prefix: str, dialect: Dialect, kind: str, error: str
):
    with log_lines() as stream:
        answer = client.get(f"{prefix}/detect?kind={kind}")
    assert answer.status_code == 500
    (line,) = map(json.loads, stream.getvalue().splitlines())
    fault = answer.headers["x-fault-id"]
    assert (line["id"], line["error"], line["path"]) == (fault, error, f"{prefix}/detect")
    assert "test_serve_problems.py" in line["where"][-1]
    assert words(dialect, answer.json()).endswith(f"finds it in the log as {fault}")
    assert SECRET not in answer.text + stream.getvalue()
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(("prefix", "dialect"), PATHS)
def test_a_slow_answer_tells_of_the_unexpected_in_the_same_words(client: TestClient, prefix: str, dialect: Dialect):
    with log_lines() as stream:
        answer = client.get(f"{prefix}/suggest?dialect={dialect}")
    assert answer.status_code == 500
    assert words(dialect, answer.json()).endswith(json.loads(stream.getvalue())["id"])
    assert SECRET not in answer.text + stream.getvalue()


@pytest.mark.parametrize("log_text", [False, True])
def test_the_log_holds_what_faults_say_if_that_is_asked_for(*, log_text: bool):
    made = FastAPI()
    made.add_middleware(UnexpectedErrors)

    @made.get("/")
    async def fail() -> None:
        try:
            int(SECRET)
        except ValueError as error:
            raise RuntimeError(SECRET) from error

    with log_lines(log_text=log_text) as stream, TestClient(made) as client:
        assert client.get("/").status_code == 500
    line = json.loads(stream.getvalue())
    assert (SECRET in line["error"], SECRET in line["from"]["error"]) == (log_text, log_text)
    assert line["from"]["error"].startswith("ValueError")


def test_an_answer_that_has_begun_ends_with_its_connection(client: TestClient):
    with log_lines() as stream:
        answer = client.get("/v1/late")
    assert (answer.status_code, answer.text) == (200, " ")
    assert json.loads(stream.getvalue())["error"] == "ValueError"
    assert SECRET not in stream.getvalue()


def test_openapi_shows_the_form():
    made = FastAPI()

    @made.get("/v1/x", responses=problem_responses(400, 429))
    async def get() -> dict[str, str]:
        return {}

    document = made.openapi()
    shown = document["paths"]["/v1/x"]["get"]["responses"]["429"]
    assert shown["description"] == "Too Many Requests"
    assert shown["content"][PROBLEM_JSON]["schema"] == {"$ref": "#/components/schemas/Problem"}
    assert set(document["components"]["schemas"]["Problem"]["required"]) == {"title", "status", "detail", "code"}

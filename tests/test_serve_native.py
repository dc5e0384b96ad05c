"""The native API: its models mirror the program's own JSON, its examples are true, and bad input is told as such."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from vistka.datatypes import (
    Block,
    Blurb,
    Draft,
    DraftSegment,
    Evidence,
    Flag,
    Item,
    MemoryMatch,
    New,
    Recipe,
    Segment,
)
from vistka.errors import ConflictError, InputError
from vistka.options import Options
from vistka.result_json import blurb_json, draft_json
from vistka.serve import native_models
from vistka.serve.access import ANONYMOUS, Caller
from vistka.serve.idempotency import Idempotency, request_digest
from vistka.serve.key_store import KeyStore
from vistka.serve.native_examples import all_examples
from vistka.serve.native_models import (
    BlurbModel,
    BlurbRequest,
    BlurbResponse,
    DetectResponse,
    DraftModel,
    FetchResponse,
    SummarizeResponse,
    TranslateRequest,
    TranslateResponse,
)
from vistka.serve.url_intake import Fetched
from vistka.tests.scripted_engine import ScriptedEngine
from vistka.tests.serve_app import scripted_app

RECIPE = Recipe("embedded", "abc", "llamacpp", {"beam_size": 1}, "core-1", "c-1", "0.1")
AT = datetime(2026, 1, 5, 6, 40, tzinfo=UTC)
ENGLISH = {
    "Кабмін виділив 2,5 млрд грн на відбудову шкіл у Харкові.": "The Cabinet of Ministers has allocated"
    " UAH 2.5 billion to rebuild schools in Kharkiv.",
    "Рада ухвалила закон.": "The Rada passed the law.",
    "Гроші надійдуть до кінця року.": "The money will arrive by the end of the year.",
    "На Полтавщині відкрили міст через Ворсклу": "Bridge over the Vorskla opened in Poltava region",
    "На Полтавщині відкрили новий міст через Ворсклу.": "A new bridge over the Vorskla has been opened in Poltava"
    " region.",
    "Його будували два роки.": "It took two years to build.",
    "Рух дозволили з 6 січня.": "Traffic was allowed from January 6.",
}
FEED = """<rss version="2.0"><channel><title>Новини</title><item><title>На Полтавщині відкрили міст</title>
<link>https://news.example/bridge</link><pubDate>Tue, 06 Jan 2026 08:40:00 +0200</pubDate>
<description>Його будували два роки.</description></item></channel></rss>""".encode()
PAGE = """<html><head><title>На Полтавщині відкрили міст через Ворсклу</title></head><body><nav>Меню</nav><article>
<h1>На Полтавщині відкрили міст через Ворсклу</h1><p>На Полтавщині відкрили новий міст через Ворсклу.</p>
<p>Його будували два роки.</p><p>Рух дозволили з 6 січня.</p></article></body></html>""".encode()


@contextmanager
def service(folder: Path, engine: Any = None, **settings: Any) -> Iterator[TestClient]:
    engine = engine or ScriptedEngine(ENGLISH, kind="seq2seq")
    with TestClient(scripted_app(folder, engine=engine, **settings)) as client:
        yield client


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with service(tmp_path) as one:
        yield one


def fetched_from(monkeypatch: pytest.MonkeyPatch, pages: dict[str, tuple[str, bytes]]) -> None:
    """Let addresses lead to `pages` (media type, body); what fetching does itself is another test's."""

    async def fetch(url: str, *_: Any, **__: Any) -> Fetched:
        media_type, data = pages[url]
        return Fetched(url, media_type, "utf-8", data)

    monkeypatch.setattr("vistka.serve.native_sources.fetch", fetch)


# --- models -----------------------------------------------------------------------------------------------------------


def whole_draft() -> Draft:
    item = Item(
        "Так. ",
        (Block("Так. ", "paragraph", 0, 5),),
        name="a",
        title="Так",
        source="example.org",
        url="u",
        published=AT,
    )
    match = MemoryMatch(7, "Так!", "Yes!", 0.75, "O. Editor", AT, ("number: 1 → 2",))
    flag = Flag("number-changed", "Look.", 0, "error")
    first = DraftSegment(
        Segment("Так. ", "uk", 0, 0, 5), "Yes. ", (New("Yes. "),), "model", 0.5, (flag,), (("так", "yes"),),
        (("ні", "no"),), 1, match,
    )  # fmt: skip
    second = DraftSegment(Segment("", "und", 0, 5, 5), "", (), "source", 1.0)
    return Draft(item, (first, second), RECIPE)


def same(model: type[BaseModel], value: dict[str, Any]) -> None:
    """The model takes the value and gives it back: neither has what the other has not."""
    back = model.model_validate_json(json.dumps(value)).model_dump(mode="json")
    assert _plain(back) == _plain(json.loads(json.dumps(value)))


def _plain(value: Any) -> Any:
    """`value` with its times in one spelling."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, str) and value.endswith("+00:00"):
        return value.removesuffix("+00:00") + "Z"
    return value


def test_models_mirror_the_programs_own_json() -> None:
    same(DraftModel, draft_json(whole_draft()))
    blurb = Blurb(
        "Yes", "Yes.", "example.org", AT, "u", "warn", (Evidence("Yes.", 0, 0, 4, "Так."),),
        (Flag("no-evidence", "Look.", 1),), "whole", RECIPE,
    )  # fmt: skip
    same(BlurbModel, blurb_json(blurb, "a"))


def test_every_field_is_described_and_what_comes_in_is_bounded() -> None:
    models = [
        one
        for one in vars(native_models).values()
        if isinstance(one, type) and issubclass(one, native_models.Request | native_models.Answer)
    ]
    assert len(models) > 30
    for model in models:
        assert model.model_config["extra"] == "forbid", model
        assert model.__doc__, model
        for name, field in model.model_fields.items():
            assert field.description, f"{model.__name__}.{name}"
        if issubclass(model, native_models.Request):
            _bounded(model.model_json_schema(), model.__name__)


def _bounded(schema: Any, where: str) -> None:
    """Strings, lists and numbers of a schema have limits."""
    if isinstance(schema, list):
        for one in schema:
            _bounded(one, where)
    if not isinstance(schema, dict):
        return
    limits = {
        "string": {"maxLength", "pattern", "enum", "const", "format"},
        "array": {"maxItems"},
        "integer": {"maximum"},
        "number": {"maximum"},
    }
    kind = schema.get("type")
    if isinstance(kind, str) and kind in limits:
        assert limits[kind] & set(schema), f"{where}: {schema}"
    for name, one in schema.items():
        if name not in {"examples", "default"}:
            _bounded(one, f"{where}.{name}")


@pytest.mark.parametrize(
    "body",
    [
        {}, {"text": None}, {"text": ""}, {"text": []}, {"text": [""]}, {"text": 1}, {"text": "a", "html": "b"},
        {"text": "a", "hint": True}, {"text": "a", "hints": "yes"}, {"text": "a", "hints": 1}, {"url": "ftp://a.example/"},
        {"url": "http://a b"}, {"text": "a", "format": "docx"}, {"text": "a", "glossaries": ["../x"]},
        {"text": "a", "glossaries": ["a"] * 6}, {"text": "a" * (native_models.MAX_TEXT_CHARS + 1)},
    ],
)  # fmt: skip
def test_translate_requests_that_are_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TranslateRequest.model_validate(body)


@pytest.mark.parametrize(
    "published",
    [0, "1736992800", "2026-01-05", "2026-01-05T08:40:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-11:00"],
)
def test_times_have_zones_and_years_of_ours(published: Any) -> None:
    with pytest.raises(ValidationError):
        BlurbRequest.model_validate({"text": "a", "published": published})


# --- examples ---------------------------------------------------------------------------------------------------------

OF_ONE_RUN = {"recipe", "confidence", "id", "created", "date", "here"}


def _told(value: Any) -> Any:
    """`value` without what belongs to one run."""
    if isinstance(value, dict):
        return {name: _told(one) for name, one in value.items() if name not in OF_ONE_RUN}
    return [_told(one) for one in value] if isinstance(value, list) else value


def test_the_examples_of_the_document_are_true(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched_from(monkeypatch, {"https://news.example/feed.xml": ("application/rss+xml", FEED)})
    document = client.get("/openapi.json").json()
    glossary_id = ""
    for route, examples in all_examples().items():
        method, path = route.split()
        operation = document["paths"][path][method.lower()]
        success = next(status for status in operation["responses"] if status.startswith("2"))
        shown = operation["responses"][success]["content"]["application/json"]["examples"]
        for name, one in examples.by_name.items():
            assert shown[name]["value"] == _without_nulls(one["answer"])
            address = path.replace("{glossary_id}", glossary_id)
            if isinstance(one["request"], str):
                answer = client.request(
                    method, address, content=one["request"], headers={"Content-Type": "application/x-tmx+xml"}
                )
            else:
                answer = client.request(method, address, json=one["request"])
            assert answer.status_code == int(success), answer.text
            found = answer.json()
            if "models" in found:
                found["models"] = [row for row in found["models"] if row["id"] == "embedded"]
            assert _told(found) == _told(one["answer"]), route
            _matches(operation["responses"][success]["content"]["application/json"]["schema"], shown[name]["value"])
            glossary_id = found.get("id", glossary_id) if "entry_count" in found else glossary_id
    assert document["info"]["title"] == "Vistka"


def _without_nulls(value: Any) -> Any:
    """`value` as FastAPI puts it into its document."""
    if isinstance(value, dict):
        return {name: _without_nulls(one) for name, one in value.items() if one is not None}
    return [_without_nulls(one) for one in value] if isinstance(value, list) else value


def _matches(schema: dict[str, Any], value: Any) -> None:
    name = schema["$ref"].rpartition("/")[2]
    TypeAdapter(getattr(native_models, name)).validate_json(json.dumps(value))


def test_every_native_route_with_a_body_has_examples(client: TestClient) -> None:
    for path, operations in client.get("/openapi.json").json()["paths"].items():
        for method, operation in operations.items():
            if path.startswith("/v1/") and "application/json" in operation.get("requestBody", {}).get("content", {}):
                assert f"{method.upper()} {path}" in all_examples()


# --- translate --------------------------------------------------------------------------------------------------------


def translated(client: TestClient, body: dict[str, Any], status: int = 200, **headers: str) -> Any:
    answer = client.post("/v1/translate", json=body, headers=headers)
    assert answer.status_code == status, answer.text
    if status != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        return answer.json()
    TranslateResponse.model_validate_json(answer.content)
    return answer.json()["translations"]


def test_n_texts_in_n_out_and_blank_ones_as_they_were(client: TestClient) -> None:
    texts = ["Рада ухвалила закон.", " \n", "In English.", "Рада ухвалила закон."]
    found = translated(client, {"text": texts})
    assert [one["text"] for one in found] == [
        "The Rada passed the law.",
        " \n",
        "In English.",
        "The Rada passed the law.",
    ]
    assert [one["draft"]["name"] for one in found] == ["text 1", "text 2", "text 3", "text 4"]
    for one, text in zip(found, texts, strict=True):
        parts = one["draft"]["segments"]
        assert "".join(part["source"] for part in parts) == text or not text.strip()
        assert [part["index"] for part in parts] == list(range(len(parts)))
        assert all(flag["segment"] < len(parts) for part in parts for flag in part["flags"])


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with service(tmp_path_factory.mktemp("service")) as one:
        yield one


@given(st.lists(st.text(min_size=1, max_size=40), min_size=1, max_size=4), st.sampled_from(["text", "markdown"]))
@settings(max_examples=40)
def test_any_text_comes_back_with_all_its_sentences(shared: TestClient, texts: list[str], format_: str) -> None:
    for one, text in zip(translated(shared, {"text": texts, "format": format_}), texts, strict=True):
        parts = one["draft"]["segments"]
        for index, block in enumerate(one["blocks"]):
            assert "".join(part["source"] for part in parts if part["block"] == index) == block["text"]
        if all(part["origin"] == "source" for part in parts):
            assert one["text"] == text


@given(st.text(alphabet="<>/=\"'&;! paЖїєb\n\x00\ufeff", min_size=1, max_size=60))
@settings(max_examples=40)
def test_any_markup_is_an_answer_or_a_problem(shared: TestClient, html: str) -> None:
    for body in ({"html": html}, {"html": html, "article": True}):
        assert shared.post("/v1/translate", json=body).status_code in {200, 422}
    assert shared.post("/v1/blurb", json={"html": html}).status_code in {200, 422}


def test_tags_and_marks_are_kept(client: TestClient) -> None:
    page = translated(client, {"html": "<p class=x>Рада ухвалила закон.</p>", "url": "https://www.news.example/1"})[0]
    assert (page["text"], page["format"]) == ("<p class=x>The Rada passed the law.</p>", "html")
    assert (page["draft"]["url"], page["draft"]["source"]) == ("https://www.news.example/1", "news.example")
    marked = translated(client, {"text": "# Рада ухвалила закон.\n", "format": "markdown"})[0]
    assert marked["text"] == "# The Rada passed the law.\n"
    assert marked["blocks"] == [{"kind": "title", "text": "Рада ухвалила закон."}]


def test_a_correction_counts_or_only_shows(client: TestClient) -> None:
    text = "Рада ухвалила закон."
    client.post("/v1/memory", json={"source": text, "target": "Parliament passed the law."}).raise_for_status()
    for options, english, shown in (
        ({}, "Parliament passed the law.", True),
        ({"memory": False}, "The Rada passed the law.", True),
        ({"memory": False, "recall": False}, "The Rada passed the law.", False),
        ({"recall": False}, "Parliament passed the law.", True),
    ):
        part = translated(client, {"text": text, **options})[0]["draft"]["segments"][0]
        assert part["english"] == english, options
        assert (part["memory"] is not None) == shown, options
    client.post("/v1/memory/undo", json={}).raise_for_status()
    part = translated(client, {"text": text})[0]["draft"]["segments"][0]
    assert (part["english"], part["memory"]) == ("The Rada passed the law.", None)


def test_what_cannot_be_undone_is_not_there_or_in_another_state(client: TestClient) -> None:
    unknown = client.post("/v1/memory/undo", json={"id": 999})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not-found")
    pair = {"source": "Дощ ущух учора.", "target": "The rain stopped yesterday."}
    entry = client.post("/v1/memory", json=pair).json()["entry"]
    client.post("/v1/memory/undo", json={"id": entry["id"]}).raise_for_status()
    again = client.post("/v1/memory/undo", json={"id": entry["id"]})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert "taken back already" in again.json()["detail"]


def test_a_near_correction_shows_whether_it_counts_or_not(client: TestClient) -> None:
    pair = {"source": "Його будували довгі два роки.", "target": "It took two long years to build."}
    client.post("/v1/memory", json=pair).raise_for_status()
    for options, shown in (({}, True), ({"memory": False}, True), ({"recall": False}, False)):
        part = translated(client, {"text": "Його будували два роки.", **options})[0]["draft"]["segments"][0]
        assert part["origin"] == "model"
        assert (part["memory"] is not None) == shown, options
        assert not shown or 0.5 < part["memory"]["score"] < 1


def test_a_glossary_of_the_callers(client: TestClient) -> None:
    made = client.post(
        "/v1/glossaries", json={"name": "a", "entries": [{"source": "велике вікно", "target": "big pane"}]}
    )
    glossary = made.json()["id"]
    found = translated(client, {"text": "велике вікно", "glossaries": [glossary]})[0]
    assert (found["text"], found["draft"]["segments"][0]["origin"]) == ("big pane", "glossary")
    assert translated(client, {"text": "велике вікно"})[0]["draft"]["segments"][0]["origin"] == "model"
    assert "glossary" in translated(client, {"text": "а", "glossaries": ["none-such"]}, 404)["detail"]


def test_hints_and_ladder_are_told_in_the_recipe(client: TestClient) -> None:
    recipe = translated(client, {"text": "Рада ухвалила закон.", "hints": False, "ladder": False})[0]["draft"]["recipe"]
    assert recipe["decoding"]["ladder"] is False
    assert recipe["decoding"]["hints"] is False


def test_what_the_service_does_without_no_request_can_have(tmp_path: Path) -> None:
    options = Options(memory=tmp_path / "memory.sqlite", ladder=False, hints=False)
    engine = ScriptedEngine({"Рада ухвалила закон.": "Law 17."})
    with TestClient(scripted_app(tmp_path, engine=engine, options=options)) as client:
        translated(client, {"text": "Рада ухвалила закон.", "ladder": True, "hints": True})
    assert len(engine.requests) == 1  # a number from nowhere would have gone up the ladder
    assert "Rada" not in engine.requests[0].instruction


def test_limits_are_told(tmp_path: Path) -> None:
    with service(tmp_path, max_text_chars=100, max_texts=3) as client:
        assert "100" in translated(client, {"text": "а" * 101}, 413)["detail"]
        assert translated(client, {"text": ["а" * 60, "б" * 60]}, 413)["code"] == "too-large"
        assert translated(client, {"text": ["а"] * 4}, 413)["code"] == "too-large"
        assert client.post("/v1/detect", json={"text": "а" * 101}).status_code == 413
        assert client.post("/v1/blurb", json={"text": "а" * 101}).status_code == 413


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422), (b"{", 400), (b"[]", 422), (b'"text"', 422), (b"null", 422), (b'{"text": "\\ud800"}', 422),
        (b'{"text": "\xff"}', 400), (b'{"text": "a", "text2": 1}', 422), (b'{"text": {"a": 1}}', 422),
        (b"[" * 20_000, 400), (b'{"text": "\\u0000"}', 200),
    ],
)  # fmt: skip
def test_broken_bodies(client: TestClient, body: bytes, status: int) -> None:
    answer = client.post("/v1/translate", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status, answer.text
    if status != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        assert isinstance(answer.json()["detail"], str)


def test_a_page_from_its_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = "https://www.news.example/bridge.pdf"
    fetched_from(monkeypatch, {url: ("text/html", PAGE), "https://f.example/": ("text/html", FEED)})
    with service(tmp_path) as client:
        article = translated(client, {"url": url})[0]
        assert (article["format"], article["draft"]["url"], article["draft"]["source"]) == ("text", url, "news.example")
        assert "Меню" not in "".join(block["text"] for block in article["blocks"])
        page = translated(client, {"url": url, "article": False})[0]
        assert page["text"].startswith("<html><head><title>Bridge over the Vorskla")
        card = client.post("/v1/blurb", json={"url": url, "max_chars": 80}).json()
        assert card["title"] == "На Полтавщині відкрили міст через Ворсклу"
        assert card["blurb"]["url"] == url
        shown = client.post("/v1/fetch", json={"url": url}).json()
        FetchResponse.model_validate(shown)
        assert shown["fetched"]["kind"] == "page"
        assert "/v1/fetch" in translated(client, {"url": "https://f.example/"}, 422)["detail"]


def test_private_addresses_are_refused(client: TestClient) -> None:
    for url in ("http://127.0.0.1:8080/", "http://localhost/", "http://169.254.169.254/latest/meta-data/"):
        assert translated(client, {"url": url}, 400)["code"] == "usage"
        assert client.post("/v1/blurb", json={"url": url}).status_code == 400
        assert client.post("/v1/fetch", json={"url": url}).status_code == 400
    # With the text itself the address is only a name.
    assert translated(client, {"text": "Рада ухвалила закон.", "url": "http://localhost/"})


# --- blurbs, detection ------------------------------------------------------------------------------------------------


def test_what_is_said_of_an_item_wins(client: TestClient) -> None:
    body = {
        "text": "На Полтавщині відкрили новий міст через Ворсклу. Його будували два роки. Рух дозволили з 6 січня.",
        "title": "На Полтавщині відкрили міст через Ворсклу",
        "source": "Вісті",
        "url": "https://news.example/bridge",
        "published": "2026-01-06T08:40:00+02:00",
        "max_chars": 120,
        "style": "agency",
    }
    answer = client.post("/v1/blurb", json=body)
    BlurbResponse.model_validate_json(answer.content)
    card = answer.json()["blurb"]
    assert len(card["abstract"]) <= 120
    assert (card["source"], card["url"], card["published"]) == (body["source"], body["url"], body["published"])
    blocks = answer.json()["blocks"]
    for one in card["evidence"]:
        assert blocks[one["block"]]["text"][one["start"] : one["end"]] == one["quote"]


def test_summaries_of_both_languages(client: TestClient) -> None:
    for text in ("На Полтавщині відкрили новий міст через Ворсклу.", "The council opened a new bridge on Monday."):
        answer = client.post("/v1/summarize", json={"text": text})
        SummarizeResponse.model_validate_json(answer.content)
        assert answer.json()["abstract"].endswith(".")
    for body in (
        {"text": "Привіт", "max_chars": 39},
        {"text": " "},
        {"text": "123"},
        {"text": "Добрый день, это ещё не новость."},
    ):
        assert client.post("/v1/summarize", json=body).status_code == 422, body


def test_a_style_is_no_path(client: TestClient) -> None:
    for style, status in (("/etc/passwd", 422), ("../default", 422), ("no-such", 400)):
        answer = client.post("/v1/blurb", json={"text": "The council met on Monday.", "style": style})
        assert answer.status_code == status


def test_detection(client: TestClient) -> None:
    texts = [
        "Добрий день, шановні колеги.",
        "Good afternoon.",
        "Сегодня был принят закон, который ещё обсуждали.",
        "123",
    ]
    answer = client.post("/v1/detect", json={"text": texts})
    DetectResponse.model_validate_json(answer.content)
    assert [one["language"] for one in answer.json()["detections"]] == ["uk", "en", "ru", "und"]
    assert client.post("/v1/detect", json={"text": "Так"}).json()["detections"][0]["language"] == "uk"


# --- keys -------------------------------------------------------------------------------------------------------------


def test_keys_scopes_and_quota(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "data" / "keys.sqlite")
    keys = {
        scope: store.add(f"for {scope}", scopes={scope}, characters_a_month=30)[1] for scope in ("translate", "memory")
    }
    store.close()
    with service(tmp_path, keys_required=True) as client:
        body = {"text": "Рада ухвалила закон."}
        assert translated(client, body, 401)["code"] == "key-missing"
        assert translated(client, body, 403, Authorization="Bearer nonsense")["code"] == "key-invalid"
        assert translated(client, body, 403, **{"X-API-Key": keys["memory"]})["code"] == "scope"
        assert translated(client, body, Authorization=f"Bearer {keys['translate']}")
        assert translated(client, body, 429, Authorization=f"Bearer {keys['translate']}")["code"] == "quota"
        for path in ("/v1/models", "/v1/memory", "/v1/memory/export", "/v1/glossaries"):
            assert client.get(path).status_code == 401
        made = client.post(
            "/v1/memory", json={"source": "Так.", "target": "Yes."}, headers={"X-API-Key": keys["memory"]}
        )
        assert made.json()["entry"]["author"] == "for memory"


def test_a_failed_request_costs_nothing(tmp_path: Path) -> None:
    with service(tmp_path, engine=ScriptedEngine(failures=1, kind="seq2seq")) as client:
        translated(client, {"text": "Рада ухвалила закон."}, 503)
        usage = client.app.state.context.access.usage(ANONYMOUS)  # type: ignore[attr-defined]
        assert usage.character_count == 0
        translated(client, {"text": "Рада ухвалила закон."})
        assert client.app.state.context.access.usage(ANONYMOUS).character_count == 20  # type: ignore[attr-defined]


# --- idempotency ------------------------------------------------------------------------------------------------------


def test_the_same_key_does_it_once(tmp_path: Path) -> None:
    engine = ScriptedEngine(ENGLISH, kind="seq2seq")
    key = {"Idempotency-Key": "5f0c"}
    pair = {"source": "Так.", "target": "Yes."}
    with service(tmp_path, engine) as client:
        first = client.post("/v1/memory", json=pair, headers=key)
        assert client.post("/v1/memory", json=pair, headers={"Idempotency-Key": '"5f0c"'}).content == first.content
        assert client.get("/v1/memory?all=true").json()["total"] == 1
        other = client.post("/v1/memory", json=pair | {"target": "Yes!"}, headers=key)
        assert (other.status_code, other.headers["content-type"]) == (422, "application/problem+json")
        # At another route it is another key.
        assert translated(client, {"text": "Рада ухвалила закон."}, **key)
    with service(tmp_path, engine) as client:  # after a restart
        again = client.post("/v1/memory", json=pair, headers=key)
        assert (again.status_code, again.json()) == (first.status_code, first.json())
        assert client.get("/v1/memory?all=true").json()["total"] == 1
        asked = len(engine.calls)
        assert translated(client, {"text": "Рада ухвалила закон."}, **key)
        assert len(engine.calls) == asked


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 300])
def test_keys_that_are_none(client: TestClient, key: str) -> None:
    assert translated(client, {"text": "Так."}, 422, **{"Idempotency-Key": key})


def test_a_failure_is_not_kept(tmp_path: Path) -> None:
    with service(tmp_path, ScriptedEngine(ENGLISH, failures=1, kind="seq2seq")) as client:
        key = {"Idempotency-Key": "k"}
        assert translated(client, {"text": "Рада ухвалила закон."}, 503, **key)
        assert translated(client, {"text": "Рада ухвалила закон."}, **key)[0]["text"] == "The Rada passed the law."


def test_while_the_first_is_under_way(tmp_path: Path) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def answer(_: Any) -> str:
        begun.set()
        go_on.wait(20)
        return "The Rada passed the law."

    with service(tmp_path, ScriptedEngine(answer, kind="seq2seq")) as client:
        body, key = {"text": "Рада ухвалила закон."}, {"Idempotency-Key": "k"}
        found: list[Any] = []
        first = threading.Thread(target=lambda: found.append(translated(client, body, **key)))
        first.start()
        assert begun.wait(20)
        assert translated(client, body, 409, **key)["code"] == "conflict"
        go_on.set()
        first.join()
        assert translated(client, body, **key) == found[0]


def test_kept_answers_expire_and_stay_within_their_limit(tmp_path: Path) -> None:
    now = [1000.0]
    kept = Idempotency(tmp_path / "answers.sqlite", kept_s=60, max_mib=0.001, clock=lambda: now[0])
    ran: list[str] = []

    def once(key: str, body: bytes = b"", caller: Caller = ANONYMOUS, size: int = 1) -> Any:
        async def work() -> Any:
            ran.append(key)
            return "x" * size

        return asyncio.run(kept.once(key, caller, "POST /", request_digest("", body), work))

    assert once("a") == once("a") == "x"
    assert ran == ["a"]
    with pytest.raises(InputError):
        once("a", b"other")
    once("a", b"other", Caller("2", "two", frozenset()))  # another caller's key
    now[0] += 61
    once("a", b"other")
    assert ran == ["a"] * 3
    for key in ("b", "c", "d"):
        now[0] += 1
        once(key, size=400)
    ran.clear()
    once("b", size=400)  # out of room: it was the oldest
    once("d", size=400)
    assert ran == ["b"]
    kept.close()


def test_a_stopped_request_frees_its_key(tmp_path: Path) -> None:
    kept = Idempotency(tmp_path / "answers.sqlite")

    async def stopped() -> None:
        async def for_ever() -> Any:
            await asyncio.sleep(60)

        async def at_once() -> Any:
            return 1

        task = asyncio.create_task(kept.once("k", ANONYMOUS, "p", "d", for_ever))
        await asyncio.sleep(0.2)
        with pytest.raises(ConflictError):
            await kept.once("k", ANONYMOUS, "p", "d", at_once)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await kept.once("k", ANONYMOUS, "p", "d", at_once) == 1

    asyncio.run(stopped())
    kept.close()


# --- ETags ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/v1/models", "/v1/glossaries", "/v1/memory", "/v1/memory/export"])
def test_who_has_it_gets_no_body(client: TestClient, path: str) -> None:
    first = client.get(path)
    etag = first.headers["etag"]
    assert first.status_code == 200
    for condition in (etag, f'"other", {etag}', f"W/{etag}", "*"):
        again = client.get(path, headers={"If-None-Match": condition})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert client.get(path, headers={"If-None-Match": '"other"'}).content == first.content


def test_a_change_changes_the_etag(client: TestClient) -> None:
    before = client.get("/v1/memory").headers["etag"]
    client.post("/v1/memory", json={"source": "Так.", "target": "Yes."}).raise_for_status()
    assert client.get("/v1/memory", headers={"If-None-Match": before}).status_code == 200

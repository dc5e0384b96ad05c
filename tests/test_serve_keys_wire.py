"""A service that needs keys, over HTTP: nothing is open by accident, each limit is told in its dialect's form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from vistka.serve.dialects import Dialect
from vistka.tests.wire_server import WireServer, wire_server

SENTENCE, IN_ENGLISH = "Уряд ухвалив бюджет.", "The government adopted the budget."
DIALECTS: tuple[Dialect, ...] = ("native", "deepl", "libretranslate", "apertium")

OPEN = {
    # Whether it lives; what machines ask before they send a key; how to use it.
    "/healthz",
    "/readyz",
    "/health",
    "/languages",
    "/frontend/settings",
    "/spec",
    "/openapi.json",
    "/list",
    "/listPairs",
    "/listLanguageNames",
}
"""Paths that need no key, beside the files of the desk."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WireServer]:
    with wire_server(tmp_path_factory.mktemp("keys"), keys_required=True) as running:
        yield running


@pytest.fixture(scope="module")
def client(server: WireServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=60) as one:
        yield one


def translate(client: httpx.Client, dialect: Dialect, key: str | None, text: str = SENTENCE) -> httpx.Response:
    if dialect == "native":
        headers = {"authorization": f"Bearer {key}"} if key else {}
        return client.post("/v1/translate", json={"text": text}, headers=headers)
    if dialect == "deepl":
        headers = {"authorization": f"DeepL-Auth-Key {key}"} if key else {}
        return client.post("/v2/translate", json={"text": [text], "target_lang": "EN-GB"}, headers=headers)
    if dialect == "libretranslate":
        asked: dict[str, Any] = {"q": text, "source": "uk", "target": "en"}
        return client.post("/translate", json=asked | ({"api_key": key} if key else {}))
    return client.get("/translate", params={"q": text, "langpair": "uk|en"} | ({"key": key} if key else {}))


def routes(server: WireServer) -> list[tuple[str, str]]:
    """Method and path of every route."""
    found = []
    for outer in server.app.routes:
        inner: Any = getattr(outer, "original_router", None)
        for route in inner.routes if inner else [outer]:
            found += [(method, route.path) for method in getattr(route, "methods", None) or ()]
    return found


def test_no_path_is_open_by_accident(server: WireServer, client: httpx.Client):
    checked = 0
    for method, path in routes(server):
        whole = path.replace("{", "").replace("}", "").replace(":path", "")
        plain = path.rstrip("/") or "/"
        if method in {"HEAD", "OPTIONS"} or plain in OPEN or plain == "/" or plain.startswith("/desk"):
            continue
        answer = client.request(method, whole, headers={"content-type": "application/json"})
        # 400 and 422: it wants to know what is asked before who asks; 404 and 405: there is nothing there for anybody.
        assert answer.status_code in {400, 401, 403, 404, 405, 415, 422}, (method, path, answer.text)
        checked += 1
    assert checked > 20


@pytest.mark.parametrize(
    ("method", "path", "fields"),
    [
        ("POST", "/v1/translate", {"json": {"text": SENTENCE}}),
        ("POST", "/v1/summarize", {"json": {"text": SENTENCE}}),
        ("POST", "/v1/blurb", {"json": {"text": SENTENCE}}),
        ("POST", "/v1/detect", {"json": {"text": SENTENCE}}),
        ("POST", "/v1/fetch", {"json": {"url": "https://example.org/"}}),
        ("GET", "/v1/glossaries", {}),
        ("GET", "/v1/memory", {}),
        ("GET", "/v1/memory/export", {}),
        ("POST", "/v1/documents", {"files": {"file": ("a.txt", SENTENCE.encode())}}),
        ("GET", "/v1/jobs", {}),
        ("GET", "/v1/jobs/0f5ad98a02647d83285a36021911c6aa", {}),
        ("GET", "/v2/usage", {}),
        ("GET", "/v2/languages", {}),
        ("GET", "/v2/glossaries", {}),
        ("POST", "/v2/document", {"files": {"file": ("a.txt", SENTENCE.encode())}, "data": {"target_lang": "EN"}}),
        ("POST", "/detect", {"json": {"q": SENTENCE}}),
        ("POST", "/translate_file", {"files": {"file": ("a.txt", b"x")}, "data": {"source": "uk", "target": "en"}}),
        ("GET", "/identifyLang", {"params": {"q": SENTENCE}}),
        ("GET", "/metrics", {}),
    ],
)
def test_a_good_request_without_a_key_is_refused(client: httpx.Client, method: str, path: str, fields: dict[str, Any]):
    for headers in ({}, {"authorization": "Bearer vk_0123456789ab_no"}):
        answer = client.request(method, path, headers=headers, **fields)
        assert answer.status_code in {400, 401, 403}, answer.text
        assert "key" in answer.text


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_key_opens_what_it_is_for(server: WireServer, client: httpx.Client, dialect: Dialect):
    good = server.key(f"good {dialect}", scopes=["translate"])
    other = server.key(f"other {dialect}", scopes=["metrics"])
    assert IN_ENGLISH in translate(client, dialect, good).text
    missing = {"native": 401, "deepl": 403, "libretranslate": 400, "apertium": 403}[dialect]
    assert translate(client, dialect, None).status_code == missing
    assert translate(client, dialect, good[:-1]).status_code == 403
    refused = translate(client, dialect, other)
    assert (refused.status_code, "not for translate" in refused.text) == (403, True)
    assert client.get("/metrics", headers={"authorization": f"Bearer {other}"}).status_code == 200
    assert client.get("/metrics", headers={"authorization": f"Bearer {good}"}).status_code == 403


@pytest.mark.parametrize("dialect", DIALECTS)
def test_too_fast(server: WireServer, client: httpx.Client, dialect: Dialect):
    key = server.key(f"slow {dialect}", requests_a_minute=2)
    assert [translate(client, dialect, key).status_code for _ in range(2)] == [200, 200]
    refused = translate(client, dialect, key)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 30
    assert "2 requests a minute" in refused.text


@pytest.mark.parametrize("dialect", DIALECTS)
def test_too_much(server: WireServer, client: httpx.Client, dialect: Dialect):
    key = server.key(f"poor {dialect}", characters_a_month=2 * len(SENTENCE) - 1)
    assert translate(client, dialect, key).status_code == 200
    refused = translate(client, dialect, key)
    assert refused.status_code == (456 if dialect == "deepl" else 429)
    assert f"{len(SENTENCE) - 1} are left, and this is {len(SENTENCE)}" in refused.text
    usage = client.get("/v2/usage", headers={"authorization": f"DeepL-Auth-Key {key}"}).json()
    assert usage["character_count"] == len(SENTENCE)
    assert usage["character_limit"] == 2 * len(SENTENCE) - 1


def test_what_fails_costs_nothing(server: WireServer, client: httpx.Client):
    key = server.key("unlucky", characters_a_month=1000)
    assert client.post(
        "/v2/translate",
        json={"text": [SENTENCE], "target_lang": "XX"},
        headers={"authorization": f"DeepL-Auth-Key {key}"},
    ).is_client_error
    usage = client.get("/v2/usage", headers={"authorization": f"DeepL-Auth-Key {key}"}).json()
    assert usage["character_count"] == 0


def test_a_revoked_key_is_closed_at_once(server: WireServer, client: httpx.Client):
    from vistka.serve.key_store import KeyStore

    key = server.key("leaver")
    assert translate(client, "native", key).status_code == 200
    folder = server.context.settings.data
    assert folder is not None
    store = KeyStore(folder / "keys.sqlite")
    store.revoke("leaver")
    store.close()
    assert translate(client, "native", key).status_code == 403


def test_one_callers_things_are_not_anothers(server: WireServer, client: httpx.Client):
    mine, theirs = ({"authorization": f"Bearer {server.key(name)}"} for name in ("mine", "theirs"))
    job = client.post("/v1/documents", files={"file": ("a.txt", SENTENCE.encode())}, headers=mine).json()
    glossary = {"name": "a", "entries": [{"source": "Рада", "target": "Parliament"}]}
    made = client.post("/v1/glossaries", json=glossary, headers=mine)
    assert made.status_code == 201, made.text
    for path in (f"/v1/jobs/{job['id']}", f"/v1/jobs/{job['id']}/result", f"/v1/glossaries/{made.json()['id']}"):
        assert client.get(path, headers=theirs).status_code == 404, path
    assert client.delete(f"/v1/glossaries/{made.json()['id']}", headers=theirs).status_code == 404
    assert client.get(f"/v1/jobs/{job['id']}", headers=mine).status_code == 200
    assert client.get("/v1/jobs", headers=theirs).json()["jobs"] == []


def test_pages_of_other_origins_may_call_it_with_a_key(server: WireServer, client: httpx.Client):
    asked = {
        "origin": "https://cat.example.org",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
    }
    leave = client.options("/v2/translate", headers=asked)
    assert (leave.status_code, leave.headers["access-control-allow-origin"]) == (200, "*")
    assert "authorization" in leave.headers["access-control-allow-headers"]
    assert "POST" in leave.headers["access-control-allow-methods"]
    # A script must be able to read errors, too, and when to come again.
    refused = client.post("/v2/translate", json={}, headers={"origin": "https://cat.example.org"})
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (403, "*")
    assert "Retry-After" in refused.headers["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in refused.headers


def test_only_the_origins_that_are_named_may(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("cors")
    with (
        wire_server(folder, cors_origins=("https://cat.example.org",)) as server,
        httpx.Client(base_url=server.url) as client,
    ):
        for origin, allowed in (("https://cat.example.org", True), ("https://evil.example.com", False)):
            answer = client.get("/languages", headers={"origin": origin})
            assert answer.headers.get("access-control-allow-origin") == (origin if allowed else None)
            memory = client.get("/v1/memory", headers={"origin": origin})
            assert memory.status_code == (200 if allowed else 403)

"""The released LibreTranslate client against the service: on its root and below a path, with and without keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from email.message import Message
from urllib.error import HTTPError

import httpx
import pytest
from libretranslatepy import LibreTranslateAPI

from vistka.tests.wire_server import WireServer, wire_server

SENTENCE, IN_ENGLISH = "Уряд ухвалив бюджет.", "The government adopted the budget."


@pytest.fixture(scope="module", params=["", "/mt", "/a/b"], ids=["root", "prefix", "long prefix"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WireServer]:
    with wire_server(tmp_path_factory.mktemp("open"), prefix=request.param) as running:
        yield running


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WireServer]:
    with wire_server(tmp_path_factory.mktemp("guarded"), keys_required=True, suggestions=True) as running:
        yield running


@pytest.fixture(params=["", "/"], ids=["bare", "slash"])
def client(request: pytest.FixtureRequest, server: WireServer) -> LibreTranslateAPI:
    return LibreTranslateAPI(server.url + request.param)


def test_translate(client: LibreTranslateAPI) -> None:
    assert client.translate(SENTENCE, "uk", "en") == IN_ENGLISH


def test_translate_what_a_form_has_to_escape(client: LibreTranslateAPI) -> None:
    text = "Hello & welcome + 100% = «лапки»; a=b&c=d\n\n\n<b>\t…"
    assert client.translate(text, "uk", "en").endswith("a=b&c=d\n\n\n<b>\t…")


def test_translate_auto(client: LibreTranslateAPI) -> None:
    assert client.translate(SENTENCE, "auto", "en") == IN_ENGLISH


def test_detect(client: LibreTranslateAPI) -> None:
    assert client.detect(SENTENCE) == [{"confidence": 100.0, "language": "uk"}]


def test_languages(client: LibreTranslateAPI) -> None:
    assert {one["code"]: one["targets"] for one in client.languages()} == {"en": [], "uk": ["en"]}


def test_a_key_that_nobody_asks_for(server: WireServer) -> None:
    client = LibreTranslateAPI(server.url, "some key")
    assert client.translate(SENTENCE, "uk", "en") == IN_ENGLISH
    assert client.detect(SENTENCE)[0]["language"] == "uk"
    assert len(client.languages()) == 2


def test_errors_are_http_errors(client: LibreTranslateAPI) -> None:
    with pytest.raises(HTTPError) as caught:
        client.translate(SENTENCE, "uk", "zz")
    assert said(caught.value) == (400, "zz is not supported")


def test_a_document_below_the_same_path(server: WireServer) -> None:
    form = {"source": "uk", "target": "en"}
    answer = httpx.post(f"{server.url}/translate_file", data=form, files={"file": ("новини.txt", SENTENCE.encode())})
    url = answer.json()["translatedFileUrl"]
    assert url.startswith(f"{server.url}/download_file/")
    assert httpx.get(url).text == IN_ENGLISH


# --- keys -------------------------------------------------------------------------------------------------------------


def said(error: HTTPError) -> tuple[int, str]:
    with error:
        body = json.loads(error.read())
    assert list(body) == ["error"]
    return error.code, body["error"]


def refused(client: LibreTranslateAPI) -> tuple[int, str, Message]:
    with pytest.raises(HTTPError) as caught:
        client.translate(SENTENCE, "uk", "en")
    return (*said(caught.value), caught.value.headers)


def test_with_a_key(guarded: WireServer) -> None:
    client = LibreTranslateAPI(guarded.url, guarded.key("newsroom"))
    assert client.translate(SENTENCE, "uk", "en") == IN_ENGLISH
    assert client.detect(SENTENCE)[0]["language"] == "uk"
    assert len(client.languages()) == 2


def test_without_a_key(guarded: WireServer) -> None:
    text = "Please contact the server operator to get an API key"
    assert refused(LibreTranslateAPI(guarded.url))[:2] == (400, text)
    assert refused(LibreTranslateAPI(guarded.url, ""))[:2] == (400, text)


def test_which_languages_there_are_is_no_secret(guarded: WireServer) -> None:
    assert len(LibreTranslateAPI(guarded.url).languages()) == 2
    assert httpx.get(f"{guarded.url}/frontend/settings").json()["keyRequired"] is True
    assert httpx.get(f"{guarded.url}/health").status_code == 200


def test_with_a_bad_key(guarded: WireServer) -> None:
    assert refused(LibreTranslateAPI(guarded.url, "vk_nobody_0000"))[:2] == (403, "Invalid API key")


def test_with_a_key_for_something_else(guarded: WireServer) -> None:
    key = guarded.key("gauges", scopes={"metrics"})
    status, text, _ = refused(LibreTranslateAPI(guarded.url, key))
    assert status == 403
    assert "translate" in text


def test_too_fast(guarded: WireServer) -> None:
    client = LibreTranslateAPI(guarded.url, guarded.key("hasty", requests_a_minute=1))
    assert client.translate(SENTENCE, "uk", "en") == IN_ENGLISH
    status, text, headers = refused(client)
    assert status == 429
    assert text.startswith("Slowdown: ")
    assert 1 <= int(headers["Retry-After"]) <= 60


def test_over_quota(guarded: WireServer) -> None:
    client = LibreTranslateAPI(guarded.url, guarded.key("thrifty", characters_a_month=len(SENTENCE)))
    assert client.translate(SENTENCE, "uk", "en") == IN_ENGLISH
    status, text, _ = refused(client)
    assert status == 429
    assert text.startswith("Slowdown: ")


def test_what_fails_costs_nothing(guarded: WireServer) -> None:
    client = LibreTranslateAPI(guarded.url, guarded.key("exact", characters_a_month=len(SENTENCE)))
    with pytest.raises(HTTPError) as caught:
        client.translate(SENTENCE, "uk", "zz")
    assert said(caught.value)[0] == 400
    assert client.translate(SENTENCE, "uk", "en") == IN_ENGLISH


@pytest.mark.parametrize("how", ["json", "data", "params"])
def test_a_key_in_every_place(guarded: WireServer, how: str) -> None:
    key = guarded.key(f"by {how}")
    asked = {"q": SENTENCE, "source": "uk", "target": "en", "api_key": key}
    assert httpx.post(f"{guarded.url}/translate", **{how: asked}).json() == {"translatedText": IN_ENGLISH}


def test_documents_need_their_scope(guarded: WireServer) -> None:
    form = {"source": "uk", "target": "en", "api_key": guarded.key("texts only", scopes={"translate"})}
    answer = httpx.post(f"{guarded.url}/translate_file", data=form, files={"file": ("a.txt", SENTENCE.encode())})
    assert answer.status_code == 403
    form["api_key"] = guarded.key("documents", scopes={"documents"})
    answer = httpx.post(f"{guarded.url}/translate_file", data=form, files={"file": ("a.txt", SENTENCE.encode())})
    assert httpx.get(answer.json()["translatedFileUrl"]).text == IN_ENGLISH


# --- suggestions ------------------------------------------------------------------------------------------------------

SUGGESTED = {"q": "Рада відклала голосування.", "s": "The council put off the vote.", "source": "uk", "target": "en"}


def test_a_suggestion_goes_to_the_memory(guarded: WireServer) -> None:
    key = guarded.key("editor Олена", scopes={"translate", "memory"})
    answer = httpx.post(f"{guarded.url}/suggest", data={**SUGGESTED, "api_key": key})
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    client = LibreTranslateAPI(guarded.url, key)
    assert client.translate(SUGGESTED["q"], "uk", "en") == SUGGESTED["s"]
    memory = guarded.context.service.memory
    assert memory is not None
    assert [entry.author for entry in memory.in_force()] == ["editor Олена"]


def test_a_suggestion_needs_its_scope(guarded: WireServer) -> None:
    key = guarded.key("reader", scopes={"translate"})
    answer = httpx.post(f"{guarded.url}/suggest", json={**SUGGESTED, "s": "Wrong.", "api_key": key})
    assert answer.status_code == 403
    assert httpx.post(f"{guarded.url}/suggest", json=SUGGESTED).status_code == 400


@pytest.mark.parametrize("name", list(SUGGESTED))
def test_half_a_suggestion(guarded: WireServer, name: str) -> None:
    fields = {key: value for key, value in SUGGESTED.items() if key != name}
    fields["api_key"] = guarded.key(f"forgets {name}", scopes={"memory"})
    answer = httpx.post(f"{guarded.url}/suggest", json=fields)
    assert (answer.status_code, answer.json()) == (400, {"error": f"Invalid request: missing {name} parameter"})


def test_a_suggestion_that_drops_an_address(guarded: WireServer) -> None:
    bad = {**SUGGESTED, "q": "Див. https://example.org", "api_key": guarded.key("careless", scopes={"memory"})}
    answer = httpx.post(f"{guarded.url}/suggest", json=bad)
    assert answer.status_code == 400
    assert "https://example.org" in answer.json()["error"]

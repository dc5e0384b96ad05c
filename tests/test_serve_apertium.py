"""Apertium APy's dialect: what OmegaT sends byte for byte, the lists, and APy's form of an error."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from http.client import HTTPResponse
from typing import Any
from urllib.parse import quote_plus, urlsplit

import httpx
import pytest

from vistka.datatypes import Draft, DraftSegment, Item, Kept, New, Recipe, Segment
from vistka.documents.read import read
from vistka.serve.dialect_apertium import marked
from vistka.serve.service import TranslatedText
from vistka.tests.wire_server import WireServer, wire_server

SENTENCE, IN_ENGLISH = "Уряд ухвалив бюджет.", "The government adopted the budget."


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WireServer]:
    with wire_server(tmp_path_factory.mktemp("apertium"), max_text_chars=500) as running:
        yield running


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WireServer]:
    with wire_server(tmp_path_factory.mktemp("apertium-keys"), keys_required=True) as running:
        yield running


@pytest.fixture
def client(server: WireServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url) as one:
        yield one


def translated(answer: Any) -> str:
    """The English of an answer, whose form is checked."""
    assert list(answer) == ["responseData", "responseDetails", "responseStatus"]
    assert list(answer["responseData"]) == ["translatedText"]
    assert (answer["responseDetails"], answer["responseStatus"]) == (None, 200)
    return str(answer["responseData"]["translatedText"])


def refused(answer: httpx.Response, status: int, message: str) -> str:
    """The explanation of an error, whose form is checked."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert list(body) == ["status", "code", "message", "explanation"]
    assert (body["status"], body["code"], body["message"]) == ("error", status, message)
    return str(body["explanation"])


# --- as OmegaT sends it -----------------------------------------------------------------------------------------------


def raw_get(url: str, target: str) -> tuple[int, Any]:
    """Status and JSON of a GET whose target goes out as it is, as Java's HttpURLConnection sends it."""
    host, port = urlsplit(url).hostname, urlsplit(url).port
    head = (
        f"GET {target} HTTP/1.1\r\nUser-Agent: OmegaT/6.0.0\r\nHost: {host}:{port}\r\n"
        "Accept: text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection((host, port), timeout=10) as connection:
        connection.sendall(head.encode("latin-1"))
        with HTTPResponse(connection) as answer:
            answer.begin()
            return answer.status, json.loads(answer.read())


@pytest.mark.parametrize("pair", ["uk|en", "uk_UA|en_GB", "uk_UA|en_US", "ukr|eng", "uk%7Cen", "UK|EN"])
@pytest.mark.parametrize("mark", ["no", "yes"])
@pytest.mark.parametrize("key", ["", "bwuxb5jS+VwSJ8mLz1qMfmMrDGA"])
def test_as_omegat_asks(server: WireServer, pair: str, mark: str, key: str) -> None:
    target = f"/translate?q={quote_plus(SENTENCE)}&markUnknown={mark}&langpair={pair}&key={key}"
    status, answer = raw_get(server.url, target)
    assert status == 200
    assert translated(answer) == IN_ENGLISH


def test_as_older_omegat_asks(server: WireServer) -> None:
    asked = f"q={quote_plus(SENTENCE)}&markUnknown=no&format=omegat&langpair=uk|en&key=bwuxb5jS+VwSJ8mLz1qMfmMrDGA"
    assert translated(raw_get(server.url, f"/translate?{asked}")[1]) == IN_ENGLISH


def test_omegat_with_a_pair_that_is_not_there(server: WireServer) -> None:
    status, answer = raw_get(server.url, "/translate?q=x&markUnknown=no&langpair=uk_UA|de_DE&key=")
    assert status == 400
    assert answer["explanation"] == "That pair is not installed"


# --- translate --------------------------------------------------------------------------------------------------------


def test_by_form(client: httpx.Client) -> None:
    asked = {"q": SENTENCE, "langpair": "ukr|eng"}
    assert translated(client.post("/translate", data=asked).json()) == IN_ENGLISH


def test_plain_text_stays_plain_text(client: httpx.Client) -> None:
    asked = {"q": "5 < 6 && <b>7</b> &lt;", "langpair": "uk|en"}
    assert translated(client.get("/translate", params=asked).json()) == asked["q"]


@pytest.mark.parametrize("how", [{"format": "html"}, {"deformat": "html"}, {"deformat": "apertium-deshtml"}])
def test_html(client: httpx.Client, how: dict[str, str]) -> None:
    asked = {"q": "<p>Вийти</p>\n<p>5 &lt; 6</p>", "langpair": "uk|en", **how}
    assert translated(client.get("/translate", params=asked).json()) == "<p>Sign out</p>\n<p>5 &lt; 6</p>"


def test_nothing_and_blanks(client: httpx.Client) -> None:
    for text in ("", "  ", "\n"):
        assert translated(client.get("/translate", params={"q": text, "langpair": "uk|en"}).json()) == text


def test_placeholders(client: httpx.Client) -> None:
    text = 'Вийти <x id="7"></x> {0} %s [X12X]'
    answer = translated(client.get("/translate", params={"q": text, "langpair": "uk|en"}).json())
    assert answer == 'Sign out <x id="7"></x> {0} %s [X12X]'


def test_unknown_words_are_marked() -> None:
    item: Item = read("Це старе свічадо. Это оно.", format="text", max_mib=1)
    parts = (
        DraftSegment(
            Segment("Це старе свічадо. ", "uk", 0, 0, 18),
            "This is an old свічадо. ",
            (New("This is an old свічадо. "),),
            "model",
            0.5,
        ),
        DraftSegment(Segment("Это оно.", "ru", 0, 18, 26), "Это оно.", (Kept(18, 26),), "source", 1.0),
    )
    one = TranslatedText("This is an old свічадо. Это оно.", Draft(item, parts, Recipe("x")), "uk", 26)
    assert marked(one) == "This is an old *свічадо. Это оно."


@pytest.mark.parametrize(
    ("asked", "explanation"),
    [
        ({"q": "x", "langpair": ""}, "That pair is invalid, use e.g. eng|spa"),
        ({"q": "x", "langpair": "uk"}, "That pair is invalid, use e.g. eng|spa"),
        ({"q": "x", "langpair": "uk|en|de"}, "That pair is invalid, use e.g. eng|spa"),
        ({"q": "x", "langpair": "en|uk"}, "That pair is not installed"),
        ({"q": "x", "langpair": "uk|uk"}, "That pair is not installed"),
        ({"langpair": "uk|en"}, "Missing argument q"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_refused(client: httpx.Client, method: str, asked: dict[str, str], explanation: str) -> None:
    how = {"params": asked} if method == "GET" else {"data": asked}
    assert refused(client.request(method, "/translate", **how), 400, "Bad Request") == explanation


def test_too_long(client: httpx.Client) -> None:
    answer = client.post("/translate", data={"q": "я" * 501, "langpair": "uk|en"})
    assert "501 characters" in refused(answer, 413, "Content Too Large")


def test_not_utf8(client: httpx.Client) -> None:
    answer = client.get("/translate?langpair=uk|en&q=%CA%E8%BF%E2")
    assert "not utf-8" in refused(answer, 400, "Bad Request")


# --- keys -------------------------------------------------------------------------------------------------------------


def test_keys(guarded: WireServer) -> None:
    key = guarded.key("translator's OmegaT")
    asked = {"q": SENTENCE, "langpair": "uk|en"}
    with httpx.Client(base_url=guarded.url) as client:
        assert translated(client.get("/translate", params={**asked, "key": key}).json()) == IN_ENGLISH
        assert refused(client.get("/translate", params=asked), 403, "Forbidden")
        assert refused(client.get("/translate", params={**asked, "key": "nobody's"}), 403, "Forbidden")
        assert refused(client.get("/identifyLang", params={"q": "Вийти"}), 403, "Forbidden")
        assert client.get("/listPairs").status_code == 200


def test_a_key_in_the_address(guarded: WireServer) -> None:
    key = guarded.key("Weblate, which has no field for a key")
    address = guarded.url.replace("//", f"//any:{key}@")
    answer = httpx.get(f"{address}/translate", params={"q": SENTENCE, "langpair": "ukr|eng"})
    assert translated(answer.json()) == IN_ENGLISH


@pytest.mark.parametrize("credentials", ["Basic", "Basic !!!", "Basic /w==", "Bearer x", "Basic Og=="])
def test_credentials_that_hold_no_key(guarded: WireServer, credentials: str) -> None:
    asked = {"q": SENTENCE, "langpair": "uk|en"}
    answer = httpx.get(f"{guarded.url}/translate", params=asked, headers={"Authorization": credentials})
    assert refused(answer, 403, "Forbidden")


# --- lists ------------------------------------------------------------------------------------------------------------

THREE, TWO = (
    {"sourceLanguage": "ukr", "targetLanguage": "eng"},
    {"sourceLanguage": "uk", "targetLanguage": "en"},
)


@pytest.mark.parametrize(
    ("query", "pairs"),
    [
        ("", [THREE]),
        ("?q=pairs", [THREE]),
        ("?include_deprecated_codes=1", [THREE, TWO]),
        ("?src=ukr", [THREE]),
        ("?src=uk", [THREE]),
        ("?src=eng", []),
    ],
)
@pytest.mark.parametrize("path", ["/listPairs", "/list"])
def test_list_pairs(client: httpx.Client, path: str, query: str, pairs: list[dict[str, str]]) -> None:
    assert client.get(path + query).json() == {"responseData": pairs, "responseDetails": None, "responseStatus": 200}


def test_lists_of_what_there_is_not(client: httpx.Client) -> None:
    assert client.get("/list?q=analyzers").json() == {}
    assert refused(client.get("/list?q=cats"), 400, "Bad Request").startswith("Expecting q argument to be one of")


def test_list_language_names(client: httpx.Client) -> None:
    asked = {"locale": "uk", "languages": "ukr eng en xyz"}
    names = client.get("/listLanguageNames", params=asked).json()
    assert names == {"ukr": "українська", "eng": "англійська", "en": "англійська"}
    assert client.get("/listLanguageNames", params={"locale": "eng"}).json()["uk"] == "Ukrainian"
    assert client.get("/listLanguageNames", params={"locale": "en_GB", "languages": "uk"}).json() == {"uk": "Ukrainian"}
    for unknown in ("xx", "", "no such locale", "../../etc"):
        assert client.get("/listLanguageNames", params={"locale": unknown}).json() == {}
    assert refused(client.get("/listLanguageNames"), 400, "Bad Request") == "Missing argument locale"


def test_identify_language(client: httpx.Client) -> None:
    found = client.get("/identifyLang", params={"q": "Слава Україні! The end."}).json()
    assert list(found) == ["ukr", "eng"]
    assert found["ukr"] == pytest.approx(12 / 18, abs=0.01)
    assert client.post("/identifyLang", data={"q": "Это было вчера."}).json() == {"rus": 1.0}
    assert client.get("/identifyLang", params={"q": "12"}).json() == {}
    assert refused(client.get("/identifyLang"), 400, "Bad Request") == "Missing argument q"
    assert refused(client.get("/identifyLang", params={"q": ""}), 400, "Bad Request") == "Missing q argument"

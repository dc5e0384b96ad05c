"""Whether the clients that people have work with the service as they are.

One walk through each dialect with its real client, keys needed, from start to end; what can go wrong in each dialect
has a file of tests of its own. All of it with an empty home and no way out of this machine.
"""

from __future__ import annotations

import io
import re
import socket
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlsplit

import deepl
import docx
import httpx
import pytest
import requests
from libretranslatepy import LibreTranslateAPI

from vistka.models.engine import Decoding, Output, Request
from vistka.tests.scripted_engine import ScriptedEngine
from vistka.tests.wire_server import WireServer, wire_server

SENTENCE, IN_ENGLISH = "Уряд ухвалив бюджет.", "The government adopted the budget."


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WireServer]:
    folder = tmp_path_factory.mktemp("conformance")
    with wire_server(folder, keys_required=True, echo_probe=True, suggestions=True) as running:
        yield running


@pytest.fixture(scope="module")
def prefixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WireServer]:
    with wire_server(tmp_path_factory.mktemp("conformance-prefix"), prefix="/mt") as running:
        yield running


@pytest.fixture(scope="module")
def key(server: WireServer) -> str:
    return server.key("a newsroom", scopes={"translate", "documents", "glossaries", "memory"})


def word_document(text: str) -> bytes:
    written, data = docx.Document(), io.BytesIO()
    written.add_paragraph(text)
    written.save(data)
    return data.getvalue()


def words_of(document: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(document)).paragraphs)


# --- 1. deepl ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def deepl_client(server: WireServer, key: str) -> deepl.DeepLClient:
    return deepl.DeepLClient(key, server_url=server.url)


def test_deepl_text(deepl_client: deepl.DeepLClient) -> None:
    one = deepl_client.translate_text(SENTENCE, target_lang="EN-GB")
    assert (one.text, one.detected_source_lang, one.billed_characters) == (IN_ENGLISH, "UK", len(SENTENCE))
    several = deepl_client.translate_text([SENTENCE, "Вийти"], source_lang="UK", target_lang="EN-US")
    assert [result.text for result in several] == [IN_ENGLISH, "Sign out"]


def test_deepl_languages_and_usage(deepl_client: deepl.DeepLClient) -> None:
    assert "UK" in {language.code for language in deepl_client.get_source_languages()}
    assert {"EN-GB", "EN-US"} <= {language.code for language in deepl_client.get_target_languages()}
    usage = deepl_client.get_usage()
    assert usage.character.count is not None
    assert not usage.any_limit_reached


def test_deepl_glossaries(deepl_client: deepl.DeepLClient) -> None:
    made = deepl_client.create_glossary("terms", "UK", "EN", {"бюджет": "spending plan"})
    try:
        assert made.glossary_id in {one.glossary_id for one in deepl_client.list_glossaries()}
        assert deepl_client.get_glossary_entries(made) == {"бюджет": "spending plan"}
        found = deepl_client.translate_text(SENTENCE, source_lang="UK", target_lang="EN-US", glossary=made)
        assert "spending plan" in found.text
    finally:
        deepl_client.delete_glossary(made)
    with pytest.raises(deepl.GlossaryNotFoundException):
        deepl_client.get_glossary(made.glossary_id)


def through_deepl(client: deepl.DeepLClient, name: str, document: bytes) -> bytes:
    """A document there and back; asked after more often than the client's own five seconds."""
    handle = client.translate_document_upload(document, target_lang="EN-US", filename=name)
    status = client.translate_document_get_status(handle)
    for _ in range(600):
        if status.done or status.status == status.Status.ERROR:
            break
        time.sleep(0.05)
        status = client.translate_document_get_status(handle)
    assert status.ok, status.error_message
    written = io.BytesIO()
    client.translate_document_download(handle, written)
    return written.getvalue()


def test_deepl_documents(deepl_client: deepl.DeepLClient) -> None:
    assert through_deepl(deepl_client, "a.txt", SENTENCE.encode()).decode() == IN_ENGLISH
    page = through_deepl(deepl_client, "a.html", f'<html lang="uk"><p>{SENTENCE}</p></html>'.encode())
    assert page.decode() == f'<html lang="en"><p>{IN_ENGLISH}</p></html>'
    assert words_of(through_deepl(deepl_client, "a.docx", word_document(SENTENCE))) == IN_ENGLISH


def test_deepl_document_of_a_type_that_is_not_taken(deepl_client: deepl.DeepLClient) -> None:
    with pytest.raises(deepl.DeepLException):
        deepl_client.translate_document_upload(b"<xliff/>", target_lang="EN-US", filename="a.xliff")


def test_deepl_errors(server: WireServer) -> None:
    with pytest.raises(deepl.AuthorizationException):
        deepl.DeepLClient("nobody's", server_url=server.url).translate_text(SENTENCE, target_lang="EN-US")
    thrifty = server.key("thrifty", characters_a_month=5)
    with pytest.raises(deepl.QuotaExceededException):
        deepl.DeepLClient(thrifty, server_url=server.url).translate_text(SENTENCE, target_lang="EN-US")


def sent_by_deepl(client: deepl.DeepLClient, fields: dict[str, Any]) -> None:
    """A request that the client's own methods would not send, and what it makes of the answer."""
    client._raise_for_status(*client._api_call("v2/translate", json=fields))


@pytest.mark.parametrize(
    "bad", [{"text": 5}, {"text": []}, {"split_sentences": ["x"]}, {"tag_handling": "rtf"}, {"target_lang": "DE"}]
)
def test_deepl_bad_field(deepl_client: deepl.DeepLClient, bad: dict[str, Any]) -> None:
    with pytest.raises(deepl.DeepLException):
        sent_by_deepl(deepl_client, {"text": [SENTENCE], "target_lang": "EN-US", **bad})


# --- 2. libretranslatepy ----------------------------------------------------------------------------------------------


def test_libretranslate_with_a_key(server: WireServer, key: str) -> None:
    client = LibreTranslateAPI(server.url, key)
    assert client.translate(SENTENCE, "uk", "en") == IN_ENGLISH
    assert client.detect(SENTENCE)[0]["language"] == "uk"
    assert {one["code"] for one in client.languages()} == {"uk", "en"}


def test_libretranslate_without_a_key_on_a_path(prefixed: WireServer) -> None:
    client = LibreTranslateAPI(prefixed.url)
    assert client.translate(SENTENCE, "uk", "en") == IN_ENGLISH
    assert client.detect(SENTENCE)[0]["language"] == "uk"
    assert {one["code"] for one in client.languages()} == {"uk", "en"}


def test_libretranslate_beyond_its_client(server: WireServer, key: str) -> None:
    with httpx.Client(base_url=server.url) as client:
        asked = {"source": "uk", "target": "en", "api_key": key}
        batch = client.post("/translate", json={**asked, "q": [SENTENCE, "Вийти"]}).json()
        assert batch == {"translatedText": [IN_ENGLISH, "Sign out"]}
        page = client.post("/translate", json={**asked, "q": f"<p>{SENTENCE}</p>", "format": "html"}).json()
        assert page == {"translatedText": f"<p>{IN_ENGLISH}</p>"}
        auto = client.post("/translate", json={**asked, "q": SENTENCE, "source": "auto"}).json()
        assert auto["detectedLanguage"]["language"] == "uk"
        others = client.post("/translate", json={**asked, "q": SENTENCE, "alternatives": 2}).json()
        assert isinstance(others["alternatives"], list)


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.docx"])
def test_libretranslate_files(server: WireServer, key: str, name: str) -> None:
    document = word_document(SENTENCE) if name.endswith("docx") else SENTENCE.encode()
    with httpx.Client(base_url=server.url) as client:
        form = {"source": "uk", "target": "en", "api_key": key}
        sent = client.post("/translate_file", data=form, files={"file": (name, document)})
        found = client.get(sent.json()["translatedFileUrl"]).content
    assert (words_of(found) if name.endswith("docx") else found.decode()) == IN_ENGLISH


# --- 3. Weblate -------------------------------------------------------------------------------------------------------


def test_weblate_by_libretranslate(server: WireServer, key: str) -> None:
    assert {one["code"] for one in requests.get(f"{server.url}/languages", timeout=20).json()} == {"uk", "en"}
    texts = [f"Рядок {number}: [X{number}X] і [X{number + 40}X]." for number in range(20)]
    body = {"api_key": key, "q": texts, "source": "uk", "target": "en"}
    found = requests.post(f"{server.url}/translate", json=body, timeout=5).json()["translatedText"]
    for number, text in enumerate(found):
        assert re.findall(r"\[X\d+X\]", text) == [f"[X{number}X]", f"[X{number + 40}X]"]
    probe = {"api_key": key, "q": ["test"], "source": "en", "target": "de"}
    assert requests.post(f"{server.url}/translate", json=probe, timeout=20).json() == {"translatedText": ["test"]}


def test_weblate_by_deepl(server: WireServer, key: str) -> None:
    url, headers = f"{server.url}/v2", {"Authorization": f"DeepL-Auth-Key {key}"}
    for kind in ("source", "target"):
        assert requests.get(f"{url}/languages", params={"type": kind}, headers=headers, timeout=5).json()
    texts = [f'Рядок {number} <x id="{number}"></x> &amp; далі' for number in range(20)]
    body = {
        "text": texts,
        "source_lang": "UK",
        "target_lang": "EN",
        "tag_handling": "xml",
        "ignore_tags": ["x"],
    }
    found = requests.post(f"{url}/translate", json=body, headers=headers, timeout=5).json()["translations"]
    assert len(found) == 20
    for number, one in enumerate(found):
        assert f'<x id="{number}"></x>' in one["text"]
        assert "&amp;" in one["text"]


def test_weblate_glossary_cycle(server: WireServer, key: str) -> None:
    url, headers = f"{server.url}/v2/glossaries", {"Authorization": f"DeepL-Auth-Key {key}"}
    body = {
        "name": "weblate:1:uk:en:1234",
        "source_lang": "UK",
        "target_lang": "EN",
        "entries": "бюджет\tbudget",
        "entries_format": "tsv",
    }
    made = requests.post(url, json=body, headers=headers, timeout=5)
    assert made.status_code == 201
    listed = requests.get(url, headers=headers, timeout=5).json()["glossaries"]
    assert body["name"] in {one["name"] for one in listed}
    gone = requests.delete(f"{url}/{made.json()['glossary_id']}", headers=headers, timeout=5)
    assert gone.status_code == 204


def test_weblate_by_apertium(prefixed: WireServer) -> None:
    first = requests.get(f"{prefixed.url}/listPairs", timeout=20).json()["responseData"][0]
    asked = {"langpair": f"{first['sourceLanguage']}|{first['targetLanguage']}", "q": "test", "markUnknown": "no"}
    answer = requests.get(f"{prefixed.url}/translate", params=asked, timeout=20).json()
    assert answer == {"responseData": {"translatedText": "test"}, "responseDetails": None, "responseStatus": 200}


# --- 4. half a minute -------------------------------------------------------------------------------------------------

SLOW_S = 30.0


class SlowEngine(ScriptedEngine):
    """An engine whose first answers come half a minute after it was first asked."""

    begun: float = 0.0

    def generate(self, requests: Sequence[Request], decoding: Decoding) -> list[Output]:
        self.begun = self.begun or time.monotonic()
        time.sleep(max(0.0, self.begun + SLOW_S - time.monotonic()))
        return super().generate(requests, decoding)


def numbered(first: int) -> tuple[str, str]:
    """A document of five paragraphs of its own, and its English."""
    numbers = range(first, first + 5)
    return (
        "\n\n".join(f"Уряд ухвалив рішення номер {number}." for number in numbers),
        "\n\n".join(f"The government adopted decision number {number}." for number in numbers),
    )


def number_in_english(request: Request) -> str:
    (number,) = re.findall(r"\d+", request.text)
    return f"The government adopted decision number {number}."


@pytest.mark.slow
def test_half_a_minute_is_not_too_long(tmp_path: Path) -> None:
    engine = SlowEngine(number_in_english, kind="seq2seq")
    with wire_server(tmp_path, engine=engine) as server, ThreadPoolExecutor(8) as pool:

        def by_deepl(text: str) -> str:
            return deepl.DeepLClient("key", server_url=server.url).translate_text(text, target_lang="EN-US").text

        def by_deepl_document(text: str) -> str:
            written = io.BytesIO()
            deepl.DeepLClient("key", server_url=server.url).translate_document(
                io.BytesIO(text.encode()), written, target_lang="EN-US", filename="a.txt"
            )
            return written.getvalue().decode()

        def by_libretranslate(text: str) -> str:
            return str(LibreTranslateAPI(server.url).translate(text, "uk", "en"))

        def by_libretranslate_file(text: str) -> str:
            form = {"source": "uk", "target": "en"}
            sent = httpx.post(f"{server.url}/translate_file", data=form, files={"file": ("a.txt", text.encode())})
            return httpx.get(sent.json()["translatedFileUrl"]).text

        def by_weblate(text: str) -> str:
            body = {"api_key": "", "q": [text], "source": "uk", "target": "en"}
            answer = requests.post(f"{server.url}/translate", json=body, timeout=20)
            return str(answer.json()["translatedText"][0])

        def by_omegat(text: str) -> str:
            asked = {"q": text, "langpair": "uk|en", "markUnknown": "no"}
            return str(httpx.get(f"{server.url}/translate", params=asked).json()["responseData"]["translatedText"])

        ways = [by_deepl, by_deepl_document, by_libretranslate, by_libretranslate_file, by_weblate, by_omegat]
        documents = [numbered(100 * (index + 1)) for index in range(len(ways))]
        begin = time.monotonic()
        found = [pool.submit(way, document) for way, (document, _) in zip(ways, documents, strict=True)]
        time.sleep(5)
        again = pool.submit(by_deepl, documents[0][0])
        assert [one.result() for one in found] == [expected for _, expected in documents]
        assert again.result() == documents[0][1]
        assert SLOW_S < time.monotonic() - begin < 3 * SLOW_S

        assert set(Counter(engine.texts).values()) == {1}
        # The one that was asked twice on purpose was merged; no client asked again by itself.
        metrics = httpx.get(f"{server.url}/metrics").text
        assert "vistka_merged_requests_total 1.0" in metrics


# --- 5. OmegaT --------------------------------------------------------------------------------------------------------


def test_omegat(prefixed: WireServer) -> None:
    place = urlsplit(prefixed.url)
    assert place.hostname
    connection = HTTPConnection(place.hostname, place.port, timeout=10)
    # http.client sends the target as it is given: the bar stays raw.
    target = f"{place.path}/translate?q={quote_plus(SENTENCE)}&markUnknown=no&langpair=uk_UA|en_GB&key="
    connection.putrequest("GET", target)
    connection.endheaders()
    answer: Any = connection.getresponse().read()
    connection.close()
    assert IN_ENGLISH.encode() in answer
    assert b'"responseStatus":200' in answer


# --- 6. nothing from outside ------------------------------------------------------------------------------------------


def test_there_is_no_way_out(server: WireServer) -> None:
    assert server.url.startswith("http://127.0.0.1:")
    assert not list(Path.home().iterdir())
    with socket.socket() as one, pytest.raises((AssertionError, OSError), match=r"192\.0\.2\.1"):
        one.connect(("192.0.2.1", 80))

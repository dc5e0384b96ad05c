"""LibreTranslate's dialect: what goes in each way it can, what comes back, and every error in its form."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import docx
import httpx
import pytest

from vistka.documents.read import EXTENSIONS
from vistka.errors import EngineError
from vistka.models.engine import Decoding, Output, Request
from vistka.serve.access import ANONYMOUS
from vistka.tests.scripted_engine import ScriptedEngine
from vistka.tests.wire_server import WireServer, english, wire_server

SENTENCE, IN_ENGLISH = "Уряд ухвалив бюджет.", "The government adopted the budget."
ASKED = {"q": SENTENCE, "source": "uk", "target": "en"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WireServer]:
    with wire_server(tmp_path_factory.mktemp("libretranslate"), max_text_chars=500, max_texts=25) as running:
        yield running


@pytest.fixture
def client(server: WireServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url) as one:
        yield one


def translated(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()["translatedText"]


def refused(answer: httpx.Response, status: int) -> str:
    """The text of an error, whose form is checked."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert list(body) == ["error"]
    assert isinstance(body["error"], str)
    return str(body["error"])


# --- ways in ----------------------------------------------------------------------------------------------------------


def test_json(client: httpx.Client) -> None:
    assert translated(client.post("/translate", json=ASKED)) == IN_ENGLISH


def test_form(client: httpx.Client) -> None:
    assert translated(client.post("/translate", data=ASKED)) == IN_ENGLISH


def test_multipart(client: httpx.Client) -> None:
    parts = {name: (None, value) for name, value in ASKED.items()}
    assert translated(client.post("/translate", files=parts)) == IN_ENGLISH


def test_query_string(client: httpx.Client) -> None:
    assert translated(client.post("/translate", params=ASKED)) == IN_ENGLISH
    assert translated(client.get("/translate", params=ASKED)) == IN_ENGLISH


def test_a_slash_at_the_end_is_no_redirect(client: httpx.Client) -> None:
    assert translated(client.post("/translate/", data=ASKED)) == IN_ENGLISH
    assert client.get("/languages/").status_code == 200


def test_nothing_more_than_was_asked_for(client: httpx.Client) -> None:
    assert client.post("/translate", json=ASKED).json() == {"translatedText": IN_ENGLISH}


def test_batch(client: httpx.Client) -> None:
    texts = [SENTENCE, "", "   ", "Hello.", "🇺🇦", "Вийти"]
    answer = client.post("/translate", json={**ASKED, "q": texts})
    assert translated(answer) == [IN_ENGLISH, "", "   ", "Hello.", "🇺🇦", "Sign out"]


def test_a_list_of_one_stays_a_list(client: httpx.Client) -> None:
    assert translated(client.post("/translate", json={**ASKED, "q": [SENTENCE]})) == [IN_ENGLISH]


def test_a_form_with_more_than_one_text(client: httpx.Client) -> None:
    assert translated(client.post("/translate", data={**ASKED, "q": [SENTENCE, "Вийти"]})) == [IN_ENGLISH, "Sign out"]


def test_lines_of_a_form_end_in_lf(client: httpx.Client) -> None:
    text = f"{SENTENCE}\r\n\r\n{SENTENCE}\r\n"
    expected = f"{IN_ENGLISH}\n\n{IN_ENGLISH}\n"
    assert translated(client.post("/translate", data={**ASKED, "q": text})) == expected


def test_html(client: httpx.Client) -> None:
    text = "<p>Уряд ухвалив бюджет.</p>\n<pre>Вийти</pre> 5 &lt; 6"
    answer = translated(client.post("/translate", json={**ASKED, "q": text, "format": "html"}))
    assert answer.startswith(f"<p>{IN_ENGLISH}</p>\n")
    assert answer.endswith("5 &lt; 6")


def test_text_that_looks_like_html_stays_text(client: httpx.Client) -> None:
    assert translated(client.post("/translate", json={**ASKED, "q": "5 < 6 && <b> &amp;"})) == "5 < 6 && <b> &amp;"


def test_auto(client: httpx.Client) -> None:
    answer = client.post("/translate", json={**ASKED, "source": "auto"}).json()
    assert answer == {
        "translatedText": IN_ENGLISH,
        "detectedLanguage": {"confidence": 100.0, "language": "uk"},
    }


def test_auto_of_a_batch(client: httpx.Client) -> None:
    answer = client.post("/translate", json={**ASKED, "q": [SENTENCE, "Hello, world.", "5"], "source": "auto"}).json()
    assert answer["translatedText"] == [IN_ENGLISH, "Hello, world.", "5"]
    assert answer["detectedLanguage"] == [
        {"confidence": 100.0, "language": "uk"},
        {"confidence": 100.0, "language": "en"},
        {"confidence": 0.0, "language": "und"},
    ]


@pytest.mark.parametrize(("source", "target"), [("UK", "EN"), ("uk-UA", "en-GB"), ("ukr", "eng"), ("Auto", "en_US")])
def test_codes_in_any_dress(client: httpx.Client, source: str, target: str) -> None:
    assert translated(client.post("/translate", json={**ASKED, "source": source, "target": target})) == IN_ENGLISH


def test_no_alternatives_unless_asked(client: httpx.Client) -> None:
    for none in (0, -1, None, "0", ""):
        assert "alternatives" not in client.post("/translate", json={**ASKED, "alternatives": none}).json()


def test_a_key_where_none_is_needed(client: httpx.Client) -> None:
    assert translated(client.post("/translate", json={**ASKED, "api_key": "whatever"})) == IN_ENGLISH
    assert translated(client.post("/translate", json={**ASKED, "api_key": None})) == IN_ENGLISH


class WordyEngine(ScriptedEngine):
    """An engine that words a text another way when its decoding is another."""

    def generate(self, requests: Sequence[Request], decoding: Decoding) -> list[Output]:
        outputs = super().generate(requests, decoding)
        if decoding.repetition_penalty == 1:
            return outputs
        adverb = "slowly" if decoding.repetition_penalty > 1.2 else "quickly"
        return [replace(output, text=output.text.replace("adopted", f"{adverb} adopted")) for output in outputs]


def test_alternatives(tmp_path: Path) -> None:
    engine = WordyEngine(english, kind="seq2seq")
    quickly, slowly = (f"The government {how} adopted the budget." for how in ("quickly", "slowly"))
    with wire_server(tmp_path, engine=engine) as server, httpx.Client(base_url=server.url) as client:
        answer = client.post("/translate", json={**ASKED, "alternatives": 1}).json()
        assert answer == {"translatedText": IN_ENGLISH, "alternatives": [quickly]}
        # The third variant reads like the second, and is not said twice.
        answer = client.post("/translate", data={**ASKED, "alternatives": "3"}).json()
        assert answer == {"translatedText": IN_ENGLISH, "alternatives": [quickly, slowly]}
        answer = client.post("/translate", json={**ASKED, "q": [SENTENCE, "Hello."], "alternatives": 2}).json()
        assert answer == {"translatedText": [IN_ENGLISH, "Hello."], "alternatives": [[quickly, slowly], []]}
        answer = client.post("/translate", json={**ASKED, "alternatives": 2, "format": "html"}).json()
        assert answer == {"translatedText": IN_ENGLISH, "alternatives": []}


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["q", "source", "target"])
@pytest.mark.parametrize("how", ["json", "data", "params"])
def test_a_field_is_missing(client: httpx.Client, name: str, how: str) -> None:
    fields = {key: value for key, value in ASKED.items() if key != name}
    missing = f"Invalid request: missing {name} parameter"
    assert refused(client.post("/translate", **{how: fields}), 400) == missing
    assert refused(client.post("/translate", **{how: {**fields, name: ""}}), 400) == missing


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"source": "zz"}, "zz is not supported"),
        ({"source": "ZZ"}, "zz is not supported"),
        ({"target": "zz"}, "zz is not supported"),
        ({"source": "zh-Hans"}, "zh is not supported"),
        ({"target": "pt-BR"}, "pb is not supported"),
        ({"target": "de"}, "de is not supported"),
        ({"source": "en", "target": "uk"}, "Ukrainian (uk) is not available as a target language from English (en)"),
        ({"source": "auto", "target": "uk"}, "Ukrainian (uk) is not available as a target language"),
        ({"format": "xml"}, "xml format is not supported"),
        ({"alternatives": "many"}, "Invalid request: alternatives parameter is not a number"),
        ({"alternatives": [1]}, "Invalid request: alternatives parameter is not a number"),
        ({"alternatives": 99}, "Invalid request: alternatives parameter must be <= 5"),
        ({"q": "я" * 501}, "Invalid request: request (501) exceeds text limit (500)"),
        ({"q": ["я", "я" * 501]}, "Invalid request: request (501) exceeds text limit (500)"),
        ({"q": ["я"] * 26}, "Invalid request: request (26) exceeds text limit (25)"),
        ({"q": 5}, "Invalid request: q parameter is not a string or a list of strings"),
        ({"q": ["а", 5]}, "Invalid request: q parameter is not a string or a list of strings"),
        ({"q": {"а": "б"}}, "Invalid request: q parameter is not a string or a list of strings"),
        ({"q": []}, "Invalid request: missing q parameter"),
        ({"source": 5}, "Invalid request: source parameter is not a string"),
        ({"format": ["text"]}, "Invalid request: format parameter is not a string"),
        ({"api_key": 5}, "Invalid request: api_key parameter is not a string"),
    ],
)
def test_refused(client: httpx.Client, server: WireServer, changed: dict[str, Any], text: str) -> None:
    asked = len(server.engine.calls)
    assert refused(client.post("/translate", json={**ASKED, **changed}), 400) == text
    assert len(server.engine.calls) == asked


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff\xfe", '{"q": "їжак"}'.encode("cp1251")])
def test_broken_json(client: httpx.Client, body: bytes) -> None:
    for path in ("/translate", "/detect"):
        refused(client.post(path, content=body, headers={"Content-Type": "application/json"}), 400)


def test_half_a_surrogate_pair(client: httpx.Client) -> None:
    body = json.dumps({**ASKED, "q": "\ud83d"})
    headers = {"Content-Type": "application/json"}
    assert "not a string" in refused(client.post("/translate", content=body, headers=headers), 400)


def test_five_megabytes(client: httpx.Client) -> None:
    answer = client.post("/translate", json={**ASKED, "q": "слово " * 900_000})
    assert answer.status_code in {400, 413}
    assert "error" in answer.json()


def test_wrong_method(client: httpx.Client) -> None:
    refused(client.put("/translate", json=ASKED), 405)


# --- languages and detection ------------------------------------------------------------------------------------------


def test_languages(client: httpx.Client) -> None:
    assert client.get("/languages").json() == [
        {"code": "en", "name": "English", "targets": []},
        {"code": "uk", "name": "Ukrainian", "targets": ["en"]},
    ]


@pytest.mark.parametrize("body", [b"", b"api_key=some%20key", b"\xff\xff"])
def test_languages_with_the_body_that_clients_send(client: httpx.Client, body: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert len(client.request("GET", "/languages", content=body, headers=headers).json()) == 2


@pytest.mark.parametrize("how", ["json", "data", "params"])
def test_detect(client: httpx.Client, how: str) -> None:
    found = client.post("/detect", **{how: {"q": "Слава Україні! The end."}}).json()
    assert [one["language"] for one in found] == ["uk", "en"]
    assert 60 < found[0]["confidence"] < 70  # 12 of 18 letters
    assert found[0]["confidence"] + found[1]["confidence"] == pytest.approx(100, abs=0.2)


def test_detect_in_a_list(client: httpx.Client) -> None:
    assert client.post("/detect", json={"q": [SENTENCE, SENTENCE]}).json() == [{"confidence": 100.0, "language": "uk"}]


def test_detect_without_letters(client: httpx.Client) -> None:
    assert client.post("/detect", json={"q": "123 🇺🇦"}).json() == [{"confidence": 0.0, "language": "und"}]


def test_detect_nothing(client: httpx.Client) -> None:
    assert refused(client.post("/detect", data={}), 400) == "Invalid request: missing q parameter"
    assert "not a string" in refused(client.post("/detect", json={"q": [1]}), 400)
    assert "exceeds text limit (500)" in refused(client.post("/detect", json={"q": "я" * 501}), 400)


# --- documents --------------------------------------------------------------------------------------------------------


def send_file(client: httpx.Client, name: str, data: bytes, **fields: str) -> httpx.Response:
    return client.post(
        "/translate_file",
        files={"file": (name, data)},
        data={"source": "uk", "target": "en", **fields},
        timeout=30,
    )


def fetched(client: httpx.Client, answer: httpx.Response) -> httpx.Response:
    assert answer.status_code == 200, answer.text
    assert list(answer.json()) == ["translatedFileUrl"]
    url = answer.json()["translatedFileUrl"]
    assert urlsplit(url).path.startswith("/download_file/")
    found = client.get(url)
    assert found.status_code == 200, found.text
    return found


@pytest.mark.parametrize(
    ("name", "document", "expected"),
    [
        ("новини.txt", f"{SENTENCE}\r\n\r\nHello.\r\n", f"{IN_ENGLISH}\r\n\r\nHello.\r\n"),
        ("news.md", f"# {SENTENCE}\n\n- **Вийти**\n", f"# {IN_ENGLISH}\n\n- **Sign out**\n"),
        ("NEWS.HTML", f'<html lang="uk"><p>{SENTENCE}</p></html>', f'<html lang="en"><p>{IN_ENGLISH}</p></html>'),
    ],
)
def test_a_document_comes_back_in_english(client: httpx.Client, name: str, document: str, expected: str) -> None:
    found = fetched(client, send_file(client, name, document.encode(), source="auto"))
    assert found.content.decode() == expected
    assert found.headers["content-disposition"].startswith("attachment; filename*=utf-8''")


def test_a_word_document(client: httpx.Client) -> None:
    written = docx.Document()
    written.add_paragraph(SENTENCE)
    data = io.BytesIO()
    written.save(data)
    found = docx.Document(io.BytesIO(fetched(client, send_file(client, "news.docx", data.getvalue())).content))
    assert [paragraph.text for paragraph in found.paragraphs] == [IN_ENGLISH]


@pytest.mark.parametrize("name", ["slides.pptx", "scan.pdf", "archive.zip", "news.xyz", "news"])
def test_a_document_of_another_format(client: httpx.Client, name: str) -> None:
    answer = send_file(client, name, SENTENCE.encode())
    assert refused(answer, 400) == "Invalid request: file format not supported"


def test_documents_that_are_refused(client: httpx.Client) -> None:
    empty = "Invalid request: empty file"
    assert refused(send_file(client, "a.txt", b""), 400) == empty
    assert refused(send_file(client, "a.txt", b"  \n "), 400) == empty
    assert "Ukrainian" in refused(send_file(client, "a.txt", b"Nothing but English."), 400)
    assert refused(send_file(client, "a.txt", b"\x00\x01\x02" * 50), 400)
    assert refused(send_file(client, "a.docx", b"no zip"), 400)
    assert refused(send_file(client, "a.txt", b"a", target="de"), 400) == "de is not supported"
    assert refused(send_file(client, "a.txt", b"a", source=""), 400) == "Invalid request: missing source parameter"
    answer = client.post("/translate_file", data={"source": "uk", "target": "en"})
    assert refused(answer, 400) == "Invalid request: missing file parameter"


@pytest.mark.parametrize("name", ["nothing.txt", "..%2f..%2fetc%2fpasswd", "0" * 64, "%00"])
def test_a_file_that_is_not_there(client: httpx.Client, name: str) -> None:
    refused(client.get(f"/download_file/{name}"), 404)


def test_the_address_holds_a_secret(client: httpx.Client) -> None:
    url = send_file(client, "новини.txt", SENTENCE.encode()).json()["translatedFileUrl"]
    secret, _, name = urlsplit(url).path.rpartition("/")[2].partition(".")
    assert len(secret) == 64
    assert name.endswith(".txt")


def test_nobody_waits_for_the_document_any_more(tmp_path: Path) -> None:
    release = threading.Event()

    def waits(request: Request) -> str:
        release.wait(30)
        return request.text

    with wire_server(tmp_path, script=waits) as server:
        jobs = server.context.jobs
        try:
            with pytest.raises(httpx.ReadTimeout):
                httpx.post(
                    f"{server.url}/translate_file",
                    files={"file": ("a.txt", SENTENCE.encode())},
                    data={"source": "uk", "target": "en"},
                    timeout=1,
                )
            end = time.monotonic() + 20
            while [job.state for job in jobs.of_caller(ANONYMOUS)] != ["cancelled"]:
                assert time.monotonic() < end, jobs.of_caller(ANONYMOUS)
                time.sleep(0.05)
        finally:
            release.set()


def test_a_model_that_fails(tmp_path: Path) -> None:
    def fails(request: Request) -> EngineError:
        return EngineError(f"cannot do {len(request.text)} characters", where="the scripted engine")

    with wire_server(tmp_path, script=fails) as server, httpx.Client(base_url=server.url, timeout=30) as client:
        for answer in (client.post("/translate", json=ASKED), send_file(client, "a.txt", SENTENCE.encode())):
            body = answer.json()
            assert list(body) == ["error"]
            # Where an answer has begun with white space its status was sent already.
            assert answer.status_code == 503 or answer.text.startswith(" ")


# --- the rest ---------------------------------------------------------------------------------------------------------


def test_suggestions_are_off(client: httpx.Client) -> None:
    answer = client.post("/suggest", data={"q": SENTENCE, "s": "x", "source": "uk", "target": "en"})
    assert refused(answer, 403) == "Suggestions are disabled on this server."


def test_frontend_settings(client: httpx.Client) -> None:
    assert client.get("/frontend/settings").json() == {
        "charLimit": 500,
        "frontendTimeout": 500,
        "apiKeys": False,
        "keyRequired": False,
        "suggestions": False,
        "filesTranslation": True,
        "supportedFilesFormat": list(EXTENSIONS),
        "language": {
            "source": {"code": "uk", "name": "Ukrainian"},
            "target": {"code": "en", "name": "English"},
        },
    }


def test_health(client: httpx.Client) -> None:
    assert client.get("/health").json() == {"status": "ok"}


def test_spec(client: httpx.Client) -> None:
    spec = client.get("/spec").json()
    assert set(spec["paths"]) == {
        *("/translate", "/detect", "/languages", "/translate_file", "/suggest", "/frontend/settings", "/health")
    }
    assert set(spec["paths"]["/translate"]["post"]["requestBody"]["content"]) == {
        *("application/json", "application/x-www-form-urlencoded", "multipart/form-data")
    }


def test_pages_of_any_origin_may_ask(client: httpx.Client) -> None:
    origin = {"Origin": "https://news.example"}
    assert client.post("/translate", json=ASKED, headers=origin).headers["access-control-allow-origin"] == "*"
    assert client.post("/translate", json={}, headers=origin).headers["access-control-allow-origin"] == "*"
    asks = {**origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    assert client.options("/translate", headers=asks).headers["access-control-allow-origin"] == "*"


def test_behind_a_proxy_that_takes_its_path_off_the_address_of_a_document_has_it(tmp_path: Path) -> None:
    with wire_server(tmp_path, url_prefix="/mt") as server:
        form = {"source": "uk", "target": "en"}
        file = {"file": ("a.txt", SENTENCE.encode())}
        sent = httpx.post(f"{server.url}/translate_file", files=file, data=form, timeout=60)
        address = sent.json()["translatedFileUrl"]
        assert address.startswith(f"{server.url}/mt/download_file/")
        assert httpx.get(address.replace("/mt/", "/", 1), timeout=60).text == IN_ENGLISH
        assert httpx.get(f"{server.url}/healthz", timeout=60).status_code == 200

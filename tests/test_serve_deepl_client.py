"""The released `deepl` client and Weblate's calls against a running server: no network, an empty home."""

from __future__ import annotations

import html
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import deepl
import docx
import httpx
import pytest
from fastapi import FastAPI

from vistka.models.engine import Request
from vistka.serve.key_store import KeyStore
from vistka.tests.scripted_engine import ScriptedEngine
from vistka.tests.serve_app import romanising_engine, running, scripted_app, scripted_pipeline
from vistka.text.romanisation import romanise

PREFIXES = ("", "/deepl/")


@pytest.fixture(autouse=True)
def empty_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "DEEPL_AUTH_KEY", "DEEPL_SERVER_URL"):
        monkeypatch.delenv(name, raising=False)
    return home


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(scripted_app(tmp_path_factory.mktemp("deepl"))) as url:
        # The dictionaries are loaded by the first text.
        httpx.post(f"{url}/v2/translate", json={"text": ["Перше слово."], "target_lang": "EN"}, timeout=60)
        yield url


@pytest.fixture(params=PREFIXES, ids=["root", "prefix"])
def client(server: str, request: pytest.FixtureRequest) -> deepl.DeepLClient:
    return deepl.DeepLClient("any-key", server_url=server + request.param)


# --- the client ----------------------------------------------------------------------------------------------------


def test_one_text_and_several(client: deepl.DeepLClient) -> None:
    one = client.translate_text("Привіт, світе!", target_lang="EN-GB")
    assert (one.text, one.detected_source_lang, one.billed_characters) == ("Pryvit, svite!", "UK", 14)
    several = client.translate_text(["Київ", "London calling", "Львів"], target_lang="EN-US", source_lang="UK")
    assert [result.text for result in several] == ["Kyiv", "London calling", "Lviv"]


def test_every_parameter_of_the_client_is_taken(client: deepl.DeepLClient) -> None:
    result = client.translate_text(
        "Натисніть <b>тут</b> і <x>не тут</x>",
        source_lang="UK",
        target_lang="EN-GB",
        context="Кнопка на сайті.",
        split_sentences=deepl.SplitSentences.NO_NEWLINES,
        preserve_formatting=True,
        formality=deepl.Formality.PREFER_LESS,
        tag_handling="xml",
        tag_handling_version="v2",
        outline_detection=False,
        non_splitting_tags="b,i",
        splitting_tags=["p", "li"],
        ignore_tags="x",
        model_type=deepl.ModelType.PREFER_QUALITY_OPTIMIZED,
        style_rule="some-style",
        translation_memory="some-memory",
        translation_memory_threshold=80,
        custom_instructions=["Be brief."],
        extra_body_parameters={"something": "new"},
    )
    assert result.text == "Natysnit <b>tut</b> i <x>не тут</x>"


def test_the_older_translator_works_too(server: str) -> None:
    assert deepl.Translator("any-key", server_url=server).translate_text("Київ", target_lang="EN-US").text == "Kyiv"


def test_languages_and_usage(client: deepl.DeepLClient) -> None:
    assert [(one.code, one.name) for one in client.get_source_languages()] == [("UK", "Ukrainian")]
    targets = client.get_target_languages()
    assert [(one.code, one.supports_formality) for one in targets] == [("EN-GB", False), ("EN-US", False)]
    before = client.get_usage()
    client.translate_text("Київ", target_lang="EN-GB")
    after = client.get_usage()
    assert after.character.valid
    assert not after.any_limit_reached
    assert after.character.count == before.character.count + 4


def test_a_glossary_is_made_listed_used_and_deleted(client: deepl.DeepLClient) -> None:
    assert [(one.source_lang, one.target_lang) for one in client.get_glossary_languages()] == [("uk", "en")]
    terms = {"млинець": "crepe", "сирник": "cheese pancake"}
    made = client.create_glossary("Kitchen", "UK", "EN-GB", terms)
    assert (made.name, made.ready, made.source_lang, made.target_lang, made.entry_count) == (
        "Kitchen",
        True,
        "UK",
        "EN",
        2,
    )
    assert abs(made.creation_time.timestamp() - time.time()) < 60
    assert client.get_glossary_entries(made) == terms
    assert client.get_glossary(made.glossary_id).creation_time == made.creation_time
    assert made.glossary_id in [one.glossary_id for one in client.list_glossaries()]
    with_it = client.translate_text("Це млинець.", source_lang="UK", target_lang="EN-GB", glossary=made)
    assert with_it.text == "Tse crepe."
    assert client.translate_text("Це млинець.", source_lang="UK", target_lang="EN-GB").text != with_it.text
    both = client.translate_text("Це млинець.", source_lang="UK", target_lang="EN-GB", glossary_ids=[made])
    assert both.text == with_it.text
    client.delete_glossary(made)
    for ask in (client.get_glossary, client.get_glossary_entries, client.delete_glossary):
        with pytest.raises(deepl.GlossaryNotFoundException):
            ask(made.glossary_id)
    with pytest.raises(deepl.DeepLException, match="no such glossary"):
        client.translate_text("Так", source_lang="UK", target_lang="EN-GB", glossary=made.glossary_id)


def test_a_glossary_comes_from_csv(client: deepl.DeepLClient) -> None:
    made = client.create_glossary_from_csv("CSV", "UK", "EN", 'млинець,crepe,uk,en\n"сирник","syrnyk",uk,en\n')
    assert client.get_glossary_entries(made) == {"млинець": "crepe", "сирник": "syrnyk"}


@pytest.mark.parametrize(
    ("name", "source", "english"),
    [
        ("news.txt", "Привіт, світе.\n\nДругий абзац.\n", "Pryvit, svite.\n\nDruhyi abzats.\n"),
        ("news.html", "<p>Привіт, <b>світе</b>.</p>\n", "<p>Pryvit, <b>svite</b>.</p>\n"),
        ("news.md", "# Назва\n\nПривіт, **світе**.\n", "# Nazva\n\nPryvit, **svite**.\n"),
    ],
)
def test_a_document_goes_there_and_back(
    client: deepl.DeepLClient, tmp_path: Path, name: str, source: str, english: str
) -> None:
    there, back = tmp_path / name, tmp_path / f"english-{name}"
    there.write_text(source, encoding="utf-8")
    status = client.translate_document_from_filepath(there, back, target_lang="EN-GB", source_lang="UK")
    assert status.done
    assert status.billed_characters
    assert back.read_text(encoding="utf-8") == english


def test_a_word_document_goes_there_and_back(client: deepl.DeepLClient, tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Привіт, ")
    paragraph.add_run("світе").bold = True
    document.add_table(1, 1).cell(0, 0).text = "Київ"
    document.save(str(tmp_path / "news.docx"))
    client.translate_document_from_filepath(tmp_path / "news.docx", tmp_path / "en.docx", target_lang="EN-GB")
    english = docx.Document(str(tmp_path / "en.docx"))
    assert [paragraph.text for paragraph in english.paragraphs] == ["Pryvit, svite"]
    assert [run.text for run in english.paragraphs[0].runs if run.bold] == ["svite"]
    assert english.tables[0].cell(0, 0).text == "Kyiv"


def test_a_document_uses_glossaries(client: deepl.DeepLClient, tmp_path: Path) -> None:
    made = client.create_glossary("Kitchen", "UK", "EN", {"млинець": "crepe"})
    for chosen in ({"glossary": made}, {"glossary_ids": [made]}):
        with (tmp_path / "out").open("wb") as out:
            client.translate_document(
                "Це млинець.".encode(), out, filename="a.txt", source_lang="UK", target_lang="EN-GB", **chosen
            )
        assert (tmp_path / "out").read_text() == "Tse crepe."


def test_faults_are_the_clients_own_exceptions(client: deepl.DeepLClient, tmp_path: Path) -> None:
    def refused(message: str, ask: Callable[[], Any]) -> None:
        with pytest.raises(deepl.DeepLException, match=message) as caught:
            ask()
        assert type(caught.value) in (deepl.DeepLException, deepl.DocumentTranslationException)

    refused("Bad request.*target_lang", lambda: client.translate_text("Так", target_lang="DE"))
    refused("Bad request.*source_lang", lambda: client.translate_text("Так", target_lang="EN-GB", source_lang="ZZ"))
    refused("Bad request.*formality", lambda: client.translate_text("Так", target_lang="EN-GB", formality="more"))
    refused("Tag handling", lambda: client.translate_text("<b>Так", target_lang="EN-GB", tag_handling="xml"))
    refused("413", lambda: client.translate_text("я" * 60_000, target_lang="EN-GB"))
    refused("Not found", lambda: client.rephrase_text("Yes", target_lang="EN-GB"))
    refused("target_lang", lambda: client.create_glossary("x", "UK", "DE", {"так": "ja"}))
    with (tmp_path / "out").open("wb") as out:
        refused(
            "Bad request.*xlsx",
            lambda: client.translate_document(b"PK", out, filename="a.xlsx", target_lang="EN-GB"),
        )


def test_the_command_line_of_the_client(server: str, empty_home: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "deepl", "text", "--to", "EN-GB", "Привіт, світе!"],
        env={**os.environ, "DEEPL_AUTH_KEY": "any", "DEEPL_SERVER_URL": server, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (run.stdout.strip(), run.returncode) == ("Pryvit, svite!", 0), run.stderr


# --- keys ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def keyed(tmp_path: Path) -> Iterator[tuple[str, KeyStore]]:
    app = scripted_app(tmp_path, keys_required=True)
    store = KeyStore(tmp_path / "data" / "keys.sqlite")
    with running(app) as url:
        yield url, store
    store.close()


def test_a_bad_key_is_an_authorization_exception(keyed: tuple[str, KeyStore]) -> None:
    url, store = keyed
    _, good = store.add("good")
    _, narrow = store.add("narrow", scopes=["translate"])
    assert deepl.DeepLClient(good, server_url=url).translate_text("Київ", target_lang="EN-GB").text == "Kyiv"
    bad = deepl.DeepLClient("no-such-key", server_url=url)
    for ask in (
        lambda: bad.translate_text("Київ", target_lang="EN-GB"),
        bad.get_usage,
        bad.get_source_languages,
        bad.get_target_languages,
        bad.get_glossary_languages,
        bad.list_glossaries,
        lambda: bad.delete_glossary("x"),
        lambda: bad.translate_document_upload("Так", filename="a.txt", target_lang="EN-GB"),
        lambda: bad.translate_document_get_status(deepl.DocumentHandle("x", "y")),
        lambda: deepl.DeepLClient(narrow, server_url=url).list_glossaries(),
    ):
        with pytest.raises(deepl.AuthorizationException):
            ask()
    assert httpx.get(f"{url}/v2/usage").status_code == 403
    assert list(httpx.get(f"{url}/v2/usage").json()) == ["message"]


def test_over_quota_is_a_quota_exception(keyed: tuple[str, KeyStore]) -> None:
    url, store = keyed
    client = deepl.DeepLClient(store.add("small", characters_a_month=10)[1], server_url=url)
    client.translate_text("Вісім зн", target_lang="EN-GB")
    for ask in (
        lambda: client.translate_text("Київ", target_lang="EN-GB"),
        lambda: client.translate_document_upload("Київ", filename="a.txt", target_lang="EN-GB"),
    ):
        with pytest.raises(deepl.QuotaExceededException):
            ask()
    usage = client.get_usage()
    assert (usage.character.count, usage.character.limit) == (8, 10)


def test_too_many_requests_are_named_so(keyed: tuple[str, KeyStore], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deepl.http_client, "max_network_retries", 0)
    url, store = keyed
    client = deepl.DeepLClient(store.add("slow", requests_a_minute=1)[1], server_url=url)
    client.translate_text("Київ", target_lang="EN-GB")
    with pytest.raises(deepl.TooManyRequestsException):
        client.translate_text("Львів", target_lang="EN-GB")


def test_glossaries_and_documents_are_their_makers_alone(keyed: tuple[str, KeyStore]) -> None:
    url, store = keyed
    anna = deepl.DeepLClient(store.add("Anna")[1], server_url=url)
    bohdan = deepl.DeepLClient(store.add("Bohdan")[1], server_url=url)
    made = anna.create_glossary("Kitchen", "UK", "EN", {"млинець": "crepe"})
    handle = anna.translate_document_upload("Київ", filename="a.txt", target_lang="EN-GB")
    assert bohdan.list_glossaries() == []
    with pytest.raises(deepl.GlossaryNotFoundException):
        bohdan.get_glossary(made.glossary_id)
    with pytest.raises(deepl.DeepLException, match="Not found"):
        bohdan.translate_document_get_status(handle)
    assert anna.translate_document_wait_until_done(handle).done


# --- Weblate ---------------------------------------------------------------------------------------------------------


class Weblate:
    """The calls that Weblate's DeepL back end makes, with its headers and its time limit."""

    def __init__(self, url: str) -> None:
        self._url = url

    def call(self, method: str, path: str, **request: Any) -> httpx.Response:
        headers = {"Authorization": "DeepL-Auth-Key any", "User-Agent": "Weblate/5.14.3"}
        answer = httpx.request(method, self._url + path, timeout=5.0, headers=headers, **request)
        answer.raise_for_status()
        return answer

    def translate(self, texts: list[str], **more: Any) -> list[str]:
        body = {"text": texts, "source_lang": "UK", "target_lang": "EN", "formality": "default"}
        body |= {"tag_handling": "xml", "ignore_tags": ["x"], **more}
        found = self.call("POST", "translate", json=body).json()["translations"]
        return [found[index]["text"] for index in range(len(texts))]


@pytest.fixture(params=["/v2/", "/deepl/v2/"])
def weblate(server: str, request: pytest.FixtureRequest) -> Weblate:
    return Weblate(server + request.param)


def test_weblate_reads_the_languages(weblate: Weblate) -> None:
    sources = {one["language"] for one in weblate.call("GET", "languages", params={"type": "source"}).json()}
    targets = weblate.call("GET", "languages", params={"type": "target"}).json()
    assert sources == {"UK"}
    assert [one["language"] for one in targets if not one.get("supports_formality")] == ["EN-GB", "EN-US"]


def test_weblate_gets_twenty_strings_in_five_seconds(weblate: Weblate) -> None:
    strings = [f"Збережено {number} файлів у теці «Новини»." for number in range(20)]
    english = weblate.translate([html.escape(one) for one in strings])
    assert [html.unescape(one) for one in english] == [f"Zberezheno {n} failiv u tetsi “Novyny”." for n in range(20)]


def test_the_placeholders_of_weblate_come_back_exactly(weblate: Weblate) -> None:
    texts = [
        'Привіт, <x id="8"></x>!',
        '<x id="0"></x> із <x id="7"></x> файлів',
        'Натисніть &quot;<x id="11"></x>&quot; &amp; чекайте &lt;хвилину&gt;',
        '<x id="0"></x>',
        '<x id="0"></x><x id="2"></x> слово<x id="9"></x>',
        "Без заповнювачів, з апострофом: ім&#x27;я",
    ]
    english = weblate.translate(texts)
    for text, found in zip(texts, english, strict=True):
        assert [part for part in found.split("<") if part.startswith("x id")] or "<x" not in text
        for placeholder in ('<x id="0"></x>', '<x id="2"></x>', '<x id="7"></x>', '<x id="8"></x>', '<x id="9"></x>'):
            assert found.count(placeholder) == text.count(placeholder)
    assert english[0] == 'Pryvit, <x id="8"></x>!'
    assert english[3] == texts[3]
    assert html.unescape(english[2]) == 'Natysnit "<x id="11"></x>" & chekaite <khvylynu>'


def test_a_model_that_eats_placeholders_does_not_lose_weblate_any(tmp_path: Path) -> None:
    def careless(request: Request) -> str:
        return romanise(request.text.split("<", maxsplit=1)[0]) or "Word"

    app = scripted_app(tmp_path, engine=ScriptedEngine(careless, kind="seq2seq"))
    with running(app) as url:
        [english] = Weblate(f"{url}/v2/").translate(['Привіт, <x id="8"></x>, друже <x id="19"></x>!'])
    assert english == 'Pryvit, <x id="8"></x>, druzhe <x id="19"></x>!'


def test_the_glossary_cycle_of_weblate(weblate: Weblate) -> None:
    pairs = weblate.call("GET", "glossary-language-pairs").json()["supported_languages"]
    assert {(one["source_lang"].upper(), one["target_lang"].upper()) for one in pairs} == {("UK", "EN")}
    name = "weblate:1:uk:en:0123456789abcdef"
    body = {"name": name, "source_lang": "UK", "target_lang": "EN", "entries": "млинець\tcrepe\nсирник\tsyrnyk"}
    weblate.call("POST", "glossaries", json=body | {"entries_format": "tsv"})
    known = {one["name"]: one["glossary_id"] for one in weblate.call("GET", "glossaries").json()["glossaries"]}
    assert weblate.translate(["Це млинець."], glossary_id=known[name]) == ["Tse crepe."]
    weblate.call("DELETE", f"glossaries/{known[name]}")
    with pytest.raises(httpx.HTTPStatusError) as caught:
        weblate.call("DELETE", f"glossaries/{known[name]}")
    assert caught.value.response.status_code in {400, 404}


def test_weblate_can_be_saved_where_the_probe_is_echoed(tmp_path: Path) -> None:
    probe = {"source_lang": "EN", "target_lang": "DE"}
    with running(scripted_app(tmp_path, echo_probe=True)) as url:
        assert Weblate(f"{url}/v2/").translate(["test"], **probe) == ["test"]
        with pytest.raises(httpx.HTTPStatusError):
            Weblate(f"{url}/v2/").translate(["more than that"], **probe)


# --- slow answers ----------------------------------------------------------------------------------------------------


class SlowEngine(ScriptedEngine):
    """Takes its time, and counts how often it was asked."""

    seconds = 0.0

    def generate(self, requests: Any, decoding: Any) -> Any:
        time.sleep(self.seconds)
        return super().generate(requests, decoding)


def slow_app(tmp_path: Path, seconds: float, **settings: Any) -> tuple[FastAPI, SlowEngine]:
    engine = SlowEngine(lambda request: romanise(request.text), kind="seq2seq")
    engine.seconds = seconds
    return scripted_app(tmp_path, engine=engine, **settings), engine


def test_a_client_that_would_give_up_is_kept_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The client waits 10 s for a byte; here 1 s, and the answer takes 3 s.
    monkeypatch.setattr(deepl.http_client, "min_connection_timeout", 1.0)
    app, engine = slow_app(tmp_path, 3.0, heartbeat_after_s=0.3, heartbeat_every_s=0.4)
    with running(app) as url:
        result = deepl.DeepLClient("any", server_url=url).translate_text("Київ вистояв", target_lang="EN-GB")
        assert result.text == "Kyiv vystoiav"
        assert len(engine.calls) == 1


def test_identical_requests_are_one_run_and_one_bill(tmp_path: Path) -> None:
    app, engine = slow_app(tmp_path, 1.0)
    with running(app) as url:
        texts: list[str] = []

        def ask() -> None:
            client = deepl.DeepLClient("any", server_url=url)
            texts.append(client.translate_text("Київ вистояв", target_lang="EN-GB").text)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert texts == ["Kyiv vystoiav"] * 4
        assert len(engine.calls) == 1
        assert deepl.DeepLClient("any", server_url=url).get_usage().character.count == len("Київ вистояв")


def test_a_request_during_warm_up_is_held(tmp_path: Path) -> None:
    def load(options: Any) -> Any:
        time.sleep(1.5)
        return scripted_pipeline(romanising_engine(), options)

    with running(scripted_app(tmp_path, load=load, heartbeat_after_s=0.2, heartbeat_every_s=0.2)) as url:
        assert deepl.DeepLClient("any", server_url=url).translate_text("Київ", target_lang="EN-GB").text == "Kyiv"


def test_an_error_after_the_answer_has_begun_is_no_empty_result(tmp_path: Path) -> None:
    app, engine = slow_app(tmp_path, 1.0, heartbeat_after_s=0.2, heartbeat_every_s=0.2)
    engine.failures = 9
    with running(app) as url:
        client = deepl.DeepLClient("any", server_url=url)
        with pytest.raises(deepl.ConnectionException):
            client.translate_text(["Київ вистояв", "Львів чекає"], target_lang="EN-GB")
        assert client.get_usage().character.count == 0

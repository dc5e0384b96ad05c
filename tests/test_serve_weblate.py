"""Weblate's LibreTranslate and Apertium back ends, call by call, as Weblate 5.14.3 makes them.

It replaces placeholders of a text by `[X12X]` (12 = where it stands) and puts them back by a search for exactly that.
After 401, 403, 429, 456 or 503 it leaves a back end alone for half an hour.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from vistka.models.engine import Request
from vistka.tests.scripted_engine import ScriptedEngine
from vistka.tests.serve_app import scripted_pipeline
from vistka.tests.wire_server import ENGLISH, WireServer, english, wire_server

HEADERS = {
    "Referer": "https://weblate.example/",
    "Accept": "application/json; charset=utf-8",
    "User-Agent": "Weblate/5.14.3",
}
TIMEOUT_S = 20
SWITCHED_OFF = {401, 403, 429, 456, 503}

STRINGS = [
    *ENGLISH,
    "Привіт, [X8X]!",
    "[X0X] нових повідомлень",
    "Файл [X5X] не знайдено в [X23X].",
    "Збережено [X10X]",
    "[X0X][X5X]",
    "Натисніть [X10X]тут[X14X], щоб продовжити.",
    "Залишилося [X11X] із [X18X] днів",
    "Рядок 1\nРядок 2\n",
    "  відступ  ",
    "Копіювати",
    "Вставити",
    "Так",
    "Ні",
    "Помилка [X8X]: [X15X]",
    "OK",
    "Сторінка [X9X] з [X16X]",
]


def loses_placeholders(request: Request) -> str:
    """A model that spoils what it does not understand."""
    return re.sub(r"\[X(\d+)X\]", r"[x \1 x]", str(english(request)))


@pytest.fixture(scope="module", params=[english, loses_placeholders], ids=["careful", "careless"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WireServer]:
    with wire_server(tmp_path_factory.mktemp("weblate"), script=request.param) as running:
        yield running


@pytest.fixture(scope="module")
def probed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WireServer]:
    with wire_server(tmp_path_factory.mktemp("weblate-probe"), echo_probe=True, prefix="/mt") as running:
        yield running


def get(url: str, **params: str) -> requests.Response:
    return requests.get(url, headers=HEADERS, timeout=TIMEOUT_S, params=params or None)


def libretranslate(url: str, texts: list[str], source: str = "uk", target: str = "en", key: str = "") -> Any:
    """One call of `download_multiple_translations`."""
    body = {"api_key": key, "q": texts, "source": source, "target": target}
    return requests.post(f"{url}/translate", headers=HEADERS, timeout=TIMEOUT_S, json=body)


def placeholders(text: str) -> list[str]:
    return re.findall(r"\[X\d+X\]", text)


# --- LibreTranslate ---------------------------------------------------------------------------------------------------


def test_languages(server: WireServer) -> None:
    answer = get(f"{server.url}/languages")
    assert answer.status_code == 200
    assert {one["code"] for one in answer.json()} == {"uk", "en"}


def test_twenty_strings(server: WireServer) -> None:
    assert len(STRINGS) == 20
    answer = libretranslate(server.url, STRINGS)
    assert answer.status_code == 200
    found = answer.json()["translatedText"]
    assert len(found) == 20
    assert found[: len(ENGLISH)] == list(ENGLISH.values())
    for source, target in zip(STRINGS, found, strict=True):
        assert sorted(placeholders(target)) == sorted(placeholders(source))
        assert not re.search("[а-яіїєґ]", target.lower())
    assert answer.elapsed.total_seconds() < 5


def test_white_space_stays(server: WireServer) -> None:
    found = libretranslate(server.url, ["Рядок 1\nРядок 2\n", "  Вийти  "]).json()["translatedText"]
    assert found[0].count("\n") == 2
    assert found[0].endswith("2\n")
    assert found[1] == "  Sign out  "


def test_the_other_direction_is_asked_for_too(server: WireServer) -> None:
    answer = libretranslate(server.url, ["Save"], "en", "uk")
    assert answer.status_code == 400
    assert answer.status_code not in SWITCHED_OFF
    assert answer.json() == {"error": "Ukrainian (uk) is not available as a target language from English (en)"}


def test_saving_probes_a_pair_that_is_not_there(server: WireServer) -> None:
    answer = libretranslate(server.url, ["test"], "en", "de")
    assert (answer.status_code, answer.json()) == (400, {"error": "de is not supported"})


def test_saving_with_the_echo(probed: WireServer) -> None:
    assert get(f"{probed.url}/languages").status_code == 200
    answer = libretranslate(probed.url, ["test"], "en", "de")
    assert (answer.status_code, answer.json()) == (200, {"translatedText": ["test"]})
    assert libretranslate(probed.url, ["Вийти"]).json() == {"translatedText": ["Sign out"]}


@pytest.mark.parametrize(
    ("texts", "source", "target"),
    [(["test", "test"], "en", "de"), (["Test"], "en", "de"), (["test"], "en", "fr"), (["test"], "uk", "de")],
)
def test_the_echo_is_for_the_probe_alone(probed: WireServer, texts: list[str], source: str, target: str) -> None:
    assert libretranslate(probed.url, texts, source, target).status_code == 400


def test_a_model_that_loads_is_waited_for(tmp_path: Path) -> None:
    def slow_load(options: Any) -> Any:
        time.sleep(3)
        return scripted_pipeline(ScriptedEngine(english, kind="seq2seq"), options)

    with wire_server(tmp_path, load=slow_load) as server:
        assert get(f"{server.url}/readyz").status_code == 503
        assert get(f"{server.url}/languages").status_code == 200
        answer = libretranslate(server.url, ["Вийти"])
        assert (answer.status_code, answer.json()) == (200, {"translatedText": ["Sign out"]})


def test_keys(tmp_path: Path) -> None:
    with wire_server(tmp_path, keys_required=True) as server:
        answer = libretranslate(server.url, ["Вийти"], key=server.key("Weblate"))
        assert answer.json() == {"translatedText": ["Sign out"]}
        # Without a key it is told so, and is not switched off.
        assert libretranslate(server.url, ["Вийти"]).status_code == 400


# --- Apertium ---------------------------------------------------------------------------------------------------------


def apertium(url: str, source: str, target: str, text: str) -> Any:
    """One call of `download_translations`, after what Weblate makes of the answer first."""
    answer = get(f"{url}/translate", langpair=f"{source}|{target}", q=text, markUnknown="no")
    body = answer.json()
    status = body.get("responseStatus", body.get("code"))
    if status and status != 200:
        return status, body.get("responseDetails", body.get("message"))
    answer.raise_for_status()
    return body["responseData"]["translatedText"]


def pairs(url: str) -> list[tuple[str, str]]:
    found = get(f"{url}/listPairs").json()
    return [(item["sourceLanguage"], item["targetLanguage"]) for item in found["responseData"]]


def test_saving_an_apertium_server(server: WireServer) -> None:
    source, target = pairs(server.url)[0]
    assert (source, target) == ("ukr", "eng")
    assert apertium(server.url, source, target, "test") == "test"


def test_apertium_strings(server: WireServer) -> None:
    assert apertium(server.url, "ukr", "eng", "Вийти") == "Sign out"
    for text in STRINGS:
        assert sorted(placeholders(apertium(server.url, "ukr", "eng", text))) == sorted(placeholders(text))


def test_apertium_refuses_by_its_own_code(server: WireServer) -> None:
    assert apertium(server.url, "eng", "ukr", "test") == (400, "Bad Request")


def test_apertium_with_a_key_in_the_address(tmp_path: Path) -> None:
    with wire_server(tmp_path, keys_required=True) as server:
        url = server.url.replace("//", f"//weblate:{server.key('Weblate')}@")
        assert apertium(url, "ukr", "eng", "Вийти") == "Sign out"
        assert apertium(server.url, "ukr", "eng", "Вийти")[0] == 403

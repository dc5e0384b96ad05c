"""The editor's desk in real Chromium, on the whole service with a scripted engine.

Without the browser these tests say so and are skipped; with CI=true they fail instead.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from vistka.memory.store import Memory
from vistka.serve.key_store import KeyStore
from vistka.tests.desk_news import ADDRESS, CORRECTED, GOOD, NEWS, TITLE, Newsroom
from vistka.tests.serve_app import running, scripted_app

CHROMIUM = Path(os.environ.get("VISTKA_CHROMIUM", "/usr/bin/chromium"))
IN_CI = os.environ.get("CI", "").lower() == "true"
WAIT_MS = 90_000
"""Long enough for a machine that has much else to do."""
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

pytestmark = pytest.mark.filterwarnings("ignore:unclosed.*:ResourceWarning")


def _lacking() -> str:
    if not CHROMIUM.exists():
        return f"{CHROMIUM} is not there: `apt-get install chromium`, or name another with VISTKA_CHROMIUM"
    try:
        import playwright.sync_api  # noqa: F401 - only whether it is there
    except ImportError:
        return "Playwright is not there: `pip install 'vistka[dev]'`"
    return ""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if lacking := _lacking():
        if IN_CI:
            pytest.fail(f"the desk cannot be tested: {lacking}")
        pytest.skip(f"the desk is not tested in a browser: {lacking}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Chromium's own sandbox needs rights that containers do not give; what it opens here is our own page.
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


class Desk:
    """An open desk, and what its page did.

    Attributes:
        page: the page.
        base: address of the service.
        app: the service.
        complaints: what the browser had to say: errors, breaches of the policy.
        addresses: every address that the page asked for.
    """

    def __init__(self, page: Any, base: str, app: Any) -> None:
        self.page, self.base, self.app = page, base, app
        self.complaints: list[str] = []
        self.addresses: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.addresses.append(request.url))
        page.set_default_timeout(WAIT_MS)

    def _said(self, message: Any) -> None:
        # Browsers call every answer of 400 and above an error; "not ready yet" is one that the desk asks for.
        if message.type in ("error", "warning") and not message.location["url"].endswith("/readyz"):
            self.complaints.append(message.text)

    def translate(self, text: str = NEWS) -> None:
        """Put a text in and wait for both results."""
        self.page.fill("#source-box", text)
        self.page.keyboard.press("Control+Enter")
        self.page.wait_for_selector("ol.block")
        self.page.wait_for_selector(".verdict")

    def until(self, expression: str) -> None:
        """Wait until a JavaScript expression holds; Playwright's own way needs `eval`, which the policy forbids."""
        end = time.monotonic() + WAIT_MS / 1000
        while not self.page.evaluate(expression):
            assert time.monotonic() < end, f"never came true: {expression}"
            time.sleep(0.05)

    def pair(self, text: str) -> Any:
        """The row of the sentence that holds `text`."""
        return self.page.locator(".pair", has_text=text)


Opener = Callable[..., Desk]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, str]]:
    """One service for all tests that change nothing in it: a service and its lexicon take a while to start."""
    app = scripted_app(tmp_path_factory.mktemp("service"), engine=Newsroom().engine())
    with running(app) as base:
        yield app, base


@pytest.fixture
def open_desk(browser: Any, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    """Opens a desk in a fresh browser profile, on the common service or on one of its own."""
    with contextlib.ExitStack() as stack:

        def opened(
            newsroom: Newsroom | None = None,
            *,
            own: bool = False,
            ready: bool = True,
            context: dict[str, Any] | None = None,
            **settings: Any,
        ) -> Desk:
            if own or newsroom or settings:
                app = scripted_app(tmp_path, engine=(newsroom or Newsroom()).engine(), **settings)
                base = stack.enter_context(running(app))
            else:
                app, base = request.getfixturevalue("service")
            given = {"locale": "en-GB", "reduced_motion": "reduce", "viewport": {"width": 1280, "height": 860}}
            its = browser.new_context(**given | (context or {}))
            stack.callback(its.close)
            desk = Desk(its.new_page(), base, app)
            desk.page.goto(base + "/")
            if ready:
                desk.page.wait_for_selector(".model.ready .model-name")
            return desk

        yield opened


# --- from a text to a draft and a blurb -------------------------------------------------------------------------------


def test_a_text_comes_out_sentence_against_sentence_with_its_doubts_and_its_blurb(open_desk: Opener) -> None:
    desk = open_desk()
    desk.translate()
    for source, english in GOOD.items():
        row = desk.pair(source)
        assert row.locator(".source").inner_text().startswith(source[:20])
        assert row.locator(".english p").first.inner_text() == english
    wrong = desk.pair("Станція потужністю")
    assert "error" in wrong.get_attribute("class")
    assert "A unit or currency changed." in wrong.inner_text()
    assert "This is Russian." in desk.pair("Мы ждали").inner_text()
    assert "to check" in desk.page.inner_text(".bar-count")
    assert desk.page.input_value("#headline") == GOOD[TITLE]
    abstract = desk.page.input_value("#abstract")
    assert desk.page.inner_text("#abstract-count b") == f"{len(abstract)} of 200"
    assert "novyny.example · 19 May 2026, 10:20 (UTC+03:00)" in desk.page.inner_text(".subject")
    assert desk.page.locator(f'.subject a[href="{ADDRESS}"]').count() == 1
    assert desk.complaints == []
    assert {re.match(r"https?://[^/]+", url)[0] for url in desk.addresses} == {desk.base}  # type: ignore[index]


def test_a_pair_lights_up_and_evidence_is_shown_in_the_source(open_desk: Opener) -> None:
    desk = open_desk()
    desk.translate()
    row = desk.pair("Другу чергу")
    before = row.evaluate("one => getComputedStyle(one).backgroundColor")
    row.locator(".english p").first.hover()
    assert row.evaluate("one => getComputedStyle(one).backgroundColor") != before
    item = desk.page.locator(".evidence-item").nth(1)
    item.hover()
    assert "На Полтавщині запрацювала" in desk.page.inner_text("mark.evidence.on")
    item.focus()
    item.press("Enter")
    desk.until("document.activeElement.classList.contains('pair')")
    assert "На Полтавщині запрацювала" in desk.page.evaluate("document.activeElement.textContent")


def test_a_correction_goes_to_the_memory_and_can_be_taken_back(open_desk: Opener, tmp_path: Path) -> None:
    desk = open_desk(own=True)
    desk.translate()
    source, wanted = CORRECTED
    row = desk.pair(source)
    before = row.locator(".english p").first.inner_text()
    row.dblclick()
    desk.page.fill(".editor textarea", wanted)
    desk.page.keyboard.press("Control+Enter")
    row.locator("[data-undo]").wait_for()
    assert row.locator(".english p").first.inner_text() == wanted
    assert "Remembered" in row.inner_text()
    memory = Memory(tmp_path / "memory.sqlite")
    found = memory.exact(source)
    assert found is not None
    assert (found.correction.target, found.correction.model) == (wanted, "scripted")
    row.locator("[data-undo]").click()
    desk.until("!document.querySelector('[data-undo]')")
    assert memory.exact(source) is None
    memory.close()
    assert row.locator(".english p").first.inner_text() == before
    assert desk.complaints == []


def test_a_correction_counts_in_the_next_run(open_desk: Opener) -> None:
    desk = open_desk(own=True)
    desk.translate()
    source, wanted = CORRECTED
    desk.pair(source).dblclick()
    desk.page.fill(".editor textarea", wanted)
    desk.page.click(".editor button[type=submit]")
    desk.page.wait_for_selector("[data-undo]")
    desk.page.click("text=New item")
    desk.translate()
    row = desk.pair(source)
    assert row.locator(".english p").first.inner_text() == wanted
    assert "From the memory" in row.inner_text()


def test_a_correction_that_is_refused_stays_in_the_box_and_says_why(open_desk: Opener) -> None:
    desk = open_desk()
    desk.translate("Докладніше читайте на сайті https://novyny.example/a у середу.")
    desk.page.locator(".pair").first.dblclick()
    desk.page.fill(".editor textarea", "Read more on Wednesday.")
    desk.page.keyboard.press("Control+Enter")
    desk.page.wait_for_selector(".editor .inline-fault")
    assert "https://novyny.example/a" in desk.page.inner_text(".editor .inline-fault")
    assert desk.page.input_value(".editor textarea") == "Read more on Wednesday."


def test_the_count_follows_every_key_and_tells_what_is_too_much(open_desk: Opener) -> None:
    desk = open_desk()
    desk.translate()
    desk.page.fill("#abstract", "🔥 Slow.")
    assert desk.page.inner_text("#abstract-count b") == "7 of 200"  # an emoji is one character, as in Python
    desk.page.fill("#abstract", "a" * 203)
    assert "3 characters too many" in desk.page.inner_text("#abstract-count")
    assert "Edited by you" in desk.page.inner_text(".card")
    desk.page.click("text=Take back")
    assert "left" in desk.page.inner_text("#abstract-count")


def test_a_blurb_alone_and_then_the_rest(open_desk: Opener) -> None:
    desk = open_desk()
    desk.page.fill("#source-box", NEWS)
    desk.page.click("text=Blurb only")
    desk.page.wait_for_selector(".verdict")
    assert "На Полтавщині запрацювала" in desk.page.inner_text(".source-alone mark.evidence")
    desk.page.click("text=Translate it all")
    desk.page.wait_for_selector("ol.block")
    assert desk.page.locator(".verdict").count() == 1


def test_copies_as_text_html_and_json_hold_the_corrections(open_desk: Opener) -> None:
    desk = open_desk(own=True, context={"permissions": ["clipboard-read", "clipboard-write"]})
    desk.translate()
    source, wanted = CORRECTED
    desk.pair(source).dblclick()
    desk.page.fill(".editor textarea", wanted + " & 5 < 6")
    desk.page.keyboard.press("Control+Enter")
    desk.page.wait_for_selector("[data-undo]")

    def copied(where: str, form: str) -> str:
        desk.page.evaluate("navigator.clipboard.writeText('')")
        desk.page.click(f"{where} [data-copy={form}]")
        desk.page.wait_for_selector(f"{where} [data-copy={form}].done")
        return str(desk.page.evaluate("navigator.clipboard.readText()"))

    text = copied(".pairs", "text")
    assert text.startswith(GOOD[TITLE] + "\n\n")
    assert wanted in text
    html = copied(".pairs", "html")
    assert html.startswith(f"<h1>{GOOD[TITLE]}</h1>")
    assert wanted + " &amp; 5 &lt; 6" in html
    draft = json.loads(copied(".pairs", "json"))
    assert [part["english"].strip() for part in draft["segments"] if part["source"].strip() == source] == [
        wanted + " & 5 < 6"
    ]
    blurb = json.loads(copied(".card", "json"))
    assert blurb["headline"] == GOOD[TITLE]
    assert copied(".card", "text").splitlines()[-1] == ADDRESS
    assert f'<a href="{ADDRESS}">novyny.example</a>' in copied(".card", "html")


def test_markup_in_a_text_stays_text(open_desk: Opener) -> None:
    desk = open_desk()
    desk.translate(
        "Міністр сказав: <img src=x onerror=alert(1)> і пішов до Києва.\n\n<script>alert(2)</script> Усе добре."
    )
    assert desk.page.locator(".pairs img, .pairs script, .card img").count() == 0
    assert desk.complaints == []


# --- keyboard, screen readers -----------------------------------------------------------------------------------------


def test_everything_goes_by_keyboard_alone(open_desk: Opener) -> None:
    desk = open_desk(own=True)
    page = desk.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "source-box":
            break
    page.keyboard.insert_text(NEWS)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("ol.block")
    page.wait_for_selector(".verdict")
    page.keyboard.press("f")
    desk.until("document.activeElement.matches('.pair.error')")
    first = page.evaluate("document.activeElement.dataset.index")
    page.keyboard.press("j")
    desk.until(f"document.activeElement.dataset.index > {first}")
    page.keyboard.press("ArrowUp")
    desk.until(f"document.activeElement.dataset.index == {first}")
    page.keyboard.press("Enter")
    page.wait_for_selector(".editor")
    page.keyboard.press("Control+A")
    page.keyboard.type("The 2.4 MW plant cost 96 million hryvnias.")
    page.keyboard.press("Control+Enter")
    desk.until("document.activeElement.matches('.pair') && document.querySelector('[data-undo]')")
    page.keyboard.press("u")
    desk.until("!document.querySelector('[data-undo]')")
    page.keyboard.press("e")
    page.wait_for_selector(".editor")
    page.keyboard.press("Escape")
    desk.until("document.activeElement.matches('.pair')")
    page.keyboard.press("b")
    desk.until("document.activeElement.id == 'headline'")
    page.keyboard.type("nje")  # letters in a text box are letters
    assert page.locator("ol.block").count() > 0
    assert page.evaluate("document.activeElement.id") == "headline"


def test_shortcuts_are_listed_and_can_be_switched_off(open_desk: Opener) -> None:
    desk = open_desk()
    page = desk.page
    page.focus(".switch button")
    page.keyboard.press("?")
    page.wait_for_selector("dialog")
    page.uncheck("dialog input[type=checkbox]")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    desk.translate()
    page.locator(".pair").first.focus()
    page.keyboard.press("n")
    page.keyboard.press("e")
    assert page.locator("ol.block").count() > 0
    assert page.locator(".editor").count() == 0
    page.keyboard.press("Enter")
    page.wait_for_selector(".editor")


def test_shortcuts_go_by_place_in_the_ukrainian_layout(open_desk: Opener) -> None:
    desk = open_desk()
    desk.translate()
    # On the sentence itself: the focus may move while the blurb comes in.
    desk.page.locator(".pair").first.evaluate(
        "sentence => { sentence.focus();"
        "sentence.dispatchEvent(new KeyboardEvent('keydown', {key: 'у', code: 'KeyE', bubbles: true})) }"
    )
    desk.page.wait_for_selector(".editor")


def test_a_screen_reader_is_told_what_happens(open_desk: Opener) -> None:
    desk = open_desk()
    desk.page.evaluate(
        "window.said = []; window.region = document.querySelector('#desk > [aria-live]');"
        "new MutationObserver(() => said.push(region.innerText))"
        ".observe(region, {subtree: true, childList: true, characterData: true})"
    )
    desk.translate()
    said = " ".join(desk.page.evaluate("window.said"))
    assert "The translation is there: 12 sentences." in said
    assert "The blurb is there." in said
    for landmark in ("banner", "main", "complementary", "contentinfo"):
        assert desk.page.get_by_role(landmark).count() == 1, landmark
    assert desk.page.get_by_role("heading", level=1).count() == 1


def _axe() -> str:
    try:
        return (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
    except ModuleNotFoundError:
        if IN_CI:
            pytest.fail("axe-core is not there: `pip install 'vistka[dev]'`")
        pytest.skip("axe-core is not there: `pip install 'vistka[dev]'`")


@pytest.mark.parametrize("language", ["uk", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(open_desk: Opener, theme: str, language: str, width: int) -> None:
    axe = _axe()
    # axe-core makes markup out of strings itself, which the page's own policy does not allow to anybody.
    context = {
        "color_scheme": theme,
        "locale": {"uk": "uk-UA", "en": "en-GB"}[language],
        "viewport": {"width": width, "height": 860},
        "bypass_csp": True,
    }
    desk = open_desk(ready=False, context=context)
    desk.page.wait_for_selector(".model.ready")

    def check(state: str) -> None:
        desk.page.evaluate(axe)
        found = desk.page.evaluate(
            "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}}).then(all => all.violations.map("
            "one => one.id + ': ' + one.nodes.map(node => node.html + ' ' + node.failureSummary).join(' | ')))",
            STANDARDS,
        )
        assert found == [], f"{state}: {found}"

    check("empty")
    desk.translate()
    check("result")
    desk.page.locator(".pair.error").first.dblclick()
    desk.page.wait_for_selector(".editor")
    desk.page.fill("#abstract", "a" * 300)
    check("editing")
    desk.page.keyboard.press("Escape")
    if width > 700:
        desk.page.click(".foot button")
        desk.page.wait_for_selector("dialog")
        check("shortcuts")


@pytest.mark.parametrize("width", [320, 390, 768])
def test_nothing_is_wider_than_the_window(open_desk: Opener, width: int) -> None:
    desk = open_desk(ready=False, context={"viewport": {"width": width, "height": 800}})
    desk.page.wait_for_selector(".model.ready")
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert desk.page.evaluate(wide) <= 0
    desk.translate()
    assert desk.page.evaluate(wide) <= 0


# --- languages and colours --------------------------------------------------------------------------------------------


def test_the_language_is_the_browsers_until_one_is_chosen(open_desk: Opener) -> None:
    desk = open_desk(context={"locale": "uk-UA"})
    page = desk.page
    assert page.get_attribute("html", "lang") == "uk"
    assert page.title() == "Вістка: редакторський стіл"
    page.click(".switch button[lang=en]")
    page.wait_for_selector("text=Blurb only")
    page.reload()
    page.wait_for_selector("text=Blurb only")
    assert page.get_attribute("html", "lang") == "en"


def test_flags_are_explained_in_ukrainian(open_desk: Opener) -> None:
    desk = open_desk(context={"locale": "uk-UA"})
    desk.translate()
    assert "Змінилася одиниця або валюта." in desk.pair("Станція потужністю").inner_text()
    assert "Не знайдено: Савченко." in desk.pair("Тепер ми матимемо").inner_text()


def test_the_colours_are_the_systems_until_some_are_chosen(open_desk: Opener) -> None:
    desk = open_desk(context={"color_scheme": "dark"})
    page = desk.page
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    dark = page.evaluate(paper)
    page.click("[data-theme-switch]")
    light = page.evaluate(paper)
    assert light != dark
    page.reload()
    page.wait_for_selector(".model.ready")
    assert page.evaluate(paper) == light


# --- files, addresses, documents --------------------------------------------------------------------------------------


def _drop(page: Any, make: str) -> None:
    page.evaluate(
        f"const dataTransfer = new DataTransfer(); {make}"
        "document.body.dispatchEvent(new DragEvent('drop', {dataTransfer, bubbles: true, cancelable: true}))"
    )


def test_texts_links_and_files_can_be_dropped(open_desk: Opener) -> None:
    desk = open_desk()
    _drop(desk.page, "dataTransfer.setData('text/plain', 'Місто спить.');")
    desk.until("document.querySelector('#source-box').value == 'Місто спить.'")
    _drop(desk.page, "dataTransfer.setData('text/uri-list', 'https://novyny.example/1');")
    desk.page.wait_for_selector("text=Link: the page at novyny.example will be fetched")
    _drop(desk.page, "dataTransfer.items.add(new File(['# Місто\\n\\nМісто спить.'], 'новина.md'));")
    desk.page.wait_for_selector(".file-card")
    desk.page.keyboard.press("Tab")
    desk.page.click("button[type=submit]")
    desk.page.wait_for_selector("ol.block")
    assert desk.pair("Місто спить.").count() == 1


def test_a_document_is_a_job_with_progress_and_comes_back(open_desk: Opener, tmp_path: Path) -> None:
    desk = open_desk(Newsroom(pause_s=0.02))
    lines = [f"У громаді № {n} відремонтували дах лікарні." for n in range(1, 41)]
    report = {"name": "звіт.txt", "mimeType": "text/plain", "buffer": "\n\n".join(lines).encode()}
    desk.page.set_input_files("input[type=file]", report)
    desk.page.locator(".choice").nth(1).click()
    desk.page.click("button[type=submit]")
    desk.page.wait_for_selector(".document progress")
    desk.page.wait_for_selector("[data-job=done]", timeout=60_000)
    with desk.page.expect_download() as download:
        desk.page.click("text=Download")
    assert download.value.suggested_filename == "звіт.en.txt"
    assert "№ 40" in Path(download.value.path()).read_text("utf-8")
    desk.page.reload()
    desk.page.wait_for_selector("[data-job=done]")
    desk.page.click(".document >> text=Open")
    desk.page.wait_for_selector("ol.block")
    assert desk.page.locator(".pair").count() == 40
    assert desk.complaints == []


def test_a_document_can_be_stopped(open_desk: Opener) -> None:
    desk = open_desk(Newsroom(pause_s=0.3))
    lines = [f"У громаді № {n} відремонтували дах лікарні." for n in range(1, 81)]
    report = {"name": "звіт.txt", "mimeType": "text/plain", "buffer": "\n\n".join(lines).encode()}
    desk.page.set_input_files("input[type=file]", report)
    desk.page.locator(".choice").nth(1).click()
    desk.page.click("button[type=submit]")
    desk.page.click(".document >> text=Stop")
    desk.page.wait_for_selector("[data-job=cancelled]")
    desk.page.click("text=Remove from the list")
    desk.page.wait_for_selector(".document", state="detached")


PAGES = {
    "/novyna": (
        "text/html; charset=utf-8",
        f"<html lang=uk><head><title>{TITLE}</title></head><body><article><h1>{TITLE}</h1>"
        + "".join(f"<p>{line}</p>" for line in NEWS.split("\n\n")[2:])
        + "</article></body></html>",
    ),
    "/rss": (
        "application/rss+xml; charset=utf-8",
        (
            f"<rss version='2.0'><channel><title>Новини</title><item><title>{TITLE}</title><link>BASE/novyna</link>"
            "</item></channel></rss>"
        ),
    ),
}


@pytest.fixture
def newspaper() -> Iterator[str]:
    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = PAGES.get(self.path, ("text/plain", ""))
            data = body.replace("BASE", base).encode()
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    base = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield base
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_link_is_fetched_and_a_feed_offers_its_items(open_desk: Opener, newspaper: str) -> None:
    desk = open_desk(allow_private_urls=True)
    desk.page.fill("#source-box", f"{newspaper}/rss")
    desk.page.keyboard.press("Control+Enter")
    desk.page.click(".feed-item")
    desk.page.wait_for_selector("ol.block")
    desk.page.wait_for_selector(".verdict")
    assert desk.pair("Другу чергу").locator(".english p").first.inner_text().startswith("The second queue")
    assert desk.page.locator(f'.subject a[href="{newspaper}/novyna"]').count() == 1


# --- what can go wrong ------------------------------------------------------------------------------------------------


def test_an_address_that_may_not_be_fetched_is_told_of_and_kept(open_desk: Opener) -> None:
    desk = open_desk()
    desk.page.fill("#source-box", "http://127.0.0.1:9/novyna")
    desk.page.keyboard.press("Control+Enter")
    desk.page.wait_for_selector(".fault")
    assert "could not be fetched" in desk.page.inner_text(".fault")
    assert desk.page.input_value("#source-box") == "http://127.0.0.1:9/novyna"


def test_a_full_queue_says_when_to_come_again_and_the_text_is_kept(open_desk: Opener) -> None:
    desk = open_desk()
    full = {"title": "Busy", "status": 503, "detail": "the queue is full"}
    desk.page.route("**/v1/translate", lambda route: route.fulfill(status=503, headers={"Retry-After": "7"}, json=full))
    desk.page.fill("#source-box", NEWS)
    desk.page.keyboard.press("Control+Enter")
    desk.page.wait_for_selector(".fault")
    assert "The service is busy." in desk.page.inner_text(".fault")
    assert re.search(r"Try again \(in \d second", desk.page.inner_text(".fault"))
    desk.page.unroute("**/v1/translate")
    desk.page.click(".fault button")
    desk.page.wait_for_selector("ol.block")


def test_an_error_in_an_answer_that_began_well_is_seen(open_desk: Opener) -> None:
    desk = open_desk()
    late = {"title": "Deadline", "status": 504, "detail": "it was not done in time"}
    desk.page.route("**/v1/translate", lambda route: route.fulfill(status=200, body="   " + json.dumps(late)))
    desk.page.fill("#source-box", NEWS)
    desk.page.keyboard.press("Control+Enter")
    desk.page.wait_for_selector(".fault")
    assert "took too long" in desk.page.inner_text(".fault")


def test_work_can_be_stopped_and_the_text_is_kept(open_desk: Opener) -> None:
    desk = open_desk(Newsroom(pause_s=0.3))
    desk.page.fill("#source-box", NEWS)
    desk.page.keyboard.press("Control+Enter")
    desk.page.click("text=Stop")
    desk.page.wait_for_selector("#source-box")
    assert desk.page.input_value("#source-box") == NEWS


def test_a_service_that_is_gone_is_told_of(open_desk: Opener) -> None:
    desk = open_desk()
    desk.page.route("**/v1/**", lambda route: route.abort())
    desk.page.fill("#source-box", NEWS)
    desk.page.click("text=Blurb only")
    desk.page.wait_for_selector(".fault")
    assert "does not answer" in desk.page.inner_text(".fault")


def _unready(body: dict[str, str], route: Any) -> None:
    route.fulfill(status=503, json=body)


def test_a_model_that_is_loading_and_one_that_failed_are_told_apart(open_desk: Opener) -> None:
    desk = open_desk()
    for status, words in (("starting", "Model is loading"), ("failed", "Model not available")):
        answer = functools.partial(_unready, {"status": status, "error": "no weights"})
        desk.page.route("**/readyz", answer)
        desk.page.reload()
        desk.page.wait_for_selector(f"text={words}")
        desk.page.unroute("**/readyz")
    assert "no weights" in desk.page.inner_text(".banner")


def test_a_key_is_asked_for_kept_in_the_tab_and_sent(open_desk: Opener, tmp_path: Path) -> None:
    desk = open_desk(ready=False, keys_required=True)
    page = desk.page
    page.wait_for_selector("dialog")
    assert page.evaluate("document.activeElement.id") == "key"
    page.fill("#key", "wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog .inline-fault")
    keys = KeyStore(tmp_path / "data" / "keys.sqlite")
    page.fill("#key", keys.add("newsroom")[1])
    keys.close()
    page.keyboard.press("Enter")
    page.wait_for_selector(".model-name")
    desk.translate("Місто спить.")
    assert page.evaluate("localStorage.getItem('vistka.key')") is None
    assert page.evaluate("sessionStorage.getItem('vistka.key').length") > 20


def test_storage_that_is_switched_off_breaks_nothing(open_desk: Opener) -> None:
    desk = open_desk()
    desk.page.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, name, {get() { throw new DOMException('off', 'SecurityError'); }})"
    )
    desk.page.reload()
    desk.page.wait_for_selector(".model.ready .model-name")
    desk.page.click("[data-theme-switch]")
    desk.page.click(".switch button[lang=uk]")
    desk.translate("Місто спить.")
    assert desk.complaints == []

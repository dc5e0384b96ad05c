"""Takes the pictures of the editor's desk in docs/: `python tools/desk_screenshots.py [--out FOLDER] [NAME ...]`.

The service runs with a scripted engine, whose English of the prepared news stands in tests/desk_news.py, and the pages
are drawn by Debian's Chromium through Playwright. Everything but the engine is what `vistka serve` runs.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

CHROMIUM = Path("/usr/bin/chromium")
DOCS = Path(__file__).parents[1] / "docs"
DESKTOP, PHONE = (1280, 860), (390, 844)

Theme = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture.

    Attributes:
        name: of the file.
        scene: brings an open desk into the state to show.
        size: of the window.
        theme, language: of the desk.
        whole: the whole page and not the window alone.
        settings: of the service.
        pause_s: how long the engine thinks about a sentence.
    """

    name: str
    scene: Callable[[Page], None]
    size: tuple[int, int] = DESKTOP
    theme: Theme = "light"
    language: Literal["uk", "en"] = "en"
    whole: bool = False
    settings: tuple[tuple[str, Any], ...] = ()
    pause_s: float = 0.0


def empty(page: Page) -> None:
    """Nothing was given yet."""
    page.wait_for_selector(".model.ready")


def typed(page: Page) -> None:
    """The news stands in the box."""
    from vistka.tests.desk_news import NEWS

    empty(page)
    page.fill("#source-box", NEWS)


def result(page: Page) -> None:
    """The translation and the blurb are there."""
    typed(page)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("ol.block")
    page.wait_for_selector(".verdict")
    page.mouse.move(0, 0)


def flagged(page: Page) -> None:
    """The first sentence that is in doubt has the focus."""
    result(page)
    page.keyboard.press("f")
    page.wait_for_timeout(900)


def evidence(page: Page) -> None:
    """What the abstract rests on is shown in the source."""
    result(page)
    page.locator(".evidence-item").nth(1).hover()


def editing(page: Page) -> None:
    """A sentence is being corrected, another was corrected before."""
    from vistka.tests.desk_news import CORRECTED

    result(page)
    pair = page.locator(".pair", has_text=CORRECTED[0])
    pair.dblclick()
    page.fill(".editor textarea", CORRECTED[1])
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("[data-undo]")
    page.locator(".pair.error").first.dblclick()
    page.wait_for_selector(".editor")


def too_long(page: Page) -> None:
    """The editor's abstract is over the limit."""
    result(page)
    page.locator("#abstract").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Engineers expect lower bills.")


def blocked(page: Page) -> None:
    """A blurb that must not go out: its number is not in the source."""

    def worse(route: Route) -> None:
        answer = route.fetch()
        told = answer.json()
        blurb = told["blurb"]
        blurb["abstract"] = blurb["abstract"].replace("three district", "13 district")
        blurb["verdict"] = "block"
        message = "Not in the source (abstract): 13"
        blurb["flags"] = [{"code": "unsupported-number", "message": message, "segment": 1, "severity": "error"}]
        route.fulfill(response=answer, json=told)

    page.route("**/v1/blurb", worse)
    result(page)


def blurb_alone(page: Page) -> None:
    """Only the blurb was asked for."""
    typed(page)
    page.locator(".intake-actions .button").nth(1).click()
    page.wait_for_selector(".verdict")
    page.locator(".evidence-item").nth(2).hover()


def working(page: Page) -> None:
    """The model is at work."""
    typed(page)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".waiting")
    page.wait_for_timeout(1200)


def failed(page: Page) -> None:
    """An address that may not be fetched."""
    empty(page)
    page.fill("#source-box", "http://127.0.0.1:9/novyna")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".fault")


def busy(page: Page) -> None:
    """The queue is full."""
    page.route(
        "**/v1/translate",
        lambda route: route.fulfill(
            status=503,
            headers={"Retry-After": "12"},
            json={"title": "Busy", "status": 503, "detail": "the queue is full; try again in 12 s"},
        ),
    )
    typed(page)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".fault")
    page.wait_for_selector(".verdict")


def keyed(page: Page) -> None:
    """The service wants a key."""
    page.wait_for_selector("dialog")


def shortcuts(page: Page) -> None:
    """The list of keys."""
    empty(page)
    page.keyboard.press("Tab")
    page.keyboard.press("?")
    page.wait_for_selector("dialog")


def documents(page: Page) -> None:
    """One document is done, one on its way."""
    from vistka.tests.desk_news import NEWS

    empty(page)
    report = "\n\n".join(f"У громаді № {n} відремонтували дах лікарні." for n in range(1, 121))
    for name, text in (("Новина.md", NEWS), ("Звіт за травень.txt", report)):
        page.set_input_files("input[type=file]", {"name": name, "mimeType": "text/plain", "buffer": text.encode()})
        page.locator(".choice").nth(1).click()
        page.click("button[type=submit]")
        page.wait_for_selector(f".document:has-text('{name}')")
        if name == "Новина.md":
            page.wait_for_selector("[data-job=done]")
    while page.locator("progress").evaluate("bar => bar.value") < 30:
        page.wait_for_timeout(100)


SHOTS = (
    Shot("desk-empty-light", empty),
    Shot("desk-empty-dark-uk", empty, theme="dark", language="uk"),
    Shot("desk-result-light", result),
    Shot("desk-result-dark", result, theme="dark"),
    Shot("desk-result-light-uk", result, language="uk", whole=True),
    Shot("desk-flagged-light", flagged),
    Shot("desk-flagged-dark-uk", flagged, theme="dark", language="uk"),
    Shot("desk-evidence-light", evidence),
    Shot("desk-editing-light", editing),
    Shot("desk-too-long-light", too_long),
    Shot("desk-blocked-light", blocked),
    Shot("desk-blurb-only-dark", blurb_alone, theme="dark"),
    Shot("desk-working-light", working, pause_s=0.5),
    Shot("desk-error-light", failed),
    Shot("desk-error-dark-uk", failed, theme="dark", language="uk"),
    Shot("desk-busy-light", busy),
    Shot("desk-documents-light", documents, pause_s=0.05, whole=True),
    Shot("desk-key-light", keyed, settings=(("keys_required", True),)),
    Shot("desk-shortcuts-dark", shortcuts, theme="dark"),
    Shot("desk-phone-empty-light", empty, PHONE),
    Shot("desk-phone-empty-dark-uk", empty, PHONE, "dark", "uk"),
    Shot("desk-phone-result-light", result, PHONE, whole=True),
    Shot("desk-phone-result-dark-uk", result, PHONE, "dark", "uk", whole=True),
    Shot("desk-phone-error-light-uk", failed, PHONE, "light", "uk"),
)


def take(shot: Shot, browser: Browser, out: Path) -> None:
    """Run a service of its own for a picture, and take it."""
    from PIL import Image

    from vistka.memory.store import Memory
    from vistka.tests.desk_news import REMEMBERED, Newsroom
    from vistka.tests.serve_app import running, scripted_app

    with tempfile.TemporaryDirectory() as folder:
        memory = Memory(Path(folder) / "memory.sqlite")
        memory.add(REMEMBERED)
        memory.close()
        app = scripted_app(Path(folder), engine=Newsroom(shot.pause_s).engine(), **dict(shot.settings))
        with running(app) as base:
            context = browser.new_context(
                viewport={"width": shot.size[0], "height": shot.size[1]},
                color_scheme=shot.theme,
                locale={"uk": "uk-UA", "en": "en-GB"}[shot.language],
                has_touch=shot.size == PHONE,
                is_mobile=shot.size == PHONE,
                device_scale_factor=2 if shot.size == PHONE else 1,
                reduced_motion="reduce",
            )
            page = context.new_page()
            page.on("pageerror", lambda error: print(f"{shot.name}: {error}", file=sys.stderr))  # noqa: T201 - a tool's output
            page.goto(base + "/")
            shot.scene(page)
            picture = Image.open(io.BytesIO(page.screenshot(full_page=shot.whole)))
            # A page has few colours: a palette of them is a third of the size and looks the same.
            palette = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
            palette.save(out / f"{shot.name}.png", optimize=True)
            context.close()


def main() -> None:
    """Take the pictures that were named, or all of them."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="names of pictures; none = all")
    parser.add_argument("--out", type=Path, default=DOCS)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for shot in SHOTS:
            if not arguments.names or shot.name in arguments.names:
                take(shot, browser, arguments.out)
                print(arguments.out / f"{shot.name}.png")  # noqa: T201 - a tool's output
        browser.close()


if __name__ == "__main__":
    main()

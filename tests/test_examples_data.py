"""The items of `examples/`: all there, and between them every trait of agency news that the pipeline must survive."""

import json
import re
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
UKRAINIAN = sorted(EXAMPLES.glob("*.uk.txt")) + sorted(EXAMPLES.glob("*.uk.md"))
ALL = sorted(path for path in EXAMPLES.iterdir() if path.suffix in {".txt", ".md", ".html"})

# Trait → what proves it. Every pattern has to match in at least one Ukrainian item.
TRAITS = {
    "sum in hryvnias": r"1,5 млн грн",
    "sum in dollars, sign before": r"\$300 млн",
    "sum in euros": r"7,2 млрд євро",
    "thousands": r"\d тис\. ",
    "per cent with a decimal comma": r"\b2,5%",
    "date without a year": r"11 грудня(?! \d{4})",
    "date with a year": r"11 грудня 2025 року",
    "part of a day": r"ранок 5 січня",
    "year alone": r"у 2013 році",
    "quarter in a Roman numeral": r"\bІ кварталі?",
    "armed forces": r"\bЗСУ\b",
    "security service": r"\bСБУ\b",
    "emergency service": r"\bДСНС\b",
    "oblast administration": r"\bОВА\b",
    "named after": r"\bім\. [А-ЯІЇЄҐ]",
    "so-called": r"\bт\. зв\. ",
    "street": r"\bвул\. [А-ЯІЇЄҐ]",
    "billions": r"\bмлрд\b",
    "initial and surname": r"\bО\. Чернишенко",
    "two initials": r"\bО\. Ф\. [А-ЯІЇЄҐ]",
    "quotation with attribution after a dash": r"», – (?:\w+ )*\w",
    "headline in capitals": r"\A[^а-яіїєґ\n]{30,}\n",
    "read also": r"Читайте також: ",
    "photo credit": r"^Фото: з відкритих джерел$",
    "call to subscribe": r"Підписуйтеся на наш Telegram-канал",
    "video of the day": r"ВІДЕО ДНЯ",
    "bold label": r"^\*\*Джерело:\*\* ",
    "emoji": "[\U0001f300-\U0001faff]",
    "handle and hashtag": r"@\w+ #\w+",
    "surzhyk": r"«Я такого не бачила[^»]*шо[^»]*Канєшно",
    "Russian quotation": r"«[^»]*[ыэъ][^»]*»",
    "temperature below zero": r"-9°C",
    "range": r"15–20 м/с",
    "ordinal glued to a number": r"34-річного",
    "century in Roman numerals": r"XVII–XVIII ст\.",
}  # fmt: skip


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_there_are_at_least_seven_ukrainian_items_of_different_topics():
    assert len(UKRAINIAN) >= 7
    topics = {path.name.split("-")[1] for path in UKRAINIAN}
    assert {"war", "court", "economy", "energy", "diplomacy", "region", "culture"} <= topics


@pytest.mark.parametrize("trait", TRAITS)
def test_trait_is_present(trait):
    assert any(re.search(TRAITS[trait], _text(path), re.MULTILINE) for path in UKRAINIAN)


@pytest.mark.parametrize("path", UKRAINIAN, ids=lambda path: path.name)
def test_item_has_title_address_time_and_120_to_260_words(path):
    lines = _text(path).splitlines()
    title, address, when = [line for line in lines if line][:3]
    # Markdown wants a blank line between the two to keep them apart.
    head = [title, "", address, "", when, ""] if path.suffix == ".md" else [title, "", address, when, ""]
    assert lines[: len(head)] == head
    assert address.startswith("https://novyny.example/")
    assert re.search(r"\d", when)
    rest = lines[len(head) :]
    words = " ".join(rest).split()
    assert 120 <= len(words) <= 260


@pytest.mark.parametrize("path", [path for path in ALL if path.name != "README.md"], ids=lambda path: path.name)
def test_every_address_is_under_a_reserved_domain(path):
    text = _text(path)
    hosts = {urlsplit(address).hostname for address in re.findall(r"https?://[^\s\"'<>)]+", text)}
    hosts |= set(re.findall(r"[\w.]+@([\w-]+(?:\.[\w-]+)+)", text))
    # Vocabulary of JSON-LD, not an address that anyone is sent to.
    hosts.discard("schema.org")
    assert hosts
    assert all(host.endswith(".example") for host in hosts)


def test_readme_names_every_example():
    readme = _text(EXAMPLES / "README.md")
    assert [path.name for path in ALL if path.name != "README.md" and f"`{path.name}`" not in readme] == []


def test_english_item_holds_one_ukrainian_line_and_english_boilerplate():
    lines = _text(EXAMPLES / "mixed.en.txt").splitlines()
    assert [line for line in lines if re.search("[а-яіїєґ]", line)] == ["фото з відкритих джерел"]
    assert any(line.startswith("Also follow") for line in lines)
    assert any(line.startswith("Read in full") for line in lines)
    assert any(line.startswith("Support us") for line in lines)


def test_page_has_what_a_saved_news_page_has():
    page = _text(EXAMPLES / "page.html")
    for mark in ("<nav>", "<header", "<footer>", "<figcaption>Фото: ", 'property="og:title"', 'class="related"', "<b>"):
        assert mark in page
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL).group(1))
    assert data["headline"] in page.split("<h1>")[1]
    assert datetime.fromisoformat(data["datePublished"]).utcoffset() is not None

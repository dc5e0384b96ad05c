"""What of an item is news: labels, datelines, appeals, links and captions are not."""

from __future__ import annotations

import pytest

from vistka.documents.read import read
from vistka.errors import InputError
from vistka.summarize.clean import ends_item, is_boilerplate, news_sentences, require_news


def texts(document: str) -> list[str]:
    return [s.text for s in news_sentences(read(document, name="a", as_article=True, max_mib=1))]


LEAD = "Верховна Рада у вівторок ухвалила закон про підтримку громад."
SECOND = "За нього проголосували 290 депутатів, повідомила пресслужба парламенту."


@pytest.mark.parametrize(
    "line",
    [
        "Support UP or become our patron!",
        "Support us: become a member of our club!",
        "Read in full",
        "Also follow us on Telegram and X.",
        "Apps",
        "Latest news",
        "Читайте також: Як працює закон",
        "Підписуйтеся на наш Telegram-канал",
        "Підтримайте нас",
        "ВІДЕО ДНЯ",
        "Фото: пресслужба музею",
        "👉 Підписуйтесь на канал",
        "© 2026 Агенція новин",
    ],
)
def test_what_belongs_to_the_page(line: str) -> None:
    assert is_boilerplate(line)
    assert texts(f"{LEAD}\n\n{line}\n\n{SECOND}")[0] == LEAD
    assert line not in " ".join(texts(f"{LEAD}\n\n{line}\n\n{SECOND}"))


@pytest.mark.parametrize(
    "line",
    [
        LEAD,
        "Support up to 100 families may get was approved by the city.",
        "Support US troops get from Poland was discussed in Warsaw.",
        "Copyright law was changed by the parliament on Monday.",
        "Підтримати населення допомогли сусідні області.",
        "Video of the strike was shown in court on Monday, and experts confirmed it.",
        "Apps for pupils were presented in Kyiv.",
    ],
)
def test_what_is_news(line: str) -> None:
    assert not is_boilerplate(line)


def test_the_item_ends_where_the_page_goes_on() -> None:
    assert ends_item("Latest news")
    assert texts(f"{LEAD}\n\nОстанні новини\n\n{SECOND}") == [LEAD]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f"Деталі: {SECOND}", SECOND),
        (f"**Деталі:** {SECOND}", SECOND),
        (f"Що цьому передувало: {SECOND}", SECOND),
        ("Details: The law comes into force in May.", "The law comes into force in May."),
        (f"— {SECOND}", SECOND),
        (f"• {SECOND}", SECOND),
        (f"КИЇВ, 11 грудня (Агентство). {SECOND}", SECOND),
        (f"Львів, 3 березня 2026 року — {SECOND}", SECOND),
        ("KYIV, Dec. 11 (Agency) - The law comes into force in May.", "The law comes into force in May."),
        ("KYIV (Agency) — The law comes into force in May.", "The law comes into force in May."),
    ],
)
def test_labels_marks_and_datelines_are_stripped(line: str, expected: str) -> None:
    assert texts(f"{LEAD}\n\n{line}\n") == [LEAD, expected]


@pytest.mark.parametrize(
    "line", ["Джерело: пресслужба парламенту у Facebook.", "Source: the Ministry of Finance.", "www.example.org"]
)
def test_a_line_that_only_names_the_source_is_no_sentence(line: str) -> None:
    assert texts(f"{LEAD}\n\n{line}\n\n{SECOND}") == [LEAD, SECOND]


def test_a_sentence_keeps_its_place_in_the_block() -> None:
    item = read(f"{LEAD}\n\nДеталі: {SECOND}\n", name="a", as_article=True, max_mib=1)
    for sentence in news_sentences(item):
        segment = sentence.segment
        assert item.blocks[segment.block].text[segment.start : segment.end] == segment.text


def test_somebodys_own_words_are_known() -> None:
    document = f'{LEAD}\n\nДослівно: "Ми чекали на цей закон три роки. Тепер громади матимуть кошти."\n'
    item = read(document, name="a", as_article=True, max_mib=1)
    assert [sentence.is_quotation for sentence in news_sentences(item)] == [False, True, True]


def test_a_line_without_end_mark_is_news_only_where_there_is_nothing_else() -> None:
    assert texts("Рада ухвалила закон про підтримку громад") == ["Рада ухвалила закон про підтримку громад"]


def test_no_news_is_an_error_with_a_next_step() -> None:
    item = read("Правительство объявило о новых мерах поддержки.\n", name="a.txt", as_article=True, max_mib=1)
    with pytest.raises(InputError, match=r"^a\.txt: .*; "):
        require_news(item, news_sentences(item))

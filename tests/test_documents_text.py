"""Plain text: what is a block, and what a text says of itself."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from vistka.documents.read import read

WRAPPED = """Рада ухвалила закон про підтримку громад

https://www.example.com.ua/news/2024/05/7/1/
2024-05-07T10:30:00Z

Верховна Рада у вівторок ухвалила закон, який дозволяє громадам отримувати
кошти на відновлення мостів без додаткових погоджень у міністерстві.

**Деталі:** За це проголосували 290 депутатів. Закон набуде чинності через
місяць після того, як його підпише президент.
ВІДЕО ДНЯ
"""

CLIPPED = """UA
  • Новини
  • Пошук
Уряд виділив 1,5 млрд грн на ремонт доріг

www.example.com.ua
Thu, 16 Jan 2025 06:08:40 +0200
Уряд виділив 1,5 млрд грн на ремонт доріг

Кабінет Міністрів ухвалив рішення на засіданні в середу.

Читати далі

Інша новина про футбол
Інша новина про футбол
Збірна перемогла з рахунком 2:0.
sport.example.com
Thu, 11 Dec 2025 21:16:53 +0200
"""


def item(text):
    return read(text, max_mib=1)


def test_a_wrapped_paragraph_is_one_block_and_single_lines_are_their_own():
    blocks = item(WRAPPED).blocks
    assert [(block.kind, block.text.split()[0]) for block in blocks] == [
        ("title", "Рада"),
        ("caption", "https://www.example.com.ua/news/2024/05/7/1/"),
        ("caption", "2024-05-07T10:30:00Z"),
        ("paragraph", "Верховна"),
        ("paragraph", "**Деталі:**"),
        ("heading", "ВІДЕО"),
    ]
    assert blocks[3].text.count("\n") == 1
    assert [span.of(blocks[4].text) for span in blocks[4].markup] == ["**", "**"]


def test_metadata_of_a_text_with_its_address():
    read_item = item(WRAPPED)
    assert read_item.title == "Рада ухвалила закон про підтримку громад"
    assert read_item.url == "https://www.example.com.ua/news/2024/05/7/1/"
    assert read_item.source == "www.example.com.ua"
    assert read_item.published == datetime(2024, 5, 7, 10, 30, tzinfo=UTC)


def test_a_clipped_page_gives_its_own_title_and_time_and_not_those_of_other_news():
    read_item = item(CLIPPED)
    assert read_item.title == "Уряд виділив 1,5 млрд грн на ремонт доріг"
    assert read_item.source == "www.example.com.ua"
    assert read_item.published == datetime(2025, 1, 16, 6, 8, 40, tzinfo=timezone(timedelta(hours=2)))
    assert [block.text for block in read_item.blocks if block.kind == "list-item"] == ["Новини", "Пошук"]
    assert sum(block.kind == "title" for block in read_item.blocks) == 2
    assert "Інша новина про футбол" in [block.text for block in read_item.blocks if block.kind == "heading"]


@pytest.mark.parametrize(
    "text",
    [
        "фото з відкритих джерел",
        "КИЇВ, 5 січня. Міністр заявив про це.\n\nДругий абзац є тут.",
        "Текст вийшов 11 грудня.",
    ],
)
def test_what_a_text_does_not_say_is_empty(text):
    read_item = item(text)
    assert (read_item.title, read_item.source, read_item.url, read_item.published) == ("", "", "", None)


def test_a_time_without_a_zone_is_not_guessed():
    assert item("Заголовок цієї новини\n\n2024-05-07T10:30:00\n\nТекст новини.").published is None


def test_short_lines_are_not_taken_for_a_wrapped_paragraph():
    blocks = item("Перший рядок\nдругий рядок\nтретій рядок\n").blocks
    assert [block.text for block in blocks] == ["Перший рядок", "другий рядок", "третій рядок"]


def test_a_wrapped_quotation_is_one_block_and_its_marks_are_no_words():
    text = "> Це перший рядок цитати, яку листом надіслали до редакції\n> минулого тижня.\n>\n> Кінець.\n"
    blocks = item(text).blocks
    assert [(block.kind, block.text) for block in blocks] == [
        ("quote", "Це перший рядок цитати, яку листом надіслали до редакції\n> минулого тижня."),
        ("quote", "Кінець."),
    ]
    assert [span.of(blocks[0].text) for span in blocks[0].markup] == ["> "]


def test_a_line_of_a_paragraph_may_begin_with_a_dash():
    text = "Над містом збили дрон, ще один безпілотник, як сказав речник,\n– на підході до нього.\n- окремий пункт\n"
    assert [block.text.replace("\n", " ") for block in item(text).blocks] == [
        "Над містом збили дрон, ще один безпілотник, як сказав речник, – на підході до нього.",
        "окремий пункт",
    ]


def test_windows_line_ends_and_no_final_line_end():
    text = "Перший.\r\n\r\n1. Другий\r\n- третій"
    blocks = item(text).blocks
    assert [(block.text, block.kind) for block in blocks] == [
        ("Перший.", "paragraph"),
        ("Другий", "list-item"),
        ("третій", "list-item"),
    ]
    assert [text[block.start : block.end] for block in blocks] == [block.text for block in blocks]


def test_a_dialogue_dash_or_a_year_is_shown_whole():
    assert item("2022. Війна.\n").blocks[0].text == "2022. Війна."

"""Markdown: the words are blocks, everything else stays."""

import pytest

from vistka.datatypes import New
from vistka.documents.markdown import words
from vistka.documents.read import read
from vistka.documents.write import write

DOCUMENT = r"""---
title: "Зведення"
source: www.example.com
date: 2025-01-16T06:08:40+02:00
---
# Заголовок *тут* #

Абзац з **жирним** і [посиланням](http://a.b "т") та `кодом`,
далі \* зірка &amp; <http://x.y> ![фото](i.png) ~~ні~~ 2 * 3 * 4.

> цитата
> друга [строка
> розірвана](u) тут

* пункт
  далі
1. другий

| а | б\|в |
|---|---|
| | у |

```python
код = 1
```

    ще код

<div>
сирий html
</div>

[ref]: http://x "назва"

Сет
===
"""


def item(source):
    return read(source, format="markdown", max_mib=1)


def test_blocks_and_their_words():
    assert [(block.kind, words(block)) for block in item(DOCUMENT).blocks] == [
        ("title", "Заголовок тут"),
        ("paragraph", "Абзац з жирним і посиланням та ,\nдалі * зірка   фото ні 2 * 3 * 4."),
        ("quote", "цитата\nдруга строка\nрозірвана тут"),
        ("list-item", "пункт\n  далі"),
        ("list-item", "другий"),
        ("cell", "а"),
        ("cell", "б|в"),
        ("cell", "у"),
        ("heading", "Сет"),
    ]


def test_front_matter_gives_the_metadata():
    read_item = item(DOCUMENT)
    assert (read_item.title, read_item.source) == ("Зведення", "www.example.com")
    assert read_item.published is not None
    assert read_item.published.isoformat() == "2025-01-16T06:08:40+02:00"
    assert item("# Перша\n\n# Друга\n").title == "Перша"


def test_a_new_text_takes_the_place_of_the_words_alone():
    source = "# Назва #\n\n> раз\n> два\n\n- три\n\n| а | б |\n|---|---|\n| в | г |\n"
    read_item = item(source)
    rewrites = {index: (New(f"new {index}"),) for index in range(len(read_item.blocks))}
    assert write(read_item, rewrites) == (
        "# new 0 #\n\n> new 1\n\n- new 2\n\n| new 3 | new 4 |\n|---|---|\n| new 5 | new 6 |\n"
    )


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("1. Kyiv said", r"1\. Kyiv said"),
        ("2024 was hard", "2024 was hard"),
        ("# one", r"\# one"),
        ("#one", "#one"),
        ("- he said", r"\- he said"),
        ("-5 degrees", "-5 degrees"),
        ("> 50", r"\> 50"),
        ("2 * 3", "2 * 3"),
        ("*bold*", r"\*bold\*"),
        ("snake_case _x_", r"snake_case \_x\_"),
        ("a `b`", r"a \`b\`"),
        ("[a](b)", r"[a\](b)"),
        ("[Zelenskyy] said", "[Zelenskyy] said"),
        ("<b> 5 < 6", r"\<b> 5 < 6"),
        ("AT&T &amp;", r"AT&T \&amp;"),
        (r"C:\new \*", r"C:\new \\\*"),
        ("---", r"\---"),
        ("===", r"\==="),
        ("one\n\ntwo\n# three", "one two # three"),
    ],
)
def test_only_accidental_markup_is_escaped(text, written):
    read_item = item("слово\n")
    result = write(read_item, {0: (New(text),)})
    assert result == written + "\n"
    blocks = item(result).blocks
    assert [words(block) for block in blocks] == [" ".join(text.split())]


def test_a_bar_in_an_underlined_heading_is_not_lost():
    result = write(item("Слово\n---\n"), {0: (New("Yes | no"),)})
    assert [words(block) for block in item(result).blocks] == ["Yes | no"]


def test_a_link_definition_makes_brackets_dangerous():
    result = write(item("слово\n\n[a]: http://x\n"), {0: (New("see [a]"),)})
    assert words(item(result).blocks[0]) == "see [a]"
    under_a_definition = item("[a]: http://x\nслово\n")
    result = write(under_a_definition, {0: (New('"Quoted"'),)})
    assert [words(block) for block in item(result).blocks] == ['"Quoted"']

"""What no step may change is found whole, and nothing else is."""

from __future__ import annotations

import itertools
import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vistka.datatypes import Span
from vistka.text.protected import merged_spans, protected_spans


def found(text: str) -> list[str]:
    return [span.of(text) for span in protected_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Див. https://www.example.com.ua/a/b/1/. Далі", ["https://www.example.com.ua/a/b/1/"]),
        ("(див. http://a.ua/x_(y)) і www.rada.gov.ua, далі", ["http://a.ua/x_(y)", "www.rada.gov.ua"]),
        ("пише pravda.com.ua: зростання ВВП.Однак", ["pravda.com.ua"]),
        ("на пошту info@mvs.gov.ua.", ["info@mvs.gov.ua"]),
        ("у @president_ua, #Україна та #24лютого", ["@president_ua", "#Україна", "#24лютого"]),
        ("<b>жирне</b> слово<br/>", ["<b>", "</b>", "<br/>"]),
        ('тут <x id="7"></x> і далі', ['<x id="7"></x>']),
        ("{name} {0} %s %(n)d ${x} [X12X] __VAR_A__", ["{name}", "{0}", "%s", "%(n)d", "${x}", "[X12X]", "__VAR_A__"]),
        ("Сім'я 👨‍👩‍👧‍👦, прапор 🇺🇦, рука 👍🏽", ["👨‍👩‍👧‍👦", "🇺🇦", "👍🏽"]),
        ("Вибухи у Києві🔥", ["🔥"]),
        ("команда `git push` і файл звіт.pdf", ["`git push`", "звіт.pdf"]),
        ("коміт 7c44588 і d41d8cd98f00b204e9800998ecf8427e", ["7c44588", "d41d8cd98f00b204e9800998ecf8427e"]),
    ],
)
def test_finds(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "О.Чернишов, т.д. і т.п.",
        "2.5; 17.15; 11.12.2025",
        "Дія.City, Суспільне.Новини",
        "зростання на 50% сума №5 #1",
        "5 < 6 > 4",
        "COVID XBB.1.5 та 1234567",
        "http:// і www.",
    ],
)
def test_leaves_words_and_numbers_alone(text: str) -> None:
    assert found(text) == []


PIECES = st.sampled_from(
    [
        "слово",
        " ",
        "http://",
        "a.ua",
        "@",
        "#Київ",
        "<b>",
        "{x}",
        "🔥",
        "`",
        ".",
        "(",
        ")",
        "%s",
        "__A__",
        "-",
        "\n",
        "7c4",
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
def test_spans_are_in_order_and_never_overlap(text: str) -> None:
    done = 0
    for span in protected_spans(text):
        assert done <= span.start < span.end <= len(text)
        done = span.end


MARK = re.compile(r"\[X\d{1,6}X\]")
"""What Weblate puts in place of a placeholder, and looks for afterwards."""


@example(["http://a.ua/]слово[X12X]."])
@example(["a.ua/)", "[X1X]", "])"])
@example(["http://", "[X0X]", "http://"])
@given(st.lists(st.one_of(PIECES, st.integers(0, 999_999).map("[X{}X]".format), st.sampled_from("[]X12")), max_size=12))
def test_a_mark_of_weblate_is_never_cut(pieces: list[str]) -> None:
    text = "".join(pieces)
    spans = protected_spans(text)
    for mark in MARK.finditer(text):
        assert any(span.start <= mark.start() and mark.end() <= span.end for span in spans), (mark, spans)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5)).map(lambda pair: Span(pair[0], sum(pair)))))
def test_merged_spans_cover_the_same_characters(spans: list[Span]) -> None:
    merged = merged_spans(spans)
    assert {i for s in spans for i in range(s.start, s.end)} == {i for s in merged for i in range(s.start, s.end)}
    assert all(left.end <= right.start for left, right in itertools.pairwise(merged))


@pytest.mark.parametrize("piece", ["а", "(((((", "....", "http://", "<!--", "{{", "``", "a.", "a@", "%("])
def test_time_is_linear(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    started = time.perf_counter()
    protected_spans(text)
    assert time.perf_counter() - started < 5

"""Segments join to their block and keep whole what must stay whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vistka.datatypes import Span
from vistka.text.segments import segment_block

SHARED = Path(__file__).parents[1].parent / "shared"


def test_sentences_languages_and_protected_spans() -> None:
    text = "Джерело: https://a.ua/x. Про це пише @foo.\n\nThe end is near."
    segments = segment_block(text, 7)
    assert [(s.text, s.language) for s in segments] == [
        ("Джерело: https://a.ua/x. ", "uk"),
        ("Про це пише @foo.\n\n", "uk"),
        ("The end is near.", "en"),
    ]
    assert [[span.of(s.text) for span in s.protected] for s in segments] == [["https://a.ua/x"], ["@foo"], []]
    assert {s.block for s in segments} == {7}


def test_the_callers_protected_spans_are_kept_and_listed() -> None:
    text = "Слово [так. Ні](тут) і далі. Кінець."
    first, second = segment_block(text, 0, [Span(6, 20)])
    assert (first.text, second.text) == ("Слово [так. Ні](тут) і далі. ", "Кінець.")
    assert first.protected == (Span(6, 20),)


def test_an_empty_block_has_no_segment() -> None:
    assert segment_block("", 0) == []


PIECES = st.sampled_from(
    [
        "Він сказав",
        "more news",
        "мы это",
        "О. ",
        "м. Київ",
        ". ",
        "? ",
        "«",
        "»",
        '"',
        " ",
        "\n",
        "\n\n",
        "https://a.ua/b.c. ",
        "#Київ",
        "🔥 ",
        "**",
        "<b>",
        "</b>",
        "{x}",
        "1. ",
        "- ",
        "т. д. ",
        "5,5 млн грн. ",
        "\xad",
    ]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join))


@given(TEXTS, st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=3))
def test_segments_join_and_cut_no_protected_span(text: str, cuts: list[tuple[float, float]]) -> None:
    extra = [Span(int(min(cut) * len(text)), int(max(cut) * len(text))) for cut in cuts]
    segments = segment_block(text, 0, extra)
    assert "".join(s.text for s in segments) == text
    assert all(s.text == text[s.start : s.end] for s in segments)
    for segment in segments:
        done = 0
        for span in segment.protected:
            assert done <= span.start < span.end <= len(segment.text)
            done = span.end
    covered = {s.start + i for s in segments for span in s.protected for i in range(span.start, span.end)}
    assert {i for span in extra for i in range(span.start, span.end)} <= covered


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared articles are not there")
def test_real_articles_join_and_are_ukrainian() -> None:
    lines = (SHARED / "eval" / "news" / "news-100.jsonl").read_text(encoding="utf-8").splitlines()[:25]
    counted: dict[str, int] = {}
    for line in lines:
        text = json.loads(line)["text"]
        segments = segment_block(text, 0)
        assert "".join(s.text for s in segments) == text
        for segment in segments:
            counted[segment.language] = counted.get(segment.language, 0) + len(segment.text)
    assert counted["uk"] > 0.95 * sum(counted.values())

"""What of a segment needs a model."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vistka.datatypes import Segment, Span
from vistka.text.protected import protected_spans
from vistka.translate.glossary import Entry, Glossary
from vistka.translate.plan import MAX_PART_CHARS, Part, plan

KNOWN = Glossary(
    [
        Entry("Джерело", ("Source",), pos="label", note="exact"),
        Entry("Пряма мова", ("Quote",), pos="label", note="exact"),
        Entry("фото з відкритих джерел", ("photo from open sources",), pos="boilerplate", note="exact"),
        Entry("місто", ("city",), pos="noun"),
    ]
)


def segment(text: str, *markup: str, language: str = "uk") -> Segment:
    """A segment whose protected spans are the places of each of `markup`, and what is protected anyway."""
    spans = set(protected_spans(text))
    for mark in markup:
        start = text.find(mark)
        while start >= 0:
            spans.add(Span(start, start + len(mark)))
            start = text.find(mark, start + len(mark))
    return Segment(text, language, 0, 0, len(text), tuple(sorted(spans)))  # type: ignore[arg-type]


def shown(source: Segment) -> list[tuple[str, str]]:
    return [(part.kind, source.text[part.start : part.end]) for part in plan(source, KNOWN)]


def test_a_sentence_is_words_and_the_space_after_it_is_kept():
    assert shown(segment("Місто спить. ")) == [("words", "Місто спить."), ("kept", " ")]


@pytest.mark.parametrize("language", ["ru", "be", "en", "other", "und"])
def test_other_languages_are_kept(language: str):
    assert shown(segment("Город спит.", language=language)) == [("kept", "Город спит.")]


def test_what_has_no_letters_is_kept():
    assert shown(segment("12:30 — 15.04 \n")) == [("kept", "12:30 — 15.04 \n")]
    assert plan(segment(""), KNOWN) == []


def test_a_label_and_its_sentence():
    assert shown(segment("Джерело: сайт міста.")) == [("known", "Джерело"), ("kept", ": "), ("words", "сайт міста.")]


@pytest.mark.parametrize("line", ["**Джерело:** сайт міста", "**Джерело**: сайт міста"])
def test_a_label_in_markup(line: str):
    parts = shown(segment(line, "**"))
    assert [part for part in parts if part[0] != "kept"] == [("known", "Джерело"), ("words", "сайт міста")]
    assert "".join(text for _, text in parts) == line


def test_two_labels_after_each_other():
    parts = shown(segment("Джерело: пряма мова: місто спить"))
    assert parts == [
        ("known", "Джерело"),
        ("kept", ": "),
        ("known", "пряма мова"),
        ("kept", ": "),
        ("words", "місто спить"),
    ]


def test_a_colon_after_other_words_is_no_label():
    assert shown(segment("Мер сказав: місто спить.")) == [("words", "Мер сказав: місто спить.")]


def test_boilerplate_needs_no_model():
    assert shown(segment("фото з відкритих джерел\n")) == [("known", "фото з відкритих джерел"), ("kept", "\n")]
    assert shown(segment("(Фото з відкритих джерел)")) == [
        ("kept", "("),
        ("known", "Фото з відкритих джерел"),
        ("kept", ")"),
    ]
    assert shown(segment("Джерело: фото з відкритих джерел")) == [
        ("known", "Джерело"),
        ("kept", ": "),
        ("known", "фото з відкритих джерел"),
    ]


@pytest.mark.parametrize("bullet", ["• ", "— ", "1. ", "2) ", "🔥 ", "▪️ ", "  - "])
def test_bullets_and_emoji_at_the_start_are_kept(bullet: str):
    parts = shown(segment(f"{bullet}Місто спить."))
    assert parts[-1] == ("words", "Місто спить.")
    assert "".join(text for kind, text in parts if kind == "kept") == bullet


def test_protected_spans_at_the_ends_are_kept_and_those_inside_go_with_the_words():
    text = "🔥 Читайте на https://example.com/a новини @news"
    parts = plan(segment(text), KNOWN)
    assert [(part.kind, text[part.start : part.end]) for part in parts] == [
        ("kept", "🔥 "),
        ("words", "Читайте на https://example.com/a новини"),
        ("kept", " @news"),
    ]
    assert [span.of(text) for span in parts[1].protected] == ["https://example.com/a"]


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("Це **вперше.** ", [("words", "Це **вперше.**"), ("kept", " ")]),
        ("• **Київ** спить.", [("kept", "• "), ("words", "**Київ** спить.")]),
        ("**Київ** **спить.**", [("words", "**Київ** **спить.**")]),
        ("**Київ спить.**", [("kept", "**"), ("words", "Київ спить."), ("kept", "**")]),
        ("Це **перше.", [("words", "Це **перше.")]),
    ],
)
def test_a_mark_of_emphasis_goes_with_its_partner(line: str, parts: list[tuple[str, str]]):
    assert shown(segment(line, "**")) == parts


def test_a_text_of_addresses_alone_is_kept():
    text = "https://example.com/новини 🔥 @news"
    assert {kind for kind, _ in shown(segment(text))} == {"kept"}


def test_an_over_long_segment_is_cut_after_clauses():
    clause = "місто спить, поки люди чекають на світло"
    text = "; ".join([clause] * 25)
    words = [part for part in shown(segment(text)) if part[0] == "words"]
    assert len(words) > 1
    assert all(len(part) <= MAX_PART_CHARS for _, part in words)
    assert all(part.endswith(";") for _, part in words[:-1])


def test_a_long_run_without_any_break_is_cut_all_the_same():
    parts = shown(segment("а" * 1000))
    assert [len(text) for _, text in parts] == [420, 420, 160]


def test_a_cut_never_falls_into_a_protected_span():
    long_tag = f'<a href="x" title="{"слово, слово; " * 50}">'
    text = "Початок речення " + long_tag + " і далі"
    source = Segment(text, "uk", 0, 0, len(text), (Span(16, 16 + len(long_tag)),))
    for part in plan(source, KNOWN):
        assert not 16 < part.start < 16 + len(long_tag)
        assert not 16 < part.end < 16 + len(long_tag)


@settings(max_examples=150, deadline=None)
@given(
    text=st.text(alphabet="абвгґ ієї АБ,;:.!—•*12\n()«»🔥Джерело", max_size=120),
    repeat=st.sampled_from([1, 1, 1, 9]),
    ends=st.lists(st.integers(0, 1000), max_size=12),
    language=st.sampled_from(["uk", "uk", "uk", "en"]),
)
def test_the_parts_join_to_the_segment_and_never_cut_a_protected_span(text, repeat, ends, language):
    text *= repeat
    edges = sorted({min(end, len(text)) for end in ends})
    spans = tuple(Span(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False) if b > a)
    parts: list[Part] = plan(Segment(text, language, 0, 0, len(text), spans), KNOWN)
    assert "".join(text[part.start : part.end] for part in parts) == text
    assert all(part.end > part.start for part in parts)
    for span in spans:
        assert not any(span.start < edge < span.end for part in parts for edge in (part.start, part.end))
    for part in parts:
        inside = tuple(span for span in spans if part.start <= span.start and span.end <= part.end)
        if part.kind == "words":
            assert part.protected == inside

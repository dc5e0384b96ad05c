"""From an item to its English draft, and back into its document."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vistka.datatypes import Draft, Item, New, Recipe, Segment
from vistka.documents.read import read
from vistka.documents.write import write, write_bytes
from vistka.errors import EngineError
from vistka.options import Options
from vistka.progress import SilentProgress
from vistka.tests.scripted_engine import Answer, ScriptedEngine
from vistka.translate.drafts import Translator
from vistka.translate.glossary import Entry, Glossary

KNOWN = Glossary(
    [
        Entry("Джерело", ("Source",), pos="label", note="exact"),
        Entry("фото з відкритих джерел", ("photo from open sources",), pos="boilerplate", note="exact"),
        Entry("мер", ("mayor",), pos="noun"),
        Entry("Україна", ("Ukraine",), pos="place"),
    ]
)
RECIPE = Recipe("scripted")
ENGLISH = {
    "Місто спить.": "The city sleeps.",
    "Мер міста не прийшов на зустріч.": "The mayor of the city did not come to the meeting.",
    "Люди чекають на світло.": "People are waiting for light.",
    "Мер приїхав": "The mayor has arrived",
    "сайт міста": "the website of the city",
}


def translator(script: dict[str, str] | Callable[[str], Answer] = ENGLISH, **options: object) -> Translator:
    def answer(request: object) -> Answer:
        text = re.search(r"<text>\n(.*)\n</text>$", request.text, re.DOTALL)[1]  # type: ignore[attr-defined,index]
        return script(text) if callable(script) else script.get(text, f"English {len(text)}")

    return Translator(ScriptedEngine(answer), KNOWN, Options(**options), RECIPE)  # type: ignore[arg-type]


def asked(used: Translator) -> list[str]:
    return [re.search(r"<text>\n(.*)\n</text>$", text, re.DOTALL)[1] for text in used.engine.texts]  # type: ignore


def item_of(text: str, form: str = "text") -> Item:
    return read(text.encode(), format=form, max_mib=1)  # type: ignore[arg-type]


def drafted(text: str, used: Translator | None = None, form: str = "text") -> Draft:
    return (used or translator()).draft(item_of(text, form))


def check_whole(draft: Draft) -> None:
    """What holds of every draft."""
    for index, part in enumerate(draft.segments):
        block = draft.item.blocks[part.segment.block]
        assert block.text[part.segment.start : part.segment.end] == part.segment.text
        shown = [piece.text if isinstance(piece, New) else block.text[piece.start : piece.end] for piece in part.pieces]
        assert "".join(shown) == part.text
        assert 0.0 <= part.confidence_0_1 <= 1.0
        assert {flag.segment for flag in part.flags} <= {index}
    for index, block in enumerate(draft.item.blocks):
        assert "".join(part.segment.text for part in draft.segments if part.segment.block == index) == block.text


def test_sentences_come_out_in_their_order_with_the_space_between_them():
    draft = drafted("Місто спить. Мер міста не прийшов на зустріч.\n\nЛюди чекають на світло.\n")
    check_whole(draft)
    assert write(draft.item, draft.rewrites()) == (
        "The city sleeps. The mayor of the city did not come to the meeting.\n\nPeople are waiting for light.\n"
    )
    assert {part.origin for part in draft.segments} == {"model"}
    assert draft.recipe is RECIPE
    assert draft.block_texts()[0].startswith("The city sleeps.")


def test_english_is_not_touched_and_one_ukrainian_line_is_translated():
    text = "The Cabinet met on Tuesday and approved the budget.\n\nфото з відкритих джерел\n\nIt will be published.\n"
    used = translator()
    draft = drafted(text, used)
    check_whole(draft)
    assert write(draft.item, draft.rewrites()) == text.replace("фото з відкритих джерел", "photo from open sources")
    assert asked(used) == []
    assert [part.origin for part in draft.segments].count("glossary") == 1
    assert [part.confidence_0_1 for part in draft.segments] == [1.0] * len(draft.segments)


def test_russian_is_left_and_flagged():
    text = "Местные жители сообщили о взрывах, которые были слышны этой ночью. Что это было, пока неизвестно.\n"
    used = translator()
    draft = drafted(text, used)
    check_whole(draft)
    assert draft.rewrites() == {}
    assert asked(used) == []
    assert {(flag.code, flag.severity) for flag in draft.flags()} == {("russian", "warn")}
    assert {part.origin for part in draft.segments} == {"source"}


def test_a_sentence_that_comes_again_is_translated_once():
    used = translator()
    draft = drafted("Місто спить. Люди чекають на світло. Місто спить.\n\nМісто спить.\n", used)
    check_whole(draft)
    assert asked(used) == ["Місто спить.", "Люди чекають на світло."]
    assert write(draft.item, draft.rewrites()).count("The city sleeps.") == 3


def test_n_segments_in_n_out():
    texts = ["Місто спить. ", "Hello there. ", "", "12:30", "🔥", "Люди чекають на світло."]
    languages = ["uk", "en", "und", "uk", "uk", "uk"]
    segments = [
        Segment(text, language, 0, 0, len(text))  # type: ignore[arg-type]
        for text, language in zip(texts, languages, strict=True)
    ]
    parts = translator().translate(segments, SilentProgress())
    assert [part.segment for part in parts] == segments
    assert [part.text for part in parts] == [
        "The city sleeps. ",
        "Hello there. ",
        "",
        "12:30",
        "🔥",
        "People are waiting for light.",
    ]
    assert translator().translate([], SilentProgress()) == []


def test_a_label_with_its_sentence_and_its_flags():
    draft = drafted("Джерело: сайт міста\n")
    check_whole(draft)
    assert write(draft.item, draft.rewrites()) == "Source: the website of the city\n"


def test_a_headline_in_capitals_reaches_the_model_in_ordinary_ones():
    used = translator({"Україна отримала допомогу": "Ukraine received aid"})
    draft = drafted("УКРАЇНА ОТРИМАЛА ДОПОМОГУ\n", used)
    check_whole(draft)
    assert asked(used)[0] == "Україна отримала допомогу"
    assert draft.segments[0].text.startswith("Ukraine received aid")


def test_a_wrapped_sentence_reaches_the_model_on_one_line():
    used = translator()
    draft = drafted("> Мер міста не прийшов\n> на зустріч.\n\nМісто\nспить.\n", used, "markdown")
    check_whole(draft)
    assert asked(used) == ["Мер міста не прийшов на зустріч.", "Місто спить."]
    assert write(draft.item, draft.rewrites()) == (
        "> The mayor of the city did not come to the meeting.\n\nThe city sleeps.\n"
    )


def test_terms_that_were_offered_and_missed():
    used = translator(lambda _: "The head of the city did not come.")
    part = drafted("Мер міста не прийшов.\n", used).segments[0]
    assert part.terms == (("мер", "mayor"),)
    assert part.missed_terms == (("мер", "mayor"),)
    assert drafted("Мер міста не прийшов.\n", translator(hints=False)).segments[0].terms == ()


def test_findings_become_flags_of_their_segment():
    used = translator(lambda text: "He came." if "не" in text else "The city sleeps.")
    draft = drafted("Місто спить. Він не прийшов.\n", used)
    check_whole(draft)
    (flag,) = list(draft.flags())
    assert (flag.code, flag.severity, flag.segment) == ("negation-lost", "error", 1)
    assert draft.segments[1].confidence_0_1 < draft.segments[0].confidence_0_1


@pytest.mark.parametrize(
    ("form", "source", "wanted"),
    [
        (
            "text",
            "🔥 Мер приїхав https://example.com/a\r\n\r\nIt is here.\r\n",
            "🔥 The mayor has arrived https://example.com/a\r\n\r\nIt is here.\r\n",
        ),
        (
            "markdown",
            "# Мер приїхав\n\n---\n\n* Люди чекають на світло.\n* It is [here](https://example.com/a).\n\n`код`\n",
            (
                "# The mayor has arrived\n\n---\n\n* People are waiting for light.\n"
                "* It is [here](https://example.com/a).\n\n`код`\n"
            ),
        ),
        (
            "html",
            (
                '<p class="a">Люди чекають на світло.</p><!-- так --><script>var a = "Місто спить.";</script>'
                "<ul><li>Мер приїхав</li></ul><p>It is here.</p>"
            ),
            (
                '<p class="a">People are waiting for light.</p><!-- так --><script>var a = "Місто спить.";</script>'
                "<ul><li>The mayor has arrived</li></ul><p>It is here.</p>"
            ),
        ),
    ],
)
def test_everything_else_in_the_document_is_unchanged(form: str, source: str, wanted: str):
    draft = drafted(source, form=form)
    check_whole(draft)
    assert write(draft.item, draft.rewrites()) == wanted


def test_what_the_model_writes_is_no_markup():
    draft = drafted("<p>Місто спить.</p>", translator(lambda _: "The <b>city</b> & it sleeps."), "html")
    written = write(draft.item, draft.rewrites())
    assert "<b>" not in written
    assert "&amp;" in written


def test_tags_inside_a_sentence_come_back_though_the_model_loses_them():
    def answer(text: str) -> str:
        return {"Місто": "The city", "спить.": "sleeps."}.get(text.strip(), "The city sleeps.")

    draft = drafted("<p>Місто <b>Суми</b> спить.</p>", translator(answer), "html")
    check_whole(draft)
    written = write(draft.item, draft.rewrites())
    assert written.count("<b>") == written.count("</b>") == 1
    assert written.index("<b>") < written.index("</b>")


def test_addresses_come_back_though_the_model_changes_them():
    text = "Читайте новини міста на https://example.com/новини та пишіть на news@example.com щодня.\n"
    draft = drafted(text, translator(lambda _: "Read the news of the city on https://example.org every day."))
    check_whole(draft)
    written = write(draft.item, draft.rewrites())
    assert written.count("https://example.com/новини") == written.count("news@example.com") == 1


@pytest.mark.parametrize("text", ["https://example.com/новини\n", "🔥🔥🔥\n", "@news #Київ 12:30 — 50%\n", "...\n"])
def test_a_text_without_words_is_left_as_it_is(text: str):
    used = translator()
    draft = drafted(text, used)
    check_whole(draft)
    assert write(draft.item, draft.rewrites()) == text
    assert asked(used) == []


def test_an_item_without_blocks_and_an_empty_block():
    empty = Item(raw="", blocks=())
    assert translator().draft(empty).segments == ()
    item = item_of("Місто спить.\n")
    odd = replace(item, blocks=(replace(item.blocks[0], text="", end=item.blocks[0].start),))
    draft = translator().draft(odd)
    assert draft.segments == ()
    assert draft.block_texts() == [""]


def test_an_error_of_the_engine_is_passed_on_and_the_next_try_works():
    engine = ScriptedEngine({}, default="The city sleeps.", failures=1)
    used = Translator(engine, KNOWN, Options(), RECIPE)
    item = item_of("Місто спить.\n")
    with pytest.raises(EngineError):
        used.draft(item)
    assert used.draft(item).segments[0].text.startswith("The city sleeps.")


def test_an_interrupted_ladder_is_climbed_again():
    answers = ["He came.", EngineError("out of memory"), "He came.", "He did not come."]
    used = translator(lambda _: answers.pop(0))
    with pytest.raises(EngineError):
        used.draft(item_of("Він не прийшов.\n"))
    assert used.draft(item_of("Він не прийшов.\n")).block_texts() == ["He did not come."]


def test_a_sequence_to_sequence_model_gets_bare_sentences_in_one_batch():
    engine = ScriptedEngine(ENGLISH, kind="seq2seq")
    used = Translator(engine, KNOWN, Options(beam_size=3), RECIPE)
    draft = used.draft(item_of("Місто спить. Мер міста не прийшов на зустріч.\n"))
    check_whole(draft)
    ((batch, decoding),) = engine.calls
    assert [request.text for request in batch] == ["Місто спить.", "Мер міста не прийшов на зустріч."]
    assert decoding.beam_size == 3
    assert [part.terms for part in draft.segments] == [(), ()]
    assert (
        write(draft.item, draft.rewrites()) == "The city sleeps. The mayor of the city did not come to the meeting.\n"
    )


def test_progress_is_told_of_every_sentence_once():
    class Told(SilentProgress):
        def __init__(self) -> None:
            self.total: int | None = None
            self.done = self.finished = 0

        def start(self, description: str, total: int | None, unit: str) -> None:
            assert (description, unit) == ("translating", "segments")
            self.total = total

        def advance(self, amount: int) -> None:
            self.done += amount

        def finish(self) -> None:
            self.finished += 1

    told = Told()
    translator().draft(item_of("Місто спить. Люди чекають на світло. Місто спить.\n"), told)
    assert (told.total, told.done, told.finished) == (2, 2, 1)


FORMS = {
    "text": ("", ""),
    "markdown": ("# Title\n\n", "\n\n* one\n* two\n"),
    "html": ("<!doctype html><html><body><p>", "</p></body></html>"),
}


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(FORMS)),
    st.lists(
        st.sampled_from(
            ["The city sleeps. ", "It is  here!\n", "\r\n", "\n\n", "12:30 — 50% ", "🔥", "**bold** ", "<br>", "&amp; ",
             "https://example.com/a?b=c ", "\t", "Это сделали они сами, и никто больше. ", "`a` ", "- ", "> ", "\u00a0"]
        ),
        min_size=1,
    ),
)  # fmt: skip
def test_a_document_with_nothing_to_translate_comes_back_byte_for_byte(form: str, parts: list[str]):
    head, tail = FORMS[form]
    text = head + "x" + "".join(parts) + tail
    item = item_of(text, form)
    used = translator()
    draft = used.draft(item)
    check_whole(draft)
    assert asked(used) == []
    assert write_bytes(item, draft.rewrites()) == text.encode()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["Місто спить. ", "Люди чекають на світло. ", "🔥 ", "https://example.com/a ", "@news_ua ", "#Київ ",
             "\n\n", "The city sleeps. ", "Мер ", "{name} ", "не прийшов, ", "1,5 млн грн ", "«", "» "]
        ),
        min_size=1,
        max_size=14,
    ),
    st.sampled_from(["It is here.", "", "{name}", "місто"]),
)  # fmt: skip
def test_any_mixture_keeps_its_protected_spans(parts: list[str], answer: str):
    text = "x " + "".join(parts)
    draft = drafted(text, translator(lambda _: answer))
    check_whole(draft)
    written = write(draft.item, draft.rewrites())
    for mark in ("🔥", "https://example.com/a", "@news_ua", "#Київ"):
        assert written.count(mark) == text.count(mark)
    assert written.count("\n") == text.count("\n")

"""The dialect of DeepL: tags, sentences, requests, and what bad input gets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vistka.datatypes import DraftSegment, Kept, New, Segment, Span
from vistka.documents.write import write
from vistka.errors import UsageError
from vistka.models.engine import Request
from vistka.serve import deepl_texts
from vistka.serve.deepl_preserved import preserved
from vistka.serve.deepl_requests import TextRequest
from vistka.serve.deepl_tags import TagRules, is_intact, tagged_item
from vistka.serve.deepl_texts import Prepared, between_tags
from vistka.tests.scripted_engine import ScriptedEngine
from vistka.tests.serve_app import scripted_app
from vistka.text.romanisation import romanise

XML = TagRules(handling="xml")


def rules(handling: Any = "xml", *, outline: bool = True, **names: str) -> TagRules:
    return TagRules(
        handling=handling, outline=outline, **{name: frozenset(value.split()) for name, value in names.items()}
    )


def prepared(text: str, ask: TextRequest) -> Prepared:
    return deepl_texts.prepared(deepl_texts.item_of(text, ask), ask.split)


def words(text: str, tags: TagRules = XML) -> list[str]:
    """The text of each block."""
    item = tagged_item(text, tags)
    assert write(item, {}) == text
    return [block.text for block in item.blocks]


def marks(text: str, tags: TagRules = XML) -> list[list[str]]:
    """What is no words, block by block."""
    return [[span.of(block.text) for span in block.markup] for block in tagged_item(text, tags).blocks]


# --- XML ------------------------------------------------------------------------------------------------------------


def test_tags_around_the_words_are_no_part_of_a_block() -> None:
    assert words("<p>Київ</p>") == ["Київ"]
    assert words("<b>Київ</b> і <i>Львів</i>.") == ["<b>Київ</b> і <i>Львів</i>."]
    assert words(" <x/>  Київ <y/> ") == ["Київ"]


def test_an_ignored_element_is_one_mark_with_all_that_is_in_it() -> None:
    assert marks('Натисніть <x id="7"></x>, щоб', rules(ignore="x")) == [['<x id="7"></x>']]
    assert marks("Код <c>не <b>чіпай</b></c> тут", rules(ignore="c")) == [["<c>не <b>чіпай</b></c>"]]
    assert marks("Два <x>а</x><x>б</x> поряд", rules(ignore="x")) == [["<x>а</x>", "<x>б</x>"]]
    assert words("<doc><c>не чіпай</c></doc>", rules(ignore="c")) == []


def test_the_outermost_elements_with_words_hold_sentences() -> None:
    page = "<d>\n <m><t>Назва</t></m>\n <c><p>Перше. <i>Друге</i>.</p><p>Третє.</p></c>\n</d>"
    assert words(page) == ["Назва", "Перше. <i>Друге</i>.", "Третє."]


def test_splitting_tags_end_a_sentence_and_non_splitting_ones_do_not() -> None:
    assert words("Один <s>два</s> три") == ["Один <s>два</s> три"]
    assert words("Один <s>два</s> три", rules(splitting="s")) == ["Один", "два", "три"]
    assert words("<p>Один</p><p>два</p>", rules(non_splitting="p")) == ["<p>Один</p><p>два</p>"]
    assert words("<p>Один</p><p>два</p>", rules(outline=False)) == ["<p>Один</p><p>два</p>"]
    assert words("<p>Один</p><p>два</p>", rules(outline=False, splitting="p")) == ["Один", "два"]


def test_references_are_decoded_for_the_model_and_kept_in_the_text() -> None:
    assert words("Ст. &lt;5&gt; &amp; «6» &quot;7&quot; &#8212; &nbsp; A&B") == ['Ст. <5> & «6» "7" — \xa0 A&B']


def test_comments_instructions_and_a_declaration_stay() -> None:
    text = '<?xml version="1.0" encoding="UTF-8"?>\n<p>Київ<!-- столиця --> і <?php echo "x" ?>Львів</p>'
    assert marks(text) == [["<!-- столиця -->", '<?php echo "x" ?>']]
    assert words(text) == ['Київ<!-- столиця --> і <?php echo "x" ?>Львів']


def test_cdata_becomes_text_with_references() -> None:
    item = tagged_item("<p>Газ<![CDATA[ < 5 & > 3]]></p>", XML)
    assert item.raw == "<p>Газ &lt; 5 &amp; &gt; 3</p>"
    assert [block.text for block in item.blocks] == ["Газ < 5 & > 3"]


def test_characters_that_xml_cannot_hold_are_text() -> None:
    assert words("Львів\x0bі\x1bКиїв &#1; \ufffe <b>😀</b>") == ["Львів\x0bі\x1bКиїв &#1; \ufffe <b>😀</b>"]


@pytest.mark.parametrize(
    "text",
    [
        "<b>Київ",
        "Київ</b>",
        "<b>Київ</i>",
        "3 < 5",
        "<b a=1>Київ</b>",
        "</vistka>Київ<vistka>",
        '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        "<!DOCTYPE a SYSTEM 'http://example.com/a.dtd'><a>Київ</a>",
        "]]>",
    ],
)
def test_what_is_no_xml_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="Tag handling parsing failed, please check input"):
        tagged_item(text, XML)


def test_the_fault_is_placed_in_the_text_itself() -> None:
    with pytest.raises(UsageError, match="mismatched tag at line 1, column 7"):
        tagged_item("<b>ab</i>", XML)
    with pytest.raises(UsageError, match="mismatched tag at line 2, column 4"):
        tagged_item("<b>ab\ncd</i>", XML)


def test_long_runs_take_no_more_than_linear_time() -> None:
    spaces, dots = " " * 49_000, "." * 49_000
    assert sentences(f"Так{spaces}", split="1") == ["Так"]
    source = f"Так{dots}ні"
    part = preserved(DraftSegment(Segment(source, "uk", 0, 0, len(source)), "", (New(f"Yes{dots}no."),), "model", 1.0))
    assert part.pieces == (New(f"Yes{dots}no"),)


def test_deeply_nested_tags_take_no_more_than_linear_time() -> None:
    assert len(words("<a>" * 20_000 + "Київ" + "</a>" * 20_000)) == 1


_names = st.sampled_from(["p", "b", "x", "назва", "title"])
_texts = st.text(st.sampled_from("Київ 12.,\n\t&;<>'\"😀і́\x0b\xa0"), max_size=12).map(
    lambda text: text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
)
_xml = st.recursive(
    _texts,
    lambda inner: st.one_of(
        st.builds(lambda name, parts: f"<{name} a='1'>{''.join(parts)}</{name}>", _names, st.lists(inner, max_size=4)),
        st.builds(lambda name: f"<{name}/>", _names),
        st.builds("".join, st.lists(inner, max_size=4)),
        st.just("<!-- x -->"),
    ),
    max_leaves=12,
)


@given(_xml, st.booleans(), st.sets(_names), st.sets(_names), st.sets(_names))
def test_every_character_of_xml_has_its_place(
    text: str, outline: bool, ignore: set[str], splitting: set[str], other: set[str]
) -> None:
    tags = TagRules(
        handling="xml",
        outline=outline,
        ignore=frozenset(ignore),
        splitting=frozenset(splitting),
        non_splitting=frozenset(other),
    )
    item = tagged_item(text, tags)
    assert write(item, {}) == text
    end = 0
    for block in item.blocks:
        assert end <= block.start < block.end
        end = block.end
        assert block.text == block.text.strip()
        for span in block.markup:
            assert span.of(block.text) == block.raw_span(span).of(text)
        # Every tag inside of a block has its other half there, too.
        if not splitting:
            assert is_intact(text[block.start : block.end], text[block.start : block.end])
    ask = TextRequest(texts=(text,), tags=tags)
    for one in (prepared(text, ask), between_tags(prepared(text, ask))):
        for index, block in enumerate(one.item.blocks):
            assert "".join(s.text for s in one.segments if s.block == index) == block.text
        rewrites = {index: (Kept(0, len(block.text)),) for index, block in enumerate(one.item.blocks)}
        assert write(one.item, rewrites) == text


def test_lost_added_and_misplaced_tags_are_seen() -> None:
    assert is_intact("<b>Київ</b> <x/>", "<x/> <b>Kyiv</b>")
    for after in ("<b>Kyiv</b>", "<b>Kyiv</b> <x/><x/>", "</b>Kyiv<b> <x/>", "<b>Kyiv</b> <y/>", "<b>Kyiv <x/>"):
        assert not is_intact("<b>Київ</b> <x/>", after)


def test_between_tags_no_tag_is_part_of_a_block() -> None:
    one = between_tags(prepared("Це &lt;<b>дуже</b>&gt; важливо <x/>", TextRequest(texts=(), tags=XML)))
    assert [block.text for block in one.item.blocks] == ["Це <", "дуже", "> важливо"]
    rewrites = {index: (New(block.text),) for index, block in enumerate(one.item.blocks)}
    assert write(one.item, rewrites) == "Це &lt;<b>дуже</b>&gt; важливо <x/>"


# --- HTML -----------------------------------------------------------------------------------------------------------


def test_html_is_read_as_a_page_is() -> None:
    html = rules("html")
    assert words("<P>Київ<br>і <B>Львів</B></P><p translate=no>Не чіпай", html) == ["Київ<br>і <B>Львів</B>"]
    assert words("3 < 5 і <b>Київ", html) == ["3 < 5 і <b>Київ"]


def test_elements_can_be_ignored_in_html_too() -> None:
    ignoring = rules("html", ignore="SPAN nt")
    assert marks("<p>Київ <span>не <b>чіпай</b></span> і далі</p>", ignoring) == [["<span>не <b>чіпай</b></span>"]]
    assert marks("<p>Київ</p><nt>не <b>чіпай</b></nt>", ignoring) == [[], ["не <b>чіпай</b>"]]
    assert marks("<p>Київ <span>і <span>ще</span> далі", ignoring) == [["<span>і <span>ще</span> далі"]]


# --- sentences ------------------------------------------------------------------------------------------------------


def sentences(text: str, **ask: Any) -> list[str]:
    return [segment.text for segment in prepared(text, TextRequest(texts=(text,), **ask)).segments]


def test_sentences_end_where_the_request_says() -> None:
    text = "Перше речення. Друге\nречення."
    assert sentences(text) == ["Перше речення. ", "Друге", "речення."]
    assert sentences(text, split="1") == ["Перше речення. ", "Друге", "речення."]
    assert sentences(text, split="nonewlines") == ["Перше речення. ", "Друге речення."]
    assert sentences(text, split="0") == ["Перше речення. Друге речення."]


def test_a_line_break_in_a_sentence_stays_where_it_is_kept() -> None:
    one = prepared("Перше.\n\nПривіт, друзі", TextRequest(texts=(), split="nonewlines"))
    assert write(one.item, {0: (New("First."), Kept(6, 8), New("Hello"))}) == "First.\n\nHello"


def test_one_sentence_is_still_cut_where_the_language_changes() -> None:
    one = prepared("Він сказав: The quick brown fox jumps over it. І пішов.", TextRequest(texts=(), split="0"))
    assert [segment.language for segment in one.segments] == ["uk", "en", "uk"]


def test_the_language_is_the_one_with_most_letters() -> None:
    for text, language in (
        ("Київ — столиця України", "uk"),
        ("Kyiv is the capital", "en"),
        ("12:30", "und"),
        ("", "und"),
    ):
        assert prepared(text, TextRequest(texts=())).language() == language


@pytest.mark.parametrize(
    ("source", "english", "wanted"),
    [
        ("у Києві", "In Kyiv.", "in Kyiv"),
        ("київський метрополітен", "Kyiv Metro", "Kyiv Metro"),
        ("Новини", "news.", "News"),
        ("Що далі?", "what next.", "What next?"),
        ("Далі буде…", "To be continued...", "To be continued…"),
        ("Переговори у США", "Talks in the U.S.", "Talks in the U.S."),
        ("Він сказав «так»", 'He said "yes".', 'He said "yes"'),
        ("«Так»", '"Yes."', '"Yes."'),
        ("«Так.»", '"Yes".', '"Yes".'),
    ],
)
def test_formatting_is_preserved(source: str, english: str, wanted: str) -> None:
    segment = Segment(source, "uk", 0, 0, len(source))
    part = preserved(DraftSegment(segment, english, (New(english),), "model", 1.0))
    assert part.pieces == (New(wanted),)


def test_tags_and_white_space_around_words_do_not_hide_them() -> None:
    source = "  <b>новини</b> "
    segment = Segment(source, "uk", 0, 0, len(source), (Span(2, 5), Span(11, 15)))
    pieces = (Kept(0, 5), New("The news."), Kept(11, 16))
    part = preserved(DraftSegment(segment, "", pieces, "model", 1.0))
    assert part.pieces == (Kept(0, 5), New("the news"), Kept(11, 16))
    address = (Kept(0, 10), New(" is The site."))
    assert preserved(DraftSegment(Segment("vistka.org сайт", "uk"), "", address, "model", 1.0)).pieces == (
        Kept(0, 10),
        New(" is The site"),
    )


# --- over HTTP ------------------------------------------------------------------------------------------------------


def deepl_engine(request: Request) -> str:
    """Ukrainian in Latin letters; a sentence with `загуби` loses its tags, one with `сплутай` has them mixed up."""
    text = romanise(request.text)
    if "zahuby" in text:
        return text.replace("<b>", "").replace("</b>", "")
    if "splutai" in text:
        return text.replace("<b>", "\0").replace("</b>", "<b>").replace("\0", "</b>")
    return text


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    engine = ScriptedEngine(deepl_engine, kind="seq2seq")
    with TestClient(scripted_app(tmp_path_factory.mktemp("deepl"), engine=engine)) as made:
        yield made


def translated(client: TestClient, *texts: str, **fields: Any) -> list[str]:
    answer = client.post("/v2/translate", json={"text": list(texts), "target_lang": "EN-GB", **fields})
    assert answer.status_code == 200, answer.text
    found = answer.json()["translations"]
    assert [one["billed_characters"] for one in found] == [len(text) for text in texts]
    return [one["text"] for one in found]


def refused(client: TestClient, status: int, path: str = "/v2/translate", method: str = "POST", **request: Any) -> str:
    answer = client.request(method, path, **request)
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert list(body) == ["message"]
    return str(body["message"])


def test_texts_come_back_in_order(client: TestClient) -> None:
    assert translated(client, "Привіт, світе!", "", "  ", "Як справи?") == ["Pryvit, svite!", "", "  ", "Yak spravy?"]


def test_what_is_not_ukrainian_comes_back_as_it_is_and_named(client: TestClient) -> None:
    texts = [
        "Good morning to all of you",
        "Доброе утро, мы ещё здесь",
        "Добры дзень, як ты сёння",
        "12:30",
        "Добрий день",
    ]
    answer = client.post("/v2/translate", json={"text": texts, "target_lang": "EN"}).json()["translations"]
    assert [one["detected_source_language"] for one in answer] == ["EN", "RU", "BE", "UND", "UK"]
    assert [one["text"] for one in answer][:4] == texts[:4]


def test_a_form_does_what_json_does(client: TestClient) -> None:
    form = {"text": ["Один", "Два <x>три</x>"], "target_lang": "en-us", "tag_handling": "xml", "ignore_tags": "y,x"}
    answer = client.post("/v2/translate", data=form)
    assert [one["text"] for one in answer.json()["translations"]] == ["Odyn", "Dva <x>три</x>"]
    form |= {"outline_detection": "0", "preserve_formatting": "1", "split_sentences": "nonewlines"}
    assert client.post("/deepl/v2/translate", data=form).status_code == 200


def test_fields_that_deepl_has_and_we_do_not_are_passed_over(client: TestClient) -> None:
    unknown = {
        "context": "Новини", "model_type": "quality_optimized", "style_id": "x", "custom_instructions": ["a"] * 10,
        "translation_memory_id": "m", "translation_memory_threshold": 75, "tag_handling_version": "v2",
        "show_billed_characters": True, "formality": "prefer_more", "whatever": {"a": [1]},
    }  # fmt: skip
    assert translated(client, "Київ", **unknown) == ["Kyiv"]


@pytest.mark.parametrize("target", ["EN", "en", "EN-GB", "en-us", "EN_US"])
def test_english_has_several_names(client: TestClient, target: str) -> None:
    assert translated(client, "Львів", target_lang=target, source_lang="uk") == ["Lviv"]


def test_tags_that_the_model_loses_or_mixes_up_come_back(client: TestClient) -> None:
    xml = {"tag_handling": "xml"}
    lost = translated(client, "Не загуби <b>цього</b> тут", "Не сплутай <b>цього</b> тут", **xml)
    assert lost == ["Ne zahuby <b>tsoho</b> tut", "Ne splutai <b>tsoho</b> tut"]


def test_new_words_are_escaped_where_there_is_markup(client: TestClient) -> None:
    assert translated(client, "Київ &lt; Львів", tag_handling="xml") == ["Kyiv &lt; Lviv"]
    assert translated(client, "Київ < Львів") == ["Kyiv < Lviv"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"text": ["Київ"]}, "'target_lang' not specified"),
        ({"target_lang": "EN"}, "'text' not specified"),
        ({"text": [], "target_lang": "EN"}, "'text' not specified"),
        ({"text": [1], "target_lang": "EN"}, "list of strings"),
        ({"text": {"a": 1}, "target_lang": "EN"}, "list of strings"),
        ({"text": ["\ud800"], "target_lang": "EN"}, "list of strings"),
        ({"text": ["Київ"] * 129, "target_lang": "EN"}, "Too many texts: 129"),
        ({"text": ["Київ"], "target_lang": "DE"}, "'target_lang' not supported: DE"),
        ({"text": ["Київ"], "target_lang": 7}, "target_lang"),
        ({"text": ["Київ"], "target_lang": "EN", "source_lang": "PL"}, "'source_lang' not supported: PL"),
        ({"text": ["test"], "target_lang": "DE", "source_lang": "EN"}, "'target_lang' not supported: DE"),
        ({"text": ["Київ"], "target_lang": "EN", "formality": "more"}, "'formality' is not supported"),
        ({"text": ["Київ"], "target_lang": "EN", "formality": "rude"}, "'formality' not supported"),
        ({"text": ["Київ"], "target_lang": "EN", "tag_handling": "latex"}, "'tag_handling' not supported"),
        ({"text": ["Київ"], "target_lang": "EN", "tag_handling": "xml", "ignore_tags": [1]}, "'ignore_tags'"),
        ({"text": ["Київ"], "target_lang": "EN", "tag_handling": "xml", "ignore_tags": "a," * 99 + "b,c,d"}, None),
        ({"text": ["<b>Київ"], "target_lang": "EN", "tag_handling": "xml"}, "Tag handling parsing failed"),
        ({"text": ["Київ"], "target_lang": "EN", "split_sentences": "2"}, "'split_sentences' not supported"),
        ({"text": ["Київ"], "target_lang": "EN", "preserve_formatting": "maybe"}, "'preserve_formatting'"),
        ({"text": ["Київ"], "target_lang": "EN", "glossary_id": "x"}, "requires the 'source_lang'"),
        (
            {"text": ["Київ"], "target_lang": "EN", "source_lang": "UK", "glossary_id": "x", "glossary_ids": ["y"]},
            "cannot be used together",
        ),
        (
            {"text": ["Київ"], "target_lang": "EN", "source_lang": "UK", "glossary_ids": list("abcdef")},
            "the most is 5",
        ),
    ],
)
def test_what_is_wrong_with_a_request_is_said(client: TestClient, fields: dict[str, Any], message: str | None) -> None:
    body = json.dumps(fields)
    if message is None:
        assert client.post("/v2/translate", content=body, headers=JSON).status_code == 200
    else:
        assert message in refused(client, 400, content=body, headers=JSON)


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b'{"text": ["', "application/json"),
        (b'["text"]', "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"text=%ff&target_lang=EN", "application/x-www-form-urlencoded"),
        (b"text=a&target_lang=EN", "application/x-www-form-urlencoded; charset=no-such"),
        (b"text", "multipart/form-data; boundary=x"),
        (b"text", "text/plain"),
        (b"", ""),
    ],
)
def test_broken_bodies_are_refused(client: TestClient, content: bytes, kind: str) -> None:
    refused(client, 400, content=content, headers={"Content-Type": kind})


def test_too_much_text_is_refused_whole(client: TestClient) -> None:
    assert "60000 characters" in refused(client, 413, json={"text": ["я" * 60_000], "target_lang": "EN"})


_json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=4,
)
_fields = st.fixed_dictionaries(
    {"text": st.one_of(_json_values, st.lists(st.text(max_size=12), max_size=3)), "target_lang": st.just("EN")},
    optional={
        name: st.one_of(_json_values, st.sampled_from(["xml", "html", "1", "0", "UK", "b", "more", ["b", "x"]]))
        for name in (
            "source_lang", "split_sentences", "preserve_formatting", "formality", "glossary_id", "glossary_ids",
            "tag_handling", "outline_detection", "splitting_tags", "non_splitting_tags", "ignore_tags", "context",
        )
    },
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(_fields)
def test_no_request_brings_the_service_down(client: TestClient, fields: dict[str, Any]) -> None:
    answer = client.post("/v2/translate", content=json.dumps(fields), headers=JSON)
    assert answer.status_code in {200, 400, 404}, answer.text
    if answer.status_code == 200:
        assert all(isinstance(one["text"], str) for one in answer.json()["translations"])
    else:
        assert isinstance(answer.json()["message"], str)


# --- the rest of the API --------------------------------------------------------------------------------------------


def test_languages_by_query_by_form_and_by_form_in_a_get(client: TestClient) -> None:
    for path in ("/v2/languages", "/deepl/v2/languages"):
        assert [one["language"] for one in client.get(path).json()] == ["UK"]
        assert [one["language"] for one in client.get(f"{path}?type=source").json()] == ["UK"]
        for answer in (
            client.get(f"{path}?type=target"),
            client.request("GET", path, data={"type": "target"}),
            client.post(path, data={"type": "target"}),
        ):
            assert [(one["language"], one["supports_formality"]) for one in answer.json()] == [
                ("EN-GB", False),
                ("EN-US", False),
            ]
    assert "'type'" in refused(client, 400, "/v2/languages?type=both", "GET")


def test_usage_grows_with_what_is_translated(client: TestClient) -> None:
    before = client.get("/v2/usage").json()
    translated(client, "Двадцять знаків тут.")
    after = client.get("/v2/usage").json()
    assert after["character_count"] - before["character_count"] == 20
    assert after["character_limit"] > 10**9
    refused(client, 400, json={"text": ["Київ"], "target_lang": "DE"})
    assert client.get("/v2/usage").json() == after


def test_what_deepl_has_and_we_have_not_is_not_found(client: TestClient) -> None:
    for method, path in (
        ("POST", "/v2/write/rephrase"),
        ("POST", "/v2/write/correct"),
        ("GET", "/v3/glossaries"),
        ("POST", "/v3/glossaries"),
        ("PATCH", "/v3/glossaries/x"),
        ("PUT", "/v3/glossaries/x/dictionaries"),
        ("GET", "/v3/style_rules"),
        ("GET", "/v3/translation_memories"),
        ("GET", "/v2/"),
        ("DELETE", "/v2/translate"),
    ):
        for prefix in ("", "/deepl"):
            assert "Not found" in refused(client, 404, prefix + path, method)


def glossary_fields(**fields: Any) -> dict[str, Any]:
    whole = {
        "name": "Кухня",
        "source_lang": "uk",
        "target_lang": "en",
        "entries": "млинець\tcrepe",
        "entries_format": "tsv",
    }
    return whole | fields


def test_glossaries_are_made_listed_read_and_deleted(client: TestClient) -> None:
    made = client.post("/v2/glossaries", json=glossary_fields(entries="млинець\tcrepe\r\n сирник \t syrnyk\n\n№\tNo."))
    assert made.status_code == 201
    shown = made.json()
    assert shown.pop("unused_entries") == ["№"]
    time = shown.pop("creation_time")
    assert len(time) == len("2026-01-02T03:04:05.678Z")
    assert time[-5] == "."
    glossary_id = shown.pop("glossary_id")
    assert shown == {"name": "Кухня", "ready": True, "source_lang": "uk", "target_lang": "en", "entry_count": 3}
    assert client.get("/v2/glossaries").json()["glossaries"][-1]["glossary_id"] == glossary_id
    assert client.get(f"/v2/glossaries/{glossary_id}").json()["creation_time"] == time
    entries = client.get(f"/v2/glossaries/{glossary_id}/entries", headers={"Accept": "text/tab-separated-values"})
    assert entries.headers["content-type"] == "text/tab-separated-values; charset=utf-8"
    assert entries.text == "млинець\tcrepe\nсирник\tsyrnyk\n№\tNo."
    assert client.delete(f"/v2/glossaries/{glossary_id}").status_code == 204
    assert "no such glossary" in refused(client, 404, f"/v2/glossaries/{glossary_id}", "GET")
    refused(client, 404, f"/v2/glossaries/{glossary_id}", "DELETE")
    refused(client, 404, f"/v2/glossaries/{glossary_id}/entries", "GET")


def test_glossaries_come_as_csv_and_as_a_form_too(client: TestClient) -> None:
    csv = '"млинець, тонкий","crepe, ""thin""",uk,en\nсирник,syrnyk,UK,EN-GB\n'
    made = client.post("/v2/glossaries", data=glossary_fields(entries=csv, entries_format="csv")).json()
    entries = client.get(f"/v2/glossaries/{made['glossary_id']}/entries").text
    assert entries == 'млинець, тонкий\tcrepe, "thin"\nсирник\tsyrnyk'


def test_a_glossary_that_is_not_there_is_told_before_anything_is_sent(client: TestClient) -> None:
    ask = {"text": ["Київ"], "source_lang": "UK", "target_lang": "EN", "glossary_id": "no-such"}
    assert "no such glossary" in refused(client, 404, json=ask)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": " "}, "'name' not specified"),
        ({"source_lang": ""}, "'source_lang' not specified"),
        ({"source_lang": "en", "target_lang": "uk"}, "'source_lang' not supported: en"),
        ({"target_lang": "de"}, "'target_lang' not supported: de"),
        ({"entries": " "}, "'entries' not specified"),
        ({"entries_format": "xlsx"}, "'entries_format' not supported"),
        ({"entries": "млинець"}, "line 1 has to hold"),
        ({"entries": "млинець\tcrepe\nсирник\t "}, "line 2 has to hold"),
        ({"entries": "а\tb\tc"}, "line 1 has to hold"),
        ({"entries": "млинець\tcrepe\nмлинець\tblini"}, "млинець stands in entry 1 too"),
        ({"entries": "млинець,crepe,uk,de", "entries_format": "csv"}, "line 1 is of other languages"),
        ({"entries": 'млинець,"crepe', "entries_format": "csv"}, "is no CSV"),
    ],
)
def test_what_is_wrong_with_a_glossary_is_said(client: TestClient, fields: dict[str, Any], message: str) -> None:
    assert message in refused(client, 400, "/v2/glossaries", json=glossary_fields(**fields))


def test_documents_are_refused_in_words(client: TestClient) -> None:
    def upload(name: str = "a.txt", data: bytes = "Привіт".encode(), **fields: str) -> str:
        sent = {"target_lang": "EN-GB", **fields}
        return refused(client, 400, "/v2/document", data=sent, files={"file": (name, data)})

    assert "'target_lang' not supported" in upload(target_lang="DE")
    assert "'source_lang' not supported" in upload(source_lang="PL")
    assert "'formality'" in upload(formality="more")
    assert "'output_format' not supported" in upload(output_format="docx")
    assert ".pptx" in upload("a.pptx")
    assert "Ukrainian" in upload(data=b"Good morning to all of you")
    assert upload(data=b"")
    assert "'file' not specified" in refused(client, 400, "/v2/document", data={"target_lang": "EN"})


def test_a_document_is_shown_to_who_has_its_key_alone(client: TestClient) -> None:
    made = client.post(
        "/v2/document",
        data={"target_lang": "EN-GB", "output_format": "txt"},
        files={"file": ("a.txt", "Київ".encode())},
    ).json()
    path = f"/v2/document/{made['document_id']}"
    for sent in ({"json": {"document_key": "0" * 64}}, {"json": {}}, {"data": {"document_key": "é"}}):
        refused(client, 404, path, **sent)
        refused(client, 404, f"{path}/result", **sent)
    refused(client, 404, "/v2/document/no-such", json={"document_key": made["document_key"]})
    shown = client.post(path, data={"document_key": made["document_key"]}).json()
    assert shown == {"document_id": made["document_id"], "status": "done", "billed_characters": 4}
    result = client.post(f"{path}/result", json={"document_key": made["document_key"]})
    assert (result.text, result.headers["content-type"]) == ("Kyiv", "text/plain; charset=utf-8")
    assert client.post(path, json={"document_key": made["document_key"]}).json()["status"] == "done"


def test_the_probe_of_weblate_is_answered_only_where_that_is_wanted(tmp_path: Path) -> None:
    probe = {"text": ["test"], "source_lang": "EN", "target_lang": "DE"}
    with TestClient(scripted_app(tmp_path, echo_probe=True)) as client:
        answer = client.post("/v2/translate", json=probe)
        assert answer.json()["translations"] == [
            {"detected_source_language": "EN", "text": "test", "billed_characters": 4}
        ]
        refused(client, 400, json=probe | {"text": ["tests"]})
        refused(client, 400, json=probe | {"target_lang": "PL"})

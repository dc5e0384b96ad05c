"""Marks of emphasis come off a sentence, and go around the same words of its English."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vistka.datatypes import Span
from vistka.translate.emphasis import emphases, with_marks, without_marks
from vistka.translate.glossary import load_glossary

MARK = re.compile(r"\*\*|~~|</?(?:b|em)>")


def marked(source: str, english: str) -> str | None:
    protected = [Span(*match.span()) for match in MARK.finditer(source)]
    bare = without_marks(source, protected, emphases(source, protected))
    return with_marks(bare, english, tuple(load_glossary().matches(bare.text)))


@pytest.mark.parametrize(
    ("source", "english", "wanted"),
    [
        (
            "У Британії середньорічна температура **вперше перевищила 10°C.**",
            "In Britain the average annual temperature exceeded 10°C for the first time.",
            "In Britain the average annual temperature **exceeded 10°C for the first time.**",
        ),
        (
            "Рішення Путіна <b>не свідчить про його бажання закінчити війну</b>.",
            "Putin's decision does not indicate his desire to end the war.",
            "Putin's decision <b>does not indicate his desire to end the war</b>.",
        ),
        (
            "Це не може сприйматися всерйоз, **наголошує**міністр закордонних справ.",
            "This cannot be taken seriously, stresses the foreign minister.",
            "This cannot be taken seriously, **stresses** the foreign minister.",
        ),
        (
            "Дії росіян **на Бахмутському напрямку** тривають, як і ~~на Авдіївському~~.",
            "The Russians' actions on the Bakhmut front continue, as on the Avdiivka one.",
            "The Russians' actions **on the Bakhmut front** continue, as ~~on the Avdiivka~~ one.",
        ),
        ("**Дощ ущух.**", "The rain has stopped.", "**The rain has stopped.**"),
        # What was emphasised is not in the English, or stands among other words.
        ("Міністр **подав у відставку** вчора.", "The minister went away yesterday.", None),
    ],
)
def test_known_answers(source: str, english: str, wanted: str | None) -> None:
    assert marked(source, english) == wanted


@pytest.mark.parametrize("source", ["**а", "<b>а</em>", "а</b>", "<b>а **б** в</b>"])
def test_marks_without_a_partner_or_within_each_other_are_left_alone(source: str) -> None:
    assert emphases(source, [Span(*match.span()) for match in MARK.finditer(source)])[1:] == []


def test_a_mark_may_come_as_two_characters() -> None:
    source = "Дощ **ущух** вчора"
    protected = [Span(at, at + 1) for at in (4, 5, 10, 11)]
    bare = without_marks(source, protected, emphases(source, protected))
    assert (bare.text, bare.marks, bare.protected) == ("Дощ ущух вчора", (("**", "**"),), ())


@given(st.lists(st.sampled_from(["місто", " ", "**", "спить", "#тег", ". ", "~~", "Київ"]), max_size=14).map("".join))
def test_what_is_not_a_mark_stays_where_it_is(source: str) -> None:
    spans = [Span(*match.span()) for match in re.finditer(r"\*\*|~~|#тег", source)]
    pairs = emphases(source, spans)
    bare = without_marks(source, spans, pairs)
    marks = {span for pair in pairs for span in (pair.opening, pair.closing)}
    assert [span.of(bare.text) for span in bare.protected] == [s.of(source) for s in spans if s not in marks]
    inner = [source[pair.opening.end : pair.closing.start] for pair in pairs]
    assert [span.of(bare.text) for span in bare.inner] == inner
    kept = MARK.sub("", source) if pairs else source
    assert bare.text.replace(" ", "") == kept.replace(" ", "") or len(marks) < len(MARK.findall(source))


@given(st.text(alphabet="місто **спить.Київ", max_size=40), st.text(alphabet="The city sleeps Kyiv.", max_size=40))
def test_the_english_is_not_changed_but_for_the_marks(source: str, english: str) -> None:
    found = marked(source, english)
    assert found is None or MARK.sub("", found) == english

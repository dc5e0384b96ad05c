import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vistka.text.lemmas import lemmas, normal_word, readings, tokens


@pytest.mark.parametrize(
    ("form", "lemma"),
    [
        ("гривень", "гривня"),
        ("п'ятьма", "п'ять"),
        ("п’ятьма", "п'ять"),
        ("пʼятьма", "п'ять"),
        ("Києва", "київ"),
        ("КИЄВА", "київ"),
        ("Столтенбергом", "столтенберг"),
        ("34-річного", "34-річний"),
        ("міністра-президента", "міністр-президент"),
        ("січні", "січень"),
        ("сорока", "сорок"),
        ("людей", "людина"),
        ("війни", "війна"),
        ("зараз", "зараз"),
    ],
)
def test_the_likeliest_lemma_comes_first(form, lemma):
    assert lemmas(form)[0] == lemma


def test_a_capital_brings_the_surname_forward():
    assert "Surn" in readings("Мовчана")[0].grammemes
    assert "Surn" not in readings("сорока")[0].grammemes


def test_tokens_point_at_the_text():
    text = "О. Чернишов отримав 1,5 млн грн — 34-річний ЕКС-МІНІСТР."
    found = tokens(text)
    assert [token.text for token in found] == [
        "О", "Чернишов", "отримав", "1,5", "млн", "грн", "34-річний", "ЕКС-МІНІСТР",
    ]  # fmt: skip
    assert all(text[token.start : token.end] == token.text for token in found)
    assert found[1].is_capitalised
    assert not found[1].is_upper
    assert found[7].is_upper


def test_apostrophes_are_one():
    assert normal_word("П’ЯТЬ") == normal_word("пʼять") == normal_word("п'ять") == "п'ять"


@given(st.text())
def test_any_text_gives_tokens_in_order(text):
    found = tokens(text)
    assert all(text[token.start : token.end] == token.text and token.text for token in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


def test_the_dictionary_loads_without_a_word():
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "from vistka.text.lemmas import lemmas; print(lemmas('гривень')[0])"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"PYTHONIOENCODING": "utf-8"},
        check=True,
    )
    assert done.stdout.strip() == "гривня"
    assert done.stderr == ""


def test_importing_loads_no_dictionary():
    code = "import sys, vistka.text.numbers, vistka.text.dates, vistka.text.names; print('pymorphy3' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"

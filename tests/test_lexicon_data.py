"""The shape of the lexicon, and what can be checked of its content without a translator."""

import json
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
LEXICON = ROOT / "translate" / "lexicon"
SPELLING = ROOT.parent / "shared" / "eval" / "names" / "spelling.jsonl"

HEADER = ["lemma", "pos", "senses", "domain", "note"]
POS = set("noun verb adj adv name place org abbr phrase boilerplate label".split())
DOMAINS = set(
    "war state law economy energy diplomacy region weather sport culture science health media general".split()
)
# The shared list keeps the older Prypyat; by resolution 55 ь is not written and я inside a word is `ia`.
SPELLING_LIST_DIFFERS = {"Прип'ять"}

CYRILLIC = re.compile(r"[\u0400-\u052f]")
LATIN = re.compile(r"[A-Za-z]")


class Row(NamedTuple):
    lemma: str
    pos: str
    senses: str
    domain: str
    note: str
    where: str

    @property
    def first(self) -> str:
        return self.senses.split(" / ")[0]

    @property
    def tags(self) -> set[str]:
        return set(self.note.split("; "))


def _rows() -> list[Row]:
    rows = []
    for path in sorted(LEXICON.glob("*.tsv")):
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines[1:], start=2):
            fields = line.split("\t")
            assert len(fields) == len(HEADER), f"{path.name}:{number}: {len(fields)} columns"
            rows.append(Row(*fields, where=f"{path.name}:{number}"))
    return rows


ROWS = _rows()


def test_every_file_has_the_header_and_ends_with_a_newline():
    files = sorted(LEXICON.glob("*.tsv"))
    assert files
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert text.split("\n", 1)[0].split("\t") == HEADER, path.name
        assert text.endswith("\n"), path.name
        assert "\r" not in text, path.name


def test_there_are_at_least_1200_entries_and_250_places():
    assert len(ROWS) >= 1200
    assert sum(row.pos == "place" for row in ROWS) >= 250


def test_pos_and_domain_are_of_the_closed_lists():
    assert [row.where for row in ROWS if row.pos not in POS or row.domain not in DOMAINS] == []


def test_no_pair_of_lemma_and_pos_stands_twice():
    counts = Counter((row.lemma, row.pos) for row in ROWS)
    assert [pair for pair, count in counts.items() if count > 1] == []


def test_no_field_is_empty_or_padded():
    for row in ROWS:
        for field in row[:4]:
            assert field, row.where
        for field in row[:5]:
            assert field == " ".join(field.split()), row.where
        assert all(row.senses.split(" / ")), row.where
        assert len(set(row.senses.split(" / "))) == len(row.senses.split(" / ")), row.where


def test_senses_hold_no_cyrillic():
    assert [row.where for row in ROWS if CYRILLIC.search(row.senses)] == []


def test_lemmas_mix_no_latin_letter_into_a_cyrillic_word():
    mixed = [
        f"{row.where} {word}"
        for row in ROWS
        for word in re.split(r"[\s\-+/]+", row.lemma)
        if CYRILLIC.search(word) and LATIN.search(word)
    ]
    assert mixed == []


def test_lemmas_use_the_typewriter_apostrophe_and_no_russian_letter():
    assert [row.where for row in ROWS if re.search("[’ʼ`ыэъёЫЭЪЁ]", row.lemma)] == []


@lru_cache(maxsize=1)
def _analyzer():
    import pymorphy3

    return pymorphy3.MorphAnalyzer(lang="uk")


def _is_lemma(word: str) -> bool:
    return any(parse.is_known and parse.normal_form == word for parse in _analyzer().parse(word))


def test_single_words_are_lemmas_of_the_dictionary_or_say_that_they_are_not():
    words = [row for row in ROWS if row.pos in {"noun", "verb", "adj", "adv"}]
    wrong = [
        f"{row.where} {row.lemma}"
        for row in words
        if " " in row.lemma or _is_lemma(row.lemma.lower()) == ("not-in-dictionary" in row.tags)
    ]
    assert wrong == []


def test_ukrainian_places_and_persons_follow_resolution_55():
    romanise = pytest.importorskip("vistka.text.romanisation", reason="the romanisation is not built yet").romanise
    wrong = [
        f"{row.where} {row.lemma}: {row.first}, by the rules {romanise(row.lemma)}"
        for row in ROWS
        if row.pos in {"place", "name"}
        and row.lemma not in {"Євробачення"}
        and (romanise(row.lemma) == row.first) == ("not-kmu55" in row.tags)
    ]
    assert wrong == []


def test_names_agree_with_the_shared_spelling_list():
    if not SPELLING.is_file():
        pytest.skip(f"{SPELLING} is not there")
    listed = {}
    for line in SPELLING.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        listed[entry.get("uk_corrected", entry["uk"])] = entry.get("en_corrected", entry["en"])
    both = [row for row in ROWS if row.pos in {"place", "name", "org"} and row.lemma in listed]
    assert len(both) > 100
    wrong = [f"{row.where} {row.lemma}: {row.first}, listed {listed[row.lemma]}" for row in both]
    wrong = [w for w, row in zip(wrong, both, strict=True) if row.first != listed[row.lemma]]
    assert [w for w in wrong if w.split()[1].rstrip(":") not in SPELLING_LIST_DIFFERS] == []


@pytest.mark.parametrize("tag", ["exact"])
def test_labels_and_boilerplate_are_exact_and_nothing_else_is(tag):
    assert [row.where for row in ROWS if (tag in row.tags) != (row.pos in {"label", "boilerplate"})] == []


OBLASTS = (
    "Вінницька Волинська Дніпропетровська Донецька Житомирська Закарпатська Запорізька Івано-Франківська Київська "
    "Кіровоградська Луганська Львівська Миколаївська Одеська Полтавська Рівненська Сумська Тернопільська Харківська "
    "Херсонська Хмельницька Черкаська Чернівецька Чернігівська"
).split()


def test_all_24_oblasts_are_there():
    english = {row.lemma: row.first for row in ROWS if row.pos == "place"}
    assert len(OBLASTS) == 24
    assert all(english[f"{name} область"].endswith(" Oblast") for name in OBLASTS)
    assert english["Крим"] == "Crimea"


@pytest.mark.parametrize(
    ("lemma", "first"),
    [
        ("фото з відкритих джерел", "photo from open sources"),
        ("довічне ув'язнення", "life imprisonment"),
        ("млн грн", "million hryvnias"),
        ("ЗСУ", "Armed Forces of Ukraine"),
        ("КАБ", "guided bomb"),
        ("Зеленський", "Zelenskyy"),
        ("Пєсков", "Peskov"),
        ("Віталій Кличко", "Vitali Klitschko"),
        ("Херсонщина", "Kherson Oblast"),
        ("Запоріжжя", "Zaporizhzhia"),
        ("наразі", "currently"),
        ("запобіжний захід", "measure of restraint"),
        ("повномасштабне вторгнення", "full-scale invasion"),
        ("Що цьому передувало", "Background"),
        ("неділя", "Sunday"),
        ("олія", "oil"),
    ],
)
def test_known_answers(lemma, first):
    assert first in {row.first for row in ROWS if row.lemma == lemma}

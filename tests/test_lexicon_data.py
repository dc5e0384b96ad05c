"""The shape of the lexicon, and what can be checked of its content without a translator."""

import json
import sys
from pathlib import Path

import pytest

from vistka.translate.glossary import LEXICON_FOLDER
from vistka.translate.lexicon_checks import CHECKS, Row, faults, read_rows
from vistka.translate.lexicon_cldr import cldr_rows, without_repeats
from vistka.translate.lexicon_compiled import COMPILED_LEXICON, compiled

ROOT = Path(__file__).parents[1]
SPELLING = ROOT.parent / "shared" / "eval" / "names" / "spelling.jsonl"

# The shared list keeps the older Prypyat; by resolution 55 ь is not written and я inside a word is `ia`.
SPELLING_LIST_DIFFERS = {"Прип'ять"}

WRITTEN, WRONG_FILES = read_rows(LEXICON_FOLDER)
FROM_CLDR, WRONG_NEWS = cldr_rows()
KEPT, _REPEATS, CONTRADICTIONS = without_repeats(WRITTEN, FROM_CLDR)
ROWS = [*KEPT, *FROM_CLDR]


def test_every_file_has_the_header_and_five_columns():
    assert [*WRONG_FILES, *WRONG_NEWS] == []


def test_no_row_contradicts_cldr():
    assert CONTRADICTIONS == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_rows_pass(check):
    assert list(check(ROWS)) == []


def test_the_compiled_file_is_up_to_date():
    fresh = compiled([row.entry() for row in ROWS])
    stale = COMPILED_LEXICON.read_text(encoding="utf-8") != fresh
    assert not stale, "run python tools/build_lexicon.py"  # a diff of megabytes says less
    assert len(fresh.encode()) < 16_000_000


def test_there_are_at_least_20000_words_and_4000_phrases_abbreviations_and_names():
    words = {row.lemma for row in ROWS if row.pos in {"noun", "verb", "adj", "adv"}}
    assert len(words) >= 20_000
    assert sum(row.pos not in {"noun", "verb", "adj", "adv"} for row in ROWS) >= 4_000


def row(lemma="слово", pos="noun", senses="word", domain="general", note=""):
    return Row(lemma, pos, senses, domain, note, "here.tsv:2")


GOOD = (
    row(),
    row(pos="verb", lemma="мати", senses="have / must"),
    row(pos="noun", lemma="мати", senses="mother"),
    row("Київ", "place", "Kyiv", "region"),
    row("Париж", "place", "Paris", "region", "not-kmu55"),
    row("фото дня", "boilerplate", "photo of the day", "media", "exact"),
)


def test_good_rows_have_no_fault():
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (row(senses=""), "empty"),
        (row(lemma="вилучити", senses="seize"), "is no noun"),
        (row(lemma="призначення", pos="verb", senses="appointment"), "is no verb"),
        (row(domain=""), "empty"),
        (row(senses="word / "), "empty"),
        (row(lemma="..."), "empty"),
        (row(senses="word  of mouth"), "a space too many"),
        (row(note=" rare"), "a space too many"),
        (row(senses="word / word"), "a sense stands twice"),
        (row(pos="particle"), "no such part of speech"),
        (row(domain="chess"), "no such part of speech or domain"),
        (row(note="exact"), "nothing else has"),
        (row("фото дня", "boilerplate", "photo of the day"), "have the tag `exact`"),
        (row(senses="wоrd"), "Cyrillic in the English"),  # the о is Cyrillic
        (row("словo", "phrase"), "a Latin letter"),  # the o is Latin
        (row("п’ять слів", "phrase", "five words"), "an apostrophe that is not '"),
        (row("сыр", "phrase", "cheese"), "a letter that Ukrainian has not"),
        (row("слову"), "is not a lemma"),
        (row("слово", note="not-in-dictionary"), "has the tag `not-in-dictionary` and is a lemma"),
        (row("добре слово"), "two words"),
        (row("Харків", "place", "Kharkov", "region"), "by resolution 55 Kharkiv"),
        (row("Київ", "place", "Kyiv", "region", "not-kmu55"), "by resolution 55 Kyiv"),
    ],
)
def test_a_wrong_row_is_told_with_its_line(bad, said):
    found = faults([*GOOD[1:], bad])
    assert len(found) >= 1
    assert any(said in fault for fault in found)
    assert all(fault.startswith("here.tsv:2 ") for fault in found)


def test_a_row_that_stands_twice_is_told():
    assert faults([row(), row(senses="term")]) == ["here.tsv:2 слово: is there more than once as noun"] * 2


@pytest.mark.parametrize(
    "content",
    [
        "lemma\tsenses\nслово\tword\n",
        "lemma\tpos\tsenses\tdomain\tnote\nслово\tnoun\tword\tgeneral\t",
        "lemma\tpos\tsenses\tdomain\tnote\nслово\tnoun\tword\n",
        "lemma\tpos\tsenses\tdomain\tnote\r\nслово\tnoun\tword\tgeneral\t\r\n",
    ],
    ids=["header", "no line feed at the end", "columns", "carriage returns"],
)
def test_a_file_of_another_shape_is_told(tmp_path, content):
    (tmp_path / "a.tsv").write_bytes(content.encode())
    rows, wrong = read_rows(tmp_path)
    assert rows == []
    assert len(wrong) == 1
    assert wrong[0].startswith("a.tsv:")


def test_the_build_tool_takes_out_only_what_cldr_gives(tmp_path):
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import build_lexicon
    finally:
        sys.path.pop(0)
    head = "lemma\tpos\tsenses\tdomain\tnote\n"
    (tmp_path / "a.tsv").write_text(
        f"{head}січень\tnoun\tJanuary\tgeneral\t\nстіл\tnoun\ttable\tgeneral\t\n", encoding="utf-8"
    )
    rows, repeats, wrong = build_lexicon.build(tmp_path)
    assert wrong == []
    assert [one.lemma for one in repeats] == ["січень"]
    assert [one.lemma for one in rows].count("січень") == 1
    build_lexicon.tidy(tmp_path, repeats)
    assert (tmp_path / "a.tsv").read_text(encoding="utf-8") == f"{head}стіл\tnoun\ttable\tgeneral\t\n"


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

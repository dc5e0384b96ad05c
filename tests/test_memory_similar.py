"""Finding the correction of a sentence that is nearly the same, and saying what differs."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vistka.memory.corrections import Correction
from vistka.memory.differences import differences
from vistka.memory.other_numbers import with_numbers_of
from vistka.memory.recall import Recaller
from vistka.memory.similar import MIN_SCORE, Finder, SourceIndex, score
from vistka.memory.store import Memory

WORDS = (
    "уряд столиця область депутати ухвалили підписали обстріл енергетика світло бюджет гривень армія громада"
    " рятувальники повідомили міністр зустріч переговори школа лікарня дорога міст потяг вранці увечері вчора сьогодні"
    " нове рішення проєкт закону допомога партнери союзники оборона податки ціни врожай порт кордон"
).split()


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "memory.sqlite")


def sentence(chooser: random.Random) -> str:
    return " ".join(chooser.choices(WORDS, k=chooser.randint(6, 18))).capitalize() + "."


def test_only_the_same_source_scores_one():
    assert score("Рада ухвалила закон.", "Рада  ухвалила закон. ") == 1.0
    assert score("Рада ухвалила закон.", "РАДА УХВАЛИЛА ЗАКОН.") == 0.99
    assert score("Загинули 3 людини.", "Загинули 14 людини.") == 0.99
    assert score("Рада ухвалила закон.", "Мер приїхав до міста.") < 0.6


def test_ten_thousand_corrections_are_searched_in_a_moment(memory: Memory):
    chooser = random.Random(7)
    sources = list(dict.fromkeys(sentence(chooser) for _ in range(10_000)))
    memory.add_all([Correction(source=source, target=f"English {n}.") for n, source in enumerate(sources)])
    finder = Finder(memory)
    wanted = [source.replace("уряд", "урядовці").replace(".", "!") for source in sources[:50]]
    finder.similar(wanted[:1])  # builds the index
    start = time.process_time()
    found = finder.similar(wanted)
    seconds = (time.process_time() - start) / len(wanted)
    assert [entries[0][0].correction.source for entries in found] == sources[:50]
    assert seconds < 0.1  # `benchmarks/memory_lookup.py` measures what it is: about a twentieth


@given(st.lists(st.text("абв гґ", min_size=12, max_size=30), max_size=20), st.text("абв гґ", min_size=12, max_size=30))
def test_the_bounds_leave_out_nothing_that_scores(sources: list[str], wanted: str):
    index = SourceIndex({str(n): (n, source) for n, source in enumerate(sources)})
    best = max((score(source, wanted) for source in sources), default=0.0)
    found = index.nearest(wanted, MIN_SCORE, index.all_but(()))
    if best >= MIN_SCORE:
        assert max(score(sources[n], wanted) for n in found) == best


def test_a_search_follows_what_is_added_replaced_and_taken_back(memory: Memory):
    finder = Finder(memory)
    wanted = "Депутати ухвалили державний бюджет!"

    def found() -> list[str]:
        return [entry.correction.target for entry, _ in finder.similar([wanted])[0]]

    assert found() == []
    memory.add(Correction(source="Депутати ухвалили державний бюджет.", target="One."))
    assert found() == ["One."]
    other = Memory(memory.path)  # another process
    other.add(Correction(source="Депутати ухвалили державний бюджет.", target="Two."))
    assert found() == ["Two."]
    other.add(Correction(source="Депутати ухвалили державні бюджети.", target="Three."))
    assert found() == ["Two.", "Three."]
    other.undo()
    undo = other.undo()
    assert found() == ["One."]
    other.undo(undo.id)
    assert found() == ["Two."]


def test_a_short_source_is_like_nothing(memory: Memory):
    memory.add(Correction(source="Так було.", target="So it was."))
    assert Recaller(memory).similar(["Там було."]) == [None]


def test_what_differs_is_named():
    assert differences("У Києві 12 людей не вижили.", "У Харкові 15 людей вижили.") == (
        "numbers: 12 людей → 15 людей",
        "names: Києві → Харкові",
        "negation: не → –",
    )
    assert differences("Уряд схвалив план.", "Уряд схвалив плани.") == ()


# --- the same sentence with other numbers ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stored", "target", "new", "english"),
    [
        (
            "Курс долара — 41,25 гривні.",
            "The dollar is at 41.25 hryvnias.",
            "Курс долара — 42,1 гривні.",
            "The dollar is at 42.1 hryvnias.",
        ),
        (
            "Громада отримала 1,5 млн грн.",
            "The community received UAH 1.5 million.",
            "Громада отримала 2 300 000 грн.",
            "The community received UAH 2.3 million.",
        ),
        (
            "Пошкоджено 12 житлових будинків і 4 школи.",
            "12 residential buildings and 4 schools were damaged.",
            "Пошкоджено 3 житлові будинки і 5 шкіл.",
            "3 residential buildings and 5 schools were damaged.",
        ),
        (
            "Загинули 3 людини.",
            "The strike killed 3 people.",
            "Загинуло 14 людей.",
            "The strike killed 14 people.",
        ),
        (
            "Евакуювали 950 жителів.",
            "They evacuated 950 residents.",
            "Евакуювали 12 500 жителів.",
            "They evacuated 12,500 residents.",
        ),
        ("Ціни зросли на 5%.", "Prices rose by 5%.", "Ціни зросли на 7,5%.", "Prices rose by 7.5%."),
    ],
)
def test_numbers_are_put_in_by_value(stored: str, target: str, new: str, english: str):
    assert with_numbers_of(new, stored, target) == english


@pytest.mark.parametrize(
    ("stored", "target", "new"),
    [
        # Something else differs, too.
        ("Загинули 3 людини в Києві.", "3 people died in Kyiv.", "Загинули 4 людини в Одесі."),
        ("Загинули 3 людини.", "3 people died.", "Не загинули 4 людини."),
        ("Виплатять 500 гривень.", "500 hryvnias will be paid.", "Виплатили 600 гривень."),
        ("Виділили 500 гривень.", "500 hryvnias were given.", "Виділили 500 доларів."),
        ("Прибуло 20 осіб.", "20 persons came.", "Прибуло 30 чоловіків."),
        # The English would have to change around the number.
        ("Зруйновано 1 будинок.", "1 house was destroyed.", "Зруйновано 5 будинків."),
        ("Діє 7-денний строк.", "There is a 7-day term.", "Діє 8-денний строк."),
        ("Громада отримала 2 млн грн.", "The community received 2 million hryvnias.", "Громада отримала 950 тис. грн."),
        # It is not plain which number is meant.
        ("Троє з 3 міст приїхали.", "3 from 3 cities came.", "Троє з 4 міст приїхали."),
        ("З 5 зразків перевірили 7.", "Of 5, seven were tested.", "З 5 зразків перевірили 9."),
        ("Курс — 41,25.", "The rate is a bit over forty-one.", "Курс — 42,25."),
        ("Рада ухвалила закон.", "The Rada adopted the law.", "Рада ухвалила закон."),
    ],
)
def test_what_is_not_plain_is_left_to_the_model(stored: str, target: str, new: str):
    assert with_numbers_of(new, stored, target) is None


def test_recall_says_who_and_when_and_what_differs(memory: Memory):
    when = datetime(2025, 3, 1, 8, 30, tzinfo=UTC)
    memory.add_all(
        [
            Correction(
                source="Уночі збито 42 дрони з 50.",
                target="Overnight, 42 of 50 drones were shot down.",
                author="Ann",
                date=when,
            )
        ]
    )
    recaller = Recaller(memory)
    same = recaller.exact("Уночі  збито 42 дрони з 50.")
    assert same is not None
    assert (same.kind, same.match.score_0_1, same.match.differences) == ("exact", 1.0, ())
    other, unlike, like = recaller.similar(
        ["Уночі збито 61 дрон з 70.", "Мер приїхав до міста вранці.", "Уночі збито 42 ракети з 50."]
    )
    assert unlike is None
    assert other is not None
    assert (other.kind, other.english) == ("other-numbers", "Overnight, 61 of 70 drones were shot down.")
    assert (other.match.author, other.match.date, other.match.id) == ("Ann", when, 1)
    assert other.match.differences == ("numbers: 42, 50 → 61, 70",)
    assert like is not None
    assert (like.kind, like.english) == ("similar", "Overnight, 42 of 50 drones were shot down.")
    assert MIN_SCORE <= like.match.score_0_1 < 0.95

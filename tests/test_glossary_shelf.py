"""Glossaries that clients of the service make."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vistka.errors import ConfigurationError, NotFoundError, ResourceError, UsageError
from vistka.serve import glossary_shelf
from vistka.serve.access import Caller
from vistka.serve.glossary_shelf import GlossaryShelf, ShelvedGlossary, creation_time, unused_terms
from vistka.translate.glossary import load_glossary
from vistka.translate.glossary_terms import user_entry
from vistka.translate.lexicon_entries import Entry

ANNA = Caller("a1", "Anna", frozenset({"glossaries"}))
BOHDAN = Caller("b2", "Bohdan", frozenset({"glossaries"}))
PANCAKES = [
    user_entry("млинець", ["crepe"]),
    user_entry("сирник", ["syrnyk", "cheese pancake"], pos="noun", note="as is"),
]


@pytest.fixture
def shelf(tmp_path: Path) -> GlossaryShelf:
    made = GlossaryShelf(tmp_path / "data" / "glossaries.sqlite")
    yield made
    made.close()


def test_a_glossary_comes_back_as_it_was_made(shelf: GlossaryShelf) -> None:
    before = datetime.now(UTC)
    made = shelf.create(ANNA, name="Kitchen", entries=PANCAKES)
    assert (made.name, made.owner, made.entry_count) == ("Kitchen", "a1", 2)
    assert before <= made.created <= datetime.now(UTC)
    assert shelf.get(made.id, ANNA) == made
    assert shelf.entries(made.id, ANNA) == tuple(PANCAKES)


def test_glossaries_are_listed_the_oldest_first_and_may_share_a_name(shelf: GlossaryShelf) -> None:
    first = shelf.create(ANNA, name="Kitchen", entries=PANCAKES)
    second = shelf.create(ANNA, name="Kitchen", entries=PANCAKES[:1])
    assert shelf.list(ANNA) == (first, second)
    assert first.id != second.id
    assert first.version != second.version


def test_nobody_sees_what_another_made(shelf: GlossaryShelf) -> None:
    made = shelf.create(ANNA, name="Kitchen", entries=PANCAKES)
    assert shelf.list(BOHDAN) == ()
    for ask in (shelf.get, shelf.entries, shelf.delete, lambda one, caller: shelf.glossary([one], caller)):
        with pytest.raises(NotFoundError, match="no such glossary"):
            ask(made.id, BOHDAN)
    assert shelf.get(made.id, ANNA) == made


def test_what_is_deleted_is_gone(shelf: GlossaryShelf) -> None:
    made = shelf.create(ANNA, name="Kitchen", entries=PANCAKES)
    shelf.delete(made.id, ANNA)
    assert shelf.list(ANNA) == ()
    with pytest.raises(NotFoundError):
        shelf.entries(made.id, ANNA)
    with pytest.raises(NotFoundError):
        shelf.delete(made.id, ANNA)


def test_glossaries_outlive_the_process(tmp_path: Path) -> None:
    path = tmp_path / "glossaries.sqlite"
    shelf = GlossaryShelf(path)
    made = shelf.create(ANNA, name="Kitchen", entries=PANCAKES)
    shelf.close()
    again = GlossaryShelf(path)
    assert again.get(made.id, ANNA) == made
    again.close()
    again.close()


def test_many_threads_may_make_glossaries(shelf: GlossaryShelf) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: shelf.create(ANNA, name=f"no. {n}", entries=PANCAKES), range(40)))
    assert len(shelf.list(ANNA)) == 40


# --- as the translator uses them ------------------------------------------------------------------------------------


def test_terms_stand_on_top_of_the_lexicon_in_any_case_form(shelf: GlossaryShelf) -> None:
    made = shelf.create(ANNA, name="Kitchen", entries=PANCAKES)
    glossary = shelf.glossary([made.id], ANNA)
    assert glossary is not None
    [match] = glossary.matches("сирниками")
    assert match.entry.sense == "syrnyk"
    assert glossary.matches("України")[0].entry.sense == load_glossary().matches("України")[0].entry.sense
    assert glossary.version != load_glossary().version


def test_without_ids_there_is_no_glossary(shelf: GlossaryShelf) -> None:
    assert shelf.glossary([], ANNA) is None


def test_the_glossary_that_is_named_first_stands(shelf: GlossaryShelf) -> None:
    crepe = shelf.create(ANNA, name="French", entries=[user_entry("млинець", ["crepe"])])
    pancake = shelf.create(ANNA, name="American", entries=[user_entry("млинець", ["flapjack"])])
    for ids, sense in (([crepe.id, pancake.id], "crepe"), ([pancake.id, crepe.id], "flapjack")):
        glossary = shelf.glossary(ids, ANNA)
        assert glossary is not None
        assert glossary.matches("млинець")[0].entry.sense == sense


def test_the_users_own_glossary_counts_below_them_and_is_read_again_when_it_changes(tmp_path: Path) -> None:
    own = tmp_path / "own.tsv"
    own.write_text("lemma\tsenses\nмлинець\tblini\nвареник\tvarenyk\n", encoding="utf-8")
    shelf = GlossaryShelf(tmp_path / "g.sqlite", user_files=(own,))
    made = shelf.create(ANNA, name="Kitchen", entries=PANCAKES)
    glossary = shelf.glossary([made.id], ANNA)
    assert glossary is not None
    assert [match.entry.sense for match in glossary.matches("млинець, вареник")] == ["crepe", "varenyk"]
    assert shelf.glossary([made.id], ANNA) is glossary
    own.write_text("lemma\tsenses\nвареник\tdumpling\n", encoding="utf-8")
    changed = shelf.glossary([made.id], ANNA)
    assert changed is not None
    assert changed.matches("вареник")[0].entry.sense == "dumpling"
    shelf.close()


def test_only_so_many_glossaries_are_kept_ready(shelf: GlossaryShelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glossary_shelf, "_CACHED", 1)
    one = shelf.create(ANNA, name="1", entries=PANCAKES[:1])
    two = shelf.create(ANNA, name="2", entries=PANCAKES[1:])
    first = shelf.glossary([one.id], ANNA)
    shelf.glossary([two.id], ANNA)
    again = shelf.glossary([one.id], ANNA)
    assert again is not first
    assert again is not None
    assert first is not None
    assert again.version == first.version


def test_terms_that_no_sentence_can_match_are_kept_and_told(shelf: GlossaryShelf) -> None:
    entries = [user_entry("№", ["No."]), user_entry("суми", ["sums"]), user_entry("Суми", ["Sumy"])]
    made = shelf.create(ANNA, name="Odd", entries=entries)
    assert shelf.entries(made.id, ANNA) == tuple(entries)
    assert unused_terms(entries) == ["№", "суми"]
    glossary = shelf.glossary([made.id], ANNA)
    assert glossary is not None
    assert glossary.matches("суми")[0].entry.sense == "Sumy"


# --- what is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "entries", "message"),
    [
        (" ", PANCAKES, "the name of the glossary: empty"),
        ("a\nb", PANCAKES, "the name of the glossary: a control character"),
        ("x" * 1025, PANCAKES, "1025 bytes"),
        ("x", [], "no entries"),
        (
            "x",
            [user_entry("млинець", ["crepe"]), user_entry("млинець", ["blini"])],
            "entry 2: млинець stands in entry 1",
        ),
        ("x", [user_entry("", ["crepe"])], "entry 1: empty"),
        ("x", [user_entry("млинець", [])], "entry 1: no English"),
        ("x", [user_entry("млинець", [""])], "entry 1: empty"),
        ("x", [Entry("мли\x00нець", ("crepe",))], "entry 1: a control character"),
        ("x", [Entry("млинець", ("crepe\ud800",))], "entry 1: a control character"),
        ("x", [user_entry("млинець", ["crepe"], note="я" * 600)], "entry 1: 1200 bytes"),
    ],
)
def test_what_cannot_be_kept_is_refused_whole(
    shelf: GlossaryShelf, name: str, entries: list[Entry], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        shelf.create(ANNA, name=name, entries=entries)
    assert shelf.list(ANNA) == ()


def test_there_are_limits(shelf: GlossaryShelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glossary_shelf, "MAX_GLOSSARIES", 2)
    monkeypatch.setattr(glossary_shelf, "MAX_ENTRIES", 2)
    shelf.create(ANNA, name="1", entries=PANCAKES)
    shelf.create(ANNA, name="2", entries=PANCAKES)
    with pytest.raises(UsageError, match="2 glossaries"):
        shelf.create(ANNA, name="3", entries=PANCAKES)
    shelf.create(BOHDAN, name="1", entries=PANCAKES)
    with pytest.raises(UsageError, match="3 entries"):
        shelf.create(BOHDAN, name="2", entries=[*PANCAKES, user_entry("борщ", ["borshch"])])


def test_names_and_ids_are_data_and_never_sql(shelf: GlossaryShelf) -> None:
    name = "'); DROP TABLE glossary; --"
    made = shelf.create(ANNA, name=name, entries=PANCAKES)
    assert shelf.get(made.id, ANNA).name == name
    with pytest.raises(NotFoundError):
        shelf.get("' OR 1=1 --", ANNA)


def test_a_file_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE notes (text TEXT)")
    connection.close()
    with pytest.raises(ConfigurationError, match="glossaries of the service"):
        GlossaryShelf(path).list(ANNA)
    path.write_bytes(b"no database at all, but long enough to look at" * 100)
    with pytest.raises(ResourceError):
        GlossaryShelf(path).list(ANNA)


def test_the_creation_time_has_a_fraction_and_a_zone() -> None:
    made = ShelvedGlossary(
        id="1", owner="", name="x", created=datetime(2026, 1, 2, 3, 4, 5, 678_999, UTC), version="", entry_count=1
    )
    assert creation_time(made) == "2026-01-02T03:04:05.678Z"
    assert creation_time(replace(made, created=datetime(2026, 1, 2, tzinfo=UTC))) == "2026-01-02T00:00:00.000Z"

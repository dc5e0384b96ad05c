"""The journal of corrections: what is in force, what is taken back, and that nothing of it gets lost."""

from __future__ import annotations

import multiprocessing
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vistka.errors import ConfigurationError, InputError, ResourceError, UsageError
from vistka.memory.corrections import Correction
from vistka.memory.normal import comparable, correction_key, normalised, source_key
from vistka.memory.store import Memory, memory_path, open_memory
from vistka.options import Options

LAW, PASSED, ADOPTED = "Рада ухвалила закон.", "Parliament passed the law.", "The Rada adopted the law."
OLD = datetime(2024, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "folder" / "memory.sqlite")


def said(memory: Memory, source: str = LAW) -> str | None:
    entry = memory.exact(source)
    return entry.correction.target if entry else None


# --- keys -----------------------------------------------------------------------------------------------------------


def test_a_source_is_the_same_with_any_apostrophe_white_space_and_composition():
    assert normalised("  П’ять\u00a0 сімʼ'ї\n") == "П'ять сім''ї"
    assert normalised("и\u0306") == "й"
    assert normalised("Закон?") != normalised("закон?") != normalised("закон.")
    assert comparable("Курс 41,25 та 1 500") == comparable("курс 7 та 2")


@given(st.text())
def test_normalising_twice_changes_nothing(text: str):
    assert normalised(normalised(text)) == normalised(text)


def test_the_source_key_forgets_the_model_and_the_correction_key_does_not():
    assert source_key("п’ять", "uk", "en") == source_key("п'ять ", "uk", "en")
    keys = {
        correction_key("п'ять", "uk", "en", model=model, revision=revision, glossary=glossary)
        for model, revision, glossary in (("a", "1", "g"), ("a", "2", "g"), ("a", "1", "h"), ("b", "1", "g"))
    }
    assert len(keys) == 4
    # A join with a separator would take these for one.
    assert source_key("a", "b", "c,d") != source_key("a", "b,c", "d")


# --- in force -------------------------------------------------------------------------------------------------------


def test_the_newest_correction_of_a_source_is_in_force_at_once(memory: Memory):
    assert said(memory) is None
    memory.add(Correction(source=LAW, target=ADOPTED, author="Олена", model="embedded", revision="r1", glossary="g1"))
    entry = memory.add(Correction(source=f" {LAW}\n", target=PASSED, author="Ann  B", model="opus"))
    assert said(memory) == PASSED
    assert (entry.state, entry.author, entry.correction.source) == ("active", "Ann B", LAW)
    assert [row.state for row in memory.journal()] == ["superseded", "active"]
    assert said(memory, LAW.upper()) is None
    assert said(memory, LAW.rstrip(".")) is None


def test_reading_makes_no_file(memory: Memory):
    assert (said(memory), memory.in_force(), memory.journal(), memory.version()) == (None, [], [], 0)
    assert not memory.path.parent.exists()


def test_a_new_correction_wins_over_one_dated_later_and_an_imported_old_one_does_not_win(memory: Memory):
    soon = datetime.now(UTC) + timedelta(minutes=2)  # another machine's clock
    memory.add_all([Correction(source=LAW, target=ADOPTED, date=soon)])
    memory.add(Correction(source=LAW, target=PASSED))
    assert said(memory) == PASSED
    added = memory.add_all([Correction(source=LAW, target="Old.", date=OLD)])
    assert said(memory) == PASSED
    assert added.entries[0].state == "superseded"
    assert memory.add_all([Correction(source=LAW, target="Old.", date=OLD)]).known == 1


def test_undo_is_a_row_that_can_be_seen_and_undone(memory: Memory):
    first = memory.add(Correction(source=LAW, target=ADOPTED))
    second = memory.add(Correction(source=LAW, target=PASSED))
    undo = memory.undo(author="Ann")
    assert (undo.kind, undo.about, undo.author, said(memory)) == ("undo", second.id, "Ann", ADOPTED)
    redo = memory.undo(undo.id)
    assert (redo.kind, redo.about, said(memory)) == ("redo", second.id, PASSED)
    assert (memory.undo(redo.id).kind, said(memory)) == ("undo", ADOPTED)
    memory.undo()
    assert said(memory) is None
    assert [row.kind for row in memory.journal()] == ["correction", "correction", "undo", "redo", "undo", "undo"]
    assert {row.state for row in memory.journal() if row.kind == "correction"} == {"undone"}
    with pytest.raises(UsageError, match=r"no correction is in force"):
        memory.undo()
    with pytest.raises(UsageError, match=rf"row {first.id} is taken back already, by row 6"):
        memory.undo(first.id)
    with pytest.raises(UsageError, match=r"row 3 is taken back already, by row 5"):
        memory.undo(undo.id)
    with pytest.raises(UsageError, match=r"no row 99"):
        memory.undo(99)


def test_the_journal_only_grows(memory: Memory):
    memory.add(Correction(source=LAW, target=PASSED))
    with sqlite3.connect(memory.path) as connection:
        for statement in ("DELETE FROM journal", "UPDATE journal SET target = ''"):
            with pytest.raises(sqlite3.IntegrityError, match="only grows"):
                connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        (" ", PASSED, "the source is empty"),
        (LAW, "\n", "the target is empty"),
        (LAW, "a\x00b", r"U\+0000"),
        (LAW, "a\ud800", r"U\+D800"),
        (LAW * 2000, PASSED, "characters"),
        ("Докладніше: https://a.example/x", "More.", r"leaves out or adds https://a\.example/x"),
        ("Пише @rada.", "Writes @rada and @other.", "@other"),
    ],
)
def test_what_can_be_no_correction_is_refused_and_nothing_is_stored(
    memory: Memory, source: str, target: str, message: str
):
    with pytest.raises(InputError, match=message):
        memory.add(Correction(source=source, target=target))
    with pytest.raises(InputError, match=r"correction 1: .*" + message):
        memory.add_all([Correction(source=LAW, target=PASSED), Correction(source=source, target=target)])
    assert memory.journal() == []


def test_sql_in_a_text_is_text(memory: Memory):
    hostile = "'); DROP TABLE journal; --"
    memory.add(Correction(source=hostile, target=hostile, author=hostile))
    assert said(memory, hostile) == hostile


# --- restart, writers at once ---------------------------------------------------------------------------------------


def test_a_correction_survives_a_restart(memory: Memory):
    memory.add(Correction(source=LAW, target=PASSED))
    memory.close()
    code = (
        "import sys; from pathlib import Path; from vistka.memory.store import Memory;"
        "print(Memory(Path(sys.argv[1])).exact(sys.argv[2]).correction.target)"
    )
    done = subprocess.run([sys.executable, "-c", code, memory.path, LAW], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == PASSED


def _write(path: Path, writer: int, count: int) -> None:
    memory = Memory(path, busy_timeout_s=60)
    for number in range(count):
        memory.add(Correction(source=f"Речення {writer} номер {number}.", target=f"Sentence {writer} {number}."))


def test_two_processes_that_write_at_once_lose_nothing(memory: Memory):
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(memory.path, writer, 40)) for writer in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=120)
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert {row.correction.target for row in memory.journal()} == {
        f"Sentence {writer} {number}." for writer in range(2) for number in range(40)
    }


def test_threads_of_one_process_lose_nothing_whether_they_share_the_object_or_not(memory: Memory):
    def shared(writer: int) -> None:
        for number in range(20):
            memory.add(Correction(source=f"Речення {writer} номер {number}.", target="Same."))

    threads = [threading.Thread(target=shared, args=(writer,)) for writer in range(2)]
    threads += [threading.Thread(target=_write, args=(memory.path, writer, 20)) for writer in (2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert len(memory.in_force()) == 80


@pytest.mark.skipif(not hasattr(multiprocessing, "get_context") or sys.platform == "win32", reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_opens_the_file_anew(memory: Memory):
    memory.add(Correction(source=LAW, target=PASSED))

    child = multiprocessing.get_context("fork").Process(
        target=lambda: memory.add(Correction(source=LAW, target=ADOPTED))
    )
    child.start()
    child.join(timeout=60)
    assert child.exitcode == 0
    assert said(memory) == ADOPTED


# --- files that cannot be used --------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"no database at all, but a text that is long enough to be one" * 20, b"short"])
def test_a_file_that_is_no_database_is_told_and_left_as_it_is(tmp_path: Path, content: bytes):
    path = tmp_path / "memory.sqlite"
    path.write_bytes(content)
    for use in (lambda m: m.exact(LAW), lambda m: m.add(Correction(source=LAW, target=PASSED))):
        with pytest.raises(ResourceError, match=r"memory\.sqlite: the memory is damaged, or is no SQLite file"):
            use(Memory(path))
    assert path.read_bytes() == content


def test_a_damaged_page_is_told(memory: Memory):
    memory.add_all([Correction(source=f"Речення {number}.", target="Sentence.") for number in range(500)])
    memory.close()
    data = bytearray(memory.path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    memory.path.write_bytes(data)
    with pytest.raises(ResourceError, match="damaged"):
        memory.journal()


def test_a_database_of_another_program_or_a_newer_version_is_left_alone(memory: Memory, tmp_path: Path):
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()
    with pytest.raises(ConfigurationError, match="another program"):
        Memory(other).add(Correction(source=LAW, target=PASSED))
    memory.add(Correction(source=LAW, target=PASSED))
    memory.close()
    with sqlite3.connect(memory.path) as connection:
        connection.execute("PRAGMA user_version = 7")
    connection.close()
    with pytest.raises(ConfigurationError, match="version 7"):
        memory.exact(LAW)


def test_a_lock_that_is_held_too_long_is_told_and_readers_do_not_wait_for_writers(memory: Memory):
    memory.add(Correction(source=LAW, target=PASSED))
    holder = sqlite3.connect(memory.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    other = Memory(memory.path, busy_timeout_s=0.1)
    with pytest.raises(ResourceError, match=r"locked for 0\.1 seconds"):
        other.add(Correction(source=LAW, target=ADOPTED))
    assert said(other) == PASSED
    holder.execute("ROLLBACK")
    other.add(Correction(source=LAW, target=ADOPTED))
    assert said(memory) == ADOPTED
    holder.close()


def test_a_folder_in_the_way_is_told(tmp_path: Path):
    (tmp_path / "file").write_text("x")
    for path in (tmp_path, tmp_path / "file" / "memory.sqlite"):
        with pytest.raises(ResourceError, match="cannot be used"):
            Memory(path).add(Correction(source=LAW, target=PASSED))


# --- where it is ----------------------------------------------------------------------------------------------------


def test_the_file_is_the_one_named_then_that_of_the_variable_then_the_users_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("VISTKA_MEMORY", str(tmp_path / "a"))
    assert memory_path(tmp_path / "b") == tmp_path / "b"
    assert memory_path() == tmp_path / "a"
    monkeypatch.delenv("VISTKA_MEMORY")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert memory_path().name == "memory.sqlite"
    assert open_memory(Options(use_memory=False)) is None
    opened = open_memory(Options(memory=tmp_path / "c"))
    assert opened is not None
    assert opened.path == tmp_path / "c"

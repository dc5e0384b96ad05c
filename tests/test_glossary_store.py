"""A glossary file that is edited: what a person wrote in it stays, and two writers lose nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st

from vistka.errors import ConfigurationError, InputError, ResourceError, UsageError
from vistka.translate.glossary_files import read_glossary
from vistka.translate.glossary_store import GlossaryStore
from vistka.translate.lexicon_entries import Entry, entry_key

DRONE = Entry("дрон", ("drone", "UAV"), pos="noun", domain="war", by_user=True)
COUNCIL = Entry("Рада", ("Parliament",), by_user=True)

TOML = """# my terms
[[term]]
lemma = "дрон"   # by the desk
english = [
  "drone",
]

# about water
[[term]]
lemma = "вода"
english = ["water"]
"""


@pytest.mark.parametrize("name", ["own.toml", "own.tsv"])
def test_a_file_is_made_and_terms_are_added_replaced_and_removed(tmp_path: Path, name: str):
    store = GlossaryStore(tmp_path / name)
    assert store.entries() == []
    assert store.put([DRONE, COUNCIL]).added == (DRONE, COUNCIL)
    done = store.put([DRONE, Entry("рада", ("council",), by_user=True)])
    assert (done.added, done.known) == ((), (DRONE,))
    assert [(before.sense, now.sense) for before, now in done.replaced] == [("Parliament", "council")]
    assert [entry.lemma for entry in store.entries()] == ["дрон", "рада"]
    assert store.remove("ДРОН ".lower()) == [DRONE]
    assert [entry.sense for entry in store.entries()] == ["council"]
    with pytest.raises(UsageError, match="no term"):
        store.remove("дрон")


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_what_a_person_wrote_stays(tmp_path: Path, line_end: str, mark: str):
    path = tmp_path / "own.toml"
    path.write_bytes((mark + TOML).replace("\n", line_end).encode())
    store = GlossaryStore(path)
    store.put([COUNCIL])
    added = '\n[[term]]\nlemma = "Рада"\nenglish = ["Parliament"]\n'
    assert path.read_bytes().decode() == (mark + TOML + added).replace("\n", line_end)
    store.remove("дрон")
    assert path.read_bytes().decode() == (
        mark + '# my terms\n\n# about water\n[[term]]\nlemma = "вода"\nenglish = ["water"]\n' + added
    ).replace("\n", line_end)


def test_a_table_keeps_its_columns_and_remarks(tmp_path: Path):
    path = tmp_path / "own.tsv"
    path.write_bytes("senses\tlemma\r\n# remark\r\n\r\nwater\tвода\r\nsea\tморе".encode())
    store = GlossaryStore(path)
    store.put([Entry("вода", ("drink", "water"), by_user=True), COUNCIL])
    assert path.read_bytes().decode() == (
        "senses\tlemma\r\n# remark\r\n\r\ndrink / water\tвода\r\nsea\tморе\r\nParliament\tРада\r\n"
    )
    with pytest.raises(UsageError, match="cannot hold this change"):
        store.put([DRONE])  # has a part of speech


def test_pairs_without_a_header_can_be_edited_too(tmp_path: Path):
    path = tmp_path / "own.tsv"
    path.write_text("вода\twater\nморе\tsea\n", encoding="utf-8")
    GlossaryStore(path).put([COUNCIL])
    GlossaryStore(path).remove("вода")
    assert path.read_text(encoding="utf-8") == "море\tsea\nРада\tParliament\n"


def test_nothing_is_written_when_nothing_changes(tmp_path: Path):
    path = tmp_path / "own.toml"
    path.write_text(TOML, encoding="utf-8")
    before = path.stat().st_mtime_ns
    GlossaryStore(path).put([Entry("вода", ("water",), by_user=True)])
    assert path.stat().st_mtime_ns == before


def test_text_that_looks_like_a_term_is_not_touched(tmp_path: Path):
    path = tmp_path / "own.toml"
    tricky = "[[term]]\nlemma = 'вода'\nenglish = ['''\n[[term]]\nwater''']\n"
    path.write_text(tricky, encoding="utf-8")
    with pytest.raises(UsageError, match="cannot hold this change"):
        GlossaryStore(path).remove("вода")
    assert path.read_text(encoding="utf-8") == tricky


def test_what_cannot_be_edited_is_refused_and_stays(tmp_path: Path):
    faulty = tmp_path / "own.toml"
    faulty.write_text("[[term]]\nlemma='вода'\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="line 1: no English"):
        GlossaryStore(faulty).put([DRONE])
    assert faulty.read_text(encoding="utf-8") == "[[term]]\nlemma='вода'\n"
    with pytest.raises(UsageError, match=r"\.toml and \.tsv files alone"):
        GlossaryStore(tmp_path / "own.csv").put([DRONE])
    with pytest.raises(UsageError, match="no such folder"):
        GlossaryStore(tmp_path / "none" / "own.toml").put([DRONE])
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises((ConfigurationError, InputError)):
        GlossaryStore(tmp_path / "folder.toml").put([DRONE])


def test_a_writer_that_waits_too_long_says_so(tmp_path: Path):
    path = tmp_path / "own.toml"
    with FileLock(tmp_path / ".own.toml.lock"), pytest.raises(ResourceError, match="another program"):
        GlossaryStore(path, lock_timeout_s=0.05).put([DRONE])


WRITER = """
import sys
from pathlib import Path
from vistka.translate.glossary_store import GlossaryStore
from vistka.translate.glossary_terms import user_entry
store = GlossaryStore(Path(sys.argv[1]), lock_timeout_s=120)
for number in range(15):
    store.put([user_entry(f"слово{sys.argv[2]}{number}", [f"word {sys.argv[2]} {number}"])])
"""


def test_two_writers_lose_nothing(tmp_path: Path):
    path = tmp_path / "own.toml"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), letter]) for letter in "аб"]
    assert [writer.wait(timeout=300) for writer in writers] == [0, 0]
    assert sorted(entry.lemma for entry in read_glossary(path)) == sorted(
        f"слово{letter}{number}" for letter in "аб" for number in range(15)
    )


TERMS = st.builds(
    lambda lemma, senses, note: Entry(lemma, tuple(senses), note=note, by_user=True),
    st.sampled_from(["дрон", "Дрон", "вода", "БпЛА", "Пункт незламності", "сап", "САП"]),
    st.lists(st.sampled_from(["a", "b / c", 'q"\\', "[[term]]"]), min_size=1, max_size=2, unique=True),
    st.sampled_from(["", "# x", "[[term]]"]),
)


@settings(max_examples=40)
@given(steps=st.lists(st.tuples(st.booleans(), TERMS), max_size=8))
def test_any_sequence_of_edits_is_what_a_dictionary_would_hold(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[bool, Entry]]
):
    path = tmp_path_factory.mktemp("store") / "own.toml"
    store, held = GlossaryStore(path), {}
    for is_put, entry in steps:
        if is_put:
            store.put([entry])
            held[entry_key(entry)] = entry
        elif held.pop(entry_key(entry), None):
            store.remove(entry.lemma)
    assert {entry_key(entry): entry for entry in store.entries()} == held

"""Sets and hypotheses out of files: n lines for n lines, and nothing shifted, dropped or paired wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vistka.errors import EmptyInputError, InputError, UsageError
from vistka.evaluate.hypothesis_files import read_system
from vistka.evaluate.sets import choose, ordinal, read_lines, read_pair, read_set, read_tsv

SHARED = Path(__file__).parents[1].parent / "shared" / "eval"


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def test_only_a_line_feed_ends_a_line(tmp_path: Path) -> None:
    path = put(tmp_path, "a.txt", "один\u2028два\r\nтри\x0cчотири\x85\n п’ять")
    assert read_lines(path) == ["один\u2028два", "три\x0cчотири\x85", " п’ять"]


@given(st.lists(st.text("абв \u2028\x1c", min_size=1).filter(str.strip), min_size=1))
def test_lines_come_back_as_they_were(lines: list[str]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = put(Path(folder), "a.txt", "слово\n" + "\n".join(lines) + "\n")
        assert read_lines(path) == ["слово", *lines]


def test_two_files_of_different_length_are_refused_with_both_numbers(tmp_path: Path) -> None:
    source = put(tmp_path, "a.uk", "Раз.\nДва.\n")
    with pytest.raises(InputError, match=r"a\.uk: 2 lines, but .*a\.en has 1"):
        read_pair(source, put(tmp_path, "a.en", "One.\n"))
    with pytest.raises(InputError, match=r"a\.en:2: a blank line"):
        read_pair(source, put(tmp_path, "a.en", "One.\n \n"))
    with pytest.raises(EmptyInputError):
        read_pair(source, put(tmp_path, "a.en", ""))
    with pytest.raises(InputError, match="cannot be read"):
        read_pair(source, tmp_path / "none.en")
    with pytest.raises(InputError, match="cannot be read"):
        read_pair(source, tmp_path)


def test_a_table_may_have_a_header_and_several_references(tmp_path: Path) -> None:
    pairs = read_tsv(put(tmp_path, "a.tsv", "uk\ten\nІди!\tGo! ||| Go away!\nСядь.\tSit down.\n"))
    assert pairs.sources == ("Іди!", "Сядь.")
    assert pairs.references == (("Go!", "Go away!"), ("Sit down.",))
    assert pairs.first_references() == ["Go!", "Sit down."]


@pytest.mark.parametrize("line", ["Сядь.", "Сядь.\tSit.\tmore", "Сядь.\t ", " \tSit.", "Сядь.\tSit. |||  ||| Down."])
def test_a_row_without_two_full_cells_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(InputError, match=r"a\.tsv:2: .*where a source and a reference should be"):
        read_tsv(put(tmp_path, "a.tsv", f"Іди!\tGo!\n{line}\n"))
    with pytest.raises(InputError, match="nothing but a header"):
        read_tsv(put(tmp_path, "b.tsv", "uk\ten\n"))


def test_a_set_is_a_folder_with_a_pair_or_a_table(tmp_path: Path) -> None:
    put(tmp_path, "pair/x.uk", "Раз.\n")
    put(tmp_path, "pair/x.en", "One.\n")
    put(tmp_path, "pair/meta.tsv", "1\n")
    put(tmp_path, "table/t.tsv", "Раз.\tOne.\n")
    put(tmp_path, "other/readme.md", "x")
    assert read_set("pair", tmp_path).references == read_set("table", tmp_path).references == (("One.",),)
    assert read_set("pair", tmp_path).name == "pair"
    with pytest.raises(UsageError, match=r"use one of pair, table$"):
        read_set("other", tmp_path)
    with pytest.raises(UsageError, match="--data"):
        read_set("pair", tmp_path / "nowhere")


def test_every_and_limit_keep_source_and_reference_together(tmp_path: Path) -> None:
    rows = "".join(f"джерело {n}\tsource {n}\n" for n in range(10))
    pairs = choose(read_tsv(put(tmp_path, "a.tsv", rows)), every=3, limit=3)
    assert pairs.sources == ("джерело 0", "джерело 3", "джерело 6")
    assert pairs.references == (("source 0",), ("source 3",), ("source 6",))
    assert (pairs.total, pairs.positions) == (10, (0, 3, 6))
    assert pairs.chosen == "every 3rd line, from the first on, the first 3 of them"
    for wrong in ({"every": 0}, {"limit": 0}):
        with pytest.raises(UsageError):
            choose(pairs, **wrong)
    assert [ordinal(n) for n in (1, 2, 11, 13, 22, 104)] == ["1st", "2nd", "11th", "13th", "22nd", "104th"]


def test_a_file_of_hypotheses_is_of_the_whole_set_or_of_the_chosen_lines(tmp_path: Path) -> None:
    rows = "".join(f"джерело {n}\tsource {n}\n" for n in range(4))
    pairs = choose(read_tsv(put(tmp_path, "a.tsv", rows)), every=2)
    whole = put(tmp_path, "whole.txt", "h0\nh1\nh2\nh3\n")
    assert read_system(whole, pairs).texts() == ["h0", "h2"]
    assert read_system(put(tmp_path, "part.txt", "h0\n\n"), pairs).texts() == ["h0", ""]
    with pytest.raises(InputError, match=r"x\.txt: 3 hypotheses for 2 or 4 references"):
        read_system(put(tmp_path, "x.txt", "a\nb\nc\n"), pairs)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared sets are not here")
@pytest.mark.parametrize(
    ("name", "segments"), [("flores-dev", 997), ("ntrex", 1997), ("speeches", 2374), ("tatoeba", 1000)]
)
def test_the_known_sets_are_read_whole(name: str, segments: int) -> None:
    pairs = read_set(name, SHARED)
    assert len(pairs.sources) == len(pairs.references) == segments

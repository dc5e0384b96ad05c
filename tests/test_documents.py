"""What holds for every format: nothing is lost, files are whole, one line for every fault."""

import errno
import io
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vistka.datatypes import Item, Kept, New
from vistka.documents.markdown import words
from vistka.documents.read import FORMATS, read, read_path, read_stream
from vistka.documents.write import write, write_bytes, write_path
from vistka.errors import (
    EmptyInputError,
    InputError,
    NotTextError,
    ResourceError,
    TooLargeError,
    UnsupportedFormatError,
    UsageError,
    VistkaError,
)

SHARED = Path(__file__).parents[1].parent / "shared"

WORDS = st.sampled_from(["Київ", "фото", "з'їзд", "1,5 млрд", "a", "О. Чернишов", "«Дія»", "2022.", "🇺🇦", "\u0301"])
TEXT_PARTS = st.sampled_from(["\n", "\n\n", "\r\n", "\r", " ", "\t", "• ", "- ", "1. ", "**", "\0", "\u2028", "\x0b"])
MARKDOWN_PARTS = st.sampled_from(
    ["\n", "\n\n", "\r\n", "# ", "#", "> ", "- ", "* ", "1. ", "**", "*", "_", "`", "```\n", "~~~\n", "    ", "\t", "[",
     "](", ")", "![", "<", ">", "|", "\n|-|-|\n", "---\n", "===\n", "\\", "&amp;", "~~", "[a]: b\n", " ", "\0", "<!--",
     "\u00a0", "\f", "\u2028", "<b>", "http://a.b"]
)  # fmt: skip
HTML_PARTS = st.sampled_from(
    ["<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<i>", "</i>", "<br>", "<br/>", "<a href='x'>", "</a>", "<li>",
     "<td>", "<table>", "</table>", "<script>", "</script>", "<pre>", "</pre>", "<code>", "</code>", "<!--", "-->",
     "<p title=\"т\">", "<img alt=фото>", "<img alt = 'a' >", "<svg>", "</svg>", "<svg/>", "<title>", "</title>",
     "&amp;", "&lt", "&#1030;", "&nbsp;", "&", "<", ">", "\"", "'", "=", "/", " ", "\n", "\0", "<!x>", "<?", "]]>",
     "<span translate=no>", "</span>", "<h1>", "</h1>", "<html lang=uk>", "&NotEqualTilde;", "</", "<b", "\u00a0"]
)  # fmt: skip


def documents(parts):
    return st.lists(WORDS | parts, max_size=25).map("".join)


DOCUMENTS = st.one_of(
    st.tuples(st.just("text"), documents(TEXT_PARTS) | st.text()),
    st.tuples(st.just("markdown"), documents(MARKDOWN_PARTS) | st.text()),
    st.tuples(st.just("html"), documents(HTML_PARTS) | st.text()),
)


def item_of(form: str, source: str) -> Item | None:
    try:
        return read(source, format=form, max_mib=1)
    except (EmptyInputError, NotTextError):
        return None


@settings(max_examples=250, deadline=None)
@given(DOCUMENTS)
def test_a_document_comes_back_byte_for_byte_and_its_blocks_are_in_order(document):
    form, source = document
    item = item_of(form, source)
    if item is None:
        return
    assert write_bytes(item, {}) == source.encode()
    position = 0
    for block in item.blocks:
        assert position <= block.start < block.end <= len(source)
        position = block.end
        if block.offsets is None:
            assert block.text == source[block.start : block.end]
        else:
            assert len(block.offsets) == len(block.text) + 1
            assert (block.offsets[0], block.offsets[-1]) == (block.start, block.end)
            assert list(block.offsets) == sorted(block.offsets)
        ends = [0, *(place for span in block.markup for place in (span.start, span.end)), len(block.text)]
        assert ends == sorted(ends)
        assert block.text.strip()
    whole = {index: (Kept(0, len(block.text)),) for index, block in enumerate(item.blocks)}
    assert write(item, whole) == source
    pieces = {
        index: tuple(Kept(place, place + 1) for place in range(len(block.text)))
        for index, block in enumerate(item.blocks)
    }
    assert write(item, pieces) == source


NEW_WORDS = st.text(
    alphabet=st.sampled_from("ab 1.)#*_-+>|`~[]()<!&;\\\"'=/:Є"), min_size=1, max_size=14
).map(lambda text: " ".join(text.split())).filter(bool)  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(document=DOCUMENTS, text=NEW_WORDS, which=st.integers(0, 20))
def test_new_words_are_read_again_as_the_same_words(document, text, which):
    form, source = document
    item = item_of(form, source)
    if item is None or not item.blocks:
        return
    # An attribute without a letter is none to translate, so it would be no block the next time.
    text = f"Є{text}" if form == "html" else text
    index = which % len(item.blocks)
    block = item.blocks[index]
    written = write(item, {index: (New(text),)})
    if form == "text":
        assert written == source[: block.start] + text + source[block.end :]
        return
    again = item_of(form, written)
    assert again is not None
    assert text in [words(other) for other in again.blocks]


@pytest.mark.parametrize(
    ("name", "data", "form"),
    [
        ("a.html", "текст", "html"),
        ("a.HTM", "текст", "html"),
        ("a.md", "# текст", "markdown"),
        ("a.txt", "<p>текст", "text"),
        ("-", "<!DOCTYPE html><p>текст", "html"),
        ("-", "\n <div class=x>текст</div>", "html"),
        ("-", "<не тег>", "text"),
        ("-", "# текст", "text"),
        ("a.news", "текст", "text"),
        ("page", "<!-- збережено --><html>текст", "html"),
    ],
)
def test_the_format_is_told_by_extension_and_then_by_looking(name, data, form):
    assert read(data, name=name, max_mib=1).format == form
    assert read(data.encode(), name=name, max_mib=1).format == form


@pytest.mark.parametrize("name", ["a.doc", "a.docm", "a.PDF", "a.xlsx", "a.epub"])
def test_formats_that_are_not_read_are_refused_with_advice(name):
    with pytest.raises(UnsupportedFormatError) as caught:
        read("текст", name=name, max_mib=1)
    assert caught.value.next_step
    assert read("текст", name=name, format="text", max_mib=1).format == "text"


def test_an_unknown_format_names_the_known_ones():
    with pytest.raises(UsageError, match="use one of text, markdown, html, docx"):
        read("текст", format="odt", max_mib=1)
    assert FORMATS == ("text", "markdown", "html", "docx")


def test_half_a_surrogate_pair_is_no_text():
    with pytest.raises(NotTextError):
        read("a\udcffb", max_mib=1)


def test_a_large_text_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(20 * 1024 * 1024)
    with pytest.raises(TooLargeError, match=r"20.0 MiB is over the limit of 4 MiB"):
        read_path(path, max_mib=4)
    stream = io.BytesIO(b"a" * 4096)
    with pytest.raises(TooLargeError):
        read_stream(stream, max_mib=1 / 1024)
    assert stream.tell() == 1025
    with pytest.raises(TooLargeError):
        read("є" * 600_000, max_mib=1)


def test_faults_of_a_path_are_one_line(tmp_path):
    for path in (tmp_path / "none.txt", tmp_path, tmp_path / "x\0y", tmp_path / ("a" * 300)):
        with pytest.raises(InputError) as caught:
            read_path(path, max_mib=1)
        assert "\n" not in caught.value.line()


def test_an_unreadable_file_says_so(tmp_path, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match="no permission to read it"):
        read_path(tmp_path / "a.txt", max_mib=1)


def test_a_file_is_replaced_whole_and_keeps_its_permissions(tmp_path):
    path = tmp_path / "out.txt"
    path.write_bytes(b"old")
    path.chmod(0o640)
    link = tmp_path / "link.txt"
    link.symlink_to(path)
    write_path(link, "нове".encode())
    assert path.read_text(encoding="utf-8") == "нове"
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["link.txt", "out.txt"]


@pytest.mark.parametrize("fault", [errno.ENOSPC, None])
def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, fault):
    path = tmp_path / "out.txt"
    path.write_bytes(b"old")

    def fail(_handle):
        if fault is None:
            raise KeyboardInterrupt
        raise OSError(fault, os.strerror(fault))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(KeyboardInterrupt if fault is None else ResourceError):
        write_path(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.txt"]


def test_a_place_that_cannot_be_written_is_one_line(tmp_path):
    for path in (tmp_path, tmp_path / "none" / "a.txt", tmp_path / "x\0y"):
        with pytest.raises(VistkaError) as caught:
            write_path(path, b"a")
        assert isinstance(caught.value, InputError)


def test_a_device_is_written_to(tmp_path):
    write_path("/dev/null", b"a")
    assert Path("/dev/null").is_char_device()


def test_no_such_block_is_a_fault_of_the_program():
    with pytest.raises(ValueError, match="no block 3"):
        write(read("текст", max_mib=1), {3: (New("a"),)})


@pytest.mark.skipif(not (SHARED / "seeds").is_dir(), reason="shared examples are not here")
def test_seeds_and_examples_come_back_with_title_and_time():
    for path in [*(SHARED / "seeds").glob("*.txt"), *(SHARED / "examples").glob("*.txt")]:
        item = read_path(path, max_mib=4)
        assert write_bytes(item, {}) == path.read_bytes()
        assert item.title
        lines = {line.strip() for line in item.raw.splitlines() if line.strip()}
        joined = "\n".join(block.text for block in item.blocks)
        assert all(line.lstrip("•*> ") in joined for line in lines)
    seed = read_path(next((SHARED / "seeds").glob("003*")), max_mib=4)
    assert seed.source == "www.pravda.com.ua"
    assert seed.published is not None
    assert seed.published.isoformat() == "2025-01-16T06:08:40+02:00"

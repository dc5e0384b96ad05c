"""Bytes to text and back: known answers for each encoding, and one clear error for everything that is no text."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vistka.datatypes import Item
from vistka.documents.decode import decode, encode, encoding_for
from vistka.errors import EmptyInputError, NotTextError, TooLargeError, UnsupportedFormatError

SENTENCE = "Її об'єкт у Києві: ЗСУ знищили 12 танків, є загиблі, повідомив Генштаб."


def decoded(data: bytes, *, html: bool = False, max_mib: float = 4):
    return decode(data, "a.txt", max_mib=max_mib, html=html)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251", "koi8-u", "cp1125", "iso8859-5", "mac-cyrillic"])
def test_a_ukrainian_sentence_is_read_in_every_encoding_it_comes_in(encoding):
    result = decoded(SENTENCE.encode(encoding))
    assert result.text == SENTENCE
    assert result.text.encode(result.encoding) == SENTENCE.encode(encoding)


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-u"])
@pytest.mark.parametrize("text", ["Верховна Рада", "фото з відкритих джерел", "ЗСУ", "КИЇВ. УКРІНФОРМ", "Так", "«Є»"])
def test_a_few_words_are_enough_to_tell_windows_from_koi8(encoding, text):
    if encoding == "koi8-u" and "«" in text:
        pytest.skip("KOI8-U has no such quotation marks")
    assert decoded(text.encode(encoding)).text == text


@pytest.mark.parametrize(
    ("bom", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_a_byte_order_mark_decides_and_is_kept(bom, encoding):
    data = bom + SENTENCE.encode(encoding)
    result = decoded(data)
    assert result == type(result)(SENTENCE, encoding, bom)
    assert encode(result.text, Item(raw=result.text, blocks=(), encoding=encoding, bom=bom)) == data


def test_a_declared_charset_counts_in_html_and_in_an_xml_prolog():
    meta = '<meta charset="koi8-u"><p>Є.</p>'
    assert decoded(meta.encode("koi8-u"), html=True).text == meta
    prolog = '<?xml version="1.0" encoding="windows-1251"?><p>Є.</p>'
    assert decoded(prolog.encode("cp1251")).text == prolog
    equiv = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251"><p>ї</p>'
    assert decoded(equiv.encode("cp1251"), html=True).text == equiv


def test_valid_utf8_wins_over_a_wrong_declaration():
    page = '<meta charset="windows-1251"><p>Київ</p>'
    assert decoded(page.encode(), html=True).text == page


def test_english_with_typographic_quotes_of_windows_is_text():
    assert decoded(b"He said \x93no\x94 \x96 and left.").text == "He said “no” – and left."


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.7\n\xe2\xe3", "a PDF"),
        (b"PK\x03\x04\x14\0", "DOCX"),
        (b"\x89PNG\r\n\x1a\n\0", "PNG"),
        (b"\x1f\x8b\x08\0", "GZIP"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "Microsoft Office"),
        (b"{\\rtf1 \\ansi}", "RTF"),
        (b"GGUF\x03\0\0\0", "model weights"),
    ],
)
def test_known_formats_are_named(data, what):
    with pytest.raises(UnsupportedFormatError, match=what) as caught:
        decoded(data)
    assert caught.value.next_step


def test_a_text_may_begin_like_a_magic_number():
    assert decoded(b"GGUF is a file format.").text == "GGUF is a file format."


def test_binary_names_the_byte():
    with pytest.raises(NotTextError, match=r"a.txt: binary data: byte 0x00 at offset 3"):
        decoded(b"abc\0\x01\x02\xff\xfe\xfd")


def test_utf16_without_a_mark_says_how_to_convert_it():
    with pytest.raises(NotTextError, match="iconv -f UTF-16LE -t utf-8"):
        decoded(SENTENCE.encode("utf-16-le"))


def test_one_damaged_byte_does_not_turn_utf8_into_another_encoding():
    data = SENTENCE.encode()
    with pytest.raises(NotTextError, match="byte 0xff at offset 4 is not UTF-8"):
        decoded(data[:4] + b"\xff" + data[4:])


def test_noise_is_no_text():
    with pytest.raises(NotTextError, match="offset 0"):
        decoded(bytes(range(128, 256)) * 3)


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", codecs.BOM_UTF8, "\u00a0\n".encode()])
def test_nothing_but_white_space_is_empty(data):
    with pytest.raises(EmptyInputError, match="white space"):
        decoded(data)


def test_french_is_not_read_as_if_it_were_cyrillic():
    with pytest.raises(NotTextError, match="byte 0xe9 at offset 6 is not UTF-8"):
        decoded("le café est fermé".encode("latin-1"))


def test_over_the_limit_names_size_and_limit():
    with pytest.raises(TooLargeError, match=r"2.0 MiB is over the limit of 1 MiB"):
        decoded(b"a" * 2 * 1024 * 1024, max_mib=1)


def test_what_an_old_encoding_cannot_hold_is_never_lost():
    text = Item(raw="Є", blocks=(), encoding="cp1251")
    page = Item(raw="Є", blocks=(), encoding="cp1251", format="html")
    assert encode("1 ₴", text) == "1 ₴".encode()
    assert encoding_for("1 ₴", text) == "utf-8"
    assert encode("1 ₴", page) == b"1 &#8372;"
    assert encoding_for("1 ₴", page) == "cp1251"
    with pytest.raises(NotTextError, match=r"U\+D800"):
        encode("\ud800", text)


@given(st.binary(max_size=80))
def test_any_bytes_come_back_or_are_refused_by_the_family(data):
    try:
        result = decoded(data, html=True)
    except (NotTextError, EmptyInputError, UnsupportedFormatError):
        return
    assert result.bom + result.text.encode(result.encoding) == data

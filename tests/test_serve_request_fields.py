"""The fields of a request come out as the client meant them, from wherever it put them, or not at all."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from vistka.errors import UsageError
from vistka.serve.request_fields import Fields, read_fields, request_key
from vistka.serve.wire_languages import wire_language


def fields(body: bytes = b"", kind: str = "", query: str = "") -> Fields:
    """The fields of a request with this body, content type and query string."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    headers = [(b"content-type", kind.encode())] if kind else []
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "headers": headers,
        "query_string": query.encode("latin-1"),
        "server": ("localhost", 80),
    }
    return asyncio.run(read_fields(Request(scope, receive)))


def multipart(*parts: tuple[str, bytes], end: bytes = b"--X--\r\n") -> bytes:
    """A multipart body with boundary X; each part is its headers and its bytes."""
    return b"".join(b"--X\r\n" + head.encode() + b"\r\n\r\n" + data + b"\r\n" for head, data in parts) + end


FORM, JSON, MULTIPART = "application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=X"
NAMED_Q = 'Content-Disposition: form-data; name="q"'


def test_json() -> None:
    found = fields('{"q": ["а", "б"], "n": 3}'.encode(), JSON)
    assert found.get("q") == ["а", "б"]
    assert found.get("n") == 3
    assert found.is_json
    assert "q" in found
    assert "z" not in found


def test_json_with_a_byte_order_mark_and_a_charset() -> None:
    assert fields(b'\xef\xbb\xbf{"q": "a"}', "application/json; charset=utf-8").get("q") == "a"
    assert fields('{"q": "їжак"}'.encode("cp1251"), "application/json; charset=windows-1251").get("q") == "їжак"


@pytest.mark.parametrize(
    "body",
    [b"{", b"", b"[]", b'"q"', b"[" * 100_000, b'{"q": ' + b"9" * 5000 + b"}"],
    ids=["open", "empty", "list", "string", "deep", "digits"],
)
def test_what_is_no_json_object(body: bytes) -> None:
    with pytest.raises(UsageError, match=r"^Invalid JSON format$"):
        fields(body, JSON)


def test_json_in_another_charset_than_it_says() -> None:
    with pytest.raises(UsageError, match="the JSON is not utf-8"):
        fields('{"q": "їжак"}'.encode("cp1251"), JSON)


def test_form() -> None:
    found = fields(urlencode({"q": "Їжак + лис = друзі & 100%", "empty": ""}).encode(), FORM)
    assert found.text("q") == "Їжак + лис = друзі & 100%"
    assert found.text("empty") == ""
    assert "empty" in found
    assert not found.is_json


def test_form_in_windows_1251() -> None:
    body = urlencode({"q": "їжак"}, encoding="cp1251").encode()
    assert fields(body, f"{FORM}; charset=windows-1251").text("q") == "їжак"
    with pytest.raises(UsageError, match="the form is not utf-8"):
        fields(body, FORM)


def test_a_name_that_comes_twice_gives_a_list() -> None:
    found = fields(b"q=a&q=b&q=c&source=uk&source=en", FORM)
    assert found.get("q") == ["a", "b", "c"]
    assert found.text("source") == "uk"


def test_too_many_fields() -> None:
    with pytest.raises(UsageError, match="more than 1000 fields"):
        fields(b"&".join(b"a=b" for _ in range(1001)), FORM)


def test_query_counts_before_the_body() -> None:
    found = fields(b"q=body&target=en", FORM, query="q=query&source=uk")
    assert (found.text("q"), found.text("source"), found.text("target")) == ("query", "uk", "en")


def test_a_raw_bar_and_raw_utf8_in_the_query() -> None:
    assert fields(query="langpair=uk|en").text("langpair") == "uk|en"
    with pytest.raises(UsageError, match="the query string is not utf-8"):
        fields(query="q=%CA%E8%BF%E2")


def test_multipart() -> None:
    found = fields(
        multipart(
            (NAMED_Q, "Їжак".encode()),
            ('Content-Disposition: form-data; name="f"; filename="звіт.txt"\r\nContent-Type: text/plain', b"\x00\xff"),
        ),
        MULTIPART,
    )
    assert found.text("q") == "Їжак"
    assert (found.files["f"].name, found.files["f"].data) == ("звіт.txt", b"\x00\xff")


def test_multipart_part_with_a_charset() -> None:
    part = (f"{NAMED_Q}\r\nContent-Type: text/plain; charset=windows-1251", "їжак".encode("cp1251"))
    assert fields(multipart(part), MULTIPART).text("q") == "їжак"


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        (multipart((NAMED_Q, b"a")), "multipart/form-data", "broken multipart form"),
        (multipart((NAMED_Q, b"a"), end=b""), MULTIPART, "stops before its end"),
        (multipart(("Content-Disposition: form-data", b"a")), MULTIPART, "broken multipart form"),
        (multipart((NAMED_Q, "їжак".encode("cp1251"))), MULTIPART, "the form is not utf-8"),
        (b"nothing of the kind", MULTIPART, "broken multipart form"),
        (b"", MULTIPART, "stops before its end"),
        (b"q=a", f"{FORM}; charset=klingon", "no such charset"),
        (b"q=a", f"{FORM}; charset=utf-7", "the charset utf-7 is not supported"),
        (b"q=a", f"{FORM}; charset=hex", "the charset hex is not supported"),
    ],
)
def test_broken_forms(body: bytes, kind: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        fields(body, kind)


def test_other_bodies_hold_no_fields() -> None:
    assert dict(fields(b"q=a", "text/plain").values) == {}
    assert dict(fields(b"q=a", "").values) == {}


def test_text_is_text() -> None:
    found = fields(b'{"number": 5, "half": "\\ud83d", "null": null}', JSON)
    assert found.text("null") == ""
    for name in ("number", "half"):
        with pytest.raises(UsageError, match=f"{name} parameter is not a string"):
            found.text(name)


@given(st.dictionaries(st.text(min_size=1), st.text(), max_size=8))
def test_nothing_is_lost_on_any_way(values: dict[str, str]) -> None:
    assert dict(fields(json.dumps(values).encode("utf-8", "surrogatepass"), JSON).values) == values
    assert dict(fields(urlencode(values).encode(), FORM).values) == values


@given(st.binary(max_size=300), st.sampled_from([JSON, FORM, MULTIPART]))
def test_only_usage_errors_leave_it(body: bytes, kind: str) -> None:
    try:
        fields(body, kind)
    except UsageError as error:
        assert error.line()  # noqa: PT017 - any other error fails the test


def test_request_key_tells_lists_apart() -> None:
    assert request_key("a", ["b", "c"]) != request_key("a", ["b"], "c") != request_key("a", "b,c")
    assert request_key("x", 1) == request_key("x", 1)


@pytest.mark.parametrize(
    ("code", "language"),
    [
        *(("uk", "uk"), ("UK", "uk"), ("uk-UA", "uk"), ("uk_UA", "uk"), ("ukr", "uk"), ("en-GB", "en"), ("eng", "en")),
        *(("ru", None), ("", None), ("ukrainian", None), ("e", None)),
    ],
)
def test_language_codes(code: str, language: str | None) -> None:
    assert wire_language(code) == language


@given(
    st.lists(
        st.sampled_from(
            [
                "a/b",
                "multipart/form-data",
                FORM,
                JSON,
                ";",
                "=",
                "charset",
                "boundary",
                "*",
                "0",
                '"',
                "'",
                " ",
                "\\",
                "%",
                "й",
            ]
        )
    ).map("".join)
)
def test_a_content_type_of_any_shape(kind: str) -> None:
    try:
        fields(b"q=a", kind)
    except UsageError as error:
        assert error.line()  # noqa: PT017 - any other error fails the test

"""The named fields of a request, wherever its client put them: query string, form, multipart or JSON."""

from __future__ import annotations

import codecs
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from python_multipart import FormParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File, parse_options_header
from starlette.requests import Request

from vistka.errors import UsageError

MAX_FIELDS = 1000
"""Fields of one form: many times what any client sends."""

_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
_CHARSETS = frozenset("utf-8 ascii cp1251 koi8-u koi8-r iso8859-5 cp866 mac-cyrillic iso8859-1 cp1252".split())
"""Charsets, as Python names them, in which a body may come: those that Ukrainian and English texts are met in."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a multipart form.

    Attributes:
        name: as the client calls it; may be empty, and may hold anything.
        data: its bytes.
    """

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Fields:
    """What a request says.

    Attributes:
        values: name → value. Of a form always strings, or a list of strings where a name came more than once; of JSON
            whatever stood there.
        files: name → file.
        is_json: the body was JSON.
    """

    values: Mapping[str, Any]
    files: Mapping[str, Upload] = field(default_factory=dict)
    is_json: bool = False

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def get(self, name: str) -> Any:
        """The value, None where there is none."""
        return self.values.get(name)

    def text(self, name: str) -> str:
        """The value as a string, the first of several; empty where there is none.

        Raises:
            UsageError: it is no string, or one that cannot be written as UTF-8.
        """
        value = self.values.get(name)
        if isinstance(value, list) and value and not self.is_json:
            value = value[0]
        if value is None:
            return ""
        if not is_text(value):
            raise UsageError(f"Invalid request: {name} parameter is not a string")
        return str(value)


def is_text(value: object) -> bool:
    """Whether `value` is a string without half surrogate pairs, which JSON can escape but no encoding can hold."""
    if not isinstance(value, str):
        return False
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


async def read_fields(request: Request) -> Fields:
    """Every field of the request; where a name stands in the query and in the body, the query's value counts.

    A body of a type that holds no fields is not looked at.

    Raises:
        UsageError: broken JSON or form, text that is not in the charset that it claims (UTF-8 where it claims none),
            or a charset that does not exist.
    """
    query = _query(request.url.query)
    kind, parameters = _content_type(request.headers.get("content-type", ""))
    if kind == "application/json" or kind.endswith("+json"):
        return Fields({**_json(await request.body(), parameters), **query}, is_json=True)
    if kind == _FORM:
        return Fields({**_form(await request.body(), parameters), **query})
    if kind == _MULTIPART:
        values, files = _multipart(await request.body(), parameters)
        return Fields({**values, **query}, files)
    return Fields(query)


def request_key(*parts: object) -> str:
    """One string for all that a result depends on, for `InFlight.run`; `parts` are what JSON can hold."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()


def _content_type(header: str) -> tuple[str, Mapping[str, str]]:
    """The media type in lower case, and its parameters, their names in lower case."""
    kind, parameters = parse_options_header(header)
    return kind.decode("latin-1"), {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in parameters.items()
    }


def _query(query: str) -> dict[str, Any]:
    return _gathered(_pairs(query, "utf-8", "query string"))


def _form(body: bytes, parameters: Mapping[str, str]) -> dict[str, Any]:
    charset = _charset(parameters)
    return _gathered(_pairs(_decoded(body, charset, "form"), charset, "form"))


def _pairs(text: str, charset: str, place: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            text, keep_blank_values=True, encoding=charset, errors="strict", max_num_fields=MAX_FIELDS, separator="&"
        )
    except UnicodeDecodeError as error:
        raise UsageError(f"Invalid request: the {place} is not {charset}") from error
    except ValueError as error:
        raise UsageError(f"Invalid request: the {place} has more than {MAX_FIELDS} fields") from error


def _decoded(data: bytes, charset: str, place: str) -> str:
    try:
        return data.decode(charset)
    except UnicodeDecodeError as error:
        raise UsageError(f"Invalid request: the {place} is not {charset}") from error


def _charset(parameters: Mapping[str, str]) -> str:
    """The charset that the parameters of a media type name, UTF-8 where they name none."""
    named = parameters.get("charset") or "utf-8"
    try:
        charset = codecs.lookup(named).name
    except (LookupError, ValueError) as error:  # ValueError: a NUL in it
        raise UsageError("Invalid request: no such charset") from error
    if charset not in _CHARSETS:
        raise UsageError(f"Invalid request: the charset {charset} is not supported")
    return charset


def _gathered(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in pairs:
        if name not in values:
            values[name] = value
        elif isinstance(values[name], list):
            values[name].append(value)
        else:
            values[name] = [values[name], value]
    return values


def _json(body: bytes, parameters: Mapping[str, str]) -> dict[str, Any]:
    text = _decoded(body, _charset(parameters), "JSON").removeprefix("\ufeff")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:  # RecursionError: thousands of brackets one in another
        raise UsageError("Invalid JSON format") from error
    if not isinstance(value, dict):
        raise UsageError("Invalid JSON format")
    return value


def _multipart(body: bytes, parameters: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Upload]]:
    """Fields and files; parsed by the library, decoded here, since it would take wrong bytes for Latin-1 silently."""
    pairs: list[tuple[str, str]] = []
    files: dict[str, Upload] = {}
    ended: list[bool] = []

    def on_field(part: Field) -> None:
        charset = _charset(_content_type(part.content_type or "")[1])
        pairs.append((_name(part.field_name), _decoded(part.value or b"", charset, "form")))

    def on_file(part: File) -> None:
        part.file_object.seek(0)
        files.setdefault(_name(part.field_name), Upload(_name(part.file_name), part.file_object.read()))
        part.close()

    # The whole body is in memory already, so a copy on the disk would save nothing.
    config = {"MAX_MEMORY_FILE_SIZE": len(body) + 1, "UPLOAD_ERROR_ON_BAD_CTE": True}
    try:
        parser = FormParser(
            _MULTIPART,
            on_field,
            on_file,
            on_end=lambda: ended.append(True),
            boundary=parameters.get("boundary"),
            config=config,
        )
        parser.write(body)
    except FormParserError as error:
        raise UsageError("Invalid request: broken multipart form") from error
    if not ended:
        raise UsageError("Invalid request: the multipart form stops before its end")
    if len(pairs) + len(files) > MAX_FIELDS:
        raise UsageError(f"Invalid request: the form has more than {MAX_FIELDS} fields")
    return _gathered(pairs), files


def _name(raw: bytes | None) -> str:
    return _decoded(raw or b"", "utf-8", "form")

"""The whole service under requests that nobody should send: each gets an answer in its form, and the next one works."""

from __future__ import annotations

import asyncio
import gc
import gzip
import io
import json
import random
import socket
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest

from vistka.models.engine import Request
from vistka.serve.dialects import Dialect
from vistka.tests.scripted_engine import Answer
from vistka.tests.wire_server import WireServer, english, wire_server

SENTENCE, IN_ENGLISH = "Уряд ухвалив бюджет.", "The government adopted the budget."
BODY_TIMEOUT_S = 1.0
JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}

TRANSLATE: dict[Dialect, tuple[str, dict[str, Any]]] = {
    "native": ("/v1/translate", {"text": SENTENCE}),
    "deepl": ("/v2/translate", {"text": [SENTENCE], "target_lang": "EN-GB"}),
    "libretranslate": ("/translate", {"q": SENTENCE, "source": "uk", "target": "en"}),
    "apertium": ("/translate?langpair=uk|en", {"q": SENTENCE, "langpair": "uk|en"}),
}
DIALECTS = tuple(TRANSLATE)
UPLOAD: dict[Dialect, tuple[str, dict[str, str]]] = {
    "native": ("/v1/documents", {}),
    "deepl": ("/v2/document", {"target_lang": "EN-GB", "source_lang": "UK"}),
    "libretranslate": ("/translate_file", {"source": "uk", "target": "en"}),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WireServer]:
    with wire_server(tmp_path_factory.mktemp("hostile"), body_timeout_s=BODY_TIMEOUT_S) as running:
        yield running


@pytest.fixture(scope="module")
def client(server: WireServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=60) as one:
        yield one


def words(dialect: Dialect, answer: httpx.Response) -> str:
    """What an error says; that it is in the form of its dialect, and shows nothing of the program's inside."""
    assert 400 <= answer.status_code < 500 or answer.headers.get("retry-after"), (answer.status_code, answer.text)
    assert "Traceback" not in answer.text
    assert "/vistka/" not in answer.text
    body = answer.json()
    if dialect == "deepl":
        assert list(body) == ["message"]
    elif dialect == "libretranslate":
        assert list(body) == ["error"]
    elif dialect == "apertium":
        assert list(body) == ["status", "code", "message", "explanation"]
        assert body["code"] == answer.status_code
    else:
        assert answer.headers["content-type"] == "application/problem+json"
        assert body["status"] == answer.status_code
        body = {"detail": body["detail"]}
    return str(list(body.values())[-1])


def works(client: httpx.Client, dialect: Dialect) -> None:
    """A plain request of the dialect is answered as ever."""
    path, body = TRANSLATE[dialect]
    found = client.post(path, data=body) if dialect == "apertium" else client.post(path, json=body)
    assert found.status_code == 200, found.text
    assert IN_ENGLISH in found.text


# --- bodies -----------------------------------------------------------------------------------------------------------

_DEEP = 100_000
BROKEN: dict[str, bytes] = {
    "cut": b'{"text": ["',
    "words": b"translate this",
    "null": b"null",
    "a list": b"[]",
    "a number": b"17",
    "deep": b"[" * _DEEP,
    "deep in a field": b'{"q": ' + b"[" * _DEEP + b"]" * _DEEP + b"}",
    "a number without end": b'{"q": ' + b"9" * 100_000 + b"}",
    "Windows-1251": json.dumps({"q": SENTENCE, "text": SENTENCE}, ensure_ascii=False).encode("cp1251"),
    "no UTF-8": b'{"q": "\xff\xfe", "text": "\xff\xfe"}',
    "nothing": b"",
    "zeros": bytes(1000),
}


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("dialect", ["native", "deepl", "libretranslate"])
def test_broken_json(client: httpx.Client, dialect: Dialect, kind: str):
    answer = client.post(TRANSLATE[dialect][0], content=BROKEN[kind], headers=JSON)
    words(dialect, answer)
    assert answer.status_code in {400, 422}
    assert answer.status_code == 400 or dialect == "native"


WRONG: list[Any] = [None, True, 17, -1.5, {}, [], [None], [[]], [{}], {"a": 1}, "\ud800", ["\ud800"], [SENTENCE, 1], ""]


@pytest.mark.parametrize("dialect", ["native", "deepl", "libretranslate"])
def test_wrong_types_in_every_field(client: httpx.Client, dialect: Dialect):
    path, body = TRANSLATE[dialect]
    fields = [
        *body,
        "format",
        "source_lang",
        "alternatives",
        "glossary_id",
        "glossaries",
        "tag_handling",
        "ignore_tags",
    ]
    for field in fields:
        for value in WRONG:
            answer = client.post(path, content=json.dumps({**body, field: value}), headers=JSON)
            if answer.status_code != 200:
                assert answer.status_code in {400, 404, 422}, (field, value, answer.text)
                words(dialect, answer)


_TOO_LONG = {"native": {413, 422}, "deepl": {413}, "libretranslate": {400, 413}, "apertium": {413}}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_five_megabytes_of_text(client: httpx.Client, dialect: Dialect):
    path, body = TRANSLATE[dialect]
    field = "text" if "text" in body else "q"
    text = "Уряд ухвалив бюджет. " * (5 * 2**20 // 38)
    assert len(text.encode()) > 5_000_000
    body = {**body, field: [text] if dialect == "deepl" else text}
    for answer in (client.post(path, json=body), client.post(path, data=body)):
        if dialect == "apertium" and answer.request.headers["content-type"] == "application/json":
            continue
        assert answer.status_code in _TOO_LONG[dialect], answer.text[:200]
        words(dialect, answer)
    works(client, dialect)


@pytest.mark.parametrize("dialect", ["deepl", "libretranslate", "apertium"])
@pytest.mark.parametrize(
    "form",
    [
        b"q=%FF%FE&text=%FF%FE",
        b"q=" + SENTENCE.encode("cp1251") + b"&text=" + SENTENCE.encode("cp1251"),
        b"&".join(b"a%d=1" % n for n in range(3000)),
        b"\x00\x01=\x02",
    ],
    ids=["no UTF-8, escaped", "Windows-1251", "thousands of fields", "binary"],
)
def test_broken_forms(client: httpx.Client, dialect: Dialect, form: bytes):
    path, body = TRANSLATE[dialect]
    rest = "&".join(f"{name}={value}" for name, value in body.items() if name not in {"q", "text"})
    answer = client.post(path, content=form + b"&" + rest.encode(), headers=FORM)
    assert answer.status_code == 400
    words(dialect, answer)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_packed_bodies_are_not_unpacked(client: httpx.Client, dialect: Dialect):
    bomb = gzip.compress(b'{"q": "' + b"a" * 50_000_000 + b'"}')
    answer = client.post(TRANSLATE[dialect][0], content=bomb, headers={**JSON, "content-encoding": "gzip"})
    assert answer.status_code == 415
    words(dialect, answer)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_body_over_the_limit(client: httpx.Client, dialect: Dialect):
    answer = client.post(TRANSLATE[dialect][0], content=b" " * 12_000_000, headers=JSON)
    assert answer.status_code == 413
    words(dialect, answer)
    works(client, dialect)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_body_that_stops_half_way(server: WireServer, client: httpx.Client, dialect: Dialect):
    path = TRANSLATE[dialect][0].replace("|", "%7C")
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
    with closing(connect(server)) as connection:
        connection.sendall(head.encode() + b'{"text": ["')
        begin = time.monotonic()
        raw = read_all(connection)
        assert time.monotonic() - begin < BODY_TIMEOUT_S + 10
    assert raw.startswith(b"HTTP/1.1 408 ")
    answer = httpx.Response(408, headers=[("content-type", content_type(raw))], content=raw.partition(b"\r\n\r\n")[2])
    words(dialect, answer)
    works(client, dialect)


def connect(server: WireServer) -> socket.socket:
    url = httpx.URL(server.url)
    return socket.create_connection((url.host, url.port or 80), timeout=60)


def read_all(connection: socket.socket) -> bytes:
    data = b""
    while part := connection.recv(65536):
        data += part
    return data


def content_type(raw: bytes) -> str:
    lines = raw.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    return next(line.partition(": ")[2] for line in lines if line.lower().startswith("content-type"))


# --- uploads ----------------------------------------------------------------------------------------------------------

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)


def docx_of(document: bytes, **more: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELS)
        archive.writestr("word/document.xml", document)
        for name, content in more.items():
            archive.writestr(name, content)
    return data.getvalue()


def body_of(inner: str) -> bytes:
    return f'<w:document xmlns:w="{_WORD}"><w:body>{inner}</w:body></w:document>'.encode()


def zip_bomb() -> bytes:
    """100 KB that unpack to 100 MB."""
    return docx_of(body_of("<w:p><w:r><w:t>" + " " * 100_000_000 + "</w:t></w:r></w:p>"))


def lying_zip() -> bytes:
    """A bomb whose directory says that the document is small."""
    data = bytearray(docx_of(body_of(" " * 50_000_000)))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            data[at + place : at + place + 4] = (100).to_bytes(4, "little")
    return bytes(data)


@pytest.fixture(scope="module")
def bombs() -> dict[str, bytes]:
    return {"plain": zip_bomb(), "lying": lying_zip()}


_ENTITIES = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(10))
BAD_FILES: list[tuple[str, bytes]] = [
    ("empty.txt", b""),
    ("blank.txt", b" \n \n"),
    ("binary.txt", bytes(range(256)) * 20),
    ("broken.docx", b"PK\x03\x04" + bytes(100)),
    ("text.docx", SENTENCE.encode()),
    ("cut.docx", docx_of(body_of("<w:p/>"))[:-40]),
    ("other.docx", docx_of(b"<html/>")),
    ("noxml.docx", docx_of(b"<w:document")),
    ("entities.docx", docx_of(f"<!DOCTYPE d [{_ENTITIES}]><d>&a9;</d>".encode())),
    ("file.docx", docx_of(b'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + body_of("<w:p>&e;</w:p>"))),
    ("program.exe", b"MZ" + bytes(200)),
    ("page.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"),
    ("no name at all", bytes(100)),
]


@pytest.mark.parametrize("dialect", UPLOAD)
@pytest.mark.parametrize(("name", "data"), BAD_FILES, ids=[name for name, _ in BAD_FILES])
def test_files_that_are_none(client: httpx.Client, dialect: Dialect, name: str, data: bytes):
    path, fields = UPLOAD[dialect]
    answer = client.post(path, data=fields, files={"file": (name, data)})
    words(dialect, answer)


@pytest.mark.parametrize("dialect", UPLOAD)
@pytest.mark.parametrize("kind", ["plain", "lying"])
def test_a_zip_bomb(client: httpx.Client, bombs: dict[str, bytes], dialect: Dialect, kind: str):
    path, fields = UPLOAD[dialect]
    data = bombs[kind]
    assert len(data) < 500_000
    begin = time.monotonic()
    answer = client.post(path, data=fields, files={"file": ("bomb.docx", data)})
    words(dialect, answer)
    assert time.monotonic() - begin < 10
    works(client, dialect)


# Starlette leaves the file of a part that has no end to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize("dialect", UPLOAD)
def test_broken_multipart(client: httpx.Client, dialect: Dialect):
    path = UPLOAD[dialect][0]
    part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nabc'
    for kind, body in (
        ("multipart/form-data; boundary=b", part),
        ("multipart/form-data; boundary=b", b"nothing of the kind"),
        ("multipart/form-data", part),
        ("multipart/form-data; boundary=", part),
        ("multipart/form-data; boundary=b", b""),
        ("multipart/form-data; boundary=b", b"--b\r\n\r\nabc\r\n--b--\r\n"),
        ("multipart/form-data; boundary=b", part.replace(b"\r\n\r\n", b"\r\nX: \xff\r\n\r\n") + b"\r\n--b--\r\n"),
    ):
        answer = client.post(path, content=body, headers={"content-type": kind})
        words(dialect, answer)
    gc.collect()


# --- not even requests ------------------------------------------------------------------------------------------------

NOISE = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),  # a TLS client
    b"SSH-2.0-OpenSSH_9.2\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"G\xffT / HTTP/1.1\r\n\r\n",
    b"GET /\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: " + b"y" * 200_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
    b"POST /translate HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
    b"POST /translate HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    b"POST /v2/translate HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST /v2/translate HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    b"\r\n" * 1000,
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
]


@pytest.mark.parametrize("noise", NOISE, ids=range(len(NOISE)))
def test_noise(server: WireServer, client: httpx.Client, noise: bytes):
    with closing(connect(server)) as connection:
        try:
            connection.sendall(noise)
            raw = read_all(connection)
        except ConnectionError:
            raw = b""  # dropped
    assert raw == b"" or raw.startswith(b"HTTP/1.1 4"), raw[:300]
    works(client, "native")


def test_random_bytes_as_bodies(client: httpx.Client):
    chance = random.Random(4)
    for _ in range(50):
        dialect = chance.choice(DIALECTS)
        kind = chance.choice(
            ["application/json", FORM["content-type"], "multipart/form-data; boundary=b", "text/plain"]
        )
        body = chance.randbytes(chance.randrange(300))
        answer = client.post(TRANSLATE[dialect][0], content=body, headers={"content-type": kind})
        words(dialect, answer)


# --- a crowd ----------------------------------------------------------------------------------------------------------

CONNECTIONS, QUEUE = 300, 50


def slow_english(request: Request) -> Answer:
    time.sleep(0.02)
    return english(request)


@pytest.mark.parametrize("max_connections", [1000, 100])
def test_a_crowd_is_answered_or_told_to_come_again(tmp_path_factory: pytest.TempPathFactory, max_connections: int):
    folder = tmp_path_factory.mktemp("crowd")
    settings = {"queue_requests": QUEUE, "max_connections": max_connections}
    with wire_server(folder, script=slow_english, **settings) as server:
        with httpx.Client(base_url=server.url, timeout=60) as client:
            works(client, "native")
        answers = asyncio.run(crowd(server.url))
        assert len(answers) == CONNECTIONS
        served = 0
        for dialect, answer in answers:
            if answer.status_code == 200:
                served += 1
                assert "rivnia" in answer.text.lower()
            else:
                assert answer.status_code in {429, 503}, answer.text
                assert int(answer.headers["retry-after"]) >= 1
                words(dialect, answer)
        assert 1 <= served < CONNECTIONS
        with httpx.Client(base_url=server.url, timeout=60) as client:
            for dialect in DIALECTS:
                works(client, dialect)
            assert client.get("/readyz").status_code == 200


async def crowd(url: str) -> list[tuple[Dialect, httpx.Response]]:
    """The answers to 300 requests at once, each on a connection of its own, no two alike."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)

    async with httpx.AsyncClient(base_url=url, timeout=120, limits=limits) as client:

        async def ask(number: int) -> tuple[Dialect, httpx.Response]:
            dialect = DIALECTS[number % len(DIALECTS)]
            path, body = TRANSLATE[dialect]
            text = f"Рівня номер {number} немає."
            body = {
                name: [text] if value == [SENTENCE] else text if value == SENTENCE else value
                for name, value in body.items()
            }
            if dialect == "apertium":
                return dialect, await client.post(path, data=body)
            return dialect, await client.post(path, json=body)

        return await asyncio.gather(*(ask(number) for number in range(CONNECTIONS)))

"""URL intake against servers on this machine: what it fetches, and all that it must not fetch."""

from __future__ import annotations

import asyncio
import gzip
import shutil
import socket
import ssl
import subprocess
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vistka.errors import (
    DeadlineError,
    InputError,
    TooLargeError,
    UnsupportedFormatError,
    UsageError,
    VistkaError,
)
from vistka.serve.feeds import looks_like_feed, read_feed
from vistka.serve.pages import fetched_item
from vistka.serve.url_intake import MAX_REDIRECTS, Fetched, IntakeLimits, fetch, is_allowed, read_address

HERE = IntakeLimits(timeout_s=5, max_bytes=100_000, allow_private=True)
PUBLIC = IntakeLimits(timeout_s=5, max_bytes=100_000)
HTML = {"Content-Type": "text/html; charset=utf-8"}
PAGE = "<html><body><p>Рада ухвалила закон.</p></body></html>".encode()

Answer = tuple[int, dict[str, str], bytes] | Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def server(answers: dict[str, Answer], tls: ssl.SSLContext | None = None) -> Iterator[tuple[str, list[Any]]]:
    """Serves `answers` by path on a free port of the loopback interface; gives the base URL and the requests' heads."""
    seen: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append((self.path, dict(self.headers)))
            answer = answers[self.path]
            if callable(answer):
                answer(self)
                return
            status, headers, body = answer
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Content-Length" not in headers:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            pass  # the client went away, as it should

    running = Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        running.socket = tls.wrap_socket(running.socket, server_side=True)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{running.server_address[1]}", seen
    finally:
        running.shutdown()
        thread.join()
        running.server_close()


def get(url: str, limits: IntakeLimits = HERE) -> Fetched:
    return asyncio.run(fetch(url, limits))


def refused(url: str, limits: IntakeLimits = HERE) -> VistkaError:
    with pytest.raises(VistkaError) as caught:
        get(url, limits)
    return caught.value


# --- what it fetches --------------------------------------------------------------------------------------------------


def test_a_page() -> None:
    with server({"/новина?x=1|2": (200, HTML, PAGE), "/a%20b": (200, HTML, PAGE)}) as (base, seen):
        seen_path = "/%D0%BD%D0%BE%D0%B2%D0%B8%D0%BD%D0%B0?x=1|2"
        with server({seen_path: (200, HTML, PAGE)}) as (other, heads):
            found = get(f"{other}/новина?x=1|2#top")
            assert found == Fetched(f"{other}/новина?x=1|2", "text/html", "utf-8", PAGE)
            assert heads[0][0] == seen_path
            assert heads[0][1]["Host"] == other.removeprefix("http://")
            assert "Cookie" not in heads[0][1]
        get(f"{base}/a%20b")
        assert seen[0][0] == "/a%20b"  # what is escaped already stays as it is


def test_redirects_are_followed_and_counted() -> None:
    answers: dict[str, Answer] = {
        f"/{number}": (302, {"Location": f"/{number + 1}"}, b"") for number in range(MAX_REDIRECTS + 1)
    }
    answers[f"/{MAX_REDIRECTS}"] = (200, HTML, PAGE)
    with server(answers) as (base, _):
        assert get(f"{base}/0").url == f"{base}/{MAX_REDIRECTS}"
    answers[f"/{MAX_REDIRECTS}"] = (302, {"Location": "/0"}, b"")
    with server(answers) as (base, seen):
        assert "redirects" in str(refused(f"{base}/0"))
        assert len(seen) == MAX_REDIRECTS + 1


def test_a_packed_page() -> None:
    packed = gzip.compress(PAGE)
    two = gzip.compress(PAGE[:10]) + gzip.compress(PAGE[10:])
    with server(
        {
            "/one": (200, {**HTML, "Content-Encoding": "gzip"}, packed),
            "/two": (200, {**HTML, "Content-Encoding": "gzip"}, two),
            "/half": (200, {**HTML, "Content-Encoding": "gzip"}, packed[:-9]),
            "/junk": (200, {**HTML, "Content-Encoding": "gzip"}, b"no gzip at all"),
            "/other": (200, {**HTML, "Content-Encoding": "br"}, packed),
            "/twice": (200, {**HTML, "Content-Encoding": "gzip, gzip"}, packed),
        }
    ) as (base, _):
        assert get(f"{base}/one").data == PAGE
        assert get(f"{base}/two").data == PAGE
        assert "damaged" in str(refused(f"{base}/half"))
        assert "damaged" in str(refused(f"{base}/junk"))
        assert isinstance(refused(f"{base}/other"), UnsupportedFormatError)
        assert isinstance(refused(f"{base}/twice"), UnsupportedFormatError)


# --- limits -----------------------------------------------------------------------------------------------------------


def test_a_bomb_is_not_unpacked() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join([packer.compress(bytes(2**20)) for _ in range(60)] + [packer.flush()])
    assert len(bomb) < HERE.max_bytes
    with server({"/": (200, {**HTML, "Content-Encoding": "gzip"}, bomb)}) as (base, _):
        assert isinstance(refused(f"{base}/"), TooLargeError)


def test_a_body_over_the_limit_said_or_not() -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            handler.wfile.write(b"x" * 10_000)

    with server({"/said": (200, HTML, bytes(HERE.max_bytes + 1)), "/unsaid": endless}) as (base, _):
        assert isinstance(refused(f"{base}/said"), TooLargeError)
        assert isinstance(refused(f"{base}/unsaid"), TooLargeError)


@pytest.mark.parametrize("part", ["head", "body"])
def test_a_server_that_drips_is_left(part: str) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + (b"\r\n" if part == "body" else b"X: "))
        while True:
            handler.wfile.write(b"x")
            time.sleep(0.05)

    with server({"/": drip}) as (base, _):
        begin = time.monotonic()
        error = refused(f"{base}/", IntakeLimits(timeout_s=0.4, allow_private=True))
        assert isinstance(error, DeadlineError)
        assert time.monotonic() - begin < 3


def test_time_counts_over_redirects() -> None:
    def slowly(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(0.2)
        handler.wfile.write(b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n")

    with server({"/": slowly}) as (base, _):
        error = refused(f"{base}/", IntakeLimits(timeout_s=0.5, allow_private=True))
        assert isinstance(error, DeadlineError)


def test_a_body_that_stops_half_way() -> None:
    with server({"/": (200, {**HTML, "Content-Length": "1000"}, b"<p>")}) as (base, _):
        assert isinstance(refused(f"{base}/"), InputError)


@pytest.mark.parametrize(
    ("headers", "accepted"),
    [
        ({"Content-Type": "text/html"}, True),
        ({"Content-Type": 'Text/HTML; charset="windows-1251"'}, True),
        ({"Content-Type": "application/xhtml+xml"}, True),
        ({"Content-Type": "text/plain"}, True),
        ({"Content-Type": "application/rss+xml"}, True),
        ({"Content-Type": "application/atom+xml;charset=utf-8"}, True),
        ({"Content-Type": "application/pdf"}, False),
        ({"Content-Type": "image/png"}, False),
        ({"Content-Type": "application/json"}, False),
        ({"Content-Type": "nonsense"}, False),
        ({}, False),
    ],
)
def test_types(headers: dict[str, str], accepted: bool) -> None:
    with server({"/": (200, headers, PAGE)}) as (base, _):
        if accepted:
            assert get(f"{base}/").data == PAGE
        else:
            assert isinstance(refused(f"{base}/"), UnsupportedFormatError)


@pytest.mark.parametrize("status", [201, 204, 304, 400, 401, 403, 404, 500, 503])
def test_any_other_status_is_told(status: int) -> None:
    with server({"/": (status, HTML, b"")}) as (base, _):
        assert f"it answers {status}" in str(refused(f"{base}/"))


def test_nonsense_for_an_answer() -> None:
    def nonsense(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"\x00\x01 nothing like HTTP\r\n\r\n")

    with server({"/": nonsense, "/to": (302, {"Location": "http://[nonsense"}, b"")}) as (base, _):
        assert isinstance(refused(f"{base}/"), InputError)
        assert isinstance(refused(f"{base}/to"), InputError)


def test_nobody_there() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound, and nobody listens
        assert isinstance(refused(f"http://127.0.0.1:{held.getsockname()[1]}/"), InputError)


def test_offline_nothing_is_fetched() -> None:
    with server({"/": (200, HTML, PAGE)}) as (base, seen):
        error = refused(f"{base}/", IntakeLimits(allow_private=True, offline=True))
        assert isinstance(error, UsageError)
        assert not seen


# --- where it does not go ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/", "file:///etc/passwd", "gopher://example.org/", "javascript:alert(1)", "//example.org/",
        "",        "http://", "http:///x", "http://user@example.org/", "http://user:secret@example.org/", "http://@example.org/",
        "http://example.org:22/", "http://example.org:25/", "http://example.org:0/", "http://example.org:99999/",
        "http://example.org:x/", "http://exa mple.org/", "http://example.org/a b", "http://example.org\\@other.example/",
        "http://example.org/\r\nHost: other.example", "http://example.org/\x00", "http://[::1/", "http://[nonsense]/",
        "http://ex..ample.org/", "http://-.-/", "http://" + "a." * 1000 + "org/", "http://example.org/" + "a" * 2100,
        "http://example.org/\ud800", "http://xn--a.example\u2044x/", "http://" + "a-" * 120 + "!/",
    ],
)  # fmt: skip
def test_no_address_to_fetch(url: str) -> None:
    with pytest.raises(UsageError):
        read_address(url, PUBLIC)


def test_an_error_never_shows_a_password() -> None:
    assert "secret" not in str(refused("http://user:secret@example.org/", PUBLIC))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "169.254.1.1",
        "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192", "0.0.0.0", "0.1.2.3", "224.0.0.1", "239.1.1.1",
        "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "203.0.113.9", "::1", "::", "fe80::1",
        "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
        "2002:a9fe:a9fe::1", "2001:0:4136:e378:8000:63bf:80ff:fffe", "2001:db8::1", "100::1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_allowed(address, PUBLIC)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_public_addresses(address: str) -> None:
    assert is_allowed(address, PUBLIC)


def test_what_stays_refused_where_private_addresses_are_allowed() -> None:
    for address in ("127.0.0.1", "10.0.0.1", "::1", "fd12::1", "::ffff:192.168.1.1", "8.8.8.8"):
        assert is_allowed(address, HERE)
    for address in ("169.254.169.254", "fe80::1", "224.0.0.1", "0.0.0.0", "::", "fd00:ec2::254", "168.63.129.16"):
        assert not is_allowed(address, HERE)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_this_machine_under_all_its_names(host: str) -> None:
    error = refused(f"http://{host}:8080/", PUBLIC)
    assert isinstance(error, UsageError | InputError)
    assert "127" not in str(error).replace(host, "")  # what a name leads to is not told


def test_a_redirect_to_this_machine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    # The first server counts as public here; the one that it points at does not.
    monkeypatch.setattr("vistka.serve.url_intake.PUBLIC_PORTS", frozenset(range(1, 65536)))
    first_only = {"public.example": "127.0.0.1"}
    _name_server(monkeypatch, first_only)
    with server({"/": (200, HTML, PAGE)}) as (inner, inner_seen):
        with server({"/": (302, {"Location": inner + "/"}, b"")}) as (outer, outer_seen):
            port = outer.rpartition(":")[2]
            real = is_allowed
            monkeypatch.setattr(
                "vistka.serve.url_intake.is_allowed",
                lambda address, limits: not outer_seen or real(address, limits),
            )
            assert isinstance(refused(f"http://public.example:{port}/", PUBLIC), UsageError)
            assert len(outer_seen) == 1
        assert not inner_seen


def _name_server(monkeypatch: pytest.MonkeyPatch, answers: dict[str, str | list[str]]) -> list[str]:
    """Resolves names by `answers`; gives the names that were asked for. A list: one answer for each time."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in answers:
            return real(host, *args, **kwargs)
        answer = answers[name]
        times = asked.count(name)
        asked.append(name)
        return real(answer if isinstance(answer, str) else answer[min(times, len(answer) - 1)], *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def test_the_connection_goes_to_the_address_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _name_server(monkeypatch, {"news.example": ["127.0.0.1", "127.0.0.2"]})
    with server({"/": (200, HTML, PAGE)}) as (base, seen):
        port = base.rpartition(":")[2]
        assert get(f"http://news.example:{port}/").data == PAGE
    assert asked == ["news.example"]  # a second answer would not have been seen
    assert seen[0][1]["Host"] == f"news.example:{port}"


def test_a_name_that_changes_its_mind(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _name_server(monkeypatch, {"rebind.example": ["93.184.216.34", "127.0.0.1"]})
    tried: list[Any] = []

    def connect(_: socket.socket, address: Any) -> None:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    assert isinstance(refused("http://rebind.example/", PUBLIC), InputError)
    assert asked == ["rebind.example"]
    assert tried == [("93.184.216.34", 80)]


def test_one_private_address_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(*_: Any, **__: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 80)) for one in ("93.184.216.34", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert isinstance(refused("http://mixed.example/", PUBLIC), UsageError)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
def test_a_certificate_is_for_the_name_that_was_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=news.example".split()
    command += ["-addext", "subjectAltName=DNS:news.example", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    _name_server(monkeypatch, {"news.example": "127.0.0.1", "other.example": "127.0.0.1"})
    with server({"/": (200, HTML, PAGE)}, context) as (base, seen):
        port = base.rpartition(":")[2]
        assert isinstance(refused(f"https://news.example:{port}/"), InputError)  # nobody vouches for it
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert get(f"https://news.example:{port}/").data == PAGE
        assert isinstance(refused(f"https://other.example:{port}/"), InputError)
        assert len(seen) == 1


def test_an_unknown_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert isinstance(refused("http://nowhere.example/", PUBLIC), InputError)


def test_a_ukrainian_domain_is_asked_for_by_its_ascii_form() -> None:
    address = read_address("https://новини.укр/шлях?як=так", PUBLIC)
    assert address.host == "xn--b1amarcd.xn--j1amh"
    assert address.target == "/%D1%88%D0%BB%D1%8F%D1%85?%D1%8F%D0%BA=%D1%82%D0%B0%D0%BA"


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_a_usage_error(text: str) -> None:
    for url in (text, f"http://{text}", f"http://example.org/{text}"):
        try:
            address = read_address(url, PUBLIC)
        except UsageError:
            continue
        assert address.host.isascii()
        assert address.target.isascii()
        assert not set(address.host + address.target) & set(" \r\n\t\x00")


# --- pages ------------------------------------------------------------------------------------------------------------


def test_the_charset_of_the_server_counts_where_the_page_is_no_utf8() -> None:
    text = "Рада ухвалила закон про мови."
    page = Fetched("https://www.news.example/a", "text/plain", "koi8-u", text.encode("koi8-u"))
    item = fetched_item(page, article=False, max_mib=1)
    assert item.raw == text
    assert (item.url, item.source) == ("https://www.news.example/a", "news.example")
    lying = Fetched("https://news.example/a", "text/plain", "windows-1251", text.encode())
    assert fetched_item(lying, article=False, max_mib=1).raw == text
    for odd in ("no-such", "rot13", "unicode_escape", "utf-7", "x" * 500):
        assert (
            fetched_item(
                Fetched("https://n.example/", "text/plain", odd, text.encode("cp1251")), article=False, max_mib=1
            ).raw
            == text
        )


def test_the_name_of_an_address_is_no_format() -> None:
    page = Fetched("https://news.example/report.pdf", "text/html", "", PAGE)
    assert fetched_item(page, article=False, max_mib=1).format == "html"


def test_xml_that_is_no_page() -> None:
    with pytest.raises(UnsupportedFormatError):
        fetched_item(Fetched("https://n.example/", "application/xml", "", b"<a/>"), article=True, max_mib=1)


# --- feeds ------------------------------------------------------------------------------------------------------------

RSS = """<?xml version="1.0" encoding="utf-8"?>
<!-- a comment -->
<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Новини &amp; події</title>
<item><media:title>картинка</media:title><title><![CDATA[Рада &laquo;ухвалила&raquo; закон]]></title>
<link>https://news.example/1?x=1&y=2</link><pubDate>Thu, 16 Jan 2025 06:08:40 +0200</pubDate>
<description>&lt;p&gt;Один&lt;/p&gt;&lt;p&gt;два&nbsp;три&lt;script&gt;x()&lt;/script&gt;&lt;/p&gt;</description></item>
<item><title>Без часу</title><guid>https://news.example/2</guid><pubDate>Thu, 16 Jan 2025 06:08:40</pubDate></item>
<item><title>Без адреси</title><link>javascript:alert(1)</link><guid isPermaLink="false">7</guid></item>
</channel></rss>""".encode()

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title type="html">Стрічка</title><entry><title>Заголовок</title>
<link rel="self" href="/self"/><link href="/стаття"/><updated>2026-01-02T03:04:05Z</updated>
<summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Один <b>два</b></div></summary></entry>
</feed>""".encode()

RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Old</title></channel>
<item><title>One</title><link>https://news.example/1</link><dc:date>2026-01-02T03:04:05+02:00</dc:date></item></rdf:RDF>"""


def test_rss() -> None:
    assert looks_like_feed(RSS)
    feed = read_feed(RSS, "https://news.example/feed")
    assert feed.title == "Новини & події"
    first, second, third = feed.entries
    assert first.title == "Рада «ухвалила» закон"
    assert first.url == "https://news.example/1?x=1&y=2"
    assert first.published == datetime(2025, 1, 16, 4, 8, 40, tzinfo=UTC)
    assert first.summary == "Один два три"
    assert (second.url, second.published) == ("https://news.example/2", None)  # a time without a zone is a guess
    assert third.url == ""


def test_atom_and_rss_1() -> None:
    entry = read_feed(ATOM, "https://news.example/feed").entries[0]
    assert (entry.title, entry.url, entry.summary) == ("Заголовок", "https://news.example/стаття", "Один два")
    assert entry.published == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    old = read_feed(RDF, "https://news.example/feed")
    assert (old.title, old.entries[0].url) == ("Old", "https://news.example/1")
    assert old.entries[0].published == datetime(2026, 1, 2, 1, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"text", b"<html></html>", b"<rss>", b"\x00", b"<!DOCTYPE rss><rss/>",
        b'<!DOCTYPE rss [<!ENTITY a "x">]><rss><channel><title>&a;</title></channel></rss>',
        b'<?xml version="1.0"?><!-- c --><!DOCTYPE rss SYSTEM "file:///etc/passwd"><rss/>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE rss [<!ENTITY a "x">]><rss/>'.encode("utf-16"),
        b"<rss>" + b"<a>" * 100_000,
    ],
)  # fmt: skip
def test_no_feeds(data: bytes) -> None:
    with pytest.raises(InputError):
        read_feed(data, "https://news.example/feed")


@pytest.mark.parametrize(
    "data", [b"<!---->" * 500_000, b" " * 3_000_000, b"<?a" * 500_000, b"<?a?>" * 500_000, b"<!--"]
)
def test_a_long_prolog_takes_no_time(data: bytes) -> None:
    begin = time.monotonic()
    assert not looks_like_feed(data)
    assert time.monotonic() - begin < 2


def test_an_address_of_a_feed_is_no_item() -> None:
    with pytest.raises(InputError, match="feed"):
        fetched_item(Fetched("https://n.example/", "text/html", "", RSS), article=True, max_mib=1)

"""Fetches a page or feed that a caller names, without becoming the caller's way into our own network.

The address is taken apart once, here. Its host is resolved once; if any answer is not a public address the whole is
refused, and the connection is made to the very addresses that were looked at, so that a second answer of the name
server changes nothing. Every redirect starts again from the top. No cookies, no credentials, no proxy.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
import zlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import Message
from functools import partial
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

import httpcore2
import idna

from vistka.errors import DeadlineError, InputError, TooLargeError, UnsupportedFormatError, UsageError

MAX_REDIRECTS = 5
MAX_URL_CHARS = 2_048
PUBLIC_PORTS = frozenset({80, 443, 8080, 8443})

PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})
XML_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/xml", "text/xml"}
)
MEDIA_TYPES = PAGE_TYPES | XML_TYPES | {"text/plain"}

_IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NOT_IN_URL = re.compile(r"[\x00-\x20\x7f\\\ud800-\udfff]|\s")
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST_NAME = re.compile(rf"(?:{_LABEL}\.)*{_LABEL}\.?")
_MAX_HOST_CHARS = 254
_URL_SAFE = "/?:@!$&'()*+,;=%-._~[]|"
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_IPV4_COMPATIBLE = ipaddress.IPv6Network("::/96")
_METADATA = frozenset(
    map(ipaddress.ip_address, ("169.254.169.254", "168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254"))
)
"""Where clouds hand out the machine's own credentials. Azure's 168.63.129.16 looks like any public address."""
_ACCEPTED = (
    "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,application/xml;q=0.9,text/plain;q=0.8"
)
_FAILURES = (
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.TimeoutException,
    httpcore2.UnsupportedProtocol,
    OSError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeLimits:
    """What a fetch may do.

    Attributes:
        timeout_s: for all of it, names and redirects included.
        max_bytes: of the body, as it comes and unpacked.
        allow_private: private and loopback addresses, and any port. Link-local, multicast and the addresses where
            clouds keep their metadata stay refused.
        offline: refuse everything.
    """

    timeout_s: float = 10.0
    max_bytes: int = 4 * 1024 * 1024
    allow_private: bool = False
    offline: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was found at an address.

    Attributes:
        url: where it was found in the end.
        media_type: one of MEDIA_TYPES.
        charset: as the server says; may be empty.
        data: the body, unpacked.
    """

    url: str
    media_type: str
    charset: str
    data: bytes


@dataclass(frozen=True, slots=True)
class _Address:
    """An address that may be asked for: its parts, so that nobody reads it a second time and otherwise.

    Attributes:
        host: ASCII, lower case, without brackets.
        target: path and query, ASCII.
        shown: for messages and as the base of redirects; without a fragment.
    """

    scheme: str
    host: str
    port: int
    target: str
    shown: str


async def fetch(url: str, limits: IntakeLimits, *, names: Executor | None = None) -> Fetched:
    """What is at `url`, redirects followed.

    Args:
        url: any text.
        limits: what may be done.
        names: threads that ask the name server, which may be slow; None = those of the event loop, for all uses.

    Raises:
        UsageError: the address is not one to fetch, or leads to one.
        InputError: it cannot be reached, answers with an error or nonsense, or redirects for ever.
        TooLargeError: over `max_bytes`.
        UnsupportedFormatError: neither a page nor a text nor XML.
        DeadlineError: not done within `timeout_s`.
    """
    if limits.offline:
        raise UsageError("nothing is fetched: the service runs offline", where=_short(url), next_step="send the text")
    try:
        async with asyncio.timeout(limits.timeout_s):
            return await _follow(url, limits, names)
    except TimeoutError as error:
        raise DeadlineError(
            f"not fetched within {limits.timeout_s:g} s", where=_short(url), next_step="send the text itself"
        ) from error


async def _follow(url: str, limits: IntakeLimits, names: Executor | None) -> Fetched:
    address = read_address(url, limits)
    for _ in range(MAX_REDIRECTS + 1):
        found = await _once(address, limits, names)
        if isinstance(found, Fetched):
            return found
        address = read_address(_joined(address, found), limits)
    raise InputError(f"more than {MAX_REDIRECTS} redirects", where=_short(url), next_step="check the address")


def _joined(address: _Address, location: str) -> str:
    try:
        return urljoin(address.shown, location)
    except ValueError as error:
        raise InputError("it redirects to what is no address", where=_short(address.shown)) from error


def read_address(url: str, limits: IntakeLimits) -> _Address:
    """The parts of an address that may be asked for; its host is not resolved yet.

    Raises:
        UsageError: it may not.
    """
    shown = _short(url)
    if len(url) > MAX_URL_CHARS or _NOT_IN_URL.search(url):
        raise UsageError("no address of a page: too long, or with white space in it", where=shown)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UsageError("no address of a page", where=shown, next_step="check it") from error
    if parts.scheme not in _DEFAULT_PORTS:
        raise UsageError("only http and https are fetched", where=shown)
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise UsageError("an address with a user name is not fetched", where=shown, next_step="leave that out")
    port = port if port is not None else _DEFAULT_PORTS[parts.scheme]
    if not port or (port not in PUBLIC_PORTS and not limits.allow_private):
        raise UsageError(f"port {port} is not fetched from", where=shown)
    host = _ascii_host(parts.hostname or "", shown)
    target = quote(parts.path or "/", safe=_URL_SAFE) + (
        f"?{quote(parts.query, safe=_URL_SAFE)}" if parts.query else ""
    )
    return _Address(parts.scheme, host, port, target, parts._replace(fragment="").geturl())


def _ascii_host(host: str, shown: str) -> str:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        # As browsers do (UTS 46): a domain of .укр has an ASCII form, and look-alikes of a digit or dot become one.
        name = idna.encode(host, uts46=True).decode("ascii") if not host.isascii() else host.lower()
    except (idna.IDNAError, UnicodeError) as error:
        raise UsageError("no name of a host", where=shown, next_step="check the address") from error
    if len(name) > _MAX_HOST_CHARS or not _HOST_NAME.fullmatch(name):
        raise UsageError("no name of a host", where=shown, next_step="check the address")
    return name


def is_allowed(address: str, limits: IntakeLimits) -> bool:
    """Whether a connection may go to this IP address."""
    read = ipaddress.ip_address(address)
    # A NAT64 prefix is reserved itself, and as good as the IPv4 address in it.
    seen = list(_embedded(read)) if read in _NAT64 else [read, *_embedded(read)]
    return all(_is_allowed(one, limits) for one in seen)


def _is_allowed(address: _IPAddress, limits: IntakeLimits) -> bool:
    never = address.is_link_local or address.is_multicast or address.is_unspecified or address in _METADATA
    if never:
        return False
    if limits.allow_private and (address.is_private or address.is_loopback):
        return True
    # RFC 6890's registries: neither private nor reserved, for documentation, for benchmarks, or shared by a provider.
    return address.is_global and not address.is_reserved and not getattr(address, "is_site_local", False)


def _embedded(address: _IPAddress) -> Iterable[_IPAddress]:
    """IPv4 addresses that an IPv6 address stands for: some gateway turns it into them."""
    if not isinstance(address, ipaddress.IPv6Address):
        return
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    if address in _NAT64 or (address in _IPV4_COMPATIBLE and int(address) > 1):
        yield ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)


async def _resolved(address: _Address, limits: IntakeLimits, names: Executor | None) -> list[str]:
    """The IP addresses of the host, every one of them looked at."""
    ask = partial(socket.getaddrinfo, address.host, address.port, type=socket.SOCK_STREAM)
    try:
        answers = await asyncio.get_running_loop().run_in_executor(names, ask)
    except (OSError, UnicodeError) as error:
        raise InputError("no such host is known", where=_short(address.shown), next_step="check the address") from error
    found = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
    if not found or not all(is_allowed(one, limits) for one in found):
        raise UsageError(
            "it leads to an address that is not public", where=_short(address.shown), next_step="send the text itself"
        )
    return found


class _ToTheseAlone(httpcore2.AsyncNetworkBackend):
    """Connects to the addresses that were looked at, whatever the name says now."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = addresses
        self._backend = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        failed: Exception | None = None
        for address in self._addresses:
            try:
                return await self._backend.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failed = error
        raise failed or httpcore2.ConnectError("no address")


async def _once(address: _Address, limits: IntakeLimits, names: Executor | None) -> Fetched | str:
    """One request: what is there, or where it sends us."""
    addresses = await _resolved(address, limits, names)
    async with _response(address, addresses) as response:
        headers = _headers(response.headers)
        if response.status in _REDIRECTS and "location" in headers:
            return headers["location"]
        if response.status != 200:
            raise InputError(
                f"it answers {response.status}", where=_short(address.shown), next_step="check the address"
            )
        media_type, charset = _media_type(headers, address)
        data = await _body(response, headers, address, limits)
    return Fetched(address.shown, media_type, charset, data)


@asynccontextmanager
async def _response(address: _Address, addresses: Sequence[str]) -> AsyncIterator[httpcore2.Response]:
    url = httpcore2.URL(scheme=address.scheme, host=address.host, port=address.port, target=address.target)
    named = f"[{address.host}]" if ":" in address.host else address.host
    host = named if address.port == _DEFAULT_PORTS[address.scheme] else f"{named}:{address.port}"
    headers: list[tuple[str | bytes, str | bytes]] = [
        ("Host", host),
        ("User-Agent", "vistka"),
        ("Accept", _ACCEPTED),
        ("Accept-Encoding", "gzip"),
        ("Accept-Language", "uk,en;q=0.8"),
        ("Connection", "close"),
    ]
    pool = httpcore2.AsyncConnectionPool(network_backend=_ToTheseAlone(addresses), max_connections=1)
    try:
        async with pool, pool.stream("GET", url, headers=headers) as response:
            yield response
    except _FAILURES as error:
        if isinstance(error, TimeoutError):
            raise
        raise InputError(
            f"it could not be fetched ({_reason(error)})", where=_short(address.shown), next_step="check the address"
        ) from error


def _reason(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> Mapping[str, str]:
    """Name → value; the first of several."""
    headers: dict[str, str] = {}
    for name, value in raw:
        # Locations come as UTF-8, whatever the standard says.
        headers.setdefault(name.decode("latin-1").lower(), value.decode("utf-8", "replace").strip())
    return headers


def _media_type(headers: Mapping[str, str], address: _Address) -> tuple[str, str]:
    message = Message()
    stated = headers.get("content-type", "")
    message["Content-Type"] = stated
    # What is no type at all would count as text/plain (RFC 2045, section 5.2).
    media_type = message.get_content_type() if "/" in stated else "of no known type"
    if media_type not in MEDIA_TYPES:
        raise UnsupportedFormatError(
            f"it is {media_type[:80]}, not a page, a text or a feed",
            where=_short(address.shown),
            next_step="save it and send it as a document",
        )
    charset = message.get_param("charset")
    return media_type, charset.strip().lower() if isinstance(charset, str) else ""


async def _body(
    response: httpcore2.Response, headers: Mapping[str, str], address: _Address, limits: IntakeLimits
) -> bytes:
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length) > limits.max_bytes:
        raise _too_large(address, limits)
    unpacked = _Unpacker(headers.get("content-encoding", "identity").lower(), address, limits)
    async for chunk in response.aiter_stream():
        unpacked.add(chunk)
    return unpacked.whole()


class _Unpacker:
    """Puts a body together and never holds more than the limit, however small it was packed."""

    def __init__(self, encoding: str, address: _Address, limits: IntakeLimits) -> None:
        self._address = address
        self._limits = limits
        self._data = bytearray()
        self._packed = 0
        self._gzip: zlib._Decompress | None = None
        if encoding in {"gzip", "x-gzip"}:
            self._gzip = zlib.decompressobj(zlib.MAX_WBITS | 16)
        elif encoding not in {"", "identity"}:
            raise UnsupportedFormatError(f"it is packed as {encoding[:40]}", where=_short(address.shown))

    def add(self, chunk: bytes) -> None:
        self._packed += len(chunk)
        self._refuse_over(self._packed)
        if self._gzip is None:
            self._data += chunk
            return
        while chunk:
            try:
                self._data += self._gzip.decompress(chunk, self._limits.max_bytes + 1 - len(self._data))
            except zlib.error as error:
                raise self._damaged() from error
            self._refuse_over(len(self._data))
            # A file of several gzip members is one file (RFC 1952, 2.2).
            chunk = self._gzip.unused_data if self._gzip.eof else self._gzip.unconsumed_tail
            if self._gzip.eof and chunk:
                self._gzip = zlib.decompressobj(zlib.MAX_WBITS | 16)

    def whole(self) -> bytes:
        if self._gzip is not None and self._packed and not self._gzip.eof:
            raise self._damaged()
        return bytes(self._data)

    def _refuse_over(self, size: int) -> None:
        if size > self._limits.max_bytes:
            raise _too_large(self._address, self._limits)

    def _damaged(self) -> InputError:
        return InputError("its compression is damaged", where=_short(self._address.shown))


def _too_large(address: _Address, limits: IntakeLimits) -> TooLargeError:
    return TooLargeError(
        f"it is over the limit of {limits.max_bytes / 2**20:g} MiB",
        where=_short(address.shown),
        next_step="send the text itself",
    )


def _short(url: str) -> str:
    """An address for a message: without a user's secrets in it, and not the whole of a long one."""
    without_user = re.sub(r"//[^/@]*@", "//", url)
    printable = "".join(character if character.isprintable() else "?" for character in without_user)
    return printable if len(printable) <= 100 else printable[:99] + "…"

"""Clients that ask without a pause, each on a connection of its own, and what they were answered.

The connections are bare sockets: a client library costs more processor time than the servers under test have to spare.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_PATIENCE_S = 120.0


@dataclass
class Answers:
    """What came of a run.

    Attributes:
        seconds: of each answer with status 200, in the order they came.
        statuses: status → how many.
        retry_after: how many of the others said when to come again.
        failed: connections that broke.
        wall_s: from the first question to the last answer.
    """

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    retry_after: int = 0
    failed: int = 0
    wall_s: float = 0.0


async def ask_for(url: str, clients: int, seconds: float, texts: Iterator[str]) -> Answers:
    """`clients` ask `url` (LibreTranslate's dialect) for so many seconds, each one text after the other."""
    answers = Answers()
    begin = time.perf_counter()
    end = begin + seconds
    await asyncio.gather(*(_client(url, end, texts, answers) for _ in range(clients)))
    answers.wall_s = time.perf_counter() - begin
    return answers


async def _client(url: str, end: float, texts: Iterator[str], answers: Answers) -> None:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 80
    reader = writer = None
    while time.perf_counter() < end:
        try:
            if reader is None or writer is None:
                reader, writer = await asyncio.open_connection(host, port)
            begin = time.perf_counter()
            writer.write(_request(host, parts.path + "/translate", next(texts)))
            status, headers, body = await asyncio.wait_for(_answer(reader), _PATIENCE_S)
        except (OSError, EOFError, ValueError, TimeoutError):
            answers.failed += 1
            reader = writer = None
            continue
        answers.statuses[status] = answers.statuses.get(status, 0) + 1
        if status == 200 and json.loads(body).get("translatedText"):
            answers.seconds.append(time.perf_counter() - begin)
        elif "retry-after" in headers:
            answers.retry_after += 1
        if headers.get("connection", "").lower() == "close":
            writer.close()
            reader = writer = None
    if writer is not None:
        writer.close()


def _request(host: str, path: str, text: str) -> bytes:
    body = json.dumps({"q": text, "source": "uk", "target": "en", "format": "text"}).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return int(head[0].split()[1]), headers, await _chunks(reader)
    return int(head[0].split()[1]), headers, await reader.readexactly(int(headers.get("content-length", 0)))


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readuntil(b"\r\n")
    return body

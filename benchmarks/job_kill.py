"""Kills the service in the middle of a job, again and again, and looks at what is left and what is done twice.

    python benchmarks/job_kill.py [RESULT.json]

A document of 500 sentences, no two alike, is sent to a real server process on a scripted engine, which writes down
each source that it translates. The process is killed (SIGKILL) at random points and started again. Then the result
must be, byte for byte, that of a run nobody disturbed, and no source may be translated again after it was kept. What
was under way at the moment of a kill, and not kept yet, is done again: how much that is, is counted.
"""

from __future__ import annotations

import json
import os
import platform
import random
import select
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from vistka.serve.jobs.jobs import STORE_NAME
from vistka.serve.jobs.store import JobStore

HERE = Path(__file__).parent
SEGMENTS, KILLS, SEED = 500, 10, 4
SECONDS_EACH = 0.01
START_S, END_S = 120.0, 300.0
LAST_S = 0.1
"""How much longer, at most, a server lives after it has translated as many sentences as it was given."""

_DAYS = "понеділок вівторок середу четвер п'ятницю суботу неділю".split()
_PLACES = "школу лікарню бібліотеку їдальню майстерню пекарню аптеку крамницю".split()


@dataclass(frozen=True, slots=True)
class Kills:
    """What came of it.

    Attributes:
        segments: of the document.
        kept_at_kills: how many of them were kept at each kill.
        is_whole: the result is that of a run without kills.
        translated_again_after_kept: sources that the engine got again after they were kept.
        translated_again_in_flight: sources that were under way at a kill, and were done again.
        seconds: from the first start to the result.
    """

    segments: int
    kept_at_kills: list[int]
    is_whole: bool
    translated_again_after_kept: int
    translated_again_in_flight: int
    seconds: float


def document(segments: int) -> str:
    """So many sentences, no two alike."""
    return "".join(
        f"У {_DAYS[number % 7]} в селі номер {number} відкрили {_PLACES[number % 8]}.\n\n" for number in range(segments)
    )


def kill_again_and_again(folder: Path, *, segments: int, kills: int, seconds_each: float, seed: int) -> Kills:
    """Send a document, kill the server so many times while it works on it, and see what comes of it.

    Args:
        folder: an empty one.
        segments: of the document.
        kills: how often.
        seconds_each: that the engine takes for a sentence.
        seed: of the moments.
    """
    moments = random.Random(seed)  # noqa: S311 - repeatable moments, no secrets
    text = document(segments)
    server = _Server(folder / "killed", seconds_each)
    begin = time.monotonic()
    job_id = _send(server.start(), text)
    kept: list[tuple[set[str], int]] = []
    while len(kept) < kills:
        if kept:
            server.start()
        done = len(kept[-1][0]) if kept else 0
        server.wait_for(moments.randint(0, 2 * (segments - done) // (kills - len(kept) + 1)))
        time.sleep(moments.uniform(0, LAST_S))
        server.kill()
        kept.append((_kept_sources(server.folder, job_id, text), len(server.translated())))
        if len(kept[-1][0]) == segments:
            raise RuntimeError(f"the job was done before kill {len(kept)}: let the engine take longer")
    result = _result(server.start(), job_id)
    seconds = time.monotonic() - begin
    server.kill()
    translated = server.translated()
    again = Counter(translated)
    return Kills(
        segments=segments,
        kept_at_kills=[len(sources) for sources, _ in kept],
        is_whole=result == _undisturbed(folder / "undisturbed", text) and set(again) == _sources(text).keys(),
        translated_again_after_kept=len(
            set().union(*(sources.intersection(translated[position:]) for sources, position in kept))
        ),
        translated_again_in_flight=sum(count - 1 for count in again.values()),
        seconds=round(seconds, 1),
    )


class _Server:
    def __init__(self, folder: Path, seconds_each: float) -> None:
        folder.mkdir()
        self.folder = folder
        self._seconds_each = seconds_each
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> str:
        """Its address, once it answers."""
        self._process = subprocess.Popen(  # noqa: S603 - this program itself
            [sys.executable, "-m", "vistka.tests.job_kill_server", str(self.folder), str(self._seconds_each)],
            stdout=subprocess.PIPE,
            text=True,
        )
        out = self._process.stdout
        if out is None or not select.select([out], [], [], START_S)[0] or not (line := out.readline()):
            self.kill()
            raise RuntimeError("the server does not start")
        return line.strip()

    def kill(self) -> None:
        """SIGKILL: nothing in the process gets to run any more."""
        if self._process is not None:
            os.kill(self._process.pid, signal.SIGKILL)
            self._process.communicate()
            self._process = None

    def wait_for(self, more: int) -> None:
        """Until the engine was given so many more sources."""
        enough = len(self.translated()) + more
        end = time.monotonic() + END_S
        while len(self.translated()) < enough:
            if time.monotonic() > end:
                raise RuntimeError("the server does nothing")
            time.sleep(0.005)

    def translated(self) -> list[str]:
        """Every source that the engine was given, in order."""
        trace = self.folder / "translated.txt"
        return trace.read_text(encoding="utf-8").splitlines() if trace.exists() else []


def _sources(text: str) -> dict[str, int]:
    """Each sentence and its number among the segments."""
    from vistka.documents.plain_text import read_text
    from vistka.translate.drafts import item_segments

    return {segment.text.strip(): number for number, segment in enumerate(item_segments(read_text(text, "-")))}


def _kept_sources(folder: Path, job_id: str, text: str) -> set[str]:
    store = JobStore(folder / "data" / STORE_NAME)
    kept = store.kept(job_id)
    store.close()
    return {source for source, number in _sources(text).items() if number in kept}


def _send(url: str, text: str) -> str:
    boundary = "a-document"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="document.txt"\r\n'
        f"Content-Type: text/plain\r\n\r\n{text}\r\n--{boundary}--\r\n"
    )
    request = urllib.request.Request(  # noqa: S310 - an address of this machine
        f"{url}/v1/documents",
        body.encode(),
        {"Content-Type": f"multipart/form-data; boundary={boundary}"},
    )
    return str(json.loads(_answer(request))["id"])


def _result(url: str, job_id: str) -> bytes:
    end = time.monotonic() + END_S
    while time.monotonic() < end:
        job = json.loads(_answer(f"{url}/v1/jobs/{job_id}"))
        if job["state"] == "done":
            return _answer(f"{url}/v1/jobs/{job_id}/result")
        if job["error"]:
            raise RuntimeError(f"the job failed: {job['error']}")
        time.sleep(0.1)
    raise RuntimeError("the job does not end")


def _answer(request: urllib.request.Request | str) -> bytes:
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - an address of this machine
        return bytes(answer.read())


def _undisturbed(folder: Path, text: str) -> bytes:
    server = _Server(folder, 0.0)
    try:
        url = server.start()
        return _result(url, _send(url, text))
    finally:
        server.kill()


def main() -> None:
    """Measure and write the result."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "results" / "job_kill.json"
    with tempfile.TemporaryDirectory() as folder:
        kills = kill_again_and_again(Path(folder), segments=SEGMENTS, kills=KILLS, seconds_each=SECONDS_EACH, seed=SEED)
    result = {"machine": f"{platform.machine()}, Python {platform.python_version()}", "seed": SEED, **asdict(kills)}
    path.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()

"""Requests a second of `vistka serve`, side by side with LibreTranslate on the same weights, and memory over time.

    python3 -m venv lt && lt/bin/pip install libretranslate==1.9.6
    python benchmarks/serve/load.py --libretranslate lt                      # some minutes
    python benchmarks/serve/load.py --libretranslate lt --memory-minutes 10  # and ten more

The model is a Marian of the size of OPUS-MT with random weights; each translation has 30 tokens (see `forced_length`),
with beam 4, in int8. Each text is one sentence of its own. The servers take turns, several rounds of them, and only one
is under load at a time. Vistka runs without the ladder: it would try to mend what random weights write.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vistka.benchmarks.serve import libretranslate
from vistka.benchmarks.serve.client import Answers, ask_for
from vistka.benchmarks.serve.random_marian import WRITTEN_TOKENS, make_argos_package, make_marian
from vistka.benchmarks.serve.sentences import sentences
from vistka.models.conversion import converted
from vistka.models.settings import EngineSettings
from vistka.models.threads import usable_cores
from vistka.pipeline import vistka_version

HERE = Path(__file__).parent
RESULTS = HERE.parent / "results" / "serve.json"
FORCED_LENGTH = HERE / "forced_length"
VISTKA = (sys.executable, "-m", "vistka.cli")
BEAM = 4
_START_S = 180.0
_MEMORY_CLIENTS = 16
_MEMORY_STEP_S = 10.0
_WARM_UP_SEED, _MEMORY_SEED = 1_000_000, 2_000_000
"""Looks count from 1. None may come twice, nor be the negative of another: Python seeds with the absolute value, and a
server that has seen a text may remember it."""
_CATALOGUE = """
[models.random]
name = "random"
note = "of the size of OPUS-MT, random weights"
tasks = ["translate"]
kind = "seq2seq"
engines = ["ctranslate2"]
source_languages = ["uk"]
target_languages = ["en"]
license = "none"
commercial_use = true
[[models.random.sources]]
kind = "folder"
path = {path}
"""


@dataclass
class Server:
    """A server under test that runs."""

    name: str
    url: str
    process: subprocess.Popen[bytes]

    def memory_mib(self) -> float:
        """Resident memory of it and its children."""
        return sum(map(_resident_mib, _family(self.process.pid)))

    def processor_s(self) -> float:
        """Seconds that all cores together have worked for it and its children."""
        return sum(map(_processor_s, _family(self.process.pid)))


def main() -> int:
    """Measure, print a table, write the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--libretranslate", type=Path, help="virtual environment that holds LibreTranslate")
    parser.add_argument("--clients", default="1,16,64", help="how many at once, with commas")
    parser.add_argument("--seconds", type=float, default=30.0, help="of each look")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--memory-minutes", type=float, default=0.0, help="of load at the end, to see memory")
    parser.add_argument("--work", type=Path, default=Path("serve-bench"), help="folder for the model; kept")
    parser.add_argument("--output", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    work = arguments.work.absolute()
    prepare(work)
    with ExitStack() as stack:
        servers = [stack.enter_context(one) for one in _servers(work, arguments.libretranslate)]
        looks = measure(
            servers, [int(one) for one in arguments.clients.split(",")], arguments.seconds, arguments.rounds
        )
        memory = memory_over_time(servers[0], arguments.memory_minutes) if arguments.memory_minutes else None
    results = {
        "command": "python benchmarks/serve/load.py " + " ".join(sys.argv[1:]),
        "version": vistka_version(),
        "machine": {"cores": usable_cores(), "processor": _processor(), "python": platform.python_version()},
        "model": {"parameters": "Marian 6+6, d512, vocabulary 62,000, random", "compute": "int8", "beam": BEAM},
        "tokens": {"output": WRITTEN_TOKENS},
        "looks": looks,
        "summary": summary(looks),
        "memory": memory,
    }
    arguments.output.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return 0


def prepare(work: Path) -> None:
    """Make the model in both forms, if it is not there."""
    marian, packages = work / "marian", work / "libretranslate" / "packages"
    if not (marian / "model.safetensors").is_file():
        shutil.rmtree(marian, ignore_errors=True)
        make_marian(marian)
    (work / "models.toml").write_text(_CATALOGUE.format(path=json.dumps(str(marian))), encoding="utf-8")
    settings = EngineSettings(
        engine="ctranslate2", model="random", conversions=work / "cache" / "models" / "random" / "conversions"
    )
    place = converted(marian, "int8", settings)
    if not packages.is_dir():
        make_argos_package(packages, converted=place, marian=marian)


def measure(servers: Sequence[Server], clients: Sequence[int], seconds: float, rounds: int) -> list[dict[str, Any]]:
    """One look for each server, number of clients and round; the servers take turns."""
    looks = []
    seed = 0
    for server in servers:
        asyncio.run(ask_for(server.url, 4, 5.0, sentences(_WARM_UP_SEED)))  # models are loaded with the first request
    for number in range(rounds):
        for count in clients:
            for server in servers:
                seed += 1
                look = _look(server, count, seconds, seed) | {"round": number}
                looks.append(look)
                print(_line(look), flush=True)
    return looks


def _look(server: Server, clients: int, seconds: float, seed: int) -> dict[str, Any]:
    busy_s = server.processor_s()
    answers = asyncio.run(ask_for(server.url, clients, seconds, sentences(seed)))
    busy_s = server.processor_s() - busy_s
    return {
        "server": server.name,
        "clients": clients,
        "seconds": round(answers.wall_s, 1),
        "answers": len(answers.seconds),
        "requests_per_s": round(len(answers.seconds) / answers.wall_s, 2),
        **_percentiles(answers),
        "other_statuses": {str(status): n for status, n in answers.statuses.items() if status != 200},
        "failed": answers.failed,
        "processor_ms_per_answer": round(1000 * busy_s / max(1, len(answers.seconds))),
        "memory_mib": round(server.memory_mib()),
    }


def _percentiles(answers: Answers) -> dict[str, int | None]:
    if len(answers.seconds) < 2:
        return {"p50_ms": None, "p95_ms": None, "p99_ms": None}
    cuts = statistics.quantiles(answers.seconds, n=100, method="inclusive")
    return {f"p{cut}_ms": round(cuts[cut - 1] * 1000) for cut in (50, 95, 99)}


def summary(looks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Median over the rounds of each server and number of clients, and how many times LibreTranslate's rate it is."""
    rows: dict[tuple[str, int], list[Mapping[str, Any]]] = {}
    for look in looks:
        rows.setdefault((look["server"], look["clients"]), []).append(look)
    rates = {key: statistics.median(look["requests_per_s"] for look in found) for key, found in rows.items()}
    return [
        {
            "server": server,
            "clients": clients,
            "requests_per_s": round(rates[server, clients], 2),
            "p95_ms": max((look["p95_ms"] or 0) for look in found),
            "times": {
                other: round(rates[server, clients] / rates[other, clients], 1)
                for other, count in rates
                if server == "vistka" != other and count == clients and rates[other, clients]
            },
        }
        for (server, clients), found in rows.items()
    ]


def memory_over_time(server: Server, minutes: float) -> dict[str, Any]:
    """Memory of the server every ten seconds under a steady load."""
    seen: list[tuple[int, int]] = []
    begin = time.monotonic()
    seed = _MEMORY_SEED
    while time.monotonic() < begin + 60 * minutes:
        seed += 1
        asyncio.run(ask_for(server.url, _MEMORY_CLIENTS, _MEMORY_STEP_S, sentences(seed)))
        seen.append((round(time.monotonic() - begin), round(server.memory_mib())))
        print(f"{seen[-1][0]:5d} s  {seen[-1][1]} MiB", flush=True)
    return {"server": server.name, "clients": _MEMORY_CLIENTS, "seconds_and_mib": seen}


# --- the servers ----------------------------------------------------------------------------------------------------


def _servers(work: Path, venv: Path | None) -> Iterator[Any]:
    yield _vistka(work)
    if venv is not None:
        yield _libretranslate("libretranslate", work, venv.absolute(), {})
        yield _libretranslate("libretranslate tuned", work, venv.absolute(), libretranslate.TUNED)


@contextmanager
def _vistka(work: Path) -> Iterator[Server]:
    port = _free_port()
    command = [*VISTKA, "serve", "--model", "random", "--beam-size", str(BEAM)]
    command += ["--no-ladder", "--port", str(port), "--quiet"]
    environment = {
        "VISTKA_MODELS": str(work / "models.toml"),
        "VISTKA_CACHE": str(work / "cache"),
        "VISTKA_DATA": str(work / "data"),
        "VISTKA_MEMORY": str(work / "memory.sqlite"),
        "VISTKA_GLOSSARY": str(work / "none.toml"),
        "PYTHONPATH": str(FORCED_LENGTH),
    }
    with _running("vistka", work, command, environment, port, "/readyz") as server:
        yield server


@contextmanager
def _libretranslate(name: str, work: Path, venv: Path, settings: Mapping[str, str]) -> Iterator[Server]:
    port = _free_port()
    environment = libretranslate.environment(work / "libretranslate", FORCED_LENGTH, settings)
    with _running(name, work, libretranslate.command(venv, port), environment, port, "/languages") as server:
        yield server


@contextmanager
def _running(
    name: str, work: Path, command: Sequence[str], environment: Mapping[str, str], port: int, ready: str
) -> Iterator[Server]:
    log = work / f"{name.replace(' ', '-')}.log"
    with log.open("wb") as file:
        process = subprocess.Popen(command, env=os.environ | dict(environment), stdout=file, stderr=file)  # noqa: S603 - our own
    server = Server(name, f"http://127.0.0.1:{port}", process)
    try:
        _wait_for(server.url + ready, process, log)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - of loopback
                return
        except OSError:
            time.sleep(0.5)
    raise SystemExit(f"{url} does not answer; see {log}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [pid, *(one for child in children for one in _family(int(child)))]


def _resident_mib(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _processor_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "?")


def _line(look: Mapping[str, Any]) -> str:
    times = "  ".join(f"{name} {look[name]}" for name in ("p50_ms", "p95_ms", "p99_ms"))
    return (
        f"{look['server']:21} {look['clients']:3d} clients  {look['requests_per_s']:6.2f}/s  {times}"
        f"  {look['processor_ms_per_answer']} ms of processor  {look['memory_mib']} MiB"
    )


if __name__ == "__main__":
    sys.exit(main())

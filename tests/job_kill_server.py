"""A server to be killed: `python -m vistka.tests.job_kill_server FOLDER SECONDS` prints its address and serves.

Its engine takes SECONDS for each sentence, and writes each source that it translates to FOLDER/translated.txt, a line
each, before it answers.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from vistka.errors import ModelMissingError
from vistka.models.engine import Decoding, Output, Request
from vistka.options import Options
from vistka.serve.server import Server
from vistka.tests.scripted_engine import ScriptedEngine
from vistka.tests.serve_app import romanising_engine, scripted_app
from vistka.translate import similarity

TRANSLATED = "translated.txt"


class NotingEngine:
    """`romanising_engine` that takes its time and leaves a trace."""

    def __init__(self, trace: Path, seconds: float) -> None:
        self._engine: ScriptedEngine = romanising_engine()
        self._trace = trace
        self._seconds = seconds

    def __getattr__(self, name: str) -> object:
        return getattr(self._engine, name)

    def generate(self, requests: Sequence[Request], decoding: Decoding) -> list[Output]:
        """Write the sources down, then translate them."""
        for request in requests:
            with self._trace.open("a", encoding="utf-8") as file:
                file.write(request.text + "\n")
            time.sleep(self._seconds)
        return self._engine.generate(requests, decoding)


def _no_embedder() -> None:
    raise ModelMissingError("none here")


def main(folder: Path, seconds: float) -> None:
    """Serve until killed."""
    # Measuring the confidence would take longer than all the rest.
    similarity.load_embedder = _no_embedder
    # Without the ladder a sentence is asked once: whatever comes twice was translated twice.
    options = Options(ladder=False, memory=folder / "memory.sqlite")
    app = scripted_app(folder, engine=NotingEngine(folder / TRANSLATED, seconds), options=options)
    Server(app, app.state.context, announce=_announce).serve_until_stopped()


def _announce(url: str) -> None:
    print(url, flush=True)  # noqa: T201 - whoever started it reads the address


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))

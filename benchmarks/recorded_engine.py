"""An engine whose outputs are kept in a file: what was asked once is not asked again.

A pass over a whole set takes an hour on two cores. With its outputs kept, a change of checks, repairs or the ladder
asks the model only what is new, and a pass that was stopped goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from vistka.models.engine import Decoding, Engine, Output, Request
from vistka.models.wrapped_engine import WrappedEngine


class RecordedEngine(WrappedEngine):
    """`inner`, asked only for what `file` does not hold.

    Args:
        inner: the engine.
        file: where outputs are kept; made if it is not there.
        revision: of the model: outputs of another one are not taken.
    """

    def __init__(self, inner: Engine, file: Path, revision: str) -> None:
        super().__init__(inner)
        self._revision = revision
        self._store = sqlite3.connect(file)
        self._store.execute("CREATE TABLE IF NOT EXISTS outputs (key TEXT PRIMARY KEY, room INTEGER, output TEXT)")

    def generate(self, requests: Sequence[Request], decoding: Decoding) -> list[Output]:
        """See Engine."""
        keys = [self._key(request, decoding) for request in requests]
        kept = {key: self._kept(key, decoding.max_new_tokens) for key in keys}
        outputs = {key: output for key, output in kept.items() if output is not None}
        missing = {key: one for key, one in zip(keys, requests, strict=True) if key not in outputs}
        if missing:
            fresh = super().generate(list(missing.values()), decoding)
            for key, output in zip(missing, fresh, strict=True):
                self._keep(key, decoding.max_new_tokens, output)
                outputs[key] = output
        return [outputs[key] for key in keys]

    def close(self) -> None:
        """See Engine."""
        self._store.close()
        super().close()

    def _key(self, request: Request, decoding: Decoding) -> str:
        # The limit of tokens is that of the batch, and changes nothing about an output that ended by itself.
        how = asdict(decoding) | {"max_new_tokens": 0}
        what = [self._revision, self.name, request.text, request.instruction, how]
        return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()

    def _kept(self, key: str, room: int) -> Output | None:
        found = self._store.execute("SELECT room, output FROM outputs WHERE key = ?", (key,)).fetchone()
        if found is None:
            return None
        output = Output(**json.loads(found[1]))
        holds = output.output_tokens <= room if output.finished else found[0] == room
        return output if holds else None

    def _keep(self, key: str, room: int, output: Output) -> None:
        row = (key, room, json.dumps(asdict(output), ensure_ascii=False))
        with self._store:
            self._store.execute("INSERT OR REPLACE INTO outputs VALUES (?, ?, ?)", row)

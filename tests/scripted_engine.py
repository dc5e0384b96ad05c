"""A stand-in engine: the whole protocol, with answers that the test writes.

It is loaded and called as a true engine is, so nothing in the code under test knows the difference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from vistka.errors import EngineError, InputError
from vistka.models.engine import Decoding, Output, Request

Answer = str | Output | Exception
"""What a request gets: a text, a whole output, or an error that is raised."""

Script = Mapping[str, Answer | Sequence[Answer]] | Callable[[Request], Answer]
"""Request text → answer (a list: one for each time it is asked, the last one for ever), or a function."""


@dataclass
class ScriptedEngine:
    """An engine that says what it was told to say.

    Attributes:
        script: the answers.
        default: the answer to a text that a mapping does not name: None = echo the request's text.
        kind, name, max_source_tokens: as in `Engine`. Tokens are words here.
        mean_logprob, finished: of each output that the script gives as a bare text.
        failures: calls of `generate` that fail with an EngineError before one works.
        calls: every batch that came, with its decoding.
        closed: whether `close` was called.
    """

    script: Script = field(default_factory=dict)
    default: Answer | None = None
    kind: Literal["chat", "seq2seq"] = "chat"
    batch_size: int = 0  # 0 = as its kind likes it
    parallel: int = 1
    name: str = "scripted"
    max_source_tokens: int = 1024
    mean_logprob: float = -0.1
    finished: bool = True
    failures: int = 0
    calls: list[tuple[list[Request], Decoding]] = field(default_factory=list)
    closed: bool = False

    def __post_init__(self) -> None:
        self.batch_size = self.batch_size or (1 if self.kind == "chat" else 32)

    @property
    def requests(self) -> list[Request]:
        """Every request that came, in order, over all calls."""
        return [request for batch, _ in self.calls for request in batch]

    @property
    def texts(self) -> list[str]:
        """The text of every request that came, in order."""
        return [request.text for request in self.requests]

    def count_tokens(self, text: str) -> int:
        """Words of `text`."""
        return len(text.split())

    def generate(self, requests: Sequence[Request], decoding: Decoding) -> list[Output]:
        """n requests in, n outputs out, in order, as the script says."""
        if self.closed:
            raise EngineError("the engine is closed", where=self.name)
        if self.failures > 0:
            self.failures -= 1
            raise EngineError("scripted failure", where=self.name)
        for index, request in enumerate(requests):
            tokens = self._prompt_tokens(request)
            if tokens > self.max_source_tokens:
                raise InputError(
                    f"{tokens} tokens are more than the {self.max_source_tokens} that the model reads",
                    where=f"request {index}",
                )
        earlier = self.texts
        self.calls.append((list(requests), decoding))
        outputs = []
        for request in requests:
            answer = self._answer(request, earlier.count(request.text))
            earlier.append(request.text)
            outputs.append(self._output(request, answer, decoding))
        return outputs

    def close(self) -> None:
        """Refuse what comes after."""
        self.closed = True

    def _prompt_tokens(self, request: Request) -> int:
        instruction = request.instruction if self.kind == "chat" else ""
        return self.count_tokens(request.text) + self.count_tokens(instruction)

    def _answer(self, request: Request, times_asked: int) -> Answer:
        if callable(self.script):
            return self.script(request)
        fallback = request.text if self.default is None else self.default
        answer = self.script.get(request.text, fallback)
        if isinstance(answer, (str, Output, Exception)):
            return answer
        return answer[min(times_asked, len(answer) - 1)]

    def _output(self, request: Request, answer: Answer, decoding: Decoding) -> Output:
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Output):
            return answer
        words = answer.split()
        whole = len(words) <= decoding.max_new_tokens
        text = answer.strip() if whole else " ".join(words[: decoding.max_new_tokens])
        tokens = min(len(words), decoding.max_new_tokens)
        return Output(
            text=text,
            source_tokens=self._prompt_tokens(request),
            output_tokens=tokens,
            mean_logprob=self.mean_logprob if tokens else 0.0,
            finished=self.finished and whole,
        )

"""What every engine is: a list of requests in, a list of outputs of the same length and order out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Decoding:
    """How tokens are chosen.

    Attributes:
        max_new_tokens: the most tokens of output; an output that reaches it has `finished=False`.
        beam_size: hypotheses kept; 1 = greedy. Chat engines decode greedily or sample, and refuse more than 1.
        temperature: 0 = the likeliest token always; above 0 = sample (with `seed`), beam_size must be 1.
        seed: makes sampling repeatable.
        repetition_penalty: 1.0 = none.
    """

    max_new_tokens: int = 256
    beam_size: int = 1
    temperature: float = 0.0
    seed: int = 0
    repetition_penalty: float = 1.0


@dataclass(frozen=True, slots=True)
class Request:
    """One text for the model.

    Attributes:
        text: for a sequence-to-sequence engine the source text alone; for a chat engine the user's turn.
        instruction: for a chat engine the system turn, the same for many requests so that its work can be
            reused; a sequence-to-sequence engine ignores it.
    """

    text: str
    instruction: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """What the model wrote.

    Attributes:
        text: the hypothesis, special tokens removed, white space at its ends stripped.
        source_tokens: tokens of the whole prompt or source, special tokens counted.
        output_tokens: tokens that were generated, the end token not counted.
        mean_logprob: mean natural log-probability of the generated tokens under the model, at temperature 1;
            at most 0; 0.0 for an empty output.
        finished: False when the output stopped at `max_new_tokens`: it is not whole.
    """

    text: str
    source_tokens: int
    output_tokens: int
    mean_logprob: float
    finished: bool = True


class Engine(Protocol):
    """A loaded model."""

    name: Literal["transformers", "ctranslate2", "llamacpp"] | str
    kind: Literal["chat", "seq2seq"]
    batch_size: int
    """Requests that are best given at once; 1 where the engine takes them one after another anyway."""
    parallel: int
    """Calls of `generate` that are best made at once, from threads; 1 where the engine makes them take turns."""
    max_source_tokens: int
    """The longest source (or whole prompt) in tokens that the model can read."""

    def count_tokens(self, text: str) -> int:
        """Tokens of `text` for this model, special tokens not counted."""

    def generate(self, requests: Sequence[Request], decoding: Decoding) -> list[Output]:
        """n requests in, n outputs out, same order.

        Raises:
            InputError: a request is longer than `max_source_tokens` (nothing is cut in silence).
            EngineError: the model failed.
        """

    def close(self) -> None:
        """Give memory and threads back. Closing twice is fine; generating afterwards is an EngineError."""

"""Token ids of a chat prompt in which the text of the request can be nothing but text.

A chat template puts turns between control tokens such as `<|im_start|>`. Rendered to one string and then read as one,
a text that happens to hold those characters would open a turn of its own. So the template is rendered with
placeholders, cut at them, and only its own parts are read with control tokens; instruction and text are read without.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from functools import lru_cache

from vistka.errors import EngineError
from vistka.models.engine import Request

Render = Callable[[list[dict[str, str]]], str]
"""Messages (`role`, `content`) → the prompt up to where the answer begins."""

Encode = Callable[[str, bool], Sequence[int]]
"""Text, whether control tokens in it are read as such → token ids, none added at the ends."""

_KEPT_INSTRUCTIONS = 16


class ChatPrompt:
    """Writes prompts for one model.

    Args:
        render: the model's chat template. An exception means that it takes no such messages.
        encode: the model's tokenizer.
        model: id of the model, for messages.

    Raises:
        EngineError: the template drops the user's turn.
    """

    def __init__(self, render: Render, encode: Encode, model: str = "") -> None:
        self._encode = encode
        user, system = secrets.token_hex(12), secrets.token_hex(12)
        alone = _between(render([{"role": "user", "content": user}]), [user])
        if alone is None:
            raise EngineError("the chat template of the model drops the user's turn", where=model)
        self._alone = self._read(alone)
        turns = [{"role": "system", "content": system}, {"role": "user", "content": user}]
        both = _between(_rendered_or_nothing(render, turns), [system, user])
        self._both = None if both is None else self._read(both)
        self._instruction_ids = lru_cache(_KEPT_INSTRUCTIONS)(lambda text: list(encode(text, False)))

    def ids(self, request: Request) -> list[int]:
        """The whole prompt. A template that takes no system turn gets the instruction before the text."""
        shared, own = self.parts(request)
        return [*shared, *own]

    def parts(self, request: Request) -> tuple[list[int], list[int]]:
        """The prompt in two: what every request with this instruction begins with, and the rest."""
        if request.instruction and self._both is not None:
            before, middle, after = self._both
            shared = [*before, *self._instruction_ids(request.instruction), *middle]
            return shared, [*self._encode(request.text, False), *after]
        before, after = self._alone
        # Read as one text: the instruction's last token may reach over into the text.
        turn = f"{request.instruction}\n\n{request.text}" if request.instruction else request.text
        return list(before), [*self._encode(turn, False), *after]

    def _read(self, parts: Sequence[str]) -> list[list[int]]:
        return [list(self._encode(part, True)) if part else [] for part in parts]


def _rendered_or_nothing(render: Render, messages: list[dict[str, str]]) -> str:
    try:
        return render(messages)
    except EngineError:
        return ""


def _between(rendered: str, marks: Sequence[str]) -> list[str] | None:
    """`rendered` cut at each of `marks`; None unless each stands in it once, in order."""
    parts = []
    rest = rendered
    for mark in marks:
        if rest.count(mark) != 1:
            return None
        before, rest = rest.split(mark)
        parts.append(before)
    return [*parts, rest]

"""Chat models in GGUF, run by CTranslate2 many requests at a time: the fast way to write many drafts on a CPU.

The file is converted on first use (see `gguf_conversion`) and read by its own tokenizer. One request alone is no faster
than with llama.cpp; a dozen are written in little more time than one.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from vistka.errors import ConfigurationError, DamagedWeightsError, EngineError, InputError, ModelMissingError
from vistka.models.chat_prompt import ChatPrompt
from vistka.models.ctranslate2_library import ctranslate2_library, device_for, give_back_memory
from vistka.models.engine import Decoding, Output, Request
from vistka.models.engine_ctranslate2 import COMPUTE_TYPES
from vistka.models.engine_llamacpp import DEFAULT_CONTEXT_TOKENS
from vistka.models.gguf_conversion import converted_gguf, read_chat_facts
from vistka.models.gguf_tokenizer import ControlTokenizer
from vistka.models.settings import EngineSettings
from vistka.models.threads import run_interruptibly, usable_cores
from vistka.progress import Progress, SilentProgress

# What one worker writes at a time: texts, and bytes of the keys and values of all their positions.
_BATCH_TEXTS = 12
_BATCH_STATE_BYTES = 192 * 2**20
# Reading a prompt takes memory that grows with the square of its length; beyond this, one at a time in all.
_LONG_PROMPT_TOKENS = 1536
# Batches for each worker between two looks at Ctrl-C, where a call cannot be stopped halfway.
_GROUP_BATCHES = 4
# Scoring computes the whole vocabulary's logits of every position.
_SCORE_BYTES = 512 * 2**20
# The library keeps the state of each instruction for good.
_KEPT_INSTRUCTIONS = 8
_SAMPLED_PROBABILITY = 0.95


@dataclass(frozen=True, slots=True)
class _Prompt:
    shared: tuple[str, ...]
    own: list[str]
    room: int

    @property
    def tokens(self) -> int:
        return len(self.shared) + len(self.own)


class CTranslate2ChatEngine:
    """A GGUF model.

    Its outputs in a batch are those that it gives one by one, but for ties: an 8-bit product has no rounding that
    depends on its neighbours, the 32-bit sums around it may.

    Args:
        file: the GGUF file.
        settings: `conversions` is needed; `threads`, `context_tokens`, `compute_type`, `device` and `sha256` are used.
            One worker with one thread for each core.
        progress: told of the conversion.

    Raises:
        ModelMissingError: there is no such file.
        ConfigurationError: an unknown `compute_type`.
        EngineError: CTranslate2 does not run this kind of model.
        DamagedWeightsError, ResourceError: see `gguf_conversion`.
    """

    name: str = "ctranslate2"
    kind: Literal["chat", "seq2seq"] = "chat"
    batch_size: int = 48
    parallel: int = 1

    def __init__(self, file: Path, settings: EngineSettings, progress: Progress | None = None) -> None:
        if not file.is_file():
            raise ModelMissingError(
                "there is no such weight file", where=str(file), next_step="run `vistka models pull`"
            )
        self._name = settings.model or file.name
        self._device = device_for(settings)
        self._compute_type = settings.compute_type or ("int8_float16" if self._device == "cuda" else "int8")
        if self._compute_type not in COMPUTE_TYPES:
            raise ConfigurationError(
                f"CTranslate2 does not compute in {self._compute_type}",
                where=self._name,
                next_step="use one of " + ", ".join(COMPUTE_TYPES),
            )
        self._workers = settings.threads or usable_cores() if self._device == "cpu" else 1
        self._place = converted_gguf(file, self._compute_type, settings, progress or SilentProgress())
        self._facts, state = read_chat_facts(self._place)
        self._tokenizer = ControlTokenizer(state, self._facts.control)
        self._prompt = ChatPrompt(self._render, self._tokenizer.ids, self._name)
        wanted = settings.context_tokens or DEFAULT_CONTEXT_TOKENS
        self.max_source_tokens = min(wanted, self._facts.context_tokens) - 1
        self._kept: set[tuple[str, ...]] = set()
        self._lock = threading.Lock()
        self._generator: Any = self._open(self._workers)

    def count_tokens(self, text: str) -> int:
        """Tokens of `text` by the vocabulary in the GGUF file; what looks like a control token is plain text."""
        return len(self._tokenizer.ids(text))

    def generate(self, requests: Sequence[Request], decoding: Decoding) -> list[Output]:
        """See `Engine.generate`. A repetition penalty counts what was written, not the prompt.

        Sampling draws from the likeliest tokens that hold 95 % of the probability. The library seeds a worker when it
        starts, so for sampling the model is loaded anew: seconds a call.
        """
        if decoding.temperature > 0 and decoding.beam_size != 1:
            raise EngineError("sampling knows no beam", where=self._name, next_step="use a beam size of 1")
        with self._lock:
            if self._generator is None:
                raise EngineError("the engine is closed", where=self._name)
            prompts = [self._checked(index, request, decoding) for index, request in enumerate(requests)]
            try:
                if decoding.temperature > 0:
                    self._seed(decoding.seed)
                return run_interruptibly(lambda cancelled: self._generate(prompts, decoding, cancelled))
            except (RuntimeError, ValueError) as error:
                raise EngineError(f"CTranslate2: {error}", where=self._name) from error

    def close(self) -> None:
        """Free the model and its workers."""
        self._generator = None

    def _open(self, workers: int) -> Any:
        on_cpu = self._device == "cpu"
        try:
            opened = ctranslate2_library().Generator(
                str(self._place),
                device=self._device,
                compute_type=self._compute_type,
                inter_threads=workers,
                intra_threads=max(1, self._workers // workers) if on_cpu else 0,
            )
        except ValueError as error:
            raise EngineError(f"CTranslate2: {error}", where=self._name) from error
        except RuntimeError as error:
            raise DamagedWeightsError(
                f"the converted model cannot be loaded ({error})",
                where=str(self._place),
                next_step="remove that folder",
            ) from error
        give_back_memory()
        return opened

    def _seed(self, seed: int) -> None:
        """Start one new worker with `seed`: with several, chance would decide which of them draws for which text."""
        self._generator = None
        self._kept.clear()
        ctranslate2_library().set_random_seed(seed)
        self._generator = self._open(1)

    def _render(self, messages: list[dict[str, str]]) -> str:
        from jinja2 import TemplateError
        from transformers.utils.chat_template_utils import render_jinja_template

        facts = self._facts
        try:
            rendered, _ = render_jinja_template(
                [messages],
                chat_template=facts.template,
                add_generation_prompt=True,
                bos_token=facts.bos,
                eos_token=facts.eos,
            )
        except TemplateError as error:
            raise EngineError(f"the chat template takes no such messages ({error})", where=self._name) from error
        return str(rendered[0])

    def _checked(self, index: int, request: Request, decoding: Decoding) -> _Prompt:
        shared, own = self._prompt.parts(request)
        tokens = len(shared) + len(own)
        if tokens > self.max_source_tokens:
            raise InputError(
                f"the prompt has {tokens} tokens, the model reads {self.max_source_tokens}",
                where=f"{self._name}, text {index + 1}",
                next_step="give a shorter text",
            )
        if not own:  # the library starts from at least one token
            shared, own = shared[:-1], shared[-1:]
        room = min(decoding.max_new_tokens, self.max_source_tokens + 1 - tokens)
        return _Prompt(tuple(map(str, shared)), list(map(str, own)), room)

    def _generate(self, prompts: list[_Prompt], decoding: Decoding, cancelled: threading.Event) -> list[Output]:
        outputs: dict[int, Output] = {}
        for group in self._groups(prompts, decoding):
            if cancelled.is_set():
                break
            written = self._generate_group([prompts[index] for index in group], decoding, cancelled)
            outputs.update(zip(group, written, strict=True))
        return [] if cancelled.is_set() else [outputs[index] for index in range(len(prompts))]

    def _groups(self, prompts: list[_Prompt], decoding: Decoding) -> Iterator[list[int]]:
        """Indices of prompts that can go in one call: the same beginning and room, and lengths near each other.

        Of a batch only as many tokens as its shortest prompt has are read at once, the others one at a time.
        """
        alike: dict[tuple[tuple[str, ...], int], list[int]] = {}
        for index, prompt in enumerate(prompts):
            alike.setdefault((prompt.shared, prompt.room), []).append(index)
        for indices in alike.values():
            indices.sort(key=lambda index: -prompts[index].tokens)
            while indices:
                size = self._call_texts(prompts[indices[0]], decoding)
                yield indices[:size]
                del indices[:size]

    def _call_texts(self, longest: _Prompt, decoding: Decoding) -> int:
        if longest.tokens > _LONG_PROMPT_TOKENS:
            return 1
        rounds = 1 if decoding.beam_size > 1 else _GROUP_BATCHES
        return self._batch_texts(longest, decoding) * self._workers * rounds

    def _batch_texts(self, longest: _Prompt, decoding: Decoding) -> int:
        """How many texts no longer than `longest` one worker takes at a time."""
        state_bytes = (longest.tokens + longest.room) * self._facts.state_bytes * decoding.beam_size
        return max(1, min(_BATCH_TEXTS // decoding.beam_size, _BATCH_STATE_BYTES // state_bytes))

    def _generate_group(self, prompts: list[_Prompt], decoding: Decoding, cancelled: threading.Event) -> list[Output]:
        shared, longest = prompts[0].shared, prompts[0]
        for_each = -(-len(prompts) // self._workers)
        greedy = decoding.beam_size == 1
        if len(self._kept) < _KEPT_INSTRUCTIONS:
            self._kept.add(shared)
        results = self._generator.generate_batch(
            [prompt.own for prompt in prompts],
            static_prompt=list(shared) or None,
            cache_static_prompt=shared in self._kept,
            max_batch_size=min(for_each, self._batch_texts(longest, decoding)),
            include_prompt_in_result=False,
            max_length=longest.room,
            beam_size=decoding.beam_size,
            repetition_penalty=decoding.repetition_penalty,
            end_token=list(self._facts.end_ids),
            return_end_token=True,
            return_scores=True,
            # Called after each token; with beams the library does not.
            callback=(lambda _: cancelled.is_set()) if greedy else None,
            **_sampling(decoding),
        )
        if cancelled.is_set():
            return [Output("", prompt.tokens, 0, 0.0, finished=False) for prompt in prompts]
        written = [list(result.sequences_ids[0]) for result in results]
        if decoding.repetition_penalty == 1.0 and decoding.temperature == 0:
            # With a length penalty of 1, which is the library's own choice, a score is a mean.
            means = [result.scores[0] for result in results]
        else:
            means = self._score(prompts, written, cancelled)
        return [self._output(*one) for one in zip(prompts, written, means, strict=True)]

    def _score(self, prompts: list[_Prompt], written: list[list[int]], cancelled: threading.Event) -> list[float]:
        """The model's own mean log-probability of what was written, by reading it once more.

        A penalty and the choice of what to sample from have bent the scores that came with it.
        """
        means: list[float] = []
        whole = [[*p.shared, *p.own, *map(str, ids)] for p, ids in zip(prompts, written, strict=True)]
        logits_bytes = max(map(len, whole)) * self._facts.vocabulary * 4
        step = max(1, _SCORE_BYTES // logits_bytes)
        for begin in range(0, len(whole), step):
            if cancelled.is_set():
                return [0.0] * len(whole)
            scored = self._generator.score_batch(whole[begin : begin + step], max_input_length=0)
            for result, ids in zip(scored, written[begin : begin + step], strict=True):
                means.append(sum(result.log_probs[-len(ids) :]) / len(ids) if ids else 0.0)
        return means

    def _output(self, prompt: _Prompt, ids: list[int], mean: float) -> Output:
        finished = bool(ids) and ids[-1] in self._facts.end_ids
        text = self._tokenizer.text(ids[: len(ids) - finished])
        return Output(
            # Stopped within a letter of several tokens, the text ends in a replacement character.
            text=(text if finished else text.rstrip("\ufffd")).strip(),
            source_tokens=prompt.tokens,
            output_tokens=len(ids) - finished,
            mean_logprob=min(0.0, mean) if len(ids) > finished else 0.0,
            finished=finished,
        )


def _sampling(decoding: Decoding) -> dict[str, Any]:
    if decoding.temperature == 0:
        return {}
    return {
        "sampling_topk": 0,
        "sampling_topp": _SAMPLED_PROBABILITY,
        "sampling_temperature": decoding.temperature,
    }

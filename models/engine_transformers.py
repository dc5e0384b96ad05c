"""Any model of a hub, run by transformers and torch: the reference for correctness, on CPU and GPU."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from vistka.errors import ConfigurationError, DamagedWeightsError, EngineError, ResourceError
from vistka.models.chat_prompt import ChatPrompt
from vistka.models.engine import Decoding, Output, Request
from vistka.models.hub_folder import (
    Seq2SeqText,
    checked_length,
    generation_settings,
    kind_of,
    load_tokenizer,
    output_room,
    quiet_loading,
    read_config,
    take_limit,
    uses_safetensors,
)
from vistka.models.settings import EngineSettings
from vistka.models.threads import usable_cores

SAMPLED_PROBABILITY = 0.95
"""Sampling draws from the likeliest tokens that together hold this share."""

_BATCH_TOKENS = 2048
_DEFAULT_CONTEXT_TOKENS = 4096
_OURS = (
    "forced_eos_token_id",
    "forced_bos_token_id",
    "max_length",
    "max_new_tokens",
    "min_length",
    "min_new_tokens",
    "num_beams",
    "early_stopping",
    "length_penalty",
    "repetition_penalty",
    "do_sample",
    "temperature",
    "top_k",
    "top_p",
)
_DTYPES = ("float32", "bfloat16", "float16")


class TransformersEngine:
    """A sequence-to-sequence model or a chat model, by what its `config.json` says.

    Args:
        folder: the model in the hub's layout.
        settings: all but `conversions` are used.

    Raises:
        ModelMissingError, DamagedWeightsError, ModelError, ConfigurationError: see `hub_folder`.
    """

    name: str = "transformers"
    kind: Literal["chat", "seq2seq"]
    batch_size: int = 32
    parallel: int = 1

    def __init__(self, folder: Path, settings: EngineSettings) -> None:
        import torch

        self._name = settings.model or str(folder)
        config = read_config(folder)
        self.kind = kind_of(config)
        torch.set_num_threads(settings.threads or usable_cores())
        self._device = _device(settings)
        self._length_penalty = float(generation_settings(folder).get("length_penalty") or 1.0)
        self._text: _Text = (
            _SourceText(folder, config, settings) if self.kind == "seq2seq" else _ChatText(folder, config, settings)
        )
        self._model: Any = _load(folder, settings, self.kind)
        try:
            self._model.to(self._device).eval()
        except RuntimeError as error:
            raise ResourceError(f"the model does not fit on the device ({error})", where=self._name) from error
        _keep_to_our_decoding(self._model, self._text.pad_id)
        self.max_source_tokens = self._text.max_source_tokens

    def count_tokens(self, text: str) -> int:
        """See `Engine.count_tokens`."""
        return self._text.count_tokens(text)

    def generate(self, requests: Sequence[Request], decoding: Decoding) -> list[Output]:
        """See `Engine.generate`. Batches are of like lengths, padded, about 2,048 tokens each."""
        import torch

        if self._model is None:
            raise EngineError("the engine is closed", where=self._name)
        if self.kind == "chat" and decoding.beam_size != 1:
            raise EngineError(
                "chat models have no beam search here", where=self._name, next_step="use a beam size of 1"
            )
        sources = [
            checked_length(self._text.source_ids(request), self.max_source_tokens, model=self._name, index=index)
            for index, request in enumerate(requests)
        ]
        outputs: dict[int, Output] = {}
        try:
            with torch.inference_mode(), _seeded(decoding):
                for batch in length_batches(sources, _BATCH_TOKENS):
                    generated = self._generate_batch([sources[index] for index in batch], decoding)
                    outputs.update(zip(batch, generated, strict=True))
        except (RuntimeError, ValueError, IndexError) as error:
            raise EngineError(f"{type(error).__name__}: {error}", where=self._name) from error
        return [outputs[index] for index in range(len(requests))]

    def close(self) -> None:
        """Free the model."""
        self._model = None

    def _generate_batch(self, sources: list[list[int]], decoding: Decoding) -> list[Output]:

        input_ids, attention_mask = self._padded(sources)
        forced = self._text.forced_first_id
        room = self._text.room(input_ids.shape[1])
        limit = min(decoding.max_new_tokens, room)
        if limit < 1:
            return [Output("", len(source), 0, 0.0, finished=False) for source in sources]
        sequences = self._model.generate(
            input_ids=input_ids,
            attention_mask=attention_mask,
            max_new_tokens=limit + (forced is not None),
            num_beams=decoding.beam_size,
            forced_bos_token_id=forced,
            repetition_penalty=decoding.repetition_penalty,
            **self._choosing(decoding),
        )
        # What stands before the first generated token: the decoder's start token, or the whole prompt.
        given = 1 if self.kind == "seq2seq" else input_ids.shape[1]
        rows = [self._trimmed(row[given:].tolist(), forced) for row in sequences]
        logprobs = self._mean_logprobs(input_ids, attention_mask, sequences, [len(row) for row in rows], given)
        return [
            self._output(len(source), row, mean, forced)
            for source, row, mean in zip(sources, rows, logprobs, strict=True)
        ]

    def _choosing(self, decoding: Decoding) -> dict[str, Any]:
        if decoding.temperature > 0:
            return {"do_sample": True, "temperature": decoding.temperature, "top_p": SAMPLED_PROBABILITY, "top_k": 0}
        if decoding.beam_size > 1:
            return {"do_sample": False, "length_penalty": self._length_penalty}
        return {"do_sample": False}

    def _padded(self, sources: list[list[int]]) -> tuple[Any, Any]:
        """`[batch, length]` ids and mask; a chat prompt is padded on the left, where generation does not go on."""
        import torch

        length = max(len(source) for source in sources)
        ids, mask = [], []
        for source in sources:
            gap = length - len(source)
            pad, off = [self._text.pad_id] * gap, [0] * gap
            on = [1] * len(source)
            ids.append(source + pad if self.kind == "seq2seq" else pad + source)
            mask.append(on + off if self.kind == "seq2seq" else off + on)
        return torch.tensor(ids, device=self._device), torch.tensor(mask, device=self._device)

    def _end_ids(self) -> frozenset[int]:
        ends = self._model.generation_config.eos_token_id
        return frozenset(ends if isinstance(ends, list) else [ends])

    def _never_ids(self) -> list[int]:
        """Tokens that the publisher keeps out of every output (Marian's padding): no part of the distribution."""
        banned = self._model.generation_config.bad_words_ids or []
        return [words[0] for words in banned if len(words) == 1]

    def _trimmed(self, row: list[int], forced: int | None) -> list[int]:
        """`row` up to its end token, which stays; what follows is padding."""
        ends = self._end_ids()
        first = 0 if forced is None else 1
        end = next((i for i in range(first, len(row)) if row[i] in ends), len(row) - 1)
        return row[: end + 1]

    def _output(self, source_tokens: int, row: list[int], mean_logprob: float, forced: int | None) -> Output:
        finished = bool(row) and row[-1] in self._end_ids()
        written = row[(0 if forced is None else 1) : len(row) - finished]
        return Output(
            text=self._text.text(written),
            source_tokens=source_tokens,
            output_tokens=len(written),
            mean_logprob=mean_logprob if written else 0.0,
            finished=finished,
        )

    def _mean_logprobs(self, input_ids: Any, mask: Any, sequences: Any, lengths: list[int], given: int) -> list[float]:
        """Mean log-probability of each row's generated tokens, the end token among them, a forced first one not.

        The sequences are read once more in one step and scored by the model's own distribution: right for greedy and
        beam search, sampling and penalties alike. Keeping each step's scores would take
        `steps x batch x beams x vocabulary` floats: gigabytes for a vocabulary of 60,000.
        """
        means = []
        first = 0 if self._text.forced_first_id is None else 1
        for row, length in enumerate(lengths):
            one = slice(row, row + 1)
            target = sequences[one, given : given + length]
            if self.kind == "seq2seq":
                logits = self._model(
                    input_ids=input_ids[one],
                    attention_mask=mask[one],
                    decoder_input_ids=sequences[one, : given + length - 1],
                    use_cache=False,
                ).logits
            else:
                prompt = int(mask[row].sum())
                ids = sequences[one, given - prompt : given + length - 1]
                logits = self._model(input_ids=ids, use_cache=False, logits_to_keep=length).logits
            logits[..., self._never_ids()] = float("-inf")
            scored = logits.float().log_softmax(-1).gather(2, target[..., None])[0, first:, 0]
            means.append(min(0.0, float(scored.mean())) if len(scored) else 0.0)
        return means


class _SourceText:
    """How a sequence-to-sequence model reads and writes."""

    def __init__(self, folder: Path, config: dict[str, Any], settings: EngineSettings) -> None:
        self._text = Seq2SeqText(folder, config, settings)
        self.max_source_tokens = self._text.max_source_tokens
        self.forced_first_id = self._text.forced_first_id
        self.pad_id = int(self._text.tokenizer.pad_token_id)
        self.count_tokens = self._text.count_tokens
        self.text = self._text.text

    def source_ids(self, request: Request) -> list[int]:
        """Token ids of the source; the instruction is for chat models."""
        return self._text.source_ids(request.text)

    def room(self, _source_length: int) -> int:
        """Tokens that the decoder has positions for, beside its start, a forced first and an end token."""
        return output_room(self._text)


class _ChatText:
    """How a chat model reads and writes."""

    forced_first_id: int | None = None

    def __init__(self, folder: Path, config: dict[str, Any], settings: EngineSettings) -> None:
        self._tokenizer = load_tokenizer(folder)
        take_limit(self._tokenizer)
        ends = generation_settings(folder).get("eos_token_id", self._tokenizer.eos_token_id)
        end = ends[0] if isinstance(ends, list) else ends
        self.pad_id = int(end if self._tokenizer.pad_token_id is None else self._tokenizer.pad_token_id)
        self._positions = min(
            settings.context_tokens or _DEFAULT_CONTEXT_TOKENS,
            int(config.get("max_position_embeddings") or _DEFAULT_CONTEXT_TOKENS),
        )
        self.max_source_tokens = self._positions - 1
        if not self._tokenizer.chat_template:
            raise EngineError("the model has no chat template", where=settings.model or str(folder))
        self._prompt = ChatPrompt(self._render, self._encode, settings.model)

    def count_tokens(self, text: str) -> int:
        """Tokens of `text`, control tokens in it being plain text."""
        return len(self._encode(text, False))

    def source_ids(self, request: Request) -> list[int]:
        """Token ids of the whole prompt."""
        return self._prompt.ids(request)

    def text(self, ids: list[int]) -> str:
        """What `ids` say."""
        return str(self._tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)).strip()

    def room(self, source_length: int) -> int:
        """Tokens left for the answer."""
        return self._positions - source_length

    def _render(self, messages: list[dict[str, str]]) -> str:
        import jinja2

        try:
            return str(self._tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True))
        except jinja2.TemplateError as error:
            raise EngineError(f"the chat template failed ({error})") from error

    def _encode(self, text: str, control_tokens: bool) -> list[int]:
        encoded = self._tokenizer(text, add_special_tokens=False, split_special_tokens=not control_tokens)
        return [int(token) for token in encoded["input_ids"]]


_Text = _SourceText | _ChatText


def length_batches(sources: Sequence[Sequence[int]], most_tokens: int) -> Iterator[list[int]]:
    """Indices of `sources` in batches of like lengths, longest first, each padding to at most `most_tokens`.

    A source longer than that is a batch of its own.
    """
    order = sorted(range(len(sources)), key=lambda index: -len(sources[index]))
    batch: list[int] = []
    for index in order:
        if batch and len(sources[batch[0]]) * (len(batch) + 1) > most_tokens:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def _device(settings: EngineSettings) -> str:
    import torch

    has_cuda = torch.cuda.is_available()
    if settings.device == "cuda" and not has_cuda:
        raise ConfigurationError(
            "there is no CUDA device", where=settings.model, next_step="use the device auto or cpu"
        )
    return "cuda" if has_cuda and settings.device != "cpu" else "cpu"


def _load(folder: Path, settings: EngineSettings, kind: Literal["chat", "seq2seq"]) -> Any:
    import torch
    from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM

    if settings.compute_type and settings.compute_type not in _DTYPES:
        raise ConfigurationError(
            f"transformers does not compute in {settings.compute_type}",
            where=settings.model,
            next_step="use one of " + ", ".join(_DTYPES),
        )
    loader = AutoModelForSeq2SeqLM if kind == "seq2seq" else AutoModelForCausalLM
    safe = uses_safetensors(folder, settings)
    # Damaged files surface as one of many exceptions, some of them bare.
    try:
        with quiet_loading():
            return loader.from_pretrained(
                str(folder),
                local_files_only=True,
                use_safetensors=safe,
                weights_only=True,
                dtype=getattr(torch, settings.compute_type or "float32"),
            )
    except Exception as error:
        raise DamagedWeightsError(
            f"the weights cannot be loaded ({error})", where=str(folder), next_step="run `vistka models verify`"
        ) from error


def _keep_to_our_decoding(model: Any, pad_id: int) -> None:
    """Undo those of the publisher's generation settings that we decide.

    A forced end token would make a text that was cut at the limit look whole; a least length would make a summariser
    write more than its text holds. `no_repeat_ngram_size` and `bad_words_ids` stay.
    """
    settings = model.generation_config
    for name in _OURS:
        setattr(settings, name, None)
    settings.pad_token_id = pad_id


@contextlib.contextmanager
def _seeded(decoding: Decoding) -> Iterator[None]:
    """Sample by `decoding.seed` and leave the process's own random numbers as they were."""
    import torch

    with torch.random.fork_rng(enabled=decoding.temperature > 0):
        if decoding.temperature > 0:
            torch.manual_seed(decoding.seed)
        yield

"""Marian, M2M100 and NLLB, T5 and BART, run by CTranslate2: the fast engine for CPUs."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from vistka.errors import ConfigurationError, DamagedWeightsError, EngineError
from vistka.models.conversion import converted
from vistka.models.ctranslate2_library import ctranslate2_library, device_for
from vistka.models.engine import Decoding, Output, Request
from vistka.models.hub_folder import Seq2SeqText, checked_length, generation_settings, kind_of, output_room, read_config
from vistka.models.settings import EngineSettings
from vistka.models.threads import run_interruptibly, usable_cores

COMPUTE_TYPES = ("int8", "int8_float32", "int8_float16", "int8_bfloat16", "int16", "float16", "bfloat16", "float32")

_BATCH_TOKENS = 1024
# Sentences for each worker between two looks at Ctrl-C.
_GROUP_SENTENCES = 64
_SAMPLED_PROBABILITY = 0.95


class CTranslate2Engine:
    """A sequence-to-sequence model, converted on first use from the hub's layout.

    It reads and writes through the tokenizer of transformers, so its tokens are those of `TransformersEngine`; with
    `compute_type="float32"` and greedy decoding its outputs are too.

    Args:
        folder: the model in the hub's layout.
        settings: `conversions` is needed. One worker with one thread for each core: on 2 cores 1.5 to 2.8 times as
            fast as one worker with two threads.

    Raises:
        ConfigurationError: an unknown `compute_type` or language, or a Marian with two separate vocabularies.
        EngineError: CTranslate2 cannot run this kind of model.
        ModelMissingError, DamagedWeightsError, ModelError, ResourceError: see `hub_folder` and `conversion`.
    """

    name: str = "ctranslate2"
    kind: Literal["chat", "seq2seq"] = "seq2seq"
    batch_size: int = 32

    def __init__(self, folder: Path, settings: EngineSettings) -> None:
        self._name = settings.model or str(folder)
        config = read_config(folder)
        if kind_of(config) != "seq2seq":
            raise EngineError(
                "it runs sequence-to-sequence models",
                where=self._name,
                next_step="use the engine transformers",
            )
        self._text = Seq2SeqText(folder, config, settings)
        if getattr(self._text.tokenizer, "separate_vocabs", False):
            raise ConfigurationError(
                "a Marian with separate vocabularies cannot be converted",
                where=self._name,
                next_step="use the engine transformers",
            )
        published = generation_settings(folder)
        self._length_penalty = float(published.get("length_penalty") or 1.0)
        self._no_repeat_ngram_size = int(published.get("no_repeat_ngram_size") or 0)
        self.max_source_tokens = self._text.max_source_tokens
        self._workers = settings.threads or usable_cores()
        self.parallel = self._workers if device_for(settings) == "cpu" else 1
        self._translator: Any = self._open(folder, settings)

    def count_tokens(self, text: str) -> int:
        """See `Engine.count_tokens`."""
        return self._text.count_tokens(text)

    def generate(self, requests: Sequence[Request], decoding: Decoding) -> list[Output]:
        """See `Engine.generate`. Sampling draws from the likeliest tokens that hold 95 % of the probability."""
        if self._translator is None:
            raise EngineError("the engine is closed", where=self._name)
        sources = [
            checked_length(self._text.source_ids(request.text), self.max_source_tokens, model=self._name, index=index)
            for index, request in enumerate(requests)
        ]
        # Like lengths together; the library pads within a batch.
        order = sorted(range(len(sources)), key=lambda index: -len(sources[index]))
        tokens = [self._text.tokens(sources[index]) for index in order]
        try:
            outputs = run_interruptibly(lambda cancelled: self._translate(tokens, decoding, cancelled))
        except (RuntimeError, ValueError) as error:
            raise EngineError(str(error), where=self._name) from error
        by_index = dict(zip(order, outputs, strict=True))
        return [by_index[index] for index in range(len(requests))]

    def close(self) -> None:
        """Free the model and its workers."""
        self._translator = None

    def _open(self, folder: Path, settings: EngineSettings) -> Any:
        device = device_for(settings)
        compute_type = settings.compute_type or ("float16" if device == "cuda" else "int8")
        if compute_type not in COMPUTE_TYPES:
            raise ConfigurationError(
                f"CTranslate2 does not compute in {compute_type}",
                where=self._name,
                next_step="use one of " + ", ".join(COMPUTE_TYPES),
            )
        place = converted(folder, compute_type, settings)
        try:
            return ctranslate2_library().Translator(
                str(place),
                device=device,
                compute_type=compute_type,
                inter_threads=self._workers if device == "cpu" else 1,
                intra_threads=1 if device == "cpu" else 0,
            )
        except ValueError as error:
            raise EngineError(f"CTranslate2: {error}", where=self._name) from error
        except RuntimeError as error:
            raise DamagedWeightsError(
                f"the converted model cannot be loaded ({error})", where=str(place), next_step="remove that folder"
            ) from error

    def _translate(self, tokens: list[list[str]], decoding: Decoding, cancelled: threading.Event) -> list[Output]:
        outputs: list[Output] = []
        step = _GROUP_SENTENCES * self._workers
        for begin in range(0, len(tokens), step):
            if cancelled.is_set():
                break
            outputs += self._translate_group(tokens[begin : begin + step], decoding)
        return outputs

    def _translate_group(self, tokens: list[list[str]], decoding: Decoding) -> list[Output]:
        forced = self._forced()
        # The exponent decides which hypothesis of a beam wins; where there is one only, sums are simpler.
        exponent = self._length_penalty if decoding.beam_size > 1 else 0.0
        results = self._translator.translate_batch(
            tokens,
            [forced] * len(tokens) if forced else None,
            max_batch_size=_BATCH_TOKENS,
            batch_type="tokens",
            beam_size=decoding.beam_size,
            length_penalty=exponent,
            repetition_penalty=decoding.repetition_penalty,
            no_repeat_ngram_size=self._no_repeat_ngram_size,
            max_input_length=0,
            max_decoding_length=min(decoding.max_new_tokens, output_room(self._text)) + len(forced),
            min_decoding_length=0,
            return_scores=True,
            return_end_token=True,
            **_sampling(decoding),
        )
        hypotheses = [result.hypotheses[0] for result in results]
        if self._scores_are_the_models_own(decoding):
            sums = [
                result.scores[0] * len(hypothesis) ** exponent
                for result, hypothesis in zip(results, hypotheses, strict=True)
            ]
        else:
            sums = self._score(tokens, hypotheses)
        return [
            self._output(source, hypothesis, total)
            for source, hypothesis, total in zip(tokens, hypotheses, sums, strict=True)
        ]

    def _forced(self) -> list[str]:
        first = self._text.forced_first_id
        return [] if first is None else self._text.tokens([first])

    def _scores_are_the_models_own(self, decoding: Decoding) -> bool:
        """Whether nothing (a penalty, a temperature) bent the distribution that the scores were taken from."""
        bent = decoding.temperature > 0 or decoding.repetition_penalty != 1.0 or self._no_repeat_ngram_size > 0
        return not bent

    def _score(self, tokens: list[list[str]], hypotheses: list[list[str]]) -> list[float]:
        """Sum of the model's own log-probabilities of what follows the forced tokens, by reading it once more."""
        end, skipped = self._text.tokenizer.eos_token, len(self._forced())
        bare = [[token for token in hypothesis if token != end] for hypothesis in hypotheses]
        scored = self._translator.score_batch(
            tokens, bare, max_batch_size=_BATCH_TOKENS, batch_type="tokens", max_input_length=0
        )
        # The library scores an end token after each, written or not.
        return [
            sum(result.log_probs[skipped : len(hypothesis)])
            for result, hypothesis in zip(scored, hypotheses, strict=True)
        ]

    def _output(self, source: list[str], hypothesis: list[str], total: float) -> Output:
        finished = bool(hypothesis) and hypothesis[-1] == self._text.tokenizer.eos_token
        generated = hypothesis[len(self._forced()) :]
        written = generated[: len(generated) - finished]
        return Output(
            text=self._text.text(list(self._text.tokenizer.convert_tokens_to_ids(written))) if written else "",
            source_tokens=len(source),
            output_tokens=len(written),
            mean_logprob=min(0.0, total / len(generated)) if written else 0.0,
            finished=finished,
        )


def _sampling(decoding: Decoding) -> dict[str, Any]:
    if decoding.temperature == 0:
        return {}
    import ctranslate2

    ctranslate2.set_random_seed(decoding.seed)
    return {
        "sampling_topk": 0,
        "sampling_topp": _SAMPLED_PROBABILITY,
        "sampling_temperature": decoding.temperature,
    }

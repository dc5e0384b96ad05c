"""What an engine needs to know beside the place of its weights."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

EngineName = Literal["transformers", "ctranslate2", "llamacpp"]
ENGINES: tuple[EngineName, ...] = ("transformers", "ctranslate2", "llamacpp")

GGUF_SUFFIX = ".gguf"
"""What the name of a model that is one GGUF file ends in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """How a model is run.

    Attributes:
        engine: which of `ENGINES` runs it.
        model: id of the model, for messages.
        source_language, target_language: the language codes that the model's own tokenizer knows (`ukr_Cyrl`,
            `eng_Latn` for NLLB; `uk`, `en` for M2M100); empty where the model knows one pair only.
        text_prefix: put before each source text, special tokens in it are read as such (`<2en>` for MADLAD,
            `>>eng<<` for a Marian of several target languages); empty = none.
        threads: CPU threads; 0 = one for each core this process may use.
        context_tokens: the longest source (seq2seq) or prompt and answer together (chat) in tokens;
            0 = what the model's own configuration says, for a GGUF file 4096 at most.
        allow_pickle: load weights that are a pickle file; they can run code.
        conversions: folder that keeps what CTranslate2 converted; needed by that engine alone.
        sha256: digest that the one file of the model has been found to have; empty = it is taken where it is needed.
        compute_type: `float32`, `bfloat16`, `float16`, and for ctranslate2 also `int8` and its kin;
            empty = what suits the device.
        device: `auto` = a CUDA device where there is one.
    """

    engine: EngineName
    model: str = ""
    source_language: str = ""
    target_language: str = ""
    text_prefix: str = ""
    threads: int = 0
    context_tokens: int = 0
    allow_pickle: bool = False
    conversions: Path | None = None
    sha256: str = ""
    compute_type: str = ""
    device: Literal["auto", "cpu", "cuda"] = "auto"

"""One set of options for the command line, HTTP and batches."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from vistka.errors import UsageError

Method = Literal["lead", "extractive", "abstractive"]
METHODS: tuple[Method, ...] = ("lead", "extractive", "abstractive")

DEFAULT_MODEL = "embedded"
DEFAULT_MAX_CHARS = 200
DEFAULT_STYLE = "default"
MIN_MAX_CHARS = 40
DEFAULT_MAX_INPUT_MIB = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to translate and summarise.

    Attributes:
        model: id of a model in the catalogue.
        second_model: id of a model that tries again what a check still finds wrong in the first one's answers; empty =
            none.
        engine: which engine runs the model; empty = VISTKA_ENGINE, else the first that the catalogue lists.
        summarizer: id of the model that writes abstracts; empty = the same as `model` where it can.
        glossaries: the user's own glossary files, which win over the built-in lexicon.
        hints: give the model the terms that the lexicon knows.
        ladder: try again, another way, what a check found wrong.
        beam_size: hypotheses kept while decoding; 1 = greedy.
        max_chars: upper limit of an abstract, in characters.
        method: how an abstract is made.
        style: the house style of blurbs: a name (`default`, `agency`) or the path of a TOML file.
        offline: never open a connection.
        threads: CPU threads of an engine; 0 = one for each core this process may use.
        max_input_mib: the largest input that is accepted, in MiB.
        use_memory: let the corrections that people made count.
        memory: the file they are in; None = VISTKA_MEMORY, else the one in the user's data folder.
    """

    model: str = DEFAULT_MODEL
    second_model: str = ""
    engine: str = ""
    summarizer: str = ""
    glossaries: tuple[Path, ...] = ()
    hints: bool = True
    ladder: bool = True
    beam_size: int = 1
    max_chars: int = DEFAULT_MAX_CHARS
    method: Method = "extractive"
    style: str = DEFAULT_STYLE
    offline: bool = False
    threads: int = 0
    max_input_mib: float = DEFAULT_MAX_INPUT_MIB
    use_memory: bool = True
    memory: Path | None = None

    def __post_init__(self) -> None:
        if self.max_chars < MIN_MAX_CHARS:
            raise UsageError(
                f"a limit of {self.max_chars} characters is too short for a sentence",
                where="--max-chars",
                next_step=f"give {MIN_MAX_CHARS} or more",
            )
        if self.beam_size < 1:
            raise UsageError(f"{self.beam_size} is not a beam size", where="--beam-size", next_step="give 1 or more")
        if self.second_model == self.model:
            raise UsageError(
                f"{self.model} is the first model already", where="--second-model", next_step="name another one"
            )
        if self.method not in METHODS:
            raise UsageError(
                f"no such method: {self.method}", where="--method", next_step="use one of " + ", ".join(METHODS)
            )
        if self.threads < 0:
            raise UsageError(f"{self.threads} threads", where="--threads", next_step="give 0 (all cores) or more")
        if self.max_input_mib <= 0:
            raise UsageError(f"{self.max_input_mib} MiB", where="--max-input-mib", next_step="give more than 0")

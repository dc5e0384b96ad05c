"""COMET, where the package unbabel-comet and a folder with its model are on this machine; nothing is ever fetched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from vistka.errors import EngineError, ModelMissingError, UsageError
from vistka.evaluate.extras import extra_module
from vistka.evaluate.scores import References, streams

_BATCH = 8


@dataclass(frozen=True, slots=True)
class Comet:
    """COMET of a set.

    Attributes:
        score: mean over the segments; most models give 0 to 1, but nothing holds them to it.
        segments: one score for each.
        model: name of the model's folder.
    """

    score: float
    segments: tuple[float, ...]
    model: str


def comet_absence(folder: Path | None) -> str:
    """Why COMET is not measured; empty where it can be."""
    if find_spec("comet") is None:
        return "the package unbabel-comet is not installed"
    return "" if folder else "no folder with a COMET model was named (--comet)"


def checkpoint(folder: Path, *, allow_pickle: bool) -> Path:
    """The one checkpoint in a COMET model's folder.

    Raises:
        UsageError: unbabel-comet is not installed, or `allow_pickle` is False: a checkpoint is a Python pickle.
        ModelMissingError: there is no checkpoint, or more than one.
    """
    absent = comet_absence(folder)
    if absent:
        raise UsageError(absent, where="--comet", next_step="install it with: pip install unbabel-comet")
    found = sorted(folder.glob("checkpoints/*.ckpt"))
    if len(found) != 1:
        raise ModelMissingError(
            f"{len(found)} files checkpoints/*.ckpt where one should be",
            where=str(folder),
            next_step="name the folder of a COMET model, such as a snapshot of Unbabel/wmt22-comet-da",
        )
    if not allow_pickle:
        raise UsageError(
            "a COMET checkpoint is a Python pickle, and loading it can run code",
            where=str(found[0]),
            next_step="say --allow-pickle if you trust where it came from",
        )
    return found[0]


def comet_scores(model: Path, sources: Sequence[str], hypotheses: Sequence[str], references: References) -> Comet:
    """COMET of n segments against the first reference of each (the model reads one).

    Args:
        model: the checkpoint, from `checkpoint`.
        sources: n lines.
        hypotheses: n lines.
        references: n lists, of each of which the first counts.

    Source: Rei et al. 2020, COMET: A Neural Framework for MT Evaluation.

    Raises:
        InputError: n differs, or is 0.
        EngineError: the model failed.
    """
    streams(hypotheses, references)
    rows = [
        {"src": source, "mt": hypothesis, "ref": row[0]}
        for source, hypothesis, row in zip(sources, hypotheses, references, strict=True)
    ]
    comet: Any = extra_module("comet", needed_for="--comet")
    try:
        output = comet.load_from_checkpoint(str(model)).predict(rows, batch_size=_BATCH, gpus=0, progress_bar=False)
    except (OSError, RuntimeError, ValueError, KeyError) as error:
        raise EngineError(f"COMET failed: {error}", where=str(model)) from error
    return Comet(float(output.system_score), tuple(map(float, output.scores)), model.parents[1].name)

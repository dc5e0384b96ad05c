"""The hypotheses of a model that runs now, timed and counted."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from vistka.datatypes import Block, Draft, Item
from vistka.evaluate.outputs import KIND, SegmentOutput, SystemOutput, record_of, segment_of
from vistka.evaluate.peak_memory import peak_mib, reset_peak
from vistka.evaluate.report_base import hardware
from vistka.evaluate.run_files import RunFile, saved_part
from vistka.evaluate.ways import settings_of, system_name
from vistka.models.engine import Decoding, Engine, Output, Request
from vistka.models.wrapped_engine import WrappedEngine
from vistka.options import Options
from vistka.pipeline import Pipeline, open_pipeline
from vistka.progress import Progress, SilentProgress
from vistka.result_json import recipe_json
from vistka.translate.drafts import Translator


class CountingEngine(WrappedEngine):
    """An engine that counts the tokens and seconds of another one; everything else is the other one's."""

    def __init__(self, inner: Engine) -> None:
        super().__init__(inner)
        self.output_tokens = 0
        self.seconds = 0.0

    def generate(self, requests: Sequence[Request], decoding: Decoding) -> list[Output]:
        """See Engine."""
        started = time.perf_counter()
        outputs = super().generate(requests, decoding)
        self.seconds += time.perf_counter() - started
        self.output_tokens += sum(output.output_tokens for output in outputs)
        return outputs


def run_system(
    options: Options,
    sources: Sequence[str],
    progress: Progress,
    *,
    save: Path | None = None,
    resume: bool = False,
    batch_lines: int = 1,
) -> SystemOutput:
    """Translate n lines with a model, as `vistka translate` would: n outputs, same order.

    A line of several sentences is translated sentence by sentence; its confidence is the lowest of them.

    Args:
        options: the model and how it is helped; a memory that holds the references would be scored for them.
        sources: n lines, none blank.
        progress: told of downloads and of every line.
        save: where results are written as they come; None = nowhere.
        resume: go on with the results that are in `save`.
        batch_lines: lines given to the model at once; their seconds are shared evenly among them.

    Raises:
        UsageError: `save` is there and `resume` is False, or was made in another way; see also `open_pipeline`.
        InputError: `save` is of other sources.
        ModelError, ResourceError: the model cannot be used.
    """
    settings = settings_of(options)
    with RunFile(save, resume=resume) as file:
        file.check(sources, kind=KIND, settings=settings)
        done = [] if file.saved is None else [segment_of(row, str(save)) for row in file.saved.records]
        if file.saved is not None:
            progress.note(f"{save}: {len(done)} of {len(sources)} are there already")
            if len(done) == len(sources):
                recipe = saved_part(file.saved, "recipe")
                there = saved_part(file.saved, "hardware")
                return SystemOutput(system_name(options), tuple(done), recipe, hardware=there)
        measured = reset_peak()
        pipeline = open_pipeline(options, progress, writes_abstracts=False)
        try:
            recipe = recipe_json(pipeline.translator.recipe)
            file.check(sources, recipe=recipe)
            head = {"system": system_name(options), "settings": settings, "recipe": recipe, "hardware": hardware()}
            file.open(kind=KIND, **head)
            done += _run(pipeline, sources, len(done), file, progress, batch_lines)
            peak = peak_mib() if measured else None
        finally:
            pipeline.close()
    return SystemOutput(system_name(options), tuple(done), recipe, peak, hardware())


def _run(
    pipeline: Pipeline, sources: Sequence[str], start: int, file: RunFile, progress: Progress, batch_lines: int
) -> list[SegmentOutput]:
    engine = CountingEngine(pipeline.translator.engine)
    translator = replace(pipeline.translator, engine=engine)
    outputs: list[SegmentOutput] = []
    progress.start("translating", len(sources) - start, "segments")
    try:
        for first in range(start, len(sources), batch_lines):
            batch = sources[first : first + batch_lines]
            for offset, (source, output) in enumerate(zip(batch, _translated(translator, engine, batch), strict=True)):
                file.add(first + offset, source, record_of(output))
                outputs.append(output)
            progress.advance(len(batch))
    finally:
        progress.finish()
    return outputs


def _translated(translator: Translator, engine: CountingEngine, lines: Sequence[str]) -> list[SegmentOutput]:
    tokens, engine_s, started = engine.output_tokens, engine.seconds, time.perf_counter()
    draft = translator.draft(item_of_lines(lines), SilentProgress())
    seconds = time.perf_counter() - started
    share = 1 / len(lines)
    written = engine.output_tokens - tokens
    return [
        replace(
            _line_output(draft, index),
            seconds=round(seconds * share, 4),
            engine_s=round((engine.seconds - engine_s) * share, 4),
            # Whole tokens that add up to what was written.
            output_tokens=written * (index + 1) // len(lines) - written * index // len(lines),
        )
        for index in range(len(lines))
    ]


def item_of_lines(lines: Sequence[str]) -> Item:
    """n lines as one document of n paragraphs."""
    blocks: list[Block] = []
    position = 0
    for line in lines:
        blocks.append(Block(line, "paragraph", position, position + len(line)))
        position += len(line) + 1
    return Item("\n".join(lines), tuple(blocks))


def _line_output(draft: Draft, index: int) -> SegmentOutput:
    parts = [part for part in draft.segments if part.segment.block == index]
    return SegmentOutput(
        text=" ".join("".join(part.text for part in parts).split()),
        confidence_0_1=min((part.confidence_0_1 for part in parts), default=1.0),
        flags=tuple((flag.code, flag.severity) for part in parts for flag in part.flags),
    )

"""Abstracts that are written now, by a model or without one, and timed."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vistka.documents.read import read
from vistka.errors import InputError
from vistka.evaluate.abstracts import GIVEN, REFUSED, AbstractsRun, Case, Written
from vistka.evaluate.report_base import hardware
from vistka.evaluate.run_files import RunFile, saved_part
from vistka.evaluate.sets import MAX_FILE_MIB
from vistka.evaluate.ways import settings_of
from vistka.options import Options
from vistka.pipeline import modelless_summarizer, open_pipeline
from vistka.progress import Progress, SilentProgress
from vistka.result_json import recipe_json
from vistka.summarize.blurbs import Summarizer

KIND = "abstracts"
"""What a saved run of abstracts calls itself."""


def write_abstracts(
    cases: Sequence[Case], options: Options, progress: Progress, *, save: Path | None = None, resume: bool = False
) -> AbstractsRun:
    """An abstract for each case: the one that came with it, or one that is written now, as `vistka summarize` would.

    A document that none can be made of gets an empty one, with the verdict `refused`.

    Args:
        cases: n cases.
        options: how to write.
        progress: told of every abstract.
        save: where abstracts are written as they come; None = nowhere.
        resume: go on with those that are in `save`.

    Raises:
        UsageError, InputError: see `run_system`.
        ModelError, ResourceError: a model is needed and cannot be used.
    """
    if all(case.hypothesis is not None for case in cases):
        return AbstractsRun("given", tuple(Written(case.hypothesis or "", GIVEN) for case in cases), {})
    documents = [case.document for case in cases]
    settings = settings_of(options)
    needs_model = options.method == "abstractive" or any(case.language == "uk" for case in cases)
    name = _name(options) if needs_model else options.method
    with RunFile(save, resume=resume) as file:
        file.check(documents, kind=KIND, settings=settings)
        done = [] if file.saved is None else [_from_record(row, str(save)) for row in file.saved.records]
        if file.saved is not None and len(done) == len(cases):
            return AbstractsRun(name, tuple(done), saved_part(file.saved, "recipe"))
        pipeline = open_pipeline(options, progress, writes_abstracts=True) if needs_model else None
        try:
            summarizer = pipeline.summarizer if pipeline else modelless_summarizer(options)
            recipe = recipe_json(summarizer.recipe)
            file.check(documents, recipe=recipe)
            file.open(kind=KIND, system=name, settings=settings, recipe=recipe, hardware=hardware())
            done += _write_rest(summarizer, cases, len(done), file, progress)
        finally:
            if pipeline:
                pipeline.close()
    return AbstractsRun(name, tuple(done), recipe)


def _name(options: Options) -> str:
    writer = options.summarizer if options.method == "abstractive" else ""
    return f"{writer or options.model}, {options.method}"


def _write_rest(
    summarizer: Summarizer, cases: Sequence[Case], start: int, file: RunFile, progress: Progress
) -> list[Written]:
    written: list[Written] = []
    progress.start("summarising", len(cases) - start, "abstracts")
    try:
        for index, case in enumerate(cases[start:], start=start):
            one = _write(summarizer, case)
            file.add(index, case.document, _as_record(one))
            written.append(one)
            progress.advance(1)
    finally:
        progress.finish()
    return written


def _write(summarizer: Summarizer, case: Case) -> Written:
    started = time.perf_counter()
    try:
        item = read(case.document, name=case.where, format="text", max_mib=MAX_FILE_MIB)
        blurb = summarizer.blurb(item, SilentProgress())
    except InputError as error:
        return Written("", REFUSED, error.what, round(time.perf_counter() - started, 4))
    return Written(blurb.abstract, blurb.verdict, blurb.method, round(time.perf_counter() - started, 4))


def _as_record(written: Written) -> dict[str, object]:
    return {
        "hypothesis": written.text,
        "verdict": written.verdict,
        "method": written.method,
        "seconds": written.seconds,
    }


def _from_record(row: Mapping[str, Any], where: str) -> Written:
    try:
        return Written(str(row["hypothesis"]), str(row["verdict"]), str(row["method"]), float(row["seconds"]))
    except (KeyError, TypeError, ValueError) as error:
        raise InputError("a result lacks a part, or has a wrong one", where=where) from error

"""The hypotheses of a system out of a file: plain lines, or a run that was saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vistka.errors import InputError
from vistka.evaluate.outputs import KIND, SegmentOutput, SystemOutput, segment_of
from vistka.evaluate.run_files import check_sources, is_run_file, read_run, saved_part
from vistka.evaluate.sets import Pairs, read_lines


def read_system(path: Path, pairs: Pairs) -> SystemOutput:
    """The hypotheses of a file: a line each, or a run that `--save` wrote.

    A plain file may hold the hypotheses of the whole set, of which those of the chosen lines are taken.

    Raises:
        InputError: the number of lines is neither that of the whole set nor that of the chosen lines; a saved run
            is not whole, or of other sources; the file cannot be read.
    """
    if is_run_file(path):
        return _saved_system(path, pairs.sources)
    lines = read_lines(path)
    if len(lines) == len(pairs.sources):
        chosen = lines
    elif len(lines) == pairs.total:
        chosen = [lines[position] for position in pairs.positions]
    else:
        counts = sorted({len(pairs.sources), pairs.total})
        raise InputError(
            f"{len(lines)} hypotheses for {' or '.join(map(str, counts))} references",
            where=str(path),
            next_step="give one line for each reference, in the same order",
        )
    return SystemOutput(path.name, tuple(SegmentOutput(line) for line in chosen))


def _saved_system(path: Path, sources: Sequence[str]) -> SystemOutput:
    saved = read_run(path)
    _check_kind(path, saved.head)
    check_sources(path, saved.records, sources)
    if len(saved.records) < len(sources):
        raise InputError(
            f"a stopped run: {len(saved.records)} results for {len(sources)} sources",
            where=str(path),
            next_step="let it finish with --save and --resume",
        )
    name = str(saved.head.get("system", path.name))
    segments = tuple(segment_of(record, f"{path}:{index}") for index, record in enumerate(saved.records, start=2))
    hardware = saved_part(saved, "hardware")
    return SystemOutput(name, segments, saved_part(saved, "recipe"), hardware=hardware)


def _check_kind(path: Path, head: Mapping[str, Any]) -> None:
    if head.get("kind") != KIND:
        raise InputError(
            f"a run of the kind {head.get('kind')}, not {KIND}", where=str(path), next_step="name another file"
        )

"""What a person reads of a draft on a terminal."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from vistka.datatypes import Draft, DraftSegment, Flag, Recipe, Segment
from vistka.documents.plain_text import read_text
from vistka.result_lines import LOW_CONFIDENCE_0_1, flag_lines

DESK = Path(__file__).parent.parent / "serve" / "desk" / "segments.js"


def draft(*parts: DraftSegment) -> Draft:
    return Draft(read_text("Місто спить.", "a"), parts, Recipe("embedded"))


def part(confidence_0_1: float, *flags: Flag) -> DraftSegment:
    segment = Segment("Місто спить.", "uk", 0, 0, 12)
    return DraftSegment(segment, "The city sleeps.", (), "model", confidence_0_1, flags)


def test_a_flag_is_a_line():
    lines = list(flag_lines(draft(part(0.9), part(0.1, Flag("empty", "Nothing was written.", 1, "error")))))
    assert lines == ["segment 2 “Місто спить.”: error: Nothing was written. [empty]"]


def test_a_segment_that_is_probably_wrong_is_named_though_no_check_says_how():
    lines = list(flag_lines(draft(part(LOW_CONFIDENCE_0_1), part(0.074))))
    assert lines == ["segment 2 “Місто спить.”: warn: Read this one with care: confidence 7%. [low-confidence]"]


def test_a_long_segment_is_named_by_its_beginning():
    long = replace(part(0.1), segment=Segment("Місто " * 20, "uk", 0, 0, 120))
    (line,) = flag_lines(draft(long))
    assert "…”" in line
    assert len(line) < 140


def test_the_desk_marks_from_the_same_confidence_on():
    assert f"LOW_CONFIDENCE = {LOW_CONFIDENCE_0_1};" in re.sub(r"\s+", " ", DESK.read_text("utf-8"))

"""Drafts and blurbs as lines for a person to read on a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from vistka.datatypes import Blurb, Draft

_SHOWN_CHARS = 50
LOW_CONFIDENCE_0_1 = 0.5
"""Below this a segment is likelier wrong than right; the desk's `LOW_CONFIDENCE` is the same."""


def flag_lines(draft: Draft) -> Iterator[str]:
    """One line for each flag, and for each segment that is probably wrong though no check says how.

    A line says which segment, how it begins, what to look at.
    """
    for index, part in enumerate(draft.segments):
        start = " ".join(part.segment.text.split())
        shown = start if len(start) <= _SHOWN_CHARS else start[: _SHOWN_CHARS - 1].rstrip() + "…"
        for flag in part.flags:
            yield f"segment {flag.segment + 1} “{shown}”: {flag.severity}: {flag.message} [{flag.code}]"
        if part.confidence_0_1 < LOW_CONFIDENCE_0_1 and not part.flags:
            said = f"Read this one with care: confidence {part.confidence_0_1:.0%}."
            yield f"segment {index + 1} “{shown}”: warn: {said} [low-confidence]"


def blurb_flag_lines(blurb: Blurb) -> Iterator[str]:
    """One line for each flag of a blurb."""
    for flag in blurb.flags:
        place = "headline" if flag.segment == 0 else f"abstract, clause {flag.segment}"
        yield f"{place}: {flag.severity}: {flag.message} [{flag.code}]"


def blurb_card(blurb: Blurb) -> str:
    """The blurb as a feed shows it, with the verdict below."""
    when = blurb.published.strftime("%a, %d %b %Y %H:%M:%S %z") if blurb.published else ""
    lines = [blurb.headline, blurb.abstract, blurb.source, when, blurb.url, f"verdict: {blurb.verdict}"]
    return "\n".join(line for line in lines if line)

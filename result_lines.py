"""Drafts and blurbs as lines for a person to read on a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from vistka.datatypes import Blurb, Draft

_SHOWN_CHARS = 50


def flag_lines(draft: Draft) -> Iterator[str]:
    """One line for each flag: which segment, how it begins, what to look at."""
    for part in draft.segments:
        for flag in part.flags:
            start = " ".join(part.segment.text.split())
            shown = start if len(start) <= _SHOWN_CHARS else start[: _SHOWN_CHARS - 1].rstrip() + "…"
            yield f"segment {flag.segment + 1} “{shown}”: {flag.severity}: {flag.message} [{flag.code}]"


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

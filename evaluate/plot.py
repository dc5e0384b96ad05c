"""chrF and BLEU by source length, bars for each system, as SVG or PNG."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from vistka.errors import UsageError
from vistka.evaluate.extras import extra_module
from vistka.evaluate.scores import LengthBucket

FORMATS = ("svg", "png")

# Blue and orange of Okabe and Ito's palette: told apart by the colour-blind, and in print by their lightness.
_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7")
_INK, _FAINT = "#333333", "#DDDDDD"
_BARS_WIDTH = 0.8
"""Share of a bucket's room that its bars take together."""
_MAX_BAR_WIDTH = 0.5
_FEW = 10
"""Below so many segments a bucket's score says little; its label says so with a star."""
_INCHES_A_BUCKET, _MIN_INCHES, _HEIGHT_INCHES = 1.5, 7.0, 6.4
_HEAD_ROOM, _MIN_TOP = 1.18, 10.0
_EDGE = 0.55
"""Room left and right of the middle of the outer buckets, in buckets."""
_DPI = 150


def plot_format(path: Path) -> str:
    """`svg` or `png`, by the file's name.

    Raises:
        UsageError: it is neither, or matplotlib is not installed.
    """
    found = path.suffix.lower().removeprefix(".")
    if found not in FORMATS:
        raise UsageError(f"not a plot's name: {path}", where="--plot", next_step="end it in .svg or .png")
    extra_module("matplotlib", needed_for="--plot")
    return found


def plot_by_length(systems: Sequence[tuple[str, Sequence[LengthBucket]]], title: str, plot_format: str) -> bytes:
    """The picture as bytes.

    Args:
        systems: name and buckets of each; all have the same buckets, since they have the same sources.
        title: what was measured.
        plot_format: `svg` or `png`.

    Raises:
        UsageError: matplotlib is not installed.
    """
    matplotlib: Any = extra_module("matplotlib", needed_for="--plot")
    # Letters stay text in an SVG, so that it can be searched and read aloud; a `$` in a name is no formula.
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "vistka", "text.parse_math": False}):
        return _saved(_figure(systems, title), plot_format)


def _figure(systems: Sequence[tuple[str, Sequence[LengthBucket]]], title: str) -> Any:
    figure_module: Any = extra_module("matplotlib.figure", needed_for="--plot")
    buckets = systems[0][1]
    width = max(_MIN_INCHES, _INCHES_A_BUCKET * len(buckets))
    # A figure of its own, not pyplot: no window system, and no state that outlives the call.
    figure = figure_module.Figure(figsize=(width, _HEIGHT_INCHES), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True)
    handles = _bars(upper, "chrF", [[bucket.chrf_0_100 for bucket in row] for _, row in systems])
    _bars(lower, "BLEU", [[bucket.bleu_0_100 for bucket in row] for _, row in systems])
    lower.set_xlim(-_EDGE, len(buckets) - 1 + _EDGE)
    labels = [f"{bucket.label}\nn = {bucket.segments}{'*' if bucket.segments < _FEW else ''}" for bucket in buckets]
    lower.set_xticks(range(len(buckets)), labels, color=_INK)
    few = any(bucket.segments < _FEW for bucket in buckets)
    note = f"   (* fewer than {_FEW} segments)" if few else ""
    lower.set_xlabel(f"Words in the source{note}", color=_INK)
    figure.suptitle(title, color=_INK, fontsize=12, fontweight="bold")
    names = [name for name, _ in systems]
    figure.legend(
        handles, names, loc="outside lower center", ncols=min(2, len(systems)), frameon=False, labelcolor=_INK
    )
    return figure


def _bars(axes: Any, label: str, systems: Sequence[Sequence[float]]) -> list[Any]:
    """Draw them; what a legend shows for each system."""
    width = min(_MAX_BAR_WIDTH, _BARS_WIDTH / len(systems))
    drawn = []
    for number, values in enumerate(systems):
        left = (number - (len(systems) - 1) / 2) * width
        places = [index + left for index in range(len(values))]
        bars = axes.bar(places, values, width * 0.94, color=_COLOURS[number % len(_COLOURS)], zorder=2)
        # On white, so that no line of the grid runs through a number.
        paper = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
        axes.bar_label(bars, fmt="%.1f", padding=2.5, fontsize=8, color=_INK, bbox=paper, zorder=3)
        drawn.append(bars)
    top = max((value for values in systems for value in values), default=0.0)
    # Bars begin at zero, so that their lengths can be compared; the room above is for their numbers.
    axes.set_ylim(0, max(_MIN_TOP, top * _HEAD_ROOM))
    axes.set_ylabel(label, color=_INK, fontsize=11)
    axes.grid(axis="y", color=_FAINT, linewidth=0.8, zorder=0)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, colors=_INK)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(_INK)
    return drawn


def _saved(figure: Any, plot_format: str) -> bytes:
    target = BytesIO()
    # No date, so that equal plots are equal files.
    metadata = {"Date": None} if plot_format == "svg" else {}
    figure.savefig(target, format=plot_format, dpi=_DPI, facecolor="white", metadata=metadata)
    return target.getvalue()

"""Draws `results/serve.json` as docs/serve-load.svg: requests a second, and memory over time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESULTS = HERE.parent / "results" / "serve.json"
PICTURE = HERE.parent.parent / "docs" / "serve-load.svg"

# Blue, orange and green of Okabe and Ito's palette: told apart by the colour-blind.
_COLOURS = {"vistka": "#0072B2", "libretranslate": "#E69F00", "libretranslate tuned": "#009E73"}
_LABELS = {"vistka": "Vistka", "libretranslate": "LibreTranslate", "libretranslate tuned": "LibreTranslate, tuned"}
_INK, _FAINT = "#333333", "#DDDDDD"
_WIDTH = 0.26


def main() -> int:
    """Draw it."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "vistka"}):
        figure = Figure(figsize=(9.0, 3.6), layout="constrained")
        left, right = figure.subplots(1, 2, width_ratios=(3, 2))
        _rates(left, results)
        _memory(right, results["memory"])
        figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
        figure.savefig(PICTURE, metadata={"Date": None}, facecolor="white")
    return 0


def _rates(axes: Any, results: dict[str, Any]) -> None:
    """A group of bars for each number of clients; the line on each goes from the slowest round to the fastest."""
    counts = sorted({row["clients"] for row in results["summary"]})
    for number, server in enumerate(_COLOURS):
        rows = [row for row in results["summary"] if row["server"] == server]
        if not rows:
            continue
        places = [counts.index(row["clients"]) + (number - 1) * _WIDTH for row in rows]
        rates = [row["requests_per_s"] for row in rows]
        looks = [
            [look["requests_per_s"] for look in results["looks"] if (look["server"], look["clients"]) == (server, n)]
            for n in (row["clients"] for row in rows)
        ]
        spread = [
            [rate - min(found) for rate, found in zip(rates, looks, strict=True)],
            [max(found) - rate for rate, found in zip(rates, looks, strict=True)],
        ]
        bars = axes.bar(
            places,
            rates,
            _WIDTH * 0.94,
            yerr=spread,
            color=_COLOURS[server],
            label=_LABELS[server],
            ecolor=_INK,
            error_kw={"linewidth": 0.8},
            zorder=2,
        )
        axes.bar_label(bars, fmt="%.1f", padding=2, fontsize=8, color=_INK)
    axes.set_xticks(range(len(counts)), [f"{count} client{'s' if count > 1 else ''}" for count in counts])
    axes.set_title("Requests a second", fontsize=10, color=_INK)
    _plain(axes)


def _memory(axes: Any, memory: dict[str, Any]) -> None:
    minutes = [second / 60 for second, _ in memory["seconds_and_mib"]]
    axes.plot(minutes, [mib for _, mib in memory["seconds_and_mib"]], color=_COLOURS["vistka"], zorder=2)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("minutes", color=_INK)
    axes.set_title(f"Memory of Vistka in MiB, {memory['clients']} clients", fontsize=10, color=_INK)
    _plain(axes)


def _plain(axes: Any) -> None:
    axes.grid(axis="y", color=_FAINT, linewidth=0.8, zorder=0)
    axes.tick_params(length=0, colors=_INK)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


if __name__ == "__main__":
    raise SystemExit(main())

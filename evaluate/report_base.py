"""What every report says: versions, hardware, and times in the same form."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from statistics import fmean, median
from typing import Any

from vistka.evaluate.extras import package_version
from vistka.models.threads import usable_cores

Report = dict[str, Any]
"""Plain JSON values."""

PLACES = 4
"""Decimal places: enough that what is rounded again to be shown comes out the same."""


def hardware() -> Report:
    """What a time depends on: cores that this process may use, and the machine."""
    return {"cores": usable_cores(), "machine": platform.machine(), "system": platform.system()}


def environment() -> Report:
    """Versions and hardware that a figure depends on."""
    packages = ("sacrebleu", "ctranslate2", "transformers", "torch", "xllamacpp", "unbabel-comet")
    versions = {name: package_version(name) for name in packages}
    return {
        "versions": {
            "vistka": package_version("vistka"),
            "python": platform.python_version(),
            **{name: found for name, found in versions.items() if found},
        },
        "hardware": hardware(),
    }


def seconds_summary(seconds: Sequence[float]) -> Report | None:
    """Median and mean; None of nothing."""
    if not seconds:
        return None
    return {"median": round(median(seconds), PLACES), "mean": round(fmean(seconds), PLACES)}

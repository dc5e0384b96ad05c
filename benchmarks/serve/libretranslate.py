"""LibreTranslate from PyPI as a server under test, in a virtual environment of its own.

    python3 -m venv lt && lt/bin/pip install libretranslate==1.9.6

It is not changed. Its index of packages is one that cannot be reached, so it fetches nothing; its model is the package
that `random_marian` makes; and `forced_length` stands on its PYTHONPATH as on Vistka's.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

TUNED = {"ARGOS_INTER_THREADS": "2", "ARGOS_INTRA_THREADS": "1"}
"""One worker for each of two cores: what its settings can do."""

_NOWHERE = "http://127.0.0.1:9/"


def command(venv: Path, port: int) -> list[str]:
    """How it is started; all of its options are its own defaults."""
    return [str(venv / "bin" / "libretranslate"), "--host", "127.0.0.1", "--port", str(port)]


def environment(home: Path, forced_length: Path, more: Mapping[str, str]) -> dict[str, str]:
    """What is set for it.

    Args:
        home: an empty folder with `packages`; everything that it writes goes there.
        forced_length: the folder of `sitecustomize.py`.
        more: its settings.
    """
    return {
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "ARGOS_PACKAGES_DIR": str(home / "packages"),
        "ARGOS_PACKAGE_INDEX": _NOWHERE,
        "PYTHONPATH": str(forced_length),
        "ONE_SENTENCE": "1",
        **more,
    }

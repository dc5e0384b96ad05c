"""On the PYTHONPATH of both servers under test: every translation has the same number of tokens.

Random weights would stop anywhere. With ONE_SENTENCE set, LibreTranslate's sentence splitter (whose model would have to
be fetched) takes each text for one sentence; that saves it work, and the texts of the benchmark are one sentence each.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

TOKENS = int(os.environ.get("FORCED_TOKENS", "30"))


def _force_length(module: ModuleType) -> None:
    class Translator(module.Translator):  # type: ignore[misc, name-defined]
        def translate_batch(self, *args: Any, **options: Any) -> Any:
            options |= {"min_decoding_length": TOKENS, "max_decoding_length": TOKENS}
            return super().translate_batch(*args, **options)

    module.Translator = Translator  # type: ignore[attr-defined]


def _one_sentence(module: ModuleType) -> None:
    class SBDetect:
        def __init__(self, *_: Any, **__: Any) -> None:
            pass

        def sentences(self, text: str) -> list[str]:
            return [text]

    module.SBDetect = SBDetect  # type: ignore[attr-defined]


_CHANGES: dict[str, Callable[[ModuleType], None]] = {"ctranslate2": _force_length}
if os.environ.get("ONE_SENTENCE"):
    _CHANGES["minisbd"] = _one_sentence


class _Finder(MetaPathFinder):
    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name not in _CHANGES:
            return None
        spec = PathFinder.find_spec(name, path)
        if spec is None or spec.loader is None:
            return None
        run = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            run(module)
            _CHANGES[name](module)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


sys.meta_path.insert(0, _Finder())

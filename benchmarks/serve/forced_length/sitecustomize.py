"""On the PYTHONPATH of a server under test: every translation has the same number of tokens.

Random weights would stop anywhere. Both servers get this same file, so both do the same work.
"""

from __future__ import annotations

import os
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

TOKENS = int(os.environ.get("FORCED_TOKENS", "30"))


def _force(module: ModuleType) -> None:
    class Translator(module.Translator):  # type: ignore[misc, name-defined]
        def translate_batch(self, *args: Any, **options: Any) -> Any:
            options |= {"min_decoding_length": TOKENS, "max_decoding_length": TOKENS}
            return super().translate_batch(*args, **options)

    module.Translator = Translator  # type: ignore[attr-defined]


class _Finder(MetaPathFinder):
    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != "ctranslate2":
            return None
        spec = PathFinder.find_spec(name, path)
        if spec is not None and spec.loader is not None:
            _wrap(spec.loader)
        return spec


def _wrap(loader: Loader) -> None:
    run = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        run(module)
        _force(module)

    loader.exec_module = exec_module  # type: ignore[method-assign]


sys.meta_path.insert(0, _Finder())

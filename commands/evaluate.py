"""`vistka eval`: how good drafts and abstracts are, measured on files of one's own or on known sets."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vistka.commands.common_options import (
    BeamOption,
    EngineOption,
    GlossariesOption,
    ModelOption,
    OfflineOption,
    QuietOption,
    ThreadsOption,
)
from vistka.errors import UsageError
from vistka.evaluate.calibration import DEFAULT_GOOD_CHRF
from vistka.evaluate.ways import DEFAULT_WAY, in_way
from vistka.options import DEFAULT_MAX_CHARS, DEFAULT_MODEL, METHODS, Options

if TYPE_CHECKING:
    from vistka.evaluate.outputs import SystemOutput
    from vistka.evaluate.sets import Pairs
    from vistka.terminal import TerminalProgress

EPILOG = "\b\nExamples:\n" + "\n".join(
    f"  {line}"
    for line in (
        "vistka eval news.uk news.en --every 10",
        "vistka eval --set flores-dev --data sets --against 'no hints' --plot length.svg",
        "vistka eval news.uk news.en --save run.jsonl --resume",
        "vistka eval news.uk news.en --hypotheses run.jsonl --baseline other.txt",
        "vistka eval --abstracts items.jsonl --method extractive",
    )
)
_TWO_FILES = 2
_MAX_CHRF = 100

Files = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[SOURCE REFERENCE | TSV]", help="Two text files, a line each, or one with a tab between."),
]
SetOption = Annotated[str, typer.Option("--set", help="A set in the folder --data, by its name.")]
DataOption = Annotated[Path, typer.Option("--data", help="Folder that holds a folder for each set.")]
WayOption = Annotated[str, typer.Option("--way", help="no hints, hints, ladder, or hints and ladder.")]
HypothesesOption = Annotated[
    Path | None, typer.Option("--hypotheses", help="Score this file (lines, or what --save wrote); no model runs.")
]
BaselineOption = Annotated[
    str, typer.Option("--baseline", help="Compare with this: a file of hypotheses, or the id of a model.")
]
AgainstOption = Annotated[str, typer.Option("--against", help="Compare with the same model run in this way.")]
AbstractsOption = Annotated[
    Path | None,
    typer.Option("--abstracts", help="Measure abstracts: JSON lines with document, reference, hypothesis."),
]
FieldsOption = Annotated[
    str, typer.Option("--fields", help="Keys of --abstracts that have other names: reference=summary,document=article.")
]
MethodOption = Annotated[str, typer.Option("--method", help="lead, extractive or abstractive (with --abstracts).")]
MaxCharsOption = Annotated[int, typer.Option("--max-chars", help="Upper limit of an abstract (with --abstracts).")]
SummarizerOption = Annotated[str, typer.Option("--summarizer", help="Model that writes abstracts.")]
EveryOption = Annotated[int, typer.Option("--every", help="Take every n-th line, from the first on.")]
LimitOption = Annotated[int | None, typer.Option("--limit", help="Take at most so many lines.")]
JsonOption = Annotated[
    Path | None, typer.Option("--json", help="Write everything that was measured there; `-` = print it instead.")
]
PlotOption = Annotated[Path | None, typer.Option("--plot", help="Draw the scores by length: a .svg or .png file.")]
SaveOption = Annotated[Path | None, typer.Option("--save", help="Write each result there as it comes (JSON lines).")]
ResumeOption = Annotated[bool, typer.Option("--resume", help="Go on with the results that --save left.")]
CometOption = Annotated[Path | None, typer.Option("--comet", help="Folder of a COMET model; needs unbabel-comet.")]
AllowPickleOption = Annotated[
    bool, typer.Option("--allow-pickle", help="Load a COMET checkpoint, which is a pickle and can run code.")
]
GoodChrfOption = Annotated[
    float, typer.Option("--good-chrf", help="Sentence chrF from which on a segment is good, for the calibration.")
]
CountedMemoryOption = Annotated[
    Path | None,
    typer.Option("--memory", help="Let the corrections in this file count; else none do, so that none is scored."),
]
BatchOption = Annotated[int, typer.Option("--batch-lines", help="Lines given to the model at once.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """What was asked for, beside the options of a translation."""

    files: tuple[Path, ...]
    set_name: str
    data: Path
    hypotheses: Path | None
    baseline: str
    against: str
    abstracts: Path | None
    fields: str
    every: int
    limit: int | None
    json: Path | None
    plot: Path | None
    save: Path | None
    resume: bool
    comet: Path | None
    allow_pickle: bool
    good_chrf: float
    batch_lines: int


def evaluate(
    files: Files = None,
    set_name: SetOption = "",
    data: DataOption = Path(),
    model: ModelOption = DEFAULT_MODEL,
    engine: EngineOption = "",
    way: WayOption = DEFAULT_WAY,
    hypotheses: HypothesesOption = None,
    baseline: BaselineOption = "",
    against: AgainstOption = "",
    abstracts: AbstractsOption = None,
    fields: FieldsOption = "",
    method: MethodOption = "extractive",
    max_chars: MaxCharsOption = DEFAULT_MAX_CHARS,
    summarizer: SummarizerOption = "",
    every: EveryOption = 1,
    limit: LimitOption = None,
    json: JsonOption = None,
    plot: PlotOption = None,
    save: SaveOption = None,
    resume: ResumeOption = False,
    comet: CometOption = None,
    allow_pickle: AllowPickleOption = False,
    good_chrf: GoodChrfOption = DEFAULT_GOOD_CHRF,
    glossary: GlossariesOption = None,
    memory: CountedMemoryOption = None,
    beam_size: BeamOption = 1,
    batch_lines: BatchOption = 1,
    threads: ThreadsOption = 0,
    offline: OfflineOption = False,
    quiet: QuietOption = False,
) -> None:
    """Measure drafts (BLEU, chrF, COMET, checks, confidence, speed) or abstracts (ROUGE, unsupported facts)."""
    from vistka.terminal import TerminalProgress

    known = next((name for name in METHODS if name == method), None)
    if known is None:
        raise UsageError(f"no such method: {method}", where="--method", next_step="use one of " + ", ".join(METHODS))
    options = in_way(
        Options(
            model=model,
            engine=engine,
            summarizer=summarizer,
            method=known,
            max_chars=max_chars,
            glossaries=tuple(glossary or ()),
            use_memory=memory is not None,
            memory=memory,
            beam_size=beam_size,
            offline=offline,
            threads=threads,
        ),
        way,
    )
    call = _Call(
        files=tuple(files or ()),
        set_name=set_name,
        data=data,
        hypotheses=hypotheses,
        baseline=baseline,
        against=against,
        abstracts=abstracts,
        fields=fields,
        every=every,
        limit=limit,
        json=json,
        plot=plot,
        save=save,
        resume=resume,
        comet=comet,
        allow_pickle=allow_pickle,
        good_chrf=good_chrf,
        batch_lines=batch_lines,
    )
    _check(call)
    progress = TerminalProgress(quiet=quiet)
    measure = _measure_translation if call.abstracts is None else _measure_abstracts
    measure(call, options, progress)


# --- what was asked for ---------------------------------------------------------------------------------------------


def _check(call: _Call) -> None:
    """Refuse what cannot be done before any model is loaded."""
    given = [bool(call.files), bool(call.set_name), call.abstracts is not None]
    if sum(given) != 1:
        raise UsageError(
            "nothing to measure" if not any(given) else "more than one thing to measure",
            next_step="give SOURCE and REFERENCE, or one TSV, or --set with --data, or --abstracts",
        )
    if len(call.files) > _TWO_FILES:
        raise UsageError(f"{len(call.files)} files", next_step="give a source and a reference, or one TSV")
    if call.batch_lines < 1:
        raise UsageError(
            f"{call.batch_lines} is not a number of lines", where="--batch-lines", next_step="give 1 or more"
        )
    if not 0 <= call.good_chrf <= _MAX_CHRF:
        raise UsageError(f"{call.good_chrf:g} is not a chrF", where="--good-chrf", next_step="give 0 to 100")
    if call.resume and call.save is None:
        raise UsageError("nothing to go on with", where="--resume", next_step="name the file with --save")
    for option, clashing in _clashes(call):
        raise UsageError(f"cannot go with {clashing}", where=option, next_step="leave one of them out")


def _clashes(call: _Call) -> list[tuple[str, str]]:
    """Pairs of options that were given and exclude each other."""
    pairs = {
        ("--baseline", "--against"): bool(call.baseline and call.against),
        ("--against", "--hypotheses"): bool(call.against and call.hypotheses),
        ("--save", "--hypotheses"): bool(call.save and call.hypotheses),
    }
    if call.abstracts is not None:
        only_drafts = {
            "--hypotheses": call.hypotheses,
            "--baseline": call.baseline,
            "--against": call.against,
            "--plot": call.plot,
            "--comet": call.comet,
        }
        pairs |= {(option, "--abstracts"): bool(value) for option, value in only_drafts.items()}
    return [pair for pair, given in pairs.items() if given]


def _pairs(call: _Call) -> Pairs:
    from vistka.evaluate.sets import choose, read_pair, read_set, read_tsv

    if call.set_name:
        pairs = read_set(call.set_name, call.data)
    elif len(call.files) == _TWO_FILES:
        pairs = read_pair(*call.files)
    else:
        pairs = read_tsv(call.files[0])
    return choose(pairs, every=call.every, limit=call.limit)


# --- translations ---------------------------------------------------------------------------------------------------


def _measure_translation(call: _Call, options: Options, progress: TerminalProgress) -> None:
    from vistka.evaluate.comet import checkpoint, comet_absence, comet_scores
    from vistka.evaluate.plot import plot_by_length, plot_format
    from vistka.evaluate.scores import metrics, scores_by_length
    from vistka.evaluate.translation_report import translation_report

    metrics()  # that a package is missing is told before the hours that a model may take
    form = plot_format(call.plot) if call.plot else ""
    comet_model = checkpoint(call.comet, allow_pickle=call.allow_pickle) if call.comet else None
    pairs = _pairs(call)
    systems = _systems(call, options, pairs, progress)
    comets = [
        comet_scores(comet_model, pairs.sources, system.texts(), pairs.references) if comet_model else None
        for system in systems
    ]
    report = translation_report(
        pairs, systems, good_chrf=call.good_chrf, comets=comets, comet_absence=comet_absence(call.comet)
    )
    if call.plot:
        from vistka.documents.write import write_path

        drawn = [(one.name, scores_by_length(pairs.sources, one.texts(), pairs.references)) for one in systems]
        title = f"{pairs.name}: scores by length of the source ({len(pairs.sources)} segments)"
        write_path(call.plot, plot_by_length(drawn, title, form))
    _put(report, call)


def _systems(call: _Call, options: Options, pairs: Pairs, progress: TerminalProgress) -> list[SystemOutput]:
    """The system, and the baseline where one was named; files are read before a model runs."""
    from vistka.evaluate.hypothesis_files import read_system

    system = read_system(call.hypotheses, pairs) if call.hypotheses else None
    baseline_file = _file_named(call.baseline)
    baseline = read_system(baseline_file, pairs) if baseline_file else None
    other: Options | None = None
    if call.against:
        other = in_way(options, call.against)
    elif call.baseline and baseline is None:
        other = _with_model(options, call.baseline)
    if system is None:
        system = _run(call, options, pairs, progress, call.save)
    if other is not None:
        baseline = _run(call, other, pairs, progress, _baseline_save(call.save))
    return [system] if baseline is None else [system, baseline]


def _file_named(baseline: str) -> Path | None:
    """The file that --baseline names; None where it names a model."""
    path = Path(baseline)
    if baseline and path.is_file():
        return path
    if baseline and (path.suffix or len(path.parts) > 1):
        from vistka.models.catalogue import load_catalogue

        if baseline not in load_catalogue().entries:
            raise UsageError(
                f"no such file or model: {baseline}", where="--baseline", next_step="name one that is there"
            )
    return None


def _with_model(options: Options, model: str) -> Options:
    from dataclasses import replace

    from vistka.models.catalogue import load_catalogue

    load_catalogue().entry(model)
    return replace(options, model=model)


def _baseline_save(save: Path | None) -> Path | None:
    """Beside `run.jsonl`, `run.baseline.jsonl`."""
    return None if save is None else save.with_name(f"{save.stem}.baseline{save.suffix}")


def _run(call: _Call, options: Options, pairs: Pairs, progress: TerminalProgress, save: Path | None) -> SystemOutput:
    from vistka.evaluate.model_runs import run_system

    return run_system(options, pairs.sources, progress, save=save, resume=call.resume, batch_lines=call.batch_lines)


# --- abstracts ------------------------------------------------------------------------------------------------------


def _measure_abstracts(call: _Call, options: Options, progress: TerminalProgress) -> None:
    from vistka.evaluate.abstract_runs import write_abstracts
    from vistka.evaluate.abstracts import parse_fields, read_cases
    from vistka.evaluate.abstracts_report import abstracts_report
    from vistka.evaluate.sets import chosen_positions, chosen_words

    path = call.abstracts or Path()
    cases = read_cases(path, parse_fields(call.fields))
    chosen = [cases[position] for position in chosen_positions(len(cases), every=call.every, limit=call.limit)]
    run = write_abstracts(chosen, options, progress, save=call.save, resume=call.resume)
    report = abstracts_report(
        path,
        chosen,
        run,
        max_chars=options.max_chars,
        total=len(cases),
        chosen=chosen_words(call.every, call.limit),
    )
    _put(report, call)


# --- output ---------------------------------------------------------------------------------------------------------


def _put(report: dict[str, Any], call: _Call) -> None:
    import json

    from vistka.documents.write import write_path
    from vistka.evaluate.tables import print_tables, report_tables

    text = json.dumps(report, ensure_ascii=False, indent=1) + "\n"
    if call.json == Path("-"):
        sys.stdout.write(text)
        return
    if call.json is not None:
        write_path(call.json, text.encode())
    print_tables(report_tables(report), sys.stdout)

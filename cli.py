"""The command line: parse, call, print. Results go to standard output, everything else to standard error."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from vistka.commands.common_options import (
    BeamOption,
    EngineOption,
    GlossariesOption,
    MemoryOption,
    ModelOption,
    NoHintsOption,
    NoMemoryOption,
    OfflineOption,
    QuietOption,
    SecondModelOption,
    StyleOption,
    SummarizerOption,
    ThreadsOption,
    examples,
)
from vistka.commands.evaluate import EPILOG as EVAL_EPILOG
from vistka.commands.evaluate import evaluate
from vistka.commands.glossary import app as glossary_app
from vistka.commands.keys import app as keys_app
from vistka.commands.memory import app as memory_app
from vistka.commands.serve import EPILOG as SERVE_EPILOG
from vistka.commands.serve import serve
from vistka.commands.streams import json_line, print_line, tell_line
from vistka.errors import InterruptedByUserError, NothingToTranslateError, ResourceError, UsageError, VistkaError
from vistka.options import (
    DEFAULT_MAX_CHARS,
    DEFAULT_MAX_INPUT_MIB,
    DEFAULT_MODEL,
    DEFAULT_STYLE,
    METHODS,
    Method,
    Options,
)

if TYPE_CHECKING:
    from vistka.datatypes import Blurb, Item
    from vistka.models.catalogue import ModelEntry
    from vistka.models.weights import Status
    from vistka.pipeline import Pipeline
    from vistka.terminal import TerminalProgress

DEBUG_VARIABLE = "VISTKA_DEBUG"
EXIT_BUG = 70
"""Exit status of a fault of the program itself (EX_SOFTWARE of sysexits.h)."""


app = typer.Typer(
    name="vistka",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Ukrainian news to English drafts and short blurbs, on this machine alone.",
    epilog=examples("vistka translate article.txt", "vistka blurb page.html", "cat item.txt | vistka summarize -"),
)
models_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="The models that can be used, and their weights on this machine."
)
app.add_typer(models_app, name="models")
app.add_typer(glossary_app, name="glossary")
app.add_typer(memory_app, name="memory")
app.add_typer(keys_app, name="keys")

Inputs = Annotated[
    list[str] | None,
    typer.Argument(help="Texts or files; `-` is standard input, as is no argument at all in a pipe."),
]
FormatOption = Annotated[
    str | None, typer.Option("--format", help="text, markdown, html or docx; else by the file's name and beginning.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object for each input, one a line.")]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write to this file (or folder, for several inputs) instead.")
]
MaxInputOption = Annotated[float, typer.Option("--max-input-mib", help="Refuse an input larger than this, in MiB.")]
MaxCharsOption = Annotated[int, typer.Option("--max-chars", help="Upper limit of the abstract, in characters.")]
MethodOption = Annotated[str, typer.Option("--method", help="lead, extractive or abstractive.")]
ModelArgument = Annotated[str, typer.Argument(help="Id of a model; see `vistka models list`.")]


@app.callback(invoke_without_command=True)
def _head(
    context: typer.Context,
    show_version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if show_version:
        from vistka.pipeline import vistka_version

        typer.echo(f"vistka {vistka_version()}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        raise UsageError("no command", next_step="see `vistka --help`")


@app.command(
    epilog=examples(
        'vistka translate "фото з відкритих джерел"',
        "vistka translate page.html -o page.en.html",
        "vistka translate --json *.txt > drafts.jsonl",
    )
)
def translate(
    inputs: Inputs = None,
    format: FormatOption = None,  # noqa: A002 - the option's name
    json: JsonOption = False,
    model: ModelOption = DEFAULT_MODEL,
    second_model: SecondModelOption = "",
    engine: EngineOption = "",
    glossary: GlossariesOption = None,
    memory: MemoryOption = None,
    no_memory: NoMemoryOption = False,
    output: OutputOption = None,
    beam_size: BeamOption = 1,
    no_hints: NoHintsOption = False,
    threads: ThreadsOption = 0,
    max_input_mib: MaxInputOption = DEFAULT_MAX_INPUT_MIB,
    offline: OfflineOption = False,
    quiet: QuietOption = False,
) -> None:
    """Translate the Ukrainian parts of each input to English; all else comes out byte for byte."""
    options = Options(
        model=model,
        second_model=second_model,
        engine=engine,
        glossaries=tuple(glossary or ()),
        use_memory=not no_memory,
        memory=memory,
        hints=not no_hints,
        beam_size=beam_size,
        offline=offline,
        threads=threads,
        max_input_mib=max_input_mib,
    )
    items = _items(inputs, format, options, as_article=False)
    _translate_all(items, options, json=json, output=output, quiet=quiet)


def _abstract_command(shown: Callable[[Blurb], str]) -> Callable[..., None]:
    """`summarize` and `blurb` take the same options and differ in what of the blurb they print."""

    def command(
        inputs: Inputs = None,
        format: FormatOption = None,  # noqa: A002 - the option's name
        json: JsonOption = False,
        model: ModelOption = DEFAULT_MODEL,
        second_model: SecondModelOption = "",
        engine: EngineOption = "",
        summarizer: SummarizerOption = "",
        method: MethodOption = "extractive",
        max_chars: MaxCharsOption = DEFAULT_MAX_CHARS,
        style: StyleOption = DEFAULT_STYLE,
        glossary: GlossariesOption = None,
        memory: MemoryOption = None,
        no_memory: NoMemoryOption = False,
        output: OutputOption = None,
        beam_size: BeamOption = 1,
        no_hints: NoHintsOption = False,
        threads: ThreadsOption = 0,
        max_input_mib: MaxInputOption = DEFAULT_MAX_INPUT_MIB,
        offline: OfflineOption = False,
        quiet: QuietOption = False,
    ) -> None:
        options = Options(
            model=model,
            second_model=second_model,
            engine=engine,
            summarizer=summarizer,
            method=_method(method),
            max_chars=max_chars,
            style=style,
            glossaries=tuple(glossary or ()),
            use_memory=not no_memory,
            memory=memory,
            hints=not no_hints,
            beam_size=beam_size,
            offline=offline,
            threads=threads,
            max_input_mib=max_input_mib,
        )
        items = _items(inputs, format, options, as_article=True)
        _blurb_all(items, options, shown, json=json, output=output, quiet=quiet)

    return command


def _abstract(blurb: Blurb) -> str:
    return blurb.abstract


def _card(blurb: Blurb) -> str:
    from vistka.result_lines import blurb_card

    return blurb_card(blurb)


app.command(
    "summarize",
    help="Write an English abstract of each input: whole sentences within a limit, every fact traced to the source.",
    epilog=examples("vistka summarize article.txt", "vistka summarize --method lead --max-chars 160 page.html"),
)(_abstract_command(_abstract))
app.command(
    "blurb",
    help='Write a "Latest news" card of each input: headline, abstract, source, time, verdict.',
    epilog=examples("vistka blurb article.txt", "vistka blurb --json page.html", "cat item.txt | vistka blurb -"),
)(_abstract_command(_card))


app.command("eval", epilog=EVAL_EPILOG)(evaluate)
app.command("serve", epilog=SERVE_EPILOG)(serve)


# --- models ---------------------------------------------------------------------------------------------------------


@models_app.command("list")
def models_list(json: JsonOption = False) -> None:
    """List every model of the catalogue and whether it is on this machine."""
    from vistka.models.catalogue import load_catalogue
    from vistka.models.weights import status

    rows = [_model_row(entry, status(entry)) for entry in load_catalogue().entries.values()]
    if json:
        for row in rows:
            print_line(json_line(row))
        return
    columns = ("id", "tasks", "engine", "license", "size", "here")
    table = [columns, *(tuple(str(row[column]) for column in columns) for row in rows)]
    widths = [max(len(line[index]) for line in table) for index in range(len(columns))]
    for line in table:
        print_line("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


@models_app.command("show")
def models_show(model: ModelArgument, json: JsonOption = False) -> None:
    """Show all that the catalogue says of one model, and what is on this machine of it."""
    from vistka.models.catalogue import load_catalogue
    from vistka.models.weights import status

    entry = load_catalogue().entry(model)
    row = _model_row(entry, status(entry), whole=True)
    if json:
        print_line(json_line(row))
        return
    width = max(len(key) for key in row)
    for key, value in row.items():
        print_line(f"{key.ljust(width)}  {value}")


@models_app.command("pull", epilog=examples("vistka models pull embedded", "vistka models pull opus --allow-pickle"))
def models_pull(
    model: ModelArgument = DEFAULT_MODEL,
    allow_pickle: Annotated[
        bool, typer.Option("--allow-pickle", help="Take weights that are a Python pickle; loading those can run code.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Fetch again even if they are here.")] = False,
    offline: OfflineOption = False,
    quiet: QuietOption = False,
) -> None:
    """Fetch a model's weights and prove that they are the promised ones; print where they are."""
    from vistka.models.catalogue import load_catalogue
    from vistka.models.weights import pull
    from vistka.terminal import TerminalProgress

    path = pull(
        load_catalogue().entry(model),
        offline=offline,
        allow_pickle=allow_pickle,
        force=force,
        progress=TerminalProgress(quiet=quiet),
    )
    print_line(str(path))


@models_app.command("verify")
def models_verify(model: ModelArgument = DEFAULT_MODEL, quiet: QuietOption = False) -> None:
    """Read a model's weights again and compare them with the promised digests."""
    from vistka.models.catalogue import load_catalogue
    from vistka.models.weights import verify
    from vistka.terminal import TerminalProgress

    verify(load_catalogue().entry(model), progress=TerminalProgress(quiet=quiet))
    print_line(f"{model}: as promised")


@models_app.command("remove")
def models_remove(model: ModelArgument, quiet: QuietOption = False) -> None:
    """Delete a model's weights from this machine."""
    from vistka.models.cache import size_text
    from vistka.models.catalogue import load_catalogue
    from vistka.models.weights import remove
    from vistka.terminal import TerminalProgress

    freed = remove(load_catalogue().entry(model), progress=TerminalProgress(quiet=quiet))
    print_line(f"{model}: {size_text(freed)} freed")


@models_app.command("path")
def models_path(model: ModelArgument = DEFAULT_MODEL) -> None:
    """Print where a model's weights are."""
    from vistka.models.catalogue import load_catalogue
    from vistka.models.weights import require

    print_line(str(require(load_catalogue().entry(model))))


def _model_row(entry: ModelEntry, status: Status, *, whole: bool = False) -> dict[str, Any]:
    from vistka.models.cache import size_text

    row: dict[str, Any] = {
        "id": entry.id,
        "tasks": ", ".join(entry.tasks),
        "engine": ", ".join(entry.engines),
        "license": entry.license + ("" if entry.commercial_use else " (no commercial use)"),
        "size": size_text(entry.size_bytes) if entry.size_bytes else "?",
        "here": "yes" if status.path else "no",
    }
    if whole:
        row |= {
            "name": entry.name,
            "note": entry.note,
            "languages": f"{', '.join(entry.source_languages)} to {', '.join(entry.target_languages)}",
            "memory": f"{entry.memory_mib} MiB" if entry.memory_mib else "?",
            "sources": ", ".join(source.label() for source in entry.sources),
            "revision": status.revision or "none",
            "weights": {
                "pinned": "pinned by the catalogue",
                "recorded": "recorded on the first pull",
                "unpinned": "not pinned: the first pull records what it brings",
            }[status.pinned],
            "path": str(status.path) if status.path else "",
            "defined in": str(entry.origin),
        }
    return row


# --- inputs ---------------------------------------------------------------------------------------------------------


def _method(name: str) -> Method:
    for method in METHODS:
        if method == name:
            return method
    raise UsageError(f"no such method: {name}", where="--method", next_step="use one of " + ", ".join(METHODS))


def _items(inputs: Sequence[str] | None, format: str | None, options: Options, *, as_article: bool) -> list[Item]:  # noqa: A002 - the option's name
    """Every input, read whole before any work is done on one: a wrong file name is told at once."""
    from vistka.documents.read import FORMATS

    if format is not None and format not in FORMATS:
        raise UsageError(f"no such format: {format}", where="--format", next_step="use one of " + ", ".join(FORMATS))
    if not inputs:
        if sys.stdin is None or sys.stdin.isatty():
            raise UsageError("no input", next_step="give a text, a file name, or `-` for standard input")
        inputs = ["-"]
    return [_item(name, format, options, as_article=as_article) for name in inputs]


def _item(name: str, format: str | None, options: Options, *, as_article: bool) -> Item:  # noqa: A002 - the option's name
    from vistka.documents.read import FORMATS, read, read_path, read_stream

    chosen = next((known for known in FORMATS if known == format), None)
    limit = options.max_input_mib
    if name == "-":
        return read_stream(sys.stdin.buffer, name="-", format=chosen, as_article=as_article, max_mib=limit)
    if _is_path(name):
        return read_path(name, format=chosen, as_article=as_article, max_mib=limit)
    # What is typed as an argument is a line: it ends as lines do, so that a prompt does not stick to the answer.
    text = name if name.endswith("\n") or not name.strip() else name + "\n"
    return read(text, name="text", format=chosen, as_article=as_article, max_mib=limit)


_MAX_SUFFIX = 6


def _is_path(name: str) -> bool:
    """Whether an argument names a file: one that is there, or something that can only be meant as one."""
    if not name.strip():  # for Path, nothing at all is the folder we are in
        return False
    try:
        if Path(name).exists():
            return True
    except (OSError, ValueError):  # longer than a file name can be, or with a NUL in it
        return False
    suffix = Path(name).suffix
    looks_like = 1 < len(suffix) <= _MAX_SUFFIX and suffix[1:].isascii() and suffix[1:].isalnum()
    return not any(character.isspace() for character in name) and (looks_like or "/" in name or os.sep in name)


# --- outputs --------------------------------------------------------------------------------------------------------


def _translate_all(items: Sequence[Item], options: Options, *, json: bool, output: Path | None, quiet: bool) -> None:
    from vistka.datatypes import Recipe
    from vistka.documents.write import write_document
    from vistka.pipeline import check_options
    from vistka.result_json import draft_json
    from vistka.result_lines import flag_lines
    from vistka.terminal import TerminalProgress
    from vistka.translate.drafts import has_ukrainian, item_segments, untouched_draft

    if not json:
        _refuse_binary_output(items, output)
    progress = TerminalProgress(quiet=quiet)
    ukrainian = [has_ukrainian(item_segments(item)) for item in items]
    pipeline = _pipeline(options, progress, writes_abstracts=False) if any(ukrainian) else None
    if pipeline is None:
        check_options(options)
    out = _Output(output, [item.name for item in items])
    for item, has in zip(items, ukrainian, strict=True):
        draft = pipeline.translator.draft(item, progress) if pipeline else untouched_draft(item, Recipe(options.model))
        # Of an item without Ukrainian the error below says all that its flags would.
        for line in flag_lines(draft) if has and not quiet else ():
            tell_line(f"{item.name}: {line}")
        if json:
            out.put(item.name, (json_line(draft_json(draft)) + "\n").encode())
            continue
        written = write_document(item, draft.rewrites())
        for note in written.notes:
            progress.note(f"{item.name}: {note}")
        out.put(item.name, written.data)
    if pipeline:
        pipeline.close()
    untouched = [item for item, has in zip(items, ukrainian, strict=True) if not has]
    if untouched:
        raise NothingToTranslateError(
            f"not a word of Ukrainian in it{_russian_note(untouched)}; it came out as it went in",
            where=", ".join(item.name for item in untouched),
            next_step="give Ukrainian text",
        )


def _refuse_binary_output(items: Sequence[Item], output: Path | None) -> None:
    """A DOCX is no text to look at on a terminal, and two of them in a row are no file."""
    binary = [item.name for item in items if item.binary]
    if binary and output is None and (len(items) > 1 or sys.stdout.isatty()):
        raise UsageError("a DOCX goes into a file", where=binary[0], next_step="name it, or a folder, with -o")


def _russian_note(items: Sequence[Item]) -> str:
    from vistka.text.languages import dominant_language

    languages = {dominant_language(" ".join(block.text for block in item.blocks)) for item in items}
    names = {"ru": "Russian", "be": "Belarusian", "en": "English"}
    return f" ({names[language]})" if len(languages) == 1 and (language := languages.pop()) in names else ""


def _blurb_all(
    items: Sequence[Item],
    options: Options,
    shown: Callable[[Blurb], str],
    *,
    json: bool,
    output: Path | None,
    quiet: bool,
) -> None:
    from vistka.pipeline import modelless_summarizer
    from vistka.result_json import blurb_json
    from vistka.result_lines import blurb_flag_lines
    from vistka.summarize.clean import needs_translation, news_sentences, require_news
    from vistka.terminal import TerminalProgress

    progress = TerminalProgress(quiet=quiet)
    out = _Output(output, [item.name for item in items])
    # An item without news is refused before a model is fetched and loaded for nothing.
    ukrainian = [needs_translation(item, require_news(item, news_sentences(item))) for item in items]
    needs_model = options.method == "abstractive" or any(ukrainian)
    pipeline = _pipeline(options, progress, writes_abstracts=True) if needs_model else None
    summarizer = pipeline.summarizer if pipeline else modelless_summarizer(options)
    for item in items:
        blurb = summarizer.blurb(item, progress)
        for line in blurb_flag_lines(blurb) if not quiet else ():
            tell_line(f"{item.name}: {line}")
        out.put(item.name, ((json_line(blurb_json(blurb, item.name)) if json else shown(blurb)) + "\n").encode())
    if pipeline:
        pipeline.close()


def _pipeline(options: Options, progress: TerminalProgress, *, writes_abstracts: bool) -> Pipeline:
    from vistka.pipeline import open_pipeline

    return open_pipeline(options, progress, writes_abstracts=writes_abstracts)


class _Output:
    """Where results go: standard output, one file, or a folder with a file for each input."""

    def __init__(self, target: Path | None, names: Sequence[str]) -> None:
        self._target = target
        self._many = len(names) > 1
        self._first = True
        if target is None:
            return
        if self._many and not target.is_dir():
            raise UsageError(
                f"{len(names)} inputs cannot go into one file",
                where=str(target),
                next_step="name a folder that is there",
            )
        if target.is_dir():
            _refuse_overwriting(target, names)

    def put(self, name: str, data: bytes) -> None:
        """One whole result."""
        if self._target is not None:
            from vistka.documents.write import write_path

            into_folder = self._target.is_dir()
            write_path(self._target / Path(name).name if into_folder else self._target, data)
            return
        if self._many and not data.startswith(b"{"):
            print_line(("" if self._first else "\n") + f"==> {name} <==")
        self._first = False
        try:
            self._write(data)
        except BrokenPipeError:
            _reader_gone()

    def _write(self, data: bytes) -> None:
        # A person's prompt should not stick to the text; a file or a pipe gets the very bytes.
        ends = b"" if data.endswith(b"\n") or not (self._many or sys.stdout.isatty()) else b"\n"
        sys.stdout.flush()
        sys.stdout.buffer.write(data + ends)
        sys.stdout.buffer.flush()


def _refuse_overwriting(folder: Path, names: Sequence[str]) -> None:
    """In a folder nobody has said which file may go: neither an input nor another result is written over."""
    taken: dict[str, str] = {}
    for name in names:
        target = folder / Path(name).name
        if taken.setdefault(target.name, name) != name or (target.exists() and target.samefile(name)):
            raise UsageError(
                f"the result would be written over {taken[target.name]}",
                where=name,
                next_step="name another folder, or one file at a time",
            )


def main() -> None:
    """Run the command line; every error is one line and the exit status of its kind."""
    # A service manager's stop ends a run as Ctrl-C does: downloads stop, locks and temporary files go.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    for stream, errors in ((sys.stdout, "strict"), (sys.stderr, "backslashreplace")):
        # Ukrainian must not fail on a machine whose locale is C.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)
    try:
        app()
    except SystemExit as exit_:
        # Typer turns Ctrl-C into its exit status without a word.
        if exit_.code == InterruptedByUserError.exit_code:
            _fail(InterruptedByUserError("interrupted", next_step="what was not finished was not written"))
        raise
    except VistkaError as error:
        _fail(error)
    except BrokenPipeError:
        _reader_gone()
    except MemoryError:
        _fail(ResourceError("out of memory", next_step="close other programs, or use a smaller model or input"))
    except Exception as error:
        if os.environ.get(DEBUG_VARIABLE):
            raise
        tell_line(
            f"vistka: a fault of the program: {type(error).__name__}: {' '.join(str(error).split())}; "
            f"please report it, with what {DEBUG_VARIABLE}=1 shows"
        )
        sys.exit(EXIT_BUG)


def _reader_gone() -> NoReturn:
    """The reader went away (`| head`): not a fault, and nothing more can be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(0)


def _fail(error: VistkaError) -> None:
    tell_line(f"vistka: {error.line()}")
    sys.exit(error.exit_code)


if __name__ == "__main__":
    main()

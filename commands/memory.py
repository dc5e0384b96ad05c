"""`vistka memory`: the corrections that people made."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vistka.commands.common_options import MemoryOption, QuietOption, examples
from vistka.commands.streams import json_line, print_line, tell_line
from vistka.errors import InputError, ResourceError
from vistka.memory.scope_notes import scope_notes
from vistka.result_json import entry_json

if TYPE_CHECKING:
    from vistka.memory.corrections import Entry
    from vistka.memory.store import Memory

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Corrections that people made; they apply from the next request."
)

AuthorOption = Annotated[
    str | None, typer.Option("--author", help="Who says so; else the name you are logged in with.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object for each row, one a line.")]

_SHOWN_CHARS = 60


@app.command(
    epilog=examples('vistka memory add "Рада ухвалила закон." "Parliament passed the law." --author "O. Editor"')
)
def add(
    source: Annotated[str, typer.Argument(help="The Ukrainian sentence, as it stands in the text.")],
    target: Annotated[str, typer.Argument(help="The English that it is to have.")],
    author: AuthorOption = None,
    model: Annotated[str, typer.Option("--model", help="Id of the model whose draft is corrected.")] = "",
    glossary: Annotated[
        list[Path] | None, typer.Option("--glossary", help="Your own terms that the draft was made with.")
    ] = None,
    memory: MemoryOption = None,
    quiet: QuietOption = False,
) -> None:
    """Store the English of one sentence; print the number of the correction."""
    from vistka.memory.corrections import Correction

    revision = version = ""
    if model:
        from vistka.models.catalogue import load_catalogue
        from vistka.translate.glossary import load_glossary
        from vistka.translate.glossary_files import glossaries_in_force

        revision = load_catalogue().entry(model).revision
        version = load_glossary(glossaries_in_force(glossary or ())).version
    correction = Correction(
        source=source, target=target, author=_author(author), model=model, revision=revision, glossary=version
    )
    entry = _memory(memory).add(correction)
    print_line(str(entry.id))
    for note in scope_notes(entry.correction.source) if not quiet else ():
        tell_line(f"note: {note}")


@app.command("list", epilog=examples("vistka memory list --search закон", "vistka memory list --all --json"))
def list_(
    search: Annotated[str, typer.Option("--search", help="Only rows with this in source, target or author.")] = "",
    show_all: Annotated[
        bool, typer.Option("--all", help="The whole journal: what was replaced and taken back, too.")
    ] = False,
    json: JsonOption = False,
    memory: MemoryOption = None,
) -> None:
    """List the corrections in force, the oldest first."""
    store = _memory(memory)
    rows = store.journal() if show_all else store.in_force()
    for entry in rows:
        if search.casefold() in _searched(entry):
            print_line(json_line(entry_json(entry)) if json else _line(entry, with_state=show_all))


@app.command(epilog=examples("vistka memory undo", "vistka memory undo 12"))
def undo(
    entry_id: Annotated[
        int | None, typer.Argument(metavar="[ID]", help="The row to take back; else the last correction in force.")
    ] = None,
    author: AuthorOption = None,
    memory: MemoryOption = None,
) -> None:
    """Take a correction back; taking back an undo puts its correction in force again."""
    entry = _memory(memory).undo(entry_id, author=_author(author))
    done = "taken back" if entry.kind == "undo" else "in force again"
    print_line(f"{entry.about} {done}; `vistka memory undo {entry.id}` reverses this")


@app.command("import", epilog=examples("vistka memory import team.tmx"))
def import_(
    file: Annotated[str, typer.Argument(metavar="FILE.tmx", help="A TMX file of any tool; `-` is standard input.")],
    skip_faulty: Annotated[
        bool, typer.Option("--skip-faulty", help="Import the units without a fault and tell of the others.")
    ] = False,
    memory: MemoryOption = None,
    quiet: QuietOption = False,
) -> None:
    """Import Ukrainian-English units of a TMX file: all of them, or none where one has a fault."""
    from vistka.memory.tmx_read import read_tmx

    found = read_tmx(_file_bytes(file), file)
    if not skip_faulty:
        found.require_faultless(file)
    for fault in found.faults:
        tell_line(f"{file}: {fault}")
    added = _memory(memory).add_all(found.corrections)
    if quiet:
        return
    counts = (
        (len(added.entries), "imported"),
        (added.known, "known already"),
        (found.other_languages, "without Ukrainian or English"),
        (len(found.faults), "with a fault"),
    )
    tell_line(f"{file}: " + ", ".join(f"{count} {what}" for count, what in counts if count or what == "imported"))
    if found.codes_left_out:
        tell_line(f"{file}: {found.codes_left_out} inline codes were left out of the texts")


@app.command(epilog=examples("vistka memory export corrections.tmx", "vistka memory export - | less"))
def export(
    file: Annotated[str, typer.Argument(metavar="FILE.tmx", help="Where to write; `-` is standard output.")],
    memory: MemoryOption = None,
) -> None:
    """Export the corrections in force as TMX 1.4b."""
    from importlib.metadata import PackageNotFoundError, version

    from vistka.documents.write import write_path
    from vistka.memory.tmx_write import write_tmx

    try:
        program = version("vistka")
    except PackageNotFoundError:
        program = ""
    data = write_tmx((entry.correction for entry in _memory(memory).in_force()), version=program)
    if file == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        write_path(file, data)


def _memory(named: Path | None) -> Memory:
    from vistka.memory.store import Memory, memory_path

    return Memory(memory_path(named))


def _author(named: str | None) -> str:
    if named is not None:
        return named
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in some containers
        return ""


def _file_bytes(name: str) -> bytes:
    from vistka.memory.tmx_read import MAX_TMX_MIB

    limit = int(MAX_TMX_MIB * 2**20) + 1
    if name == "-":
        return sys.stdin.buffer.read(limit)
    try:
        with Path(name).open("rb") as file:
            return file.read(limit)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        kind = ResourceError if isinstance(error, PermissionError) else InputError
        raise kind(f"cannot be read ({why})", where=name, next_step="name a TMX file") from error


def _searched(entry: Entry) -> str:
    correction = entry.correction
    return "\n".join((correction.source, correction.target, entry.author)).casefold()


def _line(entry: Entry, *, with_state: bool) -> str:
    correction = entry.correction
    what = f"{entry.kind} of {entry.about}" if entry.about is not None else entry.state
    columns = [
        str(entry.id).rjust(6),
        entry.date.strftime("%Y-%m-%d %H:%M"),
        *([what] if with_state else []),
        entry.author or "-",
        f"{_short(correction.source)} = {_short(correction.target)}",
    ]
    return "  ".join(columns)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN_CHARS else line[: _SHOWN_CHARS - 1].rstrip() + "…"

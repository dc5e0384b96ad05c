"""`vistka glossary`: the user's own terms, which win over the built-in lexicon."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vistka.commands.common_options import QuietOption, examples
from vistka.commands.streams import json_line, print_line, tell_line
from vistka.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from vistka.translate.glossary_files import Format
    from vistka.translate.glossary_terms import Parsed
    from vistka.translate.lexicon_entries import Entry

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Your own terms; they win over the built-in lexicon."
)

FormatOption = Annotated[
    str | None,
    typer.Option("--format", help="tsv, csv, deepl (CSV pairs), toml, tbx or tbx-2008; else by the file's name."),
]
GlossaryOption = Annotated[
    Path | None,
    typer.Option(
        "--glossary", help="Another glossary file; else VISTKA_GLOSSARY, else your own one, which every run uses."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object for each term, one a line.")]

_SEVERITY_WORDS = {"error": "error", "warn": "warning", "info": "note"}
_SHOWN_LOSSES = 20


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


@app.command(epilog=examples("vistka glossary check terms.tsv team.tbx"))
def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Glossary files; `-` is standard input.")],
    glossary_format: FormatOption = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Faults only, neither warnings nor notes.")] = False,
) -> None:
    """Print every fault of glossary files with its line, and what is doubtful about their terms."""
    from vistka.translate.glossary import load_glossary
    from vistka.translate.glossary_check import check_glossary

    lexicon = load_glossary().entries
    wrong: list[str] = []
    for name in files:
        parsed = _parsed(name, glossary_format)
        found = check_glossary(parsed, lexicon)
        for fault in found:
            if fault.severity == "error" or not quiet:
                at = f"{name}:{fault.line}" if fault.line else name
                print_line(f"{at}: {_SEVERITY_WORDS[fault.severity]}: {fault.what}")
        if not quiet:
            _tell_left_out(name, parsed)
            counts = [_counted(sum(f.severity == s for f in found), word) for s, word in _SEVERITY_WORDS.items()]
            tell_line(f"{name}: {', '.join([_counted(len(parsed.terms), 'term'), *counts])}")
        wrong += [name] if parsed.faults else []
    if wrong:
        raise ConfigurationError("not right", where=", ".join(wrong), next_step="mend what is called an error")


@app.command(
    epilog=examples(
        'vistka glossary add "Пункт незламності" "Point of Invincibility"',
        'vistka glossary add дрон "drone / UAV" --pos noun --domain war',
    )
)
def add(
    source: Annotated[str, typer.Argument(help="The Ukrainian term in its dictionary form.")],
    target: Annotated[str, typer.Argument(help="Its English; several are separated by ` / `, the first is used.")],
    pos: Annotated[str, typer.Option("--pos", help="Part of speech: noun, verb, adj, adv, name, place, org …")] = "",
    domain: Annotated[str, typer.Option("--domain", help="Field, such as war, law or economy.")] = "",
    note: Annotated[str, typer.Option("--note", help="A remark for people.")] = "",
    glossary: GlossaryOption = None,
    quiet: QuietOption = False,
) -> None:
    """Add a term to your own glossary, or replace its English; it counts from the next run."""
    from vistka.translate.glossary_check import doubts_about
    from vistka.translate.glossary_store import GlossaryStore
    from vistka.translate.glossary_terms import Term

    entry = _entry(source, target, pos, domain, note)
    done = GlossaryStore(glossary).put([entry])
    if quiet:
        return
    for before, now in done.replaced:
        tell_line(f"{now.lemma}: replaces {_english(before)}")
    for known in done.known:
        tell_line(f"{known.lemma}: there already")
    for doubt in doubts_about(Term(entry, 0)):
        tell_line(f"{_SEVERITY_WORDS[doubt.severity]}: {doubt.what}")


@app.command("list", epilog=examples("vistka glossary list", "vistka glossary list --builtin --search незламн"))
def list_(
    search: Annotated[str, typer.Option("--search", help="Only terms with this in the Ukrainian or English.")] = "",
    json: JsonOption = False,
    builtin: Annotated[bool, typer.Option("--builtin", help="The built-in lexicon's terms instead.")] = False,
    glossary: GlossaryOption = None,
) -> None:
    """List your terms, or search those of the built-in lexicon."""
    wanted = _folded(search)
    for entry in _listed(glossary, builtin=builtin):
        if wanted in _folded("\n".join((entry.lemma, *entry.senses))):
            print_line(_json_line(entry, builtin=builtin) if json else _line(entry))


@app.command(epilog=examples("vistka glossary remove дрон"))
def remove(
    source: Annotated[str, typer.Argument(help="The Ukrainian term.")],
    glossary: GlossaryOption = None,
    quiet: QuietOption = False,
) -> None:
    """Take a term out of your own glossary."""
    from vistka.translate.glossary_store import GlossaryStore

    for entry in GlossaryStore(glossary).remove(source):
        if not quiet:
            tell_line(f"removed: {entry.lemma} = {_english(entry)}")


@app.command("import", epilog=examples("vistka glossary import team.tbx", "vistka glossary import deepl.csv"))
def import_(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A glossary of any format; `-` is standard input.")],
    glossary_format: FormatOption = None,
    glossary: GlossaryOption = None,
    quiet: QuietOption = False,
) -> None:
    """Add the terms of a file to your own glossary: all of them, or none where one has a fault."""
    from vistka.translate.glossary_files import require_faultless
    from vistka.translate.glossary_store import GlossaryStore
    from vistka.translate.glossary_terms import repeated

    parsed = _parsed(file, glossary_format)
    require_faultless(parsed, file)
    done = GlossaryStore(glossary).put(parsed.entries)
    if quiet:
        return
    _tell_left_out(file, parsed)
    for fault in repeated(parsed.terms):
        tell_line(f"{file}: {fault}")
    counts = ((done.added, "added"), (done.replaced, "replaced"), (done.known, "there already"))
    tell_line(f"{file}: " + ", ".join(f"{len(rows)} {what}" for rows, what in counts if rows or what == "added"))


@app.command(epilog=examples("vistka glossary export terms.tbx", "vistka glossary export - --format csv"))
def export(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Where to write; `-` is standard output.")],
    glossary_format: FormatOption = None,
    glossary: GlossaryOption = None,
    quiet: QuietOption = False,
) -> None:
    """Export your terms as TSV, CSV, TOML or TBX; what a format cannot hold is told on standard error."""
    from vistka.documents.write import write_path
    from vistka.translate.glossary_files import write_glossary

    written = write_glossary(_listed(glossary, builtin=False), _format(file, glossary_format, otherwise="tsv"))
    if file == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(written.data)
        sys.stdout.buffer.flush()
    else:
        write_path(file, written.data)
    if quiet:
        return
    for loss in written.losses[:_SHOWN_LOSSES]:
        tell_line(f"{file}: not held by the format: {loss}")
    if len(written.losses) > _SHOWN_LOSSES:
        tell_line(f"{file}: and {len(written.losses) - _SHOWN_LOSSES} more losses")


def _format(file: str, named: str | None, *, otherwise: Format) -> Format:
    from vistka.translate.glossary_files import format_of

    return otherwise if file == "-" and not named else format_of(file, named)


def _parsed(name: str, named_format: str | None) -> Parsed:
    from vistka.translate.glossary_files import MAX_GLOSSARY_MIB, file_bytes, parse_glossary

    glossary_format = _format(name, named_format, otherwise="tsv")
    limit = int(MAX_GLOSSARY_MIB * 2**20) + 1
    data = sys.stdin.buffer.read(limit) if name == "-" else file_bytes(Path(name))
    return parse_glossary(data, glossary_format)


def _entry(source: str, target: str, pos: str, domain: str, note: str) -> Entry:
    from vistka.translate.glossary_terms import entry_faults, user_entry
    from vistka.translate.lexicon_checks import POS
    from vistka.translate.lexicon_entries import split_senses

    if pos and pos not in POS:
        raise UsageError(f"no part of speech: {pos}", where="--pos", next_step=f"use one of {', '.join(sorted(POS))}")
    entry = user_entry(source, split_senses(target), pos=pos, domain=domain, note=note)
    faults = list(entry_faults(entry))
    if faults:
        raise UsageError("; ".join(faults), next_step="give the Ukrainian term first, then its English")
    return entry


def _listed(glossary: Path | None, *, builtin: bool) -> Sequence[Entry]:
    """The lexicon's entries, or those of a file of the user's."""
    if builtin:
        if glossary is not None:
            raise UsageError("--builtin and --glossary exclude each other", next_step="give one of them")
        from vistka.translate.glossary import load_glossary

        return load_glossary().entries
    from vistka.translate.glossary_files import read_glossary, user_glossary_path

    own = user_glossary_path()
    if glossary is None and not own.exists():
        return []
    return read_glossary(glossary or own)


def _tell_left_out(name: str, parsed: Parsed) -> None:
    for what in parsed.left_out:
        tell_line(f"{name}: left out: {what}")


def _folded(text: str) -> str:
    """`text` for searching: one apostrophe, no capitals."""
    return text.replace("’", "'").replace("ʼ", "'").casefold()


def _english(entry: Entry) -> str:
    return " / ".join(entry.senses)


def _line(entry: Entry) -> str:
    about = ", ".join(filter(None, (entry.pos, entry.domain)))
    return (
        f"{entry.lemma} = {_english(entry)}"
        + (f"  [{about}]" if about else "")
        + (f"  {entry.note}" if entry.note else "")
    )


def _json_line(entry: Entry, *, builtin: bool) -> str:
    row = {
        "lemma": entry.lemma,
        "english": list(entry.senses),
        "pos": entry.pos,
        "domain": entry.domain,
        "note": entry.note,
        "builtin": builtin,
    }
    return json_line(row)

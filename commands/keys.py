"""`vistka keys`: the API keys of the service."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vistka.commands.common_options import QuietOption, examples
from vistka.commands.streams import json_line, print_line, tell_line

if TYPE_CHECKING:
    from vistka.serve.key_store import ApiKey, KeyStore, Used

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The API keys of the service; a running one knows of a change at once.",
)

DataOption = Annotated[
    Path | None,
    typer.Option("--data", help="Folder of the service's state; else VISTKA_DATA, else your data folder."),
]


@app.command(
    epilog=examples(
        "vistka keys add Weblate --rate 120",
        "vistka keys add newsroom --scope translate --scope memory --characters 2000000",
    )
)
def add(
    name: Annotated[str, typer.Argument(help="Whose key it is.")],
    scope: Annotated[
        list[str] | None,
        typer.Option(
            "--scope",
            help="What it is for: translate, summarize, documents, glossaries (these four if none is given), memory "
            "(corrections, which change what everybody gets), metrics, or admin (all); may be given again.",
        ),
    ] = None,
    rate: Annotated[int | None, typer.Option("--rate", help="Requests a minute; else no limit.")] = None,
    characters: Annotated[
        int | None, typer.Option("--characters", help="Characters of source text a month (UTC); else no limit.")
    ] = None,
    data: DataOption = None,
    quiet: QuietOption = False,
) -> None:
    """Make a key and print it, this once."""
    from vistka.serve.key_store import DEFAULT_SCOPES, checked_scopes

    scopes = checked_scopes(scope) if scope else DEFAULT_SCOPES
    kept, key = _store(data).add(name, scopes=scopes, requests_a_minute=rate, characters_a_month=characters)
    print_line(key)
    if not quiet:
        tell_line(f"{kept.name}: key {kept.id} for {_scopes(kept)}; keep it now, it is not shown again")


@app.command("list", epilog=examples("vistka keys list", "vistka keys list --json"))
def list_(
    json: Annotated[bool, typer.Option("--json", help="One JSON object for each key, one a line.")] = False,
    data: DataOption = None,
) -> None:
    """List all keys and what each used this month."""
    store = _store(data)
    rows = [_row(key, store.used(key.id)) for key in store.all_keys()]
    if json:
        for row in rows:
            print_line(json_line(row))
        return
    for line in _table([_shown(row) for row in rows]) if rows else ():
        print_line(line)


@app.command(epilog=examples("vistka keys revoke Weblate"))
def revoke(
    key: Annotated[str, typer.Argument(metavar="NAME|ID", help="Of a key in force; see `vistka keys list`.")],
    data: DataOption = None,
) -> None:
    """Take a key out of force, from the next request on."""
    kept = _store(data).revoke(key)
    print_line(f"{kept.name}: key {kept.id} revoked")


def _store(data: Path | None) -> KeyStore:
    from vistka.serve.key_store import FILE_NAME, KeyStore
    from vistka.serve.settings import data_folder

    return KeyStore(data_folder(data) / FILE_NAME)


def _scopes(key: ApiKey) -> str:
    from vistka.serve.key_store import SCOPES

    return ", ".join(scope for scope in SCOPES if scope in key.scopes)


def _row(key: ApiKey, used: Used) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": _scopes(key).split(", "),
        "requests_a_minute": key.requests_a_minute,
        "characters_a_month": key.characters_a_month,
        "created": _moment(key.created),
        "revoked": _moment(key.revoked),
        "last_used": _moment(key.last_used),
        "this_month": {"requests": used.requests, "characters": used.characters, "documents": used.documents},
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _shown(row: dict[str, Any]) -> dict[str, str]:
    limit = row["characters_a_month"]
    used = f"{row['this_month']['characters']}"
    return {
        "id": row["id"],
        "name": row["name"],
        "scopes": ",".join(row["scopes"]),
        "a minute": str(row["requests_a_minute"] or "any"),
        "characters this month": f"{used} of {limit}" if limit else used,
        "last used": (row["last_used"] or "never").replace("T", " ").removesuffix(":00+00:00"),
        "state": "revoked" if row["revoked"] else "in force",
    }


def _table(rows: list[dict[str, str]]) -> list[str]:
    table = [list(rows[0]), *(list(row.values()) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in table]

"""DeepL's glossaries (version 2 of its API) on the shelf of the service."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from vistka.errors import UsageError
from vistka.serve.access import Caller, key_in_headers
from vistka.serve.context import Context
from vistka.serve.glossary_shelf import ShelvedGlossary, creation_time, unused_terms
from vistka.serve.request_fields import Fields, read_fields
from vistka.serve.wire_languages import wire_language
from vistka.translate.glossary_terms import user_entry
from vistka.translate.lexicon_entries import Entry

_SOURCE, _TARGET = "uk", "en"
_TSV = "text/tab-separated-values; charset=utf-8"


async def create(context: Context, request: Request) -> Response:
    """Keep a glossary.

    Raises:
        VistkaError: whatever is wrong with it.
    """
    caller = _caller(context, request)
    fields = await read_fields(request)
    name = fields.text("name").strip()
    if not name:
        raise UsageError("Parameter 'name' not specified.")
    _check_languages(fields)
    entries = await run_in_threadpool(_entries, fields)
    made = await run_in_threadpool(lambda: context.glossaries.create(caller, name=name, entries=entries))
    answer = _shown(made)
    unused = unused_terms(entries)
    if unused:
        # A field that DeepL does not have: what is kept and yet matches no sentence is at least told.
        answer["unused_entries"] = unused
    return JSONResponse(answer, 201)


async def list_all(context: Context, request: Request) -> Response:
    """The caller's glossaries, the oldest first."""
    caller = _caller(context, request)
    found = await run_in_threadpool(context.glossaries.list, caller)
    return JSONResponse({"glossaries": [_shown(one) for one in found]})


async def show(context: Context, request: Request) -> Response:
    """One glossary without its entries."""
    caller = _caller(context, request)
    found = await run_in_threadpool(context.glossaries.get, request.path_params["glossary_id"], caller)
    return JSONResponse(_shown(found))


async def show_entries(context: Context, request: Request) -> Response:
    """The entries of a glossary as TSV, whatever `Accept` says: DeepL has no other form."""
    caller = _caller(context, request)
    entries = await run_in_threadpool(context.glossaries.entries, request.path_params["glossary_id"], caller)
    return Response("\n".join(f"{entry.lemma}\t{entry.sense}" for entry in entries), media_type=_TSV)


async def delete(context: Context, request: Request) -> Response:
    """Forget a glossary."""
    caller = _caller(context, request)
    await run_in_threadpool(context.glossaries.delete, request.path_params["glossary_id"], caller)
    return Response(status_code=204)


async def language_pairs(context: Context, request: Request) -> Response:
    """The one pair that there are glossaries for."""
    context.access.caller(key_in_headers(request.headers), "translate")
    return JSONResponse({"supported_languages": [{"source_lang": _SOURCE, "target_lang": _TARGET}]})


def _caller(context: Context, request: Request) -> Caller:
    return context.access.caller(key_in_headers(request.headers), "glossaries")


def _shown(glossary: ShelvedGlossary) -> dict[str, Any]:
    return {
        "glossary_id": glossary.id,
        "name": glossary.name,
        "ready": True,
        "source_lang": _SOURCE,
        "target_lang": _TARGET,
        "creation_time": creation_time(glossary),
        "entry_count": glossary.entry_count,
    }


def _check_languages(fields: Fields) -> None:
    for name, wanted in (("source_lang", _SOURCE), ("target_lang", _TARGET)):
        code = fields.text(name)
        if not code:
            raise UsageError(f"Parameter '{name}' not specified.")
        if wire_language(code) != wanted:
            raise UsageError(
                f"Value for '{name}' not supported: {code[:20]}. This server has glossaries from uk to en alone."
            )


def _entries(fields: Fields) -> list[Entry]:
    entries = fields.text("entries")
    entries_format = fields.text("entries_format").lower()
    if not entries.strip():
        raise UsageError("Parameter 'entries' not specified.")
    if entries_format == "tsv":
        rows = _tsv_rows(entries)
    elif entries_format == "csv":
        rows = _csv_rows(entries)
    else:
        raise UsageError("Value for 'entries_format' not supported: give tsv or csv.")
    return [user_entry(cells[0], [cells[1]]) for number, cells in rows if _is_pair(number, cells)]


_Row = tuple[int, Sequence[str]]
"""The number of the line that a row ends at, and its cells."""


def _tsv_rows(text: str) -> list[_Row]:
    lines = enumerate(text.removeprefix("\ufeff").split("\n"), start=1)
    return [(number, line.removesuffix("\r").split("\t")) for number, line in lines if line.strip()]


def _csv_rows(text: str) -> list[_Row]:
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        return [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise UsageError(f"Invalid glossary entries: line {reader.line_num} is no CSV ({error}).") from error


def _is_pair(number: int, cells: Sequence[str]) -> bool:
    """Whether the row has a term, its English, and nothing else but the languages that CSV may name.

    Raises:
        UsageError: it has not.
    """
    if len(cells) not in (2, 4) or not cells[0].strip() or not cells[1].strip():
        raise UsageError(f"Invalid glossary entries: line {number} has to hold a source term and a target term.")
    languages = [wire_language(code) for code in cells[2:]]
    if languages not in ([], [_SOURCE, _TARGET]):
        raise UsageError(f"Invalid glossary entries: line {number} is of other languages than the glossary.")
    return True

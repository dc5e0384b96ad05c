"""Drafts and blurbs as plain JSON values: what `--json` prints and, later, what the HTTP API answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vistka.datatypes import Blurb, Draft, DraftSegment, Flag, Item, MemoryMatch, Recipe

if TYPE_CHECKING:
    from vistka.memory.corrections import Entry


def draft_json(draft: Draft) -> dict[str, Any]:
    """A draft with all of its segments, in order."""
    return {
        "name": draft.item.name,
        "title": draft.item.title,
        "source": draft.item.source,
        "url": draft.item.url,
        "published": _time(draft.item),
        "segments": [_segment_json(index, part) for index, part in enumerate(draft.segments)],
        "recipe": recipe_json(draft.recipe),
    }


def _segment_json(index: int, part: DraftSegment) -> dict[str, Any]:
    return {
        "index": index,
        "block": part.segment.block,
        "start": part.segment.start,
        "end": part.segment.end,
        "language": part.segment.language,
        "source": part.segment.text,
        "english": part.text,
        "origin": part.origin,
        "confidence": part.confidence_0_1,
        "flags": [flag_json(flag) for flag in part.flags],
        "terms": [list(term) for term in part.terms],
        "missed_terms": [list(term) for term in part.missed_terms],
        "rung": part.rung,
        "memory": _match_json(part.memory),
    }


def _match_json(match: MemoryMatch | None) -> dict[str, Any] | None:
    if match is None:
        return None
    return {
        "id": match.id,
        "source": match.source,
        "target": match.target,
        "score": match.score_0_1,
        "author": match.author,
        "date": match.date.isoformat(),
        "differences": list(match.differences),
    }


def flag_json(flag: Flag) -> dict[str, Any]:
    """A flag; `segment` is the index of what it points at."""
    return {"code": flag.code, "message": flag.message, "segment": flag.segment, "severity": flag.severity}


def recipe_json(recipe: Recipe) -> dict[str, Any]:
    """How the result was made."""
    return {
        "model": recipe.model,
        "revision": recipe.revision,
        "engine": recipe.engine,
        "decoding": dict(recipe.decoding),
        "glossary": recipe.glossary,
        "confidence": recipe.confidence,
        "version": recipe.version,
    }


def blurb_json(blurb: Blurb, name: str) -> dict[str, Any]:
    """A blurb with its evidence; `name` is where its item came from."""
    return {
        "name": name,
        "headline": blurb.headline,
        "abstract": blurb.abstract,
        "source": blurb.source,
        "published": blurb.published.isoformat() if blurb.published else None,
        "url": blurb.url,
        "verdict": blurb.verdict,
        "method": blurb.method,
        "evidence": [
            {"clause": e.clause, "block": e.block, "start": e.start, "end": e.end, "quote": e.quote}
            for e in blurb.evidence
        ],
        "flags": [flag_json(flag) for flag in blurb.flags],
        "recipe": recipe_json(blurb.recipe),
    }


def _time(item: Item) -> str | None:
    return item.published.isoformat() if item.published else None


def entry_json(entry: Entry) -> dict[str, Any]:
    """A row of the memory's journal."""
    from vistka.memory.corrections import iso

    correction = entry.correction
    return {
        "id": entry.id,
        "kind": entry.kind,
        "about": entry.about,
        "state": entry.state,
        "date": iso(entry.date),
        "author": entry.author,
        "source": correction.source,
        "target": correction.target,
        "model": correction.model,
        "revision": correction.revision,
        "glossary": correction.glossary,
    }

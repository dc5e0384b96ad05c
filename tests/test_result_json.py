"""Drafts and blurbs as JSON: what is in them is there, and nothing but plain JSON values."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from vistka.datatypes import Block, Blurb, Draft, DraftSegment, Evidence, Flag, Item, New, Recipe, Segment
from vistka.result_json import blurb_json, draft_json

RECIPE = Recipe("embedded", "abc", "llamacpp", {"beam_size": 1}, "core-1", "0.1")
AT = datetime(2026, 1, 5, 6, 40, tzinfo=UTC)


def test_a_draft_with_its_segments() -> None:
    item = Item(
        "Так.", (Block("Так.", "paragraph", 0, 4),), name="a.txt", title="Так", source="example.org", published=AT
    )
    flag = Flag("number-changed", "Look.", 0, "error")
    part = DraftSegment(
        Segment("Так.", "uk", 0, 0, 4), "Yes.", (New("Yes."),), "model", 0.5, (flag,), (("так", "yes"),), (), 1
    )
    value = draft_json(Draft(item, (part,), RECIPE))
    assert json.loads(json.dumps(value)) == value
    assert value["published"] == "2026-01-05T06:40:00+00:00"
    assert value["segments"] == [
        {
            "index": 0,
            "block": 0,
            "start": 0,
            "end": 4,
            "language": "uk",
            "source": "Так.",
            "english": "Yes.",
            "origin": "model",
            "confidence": 0.5,
            "flags": [{"code": "number-changed", "message": "Look.", "segment": 0, "severity": "error"}],
            "terms": [["так", "yes"]],
            "missed_terms": [],
            "rung": 1,
            "memory": None,
        }
    ]
    assert value["recipe"]["decoding"] == {"beam_size": 1}


def test_a_blurb_with_its_evidence() -> None:
    evidence = (Evidence("Yes.", 0, 0, 4, "Так."),)
    value = blurb_json(Blurb("Yes", "Yes.", "", None, "", "pass", evidence, (), "whole", RECIPE), "a.txt")
    assert json.loads(json.dumps(value)) == value
    assert (value["name"], value["published"], value["verdict"], value["method"]) == ("a.txt", None, "pass", "whole")
    assert value["evidence"] == [{"clause": "Yes.", "block": 0, "start": 0, "end": 4, "quote": "Так."}]

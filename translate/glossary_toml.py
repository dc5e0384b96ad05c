"""Glossaries in TOML: a `[[term]]` for each, with `lemma`, `english` (a list), and `pos`, `domain`, `note`."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from vistka.translate.glossary_terms import Collected, Parsed
from vistka.translate.lexicon_entries import Entry

_TEXTS = ("lemma", "pos", "domain", "note")
KEYS = ("lemma", "english", "pos", "domain", "note")

HEAD = re.compile(r"^[ \t]*\[\[[ \t]*(?:term|\"term\"|'term')[ \t]*\]\]", re.MULTILINE)
"""The line that a term begins with."""

_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")


def read_toml(text: str) -> Parsed:
    """The terms of a TOML file."""
    collected = Collected()
    try:
        content = tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        at = _AT_LINE.search(str(error))
        collected.fault(int(at[1]) if at else 0, f"no TOML: {_AT_LINE.sub('', str(error)).strip()}")
        return collected.parsed()
    except RecursionError:
        collected.fault(0, "no TOML that can be read: too many brackets in each other")
        return collected.parsed()
    for key in content:
        if key != "term":
            collected.fault(0, f"unknown key {key!r}; a glossary has [[term]] alone")
    terms = content.get("term", [])
    if not isinstance(terms, list) or not all(isinstance(term, dict) for term in terms):
        collected.fault(0, "`term` has to be written as [[term]]")
        return collected.parsed()
    lines = [text.count("\n", 0, match.start()) + 1 for match in HEAD.finditer(text)]
    if len(lines) != len(terms):
        lines = [0] * len(terms)
    for line, term in zip(lines, terms, strict=True):
        _read_term(line, term, collected)
    return collected.parsed()


def _read_term(line: int, term: Mapping[str, Any], collected: Collected) -> None:
    english = term.get("english", [])
    senses = [english] if isinstance(english, str) else english
    about = "" if line else f" in the term {term.get('lemma')!r}"
    faults = [f"unknown key {key!r}{about}; the keys are {', '.join(KEYS)}" for key in term if key not in KEYS]
    faults += [f"{key} has to be text{about}" for key in _TEXTS if not isinstance(term.get(key, ""), str)]
    if not isinstance(senses, list) or not all(isinstance(sense, str) for sense in senses):
        faults.append(f"english has to be a list of texts{about}")
    for what in faults:
        collected.fault(line, what)
    if not faults:
        lemma, pos, domain, note = (term.get(key, "") for key in _TEXTS)
        collected.term(line, lemma, senses, pos=pos, domain=domain, note=note)


def write_toml(entries: Sequence[Entry]) -> tuple[str, list[str]]:
    """All that the entries hold; nothing is lost."""
    return "\n".join(toml_term(entry) for entry in entries), []


def toml_term(entry: Entry) -> str:
    """One `[[term]]` with a line break at its end."""
    lines = ["[[term]]", f"lemma = {_quoted(entry.lemma)}"]
    lines.append(f"english = [{', '.join(_quoted(sense) for sense in entry.senses)}]")
    for key, value in (("pos", entry.pos), ("domain", entry.domain), ("note", entry.note)):
        if value:
            lines.append(f"{key} = {_quoted(value)}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    # A JSON string is a basic string of TOML: control characters, which differ, are no part of an entry.
    return json.dumps(text, ensure_ascii=False)

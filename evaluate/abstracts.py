"""Abstracts measured: ROUGE against references and beside lead-3, and facts that the document does not have."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vistka.datatypes import Language
from vistka.errors import InputError, UsageError
from vistka.evaluate.sets import read_lines
from vistka.summarize.facts import Support, Unsupported, new_names, new_numbers, new_quotations
from vistka.summarize.fit import join_within
from vistka.text.languages import dominant_language
from vistka.text.sentences import sentence_spans

FIELDS = ("document", "reference", "hypothesis", "english")
LEAD_SENTENCES = 3
REFUSED = "refused"
"""The verdict of a document that no abstract could be made of."""
GIVEN = "given"
"""The verdict of an abstract that came with the file: nobody judged it."""


@dataclass(frozen=True, slots=True)
class Case:
    """A document and what is known of its abstract.

    Attributes:
        document: the source text, English or Ukrainian.
        reference: the abstract that a person wrote; None where there is none.
        hypothesis: the abstract to measure; None = it is to be written.
        english: the document in English, where it is Ukrainian and a translation is at hand; else empty.
        where: file and line, for messages.
    """

    document: str
    reference: str | None
    hypothesis: str | None
    english: str
    where: str

    @property
    def language(self) -> Language:
        """The language of the document."""
        return dominant_language(self.document)


@dataclass(frozen=True, slots=True)
class Written:
    """An abstract that is measured.

    Attributes:
        text: empty where none could be made.
        verdict: `pass`, `warn` or `block` of the fact gate, or `given` or `refused`.
        method: how it was made; the reason where it was refused.
        seconds: how long it took; None where it came with the file.
    """

    text: str
    verdict: str
    method: str = ""
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class AbstractsRun:
    """n abstracts for n cases, and how they were made (empty for given ones)."""

    name: str
    written: tuple[Written, ...]
    recipe: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Factuality:
    """Abstracts of one verdict that hold something their document does not.

    Attributes:
        abstracts: how many have this verdict.
        unfaithful: how many of them have at least one unsupported fact.
        by_kind: how many have one of that kind: `number`, `date`, `name`, `quotation`.
        indices: which ones, counted from 0.
    """

    abstracts: int
    unfaithful: int
    by_kind: Mapping[str, int]
    indices: tuple[int, ...]

    @property
    def share_0_1(self) -> float:
        """Share of unfaithful abstracts."""
        return self.unfaithful / self.abstracts if self.abstracts else 0.0


def parse_fields(text: str) -> dict[str, str]:
    """`document=article,reference=summary` → our name of a field to the file's.

    Raises:
        UsageError: not of that form, or not one of FIELDS.
    """
    fields = {name: name for name in FIELDS}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, equals, own = (piece.strip() for piece in part.partition("="))
        if name not in FIELDS or not equals or not own:
            raise UsageError(
                f"not a field: {part}", where="--fields", next_step=f"write NAME=KEY with a name of {', '.join(FIELDS)}"
            )
        fields[name] = own
    return fields


def read_cases(path: Path, fields: Mapping[str, str]) -> list[Case]:
    """One JSON object a line, with a document, and a reference and a hypothesis in all of them or in none.

    Args:
        path: the file; keys that `fields` does not name are left alone.
        fields: from `parse_fields`.

    Raises:
        InputError: a line is no JSON object, lacks the document, or has a field that others lack; or the file
            cannot be read.
    """
    cases = [
        _case(line, f"{path}:{number}", fields) for number, line in enumerate(read_lines(path), start=1) if line.strip()
    ]
    for name in ("reference", "hypothesis"):
        lacking = [case.where for case in cases if getattr(case, name) is None]
        if lacking and len(lacking) < len(cases):
            raise InputError(
                f"no {name}, which other lines have", where=lacking[0], next_step="give it in every line, or in none"
            )
    return cases


def _case(line: str, where: str, fields: Mapping[str, str]) -> Case:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise InputError(f"not JSON: {error}", where=where, next_step="write one JSON object a line") from error
    if not isinstance(row, dict):
        raise InputError("not a JSON object", where=where, next_step="write one JSON object a line")
    document = _text(row, fields["document"], where)
    if not document:
        raise InputError(
            f"no field {fields['document']}",
            where=where,
            next_step="name the field that holds the document with --fields document=KEY",
        )
    reference, hypothesis = (_text(row, fields[name], where) for name in ("reference", "hypothesis"))
    return Case(document, reference, hypothesis, _text(row, fields["english"], where) or "", where)


def _text(row: Mapping[str, Any], key: str, where: str) -> str | None:
    value = row.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise InputError(f"{key} is no text", where=where, next_step="write it as a JSON string")
    return value


def lead(text: str, sentences: int = LEAD_SENTENCES) -> str:
    """The first `sentences` sentences of an English text, on one line."""
    spans = [span for span in sentence_spans(text, "en") if span.of(text).strip()]
    return " ".join(" ".join(span.of(text) for span in spans[:sentences]).split())


def lead_within(text: str, max_chars: int) -> str:
    """The first sentences of an English text that fit whole into `max_chars`; the first alone where it is longer."""
    sentences = [" ".join(span.of(text).split()) for span in sentence_spans(text, "en") if span.of(text).strip()]
    return join_within(sentences, max_chars) or "".join(sentences[:1])


def checked_kinds(case: Case) -> tuple[str, ...]:
    """The kinds of facts that can be traced: names and quotations only to English words."""
    english = case.language != "uk" or bool(case.english)
    return ("number", "date", "name", "quotation") if english else ("number", "date")


def unsupported_facts(text: str, case: Case) -> list[Unsupported]:
    """Numbers, dates, names and quotations of an abstract that its document does not have; see `checked_kinds`.

    The digits of such a date are told as numbers too.
    """
    support = Support(case.document, case.language, case.english or case.document)
    found = [*new_numbers(text, support), *new_names(text, support), *new_quotations(text, support)]
    kinds = checked_kinds(case)
    return [fact for fact in found if fact.kind in kinds]


def factuality(written: Sequence[Written], cases: Sequence[Case]) -> dict[str, Factuality]:
    """Verdict → how many of its n abstracts say what their documents do not; refused ones have nothing to count."""
    found: dict[str, list[tuple[int, set[str]]]] = {}
    for index, (one, case) in enumerate(zip(written, cases, strict=True)):
        if one.verdict != REFUSED:
            kinds = {fact.kind for fact in unsupported_facts(one.text, case)}
            found.setdefault(one.verdict, []).append((index, kinds))
    return {
        verdict: Factuality(
            abstracts=len(rows),
            unfaithful=sum(bool(kinds) for _, kinds in rows),
            by_kind=dict(sorted(Counter(kind for _, kinds in rows for kind in kinds).items())),
            indices=tuple(index for index, kinds in rows if kinds),
        )
        for verdict, rows in sorted(found.items())
    }

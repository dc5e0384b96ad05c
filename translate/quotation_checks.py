"""Whether what is quoted in the source is quoted in the English, and in the same words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vistka.datatypes import Span
from vistka.translate.coverage import coverage
from vistka.translate.findings import Checked, Finding

_OPENING = re.compile(r"[«„“‘]|(?<!\w)[\"”](?=[\w«„“])|(?<![\w’'])['’](?=[A-Z\w][^'’]{3,}['’])")
_ANY_MARK = re.compile(r"[\"«»„“”‘]|(?<!\w)['’]|['’](?!\w)")
_SOURCE_QUOTED = re.compile(r"«(?P<a>[^«»]+)»|[„“](?P<b>[^„“”\"]+)[”“\"]|(?<!\w)\"(?P<c>[^\"]+)\"(?!\w)")
_ENGLISH_QUOTED = re.compile(
    r"[“«](?P<a>[^“”«»]+)[”»]|(?<!\w)\"(?P<b>[^\"]+)\"(?!\w)|(?<!\w)[‘'](?P<c>[^‘’']{4,})['’](?!\w)"
)
_TITLE_WORDS = 4


def _quoted(pattern: re.Pattern[str], text: str) -> list[Span]:
    return [Span(*match.span(match.lastgroup or 0)) for match in pattern.finditer(text)]


def _is_title(inside: str) -> bool:
    """Whether the quoted words are a name («Азовсталь», «Золота Зірка»), which English often sets without marks."""
    words = inside.split()
    return len(words) <= _TITLE_WORDS and (inside[:1].isupper() or inside[:1].isdigit()) and inside[-1:] not in "!?.…"


def lost_quotation(checked: Checked) -> list[Finding]:
    """A quotation that is no longer marked as one, or words that became one."""
    there, here = len(_OPENING.findall(checked.source)), len(_OPENING.findall(checked.english))
    spoken = [span for span in _quoted(_SOURCE_QUOTED, checked.source) if not _is_title(span.of(checked.source))]
    if spoken and not _ANY_MARK.search(checked.english):
        text = spoken[0].of(checked.source)
        return [Finding("quotation-lost", "The source has quotation marks and the English has none.", "warn", text)]
    if here > there and not _ANY_MARK.search(checked.source):
        return [Finding("quotation-added", "The English has quotation marks that the source has not.")]
    if here > there + 1:
        return [Finding("quotation-added", "The English has more quotation marks than the source.")]
    return []


def altered_quotation(checked: Checked) -> list[Finding]:
    """A quotation that says other words: one of its words has no trace, and its English has one too many."""
    source, english = _quoted(_SOURCE_QUOTED, checked.source), _quoted(_ENGLISH_QUOTED, checked.english)
    if not source or len(source) != len(english):
        return []
    found = coverage(checked.source, checked.english, checked.matches)
    for there, here in zip(source, english, strict=True):
        inside = [unit for unit in found.units if there.start <= unit.span.start < there.end and unit.known]
        lost = [
            unit
            for unit in inside
            if not unit.lemma.isupper() and not _traced_in(unit.traces, here, [w.span for w in found.english])
        ]
        spare = [at for at in found.spare if here.start <= found.english[at].span.start < here.end]
        if lost and spare:
            word, other = lost[0].span.of(checked.source), found.english[spare[0]].text
            message = f"The quotation says “{word}”, and its English may say something else (“{other}”)."
            return [Finding("quotation-altered", message, "warn", there.of(checked.source))]
    return []


def _traced_in(traces: Sequence[int], here: Span, words: Sequence[Span]) -> bool:
    return any(here.start <= words[at].start < here.end for at in traces)

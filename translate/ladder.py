"""Runs the model on what has to be translated, and tries again, another way, what a check found wrong.

    first try → by value → without emphasis → stronger hint → other decoding → in two halves
    → around the protected spans → another model, where there is one → Latin letters

Each rung works only on what no earlier rung settled, and the best answer of all of them is kept; what is still in
doubt then carries its findings to the reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from vistka.datatypes import Span
from vistka.models.engine import Decoding, Engine, Output, Request
from vistka.progress import Progress
from vistka.text.romanisation import romanise
from vistka.translate.checks import CYRILLIC
from vistka.translate.emphasis import Bare, emphases, with_marks, without_marks
from vistka.translate.enforced_terms import enforce_terms
from vistka.translate.findings import Finding
from vistka.translate.glossary import Glossary
from vistka.translate.hints import hints_for
from vistka.translate.hypotheses import PROTECTED_ADDED, PROTECTED_CHANGED, Work
from vistka.translate.prompts import translation_request
from vistka.translate.repairs import repaired

_MIN_CHARS_TO_HALVE = 60
_HALF_BREAKS = re.compile(
    r"(?<=[,;:–—])\s+|\s+(?=(?:що|який|яка|яке|які|якого|якої|яких|якому|якій|але|а також|щоб|бо)\s)"
)


@dataclass(frozen=True, slots=True)
class Climber:
    """What every rung needs.

    Attributes:
        engine: the loaded model.
        glossary: for the hints of what is cut anew.
        decoding: of the first try; `max_new_tokens` is set for each request from its length.
        hints: give the model the terms of what is cut anew.
        second: another model, for what this one does not get right; None = none.
    """

    engine: Engine
    glossary: Glossary
    decoding: Decoding
    hints: bool
    second: Engine | None = None

    def request(self, work: Work, *, advice: str = "") -> Request:
        """What the model is asked for `work`."""
        lines = "\n".join(line for line in (work.advice, advice) if line)
        return translation_request(work.source, work.hints.terms, self.engine.kind, advice=lines)

    def generate(self, requests: Sequence[Request], longest: int, decoding: Decoding) -> list[Output]:
        """Outputs of `requests`; `longest` is the number of characters of the longest source among them."""
        return self.engine.generate(requests, replace(decoding, max_new_tokens=token_limit(longest)))


def token_limit(source_chars: int) -> int:
    """Tokens that the English of so many Ukrainian characters may take.

    English needs about a token for four characters; the limit is twice that, so only a loop reaches it.
    """
    return 32 + source_chars // 2


Rung = Callable[[Climber, Sequence[Work], int], None]


def climb(climber: Climber, works: Sequence[Work], *, ladder: bool, progress: Progress) -> None:
    """Give every one of `works` at least one hypothesis.

    Args:
        climber: the engine and how to use it.
        works: what to translate; their `hypotheses` grow.
        ladder: False = the first try only.
        progress: told of each of `works` once, when its first try is there.
    """
    for batch in _batches(climber, works):
        _ask(climber, batch, 0, climber.decoding)
        progress.advance(len(batch))
    if not ladder:
        return
    rungs = _CHAT_RUNGS if climber.engine.kind == "chat" else _SEQ2SEQ_RUNGS
    for number, rung in enumerate(rungs, start=1):
        open_works = [work for work in works if not work.is_settled]
        if open_works:
            rung(climber, open_works, number)


def _batches(climber: Climber, works: Sequence[Work]) -> list[Sequence[Work]]:
    size = climber.engine.batch_size
    return [works[start : start + size] for start in range(0, len(works), size)]


def _ask(
    climber: Climber, works: Sequence[Work], rung: int, decoding: Decoding, advice: Callable[[Work], str] | None = None
) -> None:
    requests = [climber.request(work, advice=advice(work) if advice else "") for work in works]
    longest = max(len(work.source) for work in works)
    for work, output in zip(works, climber.generate(requests, longest, decoding), strict=True):
        work.add(output, rung)


def _by_value(_climber: Climber, works: Sequence[Work], rung: int) -> None:
    """Put a changed date or sum right from the source; costs no model time."""
    for work in works:
        best = work.best
        text, put = repaired(work.source, best.text)
        if put:
            note = Finding("repaired", f"Put right from the source: {', '.join(put)}.", "warn")
            _add_edited(work, text, note, rung)


def _add_edited(work: Work, text: str, note: Finding, rung: int) -> None:
    """The best hypothesis with its text edited, and a finding that says so."""
    best = work.best
    found = work.hypothesis(text, best.mean_logprob, finished=best.is_finished, rung=rung)
    work.hypotheses.append(replace(found, findings=(*found.findings, note)))


def _stronger_hint(climber: Climber, works: Sequence[Work], rung: int) -> None:
    """Say once more, in a line of its own, what went wrong."""
    for batch in _batches(climber, works):
        _ask(climber, batch, rung, climber.decoding, lambda work: _advice(work.best.findings))


_ADVICE = {
    "number-missing": "Keep this number exactly: {}.",
    "number-unit": "Keep this number and its unit exactly: {}.",
    "date-missing": "Keep this date exactly: {}.",
    "name-missing": "Name {} in the translation.",
    "name-added": "Name nobody and no place that the text does not name.",
    "number-swapped": "Keep every number beside its own noun.",
    "content-missing": "Translate this part too: {}.",
    "quotation-altered": "Translate the quotation word for word: {}.",
    "negation-lost": "The sentence is negative: keep the negation.",
    "leftover-cyrillic": "Use Latin letters only.",
    "too-short": "Translate the whole text, leave nothing out.",
    "too-long": "Translate only what the text says, add nothing.",
    "expansion": "Do not explain or spell out abbreviations.",
    "term-missed": "Use the English given under Terms for {}.",
    PROTECTED_CHANGED: "Copy {} exactly.",
    PROTECTED_ADDED: "Write {} as often as the text does.",
}


def _advice(findings: Sequence[Finding]) -> str:
    lines = []
    for finding in findings:
        advice = _ADVICE.get(finding.code)
        if advice is None:
            continue
        shown = romanise(finding.source_text) if finding.code == "name-missing" else finding.source_text
        lines.append(advice.format(shown))
    return " ".join(dict.fromkeys(lines)) or "Translate the whole text faithfully."


def _penalised(climber: Climber, works: Sequence[Work], rung: int) -> None:
    """Another decoding: what was written already becomes less likely, which breaks loops and copying."""
    for batch in _batches(climber, works):
        _ask(climber, batch, rung, replace(climber.decoding, repetition_penalty=1.15))


def _wider_beam(climber: Climber, works: Sequence[Work], rung: int) -> None:
    """More hypotheses kept."""
    for batch in _batches(climber, works):
        _ask(climber, batch, rung, replace(climber.decoding, beam_size=max(4, 2 * climber.decoding.beam_size)))


def _in_halves(climber: Climber, works: Sequence[Work], rung: int) -> None:
    """Cut at the clause nearest the middle and join the English of both halves."""
    cuts = [(work, _middle_break(work.source, work.protected)) for work in works]
    _in_pieces(climber, [(work, [Span(0, cut), Span(cut, len(work.source))]) for work, cut in cuts if cut], rung)


def _middle_break(text: str, protected: Sequence[Span]) -> int:
    """Where to halve `text`, 0 where it should not be."""
    if len(text) < _MIN_CHARS_TO_HALVE:
        return 0
    breaks = [match.end() for match in _HALF_BREAKS.finditer(text, len(text) // 5, len(text) * 4 // 5)]
    breaks = [at for at in breaks if not any(span.start < at < span.end for span in protected)]
    return min(breaks, key=lambda at: abs(at - len(text) // 2), default=0)


def _without_emphasis(climber: Climber, works: Sequence[Work], rung: int) -> None:
    """Translate without marks of emphasis that went wrong, and put them where they belong."""
    cut: list[tuple[Work, Bare, Work]] = []
    for work in works:
        pairs = emphases(work.source, work.protected) if _has_changed_marks(work) else []
        if pairs:
            bare = without_marks(work.source, work.protected, pairs)
            plain = _part(climber, work, bare.text, bare.protected)
            cut.append((work, bare, plain))
    for batch in _batches(climber, [plain for _, _, plain in cut]):
        _ask(climber, batch, rung, climber.decoding)
    for work, bare, plain in cut:
        best = plain.best
        text = with_marks(bare, best.text, plain.hints.matches)
        if text is not None:
            found = work.hypothesis(text, best.mean_logprob, finished=best.is_finished, rung=rung)
            work.hypotheses.append(found)


def _has_changed_marks(work: Work) -> bool:
    return any(finding.code in {PROTECTED_CHANGED, PROTECTED_ADDED} for finding in work.best.findings)


def _around_protected(climber: Climber, works: Sequence[Work], rung: int) -> None:
    """Translate what stands between the protected spans, so that they cannot change."""
    cut: list[tuple[Work, Sequence[Span]]] = []
    for work in works:
        if _has_changed_marks(work):
            edges = sorted({0, len(work.source), *(edge for s in work.protected for edge in (s.start, s.end))})
            cut.append((work, [Span(a, b) for a, b in pairwise(edges)]))
    _in_pieces(climber, cut, rung)


def _in_pieces(climber: Climber, cut: Sequence[tuple[Work, Sequence[Span]]], rung: int) -> None:
    """Translate each of a work's spans for itself; protected spans and what has no letters are copied."""
    rows = [[_piece(climber, work, span) for span in spans] for work, spans in cut]
    parts = [part for row in rows for part in row if isinstance(part, Work)]
    outputs: dict[int, Output] = {}
    for batch in _batches(climber, parts):
        requests = [climber.request(part) for part in batch]
        longest = max(len(part.source) for part in batch)
        for part, output in zip(batch, climber.generate(requests, longest, climber.decoding), strict=True):
            part.add(output, rung)
            outputs[id(part)] = output
    for (work, _), row in zip(cut, rows, strict=True):
        written = [outputs[id(part)] for part in row if isinstance(part, Work)]
        if written:
            _add_joined(work, row, written, rung)


def _piece(climber: Climber, work: Work, span: Span) -> Work | str:
    """What is to be translated of `work` there, or the characters themselves where nothing is."""
    piece = span.of(work.source)
    if span in work.protected or not any(character.isalpha() for character in piece):
        return piece
    inside = tuple(s.shifted(-span.start) for s in work.protected if span.start <= s.start and s.end <= span.end)
    return _part(climber, work, piece, inside)


def _part(climber: Climber, work: Work, text: str, protected: tuple[Span, ...]) -> Work:
    """A work of its own for `text`, a part of that of `work`."""
    hints = hints_for(text, climber.glossary, work.book)
    return Work(text, protected, hints if climber.hints else replace(hints, terms=()))


def _add_joined(work: Work, row: Sequence[Work | str], outputs: Sequence[Output], rung: int) -> None:
    """The pieces in their order as one hypothesis; its log-probability is the mean over all tokens."""
    text = "".join(part if isinstance(part, str) else _as_in(part, is_first=part is row[0]) for part in row)
    tokens = sum(output.output_tokens for output in outputs)
    logprob = sum(output.mean_logprob * output.output_tokens for output in outputs) / max(1, tokens)
    finished = all(output.finished for output in outputs)
    work.hypotheses.append(work.hypothesis(text, logprob, finished=finished, rung=rung))


_CAPITAL_WORD = re.compile(r"[A-Z][a-z]+\b")


def _as_in(part: Work, *, is_first: bool) -> str:
    """The English of a piece, with the white space of its source and no capital that only a start gave it."""
    source, text = part.source, part.best.text
    core = source.strip()
    first = _CAPITAL_WORD.match(text)
    if first and not is_first and core[:1].islower() and first.group() not in set(part.hints.spellings.values()):
        named = any(first.group() in english.split() for _, english in part.hints.terms)
        text = text if named else text[0].lower() + text[1:]
    elif is_first and core[:1].isupper():
        text = text[:1].upper() + text[1:]
    lead, tail = source[: len(source) - len(source.lstrip())], source[len(source.rstrip()) :]
    return lead + text + tail


_SECOND_BEAM = 4


def _other_model(climber: Climber, works: Sequence[Work], rung: int) -> None:
    """Ask the second model, which errs elsewhere."""
    engine = climber.second
    if engine is None:
        return
    # It is asked for the hardest sentences only, so it may take its time.
    beam_size = 1 if engine.kind == "chat" else _SECOND_BEAM
    other = replace(climber, engine=engine, decoding=replace(climber.decoding, beam_size=beam_size))
    for batch in _batches(other, works):
        _ask(other, batch, rung, other.decoding)


def _in_latin_letters(_climber: Climber, works: Sequence[Work], rung: int) -> None:
    """Romanise what is still Cyrillic: readable, found by search, and flagged."""
    for work in works:
        text = _romanised(work.best.text, work.protected_texts())
        if text == work.best.text:
            continue
        note = Finding("romanised", "Words that the model left in Cyrillic stand in Latin letters.", "warn")
        _add_edited(work, text, note, rung)


def _romanised(text: str, kept: Sequence[str]) -> str:
    """`text` without a Cyrillic letter but for those in one of `kept` (#Україна)."""
    words = [re.escape(piece) for piece in sorted(kept, key=len, reverse=True)]
    pattern = re.compile("|".join([*words, CYRILLIC.pattern]))
    return pattern.sub(lambda match: match.group() if match.group() in kept else romanise(match.group()), text)


_CHAT_RUNGS: tuple[Rung, ...] = (
    _by_value,
    _without_emphasis,
    _stronger_hint,
    _penalised,
    _in_halves,
    _around_protected,
    _other_model,
    _in_latin_letters,
)
_SEQ2SEQ_RUNGS: tuple[Rung, ...] = (
    _by_value,
    _without_emphasis,
    enforce_terms,
    _wider_beam,
    _in_halves,
    _around_protected,
    _other_model,
    _in_latin_letters,
)

"""An item in Ukrainian becomes a draft in English."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from vistka.datatypes import Draft, DraftSegment, Flag, Item, Kept, New, Origin, Piece, Recipe, Segment, Span
from vistka.models.engine import Decoding, Engine
from vistka.options import Options
from vistka.progress import Progress, SilentProgress
from vistka.text.segments import segment_block
from vistka.translate.checks import shows
from vistka.translate.glossary import Entry, Glossary
from vistka.translate.hints import hints_for
from vistka.translate.hypotheses import Hypothesis, Work, blanked
from vistka.translate.ladder import Climber, climb
from vistka.translate.plan import Part, plan
from vistka.translate.recase import sentence_case

MAX_REMEMBERED = 20_000
"""Sentences whose translation is kept for the run."""

_KNOWN_CONFIDENCE = 1.0

_LEFT_AS_IT_WAS = {
    "ru": Flag("russian", "Russian, not Ukrainian: left as it is.", 0),
    "be": Flag("belarusian", "Belarusian, not Ukrainian: left as it is.", 0),
}


def item_segments(item: Item) -> list[Segment]:
    """The segments of all blocks, in order."""
    return [
        segment for index, block in enumerate(item.blocks) for segment in segment_block(block.text, index, block.markup)
    ]


def has_ukrainian(segments: Sequence[Segment]) -> bool:
    """Whether there is anything to translate."""
    return any(segment.language == "uk" for segment in segments)


def untouched_draft(item: Item, recipe: Recipe) -> Draft:
    """The draft of an item without Ukrainian, which needs no model: every segment as it was."""
    segments = item_segments(item)
    parts = [_draft_segment(index, segment, (), ()) for index, segment in enumerate(segments)]
    return Draft(item, tuple(parts), recipe)


@dataclass(frozen=True, slots=True)
class Translator:
    """Translates items with one loaded model.

    Attributes:
        engine: the model.
        glossary: what is known without it.
        options: how to go about it.
        recipe: what every result says of its making.
    """

    engine: Engine
    glossary: Glossary
    options: Options
    recipe: Recipe
    _works: dict[tuple[str, tuple[Span, ...]], Work] = field(default_factory=dict, repr=False)
    """What was translated already: a sentence that comes again, in this item or in its blurb, reads the same."""

    def draft(self, item: Item, progress: Progress | None = None) -> Draft:
        """The item in English: its Ukrainian sentences translated, everything else as it was.

        Raises:
            EngineError: the model failed.
        """
        segments = item_segments(item)
        return Draft(item, tuple(self.translate(segments, progress or SilentProgress())), self.recipe)

    def translate(self, segments: Sequence[Segment], progress: Progress) -> list[DraftSegment]:
        """n segments in, n out, same order."""
        plans = [plan(segment, self.glossary) for segment in segments]
        if len(self._works) > MAX_REMEMBERED:
            self._works.clear()
        chosen = [[self._work(segment, part) for part in parts] for segment, parts in zip(segments, plans, strict=True)]
        asked = {id(work): work for row in chosen for work in row if work is not None and not work.hypotheses}
        self._run(list(asked.values()), progress)
        return [
            _draft_segment(index, segment, parts, row)
            for index, (segment, parts, row) in enumerate(zip(segments, plans, chosen, strict=True))
        ]

    def _work(self, segment: Segment, part: Part) -> Work | None:
        if part.kind != "words":
            return None
        words, protected = _on_one_line(segment, part)
        source = sentence_case(words, self.glossary)
        if any(span.of(source) != span.of(words) for span in protected):
            source = words
        key = (source, protected)
        if key not in self._works:
            hints = hints_for(source, self.glossary)
            # What was not offered is not reported as offered: a sequence-to-sequence engine reads the text alone.
            offered = self.options.hints and self.engine.kind == "chat"
            self._works[key] = Work(source, protected, hints if offered else replace(hints, terms=()))
        return self._works[key]

    def _run(self, works: Sequence[Work], progress: Progress) -> None:
        if not works:
            return
        climber = Climber(
            engine=self.engine,
            glossary=self.glossary,
            decoding=Decoding(beam_size=1 if self.engine.kind == "chat" else self.options.beam_size),
            hints=self.options.hints,
        )
        progress.start("translating", len(works), "segments")
        try:
            climb(climber, works, ladder=self.options.ladder, progress=progress)
        except BaseException:
            # A later call must not take a first try for the answer that the whole ladder gives.
            for work in works:
                work.hypotheses.clear()
            raise
        finally:
            progress.finish()


def _carried(segment: Segment, part: Part) -> list[Span]:
    """The protected spans of `part` that its English has to hold: all but the `> ` of a quotation's next line."""
    text = segment.text
    return [s for s in part.protected if text[s.start - 1 : s.start] != "\n" or s.of(text).strip("> \t")]


def _on_one_line(segment: Segment, part: Part) -> tuple[str, tuple[Span, ...]]:
    """The words of `part` with one space where its document was wrapped, and where its protected spans are in them."""
    carried = _carried(segment, part)
    text = blanked(segment.text, [span for span in part.protected if span not in carried])
    line, spans, position = "", [], part.start
    for span in carried:
        line += re.sub(r"\s+", " ", text[position : span.start])
        spans.append(Span(len(line), len(line) + span.end - span.start))
        line += re.sub(r"\s", " ", span.of(text))
        position = span.end
    return line + re.sub(r"\s+", " ", text[position : part.end]), tuple(spans)


def _draft_segment(index: int, segment: Segment, parts: Sequence[Part], works: Sequence[Work | None]) -> DraftSegment:
    if all(part.kind == "kept" for part in parts):
        flag = _LEFT_AS_IT_WAS.get(segment.language)
        return DraftSegment(
            segment=segment,
            text=segment.text,
            pieces=(Kept(segment.start, segment.end),) if segment.text else (),
            origin="source",
            confidence_0_1=1.0,
            flags=(replace(flag, segment=index),) if flag else (),
        )
    pieces: list[Piece] = []
    flags: list[Flag] = []
    for part, work in zip(parts, works, strict=True):
        if work is not None:
            pieces += _model_pieces(segment, part, work)
            flags += [Flag(f.code, f.message, index, f.severity) for f in work.best.findings]
        elif part.kind == "known" and part.entry is not None:
            pieces.append(New(_as_in_source(part.entry, segment.text[part.start : part.end])))
        else:
            pieces.append(Kept(segment.start + part.start, segment.start + part.end))
    answered = [work for work in works if work is not None]
    best = [work.best for work in answered]
    terms = tuple(dict.fromkeys(term for work in answered for term in work.hints.terms))
    text = "".join(piece.text if isinstance(piece, New) else _kept_text(segment, piece) for piece in pieces)
    origin: Origin = "model" if answered else "glossary"
    return DraftSegment(
        segment=segment,
        text=text,
        pieces=tuple(pieces),
        origin=origin,
        confidence_0_1=min((h.confidence_0_1 for h in best), default=_KNOWN_CONFIDENCE),
        flags=tuple(dict.fromkeys(flags)),
        terms=terms,
        missed_terms=tuple(term for term in terms if not shows(text, term[1])),
        rung=max((h.rung for h in best), default=0),
    )


def _kept_text(segment: Segment, piece: Kept) -> str:
    return segment.text[piece.start - segment.start : piece.end - segment.start]


def _model_pieces(segment: Segment, part: Part, work: Work) -> list[Piece]:
    """The English with each protected span that came through as a kept piece, so that it is written back raw."""
    best: Hypothesis = work.best
    pieces: list[Piece] = []
    position = 0
    waiting = list(zip(_carried(segment, part), work.protected_texts(), strict=True))
    while waiting:
        found = [(best.text.find(wanted, position), span, wanted) for span, wanted in waiting]
        found = [hit for hit in found if hit[0] >= 0]
        if not found:
            break
        at, span, wanted = min(found, key=lambda hit: (hit[0], -len(hit[2])))
        if at > position:
            pieces.append(New(best.text[position:at]))
        pieces.append(Kept(segment.start + span.start, segment.start + span.end))
        position = at + len(wanted)
        waiting.remove((span, wanted))
    if position < len(best.text):
        pieces.append(New(best.text[position:]))
    return pieces


def _as_in_source(entry: Entry, words: str) -> str:
    """The entry's sense with the source's capitals: none, the first letter, or all."""
    letters = [character for character in words if character.isalpha()]
    if len(letters) > 1 and all(letter.isupper() for letter in letters) and len(words.split()) > 1:
        return entry.sense.upper()
    if words[:1].isupper():
        return entry.sense[:1].upper() + entry.sense[1:]
    return entry.sense

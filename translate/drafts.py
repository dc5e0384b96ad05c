"""An item in Ukrainian becomes a draft in English."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from vistka.datatypes import Draft, DraftSegment, Flag, Item, Kept, New, Origin, Piece, Recipe, Segment, Span
from vistka.memory.recall import Recaller
from vistka.models.engine import Decoding, Engine
from vistka.options import Options
from vistka.progress import Progress, SilentProgress
from vistka.text.segments import segment_block
from vistka.translate.checks import shows
from vistka.translate.enforced_terms import user_terms
from vistka.translate.glossary import Entry, Glossary
from vistka.translate.hints import hints_for
from vistka.translate.hypotheses import Work
from vistka.translate.ladder import Climber, climb
from vistka.translate.name_book import NameBook
from vistka.translate.one_spelling import with_one_spelling
from vistka.translate.pieces import kept_text, on_one_line, with_kept
from vistka.translate.plan import Part, plan
from vistka.translate.recase import sentence_case
from vistka.translate.remembered import (
    Told,
    corrected_segment,
    exact_correction,
    example,
    placed,
    stretches,
    with_match,
)
from vistka.translate.similarity import similarities

MAX_REMEMBERED = 20_000
"""Sentences whose translation is kept for the run."""

_WorkKey = tuple[str, str, tuple[Span, ...], str, tuple[tuple[str, str], ...]]
"""Version of the glossary, source, protected spans, advice and terms: what decides how a sentence is translated."""


class Remembered:
    """What the model translated already, so that a sentence that comes again reads the same. Threads may share it.

    What is put in is not changed after that, but for a similarity that nobody had asked for.

    Args:
        limit: sentences that are kept; those that were asked for longest ago go first.
    """

    def __init__(self, limit: int = MAX_REMEMBERED) -> None:
        self._limit = limit
        self._works: OrderedDict[_WorkKey, Work] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: _WorkKey) -> Work | None:
        """The finished work of `key`."""
        with self._lock:
            found = self._works.get(key)
            if found is not None:
                self._works.move_to_end(key)
            return found

    def put(self, works: Mapping[_WorkKey, Work]) -> None:
        """Keep finished works."""
        with self._lock:
            self._works |= works
            while len(self._works) > self._limit:
                self._works.popitem(last=False)


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
        second_engine: another one, for what a check still finds wrong; None = none.
        glossary: what is known without it.
        options: how to go about it.
        recipe: what every result says of its making.
        memory: the corrections that people made; None = none. It is asked each time, before `remembered`: a correction
            counts from the next request.
        remembered: what was translated already, in this item, in its blurb, or by a translator that shares it.
        measures_similarity: compare source and English by their embeddings. It costs time, and only the confidence
            knows the difference.
    """

    engine: Engine
    glossary: Glossary
    options: Options
    recipe: Recipe
    memory: Recaller | None = None
    remembered: Remembered = field(default_factory=Remembered, repr=False)
    measures_similarity: bool = True
    second_engine: Engine | None = None

    def draft(self, item: Item, progress: Progress | None = None) -> Draft:
        """The item in English: its Ukrainian sentences translated, everything else as it was.

        Raises:
            EngineError: the model failed.
        """
        return self.drafts([item], progress)[0]

    def drafts(self, items: Sequence[Item], progress: Progress | None = None) -> list[Draft]:
        """n items in, n drafts out, translated together and with one spelling for each name.

        Raises:
            EngineError: the model failed.
        """
        rows = [item_segments(item) for item in items]
        parts = iter(self.translate([segment for row in rows for segment in row], progress or SilentProgress()))
        return [
            Draft(item, tuple(_numbered(next(parts), index) for index in range(len(row))), self.recipe)
            for item, row in zip(items, rows, strict=True)
        ]

    def name_book(self, segments: Sequence[Segment]) -> NameBook:
        """How the names of these segments are spelled, when all of them are looked at together."""
        return NameBook.from_segments([s.text for s in segments if s.language == "uk"], self.glossary)

    def translate(
        self, segments: Sequence[Segment], progress: Progress, *, book: NameBook | None = None
    ) -> list[DraftSegment]:
        """n segments in, n out, same order.

        Args:
            segments: of one item, or of a part of it.
            progress: told of each segment.
            book: the names of the whole item, where `segments` are a part of it; else of these segments alone.

        Raises:
            EngineError: the model failed.
            ResourceError, ConfigurationError: the memory's file cannot be used.
        """
        plans = [plan(segment, self.glossary) for segment in segments]
        told = self._told(segments, plans)
        book = self.name_book(segments) if book is None else book
        fresh: dict[_WorkKey, Work] = {}
        chosen = [
            [] if one.pieces else [self._work(segment, part, book, self._advice(one, parts), fresh) for part in parts]
            for segment, parts, one in zip(segments, plans, told, strict=True)
        ]
        self._run(list(fresh.values()), progress)
        new = {id(work) for work in fresh.values()}
        earlier = [work for row in chosen for work in row if work is not None and id(work) not in new]
        with_one_spelling(list(fresh.values()), earlier)
        if self.measures_similarity:
            _measure([work for row in chosen for work in row if work is not None])
        self.remembered.put(fresh)
        return [
            corrected_segment(index, segment, one)
            if one.pieces
            else with_match(index, _draft_segment(index, segment, parts, row), one)
            for index, (segment, parts, row, one) in enumerate(zip(segments, plans, chosen, told, strict=True))
        ]

    def _told(self, segments: Sequence[Segment], plans: Sequence[Sequence[Part]]) -> list[Told]:
        """What the memory says of each segment."""
        told = [Told() for _ in segments]
        if self.memory is None:
            return told
        open_ones: list[tuple[int, Part]] = []
        for index, (segment, parts) in enumerate(zip(segments, plans, strict=True)):
            whole = stretches(segment, parts)
            found = next((hit for hit in (exact_correction(self.memory, segment, part) for part in whole) if hit), None)
            if found is not None:
                told[index] = found
            elif whole:
                open_ones.append((index, whole[-1]))
        similar = self.memory.similar([on_one_line(segments[index], part)[0] for index, part in open_ones])
        for (index, part), recalled in zip(open_ones, similar, strict=True):
            if recalled is not None:
                told[index] = placed(segments[index], part, recalled)
        return told

    def _advice(self, told: Told, parts: Sequence[Part]) -> str:
        """What a chat engine is shown of a similar sentence; a pair of another length helps no part of this one."""
        words = [part for part in parts if part.kind != "kept"]
        if told.recalled is None or self.engine.kind != "chat" or len(words) != 1 or words[0].kind != "words":
            return ""
        return example(told.recalled)

    def _work(
        self, segment: Segment, part: Part, book: NameBook, advice: str, fresh: dict[_WorkKey, Work]
    ) -> Work | None:
        """What was made of these words already, or a work that `fresh` then holds too; None where no model is asked."""
        if part.kind != "words":
            return None
        words, protected = on_one_line(segment, part)
        source = sentence_case(words, self.glossary)
        if any(span.of(source) != span.of(words) for span in protected):
            source = words
        hints = hints_for(source, self.glossary, book)
        # What was not offered is not reported as offered: a sequence-to-sequence engine reads the text alone, and only
        # the user's own terms are put into it.
        held = user_terms(hints) if self.engine.kind == "seq2seq" and self.options.ladder else ()
        offered = hints if self.options.hints and self.engine.kind == "chat" else replace(hints, terms=held)
        key = (self.glossary.version, source, protected, advice, offered.terms)
        known = fresh.get(key) or self.remembered.get(key)
        if known is None:
            known = fresh[key] = Work(source, protected, offered, advice=advice, book=book)
        return known

    def _run(self, works: Sequence[Work], progress: Progress) -> None:
        if not works:
            return
        climber = Climber(
            engine=self.engine,
            glossary=self.glossary,
            decoding=Decoding(beam_size=1 if self.engine.kind == "chat" else self.options.beam_size),
            hints=self.options.hints,
            second=self.second_engine,
        )
        progress.start("translating", len(works), "segments")
        try:
            climb(climber, works, ladder=self.options.ladder, progress=progress)
        finally:
            progress.finish()


def _measure(works: Sequence[Work]) -> None:
    """Give each work its similarity, those too that were made for somebody who did not ask for it."""
    unmeasured = list({id(work): work for work in works if work.similarity is None}.values())
    cosines = similarities([work.source for work in unmeasured], [work.best.text for work in unmeasured])
    for work, cosine in zip(unmeasured, cosines, strict=True):
        work.similarity = cosine


def _numbered(part: DraftSegment, index: int) -> DraftSegment:
    """The part as number `index` of its own draft."""
    if not any(flag.segment != index for flag in part.flags):
        return part
    return replace(part, flags=tuple(replace(flag, segment=index) for flag in part.flags))


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
            pieces += with_kept(segment, part, work.best.text, work.protected_texts())
            flags += [Flag(f.code, f.message, index, f.severity) for f in work.best.findings]
        elif part.kind == "known" and part.entry is not None:
            pieces.append(New(_as_in_source(part.entry, segment.text[part.start : part.end])))
        else:
            pieces.append(Kept(segment.start + part.start, segment.start + part.end))
    answered = [work for work in works if work is not None]
    best = [work.best for work in answered]
    terms = tuple(dict.fromkeys(term for work in answered for term in work.hints.terms))
    text = "".join(piece.text if isinstance(piece, New) else kept_text(segment, piece) for piece in pieces)
    origin: Origin = "model" if answered else "glossary"
    return DraftSegment(
        segment=segment,
        text=text,
        pieces=tuple(pieces),
        origin=origin,
        confidence_0_1=min((work.confidence_0_1 for work in answered), default=_KNOWN_CONFIDENCE),
        flags=tuple(dict.fromkeys(flags)),
        terms=terms,
        missed_terms=tuple(term for term in terms if not shows(text, term[1])),
        rung=max((h.rung for h in best), default=0),
    )


def _as_in_source(entry: Entry, words: str) -> str:
    """The entry's sense with the source's capitals: none, the first letter, or all."""
    letters = [character for character in words if character.isalpha()]
    if len(letters) > 1 and all(letter.isupper() for letter in letters) and len(words.split()) > 1:
        return entry.sense.upper()
    if words[:1].isupper():
        return entry.sense[:1].upper() + entry.sense[1:]
    return entry.sense

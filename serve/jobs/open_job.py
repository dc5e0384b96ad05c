"""A job that is being worked on: its document in segments, what is done of them, and what comes next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Protocol

from vistka.datatypes import Draft, DraftSegment, Item, Recipe, Segment
from vistka.errors import NotFoundError
from vistka.serve.jobs.document import read_document, write_draft
from vistka.serve.jobs.job import Job
from vistka.serve.jobs.kept_segments import from_kept_json, plan_of, renumbered
from vistka.serve.jobs.store import JobStore, Result
from vistka.serve.ticket import Ticket
from vistka.translate.drafts import item_segments
from vistka.translate.glossary import Glossary
from vistka.translate.name_book import NameBook


class SegmentTranslator(Protocol):
    """What the jobs need of the service."""

    @property
    def state(self) -> str:
        """`ready` once the model is loaded."""

    @property
    def recipe(self) -> Recipe | None:
        """How it translates; None before and after."""

    def name_book(self, segments: Sequence[Segment], *, glossary: Glossary | None = None) -> NameBook:
        """The names of a whole document, each in one spelling."""

    def translate_segments(
        self,
        segments: Sequence[Segment],
        *,
        ticket: Ticket,
        glossary: Glossary | None = None,
        book: NameBook | None = None,
        with_confidence: bool = True,
    ) -> list[DraftSegment]:
        """n segments in, n out, in order. Returns when all are done."""


NATIVE = "native"
"""Label of the jobs whose drafts can be seen."""

GlossaryFor = Callable[[tuple[str, ...], str], Glossary | None]
"""Ids of glossaries and id of their owner → the glossary to translate with; None = the service's own."""


@dataclass(slots=True)
class OpenJob:
    """A job whose document is in memory.

    Attributes:
        job: as it was when it was taken up.
        item, segments: its document.
        done: segments that are in English and kept, by number.
        book: the names of the whole document, which is translated piece by piece: `Чернишову` on the last page is
            spelled as the first page spells it. None before the first piece.
    """

    job: Job
    item: Item
    segments: list[Segment]
    done: dict[int, DraftSegment]
    book: NameBook | None = None

    @property
    def is_whole(self) -> bool:
        """Whether every segment is done."""
        return len(self.done) == len(self.segments)

    def next_numbers(self, count: int) -> list[int]:
        """Numbers of the first `count` segments that are not done."""
        return list(islice((number for number in range(len(self.segments)) if number not in self.done), count))

    def translate(
        self, numbers: Sequence[int], translator: SegmentTranslator, ticket: Ticket, glossary: Glossary | None
    ) -> dict[int, DraftSegment]:
        """These segments in English, by number.

        Raises:
            VistkaError: whatever the service raises.
        """
        parts = translator.translate_segments(
            [self.segments[number] for number in numbers],
            ticket=ticket,
            glossary=glossary,
            book=self.book,
            # The other dialects show the document alone.
            with_confidence=self.job.label == NATIVE,
        )
        return {number: renumbered(part, number) for number, part in zip(numbers, parts, strict=True)}

    def draft(self, recipe: Recipe) -> Draft:
        """The document's draft, when every segment is done."""
        return Draft(self.item, tuple(self.done[number] for number in range(len(self.segments))), recipe)


def open_job(job: Job, store: JobStore, *, max_mib: float) -> OpenJob:
    """Read a job's document again and put what was kept of it in its place.

    Raises:
        NotFoundError: the job was deleted meanwhile.
        InputError: the document cannot be read.
        ResourceError: the store cannot be used.
    """
    item, segments = _reread(job, store, max_mib)
    store.fit(job.id, plan_of(segments), len(segments))
    return OpenJob(job, item, segments, _done(job, store, segments))


def finished_draft(job: Job, store: JobStore, recipe: Recipe, *, max_mib: float) -> Draft:
    """The draft of a job that is done.

    Raises:
        NotFoundError: the job was deleted meanwhile, or it was done by a version of Vistka that cut the document in
            another way.
        ResourceError: the store cannot be used.
    """
    item, segments = _reread(job, store, max_mib)
    if store.plan(job.id) != plan_of(segments):
        raise NotFoundError(
            "the draft was made by another version of Vistka", where=job.id, next_step="fetch the result instead"
        )
    return OpenJob(job, item, segments, _done(job, store, segments)).draft(recipe)


def _reread(job: Job, store: JobStore, max_mib: float) -> tuple[Item, list[Segment]]:
    source = store.source(job.id)
    if source is None:
        raise NotFoundError("no such job", where=job.id)
    item = read_document(source.data, job.name, source.asked_format, max_mib=max_mib)
    return item, item_segments(item)


def _done(job: Job, store: JobStore, segments: Sequence[Segment]) -> dict[int, DraftSegment]:
    return {number: from_kept_json(line, number, segments[number]) for number, line in store.kept(job.id).items()}


def finished(open_one: OpenJob, recipe: Recipe, glossary: Glossary | None) -> Result:
    """The document of a job whose segments are all done.

    Args:
        open_one: the job.
        recipe: the service's.
        glossary: what the last segments were translated with; None = the service's own.
    """
    return write_draft(open_one.draft(replace(recipe, glossary=glossary.version) if glossary is not None else recipe))

from __future__ import annotations

import asyncio
import stat
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vistka.datatypes import DraftSegment, Flag, Kept, MemoryMatch, New, Recipe, Segment, Span
from vistka.errors import (
    BusyError,
    ConflictError,
    EmptyInputError,
    EngineError,
    InputError,
    NotFoundError,
    NothingToTranslateError,
    NotTextError,
    QuotaError,
    ResourceError,
    TooLargeError,
    UnsupportedFormatError,
    UsageError,
    WorkCancelledError,
)
from vistka.serve.access import ANONYMOUS, Caller
from vistka.serve.jobs import runner
from vistka.serve.jobs.document import file_name, read_document, result_name, write_draft
from vistka.serve.jobs.job import Job
from vistka.serve.jobs.jobs import STORE_NAME, Jobs
from vistka.serve.jobs.kept_segments import from_kept_json, kept_json, plan_of, renumbered
from vistka.serve.jobs.pace import CHUNK_S, FIRST_CHUNK, MAX_CHUNK, Pace
from vistka.serve.jobs.store import JobStore, NewJob, Result
from vistka.serve.metrics import Metrics
from vistka.serve.settings import ServeSettings
from vistka.serve.ticket import Ticket
from vistka.translate.drafts import item_segments

ANN = Caller("ann", "Ann", frozenset({"documents"}))
BOB = Caller("bob", "Bob", frozenset({"documents"}))
TEXT = "У селі відкрили школу.\n\nНа площі посадили дерево.\n\nЧерез річку збудували міст.\n"


class Shouting:
    """Translates into capitals, as the service would: n segments in, n out. Remembers what it was asked."""

    def __init__(self) -> None:
        self.state = "ready"
        self.recipe: Recipe | None = Recipe("shouting", glossary="built-in")
        self.asked: list[str] = []
        self.books: list[object] = []
        self.book_of: list[str] = []
        self.glossaries: list[object] = []
        self.tickets: list[Ticket] = []
        self.with_confidence: list[bool] = []
        self.errors: list[Exception] = []
        self.before: Callable[[], None] = lambda: None

    def name_book(self, segments: Sequence[Segment], *, glossary: object = None) -> Any:
        self.book_of = [segment.text.strip() for segment in segments]
        return "the book"

    def translate_segments(
        self,
        segments: Sequence[Segment],
        *,
        ticket: Ticket,
        glossary: object = None,
        book: object = None,
        with_confidence: bool = True,
    ) -> list[DraftSegment]:
        self.books.append(book)
        self.glossaries.append(glossary)
        self.tickets.append(ticket)
        self.with_confidence.append(with_confidence)
        self.before()
        ticket.check()
        if self.errors:
            raise self.errors.pop(0)
        self.asked += [segment.text.strip() for segment in segments]
        return [_shouted(index, segment) for index, segment in enumerate(segments)]


def _shouted(index: int, segment: Segment) -> DraftSegment:
    text = segment.text.upper()
    return DraftSegment(segment, text, (New(text),), "model", 0.5, (Flag("loud", "In capitals.", index),))


class OpenAccess:
    """Takes everybody, and notes what they spend."""

    def __init__(self) -> None:
        self.spent: list[tuple[str, int, int]] = []
        self.error: Exception | None = None

    def spend(self, caller: Caller, characters: int, *, documents: int = 0) -> None:
        if self.error:
            raise self.error
        self.spent.append((caller.id, characters, documents))


class Shelf:
    """Has one glossary, Ann's `terms`."""

    def glossary(self, ids: Sequence[str], caller: Caller) -> Any:
        if tuple(ids) != ("terms",) or caller.id != "ann":
            raise NotFoundError("no such glossary")
        return Terms()


class Terms:
    version = "terms-1"


Make = Callable[..., Jobs]


@pytest.fixture
def service() -> Shouting:
    return Shouting()


@pytest.fixture
def access() -> OpenAccess:
    return OpenAccess()


@pytest.fixture
def make(tmp_path: Path, service: Shouting, access: OpenAccess, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Jobs in `tmp_path`, stopped at the end."""
    monkeypatch.setattr(runner, "_FAILURE_WAIT_S", 0.001)
    monkeypatch.setattr(runner, "_POLL_S", 0.02)
    made: list[Jobs] = []

    def jobs(*, started: bool = True, translator: Any = None, **settings: Any) -> Jobs:
        one = Jobs(
            tmp_path,
            settings=ServeSettings(**settings),
            service=translator or service,
            access=access,  # type: ignore[arg-type]
            glossaries=Shelf(),  # type: ignore[arg-type]
            metrics=Metrics(),
        )
        made.append(one)
        if started:
            one.start()
        return one

    yield jobs
    for one in made:
        one.stop()


def submit(jobs: Jobs, text: str | bytes = TEXT, *, name: str = "звіт.txt", caller: Caller = ANN, **more: Any) -> Job:
    data = text.encode() if isinstance(text, str) else text
    return asyncio.run(jobs.submit(data, name=name, caller=caller, **more))


def wait(jobs: Jobs, job: Job, caller: Caller = ANN) -> Job:
    async def whole() -> Job:
        return await asyncio.wait_for(jobs.wait(job.id, caller), 30)

    return asyncio.run(whole())


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


# --- what is kept of a segment ----------------------------------------------------------------------------------------

words = st.text(max_size=12)
pairs = st.tuples(words, words)
matches = st.builds(
    MemoryMatch,
    id=st.integers(1, 2**40),
    source=words,
    target=words,
    score_0_1=st.floats(0, 1),
    author=words,
    date=st.datetimes(timezones=st.just(UTC)),
    differences=st.lists(words, max_size=2).map(tuple),
)
segments = st.builds(Segment, text=words, language=st.just("uk"), block=st.integers(0, 9))
parts = st.builds(
    DraftSegment,
    segment=segments,
    text=words,
    pieces=st.lists(st.builds(New, words) | st.builds(Kept, st.just(1), st.integers(1, 9)), max_size=3).map(tuple),
    origin=st.sampled_from(["model", "memory", "glossary", "source"]),
    confidence_0_1=st.floats(0, 1),
    flags=st.lists(st.builds(Flag, words, words, st.just(7), st.sampled_from(["info", "warn"])), max_size=2).map(tuple),
    terms=st.lists(pairs, max_size=2).map(tuple),
    missed_terms=st.lists(pairs, max_size=2).map(tuple),
    rung=st.integers(0, 4),
    memory=st.none() | matches,
)


@given(parts)
def test_what_is_kept_of_a_segment_is_all_of_it(part: DraftSegment) -> None:
    assert from_kept_json(kept_json(part), 7, part.segment) == part


def test_flags_say_which_segment_of_the_document_they_are_about() -> None:
    part = _shouted(1, Segment("Так.", "uk"))
    assert renumbered(part, 12).flags == (Flag("loud", "In capitals.", 12),)


def test_a_plan_changes_with_every_cut() -> None:
    whole = [Segment("Так. ", "uk", 0, 0, 5), Segment("Ні.", "uk", 0, 5, 8)]
    others = [
        [Segment("Так. Ні.", "uk", 0, 0, 8)],
        [replace(whole[0], language="ru"), whole[1]],
        [whole[0], replace(whole[1], block=1)],
        [whole[0], replace(whole[1], protected=(Span(0, 1),))],
    ]
    assert plan_of(whole) == plan_of(list(whole))
    assert len({plan_of(one) for one in [whole, *others]}) == 5


# --- documents --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "kept", "result"),
    [
        ("звіт.txt", "звіт.txt", "звіт.en.txt"),
        ("C:\\Тека\\план.DOCX", "план.DOCX", "план.en.DOCX"),
        ("../../etc/passwd", "passwd", "passwd.en.txt"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie: x.txt", "aSet-Cookie: x.en.txt"),
        ("", "document", "document.en.txt"),
        ("..", "document", "document.en.txt"),
        (".html", "html", "html.en.txt"),
        ("а" * 300 + ".html", "а" * 115 + ".html", "а" * 115 + ".en.html"),
    ],
)
def test_a_clients_file_name_becomes_a_plain_one(sent: str, kept: str, result: str) -> None:
    assert file_name(sent) == kept
    assert result_name(kept, "text") == result


@pytest.mark.parametrize("name", ["a.srt", "a.po", "a.xliff", "a.json", "a.CSV", "a.pdf", "a.odt"])
def test_a_file_of_another_kind_is_not_taken_for_text(name: str) -> None:
    with pytest.raises(UnsupportedFormatError):
        read_document("Привіт, світе.".encode(), name, None, max_mib=1)


@pytest.mark.parametrize("name", ["звіт", "звіт 01.12", "звіт. Частина друга", "a.txt", "a.MD"])
def test_a_name_that_says_nothing_else_is_text(name: str) -> None:
    assert read_document("Привіт, світе.".encode(), name, None, max_mib=1).raw == "Привіт, світе."


def test_who_names_the_format_may_call_the_file_what_he_likes() -> None:
    assert read_document("Привіт, світе.".encode(), "a.srt", "text", max_mib=1).format == "text"
    with pytest.raises(UsageError, match="no such format"):
        read_document("Привіт, світе.".encode(), "a.txt", "xliff", max_mib=1)


@pytest.mark.parametrize(
    ("encoding", "media_type"),
    [
        ("utf-8", "text/plain; charset=utf-8"),
        ("cp1251", "text/plain; charset=windows-1251"),
        ("koi8-u", "text/plain; charset=koi8-u"),
        ("utf-16", "text/plain; charset=utf-16"),
    ],
)
def test_a_result_is_in_the_encoding_of_its_document_and_says_so(encoding: str, media_type: str) -> None:
    item = read_document("У селі відкрили школу, а на площі посадили дерево.".encode(encoding), "a", None, max_mib=1)
    draft = Drafted(item)
    result = write_draft(draft.draft)
    assert result.media_type == media_type
    assert result.data.decode(encoding) == "У СЕЛІ ВІДКРИЛИ ШКОЛУ, А НА ПЛОЩІ ПОСАДИЛИ ДЕРЕВО."


class Drafted:
    def __init__(self, item: Any) -> None:
        from vistka.datatypes import Draft

        parts = tuple(_shouted(index, segment) for index, segment in enumerate(item_segments(item)))
        self.draft = Draft(item, parts, Recipe("shouting"))


# --- the pace ---------------------------------------------------------------------------------------------------------


def test_chunks_grow_until_they_take_a_second() -> None:
    pace = Pace()
    sizes = [pace.size]
    for _ in range(8):
        pace.learn(pace.size, pace.size * 0.02)
        sizes.append(pace.size)
    assert sizes == [4, 8, 16, 32, 50, 50, 50, 50, 50]


def test_chunks_shrink_with_a_slow_model_and_are_never_empty() -> None:
    pace = Pace()
    for _ in range(4):
        pace.learn(pace.size, pace.size * 6.0)
    assert pace.size == 1
    pace.learn(1, 0.0)
    assert pace.size == 2


def test_the_short_end_of_a_document_says_nothing_of_the_pace() -> None:
    pace = Pace()
    pace.learn(1, CHUNK_S / 2)
    assert pace.size == FIRST_CHUNK
    for _ in range(10):
        pace.learn(pace.size, 0.0)
    assert pace.size == MAX_CHUNK


# --- the store --------------------------------------------------------------------------------------------------------


def new_job(job_id: str = "a", **more: Any) -> NewJob:
    fields: dict[str, Any] = {
        "id": job_id,
        "secret": f"secret of {job_id}",
        "owner": "ann",
        "label": "native",
        "name": "a.txt",
        "format": "text",
        "asked_format": None,
        "glossaries": (),
        "plan": "plan",
        "segments_total": 2,
        "characters": 20,
        "data": b"data",
    }
    return NewJob(**fields | more)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[JobStore]:
    one = JobStore(tmp_path / STORE_NAME)
    yield one
    one.close()


def add(store: JobStore, new: NewJob, **limits: Any) -> Job:
    return store.add(new, **{"max_waiting": 10, "max_bytes": 10**6} | limits)[0]


def test_a_segment_cannot_be_kept_twice(store: JobStore) -> None:
    add(store, new_job())
    store.claim()
    assert store.keep("a", {0: "{}"}, flags=1, worked_s=0.5)
    with pytest.raises(ResourceError, match="UNIQUE"):
        store.keep("a", {0: "{}"}, flags=0, worked_s=0.5)
    job = store.get("a")
    assert job is not None
    assert (job.segments_done, job.flags_raised, job.worked_s) == (1, 1, 0.5)
    assert store.kept("a") == {0: "{}"}


def test_nothing_is_kept_of_a_job_that_was_ended(store: JobStore) -> None:
    add(store, new_job())
    store.claim()
    assert store.cancel("a")
    assert not store.cancel("a")
    assert not store.keep("a", {0: "{}"}, flags=0, worked_s=0)
    assert not store.finish("a", Result(b"", "text/plain", (), {}))
    assert not store.fail("a", error="x", kind="EngineError", status=503)
    source = store.source("a")
    assert source is not None
    assert source.data == b""
    assert store.kept("a") == {}


def test_callers_take_turns(store: JobStore) -> None:
    for name in ("a1", "a2", "a3"):
        add(store, new_job(name))
    add(store, new_job("b1", owner="bob"))
    claimed = [store.claim() for _ in range(5)]
    assert [one and one[0].id for one in claimed] == ["a1", "b1", "a2", "a3", None]


def test_interrupted_jobs_are_queued_again_and_counted(store: JobStore) -> None:
    add(store, new_job())
    for starts in range(3):
        found = store.claim()
        assert found is not None
        assert found[1] == starts
        assert store.queue_interrupted(on_purpose=False) == 1
    store.claim()
    store.keep("a", {0: "{}"}, flags=0, worked_s=0)
    store.queue_interrupted(on_purpose=False)
    found = store.claim()
    assert found is not None
    assert found[1] == 0
    store.queue_interrupted(on_purpose=True)
    found = store.claim()
    assert found is not None
    assert found[1] == 0


def test_what_was_kept_is_dropped_when_the_document_is_cut_in_another_way(store: JobStore) -> None:
    add(store, new_job())
    store.claim()
    store.keep("a", {0: "{}", 1: "{}"}, flags=2, worked_s=1)
    store.fit("a", "plan", 2)
    assert len(store.kept("a")) == 2
    store.fit("a", "another", 1)
    job = store.get("a")
    assert job is not None
    assert (store.kept("a"), job.segments_total, job.segments_done, job.flags_raised) == ({}, 1, 0, 0)


def test_a_request_that_is_sent_again_gives_the_first_job(store: JobStore) -> None:
    first = new_job("a", request_key="k", request_digest="one")
    spent: list[int] = []
    kept, is_new = store.add(first, max_waiting=1, max_bytes=100, before=lambda: spent.append(1))
    again = replace(first, id="b", secret="other")
    assert is_new
    assert store.add(again, max_waiting=1, max_bytes=100, before=lambda: spent.append(1)) == (kept, False)
    assert spent == [1]
    assert store.sent_before("ann", "k", "one") == kept
    assert store.sent_before("bob", "k", "one") is None
    with pytest.raises(InputError, match="another request"):
        store.add(replace(again, request_digest="two"), max_waiting=9, max_bytes=100)
    other = replace(again, owner="bob")
    assert store.add(other, max_waiting=9, max_bytes=100)[1]


def test_there_is_room_for_so_many_jobs_and_bytes(store: JobStore) -> None:
    add(store, new_job("a"), max_waiting=1)
    with pytest.raises(BusyError, match="1 documents wait") as busy:
        add(store, new_job("b"), max_waiting=1)
    assert busy.value.retry_after_s
    with pytest.raises(BusyError, match="no room"):
        add(store, new_job("b"), max_bytes=7)
    add(store, new_job("b"), max_bytes=8)
    store.claim()
    store.cancel("a")
    add(store, new_job("c"), max_waiting=2, max_bytes=8)


def test_jobs_that_are_over_expire_and_leave_nothing_in_the_file(store: JobStore, tmp_path: Path) -> None:
    text = "таємниця, якої ніхто не знає".encode()
    add(store, new_job("a", data=text))
    add(store, new_job("b"))
    store.claim()
    store.keep("a", {0: text.decode()}, flags=0, worked_s=0)
    store.finish("a", Result(text, "text/plain", (), {}))
    assert store.expire(60) == 0
    assert text in (tmp_path / STORE_NAME).read_bytes() + (tmp_path / f"{STORE_NAME}-wal").read_bytes()
    assert store.expire(0) == 1
    assert store.get("a") is None
    assert store.get("b") is not None
    for file in tmp_path.glob(f"{STORE_NAME}*"):
        assert text not in file.read_bytes()


def test_the_file_is_for_its_owner_alone(store: JobStore, tmp_path: Path) -> None:
    add(store, new_job())
    for file in tmp_path.glob(f"{STORE_NAME}*"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


# --- jobs -------------------------------------------------------------------------------------------------------------


def test_a_document_comes_back_in_english(make: Make, service: Shouting, access: OpenAccess) -> None:
    jobs = make()
    sent = submit(jobs)
    assert (sent.state, sent.segments_total, sent.segments_done, sent.name) == ("queued", 3, 0, "звіт.txt")
    assert (len(sent.id), len(sent.secret)) == (32, 64)
    job = wait(jobs, sent)
    assert (job.state, job.segments_done, job.flags_raised, job.downloaded) == ("done", 3, 3, False)
    assert job.finished is not None
    assert sent.created <= job.finished <= datetime.now(UTC)
    result = jobs.result(job.id, ANN)
    assert result.data.decode() == TEXT.upper()
    assert (result.name, result.media_type, result.notes) == ("звіт.en.txt", "text/plain; charset=utf-8", ())
    assert jobs.get(job.id, ANN).downloaded
    assert access.spent == [("ann", sent.characters, 1)]
    draft = jobs.draft(job.id, ANN).draft
    assert [part.flags[0].segment for part in draft.segments] == [0, 1, 2]
    assert draft.recipe == service.recipe
    assert jobs.by_secret(job.secret).id == job.id
    assert {ticket.priority for ticket in service.tickets} == {"job"}


def test_what_cannot_be_read_is_refused_at_once(make: Make, access: OpenAccess) -> None:
    jobs = make(started=False, max_document_mib=0.001)
    refused: list[tuple[bytes, str, type[Exception]]] = [
        (b"", "a.txt", EmptyInputError),
        (b"Only English here.", "a.txt", NothingToTranslateError),
        (b"\x00\x01\x02", "a.txt", NotTextError),
        (b"%PDF-1.7", "a.pdf", UnsupportedFormatError),
        (b"1\n00:00 --> 00:01\nabc", "a.srt", UnsupportedFormatError),
        (TEXT.encode() * 20, "a.txt", TooLargeError),
    ]
    for data, name, error in refused:
        with pytest.raises(error):
            submit(jobs, data, name=name)
    with pytest.raises(NotFoundError, match="glossary"):
        submit(jobs, glossaries=("others",))
    assert jobs.of_caller(ANN) == []
    assert access.spent == []


def test_who_may_not_spend_has_no_job(make: Make, access: OpenAccess) -> None:
    jobs = make(started=False)
    access.error = QuotaError("used up")
    with pytest.raises(QuotaError):
        submit(jobs)
    assert jobs.of_caller(ANN) == []


def test_jobs_of_others_are_not_there(make: Make) -> None:
    jobs = make()
    job = wait(jobs, submit(jobs))
    calls: list[Callable[[str, Caller], object]] = [jobs.get, jobs.result, jobs.draft, jobs.cancel, jobs.delete]
    for call in calls:
        for caller in (BOB, ANONYMOUS):
            with pytest.raises(NotFoundError):
                call(job.id, caller)
    with pytest.raises(NotFoundError):
        wait(jobs, job, BOB)
    assert jobs.of_caller(BOB) == []
    assert [one.id for one in jobs.of_caller(ANN)] == [job.id]
    with pytest.raises(NotFoundError):
        jobs.by_secret(job.id)


def test_the_same_request_again_is_the_same_job(make: Make, access: OpenAccess) -> None:
    jobs = make()
    first = submit(jobs, request_key="k")
    assert submit(jobs, request_key="k").id == first.id
    wait(jobs, first)
    assert submit(jobs, request_key="k").state == "done"
    assert len(access.spent) == 1
    assert submit(jobs).id != first.id
    with pytest.raises(InputError, match="another request"):
        submit(jobs, TEXT + "Ще.", request_key="k")
    assert submit(jobs, caller=BOB, request_key="k").id != first.id


def test_a_result_is_there_only_when_it_is_done(make: Make, service: Shouting) -> None:
    service.state = "starting"
    jobs = make()
    job = submit(jobs)
    with pytest.raises(ConflictError, match="queued"):
        jobs.result(job.id, ANN)
    with pytest.raises(ConflictError, match="0 of 3"):
        jobs.draft(job.id, ANN)


def test_jobs_wait_for_the_model(make: Make, service: Shouting) -> None:
    service.state = "starting"
    jobs = make()
    job = submit(jobs)
    time.sleep(0.1)
    assert jobs.get(job.id, ANN).state == "queued"
    service.state = "ready"
    assert wait(jobs, job).state == "done"


def test_all_names_of_a_document_are_in_one_book_though_it_is_translated_in_pieces(
    make: Make, service: Shouting
) -> None:
    jobs = make(job_workers=1)
    text = "".join(f"Олена Чернишова прийшла о {hour} годині.\n\n" for hour in range(20))
    job = wait(jobs, submit(jobs, text))
    assert len(service.books) > 1
    assert set(service.books) == {"the book"}
    assert len(service.book_of) == job.segments_total == 20


def test_the_glossary_is_that_of_the_moment_and_of_the_owner(make: Make, service: Shouting) -> None:
    jobs = make()
    job = wait(jobs, submit(jobs, glossaries=("terms",)))
    assert job.state == "done"
    assert all(isinstance(glossary, Terms) for glossary in service.glossaries)
    assert jobs.draft(job.id, ANN).draft.recipe.glossary == "terms-1"
    with pytest.raises(NotFoundError):
        submit(jobs, caller=BOB, glossaries=("terms",))


def test_confidence_is_measured_where_somebody_can_see_it(make: Make, service: Shouting) -> None:
    jobs = make()
    wait(jobs, submit(jobs, label="deepl"))
    assert set(service.with_confidence) == {False}
    service.with_confidence.clear()
    wait(jobs, submit(jobs))
    assert set(service.with_confidence) == {True}


def test_events_tell_how_far_it_is_until_it_is_over(make: Make, service: Shouting) -> None:
    service.before = lambda: time.sleep(0.15)
    jobs = make(job_workers=1)
    text = "".join(f"О {hour} годині було тихо.\n\n" for hour in range(30))
    job = submit(jobs, text)

    async def watch() -> list[Job]:
        return [seen async for seen in jobs.events(job.id, ANN)]

    seen = asyncio.run(watch())
    done = [one.segments_done for one in seen]
    assert done == sorted(set(done) | {0, 30}) or done == sorted(done)
    assert len(seen) > 2
    assert [one.is_over for one in seen] == [False] * (len(seen) - 1) + [True]
    half = seen[-2]
    assert half.seconds_left is not None
    assert half.seconds_left > 0
    assert seen[-1].seconds_left is None


def test_a_job_can_be_cancelled_while_it_runs(make: Make, service: Shouting) -> None:
    begun, cancelled = threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        assert cancelled.wait(30)

    service.before = hold
    jobs = make(job_workers=1)
    job = submit(jobs)
    assert begun.wait(30)
    assert jobs.cancel(job.id, ANN).state == "cancelled"
    assert service.tickets[0].is_cancelled
    cancelled.set()
    service.before = lambda: None
    other = wait(jobs, submit(jobs, "Інший текст про інше село."))
    assert other.state == "done"
    job = jobs.get(job.id, ANN)
    assert (job.state, job.segments_done) == ("cancelled", 0)
    assert jobs.cancel(job.id, ANN) == job
    assert jobs.cancel(other.id, ANN).state == "done"
    with pytest.raises(ConflictError, match="cancelled"):
        jobs.result(job.id, ANN)


def test_a_job_can_be_deleted_while_it_runs_and_who_waits_is_told(make: Make, service: Shouting) -> None:
    begun, deleted = threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        assert deleted.wait(30)

    service.before = hold
    jobs = make(job_workers=1)
    job = submit(jobs)

    async def waiting() -> None:
        task = asyncio.ensure_future(jobs.wait(job.id, ANN))
        await asyncio.to_thread(begun.wait, 30)
        await asyncio.to_thread(jobs.delete, job.id, ANN)
        deleted.set()
        with pytest.raises(NotFoundError):
            await asyncio.wait_for(task, 30)

    asyncio.run(waiting())
    assert jobs.of_caller(ANN) == []


def test_a_small_job_does_not_wait_for_a_large_one(make: Make, service: Shouting) -> None:
    service.before = lambda: time.sleep(0.02)
    jobs = make(job_workers=1)
    large = submit(jobs, "".join(f"О {hour} годині було тихо.\n\n" for hour in range(400)))
    small = submit(jobs, caller=BOB)
    wait(jobs, small, BOB)
    assert jobs.get(large.id, ANN).state == "running"
    jobs.delete(large.id, ANN)


# --- stops and faults -------------------------------------------------------------------------------------------------


def test_after_a_stop_only_what_was_not_kept_is_translated(make: Make, service: Shouting) -> None:
    text = "".join(f"О {hour} годині було тихо.\n\n" for hour in range(60))
    jobs = make(job_workers=1)
    service.before = lambda: time.sleep(0.05)
    job = submit(jobs, text)
    until(lambda: jobs.get(job.id, ANN).segments_done > 3)
    jobs.stop()
    kept = jobs.get(job.id, ANN)
    assert kept.state == "queued"
    assert 0 < kept.segments_done < 60
    service.asked.clear()
    service.before = lambda: None
    again = make(job_workers=1)
    assert wait(again, job).segments_done == 60
    assert len(service.asked) == 60 - kept.segments_done
    assert again.result(job.id, ANN).data.decode() == text.upper()


def test_who_waits_is_let_go_when_the_service_stops(make: Make, service: Shouting) -> None:
    service.state = "starting"
    jobs = make()
    job = submit(jobs)

    async def waiting() -> None:
        task = asyncio.ensure_future(jobs.wait(job.id, ANN))
        await asyncio.sleep(0.05)
        await asyncio.to_thread(jobs.stop)
        with pytest.raises(WorkCancelledError):
            await asyncio.wait_for(task, 30)
        with pytest.raises(WorkCancelledError):
            await jobs.submit(TEXT.encode(), name="a.txt", caller=ANN)

    asyncio.run(waiting())


def test_of_two_processes_one_works_until_it_ends(make: Make, service: Shouting) -> None:
    first = make()
    wait(first, submit(first))
    idle = Shouting()
    second = make(translator=idle)
    job = wait(second, submit(second, "Друге село."))
    assert job.state == "done"
    assert idle.asked == []
    first.stop()
    wait(second, submit(second, "Третє село."))
    assert idle.asked == ["Третє село."]


def test_a_model_that_fails_is_asked_again(make: Make, service: Shouting) -> None:
    service.errors = [EngineError("no memory"), ResourceError("locked"), BusyError("full", retry_after_s=0.001)]
    jobs = make()
    assert wait(jobs, submit(jobs)).state == "done"


def test_a_model_that_fails_always_fails_the_job(make: Make, service: Shouting) -> None:
    service.errors = [EngineError("no memory", where="/secret/path") for _ in range(runner.MAX_FAILURES)]
    jobs = make()
    job = wait(jobs, submit(jobs))
    assert (job.state, job.error, job.error_kind, job.error_status) == ("failed", "no memory", "EngineError", 503)
    assert isinstance(job.failure, EngineError)
    assert job.failure.http_status == 503
    with pytest.raises(ConflictError, match="no memory"):
        jobs.result(job.id, ANN)


def test_a_fault_of_the_program_fails_the_job_and_no_other(make: Make, service: Shouting) -> None:
    service.errors = [ZeroDivisionError("у селі відкрили школу")]
    jobs = make(job_workers=1)
    job = wait(jobs, submit(jobs))
    assert (job.state, job.error_status) == ("failed", 500)
    assert "селі" not in job.error
    assert wait(jobs, submit(jobs)).state == "done"


def test_a_busy_model_never_fails_a_job(make: Make, service: Shouting) -> None:
    service.errors = [BusyError("full", retry_after_s=0.001) for _ in range(3 * runner.MAX_FAILURES)]
    jobs = make()
    assert wait(jobs, submit(jobs)).state == "done"


def test_a_document_that_kills_the_process_each_time_is_given_up(make: Make, tmp_path: Path, service: Shouting) -> None:
    jobs = make(started=False)
    job = submit(jobs)
    store = JobStore(tmp_path / STORE_NAME)
    for _ in range(runner.MAX_STARTS):
        store.claim()
        store.queue_interrupted(on_purpose=False)
    store.close()
    jobs.start()
    job = wait(jobs, job)
    assert (job.state, service.asked) == ("failed", [])
    assert "each time" in job.error


def test_a_draft_of_another_cut_is_not_shown(make: Make, tmp_path: Path) -> None:
    jobs = make()
    job = wait(jobs, submit(jobs))
    store = JobStore(tmp_path / STORE_NAME)
    store.fit(job.id, "as an older version cut it", 3)
    store.close()
    with pytest.raises(NotFoundError, match="another version"):
        jobs.draft(job.id, ANN)
    assert jobs.result(job.id, ANN).data.decode() == TEXT.upper()


def test_old_jobs_are_deleted(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "_EXPIRE_EVERY_S", 0.05)
    jobs = make(documents_kept_h=0.5 / 3600)
    job = wait(jobs, submit(jobs))
    until(lambda: jobs.of_caller(ANN) == [])
    with pytest.raises(NotFoundError):
        jobs.result(job.id, ANN)

"""The queue of an engine: what is batched, what goes first, who is refused, and who is woken."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from vistka.errors import BusyError, DeadlineError, EngineError, InputError, WorkCancelledError
from vistka.models.engine import Decoding, Output, Request
from vistka.serve import engine_queue
from vistka.serve.engine_queue import BatchDone, EngineQueue
from vistka.serve.ticket import Ticket
from vistka.tests.scripted_engine import ScriptedEngine

GREEDY = Decoding()


class GatedEngine(ScriptedEngine):
    """An engine whose calls begin when they are let through. Each call notes its texts when it begins."""

    def __init__(self, *, batch_size: int = 8, parallel: int = 1, is_open: bool = False, **fields: object) -> None:
        super().__init__(kind="seq2seq", batch_size=batch_size, parallel=parallel, **fields)  # type: ignore[arg-type]
        self.gate = threading.Semaphore(1_000 if is_open else 0)
        self.begun: list[list[str]] = []
        self.at_once = self.most_at_once = 0
        self._lock = threading.Lock()

    def generate(self, requests: Sequence[Request], decoding: Decoding) -> list[Output]:
        with self._lock:
            self.begun.append([request.text for request in requests])
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            assert self.gate.acquire(timeout=20)
            with self._lock:
                return super().generate(requests, decoding)
        finally:
            with self._lock:
                self.at_once -= 1


@contextmanager
def queue_of(engine: ScriptedEngine, **settings: object) -> Iterator[EngineQueue]:
    queue = EngineQueue(engine, **{"wait_s": 0.02} | settings)  # type: ignore[arg-type]
    try:
        yield queue
    finally:
        if isinstance(engine, GatedEngine):
            for _ in range(1_000):
                engine.gate.release()
        queue.close()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(64) as threads:
        yield threads


def soon(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.002)


def ask(queue: EngineQueue, *texts: str, ticket: Ticket | None = None, decoding: Decoding = GREEDY) -> list[str]:
    engine = queue.engine_for(ticket or Ticket())
    return [output.text for output in engine.generate([Request(text) for text in texts], decoding)]


def test_n_requests_in_n_outputs_out_in_order() -> None:
    engine = ScriptedEngine({"а": "a", "б": "b", "в": "v"}, kind="seq2seq")
    with queue_of(engine) as queue:
        assert ask(queue, "в", "а", "б", "а") == ["v", "a", "b", "a"]
        assert ask(queue) == []


def test_requests_of_many_callers_go_in_one_batch(pool: ThreadPoolExecutor) -> None:
    engine = GatedEngine(batch_size=8)
    with queue_of(engine) as queue:
        first = pool.submit(ask, queue, "один")
        soon(lambda: len(engine.begun) == 1)
        others = [pool.submit(ask, queue, text) for text in ("два", "три", "чотири")]
        soon(lambda: queue.depth() == 3)
        engine.gate.release(2)
        assert first.result() == ["один"]
        assert [one.result() for one in others] == [["два"], ["три"], ["чотири"]]
        assert sorted(engine.begun[1]) == ["два", "три", "чотири"]


def test_a_lone_request_waits_for_company_and_no_longer(pool: ThreadPoolExecutor) -> None:
    engine = GatedEngine(is_open=True)
    with queue_of(engine, wait_s=0.3) as queue:
        one = pool.submit(ask, queue, "один")
        time.sleep(0.05)
        two = pool.submit(ask, queue, "два")
        assert (one.result(), two.result()) == (["один"], ["два"])
        assert len(engine.begun) == 1


def test_a_full_batch_does_not_wait() -> None:
    with queue_of(ScriptedEngine(kind="seq2seq", batch_size=2), wait_s=60.0) as queue:
        assert ask(queue, "один", "два") == ["один", "два"]


def test_an_engine_that_takes_one_request_at_a_time_never_waits() -> None:
    with queue_of(ScriptedEngine(kind="chat"), wait_s=60.0) as queue:
        assert ask(queue, "один") == ["один"]


def test_a_batch_waits_for_callers_who_were_let_in(pool: ThreadPoolExecutor) -> None:
    engine = GatedEngine(is_open=True)
    coming = Ticket()
    with queue_of(engine, wait_s=0.05) as queue, queue.admitted(coming):
        one = pool.submit(ask, queue, "один")
        time.sleep(0.15)  # longer than the wait, shorter than the patience
        assert engine.begun == []
        assert ask(queue, "два", ticket=coming) == ["два"]
        assert one.result() == ["один"]
        assert len(engine.begun) == 1


def test_nobody_waits_longer_than_a_batch_is_worth(pool: ThreadPoolExecutor) -> None:
    engine = GatedEngine(is_open=True)
    never = Ticket()
    with queue_of(engine, wait_s=0.02) as queue, queue.admitted(never):
        begin = time.monotonic()
        assert ask(queue, "один") == ["один"]  # ten times the wait, and no more
        assert 0.15 < time.monotonic() - begin < 2.0


def test_requests_that_are_decoded_in_another_way_go_apart(pool: ThreadPoolExecutor) -> None:
    engine = GatedEngine()
    with queue_of(engine) as queue:
        pool.submit(ask, queue, "перший")
        soon(lambda: len(engine.begun) == 1)
        greedy = pool.submit(ask, queue, "жадібний")
        beam = pool.submit(ask, queue, "промінь", decoding=Decoding(beam_size=4))
        soon(lambda: queue.depth() == 2)
        engine.gate.release(3)
        assert (greedy.result(), beam.result()) == (["жадібний"], ["промінь"])
        assert sorted(engine.begun[1:]) == [["жадібний"], ["промінь"]]
        assert {decoding.beam_size for _, decoding in engine.calls} == {1, 4}


def test_the_longest_limit_of_a_batch_is_its_limit(pool: ThreadPoolExecutor) -> None:
    engine = GatedEngine()
    with queue_of(engine) as queue:
        pool.submit(ask, queue, "перший")
        soon(lambda: len(engine.begun) == 1)
        both = [pool.submit(ask, queue, str(n), decoding=Decoding(max_new_tokens=n)) for n in (40, 90)]
        soon(lambda: queue.depth() == 2)
        engine.gate.release(2)
        assert [one.result() for one in both] == [["40"], ["90"]]
        assert engine.calls[1][1].max_new_tokens == 90


def test_a_batch_holds_no_more_padded_tokens_than_it_may(pool: ThreadPoolExecutor) -> None:
    engine = GatedEngine(batch_size=32)
    long, short = "слово " * 50, "так"
    with queue_of(engine, batch_tokens=250) as queue:
        pool.submit(ask, queue, "перший")
        soon(lambda: len(engine.begun) == 1)
        calls = [pool.submit(ask, queue, text) for text in (long, short, long, short, long, short)]
        soon(lambda: queue.depth() == 6)
        engine.gate.release(10)
        for call in calls:
            call.result()
        # 302 characters are some 100 tokens: two of them fit. Like lengths go together.
        batches = engine.begun[1:]
        assert all(len(batch) <= 2 for batch in batches if long in batch)
        assert [short, short, short] in batches


def test_workers_share_what_waits_and_run_at_once(pool: ThreadPoolExecutor) -> None:
    engine = GatedEngine(batch_size=8, parallel=2)
    with queue_of(engine, wait_s=0.1) as queue:
        calls = [pool.submit(ask, queue, str(number)) for number in range(6)]
        soon(lambda: len(engine.begun) == 2)
        assert [len(batch) for batch in engine.begun] == [3, 3]
        engine.gate.release(2)
        assert [call.result() for call in calls] == [[str(number)] for number in range(6)]
        assert engine.most_at_once == 2


def test_a_callers_engine_likes_as_much_as_keeps_all_workers_busy() -> None:
    with queue_of(ScriptedEngine(kind="seq2seq", batch_size=32, parallel=2)) as queue:
        engine = queue.engine_for(Ticket())
        assert (engine.batch_size, engine.kind, engine.name) == (64, "seq2seq", "scripted")
        assert engine.count_tokens("три слова тут") == 3


def test_interactive_requests_go_before_jobs(pool: ThreadPoolExecutor) -> None:
    engine = GatedEngine(batch_size=1)
    with queue_of(engine) as queue:
        pool.submit(ask, queue, "перший")
        soon(lambda: len(engine.begun) == 1)
        pool.submit(ask, queue, "робота", ticket=Ticket(priority="job"))
        soon(lambda: queue.depth() == 1)
        pool.submit(ask, queue, "людина")
        soon(lambda: queue.depth() == 2)
        engine.gate.release(3)
        soon(lambda: len(engine.begun) == 3)
        assert engine.begun[1:] == [["людина"], ["робота"]]


def test_jobs_still_move_however_many_interactive_requests_come(
    pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_queue, "JOB_AGING_S", 0.2)
    engine = GatedEngine(batch_size=1)
    with queue_of(engine) as queue:
        pool.submit(ask, queue, "перший")
        soon(lambda: len(engine.begun) == 1)
        job = pool.submit(ask, queue, "робота", ticket=Ticket(priority="job"))
        soon(lambda: queue.depth() == 1)
        time.sleep(0.25)
        for number in range(5):
            pool.submit(ask, queue, f"людина {number}")
        soon(lambda: queue.depth() == 6)
        engine.gate.release(2)
        assert job.result(timeout=10) == ["робота"]


def test_one_sentence_slips_past_a_long_text(pool: ThreadPoolExecutor) -> None:
    engine = GatedEngine(batch_size=1)
    with queue_of(engine) as queue:
        pool.submit(ask, queue, *(f"речення {number}" for number in range(20)))
        soon(lambda: queue.depth() == 19)
        pool.submit(ask, queue, "одне")
        soon(lambda: queue.depth() == 20)
        engine.gate.release(8)
        soon(lambda: ["одне"] in engine.begun)
        assert engine.begun.index(["одне"]) < 8


def test_a_full_queue_refuses_at_the_door_and_says_when_to_come_again(pool: ThreadPoolExecutor) -> None:
    engine = GatedEngine(batch_size=1)
    with queue_of(engine, limit=2) as queue:
        pool.submit(ask, queue, "перший")
        soon(lambda: len(engine.begun) == 1)
        inside = Ticket()
        with queue.admitted(inside):
            pool.submit(ask, queue, "другий")
            soon(lambda: queue.depth() == 1)
            with pytest.raises(BusyError, match="2 requests wait") as refusal, queue.admitted(Ticket()):
                pass
            assert 1 <= (refusal.value.retry_after_s or 0) <= 120
            # Whoever is inside is not refused half way, and jobs are not refused at all.
            pool.submit(ask, queue, "третій", "четвертий", ticket=inside)
            soon(lambda: queue.depth() == 3)
            with queue.admitted(Ticket(priority="job")):
                pass


def test_retry_after_is_what_the_engine_needs_for_what_waits(pool: ThreadPoolExecutor) -> None:
    class Slow(ScriptedEngine):
        def generate(self, requests: Sequence[Request], decoding: Decoding) -> list[Output]:
            time.sleep(0.1 * len(requests))
            return super().generate(requests, decoding)

    with queue_of(Slow(kind="seq2seq", batch_size=1)) as queue:
        assert queue.retry_after_s() == 1.0
        ask(queue, "слово слово слово")
        calls = [pool.submit(ask, queue, "слово слово слово") for _ in range(35)]
        soon(lambda: queue.depth() >= 30)
        assert 3 <= queue.retry_after_s() <= 6
        for call in calls:
            call.result()


def test_a_cancelled_request_leaves_the_queue_before_it_runs(pool: ThreadPoolExecutor) -> None:
    engine = GatedEngine(batch_size=1)
    with queue_of(engine) as queue:
        pool.submit(ask, queue, "перший")
        soon(lambda: len(engine.begun) == 1)
        ticket = Ticket()
        cancelled = pool.submit(ask, queue, "зайвий", ticket=ticket)
        soon(lambda: queue.depth() == 1)
        ticket.cancel()
        with pytest.raises(WorkCancelledError):
            cancelled.result(timeout=5)
        assert queue.depth() == 0
        engine.gate.release()
        assert engine.begun == [["перший"]]


def test_a_cancelled_ticket_does_not_ask_at_all() -> None:
    ticket = Ticket()
    ticket.cancel()
    ticket.cancel()
    engine = ScriptedEngine(kind="seq2seq")
    with queue_of(engine) as queue, pytest.raises(WorkCancelledError):
        ask(queue, "зайвий", ticket=ticket)
    assert engine.calls == []


def test_a_deadline_ends_the_wait(pool: ThreadPoolExecutor) -> None:
    engine = GatedEngine(batch_size=1)
    with queue_of(engine) as queue:
        pool.submit(ask, queue, "перший")
        soon(lambda: len(engine.begun) == 1)
        with pytest.raises(DeadlineError, match=r"0\.05 seconds"):
            ask(queue, "пізній", ticket=Ticket(deadline_s=0.05))
        assert queue.depth() == 0


def test_one_text_that_the_engine_refuses_does_not_fail_the_others(pool: ThreadPoolExecutor) -> None:
    engine = GatedEngine(max_source_tokens=3)
    with queue_of(engine) as queue:
        pool.submit(ask, queue, "перший")
        soon(lambda: len(engine.begun) == 1)
        good = pool.submit(ask, queue, "добрий день", "так")
        bad = pool.submit(ask, queue, "це речення задовге для моделі")
        soon(lambda: queue.depth() == 3)
        engine.gate.release(10)
        assert good.result() == ["добрий день", "так"]
        with pytest.raises(InputError, match="more than the 3"):
            bad.result()


def test_a_fault_of_the_engine_is_told_as_one_and_the_next_call_works() -> None:
    engine = ScriptedEngine({"лихо": RuntimeError("CUDA is gone")}, kind="seq2seq")
    with queue_of(engine) as queue:
        with pytest.raises(EngineError, match="RuntimeError: CUDA is gone"):
            ask(queue, "лихо")
        assert ask(queue, "добре") == ["добре"]


def test_closing_finishes_what_runs_and_refuses_what_waits(pool: ThreadPoolExecutor) -> None:
    engine = GatedEngine(batch_size=1)
    with queue_of(engine) as queue:
        runs = pool.submit(ask, queue, "перший")
        soon(lambda: len(engine.begun) == 1)
        waits = pool.submit(ask, queue, "другий")
        soon(lambda: queue.depth() == 1)
        closing = pool.submit(queue.close)
        with pytest.raises(WorkCancelledError, match="shutting down"):
            waits.result(timeout=5)
        engine.gate.release()
        assert runs.result() == ["перший"]
        closing.result(timeout=5)
        queue.close()
        with pytest.raises(WorkCancelledError, match="shutting down"):
            ask(queue, "третій")


def test_each_batch_is_told_of() -> None:
    told: list[BatchDone] = []
    with queue_of(ScriptedEngine(kind="seq2seq"), observe=told.append) as queue:
        ask(queue, "два слова", "три слова тут")
    (done,) = told
    assert (done.requests, done.source_tokens, done.output_tokens) == (2, 5, 5)
    assert done.seconds >= 0


def test_hundreds_of_callers_at_once_each_get_their_own(pool: ThreadPoolExecutor) -> None:
    engine = ScriptedEngine(lambda request: request.text.upper(), kind="seq2seq", batch_size=16)
    with queue_of(engine, wait_s=0.001) as queue:
        calls = [pool.submit(ask, queue, f"а{number}", f"б{number}") for number in range(400)]
        for number, call in enumerate(calls):
            assert call.result() == [f"А{number}", f"Б{number}"]
    assert max(len(batch) for batch, _ in engine.calls) <= 16

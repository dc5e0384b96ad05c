"""One queue for one engine: the requests of everybody who waits, in batches that the engine likes.

    QueuedEngine.generate → places in the queue → a worker takes a batch → engine → outputs back to each caller

A batch holds requests of all callers that are decoded alike. A worker whose engine is idle waits until for some
milliseconds nobody has come and nobody who was let in is still on the way to the queue, but no longer than is worth it,
and shares what waits with the other idle workers. Interactive requests go first; a job's request counts as if it had
come some seconds later, so it is never passed for ever.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal

from vistka.errors import BusyError, EngineError, VistkaError, WorkCancelledError
from vistka.models.engine import Decoding, Engine, Output, Request
from vistka.serve.ticket import Ticket

JOB_AGING_S = 5.0
"""A job's request goes as if it had come so much later than it did."""

_PLACE_S = 0.02
"""Each further request of one call goes as if it had come so much later: one sentence slips past a long text."""

_PATIENCE = 10
"""How many times the usual wait a batch waits at most for others that are on their way."""

_WORTH_WAITING = 0.15
"""Or this share of the time that a batch takes: a full one is done in little more time than a small one."""

_FIRST_CHARS_PER_TOKEN = 3.0
_SMOOTHING = 0.2
_LONGEST_RETRY_S = 120.0


@dataclass(frozen=True, slots=True)
class BatchDone:
    """What a batch came to, for metrics.

    Attributes:
        requests: how many were answered.
        padded_tokens: the longest source, as estimated before, times the requests.
        source_tokens, output_tokens: as the engine counted them.
        seconds: of the engine.
    """

    requests: int
    padded_tokens: int
    source_tokens: int
    output_tokens: int
    seconds: float


class _Call:
    """One call of `generate` that waits for its outputs."""

    def __init__(self, requests: int) -> None:
        self.outputs: list[Output | None] = [None] * requests
        self.open = requests
        self.error: BaseException | None = None
        self.awake = threading.Event()

    @property
    def is_answered(self) -> bool:
        return self.open == 0 or self.error is not None


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    """A request in the queue.

    Attributes:
        likeness: its decoding without a limit of its own: requests that share it go into one batch.
        tokens: of its source, estimated.
        since: when it came; `rank`: by what it is ordered.
    """

    request: Request
    likeness: Decoding
    max_new_tokens: int
    tokens: int
    ticket: Ticket
    call: _Call
    index: int
    since: float
    rank: float


class EngineQueue:
    """Runs the batches of one engine.

    Args:
        engine: the model.
        limit: interactive requests that may wait; a caller past that is refused before it begins.
        wait_s: how long a lone request waits for company.
        batch_tokens: padded source tokens of one batch; a longer request goes alone.
        observe: told of each batch.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        limit: int = 512,
        wait_s: float = 0.005,
        batch_tokens: int = 2048,
        observe: Callable[[BatchDone], None] | None = None,
    ) -> None:
        self._engine = engine
        self._limit = limit
        self._wait_s = wait_s if engine.batch_size > 1 else 0.0
        self._batch_tokens = batch_tokens
        self._observe = observe
        self._changed = threading.Condition()
        self._waiting: list[_Waiting] = []
        self._coming: set[Ticket] = set()
        self._idle = 0
        self._running = 0
        self._closed = False
        self._chars_per_token = _FIRST_CHARS_PER_TOKEN
        self._tokens_per_s = 0.0
        self._batch_s = 0.0
        self._latest = 0.0
        self.workers = max(1, engine.parallel)
        self._threads = [
            threading.Thread(target=self._work, name=f"vistka-queue-{number}", daemon=True)
            for number in range(self.workers)
        ]
        for thread in self._threads:
            thread.start()

    # --- callers ----------------------------------------------------------------------------------------------------

    def engine_for(self, ticket: Ticket) -> QueuedEngine:
        """The engine as the bearer of `ticket` sees it."""
        return QueuedEngine(self._engine, self, ticket)

    @contextmanager
    def admitted(self, ticket: Ticket) -> Iterator[None]:
        """Let the bearer of `ticket` in, for the block; what it asks then is not refused half way.

        Raises:
            BusyError: too many wait already. Jobs are never refused: they run a few at a time.
        """
        if ticket.priority == "interactive":
            with self._changed:
                waiting = len(self._coming) + sum(one.ticket.priority == "interactive" for one in self._waiting)
                if waiting >= self._limit:
                    raise self._busy(waiting)
                self._coming.add(ticket)
        try:
            yield
        finally:
            with self._changed:
                self._arrived(ticket)

    def ask(self, requests: Sequence[Request], decoding: Decoding, ticket: Ticket) -> list[Output]:
        """Outputs of `requests`, in order; blocks until they are there or the ticket is over.

        Raises:
            WorkCancelledError, DeadlineError: see `Ticket.check`; what has not run yet leaves the queue.
            InputError, EngineError: see `Engine.generate`.
        """
        if not requests:
            return []
        call = _Call(len(requests))
        with self._changed:
            self._arrived(ticket)
            self._refuse_when_closed()
            self._waiting += self._placed(requests, decoding, ticket, call)
            self._latest = time.monotonic()
            self._changed.notify_all()
        with ticket.waking(call.awake.set):
            call.awake.wait(ticket.remaining_s())
        if not call.is_answered:
            with self._changed:
                self._waiting = [one for one in self._waiting if one.call is not call]
            ticket.check()
            raise WorkCancelledError("the service is shutting down", next_step="try again later")
        if call.error is not None:
            raise call.error
        return [output for output in call.outputs if output is not None]

    def depth(self) -> int:
        """Requests that wait."""
        return len(self._waiting)

    def running(self) -> int:
        """Batches that run now."""
        return self._running

    def retry_after_s(self) -> float:
        """Seconds until what waits now is worked off, by what the engine has done so far; 1 to 120."""
        tokens = sum(one.tokens for one in list(self._waiting))
        seconds = tokens / self._tokens_per_s if self._tokens_per_s else 1.0
        return float(min(_LONGEST_RETRY_S, max(1, math.ceil(seconds))))

    def close(self, timeout_s: float = 30.0) -> None:
        """Finish the batches that run; what waits is refused. Closing twice is fine."""
        with self._changed:
            self._closed = True
            waiting, self._waiting = self._waiting, []
            self._changed.notify_all()
        for call in {one.call for one in waiting}:
            call.awake.set()
        end = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    def _busy(self, waiting: int) -> BusyError:
        return BusyError(
            f"{waiting} requests wait for the model already",
            retry_after_s=self.retry_after_s(),
            next_step="try again later",
        )

    def _arrived(self, ticket: Ticket) -> None:
        """The ticket's bearer is in the queue, or will not come: no batch waits for it."""
        if ticket in self._coming:
            self._coming.discard(ticket)
            if not self._coming:
                self._changed.notify_all()

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise WorkCancelledError("the service is shutting down", next_step="try again later")

    def _placed(
        self, requests: Sequence[Request], decoding: Decoding, ticket: Ticket, call: _Call
    ) -> Iterator[_Waiting]:
        now = time.monotonic()
        first = now + (JOB_AGING_S if ticket.priority == "job" else 0.0)
        likeness = replace(decoding, max_new_tokens=0)
        for index, request in enumerate(requests):
            tokens = 2 + int((len(request.text) + len(request.instruction)) / self._chars_per_token)
            rank = first + index * _PLACE_S
            yield _Waiting(request, likeness, decoding.max_new_tokens, tokens, ticket, call, index, now, rank)

    # --- workers ----------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while batch := self._next_batch():
            try:
                self._answer(batch)
            finally:
                with self._changed:
                    self._running -= 1

    def _next_batch(self) -> list[_Waiting]:
        """The next batch; empty when the queue was closed."""
        with self._changed:
            self._idle += 1
            try:
                while not self._closed:
                    self._waiting = [one for one in self._waiting if not one.ticket.is_over()]
                    wait_s = self._still_to_wait_s()
                    if wait_s is not None and wait_s <= 0:
                        self._running += 1
                        return self._taken()
                    self._changed.wait(wait_s)
                return []
            finally:
                self._idle -= 1

    def _still_to_wait_s(self) -> float | None:
        """How long a batch is to wait for company; None = there is nothing to do."""
        if not self._waiting:
            return None
        if len(self._waiting) >= self._engine.batch_size * self._idle:
            return 0.0
        patience_s = max(_PATIENCE * self._wait_s, _WORTH_WAITING * self._batch_s) if self._wait_s else 0.0
        end = min(one.since for one in self._waiting) + patience_s
        if not self._coming:
            end = min(end, self._latest + self._wait_s)
        return end - time.monotonic()

    def _taken(self) -> list[_Waiting]:
        """Take a batch out of the queue: the first in rank, and those most like it in length."""
        head = min(self._waiting, key=lambda one: one.rank)
        alike = [one for one in self._waiting if one.likeness == head.likeness]
        # The other idle workers get their share: two batches at once are done sooner than one of twice the size.
        size = min(self._engine.batch_size, -(-len(alike) // max(1, self._idle)))
        alike.sort(key=lambda one: (one is not head, abs(one.tokens - head.tokens), one.rank))
        batch: list[_Waiting] = []
        longest = 0
        for one in alike[: max(1, size)]:
            longest = max(longest, one.tokens)
            if batch and longest * (len(batch) + 1) > self._batch_tokens:
                break
            batch.append(one)
        taken = set(map(id, batch))
        self._waiting = [one for one in self._waiting if id(one) not in taken]
        return batch

    def _answer(self, batch: Sequence[_Waiting]) -> None:
        try:
            self._generate(batch)
        except VistkaError as error:
            # One text that is too long must not fail those that were put beside it.
            calls = list(dict.fromkeys(one.call for one in batch))
            if len(calls) == 1:
                self._fail(calls[0], error)
                return
            for call in calls:
                self._answer([one for one in batch if one.call is call])
        except Exception as error:
            for call in {one.call for one in batch}:
                self._fail(call, EngineError(f"{type(error).__name__}: {error}", where=self._engine.name))

    def _generate(self, batch: Sequence[_Waiting]) -> None:
        limit = max(one.max_new_tokens for one in batch)
        begin = time.monotonic()
        outputs = self._engine.generate(
            [one.request for one in batch], replace(batch[0].likeness, max_new_tokens=limit)
        )
        self._learn(batch, outputs, time.monotonic() - begin)
        for one, output in zip(batch, outputs, strict=True):
            one.call.outputs[one.index] = output
        with self._changed:
            for one in batch:
                one.call.open -= 1
        for call in {one.call for one in batch}:
            if call.is_answered:
                call.awake.set()

    @staticmethod
    def _fail(call: _Call, error: BaseException) -> None:
        call.error = error
        call.awake.set()

    def _learn(self, batch: Sequence[_Waiting], outputs: Sequence[Output], seconds: float) -> None:
        """Keep up what lengths and speed are estimated by."""
        chars = sum(len(one.request.text) + len(one.request.instruction) for one in batch)
        source_tokens = sum(output.source_tokens for output in outputs)
        if source_tokens:
            self._chars_per_token += _SMOOTHING * (chars / source_tokens - self._chars_per_token)
        pace = self.workers * sum(one.tokens for one in batch) / max(seconds, 1e-6)
        self._tokens_per_s += (_SMOOTHING if self._tokens_per_s else 1.0) * (pace - self._tokens_per_s)
        self._batch_s += _SMOOTHING * (seconds - self._batch_s)
        if self._observe:
            self._observe(
                BatchDone(
                    requests=len(batch),
                    padded_tokens=len(batch) * max(one.tokens for one in batch),
                    source_tokens=source_tokens,
                    output_tokens=sum(output.output_tokens for output in outputs),
                    seconds=seconds,
                )
            )


class QueuedEngine:
    """An engine as one ticket's bearer sees it: it asks the queue, and waits.

    `batch_size` is what keeps all workers of the queue busy.
    """

    def __init__(self, engine: Engine, queue: EngineQueue, ticket: Ticket) -> None:
        self.name: str = engine.name
        self.kind: Literal["chat", "seq2seq"] = engine.kind
        self.parallel = engine.parallel
        self.batch_size = engine.batch_size * queue.workers
        self.max_source_tokens = engine.max_source_tokens
        self._engine = engine
        self._queue = queue
        self._ticket = ticket

    def count_tokens(self, text: str) -> int:
        """See `Engine.count_tokens`."""
        return self._engine.count_tokens(text)

    def generate(self, requests: Sequence[Request], decoding: Decoding) -> list[Output]:
        """See `Engine.generate`, and `EngineQueue.ask` for what else it raises."""
        self._ticket.check()
        return self._queue.ask(requests, decoding, self._ticket)

    def close(self) -> None:
        """The engine is the queue's: nothing is closed."""

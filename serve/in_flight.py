"""Identical requests that are under way at the same time are done once.

A client that gives up after ten seconds and asks again finds its first question still being worked on. The work goes on
as long as one caller waits for it, and is cancelled when the last one has gone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from vistka.serve.metrics import Metrics
from vistka.serve.ticket import Priority, Ticket

Result = TypeVar("Result")


@dataclass(slots=True, eq=False)
class _Flight:
    ticket: Ticket
    task: asyncio.Task[Any]
    waiting: int = 0


class InFlight:
    """What is under way. Belongs to one event loop.

    Args:
        deadline_s: of tickets that are given none.
        metrics: told of each request that found its like.
    """

    def __init__(self, *, deadline_s: float | None, metrics: Metrics) -> None:
        self._deadline_s = deadline_s
        self._metrics = metrics
        self._flights: dict[str, _Flight] = {}

    def __len__(self) -> int:
        return len(self._flights)

    async def run(
        self,
        key: str | None,
        work: Callable[[Ticket], Awaitable[Result]],
        *,
        label: str = "native",
        priority: Priority = "interactive",
        deadline_s: float | None = None,
    ) -> Result:
        """What `work` returns or raises; one run of it for all that ask with the same key at the same time.

        Args:
            key: everything that the result depends on, and whose it is; None = not to be shared.
            work: given the ticket of the run.
            label: of that ticket; of all that share a run the first caller's stand, for this and the next two.
            priority: of that ticket.
            deadline_s: of that ticket; None = the usual one.
        """
        flight = self._flights.get(key) if key is not None else None
        if flight is None:
            flight = self._started(
                key, work, Ticket(priority=priority, deadline_s=self._limit(deadline_s), label=label)
            )
        else:
            self._metrics.merged()
        flight.waiting += 1
        try:
            result: Result = await asyncio.shield(flight.task)
        except asyncio.CancelledError:
            # Either this caller went away, or the work itself was cancelled; in that case there is nothing to stop.
            if flight.waiting == 1:
                self._stop(key, flight)
            raise
        finally:
            flight.waiting -= 1
        return result

    def _limit(self, deadline_s: float | None) -> float | None:
        return self._deadline_s if deadline_s is None else deadline_s

    def _started(self, key: str | None, work: Callable[[Ticket], Awaitable[Result]], ticket: Ticket) -> _Flight:
        async def worked() -> Result:
            return await work(ticket)

        flight = _Flight(ticket, asyncio.create_task(worked()))
        if key is not None:
            self._flights[key] = flight
        flight.task.add_done_callback(lambda _: self._landed(key, flight))
        return flight

    def _stop(self, key: str | None, flight: _Flight) -> None:
        flight.ticket.cancel()
        flight.task.cancel()
        self._landed(key, flight)

    def _landed(self, key: str | None, flight: _Flight) -> None:
        # A new flight with the same key may have begun since this one was stopped.
        if key is not None and self._flights.get(key) is flight:
            del self._flights[key]
        if flight.task.done() and not flight.task.cancelled():
            flight.task.exception()  # seen, if nobody waits for it any more

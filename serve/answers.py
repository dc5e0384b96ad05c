"""Answers that take long: white space keeps the client waiting until the JSON is there.

Clients give up after 5 to 10 seconds without a byte. JSON may begin with white space, so a slow answer begins with some
and goes on with more until the result is ready. By then its status has been sent as 200: whatever can be wrong with a
request is to be found before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from vistka.errors import FaultError, VistkaError
from vistka.serve.logs import log_fault

_TURNS = 20

OnError = Callable[[VistkaError], JSONResponse]


async def slow_json(
    request: Request,
    work: Awaitable[Any],
    *,
    on_error: OnError,
    after_s: float = 1.5,
    every_s: float = 2.0,
    cut_off: bool = False,
) -> Response:
    """The JSON that `work` returns, kept alive with white space while it takes long.

    Ready within `after_s` it is a plain answer with its own status and headers. Later it is a 200 that begins with a
    space every `every_s` seconds and ends in the JSON, or in the body of the error. A client that goes away cancels the
    work.

    Args:
        request: whose body has been read and found right.
        work: gives the value to send, or a whole Response with a JSON body.
        on_error: an error in the form of the dialect.
        after_s: how long the answer may be silent.
        every_s: seconds between two spaces.
        cut_off: leave an answer that ends in an error unfinished, for clients that take any 200 for a result: they see
            a connection that broke.
    """
    task = asyncio.ensure_future(_finished(work, on_error))
    gone = asyncio.ensure_future(_gone(request.receive))
    try:
        await asyncio.wait({task, gone}, timeout=after_s, return_when=asyncio.FIRST_COMPLETED)
        await _verdict(task)
    except asyncio.CancelledError:
        task.cancel()
        raise
    finally:
        left = gone.done()
        gone.cancel()
    if task.done():
        return task.result()
    if left:
        task.cancel()
        return _Nobody()
    return _Slow(task, every_s, cut_off=cut_off)


async def _verdict(task: asyncio.Future[Response]) -> None:
    """Let `task` go as far as it can without waiting for anything.

    Whether a request is let in to the model is known after a few turns of the event loop. In a crowd a turn takes so
    long that the time is up before; whoever is refused is to get the status of that, not a 200 that breaks off.
    """
    for _ in range(_TURNS):
        if task.done():
            return
        await asyncio.sleep(0)


async def _finished(work: Awaitable[Any], on_error: OnError) -> Response:
    try:
        value = await work
    except VistkaError as error:
        return on_error(error)
    except Exception:
        return on_error(FaultError(log_fault("fault")))
    return value if isinstance(value, Response) else JSONResponse(value)


async def _gone(receive: Receive) -> None:
    """Returns when the client has gone away."""
    while (await receive())["type"] != "http.disconnect":
        pass


class _Nobody(Response):
    """For a client that is not there any more."""

    def __init__(self) -> None:
        super().__init__(status_code=499)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send nothing that matters: the connection is closed."""
        with suppress(OSError):
            await super().__call__(scope, receive, send)


class _Slow(Response):
    """Spaces, then the body of what `task` gives."""

    media_type = "application/json"

    def __init__(self, task: asyncio.Future[Response], every_s: float, *, cut_off: bool) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        # Its length is not known yet.
        del self.headers["content-length"]
        self._task = task
        self._every_s = every_s
        self._cut_off = cut_off

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, and stop the work when the client goes away."""
        gone: asyncio.Future[Any] = asyncio.ensure_future(_gone(receive))
        either: set[asyncio.Future[Any]] = {self._task, gone}
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            while not self._task.done() and not gone.done():
                await send({"type": "http.response.body", "body": b" ", "more_body": True})
                await asyncio.wait(either, timeout=self._every_s, return_when=asyncio.FIRST_COMPLETED)
            if self._task.done():
                last = self._task.result()
                unfinished = self._cut_off and last.status_code >= HTTPStatus.BAD_REQUEST
                await send({"type": "http.response.body", "body": bytes(last.body), "more_body": unfinished})
        except OSError:
            pass  # the client has gone away between two spaces
        finally:
            gone.cancel()
            self._task.cancel()
        if self.background is not None:
            await self.background()

"""What all native routes have in common: who calls, what is said twice, how an answer goes out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response, Security
from fastapi.responses import JSONResponse
from fastapi.security import APIKeyHeader, HTTPBearer

from vistka.errors import VistkaError
from vistka.memory.store import open_memory
from vistka.serve.access import Caller, Scope, key_in_headers
from vistka.serve.answers import slow_json
from vistka.serve.context import Context
from vistka.serve.idempotency import MAX_KEY_CHARS, Idempotency, request_digest
from vistka.serve.problems import error_response, problem_responses
from vistka.serve.settings import data_folder
from vistka.serve.ticket import Ticket

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=MAX_KEY_CHARS + 2,
        pattern=r"^[!-~]+$",
        description="Your name for this request, a random UUID for instance. Sent again within a day, with the same"
        " body, it gets the first answer and nothing is done twice; with another body it is refused (422); while the"
        " first is still under way it gets 409.",
    ),
]

Responses = dict[int | str, dict[str, Any]]

NOT_MODIFIED: Responses = {304: {"description": "The client has it already: its `If-None-Match` names the same ETag."}}


def errors(*more: int) -> Responses:
    """The errors that any native route may answer with, and these."""
    return problem_responses(*sorted({400, 401, 403, 408, 413, 415, 422, 429, 503, 507, *more}))


def work_errors(*more: int) -> Responses:
    """The errors of a route that asks the model."""
    return errors(404, 409, 504, *more)


class Native:
    """What the native routes need.

    Args:
        context: the running service.

    Attributes:
        context: as given.
        memory: the corrections; None = the service runs without. It needs no model to be loaded.
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        self.memory = open_memory(context.service.options)
        self._idempotency = Idempotency(data_folder(context.settings.data) / "answers.sqlite")

    def routes(self, tag: str, *closing: Callable[[], None]) -> APIRouter:
        """A router whose routes show in OpenAPI that they take a key; `closing` is called when the service ends."""

        @asynccontextmanager
        async def lifespan(_: object) -> AsyncIterator[None]:
            try:
                yield
            finally:
                for close in (*closing, self._idempotency.close):
                    close()
                if self.memory is not None:
                    self.memory.close()

        schemes = (Security(HTTPBearer(auto_error=False)), Security(APIKeyHeader(name="X-API-Key", auto_error=False)))
        return APIRouter(prefix="/v1", tags=[tag], dependencies=list(schemes), lifespan=lifespan)

    def caller(self, request: Request, scope: Scope) -> Caller:
        """Who calls.

        Raises:
            KeyMissingError, KeyInvalidError, ScopeError: they may not.
        """
        return self.context.access.caller(key_in_headers(request.headers), scope)

    async def once(
        self,
        request: Request,
        caller: Caller,
        key: str | None,
        work: Callable[[], Awaitable[Any]],
        *,
        status: int = 200,
    ) -> Response:
        """The answer of something quick that is to be done once for each key.

        Raises:
            InputError, ConflictError: see `Idempotency.once`.
        """
        answer = await self._idempotency.once(key, caller, _place(request), await _digest(request), work)
        return JSONResponse(answer, status)

    async def worked_on(
        self, request: Request, caller: Caller, key: str | None, work: Callable[[Ticket], Awaitable[Any]]
    ) -> Response:
        """The answer of something that asks the model: slowly if need be, once for all that ask the same now."""
        place, digest = _place(request), await _digest(request)
        settings = self.context.settings

        async def run() -> Any:
            return await self.context.merger.run(f"native {caller.id} {place} {digest}", work)

        return await slow_json(
            request,
            self._idempotency.once(key, caller, place, digest, run),
            on_error=_problem,
            after_s=settings.heartbeat_after_s,
            every_s=settings.heartbeat_every_s,
        )


def _place(request: Request) -> str:
    return f"{request.method} {request.scope['path']}"


async def _digest(request: Request) -> str:
    return request_digest(request.url.query, await request.body())


def _problem(error: VistkaError) -> JSONResponse:
    return error_response(error, "native")

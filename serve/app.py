"""All parts of the service in one ASGI application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from vistka.options import Options
from vistka.pipeline import Pipeline, vistka_version
from vistka.serve import (
    desk,
    dialect_apertium,
    dialect_deepl,
    dialect_libretranslate,
    health,
    native_blurb,
    native_documents,
    native_glossaries,
    native_memory,
    native_translate,
    problems,
)
from vistka.serve.access import Access
from vistka.serve.bind_rule import is_loopback, keys_needed
from vistka.serve.body_limits import BodyLimits, largest_body
from vistka.serve.connection_limit import ConnectionLimit
from vistka.serve.context import Context
from vistka.serve.foreign_pages import EXPOSED_HEADERS, ForeignPages
from vistka.serve.glossary_shelf import GlossaryShelf
from vistka.serve.in_flight import InFlight
from vistka.serve.jobs.jobs import Jobs
from vistka.serve.key_store import FILE_NAME, KeyStore
from vistka.serve.metrics import Metrics
from vistka.serve.problems import UnexpectedErrors
from vistka.serve.request_log import RequestLog
from vistka.serve.service import Service
from vistka.serve.settings import ServeSettings, data_folder

# In this order: of two routes with one path the first answers.
_PARTS = (
    health,
    dialect_libretranslate,
    dialect_deepl,
    dialect_apertium,
    native_translate,
    native_blurb,
    native_glossaries,
    native_memory,
    native_documents,
    desk,
)

_KEYS_BUSY_S = 1.0
"""Usage is counted in the event loop, and all requests wait for a count: it waits no longer than this for a lock."""


def make_context(settings: ServeSettings, options: Options, load: Callable[[Options], Pipeline]) -> Context:
    """The parts of a service; nothing runs yet.

    Raises:
        ResourceError: the folder of its state cannot be made.
    """
    folder = data_folder(settings.data)
    metrics = Metrics()
    service = Service(settings, options, load, metrics)
    keys = KeyStore(folder / FILE_NAME, busy_timeout_s=_KEYS_BUSY_S)
    access = Access(keys, keys_required=keys_needed(settings, keys_in_force=keys.count_in_force()))
    glossaries = GlossaryShelf(folder / "glossaries.sqlite", user_files=options.glossaries)
    jobs = Jobs(folder, settings=settings, service=service, access=access, glossaries=glossaries, metrics=metrics)
    merger = InFlight(deadline_s=settings.deadline_s, metrics=metrics)
    return Context(settings, service, access, jobs, glossaries, metrics, merger)


def make_app(context: Context) -> FastAPI:
    """The application; it starts and stops the parts with itself."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        context.service.start()
        context.jobs.start()
        try:
            yield
        finally:
            await asyncio.to_thread(_stop, context)

    app = FastAPI(
        title="Vistka",
        version=vistka_version(),
        lifespan=lifespan,
        docs_url=None,  # FastAPI's pages load scripts from another host
        redoc_url=None,
    )
    app.state.context = context
    for part in _PARTS:
        app.include_router(part.router(context))
    problems.install(app)
    _go_around(app, context)
    return app


def _go_around(app: FastAPI, context: Context) -> None:
    """What goes around all routes; what is added last is outermost."""
    settings = context.settings
    app.add_middleware(ConnectionLimit, limit=settings.max_connections, retry_after_s=context.service.retry_after_s)
    if not context.access.keys_required:
        app.add_middleware(ForeignPages, origins=settings.cors_origins, any_name=not is_loopback(settings.host))
    app.add_middleware(BodyLimits, max_bytes=largest_body(settings), timeout_s=settings.body_timeout_s)
    app.add_middleware(UnexpectedErrors)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(settings.cors_origins),
        allow_methods=["*"],
        allow_headers=["*"],
        expose_headers=EXPOSED_HEADERS,
    )
    app.add_middleware(RequestLog, metrics=context.metrics)


def _stop(context: Context) -> None:
    """End everything: jobs first, since they ask the service."""
    context.jobs.stop()
    context.service.close()
    context.glossaries.close()
    context.access.close()

"""The whole service on a scripted engine, in this process or behind a port of the loopback interface."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from vistka.datatypes import Recipe
from vistka.memory.recall import Recaller
from vistka.memory.store import Memory
from vistka.options import Options
from vistka.pipeline import Pipeline
from vistka.serve.app import make_app, make_context
from vistka.serve.server import Server
from vistka.serve.settings import ServeSettings
from vistka.summarize.blurbs import Summarizer
from vistka.summarize.house_style import load_style
from vistka.tests.scripted_engine import ScriptedEngine
from vistka.text.romanisation import romanise
from vistka.translate.drafts import Translator
from vistka.translate.glossary import load_glossary
from vistka.translate.glossary_files import glossaries_in_force

RECIPE = Recipe("scripted", engine="scripted")


def romanising_engine(**fields: Any) -> ScriptedEngine:
    """A sequence-to-sequence engine whose English is the Ukrainian in Latin letters; all else it copies."""
    return ScriptedEngine(lambda request: romanise(request.text), **{"kind": "seq2seq"} | fields)


def scripted_pipeline(engine: Any, options: Options) -> Pipeline:
    """A pipeline on `engine`, with the built-in lexicon and a memory."""
    memory = Memory(options.memory) if options.memory else None
    translator = Translator(
        engine=engine,
        glossary=load_glossary(glossaries_in_force(options.glossaries)),
        options=options,
        recipe=RECIPE,
        memory=Recaller(memory) if memory else None,
    )
    summarizer = Summarizer(
        writer=engine if engine.kind == "chat" else None,
        translator=translator,
        options=options,
        recipe=RECIPE,
        style=load_style(options.style),
    )
    return Pipeline(translator, summarizer, [engine], memory)


def scripted_app(
    tmp_path: Path, *, engine: Any = None, options: Options | None = None, load: Any = None, **settings: Any
) -> FastAPI:
    """The service, its state in `tmp_path`; `app.state.context` holds its parts.

    Args:
        tmp_path: an empty folder.
        engine: None = `romanising_engine()`.
        options: of the models; None = a memory in `tmp_path`.
        load: options → pipeline, in place of one on `engine`.
        settings: fields of ServeSettings.
    """
    engine = engine or romanising_engine()
    options = options or Options(memory=tmp_path / "memory.sqlite")
    values: dict[str, Any] = {"data": tmp_path / "data", "port": 0, "batch_wait_ms": 1.0} | settings
    load = load or (lambda given: scripted_pipeline(engine, given))
    return make_app(make_context(ServeSettings(**values), options, load))


def _server(app: FastAPI) -> uvicorn.Server:
    """As `vistka serve` runs it; an app that is not the service gets a plain server."""
    if hasattr(app.state, "context"):
        return Server(app, app.state.context)
    return uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, access_log=False))


@contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """Serve `app` in a thread; gives its base URL, without a slash at the end."""
    server = _server(app)
    thread = threading.Thread(target=server.run, name="uvicorn")
    thread.start()
    try:
        end = time.monotonic() + 30
        while not server.started:
            assert thread.is_alive(), "the service did not start"
            assert time.monotonic() < end, "the service does not start"
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(60)
        assert not thread.is_alive(), "the service does not stop"

"""`vistka serve`: the service with its four dialects and the editor's desk."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from vistka.commands.common_options import (
    BeamOption,
    EngineOption,
    GlossariesOption,
    MemoryOption,
    ModelOption,
    NoHintsOption,
    NoMemoryOption,
    OfflineOption,
    QuietOption,
    SecondModelOption,
    StyleOption,
    SummarizerOption,
    ThreadsOption,
    examples,
)
from vistka.commands.streams import tell_line
from vistka.options import DEFAULT_MAX_CHARS, DEFAULT_MODEL, DEFAULT_STYLE, Options
from vistka.serve.settings import DEFAULT_PORT, ServeSettings

EPILOG = examples(
    "vistka serve",
    "vistka serve --model opus --beam-size 4 --port 8080",
    "vistka keys add newsroom && vistka serve --host 0.0.0.0",
)

_DEFAULTS = ServeSettings()

HostOption = Annotated[str, typer.Option("--host", help="Address to listen on; others than loopback need API keys.")]
PortOption = Annotated[int, typer.Option("--port", help="Port to listen on; 0 = any that is free.")]
PrefixOption = Annotated[
    str, typer.Option("--url-prefix", help="Path under which a proxy offers it, such as /mt; the proxy takes it off.")
]
DataOption = Annotated[
    Path | None,
    typer.Option("--data", help="Folder of jobs, keys and glossaries; else VISTKA_DATA, else your data folder."),
]
MaxCharsOption = Annotated[int, typer.Option("--max-chars", help="Upper limit of an abstract, in characters.")]
NoLadderOption = Annotated[
    bool, typer.Option("--no-ladder", help="Take the model's first answer, whatever the checks say of it.")
]
KeysOption = Annotated[
    bool | None,
    typer.Option("--keys/--no-keys", help="Refuse who has no API key; else only if not on loopback."),
]
OpenOption = Annotated[
    bool, typer.Option("--open-without-keys", help="With --no-keys: let anybody who reaches it use it.")
]
OriginsOption = Annotated[
    list[str] | None, typer.Option("--cors-origin", help="Origin whose web pages may call it; else all of them.")
]
QueueOption = Annotated[int, typer.Option("--queue", help="Sentences that may wait; past that, 503 with Retry-After.")]
ConnectionsOption = Annotated[int, typer.Option("--max-connections", help="Requests served at once.")]
WaitOption = Annotated[float, typer.Option("--batch-wait-ms", help="How long a lone sentence waits for company.")]
TokensOption = Annotated[int, typer.Option("--batch-tokens", help="Padded source tokens of one batch.")]
DeadlineOption = Annotated[float, typer.Option("--deadline-s", help="The longest a caller waits.")]
MaxTextOption = Annotated[int, typer.Option("--max-text-chars", help="The longest text of one request.")]
KeptOption = Annotated[float, typer.Option("--documents-kept-h", help="Hours until finished documents are deleted.")]
ProbeOption = Annotated[bool, typer.Option("--echo-probe", help="Echo Weblate's probe, English to German `test`.")]
SuggestionsOption = Annotated[
    bool, typer.Option("--suggestions", help="Take LibreTranslate's suggestions into the memory.")
]
PrivateOption = Annotated[bool, typer.Option("--allow-private-urls", help="Fetch pages of private addresses, too.")]
LogTextOption = Annotated[bool, typer.Option("--log-text", help="Write what is translated into the log.")]


def serve(
    host: HostOption = _DEFAULTS.host,
    port: PortOption = DEFAULT_PORT,
    model: ModelOption = DEFAULT_MODEL,
    second_model: SecondModelOption = "",
    engine: EngineOption = "",
    summarizer: SummarizerOption = "",
    style: StyleOption = DEFAULT_STYLE,
    max_chars: MaxCharsOption = DEFAULT_MAX_CHARS,
    glossary: GlossariesOption = None,
    memory: MemoryOption = None,
    no_memory: NoMemoryOption = False,
    beam_size: BeamOption = 1,
    no_hints: NoHintsOption = False,
    no_ladder: NoLadderOption = False,
    threads: ThreadsOption = 0,
    offline: OfflineOption = False,
    url_prefix: PrefixOption = "",
    data: DataOption = None,
    keys: KeysOption = None,
    open_without_keys: OpenOption = False,
    cors_origin: OriginsOption = None,
    queue: QueueOption = _DEFAULTS.queue_requests,
    max_connections: ConnectionsOption = _DEFAULTS.max_connections,
    batch_wait_ms: WaitOption = _DEFAULTS.batch_wait_ms,
    batch_tokens: TokensOption = _DEFAULTS.batch_tokens,
    deadline_s: DeadlineOption = _DEFAULTS.deadline_s,
    max_text_chars: MaxTextOption = _DEFAULTS.max_text_chars,
    documents_kept_h: KeptOption = _DEFAULTS.documents_kept_h,
    echo_probe: ProbeOption = False,
    suggestions: SuggestionsOption = False,
    allow_private_urls: PrivateOption = False,
    log_text: LogTextOption = False,
    quiet: QuietOption = False,
) -> None:
    """Serve translations over HTTP as LibreTranslate, DeepL and Apertium do, an API of its own, and a page to edit in.

    It listens at once and loads the model meanwhile; requests that come before wait. Log lines are JSON, on standard
    error, and hold no text.
    """
    options = Options(
        model=model,
        second_model=second_model,
        engine=engine,
        summarizer=summarizer,
        style=style,
        max_chars=max_chars,
        glossaries=tuple(glossary or ()),
        use_memory=not no_memory,
        memory=memory,
        hints=not no_hints,
        ladder=not no_ladder,
        beam_size=beam_size,
        offline=offline,
        threads=threads,
    )
    settings = ServeSettings(
        host=host,
        port=port,
        url_prefix=url_prefix,
        data=data,
        keys_required=keys,
        open_without_keys=open_without_keys,
        cors_origins=tuple(cors_origin or _DEFAULTS.cors_origins),
        queue_requests=queue,
        max_connections=max_connections,
        batch_wait_ms=batch_wait_ms,
        batch_tokens=batch_tokens,
        deadline_s=deadline_s,
        max_text_chars=max_text_chars,
        documents_kept_h=documents_kept_h,
        echo_probe=echo_probe,
        suggestions=suggestions,
        allow_private_urls=allow_private_urls,
        log_text=log_text,
    )
    _serve(options, settings, quiet=quiet)


def _serve(options: Options, settings: ServeSettings, *, quiet: bool) -> None:
    _set_threads(options)
    _share_arenas()
    from vistka.pipeline import check_options
    from vistka.serve.app import make_app, make_context
    from vistka.serve.load import load_pipeline
    from vistka.serve.logs import write_logs
    from vistka.serve.server import Server
    from vistka.terminal import TerminalProgress

    # What is wrong with the options is told before anything listens.
    check_options(options)
    write_logs(quiet=quiet, log_text=settings.log_text)
    context = make_context(settings, options, lambda given: load_pipeline(given, TerminalProgress(quiet=quiet)))
    announce = None if quiet else lambda url: tell_line(f"vistka: {url} (model {options.model}; Ctrl-C stops it)")
    Server(make_app(context), context, announce).serve_until_stopped()


def _set_threads(options: Options) -> None:
    """Say how many threads each library may use, before any of them looks; what the user has set stands."""
    from vistka.models.threads import usable_cores

    os.environ.setdefault("OMP_NUM_THREADS", str(options.threads or usable_cores()))
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


_M_ARENA_MAX = -8
_ARENAS = 2


def _share_arenas() -> None:
    """Let all threads take memory from a few pools: with one each, glibc keeps what every one of them ever needed."""
    if sys.platform == "linux":
        change = getattr(ctypes.CDLL(None), "mallopt", None)  # not in musl
        if change is not None:
            change(_M_ARENA_MAX, _ARENAS)

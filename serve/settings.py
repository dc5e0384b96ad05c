"""How the service runs: everything that is not the model's business."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

DATA_VARIABLE = "VISTKA_DATA"

DEFAULT_PORT = 5000
"""LibreTranslate's own, so that its clients need no setting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeSettings:
    """Settings of one running service.

    Attributes:
        host, port: where it listens.
        url_prefix: path under which a proxy offers it, taken off before a request comes here (`/mt`).
        data: folder of its state (jobs, keys, usage, glossaries); None = VISTKA_DATA, else the user's data folder.
        keys_required: refuse who has no API key; None = yes unless it listens on loopback alone.
        open_without_keys: listen beyond loopback without keys, said a second time on purpose.
        cors_origins: origins whose pages may call it; `*` = all.
        queue_requests: model requests that may wait for one engine; past that callers are told to come again.
        max_connections: open connections; past that a new one gets 503 at once.
        batch_wait_ms: how long a lone request waits for company.
        batch_tokens: padded source tokens of one batch.
        deadline_s: the longest a caller waits for an interactive result.
        max_text_chars: the longest text of one interactive request.
        max_texts: texts in one request.
        max_body_mib, body_timeout_s: the largest body, and the longest it may take to arrive.
        max_document_mib: the largest document of a job.
        job_workers: jobs that are worked on at the same time.
        max_jobs: jobs that may wait or run; past that a document is refused.
        max_jobs_mib: what the documents of all jobs that are kept may come to.
        documents_kept_h: hours after which a finished job and its documents are deleted.
        heartbeat_after_s, heartbeat_every_s: when a slow answer begins to send white space, and how often.
        echo_probe: answer Weblate's probe (`test`, English to German) with the text itself.
        suggestions: take corrections by LibreTranslate's `/suggest` into the memory.
        allow_private_urls: let URL intake fetch private and loopback addresses.
        fetch_timeout_s, max_fetch_mib: of URL intake.
        shutdown_s: how long who waits for an answer may still get it after the service was told to stop.
        remembered_sentences: translations that are kept in memory, for a sentence that comes again.
        log_text: write the text of requests into the log.
    """

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    url_prefix: str = ""
    data: Path | None = None
    keys_required: bool | None = None
    open_without_keys: bool = False
    cors_origins: tuple[str, ...] = ("*",)
    queue_requests: int = 512
    max_connections: int = 256
    batch_wait_ms: float = 5.0
    batch_tokens: int = 2048
    deadline_s: float = 300.0
    max_text_chars: int = 50_000
    max_texts: int = 128
    max_body_mib: float = 8.0
    body_timeout_s: float = 30.0
    max_document_mib: float = 8.0
    documents_kept_h: float = 24.0
    job_workers: int = 2
    max_jobs: int = 256
    max_jobs_mib: float = 4096.0
    heartbeat_after_s: float = 1.5
    heartbeat_every_s: float = 2.0
    echo_probe: bool = False
    suggestions: bool = False
    allow_private_urls: bool = False
    fetch_timeout_s: float = 10.0
    max_fetch_mib: float = 4.0
    shutdown_s: int = 30
    remembered_sentences: int = 4096
    log_text: bool = False


def data_folder(named: Path | None) -> Path:
    """Where state is kept: `named`, else VISTKA_DATA, else the user's data folder. It may not be there yet."""
    chosen = named or os.environ.get(DATA_VARIABLE)
    if chosen:
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("vistka", appauthor=False)

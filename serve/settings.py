"""How the service runs: everything that is not the model's business."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

DEFAULT_PORT = 5000
"""LibreTranslate's own, so that its clients need no setting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeSettings:
    """Settings of one running service.

    Attributes:
        host, port: where it listens.
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
        documents_kept_h: hours after which a finished job and its documents are deleted.
        heartbeat_after_s, heartbeat_every_s: when a slow answer begins to send white space, and how often.
        echo_probe: answer Weblate's probe (`test`, English to German) with the text itself.
        allow_private_urls: let URL intake fetch private and loopback addresses.
        fetch_timeout_s, max_fetch_mib: of URL intake.
        log_text: write the text of requests into the log.
    """

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
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
    heartbeat_after_s: float = 1.5
    heartbeat_every_s: float = 2.0
    echo_probe: bool = False
    allow_private_urls: bool = False
    fetch_timeout_s: float = 10.0
    max_fetch_mib: float = 4.0
    log_text: bool = False

"""What the service counts, in the form that Prometheus reads."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Iterable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

from vistka.datatypes import Flag
from vistka.serve.engine_queue import BatchDone

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 120.0, 300.0)
_REQUESTS = (1, 2, 4, 8, 16, 32, 64, 128)
_TOKENS = (16, 32, 64, 128, 256, 512, 1024, 2048, 4096)


class Metrics:
    """Counters of one service, in a registry of their own: two services in a process do not mix."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        self._batch_requests = Histogram(
            "vistka_batch_requests", "Requests in a batch", buckets=_REQUESTS, registry=self._registry
        )
        self._batch_tokens = Histogram(
            "vistka_batch_padded_tokens", "Padded source tokens of a batch", buckets=_TOKENS, registry=self._registry
        )
        self._batch_seconds = Histogram(
            "vistka_batch_seconds", "Seconds of the engine for a batch", buckets=_SECONDS, registry=self._registry
        )
        self._tokens = Counter("vistka_tokens", "Tokens read and written", ["direction"], registry=self._registry)
        self._seconds = Histogram(
            "vistka_result_seconds",
            "Seconds from a request to its result",
            ["dialect", "outcome"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._characters = Counter(
            "vistka_source_characters", "Characters of source text", ["dialect"], registry=self._registry
        )
        self._flags = Counter(
            "vistka_flags_raised", "What a person should look at", ["code", "severity"], registry=self._registry
        )
        self._merged = Counter(
            "vistka_merged_requests", "Requests that shared the run of an identical one", registry=self._registry
        )
        self._answers = Counter("vistka_http_answers", "HTTP answers", ["method", "status"], registry=self._registry)

    def batch(self, done: BatchDone) -> None:
        """An engine ran a batch."""
        self._batch_requests.observe(done.requests)
        self._batch_tokens.observe(done.padded_tokens)
        self._batch_seconds.observe(done.seconds)
        self._tokens.labels("source").inc(done.source_tokens)
        self._tokens.labels("output").inc(done.output_tokens)

    def result(self, dialect: str, outcome: str, seconds: float, characters: int) -> None:
        """A request came to its result; `outcome` is `ok` or the class of the error."""
        self._seconds.labels(dialect, outcome).observe(seconds)
        self._characters.labels(dialect).inc(characters)

    def flags(self, flags: Iterable[Flag]) -> None:
        """Flags of a result."""
        for (code, severity), count in Tally((flag.code, flag.severity) for flag in flags).items():
            self._flags.labels(code, severity).inc(count)

    def merged(self) -> None:
        """A request found an identical one under way."""
        self._merged.inc()

    def answered(self, method: str, status: int) -> None:
        """An HTTP answer was sent."""
        known = method if method in _METHODS else "other"  # a name that a client makes up is no label
        self._answers.labels(known, str(status)).inc()

    def gauge(self, name: str, help_: str, value: Callable[[], float]) -> None:
        """Ask `value` whenever the metrics are read."""
        Gauge(name, help_, registry=self._registry).set_function(value)

    def text(self) -> bytes:
        """Everything, in Prometheus' text format."""
        return generate_latest(self._registry)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

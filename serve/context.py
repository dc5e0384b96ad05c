"""What every router needs, made once by `app`."""

from __future__ import annotations

from dataclasses import dataclass

from vistka.serve.access import Access
from vistka.serve.glossary_shelf import GlossaryShelf
from vistka.serve.in_flight import InFlight
from vistka.serve.jobs.jobs import Jobs
from vistka.serve.metrics import Metrics
from vistka.serve.service import Service
from vistka.serve.settings import ServeSettings


@dataclass(frozen=True, slots=True)
class Context:
    """The parts of one running service.

    Attributes:
        settings: how it runs.
        service: the model.
        access: who may do what.
        jobs: long documents.
        glossaries: those that clients made.
        metrics: what is counted.
        merger: identical requests that are under way.
    """

    settings: ServeSettings
    service: Service
    access: Access
    jobs: Jobs
    glossaries: GlossaryShelf
    metrics: Metrics
    merger: InFlight

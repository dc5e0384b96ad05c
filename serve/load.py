"""Options → the models of a service, loaded."""

from __future__ import annotations

from dataclasses import replace

from vistka.options import Options
from vistka.pipeline import Pipeline, open_pipeline
from vistka.progress import Progress


def load_pipeline(options: Options, progress: Progress) -> Pipeline:
    """The pipeline of a service: with a model that writes abstracts where one was named or the translator is one.

    A request may ask for another method than the options name, so the writer is loaded whatever that is.

    Raises:
        See `open_pipeline`.
    """
    pipeline = open_pipeline(replace(options, method="abstractive"), progress, writes_abstracts=True)
    pipeline.summarizer = replace(pipeline.summarizer, options=options)
    pipeline.translator = replace(pipeline.translator, options=options)
    return pipeline

"""The segments of a block: its sentences, each in one language, with the parts of it that nothing may change."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from vistka.datatypes import Segment, Span
from vistka.text.languages import rough_language, spans_of_sentences
from vistka.text.protected import merged_spans, protected_spans
from vistka.text.sentences import sentences_around


def segment_block(text: str, block_index: int, extra_protected: Sequence[Span] = ()) -> list[Segment]:
    """The segments of one block, in order; their texts join to `text`.

    A segment is a sentence with the white space after it, or the part of a sentence that is in one language. It never
    cuts a protected span: neither one that `protected_spans` finds, nor one of `extra_protected` (inline markup, say).
    An empty text has no segment.
    """
    protected = merged_spans(protected_spans(text), tuple(extra_protected))
    starts = [span.start for span in protected]
    sentences = sentences_around(text, rough_language(text), protected)
    segments: list[Segment] = []
    for part in spans_of_sentences(text, sentences, protected):
        first, last = bisect_left(starts, part.start), bisect_left(starts, part.end)
        segments.append(
            Segment(
                text=text[part.start : part.end],
                language=part.language,
                block=block_index,
                start=part.start,
                end=part.end,
                protected=tuple(span.shifted(-part.start) for span in protected[first:last]),
            )
        )
    return segments

"""What a person should know whose correction no draft will look for as it stands."""

from __future__ import annotations

from collections.abc import Iterator


def scope_notes(source: str) -> Iterator[str]:
    """Clauses without a capital and a full stop, on a corrected text that is no single Ukrainian sentence."""
    from vistka.text.segments import segment_block

    languages = [segment.language for segment in segment_block(source, 0)]
    if "uk" not in languages:
        yield "this does not read as Ukrainian; a correction applies to Ukrainian sentences alone"
    elif len(languages) > 1:
        yield (
            f"this reads as {len(languages)} sentences; a correction applies where one sentence is exactly this,"
            " so correct them one by one"
        )

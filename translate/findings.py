"""What a check has to say about one translated text."""

from __future__ import annotations

from dataclasses import dataclass

from vistka.datatypes import Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """One doubt.

    Attributes:
        code: stable name of the kind of doubt.
        message: one sentence for a person.
        severity: `error` when the English is probably wrong.
        source_text: the words of the source that it is about, if any.
    """

    code: str
    message: str
    severity: Severity = "warn"
    source_text: str = ""

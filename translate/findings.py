"""What a check looks at, and what it has to say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from vistka.datatypes import Severity
from vistka.text.names import Name
from vistka.translate.glossary import Match


@dataclass(frozen=True, slots=True)
class Checked:
    """What the checks look at.

    Attributes:
        source: the Ukrainian, protected spans left out.
        english: the hypothesis, protected spans left out.
        finished: the model ended by itself.
        matches: glossary entries found in `source`.
        spellings: lemma of a name → its English.
        names: the words of `source` that are names, as the whole item reads them; None = read from `source` alone.
    """

    source: str
    english: str
    finished: bool = True
    matches: tuple[Match, ...] = ()
    spellings: Mapping[str, str] = field(default_factory=dict)
    names: tuple[Name, ...] | None = None


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


Check = Callable[[Checked], list[Finding]]

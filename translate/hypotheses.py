"""The words of a segment on their way through the model: what is asked, what came back, which answer is best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from vistka.datatypes import Span
from vistka.models.engine import Output
from vistka.translate.checks import Checked, check, shows
from vistka.translate.confidence import confidence_0_1, features_of
from vistka.translate.findings import Finding
from vistka.translate.hints import Hints
from vistka.translate.name_book import NameBook
from vistka.translate.polish import polish
from vistka.translate.repairs import spelled_out, without_doubled, without_invented_years
from vistka.translate.respelled import ToldSpelling, respelled

PROTECTED_CHANGED, PROTECTED_ADDED = "protected-changed", "protected-added"


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One answer of the model.

    Attributes:
        text: the English, polished.
        mean_logprob: as the engine gave it.
        findings: what the checks say of it.
        rung: the step of the ladder it came from; 0 = first try.
    """

    text: str
    mean_logprob: float
    findings: tuple[Finding, ...]
    rung: int

    @property
    def errors(self) -> int:
        """Findings that say the English is probably wrong."""
        return sum(finding.severity == "error" for finding in self.findings)

    @property
    def is_finished(self) -> bool:
        """Whether the model came to an end by itself."""
        return not any(finding.code == "unfinished" for finding in self.findings)

    @property
    def order(self) -> tuple[int, int, int, float]:
        """Sort key: the best hypothesis first. A lost address or tag is worse than any doubt about words."""
        lost = sum(finding.code == PROTECTED_CHANGED for finding in self.findings)
        return (lost, self.errors, len(self.findings), -self.mean_logprob)


@dataclass(slots=True)
class Work:
    """A run of words that needs a model.

    Attributes:
        source: the words on one line, in ordinary capitals; protected spans stand in it as they are.
        protected: those spans, counted in `source`.
        hints: what is known of it.
        hypotheses: the answers so far.
        advice: one more line for a chat engine's first prompt and every later one.
        book: the names of the item it is part of, for what is cut anew; None = those of the words themselves.
        similarity: of source and best answer, by their embeddings; None where it was not or cannot be measured.
    """

    source: str
    protected: tuple[Span, ...]
    hints: Hints
    hypotheses: list[Hypothesis] = field(default_factory=list)
    advice: str = ""
    book: NameBook | None = None
    similarity: float | None = None

    @property
    def best(self) -> Hypothesis:
        """The answer with the fewest doubts."""
        return min(self.hypotheses, key=lambda hypothesis: hypothesis.order)

    @property
    def is_settled(self) -> bool:
        """Whether there is an answer with no error in it."""
        return bool(self.hypotheses) and self.best.errors == 0

    @property
    def missed_terms(self) -> tuple[tuple[str, str], ...]:
        """The offered terms that the best answer does not show."""
        return tuple(term for term in self.hints.terms if not shows(self.best.text, term[1]))

    @property
    def confidence_0_1(self) -> float:
        """How likely the best answer is good, by the model, the checks and the embeddings together."""
        best = self.best
        features = features_of(
            self.source,
            best.text,
            mean_logprob=best.mean_logprob,
            similarity=self.similarity,
            findings=best.findings,
            terms=len(self.hints.terms),
            missed_terms=len(self.missed_terms),
            rung=best.rung,
        )
        return round(confidence_0_1(features), 3)

    def protected_texts(self) -> list[str]:
        """The protected characters, in order."""
        return [span.of(self.source) for span in self.protected]

    def add(self, output: Output, rung: int) -> None:
        """Take an answer of the model, polish it and check it."""
        wanted = self.protected_texts()
        text = spelled_out(polish(self.source, output.text), self.hints.matches)
        text = without_doubled(without_invented_years(self.source, text), wanted)
        text = respelled(text, self._told_spellings(), wanted)
        self.hypotheses.append(self.hypothesis(text, output.mean_logprob, finished=output.finished, rung=rung))

    def _told_spellings(self) -> list[ToldSpelling]:
        """Names that the model was told how to spell."""
        told = self.hints.offered_spellings
        names = {name.lemma: name.kind == "person" for name in self.hints.names if name.kind in {"person", "place"}}
        spellings = [ToldSpelling(lemma, told[lemma], is_person) for lemma, is_person in names.items() if lemma in told]
        return [*spellings, *(ToldSpelling(*one) for one in self.hints.offered_place_words.items())]

    def hypothesis(self, text: str, mean_logprob: float, *, finished: bool, rung: int) -> Hypothesis:
        """`text` with what the checks say of it."""
        wanted = self.protected_texts()
        checked = Checked(
            source=blanked(self.source, self.protected),
            english=without(text, wanted),
            finished=finished,
            matches=self.hints.matches,
            spellings=self.hints.spellings,
            names=self.hints.names,
        )
        findings = [*lost_protected(wanted, self.source, text), *check(checked), *self.hints.findings]
        return Hypothesis(text, mean_logprob, tuple(findings), rung)


def lost_protected(wanted: Sequence[str], source: str, text: str) -> list[Finding]:
    """Protected characters that did not come out of `source` as they went in, or came too often."""
    before, after = _counts(wanted, source), _counts(wanted, text)
    found: list[Finding] = []
    for piece, count in after.items():
        if count < wanted.count(piece):
            found.append(Finding(PROTECTED_CHANGED, f"{piece} did not come out as it went in.", "error", piece))
        elif count > before[piece]:
            found.append(Finding(PROTECTED_ADDED, f"{piece} came out more often than it went in.", "error", piece))
    turned = [piece for piece in after if _closes_first(piece, text) and not _closes_first(piece, source)]
    found += [Finding(PROTECTED_CHANGED, f"{tag} came out after its end.", "error", tag) for tag in turned]
    return found


def _closes_first(piece: str, text: str) -> bool:
    """Whether `text` has the closing tag of `piece`, an opening one, ahead of it."""
    closing = piece.replace("<", "</", 1)
    return piece.startswith("<") and -1 < text.find(closing) < text.find(piece)


def _counts(pieces: Sequence[str], text: str) -> dict[str, int]:
    """How often each of `pieces` stands in `text`, the longer ones first: the `*` of `**` is none of its own."""
    counts: dict[str, int] = {}
    for piece in sorted(dict.fromkeys(pieces), key=len, reverse=True):
        counts[piece] = text.count(piece)
        text = text.replace(piece, "\0" * len(piece))
    return {piece: counts[piece] for piece in dict.fromkeys(pieces)}


def blanked(text: str, spans: Sequence[Span]) -> str:
    """`text` with spaces for the characters of `spans`; everything else keeps its place."""
    characters = list(text)
    for span in spans:
        characters[span.start : span.end] = " " * (span.end - span.start)
    return "".join(characters)


def without(text: str, pieces: Sequence[str]) -> str:
    """`text` with each of `pieces` blanked out, once for each time it is named; everything else keeps its place."""
    for piece in sorted(pieces, key=len, reverse=True):
        text = text.replace(piece, " " * len(piece), 1)
    return text

"""The same terms, told to the model in other forms: what the form is worth, and what a better choice of sense would be.

Each form rewrites the request that the program makes; all else stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from vistka.models.engine import Decoding, Engine, Output, Request
from vistka.models.wrapped_engine import WrappedEngine
from vistka.translate.english_stems import content_stems
from vistka.translate.glossary import Glossary

_TERMS = re.compile(r"^Terms: (?P<terms>.*)\n")
_TEXT = re.compile(r"<text>\n(?P<text>.*)\n</text>\Z", re.DOTALL)
_MOST_SENSES = 3

Terms = list[tuple[str, str]]
Form = Callable[[str, Terms, "_Known"], tuple[str, str]]
"""Text, terms, what is known of the text → the line or lines of terms, and the text as the model is to see it."""


class _Known:
    """What else may be said of a text.

    Args:
        glossary: its senses.
        references: text → its human translation; for the form that looks at it.
    """

    def __init__(self, glossary: Glossary, references: Mapping[str, str]) -> None:
        self._glossary = glossary
        self._references = references

    def senses(self, text: str) -> dict[tuple[str, str], tuple[str, ...]]:
        """(lemma, first sense) → all senses, of the entries in `text`."""
        return {(m.entry.lemma, m.entry.sense): m.entry.senses for m in self._glossary.matches(text)}

    def ends(self, text: str) -> list[tuple[int, str, str]]:
        """End of each entry in `text`, its lemma and its first sense."""
        return [(m.span.end, m.entry.lemma, m.entry.sense) for m in self._glossary.matches(text)]

    def reference_stems(self, text: str) -> frozenset[str]:
        return frozenset(content_stems(self._references.get(text, "")))


def _one_line(terms: Sequence[tuple[str, str]]) -> str:
    return "Terms: " + "; ".join(f"{lemma} = {english}" for lemma, english in terms)


def _as_it_is(text: str, terms: Terms, known: _Known) -> tuple[str, str]:
    return _one_line(terms), text


def _a_line_each(text: str, terms: Terms, known: _Known) -> tuple[str, str]:
    return "Terms:\n" + "\n".join(f"{lemma} = {english}" for lemma, english in terms), text


def _three_senses(text: str, terms: Terms, known: _Known) -> tuple[str, str]:
    senses = known.senses(text)

    def several(lemma: str, english: str) -> str:
        return " / ".join(senses.get((lemma, english), (english,))[:_MOST_SENSES])

    return _one_line([(lemma, several(lemma, english)) for lemma, english in terms]), text


def _in_the_sentence(text: str, terms: Terms, known: _Known) -> tuple[str, str]:
    rest, offered = list(terms), set(terms)
    for end, lemma, english in sorted(known.ends(text), reverse=True):
        if (lemma, english) in offered:
            text = f"{text[:end]} [{english}]{text[end:]}"
            rest = [term for term in rest if term != (lemma, english)]
    # Sums, dates and names by rule have no entry to stand beside.
    return (_one_line(rest) if rest else ""), text


def _sense_of_the_reference(text: str, terms: Terms, known: _Known) -> tuple[str, str]:
    senses, stems = known.senses(text), known.reference_stems(text)

    def best(lemma: str, english: str) -> str:
        there = [sense for sense in senses.get((lemma, english), ()) if stems >= set(content_stems(sense) or ("",))]
        return there[0] if there else english

    return _one_line([(lemma, best(lemma, english)) for lemma, english in terms]), text


FORMS: Mapping[str, Form] = {
    "first sense, one line": _as_it_is,
    "first sense, a line each": _a_line_each,
    "three senses, one line": _three_senses,
    "first sense in the sentence": _in_the_sentence,
    "oracle: the sense that the reference has": _sense_of_the_reference,
}


class ReformingEngine(WrappedEngine):
    """`inner`, with the terms of each request in another form.

    Args:
        inner: the engine.
        form: a name of `FORMS`.
        glossary, references: see `_Known`.
    """

    def __init__(self, inner: Engine, form: str, glossary: Glossary, references: Mapping[str, str]) -> None:
        super().__init__(inner)
        self._form = FORMS[form]
        self._known = _Known(glossary, references)

    def generate(self, requests: Sequence[Request], decoding: Decoding) -> list[Output]:
        """See Engine."""
        return super().generate([self._reformed(request) for request in requests], decoding)

    def _reformed(self, request: Request) -> Request:
        terms, text = _TERMS.search(request.text), _TEXT.search(request.text)
        if terms is None or text is None:
            return request
        pairs = [tuple(term.split(" = ", 1)) for term in terms["terms"].split("; ")]
        head, body = self._form(text["text"], [(pair[0], pair[-1]) for pair in pairs], self._known)
        between = request.text[terms.end() : text.start()]
        return Request((f"{head}\n" if head else "") + f"{between}<text>\n{body}\n</text>", request.instruction)

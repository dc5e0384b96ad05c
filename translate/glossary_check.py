"""What is doubtful about the terms of a glossary though they can be read: spelling, dictionary forms, clashes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from vistka.text.lemmas import readings, word_forms
from vistka.translate.glossary_terms import Fault, FaultSeverity, Parsed, Term, repeated
from vistka.translate.lexicon_checks import POS, is_lemma
from vistka.translate.lexicon_entries import PROPER, Entry, entry_key, is_capitals

_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_LATIN = re.compile(r"[A-Za-z]")
_PARTS = re.compile(r"[\s\-‑–—+/.,;:()«»\"“”]+")

# Letters of the two alphabets that look alike in print.
_LATIN_LIKE, _CYRILLIC_LIKE = "ABCEHIKMOPTXYaceiopxyïÏ", "АВСЕНІКМОРТХУасеіорхуїЇ"
_LOOKS_LIKE = dict(zip(_LATIN_LIKE, _CYRILLIC_LIKE, strict=True)) | dict(zip(_CYRILLIC_LIKE, _LATIN_LIKE, strict=True))
_NOT_UKRAINIAN = re.compile("[ыэъёЫЭЪЁ]")


def check_glossary(parsed: Parsed, lexicon: Iterable[Entry]) -> list[Fault]:
    """Every fault of a file and every doubt about its terms, by line.

    Args:
        parsed: the file.
        lexicon: the built-in entries, to tell which of them the user's terms replace.
    """
    known: dict[str, list[Entry]] = {}
    for entry in lexicon:
        known.setdefault(entry_key(entry), []).append(entry)
    doubts = [fault for fault in repeated(parsed.terms) if fault.severity != "error"]
    for term in parsed.terms:
        doubts += doubts_about(term)
        doubts += _clashes(term, known.get(entry_key(term.entry), ()))
    return sorted([*parsed.faults, *doubts], key=lambda fault: fault.line)


def doubts_about(term: Term) -> list[Fault]:
    """What may be wrong with one term by itself."""
    entry = term.entry
    doubts = [*_mixed_alphabets(entry), *_odd_letters(entry), *_odd_pos(entry)]
    return [Fault(term.line, what, "warn") for what in doubts] + [
        Fault(term.line, what, severity) for severity, what in _dictionary_form(entry)
    ]


def _mixed_alphabets(entry: Entry) -> Iterator[str]:
    for word in (part for text in (entry.lemma, *entry.senses) for part in _PARTS.split(text)):
        cyrillic, latin = _CYRILLIC.findall(word), _LATIN.findall(word)
        if not cyrillic or not latin:
            continue
        fewer, alphabet = (latin, "Latin") if len(latin) <= len(cyrillic) else (cyrillic, "Cyrillic")
        letters = list(dict.fromkeys(fewer))
        named = ", ".join(letters)
        verb, look = ("is a", "looks") if len(letters) == 1 else ("are", "look")
        alike = f", which only {look} alike" if all(letter in _LOOKS_LIKE for letter in letters) else ""
        yield f"{word!r} mixes alphabets: {named} {verb} {alphabet} letter{'s'[: len(letters) > 1]}{alike}"


def _odd_letters(entry: Entry) -> Iterator[str]:
    if _NOT_UKRAINIAN.search(entry.lemma):
        yield f"{entry.lemma!r} has a letter that Ukrainian has not"
    elif not _CYRILLIC.search(entry.lemma):
        yield f"{entry.lemma!r} has no Ukrainian letter"
    for sense in entry.senses:
        if _CYRILLIC.search(sense):
            yield f"Cyrillic in the English {sense!r}"


def _odd_pos(entry: Entry) -> Iterator[str]:
    if entry.pos and entry.pos not in POS:
        yield f"{entry.pos!r} is none of the parts of speech {', '.join(sorted(POS))}"


def _dictionary_form(entry: Entry) -> Iterator[tuple[FaultSeverity, str]]:
    """Whether the case forms of a single word lead to it. The words of a phrase may stand in any form."""
    words = word_forms(entry.lemma)
    if len(words) != 1 or is_capitals(entry) or re.search(r"[A-Za-z\d]", entry.lemma):
        return
    if {"fixed", "not-in-dictionary"} & {tag.strip() for tag in entry.note.split(";")}:
        return
    word = words[0]
    if is_lemma(word.lower().replace("’", "'").replace("ʼ", "'")):
        return
    found = readings(word)
    lemmas = list(dict.fromkeys(reading.lemma for reading in found if reading.known))
    if lemmas:
        yield "warn", f"{word!r} is no dictionary form but one of {_shown(lemmas)}: its other forms are not found"
    elif entry.pos not in PROPER:
        yield "info", f"the dictionary does not know {word!r}: some of its forms may not be found"


def _shown(lemmas: Sequence[str]) -> str:
    return " or ".join(repr(lemma) for lemma in lemmas[:3])


def _clashes(term: Term, known: Sequence[Entry]) -> Iterator[Fault]:
    entry = term.entry
    if not known:
        return
    senses = list(dict.fromkeys(sense for other in known for sense in other.senses))
    if entry.sense == known[0].sense:
        yield Fault(term.line, f"{entry.lemma!r} = {entry.sense!r} is in the lexicon already", "info")
    else:
        yield Fault(term.line, f"{entry.lemma!r} replaces the lexicon's {' / '.join(senses[:4])!r}", "info")

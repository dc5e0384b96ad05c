"""What the editions of TBX (ISO 30042) of 2008 and 2019 call the same things, and how they say kinds of words."""

from __future__ import annotations

from dataclasses import dataclass

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NAMESPACE_2019 = "urn:iso:std:iso:30042:ed-2"
ROOTS = ("tbx", "martif")

POS_PREFIX = "part of speech: "
"""Begins the note that holds a part of speech which TBX-Basic has no word for."""


@dataclass(frozen=True, slots=True)
class Names:
    """The elements of one edition."""

    root: str
    header: str
    concept: str
    language: str
    term: str


NAMES_2019 = Names("tbx", "tbxHeader", "conceptEntry", "langSec", "termSec")
NAMES_2008 = Names("martif", "martifHeader", "termEntry", "langSet", "tig")

# Part of speech → (partOfSpeech, termType) of TBX-Basic. What is not here also stands in a note.
TBX_POS = {
    "noun": ("noun", ""),
    "verb": ("verb", ""),
    "adj": ("adjective", ""),
    "adv": ("adverb", ""),
    "name": ("properNoun", ""),
    "abbr": ("noun", "abbreviation"),
}
POS_OF_TBX = {tbx: ours for ours, tbx in TBX_POS.items()} | {("noun", "acronym"): "abbr"}
"""The way back; a `termType` that says nothing of the kind of word (`fullForm`) is left out before."""

NOT_FOR_USE = frozenset({"deprecatedTerm-admn-sts", "supersededTerm-admn-sts", "deprecatedTerm", "supersededTerm"})
PREFERRED = frozenset({"preferredTerm-admn-sts", "preferredTerm"})

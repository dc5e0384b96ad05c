"""A term base in TBX (ISO 30042), of Vistka or of any other tool, as entries.

The file is outside data: no DTD is loaded, no entity is defined or followed, no connection is opened. A `<!DOCTYPE>`
that only names the DTD, as the first edition of TBX asks for, is let pass unread; one that defines anything is refused.

A concept with several Ukrainian terms gives an entry for each, all with the concept's English; a Ukrainian term of
several concepts gives one entry with the English of all, in their order. English that is marked as deprecated is left
out, English that is marked as preferred comes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from vistka.translate.glossary_tbx_names import (
    NAMESPACE_2019,
    NOT_FOR_USE,
    POS_OF_TBX,
    POS_PREFIX,
    PREFERRED,
    ROOTS,
    XML_LANG,
)
from vistka.translate.glossary_terms import Collected, Parsed, user_entry
from vistka.translate.lexicon_entries import entry_key

_LANGUAGES = {"uk": "uk", "ukr": "uk", "en": "en", "eng": "en"}
_ENGLISH_FIRST = ("en", "eng", "en-gb")
_KIND_TYPES = frozenset({"abbreviation", "acronym"})


def read_tbx(data: bytes) -> Parsed:
    """The Ukrainian-English terms of a TBX file of 2008 (`martif`) or 2019 (`tbx`), in its DCA or DCT style."""
    from lxml import etree

    collected = Collected()
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        first = next(iter(parser.error_log.filter_from_errors()), None)
        line, why = (first.line, first.message) if first is not None else (error.lineno or 0, error.msg)
        collected.fault(line, f"not well-formed XML ({why})")
        return collected.parsed()
    if _root_is_right(root, collected):
        found = _Found(collected)
        for concept in _all(root, "conceptEntry", "termEntry"):
            found.concept(concept)
        found.into_terms()
    return collected.parsed()


def _root_is_right(root: Any, collected: Collected) -> bool:
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and (any(True for _ in dtd.iterentities()) or any(True for _ in dtd.iterelements())):
        collected.fault(root.sourceline, "its DOCTYPE defines entities or elements, which is refused")
        return False
    if _name(root) not in ROOTS:
        collected.fault(root.sourceline, f"no TBX: it begins with <{_name(root)}>")
        return False
    return True


def _name(element: Any) -> str:
    """The element's name without its namespace; empty for an entity that nobody defined."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _all(element: Any, *names: str) -> Iterator[Any]:
    return (below for below in element.iter() if _name(below) in names)


def _children(element: Any, *names: str) -> Iterator[Any]:
    return (child for child in element if _name(child) in names)


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


@dataclass(slots=True)
class _Whole:
    """One Ukrainian term with all that the concepts say of it."""

    line: int
    lemma: str
    senses: list[str]
    pos: str
    domain: str
    note: str


class _Found:
    """The terms of the concepts met so far."""

    def __init__(self, collected: Collected) -> None:
        self._collected = collected
        self._terms: dict[tuple[str, str], _Whole] = {}

    def concept(self, concept: Any) -> None:
        """Take the terms of one concept, or say why not."""
        undefined = next((below for below in concept.iter() if not isinstance(below.tag, str)), None)
        if undefined is not None:
            self._collected.fault(concept.sourceline, f"{undefined.text} is not defined")
            return
        sections = self._sections(concept)
        ukrainian = [term for _, section in sections.get("uk", ()) for term in _all(section, "termSec", "tig", "ntig")]
        english = self._english(sections.get("en", ()))
        if not ukrainian or not english:
            self._collected.leave_out("concepts without Ukrainian or English")
            return
        domain = _value(concept, "subjectField")
        note = "; ".join(filter(None, (_text(note) for note in _children(concept, "note"))))
        for term in ukrainian:
            lemma, pos = _term_text(term), _pos(term)
            key = (entry_key(user_entry(lemma, ())), pos)
            known = self._terms.setdefault(key, _Whole(term.sourceline, lemma, [], pos, domain, note))
            known.senses += english

    def into_terms(self) -> None:
        """Give everything that was found on."""
        for one in self._terms.values():
            self._collected.term(
                one.line, one.lemma, list(dict.fromkeys(one.senses)), pos=one.pos, domain=one.domain, note=one.note
            )

    def _sections(self, concept: Any) -> dict[str, list[tuple[str, Any]]]:
        """Language → (its whole code, the section), in order."""
        found: dict[str, list[tuple[str, Any]]] = {}
        for section in _children(concept, "langSec", "langSet"):
            code = (section.get(XML_LANG) or section.get("lang") or "").strip().lower().replace("_", "-")
            if not code:
                self._collected.fault(section.sourceline, f"a <{_name(section)}> without xml:lang")
            language = _LANGUAGES.get(code.split("-")[0])
            if language:
                found.setdefault(language, []).append((code, section))
        return found

    def _english(self, sections: Sequence[tuple[str, Any]]) -> list[str]:
        first = _ENGLISH_FIRST
        ordered = sorted(sections, key=lambda one: first.index(one[0]) if one[0] in first else len(first))
        terms = [term for _, section in ordered for term in _all(section, "termSec", "tig", "ntig")]
        used = [term for term in terms if _status(term) not in NOT_FOR_USE]
        for _ in range(len(terms) - len(used)):
            self._collected.leave_out("English terms marked as deprecated or superseded")
        used.sort(key=lambda term: _status(term) not in PREFERRED)
        return [_term_text(term) for term in used]


def _term_text(section: Any) -> str:
    return next((_text(term) for term in _all(section, "term")), "")


def _value(element: Any, kind: str) -> str:
    """What `element` itself says of `kind`: `<termNote type="kind">` or, in the DCT style, `<x:kind>`."""
    for below in element.iter():
        if below is not element and _is_in_section(below, element):
            continue
        if below.get("type") == kind or (_name(below) == kind and not below.tag.startswith(f"{{{NAMESPACE_2019}}}")):
            return _text(below)
    return ""


def _is_in_section(below: Any, element: Any) -> bool:
    parent = below
    while parent is not element:
        if _name(parent) in {"langSec", "langSet"}:
            return True
        parent = parent.getparent()
    return False


def _status(section: Any) -> str:
    return _value(section, "administrativeStatus")


def _pos(section: Any) -> str:
    """Our part of speech; empty where the file has none, or one that we have no word for."""
    for note in _all(section, "note"):
        if (text := _text(note)).startswith(POS_PREFIX):
            return text.removeprefix(POS_PREFIX)
    kind = _value(section, "termType")
    return POS_OF_TBX.get((_value(section, "partOfSpeech"), kind if kind in _KIND_TYPES else ""), "")

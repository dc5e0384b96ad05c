"""Entries as TBX-Basic (ISO 30042), a concept for each: edition 2019 with the root `tbx`, or 2008 with `martif`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vistka.translate.glossary_tbx_names import (
    NAMES_2008,
    NAMES_2019,
    NAMESPACE_2019,
    POS_PREFIX,
    TBX_POS,
    XML_LANG,
    Names,
)
from vistka.translate.lexicon_entries import PROPER, Entry


def write_tbx(entries: Sequence[Entry], *, edition: int = 2019) -> bytes:
    """A whole file, UTF-8. `read_tbx` gives back the same entries, so nothing is lost.

    The domain is the concept's subject field and the note its note; the English terms stand in order of preference.
    """
    from lxml import etree

    names = NAMES_2008 if edition == 2008 else NAMES_2019
    root = _root(names)
    _header(root, names)
    body = etree.SubElement(etree.SubElement(root, "text"), "body")
    for number, entry in enumerate(entries, start=1):
        concept = etree.SubElement(body, names.concept, id=f"c{number}")
        if entry.domain:
            etree.SubElement(concept, "descrip", type="subjectField").text = entry.domain
        if entry.note:
            etree.SubElement(concept, "note").text = entry.note
        source = etree.SubElement(concept, names.language, {XML_LANG: "uk"})
        _term(source, names, entry.lemma, entry.pos)
        target = etree.SubElement(concept, names.language, {XML_LANG: "en"})
        for sense in entry.senses:
            _term(target, names, sense, "")
    whole: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return whole


def _root(names: Names) -> Any:
    from lxml import etree

    attributes = {"type": "TBX-Basic", XML_LANG: "en"}
    if names is NAMES_2008:
        return etree.Element(names.root, attributes)
    # The namespace is written as an attribute, so that the elements below need not repeat it in their names.
    return etree.Element(names.root, attributes | {"style": "dca", "xmlns": NAMESPACE_2019})


def _header(root: Any, names: Names) -> None:
    from lxml import etree

    header = etree.SubElement(root, names.header)
    source = etree.SubElement(etree.SubElement(header, "fileDesc"), "sourceDesc")
    etree.SubElement(source, "p").text = "Glossary exported by Vistka"
    if names is NAMES_2008:
        encoding = etree.SubElement(header, "encodingDesc")
        etree.SubElement(encoding, "p", type="XCSURI").text = "TBXBasicXCSV02.xcs"


def _term(language: Any, names: Names, text: str, pos: str) -> None:
    from lxml import etree

    section = etree.SubElement(language, names.term)
    etree.SubElement(section, "term").text = text
    if not pos:
        return
    part_of_speech, term_type = TBX_POS.get(pos, ("properNoun" if pos in PROPER else "other", ""))
    etree.SubElement(section, "termNote", type="partOfSpeech").text = part_of_speech
    if term_type:
        etree.SubElement(section, "termNote", type="termType").text = term_type
    if pos not in TBX_POS:
        etree.SubElement(section, "note").text = POS_PREFIX + pos

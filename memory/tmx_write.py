"""Corrections as a translation memory in TMX 1.4b."""

from __future__ import annotations

from collections.abc import Iterable

from vistka.memory.corrections import Correction
from vistka.memory.tmx_names import DATE_FORMAT, GLOSSARY_PROP, MODEL_PROP, REVISION_PROP, XML_LANG


def write_tmx(corrections: Iterable[Correction], *, version: str = "") -> bytes:
    """A whole TMX file, UTF-8. `read_tmx` gives back the same corrections in the same order.

    Args:
        corrections: as they are stored: with a date, and without characters that XML cannot hold.
        version: of the program that writes.
    """
    from lxml import etree

    root = etree.Element("tmx", version="1.4")
    etree.SubElement(
        root,
        "header",
        {
            "creationtool": "vistka",
            "creationtoolversion": version or "unknown",
            "segtype": "sentence",
            "o-tmf": "vistka-memory",
            "adminlang": "en",
            "srclang": "uk",
            "datatype": "plaintext",
        },
    )
    body = etree.SubElement(root, "body")
    for correction in corrections:
        unit = etree.SubElement(body, "tu", _about(correction))
        for kind, value in (
            (MODEL_PROP, correction.model),
            (REVISION_PROP, correction.revision),
            (GLOSSARY_PROP, correction.glossary),
        ):
            if value:
                etree.SubElement(unit, "prop", type=kind).text = value
        for language, text in (
            (correction.source_language, correction.source),
            (correction.target_language, correction.target),
        ):
            variant = etree.SubElement(unit, "tuv", {XML_LANG: language})
            etree.SubElement(variant, "seg").text = text
    whole: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return whole


def _about(correction: Correction) -> dict[str, str]:
    about = {"creationdate": correction.date.strftime(DATE_FORMAT)} if correction.date else {}
    return about | ({"creationid": correction.author} if correction.author else {})

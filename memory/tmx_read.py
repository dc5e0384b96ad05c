"""A translation memory in TMX, of Vistka or of any other tool, as corrections.

The file is outside data: no DTD is loaded, no entity is defined or followed, no connection is opened. A `<!DOCTYPE>`
that only names the DTD of TMX, as most tools write, is let pass unread; one that defines anything is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from vistka.errors import InputError, TooLargeError
from vistka.memory.corrections import Correction, checked
from vistka.memory.tmx_names import DATE_FORMAT, GLOSSARY_PROP, MODEL_PROP, REVISION_PROP, XML_LANG
from vistka.text.protected import protected_spans

MAX_TMX_MIB = 256.0

_LANGUAGES = {"uk": "uk", "ukr": "uk", "en": "en", "eng": "en"}
_PREFERRED = ("en", "eng", "en-gb", "en-us")
_CODES = frozenset({"bpt", "ept", "ph", "it", "ut"})
"""Inline elements that hold code of the original format; `hi` marks words, and `sub` is a text of its own in a code."""
_LINE_BREAKS = frozenset({"lb", "x-lb", "br", "x-br"})
_SHOWN_FAULTS = 20


@dataclass(frozen=True, slots=True)
class TmxFile:
    """What a TMX file holds.

    Attributes:
        corrections: its Ukrainian-English units without a fault, in order; a date only where the file has one.
        faults: `line N: what is wrong`, each of a unit that is left out.
        other_languages: units left out because they have no Ukrainian or no English.
        codes_left_out: inline codes that are no text and stand for nothing that has to come out unchanged.
    """

    corrections: tuple[Correction, ...]
    faults: tuple[str, ...]
    other_languages: int
    codes_left_out: int

    def require_faultless(self, name: str) -> None:
        """Refuse a file with a fault in it.

        Raises:
            InputError: with every fault and its line; of more than 20 the first ones and how many there are.
        """
        if not self.faults:
            return
        more = len(self.faults) - _SHOWN_FAULTS
        shown = "; ".join(self.faults[:_SHOWN_FAULTS]) + (f"; and {more} more" if more > 0 else "")
        raise InputError(f"{len(self.faults)} faults: {shown}" if len(self.faults) > 1 else shown, where=name)


def read_tmx(data: bytes, name: str) -> TmxFile:
    """The corrections of a TMX file.

    Of several English variants of a unit (en-GB and en-US) the first of en, en-GB, en-US counts, else the first there.
    The date and author are those of the last change where the file has them, else of the creation. An inline code that
    is protected text itself (a tag, a placeholder) and stands on both sides stays as text; others are left out.

    Args:
        data: the whole file; XML says its encoding itself.
        name: of the file, for errors.

    Raises:
        TooLargeError: over MAX_TMX_MIB.
        InputError: it is no XML, no TMX, or defines entities or elements.
    """
    if len(data) > MAX_TMX_MIB * 2**20:
        raise TooLargeError(
            f"{len(data) / 2**20:.0f} MiB are more than {MAX_TMX_MIB:g}", where=name, next_step="split the file"
        )
    from lxml import etree

    reader = _Reader()
    events = etree.iterparse(
        BytesIO(data),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
    )
    try:
        for unit in _units(events, name):
            reader.unit(unit)
    except etree.XMLSyntaxError as error:
        # The exception may only say that the end came too soon; the log has the reason.
        first = next(iter(events.error_log.filter_from_errors()), None)
        line, why = (first.line, first.message) if first is not None else (error.lineno, error.msg)
        raise InputError(
            f"not well-formed XML ({why})", where=f"{name}: line {line}", next_step="correct the file"
        ) from error
    return TmxFile(tuple(reader.corrections), tuple(reader.faults), reader.other_languages, reader.codes_left_out)


def _units(events: Any, name: str) -> Iterator[Any]:
    """The `tu` elements, each forgotten when the next is asked for: a large file does not fill the memory."""
    for event, element in events:
        if event == "start":
            if element.getparent() is None:
                _check_root(element, name)
        elif element.tag == "tu":
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


def _check_root(root: Any, name: str) -> None:
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and (any(True for _ in dtd.iterentities()) or any(True for _ in dtd.iterelements())):
        raise InputError(
            "its DOCTYPE defines entities or elements, which is refused",
            where=f"{name}: line {root.sourceline}",
            next_step="take the DOCTYPE out",
        )
    if root.tag != "tmx":
        raise InputError(f"no TMX file: it begins with <{root.tag}>", where=f"{name}: line {root.sourceline}")


class _FaultError(Exception):
    """A unit cannot be used; told by its line."""

    def __init__(self, element: Any, what: str) -> None:
        super().__init__(f"line {element.sourceline}: {what}")


@dataclass(slots=True)
class _Reader:
    corrections: list[Correction] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    other_languages: int = 0
    codes_left_out: int = 0

    def unit(self, unit: Any) -> None:
        try:
            variants = _variants(unit)
            source, target = variants.get("uk"), variants.get("en")
            if source is None or target is None:
                self.other_languages += 1
                return
            correction = self._correction(unit, source, target)
            checked(correction, now=datetime.now(UTC))
        except _FaultError as fault:
            self.faults.append(str(fault))
        except InputError as error:
            self.faults.append(f"line {unit.sourceline}: {error.what}")
        else:
            self.corrections.append(correction)

    def _correction(self, unit: Any, source: Any, target: Any) -> Correction:
        runs = (_runs(_segment(source)), _runs(_segment(target)))
        kept = _kept_codes(*runs)
        texts = ["".join(_shown(run, kept) for run in side) for side in runs]
        self.codes_left_out += sum(run.is_code and run.text not in kept for side in runs for run in side)
        date, author = _last_change((target, unit))
        props = {prop.get("type", ""): prop.text or "" for prop in unit.findall("prop")}
        return Correction(
            source=texts[0],
            target=texts[1],
            author=author,
            date=date,
            model=props.get(MODEL_PROP, ""),
            revision=props.get(REVISION_PROP, ""),
            glossary=props.get(GLOSSARY_PROP, ""),
        )


def _variants(unit: Any) -> dict[str, Any]:
    """The Ukrainian and the English variant of a unit, where it has them."""
    by_code: dict[str, Any] = {}
    for variant in unit.findall("tuv"):
        code = (variant.get(XML_LANG) or variant.get("lang") or "").strip().replace("_", "-").lower()
        if not code:
            raise _FaultError(variant, "a <tuv> without xml:lang")
        if code in by_code:
            raise _FaultError(variant, f"a second <tuv> in {code}")
        by_code[code] = variant
    found: dict[str, Any] = {}
    for code in sorted(by_code, key=lambda code: _PREFERRED.index(code) if code in _PREFERRED else len(_PREFERRED)):
        language = _LANGUAGES.get(code.split("-")[0])
        if language:
            found.setdefault(language, by_code[code])
    return found


def _segment(variant: Any) -> Any:
    segments = variant.findall("seg")
    if len(segments) != 1:
        raise _FaultError(variant, f"a <tuv> with {len(segments)} <seg>")
    return segments[0]


# --- text and inline codes ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Run:
    text: str
    is_code: bool = False
    is_break: bool = False


def _runs(element: Any) -> list[_Run]:
    """Text and codes of a `seg` or `hi`, in order."""
    from lxml import etree

    runs = [_Run(element.text or "")]
    for child in element:
        if child.tag in _CODES:
            runs.append(_Run(child.text or "", is_code=True, is_break=child.get("type") in _LINE_BREAKS))
        elif child.tag == "hi":
            runs += _runs(child)
        elif isinstance(child.tag, str):
            raise _FaultError(child, f"<{child.tag}> may not stand in a <seg>")
        elif child.tag is etree.Entity:
            raise _FaultError(element, f"{child.text} is not defined")
        runs.append(_Run(child.tail or ""))
    return runs


def _kept_codes(source: Sequence[_Run], target: Sequence[_Run]) -> set[str]:
    """Codes that are protected text and stand equally often on both sides."""
    there, here = (Counter(run.text for run in side if run.is_code) for side in (source, target))
    return {code for code, count in there.items() if here[code] == count and _is_protected(code)}


def _is_protected(code: str) -> bool:
    return [(span.start, span.end) for span in protected_spans(code)] == [(0, len(code))] and bool(code)


def _shown(run: _Run, kept: set[str]) -> str:
    if not run.is_code or run.text in kept:
        return run.text
    return " " if run.is_break else ""


# --- who and when ---------------------------------------------------------------------------------------------------


def _last_change(elements: Sequence[Any]) -> tuple[datetime | None, str]:
    """Date and author of the last change, else of the creation; of the first of `elements` that has a date."""
    for when, who in (("changedate", "changeid"), ("creationdate", "creationid")):
        for element in elements:
            if element.get(when):
                return _date(element, when), element.get(who) or ""
    return None, next((element.get(who) for element in elements for who in _AUTHORS if element.get(who)), "")


_AUTHORS = ("changeid", "creationid")


def _date(element: Any, name: str) -> datetime:
    text = element.get(name)
    try:
        return datetime.strptime(text, DATE_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        raise _FaultError(element, f"{name}={text!r} is no date such as 20260131T090500Z") from None

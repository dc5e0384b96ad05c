"""What a LibreTranslate request asks for, or what is wrong with it, in LibreTranslate's own words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vistka.errors import UsageError
from vistka.serve.request_fields import Fields, is_text
from vistka.serve.settings import ServeSettings
from vistka.serve.wire_languages import NAMES, Wire, wire_language

AUTO = "auto"
MAX_ALTERNATIVES = 5
"""Each alternative is a translation of its own."""

_FORMATS = ("text", "html")
# LibreTranslate's names of variants, each as its clients write it: error texts name the short one.
_ALIASES = {"pt-br": "pb", "zh-hans": "zh", "zh-hant": "zt"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request for a translation into English.

    Attributes:
        texts: what to translate, in order.
        is_batch: they came as a list, and go back as one.
        source: `auto` = whatever each text is written in.
        format: of all of them.
        alternatives: how many other translations of each are wanted.
        is_probe: Weblate's check of a new back end, which is answered with the text itself.
    """

    texts: tuple[str, ...]
    is_batch: bool
    source: Literal["auto", "uk"]
    format: Literal["text", "html"]
    alternatives: int = 0
    is_probe: bool = False

    @property
    def characters(self) -> int:
        """Unicode code points of all texts."""
        return sum(map(len, self.texts))


def required(fields: Fields, name: str) -> str:
    """The field of that name.

    Raises:
        UsageError: it is missing, empty or no string.
    """
    value = fields.text(name)
    if not value:
        raise UsageError(f"Invalid request: missing {name} parameter")
    return value


def asked(fields: Fields, settings: ServeSettings) -> Asked:
    """The translation that the fields ask for.

    Raises:
        UsageError: they ask for something else, or for more than `settings` allow.
    """
    texts, is_batch = _texts(fields)
    codes = required(fields, "source"), required(fields, "target")
    alternatives = _alternatives(fields)
    _check_size(texts, is_batch, settings)
    is_probe = settings.echo_probe and texts == ("test",) and codes == ("en", "de")
    source: Literal["auto", "uk"] = "uk" if is_probe else language_pair(*codes)
    return Asked(texts, is_batch, source, _format(fields), alternatives, is_probe)


def language_pair(source: str, target: str) -> Literal["auto", "uk"]:
    """The source that stands for `source`, where `target` can be had from it.

    Raises:
        UsageError: it cannot.
    """
    is_auto = source.lower() == AUTO
    origin = wire_language(source)
    if origin is None and not is_auto:
        raise UsageError(f"{_short(source)} is not supported")
    goal = wire_language(target)
    if goal is None:
        raise UsageError(f"{_short(target)} is not supported")
    if goal == "en" and origin != "en":
        return "auto" if is_auto else "uk"
    tail = f" from {_named(origin)}" if origin else ""
    raise UsageError(f"{_named(goal)} is not available as a target language{tail}")


def _named(code: Wire) -> str:
    return f"{NAMES[code]} ({code})"


def _short(code: str) -> str:
    lowered = code.lower()[:40]
    return _ALIASES.get(lowered, lowered)


def _texts(fields: Fields) -> tuple[tuple[str, ...], bool]:
    q = fields.get("q")
    if not q:
        raise UsageError("Invalid request: missing q parameter")
    texts = q if isinstance(q, list) else [q]
    if not all(map(is_text, texts)):
        raise UsageError("Invalid request: q parameter is not a string or a list of strings")
    if not fields.is_json:
        # Browsers and curl end the lines of a form with CR LF, which would count against the limit.
        texts = [text.replace("\r\n", "\n").replace("\r", "\n") for text in texts]
    return tuple(texts), isinstance(q, list)


def _alternatives(fields: Fields) -> int:
    value = fields.get("alternatives")
    if value in (None, ""):
        return 0
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise UsageError("Invalid request: alternatives parameter is not a number")
    try:
        number = max(0, int(value))
    except ValueError as error:
        raise UsageError("Invalid request: alternatives parameter is not a number") from error
    if number > MAX_ALTERNATIVES:
        raise UsageError(f"Invalid request: alternatives parameter must be <= {MAX_ALTERNATIVES}")
    return number


def _check_size(texts: tuple[str, ...], is_batch: bool, settings: ServeSettings) -> None:
    if is_batch and len(texts) > settings.max_texts:
        raise UsageError(f"Invalid request: request ({len(texts)}) exceeds text limit ({settings.max_texts})")
    longest = max(map(len, texts))
    if longest > settings.max_text_chars:
        raise UsageError(f"Invalid request: request ({longest}) exceeds text limit ({settings.max_text_chars})")


def _format(fields: Fields) -> Literal["text", "html"]:
    name = fields.text("format") or "text"
    if name not in _FORMATS:
        raise UsageError(f"{name[:40]} format is not supported")
    return "html" if name == "html" else "text"

"""What a DeepL request asks for, or what is wrong with it.

JSON carries lists and true or false, a form the same as repeated fields, comma-separated names, `0` and `1`; both are
read alike. Fields that DeepL has and this service has no use for (context, model_type, style_id, …) and fields that
nobody knows are passed over.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from vistka.errors import TooLargeError, UsageError
from vistka.serve.deepl_tags import TagHandling, TagRules
from vistka.serve.request_fields import Fields, is_text
from vistka.serve.settings import ServeSettings
from vistka.serve.wire_languages import wire_language

SplitSentences = Literal["0", "1", "nonewlines"]
MAX_GLOSSARIES = 5
MAX_TAGS = 100

_FORMALITIES = frozenset({"default", "prefer_more", "prefer_less"})
_OTHER_FORMALITIES = frozenset({"more", "less"})
_TRUTH: Mapping[str, bool] = {"true": True, "1": True, "false": False, "0": False}
_PROBE = (("test",), "EN", "DE")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRequest:
    """One call of /v2/translate.

    Attributes:
        texts: what to translate, in order.
        source: None = whatever each text is written in.
        glossary_ids: of glossaries to use, the first one winning.
        tags: how to take the tags of the texts; None = they have none.
        split: where sentences may end: nowhere, at punctuation and lines, at punctuation alone; None = as a reader
            would tell.
        preserve: leave the punctuation at the ends, and the case at the beginning, of each sentence as they are.
        is_probe: Weblate's check of a new back end, which is answered with the text itself.
    """

    texts: tuple[str, ...]
    source: Literal["uk"] | None = None
    glossary_ids: tuple[str, ...] = ()
    tags: TagRules | None = None
    split: SplitSentences | None = None
    preserve: bool = False
    is_probe: bool = False

    @property
    def characters(self) -> int:
        """Unicode code points of all texts, as they are billed."""
        return sum(map(len, self.texts))

    def key(self, caller_id: str) -> str:
        """The same for the same request of the same caller, and for no other."""
        said = json.dumps([caller_id, asdict(self)], sort_keys=True, default=sorted)
        return "deepl " + hashlib.sha256(said.encode()).hexdigest()


def text_request(fields: Fields, settings: ServeSettings) -> TextRequest:
    """The translation that the fields ask for.

    Raises:
        UsageError: they ask for something else, or not rightly.
        TooLargeError: they ask for more than `settings` allow.
    """
    texts = _texts(fields, settings)
    if settings.echo_probe and _is_probe(fields, texts):
        return TextRequest(texts=texts, is_probe=True)
    check_target(fields)
    check_formality(fields)
    return TextRequest(
        texts=texts,
        source=source_of(fields),
        glossary_ids=glossary_ids(fields),
        tags=_tags(fields),
        split=_split(fields),
        preserve=_truth(fields, "preserve_formatting", default=False),
    )


def check_target(fields: Fields) -> None:
    """Refuse any target but English.

    Raises:
        UsageError: it is another, or missing.
    """
    code = fields.text("target_lang")
    if not code:
        raise UsageError("Parameter 'target_lang' not specified.")
    if wire_language(code) != "en":
        raise UsageError(f"Value for 'target_lang' not supported: {code[:20]}. This server translates from UK to EN.")


def source_of(fields: Fields) -> Literal["uk"] | None:
    """The source language, None where none is given.

    Raises:
        UsageError: it is one that is not translated from.
    """
    code = fields.text("source_lang")
    if not code:
        return None
    if wire_language(code) != "uk":
        raise UsageError(f"Value for 'source_lang' not supported: {code[:20]}. This server translates from UK to EN.")
    return "uk"


def check_formality(fields: Fields) -> None:
    """Refuse a formality that English does not have.

    Raises:
        UsageError: it is one, or no formality at all.
    """
    formality = fields.text("formality").lower()
    if formality in _OTHER_FORMALITIES:
        raise UsageError("'formality' is not supported for given 'target_lang'.")
    if formality and formality not in _FORMALITIES:
        raise UsageError("Value for 'formality' not supported.")


def glossary_ids(fields: Fields) -> tuple[str, ...]:
    """The glossaries to use: `glossary_id`, or `glossary_ids` as a list or with commas between.

    Raises:
        UsageError: both, too many, or without a source language.
    """
    one = fields.text("glossary_id")
    several = _names(fields, "glossary_ids", MAX_GLOSSARIES)
    if one and several:
        raise UsageError("'glossary_id' and 'glossary_ids' cannot be used together.")
    ids = (one,) if one else several
    if ids and source_of(fields) is None:
        raise UsageError("Use of a glossary requires the 'source_lang' parameter to be specified.")
    return ids


def _is_probe(fields: Fields, texts: tuple[str, ...]) -> bool:
    return (texts, fields.text("source_lang").upper(), fields.text("target_lang").upper()) == _PROBE


def _texts(fields: Fields, settings: ServeSettings) -> tuple[str, ...]:
    value = fields.get("text")
    texts = value if isinstance(value, list) else [value]
    if value is None or not texts:
        raise UsageError("Parameter 'text' not specified.")
    if not all(is_text(text) for text in texts):
        raise UsageError("Parameter 'text' has to be a list of strings.")
    if len(texts) > settings.max_texts:
        raise UsageError(f"Too many texts: {len(texts)}; the most is {settings.max_texts}. Send them in parts.")
    characters = sum(map(len, texts))
    if characters > settings.max_text_chars:
        raise TooLargeError(
            f"Request size exceeds the limit: {characters} characters; the most is {settings.max_text_chars}.",
            next_step="send less at once, or send a document",
        )
    return tuple(texts)


def _tags(fields: Fields) -> TagRules | None:
    handling = fields.text("tag_handling").lower()
    if not handling:
        return None
    known = next((name for name in get_args(TagHandling) if name == handling), None)
    if known is None:
        raise UsageError("Value for 'tag_handling' not supported.")
    return TagRules(
        handling=known,
        ignore=frozenset(_names(fields, "ignore_tags", MAX_TAGS)),
        splitting=frozenset(_names(fields, "splitting_tags", MAX_TAGS)),
        non_splitting=frozenset(_names(fields, "non_splitting_tags", MAX_TAGS)),
        outline=_truth(fields, "outline_detection", default=True),
    )


def _split(fields: Fields) -> SplitSentences | None:
    value = fields.get("split_sentences")
    # JSON may say it as a number or as true.
    written = str(int(value)) if isinstance(value, int) else fields.text("split_sentences").lower()
    if not written:
        return None
    known: SplitSentences | None = next((name for name in get_args(SplitSentences) if name == written), None)
    if known is None:
        raise UsageError("Value for 'split_sentences' not supported.")
    return known


def _truth(fields: Fields, name: str, *, default: bool) -> bool:
    value = fields.get(name)
    if value is None or value == "":
        return default
    said = _TRUTH.get(str(value).lower())
    if said is None:
        raise UsageError(f"Value for '{name}' not supported.")
    return said


def _names(fields: Fields, name: str, most: int) -> tuple[str, ...]:
    """Names given as a list, as a string with commas between, or as both at once."""
    value: Any = fields.get(name)
    values = value if isinstance(value, list) else [] if value is None else [value]
    if not all(is_text(one) for one in values):
        raise UsageError(f"Parameter '{name}' has to be a list of strings.")
    names = tuple(dict.fromkeys(part.strip() for one in values for part in one.split(",") if part.strip()))
    if len(names) > most:
        raise UsageError(f"Too many values for '{name}': the most is {most}.")
    return names

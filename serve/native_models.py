"""What the native API takes and gives, as OpenAPI shows it.

The answers mirror `result_json`, which writes them, word for word: what `vistka translate --json` prints and what the
service answers is one form. Requests refuse fields that they do not know, since a mistyped option must not count as
one that was left out. The limits here are those of the form; the service's own settings may be tighter and then answer
413.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from vistka.datatypes import BlockKind, Language, Origin, Severity, Verdict
from vistka.memory.corrections import MAX_CHARS as MAX_CORRECTION_CHARS
from vistka.memory.corrections import EntryKind, EntryState
from vistka.options import MIN_MAX_CHARS, Method

MAX_TEXT_CHARS = 2_000_000
MAX_TEXTS = 1_000
MAX_URL_CHARS = 2_048
MAX_NAME_CHARS = 500
MAX_ABSTRACT_CHARS = 2_000
MAX_GLOSSARIES = 5
MAX_GLOSSARY_ENTRIES = 10_000
MAX_TERM_CHARS = 1_024
MAX_PAGE_ENTRIES = 1_000
_MAX_RECIPE_CHARS = 1_000
MAX_ID = 2**53 - 1
"""The largest whole number that every JSON reader takes (RFC 7493, section 2.2)."""

Given = Literal["text", "html", "url"]
_GIVEN: tuple[Given, ...] = get_args(Given)

_Text = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT_CHARS)]
_Count = Annotated[int, Field(ge=0, le=MAX_ID)]
_Id = Annotated[int, Field(ge=1, le=MAX_ID)]
_Share = Annotated[float, Field(ge=0, le=1)]
_MaxChars = Annotated[int, Field(ge=MIN_MAX_CHARS, le=MAX_ABSTRACT_CHARS, strict=True)]
_Term = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TERM_CHARS)]
_GlossaryId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


def _is_text(value: object) -> object:
    # Pydantic would take a number for seconds, and then for milliseconds, since 1970.
    if not isinstance(value, str) or not _DATE_FIRST.match(value):
        raise ValueError("a time is a text such as 2026-01-31T09:05:00+02:00")
    return value


def _in_our_age(value: datetime) -> datetime:
    # Years at the ends of the calendar cannot be moved to another zone.
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise ValueError(f"the year is not between {_FIRST_YEAR} and {_LAST_YEAR}")
    return value


_DATE_FIRST = re.compile(r"\d{4}-\d\d-\d\d[Tt ]")
_FIRST_YEAR, _LAST_YEAR = 1800, 2200
_Moment = Annotated[AwareDatetime, BeforeValidator(_is_text), AfterValidator(_in_our_age)]


class Request(BaseModel):
    """What every request has in common: unknown fields are refused, and `"1"` is no number."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """What every answer has in common. What may be null may be left out in examples: FastAPI leaves nulls out there."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# --- drafts and blurbs, as `result_json` writes them ------------------------------------------------------------------


class FlagModel(Answer):
    """Something a person should look at."""

    code: str = Field(description="Stable name of the kind of doubt.", examples=["number-changed"])
    message: str = Field(description="One sentence for a person.")
    segment: _Count = Field(
        description="Of a draft: the index of the segment. Of a blurb: 0 = headline, else the clause of the abstract."
    )
    severity: Severity = Field(
        description="`error`: the English is probably wrong; `warn`: look at it; `info`: to know."
    )


class RecipeModel(Answer):
    """How a result was made, so that it can be made again."""

    model: str = Field(
        max_length=_MAX_RECIPE_CHARS, description="Id of the model in the catalogue; empty where none was needed."
    )
    revision: str = Field(max_length=_MAX_RECIPE_CHARS, description="Its pinned commit; empty where nothing is pinned.")
    engine: str = Field(max_length=_MAX_RECIPE_CHARS, description="What ran it.")
    decoding: dict[str, Any] = Field(max_length=100, description="Beam size, temperature, hints, ladder.")
    glossary: str = Field(
        max_length=_MAX_RECIPE_CHARS, description="Version of the lexicon with the user's terms on top."
    )
    confidence: str = Field(
        max_length=_MAX_RECIPE_CHARS, description="Version of the calibration, and what measured the similarity."
    )
    version: str = Field(max_length=_MAX_RECIPE_CHARS, description="Version of Vistka.")


class MemoryMatchModel(Answer):
    """A correction that a person made of the same sentence, or of one like it."""

    id: _Id = Field(description="Its row in the memory's journal.")
    source: str = Field(description="The sentence that was corrected.")
    target: str = Field(description="The person's English.")
    score: _Share = Field(
        description="How alike the two sources are; 1 = the same but for white space and apostrophes."
    )
    author: str = Field(description="Who corrected it; may be empty.")
    date: AwareDatetime = Field(description="When, in UTC.")
    differences: list[str] = Field(description="What the two sources do not share, as `kind: theirs → ours`.")


class SegmentModel(Answer):
    """A sentence and its English."""

    index: _Count = Field(description="Its place in `segments`.")
    block: _Count = Field(description="Index of its block. The segments of a block, joined, are the block's text.")
    start: _Count = Field(description="Its first character in the block's text.")
    end: _Count = Field(description="The character after its last.")
    language: Language = Field(description="What it is written in; `other`: none of the four; `und`: no letters.")
    source: str = Field(description="The sentence with the white space after it.")
    english: str = Field(
        description="The English with the same white space; the source itself where `origin` is `source`."
    )
    origin: Origin = Field(description="Who wrote the English; `source`: it was left as it is.")
    confidence: _Share = Field(description="How sure; 1 for what was left as it was.")
    flags: list[FlagModel] = Field(description="What to look at.")
    terms: list[tuple[str, str]] = Field(description="Glossary terms that were offered, each `[lemma, English]`.")
    missed_terms: list[tuple[str, str]] = Field(description="Those of `terms` that the English does not show.")
    rung: _Count = Field(description="How far up the ladder of retries the checks drove it; 0 = first try.")
    memory: MemoryMatchModel | None = Field(
        default=None,
        description="The correction that the English comes from, or that comes closest; null where there is none.",
    )


class DraftModel(Answer):
    """A document in English, sentence by sentence, in its own order."""

    name: str = Field(description="`text`, `text 1` … of a list, `html`, or the address it was fetched from.")
    title: str = Field(description="Its title; empty where it does not say.")
    source: str = Field(description="Its domain or publisher; empty where it does not say.")
    url: str = Field(description="Its address; empty where it does not say.")
    published: AwareDatetime | None = Field(
        default=None, description="When it was published; null where it does not say."
    )
    segments: list[SegmentModel] = Field(description="Every sentence, in order.")
    recipe: RecipeModel = Field(description="How it was made.")


class EvidenceModel(Answer):
    """What in the source supports one clause."""

    clause: str = Field(description="The clause of the headline or abstract.")
    block: _Count = Field(description="Index of the block in `blocks`.")
    start: _Count = Field(description="The first supporting character of that block's text.")
    end: _Count = Field(description="The character after the last.")
    quote: str = Field(description="Those characters.")


class BlurbModel(Answer):
    """A "Latest news" card."""

    name: str = Field(description="`text`, `html`, or the address it was fetched from.")
    headline: str = Field(description="In English.")
    abstract: str = Field(description="Whole English sentences within the limit; empty where none fits.")
    source: str = Field(description="Domain or publisher; empty where nobody says.")
    published: AwareDatetime | None = Field(default=None, description="When it was published; null where nobody says.")
    url: str = Field(description="Address of the item; empty where nobody says.")
    verdict: Verdict = Field(
        description="`pass`: every number, name and quotation traces to the source; `warn`: look at the flags;"
        " `block`: do not publish."
    )
    method: str = Field(
        description="How the abstract was made: `whole`, `lead`, `extractive`, `abstractive` or `none`."
    )
    evidence: list[EvidenceModel] = Field(description="At least one entry for each clause that is supported.")
    flags: list[FlagModel] = Field(description="What to look at.")
    recipe: RecipeModel = Field(description="How it was made.")


class BlockModel(Answer):
    """A run of text between two breaks of its document."""

    kind: BlockKind = Field(description="What it is in its document.")
    text: str = Field(description="Its words in the language of the source; of a page with the tags inside it.")


# --- requests ---------------------------------------------------------------------------------------------------------


def _has(*names: str) -> dict[str, Any]:
    """JSON Schema of an object that has these, and not as null."""
    return {"required": list(names), "properties": {name: {"not": {"type": "null"}} for name in names}}


def _one_given(values: Mapping[str, Any]) -> None:
    if values.get("text") is not None and values.get("html") is not None:
        raise ValueError("give `text` or `html`, not both")
    if all(values.get(name) is None for name in _GIVEN):
        raise ValueError("give one of `text`, `html`, `url`")


_HTML = Field(default=None, description="A page or a piece of one. Give this or `text`.")
_URL = Annotated[str, StringConstraints(max_length=MAX_URL_CHARS, pattern=r"^[Hh][Tt][Tt][Pp][Ss]?://\S+$")]
_URL_FIELD = Field(
    default=None,
    description="Address of a page to fetch (http or https). With `text` or `html` nothing is fetched: it is then the"
    " item's address.",
)
_ARTICLE = Field(
    default=None,
    strict=True,
    description="Of a page take the article alone, without menus and other news. Default: as `true` for what is fetched"
    " and for blurbs, `false` for `html` that is translated.",
)
_GLOSSARIES = Field(
    default=(),
    max_length=MAX_GLOSSARIES,
    description="Ids of glossaries of `/v1/glossaries`, on top of the built-in lexicon and the service's own terms.",
)


class TranslateRequest(Request):
    """Give `text`, `html` or `url`."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [_has(name) for name in _GIVEN], "not": _has("text", "html")})

    text: _Text | Annotated[list[_Text], Field(min_length=1, max_length=MAX_TEXTS)] | None = Field(
        default=None, description="A text, or a list of texts: n texts in, n translations out, in order."
    )
    html: _Text | None = _HTML
    url: _URL | None = _URL_FIELD
    format: Literal["text", "markdown"] = Field(default="text", description="How `text` is to be read.")
    article: bool | None = _ARTICLE
    hints: bool = Field(default=True, strict=True, description="Give the model the terms that the lexicon knows.")
    ladder: bool = Field(default=True, strict=True, description="Try again, another way, what a check found wrong.")
    memory: bool = Field(default=True, strict=True, description="Let the corrections that people made count.")
    recall: bool = Field(
        default=True,
        strict=True,
        description="Show in each segment's `memory` the correction that comes closest, also where `memory` is off and"
        " it does not count.",
    )
    glossaries: tuple[_GlossaryId, ...] = _GLOSSARIES

    @model_validator(mode="after")
    def _has_one(self) -> TranslateRequest:
        _one_given(self.__dict__)
        return self


class BlurbRequest(Request):
    """Give `text`, `html` or `url`; what you say of the item wins over what it says of itself."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [_has(name) for name in _GIVEN], "not": _has("text", "html")})

    text: _Text | None = Field(default=None, description="The item, Ukrainian or English: its title may stand first.")
    html: _Text | None = _HTML
    url: _URL | None = _URL_FIELD
    title: str | None = Field(default=None, max_length=MAX_NAME_CHARS, description="Title of the item.")
    published: _Moment | None = Field(default=None, description="When it was published, with a zone.")
    source: str | None = Field(default=None, max_length=MAX_NAME_CHARS, description="Domain or publisher.")
    max_chars: _MaxChars | None = Field(
        default=None, description="Upper limit of the abstract, in characters. Default: the service's own, mostly 200."
    )
    method: Method | None = Field(default=None, description="How the abstract is made. Default: the service's own.")
    style: str | None = Field(
        default=None,
        pattern=r"^[a-z][a-z0-9-]{0,63}$",
        description="Built-in house style, such as `default` or `agency`. Default: the service's own.",
    )

    @model_validator(mode="after")
    def _has_one(self) -> BlurbRequest:
        _one_given(self.__dict__)
        return self


class SummarizeRequest(Request):
    """A text to write an abstract of."""

    text: _Text = Field(description="Ukrainian or English.")
    title: str | None = Field(
        default=None, max_length=MAX_NAME_CHARS, description="Title, where it is not in the text."
    )
    max_chars: _MaxChars | None = Field(
        default=None, description="Upper limit of the abstract, in characters. Default: the service's own, mostly 200."
    )
    method: Method | None = Field(default=None, description="How the abstract is made. Default: the service's own.")


class DetectRequest(Request):
    """A text, or a list of texts."""

    text: _Text | Annotated[list[_Text], Field(min_length=1, max_length=MAX_TEXTS)] = Field(
        description="n texts in, n results out, in order."
    )


class FetchRequest(Request):
    """An address to look at."""

    url: _URL = Field(description="Address of a page or a feed (http or https).")


# --- answers ----------------------------------------------------------------------------------------------------------


class Translation(Answer):
    """One document that was translated."""

    draft: DraftModel = Field(description="Sentence by sentence, with confidence and flags.")
    text: str = Field(description="The whole document in English, in its own format.")
    format: Literal["text", "markdown", "html"] = Field(description="Of `text`.")
    blocks: list[BlockModel] = Field(description="The source as it was read; `segments[].block` counts these.")
    characters: _Count = Field(description="Characters of the source that were counted.")


class TranslateResponse(Answer):
    """One translation for each text that was given, in order."""

    translations: list[Translation] = Field(description="n texts in, n out, in order.")


class BlurbResponse(Answer):
    """A blurb, and the source that its evidence points into."""

    blurb: BlurbModel = Field(description="The card.")
    title: str = Field(description="The item's own title; empty where it has none.")
    blocks: list[BlockModel] = Field(description="The source as it was read; `evidence[].block` counts these.")
    characters: _Count = Field(description="Characters of the source that were counted.")


class SummarizeResponse(Answer):
    """An abstract, and the source that its evidence points into."""

    abstract: str = Field(description="Whole English sentences within the limit; empty where none fits.")
    verdict: Verdict = Field(description="As of a blurb.")
    method: str = Field(description="How it was made: `whole`, `lead`, `extractive`, `abstractive` or `none`.")
    evidence: list[EvidenceModel] = Field(description="What supports its clauses.")
    flags: list[FlagModel] = Field(description="What to look at.")
    recipe: RecipeModel = Field(description="How it was made.")
    blocks: list[BlockModel] = Field(description="The source as it was read; `evidence[].block` counts these.")
    characters: _Count = Field(description="Characters of the source that were counted.")


class LanguageGuess(Answer):
    """A language that a text may be in."""

    language: Language = Field(description="`other`: none of the four; `und`: no letters to tell by.")
    confidence: _Share = Field(description="How sure.")


class Detection(LanguageGuess):
    """The likeliest language of a text, and the others."""

    candidates: list[LanguageGuess] = Field(description="Every language that came into question, the likeliest first.")


class DetectResponse(Answer):
    """One detection for each text that was given, in order."""

    detections: list[Detection] = Field(description="n texts in, n out, in order.")


class ModelInfo(Answer):
    """A model of the catalogue."""

    id: str = Field(description="What the command line and `recipe.model` call it.")
    name: str = Field(description="The publisher's name.")
    note: str = Field(description="What it is good for.")
    tasks: list[Literal["translate", "summarize"]] = Field(description="What it can do.")
    engines: list[str] = Field(description="What can run it, the preferred one first.")
    source_languages: list[str] = Field(description="From these.")
    target_languages: list[str] = Field(description="To these.")
    license: str = Field(description="SPDX-like name.")
    commercial_use: bool = Field(description="Whether the licence allows it.")
    size_bytes: _Count | None = Field(default=None, description="On disk; null where there is no figure.")
    here: bool = Field(description="Whether its weights are on the service's machine.")
    in_use: bool = Field(description="Whether the service translates with it.")


class ModelsResponse(Answer):
    """Every model of the catalogue, and what the service works with."""

    models: list[ModelInfo] = Field(description="In the catalogue's order.")
    recipe: RecipeModel = Field(description="What the service translates with.")
    styles: list[str] = Field(description="House styles that blurbs can have.")
    methods: list[Method] = Field(description="How abstracts can be made.")


class FeedItem(Answer):
    """An item of a feed."""

    title: str = Field(description="Its title; may be empty.")
    url: str = Field(description="Its address, absolute; may be empty.")
    published: AwareDatetime | None = Field(
        default=None, description="When it was published; null where the feed states no zone."
    )
    summary: str = Field(description="What the feed says of it, as plain text; may be empty.")


class FetchedPage(Answer):
    """A page, as an item."""

    kind: Literal["page"] = Field(description="A page.")
    url: str = Field(description="Where it was found in the end, after redirects.")
    title: str = Field(description="Its title; empty where it does not say.")
    source: str = Field(description="Its domain or publisher; empty where it does not say.")
    published: AwareDatetime | None = Field(
        default=None, description="When it was published; null where it does not say."
    )
    text: str = Field(description="The article as text: its blocks with a blank line between.")
    blocks: list[BlockModel] = Field(description="The article, block by block.")


class FetchedFeed(Answer):
    """A feed: choose an item and give its address to `/v1/translate` or `/v1/blurb`."""

    kind: Literal["feed"] = Field(description="A feed.")
    url: str = Field(description="Where it was found in the end, after redirects.")
    title: str = Field(description="Its title; may be empty.")
    items: list[FeedItem] = Field(description="In the feed's order.")


class FetchResponse(Answer):
    """A page or a feed."""

    fetched: Annotated[FetchedPage | FetchedFeed, Field(discriminator="kind")] = Field(
        description="What was found at the address."
    )


# --- glossaries -------------------------------------------------------------------------------------------------------


class TermModel(Request):
    """A term and its English."""

    source: _Term = Field(description="The Ukrainian term, in its dictionary form; every case form is found.")
    target: _Term = Field(description="Its English.")


class GlossaryRequest(Request):
    """A glossary to keep."""

    name: str = Field(min_length=1, max_length=MAX_TERM_CHARS, description="What people call it; need not be unique.")
    entries: tuple[TermModel, ...] = Field(
        min_length=1, max_length=MAX_GLOSSARY_ENTRIES, description="Its terms, each source once."
    )


class GlossaryModel(Answer):
    """A glossary that is kept."""

    id: str = Field(description="What `glossaries` of `/v1/translate` takes.")
    name: str = Field(description="What people call it.")
    created: AwareDatetime = Field(description="When it was made.")
    entry_count: _Count = Field(description="How many terms it has.")


class GlossaryWithEntries(GlossaryModel):
    """A glossary with its terms."""

    entries: list[TermModel] = Field(description="Its terms.")


class GlossariesResponse(Answer):
    """The caller's glossaries."""

    glossaries: list[GlossaryModel] = Field(description="The oldest first.")


# --- memory -----------------------------------------------------------------------------------------------------------


_Correction = Annotated[str, StringConstraints(min_length=1, max_length=MAX_CORRECTION_CHARS)]
_Author = Field(default="", max_length=200, description="Who says so; default: the name of the API key.")


class CorrectionRequest(Request):
    """The English that a person wants for one Ukrainian sentence."""

    source: _Correction = Field(description="The sentence, as `segments[].source` has it.")
    target: _Correction = Field(description="The person's words.")
    author: str = _Author
    recipe: RecipeModel | None = Field(
        default=None, description="Of the draft that is corrected, as the draft has it; null where there is none."
    )


class UndoRequest(Request):
    """A row of the journal to take back."""

    id: Annotated[int, Field(ge=1, le=MAX_ID, strict=True)] | None = Field(
        default=None,
        description="A correction, or an `undo`, which puts its correction in force again; null = the last correction"
        " in force.",
    )
    author: str = _Author


class MemoryQuery(Request):
    """Which rows of the memory."""

    search: str = Field(default="", max_length=500, description="Only rows with this in source, target or author.")
    all: bool = Field(default=False, description="The whole journal: what was replaced and taken back, too.")
    offset: int = Field(default=0, ge=0, le=MAX_ID, description="How many rows to leave out at the start.")
    limit: int = Field(default=100, ge=1, le=MAX_PAGE_ENTRIES, description="How many rows to give.")


class MemoryEntry(Answer):
    """A row of the memory's journal."""

    id: _Id = Field(description="Its number; later rows have higher ones.")
    kind: EntryKind = Field(description="`undo` takes a correction back, `redo` puts it in force again.")
    about: _Id | None = Field(default=None, description="Of `undo` and `redo`: the correction; null for a correction.")
    state: EntryState = Field(
        description="Of a correction: in force, replaced by a newer one, or taken back. Empty for other rows."
    )
    date: AwareDatetime = Field(description="When, in UTC.")
    author: str = Field(description="Who wrote the row; may be empty.")
    source: str = Field(description="The sentence of the correction.")
    target: str = Field(description="The person's English.")
    model: str = Field(description="Whose draft was corrected; empty where it is not known.")
    revision: str = Field(description="Of that model.")
    glossary: str = Field(description="Version of the glossary of that draft.")


class AddedCorrection(Answer):
    """A correction that was stored."""

    entry: MemoryEntry = Field(description="Its row.")
    notes: list[str] = Field(description="What to know: that the text is no single Ukrainian sentence, for instance.")


class MemoryResponse(Answer):
    """Rows of the memory, a page of them."""

    entries: list[MemoryEntry] = Field(description="The oldest first.")
    total: _Count = Field(description="How many there are in all.")
    next: _Count | None = Field(default=None, description="`offset` of the next page; null when this is the last.")


class ImportResponse(Answer):
    """What came of an import."""

    imported: _Count = Field(description="Corrections that were stored.")
    known: _Count = Field(description="The very same ones were in force already.")
    other_languages: _Count = Field(description="Units without Ukrainian or without English.")
    faults: list[str] = Field(description="Units that were left out, each with its line and why.")
    codes_left_out: _Count = Field(description="Inline codes that were left out of the texts.")

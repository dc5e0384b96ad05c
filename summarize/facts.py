"""The fact gate: every number, date, sum, name and quotation of an English text must trace to its source by value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from vistka.datatypes import Language, Span
from vistka.summarize.content import content_stems
from vistka.summarize.quotations import has_marks, quotations, quoted_words, stands_in, words_of
from vistka.summarize.relations import parted_words, wrong_relations
from vistka.text import dates, number_mismatches, numbers
from vistka.text.relative_time import RelativeTime, relative_times, weekdays_named
from vistka.text.romanisation import romanise
from vistka.text.sentences import sentence_spans


@dataclass(frozen=True, slots=True)
class Support:
    """What a text may draw on.

    Attributes:
        text: the source, in its own language.
        language: that language.
        english: the source in English (`text` itself where it is English): drafts of what was used of it.
        sentences: `english` sentence by sentence; empty = told from `english`.
        pairs: (sentence of the source, its English) of what was translated; empty where the source is English.
        published: when the item was published, which relative time counts from.
    """

    text: str
    language: Language
    english: str
    sentences: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    published: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A fact of a text that its source does not have.

    Attributes:
        kind: `number`, `date`, `name`, `quotation`, `words` or `relation`.
        text: as it stands in the text.
    """

    kind: str
    text: str


# Capitalised words and acronyms; a hyphen or apostrophe inside belongs to the word.
_CAPITALISED = re.compile(r"\b[A-Z][\w]*(?:[-’'][A-Za-z]\w*)*")
_WORD = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*")
_SENTENCE_START = re.compile(r"(?:^|[.!?…:]\s+|[.!?…][”\"’']\s+|[“\"‘(])\W*$")
_POSSESSIVE = re.compile(r"[’']s?$")
_DENIAL = re.compile(r"\b(?:not|no|never|none|neither|nor|nobody|nothing|without|cannot|\w+n[’']t)\b", re.IGNORECASE)

MIN_FROM_ONE = 0.67
"""Share of the content words of a clause that a single sentence of its source must have: a clause that is put together
from many places says what none of them says."""
MIN_FROM_TWO = 0.9
"""The same for the best two sentences together. Both were tuned on judged summaries: see benchmarks/fact_gate.py."""


def _word_forms(text: str) -> set[str]:
    forms: set[str] = set()
    for word in _WORD.findall(text):
        lower = _POSSESSIVE.sub("", word.lower())
        forms.update({lower, *lower.split("-")})
    return forms


@lru_cache(maxsize=4)
def _known_forms(support: Support) -> frozenset[str]:
    return frozenset(_word_forms(support.english) | _word_forms(romanise(support.text)))


@lru_cache(maxsize=4)
def _values(text: str, language: Language) -> tuple[tuple[numbers.Quantity, ...], tuple[dates.DateValue, ...]]:
    """Numbers and dates of a source, which many texts are compared with."""
    return tuple(numbers.quantities(text, language)), tuple(dates.dates(text, language))


def new_numbers(text: str, support: Support) -> list[Unsupported]:
    """Numbers, sums and dates of `text` that the source does not have, or has with another unit."""
    own = numbers.quantities(text, "en")
    there, days_there = _values(support.text, support.language)
    known, new = _days(text, support, days_there)
    # Compared from the text to the source, so that the text may leave out what it likes.
    bare = {quantity.span for quantity in own if quantity.unit is None}
    found = [
        Unsupported("number", mismatch.text)
        for mismatch in number_mismatches.compare(own, there, target_says_more=True)
        if mismatch.kind == "missing" or (mismatch.kind == "unit" and mismatch.span not in bare)
    ]
    # `15 January` for the source's "yesterday": its numbers are no numbers of the source.
    resolved = {quantity.text for quantity in own if any(quantity.span.overlaps(span) for span in known)}
    return [fact for fact in found if fact.text not in resolved] + new


def _days(text: str, support: Support, days_there: Sequence[dates.DateValue]) -> tuple[list[Span], list[Unsupported]]:
    """Spans of the days of `text` that the source names by relative time alone, and the days that it has not at all."""
    found = dates.dates(text, "en")
    missing = [mismatch for mismatch in dates.compare(found, days_there) if mismatch.kind == "missing"]
    known: list[Span] = []
    new: list[Unsupported] = []
    for mismatch in missing:
        values = [value for value in found if value.span == mismatch.span]
        if values and all(_is_resolved_there(value, support) for value in values):
            known.append(mismatch.span)
        else:
            new.append(Unsupported("date", mismatch.text))
    return known, new


_FEW_DAYS = 2
"""A relative time that is resolved to more days than a night touches says no day."""


def _is_resolved_there(value: dates.DateValue, support: Support) -> bool:
    """Whether the source says this day in relative time: "yesterday", «вранці 5-го»."""
    if support.published is None or value.kind != "date":
        return False
    return any(
        (value.month, value.day) == (day.month, day.day) and value.year in {None, day.year}
        for time in _times(support)
        for day in _few_days(time)
    )


def _few_days(time: RelativeTime) -> set[date]:
    if time.first is None or time.last is None or (time.last - time.first).days >= _FEW_DAYS:
        return set()
    return {time.first, time.last}


@lru_cache(maxsize=4)
def _times(support: Support) -> tuple[RelativeTime, ...]:
    return tuple(relative_times(support.text, support.language, support.published))


# What English says as "today" where the source says "now".
_NOW_UK = re.compile(r"\b(?:нині|наразі|зараз|тепер|сьогодн\w+)\b", re.IGNORECASE)
_OFFSET = re.compile(r"(?:day|week|month|year|night)(?P<offset>[+-]\d+)")
_WEEKDAY = re.compile(r"(?:weekday|night-to-weekday)(?P<number>\d)(?:-(?P<which>\w+))?")


def new_times(text: str, support: Support) -> list[Unsupported]:
    """Relative times of `text` ("yesterday", "last Friday") that the source neither says nor resolves to."""
    there = _times(support)
    return [
        Unsupported("date", time.text)
        for time in relative_times(text, "en", support.published)
        if not time.key.startswith("date") and not _is_said_there(time, there, support)
    ]


def _is_said_there(time: RelativeTime, there: Sequence[RelativeTime], support: Support) -> bool:
    if any(time.key == other.key or _same_days(time, other) for other in there):
        return True
    weekday = _WEEKDAY.fullmatch(time.key)
    if weekday:
        named = int(weekday["number"]) in weekdays_named(support.text, support.language)
        return named and weekday["which"] in {None, "bare"}
    if time.key == "day+0":
        return bool(_NOW_UK.search(support.text)) and time.part == ""
    offset = _OFFSET.match(time.key)
    # "This year", "this week": no more than the present.
    return (offset is not None and int(offset["offset"]) == 0) or _is_year_there(time, support)


def _same_days(time: RelativeTime, other: RelativeTime) -> bool:
    """Whether both cover a day, and neither is so long that this says nothing."""
    if time.first is None or other.first is None:
        return False
    if _few_days(time) and _few_days(other):
        return bool(_few_days(time) & _few_days(other))
    return (time.first, time.last) == (other.first, other.last)


def _is_year_there(time: RelativeTime, support: Support) -> bool:
    if not time.key.startswith("year") or time.first is None:
        return False
    return any(value.year == time.first.year for value in _values(support.text, support.language)[1])


def new_names(text: str, support: Support) -> list[Unsupported]:
    """Capitalised words of `text` that stand nowhere in the source."""
    known = _known_forms(support)
    # UAH, January and the like are compared by value.
    valued = [value.span for value in numbers.quantities(text, "en")]
    valued += [value.span for value in dates.dates(text, "en")]
    found: list[Unsupported] = []
    for match in _CAPITALISED.finditer(text):
        if any(span.start <= match.start() < span.end for span in valued):
            continue
        parts = [_POSSESSIVE.sub("", part.lower()) for part in (match.group(), *match.group().split("-"))]
        if parts[0] in known or all(part in known for part in parts[1:]):
            continue
        if _SENTENCE_START.search(text[: match.start()]) and not match.group().isupper() and _is_word(match.group()):
            continue
        found.append(Unsupported("name", match.group()))
    return found


def _is_word(word: str) -> bool:
    """Whether a word at the start of a sentence may be no name: those are caught as new words instead."""
    return word.isalpha()


@lru_cache(maxsize=4)
def _quotations_there(support: Support) -> tuple[tuple[str, ...], ...]:
    """The words of each quotation that the English may have: none from a sentence whose source has no marks."""
    bare = [english for source, english in support.pairs if not has_marks(source)]
    text = support.english
    for sentence in bare:
        text = text.replace(sentence, " ".join(words_of(sentence)))
    return tuple(quoted_words([text]))


def new_quotations(text: str, support: Support) -> list[Unsupported]:
    """Quotations of `text` that do not stand word for word in one quotation of the source; marks that do not close."""
    there = _quotations_there(support)
    return [
        Unsupported("quotation", quotation.inner.of(text))
        for quotation in quotations(text)
        if not quotation.is_closed or not any(stands_in(words_of(quotation.inner.of(text)), quoted) for quoted in there)
    ]


@lru_cache(maxsize=4)
def _sentence_texts(support: Support) -> tuple[str, ...]:
    english = support.english
    return support.sentences or tuple(span.of(english) for span in sentence_spans(english, "en"))


@lru_cache(maxsize=4)
def _sentences(support: Support) -> tuple[tuple[frozenset[str], bool], ...]:
    """(stems of the content words, whether it denies something) of each sentence."""
    return tuple(
        (frozenset(content_stems(sentence)), bool(_DENIAL.search(sentence))) for sentence in _sentence_texts(support)
    )


def overlap_0_1(clause: str, english: str) -> float:
    """Share of the content words of `clause` whose stem stands in `english`; 1.0 for a clause with none."""
    words = frozenset(content_stems(clause))
    return len(words & frozenset(content_stems(english))) / len(words) if words else 1.0


def new_words(text: str, support: Support) -> list[Unsupported]:
    """Clauses that say what no sentence of the source says: their words are new, or gathered from many places."""
    sentences = _sentences(support)
    return [Unsupported("words", clause) for clause in clauses(text) if not _is_said(clause, sentences)]


def _is_said(clause: str, sentences: Sequence[tuple[frozenset[str], bool]]) -> bool:
    words = frozenset(content_stems(clause))
    if not words:
        return True
    one, denies = max(sentences, key=lambda sentence: len(words & sentence[0]), default=(frozenset(), False))
    rest = words - one
    other, also_denies = max(sentences, key=lambda sentence: len(rest & sentence[0]), default=(frozenset(), False))
    if _DENIAL.search(clause) and not denies and not (rest & other and also_denies):
        return False
    new = len(rest - other) / len(words)
    return len(words & one) / len(words) >= MIN_FROM_ONE and 1 - new >= MIN_FROM_TWO


def new_relations(text: str, support: Support) -> list[Unsupported]:
    """Clauses whose names the source does not join by their verb, or whose words it does not bring together."""
    parts = clauses(text)
    stems = [sentence for sentence, _ in _sentences(support)]
    wrong = set(wrong_relations(parts, _sentence_texts(support)))
    wrong |= {part for part in parts if parted_words(part, stems)}
    return [Unsupported("relation", part) for part in parts if part in wrong]


_ABBREVIATIONS = "Mr Mrs Ms Dr St Gen Lt Col Sen Gov Maj Rep Jan Feb Aug Sept Oct Nov Dec No".split()
_NO_END = "".join(rf"(?<!\b{word}\.)" for word in _ABBREVIATIONS)
_CLAUSE_BREAK = re.compile(
    r"(?<=[;:])\s+|(?<=,)\s+(?=(?:and|but|or|which|who|while|as|after|before|when)\b)" + rf"|(?<=[.!?…]){_NO_END}\s+"
)


def clauses(text: str) -> list[str]:
    """The clauses of an English text; they join, with single spaces, to its words."""
    return [clause for clause in _CLAUSE_BREAK.split(text) if clause.strip()]


def unsupported(text: str, support: Support) -> list[Unsupported]:
    """Everything in `text` that does not trace to `support`."""
    checks: Iterable[list[Unsupported]] = (
        new_numbers(text, support),
        new_names(text, support),
        new_times(text, support),
        new_quotations(text, support),
    )
    words = new_words(text, support)
    known = {fact.text for fact in words}
    relations = [fact for fact in new_relations(text, support) if fact.text not in known]
    return [*(fact for found in checks for fact in found), *words, *relations]

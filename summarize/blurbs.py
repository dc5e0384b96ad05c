"""An item becomes a blurb: clean → choose evidence → write → fit → verify."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vistka.datatypes import Blurb, DraftSegment, Evidence, Flag, Item, Language, Recipe, Segment, Verdict
from vistka.errors import InputError
from vistka.models.engine import Decoding, Engine, Request
from vistka.options import Options
from vistka.progress import Progress, SilentProgress
from vistka.summarize.attribution import source_named, with_source
from vistka.summarize.clean import Sentence, news_sentences, require_news
from vistka.summarize.evidence import choose, leans
from vistka.summarize.facts import Support, Unsupported, clauses, overlap_0_1, unsupported
from vistka.summarize.fit import ends_as_sentence, has_verb, is_balanced, join_within, shortened
from vistka.summarize.headline import headline
from vistka.summarize.prompts import abstract_request
from vistka.text.languages import dominant_language
from vistka.text.protected import protected_spans
from vistka.translate.drafts import Translator

MAX_HEADLINE_CHARS = 140
_TRIES = 2
_MIN_SUPPORT = 0.5
"""Share of the content words of a clause that its evidence must have."""
_MIN_ABSTRACT_CHARS = 80
"""A model's abstract below this says less than the item's own first sentence does."""
_SOURCE_WITHIN = 2
"""How many sentences behind the news agencies name who reported it."""
_MIN_LEAD_SHARE = 0.25
"""Share of the content words of a model's abstract that must be of the item's first sentence, which is the news."""


@dataclass(frozen=True, slots=True)
class English:
    """A sentence of the news text with its English.

    Attributes:
        sentence: the source.
        text: the English on one line.
        draft: how it was translated; None where the source is English.
    """

    sentence: Sentence
    text: str
    draft: DraftSegment | None

    @property
    def is_doubtful(self) -> bool:
        """Whether the checks think that the translation is wrong."""
        return self.draft is not None and any(flag.severity == "error" for flag in self.draft.flags)


@dataclass(frozen=True, slots=True)
class _Written:
    """An abstract (empty: none), how it was made, and what is to be told of that."""

    text: str
    method: str
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class Summarizer:
    """Writes blurbs.

    Attributes:
        writer: the engine that writes abstracts; None = the methods that need none.
        translator: for what is Ukrainian; None = English items only.
        options: the limit and the method.
        recipe: what every result says of its making.
    """

    writer: Engine | None
    translator: Translator | None
    options: Options
    recipe: Recipe

    def blurb(self, item: Item, progress: Progress | None = None) -> Blurb:
        """The item as a "Latest news" card.

        Raises:
            InputError: there is no news text in the item, or it is neither Ukrainian nor English.
            EngineError: the model failed.
        """
        progress = progress or SilentProgress()
        found = news_sentences(item)
        sentences = require_news(item, found)
        language = dominant_language(" ".join(sentence.text for sentence in sentences))
        chosen = choose(sentences, item.title, language, max_chars=self.options.max_chars)
        title, english = self._in_english(item.title, chosen, progress)
        support = _support(item.title, sentences, title, english, language)
        written = self._write(english, support, is_all=len(english) == len(found))
        return self._card(item, title, written, english, support)

    def _in_english(
        self, title: str, chosen: Sequence[Sentence], progress: Progress
    ) -> tuple[DraftSegment | None, list[English]]:
        title_segment = _whole_segment(title)
        segments = [title_segment, *(sentence.segment for sentence in chosen)]
        if all(segment.language != "uk" for segment in segments):
            return _as_is(title_segment) if title else None, [English(s, s.text, None) for s in chosen]
        if self.translator is None:
            raise InputError("the text is Ukrainian, and no model to translate it is loaded")
        drafts = self.translator.translate(segments, progress)
        english = [
            English(sentence, " ".join(draft.text.split()), draft if draft.origin != "source" else None)
            for sentence, draft in zip(chosen, drafts[1:], strict=True)
        ]
        return drafts[0] if title else None, english

    def _write(self, english: Sequence[English], support: Support, *, is_all: bool) -> _Written:
        limit = self.options.max_chars
        whole = " ".join(part.text for part in english)
        if is_all and len(whole) <= limit and not unsupported(whole, support):
            return _Written(whole, "whole")
        flags: tuple[Flag, ...] = ()
        if self.options.method == "abstractive" and self.writer is not None:
            written = self._abstractive(self.writer, english, support)
            if written.text:
                return written
            flags = written.flags
        lead = _Written(_lead(english, limit), "lead", flags)
        extract = _Written(_extract(english, limit, support), "extractive", flags)
        order = (lead, extract) if self.options.method == "lead" else (extract, lead)
        return next((written for written in order if written.text), _Written("", "none", flags))

    def _abstractive(self, writer: Engine, english: Sequence[English], support: Support) -> _Written:
        """What the model writes, if it fits and every fact of it traces; else nothing, and why."""
        limit = self.options.max_chars
        text = " ".join(part.text for part in english)
        refused: list[Unsupported] = []
        reason = ""
        for attempt in range(_TRIES):
            too_long = reason == _TOO_LONG
            request = abstract_request(text, limit, refused, too_long)
            request = request if writer.kind == "chat" else Request(text)
            output = writer.generate([request], Decoding(max_new_tokens=max(32, limit // 2)))[0]
            answer = shortened(" ".join(output.text.split()).strip("“”").removeprefix("- "), limit)
            refused = unsupported(answer, support) if answer else []
            reason = _refusal(output.finished, answer, english[0].text, limit) or _not_said(refused)
            if not reason:
                return _Written(answer, "abstractive", _told_again(attempt))
            if writer.kind != "chat" or not (refused or reason == _TOO_LONG):
                break  # nothing to tell it: it would answer the same
        message = f"The model's abstract was refused ({reason}); sentences of the item stand instead."
        return _Written("", "none", (Flag("abstract-replaced", message, 1, "info"),))

    def _headline(
        self, title: DraftSegment | None, english: Sequence[English], support: Support
    ) -> tuple[str, tuple[Flag, ...]]:
        """The item's own title, or the start of its text where it has none or its English holds what it does not."""
        body = support.english
        own = headline(title.text, body) if title is not None else ""
        fallback = next((text for part in english if (text := shortened(part.text, MAX_HEADLINE_CHARS))), "")
        if own and (not fallback or not _wrong_facts(own, support)):
            return own, ()
        told = (Flag("headline-replaced", "The title was refused; the text's own words stand instead.", 0, "info"),)
        return headline(fallback or english[0].text, body), told if own else ()

    def _card(
        self,
        item: Item,
        title: DraftSegment | None,
        written: _Written,
        english: Sequence[English],
        support: Support,
    ) -> Blurb:
        head, head_flags = self._headline(title, english, support)
        used = _used([head, *clauses(written.text)], english)
        title_flags = title.flags if title is not None and not head_flags else ()
        flags = [
            *_fact_flags(head, written.text, support),
            *head_flags,
            *written.flags,
            *_draft_flags(title_flags, used),
        ]
        return Blurb(
            headline=head,
            abstract=written.text,
            source=item.source,
            published=item.published,
            url=item.url,
            verdict=_verdict(written, flags),
            evidence=tuple(_evidence(clause, part) for clause, parts in used for part in parts),
            flags=tuple(flags),
            method=written.method,
            recipe=self.recipe,
        )


_TOO_LONG = "too long"


def _refusal(finished: bool, answer: str, lead: str, limit: int) -> str:
    """Why a model's abstract cannot stand, leaving aside its facts; empty where it can."""
    if not finished or not answer:
        return _TOO_LONG
    if not (ends_as_sentence(answer) and is_balanced(answer) and has_verb(answer)) or leans(answer):
        return "no whole sentence"
    if len(answer) < min(_MIN_ABSTRACT_CHARS, limit // 2):
        return "too short"
    return "" if overlap_0_1(answer, lead) >= _MIN_LEAD_SHARE else "not the news of the first sentence"


def _not_said(refused: Sequence[Unsupported]) -> str:
    return "not in the source: " + "; ".join(dict.fromkeys(fact.text for fact in refused)) if refused else ""


def _told_again(attempt: int) -> tuple[Flag, ...]:
    flag = Flag("abstract-rewritten", "The model's first abstract was refused; this is its second.", 1, "info")
    return (flag,) if attempt else ()


def _wrong_facts(head: str, support: Support) -> list[Unsupported]:
    # A headline is the item's own, and often says in other words what the text says.
    return [fact for fact in unsupported(head, support) if fact.kind != "words"]


def _whole_segment(text: str) -> Segment:
    language = dominant_language(text)
    return Segment(text, language, 0, 0, len(text), tuple(protected_spans(text)))


def _as_is(segment: Segment) -> DraftSegment:
    return DraftSegment(segment, segment.text, (), "source", 1.0)


def _support(
    title: str,
    sentences: Sequence[Sentence],
    title_draft: DraftSegment | None,
    english: Sequence[English],
    language: Language,
) -> Support:
    """All of the news text in its own language, and the English of what was translated of it."""
    source = [text for text in (title, *(sentence.text for sentence in sentences)) if text]
    whole = " ".join(source)
    if all(part.draft is None for part in english):
        return Support(whole, language, whole, (*source, *_sourced(english)))
    translated = [title_draft.text] if title_draft else []
    translated += [part.text for part in english]
    return Support(whole, language, " ".join(translated), (*translated, *_sourced(english)))


def _source_behind(part: English, english: Sequence[English]) -> str:
    """Who reported a sentence, where one that follows it soon says nothing else; else empty."""
    position = part.sentence.position
    behind = [other.text for other in english if position < other.sentence.position <= position + _SOURCE_WITHIN]
    return next(filter(None, map(source_named, behind)), "")


def _sourced(english: Sequence[English]) -> list[str]:
    """The sentences as they read with who reported them: what the item says too, in two sentences."""
    return [with_source(part.text, who) for part in english if (who := _source_behind(part, english))]


def _lead(english: Sequence[English], limit: int) -> str:
    """The first sentences, whole; or the first that can be shortened to fit."""
    texts = [part.text for part in english]
    if len(texts) > 1 and (who := source_named(texts[1])):
        sourced = with_source(texts[0], who)
        texts[:2] = [sourced if len(sourced) <= limit else texts[0]]
    return join_within(texts, limit) or next((text for text in (shortened(text, limit) for text in texts) if text), "")


def _extract(english: Sequence[English], limit: int, support: Support) -> str:
    """The first sentence that stands alone, fits and passes the gate; with who reported it, or the one behind it."""
    sound = {
        part.sentence.position: (part, text)
        for part in english
        if (text := shortened(part.text, limit)) and is_balanced(text) and not unsupported(text, support)
    }
    if not sound:
        return ""
    standing = [
        (part, text)
        for part, text in sound.values()
        if not leans(text) and not part.sentence.is_quotation and not source_named(text)
    ]
    certain = [pair for pair in standing if not pair[0].is_doubtful]
    first, text = next(iter(certain or standing or list(sound.values())))
    position = first.sentence.position
    after = sound.get(position + 1)
    second = after[1] if after and not after[0].is_doubtful and not source_named(after[1]) else ""
    who = _source_behind(first, english)
    return next((joined for joined in _with_source_or_more(text, second, who) if len(joined) <= limit), text)


def _with_source_or_more(first: str, second: str, who: str) -> list[str]:
    """What may follow the first sentence, best first: the second and who reported both, who reported it, the second."""
    both = f"{first} {second}".strip()
    sourced = with_source(first, who)
    if sourced == first:
        return [both]
    return [f"{first} {with_source(second, who)}", sourced, both] if second else [sourced]


def _used(parts: Sequence[str], english: Sequence[English]) -> list[tuple[str, list[English]]]:
    """For each clause the sentence that supports it best, and who-reported-it behind it where that was folded in."""
    used: list[tuple[str, list[English]]] = []
    for clause in parts:
        best = max(english, key=lambda part: overlap_0_1(clause, part.text))
        found = [best] if overlap_0_1(clause, best.text) >= _MIN_SUPPORT else []
        found += [part for part in english if part not in found and (w := source_named(part.text)) and _ends(clause, w)]
        used.append((clause, found))
    return used


def _ends(clause: str, who: str) -> bool:
    return clause.rstrip(".").lower().endswith(who.lower())


def _evidence(clause: str, part: English) -> Evidence:
    segment = part.sentence.segment
    return Evidence(clause, segment.block, segment.start, segment.end, segment.text)


def _fact_flags(head: str, abstract: str, support: Support) -> list[Flag]:
    if not abstract:
        return [Flag("no-abstract", "No sentence of the item fits the limit; raise --max-chars.", 1, "error")]
    found = [(0, "headline", fact) for fact in _wrong_facts(head, support)]
    found += [(1, "abstract", fact) for fact in unsupported(abstract, support)]
    return [
        Flag(f"unsupported-{fact.kind}", f"Not in the source ({place}): {fact.text}", index, "error")
        for index, place, fact in found
    ]


def _draft_flags(title_flags: Sequence[Flag], used: Sequence[tuple[str, Sequence[English]]]) -> list[Flag]:
    """What the checks doubted in the translations that the blurb is made of."""
    flags = [replace(flag, segment=0) for flag in title_flags]
    for index, (_, parts) in enumerate(used[1:], start=1):
        drafts = [part.draft for part in parts if part.draft is not None]
        flags += [replace(flag, segment=index) for draft in drafts for flag in draft.flags]
    return list(dict.fromkeys(flags))


def _verdict(written: _Written, flags: Sequence[Flag]) -> Verdict:
    if not written.text or any(flag.code.startswith("unsupported") for flag in flags):
        return "block"
    return "warn" if any(flag.severity != "info" for flag in flags) else "pass"

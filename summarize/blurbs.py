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
from vistka.summarize.clean import Sentence, news_sentences, require_news, title_block
from vistka.summarize.evidence import choose, leans
from vistka.summarize.facts import Support, Unsupported, clauses, overlap_0_1, unsupported
from vistka.summarize.fit import ends_as_sentence, has_verb, is_balanced, join_within, shortened, without_remark
from vistka.summarize.headline import headline, objection
from vistka.summarize.house_style import HouseStyle, load_style
from vistka.summarize.prompts import abstract_request
from vistka.summarize.styled import Styled, apply_style
from vistka.text.languages import dominant_language
from vistka.text.protected import protected_spans
from vistka.translate.drafts import Translator

MAX_HEADLINE_CHARS = 140
_LONG_HEADLINE_CHARS = 200
"""A first sentence up to here says the news better than a shorter one further down."""
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
        style: the house style of headlines and abstracts; None = `style/default.toml`.
    """

    writer: Engine | None
    translator: Translator | None
    options: Options
    recipe: Recipe
    style: HouseStyle | None = None

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
        support = _support(item, sentences, title, english, language)
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
        """The item's own title; the text's own words where it has none that a newsroom could print."""
        body = support.english
        own = headline(title.text, body, self.style) if title is not None else ""
        fallback = _first_headline(english)
        reason = objection(own, title.segment.text, self.style) if title is not None else ""
        if own and (not fallback or not (reason or _wrong_facts(own, support))):
            return own, ()
        message = f"The title was refused ({reason or 'not in the text'}); the text's own words stand instead."
        told = (Flag("headline-replaced", message, 0, "info"),)
        return headline(fallback or english[0].text, body, self.style), told if own else ()

    def _card(
        self,
        item: Item,
        title: DraftSegment | None,
        written: _Written,
        english: Sequence[English],
        support: Support,
    ) -> Blurb:
        head, head_flags = self._headline(title, english, support)
        heads, parts = clauses(head), clauses(written.text)
        used = _used([*heads, *parts], english)
        title_flags = title.flags if title is not None and not head_flags else ()
        shown_head = self._styled(head, item, is_headline=True)
        shown = self._styled(written.text, item, is_headline=False)
        shown_parts = [*_as_shown(heads, shown_head.text), *_as_shown(parts, shown.text)]
        evidence = _all_evidence(shown_parts, used, item, heads=0 if head_flags else len(heads))
        flags = [
            *_fact_flags(head, written.text, support),
            *_without_evidence(shown_parts, evidence, len(heads)),
            *head_flags,
            *written.flags,
            *_draft_flags(title_flags, used[len(heads) :]),
            *_style_flags(shown_head, 0),
            *_style_flags(shown, 1),
        ]
        return Blurb(
            headline=shown_head.text,
            abstract=shown.text,
            source=item.source,
            published=item.published,
            url=item.url,
            verdict=_verdict(written, flags),
            evidence=tuple(evidence),
            flags=tuple(flags),
            method=written.method,
            recipe=self.recipe,
        )

    def _styled(self, text: str, item: Item, *, is_headline: bool) -> Styled:
        """`text` in house style; as it is where that would no longer fit."""
        limit = MAX_HEADLINE_CHARS if is_headline else self.options.max_chars
        style = self.style or load_style()
        styled = apply_style(text, style, published=item.published, is_headline=is_headline)
        return styled if len(styled.text) <= max(limit, len(text)) else Styled(text)


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
    return [fact for fact in unsupported(head, support) if fact.kind not in {"words", "relation"}]


def _whole_segment(text: str) -> Segment:
    language = dominant_language(text)
    return Segment(text, language, 0, 0, len(text), tuple(protected_spans(text)))


def _as_is(segment: Segment) -> DraftSegment:
    return DraftSegment(segment, segment.text, (), "source", 1.0)


def _support(
    item: Item,
    sentences: Sequence[Sentence],
    title_draft: DraftSegment | None,
    english: Sequence[English],
    language: Language,
) -> Support:
    """All of the news text in its own language, and the English of what was translated of it."""
    source = [text for text in (item.title, *(sentence.text for sentence in sentences)) if text]
    whole = "\n".join(source)
    if all(part.draft is None for part in english):
        return Support(whole, language, whole, (*source, *_sourced(english)), published=item.published)
    pairs = [(item.title, title_draft.text)] if title_draft else []
    pairs += [(part.sentence.text, part.text) for part in english]
    translated = [text for _, text in pairs]
    return Support(
        text=whole,
        language=language,
        english="\n".join(translated),
        sentences=(*translated, *_sourced(english)),
        pairs=tuple(pairs),
        published=item.published,
    )


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


def _fitted(part: English, limit: int) -> str:
    """The sentence within the limit; the first of the item by all means, for it says the news."""
    text = shortened(part.text, limit)
    return text if text or part.sentence.position else without_remark(part.text, limit)


def _is_sound(text: str, support: Support) -> bool:
    return bool(text) and is_balanced(text) and not unsupported(text, support)


def _extract(english: Sequence[English], limit: int, support: Support) -> str:
    """The first sentence that stands alone, fits and passes the gate; with who reported it, or the one behind it."""
    sound = {
        part.sentence.position: (part, text) for part in english if _is_sound(text := _fitted(part, limit), support)
    }
    if not sound:
        return ""
    standing = [pair for pair in sound.values() if stands_alone(pair[0]) and not pair[1].endswith("?")]
    certain = [pair for pair in standing if not pair[0].is_doubtful]
    first, text = next(iter(certain or standing or list(sound.values())))
    after = next((part for part in english if part.sentence.position == first.sentence.position + 1), None)
    second = _second(after, limit - len(text) - 1, support) if after is not None else ""
    who = _source_behind(first, english)
    return next((joined for joined in _with_source_or_more(text, second, who) if len(joined) <= limit), text)


def _second(after: English, room: int, support: Support) -> str:
    """What may follow the first sentence: the next one, in the room that is left."""
    if after.is_doubtful or source_named(after.text) or after.sentence.is_quotation or after.text.endswith("?"):
        return ""
    text = shortened(after.text, room)
    return text if _is_sound(text, support) else ""


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


def _all_evidence(
    shown: Sequence[str], used: Sequence[tuple[str, Sequence[English]]], item: Item, *, heads: int
) -> list[Evidence]:
    """Where each clause stands; the first `heads` clauses are of the title, which may be its own evidence."""
    found: list[Evidence] = []
    for index, (clause, (written, parts)) in enumerate(zip(shown, used, strict=True)):
        found += [_evidence(clause, written, part) for part in parts]
        block = title_block(item) if index < heads and not parts else None
        if block is not None:
            text = item.blocks[block].text
            found.append(Evidence(clause, block, 0, len(text), text))
    return found


def _evidence(clause: str, written: str, part: English) -> Evidence:
    """The clause's own words in the source where they stand there as they are; else the whole sentence."""
    segment = part.sentence.segment
    words = written.rstrip(".")
    at = segment.text.find(words) if part.draft is None and words else -1
    start, end = (at, at + len(words)) if at >= 0 else (0, len(segment.text))
    return Evidence(clause, segment.block, segment.start + start, segment.start + end, segment.text[start:end])


def _as_shown(parts: Sequence[str], styled: str) -> list[str]:
    """The clauses of a text in house style, which are the same clauses."""
    shown = clauses(styled)
    return shown if len(shown) == len(parts) else list(parts)


def _without_evidence(shown: Sequence[str], evidence: Sequence[Evidence], heads: int) -> list[Flag]:
    known = {one.clause for one in evidence}
    return [
        Flag("no-evidence", f"No sentence of the source bears this out: {clause}", 0 if index < heads else 1, "warn")
        for index, clause in enumerate(shown)
        if clause not in known
    ]


def _style_flags(styled: Styled, index: int) -> list[Flag]:
    return [
        Flag("house-style", f"{change.rule}: {change.before} → {change.after}", index, "info")
        for change in styled.changes
    ]


def _first_headline(english: Sequence[English]) -> str:
    """The first sentence that stands alone, shortened; one that stays too long only where no other can be had."""
    whole = [part for part in english if is_balanced(part.text) and not part.sentence.is_quotation] or list(english)
    alone = [part for part in whole if stands_alone(part) and not part.text.endswith("?")] or whole
    first = alone[0]
    text = shortened(first.text, MAX_HEADLINE_CHARS) or without_remark(first.text, MAX_HEADLINE_CHARS)
    if not text and len(first.text) <= _LONG_HEADLINE_CHARS:
        return first.text
    others = (short for part in alone if (short := shortened(part.text, MAX_HEADLINE_CHARS)))
    return text or next(others, "")


def stands_alone(part: English) -> bool:
    """Whether a reader understands the sentence without the one before it, and it is news."""
    return not (leans(part.text) or part.sentence.is_quotation or source_named(part.text))


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
    for index, (_, parts) in enumerate(used, start=1):
        drafts = [part.draft for part in parts if part.draft is not None]
        flags += [replace(flag, segment=index) for draft in drafts for flag in draft.flags]
    return list(dict.fromkeys(flags))


def _verdict(written: _Written, flags: Sequence[Flag]) -> Verdict:
    if not written.text or any(flag.code.startswith("unsupported") for flag in flags):
        return "block"
    return "warn" if any(flag.severity != "info" for flag in flags) else "pass"

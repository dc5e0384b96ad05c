"""An item becomes a blurb: clean → choose evidence → write → fit → verify."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vistka.datatypes import Blurb, DraftSegment, Evidence, Flag, Item, Language, Recipe, Segment, Verdict
from vistka.errors import InputError
from vistka.models.engine import Decoding, Engine
from vistka.options import Method, Options
from vistka.progress import Progress, SilentProgress
from vistka.summarize.clean import Sentence, news_sentences
from vistka.summarize.evidence import choose, leans
from vistka.summarize.facts import Support, Unsupported, clauses, overlap_0_1, unsupported
from vistka.summarize.fit import ends_as_sentence, is_balanced, join_within, shortened
from vistka.summarize.headline import headline
from vistka.summarize.prompts import abstract_request
from vistka.text.languages import dominant_language
from vistka.text.protected import protected_spans
from vistka.translate.drafts import Translator

MAX_HEADLINE_CHARS = 140
_TRIES = 2
_MIN_SUPPORT = 0.5
"""Share of the content words of a clause that its evidence must have."""


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


@dataclass(frozen=True, slots=True)
class _Written:
    text: str
    method: str


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
        sentences = [s for s in news_sentences(item) if s.segment.language in {"uk", "en"}]
        if not sentences:
            raise InputError(
                "no sentence of Ukrainian or English news was found in it",
                where=item.name,
                next_step="give the text of the article, or translate it with `vistka translate`",
            )
        language = dominant_language(" ".join(sentence.text for sentence in sentences))
        chosen = choose(sentences, item.title, language)
        title, english = self._in_english(item.title, chosen, progress)
        support = _support(item.title, sentences, title, english, language)
        return self._card(item, title, self._write(english, support), english, support)

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

    def _write(self, english: Sequence[English], support: Support) -> _Written:
        limit = self.options.max_chars
        texts = [part.text for part in english]
        whole = " ".join(texts)
        if len(whole) <= limit and not unsupported(whole, support):
            return _Written(whole, "whole")
        methods: dict[Method, tuple[str, ...]] = {
            "lead": ("lead", "extractive"),
            "extractive": ("extractive", "lead"),
            "abstractive": ("abstractive", "extractive", "lead"),
        }
        for method in methods[self.options.method]:
            text = self._by(method, english, support)
            if text:
                return _Written(text, method)
        return _Written("", "none")

    def _by(self, method: str, english: Sequence[English], support: Support) -> str:
        if method == "abstractive":
            return self._abstractive(english, support)
        if method == "lead":
            return _first_fitting([part.text for part in english], self.options.max_chars)
        return _extractive(english, self.options.max_chars, support)

    def _abstractive(self, english: Sequence[English], support: Support) -> str:
        """What the model writes, if it fits and every fact of it traces; else nothing."""
        if self.writer is None:
            return ""
        limit = self.options.max_chars
        text = " ".join(part.text for part in english)
        refused: list[Unsupported] = []
        too_long = False
        for _ in range(_TRIES):
            request = abstract_request(text, limit, refused, too_long)
            request = request if self.writer.kind == "chat" else replace(request, text=text)
            output = self.writer.generate([request], Decoding(max_new_tokens=max(32, limit // 2)))[0]
            answer = " ".join(output.text.split()).strip('"“”') if output.finished else ""
            fitted = shortened(answer, limit) if answer else ""
            refused = unsupported(fitted, support) if fitted else []
            too_long = bool(answer) and not fitted
            if fitted and not refused and ends_as_sentence(fitted) and is_balanced(fitted):
                return fitted
        return ""

    def _headline(self, title: DraftSegment | None, english: Sequence[English], support: Support) -> str:
        body = support.english
        if title is not None and title.text.strip():
            return headline(title.text, body)
        for part in english:
            text = shortened(part.text, MAX_HEADLINE_CHARS)
            if text:
                return headline(text, body)
        return headline(english[0].text, body)

    def _card(
        self,
        item: Item,
        title: DraftSegment | None,
        written: _Written,
        english: Sequence[English],
        support: Support,
    ) -> Blurb:
        head = self._headline(title, english, support)
        parts = [head, *clauses(written.text)]
        used = _used(parts, english)
        flags = [*_fact_flags(head, written.text, support), *_draft_flags(title, used)]
        return Blurb(
            headline=head,
            abstract=written.text,
            source=item.source,
            published=item.published,
            url=item.url,
            verdict=_verdict(written, flags),
            evidence=tuple(_evidence(clause, part) for clause, part in used if part is not None),
            flags=tuple(flags),
            method=written.method,
            recipe=self.recipe,
        )


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
    source = " ".join([title, *(sentence.text for sentence in sentences)])
    if all(part.draft is None for part in english):
        return Support(source, language, source)
    translated = [title_draft.text if title_draft else "", *(part.text for part in english)]
    return Support(source, language, " ".join(translated))


def _first_fitting(texts: Sequence[str], limit: int) -> str:
    """The first sentences, whole; or the first that can be shortened to fit."""
    joined = join_within(texts, limit)
    if joined:
        return joined
    return next((text for text in (shortened(text, limit) for text in texts) if text), "")


def _extractive(english: Sequence[English], limit: int, support: Support) -> str:
    """The first sentence that stands alone, fits and passes the gate, and one more behind it if there is room."""
    sound = [
        (part, text)
        for part in english
        if (text := shortened(part.text, limit)) and is_balanced(text) and not unsupported(text, support)
    ]
    standing = [pair for pair in sound if not leans(pair[1]) and not pair[0].sentence.is_quotation] or sound
    if not standing:
        return ""
    first = standing[0]
    after = [text for part, text in sound if part.sentence.position == first[0].sentence.position + 1]
    return join_within([first[1], *after[:1]], limit)


def _used(parts: Sequence[str], english: Sequence[English]) -> list[tuple[str, English | None]]:
    """For each clause the sentence that supports it best; None where none shares half of its words."""
    used: list[tuple[str, English | None]] = []
    for clause in parts:
        best = max(english, key=lambda part: overlap_0_1(clause, part.text), default=None)
        used.append((clause, best if best and overlap_0_1(clause, best.text) >= _MIN_SUPPORT else None))
    return used


def _evidence(clause: str, part: English) -> Evidence:
    segment = part.sentence.segment
    return Evidence(clause, segment.block, segment.start, segment.end, segment.text)


def _fact_flags(head: str, abstract: str, support: Support) -> list[Flag]:
    if not abstract:
        return [Flag("no-abstract", "No sentence of the item fits the limit; raise --max-chars.", 1, "error")]
    found = [
        (index, place, fact)
        for index, place, text in ((0, "headline", head), (1, "abstract", abstract))
        for fact in unsupported(text, support)
    ]
    return [
        Flag(f"unsupported-{fact.kind}", f"Not in the source ({place}): {fact.text}", index, "error")
        for index, place, fact in found
        # The headline is the item's own, and often says in other words what the text says.
        if not (place == "headline" and fact.kind == "words")
    ]


def _draft_flags(title: DraftSegment | None, used: Sequence[tuple[str, English | None]]) -> list[Flag]:
    """What the checks doubted in the translations that the blurb is made of."""
    flags = [replace(flag, segment=0) for flag in (title.flags if title else ())]
    for index, (_, part) in enumerate(used[1:], start=1):
        if part is not None and part.draft is not None:
            flags += [replace(flag, segment=index) for flag in part.draft.flags]
    return list(dict.fromkeys(flags))


def _verdict(written: _Written, flags: Sequence[Flag]) -> Verdict:
    if not written.text or any(flag.code.startswith("unsupported") for flag in flags):
        return "block"
    return "warn" if any(flag.severity != "info" for flag in flags) else "pass"

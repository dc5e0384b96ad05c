"""The model behind the service: loaded in the background, asked from many requests at once.

await translate_texts → ready? → let in? → a thread of the pool → Translator on a QueuedEngine → result
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeVar

from vistka.datatypes import Blurb, Draft, DraftSegment, Item, Language, Recipe, Segment
from vistka.documents.read import read
from vistka.documents.write import write
from vistka.errors import BusyError, EngineError, UsageError, VistkaError, WorkCancelledError
from vistka.memory.store import Memory
from vistka.models.catalogue import load_catalogue
from vistka.models.engine import Engine
from vistka.options import METHODS, Options
from vistka.pipeline import Pipeline
from vistka.progress import SilentProgress
from vistka.serve.engine_queue import EngineQueue
from vistka.serve.logs import log, log_fault
from vistka.serve.metrics import Metrics
from vistka.serve.settings import ServeSettings
from vistka.serve.ticket import Ticket
from vistka.serve.variants import VariantEngine
from vistka.serve.warm_up import warm_up
from vistka.summarize.blurbs import Summarizer
from vistka.summarize.house_style import load_style, style_names
from vistka.text.languages import language_spans
from vistka.translate.drafts import Remembered, Translator
from vistka.translate.glossary import Glossary, load_glossary
from vistka.translate.glossary_files import glossaries_in_force
from vistka.translate.name_book import NameBook

State = Literal["starting", "ready", "failed", "closed"]
Result = TypeVar("Result")

_WARM_UP_RETRY_S = 5.0
_HANDOVER_S = 10.0


@dataclass(frozen=True, slots=True)
class TranslatedText:
    """One text of a request.

    Attributes:
        text: in English; what is not Ukrainian, and a text that is blank, as it was.
        draft: how it was made, sentence by sentence; None for a blank text.
        source_language: of most of its letters; `und` where it has none.
        characters: of the source, as Unicode code points.
    """

    text: str
    draft: Draft | None
    source_language: Language
    characters: int


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model of the catalogue.

    Attributes:
        id, name, license: as the catalogue says.
        tasks: `translate`, `summarize`.
        source_languages, target_languages: codes.
        translates, writes: it is the one that this service translates with, or writes abstracts with.
    """

    id: str
    name: str
    license: str
    tasks: tuple[str, ...]
    source_languages: tuple[str, ...]
    target_languages: tuple[str, ...]
    translates: bool
    writes: bool


class Service:
    """One loaded pipeline, its queues and its threads.

    Args:
        settings: of the service.
        options: of the models; what a request does not say itself.
        load: loads the models; runs in a thread of its own after `start`.
        metrics: told of what is done.
    """

    def __init__(
        self, settings: ServeSettings, options: Options, load: Callable[[Options], Pipeline], metrics: Metrics
    ) -> None:
        self.options = options
        self.state: State = "starting"
        self._settings = settings
        self._load = load
        self._metrics = metrics
        self._loaded: Future[Pipeline] = Future()
        self._queues: dict[int, EngineQueue] = {}
        self._remembered = Remembered(settings.remembered_sentences)
        self._pool = ThreadPoolExecutor(settings.max_connections, thread_name_prefix="vistka-request")
        self._early = 0
        self._life = threading.Lock()
        self._failure: VistkaError | None = None
        self._thread: threading.Thread | None = None
        metrics.gauge("vistka_queue_requests", "Requests that wait for a model", lambda: self.depth())
        metrics.gauge("vistka_model_ready", "Whether the model is loaded", lambda: self.state == "ready")

    # --- life -------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to load the models, in the background. Starting twice is fine."""
        if self._thread is None and self.state == "starting":
            # From now on nobody who stops waiting can cancel it for the others.
            self._loaded.set_running_or_notify_cancel()
            self._thread = threading.Thread(target=self._open, name="vistka-load", daemon=True)
            self._thread.start()

    async def ready(self) -> None:
        """Wait until the models are loaded.

        Raises:
            ModelError, ResourceError, UsageError: they cannot be.
            WorkCancelledError: the service was closed.
        """
        await asyncio.wrap_future(self._loaded)

    def wait_ready(self, ticket: Ticket | None = None) -> None:
        """`ready` for a thread."""
        while not self._loaded.done():
            if ticket:
                ticket.check()
            try:
                self._loaded.exception(timeout=0.2)
            except TimeoutError:
                continue
        self._loaded.result()

    def on_failure(self, tell: Callable[[], None]) -> None:
        """Call `tell` if the models cannot be loaded; from the thread that loads them."""
        self._loaded.add_done_callback(lambda _: tell() if self._failure else None)

    @property
    def failure(self) -> VistkaError | None:
        """Why the models could not be loaded; it stays when the service is closed."""
        return self._failure

    def close(self) -> None:
        """Finish what the engines do now, refuse what waits, and free the models. Closing twice is fine."""
        with self._life:
            was, self.state = self.state, "closed"
        if was == "closed":
            return
        if self._thread is None:
            self._loaded.set_exception(_closed())
        for queue in self._queues.values():
            queue.close()
        self._pool.shutdown(wait=True, cancel_futures=True)
        if was == "ready":
            # Ready is said a moment before the result is there.
            self._loaded.result(timeout=_HANDOVER_S).close()

    def _open(self) -> None:
        try:
            pipeline = self._load(self.options)
            warm_up(pipeline.translator)
        except VistkaError as error:
            log("model-failed", level=logging.ERROR, error=error.line())
            self._failed(error)
        except Exception as error:
            log_fault("model-failed")
            self._failed(EngineError(f"a fault of the program: {type(error).__name__}: {error}"))
        else:
            self._opened(pipeline)

    def _failed(self, error: VistkaError) -> None:
        self._failure = error
        with self._life:
            self.state = "closed" if self.state == "closed" else "failed"
        self._loaded.set_exception(error)

    def _opened(self, pipeline: Pipeline) -> None:
        with self._life:
            closed = self.state == "closed"
            if not closed:
                self._make_queues(pipeline)
                self.state = "ready"
        if closed:
            pipeline.close()
            self._loaded.set_exception(_closed())
            return
        log("model-ready", model=self.options.model, engine=pipeline.translator.engine.name)
        self._loaded.set_result(pipeline)

    def _make_queues(self, pipeline: Pipeline) -> None:
        translator = pipeline.translator
        for engine in (translator.engine, translator.second_engine, pipeline.summarizer.writer):
            if engine is not None and id(engine) not in self._queues:
                self._queues[id(engine)] = EngineQueue(
                    engine,
                    limit=self._settings.queue_requests,
                    wait_s=self._settings.batch_wait_ms / 1000,
                    batch_tokens=self._settings.batch_tokens,
                    observe=self._metrics.batch,
                )

    # --- what it does -----------------------------------------------------------------------------------------------

    async def translate_texts(
        self,
        texts: Sequence[str],
        *,
        format: Literal["text", "html"] = "text",  # noqa: A002 - the dialects' own word
        ticket: Ticket,
        glossary: Glossary | None = None,
        use_memory: bool = True,
        with_confidence: bool = True,
        variant: int = 0,
    ) -> list[TranslatedText]:
        """n texts in, n out, in order, with one spelling for each name.

        Args:
            texts: plain text or HTML.
            format: which of the two.
            ticket: of the request.
            glossary: in place of the service's own.
            use_memory: let people's corrections count.
            with_confidence: somebody will see `Draft.confidence_0_1`; False saves its cost.
            variant: 0 = the best that the model has; 1, 2, … = other wordings, each always the same.

        Raises:
            NotTextError, TooLargeError: of one of the texts; `where` tells which.
            ServiceError, ModelError: see `ready`, `EngineQueue` and `Ticket`.
        """

        def work(pipeline: Pipeline) -> list[TranslatedText]:
            translator = self._translator(
                pipeline, ticket, glossary, use_memory=use_memory, with_confidence=with_confidence
            )
            if variant:
                translator = replace(
                    translator, engine=VariantEngine(translator.engine, variant), remembered=Remembered()
                )
            items = {index: self._item(index, text, format) for index, text in enumerate(texts) if text.strip()}
            drafts = dict(zip(items, translator.drafts(list(items.values())), strict=True))
            for draft in drafts.values():
                self._metrics.flags(draft.flags())
            return [_translated(text, drafts.get(index)) for index, text in enumerate(texts)]

        self._note_texts(ticket, texts)
        return await self._run(ticket, work, sum(map(len, texts)))

    async def translate_sentences(
        self,
        segments: Sequence[Segment],
        *,
        ticket: Ticket,
        glossary: Glossary | None = None,
        with_confidence: bool = False,
    ) -> list[DraftSegment]:
        """n segments in, n out, in order: for a request that cuts its texts into sentences itself.

        Args:
            segments: of all its texts.
            ticket: of the request.
            glossary: in place of the service's own.
            with_confidence: see `translate_texts`.

        Raises:
            ServiceError, ModelError: see `ready`, `EngineQueue` and `Ticket`.
        """

        def work(pipeline: Pipeline) -> list[DraftSegment]:
            translator = self._translator(pipeline, ticket, glossary, with_confidence=with_confidence)
            parts = translator.translate(segments, SilentProgress())
            self._metrics.flags(flag for part in parts for flag in part.flags)
            return parts

        self._note_texts(ticket, [segment.text for segment in segments])
        return await self._run(ticket, work, sum(len(segment.text) for segment in segments))

    async def draft(
        self,
        item: Item,
        *,
        ticket: Ticket,
        glossaries: tuple[Path, ...] = (),
        glossary: Glossary | None = None,
        use_memory: bool = True,
    ) -> Draft:
        """A document in English, sentence by sentence; see `drafts`.

        Args:
            item: the document.
            ticket: of the request.
            glossaries: files that win over those of the service.
            glossary: in place of the service's own and of those files.
            use_memory: let people's corrections count.

        Raises:
            ConfigurationError: a glossary cannot be read.
            ServiceError, ModelError: see `ready`, `EngineQueue` and `Ticket`.
        """
        if glossaries and glossary is None:
            glossary = await asyncio.to_thread(self.glossary_with, glossaries)
        return (await self.drafts([item], ticket=ticket, glossary=glossary, use_memory=use_memory))[0]

    async def drafts(
        self,
        items: Sequence[Item],
        *,
        ticket: Ticket,
        glossary: Glossary | None = None,
        use_memory: bool = True,
        hints: bool | None = None,
        ladder: bool | None = None,
    ) -> list[Draft]:
        """n documents in, n drafts out, in order, with one spelling for each name and a measured confidence.

        Args:
            items: the documents.
            ticket: of the request.
            glossary: in place of the service's own.
            use_memory: let people's corrections count.
            hints: see `Options`; None = as the options of the service say.
            ladder: likewise.

        Raises:
            ServiceError, ModelError: see `ready`, `EngineQueue` and `Ticket`.
        """

        def work(pipeline: Pipeline) -> list[Draft]:
            translator = self._translator(pipeline, ticket, glossary, use_memory=use_memory)
            drafts = _otherwise(translator, hints, ladder).drafts(items)
            for draft in drafts:
                self._metrics.flags(draft.flags())
            return drafts

        self._note_texts(ticket, [item.raw for item in items])
        return await self._run(ticket, work, sum(len(item.raw) for item in items))

    async def blurb(
        self,
        item: Item,
        *,
        ticket: Ticket,
        max_chars: int | None = None,
        method: str | None = None,
        style: str | None = None,
        glossary: Glossary | None = None,
    ) -> Blurb:
        """A "Latest news" card of an item; what is None is as the service's options say.

        Raises:
            UsageError: no such method or style, or a limit too short.
            InputError: there is no news text in the item.
            ServiceError, ModelError: see `ready`, `EngineQueue` and `Ticket`.
        """
        options = self._blurb_options(max_chars, method, style)

        def work(pipeline: Pipeline) -> Blurb:
            writer = pipeline.summarizer.writer
            if method == "abstractive" and writer is None:
                raise UsageError("this service has no model that writes abstracts", next_step="use extractive or lead")
            summarizer = Summarizer(
                writer=self._queued(writer, ticket) if writer is not None else None,
                translator=self._translator(pipeline, ticket, glossary, with_confidence=False),
                options=options,
                recipe=pipeline.summarizer.recipe,
                style=pipeline.summarizer.style if style is None else load_style(style),
            )
            blurb = summarizer.blurb(item)
            self._metrics.flags(blurb.flags)
            return blurb

        self._note_texts(ticket, [item.raw])
        return await self._run(ticket, work, len(item.raw))

    def translate_segments(
        self,
        segments: Sequence[Segment],
        *,
        ticket: Ticket,
        glossary: Glossary | None = None,
        book: NameBook | None = None,
        with_confidence: bool = True,
    ) -> list[DraftSegment]:
        """n segments in, n out, in order; blocks. For jobs, which keep each part as it comes.

        Args:
            segments: of one document, or of a part of it.
            ticket: of the job.
            glossary: in place of the service's own.
            book: the names of the whole document, of `name_book`, where `segments` are a part of it.
            with_confidence: as of `translate_texts`.

        Raises:
            ServiceError, ModelError: see `ready`, `EngineQueue` and `Ticket`.
        """
        self._note_texts(ticket, [segment.text for segment in segments])
        self.wait_ready(ticket)
        pipeline = self._loaded.result()
        parts = self._translator(pipeline, ticket, glossary, with_confidence=with_confidence).translate(
            segments, SilentProgress(), book=book
        )
        self._metrics.flags(flag for part in parts for flag in part.flags)
        return parts

    def name_book(self, segments: Sequence[Segment], *, glossary: Glossary | None = None) -> NameBook:
        """How the names of a document are spelled; needs no model."""
        texts = [segment.text for segment in segments if segment.language == "uk"]
        return NameBook.from_segments(texts, self.glossary_with() if glossary is None else glossary)

    def detect(self, text: str) -> list[tuple[str, float]]:
        """Languages of `text`, each with its share of the letters, 0 to 1, the largest first; empty without letters.

        Codes are those of `Language`; `other` is a language that is none of those told apart.
        """
        letters: dict[str, int] = {}
        for span in language_spans(text):
            if span.language != "und":
                count = sum(map(str.isalpha, text[span.start : span.end]))
                letters[span.language] = letters.get(span.language, 0) + count
        total = sum(letters.values())
        return sorted(((code, count / total) for code, count in letters.items() if count), key=lambda one: -one[1])

    async def detected(self, text: str) -> list[tuple[str, float]]:
        """`detect`, in a thread: a long text must not hold up the others."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self.detect, text)

    # --- what it has ------------------------------------------------------------------------------------------------

    def models(self) -> list[ServedModel]:
        """Every model of the catalogue, in its order."""
        writer = self.options.summarizer or self.options.model
        return [
            ServedModel(
                id=entry.id,
                name=entry.name,
                license=entry.license,
                tasks=tuple(entry.tasks),
                source_languages=tuple(entry.source_languages),
                target_languages=tuple(entry.target_languages),
                translates=entry.id == self.options.model,
                writes=entry.id == writer and "summarize" in entry.tasks,
            )
            for entry in load_catalogue().entries.values()
        ]

    def glossary_with(self, paths: tuple[Path, ...] = ()) -> Glossary:
        """The service's own glossary: built-in lexicon, user's own, those of the options; and these files on top.

        Raises:
            ConfigurationError: a file cannot be read.
        """
        return load_glossary((*glossaries_in_force(self.options.glossaries), *paths))

    @property
    def memory(self) -> Memory | None:
        """The corrections that people made; None = the service runs without, or has not loaded."""
        return self._loaded.result().memory if self._is_loaded() else None

    @property
    def recipe(self) -> Recipe:
        """How results are made; before the models are loaded, only by which model."""
        return self._loaded.result().translator.recipe if self._is_loaded() else Recipe(self.options.model)

    def _is_loaded(self) -> bool:
        return self._loaded.done() and self._loaded.exception() is None

    def depth(self) -> int:
        """Requests that wait for a model."""
        return sum(queue.depth() for queue in self._queues.values())

    def retry_after_s(self) -> float:
        """When a caller who is refused may come again, by how fast the engines work off what waits."""
        return max((queue.retry_after_s() for queue in list(self._queues.values())), default=2.0)

    # --- how --------------------------------------------------------------------------------------------------------

    def _note_texts(self, ticket: Ticket, texts: Sequence[str]) -> None:
        """Write what is to be translated into the log, where the settings ask for it."""
        if self._settings.log_text:
            log("texts", dialect=ticket.label, texts=list(texts))

    async def _run(self, ticket: Ticket, work: Callable[[Pipeline], Result], characters: int) -> Result:
        """`work` in a thread of the pool, once the models are there and the queue has room."""
        with self._timed(ticket, characters):
            await self._warm(ticket)
            pipeline = self._loaded.result()
            with self._queues[id(pipeline.translator.engine)].admitted(ticket):
                ticket.check()
                running = self._begun(work, pipeline)
                try:
                    return await running
                except asyncio.CancelledError:
                    ticket.cancel()
                    raise

    async def _warm(self, ticket: Ticket) -> None:
        """Wait for the models; at most as many as may wait for the engine later."""
        if self.state == "starting" and self._early >= self._settings.queue_requests:
            raise BusyError(f"{self._early} requests wait for the model to be loaded", retry_after_s=_WARM_UP_RETRY_S)
        self._early += 1
        try:
            async with asyncio.timeout(ticket.remaining_s()):
                await self.ready()
        except TimeoutError:
            ticket.check()
            raise
        finally:
            self._early -= 1

    def _begun(self, work: Callable[[Pipeline], Result], pipeline: Pipeline) -> asyncio.Future[Result]:
        try:
            return asyncio.get_running_loop().run_in_executor(self._pool, work, pipeline)
        except RuntimeError as error:  # the pool takes nothing any more
            raise _closed() from error

    @contextmanager
    def _timed(self, ticket: Ticket, characters: int) -> Iterator[None]:
        outcome = "ok"
        try:
            yield
        except BaseException as error:
            outcome = type(error).__name__
            raise
        finally:
            self._metrics.result(ticket.label, outcome, ticket.age_s(), characters)

    def _queued(self, engine: Engine, ticket: Ticket) -> Engine:
        return self._queues[id(engine)].engine_for(ticket)

    def _translator(
        self,
        pipeline: Pipeline,
        ticket: Ticket,
        glossary: Glossary | None,
        *,
        use_memory: bool = True,
        with_confidence: bool = True,
    ) -> Translator:
        base = pipeline.translator
        return replace(
            base,
            engine=self._queued(base.engine, ticket),
            second_engine=self._queued(base.second_engine, ticket) if base.second_engine is not None else None,
            glossary=base.glossary if glossary is None else glossary,  # `or` would count its entries
            recipe=base.recipe if glossary is None else replace(base.recipe, glossary=glossary.version),
            memory=base.memory if use_memory else None,
            remembered=self._remembered,
            measures_similarity=with_confidence,
        )

    def _item(self, index: int, text: str, format_: Literal["text", "html"]) -> Item:
        return read(text, name=f"text {index + 1}", format=format_, max_mib=self._settings.max_body_mib)

    def _blurb_options(self, max_chars: int | None, method: str | None, style: str | None) -> Options:
        chosen = self.options.method if method is None else next((known for known in METHODS if known == method), None)
        if chosen is None:
            raise UsageError(f"no such method: {method}", next_step="use one of " + ", ".join(METHODS))
        return replace(
            self.options,
            max_chars=self.options.max_chars if max_chars is None else max_chars,
            method=chosen,
            style=self._style(style),
        )

    def _style(self, name: str | None) -> str:
        """A style by its name. A path is for whoever runs the service alone: a client could read files by it."""
        accepted = dict.fromkeys((self.options.style, *style_names()))
        if name is not None and name not in accepted:
            raise UsageError(f"no such style: {name}", next_step="use one of " + ", ".join(style_names()))
        return name or self.options.style


def _otherwise(translator: Translator, hints: bool | None, ladder: bool | None) -> Translator:
    """The translator with these options of its own, and what it remembers apart from what others made."""
    options = translator.options
    hints, ladder = options.hints if hints is None else hints, options.ladder if ladder is None else ladder
    if (hints, ladder) == (options.hints, options.ladder):
        return translator
    offered = hints and translator.engine.kind == "chat"
    decoding = dict(translator.recipe.decoding) | {"hints": offered, "ladder": ladder}
    return replace(
        translator,
        options=replace(options, hints=hints, ladder=ladder),
        recipe=replace(translator.recipe, decoding=decoding),
        remembered=Remembered(),
    )


def _closed() -> WorkCancelledError:
    return WorkCancelledError("the service is shutting down", next_step="try again later")


def _translated(text: str, draft: Draft | None) -> TranslatedText:
    if draft is None:
        return TranslatedText(text, None, "und", len(text))
    letters: dict[Language, int] = {}
    for part in draft.segments:
        if part.segment.language != "und":
            count = sum(map(str.isalpha, part.segment.text))
            letters[part.segment.language] = letters.get(part.segment.language, 0) + count
    language: Language = max(letters, key=lambda one: letters[one], default="und")
    return TranslatedText(write(draft.item, draft.rewrites()), draft, language, len(text))

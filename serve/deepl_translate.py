"""/v2/translate: texts in, translations out, in the words of DeepL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from vistka.datatypes import DraftSegment, Language
from vistka.serve.access import key_in_headers
from vistka.serve.answers import slow_json
from vistka.serve.context import Context
from vistka.serve.deepl_requests import TextRequest, text_request
from vistka.serve.deepl_texts import Prepared, between_tags, item_of, lost_tags, prepared
from vistka.serve.problems import error_response
from vistka.serve.request_fields import read_fields
from vistka.serve.ticket import Ticket
from vistka.translate.glossary import Glossary

LABEL = "deepl"

# ISO 639-2 has a code for a text without letters and for a language that is not told: DeepL has none for either.
_DETECTED: dict[Language, str] = {"uk": "UK", "ru": "RU", "be": "BE", "en": "EN", "other": "UND", "und": "UND"}


async def translate(context: Context, request: Request) -> Response:
    """The answer to one call; slow ones keep their client waiting with white space.

    Raises:
        VistkaError: whatever is wrong with the request, before any of the answer is sent.
    """
    caller = context.access.caller(key_in_headers(request.headers), "translate")
    asked = text_request(await read_fields(request), context.settings)
    for glossary_id in asked.glossary_ids:
        await run_in_threadpool(context.glossaries.get, glossary_id, caller)
    # Tags that cannot be parsed are told now: later the status may be sent already.
    items = await run_in_threadpool(lambda: [item_of(text, asked) for text in asked.texts])

    async def work(ticket: Ticket) -> dict[str, Any]:
        with context.access.spending(caller, asked.characters):
            texts = await run_in_threadpool(lambda: [prepared(item, asked.split) for item in items])
            glossary = await run_in_threadpool(context.glossaries.glossary, asked.glossary_ids, caller)
            english = await _translated(context, asked, texts, ticket, glossary)
        return _answer(asked, texts, english)

    return await slow_json(
        request,
        context.merger.run(asked.key(caller.id), work, label=LABEL),
        on_error=lambda error: error_response(error, "deepl"),
        after_s=context.settings.heartbeat_after_s,
        every_s=context.settings.heartbeat_every_s,
        # The client would take an error with status 200 for an empty list of translations.
        cut_off=True,
    )


async def _translated(
    context: Context, asked: TextRequest, texts: Sequence[Prepared], ticket: Ticket, glossary: Glossary | None
) -> list[str]:
    """n texts in, n out."""
    if asked.is_probe:
        return list(asked.texts)
    parts = await _sentences(context, texts, ticket, glossary)
    english = await run_in_threadpool(_written, asked, texts, parts)
    # A model may lose a tag or move it to where it is no XML: then what stands between tags is translated for itself.
    broken = await run_in_threadpool(_broken, asked, texts, english)
    if broken:
        again = [between_tags(texts[index]) for index in broken]
        mended = _written(asked, again, await _sentences(context, again, ticket, glossary))
        for index, text in zip(broken, mended, strict=True):
            english[index] = text
    return english


async def _sentences(
    context: Context, texts: Sequence[Prepared], ticket: Ticket, glossary: Glossary | None
) -> list[DraftSegment]:
    segments = [segment for text in texts for segment in text.segments]
    return await context.service.translate_sentences(segments, ticket=ticket, glossary=glossary)


def _written(asked: TextRequest, texts: Sequence[Prepared], parts: Sequence[DraftSegment]) -> list[str]:
    waiting = iter(parts)
    return [text.written([next(waiting) for _ in text.segments], preserve=asked.preserve) for text in texts]


def _broken(asked: TextRequest, texts: Sequence[Prepared], english: Sequence[str]) -> list[int]:
    return [index for index, text in enumerate(english) if lost_tags(texts[index], text, asked)]


def _answer(asked: TextRequest, texts: Sequence[Prepared], english: Sequence[str]) -> dict[str, Any]:
    return {
        "translations": [
            {
                "detected_source_language": _DETECTED[asked.source or text.language()],
                "text": translated,
                "billed_characters": len(source),
            }
            for source, text, translated in zip(asked.texts, texts, english, strict=True)
        ]
    }

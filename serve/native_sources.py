"""What a native request gives (text, HTML or an address) → items."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import urlsplit

from vistka.datatypes import Item
from vistka.documents.read import Format, read
from vistka.errors import TooLargeError
from vistka.serve.access import Caller
from vistka.serve.context import Context
from vistka.serve.pages import fetched_item
from vistka.serve.url_intake import Fetched, IntakeLimits, fetch

_NAMES_AT_ONCE = 8


class Sources:
    """Reads and fetches within the limits of the service.

    Args:
        context: the running service.
    """

    def __init__(self, context: Context) -> None:
        self._settings = context.settings
        self._access = context.access
        self._limits = IntakeLimits(
            timeout_s=context.settings.fetch_timeout_s,
            max_bytes=int(context.settings.max_fetch_mib * 2**20),
            allow_private=context.settings.allow_private_urls,
            offline=context.service.options.offline,
        )
        # A name server that does not answer holds up other fetches, and nothing else.
        self._names = ThreadPoolExecutor(_NAMES_AT_ONCE, thread_name_prefix="vistka-names")

    def close(self) -> None:
        """Ask for no more names. Closing twice is fine."""
        self._names.shutdown(wait=False, cancel_futures=True)

    async def given(self, text: str, name: str, format: Format, *, article: bool = False) -> Item:  # noqa: A002 - as in `read`
        """A document that the request itself holds. A blank text is an item without blocks.

        Raises:
            InputError: see `read`.
        """
        if not text.strip():
            return Item(text, (), name=name)
        return await asyncio.to_thread(
            read, text, name=name, format=format, as_article=article, max_mib=self._settings.max_body_mib
        )

    async def fetched(self, url: str, caller: Caller) -> Fetched:
        """What is at an address. It counts as a request of the caller's.

        Raises:
            RateLimitError, QuotaError: see `Access.spend`.
            UsageError, InputError, DeadlineError: see `fetch`.
        """
        self._access.spend(caller, 0)
        return await fetch(url, self._limits, names=self._names)

    async def page(self, url: str, caller: Caller, *, article: bool) -> Item:
        """The page or text at an address.

        Raises:
            UsageError, InputError, DeadlineError: see `fetch`, `fetched_item`.
        """
        found = await self.fetched(url, caller)
        return await asyncio.to_thread(fetched_item, found, article=article, max_mib=self._settings.max_fetch_mib)

    async def one(self, text: str | None, html: str | None, url: str | None, caller: Caller) -> Item:
        """The news item of a request: the article of a page, where it is one.

        Raises:
            UsageError, InputError, DeadlineError: see `fetch`, `fetched_item`, `read`.
        """
        if text is None and html is None:
            item = await self.page(url or "", caller, article=True)
        elif html is None:
            item = await self.given(text or "", "text", "text")
        else:
            item = await self.given(html, "html", "html", article=True)
        self.check_size([item])
        return with_address(item, url)

    def check_size(self, items: Sequence[Item]) -> None:
        """Refuse what is too long to be waited for.

        Raises:
            TooLargeError: over the service's limit.
        """
        count = sum(map(characters, items))
        limit = self._settings.max_text_chars
        if count > limit:
            raise TooLargeError(
                f"{count:,} characters are over the limit of {limit:,}",
                next_step="send it to /v1/documents, or in parts",
            )

    def check_count(self, texts: Sequence[str]) -> None:
        """Refuse more texts than the service takes at once.

        Raises:
            TooLargeError: over the service's limit.
        """
        limit = self._settings.max_texts
        if len(texts) > limit:
            raise TooLargeError(f"{len(texts)} texts are over the limit of {limit}", next_step="send them in parts")


def with_address(item: Item, url: str | None) -> Item:
    """The item with an address, and the source that it tells of, where it has none itself."""
    if not url:
        return item
    return replace(item, url=item.url or url, source=item.source or _host(url))


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def characters(item: Item) -> int:
    """Characters of the source that count: of a page those that a person reads, else all."""
    return sum(len(block.text) for block in item.blocks) if item.format == "html" else len(item.raw)


def blocks_json(item: Item) -> list[dict[str, str]]:
    """The blocks of an item, which `BlockModel` describes."""
    return [{"kind": block.kind, "text": block.text} for block in item.blocks]

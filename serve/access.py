"""Who calls, what they may do, and how much of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from vistka.errors import KeyInvalidError, KeyMissingError, QuotaError, RateLimitError, ScopeError
from vistka.serve.key_store import SCOPES, ApiKey, KeyStore, Scope, Used

__all__ = ["ANONYMOUS", "Access", "Caller", "Scope", "Usage", "key_in_headers"]

_BUCKETS_KEPT = 1024
_MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls.

    Attributes:
        id: of the key; empty = no key is needed here and none was given.
        name: whose key it is; for logs and as the author of corrections.
        scopes: what they may do.
    """

    id: str
    name: str
    scopes: frozenset[Scope]


ANONYMOUS = Caller("", "", frozenset(SCOPES))


@dataclass(frozen=True, slots=True)
class Usage:
    """What a caller used this month (UTC).

    Attributes:
        character_count: Unicode code points of source text.
        character_limit: of a month; None = no limit.
        document_count: documents that were taken.
    """

    character_count: int
    character_limit: int | None
    document_count: int


class Access:
    """Keys, rates and quotas. Threads may share it.

    Rates are kept in memory, for this process; usage is in the key store, which processes share.

    Args:
        store: where the keys are.
        keys_required: whether who has no key is refused.
        clock: seconds that only grow.
    """

    def __init__(self, store: KeyStore, *, keys_required: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self.keys_required = keys_required
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[str, _Bucket] = {}
        self._anonymous = Used()

    def caller(self, key: str | None, scope: Scope) -> Caller:
        """Who has this key, if it is good for `scope`.

        Where no key is needed any is taken, as clients that cannot do without one send something; a key that is in
        force still stands for its owner, scopes and limits.

        Args:
            key: the key as it came; None or empty = none did.
            scope: what they want to do.

        Raises:
            KeyMissingError: a key is needed.
            KeyInvalidError: it is not a key in force.
            ScopeError: the key is good, but not for this.
        """
        found = self._store.find(key.strip()) if key and key.strip() else None
        if found is None:
            if not self.keys_required:
                return ANONYMOUS
            if not key or not key.strip():
                raise KeyMissingError("an API key is needed", next_step="ask whoever runs this service for one")
            raise _invalid()
        if scope not in found.scopes and "admin" not in found.scopes:
            raise ScopeError(
                f"this API key is not for {scope}", next_step="ask whoever runs this service for one that is"
            )
        scopes = frozenset(SCOPES) if "admin" in found.scopes else found.scopes
        return Caller(found.id, found.name, scopes)

    def spend(self, caller: Caller, characters: int, *, documents: int = 0) -> None:
        """Count one request, before its work begins.

        Args:
            caller: whose it is.
            characters: Unicode code points of source text that it is about.
            documents: how many documents it brings.

        Raises:
            RateLimitError: the caller's requests come too fast; nothing was counted.
            QuotaError: too few characters are left of the month; nothing was counted.
            KeyInvalidError: the key was revoked meanwhile.
        """
        if not caller.id:
            self._count_anonymous(Used(1, characters, documents))
            return
        key = self._key(caller)
        self._take_token(key)
        left = self._store.spend(key.id, characters, documents=documents)
        if left is not None:
            raise QuotaError(
                f"the {key.characters_a_month} characters that this API key may use in a month do not suffice: "
                f"{left} are left, and this is {characters}",
                next_step="come back next month (UTC), or ask whoever runs this service for more",
            )

    def give_back(self, caller: Caller, characters: int, *, documents: int = 0) -> None:
        """Take back what `spend` counted, where nothing came of it. The rate stays as it is."""
        if not caller.id:
            self._count_anonymous(Used(0, -characters, -documents))
        elif self._store.key(caller.id) is not None:
            self._store.give_back(caller.id, characters, documents=documents)

    @contextmanager
    def spending(self, caller: Caller, characters: int, *, documents: int = 0) -> Iterator[None]:
        """`spend`, and `give_back` if what is done inside fails or is cancelled.

        Raises:
            RateLimitError, QuotaError, KeyInvalidError: see `spend`.
        """
        self.spend(caller, characters, documents=documents)
        try:
            yield
        except BaseException:
            self.give_back(caller, characters, documents=documents)
            raise

    def usage(self, caller: Caller) -> Usage:
        """What the caller used this month; of those without a key, all of them together since the service started."""
        if not caller.id:
            with self._lock:
                used = self._anonymous
            return Usage(used.characters, None, used.documents)
        used = self._store.used(caller.id)
        return Usage(used.characters, self._key(caller).characters_a_month, used.documents)

    def close(self) -> None:
        """Give the file of the keys back; the next call opens it again."""
        self._store.close()

    def _key(self, caller: Caller) -> ApiKey:
        key = self._store.key(caller.id)
        if key is None or key.revoked is not None:
            raise _invalid()
        return key

    def _count_anonymous(self, more: Used) -> None:
        with self._lock:
            old = self._anonymous
            self._anonymous = Used(
                old.requests + more.requests,
                max(0, old.characters + more.characters),
                max(0, old.documents + more.documents),
            )

    def _take_token(self, key: ApiKey) -> None:
        if key.requests_a_minute is None:
            return
        now = self._clock()
        with self._lock:
            bucket = self._buckets.get(key.id)
            if bucket is None or bucket.a_minute != key.requests_a_minute:
                self._drop_full(now)
                bucket = self._buckets[key.id] = _Bucket(key.requests_a_minute, now)
            wait_s = bucket.take(now)
        if wait_s:
            raise RateLimitError(
                f"more than {key.requests_a_minute} requests a minute",
                retry_after_s=wait_s,
                next_step=f"try again in {wait_s:.1f} seconds",
            )

    def _drop_full(self, now: float) -> None:
        """A full bucket is as good as none: what is kept does not grow with the keys that ever called."""
        if len(self._buckets) >= _BUCKETS_KEPT:
            self._buckets = {key: bucket for key, bucket in self._buckets.items() if not bucket.is_full(now)}


class _Bucket:
    """A token bucket: a minute's requests may come at once, and then one each time a token has dripped in."""

    def __init__(self, a_minute: int, now: float) -> None:
        self.a_minute = a_minute
        self._tokens = float(a_minute)
        self._then = now

    def take(self, now: float) -> float:
        """Take a token: 0.0, or the seconds until there is one."""
        self._fill(now)
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) * _MINUTE_S / self.a_minute

    def is_full(self, now: float) -> bool:
        self._fill(now)
        return self._tokens >= self.a_minute

    def _fill(self, now: float) -> None:
        dripped = max(0.0, now - self._then) * self.a_minute / _MINUTE_S
        self._tokens = min(float(self.a_minute), self._tokens + dripped)
        self._then = now


_SCHEMES = ("deepl-auth-key", "bearer")


def key_in_headers(headers: Mapping[str, str]) -> str | None:
    """The API key of a request: `Authorization: DeepL-Auth-Key KEY`, `Authorization: Bearer KEY` or `X-API-Key: KEY`.

    Args:
        headers: with names in any case, as Starlette's, or in lower case.
    """
    scheme, _, value = headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() in _SCHEMES and value.strip():
        return value.strip()
    return headers.get("x-api-key", "").strip() or None


def _invalid() -> KeyInvalidError:
    return KeyInvalidError("no such API key", next_step="check it, or ask whoever runs this service for another")

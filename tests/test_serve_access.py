"""Who may do what, how fast and how much."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vistka.errors import KeyInvalidError, KeyMissingError, QuotaError, RateLimitError, ScopeError
from vistka.serve.access import ANONYMOUS, Access, Usage, _Bucket, key_in_headers
from vistka.serve.key_store import SCOPES, KeyStore


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    return KeyStore(tmp_path / "keys.sqlite")


def test_with_keys_a_caller_needs_a_good_one(store: KeyStore):
    access = Access(store, keys_required=True)
    _, key = store.add("Weblate", scopes=["translate"])
    caller = access.caller(f" {key}\t", "translate")
    assert (caller.name, caller.scopes) == ("Weblate", {"translate"})
    for none in (None, "", "  "):
        with pytest.raises(KeyMissingError):
            access.caller(none, "translate")
    with pytest.raises(KeyInvalidError):
        access.caller(key[:-1], "translate")
    with pytest.raises(ScopeError, match="not for memory"):
        access.caller(key, "memory")
    store.revoke("Weblate")
    with pytest.raises(KeyInvalidError):
        access.caller(key, "translate")
    with pytest.raises(KeyInvalidError):
        access.spend(caller, 1)


def test_admin_is_all_of_it(store: KeyStore):
    _, key = store.add("root", scopes=["admin"])
    access = Access(store, keys_required=True)
    for scope in SCOPES:
        assert access.caller(key, scope).scopes == frozenset(SCOPES)


def test_without_keys_any_key_or_none_will_do_and_a_real_one_still_counts(store: KeyStore):
    access = Access(store, keys_required=False)
    for key in (None, "", "anything", "vk_0_0"):
        assert access.caller(key, "admin") is ANONYMOUS
    _, key = store.add("Weblate", scopes=["translate"], characters_a_month=10)
    caller = access.caller(key, "translate")
    with pytest.raises(ScopeError):
        access.caller(key, "memory")
    with pytest.raises(QuotaError):
        access.spend(caller, 11)


def test_usage_is_counted_and_given_back(store: KeyStore):
    _, key = store.add("a", characters_a_month=100)
    access = Access(store, keys_required=True)
    caller = access.caller(key, "translate")
    assert access.usage(caller) == Usage(0, 100, 0)
    access.spend(caller, 30, documents=1)

    def fails() -> None:
        with access.spending(caller, 70):
            assert access.usage(caller) == Usage(100, 100, 1)
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        fails()
    assert access.usage(caller) == Usage(30, 100, 1)
    with access.spending(caller, 70):
        pass
    with pytest.raises(QuotaError, match=r"the 100 characters .* 0 are left, and this is 1;"):
        access.spend(caller, 1)
    assert access.usage(caller) == Usage(100, 100, 1)


def test_usage_outlives_the_process(store: KeyStore):
    _, key = store.add("a")
    first = Access(store, keys_required=True)
    first.spend(first.caller(key, "translate"), 7)
    second = Access(KeyStore(store.path), keys_required=True)
    assert second.usage(second.caller(key, "translate")) == Usage(7, None, 0)


def test_those_without_a_key_are_counted_together(store: KeyStore):
    access = Access(store, keys_required=False)
    access.spend(ANONYMOUS, 5, documents=1)
    access.spend(ANONYMOUS, 2)
    assert access.usage(ANONYMOUS) == Usage(7, None, 1)
    access.give_back(ANONYMOUS, 2)
    assert access.usage(ANONYMOUS) == Usage(5, None, 1)
    assert not store.path.exists()


def test_a_minutes_requests_may_come_at_once_and_then_one_by_one(store: KeyStore):
    clock = Clock()
    access = Access(store, keys_required=True, clock=clock)
    _, key = store.add("a", requests_a_minute=30)
    caller = access.caller(key, "translate")
    for _ in range(30):
        access.spend(caller, 1)
    with pytest.raises(RateLimitError, match="30 requests a minute") as refused:
        access.spend(caller, 1)
    assert refused.value.retry_after_s == pytest.approx(2.0)  # 60 s / 30
    assert access.usage(caller).character_count == 30
    clock.now += 1.5
    with pytest.raises(RateLimitError) as refused:
        access.spend(caller, 1)
    assert refused.value.retry_after_s == pytest.approx(0.5)
    clock.now += 0.5
    access.spend(caller, 1)
    clock.now += 3600
    for _ in range(30):
        access.spend(caller, 1)
    with pytest.raises(RateLimitError):
        access.spend(caller, 1)


def test_one_keys_rate_is_not_anothers(store: KeyStore):
    access = Access(store, keys_required=True, clock=Clock())
    callers = [access.caller(store.add(name, requests_a_minute=1)[1], "translate") for name in ("a", "b")]
    for caller in callers:
        access.spend(caller, 1)
    for caller in callers:
        with pytest.raises(RateLimitError):
            access.spend(caller, 1)


@given(a_minute=st.integers(1, 600), waits=st.lists(st.floats(0, 30), max_size=60))
def test_no_stretch_of_time_lets_more_through_than_a_full_bucket_and_what_dripped(a_minute: int, waits: list[float]):
    bucket, now, taken = _Bucket(a_minute, 0.0), 0.0, 0
    for wait in waits:
        now += wait
        taken += bucket.take(now) == 0
        assert taken <= a_minute + now * a_minute / 60 + 1e-6
    wait_s = bucket.take(now)
    while not wait_s:
        wait_s = bucket.take(now)
    assert bucket.take(now + wait_s + 1e-9) == 0


def test_a_clock_that_goes_back_gives_nothing():
    bucket = _Bucket(1, 100.0)
    assert bucket.take(100.0) == 0
    assert bucket.take(50.0) == 60.0


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        ({}, None),
        ({"authorization": "DeepL-Auth-Key vk_1_2"}, "vk_1_2"),
        ({"authorization": "deepl-auth-key  vk_1_2 "}, "vk_1_2"),
        ({"authorization": "Bearer vk_1_2"}, "vk_1_2"),
        ({"authorization": "Bearer"}, None),
        ({"authorization": "Basic dTpw"}, None),
        ({"authorization": "vk_1_2"}, None),
        ({"x-api-key": " vk_1_2"}, "vk_1_2"),
        ({"authorization": "Basic dTpw", "x-api-key": "vk_1_2"}, "vk_1_2"),
    ],
)
def test_where_a_key_may_stand(headers: dict[str, str], key: str | None):
    assert key_in_headers(headers) == key

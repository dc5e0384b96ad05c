"""API keys: what is kept of them, and what their months hold."""

from __future__ import annotations

import hashlib
import sqlite3
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vistka.errors import ConfigurationError, ResourceError, UsageError
from vistka.serve.key_store import DEFAULT_SCOPES, KeyStore, Used, checked_scopes, month_of

OCTOBER = datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    return KeyStore(tmp_path / "state" / "keys.sqlite")


def test_a_key_is_found_by_itself_alone(store: KeyStore):
    kept, key = store.add("Weblate", scopes=["translate"], requests_a_minute=60, characters_a_month=1000)
    prefix, key_id, secret = key.split("_", 2)
    assert (prefix, key_id, len(secret)) == ("vk", kept.id, 43)
    assert store.find(key) == kept == store.key(kept.id)
    assert (kept.name, kept.scopes, kept.requests_a_minute, kept.characters_a_month) == (
        "Weblate",
        {"translate"},
        60,
        1000,
    )
    wrong = secret[:-1] + ("A" if secret[-1] != "A" else "B")
    _, other = store.add("Other")
    for guess in (
        "",
        "x",
        "vk_",
        f"vk_{kept.id}",
        f"vk_{kept.id}_",
        f"vk_{kept.id}_{wrong}",
        f"vk_{kept.id}_{other.split('_', 2)[2]}",
        f"vk_000000000000_{secret}",
        f"VK_{kept.id}_{secret}",
        secret,
        key + "x" * 1000,
        f"vk_{kept.id}_\udcff",
        f"vk_{kept.id}_\x00",
        "vk_' OR 1=1 --_x",
    ):
        assert store.find(guess) is None, guess


def test_two_keys_differ_in_every_part(store: KeyStore):
    keys = [store.add(f"n{n}")[1].split("_", 2) for n in range(20)]
    assert len({key[1] for key in keys}) == len({key[2] for key in keys}) == 20


def test_the_file_holds_the_digest_and_not_the_key(store: KeyStore):
    _, key = store.add("Weblate")
    secret = key.split("_", 2)[2]
    store.close()
    for file in store.path.parent.iterdir():
        assert secret.encode() not in file.read_bytes()
    rows = sqlite3.connect(store.path).execute("SELECT digest FROM keys").fetchall()
    assert rows == [(hashlib.sha256(secret.encode()).digest(),)]


def test_only_its_owner_may_read_the_file(store: KeyStore):
    store.add("Weblate")
    for file in store.path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_looking_makes_no_file(store: KeyStore):
    assert store.find("vk_0123456789ab_x") is None
    assert store.key("0123456789ab") is None
    assert store.all_keys() == []
    assert store.count_in_force() == 0
    assert store.used("0123456789ab") == Used()
    with pytest.raises(UsageError, match="no such key"):
        store.revoke("Weblate")
    assert not store.path.parent.exists()


def test_a_revoked_key_opens_nothing_and_its_name_is_free(store: KeyStore):
    first, key = store.add("Weblate")
    store.spend(first.id, 10)
    with pytest.raises(UsageError, match=f"in force: {first.id}"):
        store.add("  Weblate ")
    assert store.revoke("Weblate").revoked is not None
    assert store.find(key) is None
    with pytest.raises(UsageError, match="no such key in force"):
        store.revoke(first.id)
    second, again = store.add("Weblate")
    assert second.id != first.id
    assert store.find(again) == second
    assert store.revoke(second.id).id == second.id
    assert [one.revoked is not None for one in store.all_keys()] == [True, True]
    assert store.used(first.id).characters == 10


def test_a_key_named_like_another_ones_id_is_not_mistaken_for_it(store: KeyStore):
    first, _ = store.add("a")
    second, _ = store.add(first.id)
    assert store.revoke(first.id).id == first.id
    assert store.revoke(first.id).id == second.id


@pytest.mark.parametrize("name", ["", " \t", "a\x00b", "x" * 101, "a\u202eb"])
def test_a_name_is_one_that_can_be_read(store: KeyStore, name: str):
    with pytest.raises(UsageError, match="not a name"):
        store.add(name)


def test_limits_and_scopes_are_checked(store: KeyStore):
    for limit in (0, -1, 2**63):
        with pytest.raises(UsageError, match="--rate"):
            store.add("a", requests_a_minute=limit)
        with pytest.raises(UsageError, match="--characters"):
            store.add("a", characters_a_month=limit)
    with pytest.raises(UsageError, match="--scope"):
        store.add("a", scopes=[])
    with pytest.raises(UsageError, match="no such scope: everything, tranlsate; use translate, summarize"):
        checked_scopes(["tranlsate", "metrics", "everything"])
    assert checked_scopes(["metrics", "translate", "metrics"]) == {"metrics", "translate"}
    assert {"memory", "metrics", "admin"}.isdisjoint(DEFAULT_SCOPES)


def test_a_month_is_counted_apart_and_the_last_character_may_be_used(store: KeyStore):
    kept, _ = store.add("a", characters_a_month=100)
    assert store.spend(kept.id, 60, documents=1, at=OCTOBER) is None
    assert store.spend(kept.id, 41, at=OCTOBER) == 40
    assert store.spend(kept.id, 40, at=OCTOBER) is None
    assert store.spend(kept.id, 1, at=OCTOBER) == 0
    assert store.spend(kept.id, 0, at=OCTOBER) is None
    assert store.used(kept.id, at=OCTOBER) == Used(requests=3, characters=100, documents=1)
    assert store.spend(kept.id, 100, at=NOVEMBER) is None
    assert store.used(kept.id, at=NOVEMBER) == Used(1, 100, 0)
    store.give_back(kept.id, 30, documents=1, at=NOVEMBER)
    assert store.used(kept.id, at=NOVEMBER) == Used(1, 70, 0)
    store.give_back(kept.id, 1000, at=NOVEMBER)
    assert store.used(kept.id, at=NOVEMBER) == Used(1, 0, 0)
    found = store.key(kept.id)
    assert found is not None
    assert found.last_used == NOVEMBER


def test_the_month_is_that_of_utc():
    assert month_of(OCTOBER) == "2026-10"
    assert month_of(datetime.fromisoformat("2026-11-01T01:30:00+02:00")) == "2026-10"


def test_threads_and_processes_do_not_spend_the_same_characters(store: KeyStore):
    kept, _ = store.add("a", characters_a_month=150)
    code = (
        "import sys; from pathlib import Path; from vistka.serve.key_store import KeyStore\n"
        "store = KeyStore(Path(sys.argv[1]))\n"
        "print(sum(store.spend(sys.argv[2], 1) is None for _ in range(100)))"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(store.path), kept.id], stdout=subprocess.PIPE)
    counted: list[bool] = []

    def spend() -> None:
        counted.extend(store.spend(kept.id, 1) is None for _ in range(50))

    threads = [threading.Thread(target=spend) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    out, _ = process.communicate(timeout=60)
    assert sum(counted) + int(out) == 150
    assert store.used(kept.id) == Used(150, 150, 0)


def test_another_process_sees_a_key_and_its_end_at_once(store: KeyStore):
    _, key = store.add("a")
    other = KeyStore(store.path)
    assert other.find(key) is not None
    other.revoke("a")
    assert store.find(key) is None


def test_a_file_of_another_kind_is_told(tmp_path: Path):
    damaged = tmp_path / "damaged.sqlite"
    damaged.write_bytes(b"not a database" * 100)
    with pytest.raises(ResourceError, match=r"damaged\.sqlite: the file of the keys is damaged"):
        KeyStore(damaged).find("vk_0123456789ab_x")
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE keys (id)")
    connection.close()
    with pytest.raises(ConfigurationError, match="another kind"):
        KeyStore(other).all_keys()
    with pytest.raises(ResourceError, match="cannot be used"):
        KeyStore(tmp_path / "damaged.sqlite" / "keys.sqlite").add("a")


def test_a_held_lock_is_told_after_a_while(store: KeyStore):
    store.add("a")
    holder = sqlite3.connect(store.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(ResourceError, match="held the keys locked"):
        KeyStore(store.path, busy_timeout_s=0.05).add("b")
    holder.execute("ROLLBACK")
    holder.close()

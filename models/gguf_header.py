"""Whether a file is a whole GGUF, told from its header alone.

Source: the GGUF specification, https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (versions 2 and 3).
llama.cpp answers any fault with one and the same sentence; this says which, and costs milliseconds.
"""

from __future__ import annotations

import io
import mmap
import struct
from pathlib import Path

from vistka.errors import DamagedWeightsError, ResourceError

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_STRING, _ARRAY, _U32 = 8, 9, 4
_SCALAR_BYTES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_DEFAULT_ALIGNMENT = 32
_MOST_ENTRIES = 1 << 20
_MOST_DIMENSIONS = 4


def check_gguf(file: Path) -> None:
    """Return when `file` has a GGUF header that can be read and the data of each tensor begins within the file.

    The last tensor is required to have at least its first byte; how long it is depends on its quantisation, which
    llama.cpp checks itself when it loads.

    Raises:
        DamagedWeightsError: it has not.
        ResourceError: the file cannot be opened.
    """
    try:
        with file.open("rb") as opened:
            size = opened.seek(0, io.SEEK_END)
            if size == 0:
                raise _damaged(file, "it is empty")
            with mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
                _check(file, _Reader(data), size)
    except OSError as error:
        raise ResourceError(f"cannot be read ({error.strerror})", where=str(file)) from error
    except (struct.error, IndexError, OverflowError) as error:
        raise _damaged(file, "it ends within its header") from error
    except ValueError as error:
        raise _damaged(file, f"its header makes no sense ({error})") from error


def _damaged(file: Path, what: str) -> DamagedWeightsError:
    return DamagedWeightsError(
        f"not a whole GGUF file: {what}", where=str(file), next_step="remove it and run `vistka models pull` again"
    )


def _check(file: Path, reader: _Reader, size: int) -> None:
    if reader.take(4) != _MAGIC:
        raise _damaged(file, "it does not begin with GGUF")
    version = reader.u32()
    if version not in _VERSIONS:
        raise ValueError(f"version {version}")
    tensors, pairs = reader.count(), reader.count()
    if not tensors or not pairs:
        raise ValueError("no tensors or no metadata")
    alignment = _read_metadata(reader, pairs)
    last = max(_read_tensor_offset(reader) for _ in range(tensors))
    begin = -(-reader.position // alignment) * alignment
    if begin + last >= size:
        raise _damaged(file, f"{size} bytes, and a tensor begins at {begin + last}")


def _read_metadata(reader: _Reader, pairs: int) -> int:
    """Step over the metadata; the alignment of the tensors that it names."""
    alignment = _DEFAULT_ALIGNMENT
    for _ in range(pairs):
        key = reader.string()
        kind = reader.u32()
        if key == b"general.alignment" and kind == _U32:
            alignment = reader.u32()
            if alignment == 0:
                raise ValueError("an alignment of 0")
        else:
            reader.skip_value(kind)
    return alignment


def _read_tensor_offset(reader: _Reader) -> int:
    reader.string()
    dimensions = reader.u32()
    if not 0 < dimensions <= _MOST_DIMENSIONS:
        raise ValueError(f"a tensor of {dimensions} dimensions")
    if 0 in [reader.u64() for _ in range(dimensions)]:
        raise ValueError("a tensor without elements")
    reader.u32()
    return reader.u64()


class _Reader:
    """Little-endian values, one after another."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        self.position = 0

    def take(self, size: int) -> bytes:
        end = self.position + size
        if end > len(self._data):
            raise IndexError
        piece = self._data[self.position : end]
        self.position = end
        return piece

    def u32(self) -> int:
        return int.from_bytes(self.take(4), "little")

    def u64(self) -> int:
        return int.from_bytes(self.take(8), "little")

    def count(self) -> int:
        number = self.u64()
        if number > _MOST_ENTRIES:
            raise ValueError(f"{number} entries")
        return number

    def string(self) -> bytes:
        return self.take(self.u64())

    def skip_value(self, kind: int) -> None:
        if kind == _STRING:
            self.string()
        elif kind == _ARRAY:
            self._skip_array()
        elif kind in _SCALAR_BYTES:
            self.take(_SCALAR_BYTES[kind])
        else:
            raise ValueError(f"a value of kind {kind}")

    def _skip_array(self) -> None:
        kind = self.u32()
        length = self.count()
        if kind in _SCALAR_BYTES:
            self.take(_SCALAR_BYTES[kind] * length)
        else:
            for _ in range(length):
                self.skip_value(kind)

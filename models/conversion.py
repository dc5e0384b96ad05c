"""Models in CTranslate2's own format, converted once from a hub folder and kept."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vistka.errors import DamagedWeightsError, EngineError, ResourceError
from vistka.models.hub_folder import quiet_loading, uses_safetensors
from vistka.models.settings import EngineSettings

# Raised when the way of converting changes, so that what an older version kept is not used.
_OUR_FORMAT = 1
_LOCK_WAIT_S = 1800.0


def converted(folder: Path, quantization: str, settings: EngineSettings) -> Path:
    """The folder that holds the model in `folder` converted with `quantization`; converts it if it is not there.

    Args:
        folder: the model in the hub's layout.
        quantization: of the weights that are kept (`int8`, `float32`, ...).
        settings: `conversions` is where to keep it, `allow_pickle` as usual.

    Raises:
        EngineError: `settings.conversions` is not given, or CTranslate2 does not know the kind of model.
        DamagedWeightsError: the weights cannot be read.
        ModelError, ModelMissingError: see `hub_folder.uses_safetensors`.
        ResourceError: the disk is full, or another process has been converting for half an hour.
    """
    if settings.conversions is None:
        raise EngineError("no folder to keep converted models in", where=settings.model or str(folder))

    def convert(target: Path) -> None:
        _convert(folder, target, quantization, uses_safetensors(folder, settings))

    try:
        key = _key(folder, quantization)
    except OSError as error:
        raise _not_kept(settings.conversions, error) from error
    return kept(settings.conversions / key, convert)


def kept(place: Path, convert: Callable[[Path], None]) -> Path:
    """`place`, made by `convert` if it is not there: whole or not at all, and by one process at a time.

    Args:
        place: the folder of one converted model; its name says all that the model depends on.
        convert: makes the folder that it is given, which is not there, and puts the model in.

    Raises:
        ResourceError: the disk is full, or another process has been converting for half an hour.
    """
    import filelock

    try:
        if place.is_dir():
            return place
        place.parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(f"{place}.lock", timeout=_LOCK_WAIT_S):
            if not place.is_dir():
                _convert_into(place, convert)
    except filelock.Timeout as error:
        raise ResourceError("another process is still converting this model", where=str(place)) from error
    except OSError as error:
        raise _not_kept(place, error) from error
    return place


def _not_kept(place: Path, error: OSError) -> ResourceError:
    return ResourceError(f"the converted model cannot be kept ({error.strerror})", where=str(place))


def _key(folder: Path, quantization: str) -> str:
    """A digest of all that the converted model depends on. A file's content stands behind its size and time."""
    import ctranslate2

    files = []
    for file in sorted(folder.iterdir()):
        status = file.stat()  # of the file that a link of the hub cache points to
        files.append([file.name, status.st_size, status.st_mtime_ns])
    whole = {
        "folder": str(folder.resolve()),
        "files": files,
        "quantization": quantization,
        "ctranslate2": ctranslate2.__version__,
        "format": _OUR_FORMAT,
    }
    canonical = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _convert_into(place: Path, convert: Callable[[Path], None]) -> None:
    """Convert in a temporary folder beside `place`, then rename: nothing half written is ever found there."""
    work = place.with_name(f"converting-{place.name}")
    shutil.rmtree(work, ignore_errors=True)  # of a process that was killed; the lock says that it is not at work
    work.mkdir()
    try:
        convert(work / "model")
        _flush(work / "model")
        (work / "model").rename(place)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _convert(folder: Path, target: Path, quantization: str, safe: bool) -> None:
    # The converter gives ValueError for a kind of model it does not know, and for much else; loading damaged weights
    # gives exceptions of many kinds, some of them bare.
    try:
        with quiet_loading():
            _converter(folder, safe).convert(str(target), quantization=quantization)
    except OSError as error:
        if error.errno is not None:
            raise
        raise DamagedWeightsError(f"cannot be loaded ({error})", where=str(folder)) from error
    except ValueError as error:
        raise EngineError(
            f"CTranslate2 cannot convert it ({error})", where=str(folder), next_step="use the engine transformers"
        ) from error
    except Exception as error:
        raise DamagedWeightsError(
            f"the weights cannot be converted ({type(error).__name__}: {error})",
            where=str(folder),
            next_step="run `vistka models verify`",
        ) from error


def _converter(folder: Path, safe: bool) -> Any:
    from ctranslate2.converters import TransformersConverter

    class FolderConverter(TransformersConverter):  # type: ignore[misc, unused-ignore]
        """Loads from the folder alone, and mends what transformers 5 took out of the configurations."""

        def load_model(self, model_class: Any, path: str, **options: Any) -> Any:
            model = model_class.from_pretrained(
                path, local_files_only=True, use_safetensors=safe, weights_only=True, **options
            )
            _mend_config(model.config)
            return model

        def load_tokenizer(self, tokenizer_class: Any, path: str, **options: Any) -> Any:
            return tokenizer_class.from_pretrained(path, local_files_only=True, **options)

    return FolderConverter(str(folder))


def _mend_config(config: Any) -> None:
    """Give the converter of CTranslate2 4.8 what it reads and transformers 5 no longer writes.

    `normalize_before` of BART is gone from its class. For T5 `tie_word_embeddings` is now always true, and whether
    the output is scaled down stands in `scale_decoder_outputs`; mT5 has neither and is never scaled.
    """
    if config.model_type == "bart" and not hasattr(config, "normalize_before"):
        config.normalize_before = False
    if config.model_type in ("t5", "mt5"):
        config.tie_word_embeddings = bool(getattr(config, "scale_decoder_outputs", False))


def _flush(folder: Path) -> None:
    for file in folder.iterdir():
        with file.open("rb") as opened:
            os.fsync(opened.fileno())

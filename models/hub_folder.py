"""A model in the layout of a hub: `config.json`, weights, tokenizer files. Shared by two engines.

Nothing here or in its users opens a connection: the folder is opened as it lies.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from vistka.errors import ConfigurationError, DamagedWeightsError, InputError, ModelError, ModelMissingError
from vistka.models.settings import EngineSettings

_SAFE = ("model.safetensors", "model.safetensors.index.json")
_PICKLED = ("pytorch_model.bin", "pytorch_model.bin.index.json")
# A tokenizer without a limit says 1e30; any number above a million means none.
_UNLIMITED = 1e30
_NO_LIMIT = 1_000_000
_DEFAULT_SOURCE_TOKENS = 512
_POSITIONS = ("max_position_embeddings", "n_positions")


def read_config(folder: Path) -> dict[str, Any]:
    """`config.json` of the model in `folder`.

    Raises:
        ModelMissingError: the folder or the file is not there.
        DamagedWeightsError: the file is not a JSON object.
    """
    file = folder / "config.json"
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelMissingError("no model here", where=str(file), next_step="run `vistka models pull`") from error
    except (OSError, ValueError) as error:
        raise DamagedWeightsError(f"cannot be read ({error})", where=str(file)) from error
    if not isinstance(config, dict):
        raise DamagedWeightsError("is not a JSON object", where=str(file))
    return config


def uses_safetensors(folder: Path, settings: EngineSettings) -> bool:
    """True: load safetensors; False: load a pickle file, which `settings` allows.

    Raises:
        ModelMissingError: neither is there.
        ModelError: there are pickled weights only, and they are not allowed.
    """
    if any((folder / name).is_file() for name in _SAFE):
        return True
    if not any((folder / name).is_file() for name in _PICKLED):
        raise ModelMissingError("no weights here", where=str(folder), next_step="run `vistka models pull`")
    if not settings.allow_pickle:
        raise ModelError(
            "the weights are a pickle file, which can run code",
            where=str(folder),
            next_step="set allow_pickle = true for this model if you trust its source",
        )
    return False


def kind_of(config: dict[str, Any]) -> Literal["chat", "seq2seq"]:
    """What `config.json` says that the model is."""
    return "seq2seq" if config.get("is_encoder_decoder") or _family(config) in _SEQ2SEQ_FAMILIES else "chat"


_SEQ2SEQ_FAMILIES = frozenset({"marian", "m2m_100", "bart", "mbart", "t5", "mt5", "umt5", "pegasus"})


def _family(config: dict[str, Any]) -> str:
    return str(config.get("model_type", ""))


@contextlib.contextmanager
def quiet_loading() -> Iterator[None]:
    """Keep transformers' bars, log lines and advice off the terminal."""
    from transformers.utils import logging

    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity(logging.CRITICAL)
    logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()


def load_tokenizer(folder: Path) -> Any:
    """The tokenizer of the model in `folder`.

    Raises:
        DamagedWeightsError: its files are missing or cannot be read.
        ModelError: it needs a package that is not installed.
    """
    from transformers import AutoTokenizer

    # Whatever is wrong with a tokenizer's files surfaces as one of many exceptions, bare Exception (tokenizers) too.
    try:
        with quiet_loading():
            return AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
    except Exception as error:
        if _needs_protobuf(folder):
            raise ModelError(
                "the tokenizer needs the package protobuf to be read from its sentencepiece file",
                where=str(folder),
                next_step="run `pip install protobuf`",
            ) from error
        raise DamagedWeightsError(
            f"the tokenizer cannot be loaded ({error})", where=str(folder), next_step="run `vistka models verify`"
        ) from error


def _needs_protobuf(folder: Path) -> bool:
    has_sentencepiece = any(folder.glob("*.model"))
    if not has_sentencepiece or (folder / "tokenizer.json").is_file():
        return False
    try:
        return importlib.util.find_spec("google.protobuf") is None
    except ModuleNotFoundError:  # not even the namespace google
        return True


class Seq2SeqText:
    """Source text to token ids and output ids to text, the same for every engine that runs the model.

    Special tokens written in a source text are text; only those of `settings.text_prefix` are read as such.

    Args:
        folder: the model.
        config: its `config.json`.
        settings: languages, prefix and limit.

    Attributes:
        tokenizer: as transformers made it.
        max_source_tokens: the longest source, special tokens counted.
        forced_first_id: the token that each output begins with (the language for NLLB, `<s>` for some BART), or None.

    Raises:
        ConfigurationError: the tokenizer knows no such language.
        ModelError: as `load_tokenizer`.
    """

    def __init__(self, folder: Path, config: dict[str, Any], settings: EngineSettings) -> None:
        self.tokenizer = load_tokenizer(folder)
        # A fast tokenizer refuses a second thread ("Already borrowed").
        self._turns = threading.Lock()
        limit = take_limit(self.tokenizer)
        self._model = settings.model or str(folder)
        self._is_marian = _family(config) == "marian"
        self.forced_first_id = self._set_languages(settings)
        if self.forced_first_id is None:
            self.forced_first_id = _forced_bos(folder, config)
        prefix = settings.text_prefix.strip()
        self._prefix_ids = self._encode(prefix, special_tokens_added=False, as_text=False) if prefix else []
        self._special_ids = frozenset(self.tokenizer.all_special_ids)
        self.positions = next((int(config[key]) for key in _POSITIONS if config.get(key)), 0)
        limits = [settings.context_tokens, self.positions, limit]
        self.max_source_tokens = min([limit for limit in limits if limit > 0] or [_DEFAULT_SOURCE_TOKENS])

    def count_tokens(self, text: str) -> int:
        """Tokens of `text`, special tokens not counted."""
        return len(self._encode(text, special_tokens_added=False))

    def source_ids(self, text: str) -> list[int]:
        """The whole source: prefix, text and the special tokens around them."""
        ids = self._encode(text, special_tokens_added=True)
        if not self._prefix_ids:
            return ids
        leading = next((i for i, token in enumerate(ids) if token not in self._special_ids), 0)
        return [*ids[:leading], *self._prefix_ids, *ids[leading:]]

    def tokens(self, ids: list[int]) -> list[str]:
        """The vocabulary's own spelling of each id."""
        return list(self.tokenizer.convert_ids_to_tokens(ids))

    def text(self, ids: list[int]) -> str:
        """What output `ids` say, special tokens dropped, white space at the ends stripped."""
        # A Marian has two vocabularies; transformers 5 decodes with that of the source unless told otherwise.
        marian = {"use_source_tokenizer": False} if self._is_marian else {}
        with self._turns:
            text = self.tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False, **marian)
        return str(text).strip()

    def _encode(self, text: str, *, special_tokens_added: bool, as_text: bool = True) -> list[int]:
        if self._is_marian and as_text and text.startswith(">>"):
            # Marian's tokenizer reads >>xxx<< at the start as a language; sentencepiece drops the space again.
            text = " " + text
        with self._turns:
            encoded = self.tokenizer(text, add_special_tokens=special_tokens_added, split_special_tokens=as_text)
        return [int(token) for token in encoded["input_ids"]]

    def _set_languages(self, settings: EngineSettings) -> int | None:
        if settings.source_language:
            self._language_id(settings.source_language)
            self.tokenizer.src_lang = settings.source_language
        return self._language_id(settings.target_language) if settings.target_language else None

    def _language_id(self, code: str) -> int:
        # M2M100 writes the language uk as the token __uk__; NLLB and mBART write the code itself.
        token = getattr(self.tokenizer, "lang_code_to_token", {}).get(code, code)
        index = self.tokenizer.convert_tokens_to_ids(token)
        if index is None or index == self.tokenizer.unk_token_id:
            raise ConfigurationError(
                f"the model's tokenizer has no language {code}",
                where=self._model,
                next_step="give one of the codes of its tokenizer_config.json, such as ukr_Cyrl",
            )
        return int(index)


def output_room(text: Seq2SeqText) -> int:
    """The most tokens that a sequence-to-sequence model has places for in its output."""
    return max(1, text.positions - 3) if text.positions else 1 << 20


def take_limit(tokenizer: Any) -> int:
    """The longest text in tokens that the tokenizer was made for, 0 = none; it no longer warns of longer ones.

    Engines refuse what is too long by themselves, with an error that a person can read.
    """
    limit = int(tokenizer.model_max_length)
    tokenizer.model_max_length = int(_UNLIMITED)
    return limit if limit < _NO_LIMIT else 0


def _forced_bos(folder: Path, config: dict[str, Any]) -> int | None:
    """The first output token that the publisher's generation settings ask for."""
    value = generation_settings(folder).get("forced_bos_token_id", config.get("forced_bos_token_id"))
    return None if value is None else int(value)


def generation_settings(folder: Path) -> dict[str, Any]:
    """`generation_config.json` of the model, empty where there is none.

    Raises:
        DamagedWeightsError: it is not a JSON object.
    """
    file = folder / "generation_config.json"
    try:
        settings = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise DamagedWeightsError(f"cannot be read ({error})", where=str(file)) from error
    if not isinstance(settings, dict):
        raise DamagedWeightsError("is not a JSON object", where=str(file))
    return settings


def checked_length(ids: list[int], limit: int, *, model: str, index: int) -> list[int]:
    """`ids` as they are, the tokens of text number `index` (from 0).

    Raises:
        InputError: there are more than `limit`; nothing is cut.
    """
    if len(ids) > limit:
        raise InputError(
            f"the text has {len(ids)} tokens, the model reads {limit}",
            where=f"{model}, text {index + 1}",
            next_step="give a shorter text",
        )
    return ids

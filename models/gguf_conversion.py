"""A chat model in GGUF as CTranslate2 reads it, converted once and kept: tensor by tensor, never whole in memory.

A GGUF file holds its matrices in blocks of 4 to 6 bits; CTranslate2 computes with 8-bit rows. So every row is unpacked
to floats and rounded to 127 steps of its largest value, as `ctranslate2.specs` does with weights that it is given.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from vistka.errors import DamagedWeightsError, EngineError
from vistka.models.cache import file_sha256, require_space
from vistka.models.conversion import kept
from vistka.models.ctranslate2_library import ctranslate2_library
from vistka.models.gguf_header import check_gguf
from vistka.models.gguf_tokenizer import KNOWN_CUTS, byte_pair_tokenizer
from vistka.models.settings import EngineSettings
from vistka.models.threads import usable_cores
from vistka.progress import Progress

# Raised when the way of converting changes, so that what an older version kept is not used.
_OUR_FORMAT = 1
_CHAT_FILE, _TOKENIZER_FILE = "chat.json", "tokenizer.json"

# Architecture → whether its rotary positions turn neighbouring values (llama, as llama.cpp lays its heads out) or
# values half a head apart. What else they have in common is checked tensor by tensor.
_ARCHITECTURES = {"qwen2": False, "llama": True}
# Values unpacked at once: 4 MiB of floats, about what a core's cache holds.
_BLOCK_VALUES = 1 << 20
_STEPS = 127.0
_NORMAL, _CONTROL, _USER_DEFINED, _BYTE = 1, 3, 4, 6
# Where a document ends; some files name only the end of a turn, and nothing sensible follows either.
_ENDS = ("<|endoftext|>", "<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|end_of_text|>")


@dataclass(frozen=True, slots=True)
class ChatFacts:
    """What a converted chat model says of itself beside its weights.

    Attributes:
        context_tokens: prompt and answer together, as trained.
        vocabulary: how many tokens there are.
        state_bytes: keys and values of one position, in 32-bit floats.
        end_ids: the tokens that end an answer.
        control: control token → id.
        template: the chat template, in Jinja.
        bos, eos: the tokens that a template may ask for; may be empty.
    """

    context_tokens: int
    vocabulary: int
    state_bytes: int
    end_ids: tuple[int, ...]
    control: Mapping[str, int]
    template: str
    bos: str
    eos: str


def read_chat_facts(place: Path) -> tuple[ChatFacts, str]:
    """What was kept beside the weights in `place`, and the tokenizer's state.

    Raises:
        DamagedWeightsError: it is not all there.
    """
    try:
        raw = json.loads((place / _CHAT_FILE).read_text(encoding="utf-8"))
        facts = ChatFacts(**(raw | {"end_ids": tuple(raw["end_ids"])}))
        return facts, (place / _TOKENIZER_FILE).read_text(encoding="utf-8")
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise DamagedWeightsError(
            f"the converted model cannot be read ({error})", where=str(place), next_step="remove that folder"
        ) from error


def converted_gguf(file: Path, compute_type: str, settings: EngineSettings, progress: Progress) -> Path:
    """The folder with the model in `file` as CTranslate2 loads it; converts it if it is not there.

    Args:
        file: the GGUF file. It is read, and its digest compared, only when there is something to convert.
        compute_type: what will be computed in; decides how the weights are kept (8-bit, 16-bit or 32-bit).
        settings: `conversions` is where to keep it; `sha256` the digest that `file` is to have.
        progress: told of the bytes that are read, twice: for the digest and for the conversion.

    Raises:
        EngineError: `settings.conversions` is not given, or CTranslate2 does not run this kind of model.
        DamagedWeightsError: the file is not whole, or not the one with that digest.
        ResourceError: no space, or another process has been converting for half an hour.
    """
    name = settings.model or file.name
    if settings.conversions is None:
        raise EngineError("no folder to keep converted models in", where=name)
    weights = _kept_as(compute_type)
    digest = settings.sha256 or _digest(file, name, progress)

    def convert(target: Path) -> None:
        if settings.sha256 and _digest(file, name, progress) != digest:
            raise DamagedWeightsError(
                "it is not the file whose digest was checked", where=str(file), next_step="run `vistka models verify`"
            )
        check_gguf(file)
        _convert(file, target, weights, name, progress)

    return kept(settings.conversions / _key(digest, weights), convert)


def _kept_as(compute_type: str) -> str:
    if compute_type.startswith("int8"):
        return "int8"
    return "float16" if compute_type == "float16" else "float32"


def _key(digest: str, weights: str) -> str:
    ctranslate2 = ctranslate2_library()
    whole = {
        "sha256": digest,
        "weights": weights,
        "binary": ctranslate2.specs.model_spec.CURRENT_BINARY_VERSION,
        "format": _OUR_FORMAT,
    }
    canonical = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return "gguf-" + hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _digest(file: Path, name: str, progress: Progress) -> str:
    progress.start(f"verifying {name}", file.stat().st_size, "bytes")
    try:
        return file_sha256(file, progress)
    finally:
        progress.finish()


def _convert(file: Path, target: Path, weights: str, name: str, progress: Progress) -> None:
    size_bytes = file.stat().st_size
    progress.start(f"preparing {name} for ctranslate2 (once, about a minute)", size_bytes, "bytes")
    try:
        gguf = _gguf(name)
        source = _Source(gguf, gguf.GGUFReader(file), name)
        progress.advance(size_bytes - sum(int(tensor.n_bytes) for tensor in source.tensors.values()))
        facts, tokenizer = _facts_and_tokenizer(source)
        spec = _specification(source, _Writer(source, weights, progress))
        variables = spec.variables().values()
        require_space(target.parent, sum(one.num_bytes() for one in variables if not isinstance(one, str)))
        target.mkdir()
        (target / _CHAT_FILE).write_text(json.dumps(asdict(facts), ensure_ascii=False), encoding="utf-8")
        (target / _TOKENIZER_FILE).write_text(tokenizer, encoding="utf-8")
        spec.save(str(target))
    except NotImplementedError as error:
        raise _not_run(name, f"a tensor is packed in a way that cannot be unpacked ({error})") from error
    except (ValueError, KeyError, IndexError, TypeError, OverflowError, AttributeError) as error:
        raise DamagedWeightsError(
            f"the file makes no sense ({type(error).__name__}: {error})",
            where=str(file),
            next_step="run `vistka models verify`",
        ) from error
    finally:
        progress.finish()


def _gguf(name: str) -> Any:
    try:
        import gguf
    except ImportError as error:
        raise EngineError(
            "CTranslate2 reads a GGUF file with the package gguf, which is not here",
            where=name,
            next_step="run `pip install gguf`, or use the engine llamacpp",
        ) from error
    return gguf


def _not_run(name: str, what: str) -> EngineError:
    return EngineError(f"CTranslate2 cannot run it: {what}", where=name, next_step="use the engine llamacpp")


class _Source:
    """The metadata and tensors of one GGUF file. A tensor that nobody takes is a kind of model we do not know."""

    def __init__(self, gguf: Any, reader: Any, name: str) -> None:
        self.gguf = gguf
        self.name = name
        self.tensors: dict[str, Any] = {tensor.name: tensor for tensor in reader.tensors}
        self._fields = reader.fields
        self._left = set(self.tensors)
        self.architecture = str(self.field("general.architecture"))
        if self.architecture not in _ARCHITECTURES:
            raise _not_run(name, f"the architecture is {self.architecture}, known are {', '.join(_ARCHITECTURES)}")

    def field(self, key: str, otherwise: Any = None) -> Any:
        """A value of the metadata, `otherwise` where there is none."""
        found = self._fields.get(key)
        return otherwise if found is None else found.contents()

    def number(self, key: str, otherwise: float | None = None) -> float:
        """A number that the architecture has under `key`."""
        value = self.field(f"{self.architecture}.{key}", otherwise)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _not_run(self.name, f"{key} is {value!r}, which is not one number")
        return value

    def whole(self, key: str, otherwise: int | None = None) -> int:
        """A whole number that the architecture has under `key`."""
        return int(self.number(key, otherwise))

    def take(self, name: str) -> Any:
        """The tensor called `name`; KeyError where there is none."""
        self._left.discard(name)
        return self.tensors[name]

    def take_if_there(self, name: str) -> Any:
        """The tensor called `name`, or None."""
        return self.take(name) if name in self.tensors else None

    def require_all_taken(self) -> None:
        """Raises EngineError when a tensor is left."""
        if self._left:
            raise _not_run(self.name, f"it has tensors that are not known here ({', '.join(sorted(self._left)[:3])})")


def _facts_and_tokenizer(source: _Source) -> tuple[ChatFacts, str]:
    cut, kind = str(source.field("tokenizer.ggml.pre", "")), str(source.field("tokenizer.ggml.model", ""))
    if kind != "gpt2" or cut not in KNOWN_CUTS:
        raise _not_run(source.name, f"its tokenizer is {kind} {cut}, known is gpt2 with {' or '.join(KNOWN_CUTS)}")
    template = source.field("tokenizer.chat_template")
    if not template:
        raise _not_run(source.name, "it has no chat template")
    tokens = [str(token) for token in source.field("tokenizer.ggml.tokens")]
    kinds = [int(kind) for kind in source.field("tokenizer.ggml.token_type", [_NORMAL] * len(tokens))]
    control = {token: i for i, token in enumerate(tokens) if kinds[i] in (_CONTROL, _USER_DEFINED)}
    pieces = {token: i for i, token in enumerate(tokens) if kinds[i] in (_NORMAL, _BYTE)}
    named = [source.field(f"tokenizer.ggml.{key}_token_id") for key in ("eos", "eot", "eom")]
    ends = {int(index) for index in named if index is not None} | {control[end] for end in _ENDS if end in control}
    if not ends or not all(0 <= end < len(tokens) for end in ends):
        raise ValueError("no token ends an answer")
    heads = source.whole("attention.head_count_kv", source.whole("attention.head_count"))
    head = source.whole("embedding_length") // source.whole("attention.head_count")
    facts = ChatFacts(
        context_tokens=source.whole("context_length"),
        vocabulary=len(tokens),
        state_bytes=source.whole("block_count") * 2 * heads * head * 4,
        end_ids=tuple(sorted(ends)),
        control=control,
        template=str(template),
        bos=_token(source, tokens, "bos"),
        eos=_token(source, tokens, "eos"),
    )
    return facts, byte_pair_tokenizer(pieces, source.field("tokenizer.ggml.merges"), cut)


def _token(source: _Source, tokens: list[str], which: str) -> str:
    index = source.field(f"tokenizer.ggml.{which}_token_id")
    return "" if index is None else tokens[int(index)]


def _specification(source: _Source, writer: _Writer) -> Any:
    """The model as `ctranslate2.specs` describes it, with weights that are made when they are written."""
    ctranslate2 = ctranslate2_library()
    common, transformer = ctranslate2.specs.common_spec, ctranslate2.specs.transformer_spec
    heads, width = source.whole("attention.head_count"), source.whole("embedding_length")
    heads_kv = source.whole("attention.head_count_kv", heads)
    if heads < 1 or heads_kv < 1 or width % heads:
        raise ValueError(f"{heads} heads of {heads_kv} in {width} values")
    _require_plain_attention(source, width // heads)
    spec = transformer.TransformerDecoderModelSpec.from_config(
        source.whole("block_count"),
        heads,
        activation=common.Activation.SWISH,
        pre_norm=True,
        ffn_glu=True,
        rms_norm=True,
        rotary_dim=0,
        rotary_interleave=_ARCHITECTURES[source.architecture],
        rotary_base=source.number("rope.freq_base", 10000.0),
        num_heads_kv=None if heads_kv == heads else heads_kv,
    )
    _set_weights(spec.decoder, source, writer)
    source.require_all_taken()
    # Ids in decimal digits: a vocabulary may name two tokens alike, and the library would then count wrongly.
    size = writer.rows(source.tensors["token_embd.weight"])
    spec.register_vocabulary([str(index) for index in range(size)])
    end = str(source.field("tokenizer.ggml.eos_token_id", 0))
    spec.config.bos_token = spec.config.eos_token = spec.config.unk_token = end
    spec.config.layer_norm_epsilon = source.number("attention.layer_norm_rms_epsilon")
    spec.validate()
    if "output.weight" not in source.tensors:
        # An alias, which is a name in the place of a variable; `validate` would take it for text.
        for name in ("weight", "weight_scale") if writer.scaled else ("weight",):
            setattr(spec.decoder.projection, name, f"decoder/embeddings/{name}")
    return spec


def _require_plain_attention(source: _Source, head: int) -> None:
    """Refuse what would be computed wrongly in silence: what is not told by the names of the tensors."""
    prefix = source.architecture
    scaling = source.field(f"{prefix}.rope.scaling.type", "none")
    unlike = {
        "rope.dimension_count": source.field(f"{prefix}.rope.dimension_count", head) != head,
        "attention.key_length": source.field(f"{prefix}.attention.key_length", head) != head,
        "attention.value_length": source.field(f"{prefix}.attention.value_length", head) != head,
        "rope.scaling": scaling != "none" or source.field(f"{prefix}.rope.scale_linear", 1.0) != 1.0,
        "attention.sliding_window": bool(source.field(f"{prefix}.attention.sliding_window", 0)),
        "expert_count": bool(source.field(f"{prefix}.expert_count", 0)),
    }
    found = [key for key, is_unlike in unlike.items() if is_unlike]
    if found:
        raise _not_run(source.name, f"{', '.join(found)} is of a kind that is not known here")


def _set_weights(decoder: Any, source: _Source, writer: _Writer) -> None:
    decoder.scale_embeddings = False
    writer.set_matrix(decoder.embeddings, "token_embd")
    decoder.layer_norm.gamma = writer.vector(source.take("output_norm.weight"))
    writer.set_matrix(decoder.projection, "output" if "output.weight" in source.tensors else "token_embd")
    for index, layer in enumerate(decoder.layer):
        block, attention = f"blk.{index}", layer.self_attention
        attention.layer_norm.gamma = writer.vector(source.take(f"{block}.attn_norm.weight"))
        layer.ffn.layer_norm.gamma = writer.vector(source.take(f"{block}.ffn_norm.weight"))
        writer.set_matrix(attention.linear[0], f"{block}.attn_q", f"{block}.attn_k", f"{block}.attn_v")
        writer.set_matrix(attention.linear[1], f"{block}.attn_output")
        writer.set_matrix(layer.ffn.linear_0, f"{block}.ffn_gate")
        writer.set_matrix(layer.ffn.linear_0_noact, f"{block}.ffn_up")
        writer.set_matrix(layer.ffn.linear_1, f"{block}.ffn_down")


class _Streamed:
    """A variable of a specification whose bytes are made when they are written; as `model_spec.Variable`."""

    def __init__(self, shape: tuple[int, ...], dtype: str, item_bytes: int, make: Callable[[], Any]) -> None:
        self.shape = shape
        self.dtype = dtype
        self._item_bytes = item_bytes
        self._make = make

    def num_bytes(self) -> int:
        """Bytes that `to_bytes` will give."""
        return math.prod(self.shape) * self._item_bytes

    def to_bytes(self) -> Any:
        """The values, one row after another."""
        return self._make()


class _Writer:
    """Makes variables of a specification out of tensors of a GGUF file."""

    def __init__(self, source: _Source, weights: str, progress: Progress) -> None:
        import numpy as np

        self._np = np
        self._source = source
        self._progress = progress
        self.scaled = weights == "int8"
        self._stored = np.dtype(weights)
        self._small = np.dtype("float16" if weights == "float16" else "float32")
        # The scales of the matrix that was written last: the file has them right behind it.
        self._scales: Any = None

    def rows(self, tensor: Any) -> int:
        """How many rows a matrix has."""
        return int(tensor.shape[1])

    def vector(self, *tensors: Any) -> _Streamed:
        """One vector after another, as floats."""
        length = sum(int(tensor.n_elements) for tensor in tensors)
        return _Streamed((length,), self._small.name, self._small.itemsize, partial(self._vector, tensors))

    def set_matrix(self, layer: Any, *names: str) -> None:
        """Give `layer` the matrices called `names` (and their biases), one below the other."""
        source = self._source
        tensors = [source.take(f"{name}.weight") for name in names]
        columns = {int(tensor.shape[0]) for tensor in tensors}
        if len(columns) != 1 or any(len(tensor.shape) != 2 for tensor in tensors):
            raise ValueError(f"{', '.join(names)} do not fit together")
        shape = (sum(self.rows(tensor) for tensor in tensors), columns.pop())
        layer.weight = _Streamed(shape, self._stored.name, self._stored.itemsize, partial(self._matrix, tensors, shape))
        if self.scaled:
            layer.weight_scale = _Streamed(shape[:1], "float32", 4, self._take_scales)
        biases = [source.take_if_there(f"{name}.bias") for name in names]
        if all(bias is not None for bias in biases):
            layer.bias = self.vector(*biases)
        elif any(bias is not None for bias in biases):
            raise ValueError(f"{', '.join(names)}: some have a bias and some have none")

    def _floats(self, tensor: Any, begin: int, end: int) -> Any:
        return self._source.gguf.dequantize(tensor.data[begin:end], tensor.tensor_type)

    def _vector(self, tensors: tuple[Any, ...]) -> Any:
        values = [self._floats(tensor, 0, len(tensor.data)) for tensor in tensors]
        self._progress.advance(sum(int(tensor.n_bytes) for tensor in tensors))
        return self._np.concatenate(values).astype(self._small)

    def _matrix(self, tensors: list[Any], shape: tuple[int, int]) -> Any:
        np = self._np
        stored, scales = np.empty(shape, self._stored), np.empty(shape[0], np.float32)
        step = max(1, _BLOCK_VALUES // shape[1])
        first = 0
        # The blocks are independent, and numpy lets other threads run while it computes.
        with ThreadPoolExecutor(usable_cores()) as pool:
            for tensor in tensors:
                rows = self.rows(tensor)
                work = partial(self._block, tensor, stored[first : first + rows], scales[first : first + rows], step)
                for read_bytes in pool.map(work, range(0, rows, step)):
                    self._progress.advance(read_bytes)
                first += rows
        self._scales = scales
        return stored

    def _block(self, tensor: Any, stored: Any, scales: Any, step: int, begin: int) -> int:
        np = self._np
        end = min(begin + step, len(stored))
        values = self._floats(tensor, begin, end)
        if self.scaled:
            largest = np.abs(values).max(axis=1)
            largest[largest == 0] = _STEPS
            # A row of all but nothing must not have a scale that is infinite.
            np.divide(_STEPS, np.maximum(largest, _STEPS / np.finfo(np.float32).max), out=scales[begin:end])
            values = np.rint(values * scales[begin:end, None])
        if not np.isfinite(values).all():
            raise ValueError(f"{tensor.name} holds values that are not numbers")
        stored[begin:end] = values
        return int(tensor.n_bytes) * (end - begin) // len(stored)

    def _take_scales(self) -> Any:
        scales, self._scales = self._scales, None
        return scales

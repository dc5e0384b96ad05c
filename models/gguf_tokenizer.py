"""The tokenizer that lies in a GGUF file, run by the package tokenizers.

llama.cpp reads the same vocabulary with code of its own; tests compare the two. Text is never read as a control token:
the pairs of bytes are merged without them, and only `control=True` looks for them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

# How a text is cut before its bytes are merged, by the name in `tokenizer.ggml.pre`; as llama.cpp's llama-vocab.cpp.
_CONTRACTIONS = r"'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]"
_REST = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
_CUTS = {
    "qwen2": rf"{_CONTRACTIONS}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}{_REST}",
    "llama-bpe": rf"{_CONTRACTIONS}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}{{1,3}}{_REST}",
}
KNOWN_CUTS = tuple(_CUTS)


def byte_pair_tokenizer(pieces: Mapping[str, int], merges: Sequence[str], cut: str) -> str:
    """A byte-level BPE as the JSON text that `ControlTokenizer` takes.

    Args:
        pieces: token → id of those that a text may be made of.
        merges: pairs of tokens with a space between them, the first to be merged first.
        cut: one of `KNOWN_CUTS`.

    Raises:
        ValueError: a merge names a token that is not there.
    """
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers

    split = [merge.partition(" ") for merge in merges]
    pairs = [(before, after) for before, _, after in split]
    try:
        # Llama 3 takes a word that is one token as it is, even where no merges lead to it.
        model = models.BPE(vocab=dict(pieces), merges=pairs, ignore_merges=cut == "llama-bpe")
    except Exception as error:  # the package raises bare exceptions
        raise ValueError(str(error)) from error
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_CUTS[cut]), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    return str(tokenizer.to_str())


class ControlTokenizer:
    """Text to ids and back.

    Args:
        state: what `byte_pair_tokenizer` gave.
        control: control token → id.
    """

    def __init__(self, state: str, control: Mapping[str, int]) -> None:
        from tokenizers import Tokenizer

        self._tokenizer: Any = Tokenizer.from_str(state)
        self._control = dict(control)
        longest_first = sorted(control, key=len, reverse=True)
        self._cut = re.compile("(" + "|".join(map(re.escape, longest_first)) + ")") if control else None

    def ids(self, text: str, control: bool = False) -> list[int]:
        """Ids of `text`; with `control` what spells a control token is one."""
        if not control or self._cut is None:
            return self._plain(text)
        found: list[int] = []
        for part in self._cut.split(text):
            found += [self._control[part]] if part in self._control else self._plain(part)
        return found

    def text(self, ids: Sequence[int]) -> str:
        """The text of `ids`, control tokens left out."""
        return str(self._tokenizer.decode(list(ids), skip_special_tokens=False))

    def _plain(self, text: str) -> list[int]:
        # A lone surrogate is no text, and the package refuses it.
        whole = text.encode("utf-8", "replace").decode("utf-8")
        return list(self._tokenizer.encode(whole, add_special_tokens=False).ids)

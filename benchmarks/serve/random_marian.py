"""A Marian of the size of OPUS-MT with random weights: right in shape and cost, and what it writes has no meaning.

It is written twice: as a model hub lays it out, for Vistka, and as a package of Argos Translate, for LibreTranslate.
Both hold the same int8 weights, converted once.
"""

from __future__ import annotations

import io
import itertools
import json
import shutil
from pathlib import Path
from typing import Any

from vistka.benchmarks.serve.sentences import sentences
from vistka.models.hub_folder import quiet_loading

VOCABULARY = 62_000
PIECES = 500
"""Of the sentence pieces: nearly every word of the texts is one. The rest of the vocabulary is never read, and written
as often as any."""
WRITTEN_TOKENS = 30
_LETTERS = "abcdefghijklmnopqrstuvwxyz"

_SIZES = {
    "d_model": 512,
    "encoder_layers": 6,
    "decoder_layers": 6,
    "encoder_attention_heads": 8,
    "decoder_attention_heads": 8,
    "encoder_ffn_dim": 2048,
    "decoder_ffn_dim": 2048,
}


def make_marian(folder: Path) -> Path:
    """The model as a hub lays it out: 76 million parameters."""
    import torch
    from transformers import MarianConfig, MarianMTModel, MarianTokenizer

    folder.mkdir(parents=True)
    pieces = _train_pieces(folder / "source.spm")
    shutil.copy(folder / "source.spm", folder / "target.spm")
    filler = (f"▁{_word(number)}" for number in itertools.count())
    names = list(dict.fromkeys(["</s>", "<unk>", *pieces]))
    names += itertools.islice(filler, VOCABULARY - 1 - len(names))
    vocabulary = {piece: index for index, piece in enumerate([*names, "<pad>"])}
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    pad = vocabulary["<pad>"]
    config = MarianConfig(
        vocab_size=VOCABULARY,
        **_SIZES,
        activation_function="swish",
        static_position_embeddings=True,
        scale_embedding=True,
        max_position_embeddings=512,
        eos_token_id=0,
        bos_token_id=0,
        pad_token_id=pad,
        decoder_start_token_id=pad,
        forced_eos_token_id=0,
    )
    torch.manual_seed(1)
    with quiet_loading():
        model = MarianMTModel(config)
        model.generation_config.update(num_beams=4, max_length=512, bad_words_ids=[[pad]], forced_eos_token_id=0)
        tokenizer = MarianTokenizer(
            str(folder / "source.spm"),
            str(folder / "target.spm"),
            str(folder / "vocab.json"),
            model_max_length=512,
        )
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    return folder


def make_argos_package(folder: Path, *, converted: Path, marian: Path) -> Path:
    """The same model as Argos Translate takes it, with the converted weights of `converted`."""
    package = folder / "translate-uk_en-1_0"
    package.mkdir(parents=True)
    shutil.copytree(converted, package / "model")
    shutil.copy(marian / "source.spm", package / "sentencepiece.model")
    metadata = {
        "package_version": "1.0",
        "argos_version": "1.9.6",
        "from_code": "uk",
        "from_name": "Ukrainian",
        "to_code": "en",
        "to_name": "English",
    }
    (package / "metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
    return package


def _word(number: int) -> str:
    """A word of letters alone: thirty numbers in a sentence would give checks of numbers more to do than any text."""
    letters = ""
    while number or not letters:
        number, index = divmod(number, len(_LETTERS))
        letters += _LETTERS[index]
    return f"x{letters}"


def _train_pieces(file: Path) -> list[str]:
    import sentencepiece

    lines = list(itertools.islice(sentences(0), 4_000))
    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=written,
        model_type="bpe",
        vocab_size=PIECES,
        character_coverage=1.0,
        minloglevel=2,
    )
    file.write_bytes(written.getvalue())
    model: Any = sentencepiece.SentencePieceProcessor(model_file=str(file))
    return [model.id_to_piece(index) for index in range(model.vocab_size())]

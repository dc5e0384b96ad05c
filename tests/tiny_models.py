"""Small models with random weights, written as a model hub lays them out.

The weights are seeded, so a model is the same on each run; what it writes has no meaning. Each function takes an
empty folder (or the path of a GGUF file), trains a small vocabulary on the sentences below and returns the same path.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vistka.models.hub_folder import quiet_loading

UKRAINIAN = (
    "Сьогодні в Києві відкрили нову лікарню для дітей.",
    "Уряд виділив два мільйони гривень на ремонт мосту через річку.",
    "Синоптики обіцяють дощ на заході країни та сонце на півдні.",
    "Учні сільської школи посадили сорок молодих яблунь.",
    "Поїзд до Одеси запізнився на півгодини через туман.",
    "Рятувальники знайшли в лісі хлопчика, якого шукали всю ніч.",
    "Міська рада проголосувала за ремонт старого парку.",
    "У музеї показали картини, що їх вважали втраченими.",
)
ENGLISH = (
    "A new hospital for children was opened in Kyiv today.",
    "The government gave two million hryvnias to repair the bridge over the river.",
    "Forecasters promise rain in the west of the country and sun in the south.",
    "Pupils of a village school planted forty young apple trees.",
    "The train to Odesa was half an hour late because of fog.",
    "Rescuers found in the forest a boy who had been looked for all night.",
    "The city council voted to repair the old park.",
    "The museum showed paintings that had been thought lost.",
)
NLLB_LANGUAGES = ("eng_Latn", "ukr_Cyrl", "deu_Latn")
CHAT_SPECIALS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def make_marian(folder: Path, *, seed: int = 9, end_bias: float = 3.0) -> Path:
    """A Marian: two sentencepiece models, one shared `vocab.json` that ends in `<pad>`."""
    import sentencepiece
    from transformers import MarianConfig, MarianMTModel, MarianTokenizer

    folder.mkdir(parents=True, exist_ok=True)
    for name, sentences in (("source", UKRAINIAN), ("target", ENGLISH)):
        _train_sentencepiece(folder / f"{name}.spm", sentences, 120)
    pieces = ["</s>", "<unk>"]
    for name in ("source", "target"):
        model = sentencepiece.SentencePieceProcessor(model_file=str(folder / f"{name}.spm"))
        pieces += [model.id_to_piece(i) for i in range(model.vocab_size())]
    vocabulary = {piece: index for index, piece in enumerate(dict.fromkeys([*pieces, "<pad>"]))}
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    with quiet_loading():  # it advises a package that changes nothing here
        tokenizer = MarianTokenizer(
            str(folder / "source.spm"), str(folder / "target.spm"), str(folder / "vocab.json"), model_max_length=64
        )
    pad = vocabulary["<pad>"]
    config = MarianConfig(
        vocab_size=len(vocabulary),
        **_sizes(),
        activation_function="swish",
        static_position_embeddings=True,
        scale_embedding=True,
        max_position_embeddings=64,
        eos_token_id=0,
        pad_token_id=pad,
        decoder_start_token_id=pad,
        bos_token_id=0,
        forced_eos_token_id=0,
    )
    model = _seeded(MarianMTModel, config, seed, spread=1.2)
    model.final_logits_bias[0, 0] = end_bias
    model.generation_config.update(num_beams=4, max_length=64, bad_words_ids=[[pad]], forced_eos_token_id=0)
    model.generation_config.save_pretrained(folder)
    return _save(folder, model, tokenizer)


def make_nllb(folder: Path, *, seed: int = 13) -> Path:
    """An M2M100 model with the tokenizer of NLLB: language tokens before source and target."""
    from transformers import M2M100Config, M2M100ForConditionalGeneration, NllbTokenizer

    folder.mkdir(parents=True, exist_ok=True)
    merges, vocabulary = _byte_pairs((*UKRAINIAN, *ENGLISH), 300, ["<s>", "<pad>", "</s>", "<unk>"])
    tokenizer = NllbTokenizer(
        vocab=vocabulary,
        merges=merges,
        additional_special_tokens=list(NLLB_LANGUAGES),
        src_lang="ukr_Cyrl",
        tgt_lang="eng_Latn",
        model_max_length=64,
    )
    config = M2M100Config(
        vocab_size=len(tokenizer),
        **_sizes(),
        activation_function="relu",
        scale_embedding=True,
        max_position_embeddings=64,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=2,
    )
    return _save(folder, _seeded(M2M100ForConditionalGeneration, config, seed), tokenizer)


def make_t5(folder: Path, *, seed: int = 8) -> Path:
    """A T5 of the second form (gated, output layer of its own), with sentencepiece, as MADLAD and mT5 are."""
    import sentencepiece
    from transformers import T5Config, T5ForConditionalGeneration, T5Tokenizer

    folder.mkdir(parents=True, exist_ok=True)
    spiece = folder / "spiece.model"
    _train_sentencepiece(spiece, (*UKRAINIAN, *ENGLISH), 260, pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(spiece))
    # Handed over piece by piece: reading spiece.model itself needs the package protobuf.
    scored = [(pieces.id_to_piece(i), pieces.get_score(i)) for i in range(pieces.vocab_size())]
    tokenizer = T5Tokenizer(vocab=scored, extra_ids=0, model_max_length=512)
    config = T5Config(
        vocab_size=len(tokenizer),
        d_model=32,
        d_kv=8,
        d_ff=48,
        num_layers=2,
        num_decoder_layers=2,
        num_heads=4,
        feed_forward_proj="gated-gelu",
        tie_word_embeddings=False,
        pad_token_id=0,
        eos_token_id=1,
        decoder_start_token_id=0,
    )
    _save(folder, _seeded(T5ForConditionalGeneration, config, seed), tokenizer)
    _untie_as_published(folder, seed)
    return folder


def _untie_as_published(folder: Path, seed: int) -> None:
    """Write an output layer apart from the embeddings, as T5 1.1, mT5 and MADLAD have it.

    transformers 5 ties the two in every model that it makes itself, so `save_pretrained` cannot write this layout.
    """
    import numpy as np
    import safetensors.numpy

    weights = safetensors.numpy.load_file(folder / "model.safetensors")
    shared = weights["shared.weight"]
    weights["lm_head.weight"] = np.random.default_rng(seed).normal(0, 0.6, shared.shape).astype("float32")
    safetensors.numpy.save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    del config["scale_decoder_outputs"]
    (folder / "config.json").write_text(json.dumps(config | {"tie_word_embeddings": False}), encoding="utf-8")


def make_bart(folder: Path, *, seed: int = 3, end_bias: float = 2.0) -> Path:
    """A BART with a byte-level BPE, and the generation settings of its summarising kin."""
    from transformers import BartConfig, BartForConditionalGeneration, BartTokenizer

    folder.mkdir(parents=True, exist_ok=True)
    trained = _byte_level(ENGLISH, 400, ["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    trained.model.save(str(folder))
    tokenizer = BartTokenizer.from_pretrained(str(folder), model_max_length=64)
    config = BartConfig(
        vocab_size=len(tokenizer),
        **_sizes(),
        activation_function="gelu",
        max_position_embeddings=64,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=2,
        forced_bos_token_id=0,
        forced_eos_token_id=2,
    )
    model = _seeded(BartForConditionalGeneration, config, seed)
    model.final_logits_bias[0, 2] = end_bias
    # As facebook/bart-large-cnn has them, in proportion.
    model.generation_config.update(num_beams=4, min_length=6, max_length=40, no_repeat_ngram_size=3, length_penalty=2.0)
    model.generation_config.update(forced_bos_token_id=0, forced_eos_token_id=2, early_stopping=True)
    return _save(folder, model, tokenizer)


def make_qwen2(folder: Path, *, seed: int = 5) -> Path:
    """A two-layer Qwen2 with a byte-level BPE and the ChatML template."""
    from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

    folder.mkdir(parents=True, exist_ok=True)
    trained = _byte_level((*UKRAINIAN, *ENGLISH), 500, list(CHAT_SPECIALS))
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=trained,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        chat_template=CHAT_TEMPLATE,
        model_max_length=256,
    )
    config = Qwen2Config(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=256,
        tie_word_embeddings=False,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return _save(folder, _seeded(Qwen2ForCausalLM, config, seed), tokenizer)


def make_qwen2_gguf(file: Path, source: Path) -> Path:
    """The model that `make_qwen2` wrote into `source` as one GGUF file, in 32-bit floats."""
    import gguf
    import safetensors.numpy

    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    tokenizer = json.loads((source / "tokenizer.json").read_text(encoding="utf-8"))
    writer = gguf.GGUFWriter(str(file), "qwen2")
    writer.add_name("tiny")
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_rope_freq_base(10000.0)
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    _write_vocabulary(writer, tokenizer, config["vocab_size"])
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.QWEN2, config["num_hidden_layers"])
    for name, values in safetensors.numpy.load_file(source / "model.safetensors").items():
        writer.add_tensor(names.get_name(name, (".weight", ".bias")), values.astype("float32"))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file


def _write_vocabulary(writer: Any, tokenizer: Mapping[str, Any], size: int) -> None:
    import gguf

    specials = {token["content"]: token["id"] for token in tokenizer["added_tokens"]}
    by_id = {index: token for token, index in (tokenizer["model"]["vocab"] | specials).items()}
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list([by_id[index] for index in range(size)])
    kinds = [gguf.TokenType.CONTROL if by_id[i] in specials else gguf.TokenType.NORMAL for i in range(size)]
    writer.add_token_types(kinds)
    writer.add_token_merges([" ".join(merge) for merge in tokenizer["model"]["merges"]])
    writer.add_eos_token_id(specials["<|im_end|>"])
    writer.add_pad_token_id(specials["<|endoftext|>"])
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHAT_TEMPLATE)


def _sizes() -> dict[str, Any]:
    return {
        "d_model": 32,
        "encoder_layers": 2,
        "decoder_layers": 2,
        "encoder_attention_heads": 4,
        "decoder_attention_heads": 4,
        "encoder_ffn_dim": 48,
        "decoder_ffn_dim": 48,
        "dropout": 0.0,
    }


def _seeded(kind: Any, config: Any, seed: int, *, spread: float = 0.7) -> Any:
    """A model of `kind` with weights so wide that its choices are clear and change from token to token."""
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = kind(config)
        with torch.no_grad():
            for name, weights in model.named_parameters():
                if weights.dim() > 1:
                    weights.normal_(0.0, 0.2 if "shared" in name or "embed" in name else spread)
            for module in model.modules():
                if isinstance(module, torch.nn.Embedding) and module.padding_idx is not None:
                    module.weight[module.padding_idx] = 0.0  # as in every published model
    return model.eval()


def _save(folder: Path, model: Any, tokenizer: Any) -> Path:
    with quiet_loading():
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    return folder


def _train_sentencepiece(file: Path, sentences: tuple[str, ...], size: int, **options: Any) -> None:
    import sentencepiece

    written = io.BytesIO()
    with contextlib.redirect_stderr(io.StringIO()):
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(sentences * 3),
            model_writer=written,
            vocab_size=size,
            character_coverage=1.0,
            hard_vocab_limit=False,
            minloglevel=2,
            **options,
        )
    file.write_bytes(written.getvalue())


def _byte_pairs(
    sentences: tuple[str, ...], size: int, specials: list[str]
) -> tuple[list[tuple[str, str]], dict[str, int]]:
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.train_from_iterator(
        sentences, trainers.BpeTrainer(vocab_size=size, special_tokens=specials, show_progress=False)
    )
    state = json.loads(tokenizer.to_str())["model"]
    return [tuple(merge) for merge in state["merges"]], state["vocab"]


def _byte_level(sentences: tuple[str, ...], size: int, specials: list[str]) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(
        sentences,
        trainers.BpeTrainer(
            vocab_size=size,
            special_tokens=specials,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    return tokenizer

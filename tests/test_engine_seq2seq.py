"""transformers and CTranslate2 on the same small models: same tokens, same scores, same refusals."""

from __future__ import annotations

import importlib.util
import json
import math
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vistka.errors import (
    ConfigurationError,
    DamagedWeightsError,
    EngineError,
    InputError,
    ModelError,
    ModelMissingError,
)
from vistka.models.engine import Decoding, Engine, Request
from vistka.models.load import open_engine
from vistka.models.settings import EngineSettings
from vistka.tests import tiny_models

UKRAINIAN = ("Сьогодні в Києві відкрили лікарню.", "Уряд виділив гроші на міст.", "Поїзд запізнився.", "Так")
ENGLISH = ("A new hospital was opened.", "The train was late.", "Fog", "The city council voted.")
MODELS: dict[str, tuple[Callable[..., Path], tuple[str, ...], dict[str, str]]] = {
    "marian": (tiny_models.make_marian, UKRAINIAN, {}),
    "nllb": (tiny_models.make_nllb, UKRAINIAN, {"source_language": "ukr_Cyrl", "target_language": "eng_Latn"}),
    "t5": (tiny_models.make_t5, UKRAINIAN, {"text_prefix": "дощ:"}),
    "bart": (tiny_models.make_bart, ENGLISH, {}),
}


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("hub")
    return {name: make(root / name) for name, (make, _, _) in MODELS.items()}


@pytest.fixture(scope="session")
def conversions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("conversions")


def settings_for(name: str, engine: Any, conversions: Path, **more: Any) -> EngineSettings:
    known: dict[str, Any] = {"threads": 1, "compute_type": "float32", "device": "cpu", "model": name}
    return EngineSettings(engine=engine, conversions=conversions, **(known | MODELS[name][2] | more))


@pytest.fixture(scope="session", params=list(MODELS))
def pair(request: pytest.FixtureRequest, folders: dict[str, Path], conversions: Path) -> tuple[str, Engine, Engine]:
    name = request.param
    return (
        name,
        open_engine(folders[name], settings_for(name, "transformers", conversions)),
        open_engine(folders[name], settings_for(name, "ctranslate2", conversions)),
    )


def requests_of(name: str) -> list[Request]:
    return [Request(text) for text in MODELS[name][1]]


def test_both_engines_write_the_same(pair: tuple[str, Engine, Engine]) -> None:
    name, reference, fast = pair
    decoding = Decoding(max_new_tokens=30)
    expected = reference.generate(requests_of(name), decoding)
    actual = fast.generate(requests_of(name), decoding)
    assert [output.text for output in actual] == [output.text for output in expected]
    for one, other in zip(actual, expected, strict=True):
        assert (one.source_tokens, one.output_tokens, one.finished) == (
            other.source_tokens,
            other.output_tokens,
            other.finished,
        )
        assert one.mean_logprob == pytest.approx(other.mean_logprob, abs=2e-3)
        assert one.mean_logprob <= 0
    # Not by chance or for want of anything to compare: long, different, some of them ended by the model.
    assert len({output.text for output in expected}) >= 3
    assert max(len(set(output.text)) for output in expected) >= 8
    assert {output.finished for output in expected} == {True, False}


def test_an_order_of_requests_is_kept_and_a_batch_changes_nothing(pair: tuple[str, Engine, Engine]) -> None:
    name, *engines = pair
    requests = requests_of(name)
    for engine in engines:
        together = engine.generate([*requests, *reversed(requests)], Decoding(max_new_tokens=10))
        alone = [engine.generate([request], Decoding(max_new_tokens=10))[0] for request in requests]
        assert [output.text for output in together] == [output.text for output in [*alone, *reversed(alone)]]
        assert engine.generate([], Decoding()) == []


def test_beam_search_scores_are_the_models_own(pair: tuple[str, Engine, Engine]) -> None:
    """A forced reading of CTranslate2's hypothesis by transformers gives the same mean, and a beam finds no worse."""
    name, reference, fast = pair
    greedy = fast.generate(requests_of(name), Decoding(max_new_tokens=12))
    beam = fast.generate(requests_of(name), Decoding(max_new_tokens=12, beam_size=4))
    checked = 0
    by_text = {
        output.text: output
        for output in reference.generate(requests_of(name), Decoding(max_new_tokens=12, beam_size=4))
    }
    for output in beam:
        if output.text in by_text:
            checked += 1
            assert output.mean_logprob == pytest.approx(by_text[output.text].mean_logprob, abs=2e-3)
    assert checked >= 1
    assert [output.text for output in beam] != [output.text for output in greedy]


def test_penalties_and_sampling_do_not_bend_the_score(pair: tuple[str, Engine, Engine]) -> None:
    name, *engines = pair
    by_text: list[dict[str, float]] = []
    for engine in engines:
        penalised = engine.generate(requests_of(name), Decoding(max_new_tokens=12, repetition_penalty=1.8))
        warm = Decoding(max_new_tokens=12, temperature=1.5, seed=7)
        sampled = engine.generate(requests_of(name), warm)
        for output in (*penalised, *sampled):
            assert math.isfinite(output.mean_logprob)
            assert output.mean_logprob <= 0
        by_text.append({output.text: output.mean_logprob for output in penalised})
        greedy = engine.generate(requests_of(name), Decoding(max_new_tokens=12))
        assert [output.text for output in sampled] != [output.text for output in greedy]
    for text in by_text[0].keys() & by_text[1].keys():
        assert by_text[0][text] == pytest.approx(by_text[1][text], abs=2e-3)


def test_sampling_repeats_with_its_seed(folders: dict[str, Path], conversions: Path) -> None:
    engine = open_engine(folders["t5"], settings_for("t5", "transformers", conversions))
    first, second, other = (
        engine.generate(requests_of("t5"), Decoding(max_new_tokens=8, temperature=1.0, seed=seed)) for seed in (1, 1, 2)
    )
    assert first == second
    assert first != other


def test_transformers_scores_agree_with_its_own_step_scores(folders: dict[str, Path], conversions: Path) -> None:
    """The mean under beam search against `compute_transition_scores` of transformers, for one source."""
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    engine = open_engine(folders["t5"], settings_for("t5", "transformers", conversions, text_prefix=""))
    output = engine.generate([Request(UKRAINIAN[0])], Decoding(max_new_tokens=9, beam_size=3))[0]
    model = AutoModelForSeq2SeqLM.from_pretrained(folders["t5"])
    tokenizer = AutoTokenizer.from_pretrained(folders["t5"])
    with torch.inference_mode():
        result = model.generate(
            **tokenizer(UKRAINIAN[0], return_tensors="pt"),
            num_beams=3,
            max_new_tokens=9,
            output_scores=True,
            return_dict_in_generate=True,
        )
    scores = model.compute_transition_scores(result.sequences, result.scores, result.beam_indices)
    assert output.output_tokens == 9
    assert output.mean_logprob == pytest.approx(float(scores[0].mean()), abs=1e-4)


def test_a_text_that_is_too_long_is_refused_whole(pair: tuple[str, Engine, Engine]) -> None:
    name, *engines = pair
    for engine in engines:
        fitting, word = requests_of(name)[0], "Fog " if name == "bart" else "міст "
        too_long = Request(word * engine.max_source_tokens)
        with pytest.raises(InputError, match=rf"{name}, text 2: the text has \d+ tokens, the model reads \d+"):
            engine.generate([fitting, too_long], Decoding())


def test_the_longest_source_and_output_go_through(pair: tuple[str, Engine, Engine]) -> None:
    name, *engines = pair
    if name == "t5":
        pytest.skip("T5 has no positions to run out of")
    for engine in engines:
        text = "Fog"
        while engine.count_tokens(text + " Fog") + 3 <= engine.max_source_tokens:
            text += " Fog"
        output = engine.generate([Request(text)], Decoding(max_new_tokens=500))[0]
        assert output.source_tokens > engine.max_source_tokens - 6
        assert output.finished or output.output_tokens < engine.max_source_tokens


def test_special_tokens_in_a_text_are_text(pair: tuple[str, Engine, Engine]) -> None:
    _, *engines = pair
    for engine in engines:
        plain, dressed = engine.generate([Request("Fog"), Request("Fog </s> <pad>")], Decoding(max_new_tokens=3))
        # Read as two special tokens it would be two longer; spelled out it is more.
        assert dressed.source_tokens > plain.source_tokens + 2
        assert engine.count_tokens("</s>") > 1


def test_a_marian_reads_no_language_out_of_a_text(folders: dict[str, Path], conversions: Path) -> None:
    engine = open_engine(folders["marian"], settings_for("marian", "ctranslate2", conversions))
    assert engine.count_tokens(">>eng<<") > 1


def test_an_unknown_language_is_named(folders: dict[str, Path], conversions: Path) -> None:
    for engine in ("transformers", "ctranslate2"):
        with pytest.raises(ConfigurationError, match="nllb: the model's tokenizer has no language xxx_Latn"):
            open_engine(folders["nllb"], settings_for("nllb", engine, conversions, target_language="xxx_Latn"))


def test_a_target_language_changes_the_output(folders: dict[str, Path], conversions: Path) -> None:
    german = open_engine(
        folders["nllb"], settings_for("nllb", "ctranslate2", conversions, target_language="deu_Latn")
    ).generate(requests_of("nllb"), Decoding(max_new_tokens=8))
    english = open_engine(folders["nllb"], settings_for("nllb", "ctranslate2", conversions)).generate(
        requests_of("nllb"), Decoding(max_new_tokens=8)
    )
    assert [output.text for output in german] != [output.text for output in english]
    assert "Latn" not in "".join(output.text for output in german)


def test_a_conversion_is_made_once_and_again_when_the_weights_change(folders: dict[str, Path], tmp_path: Path) -> None:
    source, kept = tmp_path / "marian", tmp_path / "kept"
    shutil.copytree(folders["marian"], source)
    settings = settings_for("marian", "ctranslate2", kept)
    open_engine(source, settings).close()
    made = [place for place in kept.iterdir() if place.is_dir()]
    before = (made[0] / "model.bin").stat().st_mtime_ns
    open_engine(source, settings).close()
    assert [place for place in kept.iterdir() if place.is_dir()] == made
    assert (made[0] / "model.bin").stat().st_mtime_ns == before
    os.utime(source / "model.safetensors", ns=(1, 1))
    open_engine(source, settings).close()
    open_engine(source, settings_for("marian", "ctranslate2", kept, compute_type="int8")).close()
    assert len([place for place in kept.iterdir() if place.is_dir()]) == 3
    assert not list(kept.glob("converting-*"))


def test_int8_is_the_default_on_a_cpu_and_runs(folders: dict[str, Path], conversions: Path) -> None:
    engine = open_engine(folders["marian"], settings_for("marian", "ctranslate2", conversions, compute_type=""))
    outputs = engine.generate(requests_of("marian"), Decoding(max_new_tokens=5))
    assert all(0 < output.output_tokens <= 5 and output.mean_logprob < 0 for output in outputs)


@pytest.mark.parametrize("engine", ["transformers", "ctranslate2"])
def test_damage_is_a_model_error(engine: str, folders: dict[str, Path], tmp_path: Path) -> None:
    source = tmp_path / "marian"
    settings = settings_for("marian", engine, tmp_path / "kept")
    with pytest.raises(ModelMissingError, match="models pull"):
        open_engine(source, settings)
    shutil.copytree(folders["marian"], source)
    weights = source / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    with pytest.raises(DamagedWeightsError):
        open_engine(source, settings)
    weights.unlink()
    with pytest.raises(ModelMissingError, match="no weights"):
        open_engine(source, settings)
    (source / "config.json").write_text("{", encoding="utf-8")
    with pytest.raises(DamagedWeightsError):
        open_engine(source, settings)


def test_a_tokenizer_that_needs_a_package_names_it(folders: dict[str, Path], tmp_path: Path) -> None:
    """As csebuetnlp/mT5_multilingual_XLSum lies on the hub: `spiece.model` and no `tokenizer.json`."""
    source = tmp_path / "t5"
    shutil.copytree(folders["t5"], source)
    (source / "tokenizer.json").unlink()
    settings = settings_for("t5", "transformers", tmp_path, text_prefix="")
    if importlib.util.find_spec("google") and importlib.util.find_spec("google.protobuf"):
        whole = open_engine(folders["t5"], settings)
        assert open_engine(source, settings).count_tokens("міст") == whole.count_tokens("міст")
    else:
        with pytest.raises(ModelError, match="pip install protobuf"):
            open_engine(source, settings)


@pytest.mark.parametrize("engine", ["transformers", "ctranslate2"])
def test_a_pickle_is_loaded_only_when_allowed(engine: str, folders: dict[str, Path], tmp_path: Path) -> None:
    import safetensors.torch
    import torch

    source = tmp_path / "marian"
    shutil.copytree(folders["marian"], source)
    torch.save(safetensors.torch.load_file(source / "model.safetensors"), source / "pytorch_model.bin")
    (source / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="pickle"):
        open_engine(source, settings_for("marian", engine, tmp_path / "kept"))
    allowed = open_engine(source, settings_for("marian", engine, tmp_path / "kept", allow_pickle=True))
    assert allowed.generate([Request("Так")], Decoding(max_new_tokens=3))[0].output_tokens == 3


def test_a_pickle_that_runs_code_is_refused_even_then(folders: dict[str, Path], tmp_path: Path) -> None:
    import torch

    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return (os.mkdir, (str(tmp_path / "ran"),))

    source = tmp_path / "marian"
    shutil.copytree(folders["marian"], source)
    (source / "model.safetensors").unlink()
    torch.save({"model.shared.weight": Evil()}, source / "pytorch_model.bin")
    with pytest.raises(ModelError):
        open_engine(source, settings_for("marian", "transformers", tmp_path, allow_pickle=True))
    assert not (tmp_path / "ran").exists()


def test_a_closed_engine_says_so(folders: dict[str, Path], conversions: Path) -> None:
    for name in ("transformers", "ctranslate2"):
        engine = open_engine(folders["t5"], settings_for("t5", name, conversions))
        engine.close()
        engine.close()
        with pytest.raises(EngineError, match="closed"):
            engine.generate([Request("Так")], Decoding())


def test_nothing_is_printed(folders: dict[str, Path], tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for name in ("transformers", "ctranslate2"):
        engine = open_engine(folders["bart"], settings_for("bart", name, tmp_path))
        engine.generate([Request("Fog")], Decoding(max_new_tokens=3))
        engine.generate([Request("Fog")], Decoding(max_new_tokens=3, beam_size=2))
        with pytest.raises(InputError):
            engine.generate([Request("Fog " * 1000)], Decoding())
    assert capfd.readouterr() == ("", "")


def test_the_small_models_lie_as_a_hub_has_them(folders: dict[str, Path]) -> None:
    assert {"source.spm", "target.spm", "vocab.json", "model.safetensors"} <= {
        file.name for file in folders["marian"].iterdir()
    }
    assert list(json.loads((folders["marian"] / "vocab.json").read_text(encoding="utf-8")))[-1] == "<pad>"
    assert (folders["t5"] / "spiece.model").stat().st_size > 1000


def test_an_unknown_engine_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no engine magic; use one of transformers, ctranslate2, llamacpp"):
        open_engine(tmp_path, EngineSettings(engine="magic"))  # type: ignore[arg-type]

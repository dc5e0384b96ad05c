"""Scores, significance, calibration and ROUGE: known answers that can be worked out by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vistka.errors import InputError, UsageError
from vistka.evaluate.calibration import auroc, calibration, reliability
from vistka.evaluate.rouge import mean_rouge, rouge, rouge_l, rouge_n, words
from vistka.evaluate.scores import corpus_scores, scores_by_length, sentence_chrf
from vistka.evaluate.significance import paired_bootstrap

CITY = "The city sleeps under the snow."


def test_bleu_of_a_hypothesis_that_only_lacks_a_word_is_its_brevity_penalty() -> None:
    scores = corpus_scores(["the cat sat on the mat"], [["the cat sat on the mat today"]])
    assert scores.bleu_0_100 == pytest.approx(100 * math.exp(1 - 7 / 6))
    assert "tok:13a" in scores.bleu_signature
    assert "nrefs:1" in scores.bleu_signature


def test_chrf_by_hand() -> None:
    # n = 1: precision 2/2, recall 2/3; n = 2: 1/1 and 1/2; longer n-grams the hypothesis has not.
    recall = (2 / 3 + 1 / 2) / 2
    wanted = 100 * 5 * recall / (4 + recall)
    assert sentence_chrf(["ab"], [["abc"]]) == [pytest.approx(wanted)]
    assert corpus_scores(["ab"], [["abc"]]).chrf_0_100 == pytest.approx(wanted)
    assert sentence_chrf(["", CITY], [["abc"], [CITY]]) == [0.0, 100.0]


def test_a_segment_may_have_more_references_than_another() -> None:
    scores = corpus_scores([CITY, "Come here at once, please."], [[CITY], ["Go away.", "Come here at once, please."]])
    assert (scores.bleu_0_100, scores.chrf_0_100) == (pytest.approx(100), pytest.approx(100))
    assert "nrefs:var" in scores.chrf_signature


@pytest.mark.parametrize(("hypotheses", "references"), [([], []), (["a"], []), (["a"], [["a"], ["b"]]), (["a"], [[]])])
def test_what_does_not_pair_up_is_not_scored(hypotheses: list[str], references: list[list[str]]) -> None:
    for score in (corpus_scores, sentence_chrf):
        with pytest.raises(InputError):
            score(hypotheses, references)


def test_buckets_hold_every_segment_once_and_the_empty_ones_are_left_out() -> None:
    sources = ["слово", " ".join(["слово"] * 9), " ".join(["слово"] * 10), " ".join(["слово"] * 400)]
    buckets = scores_by_length(sources, [CITY, "x", CITY, CITY], [[CITY]] * 4)
    assert [(bucket.label, bucket.segments) for bucket in buckets] == [("1–9", 2), ("10–14", 1), ("40+", 1)]
    assert buckets[0].chrf_0_100 < buckets[1].chrf_0_100 == pytest.approx(100)
    assert [b.label for b in scores_by_length(["а б"], ["a"], [["a"]], edges=(2, 4))] == ["2–3"]


def test_a_system_that_is_better_everywhere_is_so_by_more_than_chance() -> None:
    references = [[f"The council of district {n} met on Monday to talk about the new road."] for n in range(30)]
    good = [row[0] for row in references]
    bad = [text.replace("met on Monday", "has sat at Tuesday") for text in good]
    bleu, chrf = paired_bootstrap(good, bad, references, resamples=100)
    assert (bleu.score, chrf.score) == ("bleu_0_100", "chrf_0_100")
    assert bleu.difference == pytest.approx(100 - bleu.baseline)
    assert bleu.p_value < 0.05
    assert chrf.system_ci95 == pytest.approx(0, abs=1e-3)
    assert "seed:12345" in bleu.signature
    assert "bs:100" in bleu.signature
    assert paired_bootstrap(good, bad, references, resamples=100) == [bleu, chrf]


def test_a_system_is_not_better_than_itself() -> None:
    references = [["one two three four five"], ["six seven eight nine ten"]]
    same = ["one two three four", "six seven eight nine ten"]
    assert [one.p_value for one in paired_bootstrap(same, list(same), references, resamples=20)] == [1.0, 1.0]


def test_systems_are_compared_on_the_same_segments_with_a_seed_that_is_a_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(InputError, match="1 hypotheses against 2"):
        paired_bootstrap(["a"], ["a", "b"], [["a"]])
    monkeypatch.setenv("SACREBLEU_SEED", "x")
    with pytest.raises(UsageError, match="SACREBLEU_SEED"):
        paired_bootstrap(["a"], ["a"], [["a"]])


def test_auroc_by_hand() -> None:
    # good: 0.35 and 0.8, bad: 0.1 and 0.4; of the four pairs three are the right way round.
    assert auroc([0.1, 0.4, 0.35, 0.8], [False, False, True, True]) == 0.75
    assert auroc([0.5, 0.5], [True, False]) == 0.5
    assert auroc([0.2, 0.2, 0.9], [False, True, True]) == 0.75
    assert auroc([1, 2], [True, True]) is None
    assert auroc([], []) is None


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=30))
def test_auroc_is_the_share_of_pairs_that_are_the_right_way_round(rows: list[tuple[int, bool]]) -> None:
    good = [score for score, label in rows if label]
    bad = [score for score, label in rows if not label]
    found = auroc([score for score, _ in rows], [label for _, label in rows])
    if not good or not bad:
        assert found is None
    else:
        wins = sum((g > b) + (g == b) / 2 for g in good for b in bad)
        assert found == pytest.approx(wins / (len(good) * len(bad)))


def test_reliability_by_hand() -> None:
    rows = reliability([0.05, 0.9, 0.95, 1.0], [False, True, True, False])
    assert [(row.low_0_1, row.high_0_1, row.segments) for row in rows] == [(0.0, 0.1, 1), (0.9, 1.0, 3)]
    assert rows[1].mean_confidence_0_1 == pytest.approx(0.95)
    assert rows[1].share_good_0_1 == pytest.approx(2 / 3)


def test_calibration_counts_good_segments_from_the_threshold_on() -> None:
    found = calibration([0.2, 0.8], [39.9, 40.0])
    assert (found.good, found.bad, found.auroc_0_1) == (1, 1, 1.0)
    assert found.calibration_error_0_1 == pytest.approx(0.2)
    assert calibration([0.2, 0.8], [10, 10]).auroc_0_1 is None


def test_rouge_by_hand() -> None:
    ours, theirs = "The cat sat.", "the cat was SAT"
    assert rouge(ours, theirs).rouge1_0_1 == pytest.approx(6 / 7)
    assert rouge(ours, theirs).rouge2_0_1 == pytest.approx(2 / 5)
    assert rouge(ours, theirs).rouge_l_0_1 == pytest.approx(6 / 7)
    assert rouge("", theirs).rouge1_0_1 == 0.0
    assert rouge("a", "a").rouge2_0_1 == 0.0
    # A word counts as often as both have it.
    assert rouge_n(["a", "a", "a"], ["a"], 1) == pytest.approx(2 / 4)
    assert words("Kyiv’s 2.5% – café") == ["kyiv", "s", "2", "5", "café"]


def test_rouge_l_of_the_example_of_the_paper() -> None:
    reference = "police killed the gunman".split()
    assert rouge_l("police kill the gunman".split(), reference) == 0.75
    assert rouge_l("the gunman kill police".split(), reference) == 0.5


def test_the_mean_is_that_of_the_abstracts() -> None:
    assert mean_rouge(["a b", "c"], ["a b", "d"]).rouge1_0_1 == 0.5
    with pytest.raises(ValueError, match="argument 2 is"):
        mean_rouge(["a"], ["a", "b"])

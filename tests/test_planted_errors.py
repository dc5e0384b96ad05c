"""The script that plants errors: each kind once, and that the sentences of its own are clean."""

import random

import pytest

from vistka.benchmarks.error_planters import PLANTERS, pools
from vistka.benchmarks.planted_errors import FAMILIES, OWN, known, new_findings, precision
from vistka.translate.glossary import load_glossary

PLACES = ("Poltava", "Zhytomyr", "Odesa", "Vienna", "Lisbon")


def planted(kind: str, source: str, english: str) -> str | None:
    where = pools([en for _, en in OWN], PLACES)
    return PLANTERS[kind]((source, english), random.Random(1), where)


def test_every_kind_has_a_family():
    assert {kind.split(":")[0] for kind in PLANTERS} == set(FAMILIES)


@pytest.mark.parametrize("kind", PLANTERS)
def test_every_kind_plants_the_same_error_twice_or_none(kind: str):
    for source, english in OWN:
        first = planted(kind, source, english)
        assert first == planted(kind, source, english)
        assert first != english or first is None


def test_what_is_planted():
    assert planted("number: two swapped", "", "It has 120 houses and 3 schools.") == "It has 3 houses and 120 schools."
    assert planted("number: dropped", "", "It has 12 houses.") == "It has houses."
    assert planted("negation lost", "", "He did not come.") == "He come."
    assert planted("repetition: the whole", "", "He came to town.") == "He came to town. He came to town."
    assert planted("clause dropped", "", "He came, and the whole town went to meet him there.") == "He came."
    assert planted("number: a digit changed", "", "No number here.") is None


def test_a_new_finding_is_told_from_an_old_one():
    glossary = load_glossary()
    row = known(("Пошкоджено 120 будинків і 3 школи.", "It damaged 120 houses and 3 schools."), glossary)
    assert row.findings == ()
    assert "number-missing" in {finding.code for finding in new_findings(row, "It damaged 170 houses and 3 schools.")}
    worse = known((row.pair[0], "It damaged 170 houses and 3 schools."), glossary)
    assert new_findings(worse, worse.pair[1]) == []


def test_precision_at_the_base_rate():
    kinds = {"name: a": {"planted": 10, "recall_any": 0.8}, "unit: b": {"planted": 10, "recall_any": 1.0}}
    # 0.9 x 0.2 caught against 0.05 x 0.8 false alarms.
    assert precision(kinds, 0.05)["precision"] == pytest.approx(0.18 / 0.22, abs=1e-4)

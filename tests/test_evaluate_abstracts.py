"""Abstracts measured: cases out of JSON lines, leads, facts that a document does not have, stopped runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vistka.errors import InputError, UsageError
from vistka.evaluate.abstract_runs import write_abstracts
from vistka.evaluate.abstracts import (
    AbstractsRun,
    Case,
    Written,
    checked_kinds,
    factuality,
    lead,
    lead_within,
    parse_fields,
    read_cases,
    unsupported_facts,
)
from vistka.evaluate.abstracts_report import abstracts_report
from vistka.options import Options
from vistka.progress import SilentProgress

DOCUMENT = (
    "The council of Lviv met on Tuesday. It gave 12 million hryvnias for the new bridge. "
    "Mayor Petrenko said the bridge was needed by everyone. Work begins in May."
)
UKRAINIAN = "Рада Львова зібралася у вівторок. Вона дала 12 мільйонів гривень на новий міст."
OPTIONS = Options(use_memory=False)


def case(document: str = DOCUMENT, **more: str) -> Case:
    return Case(document, more.get("reference"), more.get("hypothesis"), more.get("english", ""), "a.jsonl:1")


def put(folder: Path, *rows: object) -> Path:
    path = folder / "a.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_cases_are_read_by_the_names_that_the_file_uses(tmp_path: Path) -> None:
    path = put(tmp_path, {"article": "A b.", "summary": "A.", "id": 7}, {"article": "C d.", "summary": "C."})
    cases = read_cases(path, parse_fields("document=article, reference=summary"))
    assert [(one.document, one.reference, one.hypothesis) for one in cases] == [
        ("A b.", "A.", None),
        ("C d.", "C.", None),
    ]
    assert cases[1].where == f"{path}:2"


@pytest.mark.parametrize("fields", ["article", "text=article", "document="])
def test_a_field_that_is_none_is_refused(fields: str) -> None:
    with pytest.raises(UsageError, match="--fields: not a field"):
        parse_fields(fields)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"document": ""}, "no field document"),
        ({"article": "x"}, "no field document"),
        ({"document": 5}, "document is no text"),
        (["x"], "not a JSON object"),
        ({"document": "x", "reference": "y"}, r"a\.jsonl:1: no reference, which other lines have"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, row: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_cases(put(tmp_path, {"document": "x"}, row), parse_fields(""))
    (tmp_path / "b.jsonl").write_text("{\n")
    with pytest.raises(InputError, match=r"b\.jsonl:1: not JSON"):
        read_cases(tmp_path / "b.jsonl", parse_fields(""))


def test_a_lead_is_whole_sentences() -> None:
    assert lead(DOCUMENT) == DOCUMENT.removesuffix(" Work begins in May.")
    assert lead("One.\nTwo.\n\nThree. Four.", 2) == "One. Two."
    assert lead_within(DOCUMENT, 90) == (
        "The council of Lviv met on Tuesday. It gave 12 million hryvnias for the new bridge."
    )
    assert lead_within(DOCUMENT, 10) == "The council of Lviv met on Tuesday."
    assert lead("") == lead_within("", 10) == ""


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("The council of Lviv gave 12 million hryvnias for the bridge.", []),
        ("The council gave 15 million hryvnias for the bridge.", ["number"]),
        ("The council gave the money to Mayor Savchenko.", ["name"]),
        ('Mayor Petrenko said: "We shall build it."', ["quotation"]),
        ("Work on the bridge begins in June.", ["date"]),
        ("Work on the bridge begins on 3 June.", ["date", "number"]),
    ],
)
def test_each_kind_of_fact_is_told(text: str, kinds: list[str]) -> None:
    assert sorted({fact.kind for fact in unsupported_facts(text, case())}) == kinds


def test_of_a_ukrainian_document_names_are_compared_only_with_its_english() -> None:
    text = "The council of Odesa gave 15 million hryvnias."
    assert checked_kinds(case(UKRAINIAN)) == ("number", "date")
    assert {fact.kind for fact in unsupported_facts(text, case(UKRAINIAN))} == {"number"}
    english = case(UKRAINIAN, english="The council of Lviv met on Tuesday. It gave 12 million hryvnias.")
    assert {fact.kind for fact in unsupported_facts(text, english)} == {"number", "name"}


def test_unsupported_facts_are_counted_by_verdict() -> None:
    written = [
        Written("The council gave 15 million hryvnias to Mayor Savchenko.", "pass"),
        Written("The council of Lviv met on Tuesday.", "pass"),
        Written("The council gave 9 million hryvnias.", "warn"),
        Written("", "refused", "no news"),
    ]
    found = factuality(written, [case()] * 4)
    assert list(found) == ["pass", "warn"]
    assert (found["pass"].abstracts, found["pass"].unfaithful, found["pass"].indices) == (2, 1, (0,))
    assert found["pass"].by_kind == {"name": 1, "number": 1}
    assert (found["pass"].share_0_1, found["warn"].share_0_1) == (0.5, 1.0)


def test_given_abstracts_are_taken_as_they_are() -> None:
    run = write_abstracts([case(hypothesis="Anything.")], OPTIONS, SilentProgress())
    assert run == AbstractsRun("given", (Written("Anything.", "given"),), {})


def test_english_abstracts_need_no_model_and_a_document_without_news_is_told(tmp_path: Path) -> None:
    cases = [case(reference="The council of Lviv pays for a bridge."), case("***", reference="Nothing.")]
    save = tmp_path / "run.jsonl"
    run = write_abstracts(cases, OPTIONS, SilentProgress(), save=save)
    assert run.name == "extractive"
    assert [one.verdict for one in run.written] == ["pass", "refused"]
    assert write_abstracts(cases, OPTIONS, SilentProgress(), save=save, resume=True) == run
    # Stopped after the first one, it goes on with the second.
    save.write_bytes(b"".join(save.read_bytes().splitlines(keepends=True)[:2]))
    again = write_abstracts(cases, OPTIONS, SilentProgress(), save=save, resume=True)
    assert [(one.text, one.verdict) for one in again.written] == [(one.text, one.verdict) for one in run.written]
    with pytest.raises(UsageError, match="max_chars was 200, is 100"):
        write_abstracts(cases, Options(use_memory=False, max_chars=100), SilentProgress(), save=save, resume=True)
    report = abstracts_report(tmp_path / "a.jsonl", cases, run, max_chars=200, total=2, chosen="all")
    assert report["verdicts"] == {"pass": 1, "refused": 1}
    assert [row["where"] for row in report["refused"]] == ["a.jsonl:1"]
    assert list(report["rouge"]) == ["abstracts", "lead-3", "lead within 200 characters"]
    assert report["rouge"]["abstracts"]["documents"] == 2


def test_without_references_there_is_no_rouge_and_without_english_no_lead(tmp_path: Path) -> None:
    written = (Written("The council gave 12 million hryvnias.", "given"),)
    name = tmp_path / "a.jsonl"

    def report(one: Case) -> dict[str, object]:
        return abstracts_report(name, [one], AbstractsRun("given", written, {}), max_chars=200, total=1, chosen="all")

    assert report(case())["rouge"] is None
    of_ukrainian = report(case(UKRAINIAN, reference="The council gave 12 million hryvnias."))
    assert list(of_ukrainian["rouge"]) == ["abstracts"]  # type: ignore[call-overload]
    assert of_ukrainian["only_numbers_and_dates_checked"] == 1
    # Lead-3 has no limit to keep when the abstracts were given.
    assert list(report(case(reference="The council met."))["rouge"]) == ["abstracts", "lead-3"]  # type: ignore[call-overload]

"""One family of errors, each with its exit status, its HTTP status and one line."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vistka import errors
from vistka.errors import InputError, VistkaError


def family(base: type[VistkaError] = VistkaError) -> list[type[VistkaError]]:
    return [base, *(found for child in base.__subclasses__() for found in family(child))]


EXPECTED = {
    "UsageError": (2, 400),
    "UnknownModelError": (2, 400),
    "UnknownCorrectionError": (2, 400),
    "ConfigurationError": (2, 400),
    "InputError": (3, 422),
    "EmptyInputError": (3, 422),
    "NotTextError": (3, 422),
    "TooLargeError": (3, 413),
    "NothingToTranslateError": (3, 422),
    "UnsupportedFormatError": (3, 415),
    "ModelError": (4, 503),
    "ModelMissingError": (4, 503),
    "DamagedWeightsError": (4, 503),
    "FetchError": (4, 503),
    "EngineError": (4, 503),
    "ResourceError": (5, 507),
    "ServiceError": (6, 503),
    "BusyError": (6, 503),
    "DeadlineError": (6, 504),
    "WorkCancelledError": (6, 499),
    "KeyMissingError": (6, 401),
    "KeyInvalidError": (6, 403),
    "ScopeError": (6, 403),
    "RateLimitError": (6, 429),
    "QuotaError": (6, 456),
    "NotFoundError": (6, 404),
    "ConflictError": (6, 409),
    "FaultError": (70, 500),
    "InterruptedByUserError": (130, 499),
}


def test_every_class_has_the_statuses_of_its_branch() -> None:
    found = {kind.__name__: (kind.exit_code, kind.http_status) for kind in family()[1:]}
    assert found == EXPECTED


def test_the_tree_at_the_top_names_every_class_and_the_statuses_it_states() -> None:
    rows = re.findall(r"── (\w+)(.*)", errors.__doc__ or "")
    assert {name for name, _ in rows} == set(EXPECTED)
    for name, rest in rows:
        for label, index in (("exit", 0), ("HTTP", 1)):
            stated = re.search(rf"{label} (\d+)", rest)
            assert stated is None or int(stated.group(1)) == EXPECTED[name][index], name


@given(st.text(), st.text(), st.text())
def test_an_error_is_always_one_line(what: str, where: str, next_step: str) -> None:
    line = VistkaError(what, where=where, next_step=next_step).line()
    assert len(line.splitlines()) <= 1
    assert line == line.strip()


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (
            InputError("no such file", where="a\nb.txt", next_step="check the path"),
            "a b.txt: no such file; check the path",
        ),
        (InputError("no such file"), "no such file"),
        (InputError("no such file", next_step="check"), "no such file; check"),
    ],
)
def test_it_says_where_what_and_what_to_do(error: VistkaError, line: str) -> None:
    assert (error.line(), str(error)) == (line, line)

"""The OpenAPI document of all dialects against the service itself: whatever comes in, what goes out is as it says.

The requests go over a port of this machine, through all that stands before the routes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from vistka.tests.serve_app import running, scripted_app

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]
# The other dialects take what their clients send, whatever it is; the native API refuses what it does not know.
NATIVE_CHECKS = [*CHECKS, negative_data_rejection]


def _document() -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        return scripted_app(Path(folder)).openapi()


schema = schemathesis.openapi.from_dict(_document())


@pytest.fixture(scope="module")
def base_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("service")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VISTKA_GLOSSARY", str(folder / "glossary.toml"))
        with running(scripted_app(folder)) as url:
            yield url


@schema.parametrize()
@settings(max_examples=5, suppress_health_check=list(HealthCheck))
def test_whatever_comes_in(case: Any, base_url: str) -> None:
    native = case.operation.path.startswith("/v1/")
    case.call_and_validate(base_url=base_url, checks=NATIVE_CHECKS if native else CHECKS, timeout=30)


def test_the_document_holds_every_dialect() -> None:
    paths = set(_document()["paths"])
    assert {"/v1/translate", "/v1/blurb", "/v1/documents", "/v2/translate", "/translate", "/listPairs"} <= paths

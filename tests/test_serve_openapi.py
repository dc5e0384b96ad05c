"""The OpenAPI of all dialects against the service itself: whatever comes in, what goes out is as it says.

The service's own document has the native API and LibreTranslate; `dialect_documents` has what the clients of DeepL and
Apertium need back. The requests go over a port of this machine, through all that stands before the routes.
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
)

from vistka.tests.dialect_documents import APERTIUM, DEEPL
from vistka.tests.serve_app import running, scripted_app

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# The other dialects take what their clients send, whatever it is; the native API refuses what it does not know.
NATIVE_CHECKS = [*CHECKS, negative_data_rejection]


def _document() -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        return scripted_app(Path(folder)).openapi()


schema = schemathesis.openapi.from_dict(_document())
deepl = schemathesis.openapi.from_dict(DEEPL)
apertium = schemathesis.openapi.from_dict(APERTIUM)
FEW = settings(max_examples=5, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def base_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("service")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VISTKA_GLOSSARY", str(folder / "glossary.toml"))
        with running(app := scripted_app(folder)) as url:
            app.state.context.service.wait_ready()
            yield url


def check(case: Any, base_url: str, checks: list[Any]) -> None:
    case.call_and_validate(base_url=base_url, checks=checks, timeout=30)


@schema.parametrize()
@FEW
def test_whatever_comes_in(case: Any, base_url: str) -> None:
    check(case, base_url, NATIVE_CHECKS if case.operation.path.startswith("/v1/") else CHECKS)


@deepl.parametrize()
@FEW
def test_whatever_comes_from_a_client_of_deepl(case: Any, base_url: str) -> None:
    check(case, base_url, CHECKS)


@apertium.parametrize()
@FEW
def test_whatever_comes_from_a_client_of_apertium(case: Any, base_url: str) -> None:
    check(case, base_url, CHECKS)


def test_the_document_holds_the_native_api_and_libretranslate() -> None:
    paths = set(_document()["paths"])
    assert {"/v1/translate", "/v1/blurb", "/v1/documents", "/v1/memory", "/translate", "/detect"} <= paths

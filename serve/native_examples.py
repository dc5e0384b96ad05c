"""Examples of the native API for its OpenAPI document. A test sends each request and compares the answer.

Recipe, confidence, ids and times are those of one run; all else must come out as it stands in the file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

_FILE = Path(__file__).with_suffix(".json")


@dataclass(frozen=True, slots=True)
class Examples:
    """Those of one route.

    Attributes:
        by_name: name → `summary`, `request` (the body, null where it has none) and `answer`.
    """

    by_name: dict[str, dict[str, Any]]

    def requests(self) -> Any:
        """As `Body(openapi_examples=…)` takes them."""
        return {name: {"summary": one["summary"], "value": one["request"]} for name, one in self.by_name.items()}

    def answers(self, model: type[BaseModel], status: int = 200) -> dict[int | str, dict[str, Any]]:
        """As `responses=` takes them."""
        values = {name: {"summary": one["summary"], "value": one["answer"]} for name, one in self.by_name.items()}
        return {status: {"model": model, "content": {"application/json": {"examples": values}}}}


@lru_cache(maxsize=1)
def all_examples() -> dict[str, Examples]:
    """Method and path → the examples of the route."""
    return {route: Examples(rows) for route, rows in json.loads(_FILE.read_text(encoding="utf-8")).items()}


def examples(route: str) -> Examples:
    """The examples of a route such as `POST /v1/translate`."""
    return all_examples()[route]

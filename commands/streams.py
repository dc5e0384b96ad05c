"""Where a command's words go: results to standard output, everything else to standard error."""

from __future__ import annotations

import json
import sys


def print_line(line: str) -> None:
    """A line of the result."""
    sys.stdout.write(line + "\n")


def tell_line(line: str) -> None:
    """A line for the person at the terminal."""
    sys.stderr.write(line + "\n")


def json_line(value: object) -> str:
    """`value` as JSON on one line, Ukrainian letters as they are."""
    return json.dumps(value, ensure_ascii=False)

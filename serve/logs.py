"""Log lines as JSON, one object a line. The text of a request is never in them, unless the settings ask for it."""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from datetime import UTC, datetime
from typing import TextIO

LOGGER = "vistka.serve"
_FIELDS = "vistka_fields"


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        line |= getattr(record, _FIELDS, {})
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = repr(record.exc_info[1])
            line["where"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(record.exc_info[2])
            ]
        return json.dumps(line, ensure_ascii=False, default=str)


def write_logs(stream: TextIO | None = None, *, quiet: bool = False) -> None:
    """Send the service's log lines, and uvicorn's, to `stream` (standard error). For a program, not for a library.

    Args:
        stream: where to.
        quiet: errors only.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_JsonLines())
    for name in (LOGGER, "uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(logging.ERROR if quiet else logging.INFO if name == LOGGER else logging.WARNING)


def log(event: str, /, *, level: int = logging.INFO, **fields: object) -> None:
    """One line about `event`; fields that are None or empty are left out."""
    shown = {key: value for key, value in fields.items() if value is not None and value != ""}
    logging.getLogger(LOGGER).log(level, event, extra={_FIELDS: shown})


def log_fault(event: str, /, **fields: object) -> None:
    """An exception that is being handled and is a fault of the program, with where it was raised."""
    logging.getLogger(LOGGER).error(event, exc_info=True, extra={_FIELDS: fields})


def milliseconds_since(begin: float) -> float:
    """Of `time.monotonic`, to a tenth."""
    return round((time.monotonic() - begin) * 1000, 1)

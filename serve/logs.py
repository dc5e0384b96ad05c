"""Log lines as JSON, one object a line. The text of a request is never in them, unless the settings ask for it."""

from __future__ import annotations

import json
import logging
import secrets
import sys
import time
import traceback
from datetime import UTC, datetime
from typing import TextIO

LOGGER = "vistka.serve"
_FIELDS = "vistka_fields"
_MAX_FRAMES = 20


class _JsonLines(logging.Formatter):
    """One JSON object for each line.

    Args:
        log_text: write what the messages of faults say: they may hold what somebody wrote.
    """

    def __init__(self, *, log_text: bool) -> None:
        super().__init__()
        self._log_text = log_text

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        line |= getattr(record, _FIELDS, {})
        if record.exc_info and record.exc_info[1] is not None:
            line |= self._fault(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)

    def _fault(self, error: BaseException) -> dict[str, object]:
        """Its kind and where it was raised, and the same of what it came from."""
        frames = traceback.extract_tb(error.__traceback__, limit=-_MAX_FRAMES)
        fault: dict[str, object] = {
            "error": repr(error) if self._log_text else type(error).__name__,
            "where": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
        }
        cause = error.__cause__ or error.__context__
        return fault | {"from": self._fault(cause)} if cause is not None else fault


def write_logs(stream: TextIO | None = None, *, quiet: bool = False, log_text: bool = False) -> None:
    """Send the service's log lines, and uvicorn's, to `stream` (standard error). For a program, not for a library.

    Args:
        stream: where to.
        quiet: errors only.
        log_text: what faults say may be in the lines, too; it may be text of requests.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_JsonLines(log_text=log_text))
    for name in (LOGGER, "uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(logging.ERROR if quiet else logging.INFO if name == LOGGER else logging.WARNING)
    # It warns of broken forms in the client's own words, and the client is told of them anyway.
    logging.getLogger("python_multipart").setLevel(logging.CRITICAL)


def log(event: str, /, *, level: int = logging.INFO, **fields: object) -> None:
    """One line about `event`; fields that are None or empty are left out."""
    shown = {key: value for key, value in fields.items() if value is not None and value != ""}
    logging.getLogger(LOGGER).log(level, event, extra={_FIELDS: shown})


def log_fault(event: str, /, **fields: object) -> str:
    """An exception that is being handled and is a fault of the program, with where it was raised.

    Returns:
        The id of the line, for whoever meets the fault to tell of.
    """
    fault_id = secrets.token_hex(6)
    logging.getLogger(LOGGER).error(event, exc_info=True, extra={_FIELDS: {"id": fault_id} | fields})
    return fault_id


def milliseconds_since(begin: float) -> float:
    """Of `time.monotonic`, to a tenth."""
    return round((time.monotonic() - begin) * 1000, 1)

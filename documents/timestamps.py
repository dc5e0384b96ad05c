"""A line that states a time and its zone → that time."""

from __future__ import annotations

import re
from datetime import datetime

from vistka.text.dates import parse_timestamp

_ZONE = re.compile(r"(?:\dZ|[+-]\d{2}:?\d{2}|\b(?:GMT|UTC?|EES?T))(?:\s*\([A-Z]+\))?$", re.IGNORECASE)


def stated_time(line: str) -> datetime | None:
    """The time of publication that a whole line states; None where it states no zone, since that would be a guess."""
    line = line.strip()
    return parse_timestamp(line) if _ZONE.search(line) and ":" in line else None

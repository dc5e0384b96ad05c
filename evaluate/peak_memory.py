"""The most memory that this process had at once since it was last asked to forget."""

from __future__ import annotations

import re
from pathlib import Path

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")
_RESET_PEAK = "5"
"""Written to `clear_refs`, sets the peak to what is in use now (proc_pid_clear_refs(5), Linux 4.0)."""


def reset_peak() -> bool:
    """Forget the peak so far; False where the system cannot, so that no system is charged with another one's peak."""
    try:
        _CLEAR.write_text(_RESET_PEAK, encoding="ascii")
    except OSError:
        return False
    return True


def peak_mib() -> int | None:
    """Peak resident memory in MiB (`VmHWM`); None where the system does not tell."""
    try:
        found = re.search(r"^VmHWM:\s*(\d+) kB", _STATUS.read_text(encoding="ascii"), re.MULTILINE)
    except (OSError, ValueError):
        return None
    return round(int(found[1]) / 1024) if found else None

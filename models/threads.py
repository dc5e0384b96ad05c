"""How many cores there are for us, and calls into C++ that Ctrl-C can interrupt."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")

_CGROUP_LIMIT = Path("/sys/fs/cgroup/cpu.max")
_POLL_S = 0.1
_GRACE_S = 5.0


def usable_cores() -> int:
    """Cores that this process may use: its affinity, and the share that its control group (a container) grants."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, _granted_cores(cores)))


def _granted_cores(otherwise: int) -> int:
    try:
        quota, period = _CGROUP_LIMIT.read_text(encoding="ascii").split()
        return otherwise if quota == "max" else max(1, round(int(quota) / int(period)))
    except (OSError, ValueError):
        return otherwise


def run_interruptibly(call: Callable[[threading.Event], Result]) -> Result:
    """What `call` returns or raises, with Ctrl-C heard while it runs.

    Python hears signals in its main thread between two of its own instructions, and a call into C++ that lasts a
    minute has none. So the call runs in a thread of its own while this one waits. On Ctrl-C (or any other exception
    raised here) the event that `call` was given is set, and KeyboardInterrupt goes on as soon as the call has looked at
    it and ended, or after five seconds. (It is waited for because a process that ends while a thread is on its way
    back from C++ into Python may be aborted.)
    """
    cancelled, done = threading.Event(), threading.Event()
    results: list[Result] = []
    failures: list[BaseException] = []

    def work() -> None:
        try:
            results.append(call(cancelled))
        except BaseException as failure:  # handed over to the waiting thread, which raises it
            failures.append(failure)
        finally:
            done.set()

    # A daemon: a call that does not look at the event must not keep the process from ending.
    thread = threading.Thread(target=work, name="vistka-engine", daemon=True)
    try:
        thread.start()
        # In slices, because a wait without an end hears no signal on Windows.
        while not done.wait(_POLL_S):
            pass
    finally:
        cancelled.set()
        done.wait(_GRACE_S)
    if failures:
        raise failures[0]
    return results[0]

"""Waiting for what has no event of its own, such as another process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

LOOK_S = 0.005
DEADLINE_S = 900.0
"""What a broken program is given up after, wherever a test waits; never a measure of the machine.

The slowest thing awaited is a report, a dozen seconds of a core with its process's start, made at nice 10 (`NICE` of
server/reports/reporter.py): the kernel weighs that 110 to the 1024 of any other, so beside six of these on two cores
it gets 2 × 110 / (6 × 1024 + 110) = 3.5 % of one, and is done after six minutes. The whole test is given up after twice
this (`--timeout` in pyproject.toml), so that the one that waits says what it waited for.
"""


def until(
    true: Callable[[], Any], what: str = "it", deadline_s: float = DEADLINE_S, despite: type[Exception] | tuple[()] = ()
) -> Any:
    """Look at `true` every 5 ms, leaving the machine to what is awaited; its answer, once it is true.
    What fails as in `despite` is not so yet.
    """
    end = time.monotonic() + deadline_s
    pause = threading.Event()
    while True:
        try:
            if found := true():
                return found
        except despite:
            pass
        assert time.monotonic() < end, f"{what} did not happen in {deadline_s:g} s"
        pause.wait(LOOK_S)

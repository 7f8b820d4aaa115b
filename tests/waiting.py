"""Waiting for what has no event of its own, such as another process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

LOOK_S, PART, MOST_S = 0.005, 20, 0.1
"""The first pause between two looks, the part of the wait so far that each later one is, and the longest, seconds. A
look is often a request, which costs whoever is awaited more than this first pause.
"""
DEADLINE_S = 900.0
"""What a broken program is given up after, wherever a test waits; never a measure of the machine.

The slowest thing awaited is a report, some ten seconds of a core with its process's start, made at nice 10 (`NICE` of
server/reports/reporter.py): the kernel weighs that 110 to the 1024 of any other, so beside six of these on two cores
it gets 2 × 110 / (6 × 1024 + 110) = 3.5 % of one, and is done after five minutes. The whole test is given up after
twice this (`--timeout` in pyproject.toml), so that the one that waits says what it waited for.
"""


def until(
    true: Callable[[], Any], what: str = "it", deadline_s: float = DEADLINE_S, despite: type[Exception] | tuple[()] = ()
) -> Any:
    """Look at `true` again and again, leaving the machine to what is awaited; its answer, once it is true.
    What fails as in `despite` is not so yet.
    """
    began = time.monotonic()
    end = began + deadline_s
    pause = threading.Event()
    while True:
        try:
            if found := true():
                return found
        except despite:
            pass
        assert time.monotonic() < end, f"{what} did not happen in {deadline_s:g} s"
        pause.wait(min(max(LOOK_S, (time.monotonic() - began) / PART), MOST_S))

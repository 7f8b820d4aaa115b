"""Waiting for what has no event of its own, such as another process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

LOOK_S = 0.005
DEADLINE_S = 300.0
"""What a broken program is given up after, wherever a test waits; never a measure of the machine."""


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

"""How much work something is, counted: the same number on each machine, however busy it is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def lines_of(work: Callable[[], Any]) -> int:
    """The lines of Python that `work` runs in this thread, loops and comprehensions line by line.

    What C does within a line is not seen. A limit on it holds what a limit of seconds cannot on a machine that others
    use too: that nobody walks where he should look up.
    """
    count = 0

    def traced(frame: FrameType, event: str, arg: object) -> Any:
        nonlocal count
        count += event == "line"
        return traced

    before = sys.gettrace()
    sys.settrace(traced)
    try:
        work()
    finally:
        sys.settrace(before)
    return count

"""One thread at a time where threads would only wait for each other.

Each question to SQLite gives Python's lock away and takes it back. Sixteen threads that ask twenty questions each hand
it round some hundred times for one key at a counter, and the hand-overs cost more than the work. So the writer's turns,
the keys of counters, the touches at kiosks and the making of consoles go through here one after the other; whoever
waits for the disk stands outside meanwhile.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Any


class Turnstile:
    """`with turnstile:` lets one thread in at a time, in the order in which they came; one that is inside already goes
    on. `outside` lets the next in while something is waited for.

    Nobody may wait inside for what another does inside.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken = False
        self._line: deque[threading.Lock] = deque()
        self._mine = threading.local()

    def __enter__(self) -> None:
        depth = getattr(self._mine, "depth", 0)
        if not depth:
            self.enter()
        self._mine.depth = depth + 1

    def __exit__(self, *error: object) -> None:
        self._mine.depth -= 1
        if not self._mine.depth:
            self.leave()

    def enter(self, *, first: bool = False) -> None:
        """`first`: before all who wait."""
        with self._lock:
            if not self._taken:
                self._taken = True
                return
            turn = threading.Lock()
            turn.acquire()
            (self._line.appendleft if first else self._line.append)(turn)
        turn.acquire()  # released by whoever leaves: it stays taken meanwhile

    def leave(self) -> None:
        with self._lock:
            if self._line:
                self._line.popleft().release()
            else:
                self._taken = False

    def outside(self, wait: Any) -> Any:
        """What `wait()` gives or raises; whoever is inside stands outside until then."""
        if not getattr(self._mine, "depth", 0):
            return wait()
        self.leave()
        try:
            return wait()
        finally:
            self.enter()

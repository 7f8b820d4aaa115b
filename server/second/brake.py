"""How often a password may be tried at the page of a machine that is no hub: it can't write a lock down, so it counts.

As at the hub's login what is typed wrong at one address keeps nobody out at another. Times are those of a clock that
only goes on, seconds.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from config import Text, Told
from server.verbs.accounts import digest

TRIES, TRIES_S = 5, 60.0
"""Wrong passwords of one staff number at one address within so long."""
OF_ADDRESS = 20
"""Wrong passwords of one address within the same time, whatever the number."""
AT_ONCE = 3
"""So many are looked at, or wait for it, at once; the page has more threads, which are the witness's."""
NOTED = 10_000

TOO_MANY = Text("密码输错太多：请过一分钟再试。", "Too many wrong passwords: try again in a minute.")
BUSY = Text(
    "有人正在输入密码：请过几秒再按一次。", "Somebody else's password is being looked at: press again in a few seconds."
)
WRONG = Text("工号或密码不对，或者不是管理人员。", "Staff number or password is wrong, or not a manager's.")


class Braked(Told):
    """The password was wrong, or is not looked at now."""


class Brake:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._doors = threading.BoundedSemaphore(AT_ONCE)
        self._wrong: dict[tuple[str, str], list[float]] = {}

    @contextmanager
    def door(self) -> Iterator[None]:
        """While somebody's password is looked at. Raises Braked at once where too many are at it."""
        if not self._doors.acquire(blocking=False):
            raise Braked(*BUSY)
        try:
            yield
        finally:
            self._doors.release()

    def try_one(self, staff: str, address: str, is_right: Callable[[], bool]) -> None:
        """Raises Braked for a wrong password, and where too many were wrong before; then it is not looked at."""
        who = digest(staff.strip()), address
        with self.door():
            with self._lock:
                self._forget()
                mine = len(self._wrong.get(who, ()))
                of_address = sum(len(times) for (_, where), times in self._wrong.items() if where == address)
            if mine >= TRIES or of_address >= OF_ADDRESS:
                raise Braked(*TOO_MANY)
            if not is_right():
                with self._lock:
                    self._wrong.setdefault(who, []).append(self._clock())
                raise Braked(*WRONG)

    def _forget(self) -> None:
        since = self._clock() - TRIES_S
        kept = {who: left for who, times in self._wrong.items() if (left := [at for at in times if at > since])}
        self._wrong = dict([*kept.items()][-NOTED:])

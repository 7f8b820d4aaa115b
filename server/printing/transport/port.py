"""What a way to a printer can do.

Every write, read, connect and close has a time limit; a port raises OSError and nothing else.
"""

from __future__ import annotations

import math
from typing import Protocol


class Stuck(OSError):
    """The printer takes no more bytes: `accepted` of them had gone out before."""

    def __init__(self, accepted: int) -> None:
        super().__init__(f"took {accepted} bytes and no more")
        self.accepted = accepted


class Port(Protocol):
    """An open way to a printer."""

    def write(self, data: bytes, timeout: float, limit: float = math.inf) -> None:
        """Send everything.

        Stuck when no byte goes for `timeout` seconds, or all take longer than `limit`; OSError when the line is
        gone.
        """

    def read(self, timeout: float) -> bytes:
        """What has come back; empty when nothing came within `timeout` seconds. OSError when the line is gone."""

    def lines(self) -> int | None:
        """The parallel port's status lines where the way has them (status.parallel reads them), else None."""

    def left(self, seconds: float) -> bool:
        """Whether every byte has left this machine within so many seconds; over TCP: whether the other end has
        acknowledged them.
        """

    def close(self) -> None:
        """Let it go, within a second: what has not gone out by then is thrown away, so that it cannot be printed
        later.
        """

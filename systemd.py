"""The word to systemd that a program is ready, alive or stopping (sd_notify). Without systemd it says nothing."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

ALIVE_S = 5.0
"""So often a program that waits says that it is alive; well within every WatchdogSec of deploy/."""


def tell(word: str) -> None:
    """`READY=1`, `WATCHDOG=1` or `STOPPING=1` to the unit's Type=notify socket."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as line:
            try:
                line.sendto(word.encode(), "\0" + address[1:] if address.startswith("@") else address)
            except OSError:
                return  # nobody listens any more; the unit's own time limit decides


@contextmanager
def waiting(every_s: float = ALIVE_S) -> Iterator[None]:
    """While a program waits for a person or for its hub: it is up and alive, and nobody is to end it for that."""
    over = threading.Event()

    def alive() -> None:
        tell("WATCHDOG=1")
        while not over.wait(every_s):
            tell("WATCHDOG=1")

    tell("READY=1")
    thread = threading.Thread(target=alive, name="alive", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()

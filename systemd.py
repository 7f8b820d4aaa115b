"""The word to systemd that a program is ready, alive or stopping (sd_notify). Without systemd it says nothing."""

from __future__ import annotations

import os
import socket


def tell(word: str) -> None:
    """`READY=1`, `WATCHDOG=1` or `STOPPING=1` to the unit's Type=notify socket."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as line:
            try:
                line.sendto(word.encode(), "\0" + address[1:] if address.startswith("@") else address)
            except OSError:
                return  # nobody listens any more; the unit's own time limit decides

"""Where a virtual wire is plugged in: a pseudo-terminal under a device's name, or a TCP port as a serial-over-IP box
has it. Reads no byte's meaning.
"""

from __future__ import annotations

import os
import socket
import tty
from pathlib import Path
from typing import Any, Protocol

from polling import Bell, readable


class Plug(Protocol):
    """One end of a wire."""

    name: str
    """What the other end may open: a pseudo-terminal's path, or "host:port"."""

    def ready(self, wait_s: float, wake: Bell) -> bool: ...
    def read(self) -> bytes: ...
    def write(self, piece: bytes) -> bool: ...
    def close(self) -> None: ...


class Pty:
    """A pseudo-terminal, linked at `device`. Whoever has it open is hung up when it is closed."""

    def __init__(self, device: Path) -> None:
        self._device = device
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.name = os.ttyname(self._slave)
        try:
            link(device, self.name)
        except OSError:
            self._hang_up()
            raise

    def ready(self, wait_s: float, wake: Bell) -> bool:
        """Whether bytes came within the time; earlier if `wake` can be read."""
        return self._master in readable(self._master, wake, seconds=wait_s)

    def read(self) -> bytes:
        return os.read(self._master, 4096)

    def write(self, piece: bytes) -> bool:
        """False if nobody reads."""
        try:
            os.write(self._master, piece)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        if self._device.is_symlink() and os.readlink(self._device) == self.name:
            self._device.unlink()
        self._hang_up()

    def _hang_up(self) -> None:
        os.close(self._master)
        os.close(self._slave)


class Door:
    """A TCP port for one caller at a time; a newer caller takes the place of the one before.

    `port` 0 picks a free one.
    """

    def __init__(self, port: int) -> None:
        self._door = socket.create_server(("127.0.0.1", port))
        self._peer: socket.socket | None = None
        self.port: int = self._door.getsockname()[1]
        self.name = f"127.0.0.1:{self.port}"

    def ready(self, wait_s: float, wake: Bell) -> bool:
        watched: list[Any] = [self._door, wake, *([self._peer] if self._peer else [])]
        found = readable(*watched, seconds=wait_s)
        if self._door in found:
            self._leave()
            self._peer = self._door.accept()[0]
        return self._peer is not None and self._peer in found

    def read(self) -> bytes:
        try:
            piece = self._peer.recv(4096) if self._peer else b""
        except OSError:
            piece = b""
        if not piece:
            self._leave()
        return piece

    def write(self, piece: bytes) -> bool:
        try:
            if self._peer:
                self._peer.sendall(piece)
        except OSError:
            self._leave()
        return True

    def close(self) -> None:
        self._leave()
        self._door.close()

    def _leave(self) -> None:
        if self._peer:
            self._peer.close()
        self._peer = None


def link(device: Path, pty: str) -> None:
    """Make `device` a link to a pseudo-terminal. Only an old link to one, or a dead link, is replaced."""
    if device.is_symlink():
        if device.exists() and not str(device.resolve()).startswith("/dev/pts/"):
            raise FileExistsError(f"{device}: leads to a real device; give the virtual wire another path")
    elif device.exists():
        raise FileExistsError(f"{device}: is a real device or file; give the virtual wire another path")
    device.parent.mkdir(parents=True, exist_ok=True)
    new = device.with_name(f".{device.name}.{os.getpid()}")
    new.unlink(missing_ok=True)
    new.symlink_to(pty)
    new.replace(device)

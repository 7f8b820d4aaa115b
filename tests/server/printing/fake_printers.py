"""Small printers for tests, on real sockets and pseudo-terminals: each has one way to misbehave.

They print nothing and count bytes.
"""

from __future__ import annotations

import os
import pty
import socket
import threading
import tty
from collections.abc import Callable
from typing import Any

from tests.waiting import DEADLINE_S

READY = {1: b"\x16", 2: b"\x12", 3: b"\x12", 4: b"\x12"}


class Talker:
    """Answers DLE EOT and GS r as a ready printer; `got` is all that came. Subclasses spoil something."""

    def __init__(self) -> None:
        self.got = b""
        self.come = threading.Condition()
        self._seen = b""

    def answer(self, data: bytes) -> bytes:
        """Feed it; what it says."""
        said = b""
        for byte in data:
            self._seen = (self._seen + bytes((byte,)))[-8:]
            said += self.to(self._seen)
        with self.come:
            self.got += data
            self.come.notify_all()
        return said

    def to(self, seen: bytes) -> bytes:
        """What it says to the last bytes, at most eight."""
        if seen[-3:-1] == b"\x10\x04":
            return self.status(seen[-1])
        return self.confirmation() if seen.endswith(b"\x1d\x72\x01") else b""

    def status(self, n: int) -> bytes:
        return READY.get(n, b"")

    def confirmation(self) -> bytes:
        return b"\x00"

    def wait_for(self, so: Callable[[bytes], bool], seconds: float = DEADLINE_S) -> None:
        with self.come:
            assert self.come.wait_for(lambda: so(self.got), seconds), self.got


class TcpPrinter:
    """A Talker on a port. `serve` may be replaced: it gets each connection."""

    def __init__(self, talker: Talker, serve: Callable[[socket.socket, Talker], Any] | None = None) -> None:
        self.talker = talker
        self._serve = serve or _converse
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.kept: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.kept.append(client)
            try:
                self._serve(client, self.talker)
            except OSError:
                client.close()

    def close(self) -> None:
        self._listener.close()
        for client in self.kept:
            client.close()


def _converse(client: socket.socket, talker: Talker) -> None:
    while data := client.recv(4096):
        if said := talker.answer(data):
            client.sendall(said)
    client.close()


class PtyPrinter:
    """A Talker on a pseudo-terminal. `most`: bytes that it ever reads, then it stands still."""

    def __init__(self, talker: Talker, most: int | None = None) -> None:
        self.talker = talker
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        self.device = os.ttyname(self._slave)
        self._left = most
        threading.Thread(target=self._read, daemon=True).start()

    def say(self, data: bytes) -> None:
        os.write(self._master, data)

    def _read(self) -> None:
        while self._left is None or self._left > 0:
            try:
                data = os.read(self._master, 4096 if self._left is None else self._left)
            except OSError:
                return
            self._left = None if self._left is None else self._left - len(data)
            if said := self.talker.answer(data):
                os.write(self._master, said)

    def close(self) -> None:
        os.close(self._slave)
        os.close(self._master)

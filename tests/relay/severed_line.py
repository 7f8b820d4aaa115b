"""A line between a hub and its relay that a test cuts and mends: bytes both ways, or none at all."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class Line:
    """Listens at `port` and passes everything on to `to`. Cut, it ends every connection at once and takes no new one;
    `swallow_answers` lets what the hub says through and ends the connection before it hears the answer.
    """

    def __init__(self, to: int) -> None:
        self._to = to
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._cut = False
        self.swallow_answers = False
        self._ear = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._ear.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def cut(self) -> None:
        with self._lock:
            self._cut = True
            self._end_all()

    def mend(self) -> None:
        with self._lock:
            self._cut = False

    def close(self) -> None:
        self._ear.close()
        self.cut()

    def _end_all(self) -> None:
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _listen(self) -> None:
        while True:
            try:
                hub, _ = self._ear.accept()
            except OSError:
                return
            with self._lock:
                if self._cut:
                    hub.close()
                    continue
                relay = socket.create_connection(("127.0.0.1", self._to))
                self._open |= {hub, relay}
            for one, other, back in ((hub, relay, False), (relay, hub, True)):
                threading.Thread(target=self._pass, args=(one, other, back), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket, back: bool) -> None:
        with suppress(OSError):
            while said := one.recv(1 << 16):
                if back and self.swallow_answers:
                    break
                other.sendall(said)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

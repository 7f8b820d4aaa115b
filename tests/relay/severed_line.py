"""A line between a hub and its relay that a test cuts and mends: bytes both ways, or none at all."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class Line:
    """Listens at `port` and passes everything on to `to`. Cut, it ends each connection and takes no new one."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._open: set[tuple[socket.socket, socket.socket]] = set()
        """(hub, relay) of each connection that the relay has not let go of."""
        self._lock = threading.Lock()
        self._cut = False
        self._ear = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._ear.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def cut(self) -> None:
        with self._lock:
            self._cut = True
            for hub, relay in self._open:
                _end(hub, socket.SHUT_RDWR)
                _end(relay, socket.SHUT_WR)

    @property
    def silent(self) -> bool:
        """Whether the relay has let go of every connection: it has then read and answered all that had come through,
        to its last byte.
        """
        return not self._open

    def mend(self) -> None:
        with self._lock:
            self._cut = False

    def close(self) -> None:
        _end(self._ear, socket.SHUT_RDWR)  # closing alone does not wake who listens
        self._ear.close()
        self.cut()

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
                self._open.add((hub, relay))
            threading.Thread(target=self._tell, args=(hub, relay), daemon=True).start()
            threading.Thread(target=self._answer, args=(hub, relay), daemon=True).start()

    def _tell(self, hub: socket.socket, relay: socket.socket) -> None:
        with suppress(OSError):
            while said := hub.recv(1 << 16):
                relay.sendall(said)
        _end(relay, socket.SHUT_WR)

    def _answer(self, hub: socket.socket, relay: socket.socket) -> None:
        """To the relay's end of it, also when nobody hears the answer any more."""
        with suppress(OSError):
            while said := relay.recv(1 << 16):
                with suppress(OSError):
                    hub.sendall(said)
        _end(hub, socket.SHUT_RDWR)
        with self._lock:
            self._open.discard((hub, relay))


def _end(one: socket.socket, how: int) -> None:
    with suppress(OSError):  # it is gone already
        one.shutdown(how)

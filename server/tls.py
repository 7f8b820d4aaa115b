"""HTTPS on the socket that waitress and the streams already know: TLS by Python's own `ssl`, one thread and no proxy.

A line says with its first byte what it speaks (RFC 8446 5.1: 22 is a handshake; no HTTP method begins so), so that the
one port serves both, and whoever still comes by http:// can be sent to https:// (`server/pages/authority.py`).
"""

from __future__ import annotations

import errno
import socket
import ssl
from pathlib import Path
from typing import Any

HANDSHAKE = b"\x16"
RECORD = 1 << 14
"""The most plain bytes of one record (RFC 8446 5.1): who reads as many at once leaves none behind inside of `ssl`,
where no poll would see them."""


class SecuredSocket(ssl.SSLSocket):
    """A socket without waiting that says "not now" as every other does, where `ssl` has words of its own."""

    def recv(self, buflen: int = RECORD, flags: int = 0) -> bytes:
        try:
            return super().recv(buflen, flags)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            raise BlockingIOError(errno.EWOULDBLOCK, "nothing to read yet") from None

    def send(self, data: Any, flags: int = 0) -> int:
        try:
            return super().send(data, flags)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            raise BlockingIOError(errno.EWOULDBLOCK, "nothing can be sent yet") from None


class Seal:
    """The certificate that new lines are answered with; changed while the hub runs, old lines keep theirs.

    Raises OSError (ssl.SSLError too) for files that are no certificate with its key.
    """

    def __init__(self, chain: Path, key: Path) -> None:
        self._files = chain, key
        self._seen = self._times()
        self._context = _context(chain, key)

    def look(self) -> bool:
        """Take the files up again if they have changed; whether they had."""
        times = self._times()
        if times == self._seen:
            return False
        self._context, self._seen = _context(*self._files), times
        return True

    def answer(self, sock: socket.socket) -> socket.socket:
        """The same line, sealed; the handshake is done by its first reads."""
        return self._context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)

    def _times(self) -> list[int]:
        return [file.stat().st_mtime_ns for file in self._files]


def _context(chain: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = SecuredSocket
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(chain, key)
    return context

"""One POST: the connection, its limits, and what came back. Decides nothing of what follows from it.

No redirects, no proxies of the environment, and an end for whoever answers a byte at a time: a deadline cuts the line.
"""

from __future__ import annotations

import http.client
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from pathlib import Path
from socket import SHUT_RDWR, socket
from urllib.parse import urlsplit

from config import Text, reasons
from server.domain.outbound import Answer

LINE_S, WHOLE_S = 10.0, 20.0
"""The longest silence of the other side, and the longest that one message may take."""
READ = 1 << 16
"""Bytes of an answer that are read; more is not ours to keep."""


class Post:
    """POSTs one after another; `abort` from another thread ends the one that is under way."""

    def __init__(self, whole_s: float = WHOLE_S) -> None:
        self._whole_s, self._open, self._cut = whole_s, threading.Lock(), False
        self._sock: socket | None = None
        """Of what is under way; the connection itself lets go of it while an answer is still read."""

    def send(self, url: str, body: bytes, headers: Mapping[str, str], ca_file: Path | None = None) -> Answer:
        """What the other side answered; a status of 0 with the reason where it did not."""
        began = time.monotonic()
        deadline = threading.Timer(self._whole_s, self.abort)
        deadline.daemon = True
        self._cut = False
        connection: http.client.HTTPConnection | None = None
        try:
            connection = _connection(url, ca_file)
            connection.connect()
            with self._open:
                self._sock = connection.sock
            deadline.start()
            where = urlsplit(url)
            connection.request("POST", where._replace(scheme="", netloc="", fragment="").geturl() or "/", body, headers)
            response = connection.getresponse()
            got = response.read(READ)
            if self._cut:
                raise TimeoutError
            return Answer(
                response.status,
                retry_after=_seconds(response.headers.get("Retry-After", "")),
                body=got,
                took_ms=_ms(began),
            )
        except (OSError, http.client.HTTPException, ValueError) as error:
            why = reasons.why(TimeoutError() if self._cut else error)
            problem = Text(
                f"连接不上对方（{why.zh}）：请检查网络和网址，稍后自动重试。",
                f"The other side is not reached ({why.en}): check the network and the URL; it is tried again.",
            )
            return Answer(0, problem, took_ms=_ms(began))
        finally:
            deadline.cancel()
            with self._open:
                self._sock = None
            if connection:
                connection.close()

    def abort(self) -> None:
        """Cut the line of what is under way."""
        with self._open:
            self._cut = True
            if self._sock is not None:
                with suppress(OSError):  # it is gone already
                    self._sock.shutdown(SHUT_RDWR)


def _connection(url: str, ca_file: Path | None) -> http.client.HTTPConnection:
    where = urlsplit(url)
    if where.scheme == "https":
        trust = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
        return http.client.HTTPSConnection(where.hostname or "", where.port, timeout=LINE_S, context=trust)
    return http.client.HTTPConnection(where.hostname or "", where.port, timeout=LINE_S)


def _seconds(text: str) -> float | None:
    """Retry-After: seconds, or a date; None for none that can be read."""
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError):
        return None


def _ms(began: float) -> int:
    return int((time.monotonic() - began) * 1000)

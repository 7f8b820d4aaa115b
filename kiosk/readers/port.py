"""A device on a serial line, and the thread that owns its port: opens it, opens it again after it was unplugged, says
so once.
"""

from __future__ import annotations

import logging
import termios
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import serial

from ports import opened

log = logging.getLogger(__name__)

TROUBLE = (OSError, serial.SerialException, termios.error)  # the last is no OSError
PAUSES_S = (0.5, 1.0, 2.0, 5.0)
LAST = 24
"""So many bytes are kept for the technician's screen."""


class Device:
    """A named device.

    `talk(port)` is called with the open port, again after each loss, and returns when `stopped` is set.

    `state` is "ok" or what is wrong, `last` the last bytes as the technician may see them: `talk` sets it.
    """

    def __init__(
        self, name: str, url: str, folder: Path, talk: Callable[[serial.Serial], None], *, timeout: float
    ) -> None:
        self.name, self.state, self.last = name, "not opened yet", ""
        self.stopped = threading.Event()
        self._at = target(url, folder)
        self._talk, self._timeout = talk, timeout
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, patience: float = 0.4) -> None:
        self.stopped.set()
        self._thread.join(patience)

    def _run(self) -> None:
        failures = 0
        while not self.stopped.is_set():
            try:
                with self._open() as port:
                    if failures:
                        log.info("%s: there again", self.name)
                    failures, self.state = 0, "ok"
                    self._talk(port)
            except TROUBLE as error:
                self.state = f"{self._at[0]}: {getattr(error, 'strerror', None) or type(error).__name__}"
                if failures == 0:
                    log.warning("%s: %s; check its plug, trying again", self.name, self.state)
                self.stopped.wait(PAUSES_S[min(failures, len(PAUSES_S) - 1)])
                failures += 1

    def _open(self) -> serial.Serial:
        name, baud = self._at
        if "://" in name:
            return opened(name, baudrate=baud, timeout=self._timeout, write_timeout=1.0)
        return opened(name, baudrate=baud, timeout=self._timeout, write_timeout=1.0, exclusive=True)


def target(url: str, folder: Path) -> tuple[str, int]:
    """What pyserial opens and its speed: "serial:PATH?baud=N", the path relative to the hall's folder, or
    "socket://host:port".
    """
    if not url.startswith("serial:"):
        return url, 9600
    path, _, query = url.removeprefix("serial:").partition("?")
    return str(folder / path), int(parse_qs(query).get("baud", ["9600"])[0])

"""The serial or USB-CDC scanner: its bytes become codes for `say`, each once. Looks only, sends nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import serial

from kiosk.readers.codes import PAUSE_S, Codes, Once
from kiosk.readers.port import LAST, Device


class Scanner:
    """`say(text)` is called from the scanner's thread for each code."""

    def __init__(
        self, url: str, folder: Path, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._say, self._clock = say, clock
        self._once = Once()
        self.device = Device("scanner", url, folder, self._talk, timeout=PAUSE_S)

    def start(self) -> None:
        self.device.start()

    def stop(self) -> None:
        self.device.stop()

    def _talk(self, port: serial.Serial) -> None:
        codes = Codes()
        while not self.device.stopped.is_set():
            piece = port.read(1)
            piece += port.read(port.in_waiting) if piece else b""
            if piece:
                self.device.last = (bytes.fromhex(self.device.last) + piece)[-LAST:].hex(" ")
            for text in codes.feed(piece) if piece else codes.pause():
                if self._once.passes(text, self._clock()):
                    self._say(text)

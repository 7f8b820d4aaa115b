"""The ID-card reader's thread: polls only while it is `wanted`, seals a number at once, and lets everything else of
the card go.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import serial

from config import Text
from kiosk.readers import sdt
from kiosk.readers.port import TROUBLE, Device
from kiosk.readers.session import Failed, Read, Turn, heard

ANSWER_S = 1.0
"""Longest wait for an answer: finding and selecting take some 0.2 s, 1295 bytes at 115200 baud 0.11 s; reading up to
0.8 s.
"""
BETWEEN_S = 0.25
"""Pause between two looks for a card."""

Sealed = Callable[[str, str, date | None], None]


class CardReader:
    """`laid(hash, mask, date of birth)` and `failed(why)` are called from the reader's thread, only between `want(key)`
    and `want(None)`.
    """

    def __init__(
        self,
        url: str,
        folder: Path,
        laid: Sealed,
        failed: Callable[[Text], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._laid, self._failed, self._clock = laid, failed, clock
        self._wish: list[bytes] | None = None
        self._news = threading.Event()
        self.device = Device("card reader", url, folder, self._talk, timeout=0.05)

    def want(self, id_key: bytes | None) -> None:
        """Read cards and seal their numbers with this key; None: don't touch the reader."""
        self._wish = None if id_key is None else [id_key]
        self._news.set()
        if id_key is not None and self.device.state not in ("ok", "not opened yet"):
            self._failed(sdt.NO_READER)

    def start(self) -> None:
        self.device.start()

    def stop(self) -> None:
        self.device.stopped.set()
        self._news.set()
        self.device.stop()

    def _talk(self, port: serial.Serial) -> None:
        try:
            self._poll(port)
        except TROUBLE:
            if self._wish:
                self._failed(sdt.NO_READER)
            raise

    def _poll(self, port: serial.Serial) -> None:
        answers, turn, before = sdt.Answers(), Turn(), self._wish
        while not self.device.stopped.is_set():
            wish = self._wish
            if wish is not before:
                turn, before = Turn(lift=turn.lift, told=False), wish
            if wish is None:
                self._pause(0.5)
                continue
            port.reset_input_buffer()
            answers.forget()
            port.write(turn.command)
            answer = self._answer(port, answers)
            self.device.last = str(answer) if answer else "no answer"
            turn, said = heard(turn, answer)
            answers.forget()
            if self._wish is wish:
                self._tell(said, wish[0])
            if turn.doing == "find":
                self._pause(BETWEEN_S)

    def _answer(self, port: serial.Serial, answers: sdt.Answers) -> sdt.Answer | None:
        end = self._clock() + ANSWER_S
        while self._clock() < end and not self.device.stopped.is_set():
            piece = port.read(1)
            found = answers.feed(piece + port.read(port.in_waiting)) if piece else []
            if found:
                return found[0]
        return None

    def _tell(self, said: Read | Failed | None, key: bytes) -> None:
        if isinstance(said, Read):
            self._laid(*sdt.seal(key, said.card.number), sdt.born(said.card.number))
        elif said:
            self._failed(said.text)

    def _pause(self, seconds: float) -> None:
        self._news.wait(seconds)
        self._news.clear()

"""One wire of boards and the thread that owns its port: sends what is due, hears the answer, reopens what was unplugged.

What is due is decided in turns.py; bytes are made by the protocol. RS-485 is half duplex: one frame, its wire time, the
board's answer or its silence, a gap, then the next. `rs485_mode` is never touched (it breaks the port object, pyserial#98).
"""

from __future__ import annotations

import logging
import re
import termios
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast

import serial

from counter_display.protocols import Language
from counter_display.turns import Health, Job, Shown, Turns

log = logging.getLogger(__name__)

TROUBLE = (OSError, serial.SerialException, termios.error)  # the last is no OSError
BITS = 10
"""Bits on the wire for a byte: 8N1 and the start bit."""
ANSWER_S = 0.15
"""Longest wait for a board's answer: its turnaround (5-50 ms), its bytes, and a USB adapter's latency (16 ms)."""
NETWORK_S = 0.35
"""The same more for serial over IP."""
GAP_S = 0.010
"""Silence between frames: the known writer waits 10 ms; 3.5 characters are 4 ms at 9600."""
PAUSES_S = (0.5, 1.0, 2.0, 5.0)
LOOK_S = 0.1
IDLE_S = 1.0


class Line(NamedTuple):
    """Where a wire is plugged in: what pyserial opens, at how many bits a second, and its device file if it has one."""

    target: str
    baud: int
    device: Path | None


def line(url: str, folder: Path) -> Line:
    """The `url` of a wire in config.toml; a device path is relative to the hall's folder. Raises ValueError."""
    if not url.startswith("serial:"):
        return Line(url, 9600, None)
    path, _, query = url.removeprefix("serial:").partition("?")
    options = dict(part.partition("=")[::2] for part in query.split("&") if part)
    unknown = sorted(set(options) - {"baud"})
    if unknown:
        raise ValueError(f"'{unknown[0]}' is no option of a serial line; write \"serial:{path}?baud=9600\"")
    baud = options.get("baud", "9600")
    if not re.fullmatch(r"[1-9]\d{2,6}", baud):
        raise ValueError(f"baud {baud!r} is no speed; write \"serial:{path}?baud=9600\"")
    return Line(str(folder / path), int(baud), folder / path)


class Bus:
    """The boards of one wire: `show` what is wanted from any thread, ask for `health`, `stop` within a second."""

    def __init__(self, name: str, at: Line, protocol: Language, addresses: Mapping[str, int], refresh_s: float) -> None:
        self.name = name
        self._at, self._protocol = at, protocol
        self._turns = Turns(addresses, refresh_s)
        self._complained: dict[str, str] = {}
        self._turn = threading.Condition()
        self._stopped = threading.Event()
        self._sending = False
        self._worked = False  # something answered since the port was opened
        self._thread = threading.Thread(target=self._run, name=f"wire {name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float = 0.5) -> None:
        self._stopped.set()
        with self._turn:
            self._turn.notify_all()
        self._thread.join(timeout)

    def show(self, wanted: Mapping[str, Shown]) -> None:
        """Board id -> what it should show from now on."""
        with self._turn:
            for board, shown in wanted.items():
                self._turns.want(board, shown, time.monotonic())
                self._complain(board, shown.text)
            self._turn.notify_all()

    def _complain(self, board: str, text: str) -> None:
        """Say once of each text what the board has no sign or no room for."""
        fitted = self._protocol.fit(text)
        if (fitted.missing or fitted.cut) and self._complained.get(board) != text:
            self._complained[board] = text
            log.warning(
                "board %s: %r: no sign for %r, no room for %r; change the wording", board, text, fitted.missing, fitted.cut
            )

    def settled(self) -> bool:
        """Whether nothing is due or on its way."""
        with self._turn:
            return not self._sending and self._turns.due_in(time.monotonic()) > 0

    def health(self) -> dict[str, Health]:
        with self._turn:
            return self._turns.health()

    # --- the thread ---

    def _run(self) -> None:
        failures = 0
        while not self._stopped.is_set():
            sign, self._worked = _sign(self._at.device), False
            try:
                with self._open() as port:
                    self._serve(port)
            except TROUBLE as error:
                failures = 0 if self._worked else failures
                self._close(error, first=failures == 0)
            self._pause(PAUSES_S[min(failures, len(PAUSES_S) - 1)], sign)
            failures += 1

    def _open(self) -> serial.Serial:
        exclusive = True if self._at.device else None
        port: Any = serial.serial_for_url(
            self._at.target, baudrate=self._at.baud, timeout=0.02, write_timeout=1.0, exclusive=exclusive
        )
        log.info("wire %s: %s is open", self.name, self._at.target)
        return cast(serial.Serial, port)

    def _close(self, error: Exception, *, first: bool) -> None:
        why = f"wire {self.name}: {self._at.target}: {_reason(error)}; check the adapter and wires.{self.name}.url"
        if first:
            log.warning("%s", why)
        with self._turn:
            self._turns.closed(why)

    def _pause(self, seconds: float, sign: object) -> None:
        """Wait before the port is opened again, but no longer than until its device file is a new one."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self._stopped.wait(LOOK_S):
            now_there = _sign(self._at.device)
            if now_there is not None and now_there != sign:
                return

    def _serve(self, port: serial.Serial) -> None:
        replies = self._protocol.Replies()
        with self._turn:
            self._turns.opened(time.monotonic())
        while not self._stopped.is_set():
            job = self._next()
            if job:
                answered = self._tell(port, job, replies)
                self._worked = self._worked or answered
                with self._turn:
                    (self._turns.answered if answered else self._turns.silent)(job, time.monotonic())
            self._drain(port)

    def _next(self) -> Job | None:
        """The next job; None when nothing was due for a while."""
        with self._turn:
            self._sending = False
            wait = min(IDLE_S, self._turns.due_in(time.monotonic()))
            if wait > 0 and not self._stopped.is_set():
                self._turn.wait(wait)
            job = self._turns.next(time.monotonic())
            self._sending = job is not None
            return job

    def _tell(self, port: serial.Serial, job: Job, replies: Any) -> bool:
        """Send one frame and hear the board. Returns not before the wire is free again."""
        frame = self._protocol.encode(job.address, self._protocol.fit(job.text).text, job.color)
        replies.sent(frame)
        begun = time.monotonic()
        port.write(frame)
        sent = begun + len(frame) * BITS / self._at.baud
        patience = sent + ANSWER_S + (0.0 if self._at.device else NETWORK_S)
        answered = False
        while not answered and time.monotonic() < patience and not self._stopped.is_set():
            heard = replies.feed(port.read(1) + port.read(port.in_waiting))
            answered = any(reply.address == job.address for reply in heard)
        self._stopped.wait(max(0.0, sent - time.monotonic()) + GAP_S)
        return answered

    def _drain(self, port: serial.Serial) -> None:
        """Throw away what nobody asked for. On a port that is gone this raises, so that an idle wire is noticed too."""
        waiting = port.in_waiting
        if waiting:
            port.read(waiting)


def _sign(device: Path | None) -> object:
    """What tells one device file from the next of the same name; None if there is none."""
    if device is None:
        return None
    try:
        name, target = device.lstat(), device.stat()
    except OSError:
        return None
    return name.st_ino, name.st_ctime_ns, target.st_ino, target.st_rdev


def _reason(error: Exception) -> str:
    number = getattr(error, "errno", None)
    reasons = {2: "is not there", 13: "may not be opened by this user", 11: "is in use by another program", 16: "is in use"}
    return reasons.get(number or 0, f"does not work ({error})")

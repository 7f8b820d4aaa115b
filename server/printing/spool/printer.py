"""One printer at the other end of a port: is it ready, take this slip, what do you say? It decides nothing about jobs.

Only what came behind a question is an answer to it: a connection is settled first (old bytes read away, every
question answered once, an old GS r answer swept out), and one missing answer unsettles it. A fault that came and went
during a slip is remembered.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from printer_profiles.escpos.status import (
    STATUS_REQUESTS,
    UNKNOWN,
    Inbox,
    Status,
    automatic,
    confirmed,
    parallel,
    status,
)
from printer_profiles.profile import Profile
from server.domain.print_outcome import READY, Sent
from server.printing.transport.cups import CupsQueue
from server.printing.transport.opening import open_port
from server.printing.transport.patience import PATIENCE, Patience
from server.printing.transport.port import Port, Stuck

PIECE = 256
STALL_S = 1.0
"""So long without a byte taken, and a fault is asked for."""
INITIALISE = b"\x1b\x40"
CONFIRM = b"\x1d\x72\x01"  # GS r 1, in its turn
AUTOMATIC_ON = b"\x1d\x61\x0f"  # GS a: ESC @ may turn it off, so it follows each


class Printer(Protocol):
    """What the spool needs of a printer, whatever is behind it."""

    def ready(self) -> Status:
        """How it is, just before a slip; OSError when it is gone."""

    def look(self) -> Status:
        """How it is, everything asked."""

    def listen(self) -> Status | None:
        """What it has told by itself, without waiting."""

    def print(self, slip: bytes) -> Sent:
        """Send a slip and wait for what becomes of it; raises nothing."""

    def keep(self, picture: bytes) -> bool:
        """Have it keep a picture; whether it said afterwards that it is well.

        Takes seconds; OSError when it is gone.
        """

    def close(self) -> None: ...


class Head:
    """An ESC/POS printer behind a port.

    `broken_off`: the last slip may have ended in mid-command. `must_confirm`: it has answered behind a cut before;
    one that then answers its status and nothing in its turn is not ready, however well it says it is.
    """

    def __init__(
        self,
        port: Port,
        profile: Profile,
        patience: Patience = PATIENCE,
        *,
        broken_off: bool = False,
        must_confirm: bool = False,
    ) -> None:
        self._port, self._profile, self._patience = port, profile, patience
        self._inbox = Inbox()
        self._settled = False
        self._confirms = False
        self._worst = UNKNOWN
        self._taken = 0
        self._broken_off, self._must_confirm = broken_off, must_confirm

    def ready(self) -> Status:
        """Two questions on a settled connection, all of them otherwise, and where one of the two says so."""
        if not self._settled:
            return self._settle()
        if not self._profile.status:
            return self.look()
        now = self._ask((1, 4))
        return now if now.state in READY else self.look()

    def look(self) -> Status:
        if not self._profile.status:
            self._hear(0)
            return self._lines()
        if not self._settled:
            return self._settle()
        now = self._ask(tuple(STATUS_REQUESTS)) | replace(self._lines(), known=True)
        return now if self._settled or now.state not in READY else self._settle()

    def listen(self) -> Status | None:
        before, self._inbox.automatic = self._inbox.automatic, None
        self._hear(0)
        told, self._inbox.automatic = self._inbox.automatic, self._inbox.automatic or before
        return automatic(told) if told else None

    def print(self, slip: bytes) -> Sent:
        confirms = self._confirms
        job = slip.removeprefix(INITIALISE)
        start = INITIALISE + AUTOMATIC_ON * self._profile.asb if job != slip else b""
        stream = start + job + CONFIRM * confirms
        self._worst, self._taken, gone = UNKNOWN, 0, ""
        answer: Status | None = None
        try:
            self._hear(0)
            self._forget()
            self._send(stream)
            if self._taken == len(stream):
                answer = self._confirmation() if confirms else self._afterwards()
        except OSError as error:
            gone = error.strerror or str(error)
        heard = replace(self._worst | answer, known=answer.known) if answer else self._worst
        self._settled = self._settled and not gone and answer is not None
        confirmed_ = False if answer is None else True if confirms else None
        return Sent(len(slip), min(self._taken, len(slip)), confirmed_, heard, gone)

    def keep(self, picture: bytes) -> bool:
        """A head may start anew behind it, and forgets what it holds unread: it is left alone, then asked as a new
        connection is.
        """
        self._port.write(picture, self._patience.write, self._patience.job)
        time.sleep(self._patience.keep)
        self._settled = False
        return self._settle().state in READY and self._confirms

    def close(self) -> None:
        self._port.close()

    # --- a new connection ---

    def _settle(self) -> Status:
        """Read away what is old, ask everything, and see whether the printer answers in its turn."""
        self._quiet(1.0)
        now = (
            self._lines()
            if not self._profile.status
            else self._ask(tuple(STATUS_REQUESTS)) | replace(self._lines(), known=True)
        )
        if self._profile.status and now.state not in READY:
            return now
        if self._profile.status and self._surplus():
            return UNKNOWN
        if self._broken_off:
            self._finish_what_was_broken_off()
        if self._profile.confirm == "gs_r":
            self._confirms = self._answers_in_turn()
            if self._must_confirm and not self._confirms:
                return UNKNOWN
        if self._profile.asb:
            self._write(AUTOMATIC_ON)
        self._settled = True
        return now

    def _finish_what_was_broken_off(self) -> None:
        """Fill a command that still waits for data, and cut off half a slip before the next one is printed below it."""
        from printer_profiles.escpos.encode import encode
        from printer_profiles.slip import Cut

        filling = bytes(self._profile.dots // 8 * self._profile.band_rows + 16)  # NUL prints nothing
        self._port.write(filling + encode((Cut(),), self._profile), self._patience.write, self._patience.job)
        self._broken_off = False

    def _surplus(self) -> bool:
        """Answers too many: one of those believed was older than its question."""
        self._inbox.real_time.clear()
        self._quiet(self._patience.quiet * 4)
        return bool(self._inbox.real_time)

    def _answers_in_turn(self) -> bool:
        self._forget()
        self._write(CONFIRM)
        self._until(lambda: bool(self._inbox.paper), self._patience.settle)
        self._quiet(1.0)
        return bool(self._inbox.paper) and not self._inbox.garbage

    def _quiet(self, most: float) -> None:
        """Hear until nothing has come for a moment, at most so many seconds."""
        end = time.monotonic() + most
        while self._hear(self._patience.quiet) and time.monotonic() < end:
            pass

    # --- questions ---

    def _ask(self, numbers: tuple[int, ...]) -> Status:
        """DLE EOT n, one after the other: the next only when the last is answered."""
        self._hear(0)
        self._inbox.garbage.clear()
        answers: dict[int, int | None] = dict.fromkeys(numbers)
        for n in numbers:
            self._inbox.real_time.clear()
            self._write(STATUS_REQUESTS[n])
            self._until(lambda: bool(self._inbox.real_time), self._patience.answer)
            answers[n] = self._inbox.real_time[0] if self._inbox.real_time and not self._inbox.garbage else None
            if answers[n] is None:
                self._settled = False
                break
        return status(answers)

    def _lines(self) -> Status:
        byte = self._port.lines()
        return UNKNOWN if byte is None else parallel(byte)

    # --- a slip ---

    def _send(self, stream: bytes) -> None:
        """Until all is taken, or the printer has stood still for too long or for somebody; `_taken` counts."""
        began = moved = time.monotonic()
        while self._taken < len(stream):
            piece = stream[self._taken : self._taken + PIECE]
            try:
                self._port.write(piece, STALL_S, self._patience.job)
                self._taken, moved = self._taken + len(piece), time.monotonic()
            except Stuck as stuck:
                self._taken += stuck.accepted
                moved = time.monotonic() if stuck.accepted else moved
            except OSError:
                self._taken = max(self._taken, 1)  # how much of the piece went is not known
                raise
            self._hear(0)
            now = time.monotonic()
            if now - moved > self._patience.write or now - began > self._patience.job:
                return
            if self._worst.waits_for_a_person and now - moved > STALL_S / 2:
                return

    def _confirmation(self) -> Status | None:
        """The answer behind the cut; None when it does not come, or the printer stands still."""
        end = time.monotonic() + self._patience.confirm
        while not self._inbox.paper and time.monotonic() < end and not self._worst.waits_for_a_person:
            self._until(
                lambda: bool(self._inbox.paper) or self._worst.waits_for_a_person,
                min(STALL_S, max(0.0, end - time.monotonic())),
            )
            if not self._inbox.paper and self._profile.status:
                told = self._ask(tuple(STATUS_REQUESTS))
                self._worst |= told if told.faulty else UNKNOWN
        if not self._inbox.paper or self._inbox.garbage:
            return None
        told = confirmed(self._inbox.paper[0])
        if self._profile.status and self._ask((1, 4)).state == "unknown":
            return None  # not there any more: that byte was the noise of its end
        return told

    def _afterwards(self) -> Status | None:
        """What can be said of one that does not confirm: at least that the bytes have left; None where not even
        that.
        """
        if not self._port.left(self._patience.confirm):
            return None
        if not self._profile.status:
            return self._lines()
        told = self._ask(tuple(STATUS_REQUESTS))
        return told if told.state != "unknown" else None

    # --- bytes ---

    def _write(self, data: bytes) -> None:
        self._port.write(data, self._patience.answer, self._patience.answer)

    def _forget(self) -> None:
        self._inbox.forget()
        self._inbox.automatic = None

    def _hear(self, seconds: float) -> bool:
        """Take what comes within `seconds`; whether anything did."""
        data = self._port.read(seconds)
        self._inbox.feed(data)
        if data and self._inbox.automatic:
            told = automatic(self._inbox.automatic)
            self._worst |= told if told.faulty else UNKNOWN
        return bool(data)

    def _until(self, enough: Callable[[], bool], seconds: float) -> None:
        end = time.monotonic() + seconds
        while not enough() and (left := end - time.monotonic()) > 0:
            self._hear(left)


def open_printer(
    url: str,
    profile: Profile,
    folder: Path,
    data: Path,
    patience: Patience = PATIENCE,
    *,
    broken_off: bool = False,
    must_confirm: bool = False,
) -> Printer:
    """The printer that a url names; OSError when it can't be reached."""
    if url.startswith("cups:"):
        return CupsQueue(url.removeprefix("cups:"), patience)
    return Head(
        open_port(url, profile.name, folder, data, patience.connect),
        profile,
        patience,
        broken_off=broken_off,
        must_confirm=must_confirm,
    )

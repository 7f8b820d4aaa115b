"""A printer asked in every way its profile claims, before and behind a test page; what it said is checklist.Heard.

It prints nothing by itself.

Head (server/printing/spool/printer.py) asks as a spool must, and says what follows; here every single answer and
silence is kept for a technician to read.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from printer_profiles.escpos.encode import confirm
from printer_profiles.escpos.logo import identity, store
from printer_profiles.escpos.status import STATUS_REQUESTS, Inbox
from printer_profiles.profile import Profile
from printer_profiles.slip import Logo
from server.printing.probe import checklist
from server.printing.probe.checklist import Heard
from server.printing.transport.port import Port, Stuck

AUTOMATIC_ON, AUTOMATIC_OFF = b"\x1da\x0f", b"\x1da\x00"  # GS a


@dataclass(frozen=True)
class Patience:
    """How long is waited, seconds."""

    answer: float = 1.0
    """For one status."""
    look: float = 3.0
    """For the word that the page is through, before a fault is asked for."""
    confirm: float = 60.0
    """For that word in all."""
    write: float = 10.0
    """For a printer to take a piece."""
    rest: float = 3.0
    """While a head writes its memory: some take no question then."""
    keep: float = 10.0
    """For it to come back."""

    def with_answers_after(self, seconds: float) -> Patience:
        """For a printer that may take so many seconds to answer (`patience` of [printers.*])."""
        late = max(0.0, seconds - self.answer)
        return replace(
            self,
            answer=self.answer + late,
            look=self.look + 2 * late,
            confirm=self.confirm + 6 * late,
            keep=self.keep + 2 * late,
        )


PATIENCE = Patience()


class Interview:
    """One talk with a printer. Whatever came is sorted once; OSError when the line is gone."""

    def __init__(self, port: Port, profile: Profile, patience: Patience = PATIENCE) -> None:
        self._port, self._profile, self._patience = port, profile, patience
        self._inbox = Inbox()
        self._heard = Heard()

    @property
    def heard(self) -> Heard:
        """All of it."""
        return self._heard._replace(garbage=bytes(self._inbox.garbage))

    def status(self) -> Heard:
        """DLE EOT 1 to 4, one after the other."""
        answers: dict[int, int | None] = {}
        for n in STATUS_REQUESTS if self._profile.status else ():
            self._inbox.real_time.clear()
            self._ask(STATUS_REQUESTS[n], lambda: bool(self._inbox.real_time), self._patience.answer)
            answers[n] = self._inbox.real_time[0] if self._inbox.real_time else None
        self._heard = self._heard._replace(status=answers)
        return self.heard

    def automatic(self) -> Heard:
        """GS a: what it reports by itself, once, and no more."""
        if self._profile.asb:
            self._ask(AUTOMATIC_ON, lambda: self._inbox.automatic is not None, self._patience.answer)
            self._heard = self._heard._replace(automatic=self._inbox.automatic)
            self._port.write(AUTOMATIC_OFF, self._patience.write)
        return self.heard

    def keep(self, logo: Logo) -> str:
        """Have a logo kept, and wait until the head is back: it may start anew, and forget what came meanwhile.

        The logo's identity.
        """
        if not identity(logo, self._profile):
            return ""
        self._port.write(store(logo, self._profile), self._patience.write)
        time.sleep(self._patience.rest)
        end = time.monotonic() + self._patience.keep
        while not self._behind() and (left := end - time.monotonic()) > 0:
            if self._profile.confirm == "none":
                time.sleep(left)
            else:
                self._ask(confirm(self._profile), lambda: bool(self._behind()), min(left, self._patience.answer))
        return identity(logo, self._profile)

    def send(self, page: bytes) -> Heard:
        """The page, and what is said behind it; a fault that stops it meanwhile is asked for."""
        self._inbox.paper.clear()
        self._inbox.real_time.clear()
        try:
            self._port.write(page, self._patience.write)
        except Stuck:
            if checklist.fault(self._profile, self.status()) is None:
                raise
            return self.heard
        question, end = (
            confirm(self._profile),
            time.monotonic() + (self._patience.confirm if self._profile.confirm == "gs_r" else self._patience.answer),
        )
        while question is not None and self._profile.confirm != "none" and (left := end - time.monotonic()) > 0:
            self._ask(question, lambda: bool(self._behind()), min(left, self._patience.look))
            stopped = not self._behind() and checklist.fault(self._profile, self.status()) is not None
            if self._behind() or stopped or self._inbox.garbage:
                break
            question = b""
        self._heard = self._heard._replace(behind=next(iter(self._behind()), None))
        return self.heard

    def _behind(self) -> list[int]:
        return (
            self._inbox.paper
            if self._profile.confirm == "gs_r"
            else self._inbox.real_time
            if self._profile.confirm == "dle_eot"
            else []
        )

    def _ask(self, question: bytes, enough: Callable[[], bool], seconds: float) -> None:
        """Send a question and sort what comes back, until it is enough, or garbage, or the time is over."""
        if question:
            self._port.write(question, self._patience.write)
        end = time.monotonic() + seconds
        while not enough() and not self._inbox.garbage and (left := end - time.monotonic()) > 0:
            self._inbox.feed(self._port.read(left))

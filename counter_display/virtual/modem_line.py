"""A virtual SMS modem on a pseudo-terminal, with the network and the telephones behind it: what they got can be looked
at, and everything that goes wrong with modems can be ordered.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from counter_display.virtual.devices.gsm import Deliverable, Modem, deliver_pdu
from counter_display.virtual.hall import Hall
from counter_display.virtual.plug import Pty
from polling import Bell

KEPT = 50
LOOK_S = 0.05
MODEM_ORDERS = (
    *("ok", "drop", "refuse", "busy", "no sim", "locked", "no network", "weak", "hang", "lost", "unplug", "plug"),
)
"""`drop`: the network takes a message, and it never comes to a telephone. `lost`: so too, and the network says so.

`refuse`: the number gets no messages. `busy`: the network has no room now. `no sim`, `locked`: without SIM, or asking
for its PIN. `hang`: hears, and says nothing. `unplug`, `plug`: the adapter.
"""
REFUSED, CONGESTION = 28, 42
"""+CMS ERROR of an unidentified subscriber, and of a network without room (24.011 annex E-2)."""


@dataclass
class Received:
    """One message on somebody's telephone."""

    to: str
    text: str
    parts: int
    at: float


class VirtualModem:
    """One modem on a pseudo-terminal linked at `device`. `received`: what telephones got, the newest last.

    `deliver_s`: so long a message is under way.
    """

    def __init__(self, name: str, device: Path, hall: Hall, *, deliver_s: float = 0.3) -> None:
        self.name, self.device, self.received = name, device, deque[Received](maxlen=KEPT)
        self._hall, self._deliver_s, self.fault = hall, deliver_s, "ok"
        self.modem = Modem(took=self._took, complain=partial(hall.complain, name))
        self._parts: dict[tuple[str, int, int], dict[int, str]] = {}
        self._under_way: list[tuple[float, int, str, int]] = []
        self._lock = threading.RLock()
        self._thread: threading.Thread | None = None
        self.plug()
        hall.modems[name] = self

    @property
    def pty(self) -> str:
        return self._at.name

    def state(self) -> dict[str, Any]:
        return {
            "plugged": self._thread is not None,
            "fault": self.fault,
            "signal": self.modem.signal,
            "received": [vars(one).copy() for one in self.received],
        }

    def plug(self) -> None:
        """Put it in (again): fresh from its power supply."""
        if self._thread:
            return
        self.modem.reset()
        self._at = Pty(self.device)
        self._bell = Bell()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"virtual modem {self.name}", daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        if self._thread is None:
            return
        self._stopped.set()
        self._bell.ring()
        self._thread.join(2)
        self._thread = None
        self._at.close()

    def order(self, order: str) -> None:
        """One of MODEM_ORDERS."""
        if order == "unplug":
            self.unplug()
        elif order == "plug":
            self.plug()
        else:
            with self._lock:
                modem, self.fault = self.modem, order
                modem.refuse = {"refuse": REFUSED, "busy": CONGESTION}.get(order)
                modem.sim = {"no sim": "", "locked": "SIM PIN"}.get(order, "READY")
                modem.network = order != "no network"
                modem.signal = 3 if order == "weak" else 21
                modem.mute = order == "hang"
        self._hall.change(lambda: None)

    def write(self, sender: str, text: str, *, plain: bool = False) -> None:
        """Somebody writes to the modem's number; a long text comes in parts, the last one first as networks do."""
        pieces = [text[n : n + 60] for n in range(0, len(text), 60)] or [""]
        ref, many, at = self.modem.reference & 0xFF, len(pieces), datetime.now()
        for n in range(many, 0, -1):
            joined = (ref, many, n) if many > 1 else None
            with self._lock:
                said = self.modem.incoming(deliver_pdu(sender, pieces[n - 1], at, joined=joined, plain=plain))
            if said and self._thread:
                self._at.write(said)

    # --- the thread ---

    def _run(self) -> None:
        while not self._stopped.is_set():
            if self._at.ready(LOOK_S, self._bell):
                try:
                    heard = self._at.read()
                except OSError:  # whoever had it open has closed it
                    self._stopped.wait(LOOK_S)
                    continue
                with self._lock:
                    answer = self.modem.hear(heard)
                self._at.write(answer)
            self._report()

    def _report(self) -> None:
        now = time.monotonic()
        with self._lock:
            come = [one for one in self._under_way if one[0] <= now]
            self._under_way = [one for one in self._under_way if one[0] > now]
            said = [self.modem.report(ref, to, status, datetime.now()) for _, ref, to, status in come]
        for one in filter(None, said):
            self._at.write(one)

    def _took(self, part: Deliverable, reference: int) -> None:
        if self.fault == "drop":
            return
        if part.report:
            status = 0x46 if self.fault == "lost" else 0x00
            self._under_way.append((time.monotonic() + self._deliver_s, reference, part.to, status))
        if self.fault != "lost":
            self._put_together(part)

    def _put_together(self, part: Deliverable) -> None:
        """As a telephone does: a long message is shown once all its parts are there."""
        if part.joined is None:
            self._show(part.to, part.text, 1)
            return
        ref, many, which = part.joined
        have = self._parts.setdefault((part.to, ref, many), {})
        have[which] = part.text
        if sorted(have) == [*range(1, many + 1)]:
            del self._parts[part.to, ref, many]
            self._show(part.to, "".join(have[n] for n in sorted(have)), many)

    def _show(self, to: str, text: str, parts: int) -> None:
        one = Received(to, text, parts, time.time())
        self._hall.change(lambda: self.received.append(one))

"""The pads and raters of one virtual wire: what was pressed is said until the host echoes it, and what the host says
is shown. Sends nothing itself.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from counter_display.virtual.devices.ear import Heard
from counter_display.virtual.devices.pads import said
from counter_display.virtual.hall import Hall, Pad, spoilt

PATIENCE_S = 0.3
"""A pad says it again when nobody echoed it for so long."""
TRIES = 3


@dataclass
class Saying:
    """What a pad says until somebody echoes it."""

    pad: Pad
    frame: bytes
    tries: int = 0
    due: float = 0.0

    def echoed_by(self, heard: Heard) -> bool:
        """A pad wants its very bytes back, a rater its score as an answer; either is content with its bytes."""
        answer = self.pad.kind == "rater" and heard.raw == said(self.pad.address, 0x01, self.frame[-3])
        return heard.raw == self.frame or answer


class VirtualPads:
    """All pads and raters of a wire. `press` from any thread, all else from the wire's."""

    def __init__(self, wire: str, hall: Hall) -> None:
        self._wire, self._hall = wire, hall
        self._pads = [pad for pad in hall.pads.values() if pad.wire == wire]
        self._presses: deque[Saying] = deque()
        self._waiting: list[Saying] = []

    def forget(self) -> None:
        """The wire was plugged in anew."""
        self._waiting = []

    def press(self, pad: Pad, data: tuple[int, ...]) -> None:
        """A finger on a pad (digits and a key) or on a rater (a score)."""

        def count() -> None:
            pad.presses += 1
            if pad.kind == "rater":
                pad.score = data[0]

        self._hall.change(count)
        self._presses.append(Saying(pad, said(pad.address, 0x01 if pad.kind == "pad" else 0x11, *data)))

    def due_in(self, now: float) -> float:
        """Seconds until something is to be said; a minute if nothing is."""
        return max(0.0, min((saying.due - now for saying in self._waiting), default=60.0))

    def due(self, now: float) -> list[bytes]:
        """What is to be said now, spoilt as the pad was ordered."""
        while self._presses:
            saying = self._presses.popleft()
            if saying.pad.order != "dead":
                self._waiting.append(saying)
        found = [saying for saying in self._waiting if saying.due <= now]
        for saying in [s for s in found if s.tries == TRIES]:
            found.remove(saying)
            self._lose(saying)
        for saying in found:
            saying.tries += 1
            saying.due = now + PATIENCE_S
        return [spoilt(saying.frame, saying.pad.order) for saying in found]

    def hear(self, heard: Heard) -> None:
        """The host's echo, its answer to a score, or what a pad should show."""
        saying = next((s for s in self._waiting if s.echoed_by(heard)), None)
        if saying:
            self._waiting.remove(saying)
            self._echoed(saying.pad, heard)
            return
        pads = [pad for pad in self._pads if pad.address == heard.address]
        if not pads:
            self._hall.complain(self._wire, f"no pad has address {heard.address}", heard.raw)

        def obey() -> None:
            for pad in pads:
                if pad.order != "dead":
                    pad.hear(heard.order, heard.data, heard.raw)

        self._hall.change(obey)

    def _lose(self, saying: Saying) -> None:
        def lose() -> None:
            saying.pad.lost += 1

        self._waiting.remove(saying)
        self._hall.change(lose)

    def _echoed(self, pad: Pad, heard: Heard) -> None:
        def echo() -> None:
            pad.echoed += 1
            pad.last_frame_hex = heard.raw.hex(" ")
            if pad.kind == "rater":
                pad.asked = False

        self._hall.change(echo)

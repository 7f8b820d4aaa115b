"""The virtual printer: feed it bytes and orders, hold its slips, read its answers. It opens no port and draws nothing.

It keeps paper and state, answers status as a real head would and obeys orders such as "paper_out". It has no clock.
decoder.py reads the bytes, picture.py draws, print_server.py listens: ``python -m printer_profiles.paper --help``.
"""

from __future__ import annotations

from collections import deque

from printer_profiles.decoder import Decoder
from printer_profiles.profile import Profile
from printer_profiles.sheet import End, Printed, Sheet

ORDERS = ("ok", "near_end", "paper_out", "cover_open", "hang", "slow", "garbage")
STOPPED = ("paper_out", "cover_open", "hang")  # nothing is printed; what arrives waits
GARBAGE = b"\xff\x00\x55\xaa"  # what a printer at the wrong speed seems to answer
KEPT = 200  # sheets, complaints and events; older ones are thrown away

# DLE EOT n -> state -> bits over the idle answer (Epson); idle is 16 12 12 12, 16 = drawer pin high
IDLE = {1: 0x16, 2: 0x12, 3: 0x12, 4: 0x12}
BITS: dict[int, dict[str, int]] = {
    1: {"paper_out": 0x08, "cover_open": 0x08, "hang": 0x08},
    2: {"paper_out": 0x20, "cover_open": 0x04},
    3: {},
    4: {"paper_out": 0x6C, "near_end": 0x0C},
}
ASB_IDLE = b"\x14\x00\x00\x0f"
ASB: dict[str, bytes] = {
    "paper_out": b"\x1c\x00\x0f\x0f",
    "cover_open": b"\x3c\x00\x00\x0f",
    "near_end": b"\x14\x00\x03\x0f",
}


class Paper:
    """A virtual printer of one model.

    ``slips`` are finished by a cut; without a cutter by a feed to the tear bar that is followed by ``ESC @``,
    ``GS r`` or ``idle()``. While out of paper, open or hung it takes bytes and prints them when it is ``ok`` again.
    """

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.state = "ok"
        self.count = 0  # sheets ever
        self._slips: deque[Sheet] = deque(maxlen=KEPT)
        self._decoder = Decoder(profile, self)
        self._waiting: deque[bytes | None] = deque()  # received, not yet carried out; None = the host was gone then
        self._answers = bytearray()
        self._asb_on = False
        self._last_two = b""

    @property
    def slips(self) -> tuple[Sheet, ...]:
        """The finished pieces of paper, oldest first."""
        return tuple(self._slips)

    @property
    def hanging(self) -> Sheet | None:
        """What hangs out of the printer, printed but not cut."""
        held = self._decoder.holds
        return Sheet(self.count + 1, held, "broken", self.profile) if held else None

    @property
    def complaints(self) -> list[str]:
        """What a real printer might not understand, and why, oldest first."""
        return self._decoder.complaints

    @property
    def events(self) -> list[str]:
        """What a person would hear: drawer, buzzer."""
        return self._decoder.events

    @property
    def waiting(self) -> int:
        """Bytes received and not carried out."""
        return sum(len(chunk) for chunk in self._waiting if chunk)

    def feed(self, data: bytes) -> bytes:
        """Take bytes from the host, in any pieces; returns what the printer answers."""
        self._obey_real_time(data)
        self._waiting.append(bytes(data))
        self._work()
        return self._drain()

    def order(self, name: str) -> bytes:
        """Change the printer's fate, one of ORDERS; returns what it then sends by itself."""
        if name not in ORDERS:
            raise ValueError(f"paper: order '{name}' is unknown; known are {', '.join(ORDERS)}")
        if self.state == "paper_out" and name != "paper_out":
            self._decoder.part("broken")  # the end of the old roll falls out
        self.state = name
        if self._asb_on and name != "hang":
            self._answers += ASB.get(name, ASB_IDLE)
        self._work()
        return self._drain()

    def idle(self) -> None:
        """The host has been silent: what was fed to the tear bar is torn off."""
        if self._decoder.at_bar:
            self._decoder.part("torn")

    def lost(self) -> None:
        """The host is gone: after what it sent, an unfinished command is dropped and an unfinished slip torn off."""
        self._waiting.append(None)
        self._work()

    # --- what the decoder tells (decoder.Host) ---

    def finished(self, end: End, items: tuple[Printed, ...]) -> None:
        """A sheet has left the printer."""
        self.count += 1
        self._slips.append(Sheet(self.count, items, end, self.profile))

    def asked(self, n: int) -> None:
        """GS r n, answered in sequence."""
        if self.profile.confirm == "gs_r" and n in (1, 2, 49, 50):
            low = self.state == "near_end" and n in (1, 49)
            self._answers += GARBAGE if self.state == "garbage" else bytes((0x03 * low,))

    def automatic(self, n: int) -> None:
        """GS a n: report changes by yourself, and the state now."""
        self._asb_on = n != 0
        if self._asb_on:
            self._answers += ASB.get(self.state, ASB_IDLE)

    # --- inside ---

    def _obey_real_time(self, data: bytes) -> None:
        """DLE EOT n is obeyed as it arrives, even inside data, offline and before what waits."""
        for byte in data:
            if self._last_two == b"\x10\x04" and byte in IDLE and self.profile.status and self.state != "hang":
                answer = bytes((IDLE[byte] | BITS[byte].get(self.state, 0),))
                self._answers += GARBAGE if self.state == "garbage" else answer
            self._last_two = (self._last_two + bytes((byte,)))[-2:]

    def _work(self) -> None:
        while self._waiting and self.state not in STOPPED:
            chunk = self._waiting.popleft()
            if chunk is None:
                self._decoder.restart()
                self._decoder.part("torn" if self._decoder.at_bar else "broken")
            else:
                self._decoder.feed(chunk)
        del self._decoder.complaints[:-KEPT], self._decoder.events[:-KEPT]

    def _drain(self) -> bytes:
        answers, self._answers = bytes(self._answers), bytearray()
        return answers


if __name__ == "__main__":
    from printer_profiles.print_server import main

    main()

"""The virtual printer: feed it bytes and orders, hold its slips, read its answers. It opens no port and draws nothing.

It keeps paper and state, answers status as a real head would (faults.py) and obeys orders such as "paper_out". It has
no clock. decoder.py reads the bytes, picture.py draws, print_server.py listens, __main__.py starts: ``python -m
printer_profiles.virtual --help``.
"""

from __future__ import annotations

from collections import deque

from printer_profiles.profile import Profile
from printer_profiles.virtual import faults
from printer_profiles.virtual.decoder import Decoder
from printer_profiles.virtual.faults import FAULTS, MENDED_BY_POWER
from printer_profiles.virtual.head import Head
from printer_profiles.virtual.real_time import CLEARED, Finder
from printer_profiles.virtual.sheet import Complaint, End, Printed, Sheet

ORDERS = ("ok", *FAULTS, "power_on", "roll", "paper_out_mid", "close_mid_job")
AMOUNTS = {"roll": 50_000, "paper_out_mid": 20, "close_mid_job": 100}  # order -> mm, mm, bytes unless it says another
GARBAGE = b"\xff\x00\x55\xaa"  # what a printer at the wrong speed seems to answer
KEPT = 200  # sheets, complaints and events; older ones are thrown away
DOTS_PER_MM = 8
NEAR_END_MM = 2500  # paper left when the near-end lever falls; it is set by a screw on real printers
XON, XOFF = b"\x11", b"\x13"
FULL, FREE = 128, 256  # bytes of room at which XOFF and XON are sent (Epson, 4 KB buffer)


class Paper:
    """A virtual printer of one model.

    ``slips`` are finished by a cut; without a cutter by a feed to the tear bar that is followed by ``ESC @``,
    ``GS r`` or ``idle()``. While out of paper, open, jammed or hung it takes bytes and prints them when that is mended.
    ``buffer``: bytes that wait at most, None = no limit; what arrives beyond is lost. ``xonxoff``: it says when it is
    full.
    ``chinese_on``: it is in Chinese mode after power on, as most heads sold in China are; else FS & is needed.
    """

    def __init__(
        self, profile: Profile, *, buffer: int | None = None, xonxoff: bool = False, chinese_on: bool = False
    ) -> None:
        self.profile = profile
        self.buffer = buffer
        self.faults: set[str] = set()
        self.roll_mm: float | None = None  # paper left; None = a roll without end
        self.close_after: int | None = None  # bytes until the connection is to be closed: whoever holds it obeys
        self.count = 0  # sheets ever
        self._slips: deque[Sheet] = deque(maxlen=KEPT)
        self._head = Head(profile, self, chinese=chinese_on)
        self._decoder = Decoder(self._head)
        self._told = 0  # complaints that belong to finished sheets
        self._waiting: deque[bytes | None] = deque()  # received, not yet carried out; None = the host was gone then
        self._answers = bytearray()
        self._asb = 0  # GS a n
        self._real_time = Finder()
        self._xonxoff, self._paused = xonxoff, False

    @property
    def state(self) -> str:
        """The state in one word: "ok" or the fault that matters most."""
        return faults.word(self.faults)

    @property
    def sensed(self) -> set[str]:
        """The faults that its sensors see."""
        return self.faults if self.profile.near_end else self.faults - {"near_end"}

    @property
    def stopped(self) -> bool:
        """Nothing is printed now; what arrives waits."""
        return faults.stops(self.faults)

    @property
    def slips(self) -> tuple[Sheet, ...]:
        """The finished pieces of paper, oldest first."""
        return tuple(self._slips)

    @property
    def hanging(self) -> Sheet | None:
        """What hangs out of the printer, printed but not cut."""
        held = self._head.holds
        if not held:
            return None
        return Sheet(
            self.count + 1, held, "broken", self.profile, tuple(self._decoder.steps), tuple(self.remarks[self._told :])
        )

    @property
    def remarks(self) -> list[Complaint]:
        """What a real printer might not understand, and why, oldest first."""
        return self._head.complaints

    @property
    def complaints(self) -> list[str]:
        """The same as sentences."""
        return [str(remark) for remark in self.remarks]

    @property
    def events(self) -> list[str]:
        """What a person would hear: drawer, buzzer."""
        return self._head.events

    @property
    def waiting(self) -> int:
        """Bytes received and not carried out."""
        return sum(len(chunk) for chunk in self._waiting if chunk)

    @property
    def room(self) -> int:
        """Bytes the receive buffer still takes."""
        return 1 << 16 if self.buffer is None else max(0, self.buffer - self.waiting)

    def feed(self, data: bytes) -> bytes:
        """Take bytes from the host, in any pieces; returns what the printer answers."""
        if "power_off" in self.faults:
            return b""
        begun = 0
        for at, byte in enumerate(data, 1):
            if (command := self._real_time.feed(byte)) and not faults.silent(self.faults):
                self._receive(data[begun:at])
                self._obey(command)
                begun = at
        self._receive(data[begun:])
        return self._drain()

    def order(self, name: str, amount: int | None = None, *, on: bool = True) -> bytes:
        """Change the printer's fate, one of ORDERS; returns what it then sends by itself.

        Faults add up until they are taken back (``on=False``) or all are mended ("ok"). ``amount``: mm of paper for
        "roll" (a new roll) and "paper_out_mid" (this one ends there, without warning), bytes for "close_mid_job".
        """
        if name not in ORDERS:
            raise ValueError(f"paper: order '{name}' is unknown; known are {', '.join(ORDERS)}")
        before = faults.automatic(self.sensed)
        amount = AMOUNTS.get(name, 0) if amount is None else amount
        if name in FAULTS and on:
            self._fault(name)
        elif name == "close_mid_job":
            self.close_after = amount if on else None
        else:
            self._mend(name, amount)
        self._tell(before)
        self._work()
        return self._drain()

    def idle(self) -> None:
        """The host has been silent: what was fed to the tear bar is torn off."""
        if self._head.at_bar:
            self._head.part("torn")

    def lost(self) -> None:
        """The host is gone: after what it sent, an unfinished command is dropped and an unfinished slip torn off."""
        self._waiting.append(None)
        self._work()

    # --- what the decoder tells (decoder.Host) ---

    def finished(self, end: End, items: tuple[Printed, ...]) -> None:
        """A sheet has left the printer."""
        self.count += 1
        self._slips.append(
            Sheet(self.count, items, end, self.profile, self._decoder.take_steps(), tuple(self.remarks[self._told :]))
        )
        self._told = len(self.remarks)

    def moved(self, dots: int) -> None:
        """Paper went; a roll comes to its end by that."""
        if self.roll_mm is None:
            return
        before = faults.automatic(self.sensed)
        was, self.roll_mm = self.roll_mm, max(0.0, self.roll_mm - dots / DOTS_PER_MM)
        if self.roll_mm < NEAR_END_MM <= was:
            self.faults.add("near_end")
        if self.roll_mm == 0:
            self._fault("paper_out")
        self._tell(before)

    def asked(self, n: int) -> None:
        """GS r n, answered in sequence."""
        if self.profile.confirm == "gs_r" and n in (1, 49):
            self._answer(bytes((faults.paper_sensor(self.sensed),)))
        elif self.profile.confirm == "gs_r" and n in (2, 50):
            self._answer(b"\x01")  # the drawer's pin is high, as in DLE EOT 1

    def reply(self, data: bytes) -> None:
        """Any other answer, in its turn."""
        if self.profile.status:
            self._answer(data)

    def automatic(self, n: int) -> None:
        """GS a n: report changes by yourself, and the state now."""
        self._asb = n if self.profile.status and self.profile.asb else 0
        if self._asb:
            self._answer(faults.automatic(self.sensed))

    # --- inside ---

    def _fault(self, name: str) -> None:
        self.faults.add(name)
        if name == "near_end":
            self.faults.discard("paper_out")
        elif name == "paper_out":
            self.faults.discard("near_end")
            self.roll_mm = self.roll_mm and 0.0
        elif name == "power_off":
            self._switch_off()

    def _mend(self, name: str, amount: int) -> None:
        new_roll = name == "roll" or (
            name in ("ok", "paper_out", "near_end") and self.faults & {"paper_out", "near_end"}
        )
        if "paper_out" in self.faults and new_roll:
            self._head.roll_ends()
        if name == "ok":
            self.faults.clear()
            self.close_after = None
        elif name in ("power_on", "power_off") and "power_off" in self.faults:
            self.faults -= {"power_off", *MENDED_BY_POWER}
        self.faults.discard(name)
        if new_roll:
            self.faults -= {"paper_out", "near_end"}
            self.roll_mm = float(amount) if name == "roll" else None
            self.faults |= {"near_end"} if name == "roll" and amount < NEAR_END_MM else set()
        elif name == "paper_out_mid":
            self.roll_mm = float(amount)

    def _switch_off(self) -> None:
        """What it had received is lost, and every setting; the end of an unfinished slip is torn off."""
        self._waiting.clear()
        self._answers.clear()
        self._asb, self._paused = 0, False
        self._real_time = Finder()
        self._decoder.restart()
        self._head.forget_line()
        self._head.part("broken")
        self._head.style, self._head.selected = self._head.new_style(), True

    def _receive(self, data: bytes) -> None:
        kept = data if self.buffer is None or not self.stopped else data[: self.room]
        if len(kept) < len(data):
            self._head.now = b""
            self._head.complain(
                f"接收缓冲区已满，丢了 {len(data) - len(kept)} 字节", "the receive buffer is full: bytes were lost"
            )
        if kept:
            self._waiting.append(bytes(kept))
        self._work()

    def _obey(self, command: bytes) -> None:
        """A real-time command, as it arrives: offline too, and before what waits."""
        kind, n = command[1], command[2]
        if kind == 0x04 and self.profile.status:
            self._answer(bytes((faults.real_time(n, self.sensed),)))
        elif (
            kind == 0x05
            and n in (1, 2)
            and "cutter_jam" in self.faults
            and not self.faults & {"cover_open", "paper_out"}
        ):
            self._recover(clear=n == 2)
        elif kind == 0x14 and n == 8:
            self._clear()
            self._answer(CLEARED)
        elif kind == 0x14 and n in (1, 3) and not self.faults.intersection(faults.ERRORS):
            self.events.append(f"drawer {command[3] & 1}" if n == 1 else f"buzzer {command[4]}")

    def _recover(self, *, clear: bool) -> None:
        before = faults.automatic(self.sensed)
        if clear:
            self._clear()
        self.faults.discard("cutter_jam")
        self._tell(before)
        self._work()

    def _clear(self) -> None:
        self._waiting.clear()
        self._decoder.restart()
        self._head.forget_line()

    def _answer(self, data: bytes) -> None:
        if not faults.silent(self.faults):
            self._answers += GARBAGE if "garbage" in self.faults else data

    def _tell(self, before: bytes) -> None:
        after = faults.automatic(self.sensed)
        if faults.reported(self._asb, before, after):
            self._answer(after)

    def _work(self) -> None:
        while self._waiting and not self.stopped:
            chunk = self._waiting.popleft()
            if chunk is None:
                self._decoder.restart()
                self._head.part("torn" if self._head.at_bar else "broken")
            elif rest := self._decoder.feed(chunk):
                self._waiting.appendleft(rest)
        self._told = max(0, self._told - max(0, len(self.remarks) - KEPT))
        del self.remarks[:-KEPT], self.events[:-KEPT]

    def _drain(self) -> bytes:
        if self._xonxoff and self.buffer and self._paused != (self.room < (FREE if self._paused else FULL)):
            self._paused = not self._paused
            self._answers += XOFF if self._paused else XON
        answers, self._answers = bytes(self._answers), bytearray()
        return answers

"""One virtual wire: boards, pads and raters that hear and speak as real ones do, in wire time, and fail on command.

A pseudo-terminal hands over bytes at once; here each byte counts as arrived when 9600 baud would have brought it.
Several languages share a wire: the first byte of a frame says whose it is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from counter_display.virtual.devices.a090 import StripEar
from counter_display.virtual.devices.alpha import SignEar
from counter_display.virtual.devices.cards import BareEar, CousinEar, DecimalEar, ParkingEar
from counter_display.virtual.devices.cd5220 import LineEar
from counter_display.virtual.devices.ear import Ear, Heard
from counter_display.virtual.devices.modbus import DigitsEar
from counter_display.virtual.devices.onbon import CardEar
from counter_display.virtual.devices.pads import PadEar
from counter_display.virtual.hall import Board, Hall, Pad, spoilt
from counter_display.virtual.held_pads import VirtualPads
from counter_display.virtual.plug import Door, Plug, Pty
from polling import Bell

TURNAROUND_S = 0.005
SLOW_S = 0.6
LOOK_S = 0.05
"""How often it looks whether a frame has stopped in the middle."""
EARS: dict[str, Callable[[], Ear]] = {
    "a090": StripEar,
    "onbon": CardEar,
    "modbus_led485": lambda: DigitsEar("modbus_led485"),
    "modbus_dm36": lambda: DigitsEar("modbus_dm36"),
    "cd5220": LineEar,
    "alpha": SignEar,
    "parking_aa55": ParkingEar,
    "newlife_led": DecimalEar,
    "at_cr": BareEar,
    "a090_utf16": CousinEar,
}
"""The languages that virtual boards speak. Line displays and Modbus come last on a wire: any letter, any byte begins
what they understand.
"""


class VirtualWire:
    """A pseudo-terminal linked at `device` (or TCP, if it is a port), and the thread that plays all devices on it."""

    def __init__(self, name: str, device: Path | int, hall: Hall, *, baud: int = 9600, echo: bool = False) -> None:
        self.name, self.device, self.hall = name, device, hall
        self.fault = "echo" if echo else "ok"
        self._byte_s = 10 / baud
        self._boards = [board for board in hall.boards.values() if board.wire == name]
        self._pads = VirtualPads(name, hall)
        self._thread: threading.Thread | None = None
        self._at: Plug
        self.plug()
        hall.wires[name] = self

    @property
    def pty(self) -> str:
        """What the other end may open."""
        return self._at.name

    def state(self) -> dict[str, Any]:
        return {"plugged": self._thread is not None, "fault": self.fault, "at": self.pty}

    def plug(self) -> None:
        """Put the adapter in (again): a new pseudo-terminal under the old name."""
        if self._thread:
            return
        self._at = Pty(self.device) if isinstance(self.device, Path) else Door(self.device)
        self._bell = Bell()
        self._spoken = {name: EARS[name]() for name in self._languages()}
        self._ears: list[Ear] = [PadEar(), *self._spoken.values()]
        self._ear: Ear | None = None
        self._pads.forget()
        self._free_at = 0.0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"virtual wire {self.name}", daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        """Take the adapter out: the device's name goes, and whoever has it open is hung up."""
        if self._thread is None:
            return
        self._stopped.set()
        self._bell.ring()
        self._thread.join(2)
        self._thread = None
        self._at.close()

    def order(self, order: str) -> None:
        """One of WIRE_ORDERS."""
        if order == "unplug":
            self.unplug()
        elif order == "plug":
            self.plug()
        else:
            self.fault = order
        self.hall.change(lambda: None)

    def press(self, pad: Pad, *data: int) -> None:
        """A finger on a pad (digits and a key) or on a rater (a score)."""
        self._pads.press(pad, data)
        if self._thread:
            self._bell.ring()

    def _languages(self) -> list[str]:
        names = {board.language for board in self._boards} or {"a090"}
        return sorted(names, key=lambda name: (name.startswith("modbus"), name == "cd5220", name))

    # --- the thread ---

    def _run(self) -> None:
        while not self._stopped.is_set():
            piece = self._read(0.0 if self.fault == "babble" else min(LOOK_S, self._pads.due_in(time.monotonic())))
            if not piece and self._ear and time.monotonic() > self._free_at + self._ear.GAP_S:
                self._ear.broken_off()
                self._ear = None
            if not piece and not self._ear:
                for ear in self._ears:
                    ear.quiet()
            for value in piece:
                self._arrived()
                self._hear(value)
            self._tell_complaints()
            self._speak()

    def _read(self, wait_s: float) -> bytes:
        ready = self._at.ready(wait_s, self._bell)
        self._bell.silence()
        if not ready:
            return b""
        piece = self._at.read()
        if self.fault == "echo" and piece:
            self._write(piece)
        return piece

    def _arrived(self) -> None:
        self._free_at = max(self._free_at, time.monotonic()) + self._byte_s

    def _hear(self, value: int) -> None:
        if self._ear is None:
            self._ear = next((ear for ear in self._ears if value in ear.HEADS), self._ears[1])
        heard = self._ear.byte(value)
        if heard:
            time.sleep(max(0.0, self._free_at - time.monotonic()))
            if self._ear is self._ears[0]:
                self._pads.hear(heard)
            else:
                self._board(heard, self._ear)
        if self._ear and not self._ear.listening:
            self._ear = None

    def _board(self, heard: Heard, ear: Ear) -> None:
        told = [board for board in self._boards if heard.reaches(board.address) and self._spoken[board.language] is ear]
        if not told and not heard.each and heard.address != -1:
            self.hall.complain(self.name, f"no board has address {heard.address}", heard.raw)
        for what in heard.wrong:
            self.hall.complain(self.name, what, heard.raw)
        for board in told:
            if board.order == "dead":
                continue
            self._show(board, heard)
            self._answer(spoilt(heard.reply, board.order), SLOW_S if board.order == "slow" else TURNAROUND_S)

    def _show(self, board: Board, heard: Heard) -> None:
        if heard.wrong or board.order == "noise":
            return

        def obey() -> None:
            if heard.bright is not None:
                board.bright = heard.bright
            shown = heard.picture(board.address)
            if shown is not None:
                board.show(shown, heard.raw)
            else:
                board.took(heard.raw)
            if heard.order == "readdress":
                board.address = heard.data[0]

        self.hall.change(obey)

    def _speak(self) -> None:
        """Pads speak as soon as the line is free; a babbling device goes on and on."""
        if self._ear is None:
            for frame in self._pads.due(time.monotonic()):
                self._answer(frame, max(0.0, self._free_at - time.monotonic()))
        if self.fault == "babble":
            self._answer(bytes([0x55, 0xAA, 0x00]) * 3, 0.0)

    def _answer(self, reply: bytes, after_s: float) -> None:
        """Wait, and speak in wire time; who speaks meanwhile speaks over the device."""
        if not reply:
            return
        time.sleep(after_s + len(reply) * self._byte_s)
        if self.fault not in ("babble", "clash") and self._at.ready(0, self._bell):
            self.hall.complain(self.name, "sent while a device was speaking", reply)
        self._write(
            bytes(value & other for value, other in zip(reply, b"\xff\x68\x03" * len(reply), strict=False))
            if self.fault == "clash"
            else reply
        )

    def _write(self, piece: bytes) -> None:
        if not self._at.write(piece):
            self.hall.complain(self.name, "nobody reads the answers", piece)

    def _tell_complaints(self) -> None:
        for ear in self._ears:
            for what, raw in ear.complaints:
                self.hall.complain(self.name, what, raw)
            ear.complaints.clear()

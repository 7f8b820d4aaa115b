"""All virtual devices of a hall as a person sees them: boards, pads and raters, what was wrong on their wires, and
when anything changed.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from counter_display.virtual import glass
from counter_display.virtual.devices.ear import Sign

Order = Literal["ok", "dead", "noise", "half", "badsum", "slow"]
ORDERS = ("ok", "dead", "noise", "half", "badsum", "slow")
"""`dead`: off, dark, silent. `noise`: answers with garbage. `half`: with half an answer.

`badsum`: with a wrong last byte. `slow`: too late.
"""
WIRE_ORDERS = ("ok", "echo", "clash", "babble", "unplug", "plug")
"""`echo`: the adapter reads back what it wrote. `clash`: another device answers too.

`babble`: one never stops talking.
"""
KINDS = {"modbus_led485": "digits", "modbus_dm36": "digits", "cd5220": "line"}
"""How a board looks, by its language: a row of seven-segment digits, two lines of letters; all others are strips of
dots.
"""


@dataclass
class Board:
    """One board. `at` are epoch seconds, `monotonic` time.monotonic(), of its last frame's last byte."""

    name: str
    wire: str
    address: int
    columns: int
    order: Order = "ok"
    text: str = ""
    color: str = "red"
    shown: list[Sign] = field(default_factory=list)
    frames: int = 0
    last_frame_hex: str = ""
    at: float = 0.0
    monotonic: float = 0.0
    language: str = "a090"
    rows: int = 16
    bright: int = 100
    kind: str = ""

    def __post_init__(self) -> None:
        self.kind = KINDS.get(self.language, "strip")
        self.dark()

    def dark(self) -> None:
        """Switched off: it remembers nothing."""
        self.text, self.shown = "", []

    def show(self, shown: list[Sign], raw: bytes) -> None:
        self.text = "".join(sign.text for sign in shown)
        self.color = shown[0].color if shown else "red"
        self.shown = shown
        self.took(raw)

    def took(self, raw: bytes) -> None:
        """A frame came, whether or not it changed the picture."""
        self.frames += 1
        self.last_frame_hex = raw.hex(" ")
        self.at, self.monotonic = time.time(), time.monotonic()

    @property
    def lit(self) -> list[str]:
        """Its dots; drawn for who looks and when he does, as a real board answers before anybody has seen it."""
        return glass.lit(self.shown, self.columns, self.rows) if self.kind == "strip" else []

    def state(self) -> dict[str, Any]:
        facts = {name: value for name, value in vars(self).items() if name != "shown"}
        return {**facts, "lit": self.lit}


@dataclass
class Pad:
    """A call pad or a rater. `beeps`, `presses`, `echoed` and `lost` count; a press is lost when nobody echoed it."""

    name: str
    wire: str
    address: int
    kind: Literal["pad", "rater"]
    places: int = 4
    order: Order = "ok"
    digits: str = ""
    sign: Literal["", "done", "failed"] = ""
    beeps: int = 0
    stars: int = 0
    asked: bool = False
    score: int | None = None
    presses: int = 0
    echoed: int = 0
    lost: int = 0
    last_frame_hex: str = ""
    monotonic: float = 0.0

    def hear(self, what: str, data: bytes, raw: bytes) -> bool:
        """What the host said to this address; whether it was for this kind of device: a pad and a rater may share
        one.
        """
        mine = self._pad(what, data) if self.kind == "pad" else self._rater(what, data)
        if mine:
            self.last_frame_hex, self.monotonic = raw.hex(" "), time.monotonic()
        return mine

    def _pad(self, what: str, data: bytes) -> bool:
        if what == "beep":
            self.beeps += 1
        elif what == "show" and len(data) == 1 and data[0] < 2:
            self.sign = "done" if data[0] else "failed"
        elif what == "show" and len(data) > 1 and all(digit <= 10 for digit in data):
            self.digits, self.sign = "".join(" " if digit == 10 else str(digit) for digit in data), ""
        else:
            return False
        return True

    def _rater(self, what: str, data: bytes) -> bool:
        if what == "show" and len(data) == 1 and data[0] <= 5:
            self.stars = data[0]
        elif what == "answer" and data == b"\x0b":
            self.asked, self.score = True, None
        elif what == "answer" and len(data) == 1 and data[0] <= 9:
            self.asked = False
        else:
            return False
        return True


def spoilt(reply: bytes, order: Order) -> bytes:
    """What a device of that order makes of its answer."""
    if order == "noise":
        return bytes([0xFF, *reply[:1], *reply[2:3], *reply[1:2], *reply[3:4]])
    if order == "half":
        return reply[: len(reply) // 2]
    if order == "badsum" and reply:
        return reply[:-1] + bytes([reply[-1] ^ 0x55])
    return reply


class Hall:
    """All virtual boards and pads by id, what was wrong on their wires, and a number that grows with every change."""

    def __init__(self, boards: Mapping[str, Board], pads: Mapping[str, Pad] | None = None) -> None:
        self.boards = dict(boards)
        self.pads = dict(pads or {})
        self.wires: dict[str, Any] = {}
        self.voices: dict[str, Any] = {}
        self.modems: dict[str, Any] = {}
        self.complaints: deque[dict[str, Any]] = deque(maxlen=100)
        self.version = 0
        self.changed = threading.Condition()

    def change(self, what: Callable[[], object]) -> None:
        with self.changed:
            what()
            self.version += 1
            self.changed.notify_all()

    def complain(self, wire: str, what: str, raw: bytes) -> None:
        entry = {"wire": wire, "what": what, "bytes": raw.hex(" "), "at": time.time()}
        self.change(lambda: self.complaints.append(entry))

    def order(self, device: str, order: Order) -> None:
        """Tell a board or pad how to behave from now on: one of ORDERS."""
        board, pad = self.boards.get(device), self.pads.get(device)

        def obey() -> None:
            if board:
                board.order = order
                if order == "dead":
                    board.dark()
            if pad:
                pad.order = order

        self.change(obey)

    def state(self, since: int | None = None, wait_s: float = 10.0) -> dict[str, Any]:
        """Everything; with `since`, as soon as the version is another, or after `wait_s` as it is."""
        with self.changed:
            if since is not None:
                self.changed.wait_for(lambda: self.version != since, wait_s)
            return {
                "version": self.version,
                "boards": {name: board.state() for name, board in self.boards.items()},
                "pads": {name: vars(pad).copy() for name, pad in self.pads.items()},
                "wires": {name: wire.state() for name, wire in self.wires.items()},
                "voices": {name: voice.state() for name, voice in self.voices.items()},
                "modems": {name: modem.state() for name, modem in self.modems.items()},
                "complaints": list(self.complaints),
            }

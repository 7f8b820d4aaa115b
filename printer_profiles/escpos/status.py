"""What a printer's answers mean: bytes -> Status, pure. It opens no port, waits for nothing; silence is never "OK".

Bits of DLE EOT n, GS r 1 and ASB: docs/protocols/escpos.md (Epson, TM-U220, TM-L60II, TM-T88III; SRP-350, STP-103).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Literal

State = Literal["ready", "near_end", "paper_out", "cover_open", "error", "offline", "unknown"]

STATUS_REQUESTS: dict[int, bytes] = {n: bytes((0x10, 0x04, n)) for n in (1, 2, 3, 4)}  # DLE EOT n
XON, XOFF = 0x11, 0x13


@dataclass(frozen=True)
class Status:
    """What is known of a printer. ``known`` is True only where everything that was asked was answered properly."""

    known: bool = False
    offline: bool = False
    cover_open: bool = False
    feeding: bool = False  # somebody holds the feed button
    paper_out: bool = False
    near_end: bool = False
    cutter: bool = False
    hot: bool = False  # head too hot; recovers by itself
    broken: bool = False  # unrecoverable
    failed: bool = False  # an error whose kind was not told

    @property
    def faulty(self) -> bool:
        """Does anything stop it?"""
        return self.state in ("paper_out", "cover_open", "error", "offline")

    @property
    def waits_for_a_person(self) -> bool:
        """Will nothing more be printed until somebody has done something at it?"""
        return self.cover_open or self.paper_out or self.cutter or self.broken or (self.failed and not self.hot)

    def __or__(self, other: Status) -> Status:
        """What one of two looks has told; known only where both were."""
        flags = {f.name: bool(getattr(self, f.name) or getattr(other, f.name)) for f in fields(self)}
        return replace(Status(**flags), known=self.known and other.known)

    @property
    def state(self) -> State:
        """One word; what stops the paper first, and what a person can mend before what follows from it."""
        for state, is_so in (
            ("cover_open", self.cover_open),
            ("paper_out", self.paper_out),
            ("error", self.cutter or self.hot or self.broken or self.failed),
            ("offline", self.offline),
            ("near_end", self.near_end and self.known),
            ("ready", self.known),
        ):
            if is_so:
                return state  # type: ignore[return-value]
        return "unknown"

    @property
    def fault(self) -> str:
        """The state, and for an error which one: the key of SENTENCES."""
        if self.state == "offline" and self.feeding:
            return "feeding"
        kinds = {"broken": self.broken, "cutter": self.cutter, "hot": self.hot}
        return next((kind for kind, is_so in kinds.items() if is_so and self.state == "error"), self.state)

    @property
    def zh(self) -> str:
        """What is wrong and what to do, one sentence; empty when ready."""
        return SENTENCES[self.fault][0]

    @property
    def en(self) -> str:
        """What is wrong and what to do, one sentence; empty when ready."""
        return SENTENCES[self.fault][1]


UNKNOWN = Status()

SENTENCES: dict[str, tuple[str, str]] = {
    "ready": ("", ""),
    "near_end": ("纸快用完了，请准备新纸卷。", "Paper is running low: have a new roll at hand."),
    "paper_out": ("打印机缺纸，请换上新纸卷并合上盖子。", "Out of paper: put in a new roll and close the cover."),
    "cover_open": ("打印机盖子开着，请合上盖子。", "The cover is open: close it."),
    "error": (
        "打印机出错，请关机再开机；仍不行请报修。",
        "Printer error: switch it off and on; if it stays, call service.",
    ),
    "cutter": ("切刀卡住，请开盖取出纸屑，再合上。", "The cutter is stuck: open it, take out the paper, close it."),
    "hot": (
        "打印头过热，请等几分钟，会自动恢复。",
        "The print head is too hot: wait a few minutes, it recovers by itself.",
    ),
    "broken": (
        "打印机故障，请关机再开机；仍不行请报修。",
        "Printer fault: switch it off and on; if it stays, call service.",
    ),
    "offline": ("打印机脱机，请检查电源和打印机面板。", "The printer is offline: check its power and its panel."),
    "feeding": ("有人按着走纸键，请松开。", "The feed button is held down: let it go."),
    "unknown": (
        "打印机没有正常应答，请检查电源和连线。",
        "The printer gives no proper answer: check its power and its cable.",
    ),
}

# DLE EOT n -> bit -> field of Status
BITS: dict[int, dict[int, str]] = {
    1: {0x08: "offline"},
    2: {0x04: "cover_open", 0x08: "feeding", 0x20: "paper_out", 0x40: "failed"},
    3: {0x08: "cutter", 0x20: "broken", 0x40: "hot"},
    4: {0x0C: "near_end", 0x60: "paper_out"},
}
ASB_BITS: tuple[dict[int, str], ...] = (
    {0x08: "offline", 0x20: "cover_open", 0x40: "feeding"},
    {0x08: "cutter", 0x20: "broken", 0x40: "hot"},
    {0x03: "near_end", 0x0C: "paper_out"},
    {},
)
PAPER_BITS = {0x03: "near_end", 0x0C: "paper_out"}


def is_real_time(byte: int) -> bool:
    """Can this byte be the answer to DLE EOT n? Bits 1 and 4 set, 0 and 7 clear."""
    return byte & 0x93 == 0x12


def is_paper(byte: int) -> bool:
    """Can this byte be the answer to GS r 1? Bits 4 to 7 clear, and each sensor's two bits alike."""
    return byte in (0x00, 0x03, 0x0C, 0x0F)


def status(answers: Mapping[int, int | None]) -> Status:
    """The status from the answers to DLE EOT n, by n: a byte, or None for silence. Asked nothing, nothing is known.

    A fault that is told counts even where other answers are missing; being ready needs them all.
    """
    well = {n: byte for n, byte in answers.items() if byte is not None and is_real_time(byte)}
    told = [_told(byte, BITS[n]) for n, byte in well.items()]
    return _joined(told, known=bool(answers) and len(well) == len(answers))


def confirmed(byte: int | None) -> Status:
    """The status from the one byte that answers GS r 1 behind a slip; anything else is unknown."""
    if byte is None or not is_paper(byte):
        return UNKNOWN
    return _joined([_told(byte, PAPER_BITS)], known=True)


def automatic(four: bytes) -> Status:
    """The status from one automatic status back (ASB) of four bytes; anything else is unknown."""
    if len(four) != 4 or four[0] & 0x93 != 0x10 or any(byte & 0x90 for byte in four[1:]):
        return UNKNOWN
    return _joined([_told(byte, bits) for byte, bits in zip(four, ASB_BITS, strict=True)], known=True)


def parallel(byte: int) -> Status:
    """The status lines of a parallel port, which USB printers imitate (LPGETSTATUS, GET_PORT_STATUS): 20 paper out,
    10 selected, 08 no error.

    A fault is told; that all is well is not believed, since many printers always answer 18.
    """
    return Status(paper_out=bool(byte & 0x20), offline=not byte & 0x10, failed=not byte & 0x08 and not byte & 0x20)


def _told(byte: int, bits: dict[int, str]) -> set[str]:
    return {name for bit, name in bits.items() if byte & bit}


def _joined(told: list[set[str]], *, known: bool) -> Status:
    return replace(Status(known=known), **dict.fromkeys(set().union(*told), True))


@dataclass
class Inbox:
    """What a printer sent, sorted, fed with any pieces of bytes: answers, ASB and flow control come on one line.

    ``real_time`` and ``paper`` hold answers that nobody has taken yet, oldest first; ``automatic`` is the newest ASB.
    Where ``garbage`` is not empty, believe none of them.
    """

    real_time: list[int] = field(default_factory=list)  # to DLE EOT n
    paper: list[int] = field(default_factory=list)  # to GS r 1
    automatic: bytes | None = None
    paused: bool = False  # XOFF was the last flow control
    garbage: bytearray = field(default_factory=bytearray)
    _asb: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> None:
        """Take what was read from the printer."""
        for byte in data:
            self._take(byte)

    def forget(self) -> None:
        """Before a question: what came unasked is no answer to it. A half ASB stays: its rest would look like one."""
        self.real_time.clear()
        self.paper.clear()
        self.garbage.clear()

    def _take(self, byte: int) -> None:
        if byte in (XON, XOFF):
            self.paused = byte == XOFF
        elif is_real_time(byte):
            self.real_time.append(byte)
        elif byte & 0x93 == 0x10:
            self.garbage += self._asb
            self._asb[:] = (byte,)
        elif self._asb and not byte & 0x90:
            self._follow(byte)
        elif is_paper(byte):
            self.paper.append(byte)
        else:
            self.garbage += self._asb + bytes((byte,))
            self._asb.clear()

    def _follow(self, byte: int) -> None:
        self._asb.append(byte)
        if len(self._asb) == 4:
            self.automatic = bytes(self._asb)
            self._asb.clear()

"""What can be wrong with a printer, as a table: what stops the paper, and which status bits a real head sets for it.

Pure.

Bits are those of Epson's ESC/POS reference (DLE EOT, GS a; TM-T88V, TM-T20III) and agree with TM-U220, STP-103 and
SRP-350; docs/protocols/escpos.md. Several faults at once set the bits of all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

OFFLINE = 0x08  # of DLE EOT 1 and of the first byte of the automatic status


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong.

    ``bits``: DLE EOT n -> bits over the idle answer; ``asb``: the same for its four bytes.
    """

    zh: str
    en: str
    stops: bool = False  # nothing is printed while it lasts; what arrives waits in the buffer
    silent: bool = False  # no status is answered
    bits: dict[int, int] = field(default_factory=dict)
    asb: tuple[int, int, int, int] = (0, 0, 0, 0)


# in the order in which one word for the whole state is chosen
FAULTS: dict[str, Fault] = {
    "power_off": Fault("断电", "Power off", True, True),
    "half_open": Fault("网线断", "Half open", True, True),
    "hang": Fault("死机", "Hang", True, True),
    "cover_open": Fault("盖开", "Cover open", True, False, {1: OFFLINE, 2: 0x04}, (OFFLINE | 0x20, 0, 0, 0)),
    "paper_out": Fault("缺纸", "Paper out", True, False, {1: OFFLINE, 2: 0x20, 4: 0x6C}, (OFFLINE, 0, 0x0F, 0)),
    "broken": Fault("故障", "Broken", True, False, {1: OFFLINE, 2: 0x40, 3: 0x20}, (OFFLINE, 0x20, 0, 0)),
    "cutter_jam": Fault("切刀卡住", "Cutter jam", True, False, {1: OFFLINE, 2: 0x40, 3: 0x08}, (OFFLINE, 0x08, 0, 0)),
    "overheated": Fault("过热", "Overheated", True, False, {1: OFFLINE, 2: 0x40, 3: 0x40}, (OFFLINE, 0x40, 0, 0)),
    "feed_button": Fault("走纸键", "Feed button", True, False, {1: OFFLINE | 0x40, 2: 0x08}, (OFFLINE | 0x40, 0, 0, 0)),
    "offline": Fault("脱机", "Offline", True, False, {1: OFFLINE}, (OFFLINE, 0, 0, 0)),
    "garbage": Fault("乱码", "Garbage answers"),
    "slow": Fault("慢", "Slow"),
    "late": Fault("应答迟", "Late answers"),
    "near_end": Fault("纸将尽", "Near end", bits={4: 0x0C}, asb=(0, 0, 0x03, 0)),
}
ERRORS = ("broken", "cutter_jam", "overheated")
MENDED_BY_POWER = ("hang", "half_open", "cutter_jam")  # gone after the printer was switched off and on

IDLE = {1: 0x16, 2: 0x12, 3: 0x12, 4: 0x12}  # DLE EOT n; fixed bits 0xx1xx10, and 04 of the first: drawer pin high
ASB_IDLE = b"\x14\x00\x00\x0f"
# GS a n: which bits of the four bytes' change are reported
ASB_WATCHES: dict[int, tuple[int, int, int, int]] = {
    0x01: (0x04, 0, 0, 0),  # drawer
    0x02: (0x28, 0, 0, 0),  # online or not, cover
    0x04: (0, 0x68, 0, 0),  # errors
    0x08: (0, 0, 0x0F, 0),  # paper sensors
    0x40: (0x40, 0, 0, 0),  # feed button
}


def stops(faults: Collection[str]) -> bool:
    """Does nothing come out of the printer?"""
    return any(FAULTS[fault].stops for fault in faults)


def silent(faults: Collection[str]) -> bool:
    """Does nothing answer?"""
    return any(FAULTS[fault].silent for fault in faults)


def word(faults: Collection[str]) -> str:
    """The state in one word: the fault that matters most, or "ok"."""
    return next((fault for fault in FAULTS if fault in faults), "ok")


def real_time(n: int, faults: Collection[str]) -> int:
    """The answer to DLE EOT n, 1 to 4."""
    return IDLE[n] | _joined(FAULTS[fault].bits.get(n, 0) for fault in faults)


def paper_sensor(faults: Collection[str]) -> int:
    """The answer to GS r 1."""
    return _joined(FAULTS[fault].asb[2] for fault in faults)


def automatic(faults: Collection[str]) -> bytes:
    """The four bytes of automatic status back."""
    return bytes(idle | _joined(FAULTS[fault].asb[at] for fault in faults) for at, idle in enumerate(ASB_IDLE))


def reported(watched: int, before: bytes, after: bytes) -> bool:
    """Does GS a ``watched`` send the four bytes for this change?"""
    masks = [mask for bit, mask in ASB_WATCHES.items() if watched & bit]
    return any(
        (old ^ new) & mask[at] for mask in masks for at, (old, new) in enumerate(zip(before, after, strict=True))
    )


def _joined(bits: Iterable[int]) -> int:
    return reduce(or_, bits, 0)

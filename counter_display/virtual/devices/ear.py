"""How a device's own processor hears: single bytes off a wire until a frame is whole, and what it made of it.

Knows no frame.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

Color = str


class Sign(NamedTuple):
    """One character as the frame carries it, with its own color."""

    text: str
    color: Color

    @property
    def columns(self) -> int:
        """Half characters of 8 dots."""
        return 1 if self.text.isascii() else 2


class Heard(NamedTuple):
    """One whole frame with a right checksum: to whom, its bytes, and what the device does about it.

    `shows` is None where the picture stays as it is; `wrong` is what a device would stumble over: then it shows
    nothing. `order` is what the host said by name, for devices that are no boards, and "readdress" for a board that
    was given the address in `data`. `address` -1 is every device. `each` is what each of several devices shows that one
    frame was for, by address: they were not all in the same state before it.
    """

    address: int
    raw: bytes
    shows: list[Sign] | None = None
    reply: bytes = b""
    wrong: tuple[str, ...] = ()
    bright: int | None = None
    order: str = ""
    data: bytes = b""
    each: Mapping[int, list[Sign] | None] = {}

    def reaches(self, address: int) -> bool:
        return self.address in (address, -1) or address in self.each

    def picture(self, address: int) -> list[Sign] | None:
        return self.each.get(address, self.shows)


class Broken(Exception):
    """These bytes cannot become a frame, or are one with a mistake; the sentence says why."""


class Ear:
    """One language of one wire. `complaints` collects what was wrong.

    A language says how its frames begin, how long they are, what they mean.
    """

    HEADS: frozenset[int] = frozenset()
    """First bytes of its frames."""
    GAP_S = 0.025
    """A frame whose bytes stop for so long is broken off."""

    def __init__(self) -> None:
        self._got = bytearray()
        self._lost = False
        """Out of step since a mistake that it has complained of."""
        self.complaints: list[tuple[str, bytes]] = []

    @property
    def listening(self) -> bool:
        """Whether a frame has begun."""
        return bool(self._got)

    def size(self, got: bytes) -> int:
        """How many bytes the frame that begins so has; 0 while that cannot be told. Raises Broken."""
        raise NotImplementedError

    def read(self, raw: bytes) -> Heard | None:
        """What a whole frame means; None for nothing. Raises Broken."""
        raise NotImplementedError

    def byte(self, value: int) -> Heard | None:
        self._got.append(value)
        try:
            size = self.size(bytes(self._got))
        except Broken as broken:
            self.broken_off(str(broken))
            if value in self.HEADS:
                self._got.append(value)
            return None
        if not size or len(self._got) < size:
            return None
        raw = bytes(self._got)
        self._got.clear()
        self._lost = False
        try:
            return self.read(raw)
        except Broken as broken:
            self.complaints.append((str(broken), raw))
            return None

    def broken_off(self, why: str = "broken off") -> None:
        """The line went silent, or this cannot become a frame.

        One complaint, however many bytes it takes to be in step again.
        """
        if self._got and not self._lost:
            self.complaints.append((why, bytes(self._got)))
        self._lost = self._lost or bool(self._got)
        self._got.clear()

    def quiet(self) -> None:
        """Nobody speaks: whatever comes next begins a frame."""
        self._lost = False


def characters(data: bytes, color: Color) -> tuple[list[Sign], tuple[str, ...]]:
    """GBK bytes of one color, and what is wrong with them."""
    found: list[Sign] = []
    wrong: list[str] = []
    at = 0
    while at < len(data):
        code = data[at : at + (1 if data[at] < 0x80 else 2)]
        at += len(code)
        sign = one(code)
        if sign:
            found.append(Sign(sign, color))
        else:
            wrong.append(f"character {code.hex()} is none, or is cut off")
    return found, tuple(wrong)


def one(code: bytes) -> str:
    """The character of one GBK code; "" for none, and for control bytes."""
    try:
        text = code.decode("gbk")
    except UnicodeDecodeError:
        return ""
    return text if len(text) == 1 and text >= " " and text != "\x7f" else ""

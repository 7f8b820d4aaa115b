"""Virtual Modbus number boards: registers that are written and read back, shown on six digits.

A wrong CRC is met with silence, as the specification asks; what a board does not know with one exception. Written from
the makers' register maps (docs/protocols/modbus_led485.md, docs/protocols/modbus_dm36.md).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import ClassVar

from counter_display.virtual.devices.ear import Broken, Ear, Heard, Sign

GLOW = "red"
DIGITS = 6
NO_FUNCTION, NO_REGISTER, NO_VALUE = 1, 2, 3
SHAPES = {
    **dict(zip(bytes.fromhex("3f 06 5b 4f 66 6d 7d 07 7f 6f"), "0123456789", strict=True)),
    **dict(zip(bytes.fromhex("77 7c 39 5e 79 71 3d 76 10 0e 7a 38 55"), "ABCDEFGHIJKLM", strict=True)),
    **dict(zip(bytes.fromhex("54 5c 73 67 50 64 78 3e 62 6a 36 6e 49"), "NOPQRSTUVWXYZ", strict=True)),
    0x00: " ",
    0x40: "-",
    0x08: "_",
}
"""Segments (bit 0 the top one, clockwise, bit 6 the middle) -> the letter they form."""
POINT = 0x80


def remainder(message: bytes) -> bytes:
    """The two bytes that end a message, low byte first: CRC-16/MODBUS from a table of nibbles."""
    nibbles = [
        0x0000,
        0xCC01,
        0xD801,
        0x1400,
        0xF001,
        0x3C00,
        0x2800,
        0xE401,
        0xA001,
        0x6C00,
        0x7800,
        0xB401,
        0x5000,
        0x9C01,
        0x8801,
        0x4400,
    ]
    register = 0xFFFF
    for value in message:
        register = register >> 4 ^ nibbles[(register ^ value) & 15]
        register = register >> 4 ^ nibbles[(register ^ value >> 4) & 15]
    return bytes([register & 255, register >> 8])


class _Refused(Exception):
    """An exception of the protocol, and what the board stumbled over."""

    def __init__(self, code: int, what: str) -> None:
        super().__init__(what)
        self.code = code


def _byte(value: int) -> bool:
    return 0x20 <= value < 0x7F


class _Board:
    """One board's registers. `TAKES`: register -> which values may be written."""

    TAKES: ClassVar[Mapping[int, Callable[[int], bool]]]
    READS: ClassVar[frozenset[int]]
    """Registers that can be read and not written."""

    def __init__(self, address: int) -> None:
        self.words: dict[int, int] = {}
        self.address = address
        self._view = " " * DIGITS

    def text(self) -> str:
        return self._view

    def read(self, register: int) -> int:
        return self.words.get(register, 0)

    def write(self, register: int, values: list[int]) -> None:
        """Some registers in a row, all or none. Raises _Refused."""
        for at, value in enumerate(values, start=register):
            if at not in self.TAKES:
                raise _Refused(NO_REGISTER, f"register {at:04x} is none that can be written")
            if not self.TAKES[at](value):
                raise _Refused(NO_VALUE, f"register {at:04x} takes no {value:04x}")
        self.words |= dict(enumerate(values, start=register))
        self._show(range(register, register + len(values)))

    def _show(self, written: range) -> None:
        raise NotImplementedError

    def _letters(self, first: int, words: int, each: int) -> bytes:
        """The bytes of some registers: `each` of them from a register."""
        return b"".join(self.read(first + at).to_bytes(2, "big")[2 - each :] for at in range(words))


class _Led485(_Board):
    """LED-485-xxx of six digits. What was written last is what is shown."""

    TAKES: ClassVar[Mapping[int, Callable[[int], bool]]] = {
        0x00: lambda value: True,
        0x02: lambda value: 1 <= value <= 247,
        0x03: lambda value: 1 <= value <= 8,
        0x04: lambda value: value < DIGITS,
        **dict.fromkeys(range(0x70, 0x73), lambda value: _byte(value >> 8) and _byte(value & 255)),
        **dict.fromkeys(range(0x80, 0x83), lambda value: True),
        0x88: lambda value: True,
        **dict.fromkeys((0x90, 0x91), lambda value: True),
    }
    READS: ClassVar[frozenset[int]] = frozenset({0x1D})

    def __init__(self, address: int) -> None:
        super().__init__(address)
        self.words = {0x02: address, 0x03: 4} | dict.fromkeys(range(0x70, 0x73), 0x2020)

    def _show(self, written: range) -> None:
        self.address = self.read(0x02)
        if 0x90 in written or 0x91 in written:
            (number,) = struct.unpack(">f", self._letters(0x90, 2, 2))
            self._view = f"{number:g}"[: DIGITS + 1].rjust(DIGITS)
        elif any(0x80 <= at < 0x83 for at in written):
            self._view = "".join(
                SHAPES.get(shape & ~POINT, "?") + "." * bool(shape & POINT) for shape in self._letters(0x80, 3, 2)
            )
        elif any(0x70 <= at < 0x73 for at in written):
            self._view = self._letters(0x70, 3, 2).decode("ascii")
        elif 0x88 in written:
            self._view = _number(self.read(0x88), 0)
        elif 0x00 in written or 0x04 in written:
            self._view = _number(self.read(0x00), self.read(0x04))


class _Dm36(_Board):
    """DM36 and DM56: a digit each in 0 to 5, or a number in 6 and 7."""

    TAKES: ClassVar[Mapping[int, Callable[[int], bool]]] = {
        **dict.fromkeys(range(6), _byte),
        6: lambda value: value >> 12 in (0, 1) and value >> 8 & 15 < DIGITS,
        7: lambda value: True,
    }
    READS: ClassVar[frozenset[int]] = frozenset()

    def __init__(self, address: int) -> None:
        super().__init__(address)
        self.words = dict.fromkeys(range(6), 0x20)

    def write(self, register: int, values: list[int]) -> None:
        if register == 6 and len(values) == 1:
            raise _Refused(NO_VALUE, "register 0006 cannot be written without 0007")
        super().write(register, values)

    def _show(self, written: range) -> None:
        if 6 in written:
            high, low = self.read(6), self.read(7)
            number = (high & 255) << 16 | low
            self._view = _pointed(-number if high >> 12 else number, high >> 8 & 15)
        elif 7 in written:
            self._view = f"{self.read(7):{DIGITS}}"
        else:
            self._view = self._letters(0, 6, 1).decode("ascii")


BOARDS: dict[str, type[_Board]] = {"modbus_led485": _Led485, "modbus_dm36": _Dm36}


def _number(word: int, point: int) -> str:
    """16 bits with sign, so many digits behind the point."""
    return _pointed(word - 0x10000 if word & 0x8000 else word, point)


def _pointed(number: int, point: int) -> str:
    digits = f"{abs(number):0{point + 1}d}"
    shown = ("-" if number < 0 else "") + (f"{digits[:-point]}.{digits[-point:]}" if point else digits)
    return shown.rjust(DIGITS + shown.count("."))


class DigitsEar(Ear):
    """All number boards of a wire; which of the two makers' maps they have is told to it."""

    HEADS = frozenset(range(248))

    def __init__(self, language: str) -> None:
        super().__init__()
        self._kind = BOARDS[language]
        self._boards: dict[int, _Board] = {}

    def size(self, got: bytes) -> int:
        """A function that no board has ends where its CRC is right."""
        if got[0] > 247:
            raise Broken(f"{got[0]:02x} is no address of a board")
        if len(got) < 2:
            return 0
        if got[1] in (3, 6):
            return 8
        if got[1] == 16:
            return 0 if len(got) < 7 else 9 + got[6]
        if len(got) > 256:
            raise Broken(f"function {got[1]:02x}: no CRC within 256 bytes")
        return len(got) if len(got) >= 4 and remainder(got[:-2]) == got[-2:] else 0

    def read(self, raw: bytes) -> Heard:
        if remainder(raw[:-2]) != raw[-2:]:
            raise Broken(f"CRC {raw[-2:].hex(' ')} should be {remainder(raw[:-2]).hex(' ')}")
        if raw[0] == 0:
            return self._everybody(raw)
        board = self._board(raw[0])
        try:
            answer, shows = self._obey(board, raw)
        except _Refused as refused:
            answer = bytes([raw[0], raw[1] | 0x80, refused.code])
            return Heard(raw[0], raw, None, answer + remainder(answer), (str(refused),))
        order, data = "", b""
        if board.address != raw[0]:
            order, data = "readdress", bytes([board.address])
            self._boards[board.address] = self._boards.pop(raw[0])
        return Heard(raw[0], raw, shows, answer + remainder(answer), order=order, data=data)

    def _board(self, address: int) -> _Board:
        return self._boards.setdefault(address, self._kind(address))

    def _everybody(self, raw: bytes) -> Heard:
        """A broadcast is obeyed by all and answered by none; nothing can be read by it."""
        if raw[1] not in (6, 16):
            raise Broken(f"function {raw[1]:02x} for all boards: none may answer")
        each: dict[int, list[Sign] | None] = {}
        for address in range(1, 248):
            try:
                each[address] = self._obey(self._board(address), raw)[1]
            except _Refused as refused:
                raise Broken(str(refused)) from None
        return Heard(0, raw, each=each)

    def _obey(self, board: _Board, raw: bytes) -> tuple[bytes, list[Sign] | None]:
        """(the answer without its CRC, the picture if it may be new). Raises _Refused."""
        function, data = raw[1], raw[2:-2]
        if function not in (3, 6, 16):
            raise _Refused(NO_FUNCTION, f"function {function:02x} is unknown to this board")
        register, number = struct.unpack(">HH", data[:4])
        if function == 3:
            return self._values(board, raw[:2], register, number), None
        if function == 6:
            board.write(register, [number])
            return raw[:-2], _signs(board)
        if not 1 <= number <= 123 or data[4] != 2 * number:
            raise _Refused(NO_VALUE, "the number of registers and of bytes differ")
        board.write(register, list(struct.unpack(f">{number}H", data[5:])))
        return raw[:6], _signs(board)

    def _values(self, board: _Board, head: bytes, register: int, number: int) -> bytes:
        if not 1 <= number <= 125:
            raise _Refused(NO_VALUE, f"{number} registers cannot be read at once")
        asked = range(register, register + number)
        unknown = next((at for at in asked if at not in board.TAKES and at not in board.READS), None)
        if unknown is not None:
            raise _Refused(NO_REGISTER, f"register {unknown:04x} is none of this board")
        words = struct.pack(f">{number}H", *(board.read(at) for at in asked))
        return head + bytes([len(words)]) + words


def _signs(board: _Board) -> list[Sign]:
    return [Sign(letter, GLOW) for letter in board.text()]

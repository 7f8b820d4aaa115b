"""The checksums a frame file may name, each a pure function of bytes. Knows no frame.

Source of the CRC variants' values: the catalogue of parametrised CRC algorithms; each is tested by its value for
"123456789".
"""

from __future__ import annotations

from functools import reduce
from operator import xor
from typing import NamedTuple


class Crc16(NamedTuple):
    """A CRC16 by its parameters; the polynomial as the catalogue writes it (8005, which mirrored is A001)."""

    polynomial: int
    initial: int
    reflected: bool
    final_xor: int

    def of(self, data: bytes) -> int:
        value = self.initial
        for byte in data:
            value ^= (_mirrored(byte, 8) if self.reflected else byte) << 8
            for _ in range(8):
                value = ((value << 1) ^ (self.polynomial if value & 0x8000 else 0)) & 0xFFFF
        return (_mirrored(value, 16) if self.reflected else value) ^ self.final_xor


CRC16 = {
    "crc16-modbus": Crc16(0x8005, 0xFFFF, True, 0),
    "crc16-arc": Crc16(0x8005, 0, True, 0),
    "crc16-ccitt-false": Crc16(0x1021, 0xFFFF, False, 0),
    "crc16-xmodem": Crc16(0x1021, 0, False, 0),
    "crc16-kermit": Crc16(0x1021, 0, True, 0),
    "crc16-x25": Crc16(0x1021, 0xFFFF, True, 0xFFFF),
}


def sum8(data: bytes) -> int:
    return sum(data) & 0xFF


def sum16(data: bytes) -> int:
    return sum(data) & 0xFFFF


def xor8(data: bytes) -> int:
    return reduce(xor, data, 0)


SUMS = {"sum8": sum8, "sum16": sum16, "xor8": xor8}
KINDS = (*SUMS, *CRC16, "crc16")
"""What `kind` of a checksum may be; "crc16" takes its parameters from the file."""


def _mirrored(value: int, bits: int) -> int:
    return int(f"{value:0{bits}b}"[::-1], 2)

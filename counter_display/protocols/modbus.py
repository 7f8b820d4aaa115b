"""Modbus RTU as a master needs it for number boards: functions 03, 06 and 16 to bytes, and bytes to replies.

Knows no board.

    ADDR FUNC DATA CRC16 (low byte first; polynomial A001, initial value FFFF)     3.5 characters of silence around
        a frame

Source: Modbus Application Protocol V1.1b3 and Modbus over Serial Line V1.02; docs/protocols/modbus.md has the byte
table.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from config import Text
from counter_display.protocols.checksums import CRC16
from counter_display.protocols.language import Echo, Reply, refuse_address

READ, WRITE_ONE, WRITE = 0x03, 0x06, 0x10
EXCEPTION = 0x80
crc = CRC16["crc16-modbus"].of
ADDRESSES = range(1, 248)
SILENCE_CHARACTERS = 3.5
LONGEST_FRAME = 256
EXCEPTIONS = {
    1: Text("没有这个功能", "it knows no such function"),
    2: Text("没有这个寄存器", "it has no such register"),
    3: Text("不接受这个值", "it takes no such value"),
    4: Text(
        "设备自己出错，或网关、模拟程序替不在的设备回答",
        "it failed by itself, or a gateway or a simulator answers for one that is not there",
    ),
    6: Text("正忙，稍后再问", "it is busy; ask again later"),
    7: Text("现在办不到", "it cannot do it now"),
    8: Text("存储器校验出错", "its memory has an error"),
    10: Text("网关到这个地址没有通路", "the gateway has no path to this address"),
    11: Text("网关问过，这个地址没有设备应答", "the gateway asked, and no device of this address answered"),
}
"""Why a board does not do what it was told, by the exception's code (Modbus Application Protocol V1.1b3, 7)."""
ACKNOWLEDGED = 5
"""The board has taken the request and works on it: not a refusal."""
ABSENT = frozenset({10, 11})
"""A gateway's own words: nobody of that address has spoken."""


def read(address: int, register: int, count: int = 1) -> bytes:
    """Function 03: ask for `count` holding registers (1-125)."""
    return frame(address, READ, struct.pack(">HH", register, count))


def write_one(address: int, register: int, value: int) -> bytes:
    """Function 06: one register.

    Its reply is the same bytes, so behind an echoing adapter nobody can tell it from the echo.
    """
    return frame(address, WRITE_ONE, struct.pack(">HH", register, value))


def write(address: int, register: int, values: Sequence[int]) -> bytes:
    """Function 16: registers in a row (1-123), each 0-65535."""
    count = len(values)
    return frame(address, WRITE, struct.pack(f">HHB{count}H", register, count, 2 * count, *values))


def frame(address: int, function: int, data: bytes) -> bytes:
    refuse_address(address, ADDRESSES)
    body = bytes([address, function]) + data
    return body + struct.pack("<H", crc(body))


class Replies:
    """Replies to the frame that was sent last, out of any pieces of bytes: of its address and function; all else is
    passed over.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._echo = Echo()
        self._address = self._function = 0

    def sent(self, frame: bytes) -> None:
        self._rest = b""
        self._address, self._function = frame[0], frame[1]
        self._echo.sent(b"" if frame[1] == WRITE_ONE else frame)

    def feed(self, piece: bytes) -> list[Reply]:
        self._rest += self._echo.without(piece)
        found: list[Reply] = []
        at = 0
        while at < len(self._rest):
            reply, size = self._reply(self._rest[at:])
            if reply:
                found.append(reply)
            at += size or 1
            if size:
                self._rest, at = self._rest[at:], 0
        self._rest = self._rest[-LONGEST_FRAME:]
        return found

    def _reply(self, stream: bytes) -> tuple[Reply | None, int]:
        """The reply at the beginning of `stream` and its size; size 0 for none, or for one that is not whole yet."""
        if stream[0] != self._address or len(stream) < 5 or stream[1] & ~EXCEPTION != self._function:
            return None, 0
        size = 5 if stream[1] & EXCEPTION else 5 + stream[2] if stream[1] == READ else 8
        if len(stream) < size or struct.unpack("<H", stream[size - 2 : size])[0] != crc(stream[: size - 2]):
            return None, 0
        code = stream[2] if stream[1] & EXCEPTION else ACKNOWLEDGED
        unknown = Text(f"异常码 {code:02X}", f"exception {code:02X}")
        refused = None if code == ACKNOWLEDGED else EXCEPTIONS.get(code, unknown)
        return Reply(stream[0], stream[2 : size - 2], refused, code in ABSENT), size

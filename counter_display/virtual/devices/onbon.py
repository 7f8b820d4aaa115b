"""The virtual Onbon font card: hears frames between A5 and 5A, shows dynamic area 0, answers as the maker's example
does.
"""

from __future__ import annotations

from counter_display.virtual.devices.ear import Broken, Ear, Heard, Sign, characters

GLOW = "red"


def remainder(body: bytes) -> int:
    """CRC-16/ARC, by dividing bit by bit."""
    register = 0
    for value in body:
        for bit in range(8):
            out = (register ^ (value >> bit)) & 1
            register = register >> 1 ^ (0xA001 if out else 0)
    return register


class CardEar(Ear):
    HEADS = frozenset({0xA5})

    def size(self, got: bytes) -> int:
        if got[0] != 0xA5:
            raise Broken("no head A5")
        if len(got) > 2000:
            raise Broken("no end 5A within 2000 bytes")
        if got[-1] == 0xA5 and got.strip(b"\xa5"):
            raise Broken("A5 inside a frame")
        return len(got) if got[-1] == 0x5A else 0

    def read(self, raw: bytes) -> Heard:
        heads = len(raw) - len(raw.lstrip(b"\xa5"))
        body = _plain(raw[heads:-1])
        if len(body) < 16:
            raise Broken("too short to be a frame")
        told, right = body[-2] | body[-1] << 8, remainder(body[:-2])
        if told != right:
            raise Broken(f"CRC {told:04x} should be {right:04x}")
        if body[12] | body[13] << 8 != len(body) - 16:
            raise Broken("the length of the data is wrong")
        to, back = body[0] | body[1] << 8, body[2] | body[3] << 8
        shows, wrong = _meaning(body[14:-2])
        reply = _answer(to, back, 1 if wrong else 0) if len(body) > 18 and body[16] == 1 else b""
        return Heard(to, raw, shows, reply, wrong)


def _plain(escaped: bytes) -> bytes:
    plain, at = bytearray(), 0
    while at < len(escaped):
        value = escaped[at]
        if value in (0xA6, 0x5B):
            low = escaped[at + 1] if at + 1 < len(escaped) else 0
            if low not in (1, 2):
                raise Broken(f"escape {value:02x} {low:02x} is none")
            value, at = value - low + 1, at + 1
        plain.append(value)
        at += 1
    return bytes(plain)


def _meaning(data: bytes) -> tuple[list[Sign] | None, tuple[str, ...]]:
    """What a command shows, and what is wrong with it."""
    if data[:2] == b"\xa2\x00":
        return None, ()
    if data[:2] != b"\xa3\x06":
        return None, (f"command {data[:2].hex(' ')} is unknown to this card",)
    count = data[5]
    at = 6 + count
    if len(data) < at + 3 or data[at] != 1:
        return None, ("exactly one area is shown here",)
    size = data[at + 1] | data[at + 2] << 8
    area = data[at + 3 :]
    if size != len(area) or size < 27:
        return None, (f"the area has {len(area)} bytes and says {size}",)
    letters = int.from_bytes(area[23:27], "little")
    if area[0] != 0 or area[14] != 0 or letters != len(area) - 27:
        return None, (f"the text has {len(area) - 27} bytes and says {letters}",)
    return characters(area[27:], GLOW)


def _answer(screen: int, host: int, error: int) -> bytes:
    record = bytes([0xA0, error, error, 0, 0])
    body = bytes([host & 255, host >> 8, screen & 255, screen >> 8, 0, 0, 0, 0, 0, 0, 0xFE, 2, len(record), 0]) + record
    check = remainder(body)
    out = bytearray(b"\xa5" * 8)
    for value in body + bytes([check & 255, check >> 8]):
        out += {0xA5: b"\xa6\x02", 0xA6: b"\xa6\x01", 0x5A: b"\x5b\x02", 0x5B: b"\x5b\x01"}.get(value, bytes([value]))
    return bytes(out) + b"\x5a"

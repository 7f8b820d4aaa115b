"""Virtual Modbus number boards: registers that are written and read back, shown on six digits.

A wrong CRC is met with silence.
"""

from __future__ import annotations

from collections import defaultdict

from counter_display.virtual.devices.ear import Broken, Ear, Heard, Sign

GLOW = "red"
TEXT = {"modbus_led485": 0x70, "modbus_dm36": 0}
WORDS = {"modbus_led485": 3, "modbus_dm36": 6}


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


class DigitsEar(Ear):
    """All number boards of a wire; which of the two makers' maps they have is told to it."""

    HEADS = frozenset(range(1, 248))

    def __init__(self, language: str) -> None:
        super().__init__()
        self._first, self._words = TEXT[language], WORDS[language]
        self._registers: dict[int, dict[int, int]] = defaultdict(dict)

    def size(self, got: bytes) -> int:
        if not 1 <= got[0] <= 247:
            raise Broken(f"{got[0]:02x} is no address of a board")
        if len(got) < 2:
            return 0
        if got[1] not in (3, 6, 16):
            raise Broken(f"function {got[1]:02x} is unknown to this board")
        if got[1] != 16:
            return 8
        return 0 if len(got) < 7 else 9 + got[6]

    def read(self, raw: bytes) -> Heard:
        if remainder(raw[:-2]) != raw[-2:]:
            raise Broken(f"CRC {raw[-2:].hex(' ')} should be {remainder(raw[:-2]).hex(' ')}")
        address, function = raw[0], raw[1]
        register, number = raw[2] << 8 | raw[3], raw[4] << 8 | raw[5]
        own = self._registers[address]
        if function == 3:
            words = [
                address if at == 2 and self._first else own.get(at, 0x2020) for at in range(register, register + number)
            ]
            body = b"".join(word.to_bytes(2, "big") for word in words)
            return Heard(address, raw, None, self._end(bytes([address, 3, len(body)]) + body))
        if function == 6:
            own[register] = number
            return Heard(address, raw, self._signs(own), raw)
        if raw[6] != 2 * number or not 1 <= number <= 123:
            return Heard(
                address,
                raw,
                None,
                self._end(bytes([address, 0x90, 3])),
                ("the number of registers and of bytes differ",),
            )
        for at in range(number):
            own[register + at] = raw[7 + 2 * at] << 8 | raw[8 + 2 * at]
        wrong = tuple(
            f"register {at:04x} is none that shows"
            for at in range(register, register + number)
            if not 0 <= at - self._first < self._words
        )
        return Heard(address, raw, self._signs(own), self._end(raw[:6]), wrong)

    def _end(self, body: bytes) -> bytes:
        return body + remainder(body)

    def _signs(self, own: dict[int, int]) -> list[Sign]:
        words = [own.get(self._first + at, 0x2020) for at in range(self._words)]
        codes = (
            b"".join(word.to_bytes(2, "big") for word in words)
            if self._words == 3
            else bytes(word & 255 for word in words)
        )
        return [Sign(chr(code) if 32 <= code < 127 else "?", GLOW) for code in codes]

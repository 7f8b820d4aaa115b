"""The virtual strip screen A0 90: hears frames, shows them, answers. Written from devices' byte tables alone."""

from __future__ import annotations

from counter_display.virtual.devices.ear import Broken, Ear, Heard, Sign, one

COLORS = ("red", "green", "yellow")


class StripEar(Ear):
    HEADS = frozenset({0xA0})

    def size(self, got: bytes) -> int:
        if got[0] != 0xA0 or (len(got) > 1 and got[1] != 0x90):
            raise Broken("no head A0 90")
        return 0 if len(got) < 6 else 7 + got[4] * 256 + got[5]

    def read(self, raw: bytes) -> Heard:
        check = 0
        for value in raw[2:-1]:
            check ^= value
        if check != raw[-1]:
            raise Broken(f"checksum {raw[-1]:02x} should be {check:02x}")
        address, command, data = raw[2], raw[3], raw[6:-1]
        shown, wrong = signs(data)
        if command == 0xA1:
            shown, wrong = [Sign(digit, "red") for digit in str(address)], []
        elif command != 0xA5:
            wrong = [f"command {command:02x} is not A5 or A1"]
        if len(data) > 254:
            wrong = [*wrong, "more than 254 bytes of data"]
        return Heard(address, raw, shown, bytes([0xA0, 0x90, address, 0xA5, 0xAA]), tuple(wrong))


def signs(data: bytes) -> tuple[list[Sign], list[str]]:
    """The characters of a show frame, and what is wrong with them."""
    found: list[Sign] = []
    wrong: list[str] = []
    at = 0
    while at < len(data):
        size = 1 if data[at] < 0x80 else 2
        code, color = data[at : at + size], data[at + size : at + size + 1]
        at += size + 1
        text = one(code)
        if not color or not text:
            wrong.append(f"character {code.hex()} is none, or is cut off")
        elif color[0] >= len(COLORS):
            wrong.append(f"color {color[0]} of {text} is none of 0, 1, 2")
        else:
            found.append(Sign(text, COLORS[color[0]]))
    return found, wrong

"""The virtual Alpha sign: packets from 01 to 04, letters in the colors it is told.

As it comes from the factory it does not answer.
"""

from __future__ import annotations

import re

from counter_display.virtual.devices.ear import Broken, Ear, Heard, Sign

COLORS = {"1": "red", "2": "green", "3": "yellow", "8": "yellow"}
PACKET = re.compile(
    rb"\x00*\x01(?P<type>.)(?P<address>[0-9A-F?]{2})\x02(?P<body>A.\x1b.[a-z].*)\x03(?P<sum>[0-9A-F]{4})\x04", re.DOTALL
)


class SignEar(Ear):
    HEADS = frozenset({0x00, 0x01})

    def size(self, got: bytes) -> int:
        if got[0] > 1:
            raise Broken("no head 01")
        if got[-1] > 0x7F:
            raise Broken(f"{got[-1]:02x} has eight bits")
        if len(got) > 400:
            raise Broken("no end 04 within 400 bytes")
        return len(got) if got[-1] == 4 else 0

    def read(self, raw: bytes) -> Heard:
        found = PACKET.fullmatch(raw)
        if not found:
            raise Broken("no packet that writes a text")
        if raw.count(0, 0, found.start("type")) < 5:
            raise Broken("fewer than five zero bytes before it: the sign does not wake up")
        right = f"{(sum(found['body']) + 2 + 3) % 65536:04X}"
        if found["sum"].decode() != right:
            raise Broken(f"checksum {found['sum'].decode()} should be {right}")
        address = int(found["address"].decode().replace("?", "0"), 16)
        signs, wrong = _signs(found["body"][5:].decode("ascii"))
        return Heard(address or -1, raw, signs, b"", wrong)


def _signs(text: str) -> tuple[list[Sign], tuple[str, ...]]:
    signs: list[Sign] = []
    color, letters = "red", iter(text)
    for letter in letters:
        if letter == "\x1c":
            color = COLORS.get(next(letters, ""), "red")
        elif letter < " ":
            return signs, (f"control {ord(letter):02x} is unknown to this sign",)
        else:
            signs.append(Sign(letter, color))
    return signs, ()

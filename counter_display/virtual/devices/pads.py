"""Virtual call pads and raters: they hear FF 68 frames of the host, and say their own.

What is pressed is told by counter_display/virtual/held_pads.py.
"""

from __future__ import annotations

from counter_display.virtual.devices.ear import Broken, Ear, Heard


class PadEar(Ear):
    HEADS = frozenset({0xFF})

    def size(self, got: bytes) -> int:
        if got[0] != 0xFF or (len(got) > 1 and got[1] != 0x68):
            raise Broken("no head FF 68")
        if len(got) < 5:
            return 0
        if got[2] != got[3] or got[4] != 0x68 or got[2] < 2:
            raise Broken("the two lengths differ, or 68 is missing")
        return 7 + got[2]

    def read(self, raw: bytes) -> Heard:
        body, check, end = raw[5:-2], raw[-2], raw[-1]
        if end != 0x16:
            raise Broken("no 16 at the end")
        if sum(body) % 256 != check:
            raise Broken(f"sum {check:02x} should be {sum(body) % 256:02x}")
        names = {1: "answer", 2: "show", 3: "beep", 0x11: "score"}
        if body[1] not in names:
            raise Broken(f"function {body[1]:02x} is unknown to this pad")
        return Heard(body[0], raw, order=names[body[1]], data=body[2:])


def said(address: int, function: int, *data: int) -> bytes:
    """A frame of a pad (function 1) or a rater (function 0x11)."""
    body = [address, function, *data]
    return bytes([0xFF, 0x68, len(body), len(body), 0x68, *body, sum(body) % 256, 0x16])

"""Virtual speech modules SYN6288 and XFS5152CE: they hear FD frames and answer in single bytes. They make no sound."""

from __future__ import annotations

import re

from counter_display.virtual.devices.ear import Broken, Ear, Heard

ACCEPTED, BAD, BUSY, IDLE = b"\x41", b"\x45", b"\x4e", b"\x4f"
CODINGS = {0: "gb2312", 1: "gbk", 2: "big5", 3: "utf-16-be"}


class SpeechEar(Ear):
    """One module. `order` of what it heard is speak, stop, pause, go on or ask; its text stands in `data` as UTF-8."""

    HEADS = frozenset({0xFD})

    def __init__(self, checksum: bool) -> None:
        super().__init__()
        self._checksum = checksum

    def size(self, got: bytes) -> int:
        if got[0] != 0xFD:
            raise Broken("no head FD")
        return 0 if len(got) < 3 else 3 + got[1] * 256 + got[2]

    def read(self, raw: bytes) -> Heard:
        body = raw[3:]
        if self._checksum:
            check = 0
            for value in raw:
                check ^= value
            if check:
                return Heard(0, raw, None, BAD, ("wrong checksum",))
            body = body[:-1]
        orders = {0x01: "speak", 0x02: "stop", 0x03: "pause", 0x04: "go on", 0x21: "ask"}
        order = orders.get(body[0], "") if body else ""
        if not order or (order == "speak" and (len(body) < 3 or body[1] not in CODINGS)):
            return Heard(0, raw, None, BAD, ("no command of this module",))
        if order != "speak":
            return Heard(0, raw, None, IDLE if order == "ask" else ACCEPTED, order=order)
        try:
            text = body[2:].decode(CODINGS[body[1]])
        except UnicodeDecodeError:
            return Heard(0, raw, None, BAD, ("the text is cut inside a character",))
        return Heard(0, raw, None, ACCEPTED, order="speak", data=re.sub(r"\[[a-z]\d+\]", "", text).encode())

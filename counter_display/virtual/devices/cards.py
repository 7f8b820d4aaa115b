"""Virtual boards of the vendors' frames that come as files: parking AA 55, #@&, @ … CR, and the cousin of A0 90.

None of them reads the files.
"""

from __future__ import annotations

from counter_display.virtual.devices.a090 import StripEar
from counter_display.virtual.devices.ear import Broken, Ear, Heard, Sign, characters
from counter_display.virtual.devices.modbus import remainder


class ParkingEar(Ear):
    """AA 55 SEQ ADDR 00 CMD LENh LENl DATA CRCh CRCl AF; its answer is not published: it gives none."""

    HEADS = frozenset({0xAA})

    def size(self, got: bytes) -> int:
        if got[0] != 0xAA or (len(got) > 1 and got[1] != 0x55):
            raise Broken("no head AA 55")
        return 0 if len(got) < 8 else 11 + got[6] * 256 + got[7]

    def read(self, raw: bytes) -> Heard:
        if raw[-1] != 0xAF:
            raise Broken("no AF at the end")
        right = remainder(raw[2:-3] + b"\0\0")[::-1]
        if right != raw[-3:-1]:
            raise Broken(f"CRC {raw[-3:-1].hex(' ')} should be {right.hex(' ')}")
        data = raw[8:-3]
        if raw[5] != 0x27 or len(data) < 4 or data[2] not in (1, 2, 3) or data[3] != 0:
            return Heard(
                raw[3], raw, None, b"", (f"command {raw[5]:02x} {data[:4].hex(' ')} is unknown to this board",)
            )
        shows, wrong = characters(data[4:], ("red", "green", "yellow")[data[2] - 1])
        return Heard(raw[3], raw, shows, b"", wrong)


class DecimalEar(Ear):
    """#@&A LEN4 IDX2 …; answers OK."""

    HEADS = frozenset({0x23})

    def size(self, got: bytes) -> int:
        if not b"#@&A".startswith(got[:4]):
            raise Broken("no head #@&A")
        if len(got) < 8:
            return 0
        if not got[4:8].isdigit():
            raise Broken("the length is no number")
        return 9 + int(got[4:8])

    def read(self, raw: bytes) -> Heard:
        if sum(raw[3:-1]) % 256 != raw[-1]:
            raise Broken(f"sum {raw[-1]:02x} should be {sum(raw[3:-1]) % 256:02x}")
        fields = raw[8:20]
        if len(fields) < 12 or not fields.isdigit() or fields[11:12] not in (b"0", b"1", b"2"):
            raise Broken("the fields before the text are no numbers")
        shows, wrong = characters(raw[20:-1], ("red", "green", "yellow")[int(fields[11:12])])
        return Heard(int(fields[:2]), raw, shows, b"#@&OK", wrong)


class BareEar(Ear):
    """@ ADDR text CR."""

    HEADS = frozenset({0x40})

    def size(self, got: bytes) -> int:
        if got[0] != 0x40:
            raise Broken("no head @")
        return len(got) if len(got) > 2 and got[-1] == 0x0D else 0

    def read(self, raw: bytes) -> Heard:
        shows, wrong = characters(raw[2:-1], "red")
        return Heard(raw[1], raw, shows, b"", wrong)


class CousinEar(StripEar):
    """A0 90 LINE 50 LENh LENl <UTF-16BE> XOR: as long as the strip screen's frames, with other contents."""

    def read(self, raw: bytes) -> Heard:
        check = 0
        for value in raw[2:]:
            check ^= value
        if check or raw[3] != 0x50 or len(raw) % 2 == 0:
            raise Broken("a wrong checksum, an odd length, or not the command 50")
        return Heard(raw[2], raw, [Sign(c, "red") for c in raw[6:-1].decode("utf-16-be", "replace")])

"""Real-time commands in a stream of bytes: found as they arrive, even inside the data of another command.

It obeys none.
"""

from __future__ import annotations

CLEAR = bytes.fromhex("10 14 08 01 03 14 01 06 02 08")  # DLE DC4 fn 8, whole
CLEARED = b"\x37\x25\x00"  # the answer when the buffers are empty

# the first bytes -> length of the whole command
LENGTHS: dict[bytes, int] = {
    **{bytes((0x10, 0x04, n)): 3 for n in (1, 2, 3, 4)},  # DLE EOT n
    **{bytes((0x10, 0x05, n)): 3 for n in (0, 1, 2)},  # DLE ENQ n
    b"\x10\x14\x01": 5,  # DLE DC4 1 m t: drawer
    b"\x10\x14\x02": 5,  # DLE DC4 2 1 8: power-off sequence
    b"\x10\x14\x03": 8,  # DLE DC4 3 a n r t1 t2: buzzer
    b"\x10\x14\x07": 4,  # DLE DC4 7 m: a status
    b"\x10\x14\x08": len(CLEAR),
}


class Finder:
    """``feed`` it each byte that arrives; it returns a real-time command when that byte was its last."""

    def __init__(self) -> None:
        self._seen = b""

    def feed(self, byte: int) -> bytes | None:
        """The command that ends with this byte, if one does."""
        self._seen += bytes((byte,))
        if not self._may_become(self._seen):
            self._seen = b"\x10" if byte == 0x10 else b""
        elif len(self._seen) > 2 and len(self._seen) == LENGTHS[self._seen[:3]]:
            found, self._seen = self._seen, b""
            return found
        return None

    @staticmethod
    def _may_become(seen: bytes) -> bool:
        if len(seen) > 2:
            return seen[:3] in LENGTHS and (seen[2] != 8 or CLEAR.startswith(seen) or seen[1] != 0x14)
        return seen in (b"\x10", b"\x10\x04", b"\x10\x05", b"\x10\x14")

"""The virtual CD5220 line display: two lines of 20 letters, told by escape sequences; it says nothing, ever."""

from __future__ import annotations

from counter_display.virtual.devices.ear import Broken, Ear, Heard, Sign

GLOW = "green"
LETTERS = 20


class LineEar(Ear):
    """One display. It remembers both lines, and that an upper or lower line was begun: then only 0C ends that mode."""

    HEADS = frozenset({0x1B, 0x0C, 0x18})

    def __init__(self) -> None:
        super().__init__()
        self.lines = [" " * LETTERS, " " * LETTERS]
        self._string_mode = False

    def size(self, got: bytes) -> int:
        if got[0] in (0x0C, 0x18):
            return 1
        if got[0] != 0x1B:
            raise Broken(f"{got[0]:02x} is no command of this display")
        if len(got) < 2:
            return 0
        if got[1] == 0x51:
            return self._line(got)
        if got[1] == 0x40:
            return 2
        if got[1] in (0x2A, 0x5F):
            return 3
        raise Broken(f"1b {got[1]:02x} is no command of this display")

    def _line(self, got: bytes) -> int:
        if len(got) > 2 and got[2] not in (0x41, 0x42):
            raise Broken(f"1b 51 {got[2]:02x} is no line of this display")
        if len(got) > 3 and got[-1] == 0x0D:
            return len(got)
        if len(got) > 3 + LETTERS:
            raise Broken("a line of more than 20 letters")
        return 0

    def read(self, raw: bytes) -> Heard:
        if raw[0] == 0x1B and raw[1] != 0x51 and self._string_mode:
            raise Broken("only 0C is understood after a line was written")
        if raw[:2] == b"\x1b\x2a":
            if not 1 <= raw[2] <= 4:
                raise Broken(f"brightness {raw[2]} is none of 1 to 4")
            return Heard(0, raw, None, bright=raw[2] * 25)
        if raw[:2] == b"\x1b\x51":
            odd = [value for value in raw[3:-1] if not 32 <= value < 127]
            if odd:
                raise Broken(f"letter {odd[0]:02x} is not ASCII")
            self._string_mode = True
            self.lines[raw[2] - 0x41] = raw[3:-1].decode("ascii").ljust(LETTERS)
        elif raw[0] in (0x0C, 0x18) or raw[1] == 0x40:
            self._string_mode = False
            self.lines = [" " * LETTERS, " " * LETTERS]
        return Heard(0, raw, [Sign(c, GLOW) for c in "\n".join(self.lines)])

"""The virtual CD5220 line display: two lines of 20 letters and a cursor, told by letters, control bytes and escape
sequences; it says nothing, ever.

Written from the published command lists (docs/protocols/cd5220.md), all of them: what our own encoder never sends too.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from counter_display.virtual.devices.ear import Broken, Ear, Heard, Sign

GLOW = "green"
LETTERS = 20
RUNNING = 40
"""Letters of a running line at most."""
DEMO = 400
"""Bytes of the demonstration text that ESC b keeps."""
OWN = "▯"
"""Stands for a character that a program has drawn by ESC &."""
ESCAPES = {
    **dict.fromkeys(b"\x11\x12\x13@", 0),
    **dict.fromkeys(b"[*_fc=?%sd#Rt", 1),
    ord("l"): 2,
    ord("W"): 4,
    ord("b"): DEMO,
}
"""ESC and this byte are followed by so many; ESC Q and ESC & say themselves how many."""
UNITS = {**dict.fromkeys(b"\x01\x02\x03\x0a\x0d@BU", 0), **dict.fromkeys(b"EXCr", 1), ord("$"): 2, ord("T"): 2}
"""The same of US, 1F, which the Epson-like heads know too."""
MODES = {
    0x11: "overwrite",
    0x12: "vertical",
    0x13: "horizontal",
    0x01: "overwrite",
    0x02: "vertical",
    0x03: "horizontal",
}
REPLACED = "#$@[\\]^`{|}~"
NATIONAL = {
    "A": REPLACED,
    "G": "#$§ÄÖÜ^`äöüß",
    "I": "#$@°\\é^ùàòèì",
    "J": "#$@[¥]^`{|}~",
    "U": "£$@[\\]^`{|}~",
    "F": "#$à°ç§^`éùè¨",
    "S": "₧$@¡Ñ¿^`¨ñ}~",
    "W": "#¤ÉÄÖÅÜéäöåü",
    "D": "#$@ÆØÅ^`æøå~",
    "E": "#$ÉÆØÅÜéæøåü",
    "L": REPLACED,
    "R": REPLACED,
}
"""ESC f n: what stands for the twelve signs of ASCII that nations replace."""
UPPER_HALF = {"A": "cp437", "J": "shift_jis", "L": "cp852", "R": "cp866"}
"""ESC c n: whose characters are above 7F. That these code pages are meant is unconfirmed."""
LEFT, RIGHT, UP, DOWN = "left", "right", "up", "down"
MOVES: dict[bytes, str] = {
    b"\x08": LEFT,
    b"\x1b[D": LEFT,
    b"\x09": RIGHT,
    b"\x1b[C": RIGHT,
    b"\x1b[A": UP,
    b"\x1f\x0a": UP,
    b"\x0a": DOWN,
    b"\x1b[B": DOWN,
    b"\x0b": "home",
    b"\x1b[H": "home",
    b"\x0d": "first",
    b"\x1b[L": "first",
    b"\x1b[R": "last",
    b"\x1f\x0d": "last",
    b"\x1b[K": "bottom",
    b"\x1fB": "bottom",
}


class LineEar(Ear):
    """One display. After ESC Q A or B only further lines, CLR and CAN are understood; of the rest it complains once."""

    HEADS = frozenset({*range(0x08, 0x0E), 0x18, 0x1B, 0x1F, *range(0x20, 0x7F)})
    GAP_S = math.inf  # it waits for the rest of a command

    def __init__(self) -> None:
        super().__init__()
        self._listens = True
        self._bright = 100
        self._own: set[int] = set()
        self._begin()

    def _begin(self) -> None:
        """As after power-on, but for the brightness and what was drawn."""
        self._lines = [[" "] * LETTERS, [" "] * LETTERS]
        self._x = self._y = 0
        self._mode, self._window = "overwrite", (0, LETTERS - 1, 0)
        self._string_mode = self._told = self._draws_own = False
        self._running: dict[int, str] = {}
        self._nation, self._half = "A", "A"

    # --- how long a command is ---

    def byte(self, value: int) -> Heard | None:
        """A window is taken away with its place behind the 00, or without it."""
        if bytes(self._got) == b"\x1bW\x00" and not 1 <= value <= LETTERS:
            self._got.clear()
            self._window = 0, LETTERS - 1, self._window[2]
        return super().byte(value)

    def size(self, got: bytes) -> int:
        if not self._listens:
            return self._other(got)
        if got[0] == 0x1B:
            return self._escape(got)
        if got[0] == 0x1F:
            return len(got) - 1 and 2 + UNITS.get(got[1], 0)
        return 1

    def _other(self, got: bytes) -> int:
        """Bytes are for the printer behind it, until ESC = says otherwise."""
        begun = got[0] == 0x1B and (len(got) < 2 or got[1] == 0x3D)
        return 3 if begun else len(got)

    def _escape(self, got: bytes) -> int:
        if len(got) < 2:
            return 0
        if got[1] == ord("Q"):
            return self._line(got)
        if got[1] == ord("&"):
            return self._drawn(got)
        return 2 + ESCAPES.get(got[1], 0)

    def _line(self, got: bytes) -> int:
        if len(got) > 2 and got[2] not in b"ABCD":
            return 3
        return len(got) if len(got) > 3 and (got[-1] == 0x0D or len(got) > 3 + 2 * RUNNING) else 0

    def _drawn(self, got: bytes) -> int:
        """ESC & s n m, and for each of the characters n to m its number of columns and so many bytes."""
        if len(got) < 5:
            return 0
        at = 5
        for _ in range(got[3], got[4] + 1):
            if len(got) <= at:
                return 0
            at += 1 + got[at]
        return at

    # --- what it does ---

    def read(self, raw: bytes) -> Heard | None:
        if raw[:2] == b"\x1b=":
            self._listens = _chosen(raw[2]) != 1
        if not self._listens or raw[:2] == b"\x1b=":
            return None
        if self._string_mode and raw[:2] != b"\x1bQ" and raw not in (b"\x0c", b"\x18"):
            if self._told:
                return None
            self._told = True
            raise Broken("only 0C and 18 are understood after a line was written")
        if self._running:
            for y in self._running:
                self._lines[y], self._y, self._x = [" "] * LETTERS, y, 0
            self._running = {}
        self._obey(raw)
        return Heard(0, raw, self._signs(), bright=self._bright)

    def _obey(self, raw: bytes) -> None:
        if raw in MOVES:
            self._move(MOVES[raw])
        elif len(raw) == 1 and (0x20 <= raw[0] < 0x7F or raw[0] >= 0x80):
            self._put(self._letter(raw[0]))
        elif raw == b"\x0c":
            mode = self._mode, self._window, self._nation, self._half, self._draws_own
            self._begin()
            self._mode, self._window, self._nation, self._half, self._draws_own = mode
        elif raw == b"\x18":
            self._lines[self._y], self._x = [" "] * LETTERS, 0
            self._string_mode = self._told = False
        elif raw[0] == 0x1B and raw[1] in _DOES:
            _DOES[raw[1]](self, raw[2:])
        elif raw[0] == 0x1F and raw[1] in MODES:
            self._mode = MODES[raw[1]]
        elif raw[:2] == b"\x1f$":
            self._go(raw[2:])
        elif raw[:2] == b"\x1fX":
            self._shine(raw[2:])
        elif not (raw[0] == 0x1F and raw[1] in UNITS):
            raise Broken(f"{raw[:3].hex(' ')} is no command of this display")

    def _select(self, mode: str) -> None:
        self._mode, self._x = mode, min(self._x, LETTERS - 1)

    def _string(self, told: bytes) -> None:
        which, line = told[:1], told[1:-1]
        if which not in (b"A", b"B", b"C", b"D"):
            raise Broken(f"1b 51 {which.hex()} is no line of this display")
        odd = [value for value in line if value < 0x20 or value == 0x7F]
        most = LETTERS if which in b"AB" else RUNNING
        if odd:
            raise Broken(f"letter {odd[0]:02x} is not ASCII")
        if len(line) > most:
            raise Broken(f"a line of more than {most} letters")
        words = "".join(self._letter(value) for value in line)
        self._y, self._x = which in b"BC", 0
        self._lines[self._y] = list(words[:LETTERS].ljust(LETTERS))
        if which in b"AB":
            self._string_mode, self._told = True, False
        else:
            self._running = {self._y: words}

    def _go(self, place: bytes) -> None:
        if not (1 <= place[0] <= LETTERS and 1 <= place[1] <= 2):
            raise Broken(f"column {place[0]}, line {place[1]}: this display has {LETTERS} columns and 2 lines")
        self._x, self._y = place[0] - 1, place[1] - 1

    def _set_window(self, told: bytes) -> None:
        on, first, last, line = told
        if on not in (0, 1, 0x30, 0x31) or not (1 <= first <= last <= LETTERS and line in (1, 2)):
            raise Broken(f"1b 57 {told.hex(' ')} is no window")
        self._window = (first - 1, last - 1, line - 1) if on & 1 else (0, LETTERS - 1, line - 1)
        if on & 1:
            self._x, self._y = first - 1, line - 1

    def _shine(self, level: bytes) -> None:
        if not 1 <= level[0] <= 4:
            raise Broken(f"brightness {level[0]} is none of 1 to 4")
        self._bright = level[0] * 25

    def _draw(self, told: bytes) -> None:
        first, last = told[1], told[2]
        if told[0] != 1 or not 0x20 <= first <= last:
            raise Broken(f"1b 26 {told[:3].hex(' ')} draws no characters")
        self._own |= {*range(first, last + 1)}

    def _nations(self, letter: bytes) -> None:
        if chr(letter[0]) not in NATIONAL:
            raise Broken(f"1b 66 {letter.hex()} is no nation's characters")
        self._nation = chr(letter[0])

    def _halves(self, letter: bytes) -> None:
        if chr(letter[0]) not in UPPER_HALF:
            raise Broken(f"1b 63 {letter.hex()} is no set of characters")
        self._half = chr(letter[0])

    def _pick_own(self, told: bytes) -> None:
        if told[0] not in (0, 1, 0x30, 0x31):
            raise Broken(f"1b 25 {told.hex()} is neither on nor off")
        self._draws_own = bool(told[0] & 1)

    def _cursor(self, told: bytes) -> None:
        """The cursor is not shown on the page: it blinks between letters."""
        if told[0] not in (0, 1, 0x30, 0x31):
            raise Broken(f"1b 5f {told.hex()} is neither on nor off")

    def _kept(self, told: bytes) -> None:
        """ESC s, ESC d, ESC b, ESC #, ESC R, ESC t: known, nothing of it is seen."""

    # --- letters and cursor ---

    def _letter(self, code: int) -> str:
        if self._draws_own and code in self._own:
            return OWN
        if code < 0x80:
            return chr(code).translate(str.maketrans(REPLACED, NATIONAL[self._nation]))
        letter = bytes([code]).decode(UPPER_HALF[self._half], "replace")
        return letter if letter.isprintable() and letter != "\N{REPLACEMENT CHARACTER}" else "?"

    def _put(self, letter: str) -> None:
        if self._mode == "horizontal":
            return self._push(letter)
        self._lines[self._y][self._x] = letter
        self._move(RIGHT)

    def _push(self, letter: str) -> None:
        """At the window's right end the letters before it move to the left."""
        first, last, y = self._window
        row = self._lines[self._y]
        if self._y != y:
            first, last = 0, LETTERS - 1
        if self._x > last:
            row[first : last + 1] = [*row[first + 1 : last + 1], letter]
        else:
            row[self._x] = letter
            self._x += 1

    def _move(self, where: str) -> None:
        x, y = min(self._x, LETTERS - 1), self._y
        edge = (where, x, y) in ((RIGHT, LETTERS - 1, 1), (LEFT, 0, 0)) or (where, y) in ((DOWN, 1), (UP, 0))
        if self._mode == "horizontal" and (edge or (where, x) in ((RIGHT, LETTERS - 1), (LEFT, 0))):
            return
        if edge and self._mode == "vertical":
            self._scroll(up=where in (RIGHT, DOWN))
            self._x = 0 if where == RIGHT else LETTERS - 1 if where == LEFT else x
            return
        wide = 2 * LETTERS
        places = {
            LEFT: (y * LETTERS + x - 1) % wide,
            RIGHT: (y * LETTERS + x + 1) % wide,
            UP: (y * LETTERS + x - LETTERS) % wide,
            DOWN: (y * LETTERS + x + LETTERS) % wide,
            "home": 0,
            "first": y * LETTERS,
            "last": y * LETTERS + LETTERS - 1,
            "bottom": wide - 1,
        }
        self._y, self._x = divmod(places[where], LETTERS)

    def _scroll(self, *, up: bool) -> None:
        dark = [" "] * LETTERS
        self._lines = [self._lines[1], dark] if up else [dark, self._lines[0]]

    def _signs(self) -> list[Sign]:
        return [Sign(letter, GLOW) for letter in "\n".join("".join(line) for line in self._lines)]


def _chosen(told: int) -> int:
    """ESC = n: 1 the printer, 2 the display, 3 both; 31 to 33 mean the same."""
    chosen = told - 0x30 if told >= 0x30 else told
    if chosen not in (1, 2, 3):
        raise Broken(f"1b 3d {told:02x} chooses neither display nor printer")
    return chosen


_DOES: dict[int, Callable[[LineEar, bytes], None]] = {
    0x11: lambda ear, _: ear._select("overwrite"),
    0x12: lambda ear, _: ear._select("vertical"),
    0x13: lambda ear, _: ear._select("horizontal"),
    ord("@"): lambda ear, _: ear._begin(),
    ord("Q"): LineEar._string,
    ord("l"): LineEar._go,
    ord("W"): LineEar._set_window,
    ord("*"): LineEar._shine,
    ord("_"): LineEar._cursor,
    ord("f"): LineEar._nations,
    ord("c"): LineEar._halves,
    ord("&"): LineEar._draw,
    ord("?"): lambda ear, code: ear._own.discard(code[0]),
    ord("%"): LineEar._pick_own,
    **dict.fromkeys(b"sdb#Rt", LineEar._kept),
}
"""What the display does at ESC and this byte."""

"""Call pads and raters (硬呼叫器、评价器) on an RS-485 line: frames to bytes and back.

No time, no retry, no port, no queue in it.

    FF 68 L L 68 ADDR FUNC DATA SUM 16      L = 2 + length of DATA; SUM = ADDR + FUNC + DATA, low byte

They speak unasked, also while a board answers; the host echoes what it heard at once. What a key means to the hall is
config's affair, which the hub knows. Source: two independent hall systems (C#, C++) agree; docs/protocols/pads.md.
"""

from __future__ import annotations

from typing import NamedTuple

from counter_display.protocols.language import Echo

HEAD, MARK, END = b"\xff\x68", 0x68, 0x16
AROUND = 7
"""Bytes of a frame that L does not count: FF 68 L L 68, SUM, 16."""
LONGEST_DATA = 32
"""A pad has a few digits; a longer length is noise."""
ANSWER, SHOW, BEEP, SCORE = 0x01, 0x02, 0x03, 0x11
START_RATING, BLANK = 0x0B, 0x0A
KEYS = {
    0x0A: "start", 0x0B: "wait", 0x0C: "call", 0x0D: "recall", 0x0E: "cancel",
    0x0F: "function", 0x11: "one_metre", 0x12: "pause", 0x13: "transfer",
}  # fmt: skip
"""Last byte of a key's DATA -> its name on the cap of the known pads."""


class Frame(NamedTuple):
    """One whole frame with a right sum, and its bytes (what the host echoes)."""

    address: int
    function: int
    data: bytes
    raw: bytes


class Press(NamedTuple):
    """A key of a pad: its name in KEYS (two hex digits for another one), and the digits that were typed before it."""

    address: int
    digits: str
    key: str


class Score(NamedTuple):
    """A key of a rater, as its number on the wire; which face that is differs by maker."""

    address: int
    score: int


def heard(frame: Frame) -> Press | Score | None:
    """What a pad or rater said; None for what only a host says."""
    if frame.function == SCORE:
        return Score(frame.address, frame.data[0]) if len(frame.data) == 1 else None
    if not frame.data or frame.data[-1] < 0x0A or any(digit > 9 for digit in frame.data[:-1]):
        return None
    key = frame.data[-1]
    return Press(frame.address, "".join(map(str, frame.data[:-1])), KEYS.get(key, f"{key:02x}"))


def beep(address: int) -> bytes:
    return encode(address, BEEP, b"")


def sign(address: int, success: bool) -> bytes:
    """The pad's sign for done (成功) or not done (失败)."""
    return encode(address, SHOW, bytes([success]))


def digits(address: int, shown: str) -> bytes:
    """Show digits on a pad, as many as it has places; a space is a dark place.

    One known pad takes 3 for waiting + 3 for the ticket.
    """
    wrong = [c for c in shown if c not in "0123456789 "]
    if wrong or not shown:
        raise ValueError(f"digits {shown!r}: a pad shows 0 to 9 and spaces, one place at least")
    return encode(address, SHOW, bytes(BLANK if c == " " else int(c) for c in shown))


def stars(address: int, count: int) -> bytes:
    """Light 0 to 5 stars of the person at the counter on a rater."""
    if not 0 <= count <= 5:
        raise ValueError(f"stars {count}: a rater shows 0 to 5")
    return encode(address, SHOW, bytes([count]))


def start_rating(address: int) -> bytes:
    """Ask for a score: 请评价."""
    return encode(address, ANSWER, bytes([START_RATING]))


def thanks(address: int, score: int) -> bytes:
    """The answer to a score; without it a rater may send the score again."""
    return encode(address, ANSWER, bytes([score]))


def encode(address: int, function: int, data: bytes) -> bytes:
    if not 0 <= address <= 255:
        raise ValueError(f"address {address}: a pad's address is 0 to 255")
    if len(data) > LONGEST_DATA:
        raise ValueError(f"{len(data)} bytes of data: a pad takes {LONGEST_DATA} at most")
    body = bytes([address, function]) + data
    return HEAD + bytes([len(body), len(body), MARK]) + body + bytes([sum(body) & 0xFF, END])


class Frames:
    """Whole frames out of any pieces of bytes; noise and the adapter's echo are passed over.

    One for each time the port is opened.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._echo = Echo()

    def sent(self, frame: bytes) -> None:
        """These bytes go out (a board's frame too): their echo is nothing that a pad said."""
        self._echo.sent(frame)

    def feed(self, piece: bytes) -> list[Frame]:
        """Half a frame is waited for, but a whole one behind it does not wait: the half one was broken off."""
        self._rest += self._echo.without(piece)
        found: list[Frame] = []
        keep = at = self._rest.find(HEAD)
        while at >= 0:
            frame, whole = _frame(self._rest[at:])
            if frame:
                found.append(frame)
                keep = at = self._rest.find(HEAD, at + len(frame.raw))
                continue
            following = self._rest.find(HEAD, at + 1)
            keep = following if whole and keep == at else keep
            at = following
        ends_in_ff = self._rest[-1:] == HEAD[:1]
        self._rest = self._rest[keep:] if keep >= 0 else HEAD[:1] if ends_in_ff else b""
        return found


def _frame(stream: bytes) -> tuple[Frame | None, bool]:
    """The frame at the beginning of `stream`, and whether that is decided (False: more bytes are needed)."""
    head = stream[2:5]
    length = head[0] if head else 2
    wrong = (
        not 2 <= length <= LONGEST_DATA + 2 or head[1:2] not in (b"", head[:1]) or head[2:3] not in (b"", bytes([MARK]))
    )
    if wrong:
        return None, True
    if len(stream) < length + AROUND:
        return None, False
    body, (check, end) = stream[5 : 5 + length], stream[5 + length : 7 + length]
    if check != sum(body) & 0xFF or end != END:
        return None, True
    return Frame(body[0], body[1], body[2:], stream[: length + AROUND]), True

"""Serial speech modules: text -> the frame a SYN6288 or XFS5152CE says it by, and what it answers.

Byte table: docs/protocols/speech.md.

The frames are pure; `Module` is the thin rim that owns the line. A module says a text by itself: it has no chime of
ours.
"""

from __future__ import annotations

import re
import termios
import time
from collections.abc import Sequence
from functools import reduce
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from server.voice.language import Language, Piece, sentence

LONGEST = 200
"""Bytes of text in one frame (SYN6288 manual, unconfirmed for XFS5152)."""
ACCEPTED, REFUSED, BUSY, IDLE = 0x41, 0x45, 0x4E, 0x4F
ASK_EVERY_S, ACCEPT_S, SAY_S = 0.3, 2.0, 60.0
LOUDEST = {"syn6288": 16, "xfs5152": 10}
"""Highest value of the tag [v…]."""
BRACKETS = str.maketrans("[]", "［］")
STOPS = "。！？!?；;，,、 "
NUMBER = "[A-Za-z0-9零一二三四五六七八九十百幺]"
"""A letter or digit of a ticket or counter, as it is written and as it is read."""


def speak(kind: str, text: str, volume: int = 100) -> list[bytes]:
    """The frames that say a text, one behind the other: GBK, at most LONGEST bytes each. `volume` in per cent."""
    tag = f"[v{round(LOUDEST[kind] * volume / 100)}]".encode()
    return [frame(kind, b"\x01\x01" + tag + part.encode("gbk")) for part in portions(sayable(text), LONGEST - len(tag))]


def sayable(text: str) -> str:
    """The text without what is no sound in GBK; a bracket would begin a tag of the module, so it becomes a full-width
    one.
    """
    return "".join(c for c in text if c >= " ").translate(BRACKETS).encode("gbk", "ignore").decode("gbk")


def portions(text: str, room: int) -> list[str]:
    """The text in parts of at most `room` bytes of GBK: parted behind a stop, else before the number that would be
    cut.
    """
    found = []
    while len(text.encode("gbk")) > room:
        head = text.encode("gbk")[:room].decode("gbk", "ignore")
        number = re.search(f"{NUMBER}*$", head) if re.match(NUMBER, text[len(head)]) else None
        end = max(head.rfind(stop) for stop in STOPS) + 1 or (number.start() if number else 0) or len(head)
        found.append(text[:end])
        text = text[end:]
    return [*found, text]


def ask(kind: str) -> bytes:
    """The question whether it still speaks: answered BUSY or IDLE."""
    return frame(kind, b"\x21")


def stop(kind: str) -> bytes:
    """The command that silences it."""
    return frame(kind, b"\x02")


def frame(kind: str, body: bytes) -> bytes:
    """FD, length, body; SYN6288 counts and appends an XOR over everything before it, XFS5152 has none."""
    if kind == "xfs5152":
        return b"\xfd" + len(body).to_bytes(2, "big") + body
    head = b"\xfd" + (len(body) + 1).to_bytes(2, "big") + body
    return head + bytes([reduce(lambda a, b: a ^ b, head)])


class Module:
    """A speech module on its own serial line, opened for each text: it may be unplugged and plugged in at any time."""

    def __init__(self, kind: str, url: str, folder: Path) -> None:
        self._kind, self._url, self._folder = kind, url, folder

    def say(self, spoken: Language, said: Sequence[Piece], *, volume: int, chime: bool) -> None:
        import serial

        try:
            line = self._open()
            try:
                for told in speak(self._kind, sentence(spoken, tuple(said)), volume):
                    line.write(told)
                    self._until(line, {ACCEPTED}, ACCEPT_S)
                    self._until(line, {IDLE}, SAY_S, question=ask(self._kind))
            finally:
                line.close()
        except (serial.SerialException, termios.error) as error:
            raise OSError(f"{self._url}: {error}; is the speech module plugged in?") from None

    def _open(self) -> Any:
        from ports import opened

        parts = urlsplit(self._url)
        if parts.scheme == "socket":
            return opened(self._url, timeout=ASK_EVERY_S, write_timeout=2)
        baud = int(parse_qs(parts.query).get("baud", ["9600"])[-1])
        return opened(
            str(self._folder / parts.path), baudrate=baud, timeout=ASK_EVERY_S, write_timeout=2, exclusive=True
        )

    def _until(self, line: Any, wanted: set[int], patience: float, question: bytes = b"") -> None:
        """Read until one of the wanted bytes has come, asking again and again."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            got = line.read(1)
            if got and got[0] in wanted:
                return
            if got and got[0] == REFUSED:
                raise OSError(f"{self._url}: the module refuses the text; is it a {self._kind}?")
            if not got and question:
                line.write(question)
        raise OSError(
            f"{self._url}: the module does not answer; check its power, its line and that it is a {self._kind}"
        )

"""Speech module XFS5152CE at 9600 8N1: what to say to bytes, and bytes to what it answers. No time, no retry, no port in it.

    FD LENh LENl CMD [CODING TEXT]       LEN counts from CMD to the end; there is no checksum

Source: the frames of several working programs, which agree; docs/protocols/xfs5152.md has the byte table.
"""

from __future__ import annotations

from counter_display.protocols import speech
from counter_display.protocols.language import Fitted

HEAD = 0xFD
SPEAK, STOP, PAUSE, GO_ON, ASK = 0x01, 0x02, 0x03, 0x04, 0x21
LONGEST = 200
"""Bytes of text in a frame, tags counted: what its smaller sister takes; this one is said to take more."""
HIGHEST = 10
Answers = speech.Answers


def fit(text: str) -> Fitted:
    """`text` as the module can read it; room for the tags is kept."""
    return speech.fit(text, LONGEST - len(b"[v10][s10]"))


def speak(text: str, *, volume: int | None = None, speed: int | None = None) -> bytes:
    """Say `text`, at a volume 0-10 and a speed 0-10 (None: as before). Raises ValueError for a text that was not fitted."""
    speech.refuse(text, LONGEST - len(b"[v10][s10]"))
    tags = speech.tag("v", volume, HIGHEST) + speech.tag("s", speed, HIGHEST)
    return frame(bytes([SPEAK, speech.GBK]) + tags + speech.code(text))


def stop() -> bytes:
    return frame(bytes([STOP]))


def pause() -> bytes:
    return frame(bytes([PAUSE]))


def go_on() -> bytes:
    return frame(bytes([GO_ON]))


def ask() -> bytes:
    """Whether it speaks: answered "busy" or "idle"."""
    return frame(bytes([ASK]))


def frame(body: bytes) -> bytes:
    return bytes([HEAD, *divmod(len(body), 256)]) + body

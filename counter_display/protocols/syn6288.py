"""Speech module SYN6288 at 9600 8N1: what to say to bytes, and bytes to what it answers. No time, no retry, no port in it.

    FD LENh LENl CMD [CODING TEXT] XOR       LEN counts from CMD to XOR; XOR runs over all before it

Source: the frames of several working programs, which agree; docs/protocols/syn6288.md has the byte table.
"""

from __future__ import annotations

from functools import reduce
from operator import xor

from counter_display.protocols import speech
from counter_display.protocols.language import Fitted

HEAD = 0xFD
SPEAK, STOP, ASK = 0x01, 0x02, 0x21
LONGEST = 200
"""Bytes of text in a frame, tags counted. From memory: no source at hand states it."""
LOUDEST, FASTEST = 16, 5
Answers = speech.Answers


def fit(text: str) -> Fitted:
    """`text` as the module can read it; room for the tags is kept."""
    return speech.fit(text, LONGEST - len(b"[v16][t5]"))


def speak(text: str, *, volume: int | None = None, speed: int | None = None) -> bytes:
    """Say `text`, at a volume 0-16 and a speed 0-5 (None: as before). Raises ValueError for a text that was not fitted."""
    speech.refuse(text, LONGEST - len(b"[v16][t5]"))
    tags = speech.tag("v", volume, LOUDEST) + speech.tag("t", speed, FASTEST)
    return frame(bytes([SPEAK, speech.GBK]) + tags + speech.code(text))


def stop() -> bytes:
    return frame(bytes([STOP]))


def ask() -> bytes:
    """Whether it speaks: answered "busy" or "idle"."""
    return frame(bytes([ASK]))


def frame(body: bytes) -> bytes:
    whole = bytes([HEAD, *divmod(len(body) + 1, 256)]) + body
    return whole + bytes([reduce(xor, whole)])

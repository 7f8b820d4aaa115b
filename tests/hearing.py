"""How tests let a virtual device hear bytes: everything it understood, and what it showed."""

from __future__ import annotations

from counter_display.virtual.devices.ear import Ear, Heard


def hear(ear: Ear, stream: bytes) -> list[Heard]:
    return [heard for byte in stream if (heard := ear.byte(byte))]


def text(heard: Heard) -> str:
    assert heard.shows is not None
    return "".join(sign.text for sign in heard.shows)


def pieces(stream: bytes, size: int) -> list[bytes]:
    return [stream[at : at + size] for at in range(0, len(stream), size)]

"""USB number pads as call pads: reads the kernel's key events, grabbed so that no console gets them, and makes
presses of them.

    struct input_event { timeval; u16 type; u16 code; s32 value }      24 bytes on 64-bit machines (linux/input.h)

`Typed` is pure: keys in, presses out. A number ends with a key that is no digit; a 0 at the beginning, and the digit
after *, end by themselves.
"""

from __future__ import annotations

import fcntl
import logging
import os
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from counter_display.line.schedule import UNTRIED, Health
from polling import readable

log = logging.getLogger(__name__)

EVENT = struct.Struct("llHHi")
EV_KEY, PRESSED = 1, 1
EVIOCGRAB = 0x40044590  # _IOW('E', 0x90, int), linux/input.h
KEYS = {
    82: "0",
    79: "1",
    80: "2",
    81: "3",
    75: "4",
    76: "5",
    77: "6",
    71: "7",
    72: "8",
    73: "9",
    96: "ENTER",
    78: "PLUS",
    74: "MINUS",
    55: "STAR",
    98: "SLASH",
    83: "DOT",
    11: "0",
    2: "1",
    3: "2",
    4: "3",
    5: "4",
    6: "5",
    7: "6",
    8: "7",
    9: "8",
    10: "9",
    28: "ENTER",
    12: "MINUS",
    52: "DOT",
    53: "SLASH",
    14: "BACKSPACE",
    1: "ESC",
}
"""Key codes of linux/input-event-codes.h: the number block first (they are the same whatever NumLock says), then the
keys that stand for them.
"""
FORGET_S = 8.0
PAUSES_S = (1.0, 2.0, 5.0, 10.0)
IDLE_S = 0.5


class Typed:
    """What has been typed so far on one pad."""

    def __init__(self) -> None:
        self._keys: list[str] = []
        self._at = 0.0

    def key(self, name: str, now: float) -> str | None:
        """A press that this key completes, its keys with a space between; None while more is to come."""
        if now - self._at > FORGET_S:
            self._keys.clear()
        self._at = now
        if name in ("BACKSPACE", "ESC"):
            self._keys.clear()
            return None
        if name == "STAR":
            self._keys = ["STAR"]
            return None
        if not name.isdigit():
            digits = [key for key in self._keys if key != "STAR"]
            return self._whole([*digits, name])
        if self._keys[:1] == ["STAR"]:
            return self._whole(["STAR", name])
        if name == "0" and not self._keys:
            return self._whole(["0"])
        self._keys = [*self._keys, name][-5:]
        return None

    def _whole(self, keys: list[str]) -> str:
        self._keys.clear()
        return " ".join(keys)


def keys_in(stream: bytes) -> Iterator[str]:
    """Names of the keys that went down in whole events; releases, repeats and other events are passed over."""
    for start in range(0, len(stream) - EVENT.size + 1, EVENT.size):
        _, _, kind, code, value = EVENT.unpack_from(stream, start)
        if kind == EV_KEY and value == PRESSED and code in KEYS:
            yield KEYS[code]


class UsbPad:
    """One USB pad: its thread opens the device whenever it is there, and tells `pressed(keys)`."""

    def __init__(self, name: str, device: Path, pressed: Callable[[str], None]) -> None:
        self.name, self._device, self._pressed = name, device, pressed
        self._stopped = threading.Event()
        self._health = UNTRIED
        self._thread = threading.Thread(target=self._run, name=f"pad {name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float = 0.5) -> None:
        self._stopped.set()
        self._thread.join(timeout)

    def health(self) -> Health:
        return self._health

    def _run(self) -> None:
        failures = 0
        while not self._stopped.is_set():
            try:
                handle = os.open(self._device, os.O_RDONLY | os.O_NONBLOCK)
                try:
                    failures = 0
                    self._read(handle)
                finally:
                    os.close(handle)
            except OSError as error:
                key = f"pads.{self.name}.device"
                english = (
                    f"pad {self.name}: {self._device}: {error.strerror}; check its plug, {key}, and that this user is"
                    " in the group input"
                )
                why = (
                    f"叫号器 {self.name}（{self._device}）打不开：请检查插头、{key}，以及本用户是否在 input 组。"
                    f"\n{english}"
                )
                if self._health.detail != why:
                    log.warning("%s", english)
                self._health = Health("unreachable", why)
            self._stopped.wait(PAUSES_S[min(failures, len(PAUSES_S) - 1)])
            failures += 1

    def _read(self, handle: int) -> None:
        """Until it is unplugged, which raises OSError."""
        self._grab(handle)
        self._health, typed, rest = Health("ok", ""), Typed(), b""
        while not self._stopped.is_set():
            if not readable(handle, seconds=IDLE_S):
                continue
            piece = os.read(handle, EVENT.size * 64)
            if not piece:
                raise OSError(19, "is gone")
            stream = rest + piece
            rest = stream[len(stream) - len(stream) % EVENT.size :]
            for key in keys_in(stream):
                if press := typed.key(key, time.monotonic()):
                    self._pressed(press)

    def _grab(self, handle: int) -> None:
        try:
            fcntl.ioctl(handle, EVIOCGRAB, 1)
        except OSError as error:
            log.warning("pad %s: %s: others hear its keys too (%s)", self.name, self._device, error.strerror)

"""Keys of a keyboard, a number pad or a keyboard-wedge scanner. Pure: (key, now) in, codes and key names out.

A scanner that plays keyboard types a whole code faster than a hand can and ends it with Enter; a hand types slowly.
So a character waits `FAST_S` for the next one: alone it was a key of the pad, in a fast burst up to Enter it was a
scan.
"""

from __future__ import annotations

from dataclasses import dataclass

FAST_S = 0.09
"""Longest gap within a burst: scanners send a key each 5-30 ms, and the drawing loop looks every 50 ms."""
LEAST = 4
"""A shorter burst was a hand."""
LONGEST = 512

NAMED = {
    "up": "up",
    "down": "down",
    "left": "left",
    "right": "right",
    "return": "ok",
    "enter": "ok",
    "tab": "down",
    "backspace": "del",
    "delete": "del",
    "escape": "back",
    "home": "home",
    "f1": "voice",
    "[+]": "down",
    "[-]": "up",
    "[*]": "home",
    "[/]": "voice",
    "[.]": "del",
    **{f"[{n}]": str(n) for n in range(10)},
    **{str(n): str(n) for n in range(10)},
}
"""Key -> name of `events.Pressed`.

In brackets: a number pad, where digits are digits, + and - move, * is home, / speaks.
"""
ENDS = frozenset({"return", "enter", "tab"})


@dataclass(frozen=True)
class Scan:
    text: str


@dataclass(frozen=True)
class Press:
    name: str


Key = Scan | Press


class Keys:
    """One keyboard, or several that speak at once: they cannot be told apart."""

    def __init__(self) -> None:
        self._burst: list[tuple[str, str]] = []  # (key, character)
        self._last = -10.0

    @property
    def waiting(self) -> bool:
        """Whether a character waits to be told apart: look again soon."""
        return bool(self._burst)

    def key(self, key: str, char: str, now: float) -> list[Key]:
        """A key went down: its name (as pygame.key.name says) and the character it makes, "" for none."""
        found = self.pause(now)
        if key in ENDS and len(self._burst) >= LEAST:
            text = "".join(character for _, character in self._burst)
            self._burst = []
            return [*found, Scan(text)]
        if char.isprintable() and char and len(self._burst) < LONGEST:
            self._burst.append((key, char))
            self._last = now
            return found
        return [*found, *self._flush(), *_press(key, "")] if key in NAMED else found

    def pause(self, now: float) -> list[Key]:
        """Time has passed: characters that nothing followed were typed by a hand."""
        return self._flush() if self._burst and now - self._last > FAST_S else []

    def _flush(self) -> list[Key]:
        burst, self._burst = self._burst, []
        return [press for key, char in burst for press in _press(key, char)]


def _press(key: str, char: str) -> list[Key]:
    """A key of the pad, or a letter of a code; anything else means nothing here."""
    if key in NAMED:
        return [Press(NAMED[key])]
    return [Press(char.upper())] if char.isascii() and char.isalnum() else []

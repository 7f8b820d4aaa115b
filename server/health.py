"""How the devices are: the newest word of each printer, board and kiosk.

A change goes into the journal, a repeat does not.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from config import Text

GOOD = frozenset({"ok", "ready", "near_end"})


SILENT_S = 45.0
"""Three beats of a kiosk missed."""


class Word(NamedTuple):
    """What a device said last: since when it says so, and when it said so again."""

    state: str
    text: Text
    since: float
    heard: float


class Presence(NamedTuple):
    """Whether a device is connected now, and when it was so last; for how many seconds, as they are counted, it has not
    been heard.
    """

    connected: bool
    seen: float | None
    away_s: float = 0.0


class Health:
    """State by device name. `note` is told of each change: (device, state, detail). `count` gives seconds that no
    setting of the clock touches; the clock's own where there are none.
    """

    def __init__(
        self,
        note: Callable[[str, str, str], None],
        clock: Callable[[], float] = time.time,
        count: Callable[[], float] | None = None,
    ) -> None:
        self._note, self._clock = note, clock
        self._count_s, self._apart = count or clock, count is not None
        self.began = clock()
        """From when on silence counts."""
        self.sealed: bool | None = None
        """Whether the running server answers https; None where none runs, and the hall's file alone is known."""
        self._words: dict[str, Word] = {}
        self._open: dict[str, int] = {}
        self._seen: dict[str, tuple[float, float]] = {}
        """By the clock, and by the count."""
        self._beats: set[str] = set()
        self._lock = threading.Lock()

    def shift(self, seconds: float) -> None:
        """The hall's time was moved: since when anybody is silent moves with it."""
        with self._lock:
            self.began += seconds
            counted = 0.0 if self._apart else seconds
            self._seen = {device: (at + seconds, count + counted) for device, (at, count) in self._seen.items()}
            self._words = {
                device: word._replace(since=word.since + seconds, heard=word.heard + seconds)
                for device, word in self._words.items()
            }

    def word(self, device: str) -> Word | None:
        """What a device said last; None for one never heard of."""
        return self._words.get(device)

    def of(self, device: str) -> dict[str, str]:
        """{"state", "zh", "en"}; `unknown` for a device never heard of."""
        word = self._words.get(device)
        return {"state": word.state, **word.text.json()} if word else {"state": "unknown", **Text("", "").json()}

    def all(self) -> dict[str, dict[str, str]]:
        return {device: self.of(device) for device in sorted(self._words)}

    def heard(self, device: str, state: str, zh: str = "", en: str = "") -> None:
        """A device says, or its silence tells, how it is."""
        now = self._clock()
        with self._lock:
            before = self._words.get(device)
            changed = before is None or before.state != state
            self._words[device] = Word(state, Text(zh, en), now if before is None or changed else before.since, now)
        if changed:
            self._note(device, state, zh)

    def attend(self, device: str) -> Callable[[], None]:
        """A device has asked: it is there until the answer, which may be a long feed, is over and what this gives is
        called.
        """
        self._count(device, 1)
        return lambda: self._count(device, -1)

    def _count(self, device: str, change: int) -> None:
        with self._lock:
            self._open[device] = self._open.get(device, 0) + change
            self._seen[device] = self._clock(), self._count_s()

    def seen(self, device: str) -> None:
        """A device says by itself that it runs: from now on its silence counts, however long a dead line stands
        open.
        """
        self._count(device, 0)
        self._beats.add(device)

    def presence(self, device: str) -> Presence:
        if device not in self._seen:
            return Presence(False, None)
        seen, count = self._seen[device]
        away_s = self._count_s() - count
        silent = device in self._beats and away_s > SILENT_S
        return Presence(self._open.get(device, 0) > 0 and not silent, seen, away_s)


AGENT = re.compile(r"jiaohao/([\w.+-]{1,40})")
"""Of a User-Agent: the version of a program of ours."""


class Contact(NamedTuple):
    """What is known of a device with a token since the hub began: when it asked last, its version, how many live
    feeds it is at, and how often today the last of them broke off.
    """

    seen: float | None = None
    version: str = ""
    open: int = 0
    day: str = ""
    breaks: int = 0


class Contacts:
    """Every device that has asked, in memory. `day` gives today's service day."""

    def __init__(self, clock: Callable[[], float], day: Callable[[], str]) -> None:
        self._clock, self._day = clock, day
        self._known: dict[str, Contact] = {}
        self._fresh: set[str] = set()
        self._lock = threading.Lock()

    def heard(self, device: str, agent: str = "") -> None:
        """A device has asked something; `agent` is its User-Agent."""
        version = AGENT.search(agent)
        with self._lock:
            before = self._known.get(device, Contact())
            kept = version[1] if version else before.version
            self._known[device] = before._replace(seen=self._clock(), version=kept)
            self._fresh.add(device)

    def opened(self, device: str) -> Callable[[], None]:
        """A device is at a live feed until what this gives is called."""
        self._count(device, 1)
        return lambda: self._count(device, -1)

    def _count(self, device: str, change: int) -> None:
        with self._lock:
            before, today = self._known.get(device, Contact()), self._day()
            breaks = before.breaks if before.day == today else 0
            broke = change < 0 and before.open == 1
            self._known[device] = before._replace(
                seen=self._clock(), open=before.open + change, day=today, breaks=breaks + broke
            )
            self._fresh.add(device)

    def of(self, device: str) -> Contact:
        with self._lock:
            found = self._known.get(device, Contact())
            return found if found.day == self._day() else found._replace(breaks=0)

    def take_fresh(self) -> dict[str, tuple[float, str]]:
        """Who was heard since this was asked last: when, and the version."""
        with self._lock:
            told = {name: (self._known[name].seen or 0.0, self._known[name].version) for name in self._fresh}
            self._fresh.clear()
            return told


class WireCheck(NamedTuple):
    """An examination of a wire: its number, whether every address is asked; what was found, once it is over."""

    order: int
    every: bool
    at: float
    found: tuple[Text, ...] | None = None
    lines: str = ""
    """What config.toml lacks, as it would stand there."""


class WireChecks:
    """The newest examination of each wire, in memory: the boards' program, which has the wires, carries them out."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._known: dict[str, WireCheck] = {}

    def ask(self, wire: str, *, every: bool) -> None:
        """Another one; while one is under way it stays the one."""
        with self._lock:
            before = self._known.get(wire)
            if before is None or before.found is not None:
                now = self._clock()
                self._known[wire] = WireCheck(int(now * 1000), every, now)

    def asked(self) -> dict[str, dict[str, int | bool]]:
        """Those that are under way."""
        with self._lock:
            return {w: {"order": c.order, "every": c.every} for w, c in self._known.items() if c.found is None}

    def answered(self, wire: str, order: int, found: tuple[Text, ...], lines: str) -> None:
        """What was found; of an examination that nobody waits for any more it is not kept."""
        with self._lock:
            check = self._known.get(wire)
            if check and check.order == order:
                self._known[wire] = check._replace(found=found, lines=lines)

    def of(self, wire: str) -> WireCheck | None:
        with self._lock:
            return self._known.get(wire)

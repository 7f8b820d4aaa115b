"""Where the sound goes: the hub's sound card, the hall screen's browser, or a folder (the fake).

Each waits until it was heard.

An output raises OSError and nothing else; it decides nothing.
"""

from __future__ import annotations

import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol

import speech
from config import Told
from server.voice.clips import Sound

PATIENCE_S = 5.0
"""How much longer than the sound a player may take."""
KEPT = 8


class Output(Protocol):
    """A loudspeaker."""

    def play(self, sound: Sound) -> None:
        """Return when it was heard, or at once when the hub stops. OSError: what is wrong; what to do."""


class SoundCard:
    """aplay, paplay or pw-play of the hub's machine; `device` as `aplay -L` names it, or default."""

    def __init__(self, device: str) -> None:
        self._device = device

    def play(self, sound: Sound) -> None:
        player = ["aplay", "-q", "-D", self._device, "-"] if self._device != "default" else speech.player()
        if player is None:
            raise OSError("no player; install alsa-utils (aplay)")
        try:
            subprocess.run(
                player, input=sound.wav(), capture_output=True, timeout=sound.seconds + PATIENCE_S, check=True
            )
        except subprocess.CalledProcessError as error:
            said = error.stderr.decode(errors="replace").strip().splitlines()
            raise OSError(
                f"{player[0]}: {said[-1] if said else error.returncode}; is a sound card there? aplay -L lists them"
            ) from None
        except subprocess.TimeoutExpired:
            raise OSError(f"{player[0]}: the sound card takes nothing; unplug and plug it in") from None


class KeptSound:
    """The `wav:` output: keeps each utterance as a file, as paper: keeps slips. It takes no time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def play(self, sound: Sound) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        number = len(list(self._folder.glob("*.wav"))) + 1
        half = self._folder / f"{number:05d}.half"
        half.write_bytes(sound.wav())
        half.replace(half.with_suffix(".wav"))


class Spoken(NamedTuple):
    """What a screen's browser is to play: its id is new for each utterance of the zone."""

    id: int
    seconds: float


class Stage:
    """What the browsers of the hall screens play: the newest utterance of each zone, and the last few sounds.

    Ids begin at the time of day: a browser that outlives the hub must not take a new utterance for one it has played.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._lock = threading.Lock()
        self._sounds: deque[tuple[int, bytes]] = deque(maxlen=KEPT)
        self._now: dict[str, Spoken] = {}
        self._fetched: set[int] = set()
        self._last = time.time_ns()

    def put(self, zone: str, sound: Sound) -> int:
        """Let the zone's browsers play it; its id."""
        with self._lock:
            self._last += 1
            self._sounds.append((self._last, sound.wav()))
            self._now[zone] = Spoken(self._last, round(sound.seconds, 2))
            number = self._last
        self._wake()
        return number

    def over(self, zone: str, number: int) -> bool:
        """The utterance has been heard: a screen that starts now must not say it. Whether any browser fetched it."""
        with self._lock:
            self._now.pop(zone, None)
            fetched = number in self._fetched
            self._fetched.discard(number)
        self._wake()
        return fetched

    def now(self) -> dict[str, Spoken]:
        """Zone -> what is being said there."""
        with self._lock:
            return dict(self._now)

    def wav(self, number: int) -> bytes | None:
        """An utterance's WAV, while it is kept; who asks for it is about to play it."""
        with self._lock:
            found = next((data for n, data in self._sounds if n == number), None)
            if found is not None:
                self._fetched.add(number)
            return found


class Unheard(Told):
    """No browser fetched a sound."""


class Screen:
    """The `screen` output: the hall screen's browser plays it; we wait as long as it sounds."""

    def __init__(self, stage: Stage, zone: str, stopping: threading.Event) -> None:
        self._stage, self._zone, self._stopping = stage, zone, stopping

    def play(self, sound: Sound) -> None:
        number = self._stage.put(self._zone, sound)
        stopped = self._stopping.wait(sound.seconds)
        if not self._stage.over(self._zone, number) and not stopped:
            raise Unheard(
                "没有一台大厅屏在放声音：在电视机上打开“大厅屏”，点一下要放的那块屏",
                "no hall screen plays sound: open Screen on the television and touch the one that hangs there",
            )

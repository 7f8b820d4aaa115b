"""A virtual speech module on a line of its own: hears what it should say, answers as a real one does, and is busy as
long as saying it takes. Silent.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

from counter_display.virtual.devices.ear import Heard
from counter_display.virtual.devices.speech import BUSY, IDLE, SpeechEar
from counter_display.virtual.hall import Hall
from counter_display.virtual.plug import Pty
from polling import Bell

KEPT = 20
CHARACTER_S = 0.2
"""Time a character takes to be said: five syllables a second."""
LOOK_S = 0.05


class VirtualSpeech:
    """One module, "syn6288" or "xfs5152", on a pseudo-terminal linked at `device`.

    `said` are its newest texts, the last one last.
    """

    def __init__(self, name: str, kind: str, device: Path, hall: Hall, *, character_s: float = CHARACTER_S) -> None:
        self.name, self.kind, self.said = name, kind, list[str]()
        self._hall, self._character_s = hall, character_s
        self._ear = SpeechEar(checksum=kind == "syn6288")
        self._busy_until = 0.0
        self._stopped = threading.Event()
        self._bell = Bell()
        self._at = Pty(device)
        hall.voices[name] = self
        self._thread = threading.Thread(target=self._run, name=f"virtual speech {name}", daemon=True)
        self._thread.start()

    def state(self) -> dict[str, Any]:
        return {"kind": self.kind, "said": list(self.said), "speaking": self._busy_until > 0}

    def unplug(self) -> None:
        self._stopped.set()
        self._bell.ring()
        self._thread.join(2)
        self._at.close()

    def _run(self) -> None:
        while not self._stopped.is_set():
            if self._at.ready(LOOK_S, self._bell):
                for heard in filter(None, map(self._ear.byte, self._at.read())):
                    self._take(heard)
            else:
                self._ear.broken_off()
            if 0 < self._busy_until <= time.monotonic():
                self._silence()
                self._at.write(IDLE)
            for what, raw in self._ear.complaints:
                self._hall.complain(self.name, what, raw)
            self._ear.complaints.clear()

    def _take(self, heard: Heard) -> None:
        for what in heard.wrong:
            self._hall.complain(self.name, what, heard.raw)
        if heard.order == "speak":
            self._say(heard.data.decode())
        elif heard.order == "stop":
            self._silence()
        self._at.write(BUSY if heard.order == "ask" and self._busy_until else heard.reply)

    def _say(self, text: str) -> None:
        def say() -> None:
            self.said[:] = [*self.said[1 - KEPT :], text]
            self._busy_until = time.monotonic() + len(text) * self._character_s

        self._hall.change(say)

    def _silence(self) -> None:
        def silence() -> None:
            self._busy_until = 0.0

        self._hall.change(silence)

"""A rehearsal that a hub has started (`server/rehearser.py`): it tells the hub how it stands, a line of JSON at a time,
and ends with it. It must not cost the hall anything: the least of the processor's time, and the first to go where
memory runs short.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TextIO

from demo.stream import Step
from server.rehearser import FOLDERS

LAST_S = 60.0
"""So long it can still be looked at once the last of the day has been."""
LONGEST_S = 12 * 3600.0
"""It ends then, whatever it is at."""
NICE, FIRST_TO_GO = 15, "1000"


class Progress:
    """How far a day is: the steps as they are taken."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self._steps = list(steps)
        self.done, self.at = 0, 0.0

    def __iter__(self) -> Iterator[Step]:
        for step in self._steps:
            yield step
            self.done, self.at = self.done + 1, step.at

    @property
    def share(self) -> float:
        return self.done / len(self._steps) if self._steps else 1.0


def stay_small() -> None:
    os.nice(NICE)
    with suppress(OSError):  # elsewhere than on Linux nothing says it
        Path("/proc/self/oom_score_adj").write_text(FIRST_TO_GO, encoding="ascii")


def end_with(line: TextIO, stop: threading.Event) -> threading.Event:
    """Set `stop` as soon as whoever holds the other end of `line` is gone; the event says that this is why."""
    gone = threading.Event()

    def wait() -> None:
        line.read()
        gone.set()
        stop.set()

    threading.Thread(target=wait, name="hub", daemon=True).start()
    return gone


def cleared(folder: Path) -> None:
    """Remove the folder that a hub made for a rehearsal, and that it can't remove any more."""
    if folder.name.startswith(FOLDERS):
        shutil.rmtree(folder, ignore_errors=True)


def tell(**said: object) -> None:
    sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def go_on(
    stop: threading.Event,
    over: threading.Event,
    progress: Progress,
    start: float,
    zone: tzinfo,
    last_s: float = LAST_S,
) -> None:
    """Tell each second how far the day is, until `stop`, or until it has been over for a while. `start`: when its first
    step was, epoch seconds; the steps' own times are seconds after it.
    """
    ends = time.monotonic() + LONGEST_S
    while not stop.wait(1.0) and time.monotonic() < ends:
        if over.is_set():
            ends = min(ends, time.monotonic() + last_s)
            over.clear()
        local = datetime.fromtimestamp(start + progress.at, zone)
        tell(at=f"{local:%H:%M}", share=round(progress.share, 3))

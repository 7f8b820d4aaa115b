"""The halls that may speak at a relay: each is a file of a folder, and where they are another one."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from relay import nearby
from relay.mirrored import LOOK_S, PRESS_S, Mirrored, Seen
from relay.nearby import Point, points

SECRET = ".secret"
PLACES = "places.toml"
NAME = re.compile(r"[A-Za-z0-9-]{1,40}")


class Halls:
    """The halls that may speak here: each is a file `<hall>.secret` in a folder, looked at anew each time. `look_s` and
    `press_s`: how long a telephone waits there (`Mirrored`).
    """

    def __init__(
        self,
        secrets: Path,
        clock: Callable[[], float] = time.monotonic,
        look_s: float = LOOK_S,
        press_s: float = PRESS_S,
    ) -> None:
        self._secrets, self._clock, self._waits = secrets, clock, (look_s, press_s)
        self.look_s, self.press_s = look_s, press_s
        self._halls: dict[str, Mirrored] = {}
        self._lock = threading.Lock()
        self.on_change: Callable[[], None] = lambda: None

    def names(self) -> list[str]:
        """Of all halls that may speak here."""
        return sorted(file.stem for file in self._secrets.glob(f"*{SECRET}") if NAME.fullmatch(file.stem))

    def find(self, name: str) -> Mirrored | None:
        if not NAME.fullmatch(name) or not self.file(name).is_file():
            return None
        with self._lock:
            if name not in self._halls:
                self._halls[name] = Mirrored(name, self._clock, lambda: self.on_change(), *self._waits)
            return self._halls[name]

    def points(self) -> dict[str, Point]:
        """Where they are; none where nobody has written it."""
        return points(self._places())

    def called(self, hall: Mirrored) -> Mapping[str, str]:
        """What a hall is called beside others: as the file of places does, so that none takes another's name, else as
        it says itself, else by its id.
        """
        own = hall.hall if hall.hall.get("name") else {}
        return nearby.names(self._places()).get(hall.id) or own or {"name": hall.id, "name_en": hall.id}

    def all(self) -> list[Mirrored]:
        """Every hall that may speak here, also one that never did."""
        return [hall for name in self.names() if (hall := self.find(name))]

    def look(self, paths: Mapping[str, Iterable[str]], wait_s: float) -> dict[tuple[str, str], Seen]:
        """Pages of several halls at once, (hall, path) -> what is seen. All are asked before any is waited for, so long
        in all.
        """
        wanted = [(hall, path) for name, some in paths.items() if (hall := self.find(name)) for path in some]
        for hall, path in wanted:
            hall.look(path, 0.0)
        until = time.monotonic() + wait_s
        return {(hall.id, path): hall.look(path, max(0.0, until - time.monotonic())) for hall, path in wanted}

    def _places(self) -> str:
        try:
            return (self._secrets / PLACES).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return ""

    def file(self, name: str) -> Path:
        return self._secrets / f"{name}{SECRET}"

"""How the devices are: the newest word of each printer, board and kiosk. A change goes into the journal, a repeat does not."""

from __future__ import annotations

import threading
from collections.abc import Callable

GOOD = frozenset({"ok", "ready", "near_end"})


class Health:
    """State by device name. `note` is told of each change: (device, state, detail)."""

    def __init__(self, note: Callable[[str, str, str], None]) -> None:
        self._note = note
        self._states: dict[str, tuple[str, str, str]] = {}
        self._lock = threading.Lock()

    def of(self, device: str) -> dict[str, str]:
        """{"state", "zh", "en"}; `unknown` for a device never heard of."""
        state, zh, en = self._states.get(device, ("unknown", "", ""))
        return {"state": state, "zh": zh, "en": en}

    def all(self) -> dict[str, dict[str, str]]:
        return {device: self.of(device) for device in sorted(self._states)}

    def heard(self, device: str, state: str, zh: str = "", en: str = "") -> None:
        """A device says, or its silence tells, how it is."""
        with self._lock:
            before = self._states.get(device)
            self._states[device] = (state, zh, en)
        if before is None or before[0] != state:
            self._note(device, state, zh)

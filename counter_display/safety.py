"""Whether boards may still be believed: after the hub was lost for a minute they show the safe text. Shows nothing itself.

Source of the rule and the text: wording.md 4.2, "hub lost > 60 s: 请听广播, never a stale number".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from counter_display.turns import Shown

SAFE = Shown("请听广播")
LOST_S = 60.0
PATIENCE_S = 2.0
"""At our own start a board may still glow with an old number, and nobody knows how old: so long may the hub take."""
KNOWN = ("text", "effect", "color")
COLORS = ("red", "green", "yellow")


def unsafe(started: float, heard: float | None, now: float, lost_s: float = LOST_S, patience_s: float = PATIENCE_S) -> bool:
    """Whether what boards show can be stale. `heard` is when the hub last spoke, None for never; all in seconds."""
    return now - started >= patience_s if heard is None else now - heard >= lost_s


def texts(boards: Iterable[str], told: Mapping[str, Any]) -> dict[str, Shown]:
    """What each of our boards shows by the hub's word; the safe text for one that it does not speak of."""
    entries = told.get("boards")
    entries = entries if isinstance(entries, dict) else {}
    return {board: _shown(entries.get(board)) for board in boards}


def _shown(entry: object) -> Shown:
    if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
        return SAFE
    effect, color = str(entry.get("effect", "still")), str(entry.get("color", "red"))
    call = repr(sorted((k, v) for k, v in entry.items() if k not in KNOWN))
    return Shown(entry["text"], effect, color if color in COLORS else "red", call if call != "[]" else "")

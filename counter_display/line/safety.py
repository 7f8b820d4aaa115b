"""Whether boards may still be believed, and what the hub's word makes of each: after the hub was lost for a minute
they show the safe text.

Shows nothing itself. Source of the rule and the text: docs/wording.md 4.2, "hub lost > 60 s: 请听广播, never a stale
number".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from config import BOARD_STATES, BoardTextTable
from counter_display.line.schedule import Shown
from words import fit, width

LOST_S = 60.0
PATIENCE_S = 2.0
"""At our own start a board may still glow with an old number, and nobody knows how old: so long may the hub take."""
GROUP_S = 3.0
"""So long each group of a code stays on a board that is too short for both."""
KNOWN = ("text", "effect", "color", "number_color", "more", "seconds", "light")
COLORS = ("red", "green", "yellow")


def safe(table: BoardTextTable, columns: int) -> Shown:
    """What a board of so many half columns shows when nobody knows better."""
    texts = tuple(fit(wordings, columns) for wordings in table.texts)
    more, seconds = texts[1:] if table.seconds else (), float(table.seconds)
    return Shown(texts[0], table.effect, table.color, "", more, seconds, table.number_color)


SAFE = safe(BOARD_STATES["lost"], 8)


def code(shown: str, columns: int) -> Shown:
    """The code of a program without a token (docs/enrol.md), still; a short board shows its two groups in turn, each
    with its place.
    """
    wordings = (shown, shown.replace("-", ""))
    if text := next((text for text in wordings if width(text) <= columns), ""):
        return Shown(text)
    first, second = (f"{n}{group}" for n, group in enumerate(shown.split("-"), start=1))
    return Shown(first, more=(second,), seconds=GROUP_S)


def unsafe(
    started: float, heard: float | None, now: float, lost_s: float = LOST_S, patience_s: float = PATIENCE_S
) -> bool:
    """Whether what boards show can be stale. `heard` is when the hub last spoke, None for never; all in seconds."""
    return now - started >= patience_s if heard is None else now - heard >= lost_s


def texts(boards: Iterable[str], told: Mapping[str, Any], safe: Mapping[str, Shown] | None = None) -> dict[str, Shown]:
    """What each of our boards shows by the hub's word; the safe text for one that it does not speak of."""
    return {board: _shown(entry) or (safe or {}).get(board, SAFE) for board, entry in _each("boards", boards, told)}


def lights(boards: Iterable[str], told: Mapping[str, Any]) -> dict[str, int | None]:
    """The brightness of each of our boards, percent; None to leave it alone."""
    said = {
        board: entry.get("light") if isinstance(entry, dict) else None for board, entry in _each("boards", boards, told)
    }
    return {board: light if isinstance(light, int) and 1 <= light <= 100 else None for board, light in said.items()}


def digits(pads: Iterable[str], told: Mapping[str, Any]) -> dict[str, str]:
    """The digits of each of our pads' displays."""
    said = {pad: entry.get("digits") if isinstance(entry, dict) else None for pad, entry in _each("pads", pads, told)}
    return {
        pad: shown if isinstance(shown, str) and set(shown) <= set("0123456789 ") else "" for pad, shown in said.items()
    }


def questions(raters: Iterable[str], told: Mapping[str, Any]) -> dict[str, str]:
    """What each of our raters asks about; "" for nothing."""
    return {
        rater: str(entry.get("ask", "")) if isinstance(entry, dict) else ""
        for rater, entry in _each("raters", raters, told)
    }


def _each(kind: str, names: Iterable[str], told: Mapping[str, Any]) -> list[tuple[str, object]]:
    entries = told.get(kind)
    return [(name, entries.get(name) if isinstance(entries, dict) else None) for name in names]


def _shown(entry: object) -> Shown | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
        return None
    effect, color = str(entry.get("effect", "still")), str(entry.get("color", "red"))
    call = repr(sorted((k, v) for k, v in entry.items() if k not in KNOWN))
    more, seconds = entry.get("more", []), entry.get("seconds", 0)
    turns = (
        isinstance(more, list)
        and all(isinstance(text, str) for text in more)
        and isinstance(seconds, int | float)
        and seconds > 0
    )
    return Shown(
        entry["text"],
        effect,
        color if color in COLORS else "red",
        call if call != "[]" else "",
        tuple(more) if turns else (),
        float(seconds) if turns else 0.0,
        str(entry["number_color"]) if entry.get("number_color") in COLORS else "",
    )

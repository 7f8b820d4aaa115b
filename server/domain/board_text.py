"""What the board over a counter shows: its state, and the hall's texts for that state fitted to its width. Pure.

Widths are counted in half columns (docs/wording.md 4.1). The texts are [board_texts] of config.toml.
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from datetime import time
from functools import lru_cache
from typing import NamedTuple

from config import BoardTextTable, Hall
from server.domain import order
from server.domain.ticket import Counter, Ticket
from words import fit, width


class BoardText(NamedTuple):
    """Texts that take turns every `seconds` (0: the first stays); `effect` still, flash, scroll or blink: as long as
    it stands there, for who is called by sight.
    """

    texts: tuple[str, ...]
    effect: str
    color: str
    seconds: int
    number_color: str = ""
    """Of the numbers in it; empty: the same."""


def state_of(counter: Counter, ticket: Ticket | None) -> str:
    """One of config.BOARD_STATES; a number at the counter goes before the counter's own state."""
    if ticket and ticket.state in ("called", "serving"):
        return "calling" if ticket.state == "called" else "serving"
    if counter.state in ("paused", "closed"):
        return counter.state
    return "tidal" if counter.bound else "idle"


def board_text(hall: Hall, counter: Counter, ticket: Ticket | None, columns: int) -> BoardText:
    """What a board of so many half columns over this counter shows now."""
    state = state_of(counter, ticket)
    told = fitted(hall.board_text(state), names(hall, counter, ticket), columns)
    blinks = state == "calling" and ticket is not None and ticket.by_sight
    return told._replace(effect="blink", texts=told.texts[:1]) if blinks else told


def warning(text: str, columns: int) -> BoardText:
    """An emergency's text on a board of so many half columns: flashing, or page by page."""
    return BoardText((text,), "scroll" if width(text) > columns else "flash", "red", 0)


def names(hall: Hall, counter: Counter, ticket: Ticket | None) -> dict[str, str]:
    """What the words in braces stand for."""
    table = hall.counters[counter.id]
    return {
        "number": ticket.label if ticket else "",
        **table.text.json("name"),
        "sign": table.sign,
        "short": table.name.removesuffix("口") if table.name.endswith("窗口") else table.name,
        "id": counter.id if counter.id.isdigit() else table.name,
        "staff": counter.staff or "",
        "business": business(hall, counter),
        "hall": hall.plate.zh,
        "hall_sign": hall.place.sign,
    }


def business(hall: Hall, counter: Counter) -> str:
    """What a re-bound counter serves now, in a word: its one item, its one group, or 综合业务."""
    codes = order.profile(hall, counter).services
    if codes is not None and len(codes) == 1:
        return hall.service_name(next(iter(codes)))[0]
    groups = {g.name for g in hall.groups.values() if codes is not None and codes & set(g.services)}
    return groups.pop() if len(groups) == 1 else "综合业务"


def fitted(table: BoardTextTable, words: Mapping[str, str], columns: int) -> BoardText:
    """Each text by its first wording that fits; one that fits in none is shown whole, page by page."""
    texts = tuple(dict.fromkeys(text for wordings in table.texts if (text := fit(said(wordings, words), columns))))
    too_wide = any(width(text) > columns for text in texts)
    return BoardText(
        texts or ("",),
        "scroll" if too_wide and table.effect == "still" else table.effect,
        table.color,
        table.seconds,
        table.number_color,
    )


def said(wordings: Sequence[str], words: Mapping[str, str]) -> tuple[str, ...]:
    """The wordings with their words put in; without those that name something empty, unless nothing is left."""
    whole = [w for w in wordings if all(words[name] for name in _named(w))]
    return tuple(w.format_map(words).strip() for w in whole)


@lru_cache(1024)
def _named(wording: str) -> tuple[str, ...]:
    """The words in braces."""
    return tuple(name for _, name, _, _ in string.Formatter().parse(wording) if name)


def light(levels: Sequence[tuple[time, int]], at: time) -> int | None:
    """Brightness by time of day, percent; before the first of the day that of the last; None to leave it alone."""
    ordered = sorted(levels)
    return next((percent for since, percent in reversed(ordered) if since <= at), ordered[-1][1] if ordered else None)

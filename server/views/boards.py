"""What each board, pad and rater shows now, in the hall's own words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from server.domain import order
from server.domain import pads as keys_of_pads
from server.domain.board_text import board_text, light, warning
from server.domain.ticket import Counter
from server.store.reader import Reader
from server.verbs import emergency, ratings
from server.verbs.hub import Hub


def boards_view(hub: Hub) -> dict[str, Any]:
    """What everything on the wires shows, never what happened.

    boards: id -> {text, more, seconds, effect, color, call, light}: `more` are the texts that take turns with `text`
    every `seconds`; `call` differs after a recall: flash again; `light` is percent or null. pads: id -> {digits}, a
    space for a dark one. raters: id -> {ask}: a new word is a new prompt, "" for none.
    """
    hall, reader = hub.hall, hub.read()
    counters, at = reader.counters(), datetime.fromtimestamp(hub.now(), hall.zone).time()
    shown, on = {}, emergency.now(reader)
    for board_id, board in hall.boards.items():
        ticket = reader.at_counter(board.counter)
        counter = counters.get(board.counter, Counter(board.counter))
        texts, effect, color, seconds = (
            warning(on.text.zh, board.columns) if on else board_text(hall, counter, ticket, board.columns)
        )
        shown[board_id] = {
            "text": texts[0],
            "more": list(texts[1:]) if seconds else [],
            "seconds": seconds,
            "effect": effect,
            "color": color,
            "call": on.seq if on else ticket.calls if ticket else 0,
            "light": light(board.light, at),
        }
    lines = reader.waiting_lines() if hall.pads else {}
    return {
        "boards": shown,
        "pads": {
            p: {
                "digits": _digits(
                    hub, reader, counters.get(table.counter, Counter(table.counter)), table.digits, table.shows, lines
                )
            }
            for p, table in hall.pads.items()
        },
        "raters": {r: {"ask": ratings.asking(hub, reader, table.counter)} for r, table in hall.raters.items()},
    }


def _digits(
    hub: Hub, reader: Reader, counter: Counter, width: int, shows: str, lines: dict[tuple[str, str], int]
) -> str:
    """A pad's display: dark while nobody is logged in."""
    if counter.state == "closed":
        return " " * width
    mine = order.profile(hub.hall, counter)
    waiting = sum(
        n for (target, service), n in lines.items() if target in mine.targets and (target or mine.own(service))
    )
    return keys_of_pads.display(width, shows, reader.at_counter(counter.id), waiting)

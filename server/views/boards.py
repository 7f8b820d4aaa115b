"""What each board, pad and rater shows now, in the hall's own words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from server.domain import order
from server.domain import pads as keys_of_pads
from server.domain.board_text import board_text, light, warning
from server.domain.ticket import Counter
from server.verbs import ratings
from server.verbs.hub import Hub
from server.views.moment import Moment, moment


def boards_view(hub: Hub) -> dict[str, Any]:
    """What everything on the wires shows, never what happened.

    boards: id -> {text, more, seconds, effect, color, number_color, call, light}: `more` are the texts that take turns
    with `text` every `seconds`; `number_color` is empty where numbers have the text's; `call` differs after a recall:
    flash again; `light` is percent or null. pads: id -> {digits}, a space for a dark one. raters: id -> {ask}: a new
    word is a new prompt, "" for none.
    """
    hall, reader = hub.hall, hub.read()
    here, at = moment(hub), datetime.fromtimestamp(hub.now(), hall.zone).time()
    shown, on = {}, here.emergency
    for board_id, board in hall.boards.items():
        ticket, counter = here.holding.get(board.counter), here.counters[board.counter]
        texts, effect, color, seconds, number_color = (
            warning(on.text.zh, board.columns) if on else board_text(hall, counter, ticket, board.columns)
        )
        shown[board_id] = {
            "text": texts[0],
            "more": list(texts[1:]) if seconds else [],
            "seconds": seconds,
            "effect": effect,
            "color": color,
            "number_color": number_color,
            "call": on.seq if on else ticket.calls if ticket else 0,
            "light": light(board.light, at),
        }
    return {
        "boards": shown,
        "pads": {
            p: {"digits": _digits(here, here.counters[table.counter], table.digits, table.shows)}
            for p, table in hall.pads.items()
        },
        "raters": {r: {"ask": ratings.asking(hub, reader, table.counter)} for r, table in hall.raters.items()},
    }


def _digits(at: Moment, counter: Counter, width: int, shows: str) -> str:
    """A pad's display: dark while nobody is logged in."""
    if counter.state == "closed":
        return " " * width
    mine = order.profile(at.hall, counter)
    waiting = sum(
        n for (target, service), n in at.lines.items() if target in mine.targets and (target or mine.own(service))
    )
    return keys_of_pads.display(width, shows, at.holding.get(counter.id), waiting)

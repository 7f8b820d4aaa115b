"""好评抽查: each week some good ratings are drawn by lot and looked at by people.

The draw is a row of the journal and can be done again by anybody; nobody chooses whom it meets.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from server.domain import events as ev
from server.domain import lot, rating
from server.store.transaction import Turn
from server.verbs import records
from server.verbs.hub import Hub

REGISTER = "rating_check"


def draw(hub: Hub) -> int:
    """Draw of the last whole week, once; how many were drawn. Nothing where the hall draws none
    ([ratings].spot_checks), or where nobody has rated well.
    """
    most = hub.hall.ratings.spot_checks
    monday = last_monday(date.fromisoformat(hub.day(hub.now())))
    if not most or not hub.certain or _drawn(hub, monday):
        return 0

    def decide(turn: Turn) -> int:
        last = (monday + timedelta(days=6)).isoformat()
        good = [
            one for one in turn.ratings(monday.isoformat(), last) if one.level >= rating.GOOD and not one.is_default
        ]
        if not good:
            return 0
        seed = turn.head()[2]
        found = lot.drawn(seed, [(one.ticket, one.leg) for one in good], most)
        turn.record(ev.RatingsDrawn(week=monday.isoformat(), seed=seed, of=len(good), rounds=found), "hub")
        for one in good:
            if (one.ticket, one.leg) in found:
                _open(hub, turn, one)
        return len(found)

    return hub.turn(decide)


def last_monday(today: date) -> date:
    """The first day of the last week that is over."""
    return today - timedelta(days=today.weekday() + 7)


def _drawn(hub: Hub, monday: date) -> bool:
    last = hub.read().last_event("RatingsDrawn")
    return last is not None and str(last.field("week")) >= monday.isoformat()


def _open(hub: Hub, turn: Turn, one: rating.Rating) -> None:
    clerk = turn.staff(one.staff) if one.staff else None
    values: dict[str, Any] = {
        "level": rating.LEVEL_CHOICE[one.level],
        "way": one.source,
        **({"service": one.service} if one.service in hub.hall.services else {}),
        **({"counter": one.counter} if one.counter in hub.hall.counters else {}),
        **({"about": one.staff} if clerk and clerk["active"] else {}),
    }
    made = records.definition(hub, REGISTER)
    records.open_in(hub, turn, records.BY_ITSELF, made, [("draw", (values, {}))], ticket=one.ticket)

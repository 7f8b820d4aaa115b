"""好差评 for those who answer it, JSON-able: whom to reach within the hour, what is due, the loop, the good ones to
check; to a clerk nothing but what is said of the own work and may be appealed against. Nothing private.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from server.domain import events as ev
from server.domain import rating, register
from server.domain.alerts import CONTACT_S
from server.domain.definition import ABOUT
from server.domain.reach import CLERKS, Reach
from server.domain.register import Record
from server.store.reader import Reader
from server.verbs import ratings, records, spot_checks
from server.verbs.hub import Hub
from server.views.rate import levels
from server.views.records import AT_ONCE, Onlooker, asked_of, line_view
from server.views.tickets import iso

DAYS = 30
"""The loop is told of so many days."""


def ratings_view(hub: Hub, reach: Reach) -> dict[str, Any]:
    """`reach`: those whom nobody has reached yet, with the end of their hour; `open`: the rest, the first due first;
    `mine`: about the onlooker; `checks`: good ones drawn by lot; `loop`: counts of the last `DAYS` days.
    """
    reader, who = hub.read(), Onlooker.now(hub, reach)
    made = records.definition(hub, ratings.REGISTER)
    asked = asked_of(hub, reach, made=made)
    found = reader.records_due(ratings.REGISTER, limit=AT_ONCE, asked=asked)
    fresh = [one for one in found if rating.uncontacted(one)]
    drawn = reader.last_event("RatingsDrawn")
    clerk = reach.role in CLERKS
    return {
        "now": iso(hub.hall, hub.now()),
        "to_reach": [
            {
                **_line(who, reader, one),
                "until": iso(hub.hall, one.opened_at + CONTACT_S),
                "late": hub.now() > one.opened_at + CONTACT_S,
            }
            for one in fresh
        ],
        "open": [_line(who, reader, one) for one in found if one not in fresh and one.values.get(ABOUT) != reach.staff],
        "mine": [
            _line(who, reader, one)
            for one in reader.records_about(ratings.REGISTER, reach.staff)
            if register.told_to(made, one)
        ],
        "checks": []
        if clerk
        else [
            _line(who, reader, one)
            for one in reader.records_due(
                spot_checks.REGISTER,
                limit=AT_ONCE,
                asked=asked_of(hub, reach, made=records.definition(hub, spot_checks.REGISTER)),
            )
        ],
        "draw": _draw(drawn.happened()) if drawn and not clerk else None,
        "loop": None if clerk else _loop(hub, reader, reach),
        "scores": levels(),
    }


def _line(who: Onlooker, reader: Reader, record: Record) -> dict[str, Any]:
    hall = who.hub.hall
    labels = reader.numbers_of([record.ticket]) if record.ticket is not None else {}
    made = records.definition_of(who.hub, record)
    level, counter = record.values.get("level"), str(record.values.get("counter", ""))
    return {
        **line_view(who, record),
        "label": labels.get(record.ticket or 0, ""),
        **made.fields["level"].choices[str(level)].json("level"),
        **(hall.counter_name(counter).json("counter") if counter else {"counter": "", "counter_en": ""}),
    }


def _draw(event: ev.Event) -> dict[str, Any]:
    assert isinstance(event, ev.RatingsDrawn)
    return {"week": event.week, "of": event.of, "drawn": len(event.rounds), "seed": event.seed[:12]}


def _loop(hub: Hub, reader: Reader, reach: Reach) -> dict[str, int]:
    """How far the bad ratings of the last days are: every one is in exactly one of received's parts."""
    since = hub.now() - timedelta(days=DAYS).total_seconds()
    made = records.definition(hub, ratings.REGISTER)
    found = reader.records_opened(ratings.REGISTER, since, limit=10_000, asked=asked_of(hub, reach, made=made))

    def first(record: Record, move: str) -> float | None:
        return next((step.at for step in record.moves if step.move == move), None)

    contacts = [(one.opened_at, at) for one in found if (at := first(one, "contact")) is not None]
    return {
        "received": len(found),
        "in_time": sum(at - opened <= CONTACT_S for opened, at in contacts),
        "unfounded": sum(one.state == "unfounded" for one in found),
        "verifying": sum(one.state in ("verifying", "reviewing") for one in found),
        "in_hand": sum(one.state not in ("verifying", "reviewing", "unfounded", "closed") for one in found),
        "closed": sum(one.state == "closed" for one in found),
        "late": sum(one.verdicts.get("rectify", {}).get("late") is True for one in found),
    }

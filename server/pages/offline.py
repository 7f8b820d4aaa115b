"""When no machine runs: the paper that a hall goes on by, and the page on which it is entered afterwards."""

from __future__ import annotations

import re
from datetime import datetime

from apiflask import APIBlueprint
from flask import g, render_template
from pydantic import Field

from server.domain import worktime
from server.pages.access import allowed, idempotency_key, the_hub
from server.pages.bodies import Body
from server.pages.incoming import Identifier
from server.pages.openapi import answers
from server.verbs import offline
from server.verbs.hub import By, Hub
from server.views.offline import entry_view, sheet_view

api = APIBlueprint("offline_api", __name__, url_prefix="/api/v1", tag="Guide desk 咨询台")
pages = APIBlueprint("offline", __name__, enable_openapi=False)

DESK = ("guide", "manager")
CLOCK = re.compile("([01]?[0-9]|2[0-3]):?([0-5][0-9])")


class TallyRow(Body):
    """A row of the tally sheet. Times are HH:MM or HHMM of today."""

    number: Identifier = Field(description="A012", min_length=1, max_length=10)
    service: Identifier = Field("", description="Of a number that was written by hand: its item", max_length=40)
    came: Identifier = Field("", description="When it was written", max_length=10)
    counter: Identifier = Field("", max_length=40)
    staff: Identifier = Field("", description="Who served it; empty: whoever sits there", max_length=40)
    called: Identifier = Field("", max_length=10)
    ended: Identifier = Field("", max_length=10)
    end: str = Field("", description="An outcome's code, passed, left, or empty: it still waits", max_length=20)


class TallySheet(Body):
    rows: list[TallyRow] = Field(min_length=1, max_length=300)


@api.post("/offline/tally")
@allowed(roles=DESK)
@api.input(TallySheet)
@answers("live_told.Tallied", key=True)
@api.doc(
    summary="补录 enter what was served while no machine ran: all rows, or none and each that is wrong in a sentence",
    responses={409: "The rows that are wrong, a line each"},
)
def tally(json_data: TallySheet) -> dict[str, int]:
    hub = the_hub()
    rows = [
        offline.Row(
            one.number.upper(),
            one.service,
            moment(hub, one.came),
            one.counter,
            one.staff,
            moment(hub, one.called),
            moment(hub, one.ended),
            one.end,
            next((told for told in (one.came, one.called, one.ended) if told and not CLOCK.fullmatch(told)), ""),
        )
        for one in json_data.rows
    ]
    return offline.tally(hub, By(g.actor, idempotency_key()), rows)._asdict()


def moment(hub: Hub, clock: str) -> float | None:
    """HH:MM or HHMM of the service day, epoch seconds; None where it says no time."""
    told = CLOCK.fullmatch(clock)
    if told is None:
        return None
    day = worktime.service_day(hub.hall, hub.now())
    return datetime(day.year, day.month, day.day, int(told[1]), int(told[2]), tzinfo=hub.hall.zone).timestamp()


@pages.get("/desk/paper")
@allowed(roles=DESK)
def paper() -> str:
    """Everything that paper needs to go on, on A4. Asking for it sets the numbers apart that are written by hand."""
    hub = the_hub()
    offline.for_paper(hub, By(g.actor))
    return render_template("desk/paper.html", hall=hub.hall.hall, view=sheet_view(hub))


@pages.get("/desk/entry")
@allowed(roles=DESK)
def entry() -> str:
    hub = the_hub()
    return render_template("desk/entry.html", hall=hub.hall.hall, view=entry_view(hub))

"""Where a booking system hands in appointments and results to be collected, and staff see today's."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import abort, g, request

from server.pages.access import allowed, longer_body, the_hub
from server.pages.openapi import answers
from server.verbs import bookings, slots
from server.verbs.hub import By
from server.views.tickets import iso, service_names

api = APIBlueprint("bookings", __name__, url_prefix="/api/v1/bookings", tag="Bookings 预约")


LONGEST = 16 << 20
"""Bytes of a file of bookings: a year of a large hall."""


@api.put("")
@allowed(devices=("bookings",), roles=("manager",))
@answers("live_told.BookingsTaken", body="text/csv")
@api.doc(
    summary=(
        "Hand in bookings: the body is a CSV or XLSX file, `code,kind,day,time,service`; all of them, or none and every"
        " mistake named. ?dry_run=1 only says what is new, changed, here already; ?outside_hours=1 takes slots at which"
        " the hall is closed"
    )
)
@longer_body(LONGEST)
def take() -> dict[str, Any]:
    hub, meant = the_hub(), request.args
    found, problems = bookings.read(
        request.get_data(), hub.hall, "bookings", now=hub.now(), outside_hours=meant.get("outside_hours") == "1"
    )
    if problems:
        abort(400, description="\n".join(problems))
    here = bookings.sort(hub.read(), found)
    counts = {"new": len(here.new), "changed": len(here.changed), "double": len(here.double)}
    if meant.get("dry_run") == "1":
        return {"taken": 0, **counts}
    return {"taken": bookings.take(hub, By(g.actor), found, source=g.actor), **counts}


@api.get("")
@allowed(roles=("guide", "manager", "supervisor"))
@answers("live_told.Bookings")
@api.doc(
    summary="Today's appointments by slot, the hall's own among them, and the number each has when it has checked in"
)
def show() -> dict[str, Any]:
    hub = the_hub()
    reader, today = hub.read(), hub.day(hub.now())
    theirs = [(row["code"], row["slot"], row["service"]) for row in reader.appointments(today)]
    own = [
        (slots.code_of(hub.hall, one.id), one.start, one.service)
        for one in reader.slots_of(today)
        if one.state == "booked"
    ]
    return {
        "bookings": [
            {
                "code": code,
                "slot": iso(hub.hall, slot),
                "service": service_names(hub.hall, service),
                "number": here.label if (here := reader.of_appointment(today, code)) else None,
            }
            for code, slot, service in sorted([*theirs, *own], key=lambda one: (one[1] or 0.0, one[0]))
        ]
    }

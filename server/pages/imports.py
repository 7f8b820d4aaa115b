"""Where a manager tries another system's file, takes it in, and withdraws what was wrong."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Any

from apiflask import APIBlueprint
from flask import abort, g, render_template
from pydantic import Field

from server.domain.rules import Refused
from server.incumbents.taking import SYSTEMS
from server.pages.access import allowed, idempotency_key, the_hub
from server.pages.bodies import Body
from server.pages.openapi import answers
from server.pages.people import MANAGERS
from server.reports import visits_file
from server.verbs import bookings, imports
from server.verbs.hub import By
from server.verbs.visits import import_visits
from server.views.imports import KINDS, bookings_checked, dump_checked, hand_ins, visits_checked

api = APIBlueprint("imports_api", __name__, url_prefix="/api/v1/imports", tag="Imports 导入")
pages = APIBlueprint("imports", __name__, enable_openapi=False)

MOST = 5000
"""Visits of one file while the hall is at work: the writer takes them in one turn, and nobody else's key in it."""


class Handed(Body):
    """A file as a page sends it, and what is said beside it."""

    name: str = Field(description="The file's name", min_length=1, max_length=120)
    content: str = Field(description="The file's bytes, base64")
    twins: bool = Field(False, description="Visits: rows alike within the file are different people")
    unit: str = Field("", description="A dump of several units: which one, by its id", max_length=40)
    outside_hours: bool = Field(False, description="Bookings: slots at which the hall is closed are meant")

    def data(self) -> bytes:
        """The bytes; Refused for what is no base64."""
        try:
            return base64.b64decode(self.content, validate=True)
        except (binascii.Error, ValueError):  # no ASCII
            raise Refused("文件没有传完整：请再选一次。", "The file did not come whole: choose it again.") from None


class Withdrawing(Body):
    reason: str = Field(description="Why; it stands in the journal", max_length=200)


@api.get("")
@allowed(roles=MANAGERS)
@answers("live_told.HandIns")
@api.doc(summary="What was taken in, the newest first, and what was withdrawn")
def show() -> dict[str, Any]:
    return {"imports": hand_ins(the_hub())}


@api.post("/<kind>/check")
@allowed(roles=MANAGERS)
@api.input(Handed)
@answers("live_told.FileChecked")
@api.doc(summary="试读 what a file would bring: new, changed, double, of the future, each mistake; takes nothing in")
def check(kind: str, json_data: Handed) -> dict[str, Any]:
    return _checked(kind, json_data)


@api.post("/<kind>")
@allowed(roles=MANAGERS)
@api.input(Handed)
@answers("live_told.FileTaken", key=True)
@api.doc(
    summary="导入 take in what is new of a file of `visits` or `bookings`, or a dump's visits; none with a mistake",
    responses={409: "a mistake, or nothing new"},
)
def take(kind: str, json_data: Handed) -> dict[str, Any]:
    hub, wish, by = the_hub(), json_data, By(g.actor, idempotency_key())
    told, data = _checked(kind, wish), wish.data()
    sha256 = hashlib.sha256(data).hexdigest()
    if told["problems"]:
        raise Refused(
            f"{wish.name}有错，什么也没有导入：{told['problems'][0]}",
            f"{wish.name} has mistakes, nothing was taken in: {told['problems'][0]}",
        )
    if kind == "bookings":
        found, _ = bookings.read(data, hub.hall, wish.name, now=hub.now(), outside_hours=wish.outside_hours)
        bookings.take(hub, by, found, source=wish.name)
        return {**told, "taken": told["new"] + told["changed"]}
    if kind in SYSTEMS:
        _, rows = dump_checked(hub, kind, data, wish.name, unit=wish.unit, twins=wish.twins)
    else:
        rows, _ = visits_file.read(data, hub.hall, name=wish.name, now=hub.now())
    if len(rows) > MOST:
        raise Refused(
            f"一次最多导入{MOST}次来访：请分成几个文件，或停机后用命令行导入。",
            f"At most {MOST} visits at once: divide the file, or stop the hub and use the command line.",
        )
    return {**told, "taken": import_visits(hub, by, rows, source=wish.name, sha256=sha256, twins=wish.twins)}


@api.post("/<int(max=9007199254740991):number>/withdrawal")
@allowed(roles=MANAGERS)
@api.input(Withdrawing)
@answers("live_told.Withdrawn", key=True)
@api.doc(summary="撤回 an import as a whole, by the id of its row", responses={404: "no such import"})
def withdraw(number: int, json_data: Withdrawing) -> dict[str, int]:
    return {"withdrawn": imports.withdraw(the_hub(), By(g.actor, idempotency_key()), number, json_data.reason)}


@pages.get("/imports")
@allowed(roles=MANAGERS)
def page() -> str:
    hub = the_hub()
    return render_template(
        "manager/imports.html", hall=hub.hall.hall, imports=hand_ins(hub), kinds=KINDS, systems=[*SYSTEMS]
    )


def _checked(kind: str, wish: Handed) -> dict[str, Any]:
    hub, data = the_hub(), wish.data()
    if kind == "visits":
        return visits_checked(hub.hall, hub.read(), data, wish.name, hub.now(), twins=wish.twins)
    if kind == "bookings":
        return bookings_checked(hub, data, wish.name, outside_hours=wish.outside_hours)
    if kind in SYSTEMS:
        return dump_checked(hub, kind, data, wish.name, unit=wish.unit, twins=wish.twins)[0]
    abort(404, description=f"没有“{kind}”这种导入。 There is no import of '{kind}'; known: {', '.join(KINDS)}.")

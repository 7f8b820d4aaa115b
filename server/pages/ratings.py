"""好差评 for staff: whom to reach within the hour, what is due, the loop; and 意见箱, papers that the desk types in.

Staff never rate: a paper names the number that its writer had, and its text is sealed as any other's.
"""

from __future__ import annotations

import re
import uuid

from apiflask import APIBlueprint
from flask import flash, g, redirect, render_template, request
from werkzeug.wrappers import Response as Redirect

from server.domain.rating_options import of_level
from server.domain.rules import Refused
from server.domain.ticket import Ticket
from server.pages.access import allowed, the_hub
from server.pages.records import READERS, form_key, reach
from server.verbs import ratings
from server.verbs.hub import By, Hub, Unknown
from server.views import records as register_views
from server.views.ratings import ratings_view

pages = APIBlueprint("ratings", __name__, url_prefix="/ratings", enable_openapi=False)

BOX = ("guide", "manager")
LABEL = re.compile(r"([A-Z])([0-9]{1,6})")


@pages.get("")
@allowed(roles=READERS)
def page() -> str:
    hub = the_hub()
    return render_template(
        "records/ratings.html",
        hall=hub.hall.hall,
        registers=register_views.index_view(hub, reach()),
        role=g.staff.role,
        may_type=g.staff.role in (*BOX, "administrator"),
        press_key=uuid.uuid4().hex,
        today=hub.day(hub.now()),
        view=ratings_view(hub, reach()),
    )


@pages.post("/box")
@allowed(roles=BOX)
def box() -> Redirect:
    """A paper of the letter box: its number and day, or the code on the slip, the level, what is ticked and written."""
    hub, form = the_hub(), request.form
    try:
        ticket = _meant(hub, form.get("number", "").strip().upper()[:20], form.get("day", "")[:10])
        told = form.get("level", "")
        level = int(told) if told.isascii() and told.isdigit() else 0
        options = [one for one in form.getlist("options") if one in of_level(level)]
        words = ratings.written(form.get("text", "")[:2000], form.get("phone", "")[:40])
        ratings.give(hub, By(g.actor, form_key()), ticket.id, level, "box", options, words)
    except Refused as refused:
        flash(refused.text, "error")  # type: ignore[arg-type]
    else:
        flash((f"已登记{ticket.label}的评价。", f"The rating of {ticket.label} is on record."), "done")  # type: ignore[arg-type]
    return redirect("/ratings")


def _meant(hub: Hub, typed: str, day: str) -> Ticket:
    """The number that a paper names. Raises Unknown."""
    label = LABEL.fullmatch(typed)
    if label is None:
        return ratings.by_code(hub, typed)
    found = hub.read().by_number(day, label[1], int(label[2]))
    if found is None:
        raise Unknown(
            f"{day}没有{typed}号：请核对号码和日期。", f"There was no {typed} on {day}: check number and day."
        )
    return found

"""The routes of a rater tablet (窗口平板): its page, what it shows as a feed, and the rating that a visitor gives.

Only the tablet that was enrolled for the counter: no member of staff rates, and no other counter's tablet.
"""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, abort, current_app, g, render_template, send_file
from pydantic import Field

from config import Text
from server.domain.rating import LEVELS
from server.pages.access import allowed, follows, idempotency_key, the_hub
from server.pages.bodies import Body
from server.pages.openapi import answers
from server.verbs import ratings
from server.verbs.hub import By, Hub, known_counter
from server.views import pictures
from server.views.rate import levels, rate_view

api = APIBlueprint("rate_api", __name__, url_prefix="/api/v1/rate", tag="Boards, pads, raters 窗口屏、叫号器、评价器")
pages = APIBlueprint("rate", __name__, enable_openapi=False)


class GivenLevel(Body):
    """What a visitor gives: one level, and what was ticked of it."""

    level: int = Field(description="5 非常满意 to 1 非常不满意", ge=min(LEVELS), le=max(LEVELS))
    options: list[str] = Field([], description="Codes of the national list, of that level", max_length=8)


class Rating(GivenLevel):
    """A visitor's answer on the tablet."""

    ask: str = Field(description="The question that it answers, as the feed names it", min_length=1, max_length=60)


@api.get("/<counter>")
@allowed(devices=("tablet",))
@answers("devices_told.RateView", feed=True)
@api.doc(
    summary="What the tablet at a counter shows; text/event-stream for changes", responses={404: "No such counter"}
)
def show(counter: str) -> Response:
    hub = _mine(counter)
    answer: Response = current_app.extensions["feeds"].answer(f"rate {counter}", lambda: rate_view(hub, counter))
    follows(answer, g.actor)
    return answer


@api.post("/<counter>")
@allowed(devices=("tablet",))
@api.input(Rating)
@answers("devices_told.RaterAnswer", key=True)
@api.doc(
    summary="评价 a visitor's level with what is added to it; one for each visit",
    responses={404: "No such counter", 409: "The question is over, or was answered"},
)
def rate(counter: str, json_data: Rating) -> dict[str, Any]:
    hub, by = _mine(counter), By(g.actor, idempotency_key())
    given = ratings.answer(hub, by, counter, json_data.ask, json_data.level, json_data.options)
    return {"done": True, "level": given.level, **Text("谢谢您的评价", "Thank you").json()}


@pages.get("/rate/<counter>")
@allowed(devices=("tablet",))
def page(counter: str) -> str:
    hub = _mine(counter)
    return render_template(
        "devices/rate.html",
        hall=hub.hall.hall,
        counter=counter,
        name=hub.hall.counter_name(counter),
        levels=levels(),
    )


@pages.get("/rate/<counter>/photo/<staff>")
@allowed(devices=("tablet",))
def photo(counter: str, staff: str) -> Response:
    """The photograph of whoever works at the counter now, and of nobody else."""
    hub = _mine(counter)
    at = hub.read().counter(counter)
    file = pictures.of_staff(hub.hall, staff) if at.state != "closed" and at.staff == staff else None
    if file is None:
        abort(404, description="没有这张照片。There is no such photograph.")
    return send_file(file.resolve(), conditional=True, max_age=300)


def _mine(counter: str) -> Hub:
    """The hub, for the tablet of this very counter; 404 for a counter that there is not, 403 for another's."""
    hub = the_hub()
    known_counter(hub, counter)
    row = hub.read().device(g.actor)
    if row is None or row["place"] != counter:
        abort(403, description="这台平板登记在别的窗口。This tablet is enrolled for another counter.")
    return hub

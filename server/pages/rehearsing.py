"""演练: a day of the hall's own as a file without names; a rehearsal started, watched, ended (`server/rehearser.py`).

Commands have the two doors of `server/pages/people.py`, a form and JSON.
"""

from __future__ import annotations

import socket
from datetime import date, timedelta
from typing import Any, Literal

from apiflask import APIBlueprint
from flask import Response, current_app, g, render_template, request
from pydantic import Field

from config import Text
from server.domain import worktime
from server.pages.access import address, allowed, the_hub
from server.pages.bodies import Body
from server.pages.incoming import Day, Whole
from server.pages.openapi import answers
from server.pages.people import FIRST_YEAR, LAST_YEAR, MANAGERS, Done, command
from server.rehearser import Rehearser, State, Wish
from server.store.history import History
from server.verbs.hub import Unknown
from server.views.recording import recording
from server.views.tickets import iso

api = APIBlueprint("rehearsal_api", __name__, url_prefix="/api/v1/rehearsal", tag="People 岗位")
pages = APIBlueprint("rehearsal", __name__, url_prefix="/people/rehearsal", enable_openapi=False)
_DOORS = (pages, api)

PAGE = "/people/rehearsal"
BACK_D = 60
"""So many days are offered."""
SPEEDS = (1, 2, 5, 10, 20, 60)


class RehearsalWish(Body):
    """A service day of the hall's own, or an invented one: `A` pooled counters, `B` specialised, `C` a crowd before
    closing.
    """

    day: Day | Literal["A", "B", "C"]
    seed: Whole = Field(1, ge=1, le=2**31, description="Which of the invented days")
    speed: Whole = Field(10, ge=1, le=60, description="Recorded seconds a second")


class RehearsalEnd(Body):
    """Nothing is asked."""


def the_rehearser() -> Rehearser:
    found: Rehearser = current_app.extensions["rehearser"]
    return found


@command("start", RehearsalWish, roles=MANAGERS, back=PAGE, summary="演练 start a rehearsal on a copy", doors=_DOORS)
def start(wish: RehearsalWish) -> Done:
    own = wish.day if isinstance(wish.day, date) else None
    asked = Wish(own, "" if own else str(wish.day), wish.seed, float(wish.speed))
    the_rehearser().start(asked, g.actor, own_name())
    return Done(
        Text(
            "演练正在启动，约半分钟后可以打开。真实的大厅不受影响。",
            "The rehearsal is starting; it can be opened in about half a minute. The real hall goes on.",
        )
    )


@command("stop", RehearsalEnd, roles=MANAGERS, back=PAGE, summary="停止演练 end the rehearsal", doors=_DOORS)
def stop(wish: RehearsalEnd) -> Done:
    the_rehearser().stop(g.actor)
    return Done(Text("演练已停止，它的数据已删除。", "The rehearsal has ended and its data is gone."))


def own_name() -> str:
    """How the machine that asks reaches this one, by address: a browser that knows the hub's name by HTTPS would ask a
    rehearsal for it too.
    """
    asks = address() or "127.0.0.1"
    with socket.socket(socket.AF_INET6 if ":" in asks else socket.AF_INET, socket.SOCK_DGRAM) as line:
        try:
            line.connect((asks, 9))  # sends nothing
        except OSError:
            return request.host.rpartition(":")[0] or request.host
        return str(line.getsockname()[0])


@pages.get("")
@allowed(roles=MANAGERS)
def page() -> str:
    hub = the_hub()
    today = worktime.service_day(hub.hall, hub.now())
    days = History(hub.read().conn).numbers_by_day((today - timedelta(days=BACK_D)).isoformat(), today.isoformat())
    return render_template(
        "people/rehearsal.html",
        hall=hub.hall.hall,
        tab="rehearsal",
        days=days,
        speeds=SPEEDS,
        now=_told(the_rehearser().state),
    )


@pages.get("/day.csv")
@allowed(roles=MANAGERS)
def file() -> Response:
    return _file(request.args.get("day", ""))


@api.get("")
@allowed(roles=MANAGERS)
@answers("people_told.Rehearsal")
@api.doc(summary="How the newest rehearsal stands")
def show() -> dict[str, Any]:
    return _told(the_rehearser().state)


@api.get("/days/<day>")
@allowed(roles=MANAGERS)
@answers(None, media=("text/csv",))
@api.doc(summary="A service day of the hall's own as a recording (docs/replay.md): no number, no staff, no names")
def file_of(day: str) -> Response:
    return _file(day)


def _file(day: str) -> Response:
    hub = the_hub()
    try:
        asked = date.fromisoformat(day)
    except ValueError:
        raise Unknown(
            f"“{day}”不是日期：请写成 2026-11-23。", f"'{day}' is no date: write it like 2026-11-23."
        ) from None
    text = recording(hub.hall, History(hub.read().conn), asked) if FIRST_YEAR <= asked.year <= LAST_YEAR else ""
    if not text:
        raise Unknown(f"{asked}没有取过号。", f"No number was given out on {asked}.")
    answer = Response(text, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="day-{asked}.csv"'
    return answer


def _told(state: State) -> dict[str, Any]:
    hub = the_hub()
    return {
        "state": state.state,
        "day": state.day,
        "speed": state.speed,
        "by": state.by,
        "since": iso(hub.hall, state.since) if state.since else None,
        "at": state.at,
        "share": state.share,
        "address": state.address,
        "said": state.said.zh if state.said else "",
        "said_en": state.said.en if state.said else "",
    }

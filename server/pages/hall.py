"""The hall's live page (实时大厅): the whole hall in one view, and the acts of the manager.

A supervisor looks and does not act.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from apiflask import APIBlueprint
from flask import Response, abort, current_app, g, render_template
from pydantic import AwareDatetime, Field

from server.domain.messages import MANAGER, NOBODY
from server.domain.rules import Refused
from server.domain.vocabulary import PAUSED_BY_MANAGER
from server.foresight.rest_of_day import What
from server.pages.access import allowed, idempotency_key, the_hub
from server.pages.bodies import Body
from server.pages.incoming import Identifier, Whole
from server.pages.openapi import answers
from server.verbs import counters, emergency, opening_list, supposition, today
from server.verbs.hub import By, Hub
from server.views.hall import hall_view
from server.views.supposition import if_view

api = APIBlueprint("hall_api", __name__, url_prefix="/api/v1", tag="Live page 实时大厅")
pages = APIBlueprint("hall", __name__, enable_openapi=False)

READERS, MANAGERS = ("manager", "supervisor"), ("manager",)
READ_ALONE = ("supervisor",)
CLOCK = r"^(?:([01]\d|2[0-3]):[0-5]\d)?$"


# --- what the manager sees --------------------------------------------------------------------------------------------


# --- the page, and its feed -------------------------------------------------------------------------------------------


@pages.get("/hall")
@allowed(roles=READERS)
def page() -> str:
    hall = the_hub().hall
    return render_template(
        "hall/hall.html",
        hall=hall.hall,
        may_act=g.staff.role != "supervisor",
        counters=[(id, table.name, table.name_en) for id, table in hall.counters.items()],
        reasons=hall.console.pause_reasons,
        emergencies=hall.voice.emergencies,
        groups=[*(group.text for group in hall.groups.values()), ("综合咨询", "Enquiries")],
        classes=[(name, table.name, table.name_en) for name, table in hall.classes.items()],
    )


def _view(*, reads_messages: bool = True) -> dict[str, Any]:
    return hall_view(the_hub(), current_app.extensions["health"], MANAGER if reads_messages else NOBODY)


@api.get("/hall")
@allowed(roles=READERS)
@answers("live_told.LiveView", feed=True)
@api.doc(
    summary=(
        "The hall now: figures, alerts, who waits, counters, services, devices; text/event-stream for changes as they"
        " happen"
    )
)
def show() -> Response:
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    manages = g.staff.role not in READ_ALONE  # who supervises reads no messages: they are between those who work here

    def make() -> dict[str, Any]:
        with app.app_context():
            return _view(reads_messages=manages)

    answer: Response = current_app.extensions["feeds"].answer("hall" if manages else "hall supervised", make)
    return answer


class Asked(Body):
    """What if: times of today, HH:MM; empty for now and for closing."""

    what: What = Field(description="open, lunch, close these counters; end the day early")
    counters: str = Field("", description="Their ids, with commas", max_length=400)
    begins: str = Field("", description="lunch, end: when", pattern=CLOCK, max_length=5)
    ends: str = Field("", description="open: until when; lunch: when they are back", pattern=CLOCK, max_length=5)


@api.get("/hall/what-if")
@allowed(roles=READERS)
@api.input(Asked, location="query")
@answers("live_told.IfView")
@api.doc(summary="如果… the rest of the day with other counters, and how near such a play comes to past days")
def what_if(query_data: Asked) -> dict[str, Any]:
    wish = query_data
    counters = [one.strip() for one in wish.counters.split(",") if one.strip()]
    return if_view(the_hub(), supposition.asked(the_hub(), wish.what, counters, wish.begins, wish.ends))


# --- what the manager does --------------------------------------------------------------------------------------------


class Message(Body):
    message: str = Field("", description="What people are told, in Chinese", max_length=120)
    message_en: str = Field("", description="The same in English; empty: the Chinese stands for both", max_length=240)


class CloseHall(Message):
    waiting: str = Field(
        "", description="serve: those waiting are still served; dismiss: their numbers end now", max_length=20
    )
    people: Whole | None = Field(
        None, description="dismiss: how many people you know to be waiting or suspended; refused where it differs", ge=0
    )


class Begin(Body):
    number: Whole = Field(description="Which text of [voice] emergencies, from 1", ge=0, le=1000)


class Clock(Body):
    clock: AwareDatetime = Field(
        description="What the hub's clock showed when you looked: `clock.hub` of the live page"
    )


class Bind(Body):
    services: list[Identifier] | None = Field(
        None, description="Codes of what the counter serves; null: everything but the pick-up counters'", max_length=500
    )
    helps: list[Identifier] | None = Field(
        None, description="Codes of what it helps with once somebody has waited; null: everything", max_length=500
    )
    help_after_min: Whole = Field(30, ge=0, le=1440)
    reason: str = Field("", max_length=60)


class Reason(Body):
    reason: str = Field("", max_length=60)


def _done(**more: Any) -> dict[str, Any]:
    return {"seq": the_hub().seq, **_view(), **more}


@api.post("/hall/close")
@allowed(roles=MANAGERS)
@api.input(CloseHall)
@answers("live_told.ClosedView", key=True)
@api.doc(summary="提前闭厅 close the hall for the rest of the day; `dismissed` numbers ended")
def close_hall(json_data: CloseHall) -> dict[str, Any]:
    wish = json_data
    if wish.waiting == "dismiss" and wish.people is None:
        raise Refused("请填写将请回的人数，再确认。", "Write how many people are sent home, then confirm.")
    ended = today.close_hall(
        the_hub(),
        By(g.actor, idempotency_key()),
        wish.message,
        wish.message_en,
        waiting=wish.waiting,
        people=wish.people,
    )
    return _done(dismissed=ended)


@api.post("/hall/emergency")
@allowed(roles=MANAGERS)
@api.input(Begin)
@answers("live_told.LiveView", key=True)
@api.doc(
    summary="安全疏散 a text of [voice] emergencies on all screens and boards, and said in all zones, until it is ended"
)
def begin_emergency(json_data: Begin) -> dict[str, Any]:
    emergency.begin(the_hub(), By(g.actor, idempotency_key()), json_data.number)
    return _done()


@api.post("/hall/emergency/end")
@allowed(roles=MANAGERS)
@answers("live_told.LiveView", key=True)
@api.doc(summary="结束紧急广播 screens, boards and voices are as before")
def end_emergency() -> dict[str, Any]:
    emergency.end(the_hub(), By(g.actor, idempotency_key()))
    return _done()


@api.post("/hall/clock")
@allowed(roles=MANAGERS)
@api.input(Clock)
@answers("live_told.LiveView", key=True)
@api.doc(summary="时钟正确 the hub's clock has jumped and is right: the hall goes by it from now on")
def confirm_clock(json_data: Clock) -> dict[str, Any]:
    the_hub().confirm_clock(By(g.actor, idempotency_key()), json_data.clock.timestamp())
    return _done()


@api.post("/hall/reopen")
@allowed(roles=MANAGERS)
@answers("live_told.LiveView", key=True)
@api.doc(summary="恢复取号 give out numbers again today")
def reopen_hall() -> dict[str, Any]:
    today.reopen_hall(the_hub(), By(g.actor, idempotency_key()))
    return _done()


class Ticked(Body):
    step: str = Field(description="Which step of the list; empty: the list itself is put away", max_length=60)


@api.post("/hall/opening-list")
@allowed(roles=MANAGERS)
@api.input(Ticked)
@answers("live_told.LiveView", key=True)
@api.doc(summary="开厅清单 a step is done or not needed here, or the whole list is put away")
def tick_off(json_data: Ticked) -> dict[str, Any]:
    opening_list.tick(the_hub(), By(g.actor, idempotency_key()), json_data.step)
    return _done()


@api.post("/printers/<printer_id>/new-roll")
@allowed(roles=MANAGERS)
@answers("live_told.LiveView", key=True)
@api.doc(summary="已换纸卷 a new roll is in: the count of its paper begins anew")
def new_roll(printer_id: str) -> dict[str, Any]:
    idempotency_key()
    spool = current_app.extensions.get("spool")
    if printer_id not in the_hub().hall.printers or spool is None:
        abort(
            404,
            description=(
                f"没有打印机“{printer_id}”，或打印服务没有运行。There is no printer '{printer_id}', or the printers'"
                " threads do not run here."
            ),
        )
    spool.new_roll(printer_id)
    return _done()


@api.post("/services/<code>/close")
@allowed(roles=MANAGERS)
@api.input(Message)
@answers("live_told.LiveView", key=True)
@api.doc(summary="今日停办 no more numbers for a service today; who waits is still served")
def close_service(code: str, json_data: Message) -> dict[str, Any]:
    today.close_service(the_hub(), By(g.actor, idempotency_key()), code, json_data.message, json_data.message_en)
    return _done()


@api.post("/services/<code>/reopen")
@allowed(roles=MANAGERS)
@answers("live_told.LiveView", key=True)
@api.doc(summary="恢复办理 numbers for a service again")
def reopen_service(code: str) -> dict[str, Any]:
    today.reopen_service(the_hub(), By(g.actor, idempotency_key()), code)
    return _done()


@api.post("/hall/counters/<counter_id>/bind")
@allowed(roles=MANAGERS)
@api.input(Bind)
@answers("live_told.LiveView", key=True)
@api.doc(summary="窗口业务切换 a counter serves other services from its next call on")
def bind(counter_id: str, json_data: Bind) -> dict[str, Any]:
    wish = json_data
    today.bind_counter(
        the_hub(),
        By(g.actor, idempotency_key()),
        counter_id,
        services=wish.services,
        helps=wish.helps,
        help_after_min=wish.help_after_min,
        reason=wish.reason,
    )
    return _done()


@api.post("/hall/counters/<counter_id>/unbind")
@allowed(roles=MANAGERS)
@api.input(Reason)
@answers("live_told.LiveView", key=True)
@api.doc(summary="恢复正常业务 back to what config.toml says")
def unbind(counter_id: str, json_data: Reason) -> dict[str, Any]:
    today.unbind_counter(the_hub(), By(g.actor, idempotency_key()), counter_id, reason=json_data.reason)
    return _done()


def _plain(verb: str, do: Callable[[Hub, By, str, str], object], summary: str) -> None:
    """An act of the manager on a counter; said twice it changes nothing."""

    @api.post(f"/hall/counters/<counter_id>/{verb}", endpoint=f"counter_{verb}")
    @allowed(roles=MANAGERS)
    @api.input(Reason)
    @answers("live_told.LiveView", key=True)
    @api.doc(summary=summary)
    def act(counter_id: str, json_data: Reason) -> dict[str, Any]:
        do(the_hub(), By(g.actor, idempotency_key()), counter_id, json_data.reason.strip())
        return _done()


def _close(hub: Hub, by: By, counter_id: str, reason: str) -> None:
    counters.close_counter(hub, by, counter_id, reason=reason, release=True)


_plain("close", _close, "close an abandoned counter")
_plain(
    "pause",
    lambda hub, by, counter, reason: counters.pause(hub, by, counter, reason or PAUSED_BY_MANAGER.zh),
    "pause a counter for somebody",
)
_plain("resume", lambda hub, by, counter, reason: counters.resume(hub, by, counter), "resume a counter for somebody")
_plain("answer-help", lambda hub, by, counter, reason: counters.answer_help(hub, by, counter), "求助已处理 help came")
_plain(
    "answer-panic",
    lambda hub, by, counter, reason: counters.answer_panic(hub, by, counter),
    "报警已处理 dealt with",
)

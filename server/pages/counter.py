"""The counter's console: its page, what it shows, and its keys. One key press is one command with one idempotency key."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, abort, current_app, g, redirect, render_template
from pydantic import BaseModel, Field
from werkzeug.wrappers import Response as AnyResponse

from server import worktime
from server.hub import Hub, Unknown
from server.pages.access import Staff, allowed, idempotency_key, the_hub, to_login, who
from server.pages.kiosk import hall_words
from server.pages.screen import counter_tile
from server.pages.tickets import iso, service_names
from server.rules import OUTCOMES
from server.ticket import Ticket

api = APIBlueprint("counter_api", __name__, url_prefix="/api/v1/counters", tag="Counters 窗口")
pages = APIBlueprint("counter", __name__, enable_openapi=False)

STAFF = ("operator", "guide", "manager")
OUTCOMES_EN = ("Done", "Accepted", "To be completed", "Refused", "Enquiry", "Collected", "Wrong item", "Other")


class Finish(BaseModel):
    outcome: str = Field(description=f"One of {'、'.join(OUTCOMES)}", max_length=20)


class Pause(BaseModel):
    reason: str = Field("暂离", max_length=60)


class Number(BaseModel):
    number: str = Field(description="The number to call, such as A012", pattern="^[A-Za-z][0-9]{1,5}$")


def _line(hub: Hub, ticket: Ticket) -> dict[str, Any]:
    """A ticket as the console lists it; the class and the item, never a person."""
    hall = hub.hall
    service = hall.services.get(ticket.service)
    return {
        "id": ticket.id, "number": ticket.label, "state": ticket.state, "service": service_names(hall, ticket.service),
        "standard_min": service.standard_min if service else None, "materials": list(service.materials) if service else [],
        "class": ticket.klass, "class_name": hall.classes[ticket.klass].name if ticket.klass in hall.classes else ticket.klass,
        "issued_at": iso(hall, ticket.issued_at), "called_at": iso(hall, ticket.last_called_at),
        "started_at": iso(hall, ticket.started_at), "calls": ticket.calls,
    }  # fmt: skip


def console_view(hub: Hub, counter_id: str) -> dict[str, Any]:
    """Everything on a counter's console."""
    hall, reader = hub.hall, hub.read()
    counter, ticket = reader.counter(counter_id), reader.at_counter(counter_id)
    services = hall.services_of(counter_id)
    excluded = hall.reserved if services is None else frozenset()
    today = hub.now() - hall.tickets.lapse_min * 60
    why = next((r.happened() for r in reversed(reader.life_line(ticket.id)) if r.event == "Called"), None) if ticket else None
    return {
        "now": iso(hall, hub.now()), "hall": hall_words(hub),
        "counter": {**counter_tile(hub, counter, ticket), "open": counter.state, "staff": counter.staff, "reason": counter.reason,
                    "since": iso(hall, counter.since)},
        "ticket": _line(hub, ticket) | {"why": getattr(why, "why", "")} if ticket else None,
        "waiting": reader.waiting_count(services, excluded),
        "next": [_line(hub, t) for t in reader.waiting(services, excluded, limit=8)],
        "passed": [_line(hub, t) for t in reader.passed(_today(hub), today)[:3]],
        "outcomes": [{"zh": zh, "en": en} for zh, en in zip(OUTCOMES, OUTCOMES_EN, strict=True)],
    }  # fmt: skip


def _today(hub: Hub) -> str:
    return worktime.service_day(hub.hall, hub.now()).isoformat()


def own_counter(counter_id: str) -> Staff:
    """Only who sits at a counter presses its keys."""
    staff: Staff = g.staff
    if counter_id not in the_hub().hall.counters:
        raise Unknown(f"没有窗口“{counter_id}”。", f"There is no counter '{counter_id}'.")
    if staff.counter != counter_id:
        abort(403, description=f"您登录的不是窗口{counter_id}。You are not logged in at counter {counter_id}.")
    return staff


@pages.get("/counter")
def page() -> str | AnyResponse:
    staff = who()
    if staff is None or staff.counter is None:
        return to_login()
    return render_template("counter/counter.html", staff=staff, counter_id=staff.counter, hall=the_hub().hall.hall)


@pages.get("/")
def front() -> AnyResponse:
    return redirect("/counter" if who() else "/login")


@api.get("/<counter_id>")
@allowed(roles=STAFF)
@api.doc(summary="What the console shows; text/event-stream for changes as they happen")
def show(counter_id: str) -> Response:
    hub = the_hub()
    if counter_id not in hub.hall.counters:
        raise Unknown(f"没有窗口“{counter_id}”。", f"There is no counter '{counter_id}'.")
    answer: Response = current_app.extensions["feeds"].answer(f"counter {counter_id}", lambda: console_view(hub, counter_id))
    return answer


def _done(counter_id: str, ticket: Ticket | None) -> dict[str, Any]:
    hub = the_hub()
    return {"seq": hub.seq, "acted": _line(hub, ticket) if ticket else None, **console_view(hub, counter_id)}


@api.post("/<counter_id>/call-next")
@allowed(roles=STAFF)
@api.doc(summary="顺呼 call the next; `acted` is null when nobody waits")
def call_next(counter_id: str) -> dict[str, Any]:
    staff = own_counter(counter_id)
    return _done(counter_id, the_hub().call_next(counter_id, actor=staff.id, key=idempotency_key()))


@api.post("/<counter_id>/call")
@allowed(roles=STAFF)
@api.input(Number)
@api.doc(summary="指呼 call a number of today")
def call(counter_id: str, json_data: Number) -> dict[str, Any]:
    staff, hub = own_counter(counter_id), the_hub()
    label = json_data.number.upper()
    ticket = hub.read().by_number(_today(hub), label[0], int(label[1:]))
    if ticket is None:
        raise Unknown(f"今天没有{label}号。", f"There is no {label} today.")
    return _done(counter_id, hub.call(counter_id, ticket.id, actor=staff.id, key=idempotency_key()))


@api.post("/<counter_id>/<any('recall', 'start', 'pass'):verb>")
@allowed(roles=STAFF)
@api.doc(summary="重呼 recall, 到窗 start, 过号 pass")
def press(counter_id: str, verb: str) -> dict[str, Any]:
    staff, hub = own_counter(counter_id), the_hub()
    keys = {"recall": hub.recall, "start": hub.start, "pass": hub.pass_}
    return _done(counter_id, keys[verb](counter_id, actor=staff.id, key=idempotency_key()))


@api.post("/<counter_id>/finish")
@allowed(roles=STAFF)
@api.input(Finish)
@api.doc(summary="办结 finish with an outcome")
def finish(counter_id: str, json_data: Finish) -> dict[str, Any]:
    staff = own_counter(counter_id)
    return _done(counter_id, the_hub().finish(counter_id, json_data.outcome, actor=staff.id, key=idempotency_key()))


@api.post("/<counter_id>/pause")
@allowed(roles=STAFF)
@api.input(Pause)
@api.doc(summary="暂停 pause with a reason")
def pause(counter_id: str, json_data: Pause) -> dict[str, Any]:
    the_hub().pause(counter_id, json_data.reason, actor=own_counter(counter_id).id)
    return _done(counter_id, None)


@api.post("/<counter_id>/resume")
@allowed(roles=STAFF)
@api.doc(summary="继续 resume")
def resume(counter_id: str) -> dict[str, Any]:
    the_hub().resume(counter_id, actor=own_counter(counter_id).id)
    return _done(counter_id, None)

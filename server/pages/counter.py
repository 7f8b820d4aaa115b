"""The keys of the counter's console, and its page. One key press is one command with one idempotency key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import Response, abort, current_app, g, render_template
from pydantic import BaseModel, ConfigDict, Field
from werkzeug.wrappers import Response as AnyResponse

from server.domain.rules import Refused, listed, may_raise
from server.domain.ticket import Ticket
from server.domain.vocabulary import OUTCOMES, SUSPENSIONS
from server.pages.access import allowed, idempotency_key, the_hub, to_login, who
from server.pages.answers.console_told import ConsoleState, Helped, Pressed, WaitingPage
from server.pages.feeds import Feeds
from server.pages.incoming import Identifier, Whole
from server.pages.openapi import answers
from server.pages.problems import problem
from server.pages.tickets import printers_for
from server.verbs import calls, cases, counters, pads, ratings, records, tickets
from server.verbs.hub import By, Hub, Unknown
from server.views.console import console_view, line, today, waiting_page

api = APIBlueprint("counter_api", __name__, url_prefix="/api/v1/counters", tag="Counters 窗口")
pages = APIBlueprint("counter", __name__, enable_openapi=False)

STAFF = ("operator", "guide", "manager")

Id = Annotated[int, Field(ge=1, le=2**53 - 1)]
Label = Annotated[Identifier, Field(pattern="^[A-Za-z][0-9]{1,5}$")]
Which = Annotated[Id | Label, Field(description="Id of a ticket, or a number of today such as A012")]
Reason = Annotated[str, Field(max_length=60)]
OUTCOME = f"One of {'、'.join(text.zh for text in OUTCOMES.values())}, or its code: {', '.join(OUTCOMES)}"


class Here(BaseModel):
    ticket: Id | None = Field(
        None, description="The number that the page shows at the counter: a page behind the times acts on nobody else"
    )


class CaseWish(BaseModel):
    """办件 that the visit becomes in the same press; fields as in the register `case`."""

    applicant: Identifier = Field("person", max_length=40)
    received: list[Annotated[str, Field(max_length=120)]] = Field([], max_length=40)
    owed: list[Annotated[str, Field(max_length=120)]] = Field(
        [], max_length=40, description="容缺受理: the papers that may follow"
    )
    missing: list[Annotated[str, Field(max_length=120)]] = Field(
        [], max_length=40, description="补正: what was told to be missing"
    )
    platform: Identifier = Field(
        "", max_length=64, description="The platform's number, or no_platform: why there is none"
    )
    no_platform: Identifier = Field("", max_length=40)
    delivery: Identifier = Field("window", max_length=40)
    phone: Identifier = Field("", max_length=20, description="Private: kept sealed, in no journal")
    print: bool = Field(True, description="受理凭证 with it")


class Finish(Here):
    outcome: str = Field(description=OUTCOME, max_length=20)
    items: list[Annotated[Identifier, Field(max_length=40)]] = Field(
        [], description="Service codes done; none for the ticket's own", max_length=40
    )
    case: CaseWish | None = Field(None, description="受理待办, 现场办结 or 补正: open its case in the same turn")


class Pause(BaseModel):
    reason: Reason = "暂离"


class Number(BaseModel):
    number: Identifier = Field(
        description="The number to call, such as A012; without its letter when only one has it",
        pattern="^[A-Za-z]?[0-9]{1,5}$",
    )


class About(BaseModel):
    ticket: Which


class Leaving(BaseModel):
    ticket: Which | None = Field(None, description="Without it the number at the counter")


class Raise(About):
    reason: Reason


class Transfer(BaseModel):
    """To a service, a counter or a member of staff; none of the three: back into the hall's line."""

    service: Identifier | None = Field(None, max_length=40)
    counter: Identifier | None = Field(None, max_length=40)
    staff: Identifier | None = Field(None, max_length=40)
    keep: bool = Field(True, description="Keep its place, or go to the end")
    reason: Reason
    ticket: Id | None = Field(
        None, description="Which number is meant: a page that is behind the times moves nobody else"
    )


class Suspend(Here):
    kind: str = Field(description=f"One of {', '.join(SUSPENSIONS)}", max_length=20)


class Undo(BaseModel):
    ticket: Id | None = Field(None, description="The number whose step the page offers to undo")


class Help(BaseModel):
    text: str = Field("", max_length=200)


class HelpedTicket(BaseModel):
    """帮取号, and 呼叫 at once if `call`."""

    model_config = ConfigDict(extra="forbid")

    service: Identifier = Field(description="Service code of the catalogue", max_length=40)
    klass: str = Field("ordinary", alias="class", description="Class of visitors", max_length=40)
    language: str = Field("zh", pattern="^(zh|en)$")
    large_print: bool = False
    call: bool = False


# --- the page -------------------------------------------------------------------------------------


@pages.get("/counter")
@allowed(roles=STAFF)
def page() -> str | AnyResponse:
    staff = who()
    if staff is None or staff.counter is None:
        return to_login()
    return render_template("counter/counter.html", staff=staff, counter_id=staff.counter, hall=the_hub().hall.hall)


@api.get("/<counter_id>")
@allowed(roles=STAFF)
@answers(ConsoleState, feed=True)
@api.doc(summary="What the console shows; text/event-stream for changes as they happen")
def show(counter_id: str) -> Response:
    hub, role = _known(counter_id), g.staff.role
    mine = g.staff.counter == counter_id
    return _feeds().answer(_name(counter_id, role, mine), lambda: console_view(hub, counter_id, role, sits_there=mine))


def _feeds() -> Feeds:
    feeds: Feeds = current_app.extensions["feeds"]
    return feeds


def _name(counter_id: str, role: str, sits_there: bool) -> str:
    """Of the feed that a console is."""
    return f"counter {counter_id} {role}" + ("" if sits_there else " from elsewhere")


class After(BaseModel):
    after: Whole = Field(0, ge=0, le=10_000, description="Those after the first so many")


@api.get("/<counter_id>/waiting")
@allowed(roles=STAFF)
@api.input(After, location="query")
@answers(WaitingPage)
@api.doc(summary="更多等候 who waits for the counter beyond the first of its list, twenty at a time")
def more(counter_id: str, query_data: After) -> dict[str, Any]:
    return waiting_page(_known(counter_id), counter_id, query_data.after)


# --- who may press, and what is answered ----------------------------------------------------------


def _known(counter_id: str) -> Hub:
    if counter_id not in the_hub().hall.counters:
        raise Unknown(f"没有窗口“{counter_id}”。", f"There is no counter '{counter_id}'.")
    return the_hub()


def own(counter_id: str) -> tuple[Hub, By]:
    """Only who sits at a counter presses its keys: the hub, and who presses, with the request's idempotency key."""
    hub, staff = _known(counter_id), g.staff
    if staff.counter != counter_id:
        zh, en = hub.hall.counter_name(counter_id)
        _forbid(
            f"您登录的不是{zh}：请退出后在登录页选{zh}再按。",
            f"You are not logged in at {en}: log out and choose {en} at the login.",
        )
    return hub, By(staff.id, idempotency_key(), (counter_id, staff.id))


def _forbid(zh: str, en: str) -> None:
    abort(problem(403, "Forbidden", zh, detail_en=en))


def done(counter_id: str, ticket: Ticket | None = None, **more: Any) -> Response:
    """The console as it is now, and the number that the key was about."""
    hub, role = the_hub(), g.staff.role
    return _feeds().shown(
        _name(counter_id, role, True),
        lambda: console_view(hub, counter_id, role),
        acted=line(hub, ticket) if ticket else None,
        **more,
    )


def _id(hub: Hub, which: int | str) -> int:
    """The id of the ticket that is meant."""
    if isinstance(which, int):
        return which
    label = which.upper()
    ticket = hub.read().by_number(today(hub), label[0], int(label[1:]))
    if ticket is None:
        raise Unknown(f"今天没有{label}号。", f"There is no {label} today.")
    return ticket.id


# --- calling --------------------------------------------------------------------------------------


@api.post("/<counter_id>/call-next")
@allowed(roles=STAFF)
@answers(Pressed, key=True)
@api.doc(summary="顺呼 call the next; `acted` is null when nobody waits")
def call_next(counter_id: str) -> Response:
    hub, by = own(counter_id)
    return done(counter_id, calls.call_next(hub, by, counter_id))


@api.post("/<counter_id>/call")
@allowed(roles=STAFF)
@api.input(Number)
@answers(Pressed, key=True)
@api.doc(summary="指呼 call a number of today")
def call(counter_id: str, json_data: Number) -> Response:
    hub, by = own(counter_id)
    wanted = json_data.number
    ticket = pads.numbered(hub, counter_id, int(wanted)) if wanted.isdigit() else _id(hub, wanted)
    return done(counter_id, calls.call(hub, by, counter_id, ticket))


def _plain(verb: str, do: Callable[..., Ticket], summary: str) -> None:
    """A key about the number at the counter that needs nothing else."""

    @api.post(f"/<counter_id>/{verb}", endpoint=verb)
    @allowed(roles=STAFF)
    @api.input(Here)
    @answers(Pressed, key=True)
    @api.doc(summary=summary)
    def press(counter_id: str, json_data: Here) -> Response:
        hub, by = own(counter_id)
        return done(counter_id, do(hub, by, counter_id, ticket=json_data.ticket))


_plain("recall", calls.recall, "重呼 call the same number again")
_plain("start", calls.start, "到窗 the visitor is at the counter")
_plain("pass", calls.pass_, "过号 nobody came")


# --- the number at the counter --------------------------------------------------------------------


@api.post("/<counter_id>/finish")
@allowed(roles=STAFF)
@api.input(Finish)
@answers(Pressed, key=True)
@api.doc(summary="办结 finish with an outcome and what was done")
def finish(counter_id: str, json_data: Finish) -> Response:
    hub, by = own(counter_id)
    wish = json_data
    if wish.case:
        values = {name: value for name, value in wish.case.model_dump(exclude={"print"}).items() if value}
        printers = printers_for(hub.hall, by.actor, counter=counter_id) if wish.case.print else []
        presser = records.Who(by, g.staff.role, g.staff.department)
        case = cases.Case(values, printers)
        ticket = cases.finish(hub, presser, counter_id, wish.outcome, wish.items, case, ticket=wish.ticket)
    else:
        ticket = calls.finish(hub, by, counter_id, wish.outcome, wish.items, ticket=wish.ticket)
    ratings.invite_after_finish(hub, by, counter_id)
    return done(counter_id, ticket)


@api.post("/<counter_id>/transfer")
@allowed(roles=STAFF)
@api.input(Transfer)
@answers(Pressed, key=True)
@api.doc(summary="转移 to a service, a counter or a member of staff")
def transfer(counter_id: str, json_data: Transfer) -> Response:
    hub, by = own(counter_id)
    listed(json_data.reason, hub.hall.console.transfer_reasons, "转移", "the transfer")
    to = json_data.model_dump(include={"service", "counter", "staff", "keep", "reason"})
    return done(counter_id, tickets.transfer(hub, by, json_data.ticket, **to, held_by=counter_id))


@api.post("/<counter_id>/suspend")
@allowed(roles=STAFF)
@api.input(Suspend)
@answers(Pressed, key=True)
@api.doc(summary="挂起 suspend: away 不持件, kept 持件, errand 等待")
def suspend(counter_id: str, json_data: Suspend) -> Response:
    hub, by = own(counter_id)
    return done(
        counter_id,
        calls.suspend(hub, by, counter_id, json_data.kind, ticket=json_data.ticket),
    )


@api.post("/<counter_id>/leave")
@allowed(roles=STAFF)
@api.input(Leaving)
@answers(Pressed, key=True)
@api.doc(summary="弃号 the visitor withdrew: the number at the counter, or another")
def leave(counter_id: str, json_data: Leaving) -> Response:
    hub, by = own(counter_id)
    ticket = None if json_data.ticket is None else _id(hub, json_data.ticket)
    return done(counter_id, tickets.leave(hub, by, ticket, held_by=counter_id))


# --- other numbers --------------------------------------------------------------------------------


@api.post("/<counter_id>/resume-ticket")
@allowed(roles=STAFF)
@api.input(About)
@answers(Pressed, key=True)
@api.doc(summary="恢复 a suspended person is back at the counter")
def resume_ticket(counter_id: str, json_data: About) -> Response:
    hub, by = own(counter_id)
    return done(counter_id, calls.resume_ticket(hub, by, counter_id, _id(hub, json_data.ticket)))


@api.post("/<counter_id>/take-back")
@allowed(roles=STAFF)
@api.input(About)
@answers(Pressed, key=True)
@api.doc(summary="过号受理 a passed or suspended number waits again")
def take_back(counter_id: str, json_data: About) -> Response:
    hub, by = own(counter_id)
    return done(counter_id, tickets.take_back(hub, by, _id(hub, json_data.ticket)))


@api.post("/<counter_id>/raise")
@allowed(roles=STAFF)
@api.input(Raise)
@answers(Pressed, key=True)
@api.doc(summary="优先 to the head of the queue; [console].raise_roles may")
def raise_(counter_id: str, json_data: Raise) -> Response:
    hub, by = own(counter_id)
    try:
        may_raise(g.staff.role, hub.hall.console.raise_roles)
    except Refused as refused:
        _forbid(str(refused), refused.en)
    reason = listed(json_data.reason, hub.hall.console.raise_reasons, "优先", "the priority")
    return done(counter_id, tickets.raise_(hub, by, _id(hub, json_data.ticket), reason))


@api.post("/<counter_id>/reprint")
@allowed(roles=STAFF)
@api.input(About)
@answers(Pressed, key=True)
@api.doc(summary="补打 another paper of the same number")
def reprint(counter_id: str, json_data: About) -> Response:
    hub, by = own(counter_id)
    printers = printers_for(hub.hall, by.actor, counter=counter_id)
    return done(counter_id, tickets.reprint(hub, by, _id(hub, json_data.ticket), printers))


@api.post("/<counter_id>/tickets")
@allowed(roles=STAFF)
@api.input(HelpedTicket)
@answers(Helped, status=201, key=True)
@api.doc(
    summary="帮取号 take a number for a person, and call it at once if wished",
    responses={201: "as the console shows it"},
)
def take(counter_id: str, json_data: HelpedTicket) -> tuple[Response, int]:
    """The number stands even if the call is refused: then `refused` says why."""
    hub, by = own(counter_id)
    ticket = tickets.issue(
        hub,
        by,
        json_data.service,
        klass=json_data.klass,
        channel="desk",
        language=json_data.language,
        large_print=json_data.large_print,
        printers=printers_for(hub.hall, by.actor, counter=counter_id),
    )
    refused = None
    if json_data.call:
        try:
            ticket = calls.call(hub, by._replace(key=f"{by.key} call"), counter_id, ticket.id)
        except Refused as why:
            refused = why.text.json()
    return done(counter_id, ticket, refused=refused), 201


# --- the counter itself ---------------------------------------------------------------------------


@api.post("/<counter_id>/undo")
@allowed(roles=STAFF)
@api.input(Undo)
@answers(Pressed, key=True)
@api.doc(summary="撤销 take the last step back")
def undo(counter_id: str, json_data: Undo) -> Response:
    hub, by = own(counter_id)
    return done(counter_id, tickets.undo(hub, by, ticket=json_data.ticket))


@api.post("/<counter_id>/pause")
@allowed(roles=STAFF)
@api.input(Pause)
@answers(Pressed, key=True)
@api.doc(summary="暂停 pause with a reason")
def pause(counter_id: str, json_data: Pause) -> Response:
    hub, by = own(counter_id)
    listed(json_data.reason, hub.hall.console.pause_reasons, "暂停", "the pause")
    counters.pause(hub, by, counter_id, json_data.reason)
    return done(counter_id)


@api.post("/<counter_id>/rate")
@allowed(roles=STAFF)
@answers(Pressed, key=True)
@api.doc(summary="评价 let the rater ask whoever is served here, or was finished a moment ago")
def rate(counter_id: str) -> Response:
    hub, by = own(counter_id)
    return done(counter_id, ratings.invite(hub, by, counter_id))


@api.post("/<counter_id>/help")
@allowed(roles=STAFF)
@api.input(Help)
@answers(Pressed, key=True)
@api.doc(summary="求助 call the manager")
def ask_help(counter_id: str, json_data: Help) -> Response:
    hub, by = own(counter_id)
    counters.ask_help(hub, by, counter_id, json_data.text)
    return done(counter_id)


@api.post("/<counter_id>/panic")
@allowed(roles=STAFF)
@answers(Pressed, key=True)
@api.doc(summary="静默报警 tell manager and desk; nothing is seen or heard in the hall, and again changes nothing")
def panic(counter_id: str) -> Response:
    hub, by = own(counter_id)
    counters.raise_panic(hub, by, counter_id)
    return done(counter_id)


@api.post("/<counter_id>/resume")
@allowed(roles=STAFF)
@answers(Pressed, key=True)
@api.doc(summary="继续 the counter calls again")
def resume(counter_id: str) -> Response:
    hub, by = own(counter_id)
    counters.resume(hub, by, counter_id)
    return done(counter_id)


@api.post("/<counter_id>/help-answered")
@allowed(roles=STAFF)
@answers(Pressed, key=True)
@api.doc(summary="求助已处理 the call for help is over")
def help_answered(counter_id: str) -> Response:
    hub, by = own(counter_id)
    counters.answer_help(hub, by, counter_id)
    return done(counter_id)

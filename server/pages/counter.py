"""The keys of the counter's console, and its page. One key press is one command with one idempotency key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple

from apiflask import APIBlueprint
from flask import Response, current_app, g, render_template
from pydantic import BaseModel, ConfigDict, Field
from werkzeug.wrappers import Response as AnyResponse

import words
from server.domain.rules import Refused, listed, may_raise
from server.domain.ticket import Ticket
from server.domain.vocabulary import OUTCOMES, SUSPENSIONS
from server.pages.access import NotYours, allowed, idempotency_key, the_hub, to_login, who
from server.pages.bodies import Body
from server.pages.feeds import Feeds
from server.pages.incoming import Identifier, Whole
from server.pages.openapi import answers
from server.pages.tickets import ItemCode, for_items, printers_for
from server.verbs import calls, cases, counters, pads, ratings, records, tickets, voices
from server.verbs.accounts import Staff
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


class Here(Body):
    ticket: Id | None = Field(
        None, description="The number that the page shows at the counter: a page behind the times acts on nobody else"
    )


class CaseWish(Body):
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


class Pause(Body):
    reason: Reason = "暂离"


class Number(Body):
    number: Identifier = Field(
        description="The number to call, such as A012; without its letter when only one has it",
        pattern="^[A-Za-z]?[0-9]{1,5}$",
    )


class About(Body):
    ticket: Which


class Leaving(Body):
    ticket: Which | None = Field(None, description="Without it the number at the counter")


class Raise(About):
    reason: Reason


class Transfer(Body):
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


class Undo(Body):
    ticket: Id | None = Field(None, description="The number whose step the page offers to undo")


class Help(Body):
    text: str = Field("", max_length=200)


class HelpedTicket(Body):
    """帮取号, and 呼叫 at once if `call`."""

    model_config = ConfigDict(extra="forbid")

    service: Identifier = Field("", description="Service code of the catalogue", max_length=40)
    package: Identifier = Field("", description="一件事: id of a package, instead of a service", max_length=40)
    yes: list[ItemCode] = Field([], description="Its questions that were answered by yes", max_length=40)
    items: list[ItemCode] = Field(
        [], description="Several items in their order, instead of a service; of a package those done", max_length=40
    )
    klass: str = Field("ordinary", alias="class", description="Class of visitors", max_length=40)
    language: str = Field("zh", pattern=words.pattern())
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
@answers("console_told.ConsoleState", feed=True)
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


class After(Body):
    after: Whole = Field(0, ge=0, le=10_000, description="Those after the first so many")


@api.get("/<counter_id>/waiting")
@allowed(roles=STAFF)
@api.input(After, location="query")
@answers("console_told.WaitingPage")
@api.doc(summary="更多等候 who waits for the counter beyond the first of its list, twenty at a time")
def more(counter_id: str, query_data: After) -> dict[str, Any]:
    return waiting_page(_known(counter_id), counter_id, query_data.after)


# --- who may press, and what is answered ----------------------------------------------------------


class Seat(NamedTuple):
    """A counter and who presses its keys there, with the idempotency key of the press."""

    hub: Hub
    by: By
    counter: str
    staff: Staff


class Acted(NamedTuple):
    """The number that a key was about, and what its answer says beside it."""

    ticket: Ticket | None
    beside: Mapping[str, Any] = MappingProxyType({})


Do = Callable[[Seat, Any], Ticket | Acted | None]


@dataclass(frozen=True)
class Key:
    """A key of the console. What it does knows nothing of Flask: `server/pages/past_flask.py` presses it too."""

    do: Do
    wish: type[BaseModel] | None
    """Of its JSON body; None where it reads none."""
    status: int = 200

    def press(self, seat: Seat, wish: BaseModel | None, feeds: Feeds) -> bytes:
        """The answer's body: the console as it is then, and the number that the key was about."""
        found = self.do(seat, wish)
        acted = found if isinstance(found, Acted) else Acted(found)
        return _shown(seat, acted.ticket, feeds, acted.beside)


KEYS: dict[str, Key] = {}
"""Each key by the last word of its path."""


def _key(
    verb: str,
    wish: type[BaseModel] | None,
    summary: str,
    status: int = 200,
    answer: str = "console_told.Pressed",
    **doc: Any,
) -> Callable[[Do], Do]:
    """A key, and its route: what is answered is the same whichever way it is pressed."""

    def put(do: Do) -> Do:
        key = KEYS[verb] = Key(do, wish, status)

        def view(counter_id: str, json_data: BaseModel | None = None) -> Response:
            body = key.press(_seat(counter_id), json_data, _feeds())
            return Response(body, status, content_type="application/json")

        view.__name__, view.__doc__ = do.__name__, do.__doc__
        asked: Any = answers(answer, status=status, key=True)(api.doc(summary=summary, **doc)(view))
        asked = api.input(wish)(asked) if wish else asked
        api.post(f"/<counter_id>/{verb}", endpoint=do.__name__)(allowed(roles=STAFF)(asked))
        return do

    return put


def _known(counter_id: str) -> Hub:
    return known(the_hub(), counter_id)


def known(hub: Hub, counter_id: str) -> Hub:
    """The hub; raises Unknown for a counter that the hall does not have."""
    if counter_id not in hub.hall.counters:
        raise Unknown(f"没有窗口“{counter_id}”。", f"There is no counter '{counter_id}'.")
    return hub


def seated(hub: Hub, counter_id: str, staff: Staff, key: Callable[[], str]) -> Seat:
    """Only who sits at a counter presses its keys. Raises Unknown, NotYours, and what `key` raises."""
    known(hub, counter_id)
    if staff.counter != counter_id:
        zh, en = hub.hall.counter_name(counter_id)
        raise NotYours(
            f"您登录的不是{zh}：请退出后在登录页选{zh}再按。",
            f"You are not logged in at {en}: log out and choose {en} at the login.",
        )
    return Seat(hub, By(staff.id, key(), (counter_id, staff.id)), counter_id, staff)


def _seat(counter_id: str) -> Seat:
    return seated(the_hub(), counter_id, g.staff, idempotency_key)


def own(counter_id: str) -> tuple[Hub, By]:
    """The hub, and who presses at the counter, with the request's idempotency key."""
    seat = _seat(counter_id)
    return seat.hub, seat.by


def _shown(seat: Seat, ticket: Ticket | None, feeds: Feeds, beside: Mapping[str, Any]) -> bytes:
    hub, counter_id, role = seat.hub, seat.counter, seat.staff.role
    return feeds.beside(
        _name(counter_id, role, True),
        lambda: console_view(hub, counter_id, role),
        acted=line(hub, ticket) if ticket else None,
        **beside,
    )


def done(counter_id: str, **beside: Any) -> Response:
    """The console as it is now, for a route of another page."""
    return Response(_shown(_seat(counter_id), None, _feeds(), beside), content_type="application/json")


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


@_key("call-next", None, "顺呼 call the next; `acted` is null when nobody waits")
def call_next(seat: Seat, _: None) -> Ticket | None:
    return calls.call_next(seat.hub, seat.by, seat.counter)


@_key("call", Number, "指呼 call a number of today")
def call(seat: Seat, wish: Number) -> Ticket:
    wanted = wish.number
    here = wanted.isdigit()
    ticket = pads.numbered(seat.hub, seat.counter, int(wanted)) if here else _id(seat.hub, wanted)
    return calls.call(seat.hub, seat.by, seat.counter, ticket)


@_key("recall", Here, "重呼 call the same number again")
def recall(seat: Seat, wish: Here) -> Ticket:
    return calls.recall(seat.hub, seat.by, seat.counter, ticket=wish.ticket)


@_key("start", Here, "到窗 the visitor is at the counter")
def start(seat: Seat, wish: Here) -> Ticket:
    return calls.start(seat.hub, seat.by, seat.counter, ticket=wish.ticket)


@_key("pass", Here, "过号 nobody came")
def pass_(seat: Seat, wish: Here) -> Ticket:
    return calls.pass_(seat.hub, seat.by, seat.counter, ticket=wish.ticket)


# --- the number at the counter --------------------------------------------------------------------


@_key("finish", Finish, "办结 finish with an outcome and what was done")
def finish(seat: Seat, wish: Finish) -> Ticket:
    hub, by, counter_id, staff = seat
    if wish.case:
        values = {name: value for name, value in wish.case.model_dump(exclude={"print"}).items() if value}
        printers = printers_for(hub.hall, by.actor, counter=counter_id) if wish.case.print else []
        presser = records.Who(by, staff.role, staff.department)
        case = cases.Case(values, printers)
        ticket = cases.finish(hub, presser, counter_id, wish.outcome, wish.items, case, ticket=wish.ticket)
    else:
        ticket = calls.finish(hub, by, counter_id, wish.outcome, wish.items, ticket=wish.ticket)
    if ticket.state == "finished":  # one for several items may stay, or go on elsewhere
        ratings.invite_after_finish(hub, by, counter_id)
    return ticket


@_key("transfer", Transfer, "转移 to a service, a counter or a member of staff")
def transfer(seat: Seat, wish: Transfer) -> Ticket:
    listed(wish.reason, seat.hub.hall.console.transfer_reasons, "转移", "the transfer")
    to = wish.model_dump(include={"service", "counter", "staff", "keep", "reason"})
    return tickets.transfer(seat.hub, seat.by, wish.ticket, **to, held_by=seat.counter)


@_key("suspend", Suspend, "挂起 suspend: away 不持件, kept 持件, errand 等待")
def suspend(seat: Seat, wish: Suspend) -> Ticket:
    return calls.suspend(seat.hub, seat.by, seat.counter, wish.kind, ticket=wish.ticket)


@_key("leave", Leaving, "弃号 the visitor withdrew: the number at the counter, or another")
def leave(seat: Seat, wish: Leaving) -> Ticket:
    ticket = None if wish.ticket is None else _id(seat.hub, wish.ticket)
    return tickets.leave(seat.hub, seat.by, ticket, held_by=seat.counter)


# --- other numbers --------------------------------------------------------------------------------


@_key("resume-ticket", About, "恢复 a suspended person is back at the counter")
def resume_ticket(seat: Seat, wish: About) -> Ticket:
    return calls.resume_ticket(seat.hub, seat.by, seat.counter, _id(seat.hub, wish.ticket))


@_key("take-back", About, "过号受理 a passed or suspended number waits again")
def take_back(seat: Seat, wish: About) -> Ticket:
    return tickets.take_back(seat.hub, seat.by, _id(seat.hub, wish.ticket))


@_key("raise", Raise, "优先 to the head of the queue; [console].raise_roles may")
def raise_(seat: Seat, wish: Raise) -> Ticket:
    settings = seat.hub.hall.console
    try:
        may_raise(seat.staff.role, settings.raise_roles)
    except Refused as refused:
        raise NotYours(str(refused), refused.en) from None
    reason = listed(wish.reason, settings.raise_reasons, "优先", "the priority")
    return tickets.raise_(seat.hub, seat.by, _id(seat.hub, wish.ticket), reason)


@_key("reprint", About, "补打 another paper of the same number")
def reprint(seat: Seat, wish: About) -> Ticket:
    printers = printers_for(seat.hub.hall, seat.by.actor, counter=seat.counter)
    return tickets.reprint(seat.hub, seat.by, _id(seat.hub, wish.ticket), printers)


@_key(
    "tickets",
    HelpedTicket,
    "帮取号 take a number for a person, and call it at once if wished",
    status=201,
    answer="console_told.Helped",
    responses={201: "as the console shows it"},
)
def take(seat: Seat, wish: HelpedTicket) -> Acted:
    """The number stands even if the call is refused: then `refused` says why."""
    hub, by, counter_id, _ = seat
    service, agenda = for_items(hub.hall, wish.service, wish.package, wish.yes, wish.items)
    ticket = tickets.issue(
        hub,
        by,
        service,
        several=agenda,
        klass=wish.klass,
        channel="desk",
        language=wish.language,
        large_print=wish.large_print,
        printers=printers_for(hub.hall, by.actor, counter=counter_id),
    )
    refused = None
    if wish.call:
        try:
            ticket = calls.call(hub, by._replace(key=f"{by.key} call"), counter_id, ticket.id)
        except Refused as why:
            refused = why.text.json()
    return Acted(ticket, {"refused": refused})


# --- the counter itself ---------------------------------------------------------------------------


@_key("undo", Undo, "撤销 take the last step back")
def undo(seat: Seat, wish: Undo) -> Ticket:
    return tickets.undo(seat.hub, seat.by, ticket=wish.ticket)


@_key("pause", Pause, "暂停 pause with a reason")
def pause(seat: Seat, wish: Pause) -> None:
    listed(wish.reason, seat.hub.hall.console.pause_reasons, "暂停", "the pause")
    counters.pause(seat.hub, seat.by, seat.counter, wish.reason)


@_key("rate", None, "评价 let the rater ask whoever is served here, or was finished a moment ago")
def rate(seat: Seat, _: None) -> Ticket:
    return ratings.invite(seat.hub, seat.by, seat.counter)


@_key(
    "unsolved", None, "办不成事 put on record that it could not be done, of whoever is or was just served; its receipt"
)
def unsolved(seat: Seat, _: None) -> Ticket:
    hub, by, counter_id, staff = seat
    who = records.Who(by, staff.role, staff.department)
    return voices.at_counter(hub, who, counter_id, printers_for(hub.hall, by.actor, counter=counter_id))


@_key("help", Help, "求助 call the manager")
def ask_help(seat: Seat, wish: Help) -> None:
    counters.ask_help(seat.hub, seat.by, seat.counter, wish.text)


@_key("panic", None, "静默报警 tell manager and desk; nothing is seen or heard in the hall, and again changes nothing")
def panic(seat: Seat, _: None) -> None:
    counters.raise_panic(seat.hub, seat.by, seat.counter)


@_key("resume", None, "继续 the counter calls again")
def resume(seat: Seat, _: None) -> None:
    counters.resume(seat.hub, seat.by, seat.counter)


@_key("help-answered", None, "求助已处理 the call for help is over")
def help_answered(seat: Seat, _: None) -> None:
    counters.answer_help(seat.hub, seat.by, seat.counter)

"""What each event makes of the rows that are kept beside the journal. Pure; `verify` rebuilds every such row by it.

A new table that follows from events is a branch here, a dataclass beside its noun and a line in
`server/store/tables.py`. Legs are the one exception: a step taken back has them made anew from the number's whole life
(`leg.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol

from server.domain import agenda as agendas
from server.domain import events as ev
from server.domain import post, register, remote, slots
from server.domain.notifications import BookingTelephone, Key, Notification, Telephone, of_ticket
from server.domain.offline import Block, Book
from server.domain.post import Shift, post_of
from server.domain.rating import appended_to, rating_of
from server.domain.ticket import Counter, Skills, evolve, evolve_counter, evolve_job


@dataclass(frozen=True, kw_only=True)
class Closure:
    """What is closed on a service day: a service by its code, or the hall ('')."""

    day: str
    service: str
    message: str
    message_en: str
    waiting: str
    at: float
    actor: str


@dataclass(frozen=True, kw_only=True)
class Contact:
    """首问: who was asked first, and where the person was led; open while `closed_at` is None."""

    id: int
    at: float
    staff: str
    ticket: int | None
    matter: str
    result: str
    led_to: str
    closed_at: float | None
    closed_by: str | None
    note: str = ""
    record: str = ""
    """The number of the record that it became: a complaint, a question, 办不成事."""


@dataclass(frozen=True, kw_only=True)
class ToldWait:
    """What was told of a number's wait when it was given out: minutes, about so many seconds, and who said so."""

    ticket: int
    low: int
    high: int
    middle_s: float
    source: str


class Put(NamedTuple):
    """A row is as `row` says from now on; `before` is what it was, None for a new one."""

    table: str
    row: Any
    before: Any = None


class Drop(NamedTuple):
    """There is no row of this key any more."""

    table: str
    key: Any


class Known(Protocol):
    """The rows as they are before an event: the tables, or what was rebuilt so far."""

    def row(self, table: str, key: Any) -> Any:
        """The row of a key (a tuple where the key has several parts), or None."""

    def next_id(self, table: str) -> int:
        """The number that the next row gets."""


def projected(event: ev.Event, at: float, actor: str, known: Known) -> Iterator[Put | Drop]:
    """The rows that an event changes."""
    match event:
        case ev.Unread():
            return
        case ev.FirstContactNoted():
            yield Put("contacts", _contact(event, at, actor))
        case ev.RecordOpened() | ev.RecordMoved() | ev.RecordCorrected() | ev.RecordErased():
            record = known.row("records", event.record)
            yield from _put("records", record, register.evolve(record, event, at, actor))
        case ev.SlotBooked() | ev.SlotChanged() | ev.SlotCancelled() | ev.SlotListed() | ev.SlotOffered():
            booking = known.row("appointments", event.appointment)
            yield from _put("appointments", booking, slots.evolve(booking, event, at))
        case ev.SlotTelephoneGiven(appointment=booking_id, given=given):
            kept = BookingTelephone(appointment=booking_id, given=given, at=at)
            yield Put("slot_telephones", kept, known.row("slot_telephones", booking_id))
        case ev.SlotTelephoneErased(appointment=booking_id):
            yield Drop("slot_telephones", booking_id)
        case ev.PrintQueued():
            yield from _put("jobs", None, evolve_job(None, event, at))
        case ev.PrintBegan() | ev.PrintEnded():
            yield from _put("jobs", job := known.row("jobs", event.job), evolve_job(job, event, at))
        case ev.Rated():
            if ticket := known.row("tickets", event.ticket):
                before = known.row("ratings", (event.ticket, event.leg))
                yield from _put("ratings", before, rating_of(event, ticket, at))
        case ev.RatingAppended():
            if rated := known.row("ratings", (event.ticket, event.leg)):
                yield from _put("ratings", rated, appended_to(rated, event, at))
        case ev.AgendaSet() | ev.ItemSettled():
            planned = known.row("agendas", event.ticket)
            yield from _put("agendas", planned, agendas.evolve(planned, event, at))
            yield from _put("tickets", ticket := known.row("tickets", event.ticket), evolve(ticket, event, at))
        case ev.Undone(ticket=int(number), step="ItemSettled"):
            planned = known.row("agendas", number)
            yield from _put("agendas", planned, agendas.evolve(planned, event, at))
            yield from _put("tickets", ticket := known.row("tickets", number), evolve(ticket, event, at))
        case ev.TelephoneGiven() | ev.TelephoneErased() | ev.Notified() | ev.NotificationArrived():
            yield from _notified(event, at, known)
        case ev.WaitTold(ticket=int(number)):
            said = {name: getattr(event, name) for name in ("low", "high", "middle_s", "source")}
            yield Put("waits_told", ToldWait(ticket=number, **said), known.row("waits_told", number))
        case ev.Issued() | ev.Imported():
            yield from _put("tickets", None, evolve(None, event, at))
        case ev.Event(ticket=int(number)):
            yield from _put("tickets", ticket := known.row("tickets", number), evolve(ticket, event, at))
        case ev.Event(counter=str(counter)):
            there = known.row("counters", counter)
            yield from _put("counters", there, evolve_counter(there or Counter(counter), event, at))
        case _:
            yield from _of_the_hall(event, at, actor, known)


def _put(table: str, before: Any, after: Any) -> Iterator[Put]:
    if after is not None and after != before:
        yield Put(table, after, before)


def _notified(event: ev.Event, at: float, known: Known) -> Iterator[Put | Drop]:
    match event:
        case ev.TelephoneGiven(ticket=int(number)):
            before = known.row("telephones", number)
            yield Put("telephones", Telephone(ticket=number, given=event.given, at=at, rate=event.rate), before)
        case ev.TelephoneErased(ticket=int(number)):
            yield Drop("telephones", number)
        case ev.Notified():
            about = event.about or of_ticket(event.ticket or 0)
            said = {
                name: getattr(event, name) for name in ("occasion", "field", "ticket", "channel", "outcome", "parts")
            }
            made = Notification(about=about, at=at, **said)
            yield Put("notifications", made, known.row("notifications", made.key))
        case ev.NotificationArrived():
            key = Key(event.about or of_ticket(event.ticket or 0), event.occasion, event.field)
            if sent := known.row("notifications", key):
                yield from _put("notifications", sent, replace(sent, arrived=int(event.arrived)))


def _of_the_hall(event: ev.Event, at: float, actor: str, known: Known) -> Iterator[Put | Drop]:
    match event:
        case ev.ImportWithdrawn():
            for ticket in range(event.first, event.last + 1):
                yield Drop("tickets", ticket)
        case ev.ServiceClosed():
            yield _closure(event, event.service, "serve", at, actor, known)
        case ev.HallClosed():
            yield _closure(event, "", event.waiting, at, actor, known)
        case ev.ServiceReopened():
            yield Drop("closures", (event.day, event.service))
        case ev.HallReopened():
            yield Drop("closures", (event.day, ""))
        case ev.NumbersLeased():
            yield from _leased(event, known)
        case ev.OfflineEntered():
            book = Book(book=event.book, device=event.device, last=event.last, at=event.until)
            yield from _put("offline_books", known.row("offline_books", event.book), book)
        case ev.FirstContactClosed():
            if contact := known.row("contacts", event.contact):
                done = replace(contact, closed_at=at, closed_by=actor, note=event.note, record=event.record)
                yield Put("contacts", done, contact)
        case ev.PostSet():
            yield from _put("posts", known.row("posts", event.post), post_of(event, at))
        case ev.PostEnded():
            yield Drop("posts", event.post)
        case ev.SubstitutionBegan() | ev.SubstitutionApproved() | ev.SubstitutionRefused() | ev.SubstitutionEnded():
            before = known.row("substitutions", event.substitution)
            yield from _put("substitutions", before, post.evolve(before, event, at, actor))
        case ev.SkillsSet():
            able = Skills(event.staff, event.services, event.languages)
            yield from _put("skills", known.row("skills", event.staff), able)
        case ev.RemoteTaken() | ev.RemoteRenewed() | ev.RemoteLeft():
            kept = known.row("remotes", event.remote)
            yield from _put("remotes", kept, remote.evolve(kept, event, at))
        case ev.RosterSet():
            said = {name: getattr(event, name) for name in ("day", "post", "staff", "start", "end", "reason")}
            yield Put("roster", Shift(id=known.next_id("roster"), **said))


def _contact(event: ev.FirstContactNoted, at: float, actor: str) -> Contact:
    done = event.result != "passed on"
    return Contact(
        id=event.contact,
        at=at,
        staff=actor,
        ticket=event.ticket,
        matter=event.matter,
        result=event.result,
        led_to=event.led_to,
        closed_at=at if done else None,
        closed_by=actor if done else None,
    )


def _leased(event: ev.NumbersLeased, known: Known) -> Iterator[Put | Drop]:
    for prefix, first in event.over:
        yield Drop("offline_blocks", (prefix, first))
    for prefix, first, last in event.blocks:
        block = Block(
            prefix=prefix,
            first=first,
            last=last,
            book=event.book,
            device=event.device,
            epoch=event.epoch,
            until=event.until,
        )
        yield from _put("offline_blocks", known.row("offline_blocks", (prefix, first)), block)


def _closure(
    event: ev.ServiceClosed | ev.HallClosed, service: str, waiting: str, at: float, actor: str, known: Known
) -> Put:
    now = Closure(
        day=event.day,
        service=service,
        message=event.message,
        message_en=event.message_en,
        waiting=waiting,
        at=at,
        actor=actor,
    )
    return Put("closures", now, known.row("closures", (event.day, service)))

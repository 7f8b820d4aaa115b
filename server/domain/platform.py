"""The city's approval platform (一体化平台) as this hall knows it: what it is told of cases, what it may say. Pure.

Its own interface is not public; docs/platform.md is ours, both ways. Nothing personal goes out: of a case what its
register keeps in the open, without members of staff, links and free text. What comes in is one message at a time, each
about one case or one 预审号; it is taken, known already, or unmatched, which people settle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from config import Text
from server.domain import events as ev
from server.domain.definition import Definition
from server.domain.outbound import Message
from server.domain.register import Record
from server.domain.ticket import Ticket

ACTOR = "platform"
"""As the journal names it."""
LINK = "platform"
MOVES = ("special", "resume", "decide")
"""What the platform may do with a case by itself: what a back office that works there has done. The rest is ours."""
STATUSES: Mapping[str, Text] = {
    "pending": Text("待预审", "To be pre-checked"),
    "passed": Text("预审通过", "Pre-check passed"),
    "to_complete": Text("预审补正", "To be completed"),
    "failed": Text("预审不通过", "Pre-check not passed"),
}
NUMBERED, MOVED, PRETRIAL, PING = "case.numbered", "case.moved", "pretrial.changed", "ping"
TOLD = frozenset({"RecordOpened", "RecordMoved", "RecordCorrected", "Issued", "Rated", "RatingAppended"})
"""Events that the platform may be told of."""
OPEN_KINDS = frozenset({"choice", "checklist", "number", "date", "yes/no", "service", "counter", "text"})
"""Kinds of fields whose values go out: never staff, links, photos, telephones, long text."""

Taking = Literal["taken", "known", "unmatched"]


@dataclass(frozen=True, kw_only=True)
class Pretrial:
    """A 预审号: the papers were looked at online before anybody came. `platform`: its case there, if it has one.

    `ticket`: the number that it was checked in with. `at`: when the platform said so, epoch seconds.
    """

    code: str
    service: str
    status: str
    at: float
    platform: str = ""
    ticket: int | None = None

    @property
    def text(self) -> Text:
        return STATUSES[self.status]


@dataclass(frozen=True, kw_only=True)
class Heard:
    """A message of the platform. `case` is our number, `platform` its own: one of them says which case is meant."""

    type: str
    at: float
    case: str = ""
    platform: str = ""
    pretrial: str = ""
    service: str = ""
    status: str = ""
    move: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        return self.pretrial or self.case or self.platform


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message as it is kept: what became of it, and why it is unmatched. `subject`: our number where it is known."""

    id: str
    type: str
    subject: str
    at: float
    heard_at: float
    state: Taking
    body: str
    zh: str = ""
    en: str = ""

    @property
    def why(self) -> Text:
        return Text(self.zh, self.en)


class Outcome(NamedTuple):
    """What became of a message, which record or 预审号 it was about, and why it was not taken."""

    state: Taking
    subject: str = ""
    why: Text = Text("", "")


def open_values(made: Definition, values: Mapping[str, Any]) -> dict[str, Any]:
    """Of some values those that may leave the hall."""
    return {
        name: value
        for name, value in values.items()
        if name in made.fields and not made.fields[name].private and made.fields[name].kind in OPEN_KINDS
    }


def of_record(event: ev.Event, record: Record, made: Definition, pretrial: str = "") -> Message | None:
    """What is told of a row about a case: what happened, and how it is named on both sides."""
    named: dict[str, Any] = {
        "case": record.number,
        "platform": record.values.get("platform"),
        "service": record.service,
        "pretrial": pretrial or None,
    }
    if isinstance(event, ev.RecordCorrected):
        told = open_values(made, {event.field: event.new})
        return Message("case.corrected", {**named, "field": event.field, "value": told[event.field]}) if told else None
    if not isinstance(event, ev.RecordOpened | ev.RecordMoved):
        return None
    state = made.states[event.state].name
    data = {
        **named,
        "move": event.move,
        "state": event.state,
        "state_name": state.json(),
        "state_kind": event.kind,
        "values": open_values(made, event.values),
    }
    if isinstance(event, ev.RecordOpened):
        return Message("case.opened", data)
    ended = {name: {k: v for k, v in told.items() if k != "calendar"} for name, told in event.verdicts.items()}
    return Message("case.moved", {**data, "clocks": ended})


def rating_name(ticket: Ticket, leg: int) -> str:
    """A rating as both sides name it: the day, the number, the round. It opens nothing and is nobody's name."""
    return f"{ticket.day.replace('-', '')}-{ticket.label}-{leg}"


def of_rating(event: ev.Rated | ev.RatingAppended, ticket: Ticket, cases: Sequence[str]) -> Message:
    """What is told of a rating, or of second thoughts: nothing that was written, nobody who served or rated."""
    data: dict[str, Any] = {
        "rating": rating_name(ticket, event.leg),
        "service": ticket.service,
        "counter": event.counter,
        "cases": list(cases),
        "level": event.level,
        "options": list(event.options),
        "source": event.source,
    }
    if isinstance(event, ev.RatingAppended):
        return Message("rating.appended", data)
    return Message("rating.given", {**data, "default": event.default})


def of_bad_rating(event: ev.Event, record: Record, made: Definition, ticket: Ticket | None) -> Message | None:
    """What is told of a step of 差评整改."""
    if not isinstance(event, ev.RecordOpened | ev.RecordMoved):
        return None
    ended = event.verdicts if isinstance(event, ev.RecordMoved) else {}
    data: dict[str, Any] = {
        "record": record.number,
        "rating": rating_name(ticket, int(record.values.get("leg", 1))) if ticket else None,
        "move": event.move,
        "state": event.state,
        "state_name": made.states[event.state].name.json(),
        "state_kind": event.kind,
        "values": open_values(made, event.values),
        "clocks": {name: {k: v for k, v in told.items() if k != "calendar"} for name, told in ended.items()},
    }
    return Message("rating.handled", data)


class UpTime(NamedTuple):
    """Share of the time in which a link was up, None where nothing is known; and from when on it is known."""

    share: float | None
    since: float


def uptime(changes: Sequence[tuple[float, str]], before: str | None, start: float, now: float) -> UpTime:
    """Of [start, now]. `changes`: (at, state) in order; `before`: its state at `start`, None for unknown."""
    state, at, known, up = before, start, 0.0, 0.0
    since = start if before is not None else changes[0][0] if changes else now
    for moment, becomes in [*changes, (now, "")]:
        moment = min(max(moment, at), now)
        if state is not None:
            known += moment - at
            up += (moment - at) * (state == "ok")
        state, at = becomes, moment
    return UpTime(up / known if known else None, since)

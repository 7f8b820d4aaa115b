"""What other systems may be told of the hall: the catalogue of messages, and which of them a receiver wants. Pure.

A message says what happened by numbers, services, counters and states. No field of it names a person: no staff, no
reason that somebody typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from config import Text, WebhookTable
from server.domain import events as ev
from server.domain.outbound import Message
from server.domain.ticket import Ticket

STRING: dict[str, Any] = {"type": "string"}
WHOLE: dict[str, Any] = {"type": "integer"}
FLAG: dict[str, Any] = {"type": "boolean"}
DAY: dict[str, Any] = {"type": "string", "format": "date", "description": "Service day"}
NUMBER: dict[str, Any] = {
    "ticket": {**WHOLE, "description": "Id of the number; a number is given out anew each day, this is not"},
    "number": {**STRING, "description": "What stands on the slip, A001"},
    "service": {**STRING, "description": "Code of the service it is for now"},
    "class": {**STRING, "description": "Class of the visitor"},
}
COUNTER: dict[str, Any] = {"counter": {**STRING, "description": "Id of the counter"}}


class Kind(NamedTuple):
    """A type of message: the event of the journal behind it, what it says, the schema of its data."""

    event: str
    said: Text
    data: Mapping[str, Any]


KINDS: dict[str, Kind] = {
    "ticket.issued": Kind(
        "Issued",
        Text("取号", "A number was given out"),
        {**NUMBER, "channel": STRING, "day": DAY, "appointment": {**FLAG, "description": "It has a slot"}},
    ),
    "ticket.called": Kind("Called", Text("叫号", "A number was called"), {**NUMBER, **COUNTER}),
    "ticket.recalled": Kind("Recalled", Text("重呼", "A number was called again"), {**NUMBER, **COUNTER}),
    "ticket.started": Kind("Started", Text("到窗", "The person is at the counter"), {**NUMBER, **COUNTER}),
    "ticket.finished": Kind("Finished", Text("办结", "Service ended"), {**NUMBER, **COUNTER, "outcome": STRING}),
    "ticket.passed": Kind("Passed", Text("过号", "Called and absent"), {**NUMBER, **COUNTER}),
    "ticket.returned": Kind("Returned", Text("过号受理", "A passed number waits again"), NUMBER),
    "ticket.suspended": Kind("Suspended", Text("挂起", "Put aside"), {**NUMBER, **COUNTER, "kind": STRING}),
    "ticket.resumed": Kind("Resumed", Text("恢复办理", "Service goes on"), {**NUMBER, **COUNTER}),
    "ticket.transferred": Kind("Transferred", Text("转办", "Sent on"), {**NUMBER, "target": STRING}),
    "ticket.left": Kind("Left", Text("离开", "Went away before a call"), NUMBER),
    "ticket.expired": Kind("Expired", Text("作废", "Expired at the end of its day"), NUMBER),
    "ticket.undone": Kind("Undone", Text("撤销上一步", "The last step was undone"), {**NUMBER, "step": STRING}),
    "rating.given": Kind(
        "Rated",
        Text("评价", "A visit was rated"),
        {**NUMBER, **COUNTER, "level": {**WHOLE, "minimum": 1, "maximum": 5}, "default": FLAG},
    ),
    "counter.opened": Kind("CounterOpened", Text("窗口开放", "A counter opened"), COUNTER),
    "counter.paused": Kind("CounterPaused", Text("窗口暂停", "A counter paused"), COUNTER),
    "counter.resumed": Kind("CounterResumed", Text("窗口恢复", "A counter goes on"), COUNTER),
    "counter.closed": Kind("CounterClosed", Text("窗口关闭", "A counter closed"), COUNTER),
    "service.closed": Kind(
        "ServiceClosed", Text("事项停办", "A service is closed for the day"), {"service": STRING, "day": DAY}
    ),
    "service.reopened": Kind(
        "ServiceReopened", Text("事项恢复", "A service is open again"), {"service": STRING, "day": DAY}
    ),
    "hall.closed": Kind("HallClosed", Text("大厅临时关闭", "The hall is closed for the day"), {"day": DAY}),
    "hall.reopened": Kind("HallReopened", Text("大厅恢复", "The hall is open again"), {"day": DAY}),
    "emergency.began": Kind("EmergencyBegan", Text("安全疏散开始", "An emergency began"), {}),
    "emergency.ended": Kind("EmergencyEnded", Text("安全疏散结束", "An emergency ended"), {}),
    "device.changed": Kind(
        "DeviceChanged",
        Text("设备状态变化", "A device is in another state"),
        {"device": STRING, "state": STRING},
    ),
    "report.made": Kind("ReportMade", Text("报告定稿", "A report was kept"), {"period": STRING, "version": WHOLE}),
    "day.turned": Kind("DayTurned", Text("新的一天", "A service day began"), {"day": DAY}),
}
"""Type -> what it is. A type is never renamed, a field never taken away."""
BY_EVENT = {kind.event: type for type, kind in KINDS.items()}
EVERY = "*"


def wanted(asked: list[str]) -> frozenset[str]:
    """The types that a receiver asks for: by name, by family (`ticket.*`), or all (`*`)."""
    return frozenset(
        type
        for type in KINDS
        if any(one in (EVERY, type) or (one.endswith(".*") and type.startswith(one[:-1])) for one in asked)
    )


def unknown(asked: list[str]) -> list[str]:
    """What of the asked for is no type and no family."""
    return [one for one in asked if not wanted([one])]


def message(event: ev.Event, ticket: Ticket | None, table: WebhookTable) -> Message | None:
    """What a receiver is told of an event, or None: it does not want it, or it is of another service or counter.

    `ticket`: the number that the event is of, if it is of one.
    """
    type = BY_EVENT.get(event.name, "")
    if type not in wanted(table.events):
        return None
    if isinstance(event, ev.DeviceChanged) and event.device.startswith("link "):
        return None  # how a link is, said over the same link
    service = ticket.service if ticket else getattr(event, "service", "")
    if table.services and service not in table.services:
        return None
    if table.counters and event.counter not in table.counters:
        return None
    known = {
        **{name: value for name in KINDS[type].data if isinstance(value := getattr(event, name, None), str | int)},
        **_of(ticket),
        **({"counter": event.counter} if event.counter else {}),
    }
    if isinstance(event, ev.Issued):
        known |= {"service": event.service, "class": event.klass, "appointment": event.slot is not None}
    return Message(type, {name: known[name] for name in KINDS[type].data if name in known})


def _of(ticket: Ticket | None) -> dict[str, object]:
    if ticket is None:
        return {}
    return {"ticket": ticket.id, "number": ticket.label, "service": ticket.service, "class": ticket.klass}

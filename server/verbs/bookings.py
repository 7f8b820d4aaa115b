"""Bookings that another system made, and the hall's own (slots.py): appointments (预约), results to be collected (领件)
and pre-checked papers (预审), checked in by their code.

A booking is never queued twice: who has checked in keeps the number. Bookings of days gone by are forgotten when new
ones come; they carry no name and no telephone number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple

from config import Hall, Text
from intake import quantities
from intake.quantities import lost_zeros, shown
from intake.signs import identifier
from server.domain import codes, rules
from server.domain import events as ev
from server.domain import remote as remote_rule
from server.domain.progress import Progress
from server.domain.register import Record
from server.domain.remote import Remote
from server.domain.rules import Refused
from server.domain.slip_facts import impersonal
from server.domain.ticket import Ticket
from server.domain.worktime import opening, service_day
from server.reports import columns
from server.store.reader import Reader
from server.store.transaction import Turn
from server.verbs import cases, place, remote, slots, tickets
from server.verbs.hub import By, Hub, Unknown
from server.verbs.paper_codes import NOT_ENTERED, ticket_of_code

COLUMNS = ("code", "kind", "day", "time", "service")
State = Literal["early", "ready", "late", "checked_in", "other_day", "closed"]


@dataclass(frozen=True)
class Booking:
    """`kind` is appointment, pickup or pretrial; `slot` epoch seconds, None for what may be checked in any day from
    `day` on.
    """

    code: str
    kind: str
    day: str
    service: str
    slot: float | None


@dataclass(frozen=True)
class Found:
    """What a code is, and one sentence for whoever holds it."""

    kind: Literal["ticket", "appointment", "pickup", "pretrial", "case", "unknown"]
    text: Text
    booking: Booking | None = None
    state: State | None = None
    ticket: Ticket | None = None
    case: Progress | None = None


KINDS = {"appointment": "appointment", "预约": "appointment", "pickup": "pickup", "领件": "pickup", "取件": "pickup"}
AHEAD_DAYS = 366
"""No hall books further ahead: a later day is a wrong year."""


def read(
    data: bytes, hall: Hall, name: str, *, now: float | None = None, outside_hours: bool = True
) -> tuple[list[Booking], list[str]]:
    """The bookings of a file, CSV or XLSX (`code,kind,day,time,service`), and every mistake with its line: then take
    none.

    `now`, epoch seconds: days gone by and those more than a year ahead are mistakes then. A slot at which the hall is
    closed (a break, a holiday) is asked about: it is a mistake unless `outside_hours` says that it is meant.
    """
    problems, found = columns.Problems(name), {}
    for line, cells in columns.rows(data, COLUMNS, ("code", "kind", "service"), problems):
        code, kind, day, time, service = map(identifier, cells)
        code, kind = code.upper(), KINDS.get(kind.lower(), kind)
        if wrong := wrong_code(code):
            problems.add(line, "code", wrong.zh, wrong.en)
        if kind not in ("appointment", "pickup"):
            problems.add(
                line,
                "kind",
                f"没有“{shown(kind)}”这种：请写“appointment”（预约）或“pickup”（领件）。",
                f"'{shown(kind)}' is no kind; appointment or pickup",
            )
        if service not in hall.services:
            meant = lost_zeros(service, hall.services)
            do = f"应是“{meant}”，请把这一列设为文本。" if meant else "请核对事项编码。"
            problems.add(
                line,
                "service",
                f"事项目录里没有“{shown(service)}”：{do}",
                f"'{shown(service)}' is no service of the catalogue; "
                + (f"'{meant}' is meant, format the column as text" if meant else "correct the code"),
            )
        when, slot = _when(line, kind, day, time, hall, problems)
        booking = Booking(code, kind, when, service, slot)
        for column, what in _times(hall, booking, now, outside_hours):
            problems.add(line, column, what.zh, what.en)
        if code in found:
            problems.add(
                line, "code", f"{code}出现两次：一个预约一个码。", f"{code} stands twice; give each booking its own"
            )
        found[code] = booking
    return ([] if problems.lines else list(found.values())), problems.listing()


def wrong_code(code: str) -> Text | None:
    """What is wrong with a booking's code."""
    try:
        impersonal(code)
    except Refused:
        return Text(
            "是身份证号或手机号：个人信息不保存，请写预约自己的编号。",
            "an identity or mobile number; personal data is not kept, give the booking's own",
        )
    if not re.fullmatch(r"[A-Z0-9-]{4,40}", code, re.ASCII):
        return Text(
            f"“{shown(code)}”不是预约码：4到40个字母、数字、连字符，与凭证上的一致。",
            "4 to 40 letters, digits and hyphens; as the holder's code says",
        )
    if codes.like_a_slip(code):
        return Text(
            f"“{code}”的样子与号票上的码相同：请给这个预约另编一个码。",
            "has the form of a slip's own code; give the booking another one",
        )
    return None


def _when(
    line: int, kind: str, day: str, time: str, hall: Hall, problems: columns.Problems
) -> tuple[str, float | None]:
    """The service day of a booking, ISO, and its slot; a result to collect may have neither."""
    if kind == "appointment" and not (day and time):
        problems.add(
            line,
            "time" if day else "day",
            "预约要有日期和时间：如 2026-11-24 和 09:30。",
            "an appointment needs its day and time; write 2026-11-24 and 09:30",
        )
        return "", None
    column = "day"
    try:
        on = quantities.day(day) if day else None
        column = "time"
        minutes = quantities.clock(time) if time else 0
        if kind != "appointment" or on is None:
            return on.isoformat() if on else "", None
        slot = quantities.moment(f"{on} {minutes // 60:02d}:{minutes % 60:02d}", hall.zone).timestamp()
    except quantities.Unclear as unclear:
        problems.add(line, column, unclear.zh, unclear.en)
        return "", None
    return service_day(hall, slot).isoformat(), slot


def _times(hall: Hall, booking: Booking, now: float | None, outside_hours: bool) -> Iterator[tuple[str, Text]]:
    """What is impossible with a booking's day at `now`, and what has to be asked about its slot: (column, what)."""
    if not booking.day:
        return
    day = date.fromisoformat(booking.day)
    if now is not None:
        today = service_day(hall, now)
        if booking.slot is not None and day < today:
            yield "day", Text(f"{day}已过：请去掉过去的日期。", f"{day} is over; leave out days gone by")
            return
        if (day - today).days > AHEAD_DAYS:
            yield (
                "day",
                Text(f"{day}在一年以后：请改正年份。", f"{day} is more than a year ahead; correct the year"),
            )
            return
    if booking.slot is not None and not outside_hours:
        open_then = opening(hall, day, booking.service)
        if not any(start <= booking.slot < end for start, end in open_then):
            yield "time", _closed(hall, booking.slot, open_then)


def _closed(hall: Hall, slot: float, open_then: list[tuple[float, float]]) -> Text:
    at = f"{datetime.fromtimestamp(slot, hall.zone):%Y-%m-%d %H:%M}"
    hours = [
        f"{datetime.fromtimestamp(start, hall.zone):%H:%M}-{datetime.fromtimestamp(end, hall.zone):%H:%M}"
        for start, end in open_then
    ]
    zh = f"大厅开放时间为{'，'.join(hours)}" if hours else "大厅这天不开放"
    en = f"the hall is open {', '.join(hours)}" if hours else "the hall is closed that day"
    return Text(
        f"{at}：{zh}。请改正；有意的，请注明开放时间以外（“outside_hours”）再交一次。",
        f"{at}: {en}; correct it, or hand the file in with outside_hours if it is meant",
    )


class Taking(NamedTuple):
    """What of some bookings is new, said otherwise than before, and here already, by their codes."""

    new: list[str]
    changed: list[str]
    double: list[str]


def sort(reader: Reader, bookings: Sequence[Booking]) -> Taking:
    """Beside what is here: a code is a booking's identity."""
    found = Taking([], [], [])
    for booking in bookings:
        known = of_code(reader, booking.code)
        (found.new if known is None else found.double if known == booking else found.changed).append(booking.code)
    return found


def take(hub: Hub, by: By, bookings: Sequence[Booking], *, source: str) -> int:
    """Take in bookings, the newest word on each code; appointments of days gone by are forgotten. What is here already
    leaves no trace, and a hand-in of nothing else no row.
    """

    def decide(turn: Turn) -> int:
        turn.forget_bookings(hub.day(turn.now))
        found = sort(turn, bookings)
        fresh = {*found.new, *found.changed}
        if fresh:
            turn.record(
                ev.BookingsTaken(source=source, bookings=len(fresh), double=len(found.double)),
                by.actor,
            )
        for booking in bookings:
            if booking.code in fresh:
                turn.put_booking(booking.code, booking.kind, booking.day, booking.service, booking.slot, turn.seq)
        return len(bookings)

    return hub.once(by, decide, lambda turn, count: count, "bookings", source, [booking.code for booking in bookings])


def of_code(reader: Reader, text: str) -> Booking | None:
    """The booking of a code as it was scanned or typed; of the hall's own only one that has a slot now."""
    code = identifier(text).upper()
    row = reader.booking(code)
    if row:
        return Booking(**dict(row))
    known = reader.pretrial(code)
    return Booking(code, "pretrial", "", known.service, None) if known else None


def _of_case(hub: Hub, case: Record) -> Booking | None:
    """A result that is ready, as what is collected: under its number, so that it is queued once a day. None in a hall
    without a pick-up counter.
    """
    service = next(iter(sorted(hub.hall.reserved)), None)
    return Booking(case.number, "pickup", "", service, None) if service else None


def _own(hub: Hub, reader: Reader, text: str) -> Booking | None:
    """An appointment of the hall's own, as it is checked in; None for one that has no slot."""
    mine = slots.by_code(hub, reader, text)
    if mine is None or mine.state != "booked":
        return None
    return Booking(slots.code_of(hub.hall, mine.id), "appointment", mine.day, mine.service, mine.start)


WITHOUT_SLOT: Mapping[str, Text] = {
    "cancelled": Text(
        "这个预约已经取消：请按现场取号。", "This booking was cancelled: take a number like everybody else."
    ),
    "withdrawn": Text(
        "这个时段已被大厅取消：请现场取号，或用预约码改期。",
        "The hall has withdrawn this slot: take a number, or choose another slot with this code.",
    ),
    "listed": Text(
        "这个预约还在候补：请现场取号，或等候补通知。",
        "This booking is still on the waiting list: take a number, or wait for a free slot.",
    ),
    "offered": Text(
        "已为您保留时段，还没有确认：请先用预约码确认。",
        "A slot is kept for you: confirm it with this code first.",
    ),
}
"""What the holder of a booking without a slot is told, at the kiosk and at the desk."""


def without_slot(hub: Hub, reader: Reader, text: str) -> Text | None:
    """Why a booking of the hall's own has nothing to check in; None for any other code."""
    mine = slots.by_code(hub, reader, text)
    return WITHOUT_SLOT.get(mine.state) if mine else None


def _held(hub: Hub, reader: Reader, text: str) -> tuple[Record | None, Booking | None]:
    """(the case that a code leads to, what may be checked in by it): a 预审号 leads to the case that came of it."""
    case, booking = cases.by_code(hub, reader, text), _own(hub, reader, text) or of_code(reader, text)
    if case is None and booking is not None and booking.kind == "pretrial":
        case = _case_of_pretrial(reader, booking.code)
        booking = None if case else booking
    return case, booking or (_of_case(hub, case) if case and case.state == cases.READY else None)


def _case_of_pretrial(reader: Reader, code: str) -> Record | None:
    """What was opened for the visit that it was checked in for, or bears the platform's number of it."""
    known = reader.pretrial(code)
    assert known is not None
    opened = reader.records_of_ticket(known.ticket) if known.ticket is not None else []
    found = next((one for one in opened if one.register == cases.CASE and one.kind != "void"), None)
    if found is None and known.platform:
        found = reader.record_on_platform(cases.CASE, known.platform)
    return found if found and found.kind != "void" else None


def _not_passed(reader: Reader, booking: Booking) -> bool:
    known = reader.pretrial(booking.code) if booking.kind == "pretrial" else None
    return known is not None and known.status == "failed"


def look_up(hub: Hub, text: str) -> Found:
    """What somebody holds whose code this is: a ticket, an appointment, a result to collect."""
    reader = hub.read()
    ticket_id = ticket_of_code(hub, reader, text)
    if ticket_id is not None and (ticket := reader.ticket(ticket_id)):
        return Found("ticket", _ticket_words(hub, reader, ticket), ticket=ticket)
    if one := _remote(hub, text):
        return _remote_found(hub, reader, one)
    case, booking = _held(hub, reader, text)
    if case and case.state != cases.READY:
        far = cases.progress_of(hub, case)
        return Found("case", far.sentence, case=far)
    if booking is None and case:
        return Found("case", cases.progress_of(hub, case).sentence, case=cases.progress_of(hub, case))
    if booking is None and (why := without_slot(hub, reader, text)):
        return Found("unknown", why)
    if booking is None and codes.offline_code_in(text):
        return Found("unknown", NOT_ENTERED)
    if booking is None:
        return Found(
            "unknown",
            Text(
                "没有找到这个码：请再试一次，或到咨询台。",
                "This code is not known: try once more, or ask at the guide desk.",
            ),
        )
    if _not_passed(reader, booking):
        return Found("pretrial", PRETRIAL_SAYS["failed"], booking)
    kind: Literal["appointment", "pickup", "pretrial"] = booking.kind  # type: ignore[assignment]
    state, said, here = _booking_state(hub, reader, booking)
    return Found(kind, said, booking, state, here)


def _remote(hub: Hub, text: str) -> Remote | None:
    """The place taken outside whose code this is; an unknown one is said as any other code."""
    try:
        return remote.by_code(hub, text)
    except Unknown:
        return None


def _remote_found(hub: Hub, reader: Reader, one: Remote) -> Found:
    here, now = remote.number_of(hub, reader, one), hub.now()
    booking = Booking(remote.code(hub, one), "appointment", one.day, one.service, None)
    match remote_rule.state(one, here is not None, now):
        case "arrived":
            assert here is not None
            said = Text(
                f"已到厅，号码{here.label}，不需要再取号。", f"You have {here.label}: no second number is needed."
            )
            return Found("appointment", said, booking, "checked_in", here)
        case "coming":
            said = Text(
                "为您留了号：请签到，现在出号。", "A place was kept for you: check in and your number comes now."
            )
            return Found("appointment", said, booking, "ready")
        case _:
            said = Text(
                "留号时间已过或已取消：请取新号。", "It has expired or was cancelled: please take a new number."
            )
            return Found("unknown", said)


PRETRIAL_SAYS: Mapping[str, Text] = {
    "pending": Text(
        "预审还没有结果：可以签到，由窗口看材料。",
        "The pre-check is not done yet: check in, and the counter looks at the papers.",
    ),
    "passed": Text(
        "预审已通过：请签到，窗口直接受理，不再审一遍材料。",
        "The pre-check is passed: check in, and the counter accepts it without checking the papers again.",
    ),
    "to_complete": Text(
        "预审要求补正：请先在网上补齐；材料带来了，也可以签到由窗口核对。",
        "The pre-check asks for more papers: complete them online first, or check in with them.",
    ),
    "failed": Text(
        "预审没有通过：请先到咨询台问清原因，再决定取号。",
        "The pre-check was not passed: ask at the guide desk why before you take a number.",
    ),
}


def _ticket_words(hub: Hub, reader: Reader, ticket: Ticket) -> Text:
    n, counter = ticket.label, hub.hall.counters.get(ticket.counter or "")
    if ticket.day != hub.day(hub.now()):
        return Text(
            f"{n}是{ticket.day}的号，今天无效：请重新取号。",
            f"{n} was of {ticket.day} and is void today: take a new number.",
        )
    if ticket.state == "waiting":
        ahead = place.line_of(hub.hall, reader, ticket, hub.now()).ahead
        return Text(f"{n}前面还有{ahead}人，请留意广播和屏幕。", f"{ahead} before {n}. Please watch the screens.")
    if ticket.state in ("called", "serving") and counter:
        return Text(f"请{n}到{counter.name}。", f"{n}: please go to {counter.name_en}.")
    if ticket.state == "passed":
        return Text(f"{n}已过号：请到咨询台受理。", f"{n} was called and passed: please go to the guide desk.")
    if ticket.state == "suspended":
        return Text(
            f"{n}已挂起：办好手上的事后请到咨询台。", f"{n} is on hold: come to the guide desk when you are ready."
        )
    return Text(f"{n}已结束：如需办理请重新取号。", f"{n} is over: take a new number if you need one.")


def _booking_state(hub: Hub, reader: Reader, booking: Booking) -> tuple[State, Text, Ticket | None]:
    now, today = hub.now(), hub.day(hub.now())
    here, rule = reader.of_appointment(today, booking.code), hub.hall.tickets
    if here and not rules.lapsed(here, now, rule.lapse_min, rule.max_passes):
        return (
            "checked_in",
            Text(
                f"已签到，号码{here.label}，不需要再取号。", f"Checked in as {here.label}: no second number is needed."
            ),
            here,
        )
    if (booking.slot is not None and booking.day != today) or (booking.slot is None and booking.day > today):
        when = datetime.fromisoformat(booking.day)
        at = f" {hub.local(booking.slot)}" if booking.slot is not None else ""
        return (
            "other_day",
            Text(
                f"预约在{when.month}月{when.day}日{at}：请在当天来。",
                f"This is for {when:%d %B}{at}: please come on that day.",
            ),
            None,
        )
    shut = reader.closures(today).get(booking.service)
    if shut or not hub.door(reader).issuing:
        return "closed", Text(shut["message"], shut["message_en"]) if shut else hub.why_closed(reader), None
    if booking.kind == "pretrial" and (known := reader.pretrial(booking.code)):
        return "ready", PRETRIAL_SAYS[known.status], None
    if booking.slot is None:
        return (
            "ready",
            Text(
                "可以领取：请取号，听到叫号后到出件窗口。",
                "Ready: take a number and come to the pick-up counter when called.",
            ),
            None,
        )
    at, late = hub.local(booking.slot), hub.hall.tickets.appointment_late_min * 60
    if now < booking.slot:
        return (
            "early",
            Text(
                f"您预约的是{at}：现在签到，到时段就叫号。",
                f"You are booked for {at}: check in now, you are called from then on.",
            ),
            None,
        )
    if now <= booking.slot + late:
        said = Text(f"您预约的{at}已到：请签到。", f"It is time for your {at} appointment: please check in.")
        return "ready", said, None
    return (
        "late",
        Text(f"已过预约时间{at}：签到后按现在到达排队。", f"You are late for {at}: you will be queued as of now."),
        None,
    )


def check_in(
    hub: Hub, by: By, code: str, *, language: str, large_print: bool, printers: Sequence[str], paper: bool = True
) -> Ticket:
    """签到: the number of a booking, ranked by its slot. Refused on another day, and when it has a number already."""
    if one := _remote(hub, code):
        return remote.arrive(
            hub, by, one, printers=tuple(printers), language=language, large_print=large_print, paper=paper
        )
    case, booking = _held(hub, hub.read(), code)
    if case and case.state != cases.READY:
        raise Refused(*cases.progress_of(hub, case).sentence)
    if booking is None and (why := without_slot(hub, hub.read(), code)):
        raise Refused(*why)
    if booking is None:
        raise Unknown(
            "没有找到这个码：请再试一次，或到咨询台。",
            "This code is not known: try once more, or ask at the guide desk.",
        )
    if _not_passed(hub.read(), booking):
        raise Refused(*PRETRIAL_SAYS["failed"])
    state, text, _ = _booking_state(hub, hub.read(), booking)
    if state == "other_day":
        raise Refused(*text)
    return tickets.issue(
        hub,
        by,
        booking.service,
        channel="appointment" if booking.kind == "appointment" else "kiosk",
        language=language,
        large_print=large_print,
        printers=printers,
        paper=paper,
        slot=booking.slot,
        appointment=booking.code,
    )

"""What happens to a number away from the counters: given out, printed again, left, taken back, raised, moved, undone.

Each verb is one durable turn: it fetches what the decision needs, lets `server/domain` decide, and records the events.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from config import Hall, QuotaTable, Text
from server.domain import agenda, order, rules, target, worktime
from server.domain import events as ev
from server.domain.chain import Row
from server.domain.overtaking import Place as Standing
from server.domain.rules import Refused
from server.domain.ticket import Ticket, evolve
from server.domain.vocabulary import BY_CARD, GROUNDS_SAID
from server.store.reader import Reader
from server.store.transaction import Turn
from server.verbs import agendas, jobs, last_number, place, records
from server.verbs.agendas import Several
from server.verbs.hub import By, Closed, Hub, TooOften, Unknown, known_counter, known_ticket

SOLD_OUT = Text(
    "今天该事项的号已取完：请改日再来，或网上办理，也可到咨询台。",
    "No more numbers for this today: come another day, apply online, or ask at the guide desk.",
)


def on_ticket(
    hub: Hub, by: By, ticket_id: int | None, decide: Callable[[Turn, Ticket], ev.Event], *verb: Any, held_by: str = ""
) -> Ticket:
    """A verb on a ticket, or with None on the one that the counter `held_by` holds."""

    def work(turn: Turn) -> Ticket:
        if ticket_id is None:
            ticket = rules.at_counter(turn.counter(held_by), turn.at_counter(held_by), hub.hall.counter_name)
        else:
            ticket = known_ticket(turn, ticket_id)
        turn.record(decide(turn, ticket), by.actor)
        return ticket

    return hub.about(by, work, *verb, ticket_id)


def issue(
    hub: Hub,
    by: By,
    service: str,
    *,
    klass: str = "ordinary",
    channel: str = "kiosk",
    language: str = "zh",
    large_print: bool = False,
    printers: Sequence[str] = (),
    slot: float | None = None,
    appointment: str = "",
    holder: tuple[str, str] | None = None,
    paper: bool = True,
    several: Several | None = None,
    ground: str = "",
    party: str = "",
) -> Ticket:
    """Give out the next number of the service's letter. Raises Closed when kiosks do not issue now.

    `several`: the items that it is for, `service` the first of them; None for a number of one item.

    Without `paper` no slip is printed: whoever took it wants to remember it.

    `slot` (epoch seconds) makes it an appointment that checks in: it ranks by its slot, and once only.
    `holder` is (keyed hash, mask) of an identity card, kept until the day turns and only where a quota counts
    persons. `ground`: why a kiosk gives it the class (a key of `GROUNDS_SAID`); `party`: for whom it is (`PARTIES`).
    Raises Refused where the hall does not grant the class at kiosks, or no more of it today.
    """
    if service not in hub.hall.services:
        raise Unknown(f"没有事项“{service}”。", f"There is no service '{service}' in the catalogue.")
    settings = hub.hall.tickets
    klass = klass if slot is None else settings.appointment_class
    if klass not in hub.hall.classes:
        raise Unknown(f"没有类别“{klass}”。", f"There is no class '{klass}' in config.toml.")
    if klass == settings.appointment_class and slot is None:
        raise Refused("预约号要有预约时段：请按普通号取号。", "An appointment has a slot: issue an ordinary number.")
    if ground:
        granted(hub.hall, klass, ground)

    items = several.items if several else (service,)
    late = last_number.any_too_late(hub, hub.read(), items, klass) if channel == "kiosk" and slot is None else None

    def decide(turn: Turn) -> int:
        day = hub.day(turn.now)
        _may_issue(hub, turn, day, service, channel, late)
        if several:
            visitor = channel in VISITORS
            apart = {code for code in several.items if visitor and not_now(hub.hall, turn.now, code)}
            agendas.may_be_taken(hub, turn, day, several, sold_out(hub, turn, day) | apart)
        lately = _within_pace(hub, by.actor, turn.now)
        if ground and channel == "kiosk" and (why := all_given(hub.hall, turn, day, klass)):
            raise Refused(*why)
        counted = [
            code
            for code in (several.items if several else (service,))
            if _within_quota(hub, turn, day, code, holder, channel, appointment).per_person
        ]
        before = turn.of_appointment(day, appointment) if appointment else None
        if before and not rules.lapsed(before, turn.now, settings.lapse_min, settings.max_passes):
            raise Refused(
                f"该预约已签到，号码{before.label}：不需要再取号。",
                f"This appointment has checked in as {before.label}: no second number is needed.",
            )
        prefix, head_start = hub.hall.services[service].prefix, hub.hall.classes[klass].head_start_min
        standing = Standing(0.0) if slot is not None else place.new_rank(hub.hall, turn, service, klass, turn.now)
        ticket = turn.next_id("tickets")
        issued = ev.Issued(
            ticket=ticket,
            day=day,
            prefix=prefix,
            number=turn.next_number(day, prefix),
            service=service,
            klass=klass,
            channel=channel,
            language=language,
            large_print=large_print,
            slot=slot,
            appointment=appointment,
            rank=(
                standing.rank
                if slot is None
                else order.appointment_rank(slot, turn.now, head_start, settings.appointment_late_min)
            ),
            ground=ground,
            party=party,
            placed=standing.held,
        )
        turn.record(issued, by.actor)
        if several:
            agendas.begin(hub, by, turn, ticket, day, several)
        if appointment:
            turn.check_in_pretrial(appointment, ticket)
        if holder and counted:
            turn.put_holder(ticket, day, counted[0], *holder)
        if paper:
            jobs.queue_ticket(hub, by, turn, ticket, printers, 1)
        lately.append(turn.now)
        return ticket

    wish = service, klass, channel, language, large_print, slot, appointment
    more = (
        *(() if paper else ("no paper",)),
        *([[several.package, *several.items]] if several else []),
        *((ground, party) if ground or party else ()),
    )
    return hub.once(by, decide, known_ticket, "issue", *wish, *more)


def granted(hall: Hall, klass: str, ground: str) -> None:
    """Nobody gets another class than was asked for without a word: kiosks give those that the hall offers there, and to
    whom it does. Raises Refused.
    """
    table, name = hall.classes[klass], hall.class_name(klass)
    if not table.grounds:
        raise Refused(
            f"取号机不能取“{name.zh}”的号：请取普通号，或到咨询台，工作人员帮您办。",
            f"Kiosks give no numbers of the class '{name.en}': take an ordinary one, or ask at the guide desk.",
        )
    if ground not in (*table.grounds, *([BY_CARD] if table.from_age else [])):
        given = [GROUNDS_SAID[code] for code in table.grounds]
        raise Refused(
            f"“{name.zh}”给的是：{'、'.join(text.zh for text in given)}。请说明是哪一种，或取普通号。",
            f"The class '{name.en}' is for: {', '.join(text.en for text in given)}. Say which it is, or take an"
            " ordinary number.",
        )


SHARE_FROM = 5
"""So many numbers of a class a day kiosks give out in any case, before its share counts."""


def all_given(hall: Hall, reader: Reader, day: str, klass: str) -> Text | None:
    """Why kiosks give out no more numbers of a class today; None while they do."""
    table = hall.classes[klass]
    if not table.grounds or (not table.per_day and table.share == 100):
        return None
    given, total = reader.given_of_class(day, klass)
    name = hall.class_name(klass)
    if table.per_day and given >= table.per_day:
        return Text(
            f"取号机上今天的{table.per_day}个“{name.zh}”号已取完：请取普通号，需要照顾请到咨询台。",
            f"Kiosks have given out today's {table.per_day} numbers of the class '{name.en}': take an ordinary one, or"
            " ask at the guide desk.",
        )
    if given >= SHARE_FROM and (given + 1) * 100 > table.share * (total + 1):
        return Text(
            f"取号机上“{name.zh}”号已达到今天的{table.share}%：请取普通号，需要照顾请到咨询台。",
            f"Numbers of the class '{name.en}' are {table.share} per cent of today's already: take an ordinary one, or"
            " ask at the guide desk.",
        )
    return None


def _within_pace(hub: Hub, kiosk: str, now: float) -> deque[float]:
    """When a kiosk gave out its newest numbers; refused when a minute holds as many as it may give out."""
    limit = hub.hall.kiosks[kiosk].tickets_per_min if kiosk in hub.hall.kiosks else 0
    lately = hub.issued_lately.setdefault(kiosk, deque(maxlen=limit))
    if limit and len(lately) == limit and 0 <= now - lately[0] < 60.0:
        raise TooOften(
            f"取号太快：本机一分钟最多取{limit}个号，请稍等再取，或到咨询台。",
            f"Too many numbers at once: this kiosk gives out {limit} a minute. Wait, or ask at the guide desk.",
        )
    return lately


VISITORS = ("kiosk", "appointment", "remote")
"""Channels by which visitors take numbers themselves."""
NO_QUOTA = QuotaTable.model_validate({})


NEEDS_CARD = Text(
    "这个事项每人限号，在取号机上要刷身份证：没带身份证的请到咨询台取号。",
    "Numbers of this are counted by person: lay your ID card, or without one ask at the guide desk.",
)


def needs_card(hall: Hall, service: str) -> bool:
    """Whether a visitor gets a number of a service only where a card can be laid."""
    return hall.quotas.get(service, NO_QUOTA).card == "needed"


def _within_quota(
    hub: Hub, turn: Turn, day: str, service: str, holder: tuple[str, str] | None, channel: str, appointment: str
) -> QuotaTable:
    quota = hub.hall.quotas.get(service, NO_QUOTA)
    if quota.per_day and service in sold_out(hub, turn, day):
        raise Closed(*SOLD_OUT)
    # whoever checks in shows a code instead of a card, and no kiosk asks for both: the code has one number at a time
    if needs_card(hub.hall, service) and holder is None and channel == "kiosk" and not appointment:
        raise Refused(*NEEDS_CARD)
    if quota.per_person and holder:
        held = (known_ticket(turn, one) for one in turn.held_by(day, service, holder[0]))
        mine = [one for one in held if one.state != "left"]  # given back or given up: it is nobody's to use
        if len(mine) >= quota.per_person:
            label = mine[-1].label
            raise Refused(
                f"您今天已取过该事项的号{label}：请用这个号，需要时到咨询台补打。",
                f"You have {label} for this today: use it, or have it printed again at the guide desk.",
            )
    return quota


def sold_out(hub: Hub, reader: Reader, day: str) -> set[str]:
    """The services whose numbers for the day are all given out."""
    limits = {code: table.per_day for code, table in hub.hall.quotas.items() if table.per_day}
    given = reader.issued_of(day, limits)
    return {code for code, limit in limits.items() if given.get(code, 0) >= limit}


def _may_issue(hub: Hub, turn: Turn, day: str, service: str, channel: str, late: Text | None = None) -> None:
    if not hub.certain:
        raise Closed(*hub.why_closed(turn))
    closures = turn.closures(day)
    if shut := closures.get(service):
        raise Closed(shut["message"], shut["message_en"])
    visitor = channel in VISITORS
    if "" in closures or (visitor and not worktime.issuing(hub.hall, turn.now)):
        raise Closed(*hub.why_closed(turn))
    if visitor and (other := not_now(hub.hall, turn.now, service)):
        raise Closed(*other)
    if late:  # foreseen before the turn: playing the line forward is nothing for the one writer
        raise Closed(*late)
    if channel == "kiosk" and _full(hub, turn, service):
        raise Closed(*SOLD_OUT)


def not_now(hall: Hall, now: float, service: str) -> Text | None:
    """Why kiosks give no number for a service now although they do for others: there is extended service without it.
    None where they do, and while the hall is closed.
    """
    if not hall.extended or worktime.issuing(hall, now, service) or not worktime.issuing(hall, now):
        return None
    one = worktime.only_extended(hall, now)
    name = one.table.text if one else Text("延时服务", "extended service")
    return Text(
        f"这个事项不在“{name.zh}”里：请在办公时间来，或到咨询台问。",
        f"This is not done during {name.en}: come in office hours, or ask at the guide desk.",
    )


def _full(hub: Hub, reader: Reader, service: str) -> bool:
    """Whether even the shortest expected wait reaches beyond the day's last closing."""
    intervals = worktime.opening(hub.hall, worktime.service_day(hub.hall, hub.now()), service)
    if hub.hall.tickets.stop_by == "foreseen":
        return False
    if not hub.hall.tickets.stop_when_full or hub.hall.tickets.outside_hours == "issue" or not intervals:
        return False
    line = place.line_of(hub.hall, reader, place.newcomer(hub.hall, reader, service, hub.now()), hub.now())
    ahead = line.ahead
    wait = line.wait(ahead, reader.waiting_by_service())
    return wait is not None and ahead > 0 and hub.now() + wait[0] * 60 > intervals[-1][1]


def reprint(hub: Hub, by: By, ticket_id: int, printers: Sequence[str]) -> Ticket:
    """补打: another paper of the same number, marked and counted."""

    def decide(turn: Turn) -> Ticket:
        ticket = known_ticket(turn, ticket_id)
        _print_once_more(hub, by, turn, ticket, printers)
        return ticket

    return hub.about(by, decide, "reprint", ticket_id)


def _print_once_more(hub: Hub, by: By, turn: Turn, ticket: Ticket, printers: Sequence[str]) -> None:
    last = turn.last_job(ticket.id)
    if last and last.state in ("queued", "sending"):
        raise Refused(f"{ticket.label}正在打印，请稍候。", f"{ticket.label} is being printed: wait a moment.")
    jobs.queue_ticket(hub, by, turn, ticket.id, printers, (last.copy if last else 0) + 1)


OWN_S = 60.0
"""Seconds in which whoever took a number at a kiosk may print it again or give it back there."""
OWN_COPIES = 3
"""Papers of one number that a kiosk prints by itself."""


def own_again(hub: Hub, by: By, ticket_id: int, printers: Sequence[str]) -> Ticket:
    """再打一张, by whoever still stands before the kiosk: within `OWN_S` of its issue, `OWN_COPIES` in all."""

    def decide(turn: Turn) -> Ticket:
        ticket = _just_taken(turn, ticket_id)
        last = turn.last_job(ticket_id)
        if last and last.copy >= OWN_COPIES:
            raise Refused(
                f"{ticket.label}已经打印{last.copy}张：还需要请到咨询台。",
                f"{ticket.label} was printed {last.copy} times: ask at the guide desk for more.",
            )
        _print_once_more(hub, by, turn, ticket, printers)
        return ticket

    return hub.about(by, decide, "own again", ticket_id)


def give_back(hub: Hub, by: By, ticket_id: int) -> Ticket:
    """取错了: whoever took it gives it up at the kiosk, within `OWN_S` and before it is called; it ends as 弃号."""

    def decide(turn: Turn, ticket: Ticket) -> ev.Event:
        _just_taken(turn, ticket.id)
        if ticket.state in ("called", "serving"):
            zh, en = hub.hall.counter_name(ticket.counter or "")
            raise Refused(
                f"已经叫到{ticket.label}：请到{zh}。",
                f"{ticket.label} has been called: please go to {en}.",
            )
        return rules.leave(ticket, hub.hall.counter_name)

    return on_ticket(hub, by, ticket_id, decide, "give back")


def _just_taken(turn: Turn, ticket_id: int) -> Ticket:
    ticket = known_ticket(turn, ticket_id)
    if turn.now - ticket.issued_at > OWN_S:
        raise Refused(
            f"{ticket.label}取号已超过1分钟：请到咨询台办理。",
            f"{ticket.label} was taken more than a minute ago: ask at the guide desk.",
        )
    return ticket


def leave(hub: Hub, by: By, ticket_id: int | None, *, held_by: str = "") -> Ticket:
    """弃号: withdrew."""
    return on_ticket(
        hub, by, ticket_id, lambda turn, t: rules.leave(t, hub.hall.counter_name, held_by), "leave", held_by=held_by
    )


def take_back(hub: Hub, by: By, ticket_id: int) -> Ticket:
    """过号受理: a passed number enters again after the next few; a suspended one at its old place."""
    settings = hub.hall.tickets

    def decide(turn: Turn, ticket: Ticket) -> ev.Event:
        rules.not_lapsed(ticket, turn.now, settings.lapse_min, settings.max_passes)
        back = replace(ticket, target=target_back(turn, ticket))
        rank = (
            ticket.rank
            if ticket.state == "suspended"
            else order.returned_rank(everybody_in_line(hub, turn, back, turn.now), settings.returned_after, turn.now)
        )
        return rules.take_back(ticket, rank, back.target)

    return on_ticket(hub, by, ticket_id, decide, "take back")


def target_back(turn: Turn, ticket: Ticket) -> str:
    """Who alone may call a number that comes back: as before, or the counter that kept its file; nobody who has
    gone.
    """
    to = target.parse(target.counter(ticket.counter or "") if ticket.suspended == "kept" else ticket.target)
    there = turn.counter(to.id).state != "closed" if to.kind == "counter" else turn.counter_of_staff(to.id) is not None
    return str(to) if to.kind and there else target.HALL


def raise_(hub: Hub, by: By, ticket_id: int, reason: str) -> Ticket:
    """优先: to the head of its line. Who may do it is the API's to know."""

    def decide(turn: Turn, ticket: Ticket) -> ev.Event:
        line = [ticket, *everybody_in_line(hub, turn, ticket, turn.now)]
        return rules.raise_(ticket, order.first_rank(line, turn.now), reason)

    return on_ticket(hub, by, ticket_id, decide, "raise", reason)


def everybody_in_line(hub: Hub, reader: Reader, ticket: Ticket, now: float) -> list[Ticket]:
    """Those who would be called before a ticket, were it the last of its line."""
    return reader.tickets(ids_in_line(hub, reader, ticket, now))


def ids_in_line(hub: Hub, reader: Reader, ticket: Ticket, now: float) -> list[int]:
    """The same by their ids alone."""
    last = place.newcomer(hub.hall, reader, ticket.service, now)
    line = place.line_of(hub.hall, reader, replace(last, target=ticket.target), now).ids()
    return [one for one in line if one != ticket.id]


def transfer(
    hub: Hub,
    by: By,
    ticket_id: int | None,
    *,
    reason: str,
    service: str | None = None,
    counter: str | None = None,
    staff: str | None = None,
    keep: bool = True,
    held_by: str = "",
) -> Ticket:
    """转移 to a service, and to one counter or member of staff alone when named; `keep` its place or go to the end.

    `held_by` is the counter whose console asks: it transfers only the number that it holds.
    """

    def decide(turn: Turn, ticket: Ticket) -> ev.Event:
        if held_by and (ticket.counter != held_by or ticket.state not in ("called", "serving")):
            here = hub.hall.counter_name(held_by)
            raise Refused(
                f"{ticket.label}不在{here.zh}办理，不能转移。", f"{ticket.label} is not at {here.en}: call it first."
            )
        to = service or ticket.service
        if to not in hub.hall.services:
            raise Unknown(f"没有事项“{to}”。", f"There is no service '{to}' in the catalogue.")
        if to != ticket.service and (shut := turn.closures(hub.day(turn.now)).get(to)):
            raise Closed(shut["message"], shut["message_en"])
        head_start = hub.hall.classes[ticket.klass].head_start_min if ticket.klass in hub.hall.classes else 0
        rank = (
            ticket.rank
            if keep
            else order.rank(order.came(turn.last_in_line(), order.head_starts(hub.hall), turn.now), head_start)
        )
        return rules.transfer(ticket, to, _target(hub, turn, counter, staff), rank, reason)

    return on_ticket(hub, by, ticket_id, decide, "transfer", service, counter, staff, keep, reason, held_by=held_by)


def _target(hub: Hub, turn: Turn, counter: str | None, staff: str | None) -> str:
    """The line of one counter or member of staff, who must be there; '' for the hall's."""
    if counter:
        known_counter(hub, counter)
        if turn.counter(counter).state == "closed":
            zh, en = hub.hall.counter_name(counter)
            raise Refused(
                f"{zh}未开放：请转到其他窗口或事项。", f"{en} is closed: choose another counter or a service."
            )
        return target.counter(counter)
    if staff:
        if turn.counter_of_staff(staff) is None:
            raise Refused(
                f"工号{staff}不在窗口：请转到其他人员或窗口。",
                f"Staff {staff} is at no counter: choose somebody else or a counter.",
            )
        return target.staff(staff)
    return ""


def undo(hub: Hub, by: By, *, ticket: int | None = None) -> Ticket:
    """撤销 the last step of whoever asks, while it is fresh; `ticket` is the one that the page shows for it."""
    return hub.about(by, lambda turn: _undo(hub, by, turn, ticket), "undo", ticket)


def _undo(hub: Hub, by: By, turn: Turn, expected: int | None) -> Ticket:
    return _undo_step(hub, by, turn, last_step(hub, turn, by.actor, turn.now), expected)


def _undo_step(hub: Hub, by: By, turn: Turn, found: tuple[Row, Ticket] | None, expected: int | None) -> Ticket:
    if found is None or expected not in (None, found[0].ticket):
        seconds = hub.hall.console.undo_s
        raise Refused(
            f"没有可以撤销的操作：只能撤销本人{seconds}秒内的最后一步，之后没有别人再操作。",
            f"Nothing to undo: only your own last step of {seconds} s, that nobody has acted upon.",
        )
    step, before = found
    assert step.ticket is not None
    there = turn.counter(before.counter) if before.counter else None
    busy = turn.at_counter(before.counter) if before.counter else None
    ticket = known_ticket(turn, step.ticket)
    back = rules.undo(
        ticket,
        replace(before, target=target_back(turn, before)),
        step.event,
        step.seq,
        by.actor,
        there,
        busy,
        hub.hall.counter_name,
    )
    if step.event == "ItemSettled":
        back = replace(back, agenda=tuple(agenda.plain(_agenda_before(turn, step))))
    turn.record(back, by.actor)
    if step.event in ("Finished", "ItemSettled"):
        records.undone(hub, turn, by, ticket.id, step.at)
    further = last_step(hub, turn, by.actor, turn.now)
    if further and further[0].at == step.at and further[0].ticket == step.ticket and further[0].event == "ItemSettled":
        return _undo_step(hub, by, turn, further, None)  # one press settled them, one press takes them back
    return ticket


def _agenda_before(turn: Turn, step: Row) -> agenda.Agenda:
    """The items of a number as they were before one of them was settled; steps that were taken back are none."""
    life = turn.life_line(step.ticket or 0)
    found = agenda.of_life((row.at, row.happened()) for row in life if row.seq < step.seq)
    assert found is not None, "an item is settled of a number that has several"
    return found


def last_step(
    hub: Hub, reader: Reader, actor: str, now: float, life: Callable[[int], Sequence[Row]] | None = None
) -> tuple[Row, Ticket] | None:
    """What 撤销 would take back: the newest step of this person today that nothing has followed, and the ticket
    before it. `life` gives the rows of a number's life, to who has them already.
    """
    life = life or reader.life_line
    undone: set[int] = set()
    for row in _steps(reader, actor, now - hub.hall.console.undo_s):
        if row.event == "Undone":
            undone.add(row.field("of"))
        elif row.ticket and row.event in rules.UNDOABLE and row.seq not in undone:
            before = before_step(life(row.ticket), row, undone)
            return (row, before) if before and before.day == hub.day(now) else None
    return None


STEPS_FIRST = 4


def _steps(reader: Reader, actor: str, since: float) -> Iterator[Row]:
    """What somebody did to numbers since a moment, newest first. Mostly the newest decides: the rest is read once it is
    wanted.
    """
    newest = reader.steps_of(actor, since, STEPS_FIRST)
    yield from newest
    if len(newest) == STEPS_FIRST:
        yield from reader.steps_of(actor, since, after=STEPS_FIRST)


def before_step(life: Sequence[Row], step: Row, undone: set[int]) -> Ticket | None:
    """The ticket as it was before a step; None when another step has followed it."""
    before = None
    for row in life:
        if row.seq > step.seq and row.event not in {*rules.BESIDE, "Undone"} and row.seq not in undone:
            return None
        if row.seq < step.seq:
            before = evolve(before, row.happened(), row.at)
    return before

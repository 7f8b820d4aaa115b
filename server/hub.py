"""The hub: the verbs of the hall, each one durable turn, and the waking of whatever follows the journal.

The only caller of `store.turn`. It fetches what a decision needs, lets the pure modules decide, and records the events;
it holds no truth of its own, so a restart changes nothing.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from config import Hall
from server import events as ev
from server import order, rules, worktime
from server.rules import Refused
from server.store.database import Store
from server.store.journal import canonical
from server.store.turn import Reader, Turn
from server.ticket import Ticket
from server.visit import Visit

log = logging.getLogger(__name__)
T = TypeVar("T")

CLOCK_TOLERANCE_S = 300.0
"""A clock set back by less than this stands still until it has caught up; by more, it is believed and noted."""
REMEMBER_REQUESTS_S = 3 * 86400.0


class Conflict(Refused):
    """An idempotency key came again with another request."""


class Closed(Refused):
    """Kiosks do not issue now."""


class Unknown(Refused):
    """No such ticket, counter or service."""


class _NobodyWaits(Exception):
    """Ends a call's turn with nothing written."""


class Hub:
    """One hall. `clock` gives epoch seconds UTC: the real one, or a replay's."""

    def __init__(self, hall: Hall, store: Store, clock: Callable[[], float] = time.time) -> None:
        self.hall = hall
        self.store = store
        self._clock = clock
        self._changed = threading.Condition()
        self._seq = store.seq
        store.on_commit = self._wake
        self.stopping = False

    # --- following ---

    def _wake(self, seq: int) -> None:
        with self._changed:
            self._seq = seq
            self._changed.notify_all()

    @property
    def seq(self) -> int:
        return self._seq

    def wait(self, after: int, timeout: float) -> int:
        """Wait until the journal is longer than `after`, at most `timeout` seconds; its length then."""
        with self._changed:
            self._changed.wait_for(lambda: self._seq > after or self.stopping, timeout)
            return self._seq

    def stop(self) -> None:
        """Wake all that wait, for the last time."""
        self.stopping = True
        with self._changed:
            self._changed.notify_all()

    def read(self) -> Reader:
        return self.store.read()

    # --- turns ---

    def now(self) -> float:
        """The hub's clock, epoch seconds to the millisecond."""
        return round(self._clock(), 3)

    def _time_after(self, last: float) -> float:
        """The time of a turn: never before the newest row, unless the clock was set back by more than the tolerance."""
        wall = self.now()
        return last if last - CLOCK_TOLERANCE_S <= wall < last else wall

    def _turn(self, decide: Callable[[Turn], T]) -> T:
        def work(turn: Turn) -> T:
            if turn.now < turn.last_at:
                before = turn.last_at
                turn.record(ev.ClockSet(before=before, after=turn.now), "hub")
                log.warning("the clock was set back from %s to %s; noted in the journal", before, turn.now)
            return decide(turn)

        return self.store.turn(work, self._time_after)

    def _once(self, decide: Callable[[Turn], Ticket], actor: str, key: str | None, *request: Any) -> Ticket:
        """A command about a ticket; the same key of the same actor is carried out once and answered alike."""
        fingerprint = hashlib.sha256(canonical(list(request)).encode()).hexdigest()

        def work(turn: Turn) -> Ticket:
            if key and (done := turn.answered(actor, key)):
                if done["fingerprint"] != fingerprint:
                    raise Conflict(
                        "同一请求编号用于了不同的请求：请换一个编号。",
                        "This idempotency key was used for another request: use a new key for each touch.",
                    )
                return self._known(turn, done["ticket"])
            ticket = decide(turn)
            if key:
                turn.remember(actor, key, fingerprint, ticket.id)
            return self._known(turn, ticket.id)

        return self._turn(work)

    @staticmethod
    def _known(reader: Reader, ticket_id: int) -> Ticket:
        ticket = reader.ticket(ticket_id)
        if ticket is None:
            raise Unknown(f"没有第{ticket_id}号记录。", f"There is no ticket with id {ticket_id}.")
        return ticket

    def _counter_known(self, counter_id: str) -> None:
        if counter_id not in self.hall.counters:
            raise Unknown(f"没有窗口“{counter_id}”。", f"There is no counter '{counter_id}' in config.toml.")

    # --- tickets ---

    def issue(
        self, service: str, *, klass: str = "ordinary", channel: str = "kiosk", actor: str = "kiosk", key: str | None = None,
        language: str = "zh", large_print: bool = False, printers: Sequence[str] = (),
    ) -> Ticket:  # fmt: skip
        """Give out the next number of the service's letter. Raises Closed when kiosks do not issue now."""
        if service not in self.hall.services:
            raise Unknown(f"没有事项“{service}”。", f"There is no service '{service}' in the catalogue.")
        if klass not in self.hall.classes:
            raise Unknown(f"没有类别“{klass}”。", f"There is no class '{klass}' in config.toml.")

        def decide(turn: Turn) -> Ticket:
            if channel == "kiosk" and not worktime.door(self.hall, turn.now).issuing:
                raise Closed(*closed_sentences(self.hall, turn.now))
            prefix = self.hall.services[service].prefix
            day = worktime.service_day(self.hall, turn.now).isoformat()
            ticket = turn.next_id("tickets")
            issued = ev.Issued(
                ticket=ticket, day=day, prefix=prefix, number=turn.next_number(day, prefix), service=service,
                klass=klass, channel=channel, language=language, large_print=large_print,
                rank=order.rank(turn.now, self.hall.classes[klass].head_start_min),
            )  # fmt: skip
            turn.record(issued, actor)
            self._queue_print(turn, ticket, printers, 1, actor)
            return self._known(turn, ticket)

        return self._once(decide, actor, key, "issue", service, klass, channel, language, large_print)

    @staticmethod
    def _queue_print(turn: Turn, ticket: int, printers: Sequence[str], copy: int, actor: str) -> None:
        if printers:
            job = turn.next_id("jobs")
            turn.record(ev.PrintQueued(ticket=ticket, job=job, printers=tuple(printers), copy=copy), actor)

    def reprint(self, ticket_id: int, printers: Sequence[str], *, actor: str, key: str | None = None) -> Ticket:
        """补打: another paper of the same number, marked and counted."""

        def decide(turn: Turn) -> Ticket:
            ticket = self._known(turn, ticket_id)
            last = turn.last_job(ticket_id)
            if last and last.state in ("queued", "sending"):
                raise Refused(f"{ticket.label}正在打印，请稍候。", f"{ticket.label} is being printed: wait a moment.")
            self._queue_print(turn, ticket_id, printers, (last.copy if last else 0) + 1, actor)
            return ticket

        return self._once(decide, actor, key, "reprint", ticket_id)

    def leave(self, ticket_id: int, *, actor: str, key: str | None = None) -> Ticket:
        """弃号: withdrew before the call."""
        return self._of_ticket(ticket_id, lambda turn, t: rules.leave(t), actor, key, "leave")

    def take_back(self, ticket_id: int, *, actor: str, key: str | None = None) -> Ticket:
        """过号受理: a passed number enters again after the next few."""

        def decide(turn: Turn, ticket: Ticket) -> ev.Event:
            after = self.hall.tickets.returned_after
            rank = order.returned_rank(turn.waiting(limit=max(after, 1)), after, turn.now)
            return rules.take_back(ticket, rank, turn.now, self.hall.tickets.lapse_min)

        return self._of_ticket(ticket_id, decide, actor, key, "take back")

    def _of_ticket(
        self, ticket_id: int, decide: Callable[[Turn, Ticket], ev.Event], actor: str, key: str | None, verb: str
    ) -> Ticket:
        def work(turn: Turn) -> Ticket:
            ticket = self._known(turn, ticket_id)
            turn.record(decide(turn, ticket), actor)
            return ticket

        return self._once(work, actor, key, verb, ticket_id)

    # --- counters ---

    def call_next(self, counter_id: str, *, actor: str, key: str | None = None) -> Ticket | None:
        """顺呼. None when nobody waits for this counter."""
        self._counter_known(counter_id)

        def decide(turn: Turn) -> Ticket:
            rules.may_call(turn.counter(counter_id), turn.at_counter(counter_id))
            heads = turn.first_of_each_class(*self._services(counter_id))
            wanted = self.hall.counters[counter_id].classes
            choice = order.choose(heads, None if wanted == "all" else wanted, turn.now)
            if choice is None:
                raise _NobodyWaits
            return self._call(turn, choice.ticket, counter_id, choice.why, actor)

        try:
            return self._once(decide, actor, key, "call next", counter_id)
        except _NobodyWaits:
            return None

    def call(self, counter_id: str, ticket_id: int, *, actor: str, key: str | None = None) -> Ticket:
        """指呼: this number now, out of turn; the journal says so."""
        self._counter_known(counter_id)

        def decide(turn: Turn) -> Ticket:
            return self._call(turn, self._known(turn, ticket_id), counter_id, "窗口指定呼叫。", actor)

        return self._once(decide, actor, key, "call", counter_id, ticket_id)

    def _call(self, turn: Turn, ticket: Ticket, counter_id: str, why: str, actor: str) -> Ticket:
        counter = turn.counter(counter_id)
        turn.record(rules.call(ticket, counter, turn.at_counter(counter_id), why), actor)
        return ticket

    def _services(self, counter_id: str) -> tuple[frozenset[str] | None, frozenset[str]]:
        """(the services a counter serves, or None for all) and (what "all" leaves to the pick-up counters)."""
        services = self.hall.services_of(counter_id)
        return services, self.hall.reserved if services is None else frozenset()

    def recall(self, counter_id: str, *, actor: str, key: str | None = None) -> Ticket:
        return self._at_counter(counter_id, rules.recall, actor, key, "recall")

    def start(self, counter_id: str, *, actor: str, key: str | None = None) -> Ticket:
        return self._at_counter(counter_id, rules.start, actor, key, "start")

    def finish(self, counter_id: str, outcome: str, *, actor: str, key: str | None = None) -> Ticket:
        return self._at_counter(counter_id, lambda t: rules.finish(t, outcome), actor, key, "finish", outcome)

    def pass_(self, counter_id: str, *, actor: str, key: str | None = None) -> Ticket:
        return self._at_counter(counter_id, rules.pass_, actor, key, "pass")

    def _at_counter(
        self, counter_id: str, decide: Callable[[Ticket], ev.Event], actor: str, key: str | None, *verb: str
    ) -> Ticket:
        self._counter_known(counter_id)

        def work(turn: Turn) -> Ticket:
            ticket = rules.at_counter(turn.counter(counter_id), turn.at_counter(counter_id))
            turn.record(decide(ticket), actor)
            return ticket

        return self._once(work, actor, key, *verb, counter_id)

    def open_counter(self, counter_id: str, *, staff: str, actor: str) -> None:
        """A member of staff takes a counter; the same one again changes nothing."""

        def decide(turn: Turn) -> None:
            counter = turn.counter(counter_id)
            if counter.state != "closed" and counter.staff == staff:
                return
            if counter.state != "closed":
                raise Refused(
                    f"窗口{counter_id}已由{counter.staff}登录：请另选窗口。",
                    f"Counter {counter_id} is taken by {counter.staff}: choose another one.",
                )
            turn.record(ev.CounterOpened(counter=counter_id, staff=staff), actor)

        self._counter_known(counter_id)
        self._turn(decide)

    def close_counter(self, counter_id: str, *, actor: str) -> None:
        """The member of staff leaves; refused while somebody is being served."""

        def decide(turn: Turn) -> None:
            busy = turn.at_counter(counter_id)
            if busy:
                rules.may_call(turn.counter(counter_id), busy)
            if turn.counter(counter_id).state != "closed":
                turn.record(ev.CounterClosed(counter=counter_id), actor)

        self._counter_known(counter_id)
        self._turn(decide)

    def pause(self, counter_id: str, reason: str, *, actor: str) -> None:
        self._set_pause(counter_id, "open", ev.CounterPaused(counter=counter_id, reason=reason), actor)

    def resume(self, counter_id: str, *, actor: str) -> None:
        self._set_pause(counter_id, "paused", ev.CounterResumed(counter=counter_id), actor)

    def _set_pause(self, counter_id: str, wanted: str, event: ev.Event, actor: str) -> None:
        def decide(turn: Turn) -> None:
            state = turn.counter(counter_id).state
            if state == "closed":
                rules.may_call(turn.counter(counter_id), None)
            if state == wanted:
                turn.record(event, actor)

        self._counter_known(counter_id)
        self._turn(decide)

    # --- paper, devices, clock, history ---

    def print_began(self, job: int, ticket: int, printer: str) -> None:
        self._turn(lambda turn: turn.record(ev.PrintBegan(ticket=ticket, job=job, printer=printer), printer))

    def print_ended(self, job: int, ticket: int, printer: str | None, state: str, reason: str = "") -> None:
        event = ev.PrintEnded(ticket=ticket, job=job, printer=printer, state=state, reason=reason)
        self._turn(lambda turn: turn.record(event, printer or "spool"))

    def device_changed(self, device: str, state: str, detail: str = "") -> None:
        event = ev.DeviceChanged(device=device, state=state, detail=detail)
        self._turn(lambda turn: turn.record(event, device))

    def tick(self) -> None:
        """What is due by the clock: the turn of the service day, kiosks opening and closing, old keys forgotten."""
        now = self.now()
        today = worktime.service_day(self.hall, now).isoformat()
        issuing = worktime.door(self.hall, now).issuing
        turned, changed = self.read().last_event("DayTurned"), self.read().last_event("IssuingChanged")
        if turned is None or _field(turned, "day") < today:
            self._turn(lambda turn: self._turn_the_day(turn, today))
        if changed is None or _field(changed, "issuing") != issuing:
            self._turn(lambda turn: turn.record(ev.IssuingChanged(issuing=issuing), "hub"))

    @staticmethod
    def _turn_the_day(turn: Turn, today: str) -> None:
        tickets = turn.unfinished_before(today)
        for ticket in tickets:
            event = rules.day_end(ticket)
            if event:
                turn.record(event, "hub")
        turn.record(ev.DayTurned(day=today, waiting=len(tickets)), "hub")
        turn.forget_requests(turn.now - REMEMBER_REQUESTS_S)

    def import_visits(self, visits: Sequence[Visit], *, source: str, sha256: str, actor: str) -> int:
        """Take in another system's finished visits, all or none; a file that was taken in before is refused."""

        def decide(turn: Turn) -> int:
            for row in turn.events_between("VisitsImported", 0.0, float("inf")):
                if _field(row, "sha256") == sha256:
                    when = datetime.fromtimestamp(row.at, self.hall.zone)
                    raise Refused(f"该文件已于{when:%Y-%m-%d %H:%M}导入。", f"This file was imported on {when:%Y-%m-%d %H:%M}.")
            first = turn.next_id("tickets")
            for ticket, v in enumerate(visits, start=first):
                turn.record(
                    ev.Imported(
                        ticket=ticket, counter=v.counter, day=v.day, service=v.service, klass=v.klass, staff=v.staff,
                        state=v.state, arrived=v.arrived, called=v.called, last_called=v.last_called, started=v.started,
                        ended=v.ended, calls=v.calls, outcome=v.outcome,
                    ),
                    actor,
                )  # fmt: skip
            turn.record(ev.VisitsImported(source=source, sha256=sha256, visits=len(visits)), actor)
            return len(visits)

        return self._turn(decide)


def _field(row: Any, name: str) -> Any:
    return getattr(row.happened(), name)


def closed_sentences(hall: Hall, now: float) -> tuple[str, str]:
    """Why no number is given out now, and what to do."""
    door = worktime.door(hall, now)
    why, why_en = CLOSED_WORDS.get(door.reason, CLOSED_WORDS["closed"])
    if door.reason == "no_service" and door.day and door.day.name:
        why = f"今天{door.day.name}，不办理业务"
    opens = worktime.next_opening(hall, now)
    phone = hall.hall.tel_consult
    if opens is None:
        return f"{why}。咨询电话 {phone}。", f"{why_en}. Information: {phone}."
    at = datetime.fromtimestamp(opens, hall.zone)
    return (
        f"{why}，{at.month}月{at.day}日 {at:%H:%M} 开始办理。咨询电话 {phone}。",
        f"{why_en}. We open again on {at:%d %B at %H:%M}. Information: {phone}.",
    )


CLOSED_WORDS = {
    "before": ("还没有到取号时间", "Numbers are not given out yet"),
    "closing": ("今天的取号已经结束", "No more numbers are given out today"),
    "closed": ("今天的办理时间已经结束", "We are closed for today"),
    "no_service": ("今天不办理业务", "We are closed today"),
}

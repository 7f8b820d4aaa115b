"""The hub: the verbs of the hall, each one durable turn, and the waking of whatever follows the journal.

Verbs reach the store by `Hub.turn` alone. It fetches what a decision needs, lets the pure modules decide, and records
the events; it holds no truth of its own, so a restart changes nothing.
"""

from __future__ import annotations

import copy
import hashlib
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from config import Hall, QuotaTable
from server.domain import day_close, order, position, rules, slip_facts, worktime
from server.domain import events as ev
from server.domain.position import line_of
from server.domain.rules import Refused
from server.domain.ticket import Job, Ticket, evolve
from server.domain.visit import Visit
from server.store.database import Store
from server.store.journal import Row, canonical
from server.store.turn import Reader, Turn

log = logging.getLogger(__name__)
T = TypeVar("T")

CLOCK_TOLERANCE_S = 300.0
"""A clock set back by less than this stands still until it has caught up; by more, it is believed and noted."""
REMEMBER_REQUESTS_S = 3 * 86400.0


BY_NUMBER = {
    "waiting": ("窗口指定呼叫（指呼），不按排队顺序。", "Called by its number at the counter, out of turn."),
    "suspended": ("挂起后由窗口叫回。", "Suspended before, called back by the counter."),
    "passed": ("过号后由窗口直接受理（指呼）。", "Passed before, taken by the counter at once."),
}
"""Why a number was called by hand, by the state it was in."""


SOLD_OUT = (
    "今天该事项的号已取完：请改日再来，或网上办理，也可到咨询台。",
    "No more numbers for this today: come another day, apply online, or ask at the guide desk.",
)


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
        self._nudges = 0
        self._first: Callable[[Turn], None] = lambda turn: None

    def seated(self, counter_id: str, staff: str) -> Hub:
        """This hub for the keys of one member of staff at a counter: each is refused in its turn once somebody else
        sits there.
        """
        here = copy.copy(self)
        here._first = lambda turn: rules.seated(turn.counter(counter_id), staff)
        return here

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
            before = self._nudges
            self._changed.wait_for(lambda: self._seq > after or self.stopping or self._nudges > before, timeout)
            return self._seq

    @property
    def nudges(self) -> int:
        """How often those who wait were woken though nothing was recorded."""
        return self._nudges

    def wake(self) -> None:
        """Let those who wait look again, though nothing was recorded."""
        with self._changed:
            self._nudges += 1
            self._changed.notify_all()

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

    def day(self, at: float) -> str:
        """The service day of a moment, ISO."""
        return worktime.service_day(self.hall, at).isoformat()

    def local(self, at: float | None) -> str:
        """A moment on the hall's clock, HH:MM."""
        return "" if at is None else f"{datetime.fromtimestamp(at, self.hall.zone):%H:%M}"

    def door(self, reader: Reader) -> worktime.Door:
        """How the hall's door stands now: by the clock, or as the manager closed it for today."""
        door, shut = worktime.door(self.hall, self.now()), reader.closures(self.day(self.now())).get("")
        return (
            door
            if shut is None
            else replace(door, issuing=False, open_now=door.open_now and shut["waiting"] == "serve", resumes=None)
        )

    def why_closed(self, reader: Reader) -> tuple[str, str]:
        """Why no number is given out now, and what to do."""
        shut = reader.closures(self.day(self.now())).get("")
        return (shut["message"], shut["message_en"]) if shut else closed_sentences(self.hall, self.now())

    def _time_after(self, last: float) -> float:
        """The time of a turn: never before the newest row, unless the clock was set back by more than the tolerance."""
        wall = self.now()
        return last if last - CLOCK_TOLERANCE_S <= wall < last else wall

    def turn(self, decide: Callable[[Turn], T]) -> T:
        def work(turn: Turn) -> T:
            if turn.now < turn.last_at:
                before = turn.last_at
                turn.record(ev.ClockSet(before=before, after=turn.now), "hub")
                log.warning("the clock was set back from %s to %s; noted in the journal", before, turn.now)
            self._first(turn)
            return decide(turn)

        return self.store.turn(work, self._time_after)

    def once(
        self,
        decide: Callable[[Turn], int],
        answer: Callable[[Turn, int], T],
        actor: str,
        key: str | None,
        *request: Any,
    ) -> T:
        """A command that gives an id, carried out once for each idempotency key of an actor and answered alike
        again.
        """
        fingerprint = hashlib.sha256(canonical(list(request)).encode()).hexdigest()

        def work(turn: Turn) -> T:
            if key and (done := turn.answered(actor, key)):
                if done["fingerprint"] != fingerprint:
                    raise Conflict(
                        "同一请求编号用于了不同的请求：请换一个编号。",
                        "This idempotency key was used for another request: use a new key for each touch.",
                    )
                return answer(turn, done["ticket"])
            made = decide(turn)
            if key:
                turn.remember(actor, key, fingerprint, made)
            return answer(turn, made)

        return self.turn(work)

    def _once(self, decide: Callable[[Turn], Ticket], actor: str, key: str | None, *request: Any) -> Ticket:
        """A command about a ticket."""
        return self.once(lambda turn: decide(turn).id, self.known, actor, key, *request)

    @staticmethod
    def known(reader: Reader, ticket_id: int | None) -> Ticket:
        ticket = None if ticket_id is None else reader.ticket(ticket_id)
        if ticket is None:
            raise Unknown(f"没有第{ticket_id}号记录。", f"There is no ticket with id {ticket_id}.")
        return ticket

    def counter_known(self, counter_id: str) -> None:
        if counter_id not in self.hall.counters:
            raise Unknown(f"没有窗口“{counter_id}”。", f"There is no counter '{counter_id}' in config.toml.")

    # --- tickets ---

    def issue(
        self,
        service: str,
        *,
        klass: str = "ordinary",
        channel: str = "kiosk",
        actor: str = "kiosk",
        key: str | None = None,
        language: str = "zh",
        large_print: bool = False,
        printers: Sequence[str] = (),
        slot: float | None = None,
        appointment: str = "",
        holder: tuple[str, str] | None = None,
    ) -> Ticket:
        """Give out the next number of the service's letter. Raises Closed when kiosks do not issue now.

        `slot` (epoch seconds) makes it an appointment that checks in: it ranks by its slot, and once only.
        `holder` is (keyed hash, mask) of an identity card, kept until the day turns and only where a quota counts
        persons.
        """
        if service not in self.hall.services:
            raise Unknown(f"没有事项“{service}”。", f"There is no service '{service}' in the catalogue.")
        settings = self.hall.tickets
        klass = klass if slot is None else settings.appointment_class
        if klass not in self.hall.classes:
            raise Unknown(f"没有类别“{klass}”。", f"There is no class '{klass}' in config.toml.")
        if klass == settings.appointment_class and slot is None:
            raise Refused(
                "预约号要有预约时段：请按普通号取号。", "An appointment has a slot: issue an ordinary number."
            )

        def decide(turn: Turn) -> Ticket:
            day = self.day(turn.now)
            self._may_issue(turn, day, service, channel)
            quota = self._within_quota(turn, day, service, holder)
            before = turn.of_appointment(day, appointment)
            if before and not rules.lapsed(before, turn.now, settings.lapse_min, settings.max_passes):
                raise Refused(
                    f"该预约已签到，号码{before.label}：不需要再取号。",
                    f"This appointment has checked in as {before.label}: no second number is needed.",
                )
            prefix, head_start = self.hall.services[service].prefix, self.hall.classes[klass].head_start_min
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
                    order.rank(order.came(turn.last_in_line(), self._head_starts(), turn.now), head_start)
                    if slot is None
                    else order.appointment_rank(slot, turn.now, head_start, settings.appointment_late_min)
                ),
            )
            turn.record(issued, actor)
            if holder and quota.per_person:
                turn.put_holder(ticket, day, service, *holder)
            self._queue_print(turn, ticket, printers, 1, actor)
            return self.known(turn, ticket)

        return self._once(
            decide, actor, key, "issue", service, klass, channel, language, large_print, slot, appointment
        )

    def _within_quota(self, turn: Turn, day: str, service: str, holder: tuple[str, str] | None) -> QuotaTable:
        quota = self.hall.quotas.get(service, QuotaTable(per_day=0, per_person=0))
        if service in self.sold_out(turn, day):
            raise Closed(*SOLD_OUT)
        if quota.per_person and holder:
            mine = turn.held_by(day, service, holder[0])
            if len(mine) >= quota.per_person:
                label = self.known(turn, mine[-1]).label
                raise Refused(
                    f"您今天已取过该事项的号{label}：请用这个号，需要时到咨询台补打。",
                    f"You have {label} for this today: use it, or have it printed again at the guide desk.",
                )
        return quota

    def sold_out(self, reader: Reader, day: str) -> set[str]:
        """The services whose numbers for the day are all given out."""
        limits = {code: table.per_day for code, table in self.hall.quotas.items() if table.per_day}
        given = reader.issued_of(day, limits)
        return {code for code, limit in limits.items() if given.get(code, 0) >= limit}

    def _may_issue(self, turn: Turn, day: str, service: str, channel: str) -> None:
        closures = turn.closures(day)
        if shut := closures.get(service):
            raise Closed(shut["message"], shut["message_en"])
        visitor = channel in ("kiosk", "appointment")
        if "" in closures or (visitor and not worktime.door(self.hall, turn.now).issuing):
            raise Closed(*self.why_closed(turn))
        if channel == "kiosk" and self._full(turn, service):
            raise Closed(*SOLD_OUT)

    def _full(self, reader: Reader, service: str) -> bool:
        """Whether even the shortest expected wait reaches beyond the day's last closing."""
        intervals = worktime.opening(self.hall, worktime.service_day(self.hall, self.now()))
        if not self.hall.tickets.stop_when_full or self.hall.tickets.outside_hours == "issue" or not intervals:
            return False
        ahead = reader.waiting_count(*line_of(self.hall, service))
        handling = reader.recent_handling(self.now() - position.RECENT_S)
        wait = position.wait(self.hall, reader.counters(), service, ahead, handling, reader.waiting_by_service())
        return wait is not None and ahead > 0 and self.now() + wait[0] * 60 > intervals[-1][1]

    def _queue_print(self, turn: Turn, ticket: int, printers: Sequence[str], copy: int, actor: str) -> None:
        if printers:
            self.queue_slip(turn, "ticket", {}, printers, ticket=ticket, actor=actor, copy=copy)

    def queue_slip(
        self,
        turn: Turn,
        kind: str,
        told: Mapping[str, Any],
        printers: Sequence[str],
        *,
        ticket: int | None,
        actor: str,
        copy: int = 1,
    ) -> int:
        """`print_slip` within a turn, of facts that were checked: the job's id."""
        if not printers:
            raise Refused("没有可用的打印机。", "There is no printer to print it on.")
        job, here = turn.next_id("jobs"), None if actor in self.hall.kiosks else turn.counter_of_staff(actor)
        turn.record(
            ev.PrintQueued(
                ticket=ticket,
                counter=here.id if here else None,
                job=job,
                printers=tuple(printers),
                copy=copy,
                kind=kind,
                facts=dict(told),
            ),
            actor,
        )
        return job

    def print_slip(
        self,
        kind: str,
        facts: Mapping[str, Any],
        printers: Sequence[str],
        *,
        ticket: int | None = None,
        actor: str,
        key: str | None = None,
    ) -> Job:
        """Queue a slip of any kind but the ticket's own; `facts` as server/domain/slip_facts.py says.

        Refused where no printer is named.

        `ticket` is the number it belongs to, if any: then it stands in that number's life. Follow the job with
        `read().job(id)`.
        """
        if kind == "ticket":
            raise ValueError("slip: a ticket is printed by issue() and reprint()")
        told = slip_facts.checked(kind, facts)

        def decide(turn: Turn) -> int:
            if ticket is not None:
                self.known(turn, ticket)
            return self.queue_slip(turn, kind, told, printers, ticket=ticket, actor=actor)

        return self.once(decide, self.job, actor, key, "print", kind, told, ticket)

    def reprint_slip(self, job_id: int, printers: Sequence[str], *, actor: str, key: str | None = None) -> Job:
        """补打 of a slip of any kind: the same facts, marked and counted."""

        def decide(turn: Turn) -> int:
            job = turn.newest_of(self.job(turn, job_id))
            if job.state in ("queued", "sending"):
                zh, en = slip_facts.NAMES[job.kind]
                raise Refused(f"{zh}正在打印，请稍候。", f"{en}: it is being printed; wait a moment.")
            return self.queue_slip(
                turn, job.kind, job.facts, printers, ticket=job.ticket, actor=actor, copy=job.copy + 1
            )

        return self.once(decide, self.job, actor, key, "reprint slip", job_id)

    @staticmethod
    def job(reader: Reader, job_id: int) -> Job:
        job = reader.job(job_id)
        if job is None:
            raise Unknown(f"没有第{job_id}个打印任务。", f"There is no print job {job_id}.")
        return job

    def reprint(self, ticket_id: int, printers: Sequence[str], *, actor: str, key: str | None = None) -> Ticket:
        """补打: another paper of the same number, marked and counted."""

        def decide(turn: Turn) -> Ticket:
            ticket = self.known(turn, ticket_id)
            last = turn.last_job(ticket_id)
            if last and last.state in ("queued", "sending"):
                raise Refused(f"{ticket.label}正在打印，请稍候。", f"{ticket.label} is being printed: wait a moment.")
            self._queue_print(turn, ticket_id, printers, (last.copy if last else 0) + 1, actor)
            return ticket

        return self._once(decide, actor, key, "reprint", ticket_id)

    def leave(self, ticket_id: int | None, *, actor: str, key: str | None = None, held_by: str = "") -> Ticket:
        """弃号: withdrew."""
        return self._of_ticket(ticket_id, lambda turn, t: rules.leave(t, held_by), actor, key, "leave", held_by=held_by)

    def take_back(self, ticket_id: int, *, actor: str, key: str | None = None) -> Ticket:
        """过号受理: a passed number enters again after the next few; a suspended one at its old place."""
        settings = self.hall.tickets

        def decide(turn: Turn, ticket: Ticket) -> ev.Event:
            rules.not_lapsed(ticket, turn.now, settings.lapse_min, settings.max_passes)
            line = line_of(self.hall, ticket.service)
            ahead = turn.next_in_line(*line, turn.now, max(settings.returned_after, 1))
            rank = (
                ticket.rank
                if ticket.state == "suspended"
                else order.returned_rank(ahead, settings.returned_after, turn.now)
            )
            return rules.take_back(ticket, rank, self._target_back(turn, ticket))

        return self._of_ticket(ticket_id, decide, actor, key, "take back")

    @staticmethod
    def _target_back(turn: Turn, ticket: Ticket) -> str:
        """Who alone may call a number that comes back: as before, or the counter that kept its file; nobody who has
        gone.
        """
        target = f"counter:{ticket.counter}" if ticket.suspended == "kept" else ticket.target
        kind, _, name = target.partition(":")
        there = turn.counter(name).state != "closed" if kind == "counter" else turn.counter_of_staff(name) is not None
        return target if target and there else ""

    def raise_(self, ticket_id: int, reason: str, *, actor: str, key: str | None = None) -> Ticket:
        """优先: to the head of its line. Who may do it is the API's to know."""

        def decide(turn: Turn, ticket: Ticket) -> ev.Event:
            head = turn.next_in_line(*line_of(self.hall, ticket.service), turn.now, 1)
            return rules.raise_(ticket, order.first_rank(head[0]) if head else turn.now, reason)

        return self._of_ticket(ticket_id, decide, actor, key, "raise", reason)

    def transfer(
        self,
        ticket_id: int | None,
        *,
        reason: str,
        service: str | None = None,
        counter: str | None = None,
        staff: str | None = None,
        keep: bool = True,
        actor: str,
        key: str | None = None,
        held_by: str = "",
    ) -> Ticket:
        """转移 to a service, and to one counter or member of staff alone when named; `keep` its place or go to the end.

        `held_by` is the counter whose console asks: it transfers only the number that it holds.
        """

        def decide(turn: Turn, ticket: Ticket) -> ev.Event:
            if held_by and (ticket.counter != held_by or ticket.state not in ("called", "serving")):
                raise Refused(
                    f"{ticket.label}不在窗口{held_by}办理，不能转移。",
                    f"{ticket.label} is not at counter {held_by}: call it first.",
                )
            to = service or ticket.service
            if to not in self.hall.services:
                raise Unknown(f"没有事项“{to}”。", f"There is no service '{to}' in the catalogue.")
            if to != ticket.service and (shut := turn.closures(self.day(turn.now)).get(to)):
                raise Closed(shut["message"], shut["message_en"])
            head_start = self.hall.classes[ticket.klass].head_start_min if ticket.klass in self.hall.classes else 0
            rank = (
                ticket.rank
                if keep
                else order.rank(order.came(turn.last_in_line(), self._head_starts(), turn.now), head_start)
            )
            return rules.transfer(ticket, to, self._target(turn, counter, staff), rank, reason)

        return self._of_ticket(
            ticket_id, decide, actor, key, "transfer", service, counter, staff, keep, reason, held_by=held_by
        )

    def _target(self, turn: Turn, counter: str | None, staff: str | None) -> str:
        """The line of one counter or member of staff, who must be there; '' for the hall's."""
        if counter:
            self.counter_known(counter)
            if turn.counter(counter).state == "closed":
                raise Refused(
                    f"窗口{counter}未开放：请转到其他窗口或事项。",
                    f"Counter {counter} is closed: choose another counter or a service.",
                )
            return f"counter:{counter}"
        if staff:
            if turn.counter_of_staff(staff) is None:
                raise Refused(
                    f"工号{staff}不在窗口：请转到其他人员或窗口。",
                    f"Staff {staff} is at no counter: choose somebody else or a counter.",
                )
            return f"staff:{staff}"
        return ""

    def _of_ticket(
        self,
        ticket_id: int | None,
        decide: Callable[[Turn, Ticket], ev.Event],
        actor: str,
        key: str | None,
        *verb: Any,
        held_by: str = "",
    ) -> Ticket:
        """A verb on a ticket, or with None on the one that the counter `held_by` holds."""

        def work(turn: Turn) -> Ticket:
            here = None if ticket_id is not None else rules.at_counter(turn.counter(held_by), turn.at_counter(held_by))
            ticket = here or self.known(turn, ticket_id)
            turn.record(decide(turn, ticket), actor)
            return ticket

        return self._once(work, actor, key, *verb, ticket_id)

    # --- counters ---

    def call_next(self, counter_id: str, *, actor: str, key: str | None = None) -> Ticket | None:
        """顺呼. None when nobody waits for this counter."""
        self.counter_known(counter_id)

        def decide(turn: Turn) -> Ticket:
            counter, settings = turn.counter(counter_id), self.hall.tickets
            rules.may_call(counter, turn.at_counter(counter_id))
            rules.pace(self._called_before(turn, counter_id), turn.now, self.hall.console.next_interval_s)
            mine = order.profile(self.hall, counter)
            choice = order.choose(
                turn.heads(mine.targets), mine, self._head_starts(), turn.now, settings.appointment_early_min * 60
            )
            if choice is None:
                raise _NobodyWaits
            return self._call(turn, choice.ticket, counter_id, choice.why, actor)

        try:
            return self._once(decide, actor, key, "call next", counter_id)
        except _NobodyWaits:
            return None

    def _head_starts(self) -> dict[str, int]:
        return {name: table.head_start_min for name, table in self.hall.classes.items()}

    def _called_before(self, turn: Turn, counter_id: str) -> float | None:
        """When a counter last called, if that is so lately that it matters."""
        rows = turn.recent(turn.now - self.hall.console.next_interval_s)
        return next((row.at for row in rows if row.event == "Called" and row.counter == counter_id), None)

    def call(self, counter_id: str, ticket_id: int, *, actor: str, key: str | None = None) -> Ticket:
        """指呼: this number now, out of turn; the journal says so."""
        self.counter_known(counter_id)
        settings = self.hall.tickets

        def decide(turn: Turn) -> Ticket:
            ticket = self.known(turn, ticket_id)
            rules.not_lapsed(ticket, turn.now, settings.lapse_min, settings.max_passes)
            rules.due(ticket, turn.now, settings.appointment_early_min, self.local(ticket.slot))
            return self._call(turn, ticket, counter_id, BY_NUMBER.get(ticket.state, BY_NUMBER["waiting"]), actor)

        return self._once(decide, actor, key, "call", counter_id, ticket_id)

    def _call(self, turn: Turn, ticket: Ticket, counter_id: str, why: tuple[str, str], actor: str) -> Ticket:
        counter = turn.counter(counter_id)
        turn.record(rules.call(ticket, counter, turn.at_counter(counter_id), why), actor)
        return ticket

    def recall(self, counter_id: str, *, actor: str, key: str | None = None, ticket: int | None = None) -> Ticket:
        def decide(turn: Turn, ticket: Ticket) -> ev.Event:
            rules.pace(
                ticket.last_called_at if ticket.state == "called" else None,
                turn.now,
                self.hall.console.recall_interval_s,
            )
            return rules.recall(ticket)

        return self._at_counter(counter_id, decide, actor, key, "recall", expected=ticket)

    def start(self, counter_id: str, *, actor: str, key: str | None = None, ticket: int | None = None) -> Ticket:
        return self._at_counter(counter_id, lambda turn, t: rules.start(t), actor, key, "start", expected=ticket)

    def finish(
        self,
        counter_id: str,
        outcome: str,
        items: Sequence[str] = (),
        *,
        actor: str,
        key: str | None = None,
        ticket: int | None = None,
    ) -> Ticket:
        """办结 with its outcome; `items` are the service codes done, none for the ticket's own."""

        def decide(turn: Turn, ticket: Ticket) -> ev.Event:
            self._locked(turn, ticket)
            return rules.finish(ticket, outcome, items, self.hall.services)

        return self._at_counter(counter_id, decide, actor, key, "finish", outcome, list(items), expected=ticket)

    def pass_(self, counter_id: str, *, actor: str, key: str | None = None, ticket: int | None = None) -> Ticket:
        def decide(turn: Turn, ticket: Ticket) -> ev.Event:
            self._locked(turn, ticket)
            return rules.pass_(ticket)

        return self._at_counter(counter_id, decide, actor, key, "pass", expected=ticket)

    def _locked(self, turn: Turn, ticket: Ticket) -> None:
        rules.pace(ticket.last_called_at if ticket.state == "called" else None, turn.now, self.hall.console.call_lock_s)

    def suspend(
        self, counter_id: str, kind: str, *, actor: str, key: str | None = None, ticket: int | None = None
    ) -> Ticket:
        """挂起; the counter is free to call others."""
        return self._at_counter(
            counter_id, lambda turn, t: rules.suspend(t, kind), actor, key, "suspend", kind, expected=ticket
        )

    def resume_ticket(self, counter_id: str, ticket_id: int, *, actor: str, key: str | None = None) -> Ticket:
        """恢复: a suspended person is back at the counter; nobody is called."""
        self.counter_known(counter_id)

        def decide(turn: Turn, ticket: Ticket) -> ev.Event:
            return rules.resume(ticket, turn.counter(counter_id), turn.at_counter(counter_id))

        return self._of_ticket(ticket_id, decide, actor, key, "resume", counter_id)

    def undo(self, *, actor: str, key: str | None = None, ticket: int | None = None) -> Ticket:
        """撤销 the last step of whoever asks, while it is fresh; `ticket` is the one that the page shows for it."""
        return self._once(lambda turn: self._undo(turn, actor, ticket), actor, key, "undo", ticket)

    def _undo(self, turn: Turn, actor: str, expected: int | None) -> Ticket:
        found = self.last_step(turn, actor, turn.now)
        if found is None or expected not in (None, found[0].ticket):
            seconds = self.hall.console.undo_s
            raise Refused(
                f"没有可以撤销的操作：只能撤销本人{seconds}秒内的最后一步，之后没有别人再操作。",
                f"Nothing to undo: only your own last step of {seconds} s, that nobody has acted upon.",
            )
        step, before = found
        assert step.ticket is not None
        there = turn.counter(before.counter) if before.counter else None
        busy = turn.at_counter(before.counter) if before.counter else None
        ticket = self.known(turn, step.ticket)
        turn.record(
            rules.undo(
                ticket,
                replace(before, target=self._target_back(turn, before)),
                step.event,
                step.seq,
                actor,
                there,
                busy,
            ),
            actor,
        )
        return ticket

    def last_step(self, reader: Reader, actor: str, now: float) -> tuple[Row, Ticket] | None:
        """What 撤销 would take back: the newest step of this person today that nothing has followed, and the ticket
        before it.
        """
        undone: set[int] = set()
        for row in reader.recent(now - self.hall.console.undo_s):
            if row.event == "Undone":
                undone.add(_field(row, "of"))
            elif row.ticket and row.actor == actor and row.event in rules.UNDOABLE and row.seq not in undone:
                before = _before(reader.life_line(row.ticket), row, undone)
                return (row, before) if before and before.day == self.day(now) else None
        return None

    def _at_counter(
        self,
        counter_id: str,
        decide: Callable[[Turn, Ticket], ev.Event],
        actor: str,
        key: str | None,
        *verb: Any,
        expected: int | None,
    ) -> Ticket:
        """A verb on whom the counter holds; `expected` is the ticket its page shows, so that a page behind the times
        acts on nobody else.
        """
        self.counter_known(counter_id)

        def work(turn: Turn) -> Ticket:
            ticket = rules.at_counter(turn.counter(counter_id), turn.at_counter(counter_id))
            if expected not in (None, ticket.id):
                raise Refused(
                    f"窗口{counter_id}现在办理的是{ticket.label}：请看清后再按。",
                    f"Counter {counter_id} now holds {ticket.label}: look and press again.",
                )
            turn.record(decide(turn, ticket), actor)
            return ticket

        return self._once(work, actor, key, *verb, counter_id)

    def open_counter(self, counter_id: str, *, staff: str, actor: str) -> None:
        """A member of staff takes a counter; the same one again changes nothing."""
        self.counter_known(counter_id)
        self.turn(lambda turn: self.open_in(turn, counter_id, staff, actor))

    @staticmethod
    def open_in(turn: Turn, counter_id: str, staff: str, actor: str) -> bool:
        """`open_counter` within a turn; whether anything changed."""
        counter = turn.counter(counter_id)
        if counter.state != "closed" and counter.staff == staff:
            return False
        if counter.state != "closed":
            raise Refused(
                f"窗口{counter_id}已由{counter.staff}登录：请另选窗口。",
                f"Counter {counter_id} is taken by {counter.staff}: choose another one.",
            )
        turn.record(ev.CounterOpened(counter=counter_id, staff=staff), actor)
        return True

    def close_counter(
        self, counter_id: str, *, actor: str, reason: str = "", release: bool = False, key: str | None = None
    ) -> None:
        """Whoever sits there leaves.

        Refused while somebody is being called or served, unless `release` puts them back at their place.

        Who waits for this counter or its member of staff alone joins the hall's line.
        """
        self.counter_known(counter_id)
        self._act(
            lambda turn: self.close_in(turn, counter_id, actor, reason, release=release),
            actor,
            key,
            "close",
            counter_id,
            reason,
        )

    def close_in(self, turn: Turn, counter_id: str, actor: str, reason: str = "", *, release: bool = False) -> None:
        """`close_counter` within a turn.

        With `console.close_slip` its 日结小票 is printed, whoever closes it, if anybody was called there.
        """
        counter, busy = turn.counter(counter_id), turn.at_counter(counter_id)
        if not release:
            rules.free(busy)
        elif busy:
            turn.record(rules.transfer(busy, busy.service, "", busy.rank, "窗口关闭"), actor)
            if busy.day != self.day(turn.now):
                turn.record(ev.Expired(ticket=busy.id), "hub")
        if counter.state == "closed":
            return
        for target in (f"counter:{counter_id}", *([] if reason == "moved" else [f"staff:{counter.staff}"])):
            for ticket in turn.waiting_for(target):
                turn.record(rules.transfer(ticket, ticket.service, "", ticket.rank, "窗口关闭"), "hub")
        printers = self.hall.printers_at(counter_id) if self.hall.console.close_slip else []
        if printers and (told := self._day_close(turn, counter_id))["arrivals"]:
            self.queue_slip(turn, "dayclose", told, printers, ticket=None, actor=actor)
        turn.record(ev.CounterClosed(counter=counter_id, reason=reason), actor)

    def queue_day_close(self, turn: Turn, counter_id: str, printers: Sequence[str], *, actor: str) -> int:
        """日结小票 of a counter so far, within a turn: the job's id."""
        return self.queue_slip(turn, "dayclose", self._day_close(turn, counter_id), printers, ticket=None, actor=actor)

    def _day_close(self, turn: Turn, counter_id: str) -> dict[str, Any]:
        """Its facts for the service day on which something happened there last: a counter may be closed after
        midnight.
        """
        last = turn.last_act_of(counter_id) or turn.now
        start, _ = worktime.day_span(self.hall, worktime.service_day(self.hall, last))
        rows = turn.journal_of(counter_id, start)
        numbers = turn.numbers_of({row.ticket for row in rows if row.ticket})
        return slip_facts.checked(
            "dayclose", day_close.facts(self.hall, counter_id, rows, numbers, self.day(last), turn.now)
        )

    def ask_help(self, counter_id: str, text: str = "", *, actor: str, key: str | None = None) -> None:
        """求助: the manager's page rings; again changes nothing."""
        self._help(counter_id, False, ev.HelpAsked(counter=counter_id, text=text), actor, key)

    def answer_help(self, counter_id: str, *, actor: str, key: str | None = None) -> None:
        """Somebody went there, or the counter takes it back."""
        self._help(counter_id, True, ev.HelpAnswered(counter=counter_id), actor, key)

    def _help(self, counter_id: str, asked: bool, event: ev.Event, actor: str, key: str | None) -> None:
        def decide(turn: Turn) -> None:
            if (turn.counter(counter_id).help_at is not None) == asked:
                turn.record(event, actor)

        self.counter_known(counter_id)
        self._act(decide, actor, key, event.name, counter_id)

    def _act(self, decide: Callable[[Turn], None], actor: str, key: str | None, *request: Any) -> None:
        """A command about no ticket, carried out once for each key."""

        def work(turn: Turn) -> int:
            decide(turn)
            return 0

        self.once(work, lambda turn, _: None, actor, key, *request)

    def pause(self, counter_id: str, reason: str, *, actor: str, key: str | None = None) -> None:
        self._set_pause(counter_id, "open", ev.CounterPaused(counter=counter_id, reason=reason), actor, key)

    def resume(self, counter_id: str, *, actor: str, key: str | None = None) -> None:
        self._set_pause(counter_id, "paused", ev.CounterResumed(counter=counter_id), actor, key)

    def _set_pause(self, counter_id: str, wanted: str, event: ev.Event, actor: str, key: str | None) -> None:
        def decide(turn: Turn) -> None:
            state = turn.counter(counter_id).state
            if state == "closed":
                rules.may_call(turn.counter(counter_id), None)
            if state == wanted:
                turn.record(event, actor)

        self.counter_known(counter_id)
        self._act(decide, actor, key, event.name, counter_id)

    # --- paper, devices, clock, history ---

    def print_began(self, job: int, ticket: int | None, printer: str) -> None:
        self.turn(lambda turn: turn.record(ev.PrintBegan(ticket=ticket, job=job, printer=printer), printer))

    def print_ended(self, job: int, ticket: int | None, printer: str | None, state: str, reason: str = "") -> None:
        event = ev.PrintEnded(ticket=ticket, job=job, printer=printer, state=state, reason=reason)
        self.turn(lambda turn: turn.record(event, printer or "spool"))

    def keep_printer(self, name: str, memory: dict[str, Any]) -> None:
        """What is to be remembered of a printer, plain values; no part of the history."""
        self.turn(lambda turn: turn.put_printer(name, memory))

    def device_changed(self, device: str, state: str, detail: str = "") -> None:
        event = ev.DeviceChanged(device=device, state=state, detail=detail)
        self.turn(lambda turn: turn.record(event, device))

    def tick(self) -> None:
        """What is due by the clock: the turn of the service day, kiosks opening and closing, old keys forgotten."""
        now = self.now()
        today = self.day(now)
        issuing = self.door(self.read()).issuing
        turned, changed = self.read().last_event("DayTurned"), self.read().last_event("IssuingChanged")
        if turned is None or _field(turned, "day") != today:
            self.turn(lambda turn: self._turn_the_day(turn, today))
        if changed is None or _field(changed, "issuing") != issuing:
            self.turn(lambda turn: turn.record(ev.IssuingChanged(issuing=issuing), "hub"))

    @staticmethod
    def _turn_the_day(turn: Turn, today: str) -> None:
        tickets = turn.unfinished_before(today)
        for ticket in tickets:
            event = rules.day_end(ticket)
            if event:
                turn.record(event, "hub")
        turn.record(ev.DayTurned(day=today, waiting=len(tickets)), "hub")
        turn.forget_requests(turn.now - REMEMBER_REQUESTS_S)
        turn.forget_holders(today)

    def import_visits(self, visits: Sequence[Visit], *, source: str, sha256: str, actor: str) -> int:
        """Take in another system's finished visits, all or none; a file that was taken in before is refused."""

        def decide(turn: Turn) -> int:
            for row in turn.events_between("VisitsImported", 0.0, float("inf")):
                if _field(row, "sha256") == sha256:
                    when = datetime.fromtimestamp(row.at, self.hall.zone)
                    raise Refused(
                        f"该文件已于{when:%Y-%m-%d %H:%M}导入。", f"This file was imported on {when:%Y-%m-%d %H:%M}."
                    )
            first = turn.next_id("tickets")
            for ticket, v in enumerate(visits, start=first):
                turn.record(
                    ev.Imported(
                        ticket=ticket,
                        counter=v.counter,
                        day=v.day,
                        service=v.service,
                        klass=v.klass,
                        staff=v.staff,
                        state=v.state,
                        arrived=v.arrived,
                        called=v.called,
                        last_called=v.last_called,
                        started=v.started,
                        ended=v.ended,
                        calls=v.calls,
                        outcome=v.outcome,
                    ),
                    actor,
                )
            turn.record(ev.VisitsImported(source=source, sha256=sha256, visits=len(visits)), actor)
            return len(visits)

        return self.turn(decide)


def _before(life: Sequence[Row], step: Row, undone: set[int]) -> Ticket | None:
    """The ticket as it was before a step; None when another step has followed it."""
    before = None
    for row in life:
        if row.seq > step.seq and row.event not in {*rules.BESIDE, "Undone"} and row.seq not in undone:
            return None
        if row.seq < step.seq:
            before = evolve(before, row.happened(), row.at)
    return before


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

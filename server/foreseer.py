"""Feeds the hall's foresight: follows the journal into it, records what each new number was told, and learns by night.
Owns one thread; a commit costs it the setting of a flag, and nobody waits for it.

A start reads the last weeks anew, by the same fold, so that a restart changes nothing that is told.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Collection, Sequence
from datetime import date, datetime

from config import Hall
from server.domain import events as ev
from server.domain.chain import Row
from server.domain.worktime import day_span, service_day
from server.foresight.correct import LEAST, MOST, NAMES, Model, Seen
from server.foresight.seer import Seer, Told
from server.store.transaction import Turn
from server.verbs.foreseen import Kept, is_weekend
from server.verbs.hub import Hub
from server.verbs.place import NEW_S, first_told, line_of

log = logging.getLogger(__name__)

WINDOW_S = 40 * 86400.0
"""So far back a start reads."""
BATCH = 1000
GATHER_S = 0.5
"""What happened is looked at so much later: whoever touched or pressed has the answer by then, and what came meanwhile
is recorded in one turn with it. A touch waits for whatever is on its way to the disk, so a busy hall has few of these.
"""
REST, LONGEST_REST_S = 3.0, 5.0
"""It rests so many times as long as it has worked: while numbers are given out by the dozen it takes no more than a
quarter of a core, and is still in time for what is new (`NEW_S`)."""
READ = frozenset(
    {
        *("Issued", "Called", "Finished", "Passed", "Left", "Expired", "Transferred", "Suspended", "Resumed", "Undone"),
        *("CounterOpened", "CounterPaused", "CounterResumed", "CounterClosed", "WaitTold", "ForesightLearnt"),
    }
)
ACTOR = "hub"


class Foreseer:
    """From `start` to `stop` the hub's foresight follows what happens."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._woken, self._stop = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="foreseer", daemon=True)
        self._since = max(0, hub.read().first_since(hub.now() - WINDOW_S) - 1)
        self._until, self._day = 0.0, date.min
        self._services: dict[int, str] = {}
        self._at: dict[int, str] = {}
        self._told: dict[int, Told] = {}
        self._days: deque[str] = deque(maxlen=MOST)
        """Of what the night will learn from."""
        self._learnt_on = ""
        """The service day on which was learnt last."""
        self.started = threading.Event()
        """Set once all that happened before the start is read."""
        self._by_file(hub.hall, hub.hall)

    def start(self) -> None:
        self._hub.follow(self._look)
        self._hub.on_hall.append(self._by_file)
        self._thread.start()

    def stop(self) -> None:
        """What was told until now is recorded first: a restart loses none of it."""
        again = self._stop.is_set()
        self._stop.set()
        self._woken.set()
        self._hub.unfollow(self._look)
        if self._by_file in self._hub.on_hall:  # whoever stops twice has stopped
            self._hub.on_hall.remove(self._by_file)
        self._thread.join(5.0)
        if not again and not self._thread.is_alive() and self._hub.foresight.ready and not self._hub.store.injury:
            try:
                self.tell(self.follow())
            except Exception:
                log.exception("what the newest numbers were told could not be recorded; all else stops as it should")

    def _look(self, events: Collection[str]) -> None:
        if not events or not READ.isdisjoint(events):
            self._woken.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            began = time.thread_time()
            try:
                self.keep_up()
            except Exception:
                log.exception("the foresight could not read on; the hall goes on, and it is tried again")
            self._stop.wait(min(LONGEST_REST_S, REST * (time.thread_time() - began)))
            self._woken.wait(60.0)
            self._stop.wait(GATHER_S)
            self._woken.clear()

    def keep_up(self) -> None:
        """Read on, record what new numbers were told, and learn once a day is over. At first: read what was, alone."""
        hub = self._hub
        issued = self.follow()
        if hub.foresight.ready:
            self.tell(issued)
            self.night()
        elif not self._stop.is_set():
            hub.foresight.ready = True
            self.started.set()

    def _by_file(self, _: Hall, hall: Hall) -> None:
        """What the hall's file says of how long things take, and of lunch."""
        watch = self._hub.foresight.seer.watch
        with self._hub.foresight.lock:
            watch.plan(
                {code: one.standard_min for code, one in hall.services.items()},
                {id: [(a / 60, b / 60) for a, b in one.lunch] for id, one in hall.counters.items() if one.lunch},
            )

    def follow(self) -> list[int]:
        """Read on to the journal's end; the numbers that were given out meanwhile."""
        issued: list[int] = []
        while rows := self._hub.read().journal(self._since, BATCH):
            with self._hub.foresight.lock:
                for row in rows:
                    self._since = row.seq
                    if row.event not in READ or not self._taken(row) or row.event != "Issued" or row.ticket is None:
                        continue
                    if row.field("taken") is None:  # who took it without the hub was told nothing
                        issued.append(row.ticket)
            if self._stop.is_set():
                break
        return issued

    def tell(self, issued: list[int]) -> None:
        """Record what each new number was told, all of them in one turn."""
        hub, now = self._hub, self._hub.now()
        told: list[ev.WaitTold] = []
        for id in issued:
            found = hub.foresight.told_to(id) or self._tell_now(id, now)
            if found:
                (low, high), one = found
                told.append(
                    ev.WaitTold(
                        ticket=id,
                        low=low,
                        high=high,
                        middle_s=round(one.middle),
                        source=one.source,
                        seen=_kept(one.seen),
                    )
                )
        if told:
            hub.turn(lambda turn: _record(turn, told))

    def _tell_now(self, id: int, now: float) -> Kept | None:
        """What is told of a number that nobody has asked about yet."""
        hub = self._hub
        ticket = hub.read().ticket(id)
        if ticket is None or now - ticket.issued_at >= NEW_S or ticket.service not in hub.hall.services:
            return None
        line = line_of(hub.hall, hub.read(), ticket, now, hub.foresight)
        return first_told(line, line.ahead)

    def night(self) -> None:
        """Once a day is over, or at the first start with enough behind it: learn, and record what was learnt."""
        hub, seer = self._hub, self._hub.foresight.seer
        today = service_day(hub.hall, hub.now()).isoformat()
        if self._learnt_on >= today or len(seer.rows) < LEAST:
            return
        with hub.foresight.lock:
            learner, days = Seer(rows=seer.rows.copy()), [*self._days]
        tested, model = learner.back_test(), learner.night()
        hub.turn(
            lambda turn: turn.record(
                ev.ForesightLearnt(
                    first=days[0],
                    last=days[-1],
                    waits=model.waits,
                    names=NAMES,
                    coefficients=model.coefficients,
                    error_s=tested and tested.model,
                    play_error_s=tested and tested.play,
                    line_error_s=tested and tested.line,
                ),
                ACTOR,
            )
        )

    # --- the fold ---

    def _taken(self, row: Row) -> bool:
        """Whether a row could be read. One that cannot is left out, once, and what comes after it is not."""
        try:
            self._take(row)
        except Exception:
            log.exception("the foresight leaves out row %d of the journal, which it cannot read", row.seq)
            return False
        return True

    def _take(self, row: Row) -> None:
        seer, at = self._hub.foresight.seer, row.at
        watch, event = seer.watch, row.happened()
        if at >= self._until:
            self._turn(at)
        ticket = row.ticket or 0
        match event:
            case ev.Issued():
                self._services[ticket] = event.service
                watch.came(ticket, event.service, event.klass, at, event.rank)
            case ev.WaitTold():
                if len(event.seen) == len(Seen._fields):
                    self._told[ticket] = seer.tell(_seen(event.seen))
            case ev.Called():
                watch.freed(row.counter or "", at)
                waited = watch.called(ticket, row.counter or "", at, self._services.get(ticket, ""))
                self._at[ticket] = row.counter or ""
                told = self._told.pop(ticket, None)
                if told and waited is not None:
                    seer.learn(told, waited)
                    self._days.append(self._day.isoformat())
            case ev.Finished() | ev.Passed() | ev.Suspended() | ev.Transferred():
                watch.freed(self._at.pop(ticket, row.counter or ""), at)
                watch.waiting.pop(ticket, None)
            case ev.Undone():
                watch.held.pop(self._at.pop(ticket, ""), None)
            case ev.Left() | ev.Expired():
                watch.left(ticket, at)
                self._told.pop(ticket, None)
            case ev.CounterOpened() | ev.CounterResumed():
                watch.opened(row.counter or "", at)
            case ev.CounterPaused() | ev.CounterClosed():
                watch.closed(row.counter or "", at)
            case ev.ForesightLearnt():
                self._learnt_on = self._hub.day(at)
                if event.names == NAMES:
                    seer.model = Model(tuple(tuple(one) for one in event.coefficients), event.waits)

    def _turn(self, at: float) -> None:
        """Another service day."""
        hall, watch = self._hub.hall, self._hub.foresight.seer.watch
        before, self._day = self._day, service_day(hall, at)
        self._until = day_span(hall, self._day)[1]
        midnight = datetime.combine(self._day, datetime.min.time(), hall.zone).timestamp()
        watch.turned(midnight, is_weekend(hall, before), at)
        self._services.clear()
        self._at.clear()
        self._told.clear()


def _record(turn: Turn, told: Sequence[ev.Event]) -> None:
    for one in told:
        turn.record(one, ACTOR)


def _kept(seen: Seen) -> tuple[object, ...]:
    """What was known, as it is recorded: to a tenth of a second, and shares to a thousandth."""
    play, lately = [round(one, 1) for one in seen.play], [round(one, 1) for one in seen.lately]
    head = None if seen.head is None else round(seen.head, 1)
    rest = (seen.ahead, seen.counters, seen.free, seen.first, round(seen.leaving, 3), round(seen.pace, 3))
    return (play, round(seen.line, 1), head, lately, *rest, round(seen.hour, 2), round(seen.to_close, 2))


def _seen(kept: tuple[object, ...]) -> Seen:
    play, line, head, lately, *rest = kept
    return Seen(tuple(play), line, head, tuple(lately), *rest)  # type: ignore[arg-type]

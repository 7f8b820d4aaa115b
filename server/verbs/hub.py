"""One hall: its clock, its turns, and the waking of whatever follows the journal. The verbs are its neighbours' files.

The only caller of `store.turn`. It holds no truth of its own, so a restart changes nothing.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from config import Hall, Text, Told
from server.domain import clock, door, rules, worktime
from server.domain import events as ev
from server.domain.backups import Copied
from server.domain.chain import canonical
from server.domain.clock import Known, Verdict
from server.domain.rules import Refused
from server.domain.ticket import Job, Ticket
from server.paced import Paced
from server.store.database import CutOff, Store
from server.store.private import Sealed
from server.store.reader import Reader
from server.store.transaction import Turn
from server.verbs.foreseen import Foresight
from server.verbs.unwritten import Unwritten

log = logging.getLogger(__name__)
T = TypeVar("T")

LATEST = 1000


class Conflict(Refused):
    """An idempotency key came again with another request."""


class Closed(Refused):
    """Kiosks do not issue now."""


class TooOften(Refused):
    """Asked for more often than the hall's file allows; later again."""


class Unknown(Refused):
    """No such ticket, counter or service."""


@contextmanager
def apart(what: str) -> Iterator[None]:
    """Something that the hub does by the clock, unasked: where it is refused, or what it needs cannot be unsealed, that
    is logged, and what comes after it goes on.

    CutOff comes through: then nothing can be written at all, and whoever runs the hub has to know.
    """
    try:
        yield
    except CutOff:
        raise
    except (Told, Sealed):
        log.exception("refused, and all else goes on: %s", what)


class By(NamedTuple):
    """Who asks for a verb, and under which idempotency key, so that the same wish is carried out once.

    `seat` is (counter, staff) where somebody presses keys at a counter: the verb is refused in its turn once another
    person sits there.
    """

    actor: str
    key: str | None = None
    seat: tuple[str, str] | None = None


def seconds_passed() -> float:
    """Seconds that no setting of the clock touches, those in which the machine slept among them."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Hub:
    """One hall. `clock` gives epoch seconds UTC: the real one, or a replay's.

    `count` gives seconds that the clock's setting does not touch; a clock of another's making has none unless it brings
    its own.
    """

    def __init__(
        self,
        hall: Hall,
        store: Store,
        clock: Callable[[], float] = time.time,
        count: Callable[[], float] | None = None,
    ) -> None:
        self.hall = hall
        self.store = store
        self._clock = clock
        self.pace = 1.0
        """Seconds of the hall's in one of the machine's; another in a rehearsal alone."""
        if isinstance(clock, Paced):
            self.pace, count = clock.pace, lambda: clock.counted(seconds_passed())
        counted = count is not None or clock is time.time
        self._count = count or (seconds_passed if counted else lambda: 0.0)
        self._known = Known(store.last_at, self._count(), counted=counted)
        self.unwritten = Unwritten()
        """Who logged in while nothing could be written."""
        self.on_shift: list[Callable[[float], None]] = []
        """Told by how many seconds the hall's time was moved, when somebody had confirmed the clock."""
        self._changed = threading.Condition()
        self._seq = store.seq
        store.on_commit = self._wake
        self.stopping = False
        self._nudges = 0
        self.timed_on = ""
        """The day on which the moves that clocks make by themselves were made last; not kept: after a start again."""
        self._kept: dict[Any, Any] = {}
        self.rated_by_text: dict[str, tuple[int, float]] = {}
        """Veiled address -> the number that was rated from it, and when (`replies.py`): for minutes, in memory."""
        self._latest: dict[Any, Any] = {}
        self.issued_lately: dict[str, deque[float]] = {}
        """Kiosk -> when it gave out its newest numbers, epoch seconds; touched in turns alone, not kept."""
        self.foresight = Foresight()
        """What the hall has learnt of its waits; `server/foreseer.py` feeds it."""
        self.heads_seen: set[str] = set()
        """The devices whose head was held against the journal in this run (`server/verbs/tail.py`)."""
        self._lock = threading.Lock()
        self._followers: list[Callable[[Collection[str]], None]] = []
        self.copies: dict[str, Copied] = {}
        """How far the running copy of new records is, by place (`server/backup/copier.py`)."""
        self.on_hall: list[Callable[[Hall, Hall], None]] = []
        """Told the hall before and the hall now, once another one is in force: who holds a part of it lets it go."""
        self.pair: Any = None
        """The pair with the second machine (`server/second/pairing.py`); None while there never was one."""
        self.changing = threading.RLock()
        """Held by who changes the hall's description: one after the other."""
        self.fits: list[Callable[[Hall], object]] = []
        """Asked before another hall comes into force: each raises Told where its part of the program can't work."""

    def kept(self, key: Any, make: Callable[[], Any]) -> Any:
        """Something that follows from the hall's file alone, made once. Whoever gets it does not change it; `make` asks
        for the hall itself: one that was looked up before this call may be the old one by now.
        """
        kept = self._kept  # another hall brings another one: what is made of the old goes with it
        if key not in kept:
            kept[key] = make()
        return kept[key]

    # --- another hall ---

    def change_hall(self, hall: Hall, decide: Callable[[Turn], None]) -> None:
        """Another description of the hall comes into force, in a turn of the writer that `decide` records: every turn
        before it was decided by the old one, every turn after it is by the new one.

        Raises what `decide` raises; the hall stays as it was. Nothing that is recorded is touched: who waits, is
        called or served goes on.
        """
        before = self.hall

        def work(turn: Turn) -> None:
            decide(turn)
            self._take(hall)

        try:
            self.turn(work)
        except BaseException:
            self._take(before)
            raise
        for tell in self.on_hall:
            try:
                tell(before, hall)
            except Exception:
                log.exception("the hall's file has changed, and a part of the program does not follow")
        self.wake()

    def _take(self, hall: Hall) -> None:
        self.hall = hall
        self._kept = {}
        with self._lock:
            self._latest = {}

    def latest(self, key: Any, make: Callable[[], Any]) -> Any:
        """Something that never changes, of which the newest few hundred are asked for again and again."""
        with self._lock:
            latest = self._latest  # as in `kept`: what is being made while another hall comes goes with the old one
            found = latest.pop(key, None)
        found = make() if found is None else found
        with self._lock:
            latest[key] = found
            if len(latest) > LATEST:
                del latest[next(iter(latest))]
        return found

    # --- following ---

    def follow(self, look: Callable[[Collection[str]], None]) -> None:
        """`look` is called after each commit with the names of its events, with none when it should look again for
        another reason, or at the end. By whoever committed: it must cost nothing and wait for nobody.
        """
        with self._lock:
            self._followers = [*self._followers, look]

    def unfollow(self, look: Callable[[Collection[str]], None]) -> None:
        """No more of it; one that does not follow is left out in silence."""
        with self._lock:
            self._followers = [one for one in self._followers if one != look]

    def _wake(self, seq: int, events: Collection[str]) -> None:
        with self._changed:
            self._seq = seq
            self._changed.notify_all()
        self._tell(events)

    def _tell(self, events: Collection[str]) -> None:
        for look in self._followers:
            look(events)

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
        self._tell(())

    def stop(self) -> None:
        """Wake all that wait, for the last time."""
        self.stopping = True
        with self._changed:
            self._changed.notify_all()
        self._tell(())

    def read(self) -> Reader:
        return self.store.read()

    # --- turns ---

    def now(self) -> float:
        """The hall's time, epoch seconds to the millisecond: the clock's, while it may be believed."""
        return self.clock().now

    def counted(self) -> float:
        """Seconds for an interval that no setting of the clock touches; the clock's, where it has none beside it."""
        return self._count() if self._known.counted else self._clock()

    def clock(self) -> Verdict:
        """What is made of the clock at this moment (`server/domain/clock.py`)."""
        wall, count = round(self._clock(), 3), self._count()
        found = clock.judge(self.hall, self._known, wall, count)
        if not found.fine:
            return found._replace(now=round(found.now, 3))
        self._known = Known(wall, count, sure=True, counted=self._known.counted)
        return found  # the clock's own time, rounded above: asked for some hundred times a second

    @property
    def certain(self) -> bool:
        """Whether anything may follow from the time that can't be taken back. The count of this run will do."""
        return self.clock().kind != "asks"

    def confirm_clock(self, by: By, shown: float) -> None:
        """The clock is right as it is: the hall goes by it from now on. `shown`: what it said when somebody looked.

        Whoever is logged in stays so, and what waits for its time waits as long as before; at a start, that is who has
        logged in since it. Raises Refused where the clock has jumped again meanwhile.
        """
        found = self.clock()
        if found.fine:
            return
        if abs(found.clock - shown) > clock.TOLERANCE_S:
            raise Refused(
                "时钟又变了：请核对现在显示的时间，再确认。",
                "The clock has changed again: look at the time it shows now, then confirm.",
            )
        off, start = found.clock - found.now, self._known.at
        shift = off if found.kind == "step" else min(0.0, off)

        def decide(turn: Turn) -> None:
            turn.record(ev.ClockSet(before=found.now, after=turn.now), by.actor)
            turn.shift_ends(shift)
            if found.kind == "asks":
                turn.shift_logins(start, off - shift)

        self.store.turn(decide, lambda last: found.clock)
        self._known = self._known._replace(at=found.clock, since=self._count(), sure=True)
        log.warning("%s confirmed the clock: %s instead of %s", by.actor, found.clock, found.now)
        self.unwritten.shift(off)  # all of it is of this run
        for moved in self.on_shift:
            moved(shift)
        self.wake()

    def day(self, at: float) -> str:
        """The service day of a moment, ISO."""
        return worktime.service_day(self.hall, at).isoformat()

    def local(self, at: float | None) -> str:
        """A moment on the hall's clock, HH:MM."""
        return "" if at is None else f"{datetime.fromtimestamp(at, self.hall.zone):%H:%M}"

    def door(self, reader: Reader) -> worktime.Door:
        """How the hall's door stands now: by the clock, or as the manager closed it for today."""
        now = worktime.door(self.hall, self.now())
        if not self.certain:
            return replace(now, issuing=False, resumes=None)
        shut = reader.closures(self.day(self.now())).get("")
        if shut is None:
            return now
        return replace(now, issuing=False, open_now=now.open_now and shut["waiting"] == "serve", resumes=None)

    def why_closed(self, reader: Reader) -> Text:
        """Why no number is given out now, and what to do."""
        if not self.certain:
            return clock.ASKS
        shut = reader.closures(self.day(self.now())).get("")
        return Text(shut["message"], shut["message_en"]) if shut else door.closed_sentences(self.hall, self.now())

    def _time_after(self, last: float) -> float:
        """The time of a turn: never before the newest row, unless the clock was set back by more than the tolerance."""
        wall = self.now()
        return last if last - clock.TOLERANCE_S <= wall < last else wall

    def turn(self, decide: Callable[[Turn], T], by: By | None = None) -> T:
        """Read, decide and record in one durable transaction. Raises what `decide` raises; then nothing is written."""

        def work(turn: Turn) -> T:
            if turn.now < turn.last_at:
                before = turn.last_at
                turn.record(ev.ClockSet(before=before, after=turn.now), "hub")
                log.warning("the clock was set back from %s to %s; noted in the journal", before, turn.now)
            if by and by.seat:
                counter, staff = by.seat
                rules.seated(turn.counter(counter), staff, self.hall.counter_name)
            return decide(turn)

        return self.store.turn(work, self._time_after)

    def once(self, by: By, decide: Callable[[Turn], int], answer: Callable[[Turn, int], T], *request: Any) -> T:
        """A command that gives an id, carried out once for each idempotency key of an actor, and answered alike again.

        `request` is what the key stands for: the same key with another request raises Conflict.
        """
        actor, key = by.actor, by.key
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

        return self.turn(work, by)

    def act(self, by: By, decide: Callable[[Turn], None], *request: Any) -> None:
        """A command that gives nothing, carried out once for each idempotency key of an actor."""

        def work(turn: Turn) -> int:
            decide(turn)
            return 0

        self.once(by, work, lambda turn, _: None, *request)

    def about(self, by: By, decide: Callable[[Turn], Ticket], *request: Any) -> Ticket:
        """A command about a ticket, which it gives as it is then."""
        return self.once(by, lambda turn: decide(turn).id, known_ticket, *request)


def known_ticket(reader: Reader, ticket_id: int | None) -> Ticket:
    """The ticket; raises Unknown."""
    ticket = None if ticket_id is None else reader.ticket(ticket_id)
    if ticket is None:
        raise Unknown(f"没有第{ticket_id}号记录。", f"There is no ticket with id {ticket_id}.")
    return ticket


def known_job(reader: Reader, job_id: int) -> Job:
    """The print job; raises Unknown."""
    job = reader.job(job_id)
    if job is None:
        raise Unknown(f"没有第{job_id}个打印任务。", f"There is no print job {job_id}.")
    return job


def known_counter(hub: Hub, counter_id: str) -> None:
    """Raises Unknown for a counter that config.toml does not have."""
    if counter_id not in hub.hall.counters:
        raise Unknown(f"没有窗口“{counter_id}”。", f"There is no counter '{counter_id}' in config.toml.")

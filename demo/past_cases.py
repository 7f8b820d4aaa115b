"""The cases of the weeks before the demo's first start, invented: what was accepted, decided in time and late, paused,
refused, waits to be fetched, or still lies there. Owns no case of today, and names nobody.

Whole lives are planned when a case is opened (`life`, pure); what lies after the demo's first start never happens, so
that the back office finds work in every state.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, NamedTuple

from config import Hall, Service
from replay.play import Clock
from server.domain.deadline import WorkingDays, term_of
from server.verbs import cases, records
from server.verbs.hub import By, Hub
from server.verbs.records import Who

BEFORE = 30
"""Days before the played ones from which on there are cases."""
A_DAY = (3, 7)
"""Cases that are opened on a working day without a visit of the demo: so many at least and at most."""
LIVES: Mapping[str, int] = {
    "in time": 42, "posted": 10, "late": 8, "paused": 13, "completed": 9, "refused": 5, "withdrawn": 3, "forgotten": 4,
    "unfetched": 6,
}  # fmt: skip
"""What becomes of a case, and how often of a hundred."""


class Act(NamedTuple):
    """A move some working days after the case was opened, at an hour of that day. `by`: counter, other, office."""

    days: int
    hour: float
    move: str
    values: Mapping[str, Any]
    by: str = "office"


def life(kind: str, service: Service, term: int, nth: int, random: Random) -> list[Act]:
    """The moves of a case after 收件; `term`: working days that were promised; `nth`: for its numbers."""
    papers = list(service.materials)
    number: dict[str, Any] = (
        {"platform": f"3505032026{nth:06d}"}
        if random.random() < 0.86
        else {"no_platform": random.choice(("not_listed", "down", "later"))}
    )
    delivery = "post" if kind == "posted" else "window"
    accept = {**number, "delivery": delivery}
    accepted = Act(0, 0.1, "accept", accept, "counter")
    licence = {"licence": f"CN-350503-{nth:07d}"} if random.random() < 0.6 else {"no_licence": "none_for_it"}
    granted = (
        {"result": "granted", **licence} if random.random() < 0.93 else {"result": "denied", "no_licence": "denied"}
    )
    used = random.randint(max(1, term // 2), term) if term > 1 else term
    if kind == "refused":
        reasons = {"reasons": random.choice(("not_entitled", "powers", "not_needed")), "basis": "service_rules"}
        return [Act(1, 9.5, "propose", reasons, "counter"), Act(1, 15.5, "refuse", {}, "other")]
    if kind == "withdrawn":
        return [accepted, Act(min(2, term), 16.0, "withdraw", {}, "counter")]
    if kind == "forgotten":
        return [accepted]
    start: list[Act] = [accepted]
    shift = 0
    if kind == "completed" and papers:
        shift = random.randint(1, 3)
        start = [
            Act(0, 0.2, "tell", {"missing": papers[-1:]}, "counter"),
            Act(0, 0.25, "acknowledge", {"acknowledged": "signed"}, "counter"),
            Act(shift, 10.2, "complete", {"received": papers}, "counter"),
            accepted._replace(days=shift, hour=10.3),
        ]
    if kind == "paused":
        away = random.randint(4, 8)
        why = {"procedure": random.choice(("hearing", "test", "review", "notice")), "basis": "licensing"}
        start += [Act(1, 11.0, "special", why), Act(1 + away, 9.2, "resume", {})]
        shift = away
    if kind == "late":
        used = term + random.randint(1, 4)
        granted |= {"late_reason": random.choice(("staff", "other_body", "platform"))}
    decided = shift + used
    ends = [Act(decided, 15.0 + random.random(), "decide", granted)]
    told = random.choice(("phone", "slip", "message"))
    ends.append(Act(decided, 16.4, "inform", {"informed": told}))
    if kind == "posted":
        posted = [
            Act(decided + 1, 10.0, "post", {"ems": f"EY{nth:09d}CN"}, "counter"),
            Act(decided + 3, 14.8, "deliver", {"handed": "post"}, "counter"),
        ]
        return [*start, *ends, *posted]
    if kind != "unfetched":
        ends.append(
            Act(decided + random.randint(1, 4), 9.0 + random.random() * 2, "deliver", {"handed": "window"}, "counter")
        )
    return [*start, *ends]


@dataclass(order=True)
class _Due:
    at: float
    nth: int
    case: int | None = field(compare=False)
    """None: it is opened then."""
    act: Act = field(compare=False)


class PastCases:
    """The cases of one hub on their way: opened day by day, moved on as its clock goes.

    `people`: numbers of those at the counters; `office`: whoever decides.
    """

    def __init__(self, hub: Hub, clock: Clock, people: Sequence[str], office: str, seed: int = 7) -> None:
        self.hub, self.clock, self.people, self.office = hub, clock, list(people), office
        self.random, self.nth = Random(seed), 0
        self._due: list[_Due] = []
        self._count = itertools.count()
        self._deck: list[str] = []
        """What becomes of the next cases: of a hundred each life as often as `LIVES` says."""
        self._hall: Hall = hub.hall
        self._services = [
            s for s in self._hall.services.values() if _term(s) >= 3 and s.code not in self._hall.reserved
        ]

    def plan_day(self, day: date) -> None:
        """The day's cases that come of no visit of the demo, at their hours."""
        if _works(self._calendar(), day):
            for _ in range(self.random.randint(*A_DAY)):
                hour = self.random.choice((8.5, 14.6)) + self.random.random() * 2.6
                self._put(self._at(day, hour), None, Act(0, hour, "receive", {}, "counter"))

    def _open(self, at: float, hour: float) -> None:
        service, staff = self.random.choice(self._services), self.random.choice(self.people)
        received = {"service": service.code, "applicant": self._applicant(), "received": list(service.materials)}
        record = records.open_record(self.hub, Who(By(staff), "operator"), cases.CASE, [("receive", received)])
        if not self._deck:
            self._deck = [kind for kind, many in LIVES.items() for _ in range(many)]
            self.random.shuffle(self._deck)
            if not self.nth:  # of the oldest some lie there still, whatever the cards say
                self._deck += ["unfetched"] * 4
        self.nth += 1
        acts = life(self._deck.pop(), service, _term(service), self.nth, self.random)
        self._plan(record.id, records.ground(self.hub).day(at), hour, acts)

    def follow(self, record: int, service: Service, at: float) -> None:
        """A case that a visit became: its life after 受理."""
        self.nth += 1
        slow = ("in time", "in time", "in time", "in time", "in time", "late", "unfetched", "forgotten")
        kind = self.random.choice(slow) if _term(service) else "in time"
        acts = life(kind, service, _term(service), self.nth, self.random)
        day = records.ground(self.hub).day(at)
        self._plan(record, day, 0.0, [act for act in acts if act.move != "accept"])

    def brought(self, owing: int, at: float) -> None:
        """Papers that were to follow an accepted case (容缺): most people bring them within the week."""
        if self.random.random() < 0.7:
            act = Act(self.random.randint(2, 5), 10.0 + self.random.random(), "bring", {}, "counter")
            self.nth += 1
            self._plan(owing, records.ground(self.hub).day(at), 0.0, [act])

    def up_to(self, at: float) -> None:
        """Do what is due up to a moment."""
        while self._due and self._due[0].at <= at:
            due = heapq.heappop(self._due)
            self.clock.now = max(self.clock.now, due.at)
            if due.case is None:
                self._open(due.at, due.act.hour)
                continue
            found = self.hub.read().record_by_id(due.case)
            assert found is not None
            accepted = cases.since(found, "propose")
            by = self.office if due.act.by == "office" else found.moves[0].actor
            if due.act.by == "other" and accepted is not None:
                by = next(one for one in [self.office, *self.people] if one != found.who_made("propose"))
            role = "manager" if by == self.office else "operator"
            records.move(self.hub, Who(By(by), role), due.case, due.act.move, dict(due.act.values))

    def _plan(self, case: int, day: date, hour: float, acts: Sequence[Act]) -> None:
        calendar = self._calendar()
        for act in acts:
            on = date.fromordinal(calendar.after(day.toordinal(), act.days)) if act.days else day
            at = self._at(on, act.hour if act.days else max(hour, act.hour) if act.hour > 1 else hour + act.hour)
            self._put(at, case, act)

    def _put(self, at: float, case: int | None, act: Act) -> None:
        heapq.heappush(self._due, _Due(at, next(self._count), case, act))

    def _calendar(self) -> WorkingDays:
        return records.ground(self.hub).calendar

    def _applicant(self) -> str:
        return self.random.choices(("person", "company", "other"), (88, 10, 2))[0]

    def _at(self, day: date, hour: float) -> float:
        return (datetime.combine(day, time(), self._hall.zone) + timedelta(hours=hour)).timestamp()


def _term(service: Service) -> int:
    """Working days that are promised; 0 for at once, or where nothing is."""
    found = term_of(service.promise)
    return found[0] if found else 0


def _works(calendar: WorkingDays, day: date) -> bool:
    return calendar.between(day.toordinal() - 1, day.toordinal()) == 1

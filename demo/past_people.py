"""People and place in the weeks before the demo's first start, invented: punches, equipment, visits and their findings,
one piece that fails again and again, an outing, a leave, overtime, courses, rules that were read, cards with an appeal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any, NamedTuple

from demo import snapped
from replay.play import Clock
from server.domain import events as ev
from server.domain import worktime
from server.domain.definition import EQUIPMENT
from server.domain.register import Record
from server.store.transaction import Turn
from server.verbs import half_days, records, regulations
from server.verbs.appraisals import APPRAISAL
from server.verbs.hub import By, Hub
from server.verbs.inspections import FINDING, INSPECTION
from server.verbs.records import Who


class Made(NamedTuple):
    """What a record is opened by at the end of a played day, and the moves that are made of it then: who, move, values.

    A day is so many days after the first one; the name of a piece is its number, of a person the staff number.
    """

    day: int
    register: str
    steps: tuple[tuple[str, str, Mapping[str, Any]], ...]


PIECES: Mapping[str, Mapping[str, Any]] = {
    "computer": {"kind": "computer", "count": 6, "where": "counter"},
    "printer": {"kind": "printer", "count": 4, "where": "counter"},
    "scanner": {"kind": "scanner", "count": 3, "where": "counter"},
    "desk": {"kind": "desk", "count": 1, "where": "hall"},
    "box": {"kind": "box", "count": 1, "where": "hall"},
    "writing": {"kind": "writing", "count": 2, "where": "waiting"},
    "water": {"kind": "water", "count": 1, "where": "waiting"},
    "seats": {"kind": "seats", "count": 24, "where": "waiting"},
    "kiosk": {"kind": "kiosk", "count": 1, "where": "hall"},
    "screen": {"kind": "screen", "count": 2, "where": "waiting"},
    "fire": {"kind": "fire", "count": 4, "where": "hall"},
}
GOOD = {"attendance": 30, "discipline": 30, "order": 10, "work": 30}


def _visit(day: int, **told: Any) -> Made:
    return Made(day, INSPECTION, (("office", "file", {"day": day, **told}),))


def _leave(day: int, first: int, kind: str) -> Made:
    half = {"first": first, "first_half": "am", "last": first, "last_half": "pm"}
    asked = ("first", "ask", {"kind": kind, "b": "second", "note": "家中有事", **half})
    return Made(day, "leave", (asked, ("office", "approve", {"approver": "leader", "consent": True})))


STORY = (
    _visit(0, kind="daily", unmet=["order", "manners"], absent=["safety"], pieces=["kiosk"], note="大厅东侧",
           photos=("order", "kiosk")),
    _leave(0, 2, "personal"),
    _visit(1, kind="device", pieces=["kiosk", "water"], serious=["devices"], photos=("kiosk", "water")),
    Made(1, "outing", (
        ("second", "ask", {"where": "home_visit", "day": 1, "start": "15:00", "end": "16:30", "b": "first"}),
        ("office", "approve", {}),
        ("second", "back", {"returned": "16:20"}),
    )),
    Made(2, "overtime", (
        ("first", "ask", {"day": 2, "start": "17:30", "end": "19:00", "what": "queue"}),
        ("office", "confirm", {"reward": "lieu", "halves": 1}),
    )),
    _visit(3, kind="efficacy", unmet=["told_once"], pieces=["kiosk"], photos=("kiosk",)),
    Made(4, "outing", (("first", "ask", {"where": "department", "day": 4, "start": "09:00", "end": "10:00"}),)),
    Made(4, APPRAISAL, (
        ("office", "propose", {**GOOD, "about": "first", "why": "全月无扣分"}),
        ("first", "agree", {}),
    )),
    Made(4, APPRAISAL, (
        ("office", "propose", {**GOOD, "about": "second", "order": 8, "ground1": "finding", "why": "台面不整洁"}),
        ("second", "appeal", {"appeal": "当天请了半天假，不在岗"}),
    )),
)  # fmt: skip
SITS = ("07:52", "12:06", "14:21", "17:36")
"""When people punch on a working day, give or take: hour and minute, local time."""
LATE = 0.06
"""Share of the mornings and afternoons that somebody begins late."""
PUT_RIGHT = {"order": "fixed", "manners": "trained", "facilities": "repaired"}
"""Lines of findings that somebody put right on the last day, and how; a manager writes the first of them off."""


def _record(event: ev.Event, turn: Turn) -> None:
    turn.record(event, "hub")


class PastPeople:
    """The story, as the demo's days go by. `people`: numbers of those at the counters; `office`: whoever decides.
    `everybody`: who punches.
    """

    def __init__(self, hub: Hub, clock: Clock, people: Sequence[str], office: str, everybody: Sequence[str]) -> None:
        others = [one for one in people if one != office]
        self.hub, self.clock, self.people, self.office, self.everybody = hub, clock, others, office, everybody
        self.who = {"office": office, "first": others[0], "second": others[-1]}
        self.names: dict[str, str] = dict(self.who)
        self.began: date | None = None
        self.random = Random(7)
        self.punches: list[tuple[float, str]] = []

    def plan_day(self, day: date) -> None:
        """The punches of a day: four of everybody who works then, the first and the third late at times."""
        if self.began is None:
            self._hired()
        off = {leave.staff for leave in half_days.leaves(self.hub.read()) if leave.first.day <= day <= leave.last.day}
        if not worktime.is_working_day(self.hub.hall, day):
            return
        zone = self.hub.hall.zone
        for staff in self.everybody:
            for nth, text in enumerate(SITS if staff not in off else ()):
                at = datetime.combine(day, time.fromisoformat(text), zone).timestamp() + self.random.uniform(-300, 240)
                late = self.random.uniform(900, 2400) if nth in (0, 2) and self.random.random() < LATE else 0.0
                self.punches.append((at + late, staff))
        self.punches.sort(reverse=True)

    def _hired(self) -> None:
        """Nobody is due before the first day that is played."""
        for staff in self.everybody:
            event = ev.StaffChanged(staff=staff, role="manager" if staff == self.office else "operator")
            self.hub.turn(partial(_record, event))

    def up_to(self, at: float) -> None:
        """The punches until a moment."""
        while self.punches and self.punches[-1][0] <= at:
            when, staff = self.punches.pop()
            self.clock.now = max(self.clock.now, when)
            half_days.punch(self.hub, By(staff))

    def after(self, day: int) -> None:
        """What was done at the end of a day."""
        if self.began is None:
            self.began = date.fromisoformat(self.hub.day(self.clock.now)) - timedelta(days=day)
            self._begin()
        for made in STORY:
            if made.day == day:
                self._make(made)
        if day == STORY[-1].day:
            self._put_right()

    def _begin(self) -> None:
        for name, values in PIECES.items():
            self.names[name] = self._open(EQUIPMENT, "office", "add", values).number
        by, on = By(self.office), date.fromisoformat(self.hub.day(self.clock.now))
        half = self.people[: max(1, len(self.people) // 2)]
        regulations.hold(self.hub, by, on, "policy", 2, self.people, tested=True, passed=self.people[:-1])
        regulations.hold(self.hub, by, on, "manners", 1, half, tested=False, passed=())
        for key, rule in regulations.current(self.hub.read()).items():
            regulations.issue(self.hub, by, key, rule.version, rule.text.zh, rule.text.en)
        for key, rule in regulations.current(self.hub.read()).items():
            for staff in half:
                regulations.acknowledge(self.hub, By(staff), key, rule.version)

    def _make(self, made: Made) -> None:
        record = None
        for who, move, values in made.steps:
            self.clock.now += 60
            if record is None:
                record = self._open(made.register, who, move, values)
            else:
                records.move(self.hub, self._by(who), record.id, move, self._told(values))
        if made.register == INSPECTION:
            newest = self.hub.read().records_open(FINDING)
            self.names.setdefault("finding", newest[0].number if newest else "")

    def _open(self, register: str, who: str, move: str, values: Mapping[str, Any]) -> Record:
        extra: dict[str, Any] = {}
        if register == APPRAISAL:
            assert self.began is not None
            before = (self.began.replace(day=1) - timedelta(days=1)).isoformat()[:7]
            extra = {"period": before, "formula": 1}
        return records.open_record(self.hub, self._by(who), register, [(move, {**self._told(values), **extra})])

    def _by(self, who: str) -> Who:
        return Who(By(self.who[who]), "manager" if who == "office" else "operator")

    def _told(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self._value(name, value) for name, value in values.items()}

    def _value(self, name: str, value: Any) -> Any:
        if name in ("day", "first", "last"):
            assert self.began is not None
            return (self.began + timedelta(days=value)).isoformat()
        if name == "pieces":
            return [self.names[one] for one in value]
        if name == "photos":
            return snapped.taken(*value)
        return self.names[value] if name in ("b", "about", "ground1") else value

    def _put_right(self) -> None:
        done = [one for one in self.hub.read().records_open(FINDING) if one.values["line"] in PUT_RIGHT]
        for one in done:
            self.clock.now += 60
            measure = {"measure": PUT_RIGHT[str(one.values["line"])]}
            records.move(self.hub, self._by("first"), one.id, "rectify", measure)
        for one in done[:1]:
            records.move(self.hub, self._by("office"), one.id, "write_off", {})

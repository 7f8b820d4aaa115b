"""The weeks before the demo's first start, invented, so that its reports have something to say.

Owns no number of today.

Three weeks are imported as another system would have left them, with the cases of their days
(`demo/past_cases.py`). The days since the Monday of last week are played
through the hub with its own order, so that each of their visits has its life, and each call its reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from random import Random

from config import Hall, HoursTable
from demo import past_cases, past_people, past_voices
from demo.hall import EVERY_DAY, OFFICE
from replay import generator
from replay.play import Clock
from server.domain import item_lists as lists_of_items
from server.domain import rating, vocabulary
from server.domain.rating_options import of_level
from server.domain.rules import Refused
from server.domain.visit import Visit
from server.domain.worktime import day_span, service_day
from server.foreseer import Foreseer
from server.reports.recorded_day import Event
from server.store.database import Store
from server.store.transaction import Turn
from server.verbs import calls, cases, counters, guide_versions, item_lists, ratings, records, tickets, visits
from server.verbs.day import tick
from server.verbs.hub import By, Hub
from server.verbs.records import Who

IMPORTED = 21
"""Days before the played ones."""
WEEKEND, WEEKDAY = 35, 80
"""Arrivals of a day."""
OPEN = HoursTable.model_validate({"days": EVERY_DAY, "open": list(OFFICE)})
OWES = 0.15
"""Share of those accepted of whom a paper may follow."""
TOGETHER_S = 900
"""Punches and cases of today are played beside each other so finely."""
RATES = 0.6
"""Share of those at a counter with a rater who press a key."""
RATES_LATER = 0.25
"""Share of the others who rate by another way."""
STEPS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "valid": ("start", {}),
    "rectifying": ("rectified", {"measure": "trained"}),
    "rectified": ("call_back", {"satisfied": "yes"}),
    "called_back": ("close", {}),
}
"""State of a bad rating -> what is done with it the next evening."""


def invent(hall: Hall, staff: Mapping[str, str], now: float, seed: int = 7) -> None:
    """Fill the hall's empty store with the past.

    `staff`: counter -> the number of whoever sits there; `now`: epoch seconds; another
    `seed` is another hall's past.
    """
    today = service_day(hall, now)
    first = today - timedelta(days=today.weekday() + 7)
    general = [counter for counter, table in hall.counters.items() if table.kind == "general" and counter in staff]
    people = {counter: staff[counter] for counter in general} or dict(staff)
    began = first - timedelta(days=past_cases.BEFORE)
    store, clock = Store(hall.data, durable=False), Clock(day_span(hall, began)[0])
    try:
        if store.read().first_day() is not None:
            return
        hub = Hub(_patient(hall), store, clock)
        _hire(hub, {*staff.values()})
        days = [first + timedelta(days=n) for n in range(-IMPORTED, (today - first).days)]
        office = staff.get("manager", next(iter(people.values())))
        lives = past_cases.PastCases(hub, clock, list(people.values()), office)
        for n in range(past_cases.BEFORE):
            lives.plan_day(began + timedelta(days=n))
        lives.up_to(day_span(hall, first)[0])
        clock.now = day_span(hall, first)[0]
        _lists(hub, first, [one for one in dict.fromkeys(people.values()) if one != office], office)
        visits.import_visits(
            hub, By("import"), list(_visits(hall, people, days[:IMPORTED], seed)), source="demo", sha256="", twins=True
        )
        foreseer = Foreseer(hub)
        foreseer.keep_up()
        said = past_voices.PastVoices(hub, clock, list(people.values()), office)
        done = past_people.PastPeople(hub, clock, list(people.values()), office, sorted({*staff.values()}))
        for n, day in enumerate(days[IMPORTED:]):
            lives.plan_day(day)
            done.plan_day(day)
            _Day(hub, clock, people, lives, foreseer, done).play(_events(hall, people, day, seed), n)
            said.after(n)
        lives.plan_day(today)
        done.plan_day(today)
        for at in (*range(int(day_span(hall, today)[0]), int(now) - 60, TOGETHER_S), now - 60):
            done.up_to(at)
            lives.up_to(at)
    finally:
        store.close()


def _hire(hub: Hub, people: set[str]) -> None:
    """Accounts without a password, so that a past record may be anybody's; the demo gives them names and passwords."""

    def work(turn: Turn) -> None:
        for staff in sorted(people):
            turn.put_staff(staff, staff, "operator", "", "")

    hub.turn(work)


def _lists(hub: Hub, in_force: date, people: Sequence[str], office: str) -> None:
    """The three lists of items, signed by three people and in force since last week, so that a kiosk shows them."""
    guide_versions.take_note(hub)
    other, third = (*people, "centre", "street")[:2]
    for kind in lists_of_items.NAMES:
        made = item_lists.draft(hub, Who(By(office), "manager"), kind, in_force)
        for staff, move, values in (
            (office, "submit", {}),
            (other, "review", {"reviewer": "centre"}),
            (third, "approve", {}),
            (office, "publish", {"effective": in_force.isoformat()}),
        ):
            records.move(hub, Who(By(staff), "manager"), made.id, move, values)


def _patient(hall: Hall) -> Hall:
    """The hall without locks on its keys and without printers: what the events say is what is pressed."""
    unlocked = hall.console.model_copy(update={"call_lock_s": 0, "next_interval_s": 0, "recall_interval_s": 0})
    return hall.model_copy(update={"console": unlocked, "printers": {}, "kiosks": {}})


def _events(hall: Hall, people: Mapping[str, str], on: date, seed: int) -> list[Event]:
    """A day's events at three counters, without the services that only other counters serve."""
    opens = hall.model_copy(update={"hours": [OPEN], "extended": {}})
    many = WEEKEND if on.weekday() >= 5 else WEEKDAY
    events = generator.day(opens, on, seed, many, list(people)[:3])
    elsewhere = frozenset[str]().union(
        *(hall.services_of(counter) or () for counter in hall.counters if counter not in people)
    )
    strangers = {event.visit for event in events if event.service in elsewhere}
    return [event for event in events if event.visit not in strangers]


def _visits(hall: Hall, people: Mapping[str, str], days: Sequence[date], seed: int) -> Iterator[Visit]:
    for day in days:
        for visit in generator.visits(hall, _events(hall, people, day, seed), day_span(hall, day)[1]):
            yield visit._replace(staff=people[visit.counter]) if visit.counter else visit


RESTS_S = 300.0
"""Whoever does not call for so long at noon while somebody waits is at lunch."""
LUNCH = (time(11, 15), time(14))


class _Day:
    """One day at the counters. The events say when a counter is free; whom it calls then, the hub's order says."""

    def __init__(
        self,
        hub: Hub,
        clock: Clock,
        people: Mapping[str, str],
        lives: past_cases.PastCases,
        foreseer: Foreseer,
        done: past_people.PastPeople,
    ) -> None:
        self.hub, self.clock, self.people, self.random, self.lives = hub, clock, people, Random(7), lives
        self.foreseer, self.done = foreseer, done
        self.tickets: dict[str, int] = {}

    def play(self, events: Sequence[Event], nth: int) -> None:
        calls_of: dict[str, list[float]] = {}
        for event in events:
            if event.event == "call":
                calls_of.setdefault(event.counter, []).append(event.at)
        for event in events:
            self.done.up_to(event.at)
            self.lives.up_to(event.at)
            self.clock.now = event.at
            with suppress(Refused):  # the order took somebody else meanwhile, or nobody was there to be called
                getattr(self, f"_{event.event}")(event)
            self._rest(calls_of)
        self._rate_later()
        self._answer_bad_ratings()
        for counter, staff in self.people.items():
            counters.close_counter(self.hub, By(staff), counter, release=True)
        self.done.up_to(float("inf"))
        self.done.after(nth)
        end = day_span(self.hub.hall, service_day(self.hub.hall, self.clock.now))[1]
        self.lives.up_to(end)
        self.clock.now = end
        tick(self.hub)

    def _rest(self, calls_of: Mapping[str, Sequence[float]]) -> None:
        """Whoever calls nobody for a while at noon though somebody waits is at lunch, and says so."""
        reader, now = self.hub.read(), self.clock.now
        noon = LUNCH[0] <= datetime.fromtimestamp(now, self.hub.hall.zone).time() < LUNCH[1]
        if not noon or not reader.waiting_count():
            return
        for counter, state in reader.counters().items():
            if counter not in calls_of or state.state != "open" or reader.at_counter(counter):
                continue
            following = next((at for at in calls_of[counter] if at > now), None)
            if following is None or following - now > RESTS_S:
                counters.pause(self.hub, By(self.people[counter]), counter, "午餐")

    def _arrive(self, event: Event) -> None:
        self.tickets[event.visit] = tickets.issue(self.hub, By("K1"), event.service, klass=event.klass).id
        self.foreseer.keep_up()  # what was told of its wait is kept, as by a hub at work

    def _call(self, event: Event) -> None:
        staff = self.people[event.counter]
        counters.open_counter(self.hub, By(staff), event.counter, staff=staff)
        with suppress(Refused):  # it was not paused
            counters.resume(self.hub, By(staff), event.counter)
        if self.hub.read().at_counter(event.counter):
            calls.recall(self.hub, By(staff), event.counter)
        else:
            calls.call_next(self.hub, By(staff), event.counter)

    def _start(self, event: Event) -> None:
        calls.start(self.hub, By(self.people[event.counter]), event.counter)

    def _finish(self, event: Event) -> None:
        self._end(event)
        for rater, table in self.hub.hall.raters.items():
            if table.counter == event.counter and self.random.random() < RATES:
                self.clock.now += 5
                ratings.rate(
                    self.hub,
                    rater,
                    self.random.choices(list(table.levels), [level**3 for level in table.levels.values()])[0],
                )
                self._reach()

    def _answer_bad_ratings(self) -> None:
        """Each is found valid on its own evening (every fourth a mistake), and goes a step on every evening after; the
        newest are still in hand. Nobody decides twice, or about the own work.
        """
        for record in self.hub.read().records_open(ratings.REGISTER):
            about = record.values.get("about")
            one, other, *_ = (staff for staff in dict.fromkeys(self.people.values()) if staff != about)
            self.clock.now += 60
            if record.state == "verifying":
                if record.id % 4 == 0:
                    self._step(record.id, other, "claim_unfounded", {"why_unfounded": "mistaken"})
                    self._step(record.id, one, "unfounded", {})
                else:
                    self._step(record.id, other, "valid", {})
                continue
            move, values = STEPS[record.state]
            by = other if move in ("call_back",) else one
            self._step(record.id, by, move, {**values, **({"owner": one} if move == "start" else {})})

    def _reach(self) -> None:
        """Whoever has just rated badly is spoken to at once, by somebody else than the clerk."""
        for record in self.hub.read().records_open(ratings.REGISTER):
            if rating.uncontacted(record):
                one = next(s for s in dict.fromkeys(self.people.values()) if s != record.values.get("about"))
                self._step(record.id, one, "contact", {"reached": "reached"})

    def _step(self, record: int, staff: str, move: str, values: Mapping[str, str]) -> None:
        records.move(self.hub, Who(By(staff), "manager"), record, move, values)

    def _rate_later(self) -> None:
        """By the other ways: the code on the slip, a kiosk, a text message, and the letter box."""
        for ticket in self.hub.read().unrated(day := self.hub.day(self.clock.now), day, 400):
            if ticket.state != "finished" or self.random.random() >= RATES_LATER:
                continue
            self.clock.now += 20
            way = self.random.choices(["code", "kiosk", "sms", "box"], [4, 2, 2, 1])[0]
            level = self.random.choices([5, 4, 3], [7, 3, 1])[0]
            options = [] if way == "sms" else self.random.sample([*of_level(level)], self.random.randint(0, 2))
            by = {"box": self.people[ticket.counter or ""], "kiosk": "K1"}.get(way, "visitor")
            ratings.give(self.hub, By(by), ticket.id, level, way, options)

    def _end(self, event: Event) -> None:
        """办结; what was accepted or done becomes a case, as it does in the hall."""
        by, held = By(self.people[event.counter]), self.hub.read().at_counter(event.counter)
        code = vocabulary.code(vocabulary.OUTCOMES, event.outcome)
        service = self.hub.hall.services.get(held.service) if held else None
        if held is None or service is None or code not in (cases.ACCEPTED, cases.DONE) or not service.materials:
            calls.finish(self.hub, by, event.counter, event.outcome)
            return
        number = f"3505032026{900000 + held.id:06d}"
        values = {"received": list(service.materials), "platform": number, "delivery": "window"}
        if code == cases.ACCEPTED and self.random.random() < OWES and len(service.materials) > 1:
            values |= {"received": list(service.materials[:-1]), "owed": list(service.materials[-1:])}
        cases.finish(self.hub, Who(by, "operator"), event.counter, event.outcome, [], cases.Case(values))
        for record in self.hub.read().records_of_ticket(held.id):
            if record.register == cases.OWING:
                self.lives.brought(record.id, event.at)
            elif code == cases.ACCEPTED:
                self.lives.follow(record.id, service, event.at)

    def _pass(self, event: Event) -> None:
        calls.pass_(self.hub, By(self.people[event.counter]), event.counter)

    def _leave(self, event: Event) -> None:
        tickets.leave(self.hub, By("K1"), self.tickets.get(event.visit))


def calendar(now: datetime) -> str:
    """A calendar without holidays: one ordinary day of each year is named, so that every year is known."""
    rows = (f"{year}-01-05,调休上班,演示日历,演示数据\n" for year in range(now.year - 1, now.year + 2))
    return "date,kind,name,source_doc\n" + "".join(rows)

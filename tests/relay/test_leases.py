"""A leased place, from a telephone through the relay to the hall, with every message cut, late or brought twice, either
program killed, the hall silent, its clock hours off, and two clocks that don't count seconds alike.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import tomlkit
from hypothesis import settings
from hypothesis import strategies as some
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

import config
from config import Hall
from relay.mirrored import ACT_S, ALIVE_S, Act, Mirrored, Pressed, Word
from relay.terms import Stale
from server.domain import relay_term, slots
from server.domain.brought_keys import REMEMBERED_S, BroughtKeys, in_time
from server.domain.relay_term import Term
from server.domain.rules import Refused
from tests.conftest import MONDAY_9, write_hall

CAPACITY, LEASED = 3, 2
STARTS = tuple(MONDAY_9 + 86_400 + n * 1200 for n in range(2))
DRIFT = 0.01
"""How far two clocks may differ in what a second is: a hundredth, a thousand times what a computer's does."""


@cache
def hall() -> Hall:
    def planned(file: tomlkit.TOMLDocument) -> None:
        plan = {"name": "社保", "name_en": "Insurance", "services": ["SB01"], "times": ["09:00-10:00"], "minutes": 20}
        file["slots"] = {"p": {**plan, "capacity": CAPACITY, "district": LEASED, "waiting_list": 2}}

    with tempfile.TemporaryDirectory() as folder:
        return config.load(write_hall(Path(folder), planned))


class Booked(NamedTuple):
    start: float
    key: str
    """Of the telephone; empty for one at the hall's desk."""


class Handed(NamedTuple):
    """A key as the hub reads it."""

    id: str
    left_s: float
    path: str
    """`book`, or `b/N`: the N-th booking is moved."""
    start: float
    """0.0: onto the list of the day."""
    until: float
    """By the relay's clock, for the test to look at."""


class TheHall:
    """Books as `server/verbs/slots.py` does: what is taken is counted where it is taken, and a key books once. The
    bookings and their keys are on the disk, all else dies with the program.
    """

    def __init__(self) -> None:
        self.booked: list[Booked] = []
        self.ever: list[str] = []
        """The key of each booking that was ever made."""
        self.moved: set[str] = set()
        """The keys by which one was moved."""
        self.listed: list[slots.Appointment] = []
        """Who waits for a place of the day; `service` of the model is the item, `id` counts."""
        self.keys_listed: dict[int, str] = {}
        self.runs = 0
        self.start_anew()

    def start_anew(self) -> None:
        self.keys: BroughtKeys[Handed, dict[str, Any]] = BroughtKeys()
        self.untold: dict[str, dict[str, Any]] = {}
        self.count, self.runs, self.term = 0, self.runs + 1, Term()

    def book(self, start: float, wall: float, key: str = "") -> dict[str, Any]:
        if key and key in self.ever:
            return {"status": 303, "to": f"b/{self.ever.index(key)}"}
        taken = sum(one.start == start for one in self.booked)
        sold = sum(one.start == start and bool(one.key) for one in self.booked)
        try:
            slots.choose(hall(), "p", start, wall, taken, "SB01", sold if key else None)
        except Refused as refused:
            return {"status": 409, "said": refused.text.zh}
        self.booked.append(Booked(start, key))
        if key:
            self.ever.append(key)
            return {"status": 303, "to": f"b/{self.ever.index(key)}"}
        return {"status": 303}

    def wait(self, wall: float, key: str = "") -> dict[str, Any]:
        """Onto the list, where all of the day is taken."""
        if key and key in self.ever:
            return {"status": 303, "to": f"b/{self.ever.index(key)}"}
        full = all(sum(one.start == start for one in self.booked) >= CAPACITY for start in STARTS)
        if not full or len(self.listed) >= 2:
            return {"status": 409, "said": "没有候补"}
        number = len(self.keys_listed)
        self.keys_listed[number] = key
        self.listed.append(
            slots.Appointment(
                id=number,
                plan="p",
                service="SB01",
                day="2026-11-24",
                start=None,
                minutes=20,
                state="listed",
                channel="district" if key else "desk",
                language="zh",
                made_at=0.0,
                changed_at=float(number),
            )
        )
        if key:
            self.ever.append(key)
        return {"status": 303, "to": f"b/{self.ever.index(key)}" if key else ""}

    def offer(self, wall: float) -> None:
        """What came free goes to the list, as `server/verbs/slots.py` does it; here it is taken at once."""
        while True:
            sold = {start: sum(one.start == start and bool(one.key) for one in self.booked) for start in STARTS}
            taken = {start: sum(one.start == start for one in self.booked) for start in STARTS}
            free = [slots.Slot("p", start, start + 1200, CAPACITY, taken[start]) for start in STARTS]
            found = slots.next_offer(hall(), "p", self.listed, free, wall, sold)
            if found is None:
                return
            one, slot, _ = found
            self.listed.remove(one)
            self.booked.append(Booked(slot.start, self.keys_listed[one.id]))

    def do(self, act: Handed, wall: float) -> dict[str, Any]:
        if act.path == "book" and not act.start:
            return self.wait(wall, act.id)
        if act.path == "book":
            return self.book(act.start, wall, act.id)
        if act.id in self.moved:
            return {"status": 303, "to": act.path}
        mine = next((one for one in self.booked if one.key == self.ever[int(act.path[2:])]), None)
        if mine is None:
            return {"status": 409, "said": "已经取消"}
        taken = sum(one.start == act.start for one in self.booked)
        sold = sum(one.start == act.start and bool(one.key) for one in self.booked)
        try:
            if mine.start != act.start:
                slots.choose(hall(), "p", act.start, wall, taken, "SB01", sold)
        except Refused as refused:
            return {"status": 409, "said": refused.text.zh}
        self.booked[self.booked.index(mine)] = mine._replace(start=act.start)
        self.moved.add(act.id)
        self.offer(wall)
        return {"status": 303, "to": act.path}


class Leases(RuleBasedStateMachine):
    touches = Bundle("touches")
    answers = Bundle("answers")
    tellings = Bundle("tellings")

    def __init__(self) -> None:
        super().__init__()
        self.seconds, self.off, self.rate = 0.0, 0.0, 1.0
        self.hub, self.runs = TheHall(), 0
        self.pressed: dict[str, tuple[str, float]] = {}
        self.waiting: dict[str, Act] = {}
        self.last: dict[str, int] = {}
        """Key -> what its telephone was told last."""
        self.start_relay()
        self.seconds = 3600.0
        self.all_goes_well_for_once()

    # --- clocks ---

    @property
    def relay_clock(self) -> float:
        return self.seconds

    @property
    def hub_clock(self) -> float:
        return self.seconds * self.rate

    @property
    def wall(self) -> float:
        return MONDAY_9 + self.seconds + self.off

    @rule(seconds=some.sampled_from([0.5, 0.5, 0.5, 5.0, 5.0, ALIVE_S + 1, ACT_S - 1, ACT_S + 5, REMEMBERED_S]))
    def time_goes(self, seconds: float) -> None:
        self.seconds += seconds

    @rule(hours=some.integers(-12, 12))
    def the_halls_clock_is_set(self, hours: int) -> None:
        self.off = hours * 3600.0

    @rule(rate=some.sampled_from([1 - DRIFT, 1.0, 1 + DRIFT]))
    def the_halls_clock_counts_otherwise(self, rate: float) -> None:
        if not self.runs:  # before anything was measured by it
            self.rate = rate

    # --- telephones ---

    @rule(target=touches, start=some.sampled_from(STARTS))
    def press(self, start: float) -> str:
        key = f"touch-{len(self.pressed):04d}"
        self.pressed[key] = "book", start
        self._press(key)
        return key

    @rule(target=touches, start=some.sampled_from(STARTS), number=some.integers(0, 3))
    def press_another_time(self, start: float, number: int) -> Any:
        if number >= len(self.hub.ever):
            return multiple()
        key = f"touch-{len(self.pressed):04d}"
        self.pressed[key] = f"b/{number}", start
        self._press(key)
        return key

    @rule(target=touches)
    def press_to_wait(self) -> str:
        return self.press(0.0)

    @rule(target=touches, desk_first=some.booleans())
    def the_day_is_sold_out_and_somebody_waits(self, desk_first: bool) -> Any:
        keys = [] if desk_first else [self.press(start) for start in STARTS for _ in range(LEASED)]
        self.all_goes_well_for_once()
        for start in STARTS:
            for _ in range(CAPACITY):
                self.hub.book(start, self.wall)
        keys.append(self.press_to_wait())
        self.all_goes_well_for_once()
        return multiple(*keys)

    @rule()
    def somebody_waits_at_the_desk(self) -> None:
        self.hub.wait(self.wall)

    @rule(key=touches)
    def press_the_same_again(self, key: str) -> None:
        """A telephone whose relay died under it presses again within a minute, or has given up."""
        if key in self.of_this_relay or self.relay_clock - self.relay._began <= ACT_S:
            self._press(key)

    def _press(self, key: str) -> None:
        self.of_this_relay.add(key)
        path, start = self.pressed[key]
        became = self.relay.begin(key, path, {"start": str(start)})
        if isinstance(became, Pressed):
            self._told(key, became)
        elif became.id == key:  # else the same was pressed a moment ago, and is one with it
            self.last.pop(key, None)
            self.waiting[key] = became

    @rule(key=touches)
    def a_telephone_has_waited_long_enough(self, key: str) -> None:
        if act := self.waiting.pop(key, None):
            self._told(key, self.relay.end(act, 0.0))

    def _told(self, key: str, became: Pressed) -> None:
        self.last[key] = became.status
        if became.status == 303:
            path = self.pressed[key][0]
            mine = f"b/{self.hub.ever.index(key)}" if path == "book" else path
            assert became.to == mine, "the receipt is that of the hall's own row"

    @rule(key=touches)
    def a_booking_is_given_back(self, key: str) -> None:
        self.hub.booked = [one for one in self.hub.booked if one.key != key]
        self.hub.listed = [one for one in self.hub.listed if self.hub.keys_listed[one.id] != key]
        self.hub.offer(self.wall)

    # --- the hall ---

    @rule(start=some.sampled_from(STARTS))
    def somebody_books_at_the_desk(self, start: float) -> None:
        self.hub.book(start, self.wall)

    @rule()
    def somebody_of_the_desk_gives_back(self) -> None:
        own = next((one for one in self.hub.booked if not one.key), None)
        if own:
            self.hub.booked.remove(own)
            self.hub.offer(self.wall)

    @rule(target=answers, arrives=some.booleans())
    def the_hub_asks(self, arrives: bool) -> Any:
        """The relay's answer is on its way, or the ask never came to it."""
        self.runs += 1
        asked_at = self.hub_clock
        if not arrives:
            return multiple()
        told = self._hear({"hold_s": 0.0}) or self._hear({"hold_s": 0.0})
        assert told, "the program that lives is heard at its second try, with the term that it was given at the first"
        acts = [
            Handed(
                *(one["id"], one["left_s"], one["path"], float(one["fields"]["start"])),
                self.relay_clock + one["left_s"],
            )
            for one in told["acts"]
        ]
        return (self.relay, self.hub.keys, asked_at, acts)

    @rule(answer=consumes(answers))
    def an_answer_comes_to_the_hub(self, answer: Any) -> None:
        relay, keys, asked_at, acts = answer
        if relay is not self.relay or keys is not self.hub.keys:  # what a killed program had under way is cut with it
            return
        hub = self.hub
        waited = self.hub_clock - asked_at

        def do(act: Handed) -> dict[str, Any]:
            assert self.relay_clock <= act.until + ACT_S * DRIFT * 2, "it was void already"
            return hub.do(act, self.wall)

        hub.untold |= keys.answer(acts, waited, self.hub_clock, do)

    @rule(target=touches, start=some.sampled_from(STARTS), waits=some.booleans())
    def somebody_presses_and_all_goes_well(self, start: float, waits: bool) -> str:
        key = self.press(start)
        self.all_goes_well_for_once()
        if waits:
            self.a_telephone_has_waited_long_enough(key)
        return key

    @rule()
    def all_goes_well_for_once(self) -> None:
        self.an_answer_comes_to_the_hub(self.the_hub_asks(arrives=True))
        self.a_telling_comes_to_the_relay(self.the_hub_tells(), answered=True)

    @rule(target=answers, start=some.sampled_from(STARTS), gives_up=some.booleans())
    def somebody_presses_and_the_answer_is_long_under_way(self, start: float, gives_up: bool) -> Any:
        key = self.press(start)
        answer = self.the_hub_asks(arrives=True)
        if gives_up:
            self.a_telephone_has_waited_long_enough(key)
        return answer

    @rule(answer=consumes(answers))
    def an_answer_is_lost(self, answer: Any) -> None:
        pass

    @rule(target=tellings)
    def the_hub_tells(self) -> Any:
        self.hub.count += 1
        word = {"count": self.hub.count, "run": self.run, "done": dict(self.hub.untold)}
        return (self.hub.keys, word | {"boot": self.hub.term.boot, "term": self.hub.term.number})

    @rule(telling=consumes(tellings), answered=some.booleans())
    def a_telling_comes_to_the_relay(self, telling: Any, answered: bool) -> None:
        """Late, perhaps behind a newer one; and its own answer may be lost. What a killed program had under way is cut
        with it.
        """
        keys, word = telling
        if keys is not self.hub.keys:
            return
        try:
            taken = self._hear(word)
        except Stale:
            return
        if answered and taken:
            self.hub.untold = {id: one for id, one in self.hub.untold.items() if id not in word["done"]}

    def _hear(self, word: dict[str, Any]) -> dict[str, Any] | None:
        """The answer; None where nothing of the word was taken, and the hub has a term from then on."""
        hub = self.hub
        usual = {"relay": 1, "run": self.run, "now": "", "left_s": 1e6, "hall": {}}
        whole = Word.model_validate({**usual, "boot": hub.term.boot, "term": hub.term.number, **word})
        said, told = Term(whole.boot, whole.term or 0), self.relay.heard(whole)
        hub.term = relay_term.after(hub.term, said, told["boot"], told["term"])
        return told if relay_term.taken(said, told["boot"], told["term"]) else None

    @property
    def run(self) -> str:
        return f"run {self.hub.runs}"

    # --- killed ---

    @rule()
    def the_hub_is_killed(self) -> None:
        self.hub.start_anew()

    @rule()
    def the_relay_is_killed(self) -> None:
        self.waiting.clear()
        self.last.clear()
        self.start_relay()

    def start_relay(self) -> None:
        self.relay = Mirrored("hall", lambda: self.relay_clock)
        self.of_this_relay: set[str] = set()

    # --- what holds ---

    @invariant()
    def never_oversold(self) -> None:
        for start in STARTS:
            here = [one for one in self.hub.booked if one.start == start]
            assert len(here) <= CAPACITY and sum(bool(one.key) for one in here) <= LEASED

    @invariant()
    def a_touch_books_once(self) -> None:
        assert len(self.hub.ever) == len({*self.hub.ever})

    @invariant()
    def nobody_was_told_otherwise(self) -> None:
        for key, status in self.last.items():
            done = {*self.hub.ever, *self.hub.moved}
            if status == 303:
                assert key in done
            if status in (409, 503):
                assert key not in done, f"was told {status}, and has a place"

    @invariant()
    def a_silent_hall_sells_nothing(self) -> None:
        if not self.relay.alive:
            assert isinstance(self.relay.begin("somebody-else", "book", {"start": "0"}), Pressed)


Leases.TestCase.settings = settings(max_examples=150, stateful_step_count=40)
TestLeases = Leases.TestCase


def test_what_was_refused_once_is_refused_when_it_is_brought_again() -> None:
    """An answer was under way with the key while the relay learned that it was refused, and a place came free."""
    hub = TheHall()
    key = Handed("touch-0001", ACT_S, "book", STARTS[0], 0.0)
    for n in range(LEASED):
        hub.book(STARTS[0], MONDAY_9, f"other-{n:04d}")
    said = [hub.keys.answer([key], 0.0, now, lambda one: hub.book(one.start, MONDAY_9, one.id)) for now in (0.0, 1.0)]
    hub.booked.clear()
    said.append(hub.keys.answer([key], 1.0, 2.0, lambda one: hub.book(one.start, MONDAY_9, one.id)))
    assert [one[key.id]["status"] for one in said] == [409] * 3 and hub.booked == []


def test_a_key_that_came_too_late_is_neither_done_nor_answered_and_may_come_again() -> None:
    assert in_time(60.0, 8.0) and not in_time(5.0, 5.0)
    hub = TheHall()
    late = Handed("touch-0001", 5.0, "book", STARTS[0], 0.0)

    def brought(waited_s: float) -> dict[str, dict[str, Any]]:
        return hub.keys.answer([late], waited_s, 0.0, lambda one: hub.book(one.start, MONDAY_9, one.id))

    assert brought(5.0) == {} and hub.booked == []
    assert brought(0.0)[late.id]["status"] == 303 and len(hub.booked) == 1

"""Where a number stands now: what `server/domain/order.py` and `server/domain/position.py` say of it, with what the
store knows.

Whoever tells people how many are before them asks here, so that nobody is told what the rule of order does not do.
"""

from __future__ import annotations

from collections import Counter as Counter_
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from config import Hall
from server.domain import estimate, order, overtaking, position, worktime
from server.domain.order import Profile
from server.domain.overtaking import InLine
from server.domain.overtaking import Place as Place_
from server.domain.position import Able, Place
from server.domain.ticket import Counter, Ticket
from server.foresight.conform import shown
from server.foresight.seer import Sight, Told
from server.foresight.what_if import Difference
from server.store.reader import Reader
from server.verbs.foreseen import Foresight, Kept, is_weekend

NOBODY_YET = 2**62
"""Id of a number that nobody has taken: it would stand behind all others of its rank."""

T = TypeVar("T")


class lazily(Generic[T]):
    """`functools.cached_property` without its lock: up to Python 3.11 all instances wait for each other at it while one
    asks the store, and what bears this is one thread's own.
    """

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make, self._name = make, make.__name__
        self.__doc__ = make.__doc__

    def __get__(self, instance: Any, owner: type) -> T:
        made: T = self._make(instance)
        vars(instance)[self._name] = made
        return made


@dataclass(frozen=True)
class Line:
    """The line that one waiting number stands in: those who are called before it if nobody else comes."""

    hall: Hall
    reader: Reader
    ticket: Ticket
    now: float
    able: Able
    foresight: Foresight | None = None

    @property
    def ahead(self) -> int:
        """How many they are. Behind whom nobody stands, as behind nearly every new number, has all of the line before
        it, and that is counted already.
        """
        lines = self.reader.waiting_lines()  # first: who comes meanwhile is found to stand behind
        kinds = self._kinds()
        if len(set(kinds)) != 1:
            return len(self._turns(kinds))
        mine = kinds[0]
        if self._is_last and not mine.earliest_s and mine.helps == frozenset():
            return self._all_others(lines, mine)
        return self.reader.count_before(self.ticket, mine, *self._rule)

    @lazily
    def _is_last(self) -> bool:
        return not self.reader.behind(self.ticket)

    def _all_others(self, lines: Mapping[tuple[str, str], int], mine: Profile) -> int:
        """How many wait in the lines that a counter calls from, without the number itself and without those whose slot
        comes later still.
        """
        _, at, early = self._rule
        later = self.reader.slots_after(at + early)
        people = sum(n for line, n in lines.items() if mine.calls_from(*line))
        others = people - (self.ticket.id != NOBODY_YET)
        return max(0, others - sum(mine.calls_from(*line) for line in later))

    def before(self) -> list[Ticket]:
        """Who they are, in the order in which they are called."""
        return self.reader.tickets(self.ids())

    def ids(self) -> list[int]:
        """The same by their ids alone."""
        return self._turns(self._kinds())

    def wait(self, ahead: int, waiting: Mapping[str, int]) -> tuple[int, int] | None:
        """Expected wait, a range in minutes; `waiting` says how many wait, by service."""
        told = self.told(ahead)
        if told:
            return shown(told.low, told.high)
        return position.wait(self.hall, self.able, self.ticket.service, ahead, self._handling, waiting, self.now)

    def told(self, ahead: int) -> Told | None:
        """The same by the hall's foresight; None while it has not read what happened, or no counter is open."""
        if self.foresight is None or not self.foresight.ready or not self.able.open:
            return None
        own = "" if ahead else self.ticket.service  # what one came for is not what one waits for
        key = self.able, own, self._first, ahead, int(self.now / SAME_S)
        return self.foresight.tell(key, lambda: self._sight(ahead))

    @property
    def _first(self) -> bool:
        """Whether its class has a head start."""
        return order.head_starts(self.hall).get(self.ticket.klass, 0) > 0

    def if_changed(self, counter: str, ahead: int, *, opens: bool) -> Difference | None:
        """What would become of the line if one more counter were open from now on, or one of its open ones closed; None
        while nothing can be said.
        """
        foresight = self.foresight
        if foresight is None or not foresight.ready or not ahead or not self.able.open:
            return None
        key = opens, counter, self.able, ahead, int(self.now / SAME_S)
        pledge = self.hall.hall.wait_pledge_min * 60.0
        return foresight.changed(key, lambda: self._sight(ahead), counter, opens, pledge)

    def _sight(self, ahead: int) -> Sight:
        """What the number stands before. Those ahead are taken as the line is made up on the whole."""
        states, day = self.reader.counters(), worktime.service_day(self.hall, self.now)
        mine = self.able.might
        lines = self.reader.waiting_lines()
        people = Counter_({s: n for (line, s), n in lines.items() if any(one.calls_from(line, s) for one in mine)})
        services = self.able.services
        return Sight(
            self.now,
            made_up(people or {self.ticket.service: 1}, ahead),
            [one.counter for one in mine],
            None if services is None and not self.hall.reserved else self._own(services),
            self.ticket.service,
            self._first,
            {c for c, state in states.items() if state.state == "open"},
            {c: (t.service, t.last_called_at or self.now) for c, t in self.reader.held().items()},
            tuple(worktime.opening(self.hall, day)),
            is_weekend(self.hall, day),
        )

    def _own(self, services: frozenset[str] | None) -> frozenset[str]:
        return frozenset(self.hall.services) - self.hall.reserved if services is None else services

    def holds(self, service: str) -> bool:
        """Whether those of a service stand in it, as far as its counters call them as their own."""
        services = self.able.services
        return service not in self.hall.reserved if services is None else service in services

    def each_min(self, waiting: Mapping[str, int]) -> float:
        """Minutes that one number of this line takes."""
        standard = position.standard_ahead(self.hall, self.able.services, waiting, self.ticket.service)
        return estimate.each_min(self._handling, standard)

    @lazily
    def _handling(self) -> list[float]:
        return self.reader.recent_handling(self.now - position.RECENT_S, *self._served)

    def _turns(self, kinds: Sequence[Profile]) -> list[int]:
        lines = {mine: self.reader.before(self.ticket, mine, *self._rule) for mine in set(kinds)}
        return order.called_before([lines[mine] for mine in kinds])

    def _kinds(self) -> Sequence[Profile]:
        """What each counter calls: one question answers for all of one kind."""
        kinds, plain = order.kinds(self.able.profiles, frozenset(self.reader.targets_waiting()))
        return (plain,) if plain and self._all_before_it(kinds) else kinds

    def _all_before_it(self, kinds: Sequence[Profile]) -> bool:
        """Whether what counters prefer changes nothing: they do not prefer this number, and nobody whom they prefer
        stands behind it. So it is with nearly every new number, and one count is enough.
        """
        if self.ticket.raised or any(mine.earlier(self.ticket) for mine in kinds):
            return False
        return self._is_last or not any(self.reader.passes(self.ticket, mine) for mine in set(kinds) if mine.earliest_s)

    @property
    def _rule(self) -> tuple[Mapping[str, int], float, float]:
        early = position.early_s(self.hall)
        return order.head_starts(self.hall), order.callable_from(self.ticket, self.now, early), early

    @property
    def _served(self) -> tuple[frozenset[str] | None, frozenset[str]]:
        return self.able.services, self.hall.reserved


def made_up(people: Mapping[str, int], ahead: int) -> list[str]:
    """What so many who stand ahead came for, by how many wait for what: as the line is made up on the whole, by
    service.
    """
    total, passed, found = sum(people.values()), 0, list[str]()
    for service, n in sorted(people.items()):
        passed += n
        found += [service] * (-(-passed * ahead // total) - len(found))
    return found


_newest: tuple[Hall, Mapping[str, Counter], tuple[Profile, ...]] | None = None


def profiles(hall: Hall, states: Mapping[str, Counter]) -> tuple[Profile, ...]:
    """What each counter of the hall's file calls. The counters of a reader are the same object until one of them
    changes, and nobody changes it: so long what follows from them is the same.
    """
    global _newest
    found = _newest  # looked at once: another thread may put another hall's in its place meanwhile
    if found is None or found[0] is not hall or found[1] is not states:
        found = hall, states, tuple(order.profile(hall, states.get(c, Counter(c))) for c in hall.counters)
        _newest = found
    return found[2]


def line_of(hall: Hall, reader: Reader, ticket: Ticket, now: float, foresight: Foresight | None = None) -> Line:
    """The line of a number that waits, or would."""
    states = reader.counters()
    able = position.able(hall, profiles(hall, states), states, reader.held(), ticket, now)
    return Line(hall, reader, ticket, now, able, foresight)


def place_of(hall: Hall, reader: Reader, ticket: Ticket, now: float, foresight: Foresight | None = None) -> Place:
    """The place of a ticket now; nobody is before one that does not wait. What is said of a number's wait while it is
    new is the same for slip, kiosk and telephone, and is what is kept.
    """
    counters = position.serving(hall, profiles(hall, reader.counters()), ticket.service)
    ahead, wait = 0, None
    if ticket.state == "waiting" and ticket.service in hall.services:
        line = line_of(hall, reader, ticket, now, foresight)
        ahead = line.ahead
        new = first_told(line, ahead)
        wait = new.minutes if new else line.wait(ahead, reader.waiting_by_service())
    group = position.group_of(hall, ticket.service)
    return Place(ahead, wait, counters, group, estimate.clock(now, wait))


NEW_S = 20.0
"""So long after its issue a number is told the same, whoever asks."""
SAME_S = 5.0
"""For so long who stands before the same is told the same."""


def first_told(line: Line, ahead: int) -> Kept | None:
    """What a new number is told, and is kept with it; None where it is not new, or nothing can be said."""
    ticket, foresight = line.ticket, line.foresight
    moved = ticket.placed and not overtaking.held_by(ticket.placed)
    if foresight is None or moved or ticket.target or not 0 <= line.now - ticket.issued_at < NEW_S:
        return None
    return foresight.first(ticket.id, lambda: line.told(ahead))


CALLED_S = 86400.0
"""Whoever was called longer ago than this makes no row with who comes now."""


def new_rank(hall: Hall, reader: Reader, service: str, klass: str, now: float) -> Place_:
    """Where somebody who comes now without an appointment stands."""
    starts, limits = order.head_starts(hall), overtaking.limits(hall)
    ticket = newcomer(hall, reader, service, now)
    rank = order.rank(ticket.rank, starts.get(klass, 0))
    if not any(limits) or not starts.get(klass, 0):
        return Place_(rank)
    return _held_back(hall, reader, replace(ticket, klass=klass, rank=rank), now, limits)


def rank_since(hall: Hall, reader: Reader, service: str, klass: str, came: float, now: float) -> Place_:
    """Where somebody stands who came at `came` and is entered only now: never behind who came later without a head
    start, which is where the number would stand without its own.
    """
    starts, limits = order.head_starts(hall), overtaking.limits(hall)
    rank = order.rank(came, starts.get(klass, 0))
    if not any(limits) or not starts.get(klass, 0):
        return Place_(rank)
    ticket = replace(newcomer(hall, reader, service, now), klass=klass, rank=rank, issued_at=came)
    held = _held_back(hall, reader, ticket, now, limits)
    return Place_(min(held.rank, came), held.held)


def _held_back(hall: Hall, reader: Reader, ticket: Ticket, now: float, limits: overtaking.Limits) -> Place_:
    """Where a number with a head start stands by the hall's limits."""
    starts, rank = order.head_starts(hall), ticket.rank
    line = line_of(hall, reader, ticket, now)

    def seen(tickets: Iterable[Ticket]) -> list[InLine]:
        return [InLine(t.id, t.rank, starts.get(t.klass, 0) > 0, _placed(t)) for t in tickets]

    waiting = seen(t for t in reader.waiting_for("") if line.holds(t.service))
    first = min((one.id for one in waiting), default=NOBODY_YET)
    called = reader.called_lately(line.able.services, hall.reserved, first, limits.in_a_row, now - CALLED_S)
    return overtaking.place(rank, waiting, seen(called), limits)


def _placed(ticket: Ticket) -> bool:
    return ticket.slot is not None or bool(ticket.placed and not overtaking.held_by(ticket.placed))


def newcomer(hall: Hall, reader: Reader, service: str, now: float) -> Ticket:
    """The number that somebody would get for a service now, without any class's head start."""
    return newcomers(hall, reader, now)(service)


def newcomers(hall: Hall, reader: Reader, now: float) -> Callable[[str], Ticket]:
    """The same for many services at one moment."""
    at = order.came(reader.last_in_line(), order.head_starts(hall), now)

    def one(service: str) -> Ticket:
        return Ticket(
            id=NOBODY_YET,
            day="",
            prefix="",
            number=None,
            service=service,
            klass="",
            channel="",
            issued_at=now,
            rank=at,
            entered_at=now,
        )

    return one

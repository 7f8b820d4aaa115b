"""Where a number stands now: what `server/domain/order.py` and `server/domain/position.py` say of it, with what the
store knows.

Whoever tells people how many are before them asks here, so that nobody is told what the rule of order does not do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from config import Hall
from server.domain import estimate, order, position
from server.domain.order import Profile
from server.domain.position import Able, Place
from server.domain.ticket import Counter, Ticket
from server.store.reader import Reader

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
        found = (self.reader.ticket(id) for id in self._turns(self._kinds()))
        return [ticket for ticket in found if ticket]

    def wait(self, ahead: int, waiting: Mapping[str, int]) -> tuple[int, int] | None:
        """Expected wait, a range in minutes; `waiting` says how many wait, by service."""
        return position.wait(self.hall, self.able, self.ticket.service, ahead, self._handling, waiting, self.now)

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


def line_of(hall: Hall, reader: Reader, ticket: Ticket, now: float) -> Line:
    """The line of a number that waits, or would."""
    states = reader.counters()
    able = position.able(hall, profiles(hall, states), states, reader.held(), ticket, now)
    return Line(hall, reader, ticket, now, able)


def place_of(hall: Hall, reader: Reader, ticket: Ticket, now: float) -> Place:
    """The place of a ticket now; nobody is before one that does not wait."""
    counters = position.serving(hall, profiles(hall, reader.counters()), ticket.service)
    ahead, wait = 0, None
    if ticket.state == "waiting" and ticket.service in hall.services:
        line = line_of(hall, reader, ticket, now)
        ahead = line.ahead
        wait = line.wait(ahead, reader.waiting_by_service())
    group = position.group_of(hall, ticket.service)
    return Place(ahead, wait, counters, group, estimate.clock(now, wait))


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

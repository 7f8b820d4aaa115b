"""What is said in one zone of the hall, in which order, and what is dropped because it is stale.

Pure: no clock, no sound.

Calls are said in their order, the newest word on a number wins, and after a pause nothing is caught up (docs/wording.md
3.3): a number that is at the counter already, was passed or called elsewhere is not called any more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from config import Hall, ZoneTable
from server.domain import worktime
from server.domain.ticket import Ticket as Ticket

STALE_CALL_S = 90.0
"""A call that could not be said within this time is on the screen and the board; the voice lets it go."""
STALE_RECALL_S = 20.0
STALE_NOTICE_S = 60.0
CROWDED = 3
"""With so many calls waiting each is said once, so that the voice keeps up with the counters."""


@dataclass(frozen=True)
class Saying:
    """What is to be said, before it is put into a language: one of KINDS, and what fills its places."""

    kind: str
    number: str = ""
    """A ticket's label, A012."""
    counter: str = ""
    """A counter's id: its number, or a word."""
    counter_name: str = ""
    counter_name_en: str = ""
    minute: int = 0
    """Time of day in minutes, of opening and closing texts."""


@dataclass(frozen=True)
class Call:
    """One press of a counter that has to be heard: `calls` is how often the ticket had been called then."""

    ticket: int
    calls: int
    counter: str
    at: float
    saying: Saying


@dataclass(frozen=True)
class Notice:
    """An opening or closing text, due at a moment of the day."""

    at: float
    saying: Saying


Item = Call | Notice


def call(hall: Hall, ticket: Ticket) -> Call | None:
    """What a ticket that has just been called, or called again, makes the voice say; None when it is at no counter, or
    is called by sight.
    """
    if (
        ticket.by_sight
        or ticket.state != "called"
        or ticket.counter not in hall.counters
        or ticket.last_called_at is None
    ):
        return None
    counter = hall.counters[ticket.counter]
    again = ticket.legs > 1 or ticket.served_s is not None
    kind = "recall" if ticket.recalls else "pickup" if counter.kind == "pickup" else "transfer" if again else "call"
    saying = Saying(kind, ticket.label, ticket.counter, counter.name, counter.name_en)
    return Call(ticket.id, ticket.calls, ticket.counter, ticket.last_called_at, saying)


def passed(hall: Hall, ticket: Ticket, at: float) -> Notice:
    """The text for a number that was called and is absent; said only where a zone wants it."""
    return Notice(at, Saying("passed", ticket.label, "desk"))


def heard(queue: tuple[Item, ...], item: Item) -> tuple[Item, ...]:
    """The queue after one more item: the newest word on a number takes the place of an older one, at the end."""
    if isinstance(item, Call):
        queue = tuple(q for q in queue if not (isinstance(q, Call) and q.ticket == item.ticket))
    return (*queue, item)


def stale(item: Item, now: float, called: Mapping[int, Ticket]) -> bool:
    """Whether nobody needs to hear it any more. `called`: the tickets that are called at this moment, by id."""
    if isinstance(item, Notice):
        return now - item.at > STALE_NOTICE_S
    ticket = called.get(item.ticket)
    if ticket is None or (ticket.counter, ticket.calls) != (item.counter, item.calls):
        return True
    return now - item.at > (STALE_RECALL_S if item.saying.kind == "recall" else STALE_CALL_S)


def next_up(queue: tuple[Item, ...], now: float, called: Mapping[int, Ticket]) -> tuple[Item | None, tuple[Item, ...]]:
    """The next thing to say, and what is left; everything stale is dropped."""
    fresh = tuple(item for item in queue if not stale(item, now, called))
    return (fresh[0], fresh[1:]) if fresh else (None, ())


def turns(item: Item, zone: ZoneTable, waiting: int) -> list[str]:
    """The languages in which it is said, one after the other: the first `repeats` times, each other one once behind
    it.
    """
    repeats = 1 if isinstance(item, Notice) or waiting >= CROWDED else zone.repeats
    first, *others = zone.languages
    return [first, *others, *[first] * (repeats - 1)]


def listens(zone: ZoneTable, counter: str) -> bool:
    """Whether the zone calls the numbers of this counter."""
    return not zone.counters or counter in zone.counters


def loudness(zone: ZoneTable, hall: Hall, now: float) -> int:
    """Per cent of full volume at a moment; 0 in quiet hours: screens and boards go on alone."""
    local = datetime.fromtimestamp(now, hall.zone)
    minute = local.hour * 60 + local.minute
    if _within(zone.quiet, minute):
        return 0
    return zone.soft_volume if _within(zone.soft, minute) else zone.volume


def _within(intervals: Sequence[tuple[int, int]], minute: int) -> bool:
    return any(start <= minute < end for start, end in intervals)


def notices(hall: Hall, after: float, until: float) -> list[Notice]:
    """The opening and closing texts that fall due in (after, until], in order."""
    days = {datetime.fromtimestamp(at, hall.zone).date() for at in (after, until)}
    due = (notice for day in sorted(days) for notice in notices_of(hall, day))
    return [notice for notice in due if after < notice.at <= until]


def notices_of(hall: Hall, day: date) -> list[Notice]:
    """All texts of a day: at the first opening, and some minutes before each end and before numbers are not given out
    any more.
    """
    intervals, ahead, voice = (
        worktime.opening(hall, day),
        timedelta(minutes=hall.voice.notice_min).total_seconds(),
        hall.voice,
    )
    if not intervals or not voice.notices:
        return []
    stop = worktime.stops_at(hall, intervals[-1][1])
    noons = [Notice(end - ahead, Saying("noon", minute=_minute(hall, end))) for _, end in intervals[:-1]]
    return [
        Notice(intervals[0][0], Saying("opening")),
        *noons,
        Notice(stop - ahead, Saying("closing", minute=_minute(hall, stop))),
    ]


def all_notices(hall: Hall) -> list[Notice]:
    """Every text with a time that this hall's opening hours can bring: one day of each season and weekday."""
    year = [date(2024, 1, 1) + timedelta(days=n) for n in range(366)]
    return [notice for day in year for notice in notices_of(hall, day)]


def _minute(hall: Hall, at: float) -> int:
    local = datetime.fromtimestamp(at, hall.zone)
    return local.hour * 60 + local.minute

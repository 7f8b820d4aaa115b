"""What the rest of the day would be if …, asked of the hall as it is now. Records nothing."""

from __future__ import annotations

from datetime import datetime

from server.domain import worktime
from server.domain.rules import Refused
from server.domain.target import HALL
from server.foresight.rehearsal import Visit
from server.foresight.rest_of_day import Change, Outcome, Scene, Trust, What, outcome
from server.verbs import place
from server.verbs.foreseen import is_weekend
from server.verbs.hub import Hub

MOST = 2000
"""So many of those who wait are played."""


def asked(hub: Hub, what: What, counters: list[str], begins: str, ends: str) -> Change:
    """A wish as it came: times are HH:MM of today, empty for now and for the end of the day."""
    hall, now = hub.hall, hub.now()
    unknown = [one for one in counters if one not in hall.counters]
    if unknown:
        raise Refused(f"没有窗口“{unknown[0]}”。", f"There is no counter '{unknown[0]}'.")
    if what != "end" and not counters:
        raise Refused("请选择窗口。", "Choose a counter.")
    closes = _closes(hub)
    first, last = _at(hub, begins) if begins else now, _at(hub, ends) if ends else closes
    if what == "lunch" and not ends:
        raise Refused("请填写几点回来。", "Write when they are back.")
    if what in ("open", "close"):
        first = now
    if what in ("close", "end"):
        last = closes
    if first < now - 60 or last <= max(first, now) or first >= closes:
        raise Refused(
            f"时间要在现在和{_clock(hub, closes)}下班之间，结束晚于开始。",
            f"The times must lie between now and closing at {_clock(hub, closes)}, the end after the beginning.",
        )
    return Change(what, frozenset(counters), max(now, first), last)


def foreseen(hub: Hub, change: Change) -> tuple[Outcome, Trust | None]:
    """What it makes of the rest of the day, and how near such a play comes to past days."""
    foresight = hub.foresight
    if not foresight.ready:
        raise Refused("主机刚启动，请稍后再试。", "The hub has just started: ask again soon.")
    scene = _scene(hub)
    pledge = hub.hall.hall.wait_pledge_min * 60.0
    with foresight.lock:
        watch = foresight.seer.watch.copied()
    # played on a copy, so that nobody who takes a number waits for it
    return outcome(watch, scene, change, pledge), foresight.trusted(watch, scene.may, weekend=scene.weekend)


def _scene(hub: Hub) -> Scene:
    hall, reader, now = hub.hall, hub.read(), hub.now()
    states = reader.counters()
    lines = {HALL: list(hall.services)}
    waiting = reader.waiting(limit=MOST)
    for one in waiting:
        if one.target and one.service not in lines.setdefault(one.target, []):
            lines[one.target].append(one.service)
    may = {
        mine.counter: [_line(line, s) for line, all in lines.items() for s in all if mine.calls_from(line, s)]
        for mine in place.profiles(hall, states)
    }
    return Scene(
        now,
        _closes(hub),
        [Visit(min(one.entered_at, now), one.rank, _line(one.target, one.service)) for one in waiting],
        frozenset(c for c, state in states.items() if state.state == "open"),
        {c: (t.service, t.last_called_at or now) for c, t in reader.held().items()},
        {counter: called for counter, called in may.items() if called},
        tuple(worktime.opening(hall, worktime.service_day(hall, now))),
        is_weekend(hall, worktime.service_day(hall, now)),
        lambda line: line.rsplit(" ", 1)[-1],
    )


def _line(line: str, service: str) -> str:
    """A service by itself, or that of a line of its own: who was sent to a counter is called there alone."""
    return service if line == HALL else f"{line} {service}"


def _closes(hub: Hub) -> float:
    hours = worktime.opening(hub.hall, worktime.service_day(hub.hall, hub.now()))
    if not hours or hours[-1][1] <= hub.now():
        raise Refused("今天已经下班。", "Today's hours are over.")
    return hours[-1][1]


def _at(hub: Hub, clock: str) -> float:
    day = worktime.service_day(hub.hall, hub.now())
    hour, minute = (int(part) for part in clock.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=hub.hall.zone).timestamp()


def _clock(hub: Hub, at: float) -> str:
    return f"{datetime.fromtimestamp(at, hub.hall.zone):%H:%M}"

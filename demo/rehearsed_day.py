"""A recorded or invented day through the demo's hall: who came takes a number as at the kiosk, and when a counter
called it calls now, by the rule of today. At any speed; on a copy of its own, which says 演练 wherever it speaks. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from itertools import cycle
from typing import Any, NamedTuple

import tomlkit

from demo.stream import Step
from replay.invented_halls import FIRST_DAY
from server.reports.recorded_day import Event

BANNER, BANNER_EN = "演练", "Rehearsal"
VERBS = {"arrive": "take", "call": "call-next", "start": "start", "pass": "pass", "finish": "finish"}
"""Who left is not called again by a rule that calls others: nobody leaves."""


OUTSIDE = ("mail", "sign_on", "backup", "webhooks", "relay", "platform")
"""Tables by which a hall's file speaks to others: a rehearsal sends nobody anything."""


def marked(hall: Any) -> None:
    """Make a hall's file (tomlkit) one of a rehearsal: the banner, the plate name, and what every board says, whom it
    calls too; keys are pressed as fast as they were recorded, and nothing goes out.
    """
    for state in hall.get("board_texts", {}).values():
        state["texts"] = _before(state["texts"])
    table = hall["hall"]
    table["id"] = f"rehearsal-{table['id']}"  # its cookies are other ones
    table["banner"], table["banner_en"] = BANNER, BANNER_EN
    table["name"], table["name_en"] = f"{BANNER}·{table['name']}", f"{BANNER_EN}: {table['name_en']}"
    hall.setdefault("console", tomlkit.table()).update({"call_lock_s": 0, "next_interval_s": 0, "recall_interval_s": 0})
    hall["hub"]["insecure"] = "yes"  # nobody's password but invented people's
    if "report" in hall:
        hall["report"].update({"folder": "", "weekly_at": "", "monthly_at": ""})
    for name in OUTSIDE:
        hall.pop(name, None)


BELIEVED = 1577836800.0
"""2020: no hub believes a clock before it (server/domain/clock.py)."""
WEEK_S = 7 * 86400


def by_the_wall(events: Iterable[Event], zone: tzinfo) -> list[Event]:
    """An invented day by the clock on the hall's wall: it is made for one of UTC+8."""
    shift = datetime(2026, 1, 5, tzinfo=zone).timestamp() - FIRST_DAY
    return [event._replace(at=event.at + shift) for event in events]


def of_today(events: Sequence[Event], zone: tzinfo, now: float) -> list[Event]:
    """The first day of a recording; one so old that no hub believes it as if it were the last day of that weekday."""
    first = datetime.fromtimestamp(min(event.at for event in events), zone).date()
    day = [event for event in events if datetime.fromtimestamp(event.at, zone).date() == first]
    if day[0].at >= BELIEVED:
        return day
    shift = (now - day[-1].at) // WEEK_S * WEEK_S
    return [event._replace(at=event.at + shift) for event in day]


def _before(texts: Iterable[Sequence[str]]) -> list[list[str]]:
    """Each wording with 演练 before it, and without for a board that is too narrow for every one of these."""
    return [[*(f"{BANNER} {one}" for one in wordings), *wordings] for wordings in texts]


class Names(NamedTuple):
    """Items or counters of a hall: all that it has, and those that can stand for a recorded one that it has not."""

    own: Collection[str]
    spare: Sequence[str]


def steps(events: Iterable[Event], services: Names, counters: Names, speed: float) -> Iterator[Step]:
    """The steps of a day, `speed` recorded seconds a second. What the hall has itself stands for itself. Of another
    hall's day the rest is the hall's own, in turn, and keys of more counters than there are at work are left out; of
    a day of its own, which is one that names an item of it, whatever it has no more.
    """
    day = sorted(events, key=lambda one: one.at)
    items = {event.service: "" for event in day if event.event == "arrive"}
    own = any(name in services.own for name in items)
    code = _stand_ins(items, services, spare=not own, again=True)
    place = _stand_ins({event.counter: "" for event in day if event.counter}, counters, spare=not own, again=False)
    stayed_away = {event.visit for event in day if event.event == "arrive" and not code[event.service]}
    for event in day:
        verb, where = VERBS.get(event.event), place.get(event.counter, "")
        if verb is None or event.visit in stayed_away or (verb != "take" and not where):
            continue
        at = (event.at - day[0].at) / speed
        yield Step(at, verb, "", code[event.service]) if verb == "take" else Step(at, verb, where)


def _stand_ins(recorded: Iterable[str], names: Names, *, spare: bool, again: bool) -> dict[str, str]:
    """Recorded name -> the hall's: first each that it has is itself, then the rest take the spare ones in turn, from
    the beginning `again` where they do not suffice; '' for none.
    """
    recorded = list(recorded)
    found = {name: name if name in names.own else "" for name in recorded}
    free = [one for one in names.spare if one not in found] if spare else []
    more = cycle(free or names.spare) if spare and again else iter(free)
    return {name: known or next(more, "") for name, known in found.items()}


def named(events: Iterable[Event]) -> list[Event]:
    """Each step at its counter: a recording names the counter where it called, and that holds until the visit ends."""
    at: dict[str, str] = {}
    found = []
    for event in events:
        if event.event == "call":
            at[event.visit] = event.counter
        found.append(event if event.counter or event.event == "arrive" else _at(event, at))
    return found


def _at(event: Event, counters: Mapping[str, str]) -> Event:
    return event._replace(counter=counters.get(event.visit, ""))

"""远程取号: a place that is kept for whoever comes from outside. Pure.

It is no number yet. Who has arrived gets one, which ranks by the arrival as any walk-in's does: so nobody who sits in
the hall is passed by somebody from a sofa. How many may be kept is a share of what the door gives out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from server.domain import events as ev

WINDOW_S = 1800.0
"""The share is of the last half hour."""
LEAST = 1
"""So many may be kept in it, however few have come: a morning begins with somebody."""

State = Literal["coming", "arrived", "expired", "left"]


@dataclass(frozen=True, kw_only=True)
class Remote:
    """One place that was taken outside, epoch seconds. `renewed`: it was taken up again, which may be once."""

    id: int
    day: str
    service: str
    language: str
    taken_at: float
    until: float
    renewed: bool = False
    left: bool = False


def state(one: Remote, arrived: bool, now: float) -> State:
    if arrived:
        return "arrived"
    if one.left:
        return "left"
    return "coming" if now < one.until else "expired"


def room(walk_ins: int, remote: int, share: int) -> int:
    """How many more may be kept for a service: of all that the last half hour gave out, those at the door
    (`walk_ins`) and those outside (`remote`) together, `share` per cent may be remote.
    """
    most = LEAST
    while 100 * (most + 1) <= share * (walk_ins + most + 1):
        most += 1
    return max(0, most - remote)


def evolve(one: Remote | None, event: ev.Event, at: float) -> Remote | None:
    """The place after the event."""
    if isinstance(event, ev.RemoteTaken):
        return Remote(
            id=event.remote,
            day=event.day,
            service=event.service,
            language=event.language,
            taken_at=at,
            until=event.until,
        )
    if one is None:
        return None
    if isinstance(event, ev.RemoteRenewed):
        return replace(one, until=event.until, renewed=True, left=False)
    if isinstance(event, ev.RemoteLeft):
        return replace(one, left=True)
    return one

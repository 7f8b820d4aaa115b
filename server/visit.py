"""One visit as the figures see it: the instants of `figures.md` section 1, and nothing that names a person."""

from __future__ import annotations

from typing import NamedTuple


class Visit(NamedTuple):
    """All legs of one ticket. Times are epoch seconds UTC; `None` is an instant that did not happen."""

    day: str
    """Service day, local, ISO."""
    service: str
    klass: str
    channel: str
    """kiosk, desk, or import (from another system)."""
    counter: str | None
    """Of the service, else of the last call."""
    staff: str | None
    state: str
    """waiting, called, serving, suspended, finished, passed, left or expired."""
    arrived: float
    """Ti: issue, or check-in of an appointment."""
    called: float | None
    """Tc1: first call."""
    last_called: float | None
    """Tcl: last call before service."""
    started: float | None
    """Ts: the start key; None where it was not used, then Ts = Tcl."""
    ended: float | None
    """Te of a finished visit; else the moment of leaving, passing or expiring."""
    calls: int
    outcome: str | None
    away: float = 0.0
    """Suspended spans between `started` and `ended`, seconds."""
    served: float | None = None
    """Service in earlier legs, seconds; None when there were none."""

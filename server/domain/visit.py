"""One visit as the figures see it: its instants (docs/figures.md), and nothing that names a person."""

from __future__ import annotations

from typing import Literal, NamedTuple


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


Outcome = Literal["F", "P", "X", "E", "open", "?"]
"""Class of a visit: finished, passed, left, expired, open; "?" fits none, and then the identity does not close."""


def outcome(visit: Visit) -> Outcome:
    """The one class of a visit, decided by its history from the top down (docs/figures.md, "Classes")."""
    if visit.state == "finished":
        return "F"
    if visit.state in ("waiting", "called", "serving", "suspended"):
        return "open"
    if visit.state not in ("passed", "left", "expired"):
        return "?"
    if visit.started is not None or visit.served is not None:
        return "F"
    if visit.called is not None:
        return "P"
    return {"left": "X", "expired": "E", "passed": "?"}[visit.state]  # type: ignore[return-value]

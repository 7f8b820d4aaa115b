"""A service day of the hall as a recording: what the manager's page hands out, and what a rehearsal plays."""

from __future__ import annotations

from datetime import date

from config import Hall
from server.reports import own_day, recorded_day
from server.store.history import History


def recording(hall: Hall, history: History, day: date) -> str:
    """The file of docs/replay.md, without anybody's name; empty for a day without a number."""
    events = own_day.events_of(history.lives(history.numbers(day.isoformat())))
    return recorded_day.written(events, hall.zone) if events else ""

"""Who is next, and why. The rule is one pure function; the store only finds the first of each class.

rank = the moment at which a ticket counts as having come = its issue − its class's head start. Smallest rank first,
the earlier ticket among equals. A head start is finite, so whoever waits longer than it is overtaken by nobody new.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from server.ticket import Ticket


@dataclass(frozen=True)
class Choice:
    """The ticket to call and the sentence that a manager can show to whoever asks why."""

    ticket: Ticket
    why: str


def rank(entered_at: float, head_start_min: int) -> float:
    """Place of a new ticket in the queue, epoch seconds."""
    return entered_at - head_start_min * 60


def choose(first_of_each_class: Collection[Ticket], preferred: Collection[str] | None, now: float) -> Choice | None:
    """The next ticket of a counter. `preferred` are the classes it calls first; None when it has no such preference."""
    candidates = [t for t in first_of_each_class if preferred is None or t.klass in preferred]
    candidates = candidates or list(first_of_each_class)
    if not candidates:
        return None
    ticket = min(candidates, key=lambda t: (t.rank, t.id))
    return Choice(ticket, _why(ticket, first_of_each_class, preferred, now))


def _why(ticket: Ticket, others: Collection[Ticket], preferred: Collection[str] | None, now: float) -> str:
    waited = max(0, round((now - ticket.issued_at) / 60))
    earlier = [t for t in others if t.issued_at < ticket.issued_at and t.id != ticket.id]
    if not earlier:
        return f"取号最早，已等候{waited}分钟。"
    if preferred is not None and ticket.klass in preferred:
        return f"本窗口优先办理这一类，其中取号最早，已等候{waited}分钟。"
    if ticket.passes:
        return f"过号受理后按规定排入，已等候{waited}分钟。"
    return f"按类别的提前量排在最前，已等候{waited}分钟。"


def returned_rank(next_waiting: Sequence[Ticket], after: int, now: float) -> float:
    """Place of a number that was taken back: behind the next `after` tickets, `next_waiting` being them in order."""
    if after == 0 and next_waiting:
        return next_waiting[0].rank - 0.001
    behind = next_waiting[:after]
    return behind[-1].rank + 0.0005 if behind else now

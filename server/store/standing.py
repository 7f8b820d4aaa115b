"""Who stands where now, kept in memory beside the tables: every counter, whom it holds, how many wait in each line.

Each touch, key and screen asks for these. They are read of the tables at the start; from then on each commit moves
them on by the rows it has changed, so that nobody walks over those who wait to count them. Never ahead of the disk.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from server.domain.projections import Drop, Put
from server.domain.ticket import Counter, Skills, Ticket
from server.store.reader import Reader


@dataclass(frozen=True)
class Standing:
    """As of one commit; the next one has another. Whoever gets it does not change it."""

    counters: Mapping[str, Counter]
    held: Mapping[str, Ticket]
    """Counter -> whom it has called or serves."""
    lines: Mapping[tuple[str, str], int]
    """(target, service) -> how many wait; none with 0."""
    skills: Mapping[str, Skills]
    """Member of staff -> what she or he can do; a counter has those of whoever sits there."""

    def after(self, changes: Collection[Put]) -> Standing:
        """Once these rows of tickets and counters have changed, in this order."""
        counters, held, lines = dict(self.counters), dict(self.held), dict(self.lines)
        skills = dict(self.skills)
        for _, now, before in changes:
            if isinstance(now, Counter):
                counters[now.id] = _able(now, skills)
                continue
            if isinstance(now, Skills):
                skills[now.staff] = now
                counters = {name: _able(one, skills) for name, one in counters.items()}
                continue
            if before:
                _leave(before, held, lines)
            _come(now, held, lines)
        return Standing(counters, held, lines, skills)


def standing(reader: Reader) -> Standing:
    """As the tables have it."""
    return Standing(reader.counters(), reader.held(), reader.waiting_lines(), reader.skills())


def moves(changes: Collection[Put | Drop]) -> list[Put] | None:
    """Those of a commit's changes that move somebody; None where a number was dropped: what it was is not said."""
    here = [change for change in changes if change.table in ("tickets", "counters", "skills")]
    return None if any(isinstance(one, Drop) for one in here) else [one for one in here if isinstance(one, Put)]


def _able(counter: Counter, skills: Mapping[str, Skills]) -> Counter:
    return replace(counter, skills=skills.get(counter.staff or ""))


def _leave(ticket: Ticket, held: dict[str, Ticket], lines: dict[tuple[str, str], int]) -> None:
    if ticket.state == "waiting":
        line = ticket.target, ticket.service
        lines[line] -= 1
        if not lines[line]:
            del lines[line]
    elif ticket.state in ("called", "serving") and ticket.counter is not None:
        held.pop(ticket.counter, None)


def _come(ticket: Ticket, held: dict[str, Ticket], lines: dict[tuple[str, str], int]) -> None:
    if ticket.state == "waiting":
        line = ticket.target, ticket.service
        lines[line] = lines.get(line, 0) + 1
    elif ticket.state in ("called", "serving") and ticket.counter is not None:
        held[ticket.counter] = ticket


class Present(Reader):
    """A reader of the newest commit: what stands in memory is not asked of the tables."""

    def __init__(self, reader: Reader, now: Callable[[], Standing]) -> None:
        super().__init__(reader.conn)
        self._now = now

    def counter(self, counter_id: str) -> Counter:
        return self._now().counters.get(counter_id) or Counter(counter_id)

    def counters(self) -> dict[str, Counter]:
        return dict(self._now().counters)

    def held(self) -> dict[str, Ticket]:
        return dict(self._now().held)

    def at_counter(self, counter: str) -> Ticket | None:
        return self._now().held.get(counter)

    def waiting_lines(self) -> dict[tuple[str, str], int]:
        return dict(self._now().lines)

    def waiting_count(self) -> int:
        return sum(self._now().lines.values())

    def targets_waiting(self) -> set[str]:
        return {target for target, _ in self._now().lines}

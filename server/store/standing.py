"""Who stands where now, kept in memory beside the tables: every counter, whom it holds, how many wait in each line,
whose token is whose.

Each touch, key and screen asks for these. They are read of the tables at the start; from then on each commit moves
them on by the rows it has changed, so that nobody walks over those who wait to count them, and a touch asks the tables
for next to nothing: sixteen at once would wait for each other at every question. What seldom changes (names, messages,
what is closed) is asked for once and kept until a commit writes to its table. Never ahead of the disk.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from server.domain.chain import Row
from server.domain.messages import Message
from server.domain.order import Profile
from server.domain.post import Substitution
from server.domain.projections import Drop, Put
from server.domain.ticket import Counter, Skills, Ticket
from server.store.queries.hall import Device
from server.store.reader import Reader

ANSWERS = {
    "names": ("staff",),
    "closures": ("closures",),
    "devices": ("devices",),
    "messages": ("messages",),
    "session": ("sessions", "staff"),
    "running_substitution": ("substitutions",),
    "emergency": ("EmergencyBegan", "EmergencyEnded"),
    "suspended": ("suspended",),
}
"""Question -> what its answer hangs on: tables that are written to, events that are recorded, states that a number gets
or leaves."""
ANSWERS_KEPT = 1000
"""Of one question with its different words."""


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
    booked: Mapping[int, Ticket]
    """Who waits for an appointment, by the number's id."""
    devices: Mapping[str, Device]
    """sha256 of a token -> the device whose it is."""
    edge: tuple[float, int] = field(compare=False)
    """(rank, id) behind which nobody waits; it may lie further back than the last of them."""
    handling: dict[Any, Handling] = field(default_factory=dict, compare=False)
    """What was asked of handling times, until another number is finished."""
    answers: Mapping[str, dict[Any, Any]] = field(
        default_factory=lambda: {question: {} for question in ANSWERS}, compare=False
    )
    """What was asked (`ANSWERS`) and answered since the last commit that could change it. Such a commit brings another
    dictionary: whoever has asked before it, and is answered after it, keeps the answer in the old one."""

    def after(self, changes: Collection[Put], touched: Collection[str] = ()) -> Standing:
        """Once these rows of tickets and counters have changed, in this order; `touched`: tables that were written to,
        and events that were recorded.
        """
        if not changes:
            return replace(self, answers=self._answers({*touched}))
        counters, skills, devices = self.counters, self.skills, self.devices
        held, lines, booked = dict(self.held), dict(self.lines), dict(self.booked)
        edge, handling, touched = self.edge, self.handling, {*touched}
        for table, now, before in changes:
            if table == "counters":
                counters = {**counters, now.id: _able(now, skills)}
            elif table == "skills":
                skills = {**skills, now.staff: now}
                counters = {name: _able(one, skills) for name, one in counters.items()}
            elif table == "devices":
                others = {token: one for token, one in devices.items() if one.name != now.name}
                devices = {**others, now.token_hash: now}  # an older token of it is void
            else:
                if before:
                    _leave(before, held, lines, booked)
                _come(now, held, lines, booked)
                touched |= {now.state, before.state} if before else {now.state}
                if now.state == "waiting":
                    edge = max(edge, (now.rank, now.id))
                if "finished" in (now.state, before and before.state):
                    handling = {}
        return Standing(counters, held, lines, skills, booked, devices, edge, handling, self._answers(touched))

    def _answers(self, touched: set[str]) -> dict[str, dict[Any, Any]]:
        """Those that hang on none of what was written to, recorded, got or left."""
        return {asked: kept if touched.isdisjoint(ANSWERS[asked]) else {} for asked, kept in self.answers.items()}


class Handling(NamedTuple):
    """(when it ended, seconds) of the last numbers finished since a moment, the newest first."""

    since: float
    last: list[tuple[float, float]]


def standing(reader: Reader) -> Standing:
    """As the tables have it."""
    return Standing(
        reader.counters(),
        reader.held(),
        reader.waiting_lines(),
        reader.skills(),
        reader.booked(),
        reader.tokens(),
        reader.last_place(),
    )


def moves(changes: Collection[Put | Drop]) -> list[Put] | None:
    """Those of a commit's changes that move somebody; None where a number was dropped: what it was is not said."""
    here = [change for change in changes if change.table in ("tickets", "counters", "skills", "devices")]
    return None if any(isinstance(one, Drop) for one in here) else [one for one in here if isinstance(one, Put)]


def _able(counter: Counter, skills: Mapping[str, Skills]) -> Counter:
    return replace(counter, skills=skills.get(counter.staff or ""))


def _leave(
    ticket: Ticket, held: dict[str, Ticket], lines: dict[tuple[str, str], int], booked: dict[int, Ticket]
) -> None:
    if ticket.state == "waiting":
        booked.pop(ticket.id, None)
        line = ticket.target, ticket.service
        lines[line] -= 1
        if not lines[line]:
            del lines[line]
    elif ticket.state in ("called", "serving") and ticket.counter is not None:
        held.pop(ticket.counter, None)


def _come(
    ticket: Ticket, held: dict[str, Ticket], lines: dict[tuple[str, str], int], booked: dict[int, Ticket]
) -> None:
    if ticket.state == "waiting":
        if ticket.slot is not None:
            booked[ticket.id] = ticket
        line = ticket.target, ticket.service
        lines[line] = lines.get(line, 0) + 1
    elif ticket.state in ("called", "serving") and ticket.counter is not None:
        held[ticket.counter] = ticket


class Present(Reader):
    """A reader of the newest commit: what stands in memory is not asked of the tables."""

    def __init__(self, reader: Reader, now: Callable[[], Standing]) -> None:
        super().__init__(reader.conn)
        self._now = now

    def _kept(self, question: str, word: Any, ask: Callable[[], Any]) -> Any:
        kept = self._now().answers[question]  # before it is asked
        if word not in kept:
            found = ask()
            if len(kept) >= ANSWERS_KEPT:
                return found
            kept[word] = found
            return found
        return kept[word]

    def names(self) -> dict[str, str]:
        return {**self._kept("names", None, super().names)}

    def closures(self, day: str) -> dict[str, sqlite3.Row]:
        return {**self._kept("closures", day, lambda: super(Present, self).closures(day))}

    def devices(self) -> list[sqlite3.Row]:
        return [*self._kept("devices", None, super().devices)]

    def messages(self) -> list[Message]:
        return [*self._kept("messages", None, super().messages)]

    def suspended(self) -> list[Ticket]:
        return [*self._kept("suspended", None, super().suspended)]

    def session(self, token_hash: str) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._kept("session", token_hash, lambda: super(Present, self).session(token_hash))
        return found

    def running_substitution(self, counter: str) -> Substitution | None:
        found: Substitution | None = self._kept(
            "running_substitution", counter, lambda: super(Present, self).running_substitution(counter)
        )
        return found

    def emergency(self) -> Row | None:
        found: Row | None = self._kept("emergency", None, super().emergency)
        return found

    def counter(self, counter_id: str) -> Counter:
        return self._now().counters.get(counter_id) or Counter(counter_id)

    def counters(self) -> Mapping[str, Counter]:
        return self._now().counters

    def held(self) -> Mapping[str, Ticket]:
        return self._now().held

    def at_counter(self, counter: str) -> Ticket | None:
        return self._now().held.get(counter)

    def waiting_lines(self) -> Mapping[tuple[str, str], int]:
        return self._now().lines

    def waiting_count(self) -> int:
        return sum(self._now().lines.values())

    def targets_waiting(self) -> set[str]:
        return {target for target, _ in self._now().lines}

    def booked(self) -> Mapping[int, Ticket]:
        return self._now().booked

    def slots_after(self, moment: float) -> list[tuple[str, str]]:
        booked = self._now().booked.values()
        return [(one.target, one.service) for one in booked if (one.slot or 0.0) > moment and not one.raised]

    def _counted(
        self, mine: Profile, head_starts: Mapping[str, int], now: float, early_s: float
    ) -> tuple[int, float | None]:
        """Of whoever helps nobody, while nobody waits for a slot, all of the lines may be called."""
        here = self._now()
        if mine.helps != frozenset() or here.booked:
            return super()._counted(mine, head_starts, now, early_s)
        people = sum(many for line, many in here.lines.items() if mine.calls_from(*line))
        return people, self.since(mine) if people else None

    def behind(self, ticket: Ticket) -> bool:
        return (ticket.rank, ticket.id) < self._now().edge and super().behind(ticket)

    def tokens(self) -> Mapping[str, Device]:
        return self._now().devices

    def device_of_token(self, token_hash: str) -> Device | None:
        return self._now().devices.get(token_hash)

    def handled(
        self, since: float, services: frozenset[str] | None, reserved: frozenset[str]
    ) -> list[tuple[float, float]]:
        asked = self._now().handling
        found = asked.get((services, reserved))
        if found is None or found.since > since:
            found = asked[services, reserved] = Handling(since, super().handled(since, services, reserved))
        return [one for one in found.last if one[0] >= since]

"""How far a class's head start reaches where the hall limits it (`[tickets] in_a_row`, `overtaken_at_most`): where in
its line a new number of such a class stands. Pure.

The place is decided once, when the number is taken, and is then a rank like any other: whoever asks how many are before
it counts ranks, and what was told stays true. Whoever leaves the line changes nobody's place.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from typing import NamedTuple

from config import Hall

IN_A_ROW, OVERTAKEN = "in a row", "overtaken"
"""What held a number back, as `Ticket.placed` says it, with the limit's number behind: "in a row 2"."""


class Limits(NamedTuple):
    """`in_a_row`: so many numbers with a head start may be called one after the other while somebody without one waits
    (2: two to one); `overtaken`: so many that came later may go before a number by their head start. 0: any.
    """

    in_a_row: int = 0
    overtaken: int = 0


class InLine(NamedTuple):
    """A number that waits, or was called. `starts`: its class has a head start; `placed`: it stands where it does for
    another reason (a slot, taken back, transferred, raised), so that it neither overtakes nor is protected.
    """

    id: int
    rank: float
    starts: bool
    placed: bool = False


class Place(NamedTuple):
    """The rank of a new number, and what held it back behind its head start; '' for nothing."""

    rank: float
    held: str = ""


def limits(hall: Hall) -> Limits:
    return Limits(hall.tickets.in_a_row, hall.tickets.overtaken_at_most)


def held_by(placed: str) -> tuple[str, int] | None:
    """What held a number back (IN_A_ROW or OVERTAKEN) and the limit then, of `Ticket.placed`; None for nothing."""
    what, _, many = placed.rpartition(" ")
    return (what, int(many)) if what in (IN_A_ROW, OVERTAKEN) else None


def place(rank: float, line: Sequence[InLine], called: Sequence[InLine], limits: Limits) -> Place:
    """Where a new number stands whose head start gives it `rank`.

    `line` are those who wait in its line, by (rank, id); `called` those of it who were called, the newest first: the
    last ones, and all that came later than somebody who still waits.
    """
    natural = at = bisect_right(line, rank, key=lambda one: one.rank)
    held = ""
    if limits.overtaken:
        at = _behind_the_overtaken(at, line, called, limits.overtaken)
        held = f"{OVERTAKEN} {limits.overtaken}" if at > natural else ""
    if limits.in_a_row:
        free = _behind_a_row(at, line, called, limits.in_a_row)
        held, at = (f"{IN_A_ROW} {limits.in_a_row}", free) if free > at else (held, at)
    # the rank of the one before it: of equal ranks the earlier number goes first
    return Place(line[at - 1].rank, held) if at > natural else Place(rank)


def _behind_the_overtaken(at: int, line: Sequence[InLine], called: Sequence[InLine], most: int) -> int:
    """The first place from `at` on before which everybody stands who has been overtaken so often."""
    before = sorted(one.id for one in (*called, *line[:at]) if one.starts and not one.placed)
    found = at
    for n in range(at, len(line)):
        mine = line[n]
        if mine.placed:
            continue
        if len(before) - bisect_right(before, mine.id) >= most:
            found = n + 1
        if mine.starts:
            insort(before, mine.id)
    return found


def _behind_a_row(at: int, line: Sequence[InLine], called: Sequence[InLine], most: int) -> int:
    """The first place from `at` on where it makes no row of more than so many before somebody without a head start."""
    before = _row([*line[:at][::-1], *called])
    while at < len(line):
        after = _row(line[at:])
        plain = at + after
        if plain == len(line) or before + 1 + after <= most:
            return at
        at, before = plain + 1, 0
    return at


def _row(numbers: Sequence[InLine]) -> int:
    """How many of them have a head start, until the first without."""
    return next((n for n, one in enumerate(numbers) if not one.starts), len(numbers))

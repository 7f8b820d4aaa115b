"""Who alone may call a number: the hall (""), one counter ("counter:3"), one member of staff ("staff:08"). Pure.

Rows, events and the queue's indexes hold the written form; it is taken apart and put together here and nowhere else.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

HALL = ""
"""The line of everybody."""


class Target(NamedTuple):
    """A written target, taken apart: `id` is a counter's or a staff number; both empty for the hall.

    `kind` is service only where a pad's key says where to transfer to.
    """

    kind: Literal["", "counter", "staff", "service"]
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.kind else HALL


def parse(written: str) -> Target:
    """Raises ValueError for what nobody writes."""
    kind, _, id = written.partition(":")
    match kind:
        case "counter" | "staff" | "service":
            return Target(kind, id)
        case "":
            return Target("", "")
    raise ValueError(f"{written!r} is no target: counter:3, staff:08 or empty")


def counter(id: str) -> str:
    return str(Target("counter", id))


def staff(number: str) -> str:
    return str(Target("staff", number))


def called_from(counter_id: str, staff_number: str | None) -> tuple[str, ...]:
    """The lines that a counter may call from: the hall's, its own, that of who sits there."""
    return (HALL, counter(counter_id), *([staff(staff_number)] if staff_number else []))

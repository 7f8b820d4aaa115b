"""A draw by lot that nobody can steer and anybody can do again: good ratings to be checked, numbers to be looked at.
Pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TypeVar

Lot = TypeVar("Lot", bound=tuple[int, ...])


def drawn(seed: str, lots: Iterable[Lot], most: int) -> tuple[Lot, ...]:
    """At most so many of some lots, in their own order; the same for the same seed, however the lots were ordered.

    A lot's place in the draw is the SHA-256 of `seed:` and its numbers with `:` between them. The seed is the hash of
    the journal's row before the draw, which nobody chooses.
    """

    def place(lot: Lot) -> str:
        return hashlib.sha256(":".join([seed, *map(str, lot)]).encode()).hexdigest()

    return tuple(sorted(sorted(set(lots), key=place)[:most]))

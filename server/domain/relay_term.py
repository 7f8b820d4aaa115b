"""The term under which a hub speaks at its relay: given by the relay, said with each word (`relay/terms.py`). Pure."""

from __future__ import annotations

from typing import NamedTuple


class Term(NamedTuple):
    """`boot`: of the relay that gave it; `number` 0: none was given yet."""

    boot: str = ""
    number: int = 0


def taken(said: Term, boot: str, number: int | None) -> bool:
    """Whether a word that said `said` was taken, by its answer; `number` None of a relay that knows no terms."""
    return number is None or said == Term(boot, number)


def after(held: Term, said: Term, boot: str, number: int | None) -> Term:
    """What is said from now on, where an answer came to `said` while `held` may have become another: of two that one
    relay gave, the newer one.
    """
    if taken(said, boot, number):
        return held
    given = Term(boot, number or 0)
    return max(held, given) if held.boot == boot else given

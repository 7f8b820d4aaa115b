"""Keys that were pressed outside, as a relay brings them to the hall: again and again until it knows what became of
each, so that one is carried out once and not after its time. Pure: who asks says what time it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

REMEMBERED_S = 120.0
"""What became of a key is known for so long: more than its life at the relay and the longest answer on its way."""


class Brought(Protocol):
    """`left_s`: of its life at the relay, in seconds, when it was handed over."""

    @property
    def id(self) -> str: ...

    @property
    def left_s(self) -> float: ...


Key = TypeVar("Key", bound=Brought)
Result = TypeVar("Result")


def in_time(left_s: float, waited_s: float) -> bool:
    """Whether a key may still be carried out: `waited_s` since the ask that brought it was sent. The relay handed it
    over after that ask, so that nothing is done once it has said that the key is void. Each side counts seconds by a
    clock of its own that only grows; what time it is matters to neither.
    """
    return waited_s < left_s


class BroughtKeys(Generic[Key, Result]):
    """What became of the keys of the last two minutes.

    A refusal is remembered as well as what was done: an answer that was under way while the relay learned of it brings
    the key once more, and somebody who was told 刚刚约满 would else have a place after all.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, Result]] = {}

    def answer(
        self, keys: Sequence[Key], waited_s: float, now: float, do: Callable[[Key], Result]
    ) -> dict[str, Result]:
        """What became of each; those that are new are carried out by `do`. One that came too late is neither done nor
        answered: pressed again it comes again. `now`: seconds that only grow.
        """
        self._known = {id: one for id, one in self._known.items() if now - one[0] < REMEMBERED_S}
        found = {}
        for key in keys:
            if key.id not in self._known:
                if not in_time(key.left_s, waited_s):
                    continue
                self._known[key.id] = (now, do(key))
            found[key.id] = self._known[key.id][1]
        return found

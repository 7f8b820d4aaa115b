"""What is done to the hall, and when: a deck of faults, shuffled anew each time it is through. Pure; the same seed, the
same faults.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import NamedTuple

HOUR_S, DAY_S = 3600.0, 86400.0
STEPS_S = (-1.0, 1.0, -200.0, 200.0, -HOUR_S, HOUR_S, -DAY_S, DAY_S, -400 * DAY_S, 400 * DAY_S, -4000 * DAY_S)
"""Those below five minutes are what a time service does; of the others the hub asks, and goes on by its count."""
PAPER = ("paper_out", "cover_open", "power_off", "half_open", "hang", "garbage", "late", "slow", "cutter_jam")
ALONE = ("", "kiosk", "hub", "both")
"""Who dies besides: the kiosk while it is alone, the hub while it enters the kiosk's numbers."""
WIRES = ("babble", "clash", "echo", "unplug")


class Fault(NamedTuple):
    """`kind` is a key of KINDS. It begins `after` seconds of quiet and lasts `seconds`; `amount` is what its kind says;
    `what` the printer's or the wire's trouble.
    """

    kind: str
    after: float
    seconds: float
    amount: float = 0.0
    what: str = ""

    def __str__(self) -> str:
        amount = f" {self.amount:+.0f}" if self.amount else ""
        return f"{self.kind}{f' {self.what}' if self.what else ''}{amount}"


class Kind(NamedTuple):
    """How long such a fault lasts (seconds, from and to), and how it is drawn."""

    lasts: tuple[float, float]
    amount: Callable[[Random], float] = lambda random: 0.0
    what: Sequence[str] = ("",)


def _bytes(random: Random) -> float:
    return float(random.randrange(0, 4000))


KINDS: dict[str, Kind] = {
    "kill": Kind((0.0, 0.5)),  # SIGKILL of the hub, which is started again: before the second machine gives it up
    "kill_second": Kind((0.0, 2.0)),
    "kill_both": Kind((0.0, 2.0)),  # the power of the whole house
    "take_over": Kind((0.0, 3.0)),  # the hub stays dead until the other one is the hub, and comes back after so long
    "freeze": Kind((0.2, 9.0)),  # SIGSTOP: it believes afterwards that no time has gone by
    "cut": Kind((0.2, 9.0)),  # nobody reaches the hub's machine, and it nobody
    "sever": Kind((0.0, 0.0), _bytes),  # every line of the hub breaks after so many bytes more, in the middle of them
    "stall": Kind((0.2, 9.0)),  # lines stay open and nothing comes through
    "full": Kind((0.5, 4.0)),  # no room on the hub's disk
    "full_second": Kind((0.5, 4.0)),
    "refuse": Kind((0.5, 4.0)),  # the hub's disk takes no write
    "step": Kind((0.5, 4.0), lambda random: random.choice(STEPS_S)),
    "paper": Kind((0.5, 6.0), what=PAPER),
    "wire": Kind((0.5, 6.0), what=WIRES),
    "alone": Kind((6.0, 9.0), _bytes, ALONE),  # a kiosk's own wires are cut; they break once more after so many bytes
    "kill_boards": Kind((0.0, 1.0)),
}


def faults(seed: int, kinds: Sequence[str] = tuple(KINDS)) -> Iterator[Fault]:
    """Without end; each kind once before any comes again, and of its troubles each in turn."""
    random = Random(seed)
    turns = {name: random.sample(KINDS[name].what, len(KINDS[name].what)) for name in kinds}
    at = dict.fromkeys(kinds, 0)
    while True:
        for name in random.sample(list(kinds), len(kinds)):
            kind, what = KINDS[name], turns[name][at[name] % len(turns[name])]
            at[name] += 1
            yield Fault(name, random.uniform(0.1, 1.0), random.uniform(*kind.lasts), kind.amount(random), what)

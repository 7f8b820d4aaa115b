"""Who of two machines may write, and who may take over: the hub, its second machine, and one witness. Pure.

No promise here hangs on a clock. While a take-over without a person is possible the pair is *armed*: then the hub may
commit nothing that the second machine does not hold. To go on without it the hub has the take-over given up first, by
an order that the second machine or the witness has written down; either's word is enough, since a take-over needs both.
Whoever has taken over has a higher epoch, writes down no order of a lower one and holds no more rows for it: so the old
hub can commit nothing any more. An order is known by (epoch, number); an older one, however late it comes, is nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

WAIT_S = 0.5
"""So long a commit waits for a second machine that is there."""
YIELD_S = 2.0
"""So long, beyond that, until the take-over is given up, before whoever waits is told that the hub is cut off."""
GONE_S = 3.0
"""So long nothing was heard of the hub when it counts as gone."""


class Order(NamedTuple):
    """What the hub has the two others write down: whether they may take over from it."""

    epoch: int
    number: int
    allow: bool
    witness: str
    """Whose vote counts."""


class Vote(NamedTuple):
    """A witness gives up the hub of the epoch before `epoch`, by the order that it had written down last."""

    epoch: int
    number: int
    witness: str


@dataclass(frozen=True)
class First:
    """The hub's side, as it is on its disk before anything of it is told."""

    epoch: int = 0
    number: int = 0
    armed: bool = False
    """A take-over may be possible: nothing is committed without the second machine."""
    allow: bool = False
    """What the newest order says; `armed` follows it only when one of the two has written it down."""
    witness: str = ""

    @property
    def order(self) -> Order:
        return Order(self.epoch, self.number, self.allow, self.witness)


def arm(first: First, witness: str) -> First:
    """The second machine holds every row, and there is a witness: a take-over is possible from here on."""
    return replace(first, number=first.number + 1, armed=True, allow=True, witness=witness)


def disarm(first: First) -> First:
    """Have the take-over given up; the same again asks for nothing new."""
    if not first.armed or not first.allow:
        return first
    return replace(first, number=first.number + 1, allow=False)


def confirmed(first: First, epoch: int, number: int) -> First:
    """The second machine or the witness has written this order down."""
    if first.armed and not first.allow and (epoch, number) == (first.epoch, first.number):
        return replace(first, armed=False)
    return first


def may_commit(first: First, *, held: bool) -> bool:
    """Whether a row may become durable here: `held`, the second machine has it on its disk."""
    return held or not first.armed


def raised(first: First, seen: int) -> First | None:
    """A witness has given a vote that came to nothing, and follows no lower epoch any more: the hub begins one above
    it. None while a take-over is possible: the vote may count.
    """
    if first.armed or seen <= first.epoch:
        return None
    return replace(first, epoch=seen + 1, number=first.number + 1, allow=False)


@dataclass(frozen=True)
class Voter:
    """What a second machine or a witness has written down: the newest order, and whether it has gone beyond it."""

    epoch: int = 0
    number: int = 0
    allow: bool = False
    witness: str = ""
    voted: bool = False
    """A witness: it has given the hub of the epoch before up."""
    hub: bool = False
    """A second machine: it has taken over."""


def written_down(voter: Voter, order: Order) -> Voter | None:
    """The voter once it has written an order down; None for one that it must not: an older one, or of a hub that was
    given up.
    """
    if voter.hub and order.epoch <= voter.epoch:
        return None
    if (order.epoch, order.number) < (voter.epoch, voter.number):
        return None
    return Voter(order.epoch, order.number, order.allow, order.witness)


def holds_for(voter: Voter, epoch: int) -> bool:
    """Whether a second machine keeps a row for the hub of this epoch."""
    return not voter.hub and epoch == voter.epoch


def gives_up(voter: Voter, name: str, silent_s: float) -> tuple[Voter, Vote] | None:
    """A witness that has heard nothing of the hub for so long: its vote, once the voter is written down. None: not
    yet, not at all, or it has voted already (`vote_of` gives that again).
    """
    if not voter.allow or voter.witness != name or silent_s < GONE_S:
        return None
    gone = Voter(voter.epoch + 1, 0, witness=name, voted=True)
    return gone, Vote(gone.epoch, voter.number, name)


def takes_over(voter: Voter, vote: Vote) -> Voter | None:
    """The second machine as the hub, by a witness's vote; None for one that does not count."""
    counts = voter.allow and not voter.hub and voter.witness == vote.witness
    if not counts or (vote.epoch, vote.number) != (voter.epoch + 1, voter.number):
        return None
    return Voter(vote.epoch, 0, hub=True)


def by_hand(voter: Voter) -> Voter:
    """The second machine as the hub, since a person says that the other one is off."""
    return Voter(voter.epoch + 1, 0, hub=True)


def is_behind(epoch: int, seen: int) -> bool:
    """Whether a hub of `epoch` is one no more, once somebody knows a hub of `seen`."""
    return seen > epoch

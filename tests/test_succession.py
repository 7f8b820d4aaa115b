"""Two machines and a witness, messages lost, late or twice, everybody killed at any moment: never two that write."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

import succession as pair
from succession import First, Order, Voter

W = "K1"


@dataclass
class Machine:
    """What one machine has on its disk, and in `told` what it believes until it is killed."""

    rows: list[tuple[int, str]] = field(default_factory=list)
    """(epoch, what) of each durable row."""
    staged: tuple[int, str, int] | None = None


class TwoMachines(RuleBasedStateMachine):
    """`wire` holds the messages under way: each may be delivered at any time, again and again, or never."""

    @initialize()
    def begin(self) -> None:
        self.first, self.second, self.witness = First(), Voter(), Voter()
        self.a, self.b = Machine(), Machine()
        self.wire: list[tuple[Any, ...]] = []
        self.pending: str | None = None
        self.acknowledged: list[str] = []
        self.wrote: dict[int, set[str]] = {}
        self.count = 0
        self.a_fenced = False

    def send(self, *message: Any) -> None:
        if message in self.wire:
            self.wire.remove(message)
        self.wire.append(message)

    # --- the first machine ---

    @precondition(lambda self: self.pending is None and not self.a_fenced)
    @rule()
    def somebody_touches(self) -> None:
        self.count += 1
        self.pending = f"a{self.count}"
        self.send("row", self.first.epoch, len(self.a.rows), tuple(self.a.rows), self.pending)
        self.settle(held=False)

    def settle(self, *, held: bool) -> None:
        if self.pending is not None and pair.may_commit(self.first, held=held):
            self.a.rows.append((self.first.epoch, self.pending))
            self.wrote.setdefault(self.first.epoch, set()).add("A")
            self.acknowledged.append(self.pending)
            self.pending = None

    @precondition(lambda self: not self.a_fenced and not self.first.armed)
    @rule()
    def the_second_machine_is_in_step(self) -> None:
        """Asked and answered in one exchange, in which nothing is committed."""
        if self.pending is None and pair.holds_for(self.second, self.first.epoch):
            self.b.rows, self.b.staged = list(self.a.rows), None
            self.first = pair.arm(self.first, W)

    @precondition(lambda self: not self.a_fenced)
    @rule()
    def nobody_answers(self) -> None:
        self.first = pair.disarm(self.first)

    @precondition(lambda self: not self.a_fenced)
    @rule()
    def orders_go_out(self) -> None:
        self.send("order", "B", self.first.order)
        self.send("order", "W", self.first.order)

    @precondition(lambda self: not self.a_fenced)
    @rule()
    def the_witness_is_ahead(self) -> None:
        if (higher := pair.raised(self.first, self.witness.epoch)) and self.witness.voted:
            self.first = higher

    @rule()
    def the_first_is_killed_and_starts(self) -> None:
        self.pending = None

    @rule()
    def the_first_hears_of_another_hub(self) -> None:
        if self.second.hub and pair.is_behind(self.first.epoch, self.second.epoch):
            self.a_fenced, self.pending = True, None

    # --- the wire ---

    @precondition(lambda self: self.wire)
    @rule(copies=st.booleans())
    def the_newest_arrives(self, copies: bool) -> None:
        message = self.wire[-1] if copies else self.wire.pop()
        getattr(self, f"on_{message[0]}")(*message[1:])

    @precondition(lambda self: not self.a_fenced)
    @rule(to=st.sampled_from(["B", "W"]))
    def one_is_told_at_once(self, to: str) -> None:
        """And the order may come once more, later."""
        order = self.first.order
        self.send("order", to, order)
        self.on_order(to, order)

    @precondition(lambda self: not self.a_fenced and not self.first.armed and self.pending is None)
    @rule()
    def all_is_well(self) -> None:
        self.the_second_machine_is_in_step()
        for to in ("B", "W"):
            self.one_is_told_at_once(to)

    @precondition(lambda self: self.witness.allow)
    @rule()
    def the_witness_votes_and_is_heard(self) -> None:
        self.the_witness_hears_nothing()
        self.on_vote(self.wire[-1][1])

    @precondition(lambda self: not self.a_fenced and self.first.armed)
    @rule(to=st.sampled_from(["B", "W"]))
    def the_taking_over_is_given_up_by_one(self, to: str) -> None:
        self.nobody_answers()
        self.one_is_told_at_once(to)
        if self.wire and self.wire[-1][0] == "written":
            self.on_written(*self.wire[-1][1:])

    @precondition(lambda self: self.wire)
    @rule(data=st.data())
    def something_arrives(self, data: st.DataObject) -> None:
        at = data.draw(st.integers(0, len(self.wire) - 1))
        message = self.wire[at] if data.draw(st.booleans()) else self.wire.pop(at)
        getattr(self, f"on_{message[0]}")(*message[1:])

    def on_row(self, epoch: int, base: int, before: tuple[Any, ...], what: str) -> None:
        if not pair.holds_for(self.second, epoch):
            return
        have = [*self.b.rows, *([(self.b.staged[0], self.b.staged[1])] if self.b.staged else [])]
        if tuple(have) == before:
            self.b.rows, self.b.staged = list(have), (epoch, what, base)
        elif tuple(self.b.rows) == before:
            self.b.staged = (epoch, what, base)
        else:
            return
        self.send("held", epoch, base, what)

    def on_held(self, epoch: int, base: int, what: str) -> None:
        if not self.a_fenced and self.pending == what and epoch == self.first.epoch and base == len(self.a.rows):
            self.settle(held=True)

    def on_order(self, to: str, order: Order) -> None:
        voter = self.second if to == "B" else self.witness
        found = pair.written_down(voter, order)
        if found is None:
            return
        if to == "B":
            self.second = found
        else:
            self.witness = found
        self.send("written", order.epoch, order.number)

    def on_written(self, epoch: int, number: int) -> None:
        if not self.a_fenced:
            self.first = pair.confirmed(self.first, epoch, number)
            self.settle(held=False)

    def on_vote(self, vote: pair.Vote) -> None:
        if found := pair.takes_over(self.second, vote):
            self.second = found
            self.becomes_hub()

    # --- the witness and the second machine ---

    @rule()
    def the_witness_hears_nothing(self) -> None:
        if found := pair.gives_up(self.witness, W, pair.GONE_S):
            self.witness, vote = found
            self.send("vote", vote)

    def becomes_hub(self) -> None:
        if self.b.staged:
            self.b.rows.append(self.b.staged[:2])
            self.b.staged = None
        self.b_taken = list(self.b.rows)
        for what in self.acknowledged:
            assert what in [row[1] for row in self.b.rows], f"{what} was acknowledged and is lost"

    @precondition(lambda self: self.second.hub)
    @rule()
    def the_new_hub_writes(self) -> None:
        self.count += 1
        self.b.rows.append((self.second.epoch, f"b{self.count}"))
        self.wrote.setdefault(self.second.epoch, set()).add("B")
        self.acknowledged_before = len(self.acknowledged)

    @invariant()
    def one_writes(self) -> None:
        for epoch, who in getattr(self, "wrote", {}).items():
            assert len(who) == 1, f"two wrote in epoch {epoch}"
        if hasattr(self, "acknowledged") and self.second.hub:
            held = {row[1] for row in self.b.rows}
            assert set(self.acknowledged) <= held, "the old hub went on answering"


def test_two_machines_and_a_witness() -> None:
    run_state_machine_as_test(TwoMachines, settings=settings(max_examples=300, stateful_step_count=60, deadline=None))


def test_by_hand_begins_an_epoch_of_its_own() -> None:
    second = pair.by_hand(Voter(epoch=4, number=9, allow=False))
    assert second == Voter(5, 0, hub=True)
    assert pair.written_down(second, Order(4, 10, True, W)) is None
    assert not pair.holds_for(second, 4)
    assert pair.is_behind(4, 5)


def test_a_late_vote_counts_for_nothing() -> None:
    first = pair.arm(First(), W)
    second, witness = (pair.written_down(Voter(), first.order) for _ in range(2))
    assert second and witness
    given = pair.gives_up(witness, W, 3.0)
    assert given and pair.gives_up(given[0], W, 9.0) is None
    first = pair.disarm(first)
    second = pair.written_down(second, first.order)
    assert second and pair.takes_over(second, given[1]) is None
    first = pair.confirmed(first, second.epoch, second.number)
    assert not first.armed
    higher = pair.raised(first, given[0].epoch)
    assert higher and pair.written_down(given[0], higher.order)
    again = pair.written_down(second, pair.arm(higher, W).order)
    assert again and again.allow and pair.takes_over(again, given[1]) is None, "the vote was about an order of before"
    assert pair.raised(replace(first, armed=True), given[0].epoch) is None


def test_two_seconds_of_silence_are_not_enough() -> None:
    witness = Voter(1, 1, True, W)
    assert pair.gives_up(witness, W, 2.0) is None
    assert pair.gives_up(witness, "K2", 9.0) is None

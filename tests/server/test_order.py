"""Who is next: by rank, classes with a head start, nobody starves, a number taken back comes after the next two."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server import order
from server.ticket import Ticket

HEAD_START = {"ordinary": 0, "green": 20}


def waiting(number: int, klass: str, at: float, passes: int = 0) -> Ticket:
    return Ticket(
        id=number, day="2026-11-23", prefix="A", number=number, service="SB01", klass=klass, channel="kiosk",
        issued_at=at, rank=order.rank(at, HEAD_START[klass]), passes=passes,
    )  # fmt: skip


def heads(tickets: list[Ticket]) -> list[Ticket]:
    first: dict[str, Ticket] = {}
    for ticket in sorted(tickets, key=lambda t: (t.rank, t.id)):
        first.setdefault(ticket.klass, ticket)
    return list(first.values())


def test_a_head_start_is_finite() -> None:
    ordinary, green_soon, green_late = waiting(1, "ordinary", 0), waiting(2, "green", 19 * 60), waiting(3, "green", 21 * 60)
    assert order.choose([ordinary, green_soon], None, 1200).ticket is green_soon  # type: ignore[union-attr]
    assert order.choose([ordinary, green_late], None, 1300).ticket is ordinary  # type: ignore[union-attr]


def test_a_counter_that_prefers_a_class_helps_the_others_when_none_waits() -> None:
    ordinary, green = waiting(1, "ordinary", 0), waiting(2, "green", 5000)
    assert order.choose([ordinary, green], ["green"], 6000).ticket is green  # type: ignore[union-attr]
    assert order.choose([ordinary], ["green"], 6000).ticket is ordinary  # type: ignore[union-attr]
    assert order.choose([], ["green"], 6000) is None


def test_every_choice_says_why() -> None:
    choice = order.choose([waiting(1, "ordinary", 0), waiting(2, "green", 60)], None, 600)
    assert choice is not None
    assert choice.why == "按类别的提前量排在最前，已等候9分钟。"
    first = order.choose([waiting(1, "ordinary", 0)], None, 1380)
    assert first is not None
    assert first.why == "取号最早，已等候23分钟。"


@given(st.lists(st.tuples(st.sampled_from(["ordinary", "green"]), st.integers(0, 20000)), min_size=1, max_size=40))
def test_no_inversion_within_a_class_and_nobody_is_overtaken_for_long(arrivals: list[tuple[str, int]]) -> None:
    queue = [waiting(i, klass, float(at)) for i, (klass, at) in enumerate(sorted(arrivals, key=lambda a: a[1]), 1)]
    served = []
    while queue:
        choice = order.choose(heads(queue), None, 30000.0)
        assert choice is not None
        queue.remove(choice.ticket)
        served.append(choice.ticket)
    for klass in HEAD_START:
        mine = [t.id for t in served if t.klass == klass]
        assert mine == sorted(mine)
    for i, ticket in enumerate(served):
        assert all(before.issued_at <= ticket.issued_at + 20 * 60 for before in served[:i])


def test_a_number_taken_back_comes_after_the_next_two() -> None:
    queue = [waiting(1, "ordinary", 10), waiting(2, "ordinary", 20), waiting(3, "ordinary", 30)]
    rank = order.returned_rank(queue, 2, 100.0)
    assert queue[1].rank <= rank < queue[2].rank
    assert order.returned_rank([], 2, 100.0) == 100.0
    assert order.returned_rank(queue, 0, 100.0) < queue[0].rank

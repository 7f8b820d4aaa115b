"""A place taken on a sofa: never before who sits in the hall, never more than a share of what the door gives."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.domain import events as ev
from server.domain import order, remote
from server.domain.remote import Remote
from server.domain.ticket import Ticket, evolve

MOMENTS = st.lists(st.tuples(st.integers(0, 3600), st.booleans(), st.integers(0, 1800)), min_size=1, max_size=30)
"""Who comes: the second of arrival, whether it is a remote one, and how long before it the place was taken."""


def numbers(comers: list[tuple[int, bool, int]]) -> list[Ticket]:
    """Their numbers, each given out at its arrival, as `tickets.issue` does."""
    made: list[Ticket] = []
    for id, (at, outside, _) in enumerate(sorted(comers), start=1):
        came = order.came(made[-1] if made else None, {"ordinary": 0}, float(at))
        event = ev.Issued(
            ticket=id, day="d", prefix="A", number=id, service="SB01", klass="ordinary",
            channel="remote" if outside else "kiosk", rank=order.rank(came, 0),
        )  # fmt: skip
        ticket = evolve(None, event, float(at))
        assert ticket
        made.append(ticket)
    return made


@given(MOMENTS)
def test_nobody_who_sits_in_the_hall_is_passed_by_one_who_came_later(comers: list[tuple[int, bool, int]]) -> None:
    line = sorted(numbers(comers), key=lambda one: (one.rank, one.id))
    for place, one in enumerate(line):
        assert all(other.issued_at <= one.issued_at for other in line[:place]), one


@given(MOMENTS)
def test_a_walk_ins_place_is_what_it_were_had_the_remote_ones_walked_in(comers: list[tuple[int, bool, int]]) -> None:
    walking = [(at, False, 0) for at, _, _ in sorted(comers)]
    assert [one.rank for one in numbers(sorted(comers))] == [one.rank for one in numbers(walking)]


@given(st.lists(st.booleans(), max_size=200), st.integers(1, 50))
def test_the_sofa_has_its_share_and_no_more(asks: list[bool], share: int) -> None:
    """Each ask is of the door (always given) or of a sofa (given while there is room)."""
    door = sofa = 0
    for outside in asks:
        if not outside:
            door += 1
        elif remote.room(door, sofa, share):
            sofa += 1
            assert sofa <= remote.LEAST or 100 * sofa <= share * (door + sofa)


def test_room_by_hand() -> None:
    assert [remote.room(walk_ins, 0, 20) for walk_ins in (0, 7, 8, 12, 40)] == [1, 1, 2, 3, 10]
    assert remote.room(12, 3, 20) == 0 == remote.room(0, 5, 50)


def test_it_is_kept_until_its_time_and_once_more() -> None:
    taken = ev.RemoteTaken(remote=1, day="d", service="SB01", until=100.0)
    one = remote.evolve(None, taken, 10.0)
    assert one == Remote(id=1, day="d", service="SB01", language="zh", taken_at=10.0, until=100.0)
    assert [remote.state(one, False, at) for at in (99.0, 100.0)] == ["coming", "expired"]
    again = remote.evolve(one, ev.RemoteRenewed(remote=1, until=200.0), 110.0)
    assert again and again.renewed and remote.state(again, False, 150.0) == "coming"
    gone = remote.evolve(again, ev.RemoteLeft(remote=1), 160.0)
    assert gone and remote.state(gone, False, 160.0) == "left" and remote.state(gone, True, 160.0) == "arrived"

"""What would keep the pledge, worked out by hand: how many counters, until when, and what the day has time for."""

from __future__ import annotations

from typing import Any

import pytest

from server.domain.forecast import Queue, Relief, relief, served_by, to_finish, worst_min


def line(waiting: int, serving: int, could: int = 0, **more: Any) -> Queue:
    """Ten minutes each, nobody free."""
    able = tuple(str(n) for n in range(1, could + 1))
    return Queue(("SB01",), waiting, serving, more.pop("free", 0), 10.0, able, **more)


def test_within_the_pledge_nothing_is_needed() -> None:
    assert relief(line(3, 2, 2), 20) is None  # 4 turns of 10 min at 2 counters: 20 min
    assert line(3, 2).newcomer_min == 20


@pytest.mark.parametrize(
    ("queue", "found"),
    [
        # 5 turns at 2: 25 min. A third, free at once: 4 turns at 3, 13⅓ min. Two counters hold 20 min with 3 waiting:
        # one too many, worked off at 0.3 a minute
        (line(4, 2, 1), Relief(1, 40 / 3, 1 / 0.3)),
        # 10 a quarter of an hour come, two counters do 12 in an hour: without the third the line grows again
        (line(4, 2, 1, coming_per_min=0.3), Relief(1, 40 / 3, None)),
        # 9 waiting at 1: 100 min; with 1: 9 x 10 / 2; with 2: 8 x 10 / 3; with 3: 7 x 10 / 4 = 17.5
        (line(9, 1, 4), Relief(3, 17.5, 8 / 0.4)),
        (line(9, 1, 2), None),
        (line(9, 1), None),
    ],
)
def test_the_fewest_counters_that_keep_it(queue: Queue, found: Relief | None) -> None:
    got = relief(queue, 20)
    assert (got is None) == (found is None)
    if got and found:
        assert got.counters == found.counters
        assert got.wait_min == pytest.approx(found.wait_min)
        assert got.for_min == (None if found.for_min is None else pytest.approx(found.for_min))


def test_who_has_waited_counts_and_who_is_over_it_does_not() -> None:
    queue = line(2, 1, 2)  # turns at 10 and 20 min, a newcomer at 30
    assert worst_min(queue, 30) == 30
    assert worst_min(queue, 30, [25, 1]) == 35
    assert worst_min(queue, 30, [31, 1]) == 30
    better = relief(queue, 30, [25, 1])
    assert better is not None and better.counters == 1  # free at once: the first is called now, 25 min


def test_whether_the_day_can_be_finished() -> None:
    queue = line(6, 2, 3)  # the last is called after 30 min and done after 40
    assert queue.done_min == 40
    assert to_finish(queue, 40) == 0
    assert to_finish(queue, 30) == 1  # 5 turns at 3, and 10
    assert to_finish(queue, 5) is None
    assert (served_by(queue, 40), served_by(queue, 25), served_by(queue, 5)) == (6, 3, 0)

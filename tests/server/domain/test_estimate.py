"""How long it will be: a range, from what the hall did today, else from the catalogue; nothing when nothing is
known.
"""

from __future__ import annotations

import pytest

from server.domain.estimate import wait_minutes


@pytest.mark.parametrize(
    ("ahead", "counters", "free", "recent", "standard", "said"),
    [
        (0, 4, 1, [], 8, (0, 5)),
        (0, 4, 0, [], 20, (0, 10)),  # nobody ahead, but all are busy: 20 min over four, one of them is done in 5
        (8, 4, 1, [], 10, (10, 30)),  # 20 min ± 30 %: 14 to 26, rounded outwards to 5
        (7, 4, 0, [], 10, (10, 30)),
        (2, 4, 3, [], 10, (0, 5)),  # a free counter for everybody
        (8, 4, 1, [300.0] * 5, 10, (5, 15)),  # 10 min by what the last five took
        (8, 4, 1, [300.0] * 4, 10, (10, 30)),  # four are too few
        (99, 1, 0, [600.0] * 20, 10, (700, 1300)),
        (3, 0, 0, [600.0] * 20, 10, None),
    ],
)
def test_a_range(
    ahead: int, counters: int, free: int, recent: list[float], standard: float, said: tuple[int, int] | None
) -> None:
    assert wait_minutes(ahead, counters, free, recent, standard) == said

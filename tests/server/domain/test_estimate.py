"""How long it will be: a range, from what the hall did today, else from the catalogue; nothing when nothing is
known.
"""

from __future__ import annotations

import pytest

from server.domain.estimate import wait_minutes


@pytest.mark.parametrize(
    ("ahead", "counters", "recent", "standard", "said"),
    [
        (0, 4, [], 8, (0, 5)),
        (8, 4, [], 10, (10, 30)),  # 20 min ± 30 %: 14 to 26, rounded outwards to 5
        (8, 4, [300.0] * 5, 10, (5, 15)),  # 10 min by what the last five took
        (8, 4, [300.0] * 4, 10, (10, 30)),  # four are too few
        (100, 1, [600.0] * 20, 10, (700, 1300)),
        (3, 0, [600.0] * 20, 10, None),
    ],
)
def test_a_range(ahead: int, counters: int, recent: list[float], standard: float, said: tuple[int, int] | None) -> None:
    assert wait_minutes(ahead, counters, recent, standard) == said

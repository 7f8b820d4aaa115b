"""One more counter: worked out by hand where everybody takes ten minutes."""

from __future__ import annotations

import pytest

from server.foresight.seer import Seer, Sight
from server.foresight.watch import Watch
from server.foresight.what_if import MOST, closed, opened
from server.views.hall import closed_words, opened_words


def seer() -> Seer:
    watch = Watch(midnight=0.0)
    for n in range(30):
        watch.held.clear()
        watch.came(n, "S", "ordinary", n * 700.0)
        watch.called(n, "1", n * 700.0)
        watch.freed("1", n * 700.0 + 600.0)
    watch.pace = 1.0
    return Seer(watch)


def sight(people: int) -> Sight:
    return Sight(30000.0, ["S"] * people, ["1", "2"], None, "S", open={"1"}, held={"1": ("S", 30000.0)})


def test_a_second_counter_halves_a_line() -> None:
    told = opened(seer(), sight(6), [60.0 * n for n in (12, 10, 8, 6, 4, 2)], "2", 1800.0)
    assert told
    # alone: the six are called after 10, 20 ... 60 min, the newcomer after 70;
    # together after 0, 10, 10, 20, 20, 30 and 30
    assert told.p90_s == pytest.approx((4200.0, 1800.0), abs=2.0)
    # alone 22, 30, 38, 46, 54, 62, 70 min in all: five over half an hour;
    # together 12, 20, 18, 26, 24, 32, 30: one
    assert told.fewer == pytest.approx(4.0, abs=0.1)
    words = opened_words(told)
    assert words == {
        "zh": "现在开：新来的人九成等候由70分钟降到30分钟，超过承诺的少4人。",
        "en": "Opened now: nine in ten newcomers wait at most 30 min instead of 70, 4 fewer over the pledge.",
    }


def test_a_long_line_is_played_in_blocks() -> None:
    whole = opened(seer(), sight(2 * MOST), [], "2", 1800.0)
    # everybody takes ten minutes: alone the newcomer is called after (n + 1) x 10 min, by two after n / 2 x 10
    assert whole and whole.p90_s == pytest.approx(((2 * MOST + 1) * 600.0, MOST * 600.0), rel=0.02)


def test_of_no_difference_nothing_is_said() -> None:
    same = opened(seer(), sight(3)._replace(open={"1", "2"}), [], "2", 1800.0)
    assert same and same.fewer == 0 and opened_words(same) is None


def test_what_a_counter_gives_it_takes_when_it_closes() -> None:
    waited = [60.0 * n for n in (12, 10, 8, 6, 4, 2)]
    both = sight(6)._replace(open={"1", "2"})
    told = closed(seer(), both, waited, "2", 1800.0)
    assert told and told.p90_s == pytest.approx((1800.0, 4200.0), abs=2.0)
    assert told.fewer == pytest.approx(-4.0, abs=0.1) and not told.ends
    words = closed_words(told)
    assert words == {
        "zh": "现在关：新来的人九成等候由30分钟升到70分钟，超过承诺的多4人。",
        "en": "Closed now: nine in ten newcomers wait up to 70 min instead of 30, 4 more over the pledge.",
    }


def test_the_last_counter_of_a_line_leaves_nobody() -> None:
    told = closed(seer(), sight(3)._replace(counters=["1"]), [60.0] * 3, "1", 1800.0)
    assert told and told.ends and closed_words(told)["zh"].startswith("现在关：等它叫号的人再没有窗口叫")
    assert closed(seer(), sight(3)._replace(counters=["2"]), [], "1", 1800.0) is None

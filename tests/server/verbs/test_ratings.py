"""好差评 by the rules of docs/wording.md 7.3: one for each round, by invitation or unasked, in time, by default, and a
later real one.
"""

from __future__ import annotations

import pytest

from server.domain import rating as rules
from server.domain.rating import Rating
from server.domain.rules import Refused
from server.domain.ticket import Ticket
from server.store import journal
from server.verbs import calls, counters, ratings, tickets
from server.verbs.day import tick
from server.verbs.hub import By, Hub
from tests.conftest import HandClock

DAY = 86400.0


@pytest.fixture
def served(hub: Hub) -> Ticket:
    """A001 is served at counter 1, which has the hall's rater."""
    counters.open_counter(hub, By("08"), "1", staff="08")
    tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("08"), "1")
    return calls.start(hub, By("08"), "1")


def finish(hub: Hub) -> None:
    calls.finish(hub, By("08"), "1", "现场办结")


def rating(hub: Hub) -> Rating | None:
    return hub.read().rating(1, 1)


def refusal(hub: Hub, score: str = "04") -> str:
    with pytest.raises(Refused) as refused:
        ratings.rate(hub, "1", score)
    return str(refused.value)


def test_a_visitor_rates_the_round_that_is_served(hub: Hub, served: Ticket, clock: HandClock) -> None:
    clock.forward(30)
    given = ratings.rate(hub, "1", "03")
    assert (
        given
        == rating(hub)
        == Rating(
            ticket=1,
            leg=1,
            day="2026-11-23",
            service="SB01",
            counter="1",
            staff="08",
            level=4,
            source="rater",
            is_default=False,
            options=(),
            at=clock.at,
        )
    )
    assert refusal(hub, "00") == "这次业务已经评价过，谢谢。"
    assert journal.verify(hub.store.read().conn) == []


def test_before_anybody_is_served_nobody_can_rate(hub: Hub) -> None:
    assert refusal(hub) == "没有待评价的业务：请在办理时评价。"
    counters.open_counter(hub, By("08"), "1", staff="08")
    tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("08"), "1")
    assert refusal(hub) == "没有待评价的业务：请在办理时评价。"  # called is not served


@pytest.mark.parametrize(("score", "level"), [("04", 5), ("03", 4), ("02", 3), ("01", 2), ("00", 1)])
def test_the_levels_of_the_map(hub: Hub, served: Ticket, score: str, level: int) -> None:
    assert ratings.rate(hub, "1", score).level == level


def test_a_key_outside_the_map_and_a_rater_that_is_none(hub: Hub, served: Ticket) -> None:
    assert refusal(hub, "07") == "评价器1的按键07没有设置等级。"
    with pytest.raises(Refused, match="没有评价器“9”"):
        ratings.rate(hub, "9", "04")


def test_unasked_there_is_a_minute_after_the_end_and_then_nothing(hub: Hub, served: Ticket, clock: HandClock) -> None:
    finish(hub)
    clock.forward(60)
    assert ratings.rate(hub, "1", "04").level == 5
    tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("08"), "1")
    finish(hub)
    clock.forward(61)
    assert refusal(hub) == "没有待评价的业务：请在办理时评价。"
    assert hub.read().rating(2, 1) is None


def test_an_invitation_is_a_prompt_for_a_minute_and_then_not_rated(hub: Hub, served: Ticket, clock: HandClock) -> None:
    finish(hub)
    clock.forward(300)
    ratings.invite(hub, By("08"), "1")
    asked = ratings.asking(hub, hub.read(), "1")
    assert asked.startswith("1.1.")
    clock.forward(59)
    assert ratings.asking(hub, hub.read(), "1") == asked
    clock.forward(2)
    before = hub.seq
    assert ratings.asking(hub, hub.read(), "1") == "" and refusal(hub).startswith("没有待评价")
    assert hub.seq == before
    ratings.invite(hub, By("08"), "1")
    assert ratings.asking(hub, hub.read(), "1") not in ("", asked)  # a new prompt
    ratings.rate(hub, "1", "04")
    assert ratings.asking(hub, hub.read(), "1") == ""


def test_an_invitation_means_the_round_it_was_for_though_the_next_person_is_there(hub: Hub, served: Ticket) -> None:
    finish(hub)
    ratings.invite(hub, By("08"), "1")
    tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("08"), "1")
    calls.start(hub, By("08"), "1")
    assert ratings.rate(hub, "1", "04").ticket == 1


def test_who_may_be_invited(hub: Hub, served: Ticket, clock: HandClock) -> None:
    def why(counter: str = "1") -> str:
        with pytest.raises(Refused) as refused:
            ratings.invite(hub, By("08"), counter)
        return str(refused.value)

    assert why("2") == "2号窗口没有评价器。"
    ratings.rate(hub, "1", "00")
    ratings.invite(hub, By("08"), "1")  # while it is open nobody learns that it was rated
    finish(hub)
    assert why() == "A001已经评价过。"
    clock.forward(601)
    assert why() == "没有可以评价的号：请在办理中或刚办结时邀请。"


def test_the_same_press_twice_is_one_rating(hub: Hub, served: Ticket) -> None:
    first = ratings.rate(hub, "1", "04", key="one-press-of-a-key")
    assert ratings.rate(hub, "1", "04", key="one-press-of-a-key") == first


def test_an_undone_finish_is_still_the_same_round(hub: Hub, served: Ticket) -> None:
    finish(hub)
    ratings.rate(hub, "1", "04")
    tickets.undo(hub, By("08"))
    assert hub.read().at_counter("1").label == "A001"  # type: ignore[union-attr]
    finish(hub)
    assert refusal(hub) == "这次业务已经评价过，谢谢。"


def test_after_a_week_it_is_satisfied_by_default_and_a_later_real_one_counts(
    hub: Hub, served: Ticket, clock: HandClock
) -> None:
    finish(hub)
    clock.forward(7 * DAY - 10 * 3600)
    assert (clock.at, ratings.give_defaults(hub), rating(hub)) == (clock.at, 0, None)
    clock.forward(10 * 3600)
    assert (ratings.give_defaults(hub), ratings.give_defaults(hub)) == (1, 0)
    given = rating(hub)
    assert given and (given.level, given.source, given.is_default, given.staff) == (4, "default", True, "08")
    calls.call(hub, By("08"), "1", tickets.issue(hub, By("kiosk"), "SB01").id)
    ticket = hub.read().ticket(1)
    assert ticket is not None
    hub.turn(lambda turn: turn.record(rules.rate(ticket, turn.rating(1, 1), 2, "1"), "rater 1"))
    given = rating(hub)
    assert given and (given.level, given.source, given.is_default) == (2, "rater", False)
    assert [row.event for row in hub.read().life_line(1)].count("Rated") == 2  # both stay in the journal
    assert journal.verify(hub.store.read().conn) == []


def test_numbers_that_were_never_served_get_no_default(hub: Hub, served: Ticket, clock: HandClock) -> None:
    tickets.issue(hub, By("kiosk"), "SB01")
    clock.forward(8 * DAY)
    tick(hub)
    assert ratings.give_defaults(hub) == 0


def test_ratings_of_days(hub: Hub, served: Ticket) -> None:
    ratings.rate(hub, "1", "01")
    assert [r.level for r in hub.read().ratings("2026-11-23", "2026-11-23")] == [2]
    assert [r.level for r in hub.read().bad_ratings(0)] == [2] and hub.read().ratings("2026-11-24", "2026-12-01") == []

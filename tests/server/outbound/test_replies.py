"""A rating by text message: asked once who agreed, answered once, erased then; and who wants no message more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from counter_display.virtual.modem_line import VirtualModem
from server.domain import notifications
from server.domain.notifications import Key, of_ticket
from server.outbound.notifier import Notifier, tickets_due
from server.store import journal
from server.verbs import counters, ratings, records, replies, telephones
from server.verbs.hub import By, Hub
from tests.conftest import HandClock
from tests.server.outbound.test_notifier import (
    KIOSK,
    OWN,
    RELATIVE,
    call_next,
    every_byte,
    finish,
    modem,
    start,
    take,
    told,
    virtual,
    with_channels,
)
from tests.waiting import until

__all__ = ["start", "virtual"]
HOUR = 3600.0


def done(hub: Hub, *, rate: bool = True, own: str = OWN, relative: str = "") -> int:
    """A number whose holder left a telephone, and that is finished."""
    (mine,) = take(hub)
    telephones.give(hub, KIOSK, mine, own, relative, rate=rate)
    call_next(hub)
    finish(hub)
    return mine


def asked(hub: Hub, tmp_path: Path, clock: HandClock, **messages: Any) -> int:
    with_channels(hub, {"modem": modem(tmp_path)}, **messages)
    if hub.read().counter("1") is None or hub.read().counter("1").state == "closed":  # type: ignore[union-attr]
        counters.open_counter(hub, By("08"), "1", staff="08")
    mine = done(hub)
    clock.forward(notifications.RATE_AFTER_S)
    note(hub, mine)
    return mine


def note(hub: Hub, ticket: int, outcome: str = "sent") -> None:
    said = {"field": "own", "channel": "modem", "outcome": outcome}
    telephones.note(hub, telephones.ev.Notified(ticket=ticket, occasion="rate", **said))


def due(hub: Hub) -> list[Key]:
    return [one.key for one in tickets_due(hub, hub.read(), hub.now())]


def given(hub: Hub, ticket: int) -> Any:
    return hub.read().rating(ticket, hub.read().ticket(ticket).legs)  # type: ignore[union-attr]


def left(hub: Hub, ticket: int) -> bool:
    telephones.erase_ended(hub)
    return hub.read().telephone(ticket) is not None


def test_asked_answered_on_record_and_erased_by_a_modem(
    hub: Hub,
    virtual: VirtualModem,
    start: Callable[..., Notifier],
    tmp_path: Path,
    clock: HandClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    start(modem=modem(tmp_path))
    counters.open_counter(hub, By("08"), "1", staff="08")
    mine = done(hub)
    clock.forward(notifications.RATE_AFTER_S)
    hub.wake()
    told(hub, mine, rate="arrived")
    assert "请回复数字评价" in virtual.received[-1].text
    virtual.write(f"+86{OWN}", "你们几点下班？")
    told(hub, mine, unclear="arrived")
    virtual.write(f"+86{OWN}", "还是没看懂", plain=False)
    virtual.write("+8613900000000", "5", plain=True)  # nobody's
    virtual.write(f"+86{OWN}", "２，" + "窗口没人管我等了很久。" * 8)
    until(lambda: given(hub, mine))
    assert (given(hub, mine).level, given(hub, mine).source) == (2, "sms")
    until(lambda: hub.read().telephone(mine) is None and not virtual.modem.stored)
    (bad,) = hub.read().records_of_ticket(mine)
    assert bad.values["way"] == "sms" and records.private_values(hub, bad)["phone"] == OWN
    assert records.private_values(hub, bad)["text"].startswith("窗口没人管我")
    assert [got.to for got in virtual.received] == [OWN, OWN], "asked once, told once"
    assert journal.verify(hub.read().conn) == [] and OWN not in caplog.text and "窗口没人管" not in caplog.text
    hub.store.sweep()
    assert OWN.encode() not in every_byte(hub) and "窗口没人管".encode() not in every_byte(hub)


def test_what_came_while_nobody_listened_is_read_at_the_start(
    hub: Hub, virtual: VirtualModem, start: Callable[..., Notifier], tmp_path: Path, clock: HandClock
) -> None:
    mine = asked(hub, tmp_path, clock)
    virtual.write(OWN, "Very satisfied", plain=True)
    start(modem=modem(tmp_path))
    until(lambda: given(hub, mine))
    assert given(hub, mine).level == 5
    until(lambda: not virtual.modem.stored)


def test_asked_after_the_counter_asks_no_more_and_not_too_late(hub: Hub, tmp_path: Path, clock: HandClock) -> None:
    with_channels(hub, {"modem": modem(tmp_path)})
    counters.open_counter(hub, By("08"), "1", staff="08")
    mine = done(hub, relative=RELATIVE)
    assert due(hub) == [] and left(hub, mine)
    clock.forward(notifications.RATE_AFTER_S)
    assert due(hub) == [Key(of_ticket(mine), "rate", "own")], "the relative is not asked"
    clock.forward(notifications.RATE_S)
    assert due(hub) == [] and not left(hub, mine)


def test_who_did_not_agree_is_not_asked_and_nothing_is_kept(hub: Hub, tmp_path: Path, clock: HandClock) -> None:
    with_channels(hub, {"modem": modem(tmp_path)})
    counters.open_counter(hub, By("08"), "1", staff="08")
    assert not left(hub, done(hub, rate=False))
    with_channels(hub, {"modem": modem(tmp_path)}, rate="-")
    assert not left(hub, done(hub))
    with_channels(hub, {"modem": modem(tmp_path)}, rate_hours=0)
    assert not left(hub, done(hub))
    clock.forward(notifications.RATE_AFTER_S)
    assert due(hub) == []


@pytest.mark.parametrize("outcome", ["failed", "stale", "limited"])
def test_an_address_that_was_not_reached_is_not_kept(hub: Hub, tmp_path: Path, clock: HandClock, outcome: str) -> None:
    mine = asked(hub, tmp_path, clock)
    assert left(hub, mine)
    note(hub, mine, outcome)
    assert not left(hub, mine)


def test_it_is_kept_for_its_hours_and_over_night(hub: Hub, tmp_path: Path, clock: HandClock) -> None:
    mine = asked(hub, tmp_path, clock, rate_hours=24)
    clock.forward(23.5 * HOUR)
    assert left(hub, mine)
    assert replies.take(hub, "a", OWN, "满意") is None and given(hub, mine).level == 4
    assert not left(hub, mine) and hub.read().records_of_ticket(mine) == []
    other = asked(hub, tmp_path, clock, rate_hours=24)
    clock.forward(24 * HOUR)
    assert not left(hub, other)


def test_one_rating_for_a_visit_whichever_way(hub: Hub, tmp_path: Path, clock: HandClock) -> None:
    mine = asked(hub, tmp_path, clock)
    assert replies.take(hub, "a", OWN, "5") is replies.take(hub, "a", OWN, "5") is None
    assert replies.take(hub, "b", OWN, "5") is replies.take(hub, "c", OWN, "谢谢") is None
    assert (given(hub, mine).level, given(hub, mine).second) == (5, None)
    assert replies.take(hub, "d", OWN, "不满意") is None
    assert (given(hub, mine).level, given(hub, mine).second) == (5, 2), "second thoughts"
    other = asked(hub, tmp_path, clock)
    ratings.give(hub, By("visitor"), other, 3, "code")
    assert replies.take(hub, "e", OWN, "1") is None, "rated by its code meanwhile"
    assert (given(hub, other).level, given(hub, other).source, given(hub, other).second) == (3, "code", None)


def test_of_two_visits_an_answer_names_its_number(hub: Hub, tmp_path: Path, clock: HandClock) -> None:
    first, second = asked(hub, tmp_path, clock), asked(hub, tmp_path, clock)
    assert replies.take(hub, "a", OWN, "5") == second, "told that it was not understood"
    assert given(hub, first) is given(hub, second) is None
    label = hub.read().ticket(second).label  # type: ignore[union-attr]
    replies.take(hub, "b", OWN, f"{label.lower()}号，5")
    replies.take(hub, "c", OWN, "不满意")
    assert (given(hub, second).level, given(hub, second).second, given(hub, first)) == (5, 2, None)
    clock.forward(replies.THOUGHTS_S)
    replies.take(hub, "d", OWN, "4")
    assert given(hub, first).level == 4, "the one question that is left"


def test_a_question_asked_after_a_rating_is_the_one_that_is_answered(
    hub: Hub, tmp_path: Path, clock: HandClock
) -> None:
    first, second = asked(hub, tmp_path, clock), done(hub)
    replies.take(hub, "a", OWN, "5")
    clock.forward(1)
    note(hub, second)
    replies.take(hub, "b", OWN, "2")
    assert (given(hub, first).second, given(hub, second).level) == (None, 2)


def test_a_row_that_cannot_be_opened_is_in_nobodys_way(hub: Hub, tmp_path: Path, clock: HandClock) -> None:
    spoilt, mine = asked(hub, tmp_path, clock), asked(hub, tmp_path, clock)
    hub.turn(
        lambda turn: turn.conn.execute("UPDATE private_keys SET box = x'00' WHERE record = ?", (-spoilt,)).rowcount
    )
    replies.take(hub, "a", OWN, "4")
    assert given(hub, mine).level == 4
    replies.take(hub, "b", OWN, "T")
    assert hub.read().telephone(mine) is None


def test_only_who_was_asked_is_answered(hub: Hub, tmp_path: Path, clock: HandClock) -> None:
    mine = asked(hub, tmp_path, clock)
    (waiting,) = take(hub)
    telephones.give(hub, KIOSK, waiting, RELATIVE, rate=True)
    for sender, text in (
        (RELATIVE, "5"),
        (RELATIVE, "几点？"),
        ("10086", "5"),
        ("+85212345678", "5"),
        ("13900000000", "?"),
    ):
        assert replies.take(hub, text, sender, text) is None
    assert hub.read().telephone(waiting) is not None and given(hub, mine) is None
    assert replies.take(hub, "x", OWN, "几点？") == mine


def test_who_wants_no_message_more(hub: Hub, tmp_path: Path) -> None:
    with_channels(hub, {"modem": modem(tmp_path)})
    one, other = take(hub, 2)
    telephones.give(hub, KIOSK, one, OWN, RELATIVE, rate=True)
    telephones.give(hub, KIOSK, other, OWN)
    replies.take(hub, "a", f"+86{OWN}", "退订")
    assert telephones.masks(hub, one) == {"relative": "159****1111"} and not hub.read().telephone(one).rate  # type: ignore[union-attr]
    assert hub.read().telephone(other) is None
    assert telephones.sealed_problems(hub.read(), telephones.key_of(hub)) == [] == journal.verify(hub.read().conn)

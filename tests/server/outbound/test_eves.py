"""The eve of a booking: told once, at the hall's hour, of what still stands; nothing of the address stays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import tomlkit

from config import ChannelTable, MessagesTable
from server.domain import notifications
from server.domain.notifications import Key, of_booking
from server.domain.rules import Refused
from server.outbound import signature
from server.outbound.notifier import Notifier, bookings_due
from server.store import journal, private, secret
from server.verbs import bookings, day, eves, slots, telephones
from server.verbs.hub import By, Hub
from server.views import slots as slot_views
from tests.conftest import HandClock, write_hall
from tests.server.outbound.receiver import Receiver, listening
from tests.server.outbound.test_notifier import every_byte
from tests.waiting import until

OWN, OTHER = "13812345678", "15900001111"
HOLDER = By("visitor")
HOUR = 3600.0
WEDNESDAY_NINE = 1795395600.0 + 2 * 86400
"""Tests begin on Monday 09:00; the eve is Tuesday."""
EVE = WEDNESDAY_NINE - 17 * HOUR


@pytest.fixture
def hall_file(tmp_path: Path) -> Path:
    def planned(hall: tomlkit.TOMLDocument) -> None:
        plan = {"name": "社保", "name_en": "Insurance", "services": ["SB01"], "times": ["09:00-11:00"], "minutes": 60}
        hall["slots"] = {"p": {**plan, "capacity": 3}}
        hall["messages"]["hours"] = ["07:30-19:00"]

    return write_hall(tmp_path, planned)


def with_gateway(hub: Hub, tmp_path: Path, url: str, made: str) -> None:
    (tmp_path / "gateway.secret").write_text(made)
    table = ChannelTable.model_validate({"kind": "http", "url": url, "secret_file": str(tmp_path / "gateway.secret")})
    hub.hall = hub.hall.model_copy(update={"channels": {"gateway": table}})


@pytest.fixture
def gateway(hub: Hub, tmp_path: Path) -> Iterator[Receiver]:
    made = signature.fresh()
    with listening(made) as receiver:
        with_gateway(hub, tmp_path, receiver.url, made)
        yield receiver


@contextmanager
def sending(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Iterator[Notifier]:
    monkeypatch.setattr("server.outbound.notifier.LEAST_S", 0.02)
    monkeypatch.setattr("server.outbound.notifier.MOST_S", 0.05)
    monkeypatch.setattr("server.outbound.notifier.EVERY_S", 0.02)
    notifier = Notifier(hub)
    notifier.start()
    try:
        yield notifier
    finally:
        notifier.stop()


def book(hub: Hub, start: float = WEDNESDAY_NINE, language: str = "zh") -> int:
    return slots.book(hub, HOLDER, "SB01", start, channel="desk", language=language).id


def due(hub: Hub) -> list[Key]:
    return [one.key for one in bookings_due(hub, hub.read(), hub.now())]


def sent(gateway: Receiver) -> list[dict[str, Any]]:
    return [got.told["data"] for got in gateway.got if got.told["type"] == "message.send"]


def events(hub: Hub) -> list[tuple[str, str]]:
    sql = "SELECT event, actor FROM journal WHERE event LIKE 'SlotTelephone%' ORDER BY seq"
    return [tuple(row) for row in hub.read().conn.execute(sql)]


def outcome(hub: Hub, booking: int, start: float = WEDNESDAY_NINE) -> str | None:
    found = hub.read().notification(Key(of_booking(booking, start), "eve", "own"))
    return found.said if found else None


def test_it_is_told_once_on_the_eve_and_its_address_goes_when_the_time_has_come(
    hub: Hub, clock: HandClock, gateway: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = book(hub)
    assert eves.give(hub, By("visitor", "one-touch-0001"), mine, f" +86 {OWN}").id == mine
    eves.give(hub, By("visitor", "one-touch-0001"), mine, f" +86 {OWN}")
    assert eves.mask(hub, mine) == "138****5678" and len(events(hub)) == 1, "one touch is once"
    clock.at = EVE - 1
    day.tick(hub)
    assert due(hub) == []
    with sending(hub, monkeypatch) as notifier:
        gateway.wait_for(1)  # the ping of the beginning
        clock.at = EVE
        until(lambda: outcome(hub, mine) == "sent")
        until(lambda: not notifier._waiting)  # its row is written before it is crossed out
        notifier.round()
        assert not notifier._waiting and due(hub) == []
        (told,) = sent(gateway)
        assert (told["to"], told["template"], told["valid_s"]) == (f"+86{OWN}", "eve", 86400)
        assert "11月25日 周三 09:00" in told["text"] and "社保" not in told["text"]
        assert telephones.sealed_problems(hub.read(), secret.key(hub.hall, private.KEY)) == []
        clock.at = WEDNESDAY_NINE
        until(lambda: hub.read().slot_telephones() == [])
    assert events(hub) == [("SlotTelephoneGiven", "visitor"), ("SlotTelephoneErased", "hub")]
    assert eves.opened(hub, mine) is None and hub.read().private_places() == set()
    assert len(sent(gateway)) == 1
    hub.store.sweep()
    assert OWN.encode() not in every_byte(hub) and journal.verify(hub.read().conn) == []


def test_one_that_was_moved_is_told_of_its_new_day_alone(hub: Hub, clock: HandClock, gateway: Receiver) -> None:
    mine = book(hub, language="en")
    eves.give(hub, HOLDER, mine, OWN)
    slots.change(hub, HOLDER, mine, WEDNESDAY_NINE + 86400)
    clock.at = EVE
    day.tick(hub)
    assert due(hub) == []
    clock.at = EVE + 86400
    day.tick(hub)
    (one,) = bookings_due(hub, hub.read(), hub.now())
    assert one.key.about == of_booking(mine, WEDNESDAY_NINE + 86400) and one.open_() == OWN
    assert "Booked for Thu 26 Nov 09:00" in notifications.words(hub.hall, "eve", one.language, one.facts)


def test_one_that_was_cancelled_while_it_waited_is_stale_and_never_sent(
    hub: Hub, clock: HandClock, gateway: Receiver
) -> None:
    mine = book(hub)
    eves.give(hub, HOLDER, mine, OWN)
    clock.at = EVE
    day.tick(hub)
    notifier = Notifier(hub)
    notifier.round()
    (waiting,) = notifier._waiting.values()
    slots.cancel(hub, HOLDER, mine)
    assert notifier.message(waiting) is None
    notifier.round()
    assert outcome(hub, mine) == "stale" and hub.read().slot_telephones() == [] and eves.opened(hub, mine) is None
    assert events(hub)[-1] == ("SlotTelephoneErased", "hub") and sent(gateway) == []


def test_nobody_is_told_late_nor_of_what_was_just_booked(hub: Hub, clock: HandClock, gateway: Receiver) -> None:
    mine = book(hub)
    eves.give(hub, HOLDER, mine, OWN)
    clock.at = EVE + notifications.EVE_S - 1
    day.tick(hub)
    assert [key.about for key in due(hub)] == [of_booking(mine, WEDNESDAY_NINE)]
    with pytest.raises(Refused, match="不能再设提醒"):
        eves.give(hub, HOLDER, book(hub, WEDNESDAY_NINE + HOUR), OTHER)
    slots.change(hub, HOLDER, mine, WEDNESDAY_NINE + HOUR)
    assert due(hub) == [], "who moved it this evening knows"
    clock.forward(1)
    assert due(hub) == []


def test_the_hour_keeps_to_the_hours_in_which_the_hall_sends(hub: Hub) -> None:
    def at(**messages: Any) -> str:
        hall = hub.hall.model_copy(update={"messages": MessagesTable.model_validate(messages)})
        return f"{datetime.fromtimestamp(notifications.eve_of(hall, WEDNESDAY_NINE), hall.zone):%d %H:%M}"

    assert at() == "24 16:00" and at(eve_hour=20) == "24 20:00"
    assert at(hours=["08:00-12:00", "17:30-19:00"]) == "24 17:30"
    assert at(hours=["08:00-12:00"]) == "24 08:00"


def test_who_checks_in_or_wishes_it_has_it_erased(hub: Hub, clock: HandClock, gateway: Receiver) -> None:
    mine, other = book(hub), book(hub)
    eves.give(hub, HOLDER, mine, OWN)
    eves.give(hub, HOLDER, other, OWN)
    eves.give(hub, HOLDER, other, OTHER)
    assert eves.mask(hub, other) == "159****1111"
    eves.take_away(hub, HOLDER, other)
    assert eves.mask(hub, other) == "" and events(hub)[-1] == ("SlotTelephoneErased", "visitor")
    with pytest.raises(Refused, match="没有可删除"):
        eves.take_away(hub, HOLDER, other)
    clock.at = WEDNESDAY_NINE - 0.25 * HOUR
    day.tick(hub)
    bookings.check_in(hub, By("K1"), slots.code_of(hub.hall, mine), language="zh", large_print=False, printers=())
    assert eves.erase_ended(hub) == 1 and eves.erase_ended(hub) == 0


def test_a_hall_that_does_not_tell_of_it_takes_no_address(hub: Hub, gateway: Receiver) -> None:
    mine = book(hub)
    update = {"messages": MessagesTable.model_validate({"eve": "-"})}
    hub.hall = hub.hall.model_copy(update=update)
    with pytest.raises(Refused):
        eves.give(hub, HOLDER, mine, OWN)
    hub.hall = hub.hall.model_copy(update={"channels": {}, "messages": MessagesTable.model_validate({})})
    with pytest.raises(Refused, match="没有短信提醒"):
        eves.give(hub, HOLDER, mine, OWN)
    with pytest.raises(Refused, match="11位"):
        eves.give(hub, HOLDER, mine, "1381234")


def test_an_address_that_was_changed_behind_the_journal_is_found(hub: Hub, gateway: Receiver) -> None:
    mine, key = book(hub), secret.key(hub.hall, private.KEY)
    eves.give(hub, HOLDER, mine, OWN)
    hub.turn(lambda turn: turn.drop_private(telephones.place_of_booking(mine)))
    (problem,) = telephones.sealed_problems(hub.read(), key)
    assert problem.startswith(f"slot_telephones:{mine}:")


def waits_for_wednesday(hub: Hub) -> tuple[list[int], int]:
    """Every slot of Wednesday is taken; one more person waits."""
    table = hub.hall.slots["p"]
    hub.hall = hub.hall.model_copy(update={"slots": {"p": table.model_copy(update={"waiting_list": 5})}})
    taken = [book(hub, WEDNESDAY_NINE + hour * HOUR) for hour in (0, 0, 0, 1, 1, 1)]
    return taken, slots.wait_for(hub, HOLDER, "SB01", date(2026, 11, 25), channel="desk").id


def test_who_waits_is_told_once_of_each_slot_that_is_kept(
    hub: Hub, clock: HandClock, gateway: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, mine = waits_for_wednesday(hub)
    eves.give(hub, HOLDER, mine, OWN)
    assert due(hub) == [] and eves.mask(hub, mine) == "138****5678"
    slots.cancel(hub, HOLDER, taken[0])
    kept = hub.read().booked_slot(mine)
    assert kept is not None and kept.state == "offered" and kept.offer_until is not None
    (first,) = bookings_due(hub, hub.read(), hub.now())
    assert first.key == Key(of_booking(mine, WEDNESDAY_NINE), "offer", "own")
    said = notifications.words(hub.hall, "offer", "zh", first.facts)
    assert "11月25日 周三 09:00有空位" in said and f"保留到{first.facts['until'].zh}" in said and "SB01" not in said
    clock.at = kept.offer_until
    assert due(hub) == [], "what is kept no longer is told to nobody"
    day.tick(hub)  # nobody else waits: it is kept for the same person again
    assert due(hub) == [first.key], "nobody could be told of it yet"
    with sending(hub, monkeypatch):
        until(lambda: hub.read().notification(first.key))
    for _ in range(3):
        again = hub.read().booked_slot(mine)
        assert again is not None and again.offer_until is not None and due(hub) == []
        clock.at = again.offer_until
        day.tick(hub)
    slots.accept(hub, HOLDER, mine)
    clock.at = EVE
    assert due(hub) == [Key(of_booking(mine, WEDNESDAY_NINE), "eve", "own")], "the address stays for the eve"


def test_what_comes_free_when_the_hall_sends_nothing_is_kept_into_the_morning(
    hub: Hub, clock: HandClock, gateway: Receiver
) -> None:
    taken, mine = waits_for_wednesday(hub)
    eves.give(hub, HOLDER, mine, OWN)
    clock.at += 10 * HOUR + 600  # 19:10
    slots.cancel(hub, HOLDER, taken[0])
    kept = hub.read().booked_slot(mine)
    assert kept is not None and kept.offer_until == clock.at - 600 + 13.5 * HOUR, "08:30: an hour from 07:30 on"
    assert due(hub) == []
    assert slot_views.until_words(hub.hall, kept.offer_until, clock.at).zh == "11月24日 周二 08:30"
    clock.at = kept.offer_until - HOUR
    (told,) = bookings_due(hub, hub.read(), hub.now())
    assert told.key.occasion == "offer" and told.facts["until"].zh == "08:30"


def test_the_address_of_who_waits_goes_with_the_place_on_the_list_or_the_day(
    hub: Hub, clock: HandClock, gateway: Receiver
) -> None:
    _, mine = waits_for_wednesday(hub)
    eves.give(hub, HOLDER, mine, OWN)
    other = slots.wait_for(hub, HOLDER, "SB01", date(2026, 11, 25), channel="desk").id
    eves.give(hub, HOLDER, other, OTHER)
    slots.cancel(hub, HOLDER, mine)
    eves.erase_ended(hub)
    assert eves.opened(hub, mine) is None and eves.opened(hub, other) == OTHER
    clock.at = WEDNESDAY_NINE + 24 * HOUR
    eves.erase_ended(hub)
    assert eves.opened(hub, other) is None and hub.read().private_places() == set()


def test_a_hall_that_tells_of_no_kept_slot_takes_no_address_for_it(hub: Hub, gateway: Receiver) -> None:
    _, mine = waits_for_wednesday(hub)
    hub.hall = hub.hall.model_copy(update={"messages": MessagesTable(offer="-")})
    with pytest.raises(Refused):
        eves.give(hub, HOLDER, mine, OWN)

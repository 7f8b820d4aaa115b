"""Who is told away from the hall, through a virtual modem and a gateway's stand-in: once, in time, within limits, and
nothing of the address stays behind.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import config
from config import ChannelTable, MessagesTable
from counter_display.virtual.hall import Hall as Virtual
from counter_display.virtual.modem_line import VirtualModem
from server.domain import notifications
from server.domain.notifications import Carried, Key, of_ticket
from server.domain.rules import Refused
from server.health import Health
from server.outbound import gsm_modem, http_gateway, signature
from server.outbound.notifier import Notifier, _Desk, tickets_due
from server.store import journal, private, secret
from server.verbs import calls, cases, counters, records, telephones, tickets, visitor
from server.verbs.hub import By, Hub
from server.verbs.records import Who
from tests.conftest import HandClock
from tests.server.outbound.receiver import listening
from tests.waiting import until

OWN, RELATIVE = "13812345678", "15900001111"
KIOSK = By("K1")


@pytest.fixture
def virtual(tmp_path: Path) -> Iterator[VirtualModem]:
    modem = VirtualModem("modem", tmp_path / "modem", Virtual({}), deliver_s=0.0)
    yield modem
    modem.unplug()


def with_channels(hub: Hub, channels: dict[str, ChannelTable], **messages: Any) -> None:
    update = {"channels": channels, "messages": MessagesTable.model_validate(messages)}
    hub.hall = hub.hall.model_copy(update=update)


def modem(tmp_path: Path) -> ChannelTable:
    return ChannelTable(kind="gsm", port=f"serial:{tmp_path / 'modem'}?baud=115200")


@pytest.fixture
def start(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Notifier]]:
    monkeypatch.setattr(gsm_modem, "AGAIN_S", (0.05,))
    monkeypatch.setattr(notifications, "WAITS_S", (0.05,))
    monkeypatch.setattr("server.outbound.notifier.LEAST_S", 0.02)
    monkeypatch.setattr("server.outbound.notifier.EVERY_S", 0.02)
    made: list[Notifier] = []

    def begin(**channels: ChannelTable) -> Notifier:
        with_channels(hub, channels or hub.hall.channels)
        made.append(Notifier(hub, Health(lambda *_: None, hub.now)))
        made[-1].start()
        return made[-1]

    yield begin
    for one in made:
        one.stop()


def take(hub: Hub, n: int = 1, clock: HandClock | None = None) -> list[int]:
    made = []
    for _ in range(n):
        made.append(tickets.issue(hub, By("K1"), "SB01", paper=False).id)
        if clock:
            clock.forward(1)
    return made


def call_next(hub: Hub, counter: str = "1") -> None:
    calls.call_next(hub, By("08"), counter)


def finish(hub: Hub, counter: str = "1") -> None:
    calls.finish(hub, By("08"), counter, outcome="done")


def outcomes(hub: Hub, ticket: int) -> dict[tuple[str, str], str]:
    return {(one.occasion, one.field): one.said for one in hub.read().notifications(of_ticket(ticket))}


def told(hub: Hub, ticket: int, **wanted: str) -> None:
    """Until the notifications to the own address are so."""

    def so() -> bool:
        found = outcomes(hub, ticket)
        return all(found.get((occasion, "own")) == outcome for occasion, outcome in wanted.items())

    until(so)


def test_near_called_and_missed_each_once_to_both_telephones(
    hub: Hub, virtual: VirtualModem, start: Callable[..., Notifier], tmp_path: Path
) -> None:
    start(modem=modem(tmp_path))
    counters.open_counter(hub, By("08"), "1", staff="08")
    mine = take(hub, 4)[3]
    telephones.give(hub, KIOSK, mine, OWN, RELATIVE)
    call_next(hub)  # three were ahead: now two
    told(hub, mine, near="arrived")
    until(lambda: outcomes(hub, mine).get(("near", "relative")) == "arrived")
    assert sorted(got.to for got in virtual.received) == [OWN, RELATIVE]
    assert all("A004号：前面还有2人" in got.text for got in virtual.received)
    for _ in range(3):
        finish(hub)
        call_next(hub)
    told(hub, mine, called="arrived")
    calls.recall(hub, By("08"), "1")
    calls.pass_(hub, By("08"), "1")
    told(hub, mine, missed="arrived")
    until(lambda: outcomes(hub, mine).get(("missed", "relative")) == "arrived")  # nothing is written any more
    mine_alone = [got.text.partition("】")[2] for got in virtual.received if got.to == OWN]
    assert mine_alone[1] == "A004号：正在叫您，请到1号窗口办理。"
    assert mine_alone[2].startswith("A004号已过号：09:30前到咨询台") and len(mine_alone) == 3
    assert journal.verify(hub.read().conn) == []


def test_a_near_that_was_not_sent_before_the_call_is_never_sent(hub: Hub, tmp_path: Path) -> None:
    """Looked at by hand, with no channel at work: what became untrue while it waited is stale."""
    counters.open_counter(hub, By("08"), "1", staff="08")
    (mine,) = take(hub)
    with_channels(hub, {"modem": modem(tmp_path)})
    telephones.give(hub, KIOSK, mine, OWN)
    notifier = Notifier(hub, Health(lambda *_: None, hub.now))
    notifier.round()
    call_next(hub)
    one = notifier.take("modem", 0.0)
    assert one and notifier.message(one) is None
    notifier.dropped(one)
    assert notifier.take("modem", 0.0) is None, "taken again and again, it would never be looked at"
    notifier.round()
    assert outcomes(hub, mine) == {("near", "own"): "stale"}
    finish(hub)
    notifier.round()
    assert outcomes(hub, mine) == {("near", "own"): "stale", ("called", "own"): "stale"}
    assert hub.read().telephone(mine) is None


def test_a_ready_case_waits_for_a_channel_that_is_off_until_its_end(hub: Hub, clock: HandClock, tmp_path: Path) -> None:
    counters.open_counter(hub, By("08"), "1", staff="08")
    take(hub)
    call_next(hub)
    said = {"received": ["身份证"], "platform": "QZ-1", "delivery": "window", "phone": OWN}
    cases.finish(hub, Who(By("08"), "operator"), "1", "受理待办", [], cases.Case(said, ("p80",)))
    (case,) = hub.read().records_in("case", ("accepted",))
    records.move(hub, Who(By("08"), "operator"), case.id, "decide", {"result": "granted", "no_licence": "none_for_it"})
    on, off = modem(tmp_path), ChannelTable(kind="gsm")
    notifier = Notifier(hub, Health(lambda *_: None, hub.now))
    ready = Key(notifications.of_record(case.id), "ready", "own")
    with_channels(hub, {"modem": on})
    notifier.round()
    assert [one.due.key for one in notifier._waiting.values()] == [ready]
    with_channels(hub, {"modem": off})
    notifier.round()
    assert hub.read().notification(ready) is None and notifier.take("modem", 0.0) is None
    with_channels(hub, {"modem": on})
    notifier.round()
    one = notifier.take("modem", 0.0)
    assert one and one.due.key == ready
    notifier.given_back(one)
    with_channels(hub, {"modem": off})
    clock.forward(notifications.READY_S)
    notifier.round()
    kept = hub.read().notification(ready)
    assert kept is not None and kept.outcome == "stale", "its end has come"


def test_one_who_lets_others_go_first_is_near_once_more_but_told_once(hub: Hub, clock: HandClock) -> None:
    with_channels(hub, {"modem": ChannelTable(kind="gsm", port="serial:none")})
    mine = take(hub, 5, clock)[0]
    telephones.give(hub, KIOSK, mine, OWN)
    assert [due.key for due in tickets_due(hub, hub.read(), hub.now())] == [Key(of_ticket(mine), "near", "own")]
    for _ in range(2):
        visitor.give_way(hub, By("visitor"), mine)
    assert list(tickets_due(hub, hub.read(), hub.now())) == []


def test_limits_of_the_day(hub: Hub, virtual: VirtualModem, start: Callable[..., Notifier], tmp_path: Path) -> None:
    with_channels(hub, {"modem": modem(tmp_path)}, per_number=1, per_day=2)
    notifier = Notifier(hub)
    notifier.start()
    try:
        one, again, other, last = take(hub, 4)
        for ticket, address in ((one, OWN), (again, OWN), (other, RELATIVE)):
            telephones.give(hub, KIOSK, ticket, address)
        told(hub, one, near="arrived")
        told(hub, again, near="limited")
        told(hub, other, near="arrived")
        tickets.leave(hub, By("30"), one)
        telephones.give(hub, KIOSK, last, "18600002222")
        told(hub, last, near="limited")
        assert len(virtual.received) == 2
    finally:
        notifier.stop()


@pytest.fixture
def one_waits(hub: Hub) -> tuple[Notifier, _Desk]:
    """A notifier that was not started, with one message, and a desk that was not either."""
    table = ChannelTable(kind="gsm", port="serial:none")
    with_channels(hub, {"modem": table})
    telephones.give(hub, KIOSK, take(hub)[0], OWN)
    notifier = Notifier(hub)
    notifier.round()
    return notifier, _Desk(notifier, "modem", table)


def test_what_a_leaving_channel_took_is_given_back(one_waits: tuple[Notifier, _Desk]) -> None:
    notifier, desk = one_waits
    desk.leave()
    desk._turn()
    assert [one.under_way for one in notifier._waiting.values()] == [False]
    assert notifier.take("modem", 0.0)


def test_what_a_channel_stumbles_over_is_tried_again(
    hub: Hub, one_waits: tuple[Notifier, _Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    notifier, desk = one_waits
    whole = desk.carrier.carry

    def fails(*_: object) -> None:
        raise RuntimeError("no carrier does this")

    for what, name in ((desk.carrier, "carry"), (notifier, "is_limited"), (notifier, "message")):
        with monkeypatch.context() as broken:
            broken.setattr(what, name, fails)
            with pytest.raises(RuntimeError):
                desk._turn()
        (one,) = notifier._waiting.values()
        assert not one.under_way and one.next_at > 0
        one.next_at = 0.0
    assert one.tries == 3 and desk.carrier.carry == whole
    monkeypatch.setattr(desk.carrier, "carry", lambda _: Carried("sent"))
    desk._turn()
    assert not notifier._waiting


def test_what_was_sent_and_could_not_be_settled_is_not_sent_again(
    one_waits: tuple[Notifier, _Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    notifier, desk = one_waits
    monkeypatch.setattr(desk.carrier, "carry", lambda _: Carried("sent"))
    monkeypatch.setattr(notifier, "_settle", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        desk._turn()
    assert notifier.take("modem", 0.0) is None


def test_outside_the_hours_nothing_is_sent(hub: Hub, virtual: VirtualModem, tmp_path: Path) -> None:
    with_channels(hub, {"modem": modem(tmp_path)}, hours=["13:00-14:00"])
    notifier = Notifier(hub)
    notifier.start()
    try:
        (mine,) = take(hub)
        telephones.give(hub, KIOSK, mine, OWN)
        counters.open_counter(hub, By("08"), "1", staff="08")
        until(lambda: Key(of_ticket(mine), "near", "own") in notifier._waiting)
        call_next(hub)
        told(hub, mine, near="stale")
        assert not virtual.received
    finally:
        notifier.stop()


def test_a_gateway_takes_it_signed_and_says_what_became_of_it(
    hub: Hub, start: Callable[..., Notifier], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_gateway, "ASK_S", 0.05)
    made = signature.fresh()
    (tmp_path / "gateway.secret").write_text(made)
    with listening(made) as gateway:
        table = ChannelTable(kind="http", url=gateway.url, secret_file=str(tmp_path / "gateway.secret"))
        start(gateway=table)
        (mine,) = take(hub)
        telephones.give(hub, KIOSK, mine, OWN)
        told(hub, mine, near="sent")
        sent = next(got for got in gateway.got if got.told["type"] == "message.send")
        id = f"{hub.hall.hall.id}-ticket-{mine}-near-own"
        assert sent.signed and sent.id == id
        assert {name: sent.told["data"][name] for name in ("id", "to", "template", "language", "valid_s")} == {
            "id": id, "to": f"+86{OWN}", "template": "near", "language": "zh", "valid_s": 900,
        }  # fmt: skip
        assert sent.told["data"]["values"]["number"] == "A001" and "下一位就是您" in sent.told["data"]["text"]
        gateway.answer = json.dumps({"states": {id: "delivered"}}).encode()
        told(hub, mine, near="arrived")


def test_a_gateway_that_fails_is_asked_again_and_one_that_refuses_is_not(
    hub: Hub, start: Callable[..., Notifier], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifications, "WAITS_S", (0.02,))
    made = signature.fresh()
    (tmp_path / "gateway.secret").write_text(made)
    with listening(made) as gateway:
        start(gateway=ChannelTable(kind="http", url=gateway.url, secret_file=str(tmp_path / "gateway.secret")))
        gateway.wait_for(1)  # the ping of the beginning
        gateway.says = [(503, {}), (429, {}), (200, {}), (422, {})]
        one, other = take(hub, 2)
        telephones.give(hub, KIOSK, one, OWN)
        told(hub, one, near="sent")
        telephones.give(hub, KIOSK, other, RELATIVE)
        told(hub, other, near="failed")
        sends = [got.told["data"].get("id") for got in gateway.got if got.told["type"] == "message.send"]
        assert [sends.count(id) for id in dict.fromkeys(sends)] == [3, 1], "the same id on every try"


def test_where_the_first_channel_is_down_the_second_carries(
    hub: Hub, virtual: VirtualModem, start: Callable[..., Notifier], tmp_path: Path
) -> None:
    virtual.order("no sim")
    made = signature.fresh()
    (tmp_path / "gateway.secret").write_text(made)
    with listening(made) as gateway:
        table = ChannelTable(kind="http", url=gateway.url, secret_file=str(tmp_path / "gateway.secret"))
        start(modem=modem(tmp_path), gateway=table)
        (mine,) = take(hub)
        telephones.give(hub, KIOSK, mine, OWN)
        told(hub, mine, near="sent")
        (row,) = hub.read().notifications(of_ticket(mine))
        assert row.channel == "gateway" and not virtual.received


def every_byte(hub: Hub) -> bytes:
    """All that lies in the hall's folder, the log of writes too."""
    return b"".join(file.read_bytes() for file in hub.hall.data.rglob("*") if file.is_file())


def test_no_byte_of_a_number_is_anywhere_before_or_after(
    hub: Hub,
    virtual: VirtualModem,
    start: Callable[..., Notifier],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    start(modem=modem(tmp_path))
    counters.open_counter(hub, By("08"), "1", staff="08")
    (mine,) = take(hub)
    telephones.give(hub, By("K1", "one-touch-0001"), mine, OWN, RELATIVE)
    told(hub, mine, near="arrived")
    assert telephones.masks(hub, mine) == {"own": "138****5678", "relative": "159****1111"}
    kept = hub.read().private(-mine)
    assert kept is not None and {*kept[1]} == {"own", "relative"}
    key = secret.key(hub.hall, private.KEY)
    assert telephones.sealed_problems(hub.read(), key) == []
    for digits in (OWN, RELATIVE, OWN[3:], RELATIVE[3:]):
        assert digits.encode() not in every_byte(hub), "while it is kept, it is sealed"
    call_next(hub)
    told(hub, mine, called="arrived")
    finish(hub)
    until(lambda: hub.read().telephone(mine) is None)
    hub.store.sweep()
    everything = every_byte(hub)
    assert hub.read().private(-mine) is None and telephones.opened(hub, mine, "own") is None
    for box in (kept[0], *kept[1].values()):
        assert box not in everything, "the sealed bytes and their key are gone too"
    for digits in (OWN, RELATIVE, OWN[3:], RELATIVE[3:]):
        assert digits.encode() not in everything and digits not in caplog.text
    rows = [(row.event, row.actor) for row in hub.read().life_line(mine) if row.event.startswith("Telephone")]
    assert rows == [("TelephoneGiven", "K1"), ("TelephoneErased", "hub")]
    assert telephones.sealed_problems(hub.read(), key) == [] and journal.verify(hub.read().conn) == []


def test_a_wish_to_erase_is_done_at_once_and_nothing_more_is_sent(hub: Hub) -> None:
    with_channels(hub, {"modem": ChannelTable(kind="gsm", port="serial:none")})
    (mine,) = take(hub)
    telephones.give(hub, KIOSK, mine, OWN)
    telephones.take_away(hub, By("visitor"), mine)
    assert hub.read().private(-mine) is None and list(tickets_due(hub, hub.read(), hub.now())) == []
    with pytest.raises(Refused, match="没有可删除"):
        telephones.take_away(hub, By("visitor"), mine)


def test_a_second_address_is_added_and_the_first_changed(hub: Hub) -> None:
    with_channels(hub, {"modem": ChannelTable(kind="gsm", port="serial:none")})
    (mine,) = take(hub)
    telephones.give(hub, KIOSK, mine, OWN)
    telephones.give(hub, KIOSK, mine, relative=RELATIVE)
    assert telephones.masks(hub, mine) == {"own": "138****5678", "relative": "159****1111"}
    telephones.give(hub, KIOSK, mine, "18600002222")
    assert telephones.masks(hub, mine) == {"own": "186****2222", "relative": "159****1111"}
    assert telephones.sealed_problems(hub.read(), secret.key(hub.hall, private.KEY)) == []


def test_whose_number_is_over_leaves_none_and_the_day_takes_the_rest(hub: Hub, clock: HandClock) -> None:
    from server.verbs.day import tick

    with_channels(hub, {"modem": ChannelTable(kind="gsm", port="serial:none")})
    one, other = take(hub, 2)
    telephones.give(hub, KIOSK, other, OWN)
    tickets.leave(hub, By("30"), one)
    with pytest.raises(Refused, match="已结束"):
        telephones.give(hub, KIOSK, one, OWN)
    clock.forward(86400)
    tick(hub)
    assert hub.read().telephones() == [] and hub.read().private(-other) is None


def test_a_missed_number_keeps_its_telephone_until_it_can_come_back_no_more(hub: Hub, clock: HandClock) -> None:
    with_channels(hub, {"modem": ChannelTable(kind="gsm", port="serial:none")})
    counters.open_counter(hub, By("08"), "1", staff="08")
    (mine,) = take(hub)
    telephones.give(hub, KIOSK, mine, OWN)
    call_next(hub)
    calls.pass_(hub, By("08"), "1")
    assert telephones.erase_ended(hub) == 0
    clock.forward(hub.hall.tickets.lapse_min * 60 + 1)
    assert telephones.erase_ended(hub) == 1 and telephones.erase_ended(hub) == 0


def test_a_commit_costs_the_notifier_the_setting_of_a_flag(hub: Hub) -> None:
    """However many telephones there are, nothing is asked of the store by whoever commits."""
    with_channels(hub, {"modem": ChannelTable(kind="gsm", port="serial:none")})
    notifier = Notifier(hub)
    for ticket in take(hub, 30):
        telephones.give(hub, KIOSK, ticket, OWN)
    asked: list[str] = []
    hub.read().conn.set_trace_callback(asked.append)
    notifier._look({"Called"})
    notifier._look({"PrintEnded"})
    hub.read().conn.set_trace_callback(None)
    assert asked == [] and notifier._woken.is_set()


def test_by_sight_is_a_row_of_the_journal_and_stays_through_an_undo(hub: Hub) -> None:
    counters.open_counter(hub, By("08"), "1", staff="08")
    (mine,) = take(hub)
    call_next(hub)
    telephones.give(hub, By("08"), mine, by_sight=True)
    tickets.undo(hub, By("08", seat=None), ticket=mine)
    ticket = hub.read().ticket(mine)
    assert ticket is not None and (ticket.state, ticket.by_sight) == ("waiting", True)
    telephones.give(hub, By("08"), mine, by_sight=False)
    assert [row.event for row in hub.read().life_line(mine)].count("BySightSet") == 2
    assert journal.verify(hub.read().conn) == []


def test_a_hall_without_channels_takes_no_number(hub: Hub) -> None:
    (mine,) = take(hub)
    with pytest.raises(Refused, match="没有短信提醒"):
        telephones.give(hub, KIOSK, mine, OWN)
    assert hub.read().telephones() == []


def test_a_template_that_the_hall_wrote_is_checked_at_load(hall_file: Path) -> None:
    text = hall_file.read_text(encoding="utf-8")
    hall_file.write_text(text.replace('near = ""', 'near = "{service}快到了"'), encoding="utf-8")
    with pytest.raises(config.ConfigError, match=r"messages\.near"):
        config.load(hall_file)

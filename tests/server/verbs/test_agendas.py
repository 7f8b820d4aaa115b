"""One number for several items: taken, settled item by item, passed on by itself, undone; its cases, its notice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

import config
from server.domain import timeline
from server.domain.rules import Refused
from server.domain.ticket import Ticket
from server.store import journal, schema
from server.store.database import Store
from server.verbs import calls, cases, counters, papers, tickets, today
from server.verbs.agendas import Several, several
from server.verbs.cases import Case
from server.verbs.day import tick
from server.verbs.hub import By, Closed, Conflict, Hub, Unknown
from server.verbs.records import Who
from tests.conftest import HandClock, write_hall

ONE, FIVE = By("08"), By("09")


def change(hall: Any) -> None:
    """社保卡 is made at counter 5 alone; the others do the rest."""
    hall["counters"]["5"].update({"services": ["LQ01", "SB01"], "helps": []})
    hall["packages"]["birth"].update({"after": {"YB01": ["WJ01"], "SB01": ["YB01"]}})


@pytest.fixture
def hub(tmp_path: Path, clock: HandClock) -> Iterator[Hub]:
    hall = config.load(write_hall(tmp_path, change))
    hub = Hub(hall, Store(hall.data, durable=False), clock)
    tick(hub)
    counters.open_counter(hub, ONE, "1", staff="08")
    counters.open_counter(hub, FIVE, "5", staff="09")
    yield hub
    hub.stop()
    hub.store.close()


def take(hub: Hub, package: str = "birth", yes: tuple[str, ...] = ("employed",), items: tuple[str, ...] = ()) -> Ticket:
    wish = several(hub.hall, package, yes, items)
    return tickets.issue(hub, By("K1"), wish.items[0], several=wish)


def state(hub: Hub, ticket: Ticket) -> list[str]:
    agenda = hub.read().agenda(ticket.id)
    assert agenda is not None
    return [f"{one.service}:{one.outcome or '-'}@{one.counter}" for one in agenda.items]


def test_one_number_goes_through_a_package_and_on_to_another_counter_by_itself(hub: Hub, clock: HandClock) -> None:
    ticket = take(hub)
    assert ticket.service == "WJ01" and ticket.label == "H001"
    calls.call_next(hub, ONE, "1")
    calls.start(hub, ONE, "1")
    clock.forward(60)
    here = calls.finish(hub, ONE, "1", "现场办结", ["WJ01"])
    assert here.items == ("WJ01",), "a telephone and a console are told at once"
    assert here.state == "serving", "the others of this counter are still to be done"
    clock.forward(60)
    gone = calls.finish(hub, ONE, "1", "现场办结")
    assert (gone.state, gone.service, gone.rank, gone.legs) == ("waiting", "SB01", ticket.rank, 2)
    assert state(hub, ticket) == ["WJ01:done@1", "YB01:done@1", "SB01:-@", "YB03:done@1"]
    assert calls.call_next(hub, ONE, "1") is None, "it is counter 5's now"
    called = calls.call_next(hub, FIVE, "5")
    assert called is not None and called.id == ticket.id
    clock.forward(30)
    done = calls.finish(hub, FIVE, "5", "受理待办")
    assert (done.state, done.outcome, done.items) == ("finished", "accepted", ("WJ01", "YB01", "SB01", "YB03"))
    assert state(hub, ticket)[2] == "SB01:accepted@5"
    assert journal.verify(hub.read().conn) == []
    legs = hub.read().conn.execute("SELECT counter, items FROM legs ORDER BY leg").fetchall()
    assert [tuple(leg) for leg in legs] == [("1", 3), ("5", 1)], "each item is of the counter that finished it"
    told = [line["zh"] for line in timeline.lines(hub.hall, hub.read().life_line(ticket.id), {})]
    assert told[1].startswith("新生儿出生一件事，共4项：生育登记服务、")
    assert "在1号窗口办理“生育登记服务”：现场办结。" in told
    assert any("到“社会保障卡申领(个人社会保险登记)”，保留原次序（一号联办的下一项）" in line for line in told)


def test_questions_leave_items_out_and_a_package_may_be_taken_in_part(hub: Hub) -> None:
    assert several(hub.hall, "birth").items == ("WJ01", "YB01", "SB01")
    assert several(hub.hall, "birth", ["employed"]).items == ("WJ01", "YB01", "SB01", "YB03")
    part = several(hub.hall, "birth", [], ["SB01", "WJ01"])
    assert part == Several(("WJ01", "SB01"), "birth", {}), "in the package's order; who is not there holds nobody up"
    assert several(hub.hall, items=["SB03", "YB01", "SB03"]) == Several(("SB03", "YB01"))
    with pytest.raises(Unknown, match="没有一件事“wedding”"):
        several(hub.hall, "wedding")
    with pytest.raises(Unknown, match="没有问题“rich”"):
        several(hub.hall, "birth", ["rich"])
    with pytest.raises(Refused, match="不属于“新生儿出生一件事”"):
        several(hub.hall, "birth", [], ["SB06"])
    with pytest.raises(Unknown, match="没有事项“XX99”"):
        several(hub.hall, items=["SB03", "XX99"])
    with pytest.raises(Refused, match="最多办20项"):
        several(hub.hall, items=list(hub.hall.services)[:21])


def test_nobody_gets_a_number_of_which_an_item_is_not_done_today(hub: Hub) -> None:
    today.close_service(hub, By("90"), "SB01", "系统维护")
    with pytest.raises(Closed, match="今天不办：请去掉这一项再取号"):
        take(hub)
    assert take(hub, items=("WJ01", "YB01")).service == "WJ01"


def limited(hub: Hub, **quotas: dict[str, Any]) -> None:
    tables = {code: config.QuotaTable.model_validate(table) for code, table in quotas.items()}
    hub.hall = hub.hall.model_copy(update={"quotas": tables})


def test_a_number_for_several_items_takes_a_place_of_each_and_gives_none_back(hub: Hub) -> None:
    limited(hub, WJ01={"per_day": 2}, SB01={"per_day": 2})
    first = take(hub, items=("WJ01", "SB01"))
    assert hub.read().issued_of(first.day, ["WJ01", "SB01", "YB01"]) == {"WJ01": 1, "SB01": 1}
    calls.call_next(hub, ONE, "1")
    calls.start(hub, ONE, "1")
    assert calls.finish(hub, ONE, "1", "现场办结").service == "SB01", "it has moved on"
    assert hub.read().issued_of(first.day, ["WJ01", "SB01", "YB01"]) == {"WJ01": 1, "SB01": 1}
    tickets.issue(hub, By("K1"), "SB01")
    tickets.issue(hub, By("K1"), "WJ01")
    for full in ("SB01", "WJ01"):
        with pytest.raises(Closed, match="今天该事项的号已取完"):
            tickets.issue(hub, By("K1"), full)
    with pytest.raises(Closed, match="今天不办：请去掉这一项"):
        take(hub, items=("SB01", "YB01"))


def test_a_person_has_taken_every_item_of_a_number(hub: Hub) -> None:
    limited(hub, WJ01={"per_person": 1}, SB01={"per_person": 1, "card": "needed"})
    me, other = ("a" * 64, "3505**********1234"), ("b" * 64, "3505**********5678")
    wish = several(hub.hall, items=("YB01", "WJ01", "SB01"))
    mine = tickets.issue(hub, By("K1"), "YB01", several=wish, holder=me)
    for again in ("WJ01", "SB01"):
        with pytest.raises(Refused, match=f"您今天已取过该事项的号{mine.label}"):
            tickets.issue(hub, By("K1"), again, holder=me)
    assert tickets.issue(hub, By("K1"), "YB01", holder=me).id, "nobody counts persons there"
    assert tickets.issue(hub, By("K1"), "SB01", holder=other).id, "somebody else's card"
    tickets.leave(hub, ONE, mine.id)
    assert tickets.issue(hub, By("K1"), "SB01", holder=me).id, "what was given up is nobody's to use"


def test_undo_takes_back_all_that_one_press_settled(hub: Hub, clock: HandClock) -> None:
    ticket = take(hub)
    calls.call_next(hub, ONE, "1")
    calls.start(hub, ONE, "1")
    before = state(hub, ticket)
    clock.forward(5)
    assert calls.finish(hub, ONE, "1", "现场办结").state == "waiting"
    assert tickets.undo(hub, ONE, ticket=ticket.id).state == "serving"
    assert state(hub, ticket) == before
    clock.forward(5)
    calls.finish(hub, ONE, "1", "现场办结", ["WJ01"])
    clock.forward(5)
    calls.finish(hub, ONE, "1", "咨询", ["YB01"])
    tickets.undo(hub, ONE)
    assert state(hub, ticket) == ["WJ01:done@1", "YB01:-@", "SB01:-@", "YB03:-@"], "the newest press alone"
    assert journal.verify(hub.read().conn) == []


def test_what_waits_for_an_item_that_was_refused_is_not_done_and_holds_nobody(hub: Hub) -> None:
    ticket = take(hub, yes=())
    calls.call_next(hub, ONE, "1")
    done = calls.finish(hub, ONE, "1", "补正", ["WJ01"])
    assert (done.state, done.outcome, done.items) == ("finished", "incomplete", ("WJ01",))
    assert state(hub, ticket) == ["WJ01:incomplete@1", "YB01:-@", "SB01:-@"]


def test_each_accepted_item_has_a_case_of_its_own_and_undo_takes_them_back(hub: Hub, clock: HandClock) -> None:
    ticket = take(hub, "", (), ("SB03", "YB02"))
    calls.call_next(hub, ONE, "1")
    calls.start(hub, ONE, "1")
    clock.forward(60)
    values = {"received": ["身份证", "收费票据"], "platform": "QZ-2026-000123", "delivery": "window"}
    who = Who(ONE, "operator")
    done = cases.finish(hub, who, "1", "受理待办", [], Case(values, ("p80",)))
    assert done.state == "finished"
    opened = hub.read().records_of_ticket(ticket.id)
    assert [(one.service, one.state, one.values["received"]) for one in opened] == [
        ("SB03", "accepted", ["身份证"]),
        ("YB02", "accepted", ["收费票据"]),
    ]
    assert opened[0].values["platform"] == "QZ-2026-000123" and opened[1].values["no_platform"] == "later"
    slips = [row.field("facts")["case"] for row in hub.read().life_line(ticket.id) if row.event == "PrintQueued"][-2:]
    assert slips == [one.number for one in opened], "a receipt of each: each has a code of its own"
    tickets.undo(hub, ONE)
    assert [one.kind for one in hub.read().records_of_ticket(ticket.id)] == ["void", "void"]
    assert state(hub, ticket) == ["SB03:-@", "YB02:-@"]
    assert journal.verify(hub.read().conn) == []


def test_one_notice_tells_what_is_missing_for_all(hub: Hub) -> None:
    ticket = take(hub, "", (), ("SB03", "YB02"))
    calls.call_next(hub, ONE, "1")
    asker = papers.Asker(ONE, ("p80",))
    job = papers.notice(hub, asker, "1", ticket.id, "SB03", ["户口簿", "费用清单"], also=["YB02"])
    assert job.facts["item"] == "城乡居民基本养老保险参保登记、医疗费用手工(零星)报销"
    papers.notice(hub, asker, "1", ticket.id, "YB02", ["费用清单"])
    told = papers.notices(hub.read(), ticket.id)
    assert [(one.services, one.told) for one in told] == [(("SB03", "YB02"), 1), ((), 2)], "told again, and counted"


def test_the_same_touch_twice_is_one_number_and_another_wish_is_none(hub: Hub) -> None:
    wish = several(hub.hall, "birth")
    first = tickets.issue(hub, By("K1", "touch-0001"), "WJ01", several=wish)
    assert tickets.issue(hub, By("K1", "touch-0001"), "WJ01", several=wish).id == first.id
    with pytest.raises(Conflict):
        tickets.issue(hub, By("K1", "touch-0001"), "WJ01")


def test_a_package_that_the_hall_has_no_more_changes_no_number_that_is_out(hub: Hub, tmp_path: Path) -> None:
    ticket = take(hub, yes=())
    folder = tmp_path / "without"
    folder.mkdir()
    hall = config.load(write_hall(folder, lambda one: one["packages"].clear()))
    hub.change_hall(hall, lambda turn: None)
    calls.call_next(hub, ONE, "1")
    assert calls.finish(hub, ONE, "1", "现场办结").state == "finished"
    assert state(hub, ticket) == ["WJ01:done@1", "YB01:done@1", "SB01:done@1"]


def test_legs_from_before_items_were_credited_are_made_anew(hub: Hub) -> None:
    take(hub)
    calls.call_next(hub, ONE, "1")
    calls.finish(hub, ONE, "1", "现场办结")
    calls.call_next(hub, FIVE, "5")
    calls.finish(hub, FIVE, "5", "受理待办")
    hub.turn(lambda turn: turn.conn.execute("UPDATE legs SET items = CASE leg WHEN 1 THEN 0 ELSE 4 END") and None)
    assert journal.verify(hub.read().conn) != []
    hub.turn(lambda turn: schema.m036_items_of_legs(Database(turn.conn)))
    assert journal.verify(hub.read().conn) == []

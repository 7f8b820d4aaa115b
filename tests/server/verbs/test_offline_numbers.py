"""脱机号 at the hub: leases that never meet, a book that enters once, and what is entered from a tally sheet."""

from __future__ import annotations

from dataclasses import astuple
from datetime import date

import pytest

from server.domain import codes
from server.domain import offline as domain
from server.domain.offline import Asks, Block, Span
from server.domain.rules import Refused
from server.store import journal
from server.verbs import bookings, calls, counters, offline, paper_codes, ratings, tickets, visitor
from server.verbs.day import tick
from server.verbs.hub import By, Conflict, Hub, Unknown
from server.views.offline import next_by_hand, sheet_view, troubles
from tests.conftest import MONDAY_9, HandClock

TODAY = date(2026, 11, 23)


def blocks(granted: object, book: str, device: str = "K1") -> list[Block]:
    return [
        Block(prefix=p, first=a, last=b, book=book, device=device, epoch=granted.epoch, until=granted.until)  # type: ignore[attr-defined]
        for p, a, b in granted.blocks  # type: ignore[attr-defined]
    ]


def test_each_book_has_numbers_of_its_own_and_keeps_them() -> None:
    one = domain.lease([], Asks("K1", "b1", 1, {"A", "B"}), 0, TODAY)
    assert one and one.blocks == (("A", 641, 680), ("B", 641, 680)) and one.until == "2026-11-26"
    two = domain.lease(blocks(one, "b1"), Asks("K2", "b2", 2, {"A"}), 0, TODAY)
    assert two and two.blocks == (("A", 681, 720),)
    known = blocks(one, "b1") + blocks(two, "b2", "K2")
    assert domain.lease(known, Asks("K1", "b1", 1, {"A", "B"}), 0, TODAY) is None, "nothing new is no row"
    more = domain.lease(known, Asks("K1", "b1", 1, {"A", "B"}, used={"A": 30}), 0, TODAY)
    assert more and more.blocks == (("A", 641, 680), ("B", 641, 680), ("A", 3041, 3080))
    new = domain.lease(known, Asks("K1", "a new file", 1, {"A"}), 0, TODAY)
    assert new and new.blocks == (("A", 3041, 3080),), "nobody knows what the lost file gave out"


def test_a_hub_that_forgot_leases_nobody_what_is_somebodys() -> None:
    """Whatever was lost: a place is its kiosk's, and what a kiosk holds stays."""
    paper = domain.lease([], Asks("", domain.PAPER, 0, {"A"}), 1, TODAY)
    assert paper and paper.blocks == (("A", 601, 640),)
    back = domain.lease([], Asks("K3", "b3", 3, {"A"}, holds=[Span("A", 3121, 3160)]), 1, TODAY)
    assert back and back.blocks == (("A", 3121, 3160),), "what the lost hub had granted stays"
    other = Block(prefix="A", first=3121, last=3160, book="b2", device="K2", epoch=1, until="2026-11-26")
    lost = domain.lease([other], Asks("K3", "b3", 3, {"A"}, holds=[Span("A", 3121, 3160)]), 1, TODAY)
    assert lost and lost.blocks == (("A", 721, 760),), "unless somebody else has it"


def test_a_place_is_a_kiosks_whoever_comes_and_goes() -> None:
    assert domain.places(["K1", "K2", "K3"]) == {"": 0, "K1": 1, "K2": 2, "K3": 3}
    assert domain.places(["K3", "K4"]) == {"": 0, "K3": 3, "K4": 4}, "K1 and K2 are gone"
    assert domain.places(["east", "K2", "取号机2", "K101", "K1"]) == {
        "": 0,
        "K2": 2,
        "K1": 1,
        "east": 3,
        "取号机2": 4,
        "K101": 5,
    }
    many = domain.places([f"K{n}" for n in range(30, 0, -1)])
    assert sorted(many.values()) == list(range(domain.PLACES)) and "K30" not in many
    none = domain.lease([], Asks("K30", "b", None, {"A"}), 0, TODAY)
    assert none is None, "behind the last place nobody goes on alone"


def test_a_kiosk_without_a_place_is_on_the_page_of_health(hub: Hub) -> None:
    names = dict.fromkeys((f"K{n}" for n in range(1, 21)), hub.hall.kiosks["K1"])
    assert troubles(hub, hub.read(), 0.0) == []
    hub.hall = hub.hall.model_copy(update={"kiosks": names})
    (found,) = troubles(hub, hub.read(), 0.0)
    assert found[1] == "warn" and found[2].en.startswith("kiosks.K20: has no block of offline numbers")


def test_all_blocks_of_all_places_are_apart_and_none_is_the_hubs() -> None:
    known: list[Block] = []
    for place in range(domain.PLACES):
        for _ in domain.ROUNDS:
            asks = Asks(f"K{place}", f"b{place}", place, {"A"}, used={"A": domain.MOST})
            granted = domain.lease(known, asks, 0, TODAY)
            assert granted
            known = [one for one in known if one.book != asks.book] + blocks(granted, asks.book, asks.device)
        assert domain.lease(known, asks, 0, TODAY) is None, "a place that is used up is used up"
    numbers = [n for one in known for n in range(one.first, one.last + 1)]
    assert len(numbers) == len(set(numbers)) == domain.PLACES * domain.MOST and max(numbers) < 10_000
    own, n = [], 0
    while n < 10_000:
        own.append(n := domain.beyond(n + 1, ()))
    assert not set(own) & set(numbers) and own[600:602] == [1401, 1402] and own[-1] == 10_000


def test_times_keep_their_order_whatever_the_clock_did() -> None:
    assert domain.times([10.0, 20.0, 15.0], 100.0, 101.0, 0.0) == [10.0, 20.0, 20.0], "within two seconds it is right"
    assert domain.times([10.0, 20.0], 100.0, 160.0, 0.0) == [70.0, 80.0]
    assert domain.times([10.0, 200.0], 100.0, 100.0, 50.0) == [50.0, 100.0], "never before it was heard, nor after now"


def given(n: int, at: float, **more: object) -> offline.Taken:
    return offline.Taken(n, "A", 640 + n, "SB01", at, f"wish {n}", **more)  # type: ignore[arg-type]


def meet(hub: Hub, *taken: offline.Taken, book: str = "book one") -> offline.Leased:
    return offline.meet(hub, By("K1"), offline.Meeting(book, hub.now(), MONDAY_9, taken=taken))


def test_they_enter_once_with_the_time_of_the_touch_and_in_its_order(hub: Hub, clock: HandClock) -> None:
    meet(hub)
    first = tickets.issue(hub, By("K1"), "SB01", paper=False)
    clock.forward(600)
    second = tickets.issue(hub, By("desk"), "SB01", channel="desk", paper=False)
    taken = given(1, MONDAY_9 + 60), given(2, MONDAY_9 + 120, back=True)
    for _ in range(3):
        assert meet(hub, *taken).entered == 2
    counters.open_counter(hub, By("01"), "1", staff="01")
    called = []
    while hub.read().waiting_count():
        called.append(calls.call_next(hub, By("01"), "1").label)
        calls.finish(hub, By("01"), "1", "enquiry")
    assert called == [first.label, "A641", second.label]
    mine = hub.read().by_number(hub.day(hub.now()), "A", 641)
    assert mine and mine.issued_at == MONDAY_9 + 60 and mine.channel == "offline"
    back = hub.read().by_number(hub.day(hub.now()), "A", 642)
    assert back and back.state == "left"
    assert journal.verify(hub.read().conn) == []


def test_a_touch_that_had_reached_the_hub_is_one_number(hub: Hub, clock: HandClock) -> None:
    meet(hub)
    waits = tickets.issue(hub, By("K1", "wish 1"), "SB01", paper=False)
    served = tickets.issue(hub, By("K1", "wish 2"), "SB01", paper=False)
    counters.open_counter(hub, By("01"), "1", staff="01")
    tickets.raise_(hub, By("50"), served.id, "x")
    calls.call_next(hub, By("01"), "1")
    calls.start(hub, By("01"), "1")
    clock.forward(60)
    meet(hub, given(1, hub.now()), given(2, hub.now()))
    read = hub.read()
    left = read.ticket(waits.id)
    assert left and left.state == "left", "who holds the kiosk's paper waits by that one"
    assert read.by_number(waits.day, "A", 641) and not read.by_number(waits.day, "A", 642)
    told = read.last_event("OfflineEntered")
    assert told and (told.field("entered"), told.field("doubled")) == (1, 1)
    assert told.field("twins") == (["A642", served.label],), "who comes with A602 is found"
    meet(hub, given(3, hub.now()))
    with pytest.raises(Conflict):  # a touch that comes out of the wire only now
        tickets.issue(hub, By("K1", "wish 3"), "SB01", paper=False)


def paper_code(n: int) -> str:
    return codes.offline_code(f"A{640 + n}", f"wish {n}")


def test_the_code_on_its_paper_opens_once_it_is_entered(hub: Hub, clock: HandClock) -> None:
    """Also where the number stands under another one, and where another number of the same touch is served; no other
    code of the number does.
    """
    meet(hub)
    with pytest.raises(Unknown, match="还没有入系统"):
        visitor.by_code(hub, paper_code(1))
    assert bookings.look_up(hub, paper_code(1)).text == paper_codes.NOT_ENTERED
    clock.forward(60)
    for _ in range(2):
        meet(hub, given(1, MONDAY_9 + 5))
    ticket = hub.read().by_number(hub.day(hub.now()), "A", 641)
    assert ticket and visitor.by_code(hub, f"https://hall.example/p/{paper_code(1).lower()}") == ticket
    assert bookings.look_up(hub, paper_code(1)).ticket == ratings.by_code(hub, paper_code(1)) == ticket
    with pytest.raises(Unknown):
        visitor.by_code(hub, codes.offline_code("A641", "another wish"))
    offline.meet(
        hub, By("K2"), offline.Meeting("book two", hub.now(), MONDAY_9, taken=[given(1, hub.now())._replace(wish="w")])
    )
    clash = visitor.by_code(hub, codes.offline_code("A641", "w"))
    assert clash.label == "A001" and visitor.by_code(hub, paper_code(1)) == ticket
    served = tickets.issue(hub, By("K1", "wish 2"), "SB01", paper=False)
    tickets.raise_(hub, By("50"), served.id, "x")
    counters.open_counter(hub, By("01"), "1", staff="01")
    calls.call_next(hub, By("01"), "1")
    calls.start(hub, By("01"), "1")
    meet(hub, given(2, hub.now()))
    assert visitor.by_code(hub, paper_code(2)).id == served.id, "it was entered under no number of its own"


def test_the_code_of_yesterdays_paper_opens_nothing_of_today_and_still_rates(hub: Hub, clock: HandClock) -> None:
    meet(hub)
    meet(hub, given(1, hub.now()))
    old = hub.read().by_number(hub.day(hub.now()), "A", 641)
    for _ in range(5):  # longer than the keys of touches are kept
        clock.forward(86_400)
        tick(hub)
    new = offline.Taken(2, "A", 641, "SB01", hub.now(), "the same number of another day")
    meet(hub, new)
    with pytest.raises(visitor.Over):
        visitor.by_code(hub, paper_code(1))
    assert old and ratings.by_code(hub, paper_code(1)).id == old.id
    assert visitor.by_code(hub, codes.offline_code("A641", new.wish)).number == 641


def test_a_number_that_was_only_called_is_nobodys_paper(hub: Hub, clock: HandClock) -> None:
    meet(hub)
    twin = tickets.issue(hub, By("K1", "wish 1"), "SB01", paper=False)
    counters.open_counter(hub, By("01"), "1", staff="01")
    calls.call_next(hub, By("01"), "1")
    clock.forward(60)
    meet(hub, given(1, MONDAY_9 + 5))
    read = hub.read()
    mine, left = read.by_number(twin.day, "A", 641), read.ticket(twin.id)
    assert mine and mine.state == "waiting" and left and left.state == "left", "the paper in somebody's hand is called"
    assert read.at_counter("1") is None and journal.verify(read.conn) == []


def somebody_elses(hub: Hub) -> offline.Leased:
    """K2 comes with the number of K1's block that K1 has entered: a clash, which no lease allows."""
    one = offline.Taken(1, "A", 641, "SB01", hub.now(), "another wish")
    return offline.meet(hub, By("K2"), offline.Meeting("book of K2", hub.now(), MONDAY_9, taken=[one]))


def rebuilt(hub: Hub) -> dict[tuple[str, str], int]:
    return journal.rebuild(journal.rows(hub.read().conn)).numbers


def test_after_a_clash_a_rebuilt_hub_goes_on(hub: Hub, clock: HandClock) -> None:
    meet(hub)
    first = tickets.issue(hub, By("K1"), "SB01", paper=False)
    clock.forward(60)
    meet(hub, given(1, MONDAY_9 + 30))
    somebody_elses(hub)
    told = hub.read().last_event("OfflineEntered")
    assert told and told.field("clashes") == (["A641", "A002"],)
    assert rebuilt(hub) == {(first.day, "A"): 2}, "the hub took A002 from its own row"
    ticket = hub.read().by_number(first.day, "A", 2)
    assert ticket and hub.read().life_line(ticket.id)[0].field("on_paper") == "A641"
    hub.turn(lambda turn: turn.conn.execute("UPDATE numbers SET last = 0"))  # whatever was forgotten
    assert [tickets.issue(hub, By("K1"), "SB01", paper=False).number for _ in range(2)] == [3, 4]


def two_kiosks(hub: Hub) -> None:
    hub.hall = hub.hall.model_copy(update={"kiosks": {name: hub.hall.kiosks["K1"] for name in ("K1", "K2")}})


def test_a_block_of_which_somebody_has_a_number_all_the_same(hub: Hub) -> None:
    """As an older version gave them out, which came to the blocks with its own numbers."""
    meet(hub)
    mine = tickets.issue(hub, By("K1"), "SB01", paper=False)
    hub.turn(lambda turn: turn.conn.execute("UPDATE tickets SET number = 643 WHERE id = ?", (mine.id,)))
    assert meet(hub).used == {"A": [643]}, "the kiosk passes over it"


def test_a_kiosks_word_is_no_lease(hub: Hub, clock: HandClock) -> None:
    """Any block, any day: what no hub can have granted it is not adopted, and no number of it is entered as it says."""
    two_kiosks(hub)
    meet(hub)
    own = Span("A", 3081, 3120)
    wild = [Span("A", 1, 999_999), Span("A", 1, 40), Span("Z", 681, 720), Span("A", 5000, 4000), Span("A", 3082, 3121)]
    others = [Span("A", first, first + 39) for first in range(641, 9400, 40) if (first - 681) % 800]
    taken = [
        offline.Taken(n, *number, "SB01", 5.0, f"wild {n}")
        for n, number in enumerate([("A", 3), ("A", 641), ("Z", 605), ("A", 3041), ("A", 3081)], start=1)
    ]
    told = offline.Meeting("book of K2", hub.now(), 0.0, [*wild, own, *others[:60], own], taken)
    granted = offline.meet(hub, By("K2"), told)
    assert [one for one in granted.blocks if one.prefix == "A"] == [own], "another's place is nobody else's"
    entered = hub.read().events_between("OfflineEntered", 0, float("inf"))[-1]
    assert [paper for paper, _ in entered.field("clashes")] == ["A003", "A641", "Z605", "A3041"]
    rows = hub.read().conn.execute("SELECT day, state FROM tickets").fetchall()
    month = hub.day(hub.now() - domain.LATEST_DAYS * 86400)
    assert {tuple(row) for row in rows} == {(month, "expired")}, "nothing is older than a book can be"


def test_a_kiosk_behind_the_last_place_is_told_that_it_has_no_numbers(hub: Hub) -> None:
    many = {f"K{n}": hub.hall.kiosks["K1"] for n in range(1, domain.PLACES + 1)}
    hub.hall = hub.hall.model_copy(update={"kiosks": many})
    told = offline.Meeting("book", hub.now(), MONDAY_9)
    assert offline.meet(hub, By("K20"), told).blocks == ()
    assert offline.meet(hub, By("K19"), offline.Meeting("another", hub.now(), MONDAY_9)).blocks


def test_a_head_start_is_held_back_without_the_hub_as_with_it(hub: Hub, clock: HandClock) -> None:
    meet(hub)
    hub.hall = hub.hall.model_copy(
        update={"tickets": hub.hall.tickets.model_copy(update={"in_a_row": 1, "overtaken_at_most": 0})}
    )
    klass = next(code for code, one in hub.hall.classes.items() if one.head_start_min)
    plain = tickets.issue(hub, By("K1"), "SB01", paper=False)
    clock.forward(60)
    meet(hub, *(given(n, MONDAY_9 + 10 * n, klass=klass) for n in (1, 2)))
    order = [hub.read().tickets([id])[0].label for id, _ in hub.read().waiting_order(9)]
    assert order == ["A641", plain.label, "A642"]
    placed = hub.read().by_number(plain.day, "A", 642)
    assert placed and placed.placed == "in a row 1" and placed.rank <= MONDAY_9 + 20


def test_a_sheet_with_a_gap_repeats_no_number(hub: Hub) -> None:
    first = next(one.first for one in offline.for_paper(hub, By("50")) if one.prefix == "A")
    offline.tally(hub, By("50", "k1"), [offline.Row(f"A{first + n}", "SB01", MONDAY_9) for n in (0, 2, 4)])
    assert next_by_hand(hub)["A"] == f"A{first + 5}"
    offline.tally(hub, By("50", "k2"), [offline.Row(f"A{first + 39}", "SB01", MONDAY_9)])
    offline.for_paper(hub, By("50"))
    assert next_by_hand(hub)["A"] == "A3001", "a block is used up to its last number"


def test_a_book_that_was_begun_anew_enters_nothing_again(hub: Hub, clock: HandClock) -> None:
    meet(hub)
    clock.forward(60)
    meet(hub, given(1, MONDAY_9 + 30))
    first, second = given(1, MONDAY_9 + 30), given(2, MONDAY_9 + 40)
    again = first, first._replace(line=2, wish=""), second._replace(line=3)
    assert meet(hub, *again, book="book two").entered == 3
    assert hub.read().waiting_count() == 2
    told = hub.read().last_event("OfflineEntered")
    assert told and (told.field("entered"), told.field("doubled"), told.field("clashes")) == (1, 2, ())


def test_what_was_taken_before_a_days_end_is_of_that_day_and_over(hub: Hub, clock: HandClock) -> None:
    meet(hub)
    clock.forward(86_400)
    tick(hub)
    meet(hub, given(1, MONDAY_9 + 60), offline.Taken(2, "A", 641, "SB01", hub.now()))
    read = hub.read()
    old, new = read.by_number("2026-11-23", "A", 641), read.by_number("2026-11-24", "A", 641)
    assert old and old.state == "expired" and new and new.state == "waiting"


def test_what_somebody_must_look_at_is_said_to_the_manager(hub: Hub, clock: HandClock) -> None:
    reader, said = hub.read(), lambda: {which: text for which, _, text in troubles(hub, hub.read(), 0.0)}
    meet(hub)
    clock.forward(60)
    meet(hub, given(1, MONDAY_9 + 30))
    assert said() == {}, "a book that entered as it should needs nobody"
    anew = offline.Meeting("book two", hub.now(), MONDAY_9, taken=[given(1, MONDAY_9 + 30)], unread=2)
    for _ in range(2):
        offline.meet(hub, By("K1"), anew)
    assert sorted(said()) == ["doubled", "unread book two"]
    assert "有2行读不出" in said()["unread book two"].zh and "2 lines of" in said()["unread book two"].en
    empty = offline.Meeting("book three", hub.now(), MONDAY_9, unread=1)
    for _ in range(2):
        offline.meet(hub, By("K1"), empty)
    rows = reader.events_between("OfflineEntered", 0.0, float("inf"))
    assert [(row.field("book"), row.field("unread")) for row in rows][2:] == [("book three", 1)], "told once"
    meet(hub, offline.Taken(1, "A", 641, "SB01", hub.now()), book="book four")
    assert "A641→A001" in said()["clashes"].zh
    assert journal.verify(hub.read().conn) == []


def test_the_hub_passes_over_the_blocks(hub: Hub) -> None:
    meet(hub)
    day = hub.day(hub.now())
    tickets.issue(hub, By("K1"), "SB01", paper=False)
    hub.turn(lambda turn: turn.conn.execute("UPDATE numbers SET last = 599 WHERE day = ?", (day,)))
    numbers = [tickets.issue(hub, By("K1"), "SB01", paper=False).number for _ in range(3)]
    assert numbers == [600, 1401, 1402]
    hub.turn(lambda turn: turn.conn.execute("UPDATE numbers SET last = 1440 WHERE day = ?", (day,)))
    older = Block(prefix="A", first=1441, last=1480, book="b", device="K2", epoch=0, until=day)
    hub.turn(lambda turn: turn.conn.execute(f"INSERT INTO offline_blocks VALUES ({','.join('?' * 7)})", astuple(older)))
    assert tickets.issue(hub, By("K1"), "SB01", paper=False).number == 1481, "nor a block that an older version dealt"


def test_a_tally_sheet_is_entered_whole_or_not_at_all(hub: Hub, clock: HandClock) -> None:
    waits = [tickets.issue(hub, By("K1"), "SB01", paper=False) for _ in range(2)]
    offline.for_paper(hub, By("50"))
    sheet = sheet_view(hub)
    assert [one["number"] for line in sheet["lines"] for one in line["people"]] == [t.label for t in waits]
    hand = next(one["numbers"][0] for one in sheet["letters"] if one["prefix"] == "A")
    clock.forward(3600)
    row = offline.Row(waits[0].label, "", None, "1", "01", MONDAY_9 + 600, MONDAY_9 + 900, "done")
    wrong = [row, offline.Row("Z9"), offline.Row("A999", "SB01"), row._replace(label=waits[1].label, ended=MONDAY_9)]
    with pytest.raises(Refused) as refused:
        offline.tally(hub, By("50", "k1"), wrong)
    assert [line.partition("，")[0].partition("：")[0] for line in refused.value.text.zh.splitlines()] == [
        "第2行Z9",
        "第3行A999",
        f"第4行{waits[1].label}",
    ]
    mistyped = [offline.Row(f"{waits[0].label}0"), offline.Row(hand), offline.Row(hand, "JY01")]
    with pytest.raises(Refused) as refused:
        offline.tally(hub, By("50", "k3"), mistyped)
    unknown, no_item, other = refused.value.text.zh.splitlines()
    assert "选事项" not in unknown and "核对号码" in unknown, "the page asks for no item of such a number"
    assert "请选事项" in no_item and "字头和事项不符" in other
    rows = [row, offline.Row(hand, "SB01", MONDAY_9 + 60, "2", "02", MONDAY_9 + 700, MONDAY_9 + 1000, "passed")]
    for _ in range(2):
        assert offline.tally(hub, By("50", "k2"), rows) == (2, 1)
    done = hub.read().ticket(waits[0].id)
    assert done and (done.state, done.counter, done.called_at, done.ended_at) == (
        "finished",
        "1",
        MONDAY_9 + 600,
        MONDAY_9 + 900,
    )
    by_hand = hub.read().by_number(done.day, "A", int(hand[1:]))
    assert by_hand and (by_hand.state, by_hand.channel, by_hand.issued_at) == ("passed", "paper", MONDAY_9 + 60)
    assert journal.verify(hub.read().conn) == []

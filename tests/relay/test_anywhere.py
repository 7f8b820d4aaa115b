"""The pages of all halls: a leased place is sold once and by the hall alone, and one's own matter is told by its hall
to whoever has its receipt, and kept nowhere.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
import tomlkit

from relay.anywhere import Offer, days, items, on_day, word
from relay.halls import Halls
from relay.mirrored import Act, Mirrored, Pressed, Seen, Sheet, SheetTold, Word
from relay.nearby import last_heard
from relay.site import create_app
from server.app import create_app as create_hub_app
from server.domain.guesses import GUESSES, Guesses
from server.domain.rules import Refused
from server.domain.slots import sealed_outside as seal
from server.outbound import signature, to_relay
from server.store import journal
from server.verbs import calls, cases, counters, records, slots, tickets, voices
from server.verbs.hub import By, Hub, TooOften, Unknown
from server.verbs.records import Who
from server.views.matter import matter_view
from server.views.voices import code_of
from tests.conftest import MONDAY_9, write_hall
from tests.relay.conftest import Relay
from tests.waiting import DEADLINE_S, until

NINE = "2026-11-24T09:00:00+08:00"
MOBILE = "13800138000"


def planned(hall: tomlkit.TOMLDocument) -> None:
    plan = {"name": "社保", "name_en": "Insurance", "services": ["SB01"], "times": ["09:00-10:00"], "minutes": 20}
    hall["slots"] = {
        "p": {**plan, "capacity": 3, "district": 1, "waiting_list": 2},
        "own": {**plan, "services": ["MZ04"], "capacity": 3},
    }


@pytest.fixture
def hall_file(tmp_path: Path) -> Path:
    return write_hall(tmp_path, planned)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that is mended is found again at once."""
    monkeypatch.setattr(to_relay, "WAITS_S", (0.01,))


@pytest.fixture
def item(hub: Hub) -> str:
    return hub.hall.service_name("SB01").zh


def form(hub: Hub, item: str, key: str, **more: str) -> dict[str, str]:
    told = {"item": item, "day": "2026-11-24", "at": "09:00", "hall": hub.hall.hall.id, "start": NINE}
    return {**told, "telephone": MOBILE, "key": key, **more}


def booked(hub: Hub) -> list[tuple[str, float | None, str]]:
    return [(one.state, one.start, one.channel) for one in hub.read().slots_of("2026-11-24")]


def test_a_place_is_booked_at_the_one_address_and_given_back(hub: Hub, relay: Relay, item: str) -> None:
    page = relay.at("/book")[1]
    assert item in page and hub.hall.service_name("MZ04").zh not in page, "what is not leased is not shown"
    page = relay.at(f"/book?item={quote(item)}")[1]
    assert "11月24日" in page and "1 个大厅，余3" in page, "of nine places three are the district's"
    page = relay.at(f"/book?item={quote(item)}&day=2026-11-24")[1]
    assert hub.hall.hall.name in page and page.count("余1") == 3
    page = relay.at(f"/book?item={quote(item)}&day=2026-11-24&hall={relay.hall}&at=09:00")[1]
    assert 'name="telephone"' in page and "确认预约" in page
    status, page, _ = relay.at("/book", **form(hub, item, "touch-0001", telephone="12"))
    assert status == 400 and "手机号是11位" in page
    status, _, to = relay.at("/book", **form(hub, item, "touch-0001"))
    assert status == 303 and to.startswith(f"/{relay.hall}/b/B1-")
    assert relay.at("/book", **form(hub, item, "touch-0001"))[2] == to, "the same touch again is answered alike"
    assert booked(hub) == [("booked", MONDAY_9 + 86_400, "district")]
    (row,) = hub.read().conn.execute("SELECT data FROM journal WHERE event = 'SlotBooked'")
    assert '"appointment":1' in row[0].replace(" ", "") and MOBILE not in "".join(hub.read().conn.iterdump())
    page = relay.open(to.removeprefix(f"/{relay.hall}/"))[1]
    assert "已预约" in page and "data:image/svg" in page and "也不发短信" in page
    until(lambda: relay.at(f"/book?item={quote(item)}&day=2026-11-24")[1].count("余1") == 2)
    status, page, _ = relay.at("/book", **form(hub, item, "touch-0002", telephone="13900139000"))
    assert status == 409 and "刚刚约满" in page, "two more places are the hall's own"
    status, page, _ = relay.at("/book", **form(hub, item, "touch-0003", start="2026-11-24T09:20:00+08:00"))
    assert status == 409 and "您已有1个预约" in page
    path = to.removeprefix(f"/{relay.hall}/")
    assert relay.press(path, "cancel", "touch-0004")[0] == 303
    assert booked(hub) == [("cancelled", MONDAY_9 + 86_400, "district")]
    assert relay.at("/book", **form(hub, item, "touch-0005", telephone="13900139000"))[0] == 303
    assert journal.verify(hub.read().conn) == []


def test_a_booking_is_moved_by_its_code_to_a_leased_time_and_put_into_a_calendar(
    hub: Hub, relay: Relay, item: str
) -> None:
    to = relay.at("/book", **form(hub, item, "touch-0100"))[2]
    other = relay.at(
        "/book", **form(hub, item, "touch-0101", start="2026-11-24T09:40:00+08:00", telephone="13900139000")
    )
    assert other[0] == 303
    page = relay.at(to)[1]
    assert f'href="{to}/change"' in page and f'href="{to}/calendar.ics"' in page and "先取消" not in page
    page = relay.at(f"{to}/change")[1]
    assert "哪一天来" in page and "约满了" not in page
    page = relay.at(f"{to}/change?day=2026-11-24")[1]
    assert "09:20<small>余1" in page and "09:40<small>约满" in page and "09:00<small>约满" in page
    assert "确认改期" in relay.at(f"{to}/change?day=2026-11-24&at=09:20")[1]
    move = {"day": "2026-11-24", "at": "09:40", "start": "2026-11-24T09:40:00+08:00"}
    status, page, _ = relay.at(f"{to}/change", **move, key="touch-0102")
    assert status == 409 and "刚刚约满" in page, "one place of that time is the district's, and it is sold"
    move |= {"at": "09:20", "start": "2026-11-24T09:20:00+08:00"}
    for _ in range(2):
        assert relay.at(f"{to}/change", **move, key="touch-0103")[::2] == (303, to), "the same touch moves once"
    assert sorted(one[1] or 0 for one in booked(hub)) == [MONDAY_9 + 86_400 + 1200, MONDAY_9 + 86_400 + 2400]
    until(lambda: "09:20" in relay.at(to)[1])
    status, text, _ = relay.at(f"{to}/calendar.ics")
    assert status == 200 and "BEGIN:VALARM" in text and "SEQUENCE:1" in text and to.rsplit("/", 1)[1] in text
    assert "CANCELLED" not in text and MOBILE not in text
    assert relay.press(to.removeprefix(f"/{relay.hall}/"), "cancel", "touch-0104")[0] == 303
    until(lambda: relay.at(f"{to}/change")[0] == 409)
    until(lambda: relay.at(f"{to}/calendar.ics")[0] == 404)
    for wrong in ("change", "calendar.ics"):
        assert relay.at(f"/{relay.hall}/b/B1-AAAAAA/{wrong}")[0] == 404
    assert relay.at(f"{to}/change", **move, key="x")[0] == 400


def test_a_number_given_at_the_hall_counts_at_the_relay_and_the_other_way_round(
    hub: Hub, relay: Relay, item: str
) -> None:
    """One booking for one person, whichever way in; but a number is one at one hall alone: no two share a secret."""
    page = create_hub_app(hub).test_client()

    def at_the_hall(number: str) -> tuple[int, str]:
        told = {"start": NINE, "day": "2026-11-24", "at": "09:00", "telephone": number, "key": f"key-{number}"}
        answer = page.post("/book/SB01", data=told)
        return answer.status_code, answer.get_data(as_text=True)

    assert at_the_hall(MOBILE)[0] == 303
    status, text, _ = relay.at("/book", **form(hub, item, "touch-0140", telephone="138 0013 8000"))
    assert status == 409 and "您已有1个预约" in text
    assert relay.at("/book", **form(hub, item, "touch-0141", telephone="13900139000"))[0] == 303
    status, text = at_the_hall("13900139000")
    assert status == 409 and "您已有1个预约" in text
    relay.file.unlink()
    assert at_the_hall("13700137000")[0] == 303, "without the secret it is sealed by the hall's key alone"


def test_who_finds_a_day_full_waits_and_is_kept_a_leased_place_alone(hub: Hub, relay: Relay, item: str) -> None:
    at = [MONDAY_9 + 86_400 + n * 1200 for n in range(3)]
    own = [slots.book(hub, By("30"), "SB01", start, channel="desk") for start in at for _ in range(2)]
    day = f"/book?item={quote(item)}&day=2026-11-24"
    sold = [relay.at("/book", **form(hub, item, f"touch-012{n}", start=f"2026-11-24T09:{n}0:00+08:00",
                                     telephone=f"1380013810{n}"))[2] for n in (0, 2, 4)]  # fmt: skip
    until(lambda: "我要候补" in relay.at(day)[1])
    assert "约满，可候补" in relay.at(f"/book?item={quote(item)}")[1]
    page = relay.at(f"{day}&hall={relay.hall}&wait=1")[1]
    assert 'name="list" value="2026-11-24"' in page and "加入候补" in page and "本页不发提醒" in page
    wish = {"item": item, "day": "2026-11-24", "hall": relay.hall, "wait": "1", "list": "2026-11-24"}
    status, page, _ = relay.at("/book", **wish, telephone="12", key="touch-0130")
    assert status == 400 and "手机号是11位" in page and "加入候补" in page
    status, _, to = relay.at("/book", **wish, telephone=MOBILE, key="touch-0131")
    assert status == 303 and relay.at("/book", **wish, telephone=MOBILE, key="touch-0131")[2] == to
    assert (
        "候补中" in relay.at(to)[1]
        and "要在本页确认" in relay.at(to)[1]
        and len(hub.read().slots_listed("2026-11-24")) == 1
    )
    slots.cancel(hub, By("30"), own[0].id)
    assert len(hub.read().slots_listed("2026-11-24")) == 1 and "候补中" in relay.at(to)[1], (
        "what came free is the hall's own: one place of that time is the district's, and it is sold"
    )
    slots.book(hub, By("30"), "SB01", at[0], channel="desk")
    assert relay.press(sold[1].removeprefix(f"/{relay.hall}/"), "cancel", "touch-0132")[0] == 303
    until(lambda: "09:20" in relay.at(to)[1] and "要这个时段" in relay.at(to)[1])
    assert relay.press(to.removeprefix(f"/{relay.hall}/"), "accept", "touch-0133")[0] == 303
    assert sorted(one for one in booked(hub) if one[0] == "booked") == [
        *(("booked", start, "desk") for start in (at[0], at[0])),
        *(("booked", at[0], "district") for _ in range(1)),
        *(("booked", at[1], "desk") for _ in range(2)),
        ("booked", at[1], "district"),
        *(("booked", at[2], "desk") for _ in range(2)),
        ("booked", at[2], "district"),
    ]
    assert journal.verify(hub.read().conn) == []


def test_a_booking_of_the_desk_is_moved_by_its_code_to_whatever_is_free(hub: Hub, relay: Relay) -> None:
    made = slots.book(hub, By("30"), "SB01", MONDAY_9 + 86_400, channel="desk")
    for n in range(2):
        slots.book(hub, By(f"3{n}"), "SB01", MONDAY_9 + 86_400 + 1200, channel="desk")
    code = slots.code_of(hub.hall, made.id)
    page = relay.open(f"b/{code}/change?day=2026-11-24")[1]
    assert "09:20<small>余1" in page and "09:40<small>余3" in page
    relay.sever()
    relay.ahead += 61
    status, page = relay.open(f"b/{code}/change?day=2026-11-24")
    assert status == 503 and "余" not in page, "an old word offers nothing"
    status, page = relay.press(f"b/{code}/change", "", "touch-0110", start="2026-11-24T09:40:00+08:00")
    assert status == 503 and "没有办成" in page
    relay.line.mend()
    until(lambda: relay.open(f"b/{code}/change?day=2026-11-24")[0] == 200)
    assert slots.by_code(hub, hub.read(), code) == made, "what was refused is not done later"
    assert relay.press(f"b/{code}/change", "", "touch-0111", start="2026-11-24T09:40:00+08:00")[0] == 303


def test_what_people_at_the_hall_take_is_no_longer_leased(hub: Hub, relay: Relay, item: str) -> None:
    for _ in range(3):
        slots.book(hub, By("30"), "SB01", MONDAY_9 + 86_400, channel="desk")
    until(lambda: "09:00<small>约满" in relay.at(f"/book?item={quote(item)}&day=2026-11-24")[1])
    assert relay.at("/book", **form(hub, item, "touch-0010"))[0] == 409 and len(booked(hub)) == 3
    relay.at("/book", **form(hub, hub.hall.service_name("MZ04").zh, "touch-0011"))
    assert not relay.here.pressed("touch-0011"), "an item that is not leased is asked of nobody"


def test_two_who_want_the_last_place_and_one_gets_it(hub: Hub, relay: Relay, item: str) -> None:
    wishes = [form(hub, item, f"touch-002{n}", telephone=f"1380013800{n}") for n in range(4)]
    with ThreadPoolExecutor(4) as telephones:
        became = [*telephones.map(lambda wish: relay.at("/book", **wish)[0], wishes)]
    assert sorted(became) == [303, 409, 409, 409] and len(booked(hub)) == 1


def test_a_silent_hall_sells_nothing_and_is_named(hub: Hub, relay: Relay, item: str) -> None:
    assert "余1" in relay.at(f"/book?item={quote(item)}&day=2026-11-24")[1]
    relay.sever()
    relay.ahead += 61
    status, page, _ = relay.at("/book", **form(hub, item, "touch-0030"))
    assert status == 503 and "没有办成" in page
    page = relay.at(f"/book?item={quote(item)}&day=2026-11-24")[1]
    assert "余1" not in page and f"{hub.hall.hall.name}<small>最后一次联系是 1 分钟前" in page
    assert "can&#39;t be booked" in relay.at("/book?lang=en")[1] or "can't be booked" in relay.at("/book?lang=en")[1]
    relay.line.mend()
    until(lambda: "余1" in relay.at(f"/book?item={quote(item)}&day=2026-11-24")[1])
    assert booked(hub) == [], "what was refused is not done later"
    assert relay.at("/book", **form(hub, item, "touch-0030"))[0] == 303


@pytest.fixture
def case(hub: Hub) -> records.Record:
    counters.open_counter(hub, By("08"), "1", staff="08")
    tickets.issue(hub, By("kiosk"), "SB01", channel="desk")
    calls.call_next(hub, By("08"), "1")
    values = {"received": ["身份证"], "platform": "QZ-2026-000123", "delivery": "window", "phone": "13900008888"}
    ticket = cases.finish(hub, Who(By("08"), "operator"), "1", "受理待办", [], cases.Case(values, ("p80",)))
    return hub.read().records_of_ticket(ticket.id)[0]


def test_ones_own_matter_is_told_by_number_and_code_and_kept_nowhere(
    hub: Hub, relay: Relay, case: records.Record
) -> None:
    code = cases.code_of(hub, case)
    assert "查进度" in relay.at("/")[1] and "编号（回执上）" in relay.at("/case")[1]
    status, page, _ = relay.at("/case", number=case.number, code=code)
    assert status == 200 and case.number in page and "已受理，正在办理" in page and hub.hall.hall.name in page
    assert "QZ-2026" not in page and "13900008888" not in page
    here = relay.here
    assert not here._acts and not any(one.view for one in here._results.values())
    kept = repr((here._acts, here._results, here._sheets, here._watched))
    assert code not in kept and case.number not in kept
    assert relay.at("/case", number=case.number.lower(), code=code[-6:])[0] == 200, "the six signs are enough"
    status, page, _ = relay.at("/case", number=case.number, code="R1-000000")
    assert status == 404 and "没有查到" in page and "已受理" not in page


def test_an_answer_stays_in_the_hall_and_its_state_does_not(hub: Hub, relay: Relay) -> None:
    told = {"category": "attitude", "text": "窗口的人说话很凶"}
    one = voices.lodge(hub, By("visitor"), "complaint", told, "10.0.0.9")
    status, page, _ = relay.at("/case", number=one.number, code=code_of(hub, one), hall=relay.hall)
    assert status == 200 and one.number in page and "说话很凶" not in page
    assert {*re.findall(r"TS\d+-\d+", page)} == {one.number}


def test_a_hall_takes_no_other_ones_name(tmp_path: Path) -> None:
    """Else bookings and codes are brought to it by whoever reads the name."""
    for name in ("east", "west", "south"):
        (tmp_path / f"{name}.secret").write_text(signature.fresh())
    (tmp_path / "places.toml").write_text("[east]\nname = '东厅'\n[west]\nname = '西厅'\n", encoding="utf-8")
    halls = Halls(tmp_path, lambda: 0.0, look_s=0.0, press_s=0.0)
    for id, own in (("east", "西厅"), ("south", "南厅")):
        word = {"relay": 1, "run": "a", "now": "", "left_s": 9e4, "hall": {"name": own}}
        found = halls.find(id)
        assert found
        found.heard(Word.model_validate(word))
    page = create_app(halls).test_client().get("/case").get_data(as_text=True)
    assert re.findall(r'<option value="(\w+)">(.厅)', page) == [("east", "东厅"), ("south", "南厅"), ("west", "西厅")]


def test_wrong_codes_of_one_record_are_bounded_from_wherever_and_the_right_one_is_not(
    hub: Hub, case: records.Record
) -> None:
    wrong, number = Guesses(2), case.number
    for minute in (1, 2):
        for refused in (Unknown, Unknown, TooOften):
            with pytest.raises(refused):
                matter_view(hub, wrong, minute, number, "R1-000000")
        assert matter_view(hub, wrong, minute, number, cases.code_of(hub, case))["number"] == number
    with pytest.raises(Unknown):
        matter_view(hub, wrong, 2, "BJ20261123-999", "R1-000000")


def test_wrong_codes_are_bounded_by_address(hub: Hub, relay: Relay, case: records.Record) -> None:
    tried = [relay.at("/case", number=case.number, code=f"R1-00000{n % 10}")[0] for n in range(GUESSES)]
    assert tried == [404] * GUESSES
    assert relay.at("/case", number=case.number, code=cases.code_of(hub, case))[0] == 429, "of this address"


def test_a_silent_hall_is_not_asked_for_a_matter_and_is_named(hub: Hub, relay: Relay, case: records.Record) -> None:
    relay.sever()
    relay.ahead += 3 * 3600
    status, page, _ = relay.at("/case", number=case.number, code=cases.code_of(hub, case))
    assert status == 503 and "没有查成" in page and f"{hub.hall.hall.name}<small>最后一次联系是 3 小时前" in page
    assert not relay.here._acts


# --- the decisions ----------------------------------------------------------------------------------------------------


def offer(hall: str, free: dict[str, int], day: str = "2026-11-24") -> Offer:
    times = [{"start": f"{day}T{at}:00+08:00", "time": at, "free": n} for at, n in free.items()]
    days = [{"day": day, "zh": "11月24日", "en": "24 Nov", "slots": times}]
    view = {"term_s": 60.0, "asks_number": False, "days": days, "rules": [], "bring": []}
    return Offer(Mirrored(hall), {"name": hall, "name_en": hall}, "X", view)


def test_items_of_one_name_are_one_and_days_are_added_up() -> None:
    card = {"code": "SB01", "name": "社保卡", "name_en": "Card"}
    found = items({"a": {"services": [card]}, "b": {"services": [{**card, "code": "K7"}]}, "c": None})
    assert [(one.name, one.halls) for one in found] == [("社保卡", {"a": "SB01", "b": "K7"})]
    two = [offer("a", {"09:00": 0, "09:20": 2}), offer("b", {"09:00": 0}), offer("c", {"09:00": 1}, "2026-11-23")]
    mute = offer("d", {"09:00": 5})._replace(view=None)
    assert [(one["day"], one["free"], one["halls"]) for one in days([*two, mute])] == [
        ("2026-11-23", 1, 1),
        ("2026-11-24", 2, 1),
    ]
    assert [one["free"] for one in on_day(two[0], "2026-11-24")] == [0, 2] and on_day(mute, "2026-11-24") == []


AGES = [(60, 60, True), (60.1, 60, False), (20, 10, False), (61, 99, False)]


@pytest.mark.parametrize(("age", "term_s", "holds"), AGES)
def test_a_lease_runs_out_by_the_clock_of_whoever_heard_it(age: float, term_s: float, holds: bool) -> None:
    """At the latest after a minute, whatever a hall says."""
    view = {**(offer("a", {}).view or {}), "term_s": term_s}
    sheet = Sheet(SheetTold(status=200, page="lease", view=view), "", 0.0, 1)
    assert (word(Seen(sheet, age)) is not None) == holds
    assert word(Seen(None, None)) is None
    assert word(Seen(Sheet(SheetTold(status=404, said="没有"), "", 0.0, 1), 0.0)) is None


def test_a_mobile_number_is_sealed_before_it_leaves_the_relay() -> None:
    assert seal(b"k", "138 0013-8000") == seal(b"k", "+8613800138000") != seal(b"l", MOBILE)
    with pytest.raises(Refused, match="11位"):
        seal(b"k", "1380013800")


def test_since_when_a_hall_is_silent() -> None:
    said = [last_heard(one).zh for one in (None, 20.0, 59 * 60.0, 3 * 3600.0, 3 * 86_400.0)]
    assert said[0] == "中转启动以来没有联系上"
    assert [one.removeprefix("最后一次联系是 ") for one in said[1:]] == ["1 分钟前", "59 分钟前", "3 小时前", "3 天前"]


def heard(hall: Mirrored, count: int = 0, **done: object) -> None:
    told = {"relay": 1, "run": "a", "count": count, "now": "", "left_s": 9e4, "hall": {"name": f"{hall.id}厅"}}
    hall.heard(Word.model_validate({**told, "done": done}))


def answer(hall: Mirrored, count: int, result: dict[str, object]) -> dict[str, str]:
    """What a hall is asked; it answers it."""
    until(lambda: bool(hall._acts))
    (act,) = hall._acts.values()
    heard(hall, count, **{act.id: result})
    return act.fields


MATTER = {
    **{"number": "BJ20261123-001", "name": "办件", "name_en": "Case", "state": "已受理", "state_en": "accepted"},
    **{"lodged": "2026-11-23T09:00:00+08:00", "due": None, "late": False, "provisional": False, "answered": False},
}


def test_a_code_is_brought_to_the_hall_of_its_receipt_and_to_no_other(tmp_path: Path) -> None:
    """Every hall has a number like this one: another would read the code, and could answer in the first one's place."""
    for name in ("east", "west", "mute"):
        (tmp_path / f"{name}.secret").write_text(signature.fresh())
    (tmp_path / "places.toml").write_text("[mute]\nname = '静厅'\n", encoding="utf-8")
    halls = Halls(tmp_path, look_s=DEADLINE_S, press_s=DEADLINE_S)
    east, west = (halls.find(name) for name in ("east", "west"))
    assert east and west
    heard(east)
    heard(west)
    asked = {"number": "BJ20261123-001", "code": "R1-AAAAAA"}
    client = create_app(halls).test_client()
    for hall in ("", "north", "../west"):
        page = client.post("/case", data={**asked, "hall": hall})
        assert page.status_code == 400 and "请选这张回执是哪个大厅开的" in page.get_data(as_text=True), hall
    assert not east._given and not west._given
    page = client.post("/case", data={**asked, "hall": "mute"})
    said = page.get_data(as_text=True)
    assert page.status_code == 503 and "没有查成" in said and "静厅<small>中转启动以来没有联系上" in said
    nothing = {"status": 404, "said": "没有", "view": {}}
    broken = {"status": 500, "said": "没有办成", "view": {}}
    with ThreadPoolExecutor(1) as telephone:
        for count, (result, status, words) in enumerate(
            (
                ({"status": 200, "view": MATTER}, 200, "west厅"),
                (nothing, 404, "没有查到"),
                (broken, 500, "没有办成"),
                ({"status": 404, "said": "没有这个按键"}, 503, "west厅"),  # a hub of before, which knows no such key
                ({"status": 200, "view": {**MATTER, "lodged": None}}, 503, "west厅"),  # nor one that knows another
            ),
            start=1,
        ):
            pressed = telephone.submit(client.post, "/case", data={**asked, "hall": "west"})
            assert answer(west, count, result) == asked
            page = pressed.result(DEADLINE_S)
            said = page.get_data(as_text=True)
            assert page.status_code == status and words in said, result
            assert status == 200 or '<option value="west" selected>' in said, "what was chosen stays"
    assert not west._acts and not east._given and not any(one.view for one in west._results.values())


CARD = {"code": "SB01", "name": "社保卡", "name_en": "Card"}
ITEMS: dict[str, object] = {"items": {"services": [CARD]}}
BUSY = {"issuing": True, "waiting": 1, "counters_open": 1, "groups": [{"id": "g", "name": "社保", "name_en": "Cards"}]}


@pytest.mark.parametrize(
    ("named", "views"),
    [
        ({"called": "x"}, {}),
        ({}, {"items": {"services": [{"name": "社保卡"}]}}),
        ({}, {"items": {"services": 5}}),
        ({}, {"busy": {"issuing": True}}),
        ({}, {"busy": {**BUSY, "groups": [{**BUSY["groups"][0], "estimate_min": 5}]}}),  # type: ignore[index]
        ({}, {**ITEMS, "lease/SB01": {"term_s": "soon"}}),
        ({}, {**ITEMS, "lease/SB01": {**(offer("x", {}).view or {}), "days": [{}]}}),
    ],
)
def test_a_hall_that_says_what_no_hall_says_breaks_no_page_of_all(
    tmp_path: Path, named: dict[str, str], views: dict[str, object]
) -> None:
    """It is one that can't be reached; of the other everything is shown."""
    for name in ("east", "west"):
        (tmp_path / f"{name}.secret").write_text(signature.fresh())
    halls = Halls(tmp_path, lambda: 0.0, look_s=0.0, press_s=0.0)
    right = {**ITEMS, "busy": BUSY, "lease/SB01": offer("west", {"09:00": 1}).view}
    for name, hall, told in (("east", named or {"name": "东厅"}, views), ("west", {"name": "西厅"}, right)):
        sheets = {path: {"status": 200, "page": path.partition("/")[0], "view": one} for path, one in told.items()}
        word = {"relay": 1, "run": "a", "count": 1, "now": "", "left_s": 9e4, "hall": hall, "sheets": sheets}
        found = halls.find(name)
        assert found
        found.heard(Word.model_validate(word))
    client = create_app(halls).test_client()
    for path, said in (
        ("/", "西厅<small>1 人等候"),
        ("/book", "社保卡"),
        ("/book?item=社保卡", "余1"),
        ("/book?item=社保卡&day=2026-11-24", "西厅"),
        ("/case", "西厅"),
    ):
        page = client.get(path)
        assert page.status_code == 200 and said in page.get_data(as_text=True), path


def test_a_booking_whose_answer_was_lost_is_found_again_by_the_same_touch(tmp_path: Path) -> None:
    """The line breaks behind the hall's row: the telephone is told that nobody knows, also once the lease has run out,
    and sees its booking when the line is mended.
    """
    (tmp_path / "east.secret").write_text(signature.fresh())
    seconds = [0.0]
    halls = Halls(tmp_path, lambda: seconds[0], look_s=0.0, press_s=0.0)
    east = halls.find("east")
    assert east
    seconds[0] = 3600.0
    view = offer("east", {"09:00": 1}).view
    sheets = {
        "items": {"status": 200, "page": "items", "view": ITEMS["items"]},
        "lease/SB01": {"status": 200, "page": "lease", "view": view},
    }
    told = {"relay": 1, "run": "a", "now": "", "left_s": 9e4, "hall": {"name": "east厅"}}
    east.heard(Word.model_validate({**told, "count": 1, "sheets": sheets}))
    usual, asked = Mirrored.end, []

    def end(act: Act, wait_s: float) -> Pressed:
        if not asked:  # the hub asks meanwhile, and is cut off
            asked.append(east.heard(Word.model_validate({**told, "hold_s": 0.0}))["acts"])
        return usual(east, act, wait_s)

    east.end = end  # type: ignore[method-assign]
    client = create_app(halls).test_client()
    wish = {"item": "社保卡", "day": "2026-11-24", "hall": "east", "at": "09:00", "service": "SB01", "start": NINE}
    page = client.get("/book", query_string=wish).get_data(as_text=True)
    assert "确认预约" in page and 'name="telephone"' not in page
    for later_s in (0, 200):
        seconds[0] += later_s
        answer = client.post("/book", data={**wish, "key": "touch-0050"})
        page = answer.get_data(as_text=True)
        assert (
            answer.status_code == 202
            and "不要再按" not in page
            and "看看办成没有" in page
            and 'value="touch-0050"' in page
        )
    other = client.post("/book", data={**wish, "key": "touch-0051"})
    assert other.status_code == 503 and "没有办成" in other.get_data(as_text=True), "of this one it is known"
    done = {"touch-0050": {"status": 303, "to": "b/B1-AAAAAA"}}
    east.heard(Word.model_validate({**told, "count": 2, "done": done}))
    answer = client.post("/book", data={**wish, "key": "touch-0050"})
    assert answer.status_code == 303 and answer.headers["Location"] == "/east/b/B1-AAAAAA"
    assert [one["fields"]["start"] for one in asked[0]] == [NINE]

"""The city's platform and the hall, each by its own hand: numbers, moves, 预审号, faults, and what matches nothing."""

from __future__ import annotations

import ast
import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import tomlkit
from apiflask import APIFlask

import config
from demo.city import CHINA, City, serve
from server.domain import platform
from server.domain.register import Record
from server.outbound import signature, to_platform
from server.outbound.deliverer import Deliverer
from server.verbs import bookings, calls, cases, counters, links, ratings, records, tickets
from server.verbs import platform as heard
from server.verbs.hub import By, Hub
from server.verbs.records import Who
from tests.conftest import HandClock, write_hall
from tests.server.pages.conftest import Web

SECRET = signature.fresh()
SERVICE = "SB01"
DESK = Who(By("09"), "manager")


@pytest.fixture
def city() -> Iterator[City]:
    city = City(SECRET, "")
    server = serve(city, 0)
    city.url = f"http://127.0.0.1:{server.server_address[1]}/told"  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield city
    server.shutdown()
    server.server_close()


@pytest.fixture
def hall_file(tmp_path: Any, city: City) -> Any:
    (tmp_path / "platform.secret").write_text(SECRET)

    def change(hall: tomlkit.TOMLDocument) -> None:
        hall["platform"].update({"url": city.url, "secret_file": str(tmp_path / "platform.secret")})  # type: ignore[union-attr, attr-defined]

    return write_hall(tmp_path, change)


@pytest.fixture
def deliverer(hub: Hub) -> Deliverer:
    to = to_platform.destination(hub)
    assert to is not None
    found = Deliverer(hub, to)
    found.round()
    return found


@pytest.fixture
def web(hub: Hub, city: City) -> Iterator[Web]:
    web = Web(hub)
    city.hall = web.base
    yield web
    web.stop()
    assert web.held.wrong == [], "answers that /api/v1/openapi.json does not declare"


def case(hub: Hub, **accept: Any) -> Record:
    """A case that was accepted at a counter without a visit."""
    papers = list(hub.hall.services[SERVICE].materials[:1])
    values = {"service": SERVICE, "applicant": "person", "received": papers, "phone": "13800000000"}
    record = records.open_record(hub, DESK, cases.CASE, [("receive", values)])
    wish = {"no_platform": "later", "delivery": "window", **accept}
    return records.move(hub, DESK, record.id, "accept", wish)


def test_a_case_gets_its_number_from_the_platform_and_nothing_personal_goes_out(
    hub: Hub, city: City, deliverer: Deliverer
) -> None:
    record = case(hub)
    assert hub.read().count_without_number(cases.CASE) == 1
    deliverer.round()
    there = city.cases[record.number]
    now = hub.read().record_numbered(record.number)
    assert now and now.values["platform"] == there["platform"] and there["platform"].startswith("350500")
    assert there["moves"] == ["receive", "accept"] and there["state"] == "accepted"
    assert hub.read().count_without_number(cases.CASE) == 0
    assert [one.state for one in hub.read().sendings("platform")] == ["sent", "sent"]
    deliverer.round()
    assert len(hub.read().sendings("platform")) == 2, "its own number is not told back to it"
    corrected = hub.read().journal(0, 10_000)[-1]
    assert (corrected.event, corrected.actor) == ("RecordCorrected", "platform")


def test_what_is_sent_again_is_taken_once_on_both_sides(hub: Hub, city: City, deliverer: Deliverer) -> None:
    record = case(hub)
    deliverer.round()
    seq, number = hub.seq, city.cases[record.number]["platform"]
    for one in hub.read().sendings("platform"):
        links.send_again(hub, "platform", one.seq)
    deliverer.round()
    assert city.cases[record.number]["platform"] == number and len(city.cases[record.number]["moves"]) == 2
    assert hub.seq == seq, "nothing new was learnt"


def test_the_platform_moves_a_case_by_either_number(hub: Hub, city: City, web: Web, deliverer: Deliverer) -> None:
    record = case(hub)
    deliverer.round()
    number = city.cases[record.number]["platform"]
    at = datetime.now(CHINA)
    stop = {"case": record.number, "move": "special", "values": {"procedure": "hearing", "basis": "licensing"}}
    assert city.say("case.moved", stop, at=at)[0] == 200
    assert city.say("case.moved", stop, at=at) == (
        200,
        {"state": "known", "subject": record.number, "zh": "", "en": ""},
    )
    assert city.say("case.moved", {"platform": number, "move": "resume"}, at=at + timedelta(minutes=1))[0] == 200
    late = city.say("case.moved", stop, id="another", at=at)
    assert late[1]["state"] == "known", "older than what was taken: it stops nothing again"
    done = {"platform": number, "move": "decide", "values": {"result": "granted", "licence": "CN-350500-1"}}
    assert city.say("case.moved", done, at=at + timedelta(minutes=2))[1]["state"] == "taken"
    now = hub.read().record_numbered(record.number)
    assert now and now.state == "ready" and now.values["licence"] == "CN-350500-1"
    assert [step.actor for step in now.moves] == ["09", "09", "platform", "platform", "platform"]
    deliverer.round()
    assert city.cases[record.number]["moves"] == ["receive", "accept"], "what it did itself is not told back"


def test_a_case_that_is_not_known_yet_is_kept_and_taken_when_it_is(
    hub: Hub, city: City, web: Web, deliverer: Deliverer
) -> None:
    done = {"platform": "350500-77", "move": "decide", "values": {"result": "granted", "no_licence": "none_for_it"}}
    status, answer = city.say("case.moved", done, id="early")
    assert (status, answer["state"]) == (202, "unmatched") and answer["zh"] and answer["en"]
    assert heard.settle(hub) == 0 and hub.read().count_unmatched() == 1
    record = case(hub, platform="350500-77", no_platform="")
    assert heard.settle(hub) == 1 and hub.read().count_unmatched() == 0
    now = hub.read().record_numbered(record.number)
    assert now and now.state == "ready"
    assert city.say("case.moved", done, id="early")[1]["state"] == "known"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"move": "decide", "values": {"result": "granted"}}, "还缺"),
        ({"move": "decide", "values": {"result": "granted", "licence": "13800000000"}}, ""),
        ({"move": "resume"}, "不能"),
        ({"move": "special", "values": {"procedure": "hearing", "basis": "licensing", "phone": "13800000000"}}, ""),
    ],
)
def test_a_move_that_cannot_be_made_is_kept_with_its_reason(
    hub: Hub, city: City, web: Web, data: dict[str, Any], why: str
) -> None:
    record = case(hub)
    status, answer = city.say("case.moved", {"case": record.number, **data})
    assert (status, answer["state"]) == (202, "unmatched") and why in answer["zh"] and answer["en"]
    now = hub.read().record_numbered(record.number)
    assert now and now.state == "accepted"
    (letter,) = hub.read().unmatched()
    heard.dismiss(hub, letter.id)
    assert hub.read().count_unmatched() == 0
    assert city.say("case.moved", {"case": record.number, **data}, id=letter.id)[1]["state"] == "known"


def test_what_was_decided_and_handed_over_at_once_is_known_when_the_platform_says_so(
    hub: Hub, city: City, web: Web
) -> None:
    record = case(hub)
    records.move(hub, DESK, record.id, "decide", {"result": "granted", "licence": "CN-350500-2"})
    records.move(hub, DESK, record.id, "inform", {"informed": "phone"})
    done = {"case": record.number, "move": "decide", "values": {"result": "granted", "licence": "CN-350500-2"}}
    assert city.say("case.moved", done)[1]["state"] == "known"
    assert hub.read().count_unmatched() == 0


def test_what_still_matches_nothing_is_not_written_again(
    hub: Hub, city: City, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    city.say("case.moved", {"platform": "350500-77", "move": "resume"}, id="early")
    before = hub.read().unmatched()
    with monkeypatch.context() as patch:
        patch.setattr("server.store.transaction.Turn.put_letter", lambda *_: pytest.fail("written again"))
        assert heard.settle(hub) == 0
    assert hub.read().unmatched() == before != []
    case(hub, platform="350500-77", no_platform="")
    heard.settle(hub)
    (letter,) = hub.read().unmatched()
    assert letter.why != before[0].why, "another reason is news"


def test_one_number_is_one_case(hub: Hub, city: City, web: Web) -> None:
    first, second = case(hub), case(hub)
    assert city.say("case.numbered", {"case": first.number, "platform": "3505-1"})[1]["state"] == "taken"
    status, answer = city.say("case.numbered", {"case": second.number, "platform": "3505-1"})
    assert status == 202 and first.number in answer["zh"]


def test_a_pretrial_checks_in_once_and_its_case_is_not_queued_again(
    hub: Hub, city: City, web: Web, deliverer: Deliverer, clock: HandClock
) -> None:
    said = {"pretrial": "YS-1001", "service": SERVICE, "status": "passed", "platform": "3505-9"}
    assert city.say("pretrial.changed", said)[0] == 200
    found = bookings.look_up(hub, "ys-1001")
    assert (found.kind, found.state) == ("pretrial", "ready") and "预审已通过" in found.text.zh

    def check_in() -> Any:
        return bookings.check_in(hub, By("K1"), "YS-1001", language="zh", large_print=False, printers=())

    ticket = check_in()
    again = bookings.look_up(hub, "YS-1001")
    assert again.state == "checked_in" and ticket.label in again.text.zh
    with pytest.raises(Exception, match=ticket.label):
        check_in()
    counters.open_counter(hub, By("09"), "1", staff="09")
    calls.call(hub, By("09"), "1", ticket.id)
    calls.start(hub, By("09"), "1")
    made = cases.Case(
        {"platform": "3505-9", "delivery": "window", "received": list(hub.hall.services[SERVICE].materials)}
    )
    cases.finish(hub, DESK, "1", "accepted", [SERVICE], made)
    after = bookings.look_up(hub, "YS-1001")
    assert after.kind == "case" and after.case is not None
    clock.forward(86400)
    assert bookings.look_up(hub, "YS-1001").kind == "case", "the next day, too: no second number for one matter"
    with pytest.raises(Exception, match="受理"):
        check_in()
    deliverer.round()
    assert city.checked_in == ["YS-1001"]
    assert next(iter(city.cases.values()))["pretrial"] == "YS-1001"
    record = after.case.number
    done = {"case": record, "move": "decide", "values": {"result": "granted", "no_licence": "none_for_it"}}
    assert city.say("case.moved", done)[1]["state"] == "taken"
    fetched = bookings.look_up(hub, "YS-1001")
    assert (fetched.kind, fetched.state) == ("pickup", "ready"), "the result is fetched by the same code"
    assert check_in().service in hub.hall.reserved


@pytest.mark.parametrize(
    ("status", "zh", "may"),
    [("pending", "还没有结果", True), ("to_complete", "补正", True), ("failed", "没有通过", False)],
)
def test_each_state_of_a_pretrial_says_what_to_do(
    hub: Hub, city: City, web: Web, status: str, zh: str, may: bool
) -> None:
    city.say("pretrial.changed", {"pretrial": "YS-2", "service": SERVICE, "status": status})
    found = bookings.look_up(hub, "YS-2")
    assert zh in found.text.zh and (found.state == "ready") is may
    if not may:
        with pytest.raises(Exception, match="没有通过"):
            bookings.check_in(hub, By("K1"), "YS-2", language="zh", large_print=False, printers=())


def test_an_older_word_on_a_pretrial_changes_nothing(hub: Hub, city: City, web: Web) -> None:
    now = datetime.now(CHINA)
    said = {"pretrial": "YS-3", "service": SERVICE}
    city.say("pretrial.changed", {**said, "status": "passed"}, at=now)
    assert (
        city.say("pretrial.changed", {**said, "status": "pending"}, at=now - timedelta(days=1))[1]["state"] == "known"
    )
    known = hub.read().pretrial("YS-3")
    assert known and known.status == "passed"


@pytest.mark.parametrize("code", ["13800000000", "T1C8-9XK3MZ", "a", "预审号"])
def test_a_code_that_is_none_is_unmatched(hub: Hub, city: City, web: Web, code: str) -> None:
    assert city.say("pretrial.changed", {"pretrial": code, "service": SERVICE, "status": "passed"})[0] == 202
    assert not hub.read().has_pretrials()


@pytest.mark.parametrize(
    ("type", "data", "status"),
    [
        ("case.numbered", {"case": "BJ1"}, 422),
        ("case.moved", {"move": "decide"}, 422),
        ("case.moved", {"case": "BJ1", "move": "withdraw"}, 422),
        ("pretrial.changed", {"pretrial": "YS-1"}, 422),
        ("case.deleted", {}, 422),
        ("ping", {}, 200),
    ],
)
def test_a_message_that_is_not_in_the_contract_is_refused(
    hub: Hub, city: City, web: Web, type: str, data: dict[str, Any], status: int
) -> None:
    assert city.say(type, data)[0] == status and hub.read().count_unmatched() == 0


def test_strangers_are_refused_before_their_body_is_read(hub: Hub, city: City, web: Web) -> None:
    mine, city.secret = city.secret, signature.fresh()
    assert city.say("case.deleted", {})[0] == 401
    city.secret = mine
    assert city.say("ping", {})[0] == 200


def test_a_hall_without_a_platform_has_no_door_for_one(tmp_path: Any) -> None:
    from server.app import create_app
    from server.store.database import Store

    hall = config.load(write_hall(tmp_path))
    hub = Hub(hall, Store(hall.data, durable=False), HandClock())
    try:
        app: APIFlask = create_app(hub)
        assert app.test_client().post("/api/v1/platform", json={}).status_code == 404
        assert to_platform.destination(hub) is None
    finally:
        hub.stop()
        hub.store.close()


@pytest.mark.parametrize("fault", ["down", "lies", "refuses", "gone"])
def test_whatever_the_platform_does_the_hall_goes_on(hub: Hub, city: City, deliverer: Deliverer, fault: str) -> None:
    city.fault = fault
    record = case(hub)
    deliverer.round()
    link = hub.read().link("platform")
    assert link is not None
    states = {one.state for one in hub.read().sendings("platform")}
    expected = {"down": {"waiting"}, "lies": {"waiting"}, "refuses": {"refused"}, "gone": {"waiting"}}
    assert states == expected[fault]
    assert (link.state == "off") is (fault == "gone")
    city.fault = ""
    links.resume(hub, "platform")
    if fault == "refuses":
        for one in hub.read().sendings("platform"):
            links.send_again(hub, "platform", one.seq)
    deliverer.round()
    assert city.cases[record.number]["moves"] == ["receive", "accept"]


def test_ratings_and_what_becomes_of_bad_ones_go_out_without_what_was_written(
    hub: Hub, city: City, deliverer: Deliverer
) -> None:
    counters.open_counter(hub, By("08"), "1", staff="08")
    made = tickets.issue(hub, By("K1"), SERVICE, paper=False)
    calls.call_next(hub, By("08"), "1")
    calls.finish(hub, By("08"), "1", "done")
    words = ratings.written("态度不好", "13859590001")
    ratings.give(hub, By("visitor"), made.id, 2, "code", ["214"], words)
    ratings.give(hub, By("visitor"), made.id, 1, "code")
    deliverer.round()
    name = f"{made.day.replace('-', '')}-{made.label}-1"
    assert [(type, told["rating"]) for type, told in city.ratings] == [
        ("rating.given", name),
        ("rating.handled", name),
        ("rating.appended", name),
    ]
    given, handled = city.ratings[0][1], city.ratings[1][1]
    assert (given["level"], given["options"], given["source"], given["default"]) == (2, ["214"], "code", False)
    assert handled["state"] == "verifying" and not {"about", "text", "phone", "owner"} & {*handled["values"]}
    assert "态度不好" not in str(city.ratings) and "13859590001" not in str(city.ratings)


def test_the_played_platform_shares_no_code_with_what_it_checks() -> None:
    tree = ast.parse((config.ROOT / "demo" / "city.py").read_text(encoding="utf-8"))
    named = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    named |= {one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names}
    ours = {"server", "replay", "config", "intake", "demo", "words", "hub_client"}
    assert not {name for name in named if name and name.split(".")[0] in ours}


def test_every_field_that_goes_out_may(hub: Hub) -> None:
    """Whatever is personal, of staff, a link or free text stays here, by the register's own kinds."""
    made = records.definition(hub, cases.CASE)
    every = {name: name for name in made.fields}
    out = platform.open_values(made, every)
    assert not {*out} & {"phone", "note", "owner", "approver"} and {"result", "delivery", "received"} <= {*out}


def test_up_time_is_of_what_is_known() -> None:
    assert platform.uptime([], None, 0, 100) == (None, 100)
    assert platform.uptime([], "ok", 0, 100) == (1.0, 0)
    assert platform.uptime([(25, "error"), (50, "ok")], "ok", 0, 100) == (pytest.approx(0.75), 0)
    assert platform.uptime([(60, "ok")], None, 0, 100) == (1.0, 60)
    assert platform.uptime([(60, "error"), (80, "ok")], None, 0, 100) == (pytest.approx(0.5), 60)


def test_the_page_of_health_shows_the_link_and_what_matches_nothing(
    hub: Hub, city: City, web: Web, deliverer: Deliverer
) -> None:
    from tests.server.pages.conftest import Browser, hire

    hire(hub)
    city.say("case.numbered", {"case": "BJ20261123-999", "platform": "3505-1"}, id="lost")
    case(hub)
    city.fault = "refuses"
    deliverer.round()
    browser = Browser(web.app.test_client())
    browser.log_in("50")
    page = browser.client.get("/hall/health").get_data(as_text=True)
    for text in ("市平台", "BJ20261123-999", "没有找到这件办件", "重新发送", "已处理", "稍后补录", "连通时间占比"):
        assert text in page
    refused = hub.read().sendings("platform", state="refused")
    form = {"csrf_token": browser.csrf, "seq": refused[0].seq}
    browser.client.post("/hall/health/links/platform/again", data=form)
    browser.client.post("/hall/health/unmatched", data={"csrf_token": browser.csrf, "id": "lost"})
    city.fault = ""
    deliverer.round()
    assert hub.read().count_sendings("platform", "refused") == len(refused) - 1
    assert hub.read().count_unmatched() == 0
    figures = json.dumps(browser.client.get("/metrics").get_data(as_text=True))
    assert "jiaohao_link_up" in figures and "jiaohao_platform_unmatched" in figures

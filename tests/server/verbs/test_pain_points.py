"""堵点清单: made each Monday of last week's counts, carried on until it is closed, never twice."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from apiflask import APIFlask

from server.app import create_app
from server.commands import rounds
from server.domain.rules import Refused
from server.health import Contacts, Health
from server.store.database import CutOff
from server.verbs import accounts, pain_points, records, voices
from server.verbs.day import tick
from server.verbs.hub import By, Hub
from server.verbs.records import Who
from server.views.voices import desk_view, meeting_view
from tests.conftest import HandClock
from tests.server.pages.conftest import Browser, hire

BOSS = Who(By("50"), "manager")
DAY = 86400.0


@pytest.fixture(autouse=True)
def staff(hub: Hub) -> None:
    hire(hub)


def at(hub: Hub, clock: HandClock, day: int) -> None:
    clock.at = datetime(2026, 11, day, 9, tzinfo=hub.hall.zone).timestamp()
    tick(hub)


def week_of_trouble(hub: Hub, clock: HandClock, word: str = "养狗证") -> None:
    """Three complaints about one service, and a word that three occasions did not find."""
    for n in range(3):
        told = {"category": "delay", "text": "慢", "service": "SB01"}
        voices.lodge(hub, By("visitor"), "complaint", told, f"10.0.{clock.at}.{n}")
        voices.not_found(hub, word, f"K{n}")


def listed(hub: Hub) -> list[tuple[Any, ...]]:
    rows = hub.read().records_open("pain_point")
    return [(*pain_points.subject(hub, one), one.values["count"], one.values["weeks"], one.state) for one in rows]


def test_on_monday_last_week_is_listed_and_carried_on_until_it_is_closed(hub: Hub, clock: HandClock) -> None:
    at(hub, clock, 23)
    week_of_trouble(hub, clock)
    at(hub, clock, 27)
    assert listed(hub) == []
    at(hub, clock, 30)
    both = [("complaints", "SB01", "", 3), ("searches", "", "养狗证", 3)]
    assert listed(hub) == [(*one, 1, "found") for one in both]
    assert pain_points.find(hub) == 0 and len(listed(hub)) == 2
    first, second = hub.read().records_open("pain_point")
    records.move(hub, BOSS, first.id, "own", {"owner": "08", "until": "2026-12-20", "measure": "加一个窗口"})
    records.move(hub, BOSS, second.id, "close", {"solved": "solved"})
    clock.forward(DAY)
    tick(hub)
    assert len(listed(hub)) == 1
    week_of_trouble(hub, clock)
    clock.forward(7 * DAY)
    tick(hub)
    assert listed(hub) == [("complaints", "SB01", "", 3, 2, "owned"), ("searches", "", "养狗证", 3, 1, "found")]
    told = meeting_view(hub, BOSS.reach)
    assert [one["weeks"] for one in told["records"]] == [2, 1] and told["records"][0]["until"] == "2026-12-20"
    assert told["records"][0]["owner"]["id"] == "08" and told["records"][0]["report"] == "2026-W49"
    assert told["closed"] == []  # closed more than a week ago


def test_a_machine_that_was_off_on_monday_lists_it_when_it_comes_back(hub: Hub, clock: HandClock) -> None:
    at(hub, clock, 20)
    week_of_trouble(hub, clock)
    at(hub, clock, 25)
    assert len(listed(hub)) == 2


def test_the_desk_sees_what_is_due_first_and_the_day_in_numbers(hub: Hub, clock: HandClock) -> None:
    week_of_trouble(hub, clock)
    voices.lodge(hub, By("visitor"), "unsolved", {"category": "cross"}, "10.1.1.1")
    view = desk_view(hub, BOSS.reach)
    assert [one["number"][:2] for one in view["records"]] == ["BB", "TS", "TS", "TS"]
    assert [one["do"] for one in view["records"]] == ["classify", "accept", "accept", "accept"]
    sums = {one["key"]: one for one in view["sums"]}
    assert (sums["complaint"]["opened"], sums["complaint"]["nobodys"], sums["complaint"]["overdue"]) == (3, 3, 0)
    (case,) = hub.read().records_open("unsolved")
    records.move(hub, BOSS, case.id, "classify", {"grade": "at_once", "owner": "50"})
    assert [one["number"][:2] for one in desk_view(hub, BOSS.reach, mine=True)["records"]] == ["BB"]


def test_two_keys_take_one_and_the_pages_name_nobody_who_lodged(hub: Hub, clock: HandClock) -> None:
    at(hub, clock, 23)
    week_of_trouble(hub, clock)
    at(hub, clock, 30)
    app: APIFlask = create_app(hub)
    browser = Browser(app.test_client())
    browser.log_in("50")
    page = browser.client.get("/voices").text
    assert 'accesskey="1"' in page and "?do=accept" in page
    (one, *_) = hub.read().records_open("complaint")
    record = browser.client.get(f"/registers/complaint/{one.id}?do=accept").text
    assert '<option value="simple" selected' in record and '<option value="50" selected' in record
    assert "autofocus" in record  # on the button: nothing is left to fill in
    meeting = browser.client.get("/voices/meeting").text
    assert "养狗证" in meeting and "/reports/2026-W48" in meeting


def in_files(hub: Hub, text: str) -> bool:
    """Whether a text stands anywhere in the journal."""
    rows = hub.read().conn.execute("SELECT data FROM journal")
    return any(text in json.dumps(json.loads(row[0]), ensure_ascii=False) for row in rows)


def test_a_word_that_names_staff_is_neither_kept_nor_listed_and_the_rest_is(hub: Hub, clock: HandClock) -> None:
    hub.turn(lambda turn: turn.put_staff("77", "欧阳芳菲", "operator", "x"))
    at(hub, clock, 23)
    for n in range(3):
        voices.not_found(hub, "欧阳芳菲", f"K{n}")
        voices.not_found(hub, "上官婉儿", f"K{n}")
    assert hub.read().conn.execute("SELECT DISTINCT word FROM unfound WHERE word <> ''").fetchall()[0][0] == "上官婉儿"
    week_of_trouble(hub, clock)
    hub.turn(lambda turn: turn.put_staff("78", "上官婉儿", "operator", "x"))  # came after the word
    at(hub, clock, 30)
    assert [one[:3] for one in listed(hub)] == [("complaints", "SB01", ""), ("searches", "", "养狗证")]


def test_a_service_that_the_catalogue_lost_is_passed_over(hub: Hub, clock: HandClock) -> None:
    at(hub, clock, 23)
    week_of_trouble(hub, clock)
    left = {code: one for code, one in hub.hall.services.items() if code != "SB01"}
    hub._take(hub.hall.model_copy(update={"services": left}))
    at(hub, clock, 30)
    assert [one[:3] for one in listed(hub)] == [("searches", "", "养狗证")]


def test_one_that_is_refused_is_logged_and_keeps_no_other(
    hub: Hub, clock: HandClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    at(hub, clock, 23)
    week_of_trouble(hub, clock)
    opened = records.open_in

    def refusing(hub: Hub, turn: Any, who: Who, made: Any, moves: Any) -> Any:
        if moves[0][1][0]["category"] == "complaints":
            raise Refused("不行", "no")
        return opened(hub, turn, who, made, moves)

    monkeypatch.setattr(records, "open_in", refusing)
    at(hub, clock, 30)
    assert [one[0] for one in listed(hub)] == ["searches"]
    assert "goes on: a pain point (complaints SB01)" in caplog.text and "Traceback" in caplog.text
    monkeypatch.undo()
    assert pain_points.find(hub) == 1 and len(listed(hub)) == 2, "what was kept from the list comes onto it"


def test_the_word_is_sealed_beside_the_chain_and_goes_by_its_term(hub: Hub, clock: HandClock) -> None:
    at(hub, clock, 23)
    week_of_trouble(hub, clock)
    at(hub, clock, 30)
    (record,) = (one for one in hub.read().records_open("pain_point") if not one.service)
    assert "word" in record.given and "word" not in record.values and not in_files(hub, "养狗证")
    assert [one["subject"] for one in meeting_view(hub, BOSS.reach)["records"]][1] == "养狗证"
    records.move(hub, BOSS, record.id, "close", {"solved": "solved"})
    for _ in range(6):
        clock.forward(7 * DAY)  # a longer leap would put the clock in doubt
        tick(hub)
    over = hub.read().record_by_id(record.id)
    assert over and over.erased_at is not None and not over.given and hub.read().private(record.id) is None
    assert hub.read().conn.execute("SELECT count(*) FROM unfound").fetchone()[0] == 0


def test_an_erased_word_does_not_come_back_the_next_day(hub: Hub, clock: HandClock) -> None:
    at(hub, clock, 23)
    week_of_trouble(hub, clock)
    at(hub, clock, 30)
    (record,) = (one for one in hub.read().records_open("pain_point") if not one.service)
    records.erase(hub, BOSS, record.id)
    clock.forward(DAY)
    tick(hub)
    assert [one[:3] for one in listed(hub)] == [("complaints", "SB01", ""), ("searches", "", "")]


def test_a_step_that_is_refused_keeps_no_other_and_the_loop_goes_on(
    hub: Hub, clock: HandClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refused(*_: Any) -> int:
        raise Refused("不行", "no")

    for module, name in ((pain_points, "find"), (records, "timed"), (records, "erase_due"), (accounts, "tick")):
        monkeypatch.setattr(module, name, refused)
    checked = []
    monkeypatch.setattr(hub.store, "checkpoint", lambda: checked.append(True))
    clock.at = datetime(2026, 11, 30, 9, tzinfo=hub.hall.zone).timestamp()
    rounds.first_tick(hub)
    rounds.every_second(hub, Health(lambda *_: None), Contacts(clock, lambda: hub.day(clock())), every_minute=False)
    changed = hub.read().last_event("IssuingChanged")
    assert changed and changed.field("issuing") is True and hub.timed_on == "2026-11-30" and checked
    assert [word in caplog.text for word in ("list of pain points", "moves of clocks", "of accounts")] == [True] * 3


def test_a_hub_that_is_cut_off_goes_on_to_ask_who_is_the_hub(
    hub: Hub, clock: HandClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def cut_off(*_: Any) -> None:
        raise CutOff("断开", "cut off here")

    monkeypatch.setattr(hub, "turn", cut_off)
    clock.forward(DAY)
    rounds.first_tick(hub)
    rounds.every_second(hub, Health(lambda *_: None), Contacts(clock, lambda: hub.day(clock())), every_minute=False)
    assert caplog.text.count("cut off here") == 2 and "Traceback" not in caplog.text

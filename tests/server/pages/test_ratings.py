"""好差评 for staff: the list of whom to reach, the letter box, and what a clerk never sees."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from server.domain.ticket import Ticket
from server.verbs import calls, counters, ratings, records, tickets
from server.verbs.hub import By, Hub
from server.verbs.records import Who
from tests.server.pages.conftest import Browser, new_key

MARKUP = "<script>alert(1)</script>"


@pytest.fixture
def finished(hub: Hub) -> Ticket:
    counters.open_counter(hub, By("08"), "1", staff="08")
    made = tickets.issue(hub, By("K1", new_key()), "SB01", paper=False)
    calls.call_next(hub, By("08", new_key()), "1")
    calls.finish(hub, By("08", new_key()), "1", outcome="done")
    return made


def page(client: FlaskClient, path: str = "/ratings") -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)[:300]
    return answer.get_data(as_text=True)


def type_in(client: FlaskClient, **fields: object) -> str:
    token = re.search(r'name="csrf_token" value="([^"]+)"', page(client))
    key = {"csrf_token": token[1] if token else "", "press_key": new_key()}
    answer = client.post("/ratings/box", data={**key, **fields}, follow_redirects=True)
    return answer.get_data(as_text=True)


def test_a_paper_of_the_letter_box_is_a_rating_by_number_and_day(
    client: FlaskClient, hub: Hub, finished: Ticket
) -> None:
    Browser(client).log_in("50")
    wrong = {"number": "A999", "day": "2026-11-23", "level": "2"}
    assert "没有A999号" in type_in(client, **wrong)
    told = type_in(
        client, number="a001", day=finished.day, level="2", options=["213"], text=MARKUP, phone="13859590001"
    )
    assert "已登记A001的评价" in told and MARKUP not in told
    given = hub.read().rating(finished.id, 1)
    assert given and (given.level, given.source, given.options) == (2, "box", ("213",))
    assert "1小时内联系本人" in told and "前联系" in told
    record = ratings.bad_record(hub.read(), finished.id, 1)
    assert record is not None
    one = page(client, f"/registers/bad_rating/{record.id}")
    assert MARKUP not in one and "&lt;script&gt;" in one, "what was written is read, and is never markup"


@pytest.mark.parametrize("field", ["number", "day", "level", "options", "text", "phone"])
def test_no_field_of_the_letter_box_is_ever_markup(client: FlaskClient, hub: Hub, finished: Ticket, field: str) -> None:
    Browser(client).log_in("50")
    told = type_in(client, **{"number": "A001", "day": finished.day, "level": "5", field: MARKUP})
    assert MARKUP not in told


def test_a_clerk_sees_only_what_may_be_appealed_against(client: FlaskClient, hub: Hub, finished: Ticket) -> None:
    ratings.give(hub, By("visitor"), finished.id, 1, "code", written=ratings.written("说话难听"))
    record = ratings.bad_record(hub.read(), finished.id, 1)
    assert record is not None
    Browser(client).log_in("08")
    assert record.number not in page(client) and client.get(f"/registers/bad_rating/{record.id}").status_code == 404
    records.move(hub, Who(By("50"), "manager"), record.id, "valid", {})
    assert record.number in page(client)
    one = page(client, f"/registers/bad_rating/{record.id}")
    assert "本人申诉" in one and "说话难听" not in one


def at_kiosk(client: FlaskClient, head: dict[str, str], to: str, key: str = "", **body: object) -> Any:
    headers = {**head, "Idempotency-Key": key or new_key()}
    return client.post(f"/api/v1/kiosks/K1/{to}", json=body, headers=headers)


def test_a_kiosk_shows_what_may_be_rated_and_takes_it_once_and_once_again(
    client: FlaskClient, kiosk: dict[str, str], hub: Hub, finished: Ticket
) -> None:
    made = finished
    code = ratings.code_of(hub, made)
    shown = at_kiosk(client, kiosk, "look-up", code=code).json["rating"]
    assert (shown["number"], shown["rated"], [one["level"] for one in shown["scores"]]) == (
        made.label,
        None,
        [5, 4, 3, 2, 1],
    )
    assert [len(one["options"]) for one in shown["scores"]] == [8] * 5
    assert at_kiosk(client, kiosk, "ratings", code=code, level=2, options=["510"]).status_code == 409
    assert at_kiosk(client, kiosk, "ratings", code="T1C-ZZZZZZ", level=2).status_code == 404
    for _ in range(2):
        answer = at_kiosk(client, kiosk, "ratings", key="the-same-touch", code=code, level=2, options=["214"])
        assert answer.status_code == 200
    given = hub.read().rating(made.id, 1)
    assert given and (given.level, given.source, given.options, given.second) == (2, "kiosk", ("214",), None)
    assert ratings.bad_record(hub.read(), made.id, 1), "as by every other way"
    assert at_kiosk(client, kiosk, "look-up", code=code).json["rating"]["rated"]["zh"] == "不满意"
    assert at_kiosk(client, kiosk, "ratings", code=code, level=4).status_code == 200
    assert at_kiosk(client, kiosk, "look-up", code=code).json["rating"] is None
    assert at_kiosk(client, kiosk, "ratings", code=code, level=4).status_code == 409
    row = hub.read().newest_at("1", "Rated", 0.0)
    assert row and row.actor == "K1" and code not in str(row)


def test_a_number_that_is_not_done_is_not_rated_at_a_kiosk(
    client: FlaskClient, kiosk: dict[str, str], hub: Hub
) -> None:
    waiting = tickets.issue(hub, By("K1", new_key()), "SB01", paper=False)
    code = ratings.code_of(hub, waiting)
    assert at_kiosk(client, kiosk, "look-up", code=code).json["rating"] is None
    assert at_kiosk(client, kiosk, "ratings", code=code, level=5).status_code == 409
    body, head = {"code": code, "level": 5}, {**kiosk, "Idempotency-Key": new_key()}
    assert client.post("/api/v1/kiosks/K2/ratings", json=body, headers=head).status_code in (403, 404)


def test_no_door_tells_a_clerk_that_there_is_a_bad_rating(client: FlaskClient, hub: Hub, finished: Ticket) -> None:
    ratings.give(hub, By("visitor"), finished.id, 1, "code", written=ratings.written("说话难听"))
    record = ratings.bad_record(hub.read(), finished.id, 1)
    assert record is not None
    lives = (f"/api/v1/tickets/{finished.id}/life", f"/desk/ticket/{finished.id}")
    browser = Browser(client)
    browser.log_in("08")
    for path in lives:
        told = page(client, path)
        assert record.number not in told and "RecordOpened" not in told
    none = client.get("/registers?number=CP20261123-999")
    there = client.get(f"/registers?number={record.number}")
    assert (there.status_code, none.status_code) == (200, 200)
    assert f"没有{record.number}这件记录" in there.text and "没有CP20261123-999这件记录" in none.text
    for path in (
        "/registers/bad_rating/{}",
        "/api/v1/registers/bad_rating/records/{}",
        "/registers/bad_rating/several?move=valid&record={}",
    ):
        there, none = client.get(path.format(record.id)), client.get(path.format(999))
        assert (there.status_code, none.status_code) == (404, 404), path
        assert record.number not in there.text
    for path in (
        "/registers/bad_rating?list=all",
        "/api/v1/registers/bad_rating/records?list=all",
        "/registers/bad_rating/ledger/2026-11",
        "/registers/bad_rating/ledger/2026-11.csv",
        "/api/v1/registers/bad_rating/ledger/2026-11",
        "/voices",
        "/registers",
    ):
        assert record.number not in page(client, path), path


def test_a_manager_reads_in_the_life_of_a_number_what_came_of_it(
    client: FlaskClient, hub: Hub, finished: Ticket
) -> None:
    ratings.give(hub, By("visitor"), finished.id, 1, "code", written=ratings.written("说话难听"))
    record = ratings.bad_record(hub.read(), finished.id, 1)
    assert record is not None
    Browser(client).log_in("50")
    assert record.number in page(client, f"/api/v1/tickets/{finished.id}/life")
    assert client.get(f"/registers?number={record.number}").status_code == 302

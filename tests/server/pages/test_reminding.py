"""提醒 over the API and on the telephone's page: left, masked, erased; by whom; and a call by sight on every screen."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from config import ChannelTable
from server.domain import codes
from server.domain.ticket import Ticket
from server.store import secret
from server.verbs import calls, counters, telephones, tickets
from server.verbs.hub import By, Hub
from server.views.boards import boards_view
from server.views.screen import screen_view
from server.voice.outputs import Stage
from tests.conftest import HandClock
from tests.server.pages.conftest import Browser, new_key

OWN = "13812345678"


@pytest.fixture
def ticket(hub: Hub) -> Ticket:
    hub.hall = hub.hall.model_copy(update={"channels": {"modem": ChannelTable(kind="gsm", port="serial:none")}})
    return tickets.issue(hub, By("K1"), "SB01", paper=False)


def code_of(hub: Hub, ticket: Ticket) -> str:
    return codes.ticket_code(secret.key(hub.hall, "code").encode(), ticket.id)


def keyed(**headers: str) -> dict[str, str]:
    return {"Idempotency-Key": new_key(), **headers}


def leave(client: FlaskClient, path: str, headers: dict[str, str], **body: Any) -> Any:
    return client.post(path, json=body, headers=headers)


def test_a_kiosk_leaves_a_telephone_and_gets_it_masked(
    client: FlaskClient, hub: Hub, kiosk: dict[str, str], ticket: Ticket
) -> None:
    path, key = f"/api/v1/tickets/{ticket.id}/telephone", keyed(**kiosk)
    answer = leave(client, path, key, telephone=OWN, relative="159 0000 1111")
    told = answer.get_json()
    assert answer.status_code == 200 and OWN not in answer.get_data(as_text=True)
    assert [(one["field"], one["masked"]) for one in told["given"]] == [
        ("own", "138****5678"),
        ("relative", "159****1111"),
    ]
    assert told["may"] == {"telephone": True, "mail": False}
    assert leave(client, path, key, telephone=OWN, relative="159 0000 1111").get_json() == told
    assert [row.event for row in hub.read().life_line(ticket.id)].count("TelephoneGiven") == 1, "one touch is once"
    assert leave(client, path, key, telephone="13900000000").status_code in (409, 422), "another wish"
    assert client.get(path, headers=kiosk).get_json() == told
    assert leave(client, f"{path}/erase", keyed(**kiosk)).get_json()["given"] == []


def test_what_is_wrong_is_refused_without_a_digit_of_it(
    client: FlaskClient, kiosk: dict[str, str], ticket: Ticket
) -> None:
    path = f"/api/v1/tickets/{ticket.id}/telephone"
    for body in ({"telephone": "12345678"}, {"relative": "z@example.cn"}, {}, {"telephone": "05952227688"}):
        answer = leave(client, path, keyed(**kiosk), **body)
        text = answer.get_data(as_text=True)
        assert answer.status_code == 409 and not any(value in text for value in body.values())


def test_who_may(client: FlaskClient, browser: Browser, ticket: Ticket, hub: Hub) -> None:
    path = f"/api/v1/tickets/{ticket.id}/telephone"
    assert client.get(path).status_code == 401 and leave(client, path, keyed(), telephone=OWN).status_code == 401
    browser.log_in("60")
    assert browser.post(path, {"telephone": OWN}).status_code == 403
    browser.log_in("30")
    assert browser.post(path, {"telephone": OWN}).get_json()["given"][0]["masked"] == "138****5678"
    life = browser.client.get(f"/api/v1/tickets/{ticket.id}/life").get_data(as_text=True)
    assert "TelephoneGiven" in life and OWN not in life


def test_the_holder_leaves_and_erases_it_on_the_telephone_without_a_script(
    client: FlaskClient, hub: Hub, ticket: Ticket
) -> None:
    page = f"/p/{code_of(hub, ticket)}"
    assert "快到时提醒我" in client.get(page).get_data(as_text=True)
    form = {"act": "telephone", "key": "k" * 12, "own": OWN, "relative": ""}
    assert client.post(page, data=form).status_code == 303
    text = client.get(page).get_data(as_text=True)
    assert "138****5678" in text and OWN not in text
    wrong = client.post(page, data={**form, "own": "123456", "key": "w" * 12})
    assert wrong.status_code == 409 and "11位" in wrong.get_data(as_text=True)
    assert client.post(page, data={"act": "erase-telephone", "key": "e" * 12}).status_code == 303
    assert "138****5678" not in client.get(page).get_data(as_text=True)
    assert telephones.opened(hub, ticket.id, "own") is None
    english = re.sub(r"<[^>]*>", "", client.get(f"{page}?lang=en").get_data(as_text=True).partition("<main")[2])
    assert "Tell me when it is near" in english and not re.search(r"[\u4e00-\u9fff]", english)


def test_the_holder_by_the_api(client: FlaskClient, hub: Hub, ticket: Ticket) -> None:
    path = f"/api/v1/places/{code_of(hub, ticket)}/telephone"
    told = leave(client, path, keyed(), telephone=OWN, by_sight=True).get_json()
    assert told["reminders"]["given"][0]["masked"] == "138****5678" and told["reminders"]["by_sight"] is True
    assert leave(client, f"{path}/erase", keyed()).get_json()["reminders"]["given"] == []
    assert leave(client, f"{path}/erase", keyed()).status_code == 409
    rows = [row for row in hub.read().life_line(ticket.id) if row.event.startswith(("Telephone", "BySight"))]
    assert {row.actor for row in rows} == {"visitor"}


def test_a_hall_without_channels_offers_nothing_but_the_sight(client: FlaskClient, hub: Hub) -> None:
    mine = tickets.issue(hub, By("K1"), "SB01", paper=False)
    text = client.get(f"/p/{code_of(hub, mine)}").get_data(as_text=True)
    assert "快到时提醒我" not in text and "闪烁提示" in text


def test_a_call_by_sight_blinks_on_board_and_screen_and_is_not_spoken(
    hub: Hub, clock: HandClock, ticket: Ticket
) -> None:
    stage = Stage(lambda: None)
    telephones.give(hub, By("visitor"), ticket.id, by_sight=True)
    counters.open_counter(hub, By("08"), "1", staff="08")
    calls.call_next(hub, By("08"), "1")
    boards = [board for name, board in hub.hall.boards.items() if board.counter == "1"]
    shown = boards_view(hub)["boards"][next(name for name, one in hub.hall.boards.items() if one is boards[0])]
    assert shown["effect"] == "blink" and "A001" in shown["text"]
    screen = screen_view(hub, stage)
    assert screen["calls"][0]["by_sight"] is True and screen["announcement"] is None
    calls.pass_(hub, By("08"), "1")
    clock.forward(600)
    assert [one["number"] for one in screen_view(hub, stage)["calls"]] == ["A001"], "missed, and shown longer"
    clock.forward(600)
    assert screen_view(hub, stage)["calls"] == []


def test_the_page_of_health_has_each_channel_and_its_log_without_a_number(
    app: Any, browser: Browser, hub: Hub, ticket: Ticket
) -> None:
    from server.domain import events as ev

    telephones.give(hub, By("K1"), ticket.id, OWN)
    telephones.note(hub, ev.Notified(ticket=ticket.id, occasion="near", field="own", channel="modem", outcome="sent"))
    app.extensions["health"].heard("channel modem", "error", "没有SIM卡：请插好SIM卡。", "No SIM: insert it.")
    browser.log_in("50")
    text = browser.client.get("/hall/health").get_data(as_text=True)
    assert "提醒通道" in text and "没有SIM卡" in text and "已发出，未确认送达" in text and "A001" in text
    assert OWN not in text and OWN[3:] not in text


def test_the_draft_shows_every_text_before_it_counts(app: Any, browser: Browser, hub: Hub) -> None:
    browser.log_in("50")
    text = browser.client.get("/admin/preview").get_data(as_text=True)
    assert "前面还有2人，请回到等候区" in text and "A1012" in text

"""Booking a time: by any telephone without a script, by staff, by kiosks; and 200 who want one slot at once."""

from __future__ import annotations

import http.client
import json
import re
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from icalendar import Calendar

from config import ChannelTable
from server.pages import access
from server.pages import slots as routes
from server.store import journal
from server.verbs import bookings, day, eves, slots
from server.verbs.hub import By, Hub
from tests.conftest import HandClock, write_hall
from tests.server.pages.conftest import Browser, Web, new_key
from tests.server.verbs.test_slots import NINE, TWENTY, planned
from tests.waiting import DEADLINE_S

CHINESE = re.compile(r"[\u4e00-\u9fff]")
START = "2026-11-24T09:00:00+08:00"


@pytest.fixture
def hall_file(tmp_path: Path) -> Path:
    return write_hall(tmp_path, planned)


def form(page: str) -> dict[str, str]:
    """The hidden fields of the page's last form."""
    part = page.rpartition("<form")[2]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', part))


def weigh(client: FlaskClient, page: str) -> int:
    return len(page.encode()) + len(client.get("/static/visitor.css").get_data())


def test_a_telephone_books_changes_and_cancels_without_a_script(client: FlaskClient, hub: Hub) -> None:
    chinese = {"Accept-Language": "zh-CN"}
    items = client.get("/book", headers=chinese).get_data(as_text=True)
    assert 'href="/book/SB01"' in items and "Set-Cookie" not in client.get("/book").headers
    days = client.get("/book/SB01", headers=chinese).get_data(as_text=True)
    assert 'href="/book/SB01?day=2026-11-24"' in days and "11月24日 周二" in days
    times = client.get("/book/SB01?day=2026-11-24", headers=chinese).get_data(as_text=True)
    assert 'href="/book/SB01?day=2026-11-24&amp;at=09:00"' in times
    last = client.get("/book/SB01?day=2026-11-24&at=09:00", headers=chinese).get_data(as_text=True)
    assert "不保存号码" in last and "现场取号不受影响" in last
    fields = form(last)
    assert fields["start"] == START
    refused = client.post("/book/SB01", data={**fields, "telephone": "123"})
    assert refused.status_code == 409 and "11位数字" in refused.get_data(as_text=True)
    assert 'name="telephone"' in refused.text and form(refused.text)["start"] == fields["start"], "the time is kept"
    made = client.post("/book/SB01", data={**fields, "telephone": "138 0013 8000"})
    assert made.status_code == 303 and made.headers["Location"].startswith("/b/B1-")
    again = client.post("/book/SB01", data={**fields, "telephone": "13800138000"})
    assert again.headers["Location"] == made.headers["Location"], "pressed twice, booked once"
    where = made.headers["Location"].partition("?")[0]
    page = client.get(where, headers=chinese).get_data(as_text=True)
    assert "已预约" in page and "09:00" in page and where.rpartition("/")[2] in page and "data:image/svg+xml" in page
    change = client.get(f"{where}/change?day=2026-11-24&at=09:20").get_data(as_text=True)
    assert client.post(f"{where}/change", data=form(change)).status_code == 303
    assert hub.read().booked_slot(1).start == NINE + TWENTY  # type: ignore[union-attr]
    assert client.get(f"{where}?act=cancel").status_code == 200
    assert hub.read().booked_slot(1).state == "booked", "a link that somebody follows cancels nothing"  # type: ignore[union-attr]
    key = re.search(r'value="(\w+-cancel)"', client.get(where).get_data(as_text=True))
    assert key and client.post(where, data={"act": "cancel", "key": key[1]}).status_code == 303
    assert "已取消" in client.get(where, headers=chinese).get_data(as_text=True)
    assert max(weigh(client, one) for one in (items, days, last, page, change)) < 30_000
    assert client.post(where, data={"act": "steal"}).status_code == 400


def test_a_telephone_is_left_for_the_eve_shown_masked_and_taken_away(
    client: FlaskClient, hub: Hub, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    mobile, zh = "13812345678", {"Accept-Language": "zh-CN"}
    made = slots.book(hub, By("visitor"), "SB01", NINE + 86400, channel="desk")
    where = f"/b/{slots.code_of(hub.hall, made.id)}"
    assert "前一天提醒我" not in client.get(where, headers=zh).text, "a hall without a channel offers none"
    assert client.post(where, data={"act": "telephone", "telephone": mobile}).status_code == 409
    table = ChannelTable.model_validate({"kind": "gsm", "port": "serial:modem"})
    hub.hall = hub.hall.model_copy(update={"channels": {"modem": table}})
    page = client.get(where, headers=zh).text
    assert "前一天提醒我" in page and not re.search(CHINESE, client.get(f"{where}?lang=en").text.partition("<main")[2])
    key = re.search(r'value="(\w+-telephone)"', page)
    assert key
    wrong = client.post(where, data={"act": "telephone", "key": key[1], "telephone": "1381234"}, headers=zh)
    assert wrong.status_code == 409 and "11位数字" in wrong.text and "1381234" not in wrong.text
    fields = {"act": "telephone", "key": key[1], "telephone": mobile}
    assert client.post(where, data=fields).status_code == 303
    page = client.get(where, headers=zh).text
    assert "138****5678" in page and mobile not in page
    told = client.get(f"/api/v1/appointments/{where.rpartition('/')[2]}").get_json()["reminder"]
    assert told == {"may": True, "masked": "138****5678"}
    assert mobile not in caplog.text
    assert client.post(where, data={"act": "erase-telephone", "key": "k-erase-telephone"}).status_code == 303
    assert "138****5678" not in client.get(where, headers=zh).text and hub.read().private_places() == set()
    clock.at = NINE + 8 * 3600
    day.tick(hub)
    assert "前一天提醒我" not in client.get(where, headers=zh).text, "its hour has come"


def test_whoever_has_checked_in_is_led_to_the_own_place(client: FlaskClient, hub: Hub, clock: HandClock) -> None:
    made = slots.book(hub, By("visitor"), "SB01", NINE + TWENTY, channel="desk")
    code = slots.code_of(hub.hall, made.id)
    assert "/p/" not in client.get(f"/b/{code}").text
    clock.at = NINE + 60
    day.tick(hub)
    bookings.check_in(hub, By("K1"), code, language="zh", large_print=False, printers=())
    page = client.get(f"/b/{code}?lang=zh").text
    link = re.search(r'href="(/p/[^"]+)"', page)
    assert link and "看前面还有几人" in page and "data:image/svg+xml" not in page, "nothing is left to check in"
    assert client.get(link[1]).status_code == 200
    clock.forward(86400)
    assert "/p/" not in client.get(f"/b/{code}").text, "a place is of today"


def test_every_page_is_in_one_language(client: FlaskClient, hub: Hub) -> None:
    made = slots.book(hub, By("visitor"), "SB01", NINE, channel="desk")
    code = slots.code_of(hub.hall, made.id)
    for path in ("/book/SB01", "/book/SB01?day=2026-11-24&at=09:20", f"/b/{code}", f"/b/{code}/change"):
        text = client.get(f"{path}{'&' if '?' in path else '?'}lang=en").get_data(as_text=True)
        body = re.sub(r"<[^>]*>", "", text.partition("<main")[2].partition("</main>")[0])
        assert not CHINESE.search(body.replace("社保", "")), (path, body)


def test_a_full_day_has_a_list_and_an_offer_is_taken_on_the_page(client: FlaskClient, hub: Hub) -> None:
    taken = [slots.book(hub, By("visitor"), "SB01", NINE + n * TWENTY, channel="desk").id for n in range(3)]
    page = client.get("/book/SB01?day=2026-11-24", headers={"Accept-Language": "zh"}).get_data(as_text=True)
    assert "已约满，可以候补" in page
    fields = form(client.get("/book/SB01?day=2026-11-24&wait=1").get_data(as_text=True))
    made = client.post("/book/SB01", data={**fields, "telephone": "13800138000"})
    where = made.headers["Location"].partition("?")[0]
    assert "候补中" in client.get(where, headers={"Accept-Language": "zh"}).get_data(as_text=True)
    assert client.get(f"{where}/calendar.ics").status_code == 404
    slots.cancel(hub, By("visitor"), taken[1])
    page = client.get(where, headers={"Accept-Language": "zh"}).get_data(as_text=True)
    assert "有空位了" in page and "09:20" in page and "为您保留到 10:00" in page
    assert client.post(where, data={"act": "accept", "key": "accept-0001"}).status_code == 303
    assert "已预约" in client.get(where, headers={"Accept-Language": "zh"}).get_data(as_text=True)


def test_the_calendar_file_is_read_as_what_was_booked(client: FlaskClient, hub: Hub) -> None:
    made = slots.book(hub, By("visitor"), "SB01", NINE, channel="desk")
    where = f"/b/{slots.code_of(hub.hall, made.id)}/calendar.ics"
    answer = client.get(where)
    assert answer.content_type == "text/calendar; charset=utf-8"
    text = answer.get_data(as_text=True)
    assert "DTSTART:20261124T010000Z" in text and "METHOD" not in text and "VTIMEZONE" not in text
    (event,) = Calendar.from_ical(answer.get_data()).walk("VEVENT")
    assert event.decoded("DTSTART") == datetime(2026, 11, 24, 1, tzinfo=UTC)
    assert (event["SEQUENCE"], str(event["STATUS"])) == (0, "CONFIRMED")
    assert [str(one["TRIGGER"].to_ical(), "ascii") for one in event.walk("VALARM")] == ["-P1D", "-PT2H"]
    slots.change(hub, By("visitor"), made.id, NINE + TWENTY)
    (moved,) = Calendar.from_ical(client.get(f"{where}?lang=en").get_data()).walk("VEVENT")
    assert (moved["UID"], moved["SEQUENCE"]) == (event["UID"], 1)
    slots.cancel(hub, By("visitor"), made.id)
    (gone,) = Calendar.from_ical(client.get(where).get_data()).walk("VEVENT")
    assert str(gone["STATUS"]) == "CANCELLED" and not gone.walk("VALARM")


def test_codes_are_not_guessed_and_nobody_books_by_the_dozen(client: FlaskClient, hub: Hub, app: APIFlask) -> None:
    one, two = (slots.book(hub, By("visitor"), "SB01", NINE + n * TWENTY, channel="desk") for n in range(2))
    code, other = (slots.code_of(hub.hall, booking.id) for booking in (one, two))
    forged = code.partition("-")[0] + "-" + other.partition("-")[2]
    assert client.get(f"/b/{forged}").status_code == 404
    for _ in range(30):
        client.get(f"/api/v1/appointments/{forged}")
    assert client.get(f"/b/{code}").status_code == 429
    elsewhere = {"REMOTE_ADDR": "10.0.0.9"}
    assert client.get(f"/b/{code}", environ_overrides=elsewhere).status_code == 200
    answers = [
        client.post("/book/SB01", data={"start": START, "telephone": "1"}, environ_overrides=elsewhere).status_code
        for _ in range(routes.BOOKINGS + 1)
    ]
    assert answers[-2:] == [409, 429]
    assert client.get("/book/MZ04", environ_overrides=elsewhere).status_code == 404


def test_the_public_api_says_what_is_free_and_acts_by_the_code(client: FlaskClient, hub: Hub) -> None:
    assert [one["plan"] for one in client.get("/api/v1/slots").get_json()["plans"]] == ["p"]
    free = client.get("/api/v1/slots/SB01?day=2026-11-24").get_json()
    assert [(one["time"], one["free"]) for one in free["slots"]] == [("09:00", 1), ("09:20", 1), ("09:40", 1)]
    assert free["asks_number"] and free["slots"][0]["start"] == START and free["day_words"]["en"] == "Tue 24 Nov"
    assert client.get("/api/v1/slots/MZ04").status_code == 404
    made = slots.book(hub, By("visitor"), "SB01", NINE, channel="desk")
    path = f"/api/v1/appointments/{slots.code_of(hub.hall, made.id)}"
    assert client.get(path).get_json()["may"] == ["change", "cancel"]
    moved = client.post(
        f"{path}/change", json={"start": free["slots"][2]["start"]}, headers={"Idempotency-Key": new_key()}
    )
    assert moved.get_json()["time"] == "09:40"
    wrong = client.post(f"{path}/change", json={"start": "tomorrow"}, headers={"Idempotency-Key": new_key()})
    assert wrong.status_code == 409
    done = client.post(f"{path}/cancel", headers={"Idempotency-Key": new_key()})
    assert done.get_json()["state"] == "cancelled"
    assert client.post(f"{path}/accept", headers={"Idempotency-Key": new_key()}).status_code == 409


def test_a_kiosk_books_with_a_card_or_a_number(client: FlaskClient, hub: Hub, kiosk: dict[str, str]) -> None:
    def post(**wish: Any) -> Any:
        return client.post(
            "/api/v1/appointments", json={"service": "SB01", **wish}, headers={**kiosk, "Idempotency-Key": new_key()}
        )

    assert "请填手机号" in post(start=START).get_json()["detail"]
    made = post(start=START, holder="a" * 64)
    assert made.status_code == 201 and made.get_json()["state"] == "to come"
    assert "已有1个预约" in post(start="2026-11-24 09:20", holder="a" * 64).get_json()["detail"]
    assert post(start="2026-11-24 09:20", telephone="13800138000").status_code == 201
    assert hub.read().booked_slot(1).channel == "kiosk"  # type: ignore[union-attr]
    assert client.post("/api/v1/appointments", json={"service": "SB01", "start": START}).status_code == 401
    assert "请选时段" in post(holder="b").get_json()["detail"]


def test_desk_and_kiosk_print_the_slip_of_a_booking(
    browser: Browser, client: FlaskClient, kiosk: dict[str, str], hub: Hub
) -> None:
    made = slots.book(hub, By("visitor"), "SB01", NINE, channel="desk")
    code = slots.code_of(hub.hall, made.id)
    browser.log_in("30")
    page = browser.client.get(f"/slots?day=2026-11-24&made={code}").get_data(as_text=True)
    assert "打印预约凭条" in page and f'href="/slots?day=2026-11-24&amp;made={code}"' in page
    sent = {"csrf_token": browser.csrf, "key": "slip-0001", "made": code, "day": "2026-11-24"}
    there = browser.client.post("/slots/slip", data=sent).headers["Location"]
    assert "凭条正在打印" in browser.client.get(there).get_data(as_text=True)
    headers = {**kiosk, "Idempotency-Key": "slip-0002"}
    job = client.post("/api/v1/kiosks/K1/bookings", json={"code": code}, headers=headers)
    assert job.status_code == 201
    assert client.get(f"/api/v1/kiosks/K1/lists/{job.get_json()['job']}", headers=kiosk).status_code == 200
    kinds = [row.field("kind") for row in hub.read().recent(0.0) if row.event == "PrintQueued"]
    assert kinds == ["booking", "booking"]
    slots.cancel(hub, By("visitor"), made.id)
    assert browser.client.post("/slots/slip", data={**sent, "key": "slip-0003"}).status_code == 409


def test_a_reminder_of_the_eve_is_set_at_the_desk_and_by_api(browser: Browser, hub: Hub, tmp_path: Path) -> None:
    browser.log_in("30")
    sent = {"csrf_token": browser.csrf, "key": "desk-0001", "service": "SB01", "start": START}
    there = browser.client.post("/slots", data=sent).headers["Location"]
    assert 'name="remind"' not in browser.client.get(there).get_data(as_text=True), "no channel, no reminder"
    modem = ChannelTable(kind="gsm", port=f"serial:{tmp_path / 'modem'}")
    hub.hall = hub.hall.model_copy(update={"channels": {"modem": modem}})
    page = browser.client.get(there).get_data(as_text=True)
    assert 'name="remind"' in page and "经本人同意再填" in page
    wish = {"csrf_token": browser.csrf, "key": "remind-0001", "made": slots.code_of(hub.hall, 1), "day": "2026-11-24"}
    wrong = browser.client.post("/slots/remind", data={**wish, "remind": "123"})
    assert wrong.status_code == 409 and "11位数字" in wrong.get_data(as_text=True)
    set_ = browser.client.post("/slots/remind", data={**wish, "key": "remind-0002", "remind": "138 0013 8000"})
    page = browser.client.get(set_.headers["Location"]).get_data(as_text=True)
    assert "138****8000" in page and "13800138000" not in page
    assert eves.opened(hub, 1) == "13800138000"
    browser.client.post("/slots/remind", data={**wish, "key": "remind-0003", "act": "erase"})
    assert eves.opened(hub, 1) is None
    asked = {"service": "SB01", "start": "2026-11-24 09:20"}
    bad = browser.post("/api/v1/appointments", {**asked, "remind": "12345"})
    assert bad.status_code == 409 and hub.read().booked_slot(2) is None, "nothing is booked by half"
    made = browser.post("/api/v1/appointments", {**asked, "remind": "13800138000"})
    assert made.status_code == 201 and made.get_json()["reminder"]["masked"] == "138****8000"


def test_staff_see_the_plan_of_the_day_and_book_for_somebody(browser: Browser, hub: Hub, clock: HandClock) -> None:
    browser.log_in("30")
    page = browser.client.get("/slots?service=SB01&on=2026-11-24").get_data(as_text=True)
    assert START in page and "手机号（可不填）" in page
    sent = {"csrf_token": browser.csrf, "key": "desk-0001", "service": "SB01", "start": START, "at_counter": "1"}
    made = browser.client.post("/slots", data=sent)
    assert made.status_code == 303
    assert "请把预约码抄给本人" in browser.client.get(made.headers["Location"]).get_data(as_text=True)
    assert hub.read().booked_slot(1).channel == "console"  # type: ignore[union-attr]
    taken = browser.client.post("/slots", data={**sent, "key": "desk-0002"})
    assert taken.status_code == 409 and "刚刚约满" in taken.get_data(as_text=True)
    slots.book(hub, By("visitor"), "SB01", NINE + TWENTY, channel="desk")
    clock.at = NINE + 60
    day.tick(hub)
    code = slots.code_of(hub.hall, 1)
    ticket = bookings.check_in(hub, By("K1"), code, language="zh", large_print=False, printers=())
    clock.at = NINE + TWENTY + 60
    browser.log_in("30")
    seen = browser.client.get("/api/v1/appointments?day=2026-11-24").get_json()
    assert (seen["booked"], seen["arrived"], seen["missing"]) == (2, 1, 1)
    assert [(one["time"], one["booked"], one["arrived"], one["missing"]) for one in seen["slots"]] == [
        ("09:00", 1, 1, 0),
        ("09:20", 1, 0, 1),
        ("09:40", 0, 0, 0),
    ]
    assert [(one["state"], one["number"]) for one in seen["bookings"]] == [("arrived", ticket.label), ("late", None)]
    assert "没有预约" in browser.client.get("/slots?service=MZ04").get_data(as_text=True)
    sums = {"booked": 2, "arrived": 1, "missing": 1, "waiting_list": 0}
    assert browser.client.get("/api/v1/desk").get_json()["booked"] == sums
    browser.log_in("50")
    assert browser.client.get("/api/v1/hall").get_json()["booked"] == sums
    today = browser.client.get("/api/v1/bookings").get_json()["bookings"]
    assert [(one["code"], one["number"]) for one in today] == [(code, ticket.label), (slots.code_of(hub.hall, 2), None)]


def test_two_hundred_at_once_want_one_slot_and_one_has_it(web: Web, hub: Hub) -> None:
    """Over HTTP, all at the same instant; each with a key and a person of its own."""
    access.give_tokens(hub)
    token = (hub.hall.data / "tokens" / "bookings").read_text().strip()
    start, answers = threading.Barrier(200), []

    def want(n: int) -> None:
        wish = json.dumps({"service": "SB01", "start": START, "telephone": f"138{n:08d}"})
        head = {
            "Authorization": f"Bearer {token}",
            "Idempotency-Key": f"want-{n:05d}",
            "Content-Type": "application/json",
        }
        line = http.client.HTTPConnection("127.0.0.1", web.port, timeout=DEADLINE_S)
        start.wait()
        line.request("POST", "/api/v1/appointments", wish, head)
        answers.append(line.getresponse().status)
        line.close()

    people = [threading.Thread(target=want, args=(n,)) for n in range(200)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert sorted(answers) == [201] + [409] * 199
    assert len(hub.read().slots_of("2026-11-24")) == 1
    assert journal.verify(hub.read().conn) == []


def test_a_hall_without_slots_says_so(client: FlaskClient, hub: Hub) -> None:
    hall = hub.hall.model_copy(update={"slots": {}})
    hub.change_hall(hall, lambda turn: None)
    assert client.get("/book").status_code == 404
    assert client.get("/api/v1/slots").get_json() == {"plans": []}

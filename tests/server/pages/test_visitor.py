"""My place: what a telephone sees of one number, what its holder may do, and what nobody else may."""

from __future__ import annotations

import re
from itertools import islice
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from server.domain import codes
from server.domain.guesses import GUESSES
from server.domain.rules import Refused
from server.domain.ticket import Ticket
from server.foresight.promise import ENOUGH
from server.pages.telephone import EARLY
from server.store import secret
from server.verbs import calls, counters, records, tickets, visitor
from server.verbs.hub import By, Hub
from tests.conftest import HandClock
from tests.server.pages.conftest import Web, new_key

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def code_of(hub: Hub, ticket: Ticket) -> str:
    return codes.ticket_code(secret.key(hub.hall, "code").encode(), ticket.id)


def take(hub: Hub, n: int, clock: HandClock | None = None) -> list[Ticket]:
    """Numbers of one line, a second apart where there is a clock."""
    made = []
    for _ in range(n):
        made.append(tickets.issue(hub, By("K1", new_key()), "SB01", paper=False))
        if clock:
            clock.forward(1)
    return made


def done(hub: Hub) -> None:
    """The next one is served and finished at counter 1."""
    counters.open_counter(hub, By("08"), "1", staff="08")
    calls.call_next(hub, By("08", new_key()), "1")
    calls.finish(hub, By("08", new_key()), "1", outcome="done")


def place(client: FlaskClient, hub: Hub, ticket: Ticket) -> Any:
    return client.get(f"/api/v1/places/{code_of(hub, ticket)}").get_json()


def act(client: FlaskClient, hub: Hub, ticket: Ticket, act: str, key: str = "") -> Any:
    path = f"/api/v1/places/{code_of(hub, ticket)}/{act}"
    return client.post(path, headers={"Idempotency-Key": key or new_key()})


def test_a_telephone_sees_its_place_and_what_becomes_of_it(client: FlaskClient, hub: Hub) -> None:
    mine = take(hub, 5)[3]
    seen = place(client, hub, mine)
    assert (seen["number"], seen["ahead"], seen["state"]) == ("A004", 3, "waiting")
    counters.open_counter(hub, By("08"), "1", staff="08")
    calls.call_next(hub, By("08", new_key()), "1")
    assert (place(client, hub, mine)["ahead"], place(client, hub, mine)["state"]) == (2, "near")
    calls.finish(hub, By("08", new_key()), "1", outcome="done")
    for _ in range(2):
        calls.call_next(hub, By("08", new_key()), "1")
        calls.finish(hub, By("08", new_key()), "1", outcome="done")
    calls.call_next(hub, By("08", new_key()), "1")
    seen = place(client, hub, mine)
    assert (seen["state"], seen["counter"], seen["ahead"]) == ("called", "1号窗口", None)


def test_the_page_says_all_without_a_script_in_one_language(client: FlaskClient, hub: Hub) -> None:
    mine = take(hub, 5)[4]
    page = client.get(f"/p/{code_of(hub, mine)}", headers={"Accept-Language": "zh-CN"})
    text = page.get_data(as_text=True)
    assert page.status_code == 200 and "A005" in text and "4 人" in text and "请带好" in text
    english = client.get(f"/p/{code_of(hub, mine)}?lang=en").get_data(as_text=True)
    body = re.sub(r"<[^>]*>", "", english.partition("<main")[2])
    assert "Ahead of you" in body and not CHINESE.search(body), body
    sheet, script = (client.get(f"/static/visitor.{kind}").get_data() for kind in ("css", "js"))
    assert len(text.encode()) + len(sheet) + len(script) < 30_000
    assert "Set-Cookie" not in page.headers


def test_whoever_scans_an_offline_slip_too_early_guesses_at_nothing(
    client: FlaskClient, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.pages.visitor.time", SimpleNamespace(monotonic=lambda: 0.0))
    (mine,) = take(hub, 1)
    early = [codes.offline_code(f"A{601 + n}", "w") for n in range(EARLY)]
    assert {client.get(f"/{kind}/{code}").status_code for code in early[::2] for kind in "pr"} == {404}
    assert client.get(f"/p/{early[0]}").status_code == 429, "guesses at offline slips have their own end"
    assert client.get(f"/p/{code_of(hub, mine)}").status_code == 200


def test_a_code_opens_one_number_of_today_and_guessing_ends_soon(
    client: FlaskClient, hub: Hub, clock: HandClock
) -> None:
    mine, other = take(hub, 2)
    code = code_of(hub, mine)
    forged = code.partition("-")[0] + "-" + code_of(hub, other).partition("-")[2]
    assert client.get(f"/p/{forged}").status_code == 404
    for _ in range(GUESSES):
        client.get(f"/p/{forged}")
    assert client.get(f"/p/{forged}").status_code == 429
    elsewhere = {"REMOTE_ADDR": "10.0.0.9"}
    assert client.get(f"/p/{code}", environ_overrides=elsewhere).status_code == 200
    clock.forward(86400)
    gone = client.get(f"/p/{code}", environ_overrides=elsewhere)
    assert gone.status_code == 410 and "今天" in gone.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/p/N1-9XK3MZ", "/r/N1-9XK3MZ", "/b/N1-9XK3MZ", "/book/XX", "/voice/nothing"])
def test_what_a_telephone_is_refused_is_said_on_a_page_of_its_own(client: FlaskClient, path: str) -> None:
    answer = client.get(f"{path}?lang=en", headers={"Accept": "text/html"})
    page = answer.get_data(as_text=True)
    assert answer.status_code in (404, 409) and "visitor.css" in page and 'role="alert"' in page
    assert not CHINESE.search(re.sub(r"<header>.*?</header>", "", page)), "one language"
    assert not re.search(r'href="/(login)?"', page), "no way to the staff's log-in"


def test_two_go_first_and_it_is_taken_back(client: FlaskClient, hub: Hub, clock: HandClock) -> None:
    mine = take(hub, 6, clock)[1]
    assert place(client, hub, mine)["ahead"] == 1
    answer = act(client, hub, mine, "give-way", "one-touch-0001")
    assert answer.get_json()["ahead"] == 3 and "undo" in answer.get_json()["may"]
    assert act(client, hub, mine, "give-way", "one-touch-0001").get_json()["ahead"] == 3, "one touch is once"
    assert act(client, hub, mine, "undo").get_json()["ahead"] == 1
    assert act(client, hub, mine, "undo").status_code == 409


def test_nobody_behind_is_no_reason_to_give_way(client: FlaskClient, hub: Hub) -> None:
    last = take(hub, 3)[2]
    assert "give-way" not in place(client, hub, last)["may"]
    assert act(client, hub, last, "give-way").status_code == 409


def test_a_number_is_given_back_and_taken_back_for_two_minutes(client: FlaskClient, hub: Hub, clock: HandClock) -> None:
    mine, other = take(hub, 2)
    assert act(client, hub, mine, "give-back").get_json()["state"] == "left"
    assert act(client, hub, mine, "undo").get_json()["state"] == "near"
    act(client, hub, mine, "give-back")
    clock.forward(visitor.UNDO_S + 1)
    assert act(client, hub, mine, "undo").status_code == 409
    assert place(client, hub, other)["ahead"] == 0


def test_a_called_number_is_its_counters_to_end(client: FlaskClient, hub: Hub) -> None:
    (mine,) = take(hub, 1)
    counters.open_counter(hub, By("08"), "1", staff="08")
    calls.call_next(hub, By("08", new_key()), "1")
    assert "give-back" not in place(client, hub, mine)["may"]
    assert act(client, hub, mine, "give-back").status_code == 409
    assert act(client, hub, mine, "on-the-way").get_json()["coming"] is True
    assert "on-the-way" not in place(client, hub, mine)["may"]


def test_a_step_of_staff_is_not_the_visitors_to_undo(client: FlaskClient, hub: Hub) -> None:
    mine, _ = take(hub, 2)
    act(client, hub, mine, "give-way")
    tickets.raise_(hub, By("30", new_key()), mine.id, "老年人")
    assert "undo" not in place(client, hub, mine)["may"]
    with pytest.raises(Refused):
        visitor.undo(hub, By("visitor", new_key()), mine.id)


def test_each_page_has_keys_of_its_own(client: FlaskClient, hub: Hub) -> None:
    """Two who press the same key of their pages are two wishes, whatever stands in the forms."""
    for mine in take(hub, 2):
        path = f"/p/{code_of(hub, mine)}"
        page = client.get(path).get_data(as_text=True)
        (key,) = re.findall(r'name="key" value="([^"]*-on-the-way)"', page)
        assert re.fullmatch(r"[0-9a-f]{16}-on-the-way", key), key
        assert client.post(path, data={"act": "on-the-way", "key": key}).status_code == 303
        assert place(client, hub, mine)["coming"]


def test_it_is_rated_once_when_done(client: FlaskClient, hub: Hub) -> None:
    (mine,) = take(hub, 1)
    path = f"/p/{code_of(hub, mine)}"
    rating = f"/r/{code_of(hub, mine)}"
    form = {"level": "5", "key": new_key()}
    assert client.post(rating, data=form).status_code == 409
    counters.open_counter(hub, By("08"), "1", staff="08")
    calls.call_next(hub, By("08", new_key()), "1")
    calls.finish(hub, By("08", new_key()), "1", outcome="done")
    assert f'href="{rating}"' in client.get(path).get_data(as_text=True)
    ticked = {"options": ["510", "517", "214"]}
    assert client.post(rating, data={**form, **ticked, "key": new_key()}).status_code == 303
    given = hub.read().rating(mine.id, 1)
    assert given and (given.level, given.source) == (5, "code")
    assert given.options == ("510", "517"), "what was ticked below another level is not meant"


def test_second_thoughts_are_added_once_and_the_first_rating_stays(client: FlaskClient, hub: Hub) -> None:
    (mine,) = take(hub, 1)
    rating = f"/r/{code_of(hub, mine)}"
    done(hub)
    for level, status in (("5", 303), ("2", 303), ("1", 409)):
        assert client.post(rating, data={"level": level, "key": new_key()}).status_code == status
    given = hub.read().rating(mine.id, 1)
    assert given and (given.level, given.second) == (5, 2)
    (record,) = hub.read().records_of_ticket(mine.id)
    assert (record.register, record.values["level"]) == ("bad_rating", "dissatisfied")
    page = client.get(rating).get_data(as_text=True)
    assert "追评：不满意" in page and "提交评价" not in page


def test_it_may_be_rated_for_a_month_by_the_code_of_its_slip(client: FlaskClient, hub: Hub, clock: HandClock) -> None:
    (mine,) = take(hub, 1)
    code = code_of(hub, mine)
    done(hub)
    clock.forward(10 * 86400)
    assert "提交评价" in client.get(f"/p/{code}").get_data(as_text=True), "its own page has nothing else to say"
    clock.forward(20 * 86400)
    assert client.post(f"/r/{code}", data={"level": "3", "key": new_key()}).status_code == 303
    clock.forward(86400)
    assert client.post(f"/r/{code}", data={"level": "1", "key": new_key()}).status_code == 409
    assert client.get("/r/TAAAA-AAAA").status_code == 404


def test_one_code_and_one_address_rate_so_often_and_no_more(client: FlaskClient, hub: Hub) -> None:
    (mine,) = take(hub, 1)
    path = f"/r/{code_of(hub, mine)}"
    tries = [client.post(path, data={"level": "5", "key": new_key()}).status_code for _ in range(7)]
    assert tries == [409] * 5 + [429] * 2


def test_what_is_written_is_private_and_never_markup(client: FlaskClient, hub: Hub) -> None:
    (mine,) = take(hub, 1)
    path = f"/r/{code_of(hub, mine)}"
    done(hub)
    markup = "<script>alert(1)</script>"
    odd = {"level": "2", "text": markup, "phone": markup, "options": markup, "lang": markup, "key": new_key()}
    refused = client.post(path, data=odd)
    assert refused.status_code == 409 and "<script>alert" not in refused.get_data(as_text=True)
    assert "&lt;script&gt;" in refused.get_data(as_text=True), "what was typed is not lost"
    assert client.post(path, data={**odd, "phone": "138 5959 0001", "key": new_key()}).status_code == 303
    (record,) = hub.read().records_of_ticket(mine.id)
    assert records.private_values(hub, record) == {"text": markup, "phone": "13859590001"}
    rows = "".join(f"{row.event}{row.data}" for row in hub.read().journal(0, 10_000))
    assert "alert" not in rows and "13859590001" not in rows


def test_it_tells_of_changes_as_they_happen(client: FlaskClient, hub: Hub) -> None:
    mine = take(hub, 2)[1]
    feed = client.get(f"/api/v1/places/{code_of(hub, mine)}", headers={"Accept": "text/event-stream"})
    messages = (part.decode() for part in feed.response)
    assert '"ahead":1' in next(messages)
    tickets.leave(hub, By("30", new_key()), mine.id)
    assert any('"state":"left"' in message for message in islice(messages, 10))
    feed.close()


def test_how_busy_the_hall_is_and_that_it_may_be_silent(client: FlaskClient, hub: Hub) -> None:
    take(hub, 4)
    told = client.get("/api/v1/busy").get_json()
    assert told["waiting"] == 4 and all(group["name"] for group in told["groups"])
    assert "现在忙不忙" in client.get("/busy", headers={"Accept-Language": "zh"}).get_data(as_text=True)
    silent = hub.hall.public.model_copy(update={"busy": False})
    hub.hall = hub.hall.model_copy(update={"public": silent})
    assert client.get("/busy").status_code == 404 == client.get("/api/v1/busy").status_code


def test_the_quiet_hours_of_the_week_stand_beside_how_busy_it_is(client: FlaskClient, hub: Hub) -> None:
    assert client.get("/api/v1/busy").get_json()["quiet"] == [], "of a new hall nothing is known"
    watch = hub.foresight.seer.watch
    for n in range(ENOUGH):
        for hour, waited in ((9, 900.0), (10, 300.0), (11, 60.0)):
            watch.came(n, "SB01", "ordinary", watch.midnight + hour * 3600.0 + n)
            watch.called(n, "1", watch.midnight + hour * 3600.0 + n + waited)
    told = client.get("/api/v1/busy").get_json()["quiet"]
    today = hub.day(hub.now())
    assert {(one["begins"], one["ends"]) for one in told} == {("11:00", "12:00")}
    assert told[0]["day"] == today, "the clock stands at nine: ten and eleven are still to come"
    page = client.get("/busy?lang=zh").get_data(as_text=True)
    assert "人一般最少的时候" in page and "11:00–12:00" in page and "11月24日 周二" in page
    assert "Usually quietest" in client.get("/busy?lang=en").get_data(as_text=True)


def test_a_real_telephone_follows_without_being_touched(page: Page, web: Web, hub: Hub) -> None:
    mine = take(hub, 4)[3]
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(f"{web.base}/p/{code_of(hub, mine)}?lang=zh")
    expect(page.locator("dd").first).to_have_text("3 人")
    counters.open_counter(hub, By("08"), "1", staff="08")
    for _ in range(4):
        calls.call_next(hub, By("08", new_key()), "1")
        if hub.read().at_counter("1").id != mine.id:  # type: ignore[union-attr]
            calls.finish(hub, By("08", new_key()), "1", outcome="done")
    expect(page.locator(".counter b")).to_have_text("1号窗口")
    page.get_by_role("button", name="我正在赶来").click()
    expect(page.locator(".done")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

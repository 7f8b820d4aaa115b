"""A tablet at a counter: who works there, one rating for each visit, by the tablet of that counter alone."""

from __future__ import annotations

from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

import config
from server.domain.rating_options import OPTIONS
from server.pages import access
from server.verbs import calls, counters, ratings, tickets
from server.verbs.accounts import digest
from server.verbs.hub import By, Hub
from tests.conftest import HandClock
from tests.navigation import arrives
from tests.server.pages.conftest import Browser, Web, hire, new_key

TOKEN = "tablet-token-of-a-test"


def tablet(hub: Hub, counter: str = "1", name: str = "tablet-1", token: str = TOKEN) -> dict[str, str]:
    """An enrolled tablet; the head that it sends."""
    hub.turn(lambda turn: turn.put_device(name, digest(token), place=counter))
    return {"Authorization": f"Bearer {token}"}


def served(hub: Hub, counter: str = "1", staff: str = "08") -> int:
    if hub.read().counter(counter).state == "closed":
        counters.open_counter(hub, By(staff), counter, staff=staff)
    ticket = tickets.issue(hub, By("K1"), "SB01").id
    calls.call_next(hub, By(staff), counter)
    calls.start(hub, By(staff), counter)
    calls.finish(hub, By(staff), counter, outcome="done")
    return ticket


def view(client: FlaskClient, head: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/v1/rate/1", headers=head).json
    return found


def rate(client: FlaskClient, head: dict[str, str], **body: Any) -> Any:
    return client.post("/api/v1/rate/1", json=body, headers={**head, "Idempotency-Key": new_key()})


def test_the_list_has_eight_for_each_level_in_both_languages() -> None:
    assert [sum(code[0] == level for code in OPTIONS) for level in "54321"] == [8] * 5
    assert all(text.zh and text.en and text.zh != text.en for text in OPTIONS.values())


def test_one_visit_is_rated_once_with_what_is_added(hub: Hub, client: FlaskClient) -> None:
    head, number = tablet(hub), served(hub)
    shown = view(client, head)
    assert (shown["staff"], shown["ask"]) == ({"id": "08", "name": "员工08", "photo": False}, "")
    assert rate(client, head, ask="1.1.1", level=5).status_code == 409  # nobody is asked
    ratings.invite(hub, By("08"), "1")
    ask = view(client, head)["ask"]
    assert ask.startswith(f"{number}.1.")
    assert rate(client, head, ask=ask, level=2, options=["510"]).status_code == 409  # of another level
    assert rate(client, head, ask=ask, level=6).status_code == 422
    answer = rate(client, head, ask=ask, level=2, options=["213", "214", "213"])
    assert (answer.status_code, answer.json["level"]) == (200, 2)
    given = hub.read().rating(number, 1)
    assert given and (given.level, given.options, given.source, given.staff) == (2, ("213", "214"), "rater", "08")
    assert rate(client, head, ask=ask, level=5).status_code == 409
    assert view(client, head)["ask"] == ""
    row = hub.read().newest_at("1", "Rated", 0.0)
    assert row and row.actor == "tablet-1"


def test_a_late_touch_rates_nobody_else(hub: Hub, client: FlaskClient, clock: HandClock) -> None:
    head, first = tablet(hub), served(hub)
    ratings.invite(hub, By("08"), "1")
    old = view(client, head)["ask"]
    second = served(hub)
    ratings.invite(hub, By("08"), "1")
    assert rate(client, head, ask=old, level=1).status_code == 409
    now = view(client, head)["ask"]
    clock.forward(hub.hall.ratings.timeout_s + 1)
    assert rate(client, head, ask=now, level=1).status_code == 409  # the question is over
    assert hub.read().rating(first, 1) is None and hub.read().rating(second, 1) is None


def test_a_tablet_makes_a_counter_one_that_can_ask(hub: Hub) -> None:
    assert "2" not in ratings.counters_with_rater(hub)
    tablet(hub, "2")
    assert "2" in ratings.counters_with_rater(hub)
    hub.turn(lambda turn: turn.change_device("tablet-1", locked_at=turn.now))
    assert "2" not in ratings.counters_with_rater(hub)


def test_nobody_but_the_tablet_of_the_counter(hub: Hub, app: APIFlask, client: FlaskClient, browser: Browser) -> None:
    tablet(hub)
    other = tablet(hub, "2", "tablet-2", "another")
    for path in ("/rate/1", "/api/v1/rate/1"):
        assert client.get(path, headers=other).status_code == 403, path
        assert app.test_client().get(path).status_code in (302, 401), path
    hire(hub)
    browser.log_in("50")
    assert browser.client.get("/rate/1").status_code == 403
    body = {"ask": "1.1.1", "level": 5}
    assert browser.post("/api/v1/rate/1", body).status_code == 403
    assert client.get("/api/v1/rate/77", headers=other).status_code == 404


PNG = (config.ROOT / "docs" / "pictures" / "slips.png").read_bytes()


def with_photographs(hub: Hub) -> None:
    """A hall with a folder of photographs, of 08 alone."""
    folder = hub.hall.folder / "faces"
    folder.mkdir()
    (folder / "08.png").write_bytes(PNG)
    (folder / "09.mp4").write_bytes(b"no still")
    hub.hall = hub.hall.model_copy(update={"ratings": hub.hall.ratings.model_copy(update={"photos": "faces"})})


def test_the_card_has_the_photograph_of_who_is_there_and_of_nobody_else(hub: Hub, client: FlaskClient) -> None:
    head = tablet(hub)
    counters.open_counter(hub, By("08"), "1", staff="08")
    assert client.get("/rate/1/photo/08", headers=head).status_code == 404, "the hall names no folder"
    with_photographs(hub)
    assert view(client, head)["staff"]["photo"] is True
    answer = client.get("/rate/1/photo/08", headers=head)
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "image/png", PNG)
    for other in ("09", "..%2F08", "08.png"):
        assert client.get(f"/rate/1/photo/{other}", headers=head).status_code == 404, other
    assert client.get("/rate/1/photo/08", headers=tablet(hub, "2", "tablet-2", "another")).status_code == 403
    counters.close_counter(hub, By("08"), "1")
    assert client.get("/rate/1/photo/08", headers=head).status_code == 404


@pytest.fixture
def enrolled(web: Web, page: Page, hub: Hub) -> Page:
    """A browser that has enrolled as the tablet of counter 1."""
    tablet(hub)
    with web.app.app_context():
        name = access.device_cookie()
    page.context.add_cookies([{"name": name, "value": TOKEN, "url": web.base}])
    page.goto(f"{web.base}/enrol")  # which is its own page by now
    arrives(page, "/rate/1$")
    return page


def test_a_visitor_rates_by_touch(enrolled: Page, hub: Hub) -> None:
    page = enrolled
    expect(page.locator("#closed")).to_be_visible()
    number = served(hub)
    expect(page.locator("#name")).to_have_text("员工08")
    ratings.invite(hub, By("08"), "1")
    page.locator("[data-level='2']").click()
    page.get_by_role("button", name="窗口人员业务不熟练").click()
    page.get_by_role("button", name="重新选择").click()
    page.locator("[data-level='4']").click()
    page.get_by_role("button", name="跑大厅一次办完").click()
    page.get_by_label("English").check(force=True)
    expect(page.locator("#more-head [lang=en]")).to_be_visible()
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#thanks")).to_be_visible()
    expect(page.locator("#card")).to_be_visible()  # back, and in Chinese for the next
    expect(page.locator("html")).to_have_attribute("data-lang", "zh")
    given = hub.read().rating(number, 1)
    assert given and (given.level, given.options) == (4, ("411",))


def test_the_card_shows_the_photograph_or_the_first_sign_of_the_name(enrolled: Page, hub: Hub) -> None:
    with_photographs(hub)
    counters.open_counter(hub, By("08"), "1", staff="08")
    photo = enrolled.locator("#photo")
    expect(photo).to_be_visible()
    enrolled.wait_for_function("document.querySelector('#photo').naturalWidth > 0")
    expect(enrolled.locator("#mark")).to_be_hidden()
    enrolled.route("**/rate/1/photo/08", lambda route: route.abort())  # it does not come
    enrolled.reload()
    expect(enrolled.locator("#mark")).to_be_visible()
    expect(photo).to_be_hidden()

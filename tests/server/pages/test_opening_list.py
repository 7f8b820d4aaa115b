"""开厅清单 on the live page: what is seen goes by itself and stays gone, what a manager ticks off is gone for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

import pytest
from apiflask import APIFlask
from playwright.sync_api import Page, expect

from server.domain import opening_list
from server.domain.backups import Kept, Place
from server.health import Health
from server.store import backup_state
from server.verbs import opening_list as steps
from server.verbs.accounts import put
from server.verbs.hub import By, Hub
from server.views.opening_list import opening_list_view
from tests.conftest import HandClock
from tests.server.pages.conftest import Browser, Web, log_in, new_key

PATH = "/api/v1/hall/opening-list"


def ids(app: APIFlask, hub: Hub) -> list[str]:
    with app.app_context():
        return [step["id"] for step in opening_list_view(hub, app.extensions["health"])]


def test_what_is_seen_once_is_done_for_good(app: APIFlask, hub: Hub, clock: HandClock) -> None:
    health: Health = app.extensions["health"]
    device_steps = list(opening_list.devices(hub.hall))
    boards = [step for step in device_steps if step.startswith("board ")]
    assert [step for step in ids(app, hub) if step in device_steps] == [s for s in device_steps if s not in boards]
    assert [step for step in ids(app, hub) if step.startswith("wire ")] == [f"wire {wire}" for wire in hub.hall.wires]
    health.attend("kiosk K1")()
    health.heard("p80", "ready")
    health.heard("p58", "paper_out")
    watching = app.test_client().get("/api/v1/screen", headers={"Accept": "text/event-stream"}, buffered=False)
    gone = {"kiosk K1", "printer p80", "television"}
    assert not gone & set(ids(app, hub)) and "printer p58" in ids(app, hub)
    watching.close()
    steps.note_seen(hub, health)
    assert hub.read().ticked_steps() == gone
    app.extensions["health"] = Health(lambda *_: None, clock)  # the hub starts again
    assert not gone & set(ids(app, hub))


def test_who_asks_for_the_screen_once_is_no_television(app: APIFlask, hub: Hub) -> None:
    app.test_client().get("/api/v1/screen")
    assert "television" in ids(app, hub)


def test_a_manager_ticks_off_and_puts_away(browser: Browser, app: APIFlask, hub: Hub) -> None:
    browser.log_in("50")
    answer = browser.post(PATH, {"step": "backup"})
    assert answer.status_code == 200 and "backup" not in [s["id"] for s in answer.get_json()["opening_list"]]
    assert browser.post(PATH, {"step": "nonsense"}).status_code == 409
    assert browser.post(PATH, {"step": ""}).get_json()["opening_list"] == []
    assert ids(app, hub) == []


@pytest.mark.parametrize(("staff", "status"), [("60", 403), ("30", 403), ("08", 403)])
def test_who_only_looks_ticks_nothing(browser: Browser, hub: Hub, staff: str, status: int) -> None:
    browser.log_in(staff, "2" if staff == "08" else "")
    assert browser.post(PATH, {"step": "backup"}).status_code == status
    assert hub.read().ticked_steps() == set()


def test_an_account_of_the_role_is_the_step(app: APIFlask, hub: Hub) -> None:
    assert {"manager", "operators"}.isdisjoint(ids(app, hub))  # conftest hired both
    put(hub, By("administrator"), "50", "员工50", "supervisor", "a-password")
    assert "manager" in ids(app, hub)


def test_a_tested_backup_is_the_step(app: APIFlask, hub: Hub) -> None:
    assert "backup" not in ids(app, hub)  # the tests' hall is saved by another program
    nightly = hub.hall.backup.model_copy(update={"time": time(2), "to": ["folder:/b"]})
    hub.hall = hub.hall.model_copy(update={"backup": nightly})
    assert "backup" in ids(app, hub)
    kept = Kept(key=True, places={"folder:/b": Place("folder:/b", made_at=1.0, tested_at=None)})
    backup_state.write(hub.hall, kept)
    assert "backup" in ids(app, hub)
    backup_state.write(hub.hall, replace(kept, places={"folder:/b": Place("folder:/b", made_at=1.0, tested_at=2.0)}))
    assert "backup" not in ids(app, hub)


def test_the_list_on_the_page(page: Page, web: Web, hub: Hub) -> None:
    log_in(page, web, "50", "")
    lines = page.locator("#opening-steps li")
    expect(lines.first).to_be_visible()
    before = lines.count()
    posts: Any = lines.filter(has_text="还没有设岗")
    posts.get_by_role("button").click()
    expect(lines).to_have_count(before - 1)
    page.click("#opening-away")
    page.locator("#ask-go").click()
    expect(page.locator("#opening")).to_be_hidden()


def test_the_same_press_twice_is_one(browser: Browser, hub: Hub) -> None:
    browser.log_in("50")
    key = new_key()
    for _ in range(2):
        assert browser.post(PATH, {"step": "posts"}, **{"Idempotency-Key": key}).status_code == 200
    assert hub.read().ticked_steps() == {"posts"}

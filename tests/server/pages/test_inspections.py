"""The role 监督 sees and does not change: what it may write, by the guards and by the registers' files."""

from __future__ import annotations

import hashlib

from apiflask import APIFlask
from playwright.sync_api import Dialog, Page, expect

from demo import snapped
from server.domain import events as ev
from server.pages.roles import matrix
from server.verbs import records
from server.verbs.hub import By, Hub
from tests.navigation import arrives
from tests.server.pages.conftest import Browser, Web, let_in, log_in
from tests.waiting import until

OWN = {
    "/api/v1/session/alive",
    "/api/v1/packages/plan",
    "/me",
}
"""The person's own session and account; a plan of several items, which is only worked out and kept nowhere."""
LOOK = {
    "/api/v1/registers/<key>/moves",
    "/api/v1/registers/<key>/records",
    "/api/v1/registers/<key>/records/<int(max=9007199254740991):record>/moves",
    "/registers/<key>/<int(max=9007199254740991):record>/move/<move>",
    "/registers/<key>/new/<move>",
    "/registers/<key>/several/<move>",
    "/inspection/sample",
    "/api/v1/reports/<period>/making",
}
"""Moves of registers, bounded below; a sample; a report made anew, which changes no figure."""
MOVES = {
    "appraisal": {"review"},
    "bad_rating": {"unfounded", "refute", "agree", "go_on", "uphold", "dismiss", "close"},
    "finding": {"open", "send_back", "write_off", "drop"},
    "inspection": {"file"},
    "item_list": {"review", "approve", "return"},
    "liability": {"decide", "review"},
    "rating_check": {"check"},
    "rating_note": {"write"},
}


def test_a_supervisor_changes_nothing_of_the_halls_day(app: APIFlask, hub: Hub) -> None:
    writes = {
        line.path
        for line in matrix(app)
        if line.method != "GET" and line.rule and line.rule.admits("supervisor") and not line.rule.admits("nobody")
    }
    assert writes == OWN | LOOK
    made = {
        key: {name for name, move in one.moves.items() if "supervisor" in move.roles}
        for key, one in records.registers(hub).current.items()
    }
    assert {key: moves for key, moves in made.items() if moves} == MOVES


FORM = "/registers/inspection/new/file"
UNMET = "input[name='f.unmet'][value=order]"


def kept(page: Page) -> int:
    """How many drafts lie in the page's browser."""
    found: int = page.evaluate(
        """() => new Promise((done) => { const asked = indexedDB.open("jiaohao-drafts", 1);
        asked.onupgradeneeded = () => asked.result.createObjectStore("drafts");
        asked.onsuccess = () => { const all = asked.result.transaction("drafts").objectStore("drafts").count();
          all.onsuccess = () => { asked.result.close(); done(all.result); }; }; })"""
    )
    return found


def begin(page: Page, web: Web) -> None:
    """A visit of 60, not filed yet."""
    let_in(page, web, "60", "")
    page.goto(web.base + FORM)
    page.wait_for_load_state("networkidle")
    page.locator(UNMET).check()
    until(lambda: kept(page) == 1)
    page.reload()
    expect(page.locator(UNMET)).to_be_checked()


def test_a_draft_goes_when_its_writer_logs_out_and_not_without_being_asked(page: Page, web: Web) -> None:
    begin(page, web)
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        (dialog.dismiss if len(asked) == 1 else dialog.accept)()

    page.on("dialog", answer)
    page.click(".top .me form button")
    until(lambda: page.title() and asked)  # asked only once it was counted what is kept
    expect(page.locator(UNMET)).to_be_checked()
    page.click(".top .me form button")
    arrives(page, "/login")
    assert len(asked) == 2
    assert kept(page) == 0


AGED = """([key, row]) => new Promise((done) => { const asked = indexedDB.open("jiaohao-drafts", 1);
asked.onsuccess = () => { const change = asked.result.transaction("drafts", "readwrite");
  change.objectStore("drafts").put(row, key); change.oncomplete = () => { asked.result.close(); done(); }; }; })"""
ROWS = """() => new Promise((done) => { const asked = indexedDB.open("jiaohao-drafts", 1);
asked.onsuccess = () => { const drafts = asked.result.transaction("drafts").objectStore("drafts");
  const keys = drafts.getAllKeys(), all = drafts.getAll(); all.onsuccess = () => { asked.result.close();
    done(Object.fromEntries(keys.result.map((key, n) => [key, all.result[n].at ?? 0]))); }; }; })"""


def test_an_old_draft_goes_but_not_one_on_its_way_or_of_an_older_version(page: Page, web: Web) -> None:
    begin(page, web)
    rows = {
        "/left 60": {"sent": [], "waiting": False, "at": 1},
        "/sent 60": {"sent": [], "waiting": True, "at": 1},
        "/older 60": {"sent": [], "waiting": False},
        "/older-sent 60": {"sent": [], "waiting": True},
        "/sent 50": {"sent": [], "waiting": True},
    }
    for row in rows.items():
        page.evaluate(AGED, list(row))
    page.goto(f"{web.base}/me")
    until(lambda: kept(page) == 4)
    left = page.evaluate(ROWS)
    assert set(left) == {f"{FORM} 60", "/sent 60", "/older 60", "/older-sent 60"}
    assert left["/older 60"] > 1 and left["/older-sent 60"] > 1 == left["/sent 60"]


def test_a_draft_goes_when_somebody_else_logs_in(page: Page, web: Web) -> None:
    begin(page, web)
    let_in(page, web, "50", "")
    page.goto(f"{web.base}/attendance")
    until(lambda: kept(page) == 0)


def test_a_visits_photograph_is_shown_whole(page: Page, web: Web, hub: Hub) -> None:
    seen = {"kind": "daily", "day": hub.day(hub.now()), "photos": snapped.taken("kiosk")}
    one = records.open_record(hub, records.Who(By("50"), "manager"), "inspection", [("file", seen)])
    page.set_viewport_size({"width": 390, "height": 800})
    log_in(page, web, "50", "")
    page.goto(f"{web.base}/registers/inspection/{one.id}")
    picture = page.get_by_role("img", name="照片1")
    expect(picture).to_be_visible()
    inside, card = picture.bounding_box(), page.locator(".card", has=picture).bounding_box()
    assert inside and card and 100 < inside["width"] < card["width"]
    assert card["x"] < inside["x"] and inside["x"] + inside["width"] < card["x"] + card["width"]


def test_every_file_of_people_and_place_is_on_record_with_its_hash(browser: Browser, hub: Hub) -> None:
    browser.log_in("50")
    for path in (
        "/attendance/month/2026-11.xlsx",
        "/people/register.pdf",
        "/people/hall/self-check.pdf",
        "/reports/2026-W48/file/csv",
    ):
        body = browser.client.get(path).data
        (row,) = hub.read().last_events("FileExported", 1)
        event = row.happened()
        assert isinstance(event, ev.FileExported)
        assert (event.size, event.sha256) == (len(body), hashlib.sha256(body).hexdigest()), path

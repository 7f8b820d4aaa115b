"""The hall screen: areas, the lines at its foot, many counters that take turns, a new version that loads itself, and
no leak.
"""

from __future__ import annotations

import base64
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from playwright.sync_api import Page, expect

import config
from server.domain import publication
from server.domain.item_lists import InForce
from server.verbs import calls, counters, emergency, tickets
from server.verbs.day import tick
from server.verbs.hub import By, Hub
from server.views import pictures
from server.views.kiosk import kiosk_view
from server.views.screen import screen_view
from server.voice import clips
from server.voice.outputs import Stage
from tests.conftest import HandClock
from tests.server.pages.conftest import Web, module


@pytest.fixture
def stage(hub: Hub) -> Stage:
    return Stage(hub.wake)


def serve(hub: Hub, service: str, counter: str) -> None:
    counters.open_counter(hub, By(f"s{counter}"), counter, staff=f"s{counter}")
    tickets.issue(hub, By("kiosk"), service)
    calls.call_next(hub, By(f"s{counter}"), counter)


def test_an_area_shows_its_counters_and_its_people(client: FlaskClient, hub: Hub) -> None:
    serve(hub, "SB01", "3")
    serve(hub, "LQ01", "5")
    whole, area = client.get("/api/v1/screen").get_json(), client.get("/api/v1/screens/pickup").get_json()
    assert [call["number"] for call in whole["calls"]] == ["L001", "A001"]
    assert [call["number"] for call in area["calls"]] == ["L001"]
    page = client.get("/screen/pickup").get_data(as_text=True)
    assert "出件区" in page and 'data-feed="/api/v1/screens/pickup"' in page
    for path in ("/screen/attic", "/api/v1/screens/attic"):
        answer = client.get(path)
        assert answer.status_code == 404 and "没有大厅屏“attic”，本厅有：pickup。" in answer.get_data(as_text=True)


def test_the_sign_and_the_logo_of_the_hall_stand_over_it(client: FlaskClient, hub: Hub, tmp_path: Path) -> None:
    before = hub.hall
    assert client.get("/screen/logo.png").status_code == 404
    (tmp_path / "logo.png").write_bytes(b"\x89PNG")
    place = before.place.model_copy(update={"sign": "福建行政服务中心"})
    slips = before.slips.model_copy(update={"logo": str(tmp_path / "logo.png")})
    hub.hall = before.model_copy(update={"place": place, "slips": slips})
    page = client.get("/screen").get_data(as_text=True)
    assert "福建行政服务中心" in page and "/screen/logo.png" in page
    assert client.get("/screen/logo.png").data == b"\x89PNG"
    assert client.get("/api/v1/screen").get_json()["hall"]["sign"] == "福建行政服务中心"


def test_the_plaque_is_what_the_public_reads_and_a_kiosk_has_the_logo(
    client: FlaskClient, hub: Hub, tmp_path: Path
) -> None:
    Image.new("1", (16, 3), 0).save(tmp_path / "logo.png")
    place = hub.hall.place.model_copy(update={"plaque": "开元街道便民服务中心（牌匾）"})
    slips = hub.hall.slips.model_copy(update={"logo": str(tmp_path / "logo.png")})
    hub.hall = hub.hall.model_copy(update={"place": place, "slips": slips})
    told = kiosk_view(hub, "K1", client.application.extensions["health"])["hall"]
    assert told["name"] == "开元街道便民服务中心（牌匾）"
    assert told["logo"] == {"across": 2, "rows": base64.b64encode(b"\xff" * 6).decode()}
    assert "开元街道便民服务中心（牌匾）" in client.get("/screen").get_data(as_text=True)


def test_one_row_for_each_counter_and_none_for_who_is_done(client: FlaskClient, hub: Hub, clock: HandClock) -> None:
    serve(hub, "SB01", "3")
    calls.pass_(hub, By("s3"), "3")
    serve(hub, "SB02", "3")
    shown = client.get("/api/v1/screen").get_json()["calls"]
    assert [(c["number"], c["state"], c["counter_name"]) for c in shown] == [
        ("A002", "called", "3号窗口"),
        ("A001", "passed", "咨询台"),
    ]
    calls.finish(hub, By("s3"), "3", outcome="done")
    assert [c["number"] for c in client.get("/api/v1/screen").get_json()["calls"]] == ["A001"]
    clock.forward(400)
    tickets.issue(hub, By("kiosk"), "SB01")
    assert client.get("/api/v1/screen").get_json()["calls"] == []


def test_one_wait_where_all_stand_in_one_line(client: FlaskClient, hub: Hub) -> None:
    serve(hub, "SB01", "3")
    tickets.issue(hub, By("kiosk"), "SB01")
    waits = client.get("/api/v1/screen").get_json()["waits"]
    assert [(w["name"], w["ahead"]) for w in waits] == [("", 1)]


def test_the_pledge_is_not_shown_beside_a_wait_that_breaks_it() -> None:
    hall = config.load()
    assert any("等候不超过20分钟" in line.zh for line in publication.ticker(hall, {}, 20))
    assert not any("等候不超过20分钟" in line.zh for line in publication.ticker(hall, {}, 25))


SIZES = [(1920, 1080), (3840, 2160), (1366, 768), (1080, 1920)]


def low_letters(page: Page) -> list[str]:
    """Texts in sight that people act on whose capitals are less than 1/170 of the distance high: 8 m, 55 inches."""
    least = 8000 / 170 / (55 * 25.4) * page.evaluate("Math.hypot(innerWidth, innerHeight)")
    found: list[str] = page.evaluate(
        """(least) => {
          const low = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walk.nextNode()) {
            const node = walk.currentNode, box = node.parentElement;
            if (!node.data.trim() || box.closest('.who') || !box.checkVisibility()) continue;
            const capital = parseFloat(getComputedStyle(box).fontSize) * 0.733;
            if (capital < least - 0.5) low.push(`${node.data}: ${capital}`);
          }
          return low;
        }""",
        least,
    )
    return found


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_everything_people_act_on_is_read_from_eight_metres(
    page: Page, web: Web, hub: Hub, stage: Stage, width: int, height: int
) -> None:
    """16' of arc: the called number, its counter, its word, what to do about a missed call, the wait, a closed door."""
    for n, service in enumerate(("SB01", "SB02", "MZ04", "LQ01"), 1):
        serve(hub, service, "5" if service == "LQ01" else str(n))
    calls.pass_(hub, By("s1"), "1")
    tickets.issue(hub, By("kiosk"), "SB01")
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{web.base}/screen")
    module(page, "screen.js")
    expect(page.locator("#calls .newest")).to_be_visible()
    now = screen_view(hub, stage)
    closed = {
        "zh": "今天的办理时间已经结束，11月24日 08:00 开始办理。咨询电话 0595-00000001。",
        "en": "Closed for today.",
    }
    for language in ("zh", "en"):
        page.evaluate("(language) => module.say(language)", language)
        for changed in ({}, {"notice": closed}, {"notice": closed, "calls": []}, {"calls": []}):
            for turn in range(4):
                page.evaluate(
                    "([state, turn]) => { module.draw(state); module.turnTo(turn); }",
                    [json.loads(json.dumps({**now, "announcement": None, **changed})), turn],
                )
                assert low_letters(page) == []
                cut = page.evaluate(
                    """() => [...document.querySelectorAll('.act')].filter((box) => box.checkVisibility() &&
                    (box.scrollHeight > box.clientHeight + parseFloat(getComputedStyle(box).fontSize) / 2
                      || box.scrollWidth > box.clientWidth + 2))
                    .map((box) => box.id || box.className)"""
                )
                assert cut == [], (language, changed)


def test_a_closed_door_fills_the_picture_or_stands_above_the_calls(
    page: Page, web: Web, hub: Hub, stage: Stage
) -> None:
    serve(hub, "SB01", "3")
    page.goto(f"{web.base}/screen")
    module(page, "screen.js")
    expect(page.locator("#calls .newest")).to_be_visible()
    now = {**json.loads(state(hub, stage)), "notice": {"zh": "取号已止", "en": "No more numbers today"}}
    page.evaluate("(state) => module.draw(state)", now)
    expect(page.locator("#band")).to_contain_text("取号已止")
    expect(page.locator("#fill")).to_be_hidden()
    page.evaluate("(state) => module.draw(state)", {**now, "calls": []})
    expect(page.locator("#fill")).to_contain_text("取号已止")
    box = page.locator("#fill").bounding_box()
    assert box and box["height"] > 0.5 * 768 and box["width"] > 0.9 * 1366


def test_the_halls_pictures_show_in_quiet_minutes_and_go_at_a_call(
    client: FlaskClient, hub: Hub, page: Page, web: Web, stage: Stage
) -> None:
    folder = hub.hall.folder / "pictures"
    folder.mkdir()
    (folder / "mark.png").write_bytes(bytes.fromhex(PIXEL))
    (folder / "notes.txt").write_text("no picture")
    sight = hub.hall.screen.model_copy(update={"pictures": "pictures"})
    assert pictures.names(hub.hall, sight) == ["mark.png"]
    assert pictures.path(hub.hall, sight, "../config.toml") is None
    assert client.get("/screen/pictures/mark.png").status_code == 404  # this hall names no folder
    hub.hall = hub.hall.model_copy(update={"screen": sight})
    assert client.get("/screen/pictures/mark.png").status_code == 200
    page.goto(f"{web.base}/screen")
    module(page, "screen.js")
    expect(page.locator("#fill")).to_be_visible()
    page.evaluate("(state) => { module.quietSince(0); module.draw(state); }", json.loads(state(hub, stage)))
    expect(page.locator("#picture")).to_be_visible()
    serve(hub, "SB01", "3")
    expect(page.locator("#picture")).to_be_hidden()


PIXEL = (
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def test_an_area_speaks_with_its_own_zone(hub: Hub, stage: Stage) -> None:
    stage.put("hall", clips.chime())
    area = hub.hall.screens["pickup"]
    number = stage.now()["hall"].id
    assert (
        screen_view(hub, stage, area)["speech"]
        == screen_view(hub, stage)["speech"]
        == {
            "url": f"/api/v1/voice/{number}.wav",
            "seconds": 0.75,
        }
    )
    assert screen_view(hub, stage, area.model_copy(update={"zone": "elsewhere"}))["speech"] is None


def test_a_browser_that_outlives_the_hub_is_told_of_a_new_utterance(hub: Hub) -> None:
    told = []
    for _ in range(2):
        stage = Stage(hub.wake)
        stage.put("hall", clips.chime())
        told.append(screen_view(hub, stage)["speech"])
    assert told[0] != told[1]


def test_what_was_said_is_gone_after_a_while(client: FlaskClient) -> None:
    assert client.get("/api/v1/voice/1.wav").status_code == 404


def test_the_lines_at_the_foot() -> None:
    hall = config.load()
    own = hall.model_copy(
        update={"hall": hall.hall.model_copy(update={"ticker": [("周六也办理", "Open on Saturdays")]})}
    )
    lists = {"no_visit": InForce("no_visit", 1, "QD20261101-001", date(2026, 11, 1), ("SB03",))}
    lines = publication.ticker(own, lists)
    assert "一趟不用跑" not in str(publication.ticker(own, {})), "no list is in force"
    assert lines[1] == ("周六也办理", "Open on Saturdays")
    told = "。".join(zh for zh, _ in lines)
    for part in (
        "过号请到咨询台，30分钟内有效",
        "等候不超过20分钟",
        "08:00-12:00",
        "0595-00000001",
        "0595-00000002",
        "一趟不用跑，可网上办理：城乡居民基本养老保险参保登记",
    ):
        assert part in told
    assert all(zh and en for zh, en in lines)


def state(hub: Hub, stage: Stage, **changed: Any) -> str:
    return json.dumps({**screen_view(hub, stage), **changed}, ensure_ascii=False)


def many(hub: Hub, stage: Stage, rows: int) -> Any:
    now = json.loads(state(hub, stage, announcement=None))
    named = [
        {**now["calls"][0], "number": f"A{n:03d}", "counter_name": f"{n}号窗口", "counter_name_en": f"Counter {n}"}
        for n in range(rows)
    ]
    return {**now, "calls": named}


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_calls_that_do_not_fit_take_turns_behind_the_newest(
    page: Page, web: Web, hub: Hub, stage: Stage, width: int, height: int
) -> None:
    serve(hub, "SB01", "3")
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{web.base}/screen")
    module(page, "screen.js")
    expect(page.locator("#calls .newest")).to_be_visible()
    rows, seen = many(hub, stage, 12), set()
    for turn in range(12):
        numbers, ends, foot = page.evaluate(
            """([state, turn]) => {  // looked at in the same breath: the feed and the page's own turn go on
              module.draw(state); module.turnTo(turn);
              const rows = [...document.querySelectorAll("#calls li:not([hidden])")];
              return [rows.map((row) => row.querySelector(".label").textContent),
                rows.map((row) => row.getBoundingClientRect().bottom),
                document.querySelector("#calls").getBoundingClientRect().bottom];
            }""",
            [rows, turn],
        )
        assert numbers[0] == "A000" and len(numbers) >= 2
        seen |= set(numbers)
        assert max(ends) <= foot + 1
    assert len(seen) == 12


def test_yesterdays_evening_is_over_in_the_morning(client: FlaskClient, hub: Hub, clock: HandClock) -> None:
    clock.forward(8 * 3600)
    serve(hub, "SB01", "3")
    assert len(client.get("/api/v1/screen").get_json()["calls"]) == 1
    clock.forward(11 * 3600)
    tick(hub)
    assert client.get("/api/v1/screen").get_json()["calls"] == []


def test_no_call_is_cut_and_no_flash_is_faster_than_people_can_bear(page: Page, web: Web, hub: Hub) -> None:
    """WCAG 2.3.1: at most three flashes a second; ours is one a second, five times."""
    serve(hub, "SB01", "3")
    page.goto(f"{web.base}/screen")
    newest = page.locator("#calls .newest.flash")
    expect(newest).to_be_visible()
    period = newest.evaluate(
        "(row) => [getComputedStyle(row).animationDuration, getComputedStyle(row).animationIterationCount]"
    )
    assert period == ["1s", "5"]
    page.emulate_media(reduced_motion="reduce")
    assert newest.evaluate("(row) => getComputedStyle(row).animationName") == "none"


def test_an_emergency_covers_the_screen_until_it_ends(page: Page, web: Web, hub: Hub) -> None:
    serve(hub, "SB01", "3")
    page.goto(f"{web.base}/screen/pickup")
    expect(page.locator("#fill")).to_be_visible()
    emergency.begin(hub, By("50"), 1)
    over = page.locator("#emergency")
    for size in ((1920, 1080), (1366, 768), (1080, 1920)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        expect(over).to_contain_text("从安全出口有序离开。 Please stay calm")
        box = over.bounding_box()
        assert box and (box["x"], box["y"], box["width"], box["height"]) == (0, 0, *size)
        assert over.evaluate("(o) => o.scrollHeight <= o.clientHeight && o.scrollWidth <= o.clientWidth")
    emergency.end(hub, By("50"))
    expect(over).to_be_hidden()


def test_a_new_version_of_the_page_loads_itself(page: Page, web: Web, hub: Hub, stage: Stage) -> None:
    page.goto(f"{web.base}/screen")
    module(page, "screen.js")
    expect(page.locator("#fill")).to_be_visible()
    page.evaluate("window.old = true")
    with page.expect_navigation():
        page.evaluate("(state) => module.draw(state)", json.loads(state(hub, stage, build="another")))
    assert page.evaluate("window.old === undefined")


def test_a_year_of_calls_leaves_nothing_behind(page: Page, web: Web, hub: Hub, stage: Stage) -> None:
    """Nodes, listeners and heap after many pictures are what they were after a few: the screen runs for months."""
    serve(hub, "SB01", "3")
    page.goto(f"{web.base}/screen")
    module(page, "screen.js")
    expect(page.locator("#calls .newest")).to_be_visible()
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")

    def measured(pictures: int) -> dict[str, float]:
        page.evaluate(
            "([state, count]) => { for (let n = 0; n < count; n += 1) { module.turnTo(n);"
            " state.calls[0].calls = n; module.draw(state); } }",
            [json.loads(state(hub, stage)), pictures],
        )
        devtools.send("HeapProfiler.collectGarbage")
        return {metric["name"]: metric["value"] for metric in devtools.send("Performance.getMetrics")["metrics"]}

    few, many = measured(200), measured(2000)  # one node left behind by each picture would be two thousand
    assert many["Nodes"] <= few["Nodes"] + 1000
    assert many["JSEventListeners"] <= few["JSEventListeners"] + 10
    assert many["JSHeapUsedSize"] <= few["JSHeapUsedSize"] + 1_000_000

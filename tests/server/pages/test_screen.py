"""The hall screen: areas, the lines at its foot, many counters that take turns, a new version that loads itself, and
no leak.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

import config
from server.domain import publication
from server.verbs import calls, counters, emergency, tickets
from server.verbs.day import tick
from server.verbs.hub import By, Hub
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
    tickets.issue(hub, By("kiosk"), "LQ01")
    tickets.issue(hub, By("kiosk"), "MZ04")
    whole, area = client.get("/api/v1/screen").get_json(), client.get("/api/v1/screens/pickup").get_json()
    assert [call["number"] for call in whole["calls"]] == ["L001", "A001"] and whole["waiting"] == 2
    assert [call["number"] for call in area["calls"]] == ["L001"] and area["waiting"] == 1
    assert [tile["id"] for tile in area["counters"]] == ["5"] and [group["name"] for group in area["groups"]] == [
        "居住登记等"
    ]
    page = client.get("/screen/pickup").get_data(as_text=True)
    assert "出件区" in page and 'data-feed="/api/v1/screens/pickup"' in page
    for path in ("/screen/attic", "/api/v1/screens/attic"):
        answer = client.get(path)
        assert answer.status_code == 404 and "没有大厅屏“attic”，本厅有：pickup。" in answer.get_data(as_text=True)


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
    lines = publication.ticker(own)
    assert lines[0] == ("周六也办理", "Open on Saturdays")
    told = "。".join(zh for zh, _ in lines)
    for part in (
        "过号请到咨询台，30分钟内有效",
        "等候不超过20分钟",
        "08:00-12:00",
        "0595-00000001",
        "0595-00000002",
        "一趟不用跑",
    ):
        assert part in told
    assert all(zh and en for zh, en in lines)


def state(hub: Hub, stage: Stage, **changed: Any) -> str:
    return json.dumps({**screen_view(hub, stage), **changed}, ensure_ascii=False)


def test_more_counters_and_groups_than_fit_take_turns(page: Page, web: Web, hub: Hub, stage: Stage) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(f"{web.base}/screen")
    module(page, "screen.js")
    expect(page.locator("#counters li")).to_have_count(7)
    tiles = [
        {
            "id": str(n),
            "name": f"{n}号窗口",
            "name_en": f"Counter {n}",
            "sign": "",
            "state": "serving",
            "number": f"A{n:03d}",
        }
        for n in range(1, 31)
    ]
    groups = [
        {"name": f"业务{n}", "name_en": f"Matter {n}", "waiting": n, "estimate_min": [5, 9]} for n in range(1, 12)
    ]
    many = state(hub, stage, counters=tiles, groups=groups)
    seen, seen_groups = set(), set()
    for turn in range(4):
        page.evaluate(f"(state) => {{ module.turnTo({turn}); module.draw(state); }}", json.loads(many))
        seen |= set(page.locator("#counters .name [lang=zh-CN]").all_text_contents())
        visible = page.locator("#groups li:not([hidden])")
        seen_groups |= set(visible.locator(".what [lang=zh-CN]").all_text_contents())
        foot = page.locator("#counters").bounding_box()
        for row in visible.all():
            box = row.bounding_box()
            assert box and foot and box["y"] + box["height"] <= foot["y"] + 1
        assert page.evaluate(
            "[...document.querySelectorAll('#counters li')].every((tile) => tile.scrollWidth <= tile.clientWidth)"
        )
    assert len(seen) == 30 and len(seen_groups) == 11


def test_yesterdays_evening_is_over_in_the_morning(client: FlaskClient, hub: Hub, clock: HandClock) -> None:
    clock.forward(8 * 3600)
    serve(hub, "SB01", "3")
    assert len(client.get("/api/v1/screen").get_json()["calls"]) == 1
    clock.forward(11 * 3600)
    tick(hub)
    assert client.get("/api/v1/screen").get_json()["calls"] == []


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1080, 1920)])
def test_long_names_and_many_groups_leave_the_calls_in_sight(
    page: Page, web: Web, hub: Hub, stage: Stage, width: int, height: int
) -> None:
    serve(hub, "SB01", "3")
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{web.base}/screen")
    module(page, "screen.js")
    expect(page.locator("#calls .newest")).to_be_visible()
    long = "Counter 14 for social assistance, residence registration and everything else"
    now = screen_view(hub, stage)
    calls = [{**now["calls"][0], "number": f"A{n:03d}", "counter_name_en": long} for n in range(8)]
    tiles = [
        {**now["counters"][0], "name": f"{n}号窗口", "name_en": long if n == 14 else f"Counter {n}"}
        for n in range(10, 20)
    ]
    groups = [{"name": f"业务{n}", "name_en": long, "waiting": n, "estimate_min": [5, 9]} for n in range(30)]
    page.evaluate("(state) => module.draw(state)", {**now, "calls": calls, "counters": tiles, "groups": groups})
    ends = page.evaluate(
        """() => Object.fromEntries(['#calls .newest', '#calls li:nth-child(4)', '#groups li:not([hidden])',
          '#counters'].map((what) =>
        [what, document.querySelector(what).getBoundingClientRect().bottom]))"""
    )
    assert ends["#calls .newest"] < ends["#calls li:nth-child(4)"] < ends["#counters"] <= height
    covered = page.evaluate(
        """() => [...document.querySelectorAll('#groups li:not([hidden])')].filter((row) =>
        row.getBoundingClientRect().bottom > document.getElementById('counters').getBoundingClientRect().top +
          1).length"""
    )
    assert covered == 0
    english = page.locator("#counters .name [lang=en]")
    shortened = english.evaluate_all("(names) => names.filter((e) => e.scrollWidth > e.clientWidth).length")
    assert shortened == 1  # the long one, by an ellipsis; no ordinary name


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
    expect(page.locator("#counters li")).to_have_count(1)
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
    expect(page.locator("#counters li")).to_have_count(7)
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

    few, many = measured(500), measured(5000)  # one node left behind by each picture would be five thousand
    assert many["Nodes"] <= few["Nodes"] + 1000
    assert many["JSEventListeners"] <= few["JSEventListeners"] + 10
    assert many["JSHeapUsedSize"] <= few["JSHeapUsedSize"] + 1_000_000

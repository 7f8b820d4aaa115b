"""The pages in a real Chromium, against a real waitress: what staff and visitors see, by keyboard alone."""

from __future__ import annotations

import signal
from pathlib import Path

from playwright.sync_api import Page, expect

from server.verbs import calls, counters, tickets
from server.verbs.hub import By, Hub
from server.voice import clips
from tests.hub_process import HubProcess
from tests.server.pages.conftest import Web, log_in, module


def test_a_visit_by_keyboard_alone(page: Page, web: Web, hub: Hub) -> None:
    for _ in range(3):
        tickets.issue(hub, By("kiosk"), "SB01")
    log_in(page, web, "08", "1")
    expect(page.locator("#waiting")).to_have_text("3")
    page.keyboard.press("F2")
    expect(page.locator("#number")).to_have_text("A001")
    page.keyboard.press("F2")
    page.keyboard.press("F4")
    expect(page.locator("#counter-state")).to_contain_text("办理中")
    page.keyboard.press("F5")
    page.keyboard.press("1")
    expect(page.locator("#number")).to_have_text("—")
    assert [hub.read().ticket(i).state for i in (1, 2, 3)] == ["finished", "waiting", "waiting"]  # type: ignore[union-attr]


def test_every_key_is_in_sight_on_a_cheap_screen(page: Page, web: Web, hub: Hub) -> None:
    tickets.issue(hub, By("kiosk"), "YB02")
    log_in(page, web, "08", "1")
    page.keyboard.press("F2")
    expect(page.locator("#number")).to_have_text("A001")
    for button in page.locator(".keys button:visible").all():
        box = button.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 768
        assert box["height"] >= 44


def test_a_double_press_calls_one_person(page: Page, web: Web, hub: Hub) -> None:
    tickets.issue(hub, By("kiosk"), "SB01")
    tickets.issue(hub, By("kiosk"), "SB01")
    log_in(page, web, "08", "1")
    expect(page.locator("#waiting")).to_have_text("2")
    page.dblclick('[data-verb="call-next"]')
    expect(page.locator("#number")).to_have_text("A001")
    assert hub.read().waiting_count() == 1


def test_call_by_number_pass_and_take_back(page: Page, web: Web, hub: Hub) -> None:
    for _ in range(3):
        tickets.issue(hub, By("kiosk"), "SB01")
    log_in(page, web, "08", "1")
    expect(page.locator("#waiting")).to_have_text("3")
    page.keyboard.press("a")
    page.keyboard.type("002")
    page.keyboard.press("Enter")
    expect(page.locator("#number")).to_have_text("A002")
    page.keyboard.press("F6")
    expect(page.locator("#passed")).to_contain_text("A002")
    page.click("#passed button")
    expect(page.locator("#waiting")).to_have_text("3")


def test_the_hall_screen_follows(page: Page, web: Web, hub: Hub) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(f"{web.base}/screen")
    expect(page.locator("#fill")).to_contain_text("暂无叫号")
    counters.open_counter(hub, By("08"), "3", staff="08")
    tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("08"), "3")
    expect(page.locator("#calls .newest")).to_contain_text("A001")
    expect(page.locator("#calls .newest")).to_contain_text("3号窗口")
    expect(page.locator("#foot.announcement")).to_contain_text("请A零零一号，到三号窗口办理业务。")
    expect(page.locator("#clock")).to_contain_text("11月23日 周一 09:00")


def test_the_hall_screen_speaks(page: Page, web: Web, hub: Hub) -> None:
    counters.open_counter(hub, By("08"), "3", staff="08")
    web.app.extensions["stage"].put("hall", clips.chime())
    with page.expect_response("**/api/v1/voice/*.wav") as answer:
        page.goto(f"{web.base}/screen")
    module(page, "screen.js")
    assert answer.value.body()[:4] == b"RIFF"
    first = page.evaluate("module.player.src")
    page.click("body")
    web.app.extensions["stage"].put("other", clips.chime())
    web.app.extensions["stage"].put("hall", clips.chime())
    page.wait_for_function("(first) => module.player.src !== first", arg=first)
    assert page.evaluate("module.player.src").endswith(f"/{web.app.extensions['stage'].now()['hall'].id}.wav")


def test_a_screen_that_may_not_speak_fetches_nothing_until_it_is_touched(page: Page, web: Web, hub: Hub) -> None:
    stage, asked = web.app.extensions["stage"], []
    page.on("request", lambda request: asked.append(request.url) if "/voice/" in request.url else None)
    page.goto(f"{web.base}/screen")
    module(page, "screen.js")
    page.evaluate(
        """() => { window.may = false; module.player.play = () => (
        window.may ? Promise.resolve() : Promise.reject(new DOMException('', 'NotAllowedError'))); }"""
    )
    stage.put("hall", clips.chime())
    page.wait_for_function("() => module.player.silent")
    number = stage.put("hall", clips.chime())
    page.wait_for_function("(number) => module.said.endsWith(`${number}.wav`)", arg=str(number))
    assert not [url for url in asked if url.endswith(f"/{number}.wav")] and not stage.over("hall", number)
    page.evaluate("window.may = true")
    number = stage.put("hall", clips.chime())
    page.click("body")
    page.wait_for_function("(number) => module.player.src.endsWith(`${number}.wav`)", arg=str(number))
    assert page.evaluate("module.player.silent") is False


def test_a_screen_says_that_it_is_old_and_recovers(page: Page, tmp_path: Path) -> None:
    hub = HubProcess(tmp_path)
    hub.start()
    page.goto(f"http://127.0.0.1:{hub.port}/screen")
    module(page, "screen.js")
    expect(page.locator("#fill")).to_be_visible()
    page.evaluate("module.shown.now = '2020-01-01T01:02:03+08:00'")  # nothing has changed for long
    hub.kill()
    expect(page.locator("#lost")).to_be_visible()
    assert page.locator("#lost-at").text_content() not in ("", "01:02")
    expect(page.locator("#fill")).to_be_visible()
    hub.start()
    expect(page.locator("#lost")).to_be_hidden()
    hub.kill()


def test_a_silent_hub_is_noticed_as_one_that_hangs_up(page: Page, tmp_path: Path) -> None:
    """A pulled cable closes nothing: the stream stands open and says no more, as a stopped process's does."""
    hub = HubProcess(tmp_path)
    hub.start()
    page.goto(f"http://127.0.0.1:{hub.port}/screen")
    expect(page.locator("#fill")).to_be_visible()
    hub.process.send_signal(signal.SIGSTOP)
    expect(page.locator("#lost")).to_be_visible()
    hub.process.send_signal(signal.SIGCONT)
    expect(page.locator("#lost")).to_be_hidden()
    hub.kill()


def streams_now(web: Web, hub: Hub) -> int:
    return int(web.app.extensions["feeds"]._places.held)


def test_many_live_pages_of_one_browser_and_every_key_gets_through(page: Page, web: Web, hub: Hub) -> None:
    tickets.issue(hub, By("kiosk"), "SB01")
    log_in(page, web, "08", "1")
    expect(page.locator("#waiting")).to_have_text("1")
    beside = [page.context.new_page() for _ in range(9)]
    for one, path in zip(beside, ["/screen", "/screen/pickup", "/desk"] * 3, strict=True):
        one.goto(f"{web.base}{path}")
        expect(one.locator("#foot .t, #counters li").first).to_be_visible()
    assert streams_now(web, hub) <= 2
    page.bring_to_front()
    page.keyboard.press("F2")
    expect(page.locator("#number")).to_have_text("A001")
    expect(beside[0].locator("#calls")).to_contain_text("A001")
    beside[0].close()  # the others of its feed hear on
    page.keyboard.press("F2")
    page.keyboard.press("F4")
    expect(beside[3].locator("#calls")).to_contain_text("A001")
    expect(page.locator("#counter-state")).to_contain_text("办理中")


def test_a_page_without_a_shared_worker_listens_by_itself(page: Page, web: Web, hub: Hub) -> None:
    page.add_init_script("delete globalThis.SharedWorker")
    page.goto(f"{web.base}/screen")
    expect(page.locator("#fill")).to_be_visible()
    counters.open_counter(hub, By("08"), "3", staff="08")
    tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("08"), "3")
    expect(page.locator("#calls .newest")).to_contain_text("A001")


def test_a_refusal_is_a_sentence(page: Page, web: Web, hub: Hub) -> None:
    log_in(page, web, "08", "1")
    page.click('[data-verb="call-next"]')
    expect(page.locator("#refusal")).to_contain_text("现在没有人等候。")
    page.goto(f"{web.base}/reports")
    expect(page.locator("h1")).to_contain_text("没有权限")

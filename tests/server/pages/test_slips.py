"""Papers over the API: the keys of console, desk and kiosk, who may, what is answered, and where what became of them
is seen.
"""

from __future__ import annotations

from typing import Any

import pytest
import tomlkit
from apiflask import APIFlask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

import config
from printer_profiles.slip import Text
from server.printing.slips.filling import slip_of
from server.store import soundness
from server.verbs import accounts, counters, jobs, people, tickets
from server.verbs import papers as papers_of
from server.verbs.hub import By, Hub, known_job
from server.views import papers
from tests.conftest import HandClock, write_hall
from tests.navigation import arrives
from tests.server.pages.conftest import Browser, Web, log_in, new_key


def slips_of(hall: tomlkit.TOMLDocument) -> None:
    hall["console"]["close_slip"] = True  # type: ignore[index]
    hall["counters"]["1"]["printers"] = ["p80"]  # type: ignore[index]


@pytest.fixture
def hall_file(tmp_path: Any, request: pytest.FixtureRequest) -> Any:
    return write_hall(tmp_path, getattr(request, "param", lambda hall: None))


class Counter:
    """08 at counter 1, serving A001 for SB01."""

    def __init__(self, browser: Browser, hub: Hub) -> None:
        self.browser, self.hub = browser, hub
        tickets.issue(hub, By("kiosk"), "SB01")
        browser.log_in("08", "1")
        browser.post("/api/v1/counters/1/call-next")
        browser.post("/api/v1/counters/1/start")

    def ask(self, kind: str, key: str = "", **wish: Any) -> Any:
        return self.browser.post(
            "/api/v1/counters/1/slips", {"kind": kind, **wish}, **{"Idempotency-Key": key or new_key()}
        )

    @property
    def view(self) -> Any:
        return self.browser.client.get("/api/v1/counters/1").get_json()

    def ended(self, job: int, state: str, reason: str = "") -> None:
        found = self.hub.read().job(job)
        assert found
        jobs.print_began(self.hub, job, found.ticket, "p58")
        jobs.print_ended(self.hub, job, found.ticket, "p58", state, reason)


@pytest.fixture
def counter(browser: Browser, hub: Hub) -> Counter:
    return Counter(browser, hub)


# --- the console ----------------------------------------------------------------------------------


def test_a_notice_is_printed_and_told_on_the_console(counter: Counter) -> None:
    answer = counter.ask("notice", ticket=1, lines=["照片"], note="照片过期").get_json()
    slip = answer["slip"]
    assert (slip["name"], slip["number"], slip["about"], slip["paper"]["state"]) == (
        "一次性告知单",
        "A001",
        "社会保障卡申领(个人社会保险登记)",
        "queued",
    )
    assert answer["ticket"]["notices"] == [{"service": "SB01", "missing": ["照片"], "told": 1}]
    assert [one["job"] for one in answer["papers"]] == [slip["job"]]
    assert any("一次性告知" in line["zh"] for line in answer["ticket"]["life"])
    assert counter.ask("notice", ticket=1, lines=["委托书"]).get_json()["ticket"]["notices"][1]["told"] == 2


def test_what_became_of_a_paper_is_seen_where_it_was_asked_for(counter: Counter) -> None:
    job = counter.ask("materials", services=["SB02"]).get_json()["slip"]["job"]
    counter.ended(job, "failed", "打印机缺纸，请换上新纸卷并合上盖子。")
    later = counter.ask("dayclose").get_json()["slip"]["job"]
    shown = counter.view["papers"]
    assert [(one["job"], one["spoilt"]) for one in shown] == [
        (job, True),
        (later, False),
    ], "what nobody holds comes first"
    assert shown[0]["paper"]["reason_en"].startswith("Out of paper")
    again = counter.browser.post(f"/api/v1/slips/{job}/reprint")
    assert (again.status_code, again.get_json()["paper"]["copy"]) == (201, 2)
    assert {one["job"] for one in counter.view["papers"]} == {
        later,
        again.get_json()["job"],
    }, "each slip once, its newest paper"
    counter.ended(again.get_json()["job"], "printed")
    found = counter.browser.client.get(f"/api/v1/slips/{again.get_json()['job']}").get_json()
    assert (found["paper"]["state"], found["who"], found["spoilt"]) == ("printed", "员工08 08", False)


def test_a_numbers_own_slip_asked_for_here_is_listed_too(counter: Counter) -> None:
    answer = counter.browser.post("/api/v1/counters/1/reprint", {"ticket": 1}).get_json()
    assert [(one["kind"], one["number"]) for one in answer["papers"]] == [("ticket", "A001")]


def test_an_old_paper_is_forgotten(counter: Counter, clock: HandClock) -> None:
    counter.ask("materials", services=["SB02"])
    clock.forward(1801)
    assert counter.view["papers"] == []


def test_the_papers_after_the_end_of_a_service(counter: Counter) -> None:
    counter.browser.post("/api/v1/counters/1/finish", {"outcome": "受理待办", "items": ["SB01", "YB02"]})
    assert "notice" in counter.view["refusals"]
    receipt = counter.ask("receipt", ticket=1, lines=["身份证"], number="77").get_json()["slip"]
    assert "、" in receipt["about"], "of all that was done"
    pickup = counter.ask("pickup", ticket=1, number="L-77", when="下周一", lines=["身份证"]).get_json()["slip"]
    refusal = counter.ask("refusal", ticket=1, services=["YB02"], lines=["不属于本机关职权范围"]).get_json()["slip"]
    assert [pickup["name"], refusal["name"]] == ["领件通知单", "不予受理告知书"]


@pytest.mark.parametrize(
    ("kind", "wish"),
    [
        ("notice", {"lines": ["照片"]}),
        ("receipt", {}),
        ("refusal", {"lines": ["材料不符"]}),
        ("pickup", {"number": "L1", "when": "周一"}),
    ],
)
def test_a_paper_is_in_the_language_and_size_of_its_number(
    browser: Browser, hub: Hub, kind: str, wish: dict[str, Any]
) -> None:
    tickets.issue(hub, By("kiosk"), "SB01", language="en", large_print=True)
    browser.log_in("08", "1")
    for verb in ("call-next", "start"):
        browser.post(f"/api/v1/counters/1/{verb}")
    for mode, seen in (({}, ("en", True)), ({"language": "zh"}, ("zh", True)), ({"large_print": False}, ("en", False))):
        answer = browser.post(
            "/api/v1/counters/1/slips", {"kind": kind, "ticket": 1, **wish, **mode}, **{"Idempotency-Key": new_key()}
        )
        job = hub.read().job(answer.get_json()["slip"]["job"])
        assert job is not None
        slip = slip_of(hub.hall, job, hub.read().ticket(1), 48)
        large = {e.scale for e in slip if isinstance(e, Text) and "A001" in e.text} == {2}
        english = any("Number A001" in e.text or "Pick-up no. L1" in e.text for e in slip if isinstance(e, Text))
        assert (english, large or kind == "pickup") == (seen[0] == "en", seen[1] or kind == "pickup")


def test_the_same_press_is_one_paper(counter: Counter) -> None:
    key = new_key()
    first, second = (counter.ask("notice", key, ticket=1, lines=["照片"]).get_json()["slip"]["job"] for _ in range(2))
    assert first == second
    assert counter.ask("notice", key, ticket=1, lines=["委托书"]).status_code == 422


@pytest.mark.parametrize(
    ("wish", "status", "zh", "en"),
    [
        ({"kind": "notice", "ticket": 1}, 409, "请勾选或写明缺少的材料。", "Tick or write what is missing."),
        (
            {"kind": "notice", "lines": ["照片"]},
            409,
            "请先叫号：这张单据要写明是哪个号。",
            "Call a number first: this paper is about one.",
        ),
        (
            {"kind": "notice", "ticket": 99, "lines": ["照片"]},
            404,
            "没有第99号记录。",
            "There is no ticket with id 99.",
        ),
        (
            {"kind": "refusal", "ticket": 1},
            409,
            "请选择或写明不予受理的理由。",
            "Choose or write why it is not accepted.",
        ),
        (
            {"kind": "pickup", "ticket": 1, "number": "7"},
            409,
            "请填写领件号和领取时间。",
            "Enter the pick-up number and when to come.",
        ),
        ({"kind": "materials"}, 409, "请选择事项。", "Choose an item."),
        (
            {"kind": "materials", "services": ["XX"]},
            404,
            "没有事项“XX”。",
            "There is no service 'XX' in the catalogue.",
        ),
        ({"kind": "referral", "contact": 1}, 404, "没有第1号首问登记。", "There is no first contact with id 1."),
        ({"kind": "cheque"}, 409, "这里不能打印“cheque”", "'cheque' is not printed here"),
        (
            {"kind": "notice", "ticket": 1, "lines": ["13900001111"]},
            409,
            "内容里有手机号码",
            "It holds a mobile number",
        ),
        (
            {"kind": "materials", "services": ["SB01"], "printer": "p99"},
            404,
            "没有打印机“p99”。",
            "There is no printer 'p99' in config.toml.",
        ),
    ],
)
def test_what_cannot_be_printed_is_one_sentence(
    counter: Counter, hub: Hub, wish: dict[str, Any], status: int, zh: str, en: str
) -> None:
    before = hub.seq
    answer = counter.browser.post("/api/v1/counters/1/slips", wish)
    assert answer.status_code == status
    assert answer.get_json()["detail"].startswith(zh) and answer.get_json()["detail_en"].startswith(en)
    assert hub.seq == before


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"kind": "notice", "lines": ["字" * 121]},
        {"kind": "notice", "lines": "照片"},
        {"kind": "notice", "ticket": -1},
    ],
)
def test_what_is_no_wish_is_refused(counter: Counter, wish: dict[str, Any]) -> None:
    assert counter.browser.post("/api/v1/counters/1/slips", wish).status_code == 422


def test_only_who_sits_there_prints_there(counter: Counter) -> None:
    answer = counter.browser.post("/api/v1/counters/2/slips", {"kind": "dayclose"})
    assert (answer.status_code, answer.get_json()["detail"]) == (
        403,
        "您登录的不是2号窗口：请退出后在登录页选2号窗口再按。",
    )


# --- 日结小票 -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("hall_file", [slips_of], indirect=True)
def test_logging_out_prints_the_day_if_the_hall_wants_it(counter: Counter, hub: Hub) -> None:
    counter.browser.post("/api/v1/counters/1/finish", {"outcome": "现场办结"})
    counter.browser.client.post("/logout", data={"csrf_token": counter.browser.csrf})
    job = hub.read().open_jobs()[-1]
    assert (job.kind, job.printers, job.facts["finished"], job.facts["closed"]) == ("dayclose", ("p80",), 1, "09:00")
    assert hub.read().counter("1").state == "closed"
    conn = hub.read().conn
    assert soundness.not_there(conn, job.facts["head"]) is None, "the slip holds a row of the journal by its hash"
    assert "比小票旧" in (soundness.not_there(conn, f"{hub.seq + 1} {'0' * 8}") or ("",))[0]
    assert "记录末尾" in (soundness.not_there(conn, "A001") or ("",))[0]


def test_logging_out_prints_nothing_otherwise(counter: Counter, hub: Hub) -> None:
    counter.browser.post("/api/v1/counters/1/finish", {"outcome": "现场办结"})
    counter.browser.client.post("/logout", data={"csrf_token": counter.browser.csrf})
    assert hub.read().open_jobs() == []


# --- the desk, the live page ----------------------------------------------------------------------


@pytest.fixture
def guide(app: APIFlask) -> Browser:
    browser = Browser(app.test_client())
    browser.log_in("30")
    return browser


def test_the_desk_prints_a_list_and_a_referral(guide: Browser) -> None:
    listing = guide.post(
        "/api/v1/slips", {"kind": "materials", "services": ["SB01"], "language": "en", "printer": "p80"}
    )
    assert (listing.status_code, listing.get_json()["name_en"]) == (201, "List of materials")
    contact = guide.post("/api/v1/contacts", {"matter": "养老认证", "result": "led", "led_to": "3号窗口"}).get_json()[
        "id"
    ]
    referral = guide.post("/api/v1/slips", {"kind": "referral", "contact": contact}).get_json()
    assert (referral["name"], referral["about"]) == ("引导单", "养老认证")
    shown = guide.client.get("/api/v1/desk").get_json()["slips"]
    assert [one["name"] for one in shown] == ["引导单", "材料清单"]
    refused = guide.post("/api/v1/slips", {"kind": "receipt", "ticket": 1})
    assert (refused.status_code, refused.get_json()["detail"]) == (
        409,
        "这里不能打印“受理凭证”：可以打印材料清单、引导单、预约凭条。",
    )


def test_a_paper_that_nobody_holds_is_seen_at_the_desk_and_on_the_live_page(
    counter: Counter, guide: Browser, app: APIFlask, hub: Hub
) -> None:
    job = counter.ask("notice", ticket=1, lines=["照片"]).get_json()["slip"]["job"]
    manager = Browser(app.test_client())
    manager.log_in("50")

    def alerts() -> list[str]:
        return [one["zh"] for one in manager.client.get("/api/v1/hall").get_json()["alerts"] if one["kind"] == "paper"]

    assert guide.client.get("/api/v1/desk").get_json()["missed"] == [] and alerts() == []
    counter.ended(job, "unknown", "打印中断电或重启，不能确定是否打印完整。")
    missed = guide.client.get("/api/v1/desk").get_json()["missed"]
    assert [(one["job"], one["name"], one["number"], one["who"]) for one in missed] == [
        (job, "一次性告知单", "A001", "员工08 08")
    ]
    assert alerts() == [
        "员工08 08的一次性告知单没有打印好（打印中断电或重启，不能确定是否打印完整）：请补打，或请本人到咨询台。"
    ]
    again = guide.post(f"/api/v1/slips/{job}/reprint", {"printer": "p80"})
    assert again.status_code == 201
    assert guide.client.get("/api/v1/desk").get_json()["missed"] == [] and alerts() == []
    assert [
        line["who"]
        for line in guide.client.get("/api/v1/tickets/1/life").get_json()["lines"]
        if "补打的第2张一次性告知单" in line["zh"]
    ] == ["员工30 30"]


def test_after_an_hour_nobody_waits_for_a_paper(counter: Counter, hub: Hub, clock: HandClock) -> None:
    counter.ended(counter.ask("materials", services=["SB01"]).get_json()["slip"]["job"], "failed", "缺纸")
    assert len(papers.missed(hub, hub.read())) == 1
    clock.forward(3601)
    assert papers.missed(hub, hub.read()) == []


def test_a_paper_on_its_way_is_not_printed_twice(counter: Counter) -> None:
    job = counter.ask("materials", services=["SB01"]).get_json()["slip"]["job"]
    answer = counter.browser.post(f"/api/v1/slips/{job}/reprint")
    assert (answer.status_code, answer.get_json()["detail"]) == (409, "材料清单正在打印，请稍候。")
    assert counter.browser.post("/api/v1/slips/99/reprint").status_code == 404
    assert counter.browser.client.get("/api/v1/slips/99").status_code == 404


# --- the kiosk ------------------------------------------------------------------------------------


def lists(client: FlaskClient, kiosk: dict[str, str], service: str, key: str = "", where: str = "K1") -> Any:
    return client.post(
        f"/api/v1/kiosks/{where}/lists",
        json={"service": service},
        headers={**kiosk, "Idempotency-Key": key or new_key()},
    )


def test_a_kiosk_prints_a_list_and_follows_it(client: FlaskClient, kiosk: dict[str, str], hub: Hub) -> None:
    key = new_key()
    answer = lists(client, kiosk, "SB01", key)
    assert (answer.status_code, answer.get_json()["print"]["state"]) == (201, "queued")
    job = answer.get_json()["job"]
    assert lists(client, kiosk, "SB01", key).get_json()["job"] == job
    assert known_job(hub.read(), job).printers == tuple(hub.hall.kiosks["K1"].printers)
    jobs.print_ended(hub, job, None, "p80", "failed", "缺纸")
    assert client.get(f"/api/v1/kiosks/K1/lists/{job}", headers=kiosk).get_json()["print"]["state"] == "failed"


def test_a_kiosk_asks_for_its_own_lists_only(client: FlaskClient, kiosk: dict[str, str], hub: Hub) -> None:
    assert lists(client, kiosk, "SB01", where="K9").status_code == 404
    ticket = tickets.issue(hub, By("kiosk"), "SB01", printers=("p80",))
    job = hub.read().last_job(ticket.id)
    assert job and client.get(f"/api/v1/kiosks/K1/lists/{job.id}", headers=kiosk).status_code == 404
    assert lists(client, kiosk, "XX").status_code == 404


def test_a_kiosk_that_prints_none_offers_none(hub: Hub, client: FlaskClient, kiosk: dict[str, str]) -> None:
    assert client.get("/api/v1/kiosks/K1", headers=kiosk).get_json()["lists"] is True
    for _ in range(6):
        assert lists(client, kiosk, "SB01").status_code == 201
    answer = lists(client, kiosk, "SB01")
    assert (answer.status_code, answer.get_json()["detail"]) == (409, "刚才打印的清单比较多：请过10分钟再打印。")


# --- the settings ---------------------------------------------------------------------------------


def test_where_papers_of_a_counter_go(hall: config.Hall) -> None:
    assert hall.printers_at("1") == hall.printers_at(None) == ["p58", "p80"]
    own = hall.model_copy(
        update={"counters": {**hall.counters, "1": hall.counters["1"].model_copy(update={"printers": ["p80"]})}}
    )
    assert own.printers_at("1") == ["p80"] and own.printers_at("2") == ["p58", "p80"]


@pytest.mark.parametrize("hall_file", [slips_of], indirect=True)
@pytest.mark.parametrize("hours", [13, 18])
def test_a_session_that_ends_by_itself_prints_the_day_it_worked(
    counter: Counter, hub: Hub, clock: HandClock, hours: int
) -> None:
    counter.browser.post("/api/v1/counters/1/finish", {"outcome": "现场办结"})
    clock.forward(hours * 3600)  # 22:00, or 03:00 of the next day
    accounts.tick(hub)
    (job,) = hub.read().open_jobs()
    assert (job.kind, job.facts["day"], job.facts["finished"]) == ("dayclose", "2026-11-23", 1)
    assert hub.read().counter("1").state == "closed"


@pytest.mark.parametrize("hall_file", [slips_of], indirect=True)
def test_a_manager_who_closes_a_counter_has_its_day_printed(counter: Counter, hub: Hub) -> None:
    counters.close_counter(hub, By("50"), "1", release=True)
    (job,) = hub.read().open_jobs()
    assert (job.kind, job.printers, job.facts["arrivals"], job.facts["others"]) == ("dayclose", ("p80",), 1, 1)
    counters.close_counter(hub, By("50"), "1", release=True)
    assert hub.read().open_jobs() == [job]


@pytest.mark.parametrize("hall_file", [slips_of], indirect=True)
def test_a_move_to_another_counter_prints_what_was_done_at_the_first(counter: Counter, hub: Hub) -> None:
    counter.browser.post("/api/v1/counters/1/finish", {"outcome": "现场办结"})
    hub.turn(lambda turn: people.take_counter(hub, turn, "2", "08", "operator", "其他"))
    hub.turn(lambda turn: people.take_counter(hub, turn, "1", "08", "operator", ""))
    (job,) = hub.read().open_jobs()
    assert (job.kind, job.facts["counter"], job.facts["finished"]) == (
        "dayclose",
        "1号窗口",
        1,
    )  # nobody was called at counter 2


# --- the console's page, by keyboard alone --------------------------------------------------------


@pytest.fixture
def at_work(page: Page, web: Web, hub: Hub) -> Page:
    """08 at counter 1, serving A001; A002 waits."""
    tickets.issue(hub, By("kiosk"), "SB01")
    tickets.issue(hub, By("kiosk"), "SB02")
    log_in(page, web, "08", "1")
    expect(page.locator("#waiting")).to_have_text("2")
    keys(page, "F2", "F4")
    expect(page.locator("#counter-state")).to_contain_text("办理中")
    return page


def keys(page: Page, *names: str) -> None:
    for name in names:
        page.keyboard.press(name)


def end(hub: Hub, state: str, reason: str = "") -> None:
    job = hub.read().open_jobs()[-1]
    jobs.print_began(hub, job.id, job.ticket, "p58")
    jobs.print_ended(hub, job.id, job.ticket, "p58", state, reason)


def test_f11_prints_a_notice_and_stays_on_the_page(at_work: Page, hub: Hub) -> None:
    keys(at_work, "F11")
    expect(at_work.locator("#slip-title")).to_contain_text("一次性告知单 A001")
    assert at_work.evaluate("window.innerHeight") == 768, "the browser has not gone to full screen"
    keys(at_work, "Enter")
    expect(at_work.locator("#slip-warning")).to_contain_text("请勾选或写明缺少的材料")
    keys(at_work, "2", "Tab", "Tab", "Tab")  # 照片; then past the other boxes into the free lines
    at_work.keyboard.type("2026年的收入证明")
    keys(at_work, "Shift+Enter")
    at_work.keyboard.type("授权委托书3份")
    keys(at_work, "Enter")
    expect(at_work.locator("#slip")).to_be_hidden()
    expect(at_work.locator("#papers li")).to_contain_text("A001 一次性告知单")
    told = papers_of.notices(hub.read(), 1)
    assert [list(one.missing) for one in told] == [["照片", "2026年的收入证明", "授权委托书3份"]]
    end(hub, "printed")
    expect(at_work.locator("#papers .badge")).to_contain_text("已打印")
    expect(at_work.locator("#news")).to_contain_text("一次性告知单已打印，请取走。")


def test_a_second_notice_says_so_loudly_and_is_counted(at_work: Page, hub: Hub) -> None:
    keys(at_work, "F11", "1", "Enter")
    expect(at_work.locator("#papers li")).to_have_count(1)
    keys(at_work, "F11")
    expect(at_work.locator("#slip-warning")).to_contain_text("已告知过一次：缺身份证")
    expect(at_work.locator("#slip-print")).to_contain_text("再次告知并打印")
    keys(at_work, "2", "Enter")
    expect(at_work.locator("#life")).to_contain_text("第2次")
    assert [one.told for one in papers_of.notices(hub.read(), 1)] == [1, 2]


def test_without_a_number_f11_says_why(page: Page, web: Web, hub: Hub) -> None:
    log_in(page, web, "08", "1")
    expect(page.locator("#counter-state")).to_contain_text("空闲")
    keys(page, "F11")
    expect(page.locator("#refusal")).to_contain_text("1号窗口没有正在办理的号：请先叫号。")


def test_a_paper_that_failed_is_alarming_and_one_key_prints_it_again(at_work: Page, hub: Hub) -> None:
    keys(at_work, "Shift+F11", "2")
    expect(at_work.locator("#slip-title")).to_contain_text("材料清单")
    keys(at_work, "Enter", "Enter")
    expect(at_work.locator("#papers li")).to_have_count(1)
    end(hub, "failed", "打印机缺纸，请换上新纸卷并合上盖子。")
    expect(at_work.locator("#refusal")).to_contain_text("材料清单没有打印出来：打印机缺纸")
    at_work.locator("#papers button").focus()
    keys(at_work, "Enter")
    expect(at_work.locator("#papers .chip")).to_contain_text("第2张")
    assert [job.copy for job in hub.read().open_jobs()] == [2]


def test_the_finish_key_opens_the_case_and_prints_its_receipt(at_work: Page, hub: Hub) -> None:
    at_work.locator("#materials input").first.check()
    keys(at_work, "F5", "2")
    expect(at_work.locator("#slip-title")).to_contain_text("受理并立件 A001")
    expect(at_work.locator("#slip-parts input[type=checkbox]:checked")).to_have_count(1)
    keys(at_work, "Enter")
    expect(at_work.locator("#slip-warning")).to_contain_text("请扫平台办件号")
    assert hub.read().at_counter("1") is not None, "the number is still here"
    at_work.keyboard.type("QZ-2026-000123")  # as a scanner does: the field has the focus
    keys(at_work, "Enter")
    expect(at_work.locator("#papers li")).to_contain_text("受理凭证")
    job, case = hub.read().open_jobs()[-1], hub.read().records_of_ticket(1)[0]
    assert (job.kind, job.facts["received"], job.facts["case"]) == ("receipt", ["身份证"], case.number)
    assert (case.state, case.values["platform"], case.values["delivery"]) == ("accepted", "QZ-2026-000123", "window")
    expect(at_work.locator("#finished")).to_contain_text("A001")


def test_leaving_the_case_leaves_the_number_at_the_counter(at_work: Page, hub: Hub) -> None:
    keys(at_work, "F5", "2", "Escape")
    expect(at_work.locator("#slip")).to_be_hidden()
    expect(at_work.locator("#number")).to_have_text("A001")
    assert hub.read().records_of_ticket(1) == []


def test_finishing_and_calling_the_next_leaves_the_receipt_in_the_list(at_work: Page, hub: Hub) -> None:
    keys(at_work, "F5", "Shift+Digit4")
    expect(at_work.locator("#number")).to_have_text("A002")
    expect(at_work.locator("#slip")).to_be_hidden()
    at_work.locator("#finished button", has_text="告知书").focus()
    keys(at_work, "Enter")
    expect(at_work.locator("#slip-title")).to_contain_text("不予受理告知书 A001")
    keys(at_work, "1", "Enter")
    expect(at_work.locator("#papers li")).to_contain_text("A001 不予受理告知书")
    assert hub.read().open_jobs()[-1].facts["reasons"] == ["不属于本机关职权范围"]


def test_a_pickup_notice_and_the_day_by_the_menu(at_work: Page, hub: Hub) -> None:
    keys(at_work, "Shift+F11", "5")
    expect(at_work.locator("#slip-title")).to_contain_text("领件通知单 A001")
    at_work.keyboard.type("L-77")
    keys(at_work, "Enter")
    expect(at_work.locator("#papers li")).to_have_count(1)
    keys(at_work, "Shift+F11", "6")
    expect(at_work.locator("#papers li")).to_have_count(2)
    assert [job.kind for job in hub.read().open_jobs()] == ["pickup", "dayclose"]


def test_a_paper_is_printed_as_the_number_was_unless_the_operator_chooses(page: Page, web: Web, hub: Hub) -> None:
    tickets.issue(hub, By("kiosk"), "SB01", language="en", large_print=True)
    log_in(page, web, "08", "1")
    expect(page.locator("#waiting")).to_have_text("1")
    keys(page, "F2", "F4")
    expect(page.locator("#counter-state")).to_contain_text("办理中")
    keys(page, "F11")
    expect(page.locator("#slip [name=paper-language][value=en]")).to_be_checked()
    expect(page.locator("#slip [name=paper-large]")).to_be_checked()
    keys(page, "1", "Enter")
    expect(page.locator("#papers li")).to_have_count(1)
    keys(page, "F11")
    page.locator("#slip [name=paper-language][value=en]").focus()
    keys(page, "ArrowLeft", "Tab", "Space", "1", "Enter")
    expect(page.locator("#papers li")).to_have_count(2)
    modes = [
        (job.facts["language"], job.facts["large_print"]) for job in hub.read().open_jobs() if job.kind == "notice"
    ]
    assert modes == [("en", True), ("zh", False)]


def test_a_referral_from_the_console_is_a_first_contact_with_a_paper(at_work: Page, hub: Hub) -> None:
    keys(at_work, "Shift+F11", "7")
    expect(at_work.locator("#slip-title")).to_contain_text("引导单")
    keys(at_work, "Enter")
    expect(at_work.locator("#slip-warning")).to_contain_text("请填写这一项。")
    at_work.keyboard.type("异地就医备案")
    keys(at_work, "Tab")
    at_work.keyboard.type("3号窗口")
    keys(at_work, "Enter")
    expect(at_work.locator("#papers li")).to_contain_text("引导单")
    job = hub.read().open_jobs()[-1]
    assert (job.kind, job.facts["matter"], job.facts["target_en"], job.facts["guide"], job.ticket) == (
        "referral",
        "异地就医备案",
        "Counter 3",
        "08",
        1,
    )
    (contact,) = hub.read().contacts(0)
    assert (contact["result"], contact["led_to"]) == ("led", "3号窗口")


def test_a_referral_with_a_telephone_number_is_refused_and_nothing_is_noted(at_work: Page, hub: Hub) -> None:
    keys(at_work, "Shift+F11", "7")
    at_work.keyboard.type("打13900000000")
    keys(at_work, "Tab")
    at_work.keyboard.type("3号窗口")
    keys(at_work, "Enter")
    expect(at_work.locator("#refusal")).to_contain_text("不要登记电话")
    assert hub.read().contacts(0) == []


# --- the desk's page, by keyboard alone -----------------------------------------------------------


@pytest.fixture
def desk(page: Page, web: Web, hub: Hub) -> Page:
    tickets.issue(hub, By("kiosk"), "SB01")
    page.goto(f"{web.base}/login?then=/desk")
    page.fill("[name=staff]", "30")
    page.fill("[name=password]", "pass-30")
    page.click("button.primary")
    arrives(page, "/desk$")
    expect(page.locator("#waiting")).to_have_text("1")
    return page


def test_the_desk_prints_the_list_of_an_item_or_of_a_number(desk: Page, hub: Hub) -> None:
    keys(desk, "F11")
    expect(desk.locator("#refusal")).to_contain_text("请先查号，或选好事项")
    desk.keyboard.type("sb02")
    keys(desk, "F11")
    expect(desk.locator("#slips li")).to_have_count(1)
    keys(desk, "F2")
    desk.keyboard.type("a1")
    keys(desk, "Enter")
    expect(desk.locator("#number")).to_have_text("A001")
    keys(desk, "F11")
    expect(desk.locator("#slips li")).to_have_count(2)
    assert [(job.facts["service"], job.ticket) for job in hub.read().open_jobs()] == [("SB02", None), ("SB01", 1)]


def test_a_first_contact_is_noted_and_led_with_a_paper(desk: Page, hub: Hub) -> None:
    keys(desk, "F4")
    desk.keyboard.type("养老认证")
    keys(desk, "Tab", "ArrowRight", "Tab")
    desk.keyboard.type("3号窗口")
    keys(desk, "Control+Enter")
    expect(desk.locator("#slips li")).to_contain_text("引导单")
    end(hub, "printed")
    expect(desk.locator("#slips .badge")).to_contain_text("已打印")
    job = hub.read().job(1)
    assert job and (job.kind, job.facts["target"]) == ("referral", "3号窗口")


def test_the_desk_sees_a_failure_at_once_and_prints_it_again(desk: Page, hub: Hub) -> None:
    expect(desk.locator("#papers-card")).to_be_hidden()
    papers_of.materials(hub, papers_of.Asker(By("K1"), ["p80"]), "SB01")
    end(hub, "failed", "打印机缺纸，请换上新纸卷并合上盖子。")
    expect(desk.locator("#missed li")).to_contain_text("材料清单")
    expect(desk.locator("#toast")).to_contain_text(
        "材料清单没有打印出来：打印机缺纸，请换上新纸卷并合上盖子，再按“补打”。（1号取号机）"
    )
    desk.locator("#missed button").focus()
    keys(desk, "Enter")
    expect(desk.locator("#papers-card")).to_be_hidden()
    assert [job.copy for job in hub.read().open_jobs()] == [2]

"""Whether the hub lives, works, and what is wrong: for monitors by figures, for people in sentences."""

from __future__ import annotations

import re

import pytest
from apiflask import APIFlask

from config import Text
from release import version
from server.pages.access import give_tokens
from server.store import membership
from server.store.soundness import Damaged
from server.verbs import tickets
from server.verbs.hub import By, Hub
from server.views.condition import condition, district

SAMPLE = re.compile(r'(?P<name>[a-z_]+)(?:\{(?:[a-z]+="(?:[^"\\\n]|\\.)*",?)*\})? (?P<value>[-+0-9.e]+)')
"""A line of the text format: https://prometheus.io/docs/instrumenting/exposition_formats/"""


def scraped(app: APIFlask, hub: Hub) -> str:
    give_tokens(hub)
    token = (hub.hall.data / "tokens" / "metrics").read_text().strip()
    answer = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200 and answer.content_type.startswith("text/plain; version=0.0.4")
    return str(answer.get_data(as_text=True))


def value(text: str, sample: str) -> float:
    return float(next(line for line in text.splitlines() if line.startswith(f"{sample} ")).rpartition(" ")[2])


def test_the_process_lives_and_is_ready(app: APIFlask, hub: Hub) -> None:
    client = app.test_client()
    assert client.get("/healthz").get_json() == {"status": "ok"}
    seq = hub.seq
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()) == (200, {"ready": True, "problems": []})
    assert hub.seq == seq, "looking records nothing"


def test_a_hub_whose_database_is_damaged_or_whose_writer_ended_is_not_ready(app: APIFlask, hub: Hub) -> None:
    client = app.test_client()
    hub.store.injury = Damaged("数据库已损坏。", "The database is damaged.")
    answer = client.get("/readyz")
    assert answer.status_code == 503 and answer.get_json()["problems"][0]["en"] == "The database is damaged."
    hub.store.injury = None
    hub.store._wishes.put(None)
    hub.store._writer.join()
    answer = client.get("/readyz")
    assert answer.status_code == 503 and "takes no turn: look at the disk" in answer.get_json()["problems"][0]["en"]
    assert client.get("/healthz").status_code == 200


def test_the_figures_are_prometheus_text_and_right(app: APIFlask, hub: Hub) -> None:
    before = scraped(app, hub)
    for _ in range(3):
        tickets.issue(hub, By("kiosk"), "SB01")
    text = scraped(app, hub)
    assert value(text, "jiaohao_waiting") == 3 and value(text, "jiaohao_issued_today") == 3
    assert value(text, "jiaohao_journal_rows_total") == hub.seq > value(before, "jiaohao_journal_rows_total")
    assert value(text, "jiaohao_disk_free_bytes") > 0 and value(text, "jiaohao_streams") == 0
    assert value(text, 'jiaohao_device_up{device="p80",kind="printer",state="unknown"}') == 0
    for line in text.splitlines():
        assert line.startswith(("# HELP ", "# TYPE ")) or SAMPLE.fullmatch(line), line
    assert "王敏" not in text


@pytest.mark.parametrize("name", ["K1", "boards", "bookings", None])
def test_no_other_device_reads_the_figures(app: APIFlask, hub: Hub, name: str | None) -> None:
    give_tokens(hub)
    token = (hub.hall.data / "tokens" / name).read_text().strip() if name else "made-up"
    answer = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code in (302, 401, 403)


def test_the_page_says_what_is_wrong_and_what_to_do(browser, hub: Hub, app: APIFlask) -> None:
    browser.log_in("60")
    page = browser.client.get("/hall/health").get_data(as_text=True)
    assert "运行状况" in page and "磁盘剩余" in page
    app.extensions["health"].heard("p80", "paper_out", "缺纸：请换纸卷", "out of paper: put in a new roll")
    page = browser.client.get("/hall/health").get_data(as_text=True)
    assert "缺纸：请换纸卷" in page and "put in a new roll" in page
    for printer in hub.hall.printers:
        app.extensions["health"].heard(printer, "paper_out", "缺纸：请换纸卷", "out of paper: put in a new roll")
    page = browser.client.get("/hall/health").get_data(as_text=True)
    levels = re.findall(r'<p class="alert over( warn)?"><span class="t"><span lang="zh-CN">(.{4})', page)
    assert (" warn", "日历里还") in levels and "" in {level for level, _ in levels}, (
        "amber and red, as on the live page"
    )


@pytest.mark.parametrize(("sent", "other"), [(version(), False), ("0.0.9-20250101-abcdef0", True)])
def test_a_kiosk_of_the_hubs_own_version_is_not_called_another(app: APIFlask, hub: Hub, sent: str, other: bool) -> None:
    give_tokens(hub)
    token = (hub.hall.data / "tokens" / "K1").read_text().strip()
    headers = {"Authorization": f"Bearer {token}", "User-Agent": f"jiaohao/{sent}"}
    assert app.test_client().get("/api/v1/kiosks/K1", headers=headers).status_code == 200
    rows = condition(hub, app.extensions["health"], app.extensions["contacts"])["enrolled"]
    assert [row["other"] for row in rows if row["device"] == "K1"] == [other]


def test_how_the_line_to_the_district_is_stands_on_the_page(app: APIFlask, hub: Hub) -> None:
    assert district(hub) == []
    membership.keep(hub.hall.data, membership.Membership("city", "h1", "nats://x", "http://x"))
    assert [level for level, _ in district(hub)] == ["bad"]
    membership.keep_state(hub.hall.data, "away", Text("联系不上区平台", "away"), 0.0)
    assert district(hub) == [("warn", Text("联系不上区平台", "away"))]
    membership.keep_state(hub.hall.data, "ok", Text("", ""), 0.0)
    assert [level for level, _ in district(hub)] == ["good"]
    membership.keep_down(hub.hall.data, membership.Down(3, (), Text("签名不对", "not signed")))
    assert district(hub)[1:] == [("bad", Text("签名不对", "not signed"))]

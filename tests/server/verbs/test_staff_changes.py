"""备案: changes with approver and file number, of today and of a day to come, and what is not filed yet."""

from __future__ import annotations

import subprocess
from typing import Any

from server.domain import filings
from server.reports.forms.listing import pdf
from server.verbs import people, records, staff_changes
from server.verbs.accounts import log_out
from server.verbs.day import tick
from server.verbs.hub import By, Hub
from server.views.people import filing_listing
from server.views.tickets import iso
from tests.conftest import HandClock
from tests.server.verbs.test_half_days import who
from tests.server.verbs.test_people import crew, log_in, refusal, set_post

__all__ = ["crew"]


def draft(hub: Hub, **told: Any) -> records.Record:
    values = {"kind": "rotate", "who": "08", "effective": "2026-11-23", "reason": "rotation", **told}
    return records.open_record(hub, who("50", "manager"), "staff_change", [("draft", values)])


def approve(hub: Hub, one: records.Record) -> records.Record:
    return records.move(hub, who("51", "manager"), one.id, "approve", {"approver": "centre"})


def test_two_change_places_on_a_day_to_come_and_it_is_filed(hub: Hub, clock: HandClock) -> None:
    set_post(hub, b=None)
    set_post(hub, "p2", "2", a="09", b=None)
    told = {"from_post": "p1", "to_post": "p2", "with": "09", "effective": "2026-11-25"}
    with refusal("由另一个人做"):
        records.move(hub, who("50", "manager"), draft(hub, **told).id, "approve", {"approver": "centre"})
    one = approve(hub, hub.read().records_open("staff_change")[0])
    assert (one.state, hub.read().posts()["p1"].a) == ("approved", "08")
    clock.forward(2 * 86400)
    tick(hub)
    posts = hub.read().posts()
    assert (posts["p1"].a, posts["p2"].a) == ("09", "08")
    assert filings.counted(staff_changes.filed(hub.read())) == {"all": 4, "filed": 0, "unfiled": 4}
    records.move(hub, who("50", "manager"), one.id, "file", {"file_no": "泉鲤街便〔2026〕7号"})
    assert filings.counted(staff_changes.filed(hub.read())) == {"all": 4, "filed": 2, "unfiled": 2}
    listing = filing_listing(hub)
    assert [row[6] for row in listing.rows][2:] == [f"定期轮岗\n{one.number}"] * 2, "why, and by which record"
    paper = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf(listing), capture_output=True, check=True
    ).stdout.decode()
    assert "定期轮岗" in paper and f"定期轮岗 {one.number}" not in paper and "岗 A 员工" not in paper, "a line each"


def test_one_of_today_takes_effect_when_it_is_approved(hub: Hub) -> None:
    set_post(hub)
    assert approve(hub, draft(hub, kind="leave", from_post="p1")).state == "effective"
    assert (hub.read().posts()["p1"].a, hub.read().posts()["p1"].b) == ("09", None)


def test_what_cannot_be_is_refused_when_it_is_drafted(hub: Hub) -> None:
    set_post(hub, b=None)
    with refusal("没有B岗，请写明由谁接"):
        draft(hub, kind="out", from_post="p1")
    with refusal("没有岗位“p9”"):
        draft(hub, kind="in", to_post="p9")
    with refusal("请写明新岗位"):
        draft(hub, kind="in")


def test_changes_made_by_hand_are_filed_by_their_rows(hub: Hub) -> None:
    set_post(hub)
    (row,) = people.register(hub.read())
    told = {"kind": "post", "rows": str(row.seq), "reason": "setup"}
    one = records.open_record(hub, who("50", "manager"), "staff_change", [("note", told)])
    assert [one.done for one in staff_changes.filed(hub.read())] == [False]
    records.move(hub, records.Who(By("50"), "manager"), one.id, "file", {"file_no": "BA-2026-01", "approver": "leader"})
    assert [one.done for one in staff_changes.filed(hub.read())] == [True]


def test_stand_ins_stand_in_the_table_of_changes_with_who_approved(hub: Hub, clock: HandClock) -> None:
    set_post(hub)
    session = log_in(hub, "09", "1", "请假")
    clock.forward(3600)
    log_out(hub, session, "09", "1")
    people.decide_substitution(hub, By("50"), 1, approve=True, note="知道了")
    listing = filing_listing(hub)
    began, ended = (iso(hub.hall, at) for at in (clock.at - 3600, clock.at))
    assert began and ended
    assert [row[2] for row in listing.rows] == ["设岗", "代岗"]
    assert listing.rows[1] == [
        "代1",
        began[:10],
        "代岗",
        "综合p1岗",
        "员工08",
        f"员工09（B岗） {began[11:16]}–{ended[11:16]}",
        "请假；知道了",
        "员工50",
        "已批准 approved",
    ]

"""巡查: a visit opens its findings, which another person writes off; the third of a line is a repeated one."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from server.domain import lot
from server.domain.reach import Reach
from server.verbs import inspections, records, tickets
from server.verbs.hub import By, Hub
from server.views.inspections import inspections_view, sample_view
from server.views.records import definition_view, record_view
from tests.server.verbs.test_half_days import who
from tests.server.verbs.test_people import crew, refusal

__all__ = ["crew"]


def visit(hub: Hub, **told: Any) -> list[records.Record]:
    values = {"kind": "daily", "day": "2026-11-23", **told}
    record = records.open_record(hub, who("60", "supervisor"), inspections.INSPECTION, [("file", values)])
    assert record.kind == "done"
    return [one for one in hub.read().records_open("finding") if one.values["source"] == record.number]


def test_each_line_that_is_not_met_opens_its_finding(hub: Hub) -> None:
    assert visit(hub) == []
    found = visit(hub, unmet=["order", "safety"], serious=["safety"], absent=["devices"])
    assert [(one.values["line"], one.values["grade"]) for one in found] == [
        ("order", "ordinary"),
        ("safety", "serious"),
    ]
    with refusal("严重的要在不合格里勾选"):
        visit(hub, unmet=["order"], serious=["safety"])


def test_another_person_writes_it_off(hub: Hub) -> None:
    (one,) = visit(hub, unmet=["manners"])
    records.move(hub, who("50", "manager"), one.id, "rectify", {"measure": "trained"})
    with refusal("由另一个人做"):
        records.move(hub, who("50", "manager"), one.id, "write_off", {})
    assert records.move(hub, who("60", "supervisor"), one.id, "write_off", {}).state == "closed"


def test_the_third_within_ninety_days_is_repeated(hub: Hub) -> None:
    assert [visit(hub, unmet=["manned"])[0].values["repeated"] for _ in range(3)] == [False, False, True]


def piece(hub: Hub, kind: str = "kiosk") -> records.Record:
    values = {"kind": kind, "count": 1, "where": "hall"}
    return records.open_record(hub, who("50", "manager"), "equipment", [("add", values)])


def test_each_piece_of_equipment_opens_its_own_instead_of_its_lines(hub: Hub) -> None:
    kiosk, water = piece(hub), piece(hub, "water")
    found = visit(hub, unmet=["devices", "order"], serious=["facilities"], pieces=[kiosk.number, water.number])
    assert [(one.values["line"], one.values["grade"], one.values.get("piece")) for one in found] == [
        ("order", "ordinary", None),
        ("devices", "ordinary", kiosk.number),
        ("facilities", "serious", water.number),
    ]
    with refusal("严重的要在不合格里勾选"):
        visit(hub, absent=["devices"], pieces=[kiosk.number])
    with refusal("没有SB20261123-999这件记录"):
        visit(hub, pieces=["SB20261123-999"])
    with refusal("没有BJ20261123-001"):
        visit(hub, pieces=["BJ20261123-001"])


def test_repeats_are_counted_by_piece_and_stand_at_the_piece(hub: Hub) -> None:
    one, other = piece(hub), piece(hub)
    told = [visit(hub, pieces=[one.number])[0].values["repeated"] for _ in range(3)]
    assert told == [False, False, True]
    assert not visit(hub, pieces=[other.number])[0].values["repeated"], "another piece of the same line"
    by_hand = {"line": "devices", "grade": "ordinary", "piece": one.number}
    filed = records.open_record(hub, who("50", "manager"), "finding", [("open", by_hand)])
    assert filed.values["repeated"] is True, "counted for a finding by hand too"
    view = record_view(hub, one, Reach("50", "manager"))
    assert len(view["named_by"]) == 4 and view["named_by"][0]["number"] == filed.number
    address = f"/registers/equipment/{one.id}"
    shown = record_view(hub, filed, Reach("50", "manager"))["values"]
    assert next(value for value in shown if value["field"] == "piece")["address"] == address
    (troubled,) = inspections_view(hub, Reach("50", "manager"))["troubled"]
    assert (troubled["address"], troubled["findings"]) == (address, 4)
    offered = definition_view(hub, "finding", "manager")["opens"][0]["fields"]
    assert [one["value"] for field in offered if field["field"] == "piece" for one in field["options"]] == [
        one.number,
        other.number,
    ]


def test_a_sample_of_numbers_can_be_drawn_again_and_shows_their_lives(hub: Hub) -> None:
    given = [tickets.issue(hub, By("K1"), "SB01").id for _ in range(6)]
    by, day = By("60", "sample-key"), date(2026, 11, 23)
    before = hub.read().head()[2]
    row = inspections.draw_numbers(hub, by, day, day, 3)
    assert inspections.draw_numbers(hub, by, day, day, 3) == row, "one press is one draw"
    view = sample_view(hub, Reach("60", "supervisor"), row)
    assert (view["of"], view["drawn"], view["seed"]) == (6, 3, before)
    assert [one["id"] for one in view["numbers"]] == [n for (n,) in lot.drawn(before, [(n,) for n in given[::-1]], 3)]
    assert all(one["lines"] for one in view["numbers"])
    for first, most in ((date(2026, 11, 24), 3), (day, 0), (day, 51), (date(2026, 1, 1), 3)):
        with refusal("请核对日期" if most == 3 else "一次抽1到50个号"):
            inspections.draw_numbers(hub, By("60"), first, max(first, day), most)


def test_what_is_exported_is_on_record_with_its_hash(hub: Hub) -> None:
    assert inspections.exported(hub, By("50"), "complaint-2026-11.csv", b"a,b") == b"a,b"
    (one,) = inspections_view(hub, Reach("60", "supervisor"))["exports"]
    assert (one["file"], one["size"], one["sha256"]) == ("complaint-2026-11.csv", 3, hashlib.sha256(b"a,b").hexdigest())


def test_issues_name_their_line_and_who_answers(hub: Hub) -> None:
    visit(hub, unmet=["devices"], serious=["devices"])
    (one,) = inspections_view(hub, Reach("50", "manager"))["issues"]
    assert (one["what"], one["serious"], one["owner"]["id"]) == ("取号机、屏幕、打印机正常", True, "")

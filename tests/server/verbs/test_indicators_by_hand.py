"""绩效指标 of a month whose every act is written here, against what a person counts with a pencil; and the workbook."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from openpyxl import load_workbook

from server.domain.definition import EQUIPMENT
from server.reports.forms import ledger
from server.verbs import accounts, half_days, inspections, records, regulations
from server.verbs.hub import By, Hub
from server.views.indicators import indicators_view, table
from tests.conftest import HandClock
from tests.server.verbs.test_appraisals import FULL
from tests.server.verbs.test_half_days import who
from tests.server.verbs.test_people import ROLES, crew, log_in, set_post

__all__ = ["crew"]
MANAGER = who("50", "manager")


def opened(hub: Hub, key: str, move: str, by: records.Who = MANAGER, **values: Any) -> records.Record:
    return records.open_record(hub, by, key, [(move, values)])


def acts(hub: Hub, clock: HandClock) -> None:
    set_post(hub)  # one change of a post, not filed
    # three visits: order, manned | order | order (the third within 90 days)
    for unmet in (["order", "manned"], ["order"], ["order"]):
        opened(
            hub, inspections.INSPECTION, "file", who("60", "supervisor"), kind="daily", day="2026-11-23", unmet=unmet
        )
    first, second, *_ = hub.read().records_open(inspections.FINDING)
    records.move(hub, MANAGER, first.id, "rectify", {"measure": "fixed"})
    records.move(hub, who("60", "supervisor"), first.id, "write_off", {})
    # 3 printers work, 1 desk is broken
    opened(hub, EQUIPMENT, "add", kind="printer", count=3, where="hall")
    desk = opened(hub, EQUIPMENT, "add", kind="desk", count=1, where="hall")
    records.move(hub, MANAGER, desk.id, "report", {"fault": "broken"})
    # two cards final, one of them after an appeal; a third is only shown
    for staff, move in (("08", "agree"), ("09", "appeal"), ("10", "")):
        card = opened(hub, "appraisal", "propose", about=staff, period="2026-11", formula=1, why="见依据", **FULL)
        if move:
            records.move(hub, who(staff), card.id, move, {"appeal": "当天请假"} if move == "appeal" else {})
        if move == "appeal":
            records.move(hub, who("51", "manager"), card.id, "review", {"review": "kept"})
    # the second finding of the first visit is put right on the 9th of December: ten working days ended on the 7th
    clock.forward(16 * 86400)
    records.move(hub, MANAGER, second.id, "rectify", {"measure": "changed"})
    records.move(hub, who("60", "supervisor"), second.id, "write_off", {})


COUNTED = {
    "substitutions": 0,
    "visits": 3,
    "findings": 4,
    "repeated": 1,
    "appraised": 2,
    "appeals": 1,
    "training_hours": 0,
}
RATIOS = {"changes_filed": (0, 1), "findings_on_time": (1, 1), "equipment": (3, 4)}


def test_a_month_counted_by_hand(hub: Hub, clock: HandClock) -> None:
    acts(hub, clock)
    view = indicators_view(hub, "2026-11")
    told = {one["id"]: one for one in view["indicators"]}
    assert {key: told[key]["count"] for key in COUNTED} == COUNTED
    assert {key: (told[key]["numerator"], told[key]["denominator"]) for key in RATIOS} == RATIOS
    assert told["equipment"]["share"] == 0.75
    late = {one["id"]: one for one in indicators_view(hub, "2026-12")["indicators"]}["findings_on_time"]
    assert (late["numerator"], late["denominator"]) == (0, 1)
    sheet = load_workbook(io.BytesIO(ledger.as_xlsx(table(view)))).active
    rows = {row[0]: row[2:5] for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert rows["equipment"] == (3, 4, "75.0%") and rows["findings"] == (4, None, None)
    assert len(rows) == len(view["indicators"])


HOUR, DAY = 3600.0, 86400.0
SITTERS = [staff for staff, role in ROLES.items() if role in ("operator", "guide", "manager")]
"""Whoever is on the sheet, is to read the rules and to be trained."""


def sheet_and_place(hub: Hub, clock: HandClock) -> None:
    """Tuesday the 24th at the counters' doors, an hour of the weekend's service, a course, two rules, a counter."""
    place = hub.hall.place.model_copy(update={"area_m2": 200, "sign": "福建行政服务中心", "for_hall": "50"})
    approved = hub.hall.counters["1"].model_copy(update={"approval": "泉鲤〔2026〕1号"})
    weekend = hub.hall.extended["weekend"].model_copy(update={"days": [6]})
    hub.hall = hub.hall.model_copy(
        update={
            "place": place,
            "counters": {**hub.hall.counters, "1": approved},
            "extended": {"weekend": weekend},
        }
    )
    midnight = clock.at + 15 * HOUR  # it begins on Monday at nine
    for hour, staff in (  # 8 to 12 and 14:30 to 17:30
        (7.9, "08"), (8.5, "09"), (12.1, "08"), (12.2, "09"), (14.3, "08"), (14.4, "09"), (17.0, "09"), (17.6, "08"),
    ):  # fmt: skip
        clock.at = midnight + hour * HOUR
        half_days.punch(hub, By(staff))
    clock.at = midnight + 4 * DAY + 10 * HOUR  # Saturday
    session = log_in(hub, "10", "1")
    clock.forward(HOUR)
    accounts.log_out(hub, session, "10", "1")
    regulations.hold(hub, By("50"), date(2026, 11, 28), "policy", 2, ["08", "09"], tested=True, passed=["08"])
    for rule in [*regulations.current(hub.read())][:2]:
        regulations.acknowledge(hub, By("08"), rule, 0)


def test_the_sheet_the_rules_and_the_place_counted_by_hand(hub: Hub, clock: HandClock) -> None:
    sheet_and_place(hub, clock)
    told = {one["id"]: one for one in indicators_view(hub, "2026-11")["indicators"]}
    # 20 working days until Saturday the 28th, two half days each; of all four were kept: one late, one left early
    due = len(SITTERS) * 40
    expected = {"attendance": (4, due), "training_on_schedule": (1, len(SITTERS) * 8)}
    expected |= {"acknowledged": (2, len(SITTERS) * 7)}
    # of 24 lines: area, sign, general counters, the telephones, nothing unfiled; no post, one name of three
    expected |= {"self_check": (5 + (len(SITTERS) >= len(hub.hall.counters)), 24)}
    assert {key: (told[key]["numerator"], told[key]["denominator"]) for key in expected} == expected
    counts = {"late": 1, "early": 1, "no_sign": due - 4, "extended": 60, "unapproved": len(hub.hall.counters) - 1}
    assert {key: told[key]["count"] for key in counts} == counts
    assert {*told} == {*COUNTED, *RATIOS, *expected, *counts}, "each indicator is counted by hand, here or above"

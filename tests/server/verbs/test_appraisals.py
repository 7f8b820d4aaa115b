"""考核: points by the open formula, with their ground; the subject sees it first, another decides the appeal."""

from __future__ import annotations

from typing import Any

import pytest

from server.domain import appraisal
from server.domain.reach import Reach
from server.domain.rules import Refused
from server.verbs import appraisals, inspections, records
from server.verbs.hub import Hub
from server.views.appraisals import appraisals_view, facts_view, table
from tests.server.verbs.test_half_days import who
from tests.server.verbs.test_people import crew, refusal

__all__ = ["crew"]
FULL = {"attendance": 30, "discipline": 30, "order": 10, "work": 30}


def card(hub: Hub, **told: Any) -> records.Record:
    values = {"about": "08", "period": "2026-11", "formula": 1, "why": "见依据", **FULL, **told}
    return records.open_record(hub, who("50", "manager"), appraisals.APPRAISAL, [("propose", values)])


def test_points_off_need_their_record(hub: Hub) -> None:
    with refusal("扣了分要写依据的编号"):
        card(hub, order=8)
    with refusal("“环境”是0到10分"):
        card(hub, order=11)
    with refusal("现行公式是第1版"):
        card(hub, formula=2)
    visit = {"kind": "daily", "day": "2026-11-23", "unmet": ["order"]}
    record = records.open_record(hub, who("60", "supervisor"), inspections.INSPECTION, [("file", visit)])
    assert appraisal.total(card(hub, order=8, ground1=record.number).values) == 98


def test_the_subject_sees_it_first_and_another_person_decides_the_appeal(hub: Hub) -> None:
    one = card(hub)
    with refusal("这一件只给经办的人看"):
        records.move(hub, who("09"), one.id, "agree", {})
    records.move(hub, who("08"), one.id, "appeal", {"appeal": "当天请假"})
    with refusal("由另一个人做"):
        records.move(hub, who("50", "manager"), one.id, "review", {"review": "kept"})
    assert records.move(hub, who("51", "manager"), one.id, "review", {"review": "kept"}).state == "final"


def test_a_card_keeps_its_formula_when_another_came(hub: Hub) -> None:
    first, second = {"attendance": 30, "discipline": 30, "order": 10, "work": 30}, dict.fromkeys(FULL, 25)
    appraisal.allowed((first, second), {**FULL, "formula": 1})
    with pytest.raises(Refused):
        appraisal.in_force((first, second), {**FULL, "formula": 1})
    with pytest.raises(Refused):
        appraisal.allowed((first,), {**FULL, "formula": 2})


def test_ranks_and_means_are_of_final_cards(hub: Hub) -> None:
    visit = {"kind": "daily", "day": "2026-11-23", "unmet": ["order"]}
    ground = records.open_record(hub, who("60", "supervisor"), inspections.INSPECTION, [("file", visit)]).number
    off = {"ground1": ground, "counter": "1"}
    mine = [card(hub, about=staff, order=order, **off) for staff, order in (("08", 8), ("09", 8), ("10", 9))]
    for one in mine:
        records.move(hub, who(str(one.values["about"])), one.id, "agree", {})
    card(hub, about="30", order=1, **off)
    assert appraisal.ranked({1: 98, 2: 98, 3: 99}) == {3: 1, 1: 2, 2: 2}
    manager = Reach("50", "manager")
    view = appraisals_view(hub, manager, "2026-11")
    told = [(one["person"]["id"], one["total"], one["rank"]) for one in view["cards"]]
    assert told == [("10", 99, 1), ("08", 98, 2), ("09", 98, 2), ("30", 91, None)]
    assert [one["grounds"][0]["number"] for one in view["cards"]] == [ground] * 4
    assert [(one["cards"], one["mean"]) for one in view["counters"]] == [(3, "98.3")]
    year = table(appraisals_view(hub, manager, "2026"))
    assert [(row["staff"], row["mean"], row["months"]) for row in year["rows"]] == [
        ("08", "98.0", 1),
        ("09", "98.0", 1),
        ("10", "99.0", 1),
    ]


def test_what_is_on_record_stands_beside_the_points(hub: Hub) -> None:
    place = hub.hall.place.model_copy(update={"for_hall": "08"})
    hub.hall = hub.hall.model_copy(update={"place": place})
    values = {"line": "order", "grade": "ordinary"}
    finding = records.open_record(hub, who("50", "manager"), "finding", [("open", values)])
    told = facts_view(hub, Reach("50", "manager"), "08", "2026-11")
    assert told is not None and [one["number"] for one in told["records"]] == [finding.number]
    assert {one["name_en"]: one["many"] for one in told["sums"]}["Half days due"] > 0
    assert facts_view(hub, Reach("50", "manager"), "08", "2026") is None
    assert facts_view(hub, Reach("50", "manager"), "", "2026-11") is None

"""The self-check against the notice, unapproved counters, least manning: plain data in, lines out."""

from __future__ import annotations

from datetime import date

import pytest

from config import Hall
from server.domain import self_check
from server.domain.post import Post
from server.domain.self_check import Facts, check, unapproved, wanted_at

TODAY = date(2026, 11, 30)


def told(hall: Hall, **facts: object) -> dict[str, str]:
    return {line.quote: line.state for line in check(hall, Facts(**facts), TODAY)}  # type: ignore[arg-type]


def with_place(hall: Hall, **place: object) -> Hall:
    return hall.model_copy(update={"place": hall.place.model_copy(update=place)})


def test_what_is_not_on_record_is_never_met(hall: Hall) -> None:
    found = told(hall)
    assert found["办公面积不少于150平方米"] == found["临街建筑或办公楼一楼"] == "unknown"
    assert found["饮水机"] == found["窗口工作人员实行AB岗"] == found["管理制度化、标准化"] == "missing"


@pytest.mark.parametrize(("area", "state"), [(149, "missing"), (150, "met")])
def test_the_area(hall: Hall, area: int, state: str) -> None:
    assert told(with_place(hall, area_m2=area))["办公面积不少于150平方米"] == state


def test_a_hall_that_has_everything_meets_every_line(hall: Hall) -> None:
    counters = {
        key: one.model_copy(update={"approval": "泉鲤〔2026〕1号", "kind": "general"})
        for key, one in hall.counters.items()
    }
    place = {"area_m2": 200, "floor": "street", "sign": "福建行政服务中心", "plaque": "开元街道便民服务中心"}
    persons = {name: "50" for name in ("for_hall", "for_service", "for_devices")}
    hall = with_place(hall, **place, **persons).model_copy(
        update={"counters": counters, "report": hall.report.model_copy(update={"residents": 50_000})}
    )
    facts = Facts(
        equipment={kind: (1, 0) for kind in self_check.EQUIPMENT},
        posts=tuple(Post(id=key, name=key, name_en="", counter=key, a=f"a{key}", b=f"b{key}") for key in counters),
        staff=99,
        lists=dict.fromkeys(self_check.LISTS, True),
        issued=7,
    )
    assert {line.state for line in check(hall, facts, TODAY)} == {"met"}


@pytest.mark.parametrize(
    ("approval", "first", "last", "approved"),
    [
        ("", "", "", False),
        ("1号", "", "", True),
        ("1号", "2026-12-01", "", False),
        ("1号", "2026-11-30", "2026-11-30", True),
        ("1号", "", "2026-11-29", False),
    ],
)
def test_a_counter_is_approved_while_its_paper_holds(
    hall: Hall, approval: str, first: str, last: str, approved: bool
) -> None:
    said = {"approval": approval, "valid_from": first, "valid_to": last}
    key, counter = next(iter(hall.counters.items()))
    hall = hall.model_copy(update={"counters": {key: counter.model_copy(update=said)}})
    assert (not unapproved(hall, TODAY)) == approved


def test_least_manning_by_time_of_day() -> None:
    least = ["08:30-17:30 2", "12:00-14:30 1", "09:00-11:00 4"]
    assert [wanted_at(least, hour * 60) for hour in (8, 9, 11, 12, 17, 18)] == [0, 4, 2, 2, 2, 0]

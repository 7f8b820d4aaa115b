"""The three lists: drafted of the catalogue, signed by one after the other, and shown only while they are in force."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

import config
from server.domain import item_lists
from server.domain.rules import Refused
from server.health import Health
from server.store import journal
from server.verbs import guide_versions, papers, records
from server.verbs import item_lists as lists_of
from server.verbs.hub import By, Hub
from server.verbs.papers import Asker
from server.verbs.records import Who
from server.views.kiosk import kiosk_view
from tests.conftest import HandClock

DRAFTER, OTHER, DISTRICT = Who(By("50"), "manager"), Who(By("60"), "manager"), Who(By("70"), "supervisor")
TODAY = date(2026, 11, 23)
DESK = Asker(By("30"), ["p80"])


def published(hub: Hub, kind: str, effective: date = TODAY, items: list[str] | None = None) -> records.Record:
    one = lists_of.draft(hub, DRAFTER, kind, TODAY + timedelta(days=7))
    if items is not None:
        records.move(hub, DRAFTER, one.id, "revise", {"items": items, "due": "2026-11-30"})
    for who, move, values in (
        (DRAFTER, "submit", {}),
        (DISTRICT, "review", {"reviewer": "reform_office"}),
        (OTHER, "approve", {}),
        (OTHER, "publish", {"effective": effective.isoformat()}),
    ):
        records.move(hub, who, one.id, move, values)
    return records.known_record(hub.read(), one.id)


def shown(hub: Hub) -> dict[str, dict[str, object]]:
    view = kiosk_view(hub, "K1", Health(hub))
    return {service["code"]: service for group in view["groups"] for service in group["services"]}


def pages(hub: Hub) -> dict[str, list[str]]:
    view = kiosk_view(hub, "K1", Health(hub))
    return {page["id"]: [line["zh"] for line in page["lines"]] for page in view["publication"]}


def test_a_draft_has_what_the_catalogue_says_and_the_doors_of_the_hall_are_on_no_list(hub: Hub) -> None:
    plain = {code: one.visits for code, one in hub.hall.services.items()}
    for kind, may in (("no_visit", {"0"}), ("one_visit", {"0", "1"}), ("in_hall", {*plain.values()})):
        items = lists_of.draft(hub, DRAFTER, kind, TODAY).values["items"]
        assert items and set(items) == {code for code, visits in plain.items() if visits in may} - {"ZX01", "LQ01"}


def test_four_eyes_and_no_step_is_left_out(hub: Hub) -> None:
    one = lists_of.draft(hub, DRAFTER, "in_hall", TODAY)
    with pytest.raises(Refused, match="还没有公布"):
        lists_of.draft(hub, DRAFTER, "in_hall", TODAY)
    for move in ("review", "approve", "publish"):
        with pytest.raises(Refused):
            records.move(hub, OTHER, one.id, move, {})
    with pytest.raises(Refused):
        records.move(hub, DISTRICT, one.id, "submit", {})
    records.move(hub, DRAFTER, one.id, "submit", {})
    with pytest.raises(Refused, match="另一个人"):
        records.move(hub, DRAFTER, one.id, "review", {"reviewer": "centre"})
    records.move(hub, DISTRICT, one.id, "review", {"reviewer": "centre"})
    with pytest.raises(Refused, match="另一个人"):
        records.move(hub, DISTRICT, one.id, "approve", {})
    with pytest.raises(Refused, match="另一个人"):
        records.move(hub, DRAFTER, one.id, "approve", {})
    records.move(hub, OTHER, one.id, "return", {"returned": "guide"})
    assert records.known_record(hub.read(), one.id).state == "draft"
    assert lists_of.today(hub) == {}


def test_its_day_is_a_clock_that_is_late_after_it_and_never_before(hub: Hub, clock: HandClock) -> None:
    one = lists_of.draft(hub, DRAFTER, "in_hall", TODAY + timedelta(days=3))
    due = hub.read().due_of(one.id)
    assert due is not None and due["due"] == "2026-11-26"
    clock.forward(5 * 86400.0)
    records.move(hub, DRAFTER, one.id, "submit", {})
    verdict = records.known_record(hub.read(), one.id).verdicts["submit"]
    assert verdict["late"] is True and verdict["due"] == "2026-11-26"
    assert hub.read().due_of(one.id)["due"] == "9999-12-31"  # type: ignore[index]


def test_the_kiosk_shows_no_list_that_is_not_in_force(hub: Hub, clock: HandClock) -> None:
    everything = shown(hub)
    assert "one-visit" not in pages(hub) and everything["SB02"]["visits"] == ""
    published(hub, "one_visit", TODAY + timedelta(days=1), ["SB02", "SB03"])
    assert "one-visit" not in pages(hub) and shown(hub)["SB02"]["visits"] == "", "approved, but not yet in force"
    clock.forward(86400.0)
    assert pages(hub)["one-visit"][:2] == ["共2项", "2026-11-24起执行"]
    assert shown(hub)["SB02"]["visits"] == "1" and shown(hub)["SB01"]["visits"] == ""
    published(hub, "no_visit", date(2026, 11, 24), ["SB03"])
    assert shown(hub)["SB03"]["visits"] == "0"
    assert set(shown(hub)) == set(everything), "no list of the items of the hall is in force: none is hidden"


def test_the_kiosk_offers_the_items_of_the_list_in_force_and_the_doors(hub: Hub) -> None:
    published(hub, "in_hall", TODAY, ["SB01", "SB02"])
    assert set(shown(hub)) == {"SB01", "SB02", "LQ01"}
    assert pages(hub)["items"][0] == "共2项"
    published(hub, "in_hall", TODAY, ["SB01"])
    assert "SB02" not in shown(hub), "of two of one day the later published one counts"
    published(hub, "in_hall", TODAY - timedelta(days=1), ["SB03"])
    assert "SB01" in shown(hub) and "SB03" not in shown(hub), "the one that begins last counts"


def test_the_list_of_materials_says_how_each_is_brought_and_no_visits_that_no_list_has(hub: Hub) -> None:
    kiosk = Asker(By("K1"), ["p80"])
    facts = papers.materials(hub, kiosk, "SB01").facts
    assert facts["materials"] == ["身份证", "照片", "(代办:委托+双方证件)"] and "visits" not in facts
    assert facts["notes"][2] == "原件1份，复印件1份" and facts["steps"][1] == "制卡：后台核对信息并制卡，不用您再跑。"
    assert not {"notes", "steps", "conditions"} & {*papers.materials(hub, DESK, "SB02").facts}
    published(hub, "one_visit", TODAY, ["SB01"])
    assert papers.materials(hub, DESK, "SB01").facts["visits"] == "1"


def test_a_list_says_which_items_came_in_and_which_went_out() -> None:
    assert item_lists.moved(["A", "B"], ["C", "A"]) == (["C"], ["B"])


def test_guides_are_written_down_once_and_again_when_they_change(hub: Hub) -> None:
    assert guide_versions.take_note(hub) == len(hub.hall.services) and guide_versions.take_note(hub) == 0
    services = {**hub.hall.services}
    services["SB02"] = services["SB02"].model_copy(update={"promise": "3工作日"})
    hub.hall = hub.hall.model_copy(update={"services": services})
    assert guide_versions.take_note(hub) == 1
    history = guide_versions.history(hub.read())
    assert [one.number for one in history["SB02"]] == [1, 2] and len(history["SB01"]) == 1
    assert history["SB02"][-1].content["promise"] == "3工作日"  # type: ignore[index]
    assert journal.verify(hub.read().conn) == []


def test_the_services_of_a_list_are_those_of_the_hall(hub: Hub) -> None:
    one = lists_of.draft(hub, DRAFTER, "in_hall", TODAY)
    with pytest.raises(Refused, match="XX99"):
        records.move(hub, DRAFTER, one.id, "revise", {"items": ["XX99"], "due": "2026-11-30"})
    many = [f"{code}" for code in config.load().services]
    assert records.move(hub, DRAFTER, one.id, "revise", {"items": many, "due": "2026-11-30"}).values["items"] == many

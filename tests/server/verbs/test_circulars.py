"""What the district sends down: fits or is refused with its reason, comes into force at its day, stops nothing."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import config
from config.editing import Edit
from server.domain import circular, rectification
from server.domain import item_lists as lists_domain
from server.domain.circular import Circular, Standing
from server.domain.rectification import Finding, State
from server.domain.register import Record
from server.domain.rules import Refused
from server.store import journal, membership
from server.store.membership import Down
from server.store.transaction import Turn
from server.verbs import circulars, configuration, district_findings, item_lists, records, tickets
from server.verbs.hub import By, Hub
from server.verbs.records import Who
from server.views.records import record_view
from tests.conftest import HandClock, hall_with_own_tables, new_store

DAY = 86400.0


@pytest.fixture
def hall_file(tmp_path: Path) -> Path:
    return hall_with_own_tables(tmp_path)


def made(number: int, at: float, part: str = "promises", place: str = "qu", depth: int = 0, **rows: Any) -> Standing:
    told = Circular(
        number=number, part=part, place=place, effective_at=at, paper="审〔2026〕7号", note="统一", rows=rows
    )  # fmt: skip
    return Standing(told, depth, circular.sha256(told.text()))


def pledge(minutes: object) -> dict[str, Any]:
    return {"hall": {"": {"wait_pledge_min": minutes}}}


def comes(hub: Hub, *given: Standing) -> None:
    membership.keep_down(hub.hall.data, Down(len(given), given))
    circulars.tick(hub)


def told(hub: Hub) -> list[tuple[int, str]]:
    rows = hub.read().events_between(circulars.EVENT, 0.0, float("inf"))
    return [(row.field("number"), row.field("answer")) for row in rows]


def test_it_is_checked_at_once_and_in_force_at_its_day(hub: Hub, clock: HandClock) -> None:
    later = made(12, hub.now() + DAY, **pledge(15))
    comes(hub, later)
    circulars.tick(hub)
    assert (told(hub), hub.hall.hall.wait_pledge_min) == ([(12, "fits")], 20)
    clock.forward(DAY)
    circulars.tick(hub)
    circulars.tick(hub)
    assert (told(hub), hub.hall.hall.wait_pledge_min) == ([(12, "fits"), (12, "applied")], 15)
    assert "wait_pledge_min = 15" in hub.hall.file.read_text(encoding="utf-8")
    row = hub.read().last_event("ConfigChanged")
    assert row and (row.actor, row.field("how")) == ("district", "district")
    assert row.field("why") == "区里下发第12号（审〔2026〕7号）"
    assert list(row.field("changes")) == [["hall", "", "wait_pledge_min", 20, 15]]


def test_a_whole_calendar_and_a_guide_come_down_and_the_halls_own_stays(hub: Hub) -> None:
    counters_before = hub.hall.counters
    comes(
        hub,
        made(1, hub.now(), "calendar", calendar={"2027-05-01": {"kind": "法定节假日", "name": "劳动节"}}),
        made(2, hub.now(), "guides", guides={"SB01": {"result": ["社保卡", "Social card"]}}),
        made(3, hub.now(), "catalogue", services={"SB01": {"承诺时限": "3个工作日"}}),
    )
    assert told(hub) == [(1, "applied"), (2, "applied"), (3, "applied")]
    assert "2027-05-01" in (hub.hall.folder / "calendar.csv").read_text(encoding="utf-8")
    assert hub.hall.counters == counters_before


@pytest.mark.parametrize(
    ("rows", "part"),
    [
        (pledge("soon"), "promises"),
        ({"counters": {"3": {"sign": "x"}}}, "promises"),
        ({"hub": {"": {"listen": "0.0.0.0:1"}}}, "promises"),
        ({"guides": {"NO99": {"conditions": [["x", "y"]]}}}, "guides"),
        ({"guides": {"SB01": {"steps": {"a": [[["x"]]]}}}}, "guides"),
        ({"calendar": {"someday": {"kind": "holiday"}}}, "calendar"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_reason_and_the_hall_goes_on(hub: Hub, rows: Any, part: str) -> None:
    before = hub.hall.file.read_bytes()
    comes(hub, made(1, hub.now(), part, **rows), made(2, hub.now(), "notices", hall={"": {"ticker": [["甲", "A"]]}}))
    assert told(hub) == [(1, "refused"), (2, "applied")]
    row = hub.read().events_between(circulars.EVENT, 0.0, float("inf"))[0]
    assert all(zh and en for zh, en in row.field("reasons")) and row.field("reasons")
    assert hub.hall.hall.wait_pledge_min == 20 and hub.hall.file.read_bytes() != before
    circulars.tick(hub)
    assert len(told(hub)) == 2, "said once"
    assert tickets.issue(hub, By("kiosk"), "SB01", channel="desk").id


def test_a_reason_that_names_somebody_stays_in_the_hall(hub: Hub) -> None:
    hub.turn(lambda turn: turn.put_staff("50", "林美丽", "manager", "x"))
    comes(hub, made(1, hub.now(), "promises", 林美丽={"x": {"y": 1}}))
    row = hub.read().last_event(circulars.EVENT)
    assert row and [*row.field("reasons")] == [[*circulars.NAMES_SOMEBODY]]


def lists(**kinds: list[str]) -> dict[str, Any]:
    return {"lists": {kind: {"items": items} for kind, items in kinds.items()}}


def opened(hub: Hub) -> list[tuple[str, str, str]]:
    """(kind, state, who opened it) of each list on record."""
    found = hub.read().records_opened("item_list")
    return [(one.values["kind"], one.state, one.moves[0].actor) for one in reversed(found)]


def test_the_three_lists_are_in_force_at_their_day_as_records_of_the_hall(hub: Hub, clock: HandClock) -> None:
    file = hub.hall.file.read_bytes()
    comes(hub, made(12, hub.now() + DAY, "lists", **lists(in_hall=["SB01", "SB02"], no_visit=["SB02"])))
    assert told(hub) == [(12, "fits")] and opened(hub) == []
    clock.forward(DAY)
    circulars.tick(hub)
    circulars.tick(hub)
    assert told(hub) == [(12, "fits"), (12, "applied")]
    assert opened(hub) == [("in_hall", "published", "district"), ("no_visit", "published", "district")]
    assert {kind: one.items for kind, one in item_lists.today(hub).items()} == {
        "in_hall": ("SB01", "SB02"),
        "no_visit": ("SB02",),
    }
    assert {code for code in kiosk_services(hub) if code.startswith("SB")} == {"SB01", "SB02"}
    record = hub.read().records_opened("item_list")[0]
    assert (record.values["circular"], record.values["effective"]) == (12, "2026-11-24")
    assert hub.hall.file.read_bytes() == file


def kiosk_services(hub: Hub) -> set[str]:
    return {*lists_domain.shown(hub.hall, item_lists.today(hub))}


def test_a_list_that_the_hall_has_like_that_is_left_and_the_nearest_place_wins(hub: Hub) -> None:
    comes(hub, made(1, hub.now() - 9, "lists", **lists(in_hall=["SB01", "SB02"])))
    street = made(2, hub.now() - 8, "lists", "north", 1, **lists(in_hall=["SB01"]))
    city = made(3, hub.now() - 7, "lists", **lists(in_hall=["SB03"], one_visit=["SB01"]))
    comes(hub, street, city)
    assert item_lists.today(hub)["in_hall"].items == ("SB01",)
    assert [kind for kind, *_ in opened(hub)] == ["in_hall", "in_hall", "one_visit"]
    comes(hub, street, city, made(4, hub.now(), "lists", "hall", 2, **lists(one_visit=["SB01"])))
    assert told(hub)[-1] == (4, "applied") and len(opened(hub)) == 3


def test_a_list_with_what_the_catalogue_has_not_is_refused_and_changes_nothing(hub: Hub) -> None:
    comes(hub, made(1, hub.now(), "lists", **lists(in_hall=["SB01"], no_visit=["SB01", "NO98", "NO99"])))
    assert told(hub) == [(1, "refused")] and opened(hub) == []
    row = hub.read().last_event(circulars.EVENT)
    assert row and row.field("reasons")[0][0] == "“一趟不用跑”事项清单里的NO98、NO99，本厅的事项目录里没有。"


def test_nobody_of_the_hall_publishes_a_list_as_the_district_does(hub: Hub) -> None:
    values = {"kind": "in_hall", "items": ["SB01"], "effective": "2026-11-23", "circular": 1}
    for role in ("manager", "supervisor", "administrator"):
        with pytest.raises(Refused, match="您的角色不能做“区里下发”"):
            records.open_record(hub, Who(By("50"), role), "item_list", [("from_district", values)])


def test_what_can_not_be_now_is_held_and_comes_when_it_can(hub: Hub) -> None:
    configuration.begin(hub)
    file = hub.hall.file
    before = file.read_text(encoding="utf-8")
    file.write_text(f"{before}# somebody is at it\n", encoding="utf-8")
    comes(hub, made(1, hub.now(), **pledge(15)))
    circulars.tick(hub)
    assert told(hub) == [(1, "held")]
    file.write_text(before, encoding="utf-8")
    circulars.tick(hub)
    assert (told(hub), hub.hall.hall.wait_pledge_min) == ([(1, "held"), (1, "applied")], 15)


def test_two_in_a_row_the_newest_is_in_force_and_the_nearest_place_wins(hub: Hub) -> None:
    street = made(4, hub.now() - 9, place="north", depth=1, **pledge(10))
    comes(hub, made(1, hub.now() - 20, **pledge(30)), made(2, hub.now() - 10, **pledge(25)), street)
    assert hub.hall.hall.wait_pledge_min == 10 and (1, "applied") not in told(hub)
    comes(hub, made(5, hub.now() - 1, **pledge(40)), street)
    assert hub.hall.hall.wait_pledge_min == 10 and told(hub)[-1] == (5, "applied")


def test_going_back_is_another_one_and_what_a_manager_changed_since_is_the_halls(hub: Hub) -> None:
    comes(hub, made(1, hub.now() - 9, **pledge(15)))
    configuration.edit(hub, By("50"), False, [Edit("hall", "", "wait_pledge_min", 18)])
    configuration.apply(hub, By("50"), "本厅试行")
    comes(hub, made(1, hub.now() - 9, **pledge(15)))
    assert hub.hall.hall.wait_pledge_min == 18
    comes(hub, made(2, hub.now(), **pledge(20)))
    assert hub.hall.hall.wait_pledge_min == 20


def test_what_the_hall_has_like_that_anyhow_is_answered_alone(hub: Hub) -> None:
    comes(hub, made(1, hub.now(), **pledge(20)))
    assert told(hub) == [(1, "applied")] and hub.read().last_event("ConfigChanged") is None


def test_a_file_that_can_not_be_read_is_nothing(hub: Hub) -> None:
    (hub.hall.data / membership.DOWN).write_text("{", encoding="utf-8")
    circulars.tick(hub)
    assert told(hub) == []


def test_an_open_draft_stays(hub: Hub) -> None:
    configuration.edit(hub, By("50"), False, [Edit("hall", "", "wait_pledge_min", 18)])
    comes(hub, made(1, hub.now(), "notices", hall={"": {"ticker": [["甲", "A"]]}}))
    draft = configuration.open_draft(hub.read())
    assert draft and told(hub) == [(1, "applied")]
    configuration.apply(hub, By("50"), "试行")
    assert (hub.hall.hall.wait_pledge_min, len(hub.hall.hall.ticker)) == (18, 1)


def test_a_restored_hall_whose_file_is_older_than_its_rows_applies_once_more(
    hub: Hub, clock: HandClock, tmp_path: Path
) -> None:
    folder = tmp_path / "backup"
    shutil.copytree(hub.hall.folder, folder, ignore=shutil.ignore_patterns("backup", "hall.db*", "lock"))
    one = made(1, hub.now(), **pledge(15))
    comes(hub, one)
    rows = hub.read().journal(0, 1000)
    file = folder / hub.hall.file.name
    file.write_text(
        file.read_text(encoding="utf-8").replace(str(hub.hall.data), str(folder / "data")), encoding="utf-8"
    )
    hall = config.load(file)
    store = new_store(hall.data)

    def lay(turn: Turn) -> None:
        for row in rows:
            turn.replay(row)

    store.turn(lay, lambda last: last)
    membership.settled(hall.data, rows[-1].seq)
    restored = Hub(hall, store, clock)
    try:
        assert restored.hall.hall.wait_pledge_min == 20
        for _ in range(2):
            comes(restored, one)
            assert (told(restored), restored.hall.hall.wait_pledge_min) == ([(1, "applied")] * 2, 15)
    finally:
        restored.stop()
        store.close()


# --- 督查整改 -------------------------------------------------------------------------------------------------------


def found(number: int, state: State = "open", round: int = 0, due: str = "2026-12-05", line: str = "order") -> Finding:
    return Finding(number=number, line=line, what="大厅东侧堆放杂物", due=due, round=round, state=state)


def sends(hub: Hub, *these: Finding) -> None:
    text = rectification.sent("h1", [*these]).text()
    comes(hub, Standing(circular.read(text), 2, circular.sha256(text)))


def of(hub: Hub, number: int) -> Record:
    (one,) = [one for one in district_findings.known(hub.read()) if one.values["finding"] == number]
    return one


def numbers(hub: Hub) -> set[object]:
    """Of the findings that are on record."""
    return {one.values["finding"] for one in district_findings.known(hub.read())}


def test_a_finding_of_the_district_is_a_record_with_its_day_that_the_hall_answers_and_the_district_closes(
    hub: Hub,
) -> None:
    sends(hub, found(7), found(8))
    sends(hub, found(7), found(8))
    one, hall = of(hub, 7), Who(By("50"), "manager")
    assert (one.state, one.values["line"], one.owner, len(district_findings.known(hub.read()))) == (
        "open",
        "order",
        "",
        2,
    )
    assert hub.read().due_of(one.id)["due"] == "2026-12-05"  # type: ignore[index]
    assert records.private_values(hub, one) == {"what": "大厅东侧堆放杂物"}
    assert "堆放" not in "".join(str(row.data) for row in hub.read().journal(0, 1000))
    for move in ("close", "withdraw", "send_back"):
        for role in ("manager", "administrator"):
            with pytest.raises(Refused):
                records.move(hub, Who(By("50"), role), one.id, move, {})
    for field, value in (("due", "2027-12-05"), ("what", "没有问题"), ("finding", 9), ("line", "dress")):
        with pytest.raises(Refused, match="是区里写的"):
            records.correct(hub, hall, one.id, field, value, "写错")
    shown = record_view(hub, one, hall.reach)
    assert shown["correctable"] == [] and [form["move"] for form in shown["moves"]] == ["assign", "answer"]
    records.move(hub, hall, one.id, "answer", {"measure": "fixed", "note": "已清理"})
    sends(hub, found(7, round=1, due="2026-12-09"), found(8))
    assert of(hub, 7).state == "open" and hub.read().due_of(one.id)["due"] == "2026-12-09"  # type: ignore[index]
    records.move(hub, hall, one.id, "answer", {"measure": "trained"})
    sends(hub, found(7, "closed", 1, "2026-12-09"), found(8, "withdrawn"), found(9, "closed"))
    assert (of(hub, 7).state, of(hub, 8).state) == ("closed", "withdrawn")
    assert numbers(hub) == {7, 8}, "what was over before it came is no record"
    assert [answer for _, answer in told(hub)] == ["applied"] * 3
    assert journal.verify(hub.store.read().conn) == []


def test_two_findings_of_one_number_are_two_records(hub: Hub) -> None:
    """A district that was restored from a backup gives a number once more; what it lost stands here still."""
    lost, new = replace(found(7), ref="a" * 12), replace(found(7), ref="b" * 12)
    sends(hub, lost)
    for state in ("open", "closed"):
        sends(hub, replace(new, state=state))
    assert [(one.values["ref"][0], one.state) for one in district_findings.known(hub.read())] == [
        ("b", "closed"),
        ("a", "open"),
    ]
    assert records.definition(hub, rectification.REGISTER).version == 2


def test_a_record_that_an_older_version_opened_goes_on(hub: Hub) -> None:
    """It has no mark; of a finding with another line it is not the record."""
    sends(hub, found(7), found(8))
    marked = [replace(found(7, "closed"), ref="a" * 12), replace(found(8, "closed", line="dress"), ref="b" * 12)]
    sends(hub, *marked)
    assert (of(hub, 7).state, of(hub, 8).state) == ("closed", "open")


def test_a_finding_that_does_not_fit_is_said_and_stops_no_other(hub: Hub) -> None:
    sends(hub, found(7, line="weather"), found(8, due="soon"), found(9))
    assert told(hub) == [(9, "refused")] and numbers(hub) == {9}
    row = hub.read().last_event(circulars.EVENT)
    assert row and [zh.partition("：")[0] for zh, _ in row.field("reasons")] == ["第7号", "第8号"]


def test_findings_that_an_older_version_refused_are_tried_once_more(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """A district is upgraded first: its first findings reach halls that know no such part."""
    follow, tried = district_findings.follow, list[Any]()
    no_such = config.Text("没有这一部分。", "No such part.")
    monkeypatch.setattr(district_findings, "follow", lambda hub, rows: tried.append(rows) or [no_such])
    sends(hub, found(7))
    for _ in range(3):
        circulars.tick(hub)
    assert told(hub) == [(7, "refused")] and len(tried) == 2, "and not each second"
    monkeypatch.setattr(district_findings, "follow", follow)
    hub.change_hall(hub.hall, lambda turn: None)  # what was known goes, as at a new start
    for _ in range(3):
        circulars.tick(hub)
    assert told(hub) == [(7, "refused"), (7, "applied")] and numbers(hub) == {7}


@pytest.mark.parametrize("rows", [{}, {"x": {"line": "order"}}, {"7": None}, {"7": {"state": "open"}}])
def test_findings_that_no_district_sends_are_refused_and_the_hall_goes_on(hub: Hub, rows: Any) -> None:
    comes(hub, made(1, hub.now(), rectification.PART, **({"findings": rows} if rows else {"other": {}})))
    assert told(hub) == [(1, "refused")] and numbers(hub) == set()


def test_the_lines_of_the_district_are_those_of_the_halls_own_inspections(hub: Hub) -> None:
    theirs, own = (records.definition(hub, key).fields for key in (rectification.REGISTER, "finding"))
    assert theirs["line"].choices == own["line"].choices
    assert {*own["measure"].choices} < {*theirs["measure"].choices}
